/* Loops over lists, ranges, arrays of structs and dicts. What an iteration does is done in the order of next_item (codegen/vm/jumps.h); every check comes before
 * the first change, so that the body can do all of it when one fails. */
#include "jit/unit.h"

#include "burin/struct.h"

static place loop_of(func *f, uint32_t reg)
{
    return as_local(f, T_PTR, load(f, T_PTR, register_address(f, reg), (int64_t)field_offset(FIELD_burin_value_as)));
}

/* Count this step, the last thing that may be left to the body; `slow` when the counter runs out, which is put back. */
static void count_tick(func *f, block slow)
{
    block out = new_block(f), going = new_block(f);
    place left = as_local(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, load_field(f, FIELD_vm_tick, machine(f)), num(f, T_U, 1)));
    store_field(f, FIELD_vm_tick, machine(f), get(left));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, get(left), num(f, T_U, 0)), true), going, out);
    f->block = out;
    store_field(f, FIELD_vm_tick, machine(f), num(f, T_U, 1));
    go(f, slow);
    f->block = going;
}

static void next_of_list(func *f, const ir_insn *i, place loop, block slow, block ended)
{
    expr shadows = load_field(f, FIELD_vm_loop_shadows, get(loop));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, shadows, load_field(f, FIELD_vm_shadows, machine(f))), slow);
    count_tick(f, slow);
    place at    = as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, load_field(f, FIELD_vm_loop_index0, get(loop)), num(f, T_L, 1)));
    place list  = as_local(f, T_PTR, load_field(f, FIELD_vm_loop_list, get(loop)));
    block there = new_block(f);
    store_field(f, FIELD_vm_loop_index0, get(loop), get(at));
    branch(f, compare(f, GCC_JIT_COMPARISON_LT, get(at), cast(f, T_L, load_field(f, FIELD_rt_list_len, get(list)))), there, ended);
    f->block   = there;
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), num(f, T_L, sizeof(burin_value)));
    copy_value(f, register_address(f, i->b), add_bytes(f, load_field(f, FIELD_rt_list_items, get(list)), bytes));
    go(f, f->at[i->d]);
}

static void count_iteration(func *f, place loop)
{
    store_field(f, FIELD_vm_loop_index0, get(loop),
                binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, load_field(f, FIELD_vm_loop_index0, get(loop)), num(f, T_L, 1)));
}

/* How many items were left before this one. */
static place take_one_left(func *f, place loop)
{
    place left = as_local(f, T_L, load_field(f, FIELD_vm_loop_left, get(loop)));
    store_field(f, FIELD_vm_loop_left, get(loop), binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, get(left), num(f, T_L, 1)));
    return left;
}

static void next_of_range(func *f, const ir_insn *i, place loop, block slow, block ended)
{
    block there = new_block(f);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_loop_after_kind, get(loop)), num(f, T_B, BURIN_MISSING)), slow);
    count_tick(f, slow);
    count_iteration(f, loop);
    branch(f, compare(f, GCC_JIT_COMPARISON_GT, get(take_one_left(f, loop)), num(f, T_L, 0)), there, ended);
    f->block   = there;
    place next = as_local(f, T_L, load_field(f, FIELD_vm_loop_next_int, get(loop)));
    store_int(f, i->b, BURIN_INT, get(next));
    store_field(f, FIELD_vm_loop_next_int, get(loop), binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(next), load_field(f, FIELD_vm_loop_step, get(loop))));
    go(f, f->at[i->d]);
}

/* Does anything look at the items that have gone by? Only `loop.previtem`, or whoever has `loop` as a value. */
static bool is_looked_back_at(const func *f, uint32_t reg)
{
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++) {
        const ir_insn *i = &f->unit->code[pc];
        if (i->b == reg && (i->op == OP_LOOP_VALUE || (i->op == OP_LOOP_ATTR && i->c == LOOP_previtem)))
            return true;
    }
    return false;
}

static void remember_item(func *f, const ir_insn *i, place loop, expr head, expr at)
{
    if (!is_looked_back_at(f, i->a))
        return;
    copy_value(f, load_field(f, FIELD_vm_loop_before, get(loop)), load_field(f, FIELD_vm_loop_current, get(loop)));
    expr current = load_field(f, FIELD_vm_loop_current, get(loop));
    store(f, T_L, current, 0, head);
    store_field(f, FIELD_burin_value_as, current, at);
}

/* Of an array of structs: each is its address. */
static void next_of_array(func *f, const ir_insn *i, place loop, block slow, block ended)
{
    block there = new_block(f);
    place head  = as_local(f, T_L, load_field(f, FIELD_vm_loop_word, get(loop)));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(head), num(f, T_L, 0)), slow);
    count_tick(f, slow);
    count_iteration(f, loop);
    branch(f, compare(f, GCC_JIT_COMPARISON_GT, get(take_one_left(f, loop)), num(f, T_L, 0)), there, ended);
    f->block = there;
    place at = as_local(f, T_PTR, load_field(f, FIELD_vm_loop_place, get(loop)));
    store(f, T_L, register_address(f, i->b), 0, get(head));
    store_field(f, FIELD_burin_value_as, register_address(f, i->b), reinterpret(f, T_L, get(at)));
    store_field(f, FIELD_vm_loop_place, get(loop), add_bytes(f, get(at), load_field(f, FIELD_vm_loop_step, get(loop))));
    remember_item(f, i, loop, get(head), reinterpret(f, T_L, get(at)));
    go(f, f->at[i->d]);
}

/* Does the instruction write the register? */
static bool writes(const ir_insn *i, uint32_t reg)
{
    const char *operands = ir_op_operands(i->op);
    uint32_t    first    = operands[1] == 'w' ? i->b : i->a;
    return (operands[0] == 'w' || operands[0] == 'x' || operands[1] == 'w') && reg >= first && reg < first + ir_written(i);
}

/* The last instruction before `pc` that writes the register; NULL. */
static const ir_insn *writer_before(const func *f, uint32_t pc, uint32_t reg)
{
    while (pc-- > 0)
        if (writes(&f->unit->code[pc], reg))
            return &f->unit->code[pc];
    return NULL;
}

/* May the loop that `next` at pc walks be over a range? One that is over what was found in data is so seldom, and left to the body then. */
static bool may_walk_range(const func *f, uint32_t pc)
{
    const ir_insn *iter = writer_before(f, pc, f->unit->code[pc].a);
    const ir_insn *over = iter && iter->op == OP_ITER ? writer_before(f, (uint32_t)(iter - f->unit->code), iter->b) : NULL;
    return !over || (over->op != OP_RESOLVE && over->op != OP_RESOLVE_U && over->op != OP_ATTR);
}

/* Are attributes of what is in the register asked for? Then a loop that sets it is hardly over a range, or over the keys of a dict. */
static bool is_looked_into(const func *f, uint32_t reg)
{
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++) {
        const ir_insn *i = &f->unit->code[pc];
        switch (i->op) {
        case OP_ATTR: case OP_OUT_ATTR: case OP_OUT_ATTR_E: case OP_SUM_ATTR: case OP_JUMP_ATTR_EQ: case OP_JUMP_ATTR_NE: case OP_JUMP_ATTR_IF: case OP_JUMP_ATTR_NOT:
            if (i->b == reg)
                return true;
            break;
        default: break;
        }
    }
    return false;
}

static expr walks(func *f, place loop, walk_kind walk)
{
    return compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_loop_walk, get(loop)), num(f, T_B, walk));
}

/* The entry of a dict that is next. */
typedef struct entry_at {
    place dict, keys, at;
} entry_at;

/* Of a dict without holes, as next_pair and vm_loop_next (codegen/vm) take it; `other` where the loop is another one. */
static entry_at next_entry(func *f, place loop, walk_kind walk, block other, block ended)
{
    block there = new_block(f);
    require(f, walks(f, loop, walk), other);
    entry_at e = {.dict = as_local(f, T_PTR, load_field(f, FIELD_vm_loop_dict, get(loop)))};
    e.keys     = as_local(f, T_PTR, load_field(f, FIELD_rt_dict_keys, get(e.dict)));
    place len  = as_local(f, T_U, load_field(f, FIELD_rt_keys_len, get(e.keys)));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_rt_dict_version, get(e.dict)), load_field(f, FIELD_vm_loop_version, get(loop))), other);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_rt_dict_len, get(e.dict)), get(len)), other);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_loop_shadows, get(loop)), load_field(f, FIELD_vm_shadows, machine(f))), other);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_loop_after_kind, get(loop)), num(f, T_B, BURIN_MISSING)), other);
    count_tick(f, other);
    e.at = as_local(f, T_U, load_field(f, FIELD_vm_loop_entry, get(loop)));
    branch(f, compare(f, GCC_JIT_COMPARISON_LT, get(e.at), get(len)), there, ended);
    f->block = there;
    count_iteration(f, loop);
    store_field(f, FIELD_vm_loop_entry, get(loop), binary(f, GCC_JIT_BINARY_OP_PLUS, T_U, get(e.at), num(f, T_U, 1)));
    return e;
}

static expr entry_part(func *f, const entry_at *e, bool is_key)
{
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, cast(f, T_L, get(e->at)), num(f, T_L, is_key ? sizeof(rt_key) : sizeof(burin_value)));
    return add_bytes(f, is_key ? load_field(f, FIELD_rt_keys_entries, get(e->keys)) : load_field(f, FIELD_rt_dict_values, get(e->dict)), bytes);
}

/* Of a dict's keys, or its values. */
static void next_of_dict(func *f, const ir_insn *i, place loop, walk_kind walk, block slow, block ended)
{
    entry_at e = next_entry(f, loop, walk, slow, ended);
    copy_value(f, register_address(f, i->b), entry_part(f, &e, walk == WALK_DICT_KEYS));
    remember_item(f, i, loop, load(f, T_L, register_address(f, i->b), 0), register_as(f, i->b));
    go(f, f->at[i->d]);
}

/* Of a loop over keys() or values(). */
static void next_of_view(func *f, uint32_t pc, walk_kind walk)
{
    const ir_insn *i     = &f->unit->code[pc];
    block          ended = new_block(f), slow = slow_path(f, pc, ended);
    place          loop  = loop_of(f, i->a);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_heap_next, machine(f)), load_field(f, FIELD_vm_loop_mark_next, get(loop))), slow);
    next_of_dict(f, i, loop, walk, slow, ended);
    f->block = ended;
}

/* What is looped over by ITER: a list, an array where there are types of structs, a range or, where it is data, a dict, if the items may be such. */
static void next_of_value(func *f, uint32_t pc)
{
    const ir_insn *i     = &f->unit->code[pc];
    block          ended = new_block(f), slow = slow_path(f, pc, ended), list = new_block(f);
    bool           is_plain = !is_looked_into(f, i->b), may_be_range = may_walk_range(f, pc);
    bool           has_ranges = is_plain && may_be_range, has_dicts = is_plain && !may_be_range, has_structs = f->e->request->member_count > 0;
    place          loop  = loop_of(f, i->a);
    block          dict  = has_dicts ? new_block(f) : slow, third = has_structs ? new_block(f) : dict, second = has_ranges ? new_block(f) : third;
    /* nothing to drop: the iteration made nothing */
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_heap_next, machine(f)), load_field(f, FIELD_vm_loop_mark_next, get(loop))), slow);
    branch(f, expect(f, walks(f, loop, WALK_LIST), true), list, second);
    f->block = list;
    next_of_list(f, i, loop, slow, ended);
    if (has_ranges) {
        block range = new_block(f);
        f->block    = second;
        branch(f, walks(f, loop, WALK_RANGE), range, third);
        f->block = range;
        next_of_range(f, i, loop, slow, ended);
    }
    if (has_structs) {
        f->block    = third;
        block array = new_block(f);
        branch(f, walks(f, loop, WALK_ARRAY), array, dict);
        f->block = array;
        next_of_array(f, i, loop, slow, ended);
    }
    if (has_dicts) {
        f->block = dict;
        next_of_dict(f, i, loop, WALK_DICT_KEYS, slow, ended);
    }
    f->block = ended;
}

static void lower_next(func *f, uint32_t pc)
{
    const ir_insn *iter = writer_before(f, pc, f->unit->code[pc].a);
    place          m    = f->m;
    f->m                = as_local(f, T_PTR, machine(f));
    if (iter && iter->op == OP_ITER_VIEW)
        next_of_view(f, pc, iter->c == 2 ? WALK_DICT_KEYS : WALK_DICT_VALUES);
    else
        next_of_value(f, pc);
    f->m = m;
}

/* The next key and value of a dict. */
static void next_of_items(func *f, const ir_insn *i, place loop, block other, block ended)
{
    entry_at e = next_entry(f, loop, WALK_DICT_ITEMS, other, ended);
    copy_value(f, register_address(f, i->b), entry_part(f, &e, true));
    copy_value(f, register_address(f, i->b + 1u), entry_part(f, &e, false));
    go(f, f->at[i->d]);
}

/* What is no dict's items() is unpacked by the body. */
static void lower_next_unpack(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    if (i->c != 2) {
        lower_by_body(f, pc);
        return;
    }
    block other = new_block(f), ended = new_block(f);
    place loop = loop_of(f, i->a), m = f->m;
    f->m       = as_local(f, T_PTR, machine(f));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_heap_next, machine(f)), load_field(f, FIELD_vm_loop_mark_next, get(loop))), other);
    next_of_items(f, i, loop, other, ended);
    f->m     = m;
    f->block = other;
    lower_by_body(f, pc);
    begin(f, ended);
}

/* Is there no item behind this one? Of a list; what else there is, is looked at ahead of time by the body. */
static void lower_last(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    place          loop = loop_of(f, i->b);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_loop_walk, get(loop)), num(f, T_B, WALK_LIST)), slow);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_loop_shadows, get(loop)), load_field(f, FIELD_vm_shadows, machine(f))), slow);
    expr next = binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, load_field(f, FIELD_vm_loop_index0, get(loop)), num(f, T_L, 1));
    expr len  = cast(f, T_L, load_field(f, FIELD_rt_list_len, load_field(f, FIELD_vm_loop_list, get(loop))));
    store_int(f, i->a, BURIN_BOOL, cast(f, T_L, compare(f, GCC_JIT_COMPARISON_GE, next, len)));
    begin(f, done);
}

/* The length, which the body finds the first time, or how much of it is left. */
static void lower_counted(func *f, uint32_t pc)
{
    const ir_insn *i      = &f->unit->code[pc];
    block          done   = new_block(f), slow = slow_path(f, pc, done);
    place          loop   = loop_of(f, i->b), length = as_local(f, T_L, load_field(f, FIELD_vm_loop_length, get(loop)));
    expr           passed = i->c == LOOP_length ? num(f, T_L, 0) : load_field(f, FIELD_vm_loop_index0, get(loop));
    require(f, compare(f, GCC_JIT_COMPARISON_GE, get(length), num(f, T_L, 0)), slow);
    if (i->c == LOOP_revindex0)
        passed = binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, passed, num(f, T_L, 1));
    store_int(f, i->a, BURIN_INT, binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, get(length), passed));
    begin(f, done);
}

static void lower_loop_attr(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    expr           loop = load(f, T_PTR, register_address(f, i->b), (int64_t)field_offset(FIELD_burin_value_as));
    expr           at   = load_field(f, FIELD_vm_loop_index0, loop);
    switch (i->c) {
    case LOOP_index0: store_int(f, i->a, BURIN_INT, at); break;
    case LOOP_index: store_int(f, i->a, BURIN_INT, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, at, num(f, T_L, 1))); break;
    case LOOP_first: store_int(f, i->a, BURIN_BOOL, cast(f, T_L, compare(f, GCC_JIT_COMPARISON_EQ, at, num(f, T_L, 0)))); break;
    case LOOP_last: lower_last(f, pc); break;
    case LOOP_length: case LOOP_revindex: case LOOP_revindex0: lower_counted(f, pc); break;
    default: lower_by_body(f, pc); break;
    }
}

const lowering loop_lowerings[OP_COUNT] = {
    [OP_NEXT]      = lower_next,
    [OP_NEXT_UNPACK] = lower_next_unpack,
    [OP_LOOP_ATTR] = lower_loop_attr,
};
