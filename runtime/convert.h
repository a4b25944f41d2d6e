/* Values to text and back: str, repr, escaping, JSON, literals. */
#ifndef BURIN_RUNTIME_CONVERT_H
#define BURIN_RUNTIME_CONVERT_H

#include "runtime/value.h"

/* ---- output buffer of a render ----
 * Grows by its allocator; `limit` bytes at most (BURIN_ERR_LIMIT). In hot code: rt_out_room, then write at `next`. */
typedef struct rt_out {
    char  *data;
    char  *next;
    char  *end;       /* where writing must stop: the buffer's end, or the limit's */
    size_t cap;       /* bytes at data */
    const burin_allocator *alloc; /* NULL: the buffer is a string growing in st->heap */
    size_t limit;     /* 0: none */
    rt_state *st;     /* where a failure is reported */
    bool   failed;    /* out of memory or over the limit: reported in st; later writes do nothing */
    /* Full buffer of a stream: hand data to the sink and make room. NULL for plain buffers. */
    burin_status (*flush)(struct rt_out *out);
    void  *sink;
    size_t flushed;   /* bytes handed to the sink so far */
} rt_out;

/* Slow path of rt_out_room: grow or flush. False after reporting. */
bool rt_out_grow(rt_out *out, size_t size);
/* Make sure `size` bytes fit at out->next. */
static inline bool rt_out_room(rt_out *out, size_t size)
{
    return BURIN_LIKELY((size_t)(out->end - out->next) >= size) || rt_out_grow(out, size);
}
static inline void rt_out_write(rt_out *out, const char *data, size_t len)
{
    if (len && rt_out_room(out, len)) {
        memcpy(out->next, data, len);
        out->next += len;
    }
}
/* Append with the five characters & < > ' " replaced (&amp; &lt; &gt; &#39; &#34;): vector scan and copy in one pass. */
void rt_out_escaped(rt_out *out, const char *data, size_t len);
/* Has the text none of them? */
bool rt_is_clean(const char *data, size_t len);
/* A plain buffer that grows by st->env's allocator; release with rt_out_deinit. */
void rt_out_init(rt_out *out, rt_state *st, size_t size_hint);
void rt_out_deinit(rt_out *out);
/* A buffer in st->heap, for building one string: taking it whole (rt_out_take from 0) copies nothing; needs no deinit. */
void rt_out_init_heap(rt_out *out, rt_state *st, size_t size_hint);
/* Take back what was written behind the first `len` bytes; none of it may have been flushed. */
void rt_out_cut(rt_out *out, size_t len);
/* Append a literal. */
#define rt_out_literal(out, literal) rt_out_write(out, "" literal, sizeof(literal) - 1)
/* BURIN_OK, or what made an earlier write fail. */
static inline burin_status rt_out_status(const rt_out *out) { return BURIN_UNLIKELY(out->failed) ? out->st->status : BURIN_OK; }

/* Append str(v), as `{{ v }}` prints it: undefined as its class says. */
burin_status rt_write_str(rt_state *st, rt_out *out, burin_value v);
/* Append escape(v): Markup and __html__ objects as they are, the rest escaped. */
burin_status rt_write_escaped(rt_state *st, rt_out *out, burin_value v);
/* Append repr(v). Cyclic containers print [...]; depth is bounded. */
burin_status rt_write_repr(rt_state *st, rt_out *out, burin_value v);

/* str(v) as a STRING value; a STRING comes back as it is (Markup stays Markup: markupsafe.soft_str). */
burin_status rt_str(rt_state *st, burin_value v, burin_value *out);
burin_status rt_repr(rt_state *st, burin_value v, burin_value *out);
/* escape(v) as Markup. */
burin_status rt_escape(rt_state *st, burin_value v, burin_value *out);

/* Turn what was written since `from` (an offset) into a STRING in the heap and cut the buffer back to `from`. */
burin_status rt_out_take(rt_out *out, size_t from, burin_value *value);

/* ---- JSON ---- */

typedef struct rt_json_options {
    bool sort_keys, ensure_ascii;
    bool html_safe;           /* < > & ' as \u003c ...: jinja2.utils.htmlsafe_json_dumps */
    burin_value indent;       /* NONE, INT or STRING, as json.dumps */
    burin_text item_separator, key_separator; /* data NULL: json.dumps's defaults for the indent */
} rt_json_options;
/* json.dumps; TypeError "Object of type X is not JSON serializable", ValueError "Circular reference detected". */
burin_status rt_write_json(rt_state *st, rt_out *out, burin_value v, const rt_json_options *options);
/* Read one JSON document (RFC 8259, plus NaN, Infinity, -Infinity as Python); big integers kept, order kept, objects with the
 * same keys share rt_keys. `borrow`: strings without escapes point into `text`, which must then outlive them.
 * Errors: BURIN_ERR_DATA with line and column in `err`. */
burin_status rt_json_read(rt_state *st, burin_text text, bool borrow, const char *name, burin_value *out, burin_error *err);

/* ast.literal_eval of `text`: MISSING in *out when it is no Python literal (NativeEnvironment keeps the text then). */
burin_status rt_literal_eval(rt_state *st, burin_text text, burin_value *out);

typedef struct rt_pprint_options {
    unsigned depth;   /* containers within so many others are written as dots; 0: all are written */
    bool     compact; /* several items of a list, tuple or set a line */
} rt_pprint_options;

/* Python's pprint.pformat(v, depth=depth or None, compact=compact), width 80. */
burin_status rt_write_pprint(rt_state *st, rt_out *out, burin_value v, rt_pprint_options options);

/* Deep copy of `v` into the host's heap: what outlives the render that made it. Cycles and shared containers keep their form. */
burin_status rt_copy_out(rt_state *st, burin_value v, burin_heap *heap, burin_value *out);
/* Put copies, in the state's own heap, in place of the value's lists, dicts and sets, and of theirs. */
burin_status rt_copy_containers(rt_state *st, burin_value *value);
/* A value as the host may have it: it knows nothing of the copies that a run made of containers it changed. */
static inline burin_status rt_whole(rt_state *st, burin_value *value)
{
    return BURIN_LIKELY(!st->heap.shadows) ? BURIN_OK : rt_copy_containers(st, value);
}

#endif
