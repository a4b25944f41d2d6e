/* Preset functions that take lists as sets: the order is that of first appearance; items that cannot be hashed are compared one by one. */
#include "engine/presets.h"
#include "runtime/builtins/support.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

typedef struct seen_items {
    rt_dict *hashed;
    rt_list *others;
} seen_items;

static burin_status seen_init(rt_state *st, seen_items *seen)
{
    burin_status status = rt_set_new(st, 8, &seen->hashed);

    return status ? status : rt_list_new(st, BURIN_LIST, 0, &seen->others);
}

static burin_status has_seen(rt_state *st, const seen_items *seen, burin_value item, bool *out)
{
    burin_value  found  = rt_missing();
    burin_status status = rt_dict_get(st, seen->hashed, item, &found);

    *out = found.kind != BURIN_MISSING;
    if (status != BURIN_ERR_TYPE)
        return status;
    rt_clear_error(st);
    return rt_compare_op(st, RT_IN, item, rt_list_value(seen->others), out);
}

static burin_status see(rt_state *st, seen_items *seen, burin_value item)
{
    burin_status status = rt_dict_put(st, seen->hashed, item, rt_missing());

    if (status != BURIN_ERR_TYPE)
        return status;
    rt_clear_error(st);
    return rt_list_push(st, seen->others, item);
}

static burin_status see_all(rt_state *st, seen_items *seen, const rt_list *list)
{
    burin_status status = seen_init(st, seen);

    for (uint32_t n = 0; n < list->len && !status; n++)
        status = see(st, seen, list->items[n]);
    return status;
}

/* Append the items of `from` that are (not) in `other` and not yet in `result`. */
static burin_status take_where(rt_state *st, rt_list *result, seen_items *taken, const rt_list *from, const seen_items *other, bool wanted)
{
    burin_status status = BURIN_OK;
    bool         is_in, is_taken;

    for (uint32_t n = 0; n < from->len && !status; n++) {
        is_in  = wanted;
        status = other ? has_seen(st, other, from->items[n], &is_in) : BURIN_OK;
        if (!status)
            status = has_seen(st, taken, from->items[n], &is_taken);
        if (status || is_in != wanted || is_taken)
            continue;
        status = see(st, taken, from->items[n]);
        if (!status)
            status = rt_list_push(st, result, from->items[n]);
    }
    return status;
}

/* Jinja's filter; where items cannot be hashed, and nothing is asked that only Jinja's can do, one by one. */
burin_status preset_unique(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_value  case_sensitive = burin_arg(call, 1);
    rt_list     *result, *items;
    seen_items   taken;
    bool         plain;
    burin_status status = filter_unique(call, out);

    if (!status)
        status = rt_to_list(st, *out, &result);
    plain = burin_arg(call, 2).kind == BURIN_NONE && !(case_sensitive.kind == BURIN_BOOL && !case_sensitive.as.i);
    if (status == BURIN_ERR_TYPE && plain) {
        rt_clear_error(st);
        status = rt_to_list(st, burin_arg(call, 0), &items);
        if (!status)
            status = seen_init(st, &taken);
        if (!status)
            status = rt_list_new(st, BURIN_LIST, items->len, &result);
        if (!status)
            status = take_where(st, result, &taken, items, NULL, false);
    }
    if (!status)
        *out = rt_list_value(result);
    return status;
}

typedef enum set_operation { SET_UNION, SET_INTERSECT, SET_DIFFERENCE, SET_SYMMETRIC } set_operation;

static burin_status combine_sets(burin_call *call, set_operation operation, burin_value *out)
{
    rt_state    *st = state_of(call);
    rt_list     *a, *b, *result;
    seen_items   in_a, in_b, taken;
    burin_status status = rt_to_list(st, burin_arg(call, 0), &a);

    if (!status)
        status = rt_to_list(st, burin_arg(call, 1), &b);
    if (!status)
        status = see_all(st, &in_a, a);
    if (!status)
        status = see_all(st, &in_b, b);
    if (!status)
        status = seen_init(st, &taken);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, a->len, &result);
    if (!status)
        status = take_where(st, result, &taken, a, operation == SET_UNION ? NULL : &in_b, operation == SET_INTERSECT);
    if (!status && (operation == SET_UNION || operation == SET_SYMMETRIC))
        status = take_where(st, result, &taken, b, operation == SET_UNION ? NULL : &in_a, false);
    if (!status)
        *out = rt_list_value(result);
    return status;
}

burin_status preset_union(burin_call *call, burin_value *out) { return combine_sets(call, SET_UNION, out); }
burin_status preset_intersect(burin_call *call, burin_value *out) { return combine_sets(call, SET_INTERSECT, out); }
burin_status preset_difference(burin_call *call, burin_value *out) { return combine_sets(call, SET_DIFFERENCE, out); }
burin_status preset_symmetric_difference(burin_call *call, burin_value *out) { return combine_sets(call, SET_SYMMETRIC, out); }

static burin_status dbt_set(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    rt_list     *items;
    rt_dict     *set;
    burin_status status = rt_to_list(st, burin_arg(call, 0), &items);

    if (!status)
        status = rt_set_new(st, items->len, &set);
    for (uint32_t n = 0; !status && n < items->len; n++)
        status = rt_dict_put(st, set, items->items[n], rt_missing());
    if (!status)
        *out = rt_pointer(BURIN_SET, set);
    return status;
}

burin_status preset_dbt_set_strict(burin_call *call, burin_value *out) { return dbt_set(call, out); }

burin_status preset_dbt_set(burin_call *call, burin_value *out)
{
    burin_status status = dbt_set(call, out);

    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(state_of(call));
        *out   = burin_arg(call, 1);
        status = BURIN_OK;
    }
    return status;
}

/* Whether everything in `part` is in `whole`. */
static burin_status is_subset(burin_call *call, burin_value part, burin_value whole, burin_value *out)
{
    rt_state    *st = state_of(call);
    rt_list     *a, *b;
    seen_items   in_b;
    bool         is_in  = true;
    burin_status status = rt_to_list(st, part, &a);

    if (!status)
        status = rt_to_list(st, whole, &b);
    if (!status)
        status = see_all(st, &in_b, b);
    for (uint32_t n = 0; !status && is_in && n < a->len; n++)
        status = has_seen(st, &in_b, a->items[n], &is_in);
    *out = burin_bool(is_in);
    return status;
}

burin_status preset_test_subset(burin_call *call, burin_value *out) { return is_subset(call, burin_arg(call, 0), burin_arg(call, 1), out); }
burin_status preset_test_superset(burin_call *call, burin_value *out) { return is_subset(call, burin_arg(call, 1), burin_arg(call, 0), out); }
