/* String literals: where they end.
 *
 * Most literals have no backslash and are borrowed; the others are decoded by escapes.c. */
#include "lexer/escapes.h"
#include "lexer/parts.h"

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

void lexer_string(lexer *lx, token *out)
{
    const char *start   = lx->at;
    bool        escapes = false;
    const char *close   = find_quote(start + 1, lx->end, *start, &escapes);
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
        escape_failure failure;
        char          *room = arena_alloc(lx->arena, value.len * ESCAPES_GROWTH);
        if (!room) {
            lexer_fail_memory(lx, out);
            return;
        }
        value = escapes_decode(value, ESCAPES_TEMPLATE, room, &failure);
        if (failure.error) {
            lexer_fail(lx, out, BURIN_ERR_SYNTAX, (span){out->start, out->end}, "%s", failure.error);
            return;
        }
    }
    out->value = burin_string_borrow(value.data, value.len);
    lx->line += lexer_count_newlines(lx->begin, start, close);
    lx->at = close + 1;
}
