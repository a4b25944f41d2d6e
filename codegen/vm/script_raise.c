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
    rt_state         *st  = &f->m->st;
    const ir_handler *row = catching(f->unit, pc);
    burin_value       caught;
    if (!row || !rt_exception_pending(st) || rt_exception_take(st, &caught))
        return NULL;
    rt_exception_set_context(caught, vm_handled(f, pc));
    f->regs[row->reg]     = caught;
    f->regs[row->reg + 1] = burin_int(f->m->origin ? (int64_t)f->m->origin - 1 : (int64_t)pc);
    f->m->origin          = 0;
    vm_forget_error(f->m);
    return row;
}

burin_status vm_throw(vm_frame *f, burin_value what, burin_value cause, uint32_t pc)
{
    burin_value handled = vm_handled(f, pc);
    if (what.kind != BURIN_MISSING)
        return rt_exception_raise(&f->m->st, what, cause, handled);
    if (handled.kind == BURIN_MISSING)
        return rt_fail(&f->m->st, BURIN_ERR_GENERATOR, "No active exception to reraise");
    return rt_exception_raise(&f->m->st, handled, cause, rt_missing());
}

burin_status vm_reraise(vm_frame *f, const burin_value *caught)
{
    burin_status status = rt_exception_raise(&f->m->st, caught[0], rt_missing(), rt_missing());
    f->m->origin        = (uint32_t)caught[1].as.i + 1;
    return status;
}

burin_status vm_unbound(rt_state *st, unsigned kind, burin_text name)
{
    if (kind == 0)
        return rt_fail(st, BURIN_ERR_UNBOUND, "cannot access local variable '%.*s' where it is not associated with a value", (int)name.len, name.data);
    if (kind == 1)
        return rt_fail(st, BURIN_ERR_NAME, "cannot access free variable '%.*s' where it is not associated with a value in enclosing scope",
                       (int)name.len, name.data);
    return rt_fail(st, BURIN_ERR_NAME, "name '%.*s' is not defined", (int)name.len, name.data);
}
