/* Numbers to decimal text.
 *
 * Integers are written two digits at a time from a table of 00..99.
 *
 * Doubles are written as Python's repr does: the shortest digits that read back as the same double, the nearest to it if
 * there are several. Prices, percentages and coordinates have few decimals, so that is tried first: for k = 0..6, if
 * r = round(x * 10^k) is below 10^15 and r / 10^k == x, then r with k decimals is the answer. The division is correctly
 * rounded (both operands are exact), so r / 10^k reads back as x; and two different decimals of at most 15 digits never
 * read as the same double, so no other one can be as short. All else goes through Schubfach (R. Giulietti, "The Schubfach
 * way to render doubles"): the interval that rounds to x, scaled by a 128-bit power of ten with sticky rounding, holds at
 * most a handful of candidates of the right length. */
#include "runtime/base/power.h"
#include "runtime/base/text.h"

#define TEN(d)                                                                                                     \
    {{d, '0', 0}, 2}, {{d, '1', 0}, 2}, {{d, '2', 0}, 2}, {{d, '3', 0}, 2}, {{d, '4', 0}, 2}, {{d, '5', 0}, 2},    \
        {{d, '6', 0}, 2}, {{d, '7', 0}, 2}, {{d, '8', 0}, 2}, {{d, '9', 0}, 2}
const text_small_number text_small_numbers[100] = {
    {"0", 1}, {"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"5", 1}, {"6", 1}, {"7", 1}, {"8", 1}, {"9", 1},
    TEN('1'), TEN('2'), TEN('3'), TEN('4'), TEN('5'), TEN('6'), TEN('7'), TEN('8'), TEN('9'),
};
const char text_digit_pairs[200] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                   "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

static const uint64_t power10[20] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u,
    10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u,
    10000000000000000000u,
};

/* Decimal digits of n; 1 for 0. */
static inline unsigned digit_count(uint64_t n)
{
    unsigned bits  = 64 - (unsigned)__builtin_clzll(n | 1);
    unsigned guess = bits * 1233 >> 12; /* bits * log10(2), cut off: right, or one too few */
    return guess + (n >= power10[guess]) + (n == 0);
}

/* Write the lowest `count` digits of n, with leading zeros. */
static inline void write_digits(uint64_t n, unsigned count, char *out)
{
    while (count >= 2) {
        unsigned pair = (unsigned)(n % 100);
        n /= 100;
        count -= 2;
        memcpy(out + count, text_digit_pairs + 2 * pair, 2);
    }
    if (count)
        out[0] = (char)('0' + n % 10);
}

static inline size_t write_uint(uint64_t n, char *out)
{
    if (n < 10000) {
        char *end = text_put_small(out, (unsigned)n);
        return (size_t)(end - out);
    }
    unsigned count = digit_count(n);
    write_digits(n, count, out);
    return count;
}

size_t text_from_int(int64_t i, char *out)
{
    if (i >= 0)
        return write_uint((uint64_t)i, out);
    out[0] = '-';
    return 1 + write_uint(0 - (uint64_t)i, out + 1);
}

/* ---- doubles ---- */

typedef struct decimal { /* digits * 10^exponent */
    uint64_t digits;
    int      exponent;
} decimal;

/* power * scaled / 2^128, cut off, its lowest bit set when anything was: enough to compare with. */
static inline uint64_t round_to_odd(power128 power, uint64_t scaled)
{
    unsigned __int128 low = (unsigned __int128)power.low * scaled, high = (unsigned __int128)power.high * scaled;
    high += (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* Schubfach. `fraction` and `biased` are the fields of a positive finite double. */
static decimal shortest(uint64_t fraction, int biased)
{
    uint64_t significand = biased ? fraction | 1ull << 52 : fraction;
    int      exponent    = (biased ? biased : 1) - 1075;
    bool     even        = (significand & 1) == 0;              /* the ends of the interval round to x too */
    bool     uneven_gap  = fraction == 0 && biased > 1;         /* a power of two: the next double below is nearer */

    int      k     = (exponent * 1262611 - (uneven_gap ? 524031 : 0)) >> 22; /* floor(log10(size of the interval)) */
    int      shift = exponent + ((-k * 1741647) >> 19) + 1;                  /* floor(log2(10^-k)) */
    power128 power = power_of_ten(-k);
    if (!power.exact && ++power.low == 0)
        power.high++;

    uint64_t below = round_to_odd(power, (4 * significand - 2 + uneven_gap) << shift);
    uint64_t value = round_to_odd(power, 4 * significand << shift);
    uint64_t above = round_to_odd(power, (4 * significand + 2) << shift);
    uint64_t lower = below + !even, upper = above - !even;

    uint64_t s = value / 4;
    if (s >= 10) { /* one digit less? */
        uint64_t tens      = s / 10;
        bool     down_fits = lower <= 40 * tens, up_fits = 40 * tens + 40 <= upper;
        if (down_fits != up_fits)
            return (decimal){tens + up_fits, k + 1};
    }
    bool down_fits = lower <= 4 * s, up_fits = 4 * s + 4 <= upper;
    if (down_fits != up_fits)
        return (decimal){s + up_fits, k};
    uint64_t middle = 4 * s + 2; /* both fit: the nearer one, the even one of two equally near */
    return (decimal){s + (value > middle || (value == middle && (s & 1))), k};
}

/* Lay digits out as repr does: positional from 1e-4 up to 1e16, else with an exponent of at least two digits. */
static size_t write_decimal(decimal d, char *out)
{
    while (d.digits % 10 == 0) {
        d.digits /= 10;
        d.exponent++;
    }
    int   count = (int)digit_count(d.digits);
    int   point = count + d.exponent; /* the decimal point stands after so many digits */
    char *start = out;

    if (point > 16 || point < -3) {
        write_digits(d.digits, (unsigned)count, out + 1);
        out[0] = out[1];
        out[1] = '.';
        out += count > 1 ? count + 1 : 1;
        int exponent = point - 1;
        *out++       = 'e';
        *out++       = exponent < 0 ? '-' : '+';
        if (exponent < 0)
            exponent = -exponent;
        if (exponent >= 100)
            *out++ = (char)('0' + exponent / 100);
        memcpy(out, text_digit_pairs + 2 * (exponent % 100), 2);
        return (size_t)(out + 2 - start);
    }
    if (point <= 0) {
        memcpy(out, "0.000", 5);
        write_digits(d.digits, (unsigned)count, out + 2 - point);
        return (size_t)(2 - point + count);
    }
    if (point >= count) {
        write_digits(d.digits, (unsigned)count, out);
        memset(out + count, '0', (size_t)(point - count));
        memcpy(out + point, ".0", 2);
        return (size_t)point + 2;
    }
    write_digits(d.digits, (unsigned)count, out + 1);
    memmove(out, out + 1, (size_t)point);
    out[point] = '.';
    return (size_t)count + 1;
}

/* Doubles with at most six decimals and 15 digits in all; 0 when x is none. 1e-4 <= x < 2^53. */
static size_t write_few_decimals(double x, char *out)
{
    uint64_t whole = (uint64_t)x;
    if ((double)whole == x) {
        size_t len = write_uint(whole, out);
        memcpy(out + len, ".0", 2);
        return len + 2;
    }
#pragma GCC unroll 6
    for (unsigned decimals = 1; decimals <= 6; decimals++) {
        double   scale  = (double)power10[decimals], scaled = x * scale;
        uint64_t digits = (uint64_t)(scaled + 0.5);
        double   off    = (double)digits - scaled;
        if (digits >= power10[15])
            return 0;
        if (off > scaled * 0x1p-51 || off < scaled * -0x1p-51 || (double)digits / scale != x)
            continue;
        size_t len = write_uint(whole, out); /* x is no integer, so digits / 10^decimals has the same whole part */
        out[len++] = '.';
        write_digits(digits - whole * power10[decimals], decimals, out + len);
        return len + decimals;
    }
    return 0;
}

/* Prices, percentages, coordinates: x = n / 100 with n < 10^11 exactly rounded, so n's digits are the shortest that read
 * back as x (at most 15). 0 when x is none of them. */
static inline size_t write_hundredths(double x, char *out)
{
    if (!(x >= 0.01 && x < 1e9))
        return 0;
    int64_t hundredths = (int64_t)(x * 100.0 + 0.5);
    if ((double)hundredths / 100.0 != x)
        return 0;
    unsigned fraction = (unsigned)(hundredths % 100);
    size_t   len      = write_uint((uint64_t)hundredths / 100, out);
    out[len]          = '.';
    memcpy(out + len + 1, text_digit_pairs + 2 * fraction, 2);
    return len + (fraction % 10 ? 3 : 2);
}

size_t text_from_double(double f, char *out)
{
    size_t negative = f < 0, len;
    out[0]          = '-';
    if (BURIN_LIKELY((len = write_hundredths(negative ? -f : f, out + negative)) != 0))
        return negative + len;
    uint64_t bits;
    memcpy(&bits, &f, 8);
    uint64_t fraction = bits & 0xFFFFFFFFFFFFFu;
    int      biased   = (int)(bits >> 52) & 0x7FF;
    if (biased == 0x7FF && fraction) {
        memcpy(out, "nan", 3);
        return 3;
    }
    size_t sign = bits >> 63;
    out[0]      = '-';
    out += sign;
    if (biased == 0x7FF) {
        memcpy(out, "inf", 3);
        return sign + 3;
    }
    double x = sign ? -f : f;
    if (x == 0) {
        memcpy(out, "0.0", 3);
        return sign + 3;
    }
    if (x >= 1e-4 && x < 0x1p53) {
        len = write_few_decimals(x, out);
        if (len)
            return sign + len;
    }
    return sign + write_decimal(shortest(fraction, biased), out);
}
