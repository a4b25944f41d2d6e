/* The interpreter: direct-threaded dispatch over a unit's instructions, whose meaning is in ops.h and jumps.h.
 *
 * A failure leaves at once: the frame notes its place. Functions of scripts run in the same loop as what calls them; a failure goes to
 * the innermost of their handlers that covers its place. A loop of a script whose unit has been compiled meanwhile goes on natively, the next time
 * that limits are looked at. */
#include "codegen/jit/native.h"
#include "codegen/vm/jumps.h"
#include "codegen/vm/script_ops.h"

/* do_<name>: whether place d is next; after a failure *status says what. */
#define OP(NAME, name, operands, meaning)                                                                                                     \
    static inline __attribute__((always_inline)) bool do_##name(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status) \
    {                                                                                                                                         \
        *status = op_##name(f, regs, i);                                                                                                      \
        return false;                                                                                                                         \
    }
#define JUMPING(NAME, name, operands, meaning)                                                                                                \
    static inline __attribute__((always_inline)) bool do_##name(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status) \
    {                                                                                                                                         \
        return op_##name(f, regs, i, status);                                                                                                 \
    }
#define CALLING(NAME, name, operands, meaning)
#include "codegen/ir/ops.def"
#undef OP

/* Is the frame's unit run natively? */
static inline bool is_native(const vm_frame *f)
{
    return BURIN_UNLIKELY(atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_relaxed) != NULL) && f->m->natives < VM_NATIVES_MAX;
}

/* The unit's native function, entered at f->pc. */
static __attribute__((noinline)) burin_status enter_native(vm_frame *f)
{
    native_function run = atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_acquire);
    f->m->natives++;
    burin_status status = (burin_status)run(f, f->regs, &native_table);
    f->m->natives--;
    return status;
}

burin_status vm_run(vm_frame *f)
{
    const ir_insn *i = f->unit->code + f->pc;
    if (BURIN_UNLIKELY(count_step(f->m))) {
        vm_locate(f);
        return f->m->st.status;
    }
#define BOUNDED 0
#include "codegen/vm/run_loop.inc"
#undef BOUNDED
}

/* The failure's place is noted by whoever runs the unit. */
burin_status vm_run_stretch(vm_frame *f, uint32_t pc, uint32_t from, uint32_t until, bool *outside)
{
    const ir_insn *i = f->unit->code + pc, *const low = f->unit->code + from, *const high = f->unit->code + until;
#define BOUNDED 1
#include "codegen/vm/run_loop.inc"
#undef BOUNDED
}
