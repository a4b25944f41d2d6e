/* Finding out the types of an expression's parts, and which operators do them. */
#include "codegen/kernel/typed.h"

#include "runtime/builtins/python.h"

enum { DEPTH_MAX = 500 };

typedef struct typer {
    arena            *a;
    const rt_env     *env;
    const kernel_name *names;
    uint32_t          count, depth;
    uint32_t          choices; /* that the part lies in: only some inputs come to it */
    bool              possible, uneven;
} typer;

static typed *type_of(typer *t, ast_node *node);

static typed *none(typer *t)
{
    t->possible = false;
    return NULL;
}

static typed *make(typer *t, typed_kind kind, uint8_t type)
{
    typed *n = arena_zalloc(t->a, sizeof *n);
    if (!n)
        return NULL;
    n->kind  = (uint8_t)kind;
    n->type  = type;
    n->place = KERNEL_NONE;
    return n;
}

static typed *make_op(typer *t, vec_op op, typed_wish operands, uint8_t type, typed *x, typed *y)
{
    typed *n = make(t, y ? TYPED_BINARY : TYPED_UNARY, type);
    if (!n)
        return NULL;
    n->op       = (uint16_t)op;
    n->operands = (uint8_t)operands;
    n->x        = x;
    n->y        = y;
    return n;
}

static typed *make_as(typer *t, typed_wish wish, uint8_t type, typed *x)
{
    typed *n = make_op(t, 0, wish, type, x, NULL);
    if (n)
        n->kind = TYPED_AS;
    return n;
}

static bool is_whole(const typed *x) { return x->type == VEC_INT || x->type == VEC_BOOL; }
static bool is_either_float(const typed *x, const typed *y) { return x->type == VEC_FLOAT || y->type == VEC_FLOAT; }
static uint8_t joined(const typed *x, const typed *y) { return x->type == y->type ? x->type : TYPED_MIXED; }

/* ---- leaves ---- */

static typed *constant_of(typer *t, burin_value v)
{
    uint8_t type;
    switch (v.kind) {
    case BURIN_BOOL: type = VEC_BOOL; break;
    case BURIN_INT: type = VEC_INT; break;
    case BURIN_FLOAT: type = VEC_FLOAT; break;
    default: return none(t);
    }
    typed *n = make(t, TYPED_CONST, type);
    if (n && type == VEC_BOOL)
        n->value.i = v.as.i != 0;
    else if (n && type == VEC_INT)
        n->value.i = v.as.i;
    else if (n)
        n->value.f = v.as.f;
    return n;
}

static const kernel_name *cell_named(const typer *t, burin_text name)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->names[i].name.len == name.len && !memcmp(t->names[i].name.data, name.data, name.len))
            return &t->names[i];
    return NULL;
}

static typed *name_type(typer *t, burin_text name)
{
    const kernel_name *cell = cell_named(t, name);
    if (!cell) {
        const burin_value *value = rt_names_value(t->env->python, name);
        return value ? constant_of(t, *value) : none(t);
    }
    if (!cell->known)
        return none(t);
    typed *n = make(t, TYPED_CELL, (uint8_t)cell->type);
    if (n)
        n->place = cell->cell;
    return n;
}

/* ---- operators ---- */

static typed *arithmetic(typer *t, vec_op of_floats, vec_op of_ints, typed *x, typed *y)
{
    if (is_either_float(x, y))
        return make_op(t, of_floats, AS_FLOAT, VEC_FLOAT, x, y);
    return is_whole(x) && is_whole(y) ? make_op(t, of_ints, AS_INT, VEC_INT, x, y) : none(t);
}

static typed *bits(typer *t, vec_op of_ints, vec_op of_bools, typed *x, typed *y)
{
    if (!is_whole(x) || !is_whole(y))
        return none(t);
    if (of_bools != VEC_OP_COUNT && x->type == VEC_BOOL && y->type == VEC_BOOL)
        return make_op(t, of_bools, AS_IS, VEC_BOOL, x, y);
    return make_op(t, of_ints, AS_INT, VEC_INT, x, y);
}

static typed *binary_of(typer *t, ast_binary op, typed *x, typed *y)
{
    switch (op) {
    case AST_ADD: return arithmetic(t, VEC_F_ADD, VEC_I_ADD, x, y);
    case AST_SUB: return arithmetic(t, VEC_F_SUB, VEC_I_SUB, x, y);
    case AST_MUL: return arithmetic(t, VEC_F_MUL, VEC_I_MUL, x, y);
    case AST_FLOORDIV: return arithmetic(t, VEC_F_FLOORDIV, VEC_I_FLOORDIV, x, y);
    case AST_MOD: return arithmetic(t, VEC_F_MOD, VEC_I_MOD, x, y);
    case AST_POW: return arithmetic(t, VEC_F_POW, VEC_I_POW, x, y);
    case AST_DIV: return make_op(t, VEC_F_DIV, is_either_float(x, y) ? AS_FLOAT : AS_EXACT, VEC_FLOAT, x, y);
    case AST_LSHIFT: return bits(t, VEC_I_LSHIFT, VEC_OP_COUNT, x, y);
    case AST_RSHIFT: return bits(t, VEC_I_RSHIFT, VEC_OP_COUNT, x, y);
    case AST_BITAND: return bits(t, VEC_I_AND, VEC_B_AND, x, y);
    case AST_BITOR: return bits(t, VEC_I_OR, VEC_B_OR, x, y);
    case AST_BITXOR: return bits(t, VEC_I_XOR, VEC_B_XOR, x, y);
    }
    return none(t);
}

static typed *unary_of(typer *t, ast_unary op, typed *x)
{
    if (x->type == TYPED_MIXED)
        return none(t);
    if (x->type == VEC_FLOAT)
        return op == AST_NEG ? make_op(t, VEC_F_NEG, AS_IS, VEC_FLOAT, x, NULL) : op == AST_POS ? x : none(t);
    if (op == AST_POS)
        return make_as(t, AS_INT, VEC_INT, x);
    return make_op(t, op == AST_NEG ? VEC_I_NEG : VEC_I_INVERT, AS_INT, VEC_INT, x, NULL);
}

/* Ints and floats are compared without rounding. */
static typed *compare(typer *t, ast_compare op, typed *x, typed *y)
{
    bool whole = is_whole(x) && is_whole(y);
    return make_op(t, (vec_op)((whole ? VEC_I_EQ : VEC_F_EQ) + (int)op), whole ? AS_INT : AS_EXACT, VEC_BOOL, x, y);
}

static typed *join(typer *t, typed_kind kind, typed *x, typed *y, uint8_t type)
{
    typed *n = make(t, kind, type);
    if (n) {
        n->x = x;
        n->y = y;
    }
    return n;
}

/* A number that stands there, also with a sign. */
static typed *literal_of(typer *t, ast_node *item)
{
    if (item->kind == AST_Const)
        return constant_of(t, ast_as(Const, item)->value);
    bool   is_negative = item->kind == AST_Unary && ast_as(Unary, item)->op == AST_NEG && ast_as(Unary, item)->node->kind == AST_Const;
    typed *x           = is_negative ? literal_of(t, ast_as(Unary, item)->node) : none(t);
    return x ? unary_of(t, AST_NEG, x) : NULL;
}

static const ast_list *items_of(ast_node *of)
{
    switch (of->kind) {
    case AST_Tuple: return &ast_as(Tuple, of)->items;
    case AST_List: return &ast_as(List, of)->items;
    case AST_SetDisplay: return &ast_as(SetDisplay, of)->items;
    default: return NULL;
    }
}

/* x in (1, 2): x == 1 or x == 2. Of constants only: equality of names is not all there is to `in`. */
static typed *member(typer *t, typed *x, ast_node *of)
{
    typed *found = NULL;
    const ast_list *items = items_of(of);
    if (!items || !items->first)
        return none(t);
    x->kept = true;
    t->uneven |= t->choices && items->count > RT_LOOKED_THROUGH;
    for (ast_node *item = items->first; item; item = item->next) {
        typed *value = literal_of(t, item);
        typed *equal = value ? compare(t, AST_EQ, x, value) : NULL;
        if (!equal)
            return NULL;
        found = found ? join(t, TYPED_OR, found, equal, VEC_BOOL) : equal;
        if (!found)
            return NULL;
    }
    return found;
}

/* One comparison of the row, whose operand others may read as well. */
static typed *link(typer *t, typed *left, ast_Operand *operand, bool is_last, typed **right)
{
    *right = NULL;
    if (operand->op <= AST_GE) {
        *right = type_of(t, operand->expr);
        if (!*right)
            return NULL;
        (*right)->kept = !is_last;
        return compare(t, operand->op, left, *right);
    }
    if (operand->op > AST_NOT_IN || !is_last)
        return none(t);
    typed *found = member(t, left, operand->expr);
    return found && operand->op == AST_NOT_IN ? make_op(t, VEC_B_NOT, AS_IS, VEC_BOOL, found, NULL) : found;
}

/* a < b < c: a < b and b < c, where b is computed once. */
static typed *links(typer *t, typed *left, ast_node *at)
{
    typed *right, *first = link(t, left, ast_as(Operand, at), !at->next, &right);
    if (!first || !at->next)
        return first;
    t->choices++;
    typed *rest = links(t, right, at->next);
    t->choices--;
    return rest ? join(t, TYPED_AND, first, rest, VEC_BOOL) : NULL;
}

static typed *compare_type(typer *t, ast_Compare *node)
{
    typed *left = type_of(t, node->expr);
    return left ? links(t, left, node->ops.first) : NULL;
}

/* ---- calls ---- */

typedef enum call_kind { CALL_NONE, CALL_FLOAT, CALL_FLOATS, CALL_WHOLE, CALL_TEST, CALL_ABS, CALL_LEAST, CALL_MOST, CALL_POWER } call_kind;

static call_kind find_call(burin_function call, vec_op *op)
{
    static const struct {
        burin_function call;
        call_kind      kind;
        vec_op         op;
    } calls[] = {
#define VEC_CALL(function, kind, OP, what) {function, CALL_##kind, VEC_##OP},
#include "codegen/kernel/functions.def"
#undef VEC_CALL
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].call == call) {
            *op = calls[i].op;
            return calls[i].kind;
        }
    return CALL_NONE;
}

static typed *extreme(typer *t, bool least, typed *x, ast_node *rest)
{
    for (; rest && x; rest = rest->next) {
        typed *y = type_of(t, rest);
        if (!y)
            return NULL;
        uint8_t type = joined(x, y);
        if (type == VEC_INT)
            x = make_op(t, least ? VEC_I_MIN : VEC_I_MAX, AS_IS, VEC_INT, x, y);
        else if (type == VEC_BOOL)
            return none(t);
        else
            x = make_op(t, least ? VEC_F_MIN : VEC_F_MAX, AS_EXACT, type, x, y);
    }
    return x;
}

static typed *call_of(typer *t, call_kind kind, vec_op op, const ast_list *args)
{
    uint32_t wanted = kind == CALL_FLOATS || kind == CALL_POWER ? 2 : 1;
    bool     fits   = kind == CALL_LEAST || kind == CALL_MOST ? args->count > 1 : args->count == wanted;
    typed   *x      = fits ? type_of(t, args->first) : none(t), *y = NULL;
    if (x && wanted == 2 && !(y = type_of(t, args->first->next)))
        return NULL;
    if (!x)
        return NULL;
    switch (kind) {
    case CALL_FLOAT:
    case CALL_FLOATS: return make_op(t, op, AS_FLOAT, VEC_FLOAT, x, y);
    case CALL_TEST: return make_op(t, op, AS_FLOAT, VEC_BOOL, x, NULL);
    case CALL_POWER: return binary_of(t, AST_POW, x, y);
    case CALL_LEAST:
    case CALL_MOST: return extreme(t, kind == CALL_LEAST, x, args->first->next);
    case CALL_ABS:
    case CALL_WHOLE:
    case CALL_NONE: break;
    }
    if (x->type == TYPED_MIXED)
        return none(t);
    if (x->type == VEC_FLOAT)
        return make_op(t, op, AS_IS, kind == CALL_ABS ? VEC_FLOAT : VEC_INT, x, NULL);
    return kind == CALL_ABS ? make_op(t, VEC_I_ABS, AS_INT, VEC_INT, x, NULL) : make_as(t, AS_INT, VEC_INT, x);
}

static typed *call_type(typer *t, ast_Call *node)
{
    if (node->node->kind != AST_Name || node->kwargs.first || node->rest || node->named)
        return none(t);
    burin_text name = ast_as(Name, node->node)->name;
    for (ast_node *arg = node->args.first; arg; arg = arg->next)
        if (arg->kind == AST_Starred)
            return none(t);
    const rt_function *function = cell_named(t, name) ? NULL : rt_names_function(t->env->python, name);
    vec_op             op       = 0;
    call_kind          kind     = function ? find_call(function->call, &op) : CALL_NONE;
    return kind == CALL_NONE ? none(t) : call_of(t, kind, op, &node->args);
}

/* ---- all ---- */

static typed *cond_type(typer *t, ast_Cond *node)
{
    typed *test = node->no ? type_of(t, node->test) : none(t);
    t->choices++;
    typed *yes = test ? type_of(t, node->yes) : NULL;
    typed *no  = yes ? type_of(t, node->no) : NULL;
    t->choices--;
    typed *n    = no ? join(t, TYPED_COND, yes, no, joined(yes, no)) : NULL;
    if (n)
        n->test = test;
    return n;
}

static typed *pair_type(typer *t, ast_node *left, ast_node *right, int op)
{
    typed *x = type_of(t, left), *y = x ? type_of(t, right) : NULL;
    return y ? binary_of(t, (ast_binary)op, x, y) : NULL;
}

static typed *both_type(typer *t, typed_kind kind, ast_node *left, ast_node *right)
{
    typed *x = type_of(t, left);
    t->choices++;
    typed *y = x ? type_of(t, right) : NULL;
    t->choices--;
    return y ? join(t, kind, x, y, joined(x, y)) : NULL;
}

static typed *node_type(typer *t, ast_node *node)
{
    typed *x;
    switch (node->kind) {
    case AST_Const: return constant_of(t, ast_as(Const, node)->value);
    case AST_Name: return name_type(t, ast_as(Name, node)->name);
    case AST_Binary: return pair_type(t, ast_as(Binary, node)->left, ast_as(Binary, node)->right, (int)ast_as(Binary, node)->op);
    case AST_And: return both_type(t, TYPED_AND, ast_as(And, node)->left, ast_as(And, node)->right);
    case AST_Or: return both_type(t, TYPED_OR, ast_as(Or, node)->left, ast_as(Or, node)->right);
    case AST_Not:
        x = type_of(t, ast_as(Not, node)->node);
        return x ? make_op(t, VEC_B_NOT, AS_TRUTH, VEC_BOOL, x, NULL) : NULL;
    case AST_Unary:
        x = type_of(t, ast_as(Unary, node)->node);
        return x ? unary_of(t, ast_as(Unary, node)->op, x) : NULL;
    case AST_Compare: return compare_type(t, ast_as(Compare, node));
    case AST_Cond: return cond_type(t, ast_as(Cond, node));
    case AST_Call: return call_type(t, ast_as(Call, node));
    default: return none(t);
    }
}

static typed *type_of(typer *t, ast_node *node)
{
    if (t->depth >= DEPTH_MAX)
        return none(t);
    t->depth++;
    typed *n = node_type(t, node);
    t->depth--;
    return n;
}

typed *typed_make(arena *a, const rt_env *env, ast_node *tree, const kernel_name *names, uint32_t count, bool *possible, bool *uneven)
{
    typer  t = {.a = a, .env = env, .names = names, .count = count, .possible = true};
    typed *n = type_of(&t, tree);
    *possible = t.possible;
    *uneven |= t.uneven;
    return n;
}
