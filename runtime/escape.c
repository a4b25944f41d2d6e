/* Escaping for HTML: & < > ' " become &amp; &lt; &gt; &#39; &#34;.
 *
 * Scan and copy in one pass: a block of 32 bytes (one load where the CPU has AVX2) is loaded once, tested for the five characters
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

static inline uint32_t special_mask_32(const char *from)
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

typedef uint32_t (*mask_of)(const char *block);
typedef char *(*block_apart)(char *to, const char *from, unsigned len);

/* Blocks of 32 bytes, then what is left, with the masks that `mask` makes; inlined in every build, for `mask` and `apart` are. */
static inline __attribute__((always_inline)) char *escape_with(mask_of mask, block_apart apart, char *to, const char *data, size_t len)
{
    for (; len > 32; data += 32, len -= 32) {
        uint32_t special = mask(data);
        if (BURIN_LIKELY(!special)) {
            memcpy(to, data, 32);
            to += 32;
        } else {
            to = BURIN_LIKELY(len >= 48 || readable_48(data)) ? escape_block(to, data, special, 32) : apart(to, data, 32);
        }
    }
    if (!len)
        return to;
    if (BURIN_UNLIKELY(!readable_48(data)))
        return apart(to, data, (unsigned)len);
    uint32_t special = (uint32_t)(mask(data) & (((uint64_t)1 << len) - 1));
    if (BURIN_UNLIKELY(special))
        return escape_block(to, data, special, (unsigned)len);
    memcpy(to, data, 32);
    return to + len;
}

static inline __attribute__((always_inline, target("avx2"))) uint32_t special_mask_avx2(const char *from)
{
    /* The low half of a byte names the one special character it could be; a byte above 127 looks up 0. */
    const __m256i table = _mm256_setr_epi8(-1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0,
                                           -1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0);
    const __m256i block = _mm256_loadu_si256((const __m256i *)from);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, block), block));
}

/* Code for plain x86-64 crawls as long as the upper halves of registers hold something; gcc does not see to that here. */
static inline __attribute__((always_inline, target("avx2"))) char *escape_apart_avx2(char *to, const char *from, unsigned len)
{
    _mm256_zeroupper();
    return escape_apart(to, from, len);
}

static __attribute__((noinline, target("avx2"))) char *escape_avx2(char *to, const char *data, size_t len)
{
    return escape_with(special_mask_avx2, escape_apart_avx2, to, data, len);
}

char *rt_escape_at(char *to, const char *data, size_t len)
{
    return len > 32 && __builtin_cpu_supports("avx2") ? escape_avx2(to, data, len) : escape_with(special_mask_32, escape_apart, to, data, len);
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
