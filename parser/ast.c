/* The tree's node kinds: sizes, names and children, all made from nodes.def. */
#include "parser/ast.h"

#include <assert.h>

static const uint16_t sizes[AST_KIND_COUNT] = {
#define NODE(Name, ...) [AST_##Name] = sizeof(ast_##Name),
#include "parser/nodes.def"
};

static const char *const names[AST_KIND_COUNT] = {
#define NODE(Name, ...) [AST_##Name] = #Name,
#include "parser/nodes.def"
};

ast_node *ast_check(ast_node *node, ast_kind kind)
{
    assert(node && node->kind == kind);
    (void)kind;
    return node;
}

ast_node *ast_new(arena *a, ast_kind kind, uint32_t line, span where)
{
    ast_node *node = arena_zalloc(a, sizes[kind]);

    if (!node)
        return NULL;
    node->kind  = kind;
    node->line  = line;
    node->where = where;
    return node;
}

const char *ast_kind_name(ast_kind kind) { return names[kind]; }

static int visit_list(const ast_list *list, int (*visit)(ast_node *child, void *user), void *user)
{
    int result = 0;
    for (ast_node *child = list->first; child && result == 0;) {
        ast_node *next = child->next; /* read before the visit, which may put the child elsewhere */
        result = visit(child, user);
        child  = next;
    }
    return result;
}

int ast_each_child(ast_node *node, int (*visit)(ast_node *child, void *user), void *user)
{
    int result = 0;

    switch (node->kind) {
#define CHILD(x) \
    if (result == 0 && self->x) \
        result = visit(self->x, user);
#define LIST(x) \
    if (result == 0) \
        result = visit_list(&self->x, visit, user);
#define NODE(Name, what, ...) \
    case AST_##Name: { \
        ast_##Name *self = (ast_##Name *)node; \
        (void)self; \
        __VA_ARGS__ \
        break; \
    }
#include "parser/nodes.def"
    case AST_KIND_COUNT: break;
    }
    return result;
}
