/* Type objects: their class, and which type a value has. */
#include "runtime/type.h"

#include "runtime/base/text.h"
#include "runtime/builder.h"
#include "runtime/exception.h"
#include "runtime/host.h"
#include "runtime/operate.h"

const rt_type *rt_type_of_object(burin_value v)
{
    return v.kind == BURIN_OBJECT && rt_object_of(v)->cls == &rt_type_class.base ? rt_object_of(v)->self : NULL;
}

const char *rt_type_module(burin_value v)
{
    switch (v.kind) {
    case BURIN_OBJECT: return rt_object_of(v)->cls->module;
    case BURIN_UNDEFINED: return "jinja2.runtime";
    case BURIN_STRING: return v.flags & BURIN_SAFE ? "markupsafe" : NULL;
    default: return NULL;
    }
}

static bool same_type(const rt_type *a, const rt_type *b)
{
    return a == b || (strcmp(a->name, b->name) == 0 && strcmp(a->module ? a->module : "", b->module ? b->module : "") == 0);
}

bool rt_type_derives(const rt_type *type, const rt_type *base)
{
    if (!base)
        return true;
    while (type && !same_type(type, base))
        type = type->base;
    return type != NULL;
}

burin_status rt_type_of(rt_state *st, burin_value v, burin_value *out)
{
    const rt_exception *exception = rt_exception_of(v);
    if (exception) {
        *out = rt_exception_class(exception->type);
        return BURIN_OK;
    }
    rt_type *type = heap_alloc(&st->heap, sizeof *type);
    if (!type)
        return rt_fail_memory(st);
    *type = (rt_type){.name = rt_type_name(st, v), .module = rt_type_module(v)};
    return rt_object_new(st, &rt_type_class.base, type, out);
}

/* ---- as objects ---- */

static burin_status type_repr(burin_call *call, void *self, burin_value *out)
{
    const rt_type *type = self;
    builder        text;
    builder_init(&text, call->st, 32);
    builder_ascii(&text, "<class '", 8);
    if (type->module) {
        builder_text(&text, type->module, strlen(type->module));
        builder_byte(&text, '.');
    }
    builder_text(&text, type->name, strlen(type->name));
    builder_ascii(&text, "'>", 2);
    return builder_take(&text, 0, out);
}

static burin_status type_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const rt_type *type  = self;
    const char    *value = NULL;
    (void)call;
    if (text_is(name, "__name__") || text_is(name, "__qualname__"))
        value = type->name;
    else if (text_is(name, "__module__"))
        value = type->module ? type->module : "builtins";
    *out = value ? rt_string(value, strlen(value)) : rt_missing();
    return BURIN_OK;
}

static burin_status type_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    const rt_type *type = rt_type_of_object(other);
    (void)call;
    *out = type && same_type(self, type);
    return BURIN_OK;
}

static burin_status type_hash(burin_call *call, void *self, uint64_t *out)
{
    const char *name = ((const rt_type *)self)->name;
    (void)call;
    *out = rt_text_hash((burin_text){name, strlen(name)});
    return BURIN_OK;
}

static burin_status type_call(rt_state *st, void *self, const rt_arguments *args, burin_value *out)
{
    const rt_type *type = self;
    if (type->status == BURIN_OK)
        return rt_fail(st, BURIN_ERR_TYPE, "cannot create '%s' instances", type->name);
    if (args->named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes no keyword arguments", type->name);
    return rt_exception_new(st, type, args->positional, args->count, out);
}

const rt_class rt_type_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "type", .get_attr = type_attr, .repr = type_repr, .equal = type_equal, .hash = type_hash},
    .call_arguments = type_call,
};
