/* Type objects: their class, and which type a value has. */
#include "runtime/type.h"

#include "runtime/base/text.h"
#include "runtime/builder.h"
#include "runtime/builtins/support.h"
#include "runtime/collect.h"
#include "runtime/env.h"
#include "runtime/exception.h"
#include "runtime/host.h"
#include "runtime/operate.h"

const rt_type *rt_type_of_object(burin_value v)
{
    if (v.kind == BURIN_FUNCTION)
        v = rt_function_type(v);
    return v.kind == BURIN_OBJECT && rt_object_of(v)->cls == &rt_type_class.base ? rt_object_of(v)->self : NULL;
}

const char *rt_type_module(burin_value v)
{
    switch (v.kind) {
    case BURIN_OBJECT: return rt_object_of(v)->cls->module;
    case BURIN_UNDEFINED: return "jinja2.runtime";
    case BURIN_STRING: return v.flags & BURIN_SAFE ? "markupsafe" : NULL;
    case BURIN_TUPLE: return ((const rt_list *)v.as.p)->fields ? "jinja2.filters" : NULL;
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

/* ---- Python's own types ---- */

static const rt_type types[RT_TYPE_COUNT] = {
#define NONE NULL
#define INT &types[RT_TYPE_int]
#define TYPE(type_name, type_base, signature, doc) [RT_TYPE_##type_name] = {.name = #type_name, .base = type_base, .number = RT_TYPE_##type_name},
#include "runtime/types.def"
#undef TYPE
#undef INT
#undef NONE
};

static const rt_object_value objects[RT_TYPE_COUNT] = {
#define TYPE(name, base, signature, doc) [RT_TYPE_##name] = RT_TYPE_OBJECT(&types[RT_TYPE_##name]),
#include "runtime/types.def"
#undef TYPE
};

burin_value rt_type_value(rt_type_number number) { return rt_pointer(BURIN_OBJECT, &objects[number]); }

rt_type_number rt_type_number_of(rt_state *st, burin_value v)
{
    static const uint8_t of_kind[BURIN_KIND_COUNT] = {
        [BURIN_BOOL] = RT_TYPE_bool, [BURIN_INT] = RT_TYPE_int, [BURIN_FLOAT] = RT_TYPE_float, [BURIN_BIGINT] = RT_TYPE_int,
        [BURIN_BYTES] = RT_TYPE_bytes, [BURIN_LIST] = RT_TYPE_list, [BURIN_TUPLE] = RT_TYPE_tuple, [BURIN_DICT] = RT_TYPE_dict,
        [BURIN_RANGE] = RT_TYPE_range, [BURIN_COMPLEX] = RT_TYPE_complex, [BURIN_BYTEARRAY] = RT_TYPE_bytearray,
    };
    if (v.kind == BURIN_STRING)
        return rt_is_safe(v) ? RT_TYPE_NONE : RT_TYPE_str;
    if (v.kind == BURIN_SET)
        return rt_is_frozen(v) ? RT_TYPE_frozenset : RT_TYPE_set;
    if (v.kind != BURIN_OBJECT || rt_type_module(v))
        return (rt_type_number)of_kind[v.kind];
    for (int n = 1; n < RT_TYPE_COUNT; n++) /* iterators, slices, types */
        if (strcmp(types[n].name, rt_type_name(st, v)) == 0)
            return (rt_type_number)n;
    return RT_TYPE_NONE;
}

burin_status rt_type_of(rt_state *st, burin_value v, burin_value *out)
{
    const rt_exception *exception = rt_exception_of(v);
    rt_type_number      number    = rt_type_number_of(st, v);
    if (exception || number) {
        *out = exception ? rt_exception_class(exception->type) : rt_type_value(number);
        return BURIN_OK;
    }
    rt_type *type = heap_alloc(&st->heap, sizeof *type);
    if (!type)
        return rt_fail_memory(st);
    *type = (rt_type){.name = rt_type_name(st, v), .module = rt_type_module(v)};
    return rt_object_new(st, &rt_type_class.base, type, out);
}

burin_status rt_isinstance(rt_state *st, burin_value v, burin_value wanted, bool *out)
{
    burin_value    own;
    const rt_type *type = rt_type_of_object(wanted);
    burin_status   status = BURIN_OK;
    *out = false;
    if (type) {
        status = rt_type_of(st, v, &own);
        *out   = !status && rt_type_derives(rt_type_of_object(own), type);
        return status;
    }
    if (wanted.kind != BURIN_TUPLE)
        return rt_fail(st, BURIN_ERR_TYPE, "isinstance() arg 2 must be a type, a tuple of types, or a union");
    if ((status = rt_enter(st)))
        return status;
    for (uint32_t n = 0; !status && !*out && n < rt_list_of(st, wanted)->len; n++)
        if (!(status = rt_charge(st, 1)))
            status = rt_isinstance(st, v, rt_list_of(st, wanted)->items[n], out);
    rt_leave(st);
    return status;
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

typedef struct unbound { /* what str.upper is */
    rt_function        function;
    const rt_function *method;
    const rt_type     *type;
} unbound;

static burin_status call_unbound(burin_call *call, burin_value *out)
{
    rt_state      *st = call->st;
    const unbound *u  = call->function->data;
    const rt_list *args = rt_list_of(st, call->args[0]);
    rt_arguments   rest = {.positional = args->items + 1, .count = args->len ? args->len - 1 : 0};
    burin_value    own;
    if (args->len == 0)
        return rt_fail(st, BURIN_ERR_TYPE, "unbound method %s.%s() needs an argument", u->type->name, u->method->name);
    burin_status status = rt_type_of(st, args->items[0], &own);
    if (!status && !rt_type_derives(rt_type_of_object(own), u->type))
        return rt_fail(st, BURIN_ERR_TYPE, "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", u->method->name, u->type->name,
                       rt_type_name(st, args->items[0]));
    if (!status)
        status = builtin_spread(st, call->args[1], &rest);
    return status ? status : rt_call_bound(st, u->method, args->items[0], &rest, out);
}

/* A method as an attribute of its type: to be called with an instance first, or (dict.fromkeys) without any. */
static burin_status method_of(rt_state *st, const rt_type *type, burin_text name, burin_value *out)
{
    static const rt_signature any = {.rest = true, .named = true};
    const rt_function        *f   = rt_method_of_type(st, type->number, name);
    if (!f)
        return BURIN_OK;
    unbound *u = heap_alloc(&st->heap, sizeof *u);
    if (!u)
        return rt_fail_memory(st);
    *u = (unbound){*f, f, type};
    if (f->flags & RT_OF_CLASS) {
        u->function.self = (burin_value){rt_kind_of_type(type->number), 0, 0, 0, {0}}; /* no more than the name of its type */
        if (type->number == RT_TYPE_bool)
            u->function.self.kind = BURIN_BOOL;
    } else {
        u->function = (rt_function){f->name, &any, call_unbound, u, RT_METHOD | RT_UNBOUND, rt_missing(), {NULL, 0}};
    }
    *out = rt_pointer(BURIN_FUNCTION, &u->function);
    return BURIN_OK;
}

const char *rt_unbound_type(const rt_function *f) { return f->flags & RT_UNBOUND ? ((const unbound *)f->data)->type->name : NULL; }

static burin_status type_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const rt_type *type  = self;
    const char    *value = NULL;
    if (text_is(name, "__name__") || text_is(name, "__qualname__"))
        value = type->name;
    else if (text_is(name, "__module__"))
        value = type->module ? type->module : "builtins";
    *out = value ? rt_string(value, strlen(value)) : rt_missing();
    return value || !type->number ? BURIN_OK : method_of(call->st, type, name, out);
}

static burin_status type_item(burin_call *call, void *self, burin_value key, burin_value *out)
{
    static const bool is_generic[RT_TYPE_COUNT] = {
        [RT_TYPE_dict] = true, [RT_TYPE_enumerate] = true, [RT_TYPE_frozenset] = true, [RT_TYPE_list] = true,
        [RT_TYPE_set] = true,  [RT_TYPE_tuple] = true,     [RT_TYPE_type] = true,
    };
    const rt_type *type = self;
    if (!is_generic[type->number])
        return rt_fail(call->st, BURIN_ERR_TYPE, "type '%s' is not subscriptable", type->name);
    return rt_generic_alias(call->st, rt_type_value(type->number), key, out);
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
    if (type->number)
        return rt_call_function(st, &st->env->types[type->number], args, out);
    if (type->status == BURIN_OK)
        return rt_fail(st, BURIN_ERR_TYPE, "cannot create '%s' instances", type->name);
    if (args->named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes no keyword arguments", type->name);
    return rt_exception_new(st, type, args->positional, args->count, out);
}

void rt_unbound_reach(rt_collector *c, const rt_function *f) { rt_reach_bytes(c, f->data, sizeof(unbound)); }

/* Names, and the types it is derived from, are of no heap. */
static void type_reach(rt_collector *c, void *self) { rt_reach_bytes(c, self, sizeof(rt_type)); }

const rt_class rt_type_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "type", .get_attr = type_attr, .get_item = type_item, .repr = type_repr, .equal = type_equal, .hash = type_hash},
    .call_arguments = type_call,
    .reach = type_reach,
};

/* ---- ... ---- */

static burin_status ellipsis_repr(burin_call *call, void *self, burin_value *out)
{
    (void)call, (void)self;
    *out = RT_STRING("Ellipsis");
    return BURIN_OK;
}

burin_value rt_ellipsis(void)
{
    static const burin_class     cls    = {.struct_size = sizeof(burin_class), .name = "ellipsis", .repr = ellipsis_repr};
    static const rt_object_value object = {&cls, NULL, NULL};
    return rt_pointer(BURIN_OBJECT, &object);
}
