/* The methods of list and tuple. Whoever changes a list takes it with rt_list_edit, which gives this render's own copy of a
 * list that is only borrowed, and lets what it put in escape from the loop that made it. */
#include "runtime/builtins/methods.h"
#include "runtime/bigint.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"
#include "runtime/operate_sequence.h"

static burin_status done(burin_call *call, burin_value *out)
{
    heap_escape(&call->st->heap);
    *out = burin_none();
    return BURIN_OK;
}

/* ---- finding ---- */

static burin_status same(rt_state *st, burin_value a, burin_value b, bool *out)
{
    if (rt_identical(a, b)) {
        *out = true;
        return BURIN_OK;
    }
    return rt_equal(st, a, b, out);
}

burin_status method_list_find(rt_state *st, burin_value list, burin_value value, uint64_t from, uint64_t to, size_t *out)
{
    burin_status status = BURIN_OK;
    bool         found  = false;

    *out = SIZE_MAX;
    for (uint64_t at = from; at < to && !status && !found; at++) {
        const rt_list *now = rt_list_of(st, list); /* a comparison may call the host, which may change it */
        if (at >= now->len)
            break;
        status = same(st, now->items[at], value, &found);
        if (found)
            *out = (size_t)at;
    }
    return status || from >= to ? status : rt_charge(st, (found ? *out : to) - from);
}

/* One of list.index's bounds: any integer, but not None. */
static burin_status bound(rt_state *st, burin_value v, size_t len, uint64_t *out)
{
    int64_t index;

    if (!rt_is_int(v))
        return rt_fail(st, BURIN_ERR_TYPE, "slice indices must be integers or have an __index__ method");
    index = v.kind == BURIN_BIGINT ? (rt_int_sign(v) < 0 ? INT64_MIN : INT64_MAX) : v.as.i;
    if (index < 0)
        index = index + (int64_t)len < 0 ? 0 : index + (int64_t)len;
    *out = (uint64_t)index < len ? (uint64_t)index : len;
    return BURIN_OK;
}

burin_status method_list_bounds(rt_state *st, burin_value start, burin_value stop, size_t len, uint64_t *from, uint64_t *to)
{
    burin_status status = bound(st, start, len, from);

    *to = len;
    if (!status && stop.kind != BURIN_MISSING)
        status = bound(st, stop, len, to);
    return status;
}

static burin_status count(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  self   = call->args[0];
    int64_t      number = 0;
    bool         equal  = false;
    burin_status status = BURIN_OK;

    for (uint64_t at = 0; !status && at < rt_list_of(st, self)->len; at++) {
        status = same(st, rt_list_of(st, self)->items[at], call->args[1], &equal);
        number += equal;
    }
    *out = burin_int(number);
    return status ? status : rt_charge(st, rt_list_of(st, self)->len);
}

burin_status method_list_count(burin_call *call, burin_value *out) { return count(call, out); }
burin_status method_tuple_count(burin_call *call, burin_value *out) { return count(call, out); }

/* The index, or SIZE_MAX. */
static burin_status find(burin_call *call, size_t *out)
{
    rt_state    *st   = call->st;
    burin_value  self = call->args[0];
    uint64_t     from, to;
    burin_status status = method_list_bounds(st, call->args[2], call->args[3], rt_list_of(st, self)->len, &from, &to);

    return status ? status : method_list_find(st, self, call->args[1], from, to, out);
}

burin_status method_list_index(burin_call *call, burin_value *out)
{
    size_t       index;
    burin_value  repr;
    burin_status status = find(call, &index);

    if (status)
        return status;
    *out = burin_int((int64_t)index);
    if (index != SIZE_MAX)
        return BURIN_OK;
    status = rt_repr(call->st, call->args[1], &repr);
    if (status == BURIN_ERR_VALUE) { /* of an int with too many digits: the exception has no text then */
        rt_clear_error(call->st);
        return rt_fail(call->st, BURIN_ERR_VALUE, "%s", "");
    }
    return status ? status : rt_fail(call->st, BURIN_ERR_VALUE, "%.*s is not in list", (int)repr.len, repr.as.s);
}

burin_status method_tuple_index(burin_call *call, burin_value *out)
{
    size_t       index;
    burin_status status = find(call, &index);

    if (status)
        return status;
    *out = burin_int((int64_t)index);
    return index != SIZE_MAX ? BURIN_OK : rt_fail(call->st, BURIN_ERR_VALUE, "tuple.index(x): x not in tuple");
}

/* ---- adding ---- */

burin_status method_list_append(burin_call *call, burin_value *out)
{
    rt_list     *list;
    burin_status status = rt_list_edit(call->st, call->args[0], &list);

    if (!status)
        status = rt_list_push(call->st, list, call->args[1]);
    return status ? status : done(call, out);
}

burin_status rt_list_extend(rt_state *st, rt_told *told, rt_list *list, burin_value more)
{
    burin_value  item;
    rt_iter      it;
    burin_status status = BURIN_OK;

    if (more.kind == BURIN_LIST || more.kind == BURIN_TUPLE) {
        uint32_t len = rt_list_of(st, more)->len; /* it may be the same list, which grows meanwhile */
        status       = rt_charge(st, len);
        for (uint32_t n = 0; !status && n < len; n++)
            status = rt_list_push(st, list, rt_list_of(st, more)->items[n]);
        return status;
    }
    status = rt_iter_init(st, more, &it);
    while (!status && !(status = rt_next_for(st, told, &it, &item)) && item.kind != BURIN_MISSING) {
        status = rt_list_push(st, list, item);
        if (!status)
            status = rt_charge(st, 1);
    }
    return status;
}

burin_status method_list_extend(burin_call *call, burin_value *out)
{
    rt_list     *list;
    rt_told      told;
    burin_status status = rt_list_edit(call->st, call->args[0], &list);

    rt_told_begin(&told, call, NULL, 0);
    if (!status)
        status = rt_list_extend(call->st, &told, list, call->args[1]);
    rt_told_end(&told);
    return status ? status : done(call, out);
}

burin_status method_list_insert(burin_call *call, burin_value *out)
{
    rt_list     *list;
    int64_t      index;
    burin_status status = method_ssize(call->st, call->args[1], &index);

    if (!status)
        status = rt_list_edit(call->st, call->args[0], &list);
    if (!status)
        status = rt_list_push(call->st, list, call->args[2]);
    if (status)
        return status;
    int64_t last = (int64_t)list->len - 1;
    if (index < 0)
        index = index + last < 0 ? 0 : index + last;
    if (index < last) {
        memmove(list->items + index + 1, list->items + index, (size_t)(last - index) * sizeof *list->items);
        list->items[index] = call->args[2];
        status             = rt_charge(call->st, (uint64_t)(last - index) / 64);
    }
    return status ? status : done(call, out);
}

/* ---- removing ---- */

static burin_status take_out(rt_state *st, rt_list *list, size_t index)
{
    list->len--;
    memmove(list->items + index, list->items + index + 1, (list->len - index) * sizeof *list->items);
    return rt_charge(st, (list->len - index) / 64);
}

burin_status method_list_pop(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_list     *list;
    int64_t      index;
    burin_status status = method_ssize(st, call->args[1], &index);

    if (!status)
        status = rt_list_edit(st, call->args[0], &list);
    if (status)
        return status;
    if (list->len == 0)
        return rt_fail(st, BURIN_ERR_INDEX, "pop from empty list");
    if (index < 0)
        index += list->len;
    if (index < 0 || index >= list->len)
        return rt_fail(st, BURIN_ERR_INDEX, "pop index out of range");
    *out = list->items[index];
    heap_escape(&st->heap);
    return take_out(st, list, (size_t)index);
}

burin_status method_list_remove(burin_call *call, burin_value *out)
{
    rt_list     *list;
    size_t       index;
    burin_status status = method_list_find(call->st, call->args[0], call->args[1], 0, rt_list_of(call->st, call->args[0])->len, &index);

    if (status)
        return status;
    if (index == SIZE_MAX)
        return rt_fail(call->st, BURIN_ERR_VALUE, "list.remove(x): x not in list");
    status = rt_list_edit(call->st, call->args[0], &list);
    if (!status && index < list->len)
        status = take_out(call->st, list, index);
    return status ? status : done(call, out);
}

burin_status method_list_clear(burin_call *call, burin_value *out)
{
    rt_list     *list;
    burin_status status = rt_list_edit(call->st, call->args[0], &list);

    if (status)
        return status;
    list->len = 0;
    return done(call, out);
}

/* ---- order and copies ---- */

burin_status method_list_copy(burin_call *call, burin_value *out)
{
    rt_list     *copy;
    burin_status status = rt_to_list(call->st, call->args[0], &copy);

    if (!status)
        *out = rt_list_value(copy);
    return status;
}

burin_status method_list_reverse(burin_call *call, burin_value *out)
{
    rt_list     *list;
    burin_status status = rt_list_edit(call->st, call->args[0], &list);

    if (!status)
        status = rt_charge(call->st, list->len);
    if (status)
        return status;
    for (uint32_t low = 0, high = list->len; low + 1 < high; low++) {
        burin_value item  = list->items[low];
        list->items[low]  = list->items[--high];
        list->items[high] = item;
    }
    return done(call, out);
}

/* What sort is given by name. */
static burin_status sort_options(burin_call *call, burin_value *key, bool *reverse)
{
    rt_state      *st         = call->st;
    const rt_list *positional = rt_list_of(st, call->args[1]);
    const rt_dict *named      = rt_dict_of(st, call->args[2]);
    burin_value    name, value;
    int            number = 0;

    if (positional->len && positional->len + named->len > 2)
        return rt_fail(st, BURIN_ERR_TYPE, "sort() takes at most 2 arguments (%u given)", positional->len + named->len);
    if (positional->len)
        return rt_fail(st, BURIN_ERR_TYPE, "sort() takes no positional arguments");
    if (named->len > 2)
        return rt_fail(st, BURIN_ERR_TYPE, "sort() takes at most 2 keyword arguments (%u given)", named->len);
    *key = burin_none();
    for (uint32_t at = 0; rt_dict_next(named, &at, &name, &value);) {
        if (text_is(rt_text_of(name), "key")) {
            *key = value;
        } else if (text_is(rt_text_of(name), "reverse")) {
            burin_status status = method_c_int(st, value, &number);
            if (status)
                return status;
        } else {
            return rt_fail(st, BURIN_ERR_TYPE, "'%.*s' is an invalid keyword argument for sort()", (int)name.len, name.as.s);
        }
    }
    *reverse = number != 0;
    return BURIN_OK;
}

/* The keys of the items, one call each. */
static burin_status sort_keys(burin_call *call, burin_value function, const rt_list *items, burin_value **out)
{
    rt_state    *st = call->st;
    rt_list     *taken, *keys;
    rt_told      told;
    burin_status status = rt_list_new(st, BURIN_LIST, 0, &taken);

    if (!status)
        status = rt_list_new(st, BURIN_LIST, items->len, &keys);
    if (status)
        return status;
    *taken                   = *items; /* in the heap, and so told with its items */
    *out                     = keys->items;
    const burin_value held[] = {rt_list_value(taken), rt_list_value(keys)};
    rt_told_begin(&told, call, held, 2);
    for (uint32_t n = 0; n < items->len && !status; n++) {
        rt_arguments args = {.positional = &items->items[n], .count = 1};
        rt_ask(st, call->direct, function);
        status = rt_call(st, function, &args, &keys->items[n]);
        rt_ask_none(st);
        keys->len++;
    }
    rt_told_end(&told);
    return status;
}

/* Like CPython, the list is empty while it is sorted, so that whatever keys and comparisons do to it shows. */
burin_status method_list_sort(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_list     *list;
    burin_value  key, *keys = NULL;
    bool         reverse = false;
    burin_status status = sort_options(call, &key, &reverse);

    if (!status)
        status = rt_list_edit(st, call->args[0], &list);
    if (status)
        return status;
    const rt_list taken = *list;
    list->items         = NULL;
    list->len = list->cap = 0;
    if (key.kind != BURIN_NONE)
        status = sort_keys(call, key, &taken, &keys);
    if (!status)
        status = rt_sort(st, taken.items, keys, taken.len, reverse);
    bool changed = list->cap != 0;
    *list        = taken;
    if (!status && changed)
        return rt_fail(st, BURIN_ERR_VALUE, "list modified during sort");
    return status ? status : done(call, out);
}
