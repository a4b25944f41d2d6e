/* What subscripting a type gives (PEP 585): list[int], a type with arguments that nothing looks at. It is called as the type itself is. */
#include "runtime/builder.h"
#include "runtime/collect.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/type.h"

typedef struct generic_alias {
    burin_value origin; /* a type object */
    burin_value args;     /* TUPLE */
} generic_alias;

static burin_status write_argument(rt_state *st, builder *text, burin_value argument)
{
    const rt_type *type = rt_type_of_object(argument);
    burin_value    word = rt_missing();
    burin_status   status;
    if (type && type->module)
        word = rt_string(type->module, strlen(type->module));
    if (word.kind != BURIN_MISSING) {
        builder_text(text, word.as.s, word.len);
        builder_byte(text, '.');
    }
    if (type)
        word = rt_string(type->name, strlen(type->name));
    else if (rt_identical(argument, rt_ellipsis()))
        word = RT_STRING("...");
    else if ((status = rt_repr(st, argument, &word)))
        return status;
    builder_text(text, word.as.s, word.len);
    return BURIN_OK;
}

static burin_status alias_repr(burin_call *call, void *self, burin_value *out)
{
    const generic_alias *alias = self;
    const rt_list       *args  = rt_list_of(call->st, alias->args);
    burin_status         status;
    builder              text;
    builder_init(&text, call->st, 32);
    status = write_argument(call->st, &text, alias->origin);
    builder_byte(&text, '[');
    for (uint32_t n = 0; !status && n < args->len; n++) {
        if (n)
            builder_ascii(&text, ", ", 2);
        status = write_argument(call->st, &text, args->items[n]);
    }
    if (args->len == 0)
        builder_ascii(&text, "()", 2);
    builder_byte(&text, ']');
    return status ? status : builder_take(&text, 0, out);
}

static burin_status alias_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const generic_alias *alias = self;
    if (text_is(name, "__origin__"))
        *out = alias->origin;
    else if (text_is(name, "__args__"))
        *out = alias->args;
    else
        return rt_type_class.base.get_attr(call, rt_object_of(alias->origin)->self, name, out);
    return BURIN_OK;
}

static burin_status alias_item(burin_call *call, void *self, burin_value key, burin_value *out)
{
    burin_value text;
    (void)key, (void)out;
    if (alias_repr(call, self, &text))
        return call->st->status;
    return rt_fail(call->st, BURIN_ERR_TYPE, "%.*s is not a generic class", (int)text.len, text.as.s);
}

static burin_status alias_call(rt_state *st, void *self, const rt_arguments *args, burin_value *out)
{
    return rt_type_class.call_arguments(st, rt_object_of(((const generic_alias *)self)->origin)->self, args, out);
}

static const rt_class alias_class;

static burin_status alias_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    const generic_alias *a = self, *b = other.kind == BURIN_OBJECT ? rt_object_of(other)->self : NULL;
    *out = false;
    if (!b || rt_object_of(other)->cls != &alias_class.base || !rt_identical(a->origin, b->origin))
        return BURIN_OK;
    return rt_equal(call->st, a->args, b->args, out);
}

burin_value rt_generic_origin(burin_value v)
{
    bool is_alias = v.kind == BURIN_OBJECT && rt_object_of(v)->cls == &alias_class.base;
    return is_alias ? ((const generic_alias *)rt_object_of(v)->self)->origin : v;
}

static void alias_reach(rt_collector *c, void *self)
{
    const generic_alias *alias = self;
    if (!rt_reach_bytes(c, alias, sizeof *alias))
        return;
    rt_reach_value(c, &alias->origin);
    rt_reach_value(c, &alias->args);
}

static const rt_class alias_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "GenericAlias", .module = "types", .get_attr = alias_attr, .get_item = alias_item,
             .repr = alias_repr, .equal = alias_equal},
    .call_arguments = alias_call,
    .reach = alias_reach,
};

burin_status rt_generic_alias(rt_state *st, burin_value origin, burin_value key, burin_value *out)
{
    generic_alias *alias = heap_alloc(&st->heap, sizeof *alias);
    rt_list       *args;
    if (!alias)
        return rt_fail_memory(st);
    *alias = (generic_alias){origin, key};
    if (key.kind != BURIN_TUPLE) {
        if (rt_list_new(st, BURIN_TUPLE, 1, &args) || rt_list_push(st, args, key))
            return st->status;
        alias->args = rt_tuple_value(args);
    }
    return rt_object_new(st, &alias_class.base, alias, out);
}
