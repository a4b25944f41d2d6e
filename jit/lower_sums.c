/* Sums: texts that are printed part by part (op_sum_start in codegen/vm/ops.h).
 *
 * One whose parts follow each other in one run is printed as a whole: `to` goes back when a part turns out to be no plain
 * text, and the bodies do all of it. The others are captures, like the bodies'. */
#include "jit/unit.h"

/* Where a capture begins, `from` in the output, nothing is flushed any more. */
static void begin_capture(func *f, expr from)
{
    block first = new_block(f), ready = new_block(f);
    place open  = as_local(f, T_U, load_field(f, FIELD_vm_captures, machine(f)));
    store_field(f, FIELD_vm_captures, machine(f), binary(f, GCC_JIT_BINARY_OP_PLUS, T_U, get(open), num(f, T_U, 1)));
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(open), num(f, T_U, 0)), first, ready);
    f->block = first;
    store_field(f, FIELD_vm_held_from, machine(f), from);
    store_field(f, FIELD_vm_held_flush, machine(f), load_field(f, FIELD_rt_out_flush, output(f)));
    store_field(f, FIELD_rt_out_flush, output(f), num(f, T_PTR, 0));
    begin(f, ready);
}

static void begin_sum(func *f, uint32_t reg)
{
    expr  data = reinterpret(f, T_L, load_field(f, FIELD_rt_out_data, output(f)));
    place from = as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, reinterpret(f, T_L, get(f->to)), data));
    begin_capture(f, get(from));
    store_int(f, reg, BURIN_MISSING, get(from));
}

/* Only plain text is printed as a part of a sum. */
static void require_plain_text(func *f, place v, block slow)
{
    expr safe = binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_B, load_field(f, FIELD_burin_value_flags, get(v)), num(f, T_B, BURIN_SAFE));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_burin_value_kind, get(v)), num(f, T_B, BURIN_STRING)), slow);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, safe, num(f, T_B, 0)), slow);
}

static void lower_sum_begin(func *f, uint32_t pc)
{
    begin_sum(f, f->unit->code[pc].a);
    lower_text(f, pc);
}

static void lower_sum_begin_value(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done);
    place          v    = as_local(f, T_PTR, register_address(f, i->b));
    require_plain_text(f, v, slow);
    place after = put_text(f, pc, v, slow);
    begin_sum(f, i->a);
    set(f, f->to, get(after));
    begin(f, done);
}

static void lower_sum_text(func *f, uint32_t pc)
{
    block done = new_block(f), slow = slow_path(f, pc, done);
    require_kind(f, f->unit->code[pc].a, BURIN_MISSING, slow);
    lower_text(f, pc);
    begin(f, done);
}

typedef struct part {
    uint32_t pc;
    block    done;
} part;

static bool put_member(func *f, void *user, const wire_member *m, place at, block slow)
{
    const part *p = user;
    if (m->form != BURIN_FORM_TEXT)
        return false;
    set(f, f->to, get(put_bytes(f, p->pc, member_text(f, m, at, slow), slow)));
    go(f, p->done);
    return true;
}

/* Print a register or an attribute; f->to moves on. */
static void put_part(func *f, uint32_t pc, block slow)
{
    const ir_insn *i = &f->unit->code[pc];
    part           p = {pc, new_block(f)};
    place          v = i->op == OP_SUM_ATTR ? attribute_or_member(f, i->b, i->d, NULL, slow, put_member, &p) : as_local(f, T_PTR, register_address(f, i->b));
    require_plain_text(f, v, slow);
    set(f, f->to, get(put_text(f, pc, v, slow)));
    begin(f, p.done);
}

static void lower_sum_part(func *f, uint32_t pc)
{
    block done = new_block(f), slow = slow_path(f, pc, done);
    require_kind(f, f->unit->code[pc].a, BURIN_MISSING, slow);
    put_part(f, pc, slow);
    begin(f, done);
}

static void lower_sum_end(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          done = new_block(f), slow = slow_path(f, pc, done), last = new_block(f);
    require_kind(f, i->b, BURIN_MISSING, slow);
    place open = as_local(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, load_field(f, FIELD_vm_captures, machine(f)), num(f, T_U, 1)));
    store_field(f, FIELD_vm_captures, machine(f), get(open));
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(open), num(f, T_U, 0)), last, done);
    f->block = last;
    store_field(f, FIELD_rt_out_flush, output(f), load_field(f, FIELD_vm_held_flush, machine(f)));
    begin(f, done);
}

/* ---- as a whole ---- */

/* The instruction that ends the sum begun at pc, if nothing but its parts comes between, all of one run; 0 when not. */
static uint32_t end_of_sum(const func *f, uint32_t pc)
{
    const ir_insn *code = f->unit->code;
    for (uint32_t n = pc + 1; n < f->run_end; n++) {
        if (code[n].op == OP_SUM_END && code[n].b == code[pc].a)
            return n;
        if ((code[n].op != OP_SUM_TEXT && code[n].op != OP_SUM_ADD && code[n].op != OP_SUM_ATTR) || code[n].a != code[pc].a)
            return 0;
    }
    return 0;
}

static void write_part(func *f, uint32_t pc, block slow)
{
    ir_op op = f->unit->code[pc].op;
    if (op == OP_SUM_BEGIN || op == OP_SUM_TEXT)
        lower_text(f, pc);
    else
        put_part(f, pc, slow);
}

static void write_whole(func *f, uint32_t pc, uint32_t end)
{
    block done = new_block(f), slow = slow_path_of_many(f, pc, end + 1 - pc, done), back = new_block(f);
    place from = as_local(f, T_PTR, get(f->to));
    for (uint32_t n = pc; n < end; n++)
        write_part(f, n, back);
    go(f, done);
    f->block = back;
    set(f, f->to, get(from));
    go(f, slow);
    f->block = done;
    f->next  = end + 1;
}

static void lower_begin(func *f, uint32_t pc)
{
    uint32_t end = end_of_sum(f, pc);
    if (end)
        write_whole(f, pc, end);
    else if (f->unit->code[pc].op == OP_SUM_BEGIN)
        lower_sum_begin(f, pc);
    else
        lower_sum_begin_value(f, pc);
}

const lowering sum_lowerings[OP_COUNT] = {
    [OP_SUM_BEGIN]       = lower_begin,
    [OP_SUM_BEGIN_VALUE] = lower_begin,
    [OP_SUM_TEXT]        = lower_sum_text,
    [OP_SUM_ADD]         = lower_sum_part,
    [OP_SUM_ATTR]        = lower_sum_part,
    [OP_SUM_END]         = lower_sum_end,
};
