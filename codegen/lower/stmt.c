/* Statements, but loops, macros and what concerns other templates. */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"

scope scope_inner(lowerer *c, scope *f)
{
    scope inner = {
        .unit                 = c->unit,
        .require_output_check = f->require_output_check,
        .buffered             = f->buffered,
        .breaks               = f->breaks,
        .continues            = f->continues,
        .captured             = NO_REG,
        .open_capture         = f->open_capture,
    };
    symbols_init(&inner.sym, &f->sym, &c->track, &c->unit->vars);
    return inner;
}

static void enter_alias(lowerer *c, scope *f, const symbol *it)
{
    scope around  = *f;
    around.sym    = *f->sym.parent;
    uint16_t from = name_register(c, &around, it->name, it->var->slot, false);
    if (from != it->var->slot)
        emit(c, OP_MOVE, it->var->slot, from, 0, 0);
}

void scope_enter(lowerer *c, scope *f)
{
    for (uint32_t i = 0; i < f->sym.count; i++) {
        const symbol *it = &f->sym.all[i];
        switch (it->load) {
        case LOAD_PARAMETER: break;
        case LOAD_RESOLVE:
            if (it->stored)
                emit(c, OP_RESOLVE, it->var->slot, 0, 0, attribute_site(c, it->name));
            if (c->listener)
                c->listener->hear(c->listener->user, it->name);
            break;
        case LOAD_ALIAS: enter_alias(c, f, it); break;
        case LOAD_UNDEFINED: emit(c, OP_CLEAR, it->var->slot, 0, 0, 0); break;
        }
    }
}

/* ---- assignment ---- */

/* What Jinja2's compiler tracks: names set at top level enter the context, names set in a loop or block are seen by
 * functions that read the context. */
static void publish(lowerer *c, scope *f, ast_node *target)
{
    if (target->kind == AST_Tuple) {
        for (ast_node *n = ast_as(Tuple, target)->items.first; n; n = n->next)
            publish(c, f, n);
        return;
    }
    if (target->kind != AST_Name)
        return;
    burin_text name = ast_as(Name, target)->name;
    variable  *var  = symbols_find(&f->sym, name);
    if (!var)
        return;
    if (f->loop_frame || f->block_frame) {
        ir_visible seen = {program_text(c, name), c->unit->code.count, UINT32_MAX, var->slot};
        vector_add(c, c->unit->visible, seen);
    } else if (f->toplevel) {
        emit(c, OP_EXPORT, 0, var->slot, name.data[0] != '_', constant_text(c, name));
    }
}

static void assign_names(lowerer *c, scope *f, ast_Tuple *target, uint16_t value)
{
    uint32_t mark  = c->unit->temps;
    uint16_t first = temps(c, target->items.count), at = first;
    emit(c, OP_UNPACK, first, value, target->items.count, 0);
    for (ast_node *n = target->items.first; n; n = n->next)
        assign(c, f, n, at++);
    c->unit->temps = mark;
}

void assign(lowerer *c, scope *f, ast_node *target, uint16_t value)
{
    if (target->kind == AST_Tuple) {
        assign_names(c, f, ast_as(Tuple, target), value);
    } else if (target->kind == AST_NSRef) {
        uint32_t mark = c->unit->temps;
        uint16_t ns   = name_register(c, f, ast_as(NSRef, target)->name, NO_REG, false);
        emit(c, OP_SET_NS, 0, ns, value, attribute_site(c, ast_as(NSRef, target)->attr));
        c->unit->temps = mark;
    } else {
        variable *var = symbols_find(&f->sym, ast_as(Name, target)->name);
        if (var && var->slot != value)
            emit(c, OP_MOVE, var->slot, value, 0, 0);
    }
}

static void check_namespace(lowerer *c, scope *f, ast_node *target)
{
    if (target->kind != AST_NSRef)
        return;
    uint32_t mark = c->unit->temps;
    emit(c, OP_CHECK_NS, 0, name_register(c, f, ast_as(NSRef, target)->name, NO_REG, false), 0, 0);
    c->unit->temps = mark;
}

static void lower_set(lowerer *c, scope *f, ast_Set *node)
{
    uint32_t mark = c->unit->temps;
    mark_line(c, &node->base);
    check_namespace(c, f, node->target);
    variable *var = node->target->kind == AST_Name ? symbols_find(&f->sym, ast_as(Name, node->target)->name) : NULL;
    uint16_t  reg = expr(c, f, node->value, var ? var->slot : NO_REG);
    assign(c, f, node->target, reg);
    publish(c, f, node->target);
    c->unit->temps = mark;
}

/* Start capturing. A break or continue out of the section drops what was captured so far. */
static void open_capture(lowerer *c, scope *f, uint16_t start)
{
    emit(c, OP_CAPTURE, start, 0, 0, 0);
    if (f->open_capture == NO_REG)
        f->open_capture = start;
}

static void lower_set_block(lowerer *c, scope *f, ast_SetBlock *node)
{
    uint32_t mark  = c->unit->temps;
    scope    inner = scope_inner(c, f);
    uint16_t start = temp(c), text = temp(c);
    inner.require_output_check = false;
    inner.buffered             = true;
    symbols_analyze(&inner.sym, &node->base, FOR_BODY);
    scope_enter(c, &inner);
    open_capture(c, &inner, start);
    lower_body(c, &inner, node->body.first);
    mark_line(c, &node->base);
    check_namespace(c, f, node->target);
    if (node->filter) {
        emit(c, OP_CAPTURED, text, start, c->is_volatile ? 2 : c->autoescape, 0);
        uint16_t filtered = lower_filter_chain(c, &inner, node->filter, text, NO_REG);
        emit(c, OP_MARKUP, text, filtered, 2, 0);
    } else {
        emit(c, OP_CAPTURED, text, start, 2, 0);
    }
    assign(c, f, node->target, text);
    publish(c, f, node->target);
    c->unit->temps = mark;
}

/* ---- scopes ---- */

static void lower_with(lowerer *c, scope *f, ast_With *node)
{
    scope inner = scope_inner(c, f);
    symbols_analyze(&inner.sym, &node->base, FOR_BODY);
    scope_enter(c, &inner);
    ast_node *value = node->values.first;
    for (ast_node *target = node->targets.first; target && value; target = target->next, value = value->next) {
        uint32_t mark = c->unit->temps;
        assign(c, &inner, target, expr(c, f, value, NO_REG));
        c->unit->temps = mark;
    }
    lower_body(c, &inner, node->body.first);
}

static void lower_filter_block(lowerer *c, scope *f, ast_FilterBlock *node)
{
    uint32_t mark  = c->unit->temps;
    scope    inner = scope_inner(c, f);
    uint16_t start = temp(c), text = temp(c);
    symbols_analyze(&inner.sym, &node->base, FOR_BODY);
    scope_enter(c, &inner);
    inner.buffered = true;
    open_capture(c, &inner, start);
    lower_body(c, &inner, node->body.first);
    mark_line(c, &node->base);
    emit(c, OP_CAPTURED, text, start, c->is_volatile ? 2 : c->autoescape, 0);
    print_value(c, f, lower_filter_chain(c, &inner, node->filter, text, NO_REG), PRINT_RAW);
    c->unit->temps = mark;
}

/* The mode is compiled in where it is constant; otherwise the section's code asks at run time (volatile). */
static void lower_autoescape(lowerer *c, scope *f, ast_Autoescape *node)
{
    uint32_t mark        = c->unit->temps;
    bool     was         = c->autoescape, was_volatile = c->is_volatile;
    scope    inner       = scope_inner(c, f);
    uint16_t before      = temp(c);
    burin_value v;
    symbols_analyze(&inner.sym, &node->base, FOR_BODY);
    scope_enter(c, &inner);
    emit(c, OP_AUTOESCAPE, before, expr(c, &inner, node->value, NO_REG), 0, 0);
    if (fold(c, node->value, &v)) {
        bool truth = false;
        if (!rt_is_true(&c->fold, v, &truth))
            c->autoescape = truth;
    } else {
        c->is_volatile = true;
    }
    lower_body(c, &inner, node->body.first);
    c->autoescape  = was;
    c->is_volatile = was_volatile;
    emit(c, OP_UNAUTOESCAPE, 0, before, 0, 0);
    c->unit->temps = mark;
}

/* What may print something that is no text: joining the section's pieces fails then, where it ends. */
static int prints_raw(ast_node *node, void *user)
{
    return node->kind == AST_FilterBlock || node->kind == AST_CallBlock || ast_each_child(node, prints_raw, user);
}

static void lower_generation(lowerer *c, scope *f, ast_Generation *node)
{
    uint32_t mark     = c->unit->temps;
    scope    inner    = scope_inner(c, f);
    bool     captures = c->program->native;
    uint16_t result   = NO_REG;
    inner.breaks = inner.continues = NULL; /* the body is a call block's: a function of its own in Jinja2 */
    inner.require_output_check     = false; /* and what that returns is printed even by a child of another template */
    for (ast_node *n = node->body.first; n && !captures; n = n->next)
        captures = prints_raw(n, NULL);
    mark_line(c, &node->base);
    symbols_analyze(&inner.sym, &node->base, FOR_BODY);
    scope_enter(c, &inner);
    if (captures)
        open_capture(c, &inner, result = temp(c));
    lower_body(c, &inner, node->body.first);
    if (captures)
        emit(c, OP_CAPTURED, result, result, 2, 0);
    mark_line(c, &node->base);
    if (captures)
        print_value(c, f, result, PRINT_RAW);
    c->unit->temps = mark;
}

/* ---- if ---- */

static void lower_branch(lowerer *c, scope *soft, ast_node *test, ast_node *body, uint32_t *end, bool is_last)
{
    uint32_t otherwise = NO_JUMP;
    flush_text(c); /* now, behind what it follows: it would not pass the jump */
    jump_unless(c, soft, test, &otherwise);
    lower_body(c, soft, body);
    if (!is_last)
        emit_jump(c, OP_JUMP, 0, 0, 0, end);
    land(c, otherwise);
}

static void lower_if(lowerer *c, scope *f, ast_If *node)
{
    scope    soft = *f;
    uint32_t end  = NO_JUMP;
    soft.soft      = true;
    soft.rootlevel = false;
    mark_line(c, &node->base);
    lower_branch(c, &soft, node->test, node->body.first, &end, !node->elifs.first && !node->orelse.first);
    for (ast_node *n = node->elifs.first; n; n = n->next) {
        mark_line(c, n);
        lower_branch(c, &soft, ast_as(If, n)->test, ast_as(If, n)->body.first, &end, !n->next && !node->orelse.first);
    }
    lower_body(c, &soft, node->orelse.first);
    land(c, end);
}

static void lower_leave(lowerer *c, scope *f, uint32_t *chain, const ast_node *node, const char *word)
{
    mark_line(c, node);
    if (chain && f->open_capture != NO_REG)
        emit(c, OP_CAPTURED, temp(c), f->open_capture, 0, 0);
    if (chain)
        emit_jump(c, OP_JUMP, 0, 0, 0, chain);
    else
        lower_refuse(c, node, strcmp(word, "break") ? "'%.*s' not properly in loop" : "'%.*s' outside loop", (burin_text){word, strlen(word)});
}

static void lower_do(lowerer *c, scope *f, ast_Do *node)
{
    uint32_t mark = c->unit->temps;
    mark_line(c, &node->base);
    expr(c, f, node->value, temp(c));
    c->unit->temps = mark;
}

static void lower_statement(lowerer *c, scope *f, ast_node *node)
{
    switch (node->kind) {
    case AST_Output: lower_output(c, f, ast_as(Output, node)); break;
    case AST_For: lower_for(c, f, ast_as(For, node)); break;
    case AST_If: lower_if(c, f, ast_as(If, node)); break;
    case AST_Set: lower_set(c, f, ast_as(Set, node)); break;
    case AST_SetBlock: lower_set_block(c, f, ast_as(SetBlock, node)); break;
    case AST_With: lower_with(c, f, ast_as(With, node)); break;
    case AST_Macro: lower_macro(c, f, ast_as(Macro, node)); break;
    case AST_CallBlock: lower_call_block(c, f, ast_as(CallBlock, node)); break;
    case AST_FilterBlock: lower_filter_block(c, f, ast_as(FilterBlock, node)); break;
    case AST_Block: lower_block_statement(c, f, ast_as(Block, node)); break;
    case AST_Extends: lower_extends(c, f, ast_as(Extends, node)); break;
    case AST_Include: lower_include(c, f, ast_as(Include, node)); break;
    case AST_Import: lower_import(c, f, ast_as(Import, node)); break;
    case AST_FromImport: lower_from_import(c, f, ast_as(FromImport, node)); break;
    case AST_Do: lower_do(c, f, ast_as(Do, node)); break;
    case AST_Autoescape: lower_autoescape(c, f, ast_as(Autoescape, node)); break;
    case AST_Generation: lower_generation(c, f, ast_as(Generation, node)); break;
    case AST_Break: lower_leave(c, f, f->breaks, node, "break"); break;
    case AST_Continue: lower_leave(c, f, f->continues, node, "continue"); break;
    case AST_Debug: emit(c, OP_DEBUG, 0, 0, 0, 0); break;
    default: lower_fail(c, BURIN_ERR_SYNTAX, node, "unexpected '%s'", ast_kind_name(node->kind)); break;
    }
}

void lower_body(lowerer *c, scope *f, ast_node *first)
{
    for (ast_node *n = first; n && !c->status && !c->stopped; n = n->next)
        lower_statement(c, f, n);
    c->stopped = false;
    if (c->track.failed)
        lower_no_memory(c);
}
