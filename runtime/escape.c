/* Escaping for HTML: & < > ' " become &amp; &lt; &gt; &#39; &#34;.
 *
 * Scan and copy in one pass: a block of 32 bytes (one load where the text is long and the CPU has AVX2) is loaded once, tested for the five characters
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

/* Room for the next piece of the text, its wide stores included; false when the limit leaves only exact writing (or the buffer has failed). */
static bool make_room(rt_out *out, size_t len, size_t room)
{
    size_t used = (size_t)(out->next - out->data) + out->flushed, need = len + room;
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

static uint32_t special_mask_32(const char *from)
{
    uint32_t low = rt_special_mask(_mm_loadu_si128((const __m128i *)from)), high = rt_special_mask(_mm_loadu_si128((const __m128i *)(from + 16)));
    return low | high << 16;
}

/* A block whose neighbourhood may not be readable. */
static __attribute__((noinline)) char *escape_apart(char *to, const char *from, unsigned len)
{
    char block[64];
    memcpy(block, from, len);
    memset(block + len, 0, sizeof block - len);
    return escape_block(to, block, special_mask_32(block), len);
}

/* May 48 bytes be read at `data`, of which only the first (one at least) belong to us? */
static bool readable_48(const char *data) { return RT_READ_PAST_END && ((uintptr_t)data & 4095) <= 4096 - 48; }

/* Blocks of 32 bytes, as long as more than that is left; where they end. */
static inline char *escape_blocks_sse2(char *to, const char **data, const char *end)
{
    const char *from = *data;
    for (; end - from > 32; from += 32) {
        uint32_t mask = special_mask_32(from);
        if (BURIN_LIKELY(!mask)) {
            memcpy(to, from, 32);
            to += 32;
        } else {
            to = end - from >= 48 ? escape_block(to, from, mask, 32) : escape_apart(to, from, 32);
        }
    }
    *data = from;
    return to;
}

__attribute__((target("avx2"))) static char *escape_blocks_avx2(char *to, const char **data, const char *end)
{
    /* The low half of a byte names the one special character it could be; a byte above 127 looks up 0. */
    const __m256i table = _mm256_setr_epi8(-1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0,
                                           -1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0);
    const char   *from  = *data;
    for (; end - from > 32; from += 32) {
        __m256i  block = _mm256_loadu_si256((const __m256i *)from);
        uint32_t mask  = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, block), block));
        if (BURIN_LIKELY(!mask)) {
            _mm256_storeu_si256((__m256i *)to, block);
            to += 32;
        } else {
            to = end - from >= 48 ? escape_block(to, from, mask, 32) : escape_apart(to, from, 32);
        }
    }
    *data = from;
    return to;
}

char *rt_escape_at(char *to, const char *data, size_t len)
{
    enum { LONG = 256 }; /* from here on the wider blocks pay for asking whether there are any */
    const char *end = data + len;
    if (len >= LONG && __builtin_cpu_supports("avx2"))
        to = escape_blocks_avx2(to, &data, end);
    else
        to = escape_blocks_sse2(to, &data, end);
    unsigned left = (unsigned)(end - data);
    if (!left)
        return to;
    if (BURIN_UNLIKELY(!readable_48(data)))
        return escape_apart(to, data, left);
    uint32_t mask = (uint32_t)(special_mask_32(data) & (((uint64_t)1 << left) - 1));
    if (BURIN_UNLIKELY(mask))
        return escape_block(to, data, mask, left);
    memcpy(to, data, 32);
    return to + left;
}

void rt_out_escaped_long(rt_out *out, const char *data, size_t len)
{
    enum { PIECE = 1024 }; /* room is asked for the worst that one of these can become */
    while (len) {
        size_t piece = len < PIECE ? len : PIECE, room = RT_ESCAPED_MAX * piece + RT_ESCAPED_SLACK;
        if (BURIN_UNLIKELY((size_t)(out->end - out->next) < room) && !make_room(out, len, room)) {
            escape_exactly(out, data, len);
            return;
        }
        out->next = rt_escape_at(out->next, data, piece);
        data += piece;
        len -= piece;
    }
}

#else

char *rt_escape_at(char *to, const char *data, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        const entity *e = is_special(data[at]) ? &entities[(uint8_t)data[at]] : NULL;
        memcpy(to, e ? e->bytes : data + at, e ? e->len : 1);
        to += e ? e->len : 1;
    }
    return to;
}

void rt_out_escaped_long(rt_out *out, const char *data, size_t len) { escape_exactly(out, data, len); }

#endif

void rt_out_escaped(rt_out *out, const char *data, size_t len) { rt_out_escaped_fast(out, data, len); }
