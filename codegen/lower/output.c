/* Printing: text and constants are joined when compiled, values are printed with the text before them. */
#include "codegen/lower/lower.h"

#include "runtime/convert.h"

ir_output print_mode(const lowerer *c)
{
    if (c->is_volatile)
        return PRINT_BY_AUTOESCAPE;
    return c->autoescape ? PRINT_ESCAPED : PRINT_STR;
}

static uint16_t finalized(lowerer *c, uint16_t reg)
{
    if (!c->program->finalize)
        return reg;
    ir_call  call = {.function = c->program->finalize};
    uint16_t dst = temp(c), arg = temp(c);
    call.positional = 1;
    emit(c, OP_MOVE, arg, reg, 0, 0);
    emit(c, OP_FILTER_ANY, dst, 0, arg, vector_add(c, c->calls, call));
    return dst;
}

void print_value(lowerer *c, scope *f, uint16_t reg, ir_output how)
{
    static const uint8_t ops[] = {OP_OUT, OP_OUT_E, OP_OUT_V, OP_OUT_RAW};
    (void)f;
    if (how != PRINT_RAW)
        reg = finalized(c, reg);
    if (c->program->native) {
        emit(c, OP_PIECE, 0, reg, 0, 0);
    } else if (how == PRINT_RAW) {
        emit(c, OP_OUT_RAW, 0, reg, 0, 0);
    } else {
        uint32_t text = take_text(c);
        emit(c, ops[how], 0, reg, 0, text);
    }
}

/* A template's own text: where autoescape is decided at run time a native template's is Markup when it is on, and that may be its value. */
static void print_data(lowerer *c, burin_text data)
{
    if (!c->program->native || !c->is_volatile) {
        print_text(c, data);
        return;
    }
    uint32_t mark = c->unit->temps;
    uint16_t reg  = temp(c);
    emit(c, OP_LOADK, reg, 0, 0, constant_text(c, data));
    emit(c, OP_MARKUP, reg, reg, 2, 0);
    emit(c, OP_PIECE, 0, reg, 0, 0);
    c->unit->temps = mark;
}

/* Constants are printed when compiled: finalize, escape or str, join. False when the node varies. */
static bool print_constant(lowerer *c, ast_node *node)
{
    burin_value v;
    bool        is_data = node->kind == AST_Data;
    const rt_function *finalize = c->program->finalize;
    if (is_data) {
        print_data(c, ast_as(Data, node)->data);
        return true;
    }
    if (finalize && (!(finalize->flags & BURIN_PURE) || (finalize->flags & BURIN_CONTEXT)))
        return false;
    if (c->program->native ? !fold_literal(c, node, &v) : !fold(c, node, &v))
        return false;
    rt_state *st = &c->fold;
    if (!c->program->native && c->autoescape && rt_escape(st, v, &v)) {
        rt_clear_error(st);
        return false;
    }
    if (finalize) {
        rt_arguments args = {&v, 1, 0, NULL, NULL};
        if (rt_call_function(st, finalize, &args, &v)) {
            rt_clear_error(st);
            return false;
        }
    }
    if (rt_str(st, v, &v)) {
        rt_clear_error(st);
        return false;
    }
    print_text(c, rt_text_of(v));
    return true;
}

/* `a ~ b` printed: each part by itself, which gives the same text without building the joined one. Escaped, an object is its text: its
 * __html__ is asked only where it is printed alone. */
static bool print_concat(lowerer *c, scope *f, ast_node *node)
{
    burin_value v;
    if (node->kind != AST_Concat || c->is_volatile || c->program->native || c->program->finalize || optimize(c, node, &v) || c->status)
        return false;
    ast_list *items = &ast_as(Concat, node)->items;
    uint16_t  first = temps(c, items->count), at = first;
    for (ast_node *n = items->first; n; n = n->next)
        expr(c, f, n, at++);
    at = first;
    for (ast_node *n = items->first; n && c->autoescape; n = n->next, at++)
        if (n->kind != AST_Const)
            emit(c, OP_SOFT_STR, at, at, 0, 0);
    at = first;
    for (ast_node *n = items->first; n; n = n->next)
        print_value(c, f, at++, print_mode(c));
    return true;
}

/* The operands of a chain of `+`, leftmost first, while they fit; the number of them, 0 when there are too many. */
enum { SUM_MAX = 32 };

static uint32_t sum_operands(ast_node *node, ast_node **operands, uint32_t at)
{
    if (node->kind == AST_Binary && ast_as(Binary, node)->op == AST_ADD) {
        at = sum_operands(ast_as(Binary, node)->left, operands, at);
        if (at)
            at = at < SUM_MAX ? (operands[at] = ast_as(Binary, node)->right, at + 1) : 0;
        return at;
    }
    operands[0] = node;
    return 1;
}

static bool is_text_constant(const ast_node *node) { return node->kind == AST_Const && ((const ast_Const *)node)->value.kind == BURIN_STRING; }

/* `count` texts in a row are printed as one; each by itself follows, for a sum that has become a value. */
static void add_texts(lowerer *c, uint16_t sum, ast_node *const *nodes, uint32_t count)
{
    burin_text joined = rt_text_of(ast_as(Const, nodes[0])->value);
    for (uint32_t n = 1; n < count; n++)
        joined = joined_text(c, joined, rt_text_of(ast_as(Const, nodes[n])->value));
    emit(c, OP_SUM_TEXT, sum, 0, (uint16_t)count, constant_text(c, joined));
    for (uint32_t n = 0; count > 1 && n < count; n++)
        constant_text(c, rt_text_of(ast_as(Const, nodes[n])->value));
}

static void add_operand(lowerer *c, scope *f, uint16_t sum, ast_node *node)
{
    uint32_t  mark   = c->unit->temps, site;
    ast_node *object = member_object(c, f, node, &site);
    if (object)
        emit(c, OP_SUM_ATTR, sum, expr(c, f, object, NO_REG), 0, site);
    else
        emit(c, OP_SUM_ADD, sum, expr(c, f, node, NO_REG), 0, 0);
    c->unit->temps = mark;
}

/* `"a" + b + "c"` printed without escaping: part by part, the sum is built only when a part is no plain text. */
static bool print_sum(lowerer *c, scope *f, ast_node *node)
{
    ast_node *operands[SUM_MAX];
    bool      has_text = false;
    if (node->kind != AST_Binary || print_mode(c) != PRINT_STR || c->program->native || c->program->finalize)
        return false;
    uint32_t count = sum_operands(node, operands, 0);
    for (uint32_t n = 0; n < count; n++)
        has_text |= is_text_constant(operands[n]);
    if (count < 2 || !has_text)
        return false;
    uint16_t sum = temp(c);
    if (is_text_constant(operands[0]))
        emit(c, OP_SUM_BEGIN, sum, 0, 0, constant_text(c, rt_text_of(ast_as(Const, operands[0])->value)));
    else
        emit(c, OP_SUM_BEGIN_VALUE, sum, expr(c, f, operands[0], NO_REG), 0, 0);
    for (uint32_t n = 1, texts; n < count; n += texts ? texts : 1) {
        for (texts = 0; n + texts < count && is_text_constant(operands[n + texts]); texts++) {}
        if (texts)
            add_texts(c, sum, &operands[n], texts);
        else
            add_operand(c, f, sum, operands[n]);
    }
    emit(c, OP_SUM_END, 0, sum, 0, 0);
    return true;
}

static bool print_attribute(lowerer *c, scope *f, ast_node *node)
{
    uint32_t site;
    if (c->is_volatile || c->program->native || c->program->finalize)
        return false;
    ast_node *of = member_object(c, f, node, &site);
    if (!of)
        return false;
    uint16_t object = expr(c, f, of, NO_REG);
    uint32_t text   = take_text(c);
    emit(c, c->autoescape ? OP_OUT_ATTR_E : OP_OUT_ATTR, 0, object, site, text);
    return true;
}

static bool print_filter(lowerer *c, scope *f, ast_node *node)
{
    return node->kind == AST_Filter && !c->program->native && !c->program->finalize && lower_printed_filter(c, f, ast_as(Filter, node), print_mode(c));
}

static void print_varying(lowerer *c, scope *f, ast_node *node)
{
    uint32_t mark = c->unit->temps;
    mark_line(c, node);
    if (node->kind == AST_Call)
        print_call(c, f, ast_as(Call, node), print_mode(c), NO_REG);
    else if (!print_concat(c, f, node) && !print_sum(c, f, node) && !print_attribute(c, f, node) && !print_filter(c, f, node))
        print_value(c, f, expr(c, f, node, NO_REG), print_mode(c));
    c->unit->temps = mark;
}

void lower_output(lowerer *c, scope *f, ast_Output *node)
{
    uint32_t skip = NO_JUMP;
    if (f->require_output_check) {
        if (c->has_known_extends)
            return;
        emit_jump(c, OP_JUMP_CHILD, 0, 0, 0, &skip);
    }
    for (ast_node *n = node->nodes.first; n; n = n->next) {
        if (c->is_volatile && n->kind == AST_Data)
            mark_line(c, n);
        if (!print_constant(c, n))
            print_varying(c, f, n);
    }
    if (skip != NO_JUMP)
        land(c, skip);
}
