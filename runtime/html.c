/* Character references and tags out of HTML text: Python's html.unescape (the rules of HTML 5) and Markup.striptags.
 * Both are single passes; the names stand in entities.def and are found by binary search. */
#include "runtime/html.h"

#include "runtime/builder.h"
#include "runtime/unicode.h"

typedef struct entity {
    const char *name;
    uint8_t     name_len, text_len;
    const char *text;
} entity;

static const entity entities[] = {
#define ENTITY(name, text) {name, sizeof(name) - 1, sizeof(text) - 1, text},
#include "runtime/entities.def"
#undef ENTITY
};

enum { ENTITY_COUNT = sizeof entities / sizeof entities[0], NAME_CHARACTERS_MAX = 32, BARE_NAME_MIN = 2 };

static const entity *entity_find(const char *name, size_t len)
{
    size_t low = 0, high = ENTITY_COUNT;

    while (low < high) {
        size_t        middle = (low + high) / 2;
        const entity *e      = &entities[middle];
        int           order  = memcmp(name, e->name, len < e->name_len ? len : e->name_len);
        if (order == 0 && len == e->name_len)
            return e;
        if (order < 0 || (order == 0 && len < e->name_len))
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* &#128; and its neighbours mean what Windows-1252 has there. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
    0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

static bool is_dropped(uint32_t cp)
{
    return (cp >= 1 && cp <= 8) || cp == 0xb || (cp >= 0xe && cp <= 0x1f) || cp == 0x7f || (cp >= 0xfdd0 && cp <= 0xfdef) || (cp & 0xfffe) == 0xfffe;
}

static void append_number(builder *b, uint32_t cp)
{
    if (cp >= 0x80 && cp < 0xa0)
        builder_code_point(b, windows_1252[cp - 0x80]);
    else if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        builder_code_point(b, 0xfffd);
    else if (!is_dropped(cp))
        builder_code_point(b, cp);
}

static int digit_of(char c, unsigned base)
{
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;
    return digit < (int)base ? digit : -1;
}

/* "#38;" or "#x26;" at text[at]: the bytes it takes, 0 when it is none. */
static size_t number_reference(builder *b, burin_text text, size_t at)
{
    size_t   start = at++;
    unsigned base  = at < text.len && (text.data[at] | 0x20) == 'x' ? 16 : 10;
    uint32_t cp    = 0;

    at += base == 16;
    size_t first = at;
    for (int digit; at < text.len && (digit = digit_of(text.data[at], base)) >= 0; at++)
        cp = cp > 0x10ffff ? cp : cp * base + (uint32_t)digit;
    if (at == first)
        return 0;
    append_number(b, cp);
    at += at < text.len && text.data[at] == ';';
    return at - start;
}

/* "amp;" at text[at], or a name that needs no ";" with something after it: the bytes of the name, 0 when there is none. */
static size_t named_reference(builder *b, burin_text text, size_t at)
{
    size_t len = 0, characters = 0;

    while (at + len < text.len && characters < NAME_CHARACTERS_MAX) {
        unsigned char c = (unsigned char)text.data[at + len];
        if (c == '\t' || c == '\n' || c == '\f' || c == ' ' || c == '<' || c == '&' || c == '#' || c == ';')
            break;
        characters += (c & 0xc0) != 0x80;
        len++;
    }
    while (at + len < text.len && ((unsigned char)text.data[at + len] & 0xc0) == 0x80) /* the rest of the last character */
        len++;
    if (len && at + len < text.len && text.data[at + len] == ';')
        len++;
    const entity *e = entity_find(text.data + at, len);
    for (size_t prefix = len; !e && prefix-- > BARE_NAME_MIN;) {
        len = prefix;
        e   = entity_find(text.data + at, len);
    }
    if (!e)
        return 0;
    builder_text(b, e->text, e->text_len);
    return len;
}

burin_status html_unescape(rt_state *st, burin_text text, burin_value *out)
{
    builder      b;
    size_t       at     = 0;
    burin_status status = rt_charge(st, text.len / 64);

    if (status)
        return status;
    builder_init(&b, st, text.len);
    while (at < text.len) {
        const char *amp     = memchr(text.data + at, '&', text.len - at);
        size_t      literal = amp ? (size_t)(amp - text.data) - at : text.len - at;
        builder_text(&b, text.data + at, literal);
        at += literal;
        if (!amp)
            break;
        at++;
        size_t used = 0;
        if (at < text.len)
            used = text.data[at] == '#' ? number_reference(&b, text, at) : named_reference(&b, text, at);
        if (!used)
            builder_byte(&b, '&');
        at += used;
    }
    return builder_take(&b, 0, out);
}

/* Append what is outside of `open` ... `close`; an `open` that nothing closes is text like any other. */
static void append_outside(builder *b, burin_text text, burin_text open, burin_text close)
{
    size_t at = 0;

    while (at < text.len) {
        size_t from = text_find(text.data + at, text.len - at, open.data, open.len);
        size_t body = from == SIZE_MAX ? 0 : at + from + open.len;
        size_t to   = from == SIZE_MAX ? SIZE_MAX : text_find(text.data + body, text.len - body, close.data, close.len);
        if (to == SIZE_MAX)
            break;
        builder_text(b, text.data + at, from);
        at = body + to + close.len;
    }
    if (at < text.len) /* an empty text may have no data to point into */
        builder_text(b, text.data + at, text.len - at);
}

/* " ".join(text.split()) */
static void append_collapsed(builder *b, burin_text text)
{
    size_t at = 0;

    while (at < text.len) {
        size_t from = at, next = at;
        while (at < text.len && !uni_is_space(text_decode(text.data, text.len, &next)))
            at = next;
        if (at > from) {
            if (b->len)
                builder_byte(b, ' ');
            builder_text(b, text.data + from, at - from);
        }
        at = next;
    }
}

burin_status html_striptags(rt_state *st, burin_text text, burin_value *out)
{
    builder without_comments, without_tags, collapsed;

    builder_init(&without_comments, st, text.len);
    append_outside(&without_comments, text, BURIN_TEXT("<!--"), BURIN_TEXT("-->"));
    builder_init(&without_tags, st, without_comments.len);
    append_outside(&without_tags, (burin_text){without_comments.data, without_comments.len}, BURIN_TEXT("<"), BURIN_TEXT(">"));
    builder_init(&collapsed, st, without_tags.len);
    append_collapsed(&collapsed, (burin_text){without_tags.data, without_tags.len});
    if (without_comments.failed || without_tags.failed || collapsed.failed)
        return st->status;
    return html_unescape(st, (burin_text){collapsed.data, collapsed.len}, out);
}
