/* Functions of scripts: values, frames, calls. */
#include "codegen/vm/script.h"

#include "codegen/vm/script_ops.h"
#include "codegen/vm/unit.h"
#include "runtime/builtins/builtins.h"
#include "runtime/told.h"

/* ---- cells ---- */

burin_status vm_cell_new(rt_state *st, burin_value holds, burin_value *out)
{
    burin_value *cell = heap_alloc(&st->heap, sizeof *cell);
    if (!cell)
        return rt_fail_memory(st);
    *cell     = holds;
    *out      = rt_missing();
    out->as.p = cell;
    return BURIN_OK;
}

/* ---- function values ---- */

burin_status vm_function_new(vm_frame *f, const ir_function *row, const burin_value *taken, burin_value *out)
{
    rt_state    *st    = &f->m->st;
    uint32_t     count = (uint32_t)row->defaults + row->keyword_defaults + row->cells;
    vm_function *fn    = heap_alloc(&st->heap, sizeof *fn + count * sizeof *taken);
    if (!fn)
        return rt_fail_memory(st);
    burin_value *kept = (burin_value *)(void *)(fn + 1);
    if (count)
        memcpy(kept, taken, count * sizeof *kept);
    *fn = (vm_function){.row = row, .unit = f->program->units[row->unit], .program = f->program, .tpl = f->tpl, .context = f->context, .caches = f->caches,
                        .constants = f->constants, .defaults = kept, .taken = row->plain ? row->positional : VM_BINDS,
                        .procedure = f->m->procedures && !row->generator};
    return rt_object_new(st, &vm_function_class.base, fn, out);
}

/* ---- frames ---- */

vm_frame *vm_push_frame(vm *m, const vm_function *fn) { return vm_frame_on(m, fn); }

burin_status vm_finish(vm_frame *f, burin_value *out)
{
    burin_status status = vm_run_unit(f);
    burin_value  result = f->result;
    vm_leave(f);
    if (!status)
        *out = result;
    return status;
}

/* ---- calling ---- */

static vm_frame *call_function(vm *m, const vm_function *fn, const rt_arguments *args, burin_value *out, burin_status *status)
{
    if (fn->row->generator) {
        *status = vm_generator_make(m, fn, args->positional, out);
        return NULL;
    }
    vm_frame *f = vm_push_frame(m, fn);
    *status     = f ? vm_bind(&m->st, fn, args, f->regs) : m->st.status;
    if (f && *status) {
        vm_leave(f);
        return NULL;
    }
    return f;
}

vm_frame *vm_invoke(vm_frame *f, burin_value callee, const ir_call *call, const burin_value *regs, burin_value *out, burin_status *status)
{
    rt_state          *st = &f->m->st;
    const vm_function *fn = vm_function_of(callee);
    rt_arguments       args;
    if ((*status = vm_arguments(st, call, regs, &args)))
        return NULL;
    if (fn)
        return call_function(f->m, fn, &args, out, status);
    burin_value result = rt_missing();
    *status            = rt_call(st, callee, &args, &result);
    if (!*status)
        *out = result;
    return NULL;
}

burin_status vm_find_method(vm_frame *f, burin_value object, uint32_t number, burin_value *out)
{
    const ir_site     *site   = &f->program->sites[number];
    const rt_function *method = object.kind == BURIN_OBJECT ? NULL : rt_method_find_hashed(&f->m->st, object, site->name, site->hash);
    if (!method)
        return rt_load_attr(&f->m->st, object, site->name, out);
    *out = rt_pointer(BURIN_MISSING, method);
    if (!(method->flags & RT_MARKUP_ONLY)) {
        f->caches[number].word   = op_method_word(object);
        f->caches[number].method = method;
    }
    return BURIN_OK;
}

vm_frame *vm_invoke_method(vm_frame *f, burin_value object, const ir_call *call, const burin_value *regs, burin_value *out, burin_status *status)
{
    rt_state   *st     = &f->m->st;
    burin_value callee = regs[-1]; /* as FIND_METHOD has left it */
    if (callee.kind != BURIN_MISSING)
        return vm_invoke(f, callee, call, regs, out, status);
    const rt_function *method = callee.as.p;
    rt_arguments args;
    burin_value  result = rt_missing();
    *status             = vm_arguments(st, call, regs, &args);
    if (!*status)
        *status = rt_call_bound(st, method, object, &args, &result);
    if (!*status)
        *out = result;
    return NULL;
}

/* Called by the runtime. */
static burin_status call_from_runtime(rt_state *st, void *self, const rt_arguments *args, burin_value *out)
{
    vm          *m      = vm_of(st);
    const bool   told   = rt_told_of(st, self);
    burin_status status = BURIN_OK;
    vm_frame    *f      = call_function(m, self, args, out, &status);
    if (!f)
        return status;
    m->pinned += !told;
    status = vm_finish(f, out);
    m->pinned -= !told;
    return status;
}

static void function_reach(rt_collector *c, void *self)
{
    const vm_function *fn    = self;
    const uint32_t     count = (uint32_t)fn->row->defaults + fn->row->keyword_defaults + fn->row->cells;
    if (!rt_reach_bytes(c, fn, sizeof *fn + count * sizeof *fn->defaults))
        return;
    rt_reach_values(c, fn->defaults, count);
}

const rt_class vm_function_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "function", .repr = vm_function_repr},
    .call_arguments = call_from_runtime,
    .reach = function_reach,
};
