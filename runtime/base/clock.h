/* The clock that never goes back, and waiting by it. Any thread. */
#ifndef BURIN_BASE_CLOCK_H
#define BURIN_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
static inline int64_t  monotonic_ms(void) { return (int64_t)(monotonic_ns() / 1000000); }

/* A condition that waits by this clock, and the time so many nanoseconds from now for it. */
void            monotonic_condition(pthread_cond_t *condition);
struct timespec monotonic_after(uint64_t ns);

#endif
