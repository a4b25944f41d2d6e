/* The methods of dict. Views are in view.c. */
#include "runtime/attribute.h"
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/iterate.h"
#include "runtime/operate_sequence.h"
#include "runtime/view.h"

static burin_status done(burin_call *call, burin_value *out)
{
    heap_escape(&call->st->heap);
    *out = burin_none();
    return BURIN_OK;
}

burin_status method_dict_get(burin_call *call, burin_value *out)
{
    burin_value  found;
    burin_status status = rt_dict_get(call->st, rt_dict_of(call->st, call->args[0]), call->args[1], &found);

    if (status)
        return status;
    *out = found.kind == BURIN_MISSING ? call->args[2] : found;
    return BURIN_OK;
}

burin_status method_dict_keys(burin_call *call, burin_value *out) { return rt_view_new(call->st, call->args[0], RT_VIEW_KEYS, out); }
burin_status method_dict_values(burin_call *call, burin_value *out) { return rt_view_new(call->st, call->args[0], RT_VIEW_VALUES, out); }
burin_status method_dict_items(burin_call *call, burin_value *out) { return rt_view_new(call->st, call->args[0], RT_VIEW_ITEMS, out); }

burin_status method_dict_clear(burin_call *call, burin_value *out)
{
    rt_dict     *dict;
    burin_status status = rt_dict_edit(call->st, call->args[0], &dict);

    if (status)
        return status;
    rt_dict_clear(dict);
    return done(call, out);
}

burin_status method_dict_copy(burin_call *call, burin_value *out)
{
    const rt_dict *dict = rt_dict_of(call->st, call->args[0]);
    rt_dict       *copy;
    burin_status   status = rt_charge(call->st, dict->len);

    if (!status)
        status = rt_dict_copy(call->st, dict, &copy);
    if (!status)
        *out = rt_pointer(BURIN_DICT, copy);
    return status;
}

burin_status method_dict_fromkeys(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *dict;
    rt_iter      it;
    rt_told      told;
    burin_value  key, made;
    burin_status status = rt_dict_new(st, 8, &dict);

    if (!status)
        status = rt_iter_init(st, call->args[1], &it);
    if (status)
        return status;
    made = rt_pointer(BURIN_DICT, dict);
    rt_told_begin(&told, call, &made, 1);
    while (!status && !(status = rt_told_next(&told, &it, &key)) && key.kind != BURIN_MISSING) {
        status = rt_dict_put(st, dict, key, call->args[2]);
        if (!status)
            status = rt_charge(st, 1);
    }
    rt_told_end(&told);
    if (!status)
        *out = made;
    return status;
}

burin_status method_dict_setdefault(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *dict;
    burin_status status = rt_dict_get(st, rt_dict_of(st, call->args[0]), call->args[1], out);

    if (status || out->kind != BURIN_MISSING)
        return status;
    status = rt_dict_edit(st, call->args[0], &dict);
    if (!status)
        status = rt_dict_put(st, dict, call->args[1], call->args[2]);
    heap_escape(&st->heap);
    *out = call->args[2];
    return status;
}

burin_status method_dict_pop(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *dict;
    burin_value  found  = rt_missing();
    burin_status status = BURIN_OK;

    if (rt_dict_of(st, call->args[0])->len) /* of an empty dict CPython does not even hash the key */
        status = rt_dict_get(st, rt_dict_of(st, call->args[0]), call->args[1], &found);
    if (status)
        return status;
    if (found.kind == BURIN_MISSING) {
        *out = call->args[2];
        return out->kind == BURIN_MISSING ? rt_key_error(st, call->args[1]) : BURIN_OK;
    }
    status = rt_dict_edit(st, call->args[0], &dict);
    if (!status)
        status = rt_dict_remove(st, dict, call->args[1], out);
    heap_escape(&st->heap);
    return status;
}

/* Forget the last entry, which is dead. Whatever was put into the index after it is gone already, so no search passes
 * over its place and the place can be emptied. */
static void drop_last(rt_keys *keys)
{
    uint32_t at = keys->index ? keys->entries[keys->len - 1].hash : 0;

    while (keys->index && keys->index[at & keys->index_mask] != keys->len)
        at++;
    if (keys->index)
        keys->index[at & keys->index_mask] = 0;
    keys->len--;
}

uint32_t method_newest_entry(rt_dict *dict)
{
    while (!dict->keys->entries[dict->keys->len - 1].live)
        drop_last(dict->keys);
    return dict->keys->len - 1;
}

burin_status method_dict_popitem(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *dict;
    burin_value  removed;
    burin_status status = rt_dict_edit(st, call->args[0], &dict);

    if (status)
        return status;
    if (dict->len == 0)
        return rt_key_error(st, RT_STRING("popitem(): dictionary is empty"));
    burin_value key = dict->keys->entries[method_newest_entry(dict)].value;
    status          = rt_dict_remove(st, dict, key, &removed);
    if (!status)
        status = rt_tuple2(st, key, removed, out);
    heap_escape(&st->heap);
    return status;
}

static burin_status put_all(rt_state *st, rt_dict *dict, const rt_dict *from)
{
    burin_value  key, value;
    burin_status status = from == dict ? BURIN_OK : rt_charge(st, from->len);

    for (uint32_t at = 0; !status && from != dict && rt_dict_next(from, &at, &key, &value);)
        status = rt_dict_put(st, dict, key, value);
    return status;
}

/* Pairs that came before a wrong one stay, as in CPython. */
burin_status rt_dict_update(rt_state *st, rt_told *told, rt_dict *dict, burin_value more)
{
    if (more.kind == BURIN_DICT)
        return put_all(st, dict, rt_dict_of(st, more));
    return builtin_dict_update(st, told, dict, more);
}

burin_status method_dict_update(burin_call *call, burin_value *out)
{
    rt_state      *st         = call->st;
    const rt_list *positional = rt_list_of(st, call->args[1]);
    rt_dict       *dict;
    rt_told        told;
    burin_status   status;

    if (positional->len > 1)
        return rt_fail(st, BURIN_ERR_TYPE, "update expected at most 1 argument, got %u", positional->len);
    status = rt_dict_edit(st, call->args[0], &dict);
    rt_told_begin(&told, call, NULL, 0);
    if (!status && positional->len)
        status = rt_dict_update(st, &told, dict, positional->items[0]);
    rt_told_end(&told);
    if (!status)
        status = put_all(st, dict, rt_dict_of(st, call->args[2]));
    return status ? status : done(call, out);
}
