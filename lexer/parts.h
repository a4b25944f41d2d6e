/* What the files of the lexer share, and nobody else needs. */
#ifndef BURIN_LEXER_PARTS_H
#define BURIN_LEXER_PARTS_H

#include "lexer/lexer.h"
#include "runtime/base/text.h"

/* Record the first failure, at `lx->line`, and make `out` an ERROR. */
void lexer_fail(lexer *lx, token *out, burin_status status, span where, const char *format, ...) BURIN_PRINTF(5, 6);
void lexer_fail_memory(lexer *lx, token *out);

static inline uint32_t lexer_offset(const lexer *lx, const char *p) { return (uint32_t)(p - lx->begin); }
static inline bool     lexer_has(const lexer *lx, const char *p, burin_text mark)
{
    if ((size_t)(lx->end - p) < mark.len)
        return false;
    for (size_t i = 0; i < mark.len; i++) { /* marks are short, and most places fail at the first byte */
        if (p[i] != mark.data[i])
            return false;
    }
    return true;
}
/* A token from `start` to `end`, on the lexer's line; it is yielded next. */
static inline void lexer_make(lexer *lx, token *out, token_kind kind, const char *start, const char *end)
{
    lx->last_line = lx->line;
    *out          = (token){.kind = (uint8_t)kind, .line = lx->line, .start = lexer_offset(lx, start), .end = lexer_offset(lx, end)};
}

/* ---- text.c: what stands between tags ---- */

/* Read text up to the next token to yield: DATA, the beginning of a tag, EOF. Skips comments and raw marks. */
bool lexer_text(lexer *lx, token *out);
bool lexer_comment(lexer *lx, token *out);
bool lexer_raw(lexer *lx, token *out);
void lexer_line_comment(lexer *lx);
void lexer_order_openers(lexer *lx);
/* The state is one inside a tag: how it ends. */
void lexer_enter_tag(lexer *lx);
/* In a part of the text that begins at `begin`. */
uint32_t    lexer_count_many_newlines(const char *begin, const char *from, const char *to);
static inline uint32_t lexer_count_newlines(const char *begin, const char *from, const char *to)
{
    if (to - from > 2)
        return lexer_count_many_newlines(begin, from, to);
    return (from < to && from[0] == '\n') + (from + 1 < to && from[1] == '\n');
}
const char *lexer_skip_space(const char *p, const char *end);
/* `text` with the configured newline sequence; false when memory is out. */
bool lexer_other_newlines(lexer *lx, burin_text text, burin_text *out);
static inline bool lexer_newlines(lexer *lx, burin_text text, burin_text *out)
{
    burin_text newline = lx->options->newline_sequence;
    if (newline.len != 1 || newline.data[0] != '\n')
        return lexer_other_newlines(lx, text, out);
    *out = text;
    return true;
}

/* ---- tags.re: what stands inside tags ---- */

/* The token at lx->at, which is neither space nor the end of the tag nor the end of the source. */
void lexer_tag_token(lexer *lx, token *out);

/* ---- lexer.c: brackets that were read; the token is `out` ---- */

void lexer_open_bracket(lexer *lx, token *out, char closing);
void lexer_close_bracket(lexer *lx, token *out, char closing);

/* ---- strings.c, charnames.c, numbers.c, names.c ---- */

void lexer_string(lexer *lx, token *out);                         /* lx->at is a quote */
void lexer_integer(lexer *lx, token *out, const char *start, const char *end);
void lexer_float(lexer *lx, token *out, const char *start, const char *end);
/* INT or BIGINT of the ASCII digits of a literal without underscores, "0x" and the like in front of them. */
burin_value lexer_integer_value(burin_text digits);
enum { LEXER_DIGITS_MAX = 4300 }; /* CPython's sys.int_max_str_digits, for decimal literals */
/* Like the two, where digits beyond ASCII may take part; false when no number starts at lx->at. */
bool lexer_wide_number(lexer *lx, token *out);
bool lexer_in_name(const lexer *lx, const char *p);               /* whether the character at p may be part of a name */
void lexer_wide_name(lexer *lx, token *out);                      /* a name with characters beyond ASCII, or no token at all */
bool lexer_char_named(burin_text name, uint32_t *cp);             /* charnames.c: the character that \N{name} stands for */
void lexer_unexpected_char(lexer *lx, token *out, const char *at);

#endif
