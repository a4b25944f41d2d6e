/* One parse, as its files share it: the feeder, the grammar's actions, the messages.
 *
 * The loop is in parser.c: the feeder takes a token from the lexer and says which terminal it is where it stands, the
 * grammar takes the terminal and its actions build nodes. The grammar's actions run when the next token is already
 * known, which is when Jinja2's parser does the same work, so `current` is what its stream.current would be. */
#ifndef BURIN_PARSER_STATE_H
#define BURIN_PARSER_STATE_H

#include "lexer/lexer.h"
#include "parser/parser.h"

enum { NESTING_MAX = 2000 }; /* whatever the options say: trees are walked recursively */

/* ---- what the feeder knows ---- */

typedef enum position {
    AT_BODY,       /* outside tags */
    AT_PRINT,      /* a print statement has begun */
    AT_TAG,        /* a statement has begun: its word follows */
    AT_EXPRESSION, /* an operand follows, perhaps after `not` */
    AT_OPERAND,    /* an operand follows; `not` is a name here */
    AT_NAME,       /* a bare name follows: every word is one */
    AT_OPERATOR,   /* an operand has ended */
    AT_TEST,       /* after `is` */
    AT_TEST_NAME,  /* after `is not`, and after a dot in the name of a test */
    AFTER_TEST,    /* after the name of a test: an operand here is its argument */
} position;

typedef struct place {
    _Alignas(8) uint8_t position; /* copied at once */
    bool    tuple_start; /* an expression without which there is nothing: "Expected an expression" */
    bool    after_tag;   /* the statement's word was the token before */
    bool    item_start;  /* after the comma of a tuple, which may end there */
    bool    arg_start;   /* an argument of a call follows */
} place;

typedef enum bracket_kind {
    BRACKET_GROUP, BRACKET_CALL, BRACKET_SIGNATURE, BRACKET_LIST, BRACKET_SUBSCRIPT, BRACKET_DICT
} bracket_kind;
enum { SEEN_KEYWORD = 1, SEEN_REST = 2, SEEN_NAMED = 4 };

typedef struct bracket {
    uint8_t  kind;
    uint8_t  seen; /* which arguments a call has had */
    uint32_t line;
} bracket;

/* A statement whose body is open. */
typedef struct frame {
    uint8_t    tag;     /* its word */
    uint8_t    ends[3]; /* words that end or continue the body */
    burin_text name;    /* of a block */
} frame;

/* ---- what the grammar's symbols carry ---- */

/* An expression on its way into another one. */
typedef struct operand {
    ast_node *node;
    uint32_t  line;  /* of its first token, brackets included: where Jinja2 says an operation begins */
    uint32_t  start; /* byte of that token */
    uint32_t  depth; /* of the tree under node */
    uint32_t  level; /* which loop of Jinja2's parser made it last (an operand_level) */
} operand;

/* A chain a + b + c is made in one loop: its first operation has the line of a, the others the line of their operator. */
typedef enum operand_level {
    LEVEL_NONE, LEVEL_OR, LEVEL_AND, LEVEL_COMPARE, LEVEL_SUM, LEVEL_CONCAT, LEVEL_PRODUCT, LEVEL_POWER
} operand_level;

typedef struct items {
    ast_list list;
    uint32_t depth;             /* of the deepest */
    uint32_t first_line, start; /* where the first begins */
    uint32_t comma_line;        /* of the last comma: the line of a tuple */
} items;

typedef struct arguments {
    ast_list  args, kwargs;
    ast_node *rest, *named;
    uint32_t  depth; /* of the deepest */
    uint32_t  line;  /* of the parenthesis */
} arguments;

typedef enum argument_kind { ARGUMENT_PLAIN, ARGUMENT_KEYWORD, ARGUMENT_REST, ARGUMENT_NAMED } argument_kind;

/* The name of a filter or test, perhaps with dots in it. */
typedef struct dotted {
    burin_text text;
    uint32_t   line, start;
    char      *room; /* where text lies, when it is not borrowed from the source */
    size_t     cap;
} dotted;

typedef struct signature {
    ast_list args, defaults;
} signature;

typedef struct body {
    ast_list    list;
    ast_Output *open; /* the Output that the next piece joins; NULL after a statement */
} body;

/* An if statement and where the next body of it goes. */
typedef struct if_open {
    ast_If   *node;
    ast_list *into;
} if_open;

typedef struct trans_variable trans_variable;
struct trans_variable {
    burin_text      name;
    ast_node       *value; /* NULL until its expression is known */
    trans_variable *next;
};

typedef struct trans_piece {
    burin_text *names; /* referenced, in order, with repetitions */
    uint32_t    name_count, name_cap;
    char       *text; /* with % doubled and %(name)s for the names */
    size_t      len, cap;
} trans_piece;

typedef struct trans {
    uint32_t        line;
    span            where;
    burin_text      context;
    bool            has_context, has_plural, num_called_num;
    int8_t          trimmed; /* -1: not said */
    trans_variable *first, *last;
    trans_variable **table; /* the same by name: open addressing, at most half full */
    uint32_t        count, table_size;
    ast_node       *plural_expr;
    ast_node       *assignment; /* of _trans, when the plural expression is a call */
    trans_piece     singular, plural;
} trans;

/* ---- the parse ---- */

typedef struct parser {
    arena        *arena;
    const source *src;
    const syntax *options;
    burin_error  *err;
    burin_status  status; /* of the first failure */
    uint32_t      nesting_max;
    bool          expression_only;

    lexer    lexer;
    token    current;    /* fed last, or being fed */
    uint32_t prev_end;   /* where the token before `current` ended */
    uint32_t tag_start;  /* where the statement being read began */
    token    peeked;
    bool     has_peeked;

    place    place, before; /* what follows `current`; what `current` followed */
    uint32_t before_brackets; /* how many were open before `current` */
    uint8_t  tag;           /* word of the statement being read, WORD_NONE in a print statement */
    bool     past;          /* past the first part: `in` of for, `=` of set, `import` of from, signature of macro, the end's colon */
    bool     trimmed_said;  /* trans: trimmed or notrimmed was read */
    uint8_t  mentions;      /* ast_mention */
    bracket *brackets;
    uint32_t bracket_count, bracket_cap;
    bracket  few_brackets[16];

    frame   *frames;
    uint32_t frame_count, frame_cap;
    frame    few_frames[8];
    trans   *trans; /* being read */

    void     *grammar;
    ast_node *result;
} parser;

/* ---- parser.c ---- */

/* Report the first failure; later ones are ignored. Returns the status. */
burin_status parser_fail(parser *p, burin_status status, uint32_t line, span where, const char *format, ...) BURIN_PRINTF(5, 6);
burin_status parser_fail_memory(parser *p);
burin_status parser_fail_nesting(parser *p);
burin_status parser_fail_lexical(parser *p);
static inline span token_span(const token *t) { return (span){t->start, t->end}; }

/* ---- feeder.c ---- */

/* The next token and its terminal; -1 after a failure. */
int parser_next(parser *p, token *t);
/* The same; it is the current one then. */
static inline int parser_take(parser *p, token *t)
{
    int terminal = parser_next(p, t);
    if (BURIN_LIKELY(terminal >= 0)) {
        p->prev_end = p->current.end;
        p->current  = *t;
    }
    return terminal;
}
/* The token after the current one, without moving on. */
const token *parser_peek(parser *p);
void parser_open(parser *p, token_word tag, burin_text name);
void parser_open_else(parser *p);
void parser_close(parser *p);
static inline frame *parser_frame(parser *p) { return p->frame_count > 0 ? &p->frames[p->frame_count - 1] : NULL; }

/* ---- expect.c ---- */

/* The grammar does not accept the token: say what Jinja2 would have expected. */
void parser_unexpected(parser *p, const token *t);
void parser_unknown_tag(parser *p, const token *t);

/* ---- grammar.y ---- */

size_t grammar_size(void);
bool   grammar_init(void *grammar, parser *p);
/* From the terminal that tells what is parsed to the end or the first failure. */
void   grammar_run(void *grammar, parser *p, int start);
/* Whether the terminal could come next. */
bool   grammar_accepts(const void *grammar, int terminal);

#endif
