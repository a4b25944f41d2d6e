/* The inside of values: what burin/value.h promises, for the rooms that implement it.
 *
 * Containers are reached only through rt_list_of, rt_dict_of, ... which see changed copies of borrowed containers
 * (copy on write: a template may append to the caller's list, the caller's list stays as it is). Whoever changes a
 * container takes it with rt_list_edit / rt_dict_edit and calls heap_escape when done. */
#ifndef BURIN_RUNTIME_VALUE_H
#define BURIN_RUNTIME_VALUE_H

#include "runtime/base/text.h"
#include "runtime/heap.h"
#include "runtime/state.h"

/* ---- layout ---- */

enum { /* flags of containers */
    RT_BORROWED = 1, /* belongs to the host or to a template's constants: never changed in place by a render */
    RT_FROZEN   = 2, /* a frozenset: never changed, hashable */
    RT_SET      = 4, /* an rt_dict without values */
};

typedef struct rt_list { /* LIST, TUPLE */
    uint32_t           flags;
    uint32_t           len, cap;
    const char *const *fields; /* names of a named tuple's items, NULL-terminated; NULL for others */
    burin_value       *items;
} rt_list;

/* Keys of a dict: entries in insertion order, and an open-addressing index over them. Keys that are `shared` (built by
 * the JSON reader, the API's freeze, or the compiler) never change and serve any number of dicts: they are the dicts'
 * shape, and an inline cache may remember (serial of the keys, slot). A dict that gets another key takes a private copy. */
typedef struct rt_key {
    burin_value value;
    uint32_t    hash;
    bool        live;  /* false: deleted */
    bool        plain; /* certainly a text of 1 to RT_PLAIN_KEY_MAX characters of ASCII that neither JSON nor HTML escapes; of shared keys */
} rt_key;
enum { RT_NO_SERIAL = 1, RT_PLAIN_KEY_MAX = 16 };
typedef struct rt_keys {
    uint64_t  serial;    /* of keys that are no render's: no others have it, nor these when they were others, so caches may know them by it; else RT_NO_SERIAL */
    uint16_t  shared;
    uint32_t  len, cap;   /* entries used (dead ones included), room */
    uint32_t  index_mask; /* size of index - 1 */
    rt_key   *entries;
    uint32_t *index;      /* entry number + 1; 0 empty; UINT32_MAX deleted */
} rt_keys;
typedef struct rt_dict { /* DICT; SET has no values */
    uint32_t     flags;
    uint32_t     len;    /* live entries */
    uint32_t     cap;    /* room in values */
    uint32_t     version; /* incremented when keys come or go: "dictionary changed size during iteration" */
    rt_keys     *keys;
    burin_value *values; /* values[n] belongs to keys->entries[n] */
} rt_dict;

typedef struct rt_range {
    int64_t start, stop, step;
    int64_t len; /* number of items, >= 0 */
} rt_range;

typedef struct rt_complex { /* COMPLEX: immutable */
    double re, im;
} rt_complex;

typedef struct rt_bytearray { /* BYTEARRAY: always of the heap it is used in, so never borrowed */
    uint32_t len, cap;
    char    *data;
} rt_bytearray;

typedef struct rt_bigint rt_bigint; /* private to runtime/bigint.c (GMP limbs in the heap) */

typedef struct rt_object_value { /* OBJECT */
    const burin_class      *cls;
    void                   *self;
    struct rt_object_value *next_releasable;
} rt_object_value;

/* Why a value is undefined (jinja2.runtime.Undefined). */
typedef enum rt_undefined_class { RT_UNDEFINED, RT_CHAINABLE, RT_DEBUG, RT_STRICT, RT_ANSIBLE } rt_undefined_class; /* ANSIBLE: strict, and attributes are itself */
typedef struct rt_undefined {
    rt_undefined_class cls;
    burin_status status;   /* what use of it raises: BURIN_ERR_UNDEFINED, or BURIN_ERR_SECURITY in the sandbox */
    burin_text   hint;     /* the message when not empty */
    burin_value  name;     /* STRING or another key; MISSING when there is none */
    burin_value  object;   /* of which it is no attribute; MISSING for a plain variable */
} rt_undefined;

/* Of an UNDEFINED: is using it an error; are its attributes and items itself? */
static inline bool rt_is_strict(burin_value v) { return ((const rt_undefined *)v.as.p)->cls >= RT_STRICT; }
static inline bool rt_is_chainable(burin_value v)
{
    rt_undefined_class cls = ((const rt_undefined *)v.as.p)->cls;
    return cls == RT_CHAINABLE || cls == RT_ANSIBLE;
}

/* ---- reading ---- */

const rt_list *rt_shadow_list(rt_state *st, const rt_list *list);
const rt_dict *rt_shadow_dict(rt_state *st, const rt_dict *dict);

static inline const rt_list *rt_list_of(rt_state *st, burin_value v) /* LIST or TUPLE */
{
    const rt_list *list = v.as.p;
    if (BURIN_UNLIKELY(st->heap.shadows != 0) && (list->flags & RT_BORROWED))
        return rt_shadow_list(st, list);
    return list;
}
static inline const rt_dict *rt_dict_of(rt_state *st, burin_value v) /* DICT or SET */
{
    const rt_dict *dict = v.as.p;
    if (BURIN_UNLIKELY(st->heap.shadows != 0) && (dict->flags & RT_BORROWED))
        return rt_shadow_dict(st, dict);
    return dict;
}
static inline burin_text rt_text_of(burin_value v) { return (burin_text){v.as.s, v.len}; } /* STRING, BYTES */
static inline rt_complex    rt_complex_of(burin_value v) { return *(const rt_complex *)v.as.p; } /* COMPLEX */
static inline rt_bytearray *rt_bytearray_of(burin_value v) { return v.as.p; }                     /* BYTEARRAY */
/* The bytes of a BYTEARRAY as they are now, as a BYTES value that shares its memory. */
static inline burin_value rt_bytearray_view(burin_value v)
{
    burin_value bytes = {BURIN_BYTES, 0, 0, rt_bytearray_of(v)->len, {0}};
    bytes.as.s        = rt_bytearray_of(v)->data;
    return bytes;
}
/* A SET that is a frozenset. */
static inline bool       rt_is_frozen(burin_value v) { return v.kind == BURIN_SET && (((const rt_dict *)v.as.p)->flags & RT_FROZEN); }
static inline bool       rt_is_text(burin_value v) { return v.kind == BURIN_STRING; }
static inline bool       rt_is_safe(burin_value v) { return v.kind == BURIN_STRING && (v.flags & BURIN_SAFE); }
static inline bool       rt_is_int(burin_value v) { return v.kind == BURIN_INT || v.kind == BURIN_BIGINT || v.kind == BURIN_BOOL; }
static inline bool       rt_is_number(burin_value v) { return rt_is_int(v) || v.kind == BURIN_FLOAT; }
/* A copy word by word: a load of 16 bytes would wait for the two stores that have just made the value. */
static BURIN_INLINE void rt_copy_words(burin_value *to, const burin_value *from)
{
    uint64_t low, high;
    memcpy(&low, from, 8);
    memcpy(&high, (const char *)from + 8, 8);
    __asm__("" : "+r"(low), "+r"(high));
    memcpy(to, &low, 8);
    memcpy((char *)to + 8, &high, 8);
}
static inline burin_value rt_missing(void) { return (burin_value){BURIN_MISSING, 0, 0, 0, {0}}; }
static inline burin_value rt_pointer(burin_kind kind, const void *p)
{
    burin_value v = {(uint8_t)kind, 0, 0, 0, {0}};
    v.as.p        = (void *)p;
    return v;
}
/* A string value over bytes that live long enough (constants, the heap). */
static inline burin_value rt_string(const char *data, size_t len) { return burin_string_borrow(data, len); }
#define RT_STRING(literal) ((burin_value){BURIN_STRING, BURIN_ASCII, 0, sizeof(literal) - 1, {.s = "" literal}})

/* ---- making (all in st->heap; they return false / BURIN_ERR_NOMEM / _LIMIT after reporting when memory is out) ---- */

/* A copy of the bytes as STRING. Refuses more than 4 GiB - 1. */
burin_status rt_string_copy(rt_state *st, const char *data, size_t len, burin_value *out);
/* Uninitialised bytes of a string to be filled in at once (*data). */
burin_status rt_string_new(rt_state *st, size_t len, char **data, burin_value *out);
burin_status rt_list_new(rt_state *st, burin_kind list_or_tuple, uint32_t cap, rt_list **out);
burin_status rt_list_push(rt_state *st, rt_list *list, burin_value item); /* on a list of this heap */
static inline burin_value rt_list_value(const rt_list *list) { return rt_pointer(BURIN_LIST, list); }
static inline burin_value rt_tuple_value(const rt_list *list) { return rt_pointer(BURIN_TUPLE, list); }
burin_status rt_tuple2(rt_state *st, burin_value a, burin_value b, burin_value *out);
burin_status rt_dict_new(rt_state *st, uint32_t cap, rt_dict **out);
burin_status rt_set_new(rt_state *st, uint32_t cap, rt_dict **out);
burin_status rt_complex_new(rt_state *st, double re, double im, burin_value *out);
/* `len` bytes, copied from `data`; uninitialised when it is NULL. */
burin_status rt_bytearray_new(rt_state *st, const char *data, size_t len, burin_value *out);
/* Make it `len` long: what is new is uninitialised. */
burin_status rt_bytearray_resize(rt_state *st, rt_bytearray *array, size_t len);
/* An OBJECT of an internal or host class in st->heap. */
burin_status rt_object_new(rt_state *st, const burin_class *cls, void *self, burin_value *out);
burin_status rt_int_from_text(rt_state *st, burin_text digits, int base, burin_value *out); /* Python int(str, base); ValueError */

/* The container to change: itself, or this render's private copy of a borrowed one. */
burin_status rt_list_edit(rt_state *st, burin_value v, rt_list **out);
burin_status rt_dict_edit(rt_state *st, burin_value v, rt_dict **out);

/* ---- dicts ---- */

/* Hash and equality are Python's (1 == 1.0 == True). An unhashable key is BURIN_ERR_TYPE "unhashable type: 'list'". */
burin_status rt_hash(rt_state *st, burin_value key, uint32_t *out);
/* hash(v) as scripts see it: CPython's for numbers and what is made of them, never -1. */
burin_status rt_python_hash(rt_state *st, burin_value v, int64_t *out);
/* *out is BURIN_MISSING when there is no such key. */
burin_status rt_dict_get(rt_state *st, const rt_dict *d, burin_value key, burin_value *out);
/* For str keys with a known hash (text_hash with st->heap.hash_seed... see rt_text_hash); cannot fail. NULL when absent. */
const burin_value *rt_dict_find_text(const rt_dict *d, burin_text key, uint32_t hash);
uint32_t     rt_text_hash(burin_text key); /* the hash dicts use for str keys; equal strings, equal hash, everywhere */
/* Insert or replace (a replaced key keeps its place). `d` must be editable; calls nothing of the host. */
burin_status rt_dict_put(rt_state *st, rt_dict *d, burin_value key, burin_value value);
burin_status rt_dict_put_z(rt_state *st, rt_dict *d, const char *key, burin_value value);
/* The same with a str key whose hash is known. */
burin_status rt_dict_put_text(rt_state *st, rt_dict *d, burin_text key, uint32_t hash, burin_value value);
/* *removed is BURIN_MISSING when the key was not there. */
burin_status rt_dict_remove(rt_state *st, rt_dict *d, burin_value key, burin_value *removed);
/* Walk in insertion order: start with *at = 0; false at the end. key / value may be NULL. */
static inline bool rt_dict_next(const rt_dict *d, uint32_t *at, burin_value *key, burin_value *value)
{
    while (*at < d->keys->len) {
        uint32_t n = (*at)++;
        if (d->keys->entries[n].live) {
            if (key)
                *key = d->keys->entries[n].value;
            if (value)
                *value = d->values[n];
            return true;
        }
    }
    return false;
}
/* Is the entry that str key? */
static inline bool rt_key_is(const rt_key *entry, burin_text key, uint32_t hash)
{
    return entry->hash == hash && entry->value.len == key.len && entry->value.kind == BURIN_STRING && entry->live &&
           text_same(entry->value.as.s, key.data, key.len);
}
/* Is that str key in that slot? Any slot may be asked for. */
static inline bool rt_keys_has(const rt_keys *keys, uint32_t slot, burin_text key, uint32_t hash)
{
    return slot < keys->len && rt_key_is(&keys->entries[slot], key, hash);
}
/* Slot of a str key in shared keys, UINT32_MAX when absent: what inline caches remember. */
uint32_t rt_keys_slot(const rt_keys *keys, burin_text key, uint32_t hash);
/* Room for `count` keys without growing on the way. */
burin_status rt_dict_reserve(rt_state *st, rt_dict *d, uint32_t count);
/* A new dict or set with the same items; shared keys stay shared. */
burin_status rt_dict_copy(rt_state *st, const rt_dict *d, rt_dict **out);
/* Remove everything. */
void rt_dict_clear(rt_dict *d);

/* ---- shapes: one rt_keys for all dicts made with the same str keys in the same order ---- */

/* A table from sequences of keys to shared keys. Lives in the heap of the state it is used with; start from {0}. */
typedef struct rt_shapes {
    uint32_t  count, mask;
    rt_keys **slots;     /* open addressing; mask + 1 of them */
    uint32_t *hashes;    /* of the sequences */
    rt_keys  *recent[8]; /* the last used of so many keys, modulo 8 */
} rt_shapes;
/* The shared keys for `count` STRING values; *out is NULL when a key occurs twice. */
burin_status rt_shapes_keys(rt_state *st, rt_shapes *shapes, const burin_value *keys, uint32_t count, rt_keys **out);
/* A serial for these keys, which are all there and never change. */
uint64_t rt_keys_serial(const rt_keys *keys);
/* A dict with shared keys; copies the values (keys->len of them). */
burin_status rt_dict_from_keys(rt_state *st, rt_keys *keys, const burin_value *values, rt_dict **out);

#endif
