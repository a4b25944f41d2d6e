/* Lines of scripts: indentation and brackets.
 *
 * Columns are counted twice, with tabs of eight and of one, and both counts must tell the same story: a script that
 * looks different with other tabs is refused (CPython's Parser/tokenizer.c). */
#include "lexer/script_parts.h"

enum { TAB_COLUMNS = 8 };

typedef struct column {
    uint32_t wide, narrow; /* with tabs of eight and of one */
} column;

/* The column of the first thing on the line that is more than space; skips blank lines, and comments on their own. */
static column first_column(script_lexer *lx)
{
    column c = {0, 0}, joined = {0, 0};

    for (;; lx->at++) {
        char at = lx->at < lx->end ? *lx->at : '\0';
        if (at == ' ') {
            c.wide++;
            c.narrow++;
        } else if (at == '\t') {
            c.wide = (c.wide / TAB_COLUMNS + 1) * TAB_COLUMNS;
            c.narrow++;
        } else if (at == '\f') {
            c = (column){0, 0};
        } else if (at == '\\' && lx->at + 2 < lx->end && lx->at[1] == '\n') { /* the line keeps the column it had here */
            joined = joined.wide > 0 ? joined : c;
            c      = (column){0, 0};
            lx->at++;
            lx->line++;
        } else if (at == '#') {
            const char *end = memchr(lx->at, '\n', (size_t)(lx->end - lx->at));
            lx->at          = (end ? end : lx->end) - 1;
        } else if (at == '\n') {
            c = joined = (column){0, 0};
            lx->line++;
        } else
            break;
    }
    if (lx->at == lx->end)
        return (column){0, 0};
    return joined.wide > 0 ? joined : c;
}

static void fail_tabs(script_lexer *lx, script_token *out)
{
    script_fail(lx, out, BURIN_ERR_TAB, lx->line, script_range(lx, lx->at, lx->at), "inconsistent use of tabs and spaces in indentation");
}

/* Close the blocks that the column is left of. */
static void dedent(script_lexer *lx, script_token *out, column c)
{
    while (lx->indent_count > 0 && c.wide < lx->columns[lx->indent_count - 1]) {
        lx->indent_count--;
        lx->dedents++;
    }
    uint32_t wide   = lx->indent_count > 0 ? lx->columns[lx->indent_count - 1] : 0;
    uint32_t narrow = lx->indent_count > 0 ? lx->other_columns[lx->indent_count - 1] : 0;
    if (c.wide != wide)
        script_fail(lx, out, BURIN_ERR_INDENTATION, lx->line, script_range(lx, lx->at, lx->at),
                    "unindent does not match any outer indentation level");
    else if (c.narrow != narrow)
        fail_tabs(lx, out);
}

bool script_indentation(script_lexer *lx, script_token *out)
{
    column   c      = first_column(lx);
    uint32_t wide   = lx->indent_count > 0 ? lx->columns[lx->indent_count - 1] : 0;
    uint32_t narrow = lx->indent_count > 0 ? lx->other_columns[lx->indent_count - 1] : 0;

    if (c.wide <= wide) {
        dedent(lx, out, c);
        return false;
    }
    if (lx->indent_count + 1 >= SCRIPT_INDENTS_MAX)
        script_fail(lx, out, BURIN_ERR_INDENTATION, lx->line, script_range(lx, lx->at, lx->at), "too many levels of indentation");
    else if (c.narrow <= narrow)
        fail_tabs(lx, out);
    else {
        lx->columns[lx->indent_count]       = c.wide;
        lx->other_columns[lx->indent_count] = c.narrow;
        lx->indent_count++;
        script_make(lx, out, SCRIPT_INDENT, lx->at);
    }
    return true;
}

void script_end(script_lexer *lx, script_token *out)
{
    if (lx->bracket_count > 0) {
        script_bracket open = lx->brackets[lx->bracket_count - 1];
        script_fail(lx, out, BURIN_ERR_PYTHON_SYNTAX, open.line, (span){open.start, open.start + 1}, "'%c' was never closed", open.open);
    } else if (lx->line_open && !lx->inside) { /* the last line ends here without a newline */
        script_make(lx, out, SCRIPT_NEWLINE, lx->at);
        lx->line_starting = true;
        lx->line_open     = false;
    } else
        script_make(lx, out, SCRIPT_EOF, lx->at);
}

void script_open(script_lexer *lx, script_token *out, script_token_kind kind)
{
    if (lx->bracket_count == SCRIPT_BRACKETS_MAX) {
        script_fail_at(lx, out, lx->at, "too many nested parentheses");
        return;
    }
    lx->brackets[lx->bracket_count++] = (script_bracket){.open = *lx->at, .line = lx->line, .start = script_offset(lx, lx->at)};
    script_make(lx, out, kind, lx->at + 1);
}

void script_close(script_lexer *lx, script_token *out, script_token_kind kind, char opens)
{
    if (lx->bracket_count == 0) {
        script_fail_at(lx, out, lx->at, "unmatched '%c'", *lx->at);
        return;
    }
    script_bracket open = lx->brackets[lx->bracket_count - 1];
    if (open.open == opens) {
        lx->bracket_count--;
        script_make(lx, out, kind, lx->at + 1);
    } else if (open.line != lx->line)
        script_fail_at(lx, out, lx->at, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %u", *lx->at, open.open, open.line);
    else
        script_fail_at(lx, out, lx->at, "closing parenthesis '%c' does not match opening parenthesis '%c'", *lx->at, open.open);
}
