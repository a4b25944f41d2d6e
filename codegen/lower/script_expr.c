/* Expressions of scripts: into registers, or into jumps. */
#include "codegen/lower/script.h"

#include "runtime/base/text.h"
#include "runtime/type.h"

void at_node(script *s, const ast_node *node) { mark_line(s->c, node); }

static uint16_t into(script *s, uint16_t want) { return want == NO_REG ? temp(s->c) : want; }

uint16_t none_in(script *s, uint16_t want)
{
    uint16_t to = into(s, want);
    emit(s->c, OP_LOADK, to, 0, 0, constant(s->c, burin_none()));
    return to;
}

/* ---- constants ---- */

static bool is_constant(const ast_node *node)
{
    const ast_Binary *binary = (const ast_Binary *)(const void *)node;
    switch (node->kind) {
    case AST_Const: return true;
    case AST_Unary: return ((const ast_Unary *)(const void *)node)->op != AST_INVERT && is_constant(((const ast_Unary *)(const void *)node)->node);
    case AST_Binary: return binary->op <= AST_POW && is_constant(binary->left) && is_constant(binary->right);
    default: return false;
    }
}

static uint16_t load_constant(script *s, burin_value v, uint16_t want)
{
    uint16_t to = into(s, want);
    emit(s->c, OP_LOADK, to, 0, 0, v.kind == BURIN_STRING ? constant_text(s->c, rt_text_of(v)) : constant(s->c, v));
    return to;
}

static uint16_t bytes_of(script *s, ast_Bytes *node, uint16_t want)
{
    burin_text  kept = program_text(s->c, node->value);
    burin_value v    = rt_pointer(BURIN_BYTES, kept.data);
    v.len            = (uint32_t)kept.len;
    return load_constant(s, v, want);
}

static uint16_t imaginary_of(script *s, ast_Imaginary *node, uint16_t want)
{
    rt_complex *z = arena_alloc(&s->c->program->memory, sizeof *z);
    if (!z) {
        lower_no_memory(s->c);
        return into(s, want);
    }
    *z = (rt_complex){0, node->value.as.f};
    return load_constant(s, rt_pointer(BURIN_COMPLEX, z), want);
}

/* ---- rows and displays ---- */

uint16_t row_of(script *s, ast_list list)
{
    uint16_t first = temps(s->c, list.count);
    uint16_t at    = first;
    for (ast_node *n = list.first; n; n = n->next)
        script_value(s, n, at++);
    return first;
}

bool has_star(ast_list list)
{
    for (ast_node *n = list.first; n; n = n->next)
        if (n->kind == AST_Starred)
            return true;
    return false;
}

uint16_t list_with_stars(script *s, ast_list list, uint16_t want)
{
    lowerer *c  = s->c;
    uint16_t to = into(s, want);
    emit(c, OP_LIST, to, to, 0, 0);
    for (ast_node *n = list.first; n; n = n->next) {
        uint32_t mark = c->unit->temps;
        bool     star = n->kind == AST_Starred;
        uint16_t item = script_value(s, star ? ast_as(Starred, n)->value : n, NO_REG);
        at_node(s, n);
        emit(c, star ? OP_EXTEND : OP_APPEND, to, item, 0, 0);
        c->unit->temps = mark;
    }
    return to;
}

enum { ROW_MAX = 256 }; /* longer displays are made piece by piece */

static uint16_t sequence_of(script *s, ast_node *node, ast_list list, bool tuple, uint16_t want)
{
    lowerer *c = s->c;
    uint16_t to   = into(s, want);
    uint32_t mark = c->unit->temps;
    if (has_star(list) || list.count > ROW_MAX) {
        uint16_t made = tuple ? temp(c) : to;
        list_with_stars(s, list, made);
        if (tuple)
            emit(c, OP_TO_TUPLE, to, made, 0, 0);
        c->unit->temps = mark;
        return to;
    }
    uint16_t row  = row_of(s, list);
    at_node(s, node);
    emit(c, tuple ? OP_TUPLE : OP_LIST, to, row, list.count, 0);
    c->unit->temps = mark;
    return to;
}

/* Displays are built as CPython builds them: what is unhashable shows when a stretch of items has been evaluated. */
enum { STRETCH = 30 };

static void add_items(script *s, const ast_node *at, ir_op op, uint16_t to, const uint16_t *regs, uint32_t count)
{
    at_node(s, at);
    for (uint32_t n = 0; n < count; n += op == OP_DICT_PUT ? 2 : 1)
        emit(s->c, op, to, regs[n], op == OP_DICT_PUT ? regs[n + 1] : 0, 0);
}

static uint16_t set_of(script *s, ast_SetDisplay *node, uint16_t want)
{
    lowerer *c    = s->c;
    uint16_t to   = into(s, want), regs[STRETCH];
    uint32_t mark = c->unit->temps, held = 0, stretch = node->items.count > STRETCH ? 1 : STRETCH;
    emit(c, OP_SET_NEW, to, to, 0, 0);
    for (ast_node *n = node->items.first; n; n = n->next) {
        bool star = n->kind == AST_Starred;
        if (!star)
            regs[held++] = script_value(s, n, NO_REG);
        if (star || held == stretch || !n->next) {
            add_items(s, &node->base, OP_SET_ADD, to, regs, held);
            c->unit->temps = mark;
            held           = 0;
        }
        if (star)
            emit(c, OP_SET_UPDATE, to, script_value(s, ast_as(Starred, n)->value, NO_REG), 0, 0);
    }
    c->unit->temps = mark;
    return to;
}

static uint16_t dict_of(script *s, ast_Dict *node, uint16_t want)
{
    lowerer *c    = s->c;
    uint16_t to   = into(s, want), regs[STRETCH + 2];
    uint32_t mark = c->unit->temps, held = 0;
    emit(c, OP_DICT, to, to, 0, 0);
    for (ast_node *n = node->items.first; n; n = n->next) {
        ast_Pair *pair = ast_as(Pair, n);
        if (pair->key) {
            regs[held++] = script_value(s, pair->key, NO_REG);
            regs[held++] = script_value(s, pair->value, NO_REG);
        }
        if (!pair->key || held > STRETCH || !n->next) {
            add_items(s, &node->base, OP_DICT_PUT, to, regs, held);
            c->unit->temps = mark;
            held           = 0;
        }
        if (!pair->key)
            emit(c, OP_DICT_UPDATE, to, script_value(s, pair->value, NO_REG), 0, 0);
    }
    c->unit->temps = mark;
    return to;
}

/* ---- operators ---- */

static uint16_t binary_of(script *s, ast_Binary *node, uint16_t want)
{
    static const ir_op own[] = {[AST_ADD] = OP_ADD, [AST_SUB] = OP_SUB, [AST_MUL] = OP_MUL, [AST_DIV] = OP_DIV,
                                [AST_FLOORDIV] = OP_FLOORDIV, [AST_MOD] = OP_MOD, [AST_POW] = OP_POW};
    lowerer *c    = s->c;
    uint16_t to   = into(s, want);
    uint32_t mark = c->unit->temps;
    uint16_t left = script_value(s, node->left, NO_REG), right = script_value(s, node->right, NO_REG);
    at_node(s, &node->base);
    if (node->op <= AST_POW)
        emit(c, own[node->op], to, left, right, 0);
    else
        emit(c, OP_BINARY, to, left, right, (uint32_t)node->op);
    c->unit->temps = mark;
    return to;
}

static uint16_t unary_of(script *s, ast_Unary *node, uint16_t want)
{
    static const ir_op own[] = {[AST_NEG] = OP_NEG, [AST_POS] = OP_POS, [AST_INVERT] = OP_INVERT};
    uint16_t to = into(s, want), value = script_value(s, node->node, NO_REG);
    at_node(s, &node->base);
    emit(s->c, own[node->op], to, value, 0, 0);
    return to;
}

static void compare_step(script *s, ast_Operand *operand, uint16_t to, uint16_t left, uint16_t right)
{
    if (operand->op >= AST_IS)
        emit(s->c, OP_IS, to, left, right, operand->op == AST_IS_NOT);
    else
        emit(s->c, OP_COMPARE, to, left, right, (uint32_t)operand->op);
}

/* a < b < c: each operand is computed once, and only when those before hold. */
static uint16_t compare_of(script *s, ast_Compare *node, uint16_t want)
{
    lowerer *c    = s->c;
    uint16_t to   = into(s, node->ops.count > 1 ? NO_REG : want);
    uint32_t mark = c->unit->temps, done = NO_JUMP, certain = s->certain.count;
    uint16_t left = script_value(s, node->expr, NO_REG);
    for (ast_node *n = node->ops.first; n; n = n->next) {
        uint16_t right = script_value(s, ast_as(Operand, n)->expr, NO_REG);
        at_node(s, &node->base);
        compare_step(s, ast_as(Operand, n), to, left, right);
        if (n->next)
            emit_jump(c, OP_JUMP_NOT, 0, to, 0, &done);
        if (n == node->ops.first)
            certain = s->certain.count;
        left = right;
    }
    forget_certain(s, certain);
    land(c, done);
    c->unit->temps = mark;
    if (want == NO_REG || want == to)
        return to;
    emit(c, OP_MOVE, want, to, 0, 0);
    return want;
}

static uint16_t moved(script *s, uint16_t from, uint16_t want)
{
    if (want == NO_REG)
        return from;
    emit(s->c, OP_MOVE, want, from, 0, 0);
    return want;
}

static uint16_t logic_of(script *s, ast_node *a, ast_node *b, bool is_and, uint16_t want)
{
    uint16_t to   = temp(s->c);
    uint32_t done = NO_JUMP;
    script_value(s, a, to);
    uint32_t certain = s->certain.count;
    emit_jump(s->c, is_and ? OP_JUMP_NOT : OP_JUMP_IF, 0, to, 0, &done);
    script_value(s, b, to);
    forget_certain(s, certain);
    land(s->c, done);
    return moved(s, to, want);
}

static uint16_t cond_of(script *s, ast_Cond *node, uint16_t want)
{
    lowerer *c  = s->c;
    uint16_t to = temp(c);
    uint32_t no = NO_JUMP, done = NO_JUMP;
    unless(s, node->test, &no);
    uint32_t certain = s->certain.count;
    script_value(s, node->yes, to);
    forget_certain(s, certain);
    emit_jump(c, OP_JUMP, 0, 0, 0, &done);
    land(c, no);
    script_value(s, node->no, to);
    forget_certain(s, certain);
    land(c, done);
    return moved(s, to, want);
}

/* ---- conditions ---- */

static void condition(script *s, ast_node *node, bool goal, uint32_t *chain);

/* A conjunction jumps when false as soon as one part is false, and when true only behind its last. */
static void logic_condition(script *s, ast_node *a, ast_node *b, bool is_and, bool goal, uint32_t *chain)
{
    uint32_t certain;
    if (is_and != goal) {
        condition(s, a, goal, chain);
        certain = s->certain.count;
        condition(s, b, goal, chain);
    } else {
        uint32_t out = NO_JUMP;
        condition(s, a, !goal, &out);
        certain = s->certain.count;
        condition(s, b, goal, chain);
        land(s->c, out);
    }
    forget_certain(s, certain);
}

/* Jump onto the chain when the condition's truth is `goal`. */
static void condition(script *s, ast_node *node, bool goal, uint32_t *chain)
{
    lowerer     *c    = s->c;
    uint32_t     mark = c->unit->temps;
    ast_Compare *cmp  = (ast_Compare *)(void *)node;
    if (node->kind == AST_Not) {
        condition(s, ast_as(Not, node)->node, !goal, chain);
    } else if (node->kind == AST_And) {
        logic_condition(s, ast_as(And, node)->left, ast_as(And, node)->right, true, goal, chain);
    } else if (node->kind == AST_Or) {
        logic_condition(s, ast_as(Or, node)->left, ast_as(Or, node)->right, false, goal, chain);
    } else if (!goal && node->kind == AST_Compare && cmp->ops.count == 1 && ast_as(Operand, cmp->ops.first)->op < AST_IS) {
        uint16_t left = script_value(s, cmp->expr, NO_REG), right = script_value(s, ast_as(Operand, cmp->ops.first)->expr, NO_REG);
        at_node(s, node);
        emit_jump(c, OP_JUMP_COMPARE, (uint32_t)ast_as(Operand, cmp->ops.first)->op, left, right, chain);
    } else {
        uint16_t value = script_value(s, node, NO_REG);
        at_node(s, node);
        emit_jump(c, goal ? OP_JUMP_IF : OP_JUMP_NOT, 0, value, 0, chain);
    }
    c->unit->temps = mark;
}

void unless(script *s, ast_node *node, uint32_t *chain) { condition(s, node, false, chain); }
void when(script *s, ast_node *node, uint32_t *chain) { condition(s, node, true, chain); }

/* ---- subscripts ---- */

static uint16_t slice_row(script *s, ast_Slice *slice)
{
    uint16_t  row      = temps(s->c, 3);
    ast_node *parts[3] = {slice->start, slice->stop, slice->step};
    for (uint16_t n = 0; n < 3; n++) {
        if (parts[n])
            script_value(s, parts[n], (uint16_t)(row + n));
        else
            none_in(s, (uint16_t)(row + n));
    }
    return row;
}

static uint16_t slice_of(script *s, ast_Slice *slice, uint16_t want)
{
    uint16_t to = into(s, want), row = slice_row(s, slice);
    emit(s->c, OP_SLICE_NEW, to, 0, row, 0);
    return to;
}

static uint16_t item_of(script *s, ast_Getitem *node, uint16_t want)
{
    lowerer *c      = s->c;
    uint16_t to     = into(s, want);
    uint32_t mark   = c->unit->temps;
    uint16_t object = script_value(s, node->node, NO_REG);
    if (node->arg->kind == AST_Slice) {
        uint16_t row = slice_row(s, ast_as(Slice, node->arg));
        at_node(s, &node->base);
        emit(c, OP_SLICE, to, object, row, 0);
    } else if (node->arg->kind == AST_Const && ast_as(Const, node->arg)->value.kind == BURIN_STRING) {
        uint32_t site = attribute_site(c, rt_text_of(ast_as(Const, node->arg)->value));
        at_node(s, &node->base);
        emit(c, OP_LOAD_NAMED, to, object, 0, site);
    } else {
        uint16_t key = script_value(s, node->arg, NO_REG);
        at_node(s, &node->base);
        emit(c, OP_LOAD_ITEM, to, object, key, 0);
    }
    c->unit->temps = mark;
    return to;
}

static uint16_t attribute_of(script *s, ast_Getattr *node, uint16_t want)
{
    uint16_t to = into(s, want), object = script_value(s, node->node, NO_REG);
    at_node(s, &node->base);
    emit(s->c, OP_LOAD_ATTR, to, object, 0, name_constant(s, node->attr));
    return to;
}

static uint16_t walrus_of(script *s, ast_Walrus *node, uint16_t want)
{
    uint16_t to = into(s, want);
    script_value(s, node->value, to);
    store_name(s, &node->base, ast_as(Name, node->target)->name, to);
    return to;
}

static uint16_t not_of(script *s, ast_Not *node, uint16_t want)
{
    uint16_t to = into(s, want), value = script_value(s, node->node, NO_REG);
    at_node(s, &node->base);
    emit(s->c, OP_NOT, to, value, 0, 0);
    return to;
}

static uint16_t lower_value(script *s, ast_node *node, uint16_t want)
{
    burin_value v;
    at_node(s, node);
    if (is_constant(node) && fold(s->c, node, &v))
        return load_constant(s, v, want);
    switch (node->kind) {
    case AST_Name: return load_name(s, node, ast_as(Name, node)->name, want);
    case AST_Bytes: return bytes_of(s, ast_as(Bytes, node), want);
    case AST_Imaginary: return imaginary_of(s, ast_as(Imaginary, node), want);
    case AST_Ellipsis: return load_constant(s, rt_ellipsis(), want);
    case AST_Tuple: return sequence_of(s, node, ast_as(Tuple, node)->items, true, want);
    case AST_List: return sequence_of(s, node, ast_as(List, node)->items, false, want);
    case AST_SetDisplay: return set_of(s, ast_as(SetDisplay, node), want);
    case AST_Dict: return dict_of(s, ast_as(Dict, node), want);
    case AST_Binary: return binary_of(s, ast_as(Binary, node), want);
    case AST_Unary: return unary_of(s, ast_as(Unary, node), want);
    case AST_Not: return not_of(s, ast_as(Not, node), want);
    case AST_And: return logic_of(s, ast_as(And, node)->left, ast_as(And, node)->right, true, want);
    case AST_Or: return logic_of(s, ast_as(Or, node)->left, ast_as(Or, node)->right, false, want);
    case AST_Compare: return compare_of(s, ast_as(Compare, node), want);
    case AST_Cond: return cond_of(s, ast_as(Cond, node), want);
    case AST_Getattr: return attribute_of(s, ast_as(Getattr, node), want);
    case AST_Getitem: return item_of(s, ast_as(Getitem, node), want);
    case AST_Slice: return slice_of(s, ast_as(Slice, node), want); /* to be assigned to, or in a tuple */
    case AST_Walrus: return walrus_of(s, ast_as(Walrus, node), want);
    case AST_Call: return call_of(s, ast_as(Call, node), want);
    case AST_Joined: return joined_of(s, ast_as(Joined, node), want);
    case AST_Comprehension: return comprehension_of(s, ast_as(Comprehension, node), want);
    case AST_Lambda: {
        ast_Lambda *l = ast_as(Lambda, node);
        return function_of(s, node, BURIN_TEXT("<lambda>"), l->params, (ast_list){0}, l->value, l->scope, want);
    }
    default:
        lower_fail(s->c, BURIN_ERR_NOT_IMPLEMENTED, node, "not supported");
        return into(s, want);
    }
}

uint16_t script_value(script *s, ast_node *node, uint16_t want)
{
    if (s->c->status)
        return want == NO_REG ? TEMP_BASE : want;
    uint32_t mark = s->c->unit->temps;
    uint16_t reg  = lower_value(s, node, want);
    if (want != NO_REG) /* nothing below is needed any more */
        s->c->unit->temps = mark;
    else if (reg >= TEMP_BASE && (uint32_t)(reg - TEMP_BASE) >= mark)
        s->c->unit->temps = (uint32_t)(reg - TEMP_BASE) + 1;
    return reg;
}
