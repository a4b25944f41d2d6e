/* `format % args`: printf-style formatting as CPython's unicode_format in Objects/unicodeobject.c, and of bytes as its bytesobject.c.
 *
 * Arguments come from a tuple in order, or are one value; a mapping answers %(name)s. Under Markup every argument is what
 * markupsafe calls an escape helper: its text is escaped, it converts to int and float as the constructors int() and
 * float() do (so "%d" takes the text "42"), and it is neither an integer for %x nor a character for %c. */
#include "runtime/bigint.h"
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/convert.h"
#include "runtime/format.h"
#include "runtime/format_float.h"
#include "runtime/operate.h"
#include "runtime/type.h"

#include <math.h>

typedef struct percent {
    rt_state   *st;
    builder     out;
    burin_text  text;
    size_t      at;
    burin_value mapping;    /* MISSING when the arguments are none */
    const burin_value *args;
    uint32_t    count, next; /* of args; a single value is one */
    burin_value single;
    bool        escapes;
    bool        bytes;      /* the format is bytes: its characters are, and so must text arguments be */
} percent;

typedef struct conversion { /* %[(key)][flags][width][.precision]letter */
    bool     left, plus, blank, alternate, zero;
    bool     ended;     /* the format ran out */
    int64_t  width, precision; /* -1: none */
    uint32_t letter;
} conversion;

static burin_status fail_type(percent *p, const char *message) { return rt_fail(p->st, BURIN_ERR_TYPE, "%s", message); }
static burin_status fail_value(percent *p, const char *message) { return rt_fail(p->st, BURIN_ERR_VALUE, "%s", message); }

static burin_status next_argument(percent *p, burin_value *out)
{
    if (p->next >= p->count)
        return fail_type(p, "not enough arguments for format string");
    *out = p->args[p->next++];
    return BURIN_OK;
}

/* ---- reading a conversion ---- */

static void next_letter(percent *p, conversion *c)
{
    if (p->at < p->text.len && p->bytes)
        c->letter = (uint8_t)p->text.data[p->at++];
    else if (p->at < p->text.len)
        c->letter = text_decode(p->text.data, p->text.len, &p->at);
    else
        c->ended = true;
}

static burin_status read_key(percent *p)
{
    if (p->mapping.kind == BURIN_MISSING)
        return fail_type(p, "format requires a mapping");
    size_t start = ++p->at;
    int    depth = 1;
    while (depth > 0 && p->at < p->text.len) {
        char c = p->text.data[p->at++];
        depth += (c == '(') - (c == ')');
    }
    if (depth > 0)
        return fail_value(p, "incomplete format key");
    burin_value key = rt_string(p->text.data + start, p->at - 1 - start);
    if (p->bytes)
        key.kind = BURIN_BYTES;
    burin_status status = rt_python_item(p->st, p->mapping, key, &p->single);
    p->args             = &p->single;
    p->count            = 1;
    p->next             = 0;
    return status;
}

static void read_flags(percent *p, conversion *c)
{
    for (next_letter(p, c); !c->ended; next_letter(p, c)) {
        switch (c->letter) {
        case '-': c->left = true; break;
        case '+': c->plus = true; break;
        case ' ': c->blank = true; break;
        case '#': c->alternate = true; break;
        case '0': c->zero = true; break;
        default: return;
        }
    }
}

/* A number at c->letter, or "*" for one of the arguments. */
static burin_status read_count(percent *p, conversion *c, int64_t most, const char *too_big, int64_t *out)
{
    if (c->letter == '*') {
        burin_value  v      = rt_missing();
        burin_status status = next_argument(p, &v);
        if (status)
            return status;
        if (p->escapes || !rt_is_int(v))
            return fail_type(p, "* wants int");
        if (v.kind == BURIN_BIGINT || v.as.i > most || v.as.i < -most - 1)
            return rt_fail(p->st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C %s", most == INT32_MAX ? "int" : "ssize_t");
        *out = v.as.i;
        next_letter(p, c);
        return BURIN_OK;
    }
    if (c->letter < '0' || c->letter > '9')
        return BURIN_OK;
    *out = c->letter - '0';
    for (next_letter(p, c); !c->ended && c->letter >= '0' && c->letter <= '9'; next_letter(p, c)) {
        if (*out > (most - (c->letter - '0')) / 10)
            return fail_value(p, too_big);
        *out = *out * 10 + (c->letter - '0');
    }
    return BURIN_OK;
}

static burin_status read_conversion(percent *p, conversion *c)
{
    burin_status status = BURIN_OK;

    *c = (conversion){.width = -1, .precision = -1};
    if (p->at < p->text.len && p->text.data[p->at] == '(')
        status = read_key(p);
    if (status)
        return status;
    read_flags(p, c);
    bool starred = !c->ended && c->letter == '*';
    if (!c->ended)
        status = read_count(p, c, INT64_MAX, "width too big", &c->width);
    if (!status && starred && c->width < 0) {
        c->left  = true;
        c->width = c->width == INT64_MIN ? 0 : -c->width; /* the least has no opposite; CPython ignores it */
    }
    if (!status && !c->ended && c->letter == '.') {
        c->precision = 0;
        next_letter(p, c);
        if (!c->ended)
            status = read_count(p, c, INT32_MAX, "precision too big", &c->precision);
        if (c->precision < 0)
            c->precision = 0;
    }
    if (!status && !c->ended && (c->letter == 'h' || c->letter == 'l' || c->letter == 'L'))
        next_letter(p, c);
    if (!status && c->ended)
        return fail_value(p, "incomplete format");
    return status;
}

/* ---- what is printed ---- */

typedef struct shown {  /* a converted argument before it is padded */
    burin_text text;
    size_t     count;   /* characters */
    bool       numeric; /* takes a sign, and zeros between sign and digits */
    bool       negative;
    burin_text prefix;  /* 0x */
} shown;

static inline burin_value bytes_of(burin_value v) { return v.kind == BURIN_BYTEARRAY ? rt_bytearray_view(v) : v; }

/* %b and %s of a bytes format. */
static burin_status show_bytes(percent *p, conversion *c, burin_value v, shown *s)
{
    if (v.kind != BURIN_BYTES && v.kind != BURIN_BYTEARRAY)
        return rt_fail(p->st, BURIN_ERR_TYPE, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%s'", rt_type_name(p->st, v));
    s->text  = rt_text_of(bytes_of(v));
    s->count = s->text.len = c->precision >= 0 && (uint64_t)c->precision < s->text.len ? (size_t)c->precision : s->text.len;
    return BURIN_OK;
}

static burin_status show_text(percent *p, conversion *c, burin_value v, shown *s)
{
    burin_status status;

    if (c->letter == 's') {
        status = p->escapes ? rt_escape(p->st, v, &v) : rt_str(p->st, v, &v);
    } else if (c->letter == 'r' || p->escapes) {
        status = rt_repr(p->st, v, &v);
        if (!status && p->escapes)
            status = rt_escape(p->st, method_plain(v), &v);
    } else {
        status = BURIN_OK;
    }
    if (!status && c->letter == 'a') {
        builder b;
        builder_init(&b, p->st, 0);
        status = p->escapes ? rt_append_ascii_text(&b, v) : rt_append_ascii(&b, v);
        if (!status)
            status = builder_take(&b, 0, &v);
    }
    if (status)
        return status;
    s->count = rt_string_count(v);
    if (c->precision >= 0 && (uint64_t)c->precision < s->count) {
        s->count = (size_t)c->precision;
        v.len    = (uint32_t)text_offset(v.as.s, v.len, s->count);
    }
    s->text = rt_text_of(v);
    return BURIN_OK;
}

static burin_status fail_wrong_type(percent *p, const conversion *c, burin_value v)
{
    char        letter = p->bytes && c->letter != 'o' && (c->letter | 0x20) != 'x' ? 'd' : (char)c->letter;
    const char *wanted = c->letter == 'o' || c->letter == 'x' || c->letter == 'X' ? "an integer" : "a real number";

    return rt_fail(p->st, BURIN_ERR_TYPE, "%%%c format: %s is required, not %s", letter, wanted,
                   p->escapes ? "_MarkupEscapeHelper" : rt_type_name(p->st, v));
}

/* What int() and float() read: text or bytes. */
static bool is_literal(burin_value v) { return v.kind == BURIN_STRING || v.kind == BURIN_BYTES; }

static burin_status fail_literal(percent *p, const char *message, burin_value v)
{
    burin_value repr;

    rt_clear_error(p->st);
    burin_status status = rt_repr(p->st, v, &repr);
    return status ? status : rt_fail(p->st, BURIN_ERR_VALUE, "%s%.*s", message, (int)repr.len, repr.as.s);
}

/* The integer that %d or %x prints for `v`. */
static burin_status integer_of(percent *p, const conversion *c, burin_value v, burin_value *out)
{
    bool index_only = c->letter == 'o' || c->letter == 'x' || c->letter == 'X';

    if (p->escapes ? index_only : index_only && !rt_is_int(v))
        return fail_wrong_type(p, c, v);
    *out = v;
    if (rt_is_int(v))
        return BURIN_OK;
    if (v.kind == BURIN_FLOAT)
        return rt_int_from_double(p->st, v.as.f, out);
    if (v.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(p->st, v);
    if (p->escapes && is_literal(v)) {
        burin_status status = rt_int_from_text(p->st, rt_text_of(v), 10, out);
        return status == BURIN_ERR_VALUE && v.len <= RT_INT_DIGITS_MAX ? fail_literal(p, "invalid literal for int() with base 10: ", v) : status;
    }
    return fail_wrong_type(p, c, v);
}

static burin_status show_integer(percent *p, conversion *c, burin_value v, shown *s)
{
    static const char prefixes[] = "0x0X0o";
    unsigned          base   = c->letter == 'o' ? 8 : c->letter == 'x' || c->letter == 'X' ? 16 : 10;
    burin_value       i;
    burin_text        digits;
    burin_status      status = integer_of(p, c, v, &i);

    if (!status && c->precision > INT32_MAX - 3)
        status = rt_fail(p->st, BURIN_ERR_OVERFLOW, "precision too large");
    if (!status)
        status = rt_int_digits(p->st, i, (int)base, &digits);
    if (status)
        return status;
    builder b;
    builder_init(&b, p->st, 0);
    if (c->precision > 0 && (uint64_t)c->precision > digits.len)
        builder_fill(&b, '0', (size_t)c->precision - digits.len);
    for (size_t at = 0; at < digits.len; at++) {
        char digit = digits.data[at];
        builder_byte(&b, (char)(c->letter == 'X' && digit >= 'a' ? digit - 32 : digit));
    }
    if (b.failed)
        return p->st->status;
    if (c->alternate && base != 10)
        s->prefix = (burin_text){prefixes + (c->letter == 'x' ? 0 : c->letter == 'X' ? 2 : 4), 2};
    s->negative = rt_int_sign(i) < 0;
    s->text     = (burin_text){b.data, b.len};
    s->count    = b.len;
    s->numeric  = true;
    return BURIN_OK;
}

static burin_status double_of(percent *p, burin_value v, double *out)
{
    if (v.kind == BURIN_FLOAT) {
        *out = v.as.f;
        return BURIN_OK;
    }
    if (rt_is_int(v))
        return rt_int_to_double(v, out) ? BURIN_OK : rt_fail(p->st, BURIN_ERR_OVERFLOW, "int too large to convert to float");
    if (v.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(p->st, v);
    if (!p->escapes)
        return rt_fail(p->st, BURIN_ERR_TYPE, p->bytes ? "float argument required, not %s" : "must be real number, not %s", rt_type_name(p->st, v));
    if (!is_literal(v))
        return rt_fail(p->st, BURIN_ERR_TYPE, "float() argument must be a string or a real number, not '%s'", rt_type_name(p->st, v));
    return builtin_double_of_text(p->st, rt_text_of(v), out) ? BURIN_OK : fail_literal(p, "could not convert string to float: ", v);
}

static burin_status show_float(percent *p, conversion *c, burin_value v, shown *s)
{
    double       f;
    builder      b;
    unsigned     flags  = (c->alternate ? FLOAT_ALTERNATE : 0) | (c->letter < 'a' ? FLOAT_UPPER : 0);
    burin_status status = double_of(p, v, &f);

    if (status)
        return status;
    builder_init(&b, p->st, 40);
    float_write(&b, f, (char)(c->letter | 0x20), c->precision < 0 ? 6 : (int)c->precision, flags);
    if (b.failed)
        return p->st->status;
    s->negative = signbit(f) && !isnan(f);
    s->text     = (burin_text){b.data, b.len};
    s->count    = b.len;
    s->numeric  = true;
    return BURIN_OK;
}

static burin_status show_character(percent *p, burin_value v, char unit[4], shown *s)
{
    s->count = 1;
    if (p->bytes) {
        bool single = (v.kind == BURIN_BYTES || v.kind == BURIN_BYTEARRAY) && bytes_of(v).len == 1;
        if (!single && !rt_is_int(v))
            return fail_type(p, "%c requires an integer in range(256) or a single byte");
        if (!single && (v.kind == BURIN_BIGINT || v.as.i < 0 || v.as.i > 255))
            return rt_fail(p->st, BURIN_ERR_OVERFLOW, "%%c arg not in range(256)");
        unit[0] = single ? bytes_of(v).as.s[0] : (char)v.as.i;
        s->text = (burin_text){unit, 1};
        return BURIN_OK;
    }
    if (!p->escapes && rt_is_text(v) && rt_string_count(v) == 1) {
        s->text = rt_text_of(v);
        return BURIN_OK;
    }
    if (p->escapes || !rt_is_int(v))
        return fail_type(p, "%c requires int or char");
    if (v.kind == BURIN_BIGINT || v.as.i < 0 || v.as.i > 0x10ffff)
        return rt_fail(p->st, BURIN_ERR_OVERFLOW, "%%c arg not in range(0x110000)");
    s->text = (burin_text){unit, text_encode((uint32_t)v.as.i, unit)};
    return BURIN_OK;
}

/* ---- padding ---- */

static burin_status write_shown(percent *p, const conversion *c, const shown *s)
{
    builder *b     = &p->out;
    char     sign  = !s->numeric ? 0 : s->negative ? '-' : c->plus ? '+' : c->blank ? ' ' : 0;
    uint64_t wide  = s->count + s->prefix.len + (sign != 0), width = c->width > 0 ? (uint64_t)c->width : 0;
    uint64_t pad   = width > wide ? width - wide : 0;
    bool     zeros = s->numeric && c->zero;

    if (pad > UINT32_MAX)
        return rt_fail(p->st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
    if (!c->left && !zeros)
        builder_fill(b, ' ', (size_t)pad);
    if (sign)
        builder_byte(b, sign);
    builder_ascii(b, s->prefix.data, s->prefix.len);
    if (!c->left && zeros)
        builder_fill(b, '0', (size_t)pad);
    builder_text(b, s->text.data, s->text.len);
    if (c->left)
        builder_fill(b, ' ', (size_t)pad);
    return b->failed ? p->st->status : BURIN_OK;
}

static burin_status fail_letter(percent *p, const conversion *c)
{
    size_t index = (p->bytes ? p->at : text_count(p->text.data, p->at)) - 1;
    bool   shows = c->letter >= 31 && c->letter <= 126;

    return rt_fail(p->st, BURIN_ERR_VALUE, "unsupported format character '%c' (0x%x) at index %zu", shows ? (char)c->letter : '?',
                   (unsigned)c->letter, index);
}

static burin_status convert(percent *p)
{
    conversion   c;
    burin_value  v;
    shown        s = {.prefix = {"", 0}};
    char         unit[4];
    burin_status status = read_conversion(p, &c);

    if (!status)
        status = next_argument(p, &v);
    if (status)
        return status;
    if (p->bytes && (c.letter == 'b' || c.letter == 's')) {
        status = show_bytes(p, &c, v, &s);
        return status ? status : write_shown(p, &c, &s);
    }
    if (p->bytes && c.letter == 'r') /* so that the result is ASCII */
        c.letter = 'a';
    switch (c.letter) {
    case 's':
    case 'r':
    case 'a': status = show_text(p, &c, v, &s); break;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': status = show_integer(p, &c, v, &s); break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': status = show_float(p, &c, v, &s); break;
    case 'c': status = show_character(p, v, unit, &s); break;
    default: return fail_letter(p, &c);
    }
    return status ? status : write_shown(p, &c, &s);
}

/* hasattr(type(v), "__getitem__") of what is neither str nor tuple: it counts as a mapping. */
static bool is_subscriptable(burin_value v)
{
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_DICT:
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
    case BURIN_RANGE:
    case BURIN_UNDEFINED: return true;
    case BURIN_OBJECT: return ((const rt_object_value *)v.as.p)->cls->get_item != NULL && !rt_type_of_object(v);
    default: return false;
    }
}

burin_status rt_format_percent(rt_state *st, burin_value format, burin_value args, burin_value *out)
{
    percent      p      = {.st = st, .text = rt_text_of(format), .mapping = rt_missing(), .single = args, .escapes = rt_is_safe(format),
                           .bytes = format.kind == BURIN_BYTES};
    bool         flat   = p.bytes && (args.kind == BURIN_BYTES || args.kind == BURIN_BYTEARRAY); /* no mapping to a bytes format */
    burin_status status = rt_charge(st, format.len / 64);

    p.args  = &p.single;
    p.count = 1;
    if (args.kind == BURIN_TUPLE) {
        const rt_list *items = rt_list_of(st, args);
        p.args               = items->items;
        p.count              = items->len;
    } else if (is_subscriptable(args) && !flat) {
        p.mapping = args;
    }
    builder_init(&p.out, st, (size_t)format.len + 16);
    while (!status && p.at < p.text.len) {
        const char *percent_sign = memchr(p.text.data + p.at, '%', p.text.len - p.at);
        size_t      literal      = percent_sign ? (size_t)(percent_sign - p.text.data) - p.at : p.text.len - p.at;
        builder_text(&p.out, p.text.data + p.at, literal);
        p.at += literal;
        if (p.at < p.text.len) {
            p.at++;
            if (p.at < p.text.len && p.text.data[p.at] == '%')
                builder_byte(&p.out, p.text.data[p.at++]);
            else
                status = convert(&p);
        }
    }
    if (!status && p.next < p.count && p.mapping.kind == BURIN_MISSING)
        status = fail_type(&p, p.bytes ? "not all arguments converted during bytes formatting" : "not all arguments converted during string formatting");
    if (!status)
        status = builder_take(&p.out, format.flags & BURIN_SAFE, out);
    if (!status && p.bytes)
        *out = (burin_value){BURIN_BYTES, 0, 0, out->len, out->as};
    return status;
}
