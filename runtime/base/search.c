/* Finding a text in a text, forwards and backwards, in linear time.
 *
 * Where SSE2 is there a vector scan looks for places where both the first and the last byte of the needle match, and
 * compares there. On ordinary text that runs at memory speed; on hostile text ("aaaa...") the comparisons would make it
 * quadratic, so the scan has a budget of compared bytes, and when it is used up the two-way algorithm (Crochemore and
 * Perrin 1991: linear time, constant space) takes over from there.
 * Backwards is the same two-way search over both texts read from their ends: `step` is 1 or -1. */
#include "runtime/base/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- two-way ---- */

/* Start of the needle's largest suffix in the order of bytes (or, `reversed`, the opposite order), and its period. */
static size_t largest_suffix(const unsigned char *needle, ptrdiff_t step, size_t len, bool reversed, size_t *period)
{
    size_t start = 0, candidate = 1, matched = 0;
    *period = 1;
    while (candidate + matched < len) {
        unsigned a = needle[(ptrdiff_t)(candidate + matched) * step], b = needle[(ptrdiff_t)(start + matched) * step];
        if (a == b) {
            if (++matched == *period) {
                candidate += *period;
                matched = 0;
            }
        } else if (reversed ? a > b : a < b) { /* the candidate is smaller: the suffix from `start` only gets a longer period */
            candidate += matched + 1;
            matched = 0;
            *period = candidate - start;
        } else {
            start   = candidate++;
            matched = 0;
            *period = 1;
        }
    }
    return start;
}

/* Number of steps from `hay` to the first match, or SIZE_MAX. */
static size_t two_way(const char *hay_bytes, size_t hay_len, const char *needle_bytes, size_t len, ptrdiff_t step)
{
    const unsigned char *hay = (const unsigned char *)hay_bytes, *needle = (const unsigned char *)needle_bytes;
    size_t period, other_period;
    size_t cut = largest_suffix(needle, step, len, false, &period), other_cut = largest_suffix(needle, step, len, true, &other_period);
    if (other_cut > cut) {
        cut    = other_cut;
        period = other_period;
    }
    size_t same = 0; /* does the part before the cut repeat with the period? */
    while (same < cut && needle[(ptrdiff_t)same * step] == needle[(ptrdiff_t)(same + period) * step])
        same++;
    bool periodic = same == cut;
    if (!periodic)
        period = (cut > len - cut ? cut : len - cut) + 1;

    size_t known = 0; /* so many first bytes of the needle are known to match here (periodic needles) */
    for (size_t at = 0; at + len <= hay_len;) {
        const unsigned char *here = hay + (ptrdiff_t)at * step;
        size_t               i    = cut > known ? cut : known;
        while (i < len && needle[(ptrdiff_t)i * step] == here[(ptrdiff_t)i * step])
            i++;
        if (i < len) {
            at += i - cut + 1;
            known = 0;
            continue;
        }
        i = cut;
        while (i > known && needle[(ptrdiff_t)(i - 1) * step] == here[(ptrdiff_t)(i - 1) * step])
            i--;
        if (i <= known)
            return at;
        at += period;
        known = periodic ? len - period : 0;
    }
    return SIZE_MAX;
}

/* ---- forwards ---- */

#if defined(__SSE2__)
/* Positions of 16, as bits, where the first and the last byte of the needle stand. */
static inline unsigned ends_match(const char *hay, size_t needle_len, __m128i first, __m128i last)
{
    __m128i a = _mm_cmpeq_epi8(first, _mm_loadu_si128((const __m128i *)hay));
    __m128i b = _mm_cmpeq_epi8(last, _mm_loadu_si128((const __m128i *)(hay + needle_len - 1)));
    return (unsigned)_mm_movemask_epi8(_mm_and_si128(a, b));
}
#endif

size_t text_find(const char *hay, size_t hay_len, const char *needle, size_t needle_len)
{
    if (needle_len == 0)
        return 0;
    if (needle_len > hay_len)
        return SIZE_MAX;
    if (needle_len == 1) {
        const char *hit = memchr(hay, needle[0], hay_len);
        return hit ? (size_t)(hit - hay) : SIZE_MAX;
    }
    size_t at = 0;
#if defined(__SSE2__)
    __m128i first = _mm_set1_epi8(needle[0]), last = _mm_set1_epi8(needle[needle_len - 1]);
    size_t  budget = 256 + hay_len;
    for (; at + needle_len + 15 <= hay_len; at += 16) {
        for (unsigned hits = ends_match(hay + at, needle_len, first, last); hits; hits &= hits - 1) {
            size_t place = at + (size_t)__builtin_ctz(hits);
            if (memcmp(hay + place + 1, needle + 1, needle_len - 2) == 0)
                return place;
            if (budget < needle_len) {
                size_t found = two_way(hay + place + 1, hay_len - place - 1, needle, needle_len, 1);
                return found == SIZE_MAX ? SIZE_MAX : found + place + 1;
            }
            budget -= needle_len;
        }
    }
#endif
    size_t found = hay_len - at < needle_len ? SIZE_MAX : two_way(hay + at, hay_len - at, needle, needle_len, 1);
    return found == SIZE_MAX ? SIZE_MAX : found + at;
}

/* ---- backwards ---- */

/* Last match within the first `hay_len` bytes. */
static size_t find_back(const char *hay, size_t hay_len, const char *needle, size_t needle_len)
{
    if (hay_len < needle_len)
        return SIZE_MAX;
    size_t steps = two_way(hay + hay_len - 1, hay_len, needle + needle_len - 1, needle_len, -1);
    return steps == SIZE_MAX ? SIZE_MAX : hay_len - needle_len - steps;
}

size_t text_rfind(const char *hay, size_t hay_len, const char *needle, size_t needle_len)
{
    if (needle_len == 0)
        return hay_len;
    if (needle_len > hay_len)
        return SIZE_MAX;
    size_t places = hay_len - needle_len + 1; /* a match starts before this */
#if defined(__SSE2__)
    __m128i first = _mm_set1_epi8(needle[0]), last = _mm_set1_epi8(needle[needle_len - 1]);
    size_t  budget = 256 + hay_len;
    while (places >= 16) {
        unsigned hits = ends_match(hay + places - 16, needle_len, first, last);
        while (hits) {
            unsigned bit   = 31 - (unsigned)__builtin_clz(hits);
            size_t   place = places - 16 + bit;
            if (memcmp(hay + place, needle, needle_len) == 0)
                return place;
            if (budget < needle_len)
                return find_back(hay, place + needle_len - 1, needle, needle_len);
            budget -= needle_len;
            hits &= ~(1u << bit);
        }
        places -= 16;
    }
#endif
    return find_back(hay, places + needle_len - 1, needle, needle_len);
}
