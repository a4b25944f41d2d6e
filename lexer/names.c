/* Names with characters beyond ASCII, and what to say about characters that begin no token.
 *
 * Jinja2 cuts a name by a regular expression, [\w...]+, and then asks Python whether it is an identifier. The class is
 * \w (letters and numbers) and what else may continue an identifier; that second part was listed when Unicode 11 was
 * current, so marks that came later are in no name: name_gaps. */
#include "lexer/parts.h"

#include <stdio.h>
#include <unictype.h>
#include <uninorm.h>

static const struct {
    uint32_t first, last;
} name_gaps[] = {
    {0x898, 0x89f},     {0x8ca, 0x8d2},     {0xb55, 0xb55},     {0xc3c, 0xc3c},     {0xd81, 0xd81},     {0xeba, 0xeba},
    {0x1715, 0x1715},   {0x180f, 0x180f},   {0x1abf, 0x1ace},   {0x1dfa, 0x1dfa},   {0xa82c, 0xa82c},   {0x10eab, 0x10eac},
    {0x10f82, 0x10f85}, {0x11070, 0x11070}, {0x11073, 0x11074}, {0x110c2, 0x110c2}, {0x111ce, 0x111cf}, {0x11930, 0x11935},
    {0x11937, 0x11938}, {0x1193b, 0x1193e}, {0x11940, 0x11940}, {0x11942, 0x11943}, {0x119d1, 0x119d7}, {0x119da, 0x119e0},
    {0x119e4, 0x119e4}, {0x16f4f, 0x16f4f}, {0x16f7f, 0x16f87}, {0x16fe4, 0x16fe4}, {0x16ff0, 0x16ff1}, {0x1cf00, 0x1cf2d},
    {0x1cf30, 0x1cf46}, {0x1e130, 0x1e136}, {0x1e2ae, 0x1e2ae}, {0x1e2ec, 0x1e2ef},
};

static bool in_gap(uint32_t cp)
{
    for (size_t i = 0; i < sizeof name_gaps / sizeof name_gaps[0]; i++) {
        if (cp >= name_gaps[i].first && cp <= name_gaps[i].last)
            return true;
    }
    return false;
}

static bool is_word(uint32_t cp)
{
    return cp == '_' || uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

static bool in_name(uint32_t cp) { return is_word(cp) || (uc_is_property_xid_continue(cp) && !in_gap(cp)); }

static bool is_identifier(const char *name, size_t len)
{
    size_t   at    = 0;
    uint32_t first = text_decode(name, len, &at);

    if (first != '_' && !uc_is_property_xid_start(first))
        return false;
    while (at < len) {
        if (!uc_is_property_xid_continue(text_decode(name, len, &at)))
            return false;
    }
    return true;
}

bool lexer_in_name(const lexer *lx, const char *p)
{
    size_t at = 0;
    return in_name(text_decode(p, (size_t)(lx->end - p), &at));
}

void lexer_wide_name(lexer *lx, token *out)
{
    const char *start = lx->at;
    size_t      rest  = (size_t)(lx->end - start);
    size_t      len   = 0;

    if (lexer_wide_number(lx, out))
        return;
    while (len < rest) {
        size_t next = len;
        if (!in_name(text_decode(start, rest, &next)))
            break;
        len = next;
    }
    if (len == 0) {
        lexer_unexpected_char(lx, out, start);
        return;
    }
    lexer_make(lx, out, TOKEN_NAME, start, start + len);
    out->value = burin_string_borrow(start, len);
    lx->at     = start + len;
    if (!is_identifier(start, len))
        lexer_fail(lx, out, BURIN_ERR_SYNTAX, (span){out->start, out->end}, "Invalid character in identifier");
}

bool lexer_normalize_name(arena *a, burin_text name, burin_text *out)
{
    *out = name;
    if (text_is_ascii(name.data, name.len))
        return true;
    size_t room = name.len * 18; /* the longest NFKC expansion is 18 code points for one of three bytes */
    char  *copy = arena_alloc(a, room * 4);
    size_t len  = room * 4;
    if (!copy)
        return false;
    uint8_t *normal = u8_normalize(UNINORM_NFKC, (const uint8_t *)name.data, name.len, (uint8_t *)copy, &len);
    if (!normal)
        return false;
    *out = (burin_text){(const char *)normal, len};
    return true;
}

/* ---- characters that begin no token ---- */

/* Python's repr of one character. */
static void repr_char(const char *p, size_t len, char out[16])
{
    size_t   at = 0;
    uint32_t cp = text_decode(p, len, &at);

    if (cp == '\'')
        strcpy(out, "\"'\"");
    else if (cp == '\\')
        strcpy(out, "'\\\\'");
    else if (cp == '\t' || cp == '\n' || cp == '\r')
        sprintf(out, "'\\%c'", cp == '\t' ? 't' : cp == '\n' ? 'n' : 'r');
    else if (cp < 256 && (cp < 32 || (cp >= 127 && cp <= 0xa0) || cp == 0xad))
        sprintf(out, "'\\x%02x'", cp);
    else if (cp >= 256 && uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z))
        sprintf(out, cp < 0x10000 ? "'\\u%04x'" : "'\\U%08x'", cp);
    else
        sprintf(out, "'%.*s'", (int)at, p);
}

void lexer_unexpected_char(lexer *lx, token *out, const char *at)
{
    char   shown[16];
    size_t after = 0;

    repr_char(at, (size_t)(lx->end - at), shown);
    text_decode(at, (size_t)(lx->end - at), &after);
    lexer_fail(lx, out, BURIN_ERR_SYNTAX, (span){lexer_offset(lx, at), lexer_offset(lx, at) + (uint32_t)after},
               "unexpected char %s at %zu", shown, text_count(lx->begin, (size_t)(at - lx->begin)));
}
