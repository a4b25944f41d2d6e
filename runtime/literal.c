/* ast.literal_eval for NativeEnvironment: is the text one Python literal, and which?
 *
 * A hand-written descent over the subset of Python's grammar that literal_eval accepts; whatever is outside it, well
 * formed or not, gives MISSING, as Jinja then keeps the text. One thing passes through as an error, because Jinja lets it pass:
 * an unhashable key or set item (TypeError).
 * Not a value here, so its text is kept: `...`. Lone surrogates in strings become U+FFFD.
 * Brackets nest 200 deep at most, as in CPython's tokenizer, which bounds the recursion. */
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/convert.h"

#include <uniname.h>

enum { BRACKETS_MAX = 200 };

typedef struct literal_reader {
    rt_state   *st;
    const char *at, *end;
    unsigned    brackets;   /* open ones: inside them line ends are spaces */
    burin_value unhashable; /* the first key that is no key, MISSING while there is none: told when all else is well formed */
} literal_reader;

/* False: no literal, or an error in st. */
static bool read_item(literal_reader *r, burin_value *out);

static bool is_digit(char c) { return (uint8_t)(c - '0') < 10; }
static bool is_name_byte(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || (uint8_t)c >= 128; }
static char peek(const literal_reader *r) { return r->at < r->end ? *r->at : 0; }

/* A line end at r->at: "\n", "\r\n" or "\r"; its length or 0. */
static unsigned line_end(const literal_reader *r)
{
    if (peek(r) == '\r')
        return r->at + 1 < r->end && r->at[1] == '\n' ? 2 : 1;
    return peek(r) == '\n';
}

static void skip_comment(literal_reader *r)
{
    while (r->at < r->end && *r->at != '\n' && *r->at != '\r')
        r->at++;
}

static void skip_space(literal_reader *r)
{
    for (;;) {
        char c = peek(r);
        if (r->at < r->end && (c == ' ' || c == '\t' || c == '\f')) {
            r->at++;
        } else if (c == '\\' && r->at + 1 < r->end && (r->at[1] == '\n' || r->at[1] == '\r')) {
            const char *backslash = r->at++;
            r->at += line_end(r);
            if (r->at == r->end) { /* a line must follow: the backslash stays, and fails */
                r->at = backslash;
                return;
            }
        } else if (r->brackets && line_end(r)) {
            r->at += line_end(r);
        } else if (r->brackets && c == '#') {
            skip_comment(r);
        } else {
            return;
        }
    }
}

/* ---- numbers ---- */

/* Digits with single underscores between; the digits alone go to *to. False: none, or an underscore stands wrong. */
static bool copy_digits(literal_reader *r, int base, char **to)
{
    bool last_was_digit = false;
    for (; r->at < r->end; r->at++) {
        char c = *r->at, lower = (char)(c | 0x20);
        int  value = is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
        if (c == '_' && last_was_digit && r->at + 1 < r->end) {
            last_was_digit = false;
            continue;
        }
        if (value >= base)
            break;
        *(*to)++       = c;
        last_was_digit = true;
    }
    return last_was_digit;
}

static bool finish_integer(literal_reader *r, const char *digits, size_t count, int base, burin_value *out)
{
    /* "012" is no literal; "00" is. */
    if (base == 10 && count > 1 && digits[0] == '0')
        for (size_t n = 0; n < count; n++)
            if (digits[n] != '0')
                return false;
    if (base == 10 && count > RT_INT_DIGITS_MAX)
        return false;
    return rt_int_from_text(r->st, (burin_text){digits, count}, base, out) == BURIN_OK;
}

/* Bytes at r->at that could belong to one number. */
static size_t number_extent(const literal_reader *r)
{
    const char *at = r->at;
    while (at < r->end && (is_name_byte(*at) || *at == '.' || ((*at == '+' || *at == '-') && at > r->at && (at[-1] | 0x20) == 'e')))
        at++;
    return (size_t)(at - r->at);
}

/* An unsigned number; with a `j` behind it a complex one without real part. */
static bool read_number(literal_reader *r, burin_value *out)
{
    char *text = heap_alloc(&r->st->heap, number_extent(r) + 1), *to = text;
    bool  is_float = false;
    if (!text)
        return rt_fail_memory(r->st) == BURIN_OK;
    if (peek(r) == '0' && r->at + 1 < r->end && strchr("xXoObB", r->at[1])) {
        char letter = (char)(r->at[1] | 0x20);
        int  base   = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
        r->at += 2;
        if (peek(r) == '_')
            r->at++;
        if (!copy_digits(r, base, &to) || is_name_byte(peek(r)))
            return false;
        return finish_integer(r, text, (size_t)(to - text), base, out);
    }
    if (peek(r) != '.' && !copy_digits(r, 10, &to))
        return false;
    if (peek(r) == '.') {
        is_float = true;
        *to++    = *r->at++;
        if (is_digit(peek(r)) && !copy_digits(r, 10, &to))
            return false;
        if (to == text + 1) /* a point alone */
            return false;
    }
    if ((peek(r) | 0x20) == 'e') {
        is_float = true;
        *to++    = *r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            *to++ = *r->at++;
        if (!copy_digits(r, 10, &to))
            return false;
    }
    bool imaginary = (peek(r) | 0x20) == 'j';
    r->at += imaginary;
    if (is_name_byte(peek(r)))
        return false;
    if (!is_float && !imaginary)
        return finish_integer(r, text, (size_t)(to - text), 10, out);
    double f;
    if (!text_to_double(text, (size_t)(to - text), &f))
        return false;
    *out = burin_float(f);
    return !imaginary || rt_complex_new(r->st, 0, f, out) == BURIN_OK;
}

/* ---- strings ---- */

typedef struct literal_text {
    char *to;      /* where the next byte goes */
    bool  bytes;   /* b'...' */
    bool  raw;
} literal_text;

static void put_code_point(literal_text *t, uint32_t cp)
{
    if (t->bytes)
        *t->to++ = (char)cp;
    else
        t->to += text_encode(cp >= 0xd800 && cp < 0xe000 ? 0xfffd : cp, t->to);
}

/* Exactly `count` hexadecimal digits. */
static bool read_hex(literal_reader *r, unsigned count, uint32_t *out)
{
    *out = 0;
    for (; count; count--, r->at++) {
        char c = peek(r), lower = (char)(c | 0x20);
        if (!is_digit(c) && !(lower >= 'a' && lower <= 'f'))
            return false;
        *out = *out << 4 | (uint32_t)(is_digit(c) ? c - '0' : lower - 'a' + 10);
    }
    return *out <= 0x10ffff;
}

/* \N{name}, r->at behind the N. */
static bool read_named(literal_reader *r, literal_text *t)
{
    char        name[128];
    const char *close = peek(r) == '{' ? memchr(r->at, '}', (size_t)(r->end - r->at)) : NULL;
    if (!close || close - r->at - 1 >= (ptrdiff_t)sizeof name)
        return false;
    size_t len = (size_t)(close - r->at - 1);
    memcpy(name, r->at + 1, len);
    name[len]   = 0;
    ucs4_t found = unicode_name_character(name);
    if (found == UNINAME_INVALID)
        return false;
    r->at = close + 1;
    put_code_point(t, found);
    return true;
}

/* An escape, r->at behind the backslash. An unknown one stands for itself, backslash included. */
static bool read_escape(literal_reader *r, literal_text *t)
{
    static const char letters[] = "\\'\"abfnrtv", meanings[] = "\\'\"\a\b\f\n\r\t\v";
    if (line_end(r)) {
        r->at += line_end(r);
        return true;
    }
    char        c     = *r->at++;
    const char *found = c ? strchr(letters, c) : NULL;
    uint32_t    cp    = 0;
    if (found) {
        *t->to++ = meanings[found - letters];
    } else if (c >= '0' && c <= '7') {
        cp = (uint32_t)(c - '0');
        for (int n = 0; n < 2 && peek(r) >= '0' && peek(r) <= '7'; n++)
            cp = cp * 8 + (uint32_t)(*r->at++ - '0');
        put_code_point(t, t->bytes ? cp & 0xff : cp);
    } else if (c == 'x' || (!t->bytes && (c == 'u' || c == 'U'))) {
        if (!read_hex(r, c == 'x' ? 2 : c == 'u' ? 4 : 8, &cp))
            return false;
        put_code_point(t, cp);
    } else if (c == 'N' && !t->bytes) {
        return read_named(r, t);
    } else {
        *t->to++ = '\\';
        r->at--;
    }
    return true;
}

/* The inside of a string up to its closing quotes, which are `quotes` times `quote`. */
static bool read_text_body(literal_reader *r, literal_text *t, char quote, unsigned quotes)
{
    while (r->at < r->end) {
        char c = *r->at;
        if (c == quote && (quotes == 1 || (r->end - r->at >= 3 && r->at[1] == quote && r->at[2] == quote))) {
            r->at += quotes;
            return true;
        }
        if (line_end(r)) {
            if (quotes == 1)
                return false;
            r->at += line_end(r);
            *t->to++ = '\n';
        } else if (c == '\\' && r->at + 1 < r->end) {
            r->at++;
            if (!t->raw) {
                if (!read_escape(r, t))
                    return false;
                continue;
            }
            *t->to++ = c;
            if (line_end(r)) {
                r->at += line_end(r);
                *t->to++ = '\n';
            } else {
                *t->to++ = *r->at++;
            }
        } else {
            if (t->bytes && (uint8_t)c >= 128)
                return false;
            *t->to++ = c;
            r->at++;
        }
    }
    return false;
}

/* Length of a string prefix at r->at (u, r, b, br, rb in any case) before a quote; -1 when there is no string here. */
static int string_prefix(const literal_reader *r, bool *bytes, bool *raw)
{
    int n  = 0;
    *bytes = *raw = false;
    for (bool u = false; n < 2 && r->at + n < r->end && is_name_byte(r->at[n]); n++) {
        char c = (char)(r->at[n] | 0x20);
        if (u || (c == 'u' && n) || (c == 'b' && *bytes) || (c == 'r' && *raw) || (c != 'u' && c != 'b' && c != 'r'))
            return -1;
        u      = c == 'u';
        *bytes = *bytes || c == 'b';
        *raw   = *raw || c == 'r';
    }
    return r->at + n < r->end && (r->at[n] == '"' || r->at[n] == '\'') ? n : -1;
}

/* One or more adjacent strings, all str or all bytes. */
static bool read_texts(literal_reader *r, burin_value *out)
{
    bool   bytes, raw;
    int    prefix = string_prefix(r, &bytes, &raw);
    size_t room   = (size_t)(r->end - r->at) + 4; /* no escape is longer than what it stands for */
    char  *data   = heap_alloc(&r->st->heap, room);
    literal_text t = {data, bytes, false};
    if (!data)
        return rt_fail_memory(r->st) == BURIN_OK;
    while (prefix >= 0) {
        bool these_bytes;
        string_prefix(r, &these_bytes, &raw);
        if (these_bytes != bytes)
            return false;
        t.raw = raw;
        r->at += prefix;
        char     quote  = *r->at;
        unsigned quotes = r->end - r->at >= 3 && r->at[1] == quote && r->at[2] == quote ? 3 : 1;
        r->at += quotes;
        if (!read_text_body(r, &t, quote, quotes))
            return false;
        const char *after = r->at;
        skip_space(r);
        prefix = string_prefix(r, &these_bytes, &raw);
        if (prefix < 0)
            r->at = after;
    }
    size_t len = (size_t)(t.to - data);
    heap_resize(&r->st->heap, data, room, len);
    *out      = rt_string(data, len);
    out->kind = bytes ? BURIN_BYTES : BURIN_STRING;
    return true;
}

/* ---- containers ---- */

static bool open_bracket(literal_reader *r)
{
    r->at++;
    if (r->brackets == BRACKETS_MAX)
        return false;
    r->brackets++;
    skip_space(r);
    return true;
}

/* After an item: true when another one follows; *closed when the bracket closes. */
static bool next_item(literal_reader *r, char close, bool *comma, bool *closed)
{
    skip_space(r);
    *comma = peek(r) == ',';
    if (*comma) {
        r->at++;
        skip_space(r);
    }
    *closed = peek(r) == close && r->at < r->end;
    if (*closed) {
        r->at++;
        r->brackets--;
    }
    return *comma && !*closed;
}

static bool read_list(literal_reader *r, burin_value *out)
{
    bool     tuple = peek(r) == '(', comma = false, closed = false;
    rt_list *list;
    if (!open_bracket(r) || rt_list_new(r->st, tuple ? BURIN_TUPLE : BURIN_LIST, 4, &list))
        return false;
    if (peek(r) == (tuple ? ')' : ']')) {
        r->at++;
        r->brackets--;
        *out = rt_pointer(tuple ? BURIN_TUPLE : BURIN_LIST, list);
        return true;
    }
    do {
        burin_value item;
        if (!read_item(r, &item) || rt_list_push(r->st, list, item))
            return false;
    } while (next_item(r, tuple ? ')' : ']', &comma, &closed));
    if (!closed)
        return false;
    *out = tuple && list->len == 1 && !comma ? list->items[0] : rt_pointer(tuple ? BURIN_TUPLE : BURIN_LIST, list);
    return true;
}

static bool read_dict_or_set(literal_reader *r, burin_value *out)
{
    bool     comma, closed = false, is_set = false;
    rt_dict *d = NULL;
    if (!open_bracket(r))
        return false;
    if (peek(r) == '}') {
        r->at++;
        r->brackets--;
        if (rt_dict_new(r->st, 0, &d))
            return false;
        *out = rt_pointer(BURIN_DICT, d);
        return true;
    }
    rt_list *items; /* keys and values */
    if (rt_list_new(r->st, BURIN_LIST, 8, &items))
        return false;
    do {
        burin_value key, value = burin_none();
        if (!read_item(r, &key))
            return false;
        skip_space(r);
        bool pair = peek(r) == ':';
        if (items->len && pair == is_set)
            return false;
        is_set = !pair;
        if (pair) {
            r->at++;
            skip_space(r);
            if (!read_item(r, &value))
                return false;
        }
        if (rt_list_push(r->st, items, key) || rt_list_push(r->st, items, value))
            return false;
    } while (next_item(r, '}', &comma, &closed));
    if (!closed || (is_set ? rt_set_new(r->st, items->len / 2, &d) : rt_dict_new(r->st, items->len / 2, &d)))
        return false;
    for (uint32_t n = 0; n < items->len; n += 2) {
        burin_status status = rt_dict_put(r->st, d, items->items[n], items->items[n + 1]);
        if (status == BURIN_ERR_TYPE) {
            rt_clear_error(r->st);
            if (r->unhashable.kind == BURIN_MISSING)
                r->unhashable = items->items[n];
        } else if (status) {
            return false;
        }
    }
    *out = rt_pointer(is_set ? BURIN_SET : BURIN_DICT, d);
    return true;
}

/* ---- items ---- */

/* None, True, False, set(). */
static bool read_name(literal_reader *r, burin_value *out)
{
    const char *start = r->at;
    while (is_name_byte(peek(r)) && r->at < r->end)
        r->at++;
    burin_text name = {start, (size_t)(r->at - start)};
    if (text_is(name, "None"))
        *out = burin_none();
    else if (text_is(name, "True"))
        *out = burin_bool(true);
    else if (text_is(name, "False"))
        *out = burin_bool(false);
    else if (text_is(name, "set")) {
        rt_dict *set;
        skip_space(r);
        if (peek(r) != '(' || !open_bracket(r) || peek(r) != ')' || rt_set_new(r->st, 0, &set))
            return false;
        r->at++;
        r->brackets--;
        *out = rt_pointer(BURIN_SET, set);
    } else {
        return false;
    }
    return true;
}

/* A number behind signs: brackets may stand around it, a second sign may not. */
static bool read_signed(literal_reader *r, burin_value *out)
{
    rt_unary sign     = *r->at++ == '-' ? RT_NEG : RT_POS;
    unsigned brackets = 0;
    skip_space(r);
    for (; peek(r) == '('; brackets++)
        if (!open_bracket(r))
            return false;
    if (!is_digit(peek(r)) && peek(r) != '.')
        return false;
    if (!read_number(r, out))
        return false;
    for (; brackets; brackets--) {
        skip_space(r);
        if (peek(r) != ')')
            return false;
        r->at++;
        r->brackets--;
    }
    return rt_unary_op(r->st, sign, *out, out) == BURIN_OK;
}

/* A number, and the imaginary part that may be added to or taken from a real one. */
static bool read_complex(literal_reader *r, burin_value *out)
{
    burin_value imaginary;
    bool        read = peek(r) == '+' || peek(r) == '-' ? read_signed(r, out) : read_number(r, out);
    if (!read || out->kind == BURIN_COMPLEX)
        return read;
    skip_space(r);
    if (peek(r) != '+' && peek(r) != '-')
        return true;
    rt_binary op = *r->at++ == '+' ? RT_ADD : RT_SUB;
    skip_space(r);
    if ((!is_digit(peek(r)) && peek(r) != '.') || !read_number(r, &imaginary) || imaginary.kind != BURIN_COMPLEX)
        return false;
    return rt_binary_op(r->st, op, *out, imaginary, out) == BURIN_OK;
}

static bool read_item(literal_reader *r, burin_value *out)
{
    bool bytes, raw;
    skip_space(r);
    switch (peek(r)) {
    case '(':
    case '[':
        return read_list(r, out);
    case '{':
        return read_dict_or_set(r, out);
    case '+':
    case '-':
        return read_complex(r, out);
    default:
        if (is_digit(peek(r)) || peek(r) == '.')
            return read_complex(r, out);
        return string_prefix(r, &bytes, &raw) >= 0 ? read_texts(r, out) : read_name(r, out);
    }
}

/* Lines without code before the first one; false when that one is indented, or there is none. */
static bool skip_blank_lines(literal_reader *r)
{
    while (r->at < r->end) {
        const char *start = r->at;
        while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\f')
            r->at++;
        if (peek(r) == '#')
            skip_comment(r);
        else if (!line_end(r))
            return r->at == start && r->at < r->end;
        r->at += line_end(r);
    }
    return false;
}

/* After the literal: the end of its line, and only lines without code. A last line of nothing but spaces is an indentation
 * without a statement, which CPython refuses. */
static bool at_end(literal_reader *r)
{
    bool indented = false, first_line = true;
    skip_space(r);
    while (r->at < r->end) {
        if (peek(r) == '#') {
            skip_comment(r);
            indented = false;
        } else if (line_end(r)) {
            r->at += line_end(r);
            first_line = indented = false;
        } else if (*r->at == ' ' || *r->at == '\t') {
            r->at++;
            indented = !first_line;
        } else {
            return false;
        }
    }
    return !indented;
}

/* A literal, or several with commas between, which are a tuple without brackets. */
static bool read_all(literal_reader *r, burin_value *out)
{
    rt_list *tuple = NULL;
    if (!skip_blank_lines(r) || !read_item(r, out))
        return false;
    for (skip_space(r); peek(r) == ','; skip_space(r)) {
        burin_value item;
        if (!tuple && (rt_list_new(r->st, BURIN_TUPLE, 4, &tuple) || rt_list_push(r->st, tuple, *out)))
            return false;
        r->at++;
        skip_space(r);
        if (r->at == r->end || line_end(r) || peek(r) == '#')
            break;
        if (!read_item(r, &item) || rt_list_push(r->st, tuple, item))
            return false;
    }
    if (tuple)
        *out = rt_tuple_value(tuple);
    return at_end(r);
}

burin_status rt_literal_eval(rt_state *st, burin_text text, burin_value *out)
{
    literal_reader r = {.st = st, .at = text.data, .end = text.data + text.len};
    burin_value    value;
    uint32_t       hash;
    *out = rt_missing();
    if (rt_charge(st, text.len / 64) || text.len == 0 || memchr(text.data, 0, text.len))
        return st->status;
    if (!read_all(&r, &value) || (r.unhashable.kind != BURIN_MISSING && rt_hash(st, r.unhashable, &hash)))
        return st->status;
    *out = value;
    return BURIN_OK;
}
