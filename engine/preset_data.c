/* Preset functions over lists and dicts. */
#include "engine/presets.h"
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/unicode.h"
#include "runtime/view.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

/* ---- truth and choice ---- */

static bool is_one_of(burin_value text, const char *const *words)
{
    for (; *words; words++)
        if (text_is(rt_text_of(text), *words))
            return true;
    return false;
}

burin_status preset_bool(burin_call *call, burin_value *out)
{
    static const char *const words[] = {"yes", "on", "1", "true", NULL};
    rt_state                *st      = state_of(call);
    burin_value              v       = burin_arg(call, 0);
    burin_status             status  = BURIN_OK;
    bool                     is_one  = false;

    if (v.kind == BURIN_NONE || v.kind == BURIN_BOOL) {
        *out = v;
        return BURIN_OK;
    }
    if (v.kind == BURIN_STRING) {
        status = uni_lower(st, v, &v);
        if (!status)
            is_one = is_one_of(v, words);
    } else {
        status = rt_equal(st, v, burin_int(1), &is_one);
    }
    *out = burin_bool(is_one);
    return status;
}

/* ---- what Ansible prints ---- */

/* Using an undefined value that lies in a container, at any depth, is an error. */
static burin_status fail_on_undefined(rt_state *st, burin_value v)
{
    burin_status status = BURIN_OK;
    burin_value  item   = burin_none();
    uint32_t     at     = 0;

    if (v.kind == BURIN_UNDEFINED)
        return rt_is_strict(v) ? rt_undefined_fail(st, v) : BURIN_OK;
    if (v.kind != BURIN_DICT && v.kind != BURIN_LIST && v.kind != BURIN_TUPLE)
        return BURIN_OK;
    if (rt_enter(st))
        return st->status;
    if (v.kind == BURIN_DICT) {
        while (!status && !(status = rt_view_next(st, rt_dict_of(st, v), RT_VIEW_VALUES, &at, &item)) && item.kind != BURIN_MISSING)
            status = fail_on_undefined(st, item);
    } else {
        const rt_list *list = rt_list_of(st, v);
        while (!status && at < list->len)
            status = fail_on_undefined(st, list->items[at++]);
    }
    rt_leave(st);
    return status;
}

burin_status preset_ansible_finalize(burin_call *call, burin_value *out)
{
    rt_state    *st     = state_of(call);
    burin_value  v      = burin_arg(call, 0);
    burin_status status = fail_on_undefined(st, v);
    rt_list     *list;

    *out = v.kind == BURIN_NONE ? RT_STRING("") : v;
    if (status || (v.kind != BURIN_RANGE && rt_view_of(v) == RT_VIEW_NONE && (v.kind != BURIN_OBJECT || !rt_object_of(v)->cls->next)))
        return status;
    status = rt_to_list(st, v, &list);
    if (!status)
        *out = rt_list_value(list);
    return status;
}

burin_status preset_salt_to_bool(burin_call *call, burin_value *out)
{
    static const char *const words[] = {"yes", "1", "true", NULL};
    rt_state                *st      = state_of(call);
    burin_value              v       = burin_arg(call, 0);
    burin_status             status  = BURIN_OK;
    bool                     result  = false;

    if (v.kind == BURIN_STRING) {
        status = uni_lower(st, v, &v);
        if (!status)
            result = is_one_of(v, words);
    } else if (v.kind == BURIN_INT) {
        result = v.as.i > 0;
    } else if (v.kind != BURIN_FLOAT && v.kind != BURIN_NONE) {
        status = rt_is_true(st, v, &result);
    }
    *out = burin_bool(result);
    return status;
}

burin_status preset_ternary(burin_call *call, burin_value *out)
{
    burin_value  v = burin_arg(call, 0);
    bool         is_true;
    burin_status status;

    if (v.kind == BURIN_NONE && burin_arg(call, 3).kind != BURIN_NONE) {
        *out = burin_arg(call, 3);
        return BURIN_OK;
    }
    status = rt_is_true(state_of(call), v, &is_true);
    *out   = burin_arg(call, is_true ? 1 : 2);
    return status;
}

burin_status preset_mandatory(burin_call *call, burin_value *out)
{
    burin_value v = burin_arg(call, 0), message = burin_arg(call, 1);

    *out = v;
    if (v.kind != BURIN_UNDEFINED)
        return BURIN_OK;
    if (message.kind == BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "%.*s", (int)message.len, message.as.s);
    burin_text name = burin_text_of(((const rt_undefined *)v.as.p)->name);
    return burin_raise(call, BURIN_ERR_TEMPLATE, name.len ? "Mandatory variable '%.*s' not defined." : "Mandatory variable not defined.%.*s",
                       (int)name.len, name.data);
}

burin_status preset_type_debug(burin_call *call, burin_value *out)
{
    const char *name = rt_type_name(state_of(call), burin_arg(call, 0));

    return rt_string_copy(state_of(call), name, strlen(name), out);
}

burin_status preset_as_is(burin_call *call, burin_value *out)
{
    *out = burin_arg(call, 0);
    return BURIN_OK;
}

/* ---- dicts ---- */

burin_status preset_dict2items(burin_call *call, burin_value *out)
{
    rt_state      *st = state_of(call);
    burin_value    v  = burin_arg(call, 0), key, value;
    rt_list       *items;
    uint32_t       at = 0;
    burin_status   status;

    if (v.kind != BURIN_DICT)
        return burin_raise(call, BURIN_ERR_TYPE, "dict2items requires a dictionary, got %s instead.", rt_type_name(st, v));
    const rt_dict *dict = rt_dict_of(st, v);
    status              = rt_list_new(st, BURIN_LIST, dict->len, &items);
    while (!status && rt_dict_next(dict, &at, &key, &value)) {
        rt_dict *item;
        status = rt_dict_new(st, 2, &item);
        if (!status)
            status = rt_dict_put(st, item, burin_arg(call, 1), key);
        if (!status)
            status = rt_dict_put(st, item, burin_arg(call, 2), value);
        if (!status)
            status = rt_list_push(st, items, rt_pointer(BURIN_DICT, item));
    }
    *out = rt_list_value(items);
    return status;
}

burin_status preset_items2dict(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_value  v  = burin_arg(call, 0);
    rt_dict     *dict;
    burin_status status;

    if (v.kind != BURIN_LIST && v.kind != BURIN_TUPLE)
        return burin_raise(call, BURIN_ERR_TYPE, "items2dict requires a list, got %s instead.", rt_type_name(st, v));
    const rt_list *list = rt_list_of(st, v);
    status              = rt_dict_new(st, list->len, &dict);
    for (uint32_t n = 0; n < list->len && !status; n++) {
        burin_value key, value;
        status = rt_python_item(st, list->items[n], burin_arg(call, 1), &key);
        if (!status)
            status = rt_python_item(st, list->items[n], burin_arg(call, 2), &value);
        if (!status)
            status = rt_dict_put(st, dict, key, value);
    }
    *out = rt_pointer(BURIN_DICT, dict);
    return status;
}

typedef enum list_merge { MERGE_REPLACE, MERGE_KEEP, MERGE_APPEND, MERGE_PREPEND, MERGE_APPEND_RP, MERGE_PREPEND_RP } list_merge;

typedef struct combine_options {
    bool       recursive;
    list_merge lists;
} combine_options;

static burin_status contains(rt_state *st, const rt_list *list, burin_value item, bool *out)
{
    burin_status status = BURIN_OK;

    *out = false;
    for (uint32_t n = 0; n < list->len && !*out && !status; n++) {
        status = rt_equal(st, list->items[n], item, out);
        if (!status)
            status = rt_charge(st, 1);
    }
    return status;
}

/* first + second, without those items of `first` that `unwanted` has. */
static burin_status join_lists(rt_state *st, const rt_list *first, const rt_list *second, const rt_list *unwanted, bool filter_second, burin_value *out)
{
    rt_list     *joined;
    bool         skip;
    burin_status status = rt_list_new(st, BURIN_LIST, first->len + second->len, &joined);

    for (uint32_t n = 0; n < first->len + second->len && !status; n++) {
        bool        is_first = n < first->len;
        burin_value item     = is_first ? first->items[n] : second->items[n - first->len];
        skip                 = false;
        if (unwanted && is_first != filter_second)
            status = contains(st, unwanted, item, &skip);
        if (!status && !skip)
            status = rt_list_push(st, joined, item);
    }
    *out = rt_list_value(joined);
    return status;
}

static burin_status merge_lists(rt_state *st, list_merge how, burin_value older, burin_value newer, burin_value *out)
{
    const rt_list *x = rt_list_of(st, older), *y = rt_list_of(st, newer);

    switch (how) {
    case MERGE_KEEP:
        *out = older;
        return BURIN_OK;
    case MERGE_APPEND:
        return join_lists(st, x, y, NULL, false, out);
    case MERGE_PREPEND:
        return join_lists(st, y, x, NULL, false, out);
    case MERGE_APPEND_RP: /* "rp": items of the older list that the newer one has too are dropped */
        return join_lists(st, x, y, y, false, out);
    case MERGE_PREPEND_RP:
        return join_lists(st, y, x, y, true, out);
    default:
        *out = newer;
        return BURIN_OK;
    }
}

static burin_status merge_dict(rt_state *st, const combine_options *options, rt_dict *into, const rt_dict *from);

/* What stands under one key of both dicts. */
static burin_status merge_values(rt_state *st, const combine_options *options, burin_value older, burin_value newer, burin_value *out)
{
    rt_dict     *copy;
    burin_status status;

    *out = newer;
    if (older.kind == BURIN_LIST && newer.kind == BURIN_LIST)
        return merge_lists(st, options->lists, older, newer, out);
    if (!options->recursive || older.kind != BURIN_DICT || newer.kind != BURIN_DICT)
        return BURIN_OK;
    status = rt_enter(st);
    if (status)
        return status;
    status = rt_dict_copy(st, rt_dict_of(st, older), &copy);
    if (!status) {
        copy->flags &= ~(uint32_t)RT_BORROWED;
        status = merge_dict(st, options, copy, rt_dict_of(st, newer));
    }
    rt_leave(st);
    *out = rt_pointer(BURIN_DICT, copy);
    return status;
}

static burin_status merge_dict(rt_state *st, const combine_options *options, rt_dict *into, const rt_dict *from)
{
    burin_value  key, value, older;
    uint32_t     at     = 0;
    burin_status status = BURIN_OK;

    while (!status && rt_dict_next(from, &at, &key, &value)) {
        status = rt_dict_get(st, into, key, &older);
        if (!status && older.kind != BURIN_MISSING)
            status = merge_values(st, options, older, value, &value);
        if (!status)
            status = rt_dict_put(st, into, key, value);
    }
    return status;
}

static burin_status read_combine_options(burin_call *call, combine_options *options)
{
    static const char *const ways[] = {"replace", "keep", "append", "prepend", "append_rp", "prepend_rp"};
    rt_state                *st     = state_of(call);
    burin_value              given  = burin_arg(call, 2), key, value;
    uint32_t                 at     = 0;

    *options = (combine_options){0};
    while (rt_dict_next(rt_dict_of(st, given), &at, &key, &value)) {
        if (text_is(rt_text_of(key), "recursive")) {
            if (rt_is_true(st, value, &options->recursive))
                return st->status;
        } else if (text_is(rt_text_of(key), "list_merge") && value.kind == BURIN_STRING) {
            size_t n = 0;
            while (n < sizeof ways / sizeof ways[0] && !text_is(rt_text_of(value), ways[n]))
                n++;
            if (n == sizeof ways / sizeof ways[0])
                return burin_raise(call, BURIN_ERR_TEMPLATE, "'list_merge' should be one of replace, keep, append, prepend, append_rp, prepend_rp");
            options->lists = (list_merge)n;
        } else {
            return burin_raise(call, BURIN_ERR_TEMPLATE, "'recursive' and 'list_merge' are the only valid keyword arguments");
        }
    }
    return BURIN_OK;
}

/* combine: the terms may be dicts or lists of dicts. */
static burin_status combine_term(burin_call *call, const combine_options *options, rt_dict *into, burin_value term)
{
    rt_state    *st     = state_of(call);
    burin_status status = BURIN_OK;

    if (term.kind == BURIN_DICT)
        return merge_dict(st, options, into, rt_dict_of(st, term));
    if (term.kind != BURIN_LIST && term.kind != BURIN_TUPLE)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "|combine expects dictionaries, got %s", rt_type_name(st, term));
    status              = rt_enter(st);
    const rt_list *list = rt_list_of(st, term);
    for (uint32_t n = 0; n < list->len && !status; n++)
        status = combine_term(call, options, into, list->items[n]);
    rt_leave(st);
    return status;
}

burin_status preset_combine(burin_call *call, burin_value *out)
{
    rt_state       *st    = state_of(call);
    const rt_list  *terms = rt_list_of(st, burin_arg(call, 1));
    combine_options options;
    rt_dict        *into;
    burin_status    status = read_combine_options(call, &options);

    if (!status)
        status = rt_dict_new(st, 8, &into);
    if (!status)
        status = combine_term(call, &options, into, burin_arg(call, 0));
    for (uint32_t n = 0; n < terms->len && !status; n++)
        status = combine_term(call, &options, into, terms->items[n]);
    if (!status)
        *out = rt_pointer(BURIN_DICT, into);
    return status;
}

/* ---- lists ---- */

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

/* ---- lists as sets: order of first appearance; items that cannot be hashed are compared one by one ---- */

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
    return contains(st, seen->others, item, out);
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

/* ---- tests ---- */

/* all() and any() of Python. */
static burin_status look_for(burin_call *call, bool wanted, burin_value *out)
{
    rt_state    *st = state_of(call);
    rt_iter      it;
    burin_value  item;
    bool         is_true = !wanted;
    burin_status status  = rt_iter_init(st, burin_arg(call, 0), &it);

    while (!status && is_true != wanted && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_is_true(st, item, &is_true);
    *out = burin_bool(is_true);
    return status;
}

burin_status preset_test_all(burin_call *call, burin_value *out) { return look_for(call, false, out); }
burin_status preset_test_any(burin_call *call, burin_value *out) { return look_for(call, true, out); }

burin_status preset_test_contains(burin_call *call, burin_value *out)
{
    bool         result = false;
    burin_status status = rt_compare_op(state_of(call), RT_IN, burin_arg(call, 1), burin_arg(call, 0), &result);

    *out = burin_bool(result);
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

static burin_status is_truthy(burin_call *call, bool *out)
{
    rt_state    *st = state_of(call);
    bool         convert;
    burin_value  v      = burin_arg(call, 0);
    burin_status status = rt_is_true(st, burin_arg(call, 1), &convert);

    if (!status && convert && v.kind == BURIN_STRING)
        status = preset_bool(call, &v);
    return status ? status : rt_is_true(st, v, out);
}

burin_status preset_test_truthy(burin_call *call, burin_value *out)
{
    bool         result = false;
    burin_status status = is_truthy(call, &result);

    *out = burin_bool(result);
    return status;
}

burin_status preset_test_falsy(burin_call *call, burin_value *out)
{
    bool         result = false;
    burin_status status = is_truthy(call, &result);

    *out = burin_bool(!result);
    return status;
}
