/* Targets of assignments: what may be assigned to, and how Jinja2 calls what may not. */
#include "parser/build.h"

#include "runtime/base/text.h"

/* The name of the node's class in jinja2.nodes, in lower case. */
static const char *class_name(const ast_node *node)
{
    static const char *const binary[] = {"add", "sub", "mul", "div", "floordiv", "mod", "pow"};

    switch (node->kind) {
    case AST_Name: return "name";
    case AST_Const: return "const";
    case AST_Tuple: return "tuple";
    case AST_List: return "list";
    case AST_Dict: return "dict";
    case AST_Cond: return "condexpr";
    case AST_Filter: return "filter";
    case AST_Test: return "test";
    case AST_Call: return "call";
    case AST_Getattr: return "getattr";
    case AST_Getitem: return "getitem";
    case AST_Concat: return "concat";
    case AST_Compare: return "compare";
    case AST_And: return "and";
    case AST_Or: return "or";
    case AST_Not: return "not";
    case AST_Binary: return binary[((const ast_Binary *)node)->op];
    case AST_Unary: return ((const ast_Unary *)node)->op == AST_NEG ? "neg" : "pos";
    default: return "expression";
    }
}

static bool can_assign(const ast_node *node)
{
    if (node->kind == AST_Name)
        return true;
    if (node->kind != AST_Tuple)
        return false;
    for (const ast_node *item = ((const ast_Tuple *)node)->items.first; item; item = item->next) {
        if (!can_assign(item))
            return false;
    }
    return true;
}

static void set_use(parser *p, ast_node *node, ast_use use)
{
    if (node->kind == AST_Name) {
        ast_as(Name, node)->use = use;
        if (use == AST_STORE && text_is(ast_as(Name, node)->name, "loop"))
            p->mentions |= MENTIONS_STORED_LOOP;
        return;
    }
    ast_Tuple *tuple = ast_as(Tuple, node);
    tuple->use       = use;
    for (ast_node *item = tuple->items.first; item; item = item->next)
        set_use(p, item, use);
}

operand build_target(parser *p, operand target, ast_use use)
{
    if (!target.node)
        return target;
    if (can_assign(target.node))
        set_use(p, target.node, use);
    else
        parser_fail(p, BURIN_ERR_SYNTAX, target.node->line, target.node->where, "can't assign to '%s'", class_name(target.node));
    return target;
}

operand build_attr_target(parser *p, const token *name, const token *attr)
{
    ast_NSRef *ref = ast_make(p->arena, NSRef, name->line, ((span){name->start, attr->end}));

    if (!ref)
        parser_fail_memory(p);
    else {
        ref->name = (burin_text){name->value.as.s, name->value.len};
        ref->attr = (burin_text){attr->value.as.s, attr->value.len};
    }
    return (operand){ref ? &ref->base : NULL, name->line, name->start, 1, LEVEL_NONE};
}

/* A bare name to assign to is no literal; the words of the literals are neighbours in lexer/tokens.def. */
void build_check_name(parser *p, const token *name)
{
    if (name->word >= WORD_TRUE && name->word <= WORD_NONE_UPPER)
        parser_fail(p, BURIN_ERR_SYNTAX, name->line, token_span(name), "can't assign to 'name'");
}

void build_check_imported(parser *p, const token *name)
{
    if (name->value.as.s[0] == '_')
        parser_fail(p, BURIN_ERR_ASSERTION, name->line, token_span(name), "names starting with an underline can not be imported");
}
