/* The longer instructions of scripts on values: f-strings, displays with stars, unpacking with a star. */
#include "codegen/vm/script.h"
#include "runtime/builder.h"
#include "runtime/format.h"

burin_status vm_format(rt_state *st, burin_value v, burin_value spec, unsigned conversion, burin_value *out)
{
    burin_status status = BURIN_OK;
    builder      b;
    switch (conversion) {
    case 1: status = rt_str(st, v, &v); break;
    case 2: status = rt_repr(st, v, &v); break;
    case 3:
        builder_init(&b, st, 32);
        status = rt_append_ascii(&b, v);
        if (!status)
            status = builder_take(&b, 0, &v);
        break;
    default: break;
    }
    if (status)
        return status;
    if (!spec.len && v.kind == BURIN_STRING) {
        *out = v;
        return BURIN_OK;
    }
    return rt_format_spec(st, v, rt_text_of(spec), out);
}

burin_status vm_unpack_star(rt_state *st, burin_value v, uint32_t before, uint32_t after, burin_value *to)
{
    rt_list     *all;
    burin_status status = rt_to_list(st, v, &all);
    if (status == BURIN_ERR_TYPE && v.kind != BURIN_OBJECT) {
        const char *type = rt_type_name(st, v);
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, "cannot unpack non-iterable %s object", type);
    }
    if (status)
        return status;
    if (all->len < before + after)
        return rt_fail(st, BURIN_ERR_VALUE, "not enough values to unpack (expected at least %u, got %u)", before + after, all->len);
    uint32_t middle = all->len - before - after;
    for (uint32_t n = 0; n < before; n++)
        to[n] = all->items[n];
    for (uint32_t n = 0; n < after; n++)
        to[before + 1 + n] = all->items[before + middle + n];
    return vm_row(st, BURIN_LIST, all->items + before, middle, &to[before]);
}

/* An error of a value that cannot be walked, said of a call's star. */
static burin_status star_error(rt_state *st, burin_status status, burin_value items)
{
    if (status != BURIN_ERR_TYPE || items.kind == BURIN_OBJECT)
        return status;
    const char *type = rt_type_name(st, items);
    rt_clear_error(st);
    return rt_fail(st, BURIN_ERR_TYPE, "Value after * must be an iterable, not %s", type);
}

burin_status vm_list_extend(rt_state *st, burin_value list, burin_value items, bool as_call)
{
    rt_iter      it;
    burin_value  item;
    burin_status status = rt_iter_init(st, items, &it);
    (void)as_call;
    if (status)
        return star_error(st, status, items);
    while (!(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING)
        if ((status = rt_list_push(st, list.as.p, item)))
            return status;
    return status;
}

burin_status vm_set_update(rt_state *st, burin_value set, burin_value items)
{
    rt_iter      it;
    burin_value  item;
    burin_status status = rt_iter_init(st, items, &it);
    while (!status && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_dict_put(st, set.as.p, item, burin_none());
    return status;
}

burin_status vm_set_new(rt_state *st, const burin_value *items, uint32_t count, burin_value *out)
{
    rt_dict     *set;
    burin_status status = rt_set_new(st, count, &set);
    for (uint32_t n = 0; n < count && !status; n++)
        status = rt_dict_put(st, set, items[n], burin_none());
    *out = rt_pointer(BURIN_SET, set);
    return status;
}

static burin_status check_keyword(rt_state *st, burin_value dict, burin_value key)
{
    burin_value found;
    if (key.kind != BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "keywords must be strings");
    burin_status status = rt_dict_get(st, dict.as.p, key, &found);
    if (status || found.kind == BURIN_MISSING)
        return status;
    return rt_fail(st, BURIN_ERR_TYPE, "got multiple values for keyword argument '%.*s'", (int)key.len, key.as.s);
}

burin_status vm_dict_update(rt_state *st, burin_value dict, burin_value items, bool as_call)
{
    burin_value  key, value;
    uint32_t     at = 0;
    burin_status status = BURIN_OK;
    if (items.kind != BURIN_DICT)
        return rt_fail(st, BURIN_ERR_TYPE, as_call ? "argument after ** must be a mapping, not %s" : "'%s' object is not a mapping", rt_type_name(st, items));
    while (!status && rt_dict_next(rt_dict_of(st, items), &at, &key, &value)) {
        if (as_call)
            status = check_keyword(st, dict, key);
        if (!status)
            status = rt_dict_put(st, dict.as.p, key, value);
    }
    return status;
}
