/* Questions about a template (jinja2.meta): which variables it takes from outside, which templates it refers to. */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"

#include <stdlib.h>

typedef struct collector {
    const rt_env *env;
    arena        *memory;
    char        **names;
    uint32_t      count, cap;
    bool          globals; /* too */
    bool          failed;
} collector;

static void collect(void *user, burin_text name)
{
    collector *c = user;
    if (!c->globals && (rt_names_value(c->env->globals, name) || rt_names_function(c->env->globals, name)))
        return;
    if (c->count == c->cap) {
        uint32_t wider = c->cap ? 2 * c->cap : 16;
        char   **moved = arena_alloc(c->memory, wider * sizeof *moved);
        if (!moved) {
            c->failed = true;
            return;
        }
        if (c->count)
            memcpy(moved, c->names, c->count * sizeof *moved);
        c->names = moved;
        c->cap   = wider;
    }
    char *copy = arena_copy(c->memory, name);
    if (copy)
        c->names[c->count++] = copy;
    else
        c->failed = true;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

burin_status meta_undeclared(const codegen_options *options, const source *src, ast_node *tree, bool globals,
                             burin_status (*give)(void *sink, const char *name), void *sink, burin_error *err)
{
    arena            memory   = arena_make(options->env->alloc);
    collector        c        = {.env = options->env, .memory = &memory, .globals = globals};
    resolve_listener listener = {collect, &c};
    ir_program      *program  = NULL;
    const lowering   what     = {.tree = tree, .listener = &listener};
    burin_status     status   = lower_program(options, src, &what, &memory, options->env->alloc, &program, err);
    codegen_free(program);
    if (!status && c.failed)
        status = diag_fail(err, BURIN_ERR_NOMEM, src, 0, (span){0, 0}, "out of memory");
    if (c.count)
        qsort(c.names, c.count, sizeof *c.names, by_text);
    for (uint32_t i = 0; i < c.count && !status; i++)
        if (i == 0 || strcmp(c.names[i - 1], c.names[i]) != 0)
            status = give(sink, c.names[i]);
    arena_deinit(&memory);
    return status;
}

/* ---- references ---- */

typedef struct referrer {
    arena         memory;
    burin_status (*give)(void *sink, const char *name);
    void         *sink;
    burin_status  status;
} referrer;

static void refer_name(referrer *r, ast_node *node)
{
    burin_value v    = ast_as(Const, node)->value;
    char       *name = arena_copy(&r->memory, (burin_text){v.as.s, v.len});
    r->status        = name ? r->give(r->sink, name) : BURIN_ERR_NOMEM;
}

static bool is_text(const ast_node *node) { return node->kind == AST_Const && ((const ast_Const *)node)->value.kind == BURIN_STRING; }

/* A constant name, each of several, or NULL for one that is known only when the template runs. */
static void refer(referrer *r, ast_node *name)
{
    const ast_list *items = name->kind == AST_Tuple ? &ast_as(Tuple, name)->items : name->kind == AST_List ? &ast_as(List, name)->items : NULL;
    if (is_text(name))
        refer_name(r, name);
    else if (!items)
        r->status = r->give(r->sink, NULL);
    for (ast_node *n = items ? items->first : NULL; n && !r->status; n = n->next)
        if (is_text(n))
            refer_name(r, n);
        else if (n->kind != AST_Const)
            r->status = r->give(r->sink, NULL);
}

static int find_references(ast_node *node, void *user)
{
    referrer *r = user;
    switch (node->kind) {
    case AST_Extends: refer(r, ast_as(Extends, node)->name); break;
    case AST_Include: refer(r, ast_as(Include, node)->name); break;
    case AST_Import: refer(r, ast_as(Import, node)->name); break;
    case AST_FromImport: refer(r, ast_as(FromImport, node)->name); break;
    default: break;
    }
    return r->status ? 1 : ast_each_child(node, find_references, user);
}

burin_status meta_references(const burin_allocator *alloc, ast_node *tree, burin_status (*give)(void *sink, const char *name), void *sink)
{
    referrer r = {.memory = arena_make(alloc), .give = give, .sink = sink};
    find_references(tree, &r);
    arena_deinit(&r.memory);
    return r.status;
}
