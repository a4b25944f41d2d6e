/* Decimal text to the nearest double.
 *
 * Three stages, each certain or silent. Few digits and a small power of ten: one exact multiplication or division
 * (Clinger 1990). Up to 19 digits: the 128-bit product of Eisel and Lemire ("Number parsing at a gigabyte per second",
 * 2021), which proves itself or gives up; texts with more digits are tried with the 19-digit prefix and its successor,
 * and when both round alike that is the answer. The rest: the text is compared exactly, as a big integer, with the point
 * half way between the two doubles in question. No printf, no locale. */
#include "runtime/base/power.h"
#include "runtime/base/text.h"

#include <math.h>

/* ---- exact integers, just large enough: 770 digits, or 2^1075 times 10^(342 + 770) ---- */

enum { WORDS_MAX = 144, DIGITS_MAX = 769 }; /* no double's halfway point has more significant digits than 768 */

typedef struct exact {
    unsigned count; /* of words in use, least significant first */
    uint64_t words[WORDS_MAX];
} exact;

static void exact_multiply_add(exact *n, uint64_t factor, uint64_t addend)
{
    for (unsigned i = 0; i < n->count; i++) {
        unsigned __int128 product = (unsigned __int128)n->words[i] * factor + addend;
        n->words[i] = (uint64_t)product;
        addend      = (uint64_t)(product >> 64);
    }
    if (addend)
        n->words[n->count++] = addend;
}

static void exact_multiply_power5(exact *n, unsigned exponent)
{
    for (; exponent >= 27; exponent -= 27)
        exact_multiply_add(n, 7450580596923828125u, 0);
    uint64_t rest = 1;
    while (exponent--)
        rest *= 5;
    exact_multiply_add(n, rest, 0);
}

static void exact_shift(exact *n, unsigned bits)
{
    unsigned words = bits / 64;
    if (n->count == 0)
        return;
    exact_multiply_add(n, 1ull << bits % 64, 0);
    memmove(n->words + words, n->words, n->count * sizeof n->words[0]);
    memset(n->words, 0, words * sizeof n->words[0]);
    n->count += words;
}

static int exact_compare(const exact *a, const exact *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (unsigned i = a->count; i-- > 0;) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

/* ---- the text, taken apart ---- */

typedef struct parts {
    burin_text digits;   /* from the first significant digit on, with the point among them if it stands there */
    uint64_t   leading;  /* the first 19 significant digits */
    int        count;    /* significant digits in all */
    int64_t    exponent; /* of the last of the first 19 (or fewer) digits */
    bool       cut;      /* there are more digits, not all zero */
} parts;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take_apart(const char *at, const char *end, parts *p)
{
    bool any = false, point = false;
    *p = (parts){.digits = {NULL, 0}};
    for (; at < end && (is_digit(*at) || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        any = true;
        if (*at == '0' && p->count == 0) {
            p->exponent -= point;
            continue;
        }
        if (p->count == 0)
            p->digits.data = at;
        if (p->count < 19) {
            p->leading = p->leading * 10 + (uint64_t)(*at - '0');
            p->exponent -= point;
        } else {
            p->exponent += !point;
            p->cut |= *at != '0';
        }
        p->count += p->count < INT32_MAX;
    }
    if (p->digits.data)
        p->digits.len = (size_t)(at - p->digits.data);
    if (!any)
        return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
        bool negative = ++at < end && *at == '-';
        at += at < end && (*at == '-' || *at == '+');
        if (at == end)
            return false;
        int64_t exponent = 0;
        for (; at < end && is_digit(*at); at++)
            exponent = exponent < 100000000000 ? exponent * 10 + (*at - '0') : exponent; /* beyond any text's digits */
        p->exponent += negative ? -exponent : exponent;
    }
    return at == end;
}

/* ---- Eisel and Lemire ---- */

static double from_fields(uint64_t fraction, int biased)
{
    uint64_t bits = (uint64_t)biased << 52 | fraction;
    double   f;
    memcpy(&f, &bits, 8);
    return f;
}

/* digits * 10^exponent, rounded; false when 128 bits do not tell, then *out is right or the neighbour of what is. */
static bool approximate(uint64_t digits, int64_t exponent10, double *out)
{
    if (digits == 0 || exponent10 < -342) {
        *out = 0;
        return true;
    }
    if (exponent10 > 308) {
        *out = HUGE_VAL;
        return true;
    }
    int      q       = (int)exponent10;
    int      leading = __builtin_clzll(digits);
    power128 power   = power_of_ten(q);
    if (q < 0 && q >= -27 && ++power.low == 0) /* for these the algorithm's proof wants the power rounded up */
        power.high++;
    digits <<= leading;

    bool              certain = true;
    unsigned __int128 product = (unsigned __int128)digits * power.high;
    uint64_t          high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1FF) == 0x1FF) { /* the bits that decide might still change */
        uint64_t carry = (uint64_t)((unsigned __int128)digits * power.low >> 64);
        low += carry;
        high += low < carry;
        certain = low != UINT64_MAX || (q >= -27 && q <= 55);
    }
    int      top         = (int)(high >> 63);
    uint64_t significand = high >> (top + 9); /* 54 bits: one more than a double has */
    int      biased      = ((217706 * q) >> 16) + 63 + top - leading + 1023;
    if (biased <= 0) { /* subnormal, or rounded up to the smallest normal */
        if (biased <= -63) {
            *out = 0;
            return true;
        }
        significand >>= 1 - biased;
        significand = (significand + (significand & 1)) >> 1;
        *out        = from_fields(significand & ~(1ull << 52), significand >> 52 ? 1 : 0);
        return certain;
    }
    /* Exactly half way between two doubles is possible only for these exponents: then to the even one. */
    if (low <= 1 && q >= -4 && q <= 23 && (significand & 3) == 1 && significand << (top + 9) == high)
        significand &= ~1ull;
    significand = (significand + (significand & 1)) >> 1;
    if (significand >> 53) {
        significand >>= 1;
        biased++;
    }
    *out = biased >= 2047 ? HUGE_VAL : from_fields(significand & ~(1ull << 52), biased);
    return certain;
}

/* ---- exactly ---- */

/* The text's significant digits as an integer; *exponent gets the power of ten it is to be multiplied with. */
static void exact_from_digits(const parts *p, exact *n, int64_t *exponent)
{
    int  taken = 0;
    bool more  = false; /* a digit that is not zero follows those taken: all it can say is "a little more" */
    n->count   = 0;
    for (size_t i = 0; i < p->digits.len && !more; i++) {
        char c = p->digits.data[i];
        if (c == '.')
            continue;
        if (taken == DIGITS_MAX) {
            more = c != '0';
            continue;
        }
        exact_multiply_add(n, 10, (uint64_t)(c - '0'));
        taken++;
    }
    if (more)
        exact_multiply_add(n, 10, 1);
    *exponent = p->exponent + (p->count < 19 ? p->count : 19) - taken - more;
}

/* Is the text above (1), below (-1) or exactly (0) half way from `f` to the next larger double? */
static int compare_with_halfway(const parts *p, double f)
{
    exact    text, halfway = {0, {0}};
    int64_t  exponent10;
    uint64_t bits;
    memcpy(&bits, &f, 8);
    int      biased   = (int)(bits >> 52);
    uint64_t fraction = bits & 0xFFFFFFFFFFFFFu;
    int      exponent2 = (biased ? biased : 1) - 1075 - 1; /* of the doubled significand */

    exact_from_digits(p, &text, &exponent10);
    exact_multiply_add(&halfway, 1, 2 * (biased ? fraction | 1ull << 52 : fraction) + 1);
    /* text * 10^exponent10 against halfway * 2^exponent2: move negative exponents to the other side */
    if (exponent10 >= 0)
        exact_multiply_power5(&text, (unsigned)exponent10);
    else
        exact_multiply_power5(&halfway, (unsigned)-exponent10);
    int64_t twos = exponent10 - exponent2;
    if (twos >= 0)
        exact_shift(&text, (unsigned)twos);
    else
        exact_shift(&halfway, (unsigned)-twos);
    return exact_compare(&text, &halfway);
}

static bool is_even(double f)
{
    uint64_t bits;
    memcpy(&bits, &f, 8);
    return (bits & 1) == 0;
}

/* The right one of `near` and its two neighbours; halves go to the even one. */
static double decide(const parts *p, double near)
{
    if (near == HUGE_VAL)
        near = nextafter(near, 0);
    int up = compare_with_halfway(p, near);
    if (up > 0 || (up == 0 && !is_even(near)))
        return nextafter(near, HUGE_VAL);
    if (up == 0 || near == 0)
        return near;
    double before = nextafter(near, 0);
    int    down   = compare_with_halfway(p, before);
    return down < 0 || (down == 0 && is_even(before)) ? before : near;
}

bool text_to_double(const char *data, size_t len, double *out)
{
    static const double small_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *at = data, *end = data + len;
    parts       p;
    double      low, high;

    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (!take_apart(at, end, &p))
        return false;
    if (!p.cut && p.leading <= 1ull << 53 && p.exponent >= -22 && p.exponent <= 22) {
        low = (double)p.leading;
        low = p.exponent < 0 ? low / small_powers[-p.exponent] : low * small_powers[p.exponent];
    } else if (!approximate(p.leading, p.exponent, &low) ||
               (p.cut && (!approximate(p.leading + 1, p.exponent, &high) || high != low))) {
        low = decide(&p, low);
    }
    *out = negative ? -low : low;
    return true;
}
