/* Profiles of scripts: a walk over the tree, before anything is made of it. */
#include "engine/script_profile.h"

#include "runtime/base/text.h"

burin_profile burin_profile_asteval(void) { return (burin_profile){.statement_max = 50000, .asteval = true}; }

burin_feature burin_feature_named(const char *name)
{
    static const char *const names[] = {
#define FEATURE(NAME, name, node, what) name,
#include "burin/feature.def"
#undef FEATURE
    };
    unsigned n = 0;
    while (n < BURIN_FEATURE_COUNT && strcmp(names[n], name) != 0)
        n++;
    return (burin_feature)n;
}

static bool copy_names(script_profile *p, const char *const *names)
{
    uint32_t count = 0;
    while (names && names[count])
        count++;
    p->readonly = arena_alloc(&p->memory, (count + 1) * sizeof *p->readonly);
    for (; p->readonly && p->readonly_count < count; p->readonly_count++) {
        burin_text name = {names[p->readonly_count], strlen(names[p->readonly_count])};
        char      *copy = arena_copy(&p->memory, name);
        if (!copy)
            return false;
        p->readonly[p->readonly_count] = (burin_text){copy, name.len};
    }
    return p->readonly != NULL;
}

bool script_profile_init(script_profile *p, const burin_allocator *alloc, const burin_profile *from)
{
    *p = (script_profile){.without = from->without, .builtins_readonly = from->builtins_readonly, .asteval = from->asteval,
                          .statement_max = from->statement_max, .memory = arena_make(alloc)};
    if (copy_names(p, from->readonly))
        return true;
    script_profile_deinit(p);
    return false;
}

void script_profile_deinit(script_profile *p)
{
    if (p->memory.alloc)
        arena_deinit(&p->memory);
    *p = (script_profile){0};
}

/* ---- the walk ---- */

typedef struct walk {
    const script_profile *p;
    const burin_env      *env;
    const source         *src;
    burin_error          *err;
    burin_status          status;
} walk;

/* BURIN_FEATURE_COUNT: of the part that every profile has. */
static burin_feature feature_of(const ast_node *node)
{
    static const burin_feature comprehensions[] = {[AST_OF_LIST] = BURIN_FEATURE_LISTCOMP, [AST_OF_SET] = BURIN_FEATURE_SETCOMP,
                                                   [AST_OF_DICT] = BURIN_FEATURE_DICTCOMP, [AST_GENERATOR] = BURIN_FEATURE_GENERATOREXP};
    switch (node->kind) {
    case AST_If: return BURIN_FEATURE_IF;
    case AST_ForEach: return BURIN_FEATURE_FOR;
    case AST_While: return BURIN_FEATURE_WHILE;
    case AST_Try: return BURIN_FEATURE_TRY;
    case AST_Function: return BURIN_FEATURE_FUNCTIONDEF;
    case AST_Lambda: return BURIN_FEATURE_LAMBDA;
    case AST_Cond: return BURIN_FEATURE_IFEXP;
    case AST_AugAssign: return BURIN_FEATURE_AUGASSIGN;
    case AST_Assert: return BURIN_FEATURE_ASSERT;
    case AST_Delete: return BURIN_FEATURE_DELETE;
    case AST_Raise: return BURIN_FEATURE_RAISE;
    case AST_Joined: return BURIN_FEATURE_FORMATTEDVALUE;
    case AST_Comprehension: return comprehensions[((const ast_Comprehension *)(const void *)node)->form];
    default: return BURIN_FEATURE_COUNT;
    }
}

/* The name that the node binds or unbinds; data NULL when none. */
static burin_text name_bound(const ast_node *node)
{
    switch (node->kind) {
    case AST_Function: return ((const ast_Function *)(const void *)node)->name;
    case AST_Handler: return ((const ast_Handler *)(const void *)node)->name;
    case AST_ImportName: return ((const ast_ImportName *)(const void *)node)->alias;
    case AST_Name: {
        const ast_Name *name = (const ast_Name *)(const void *)node;
        return name->use == AST_LOAD ? (burin_text){NULL, 0} : name->name;
    }
    default: return (burin_text){NULL, 0};
    }
}

static bool is_readonly(const walk *w, burin_text name)
{
    const rt_names *builtins = w->env->rt.python;
    for (uint32_t n = 0; n < w->p->readonly_count; n++)
        if (text_equal(w->p->readonly[n], name))
            return true;
    return w->p->builtins_readonly && (rt_names_value(builtins, name) || rt_names_function(builtins, name));
}

static int check(ast_node *node, void *user)
{
    static const char *const nodes[] = {
#define FEATURE(NAME, name, node, what) node,
#include "burin/feature.def"
#undef FEATURE
    };
    walk         *w       = user;
    burin_feature feature = feature_of(node);
    burin_text    name    = name_bound(node);
    if (feature < BURIN_FEATURE_COUNT && w->p->without & 1u << feature)
        w->status = diag_fail(w->err, BURIN_ERR_NOT_IMPLEMENTED, w->src, node->line, node->where, "%s not supported", nodes[feature]);
    else if (name.len && is_readonly(w, name))
        w->status = diag_fail(w->err, BURIN_ERR_NAME, w->src, node->line, node->where, "invalid %s name (reserved word?) %.*s",
                              node->kind == AST_Function ? "function" : "symbol", (int)name.len, name.data);
    else
        ast_each_child(node, check, w);
    return w->status != BURIN_OK;
}

burin_status script_profile_check(const script_profile *p, const burin_env *env, const source *src, ast_node *tree, burin_error *err)
{
    walk w = {p, env, src, err, BURIN_OK};
    if (p->without || p->readonly_count || p->builtins_readonly)
        check(tree, &w);
    return w.status;
}
