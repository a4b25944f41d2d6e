/* A string under construction in the render's heap.
 *
 * Grows at the end of the heap, in place as long as nothing else is allocated meanwhile, and geometrically, so that
 * building is linear. A failure is remembered: later appends do nothing and `builder_take` reports it once.
 * Always true: len <= cap; `ascii` is true while only ASCII was appended. */
#ifndef BURIN_RUNTIME_BUILDER_H
#define BURIN_RUNTIME_BUILDER_H

#include "runtime/base/text.h"
#include "runtime/value.h"

typedef struct builder {
    rt_state *st;
    char     *data;
    size_t    len, cap;
    bool      ascii;
    bool      failed;
} builder;

/* Room for `size_hint` bytes at once. */
void builder_init(builder *b, rt_state *st, size_t size_hint);
bool builder_grow(builder *b, size_t extra);

/* Make sure `extra` bytes fit at data + len. */
static inline bool builder_room(builder *b, size_t extra)
{
    return BURIN_LIKELY(b->cap - b->len >= extra && !b->failed) || builder_grow(b, extra);
}
/* Append ASCII bytes. */
static inline void builder_ascii(builder *b, const char *data, size_t len)
{
    if (builder_room(b, len) && len) {
        memcpy(b->data + b->len, data, len);
        b->len += len;
    }
}
/* Append text of unknown make. */
static inline void builder_text(builder *b, const char *data, size_t len)
{
    if (b->ascii && !text_is_ascii(data, len))
        b->ascii = false;
    builder_ascii(b, data, len);
}
/* Append a STRING value. */
static inline void builder_value(builder *b, burin_value s)
{
    if (s.flags & BURIN_ASCII)
        builder_ascii(b, s.as.s, s.len);
    else
        builder_text(b, s.as.s, s.len);
}
static inline void builder_byte(builder *b, char c) { builder_ascii(b, &c, 1); }
/* Append one code point. */
void builder_code_point(builder *b, uint32_t cp);
/* Append `count` times the code point. */
void builder_fill(builder *b, uint32_t cp, size_t count);
/* The finished STRING with `flags` (BURIN_SAFE or 0); gives unused room back to the heap. */
burin_status builder_take(builder *b, uint8_t flags, burin_value *out);

/* Is every character of a STRING below 128? */
static inline bool rt_string_is_ascii(burin_value s) { return (s.flags & BURIN_ASCII) || text_is_ascii(s.as.s, s.len); }
/* Code points of a STRING. */
static inline size_t rt_string_count(burin_value s) { return (s.flags & BURIN_ASCII) ? s.len : text_count(s.as.s, s.len); }

#endif
