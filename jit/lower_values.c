/* Values in registers: moves, attributes and items of the usual containers. */
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

/* Of a text only its flags change. */
static void lower_markup(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    if (i->c != 1) {
        lower_by_body(f, pc);
        return;
    }
    block done = new_block(f), slow = slow_path(f, pc, done);
    require_kind(f, i->b, BURIN_STRING, slow);
    expr head = binary(f, GCC_JIT_BINARY_OP_BITWISE_OR, T_L, load(f, T_L, register_address(f, i->b), 0), num(f, T_L, BURIN_SAFE << 8));
    place as  = as_local(f, T_L, load_field(f, FIELD_burin_value_as, register_address(f, i->b)));
    store(f, T_L, register_address(f, i->a), 0, head);
    store_field(f, FIELD_burin_value_as, register_address(f, i->a), get(as));
    begin(f, done);
}

/* ---- containers ---- */

/* Where a member goes. */
typedef struct member_goal {
    uint32_t reg;
    block    done;
} member_goal;

/* By halves, and not over a local: a copy of 16 bytes would wait for the two stores that have just made the value. */
static bool keep_member(func *f, void *user, const wire_member *m, place at, block slow)
{
    const member_goal *to = user;
    read_member_at(f, m, at, register_address(f, to->reg), slow);
    if (f->block)
        go(f, to->done);
    return true;
}

static void lower_attr(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    member_goal    to   = {i->a, new_block(f)};
    block          slow = slow_path(f, pc, to.done);
    place          v    = attribute_or_member(f, i->b, i->d, NULL, slow, keep_member, &to);
    copy_value(f, register_address(f, i->a), get(v));
    begin(f, to.done);
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
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), slow);
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
    [OP_MARKUP] = lower_markup,
    [OP_ATTR]  = lower_attr,
    [OP_ITEM]  = lower_item,
    [OP_TEST_DEFINED] = lower_test_defined,
};
