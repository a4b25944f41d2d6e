/* What a template says about itself: names it needs, templates it refers to. Like jinja2.meta.
 * A template keeps its source, not its tree, so the tree is made again. */
#include "engine/template.h"
#include "parser/parser.h"

burin_status burin_template_undeclared(burin_template *tpl, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    codegen_options options = template_options(tpl->env, tpl->src.name, FORM_TEMPLATE);
    arena           scratch = arena_make(tpl->env->alloc);
    ast_node       *tree;
    burin_status    status = template_parse(&scratch, tpl->env, &tpl->src, &tree, NULL);

    if (status == BURIN_OK)
        status = meta_undeclared(&options, &tpl->src, tree, false, emit, sink, NULL);
    arena_deinit(&scratch);
    return status;
}

/* As if a template printed the expression. */
static ast_node *printed(arena *a, ast_node *value)
{
    ast_Template *tree   = ast_make(a, Template, value->line, value->where);
    ast_Output   *output = ast_make(a, Output, value->line, value->where);

    if (!tree || !output)
        return NULL;
    tree->mentions = MENTIONS_ALL;
    ast_push(&output->nodes, value);
    ast_push(&tree->body, &output->base);
    return &tree->base;
}

burin_status expr_tree(arena *a, const burin_expr *expr, ast_node **tree)
{
    const burin_template *tpl    = expr->program;
    burin_status          status = parse_expression(a, &tpl->src, &tpl->env->syntax, tree, NULL);

    if (status == BURIN_OK && !(*tree = printed(a, *tree)))
        status = BURIN_ERR_NOMEM;
    return status;
}

burin_status burin_template_references(burin_template *tpl, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    arena        scratch = arena_make(tpl->env->alloc);
    ast_node    *tree;
    burin_status status = template_parse(&scratch, tpl->env, &tpl->src, &tree, NULL);

    if (status == BURIN_OK)
        status = meta_references(tpl->env->alloc, tree, emit, sink);
    arena_deinit(&scratch);
    return status;
}
