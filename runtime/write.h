/* The hot paths of output, to be inlined where values are printed in loops: short strings, small integers, floats.
 *
 * A short string is one 16-byte load and one 16-byte store, whatever its length: the load may read past the string but
 * never past its page, and the store needs that much room in the buffer. What does not fit these cases goes to the
 * functions of convert.h, which do the same thing exactly. */
#ifndef BURIN_RUNTIME_WRITE_H
#define BURIN_RUNTIME_WRITE_H

#include "runtime/base/text.h"
#include "runtime/convert.h"

#if defined(__x86_64__) && !defined(BURIN_NO_VECTORS)
#define RT_VECTORS 1
#include <immintrin.h>
#else
#define RT_VECTORS 0
#endif

#define RT_READ_PAST_END (!BURIN_SANITIZED)

enum { RT_PRINTED_AS_IS = BURIN_SAFE | BURIN_CLEAN }; /* flags of strings that escaping does not change */

/* rt_out_escaped without the short path. */
void rt_out_escaped_long(rt_out *out, const char *data, size_t len);
enum { RT_ESCAPED_MAX = 5, RT_ESCAPED_SLACK = 32 }; /* what a byte may become; what is written behind what counts */
/* The same at `to`, where there is room for RT_ESCAPED_MAX times `len` and RT_ESCAPED_SLACK bytes; the end. */
char *rt_escape_at(char *to, const char *data, size_t len);
/* rt_write_str of an integer. */
void rt_write_int(rt_out *out, int64_t i);

#if RT_VECTORS
/* Bits of the bytes that HTML escapes. '&' and '\'' differ in bit 0, '<' and '>' in bit 1. */
static inline uint32_t rt_special_mask(__m128i block)
{
    __m128i amp_or_apostrophe = _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(1)), _mm_set1_epi8('\''));
    __m128i less_or_greater   = _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(2)), _mm_set1_epi8('>'));
    __m128i quote             = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(amp_or_apostrophe, less_or_greater), quote));
}
/* May 16 bytes be read at `data`, of which only the first (one at least) belong to us? */
static inline bool rt_readable_32(const char *data) { return RT_READ_PAST_END && ((uintptr_t)data & 4095) <= 4096 - 32; }
static inline bool rt_readable_16(const char *data) { return RT_READ_PAST_END && ((uintptr_t)data & 4095) <= 4096 - 16; }
#endif

enum { RT_SHORT = 128 };
/* A string of at most RT_SHORT bytes that needs no escaping: at `to`, where so many may be written; the end. NULL for all others. */
static BURIN_INLINE char *rt_write_short(char *to, const burin_value *v, bool escaped)
{
    bool as_is = !escaped || v->flags & RT_PRINTED_AS_IS;
#if RT_VECTORS
    if (v->len > 32) {
        if (v->len > RT_SHORT || !as_is)
            return NULL;
        if (v->len > 64) {
            memcpy(to + 32, v->as.s + 32, 32);
            memcpy(to + v->len - 64, v->as.s + v->len - 64, 32);
        }
        memcpy(to, v->as.s, 32);
        memcpy(to + v->len - 32, v->as.s + v->len - 32, 32);
        return to + v->len;
    }
    if (BURIN_LIKELY(v->len && rt_readable_32(v->as.s))) {
        __m128i low = _mm_loadu_si128((const __m128i *)v->as.s), high = _mm_loadu_si128((const __m128i *)(v->as.s + 16));
        if (!as_is) {
            uint64_t special = rt_special_mask(low);
            if (v->len > 16)
                special |= (uint64_t)rt_special_mask(high) << 16;
            if (special & (((uint64_t)1 << v->len) - 1))
                return NULL;
        }
        _mm_storeu_si128((__m128i *)to, low);
        _mm_storeu_si128((__m128i *)(to + 16), high);
        return to + v->len;
    }
#endif
    if (!v->len)
        return to;
    if (!as_is || v->len > RT_SHORT)
        return NULL;
    memcpy(to, v->as.s, v->len);
    return to + v->len;
}

static inline void rt_out_write_fast(rt_out *out, const char *data, size_t len)
{
#if RT_VECTORS
    if (BURIN_LIKELY(len - 1 < 32 && out->end - out->next >= 32)) { /* an empty string may point anywhere */
        if (BURIN_LIKELY(len > 16)) {
            __m128i tail = _mm_loadu_si128((const __m128i *)(data + len - 16));
            _mm_storeu_si128((__m128i *)out->next, _mm_loadu_si128((const __m128i *)data));
            _mm_storeu_si128((__m128i *)(out->next + len - 16), tail);
            out->next += len;
            return;
        }
        if (BURIN_LIKELY(rt_readable_16(data))) {
            _mm_storeu_si128((__m128i *)out->next, _mm_loadu_si128((const __m128i *)data));
            out->next += len;
            return;
        }
    }
#endif
    rt_out_write(out, data, len);
}

static inline void rt_out_escaped_fast(rt_out *out, const char *data, size_t len)
{
#if RT_VECTORS
    if (BURIN_LIKELY(len - 1 < 16 && out->end - out->next >= 16 && rt_readable_16(data))) {
        __m128i block = _mm_loadu_si128((const __m128i *)data);
        if (BURIN_LIKELY(!(rt_special_mask(block) & ((1u << len) - 1)))) {
            _mm_storeu_si128((__m128i *)out->next, block);
            out->next += len;
            return;
        }
    }
#endif
    rt_out_escaped_long(out, data, len);
}

static inline void rt_write_int_fast(rt_out *out, int64_t i)
{
    if (BURIN_LIKELY((uint64_t)i < 10000 && out->end - out->next >= 8))
        out->next = text_put_small(out->next, (unsigned)i);
    else
        rt_write_int(out, i);
}

/* rt_write_str and rt_write_escaped with their most frequent cases in line. */
static inline burin_status rt_write_str_fast(rt_state *st, rt_out *out, burin_value v)
{
    if (BURIN_LIKELY(v.kind == BURIN_STRING))
        rt_out_write_fast(out, v.as.s, v.len);
    else if (BURIN_LIKELY(v.kind == BURIN_INT))
        rt_write_int_fast(out, v.as.i);
    else
        return rt_write_str(st, out, v);
    return rt_out_status(out);
}
static inline burin_status rt_write_escaped_fast(rt_state *st, rt_out *out, burin_value v)
{
    if (BURIN_LIKELY(v.kind == BURIN_STRING)) {
        if (v.flags & RT_PRINTED_AS_IS)
            rt_out_write_fast(out, v.as.s, v.len);
        else
            rt_out_escaped_fast(out, v.as.s, v.len);
    } else if (BURIN_LIKELY(v.kind == BURIN_INT)) {
        rt_write_int_fast(out, v.as.i);
    } else {
        return rt_write_escaped(st, out, v);
    }
    return rt_out_status(out);
}

#endif
