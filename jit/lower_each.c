/* PRINT_EACH over small integers: the items of a list, or the values of a dict, without asking what each of them is (codegen/vm/print_each.c, whose
 * body does all else).
 *
 * Nothing is changed before the last item is printed: where one is no integer below 10000 the body begins anew, over what was written behind
 * the output's end. */
#include "jit/unit.h"

enum {
    EACH_KEYS   = 2,
    EACH_VALUES = 4,
    JOINT_SHORT = 16,              /* both texts together */
    DIGITS      = 4,               /* of the longest number */
    ROOM_MORE   = 2 * JOINT_SHORT, /* what is written beyond what counts */
};

typedef struct each {
    place items, count; /* of T_PTR, T_UL */
} each;

static each items_of(func *f, const ir_insn *i, block slow)
{
    bool is_dict = i->c & EACH_VALUES;
    each e;
    require_kind(f, i->b, is_dict ? BURIN_DICT : BURIN_LIST, slow);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), slow);
    place over = as_local(f, T_PTR, register_pointer(f, i->b));
    place len  = as_local(f, T_U, load_field(f, is_dict ? FIELD_rt_dict_len : FIELD_rt_list_len, get(over)));
    if (is_dict) /* without holes */
        require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(len), load_field(f, FIELD_rt_keys_len, load_field(f, FIELD_rt_dict_keys, get(over)))), slow);
    e.items = as_local(f, T_PTR, load_field(f, is_dict ? FIELD_rt_dict_values : FIELD_rt_list_items, get(over)));
    e.count = as_local(f, T_UL, cast(f, T_UL, get(len)));
    return e;
}

/* The step counter behind one step for each item and one for the end; `slow` when it runs out on the way. */
static place ticks_after(func *f, const each *e, block slow)
{
    place ticks = as_local(f, T_L, cast(f, T_L, load_field(f, FIELD_vm_tick, machine(f))));
    set(f, ticks, binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, get(ticks), cast(f, T_L, get(e->count))));
    require(f, compare(f, GCC_JIT_COMPARISON_GT, get(ticks), num(f, T_L, 1)), slow);
    return ticks;
}

static void require_room(func *f, const each *e, uint32_t joint_len, block slow)
{
    expr room = binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, reinterpret(f, T_L, load_field(f, FIELD_rt_out_end, output(f))), reinterpret(f, T_L, get(f->to)));
    expr most = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, cast(f, T_L, get(e->count)), num(f, T_L, DIGITS + joint_len));
    require(f, compare(f, GCC_JIT_COMPARISON_GE, room, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, most, num(f, T_L, ROOM_MORE))), slow);
}

void lower_print_each(func *f, uint32_t pc)
{
    const ir_insn     *i     = &f->unit->code[pc];
    const burin_value *texts = &f->e->request->program->constants[i->d];
    if (i->c & EACH_KEYS || texts[2].len > JOINT_SHORT || !f->in_loop[pc]) {
        lower_by_body(f, pc);
        return;
    }
    block done  = new_block(f), slow = slow_path(f, pc, done);
    each  e     = items_of(f, i, slow);
    place ticks = ticks_after(f, &e, slow);
    require_room(f, &e, texts[2].len, slow);
    expr  arguments[] = {get(write_text(f, i->d)), get(e.items), get(e.count), constant_address(f, i->d + 2)};
    place to          = as_local(f, T_PTR, call_api(f, API_put_each, 4, arguments));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(to), num(f, T_PTR, 0)), slow);
    set(f, f->to, offset(f, get(to), -(int64_t)texts[0].len));
    store_field(f, FIELD_vm_tick, machine(f), cast(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, get(ticks), num(f, T_L, 1))));
    begin(f, done);
}
