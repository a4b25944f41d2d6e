/* Names to variables: what each scope of a template defines, reads and writes.
 *
 * Follows the rules of Jinja2's compiler (jinja2.idtracking), because what leaks out of an `if`, a loop or a block
 * depends on them. A scope has a `symbol` for each name it uses or assigns: the variable the name refers to, how that gets its first
 * value when the scope is entered, and whether the scope assigns it. A name that a scope does not know is
 * looked for in the scopes around it; one that none knows is resolved in the render's context.
 * Each scope's variables have registers of their own, and those first met inside a scope form one range.
 * All memory is the compilation's arena; a failed allocation sets `failed` in the tracker and everything goes on harmlessly. */
#ifndef BURIN_CODEGEN_SYMBOLS_H
#define BURIN_CODEGEN_SYMBOLS_H

#include "parser/ast.h"

typedef enum load_kind { LOAD_PARAMETER, LOAD_RESOLVE, LOAD_ALIAS, LOAD_UNDEFINED } load_kind;

typedef struct variable {
    burin_text name;
    uint32_t   hash;
    uint16_t   slot; /* register of its unit */
    bool       is_loop; /* the `loop` of a loop whose register is loop_slot */
    bool       undeclared; /* a macro's parameter that may still be missing: its default is being computed */
    uint16_t   loop_slot;
    void      *unit;

} variable;

typedef struct symbol {
    burin_text name;
    uint32_t   hash;
    uint32_t   branches; /* of an `if` that is being merged: how many assign it */
    variable  *var;
    load_kind  load;   /* how the variable gets its first value; LOAD_ALIAS: from the scopes around */
    bool       stored; /* the scope assigns it */
} symbol;

/* Variables of one unit of code. */
typedef struct variable_set {
    void    *unit;
    uint32_t count; /* registers given to variables */
} variable_set;

typedef struct tracker {
    arena *memory;
    bool   failed;
} tracker;

typedef struct symbols {
    const struct symbols *parent; /* the scope around */
    const struct symbols *before; /* of a branch of an `if`: its scope up to there, which the branch does not change */
    tracker              *track;
    variable_set         *vars;
    symbol               *all; /* what is known here, in the order it was met */
    uint32_t              count, cap;
    uint32_t             *index; /* places in `all`, from 1, by hash; NULL while they are few */
    uint32_t              places;
} symbols;

void symbols_init(symbols *s, const symbols *parent, tracker *track, variable_set *vars);

typedef enum for_branch { FOR_BODY, FOR_ELSE, FOR_TEST } for_branch;
/* What the scope opened by `node` defines (RootVisitor). `branch` matters for For only. */
void symbols_analyze(symbols *s, ast_node *node, for_branch branch);

/* The scope of a lone expression. */
void symbols_analyze_expression(symbols *s, ast_node *node);

variable *symbols_declare_parameter(symbols *s, burin_text name);
/* The variable a name refers to in this scope or around it; NULL when none does. */
variable *symbols_find(const symbols *s, burin_text name);
/* The same with how it gets its first value, and whether the scope that it belongs to assigns it. */
const symbol *symbols_look_up(const symbols *s, burin_text name);
/* Let `s` see a variable of a neighbouring scope as a parameter of its own. */
void symbols_share(symbols *s, variable *var);
/* Every name assigned in this scope or around it, innermost first, each once; into the arena. */
symbol *symbols_all_stores(const symbols *s, uint32_t *count);

/* Which of `names` (at most 8) the nodes use before they set them (jinja2.compiler.find_undeclared): a bit mask. */
unsigned find_undeclared(ast_node *first, const burin_text *names, unsigned count);

#endif
