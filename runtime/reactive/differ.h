/* Which numbers of a row are others than before. */
#ifndef BURIN_REACTIVE_DIFFER_H
#define BURIN_REACTIVE_DIFFER_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Access to 64 bits that others write as floats. */
typedef uint64_t __attribute__((may_alias)) rx_bits;

/* Four words: a bit of the result for each that differs; `was` becomes `now`. */
static inline uint64_t rx_differ_4(const rx_bits *now, rx_bits *was)
{
    uint64_t a = now[0], b = now[1], c = now[2], d = now[3];
    __asm__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d)); /* one by one: see FEW */
    uint64_t low = (a != was[0]) + 2 * (uint64_t)(b != was[1]), high = (c != was[2]) + 2 * (uint64_t)(d != was[3]);
    was[0] = a, was[1] = b, was[2] = c, was[3] = d;
    return low + 4 * high;
}
#if defined(__SSE2__)
static inline uint64_t rx_differ_4_at_once(const rx_bits *now, rx_bits *was)
{
    enum { EVEN = 0x88, ODD = 0xdd, ALL = 15 };
    __m128i a = _mm_loadu_si128((const __m128i *)now), b = _mm_loadu_si128((const __m128i *)(now + 2));
    __m128  first  = _mm_castsi128_ps(_mm_cmpeq_epi32(a, _mm_loadu_si128((const __m128i *)was)));
    __m128  second = _mm_castsi128_ps(_mm_cmpeq_epi32(b, _mm_loadu_si128((const __m128i *)(was + 2))));
    __m128  both   = _mm_and_ps(_mm_shuffle_ps(first, second, EVEN), _mm_shuffle_ps(first, second, ODD)); /* both halves of a word */
    _mm_storeu_si128((__m128i *)was, a);
    _mm_storeu_si128((__m128i *)(was + 2), b);
    return (unsigned)_mm_movemask_ps(both) ^ ALL;
}
#else
#define rx_differ_4_at_once rx_differ_4
#endif

/* n words, 64 at most: the bits say which differ; `was` becomes `now`. */
static inline uint64_t rx_differ(const rx_bits *now, rx_bits *was, uint32_t n)
{
    enum { FEW = 8 }; /* have just been written one by one: a wider load would wait for that */
    uint64_t differ = 0;
    uint32_t k      = 0;
    if (n > FEW)
        for (; k + 4 <= n; k += 4)
            differ |= rx_differ_4_at_once(now + k, was + k) << k;
    for (; k + 4 <= n; k += 4)
        differ |= rx_differ_4(now + k, was + k) << k;
    for (; k < n; k++) {
        differ |= (uint64_t)(now[k] != was[k]) << k;
        was[k] = now[k];
    }
    return differ;
}

/* Is one of n floats a NaN? */
static inline bool rx_has_nan(const rx_bits *floats, uint32_t n)
{
    uint64_t found = 0;
    for (uint32_t k = 0; k < n; k++)
        found |= floats[k] << 1 > UINT64_C(0x7ff) << 53;
    return found;
}

#endif
