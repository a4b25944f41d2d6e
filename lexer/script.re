/* Tokens of scripts: space, comments, joined lines and operators. Names, numbers and strings are handed on.
 *
 * The source is not NUL-terminated, so a byte is read as 0 at its end; a NUL of its own is refused before. */
#include "lexer/script_parts.h"

#include <stdio.h>

static const char *const texts[SCRIPT_TOKEN_COUNT] = {
#define SCRIPT_TOKEN(NAME, text) [SCRIPT_##NAME] = text,
#define KEYWORD(NAME, text) [SCRIPT_##NAME] = text,
#include "lexer/script_tokens.def"
    [SCRIPT_ERROR] = "error",
};

const char *script_token_text(script_token_kind kind) { return texts[kind]; }

/* ---- failing ---- */

static void vfail(script_lexer *lx, script_token *out, burin_status status, uint32_t line, span where, const char *format, va_list args)
{
    out->kind = SCRIPT_ERROR;
    if (lx->failure.status)
        return;
    lx->failure.status = status;
    lx->failure.line   = line;
    lx->failure.where  = where;
    vsnprintf(lx->failure.message, sizeof lx->failure.message, format, args);
}

void script_fail(script_lexer *lx, script_token *out, burin_status status, uint32_t line, span where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfail(lx, out, status, line, where, format, args);
    va_end(args);
}

void script_fail_at(script_lexer *lx, script_token *out, const char *at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfail(lx, out, BURIN_ERR_PYTHON_SYNTAX, lx->line, script_range(lx, at, at < lx->end ? at + 1 : at), format, args);
    va_end(args);
}

void script_refuse(script_lexer *lx, script_token *out, const char *start, const char *end, const char *what)
{
    script_fail(lx, out, BURIN_ERR_NOT_IMPLEMENTED, lx->line, script_range(lx, start, end), "%s not supported", what);
}

/* ---- tokens ---- */

/* A line ends here; inside brackets that is space. True when it is a token. */
static bool newline(script_lexer *lx, script_token *out)
{
    bool counts = lx->bracket_count == 0 && !lx->inside;

    if (counts) {
        script_make(lx, out, SCRIPT_NEWLINE, lx->at + 1);
        lx->line_starting = true;
        lx->line_open     = false;
    } else
        lx->at++;
    lx->line++;
    return counts;
}

/* A backslash: the line goes on behind the newline. */
static bool join_lines(script_lexer *lx, script_token *out)
{
    if (lx->at + 1 < lx->end && lx->at[1] != '\n') {
        script_fail_at(lx, out, lx->at + 1, "unexpected character after line continuation character");
        return false;
    }
    if (lx->at + 2 >= lx->end) {
        script_fail_at(lx, out, lx->at, "unexpected EOF while parsing");
        return false;
    }
    lx->at += 2;
    lx->line++;
    return true;
}

/* The token at lx->at; what is no token is skipped. */
static void scan(script_lexer *lx, script_token *out)
{
    const char       *limit  = lx->end;
    const char       *cursor = lx->at;
    const char       *marker = cursor;
    script_token_kind kind;

again:
    if (lx->at == limit) {
        script_end(lx, out);
        return;
    }
    cursor = lx->at;
#define YYPEEK() (cursor < limit ? (unsigned char)*cursor : 0)
#define YYSKIP() ++cursor
#define YYBACKUP() (marker = cursor)
#define YYRESTORE() (cursor = marker)
    /*!re2c
    re2c:api = custom;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;

    letter = [a-zA-Z_\x80-\xff];
    prefix = [uUrRbBfF] | [bB] [rR] | [rR] [bB] | [fF] [rR] | [rR] [fF];

    [ \t\f]+         { lx->at = cursor; goto again; }
    "#" [^\n\x00]*   { lx->at = cursor; goto again; }
    "\n"             { if (newline(lx, out)) return; goto again; }
    "\\"             { if (!join_lines(lx, out)) return; goto again; }

    prefix? ["']     { script_string_token(lx, out, cursor - 1); return; }
    letter           { script_name(lx, out); return; }
    "."? [0-9]       { script_number(lx, out); return; }

    "("   { script_open(lx, out, SCRIPT_LPAREN); return; }
    "["   { script_open(lx, out, SCRIPT_LBRACKET); return; }
    "{"   { script_open(lx, out, SCRIPT_LBRACE); return; }
    ")"   { script_close(lx, out, SCRIPT_RPAREN, '('); return; }
    "]"   { script_close(lx, out, SCRIPT_RBRACKET, '['); return; }
    "}"   { script_close(lx, out, SCRIPT_RBRACE, '{'); return; }
    ":"   { kind = SCRIPT_COLON; goto done; }
    ","   { kind = SCRIPT_COMMA; goto done; }
    ";"   { kind = SCRIPT_SEMICOLON; goto done; }
    "."   { kind = SCRIPT_DOT; goto done; }
    "..." { kind = SCRIPT_ELLIPSIS; goto done; }
    "="   { kind = SCRIPT_ASSIGN; goto done; }
    ":="  { kind = SCRIPT_WALRUS; goto done; }
    "->"  { kind = SCRIPT_ARROW; goto done; }
    "+"   { kind = SCRIPT_ADD; goto done; }
    "-"   { kind = SCRIPT_SUB; goto done; }
    "*"   { kind = SCRIPT_MUL; goto done; }
    "/"   { kind = SCRIPT_DIV; goto done; }
    "//"  { kind = SCRIPT_FLOORDIV; goto done; }
    "%"   { kind = SCRIPT_MOD; goto done; }
    "**"  { kind = SCRIPT_POW; goto done; }
    "<<"  { kind = SCRIPT_LSHIFT; goto done; }
    ">>"  { kind = SCRIPT_RSHIFT; goto done; }
    "&"   { kind = SCRIPT_BITAND; goto done; }
    "|"   { kind = SCRIPT_BITOR; goto done; }
    "^"   { kind = SCRIPT_BITXOR; goto done; }
    "~"   { kind = SCRIPT_INVERT; goto done; }
    "=="  { kind = SCRIPT_EQ; goto done; }
    "!="  { kind = SCRIPT_NE; goto done; }
    "<"   { kind = SCRIPT_LT; goto done; }
    "<="  { kind = SCRIPT_LTEQ; goto done; }
    ">"   { kind = SCRIPT_GT; goto done; }
    ">="  { kind = SCRIPT_GTEQ; goto done; }
    "+="  { kind = SCRIPT_ADD_ASSIGN; goto done; }
    "-="  { kind = SCRIPT_SUB_ASSIGN; goto done; }
    "*="  { kind = SCRIPT_MUL_ASSIGN; goto done; }
    "/="  { kind = SCRIPT_DIV_ASSIGN; goto done; }
    "//=" { kind = SCRIPT_FLOORDIV_ASSIGN; goto done; }
    "%="  { kind = SCRIPT_MOD_ASSIGN; goto done; }
    "**=" { kind = SCRIPT_POW_ASSIGN; goto done; }
    "<<=" { kind = SCRIPT_LSHIFT_ASSIGN; goto done; }
    ">>=" { kind = SCRIPT_RSHIFT_ASSIGN; goto done; }
    "&="  { kind = SCRIPT_BITAND_ASSIGN; goto done; }
    "|="  { kind = SCRIPT_BITOR_ASSIGN; goto done; }
    "^="  { kind = SCRIPT_BITXOR_ASSIGN; goto done; }
    "@"   { script_refuse(lx, out, lx->at, cursor, lx->line_open ? "MatMult" : "Decorator"); return; }
    "@="  { script_refuse(lx, out, lx->at, cursor, "MatMult"); return; }
    [^]   { script_unexpected_char(lx, out, lx->at); return; }
    */
#undef YYPEEK
#undef YYSKIP
#undef YYBACKUP
#undef YYRESTORE

done:
    script_make(lx, out, kind, cursor);
}

/* ---- the lexer ---- */

void script_lexer_init(script_lexer *lx, arena *a, const source *src)
{
    lx->src            = src;
    lx->arena          = a;
    lx->begin          = src->text.data;
    lx->at             = src->text.data;
    lx->end            = src->text.data + src->text.len;
    lx->line           = 1;
    lx->inside         = false;
    lx->line_starting  = true;
    lx->line_open      = false;
    lx->dedents        = 0;
    lx->indent_count   = 0;
    lx->bracket_count  = 0;
    lx->failure.status = BURIN_OK;
}

void script_lexer_init_inside(script_lexer *lx, arena *a, const source *src, span range, uint32_t line)
{
    script_lexer_init(lx, a, src);
    lx->at            = lx->begin + range.start;
    lx->end           = lx->begin + range.end;
    lx->line          = line;
    lx->inside        = true;
    lx->line_starting = false;
}

void script_lexer_next(script_lexer *lx, script_token *out)
{
    *out = (script_token){.kind = SCRIPT_ERROR, .line = lx->line, .start = script_offset(lx, lx->at), .end = script_offset(lx, lx->at)};
    if (lx->failure.status)
        return;
    if (lx->line_starting) {
        lx->line_starting = false;
        if (script_indentation(lx, out) || lx->failure.status)
            return;
    }
    if (lx->dedents > 0) {
        lx->dedents--;
        script_make(lx, out, SCRIPT_DEDENT, lx->at);
        return;
    }
    scan(lx, out);
    if (out->kind != SCRIPT_NEWLINE)
        lx->line_open = true;
}
