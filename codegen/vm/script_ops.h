/* The meaning of the instructions that only scripts have: like ops.h and jumps.h for the others. */
#ifndef BURIN_CODEGEN_SCRIPT_OPS_H
#define BURIN_CODEGEN_SCRIPT_OPS_H

#include "codegen/vm/jumps.h"
#include "codegen/vm/script.h"
#include "runtime/assign.h"
#include "runtime/env.h"
#include "runtime/exception.h"
#include "runtime/told.h"
#include "runtime/type.h"

#define OPERATION(name) static BURIN_INLINE burin_status op_##name(vm_frame *f, burin_value *regs, const ir_insn *i)
#define DECISION(name) \
    static BURIN_INLINE bool op_##name(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status)

/* ---- names ---- */

OPERATION(bound)
{
    return BURIN_LIKELY(regs[i->b].kind != BURIN_MISSING) ? BURIN_OK : vm_unbound(&f->m->st, i->c, op_constant_text(f, i->d));
}
OPERATION(global)
{
    const burin_value *v = &f->globals[i->b];
    if (BURIN_UNLIKELY(v->kind == BURIN_MISSING))
        return vm_unbound(&f->m->st, 2, op_constant_text(f, i->d));
    regs[i->a] = *v;
    return BURIN_OK;
}
OPERATION(global_or)
{
    burin_value v = f->globals[i->b];
    regs[i->a]    = v.kind == BURIN_MISSING ? f->constants[i->d] : v;
    return BURIN_OK;
}
OPERATION(set_global)
{
    f->globals[i->c] = regs[i->b];
    return BURIN_OK;
}
OPERATION(cell) { return vm_cell_new(&f->m->st, regs[i->a], &regs[i->a]); }
OPERATION(cell_get)
{
    burin_value v = *vm_cell_of(regs[i->b]);
    if (BURIN_UNLIKELY(v.kind == BURIN_MISSING))
        return vm_unbound(&f->m->st, i->c, op_constant_text(f, i->d));
    regs[i->a] = v;
    return BURIN_OK;
}
OPERATION(cell_set)
{
    (void)f;
    *vm_cell_of(regs[i->b]) = regs[i->c];
    return BURIN_OK;
}

/* ---- operators ---- */

OPERATION(binary) { return rt_binary_op(&f->m->st, (rt_binary)i->d, regs[i->b], regs[i->c], &regs[i->a]); }
OPERATION(inplace)
{
    burin_value x = regs[i->b], y = regs[i->c];
    int64_t     r;
    if (BURIN_LIKELY(x.kind == BURIN_INT && y.kind == BURIN_INT)) {
        if (i->d == RT_ADD ? !__builtin_add_overflow(x.as.i, y.as.i, &r) : i->d == RT_SUB && !__builtin_sub_overflow(x.as.i, y.as.i, &r)) {
            regs[i->a] = burin_int(r);
            return BURIN_OK;
        }
    }
    f->pc = (uint32_t)(i - f->unit->code);
    return rt_inplace_op(&f->m->st, (rt_binary)i->d, x, y, &regs[i->a]);
}
OPERATION(invert) { return rt_unary_op(&f->m->st, RT_INVERT, regs[i->b], &regs[i->a]); }
OPERATION(is)
{
    (void)f;
    regs[i->a] = burin_bool(rt_is(regs[i->b], regs[i->c]) != (i->d != 0));
    return BURIN_OK;
}
OPERATION(format) { return vm_format(&f->m->st, regs[i->b], regs[i->c], i->d, &regs[i->a]); }

/* ---- attributes, items, containers ---- */

OPERATION(load_attr) { return rt_load_attr(&f->m->st, regs[i->b], op_constant_text(f, i->d), &regs[i->a]); }
OPERATION(set_attr) { return rt_set_attr(&f->m->st, regs[i->b], op_constant_text(f, i->d), regs[i->c]); }
OPERATION(del_attr) { return rt_del_attr(&f->m->st, regs[i->b], op_constant_text(f, i->d)); }
OPERATION(load_item)
{
    burin_value object = regs[i->b], key = regs[i->c];
    if ((object.kind == BURIN_LIST || object.kind == BURIN_TUPLE) && key.kind == BURIN_INT) {
        const rt_list *list = rt_list_of(&f->m->st, object);
        int64_t        at   = key.as.i < 0 ? key.as.i + list->len : key.as.i;
        if (BURIN_LIKELY((uint64_t)at < list->len)) {
            regs[i->a] = list->items[at];
            return BURIN_OK;
        }
    }
    return rt_python_item(&f->m->st, object, key, &regs[i->a]);
}
/* An item by a name that is known. */
OPERATION(load_named)
{
    const ir_site     *site   = &f->program->sites[i->d];
    const burin_value *object = &regs[i->b], *found;
    if (BURIN_LIKELY(object->kind == BURIN_DICT) && BURIN_LIKELY((found = vm_named_in(&f->caches[i->d], site, rt_dict_of(&f->m->st, *object))) != NULL)) {
        regs[i->a] = *found;
        return BURIN_OK;
    }
    return rt_python_item(&f->m->st, *object, rt_string(site->name.data, site->name.len), &regs[i->a]);
}
OPERATION(set_item) { return rt_set_item(&f->m->st, regs[i->a], regs[i->b], regs[i->c]); }
OPERATION(del_item) { return rt_del_item(&f->m->st, regs[i->b], regs[i->c]); }
OPERATION(slice_new) { return rt_slice_new(&f->m->st, regs[i->c], regs[i->c + 1], regs[i->c + 2], &regs[i->a]); }
OPERATION(unpack_star)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_unpack_star(&f->m->st, regs[i->b], i->c, i->d, &regs[i->a]);
}
OPERATION(append) { return rt_list_push(&f->m->st, regs[i->a].as.p, regs[i->b]); }
OPERATION(extend)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_list_extend(&f->m->st, regs[i->a], regs[i->b]);
}
OPERATION(spread)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_spread(&f->m->st, regs[i->a], regs[i->b], (vm_called){regs[i->c], regs[i->d]});
}
OPERATION(to_tuple)
{
    const rt_list *list = rt_list_of(&f->m->st, regs[i->b]);
    return vm_row(&f->m->st, BURIN_TUPLE, list->items, list->len, &regs[i->a]);
}
OPERATION(set_new) { return vm_set_new(&f->m->st, &regs[i->b], i->c, &regs[i->a]); }
OPERATION(set_add) { return rt_dict_put(&f->m->st, regs[i->a].as.p, regs[i->b], burin_none()); }
OPERATION(set_update)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_set_update(&f->m->st, regs[i->a], regs[i->b]);
}
OPERATION(dict_put) { return rt_dict_put(&f->m->st, regs[i->a].as.p, regs[i->b], regs[i->c]); }
OPERATION(dict_update) { return vm_dict_update(&f->m->st, regs[i->a], regs[i->b]); }
OPERATION(spread_named) { return vm_spread_named(&f->m->st, regs[i->a], regs[i->b], (vm_called){regs[i->c], regs[i->d]}); }

/* ---- functions and calls ---- */

OPERATION(function) { return vm_function_new(f, &f->program->functions[i->d], &regs[i->b], &regs[i->a]); }

/* What a call of the value calls: a function itself, or what makes values of a type; NULL: something else, or nothing. */
static inline const rt_function *op_function_called(const rt_state *st, burin_value v)
{
    if (v.kind == BURIN_FUNCTION)
        return v.as.p;
    const rt_object_value *object = v.kind == BURIN_OBJECT ? v.as.p : NULL;
    if (!object || object->cls != &rt_type_class.base || !st->env->types)
        return NULL;
    uint8_t number = ((const rt_type *)object->self)->number;
    return number ? &st->env->types[number] : NULL;
}
/* A function of the runtime or the host, with arguments that lie side by side. */
static BURIN_INLINE burin_status op_call_function(vm_frame *f, const rt_function *function, const burin_value *args, uint32_t count, burin_value *out)
{
    rt_state    *st     = &f->m->st;
    burin_value  result = rt_missing();
    burin_status status;
    if (BURIN_LIKELY(rt_takes_positional(function, count))) {
        burin_call made = {.st = st, .function = function, .args = (burin_value *)(uintptr_t)args, .count = count, .autoescape = st->autoescape,
                           .direct = true};
        status          = rt_call_done(st, function->call(&made, &result));
    } else {
        status = rt_call_placed(st, function, args, count, true, &result);
    }
    if (BURIN_LIKELY(!status))
        rt_copy_words(out, &result);
    return status;
}
/* What a method's cache is known by: values of this kind have it, unless they are frozen. 0: whether the value has it is not known by its kind. */
static inline uint64_t op_method_word(burin_value object) { return object.kind == BURIN_OBJECT || rt_is_frozen(object) ? 0 : 1u + object.kind; }

/* The frame of a function that takes what it is called with; NULL after a failure. */
static BURIN_INLINE vm_frame *op_enter(vm_frame *f, const vm_function *fn, const burin_value *args, uint32_t count)
{
    vm_frame *callee = vm_frame_on(f->m, fn);
    if (BURIN_LIKELY(callee != NULL))
        for (burin_value *to = callee->regs; count--; to++, args++)
            rt_copy_words(to, args);
    return callee;
}
/* The frame that the call enters; NULL when it is done, or has failed. */
static BURIN_INLINE vm_frame *enter_invoke(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status)
{
    const ir_call     *call = &f->program->calls[i->d];
    const vm_function *fn   = vm_function_of(regs[i->b]);
    f->pc                   = (uint32_t)(i - f->unit->code);
    *status                 = BURIN_OK;
    if (BURIN_LIKELY(fn && call->positional == fn->taken && call->plain)) {
        vm_frame *callee = op_enter(f, fn, &regs[i->c], call->positional);
        if (BURIN_UNLIKELY(!callee))
            *status = f->m->st.status;
        return callee;
    }
    const rt_function *function = call->plain ? op_function_called(&f->m->st, regs[i->b]) : NULL;
    if (BURIN_LIKELY(function != NULL)) {
        *status = op_call_function(f, function, &regs[i->c], call->positional, &regs[i->a]);
        return NULL;
    }
    return vm_invoke(f, regs[i->b], call, &regs[i->c], &regs[i->a], status);
}
OPERATION(find_method)
{
    burin_value     object = regs[i->b];
    const vm_cache *cache  = &f->caches[i->d];
    f->pc                  = (uint32_t)(i - f->unit->code);
    if (BURIN_LIKELY(cache->word == op_method_word(object) && cache->word)) {
        regs[i->a] = rt_pointer(BURIN_MISSING, cache->method);
        return BURIN_OK;
    }
    return vm_find_method(f, object, i->d, &regs[i->a]);
}
static BURIN_INLINE vm_frame *enter_invoke_method(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status)
{
    const ir_call *call = &f->program->calls[i->d];
    f->pc               = (uint32_t)(i - f->unit->code);
    *status             = BURIN_OK;
    if (BURIN_LIKELY(call->plain && regs[i->c - 1].kind == BURIN_MISSING)) {
        const rt_function *method = regs[i->c - 1].as.p;
        if (BURIN_LIKELY(rt_takes_placed(method, call->positional + 1u))) {
            rt_copy_words(&regs[i->c - 1], &regs[i->b]); /* where FIND_METHOD has put it: the object is the first argument */
            *status        = op_call_function(f, method, &regs[i->c - 1], call->positional + 1u, &regs[i->a]);
            return NULL;
        }
    }
    return vm_invoke_method(f, regs[i->b], call, &regs[i->c], &regs[i->a], status);
}
OPERATION(invoke)
{
    burin_status status = BURIN_OK;
    vm_frame    *callee = enter_invoke(f, regs, i, &status);
    return callee ? vm_finish(callee, &regs[i->a]) : status;
}
OPERATION(invoke_method)
{
    burin_status status = BURIN_OK;
    vm_frame    *callee = enter_invoke_method(f, regs, i, &status);
    return callee ? vm_finish(callee, &regs[i->a]) : status;
}
OPERATION(yield)
{
    f->result = regs[i->b];
    f->pc     = (uint32_t)(i - f->unit->code) + 1;
    f->parked = true;
    return BURIN_OK;
}

/* ---- iteration ---- */

static inline rt_iter *op_walk(burin_value *reg)
{
    _Static_assert(sizeof(rt_iter) <= 3 * sizeof(burin_value), "an iterator fills three registers");
    return (rt_iter *)(void *)reg;
}
OPERATION(each)
{
    burin_value over = regs[i->b]; /* may be where the iterator goes */
    return rt_iter_init(&f->m->st, over, op_walk(&regs[i->a]));
}
OPERATION(iterator) { return rt_iterator_new(&f->m->st, regs[i->b], &regs[i->a]); }
/* A step; limits are looked at where f->pc says. */
static inline burin_status op_count_step(vm_frame *f, const ir_insn *i)
{
    if (BURIN_LIKELY(--f->m->st.tick))
        return BURIN_OK;
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_tick(f->m);
}
OPERATION(turn)
{
    (void)regs;
    return op_count_step(f, i);
}
DECISION(each_next)
{
    rt_iter *it = op_walk(&regs[i->a]);
    *status     = op_count_step(f, i);
    if (BURIN_UNLIKELY(*status))
        return false;
    if (it->kind == BURIN_RANGE) {
        const rt_range *range = it->over.as.p;
        if (it->at >= (uint64_t)range->len)
            return false;
        regs[i->b] = burin_int((int64_t)((uint64_t)range->start + it->at++ * (uint64_t)range->step));
        return true;
    }
    if (it->kind == BURIN_LIST || it->kind == BURIN_TUPLE) {
        const rt_list *list = rt_list_of(&f->m->st, it->over);
        if (BURIN_LIKELY(it->at < list->len)) {
            regs[i->b] = list->items[it->at++];
            return true;
        }
    }
    burin_value item;
    f->pc   = (uint32_t)(i - f->unit->code);
    rt_ask(&f->m->st, true, it->over); /* all that is in use lies in registers */
    *status = rt_iter_next(&f->m->st, it, &item);
    rt_ask_none(&f->m->st);
    if (*status || item.kind == BURIN_MISSING)
        return false;
    regs[i->b] = item;
    return true;
}

/* ---- exceptions ---- */

OPERATION(throw) { return vm_throw(f, regs[i->b], regs[i->c], (uint32_t)(i - f->unit->code)); }
OPERATION(reraise) { return vm_reraise(f, regs[i->b]); }
DECISION(jump_catch)
{
    bool fits = true;
    *status   = rt_exception_matches(&f->m->st, regs[i->b], regs[i->c], &fits);
    return !*status && !fits;
}
DECISION(jump_case)
{
    (void)f, (void)status;
    return regs[i->b].as.i == i->c;
}

#undef OPERATION
#undef DECISION
#endif
