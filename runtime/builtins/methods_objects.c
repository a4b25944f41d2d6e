/* The methods of complex numbers, slices, views of dicts and exceptions. */
#include "runtime/attribute.h"
#include "runtime/builtins/methods.h"
#include "runtime/exception.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/slice.h"
#include "runtime/view.h"

/* ---- complex ---- */

burin_status method_complex_conjugate(burin_call *call, burin_value *out)
{
    rt_complex z = rt_complex_of(call->args[0]);
    return rt_complex_new(call->st, z.re, -z.im, out);
}

burin_status method_complex_real(burin_call *call, burin_value *out)
{
    *out = burin_float(rt_complex_of(call->args[0]).re);
    return BURIN_OK;
}

burin_status method_complex_imag(burin_call *call, burin_value *out)
{
    *out = burin_float(rt_complex_of(call->args[0]).im);
    return BURIN_OK;
}

/* ---- slice ---- */

static rt_slice slice_of(burin_value v)
{
    rt_slice slice;
    rt_slice_parts(v, &slice.start, &slice.stop, &slice.step);
    return slice;
}

static burin_status part(burin_value v, burin_value *out)
{
    *out = v.kind == BURIN_MISSING ? burin_none() : v;
    return BURIN_OK;
}

burin_status method_slice_start(burin_call *call, burin_value *out) { return part(slice_of(call->args[0]).start, out); }
burin_status method_slice_stop(burin_call *call, burin_value *out) { return part(slice_of(call->args[0]).stop, out); }
burin_status method_slice_step(burin_call *call, burin_value *out) { return part(slice_of(call->args[0]).step, out); }

burin_status method_slice_indices(burin_call *call, burin_value *out)
{
    rt_state    *st    = call->st;
    rt_slice     slice = slice_of(call->args[0]);
    int64_t      len;
    rt_picked    p = {0};
    rt_list     *made;
    burin_status status = method_ssize(st, call->args[1], &len);
    if (!status && len < 0)
        status = rt_fail(st, BURIN_ERR_VALUE, "length should not be negative");
    if (!status)
        status = rt_slice_bounds(st, &slice, len, &p);
    if (!status)
        status = rt_list_new(st, BURIN_TUPLE, 3, &made);
    if (status)
        return status;
    made->items[made->len++] = burin_int(p.start);
    made->items[made->len++] = burin_int(p.stop);
    made->items[made->len++] = burin_int(p.step);
    *out                     = rt_tuple_value(made);
    return BURIN_OK;
}

/* ---- views ---- */

burin_status method_view_isdisjoint(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    burin_value  item;
    bool         in     = false;
    burin_status status = rt_iter_init(st, call->args[1], &it);
    while (!status && !in && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_view_contains(st, call->args[0], item, &in);
    *out = burin_bool(!in);
    return status;
}

/* ---- exceptions ---- */

burin_status method_exception_with_traceback(burin_call *call, burin_value *out)
{
    if (call->args[1].kind != BURIN_NONE)
        return rt_fail(call->st, BURIN_ERR_TYPE, "__traceback__ must be a traceback or None");
    *out = call->args[0];
    return BURIN_OK;
}

burin_status method_exception_add_note(burin_call *call, burin_value *out)
{
    rt_exception *e = rt_object_of(call->args[0])->self;
    rt_list      *notes;
    burin_status  status = BURIN_OK;
    if (!rt_is_text(call->args[1]))
        return rt_fail(call->st, BURIN_ERR_TYPE, "note must be a str, not '%s'", rt_type_name(call->st, call->args[1]));
    if (e->notes.kind == BURIN_MISSING && !(status = rt_list_new(call->st, BURIN_LIST, 1, &notes)))
        e->notes = rt_list_value(notes);
    if (!status)
        status = rt_list_push(call->st, e->notes.as.p, call->args[1]);
    heap_escape(&call->st->heap);
    *out = burin_none();
    return status;
}
