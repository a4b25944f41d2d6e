/* What a template says about itself: names it needs, templates it refers to. Like jinja2.meta.
 * A template keeps its source, not its tree, so the tree is made again. */
#include "engine/template.h"

burin_status burin_template_undeclared(burin_template *tpl, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    codegen_options options = template_options(tpl->env, tpl->src.name, false);
    arena           scratch = arena_make(tpl->env->alloc);
    ast_node       *tree;
    burin_status    status = template_parse(&scratch, tpl->env, &tpl->src, &tree, NULL);

    if (status == BURIN_OK)
        status = meta_undeclared(&options, &tpl->src, tree, emit, sink, NULL);
    arena_deinit(&scratch);
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
