/* try: what is protected costs nothing; a table of the unit says where errors go.
 *
 * A finally is lowered once. Whoever enters it says why in a register: its end was reached, an error, or a break, continue or
 * return on its way out, which goes on from its end. */
#include "codegen/lower/script.h"

void cover(script *s, uint32_t start, uint32_t end, uint32_t target, uint16_t reg, bool catches)
{
    ir_handler row = {start, end, target, reg, catches};
    if (start < end)
        (void)vector_add(s->c, s->c->unit->handlers, row);
}

void unset_name(script *s, burin_text name, uint16_t nothing)
{
    lowerer    *c = s->c;
    scope_name *n = scope_resolve(s->scope, name);
    if (n->kind == NAME_LOCAL)
        emit(c, OP_CLEAR, n->reg, 0, 0, 0);
    else if (n->kind != NAME_GLOBAL)
        emit(c, OP_CELL_SET, 0, n->reg, nothing, 0);
    else
        emit(c, OP_SET_GLOBAL, 0, nothing, global_number(s, name), 0);
}

/* The body of `except ... as name`: the name goes whichever way the body ends. */
static void named_body(script *s, ast_Handler *node, uint16_t caught)
{
    lowerer *c    = s->c;
    flow     name = {.outer = s->flow, .kind = FLOW_NAME, .name = node->name};
    uint32_t done = NO_JUMP, start;
    uint16_t again = temp(c), nothing = temp(c);
    store_name(s, &node->base, node->name, caught);
    emit(c, OP_CLEAR, nothing, 0, 0, 0);
    start   = label(c);
    s->flow = &name;
    s->tries++;
    statements(s, node->body);
    s->tries--;
    s->flow = name.outer;
    uint32_t end = label(c);
    unset_name(s, node->name, nothing);
    emit_jump(c, OP_JUMP, 0, 0, 0, &done);
    cover(s, start, end, label(c), again, true);
    unset_name(s, node->name, nothing);
    emit(c, OP_RERAISE, 0, again, 0, 0);
    land(c, done);
}

static void handlers(script *s, ast_Try *node, uint16_t caught, uint32_t *done)
{
    lowerer *c     = s->c;
    uint32_t start = label(c);
    for (ast_node *n = node->handlers.first; n; n = n->next) {
        ast_Handler *handler = ast_as(Handler, n);
        uint32_t     mark = c->unit->temps, certain = s->certain.count, next = NO_JUMP;
        if (handler->type) {
            uint16_t classes = script_value(s, handler->type, NO_REG);
            at_node(s, handler->type);
            emit_jump(c, OP_JUMP_CATCH, 0, caught, classes, &next);
            c->unit->temps = mark;
        }
        if (handler->name.len)
            named_body(s, handler, caught);
        else
            statements(s, handler->body);
        emit_jump(c, OP_JUMP, 0, 0, 0, done);
        forget_certain(s, certain);
        c->unit->temps = mark;
        land(c, next);
    }
    emit(c, OP_RERAISE, 0, caught, 0, 0);
    cover(s, start, label(c), 0, caught, false);
}

/* try ... except ... else */
static void lower_except(script *s, ast_Try *node)
{
    lowerer *c       = s->c;
    uint32_t mark    = c->unit->temps, certain = s->certain.count, done = NO_JUMP;
    uint16_t caught  = node->handlers.count ? temp(c) : NO_REG;
    uint32_t start   = label(c);
    s->tries += node->handlers.count != 0;
    statements(s, node->body);
    s->tries -= node->handlers.count != 0;
    uint32_t end = label(c);
    statements(s, node->orelse);
    forget_certain(s, certain);
    if (node->handlers.count) {
        emit_jump(c, OP_JUMP, 0, 0, 0, &done);
        cover(s, start, end, label(c), caught, true);
        handlers(s, node, caught, &done);
        land(c, done);
    }
    c->unit->temps = mark;
}

/* Behind the finally: go on as whoever entered it meant to. */
static void go_on(script *s, flow *final)
{
    lowerer *c   = s->c;
    uint16_t why = (uint16_t)(final->regs + 1);
    uint32_t done = NO_JUMP;
    emit_jump(c, OP_JUMP_CASE, 0, why, WHY_END, &done);
    for (unsigned kind = EXIT_BREAK; kind <= EXIT_RETURN; kind++) {
        if (!(final->exits & 1u << kind))
            continue;
        uint32_t here = NO_JUMP, past = NO_JUMP;
        emit_jump(c, OP_JUMP_CASE, 0, why, WHY_EXIT + kind, &here);
        emit_jump(c, OP_JUMP, 0, 0, 0, &past);
        land(c, here);
        leave_by(s, (exit_kind)kind, (uint16_t)(final->regs + 2), final->outer);
        land(c, past);
    }
    emit(c, OP_RERAISE, 0, final->regs, 0, 0);
    land(c, done);
}

void lower_try(script *s, ast_Try *node)
{
    lowerer *c    = s->c;
    uint32_t mark = c->unit->temps, certain = s->certain.count;
    if (!node->final.count) {
        lower_except(s, node);
        return;
    }
    flow     final = {.outer = s->flow, .kind = FLOW_FINALLY, .regs = temps(c, 3), .enter = NO_JUMP};
    emit(c, OP_CLEAR, (uint16_t)(final.regs + 2), 0, 0, 0); /* of a return; whoever looks at registers does not know that only one reads it */
    uint32_t start = label(c);
    s->flow = &final;
    s->tries++;
    lower_except(s, node);
    s->tries--;
    s->flow = final.outer;
    uint32_t end = label(c);
    emit(c, OP_CLEAR, final.regs, 0, 0, 0);
    emit(c, OP_LOADK, (uint16_t)(final.regs + 1), 0, 0, constant(c, burin_int(WHY_END)));
    emit_jump(c, OP_JUMP, 0, 0, 0, &final.enter);
    cover(s, start, end, label(c), final.regs, true);
    emit(c, OP_LOADK, (uint16_t)(final.regs + 1), 0, 0, constant(c, burin_int(WHY_ERROR)));
    land(c, final.enter);
    uint32_t body = label(c);
    forget_certain(s, certain);
    statements(s, node->final);
    cover(s, body, label(c), 0, final.regs, false);
    go_on(s, &final);
    c->unit->temps = mark;
}
