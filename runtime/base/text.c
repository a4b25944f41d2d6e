/* UTF-8: counting, validating, decoding, hashing.
 *
 * Everything that walks bytes does so 16 at a time where SSE2 is there (every x86-64), else 8 at a time in a machine word.
 * A code point begins at every byte that is not 10xxxxxx, so counting code points is counting those bytes. */
#include "runtime/base/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline uint64_t load64(const char *p)
{
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
}

static inline uint32_t load32(const char *p)
{
    uint32_t word;
    memcpy(&word, p, 4);
    return word;
}

static const uint64_t HIGH_BITS = 0x8080808080808080u;

/* How many bytes at the start are certainly ASCII: all whole chunks before the first one with a high bit. */
static size_t ascii_run(const char *data, size_t len)
{
    size_t at = 0;
#if defined(__SSE2__)
    for (; at + 64 <= len; at += 64) {
        __m128i a = _mm_loadu_si128((const __m128i *)(data + at));
        __m128i b = _mm_loadu_si128((const __m128i *)(data + at + 16));
        __m128i c = _mm_loadu_si128((const __m128i *)(data + at + 32));
        __m128i d = _mm_loadu_si128((const __m128i *)(data + at + 48));
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))))
            break;
    }
    for (; at + 16 <= len; at += 16) {
        if (_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(data + at))))
            return at;
    }
#endif
    for (; at + 8 <= len; at += 8) {
        if (load64(data + at) & HIGH_BITS)
            return at;
    }
    return at;
}

enum { SHORT = 8 };

/* Of fewer than SHORT bytes. */
static inline bool is_short_ascii(const char *data, size_t len)
{
    unsigned char any = 0;
    if (len >= 4) /* the first and the last four, some of them twice */
        return ((load32(data) | load32(data + len - 4)) & (uint32_t)HIGH_BITS) == 0;
    for (size_t at = 0; at < len; at++)
        any |= (unsigned char)data[at];
    return any < 128;
}

bool text_is_ascii(const char *data, size_t len)
{
    if (len < SHORT)
        return is_short_ascii(data, len);
    if (len - ascii_run(data, len) >= 8)
        return false;
    return (load64(data + len - 8) & HIGH_BITS) == 0; /* the last eight bytes, some of them for the second time */
}

static inline bool is_start(char c) { return (signed char)c > -65; } /* not 10xxxxxx */

/* Code points that start in the 16 bytes at p. */
static inline unsigned starts_in_16(const char *p)
{
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)p);
    return (unsigned)__builtin_popcount((unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(-65))));
#else
    unsigned count = 16;
    for (int half = 0; half < 16; half += 8) {
        uint64_t word = load64(p + half);
        count -= (unsigned)__builtin_popcountll(word & HIGH_BITS & ~(word << 1)); /* bit 7 set, bit 6 clear */
    }
    return count;
#endif
}

size_t text_count(const char *data, size_t len)
{
    size_t count = 0, at = 0;
#if defined(__SSE2__)
    while (at + 16 <= len) { /* byte counters, summed before any of them can overflow */
        __m128i counters = _mm_setzero_si128();
        for (int round = 0; round < 255 && at + 16 <= len; round++, at += 16) {
            __m128i starts = _mm_cmpgt_epi8(_mm_loadu_si128((const __m128i *)(data + at)), _mm_set1_epi8(-65));
            counters       = _mm_sub_epi8(counters, starts);
        }
        __m128i sums = _mm_sad_epu8(counters, _mm_setzero_si128());
        count += (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
    }
#else
    for (; at + 16 <= len; at += 16)
        count += starts_in_16(data + at);
#endif
    for (; at < len; at++)
        count += is_start(data[at]);
    return count;
}

size_t text_offset(const char *data, size_t len, size_t index)
{
    size_t at = 0;
    while (at + 16 <= len) { /* stop before the chunk in which the code point starts */
        unsigned starts = starts_in_16(data + at);
        if (starts > index)
            break;
        index -= starts;
        at += 16;
    }
    for (; at < len; at++) {
        if (is_start(data[at]) && index-- == 0)
            return at;
    }
    return len;
}

uint32_t text_decode(const char *data, size_t len, size_t *at)
{
    const unsigned char *p    = (const unsigned char *)data + *at;
    size_t               left = len - *at;
    if (p[0] < 0x80 || left < 2) {
        *at += 1;
        return p[0];
    }
    if (p[0] < 0xE0 || left < 3) {
        *at += 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (p[0] < 0xF0 || left < 4) {
        *at += 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    *at += 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}

size_t text_encode(uint32_t cp, char *out)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Length of the valid sequence at p, 0 when there is none: no overlong forms, no surrogates, nothing above U+10FFFF. */
static inline size_t sequence_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || left < 2)
        return 0;
    if (p[0] < 0xE0)
        return (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (left < 3 || (p[2] & 0xC0) != 0x80)
        return 0;
    if (p[0] < 0xF0) {
        unsigned lowest = p[0] == 0xE0 ? 0xA0 : 0x80, highest = p[0] == 0xED ? 0x9F : 0xBF;
        return p[1] >= lowest && p[1] <= highest ? 3 : 0;
    }
    if (left < 4 || (p[3] & 0xC0) != 0x80 || p[0] > 0xF4)
        return 0;
    unsigned lowest = p[0] == 0xF0 ? 0x90 : 0x80, highest = p[0] == 0xF4 ? 0x8F : 0xBF;
    return p[1] >= lowest && p[1] <= highest ? 4 : 0;
}

size_t text_valid_prefix(const char *data, size_t len)
{
    size_t at = 0;
    if (len < SHORT && is_short_ascii(data, len))
        return len;
    while (at < len) {
        at += ascii_run(data + at, len - at);
        /* Text that is not ASCII stays so for a while: sequences one by one until eight ASCII bytes follow. */
        for (int ascii = 0; at < len && ascii < 8;) {
            size_t step = sequence_length((const unsigned char *)data + at, len - at);
            if (step == 0)
                return at;
            ascii = step == 1 ? ascii + 1 : 0;
            at += step;
        }
    }
    return len;
}

/* ---- hash: wyhash's construction (64 x 64 -> 128 bit multiplications folded by xor), 32 bits of the result ---- */

static const uint64_t MIX_A = 0xa0761d6478bd642fu, MIX_B = 0xe7037ed1a0b428dbu, MIX_C = 0x8ebc6af09c88c6e3u;

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint32_t text_hash(const char *data, size_t len, uint64_t seed)
{
    uint64_t first, second;
    size_t   left = len;

    seed ^= MIX_A;
    if (BURIN_LIKELY(len <= 16)) {
        if (len >= 8) {
            first  = load64(data);
            second = load64(data + len - 8);
        } else if (len >= 4) {
            first  = load32(data);
            second = load32(data + len - 4);
        } else if (len > 0) {
            first  = (uint64_t)(unsigned char)data[0] << 16 | (uint64_t)(unsigned char)data[len >> 1] << 8 | (unsigned char)data[len - 1];
            second = 0;
        } else {
            first = second = 0;
        }
    } else {
        for (; left > 32; left -= 32, data += 32)
            seed = mix(load64(data) ^ MIX_B, load64(data + 8) ^ seed) ^ mix(load64(data + 16) ^ MIX_C, load64(data + 24) ^ seed);
        if (left > 16) {
            seed = mix(load64(data) ^ MIX_B, load64(data + 8) ^ seed);
            data += 16;
            left -= 16;
        }
        first  = load64(data + left - 16); /* overlaps what was read before when left < 16 */
        second = load64(data + left - 8);
    }
    uint64_t h      = mix(MIX_B ^ len, mix(first ^ MIX_B, second ^ seed));
    uint32_t folded = (uint32_t)(h ^ h >> 32);
    return folded ? folded : 1;
}

uint64_t text_sum(burin_text bytes, uint64_t before)
{
    return (uint64_t)text_hash(bytes.data, bytes.len, before) << 32 | text_hash(bytes.data, bytes.len, before ^ MIX_C);
}

/* ---- edit distance ---- */

enum { DISTANCE_MAX_LEN = 64 }; /* longer names are no typing mistakes of each other */

size_t text_distance(burin_text a, burin_text b, size_t limit)
{
    if (a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN)
        return limit + 1;
    if ((a.len > b.len ? a.len - b.len : b.len - a.len) > limit)
        return limit + 1;
    uint8_t rows[3][DISTANCE_MAX_LEN + 1]; /* distances for the last three prefixes of a */
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a.len; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        size_t   best = i;
        row[0]        = (uint8_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t d = above[j - 1] + (size_t)(a.data[i - 1] != b.data[j - 1]);
            if (d > above[j] + 1u)
                d = above[j] + 1u;
            if (d > row[j - 1] + 1u)
                d = row[j - 1] + 1u;
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1] && d > above2[j - 2] + 1u)
                d = above2[j - 2] + 1u; /* two neighbours swapped */
            row[j] = (uint8_t)d;
            if (d < best)
                best = d;
        }
        if (best > limit) /* later rows are no better: a swap adds one to the row before last, and rows differ by one */
            return limit + 1;
    }
    size_t distance = rows[a.len % 3][b.len];
    return distance <= limit ? distance : limit + 1;
}
