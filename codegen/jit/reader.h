/* Reading and writing the bytes of requests, for the files that do. Numbers are little-endian and 32 bits wide, where nothing else is said. */
#ifndef BURIN_CODEGEN_READER_H
#define BURIN_CODEGEN_READER_H

#include "runtime/base/memory.h"

#include <string.h>

static inline void put(buf *out, uint32_t n) { buf_append(out, (const char *)&n, sizeof n); }
static inline void put64(buf *out, uint64_t n) { buf_append(out, (const char *)&n, sizeof n); }

static inline void put_text(buf *out, burin_text text)
{
    put(out, (uint32_t)text.len);
    buf_append(out, text.data, text.len);
}

/* The first thing that is wrong is remembered; from then on everything reads as 0. */
typedef struct reader {
    const char *at, *end;
    arena      *memory;
    const char *wrong;
} reader;

static inline bool fail(reader *r, const char *why)
{
    if (!r->wrong)
        r->wrong = why;
    return false;
}

static inline const char *take(reader *r, size_t len)
{
    if (r->wrong || (size_t)(r->end - r->at) < len) {
        fail(r, "the request is cut off");
        return NULL;
    }
    const char *at = r->at;
    r->at += len;
    return at;
}

static inline uint64_t get_number(reader *r, size_t bytes)
{
    uint64_t    n  = 0;
    const char *at = take(r, bytes);
    if (at)
        memcpy(&n, at, bytes);
    return n;
}
static inline uint32_t get(reader *r) { return (uint32_t)get_number(r, sizeof(uint32_t)); }
static inline uint64_t get64(reader *r) { return get_number(r, sizeof(uint64_t)); }

static inline burin_text get_text(reader *r)
{
    size_t      len = get(r);
    const char *at  = take(r, len);
    return at ? (burin_text){at, len} : (burin_text){NULL, 0};
}

/* A count of things of which each takes `least` bytes at least, and room for them; NULL after a failure. */
static inline void *get_row(reader *r, uint32_t *count, size_t least, size_t size)
{
    *count = get(r);
    if (!r->wrong && *count > (size_t)(r->end - r->at) / least)
        fail(r, "a count is larger than the request");
    if (r->wrong) {
        *count = 0;
        return NULL;
    }
    void *row = arena_zalloc(r->memory, (*count + (size_t)1) * size);
    if (!row)
        fail(r, "out of memory");
    return row;
}

#endif
