/* Numbers of scripts, read as CPython's tokenizer reads them: what is wrong with one is said where the reading stops. */
#include "lexer/script_parts.h"

typedef struct number {
    script_lexer *lx;
    script_token *out;
    const char   *at;
    bool          is_float;
} number;

static char peek(const number *n, size_t ahead) { return (size_t)(n->lx->end - n->at) > ahead ? n->at[ahead] : '\0'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static int digit_of(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool fail(number *n, const char *format, const char *kind)
{
    script_fail_at(n->lx, n->out, n->at > n->lx->at ? n->at - 1 : n->at, format, kind);
    return false;
}

/* A number may stand directly before these words, and before nothing else that a name could begin with. */
static bool ends(number *n, const char *kind)
{
    static const char *const words[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    char                     c       = peek(n, 0);
    bool                     letter  = c == '_' || is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (unsigned char)c >= 128;

    for (size_t i = 0; letter && i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(n->lx->end - n->at) >= len && memcmp(n->at, words[i], len) == 0)
            return true;
    }
    return !letter || fail(n, "invalid %s literal", kind);
}

/* \d+(_\d+)*, the first digit being there. */
static bool decimal(number *n)
{
    for (;;) {
        while (is_digit(peek(n, 0)))
            n->at++;
        if (peek(n, 0) != '_')
            return true;
        n->at++;
        if (!is_digit(peek(n, 0)))
            return fail(n, "invalid %s literal", "decimal");
    }
}

/* The digits behind 0x, 0o or 0b. */
static bool based(number *n, int base, const char *kind)
{
    n->at += 2;
    do {
        if (peek(n, 0) == '_')
            n->at++;
        if (digit_of(peek(n, 0)) >= base) {
            if (!is_digit(peek(n, 0)))
                return fail(n, "invalid %s literal", kind);
            break;
        }
        while (digit_of(peek(n, 0)) < base)
            n->at++;
    } while (peek(n, 0) == '_');
    if (is_digit(peek(n, 0))) {
        script_fail_at(n->lx, n->out, n->at, "invalid digit '%c' in %s literal", peek(n, 0), kind);
        return false;
    }
    return ends(n, kind);
}

/* e+10. An e that is followed by no digits may begin `else`. */
static bool exponent(number *n)
{
    bool sign = peek(n, 1) == '+' || peek(n, 1) == '-';

    if (!is_digit(peek(n, sign ? 2 : 1))) {
        if (!sign)
            return true;
        n->at += 2;
        return fail(n, "invalid %s literal", "decimal");
    }
    n->is_float = true;
    n->at += sign ? 2 : 1;
    return decimal(n);
}

/* 0, 00, and what is only allowed when a float comes of it: 01. Sets *nonzero then. */
static bool zeros(number *n, bool *nonzero)
{
    for (;;) {
        if (peek(n, 0) == '_') {
            n->at++;
            if (!is_digit(peek(n, 0)))
                return fail(n, "invalid %s literal", "decimal");
        }
        if (peek(n, 0) != '0')
            break;
        n->at++;
    }
    *nonzero = is_digit(peek(n, 0));
    return !*nonzero || decimal(n);
}

/* A number of base ten up to its end; *imaginary when it has a j. */
static bool plain(number *n, bool *imaginary)
{
    bool nonzero = false;

    if (peek(n, 0) == '0' ? !zeros(n, &nonzero) : peek(n, 0) != '.' && !decimal(n))
        return false;
    if (peek(n, 0) == '.') {
        n->is_float = true;
        n->at++;
        if (is_digit(peek(n, 0)) && !decimal(n))
            return false;
    }
    if ((peek(n, 0) | 0x20) == 'e' && !exponent(n))
        return false;
    *imaginary = (peek(n, 0) | 0x20) == 'j';
    if (*imaginary) {
        n->at++;
        return ends(n, "imaginary");
    }
    if (nonzero && !n->is_float) {
        script_fail_at(n->lx, n->out, n->lx->at, "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
        return false;
    }
    return ends(n, "decimal");
}

/* The digits without underscores; NULL data when memory is out. */
static burin_text digits_of(script_lexer *lx, const char *from, const char *to)
{
    burin_text text = {from, (size_t)(to - from)};

    if (!memchr(from, '_', text.len))
        return text;
    char  *copy = arena_alloc(lx->arena, text.len);
    size_t len  = 0;
    for (const char *p = from; copy && p < to; p++) {
        if (*p != '_')
            copy[len++] = *p;
    }
    return (burin_text){copy, len};
}

static void set_value(script_lexer *lx, script_token *out, const number *n, bool imaginary, bool base_ten)
{
    burin_text digits = digits_of(lx, lx->at, imaginary ? n->at - 1 : n->at);
    double     value  = 0;

    if (!digits.data) {
        script_fail(lx, out, BURIN_ERR_NOMEM, 0, (span){0, 0}, "out of memory");
    } else if (n->is_float || imaginary) {
        if (!text_to_double(digits.data, digits.len, &value))
            script_fail(lx, out, BURIN_ERR_NOMEM, 0, (span){0, 0}, "out of memory"); /* it is well formed, so only memory can be missing */
        out->value = burin_float(value);
    } else if (base_ten && digits.len > LEXER_DIGITS_MAX) {
        script_fail_at(lx, out, lx->at, "Exceeds the limit (%d digits) for integer string conversion: value has %zu digits; use "
                       "sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid "
                       "decimal conversion limits.", LEXER_DIGITS_MAX, digits.len);
    } else
        out->value = lexer_integer_value(digits);
}

void script_number(script_lexer *lx, script_token *out)
{
    number n         = {lx, out, lx->at, false};
    bool   imaginary = false, base_ten = false;
    char   letter    = (char)(peek(&n, 1) | 0x20);
    bool   read;

    if (peek(&n, 0) == '0' && letter == 'x')
        read = based(&n, 16, "hexadecimal");
    else if (peek(&n, 0) == '0' && letter == 'o')
        read = based(&n, 8, "octal");
    else if (peek(&n, 0) == '0' && letter == 'b')
        read = based(&n, 2, "binary");
    else {
        base_ten = true;
        read     = plain(&n, &imaginary);
    }
    if (!read)
        return;
    script_token t = {.kind = imaginary ? SCRIPT_IMAGINARY : SCRIPT_NUMBER, .line = lx->line,
                      .start = script_offset(lx, lx->at), .end = script_offset(lx, n.at)};
    set_value(lx, &t, &n, imaginary, base_ten);
    *out   = t;
    lx->at = n.at;
}
