/* Text: UTF-8 helpers, hashing and number conversion that know nothing of values. */
#ifndef BURIN_BASE_TEXT_H
#define BURIN_BASE_TEXT_H

#include "runtime/base/memory.h"

static inline bool text_equal(burin_text a, burin_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
/* Are the `len` bytes the same? For short texts, such as names: without a call up to 16. */
static BURIN_INLINE bool text_same(const char *a, const char *b, size_t len)
{
    uint64_t x, y, u, v;
    if (len > 16)
        return memcmp(a, b, len) == 0;
    if (len >= 8) {
        memcpy(&x, a, 8);
        memcpy(&y, b, 8);
        memcpy(&u, a + len - 8, 8);
        memcpy(&v, b + len - 8, 8);
        return ((x ^ y) | (u ^ v)) == 0;
    }
    x = y = u = v = 0;
    if (len >= 4) {
        memcpy(&x, a, 4);
        memcpy(&y, b, 4);
        memcpy(&u, a + len - 4, 4);
        memcpy(&v, b + len - 4, 4);
        return ((x ^ y) | (u ^ v)) == 0;
    }
    return len == 0 || (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}
static inline bool text_is(burin_text a, const char *z) { return text_equal(a, (burin_text){z, strlen(z)}); }

/* True when every byte is below 128 (vector search). */
/* Copy bytes that do not overlap: mostly few. */
static inline void text_copy(char *to, const char *from, size_t len)
{
    uint64_t x, y;
    uint32_t u, v;
    if (len > 16) {
        memcpy(to, from, len);
    } else if (len >= 8) {
        memcpy(&x, from, 8);
        memcpy(&y, from + len - 8, 8);
        memcpy(to, &x, 8);
        memcpy(to + len - 8, &y, 8);
    } else if (len >= 4) {
        memcpy(&u, from, 4);
        memcpy(&v, from + len - 4, 4);
        memcpy(to, &u, 4);
        memcpy(to + len - 4, &v, 4);
    } else {
        for (size_t n = 0; n < len; n++)
            to[n] = from[n];
    }
}
bool text_is_ascii(const char *data, size_t len);
/* Code points in valid UTF-8. */
size_t text_count(const char *data, size_t len);
/* Byte offset of code point `index` (may equal the count: then `len`). */
size_t text_offset(const char *data, size_t len, size_t index);
/* Decode the code point at data[*at] (valid UTF-8), advance *at. */
uint32_t text_decode(const char *data, size_t len, size_t *at);
/* Encode `cp` to out (room for 4); the number of bytes written. Surrogates are encoded as three bytes. */
size_t text_encode(uint32_t cp, char *out);
/* Index of the first byte that is not valid UTF-8, or len. */
size_t text_valid_prefix(const char *data, size_t len);
/* Seeded hash (seed per environment; 0 is fine for compile-time tables). Never returns 0. */
uint32_t text_hash(const char *data, size_t len, uint64_t seed);
/* By which bytes that were damaged are told; `before`: the sum of what comes before them. */
uint64_t text_sum(burin_text bytes, uint64_t before);
/* First position of needle in haystack, or SIZE_MAX. Two-way or vector search: linear time. */
size_t text_find(const char *hay, size_t hay_len, const char *needle, size_t needle_len);
size_t text_rfind(const char *hay, size_t hay_len, const char *needle, size_t needle_len);

/* ---- numbers ---- */

typedef struct text_small_number { /* how a number below 100 is written */
    char    digits[3];
    uint8_t len;
} text_small_number;
extern const text_small_number text_small_numbers[100];
extern const char              text_digit_pairs[200]; /* "00" "01" ... "99" */
/* The digits of i < 10000 at `out`, where 8 bytes may be written; the end. */
static BURIN_INLINE char *text_put_small(char *out, unsigned i)
{
    unsigned                 high  = i < 100 ? i : i / 100;
    const text_small_number *first = &text_small_numbers[high];
    memcpy(out, first, sizeof *first);
    out += first->len;
    if (i < 100)
        return out;
    memcpy(out, &text_digit_pairs[2 * (i - 100 * high)], 2);
    return out + 2;
}

/* Decimal digits of i to out (room for 20); the number of bytes. */
size_t text_from_int(int64_t i, char *out);
/* Python's repr(float) to out (room for 32): shortest digits that read back the same, "1e+16", "inf", "nan"; bytes written.
 * A decimal fast path, then Schubfach; never printf. */
size_t text_from_double(double f, char *out);
/* The same at the end of `b`: printf's point is that of the host's locale. */
void buf_append_double(buf *b, double f);
/* Correctly rounded double of a Python float literal without underscores ("1.5", "1e3", ".5", "5."); false if malformed. */
bool text_to_double(const char *data, size_t len, double *out);

/* Damerau-Levenshtein distance, for "did you mean"; limit + 1 when it is more than `limit`. */
size_t text_distance(burin_text a, burin_text b, size_t limit);

#endif
