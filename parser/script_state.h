/* One parse of a script, as its files share it: the loop, the grammar's actions, the messages. */
#ifndef BURIN_PARSER_SCRIPT_STATE_H
#define BURIN_PARSER_SCRIPT_STATE_H

#include "lexer/script.h"
#include "parser/script.h"

enum { SCRIPT_NESTING_MAX = 2000 }; /* whatever the options say: trees are walked recursively */

/* ---- what the grammar's symbols carry ---- */

/* An expression on its way into another one. */
typedef struct expr {
    ast_node *node;
    uint32_t  line, start; /* of its first token, parentheses included */
    uint32_t  depth;       /* of the tree under node */
    bool      grouped;     /* in parentheses */
} expr;

typedef struct exprs {
    ast_list list;
    uint32_t depth;       /* of the deepest */
    uint32_t line, start; /* where the first begins */
    bool     is_tuple;    /* of subscripts: a comma was among them */
} exprs;

typedef struct call_arguments {
    ast_list  args, kwargs;
    uint32_t  depth;
    ast_node *bare; /* a generator expression without parentheses of its own, which must be the only argument */
    bool      after_keyword, after_named; /* k=v, **x was seen */
} call_arguments;

typedef struct parameters {
    ast_list list;
    uint32_t depth;
    bool     after_default; /* a parameter with a default was seen, so the next needs one too */
    bool     after_slash, after_star, after_named;
    bool     bare_star;     /* the star is still without a parameter behind it */
} parameters;

/* a = b = ...: the targets so far. */
typedef struct assign_chain {
    ast_Assign *node;
    expr        first;
    uint32_t    depth; /* of the deepest target */
} assign_chain;

/* An if statement that another part may follow. */
typedef struct if_chain {
    ast_If *node;
} if_chain;

/* The tokens of "a" 'b' f"c". */
typedef struct string_token string_token;
struct string_token {
    script_token  token;
    string_token *next;
};
typedef struct string_tokens {
    string_token *first, *last;
} string_tokens;

/* The word that opens a block, for the message when there is none: "expected an indented block after ...". */
typedef struct script_block_head {
    const char *what;
    uint32_t    line;
} script_block_head;

/* ---- the parse ---- */

/* An error of what is well formed: it is reported when the rest is, too, as Python's compiler does it. */
typedef struct script_late_error {
    bool     found;
    uint32_t line;
    span     where;
    char     message[160];
} script_late_error;

/* What encloses the statement being read. */
typedef struct script_context {
    bool in_function, in_loop;
} script_context;
enum { SCRIPT_CONTEXTS_MAX = SCRIPT_INDENTS_MAX + 2 }; /* each takes a block, but for the outermost and one on a line of its own */

typedef struct script_parser {
    arena                *arena;
    const source         *src;
    const script_options *options;
    burin_error          *err;
    burin_status          status; /* of the first failure */
    uint32_t              nesting_max;
    uint32_t              block_depth;  /* blocks that are open */
    uint32_t              string_depth; /* f-strings this expression stands in */
    script_lexer          lexer;
    script_token          current;      /* fed last, or being fed */
    script_token          previous;     /* the token before it */
    script_token          first;        /* of the statement */
    bool                  is_generic; /* the failure is no more than "invalid syntax" */
    uint32_t              name_end;   /* of the last parameter that is a name alone */
    uint32_t              params_end; /* where the token begins at which the parameters of a function ended last */
    script_late_error     late;
    script_context        contexts[SCRIPT_CONTEXTS_MAX];
    uint32_t              context_count; /* besides the outermost */
    script_block_head     head;         /* of the block that is expected */
    void                 *grammar;
    ast_node             *result;
    uint32_t              result_depth; /* of an expression in an f-string */
} script_parser;

/* ---- script.c ---- */

/* Report the first failure; later ones are ignored. Returns the status. */
burin_status script_parser_fail(script_parser *p, burin_status status, uint32_t line, span where, const char *format, ...)
    BURIN_PRINTF(5, 6);
/* A SyntaxError at a node or token. */
void script_syntax_error(script_parser *p, uint32_t line, span where, const char *format, ...) BURIN_PRINTF(4, 5);
/* A SyntaxError to be reported when nothing else is found. */
void script_late_syntax_error(script_parser *p, uint32_t line, span where, const char *format, ...) BURIN_PRINTF(4, 5);
void script_fail_memory(script_parser *p);
void script_fail_nesting(script_parser *p);
void script_fail_lexical(script_parser *p);
/* The expression in a part of an f-string, NULL after a failure. */
ast_node *script_parse_inside(script_parser *outer, span range, uint32_t line, uint32_t *depth);
static inline span script_span(const script_token *t) { return (span){t->start, t->end}; }

/* The next token, which is the current one then, and its terminal; -1 after a failure. */
int script_take(script_parser *p, script_token *t);

/* ---- script_unexpected.c ---- */

/* The grammar does not accept the token: say what CPython says. */
void script_unexpected(script_parser *p, const script_token *t);
/* Nothing better is known. */
void script_invalid_syntax(script_parser *p, uint32_t line, span where);

/* ---- script_grammar.y ---- */

size_t script_grammar_size(void);
bool   script_grammar_init(void *grammar, script_parser *p);
/* From the terminal that tells what is parsed to the end or the first failure. */
void   script_grammar_run(void *grammar, script_parser *p, int start);
bool   script_grammar_accepts(const void *grammar, int terminal);

#endif
