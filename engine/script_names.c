/* What a script reads, writes and calls: a walk over its tree with the scopes that the analysis has found. */
#include "burin/formula.h"

#include "codegen/analysis/scopes.h"
#include "engine/environment.h"
#include "parser/script.h"

#include <stdlib.h>

typedef struct use {
    const scope_name *name; /* of the module */
    unsigned          uses;
    uint32_t          at;   /* where it is first in the text */
} use;

typedef struct walker {
    struct scope *module, *scope;
    use          *table; /* open addressing by the pointer, at most half full */
    size_t        mask;
} walker;

static use *find(const walker *w, const scope_name *name)
{
    size_t at = ((uintptr_t)name >> 4) & w->mask;
    while (w->table[at].name && w->table[at].name != name)
        at = (at + 1) & w->mask;
    return &w->table[at];
}

/* Note a use of the name at that place of the text, unless it is a function's own. */
static void note(walker *w, uint32_t place, burin_text name, unsigned uses)
{
    const scope_name *here   = scope_resolve(w->scope, name);
    const scope_name *global = here && (here->kind == NAME_GLOBAL || here->declared_global) ? scope_find(w->module, name) : NULL;

    if (!global)
        return;
    use *found  = find(w, global);
    found->at   = !found->uses || place < found->at ? place : found->at;
    found->name = global;
    found->uses |= uses;
}

static int walk(ast_node *node, void *user);

static void walk_list(walker *w, ast_list list)
{
    for (ast_node *node = list.first; node; node = node->next)
        walk(node, w);
}

static void walk_maybe(walker *w, ast_node *node)
{
    if (node)
        walk(node, w);
}

static void walk_inside(walker *w, struct scope *inside, ast_list body, ast_node *value)
{
    struct scope *outside = w->scope;

    w->scope = inside;
    walk_list(w, body);
    walk_maybe(w, value);
    w->scope = outside;
}

static void walk_comprehension(walker *w, ast_Comprehension *node)
{
    struct scope *outside = w->scope;
    ast_Clause   *first   = ast_as(Clause, node->clauses.first);

    walk(first->iter, w); /* the only part that is evaluated outside */
    w->scope = node->scope;
    for (ast_node *n = node->clauses.first; n; n = n->next) {
        ast_Clause *clause = ast_as(Clause, n);
        walk(clause->target, w);
        if (clause != first)
            walk(clause->iter, w);
        walk_list(w, clause->tests);
    }
    walk_inside(w, node->scope, (ast_list){0}, node->item);
    walk_maybe(w, node->value);
    w->scope = outside;
}

static void walk_imported(walker *w, ast_list names)
{
    for (ast_node *n = names.first; n; n = n->next) {
        burin_text  alias = ast_as(ImportName, n)->alias;
        const char *dot   = memchr(alias.data, '.', alias.len);
        note(w, n->where.start, dot ? (burin_text){alias.data, (size_t)(dot - alias.data)} : alias, BURIN_NAME_WRITTEN);
    }
}

static void walk_parameters(walker *w, ast_list params)
{
    for (ast_node *p = params.first; p; p = p->next)
        walk_maybe(w, ast_as(Parameter, p)->value);
}

static int walk(ast_node *node, void *user)
{
    walker *w = user;

    switch (node->kind) {
    case AST_Name: note(w, node->where.start, ast_as(Name, node)->name, ast_as(Name, node)->use == AST_LOAD ? BURIN_NAME_READ : BURIN_NAME_WRITTEN); break;
    case AST_Call:
        if (ast_as(Call, node)->node->kind == AST_Name)
            note(w, node->where.start, ast_as(Name, ast_as(Call, node)->node)->name, BURIN_NAME_CALLED);
        return ast_each_child(node, walk, w);
    case AST_AugAssign:
        if (ast_as(AugAssign, node)->target->kind == AST_Name)
            note(w, node->where.start, ast_as(Name, ast_as(AugAssign, node)->target)->name, BURIN_NAME_READ);
        return ast_each_child(node, walk, w);
    case AST_Function:
        note(w, node->where.start, ast_as(Function, node)->name, BURIN_NAME_WRITTEN);
        walk_parameters(w, ast_as(Function, node)->params);
        walk_inside(w, ast_as(Function, node)->scope, ast_as(Function, node)->body, NULL);
        break;
    case AST_Lambda:
        walk_parameters(w, ast_as(Lambda, node)->params);
        walk_inside(w, ast_as(Lambda, node)->scope, (ast_list){0}, ast_as(Lambda, node)->value);
        break;
    case AST_Comprehension: walk_comprehension(w, ast_as(Comprehension, node)); break;
    case AST_Handler:
        if (ast_as(Handler, node)->name.len > 0)
            note(w, ast_as(Handler, node)->type ? ast_as(Handler, node)->type->where.end : node->where.start, ast_as(Handler, node)->name, BURIN_NAME_WRITTEN);
        return ast_each_child(node, walk, w);
    case AST_ImportModule: walk_imported(w, ast_as(ImportModule, node)->names); break;
    case AST_FromModule: walk_imported(w, ast_as(FromModule, node)->names); break;
    case AST_Global:
    case AST_Nonlocal: break; /* they say whose the names are, and use none */
    default: return ast_each_child(node, walk, w);
    }
    return 0;
}

static int compare_places(const void *a, const void *b)
{
    const use *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* The table is sorted for it, and of no use as one any more. */
static burin_status emit_all(walker *w, burin_status (*emit)(void *user, burin_text name, unsigned uses), void *user)
{
    size_t       count  = 0;
    burin_status status = BURIN_OK;
    for (size_t n = 0; n <= w->mask; n++)
        if (w->table[n].uses)
            w->table[count++] = w->table[n];
    qsort(w->table, count, sizeof *w->table, compare_places);
    for (size_t n = 0; n < count && !status; n++)
        status = emit(user, w->table[n].name->name, w->table[n].uses);
    return status;
}

static burin_status names_of(burin_env *env, arena *memory, burin_text text, bool as_expression, walker *w, burin_error *err)
{
    script_options options = env_script_options(env);
    source        *src     = arena_zalloc(memory, sizeof *src);
    ast_node      *tree;
    size_t         room = 16;

    if (!src || !script_normalize(memory, text, &src->text))
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    burin_status status = (as_expression ? parse_script_expression : parse_script)(memory, src, &options, &tree, err);
    if (!status)
        status = scopes_analyze(memory, src, tree, &w->module, err);
    if (status)
        return status;
    while (room < (size_t)w->module->count * 2)
        room *= 2;
    w->scope = w->module;
    w->mask  = room - 1;
    w->table = arena_zalloc(memory, room * sizeof *w->table);
    if (!w->table)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    walk(tree, w);
    return BURIN_OK;
}

burin_status burin_script_names(burin_env *env, burin_text text, bool as_expression, burin_status (*emit)(void *user, burin_text name, unsigned uses),
                                void *user, burin_error *err)
{
    arena        memory = arena_make(env->alloc);
    walker       w;
    diag_begin(err);
    burin_status status = names_of(env, &memory, text, as_expression, &w, err);

    if (!status)
        status = emit_all(&w, emit, user);
    arena_deinit(&memory);
    return status;
}
