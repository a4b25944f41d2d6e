/* Names of scripts, which of them are reserved, and characters that begin no token.
 *
 * Python compares names in their NFKC form, so that two spellings are one name. Scripts take a name only in that form:
 * what looks different is different, and no filter on names can be evaded by another spelling. */
#include "lexer/script_parts.h"

#include <stdio.h>
#include <unictype.h>

typedef struct keyword {
    const char *text;
    uint8_t     len, kind; /* a script_token_kind; SCRIPT_ERROR: refused */
    const char *what;      /* is refused */
} keyword;

static const keyword keywords[] = {
#define KEYWORD(NAME, text) {text, sizeof text - 1, SCRIPT_##NAME, NULL},
#define REFUSED(text, what) {text, sizeof text - 1, SCRIPT_ERROR, what},
#include "lexer/script_tokens.def"
};

static bool is_name_byte(unsigned char c)
{
    return c == '_' || c >= 128 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The first character that may not stand where it does, NULL when the name is one. */
static const char *stray_char(const char *name, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t   start = at;
        uint32_t cp    = text_decode(name, len, &at);
        bool     fits  = start == 0 ? cp == '_' || uc_is_property_xid_start(cp) : uc_is_property_xid_continue(cp);
        if (!fits)
            return name + start;
    }
    return NULL;
}

/* Refuse what no name of a script may be. */
static bool check(script_lexer *lx, script_token *out, burin_text name)
{
    burin_text  normal;
    char        said[80];
    const char *stray = text_is_ascii(name.data, name.len) ? NULL : stray_char(name.data, name.len);

    if (stray) {
        script_unexpected_char(lx, out, stray);
        return false;
    }
    if (!lexer_normalize_name(lx->arena, name, &normal)) {
        script_fail(lx, out, BURIN_ERR_NOMEM, 0, (span){0, 0}, "out of memory");
        return false;
    }
    bool is_special = name.len > 4 && memcmp(name.data, "__", 2) == 0 && memcmp(name.data + name.len - 2, "__", 2) == 0;
    if (!is_special && text_equal(name, normal))
        return true;
    if (name.len <= sizeof said - sizeof "name ''")
        snprintf(said, sizeof said, "name '%.*s'", (int)name.len, name.data);
    else
        strcpy(said, "such a name");
    script_refuse(lx, out, name.data, name.data + name.len, said);
    return false;
}

/* Is what follows the word a "=", which none of the refused constructs has there? */
static bool is_assigned(const script_lexer *lx, const char *end)
{
    while (end < lx->end && (*end == ' ' || *end == '\t'))
        end++;
    return end < lx->end && *end == '=' && !(end + 1 < lx->end && end[1] == '=');
}

static void refuse_word(script_lexer *lx, script_token *out, const char *end, const keyword *word)
{
    if (is_assigned(lx, end))
        script_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, lx->line, script_range(lx, lx->at, end), "invalid syntax");
    else
        script_refuse(lx, out, lx->at, end, word->what);
}

void script_name(script_lexer *lx, script_token *out)
{
    const char *end = lx->at;

    while (end < lx->end && is_name_byte((unsigned char)*end))
        end++;
    burin_text        name = {lx->at, (size_t)(end - lx->at)};
    script_token_kind kind = SCRIPT_NAME;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        const keyword *k = &keywords[i];
        if (k->len != name.len || memcmp(k->text, name.data, name.len) != 0)
            continue;
        if (k->what) {
            refuse_word(lx, out, end, k);
            return;
        }
        kind = (script_token_kind)k->kind;
        break;
    }
    if (kind == SCRIPT_NAME && !check(lx, out, name))
        return;
    script_make(lx, out, kind, end);
    out->value = burin_string_borrow(name.data, name.len);
}

void script_unexpected_char(script_lexer *lx, script_token *out, const char *at)
{
    size_t   after = 0;
    uint32_t cp    = text_decode(at, (size_t)(lx->end - at), &after);
    span     where = script_range(lx, at, at + after);

    if (cp >= 32 && cp < 127)
        script_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, lx->line, where, "invalid syntax");
    else if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z))
        script_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, lx->line, where, "invalid non-printable character U+%04X", cp);
    else
        script_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, lx->line, where, "invalid character '%.*s' (U+%04X)", (int)after, at, cp);
}
