/* What a template uses, with places: one walk over its tree (made again, as in meta.c), whose depth the parser bounds. */
#include "engine/name_list.h"
#include "engine/template.h"

#include <stdlib.h>
#include <string.h>

typedef struct walk {
    const burin_template *tpl;
    name_list             undeclared; /* sorted */
    bool                 *emitted;    /* of each */
    diag_place            place;      /* of the last use */
    burin_status        (*emit)(void *sink, const burin_use *use);
    void                 *sink;
    burin_status          status;
} walk;

static int emit_use(walk *w, burin_use_kind kind, burin_text name, bool known, bool optional, const ast_node *node)
{
    diag_advance(w->tpl->src.text, node->where.start, &w->place);
    burin_use use = {sizeof use, kind, name, known, optional, w->place.line, w->place.column};
    w->status = w->emit(w->sink, &use);
    return w->status != BURIN_OK;
}

static int by_text(const void *key, const void *element)
{
    const burin_text *name  = key;
    const char       *other = *(char *const *)element;
    int               order = strncmp(name->data, other, name->len);
    return order ? order : other[name->len] ? -1 : 0;
}

static int emit_variable(walk *w, burin_text name, const ast_node *node)
{
    char **names = w->undeclared.names, **found = names ? bsearch(&name, names, w->undeclared.count, sizeof *names, by_text) : NULL;

    if (!found || w->emitted[found - names])
        return 0;
    w->emitted[found - names] = true;
    return emit_use(w, BURIN_USE_VARIABLE, name, false, false, node);
}

/* The names an include, extends or import may mean: a text, or a list of texts of which one is enough. */
static int emit_templates(walk *w, ast_node *name, bool optional)
{
    const ast_list *items = name->kind == AST_List ? &ast_as(List, name)->items : name->kind == AST_Tuple ? &ast_as(Tuple, name)->items : NULL;

    if (items) {
        for (ast_node *item = items->first; item; item = item->next)
            if (emit_templates(w, item, optional || items->count > 1))
                return 1;
        return 0;
    }
    burin_value value = name->kind == AST_Const ? ast_as(Const, name)->value : burin_none();
    burin_text  text  = value.kind == BURIN_STRING ? (burin_text){value.as.s, value.len} : (burin_text){NULL, 0};
    return emit_use(w, BURIN_USE_TEMPLATE, text, false, optional, name);
}

static int visit(ast_node *node, void *user)
{
    walk         *w   = user;
    const rt_env *env = &w->tpl->env->rt;
    burin_text    name;
    int           stop = 0;

    switch (node->kind) {
    case AST_Name:
        if (ast_as(Name, node)->use == AST_LOAD)
            stop = emit_variable(w, ast_as(Name, node)->name, node);
        break;
    case AST_Filter:
        name = ast_as(Filter, node)->name;
        stop = emit_use(w, BURIN_USE_FILTER, name, rt_names_function(env->filters, name) != NULL, false, node);
        break;
    case AST_Test:
        name = ast_as(Test, node)->name;
        stop = emit_use(w, BURIN_USE_TEST, name, rt_names_function(env->tests, name) != NULL, false, node);
        break;
    case AST_Extends: stop = emit_templates(w, ast_as(Extends, node)->name, false); break;
    case AST_Include: stop = emit_templates(w, ast_as(Include, node)->name, ast_as(Include, node)->ignore_missing); break;
    case AST_Import: stop = emit_templates(w, ast_as(Import, node)->name, false); break;
    case AST_FromImport: stop = emit_templates(w, ast_as(FromImport, node)->name, false); break;
    default: break;
    }
    return stop ? stop : ast_each_child(node, visit, w);
}

burin_status burin_template_uses(burin_template *tpl, burin_status (*emit)(void *sink, const burin_use *use), void *sink)
{
    walk      w       = {.tpl = tpl, .emit = emit, .sink = sink, .place = diag_start};
    arena     scratch = arena_make(tpl->env->alloc);
    ast_node *tree;

    w.status  = burin_template_undeclared(tpl, name_list_add, &w.undeclared);
    w.emitted = calloc(w.undeclared.count + 1, sizeof *w.emitted);
    if (w.status == BURIN_OK && !w.emitted)
        w.status = BURIN_ERR_NOMEM;
    if (w.status == BURIN_OK)
        w.status = template_parse(&scratch, tpl->env, &tpl->src, &tree, NULL);
    if (w.status == BURIN_OK)
        visit(tree, &w);
    free(w.emitted);
    name_list_deinit(&w.undeclared);
    arena_deinit(&scratch);
    return w.status;
}
