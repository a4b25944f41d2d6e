/* C structs of the host: layouts, and reading values at the places they give.
 *
 * A STRUCT or ARRAY value is an address and the number of a layout in the environment's types. An array lies at its first item
 * where its length is fixed; where a member counts it, it lies at the struct that has it, so its length is read where the
 * array is used. Both need no memory, and neither does reading what a layout describes.
 * The first 8 bytes of such a value (rt_struct_word) are all there is to its type: one comparison in an inline cache.
 * A value that is read with other types than it was made for has a layout without members, never a wrong one. */
#ifndef BURIN_RUNTIME_STRUCT_H
#define BURIN_RUNTIME_STRUCT_H

#include "burin/struct.h"
#include "runtime/value.h"

enum { RT_FORM_ARRAY = BURIN_FORM_COUNT }; /* rt_item.form: a member that is an array; `type` is its layout */

typedef struct rt_number_names { /* values in the order of their numbers */
    uint32_t     count;
    int64_t     *numbers;
    burin_value *names;
} rt_number_names;

/* How one value is read at an address. */
typedef struct rt_item {
    uint8_t  form;          /* burin_form, or RT_FORM_ARRAY */
    bool     is_pointer;
    uint8_t  length_form;   /* TEXT */
    bool     is_plain_text; /* TEXT that lies there itself, with a length of 64 bits */
    uint32_t size;          /* bytes of the form */
    uint32_t type;          /* STRUCT, ARRAY: number of the layout */
    int32_t  length_offset; /* TEXT */
    const rt_number_names *names; /* NULL: none */
} rt_item;

typedef struct rt_member {
    burin_text name;
    uint32_t   hash;
    uint32_t   offset; /* where `item` is read; of an array at its owner: 0 */
    rt_item    item;
} rt_member;

typedef struct rt_layout {
    const char *name;
    bool        is_array;
    uint32_t    number;       /* its own */
    uint32_t    size;         /* of a struct */
    uint32_t    count;        /* members of a struct; room of an array */
    rt_member  *members;
    rt_item     item;         /* of an array ... */
    uint32_t    stride;
    uint8_t     shape;        /* burin_shape */
    uint8_t     count_form;
    uint32_t    offset, count_offset; /* COUNTED, FILLED: in the owner */
    uint32_t    slice;        /* of a struct: the layout of burin_slices of it */
    uint32_t    stands_for;   /* of a struct: the array in its place; 0: it is seen as itself */
} rt_layout;

struct burin_types {
    arena                  memory;  /* holds this too */
    uint16_t               tag;     /* a hash of all layouts; not 0 */
    uint32_t               count;   /* the first is no type */
    rt_layout             *layouts;
    uint32_t               variable_count;
    const burin_text      *variables;
    const burin_value     *variable_types; /* values without an address */
};

/* Kind, tag and type in one. */
static inline uint64_t rt_struct_word(burin_value v)
{
    uint64_t word;
    memcpy(&word, &v, sizeof word);
    return word;
}
static inline burin_value rt_struct_value(burin_kind kind, uint16_t tag, uint32_t type, const void *at)
{
    burin_value v = {(uint8_t)kind, 0, tag, type, {0}};
    v.as.p        = (void *)at;
    return v;
}

/* Which of the descriptions is wrong; SIZE_MAX: none. */
typedef struct rt_types_fault {
    size_t structure, field, variable;
} rt_types_fault;

/* burin_types_new, which also says what `err` is about. */
burin_types *rt_types_make(const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t variable_count, const burin_allocator *allocator,
                           rt_types_fault *fault, burin_error *err);

/* The layout of a STRUCT or ARRAY. */
const rt_layout *rt_layout_of(rt_state *st, burin_value v);
/* A struct's layout by name; NULL. */
const rt_layout *rt_layout_find(const burin_types *types, burin_text name);
/* A member by name; NULL. */
const rt_member *rt_member_find(const rt_layout *layout, burin_text name, uint32_t hash);

/* Read what is at `at`. Fails where a text or count is too long (ValueError), and when memory for a big integer is out. */
burin_status rt_item_read(rt_state *st, const rt_item *item, const char *at, burin_value *out);
static inline burin_status rt_member_read(rt_state *st, const rt_member *member, burin_value v, burin_value *out)
{
    return rt_item_read(st, &member->item, (const char *)v.as.p + member->offset, out);
}
/* A member by name; MISSING when there is none. */
burin_status rt_struct_attr(rt_state *st, burin_value v, burin_text name, uint32_t hash, burin_value *out);

/* An array as it is now. */
typedef struct rt_array {
    const char    *at;     /* the first item */
    uint32_t       count;
    uint32_t       stride;
    const rt_item *item;
} rt_array;
/* ValueError when its count makes no sense. */
burin_status rt_array_of(rt_state *st, burin_value v, rt_array *out);
static inline burin_status rt_array_read(rt_state *st, const rt_array *array, uint32_t index, burin_value *out)
{
    return rt_item_read(st, array->item, array->at + (size_t)index * array->stride, out);
}
/* Its items as a LIST: for what is rarely done to arrays. */
burin_status rt_array_to_list(rt_state *st, burin_value v, burin_value *out);
/* An array becomes that; other values stay. */
static inline burin_status rt_array_unfold(rt_state *st, burin_value *v) { return BURIN_UNLIKELY(v->kind == BURIN_ARRAY) ? rt_array_to_list(st, *v, v) : BURIN_OK; }
/* A struct's members as a DICT: tojson. */
burin_status rt_struct_to_dict(rt_state *st, burin_value v, burin_value *out);

static inline const char *rt_pointer_at(const char *at)
{
    const char *target;
    memcpy(&target, at, sizeof target);
    return target;
}

/* The two words of a value: what it is, and what it holds. */
typedef struct rt_words {
    uint64_t head, rest;
} rt_words;
static BURIN_INLINE uint64_t rt_head(burin_kind kind, uint16_t tag, uint32_t number)
{
    const burin_value v = {(uint8_t)kind, 0, tag, number, {0}};
    return rt_struct_word(v);
}
static BURIN_INLINE rt_words rt_words_missing(void) { return (rt_words){rt_head(BURIN_MISSING, 0, 0), 0}; }
static BURIN_INLINE rt_words rt_words_of_int(const rt_item *item, int64_t i)
{
    return BURIN_LIKELY(!item->names) ? (rt_words){rt_head(BURIN_INT, 0, 0), (uint64_t)i} : rt_words_missing();
}
static BURIN_INLINE rt_words rt_words_of_text(const char *text, uint64_t len)
{
    return BURIN_LIKELY(text && len <= UINT32_MAX) ? (rt_words){rt_head(BURIN_STRING, 0, (uint32_t)len), (uintptr_t)text} : rt_words_missing();
}

/* rt_item_read without a call for what is most often read, as words; MISSING: not done. They come in registers: in memory they would be
 * stores that a load of 16 bytes has to wait for. */
static BURIN_INLINE rt_words rt_item_words(uint16_t tag, const rt_item *item, const char *at)
{
    uint64_t word;
    if (BURIN_LIKELY(item->is_plain_text)) {
        memcpy(&word, at + item->length_offset, sizeof word);
        return rt_words_of_text(rt_pointer_at(at), word);
    }
    if (item->is_pointer) {
        at = rt_pointer_at(at);
        if (BURIN_UNLIKELY(!at))
            return rt_words_missing();
    }
    switch (item->form) {
    case BURIN_FORM_I32: {
        int32_t i;
        memcpy(&i, at, sizeof i);
        return rt_words_of_int(item, i);
    }
    case BURIN_FORM_I64:
        memcpy(&word, at, sizeof word);
        return rt_words_of_int(item, (int64_t)word);
    case BURIN_FORM_F64:
        memcpy(&word, at, sizeof word);
        return (rt_words){rt_head(BURIN_FLOAT, 0, 0), word};
    case BURIN_FORM_BOOL: return (rt_words){rt_head(BURIN_BOOL, 0, 0), *at != 0};
    case BURIN_FORM_CSTRING: {
        const char *text = rt_pointer_at(at);
        return rt_words_of_text(text, text ? strlen(text) : 0);
    }
    case BURIN_FORM_TEXT:
        if (BURIN_UNLIKELY(item->length_form != BURIN_FORM_U64))
            return rt_words_missing();
        memcpy(&word, at + item->length_offset, sizeof word);
        return rt_words_of_text(rt_pointer_at(at), word);
    case BURIN_FORM_STRUCT: return (rt_words){rt_head(BURIN_STRUCT, tag, item->type), (uintptr_t)at};
    case RT_FORM_ARRAY: return (rt_words){rt_head(BURIN_ARRAY, tag, item->type), (uintptr_t)at};
    default: return rt_words_missing();
    }
}
static BURIN_INLINE burin_value rt_item_fast(uint16_t tag, const rt_item *item, const char *at)
{
    const rt_words words = rt_item_words(tag, item, at);
    burin_value    v;
    memcpy(&v, &words, sizeof v);
    return v;
}
/* The next `count` items of an array, for loops over simple ones: how many were read, which may be none. */
uint32_t rt_array_fast(const rt_array *array, uint32_t from, uint32_t count, burin_value *to);

#endif
