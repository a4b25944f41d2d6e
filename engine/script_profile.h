/* Profiles: what a program's scripts may not use. */
#ifndef BURIN_ENGINE_SCRIPT_PROFILE_H
#define BURIN_ENGINE_SCRIPT_PROFILE_H

#include "burin/interpreter.h"
#include "engine/environment.h"
#include "parser/ast.h"
#include "runtime/base/diag.h"

typedef struct script_profile { /* zeroed: forbids nothing */
    uint32_t    without;
    burin_text *readonly;
    uint32_t    readonly_count;
    bool        builtins_readonly, asteval;
    size_t      statement_max;
    arena       memory; /* the names; its allocator is NULL where there are none */
} script_profile;

/* False when memory is out; nothing is held then. */
bool script_profile_init(script_profile *p, const burin_allocator *alloc, const burin_profile *from);
void script_profile_deinit(script_profile *p);
/* Is there anything in the tree that the profile forbids? The first in the order of the text counts. */
burin_status script_profile_check(const script_profile *p, const burin_env *env, const source *src, ast_node *tree, burin_error *err);

#endif
