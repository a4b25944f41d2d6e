/* Tokens of a script, one at a time, as CPython's tokenizer cuts them.
 *
 * The beginning and the end of blocks are tokens (INDENT, DEDENT), and so is the end of a line (NEWLINE) outside brackets.
 * Comments, blank lines and joined lines are not yielded. A string is yielded as it stands, prefix and quotes included:
 * what it says is read by script_string_* below and, between the braces of an f-string, by the parser, which starts a
 * lexer of its own on that range. Constructs that scripts do not have are refused here (REFUSED in script_tokens.def). */
#ifndef BURIN_LEXER_SCRIPT_H
#define BURIN_LEXER_SCRIPT_H

#include "lexer/escapes.h"
#include "lexer/lexer.h"

typedef enum script_token_kind {
#define SCRIPT_TOKEN(NAME, ...) SCRIPT_##NAME,
#define KEYWORD(NAME, ...) SCRIPT_##NAME,
#include "lexer/script_tokens.def"
    SCRIPT_ERROR, /* lexer failed: script_lexer.failure says how */
    SCRIPT_TOKEN_COUNT
} script_token_kind;

typedef struct script_token {
    uint8_t     kind;       /* script_token_kind */
    uint32_t    line;       /* 1-based, where it starts */
    uint32_t    start, end; /* bytes in the source */
    burin_value value;      /* NUMBER: INT, BIGINT or FLOAT; IMAGINARY: FLOAT */
} script_token;

enum { SCRIPT_INDENTS_MAX = 100, SCRIPT_BRACKETS_MAX = 200 }; /* as in CPython */

/* What stands between a bracket and where the lexer is, in no other brackets; noted by the parser. */
enum { SCRIPT_HAS_COMMA = 1, SCRIPT_HAS_COLON = 2, SCRIPT_HAS_FOR = 4, SCRIPT_HAS_IN = 8 /* behind `for` */, SCRIPT_HAS_MARK = 16 /* = * ** / */ };

typedef struct script_bracket {
    char     open;
    uint8_t  has;
    uint32_t line, start;
    uint32_t first_line, first; /* where the token behind it is */
} script_bracket;

typedef struct script_lexer {
    const source  *src;
    arena         *arena;
    const char    *begin, *at, *end; /* of the source; where the next token is looked for; where to stop */
    uint32_t       line;             /* of `at` */
    bool           inside;           /* of an f-string's braces: lines do not count */
    bool           line_starting;    /* indentation comes next */
    bool           line_open;        /* a token of the current line has been yielded */
    int32_t        dedents;          /* to be yielded */
    uint32_t       indent_count;     /* the outermost, of column 0, is not counted */
    uint32_t       columns[SCRIPT_INDENTS_MAX], other_columns[SCRIPT_INDENTS_MAX]; /* with tabs of 8 and of 1 */
    uint32_t       bracket_count;
    script_bracket brackets[SCRIPT_BRACKETS_MAX];
    lexer_failure  failure;
} script_lexer;

/* Ready to yield the first token of a script. Everything is borrowed. */
void script_lexer_init(script_lexer *lx, arena *a, const source *src);
/* Ready to yield the tokens of an expression in `range`, which begins on `line`, as if in brackets. */
void script_lexer_init_inside(script_lexer *lx, arena *a, const source *src, span range, uint32_t line);
/* The next token: EOF again and again at the end, ERROR again and again after a failure. */
void script_lexer_next(script_lexer *lx, script_token *out);

const char *script_token_text(script_token_kind kind);

/* ---- strings ---- */

enum { SCRIPT_RAW = 1, SCRIPT_BYTES = 2, SCRIPT_FORMAT = 4 };

typedef struct script_string {
    unsigned prefix; /* SCRIPT_RAW and so on */
    bool     triple;
    span     body;   /* between the quotes */
} script_string;

/* How a STRING token is written. */
script_string script_string_of(const script_lexer *lx, const script_token *t);
/* What a piece of a body stands for, escapes read unless it is raw; `where` is what a failure points at. False after one. */
bool script_string_decode(script_lexer *lx, burin_text body, unsigned prefix, uint32_t line, span where, burin_text *out);

#endif
