/* The tree's node kinds: sizes, names and children, all made from nodes.def. */
#include "parser/ast.h"

static const uint16_t sizes[AST_KIND_COUNT] = {
#define NODE(Name, ...) [AST_##Name] = sizeof(ast_##Name),
#include "parser/nodes.def"
};

static const char *const names[AST_KIND_COUNT] = {
#define NODE(Name, ...) [AST_##Name] = #Name,
#include "parser/nodes.def"
};

ast_node *ast_new(arena *a, ast_kind kind, uint32_t line, span where) { return ast_begin(arena_zalloc(a, sizes[kind]), kind, line, where); }

const char *ast_kind_name(ast_kind kind) { return names[kind]; }

int ast_each_child(ast_node *node, int (*visit)(ast_node *child, void *user), void *user) { return ast_walk_children(node, visit, user); }
