/* The interpreter's loop: direct-threaded dispatch over the unit's instructions, whose meaning is in ops.h and jumps.h.
 *
 * A failure leaves at once: the frame notes its place. Functions of scripts run in the same loop as what calls them; a failure goes to
 * the innermost of their handlers that covers its place. */
#include "codegen/vm/jumps.h"
#include "codegen/vm/script_ops.h"

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
    vm_frame      *base = f;
    const ir_insn *code = f->unit->code, *i = code + f->pc;
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
    if (f == base)                               \
        return BURIN_OK;                         \
    goto left;
#define CALLING(NAME, name, operands, meaning)                 \
    CASE(NAME) : {                                             \
        vm_frame *callee = enter_##name(f, regs, i, &status);  \
        if (BURIN_UNLIKELY(status))                            \
            goto failed;                                       \
        if (!callee)                                           \
            ADVANCE();                                         \
        f    = callee;                                         \
        code = i = f->unit->code;                              \
        regs     = f->regs;                                    \
        status   = count_step(f->m);                           \
        if (BURIN_UNLIKELY(status))                            \
            goto failed;                                       \
        GO();                                                  \
    }
#include "codegen/ir/ops.def"
#undef OP

left: {
    burin_value result = f->result;
    f          = vm_leave(f);
    code       = f->unit->code;
    regs       = f->regs;
    i          = code + f->pc;
    regs[i->a] = result;
    ADVANCE();
}
failed:
    for (;;) {
        uint32_t          pc      = (uint32_t)(i - code);
        const ir_handler *handler = f->unit->handler_count ? vm_catch(f, pc) : NULL;
        if (handler) {
            i = code + handler->target;
            GO();
        }
        f->pc  = pc;
        status = f->m->st.status;
        vm_locate(f);
        if (f == base)
            return status;
        f    = vm_leave(f);
        code = f->unit->code;
        regs = f->regs;
        i    = code + f->pc;
    }
}
