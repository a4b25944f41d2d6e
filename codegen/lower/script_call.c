/* Calls of scripts, and f-strings. */
#include "codegen/lower/script.h"

#include "runtime/base/text.h"

/* ---- arguments ---- */

static bool has_double_star(const ast_Call *node)
{
    for (ast_node *n = node->kwargs.first; n; n = n->next)
        if (!ast_as(Keyword, n)->name.len)
            return true;
    return false;
}

/* name=value in a row behind the positional arguments. */
static void plain_keywords(script *s, ast_Call *node, ir_call *row, uint16_t at)
{
    lowerer    *c     = s->c;
    burin_text *names = node->kwargs.count ? arena_alloc(&c->program->memory, node->kwargs.count * sizeof *names) : NULL;
    uint32_t    count = 0;
    if (node->kwargs.count && !names) {
        lower_no_memory(c);
        return;
    }
    for (ast_node *n = node->kwargs.first; n; n = n->next) {
        names[count++] = program_text(c, ast_as(Keyword, n)->name);
        script_value(s, ast_as(Keyword, n)->value, at++);
    }
    row->names = names;
    row->named = (uint16_t)count;
}

/* What is called, for messages: a function, or a method and its object. */
typedef struct called {
    uint16_t function, object;
} called;

/* *rest alone: an error of it names what is called, as in CPython; among others it does not. */
static void positional_list(script *s, ast_Call *node, called what, uint16_t to)
{
    ast_node *only = node->args.first;
    if (node->args.count != 1) {
        list_with_stars(s, node->args, to);
        return;
    }
    emit(s->c, OP_LIST, to, to, 0, 0);
    uint32_t mark = s->c->unit->temps;
    uint16_t rest = script_value(s, ast_as(Starred, only)->value, NO_REG);
    at_node(s, &node->base);
    emit(s->c, OP_SPREAD, to, rest, what.function, what.object);
    s->c->unit->temps = mark;
}

/* Keywords with ** among them: one dict. */
static void keyword_dict(script *s, ast_Call *node, called what, uint16_t to)
{
    lowerer *c = s->c;
    emit(c, OP_DICT, to, to, 0, 0);
    for (ast_node *n = node->kwargs.first; n; n = n->next) {
        ast_Keyword *keyword = ast_as(Keyword, n);
        uint32_t     mark    = c->unit->temps;
        uint16_t     value   = script_value(s, keyword->value, NO_REG);
        if (keyword->name.len) { /* {name: value}, so that a name that is there already is found */
            uint16_t pair = temps(c, 2), one = temp(c);
            emit(c, OP_LOADK, pair, 0, 0, name_constant(s, keyword->name));
            emit(c, OP_MOVE, (uint16_t)(pair + 1), value, 0, 0);
            emit(c, OP_DICT, one, pair, 1, 0);
            value = one;
        }
        at_node(s, &node->base);
        emit(c, OP_SPREAD_NAMED, to, value, what.function, what.object);
        c->unit->temps = mark;
    }
}

/* The row of arguments, with what the call table says of it. */
static uint16_t arguments_of(script *s, ast_Call *node, called what, ir_call *row)
{
    lowerer *c       = s->c;
    bool     starred = has_star(node->args) || node->args.count > 255, doubled = has_double_star(node) || node->kwargs.count > 255;
    uint32_t count   = starred ? 1 : node->args.count;
    uint16_t first   = temps(c, count + (doubled ? 1 : node->kwargs.count) + 1), at = first;
    if (starred) {
        positional_list(s, node, what, at++);
        row->rest = true;
    } else {
        for (ast_node *n = node->args.first; n; n = n->next)
            script_value(s, n, at++);
        row->positional = (uint16_t)node->args.count;
    }
    if (doubled) {
        keyword_dict(s, node, what, at);
        row->expand = true;
    } else if (starred && node->kwargs.count) { /* the table has names before *rest: move the list behind them */
        uint16_t list = temp(c);
        emit(c, OP_MOVE, list, first, 0, 0);
        plain_keywords(s, node, row, first);
        emit(c, OP_MOVE, (uint16_t)(first + row->named), list, 0, 0);
    } else {
        plain_keywords(s, node, row, at);
    }
    return first;
}

uint16_t call_of(script *s, ast_Call *node, uint16_t want)
{
    lowerer *c      = s->c;
    uint16_t to     = want == NO_REG ? temp(c) : want;
    uint32_t mark   = c->unit->temps;
    bool     method = node->node->kind == AST_Getattr;
    ir_call  row    = {0};
    uint16_t callee = script_value(s, method ? ast_as(Getattr, node->node)->node : node->node, NO_REG);
    called   what   = {callee, callee};
    if (method) { /* looked up before the arguments are evaluated, as in Python */
        at_node(s, node->node);
        what.function = temp(c);
        emit(c, OP_FIND_METHOD, what.function, callee, 0, attribute_site(c, ast_as(Getattr, node->node)->attr));
    }
    uint16_t first = arguments_of(s, node, what, &row);
    row.plain      = !row.named && !row.rest && !row.expand;
    at_node(s, &node->base);
    emit(c, method ? OP_INVOKE_METHOD : OP_INVOKE, to, callee, first, vector_add(c, c->calls, row));
    c->unit->temps = mark;
    return to;
}

/* ---- f-strings ---- */

static void formatted_of(script *s, ast_Formatted *node, uint16_t to)
{
    lowerer *c     = s->c;
    uint32_t mark  = c->unit->temps;
    uint16_t value = script_value(s, node->value, NO_REG), spec = temp(c);
    if (node->spec)
        script_value(s, node->spec, spec);
    else
        emit(c, OP_LOADK, spec, 0, 0, 0);
    at_node(s, &node->base);
    emit(c, OP_FORMAT, to, value, spec, (uint32_t)node->conversion);
    c->unit->temps = mark;
}

uint16_t joined_of(script *s, ast_Joined *node, uint16_t want)
{
    enum { PARTS_MAX = 64 };
    lowerer  *c    = s->c;
    uint16_t  to   = want == NO_REG ? temp(c) : want;
    uint32_t  mark = c->unit->temps;
    ast_node *n    = node->parts.first;
    uint16_t  sum  = temp(c); /* of the parts so far, when there are many */
    uint32_t  left = node->parts.count;
    emit(c, OP_LOADK, sum, 0, 0, 0);
    do {
        uint32_t count = left > PARTS_MAX ? PARTS_MAX : left;
        uint16_t row   = temps(c, count + 1);
        emit(c, OP_MOVE, row, sum, 0, 0);
        for (uint32_t at = 1; at <= count; at++, n = n->next) {
            if (n->kind == AST_Formatted)
                formatted_of(s, ast_as(Formatted, n), (uint16_t)(row + at));
            else
                script_value(s, n, (uint16_t)(row + at));
        }
        left -= count;
        at_node(s, &node->base);
        emit(c, OP_CONCAT, left ? sum : to, row, count + 1, 0);
        c->unit->temps = (uint32_t)(sum - TEMP_BASE) + 1;
    } while (left);
    c->unit->temps = mark;
    return to;
}
