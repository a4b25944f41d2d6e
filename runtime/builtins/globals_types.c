/* The globals range and dict. */
#include "runtime/builtins/support.h"

enum { SANDBOX_RANGE_MAX = 100000 }; /* jinja2.sandbox.MAX_RANGE */

/* Number of integers from `start` up to `stop` by `step`, which is not 0; at most INT64_MAX. */
static int64_t range_length(int64_t start, int64_t stop, int64_t step)
{
    if (step > 0 ? start >= stop : start <= stop)
        return 0;
    uint64_t distance = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride   = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    uint64_t length   = (distance - 1) / stride + 1;
    return length > INT64_MAX ? INT64_MAX : (int64_t)length;
}

burin_status builtin_range(rt_state *st, burin_value arguments, int64_t most, burin_value *out)
{
    const rt_list *args = rt_list_of(st, arguments);
    int64_t        bounds[3] = {0, 0, 1}; /* start, stop, step */
    burin_status   status    = BURIN_OK;

    if (args->len == 0)
        return rt_fail(st, BURIN_ERR_TYPE, "range expected at least 1 argument, got 0");
    if (args->len > 3)
        return rt_fail(st, BURIN_ERR_TYPE, "range expected at most 3 arguments, got %u", args->len);
    if (args->len == 1)
        status = rt_as_index(st, args->items[0], &bounds[1]);
    for (uint32_t n = 0; !status && args->len > 1 && n < args->len; n++)
        status = rt_as_index(st, args->items[n], &bounds[n]);
    if (status)
        return status;
    if (bounds[2] == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "range() arg 3 must not be zero");
    int64_t length = range_length(bounds[0], bounds[1], bounds[2]);
    if (length > most)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%lld).", (long long)most);
    rt_range *range = heap_alloc(&st->heap, sizeof *range);
    if (!range)
        return rt_fail_memory(st);
    *range = (rt_range){bounds[0], bounds[1], bounds[2], length};
    *out   = rt_pointer(BURIN_RANGE, range);
    return BURIN_OK;
}

burin_status global_range(burin_call *call, burin_value *out)
{
    return builtin_range(call->st, call->args[0], call->st->env->sandbox == RT_UNSANDBOXED ? INT64_MAX : SANDBOX_RANGE_MAX, out);
}

burin_status global_dict(burin_call *call, burin_value *out)
{
    rt_dict     *dict;
    burin_status status = builtin_dict(call->st, call->args[0], call->args[1], &dict);

    if (!status)
        *out = rt_pointer(BURIN_DICT, dict);
    return status;
}
