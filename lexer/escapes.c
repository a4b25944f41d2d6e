/* Backslash escapes.
 *
 * Jinja2 encodes a literal as ASCII with backslash escapes for everything else and then lets Python's "unicode-escape"
 * codec decode it. So a backslash before a character beyond ASCII escapes the backslash of that character's own escape:
 * "\é" is the four characters \xe9. Everything else follows the codec, and scripts follow Python. */
#include "lexer/escapes.h"

#include "lexer/parts.h"

#include <stdio.h>

typedef struct unescape {
    const char  *at, *end;
    escape_rules rules;
    char        *out; /* but for a backslash before a character beyond ASCII, never more bytes than the source */
    const char  *error;
} unescape;

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character, or the byte, that an escape stands for. */
static void put(unescape *u, uint32_t cp)
{
    if (u->rules == ESCAPES_BYTES)
        *u->out++ = (char)cp;
    else
        u->out += text_encode(cp, u->out);
}

/* Exactly `count` hexadecimal digits. */
static void unescape_hex(unescape *u, int count, const char *truncated)
{
    uint32_t cp = 0;

    for (int i = 0; i < count; i++) {
        int digit = u->at < u->end ? hex_value(*u->at) : -1;
        if (digit < 0) {
            u->error = truncated;
            return;
        }
        cp = cp << 4 | (uint32_t)digit;
        u->at++;
    }
    if (cp > 0x10ffff)
        u->error = "illegal Unicode character";
    else
        put(u, cp);
}

static void unescape_octal(unescape *u)
{
    uint32_t cp = 0;

    for (int i = 0; i < 3 && u->at < u->end && *u->at >= '0' && *u->at <= '7'; i++)
        cp = cp << 3 | (uint32_t)(*u->at++ - '0');
    put(u, u->rules == ESCAPES_BYTES ? cp & 0xff : cp);
}

/* \N{NAME} */
static void unescape_name(unescape *u)
{
    bool        open  = u->at < u->end && *u->at == '{';
    const char *close = open ? memchr(u->at, '}', (size_t)(u->end - u->at)) : NULL;
    const char *name  = u->at + 1;
    uint32_t    cp;

    if (!close || close == name) {
        u->error = "malformed \\N character escape";
        u->at    = close ? close : open ? u->end : u->at;
        return;
    }
    u->at = close + 1;
    if (!lexer_char_named((burin_text){name, (size_t)(close - name)}, &cp))
        u->error = "unknown Unicode character name";
    else
        u->out += text_encode(cp, u->out);
}

/* A backslash before a character beyond ASCII: the backslash, and that character's escape without its own. */
static void unescape_wide(unescape *u)
{
    if (u->rules != ESCAPES_TEMPLATE) {
        *u->out++ = '\\';
        return;
    }
    size_t   len = 0;
    uint32_t cp  = text_decode(u->at, (size_t)(u->end - u->at), &len);
    u->at += len;
    u->out += sprintf(u->out, cp < 0x100 ? "\\x%02x" : cp < 0x10000 ? "\\u%04x" : "\\U%08x", cp);
}

/* After a backslash. */
static void unescape_one(unescape *u)
{
    unsigned char c = (unsigned char)*u->at;

    if (c >= 128) {
        unescape_wide(u);
        return;
    }
    if (u->rules == ESCAPES_BYTES && (c == 'u' || c == 'U' || c == 'N')) {
        *u->out++ = '\\';
        return;
    }
    u->at++;
    switch (c) {
    case '\n': break;
    case 'x': unescape_hex(u, 2, u->rules == ESCAPES_BYTES ? "invalid \\x escape" : "truncated \\xXX escape"); break;
    case 'u': unescape_hex(u, 4, "truncated \\uXXXX escape"); break;
    case 'U': unescape_hex(u, 8, "truncated \\UXXXXXXXX escape"); break;
    case 'N': unescape_name(u); break;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
        u->at--;
        unescape_octal(u);
        break;
    case '\\': case '\'': case '"': *u->out++ = (char)c; break;
    case 'a': *u->out++ = '\a'; break;
    case 'b': *u->out++ = '\b'; break;
    case 'f': *u->out++ = '\f'; break;
    case 'n': *u->out++ = '\n'; break;
    case 'r': *u->out++ = '\r'; break;
    case 't': *u->out++ = '\t'; break;
    case 'v': *u->out++ = '\v'; break;
    default:
        *u->out++ = '\\';
        *u->out++ = (char)c;
    }
}

/* The bytes of the text when every character beyond ASCII is written \\UXXXXXXXX, which is what Python's decoder is given. */
static uint32_t escaped_bytes(const char *p, const char *end)
{
    uint32_t count = 0;

    for (; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        count += c < 128 ? 1 : c >= 0xc0 ? 10 : 0;
    }
    return count;
}

static void set_place(const unescape *u, burin_text literal, const char *slash, escape_failure *failure)
{
    failure->first = u->rules == ESCAPES_BYTES ? (uint32_t)(slash - literal.data) : escaped_bytes(literal.data, slash);
    failure->last  = failure->first + (uint32_t)(u->at - slash) - 1;
}

burin_text escapes_decode(burin_text literal, escape_rules rules, char *room, escape_failure *failure)
{
    unescape u = {literal.data, literal.data + literal.len, rules, room, NULL};

    while (u.at < u.end && !u.error) {
        const char *slash = memchr(u.at, '\\', (size_t)(u.end - u.at));
        size_t      plain = (size_t)((slash ? slash : u.end) - u.at);
        memcpy(u.out, u.at, plain);
        u.out += plain;
        u.at += plain;
        if (slash) {
            u.at++;
            if (u.at < u.end)
                unescape_one(&u);
            else if (rules == ESCAPES_TEMPLATE)
                u.error = "\\ at end of string";
            else
                *u.out++ = '\\'; /* the text before a brace of an f-string */
            if (u.error)
                set_place(&u, literal, slash, failure);
        }
    }
    failure->error = u.error;
    return (burin_text){room, (size_t)(u.out - room)};
}
