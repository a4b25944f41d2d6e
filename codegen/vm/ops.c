/* The longer instructions' bodies. */
#include "codegen/vm/ops.h"

#include "runtime/builtins/builtins.h"
#include "runtime/told.h"

/* Apart from the loop, whose registers it would take. */
bool vm_same_text(const char *a, const char *b, size_t len) { return text_same(a, b, len); }

/* The attribute of a dict whose keys have a serial, for the next time too: where it is, NULL when the dict has none. The slot that it had in
 * others is tried first. */
static inline const burin_value *find_cached(vm_cache *cache, const ir_site *site, const rt_dict *dict)
{
    if (dict->keys->serial == cache->lacking)
        return NULL;
    uint32_t slot = cache->slot;
    if (!rt_keys_has(dict->keys, slot, site->name, site->hash))
        slot = rt_keys_slot(dict->keys, site->name, site->hash);
    if (slot == UINT32_MAX) {
        cache->lacking = dict->keys->serial;
        return NULL;
    }
    cache->keys = dict->keys->serial;
    cache->slot = slot;
    return &dict->values[slot];
}

/* Apart, so that vm_member's value never lies in memory. */
static __attribute__((noinline)) burin_value read_member(vm_frame *f, const rt_item *item, const char *at)
{
    burin_value v;
    return rt_item_read(&f->m->st, item, at, &v) ? rt_missing() : v;
}

burin_value vm_member(vm_frame *f, const vm_cache *cache, const burin_value *object)
{
    const rt_member  *member = cache->member;
    const char       *at     = (const char *)object->as.p + member->offset;
    const burin_value v      = rt_item_fast(object->reserved, &member->item, at);
    return BURIN_LIKELY(v.kind != BURIN_MISSING) ? v : read_member(f, &member->item, at);
}

burin_status vm_print_member(vm_frame *f, const vm_cache *cache, const burin_value *object, uint32_t k, bool escaped)
{
    const burin_value v = vm_member(f, cache, object);
    return BURIN_LIKELY(v.kind != BURIN_MISSING) ? op_print(f, k, &v, escaped) : f->m->st.status;
}

/* A member that the inline cache did not know. Names that a sandbox may refuse and what all objects have are not for it. */
static burin_status find_member(vm_frame *f, burin_value object, uint32_t number, burin_value *out)
{
    rt_state        *st     = &f->m->st;
    const ir_site   *site   = &f->program->sites[number];
    vm_cache        *cache  = &f->caches[number];
    const rt_layout *layout = rt_layout_of(st, object);
    if (site->name.len && site->name.data[0] == '_')
        return rt_get_attr(st, object, site->name, out);
    const rt_member *member = rt_struct_word(object) == cache->lacking ? NULL : rt_member_find(layout, site->name, site->hash);
    if (!member) {
        cache->lacking = rt_struct_word(object);
        return rt_undefined_new(st, object, rt_string(site->name.data, site->name.len), out);
    }
    cache->word   = rt_struct_word(object);
    cache->member = member;
    *out          = vm_member(f, cache, &object);
    return st->status;
}

static const rt_object_value *namespace_of(burin_value v)
{
    const rt_object_value *object = v.kind == BURIN_OBJECT ? v.as.p : NULL;
    return object && object->cls == &rt_namespace_class ? object : NULL;
}

/* The slot that the cache remembers, to be changed: it is no longer that of dicts. */
static inline uint32_t *known_slot(vm_cache *cache)
{
    cache->keys = 0;
    return &cache->slot;
}

/* The attribute of a namespace, NULL where it has to be looked for in all ways. */
static const burin_value *find_in_namespace(vm_frame *f, burin_value object, uint32_t number)
{
    const rt_object_value *ns   = namespace_of(object);
    const ir_site         *site = &f->program->sites[number];
    return ns && site->plain && !site->is_item ? rt_namespace_find(ns->self, site->name, site->hash, known_slot(&f->caches[number])) : NULL;
}

const burin_value *vm_dict_attribute(vm_frame *f, const burin_value *object, uint32_t number)
{
    const ir_site *site = &f->program->sites[number];
    if (object->kind == BURIN_OBJECT)
        return find_in_namespace(f, *object, number);
    if (object->kind != BURIN_DICT || !site->plain)
        return NULL;
    const rt_dict *dict = rt_dict_of(&f->m->st, *object);
    return dict->keys->serial != RT_NO_SERIAL ? find_cached(&f->caches[number], site, dict) : rt_dict_find_text(dict, site->name, site->hash);
}

/* An attribute in none of the places where the cache looks; *room may be the object. */
static __attribute__((noinline)) const burin_value *find_attribute(vm_frame *f, const burin_value *object, uint32_t number, burin_value *room)
{
    rt_state          *st    = &f->m->st;
    const ir_site     *site  = &f->program->sites[number];
    const burin_value  of    = *object;
    const burin_value *found = vm_dict_attribute(f, object, number);
    burin_status       status;
    if (found)
        return found;
    if (of.kind == BURIN_STRUCT)
        status = find_member(f, of, number, room);
    else if (of.kind == BURIN_DICT && site->plain) /* it could only be an item */
        status = rt_undefined_new(st, of, rt_string(site->name.data, site->name.len), room);
    else if (site->is_item)
        status = rt_get_item(st, of, rt_string(site->name.data, site->name.len), room);
    else
        status = rt_get_attr(st, of, site->name, room);
    return BURIN_LIKELY(status == BURIN_OK) ? room : NULL;
}

/* Mostly it is where it was in others. What would call a function is left to find_attribute, so this one saves no registers. */
const burin_value *vm_attribute_at(vm_frame *f, const burin_value *object, uint32_t number, burin_value *room)
{
    enum { SHORT = 16 }; /* texts up to here are compared without a call */
    const ir_site *site  = &f->program->sites[number];
    vm_cache      *cache = &f->caches[number];
    if (BURIN_LIKELY(object->kind == BURIN_DICT && site->plain && site->name.len <= SHORT && !f->m->st.heap.shadows)) {
        const rt_dict *dict = object->as.p;
        if (dict->keys->serial != cache->lacking && dict->keys->serial != RT_NO_SERIAL && BURIN_LIKELY(rt_keys_has(dict->keys, cache->slot, site->name, site->hash))) {
            cache->keys = dict->keys->serial;
            return &dict->values[cache->slot];
        }
    }
    return find_attribute(f, object, number, room);
}

burin_status vm_filter_any(vm_frame *f, const ir_call *call, const burin_value *regs, burin_value *out)
{
    rt_state    *st = &f->m->st;
    rt_arguments args;
    bool         truth  = false;
    burin_status status = vm_arguments(st, call, regs, &args);
    if (status)
        return status;
    if (!call->function && args.named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "got an unexpected keyword argument '%.*s'", (int)args.names[0].len, args.names[0].data);
    if (!call->function)
        return rt_fail(st, BURIN_ERR_RUNTIME, "No %s named '%.*s' found.", call->is_test ? "test" : "filter", (int)call->unknown.len, call->unknown.data);
    status = rt_call_function(st, call->function, &args, out);
    if (status || !call->is_test || out->kind == BURIN_BOOL)
        return status;
    status = rt_is_true(st, *out, &truth);
    *out   = burin_bool(truth);
    return status;
}

burin_status vm_row(rt_state *st, burin_kind kind, const burin_value *items, uint32_t count, burin_value *out)
{
    rt_list     *list;
    burin_status status = rt_list_new(st, kind, count, &list);
    if (status)
        return status;
    for (uint32_t n = 0; n < count; n++)
        list->items[n] = items[n];
    list->len = count;
    *out      = rt_pointer(kind, list);
    return BURIN_OK;
}

burin_status vm_dict(rt_state *st, const burin_value *pairs, uint32_t count, burin_value *out)
{
    rt_dict     *dict;
    burin_status status = rt_dict_new(st, count, &dict);
    for (uint32_t n = 0; n < count && !status; n++)
        status = rt_dict_put(st, dict, pairs[2 * n], pairs[2 * n + 1]);
    *out = rt_pointer(BURIN_DICT, dict);
    return status;
}

/* ---- unpacking ---- */

static burin_status too_few(rt_state *st, uint32_t want, uint32_t got)
{
    return rt_fail(st, BURIN_ERR_VALUE, "not enough values to unpack (expected %u, got %u)", want, got);
}

/* So many items, and no more. */
static burin_status take_each(rt_state *st, rt_iter *it, burin_value *to, uint32_t count)
{
    const burin_call machine = rt_machine_call(st);
    rt_told          told;
    burin_value      item;
    burin_status     status = BURIN_OK;
    rt_told_begin(&told, &machine, to, 0);
    while (!(status = rt_told_next(&told, it, &item)) && item.kind != BURIN_MISSING && told.count < count)
        to[told.count++] = item;
    rt_told_end(&told);
    if (!status && told.count < count)
        return too_few(st, count, (uint32_t)told.count);
    if (!status && item.kind != BURIN_MISSING)
        return rt_fail(st, BURIN_ERR_VALUE, "too many values to unpack (expected %u)", count);
    return status;
}

burin_status vm_unpack(rt_state *st, burin_value v, burin_value *to, uint32_t count)
{
    if (v.kind == BURIN_TUPLE || v.kind == BURIN_LIST) {
        const rt_list *list = rt_list_of(st, v);
        if (list->len < count)
            return too_few(st, count, list->len);
        if (list->len > count)
            return rt_fail(st, BURIN_ERR_VALUE, "too many values to unpack (expected %u)", count);
        for (uint32_t n = 0; n < count; n++)
            to[n] = list->items[n];
        return BURIN_OK;
    }
    rt_iter      it;
    burin_status status = rt_iter_init(st, v, &it);
    if (status == BURIN_ERR_TYPE) {
        const char *type = rt_type_name(st, v);
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, "cannot unpack non-iterable %s object", type);
    }
    return status ? status : take_each(st, &it, to, count);
}

/* ---- constants that can be changed ---- */

static burin_status copy_list(rt_state *st, burin_value v, burin_value *out)
{
    const rt_list *from = v.as.p;
    rt_list       *to;
    burin_status   status = rt_list_new(st, v.kind, from->len, &to);
    for (uint32_t n = 0; n < from->len && !status; n++) {
        burin_value item;
        status = vm_copy_constant(st, from->items[n], &item);
        if (!status)
            status = rt_list_push(st, to, item);
    }
    *out = rt_pointer(v.kind, to);
    return status;
}

static burin_status copy_dict(rt_state *st, burin_value v, burin_value *out)
{
    const rt_dict *from = v.as.p;
    rt_dict       *to;
    uint32_t       at     = 0;
    burin_value    key, value = burin_none();
    burin_status   status = v.kind == BURIN_DICT ? rt_dict_new(st, from->len, &to) : rt_set_new(st, from->len, &to);
    while (!status && rt_dict_next(from, &at, &key, v.kind == BURIN_DICT ? &value : NULL)) {
        status = vm_copy_constant(st, value, &value);
        if (!status)
            status = rt_dict_put(st, to, key, value);
    }
    *out = rt_pointer(v.kind, to);
    return status;
}

/* Constants are never cyclic, and no deeper than the parser lets a tree be. */
burin_status vm_copy_constant(rt_state *st, burin_value v, burin_value *out)
{
    switch (v.kind) {
    case BURIN_LIST: case BURIN_TUPLE: return copy_list(st, v, out);
    case BURIN_DICT: case BURIN_SET: return copy_dict(st, v, out);
    default: *out = v; return BURIN_OK;
    }
}

/* ---- namespaces ---- */

burin_status vm_check_namespace(rt_state *st, burin_value ns)
{
    return namespace_of(ns) ? BURIN_OK : rt_fail(st, BURIN_ERR_RUNTIME, "cannot assign attribute on non-namespace object");
}

burin_status vm_set_namespace(vm_frame *f, burin_value ns, uint32_t number, burin_value value)
{
    const rt_object_value *object = namespace_of(ns);
    const ir_site         *site   = &f->program->sites[number];
    if (!object)
        return vm_check_namespace(&f->m->st, ns);
    return rt_namespace_set(&f->m->st, object->self, site->name, site->hash, known_slot(&f->caches[number]), value);
}

burin_status vm_markup(rt_state *st, burin_value v, burin_value *out)
{
    burin_status status;
    if (v.kind == BURIN_OBJECT && ((const rt_object_value *)v.as.p)->cls->html)
        status = rt_escape(st, v, out);
    else
        status = rt_str(st, v, out);
    if (!status)
        out->flags |= BURIN_SAFE;
    return status;
}
