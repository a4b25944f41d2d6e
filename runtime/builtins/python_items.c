/* Builtin functions that go through the items of iterables. */
#include "runtime/builtins/python.h"

static burin_status any_is(burin_call *call, bool wanted, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_told      told;
    burin_value  item;
    bool         truth  = !wanted;
    burin_status status = rt_iter_init(st, call->args[0], &it);
    rt_told_begin(&told, call, NULL, 0);
    while (!status && truth != wanted && !(status = builtin_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_is_true(st, item, &truth);
    rt_told_end(&told);
    *out = burin_bool(truth);
    return status;
}

burin_status python_any(burin_call *call, burin_value *out) { return any_is(call, true, out); }
burin_status python_all(burin_call *call, burin_value *out) { return any_is(call, false, out); }

/* ---- sum ---- */

burin_status python_sum(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_told      told;
    burin_value  item, total = call->args[1];
    burin_status status = rt_iter_init(st, call->args[0], &it);
    if (!status && total.kind == BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "sum() can't sum strings [use ''.join(seq) instead]");
    if (!status && (total.kind == BURIN_BYTES || total.kind == BURIN_BYTEARRAY))
        return rt_fail(st, BURIN_ERR_TYPE, "sum() can't sum %s [use b''.join(seq) instead]", rt_type_name(st, total));
    rt_told_begin(&told, call, &total, 1);
    while (!status && !(status = builtin_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_binary_op(st, RT_ADD, total, item, &total);
    rt_told_end(&told);
    *out = total;
    return status;
}

/* ---- max, min ---- */

static burin_status read_extreme(burin_call *call, const char *name, burin_value *over, burin_value *key, burin_value *fallback)
{
    rt_state      *st     = call->st;
    const rt_list *args   = rt_list_of(st, call->args[0]);
    const rt_dict *named  = rt_dict_of(st, call->args[1]);
    burin_value    option;
    if (args->len == 0)
        return rt_fail(st, BURIN_ERR_TYPE, "%s expected at least 1 argument, got 0", name);
    *key      = burin_none();
    *fallback = rt_missing();
    *over     = args->len == 1 ? args->items[0] : call->args[0];
    if (named->len > 2)
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes at most 2 keyword arguments (%u given)", name, named->len);
    for (uint32_t at = 0; rt_dict_next(named, &at, &option, NULL);)
        if (!text_is(rt_text_of(option), "key") && !text_is(rt_text_of(option), "default"))
            return rt_fail(st, BURIN_ERR_TYPE, "'%.*s' is an invalid keyword argument for %s()", (int)option.len, option.as.s, name);
    python_named(st, call->args[1], "key", key);
    python_named(st, call->args[1], "default", fallback);
    if (args->len > 1 && fallback->kind != BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_TYPE, "Cannot specify a default for %s() with multiple positional arguments", name);
    return BURIN_OK;
}

static burin_status extreme(burin_call *call, const char *name, rt_compare op, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_told      told;
    burin_value  over, key, item, value, best[3] = {rt_missing(), rt_missing(), rt_missing()}; /* its value; the item whose value is asked for */
    bool         better;
    burin_status status = read_extreme(call, name, &over, &key, out);
    if (!status)
        status = rt_iter_init(st, over, &it);
    rt_told_begin(&told, call, best, 3);
    while (!status && !(status = builtin_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING) {
        best[2] = item;
        rt_ask(st, call->direct, key);
        status = python_apply(st, key, item, &value);
        rt_ask_none(st);
        if (status)
            break;
        better = best[1].kind == BURIN_MISSING;
        if (!better)
            status = rt_compare_op(st, op, value, best[1], &better);
        if (!status && better) {
            best[0] = item;
            best[1] = value;
        }
    }
    rt_told_end(&told);
    if (best[1].kind != BURIN_MISSING)
        *out = best[0];
    if (!status && out->kind == BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_VALUE, "%s() arg is an empty sequence", name);
    return status;
}

burin_status python_max(burin_call *call, burin_value *out) { return extreme(call, "max", RT_GT, out); }
burin_status python_min(burin_call *call, burin_value *out) { return extreme(call, "min", RT_LT, out); }

/* ---- sorted ---- */

burin_status python_sorted(burin_call *call, burin_value *out)
{
    rt_state      *st   = call->st;
    const rt_list *args = rt_list_of(st, call->args[0]);
    rt_list       *list;
    if (args->len != 1)
        return rt_fail(st, BURIN_ERR_TYPE, "sorted expected 1 argument, got %u", args->len);
    burin_status status = rt_told_list(call, args->items[0], &list);
    if (status)
        return status;
    rt_list     empty   = {0};
    burin_value bound[] = {rt_list_value(list), rt_tuple_value(&empty), call->args[1]}, none;
    burin_call  sort    = {.st = st, .function = call->function, .args = bound, .count = 3, .autoescape = call->autoescape, .direct = call->direct};
    status              = method_list_sort(&sort, &none);
    *out                = bound[0];
    return status;
}

/* ---- print ---- */

/* sep and end: None is the default. */
static burin_status separator(rt_state *st, burin_value v, const char *name, burin_text fallback, burin_text *out)
{
    *out = v.kind == BURIN_NONE ? fallback : rt_text_of(v);
    if (v.kind != BURIN_NONE && !rt_is_text(v))
        return rt_fail(st, BURIN_ERR_TYPE, "%s must be None or a string, not %s", name, rt_type_name(st, v));
    return BURIN_OK;
}

burin_status python_print(burin_call *call, burin_value *out)
{
    rt_state   *st = call->st;
    burin_text  sep, end;
    rt_out      text;
    burin_value values = call->args[4], made;
    if (call->args[2].kind != BURIN_NONE)
        return rt_fail(st, BURIN_ERR_ATTRIBUTE, "'%s' object has no attribute 'write'", rt_type_name(st, call->args[2]));
    if (separator(st, call->args[0], "sep", BURIN_TEXT(" "), &sep) || separator(st, call->args[1], "end", BURIN_TEXT("\n"), &end))
        return st->status;
    rt_out_init_heap(&text, st, 64);
    for (uint32_t n = 0; n < rt_list_of(st, values)->len; n++) {
        if (n)
            rt_out_write(&text, sep.data, sep.len);
        size_t before = (size_t)(text.next - text.data);
        if (rt_write_str(st, &text, rt_list_of(st, values)->items[n])) { /* those before it are printed all the same */
            if (st->write)
                st->write(st, (burin_text){text.data, before});
            return st->status;
        }
    }
    rt_out_write(&text, end.data, end.len);
    if (rt_out_take(&text, 0, &made))
        return st->status;
    *out = burin_none();
    return st->write ? st->write(st, rt_text_of(made)) : BURIN_OK;
}
