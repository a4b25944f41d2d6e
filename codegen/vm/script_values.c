/* The longer instructions of scripts on values: f-strings, displays with stars, unpacking with a star, items by name. */
#include "codegen/vm/script.h"
#include "runtime/builder.h"
#include "runtime/builtins/builtins.h"
#include "runtime/format.h"
#include "runtime/told.h"
#include "runtime/type.h"

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
    burin_call   machine = rt_machine_call(st);
    rt_list     *all;
    burin_status status = rt_told_list(&machine, v, &all);
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

static burin_status extend(rt_state *st, burin_value list, rt_iter *it)
{
    const burin_call machine = rt_machine_call(st);
    burin_value      item;
    rt_told          told;
    burin_status     status;
    rt_told_begin(&told, &machine, NULL, 0);
    while (!(status = rt_told_next(&told, it, &item)) && item.kind != BURIN_MISSING)
        if ((status = rt_list_push(st, list.as.p, item)))
            break;
    rt_told_end(&told);
    return status;
}

/* An error that says no more than that the value cannot be walked gives way to one that says where. */
static bool is_of_value(burin_status status, burin_value items) { return status == BURIN_ERR_TYPE && items.kind != BURIN_OBJECT; }

burin_status vm_list_extend(rt_state *st, burin_value list, burin_value items)
{
    rt_iter      it;
    burin_status status = rt_iter_init(st, items, &it);
    if (!status)
        return extend(st, list, &it);
    if (!is_of_value(status, items))
        return status;
    rt_clear_error(st);
    return rt_fail(st, BURIN_ERR_TYPE, "Value after * must be an iterable, not %s", rt_type_name(st, items));
}

burin_status vm_set_update(rt_state *st, burin_value set, burin_value items)
{
    const burin_call machine = rt_machine_call(st);
    rt_iter          it;
    burin_value      item;
    rt_told          told;
    burin_status     status = rt_iter_init(st, items, &it);
    rt_told_begin(&told, &machine, NULL, 0);
    while (!status && !(status = rt_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_dict_put(st, set.as.p, item, burin_none());
    rt_told_end(&told);
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

burin_status vm_dict_update(rt_state *st, burin_value dict, burin_value items)
{
    burin_value  key, value;
    uint32_t     at = 0;
    burin_status status = BURIN_OK;
    if (items.kind != BURIN_DICT)
        return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not a mapping", rt_type_name(st, items));
    while (!status && rt_dict_next(rt_dict_of(st, items), &at, &key, &value))
        status = rt_dict_put(st, dict.as.p, key, value);
    return status;
}

/* ---- stars of calls ---- */

/* "f.<locals>.g()", "list.append()" (_PyObject_FunctionStr); what has no such name is shown itself. */
static burin_status name_called(rt_state *st, vm_called what, burin_value *out)
{
    bool               found = what.function.kind == BURIN_MISSING;
    const vm_function *fn    = vm_function_of(what.function);
    const rt_function *f     = found || what.function.kind == BURIN_FUNCTION ? what.function.as.p : NULL;
    const rt_type     *type  = found ? NULL : rt_type_of_object(what.function);
    burin_value        self  = found ? what.object : f ? f->self : rt_missing();
    const char        *owner = !f ? NULL : f->flags & RT_MATH ? "math" : self.kind != BURIN_MISSING ? rt_type_name(st, self) : rt_unbound_type(f);
    builder            b;
    if (!fn && !f && !type)
        return rt_str(st, what.function, out);
    builder_init(&b, st, 32);
    if (owner) {
        builder_ascii(&b, owner, strlen(owner));
        builder_byte(&b, '.');
    }
    if (fn)
        builder_text(&b, fn->row->qualified.data, fn->row->qualified.len);
    else
        builder_ascii(&b, f ? f->name : type->name, strlen(f ? f->name : type->name));
    builder_ascii(&b, "()", 2);
    return builder_take(&b, 0, out);
}

/* TypeError: "list.append() " and `middle` with `text` in it. */
static burin_status fail_of_call(rt_state *st, vm_called what, const char *middle, const char *text, size_t len)
{
    burin_value  said;
    burin_status status = name_called(st, what, &said);
    return status ? status : rt_fail(st, BURIN_ERR_TYPE, middle, (int)said.len, said.as.s, (int)len, text);
}

burin_status vm_spread(rt_state *st, burin_value list, burin_value items, vm_called what)
{
    rt_iter      it;
    burin_status status = rt_iter_init(st, items, &it);
    if (!status)
        return extend(st, list, &it);
    if (!is_of_value(status, items))
        return status;
    const char *type = rt_type_name(st, items);
    rt_clear_error(st);
    return fail_of_call(st, what, "%.*s argument after * must be an iterable, not %.*s", type, strlen(type));
}

static burin_status put_named(rt_state *st, burin_value dict, burin_value key, burin_value value, vm_called what)
{
    burin_value found;
    if (key.kind != BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "keywords must be strings");
    burin_status status = rt_dict_get(st, dict.as.p, key, &found);
    if (!status && found.kind != BURIN_MISSING)
        status = fail_of_call(st, what, "%.*s got multiple values for keyword argument '%.*s'", key.as.s, key.len);
    return status ? status : rt_dict_put(st, dict.as.p, key, value);
}

burin_status vm_spread_named(rt_state *st, burin_value dict, burin_value items, vm_called what)
{
    burin_value  key, value;
    uint32_t     at = 0;
    burin_status status = BURIN_OK;
    if (items.kind != BURIN_DICT) {
        const char *type = rt_type_name(st, items);
        return fail_of_call(st, what, "%.*s argument after ** must be a mapping, not %.*s", type, strlen(type));
    }
    while (!status && rt_dict_next(rt_dict_of(st, items), &at, &key, &value))
        status = put_named(st, dict, key, value, what);
    return status;
}

/* ---- items ---- */

const burin_value *vm_find_named(vm_cache *cache, const ir_site *site, const rt_dict *dict)
{
    const burin_value *found = rt_dict_find_text(dict, site->name, site->hash);
    if (found)
        cache->slot = (uint32_t)(found - dict->values);
    return found;
}
