/* The methods and data of range. Membership is arithmetic for integers; other numbers are compared item by item only when
 * they can be equal to an integer at all. */
#include "runtime/bigint.h"
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

#include <math.h>

static const rt_range *range_of(const burin_call *call) { return call->args[0].as.p; }

burin_status method_range_start(burin_call *call, burin_value *out)
{
    *out = burin_int(range_of(call)->start);
    return BURIN_OK;
}
burin_status method_range_stop(burin_call *call, burin_value *out)
{
    *out = burin_int(range_of(call)->stop);
    return BURIN_OK;
}
burin_status method_range_step(burin_call *call, burin_value *out)
{
    *out = burin_int(range_of(call)->step);
    return BURIN_OK;
}

/* The integer that `v` is equal to, if there is one. */
static bool as_whole(burin_value v, int64_t *out)
{
    if (v.kind == BURIN_INT || v.kind == BURIN_BOOL) {
        *out = v.as.i;
        return true;
    }
    if (v.kind == BURIN_COMPLEX && rt_complex_of(v).im == 0)
        v = burin_float(rt_complex_of(v).re);
    if (v.kind != BURIN_FLOAT || v.as.f != floor(v.as.f) || fabs(v.as.f) >= 0x1p63)
        return false;
    *out = (int64_t)v.as.f;
    return true;
}

/* Place of `v` in the range, -1 when it is not there. */
static int64_t place(const rt_range *r, burin_value v)
{
    int64_t number;

    if (!as_whole(v, &number) || r->len == 0)
        return -1;
    uint64_t distance = r->step > 0 ? (uint64_t)number - (uint64_t)r->start : (uint64_t)r->start - (uint64_t)number;
    uint64_t step     = r->step > 0 ? (uint64_t)r->step : 0 - (uint64_t)r->step;
    if (r->step > 0 ? number < r->start : number > r->start)
        return -1;
    return distance % step == 0 && distance / step < (uint64_t)r->len ? (int64_t)(distance / step) : -1;
}

burin_status method_range_count(burin_call *call, burin_value *out)
{
    *out = burin_int(place(range_of(call), call->args[1]) >= 0);
    return BURIN_OK;
}

burin_status method_range_index(burin_call *call, burin_value *out)
{
    burin_value value = call->args[1], repr;
    int64_t     index = place(range_of(call), value);

    *out = burin_int(index);
    if (index >= 0)
        return BURIN_OK;
    if (!rt_is_int(value))
        return rt_fail(call->st, BURIN_ERR_VALUE, "sequence.index(x): x not in sequence");
    burin_status status = rt_repr(call->st, value, &repr);
    return status ? status : rt_fail(call->st, BURIN_ERR_VALUE, "%.*s is not in range", (int)repr.len, repr.as.s);
}
