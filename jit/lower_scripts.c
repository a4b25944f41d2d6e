/* What only scripts have: names, cells, iteration, items. In the order of codegen/vm/script_ops.h; every check comes before the first
 * change. */
#include "jit/unit.h"

#include "codegen/vm/script.h"

/* ---- names ---- */

static expr global_address(func *f, uint32_t number)
{
    return offset(f, load_field(f, FIELD_vm_frame_globals, gcc_jit_param_as_rvalue(f->frame)), (int64_t)(number * sizeof(burin_value)));
}

static void require_set(func *f, expr value, block slow)
{
    require(f, compare(f, GCC_JIT_COMPARISON_NE, load_field(f, FIELD_burin_value_kind, value), num(f, T_B, BURIN_MISSING)), slow);
}

static void lower_bound(func *f, uint32_t pc)
{
    block done = new_block(f), slow = slow_path(f, pc, done);
    require_set(f, register_address(f, f->unit->code[pc].b), slow);
    begin(f, done);
}

static void lower_global(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    place          at   = as_local(f, T_PTR, global_address(f, i->b));
    require_set(f, get(at), slow);
    copy_value(f, register_address(f, i->a), get(at));
    begin(f, done);
}

static void lower_global_or(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), other = new_block(f);
    place          at   = as_local(f, T_PTR, global_address(f, i->b));
    require_set(f, get(at), other);
    copy_value(f, register_address(f, i->a), get(at));
    go(f, done);
    f->block = other;
    copy_value(f, register_address(f, i->a), constant_address(f, i->d));
    begin(f, done);
}

static void lower_set_global(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    copy_value(f, global_address(f, i->c), register_address(f, i->b));
}

static void lower_cell_get(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    place          cell = as_local(f, T_PTR, load(f, T_PTR, register_address(f, i->b), (int64_t)field_offset(FIELD_burin_value_as)));
    require_set(f, get(cell), slow);
    copy_value(f, register_address(f, i->a), get(cell));
    begin(f, done);
}

static void lower_cell_set(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    copy_value(f, load(f, T_PTR, register_address(f, i->b), (int64_t)field_offset(FIELD_burin_value_as)), register_address(f, i->c));
}

/* ---- iteration ---- */

/* The step counter after this step; `slow` when it runs out. */
static place next_tick(func *f, block slow)
{
    place left = as_local(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, load_field(f, FIELD_vm_tick, machine(f)), num(f, T_U, 1)));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(left), num(f, T_U, 0)), slow);
    return left;
}

static void lower_turn(func *f, uint32_t pc)
{
    block done = new_block(f), slow = slow_path(f, pc, done);
    store_field(f, FIELD_vm_tick, machine(f), get(next_tick(f, slow)));
    begin(f, done);
}

static void move_on(func *f, expr iterator, place at)
{
    store_field(f, FIELD_rt_iter_at, iterator, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(at), num(f, T_L, 1)));
}

static void next_of_range(func *f, const ir_insn *i, expr iterator, block slow, block ended)
{
    block there = new_block(f);
    store_field(f, FIELD_vm_tick, machine(f), get(next_tick(f, slow)));
    place range = as_local(f, T_PTR, load_field(f, FIELD_rt_iter_over, iterator));
    place at    = as_local(f, T_L, load_field(f, FIELD_rt_iter_at, iterator));
    branch(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(at)), cast(f, T_UL, load_field(f, FIELD_rt_range_len, get(range)))), there, ended);
    f->block = there;
    expr moved = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), load_field(f, FIELD_rt_range_step, get(range)));
    store_int(f, i->b, BURIN_INT, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, load_field(f, FIELD_rt_range_start, get(range)), moved));
    move_on(f, iterator, at);
    go(f, f->at[i->d]);
}

static void next_of_list(func *f, const ir_insn *i, expr iterator, block slow)
{
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), slow);
    place list = as_local(f, T_PTR, load_field(f, FIELD_rt_iter_over, iterator));
    place at   = as_local(f, T_L, load_field(f, FIELD_rt_iter_at, iterator));
    expr  len  = cast(f, T_UL, load_field(f, FIELD_rt_list_len, get(list)));
    require(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(at)), len), slow); /* the end, too, is the body's */
    store_field(f, FIELD_vm_tick, machine(f), get(next_tick(f, slow)));
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), num(f, T_L, sizeof(burin_value)));
    copy_value(f, register_address(f, i->b), add_bytes(f, load_field(f, FIELD_rt_list_items, get(list)), bytes));
    move_on(f, iterator, at);
    go(f, f->at[i->d]);
}

static void lower_each_next(func *f, uint32_t pc)
{
    const ir_insn *i     = &f->unit->code[pc];
    block          ended = new_block(f), slow = slow_path(f, pc, ended), range = new_block(f), other = new_block(f), list = new_block(f);
    expr           iterator = register_address(f, i->a);
    place          kind     = as_local(f, T_B, load_field(f, FIELD_rt_iter_kind, iterator));
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_RANGE)), range, other);
    f->block     = other;
    expr is_list = compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_LIST)), is_tuple = compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_TUPLE));
    branch(f, binary(f, GCC_JIT_BINARY_OP_LOGICAL_OR, T_BOOL, is_list, is_tuple), list, slow);
    f->block = range;
    next_of_range(f, i, iterator, slow, ended);
    f->block = list;
    next_of_list(f, i, iterator, slow);
    f->block = ended;
}

/* ---- items ---- */

expr list_item(func *f, place list, place at, block other)
{
    block before = new_block(f), inside = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_LT, get(at), num(f, T_L, 0)), before, inside);
    f->block = before; /* from the end */
    set(f, at, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(at), cast(f, T_L, load_field(f, FIELD_rt_list_len, get(list)))));
    begin(f, inside);
    require(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(at)), cast(f, T_UL, load_field(f, FIELD_rt_list_len, get(list)))), other);
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), num(f, T_L, sizeof(burin_value)));
    return add_bytes(f, load_field(f, FIELD_rt_list_items, get(list)), bytes);
}

/* Of a list or tuple by an integer. */
static void lower_load_item(func *f, uint32_t pc)
{
    const ir_insn     *i   = &f->unit->code[pc];
    const burin_value *key = known(f, i->c);
    if (key && key->kind != BURIN_INT) {
        lower_by_body(f, pc);
        return;
    }
    block done = new_block(f), slow = slow_path(f, pc, done);
    place kind = as_local(f, T_B, register_kind(f, i->b));
    expr is_list = compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_LIST)), is_tuple = compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_TUPLE));
    require(f, binary(f, GCC_JIT_BINARY_OP_LOGICAL_OR, T_BOOL, is_list, is_tuple), slow);
    require_kind(f, i->c, BURIN_INT, slow);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), slow);
    place list = as_local(f, T_PTR, load(f, T_PTR, register_address(f, i->b), (int64_t)field_offset(FIELD_burin_value_as)));
    place at   = as_local(f, T_L, register_as(f, i->c));
    copy_value(f, register_address(f, i->a), list_item(f, list, at, slow));
    begin(f, done);
}

const lowering script_lowerings[OP_COUNT] = {
    [OP_BOUND]      = lower_bound,
    [OP_GLOBAL]     = lower_global,
    [OP_GLOBAL_OR]  = lower_global_or,
    [OP_SET_GLOBAL] = lower_set_global,
    [OP_CELL_GET]   = lower_cell_get,
    [OP_CELL_SET]   = lower_cell_set,
    [OP_TURN]       = lower_turn,
    [OP_EACH_NEXT]  = lower_each_next,
    [OP_LOAD_ITEM]  = lower_load_item,
};
