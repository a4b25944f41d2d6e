/* Tokens of a template, one at a time.
 *
 * The lexer is a state machine as Jinja2's is: text between tags, comments, raw sections, statements, print statements,
 * line statements. It yields a token only when asked, so that an error of the parser comes before a lexical error that
 * stands later. What Jinja2's parser never sees (comments, whitespace, the marks of raw) is not yielded. */
#ifndef BURIN_LEXER_LEXER_H
#define BURIN_LEXER_LEXER_H

#include "burin/value.h"
#include "lexer/syntax.h"

typedef enum token_kind {
#define TOKEN(NAME, ...) TOKEN_##NAME,
#include "lexer/tokens.def"
    TOKEN_ERROR, /* the text is not well formed: lexer.failure says how */
    TOKEN_KIND_COUNT
} token_kind;

typedef enum token_word {
    WORD_NONE, /* a name that means nothing special, or no name */
#define WORD(NAME, text) WORD_##NAME,
#include "lexer/tokens.def"
    WORD_COUNT
} token_word;

typedef struct token {
    uint8_t     kind; /* token_kind */
    uint8_t     word; /* token_word, of a NAME */
    uint32_t    line; /* 1-based, where it starts */
    uint32_t    start, end; /* bytes in the source */
    burin_value value; /* NAME, STRING, DATA: a STRING; INTEGER: INT or BIGINT (text without underscores); FLOAT */
} token;

/* How the text failed to be well formed. */
typedef struct lexer_failure {
    burin_status status;
    uint32_t     line;
    span         where;
    char         message[256];
} lexer_failure;

typedef enum lexer_state {
    LEXER_TEXT, LEXER_COMMENT, LEXER_RAW, LEXER_LINE_COMMENT, LEXER_STATEMENT, LEXER_PRINT, LEXER_LINE_STATEMENT
} lexer_state;

/* What can end a stretch of text: a delimiter and the state it leads to. */
typedef struct lexer_opener {
    burin_text  mark;
    lexer_state state;
} lexer_opener;

typedef struct lexer {
    const source *src;
    const syntax *options;
    arena        *arena;
    const char   *begin, *at, *end; /* of the source; where the next token is looked for */
    uint32_t      line;             /* of `at` */
    uint32_t      last_line;        /* of the last token yielded: the end of the template is reported there */
    lexer_state   state;
    unsigned char closing;          /* inside a tag: the byte its end begins with, unless a sign comes first ... */
    bool          closes_anywhere;  /* ... or it may begin with any */
    bool          line_starting;    /* what was read last ended in a newline */
    bool          has_pending;      /* `pending` follows the DATA just yielded */
    token         pending;
    lexer_opener  openers[5];       /* in the order in which they are tried */
    uint32_t      opener_count;
    unsigned char lead;             /* the byte all openers start with, 0 when they differ or lines matter */
    char         *brackets;         /* closing brackets that are awaited, innermost last */
    uint32_t      bracket_count, bracket_cap;
    char          few_brackets[32];
    lexer_failure failure;
} lexer;

/* Ready to yield the first token of a template. Everything is borrowed; texts that differ from the source go to `a`. */
void lexer_init(lexer *lx, arena *a, const source *src, const syntax *options);
/* Ready to yield the first token of a lone expression. */
void lexer_init_expression(lexer *lx, arena *a, const source *src, const syntax *options);
/* The next token: EOF again and again at the end, ERROR again and again after a failure. */
void lexer_next(lexer *lx, token *out);

/* How Jinja2's messages name a kind of token, and a token: names by their text, the rest by their kind. */
const char *token_describe_kind(token_kind kind);
burin_text  token_describe(const token *t);
const char *token_word_text(token_word word);

/* One token a line: line, kind, text. Ends with the error, if there is one. For `burin dump tokens`. */
void lexer_print(const source *src, const syntax *options, buf *out);

/* The name as Python's compiler sees it (NFKC): what a keyword argument is called in the code Jinja2 generates.
 * `name` itself when that is the same. False when memory is out. */
bool lexer_normalize_name(arena *a, burin_text name, burin_text *out);

/* Whether the text is nothing but space, as str.isspace says; true for the empty text. */
bool lexer_is_blank(burin_text text);
/* The text without the space around it, at its start, at its end: str.strip, lstrip, rstrip. */
burin_text lexer_strip(burin_text text);
burin_text lexer_strip_start(burin_text text);
burin_text lexer_strip_end(burin_text text);

#endif
