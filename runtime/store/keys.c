/* The keys of a large dict of children that is being changed, to be found without going through them: open addressing in the transaction's arena. A list of
 * up to ES_LEAF_MAX, or that is changed once or twice, is gone through. See children.h. */
#include "runtime/store/twig.h"

typedef struct es_keys {
    uint64_t    seed;
    uint32_t    mask, count;
    burin_text *slots; /* data is NULL: empty */
} es_keys;

static uint32_t hash_of(const es_keys *k, burin_text key) { return text_hash(key.data, key.len, k->seed); }

/* Where a key is, or would be. */
static uint32_t slot_of(const es_keys *k, burin_text key)
{
    uint32_t at = hash_of(k, key) & k->mask;
    while (k->slots[at].data && !text_equal(k->slots[at], key))
        at = (at + 1) & k->mask;
    return at;
}

static bool resize(const es_editor *e, es_keys *k, uint32_t size)
{
    burin_text *old = k->slots, *slots = arena_alloc(e->arena, size * sizeof *slots);
    uint32_t    old_size = old ? k->mask + 1 : 0;
    if (!slots)
        return false;
    memset(slots, 0, size * sizeof *slots);
    k->slots = slots;
    k->mask  = size - 1;
    k->seed  = (uintptr_t)slots; /* which nobody outside knows */
    for (uint32_t n = 0; n < old_size; n++) {
        if (old[n].data)
            k->slots[slot_of(k, old[n])] = old[n];
    }
    return true;
}

void es_keys_add(const es_editor *e, es_children *list, burin_text key)
{
    es_keys *k = list->keys;
    if (2 * k->count > k->mask && !resize(e, k, 2 * (k->mask + 1))) {
        list->keys = NULL;
        return;
    }
    k->slots[slot_of(k, key)] = key;
    k->count++;
}

void es_keys_take(const es_children *list, burin_text key)
{
    es_keys *k  = list->keys;
    uint32_t at = slot_of(k, key), next = at;
    if (!k->slots[at].data)
        return;
    k->count--;
    for (;;) { /* what came after it in its row moves up, where it may */
        next = (next + 1) & k->mask;
        if (!k->slots[next].data)
            break;
        uint32_t home = hash_of(k, k->slots[next]) & k->mask;
        if (((next - home) & k->mask) >= ((next - at) & k->mask)) {
            k->slots[at] = k->slots[next];
            at           = next;
        }
    }
    k->slots[at] = (burin_text){NULL, 0};
}

static void gather(const es_editor *e, es_children *list)
{
    es_keys       *k    = arena_alloc(e->arena, sizeof *k);
    uint32_t       size = 4 * ES_LEAF_MAX;
    burin_children held;
    while (size < 3 * list->root.count)
        size *= 2;
    if (!k)
        return;
    *k = (es_keys){0};
    if (!resize(e, k, size))
        return;
    list->keys = k;
    es_part_children(e->m, list->root, true, &held);
    for (size_t n = 0; n < held.count && list->keys; n++)
        es_keys_add(e, list, burin_children_key(&held, n));
}

bool es_list_has_key(const es_memory *m, es_part list, burin_text key)
{
    burin_children held;
    es_part_children(m, list, true, &held);
    for (size_t n = 0; n < held.count; n++) {
        if (text_equal(burin_children_key(&held, n), key))
            return true;
    }
    return false;
}

bool es_children_has_key(const es_editor *e, es_children *list, burin_text key)
{
    enum { OFTEN = 4 }; /* gathering costs as much as some looks */
    if (!list->keys && list->root.count > ES_LEAF_MAX && ++list->asked >= OFTEN)
        gather(e, list);
    return list->keys ? list->keys->slots[slot_of(list->keys, key)].data != NULL : es_list_has_key(e->m, list->root, key);
}
