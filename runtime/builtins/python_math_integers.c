/* Python's module math: functions of integers of any size. How many bits a factorial or binomial has is estimated before it is
 * computed. */
#include "runtime/builtins/python.h"

#include <math.h>

/* ---- gcd, lcm, isqrt ---- */

static burin_status absolute(rt_state *st, burin_value v, burin_value *out)
{
    burin_status status = python_integer(st, v, out);
    return !status && rt_int_sign(*out) < 0 ? rt_int_negate(st, *out, out) : status;
}

/* Euclid; both not negative. */
static burin_status common_divisor(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    burin_status status = BURIN_OK;
    while (!status && rt_int_sign(b)) {
        burin_value rest = b;
        if (!(status = rt_charge(st, 1)))
            status = rt_int_binary(st, RT_MOD, a, b, &rest);
        a = b;
        b = rest;
    }
    *out = a;
    return status;
}

burin_status math_gcd(burin_call *call, burin_value *out)
{
    rt_state      *st     = call->st;
    const rt_list *args   = rt_list_of(st, call->args[0]);
    burin_value    all    = burin_int(0), next;
    burin_status   status = BURIN_OK;
    for (uint32_t n = 0; n < args->len && !status; n++)
        if (!(status = absolute(st, args->items[n], &next)))
            status = common_divisor(st, all, next, &all);
    *out = all;
    return status;
}

burin_status math_lcm(burin_call *call, burin_value *out)
{
    rt_state      *st     = call->st;
    const rt_list *args   = rt_list_of(st, call->args[0]);
    burin_value    all    = burin_int(1), next, common, part;
    burin_status   status = BURIN_OK;
    for (uint32_t n = 0; n < args->len && !status; n++) {
        if ((status = absolute(st, args->items[n], &next)))
            break;
        if (rt_int_sign(all) == 0 || rt_int_sign(next) == 0) {
            all = burin_int(0);
            continue;
        }
        if (!(status = common_divisor(st, all, next, &common)) && !(status = rt_int_binary(st, RT_FLOORDIV, all, common, &part)))
            status = rt_int_binary(st, RT_MUL, part, next, &all);
    }
    *out = all;
    return status;
}

/* CPython's: the root of the leading bits, refined with twice as many of them again and again (Modules/mathmodule.c, isqrt). */
burin_status math_isqrt(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  n, a = burin_int(1), high, low, square;
    burin_status status = python_integer(st, call->args[0], &n);
    if (status)
        return status;
    if (rt_int_sign(n) < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "isqrt() argument must be nonnegative");
    *out = n;
    if (rt_int_sign(n) == 0)
        return BURIN_OK;
    int64_t c = (int64_t)(rt_int_bits(n) - 1) / 2, d = 0;
    for (int s = c ? 63 - __builtin_clzll((uint64_t)c) : -1; s >= 0; s--) {
        int64_t e = d;
        d         = c >> s;
        if ((status = rt_int_shift(st, RT_LSHIFT, a, burin_int(d - e - 1), &high)) ||
            (status = rt_int_shift(st, RT_RSHIFT, n, burin_int(2 * c - e - d + 1), &low)) || (status = rt_int_binary(st, RT_FLOORDIV, low, a, &low)) ||
            (status = rt_int_binary(st, RT_ADD, high, low, &a)))
            return status;
    }
    status = rt_int_binary(st, RT_MUL, a, a, &square);
    *out   = a;
    return !status && rt_int_compare(square, n) > 0 ? rt_int_binary(st, RT_SUB, a, burin_int(1), out) : status;
}

/* ---- products of stretches: factorial, perm, comb ---- */

/* from * (from + 1) * ... * to: halves of like size, so that factors grow together. The depth is that of the bits of a count. */
static burin_status product_of(rt_state *st, int64_t from, int64_t to, burin_value *out)
{
    burin_value  left = burin_int(1), right;
    burin_status status = BURIN_OK;
    if (to - from < 16) {
        for (int64_t n = from; n <= to && !status; n++)
            status = rt_int_binary(st, RT_MUL, left, burin_int(n), &left);
        *out = left;
        return status ? status : rt_charge(st, 16);
    }
    int64_t middle = from + (to - from) / 2;
    if ((status = product_of(st, from, middle, &left)) || (status = product_of(st, middle + 1, to, &right)))
        return status;
    return rt_int_binary(st, RT_MUL, left, right, out);
}

/* Bits of n * (n - 1) * ... of k factors, about. */
static double bits_of_falling(double n, double k) { return k <= 0 ? 0 : (lgamma(n + 1) - lgamma(n - k + 1)) / M_LN2; }

static burin_status falling(rt_state *st, int64_t n, int64_t k, burin_value *out)
{
    if (bits_of_falling((double)n, (double)k) > RT_INT_BITS_MAX)
        return rt_fail(st, BURIN_ERR_LIMIT, "an integer may have at most %d bits", RT_INT_BITS_MAX);
    return product_of(st, n - k + 1, n, out);
}

burin_status math_factorial(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  n;
    burin_status status = python_integer(st, call->args[0], &n);
    if (status)
        return status;
    if (rt_int_sign(n) < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "factorial() not defined for negative values");
    if (n.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "factorial() argument should not exceed %ld", INT64_MAX);
    return falling(st, n.as.i, n.as.i, out);
}

/* n * (n - 1) * ... of k factors for an n of any size. */
static burin_status falling_big(rt_state *st, burin_value n, int64_t k, burin_value *out)
{
    burin_status status = BURIN_OK;
    *out = burin_int(1);
    if ((double)rt_int_bits(n) * (double)k > 2.0 * RT_INT_BITS_MAX)
        return rt_fail(st, BURIN_ERR_LIMIT, "an integer may have at most %d bits", RT_INT_BITS_MAX);
    for (int64_t at = 0; at < k && !status; at++) {
        burin_value factor;
        if (!(status = rt_charge(st, 1)) && !(status = rt_int_binary(st, RT_SUB, n, burin_int(at), &factor)))
            status = rt_int_binary(st, RT_MUL, *out, factor, out);
    }
    return status;
}

static burin_status read_choice(burin_call *call, burin_value *n, burin_value *k)
{
    rt_state    *st     = call->st;
    burin_status status = python_integer(st, call->args[0], n);
    if (!status)
        status = python_integer(st, call->args[1], k);
    if (status)
        return status;
    if (rt_int_sign(*n) < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "n must be a non-negative integer");
    if (rt_int_sign(*k) < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "k must be a non-negative integer");
    return BURIN_OK;
}

static burin_status count_choices(rt_state *st, burin_value n, burin_value k, const char *name, burin_value *out)
{
    if (k.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "%s must not exceed %ld", name, INT64_MAX);
    if (n.kind == BURIN_BIGINT || n.as.i == INT64_MAX)
        return falling_big(st, n, k.as.i, out);
    return falling(st, n.as.i, k.as.i, out);
}

burin_status math_perm(burin_call *call, burin_value *out)
{
    burin_value  n, k;
    if (call->args[1].kind == BURIN_NONE)
        return math_factorial(call, out);
    burin_status status = read_choice(call, &n, &k);
    if (status)
        return status;
    *out = burin_int(0);
    return rt_int_compare(n, k) < 0 ? BURIN_OK : count_choices(call->st, n, k, "k", out);
}

burin_status math_comb(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  n, k, rest, orders;
    burin_status status = read_choice(call, &n, &k);
    if (!status)
        status = rt_int_binary(st, RT_SUB, n, k, &rest);
    if (status)
        return status;
    *out = burin_int(0);
    if (rt_int_sign(rest) < 0)
        return BURIN_OK;
    if (rt_int_compare(rest, k) < 0)
        k = rest;
    if ((status = count_choices(st, n, k, "min(n - k, k)", out)) || (status = product_of(st, 1, k.as.i, &orders)))
        return status;
    return rt_int_binary(st, RT_FLOORDIV, *out, orders, out);
}
