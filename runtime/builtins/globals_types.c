/* The globals range and dict. */
#include "runtime/builtins/big_range.h"
#include "runtime/builtins/python.h"

enum { SANDBOX_RANGE_MAX = 100000 }; /* jinja2.sandbox.MAX_RANGE */

/* Number of integers from `start` up to `stop` by `step`, which is not 0; more than INT64_MAX where there are so many. */
static uint64_t range_length(int64_t start, int64_t stop, int64_t step)
{
    if (step > 0 ? start >= stop : start <= stop)
        return 0;
    uint64_t distance = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride   = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    return (distance - 1) / stride + 1;
}

/* What does not fit in 64 bits, a bound or the number of items, is a big range. */
burin_status builtin_range_of(rt_state *st, const burin_value bounds[3], burin_value *out)
{
    bool     big    = bounds[0].kind == BURIN_BIGINT || bounds[1].kind == BURIN_BIGINT || bounds[2].kind == BURIN_BIGINT;
    uint64_t length = 0;

    if (!big && bounds[2].as.i == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "range() arg 3 must not be zero");
    if (!big)
        length = range_length(bounds[0].as.i, bounds[1].as.i, bounds[2].as.i);
    if (big || length > INT64_MAX)
        return big_range_new(st, bounds[0], bounds[1], bounds[2], out);
    rt_range *range = heap_alloc(&st->heap, sizeof *range);
    if (!range)
        return rt_fail_memory(st);
    *range = (rt_range){bounds[0].as.i, bounds[1].as.i, bounds[2].as.i, (int64_t)length};
    *out   = rt_pointer(BURIN_RANGE, range);
    return BURIN_OK;
}

burin_status builtin_range(rt_state *st, burin_value arguments, burin_value *out)
{
    const rt_list *args      = rt_list_of(st, arguments);
    burin_value    bounds[3] = {burin_int(0), burin_int(0), burin_int(1)}; /* start, stop, step */
    burin_status   status    = BURIN_OK;

    if (args->len == 0)
        return rt_fail(st, BURIN_ERR_TYPE, "range expected at least 1 argument, got 0");
    if (args->len > 3)
        return rt_fail(st, BURIN_ERR_TYPE, "range expected at most 3 arguments, got %u", args->len);
    for (uint32_t n = 0; !status && n < args->len; n++)
        status = python_integer(st, args->items[n], &bounds[args->len == 1 ? 1 : n]);
    return status ? status : builtin_range_of(st, bounds, out);
}

burin_status global_range(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    size_t       length = 0;
    burin_status status = builtin_range(st, call->args[0], out);

    if (!status && st->env->sandbox != RT_UNSANDBOXED)
        status = rt_length(st, *out, &length);
    if (!status && length > SANDBOX_RANGE_MAX)
        status = rt_fail(st, BURIN_ERR_OVERFLOW, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", SANDBOX_RANGE_MAX);
    return status;
}

burin_status global_dict(burin_call *call, burin_value *out)
{
    rt_dict     *dict;
    burin_status status = builtin_dict(call, &dict);

    if (!status)
        *out = rt_pointer(BURIN_DICT, dict);
    return status;
}
