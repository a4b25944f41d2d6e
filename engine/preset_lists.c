/* Preset functions over lists: flattened, side by side, joined with what they hold. */
#include "engine/presets.h"
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

static burin_status flatten_into(rt_state *st, rt_list *into, const rt_list *from, int64_t levels, bool skip_nulls)
{
    burin_status status = rt_enter(st);

    if (status)
        return status;
    for (uint32_t n = 0; n < from->len && !status; n++) {
        burin_value item    = from->items[n];
        bool        is_null = item.kind == BURIN_NONE || (item.kind == BURIN_STRING && (text_is(rt_text_of(item), "None") || text_is(rt_text_of(item), "null")));
        if (is_null && skip_nulls)
            continue;
        if ((item.kind == BURIN_LIST || item.kind == BURIN_TUPLE) && levels != 0)
            status = flatten_into(st, into, rt_list_of(st, item), levels < 0 ? levels : levels - 1, skip_nulls);
        else
            status = rt_list_push(st, into, item);
    }
    rt_leave(st);
    return status;
}

static burin_status flatten(burin_call *call, bool skip_nulls, burin_value *out)
{
    rt_state    *st = state_of(call);
    rt_list     *into, *from;
    int64_t      levels = -1;
    burin_status status = rt_to_list(st, burin_arg(call, 0), &from);

    if (!status && burin_arg(call, 1).kind != BURIN_NONE)
        status = rt_as_index(st, burin_arg(call, 1), &levels);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, from->len, &into);
    if (!status)
        status = flatten_into(st, into, from, levels < 0 ? -1 : levels, skip_nulls);
    if (!status)
        *out = rt_list_value(into);
    return status;
}

burin_status preset_flatten(burin_call *call, burin_value *out)
{
    bool         skip_nulls;
    burin_status status = rt_is_true(state_of(call), burin_arg(call, 2), &skip_nulls);

    return status ? status : flatten(call, skip_nulls, out);
}

burin_status preset_salt_flatten(burin_call *call, burin_value *out)
{
    bool         keep_nulls;
    burin_status status = rt_is_true(state_of(call), burin_arg(call, 2), &keep_nulls);

    return status ? status : flatten(call, !keep_nulls, out);
}

burin_status preset_zip(burin_call *call, burin_value *out)
{
    rt_state      *st    = state_of(call);
    const rt_list *lists = rt_list_of(st, burin_arg(call, 0));
    rt_iter       *walks = heap_alloc(&st->heap, (lists->len ? lists->len : 1) * sizeof *walks);
    rt_list       *result, *tuple;
    burin_status   status = walks ? rt_list_new(st, BURIN_LIST, 8, &result) : rt_fail_memory(st);

    for (uint32_t n = 0; n < lists->len && !status; n++)
        status = rt_iter_init(st, lists->items[n], &walks[n]);
    for (bool more = lists->len > 0; more && !status;) {
        status = rt_list_new(st, BURIN_TUPLE, lists->len, &tuple);
        for (uint32_t n = 0; n < lists->len && more && !status; n++) {
            burin_value item = rt_missing();
            status           = rt_iter_next(st, &walks[n], &item);
            more             = item.kind != BURIN_MISSING;
            if (!status && more)
                status = rt_list_push(st, tuple, item);
        }
        if (!status && more)
            status = rt_charge(st, lists->len);
        if (!status && more)
            status = rt_list_push(st, result, rt_tuple_value(tuple));
    }
    if (!status)
        *out = rt_list_value(result);
    return status;
}

burin_status preset_dbt_zip(burin_call *call, burin_value *out)
{
    burin_status status = preset_zip(call, out);

    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(state_of(call));
        *out   = burin_get(burin_arg(call, 1), "default");
        status = BURIN_OK;
        if (out->kind == BURIN_MISSING)
            *out = burin_none();
    }
    return status;
}

/* itertools.zip_longest: what a short list lacks is `fillvalue`. */

burin_status preset_zip_longest(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    const rt_list *lists = rt_list_of(st, burin_arg(call, 1));
    rt_list    **items = heap_alloc(&st->heap, (lists->len ? lists->len : 1) * sizeof *items), *result, *tuple;
    uint32_t     longest = 0;
    burin_status status = items ? BURIN_OK : rt_fail_memory(st);

    for (uint32_t n = 0; n < lists->len && !status; n++) {
        status = rt_to_list(st, lists->items[n], &items[n]);
        if (!status && items[n]->len > longest)
            longest = items[n]->len;
    }
    if (!status)
        status = rt_list_new(st, BURIN_LIST, longest, &result);
    for (uint32_t row = 0; row < longest && !status; row++) {
        status = rt_charge(st, lists->len);
        if (!status)
            status = rt_list_new(st, BURIN_TUPLE, lists->len, &tuple);
        for (uint32_t n = 0; n < lists->len && !status; n++)
            status = rt_list_push(st, tuple, row < items[n]->len ? items[n]->items[row] : burin_arg(call, 0));
        if (!status)
            status = rt_list_push(st, result, rt_tuple_value(tuple));
    }
    if (!status)
        *out = rt_list_value(result);
    return status;
}

/* Every item of `left` (tuples) with every item of `right` behind it. */
static burin_status product_with(rt_state *st, const rt_list *left, const rt_list *right, rt_list **out)
{
    burin_status status = rt_list_new(st, BURIN_LIST, 8, out);

    for (uint32_t n = 0; n < left->len && !status; n++) {
        const rt_list *begin = rt_list_of(st, left->items[n]);
        for (uint32_t k = 0; k < right->len && !status; k++) {
            rt_list *tuple;
            status = rt_charge(st, begin->len + 1);
            if (!status)
                status = rt_list_new(st, BURIN_TUPLE, begin->len + 1, &tuple);
            for (uint32_t i = 0; i < begin->len && !status; i++)
                status = rt_list_push(st, tuple, begin->items[i]);
            if (!status)
                status = rt_list_push(st, tuple, right->items[k]);
            if (!status)
                status = rt_list_push(st, *out, rt_tuple_value(tuple));
        }
    }
    return status;
}

/* itertools.product */
burin_status preset_product(burin_call *call, burin_value *out)
{
    rt_state      *st    = state_of(call);
    const rt_list *lists = rt_list_of(st, burin_arg(call, 1));
    int64_t        repeat;
    rt_list       *result, *begin, *items;
    burin_status   status = rt_as_index(st, burin_arg(call, 0), &repeat);

    if (!status && repeat < 0)
        return burin_raise(call, BURIN_ERR_VALUE, "repeat argument cannot be negative");
    if (!status)
        status = rt_list_new(st, BURIN_LIST, 1, &result);
    if (!status)
        status = rt_list_new(st, BURIN_TUPLE, 0, &begin);
    if (!status)
        status = rt_list_push(st, result, rt_tuple_value(begin));
    for (int64_t round = 0; !status && round < repeat && result->len; round++) /* times nothing is nothing */
        for (uint32_t n = 0; n < lists->len && !status; n++) {
            status = rt_to_list(st, lists->items[n], &items);
            if (!status)
                status = product_with(st, result, items, &result);
        }
    if (!status)
        *out = rt_list_value(result);
    return status;
}

/* container[item], and more keys one after another. */
burin_status preset_extract(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_value  more = burin_arg(call, 2);
    burin_status status = rt_get_item(st, burin_arg(call, 1), burin_arg(call, 0), out);

    if (status || more.kind == BURIN_NONE)
        return status;
    if (more.kind != BURIN_LIST)
        return rt_get_item(st, *out, more, out);
    const rt_list *keys = rt_list_of(st, more);
    for (uint32_t n = 0; n < keys->len && !status; n++)
        status = rt_get_item(st, *out, keys->items[n], out);
    return status;
}

/* What `keys` lead to from `element`: a list. MISSING where a key is not there and that is allowed. */
static burin_status follow_keys(burin_call *call, burin_value element, const rt_list *keys, bool skip_missing, burin_value *out)
{
    rt_state   *st = state_of(call);
    burin_value item;

    *out = element;
    for (uint32_t n = 0; n < keys->len; n++, *out = item) {
        burin_value key = keys->items[n], shown;
        if (out->kind != BURIN_DICT)
            return rt_str(st, key, &key) || rt_str(st, *out, &shown)
                       ? st->status
                       : burin_raise(call, BURIN_ERR_TEMPLATE, "the key %.*s should point to a dictionary, got '%.*s'", (int)key.len, key.as.s, (int)shown.len, shown.as.s);
        if (rt_dict_get(st, rt_dict_of(st, *out), key, &item))
            return st->status;
        if (item.kind == BURIN_MISSING && skip_missing) {
            *out = item;
            return BURIN_OK;
        }
        if (item.kind == BURIN_MISSING)
            return rt_repr(st, key, &key) || rt_repr(st, *out, &shown)
                       ? st->status
                       : burin_raise(call, BURIN_ERR_TEMPLATE, "could not find %.*s key in iterated item %.*s", (int)key.len, key.as.s, (int)shown.len, shown.as.s);
    }
    if (out->kind == BURIN_LIST)
        return BURIN_OK;
    burin_value key = keys->len ? keys->items[keys->len - 1] : burin_none(), shown;
    return rt_repr(st, key, &key) || rt_repr(st, *out, &shown)
               ? st->status
               : burin_raise(call, BURIN_ERR_TEMPLATE, "the key %.*s should point to a list, got %.*s", (int)key.len, key.as.s, (int)shown.len, shown.as.s);
}

/* (element, item) for each item of the list that each element has under some keys. */
burin_status preset_subelements(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_value  of = burin_arg(call, 0), path = burin_arg(call, 1), values, pair;
    rt_list     *elements, *result;
    bool         skip_missing;
    burin_status status = BURIN_OK;

    if (of.kind != BURIN_DICT && of.kind != BURIN_LIST)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "obj must be a list of dicts or a nested dict");
    if (path.kind == BURIN_STRING)
        status = rt_call_method(st, path, (burin_text)BURIN_TEXT("split"), &(rt_arguments){.positional = (burin_value[]){RT_STRING(".")}, .count = 1}, &path);
    else if (path.kind != BURIN_LIST)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "subelements must be a list or a string");
    if (!status && of.kind == BURIN_DICT)
        status = rt_call_method(st, of, (burin_text)BURIN_TEXT("values"), &(rt_arguments){0}, &of);
    if (!status)
        status = rt_to_list(st, of, &elements);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, 8, &result);
    if (!status)
        status = rt_is_true(st, burin_arg(call, 2), &skip_missing);
    for (uint32_t n = 0; !status && n < elements->len; n++) {
        status = follow_keys(call, elements->items[n], rt_list_of(st, path), skip_missing, &values);
        for (uint32_t k = 0; !status && values.kind == BURIN_LIST && k < rt_list_of(st, values)->len; k++) {
            status = rt_tuple2(st, elements->items[n], rt_list_of(st, values)->items[k], &pair);
            if (!status)
                status = rt_charge(st, 1);
            if (!status)
                status = rt_list_push(st, result, pair);
        }
    }
    if (!status)
        *out = rt_list_value(result);
    return status;
}
