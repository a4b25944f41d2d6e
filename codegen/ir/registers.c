/* What instructions read and write, from the table of operands and what is in the tables beside them. */
#include "codegen/ir/registers.h"

uint32_t ir_written(const ir_insn *i)
{
    switch (i->op) {
    case OP_UNPACK: case OP_NEXT_UNPACK: return i->c;
    case OP_UNPACK_STAR: return i->c + 1 + i->d;
    case OP_EACH: return IR_ITERATOR_REGISTERS;
    default: return 1;
    }
}

static void row(ir_each_register call, void *user, uint32_t first, uint32_t count, const ir_unit *unit)
{
    for (uint32_t n = 0; n < count && first + n < unit->registers; n++)
        call(user, first + n);
}

static uint32_t arguments(const ir_call *call) { return (uint32_t)call->positional + call->named + call->rest + call->expand; }

/* How many registers from its first on a row has; UINT32_MAX: who knows. */
static uint32_t row_length(const ir_program *p, const ir_insn *i)
{
    switch (i->op) {
    case OP_LIST: case OP_TUPLE: case OP_SET_NEW: case OP_CONCAT: return i->c;
    case OP_DICT: return 2u * i->c;
    case OP_SLICE: case OP_SLICE_NEW: return 3;
    case OP_INVOKE: case OP_INVOKE_METHOD: return i->d < p->call_count ? arguments(&p->calls[i->d]) : UINT32_MAX;
    case OP_FUNCTION:
        if (i->d >= p->function_count)
            return UINT32_MAX;
        return (uint32_t)p->functions[i->d].defaults + p->functions[i->d].keyword_defaults + p->functions[i->d].cells;
    default: return UINT32_MAX;
    }
}

void ir_reads(const ir_program *p, const ir_unit *unit, uint32_t pc, ir_each_register call, void *user)
{
    const ir_insn *i          = &unit->code[pc];
    const char    *spec       = ir_op_operands(i->op);
    const uint32_t operands[] = {i->a, i->b, i->c, i->d};
    for (int n = 0; n < 4; n++) {
        if (spec[n] == 'r' || spec[n] == 'x')
            row(call, user, operands[n], i->op == OP_EACH_NEXT ? IR_ITERATOR_REGISTERS : 1, unit);
        if (spec[n] == 'f')
            row(call, user, operands[n], row_length(p, i), unit);
    }
    if (i->op == OP_INVOKE_METHOD && i->c) /* what a FIND_METHOD found */
        call(user, i->c - 1u);
}

void ir_writes(const ir_unit *unit, uint32_t pc, ir_each_register call, void *user)
{
    const ir_insn *i    = &unit->code[pc];
    const char    *spec = ir_op_operands(i->op);
    if (spec[0] == 'w' || spec[0] == 'x')
        row(call, user, i->a, spec[0] == 'w' && spec[1] != 'w' ? ir_written(i) : 1, unit);
    if (spec[1] == 'w')
        row(call, user, i->b, ir_written(i), unit);
}
