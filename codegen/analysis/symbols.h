/* Names to variables: what each scope of a template defines, reads and writes.
 *
 * Follows the rules of Jinja2's compiler (jinja2.idtracking), because what leaks out of an `if`, a loop or a block
 * depends on them. A scope has `symbols`: the variables its names refer to (refs), how each variable gets its first
 * value when the scope is entered (loads), and the names it assigns (stores). A name that a scope does not know is
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

typedef struct symbol_ref {
    burin_text name;
    uint32_t   hash;
    variable  *var;
} symbol_ref;
typedef struct symbol_load {
    variable *var;
    load_kind kind;
    variable *alias;
} symbol_load;
typedef struct symbol_store {
    burin_text name;
    uint32_t   hash;
} symbol_store;

/* Variables of one unit of code. */
typedef struct variable_set {
    void    *unit;
    uint32_t count; /* registers given to variables */
} variable_set;

typedef struct tracker {
    arena *memory;
    bool   failed;
} tracker;

typedef struct symbols symbols;
struct symbols {
    symbols      *parent;
    tracker      *track;
    variable_set *vars;
    symbol_ref   *refs;   uint32_t ref_count, ref_cap;
    symbol_load  *loads;  uint32_t load_count, load_cap;
    symbol_store *stores; uint32_t store_count, store_cap;
};

void symbols_init(symbols *s, symbols *parent, tracker *track, variable_set *vars);
/* A copy that can be changed without changing `from` (for the branches of an `if`). */
void symbols_copy(symbols *to, const symbols *from);

typedef enum for_branch { FOR_BODY, FOR_ELSE, FOR_TEST } for_branch;
/* What the scope opened by `node` defines (RootVisitor). `branch` matters for For only. */
void symbols_analyze(symbols *s, ast_node *node, for_branch branch);

/* The scope of a lone expression. */
void symbols_analyze_expression(symbols *s, ast_node *node);

variable *symbols_declare_parameter(symbols *s, burin_text name);
/* The variable a name refers to in this scope or around it; NULL when none does. */
variable *symbols_find(const symbols *s, burin_text name);
/* How `var` gets its first value, and whether the scope it belongs to assigns it later. */
load_kind symbols_load_kind(const symbols *s, const variable *var, bool *stored);
/* Let `s` see a variable of a neighbouring scope as a parameter of its own. */
void symbols_share(symbols *s, variable *var);
bool symbols_stores(const symbols *s, burin_text name);
/* Every name assigned in this scope or around it, innermost first, each once; into the arena. */
symbol_ref *symbols_all_stores(const symbols *s, uint32_t *count);

/* Which of `names` (at most 8) the nodes use before they set them (jinja2.compiler.find_undeclared): a bit mask. */
unsigned find_undeclared(ast_node *first, const burin_text *names, unsigned count);

#endif
