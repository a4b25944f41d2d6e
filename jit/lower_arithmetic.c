/* Operators: integers as long as nothing overflows, floats, and the two together where that is exact. Everything else, and
 * what fails, is the body's. */
#include "jit/unit.h"

enum { EXACT_BITS = 53 }; /* integers up to 2 to this are floats without loss */

static void store_float(func *f, uint32_t reg, expr value)
{
    store(f, T_L, register_address(f, reg), 0, num(f, T_L, BURIN_FLOAT));
    store(f, T_F, register_address(f, reg), (int64_t)field_offset(FIELD_burin_value_as), value);
}

static expr register_float(func *f, uint32_t reg) { return load(f, T_F, register_address(f, reg), (int64_t)field_offset(FIELD_burin_value_as)); }

/* The float in a register. */
static place require_float(func *f, uint32_t reg, block slow)
{
    require_kind(f, reg, BURIN_FLOAT, slow);
    return as_local(f, T_F, register_float(f, reg));
}

/* The number in a register as a float; `slow` when it holds none, or, if that is asked for, one that is not exact. */
static place number_as_float(func *f, uint32_t reg, bool exactly, block slow)
{
    burin_kind kind = known_kind(f, reg);
    if (kind == BURIN_INT && !exactly)
        return as_local(f, T_F, cast(f, T_F, register_as(f, reg)));
    place result = local(f, T_F, "x");
    block is_int = new_block(f), other = new_block(f), ready = new_block(f);
    if (kind == BURIN_INT)
        go(f, is_int);
    else
        branch(f, compare(f, GCC_JIT_COMPARISON_EQ, register_kind(f, reg), num(f, T_B, BURIN_INT)), is_int, other);
    f->block = is_int;
    if (exactly) {
        expr above = binary(f, GCC_JIT_BINARY_OP_PLUS, T_UL, cast(f, T_UL, register_as(f, reg)), num(f, T_UL, INT64_C(1) << EXACT_BITS));
        require(f, compare(f, GCC_JIT_COMPARISON_LE, above, num(f, T_UL, INT64_C(2) << EXACT_BITS)), slow);
    }
    set(f, result, cast(f, T_F, register_as(f, reg)));
    go(f, ready);
    f->block = other;
    if (kind != BURIN_INT) {
        require_kind(f, reg, BURIN_FLOAT, slow);
        set(f, result, register_float(f, reg));
    }
    begin(f, ready);
    return result;
}

/* ---- + - * ---- */

ir_op operation_of(const ir_insn *i)
{
    static const ir_op of[RT_BINARY_COUNT] = {[RT_ADD] = OP_ADD, [RT_SUB] = OP_SUB, [RT_MUL] = OP_MUL, [RT_DIV] = OP_DIV, [RT_FLOORDIV] = OP_FLOORDIV, [RT_MOD] = OP_MOD};
    if (i->op >= OP_ADD && i->op <= OP_MOD)
        return i->op;
    return i->op == OP_INPLACE && i->d <= RT_MOD ? of[i->d] : OP_COUNT;
}

static expr on_integers(func *f, const ir_insn *i, place result)
{
    ir_op             op      = operation_of(i);
    const char       *name    = op == OP_ADD ? "__builtin_saddl_overflow" : op == OP_SUB ? "__builtin_ssubl_overflow" : "__builtin_smull_overflow";
    gcc_jit_function *checked = gcc_jit_context_get_builtin_function(f->e->g, name);
    expr              arguments[] = {register_as(f, i->b), register_as(f, i->c), gcc_jit_lvalue_get_address(result, f->where)};
    return compare(f, GCC_JIT_COMPARISON_EQ, gcc_jit_context_new_call(f->e->g, f->where, checked, 3, arguments), num(f, T_BOOL, 0));
}

static enum gcc_jit_binary_op sign_of(ir_op op)
{
    return op == OP_ADD ? GCC_JIT_BINARY_OP_PLUS : op == OP_SUB ? GCC_JIT_BINARY_OP_MINUS : op == OP_MUL ? GCC_JIT_BINARY_OP_MULT : GCC_JIT_BINARY_OP_DIVIDE;
}

static bool may_be_float(const func *f, uint32_t reg)
{
    burin_kind kind = known_kind(f, reg);
    return kind == BURIN_KIND_COUNT || kind == BURIN_FLOAT;
}

static void lower_arithmetic(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    bool           floats = may_be_float(f, i->b) || may_be_float(f, i->c);
    block          other  = floats ? new_block(f) : slow;
    place          result = local(f, T_L, "r");
    require_kind(f, i->b, BURIN_INT, other);
    require_kind(f, i->c, BURIN_INT, other);
    require(f, on_integers(f, i, result), slow);
    store_int(f, i->a, BURIN_INT, get(result));
    go(f, done);
    if (floats) {
        f->block = other;
        /* one of them is no integer */
        place x = known_kind(f, i->c) == BURIN_INT ? require_float(f, i->b, slow) : number_as_float(f, i->b, false, slow);
        place y = known_kind(f, i->b) == BURIN_INT ? require_float(f, i->c, slow) : number_as_float(f, i->c, false, slow);
        store_float(f, i->a, binary(f, sign_of(operation_of(i)), T_F, get(x), get(y)));
    }
    begin(f, done);
}

/* ---- division ---- */

static void lower_div(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    place          x    = number_as_float(f, i->b, true, slow), y = number_as_float(f, i->c, true, slow);
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(y), cast(f, T_F, num(f, T_L, 0))), slow);
    store_float(f, i->a, binary(f, GCC_JIT_BINARY_OP_DIVIDE, T_F, get(x), get(y)));
    begin(f, done);
}

/* x % y and x // y for a constant y above 0: the remainder has its sign, the quotient is rounded down. */
static void lower_euclidean(func *f, uint32_t pc)
{
    const ir_insn     *i = &f->unit->code[pc];
    const burin_value *y = known(f, i->c);
    if (!y || y->kind != BURIN_INT || y->as.i <= 0) {
        lower_by_body(f, pc);
        return;
    }
    bool  is_mod = operation_of(i) == OP_MOD;
    block done = new_block(f), slow = slow_path(f, pc, done), negative = new_block(f), ready = new_block(f);
    require_kind(f, i->b, BURIN_INT, slow);
    place r      = as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_MODULO, T_L, register_as(f, i->b), num(f, T_L, y->as.i)));
    place result = is_mod ? r : as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_DIVIDE, T_L, register_as(f, i->b), num(f, T_L, y->as.i)));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_GE, get(r), num(f, T_L, 0)), true), ready, negative);
    f->block = negative;
    set(f, result, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(result), num(f, T_L, is_mod ? y->as.i : -1)));
    begin(f, ready);
    store_int(f, i->a, BURIN_INT, get(result));
    begin(f, done);
}

/* ---- one operand ---- */

static void lower_neg(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done), other = new_block(f);
    require_kind(f, i->b, BURIN_INT, other);
    require(f, compare(f, GCC_JIT_COMPARISON_NE, register_as(f, i->b), num(f, T_L, INT64_MIN)), slow);
    store_int(f, i->a, BURIN_INT, binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, num(f, T_L, 0), register_as(f, i->b)));
    go(f, done);
    f->block = other;
    require_kind(f, i->b, BURIN_FLOAT, slow);
    store_float(f, i->a, gcc_jit_context_new_unary_op(f->e->g, f->where, GCC_JIT_UNARY_OP_MINUS, f->e->types[T_F], register_float(f, i->b)));
    begin(f, done);
}

static void lower_not(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    require(f, is_bool_or_int(f, register_kind(f, i->b)), slow);
    store_int(f, i->a, BURIN_BOOL, cast(f, T_L, compare(f, GCC_JIT_COMPARISON_EQ, register_as(f, i->b), num(f, T_L, 0))));
    begin(f, done);
}

static void lower_compare(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    if (!compares_inline(f, i->d, i->b, i->c)) {
        lower_by_body(f, pc);
        return;
    }
    block done = new_block(f), slow = slow_path(f, pc, done), yes = new_block(f), no = new_block(f);
    branch_on_comparison(f, i->d, i->b, i->c, yes, no, slow);
    f->block = yes;
    store_int(f, i->a, BURIN_BOOL, num(f, T_L, 1));
    go(f, done);
    f->block = no;
    store_int(f, i->a, BURIN_BOOL, num(f, T_L, 0));
    begin(f, done);
}

static void lower_inplace(func *f, uint32_t pc)
{
    ir_op op = operation_of(&f->unit->code[pc]);
    (op == OP_COUNT ? lower_by_body : arithmetic_lowerings[op])(f, pc);
}

const lowering arithmetic_lowerings[OP_COUNT] = {
    [OP_ADD]      = lower_arithmetic,
    [OP_SUB]      = lower_arithmetic,
    [OP_MUL]      = lower_arithmetic,
    [OP_DIV]      = lower_div,
    [OP_FLOORDIV] = lower_euclidean,
    [OP_MOD]      = lower_euclidean,
    [OP_INPLACE]  = lower_inplace,
    [OP_NEG]      = lower_neg,
    [OP_NOT]      = lower_not,
    [OP_COMPARE]  = lower_compare,
};
