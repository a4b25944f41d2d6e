/* Binary and unary operators: numbers here, sequences and Markup in operate_sequence.c.
 *
 * Integers are tried first with the CPU's overflow checks and go to runtime/bigint.c when they do not fit. Float rules
 * (floor division, modulo, power) are CPython's Objects/floatobject.c. */
#include "runtime/attribute.h"
#include "runtime/bigint.h"
#include "runtime/format.h"
#include "runtime/operate_sequence.h"

#include <math.h>

burin_status rt_unsupported(rt_state *st, rt_binary op, burin_value a, burin_value b)
{
    static const char *const signs[RT_BINARY_COUNT] = {
        [RT_ADD] = "+", [RT_SUB] = "-", [RT_MUL] = "*", [RT_DIV] = "/", [RT_FLOORDIV] = "//", [RT_MOD] = "%", [RT_POW] = "** or pow()",
    };
    if (a.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, a);
    if (b.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, b);
    return rt_fail(st, BURIN_ERR_TYPE, "unsupported operand type(s) for %s: '%s' and '%s'", signs[op], rt_type_name(st, a), rt_type_name(st, b));
}

/* ---- floats ---- */

static double float_modulo(double a, double b)
{
    double mod = fmod(a, b);
    if (mod == 0)
        return copysign(0.0, b);
    return (b < 0) != (mod < 0) ? mod + b : mod;
}

static double float_floor_divide(double a, double b)
{
    double mod = fmod(a, b), quotient = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0))
        quotient -= 1.0;
    if (quotient == 0)
        return copysign(0.0, a / b);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static burin_status float_power(rt_state *st, double a, double b, burin_value *out)
{
    if (a == 0 && b < 0 && isfinite(b))
        return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "0.0 cannot be raised to a negative power");
    if (a < 0 && isfinite(a) && isfinite(b) && b != floor(b))
        return rt_fail(st, BURIN_ERR_VALUE, "negative number cannot be raised to a fractional power");
    double result = pow(a, b);
    if (isinf(result) && isfinite(a) && isfinite(b))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "(34, 'Numerical result out of range')");
    *out = burin_float(result);
    return BURIN_OK;
}

static burin_status float_binary(rt_state *st, rt_binary op, double a, double b, burin_value *out)
{
    switch (op) {
    case RT_ADD:
        *out = burin_float(a + b);
        return BURIN_OK;
    case RT_SUB:
        *out = burin_float(a - b);
        return BURIN_OK;
    case RT_MUL:
        *out = burin_float(a * b);
        return BURIN_OK;
    case RT_POW:
        return float_power(st, a, b, out);
    default:
        break;
    }
    if (b == 0)
        return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "%s", op == RT_DIV ? "float division by zero" : op == RT_MOD ? "float modulo" : "float floor division by zero");
    *out = burin_float(op == RT_DIV ? a / b : op == RT_MOD ? float_modulo(a, b) : float_floor_divide(a, b));
    return BURIN_OK;
}

/* ---- all numbers ---- */

static burin_status number_binary(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    bool ints = a.kind != BURIN_FLOAT && b.kind != BURIN_FLOAT;
    if (ints && !(op == RT_POW && rt_int_sign(b) < 0))
        return rt_int_binary(st, op, a, b, out);
    double left, right;
    if (rt_as_double(st, a, &left) || rt_as_double(st, b, &right))
        return st->status;
    return float_binary(st, op, left, right, out);
}

burin_status rt_binary_op(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    if (BURIN_LIKELY(rt_is_number(a) && rt_is_number(b)))
        return number_binary(st, op, a, b, out);
    switch (op) {
    case RT_ADD:
        return rt_sequence_add(st, a, b, out);
    case RT_MUL:
        return rt_sequence_repeat(st, a, b, out);
    case RT_SUB:
        return rt_set_subtract(st, a, b, out);
    case RT_MOD:
        if (a.kind == BURIN_STRING)
            return rt_format_percent(st, a, b, out);
        return rt_unsupported(st, op, a, b);
    default:
        return rt_unsupported(st, op, a, b);
    }
}

burin_status rt_unary_op(rt_state *st, rt_unary op, burin_value a, burin_value *out)
{
    if (a.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, a);
    if (!rt_is_number(a))
        return rt_fail(st, BURIN_ERR_TYPE, "bad operand type for unary %s: '%s'", op == RT_NEG ? "-" : "+", rt_type_name(st, a));
    if (a.kind == BURIN_BOOL)
        a.kind = BURIN_INT;
    if (op == RT_POS)
        *out = a;
    else if (a.kind == BURIN_FLOAT)
        *out = burin_float(-a.as.f);
    else if (a.kind == BURIN_INT && a.as.i != INT64_MIN)
        *out = burin_int(-a.as.i);
    else
        return rt_int_negate(st, a, out);
    return BURIN_OK;
}
