/* Macros and call blocks. The unit's parameters are the declared ones, then caller, kwargs, varargs where they are used. */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"

static const burin_text special_names[] = {{"caller", 6}, {"kwargs", 6}, {"varargs", 7}};
enum { CALLER, KWARGS, VARARGS };

/* What macros and call blocks share. */
typedef struct definition {
    ast_node *node;
    burin_text name; /* data NULL: a call block */
    ast_list *args, *defaults, *body;
} definition;

static bool has_parameter(const definition *d, burin_text name)
{
    for (ast_node *n = d->args->first; n; n = n->next)
        if (text_equal(ast_as(Name, n)->name, name))
            return true;
    return false;
}

/* Python refuses two parameters of one name. */
static void check_parameters(lowerer *c, const definition *d)
{
    for (ast_node *n = d->args->first; n; n = n->next)
        for (ast_node *m = d->args->first; m != n; m = m->next)
            if (text_equal(ast_as(Name, m)->name, ast_as(Name, n)->name)) {
                lower_refuse(c, n, "duplicate argument 'l_1_%.*s' in function definition", ast_as(Name, n)->name);
                return;
            }
}

/* A parameter called `caller` needs a default, because call blocks may be missing. */
static void check_caller(lowerer *c, const definition *d)
{
    uint32_t i = 0;
    for (ast_node *n = d->args->first; n; n = n->next, i++)
        if (text_equal(ast_as(Name, n)->name, special_names[CALLER]) && i + d->defaults->count < d->args->count)
            lower_fail(c, BURIN_ERR_ASSERTION, d->node,
                       "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.");
}

static void lower_defaults(lowerer *c, scope *f, const definition *d)
{
    uint32_t without = d->args->count - d->defaults->count, i = 0;
    ast_node *value  = d->defaults->first;
    for (ast_node *n = d->args->first; n; n = n->next) {
        variable *var = symbols_find(&f->sym, ast_as(Name, n)->name);
        if (var)
            var->undeclared = true;
    }
    for (ast_node *n = d->args->first; n; n = n->next, i++) {
        burin_text name = ast_as(Name, n)->name;
        variable  *var  = symbols_find(&f->sym, name);
        uint32_t   set  = NO_JUMP, mark = c->unit->temps;
        if (!var)
            return;
        emit_jump(c, OP_JUMP_SET, 0, var->slot, 0, &set);
        if (i < without) {
            buf hint = buf_make(c->options->env->alloc);
            buf_printf(&hint, "parameter '%.*s' was not provided", (int)name.len, name.data);
            emit(c, OP_LOADK, var->slot, 0, 0, constant_undefined(c, c->options->env->undefined, name, buf_text(&hint)));
            buf_deinit(&hint);
        } else {
            uint16_t reg = expr(c, f, value, var->slot);
            if (reg != var->slot)
                emit(c, OP_MOVE, var->slot, reg, 0, 0);
            value = value->next;
        }
        land(c, set);
        var->undeclared = false;
        c->unit->temps  = mark;
    }
}

/* Parameters take the first registers, in the order in which calls fill them in. */
static void declare_parameters(lowerer *c, scope *f, const definition *d, ir_macro *m)
{
    unsigned used = find_undeclared(d->body->first, special_names, 3);
    uint32_t i    = 0;
    m->arguments  = arena_alloc(&c->program->memory, (d->args->count + 1) * sizeof *m->arguments);
    if (!m->arguments) {
        lower_no_memory(c);
        return;
    }
    for (ast_node *n = d->args->first; n; n = n->next) {
        symbols_declare_parameter(&f->sym, ast_as(Name, n)->name);
        m->arguments[i++] = program_text(c, ast_as(Name, n)->name);
    }
    m->argument_count  = (uint16_t)i;
    m->explicit_caller = has_parameter(d, special_names[CALLER]);
    m->caller          = used >> CALLER & 1;
    m->catch_kwargs    = (used >> KWARGS & 1) && !has_parameter(d, special_names[KWARGS]);
    m->catch_varargs   = (used >> VARARGS & 1) && !has_parameter(d, special_names[VARARGS]);
    if (m->caller && m->explicit_caller)
        check_caller(c, d);
    if (m->caller && !m->explicit_caller)
        symbols_declare_parameter(&f->sym, special_names[CALLER]);
    if (m->catch_kwargs)
        symbols_declare_parameter(&f->sym, special_names[KWARGS]);
    if (m->catch_varargs)
        symbols_declare_parameter(&f->sym, special_names[VARARGS]);
    c->unit->unit->parameters = (uint16_t)c->unit->vars.count;
}

/* Compile the body; the index of the macro's row. */
static uint32_t lower_definition(lowerer *c, scope *f, const definition *d)
{
    ir_macro m = {.name = d->name.data ? program_text(c, d->name) : d->name};
    check_parameters(c, d);
    mark_line(c, d->node);
    builder *b = unit_begin(c, UNIT_MACRO, d->name, true, &m.unit);
    if (!b)
        return 0;
    scope inner                = scope_inner(c, f);
    inner.require_output_check = false;
    inner.buffered             = true;
    inner.breaks = inner.continues = NULL;
    inner.open_capture         = NO_REG;
    declare_parameters(c, &inner, d, &m);
    symbols_analyze(&inner.sym, d->node, FOR_BODY);
    scope_enter(c, &inner);
    lower_defaults(c, &inner, d);
    lower_body(c, &inner, d->body->first);
    unit_end(c, b);
    return vector_add(c, c->macros, m);
}

void lower_macro(lowerer *c, scope *f, ast_Macro *node)
{
    definition d   = {&node->base, node->name, &node->args, &node->defaults, &node->body};
    uint32_t   row = lower_definition(c, f, &d);
    variable  *var = symbols_find(&f->sym, node->name);
    if (!var)
        return;
    emit(c, OP_MACRO, var->slot, 0, 0, row);
    if (f->toplevel)
        emit(c, OP_EXPORT, 0, var->slot, node->name.data[0] != '_', constant_text(c, node->name));
}

void lower_call_block(lowerer *c, scope *f, ast_CallBlock *node)
{
    uint32_t   mark   = c->unit->temps;
    definition d      = {&node->base, {NULL, 0}, &node->args, &node->defaults, &node->body};
    uint16_t   caller = temp(c);
    emit(c, OP_MACRO, caller, 0, 0, lower_definition(c, f, &d));
    mark_line(c, &node->base);
    print_call(c, f, ast_as(Call, node->call), PRINT_RAW, caller);
    c->unit->temps = mark;
}
