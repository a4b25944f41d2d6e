/* What scripts may assign to and delete: names, attributes, subscripts, and tuples and lists of these. */
#include "parser/script_build.h"

static const char *constant_name(const ast_Const *constant)
{
    switch (constant->value.kind) {
    case BURIN_NONE: return "None";
    case BURIN_BOOL: return constant->value.as.i ? "True" : "False";
    default: return "literal";
    }
}

const char *script_expression_name(const ast_node *node)
{
    static const char *const comprehensions[] = {"list comprehension", "set comprehension", "dict comprehension", "generator expression"};

    switch (node->kind) {
    case AST_Name: return "name";
    case AST_Getattr: return "attribute";
    case AST_Getitem: return "subscript";
    case AST_Starred: return "starred";
    case AST_Tuple: return "tuple";
    case AST_List: return "list";
    case AST_Call: return "function call";
    case AST_Lambda: return "lambda";
    case AST_Comprehension: return comprehensions[((const ast_Comprehension *)node)->form];
    case AST_Dict: return "dict literal";
    case AST_SetDisplay: return "set display";
    case AST_Joined: return "f-string expression";
    case AST_Const: return constant_name((const ast_Const *)node);
    case AST_Bytes:
    case AST_Imaginary: return "literal";
    case AST_Ellipsis: return "ellipsis";
    case AST_Compare: return "comparison";
    case AST_Cond: return "conditional expression";
    case AST_Walrus: return "named expression";
    default: return "expression"; /* and, or, not, arithmetic */
    }
}

static ast_node *refuse(script_parser *p, const ast_node *node, target_use use)
{
    script_syntax_error(p, node->line, node->where, use == TARGET_DELETE ? "cannot delete %s" : "cannot assign to %s",
                        script_expression_name(node));
    return NULL;
}

/* Marks the names and reports the first part that cannot be a target. */
static bool mark(script_parser *p, ast_node *node, target_use use)
{
    const ast_list *parts = NULL;

    switch (node->kind) {
    case AST_Name: ast_as(Name, node)->use = use == TARGET_DELETE ? AST_DELETE : AST_STORE; return true;
    case AST_Getattr:
    case AST_Getitem: return true;
    case AST_Starred:
        if (use == TARGET_DELETE)
            break;
        return mark(p, ast_as(Starred, node)->value, use);
    case AST_Tuple:
        ast_as(Tuple, node)->use = use == TARGET_DELETE ? AST_DELETE : AST_STORE;
        parts                    = &ast_as(Tuple, node)->items;
        break;
    case AST_List: parts = &ast_as(List, node)->items; break;
    default: break;
    }
    if (!parts) {
        refuse(p, node, use);
        return false;
    }
    uint32_t stars = 0;
    for (ast_node *part = parts->first; part; part = part->next) {
        if (!mark(p, part, use))
            return false;
        stars += part->kind == AST_Starred;
    }
    if (stars > 1)
        script_late_syntax_error(p, node->line, node->where, "multiple starred expressions in assignment");
    return true;
}

ast_node *compose_target(script_parser *p, expr target, target_use use)
{
    if (!target.node || !mark(p, target.node, use))
        return NULL;
    if (target.node->kind == AST_Starred)
        script_late_syntax_error(p, target.node->line, target.node->where, "starred assignment target must be in a list or tuple");
    return target.node;
}
