/* The table through which generated code reaches the runtime. The bodies are those of the interpreter. */
#include "codegen/jit/native.h"

#include "codegen/vm/jumps.h"

static int32_t noted(vm_frame *f, const ir_insn *i, burin_status status)
{
    if (BURIN_UNLIKELY(status))
        f->pc = (uint32_t)(i - f->unit->code);
    return (int32_t)status;
}

#define OP(NAME, name, operands, meaning) \
    static int32_t body_##name(vm_frame *f, burin_value *regs, const ir_insn *i) { return noted(f, i, op_##name(f, regs, i)); }
#define JUMPING(NAME, name, operands, meaning)                                  \
    static int32_t body_##name(vm_frame *f, burin_value *regs, const ir_insn *i) \
    {                                                                           \
        burin_status status = BURIN_OK;                                         \
        return op_##name(f, regs, i, &status) ? NATIVE_TAKEN : noted(f, i, status); \
    }
#include "codegen/ir/ops.def"
#undef OP

static int32_t api_tick(vm_frame *f, uint32_t pc)
{
    f->pc = pc;
    return (int32_t)vm_tick(f->m);
}

const native_api native_table = {
    .ops = {
#define OP(NAME, name, operands, meaning) [OP_##NAME] = body_##name,
#include "codegen/ir/ops.def"
#undef OP
    },
#define API(name, result, parameters, meaning) .name = api_##name,
#include "codegen/jit/api.def"
#undef API
};
