/* Running a unit: natively, when it has been compiled, else in the interpreter. */
#ifndef BURIN_CODEGEN_UNIT_H
#define BURIN_CODEGEN_UNIT_H

#include "codegen/vm/machine.h"

/* Run the frame's unit as vm_run does, natively when there is a function for it. */
burin_status vm_run_native(vm_frame *f, native_function run);
static inline burin_status vm_run_unit(vm_frame *f)
{
    native_function run = atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_acquire);
    return BURIN_LIKELY(!run) ? vm_run(f) : vm_run_native(f, run);
}

#endif
