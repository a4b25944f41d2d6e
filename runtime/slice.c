/* Subscripts with a slice: v[start:stop:step] of Python's sequences.
 *
 * Pieces of text and bytes share the memory of the whole where the step is 1. */
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/builder.h"
#include "runtime/collect.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/slice.h"
#include "runtime/struct.h"

/* ---- slice objects ---- */

static burin_status slice_repr(burin_call *call, void *self, burin_value *out)
{
    const rt_slice       *s       = self;
    const burin_value *parts[] = {&s->start, &s->stop, &s->step};
    builder            text;
    builder_init(&text, call->st, 32);
    builder_ascii(&text, "slice(", 6);
    for (int n = 0; n < 3; n++) {
        burin_value  part;
        burin_status status = rt_repr(call->st, parts[n]->kind == BURIN_MISSING ? burin_none() : *parts[n], &part);
        if (status)
            return status;
        if (n)
            builder_ascii(&text, ", ", 2);
        builder_value(&text, part);
    }
    builder_byte(&text, ')');
    return builder_take(&text, 0, out);
}

burin_status rt_slice_tuple(rt_state *st, const rt_slice *slice, burin_value *out)
{
    const burin_value parts[] = {slice->start, slice->stop, slice->step};
    rt_list          *made;
    burin_status      status = rt_list_new(st, BURIN_TUPLE, 3, &made);
    if (status)
        return status;
    for (int n = 0; n < 3; n++)
        made->items[n] = parts[n].kind == BURIN_MISSING ? burin_none() : parts[n];
    made->len = 3;
    *out      = rt_tuple_value(made);
    return BURIN_OK;
}

static burin_status slice_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    const rt_slice *s = self;
    burin_value     mine, others;
    rt_slice        o;
    *out = false;
    if (!rt_slice_parts(other, &o.start, &o.stop, &o.step))
        return BURIN_OK;
    burin_status status = rt_slice_tuple(call->st, s, &mine);
    if (!status)
        status = rt_slice_tuple(call->st, &o, &others);
    return status ? status : rt_equal(call->st, mine, others, out);
}

static void slice_reach(rt_collector *c, void *self)
{
    const rt_slice *s = self;
    if (!rt_reach_bytes(c, s, sizeof *s))
        return;
    rt_reach_value(c, &s->start);
    rt_reach_value(c, &s->stop);
    rt_reach_value(c, &s->step);
}

/* `equal` without `hash`: a slice is no key of a dict */
static const rt_holder slice_class = {{.struct_size = sizeof(rt_holder), .name = "slice", .repr = slice_repr, .equal = slice_equal}, slice_reach};

burin_status rt_slice_new(rt_state *st, burin_value start, burin_value stop, burin_value step, burin_value *out)
{
    rt_slice *s = heap_alloc(&st->heap, sizeof *s);
    if (!s)
        return rt_fail_memory(st);
    *s = (rt_slice){start, stop, step};
    return rt_object_new(st, &slice_class.base, s, out);
}

bool rt_slice_parts(burin_value key, burin_value *start, burin_value *stop, burin_value *step)
{
    if (key.kind != BURIN_OBJECT || rt_object_of(key)->cls != &slice_class.base)
        return false;
    const rt_slice *s = rt_object_of(key)->self;
    *start         = s->start;
    *stop          = s->stop;
    *step          = s->step;
    return true;
}

/* ---- indices ---- */

/* One part as a number, those beyond 64 bits cut off; `absent` where there is none. */
static burin_status part_of(rt_state *st, burin_value v, int64_t absent, int64_t *out)
{
    switch (v.kind) {
    case BURIN_MISSING:
    case BURIN_NONE: *out = absent; return BURIN_OK;
    case BURIN_INT:
    case BURIN_BOOL: *out = v.as.i; return BURIN_OK;
    case BURIN_BIGINT: *out = rt_int_sign(v) < 0 ? INT64_MIN : INT64_MAX; return BURIN_OK;
    default: return rt_fail(st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    }
}

static int64_t clamp(int64_t at, int64_t len, int64_t lowest, int64_t highest)
{
    if (at < 0)
        at += len;
    return at < lowest ? lowest : at > highest ? highest : at;
}

burin_status rt_slice_bounds(rt_state *st, const rt_slice *s, int64_t len, rt_picked *out)
{
    int64_t      start = 0, stop = 0, step = 1;
    burin_status status;
    if ((status = part_of(st, s->step, 1, &step)))
        return status;
    if (step == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "slice step cannot be zero");
    if (step == INT64_MIN)
        step = -INT64_MAX;
    bool back = step < 0;
    if ((status = part_of(st, s->start, back ? INT64_MAX : 0, &start)) ||
        (status = part_of(st, s->stop, back ? INT64_MIN : INT64_MAX, &stop)))
        return status;
    start = clamp(start, len, back ? -1 : 0, back ? len - 1 : len);
    stop  = clamp(stop, len, back ? -1 : 0, back ? len - 1 : len);
    out->start = start;
    out->stop  = stop;
    out->step  = step;
    if (back)
        out->count = stop < start ? (start - stop - 1) / -step + 1 : 0;
    else
        out->count = start < stop ? (stop - start - 1) / step + 1 : 0;
    return BURIN_OK;
}

burin_status rt_slice_pick(rt_state *st, const rt_slice *slice, int64_t len, rt_picked *out)
{
    burin_status status = rt_slice_bounds(st, slice, len, out);
    return status ? status : rt_charge(st, (uint64_t)out->count / 16);
}

/* ---- the kinds ---- */

static burin_status slice_list(rt_state *st, burin_value v, const rt_slice *s, burin_value *out)
{
    const rt_list *list = rt_list_of(st, v);
    rt_picked         p = {0};
    rt_list       *made;
    burin_status   status = rt_slice_pick(st, s, list->len, &p);
    if (status || (status = rt_list_new(st, v.kind, (uint32_t)p.count, &made)))
        return status;
    if (p.step == 1 && p.count) {
        memcpy(made->items, list->items + p.start, (size_t)p.count * sizeof(burin_value));
    } else {
        for (int64_t n = 0; n < p.count; n++)
            made->items[n] = list->items[p.start + n * p.step];
    }
    made->len = (uint32_t)p.count;
    *out      = rt_pointer(v.kind, made);
    return BURIN_OK;
}

static burin_status slice_range(rt_state *st, burin_value v, const rt_slice *s, burin_value *out)
{
    const rt_range *range = v.as.p;
    rt_picked          p = {0};
    burin_status    status = rt_slice_pick(st, s, range->len, &p);
    if (status)
        return status;
    rt_range *made = heap_alloc(&st->heap, sizeof *made);
    if (!made)
        return rt_fail_memory(st);
    made->len   = p.count;
    made->step  = (int64_t)((uint64_t)range->step * (uint64_t)p.step);
    made->start = (int64_t)((uint64_t)range->start + (uint64_t)range->step * (uint64_t)p.start);
    made->stop  = (int64_t)((uint64_t)range->start + (uint64_t)range->step * (uint64_t)p.stop);
    *out        = rt_pointer(BURIN_RANGE, made);
    return BURIN_OK;
}

/* Every step-th unit of one byte each. */
static burin_status slice_bytes(rt_state *st, burin_value v, const rt_slice *s, burin_value *out)
{
    rt_picked       p = {0};
    char        *data;
    burin_status status = rt_slice_pick(st, s, v.len, &p);
    if (status)
        return status;
    if (p.step == 1 || p.count == 0) {
        *out = v;
        out->as.s += p.count ? p.start : 0;
        out->len = (uint32_t)p.count;
        return BURIN_OK;
    }
    if ((status = rt_string_new(st, (size_t)p.count, &data, out)))
        return status;
    for (int64_t n = 0; n < p.count; n++)
        data[n] = v.as.s[p.start + n * p.step];
    out->kind  = v.kind;
    out->flags = v.flags;
    return BURIN_OK;
}

static bool is_start(char c) { return (signed char)c > -65; }

static size_t size_at(burin_value v, size_t at)
{
    size_t end = at + 1;
    while (end < v.len && !is_start(v.as.s[end]))
        end++;
    return end - at;
}

/* The byte offset `steps` code points (of either sign) away from the one at `at`. */
static size_t move(burin_value v, size_t at, int64_t steps)
{
    for (; steps > 0; steps--)
        at += size_at(v, at);
    for (; steps < 0; steps++) {
        do
            at--;
        while (!is_start(v.as.s[at]));
    }
    return at;
}

static burin_status slice_text(rt_state *st, burin_value v, const rt_slice *s, burin_value *out)
{
    rt_picked       p = {0};
    burin_status status = rt_slice_pick(st, s, (int64_t)text_count(v.as.s, v.len), &p);
    if (status)
        return status;
    size_t at = p.count ? text_offset(v.as.s, v.len, (size_t)p.start) : 0;
    if (p.step == 1 || p.count == 0) {
        *out = v;
        out->as.s += at;
        out->len = (uint32_t)(p.count ? text_offset(v.as.s + at, v.len - at, (size_t)p.count) : 0);
        return BURIN_OK;
    }
    builder text;
    builder_init(&text, st, (size_t)p.count);
    for (int64_t n = 0; n < p.count; n++) {
        if (n)
            at = move(v, at, p.step);
        builder_text(&text, v.as.s + at, size_at(v, at));
    }
    return builder_take(&text, v.flags & BURIN_SAFE, out);
}

burin_status rt_get_slice(rt_state *st, burin_value v, burin_value start, burin_value stop, burin_value step, burin_value *out)
{
    rt_slice s = {start, stop, step};
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE: return slice_list(st, v, &s, out);
    case BURIN_STRING: return text_is_ascii(v.as.s, v.len) ? slice_bytes(st, v, &s, out) : slice_text(st, v, &s, out);
    case BURIN_BYTES: return slice_bytes(st, v, &s, out);
    case BURIN_BYTEARRAY: {
        burin_status status = slice_bytes(st, rt_bytearray_view(v), &s, out);
        return status ? status : rt_bytearray_new(st, out->as.s, out->len, out);
    }
    case BURIN_RANGE: return slice_range(st, v, &s, out);
    case BURIN_UNDEFINED:
        if (!rt_is_chainable(v))
            return rt_undefined_fail(st, v);
        *out = v;
        return BURIN_OK;
    case BURIN_ARRAY: {
        burin_value  list;
        burin_status status = rt_array_to_list(st, v, &list);
        return status ? status : slice_list(st, list, &s, out);
    }
    case BURIN_DICT: return rt_fail(st, BURIN_ERR_TYPE, "unhashable type: 'slice'");
    case BURIN_FUNCTION:
    case BURIN_OBJECT: {
        burin_value  key;
        burin_status status = rt_slice_new(st, start, stop, step, &key);
        return status ? status : rt_python_item(st, v, key, out);
    }
    default: return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not subscriptable", rt_type_name(st, v));
    }
}
