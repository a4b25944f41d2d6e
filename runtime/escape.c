/* Escaping for HTML: & < > ' " become &amp; &lt; &gt; &#39; &#34;.
 *
 * Scan and copy in one pass: a block of 16 bytes (32 where the CPU has AVX2) is loaded once, tested for the five characters
 * and stored; only where the mask has bits the block is taken apart, clean run by clean run, each run and each entity with one
 * unconditional wide store. Cost follows the number of hits, not the number of bytes.
 * The wide stores need slack behind the text; near the end of a limited buffer bytes go one by one, so limits are exact.
 * The wide loads may read past the text, never past its page (and not at all under the address sanitizer). */
#include "runtime/write.h"

typedef struct entity {
    char    bytes[8];
    uint8_t len;
} entity;

static const entity entities[64] = {
    ['&'] = {"&amp;", 5}, ['<'] = {"&lt;", 4}, ['>'] = {"&gt;", 4}, ['\''] = {"&#39;", 5}, ['"'] = {"&#34;", 5},
};

static bool is_special(char c) { return (uint8_t)c < 64 && entities[(uint8_t)c].len; }

bool rt_is_clean(const char *data, size_t len)
{
#if RT_VECTORS
    for (; len >= 16; data += 16, len -= 16)
        if (rt_special_mask(_mm_loadu_si128((const __m128i *)data)))
            return false;
    if (len && rt_readable_16(data))
        return !(rt_special_mask(_mm_loadu_si128((const __m128i *)data)) & ((1u << len) - 1));
#endif
    for (size_t at = 0; at < len; at++)
        if (is_special(data[at]))
            return false;
    return true;
}

/* Byte by byte, asking for exactly what is written. */
static void escape_exactly(rt_out *out, const char *data, size_t len)
{
    size_t clean = 0;
    for (size_t at = 0; at < len; at++) {
        if (!is_special(data[at]))
            continue;
        rt_out_write(out, data + clean, at - clean);
        rt_out_write(out, entities[(uint8_t)data[at]].bytes, entities[(uint8_t)data[at]].len);
        clean = at + 1;
    }
    rt_out_write(out, data + clean, len - clean);
}

#if RT_VECTORS

enum { SLACK = 5 * 32 + 32 }; /* most bytes that one block can need, wide stores included */

/* Room for the rest of the text and the slack; false when the limit leaves only exact writing (or the buffer has failed). */
static bool make_slack(rt_out *out, size_t len)
{
    size_t used = (size_t)(out->next - out->data) + out->flushed, need = len + SLACK;
    if (out->failed || (out->limit && (used > out->limit || need > out->limit - used)))
        return false;
    return rt_out_grow(out, need);
}

/* Write a block of `len` <= 32 bytes, of which `mask` marks the special ones. 47 bytes at `from` are readable. */
static char *escape_block(char *to, const char *from, uint32_t mask, unsigned len)
{
    unsigned done = 0;
    while (mask) {
        unsigned at = (unsigned)__builtin_ctz(mask);
        const entity *e = &entities[(uint8_t)from[at]];
        memcpy(to, from + done, 16);
        if (at - done > 16)
            memcpy(to + 16, from + done + 16, 16);
        to += at - done;
        memcpy(to, e->bytes, 8);
        to += e->len;
        done = at + 1;
        mask &= mask - 1;
    }
    memcpy(to, from + done, 16);
    if (len - done > 16)
        memcpy(to + 16, from + done + 16, 16);
    return to + (len - done);
}

/* The end of a text: fewer bytes than a block, or a block whose neighbourhood may not be readable. */
static char *escape_last(char *to, const char *from, unsigned len)
{
    char block[64];
    memcpy(block, from, len);
    memset(block + len, 0, sizeof block - len);
    uint32_t mask = rt_special_mask(_mm_loadu_si128((const __m128i *)block));
    mask |= rt_special_mask(_mm_loadu_si128((const __m128i *)(block + 16))) << 16;
    return escape_block(to, block, mask, len);
}

static const char *escape_blocks_sse2(rt_out *out, const char *from, const char *end)
{
    while (end - from > 16) {
        if (BURIN_UNLIKELY(out->end - out->next < SLACK) && !make_slack(out, (size_t)(end - from)))
            return from;
        __m128i  block = _mm_loadu_si128((const __m128i *)from);
        uint32_t mask  = rt_special_mask(block);
        if (BURIN_LIKELY(!mask)) {
            _mm_storeu_si128((__m128i *)out->next, block);
            out->next += 16;
        } else if (end - from >= 48) {
            out->next = escape_block(out->next, from, mask, 16);
        } else {
            out->next = escape_last(out->next, from, 16);
        }
        from += 16;
    }
    return from;
}

__attribute__((target("avx2"))) static const char *escape_blocks_avx2(rt_out *out, const char *from, const char *end)
{
    /* The low half of a byte names the one special character it could be; a byte above 127 looks up 0. */
    const __m256i table = _mm256_setr_epi8(-1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0,
                                           -1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0);
    while (end - from > 32) {
        if (BURIN_UNLIKELY(out->end - out->next < SLACK) && !make_slack(out, (size_t)(end - from)))
            return from;
        __m256i  block = _mm256_loadu_si256((const __m256i *)from);
        uint32_t mask  = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, block), block));
        if (BURIN_LIKELY(!mask)) {
            _mm256_storeu_si256((__m256i *)out->next, block);
            out->next += 32;
        } else if (end - from >= 64) {
            out->next = escape_block(out->next, from, mask, 32);
        } else {
            out->next = escape_last(out->next, from, 32);
        }
        from += 32;
    }
    return from;
}

/* May 48 bytes be read at `data`, of which only the first (one at least) belong to us? */
static bool readable_48(const char *data) { return RT_READ_PAST_END && ((uintptr_t)data & 4095) <= 4096 - 48; }

void rt_out_escaped_long(rt_out *out, const char *data, size_t len)
{
    const char *end = data + len;
    if (len >= 64 && __builtin_cpu_supports("avx2"))
        data = escape_blocks_avx2(out, data, end);
    if (end - data > 32)
        data = escape_blocks_sse2(out, data, end);
    size_t left = (size_t)(end - data);
    if (left == 0)
        return;
    if (left > 32 || (out->end - out->next < SLACK && !make_slack(out, left))) {
        escape_exactly(out, data, left);
    } else if (readable_48(data)) {
        uint64_t mask = rt_special_mask(_mm_loadu_si128((const __m128i *)data));
        mask |= (uint64_t)rt_special_mask(_mm_loadu_si128((const __m128i *)(data + 16))) << 16;
        out->next = escape_block(out->next, data, (uint32_t)(mask & (((uint64_t)1 << left) - 1)), (unsigned)left);
    } else {
        out->next = escape_last(out->next, data, (unsigned)left);
    }
}

#else

void rt_out_escaped_long(rt_out *out, const char *data, size_t len) { escape_exactly(out, data, len); }

#endif

void rt_out_escaped(rt_out *out, const char *data, size_t len) { rt_out_escaped_fast(out, data, len); }
