/* The types of numbers as scripts call them: int, float, complex, bool. */
#include "runtime/builtins/python.h"

#include <math.h>

burin_status type_bool(burin_call *call, burin_value *out)
{
    bool         truth  = false;
    burin_status status = rt_is_true(call->st, call->args[0], &truth);
    *out                = burin_bool(truth);
    return status;
}

/* ---- int ---- */

static burin_value as_bytes(burin_value v) { return v.kind == BURIN_BYTEARRAY ? rt_bytearray_view(v) : v; }

/* The text of int() in a base. Bytes that are none are shown as bytes. */
static burin_status int_of_text(rt_state *st, burin_value text, int base, burin_value *out)
{
    burin_value  bytes = as_bytes(text), shown;
    bool         ascii = bytes.kind == BURIN_STRING || text_is_ascii(bytes.as.s, bytes.len); /* digits of other scripts are for text */
    burin_status status = ascii ? rt_int_from_text(st, rt_text_of(bytes), base, out) : rt_fail(st, BURIN_ERR_VALUE, "invalid");
    if (status != BURIN_ERR_VALUE || text.kind == BURIN_STRING || st->message.len < 7 || memcmp(st->message.data, "invalid", 7) != 0)
        return status;
    rt_clear_error(st);
    status = rt_repr(st, as_bytes(text), &shown);
    return status ? status : rt_fail(st, BURIN_ERR_VALUE, "invalid literal for int() with base %d: %.*s", base, shown.len > 200 ? 200 : (int)shown.len, shown.as.s);
}

static burin_status int_with_base(rt_state *st, burin_value x, burin_value base, burin_value *out)
{
    burin_value number;
    if (x.kind == BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_TYPE, "int() missing string argument");
    burin_status status = python_integer(st, base, &number);
    if (status)
        return status;
    if (number.kind == BURIN_BIGINT || (number.as.i != 0 && number.as.i < 2) || number.as.i > 36)
        return rt_fail(st, BURIN_ERR_VALUE, "int() base must be >= 2 and <= 36, or 0");
    if (x.kind != BURIN_STRING && x.kind != BURIN_BYTES && x.kind != BURIN_BYTEARRAY)
        return rt_fail(st, BURIN_ERR_TYPE, "int() can't convert non-string with explicit base");
    return int_of_text(st, x, (int)number.as.i, out);
}

burin_status type_int(burin_call *call, burin_value *out)
{
    rt_state   *st = call->st;
    burin_value x  = call->args[0];
    if (call->args[1].kind != BURIN_MISSING)
        return int_with_base(st, x, call->args[1], out);
    switch (x.kind) {
    case BURIN_MISSING: *out = burin_int(0); return BURIN_OK;
    case BURIN_BOOL: *out = burin_int(x.as.i); return BURIN_OK;
    case BURIN_INT:
    case BURIN_BIGINT: *out = x; return BURIN_OK;
    case BURIN_FLOAT: return rt_int_from_double(st, x.as.f, out);
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BYTEARRAY: return int_of_text(st, x, 10, out);
    default:
        return rt_fail(st, BURIN_ERR_TYPE, "int() argument must be a string, a bytes-like object or a real number, not '%s'", rt_type_name(st, x));
    }
}

/* ---- float ---- */

burin_status type_float(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  x  = call->args[0], shown;
    burin_status status;
    *out = burin_float(0);
    if (rt_is_number(x))
        return rt_as_double(st, x, &out->as.f);
    if (x.kind != BURIN_STRING && x.kind != BURIN_BYTES && x.kind != BURIN_BYTEARRAY)
        return rt_fail(st, BURIN_ERR_TYPE, "float() argument must be a string or a real number, not '%s'", rt_type_name(st, x));
    bool readable = x.kind == BURIN_STRING || text_is_ascii(as_bytes(x).as.s, as_bytes(x).len);
    if (readable && builtin_double_of_text(st, rt_text_of(as_bytes(x)), &out->as.f))
        return BURIN_OK;
    if (st->status || (status = rt_repr(st, x, &shown)))
        return st->status;
    return rt_fail(st, BURIN_ERR_VALUE, "could not convert string to float: %.*s", (int)shown.len, shown.as.s);
}

/* ---- complex ---- */

/* complex(text): white space of any script around it, digits of any script in it. */
static burin_status complex_of_text(rt_state *st, burin_value text, burin_value *out)
{
    rt_complex   z;
    burin_call   strip = {.st = st};
    burin_value  args[] = {text, burin_none()};
    strip.args          = args;
    strip.count         = 2;
    burin_status status = method_str_strip(&strip, &text);
    if (status)
        return status;
    if (!rt_complex_of_text(rt_text_of(text), &z))
        return rt_fail(st, BURIN_ERR_VALUE, "complex() arg is a malformed string");
    return rt_complex_new(st, z.re, z.im, out);
}

burin_status type_complex(burin_call *call, burin_value *out)
{
    rt_state   *st   = call->st;
    burin_value real = call->args[0], imag = call->args[1];
    rt_complex  a = {0, 0}, b = {0, 0};
    if (real.kind == BURIN_COMPLEX && imag.kind == BURIN_MISSING) {
        *out = real;
        return BURIN_OK;
    }
    if (real.kind == BURIN_STRING) {
        if (imag.kind != BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_TYPE, "complex() can't take second arg if first is a string");
        return complex_of_text(st, real, out);
    }
    if (imag.kind == BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "complex() second arg can't be a string");
    if (real.kind != BURIN_MISSING && !rt_is_number(real) && real.kind != BURIN_COMPLEX)
        return rt_fail(st, BURIN_ERR_TYPE, "complex() first argument must be a string or a number, not '%s'", rt_type_name(st, real));
    if (imag.kind != BURIN_MISSING && !rt_is_number(imag) && imag.kind != BURIN_COMPLEX)
        return rt_fail(st, BURIN_ERR_TYPE, "complex() second argument must be a number, not '%s'", rt_type_name(st, imag));
    if ((real.kind != BURIN_MISSING && !rt_to_complex(st, real, &a)) || (imag.kind != BURIN_MISSING && !rt_to_complex(st, imag, &b)))
        return st->status;
    if (imag.kind == BURIN_COMPLEX) /* real + imag * 1j */
        a.re -= b.im;
    return rt_complex_new(st, a.re, real.kind == BURIN_COMPLEX ? a.im + b.re : b.re, out);
}
