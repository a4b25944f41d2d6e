/* burin_optimize: dicts with the same text keys in the same order get one rt_keys between them: their shape; and strings
 * without anything to escape are marked.
 *
 * The walk keeps its own stack (data may be nested as deep as the host likes) and remembers which containers it has seen
 * (data may share or contain itself). Keys that become shared never change again: a dict that gets another key takes a
 * private copy. */
#include "engine/host_state.h"
#include "runtime/convert.h"

/* A set of pointers: open addressing, grown at three quarters. */
typedef struct seen_set {
    const void **slots;
    size_t       size, count;
} seen_set;

/* A growing array of values. */
typedef struct value_stack {
    burin_value *items;
    size_t       len, room;
} value_stack;

typedef struct optimizer {
    rt_state              *st;
    const burin_allocator *alloc;
    seen_set               containers;
    rt_shapes              shapes;
    value_stack            open; /* containers yet to be visited */
    value_stack            keys; /* of the dict at hand */
} optimizer;

static size_t pointer_hash(const void *p) { return (size_t)(((uint64_t)(uintptr_t)p >> 3) * 0x9e3779b97f4a7c15u >> 16); }

static void insert_pointer(const void **slots, size_t size, const void *p)
{
    size_t n = pointer_hash(p) & (size - 1);

    while (slots[n])
        n = (n + 1) & (size - 1);
    slots[n] = p;
}

/* *is_new: whether `p` was not there before. False when memory is out. */
static bool see(optimizer *o, const void *p, bool *is_new)
{
    seen_set *set = &o->containers;

    if ((set->count + 1) * 4 > set->size * 3) {
        size_t       size  = set->size ? set->size * 2 : 64;
        const void **slots = base_alloc(o->alloc, size * sizeof *slots);
        if (!slots)
            return false;
        memset(slots, 0, size * sizeof *slots);
        for (size_t n = 0; n < set->size; n++)
            if (set->slots[n])
                insert_pointer(slots, size, set->slots[n]);
        base_free(o->alloc, set->slots, set->size * sizeof *set->slots);
        set->slots = slots;
        set->size  = size;
    }
    size_t n = pointer_hash(p) & (set->size - 1);
    while (set->slots[n] && set->slots[n] != p)
        n = (n + 1) & (set->size - 1);
    *is_new = !set->slots[n];
    if (*is_new) {
        set->slots[n] = p;
        set->count++;
    }
    return true;
}

static bool push(optimizer *o, value_stack *stack, burin_value v)
{
    if (stack->len == stack->room) {
        size_t       room  = stack->room ? stack->room * 2 : 64;
        burin_value *items = o->alloc->resize(o->alloc->user, stack->items, stack->room * sizeof *items, room * sizeof *items);
        if (!items)
            return false;
        stack->items = items;
        stack->room  = room;
    }
    stack->items[stack->len++] = v;
    return true;
}

static bool push_container(optimizer *o, burin_value v)
{
    return (v.kind != BURIN_LIST && v.kind != BURIN_TUPLE && v.kind != BURIN_DICT) || push(o, &o->open, v);
}

/* An item in its container: strings are marked, containers are to be visited. */
static bool take_item(optimizer *o, burin_value *item)
{
    if (item->kind == BURIN_STRING && rt_is_clean(item->as.s, item->len))
        item->flags |= BURIN_CLEAN;
    return push_container(o, *item);
}

/* Dicts with deleted or other than text keys stay as they are. */
static bool share_keys(optimizer *o, rt_dict *dict)
{
    rt_keys *shared;

    if (dict->keys->shared || dict->keys->len == 0)
        return true;
    o->keys.len = 0;
    for (uint32_t n = 0; n < dict->keys->len; n++) {
        const rt_key *key = &dict->keys->entries[n];
        if (!key->live || key->value.kind != BURIN_STRING)
            return true;
        if (!push(o, &o->keys, key->value))
            return false;
    }
    if (rt_shapes_keys(o->st, &o->shapes, o->keys.items, (uint32_t)o->keys.len, &shared))
        return false;
    if (shared)
        dict->keys = shared;
    return true;
}

static bool visit(optimizer *o, burin_value v)
{
    bool is_new;

    if (!see(o, v.as.p, &is_new))
        return false;
    if (!is_new)
        return true;
    if (v.kind == BURIN_DICT) {
        rt_dict *dict = v.as.p;
        if (!share_keys(o, dict))
            return false;
        for (uint32_t n = 0; n < dict->keys->len; n++)
            if (dict->keys->entries[n].live && !take_item(o, &dict->values[n]))
                return false;
        return true;
    }
    const rt_list *list = v.as.p;
    for (uint32_t n = 0; n < list->len; n++)
        if (!take_item(o, &list->items[n]))
            return false;
    return true;
}

static void stack_deinit(optimizer *o, value_stack *stack) { base_free(o->alloc, stack->items, stack->room * sizeof *stack->items); }

burin_status burin_optimize(burin_heap *heap, burin_value value)
{
    optimizer o  = {.st = rt_state_of(heap), .alloc = heap->alloc};
    bool      ok = push_container(&o, value);

    while (ok && o.open.len > 0)
        ok = visit(&o, o.open.items[--o.open.len]);
    base_free(o.alloc, o.containers.slots, o.containers.size * sizeof *o.containers.slots);
    stack_deinit(&o, &o.open);
    stack_deinit(&o, &o.keys);
    rt_clear_error(o.st);
    return ok ? BURIN_OK : BURIN_ERR_NOMEM;
}
