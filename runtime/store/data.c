/* Plain values as bytes, and back. See data.h. */
#include "runtime/store/data.h"
#include "runtime/base/diag.h"
#include "runtime/base/text.h"
#include "runtime/store/store.h"
#include "runtime/value.h"

#include <stdlib.h>

enum { DEPTH_MAX = 100 };

static void put_count(buf *out, uint64_t count) { buf_append(out, (const char *)&count, sizeof count); }

static burin_status encode(buf *out, burin_value v, unsigned depth, burin_error *err);

static burin_status encode_items(buf *out, burin_value v, unsigned depth, burin_error *err)
{
    burin_status status = BURIN_OK;
    burin_value  key, item;
    size_t       at = 0, count = burin_length(v);

    put_count(out, count);
    if (v.kind == BURIN_LIST || v.kind == BURIN_TUPLE) {
        for (; at < count && !status; at++)
            status = encode(out, burin_at(v, at), depth + 1, err);
        return status;
    }
    while (!status && burin_next(v, &at, &key, &item)) {
        status = encode(out, key, depth + 1, err);
        if (!status && v.kind == BURIN_DICT)
            status = encode(out, item, depth + 1, err);
    }
    return status;
}

static burin_status encode(buf *out, burin_value v, unsigned depth, burin_error *err)
{
    if (depth > DEPTH_MAX)
        return es_fail(err, BURIN_ERR_RECURSION, "data nested more than %d deep", DEPTH_MAX);
    buf_append_byte(out, (char)v.kind);
    switch (v.kind) {
    case BURIN_NONE:
        break;
    case BURIN_BOOL:
    case BURIN_INT:
    case BURIN_FLOAT:
        buf_append(out, (const char *)&v.as, sizeof v.as);
        break;
    case BURIN_STRING:
        if (diag_check_text(err, burin_text_of(v)))
            return BURIN_ERR_UNICODE;
        __attribute__((fallthrough));
    case BURIN_BYTES:
        put_count(out, v.len);
        buf_append(out, v.as.s, v.len);
        break;
    case BURIN_BIGINT: {
        size_t len;
        char  *digits = burin_repr(v, &len);
        if (!digits)
            return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        put_count(out, len);
        buf_append(out, digits, len);
        free(digits);
        break;
    }
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET: {
        burin_status status = encode_items(out, v, depth, err);
        if (status)
            return status;
        break;
    }
    default:
        return es_fail(err, BURIN_ERR_TYPE, "an entity cannot hold a value of type '%s'", burin_type_name(v));
    }
    return out->failed ? es_fail(err, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

burin_status es_data_encode(buf *out, burin_value value, burin_error *err) { return encode(out, value, 0, err); }

/* ---- back ---- */

typedef struct decoder {
    burin_heap *heap;
    const char *at;
    bool        failed; /* memory is out */
} decoder;

static uint64_t take_count(decoder *d)
{
    uint64_t count;
    memcpy(&count, d->at, sizeof count);
    d->at += sizeof count;
    return count;
}

static burin_value decode(decoder *d);

static burin_value decode_items(decoder *d, uint8_t kind)
{
    size_t      count = take_count(d);
    burin_value made = kind == BURIN_DICT ? burin_dict(d->heap, count) : kind == BURIN_SET ? burin_set(d->heap, count) : burin_list(d->heap, count);

    d->failed |= made.kind == BURIN_MISSING;
    for (size_t n = 0; n < count && !d->failed; n++) {
        burin_value item = decode(d), value = kind == BURIN_DICT && !d->failed ? decode(d) : burin_none();
        if (d->failed)
            break;
        if (kind == BURIN_DICT)
            d->failed |= burin_dict_set(d->heap, made, item, value) != BURIN_OK;
        else if (kind == BURIN_SET)
            d->failed |= burin_set_add(d->heap, made, item) != BURIN_OK;
        else
            d->failed |= burin_list_append(d->heap, made, item) != BURIN_OK;
    }
    if (kind != BURIN_TUPLE || d->failed)
        return made;
    return burin_tuple(d->heap, ((const rt_list *)made.as.p)->items, count);
}

static burin_value decode(decoder *d)
{
    burin_value v = {.kind = (uint8_t)*d->at++};

    switch (v.kind) {
    case BURIN_NONE:
        break;
    case BURIN_BOOL:
    case BURIN_INT:
    case BURIN_FLOAT:
        memcpy(&v.as, d->at, sizeof v.as);
        d->at += sizeof v.as;
        break;
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BIGINT: {
        size_t len = take_count(d);
        v = v.kind == BURIN_STRING ? burin_string(d->heap, d->at, len)
                                   : v.kind == BURIN_BYTES ? burin_bytes(d->heap, d->at, len) : burin_integer(d->heap, d->at, len);
        d->at += len;
        break;
    }
    default:
        v = decode_items(d, v.kind);
    }
    d->failed |= v.kind == BURIN_MISSING;
    return v;
}

burin_status es_data_value(burin_heap *heap, burin_text bytes, burin_value *out, burin_error *err)
{
    decoder d = {heap, bytes.data, false};

    *out = burin_none();
    if (bytes.len == 0)
        return BURIN_OK;
    if (!heap && (uint8_t)bytes.data[0] > BURIN_FLOAT)
        return es_fail(err, BURIN_ERR_USAGE, "reading a data attribute needs a heap");
    *out = decode(&d);
    return d.failed ? es_fail(err, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

/* ---- checking ---- */

typedef struct checker {
    const char *at, *end;
} checker;

static bool check_count(checker *c, uint64_t *count)
{
    if ((size_t)(c->end - c->at) < sizeof *count)
        return false;
    memcpy(count, c->at, sizeof *count);
    c->at += sizeof *count;
    return *count <= (uint64_t)(c->end - c->at); /* an item is a byte at least */
}

static bool check_digits(const char *digits, size_t len)
{
    size_t n = len && digits[0] == '-' ? 1 : 0;
    if (n == len)
        return false;
    while (n < len && digits[n] >= '0' && digits[n] <= '9')
        n++;
    return n == len;
}

static bool check_bytes(checker *c, uint8_t kind)
{
    uint64_t    len;
    const char *at;
    if (!check_count(c, &len))
        return false;
    at = c->at;
    c->at += len;
    return kind == BURIN_STRING ? text_valid_prefix(at, len) == len : kind == BURIN_BYTES || check_digits(at, len);
}

static bool is_key(uint8_t kind) { return kind != BURIN_LIST && kind != BURIN_DICT; }

/* One value; `key`: it must be hashable, and what is in it too. */
static bool check_value(checker *c, unsigned depth, bool key)
{
    if (c->at == c->end || depth > DEPTH_MAX)
        return false;
    uint8_t  kind = (uint8_t)*c->at++;
    uint64_t count, word;
    if (key && !is_key(kind))
        return false;
    switch (kind) {
    case BURIN_NONE:
        return true;
    case BURIN_BOOL:
    case BURIN_INT:
    case BURIN_FLOAT:
        if ((size_t)(c->end - c->at) < sizeof word)
            return false;
        memcpy(&word, c->at, sizeof word);
        c->at += sizeof word;
        return kind != BURIN_BOOL || word <= 1;
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BIGINT:
        return check_bytes(c, kind);
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET:
        if (!check_count(c, &count))
            return false;
        for (; count > 0; count--) {
            if (!check_value(c, depth + 1, key || kind == BURIN_DICT || kind == BURIN_SET))
                return false;
            if (kind == BURIN_DICT && !check_value(c, depth + 1, false))
                return false;
        }
        return true;
    default:
        return false;
    }
}

bool es_data_valid(burin_text bytes)
{
    checker c = {bytes.data, bytes.data + bytes.len};
    return check_value(&c, 0, false) && c.at == c.end;
}
