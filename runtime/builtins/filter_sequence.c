/* Filters that take sequences as they are: default, attr, first, last, length, list, random, sum. */
#include "runtime/builtins/reversed.h"
#include "runtime/builtins/support.h"

burin_status filter_default(burin_call *call, burin_value *out)
{
    burin_value  value   = call->args[0];
    bool         replace = value.kind == BURIN_UNDEFINED, truth;
    burin_status status;

    if (!replace && BURIN_UNLIKELY(call->args[2].kind != BURIN_BOOL || call->args[2].as.i)) {
        status = rt_is_true(call->st, call->args[2], &truth);
        if (!status && truth) {
            status  = rt_is_true(call->st, value, &truth);
            replace = !truth;
        }
        if (status)
            return status;
    }
    *out = replace ? call->args[1] : value;
    return BURIN_OK;
}

/* The attribute if there is one, by the environment's rules (the sandbox's, too); items are never asked. */
burin_status filter_attr(burin_call *call, burin_value *out)
{
    rt_state    *st   = call->st;
    burin_value  name = call->args[1], attribute;
    burin_status status;

    if (!rt_is_text(name)) { /* looked up in a dict first */
        uint32_t hash;
        status = rt_hash(st, name, &hash);
        return status ? status : rt_fail(st, BURIN_ERR_TYPE, "attribute name must be string, not '%s'", rt_type_name(st, name));
    }
    if (call->args[0].kind == BURIN_UNDEFINED && (name.len < 2 || memcmp(name.as.s, "__", 2) != 0))
        return rt_get_attr(st, call->args[0], rt_text_of(name), out);
    status = rt_python_attr(st, call->args[0], rt_text_of(name), &attribute);
    if (status)
        return status;
    if (attribute.kind == BURIN_MISSING)
        return rt_undefined_new(st, call->args[0], name, out);
    return rt_get_attr(st, call->args[0], rt_text_of(name), out);
}

burin_status filter_first(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    burin_status status = rt_iter_init(st, call->args[0], &it);

    if (!status)
        status = builtin_next(st, &it, out);
    if (!status && out->kind == BURIN_MISSING)
        status = rt_undefined_hint(st, st->env->undefined, out, "No first item, sequence was empty.");
    return status;
}

burin_status filter_last(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    reversed     walk;
    burin_status status = reversed_init(st, call->args[0], &walk);

    if (!status)
        status = reversed_next(st, &walk, out);
    if (!status && out->kind == BURIN_MISSING)
        status = rt_undefined_hint(st, st->env->undefined, out, "No last item, sequence was empty.");
    return status;
}

burin_status filter_length(burin_call *call, burin_value *out)
{
    size_t       length;
    burin_status status = rt_length(call->st, call->args[0], &length);

    if (!status)
        *out = burin_int((int64_t)length);
    return status;
}

burin_status filter_list(burin_call *call, burin_value *out)
{
    rt_list     *list;
    burin_status status = rt_to_list(call->st, call->args[0], &list);

    if (!status)
        *out = rt_list_value(list);
    return status;
}

/* seq[randbelow(len(seq))], so a dict is asked for the key. */
burin_status filter_random(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  seq = call->args[0];
    size_t       length;
    burin_status status = rt_length(st, seq, &length);

    if (status)
        return status;
    if (length == 0)
        return rt_undefined_hint(st, st->env->undefined, out, "No random item, sequence was empty.");
    return rt_python_item(st, seq, burin_int((int64_t)builtin_random_below(st, length)), out);
}

/* ---- sum ---- */

/* list + list again and again would copy everything each time: the items are added to one new list instead. */
static burin_status sum_lists(rt_state *st, rt_iter *it, builtin_path *path, burin_value start, burin_value *out)
{
    rt_list     *sum;
    burin_value  item;
    burin_status status = rt_to_list(st, start, &sum);

    while (!status) {
        status = builtin_next(st, it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        status = builtin_path_get(st, path, item, &item);
        if (!status && item.kind != BURIN_LIST)
            return rt_binary_op(st, RT_ADD, rt_list_value(sum), item, out);
        const rt_list *more = status ? NULL : rt_list_of(st, item);
        for (uint32_t n = 0; !status && n < more->len; n++)
            status = rt_list_push(st, sum, more->items[n]);
    }
    *out = rt_list_value(sum);
    return status;
}

static inline burin_status add(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    int64_t sum;

    if (BURIN_LIKELY(a.kind == BURIN_INT && b.kind == BURIN_INT && !__builtin_add_overflow(a.as.i, b.as.i, &sum))) {
        *out = burin_int(sum);
        return BURIN_OK;
    }
    if (a.kind == BURIN_FLOAT && b.kind == BURIN_FLOAT) {
        *out = burin_float(a.as.f + b.as.f);
        return BURIN_OK;
    }
    return rt_binary_op(st, RT_ADD, a, b, out);
}

burin_status filter_sum(burin_call *call, burin_value *out)
{
    rt_state    *st  = call->st;
    burin_value  sum = call->args[2], item;
    builtin_path path;
    rt_iter      it;
    burin_status status = builtin_path_init(st, call->args[1], rt_missing(), &path);

    if (!status)
        status = rt_iter_init(st, call->args[0], &it);
    if (status)
        return status;
    if (sum.kind == BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "sum() can't sum strings [use ''.join(seq) instead]");
    if (sum.kind == BURIN_BYTES)
        return rt_fail(st, BURIN_ERR_TYPE, "sum() can't sum bytes [use b''.join(seq) instead]");
    if (sum.kind == BURIN_LIST)
        return sum_lists(st, &it, &path, sum, out);
    while (!status) {
        status = builtin_next(st, &it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        status = builtin_path_get(st, &path, item, &item);
        if (!status)
            status = add(st, sum, item, &sum);
    }
    *out = sum;
    return status;
}
