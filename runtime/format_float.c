/* Exact decimal digits of doubles, and CPython's layout of them.
 *
 * A double is m * 2^e with m < 2^53. Rounding to p places is rounding m * 10^p * 2^e to an integer: where that fits in
 * 128 bits (nearly always) it is one multiplication and one shift. Otherwise the digits are expanded in full: the integer
 * part as limbs of 10^9, the fraction as a binary number multiplied by 10^9 again and again; then they are rounded with
 * the remainder known exactly. No printf, so neither the locale nor the rounding mode of the process matters.
 * The layout follows format_float_short in CPython's Python/pystrtod.c. */
#include "runtime/format_float.h"

#include <math.h>

__extension__ typedef unsigned __int128 uint128;

enum { TEN_POWER_MAX = 19 }; /* 10^19 < 2^64 */

static const uint64_t ten_powers[TEN_POWER_MAX + 1] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u, 10000000000000u,
    100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u, 10000000000000000000u,
};

typedef struct parts { /* |f| = mantissa * 2^exponent */
    uint64_t mantissa;
    int      exponent;
} parts;

static parts split(double f)
{
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    int      exponent = (int)(bits >> 52 & 0x7ff);

    if (exponent == 0)
        return (parts){mantissa, -1074};
    return (parts){mantissa | (uint64_t)1 << 52, exponent - 1075};
}

static void strip_zeros(float_digits *d)
{
    while (d->len && d->digits[d->len - 1] == '0')
        d->len--;
    if (d->len == 0)
        d->point = 0;
}

/* ---- the fast way ---- */

/* |f| * 10^places rounded half to even, when it fits. */
static bool scaled(parts f, int places, uint128 *out)
{
    if (places > TEN_POWER_MAX)
        return false;
    uint128 product = (uint128)f.mantissa * ten_powers[places]; /* < 2^117 */
    if (f.exponent >= 0) {
        if (f.exponent > 10)
            return false;
        *out = product << f.exponent;
        return true;
    }
    int shift = -f.exponent;
    if (shift > 120) {
        *out = 0; /* less than 2^-3: rounds to nothing */
        return true;
    }
    uint128 whole = product >> shift, rest = product & (((uint128)1 << shift) - 1), half = (uint128)1 << (shift - 1);
    if (rest > half || (rest == half && (whole & 1)))
        whole++;
    *out = whole;
    return true;
}

/* Digits of `n`, whose last digit stands `places` behind the point. */
static void digits_of(uint128 n, int places, float_digits *out)
{
    uint64_t low = (uint64_t)(n % ten_powers[19]), high = (uint64_t)(n / ten_powers[19]); /* n < 2^127 < 10^39 */
    char     text[20];
    size_t   len = 0;

    if (high) {
        len             = text_from_int((int64_t)(high / 10), out->digits); /* high < 10^20 may not fit in int64 */
        if (high < 10)
            len = 0;
        out->digits[len++] = (char)('0' + high % 10);
    }
    size_t low_len = text_from_int((int64_t)(low / 10), text);
    if (low < 10)
        low_len = 0;
    text[low_len++] = (char)('0' + low % 10);
    if (high)
        for (size_t zeros = 19 - low_len; zeros; zeros--)
            out->digits[len++] = '0';
    memcpy(out->digits + len, text, low_len);
    len += low_len;
    out->len   = n ? (int)len : 0;
    out->point = out->len - places;
    strip_zeros(out);
}

/* ---- the long way ---- */

enum { LIMB = 1000000000, LIMB_DIGITS = 9, INTEGER_LIMBS = 36, FRACTION_WORDS = 35 };

static void put_limb(float_digits *out, uint32_t limb)
{
    for (int n = LIMB_DIGITS; n--;) {
        out->digits[out->len + n] = (char)('0' + limb % 10);
        limb /= 10;
    }
    out->len += LIMB_DIGITS;
}

/* Drop zeros at the start: out->point counts the digits of the integer part. */
static void drop_leading(float_digits *out)
{
    int zeros = 0;

    while (zeros < out->len && out->digits[zeros] == '0')
        zeros++;
    memmove(out->digits, out->digits + zeros, (size_t)(out->len - zeros));
    out->len -= zeros;
    out->point -= zeros;
}

/* The digits of mantissa * 2^exponent, exponent >= 0. */
static void expand_integer(uint64_t mantissa, int exponent, float_digits *out)
{
    uint32_t limbs[INTEGER_LIMBS]; /* of 10^9, least significant first */
    int      count = 0;

    for (; mantissa; mantissa /= LIMB)
        limbs[count++] = (uint32_t)(mantissa % LIMB);
    while (exponent > 0) {
        int      step  = exponent < 29 ? exponent : 29;
        uint64_t carry = 0;
        for (int n = 0; n < count; n++) {
            carry += (uint64_t)limbs[n] << step;
            limbs[n] = (uint32_t)(carry % LIMB);
            carry /= LIMB;
        }
        if (carry)
            limbs[count++] = (uint32_t)carry;
        exponent -= step;
    }
    while (count)
        put_limb(out, limbs[--count]);
    out->point = out->len;
}

/* The exact digits of |f|. */
static void expand(parts f, float_digits *out)
{
    out->len = out->point = 0;
    if (f.exponent >= 0) {
        expand_integer(f.mantissa, f.exponent, out);
        drop_leading(out);
        return;
    }
    int      bits = -f.exponent;
    uint64_t whole = bits < 64 ? f.mantissa >> bits : 0, rest = bits < 64 ? f.mantissa & (((uint64_t)1 << bits) - 1) : f.mantissa;
    expand_integer(whole, 0, out);

    /* the fraction rest / 2^bits as 32-bit words, most significant first, the point before the first one */
    uint32_t words[FRACTION_WORDS] = {0};
    int      count = (bits + 31) / 32, pad = count * 32 - bits; /* aligned: rest << pad over 2^(32 * count) */
    uint128  aligned = (uint128)rest << pad;
    for (int n = count - 1; n >= 0 && aligned; n--) {
        words[n] = (uint32_t)aligned;
        aligned >>= 32;
    }
    while (count > 0 && words[count - 1] == 0)
        count--;
    while (count > 0) {
        uint64_t carry = 0;
        for (int n = count - 1; n >= 0; n--) {
            carry += (uint64_t)words[n] * LIMB;
            words[n] = (uint32_t)carry;
            carry >>= 32;
        }
        put_limb(out, (uint32_t)carry);
        while (count > 0 && words[count - 1] == 0) /* every step clears nine bits at the end */
            count--;
    }
    drop_leading(out);
}

/* Keep the first `keep` digits (may be negative or more than there are), rounding half to even. */
static void round_digits(float_digits *d, int keep)
{
    if (keep >= d->len) {
        strip_zeros(d);
        return;
    }
    if (keep < 0) {
        d->len = d->point = 0;
        return;
    }
    bool rest = false;
    for (int n = keep + 1; n < d->len && !rest; n++)
        rest = d->digits[n] != '0';
    bool odd = keep > 0 && ((d->digits[keep - 1] - '0') & 1);
    bool up  = d->digits[keep] > '5' || (d->digits[keep] == '5' && (rest || odd));
    d->len   = keep;
    if (up) {
        while (d->len && d->digits[d->len - 1] == '9')
            d->len--;
        if (d->len) {
            d->digits[d->len - 1]++;
        } else {
            d->digits[d->len++] = '1';
            d->point++;
        }
    }
    strip_zeros(d);
}

/* ---- rounding ---- */

void float_round_places(double f, int places, float_digits *out)
{
    parts   p = split(f);
    uint128 n;

    if (scaled(p, places, &n)) {
        digits_of(n, places, out);
        return;
    }
    expand(p, out);
    round_digits(out, places > FLOAT_DIGITS_ROOM ? out->len : out->point + places);
}

void float_round_significant(double f, int count, float_digits *out)
{
    parts p = split(f);

    /* guess the places from the binary exponent, and correct the guess once */
    int binary  = p.mantissa ? 64 - __builtin_clzll(p.mantissa) + p.exponent : 0; /* 2^(binary-1) <= |f| < 2^binary */
    int decimal = (int)floor((binary - 1) * 0.30103) + 1;                         /* digits before the point, or one too few */
    for (int places = count - decimal; places >= 0 && count < TEN_POWER_MAX && places <= TEN_POWER_MAX; places--) {
        uint128 n;
        if (!scaled(p, places, &n))
            break;
        if (n < ten_powers[count]) {
            digits_of(n, places, out);
            return;
        }
    }
    expand(p, out);
    round_digits(out, count);
}

/* ---- layout ---- */

static void write_special(builder *b, const char *lower, const char *upper, unsigned flags)
{
    builder_ascii(b, flags & FLOAT_UPPER ? upper : lower, 3);
}

/* The digits and the exponent of repr(|f|), as text_from_double gives it. */
static void shortest(double f, float_digits *out)
{
    char   text[32];
    size_t len      = text_from_double(fabs(f), text);
    int    exponent = 0;
    bool   seen     = false;

    out->len = out->point = 0;
    for (size_t at = 0; at < len; at++) {
        if (text[at] == '.') {
            seen = true;
        } else if (text[at] == 'e') {
            bool negative = text[++at] == '-';
            while (++at < len)
                exponent = exponent * 10 + (text[at] - '0');
            exponent = negative ? -exponent : exponent;
        } else {
            out->digits[out->len++] = text[at];
            out->point += !seen;
        }
    }
    drop_leading(out);
    strip_zeros(out);
    if (out->len)
        out->point += exponent;
}

static void write_zeros(builder *b, int count)
{
    if (count > 0)
        builder_fill(b, '0', (size_t)count);
}

/* `digits` with the point after `point` of them, zeros added up to `end` digits. */
static void write_positional(builder *b, const float_digits *d, int point, int end, bool keep_point)
{
    int before = point < d->len ? point : d->len; /* digits that stand before the point */

    if (point <= 0) {
        builder_byte(b, '0');
        before = 0;
    } else {
        builder_ascii(b, d->digits, (size_t)before);
        write_zeros(b, point - before);
    }
    if (end > point || keep_point)
        builder_byte(b, '.');
    if (end <= point)
        return;
    int leading = point < 0 ? -point : 0;
    write_zeros(b, leading < end - point ? leading : end - point);
    builder_ascii(b, d->digits + before, (size_t)(d->len - before));
    write_zeros(b, end - (d->len > point ? d->len : point > 0 ? point : 0));
}

static void write_exponent(builder *b, int exponent, unsigned flags)
{
    char   text[16];
    int    magnitude = exponent < 0 ? -exponent : exponent;
    size_t len       = 0;

    text[len++] = flags & FLOAT_UPPER ? 'E' : 'e';
    text[len++] = exponent < 0 ? '-' : '+';
    if (magnitude < 10)
        text[len++] = '0';
    len += text_from_int(magnitude, text + len);
    builder_ascii(b, text, len);
}

bool float_write(builder *b, double f, char format, int precision, unsigned flags)
{
    float_digits d;

    if (isnan(f) || isinf(f)) {
        write_special(b, isnan(f) ? "nan" : "inf", isnan(f) ? "NAN" : "INF", flags);
        return false;
    }
    switch (format) {
    case 'f': float_round_places(f, precision, &d); break;
    case 'e': float_round_significant(f, precision < FLOAT_DIGITS_ROOM ? precision + 1 : FLOAT_DIGITS_ROOM, &d); break;
    case 'g':
        precision = precision ? precision : 1;
        float_round_significant(f, precision < FLOAT_DIGITS_ROOM ? precision : FLOAT_DIGITS_ROOM, &d);
        break;
    default: shortest(f, &d);
    }
    bool zero    = d.len == 0;
    int  decimal = zero ? 1 : d.point; /* CPython's decpt */
    int  end     = zero ? 1 : d.len;
    bool exponential = false;
    if (zero) {
        d.digits[d.len++] = '0';
        d.point           = 1;
    }
    switch (format) {
    case 'e':
        exponential = true;
        end         = precision < INT32_MAX ? precision + 1 : precision;
        break;
    case 'f': end = decimal <= INT32_MAX - precision ? decimal + precision : INT32_MAX; break;
    case 'g':
        exponential = decimal <= -4 || decimal > precision - (flags & FLOAT_ADD_DOT_0 ? 1 : 0);
        if (flags & FLOAT_ALTERNATE)
            end = precision;
        break;
    default: exponential = decimal <= -4 || decimal > 16;
    }
    int exponent = decimal - 1;
    if (exponential)
        decimal = 1;
    if (!exponential && (flags & FLOAT_ADD_DOT_0) && end <= decimal)
        end = decimal + 1;
    write_positional(b, &d, decimal, end, (flags & FLOAT_ALTERNATE) != 0);
    if (exponential)
        write_exponent(b, exponent, flags);
    return zero;
}
