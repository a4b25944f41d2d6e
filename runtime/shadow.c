/* Copy on write for containers that belong to the host.
 *
 * A render never changes what it borrowed. The first change of a borrowed list, dict or set makes a copy of it (one level)
 * in the render's heap and notes it in a table from the original to the copy; from then on every read of the original goes
 * to the copy (rt_list_of, rt_dict_of), so all who hold the value see the change, and the host does not.
 * The table lives in the heap too and is forgotten with it. Both are escaped: no release of a loop takes them away. */
#include "runtime/collect.h"

typedef struct shadow {
    const void *original; /* NULL: empty */
    void       *copy;
    burin_kind  kind;
} shadow;

typedef struct shadow_table {
    uint32_t mask;
    shadow   slots[];
} shadow_table;

static uint32_t place_of(const void *original, uint32_t mask)
{
    return (uint32_t)(((uintptr_t)original >> 3) * 0x9E3779B97F4A7C15u >> 32) & mask;
}

/* The slot of `original`, or the empty one where it belongs. */
static shadow *slot_of(shadow_table *table, const void *original)
{
    uint32_t at = place_of(original, table->mask);
    while (table->slots[at].original && table->slots[at].original != original)
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

static void *find(rt_state *st, const void *original)
{
    shadow_table *table = st->heap.shadow_table;
    return table ? slot_of(table, original)->copy : NULL;
}

const rt_list *rt_shadow_list(rt_state *st, const rt_list *list)
{
    const rt_list *copy = find(st, list);
    return copy ? copy : list;
}

const rt_dict *rt_shadow_dict(rt_state *st, const rt_dict *dict)
{
    const rt_dict *copy = find(st, dict);
    return copy ? copy : dict;
}

/* Note a copy; the table is at most half full. */
static burin_status note(rt_state *st, burin_kind kind, const void *original, void *copy)
{
    shadow_table *table = st->heap.shadow_table;
    if (!table || 2 * st->heap.shadows > table->mask) {
        uint32_t      size  = table ? 2 * (table->mask + 1) : 16;
        shadow_table *grown = heap_alloc(&st->heap, sizeof *grown + size * sizeof(shadow));
        if (!grown)
            return rt_fail_memory(st);
        memset(grown->slots, 0, size * sizeof(shadow));
        grown->mask = size - 1;
        for (uint32_t n = 0; table && n <= table->mask; n++) {
            if (table->slots[n].original)
                *slot_of(grown, table->slots[n].original) = table->slots[n];
        }
        table = st->heap.shadow_table = grown;
    }
    *slot_of(table, original) = (shadow){original, copy, kind};
    st->heap.shadows++;
    st->heap.calm = false;
    heap_escape(&st->heap);
    return BURIN_OK;
}

burin_status rt_list_edit(rt_state *st, burin_value v, rt_list **out)
{
    rt_list *list = v.as.p;
    if (BURIN_LIKELY(!(list->flags & RT_BORROWED))) {
        *out = list;
        return BURIN_OK;
    }
    *out = find(st, list);
    if (*out)
        return BURIN_OK;
    burin_status status = rt_list_new(st, v.kind, list->len + list->len / 8 + 4, out);
    if (status)
        return status;
    (*out)->flags &= ~(uint32_t)RT_BORROWED;
    (*out)->fields = list->fields;
    (*out)->len    = list->len;
    if (list->len)
        memcpy((*out)->items, list->items, list->len * sizeof(burin_value));
    return note(st, (burin_kind)v.kind, list, *out);
}

burin_status rt_dict_edit(rt_state *st, burin_value v, rt_dict **out)
{
    rt_dict *dict = v.as.p;
    if (BURIN_LIKELY(!(dict->flags & RT_BORROWED))) {
        *out = dict;
        return BURIN_OK;
    }
    *out = find(st, dict);
    if (*out)
        return BURIN_OK;
    burin_status status = rt_dict_copy(st, dict, out);
    if (status)
        return status;
    (*out)->version = dict->version; /* a loop over it that has begun counts from there */
    (*out)->flags &= ~(uint32_t)RT_BORROWED;
    return note(st, (burin_kind)v.kind, dict, *out);
}

/* Copies stay as long as the session: the host may give the original again. */
void rt_shadows_reach(rt_state *st, rt_collector *c)
{
    const shadow_table *table = st->heap.shadow_table;
    if (!table || !rt_reach_bytes(c, table, sizeof *table + ((size_t)table->mask + 1) * sizeof *table->slots))
        return;
    for (uint32_t n = 0; n <= table->mask; n++)
        if (table->slots[n].original)
            rt_reach_container(c, table->slots[n].kind, table->slots[n].copy);
}
