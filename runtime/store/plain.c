/* Values, states and types in the form of burin/exchange.h. See plain.h. */
#include "runtime/store/plain.h"
#include "runtime/heap.h"

#include <math.h>

enum { DEPTH_MAX = 100 }; /* as deep as data may be nested */

/* ---- to plain ---- */

/* {key: value} */
static burin_value tagged(burin_heap *heap, const char *key, burin_value value)
{
    burin_value made = burin_dict(heap, 1);
    if (value.kind == BURIN_MISSING || burin_dict_set_z(heap, made, key, value))
        return burin_missing();
    return made;
}

static burin_value hexadecimal(burin_heap *heap, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t    *from     = bytes;
    char             *text     = len < UINT32_MAX / 2 ? heap_alloc(heap, 2 * len + 1) : NULL;
    for (size_t n = 0; text && n < len; n++) {
        text[2 * n]     = digits[from[n] >> 4];
        text[2 * n + 1] = digits[from[n] & 15];
    }
    return text ? burin_string_borrow(text, 2 * len) : burin_missing();
}

static burin_value plain_double(burin_heap *heap, double f)
{
    uint64_t bits;
    uint8_t  bytes[8];
    if (isfinite(f))
        return burin_float(f);
    memcpy(&bits, &f, sizeof bits);
    for (unsigned n = 0; n < 8; n++)
        bytes[n] = (uint8_t)(bits >> (56 - 8 * n));
    return tagged(heap, "$bits", hexadecimal(heap, bytes, sizeof bytes));
}

static burin_value to_plain(burin_heap *heap, burin_value v);

static burin_value plain_items(burin_heap *heap, burin_value v)
{
    burin_value made = burin_list(heap, burin_length(v)), key, item;
    size_t      at   = 0;
    bool        good = made.kind != BURIN_MISSING;
    if (v.kind == BURIN_SET) {
        while (good && burin_next(v, &at, &key, &item))
            good = burin_list_append(heap, made, to_plain(heap, key)) == BURIN_OK;
    }
    for (; v.kind != BURIN_SET && good && at < burin_length(v); at++)
        good = burin_list_append(heap, made, to_plain(heap, burin_at(v, at))) == BURIN_OK;
    return good ? made : burin_missing();
}

/* An object where the keys allow it: all of text, and not taken for a tag. */
static burin_value plain_dict(burin_heap *heap, burin_value v)
{
    burin_value key, item;
    size_t      at    = 0;
    bool        texts = true;
    while (burin_next(v, &at, &key, &item))
        texts &= key.kind == BURIN_STRING && !(burin_length(v) == 1 && key.len && key.as.s[0] == '$');
    burin_value made = texts ? burin_dict(heap, burin_length(v)) : burin_list(heap, burin_length(v));
    bool        good = made.kind != BURIN_MISSING;
    for (at = 0; good && burin_next(v, &at, &key, &item);) {
        burin_value pair[2] = {to_plain(heap, key), to_plain(heap, item)};
        burin_value both    = texts ? burin_missing() : burin_list(heap, 2);
        if (texts)
            good = burin_dict_set(heap, made, pair[0], pair[1]) == BURIN_OK;
        else
            good = burin_list_append(heap, both, pair[0]) == BURIN_OK && burin_list_append(heap, both, pair[1]) == BURIN_OK &&
                   burin_list_append(heap, made, both) == BURIN_OK;
    }
    if (!good)
        return burin_missing();
    return texts ? made : tagged(heap, "$dict", made);
}

static burin_value to_plain(burin_heap *heap, burin_value v)
{
    switch (v.kind) {
    case BURIN_FLOAT:
        return plain_double(heap, v.as.f);
    case BURIN_BYTES:
        return tagged(heap, "$bytes", hexadecimal(heap, v.as.s, v.len));
    case BURIN_LIST:
        return plain_items(heap, v);
    case BURIN_TUPLE:
        return tagged(heap, "$tuple", plain_items(heap, v));
    case BURIN_SET:
        return tagged(heap, "$set", plain_items(heap, v));
    case BURIN_DICT:
        return plain_dict(heap, v);
    default:
        return v;
    }
}

burin_value es_to_plain(burin_heap *heap, burin_value v) { return to_plain(heap, v); }

/* ---- from plain ---- */

static burin_status bad(burin_error *err, const char *what) { return es_fail(err, BURIN_ERR_DATA, "%s", what); }

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* Hexadecimal text to bytes in place of its first half; false: it is none. */
static bool unhex(burin_text text, uint8_t *out)
{
    for (size_t n = 0; n + 1 < text.len; n += 2) {
        int high = digit(text.data[n]), low = digit(text.data[n + 1]);
        if (high < 0 || low < 0)
            return false;
        out[n / 2] = (uint8_t)(high << 4 | low);
    }
    return text.len % 2 == 0;
}

bool es_plain_double(burin_value v, double *out)
{
    uint8_t     bytes[8];
    uint64_t    bits = 0;
    burin_value tag  = v.kind == BURIN_DICT ? burin_get(v, "$bits") : burin_missing();
    if (v.kind == BURIN_FLOAT || v.kind == BURIN_INT)
        return burin_as_double(v, out);
    if (tag.kind != BURIN_STRING || burin_length(v) != 1 || tag.len != 2 * sizeof bytes || !unhex(burin_text_of(tag), bytes))
        return false;
    for (unsigned n = 0; n < sizeof bytes; n++)
        bits = bits << 8 | bytes[n];
    memcpy(out, &bits, sizeof bits);
    return true;
}

static burin_status from_plain(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err);

static burin_status take_list(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err)
{
    burin_status status = v.kind == BURIN_LIST ? BURIN_OK : bad(err, "a list was expected");
    *out                = burin_list(heap, status ? 0 : burin_length(v));
    if (status == BURIN_OK && out->kind == BURIN_MISSING)
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    for (size_t n = 0; n < burin_length(v) && !status; n++) {
        burin_value item;
        status = from_plain(heap, burin_at(v, n), depth + 1, &item, err);
        if (status == BURIN_OK && burin_list_append(heap, *out, item))
            status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    }
    return status;
}

static burin_status take_tuple(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err)
{
    burin_value  list;
    burin_status status = take_list(heap, v, depth, &list, err);
    if (status)
        return status;
    size_t       count = burin_length(v);
    burin_value *items = heap_alloc(heap, (count + 1) * sizeof *items);
    for (size_t n = 0; items && n < count; n++)
        items[n] = burin_at(list, n);
    *out = items ? burin_tuple(heap, items, count) : burin_missing();
    return out->kind == BURIN_MISSING ? es_fail(err, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static burin_status take_set(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err)
{
    burin_value  list;
    burin_status status = take_list(heap, v, depth, &list, err);
    *out                = burin_set(heap, status ? 0 : burin_length(v));
    if (status == BURIN_OK && out->kind == BURIN_MISSING)
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    for (size_t n = 0; !status && n < burin_length(list); n++) {
        status = burin_set_add(heap, *out, burin_at(list, n));
        if (status)
            es_fail(err, status == BURIN_ERR_TYPE ? BURIN_ERR_DATA : status, "not to be put into a set");
        if (status == BURIN_ERR_TYPE)
            status = BURIN_ERR_DATA;
    }
    return status;
}

static burin_status put_item(burin_heap *heap, burin_value dict, burin_value key, burin_value item, burin_error *err)
{
    burin_status status = burin_dict_set(heap, dict, key, item);
    if (status == BURIN_ERR_TYPE)
        return bad(err, "not to be the key of a dict");
    return status ? es_fail(err, status, "out of memory") : BURIN_OK;
}

static burin_status take_pairs(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err)
{
    burin_status status = v.kind == BURIN_LIST ? BURIN_OK : bad(err, "\"$dict\" takes a list of pairs");
    *out                = burin_dict(heap, status ? 0 : burin_length(v));
    if (status == BURIN_OK && out->kind == BURIN_MISSING)
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    for (size_t n = 0; !status && n < burin_length(v); n++) { /* a pair is no level of its own */
        burin_value pair = burin_at(v, n), key, item;
        if (pair.kind != BURIN_LIST || burin_length(pair) != 2)
            return bad(err, "\"$dict\" takes pairs");
        status = from_plain(heap, burin_at(pair, 0), depth + 1, &key, err);
        if (status == BURIN_OK)
            status = from_plain(heap, burin_at(pair, 1), depth + 1, &item, err);
        if (status == BURIN_OK)
            status = put_item(heap, *out, key, item, err);
    }
    return status;
}

static burin_status take_bytes(burin_heap *heap, burin_value v, burin_value *out, burin_error *err)
{
    uint8_t *bytes = heap_alloc(heap, v.len / 2 + 1);
    if (!bytes)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (v.kind != BURIN_STRING || !unhex(burin_text_of(v), bytes))
        return bad(err, "\"$bytes\" takes hexadecimal digits");
    *out = burin_bytes(heap, bytes, v.len / 2);
    return BURIN_OK;
}

static burin_status take_dict(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err)
{
    burin_value  key, item;
    size_t       at     = 0;
    double       real;
    burin_status status = BURIN_OK;
    bool         tag    = burin_length(v) == 1 && burin_next(v, &at, &key, &item) && key.kind == BURIN_STRING && key.len && key.as.s[0] == '$';
    if (tag) {
        burin_text name = burin_text_of(key);
        if (text_is(name, "$tuple"))
            return take_tuple(heap, item, depth, out, err);
        if (text_is(name, "$set"))
            return take_set(heap, item, depth, out, err);
        if (text_is(name, "$dict"))
            return take_pairs(heap, item, depth, out, err);
        if (text_is(name, "$bytes"))
            return take_bytes(heap, item, out, err);
        if (!es_plain_double(v, &real))
            return bad(err, "an object with one key that begins with '$' is none of the tags");
        *out = burin_float(real);
        return BURIN_OK;
    }
    *out = burin_dict(heap, burin_length(v));
    if (out->kind == BURIN_MISSING)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    for (at = 0; !status && burin_next(v, &at, &key, &item);) {
        burin_value value;
        status = from_plain(heap, item, depth + 1, &value, err);
        if (status == BURIN_OK)
            status = put_item(heap, *out, key, value, err);
    }
    return status;
}

static burin_status from_plain(burin_heap *heap, burin_value v, unsigned depth, burin_value *out, burin_error *err)
{
    if (depth > DEPTH_MAX)
        return es_fail(err, BURIN_ERR_DATA, "data nested more than %d deep", DEPTH_MAX);
    if (v.kind == BURIN_FLOAT && !isfinite(v.as.f))
        return bad(err, "a number is too large");
    if (v.kind == BURIN_LIST)
        return take_list(heap, v, depth, out, err);
    if (v.kind == BURIN_DICT)
        return take_dict(heap, v, depth, out, err);
    *out = v;
    return BURIN_OK;
}

burin_status es_from_plain(burin_heap *heap, burin_value v, burin_value *out, burin_error *err) { return from_plain(heap, v, 0, out, err); }
