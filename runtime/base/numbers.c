/* Numbers to decimal text.
 *
 * Integers below 10^4 are written from a table of 00..99, others eight digits at a time.
 *
 * Doubles are written as Python's repr does: the shortest digits that read back as the same double, the nearest to it if
 * there are several. Prices, percentages and whole numbers have at most two decimals, ratios four, so that is tried first: if the
 * nearest n / 100 or n / 10^4 rounds to x, its digits without the last zeros are the answer, for two different decimals of at most 15
 * digits never read as the same double, so no other one can be as short. All else goes through Schubfach (R. Giulietti,
 * "The Schubfach way to render doubles"): the interval that rounds to x, scaled by a 128-bit power of ten with sticky
 * rounding, holds at most a handful of candidates of the right length. */
#include <math.h>

#include "runtime/base/power.h"
#include "runtime/base/text.h"

#define TEN(d)                                                                                                     \
    {{d, '0', 0}, 2}, {{d, '1', 0}, 2}, {{d, '2', 0}, 2}, {{d, '3', 0}, 2}, {{d, '4', 0}, 2}, {{d, '5', 0}, 2},    \
        {{d, '6', 0}, 2}, {{d, '7', 0}, 2}, {{d, '8', 0}, 2}, {{d, '9', 0}, 2}
const text_small_number text_small_numbers[100] = {
    {"0", 1}, {"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"5", 1}, {"6", 1}, {"7", 1}, {"8", 1}, {"9", 1},
    TEN('1'), TEN('2'), TEN('3'), TEN('4'), TEN('5'), TEN('6'), TEN('7'), TEN('8'), TEN('9'),
};
/* What stands behind the whole number, with the point, without the last zeros but one. */
#define HUNDREDTHS(d)                                                                                                    \
    {{'.', d, '0'}, 2}, {{'.', d, '1'}, 3}, {{'.', d, '2'}, 3}, {{'.', d, '3'}, 3}, {{'.', d, '4'}, 3}, {{'.', d, '5'}, 3}, \
        {{'.', d, '6'}, 3}, {{'.', d, '7'}, 3}, {{'.', d, '8'}, 3}, {{'.', d, '9'}, 3}
static const text_small_number hundredths[100] = {
    HUNDREDTHS('0'), HUNDREDTHS('1'), HUNDREDTHS('2'), HUNDREDTHS('3'), HUNDREDTHS('4'),
    HUNDREDTHS('5'), HUNDREDTHS('6'), HUNDREDTHS('7'), HUNDREDTHS('8'), HUNDREDTHS('9'),
};
const char text_digit_pairs[200] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                   "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

static const uint64_t power10[20] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u,
    10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u,
    10000000000000000000u,
};

/* Decimal digits of n, which is not 0. */
static inline unsigned digit_count(uint64_t n)
{
    unsigned bits  = 64 - (unsigned)__builtin_clzll(n);
    unsigned guess = bits * 1233 >> 12; /* bits * log10(2), cut off: right, or one too few */
    return guess + (n >= power10[guess]);
}

/* The eight digits of n < 10^8, one a byte, the first in the lowest: fields of four digits are halved to fields of two, those
 * to fields of one, all fields at once (P. Khuong, "How to print integers really fast"). */
static inline uint64_t eight_digits(uint32_t n)
{
    uint64_t fours    = n / 10000 | (uint64_t)(n % 10000) << 32;
    uint64_t hundreds = fours * 10486 >> 20 & 0x7F0000007Fu;
    uint64_t twos     = hundreds | (fours - 100 * hundreds) << 16;
    uint64_t tens     = twos * 103 >> 10 & 0x000F000F000F000Fu;
    return tens | (twos - 10 * tens) << 8;
}

enum { EIGHT_DIGITS = 100000000 };
static const uint64_t zeros = 0x3030303030303030u; /* "00000000" */

static size_t write_uint(uint64_t n, char *out)
{
    if (n < 10000)
        return (size_t)(text_put_small(out, (unsigned)n) - out);
    size_t   head   = n >= EIGHT_DIGITS ? write_uint(n / EIGHT_DIGITS, out) : 0;
    uint64_t digits = eight_digits((uint32_t)(n % EIGHT_DIGITS)), text = digits | zeros;
    unsigned skip   = head ? 0 : (unsigned)__builtin_ctzll(digits) / 8;
    text >>= 8 * skip;
    memcpy(out + head, &text, 8);
    return head + 8 - skip;
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

/* "e-05", "e+16", "e+308"; the end. */
static char *write_exponent(int exponent, char *out)
{
    unsigned n = (unsigned)(exponent < 0 ? -exponent : exponent);
    *out++     = 'e';
    *out++     = exponent < 0 ? '-' : '+';
    if (n >= 100)
        *out++ = (char)('0' + n / 100);
    memcpy(out, text_digit_pairs + 2 * (n % 100), 2);
    return out + 2;
}

/* Lay digits out as repr does: positional from 1e-4 up to 1e16, else with an exponent of at least two digits. Pieces are
 * copied whole, in constant sizes; what is past their ends is written over, or past the text's end (`out` has room for 32). */
static size_t write_decimal(decimal d, char *out)
{
    enum { DIGITS = 17, END = 24 };
    char     room[END + DIGITS] = "";
    uint64_t high = d.digits / EIGHT_DIGITS, middle = eight_digits((uint32_t)(high % EIGHT_DIGITS)), low = eight_digits((uint32_t)(d.digits % EIGHT_DIGITS));
    int      cut  = low ? __builtin_ctzll(__builtin_bswap64(low)) / 8 : 8 + (middle ? __builtin_ctzll(__builtin_bswap64(middle)) / 8 : 8);
    int      all  = (int)digit_count(d.digits), count = all - cut;
    room[7]       = (char)('0' + high / EIGHT_DIGITS);
    middle |= zeros;
    low |= zeros;
    memcpy(room + 8, &middle, 8);
    memcpy(room + 16, &low, 8);
    const char *digits = room + END - all;
    int         point  = all + d.exponent; /* the decimal point stands after so many digits */

    if (point > 16 || point < -3) {
        out[0] = digits[0];
        out[1] = '.';
        memcpy(out + 2, digits + 1, DIGITS - 1);
        int exponent = point - 1;
        return (size_t)(write_exponent(exponent, out + (count > 1 ? count + 1 : 1)) - out);
    }
    if (point <= 0) {
        memcpy(out, "0.000", 5);
        memcpy(out + 2 - point, digits, DIGITS);
        return (size_t)(2 - point + count);
    }
    memcpy(out, digits, DIGITS);
    if (point >= count) {
        memset(out + count, '0', (size_t)(point - count));
        memcpy(out + point, ".0", 2);
        return (size_t)point + 2;
    }
    out[point] = '.';
    memcpy(out + point + 1, digits + point, 8);
    if (point <= 8)
        memcpy(out + point + 9, digits + point + 8, 8);
    return (size_t)count + 1;
}

static inline size_t write_fraction(uint32_t digits, char *out)
{
    uint32_t text = digits | 0x30303030u;
    memcpy(out, &text, 4);
    return 4 - (unsigned)__builtin_ctz(__builtin_bswap32(digits | 1)) / 8;
}

/* Is 2^-11 <= x < 2^27, whose fields are `fraction` and `biased`, what n / scale rounds to, with the n that is nearest? The scale is 100 or 10^4. With
 * x = m / 2^shift it is if that lies less than half a unit of m away: |m * scale - n * 2^shift| < scale / 2, all of it exact in
 * integers. (Below a power of two the unit is half of that; but those are n / scale exactly, or far from it.) */
static inline bool is_decimal(double x, uint64_t fraction, int biased, unsigned scale, uint64_t *n)
{
    *n           = (uint64_t)(int64_t)(x * scale + 0.5);
    uint64_t off = (fraction | 1ull << 52) * scale - (*n << (1075 - biased));
    return off + (scale / 2 - 1) <= scale - 2;
}

/* Prices, percentages, whole numbers: n / 100 below 10^4. 0 when x is none of them. */
static inline size_t write_two_decimals(double x, uint64_t fraction, int biased, char *out)
{
    uint64_t n;
    if (!is_decimal(x, fraction, biased, 100, &n) || n >= 1000000)
        return 0;
    unsigned                 whole = (unsigned)n / 100;
    const text_small_number *part  = &hundredths[(unsigned)n - whole * 100];
    char                    *at    = text_put_small(out, whole);
    memcpy(at, part, sizeof *part);
    return (size_t)(at - out) + part->len;
}

/* Ratios: n / 10^4. 0 when x is none of them. */
static inline size_t write_four_decimals(double x, uint64_t fraction, int biased, char *out)
{
    enum { SCALE = 10000 };
    uint64_t n;
    if (!is_decimal(x, fraction, biased, SCALE, &n))
        return 0;
    if (BURIN_UNLIKELY(n >= 100000000)) {
        size_t len = write_uint(n / SCALE, out);
        out[len]   = '.';
        return len + 1 + write_fraction((uint32_t)(eight_digits(n % SCALE) >> 32), out + len + 1);
    }
    uint64_t digits = eight_digits((uint32_t)n);
    unsigned skip   = (unsigned)__builtin_ctz((uint32_t)digits | 1u << 24) / 8;
    uint32_t whole  = ((uint32_t)digits | 0x30303030u) >> 8 * skip;
    memcpy(out, &whole, 4);
    out[4 - skip] = '.';
    return 5 - skip + write_fraction((uint32_t)(digits >> 32), out + 5 - skip);
}

/* What is left: zero, the smallest and the largest, more decimals than four. */
static __attribute__((noinline)) size_t write_any(double f, char *out)
{
    if (isnan(f) || isinf(f) || f == 0) {
        memcpy(out, isnan(f) ? "nan" : isinf(f) ? "inf" : "0.0", 3);
        return 3;
    }
    uint64_t bits;
    memcpy(&bits, &f, 8);
    return write_decimal(shortest(bits & 0xFFFFFFFFFFFFFu, (int)(bits >> 52)), out);
}

size_t text_from_double(double f, char *out)
{
    uint64_t bits;
    memcpy(&bits, &f, 8);
    int    biased = (int)(bits >> 52) & 0x7FF;
    size_t sign   = (size_t)(bits >> 63) & !isnan(f), len;
    out[0]        = '-';
    if (BURIN_LIKELY(biased >= 1023 - 11 && biased < 1023 + 27)) {
        len = write_two_decimals(fabs(f), bits & 0xFFFFFFFFFFFFFu, biased, out + sign);
        if (BURIN_LIKELY(len != 0))
            return sign + len;
        len = write_four_decimals(fabs(f), bits & 0xFFFFFFFFFFFFFu, biased, out + sign);
        if (BURIN_LIKELY(len != 0))
            return sign + len;
    }
    return sign + write_any(fabs(f), out + sign);
}

void buf_append_double(buf *b, double f)
{
    char room[32];
    buf_append(b, room, text_from_double(f, room));
}
