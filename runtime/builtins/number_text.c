/* Numbers from text and rounding of numbers, with CPython's results.
 *
 * float(text) reads more than a literal: white space around it, underscores between digits, decimal digits of any script,
 * infinities and NaN. Rounding to digits after the point multiplies by a power of ten and lets one fused operation say how
 * far the product is off, so ties are recognised exactly; only extreme digit counts go through decimal text. */
#include "runtime/builtins/support.h"
#include "runtime/format_float.h"
#include "runtime/unicode.h"

#include <math.h>

/* ---- float(text) ---- */

/* inf, infinity, nan, in any case; NAN when it is none of them and *known is false. */
static double special_value(burin_text s, bool *known)
{
    char     lower[9];
    bool     negative = s.len && s.data[0] == '-';
    unsigned sign     = s.len && (s.data[0] == '-' || s.data[0] == '+');

    *known = false;
    if (s.len - sign > 8)
        return NAN;
    for (size_t n = 0; n < s.len - sign; n++)
        lower[n] = (char)(s.data[sign + n] | 0x20);
    burin_text word = {lower, s.len - sign};
    if (text_is(word, "nan"))
        *known = true;
    if (text_is(word, "inf") || text_is(word, "infinity")) {
        *known = true;
        return negative ? -INFINITY : INFINITY;
    }
    return NAN;
}

/* Digits of other scripts made ASCII and underscores left out, into `to` with room for s.len bytes; false when an
 * underscore is not between digits, or there is other text beyond ASCII. */
static bool simplify(burin_text s, char *to, size_t *len)
{
    unsigned before = 0; /* the last character */

    *len = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp    = text_decode(s.data, s.len, &at);
        int      digit = cp < 0x80 ? -1 : uni_decimal_value(cp);
        if (cp >= 0x80 && digit < 0)
            return false;
        char c      = digit < 0 ? (char)cp : (char)('0' + digit);
        bool number = c >= '0' && c <= '9';
        if ((before == '_' && !number) || (c == '_' && (before < '0' || before > '9')))
            return false;
        before = (unsigned char)c;
        if (c != '_')
            to[(*len)++] = c;
    }
    return before != '_';
}

static burin_text strip(burin_text s)
{
    size_t from = 0, to = s.len;

    while (from < to) {
        size_t next = from;
        if (!uni_is_space(text_decode(s.data, s.len, &next)))
            break;
        from = next;
    }
    while (to > from) {
        size_t start = to - 1, next;
        while (start > from && ((unsigned char)s.data[start] & 0xc0) == 0x80)
            start--;
        next = start;
        if (!uni_is_space(text_decode(s.data, s.len, &next)))
            break;
        to = start;
    }
    return (burin_text){s.data + from, to - from};
}

/* A text with digits of other scripts or underscores. */
static bool read_unusual(rt_state *st, burin_text s, double *out)
{
    char   small[64], *plain = s.len <= sizeof small ? small : heap_alloc(&st->heap, s.len);
    size_t len;

    if (!plain)
        return rt_fail_memory(st) == BURIN_OK;
    return simplify(s, plain, &len) && text_to_double(plain, len, out);
}

bool builtin_double_of_text(rt_state *st, burin_text text, double *out)
{
    bool       known;
    burin_text s = strip(text);

    if (BURIN_LIKELY(text_to_double(s.data, s.len, out)))
        return true;
    *out = special_value(s, &known);
    return known || read_unusual(st, s, out);
}

/* ---- rounding ---- */

/* A number of decimal digits: 0.d1d2... * 10^point. */
static double from_digits(const float_digits *decimal, double sign)
{
    char   text[FLOAT_DIGITS_ROOM + 32];
    size_t len = 0;
    double result;

    text[len++] = '.';
    memcpy(text + len, decimal->digits, (size_t)decimal->len);
    len += (size_t)decimal->len;
    text[len++] = 'e';
    len += text_from_int(decimal->point, text + len);
    if (decimal->len == 0 || !text_to_double(text, len, &result))
        result = 0.0;
    return copysign(result, sign);
}

/* Rounding to many digits after the point. */
static double round_finely(double x, int digits)
{
    float_digits decimal;

    float_round_places(x, digits, &decimal);
    return from_digits(&decimal, x);
}

/* Rounding to tens, hundreds, ...: all digits, cut by hand; half to even, looking at everything that follows. */
static double round_coarsely(double x, int zeros)
{
    float_digits decimal;

    float_round_significant(x, FLOAT_DIGITS_ROOM - 20, &decimal);
    int keep = decimal.point - zeros;
    if (keep < 0)
        return copysign(0.0, x);
    if (keep >= decimal.len)
        return x;
    bool more = keep + 1 < decimal.len, odd = keep > 0 && (decimal.digits[keep - 1] & 1);
    bool up   = decimal.digits[keep] > '5' || (decimal.digits[keep] == '5' && (more || odd));
    while (up && keep > 0 && decimal.digits[keep - 1] == '9')
        keep--;
    decimal.len = keep;
    if (up && keep > 0) {
        decimal.digits[keep - 1]++;
    } else if (up) { /* 99... becomes 100... */
        decimal.digits[0] = '1';
        decimal.len       = 1;
        decimal.point++;
    }
    return from_digits(&decimal, x);
}

double builtin_round_double(double x, int64_t digits)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

    if (!isfinite(x) || x == 0.0 || digits > 323)
        return x;
    if (digits < -308)
        return 0.0 * x;
    if (digits < 0)
        return round_coarsely(x, (int)-digits);
    if (digits > 22)
        return round_finely(x, (int)digits);
    double power = powers[digits], scaled = x * power, error = fma(x, power, -scaled); /* x * power is scaled + error */
    if (fabs(scaled) > 0x1p53) /* the digits asked for are finer than x */
        return x;
    double whole = rint(scaled), off = scaled - whole;
    if (fabs(off) == 0.5 && error != 0) /* seems a tie, and is none; rint may have gone to the wrong side */
        whole += off > 0 && error > 0 ? 1 : off < 0 && error < 0 ? -1 : 0;
    else if (fabs(error) == 0.5 && fmod(whole, 2) != 0) /* a tie between whole numbers above 2^52 */
        whole += error > 0 ? 1 : -1;
    return whole / power;
}
