/* The tree: one struct a row of nodes.def, all in one arena, never changed after analysis.
 *
 * `line` is the line Jinja2 gives the node (its errors carry it); `where` is the node's byte range. Lists are chained
 * through `next`. A walk that may meet deep trees must not recurse without counting: the parser bounds nesting
 * (limits: nesting_max), so recursion over the tree is bounded by that. */
#ifndef BURIN_PARSER_AST_H
#define BURIN_PARSER_AST_H

#include "burin/value.h"
#include "runtime/base/diag.h"

#include <assert.h>

typedef enum ast_kind {
#define NODE(Name, ...) AST_##Name,
#include "parser/nodes.def"
    AST_KIND_COUNT
} ast_kind;

/* What follows AST_PARAM, AST_NOT_IN, AST_POW and AST_POS is met in scripts alone. */
typedef enum ast_use { AST_LOAD, AST_STORE, AST_PARAM, AST_DELETE } ast_use;
typedef enum ast_compare { AST_EQ, AST_NE, AST_LT, AST_LE, AST_GT, AST_GE, AST_IN, AST_NOT_IN, AST_IS, AST_IS_NOT } ast_compare;
typedef enum ast_binary {
    AST_ADD, AST_SUB, AST_MUL, AST_DIV, AST_FLOORDIV, AST_MOD, AST_POW, AST_LSHIFT, AST_RSHIFT, AST_BITAND, AST_BITOR, AST_BITXOR
} ast_binary;
typedef enum ast_unary { AST_NEG, AST_POS, AST_INVERT } ast_unary;
/* def f(a, /, b, *c, d, **e): each form in its order. */
typedef enum ast_parameter { AST_POSITIONAL, AST_EITHER, AST_REST, AST_KEYWORD_ONLY, AST_NAMED } ast_parameter;
typedef enum ast_comprehension { AST_OF_LIST, AST_OF_SET, AST_OF_DICT, AST_GENERATOR } ast_comprehension;
typedef enum ast_conversion { AST_PLAIN, AST_TO_STR, AST_TO_REPR, AST_TO_ASCII } ast_conversion;
struct scope; /* made by the analysis of scripts */
/* What is not mentioned in a template need not be looked for in its tree. */
typedef enum ast_mention {
    MENTIONS_EXTENDS = 1, MENTIONS_BLOCK = 2, MENTIONS_LOOP = 4, MENTIONS_SELF = 8 /* or super */, MENTIONS_STORED_LOOP = 16 /* assigned */, MENTIONS_ALL = 31
} ast_mention;

typedef struct ast_node ast_node;
struct ast_node {
    uint8_t   kind;      /* ast_kind */
    uint8_t   constness; /* of an expression: 0 not asked yet, 1 constant, 2 not; the compiler's note */
    uint32_t  line;
    span      where;
    ast_node *next; /* in the list it stands in */
};

typedef struct ast_list {
    ast_node *first, *last;
    uint32_t  count;
} ast_list;

#define CHILD(x) ast_node *x;
#define LIST(x) ast_list x;
#define TEXT(x) burin_text x;
#define CONST(x) burin_value x;
#define FLAG(x) bool x;
#define ENUM(type, x) type x;
#define SCOPE(x) struct scope *x;
#define MENTIONS(x) uint8_t x;
#define NODE(Name, what, ...) \
    typedef struct ast_##Name { \
        ast_node base; \
        __VA_ARGS__ \
    } ast_##Name;
#include "parser/nodes.def"

/* ast_as(For, node): the node as its own struct; asserts the kind. */
#define ast_as(Name, node) ((ast_##Name *)ast_check((node), AST_##Name))
static inline ast_node *ast_check(ast_node *node, ast_kind kind)
{
    assert(node && node->kind == kind);
    (void)kind;
    return node;
}

/* A zeroed node of its kind's size in `a`; NULL when memory is out. ast_make is for kinds that are known when it is compiled. */
ast_node *ast_new(arena *a, ast_kind kind, uint32_t line, span where);
#define ast_make(a, Name, line, where) ((ast_##Name *)ast_begin(arena_zalloc((a), sizeof(ast_##Name)), AST_##Name, (line), (where)))
static inline ast_node *ast_begin(void *zeroed, ast_kind kind, uint32_t line, span where)
{
    ast_node *node = zeroed;
    if (!node)
        return NULL;
    node->kind  = (uint8_t)kind;
    node->line  = line;
    node->where = where;
    return node;
}

static inline void ast_push(ast_list *list, ast_node *node)
{
    if (list->last)
        list->last->next = node;
    else
        list->first = node;
    list->last = node;
    list->count++;
}

/* Expressions come last in nodes.def. Where statements are looked for, they and what only holds them are left out. */
static inline bool ast_is_expression(const ast_node *node) { return node->kind >= AST_Name; }
static inline bool ast_holds_statements(const ast_node *node) { return !ast_is_expression(node) && node->kind != AST_Output; }

const char *ast_kind_name(ast_kind kind);
/* Call `visit` for every direct child, in source order of the fields; stops at the first non-zero result and returns it. */
int ast_each_child(ast_node *node, int (*visit)(ast_node *child, void *user), void *user);

/* The same, for walks over whole trees, that `visit` is to become a part of. */
static BURIN_INLINE int ast_walk_list(const ast_list *list, int (*visit)(ast_node *child, void *user), void *user)
{
    int result = 0;
    for (ast_node *child = list->first; child && result == 0;) {
        ast_node *next = child->next; /* read before the visit, which may put the child elsewhere */
        result = visit(child, user);
        child  = next;
    }
    return result;
}

static BURIN_INLINE int ast_walk_children(ast_node *node, int (*visit)(ast_node *child, void *user), void *user)
{
    int result = 0;

    switch (node->kind) {
#define CHILD(x) \
    if (result == 0 && self->x) \
        result = visit(self->x, user);
#define LIST(x) \
    if (result == 0) \
        result = ast_walk_list(&self->x, visit, user);
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

#endif
