/* The types of containers as scripts call them: list, tuple, set, frozenset, dict, range, slice, type. */
#include "runtime/builtins/python.h"
#include "runtime/operate_sequence.h"

burin_status type_list(burin_call *call, burin_value *out)
{
    rt_list     *list;
    burin_status status = call->args[0].kind == BURIN_MISSING ? rt_list_new(call->st, BURIN_LIST, 0, &list) : rt_told_list(call, call->args[0], &list);
    if (!status)
        *out = rt_list_value(list);
    return status;
}

burin_status type_tuple(burin_call *call, burin_value *out)
{
    *out = call->args[0];
    if (out->kind == BURIN_TUPLE)
        return BURIN_OK;
    burin_status status = type_list(call, out);
    out->kind           = BURIN_TUPLE;
    return status;
}

static burin_status make_set(burin_call *call, uint32_t flags, burin_value *out)
{
    rt_dict     *set;
    rt_told      told;
    burin_value  made;
    burin_status status = rt_set_new(call->st, 8, &set);
    if (status)
        return status;
    made = rt_pointer(BURIN_SET, set);
    rt_told_begin(&told, call, &made, 1);
    if (call->args[0].kind != BURIN_MISSING)
        status = rt_set_combine(call->st, &told, RT_OR, set, call->args[0]);
    rt_told_end(&told);
    if (status)
        return status;
    set->flags |= flags;
    *out = made;
    return BURIN_OK;
}

burin_status type_set(burin_call *call, burin_value *out) { return make_set(call, 0, out); }

burin_status type_frozenset(burin_call *call, burin_value *out)
{
    *out = call->args[0];
    return rt_is_frozen(*out) ? BURIN_OK : make_set(call, RT_FROZEN, out);
}

burin_status type_dict(burin_call *call, burin_value *out) { return global_dict(call, out); }

burin_status type_range(burin_call *call, burin_value *out) { return builtin_range(call->st, call->args[0], out); }

burin_status type_slice(burin_call *call, burin_value *out)
{
    const rt_list *args = rt_list_of(call->st, call->args[0]);
    burin_value    none = burin_none();
    if (args->len < 1 || args->len > 3)
        return rt_fail(call->st, BURIN_ERR_TYPE, "slice expected at %s %d argument%s, got %u", args->len ? "most" : "least", args->len ? 3 : 1,
                       args->len ? "s" : "", args->len);
    if (args->len == 1)
        return rt_slice_new(call->st, none, args->items[0], none, out);
    return rt_slice_new(call->st, args->items[0], args->items[1], args->len == 3 ? args->items[2] : none, out);
}

burin_status type_type(burin_call *call, burin_value *out)
{
    const rt_list *args = rt_list_of(call->st, call->args[0]);
    if (args->len == 1)
        return rt_type_of(call->st, args->items[0], out);
    return rt_fail(call->st, BURIN_ERR_TYPE, args->len == 3 ? "type() cannot make classes here" : "type() takes 1 or 3 arguments");
}
