/* Integers and floats: conversion, exact comparison, and correctly rounded division.
 *
 * A double is 53 bits and an exponent; every result here is the double nearest to the exact one, ties to even, as
 * CPython gives it (Objects/longobject.c: _PyLong_Frexp, long_true_divide). */
#include "runtime/attribute.h"
#include "runtime/bigint.h"

#include <float.h>
#include <math.h>

/* The top 64 bits of the magnitude and whether any bit below them is set. */
static uint64_t top_bits(const rt_bigint *big, bool *more)
{
    uint32_t n     = big->count;
    unsigned shift = (unsigned)__builtin_clzll(big->limbs[n - 1]);
    uint64_t top   = big->limbs[n - 1] << shift, low = n > 1 ? big->limbs[n - 2] : 0;
    if (shift) {
        top |= low >> (64 - shift);
        low <<= shift;
    }
    *more = low != 0;
    for (uint32_t i = 0; !*more && i + 2 < n; i++)
        *more = big->limbs[i] != 0;
    return top;
}

bool rt_int_to_double(burin_value a, double *out)
{
    if (a.kind != BURIN_BIGINT) {
        *out = (double)a.as.i; /* the hardware rounds to even */
        return true;
    }
    const rt_bigint *big = a.as.p;
    uint64_t bits = rt_int_bits(a);
    bool     more;
    if (bits > DBL_MAX_EXP)
        return false;
    uint64_t top      = top_bits(big, &more);
    uint64_t mantissa = top >> 11, rest = top & 0x7ff;
    if (rest > 0x400 || (rest == 0x400 && (more || (mantissa & 1))))
        mantissa++;
    double f = ldexp((double)mantissa, (int)bits - 53);
    if (isinf(f))
        return false;
    *out = big->negative ? -f : f;
    return true;
}

int rt_int_compare_double(burin_value a, double f)
{
    if (isinf(f))
        return f > 0 ? -1 : 1;
    if (a.kind != BURIN_BIGINT) {
        if (f >= 0x1p63)
            return -1;
        if (f < -0x1p63)
            return 1;
        int64_t whole = (int64_t)f; /* towards zero */
        if (a.as.i != whole)
            return a.as.i < whole ? -1 : 1;
        double fraction = f - (double)whole;
        return (fraction < 0) - (fraction > 0);
    }
    const rt_bigint *big = a.as.p;
    int sign = big->negative ? -1 : 1, exponent;
    if (fabs(f) < 0x1p63 || (f < 0) != (sign < 0))
        return sign;
    double fraction = frexp(fabs(f), &exponent);
    int64_t bits    = (int64_t)rt_int_bits(a);
    if (bits != exponent)
        return bits < exponent ? -sign : sign;
    bool     more;
    uint64_t top = top_bits(big, &more), of_f = (uint64_t)ldexp(fraction, 53) << 11;
    if (top != of_f)
        return top < of_f ? -sign : sign;
    return more ? sign : 0;
}

/* Round x, whose value times 2^shift is the quotient (and a little more when inexact), to a double. */
static bool round_quotient(uint64_t x, int shift, bool inexact, double *out)
{
    int bits       = 64 - __builtin_clzll(x);
    int least      = DBL_MIN_EXP - shift;
    int extra_bits = (bits > least ? bits : least) - DBL_MANT_DIG;
    uint64_t half  = (uint64_t)1 << (extra_bits - 1), low = x | inexact;
    if ((low & half) && (low & (3 * half - 1)))
        low += half;
    x = low & ~(2 * half - 1);
    double f = (double)x;
    if (shift + bits >= DBL_MAX_EXP && (shift + bits > DBL_MAX_EXP || f == ldexp(1.0, bits)))
        return false;
    *out = ldexp(f, shift);
    return true;
}

burin_status rt_int_true_divide(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    const int64_t exact = (int64_t)1 << DBL_MANT_DIG;
    if (a.kind != BURIN_BIGINT && b.kind != BURIN_BIGINT && a.as.i >= -exact && a.as.i <= exact && b.as.i >= -exact && b.as.i <= exact) {
        *out = burin_float((double)a.as.i / (double)b.as.i);
        return BURIN_OK;
    }
    bool    negative = (rt_int_sign(a) < 0) != (rt_int_sign(b) < 0), inexact = false;
    int64_t difference = (int64_t)rt_int_bits(a) - (int64_t)rt_int_bits(b);
    double  f          = 0;
    if (difference > DBL_MAX_EXP)
        goto overflow;
    if (rt_int_sign(a) != 0 && difference >= DBL_MIN_EXP - DBL_MANT_DIG - 1) {
        int64_t shift = (difference > DBL_MIN_EXP ? difference : DBL_MIN_EXP) - DBL_MANT_DIG - 2;
        uint64_t x = 0;
        if (rt_int_scaled_quotient(st, a, b, shift, &x, &inexact))
            return st->status;
        if (x == 0)
            f = 0;
        else if (!round_quotient(x, (int)shift, inexact, &f))
            goto overflow;
    }
    *out = burin_float(negative ? -f : f);
    return BURIN_OK;
overflow:
    return rt_fail(st, BURIN_ERR_OVERFLOW, "integer division result too large for a float");
}

burin_status rt_as_double(rt_state *st, burin_value v, double *out)
{
    if (v.kind == BURIN_FLOAT)
        *out = v.as.f;
    else if (!rt_is_int(v))
        return v.kind == BURIN_UNDEFINED ? rt_undefined_fail(st, v)
                                         : rt_fail(st, BURIN_ERR_TYPE, "must be real number, not %s", rt_type_name(st, v));
    else if (!rt_int_to_double(v, out))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "int too large to convert to float");
    return BURIN_OK;
}

burin_status rt_int_from_double(rt_state *st, double f, burin_value *out)
{
    if (isnan(f))
        return rt_fail(st, BURIN_ERR_VALUE, "cannot convert float NaN to integer");
    if (isinf(f))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "cannot convert float infinity to integer");
    if (f >= -0x1p63 && f < 0x1p63) {
        *out = burin_int((int64_t)f);
        return BURIN_OK;
    }
    int         exponent;
    int64_t     mantissa = (int64_t)ldexp(frexp(f, &exponent), 53);
    burin_value scale;
    if (rt_int_binary(st, RT_POW, burin_int(2), burin_int(exponent - 53), &scale))
        return st->status;
    return rt_int_binary(st, RT_MUL, burin_int(mantissa), scale, out);
}
