/* Builtin functions that ask about one value or give it another form. */
#include "runtime/builtins/python.h"
#include "runtime/format.h"

#include <math.h>

burin_status python_abs(burin_call *call, burin_value *out) { return filter_abs(call, out); }

burin_status python_repr(burin_call *call, burin_value *out) { return rt_repr(call->st, call->args[0], out); }

burin_status python_ascii(burin_call *call, burin_value *out)
{
    builder b;
    builder_init(&b, call->st, 32);
    burin_status status = rt_append_ascii(&b, call->args[0]);
    return status ? status : builder_take(&b, 0, out);
}

burin_status python_format(burin_call *call, burin_value *out)
{
    burin_value spec = call->args[1];
    if (!rt_is_text(spec))
        return rt_fail(call->st, BURIN_ERR_TYPE, "format() argument 2 must be str, not %s", method_argument_type(call->st, spec));
    return rt_format_spec(call->st, call->args[0], rt_text_of(spec), out);
}

/* 0b101, -0x1f */
static burin_status digits(burin_call *call, int base, const char *prefix, burin_value *out)
{
    burin_value  number;
    burin_text   text;
    builder      b;
    burin_status status = python_integer(call->st, call->args[0], &number);
    if (!status)
        status = rt_charge(call->st, rt_int_bits(number) / 64);
    if (!status)
        status = rt_int_digits(call->st, number, base, &text);
    if (status)
        return status;
    builder_init(&b, call->st, text.len + 3);
    if (rt_int_sign(number) < 0)
        builder_byte(&b, '-');
    builder_ascii(&b, prefix, 2);
    builder_ascii(&b, text.data, text.len);
    return builder_take(&b, 0, out);
}

burin_status python_bin(burin_call *call, burin_value *out) { return digits(call, 2, "0b", out); }
burin_status python_oct(burin_call *call, burin_value *out) { return digits(call, 8, "0o", out); }
burin_status python_hex(burin_call *call, burin_value *out) { return digits(call, 16, "0x", out); }

burin_status python_chr(burin_call *call, burin_value *out)
{
    char         bytes[4];
    burin_value  i;
    burin_status status = python_integer(call->st, call->args[0], &i);
    if (status)
        return status;
    if (i.kind == BURIN_BIGINT || i.as.i > INT32_MAX || i.as.i < INT32_MIN)
        return rt_fail(call->st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C int");
    if (i.as.i < 0 || i.as.i > 0x10ffff)
        return rt_fail(call->st, BURIN_ERR_VALUE, "chr() arg not in range(0x110000)");
    return rt_string_copy(call->st, bytes, text_encode((uint32_t)i.as.i, bytes), out);
}

burin_status python_ord(burin_call *call, burin_value *out)
{
    burin_value c = call->args[0].kind == BURIN_BYTEARRAY ? rt_bytearray_view(call->args[0]) : call->args[0];
    size_t      at = 0, units;
    if (c.kind != BURIN_STRING && c.kind != BURIN_BYTES)
        return rt_fail(call->st, BURIN_ERR_TYPE, "ord() expected string of length 1, but %s found", rt_type_name(call->st, c));
    units = method_units(c);
    if (units != 1)
        return rt_fail(call->st, BURIN_ERR_TYPE, "ord() expected a character, but string of length %zu found", units);
    *out = burin_int(c.kind == BURIN_BYTES ? (uint8_t)c.as.s[0] : (int64_t)text_decode(c.as.s, c.len, &at));
    return BURIN_OK;
}

burin_status python_len(burin_call *call, burin_value *out)
{
    size_t       length;
    burin_status status = rt_length(call->st, call->args[0], &length);
    if (!status)
        *out = burin_int((int64_t)length);
    return status;
}

burin_status python_hash(burin_call *call, burin_value *out)
{
    int64_t      hash;
    burin_status status = rt_python_hash(call->st, call->args[0], &hash);
    if (!status)
        *out = burin_int(hash);
    return status;
}

burin_status python_callable(burin_call *call, burin_value *out)
{
    burin_value     v        = call->args[0];
    const rt_class *internal = v.kind == BURIN_OBJECT ? rt_class_of(v) : NULL;
    *out = burin_bool(v.kind == BURIN_FUNCTION || (internal && internal->call_arguments) || (v.kind == BURIN_OBJECT && rt_object_of(v)->cls->call));
    return BURIN_OK;
}

burin_status python_isinstance(burin_call *call, burin_value *out)
{
    bool         is     = false;
    burin_status status = rt_isinstance(call->st, call->args[0], call->args[1], &is);
    *out                = burin_bool(is);
    return status;
}

burin_status python_divmod(burin_call *call, burin_value *out) { return rt_divmod(call->st, call->args[0], call->args[1], out); }

burin_status python_pow(burin_call *call, burin_value *out)
{
    if (call->args[2].kind == BURIN_NONE)
        return rt_binary_op(call->st, RT_POW, call->args[0], call->args[1], out);
    return rt_power_modulo(call->st, call->args[0], call->args[1], call->args[2], out);
}

/* ---- round ---- */

/* An integer to a multiple of 10 ** places, ties to the even one. */
static burin_status round_integer(rt_state *st, burin_value x, burin_value places, burin_value *out)
{
    burin_value  unit, quotient, rest, twice;
    burin_status status;
    *out = x;
    if (rt_int_sign(places) >= 0)
        return BURIN_OK;
    /* 10 ** places > 2 * |x|: a number of so many places rounds to 0, and the power need not be computed */
    if (places.kind == BURIN_BIGINT || places.as.i < -(int64_t)(rt_int_bits(x) / 3 + 2)) {
        *out = burin_int(0);
        return BURIN_OK;
    }
    if ((status = rt_int_binary(st, RT_POW, burin_int(10), burin_int(-places.as.i), &unit)) ||
        (status = rt_int_divmod(st, x, unit, &quotient, &rest)) || (status = rt_int_binary(st, RT_MUL, rest, burin_int(2), &twice)))
        return status;
    int order = rt_int_compare(twice, unit);
    status    = rt_int_binary(st, RT_MOD, quotient, burin_int(2), &twice);
    if (!status && (order > 0 || (order == 0 && rt_int_sign(twice))))
        status = rt_int_binary(st, RT_ADD, quotient, burin_int(1), &quotient);
    return status ? status : rt_int_binary(st, RT_MUL, quotient, unit, out);
}

burin_status python_round(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  x      = call->args[0], places = burin_int(0);
    bool         whole  = call->args[1].kind == BURIN_NONE;
    burin_status status = BURIN_OK;
    if (!rt_is_number(x))
        return rt_fail(st, BURIN_ERR_TYPE, "type %s doesn't define __round__ method", rt_type_name(st, x));
    if (!whole)
        status = python_integer(st, call->args[1], &places);
    if (status)
        return status;
    if (x.kind != BURIN_FLOAT)
        return round_integer(st, x.kind == BURIN_BOOL ? burin_int(x.as.i) : x, places, out);
    if (whole) {
        double nearest = round(x.as.f);
        if (fabs(x.as.f - nearest) == 0.5)
            nearest = 2.0 * round(x.as.f / 2.0);
        return rt_int_from_double(st, nearest, out);
    }
    int64_t digits_after = places.kind == BURIN_BIGINT ? (rt_int_sign(places) < 0 ? INT64_MIN : INT64_MAX) : places.as.i;
    *out                 = burin_float(builtin_round_double(x.as.f, digits_after));
    if (isinf(out->as.f) && isfinite(x.as.f))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "rounded value too large to represent");
    return BURIN_OK;
}

/* ---- asteval's profile ---- */

burin_status profile_type(burin_call *call, burin_value *out)
{
    const char *name = rt_type_name(call->st, call->args[0]);
    *out             = rt_string(name, strlen(name));
    return BURIN_OK;
}
