/* Filters that compare items: sort, dictsort, groupby, min, max. Keys are taken from all items first, as list.sort does;
 * text is compared in lower case unless `case_sensitive`. */
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"

/* ---- keys ---- */

typedef struct keying { /* how an item becomes its key */
    builtin_path *paths; /* more than one: the key is a list */
    uint32_t      count;
    bool          ignore_case;
} keying;

static burin_status key_of_path(rt_state *st, const keying *by, uint32_t n, burin_value item, burin_value *out)
{
    burin_status status = builtin_path_get(st, &by->paths[n], item, out);

    return status || !by->ignore_case ? status : builtin_ignore_case(st, *out, out);
}

static burin_status key_of(rt_state *st, const keying *by, burin_value item, burin_value *out)
{
    if (BURIN_LIKELY(by->count == 1))
        return key_of_path(st, by, 0, item, out);
    rt_list     *list;
    burin_status status = rt_list_new(st, BURIN_LIST, by->count, &list);
    for (uint32_t n = 0; !status && n < by->count; n++)
        status = key_of_path(st, by, n, item, &list->items[list->len++]);
    if (!status)
        *out = rt_list_value(list);
    return status;
}

/* The keys of all items, in an array in the heap. */
static burin_status take_keys(rt_state *st, const keying *by, const rt_list *items, burin_value **out)
{
    burin_value *keys   = heap_alloc(&st->heap, items->len * sizeof *keys);
    burin_status status = keys ? rt_charge(st, items->len) : rt_fail_memory(st);

    for (uint32_t n = 0; !status && n < items->len; n++)
        status = key_of(st, by, items->items[n], &keys[n]);
    *out = keys;
    return status;
}

/* The truth of `case_sensitive`, the other way round. */
static burin_status case_rule(rt_state *st, burin_value case_sensitive, bool *ignore_case)
{
    burin_status status = rt_is_true(st, case_sensitive, ignore_case);

    *ignore_case = !*ignore_case;
    return status;
}

/* `reverse` of list.sort: a C int. */
static burin_status read_reverse(rt_state *st, burin_value v, bool *reverse)
{
    int64_t      number;
    burin_status status = rt_as_index(st, v, &number);

    if (!status && (number > INT32_MAX || number < INT32_MIN))
        status = rt_fail(st, BURIN_ERR_OVERFLOW, "Python int too large to convert to C int");
    if (!status)
        *reverse = number != 0;
    return status;
}

/* ---- sort ---- */

/* attribute="a.b,c": one path a piece. */
static burin_status split_paths(rt_state *st, burin_value attribute, keying *by)
{
    const char *at = attribute.as.s, *end = at + attribute.len, *comma;

    by->count = 1;
    for (const char *c = at; c < end; c++)
        by->count += *c == ',';
    by->paths = heap_alloc(&st->heap, by->count * sizeof *by->paths);
    if (!by->paths)
        return rt_fail_memory(st);
    for (uint32_t n = 0; n < by->count; n++, at = comma + 1) {
        comma               = memchr(at, ',', (size_t)(end - at));
        comma               = comma ? comma : end;
        burin_value piece   = rt_string(at, (size_t)(comma - at));
        piece.flags         = attribute.flags;
        burin_status status = builtin_path_init(st, piece, rt_missing(), &by->paths[n]);
        if (status)
            return status;
    }
    return BURIN_OK;
}

/* Jinja2's key is always a list, even of one attribute; lists compare items by == first, so two equal ones without an
 * order (none, undefined) are no error. Among text, or among numbers, the key alone does as well. */
static burin_status wrap_keys(rt_state *st, burin_value *keys, uint32_t count)
{
    uint32_t text = 0, numbers = 0;

    for (uint32_t n = 0; n < count; n++) {
        text += rt_is_text(keys[n]);
        numbers += rt_is_number(keys[n]);
    }
    if (text == count || numbers == count)
        return BURIN_OK;
    for (uint32_t n = 0; n < count; n++) {
        rt_list     *list;
        burin_status status = rt_list_new(st, BURIN_LIST, 1, &list);
        if (status)
            return status;
        list->items[list->len++] = keys[n];
        keys[n]                  = rt_list_value(list);
    }
    return BURIN_OK;
}

burin_status filter_sort(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    builtin_path path;
    keying       by = {&path, 1, false};
    bool         reverse;
    rt_list     *items;
    burin_value *keys;
    burin_status status = case_rule(st, call->args[2], &by.ignore_case);

    if (!status && rt_is_text(call->args[3]))
        status = split_paths(st, call->args[3], &by);
    else if (!status)
        status = builtin_path_init(st, call->args[3], rt_missing(), &path);
    if (!status)
        status = rt_to_list(st, call->args[0], &items);
    if (!status)
        status = read_reverse(st, call->args[1], &reverse);
    if (!status)
        status = take_keys(st, &by, items, &keys);
    if (!status && by.count == 1)
        status = wrap_keys(st, keys, items->len);
    if (!status)
        status = rt_sort(st, items->items, keys, items->len, reverse);
    if (!status)
        *out = rt_list_value(items);
    return status;
}

/* ---- dictsort ---- */

static burin_status sort_by(rt_state *st, burin_value by, bool *by_value)
{
    bool         by_key;
    burin_status status = rt_equal(st, by, RT_STRING("key"), &by_key);

    *by_value = false;
    if (!status && !by_key)
        status = rt_equal(st, by, RT_STRING("value"), by_value);
    if (!status && !by_key && !*by_value)
        status = rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "You can only sort by either \"key\" or \"value\"");
    return status;
}

burin_status filter_dictsort(burin_call *call, burin_value *out)
{
    rt_state     *st = call->st;
    builtin_pairs pairs;
    burin_value   key, value, pair;
    bool          by_value, ignore_case, reverse;
    rt_list      *items, *keys;
    burin_status  status = sort_by(st, call->args[2], &by_value);

    if (!status)
        status = case_rule(st, call->args[1], &ignore_case);
    if (!status)
        status = builtin_pairs_init(st, call->args[0], &pairs);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, pairs.len, &items);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, pairs.len, &keys);
    while (!status) {
        status = builtin_pairs_next(st, &pairs, &key, &value);
        if (status || key.kind == BURIN_MISSING)
            break;
        status = rt_tuple2(st, key, value, &pair);
        if (!status)
            status = rt_list_push(st, items, pair);
        key = by_value ? value : key;
        if (!status && ignore_case)
            status = builtin_ignore_case(st, key, &key);
        if (!status)
            status = rt_list_push(st, keys, key);
    }
    if (!status)
        status = read_reverse(st, call->args[3], &reverse);
    if (!status)
        status = rt_sort(st, items->items, keys->items, items->len, reverse);
    if (!status)
        *out = rt_list_value(items);
    return status;
}

/* ---- groupby ---- */

static const char *const group_fields[] = {"grouper", "list", NULL};

/* One (grouper, list) of the items [from, to); the grouper is the key of the first as it is written. */
static burin_status add_group(rt_state *st, rt_list *groups, builtin_path *path, const rt_list *items, uint32_t from, uint32_t to)
{
    rt_list     *group, *members;
    burin_status status = rt_list_new(st, BURIN_LIST, to - from, &members);

    if (!status)
        status = rt_list_new(st, BURIN_TUPLE, 2, &group);
    if (!status)
        status = builtin_path_get(st, path, items->items[from], &group->items[0]);
    if (status)
        return status;
    memcpy(members->items, items->items + from, (to - from) * sizeof *members->items);
    members->len    = to - from;
    group->items[1] = rt_list_value(members);
    group->len      = 2;
    group->fields   = group_fields;
    return rt_list_push(st, groups, rt_tuple_value(group));
}

/* Neighbours with equal keys are a group. */
static burin_status group(rt_state *st, builtin_path *path, const rt_list *items, const burin_value *keys, rt_list *groups)
{
    burin_status status = BURIN_OK;

    for (uint32_t from = 0, to; !status && from < items->len; from = to) {
        bool same = true;
        for (to = from + 1; !status && to < items->len; to++) {
            status = rt_equal(st, keys[from], keys[to], &same);
            if (!same)
                break;
        }
        if (!status)
            status = add_group(st, groups, path, items, from, to);
    }
    return status;
}

burin_status filter_groupby(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    builtin_path path;
    keying       by = {&path, 1, false};
    rt_list     *items, *groups;
    burin_value *keys;
    burin_status status = case_rule(st, call->args[3], &by.ignore_case);

    if (!status)
        status = builtin_path_init(st, call->args[1], call->args[2], &path);
    if (!status)
        status = rt_to_list(st, call->args[0], &items);
    if (!status)
        status = take_keys(st, &by, items, &keys);
    if (!status)
        status = rt_sort(st, items->items, keys, items->len, false);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, 8, &groups);
    if (!status)
        status = group(st, &path, items, keys, groups);
    if (!status)
        *out = rt_list_value(groups);
    return status;
}

/* ---- min and max ---- */

static burin_status extreme(burin_call *call, rt_compare better, burin_value *out)
{
    rt_state    *st = call->st;
    builtin_path path;
    keying       by = {&path, 1, false};
    rt_iter      it;
    burin_value  item, key, best_key = rt_missing();
    bool         is_better;
    burin_status status = rt_iter_init(st, call->args[0], &it);

    if (!status)
        status = builtin_next(st, &it, out);
    if (!status && out->kind == BURIN_MISSING)
        return rt_undefined_hint(st, st->env->undefined, out, "No aggregated item, sequence was empty.");
    if (!status)
        status = case_rule(st, call->args[1], &by.ignore_case);
    if (!status)
        status = builtin_path_init(st, call->args[2], rt_missing(), &path);
    if (!status)
        status = key_of(st, &by, *out, &best_key);
    while (!status) {
        status = builtin_next(st, &it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        status = key_of(st, &by, item, &key);
        if (!status)
            status = rt_compare_op(st, better, key, best_key, &is_better);
        if (!status && is_better) {
            *out     = item;
            best_key = key;
        }
    }
    return status;
}

burin_status filter_min(burin_call *call, burin_value *out) { return extreme(call, RT_LT, out); }
burin_status filter_max(burin_call *call, burin_value *out) { return extreme(call, RT_GT, out); }
