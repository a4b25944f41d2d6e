/* Exceptions of scripts: raising, and finding who handles. */
#include "codegen/vm/script.h"
#include "runtime/exception.h"

static burin_value handled_in(const vm_frame *f, uint32_t pc)
{
    for (uint32_t n = 0; n < f->unit->handler_count; n++) {
        const ir_handler *row = &f->unit->handlers[n];
        if (!row->catches && row->start <= pc && pc < row->end && f->regs[row->reg].kind != BURIN_MISSING)
            return f->regs[row->reg];
    }
    return rt_missing();
}

burin_value vm_handled(const vm_frame *f, uint32_t pc)
{
    for (; f; f = f->caller) {
        burin_value handled = handled_in(f, pc);
        if (handled.kind != BURIN_MISSING)
            return handled;
        pc = f->caller ? f->caller->pc : 0;
    }
    return rt_missing();
}

static const ir_handler *catching(const ir_unit *unit, uint32_t pc)
{
    for (uint32_t n = 0; n < unit->handler_count; n++) {
        const ir_handler *row = &unit->handlers[n];
        if (row->catches && row->start <= pc && pc < row->end)
            return row;
    }
    return NULL;
}

const ir_handler *vm_catch(vm_frame *f, uint32_t pc)
{
    vm               *m   = f->m;
    const ir_handler *row = catching(f->unit, pc);
    burin_value       caught;
    if (!row || !rt_exception_pending(&m->st) || rt_exception_take(&m->st, &caught))
        return NULL;
    f->pc = pc;
    vm_locate(f);
    rt_exception_set_trace(caught, vm_trace_take(m));
    rt_exception_set_context(caught, vm_handled(f, pc));
    f->regs[row->reg] = caught;
    vm_forget_error(m);
    return row;
}

burin_status vm_reraise(vm_frame *f, burin_value caught)
{
    burin_status status = rt_exception_raise(&f->m->st, caught, rt_missing(), rt_missing());
    if (rt_exception_of(f->m->st.error_value)) {
        vm_trace_restore(f->m, rt_exception_of(caught)->trace);
        f->m->is_again = true;
    }
    return status;
}

burin_status vm_throw(vm_frame *f, burin_value what, burin_value cause, uint32_t pc)
{
    rt_state    *st      = &f->m->st;
    burin_value  handled = vm_handled(f, pc);
    if (what.kind == BURIN_MISSING && handled.kind == BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_GENERATOR, "No active exception to reraise");
    if (what.kind == BURIN_MISSING)
        return vm_reraise(f, handled);
    burin_status status = rt_exception_raise(st, what, cause, handled);
    if (rt_exception_of(st->error_value))
        vm_trace_restore(f->m, rt_exception_of(st->error_value)->trace);
    return status;
}

enum { NAME_SAID = 200 }; /* bytes of a name in a message, as in CPython */

burin_status vm_unbound(rt_state *st, unsigned kind, burin_text name)
{
    if (kind == 0)
        return rt_fail(st, BURIN_ERR_UNBOUND, "cannot access local variable '%.*s' where it is not associated with a value", (int)name.len, name.data);
    if (kind == 1)
        return rt_fail(st, BURIN_ERR_NAME, "cannot access free variable '%.*s' where it is not associated with a value in enclosing scope",
                       (int)name.len, name.data);
    int said = name.len < NAME_SAID ? (int)name.len : NAME_SAID;
    return rt_fail(st, BURIN_ERR_NAME, "name '%.*s' is not defined", said, name.data);
}
