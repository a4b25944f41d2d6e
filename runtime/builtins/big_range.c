/* Ranges with a bound or a length beyond 64 bits: an OBJECT of class `range` whose numbers are integers of any size. Membership
 * and items are computed, never searched. */
#include "runtime/builtins/big_range.h"

#include "runtime/attribute.h"
#include "runtime/bigint.h"
#include "runtime/builder.h"
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/collect.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/type.h"

typedef struct big_range {
    burin_value start, stop, step, length;
} big_range;

static burin_status item_at(rt_state *st, const big_range *r, burin_value index, burin_value *out)
{
    burin_status status = rt_int_binary(st, RT_MUL, index, r->step, out);
    return status ? status : rt_int_binary(st, RT_ADD, r->start, *out, out);
}

static burin_status range_length(burin_call *call, void *self, size_t *out)
{
    const big_range *r = self;
    if (r->length.kind == BURIN_BIGINT)
        return rt_fail(call->st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C ssize_t");
    *out = (size_t)r->length.as.i;
    return BURIN_OK;
}

static burin_status range_truth(burin_call *call, void *self, bool *out)
{
    (void)call;
    *out = rt_int_sign(((const big_range *)self)->length) != 0;
    return BURIN_OK;
}

/* One end of a slice as an index from 0 on, cut to [lowest, highest]; `absent` where there is none. */
static burin_status end_of(rt_state *st, burin_value v, burin_value length, burin_value lowest, burin_value highest, burin_value absent, burin_value *out)
{
    burin_status status = BURIN_OK;
    *out = absent;
    if (v.kind == BURIN_MISSING || v.kind == BURIN_NONE)
        return BURIN_OK;
    if (!rt_is_int(v))
        return rt_fail(st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    if (rt_int_sign(v) < 0)
        status = rt_int_binary(st, RT_ADD, v, length, &v);
    *out = rt_int_compare(v, lowest) < 0 ? lowest : rt_int_compare(v, highest) > 0 ? highest : v;
    return status;
}

/* range[start:stop:step] is a range again: of the items at the ends, with the steps multiplied. */
static burin_status slice_range(rt_state *st, const big_range *r, burin_value start, burin_value stop, burin_value step, burin_value *out)
{
    burin_value  lowest = burin_int(0), highest = r->length, from, to, stride = burin_int(1);
    bool         given  = step.kind != BURIN_MISSING && step.kind != BURIN_NONE;
    burin_status status = BURIN_OK;
    if (given && !rt_is_int(step))
        return rt_fail(st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    if (given)
        stride = step;
    if (rt_int_sign(stride) == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "slice step cannot be zero");
    bool back = rt_int_sign(stride) < 0;
    if (back) {
        lowest = burin_int(-1);
        status = rt_int_binary(st, RT_SUB, r->length, burin_int(1), &highest);
    }
    if (status || (status = end_of(st, start, r->length, lowest, highest, back ? highest : lowest, &from)) ||
        (status = end_of(st, stop, r->length, lowest, highest, back ? lowest : highest, &to)) || (status = item_at(st, r, from, &from)) ||
        (status = item_at(st, r, to, &to)) || (status = rt_int_binary(st, RT_MUL, stride, r->step, &stride)))
        return status;
    const burin_value bounds[] = {from, to, stride};
    return builtin_range_of(st, bounds, out); /* it may fit in 64 bits now */
}

static burin_status range_item(burin_call *call, void *self, burin_value key, burin_value *out)
{
    rt_state        *st = call->st;
    const big_range *r  = self;
    burin_value      at = key, start, stop, step;
    burin_status     status = BURIN_OK;
    if (rt_slice_parts(key, &start, &stop, &step))
        return slice_range(st, r, start, stop, step, out);
    if (!rt_is_int(key))
        return rt_fail(st, BURIN_ERR_TYPE, "range indices must be integers or slices, not %s", rt_type_name(st, key));
    if (rt_int_sign(at) < 0)
        status = rt_int_binary(st, RT_ADD, at, r->length, &at);
    *out = rt_missing(); /* the caller says that it is out of range */
    if (status || rt_int_sign(at) < 0 || rt_int_compare(at, r->length) >= 0)
        return status;
    return item_at(st, r, at, out);
}

static burin_status range_contains(burin_call *call, void *self, burin_value item, bool *out)
{
    rt_state        *st = call->st;
    const big_range *r  = self;
    burin_value      quotient, rest;
    burin_status     status = BURIN_OK;
    *out = false;
    if (item.kind == BURIN_COMPLEX && rt_complex_of(item).im == 0)
        item = burin_float(rt_complex_of(item).re);
    if (item.kind == BURIN_FLOAT && item.as.f - item.as.f == 0) { /* finite; whole ones may be in it */
        double whole = item.as.f;
        if ((status = rt_int_from_double(st, whole, &item)) || rt_int_compare_double(item, whole) != 0)
            return status;
    }
    if (!rt_is_int(item))
        return BURIN_OK;
    if ((status = rt_int_binary(st, RT_SUB, item, r->start, &item)) || (status = rt_int_divmod(st, item, r->step, &quotient, &rest)))
        return status;
    *out = rt_int_sign(rest) == 0 && rt_int_sign(quotient) >= 0 && rt_int_compare(quotient, r->length) < 0;
    return BURIN_OK;
}

static burin_status range_repr(burin_call *call, void *self, burin_value *out)
{
    const big_range  *r       = self;
    const burin_value parts[] = {r->start, r->stop, r->step};
    bool              stepped = rt_int_compare(r->step, burin_int(1)) != 0;
    builder           text;
    builder_init(&text, call->st, 64);
    builder_ascii(&text, "range(", 6);
    for (int n = 0; n < 2 + stepped; n++) {
        burin_value  part;
        burin_status status = rt_repr(call->st, parts[n], &part);
        if (status)
            return status;
        if (n)
            builder_ascii(&text, ", ", 2);
        builder_value(&text, part);
    }
    builder_byte(&text, ')');
    return builder_take(&text, 0, out);
}

typedef struct walk {
    const big_range *range;
    burin_value      at; /* how many items have been given */
} walk;

static burin_status walk_next(burin_call *call, void *self, burin_value *out)
{
    rt_state    *st = call->st;
    walk        *w  = self;
    burin_status status;
    *out = rt_missing();
    if (rt_int_compare(w->at, w->range->length) >= 0)
        return BURIN_OK;
    if ((status = item_at(st, w->range, w->at, out)) || (status = rt_int_binary(st, RT_ADD, w->at, burin_int(1), &w->at)))
        return status;
    if (w->at.kind == BURIN_BIGINT)
        heap_escape(&st->heap);
    return BURIN_OK;
}

static void range_reach(rt_collector *c, void *self)
{
    const big_range *r = self;
    if (!rt_reach_bytes(c, r, sizeof *r))
        return;
    rt_reach_value(c, &r->start);
    rt_reach_value(c, &r->stop);
    rt_reach_value(c, &r->step);
    rt_reach_value(c, &r->length);
}

static void walk_reach(rt_collector *c, void *self)
{
    const walk *w = self;
    if (!rt_reach_bytes(c, w, sizeof *w))
        return;
    range_reach(c, (void *)(uintptr_t)w->range);
    rt_reach_value(c, &w->at);
}

static const rt_holder walk_class = {{.struct_size = sizeof(rt_holder), .name = "longrange_iterator", .next = walk_next}, walk_reach};

static burin_status range_iterate(burin_call *call, void *self, burin_value *out)
{
    walk *w = heap_alloc(&call->st->heap, sizeof *w);
    if (!w)
        return rt_fail_memory(call->st);
    *w = (walk){self, burin_int(0)};
    return rt_object_new(call->st, &walk_class.base, w, out);
}

static burin_status range_equal(burin_call *call, void *self, burin_value other, bool *out);

static burin_status range_hash(burin_call *call, void *self, uint64_t *out)
{
    const big_range *r    = self;
    int64_t          hash = 0;
    burin_status     status = rt_python_hash(call->st, r->start, &hash);
    *out = (uint64_t)hash;
    if (!status && !(status = rt_python_hash(call->st, r->length, &hash)))
        *out = *out * 31 + (uint64_t)hash;
    return status;
}

static const rt_holder range_class = {
    {.struct_size = sizeof(rt_holder), .name = "range", .get_item = range_item, .length = range_length, .iterate = range_iterate,
     .contains = range_contains, .repr = range_repr, .truth = range_truth, .equal = range_equal, .hash = range_hash, .is_sequence = true},
    range_reach,
};

burin_status big_range_reversed(rt_state *st, burin_value v, burin_value *out)
{
    return slice_range(st, rt_object_of(v)->self, rt_missing(), rt_missing(), burin_int(-1), out);
}

void big_range_parts(burin_value v, burin_value parts[3])
{
    const big_range *r = rt_object_of(v)->self;
    parts[0] = r->start;
    parts[1] = r->stop;
    parts[2] = r->step;
}

bool big_range_is(burin_value v) { return v.kind == BURIN_OBJECT && rt_object_of(v)->cls == &range_class.base; }

/* ---- methods ---- */

static const big_range *range_of(const burin_call *call) { return rt_object_of(call->args[0])->self; }

static burin_status give(burin_value v, burin_value *out)
{
    *out = v;
    return BURIN_OK;
}

burin_status method_longrange_start(burin_call *call, burin_value *out) { return give(range_of(call)->start, out); }
burin_status method_longrange_stop(burin_call *call, burin_value *out) { return give(range_of(call)->stop, out); }
burin_status method_longrange_step(burin_call *call, burin_value *out) { return give(range_of(call)->step, out); }

burin_status method_longrange_count(burin_call *call, burin_value *out)
{
    bool         in     = false;
    burin_status status = range_contains(call, rt_object_of(call->args[0])->self, call->args[1], &in);
    *out                = burin_int(in);
    return status;
}

burin_status method_longrange_index(burin_call *call, burin_value *out)
{
    rt_state        *st = call->st;
    const big_range *r  = range_of(call);
    burin_value      value = call->args[1], repr;
    bool             in    = false;
    burin_status     status = range_contains(call, rt_object_of(call->args[0])->self, value, &in);
    if (status)
        return status;
    if (!in && !rt_is_int(value))
        return rt_fail(st, BURIN_ERR_VALUE, "sequence.index(x): x not in sequence");
    if (!in)
        return (status = rt_repr(st, value, &repr)) ? status : rt_fail(st, BURIN_ERR_VALUE, "%.*s is not in range", (int)repr.len, repr.as.s);
    if (value.kind == BURIN_FLOAT && (status = rt_int_from_double(st, value.as.f, &value)))
        return status;
    status = rt_int_binary(st, RT_SUB, value, r->start, &value);
    return status ? status : rt_int_binary(st, RT_FLOORDIV, value, r->step, out);
}

/* ---- equality ---- */

/* The same numbers in the same order; a RANGE has others, because its numbers are smaller or it is shorter. */
static burin_status range_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    const big_range *a = self;
    (void)call;
    *out = false;
    if (other.kind != BURIN_OBJECT || rt_object_of(other)->cls != &range_class.base)
        return BURIN_OK;
    const big_range *b = rt_object_of(other)->self;
    bool             one = rt_int_compare(a->length, burin_int(1)) <= 0;
    *out = rt_int_compare(a->length, b->length) == 0 &&
           (rt_int_sign(a->length) == 0 || (rt_int_compare(a->start, b->start) == 0 && (one || rt_int_compare(a->step, b->step) == 0)));
    return BURIN_OK;
}

burin_status big_range_new(rt_state *st, burin_value start, burin_value stop, burin_value step, burin_value *out)
{
    burin_value  distance, rest, stride = step;
    bool         back = rt_int_sign(step) < 0;
    burin_status status;
    if (rt_int_sign(step) == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "range() arg 3 must not be zero");
    big_range *r = heap_alloc(&st->heap, sizeof *r);
    if (!r)
        return rt_fail_memory(st);
    *r = (big_range){start, stop, step, burin_int(0)};
    if ((status = rt_int_binary(st, RT_SUB, back ? start : stop, back ? stop : start, &distance)) || (back && (status = rt_int_negate(st, step, &stride))))
        return status;
    if (rt_int_sign(distance) > 0 && ((status = rt_int_binary(st, RT_SUB, distance, burin_int(1), &distance)) ||
                                      (status = rt_int_divmod(st, distance, stride, &distance, &rest)) ||
                                      (status = rt_int_binary(st, RT_ADD, distance, burin_int(1), &r->length))))
        return status;
    return rt_object_new(st, &range_class.base, r, out);
}
