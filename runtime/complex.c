/* Complex numbers: arithmetic with CPython's choice of formulas, so that results match to the last bit; printing; reading. */
#include "runtime/complex.h"

#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/format_float.h"
#include "runtime/operate_sequence.h"

#include <math.h>

burin_status rt_complex_new(rt_state *st, double re, double im, burin_value *out)
{
    rt_complex *z = heap_alloc(&st->heap, sizeof *z);
    if (!z)
        return rt_fail_memory(st);
    *z   = (rt_complex){re, im};
    *out = rt_pointer(BURIN_COMPLEX, z);
    return BURIN_OK;
}

bool rt_to_complex(rt_state *st, burin_value v, rt_complex *out)
{
    if (v.kind == BURIN_COMPLEX) {
        *out = rt_complex_of(v);
        return true;
    }
    out->im = 0;
    return rt_is_number(v) && !rt_as_double(st, v, &out->re);
}

/* ---- arithmetic ---- */

static rt_complex product(rt_complex a, rt_complex b)
{
    return (rt_complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* Smith's method: no overflow where the result has none. False when b is zero. */
static bool quotient(rt_complex a, rt_complex b, rt_complex *out)
{
    double re = fabs(b.re), im = fabs(b.im);
    if (re >= im) {
        if (re == 0)
            return false;
        double ratio = b.im / b.re, denominator = b.re + b.im * ratio;
        *out = (rt_complex){(a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator};
    } else if (im >= re) {
        double ratio = b.re / b.im, denominator = b.re * ratio + b.im;
        *out = (rt_complex){(a.re * ratio + a.im) / denominator, (a.im * ratio - a.re) / denominator};
    } else {
        *out = (rt_complex){NAN, NAN};
    }
    return true;
}

/* z to a power 0 <= n <= 100. */
static rt_complex power_whole(rt_complex z, int n)
{
    rt_complex result = {1, 0};
    for (int bit = 1; bit <= n; bit <<= 1, z = product(z, z)) {
        if (n & bit)
            result = product(result, z);
    }
    return result;
}

/* False when 0 is raised to a negative or complex power. */
static bool power(rt_complex a, rt_complex b, rt_complex *out)
{
    if (b.im == 0 && b.re == floor(b.re) && fabs(b.re) <= 100) {
        if (b.re > 0 || b.re == 0) {
            *out = power_whole(a, (int)b.re);
            return true;
        }
        return quotient((rt_complex){1, 0}, power_whole(a, (int)-b.re), out);
    }
    if (a.re == 0 && a.im == 0) {
        *out = (rt_complex){0, 0};
        return !(b.im != 0 || b.re < 0); /* a NaN is neither */
    }
    double absolute = hypot(a.re, a.im), length = pow(absolute, b.re), angle = atan2(a.im, a.re), phase = angle * b.re;
    if (b.im != 0) {
        length /= exp(angle * b.im);
        phase += b.im * log(absolute);
    }
    *out = (rt_complex){length * cos(phase), length * sin(phase)};
    return !isinf(phase); /* CPython takes the domain error of cos(inf) for that of zero */
}

burin_status rt_complex_binary(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    rt_complex x, y, z;
    if (op != RT_ADD && op != RT_SUB && op != RT_MUL && op != RT_DIV && op != RT_POW)
        return rt_unsupported(st, op, a, b);
    if (!rt_to_complex(st, a, &x) || !rt_to_complex(st, b, &y))
        return st->status ? st->status : rt_unsupported(st, op, a, b);
    switch (op) {
    case RT_ADD: z = (rt_complex){x.re + y.re, x.im + y.im}; break;
    case RT_SUB: z = (rt_complex){x.re - y.re, x.im - y.im}; break;
    case RT_MUL: z = product(x, y); break;
    case RT_DIV:
        if (!quotient(x, y, &z))
            return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "complex division by zero");
        break;
    default:
        if (!power(x, y, &z))
            return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "0.0 to a negative or complex power");
        if (isinf(z.re) || isinf(z.im))
            return rt_fail(st, BURIN_ERR_OVERFLOW, "complex exponentiation");
    }
    return rt_complex_new(st, z.re, z.im, out);
}

burin_status rt_complex_abs(rt_state *st, rt_complex z, double *out)
{
    *out = hypot(z.re, z.im);
    if (isinf(*out) && isfinite(z.re) && isfinite(z.im))
        return rt_fail(st, BURIN_ERR_OVERFLOW, "absolute value too large");
    return BURIN_OK;
}

bool rt_complex_equal(rt_complex z, burin_value number)
{
    if (z.im != 0 || isnan(z.re))
        return false;
    return number.kind == BURIN_FLOAT ? z.re == number.as.f : rt_int_compare_double(number, z.re) == 0;
}

/* ---- printing ---- */

static void write_part(builder *b, double part, bool sign)
{
    if (signbit(part) && !isnan(part))
        builder_byte(b, '-');
    else if (sign)
        builder_byte(b, '+');
    float_write(b, part, 'r', 0, 0);
}

void rt_complex_write(builder *b, rt_complex z)
{
    bool whole = z.re != 0 || signbit(z.re); /* a real part that is not +0 */
    if (whole) {
        builder_byte(b, '(');
        write_part(b, z.re, false);
    }
    write_part(b, z.im, whole);
    builder_byte(b, 'j');
    if (whole)
        builder_byte(b, ')');
}

/* ---- reading ---- */

typedef struct reader {
    const char *at, *end;
} reader;

static char peek(const reader *r) { return r->at < r->end ? *r->at : '\0'; }

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || (*r->at >= '\t' && *r->at <= '\r')))
        r->at++;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *skip_digits(const reader *r, const char *at)
{
    while (at < r->end && is_digit(*at))
        at++;
    return at;
}

/* Behind "inf", "infinity" or "nan" of any case; `at` itself when none stands there. */
static const char *skip_special(const reader *r, const char *at)
{
    static const char *const words[] = {"infinity", "inf", "nan"};
    for (int n = 0; n < 3; n++) {
        size_t len = strlen(words[n]), same = 0;
        while (same < len && at + same < r->end && (at[same] | 0x20) == words[n][same])
            same++;
        if (same == len)
            return at + len;
    }
    return at;
}

/* Behind an unsigned float literal; `at` itself when none stands there. */
static const char *skip_number(const reader *r, const char *at)
{
    const char *start = at, *whole = skip_digits(r, at), *end = whole;
    bool        digits = whole > at;
    if (end < r->end && *end == '.') {
        end = skip_digits(r, whole + 1);
        digits |= end > whole + 1;
    }
    if (!digits)
        return skip_special(r, start);
    if (end < r->end && (*end | 0x20) == 'e') {
        const char *exponent = end + 1 + (end + 1 < r->end && (end[1] == '+' || end[1] == '-'));
        if (skip_digits(r, exponent) > exponent)
            end = skip_digits(r, exponent);
    }
    return end;
}

/* A float with an optional sign; false when there is none. */
static bool take_number(reader *r, double *out)
{
    const char *start = r->at, *digits = start + (peek(r) == '+' || peek(r) == '-'), *end = skip_number(r, digits);
    if (end == digits)
        return false;
    r->at = end;
    if (*digits == '+' || *digits == '-' || is_digit(*digits) || *digits == '.') {
        if (!text_to_double(digits, (size_t)(end - digits), out))
            return false;
    } else {
        *out = (*digits | 0x20) == 'n' ? NAN : INFINITY;
    }
    if (*start == '-')
        *out = -*out;
    return true;
}

static bool is_unit(char c) { return c == 'j' || c == 'J'; }

/* number | [number] sign [number] "j" | sign "j" | "j" */
static bool take_complex(reader *r, rt_complex *out)
{
    double first;
    *out = (rt_complex){0, 0};
    if (take_number(r, &first)) {
        if (peek(r) == '+' || peek(r) == '-') {
            out->re = first;
            if (!take_number(r, &out->im))
                out->im = *r->at++ == '+' ? 1.0 : -1.0;
            return is_unit(peek(r)) && r->at++;
        }
        if (is_unit(peek(r))) {
            r->at++;
            out->im = first;
        } else {
            out->re = first;
        }
        return true;
    }
    out->im = 1.0;
    if (peek(r) == '+' || peek(r) == '-')
        out->im = *r->at++ == '+' ? 1.0 : -1.0;
    return is_unit(peek(r)) && r->at++;
}

/* Underscores between digits go; anywhere else they make the text malformed. */
static bool drop_underscores(burin_text text, char *to, size_t *len)
{
    *len = 0;
    for (size_t at = 0; at < text.len; at++) {
        if (text.data[at] != '_')
            to[(*len)++] = text.data[at];
        else if (at == 0 || at + 1 == text.len || !is_digit(text.data[at - 1]) || !is_digit(text.data[at + 1]))
            return false;
    }
    return true;
}

bool rt_complex_of_text(burin_text text, rt_complex *out)
{
    enum { LONGEST = 2048 }; /* two doubles written out in full */
    char   digits[LONGEST];
    size_t len;
    if (text.len > LONGEST || !drop_underscores(text, digits, &len))
        return false;
    reader r = {digits, digits + len};
    skip_space(&r);
    bool bracket = peek(&r) == '(';
    if (bracket) {
        r.at++;
        skip_space(&r);
    }
    if (!take_complex(&r, out))
        return false;
    skip_space(&r);
    if (bracket) {
        if (peek(&r) != ')')
            return false;
        r.at++;
        skip_space(&r);
    }
    return r.at == r.end;
}
