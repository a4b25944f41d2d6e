/* Deep copies into another heap: what a render gives back to its host.
 *
 * A table from originals to copies keeps the form: what was shared is shared again, cycles stay cycles, dicts with shared
 * keys share a copy of those keys. Immutable text and numbers are copied too, since the render's heap goes away.
 * Callers' own objects are referred to, not copied; iterators are copied as iterators over what is left in them; other objects of
 * the engine (macros, loops) belong to the render that made them, and are refused. Depth is bounded by rt_enter. */
#include "runtime/attribute.h"
#include "runtime/bigint.h"
#include "runtime/builtins/big_range.h"
#include "runtime/convert.h"
#include "runtime/exception.h"
#include "runtime/host.h"
#include "runtime/iterate.h"

typedef struct copied {
    const void *from;
    void       *to;
} copied;

typedef struct copier {
    rt_state   *st;
    burin_heap *heap;
    copied     *table; /* open addressing, a power of two; in the render's heap */
    size_t      count, size;
    bool        containers_only; /* all else stays what it is */
} copier;

static burin_status copy_value(copier *c, burin_value v, burin_value *out);

/* Memory of the other heap; its failure is reported here. */
static void *allocate(copier *c, size_t size)
{
    void *p = heap_alloc(c->heap, size);
    if (!p)
        rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory");
    return p;
}

static uint32_t container_flags(const copier *c) { return c->heap->borrowed ? RT_BORROWED : 0; }

/* ---- the table ---- */

static copied *place_of(const copier *c, const void *from)
{
    size_t at = ((uintptr_t)from >> 3) * (size_t)0x9E3779B97F4A7C15u >> 20;
    for (;; at++) {
        copied *entry = &c->table[at & (c->size - 1)];
        if (!entry->from || entry->from == from)
            return entry;
    }
}

static burin_status remember(copier *c, const void *from, void *to)
{
    if (2 * c->count >= c->size) {
        copied *old = c->table;
        size_t  old_size = c->size;
        c->size  = old_size ? old_size * 2 : 64;
        c->table = heap_alloc(&c->st->heap, c->size * sizeof *c->table);
        if (!c->table)
            return rt_fail_memory(c->st);
        memset(c->table, 0, c->size * sizeof *c->table);
        for (size_t n = 0; n < old_size; n++)
            if (old[n].from)
                *place_of(c, old[n].from) = old[n];
    }
    *place_of(c, from) = (copied){from, to};
    c->count++;
    return BURIN_OK;
}

static void *known_copy(const copier *c, const void *from) { return c->size ? place_of(c, from)->to : NULL; }

/* ---- text and containers ---- */

static burin_status copy_text(copier *c, burin_value v, burin_value *out)
{
    *out = v;
    if (v.len == 0) {
        out->as.s = "";
        return BURIN_OK;
    }
    char *data = allocate(c, v.len);
    if (!data)
        return c->st->status;
    memcpy(data, v.as.s, v.len);
    out->as.s = data;
    return BURIN_OK;
}

static burin_status copy_names(copier *c, const char *const *names, const char *const **out)
{
    size_t count = 0;
    *out         = NULL;
    if (!names)
        return BURIN_OK;
    while (names[count])
        count++;
    const char **copy = allocate(c, (count + 1) * sizeof *copy);
    if (!copy)
        return c->st->status;
    for (size_t n = 0; n < count; n++) {
        char *name = allocate(c, strlen(names[n]) + 1);
        if (!name)
            return c->st->status;
        copy[n] = strcpy(name, names[n]);
    }
    copy[count] = NULL;
    *out        = copy;
    return BURIN_OK;
}

static burin_status copy_list(copier *c, burin_value v, burin_value *out)
{
    const rt_list *from = rt_list_of(c->st, v);
    rt_list       *to   = allocate(c, sizeof *to + from->len * sizeof(burin_value));
    if (!to || remember(c, v.as.p, to))
        return c->st->status;
    *to = (rt_list){.flags = container_flags(c), .cap = from->len, .items = (burin_value *)(to + 1)};
    *out = rt_pointer(v.kind, to);
    if (copy_names(c, from->fields, &to->fields))
        return c->st->status;
    for (uint32_t n = 0; n < from->len; n++) {
        if (copy_value(c, from->items[n], &to->items[n]))
            return c->st->status;
        to->len = n + 1;
    }
    return BURIN_OK;
}

/* Keys as they are, dead entries included, so that values keep their places. Copies of shared keys are shared. */
static burin_status copy_keys(copier *c, const rt_keys *from, rt_keys **out)
{
    rt_keys *to    = known_copy(c, from);
    size_t   slots = from->index ? (size_t)from->index_mask + 1 : 0;
    if (to) {
        *out = to;
        return BURIN_OK;
    }
    to = allocate(c, sizeof *to + from->len * sizeof(rt_key) + slots * sizeof(uint32_t));
    if (!to || (from->shared && remember(c, from, to)))
        return c->st->status;
    *to         = *from;
    to->serial  = RT_NO_SERIAL;
    to->cap     = from->len;
    to->entries = (rt_key *)(to + 1);
    to->index   = slots ? (uint32_t *)(to->entries + from->len) : NULL;
    if (slots)
        memcpy(to->index, from->index, slots * sizeof(uint32_t));
    *out = to;
    for (uint32_t n = 0; n < from->len; n++) {
        to->entries[n] = from->entries[n];
        if (from->entries[n].live && copy_value(c, from->entries[n].value, &to->entries[n].value))
            return c->st->status;
    }
    if (to->shared && c->heap->borrowed)
        to->serial = rt_keys_serial(to);
    return BURIN_OK;
}

static burin_status copy_dict(copier *c, burin_value v, burin_value *out)
{
    const rt_dict *from = rt_dict_of(c->st, v);
    uint32_t       len  = from->keys->len;
    rt_dict       *to   = allocate(c, sizeof *to + (from->values ? len * sizeof(burin_value) : 0));
    if (!to || remember(c, v.as.p, to))
        return c->st->status;
    *to        = *from;
    to->flags  = (from->flags & ~(uint32_t)RT_BORROWED) | container_flags(c);
    to->cap    = len;
    to->values = from->values ? (burin_value *)(to + 1) : NULL;
    *out       = rt_pointer(v.kind, to);
    for (uint32_t n = 0; to->values && n < len; n++)
        to->values[n] = rt_missing(); /* a cycle may look at the dict before it is complete */
    if (copy_keys(c, from->keys, &to->keys))
        return c->st->status;
    for (uint32_t n = 0; to->values && n < len; n++)
        if (from->keys->entries[n].live && copy_value(c, from->values[n], &to->values[n]))
            return c->st->status;
    return BURIN_OK;
}

/* ---- the rest ---- */

static burin_status copy_range(copier *c, burin_value v, burin_value *out)
{
    rt_range *to = allocate(c, sizeof *to);
    if (!to)
        return c->st->status;
    *to  = *(const rt_range *)v.as.p;
    *out = rt_pointer(BURIN_RANGE, to);
    return BURIN_OK;
}

/* The object an attribute is missing from may be large and is only named in messages: the message is made now. */
static burin_status hint_of(copier *c, burin_value v, burin_value *hint)
{
    *hint = rt_missing();
    rt_undefined_fail(c->st, v);
    burin_status status = c->st->status;
    if (status != ((const rt_undefined *)v.as.p)->status)
        return status;
    burin_text message = rt_message(c->st);
    char      *data    = allocate(c, message.len + 1);
    if (!data)
        return c->st->status;
    memcpy(data, message.data ? message.data : "", message.len);
    *hint = rt_string(data, message.len);
    rt_clear_error(c->st);
    return BURIN_OK;
}

static burin_status copy_undefined(copier *c, burin_value v, burin_value *out)
{
    const rt_undefined *from = v.as.p;
    rt_undefined       *to   = allocate(c, sizeof *to);
    burin_value         hint = rt_string(from->hint.data, from->hint.len);
    if (!to)
        return c->st->status;
    *to = *from;
    if (from->object.kind != BURIN_MISSING && from->hint.len == 0) {
        if (hint_of(c, v, &hint))
            return c->st->status;
    } else if (copy_text(c, hint, &hint)) {
        return c->st->status;
    }
    to->hint   = rt_text_of(hint);
    to->object = rt_missing();
    *out       = rt_pointer(BURIN_UNDEFINED, to);
    return copy_value(c, from->name, &to->name);
}

static burin_status copy_function(copier *c, burin_value v, burin_value *out)
{
    const rt_function *from = v.as.p;
    if (rt_unbound_type(from))
        return rt_fail(c->st, BURIN_ERR_TYPE, "a '%s' object cannot outlive the render that made it", rt_type_name(c->st, v));
    rt_function *to = allocate(c, sizeof *to);
    if (!to)
        return c->st->status;
    *to  = *from;
    *out = rt_pointer(BURIN_FUNCTION, to);
    return copy_value(c, from->self, &to->self);
}

static burin_status copy_complex(copier *c, burin_value v, burin_value *out)
{
    rt_complex *to = allocate(c, sizeof *to);
    if (!to)
        return c->st->status;
    *to  = rt_complex_of(v);
    *out = rt_pointer(BURIN_COMPLEX, to);
    return BURIN_OK;
}

static burin_status copy_bytearray(copier *c, burin_value v, burin_value *out)
{
    rt_bytearray *to = known_copy(c, v.as.p), *from = rt_bytearray_of(v);
    if (!to) {
        to = allocate(c, sizeof *to);
        if (!to || remember(c, from, to))
            return c->st->status;
        *to = (rt_bytearray){from->len, from->len, allocate(c, from->len)};
        if (!to->data)
            return c->st->status;
        if (from->len)
            memcpy(to->data, from->data, from->len);
    }
    *out = rt_pointer(BURIN_BYTEARRAY, to);
    return BURIN_OK;
}

static burin_status copy_slice(copier *c, burin_value start, burin_value stop, burin_value step, burin_value *out)
{
    if (copy_value(c, start, &start) || copy_value(c, stop, &stop) || copy_value(c, step, &step))
        return c->st->status;
    return rt_slice_new(rt_state_of(c->heap), start, stop, step, out) ? rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static burin_status copy_exception(copier *c, const rt_exception *from, burin_value *out)
{
    burin_value args;
    if (copy_value(c, from->args, &args))
        return c->st->status;
    const rt_list *list = args.as.p;
    if (rt_exception_new(rt_state_of(c->heap), from->type, list->items, list->len, out))
        return rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory");
    return BURIN_OK;
}

static burin_status copy_type(copier *c, const rt_type *from, burin_value *out)
{
    rt_type *to = allocate(c, sizeof *to);
    if (!to)
        return c->st->status;
    *to = *from;
    return rt_object_new(rt_state_of(c->heap), &rt_type_class.base, to, out) ? rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static burin_status copy_big_range(copier *c, burin_value v, burin_value *out)
{
    burin_value parts[3];
    big_range_parts(v, parts);
    for (int n = 0; n < 3; n++)
        if (copy_value(c, parts[n], &parts[n]))
            return c->st->status;
    return big_range_new(rt_state_of(c->heap), parts[0], parts[1], parts[2], out) ? rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static bool is_iterable(const burin_class *cls) { return cls->next || cls->iterate; }

static burin_status copy_object(copier *c, burin_value v, burin_value *out)
{
    const burin_class *cls = rt_object_of(v)->cls;
    burin_value        start, stop, step;
    if (rt_exception_of(v))
        return copy_exception(c, rt_exception_of(v), out);
    if (rt_slice_parts(v, &start, &stop, &step))
        return copy_slice(c, start, stop, step, out);
    if (rt_type_of_object(v))
        return copy_type(c, rt_type_of_object(v), out);
    if (big_range_is(v))
        return copy_big_range(c, v, out);
    if (!rt_class_of(v) && !is_iterable(cls)) { /* a host's */
        rt_object_value *to = allocate(c, sizeof *to);
        if (!to)
            return c->st->status;
        *to  = (rt_object_value){.cls = cls, .self = rt_object_of(v)->self}; /* released by its first owner alone */
        *out = rt_pointer(BURIN_OBJECT, to);
        return BURIN_OK;
    }
    if (!is_iterable(cls))
        return rt_fail(c->st, BURIN_ERR_TYPE, "a '%s' object cannot outlive the render that made it", cls->name);
    rt_list    *items;
    burin_value list;
    if (rt_to_list(c->st, v, &items) || copy_value(c, rt_list_value(items), &list))
        return c->st->status;
    *out = burin_iterator(c->heap, list);
    return out->kind == BURIN_MISSING ? rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static burin_status copy_shared(copier *c, burin_value v, burin_value *out)
{
    void *known = known_copy(c, v.as.p);
    if (known) {
        *out = rt_pointer(v.kind, known);
        return BURIN_OK;
    }
    if (rt_enter(c->st))
        return c->st->status;
    burin_status status = v.kind == BURIN_LIST || v.kind == BURIN_TUPLE ? copy_list(c, v, out) : copy_dict(c, v, out);
    rt_leave(c->st);
    return status;
}

static bool is_container(burin_value v) { return v.kind == BURIN_LIST || v.kind == BURIN_TUPLE || v.kind == BURIN_DICT || v.kind == BURIN_SET; }

static burin_status copy_value(copier *c, burin_value v, burin_value *out)
{
    if (rt_charge(c->st, 1))
        return c->st->status;
    *out = v;
    if (c->containers_only && !is_container(v))
        return BURIN_OK;
    switch ((burin_kind)v.kind) {
    case BURIN_STRING:
    case BURIN_BYTES:
        return copy_text(c, v, out);
    case BURIN_BIGINT:
        return rt_bigint_copy(c->heap, v.as.p, out) ? BURIN_OK : rt_fail(c->st, BURIN_ERR_NOMEM, "out of memory");
    case BURIN_COMPLEX:
        return copy_complex(c, v, out);
    case BURIN_BYTEARRAY:
        return copy_bytearray(c, v, out);
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET:
        return copy_shared(c, v, out);
    case BURIN_RANGE:
        return copy_range(c, v, out);
    case BURIN_UNDEFINED:
        return copy_undefined(c, v, out);
    case BURIN_FUNCTION:
        return copy_function(c, v, out);
    case BURIN_OBJECT:
        return copy_object(c, v, out);
    default:
        return BURIN_OK;
    }
}

burin_status rt_copy_containers(rt_state *st, burin_value *value)
{
    copier c = {.st = st, .heap = &st->heap, .containers_only = true};
    return copy_value(&c, *value, value);
}

burin_status rt_copy_out(rt_state *st, burin_value v, burin_heap *heap, burin_value *out)
{
    copier c = {.st = st, .heap = heap};
    return copy_value(&c, v, out);
}
