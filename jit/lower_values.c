/* Values in registers: moves, arithmetic of small integers, attributes and items of the usual containers. */
#include "jit/unit.h"

static void lower_loadk(func *f, uint32_t pc)
{
    const ir_insn     *i = &f->unit->code[pc];
    const burin_value *v = &f->e->request->program->constants[i->d];
    if (v->kind == BURIN_INT || v->kind == BURIN_BOOL)
        store_int(f, i->a, v->kind, num(f, T_L, v->as.i));
    else
        copy_value(f, register_address(f, i->a), constant_address(f, i->d));
}

static void lower_move(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    copy_value(f, register_address(f, i->a), register_address(f, i->b));
}

static void lower_clear(func *f, uint32_t pc) { store_int(f, f->unit->code[pc].a, BURIN_MISSING, num(f, T_L, 0)); }

static void lower_check(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), missing = new_block(f), there = new_block(f);
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, register_kind(f, i->b), num(f, T_B, BURIN_MISSING)), true), there, missing);
    f->block = missing;
    copy_value(f, register_address(f, i->a), constant_address(f, i->d));
    go(f, done);
    f->block = there;
    copy_value(f, register_address(f, i->a), register_address(f, i->b));
    begin(f, done);
}

static void lower_outer(func *f, uint32_t pc)
{
    const ir_insn *i     = &f->unit->code[pc];
    expr           frame = gcc_jit_param_as_rvalue(f->frame);
    for (uint32_t n = 0; n < i->c; n++)
        frame = load_field(f, FIELD_vm_frame_outer, frame);
    copy_value(f, register_address(f, i->a), offset(f, load_field(f, FIELD_vm_frame_regs, frame), (int64_t)(i->d * sizeof(burin_value))));
}

/* ---- arithmetic ---- */

static void lower_arithmetic(func *f, uint32_t pc)
{
    const ir_insn    *i       = &f->unit->code[pc];
    const char       *name    = i->op == OP_ADD ? "__builtin_saddl_overflow" : i->op == OP_SUB ? "__builtin_ssubl_overflow" : "__builtin_smull_overflow";
    gcc_jit_function *checked = gcc_jit_context_get_builtin_function(f->e->g, name);
    block             done = new_block(f), slow = slow_path(f, pc, done);
    place             result = local(f, T_L, "r");
    require_kind(f, i->b, BURIN_INT, slow);
    require_kind(f, i->c, BURIN_INT, slow);
    expr arguments[] = {register_as(f, i->b), register_as(f, i->c), gcc_jit_lvalue_get_address(result, f->where)};
    expr overflows   = gcc_jit_context_new_call(f->e->g, f->where, checked, 3, arguments);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, overflows, num(f, T_BOOL, 0)), slow);
    store_int(f, i->a, BURIN_INT, get(result));
    begin(f, done);
}

/* By a constant above 0; the result has its sign. */
static void lower_mod(func *f, uint32_t pc)
{
    const ir_insn     *i = &f->unit->code[pc];
    const burin_value *y = known(f, i->c);
    if (!y || y->kind != BURIN_INT || y->as.i <= 0) {
        lower_by_body(f, pc);
        return;
    }
    block done = new_block(f), slow = slow_path(f, pc, done), negative = new_block(f), ready = new_block(f);
    require_kind(f, i->b, BURIN_INT, slow);
    place r = as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_MODULO, T_L, register_as(f, i->b), num(f, T_L, y->as.i)));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_GE, get(r), num(f, T_L, 0)), true), ready, negative);
    f->block = negative;
    set(f, r, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(r), num(f, T_L, y->as.i)));
    begin(f, ready);
    store_int(f, i->a, BURIN_INT, get(r));
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
    if (!compares_numbers(i->d, known(f, i->b), known(f, i->c))) {
        lower_by_body(f, pc);
        return;
    }
    block done = new_block(f), slow = slow_path(f, pc, done), yes = new_block(f), no = new_block(f);
    branch_on_numbers(f, i->d, i->b, i->c, yes, no, slow);
    f->block = yes;
    store_int(f, i->a, BURIN_BOOL, num(f, T_L, 1));
    go(f, done);
    f->block = no;
    store_int(f, i->a, BURIN_BOOL, num(f, T_L, 0));
    begin(f, done);
}

/* ---- containers ---- */

static void lower_attr(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    place          v    = attribute_place(f, i->b, i->d, slow);
    copy_value(f, register_address(f, i->a), get(v));
    begin(f, done);
}

/* Item of a list by an integer from 0 on. */
static void lower_item(func *f, uint32_t pc)
{
    const ir_insn     *i   = &f->unit->code[pc];
    const burin_value *key = known(f, i->c);
    if (key && key->kind != BURIN_INT) {
        lower_by_body(f, pc);
        return;
    }
    block done = new_block(f), slow = slow_path(f, pc, done);
    require_kind(f, i->b, BURIN_LIST, slow);
    require_kind(f, i->c, BURIN_INT, slow);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, get(f->m)), num(f, T_U, 0)), slow);
    place list = as_local(f, T_PTR, load(f, T_PTR, register_address(f, i->b), (int64_t)field_offset(FIELD_burin_value_as)));
    place at   = as_local(f, T_L, register_as(f, i->c));
    expr  len  = cast(f, T_UL, load_field(f, FIELD_rt_list_len, get(list)));
    require(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(at)), len), slow);
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), num(f, T_L, sizeof(burin_value)));
    copy_value(f, register_address(f, i->a), add_bytes(f, load_field(f, FIELD_rt_list_items, get(list)), bytes));
    begin(f, done);
}

static void lower_test_defined(func *f, uint32_t pc)
{
    const ir_insn          *i  = &f->unit->code[pc];
    enum gcc_jit_comparison op = i->c ? GCC_JIT_COMPARISON_GT : GCC_JIT_COMPARISON_LE;
    store_int(f, i->a, BURIN_BOOL, cast(f, T_L, compare(f, op, register_kind(f, i->b), num(f, T_B, BURIN_UNDEFINED))));
}

const lowering value_lowerings[OP_COUNT] = {
    [OP_LOADK] = lower_loadk,
    [OP_MOVE]  = lower_move,
    [OP_CLEAR] = lower_clear,
    [OP_CHECK] = lower_check,
    [OP_OUTER] = lower_outer,
    [OP_ADD]   = lower_arithmetic,
    [OP_SUB]   = lower_arithmetic,
    [OP_MUL]   = lower_arithmetic,
    [OP_MOD]   = lower_mod,
    [OP_NOT]   = lower_not,
    [OP_COMPARE] = lower_compare,
    [OP_ATTR]  = lower_attr,
    [OP_ITEM]  = lower_item,
    [OP_TEST_DEFINED] = lower_test_defined,
};
