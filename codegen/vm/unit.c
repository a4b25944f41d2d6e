/* Running a unit: natively when it has been compiled, else in the interpreter. */
#include "codegen/jit/native.h"

burin_status vm_run_unit(vm_frame *f)
{
    vm             *m   = f->m;
    native_function run = atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_acquire);
    if (!run || BURIN_UNLIKELY(m->natives == VM_NATIVES_MAX))
        return vm_run(f);
    m->natives++;
    burin_status status = (burin_status)run(f, f->regs, &native_table);
    m->natives--;
    if (BURIN_UNLIKELY(status))
        vm_locate(f);
    return status;
}
