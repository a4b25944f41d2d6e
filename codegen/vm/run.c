/* The interpreter's loop: direct-threaded dispatch over the unit's instructions, whose meaning is in ops.h and jumps.h.
 *
 * A failure leaves at once: the frame notes its place. */
#include "codegen/vm/jumps.h"

#define CASE(NAME) op_label_##NAME
#define GO() goto *labels[i->op]
#define ADVANCE() do { i++; GO(); } while (0)
#define JUMP_TO(pc) do { i = code + (pc); GO(); } while (0)

burin_status vm_run(vm_frame *f)
{
    static const void *const labels[] = {
#define OP(NAME, name, operands, meaning) &&op_label_##NAME,
#include "codegen/ir/ops.def"
#undef OP
    };
    const ir_insn *code = f->unit->code, *i = code;
    burin_value   *regs = f->regs;
    burin_status   status;

    status = count_step(f->m);
    if (BURIN_UNLIKELY(status))
        goto failed;
    GO();

#define OP(NAME, name, operands, meaning)        \
    CASE(NAME) : status = op_##name(f, regs, i); \
    if (BURIN_UNLIKELY(status))                  \
        goto failed;                             \
    ADVANCE();
#define JUMPING(NAME, name, operands, meaning)                    \
    CASE(NAME) : if (op_##name(f, regs, i, &status)) JUMP_TO(i->d); \
    if (BURIN_UNLIKELY(status))                                   \
        goto failed;                                              \
    ADVANCE();
#define LEAVING(NAME, name, operands, meaning) \
    CASE(NAME) : status = op_##name(f, regs, i); \
    if (BURIN_UNLIKELY(status))                  \
        goto failed;                             \
    return BURIN_OK;
#include "codegen/ir/ops.def"
#undef OP

failed:
    f->pc = (uint32_t)(i - code);
    vm_locate(f);
    return status;
}
