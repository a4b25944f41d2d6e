/* What the files of the script lexer share, and nobody else needs. */
#ifndef BURIN_LEXER_SCRIPT_PARTS_H
#define BURIN_LEXER_SCRIPT_PARTS_H

#include "lexer/parts.h"
#include "lexer/script.h"

/* Record the first failure and make `out` an ERROR. */
void script_fail(script_lexer *lx, script_token *out, burin_status status, uint32_t line, span where, const char *format, ...)
    BURIN_PRINTF(6, 7);
void script_fail_at(script_lexer *lx, script_token *out, const char *at, const char *format, ...) BURIN_PRINTF(4, 5);
/* What cannot be compiled because scripts do not have it. */
void script_refuse(script_lexer *lx, script_token *out, const char *start, const char *end, const char *what);

static inline uint32_t script_offset(const script_lexer *lx, const char *p) { return (uint32_t)(p - lx->begin); }
static inline span     script_range(const script_lexer *lx, const char *from, const char *to)
{
    return (span){script_offset(lx, from), script_offset(lx, to)};
}
/* A token from lx->at to `end`, on the lexer's line; the lexer moves behind it. */
static inline void script_make(script_lexer *lx, script_token *out, script_token_kind kind, const char *end)
{
    *out   = (script_token){.kind = (uint8_t)kind, .line = lx->line, .start = script_offset(lx, lx->at), .end = script_offset(lx, end)};
    lx->at = end;
}

/* script_lines.c: space at the beginning of a line; an INDENT into `out` and true, or false with lx->dedents set. */
bool script_indentation(script_lexer *lx, script_token *out);
void script_end(script_lexer *lx, script_token *out); /* what stands at the end of the source */
void script_open(script_lexer *lx, script_token *out, script_token_kind kind);
void script_close(script_lexer *lx, script_token *out, script_token_kind kind, char opens);
/* script_numbers.c: the number at lx->at */
void script_number(script_lexer *lx, script_token *out);
/* script_strings.c: the string at lx->at, whose quote is at `quote` */
void script_string_token(script_lexer *lx, script_token *out, const char *quote);
/* script_names.c: the name at lx->at; what an unexpected character is called */
void script_name(script_lexer *lx, script_token *out);
void script_unexpected_char(script_lexer *lx, script_token *out, const char *at);

#endif
