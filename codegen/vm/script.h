/* Running scripts: functions, cells, generators, handlers. Shared by the script_*.c of this room and its instructions.
 *
 * A function called by a script runs in the loop of its caller: its frame, with the registers behind it, lies on the machine's
 * stack. One called by the runtime (sorted's key, a generator's next) runs in a loop of its own. Both count as depth.
 * A cell is a value in the heap, reached through a register of kind MISSING. */
#ifndef BURIN_CODEGEN_VM_SCRIPT_H
#define BURIN_CODEGEN_VM_SCRIPT_H

#include "codegen/vm/machine.h"

typedef struct vm_function {
    const ir_function *row;
    const ir_unit     *unit;
    const ir_program  *program;
    const vm_template *tpl;
    vm_context        *context;
    vm_cache          *caches;
    const burin_value *constants;
    const burin_value *defaults; /* by position, then by keyword, then the cells */
    uint32_t           taken;    /* by position, by a plain function; VM_BINDS: arguments need vm_bind */
    bool               procedure; /* prints as one of asteval */
} vm_function;

enum { VM_BINDS = UINT16_MAX + 1 }; /* more than a call passes */

extern const rt_class vm_function_class;

/* The function of a script that a value is; NULL for every other. */
static inline vm_function *vm_function_of(burin_value v)
{
    if (v.kind != BURIN_OBJECT)
        return NULL;
    const rt_object_value *object = v.as.p;
    return object->cls == &vm_function_class.base ? object->self : NULL;
}

/* ---- cells ---- */

static inline burin_value *vm_cell_of(burin_value v) { return v.as.p; }
burin_status vm_cell_new(rt_state *st, burin_value holds, burin_value *out);

/* ---- script_call.c ---- */

enum { FRAME_REGISTERS = (sizeof(vm_frame) + sizeof(burin_value) - 1) / sizeof(burin_value) };

burin_status vm_function_new(vm_frame *f, const ir_function *row, const burin_value *taken, burin_value *out);
/* A frame for the function on the machine's stack, with its cells, the rest of its variables missing; its parameters are the
 * caller's to fill in. NULL after a failure. */
static BURIN_INLINE vm_frame *vm_frame_on(vm *m, const vm_function *fn)
{
    const ir_unit     *unit = fn->unit;
    const ir_function *row  = fn->row;
    burin_value       *room;
    if (BURIN_UNLIKELY(rt_enter_fast(&m->st)))
        return NULL;
    if (BURIN_UNLIKELY(!(room = vm_push_registers(m, FRAME_REGISTERS + unit->registers)))) {
        rt_leave(&m->st);
        rt_fail(&m->st, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    vm_frame          *f         = (vm_frame *)(void *)room;
    burin_value       *regs      = room + FRAME_REGISTERS;
    const ir_program  *program   = fn->program;
    const vm_template *tpl       = fn->tpl;
    vm_context        *context   = fn->context;
    vm_cache          *caches    = fn->caches;
    const burin_value *constants = fn->constants;
    f->m         = m;
    f->unit      = unit;
    f->program   = program;
    f->tpl       = tpl;
    f->context   = context;
    f->caches    = caches;
    f->constants = constants;
    f->regs      = regs;
    f->out       = m->out;
    f->caller    = m->frame;
    f->outer     = NULL;
    f->parent    = NULL;
    f->pc        = 0;
    f->globals   = m->globals.values;
    m->frame     = f;
    for (uint32_t n = unit->parameters; n < unit->variables; n++)
        regs[n] = rt_missing();
    if (BURIN_UNLIKELY(row->cells))
        memcpy(&regs[row->first_cell], fn->defaults + row->defaults + row->keyword_defaults, row->cells * sizeof *regs);
    return f;
}
/* The same, where calls are few: not inlined. */
vm_frame *vm_push_frame(vm *m, const vm_function *fn);
/* Take the frame off; gives the one that was running before. */
static BURIN_INLINE vm_frame *vm_leave(vm_frame *f)
{
    vm       *m      = f->m;
    vm_frame *caller = f->caller;
    m->frame         = caller;
    rt_leave(&m->st);
    vm_pop_registers(m, FRAME_REGISTERS + f->unit->registers);
    return caller;
}
/* Call any value. A function's frame is given back, to be run; everything else is called: NULL, with its result in *out. */
vm_frame *vm_invoke(vm_frame *f, burin_value callee, const ir_call *call, const burin_value *regs, burin_value *out, burin_status *status);
/* Where a dict has the site's name, mostly where it was in the last dict; NULL: nowhere. */
const burin_value *vm_find_named(vm_cache *cache, const ir_site *site, const rt_dict *dict);
static inline const burin_value *vm_named_in(vm_cache *cache, const ir_site *site, const rt_dict *dict)
{
    uint32_t slot = cache->slot;
    return BURIN_LIKELY(rt_keys_has(dict->keys, slot, site->name, site->hash)) ? &dict->values[slot] : vm_find_named(cache, site, dict);
}
/* The attribute of the site's name that a method call calls: a value, or MISSING with the method of the object's type. */
burin_status vm_find_method(vm_frame *f, burin_value object, uint32_t site, burin_value *out);
vm_frame *vm_invoke_method(vm_frame *f, burin_value object, const ir_call *call, const burin_value *regs, burin_value *out, burin_status *status);
/* Run a frame from vm_invoke to its end. */
burin_status vm_finish(vm_frame *f, burin_value *out);

/* ---- script_repr.c ---- */

/* repr of the vm_function `self`. */
burin_status vm_function_repr(burin_call *call, void *self, burin_value *out);

/* ---- script_bind.c ---- */

/* Lay the arguments out as parameters, in regs. TypeErrors as CPython words them. */
burin_status vm_bind(rt_state *st, const vm_function *fn, const rt_arguments *args, burin_value *regs);

/* ---- script_generator.c ---- */

burin_status vm_generator_make(vm *m, const vm_function *fn, const burin_value *over, burin_value *out);

/* ---- script_raise.c ---- */

/* The handler for the pending error at that place, its registers filled; NULL when the frame has none, or nobody may catch it. */
const ir_handler *vm_catch(vm_frame *f, uint32_t pc);
/* The exception that is being handled there, MISSING when none is. */
burin_value  vm_handled(const vm_frame *f, uint32_t pc);
burin_status vm_throw(vm_frame *f, burin_value what, burin_value cause, uint32_t pc);
burin_status vm_reraise(vm_frame *f, burin_value caught);
/* The error of a name that is not set: kind as in the instruction BOUND. */
burin_status vm_unbound(rt_state *st, unsigned kind, burin_text name);

/* ---- script_values.c: longer instructions ---- */

burin_status vm_format(rt_state *st, burin_value v, burin_value spec, unsigned conversion, burin_value *out);
burin_status vm_unpack_star(rt_state *st, burin_value v, uint32_t before, uint32_t after, burin_value *to);
/* What a call calls: a function, or a method as FIND_METHOD gives it, and its object. */
typedef struct vm_called {
    burin_value function, object;
} vm_called;

burin_status vm_list_extend(rt_state *st, burin_value list, burin_value items);
burin_status vm_spread(rt_state *st, burin_value list, burin_value items, vm_called what);
burin_status vm_set_update(rt_state *st, burin_value set, burin_value items);
burin_status vm_dict_update(rt_state *st, burin_value dict, burin_value items);
burin_status vm_spread_named(rt_state *st, burin_value dict, burin_value items, vm_called what);
burin_status vm_set_new(rt_state *st, const burin_value *items, uint32_t count, burin_value *out);

#endif
