/* x // y and x % y of integers in regions, y above 0: the remainder has its sign, the quotient is rounded down. */
#include "jit/typed.h"

void typed_write_remainder(typed *t, uint32_t pc, bool is_mod)
{
    func              *f = t->f;
    const ir_insn     *i = &t->unit->code[pc];
    const burin_value *k = typed_constant(t, pc, i->c);
    expr               x = typed_number(t, i->b, pc, TYPED_INT), y = typed_number(t, i->c, pc, TYPED_INT);
    expr               by = k && k->kind == BURIN_INT ? num(f, T_L, k->as.i) : y;
    block              positive = new_block(f), negative = new_block(f), uneven = new_block(f), ready = new_block(f);
    place              result   = local(f, T_L, "r");
    enum gcc_jit_binary_op op   = is_mod ? GCC_JIT_BINARY_OP_MODULO : GCC_JIT_BINARY_OP_DIVIDE;
    require(f, compare(f, GCC_JIT_COMPARISON_GT, by, num(f, T_L, 0)), typed_leave(t, pc));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_GE, x, num(f, T_L, 0)), true), positive, negative);
    f->block = positive; /* no sign to be corrected, which those who wait for the result would wait for */
    set(f, result, binary(f, op, T_L, x, by));
    go(f, ready);
    f->block = negative;
    place r  = as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_MODULO, T_L, x, by));
    set(f, result, binary(f, op, T_L, x, by));
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(r), num(f, T_L, 0)), ready, uneven);
    f->block = uneven;
    set(f, result, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(result), is_mod ? by : num(f, T_L, -1)));
    begin(f, ready);
    typed_give_number(t, i->a, TYPED_INT, get(result));
}
