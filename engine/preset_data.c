/* Preset functions about truth, and over dicts. */
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
            status = rt_compare_op(st, RT_IN, item, rt_list_value(unwanted), &skip);
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

/* Ansible's boolean(): a text that means true or false, in any case, is that; all else stays what it is. */
static burin_status from_words(rt_state *st, burin_value *v)
{
    static const char *const truths[] = {"y", "yes", "on", "1", "true", "t", NULL}, *const lies[] = {"n", "no", "off", "0", "false", "f", NULL};
    burin_value  word;
    burin_status status = v->kind == BURIN_STRING ? uni_lower(st, *v, &word) : BURIN_OK;

    if (!status && v->kind == BURIN_STRING)
        status = rt_call_method(st, word, (burin_text)BURIN_TEXT("strip"), &(rt_arguments){0}, &word);
    if (status || v->kind != BURIN_STRING)
        return status;
    if (is_one_of(word, truths) || is_one_of(word, lies))
        *v = burin_bool(is_one_of(word, truths));
    return BURIN_OK;
}

static burin_status is_truthy(burin_call *call, bool *out)
{
    rt_state    *st = state_of(call);
    bool         convert;
    burin_value  v      = burin_arg(call, 0);
    burin_status status = rt_is_true(st, burin_arg(call, 1), &convert);

    if (!status && convert)
        status = from_words(st, &v);
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
