/* Comparison: ==, order and `in`, as CPython's rich comparison decides them.
 *
 * Numbers compare exactly whatever their types; containers element by element, elements that are the same object being
 * equal without a look (so a list with a NaN equals itself). Depth is bounded by rt_enter; length is charged. */
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/complex.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/slice.h"
#include "runtime/struct.h"
#include "runtime/told.h"
#include "runtime/view.h"

#include <math.h>

static bool same_text(burin_value a, burin_value b) { return a.len == b.len && (a.len == 0 || memcmp(a.as.s, b.as.s, a.len) == 0); }

/* Does a strict undefined take part? Any comparison with it raises. */
static burin_status strict_fails(rt_state *st, burin_value a, burin_value b)
{
    if (a.kind == BURIN_UNDEFINED && rt_is_strict(a))
        return rt_undefined_fail(st, a);
    if (b.kind == BURIN_UNDEFINED && rt_is_strict(b))
        return rt_undefined_fail(st, b);
    return BURIN_OK;
}

/* -1, 0, 1; 2 when one of them is NaN. */
static int compare_numbers(burin_value a, burin_value b)
{
    if (a.kind != BURIN_FLOAT)
        return b.kind != BURIN_FLOAT ? rt_int_compare(a, b) : isnan(b.as.f) ? 2 : rt_int_compare_double(a, b.as.f);
    if (b.kind != BURIN_FLOAT)
        return isnan(a.as.f) ? 2 : -rt_int_compare_double(b, a.as.f);
    if (isnan(a.as.f) || isnan(b.as.f))
        return 2;
    return (a.as.f > b.as.f) - (a.as.f < b.as.f);
}

static int compare_texts(burin_value a, burin_value b) /* bytewise is by code point */
{
    uint32_t n     = a.len < b.len ? a.len : b.len;
    int      order = n ? memcmp(a.as.s, b.as.s, n) : 0;
    return order ? (order > 0) - (order < 0) : (a.len > b.len) - (a.len < b.len);
}

/* ---- == ---- */

static burin_status equal_items(rt_state *st, burin_value a, burin_value b, bool *out)
{
    if (rt_identical(a, b)) {
        *out = true;
        return BURIN_OK;
    }
    return rt_equal(st, a, b, out);
}

/* Index of the first items that differ, or the shorter length. */
static burin_status first_difference(rt_state *st, burin_value a, burin_value b, uint32_t *index)
{
    bool equal = true;
    if (rt_enter(st))
        return st->status;
    for (*index = 0; equal && *index < rt_list_of(st, a)->len && *index < rt_list_of(st, b)->len; *index += equal)
        if (rt_charge(st, 1) || equal_items(st, rt_list_of(st, a)->items[*index], rt_list_of(st, b)->items[*index], &equal))
            break;
    rt_leave(st);
    return st->status;
}

static burin_status equal_lists(rt_state *st, burin_value a, burin_value b, bool *out)
{
    uint32_t len = rt_list_of(st, a)->len, index;
    if (len != rt_list_of(st, b)->len) {
        *out = false;
        return BURIN_OK;
    }
    if (first_difference(st, a, b, &index))
        return st->status;
    *out = index == len && rt_list_of(st, b)->len == len;
    return BURIN_OK;
}

static burin_status equal_dicts(rt_state *st, burin_value a, burin_value b, bool *out)
{
    const rt_dict *left = rt_dict_of(st, a);
    burin_value    key, value, other;
    *out = left->len == rt_dict_of(st, b)->len;
    if (!*out)
        return BURIN_OK;
    if (rt_enter(st) || rt_charge(st, left->len))
        return st->status;
    for (uint32_t at = 0; *out && rt_dict_next(left, &at, &key, &value);) {
        if (rt_dict_get(st, rt_dict_of(st, b), key, &other))
            break;
        if (other.kind == BURIN_MISSING)
            *out = false;
        else if (equal_items(st, value, other, out))
            break;
    }
    rt_leave(st);
    return st->status;
}

/* What a set, or a view that orders like one, has its items in; NULL for anything else. */
static const rt_dict *members_of(rt_state *st, burin_value v)
{
    rt_view view = rt_view_of(v);
    if (v.kind == BURIN_SET)
        return rt_dict_of(st, v);
    return view == RT_VIEW_KEYS || view == RT_VIEW_ITEMS ? rt_dict_of(st, rt_view_dict(v)) : NULL;
}

/* Is every item of `a` in `b`? Both have members. */
static burin_status is_subset(rt_state *st, burin_value a, burin_value b, bool *out)
{
    const rt_dict *left  = members_of(st, a);
    const bool     pairs = rt_view_of(a) == RT_VIEW_ITEMS;
    burin_value    item, value;
    *out = left->len <= members_of(st, b)->len;
    if (rt_charge(st, left->len))
        return st->status;
    for (uint32_t at = 0; *out && rt_dict_next(left, &at, &item, pairs ? &value : NULL);)
        if ((pairs && rt_tuple2(st, item, value, &item)) || rt_compare_op(st, RT_IN, item, b, out))
            return st->status;
    return BURIN_OK;
}

static bool equal_ranges(const rt_range *a, const rt_range *b)
{
    return a->len == b->len && (a->len == 0 || (a->start == b->start && (a->len == 1 || a->step == b->step)));
}

static bool equal_functions(const rt_function *a, const rt_function *b)
{
    return a == b || (a->self.kind != BURIN_MISSING && a->call == b->call && a->data == b->data && rt_identical(a->self, b->self));
}

static burin_status equal_objects(rt_state *st, burin_value a, burin_value b, bool *out)
{
    burin_call call = rt_host_call(st);
    *out            = rt_identical(a, b);
    if (a.kind != BURIN_OBJECT || !rt_object_of(a)->cls->equal) {
        burin_value swap = a;
        a = b;
        b = swap;
    }
    if (a.kind != BURIN_OBJECT || !rt_object_of(a)->cls->equal)
        return BURIN_OK;
    if (rt_enter(st))
        return st->status;
    burin_status status = rt_host_done(st, rt_object_of(a)->cls->equal(&call, rt_object_of(a)->self, b, out));
    rt_leave(st);
    return status;
}

static burin_status equal_same_kind(rt_state *st, burin_value a, burin_value b, bool *out)
{
    switch ((burin_kind)a.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE:
        return equal_lists(st, a, b, out);
    case BURIN_DICT:
        return equal_dicts(st, a, b, out);
    case BURIN_STRUCT:
        *out = rt_identical(a, b);
        return BURIN_OK;
    case BURIN_SET:
        if (rt_dict_of(st, a)->len == rt_dict_of(st, b)->len)
            return is_subset(st, a, b, out);
        *out = false;
        return BURIN_OK;
    case BURIN_BYTES:
        *out = same_text(a, b);
        return BURIN_OK;
    case BURIN_RANGE:
        *out = equal_ranges(a.as.p, b.as.p);
        return BURIN_OK;
    case BURIN_FUNCTION:
        *out = equal_functions(a.as.p, b.as.p);
        return BURIN_OK;
    case BURIN_UNDEFINED:
        *out = ((const rt_undefined *)a.as.p)->cls == ((const rt_undefined *)b.as.p)->cls;
        return BURIN_OK;
    default:
        *out = true; /* None, missing */
        return BURIN_OK;
    }
}

/* What compares as another kind does: a bytearray as its bytes. */
static inline burin_value comparable(burin_value v) { return BURIN_UNLIKELY(v.kind == BURIN_BYTEARRAY) ? rt_bytearray_view(v) : v; }

/* An array equals a list or an array with equal items. */
static burin_status equal_arrays(rt_state *st, burin_value a, burin_value b, bool *out)
{
    bool lists = (a.kind == BURIN_ARRAY || a.kind == BURIN_LIST) && (b.kind == BURIN_ARRAY || b.kind == BURIN_LIST);
    *out = false;
    if (!lists || rt_array_unfold(st, &a) || rt_array_unfold(st, &b))
        return st->status;
    return equal_lists(st, a, b, out);
}

static bool equal_complex(burin_value a, burin_value b)
{
    if (a.kind == BURIN_COMPLEX && b.kind == BURIN_COMPLEX)
        return rt_complex_of(a).re == rt_complex_of(b).re && rt_complex_of(a).im == rt_complex_of(b).im;
    if (a.kind != BURIN_COMPLEX)
        return rt_is_number(a) && rt_complex_equal(rt_complex_of(b), a);
    return rt_is_number(b) && rt_complex_equal(rt_complex_of(a), b);
}

burin_status rt_equal(rt_state *st, burin_value a, burin_value b, bool *out)
{
    if (a.kind == BURIN_STRING && b.kind == BURIN_STRING) {
        *out = same_text(a, b);
        return BURIN_OK;
    }
    if (rt_is_number(a) && rt_is_number(b)) {
        *out = a.kind == BURIN_INT && b.kind == BURIN_INT ? a.as.i == b.as.i : compare_numbers(a, b) == 0;
        return BURIN_OK;
    }
    if (strict_fails(st, a, b))
        return st->status;
    if (a.kind == BURIN_OBJECT || b.kind == BURIN_OBJECT)
        return equal_objects(st, a, b, out);
    if (a.kind == BURIN_ARRAY || b.kind == BURIN_ARRAY)
        return equal_arrays(st, a, b, out);
    a = comparable(a);
    b = comparable(b);
    if (a.kind == BURIN_COMPLEX || b.kind == BURIN_COMPLEX)
        *out = equal_complex(a, b);
    else if (a.kind == b.kind)
        return equal_same_kind(st, a, b, out);
    else
        *out = false;
    return BURIN_OK;
}

/* ---- < <= > >= ---- */

static burin_status fail_order(rt_state *st, rt_compare op, burin_value a, burin_value b)
{
    static const char *const signs[] = {[RT_LT] = "<", [RT_LE] = "<=", [RT_GT] = ">", [RT_GE] = ">="};
    if (a.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, a);
    if (b.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, b);
    return rt_fail(st, BURIN_ERR_TYPE, "'%s' not supported between instances of '%s' and '%s'", signs[op], rt_type_name(st, a), rt_type_name(st, b));
}

static bool holds(rt_compare op, int order)
{
    if (order == 2)
        return false;
    return op == RT_LT ? order < 0 : op == RT_LE ? order <= 0 : op == RT_GT ? order > 0 : order >= 0;
}

static burin_status compare_lists(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out)
{
    uint32_t index;
    if (first_difference(st, a, b, &index))
        return st->status;
    const rt_list *left = rt_list_of(st, a), *right = rt_list_of(st, b);
    if (index >= left->len || index >= right->len) {
        *out = holds(op, (left->len > right->len) - (left->len < right->len));
        return BURIN_OK;
    }
    if (rt_enter(st))
        return st->status;
    rt_compare_op(st, op, left->items[index], right->items[index], out);
    rt_leave(st);
    return st->status;
}

static burin_status compare_sets(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out)
{
    bool swap = op == RT_GT || op == RT_GE, proper = op == RT_LT || op == RT_GT;
    if (proper && members_of(st, a)->len == members_of(st, b)->len) {
        *out = false;
        return BURIN_OK;
    }
    return swap ? is_subset(st, b, a, out) : is_subset(st, a, b, out);
}

static burin_status compare_order(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out)
{
    if (rt_array_unfold(st, &a) || rt_array_unfold(st, &b))
        return st->status;
    burin_value left = comparable(a), right = comparable(b);
    rt_slice    one, other;
    if (BURIN_UNLIKELY(a.kind == BURIN_OBJECT) && rt_slice_parts(a, &one.start, &one.stop, &one.step) &&
        rt_slice_parts(b, &other.start, &other.stop, &other.step)) {
        if (rt_slice_tuple(st, &one, &left) || rt_slice_tuple(st, &other, &right))
            return st->status;
        return compare_lists(st, op, left, right, out);
    }
    if (rt_is_number(a) && rt_is_number(b))
        *out = holds(op, compare_numbers(a, b));
    else if (left.kind == right.kind && (left.kind == BURIN_STRING || left.kind == BURIN_BYTES))
        *out = holds(op, compare_texts(left, right));
    else if (a.kind == b.kind && (a.kind == BURIN_LIST || a.kind == BURIN_TUPLE))
        return compare_lists(st, op, a, b, out);
    else if (members_of(st, a) && members_of(st, b))
        return compare_sets(st, op, a, b, out);
    else
        return fail_order(st, op, a, b);
    return BURIN_OK;
}

burin_status rt_order(rt_state *st, burin_value a, burin_value b, int *out)
{
    if (a.kind == BURIN_STRING && b.kind == BURIN_STRING) {
        *out = compare_texts(a, b);
        return BURIN_OK;
    }
    if (rt_is_number(a) && rt_is_number(b)) {
        int order = compare_numbers(a, b);
        *out      = order == 2 ? 0 : order; /* a NaN is less than nothing, and nothing is less than it */
        return BURIN_OK;
    }
    bool less, greater = false;
    if (compare_order(st, RT_LT, a, b, &less) || (!less && compare_order(st, RT_LT, b, a, &greater)))
        return st->status;
    *out = greater - less;
    return BURIN_OK;
}

/* ---- in ---- */

static burin_status in_text(rt_state *st, burin_value item, burin_value text, bool *out)
{
    if (item.kind != BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "'in <string>' requires string as left operand, not %s", rt_type_name(st, item));
    *out = item.len <= text.len && text_find(text.as.s, text.len, item.as.s, item.len) != SIZE_MAX;
    return rt_charge(st, text.len / 64);
}

static burin_status in_bytes(rt_state *st, burin_value item, burin_value bytes, bool *out)
{
    if (item.kind == BURIN_BYTES) {
        *out = item.len <= bytes.len && text_find(bytes.as.s, bytes.len, item.as.s, item.len) != SIZE_MAX;
        return BURIN_OK;
    }
    if (!rt_is_int(item))
        return rt_fail(st, BURIN_ERR_TYPE, "a bytes-like object is required, not '%s'", rt_type_name(st, item));
    if (item.kind == BURIN_BIGINT || item.as.i < 0 || item.as.i > 255)
        return rt_fail(st, BURIN_ERR_VALUE, "byte must be in range(0, 256)");
    *out = bytes.len && memchr(bytes.as.s, (int)item.as.i, bytes.len);
    return BURIN_OK;
}

static burin_status in_list(rt_state *st, burin_value item, burin_value list, bool *out)
{
    *out = false;
    for (uint32_t n = 0; !*out && n < rt_list_of(st, list)->len; n++)
        if (equal_items(st, rt_list_of(st, list)->items[n], item, out))
            return st->status;
    uint32_t len = rt_list_of(st, list)->len;
    return len > RT_LOOKED_THROUGH ? rt_charge(st, len) : BURIN_OK;
}

static burin_status in_range(rt_state *st, burin_value item, const rt_range *range, bool *out)
{
    *out = false;
    if (range->len == 0)
        return BURIN_OK;
    if (item.kind == BURIN_COMPLEX && rt_complex_of(item).im == 0)
        item = burin_float(rt_complex_of(item).re);
    if (item.kind == BURIN_FLOAT && item.as.f >= -0x1p63 && item.as.f < 0x1p63 && floor(item.as.f) == item.as.f)
        item = burin_int((int64_t)item.as.f);
    if (item.kind == BURIN_INT || item.kind == BURIN_BOOL) {
        int64_t last = range->start + (range->len - 1) * range->step;
        int64_t low = range->step > 0 ? range->start : last, high = range->step > 0 ? last : range->start;
        uint64_t step = range->step > 0 ? (uint64_t)range->step : -(uint64_t)range->step;
        *out = item.as.i >= low && item.as.i <= high && ((uint64_t)item.as.i - (uint64_t)low) % step == 0;
        return BURIN_OK;
    }
    if (strict_fails(st, item, item))
        return st->status;
    for (int64_t n = 0; item.kind == BURIN_OBJECT && !*out && n < range->len; n++)
        if (rt_charge(st, 1) || rt_equal(st, burin_int(range->start + n * range->step), item, out))
            return st->status;
    return BURIN_OK;
}

/* `told` may be NULL: nobody tells. */
static burin_status in_iterable(rt_state *st, rt_told *told, burin_value item, burin_value iterable, bool *out)
{
    rt_iter     it;
    burin_value each;
    *out = false;
    if (rt_iter_init(st, iterable, &it))
        return st->status;
    while (!*out && !rt_next_for(st, told, &it, &each) && each.kind != BURIN_MISSING)
        if (rt_charge(st, 1) || equal_items(st, each, item, out))
            break;
    return st->status;
}

static burin_status in_object(rt_state *st, rt_told *told, burin_value item, burin_value object, bool *out)
{
    const burin_class *cls = rt_object_of(object)->cls;
    if (cls->contains) {
        burin_call call = rt_host_call(st);
        if (!rt_class_of(object) && rt_whole(st, &item))
            return st->status;
        return rt_host_done(st, cls->contains(&call, rt_object_of(object)->self, item, out));
    }
    if (cls->next || cls->iterate || (cls->get_item && cls->length))
        return in_iterable(st, told, item, object, out);
    return rt_fail(st, BURIN_ERR_TYPE, "argument of type '%s' is not iterable", rt_type_name(st, object));
}

static burin_status contains(rt_state *st, burin_value item, burin_value container, bool *out)
{
    burin_value value;
    switch ((burin_kind)container.kind) {
    case BURIN_STRING:
        return in_text(st, item, container, out);
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
        return in_bytes(st, comparable(item), comparable(container), out);
    case BURIN_LIST:
    case BURIN_TUPLE:
        return in_list(st, item, container, out);
    case BURIN_SET:
        if (item.kind == BURIN_SET && !rt_is_frozen(item)) { /* an equal frozenset is looked for */
            rt_dict frozen = *rt_dict_of(st, item);
            frozen.flags |= RT_FROZEN;
            return contains(st, rt_pointer(BURIN_SET, &frozen), container, out);
        }
        __attribute__((fallthrough));
    case BURIN_DICT:
        if (rt_dict_get(st, rt_dict_of(st, container), item, &value))
            return st->status;
        *out = value.kind != BURIN_MISSING;
        return BURIN_OK;
    case BURIN_RANGE:
        return in_range(st, item, container.as.p, out);
    case BURIN_UNDEFINED:
        *out = false; /* it iterates as empty */
        return strict_fails(st, container, container);
    case BURIN_OBJECT:
        return in_object(st, NULL, item, container, out);
    case BURIN_ARRAY:
        return in_iterable(st, NULL, item, container, out);
    default:
        return rt_fail(st, BURIN_ERR_TYPE, "argument of type '%s' is not iterable", rt_type_name(st, container));
    }
}

burin_status rt_in_walked(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out)
{
    const burin_call machine = rt_machine_call(st);
    rt_told          told;
    bool             holding = false;
    rt_told_begin(&told, &machine, NULL, 0);
    burin_status status = in_object(st, &told, a, b, &holding);
    rt_told_end(&told);
    *out = holding == (op == RT_IN);
    return status;
}

burin_status rt_compare_op(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out)
{
    bool holding;
    switch (op) {
    case RT_EQ:
        return rt_equal(st, a, b, out);
    case RT_NE:
        if (rt_equal(st, a, b, &holding))
            return st->status;
        *out = !holding;
        return BURIN_OK;
    case RT_IN:
        return contains(st, a, b, out);
    case RT_NOT_IN:
        if (contains(st, a, b, &holding))
            return st->status;
        *out = !holding;
        return BURIN_OK;
    default:
        return compare_order(st, op, a, b, out);
    }
}
