/* Filters on numbers: abs, float, int, round, filesizeformat. Text is read as CPython's int() and float() read it. */
#include "runtime/builtins/support.h"
#include "runtime/complex.h"
#include "runtime/format.h"

#include <math.h>

burin_status filter_abs(burin_call *call, burin_value *out)
{
    burin_value x = call->args[0];

    switch (x.kind) {
    case BURIN_BOOL: *out = burin_int(x.as.i); return BURIN_OK;
    case BURIN_FLOAT: *out = burin_float(fabs(x.as.f)); return BURIN_OK;
    case BURIN_INT:
        if (x.as.i >= 0) {
            *out = x;
            return BURIN_OK;
        }
        return rt_unary_op(call->st, RT_NEG, x, out);
    case BURIN_BIGINT: {
        bool         negative;
        burin_status status = rt_compare_op(call->st, RT_LT, x, burin_int(0), &negative);
        *out                = x;
        return status || !negative ? status : rt_unary_op(call->st, RT_NEG, x, out);
    }
    case BURIN_COMPLEX: *out = burin_float(0); return rt_complex_abs(call->st, rt_complex_of(x), &out->as.f);
    default: return rt_fail(call->st, BURIN_ERR_TYPE, "bad operand type for abs(): '%s'", rt_type_name(call->st, x));
    }
}

/* ---- float ---- */

typedef enum number_result { NUMBER_READ, NUMBER_BAD_TYPE, NUMBER_BAD_TEXT, NUMBER_FAILED } number_result;

/* float(v). Bad types and texts are told, not raised: most callers go on. Errors of NUMBER_FAILED are raised. */
static number_result read_double(rt_state *st, burin_value v, double *out)
{
    switch (v.kind) {
    case BURIN_FLOAT: *out = v.as.f; return NUMBER_READ;
    case BURIN_BOOL:
    case BURIN_INT: *out = (double)v.as.i; return NUMBER_READ;
    case BURIN_BIGINT: return rt_as_double(st, v, out) ? NUMBER_FAILED : NUMBER_READ;
    case BURIN_STRING:
    case BURIN_BYTES:
        if (builtin_double_of_text(st, rt_text_of(v), out))
            return NUMBER_READ;
        return st->status ? NUMBER_FAILED : NUMBER_BAD_TEXT;
    case BURIN_UNDEFINED: rt_undefined_fail(st, v); return NUMBER_FAILED;
    default: return NUMBER_BAD_TYPE;
    }
}

burin_status filter_float(burin_call *call, burin_value *out)
{
    double        number;
    number_result result = read_double(call->st, call->args[0], &number);

    if (result == NUMBER_FAILED)
        return call->st->status;
    *out = result == NUMBER_READ ? burin_float(number) : call->args[1];
    return BURIN_OK;
}

/* ---- int ---- */

/* Short decimal integers, which are nearly all. */
static bool read_small_int(burin_text s, int64_t *out)
{
    size_t  from     = s.len && (s.data[0] == '-' || s.data[0] == '+');
    int64_t value    = 0;
    bool    negative = from && s.data[0] == '-';

    if (s.len - from == 0 || s.len - from > 18)
        return false;
    for (size_t at = from; at < s.len; at++) {
        unsigned digit = (unsigned char)s.data[at] - (unsigned)'0';
        if (digit > 9)
            return false;
        value = value * 10 + (int)digit;
    }
    *out = negative ? -value : value;
    return true;
}

/* May int(text) succeed? Nearly all texts that are no integers hold an ASCII character that no decimal integer has. */
static bool may_be_int(burin_text s)
{
    for (size_t at = 0; at < s.len; at++) {
        unsigned char c = (unsigned char)s.data[at];
        if (c > ' ' && c < 0x80 && (c < '0' || c > '9') && c != '_' && c != '-' && c != '+')
            return false;
    }
    return true;
}

/* int(float(v)), or `fallback`: so "42.9" gives 42. An infinity is an OverflowError, as Jinja2 3.1.2 lets through. */
static burin_status int_of_float(rt_state *st, burin_value v, burin_value fallback, burin_value *out)
{
    double        number;
    number_result result = read_double(st, v, &number);

    if (result == NUMBER_FAILED)
        return st->status;
    if (result == NUMBER_READ && !isnan(number))
        return rt_int_from_double(st, number, out);
    *out = fallback;
    return BURIN_OK;
}

burin_status filter_int(burin_call *call, burin_value *out)
{
    rt_state    *st   = call->st;
    burin_value  value = call->args[0], fallback = call->args[1];
    int64_t      base = 10, small;
    burin_status status;

    switch (value.kind) {
    case BURIN_BOOL: *out = burin_int(value.as.i); return BURIN_OK;
    case BURIN_INT:
    case BURIN_BIGINT: *out = value; return BURIN_OK;
    case BURIN_STRING:
    case BURIN_BYTES: break;
    default: return int_of_float(st, value, fallback, out);
    }
    if (value.kind == BURIN_STRING) {
        burin_value given = call->args[2];
        base              = given.kind == BURIN_INT || given.kind == BURIN_BOOL ? given.as.i : -1;
    }
    if (base == 10 && read_small_int(rt_text_of(value), &small)) {
        *out = burin_int(small);
        return BURIN_OK;
    }
    if (base == 10 ? may_be_int(rt_text_of(value)) : base == 0 || (base >= 2 && base <= 36)) {
        status = rt_int_from_text(st, rt_text_of(value), (int)base, out);
        if (status != BURIN_ERR_VALUE)
            return status;
        rt_clear_error(st);
    }
    return int_of_float(st, value, fallback, out);
}

/* ---- round ---- */

/* round(int, -n): to a multiple of 10**n, halves to the even one. */
static burin_status round_int(rt_state *st, burin_value value, int64_t digits, burin_value *out)
{
    burin_value  unit, half, rest, twice;
    bool         over, tie, odd = false;
    burin_status status;

    if (value.kind == BURIN_BOOL)
        value = burin_int(value.as.i);
    *out = value;
    if (digits >= 0)
        return BURIN_OK;
    if (digits < -20 && value.kind == BURIN_INT) {
        *out = burin_int(0);
        return BURIN_OK;
    }
    status = rt_binary_op(st, RT_POW, burin_int(10), burin_int(-digits), &unit);
    if (!status)
        status = rt_binary_op(st, RT_FLOORDIV, value, unit, &half);
    if (!status)
        status = rt_binary_op(st, RT_MOD, value, unit, &rest);
    if (!status)
        status = rt_binary_op(st, RT_MUL, rest, burin_int(2), &twice);
    if (!status)
        status = rt_compare_op(st, RT_GT, twice, unit, &over);
    if (!status)
        status = rt_equal(st, twice, unit, &tie);
    if (!status && tie) {
        status = rt_binary_op(st, RT_MOD, half, burin_int(2), &twice);
        if (!status)
            status = rt_is_true(st, twice, &odd);
        over = odd;
    }
    if (!status && over)
        status = rt_binary_op(st, RT_ADD, half, burin_int(1), &half);
    return status ? status : rt_binary_op(st, RT_MUL, half, unit, out);
}

/* round(value, precision) */
static burin_status round_common(rt_state *st, burin_value value, burin_value precision, burin_value *out)
{
    int64_t      digits = 0;
    burin_status status;

    if (value.kind != BURIN_FLOAT && !rt_is_int(value))
        return rt_fail(st, BURIN_ERR_TYPE, "type %s doesn't define __round__ method", rt_type_name(st, value));
    if (precision.kind == BURIN_NONE)
        return value.kind == BURIN_FLOAT ? rt_int_from_double(st, rint(value.as.f), out) : round_int(st, value, 0, out);
    status = rt_as_index(st, precision, &digits);
    if (status)
        return status;
    if (value.kind != BURIN_FLOAT)
        return round_int(st, value, digits, out);
    double rounded = builtin_round_double(value.as.f, digits);
    if (isinf(rounded) && !isinf(value.as.f))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "rounded value too large to represent");
    *out = burin_float(rounded);
    return BURIN_OK;
}

/* math.ceil or math.floor of value * 10**precision, divided again: always a float. */
static burin_status round_to_side(rt_state *st, burin_value value, burin_value precision, bool up, burin_value *out)
{
    burin_value  power, scaled;
    burin_status status = rt_binary_op(st, RT_POW, burin_int(10), precision, &power);

    if (!status)
        status = rt_binary_op(st, RT_MUL, value, power, &scaled);
    if (status)
        return status;
    if (scaled.kind == BURIN_FLOAT)
        status = rt_int_from_double(st, up ? ceil(scaled.as.f) : floor(scaled.as.f), &scaled);
    else if (scaled.kind == BURIN_BOOL)
        scaled = burin_int(scaled.as.i);
    else if (!rt_is_int(scaled))
        return rt_fail(st, BURIN_ERR_TYPE, "must be real number, not %s", rt_type_name(st, scaled));
    return status ? status : rt_binary_op(st, RT_DIV, scaled, power, out);
}

burin_status filter_round(burin_call *call, burin_value *out)
{
    rt_state   *st     = call->st;
    burin_value method = call->args[2];
    burin_text  name   = rt_is_text(method) ? rt_text_of(method) : (burin_text){NULL, 0};
    uint32_t    hash;

    if (BURIN_LIKELY(text_is(name, "common")))
        return round_common(st, call->args[0], call->args[1], out);
    if (text_is(name, "ceil") || text_is(name, "floor"))
        return round_to_side(st, call->args[0], call->args[1], name.data[0] == 'c', out);
    burin_status status = method.kind == BURIN_SET ? BURIN_OK : rt_hash(st, method, &hash); /* Python looks a set up among texts without a hash */
    return status ? status : rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "method must be common, ceil or floor");
}

/* ---- filesizeformat ---- */

/* f"{value:.1f} {unit}" */
static burin_status size_with_unit(rt_state *st, double value, const char *unit, burin_value *out)
{
    burin_value  number;
    builder      b;
    burin_status status = rt_format_spec(st, burin_float(value), BURIN_TEXT(".1f"), &number);

    if (status)
        return status;
    builder_init(&b, st, number.len + 4u);
    builder_value(&b, number);
    builder_byte(&b, ' ');
    builder_ascii(&b, unit, strlen(unit));
    return builder_take(&b, 0, out);
}

/* f"{int(bytes)} Bytes" */
static burin_status size_in_bytes(rt_state *st, double bytes, burin_value *out)
{
    burin_value  whole, digits;
    builder      b;
    burin_status status = rt_int_from_double(st, bytes, &whole);

    if (!status)
        status = rt_str(st, whole, &digits);
    if (status)
        return status;
    builder_init(&b, st, digits.len + 6u);
    builder_value(&b, digits);
    builder_ascii(&b, " Bytes", 6);
    return builder_take(&b, 0, out);
}

burin_status filter_filesizeformat(burin_call *call, burin_value *out)
{
    static const char *const units[2][8] = {{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"},
                                            {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}};
    rt_state    *st    = call->st;
    burin_value  value = call->args[0], shown;
    double       bytes;
    bool         binary;
    burin_status status;

    switch (read_double(st, value, &bytes)) {
    case NUMBER_READ: break;
    case NUMBER_FAILED: return st->status;
    case NUMBER_BAD_TYPE:
        return rt_fail(st, BURIN_ERR_TYPE, "float() argument must be a string or a real number, not '%s'", rt_type_name(st, value));
    case NUMBER_BAD_TEXT:
        status = rt_repr(st, value, &shown);
        return status ? status : rt_fail(st, BURIN_ERR_VALUE, "could not convert string to float: %.*s", (int)shown.len, shown.as.s);
    }
    status = rt_is_true(st, call->args[1], &binary);
    if (status)
        return status;
    double base = binary ? 1024 : 1000, unit = base;
    if (bytes == 1) {
        *out = RT_STRING("1 Byte");
        return BURIN_OK;
    }
    if (bytes < base)
        return size_in_bytes(st, bytes, out);
    for (int n = 0; n < 8; n++) {
        unit = pow(base, n + 2);
        if (bytes < unit || n == 7)
            return size_with_unit(st, base * bytes / unit, units[binary][n], out);
    }
    return BURIN_OK;
}
