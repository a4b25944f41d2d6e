/* Printing inside a run: constant texts as stores of numbers or copies of known size, values by the runtime, small integers here.
 * The room has been made; `to` moves on when all of an instruction has been printed, so that its body can begin anew. */
#include "jit/unit.h"

enum {
    TEXT_STORED = 16, /* so many bytes are stored as numbers ... */
    TEXT_COPIED = 64, /* ... so many copied from the constant in steps of STEP, longer ones by the runtime */
    STEP        = 16,
};

static const burin_value *constant_text(const func *f, uint32_t k) { return &f->e->request->program->constants[k]; }

static uint64_t text_room(const func *f, uint32_t k)
{
    uint64_t len = constant_text(f, k)->len;
    return len <= TEXT_COPIED ? (len + STEP - 1) / STEP * STEP : len;
}

place write_text(func *f, uint32_t k)
{
    const burin_value *text = constant_text(f, k);
    expr               from = load(f, T_PTR, constant_address(f, k), (int64_t)field_offset(FIELD_burin_value_as));
    if (text->len <= TEXT_STORED) {
        for (uint32_t at = 0; at < text->len; at += 8) {
            int64_t bytes = 0;
            memcpy(&bytes, text->as.s + at, text->len - at < 8 ? text->len - at : 8);
            store(f, T_L, get(f->to), at, num(f, T_L, bytes));
        }
    } else if (text->len <= TEXT_COPIED) {
        place data = as_local(f, T_PTR, from);
        for (uint32_t at = 0; at < text->len; at += STEP)
            store(f, T_VALUE, get(f->to), at, load(f, T_VALUE, get(data), at));
    } else {
        expr arguments[] = {get(f->to), from, num(f, T_UL, text->len)};
        gcc_jit_block_add_eval(f->block, f->where, call_api(f, API_copy, 3, arguments));
    }
    return text->len ? as_local(f, T_PTR, offset(f, get(f->to), text->len)) : f->to;
}

/* The digits of i < 100: a row of text_small_numbers. */
static void write_small(func *f, place at, place i)
{
    expr  numbers = load_field(f, FIELD_native_api_small_numbers, gcc_jit_param_as_rvalue(f->api));
    place row     = as_local(f, T_U, load(f, T_U, add_bytes(f, numbers, binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(i), num(f, T_L, 4))), 0));
    store(f, T_U, get(at), 0, get(row));
    set(f, f->to, add_bytes(f, get(at), cast(f, T_L, binary(f, GCC_JIT_BINARY_OP_RSHIFT, T_U, get(row), num(f, T_U, 24)))));
}

/* Print an integer at `at`: a small one here, else like any value. */
static void print_int(func *f, place at, place v, block done)
{
    block small = new_block(f), large = new_block(f);
    place i     = as_local(f, T_L, load_field(f, FIELD_burin_value_as, get(v)));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(i)), num(f, T_UL, 100)), true), small, large);
    f->block = small;
    write_small(f, at, i);
    go(f, done);
    f->block = large;
}

/* Print the value whose address is in `v` behind text k. */
static void print_value(func *f, uint32_t pc, uint32_t k, place v, bool is_int, bool escaped, block slow, block done)
{
    place at = write_text(f, k);
    if (is_int)
        print_int(f, at, v, done);
    expr  arguments[] = {gcc_jit_param_as_rvalue(f->frame), get(at), get(v), num(f, T_UL, (int64_t)f->rest[pc])};
    place after       = as_local(f, T_PTR, call_api(f, escaped ? API_put_escaped : API_put, 4, arguments));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(after), num(f, T_PTR, 0)), slow);
    set(f, f->to, get(after));
    begin(f, done);
}

void lower_text(func *f, uint32_t pc) { set(f, f->to, get(write_text(f, f->unit->code[pc].d))); }

static void lower_out(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    print_value(f, pc, i->d, as_local(f, T_PTR, register_address(f, i->b)), known_kind(f, i->b) == BURIN_INT, i->op == OP_OUT_E, slow, done);
}

static void lower_out_attr(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    print_value(f, pc, i->d, attribute_place(f, i->b, i->c, slow), false, i->op == OP_OUT_ATTR_E, slow, done);
}

/* ---- the table ---- */

uint64_t room_of(const func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    switch (i->op) {
    case OP_TEXT: case OP_SUM_TEXT: return text_room(f, i->d);
    case OP_SUM_BEGIN: return text_room(f, i->d) + 1; /* part of a run also without text: it looks at `to` */
    case OP_SUM_END: return 1;                        /* likewise */
    case OP_SUM_BEGIN_VALUE: case OP_SUM_ADD: case OP_SUM_ATTR: return NATIVE_VALUE_ROOM;
    case OP_OUT: case OP_OUT_E: case OP_OUT_ATTR: case OP_OUT_ATTR_E: return text_room(f, i->d) + NATIVE_VALUE_ROOM;
    default: return 0;
    }
}

const lowering output_lowerings[OP_COUNT] = {
    [OP_TEXT]     = lower_text,
    [OP_OUT]      = lower_out,
    [OP_OUT_E]    = lower_out,
    [OP_OUT_ATTR] = lower_out_attr,
    [OP_OUT_ATTR_E] = lower_out_attr,
};
