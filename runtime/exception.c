/* Exceptions as values: instances, and errors that become instances and the other way round. Their classes and names are in
 * exception_classes.c. */
#include "runtime/exception.h"

#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/operate.h"

#include <errno.h>

/* OSError(errno, text) is of the class that is for the number. */
static const rt_type *type_for(const rt_type *type, const burin_value *args, uint32_t count)
{
    static const struct {
        int          number;
        burin_status status;
    } rows[] = {
        {EAGAIN, BURIN_ERR_BLOCKING_IO},      {EALREADY, BURIN_ERR_BLOCKING_IO},    {EINPROGRESS, BURIN_ERR_BLOCKING_IO},
        {EPIPE, BURIN_ERR_BROKEN_PIPE},       {ESHUTDOWN, BURIN_ERR_BROKEN_PIPE},   {ECHILD, BURIN_ERR_CHILD_PROCESS},
        {ECONNABORTED, BURIN_ERR_CONNECTION_ABORTED}, {ECONNREFUSED, BURIN_ERR_CONNECTION_REFUSED}, {ECONNRESET, BURIN_ERR_CONNECTION_RESET},
        {EEXIST, BURIN_ERR_FILE_EXISTS},      {ENOENT, BURIN_ERR_FILE_NOT_FOUND},   {EISDIR, BURIN_ERR_IS_A_DIRECTORY},
        {ENOTDIR, BURIN_ERR_NOT_A_DIRECTORY}, {EINTR, BURIN_ERR_INTERRUPTED},       {EACCES, BURIN_ERR_PERMISSION},
        {EPERM, BURIN_ERR_PERMISSION},        {ESRCH, BURIN_ERR_PROCESS_LOOKUP},    {ETIMEDOUT, BURIN_ERR_TIMEOUT},
    };
    if (type->status != BURIN_ERR_OS || count < 2 || count > 5 || (args[0].kind != BURIN_INT && args[0].kind != BURIN_BOOL))
        return type;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        if (args[0].as.i == rows[n].number)
            return rt_exception_type(rows[n].status);
    return type;
}

burin_status rt_exception_new(rt_state *st, const rt_type *type, const burin_value *args, uint32_t count, burin_value *out)
{
    type = type_for(type, args, count);
    rt_exception *made = heap_alloc(&st->heap, sizeof *made);
    rt_list      *list;
    if (!made)
        return rt_fail_memory(st);
    burin_status status = rt_list_new(st, BURIN_TUPLE, count, &list);
    if (status)
        return status;
    if (count)
        memcpy(list->items, args, count * sizeof *args);
    list->len = count;
    *made     = (rt_exception){type, rt_tuple_value(list), rt_missing(), rt_missing(), rt_missing(), NULL};
    return rt_object_new(st, &rt_exception_instances[type->status].base, made, out);
}

const rt_exception *rt_exception_of(burin_value v)
{
    if (v.kind != BURIN_OBJECT)
        return NULL;
    const burin_class *cls = rt_object_of(v)->cls;
    if (cls < &rt_exception_instances[0].base || cls > &rt_exception_instances[BURIN_STATUS_COUNT - 1].base)
        return NULL;
    return rt_object_of(v)->self;
}

/* ---- a pending error as an instance ---- */

static bool is_caught(burin_status status)
{
    static const bool caught[BURIN_STATUS_COUNT] = {
#define CAUGHT true
#define PASSES false
#define EXCEPTION(NAME, BASE, when) [BURIN_##NAME] = when,
#define HOST_EXCEPTION EXCEPTION
#include "runtime/exceptions.def"
#undef HOST_EXCEPTION
#undef EXCEPTION
#undef PASSES
#undef CAUGHT
    };
    return caught[status];
}

bool rt_exception_pending(const rt_state *st) { return rt_exception_of(st->error_value) || is_caught(st->status); }

/* The instance for an error of the runtime. Its argument is the message, or what the error carries: the key of a KeyError, the
 * value of a StopIteration, the arguments of a UnicodeError. The error is set aside: making text may fail by itself. */
static burin_status instance_of_error(rt_state *st, burin_value *out)
{
    burin_value        carried = st->error_value, text;
    const rt_type     *type = rt_exception_type(st->status);
    const burin_value *args = &text;
    uint32_t           count = 1;
    burin_status       status = BURIN_OK;

    st->status = BURIN_OK;
    if (carried.kind == BURIN_TUPLE && type->base == rt_exception_type(BURIN_ERR_UNICODE)) {
        args  = rt_list_of(st, carried)->items;
        count = rt_list_of(st, carried)->len;
    } else if (carried.kind != BURIN_MISSING && (type->status == BURIN_ERR_KEY || type->status == BURIN_ERR_STOP_ITERATION)) {
        text = carried;
    } else if (st->message.len == 0) {
        count = 0;
    } else {
        status = rt_string_copy(st, st->message.data, st->message.len, &text);
    }
    if (status)
        return status;
    rt_clear_error(st);
    return rt_exception_new(st, type, args, count, out);
}

burin_status rt_exception_take(rt_state *st, burin_value *out)
{
    burin_status status = BURIN_OK;
    if (!rt_exception_pending(st))
        return st->status;
    if (rt_exception_of(st->error_value)) {
        *out = st->error_value;
        rt_clear_error(st);
    } else {
        status = instance_of_error(st, out);
    }
    heap_escape(&st->heap);
    return status;
}

/* ---- raising ---- */

/* An instance as it is, a class called without arguments; MISSING for everything else. */
static burin_status instance_of(rt_state *st, burin_value v, burin_value *out)
{
    const rt_type *type = rt_type_of_object(v);
    if (type && type->status)
        return rt_exception_new(st, type, NULL, 0, out);
    *out = rt_exception_of(v) ? v : rt_missing();
    return BURIN_OK;
}

static rt_exception *self_of(burin_value instance) { return rt_object_of(instance)->self; }

void rt_exception_set_trace(burin_value raised, const rt_trace *trace) { self_of(raised)->trace = trace; }

void rt_exception_set_context(burin_value raised, burin_value handled)
{
    if (handled.kind == BURIN_MISSING || rt_identical(raised, handled))
        return;
    /* The chain must stay a chain: where it leads back to `raised`, it is cut. */
    for (burin_value link = handled; link.kind != BURIN_MISSING; link = self_of(link)->context) {
        if (self_of(link)->context.kind != BURIN_MISSING && rt_identical(self_of(link)->context, raised)) {
            self_of(link)->context = rt_missing();
            break;
        }
    }
    self_of(raised)->context = handled;
}

burin_status rt_exception_raise(rt_state *st, burin_value what, burin_value cause, burin_value handled)
{
    burin_value  instance, reason = cause, text;
    burin_status status = instance_of(st, what, &instance);
    if (!status && instance.kind == BURIN_MISSING)
        status = rt_fail(st, BURIN_ERR_TYPE, "exceptions must derive from BaseException");
    if (!status && cause.kind != BURIN_MISSING && cause.kind != BURIN_NONE) {
        status = instance_of(st, cause, &reason);
        if (!status && reason.kind == BURIN_MISSING)
            status = rt_fail(st, BURIN_ERR_TYPE, "exception causes must derive from BaseException");
    }
    if (!status)
        status = rt_str(st, instance, &text);
    if (status)
        return status;
    if (cause.kind != BURIN_MISSING)
        self_of(instance)->cause = reason;
    rt_exception_set_context(instance, handled);
    heap_escape(&st->heap);
    rt_fail_raised(st, self_of(instance)->type->status, rt_text_of(text));
    st->error_value = instance;
    return st->status;
}

/* ---- except ---- */

/* Of one class; false when it is none. */
static bool fits_class(burin_value instance, burin_value cls, bool *fits)
{
    const rt_type *type = rt_type_of_object(cls);
    if (!type || !type->status)
        return false;
    *fits |= rt_type_derives(rt_exception_of(instance)->type, type);
    return true;
}

burin_status rt_exception_matches(rt_state *st, burin_value instance, burin_value classes, bool *out)
{
    bool known = classes.kind == BURIN_TUPLE;
    *out       = false;
    if (!known)
        known = fits_class(instance, classes, out);
    else
        for (uint32_t n = 0; known && n < rt_list_of(st, classes)->len; n++) /* a wrong one is an error even behind one that fits */
            known = fits_class(instance, rt_list_of(st, classes)->items[n], out);
    return known ? BURIN_OK : rt_fail(st, BURIN_ERR_TYPE, "catching classes that do not inherit from BaseException is not allowed");
}
