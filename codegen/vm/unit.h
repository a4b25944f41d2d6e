/* Running a unit: natively, when it has been compiled, else in the interpreter. */
#ifndef BURIN_CODEGEN_UNIT_H
#define BURIN_CODEGEN_UNIT_H

#include "codegen/jit/native.h"
#include "codegen/vm/machine.h"

/* Run the frame's unit as vm_run does, natively when there is a function for it. */
static inline burin_status vm_run_unit(vm_frame *f)
{
    native_function run = atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_acquire);
    vm             *m   = f->m;
    if (!run || BURIN_UNLIKELY(m->natives == VM_NATIVES_MAX))
        return vm_run(f);
    m->natives++;
    burin_status status = (burin_status)run(f, f->regs, &native_table);
    m->natives--;
    if (BURIN_UNLIKELY(status))
        vm_locate(f);
    return status;
}

#endif
