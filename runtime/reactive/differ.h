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

/* n words, 64 at most: the bits say which differ; `was` becomes `now`. */
static inline uint64_t rx_differ(const rx_bits *now, rx_bits *was, uint32_t n)
{
    uint64_t same = 0;
    uint32_t k    = 0;
#if defined(__SSE2__)
    enum { FEW = 8, EVEN = 0x88, ODD = 0xdd }; /* few have just been written one by one: a wider load would wait for that */
    for (; n > FEW && k + 4 <= n; k += 4) {
        __m128i a = _mm_loadu_si128((const __m128i *)(now + k)), b = _mm_loadu_si128((const __m128i *)(now + k + 2));
        __m128  first  = _mm_castsi128_ps(_mm_cmpeq_epi32(a, _mm_loadu_si128((const __m128i *)(was + k))));
        __m128  second = _mm_castsi128_ps(_mm_cmpeq_epi32(b, _mm_loadu_si128((const __m128i *)(was + k + 2))));
        __m128  both   = _mm_and_ps(_mm_shuffle_ps(first, second, EVEN), _mm_shuffle_ps(first, second, ODD)); /* both halves of a word */
        _mm_storeu_si128((__m128i *)(was + k), a);
        _mm_storeu_si128((__m128i *)(was + k + 2), b);
        same |= (uint64_t)(unsigned)_mm_movemask_ps(both) << k;
    }
#endif
    for (; k < n; k++) {
        same |= (uint64_t)(now[k] == was[k]) << k;
        was[k] = now[k];
    }
    return ~same & (n < 64 ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0));
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
