/* Running a unit natively, when it has been compiled. */
#include "codegen/jit/native.h"
#include "codegen/vm/unit.h"

burin_status vm_run_native(vm_frame *f, native_function run)
{
    vm *m = f->m;
    if (BURIN_UNLIKELY(m->natives == VM_NATIVES_MAX))
        return vm_run(f);
    m->natives++;
    burin_status status = (burin_status)run(f, f->regs, &native_table);
    m->natives--;
    if (BURIN_UNLIKELY(status))
        vm_locate(f);
    return status;
}
