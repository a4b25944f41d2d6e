/* String literals: where they end, and their escapes.
 *
 * Jinja2 encodes a literal as ASCII with backslash escapes for everything else and then lets Python's "unicode-escape"
 * codec decode it. So a backslash before a character beyond ASCII escapes the backslash of that character's own escape:
 * "\é" is the four characters \xe9. Everything else follows the codec. Most literals have no backslash and are borrowed. */
#include "lexer/parts.h"

#include <stdio.h>

/* ---- where it ends ---- */

/* The closing quote, or NULL; sets *escapes when there is a backslash before it. */
static const char *find_quote(const char *p, const char *end, char quote, bool *escapes)
{
    const char *close = memchr(p, quote, (size_t)(end - p));

    while (close) {
        const char *slash = memchr(p, '\\', (size_t)(close - p));
        if (!slash)
            break;
        *escapes = true;
        p        = slash + 2;
        if (slash + 1 == close) /* this quote is escaped */
            close = memchr(p, quote, (size_t)(end - p));
    }
    return close;
}

/* ---- escapes ---- */

typedef struct unescape {
    const char *at, *end;
    char       *out; /* never more bytes than the source: each escape is at least as long as what it stands for */
    const char *error;
} unescape;

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
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
        u->out += text_encode(cp, u->out);
}

static void unescape_octal(unescape *u)
{
    uint32_t cp = 0;

    for (int i = 0; i < 3 && u->at < u->end && *u->at >= '0' && *u->at <= '7'; i++)
        cp = cp << 3 | (uint32_t)(*u->at++ - '0');
    u->out += text_encode(cp, u->out);
}

/* \N{NAME} */
static void unescape_name(unescape *u)
{
    const char *close = u->at < u->end && *u->at == '{' ? memchr(u->at, '}', (size_t)(u->end - u->at)) : NULL;

    if (!close || close == u->at + 1) {
        u->error = "malformed \\N character escape";
        return;
    }
    uint32_t cp;
    if (!lexer_char_named((burin_text){u->at + 1, (size_t)(close - u->at) - 1}, &cp)) {
        u->error = "unknown Unicode character name";
        return;
    }
    u->at = close + 1;
    u->out += text_encode(cp, u->out);
}

/* A backslash before a character beyond ASCII: the backslash, and that character's escape without its own. */
static void unescape_wide(unescape *u)
{
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
    u->at++;
    switch (c) {
    case '\n': break;
    case 'x': unescape_hex(u, 2, "truncated \\xXX escape"); break;
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

/* The text that a literal stands for; error is NULL when it could be read. */
static burin_text decode(burin_text literal, char *room, const char **error)
{
    unescape u = {literal.data, literal.data + literal.len, room, NULL};

    while (u.at < u.end && !u.error) {
        const char *slash = memchr(u.at, '\\', (size_t)(u.end - u.at));
        size_t      plain = (size_t)((slash ? slash : u.end) - u.at);
        memcpy(u.out, u.at, plain);
        u.out += plain;
        u.at += plain;
        if (slash) {
            u.at++;
            if (u.at == u.end)
                u.error = "\\ at end of string";
            else
                unescape_one(&u);
        }
    }
    *error = u.error;
    return (burin_text){room, (size_t)(u.out - room)};
}

void lexer_string(lexer *lx, token *out)
{
    const char *start   = lx->at;
    bool        escapes = false;
    const char *close   = find_quote(start + 1, lx->end, *start, &escapes);
    const char *error   = NULL;
    burin_text  value;

    if (!close) {
        lexer_unexpected_char(lx, out, start);
        return;
    }
    lexer_make(lx, out, TOKEN_STRING, start, close + 1);
    if (!lexer_newlines(lx, (burin_text){start + 1, (size_t)(close - start) - 1}, &value)) {
        lexer_fail_memory(lx, out);
        return;
    }
    if (escapes) {
        /* "\é" (3 bytes) becomes 4, and 2+4 bytes at most 10: three times is always enough */
        char *room = arena_alloc(lx->arena, value.len * 3 + 1);
        if (!room) {
            lexer_fail_memory(lx, out);
            return;
        }
        value = decode(value, room, &error);
        if (error) {
            lexer_fail(lx, out, BURIN_ERR_SYNTAX, (span){out->start, out->end}, "%s", error);
            return;
        }
    }
    out->value = burin_string_borrow(value.data, value.len);
    lx->line += lexer_count_newlines(start, close);
    lx->at = close + 1;
}
