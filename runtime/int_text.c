/* int(text, base), as CPython's PyLong_FromUnicodeObject reads it: white space around, a sign, a prefix, single underscores
 * between digits, decimal digits of any script. */
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/convert.h"
#include "runtime/unicode.h"

typedef struct reader {
    burin_text text;
    size_t     at;
    int        base;
} reader;

/* The next character as CPython sees it: decimals as '0'..'9', spaces as ' ', other non-ASCII as '?'; 0x100 at the end. */
static unsigned peek(const reader *r, size_t *next)
{
    if (r->at >= r->text.len)
        return 0x100;
    *next       = r->at;
    uint32_t cp = text_decode(r->text.data, r->text.len, next);
    if (cp < 128)
        return cp;
    int digit = uni_decimal_value(cp);
    return digit >= 0 ? (unsigned)('0' + digit) : uni_is_space(cp) ? ' ' : '?';
}

static bool is_space(unsigned c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int digit_value(unsigned c)
{
    unsigned lower = c | 0x20;
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    return c < 128 && lower >= 'a' && lower <= 'z' ? (int)(lower - 'a') + 10 : 99;
}

static void skip_spaces(reader *r)
{
    size_t next = 0;
    while (is_space(peek(r, &next)))
        r->at = next;
}

static bool skip(reader *r, unsigned wanted)
{
    size_t   next = 0;
    unsigned c    = peek(r, &next);
    if (c != wanted && (c | 0x20) != wanted)
        return false;
    r->at = next;
    return true;
}

/* Consume "0x" and the like, settling base 0. True when a decimal literal with a leading zero must be zero. */
static bool read_prefix(reader *r)
{
    reader after = *r;
    int    base  = 10;
    if (!skip(&after, '0')) {
        r->base = r->base ? r->base : 10;
        return false;
    }
    if (skip(&after, 'x'))
        base = 16;
    else if (skip(&after, 'o'))
        base = 8;
    else if (skip(&after, 'b'))
        base = 2;
    if (base != 10 && (r->base == 0 || r->base == base)) {
        *r      = after;
        r->base = base;
        skip(r, '_');
        return false;
    }
    bool was_0 = r->base == 0;
    r->base    = was_0 ? 10 : r->base;
    return was_0;
}

/* Digit values to `digits`; false when there is none or an underscore stands wrong. */
static bool read_digits(reader *r, uint8_t *digits, size_t *count)
{
    bool   underscore = true; /* none may come now */
    size_t next       = 0;
    *count            = 0;
    for (;;) {
        unsigned c     = peek(r, &next);
        int      value = digit_value(c);
        if (c == '_') {
            if (underscore)
                return false;
            underscore = true;
        } else if (value < r->base) {
            digits[(*count)++] = (uint8_t)value;
            underscore         = false;
        } else {
            return !underscore;
        }
        r->at = next;
    }
}

static bool all_zero(const uint8_t *digits, size_t count)
{
    for (size_t n = 0; n < count; n++)
        if (digits[n])
            return false;
    return true;
}

static burin_status fail_literal(rt_state *st, burin_text text, int base)
{
    burin_value repr;
    if (rt_repr(st, rt_string(text.data, text.len), &repr))
        return st->status;
    size_t shown = text_count(repr.as.s, repr.len) > 200 ? text_offset(repr.as.s, repr.len, 200) : repr.len;
    return rt_fail(st, BURIN_ERR_VALUE, "invalid literal for int() with base %d: %.*s", base, (int)shown, repr.as.s);
}

burin_status rt_int_from_text(rt_state *st, burin_text text, int base, burin_value *out)
{
    reader r = {text, 0, base};
    size_t count;
    if (base != 0 && (base < 2 || base > 36))
        return rt_fail(st, BURIN_ERR_VALUE, "int() base must be >= 2 and <= 36, or 0");
    if (rt_charge(st, text.len / 64))
        return st->status;
    uint8_t *digits = heap_alloc(&st->heap, text.len + 1);
    if (!digits)
        return rt_fail_memory(st);
    skip_spaces(&r);
    bool negative = skip(&r, '-');
    if (!negative)
        skip(&r, '+');
    bool must_be_zero = read_prefix(&r);
    if (!read_digits(&r, digits, &count) || (must_be_zero && !all_zero(digits, count)))
        return fail_literal(st, text, base);
    skip_spaces(&r);
    if (r.at != text.len)
        return fail_literal(st, text, base);
    bool power_of_two = (r.base & (r.base - 1)) == 0;
    if (count > RT_INT_DIGITS_MAX && !power_of_two)
        return rt_fail(st, BURIN_ERR_VALUE, "Exceeds the limit (%d digits) for integer string conversion: value has %zu digits; use sys.set_int_max_str_digits() to increase the limit", RT_INT_DIGITS_MAX, count);
    if (count > RT_INT_BITS_MAX / 5)
        return rt_fail(st, BURIN_ERR_LIMIT, "an integer may have at most %d bits", RT_INT_BITS_MAX);
    return rt_int_from_digits(&st->heap, digits, count, r.base, negative, out) ? BURIN_OK : rt_fail_memory(st);
}
