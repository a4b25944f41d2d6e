/* How the hand-written programs write: the fastest portable x86-64 (SSE2) way known for each kind of piece.
 *
 * The write pointer is a local (a register); a program checks the capacity once for a group of pieces and then only
 * stores. Literals are constant-size copies, which the compiler turns into immediate or vector stores. Strings and
 * literals may be over-read by up to 31 bytes and the buffer over-written by up to 63: texts are kept with that slack
 * (see data.h), and `reserve` adds it. */
#ifndef BENCH_WRITE_H
#define BENCH_WRITE_H

#include <burin/types.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { SLACK = 64 };

/* Readable for SLACK bytes after the end. It is Burin's type so that its templates can read the same structs. */
typedef burin_text text;

/* The page: grown, never shrunk, reused by the next render. */
typedef struct page {
    char  *data;
    size_t capacity;
} page;

static __attribute__((noinline, cold, unused)) char *page_grow(page *to, char *at, size_t more)
{
    size_t used     = (size_t)(at - to->data);
    size_t capacity = to->capacity * 2 > used + more + SLACK ? to->capacity * 2 : used + more + SLACK;
    to->data      = realloc(to->data, capacity);
    if (!to->data)
        abort();
    to->capacity = capacity;
    return to->data + used;
}

/* Room for `more` bytes at `at`, and the slack. */
static inline char *reserve(page *to, char *at, size_t more)
{
    if (__builtin_expect((size_t)(at - to->data) + more + SLACK > to->capacity, 0))
        return page_grow(to, at, more);
    return at;
}

#define LITERAL(at, string) (memcpy((at), string, sizeof(string) - 1), (at) + sizeof(string) - 1)

static inline char *put_text(char *at, text t)
{
    memcpy(at, t.data, t.len);
    return at + t.len;
}

/* A text that is seldom longer than 32 bytes. */
static inline char *put_short(char *at, text t)
{
    memcpy(at, t.data, 32);
    if (__builtin_expect(t.len > 32, 0))
        memcpy(at + 32, t.data + 32, t.len - 32);
    return at + t.len;
}

static const char digit_pairs[201] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                     "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

static inline char *put_uint_long(char *at, uint64_t n)
{
    char  digits[20];
    char *p = digits + sizeof digits;
    while (n >= 100) {
        p -= 2;
        memcpy(p, digit_pairs + n % 100 * 2, 2);
        n /= 100;
    }
    if (n >= 10) {
        p -= 2;
        memcpy(p, digit_pairs + n * 2, 2);
    } else {
        *--p = (char)('0' + n);
    }
    size_t len = (size_t)(digits + sizeof digits - p);
    memcpy(at, p, len);
    return at + len;
}

static inline char *put_uint(char *at, uint64_t n)
{
    if (n < 10) {
        *at = (char)('0' + n);
        return at + 1;
    }
    if (n < 100) {
        memcpy(at, digit_pairs + n * 2, 2);
        return at + 2;
    }
    if (n < 10000) {
        at = put_uint(at, n / 100);
        memcpy(at, digit_pairs + n % 100 * 2, 2);
        return at + 2;
    }
    return put_uint_long(at, n);
}

static inline char *put_int(char *at, int64_t n)
{
    if (n < 0) {
        *at++ = '-';
        return put_uint(at, 0 - (uint64_t)n);
    }
    return put_uint(at, (uint64_t)n);
}

/* Any double, shortest, as Python writes it; slow, for what the fast path leaves. */
static __attribute__((noinline, cold, unused)) char *put_double_slow(char *at, double x)
{
    int len = 0;
    for (int digits = 1; digits <= 17; digits++) {
        len = snprintf(at, SLACK, "%.*g", digits, x);
        if (strtod(at, NULL) == x)
            break;
    }
    if (!memchr(at, '.', (size_t)len) && !memchr(at, 'e', (size_t)len) && !memchr(at, 'n', (size_t)len)) {
        at[len++] = '.';
        at[len++] = '0';
    }
    return at + len;
}

/* Decimal fast path: when round(x * 10^k) / 10^k == x, both operands are exact, so those digits are the shortest. */
static inline char *put_double(char *at, double x)
{
    if (x < 0) {
        *at++ = '-';
        x     = -x;
    }
    if (__builtin_expect(x < 1e9, 1)) {
        int64_t scaled = (int64_t)(x * 100.0 + 0.5);
        if (__builtin_expect((double)scaled / 100.0 == x, 1)) {
            at         = put_uint(at, (uint64_t)(scaled / 100));
            unsigned f = (unsigned)(scaled % 100);
            *at++      = '.';
            memcpy(at, digit_pairs + f * 2, 2);
            return at + (f % 10 ? 2 : 1);
        }
        scaled = (int64_t)(x * 10000.0 + 0.5);
        if ((double)scaled / 10000.0 == x) {
            at         = put_uint(at, (uint64_t)(scaled / 10000));
            unsigned f = (unsigned)(scaled % 10000);
            *at++      = '.';
            memcpy(at, digit_pairs + f / 100 * 2, 2);
            memcpy(at + 2, digit_pairs + f % 100 * 2, 2);
            return at + (f % 10 ? 4 : 3);
        }
    }
    return put_double_slow(at, x);
}

/* ---- escaping: scan and copy at once ---- */

enum { ESCAPED_MAX = 5 }; /* bytes of one entity */

/* What each of the classified bytes becomes. '#' is the classifier's one false positive. */
static inline char *put_entity(char *at, unsigned char c)
{
    switch (c) {
    case '"': memcpy(at, "&#34;", 5); return at + 5;
    case '&': memcpy(at, "&amp;", 5); return at + 5;
    case '\'': memcpy(at, "&#39;", 5); return at + 5;
    case '<': memcpy(at, "&lt;", 4); return at + 4;
    case '>': memcpy(at, "&gt;", 4); return at + 4;
    default: *at = (char)c; return at + 1;
    }
}

#if defined(__SSE2__)
/* One bit a byte that may need an entity: (c | 5) == 0x27 is one of " & ' #, (c | 2) == 0x3e one of < >. */
static inline unsigned classify(__m128i bytes)
{
    __m128i quotes = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(5)), _mm_set1_epi8(0x27));
    __m128i angles = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(2)), _mm_set1_epi8(0x3e));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, angles));
}

/* Needs room for ESCAPED_MAX bytes a byte of `t`. */
static inline char *put_escaped(char *at, text t)
{
    const char *from = t.data, *end = t.data + t.len;
    while (from < end) {
        size_t   left = (size_t)(end - from);
        __m128i  bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
        unsigned hits  = classify(bytes);
        _mm_storeu_si128((__m128i *)(void *)at, bytes);
        if (left < 16)
            hits &= (1u << left) - 1;
        if (__builtin_expect(hits == 0, 1)) {
            size_t step = left < 16 ? left : 16;
            from += step;
            at += step;
            continue;
        }
        size_t done = 0;
        size_t step = left < 16 ? left : 16;
        do {
            size_t hit = (size_t)__builtin_ctz(hits);
            at += hit - done;
            at   = put_entity(at, (unsigned char)from[hit]);
            done = hit + 1;
            _mm_storeu_si128((__m128i *)(void *)at, _mm_loadu_si128((const __m128i *)(const void *)(from + done)));
            hits &= hits - 1;
        } while (hits);
        at += step - done;
        from += step;
    }
    return at;
}
#else
static inline char *put_escaped(char *at, text t)
{
    for (size_t i = 0; i < t.len; i++)
        at = put_entity(at, (unsigned char)t.data[i]);
    return at;
}
#endif

#endif
