/* The globals that make objects with a memory: cycler, joiner, namespace. Their state lies in the render heap. */
#include "runtime/builtins/support.h"

static burin_status object_new(rt_state *st, const burin_class *cls, size_t size, void **self, burin_value *out)
{
    *self = heap_alloc(&st->heap, size);
    if (!*self)
        return rt_fail_memory(st);
    memset(*self, 0, size);
    return rt_object_new(st, cls, *self, out);
}

/* ---- cycler ---- */

typedef struct cycler {
    burin_value  items; /* TUPLE, not empty */
    uint32_t     at;
    rt_parameter self_parameter; /* what the signature of both methods points at */
    rt_signature signature;
    rt_function  next, reset; /* bound to this cycler */
} cycler;

static burin_value cycler_item(rt_state *st, const cycler *self) { return rt_list_of(st, self->items)->items[self->at]; }

static burin_status cycler_next(burin_call *call, burin_value *out)
{
    cycler *self = rt_object_of(call->args[0])->self;

    *out     = cycler_item(call->st, self);
    self->at = (self->at + 1) % rt_list_of(call->st, self->items)->len;
    return BURIN_OK;
}

static burin_status cycler_reset(burin_call *call, burin_value *out)
{
    cycler *self = rt_object_of(call->args[0])->self;

    self->at = 0;
    *out     = burin_none();
    return BURIN_OK;
}

static burin_status cycler_get(burin_call *call, void *object, burin_text name, burin_value *out)
{
    cycler *self = object;

    *out = rt_missing();
    if (text_is(name, "next"))
        *out = rt_pointer(BURIN_FUNCTION, &self->next);
    else if (text_is(name, "reset"))
        *out = rt_pointer(BURIN_FUNCTION, &self->reset);
    else if (text_is(name, "current"))
        *out = cycler_item(call->st, self);
    else if (text_is(name, "pos"))
        *out = burin_int(self->at);
    else if (text_is(name, "items"))
        *out = self->items;
    return BURIN_OK;
}

static const burin_class cycler_class = {sizeof(burin_class), .name = "Cycler", .module = "jinja2.utils", .get_attr = cycler_get};

burin_status global_cycler(burin_call *call, burin_value *out)
{
    void        *object;
    burin_status status;

    if (rt_list_of(call->st, call->args[0])->len == 0)
        return rt_fail(call->st, BURIN_ERR_GENERATOR, "at least one item has to be provided");
    status = object_new(call->st, &cycler_class, sizeof(cycler), &object, out);
    if (status)
        return status;
    cycler *self         = object;
    self->items          = call->args[0];
    self->self_parameter = (rt_parameter){.name = BURIN_TEXT("self"), .fallback = rt_missing(), .required = true};
    self->signature      = (rt_signature){.count = 1, .positional_only = 1, .least = 1, .until = 2, .parameters = &self->self_parameter};
    self->next           = (rt_function){.name = "next", .signature = &self->signature, .call = cycler_next, .self = *out};
    self->reset          = (rt_function){.name = "reset", .signature = &self->signature, .call = cycler_reset, .self = *out};
    return BURIN_OK;
}

/* ---- joiner ---- */

typedef struct joiner {
    burin_value separator;
    bool        used;
} joiner;

static burin_status joiner_call(burin_call *call, void *object, burin_value *out)
{
    joiner *self = object;

    if (rt_list_of(call->st, call->args[0])->len || rt_dict_of(call->st, call->args[1])->len)
        return rt_fail(call->st, BURIN_ERR_TYPE, "Joiner.__call__() takes 1 positional argument but %u were given",
                       rt_list_of(call->st, call->args[0])->len + 1);
    *out       = self->used ? self->separator : RT_STRING("");
    self->used = true;
    return BURIN_OK;
}

static burin_status joiner_get(burin_call *call, void *object, burin_text name, burin_value *out)
{
    const joiner *self = object;

    (void)call;
    *out = text_is(name, "sep") ? self->separator : text_is(name, "used") ? burin_bool(self->used) : rt_missing();
    return BURIN_OK;
}

static const burin_class joiner_class = {
    sizeof(burin_class), .name = "Joiner", .module = "jinja2.utils", .get_attr = joiner_get, .call = joiner_call};

burin_status global_joiner(burin_call *call, burin_value *out)
{
    void        *object;
    burin_status status = object_new(call->st, &joiner_class, sizeof(joiner), &object, out);

    if (!status)
        ((joiner *)object)->separator = call->args[0];
    return status;
}

/* ---- namespace ---- */

/* Where the attribute is; *slot is where it was the last time, and is brought up to date. */
static burin_value *find_slot(const rt_dict *attributes, burin_text name, uint32_t hash, uint32_t *slot)
{
    if (BURIN_UNLIKELY(!rt_keys_has(attributes->keys, *slot, name, hash)))
        *slot = rt_keys_slot(attributes->keys, name, hash);
    return *slot == UINT32_MAX ? NULL : &attributes->values[*slot];
}

const burin_value *rt_namespace_find(const void *ns, burin_text name, uint32_t hash, uint32_t *slot) { return find_slot(ns, name, hash, slot); }

/* What was made since the namespace may be stored in it, so it must stay; a number in an old place takes no memory along. */
burin_status rt_namespace_set(rt_state *st, void *ns, burin_text name, uint32_t hash, uint32_t *slot, burin_value value)
{
    const char  *before = st->heap.next;
    burin_value *place  = find_slot(ns, name, hash, slot);
    burin_status status = BURIN_OK;

    if (BURIN_LIKELY(place != NULL))
        *place = value;
    else
        status = rt_dict_put_text(st, ns, name, hash, value);
    if (value.kind > BURIN_FLOAT || value.kind == BURIN_UNDEFINED || st->heap.next != before)
        heap_escape(&st->heap);
    return status;
}

static burin_status namespace_get(burin_call *call, void *self, burin_text name, burin_value *out)
{
    uint32_t           slot  = 0;
    const burin_value *found = rt_namespace_find(self, name, rt_text_hash(name), &slot);

    (void)call;
    *out = found ? *found : rt_missing();
    return BURIN_OK;
}

static burin_status namespace_set(burin_call *call, void *self, burin_text name, burin_value value)
{
    uint32_t slot = 0;
    return rt_namespace_set(call->st, self, name, rt_text_hash(name), &slot, value);
}

static burin_status namespace_repr(burin_call *call, void *self, burin_value *out)
{
    rt_out       text;
    burin_status status;

    rt_out_init_heap(&text, call->st, 64);
    rt_out_literal(&text, "<Namespace ");
    status = rt_write_repr(call->st, &text, rt_pointer(BURIN_DICT, self));
    rt_out_literal(&text, ">");
    return status ? status : rt_out_take(&text, 0, out);
}

const burin_class rt_namespace_class = {sizeof(burin_class),       .name = "Namespace",       .module = "jinja2.utils",
                                        .get_attr = namespace_get, .set_attr = namespace_set, .repr = namespace_repr};

burin_status global_namespace(burin_call *call, burin_value *out)
{
    rt_dict     *attributes;
    burin_status status = builtin_dict(call, &attributes);

    return status ? status : rt_object_new(call->st, &rt_namespace_class, attributes, out);
}
