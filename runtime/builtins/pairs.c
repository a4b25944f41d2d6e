/* Pairs: walking the items of a mapping, unpacking two values, and building dicts as Python's dict() does. */
#include "runtime/builtins/support.h"
#include "runtime/view.h"

enum { PAIRS_DICT, PAIRS_MAPPING, PAIRS_ITEMS };

/* Any other object: what its `items` method gives. */
static burin_status call_items(rt_state *st, burin_value v, builtin_pairs *pairs)
{
    burin_value  method, view;
    rt_arguments none   = {0};
    burin_status status = v.kind == BURIN_OBJECT ? rt_python_attr(st, v, BURIN_TEXT("items"), &method) : BURIN_OK;

    if (status)
        return status;
    if (v.kind != BURIN_OBJECT || method.kind == BURIN_MISSING)
        return builtin_fail_attribute(st, v, "items");
    pairs->form = PAIRS_ITEMS;
    status      = rt_call(st, method, &none, &view);
    return status ? status : rt_iter_init(st, view, &pairs->it);
}

burin_status builtin_pairs_init(rt_state *st, burin_value v, builtin_pairs *pairs)
{
    *pairs = (builtin_pairs){.source = v};
    if (BURIN_LIKELY(v.kind == BURIN_DICT)) {
        pairs->form = PAIRS_DICT;
        pairs->len  = rt_dict_of(st, v)->len;
        return BURIN_OK;
    }
    if (!builtin_is_mapping(v))
        return call_items(st, v, pairs);
    pairs->form = PAIRS_MAPPING;
    return rt_iter_init(st, v, &pairs->it);
}

burin_status builtin_pairs_next(rt_state *st, builtin_pairs *pairs, burin_value *key, burin_value *value)
{
    burin_value  item;
    burin_status status;

    switch (pairs->form) {
    case PAIRS_DICT: {
        const rt_dict *dict = rt_dict_of(st, pairs->source);
        if (dict->len != pairs->len)
            return rt_fail(st, BURIN_ERR_GENERATOR, "dictionary changed size during iteration");
        if (!rt_dict_next(dict, &pairs->at, key, value))
            *key = rt_missing();
        return BURIN_OK;
    }
    case PAIRS_MAPPING:
        status = rt_iter_next(st, &pairs->it, key);
        if (status || key->kind == BURIN_MISSING)
            return status;
        return rt_python_item(st, pairs->source, *key, value);
    default:
        status = rt_iter_next(st, &pairs->it, &item);
        if (!status && item.kind != BURIN_MISSING)
            return builtin_unpack2(st, item, key, value);
        *key = rt_missing();
        return status;
    }
}

bool builtin_is_iterable(burin_value v)
{
    switch (v.kind) {
    case BURIN_UNDEFINED:
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET:
    case BURIN_ARRAY:
    case BURIN_RANGE: return true;
    case BURIN_OBJECT: {
        const burin_class *cls = rt_object_of(v)->cls;
        return cls->next || cls->iterate || cls->is_sequence;
    }
    default: return false;
    }
}

burin_status builtin_unpack2(rt_state *st, burin_value v, burin_value *a, burin_value *b)
{
    if (BURIN_LIKELY(v.kind == BURIN_LIST || v.kind == BURIN_TUPLE)) {
        const rt_list *list = rt_list_of(st, v);
        if (list->len < 2)
            return rt_fail(st, BURIN_ERR_VALUE, "not enough values to unpack (expected 2, got %u)", list->len);
        if (list->len > 2)
            return rt_fail(st, BURIN_ERR_VALUE, "too many values to unpack (expected 2)");
        *a = list->items[0];
        *b = list->items[1];
        return BURIN_OK;
    }
    rt_iter      it;
    burin_value  more;
    burin_status status = rt_iter_init(st, v, &it);
    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, "cannot unpack non-iterable %s object", rt_type_name(st, v));
    }
    if (!status)
        status = rt_iter_next(st, &it, a);
    if (!status && a->kind == BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_VALUE, "not enough values to unpack (expected 2, got 0)");
    if (!status)
        status = rt_iter_next(st, &it, b);
    if (!status && b->kind == BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_VALUE, "not enough values to unpack (expected 2, got 1)");
    if (!status)
        status = rt_iter_next(st, &it, &more);
    if (!status && more.kind != BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_VALUE, "too many values to unpack (expected 2)");
    return status;
}

/* ---- dict() ---- */

static burin_status put_pairs(rt_state *st, rt_dict *dict, burin_value mapping)
{
    builtin_pairs pairs;
    burin_value   key, value;
    burin_status  status = builtin_pairs_init(st, mapping, &pairs);

    while (!status) {
        status = builtin_pairs_next(st, &pairs, &key, &value);
        if (status || key.kind == BURIN_MISSING)
            break;
        status = rt_dict_put(st, dict, key, value);
    }
    return status;
}

/* One element of a sequence of pairs. */
static burin_status put_element(rt_state *st, rt_dict *dict, burin_value element, uint64_t index)
{
    rt_list     *pair;
    burin_status status = rt_to_list(st, element, &pair);

    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, status, "cannot convert dictionary update sequence element #%llu to a sequence", (unsigned long long)index);
    }
    if (status)
        return status;
    if (pair->len != 2)
        return rt_fail(st, BURIN_ERR_VALUE, "dictionary update sequence element #%llu has length %u; 2 is required",
                       (unsigned long long)index, pair->len);
    return rt_dict_put(st, dict, pair->items[0], pair->items[1]);
}

static burin_status put_sequence(rt_state *st, rt_told *told, rt_dict *dict, burin_value sequence)
{
    rt_iter      it;
    burin_value  element;
    burin_status status = rt_iter_init(st, sequence, &it);

    for (uint64_t index = 0; !status; index++) {
        status = rt_next_for(st, told, &it, &element);
        if (status || element.kind == BURIN_MISSING)
            break;
        status = element.kind == BURIN_TUPLE && rt_list_of(st, element)->len == 2
                     ? rt_dict_put(st, dict, rt_list_of(st, element)->items[0], rt_list_of(st, element)->items[1])
                     : put_element(st, dict, element, index);
    }
    return status;
}

burin_status builtin_dict_update(rt_state *st, rt_told *told, rt_dict *dict, burin_value source)
{
    if (source.kind == BURIN_UNDEFINED) /* dict() looks for its method keys */
        return rt_undefined_fail(st, source);
    return builtin_is_mapping(source) ? put_pairs(st, dict, source) : put_sequence(st, told, dict, source);
}

burin_status builtin_dict(burin_call *call, rt_dict **out)
{
    rt_state      *st         = call->st;
    const rt_list *positional = rt_list_of(st, call->args[0]);
    burin_value    source     = positional->len ? positional->items[0] : rt_missing(), named = call->args[1], made;
    rt_told        told;

    if (positional->len > 1)
        return rt_fail(st, BURIN_ERR_TYPE, "dict expected at most 1 argument, got %u", positional->len);
    uint32_t     hint   = rt_dict_of(st, named)->len + (source.kind == BURIN_DICT ? rt_dict_of(st, source)->len : 0);
    burin_status status = rt_charge(st, hint);
    if (!status)
        status = rt_dict_new(st, hint, out);
    if (status)
        return status;
    made = rt_pointer(BURIN_DICT, *out);
    rt_told_begin(&told, call, &made, 1);
    if (source.kind != BURIN_MISSING)
        status = builtin_dict_update(st, &told, *out, source);
    rt_told_end(&told);
    return status ? status : put_pairs(st, *out, named);
}
