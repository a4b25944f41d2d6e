/* Values of a case: JSON with special forms into Burin's values.
 *
 * Most cases hold plain JSON only, which is used as it was read; only when a special form occurs somewhere is the value
 * built anew. Recursion is bounded by DEPTH_MAX, as Python's JSON reader is by its own limit. */
#include "cli/case.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 900 };

/* ---- memory ---- */

struct pool_block {
    pool_block *next;
    max_align_t bytes[];
};

void *case_alloc(batch_case *c, size_t size)
{
    pool_block *block = calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->next = c->pool;
    c->pool     = block;
    return block->bytes;
}

const char *case_text(batch_case *c, burin_value text)
{
    burin_text from = burin_text_of(text);
    char      *copy = text.kind == BURIN_STRING ? case_alloc(c, from.len + 1) : NULL;
    if (copy && from.len)
        memcpy(copy, from.data, from.len);
    return copy;
}

void case_clear(batch_case *c)
{
    while (c->pool) {
        pool_block *next = c->pool->next;
        free(c->pool);
        c->pool = next;
    }
    burin_heap_clear(c->heap);
    c->message[0] = '\0';
}

burin_status case_fail(batch_case *c, burin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->message, sizeof c->message, format, args);
    va_end(args);
    return status;
}

static burin_status no_memory(batch_case *c)
{
    return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
}

burin_value case_find(burin_value dict, burin_text key)
{
    size_t      at = 0;
    burin_value name, value;

    while (dict.kind == BURIN_DICT && burin_next(dict, &at, &name, &value)) {
        burin_text text = burin_text_of(name);
        if (name.kind == BURIN_STRING && text.len == key.len && (!key.len || memcmp(text.data, key.data, key.len) == 0))
            return value;
    }
    return (burin_value){BURIN_MISSING};
}

/* ---- special forms ---- */

static burin_status decode(batch_case *c, burin_heap *heap, burin_value json, unsigned depth, burin_value *out);

/* Whether a MISSING result of a constructor means that memory is out. */
static burin_status made(batch_case *c, burin_value v, burin_value *out)
{
    *out = v;
    return v.kind == BURIN_MISSING ? no_memory(c) : BURIN_OK;
}

static burin_status decode_list(batch_case *c, burin_heap *heap, burin_value json, unsigned depth, burin_value *out)
{
    size_t       count  = burin_length(json);
    burin_status status = made(c, burin_list(heap, count), out);

    for (size_t i = 0; i < count && !status; i++) {
        burin_value item;
        status = decode(c, heap, burin_at(json, i), depth, &item);
        if (!status && burin_list_append(heap, *out, item))
            status = no_memory(c);
    }
    return status;
}

static burin_status decode_dict(batch_case *c, burin_heap *heap, burin_value json, unsigned depth, burin_value *out)
{
    burin_status status = made(c, burin_dict(heap, burin_length(json)), out);
    size_t       at     = 0;
    burin_value  key, value;

    while (!status && burin_next(json, &at, &key, &value)) {
        status = decode(c, heap, value, depth, &value);
        if (!status && burin_dict_set(heap, *out, key, value))
            status = no_memory(c);
    }
    return status;
}

static burin_status form_tuple(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    size_t       count  = burin_length(x);
    burin_value *items  = calloc(count + 1, sizeof *items);
    burin_status status = items ? BURIN_OK : no_memory(c);

    for (size_t i = 0; i < count && !status; i++)
        status = decode(c, heap, burin_at(x, i), depth, &items[i]);
    if (!status)
        status = made(c, burin_tuple(heap, items, count), out);
    free(items);
    return status;
}

static burin_status unhashable(batch_case *c, burin_value key)
{
    return case_fail(c, BURIN_ERR_TYPE, "unhashable type: '%s'", burin_type_name(key));
}

static burin_status form_set(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    burin_status status = made(c, burin_set(heap, burin_length(x)), out);

    for (size_t i = 0; i < burin_length(x) && !status; i++) {
        burin_value item;
        status = decode(c, heap, burin_at(x, i), depth, &item);
        if (status)
            break;
        status = burin_set_add(heap, *out, item);
        if (status)
            return status == BURIN_ERR_TYPE ? unhashable(c, item) : no_memory(c);
    }
    return status;
}

static burin_status form_dict(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    burin_status status = made(c, burin_dict(heap, burin_length(x)), out);

    for (size_t i = 0; i < burin_length(x) && !status; i++) {
        burin_value pair = burin_at(x, i), key, value;
        status = decode(c, heap, burin_at(pair, 0), depth, &key);
        if (!status)
            status = decode(c, heap, burin_at(pair, 1), depth, &value);
        if (status)
            break;
        status = burin_dict_set(heap, *out, key, value);
        if (status)
            return status == BURIN_ERR_TYPE ? unhashable(c, key) : no_memory(c);
    }
    return status;
}

static burin_status form_markup(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    (void)c, (void)heap, (void)depth;
    *out = x;
    out->flags |= BURIN_SAFE;
    return BURIN_OK;
}

static burin_status form_bytes(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    burin_text     hex   = burin_text_of(x);
    unsigned char *bytes = case_alloc(c, hex.len / 2 + 1);

    (void)depth;
    if (!bytes)
        return no_memory(c);
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = hex_digit(hex.data[2 * i]), low = hex_digit(hex.data[2 * i + 1]);
        if (high < 0 || low < 0 || hex.len % 2)
            return case_fail(c, BURIN_ERR_VALUE, "$bytes needs pairs of hexadecimal digits");
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return made(c, burin_bytes(heap, bytes, hex.len / 2), out);
}

static burin_status form_int(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    burin_text digits = burin_text_of(x);
    (void)depth;
    return made(c, burin_integer(heap, digits.data, digits.len), out);
}

static burin_status form_float(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    const char *text = case_text(c, x);
    (void)heap, (void)depth;
    if (!text)
        return no_memory(c);
    *out = burin_float(strtod(text, NULL)); /* knows nan, inf and -inf */
    return BURIN_OK;
}

static burin_status form_range(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    int64_t start, stop, step;
    (void)depth;
    if (!burin_as_int(burin_at(x, 0), &start) || !burin_as_int(burin_at(x, 1), &stop) || !burin_as_int(burin_at(x, 2), &step) || !step)
        return case_fail(c, BURIN_ERR_VALUE, "$range needs start, stop and a step other than 0");
    return made(c, burin_range(heap, start, stop, step), out);
}

static burin_status form_iter(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    burin_value  list;
    burin_status status = decode(c, heap, x, depth, &list);
    return status ? status : made(c, burin_iterator(heap, list), out);
}

static burin_status form_undefined(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out)
{
    (void)depth;
    return made(c, burin_undefined(heap, x.kind == BURIN_STRING ? case_text(c, x) : NULL), out);
}

static burin_status form_object(batch_case *c, burin_heap *heap, burin_value spec, unsigned depth, burin_value *out)
{
    (void)depth;
    return case_host_object(c, heap, spec, out);
}

static burin_status form_host(batch_case *c, burin_heap *heap, burin_value spec, unsigned depth, burin_value *out)
{
    (void)depth;
    return case_host_function(c, heap, spec, out);
}

/* What makes a value of the form out of `x`: what stands behind the key, or the whole object (BURIN_DICT). */
static const struct {
    const char  *key;
    burin_kind   takes;
    burin_status (*read)(batch_case *c, burin_heap *heap, burin_value x, unsigned depth, burin_value *out);
} forms[] = {
    {"$tuple", BURIN_LIST, form_tuple},        {"$set", BURIN_LIST, form_set},         {"$dict", BURIN_LIST, form_dict},
    {"$range", BURIN_LIST, form_range},        {"$iter", BURIN_LIST, form_iter},       {"$markup", BURIN_STRING, form_markup},
    {"$bytes", BURIN_STRING, form_bytes},      {"$int", BURIN_STRING, form_int},       {"$float", BURIN_STRING, form_float},
    {"$undefined", BURIN_NONE, form_undefined}, {"$object", BURIN_DICT, form_object},  {"$host", BURIN_DICT, form_host},
};

/* Which form a JSON object is: one of $object and $host wherever it stands, or another one alone; -1: none. */
static int form_of(burin_value dict, burin_value *x)
{
    size_t      at    = 0;
    bool        alone = burin_length(dict) == 1;
    burin_value key, value;

    while (burin_next(dict, &at, &key, &value)) {
        burin_text text = burin_text_of(key);
        if (text.len < 4 || text.data[0] != '$')
            continue;
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
            if (strlen(forms[i].key) != text.len || memcmp(forms[i].key, text.data, text.len) != 0 || !(alone || forms[i].takes == BURIN_DICT))
                continue;
            *x = forms[i].takes == BURIN_DICT ? dict : value;
            return (int)i;
        }
    }
    return -1;
}

static burin_status decode(batch_case *c, burin_heap *heap, burin_value json, unsigned depth, burin_value *out)
{
    burin_value x;

    if (depth > DEPTH_MAX)
        return case_fail(c, BURIN_ERR_RECURSION, "maximum recursion depth exceeded while decoding a value");
    if (json.kind == BURIN_LIST)
        return decode_list(c, heap, json, depth + 1, out);
    if (json.kind == BURIN_DICT) {
        int form = form_of(json, &x);
        if (form < 0)
            return decode_dict(c, heap, json, depth + 1, out);
        if (forms[form].takes != BURIN_NONE && x.kind != forms[form].takes)
            return case_fail(c, BURIN_ERR_VALUE, "%s cannot be made of %s", forms[form].key, burin_type_name(x));
        return forms[form].read(c, heap, x, depth + 1, out);
    }
    *out = json;
    return BURIN_OK;
}

/* Whether a special form occurs in it, or it is too deep to say. */
static bool has_form(burin_value json, unsigned depth)
{
    size_t      at = 0;
    burin_value key, value;

    if (depth > DEPTH_MAX)
        return true;
    if (json.kind == BURIN_LIST) {
        for (size_t i = 0; i < burin_length(json); i++)
            if (has_form(burin_at(json, i), depth + 1))
                return true;
        return false;
    }
    if (json.kind != BURIN_DICT)
        return false;
    if (form_of(json, &value) >= 0)
        return true;
    while (burin_next(json, &at, &key, &value))
        if (has_form(value, depth + 1))
            return true;
    return false;
}

burin_status case_decode(batch_case *c, burin_heap *heap, burin_value json, burin_value *out)
{
    if (has_form(json, 0))
        return decode(c, heap, json, 0, out);
    *out = json;
    return BURIN_OK;
}
