/* Names of scripts: where their values are, and whether they are certain to be set. */
#include "codegen/lower/script.h"

#include "runtime/base/text.h"

uint32_t name_constant(script *s, burin_text name)
{
    lowerer *c = s->c;
    for (uint32_t k = c->constants.count; k-- > 1 && k + 64 > c->constants.count;) /* the last ones: most names recur soon */
        if (c->constants.items[k].kind == BURIN_STRING && text_equal(rt_text_of(c->constants.items[k]), name))
            return k;
    return constant_text(c, name);
}

/* ---- certainty ---- */

void make_certain(script *s, scope_name *n)
{
    if (n->certain || n->deleted)
        return;
    n->certain = true;
    (void)vector_add(s->c, s->certain, n);
}

void forget_certain(script *s, uint32_t mark)
{
    while (s->certain.count > mark)
        s->certain.items[--s->certain.count]->certain = false;
}

/* ---- places ---- */

/* The analysis puts every global into the module's table, and module_begin numbers them. */
uint32_t global_number(script *s, burin_text name) { return scope_find(s->module, name)->reg; }

static void place_name(script *s, scope_name *name)
{
    lowerer *c = s->c;
    if (s->scope->kind == SCOPE_INLINE) {
        name->reg = temp(c);
        emit(c, OP_CLEAR, name->reg, 0, 0, 0);
    } else if (!name->parameter) {
        name->reg = (uint16_t)c->unit->vars.count++;
    }
    if (name->kind == NAME_CELL)
        emit(c, OP_CELL, name->reg, 0, 0, 0);
}

void place_names(script *s, struct scope *own)
{
    for (uint32_t n = 0; n < own->count; n++)
        if (own->names[n]->kind == NAME_LOCAL || own->names[n]->kind == NAME_CELL)
            place_name(s, own->names[n]);
}

static bool is_module_level(const script *s)
{
    const struct scope *own = s->scope;
    while (own->kind == SCOPE_INLINE)
        own = own->outer;
    return own->kind == SCOPE_MODULE;
}

/* The builtin behind a global's name. */
static bool builtin_of(script *s, burin_text name, uint32_t *k)
{
    const rt_env      *env   = s->c->options->env;
    const burin_value *value = rt_names_value(env->python, name);
    const rt_function *fn    = value ? NULL : rt_names_function(env->python, name);
    if (!value && !fn)
        return false;
    *k = constant(s->c, value ? *value : rt_pointer(BURIN_FUNCTION, fn));
    return true;
}

/* ---- loading ---- */

static uint16_t target_register(script *s, uint16_t want) { return want == NO_REG ? temp(s->c) : want; }

static uint16_t load_global(script *s, ast_node *at, burin_text name, uint16_t want)
{
    lowerer    *c      = s->c;
    uint32_t    number = global_number(s, name), k;
    scope_name *n      = scope_find(s->module, name);
    bool        has    = builtin_of(s, name, &k), here = is_module_level(s);
    at_node(s, at);
    if (!here) {
        uint16_t to = target_register(s, want);
        emit(c, has ? OP_GLOBAL_OR : OP_GLOBAL, to, number, 0, has ? k : name_constant(s, name));
        return to;
    }
    if (has && !(n->certain)) {
        uint16_t to = target_register(s, want);
        emit(c, OP_CHECK, to, number, 0, k);
        return to;
    }
    if (!n->certain) {
        emit(c, OP_BOUND, 0, number, 2, name_constant(s, name));
        if (!n->unsteady)
            make_certain(s, n);
    }
    if (want == NO_REG && !n->unsteady)
        return (uint16_t)number;
    uint16_t to = target_register(s, want);
    emit(c, OP_MOVE, to, number, 0, 0);
    return to;
}

uint16_t load_name(script *s, ast_node *at, burin_text name, uint16_t want)
{
    lowerer    *c = s->c;
    scope_name *n = scope_resolve(s->scope, name);
    if (n->kind == NAME_GLOBAL)
        return load_global(s, at, name, want);
    bool from_around = s->scope->kind == SCOPE_INLINE && scope_find(s->scope, name) != n; /* a comprehension is a function in CPython */
    at_node(s, at);
    if (n->kind != NAME_LOCAL) {
        uint16_t to = target_register(s, want);
        emit(c, OP_CELL_GET, to, n->reg, n->kind == NAME_FREE || from_around, name_constant(s, name));
        return to;
    }
    if (!n->certain) {
        emit(c, OP_BOUND, 0, n->reg, from_around, name_constant(s, name));
        make_certain(s, n);
    }
    if (want == NO_REG && !n->unsteady)
        return n->reg;
    uint16_t to = target_register(s, want);
    emit(c, OP_MOVE, to, n->reg, 0, 0);
    return to;
}

/* ---- storing ---- */

uint16_t own_register(script *s, burin_text name)
{
    scope_name *n = scope_resolve(s->scope, name);
    if (s->tries)
        return NO_REG;
    if (n->kind == NAME_GLOBAL)
        return is_module_level(s) ? (uint16_t)global_number(s, name) : NO_REG;
    return n->kind == NAME_LOCAL ? n->reg : NO_REG;
}

void store_name(script *s, ast_node *at, burin_text name, uint16_t value)
{
    lowerer    *c = s->c;
    scope_name *n = scope_resolve(s->scope, name);
    at_node(s, at);
    if (n->kind == NAME_GLOBAL) {
        uint32_t number = global_number(s, name);
        n               = scope_find(s->module, name);
        if (!is_module_level(s)) {
            emit(c, OP_SET_GLOBAL, 0, value, number, 0);
            return;
        }
        if (value != number)
            emit(c, OP_MOVE, number, value, 0, 0);
        make_certain(s, n);
    } else if (n->kind != NAME_LOCAL) {
        emit(c, OP_CELL_SET, 0, n->reg, value, 0);
    } else {
        if (value != n->reg)
            emit(c, OP_MOVE, n->reg, value, 0, 0);
        make_certain(s, n);
    }
}

void delete_name(script *s, ast_node *at, burin_text name)
{
    lowerer    *c    = s->c;
    scope_name *n    = scope_resolve(s->scope, name);
    uint32_t    mark = c->unit->temps, k = name_constant(s, name);
    at_node(s, at);
    if (n->kind == NAME_GLOBAL) {
        uint32_t number = global_number(s, name);
        if (is_module_level(s)) {
            emit(c, OP_BOUND, 0, number, 2, k);
            emit(c, OP_CLEAR, number, 0, 0, 0);
        } else {
            uint16_t nothing = temp(c);
            emit(c, OP_GLOBAL, nothing, number, 0, k);
            emit(c, OP_CLEAR, nothing, 0, 0, 0);
            emit(c, OP_SET_GLOBAL, 0, nothing, number, 0);
        }
    } else if (n->kind != NAME_LOCAL) {
        uint16_t nothing = temp(c);
        emit(c, OP_CELL_GET, nothing, n->reg, n->kind == NAME_FREE, k);
        emit(c, OP_CLEAR, nothing, 0, 0, 0);
        emit(c, OP_CELL_SET, 0, n->reg, nothing, 0);
    } else {
        emit(c, OP_BOUND, 0, n->reg, 0, k);
        emit(c, OP_CLEAR, n->reg, 0, 0, 0);
    }
    c->unit->temps = mark;
}

uint16_t cell_register(script *s, burin_text name)
{
    scope_name *n = scope_resolve(s->scope, name);
    return n->reg;
}
