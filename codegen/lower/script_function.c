/* Functions of scripts: their units, and the values that close over what is around them. */
#include "codegen/lower/script.h"

/* ---- parameters ---- */

static void count_parameters(ast_list params, ir_function *row)
{
    for (ast_node *n = params.first; n; n = n->next) {
        ast_Parameter *p = ast_as(Parameter, n);
        switch (p->form) {
        case AST_POSITIONAL: row->positional_only++, row->positional++, row->defaults += p->value != NULL; break;
        case AST_EITHER: row->positional++, row->defaults += p->value != NULL; break;
        case AST_KEYWORD_ONLY: row->keyword_only++, row->keyword_defaults += p->value != NULL; break;
        case AST_REST: row->rest = true; break;
        case AST_NAMED: row->named = true; break;
        }
    }
}

/* The register of each, and the names that keywords are compared with. */
static void place_parameters(script *s, ast_list params, struct scope *own, ir_function *row)
{
    lowerer    *c     = s->c;
    uint16_t    next  = 0, keyword = row->positional, defaults = 0;
    burin_text *names = arena_alloc(&c->program->memory, (ir_function_names(row) + 1) * sizeof *names);
    uint16_t   *of    = arena_alloc(&c->program->memory, (row->keyword_defaults + 1u) * sizeof *of);
    if (!names || !of) {
        lower_no_memory(c);
        return;
    }
    for (ast_node *n = params.first; n; n = n->next) {
        ast_Parameter *p    = ast_as(Parameter, n);
        scope_name    *name = scope_find(own, p->name);
        switch (p->form) {
        case AST_POSITIONAL:
        case AST_EITHER: name->reg = next++; break;
        case AST_KEYWORD_ONLY:
            name->reg = keyword++;
            if (p->value)
                of[defaults++] = name->reg;
            break;
        case AST_REST: name->reg = (uint16_t)(row->positional + row->keyword_only); break;
        case AST_NAMED: name->reg = (uint16_t)(row->positional + row->keyword_only + row->rest); break;
        }
        names[name->reg] = program_text(c, p->name);
        make_certain(s, name);
    }
    row->names              = names;
    row->keyword_default_of = of;
}

/* ---- units ---- */

static void place_cells(script *s, struct scope *own, ir_function *row)
{
    row->first_cell = (uint16_t)s->c->unit->vars.count;
    for (uint32_t n = 0; n < own->count; n++)
        if (own->names[n]->kind == NAME_FREE)
            own->names[n]->reg = (uint16_t)s->c->unit->vars.count++;
    row->cells = (uint16_t)(s->c->unit->vars.count - row->first_cell);
}

/* Lower the unit; what the script was doing is set aside meanwhile. */
static void lower_unit(script *s, ast_list params, struct scope *own, ir_function *row, void (*fill)(script *s, const void *user), const void *user)
{
    script   inner = *s;
    uint32_t line  = s->c->line;
    span     where = s->c->where;
    builder *b     = unit_begin(s->c, row->generator ? UNIT_GENERATOR : UNIT_FUNCTION, row->name, true, &row->unit);
    if (!b)
        return;
    inner.scope  = own;
    inner.within = joined_text(s->c, row->qualified, BURIN_TEXT(".<locals>."));
    inner.flow   = NULL;
    inner.tries  = 0;
    b->vars.count = row->positional + row->keyword_only + (uint32_t)row->rest + row->named;
    b->unit->parameters = (uint16_t)b->vars.count;
    place_parameters(&inner, params, own, row);
    place_cells(&inner, own, row);
    place_names(&inner, own);
    b->unit->variables = (uint16_t)b->vars.count;
    fill(&inner, user);
    at_node(&inner, own->node);
    emit(s->c, OP_RETURN, 0, none_in(&inner, NO_REG), 0, 0);
    unit_end(s->c, b);
    s->certain  = inner.certain;
    s->c->line  = line;
    s->c->where = where;
}

uint16_t function_unit(script *s, ast_node *node, burin_text name, ast_list params, struct scope *own, burin_text doc,
                       void (*fill)(script *s, const void *user), const void *user)
{
    lowerer    *c   = s->c;
    ir_function row = {.name = program_text(c, name), .qualified = program_text(c, joined_text(s->c, s->within, name)), .doc = doc,
                       .generator = node->kind == AST_Comprehension};
    count_parameters(params, &row);
    if (row.generator)
        row.positional = row.positional_only = 1;
    row.plain      = !row.keyword_only && !row.rest && !row.named && !row.generator;
    uint16_t to    = temp(c);
    uint32_t mark  = c->unit->temps, free_count = 0;
    for (uint32_t n = 0; n < own->count; n++)
        free_count += own->names[n]->kind == NAME_FREE;
    uint16_t first = temps(c, row.defaults + (uint32_t)row.keyword_defaults + free_count), at = first;
    for (int keyword = 0; keyword < 2; keyword++)
        for (ast_node *n = params.first; n; n = n->next)
            if (ast_as(Parameter, n)->value && (ast_as(Parameter, n)->form == AST_KEYWORD_ONLY) == keyword)
                script_value(s, ast_as(Parameter, n)->value, at++);
    for (uint32_t n = 0; n < own->count; n++)
        if (own->names[n]->kind == NAME_FREE)
            emit(c, OP_MOVE, at++, cell_register(s, own->names[n]->name), 0, 0);
    lower_unit(s, params, own, &row, fill, user);
    at_node(s, node);
    emit(c, OP_FUNCTION, to, first, 0, vector_add(c, c->functions, row));
    c->unit->temps = mark;
    return to;
}

/* ---- def and lambda ---- */

typedef struct function_body {
    ast_list  body;
    ast_node *value; /* of a lambda */
} function_body;

static void fill_function(script *s, const void *user)
{
    const function_body *f = user;
    statements(s, f->body);
    if (f->value)
        return_value(s, f->value, f->value);
}

/* The text that a body begins with. */
static burin_text doc_of(lowerer *c, ast_list body)
{
    ast_node *first = body.first && body.first->kind == AST_Do ? ast_as(Do, body.first)->value : NULL;
    if (!first || first->kind != AST_Const || ast_as(Const, first)->value.kind != BURIN_STRING)
        return (burin_text){NULL, 0};
    return program_text(c, rt_text_of(ast_as(Const, first)->value));
}

uint16_t function_of(script *s, ast_node *node, burin_text name, ast_list params, ast_list body, ast_node *value, struct scope *own, uint16_t want)
{
    function_body f    = {body, value};
    uint16_t      made = function_unit(s, node, name, params, own, doc_of(s->c, body), fill_function, &f);
    if (want == NO_REG)
        return made;
    emit(s->c, OP_MOVE, want, made, 0, 0);
    return want;
}
