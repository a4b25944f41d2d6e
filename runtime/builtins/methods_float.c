/* The methods and data of float. Hexadecimal text is exact in both directions: reading rounds half to even by hand, in the
 * range of subnormal numbers too. */
#include "runtime/bigint.h"
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/operate.h"
#include "runtime/unicode.h"

#include <math.h>

burin_status method_float_real(burin_call *call, burin_value *out)
{
    *out = call->args[0];
    return BURIN_OK;
}
burin_status method_float_conjugate(burin_call *call, burin_value *out) { return method_float_real(call, out); }
burin_status method_float_imag(burin_call *call, burin_value *out)
{
    (void)call;
    *out = burin_float(0.0);
    return BURIN_OK;
}
burin_status method_float_is_integer(burin_call *call, burin_value *out)
{
    double f = call->args[0].as.f;

    *out = burin_bool(isfinite(f) && f == floor(f));
    return BURIN_OK;
}

enum { BITS_MAX = 64 + 1074 }; /* of a ratio's parts */

/* mantissa * 2^exponent as an integer. */
static burin_status shifted(rt_state *st, uint64_t mantissa, unsigned exponent, bool negative, burin_value *out)
{
    uint8_t digits[BITS_MAX]; /* most significant first */
    size_t  count = 0;

    for (int bit = 63; bit >= 0; bit--)
        if (count || mantissa >> bit & 1)
            digits[count++] = mantissa >> bit & 1;
    memset(digits + count, 0, exponent);
    count += exponent;
    return rt_int_from_digits(&st->heap, digits, count, 2, negative, out) ? BURIN_OK : rt_fail_memory(st);
}

burin_status method_float_as_integer_ratio(burin_call *call, burin_value *out)
{
    rt_state   *st = call->st;
    double      f  = call->args[0].as.f;
    burin_value top, bottom;
    int         exponent;

    if (isinf(f))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "cannot convert Infinity to integer ratio");
    if (isnan(f))
        return rt_fail(st, BURIN_ERR_VALUE, "cannot convert NaN to integer ratio");
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(f), &exponent), 53);
    exponent -= 53;
    while (mantissa && !(mantissa & 1)) {
        mantissa >>= 1;
        exponent++;
    }
    if (!mantissa)
        exponent = 0;
    burin_status status = shifted(st, mantissa, exponent > 0 ? (unsigned)exponent : 0, f < 0, &top);
    if (!status)
        status = shifted(st, 1, exponent < 0 ? (unsigned)-exponent : 0, false, &bottom);
    return status ? status : rt_tuple2(st, top, bottom, out);
}

burin_status method_float_hex(burin_call *call, burin_value *out)
{
    static const char digits[] = "0123456789abcdef";
    double            f        = call->args[0].as.f;
    char              text[32];
    size_t            len = 0;

    if (!isfinite(f))
        return rt_repr(call->st, call->args[0], out);
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    int biased = (int)(bits >> 52 & 0x7ff), exponent = biased ? biased - 1023 : -1022;
    if (signbit(f))
        text[len++] = '-';
    text[len++] = '0';
    text[len++] = 'x';
    text[len++] = biased ? '1' : '0';
    text[len++] = '.';
    if (f == 0) {
        text[len++] = '0';
        exponent    = 0;
    } else {
        for (int shift = 48; shift >= 0; shift -= 4)
            text[len++] = digits[bits >> shift & 15];
    }
    text[len++] = 'p';
    text[len++] = exponent < 0 ? '-' : '+';
    len += text_from_int(exponent < 0 ? -exponent : exponent, text + len);
    burin_status status = rt_string_copy(call->st, text, len, out);
    out->flags |= BURIN_ASCII;
    return status;
}

/* ---- fromhex ---- */

typedef struct hex_reader {
    const char *at, *end;
} hex_reader;

typedef struct hex_number { /* mantissa * 2^exponent, a little more when `inexact` */
    uint64_t mantissa;
    int64_t  exponent;
    bool     inexact;
} hex_number;

static bool skip(hex_reader *r, char lower)
{
    if (r->at == r->end || (*r->at | 0x20) != lower)
        return false;
    r->at++;
    return true;
}

static bool skip_word(hex_reader *r, const char *lower)
{
    hex_reader start = *r;

    for (; *lower; lower++)
        if (!skip(r, *lower)) {
            *r = start;
            return false;
        }
    return true;
}

/* '+' or '-'; true for '-'. */
static bool read_sign(hex_reader *r)
{
    if (r->at < r->end && (*r->at == '-' || *r->at == '+'))
        return *r->at++ == '-';
    return false;
}

static int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1; }

/* Digits with an optional point; false when there is no digit. The first 15 that count are kept. */
static bool read_digits(hex_reader *r, hex_number *n)
{
    bool any = false, point = false;

    for (; r->at < r->end; r->at++) {
        int digit = hex_digit(*r->at);
        if (digit < 0) {
            if (*r->at != '.' || point)
                break;
            point = true;
            continue;
        }
        any = true;
        if (n->mantissa >> 56) {
            n->inexact |= digit != 0;
            n->exponent += point ? 0 : 4;
        } else {
            n->mantissa = n->mantissa << 4 | (unsigned)digit;
            n->exponent -= point ? 4 : 0;
        }
    }
    return any;
}

static bool read_exponent(hex_reader *r, hex_number *n)
{
    int64_t exponent = 0;

    if (!skip(r, 'p'))
        return true;
    bool        negative = read_sign(r);
    const char *start    = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        if (exponent < INT32_MAX)
            exponent = exponent * 10 + (*r->at - '0');
    n->exponent += negative ? -exponent : exponent;
    return r->at > start;
}

/* Round half to even to the 53 bits of a double, fewer below 2^-1022. False when it is too large. */
static bool round_hex(hex_number n, double *out)
{
    *out = 0.0;
    if (!n.mantissa)
        return true;
    int64_t bits = 64 - __builtin_clzll(n.mantissa), top = n.exponent + bits; /* 2^(top-1) <= value < 2^top */
    int64_t keep = top > -1021 ? 53 : 53 + top + 1021, drop = bits - keep;
    if (top > 1024)
        return false;
    if (keep < 0)
        return true;
    if (drop > 0) {
        uint64_t rest = drop < 64 ? n.mantissa & (((uint64_t)1 << drop) - 1) : n.mantissa, half = (uint64_t)1 << (drop - 1);
        n.mantissa = drop < 64 ? n.mantissa >> drop : 0;
        n.exponent += drop;
        if (rest > half || (rest == half && (n.inexact || (n.mantissa & 1))))
            n.mantissa++;
    }
    *out = ldexp((double)n.mantissa, (int)n.exponent);
    return isfinite(*out);
}

static bool is_ascii_space(char c) { return c == ' ' || (c >= 9 && c <= 13); }

burin_status method_float_fromhex(burin_call *call, burin_value *out)
{
    rt_state   *st   = call->st;
    burin_value text = call->args[1];
    hex_number  n    = {0, 0, false};
    double      f;

    if (!rt_is_text(text))
        return rt_fail(st, BURIN_ERR_TYPE, "bad argument type for built-in operation");
    hex_reader r = {text.as.s, text.as.s + text.len};
    while (r.at < r.end && is_ascii_space(*r.at))
        r.at++;
    while (r.end > r.at && is_ascii_space(r.end[-1]))
        r.end--;
    bool negative = read_sign(&r), valid = true;
    if (skip_word(&r, "infinity") || skip_word(&r, "inf")) {
        f = INFINITY;
    } else if (skip_word(&r, "nan")) {
        f = NAN;
    } else {
        skip_word(&r, "0x");
        valid = read_digits(&r, &n) && read_exponent(&r, &n);
        if (valid && r.at == r.end && !round_hex(n, &f))
            return rt_fail(st, BURIN_ERR_OVERFLOW, "hexadecimal value too large to represent as a float");
    }
    if (!valid || r.at != r.end)
        return rt_fail(st, BURIN_ERR_VALUE, "invalid hexadecimal floating-point string");
    *out = burin_float(negative ? -f : f);
    return BURIN_OK;
}
