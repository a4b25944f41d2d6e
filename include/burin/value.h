/* burin/value.h: the values that templates and expressions work on.
 *
 * A burin_value is 16 bytes, passed and stored by value. None, booleans, 64-bit integers and floats are in the value
 * itself; text is a pointer and a length; containers are pointers into a heap. There is no reference counting:
 * containers and copied text belong to the burin_heap they were made in and die with it, all at once.
 * Values given to a render are borrowed until it returns: never copied, never kept, never changed (a template that
 * appends to a list of the caller's sees the change, the caller does not).
 * Semantics are CPython 3.11's: see Jinja2's documentation, "Expressions". */
#ifndef BURIN_VALUE_H
#define BURIN_VALUE_H

#include "burin/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum burin_kind {
    BURIN_MISSING,   /* no value at all: an unset slot, an argument not given; never seen by a template */
    BURIN_UNDEFINED, /* Jinja2's Undefined family */
    BURIN_NONE,
    BURIN_BOOL,
    BURIN_INT,       /* 64 bits; larger ones are BURIN_BIGINT, so equality of kinds is not equality of types */
    BURIN_FLOAT,
    BURIN_BIGINT,
    BURIN_STRING,    /* str, and Markup when BURIN_SAFE is set */
    BURIN_BYTES,
    BURIN_LIST,
    BURIN_TUPLE,
    BURIN_DICT,
    BURIN_SET,       /* set and frozenset */
    BURIN_RANGE,
    BURIN_FUNCTION,  /* a function, filter, test, or a method bound to its object */
    BURIN_OBJECT,    /* anything else: a host object, an iterator, loop, macro, namespace, module, type, exception */
    BURIN_COMPLEX,
    BURIN_BYTEARRAY,
    BURIN_STRUCT,    /* a struct of the host's (burin/struct.h); this and the next are not containers for the functions below */
    BURIN_ARRAY,     /* an array in such structs */
    BURIN_KIND_COUNT
} burin_kind;

enum { /* burin_value.flags */
    BURIN_SAFE  = 1, /* STRING: Markup, already escaped */
    BURIN_ASCII = 2, /* STRING: certainly only bytes below 128; when clear it may still be so */
    BURIN_CLEAN = 4, /* STRING: certainly without & < > ' and ", so escaping changes nothing; when clear it may still be so */
};

/* Read it through the functions below; the layout is part of the ABI because compiled templates rely on it. */
typedef struct burin_value {
    uint8_t  kind;     /* burin_kind */
    uint8_t  flags;
    uint16_t reserved; /* STRUCT, ARRAY: tells sets of types apart; else 0 */
    uint32_t len;      /* STRING, BYTES: bytes; STRUCT, ARRAY: the number of its type; else 0 */
    union {
        int64_t     i; /* INT; BOOL: 0 or 1 */
        double      f; /* FLOAT */
        const char *s; /* STRING, BYTES: not NUL-terminated */
        void       *p; /* the rest */
    } as;
} burin_value;

/* A heap owns the containers and texts made in it. Not thread-safe while it is being built; once nothing changes its
 * values any number of threads may read them (so one may back many renders at once). */
typedef struct burin_heap burin_heap;

/* ---- constructors that need no heap ---- */
static inline burin_value burin_missing(void)
{
    burin_value v = {BURIN_MISSING, 0, 0, 0, {0}};
    return v;
}
static inline burin_value burin_none(void)
{
    burin_value v = {BURIN_NONE, 0, 0, 0, {0}};
    return v;
}
static inline burin_value burin_bool(bool b)
{
    burin_value v = {BURIN_BOOL, 0, 0, 0, {b ? 1 : 0}};
    return v;
}
static inline burin_value burin_int(int64_t i)
{
    burin_value v = {BURIN_INT, 0, 0, 0, {i}};
    return v;
}
static inline burin_value burin_float(double f)
{
    burin_value v = {BURIN_FLOAT, 0, 0, 0, {0}};
    v.as.f        = f;
    return v;
}
/* Text that is borrowed: `data` must outlive every use of the value. At most 4 GiB - 1 bytes of valid UTF-8. */
static inline burin_value burin_string_borrow(const char *data, size_t len)
{
    burin_value v = {BURIN_STRING, 0, 0, BURIN_CAST_(uint32_t, len), {0}};
    v.as.s        = data;
    return v;
}
/* The same, marked as already escaped (MarkupSafe's Markup). */
static inline burin_value burin_markup_borrow(const char *data, size_t len)
{
    burin_value v = burin_string_borrow(data, len);
    v.flags       = BURIN_SAFE;
    return v;
}

/* ---- heaps ---- */

/* A heap for data that outlives renders. NULL allocator: malloc; borrowed for the heap's life. NULL when memory is out. */
BURIN_API burin_heap *burin_heap_new(const burin_allocator *allocator);
BURIN_API void        burin_heap_free(burin_heap *heap);
/* Forget every value made in it, keep the memory for the next ones. */
BURIN_API void burin_heap_clear(burin_heap *heap);

/* Constructors in a heap: BURIN_MISSING when memory is out. Text is copied and must be valid UTF-8 (MISSING otherwise).
 * Items are not copied: they live in the same heap, or longer. */
BURIN_API burin_value burin_string(burin_heap *heap, const char *data, size_t len);
BURIN_API burin_value burin_bytes(burin_heap *heap, const void *data, size_t len);
BURIN_API burin_value burin_integer(burin_heap *heap, const char *decimal, size_t len); /* of any size */
BURIN_API burin_value burin_complex(burin_heap *heap, double real, double imaginary);
BURIN_API burin_value burin_list(burin_heap *heap, size_t capacity);
BURIN_API burin_value burin_tuple(burin_heap *heap, const burin_value *items, size_t count);
BURIN_API burin_value burin_dict(burin_heap *heap, size_t capacity);
BURIN_API burin_value burin_set(burin_heap *heap, size_t capacity);
BURIN_API burin_value burin_range(burin_heap *heap, int64_t start, int64_t stop, int64_t step); /* step != 0 */
BURIN_API burin_value burin_iterator(burin_heap *heap, burin_value over);                        /* usable once */
BURIN_API burin_value burin_undefined(burin_heap *heap, const char *name);

/* Building; only on containers of the same heap, before they are given to a render. BURIN_ERR_NOMEM, BURIN_ERR_TYPE (another
 * kind of container, an unhashable key), BURIN_ERR_UNICODE (a key that is copied). A key that is there already keeps its place and gets the new value. */
BURIN_API burin_status burin_list_append(burin_heap *heap, burin_value list, burin_value item);
BURIN_API burin_status burin_dict_set(burin_heap *heap, burin_value dict, burin_value key, burin_value value);
BURIN_API burin_status burin_dict_set_z(burin_heap *heap, burin_value dict, const char *key, burin_value value); /* key copied */
BURIN_API burin_status burin_set_add(burin_heap *heap, burin_value set, burin_value item);
/* Share the keys of dicts made alike, in `value` and everything in it: attribute reads become a compare and a load; and mark
 * the strings in it that need no escaping (BURIN_CLEAN). Call once when the data is complete; burin_json_read does so by
 * itself. BURIN_ERR_NOMEM leaves correct data. */
BURIN_API burin_status burin_optimize(burin_heap *heap, burin_value value);

/* Inspecting. */
BURIN_API burin_text  burin_text_of(burin_value v);                      /* STRING, BYTES, BYTEARRAY; else empty */
BURIN_API size_t      burin_length(burin_value v);                       /* items of a container, bytes of a string; 0 for others */
BURIN_API burin_value burin_at(burin_value list_or_tuple, size_t index); /* MISSING when out of range */
BURIN_API burin_value burin_get(burin_value dict, const char *key);      /* MISSING when absent */
/* Walk a dict in order, or a set (value is MISSING): start with *at = 0; false at the end. */
BURIN_API bool burin_next(burin_value dict, size_t *at, burin_value *key, burin_value *value);
/* A number as int64 (a float only when it is whole) or double; false when it is none or does not fit. */
BURIN_API bool burin_as_int(burin_value v, int64_t *out);
BURIN_API bool burin_as_double(burin_value v, double *out);
/* The parts of a COMPLEX; false for any other value. */
BURIN_API bool burin_complex_of(burin_value v, double *real, double *imaginary);
/* type(v).__name__: "int", "str", "dict", ...; static text, or the class's. */
BURIN_API const char *burin_type_name(burin_value v);
/* A RANGE's three numbers; false for any other value. */
BURIN_API bool burin_range_of(burin_value v, int64_t *start, int64_t *stop, int64_t *step);
/* The variable an UNDEFINED value stands for, a STRING; MISSING when it is an attribute or item of something, or has no name. */
BURIN_API burin_value burin_undefined_name(burin_value v);

/* JSON. Reading keeps order and big integers; a syntax error is BURIN_ERR_DATA with line and column. With `borrow`
 * strings point into `text`, which must then outlive the value. Writing: json.dumps(v, ensure_ascii=False, indent=..), keys in
 * their order; the text is malloc'ed, NUL-terminated. TypeError and ValueError as json.dumps raises them. */
typedef struct burin_error burin_error;
BURIN_API burin_status burin_json_read(burin_heap *heap, burin_text text, bool borrow, burin_value *out, burin_error *err);
BURIN_API burin_status burin_json_write(burin_value v, int indent /* -1: one line */, char **out, size_t *len, burin_error *err);
/* str(v) and repr(v) as malloc'ed, NUL-terminated text; NULL when memory is out. */
BURIN_API char *burin_str(burin_value v, size_t *len);
BURIN_API char *burin_repr(burin_value v, size_t *len);

#ifdef __cplusplus
}
#endif
#endif
