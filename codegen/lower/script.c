/* Scripts as a whole: the module is the program's root unit. */
#include "codegen/lower/script.h"

/* Number the module's names: those that the session has first, in its order. */
static void number_globals(script *s, const burin_text *known, uint32_t known_count)
{
    for (uint32_t n = 0; n < s->module->count; n++)
        s->module->names[n]->reg = NO_REG;
    for (uint32_t k = 0; k < known_count && !s->c->status; k++) {
        scope_name *n = scope_find(s->module, known[k]);
        uint32_t    g = vector_add(s->c, s->globals, program_text(s->c, known[k]));
        if (n)
            n->reg = (uint16_t)g;
    }
    for (uint32_t n = 0; n < s->module->count && !s->c->status; n++)
        if (s->module->names[n]->reg == NO_REG)
            s->module->names[n]->reg = (uint16_t)vector_add(s->c, s->globals, program_text(s->c, s->module->names[n]->name));
    if (s->globals.count >= RESOLVED_BASE)
        lower_fail(s->c, BURIN_ERR_LIMIT, NULL, "the script has too many names");
}

/* The value of a module is that of its last statement, when it is an expression, else None. */
static void lower_module(script *s, ast_Module *module)
{
    ast_node *last = module->body.last;
    if (!last || last->kind != AST_Do) {
        statements(s, module->body);
        emit(s->c, OP_RETURN, 0, none_in(s, NO_REG), 0, 0);
        return;
    }
    for (ast_node *n = module->body.first; n != last; n = n->next)
        statement(s, n);
    emit(s->c, OP_RETURN, 0, script_value(s, ast_as(Do, last)->value, NO_REG), 0, 0);
}

void lower_script(lowerer *c, ast_node *tree, const burin_text *known, uint32_t known_count)
{
    script s = {.c = c};
    if (!c->status)
        c->status = scopes_analyze(c->scratch, c->src, tree, &s.module, c->err);
    if (c->status)
        return;
    s.scope = s.module;
    number_globals(&s, known, known_count);
    builder *b = unit_begin(c, UNIT_ROOT, (burin_text){NULL, 0}, false, NULL);
    if (!b)
        return;
    b->variables_last = true;
    b->vars.count     = s.globals.count;
    if (tree->kind == AST_Module)
        lower_module(&s, ast_as(Module, tree));
    else
        emit(c, OP_RETURN, 0, script_value(&s, tree, NO_REG), 0, 0);
    unit_end(c, b);
    c->program->is_script    = true;
    c->program->root_temps   = (uint16_t)b->temps_max;
    c->program->globals      = lower_kept(c, s.globals.items, s.globals.count * sizeof *s.globals.items);
    c->program->global_count = s.globals.count;
}
