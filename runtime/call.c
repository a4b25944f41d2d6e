/* Calls: binding arguments to a signature, and calling values of every kind.
 *
 * Bound arguments are an array with one value per parameter, then the tuple of *rest and the dict of **named. When a call
 * gives exactly the declared arguments by position, that array is the caller's own; else it is laid out on the stack, or
 * in the heap for long signatures. Nothing is allocated otherwise.
 * Errors are looked for only after binding did not work out, in the order CPython reports them. */
#include "runtime/attribute.h"
#include "runtime/base/arity.h"
#include "runtime/base/text.h"
#include "runtime/builtins/builtins.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/operate.h"
#include "runtime/told.h"

/* ---- errors of binding, worded as CPython words them for functions written in Python ---- */

/* Append "'a', 'b', and 'c'" for the required parameters that have no value. */
static void list_missing(buf *list, const rt_signature *sig, const burin_value *bound, uint32_t missing)
{
    uint32_t listed = 0;
    for (uint32_t p = 0; p < sig->count; p++) {
        const rt_parameter *parameter = &sig->parameters[p];
        if (!parameter->required || bound[p].kind != BURIN_MISSING)
            continue;
        buf_printf(list, "%s'%.*s'", arity_joint(listed++, missing), (int)parameter->name.len, parameter->name.data);
    }
}

static burin_status fail_missing(rt_state *st, const rt_function *f, const burin_value *bound)
{
    const rt_signature *sig  = f->signature;
    buf                 list = buf_make(st->heap.alloc);
    uint32_t            missing = 0;
    char                what[ARITY_SIZE];
    for (uint32_t p = 0; p < sig->count; p++)
        missing += sig->parameters[p].required && bound[p].kind == BURIN_MISSING;
    list_missing(&list, sig, bound, missing);
    arity_missing(what, missing, "positional");
    burin_status status;
    if (list.failed)
        status = rt_fail_memory(st);
    else
        status = rt_fail(st, BURIN_ERR_TYPE, "%s() %s%.*s", f->name, what, (int)list.len, list.data);
    buf_deinit(&list);
    return status;
}

static burin_status fail_too_many(rt_state *st, const rt_function *f, uint32_t given)
{
    const rt_signature *sig      = f->signature;
    uint32_t            required = 0;
    char                takes[ARITY_SIZE];
    for (uint32_t p = 0; p < sig->count; p++)
        required += sig->parameters[p].required;
    arity_too_many(takes, required, sig->count, given, 0);
    return rt_fail(st, BURIN_ERR_TYPE, "%s() %s", f->name, takes);
}

static burin_status fail_unexpected(rt_state *st, const rt_function *f, burin_text name)
{
    const rt_signature *sig = f->signature;
    for (uint32_t p = 0; p < sig->positional_only; p++) {
        if (text_equal(sig->parameters[p].name, name))
            return rt_fail(st, BURIN_ERR_TYPE, "%s() got some positional-only arguments passed as keyword arguments: '%.*s'", f->name,
                           (int)name.len, name.data);
    }
    return rt_fail(st, BURIN_ERR_TYPE, "%s() got an unexpected keyword argument '%.*s'", f->name, (int)name.len, name.data);
}

/* ---- binding ---- */

static uint32_t parameter_named(const rt_signature *sig, burin_text name)
{
    for (uint32_t p = sig->positional_only; p < sig->count; p++) {
        if (text_equal(sig->parameters[p].name, name))
            return p;
    }
    return UINT32_MAX;
}

static burin_status bind_named(rt_state *st, const rt_function *f, const rt_arguments *args, burin_value *bound)
{
    const rt_signature *sig   = f->signature;
    rt_dict            *named = sig->named ? bound[sig->count + sig->rest].as.p : NULL;
    for (uint32_t n = 0; n < args->named_count; n++) {
        uint32_t p = parameter_named(sig, args->names[n]);
        if (p != UINT32_MAX) {
            if (bound[p].kind != BURIN_MISSING)
                return rt_fail(st, BURIN_ERR_TYPE, "%s() got multiple values for argument '%.*s'", f->name, (int)args->names[n].len,
                               args->names[n].data);
            bound[p] = args->named[n];
        } else if (named) {
            burin_status status = rt_dict_put(st, named, rt_string(args->names[n].data, args->names[n].len), args->named[n]);
            if (status)
                return status;
        } else {
            return fail_unexpected(st, f, args->names[n]);
        }
    }
    return BURIN_OK;
}

/* The tuple for *rest: `self` unless it is MISSING, and positional arguments from `first` on. */
static burin_status bind_rest(rt_state *st, burin_value self, const rt_arguments *args, uint32_t first, burin_value *out)
{
    uint32_t     count = args->count > first ? args->count - first : 0, at = 0;
    rt_list     *rest;
    burin_status status = rt_list_new(st, BURIN_TUPLE, count + 1, &rest);
    if (status)
        return status;
    if (self.kind != BURIN_MISSING)
        rest->items[at++] = self;
    if (count)
        memcpy(rest->items + at, args->positional + first, count * sizeof(burin_value));
    rest->len = at + count;
    *out      = rt_tuple_value(rest);
    return BURIN_OK;
}

static burin_status bind(rt_state *st, const rt_function *f, burin_value self, const rt_arguments *args, burin_value *bound)
{
    const rt_signature *sig   = f->signature;
    uint32_t            taken = 0, from = 0;
    burin_value         ahead = self; /* where no parameter takes it, the first of *rest */
    burin_status        status;

    if (self.kind != BURIN_MISSING && sig->count > sig->by_name) {
        bound[taken++] = self;
        ahead          = rt_missing();
    }
    while (taken + sig->by_name < sig->count && from < args->count)
        bound[taken++] = args->positional[from++];
    for (uint32_t p = taken; p < sig->count; p++)
        bound[p] = rt_missing();
    if (sig->rest && (status = bind_rest(st, ahead, args, from, &bound[sig->count])))
        return status;
    if (sig->named) {
        rt_dict *named;
        if ((status = rt_dict_new(st, args->named_count, &named)))
            return status;
        bound[sig->count + sig->rest] = rt_pointer(BURIN_DICT, named);
    }
    if (args->named_count && (status = bind_named(st, f, args, bound)))
        return status;
    if ((from < args->count || ahead.kind != BURIN_MISSING) && !sig->rest)
        return fail_too_many(st, f, args->count + (self.kind != BURIN_MISSING));
    for (uint32_t p = taken; p < sig->count; p++) {
        if (bound[p].kind != BURIN_MISSING)
            continue;
        if (sig->parameters[p].required)
            return fail_missing(st, f, bound);
        bound[p] = sig->parameters[p].fallback;
    }
    return BURIN_OK;
}

static burin_status bind_and_call(rt_state *st, const rt_function *f, burin_value self, const rt_arguments *args, burin_value *out)
{
    const rt_signature *sig   = f->signature;
    uint32_t            count = (uint32_t)sig->count + sig->rest + sig->named;
    burin_value         on_stack[RT_PLACED_MAX], *bound = on_stack;

    if (count > RT_PLACED_MAX && !(bound = heap_alloc(&st->heap, count * sizeof *bound)))
        return rt_fail_memory(st);
    burin_status status = bind(st, f, self, args, bound);
    if (BURIN_UNLIKELY(status)) {
        if (status == BURIN_ERR_TYPE && (f->flags & RT_METHOD)) {
            rt_clear_error(st);
            return rt_method_arity_fail(st, f, self, args);
        }
        return status;
    }
    burin_call call = {.st = st, .function = f, .args = bound, .count = count, .autoescape = st->autoescape, .direct = args->direct};
    return rt_call_done(st, f->call(&call, out));
}

static inline burin_status call_placed(rt_state *st, const rt_function *f, burin_value self, const burin_value *args, uint32_t count, bool direct,
                                       burin_value *out)
{
    const rt_signature *sig = f->signature;
    burin_value         bound[RT_PLACED_MAX];
    uint32_t            at = 0;
    if (self.kind != BURIN_MISSING)
        bound[at++] = self;
    for (; count; count--)
        bound[at++] = *args++;
    for (; at < sig->count; at++)
        bound[at] = sig->parameters[at].fallback;
    burin_call call = {.st = st, .function = f, .args = bound, .count = at, .autoescape = st->autoescape, .direct = direct};
    return rt_call_done(st, f->call(&call, out));
}

/* ---- calling ---- */

burin_status rt_call_settle(rt_state *st, burin_status status)
{
    if (status != BURIN_OK) /* a report by another name stands; no report needs one */
        return rt_fail(st, status, "%s", "a function of the host failed");
    if (st->status == BURIN_ERR_LIMIT || st->status == BURIN_ERR_CANCELLED || st->status == BURIN_ERR_NOMEM)
        return st->status;
    rt_clear_error(st);
    return BURIN_OK;
}

burin_status rt_call_bound(rt_state *st, const rt_function *f, burin_value self, const rt_arguments *args, burin_value *out)
{
    if (BURIN_LIKELY(args->named_count == 0 && rt_takes_placed(f, args->count + (self.kind != BURIN_MISSING))))
        return call_placed(st, f, self, args->positional, args->count, args->direct, out);
    return bind_and_call(st, f, self, args, out);
}

burin_status rt_call_placed(rt_state *st, const rt_function *f, const burin_value *args, uint32_t count, bool direct, burin_value *out)
{
    if (BURIN_LIKELY(rt_takes_placed(f, count + (f->self.kind != BURIN_MISSING))))
        return call_placed(st, f, f->self, args, count, direct, out);
    return bind_and_call(st, f, f->self, &(rt_arguments){.positional = args, .count = count, .direct = direct}, out);
}

burin_status rt_call_function(rt_state *st, const rt_function *f, const rt_arguments *args, burin_value *out)
{
    if (BURIN_LIKELY(args->named_count == 0 && rt_takes_positional(f, args->count))) {
        burin_call call = {.st = st, .function = f, .args = (burin_value *)args->positional, .count = args->count, .autoescape = st->autoescape,
                           .direct = args->direct};
        return rt_call_done(st, f->call(&call, out));
    }
    return rt_call_bound(st, f, f->self, args, out);
}

/* The class's `call` gets a tuple and a dict. */
static burin_status call_host_object(rt_state *st, const rt_object_value *object, const rt_arguments *args, burin_value *out)
{
    burin_value  bound[2];
    rt_dict     *named;
    burin_status status = bind_rest(st, rt_missing(), args, 0, &bound[0]);
    if (status || (status = rt_dict_new(st, args->named_count, &named)))
        return status;
    for (uint32_t n = 0; n < args->named_count && !status; n++)
        status = rt_dict_put(st, named, rt_string(args->names[n].data, args->names[n].len), args->named[n]);
    if (status)
        return status;
    bound[1]        = rt_pointer(BURIN_DICT, named);
    burin_call call = {st, NULL, bound, 2, st->autoescape};
    return rt_call_done(st, object->cls->call(&call, object->self, out));
}

/* SandboxedEnvironment.is_safe_callable: neither `unsafe_callable` nor `alters_data` is true. */
static burin_status check_safe_callable(rt_state *st, burin_value callee)
{
    static const char *const marks[] = {"unsafe_callable", "alters_data"};
    const rt_object_value   *object  = callee.as.p;
    for (int m = 0; object->cls->get_attr && m < 2; m++) {
        burin_value  mark = rt_missing(), text;
        bool         is_true = false;
        burin_status status = rt_python_attr(st, callee, (burin_text){marks[m], strlen(marks[m])}, &mark);
        if (status || (mark.kind != BURIN_MISSING && (status = rt_is_true(st, mark, &is_true))))
            return status;
        if (is_true) {
            if ((status = rt_repr(st, callee, &text)))
                return status;
            return rt_fail(st, BURIN_ERR_SECURITY, "%.*s is not safely callable", (int)text.len, text.as.s);
        }
    }
    return BURIN_OK;
}

static burin_status call_object(rt_state *st, burin_value callee, const rt_arguments *args, burin_value *out)
{
    const rt_class        *internal = rt_class_of(callee);
    const rt_object_value *object   = callee.as.p;
    if (internal && internal->call_arguments)
        return rt_call_done(st, internal->call_arguments(st, object->self, args, out));
    if (!object->cls->call)
        return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not callable", object->cls->name);
    burin_status status = rt_enter(st);
    if (status)
        return status;
    if (st->env->sandbox != RT_UNSANDBOXED && !internal)
        status = check_safe_callable(st, callee);
    if (!status)
        status = call_host_object(st, object, args, out);
    rt_leave(st);
    return status;
}

burin_status rt_call(rt_state *st, burin_value callee, const rt_arguments *args, burin_value *out)
{
    burin_status status;
    switch (callee.kind) {
    case BURIN_FUNCTION: status = rt_call_function(st, callee.as.p, args, out); break;
    case BURIN_OBJECT: status = call_object(st, callee, args, out); break;
    case BURIN_UNDEFINED: return rt_undefined_fail(st, callee);
    default: return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not callable", rt_type_name(st, callee));
    }
    if (BURIN_UNLIKELY(status == BURIN_ERR_STOP_ITERATION) && !st->python) {
        rt_clear_error(st);
        return rt_undefined_hint(st, st->env->undefined, out, "value was undefined because a callable raised a StopIteration exception");
    }
    return status;
}

/* ---- the public interface of functions (burin/function.h) ---- */

static __attribute__((noinline)) void make_whole(burin_call *call)
{
    burin_value *args = heap_alloc(&call->st->heap, call->count * sizeof *args);
    if (!args) {
        rt_fail_memory(call->st);
        return;
    }
    for (uint32_t n = 0; n < call->count; n++) {
        args[n] = call->args[n];
        if (rt_whole(call->st, &args[n]))
            args[n] = rt_missing();
    }
    call->whole = true;
    call->args  = args;
}

burin_value burin_arg(const burin_call *call, size_t index)
{
    if (index >= call->count)
        return rt_missing();
    if (BURIN_UNLIKELY(call->st->heap.shadows && !call->whole))
        make_whole((burin_call *)(uintptr_t)call); /* every call is a variable of the runtime's */
    return call->args[index];
}

burin_status burin_raise(burin_call *call, burin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    rt_clear_error(call->st); /* what the function says counts, not what it has caught */
    status = rt_vfail(call->st, status, format, args);
    va_end(args);
    return status;
}

void *burin_call_data(const burin_call *call) { return call->function ? call->function->data : NULL; }

burin_heap *burin_call_heap(const burin_call *call) { return &call->st->heap; }

bool burin_call_autoescape(const burin_call *call) { return call->autoescape; }

burin_value burin_call_variable(burin_call *call, const char *name)
{
    rt_state *st = call->st;
    return st->find_variable ? st->find_variable(st, (burin_text){name, strlen(name)}) : rt_missing();
}

burin_status burin_call_value(burin_call *call, burin_value callee, const burin_value *args, size_t count, burin_value *out)
{
    rt_state    *st        = call->st;
    rt_arguments arguments = {.positional = args, .count = (uint32_t)count};
    burin_status status    = rt_enter(st);
    if (status)
        return status;
    status = rt_call(st, callee, &arguments, out);
    rt_leave(st);
    return status;
}

burin_status burin_call_value_holding(burin_call *call, burin_value callee, const burin_value *args, size_t count, const burin_value *held, size_t held_count,
                                      burin_value *out)
{
    rt_told told;
    rt_told_begin(&told, call, held, held_count);
    burin_status status = rt_told_call(&told, callee, args, count, out);
    rt_told_end(&told);
    return status;
}
