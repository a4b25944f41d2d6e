/* Loops of scripts, and comprehensions. */
#include "codegen/lower/script.h"

/* The iterator's registers, filled from the value. */
static uint16_t iterator_of(script *s, const ast_node *at, uint16_t over)
{
    uint16_t it = temps(s->c, 3);
    at_node(s, at);
    emit(s->c, OP_EACH, it, over, 0, 0);
    return it;
}

/* Where an item goes: the name's own register, or a temporary that is then assigned. */
static uint16_t item_register(script *s, ast_node *target)
{
    uint16_t own = target->kind == AST_Name ? own_register(s, ast_as(Name, target)->name) : NO_REG;
    return own == NO_REG ? temp(s->c) : own;
}

void lower_for_each(script *s, ast_ForEach *node)
{
    lowerer *c    = s->c;
    uint32_t mark = c->unit->temps, certain = s->certain.count, test = NO_JUMP;
    flow     loop = {.outer = s->flow, .kind = FLOW_LOOP, .breaks = NO_JUMP, .continues = NO_JUMP};
    uint16_t it   = iterator_of(s, node->iter, script_value(s, node->iter, NO_REG));
    uint16_t item = item_register(s, node->target);
    emit_jump(c, OP_JUMP, 0, 0, 0, &test);
    uint32_t top = label(c);
    s->flow      = &loop;
    assign_to(s, node->target, item);
    statements(s, node->body);
    s->flow = loop.outer;
    forget_certain(s, certain);
    land(c, test);
    land(c, loop.continues);
    at_node(s, node->iter);
    emit(c, OP_EACH_NEXT, it, item, 0, top);
    c->unit->temps = mark;
    statements(s, node->orelse);
    forget_certain(s, certain);
    land(c, loop.breaks);
}

void lower_while(script *s, ast_While *node)
{
    lowerer *c    = s->c;
    uint32_t certain = s->certain.count, out = NO_JUMP;
    flow     loop = {.outer = s->flow, .kind = FLOW_LOOP, .breaks = NO_JUMP, .continues = NO_JUMP};
    uint32_t top  = label(c);
    at_node(s, node->test);
    emit(c, OP_TURN, 0, 0, 0, 0);
    unless(s, node->test, &out);
    uint32_t known = s->certain.count; /* what the test has looked at */
    s->flow = &loop;
    statements(s, node->body);
    s->flow = loop.outer;
    forget_certain(s, known);
    land(c, loop.continues);
    emit(c, OP_JUMP, 0, 0, 0, top);
    forget_certain(s, certain);
    land(c, out);
    statements(s, node->orelse);
    forget_certain(s, certain);
    land(c, loop.breaks);
}

/* ---- comprehensions ---- */

static void keep_item(script *s, ast_Comprehension *node, uint16_t made)
{
    lowerer *c    = s->c;
    uint32_t mark = c->unit->temps;
    uint16_t item = script_value(s, node->item, NO_REG), value = node->value ? script_value(s, node->value, NO_REG) : NO_REG;
    at_node(s, node->item);
    switch (node->form) {
    case AST_OF_LIST: emit(c, OP_APPEND, made, item, 0, 0); break;
    case AST_OF_SET: emit(c, OP_SET_ADD, made, item, 0, 0); break;
    case AST_OF_DICT: emit(c, OP_DICT_PUT, made, item, value, 0); break;
    case AST_GENERATOR: emit(c, OP_YIELD, 0, item, 0, 0); break;
    }
    c->unit->temps = mark;
}

/* The clauses from `clause` on, around the item; the outermost one walks `over`. */
static void clauses(script *s, ast_Comprehension *node, ast_Clause *clause, uint16_t over, uint16_t made)
{
    lowerer *c    = s->c;
    uint32_t mark = c->unit->temps, certain = s->certain.count, test = NO_JUMP, skip = NO_JUMP;
    uint16_t it   = iterator_of(s, clause->iter, over == NO_REG ? script_value(s, clause->iter, NO_REG) : over);
    uint16_t item = temp(c);
    emit_jump(c, OP_JUMP, 0, 0, 0, &test);
    uint32_t top = label(c);
    assign_to(s, clause->target, item);
    for (ast_node *n = clause->tests.first; n; n = n->next)
        unless(s, n, &skip);
    if (clause->base.next)
        clauses(s, node, ast_as(Clause, clause->base.next), NO_REG, made);
    else
        keep_item(s, node, made);
    forget_certain(s, certain);
    land(c, test);
    land(c, skip);
    at_node(s, clause->iter);
    emit(c, OP_EACH_NEXT, it, item, 0, top);
    c->unit->temps = mark;
}

/* A generator's unit: its first iterable is its parameter, in register 0. */
static void generator_unit(script *s, const void *user)
{
    ast_Comprehension *node = (ast_Comprehension *)user;
    clauses(s, node, ast_as(Clause, node->clauses.first), 0, NO_REG);
}

static uint16_t generator_of(script *s, ast_Comprehension *node, uint16_t want)
{
    lowerer *c    = s->c;
    uint16_t to   = want == NO_REG ? temp(c) : want;
    uint32_t mark = c->unit->temps;
    uint16_t over = temps(c, 3);
    at_node(s, ast_as(Clause, node->clauses.first)->iter);
    script_value(s, ast_as(Clause, node->clauses.first)->iter, over);
    emit(c, OP_ITERATOR, over, over, 0, 0);
    uint16_t callee = function_unit(s, &node->base, BURIN_TEXT("<genexpr>"), (ast_list){0}, node->scope, (burin_text){NULL, 0}, generator_unit, node);
    ir_call  row    = {.positional = 1};
    at_node(s, &node->base);
    emit(c, OP_INVOKE, to, callee, over, vector_add(c, c->calls, row));
    c->unit->temps = mark;
    return to;
}

uint16_t comprehension_of(script *s, ast_Comprehension *node, uint16_t want)
{
    static const ir_op empty[] = {[AST_OF_LIST] = OP_LIST, [AST_OF_SET] = OP_SET_NEW, [AST_OF_DICT] = OP_DICT};
    if (node->form == AST_GENERATOR)
        return generator_of(s, node, want);
    lowerer *c     = s->c;
    uint16_t made  = temp(c);
    uint32_t mark  = c->unit->temps, certain = s->certain.count;
    uint16_t over  = script_value(s, ast_as(Clause, node->clauses.first)->iter, NO_REG);
    struct scope *outer = s->scope;
    s->scope = node->scope;
    place_names(s, node->scope);
    emit(c, empty[node->form], made, made, 0, 0);
    clauses(s, node, ast_as(Clause, node->clauses.first), over, made);
    s->scope = outer;
    forget_certain(s, certain);
    c->unit->temps = mark;
    if (want == NO_REG)
        return made;
    emit(c, OP_MOVE, want, made, 0, 0);
    return want;
}
