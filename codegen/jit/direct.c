/* The runtime's side of direct calls: see direct.h. vm.direct holds, of the calls that run, the depth that `left` is counted down from, and
 * below it the depth of the frame they were entered from. */
#include "codegen/jit/direct.h"

#include "codegen/vm/script.h"

enum {
    DIRECT_MAX     = 800, /* in one another ... */
    DIRECT_NATIVES = 100, /* ... which take as much of the C stack as so many native functions */
};

uint32_t api_direct_begin(vm_frame *f)
{
    vm      *m    = f->m;
    uint32_t room = m->st.depth_max - m->st.depth, left = room < DIRECT_MAX ? room : DIRECT_MAX;
    if (m->st.depth >= m->st.depth_max || m->natives + DIRECT_NATIVES > VM_NATIVES_MAX)
        return 0;
    m->natives += DIRECT_NATIVES;
    m->direct = (uint64_t)(m->st.depth + left) << 32 | m->st.depth;
    return left;
}

void api_direct_end(vm_frame *f, uint64_t before)
{
    f->m->natives -= DIRECT_NATIVES;
    f->m->direct = before;
}

static const vm_function *function_of(const void *object) { return ((const rt_object_value *)object)->self; }

burin_value *api_direct_frame(vm *m, const void *function, uint32_t left)
{
    m->st.depth = (uint32_t)(m->direct >> 32) - left - 1;
    vm_frame *f = vm_push_frame(m, function_of(function));
    if (f)
        return f->regs;
    m->st.depth = (uint32_t)m->direct;
    return NULL;
}

int64_t api_direct_go_on(vm *m, uint32_t pc)
{
    vm_frame    *f       = m->frame;
    bool         outside = false;
    burin_status status  = m->st.tick ? BURIN_OK : vm_tick(m);
    f->pc                = pc;
    if (!status)
        status = vm_run_stretch(f, pc, 0, f->unit->code_len, &outside);
    burin_value result = f->result;
    if (status)
        vm_locate(f);
    vm_leave(f);
    m->st.depth = (uint32_t)m->direct;
    if (status) {
        m->direct_head = DIRECT_FAILED;
        return status;
    }
    memcpy(&m->direct_head, &result, sizeof m->direct_head);
    return result.as.i;
}

int64_t api_direct_failed(vm *m, const void *function, uint32_t pc, int32_t status)
{
    const vm_function *fn = function_of(function);
    vm_frame           f  = {.m = m, .tpl = fn->tpl, .program = fn->program, .unit = fn->unit, .pc = pc};
    vm_locate(&f);
    m->direct_head = DIRECT_FAILED;
    return status;
}
