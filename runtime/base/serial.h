/* Numbers by which caches know what they were made for, though it may be gone and something else lie at its place.
 *
 * A serial comes from the time, the place, and what the thing consists of: so it tells apart also what takes one place one after the other
 * while a coarse clock stands still. That two different things have the same is as likely as for numbers drawn from 2^64. */
#ifndef BURIN_BASE_SERIAL_H
#define BURIN_BASE_SERIAL_H

#include "runtime/base/clock.h"

static inline uint64_t serial_begin(const void *place)
{
    return monotonic_ns() * 0x9E3779B97F4A7C15u ^ (uint64_t)(uintptr_t)place * 0xC2B2AE3D27D4EB4Fu;
}

/* The serial, of one part more, which has this hash. */
static inline uint64_t serial_with(uint64_t serial, uint32_t hash) { return ((serial << 29 | serial >> 35) ^ hash) * 0x9E3779B97F4A7C15u; }

#endif
