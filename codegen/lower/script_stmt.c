/* Statements of scripts, but for loops and try. */
#include "codegen/lower/script.h"

#include "runtime/base/text.h"
#include "runtime/exception.h"

/* ---- targets ---- */

static void unpack_to(script *s, ast_node *target, ast_list items, uint16_t value)
{
    lowerer *c    = s->c;
    uint32_t mark = c->unit->temps, before = 0, at = 0;
    bool     star = has_star(items);
    for (ast_node *n = items.first; star && n->kind != AST_Starred; n = n->next)
        before++;
    uint16_t row = temps(c, items.count);
    at_node(s, target);
    if (star)
        emit(c, OP_UNPACK_STAR, row, value, before, items.count - before - 1);
    else
        emit(c, OP_UNPACK, row, value, items.count, 0);
    for (ast_node *n = items.first; n; n = n->next)
        assign_to(s, n->kind == AST_Starred ? ast_as(Starred, n)->value : n, (uint16_t)(row + at++));
    c->unit->temps = mark;
}

void assign_to(script *s, ast_node *target, uint16_t value)
{
    lowerer *c    = s->c;
    uint32_t mark = c->unit->temps;
    switch (target->kind) {
    case AST_Name: store_name(s, target, ast_as(Name, target)->name, value); break;
    case AST_Tuple: unpack_to(s, target, ast_as(Tuple, target)->items, value); break;
    case AST_List: unpack_to(s, target, ast_as(List, target)->items, value); break;
    case AST_Getattr: {
        uint16_t object = script_value(s, ast_as(Getattr, target)->node, NO_REG);
        at_node(s, target);
        emit(c, OP_SET_ATTR, 0, object, value, name_constant(s, ast_as(Getattr, target)->attr));
        break;
    }
    case AST_Getitem: {
        uint16_t object = script_value(s, ast_as(Getitem, target)->node, NO_REG), key = script_value(s, ast_as(Getitem, target)->arg, NO_REG);
        at_node(s, target);
        emit(c, OP_SET_ITEM, object, key, value, 0);
        break;
    }
    default: lower_fail(c, BURIN_ERR_NOT_IMPLEMENTED, target, "not supported"); break;
    }
    c->unit->temps = mark;
}

/* Is the result written by the last instruction of the expression, when nothing is read any more? */
static bool ends_by_writing(const ast_node *node)
{
    switch (node->kind) {
    case AST_Const: case AST_Name: case AST_Binary: case AST_Unary: case AST_Call: case AST_Getattr: case AST_Getitem: return true;
    case AST_Compare: return ((const ast_Compare *)(const void *)node)->ops.count == 1;
    default: return false;
    }
}

static void lower_assign(script *s, ast_Assign *node)
{
    ast_node *target = node->targets.first;
    uint16_t  own    = NO_REG;
    if (!target->next && target->kind == AST_Name && ends_by_writing(node->value))
        own = own_register(s, ast_as(Name, target)->name);
    uint16_t value = script_value(s, node->value, own);
    for (; target; target = target->next)
        assign_to(s, target, value);
}

/* Without a value, what the target is a part of is computed all the same (compiler_annassign in CPython's compile.c). */
static void lower_annotated(script *s, ast_AnnAssign *node)
{
    ast_node *target = node->target;
    if (node->value) {
        assign_to(s, target, script_value(s, node->value, NO_REG));
    } else if (target->kind == AST_Getattr) {
        script_value(s, ast_as(Getattr, target)->node, NO_REG);
    } else if (target->kind == AST_Getitem) {
        script_value(s, ast_as(Getitem, target)->node, NO_REG);
        script_value(s, ast_as(Getitem, target)->arg, NO_REG);
    }
}

/* What is changed is computed once, before the value. */
static void lower_augmented(script *s, ast_AugAssign *node)
{
    lowerer  *c      = s->c;
    ast_node *target = node->target;
    uint16_t  object = NO_REG, key = NO_REG, old, to;
    uint32_t  name   = 0;
    if (target->kind == AST_Name) {
        old = load_name(s, target, ast_as(Name, target)->name, NO_REG);
        to  = own_register(s, ast_as(Name, target)->name);
    } else if (target->kind == AST_Getattr) {
        object = script_value(s, ast_as(Getattr, target)->node, NO_REG);
        name   = name_constant(s, ast_as(Getattr, target)->attr);
        at_node(s, target);
        emit(c, OP_LOAD_ATTR, old = temp(c), object, 0, name);
        to = NO_REG;
    } else {
        object = script_value(s, ast_as(Getitem, target)->node, NO_REG);
        key    = script_value(s, ast_as(Getitem, target)->arg, NO_REG);
        at_node(s, target);
        emit(c, OP_LOAD_ITEM, old = temp(c), object, key, 0);
        to = NO_REG;
    }
    uint16_t value = script_value(s, node->value, NO_REG);
    if (to == NO_REG)
        to = temp(c);
    at_node(s, &node->base);
    emit(c, OP_INPLACE, to, old, value, (uint32_t)node->op);
    if (target->kind == AST_Name)
        store_name(s, target, ast_as(Name, target)->name, to);
    else if (target->kind == AST_Getattr)
        emit(c, OP_SET_ATTR, 0, object, to, name);
    else
        emit(c, OP_SET_ITEM, object, key, to, 0);
}

static void delete_target(script *s, ast_node *target)
{
    lowerer *c = s->c;
    ast_list inner = target->kind == AST_Tuple ? ast_as(Tuple, target)->items : target->kind == AST_List ? ast_as(List, target)->items : (ast_list){0};
    switch (target->kind) {
    case AST_Name: delete_name(s, target, ast_as(Name, target)->name); break;
    case AST_Getattr: {
        uint16_t object = script_value(s, ast_as(Getattr, target)->node, NO_REG);
        at_node(s, target);
        emit(c, OP_DEL_ATTR, 0, object, 0, name_constant(s, ast_as(Getattr, target)->attr));
        break;
    }
    case AST_Getitem: {
        uint16_t object = script_value(s, ast_as(Getitem, target)->node, NO_REG), key = script_value(s, ast_as(Getitem, target)->arg, NO_REG);
        at_node(s, target);
        emit(c, OP_DEL_ITEM, 0, object, key, 0);
        break;
    }
    default:
        for (ast_node *n = inner.first; n; n = n->next)
            delete_target(s, n);
    }
}

/* ---- if ---- */

static void lower_if(script *s, ast_If *node)
{
    lowerer  *c    = s->c;
    uint32_t  done = NO_JUMP, first = UINT32_MAX;
    ast_node *elif = node->elifs.first;
    for (ast_If *branch = node;; branch = ast_as(If, elif), elif = elif->next) {
        uint32_t no = NO_JUMP;
        unless(s, branch->test, &no);
        uint32_t certain = s->certain.count;
        if (branch == node)
            first = certain; /* what its test has looked at is certain afterwards too */
        statements(s, branch->body);
        forget_certain(s, certain);
        if (elif || node->orelse.count)
            emit_jump(c, OP_JUMP, 0, 0, 0, &done);
        land(c, no);
        if (!elif)
            break;
    }
    statements(s, node->orelse);
    forget_certain(s, first);
    land(c, done);
}

/* ---- raise, assert, return ---- */

static void lower_raise(script *s, ast_Raise *node)
{
    lowerer *c       = s->c;
    uint16_t nothing = temp(c);
    emit(c, OP_CLEAR, nothing, 0, 0, 0);
    uint16_t error = node->error ? script_value(s, node->error, NO_REG) : nothing, cause = node->cause ? script_value(s, node->cause, NO_REG) : nothing;
    at_node(s, &node->base);
    emit(c, OP_THROW, 0, error, cause, 0);
}

static void lower_assert(script *s, ast_Assert *node)
{
    lowerer *c    = s->c;
    uint32_t holds = NO_JUMP, certain = s->certain.count;
    when(s, node->test, &holds);
    uint16_t error = temp(c), row = temps(c, 1), nothing = temp(c);
    at_node(s, &node->base);
    emit(c, OP_LOADK, error, 0, 0, constant(c, rt_exception_named(BURIN_TEXT("AssertionError"))));
    if (node->message) {
        ir_call call = {.positional = 1};
        script_value(s, node->message, row);
        emit(c, OP_INVOKE, error, error, row, vector_add(c, c->calls, call));
    }
    emit(c, OP_CLEAR, nothing, 0, 0, 0);
    emit(c, OP_THROW, 0, error, nothing, 0);
    forget_certain(s, certain);
    land(c, holds);
}

void leave_by(script *s, exit_kind kind, uint16_t value, flow *from)
{
    lowerer *c = s->c;
    for (flow *f = from; f; f = f->outer) {
        if (f->kind == FLOW_LOOP && kind != EXIT_RETURN) {
            emit_jump(c, OP_JUMP, 0, 0, 0, kind == EXIT_BREAK ? &f->breaks : &f->continues);
            return;
        }
        if (f->kind == FLOW_NAME) {
            uint16_t nothing = temp(c);
            emit(c, OP_CLEAR, nothing, 0, 0, 0);
            unset_name(s, f->name, nothing);
        } else if (f->kind == FLOW_FINALLY) {
            if (kind == EXIT_RETURN)
                emit(c, OP_MOVE, (uint16_t)(f->regs + 2), value, 0, 0);
            emit(c, OP_CLEAR, f->regs, 0, 0, 0);
            emit(c, OP_LOADK, (uint16_t)(f->regs + 1), 0, 0, constant(c, burin_int(WHY_EXIT + (int)kind)));
            f->exits |= 1u << kind;
            emit_jump(c, OP_JUMP, 0, 0, 0, &f->enter);
            return;
        }
    }
    emit(c, OP_RETURN, 0, value, 0, 0);
}

void return_value(script *s, ast_node *node, ast_node *value)
{
    if (value && value->kind == AST_Cond) {
        ast_Cond *cond = ast_as(Cond, value);
        uint32_t  no   = NO_JUMP;
        unless(s, cond->test, &no);
        uint32_t certain = s->certain.count, mark = s->c->unit->temps;
        return_value(s, node, cond->yes);
        forget_certain(s, certain);
        s->c->unit->temps = mark;
        land(s->c, no);
        return_value(s, node, cond->no);
        forget_certain(s, certain);
        return;
    }
    uint16_t reg = value ? script_value(s, value, NO_REG) : none_in(s, NO_REG);
    at_node(s, node);
    leave_by(s, EXIT_RETURN, reg, s->flow);
}

static void lower_function(script *s, ast_Function *node)
{
    uint16_t made = function_of(s, &node->base, node->name, node->params, node->body, NULL, node->scope, NO_REG);
    store_name(s, &node->base, node->name, made);
}

/* ---- all of them ---- */

static void lower_statement(script *s, ast_node *node)
{
    at_node(s, node);
    switch (node->kind) {
    case AST_Do: script_value(s, ast_as(Do, node)->value, NO_REG); break;
    case AST_Assign: lower_assign(s, ast_as(Assign, node)); break;
    case AST_AnnAssign: lower_annotated(s, ast_as(AnnAssign, node)); break;
    case AST_AugAssign: lower_augmented(s, ast_as(AugAssign, node)); break;
    case AST_Delete:
        for (ast_node *n = ast_as(Delete, node)->targets.first; n; n = n->next)
            delete_target(s, n);
        break;
    case AST_If: lower_if(s, ast_as(If, node)); break;
    case AST_While: lower_while(s, ast_as(While, node)); break;
    case AST_ForEach: lower_for_each(s, ast_as(ForEach, node)); break;
    case AST_Break: leave_by(s, EXIT_BREAK, NO_REG, s->flow); break;
    case AST_Continue: leave_by(s, EXIT_CONTINUE, NO_REG, s->flow); break;
    case AST_Return: return_value(s, node, ast_as(Return, node)->value); break;
    case AST_Function: lower_function(s, ast_as(Function, node)); break;
    case AST_Try: lower_try(s, ast_as(Try, node)); break;
    case AST_Raise: lower_raise(s, ast_as(Raise, node)); break;
    case AST_Assert: lower_assert(s, ast_as(Assert, node)); break;
    case AST_Pass: case AST_Global: case AST_Nonlocal: break;
    default: lower_fail(s->c, BURIN_ERR_NOT_IMPLEMENTED, node, "not supported"); break;
    }
}

void statement(script *s, ast_node *node)
{
    uint32_t mark = s->c->unit->temps;
    if (!s->c->status)
        lower_statement(s, node);
    s->c->unit->temps = mark;
}

void statements(script *s, ast_list body)
{
    for (ast_node *n = body.first; n; n = n->next)
        statement(s, n);
}
