/* How methods read their arguments: CPython's conversions, with its messages, and markupsafe's escaping of them. */
#include "runtime/bigint.h"
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

burin_status method_ssize(rt_state *st, burin_value v, int64_t *out)
{
    if (BURIN_LIKELY(v.kind == BURIN_INT || v.kind == BURIN_BOOL)) {
        *out = v.as.i;
        return BURIN_OK;
    }
    if (v.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C ssize_t");
    return rt_fail(st, BURIN_ERR_TYPE, "'%s' object cannot be interpreted as an integer", rt_type_name(st, v));
}

burin_status method_c_int(rt_state *st, burin_value v, int *out)
{
    int64_t wide = 0;

    if (v.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C int");
    burin_status status = method_ssize(st, v, &wide);
    if (status)
        return status;
    if (wide > INT32_MAX || wide < INT32_MIN)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C int");
    *out = (int)wide;
    return BURIN_OK;
}

/* One bound: integers too large for 64 bits are as good as the largest. */
static burin_status bound(rt_state *st, burin_value v, int64_t absent, int64_t *out)
{
    switch (v.kind) {
    case BURIN_NONE:
    case BURIN_MISSING: *out = absent; return BURIN_OK;
    case BURIN_BOOL:
    case BURIN_INT: *out = v.as.i; return BURIN_OK;
    case BURIN_BIGINT: *out = ((const rt_bigint *)v.as.p)->negative ? INT64_MIN : INT64_MAX; return BURIN_OK;
    default: return rt_fail(st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    }
}

burin_status method_bounds(rt_state *st, burin_value start, burin_value end, size_t len, int64_t *from, int64_t *to)
{
    int64_t      count  = (int64_t)len;
    burin_status status = bound(st, start, 0, from);

    if (!status)
        status = bound(st, end, count, to);
    if (status)
        return status;
    if (*to > count)
        *to = count;
    else if (*to < 0)
        *to = *to + count < 0 ? 0 : *to + count;
    if (*from < 0)
        *from = *from + count < 0 ? 0 : *from + count;
    return BURIN_OK;
}

bool method_has_html(burin_value v)
{
    if (v.kind == BURIN_OBJECT)
        return ((const rt_object_value *)v.as.p)->cls->html != NULL;
    return v.kind == BURIN_UNDEFINED && ((const rt_undefined *)v.as.p)->cls == RT_CHAINABLE;
}

burin_status method_escape_argument(rt_state *st, burin_value *argument)
{
    if (rt_is_safe(*argument) || (!rt_is_text(*argument) && !method_has_html(*argument)))
        return BURIN_OK;
    return rt_escape(st, *argument, argument);
}

const char *method_argument_type(rt_state *st, burin_value v) { return v.kind == BURIN_NONE ? "None" : rt_type_name(st, v); }
