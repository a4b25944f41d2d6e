/* Binary and unary operators: numbers here, sequences and Markup in operate_sequence.c, sets and dicts in operate_set.c.
 *
 * Integers are tried first with the CPU's overflow checks and go to runtime/bigint.c when they do not fit. Float rules
 * (floor division, modulo, power) are CPython's Objects/floatobject.c. */
#include "runtime/attribute.h"
#include "runtime/bigint.h"
#include "runtime/complex.h"
#include "runtime/exception.h"
#include "runtime/format.h"
#include "runtime/operate_sequence.h"

#include <math.h>

burin_status rt_unsupported(rt_state *st, rt_binary op, burin_value a, burin_value b)
{
    static const char *const signs[RT_BINARY_COUNT] = {
        [RT_ADD] = "+", [RT_SUB] = "-", [RT_MUL] = "*", [RT_DIV] = "/", [RT_FLOORDIV] = "//", [RT_MOD] = "%", [RT_POW] = "** or pow()",
        [RT_LSHIFT] = "<<", [RT_RSHIFT] = ">>", [RT_AND] = "&", [RT_OR] = "|", [RT_XOR] = "^", [RT_MATMUL] = "@",
    };
    if (a.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, a);
    if (b.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, b);
    return rt_fail(st, BURIN_ERR_TYPE, "unsupported operand type(s) for %s: '%s' and '%s'", signs[op], rt_type_name(st, a), rt_type_name(st, b));
}

/* ---- floats ---- */

double rt_float_modulo(double a, double b)
{
    double mod = fmod(a, b);
    if (mod == 0)
        return copysign(0.0, b);
    return (b < 0) != (mod < 0) ? mod + b : mod;
}

double rt_float_floor_divide(double a, double b)
{
    double mod = fmod(a, b), quotient = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0))
        quotient -= 1.0;
    if (quotient == 0)
        return copysign(0.0, a / b);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

/* errno and its text, as C's pow left them for CPython. */
static burin_status fail_range(rt_state *st)
{
    burin_value args[2] = {burin_int(34), rt_string("Numerical result out of range", 29)}, made;
    if (rt_exception_new(st, rt_exception_type(BURIN_ERR_OVERFLOW), args, 2, &made))
        return st->status;
    return rt_exception_raise(st, made, rt_missing(), rt_missing());
}

static burin_status float_power(rt_state *st, double a, double b, burin_value *out)
{
    if (a == 0 && b < 0 && isfinite(b))
        return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "0.0 cannot be raised to a negative power");
    if (a < 0 && isfinite(a) && isfinite(b) && b != floor(b))
        return rt_complex_binary(st, RT_POW, burin_float(a), burin_float(b), out);
    double result = pow(a, b);
    if (isinf(result) && isfinite(a) && isfinite(b))
        return fail_range(st);
    *out = burin_float(result);
    return BURIN_OK;
}

/* `op` is none of those that integers alone have. */
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
    *out = burin_float(op == RT_DIV ? a / b : op == RT_MOD ? rt_float_modulo(a, b) : rt_float_floor_divide(a, b));
    return BURIN_OK;
}

/* ---- all numbers ---- */

static burin_status number_binary(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    bool ints = a.kind != BURIN_FLOAT && b.kind != BURIN_FLOAT;
    if (BURIN_UNLIKELY(op > RT_POW)) {
        if (!ints || op == RT_MATMUL)
            return rt_unsupported(st, op, a, b);
        return op <= RT_RSHIFT ? rt_int_shift(st, op, a, b, out) : rt_int_bitwise(st, op, a, b, out);
    }
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
    if ((a.kind == BURIN_COMPLEX || b.kind == BURIN_COMPLEX) && op != RT_ADD && op != RT_MUL && op != RT_MOD)
        return rt_complex_binary(st, op, a, b, out);
    switch (op) {
    case RT_ADD:
        return rt_sequence_add(st, a, b, out);
    case RT_MUL:
        return rt_sequence_repeat(st, a, b, out);
    case RT_SUB:
    case RT_AND:
    case RT_OR:
    case RT_XOR:
        return rt_set_operate(st, op, a, b, out);
    case RT_MOD:
        if (a.kind == BURIN_STRING || a.kind == BURIN_BYTES)
            return rt_format_percent(st, a, b, out);
        if (a.kind == BURIN_BYTEARRAY)
            return rt_format_percent(st, rt_bytearray_view(a), b, out) ? st->status : rt_bytearray_new(st, out->as.s, out->len, out);
        return rt_unsupported(st, op, a, b);
    default:
        return rt_unsupported(st, op, a, b);
    }
}

burin_status rt_unary_op(rt_state *st, rt_unary op, burin_value a, burin_value *out)
{
    if (a.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, a);
    if (a.kind == BURIN_COMPLEX && op != RT_INVERT) {
        rt_complex z = rt_complex_of(a);
        *out         = a;
        return op == RT_POS ? BURIN_OK : rt_complex_new(st, -z.re, -z.im, out);
    }
    if (!rt_is_number(a) || (op == RT_INVERT && a.kind == BURIN_FLOAT))
        return rt_fail(st, BURIN_ERR_TYPE, "bad operand type for unary %c: '%s'", "-+~"[op], rt_type_name(st, a));
    if (a.kind == BURIN_BOOL)
        a.kind = BURIN_INT;
    if (op == RT_INVERT)
        return a.kind == BURIN_INT ? (*out = burin_int(~a.as.i), BURIN_OK) : rt_int_binary(st, RT_SUB, burin_int(-1), a, out);
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

/* ---- divmod and pow of three ---- */

burin_status rt_divmod(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    burin_value  quotient, remainder;
    burin_status status = BURIN_OK;
    if (!rt_is_number(a) || !rt_is_number(b))
        return rt_fail(st, BURIN_ERR_TYPE, "unsupported operand type(s) for divmod(): '%s' and '%s'", rt_type_name(st, a), rt_type_name(st, b));
    if (a.kind != BURIN_FLOAT && b.kind != BURIN_FLOAT) {
        if (rt_int_sign(b) == 0)
            return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "integer division or modulo by zero");
        status = rt_int_divmod(st, a, b, &quotient, &remainder);
    } else {
        double left, right;
        if (rt_as_double(st, a, &left) || rt_as_double(st, b, &right))
            return st->status;
        if (right == 0)
            return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "float divmod()");
        quotient  = burin_float(rt_float_floor_divide(left, right));
        remainder = burin_float(rt_float_modulo(left, right));
    }
    return status ? status : rt_tuple2(st, quotient, remainder, out);
}

/* The x of 0 <= x < m with a * x = 1 modulo m, m > 0: Euclid's algorithm, extended. */
static burin_status invert_modulo(rt_state *st, burin_value a, burin_value m, burin_value *out)
{
    burin_value  rest = m, next = a, x = burin_int(0), next_x = burin_int(1), quotient, remainder, product;
    burin_status status = rt_int_binary(st, RT_MOD, a, m, &next);
    while (!status && rt_int_sign(next)) {
        if ((status = rt_charge(st, 1)) || (status = rt_int_divmod(st, rest, next, &quotient, &remainder)) ||
            (status = rt_int_binary(st, RT_MUL, quotient, next_x, &product)) || (status = rt_int_binary(st, RT_SUB, x, product, &product)))
            return status;
        rest   = next;
        next   = remainder;
        x      = next_x;
        next_x = product;
    }
    if (status)
        return status;
    if (rt_int_compare(rest, burin_int(1)) != 0)
        return rt_fail(st, BURIN_ERR_VALUE, "base is not invertible for the given modulus");
    return rt_int_binary(st, RT_MOD, x, m, out);
}

/* base ** exponent modulo m, all of them positive: from the highest bit of the exponent on. */
static burin_status power_of_bits(rt_state *st, burin_value base, burin_value exponent, burin_value m, burin_value *out)
{
    burin_value  result = burin_int(1), word;
    burin_status status = rt_int_binary(st, RT_MOD, base, m, &base);
    for (uint64_t bit = rt_int_bits(exponent); !status && bit-- > 0;) {
        if ((status = rt_charge(st, 1)) || (status = rt_int_binary(st, RT_MUL, result, result, &result)) ||
            (status = rt_int_binary(st, RT_MOD, result, m, &result)) || (status = rt_int_shift(st, RT_RSHIFT, exponent, burin_int((int64_t)bit), &word)))
            return status;
        if ((status = rt_int_bitwise(st, RT_AND, word, burin_int(1), &word)) || rt_int_sign(word) == 0)
            continue;
        status = rt_int_binary(st, RT_MUL, result, base, &result);
        if (!status)
            status = rt_int_binary(st, RT_MOD, result, m, &result);
    }
    return status ? status : rt_int_binary(st, RT_MOD, result, m, out);
}

burin_status rt_power_modulo(rt_state *st, burin_value a, burin_value b, burin_value modulus, burin_value *out)
{
    burin_value  m = modulus;
    burin_status status = BURIN_OK;
    if (!rt_is_int(a) || !rt_is_int(b) || !rt_is_int(modulus)) {
        const uint8_t kinds[] = {a.kind, b.kind, modulus.kind};
        bool          complex = (rt_is_number(a) || a.kind == BURIN_COMPLEX) && (rt_is_number(b) || b.kind == BURIN_COMPLEX);
        for (int n = 0; n < 3; n++) { /* the first that knows a power decides */
            if (kinds[n] == BURIN_FLOAT)
                return rt_fail(st, BURIN_ERR_TYPE, "pow() 3rd argument not allowed unless all arguments are integers");
            if (kinds[n] == BURIN_COMPLEX && complex)
                return rt_fail(st, BURIN_ERR_VALUE, "complex modulo");
        }
        return rt_fail(st, BURIN_ERR_TYPE, "unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'", rt_type_name(st, a), rt_type_name(st, b),
                       rt_type_name(st, modulus));
    }
    if (rt_int_sign(modulus) == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "pow() 3rd argument cannot be 0");
    if (rt_int_sign(m) < 0)
        status = rt_int_negate(st, m, &m);
    if (!status && rt_int_sign(b) < 0 && !(status = invert_modulo(st, a, m, &a)))
        status = rt_int_negate(st, b, &b);
    if (!status)
        status = power_of_bits(st, a, b, m, out);
    return status ? status : rt_int_binary(st, RT_MOD, *out, modulus, out); /* with the modulus's sign */
}
