/* Checks of a template against declared variables: members that no struct has are found when it is compiled.
 *
 * The tree is walked as it would run, with what is known of each name's type: a declared variable has its type, and `set`,
 * loops, `with` and macros pass types on. Nothing is guessed: a name that may mean something else (assigned in a branch, in
 * another iteration, or, for code that runs later such as macros and blocks, anywhere in the template) is not known, and
 * what is not known is not checked. A macro of the template is walked once for each combination of types it is called with.
 * Not an error: `x.unknown is defined` and `x.unknown | default(...)`, which ask. */
#ifndef BURIN_CODEGEN_TYPES_H
#define BURIN_CODEGEN_TYPES_H

#include "parser/ast.h"
#include "runtime/base/diag.h"
#include "runtime/struct.h"

typedef enum known_kind { KNOWN_NOTHING, KNOWN_STRUCT, KNOWN_ARRAY, KNOWN_LIST, KNOWN_GROUP, KNOWN_GROUPS } known_kind;

/* What is known of a value: a struct or an array, by its layout; a list of what `item` reads; what groupby makes of it. */
typedef struct known {
    known_kind       kind;
    const rt_layout *layout; /* STRUCT, ARRAY */
    const rt_item   *item;   /* LIST, GROUP, GROUPS; or NULL, and the items are structs of `layout` */
} known;

typedef struct binding {
    burin_text      name;
    uint32_t        hash;
    uint32_t        order;
    known           type;
    ast_Macro      *macro;    /* of a name that is assigned: all it ever means; NULL */
    struct binding *below;    /* in the bucket */
    struct binding *previous; /* in the order of binding */
} binding;

enum { TYPES_BUCKETS = 128, TYPES_ARGUMENTS = 8, TYPES_DEPTH = 16, TYPES_CALLS = 500 };

/* A macro called with some types. */
typedef struct typed_call {
    ast_Macro         *macro;
    known              args[TYPES_ARGUMENTS];
    struct typed_call *next;
} typed_call;

typedef struct typer {
    arena             *memory;
    const burin_types *types;
    const source      *src;
    ast_node          *tree;
    burin_error       *err;
    burin_status       status; /* of the first finding, or BURIN_ERR_NOMEM */
    binding           *buckets[TYPES_BUCKETS], *newest;
    binding           *assigned[TYPES_BUCKETS]; /* every name that the template assigns anywhere, once */
    uint32_t           order;
    uint32_t           deferred_from; /* in code that runs later: what was bound up to here is not known */
    bool               is_deferred;
    typed_call        *calls;
    unsigned           depth, call_count;
} typer;

/* The check. BURIN_OK, or BURIN_ERR_ASSERTION for a member that is not there, at its place and with what may have been meant. */
burin_status types_check(arena *memory, const burin_types *types, const source *src, ast_node *tree, burin_error *err);

/* ---- between the files ---- */

/* Check an expression (NULL: nothing) and say what is known of its value. types_expression.c */
known types_of(typer *t, ast_node *node);
known types_item_of(const typer *t, known container);
bool  types_equal(known a, known b);
known types_find(const typer *t, burin_text name);
/* Check a call: its arguments, and the macro with their types. types.c */
void  types_call(typer *t, ast_Call *call);

#endif
