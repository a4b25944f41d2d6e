/* Names of scripts: what each function, comprehension and the module itself calls its own (Python's symtable).
 *
 * A name that a function assigns is its own; one that an inner function uses as well is a cell; one of a function around it
 * is free; all others are global. List, set and dict comprehensions run in the registers of what they stand in, so their
 * names are theirs alone, but using a name of what is around them makes no cell of it. Generator expressions are functions.
 * All memory is the given arena. */
#ifndef BURIN_CODEGEN_SCOPES_H
#define BURIN_CODEGEN_SCOPES_H

#include "parser/ast.h"

typedef enum scope_kind { SCOPE_MODULE, SCOPE_FUNCTION, SCOPE_INLINE } scope_kind;
typedef enum name_kind { NAME_GLOBAL, NAME_LOCAL, NAME_CELL, NAME_FREE } name_kind;

typedef struct scope_name {
    burin_text name;
    uint32_t   hash;
    uint8_t    kind;      /* name_kind */
    bool       parameter;
    bool       assigned;
    bool       deleted;   /* somewhere: it may be unset at any time */
    bool       unsteady;  /* may change in the middle of an expression: a walrus, or a function that declares it global, assigns it */
    bool       declared_global, declared_nonlocal;
    ast_node  *declared_at;
    bool       used;      /* read or assigned before it was declared */
    bool       read;
    bool       annotated;
    bool       certain;   /* the compiler's: it is set wherever the code being made runs */
    uint16_t   reg;       /* the compiler's: its register */
} scope_name;

struct scope {
    scope_kind    kind;
    struct scope *outer;  /* NULL for the module */
    struct scope *inner, *last; /* those inside */
    struct scope *next;         /* in the list this one is in */
    ast_node     *node;
    scope_name  **names;  /* in the order met: parameters first */
    uint32_t      count, cap;
    scope_name  **table;  /* open addressing */
    uint32_t      mask;
};

/* Analyse a script (or an expression of one): sets the `scope` of its Functions, Lambdas, Comprehensions. Errors:
 * BURIN_ERR_PYTHON_SYNTAX, as CPython words them; BURIN_ERR_NOMEM. */
burin_status scopes_analyze(arena *memory, const source *src, ast_node *tree, struct scope **module, burin_error *err);

/* The scope's own entry, NULL when it never met the name. */
scope_name *scope_find(const struct scope *s, burin_text name);
/* What a name met in the scope means there: looks through comprehensions. Its kind is NAME_GLOBAL where the module's entry counts,
 * which every global has. */
scope_name *scope_resolve(const struct scope *s, burin_text name);

#endif
