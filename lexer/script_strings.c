/* String literals of scripts: where they end, and what they say. */
#include "lexer/script_parts.h"

/* ---- where they end ---- */

static void unterminated(script_lexer *lx, script_token *out, bool triple, uint32_t line)
{
    script_fail_at(lx, out, lx->at, "unterminated %s literal (detected at line %u)", triple ? "triple-quoted string" : "string", line);
}

void script_string_token(script_lexer *lx, script_token *out, const char *quote)
{
    size_t      left   = (size_t)(lx->end - quote);
    bool        triple = left >= 3 && quote[1] == *quote && quote[2] == *quote;
    uint32_t    lines  = 0;
    const char *p      = quote + (triple ? 3 : 1);

    for (;; p++) {
        if (p >= lx->end || (*p == '\n' && !triple)) {
            unterminated(lx, out, triple, lx->line + lines - (triple && lines > 0 && lx->end[-1] == '\n'));
            return;
        }
        if (*p == *quote && (!triple || (lx->end - p >= 3 && p[1] == *quote && p[2] == *quote)))
            break;
        if (*p == '\\')
            p++;
        if (p < lx->end && *p == '\n')
            lines++;
    }
    script_make(lx, out, SCRIPT_STRING, p + (triple ? 3 : 1));
    lx->line += lines;
}

/* ---- what they say ---- */

script_string script_string_of(const script_lexer *lx, const script_token *t)
{
    script_string s = {0, false, {t->start, t->end}};
    const char   *p = lx->begin + t->start;

    for (; *p != '\'' && *p != '"'; p++) {
        char letter = (char)(*p | 0x20);
        s.prefix |= letter == 'r' ? SCRIPT_RAW : letter == 'b' ? SCRIPT_BYTES : letter == 'f' ? SCRIPT_FORMAT : 0;
        s.body.start++;
    }
    s.triple         = t->end - s.body.start >= 6 && p[1] == *p && p[2] == *p;
    uint32_t   marks = s.triple ? 3 : 1;
    s.body           = (span){s.body.start + marks, t->end - marks};
    return s;
}

static void fail_escape(script_lexer *lx, unsigned prefix, uint32_t line, span where, const escape_failure *f)
{
    script_token unused;

    if (prefix & SCRIPT_BYTES)
        script_fail(lx, &unused, BURIN_ERR_PYTHON_SYNTAX, line, where, "(value error) %s at position %u", f->error, f->first);
    else if (f->first == f->last)
        script_fail(lx, &unused, BURIN_ERR_PYTHON_SYNTAX, line, where,
                    "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position %u: %s", f->first, f->error);
    else
        script_fail(lx, &unused, BURIN_ERR_PYTHON_SYNTAX, line, where,
                    "(unicode error) 'unicodeescape' codec can't decode bytes in position %u-%u: %s", f->first, f->last, f->error);
}

bool script_string_decode(script_lexer *lx, burin_text body, unsigned prefix, uint32_t line, span where, burin_text *out)
{
    script_token unused;

    *out = body;
    if ((prefix & SCRIPT_BYTES) && !text_is_ascii(body.data, body.len)) {
        script_fail(lx, &unused, BURIN_ERR_PYTHON_SYNTAX, line, where, "bytes can only contain ASCII literal characters");
        return false;
    }
    if ((prefix & SCRIPT_RAW) || !memchr(body.data, '\\', body.len))
        return true;
    escape_failure failure;
    char          *room = arena_alloc(lx->arena, body.len * ESCAPES_GROWTH);
    if (!room) {
        script_fail(lx, &unused, BURIN_ERR_NOMEM, 0, (span){0, 0}, "out of memory");
        return false;
    }
    *out = escapes_decode(body, prefix & SCRIPT_BYTES ? ESCAPES_BYTES : ESCAPES_TEXT, room, &failure);
    if (failure.error)
        fail_escape(lx, prefix, line, where, &failure);
    return !failure.error;
}
