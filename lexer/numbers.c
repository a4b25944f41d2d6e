/* Numbers: from text to value, and the rare ones with digits beyond ASCII.
 *
 * Integers of up to 64 bits become INT, larger ones BIGINT whose text is the literal without underscores. Python's \d
 * matches every decimal digit of Unicode, and its int() reads them all, so 1٢ is twelve; in a float the compiler that
 * Jinja2 asks for the value refuses them. */
#include "lexer/parts.h"

#include <unictype.h>

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 0x20) - 'a' + 10;
}

/* The literal without underscores; itself when it has none. NULL data when memory is out. */
static burin_text without_underscores(lexer *lx, const char *start, const char *end)
{
    burin_text text = {start, (size_t)(end - start)};

    if (!memchr(start, '_', text.len))
        return text;
    char  *copy = arena_alloc(lx->arena, text.len);
    size_t len  = 0;
    for (const char *p = start; copy && p < end; p++) {
        if (*p != '_')
            copy[len++] = *p;
    }
    return (burin_text){copy, len};
}

static unsigned literal_base(burin_text digits)
{
    if (digits.len < 2 || digits.data[0] != '0')
        return 10;
    switch (digits.data[1] | 0x20) {
    case 'x': return 16;
    case 'o': return 8;
    case 'b': return 2;
    default: return 10;
    }
}

burin_value lexer_integer_value(burin_text digits)
{
    unsigned base  = literal_base(digits);
    int64_t  value = 0;

    for (size_t i = base == 10 ? 0 : 2; i < digits.len; i++) {
        if (__builtin_mul_overflow(value, (int64_t)base, &value) || __builtin_add_overflow(value, digit_value(digits.data[i]), &value)) {
            burin_value big = burin_string_borrow(digits.data, digits.len);
            big.kind        = BURIN_BIGINT;
            return big;
        }
    }
    return burin_int(value);
}

/* The value of ASCII digits without underscores. */
static void integer_value(lexer *lx, token *out, burin_text digits)
{
    if (literal_base(digits) == 10 && digits.len > LEXER_DIGITS_MAX)
        lexer_fail(lx, out, BURIN_ERR_VALUE, (span){out->start, out->end},
                   "Exceeds the limit (%d digits) for integer string conversion: value has %zu digits; use "
                   "sys.set_int_max_str_digits() to increase the limit", LEXER_DIGITS_MAX, digits.len);
    else
        out->value = lexer_integer_value(digits);
}

void lexer_integer(lexer *lx, token *out, const char *start, const char *end)
{
    burin_text digits = without_underscores(lx, start, end);

    lexer_make(lx, out, TOKEN_INTEGER, start, end);
    lx->at = end;
    if (!digits.data)
        lexer_fail_memory(lx, out);
    else
        integer_value(lx, out, digits);
}

void lexer_float(lexer *lx, token *out, const char *start, const char *end)
{
    burin_text digits = without_underscores(lx, start, end);
    double     value  = 0;

    lexer_make(lx, out, TOKEN_FLOAT, start, end);
    lx->at = end;
    if (!digits.data || !text_to_double(digits.data, digits.len, &value))
        lexer_fail_memory(lx, out); /* the literal is well formed, so only memory can be missing */
    else
        out->value = burin_float(value);
}

/* ---- digits beyond ASCII ---- */

/* The digit at p (decimal, or also hexadecimal) and where it ends; -1 when there is none. */
static int wide_digit(const char *p, const char *end, unsigned base, const char **after)
{
    size_t at = 0;

    if (p >= end)
        return -1;
    uint32_t cp    = text_decode(p, (size_t)(end - p), &at);
    int      value = cp < 128 ? -1 : uc_decimal_value(cp);
    if (cp >= '0' && cp <= '9')
        value = (int)cp - '0';
    else if (base == 16 && cp < 128 && (((cp | 0x20) >= 'a') && ((cp | 0x20) <= 'f')))
        value = digit_value((char)cp);
    if (value >= 0)
        *after = p + at;
    return value;
}

/* (_?\d)* or, when `needs_digit`, \d(_?\d)*: the end, NULL without the needed digit. */
static const char *wide_digits(const char *p, const char *end, unsigned base, bool needs_digit)
{
    const char *after;

    if (needs_digit) {
        if (wide_digit(p, end, base, &after) < 0)
            return NULL;
        p = after;
    }
    for (;;) {
        const char *next = p < end && *p == '_' ? p + 1 : p;
        if (wide_digit(next, end, base, &after) < 0)
            return p;
        p = after;
    }
}

/* The end of the floating point number at p, NULL when there is none. */
static const char *wide_float(const lexer *lx, const char *p)
{
    if (p > lx->begin && p[-1] == '.')
        return NULL;
    const char *whole = wide_digits(p, lx->end, 10, true);
    if (!whole)
        return NULL;
    const char *fraction = whole < lx->end && *whole == '.' ? wide_digits(whole + 1, lx->end, 10, true) : NULL;
    const char *mantissa = fraction ? fraction : whole;
    if (mantissa < lx->end && (*mantissa | 0x20) == 'e') {
        const char *sign     = mantissa + 1;
        const char *exponent = wide_digits(sign < lx->end && (*sign == '+' || *sign == '-') ? sign + 1 : sign, lx->end, 10, true);
        if (exponent)
            return exponent;
    }
    return fraction;
}

/* ASCII digits for those from p to end, without underscores. */
static burin_text narrow_digits(lexer *lx, const char *p, const char *end, unsigned base)
{
    char  *digits = arena_alloc(lx->arena, (size_t)(end - p));
    size_t len    = 0;

    if (!digits)
        return (burin_text){NULL, 0};
    if (base == 16) {
        memcpy(digits, p, 2);
        p += 2;
        len = 2;
    }
    while (p < end) {
        if (*p == '_') {
            p++;
            continue;
        }
        digits[len++] = "0123456789abcdef"[wide_digit(p, end, base, &p) & 15];
    }
    return (burin_text){digits, len};
}

/* What Python's compiler says of digits beyond ASCII in a literal. */
static void refuse_float(lexer *lx, token *out, const char *start)
{
    span     where = {out->start, out->end};
    size_t   at    = 0;
    uint32_t cp    = text_decode(start, (size_t)(lx->end - start), &at);

    if (cp < 128)
        lexer_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, where, "invalid decimal literal (<unknown>, line 1)");
    else
        lexer_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, where, "invalid character '%.*s' (U+%04X) (<unknown>, line 1)", (int)at, start, cp);
}

bool lexer_wide_number(lexer *lx, token *out)
{
    const char *start = lx->at;
    const char *end   = wide_float(lx, start);
    unsigned    base  = 10;

    if (end) {
        lexer_make(lx, out, TOKEN_FLOAT, start, end);
        if (text_is_ascii(start, (size_t)(end - start)))
            lexer_float(lx, out, start, end);
        else
            refuse_float(lx, out, start);
        return true;
    }
    if (*start >= '1' && *start <= '9')
        end = wide_digits(start + 1, lx->end, 10, false);
    else if (*start == '0' && start + 1 < lx->end && (start[1] | 0x20) == 'x') {
        base = 16;
        end  = wide_digits(start + 2, lx->end, 16, false);
        if (end == start + 2)
            return false;
    } else
        return false;
    burin_text digits = narrow_digits(lx, start, end, base);
    lexer_make(lx, out, TOKEN_INTEGER, start, end);
    lx->at = end;
    if (!digits.data)
        lexer_fail_memory(lx, out);
    else
        integer_value(lx, out, digits);
    return true;
}
