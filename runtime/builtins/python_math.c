/* Python's module math: functions of floats. libm computes them, as for CPython; what it says about poles and domains becomes
 * CPython's ValueError "math domain error" and OverflowError "math range error" (Modules/mathmodule.c, math_1). */
#include "runtime/builtins/python.h"

#include <math.h>

static burin_status fail_domain(rt_state *st) { return rt_fail(st, BURIN_ERR_VALUE, "math domain error"); }
static burin_status fail_range(rt_state *st) { return rt_fail(st, BURIN_ERR_OVERFLOW, "math range error"); }

/* A NaN out of no NaN is outside the domain; an infinity out of a finite number an overflow, or a pole. */
static burin_status apply(burin_call *call, double (*function)(double), bool can_overflow, burin_value *out)
{
    double x = call->args[0].as.f;
    if (BURIN_UNLIKELY(call->args[0].kind != BURIN_FLOAT) && python_real(call->st, call->args[0], &x))
        return call->st->status;
    double result = function(x);
    if (isnan(result) && !isnan(x))
        return fail_domain(call->st);
    if (isinf(result) && isfinite(x))
        return can_overflow ? fail_range(call->st) : fail_domain(call->st);
    *out = burin_float(result);
    return BURIN_OK;
}

#define FUNCTION(name, function, can_overflow)                                                                                                  \
    burin_status math_##name(burin_call *call, burin_value *out) { return apply(call, function, can_overflow, out); }
FUNCTION(acos, acos, false)
FUNCTION(acosh, acosh, false)
FUNCTION(asin, asin, false)
FUNCTION(asinh, asinh, false)
FUNCTION(atan, atan, false)
FUNCTION(atanh, atanh, false)
FUNCTION(cbrt, cbrt, false)
FUNCTION(cos, cos, false)
FUNCTION(cosh, cosh, true)
FUNCTION(exp, exp, true)
FUNCTION(exp2, exp2, true)
FUNCTION(expm1, expm1, true)
FUNCTION(fabs, fabs, false)
FUNCTION(log1p, log1p, false)
FUNCTION(sin, sin, false)
FUNCTION(sinh, sinh, true)
FUNCTION(sqrt, sqrt, false)
FUNCTION(tan, tan, false)
FUNCTION(tanh, tanh, false)
#undef FUNCTION

static burin_status two(burin_call *call, double *a, double *b)
{
    burin_status status = python_real(call->st, call->args[0], a);
    return status ? status : python_real(call->st, call->args[1], b);
}

burin_status math_atan2(burin_call *call, burin_value *out)
{
    double y, x;
    if (two(call, &y, &x))
        return call->st->status;
    *out = burin_float(atan2(y, x));
    return BURIN_OK;
}

burin_status math_copysign(burin_call *call, burin_value *out)
{
    double x, y;
    if (two(call, &x, &y))
        return call->st->status;
    *out = burin_float(copysign(x, y));
    return BURIN_OK;
}

burin_status math_fmod(burin_call *call, burin_value *out)
{
    double x, y;
    if (two(call, &x, &y))
        return call->st->status;
    double result = isinf(y) && isfinite(x) ? x : fmod(x, y);
    if (isnan(result) && !isnan(x) && !isnan(y))
        return fail_domain(call->st);
    *out = burin_float(result);
    return BURIN_OK;
}

burin_status profile_pow(burin_call *call, burin_value *out)
{
    double x, y;
    if (two(call, &x, &y))
        return call->st->status;
    double result = pow(x, y);
    if (isfinite(x) && isfinite(y)) {
        if (isnan(result) || (isinf(result) && x == 0))
            return fail_domain(call->st);
        if (isinf(result))
            return fail_range(call->st);
    }
    *out = burin_float(result);
    return BURIN_OK;
}

burin_status math_degrees(burin_call *call, burin_value *out)
{
    double       x;
    burin_status status = python_real(call->st, call->args[0], &x);
    if (!status)
        *out = burin_float(x * (180.0 / M_PI));
    return status;
}

burin_status math_radians(burin_call *call, burin_value *out)
{
    double       x;
    burin_status status = python_real(call->st, call->args[0], &x);
    if (!status)
        *out = burin_float(x * (M_PI / 180.0));
    return status;
}

/* ---- logarithms ---- */

/* Of integers beyond a double too: log(m * 2^e) = log(m) + e * log(2). */
static burin_status logarithm(rt_state *st, burin_value v, double (*function)(double), double *out)
{
    double       x;
    bool         integer = rt_is_int(v);
    if (integer && rt_int_sign(v) <= 0)
        return fail_domain(st);
    if (integer && !rt_int_to_double(v, &x)) {
        int64_t     shift = (int64_t)rt_int_bits(v) - 64;
        burin_value top;
        if (rt_int_shift(st, RT_RSHIFT, v, burin_int(shift), &top))
            return st->status;
        rt_int_to_double(top, &x);
        int exponent;
        x    = frexp(x, &exponent);
        *out = function(x) + function(2.0) * (double)(exponent + shift);
        return BURIN_OK;
    }
    if (!integer && python_real(st, v, &x))
        return st->status;
    if (x <= 0)
        return fail_domain(st);
    *out = function(x);
    return BURIN_OK;
}

burin_status math_log(burin_call *call, burin_value *out)
{
    const rt_list *args = rt_list_of(call->st, call->args[0]);
    double         number, base;
    if (args->len < 1 || args->len > 2)
        return rt_fail(call->st, BURIN_ERR_TYPE, "math.log requires 1 to 2 arguments");
    if (logarithm(call->st, args->items[0], log, &number))
        return call->st->status;
    *out = burin_float(number);
    if (args->len == 1)
        return BURIN_OK;
    if (logarithm(call->st, args->items[1], log, &base))
        return call->st->status;
    if (base == 0)
        return rt_fail(call->st, BURIN_ERR_ZERO_DIVISION, "float division by zero");
    *out = burin_float(number / base);
    return BURIN_OK;
}

burin_status math_log2(burin_call *call, burin_value *out)
{
    *out = burin_float(0);
    return logarithm(call->st, call->args[0], log2, &out->as.f);
}

burin_status math_log10(burin_call *call, burin_value *out)
{
    *out = burin_float(0);
    return logarithm(call->st, call->args[0], log10, &out->as.f);
}

/* ---- parts ---- */

/* A float made whole by `towards`; integers are whole. */
static burin_status whole(burin_call *call, double (*towards)(double), burin_value *out)
{
    double      x;
    burin_value v = call->args[0];
    if (rt_is_int(v))
        return python_integer(call->st, v, out);
    if (python_real(call->st, v, &x))
        return call->st->status;
    return rt_int_from_double(call->st, towards(x), out);
}

burin_status math_ceil(burin_call *call, burin_value *out) { return whole(call, ceil, out); }
burin_status math_floor(burin_call *call, burin_value *out) { return whole(call, floor, out); }

burin_status math_trunc(burin_call *call, burin_value *out)
{
    if (!rt_is_number(call->args[0]))
        return rt_fail(call->st, BURIN_ERR_TYPE, "type %s doesn't define __trunc__ method", rt_type_name(call->st, call->args[0]));
    return whole(call, trunc, out);
}

burin_status math_frexp(burin_call *call, burin_value *out)
{
    double       x;
    int          exponent = 0;
    burin_status status   = python_real(call->st, call->args[0], &x);
    if (status)
        return status;
    double mantissa = isfinite(x) ? frexp(x, &exponent) : x;
    return rt_tuple2(call->st, burin_float(mantissa), burin_int(exponent), out);
}

burin_status math_modf(burin_call *call, burin_value *out)
{
    double       x, integer;
    burin_status status = python_real(call->st, call->args[0], &x);
    if (status)
        return status;
    double fraction = modf(x, &integer);
    return rt_tuple2(call->st, burin_float(fraction), burin_float(integer), out);
}

burin_status math_ldexp(burin_call *call, burin_value *out)
{
    double      x;
    burin_value i = call->args[1];
    if (python_real(call->st, call->args[0], &x))
        return call->st->status;
    if (!rt_is_int(i))
        return rt_fail(call->st, BURIN_ERR_TYPE, "Expected an int as second argument to ldexp.");
    int64_t exponent = i.kind == BURIN_BIGINT ? (rt_int_sign(i) < 0 ? INT64_MIN : INT64_MAX) : i.as.i;
    exponent         = exponent > 100000 ? 100000 : exponent < -100000 ? -100000 : exponent; /* beyond every double */
    double result    = ldexp(x, (int)exponent);
    if (isinf(result) && isfinite(x))
        return fail_range(call->st);
    *out = burin_float(result);
    return BURIN_OK;
}

/* ---- questions ---- */

burin_status math_isfinite(burin_call *call, burin_value *out)
{
    double       x      = 0;
    burin_status status = python_real(call->st, call->args[0], &x);
    *out                = burin_bool(isfinite(x));
    return status;
}

burin_status math_isinf(burin_call *call, burin_value *out)
{
    double       x      = 0;
    burin_status status = python_real(call->st, call->args[0], &x);
    *out                = burin_bool(isinf(x));
    return status;
}

burin_status math_isnan(burin_call *call, burin_value *out)
{
    double       x      = 0;
    burin_status status = python_real(call->st, call->args[0], &x);
    *out                = burin_bool(isnan(x));
    return status;
}

burin_status math_isclose(burin_call *call, burin_value *out)
{
    double a, b, relative, absolute;
    if (two(call, &a, &b) || python_real(call->st, call->args[2], &relative) || python_real(call->st, call->args[3], &absolute))
        return call->st->status;
    if (relative < 0 || absolute < 0)
        return rt_fail(call->st, BURIN_ERR_VALUE, "tolerances must be non-negative");
    double difference = fabs(b - a);
    bool   close      = a == b || (!isinf(a) && !isinf(b) &&
                            (difference <= fabs(relative * b) || difference <= fabs(relative * a) || difference <= absolute));
    *out              = burin_bool(close);
    return BURIN_OK;
}
