/* json_dump.h's writer: one recursive walk with a chain of the containers it is inside of, which bounds the depth and
 * finds cycles. Numbers are printed by burin_repr, so floats are the shortest text that reads back the same. */
#include "cli/json_dump.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 900, LOSSLESS_DEPTH_MAX = 40 };

typedef struct enclosing { /* the containers around the value being written */
    const struct enclosing *outer;
    const void             *container;
    unsigned                depth;
} enclosing;

typedef struct dumper {
    buffer           *out;
    const json_style *style;
    char             *message;
    size_t            message_size;
} dumper;

static burin_status dump(dumper *d, burin_value v, const enclosing *around);

static burin_status BURIN_PRINTF(3, 4) refuse(dumper *d, burin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->message, d->message_size, format, args);
    va_end(args);
    return status;
}

static bool         is_too_long(const dumper *d) { return d->style->most && d->out->len > d->style->most; }
static burin_status refuse_length(dumper *d) { return refuse(d, BURIN_ERR_LIMIT, "the output limit of %zu bytes was reached", d->style->most); }

json_style json_style_default(void)
{
    return (json_style){.item_separator = BURIN_TEXT(", "), .key_separator = BURIN_TEXT(": ")};
}

/* ---- scalars ---- */

/* The code point at `at`, and its length; the text is valid UTF-8. */
static uint32_t code_point(const unsigned char *at, size_t *len)
{
    if (at[0] < 0xE0) {
        *len = 2;
        return (uint32_t)(at[0] & 0x1F) << 6 | (at[1] & 0x3F);
    }
    if (at[0] < 0xF0) {
        *len = 3;
        return (uint32_t)(at[0] & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
    }
    *len = 4;
    return (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3F) << 12 | (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F);
}

static void dump_escaped(buffer *out, uint32_t c)
{
    if (c >= 0x10000)
        buffer_format(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
    else
        buffer_format(out, "\\u%04x", c);
}

void json_dump_text(buffer *out, burin_text text, bool ensure_ascii)
{
    const unsigned char *at = (const unsigned char *)text.data, *end = at + text.len, *clean = at;
    size_t               len;

    buffer_byte(out, '"');
    while (at < end) {
        unsigned char c = *at;
        len             = 1;
        if (c >= 0x20 && c != '"' && c != '\\' && (!ensure_ascii || c < 0x7F)) {
            at++;
            continue;
        }
        buffer_append(out, (const char *)clean, (size_t)(at - clean));
        switch (c) {
        case '"': buffer_text(out, "\\\""); break;
        case '\\': buffer_text(out, "\\\\"); break;
        case '\n': buffer_text(out, "\\n"); break;
        case '\r': buffer_text(out, "\\r"); break;
        case '\t': buffer_text(out, "\\t"); break;
        case '\b': buffer_text(out, "\\b"); break;
        case '\f': buffer_text(out, "\\f"); break;
        default: dump_escaped(out, c < 0x80 ? c : code_point(at, &len)); break;
        }
        at += len;
        clean = at;
    }
    buffer_append(out, (const char *)clean, (size_t)(at - clean));
    buffer_byte(out, '"');
}

/* repr(v) inside `before` and `after`. */
static burin_status dump_repr(dumper *d, const char *before, burin_value v, const char *after)
{
    size_t len;
    char  *text = burin_repr(v, &len);
    if (!text)
        return refuse(d, BURIN_ERR_NOMEM, "out of memory");
    buffer_text(d->out, before);
    buffer_append(d->out, text, len);
    buffer_text(d->out, after);
    free(text);
    return BURIN_OK;
}

static burin_status dump_float(dumper *d, burin_value v)
{
    static const char *const names[2][3] = {{"NaN", "Infinity", "-Infinity"},
                                            {"{\"$float\": \"nan\"}", "{\"$float\": \"inf\"}", "{\"$float\": \"-inf\"}"}};
    double f;

    if (burin_as_double(v, &f) && isfinite(f))
        return dump_repr(d, "", v, "");
    buffer_text(d->out, names[d->style->lossless][isnan(f) ? 0 : f > 0 ? 1 : 2]);
    return BURIN_OK;
}

static burin_status dump_int(dumper *d, burin_value v)
{
    const int64_t exact = INT64_C(1) << 53; /* beyond it a reader that makes doubles of numbers loses digits */
    int64_t       i     = 0;

    if (!burin_as_int(v, &i))
        return d->style->lossless ? dump_repr(d, "{\"$int\": \"", v, "\"}") : dump_repr(d, "", v, "");
    if (d->style->lossless && (i > exact || i < -exact))
        buffer_format(d->out, "{\"$int\": \"%lld\"}", (long long)i);
    else
        buffer_format(d->out, "%lld", (long long)i);
    return BURIN_OK;
}

/* ---- containers ---- */

static void new_line(dumper *d, unsigned depth)
{
    if (!d->style->indent.data)
        return;
    buffer_byte(d->out, '\n');
    for (unsigned i = 0; i < depth; i++)
        buffer_append(d->out, d->style->indent.data, d->style->indent.len);
}

static burin_status dump_items(dumper *d, burin_value v, const enclosing *here)
{
    size_t count = burin_length(v);

    buffer_byte(d->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buffer_append(d->out, d->style->item_separator.data, d->style->item_separator.len);
        new_line(d, here->depth);
        burin_status status = dump(d, burin_at(v, i), here);
        if (status)
            return status;
    }
    if (count)
        new_line(d, here->depth - 1);
    buffer_byte(d->out, ']');
    return BURIN_OK;
}

/* json.dumps takes text, numbers, booleans and none as keys. */
static burin_status dump_key(dumper *d, burin_value key)
{
    switch (key.kind) {
    case BURIN_STRING: json_dump_text(d->out, burin_text_of(key), d->style->ensure_ascii); return BURIN_OK;
    case BURIN_NONE: buffer_text(d->out, "\"null\""); return BURIN_OK;
    case BURIN_BOOL: buffer_text(d->out, key.as.i ? "\"true\"" : "\"false\""); return BURIN_OK;
    case BURIN_INT:
    case BURIN_BIGINT:
    case BURIN_FLOAT:
        buffer_byte(d->out, '"');
        burin_status status = key.kind == BURIN_FLOAT ? dump_float(d, key) : dump_int(d, key);
        buffer_byte(d->out, '"');
        return status;
    default:
        return refuse(d, BURIN_ERR_TYPE, "keys must be str, int, float, bool or None, not %s", burin_type_name(key));
    }
}

typedef struct pair {
    burin_value key, value;
    size_t      place;
    char       *repr; /* for sets: their order is by type, then repr */
} pair;

static int text_order(burin_text a, burin_text b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int    order   = shorter ? memcmp(a.data, b.data, shorter) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int key_order(const void *left, const void *right)
{
    const pair *a = left, *b = right;
    int         order;
    double      x = 0, y = 0;

    if (a->key.kind == BURIN_STRING)
        order = text_order(burin_text_of(a->key), burin_text_of(b->key));
    else {
        burin_as_double(a->key, &x);
        burin_as_double(b->key, &y);
        order = (x > y) - (x < y);
    }
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static int set_order(const void *left, const void *right)
{
    const pair *a = left, *b = right;
    int         order = strcmp(burin_type_name(a->key), burin_type_name(b->key));
    return order ? order : strcmp(a->repr, b->repr);
}

/* The entries of a dict or set as an array; NULL when memory is out. */
static pair *entries_of(burin_value v, size_t *count)
{
    size_t      room = burin_length(v), at = 0, n = 0;
    pair       *all  = calloc(room + 1, sizeof *all);
    burin_value key, value;

    while (all && n < room && burin_next(v, &at, &key, &value)) {
        all[n] = (pair){key, value, n, NULL};
        n++;
    }
    *count = n;
    return all;
}

static bool is_orderable(burin_value key)
{
    return key.kind == BURIN_STRING || key.kind == BURIN_BOOL || key.kind == BURIN_INT || key.kind == BURIN_BIGINT || key.kind == BURIN_FLOAT;
}

/* Python compares neighbours while it sorts; keys of two kinds that have no order are a TypeError. */
static burin_status check_orderable(dumper *d, const pair *all, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        burin_value a = all[i].key, b = all[i - 1].key;
        if (!is_orderable(a) || !is_orderable(b) || (a.kind == BURIN_STRING) != (b.kind == BURIN_STRING))
            return refuse(d, BURIN_ERR_TYPE, "'<' not supported between instances of '%s' and '%s'", burin_type_name(a), burin_type_name(b));
    }
    return BURIN_OK;
}

static burin_status dump_dict(dumper *d, burin_value v, const enclosing *here)
{
    size_t       count;
    pair        *all    = entries_of(v, &count);
    burin_status status = all ? BURIN_OK : refuse(d, BURIN_ERR_NOMEM, "out of memory");

    if (!status && d->style->sort_keys) {
        status = check_orderable(d, all, count);
        if (!status)
            qsort(all, count, sizeof *all, key_order);
    }
    if (status)
        goto done;
    buffer_byte(d->out, '{');
    for (size_t i = 0; i < count && !status; i++) {
        if (i)
            buffer_append(d->out, d->style->item_separator.data, d->style->item_separator.len);
        new_line(d, here->depth);
        status = dump_key(d, all[i].key);
        if (status)
            break;
        buffer_append(d->out, d->style->key_separator.data, d->style->key_separator.len);
        status = dump(d, all[i].value, here);
    }
    if (count)
        new_line(d, here->depth - 1);
    buffer_byte(d->out, '}');
done:
    free(all);
    return status;
}

/* ---- lossless forms ---- */

/* Plain JSON says it when every key is plain text and it cannot be taken for a special form. */
static bool is_plain_dict(burin_value v)
{
    size_t      at = 0;
    burin_value key, value;

    while (burin_next(v, &at, &key, &value)) {
        burin_text text = burin_text_of(key);
        if (key.kind != BURIN_STRING || (key.flags & BURIN_SAFE))
            return false;
        if (burin_length(v) == 1 && text.len && text.data[0] == '$')
            return false;
    }
    return true;
}

static burin_status dump_pairs(dumper *d, burin_value v, const enclosing *here)
{
    size_t      at = 0;
    burin_value key, value;
    bool        first = true;

    buffer_text(d->out, "{\"$dict\": [");
    while (burin_next(v, &at, &key, &value)) {
        buffer_text(d->out, first ? "[" : ", [");
        first               = false;
        burin_status status = dump(d, key, here);
        if (status)
            return status;
        buffer_text(d->out, ", ");
        status = dump(d, value, here);
        if (status)
            return status;
        buffer_byte(d->out, ']');
    }
    buffer_text(d->out, "]}");
    return BURIN_OK;
}

static burin_status dump_set(dumper *d, burin_value v, const enclosing *here)
{
    size_t       count;
    pair        *all    = entries_of(v, &count);
    burin_status status = all ? BURIN_OK : BURIN_ERR_NOMEM;

    for (size_t i = 0; !status && i < count; i++) {
        all[i].repr = burin_repr(all[i].key, NULL);
        status      = all[i].repr ? BURIN_OK : BURIN_ERR_NOMEM;
    }
    if (status) {
        refuse(d, status, "out of memory");
        goto done;
    }
    qsort(all, count, sizeof *all, set_order);
    buffer_text(d->out, "{\"$set\": [");
    for (size_t i = 0; i < count && !status; i++) {
        if (i)
            buffer_text(d->out, ", ");
        status = dump(d, all[i].key, here);
    }
    buffer_text(d->out, "]}");
done:
    for (size_t i = 0; all && i < count; i++)
        free(all[i].repr);
    free(all);
    return status;
}

/* Bytes as lower-case hexadecimal. */
static void dump_bytes(buffer *out, burin_text bytes)
{
    buffer_text(out, "{\"$bytes\": \"");
    for (size_t i = 0; i < bytes.len; i++)
        buffer_format(out, "%02x", (unsigned char)bytes.data[i]);
    buffer_text(out, "\"}");
}

static burin_status dump_undefined(dumper *d, burin_value v)
{
    burin_value name = burin_undefined_name(v);

    buffer_text(d->out, "{\"$undefined\": ");
    if (name.kind == BURIN_STRING && burin_length(name))
        json_dump_text(d->out, burin_text_of(name), false);
    else
        buffer_text(d->out, "null");
    buffer_byte(d->out, '}');
    return BURIN_OK;
}

static burin_status dump_special(dumper *d, burin_value v, const enclosing *here)
{
    int64_t      start, stop, step;
    burin_status status;

    switch (v.kind) {
    case BURIN_STRING:
        buffer_text(d->out, "{\"$markup\": ");
        json_dump_text(d->out, burin_text_of(v), false);
        buffer_byte(d->out, '}');
        return BURIN_OK;
    case BURIN_BYTES: dump_bytes(d->out, burin_text_of(v)); return BURIN_OK;
    case BURIN_TUPLE:
        buffer_text(d->out, "{\"$tuple\": ");
        status = dump_items(d, v, here);
        buffer_byte(d->out, '}');
        return status;
    case BURIN_DICT: return dump_pairs(d, v, here);
    case BURIN_SET: return dump_set(d, v, here);
    case BURIN_RANGE:
        burin_range_of(v, &start, &stop, &step);
        buffer_format(d->out, "{\"$range\": [%lld, %lld, %lld]}", (long long)start, (long long)stop, (long long)step);
        return BURIN_OK;
    case BURIN_UNDEFINED: return dump_undefined(d, v);
    default:
        if (d->style->object_form && d->style->object_form(d->out, v))
            return BURIN_OK;
        return refuse(d, BURIN_ERR_TYPE, "object of type %s", burin_type_name(v));
    }
}

static bool is_special(burin_value v)
{
    switch (v.kind) {
    case BURIN_STRING: return (v.flags & BURIN_SAFE) != 0;
    case BURIN_LIST: return false;
    case BURIN_DICT: return !is_plain_dict(v);
    default: return true;
    }
}

/* ---- any value ---- */

static burin_status enter(dumper *d, burin_value v, const enclosing *around, enclosing *here)
{
    unsigned depth = around ? around->depth + 1 : 1;

    *here = (enclosing){around, v.as.p, depth};
    if (d->style->lossless)
        return depth > LOSSLESS_DEPTH_MAX ? refuse(d, BURIN_ERR_RECURSION, "nesting too deep or cyclic") : BURIN_OK;
    for (const enclosing *outer = around; outer; outer = outer->outer)
        if (outer->container == v.as.p)
            return refuse(d, BURIN_ERR_VALUE, "Circular reference detected");
    if (depth > DEPTH_MAX)
        return refuse(d, BURIN_ERR_RECURSION, "maximum recursion depth exceeded while encoding a JSON object");
    return BURIN_OK;
}

static burin_status dump(dumper *d, burin_value v, const enclosing *around)
{
    enclosing    here = {0};
    burin_status status;

    if (is_too_long(d))
        return refuse_length(d);
    switch (v.kind) {
    case BURIN_NONE: buffer_text(d->out, "null"); return BURIN_OK;
    case BURIN_BOOL: buffer_text(d->out, v.as.i ? "true" : "false"); return BURIN_OK;
    case BURIN_INT:
    case BURIN_BIGINT: return dump_int(d, v);
    case BURIN_FLOAT: return dump_float(d, v);
    default: break;
    }
    bool is_container = v.kind == BURIN_LIST || v.kind == BURIN_TUPLE || v.kind == BURIN_DICT || v.kind == BURIN_SET;
    if (is_container) {
        status = enter(d, v, around, &here);
        if (status)
            return status;
    }
    if (d->style->lossless && is_special(v))
        return dump_special(d, v, &here);
    switch (v.kind) {
    case BURIN_STRING: json_dump_text(d->out, burin_text_of(v), d->style->ensure_ascii); return BURIN_OK;
    case BURIN_LIST:
    case BURIN_TUPLE: return dump_items(d, v, &here);
    case BURIN_DICT: return dump_dict(d, v, &here);
    default:
        return refuse(d, BURIN_ERR_TYPE, "Object of type %s is not JSON serializable", burin_type_name(v));
    }
}

burin_status json_dump(buffer *out, burin_value v, const json_style *style, char *message, size_t message_size)
{
    dumper       d      = {out, style, message, message_size};
    burin_status status = dump(&d, v, NULL);

    if (!status && out->failed)
        status = refuse(&d, BURIN_ERR_NOMEM, "out of memory");
    if (!status && is_too_long(&d))
        status = refuse_length(&d);
    return status;
}
