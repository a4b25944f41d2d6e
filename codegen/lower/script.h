/* Lowering of scripts. Shared by the script_*.c of this room.
 *
 * Variables of functions are registers; those of the module are the last registers of the root unit, in the order of the
 * table of global names that a session's programs share, so that functions reach them by number whichever program runs.
 * A value's register is a variable's own where that cannot change before it is used, else a temporary; what may fail halfway
 * is computed beside a variable when a handler might look at it. */
#ifndef BURIN_CODEGEN_SCRIPT_H
#define BURIN_CODEGEN_SCRIPT_H

#include "codegen/analysis/scopes.h"
#include "codegen/lower/lower.h"

typedef enum exit_kind { EXIT_BREAK, EXIT_CONTINUE, EXIT_RETURN } exit_kind;

/* What a break, continue or return passes on its way out. */
typedef struct flow {
    struct flow *outer;
    enum { FLOW_LOOP, FLOW_NAME, FLOW_FINALLY } kind;
    uint32_t     breaks, continues; /* FLOW_LOOP: chains of jumps */
    burin_text   name;              /* FLOW_NAME: what `except ... as` binds */
    uint16_t     regs;              /* FLOW_FINALLY: exception, why the finally runs, the value to return */
    uint32_t     enter;             /* FLOW_FINALLY: chain of jumps to it */
    uint32_t     exits;             /* FLOW_FINALLY: bits of the exit_kinds that pass it */
} flow;
/* Why a finally runs: the end was reached, an exception, an exit_kind. */
enum { WHY_END, WHY_ERROR, WHY_EXIT };

typedef struct script {
    lowerer      *c;
    struct scope *module, *scope;
    flow         *flow;
    unsigned      tries;      /* handlers of this unit around this place */
    burin_text    within;     /* qualified name of the function, with ".<locals>." behind it; empty in the module */
    VECTOR(scope_name *) certain; /* names known to be set here */
    VECTOR(burin_text) globals;
} script;

/* ---- script_names.c ---- */

uint16_t load_name(script *s, ast_node *at, burin_text name, uint16_t want);
void     store_name(script *s, ast_node *at, burin_text name, uint16_t value);
void     delete_name(script *s, ast_node *at, burin_text name);
/* The register that an assignment to the name may compute into, else NO_REG. */
uint16_t own_register(script *s, burin_text name);
/* The register of the cell that inner functions get for the name. */
uint16_t cell_register(script *s, burin_text name);
/* Give the names that are the scope's own registers: temporaries for a comprehension's. Parameters have theirs. */
void     place_names(script *s, struct scope *own);
/* Names become certain in a stretch of code: what was learnt since `mark` holds no longer. */
void     forget_certain(script *s, uint32_t mark);
void     make_certain(script *s, scope_name *n);
/* The number of a global. */
uint32_t global_number(script *s, burin_text name);

/* ---- script_expr.c ---- */

uint16_t script_value(script *s, ast_node *node, uint16_t want);
/* The values in neighbouring registers; the first one. */
uint16_t row_of(script *s, ast_list list);
void     at_node(script *s, const ast_node *node);
void     unless(script *s, ast_node *node, uint32_t *chain);
void     when(script *s, ast_node *node, uint32_t *chain);
uint16_t none_in(script *s, uint16_t want);
bool     has_star(ast_list list);
uint16_t list_with_stars(script *s, ast_list list, uint16_t want);
uint32_t name_constant(script *s, burin_text name);

/* ---- script_call.c, script_function.c, script_loop.c ---- */

uint16_t call_of(script *s, ast_Call *node, uint16_t want);
uint16_t joined_of(script *s, ast_Joined *node, uint16_t want);
uint16_t function_of(script *s, ast_node *node, burin_text name, ast_list params, ast_list body, ast_node *value, struct scope *own, uint16_t want);
/* A function value for a unit that `fill` lowers. */
uint16_t function_unit(script *s, ast_node *node, burin_text name, ast_list params, struct scope *own, burin_text doc, void (*fill)(script *s, const void *user),
                       const void *user);
uint16_t comprehension_of(script *s, ast_Comprehension *node, uint16_t want);
void     lower_for_each(script *s, ast_ForEach *node);
void     lower_while(script *s, ast_While *node);

/* ---- script_stmt.c, script_try.c ---- */

void statement(script *s, ast_node *node);
void statements(script *s, ast_list body);
void assign_to(script *s, ast_node *target, uint16_t value);
/* Return the value, NULL for None, from where `node` is; each way of a conditional expression returns by itself. */
void return_value(script *s, ast_node *node, ast_node *value);
void leave_by(script *s, exit_kind kind, uint16_t value, flow *from);
void lower_try(script *s, ast_Try *node);
/* Make the name unset, whether or not it was; `nothing` is a register that is missing. */
void unset_name(script *s, burin_text name, uint16_t nothing);
void cover(script *s, uint32_t start, uint32_t end, uint32_t target, uint16_t reg, bool catches);

#endif
