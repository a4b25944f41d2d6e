/* The methods and data of int, which bool and integers of any size have too. */
#include "runtime/bigint.h"
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"

/* int(x): of True, 1. */
static burin_value plain_int(burin_value v)
{
    if (v.kind == BURIN_BOOL)
        v.kind = BURIN_INT;
    return v;
}

/* ---- int ---- */

burin_status method_int_real(burin_call *call, burin_value *out)
{
    *out = plain_int(call->args[0]);
    return BURIN_OK;
}
burin_status method_int_numerator(burin_call *call, burin_value *out) { return method_int_real(call, out); }
burin_status method_int_conjugate(burin_call *call, burin_value *out) { return method_int_real(call, out); }
burin_status method_int_imag(burin_call *call, burin_value *out)
{
    (void)call;
    *out = burin_int(0);
    return BURIN_OK;
}
burin_status method_int_denominator(burin_call *call, burin_value *out)
{
    (void)call;
    *out = burin_int(1);
    return BURIN_OK;
}

burin_status method_int_as_integer_ratio(burin_call *call, burin_value *out)
{
    return rt_tuple2(call->st, plain_int(call->args[0]), burin_int(1), out);
}

burin_status method_int_bit_length(burin_call *call, burin_value *out)
{
    *out = burin_int((int64_t)rt_int_bits(call->args[0]));
    return BURIN_OK;
}

burin_status method_int_bit_count(burin_call *call, burin_value *out)
{
    burin_value self  = call->args[0];
    int64_t     count = 0;

    if (self.kind == BURIN_BIGINT) {
        const rt_bigint *big = self.as.p;
        for (uint32_t n = 0; n < big->count; n++)
            count += __builtin_popcountll(big->limbs[n]);
    } else {
        uint64_t magnitude = self.as.i < 0 ? 0 - (uint64_t)self.as.i : (uint64_t)self.as.i;
        count              = __builtin_popcountll(magnitude);
    }
    *out = burin_int(count);
    return BURIN_OK;
}

/* ---- int and bytes ---- */

typedef struct byte_options { /* arguments of to_bytes and from_bytes after binding; MISSING where not given */
    burin_value first, byteorder, is_signed;
} byte_options;

/* (first, byteorder, *, signed): by position at most two. */
static burin_status bind_bytes(burin_call *call, const char *name, const char *first_name, byte_options *options)
{
    rt_state      *st         = call->st;
    const rt_list *positional = rt_list_of(st, call->args[1]);
    const rt_dict *named      = rt_dict_of(st, call->args[2]);
    burin_value    key, value;
    burin_value   *places[3]  = {&options->first, &options->byteorder, &options->is_signed};
    const char    *names[3]   = {first_name, "byteorder", "signed"};

    *options = (byte_options){rt_missing(), rt_missing(), rt_missing()};
    if (positional->len > 2)
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes at most 2 positional arguments (%u given)", name, positional->len);
    for (uint32_t n = 0; n < positional->len; n++)
        *places[n] = positional->items[n];
    for (uint32_t at = 0; rt_dict_next(named, &at, &key, &value);) {
        unsigned n = 0;
        while (n < 3 && !text_is(rt_text_of(key), names[n]))
            n++;
        if (n == 3)
            return rt_fail(st, BURIN_ERR_TYPE, "'%.*s' is an invalid keyword argument for %s()", (int)key.len, key.as.s, name);
        if (places[n]->kind != BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_TYPE, "argument for %s() given by name ('%s') and position (%u)", name, names[n], n + 1);
        *places[n] = value;
    }
    return BURIN_OK;
}

static burin_status read_options(rt_state *st, const char *name, const byte_options *options, bool *little, bool *is_signed)
{
    burin_value order = options->byteorder;

    if (order.kind != BURIN_MISSING && !rt_is_text(order))
        return rt_fail(st, BURIN_ERR_TYPE, "%s() argument 'byteorder' must be str, not %s", name,
                       method_argument_type(st, order));
    *little    = order.kind != BURIN_MISSING && text_is(rt_text_of(order), "little");
    *is_signed = false;
    if (options->is_signed.kind != BURIN_MISSING) {
        burin_status status = rt_is_true(st, options->is_signed, is_signed);
        if (status)
            return status;
    }
    if (order.kind != BURIN_MISSING && !*little && !text_is(rt_text_of(order), "big"))
        return rt_fail(st, BURIN_ERR_VALUE, "byteorder must be either 'little' or 'big'");
    return BURIN_OK;
}

/* Byte `index` (0 the least) of the magnitude. */
static unsigned char magnitude_byte(burin_value v, uint64_t index)
{
    if (v.kind == BURIN_BIGINT) {
        const rt_bigint *big = v.as.p;
        return index / 8 < big->count ? (unsigned char)(big->limbs[index / 8] >> (8 * (index % 8))) : 0;
    }
    uint64_t magnitude = v.as.i < 0 ? 0 - (uint64_t)v.as.i : (uint64_t)v.as.i;
    return index < 8 ? (unsigned char)(magnitude >> (8 * index)) : 0;
}

static bool is_power_of_two(burin_value v)
{
    uint64_t bits = rt_int_bits(v), byte = (bits - 1) / 8;

    for (uint64_t n = 0; n < byte; n++)
        if (magnitude_byte(v, n))
            return false;
    unsigned char top = magnitude_byte(v, byte);
    return (top & (top - 1)) == 0;
}

burin_status method_int_to_bytes(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  self = call->args[0];
    byte_options options;
    int64_t      len = 1;
    bool         little, is_signed, negative = rt_int_sign(self) < 0;
    burin_status status = bind_bytes(call, "to_bytes", "length", &options);

    if (!status && options.first.kind != BURIN_MISSING)
        status = method_ssize(st, options.first, &len);
    if (!status)
        status = read_options(st, "to_bytes", &options, &little, &is_signed);
    if (status)
        return status;
    if (len < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "length argument must be non-negative");
    if (negative && !is_signed)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "can't convert negative int to unsigned");
    uint64_t bits = rt_int_bits(self), room = (uint64_t)len > UINT32_MAX ? UINT64_MAX : (uint64_t)len * 8;
    if (is_signed && bits && !(negative && is_power_of_two(self)))
        bits++;
    if (negative && rt_int_bits(self) == 1) /* -1 is nothing but sign */
        bits = 0;
    if (bits > room)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "int too big to convert");
    if ((uint64_t)len > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "bytes of more than 4 GiB");
    char *data;
    status = rt_string_new(st, (size_t)len, &data, out);
    if (status)
        return status;
    out->kind      = BURIN_BYTES;
    out->flags     = 0;
    unsigned carry = 1; /* of two's complement */
    for (int64_t n = 0; n < len; n++) {
        unsigned byte = magnitude_byte(self, (uint64_t)n);
        if (negative) {
            byte  = (byte ^ 0xff) + carry;
            carry = byte >> 8;
        }
        data[little ? n : len - 1 - n] = (char)byte;
    }
    return rt_charge(st, (uint64_t)len / 64);
}

/* bytes(v) for from_bytes: bytes as they are, or integers 0 to 255. */
static burin_status bytes_of(rt_state *st, burin_value v, burin_value *out)
{
    rt_iter      it;
    builder      b;
    burin_value  item;
    burin_status status;

    if (v.kind == BURIN_BYTES) {
        *out = v;
        return BURIN_OK;
    }
    status = rt_is_text(v) ? BURIN_ERR_TYPE : rt_iter_init(st, v, &it);
    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, "cannot convert '%s' object to bytes", rt_type_name(st, v));
    }
    builder_init(&b, st, 8);
    while (!status && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING) {
        int64_t byte = -1;
        if (item.kind != BURIN_BIGINT)
            status = method_ssize(st, item, &byte);
        if (!status && (byte < 0 || byte > 255))
            status = rt_fail(st, BURIN_ERR_VALUE, "bytes must be in range(0, 256)");
        builder_byte(&b, (char)byte);
    }
    return status ? status : builder_take(&b, 0, out);
}

burin_status method_int_from_bytes(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    byte_options options;
    burin_value  bytes;
    bool         little, is_signed;
    burin_status status = bind_bytes(call, "from_bytes", "bytes", &options);

    if (!status && options.first.kind == BURIN_MISSING)
        status = rt_fail(st, BURIN_ERR_TYPE, "from_bytes() missing required argument 'bytes' (pos 1)");
    if (!status)
        status = read_options(st, "from_bytes", &options, &little, &is_signed);
    if (!status)
        status = bytes_of(st, options.first, &bytes);
    if (status)
        return status;
    uint32_t len    = bytes.len;
    uint8_t *digits = heap_alloc(&st->heap, (size_t)len * 2 + 1);
    if (!digits)
        return rt_fail_memory(st);
    bool     negative = is_signed && len && (bytes.as.s[little ? len - 1 : 0] & 0x80);
    unsigned carry    = 1;
    for (uint32_t n = 0; n < len; n++) { /* from the least byte; digits have the most significant first */
        unsigned byte = (unsigned char)bytes.as.s[little ? n : len - 1 - n];
        if (negative) {
            byte  = (byte ^ 0xff) + carry;
            carry = byte >> 8;
        }
        digits[2 * (len - n) - 1] = byte & 15;
        digits[2 * (len - n) - 2] = byte >> 4 & 15;
    }
    if (!rt_int_from_digits(&st->heap, digits, (size_t)len * 2, 16, negative, out))
        return rt_fail_memory(st);
    if (call->args[0].kind == BURIN_BOOL)
        *out = burin_bool(rt_int_sign(*out) != 0);
    return BURIN_OK;
}
