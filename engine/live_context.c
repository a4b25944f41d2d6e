/* Code that may look at any variable. */
#include "engine/environment.h"
#include "engine/live.h"
#include "parser/ast.h"
#include "runtime/base/text.h"
#include "runtime/builtins/builtins.h"
#include "runtime/reactive/graph.h"

/* Filters that call others get the context for those; they look at no variable themselves. */
static bool is_builtin(const rt_function *f)
{
    for (size_t n = 0; n < rt_filters_count; n++)
        if (rt_filters[n].call == f->call)
            return true;
    return false;
}

/* Is it the name of a function with BURIN_CONTEXT? Translations are, and look at variables if the host's function does; `_` calls a variable, if there is one. */
static bool looks(const burin_live *live, const rt_names *names, burin_text name)
{
    const rt_function *f = rt_names_function(names, name);
    if (!f || !(f->flags & BURIN_CONTEXT) || is_builtin(f))
        return false;
    if (f->data != live->env)
        return true;
    return live->env->translate || (text_is(name, "_") && name_map_get(&live->names, BURIN_TEXT("gettext")));
}

enum { HELD_DEPTH_MAX = 64, HELD_MAX = 1 << 20 };

/* Is the value such a function, or does it hold one? *left: how many values more are looked at; where it is too much it may. */
static bool holds_function(burin_value v, unsigned depth, uint32_t *left)
{
    burin_value key, item;
    size_t      at = 0;
    bool        found = false;
    switch ((burin_kind)v.kind) {
    case BURIN_FUNCTION: return ((const rt_function *)v.as.p)->flags & BURIN_CONTEXT;
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT: break;
    default: return false;
    }
    if (depth == HELD_DEPTH_MAX || *left < burin_length(v))
        return true;
    *left -= (uint32_t)burin_length(v);
    for (size_t k = 0; v.kind != BURIN_DICT && k < burin_length(v) && !found; k++)
        found = holds_function(burin_at(v, k), depth + 1, left);
    while (v.kind == BURIN_DICT && !found && burin_next(v, &at, &key, &item))
        found = holds_function(item, depth + 1, left);
    return found;
}

/* Is such a function the node's value, or in it? Nothing is computed to find that out; a container that is stale may be gone. */
static bool node_holds_function(const burin_graph *g, burin_node node)
{
    const burin_value *v    = &g->values[node.index];
    const rx_node     *n    = &g->nodes[node.index];
    uint32_t           left = HELD_MAX;
    bool               is_container = v->kind == BURIN_LIST || v->kind == BURIN_TUPLE || v->kind == BURIN_DICT;
    return n->generation == node.generation && ((is_container && n->flags & RX_STALE) || holds_function(*v, 0, &left));
}

/* Is it bound to such a function now, to a container with one, or to a record with one? */
static bool holds(const burin_live *live, burin_text name)
{
    const live_name *n = name_map_get(&live->names, name);
    if (!n)
        return false;
    if (n->node.index)
        return node_holds_function(live->graph, n->node);
    for (size_t k = 0; k < live_record_count(n); k++)
        if (node_holds_function(live->graph, live_record_node(n, k)))
            return true;
    return false;
}

static int visit(ast_node *node, void *user)
{
    const burin_live *live = user;
    const rt_env     *env  = &live->env->rt;
    burin_text        name;
    switch ((ast_kind)node->kind) {
    case AST_Filter:
        if (looks(live, env->filters, ast_as(Filter, node)->name))
            return 1;
        break;
    case AST_Test:
        if (looks(live, env->tests, ast_as(Test, node)->name))
            return 1;
        break;
    case AST_Name:
        name = ast_as(Name, node)->name;
        if (looks(live, env->globals, name) || holds(live, name))
            return 1;
        break;
    case AST_Const: /* map('name') */
        name = burin_text_of(ast_as(Const, node)->value);
        if (name.data && (looks(live, env->filters, name) || looks(live, env->tests, name)))
            return 1;
        break;
    default: break;
    }
    return ast_each_child(node, visit, user);
}

bool live_reads_context(burin_live *live, ast_node *tree) { return visit(tree, live); }
