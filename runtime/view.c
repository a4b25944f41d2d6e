/* The views of a dict, and what they answer as objects: their length, their items, `in`, equality and printing. */
#include "runtime/view.h"

#include "runtime/builder.h"
#include "runtime/collect.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"

burin_status rt_view_new(rt_state *st, burin_value dict, rt_view which, burin_value *out)
{
    return rt_object_new(st, &rt_view_classes[which].base, dict.as.p, out);
}

burin_status rt_view_next(rt_state *st, const rt_dict *d, rt_view which, uint32_t *at, burin_value *item)
{
    burin_value key, value;

    if (!rt_dict_next(d, at, &key, &value)) {
        *item = rt_missing();
        return BURIN_OK;
    }
    if (which == RT_VIEW_ITEMS)
        return rt_tuple2(st, key, value, item);
    *item = which == RT_VIEW_KEYS ? key : value;
    return BURIN_OK;
}

burin_status rt_view_to_set(rt_state *st, burin_value view, burin_value *out)
{
    const rt_dict *dict = rt_dict_of(st, rt_view_dict(view));
    rt_dict       *set;
    burin_value    item;
    uint32_t       at     = 0;
    burin_status   status = rt_charge(st, dict->len);

    if (!status)
        status = rt_set_new(st, dict->len, &set);
    while (!status && !(status = rt_view_next(st, dict, rt_view_of(view), &at, &item)) && item.kind != BURIN_MISSING)
        status = rt_dict_put(st, set, item, rt_missing());
    if (!status)
        *out = rt_pointer(BURIN_SET, set);
    return status;
}

static burin_status is_same(rt_state *st, burin_value a, burin_value b, bool *out)
{
    if (rt_identical(a, b)) {
        *out = true;
        return BURIN_OK;
    }
    return rt_equal(st, a, b, out);
}

static burin_status values_contain(rt_state *st, burin_value dict, burin_value wanted, bool *out)
{
    burin_value  value;
    burin_status status = rt_charge(st, rt_dict_of(st, dict)->len);

    *out = false;
    for (uint32_t at = 0; !status && !*out && rt_dict_next(rt_dict_of(st, dict), &at, NULL, &value);)
        status = is_same(st, value, wanted, out);
    return status;
}

burin_status rt_view_contains(rt_state *st, burin_value view, burin_value item, bool *out)
{
    burin_value  dict = rt_view_dict(view), found;
    burin_status status;

    *out = false;
    switch (rt_view_of(view)) {
    case RT_VIEW_KEYS:
        status = rt_dict_get(st, rt_dict_of(st, dict), item, &found);
        *out   = !status && found.kind != BURIN_MISSING;
        return status;
    case RT_VIEW_ITEMS: {
        if (item.kind != BURIN_TUPLE || rt_list_of(st, item)->len != 2)
            return BURIN_OK;
        const burin_value *pair = rt_list_of(st, item)->items;
        status                  = rt_dict_get(st, rt_dict_of(st, dict), pair[0], &found);
        return status || found.kind == BURIN_MISSING ? status : is_same(st, found, pair[1], out);
    }
    default: return values_contain(st, dict, item, out);
    }
}

/* ---- as objects ---- */

static burin_value dict_of(void *self) { return rt_pointer(BURIN_DICT, self); }

static burin_value object_of(rt_object_value *object, rt_view which, void *self)
{
    *object = (rt_object_value){.cls = &rt_view_classes[which].base, .self = self};
    return rt_pointer(BURIN_OBJECT, object);
}

static burin_status view_length(burin_call *call, void *self, size_t *out)
{
    *out = rt_dict_of(call->st, dict_of(self))->len;
    return BURIN_OK;
}

static burin_status view_iterate(burin_call *call, void *self, rt_view which, burin_value *out)
{
    burin_value  view;
    burin_status status = rt_view_new(call->st, dict_of(self), which, &view);

    return status ? status : rt_iterator_new(call->st, view, out);
}

/* keys() and items() are sets to ==: equal to sets and views with the same members, in any order. values() only equal themselves. */
static burin_status view_equal(burin_call *call, void *self, rt_view which, burin_value other, bool *out)
{
    rt_state       *st = call->st;
    rt_object_value object;
    burin_value     view = object_of(&object, which, self), item;
    rt_view         kind = rt_view_of(other);
    rt_iter         it;
    burin_status    status;

    *out = false;
    if (other.kind != BURIN_SET && kind != RT_VIEW_KEYS && kind != RT_VIEW_ITEMS)
        return BURIN_OK;
    size_t len = rt_dict_of(st, kind == RT_VIEW_NONE ? other : rt_view_dict(other))->len;
    if (len != rt_dict_of(st, dict_of(self))->len)
        return BURIN_OK;
    *out   = true;
    status = rt_iter_init(st, other, &it);
    while (!status && *out && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_view_contains(st, view, item, out);
    return status;
}

static void append_value(builder *b, burin_value *v, burin_status *status)
{
    if (!*status)
        *status = rt_repr(b->st, *v, v);
    if (!*status)
        builder_value(b, *v);
}

/* dict_items([('a', 1)]) */
static burin_status view_repr(burin_call *call, void *self, rt_view which, burin_value *out)
{
    rt_state    *st = call->st;
    builder      b;
    burin_value  key, value;
    bool         first  = true;
    burin_status status = rt_enter(st);

    if (status)
        return status;
    builder_init(&b, st, 64);
    builder_ascii(&b, rt_view_classes[which].base.name, strlen(rt_view_classes[which].base.name));
    builder_ascii(&b, "([", 2);
    for (uint32_t at = 0; !status && rt_dict_next(rt_dict_of(st, dict_of(self)), &at, &key, &value); first = false) {
        if (!first)
            builder_ascii(&b, ", ", 2);
        if (which == RT_VIEW_ITEMS)
            builder_byte(&b, '(');
        if (which != RT_VIEW_VALUES)
            append_value(&b, &key, &status);
        if (which == RT_VIEW_ITEMS)
            builder_ascii(&b, ", ", 2);
        if (which != RT_VIEW_KEYS)
            append_value(&b, &value, &status);
        if (which == RT_VIEW_ITEMS)
            builder_byte(&b, ')');
    }
    builder_ascii(&b, "])", 2);
    rt_leave(st);
    return status ? status : builder_take(&b, 0, out);
}

static burin_status view_contains(burin_call *call, void *self, rt_view which, burin_value item, bool *out)
{
    rt_object_value object;

    return rt_view_contains(call->st, object_of(&object, which, self), item, out);
}

/* The abilities of one class, which know which view they serve. */
#define VIEW(name, WHICH)                                                                                                                       \
    static burin_status name##_iterate(burin_call *call, void *self, burin_value *out) { return view_iterate(call, self, WHICH, out); }         \
    static burin_status name##_contains(burin_call *call, void *self, burin_value item, bool *out)                                              \
    {                                                                                                                                           \
        return view_contains(call, self, WHICH, item, out);                                                                                     \
    }                                                                                                                                           \
    static burin_status name##_repr(burin_call *call, void *self, burin_value *out) { return view_repr(call, self, WHICH, out); }

VIEW(keys, RT_VIEW_KEYS)
VIEW(values, RT_VIEW_VALUES)
VIEW(items, RT_VIEW_ITEMS)
#undef VIEW

static burin_status keys_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    return view_equal(call, self, RT_VIEW_KEYS, other, out);
}
static burin_status items_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    return view_equal(call, self, RT_VIEW_ITEMS, other, out);
}

static void view_reach(rt_collector *c, void *self) { rt_reach_container(c, BURIN_DICT, self); }

#define CLASS(prefix, shown, equal_or_null)                                                                                                     \
    {                                                                                                                                           \
        .base = {.struct_size = sizeof(rt_holder), .name = shown, .length = view_length, .iterate = prefix##_iterate,                           \
                 .contains = prefix##_contains, .repr = prefix##_repr, .equal = equal_or_null},                                                  \
        .reach = view_reach                                                                                                                     \
    }

const rt_holder rt_view_classes[3] = {
    CLASS(keys, "dict_keys", keys_equal),
    CLASS(values, "dict_values", NULL),
    CLASS(items, "dict_items", items_equal),
};
