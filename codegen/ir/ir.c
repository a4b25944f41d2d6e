/* What is asked of a program: names of instructions, places, blocks; the verifier. */
#include "codegen/ir/ir.h"

#include "runtime/base/serial.h"
#include "runtime/base/text.h"

static const char *const op_names[] = {
#define OP(NAME, name, operands, meaning) #name,
#include "codegen/ir/ops.def"
#undef OP
};
const char *const ir_operands[OP_COUNT] = {
#define OP(NAME, name, operands, meaning) operands,
#include "codegen/ir/ops.def"
#undef OP
};

const char *ir_op_name(ir_op op) { return op < OP_COUNT ? op_names[op] : "?"; }

const ir_unit *ir_find_block(const ir_program *program, burin_text name)
{
    for (uint32_t i = 0; i < program->block_count; i++) {
        const ir_unit *unit = program->units[program->blocks[i]];
        if (text_equal(unit->name, name))
            return unit;
    }
    return NULL;
}

const ir_place *ir_place_of(const ir_unit *unit, uint32_t pc)
{
    uint32_t low = 0, high = unit->place_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (unit->places[middle].pc <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &unit->places[low - 1] : unit->place_count ? &unit->places[0] : NULL;
}

static bool operand_fits(const ir_program *p, const ir_unit *u, char spec, uint32_t value)
{
    switch (spec) {
    case 'w': case 'r': case 'x': return value < u->registers;
    case 'f': return value <= u->registers; /* an empty row may stand at the end */
    case 'k': return value < p->constant_count;
    case 's': return value < p->site_count;
    case 'j': return value < u->code_len;
    default: return true;
    }
}

/* Some instructions have several constants, in a row: are they all there? */
static bool constants_fit(const ir_program *p, const ir_insn *i)
{
    uint32_t more = i->op == OP_SUM_TEXT && i->c > 1 ? i->c : i->op == OP_PRINT_EACH ? 2 : i->op == OP_IMPORT_NAME ? 1 : 0;
    return !more || (i->d < p->constant_count && more < p->constant_count - i->d);
}

bool ir_verify(const ir_program *program, const ir_unit *unit)
{
    for (uint32_t pc = 0; pc < unit->code_len; pc++) {
        const ir_insn *i    = &unit->code[pc];
        const char    *spec = ir_op_operands(i->op);
        if (i->op >= OP_COUNT || !operand_fits(program, unit, spec[0], i->a) || !operand_fits(program, unit, spec[1], i->b) ||
            !operand_fits(program, unit, spec[2], i->c) || !operand_fits(program, unit, spec[3], i->d) ||
            !constants_fit(program, i))
            return false;
    }
    return unit->code_len && unit->code[unit->code_len - 1].op == OP_END && unit->parameters <= unit->registers;
}

uint64_t ir_serial(const ir_program *program)
{
    uint64_t serial = serial_begin(program);
    for (uint32_t n = 0; n < program->site_count; n++)
        serial = serial_with(serial, program->sites[n].hash);
    return serial;
}
