/* Entities as objects of templates. An object has a reader, which stays pinned as long as the heap is used, so that what the store lends can be
 * lent on. */
#include "engine/grant.h"
#include "runtime/base/text.h"
#include "runtime/call.h"
#include "runtime/collect.h"

#include <stdio.h>

static const rt_holder entity_class;

const granted *granted_of(burin_value v) { return burin_object_self(v, &entity_class.base); }

burin_status grant_value(burin_heap *heap, burin_reader *reader, burin_entity entity, burin_value *out, burin_error *err)
{
    granted g = {.reader = reader};
    *out      = burin_missing();
    burin_status status = burin_reader_info(reader, entity, &g.info, err);
    if (status)
        return status;
    granted *self = heap_alloc(heap, sizeof *self);
    if (!self)
        return BURIN_ERR_NOMEM;
    *self = g;
    *out  = burin_object(heap, &entity_class.base, self);
    return out->kind == BURIN_MISSING ? BURIN_ERR_NOMEM : BURIN_OK;
}

burin_value burin_entity_value(burin_heap *heap, burin_reader *reader, burin_entity entity, burin_error *err)
{
    burin_value v;
    return grant_value(heap, reader, entity, &v, err) ? burin_missing() : v;
}

bool burin_value_entity(burin_value value, burin_entity *out)
{
    const granted *g = granted_of(value);
    if (g)
        *out = g->info.entity;
    return g || live_entity(value, out);
}

burin_status grant_raise(burin_call *call, burin_status status, burin_error *err)
{
    burin_raise(call, status, "%s", err->message ? err->message : "out of memory");
    burin_error_clear(err);
    return status;
}

/* ---- attributes ---- */

static const burin_store *store_of(const granted *g) { return burin_reader_store(g->reader); }

/* Another entity of the same version; of what has moved to another tree: as it is now; none where it is nowhere. */
static burin_status relative(burin_call *call, const granted *g, uint32_t id, burin_value *out)
{
    burin_error  err    = BURIN_ERROR_INIT;
    burin_entity same   = {id, g->info.entity.tree, g->info.entity.version}, now = {id, 0, 0};
    burin_heap  *heap   = burin_call_heap(call);
    burin_status status = BURIN_ERR_KEY;
    *out                = burin_none();
    if (id == 0)
        return BURIN_OK;
    if (burin_reader_find(g->reader, &same, NULL) == BURIN_OK)
        status = grant_value(heap, g->reader, same, out, &err);
    else if (burin_reader_find(g->reader, &now, NULL) == BURIN_OK)
        status = grant_value(heap, g->reader, now, out, &err);
    if (status == BURIN_ERR_KEY) {
        burin_error_clear(&err);
        *out = burin_none();
        return BURIN_OK;
    }
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}

static burin_status no_memory(burin_call *call) { return burin_raise(call, BURIN_ERR_NOMEM, "out of memory"); }

static burin_status children(burin_call *call, const granted *g, int attribute, burin_attribute_kind kind, burin_value *out)
{
    burin_error    err  = BURIN_ERROR_INIT;
    burin_heap    *heap = burin_call_heap(call);
    burin_value    child;
    burin_children list;
    burin_status   status = burin_reader_children(g->reader, g->info.entity, attribute, &list, &err);
    if (status)
        return grant_raise(call, status, &err);
    if (kind == BURIN_CHILD_ATTRIBUTE)
        return relative(call, g, list.count ? burin_children_id(&list, 0) : 0, out);
    *out = kind == BURIN_CHILD_DICT_ATTRIBUTE ? burin_dict(heap, list.count) : burin_list(heap, list.count);
    if (out->kind == BURIN_MISSING)
        return no_memory(call);
    for (size_t n = 0; n < list.count && !status; n++) {
        status = relative(call, g, burin_children_id(&list, n), &child);
        if (status)
            return status;
        burin_text key = burin_children_key(&list, n);
        status         = out->kind == BURIN_DICT ? burin_dict_set(heap, *out, burin_string_borrow(key.data, key.len), child)
                                                 : burin_list_append(heap, *out, child);
    }
    return status ? no_memory(call) : BURIN_OK;
}

static burin_status attribute(burin_call *call, const granted *g, int at, burin_value *out)
{
    size_t                 count;
    burin_error            err    = BURIN_ERROR_INIT;
    const burin_attribute *a      = &burin_type_attributes(store_of(g), g->info.type, &count)[at];
    burin_status           status = BURIN_OK;
    if (a->kind >= BURIN_CHILD_ATTRIBUTE)
        return children(call, g, at, a->kind, out);
    status = burin_reader_get(g->reader, g->info.entity, at, burin_call_heap(call), out, &err);
    if (status)
        return grant_raise(call, status, &err);
    return a->kind == BURIN_REF_ATTRIBUTE ? relative(call, g, out->kind == BURIN_INT ? (uint32_t)out->as.i : 0, out) : BURIN_OK;
}

static burin_value address_of(burin_call *call, burin_entity entity)
{
    char text[BURIN_ADDRESS_SIZE];
    return burin_string(burin_call_heap(call), text, burin_address_write(entity, text));
}

static burin_status entity_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const granted *g  = self;
    int            at = burin_type_find_attribute(store_of(g), g->info.type, name);
    if (at >= 0)
        return attribute(call, g, at, out);
    *out = burin_missing();
    if (text_is(name, "id"))
        *out = burin_int(g->info.entity.id);
    else if (text_is(name, "tree"))
        *out = burin_int(g->info.entity.tree);
    else if (text_is(name, "version"))
        *out = burin_int(g->info.entity.version);
    else if (text_is(name, "owner"))
        return relative(call, g, g->info.owner, out);
    else if (text_is(name, "address"))
        *out = address_of(call, g->info.entity);
    else if (text_is(name, "type")) {
        const char *type = burin_type_name_of(store_of(g), g->info.type);
        *out             = burin_string_borrow(type, strlen(type));
    }
    return BURIN_OK;
}

/* ---- the rest of an object ---- */

static burin_status entity_repr(burin_call *call, void *self, burin_value *out)
{
    const granted *g = self;
    char           text[BURIN_ADDRESS_SIZE], *whole;
    const char    *type = burin_type_name_of(store_of(g), g->info.type);
    burin_address_write(g->info.entity, text);
    size_t size = strlen(type) + sizeof text + 4;
    whole       = heap_alloc(burin_call_heap(call), size);
    if (!whole)
        return no_memory(call);
    int len = snprintf(whole, size, "<%s %s>", type, text);
    *out    = burin_string_borrow(whole, (size_t)len);
    return BURIN_OK;
}

static burin_status entity_equal(burin_call *call, void *self, burin_value other, bool *out)
{
    const granted *a = self, *b = granted_of(other);
    (void)call;
    *out = b && a->info.entity.id == b->info.entity.id && a->info.entity.tree == b->info.entity.tree && a->info.written == b->info.written &&
           store_of(a) == store_of(b);
    return BURIN_OK;
}

static burin_status entity_hash(burin_call *call, void *self, uint64_t *out)
{
    const granted *g = self;
    (void)call;
    *out = (uint64_t)g->info.entity.id << 32 ^ (uint64_t)g->info.entity.tree << 16 ^ g->info.written;
    return BURIN_OK;
}

/* The reader stays as long as the heap is used. */
static void entity_reach(rt_collector *c, void *self) { rt_reach_bytes(c, self, sizeof(granted)); }

static const rt_holder entity_class = {
    {.struct_size = sizeof(rt_holder), .name = "Entity", .module = "burin", .get_attr = entity_attr, .repr = entity_repr, .equal = entity_equal,
     .hash = entity_hash},
    entity_reach,
};
