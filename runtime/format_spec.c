/* format(value, spec): the mini-language [[fill]align][sign][z][#][0][width][,_][.precision][type] of str, int, float and complex.
 *
 * A specification is read once into `spec`; then str pads and cuts, and numbers go through one layout: padding, sign,
 * prefix, zeros after the sign, digits in groups, the rest. Everything is appended to a builder, so a field costs no
 * string of its own. Rules, order of checks and messages are those of CPython's Python/formatter_unicode.c. */
#include "runtime/bigint.h"
#include "runtime/convert.h"
#include "runtime/format.h"
#include "runtime/format_float.h"
#include "runtime/operate.h"
#include "runtime/unicode.h"

#include <math.h>

typedef struct spec {
    uint32_t fill;
    uint32_t type;  /* code point; 0: none given */
    char     align; /* < > ^ = */
    char     sign;  /* + - space; 0: none given */
    char     grouping; /* , or _; 0: none */
    bool     alternate, no_negative_zero;
    bool     part;  /* of a complex number: whole ones have no ".0" */
    int64_t  width, precision; /* -1: none */
} spec;

/* ---- reading a specification ---- */

typedef struct reader {
    burin_text text;
    size_t     at;
} reader;

static uint32_t peek(const reader *r)
{
    size_t at = r->at;
    return at < r->text.len ? text_decode(r->text.data, r->text.len, &at) : 0;
}
static void skip(reader *r) { text_decode(r->text.data, r->text.len, &r->at); }
static bool take(reader *r, char c)
{
    if (r->at >= r->text.len || r->text.data[r->at] != c)
        return false;
    r->at++;
    return true;
}
static bool is_align(uint32_t cp) { return cp == '<' || cp == '>' || cp == '=' || cp == '^'; }

/* Decimal digits of any script. -1: too many; *out is left alone when there are none. */
static int read_number(reader *r, int64_t *out)
{
    int64_t number = 0;
    int     digits = 0;

    for (int digit; r->at < r->text.len && (digit = uni_decimal_value(peek(r))) >= 0; digits++) {
        skip(r);
        if (number > (INT64_MAX - digit) / 10)
            return -1;
        number = number * 10 + digit;
    }
    if (digits)
        *out = number;
    return digits;
}

/* "Cannot specify ',' with 'x'.": a code point as C's %c or as \x20ac. */
static burin_status fail_code(rt_state *st, const char *before, uint32_t cp, const char *after, const char *type)
{
    if (cp > 32 && cp < 128)
        return rt_fail(st, BURIN_ERR_VALUE, "%s'%c'%s%s%s", before, (char)cp, after, type, *type ? "'" : "");
    return rt_fail(st, BURIN_ERR_VALUE, "%s'\\x%x'%s%s%s", before, (unsigned)cp, after, type, *type ? "'" : "");
}

static burin_status fail_unknown_code(rt_state *st, const spec *s, burin_value v)
{
    return fail_code(st, "Unknown format code ", s->type, " for object of type '", rt_type_name(st, v));
}

static burin_status check_grouping(rt_state *st, const spec *s)
{
    if (s->type && s->type < 128 && strchr("defgEG%F", (char)s->type))
        return BURIN_OK;
    if (s->type && s->type < 128 && s->grouping == '_' && strchr("boxX", (char)s->type))
        return BURIN_OK;
    if (!s->type)
        return BURIN_OK;
    char before[32];
    memcpy(before, "Cannot specify '?' with ", sizeof "Cannot specify '?' with ");
    before[16] = s->grouping;
    return fail_code(st, before, s->type, ".", "");
}

static burin_status read_spec(rt_state *st, burin_text text, burin_value v, char default_align, uint32_t default_type, spec *s)
{
    reader r            = {text, 0};
    bool   fill_given   = false, align_given = false;
    size_t second       = 0;
    *s                  = (spec){.fill = ' ', .align = default_align, .width = -1, .precision = -1};
    uint32_t first      = text.len ? text_decode(text.data, text.len, &second) : 0;

    if (second && second < text.len && is_align((unsigned char)text.data[second])) {
        s->fill     = first;
        s->align    = text.data[second];
        r.at        = second + 1;
        fill_given  = align_given = true;
    } else if (is_align(first)) {
        s->align    = (char)first;
        r.at        = second;
        align_given = true;
    }
    uint32_t sign = peek(&r);
    if (sign == '+' || sign == '-' || sign == ' ') {
        s->sign = (char)sign;
        r.at++;
    }
    s->no_negative_zero = take(&r, 'z');
    s->alternate        = take(&r, '#');
    if (!fill_given && take(&r, '0')) {
        s->fill = '0';
        if (!align_given && default_align == '>')
            s->align = '=';
    }
    if (read_number(&r, &s->width) < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "Too many decimal digits in format string");
    if (take(&r, ','))
        s->grouping = ',';
    bool underscore = take(&r, '_');
    if ((underscore && s->grouping) || (underscore && r.at < text.len && text.data[r.at] == ','))
        return rt_fail(st, BURIN_ERR_VALUE, "Cannot specify both ',' and '_'.");
    if (underscore)
        s->grouping = '_';
    if (take(&r, '.')) {
        int digits = read_number(&r, &s->precision);
        if (digits < 0)
            return rt_fail(st, BURIN_ERR_VALUE, "Too many decimal digits in format string");
        if (digits == 0)
            return rt_fail(st, BURIN_ERR_VALUE, "Format specifier missing precision");
    }
    s->type = default_type;
    if (r.at < text.len) {
        s->type = peek(&r);
        skip(&r);
    }
    if (r.at < text.len)
        return rt_fail(st, BURIN_ERR_VALUE, "Invalid format specifier '%.*s' for object of type '%s'", (int)text.len, text.data, rt_type_name(st, v));
    return s->grouping ? check_grouping(st, s) : BURIN_OK;
}

/* A width no string can have, before anything of it is allocated. */
static burin_status check_width(rt_state *st, const spec *s)
{
    if (s->width > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
    return BURIN_OK;
}

static burin_status built(const builder *b) { return b->failed ? b->st->status : BURIN_OK; }

/* ---- str ---- */

static burin_status append_text(builder *b, burin_value v, burin_text text)
{
    rt_state    *st = b->st;
    spec         s;
    burin_status status = read_spec(st, text, v, '<', 's', &s);

    if (status)
        return status;
    if (s.type != 's')
        return fail_unknown_code(st, &s, v);
    if (s.sign)
        return rt_fail(st, BURIN_ERR_VALUE, "%s not allowed in string format specifier", s.sign == ' ' ? "Space" : "Sign");
    if (s.no_negative_zero)
        return rt_fail(st, BURIN_ERR_VALUE, "Negative zero coercion (z) not allowed in string format specifier");
    if (s.alternate)
        return rt_fail(st, BURIN_ERR_VALUE, "Alternate form (#) not allowed in string format specifier");
    if (s.align == '=')
        return rt_fail(st, BURIN_ERR_VALUE, "'=' alignment not allowed in string format specifier");
    uint64_t count = rt_string_count(v);
    size_t   bytes = v.len;
    if (s.precision >= 0 && (uint64_t)s.precision < count) {
        count = (uint64_t)s.precision;
        bytes = (v.flags & BURIN_ASCII) ? (size_t)count : text_offset(v.as.s, v.len, (size_t)count);
    }
    uint64_t pad = s.width > 0 && (uint64_t)s.width > count ? (uint64_t)s.width - count : 0;
    uint64_t left = s.align == '>' ? pad : s.align == '^' ? pad / 2 : 0;
    if (pad && (status = check_width(st, &s)))
        return status;
    builder_fill(b, s.fill, (size_t)left);
    v.len = (uint32_t)bytes;
    builder_value(b, v);
    builder_fill(b, s.fill, (size_t)(pad - left));
    return built(b);
}

/* ---- numbers ---- */

typedef struct number { /* what is to be laid out */
    burin_text digits;   /* of the integer part; grouped */
    burin_text rest;     /* point and what follows, "%", inf, nan, one character */
    size_t     rest_count; /* code points of it */
    burin_text prefix;   /* 0x */
    bool       negative;
    unsigned   group;    /* digits a group; 0: none */
} number;

/* Digits with zeros in front, so that with separators they are at least `width` wide (as many as that takes). */
static uint64_t digits_for_width(uint64_t digits, uint64_t width, unsigned group)
{
    uint64_t wanted = width;

    if (group) {
        uint64_t last = width % (group + 1);
        wanted        = width / (group + 1) * group + (last ? last : width > 0);
    }
    return wanted > digits ? wanted : digits;
}

static void append_grouped(builder *b, burin_text digits, uint64_t total, unsigned group, char separator)
{
    uint64_t zeros = total - digits.len;

    if (!group) {
        builder_fill(b, '0', (size_t)zeros);
        builder_ascii(b, digits.data, digits.len);
        return;
    }
    if (!builder_room(b, (size_t)(total + (total - 1) / group)))
        return;
    for (uint64_t n = 0; n < total; n++) {
        if (n && (total - n) % group == 0)
            b->data[b->len++] = separator;
        b->data[b->len++] = n < zeros ? '0' : digits.data[n - zeros];
    }
}

static burin_status append_number(builder *b, const spec *s, const number *n)
{
    burin_status status = check_width(b->st, s);
    if (status)
        return status;
    char     sign     = n->negative ? '-' : s->sign == '+' || s->sign == ' ' ? s->sign : 0;
    uint64_t others   = (sign != 0) + n->prefix.len + n->rest_count, width = s->width > 0 ? (uint64_t)s->width : 0;
    uint64_t zero_to  = s->fill == '0' && s->align == '=' && width > others ? width - others : 0;
    uint64_t digits   = n->digits.len ? digits_for_width(n->digits.len, zero_to, n->group) : 0;
    uint64_t grouped  = digits + (n->group && digits ? (digits - 1) / n->group : 0);
    uint64_t pad      = width > others + grouped ? width - others - grouped : 0;
    uint64_t left     = s->align == '>' ? pad : s->align == '^' ? pad / 2 : 0;

    builder_fill(b, s->fill, (size_t)left);
    if (sign)
        builder_byte(b, sign);
    builder_ascii(b, n->prefix.data, n->prefix.len);
    if (s->align == '=')
        builder_fill(b, s->fill, (size_t)pad);
    if (digits)
        append_grouped(b, n->digits, digits, n->group, s->grouping);
    builder_text(b, n->rest.data, n->rest.len);
    if (s->align == '<' || s->align == '^')
        builder_fill(b, s->fill, (size_t)(pad - left));
    return built(b);
}

/* ---- int ---- */

static burin_status append_character(builder *b, burin_value v, const spec *s)
{
    rt_state *st = b->st;
    char      unit[4];

    if (s->sign)
        return rt_fail(st, BURIN_ERR_VALUE, "Sign not allowed with integer format specifier 'c'");
    if (s->alternate)
        return rt_fail(st, BURIN_ERR_VALUE, "Alternate form (#) not allowed with integer format specifier 'c'");
    if (v.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C long");
    if (v.as.i < 0 || v.as.i > 0x10ffff)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "%%c arg not in range(0x110000)");
    number n = {.rest = {unit, text_encode((uint32_t)v.as.i, unit)}, .rest_count = 1};
    return append_number(b, s, &n);
}

static burin_status append_integer(builder *b, burin_value v, const spec *s)
{
    rt_state    *st     = b->st;
    unsigned     base   = s->type == 'b' ? 2 : s->type == 'o' ? 8 : s->type == 'x' || s->type == 'X' ? 16 : 10;
    number       n      = {.negative = rt_int_sign(v) < 0, .group = !s->grouping ? 0 : base == 10 ? 3 : 4};
    char         prefix[2] = {'0', (char)s->type}, small[20];
    burin_status status = BURIN_OK;

    if (s->precision >= 0)
        return rt_fail(st, BURIN_ERR_VALUE, "Precision not allowed in integer format specifier");
    if (s->no_negative_zero)
        return rt_fail(st, BURIN_ERR_VALUE, "Negative zero coercion (z) not allowed in integer format specifier");
    if (s->type == 'c')
        return append_character(b, v, s);
    if (v.kind != BURIN_BIGINT && base == 10 && v.as.i != INT64_MIN)
        n.digits = (burin_text){small, text_from_int(n.negative ? -v.as.i : v.as.i, small)};
    else
        status = rt_int_digits(st, v, (int)base, &n.digits);
    if (status)
        return status;
    if (s->type == 'X') {
        char *upper = heap_alloc(&st->heap, n.digits.len);
        if (!upper)
            return rt_fail_memory(st);
        for (size_t at = 0; at < n.digits.len; at++)
            upper[at] = (char)(n.digits.data[at] - (n.digits.data[at] >= 'a' ? 32 : 0));
        n.digits.data = upper;
    }
    if (s->alternate && base != 10)
        n.prefix = (burin_text){prefix, 2};
    return append_number(b, s, &n);
}

/* ---- float ---- */

static burin_status append_float(builder *b, double f, const spec *s)
{
    rt_state *st        = b->st;
    uint32_t  type      = s->type;
    unsigned  flags     = s->alternate ? FLOAT_ALTERNATE : 0;
    int64_t   precision = s->precision;

    if (precision > INT32_MAX)
        return rt_fail(st, BURIN_ERR_VALUE, "precision too big");
    if (type == 0) {
        flags |= s->part ? 0 : FLOAT_ADD_DOT_0;
        type = precision < 0 ? 'r' : 'g';
    } else {
        flags |= type == 'E' || type == 'F' || type == 'G' ? FLOAT_UPPER : 0;
        type = type == 'n' ? 'g' : type == '%' ? 'f' : type | 0x20;
    }
    if (s->type == '%')
        f *= 100;
    builder text; /* digits alone, to be laid out */
    builder_init(&text, st, 40);
    bool zero = float_write(&text, f, (char)type, precision < 0 ? 6 : (int)precision, flags);
    if (s->type == '%')
        builder_byte(&text, '%');
    if (text.failed)
        return st->status;
    number n = {.negative = signbit(f) && !isnan(f) && !(zero && s->no_negative_zero), .group = s->grouping ? 3 : 0};
    size_t digits = 0;
    while (digits < text.len && text.data[digits] - '0' >= 0 && text.data[digits] - '0' <= 9)
        digits++;
    n.digits     = (burin_text){text.data, digits};
    n.rest       = (burin_text){text.data + digits, text.len - digits};
    n.rest_count = n.rest.len;
    return append_number(b, s, &n);
}

/* ---- values ---- */

static bool is_float_code(uint32_t type) { return type && type < 128 && strchr("eEfFgG%", (char)type); }
static bool is_int_code(uint32_t type) { return type && type < 128 && strchr("bcdoxXn", (char)type); }

static burin_status append_int_value(builder *b, burin_value v, burin_text text)
{
    spec         s;
    double       f;
    burin_status status = read_spec(b->st, text, v, '>', 'd', &s);

    if (status)
        return status;
    if (is_int_code(s.type))
        return append_integer(b, v, &s);
    if (!is_float_code(s.type))
        return fail_unknown_code(b->st, &s, v);
    if (!rt_int_to_double(v, &f))
        return rt_fail(b->st, BURIN_ERR_OVERFLOW, "int too large to convert to float");
    return append_float(b, f, &s);
}

static burin_status append_float_value(builder *b, burin_value v, burin_text text)
{
    spec         s;
    burin_status status = read_spec(b->st, text, v, '>', 0, &s);

    if (status)
        return status;
    if (s.type && s.type != 'n' && !is_float_code(s.type))
        return fail_unknown_code(b->st, &s, v);
    return append_float(b, v.as.f, &s);
}

/* Both parts as floats, the imaginary one always with a sign; in brackets when no type asks for another form. */
static burin_status append_parts(builder *b, rt_complex z, const spec *s)
{
    spec         part  = *s;
    bool         plain = s->type == 0, real = !plain || z.re != 0 || signbit(z.re);
    burin_status status = BURIN_OK;

    part.part  = true;
    part.width = -1;
    part.align = '<';
    if (plain && real)
        builder_byte(b, '(');
    if (real) {
        status    = append_float(b, z.re, &part);
        part.sign = '+';
    }
    if (!status)
        status = append_float(b, z.im, &part);
    builder_ascii(b, "j)", plain && real ? 2 : 1);
    return status;
}

static burin_status append_complex_value(builder *b, burin_value v, burin_text text)
{
    rt_state    *st = b->st;
    spec         s;
    builder      parts;
    burin_status status = read_spec(st, text, v, '>', 0, &s);

    if (status)
        return status;
    if (s.type && (s.type == '%' || (s.type != 'n' && !is_float_code(s.type))))
        return fail_unknown_code(st, &s, v);
    if (s.fill == '0')
        return rt_fail(st, BURIN_ERR_VALUE, "Zero padding is not allowed in complex format specifier");
    if (s.align == '=')
        return rt_fail(st, BURIN_ERR_VALUE, "'=' alignment flag is not allowed in complex format specifier");
    builder_init(&parts, st, 64);
    if ((status = append_parts(&parts, rt_complex_of(v), &s)) || (status = check_width(st, &s)))
        return status;
    uint64_t width = s.width > 0 ? (uint64_t)s.width : 0, pad = width > parts.len ? width - parts.len : 0;
    uint64_t left  = s.align == '>' ? pad : s.align == '^' ? pad / 2 : 0;
    builder_fill(b, s.fill, (size_t)left);
    builder_ascii(b, parts.data, parts.len);
    builder_fill(b, s.fill, (size_t)(pad - left));
    return built(b);
}

burin_status rt_format_append(builder *b, burin_value v, burin_text text)
{
    char room[32];

    if (text.len == 0) {
        burin_status status = BURIN_OK;
        burin_value  shown  = v;
        if (v.kind == BURIN_INT)
            builder_ascii(b, room, text_from_int(v.as.i, room));
        else if (v.kind == BURIN_FLOAT)
            builder_ascii(b, room, text_from_double(v.as.f, room));
        else if (!(status = rt_str(b->st, v, &shown)))
            builder_value(b, shown);
        return status ? status : built(b);
    }
    switch (v.kind) {
    case BURIN_STRING: return append_text(b, v, text);
    case BURIN_BOOL:
    case BURIN_INT:
    case BURIN_BIGINT: return append_int_value(b, v, text);
    case BURIN_FLOAT: return append_float_value(b, v, text);
    case BURIN_COMPLEX: return append_complex_value(b, v, text);
    default: return rt_fail(b->st, BURIN_ERR_TYPE, "unsupported format string passed to %s.__format__", rt_type_name(b->st, v));
    }
}

burin_status rt_format_spec(rt_state *st, burin_value value, burin_text text, burin_value *out)
{
    builder b;
    builder_init(&b, st, text.len ? 32 : 0);
    burin_status status = rt_format_append(&b, value, text);
    bool         same   = rt_is_safe(value) && text.len && value.len && b.len == value.len; /* nothing to pad or cut: the Markup itself */

    return status ? status : builder_take(&b, same ? BURIN_SAFE : 0, out);
}

burin_status rt_append_ascii_text(builder *b, burin_value text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t at = 0; at < text.len;) {
        uint32_t cp    = text_decode(text.as.s, text.len, &at);
        unsigned width = cp < 0x100 ? 2 : cp < 0x10000 ? 4 : 8;
        if (cp < 0x80) {
            builder_byte(b, (char)cp);
            continue;
        }
        builder_ascii(b, width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U", 2);
        while (width--)
            builder_byte(b, digits[cp >> (4 * width) & 15]);
    }
    return built(b);
}

burin_status rt_append_ascii(builder *b, burin_value value)
{
    burin_value  repr;
    burin_status status = rt_repr(b->st, value, &repr);

    return status ? status : rt_append_ascii_text(b, repr);
}
