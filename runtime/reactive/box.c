/* Boxes: a table from containers to the heaps they live in, with open addressing and linear probing. Heaps are used again. */
#include "runtime/reactive/box.h"

enum { SPARE_MAX = 16 }; /* empty heaps kept for the next box */

struct rx_box {
    burin_value value;
    burin_heap *heap;
    uint64_t    references;
    rx_box     *next; /* of those that die */
};

/* ---- the table ---- */

static uint32_t home_of(const burin_graph *g, const void *key)
{
    return (uint32_t)(((uintptr_t)key >> 4) * (uint64_t)0x9E3779B97F4A7C15u >> 32) & (g->box_room - 1);
}

/* The place of a container, or the free one where it belongs. */
static uint32_t place_of(const burin_graph *g, const void *key)
{
    uint32_t at = home_of(g, key);
    while (g->boxes[at] && g->boxes[at]->value.as.p != key)
        at = (at + 1) & (g->box_room - 1);
    return at;
}

static rx_box *box_of(const burin_graph *g, burin_value v)
{
    bool may_be = g->box_count && v.kind == BURIN_LIST;
    return may_be ? g->boxes[place_of(g, v.as.p)] : NULL;
}

static bool reserve(burin_graph *g)
{
    uint32_t old_room = g->box_room, room = old_room ? 2 * old_room : 16;
    if (2 * (g->box_count + 1) <= old_room)
        return true;
    rx_box **old = g->boxes, **boxes = base_alloc(g->alloc, room * sizeof *boxes);
    if (!boxes)
        return false;
    memset(boxes, 0, room * sizeof *boxes);
    g->boxes    = boxes;
    g->box_room = room;
    for (uint32_t k = 0; k < old_room; k++)
        if (old[k])
            boxes[place_of(g, old[k]->value.as.p)] = old[k];
    base_free(g->alloc, old, old_room * sizeof *old);
    g->memory += (room - old_room) * sizeof *boxes;
    return true;
}

/* Take one out and close the gap: what follows and may stand there, does. */
static void take_out(burin_graph *g, const rx_box *box)
{
    uint32_t mask = g->box_room - 1, at = place_of(g, box->value.as.p);
    for (uint32_t next = (at + 1) & mask; g->boxes[next]; next = (next + 1) & mask) {
        uint32_t home = home_of(g, g->boxes[next]->value.as.p);
        if (((next - home) & mask) < ((next - at) & mask))
            continue;
        g->boxes[at] = g->boxes[next];
        at           = next;
    }
    g->boxes[at] = NULL;
    g->box_count--;
}

/* ---- heaps ---- */

static burin_heap *heap_take(burin_graph *g)
{
    return g->spare_heap_count ? g->spare_heaps[--g->spare_heap_count] : burin_heap_new(g->alloc);
}

static void heap_give_back(burin_graph *g, burin_heap *heap)
{
    if (g->spare_heap_count == SPARE_MAX || !rx_grow(g, &g->spare_heaps, &g->spare_heap_room, SPARE_MAX, sizeof(burin_heap *))) {
        burin_heap_free(heap);
        return;
    }
    burin_heap_clear(heap);
    g->spare_heaps[g->spare_heap_count++] = heap;
}

void rx_boxes_free(burin_graph *g)
{
    for (uint32_t k = 0; k < g->spare_heap_count; k++)
        burin_heap_free(g->spare_heaps[k]);
    base_free(g->alloc, g->spare_heaps, g->spare_heap_room * sizeof(burin_heap *));
    base_free(g->alloc, g->boxes, g->box_room * sizeof(rx_box *));
}

/* ---- references ---- */

void rx_box_hold(burin_graph *g, burin_value v)
{
    rx_box *box = box_of(g, v);
    if (box)
        box->references++;
}

/* One value fewer is this box; if it was the last, it goes to those that die. */
static void drop_one(burin_graph *g, burin_value v, rx_box **dying)
{
    rx_box *box = box_of(g, v);
    if (!box || --box->references)
        return;
    take_out(g, box);
    box->next = *dying;
    *dying    = box;
}

void rx_box_drop(burin_graph *g, burin_value v)
{
    rx_box *dying = NULL, *box;
    for (drop_one(g, v, &dying); (box = dying);) {
        dying = box->next;
        for (size_t k = 0; k < burin_length(box->value); k++)
            drop_one(g, burin_at(box->value, k), &dying);
        heap_give_back(g, box->heap);
        rx_bytes_free(g, box, sizeof *box);
    }
}

/* ---- making ---- */

static burin_value copy_into(burin_heap *heap, burin_value v)
{
    burin_value copy = v;
    if (v.kind == BURIN_STRING)
        copy = burin_string(heap, v.as.s, v.len);
    else if (v.kind == BURIN_BYTES)
        copy = burin_bytes(heap, v.as.s, v.len);
    if (v.kind == BURIN_STRING && copy.kind == BURIN_STRING)
        copy.flags |= v.flags & BURIN_SAFE;
    return copy;
}

static bool fill(burin_heap *heap, burin_value list, const burin_value *items, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        burin_value item = copy_into(heap, items[k]);
        if (item.kind == BURIN_MISSING || burin_list_append(heap, list, item))
            return false;
    }
    return true;
}

static burin_value build(burin_heap *heap, const burin_value *items, size_t count)
{
    burin_value list = burin_list(heap, count);
    return list.kind == BURIN_MISSING || !fill(heap, list, items, count) ? burin_missing() : list;
}

burin_status rx_box_make(burin_graph *g, const burin_value *items, size_t count, burin_value *out)
{
    burin_heap *heap = reserve(g) ? heap_take(g) : NULL;
    rx_box     *box  = heap ? rx_bytes(g, sizeof *box) : NULL;
    burin_value made = box ? build(heap, items, count) : burin_missing();
    *out             = burin_none();
    if (made.kind == BURIN_MISSING) {
        if (box)
            rx_bytes_free(g, box, sizeof *box);
        if (heap)
            heap_give_back(g, heap);
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    }
    *box                              = (rx_box){.value = made, .heap = heap, .references = 1};
    g->boxes[place_of(g, made.as.p)] = box;
    g->box_count++;
    for (size_t k = 0; k < count; k++)
        rx_box_hold(g, items[k]);
    *out = made;
    return BURIN_OK;
}

static bool has_items(burin_value list, const burin_value *items, size_t count)
{
    if (list.kind != BURIN_LIST || burin_length(list) != count)
        return false;
    for (size_t k = 0; k < count; k++)
        if (!rx_value_same(burin_at(list, k), items[k]))
            return false;
    return true;
}

burin_status rx_box_set(burin_graph *g, burin_node cell, const burin_value *items, size_t count)
{
    burin_value  list;
    uint32_t     index = rx_node_of(g, cell, 1 << RX_CELL);
    burin_status status;
    if (!index)
        return BURIN_ERR_USAGE;
    if (has_items(g->values[index], items, count))
        return BURIN_OK;
    if ((status = rx_box_make(g, items, count, &list)))
        return status;
    status = burin_graph_set(g, cell, list);
    rx_value_free(g, list);
    return status;
}
