/* Tokens inside tags: names and their words, numbers, operators. Strings and everything beyond ASCII are handed on.
 *
 * The source is not NUL-terminated, so a byte is read as 0 at its end; no rule takes a NUL along. The words are those of
 * tokens.def (a test holds the two together): recognised here because re2c's automaton does it in the same pass that
 * finds the end of the name. */
#include "lexer/parts.h"

static bool is_wide(const lexer *lx, const char *p) { return p < lx->end && (unsigned char)*p >= 128; }

/* A number may go on beyond what was read when a digit beyond ASCII stands in its next three bytes. */
static bool may_go_on(const lexer *lx, const char *p) { return is_wide(lx, p) || is_wide(lx, p + 1) || is_wide(lx, p + 2); }

/* Where the integer ends that begins a floating point number. */
static const char *leading_integer(const char *start, const char *limit)
{
    char        last = *start == '0' ? '0' : '9';
    const char *p    = start + 1;

    for (;;) {
        const char *digit = p < limit && *p == '_' ? p + 1 : p;
        if (digit == limit || *digit < '0' || *digit > last)
            return p;
        p = digit + 1;
    }
}

static inline void make(lexer *lx, token *out, token_kind kind, token_word word, const char *start, const char *end)
{
    lexer_make(lx, out, kind, start, end);
    out->word  = (uint8_t)word;
    out->value = burin_string_borrow(start, (size_t)(end - start));
    lx->at     = end;
}

/* What may go on beyond what was read. Apart and called last, so that the scanner saves no registers for them. */
#define APART __attribute__((noinline))

static APART void integer_or_wide(lexer *lx, token *out, const char *start, const char *end)
{
    if (!may_go_on(lx, end) || !lexer_wide_number(lx, out))
        lexer_integer(lx, out, start, end);
}

static APART void float_or_wide(lexer *lx, token *out, const char *start, const char *end)
{
    if (start > lx->begin && start[-1] == '.') /* a.0.1 is two subscripts */
        lexer_integer(lx, out, start, leading_integer(start, lx->end));
    else if (!may_go_on(lx, end) || !lexer_wide_number(lx, out))
        lexer_float(lx, out, start, end);
}

static APART void name_or_wide(lexer *lx, token *out, token_word word, const char *start, const char *end)
{
    if (lexer_in_name(lx, end))
        lexer_wide_name(lx, out);
    else
        make(lx, out, TOKEN_NAME, word, start, end);
}

void lexer_tag_token(lexer *lx, token *out)
{
    const char *start  = lx->at;
    const char *limit  = lx->end;
    const char *cursor = start;
    const char *marker = start;
    token_kind  kind;
    token_word  word = WORD_NONE;
    char        bracket; /* the closing one */

#define YYPEEK() (cursor < limit ? (unsigned char)*cursor : 0)
#define YYSKIP() ++cursor
#define YYBACKUP() (marker = cursor)
#define YYRESTORE() (cursor = marker)
    /*!re2c
    re2c:api = custom;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;

    digits   = [0-9] ("_"? [0-9])*;
    exponent = [eE] [+-]? digits;
    name     = [a-zA-Z_] [a-zA-Z0-9_]*;

    digits ("." digits)? exponent | digits "." digits { goto number; }
    "0" [bB] ("_"? [01])+ | "0" [oO] ("_"? [0-7])+ | "0" [xX] ("_"? [0-9a-fA-F])+ { goto integer; }
    [1-9] ("_"? [0-9])* | "0" ("_"? "0")* { goto integer; }

    "and"             { word = WORD_AND; goto name; }
    "or"              { word = WORD_OR; goto name; }
    "not"             { word = WORD_NOT; goto name; }
    "in"              { word = WORD_IN; goto name; }
    "is"              { word = WORD_IS; goto name; }
    "if"              { word = WORD_IF; goto name; }
    "else"            { word = WORD_ELSE; goto name; }
    "true"            { word = WORD_TRUE; goto name; }
    "True"            { word = WORD_TRUE_UPPER; goto name; }
    "false"           { word = WORD_FALSE; goto name; }
    "False"           { word = WORD_FALSE_UPPER; goto name; }
    "none"            { word = WORD_NONE_LOWER; goto name; }
    "None"            { word = WORD_NONE_UPPER; goto name; }
    "for"             { word = WORD_FOR; goto name; }
    "block"           { word = WORD_BLOCK; goto name; }
    "extends"         { word = WORD_EXTENDS; goto name; }
    "print"           { word = WORD_PRINT; goto name; }
    "macro"           { word = WORD_MACRO; goto name; }
    "include"         { word = WORD_INCLUDE; goto name; }
    "from"            { word = WORD_FROM; goto name; }
    "import"          { word = WORD_IMPORT; goto name; }
    "set"             { word = WORD_SET; goto name; }
    "with"            { word = WORD_WITH; goto name; }
    "autoescape"      { word = WORD_AUTOESCAPE; goto name; }
    "call"            { word = WORD_CALL; goto name; }
    "filter"          { word = WORD_FILTER; goto name; }
    "do"              { word = WORD_DO; goto name; }
    "break"           { word = WORD_BREAK; goto name; }
    "continue"        { word = WORD_CONTINUE; goto name; }
    "trans"           { word = WORD_TRANS; goto name; }
    "debug"           { word = WORD_DEBUG; goto name; }
    "generation"      { word = WORD_GENERATION; goto name; }
    "elif"            { word = WORD_ELIF; goto name; }
    "endif"           { word = WORD_ENDIF; goto name; }
    "endfor"          { word = WORD_ENDFOR; goto name; }
    "endset"          { word = WORD_ENDSET; goto name; }
    "endwith"         { word = WORD_ENDWITH; goto name; }
    "endautoescape"   { word = WORD_ENDAUTOESCAPE; goto name; }
    "endblock"        { word = WORD_ENDBLOCK; goto name; }
    "endmacro"        { word = WORD_ENDMACRO; goto name; }
    "endcall"         { word = WORD_ENDCALL; goto name; }
    "endfilter"       { word = WORD_ENDFILTER; goto name; }
    "pluralize"       { word = WORD_PLURALIZE; goto name; }
    "endtrans"        { word = WORD_ENDTRANS; goto name; }
    "endgeneration"   { word = WORD_ENDGENERATION; goto name; }
    "recursive"       { word = WORD_RECURSIVE; goto name; }
    "ignore"          { word = WORD_IGNORE; goto name; }
    "missing"         { word = WORD_MISSING; goto name; }
    "without"         { word = WORD_WITHOUT; goto name; }
    "context"         { word = WORD_CONTEXT; goto name; }
    "as"              { word = WORD_AS; goto name; }
    "scoped"          { word = WORD_SCOPED; goto name; }
    "required"        { word = WORD_REQUIRED; goto name; }
    "trimmed"         { word = WORD_TRIMMED; goto name; }
    "notrimmed"       { word = WORD_NOTRIMMED; goto name; }
    "loop"            { word = WORD_LOOP; goto name; }
    "self"            { word = WORD_SELF; goto name; }
    "super"           { word = WORD_SUPER; goto name; }
    name { goto name; }

    "+"  { kind = TOKEN_ADD; goto done; }
    "-"  { kind = TOKEN_SUB; goto done; }
    "/"  { kind = TOKEN_DIV; goto done; }
    "//" { kind = TOKEN_FLOORDIV; goto done; }
    "*"  { kind = TOKEN_MUL; goto done; }
    "%"  { kind = TOKEN_MOD; goto done; }
    "**" { kind = TOKEN_POW; goto done; }
    "~"  { kind = TOKEN_TILDE; goto done; }
    "==" { kind = TOKEN_EQ; goto done; }
    "!=" { kind = TOKEN_NE; goto done; }
    ">"  { kind = TOKEN_GT; goto done; }
    ">=" { kind = TOKEN_GTEQ; goto done; }
    "<"  { kind = TOKEN_LT; goto done; }
    "<=" { kind = TOKEN_LTEQ; goto done; }
    "["  { kind = TOKEN_LBRACKET; bracket = ']'; goto open; }
    "]"  { kind = TOKEN_RBRACKET; bracket = ']'; goto close; }
    "("  { kind = TOKEN_LPAREN; bracket = ')'; goto open; }
    ")"  { kind = TOKEN_RPAREN; bracket = ')'; goto close; }
    "{"  { kind = TOKEN_LBRACE; bracket = '}'; goto open; }
    "}"  { kind = TOKEN_RBRACE; bracket = '}'; goto close; }
    "="  { kind = TOKEN_ASSIGN; goto done; }
    "."  { kind = TOKEN_DOT; goto done; }
    ":"  { kind = TOKEN_COLON; goto done; }
    "|"  { kind = TOKEN_PIPE; goto done; }
    ","  { kind = TOKEN_COMMA; goto done; }
    ";"  { kind = TOKEN_SEMICOLON; goto done; }

    ["'] { lexer_string(lx, out); return; }
    [^]  {
        if (is_wide(lx, start))
            lexer_wide_name(lx, out);
        else
            lexer_unexpected_char(lx, out, start);
        return;
    }
    */
#undef YYPEEK
#undef YYSKIP
#undef YYBACKUP
#undef YYRESTORE

integer:
    integer_or_wide(lx, out, start, cursor);
    return;
number:
    float_or_wide(lx, out, start, cursor);
    return;
open:
    make(lx, out, kind, WORD_NONE, start, cursor);
    lexer_open_bracket(lx, out, bracket);
    return;
close:
    make(lx, out, kind, WORD_NONE, start, cursor);
    lexer_close_bracket(lx, out, bracket);
    return;
name:
    kind = TOKEN_NAME;
    if (is_wide(lx, cursor)) {
        name_or_wide(lx, out, word, start, cursor);
        return;
    }
done:
    make(lx, out, kind, word, start, cursor);
}
