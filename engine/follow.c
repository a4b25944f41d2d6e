/* A graph that follows a store.
 *
 * For each tree: the version seen last, a bitset of the entities that are followed, and an open-addressing table from entity to
 * its cells, which are chained. Only what passes the bit test is looked up. */
#include "engine/follow.h"

#include "runtime/base/diag.h"
#include "runtime/base/memory.h"
#include "runtime/reactive/graph.h"

#include <string.h>

struct follow_cell {
    uint32_t    id;
    int         attribute;
    burin_node  node;
    uint32_t    next;             /* of the same entity; 0: none */
    bool        has_children;
    burin_heap *heaps[2];         /* of containers, where the attribute may have one: the value is in one of them */
    unsigned    current;
};

struct follow_tree {
    uint32_t  tree, version;
    uint64_t *bits;
    uint32_t  words;
    uint32_t *slots;              /* numbers of first cells; 0 is free */
    uint32_t  slot_count, used;   /* a power of two */
};

static const span nowhere = {0, 0};

/* Effects that an update runs look at what it looks at. */
void follower_pin(burin_follower *f)
{
    if (f->pins++ == 0)
        burin_reader_pin(f->reader);
}
void follower_unpin(burin_follower *f)
{
    if (--f->pins == 0)
        burin_reader_unpin(f->reader);
}

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

/* An array with room for one more; new room is zeroed. */
static bool grow(const burin_allocator *alloc, void *array, uint32_t count, uint32_t *room, size_t size)
{
    char *old, *wider;
    if (count < *room)
        return true;
    uint32_t more = *room ? 2 * *room : 16;
    memcpy(&old, array, sizeof old);
    if (more < *room || !(wider = alloc->resize(alloc->user, old, *room * size, more * size)))
        return false;
    memset(wider + *room * size, 0, (more - *room) * size);
    memcpy(array, &wider, sizeof wider);
    *room = more;
    return true;
}

static void drop_heaps(follow_cell *cell)
{
    for (unsigned n = 0; n < 2; n++)
        if (cell->heaps[n])
            burin_heap_free(cell->heaps[n]);
}

/* ---- life ---- */

burin_follower *burin_follower_new(burin_graph *graph, burin_store *store, burin_error *err)
{
    const burin_allocator *alloc = &base_malloc_allocator;
    burin_follower        *f     = base_alloc(alloc, sizeof *f);
    if (!f) {
        no_memory(err);
        return NULL;
    }
    memset(f, 0, sizeof *f);
    f->graph      = graph;
    f->store      = store;
    f->alloc      = alloc;
    f->cell_count = 1;
    f->reader     = burin_reader_new(store);
    if (!f->reader)
        no_memory(err);
    else if (!burin_graph_scope(graph, &f->scope))
        return f;
    else
        diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "%s", burin_graph_message(graph));
    burin_follower_free(f);
    return NULL;
}

void burin_follower_free(burin_follower *f)
{
    if (!f)
        return;
    follow_addresses_free(f->addresses);
    burin_graph_dispose(f->graph, f->scope);
    for (uint32_t k = 1; k < f->cell_count; k++)
        drop_heaps(&f->cells[k]);
    for (uint32_t k = 0; k < f->tree_count; k++) {
        base_free(f->alloc, f->trees[k].bits, f->trees[k].words * sizeof(uint64_t));
        base_free(f->alloc, f->trees[k].slots, f->trees[k].slot_count * sizeof(uint32_t));
    }
    base_free(f->alloc, f->trees, f->tree_room * sizeof *f->trees);
    base_free(f->alloc, f->cells, f->cell_room * sizeof *f->cells);
    burin_reader_free(f->reader);
    base_free(f->alloc, f, sizeof *f);
}

/* ---- the table ---- */

static uint32_t slot_of(const burin_follower *f, const follow_tree *t, uint32_t id)
{
    uint32_t at = id * 2654435769u & (t->slot_count - 1);
    while (t->slots[at] && f->cells[t->slots[at]].id != id)
        at = (at + 1) & (t->slot_count - 1);
    return at;
}

static bool table_grow(burin_follower *f, follow_tree *t)
{
    uint32_t  count = t->slot_count ? 2 * t->slot_count : 64, *old = t->slots, old_count = t->slot_count;
    uint32_t *wider = base_alloc(f->alloc, count * sizeof *wider);
    if (!wider)
        return false;
    memset(wider, 0, count * sizeof *wider);
    t->slots      = wider;
    t->slot_count = count;
    for (uint32_t k = 0; k < old_count; k++)
        if (old[k])
            t->slots[slot_of(f, t, f->cells[old[k]].id)] = old[k];
    base_free(f->alloc, old, old_count * sizeof *old);
    return true;
}

static bool is_followed(const follow_tree *t, uint32_t id) { return id / 64 < t->words && t->bits[id / 64] >> id % 64 & 1; }

static bool bits_reserve(burin_follower *f, follow_tree *t, uint32_t id)
{
    uint32_t words = id / 64 + 1 + id / 128;
    if (id / 64 < t->words)
        return true;
    uint64_t *wider = f->alloc->resize(f->alloc->user, t->bits, t->words * sizeof *wider, words * sizeof *wider);
    if (!wider)
        return false;
    memset(wider + t->words, 0, (words - t->words) * sizeof *wider);
    t->bits  = wider;
    t->words = words;
    return true;
}

static follow_tree *tree_of(burin_follower *f, uint32_t tree)
{
    for (uint32_t k = 0; k < f->tree_count; k++)
        if (f->trees[k].tree == tree)
            return &f->trees[k];
    if (!grow(f->alloc, &f->trees, f->tree_count, &f->tree_room, sizeof *f->trees))
        return NULL;
    f->trees[f->tree_count] = (follow_tree){.tree = tree, .version = burin_reader_head(f->reader, tree)};
    return &f->trees[f->tree_count++];
}

/* ---- values ---- */

static burin_status read_children(burin_follower *f, follow_cell *cell, burin_entity entity, burin_heap *heap, burin_value *out, burin_error *err)
{
    burin_children children;
    burin_status   status = burin_reader_children(f->reader, entity, cell->attribute, &children, err);
    if (status)
        return status;
    *out = burin_list(heap, children.count);
    for (size_t k = 0; k < children.count; k++)
        if (burin_list_append(heap, *out, burin_int(children.ids[k])))
            return no_memory(err);
    return out->kind == BURIN_MISSING ? no_memory(err) : BURIN_OK;
}

/* What the attribute holds in a version of the tree, in a heap of the cell; none where there is no such entity. */
static burin_status read_value(burin_follower *f, follow_cell *cell, burin_entity entity, burin_heap *heap, burin_value *out, burin_error *err)
{
    if (cell->has_children)
        return read_children(f, cell, entity, heap, out, err);
    return burin_reader_get(f->reader, entity, cell->attribute, heap, out, err);
}

static burin_status fail_as_graph(burin_follower *f, burin_status status, burin_error *err)
{
    return diag_fail(err, status, NULL, 0, nowhere, "%s", burin_graph_message(f->graph));
}

/* ---- following ---- */

/* A cell that is in no table yet: what it holds may need heaps. */
static burin_status prepare(burin_follower *f, burin_type type, follow_cell *cell, burin_error *err)
{
    size_t                 count;
    const burin_attribute *all = burin_type_attributes(f->store, type, &count);
    if (cell->attribute < 0 || (size_t)cell->attribute >= count || all[cell->attribute].kind < BURIN_DATA_ATTRIBUTE || all[cell->attribute].kind == BURIN_REF_ATTRIBUTE)
        return BURIN_OK;
    cell->has_children = all[cell->attribute].kind != BURIN_DATA_ATTRIBUTE;
    cell->heaps[0]     = burin_heap_new(f->alloc);
    cell->heaps[1]     = burin_heap_new(f->alloc);
    return cell->heaps[0] && cell->heaps[1] ? BURIN_OK : no_memory(err);
}

static burin_status make_cell(burin_follower *f, follow_tree *t, follow_cell *cell, burin_error *err)
{
    burin_node   before;
    burin_value  value  = burin_none();
    burin_entity entity = {.id = cell->id, .tree = t->tree, .version = t->version};
    burin_status status = BURIN_OK;
    if (!burin_reader_find(f->reader, &entity, NULL))
        status = read_value(f, cell, entity, cell->heaps[cell->current], &value, err);
    if (status)
        return status;
    status = burin_graph_enter(f->graph, f->scope, &before);
    if (!status) {
        status = burin_graph_cell(f->graph, value, &cell->node);
        burin_graph_leave(f->graph, before);
    }
    return status ? fail_as_graph(f, status, err) : BURIN_OK;
}

/* There is room in every table. */
static void enter(burin_follower *f, follow_tree *t, const follow_cell *cell)
{
    uint32_t slot           = slot_of(f, t, cell->id);
    f->cells[f->cell_count] = *cell;
    f->cells[f->cell_count].next = t->slots[slot];
    t->used += !t->slots[slot];
    t->slots[slot] = f->cell_count++;
    t->bits[cell->id / 64] |= (uint64_t)1 << cell->id % 64;
}

static burin_status follow_pinned(burin_follower *f, burin_entity entity, int attribute, burin_node *out, burin_error *err)
{
    burin_entity_info info;
    burin_status      status = burin_reader_find(f->reader, &entity, err);
    follow_tree      *t      = status ? NULL : tree_of(f, entity.tree);
    if (status)
        return status;
    if (!t || (2 * t->used >= t->slot_count && !table_grow(f, t)) || !bits_reserve(f, t, entity.id) ||
        !grow(f->alloc, &f->cells, f->cell_count, &f->cell_room, sizeof *f->cells))
        return no_memory(err);
    for (uint32_t k = t->slots[slot_of(f, t, entity.id)]; k; k = f->cells[k].next)
        if (f->cells[k].attribute == attribute) {
            *out = f->cells[k].node;
            return BURIN_OK;
        }
    follow_cell made = {.id = entity.id, .attribute = attribute};
    status           = burin_reader_info(f->reader, entity, &info, err);
    if (!status)
        status = prepare(f, info.type, &made, err);
    if (!status)
        status = make_cell(f, t, &made, err);
    if (status) {
        drop_heaps(&made);
        return status;
    }
    enter(f, t, &made);
    *out = made.node;
    return BURIN_OK;
}

burin_status burin_follow(burin_follower *f, burin_entity entity, int attribute, burin_node *out, burin_error *err)
{
    *out           = (burin_node){0, 0};
    entity.version = 0;
    follower_pin(f);
    burin_status status = follow_pinned(f, entity, attribute, out, err);
    follower_unpin(f);
    return status;
}

/* ---- updates ---- */

typedef struct updating {
    burin_follower *f;
    follow_tree    *tree;
    uint32_t        head;
    uint64_t        changed;
    burin_error    *err;
} updating;

/* The heap for the next value of a cell. What the cell was before the open batch stays where it is: another value at its place would be
 * taken for it. */
static burin_heap *next_heap(burin_follower *f, follow_cell *cell, bool *goes_on)
{
    *goes_on = f->graph->nodes[cell->node.index].flags & RX_TOUCHED;
    if (!cell->heaps[0])
        return NULL;
    if (*goes_on)
        return cell->heaps[cell->current];
    burin_heap_clear(cell->heaps[!cell->current]);
    return cell->heaps[!cell->current];
}

/* What the attribute of an entity holds now becomes the cell's; none of an entity that is not there, NULL. */
static burin_status set_cell(updating *u, follow_cell *cell, const burin_entity *entity)
{
    bool         goes_on;
    burin_heap  *heap   = next_heap(u->f, cell, &goes_on);
    burin_value  value  = burin_none();
    burin_status status = entity ? read_value(u->f, cell, *entity, heap, &value, u->err) : BURIN_OK;
    if (status)
        return status;
    status = burin_graph_set(u->f->graph, cell->node, value);
    if (status)
        return fail_as_graph(u->f, status, u->err);
    if (!goes_on)
        cell->current = !cell->current;
    u->changed++;
    return BURIN_OK;
}

static burin_status take_change(void *user, const burin_change *change)
{
    updating    *u      = user;
    burin_status status = BURIN_OK;
    if (!is_followed(u->tree, change->id))
        return BURIN_OK;
    burin_entity entity     = {.id = change->id, .tree = u->tree->tree, .version = u->head};
    bool         is_there   = !burin_reader_find(u->f->reader, &entity, NULL);
    bool         everything = change->what == BURIN_ADDED || change->what == BURIN_REMOVED;
    for (uint32_t k = u->tree->slots[slot_of(u->f, u->tree, change->id)]; k && !status; k = u->f->cells[k].next)
        if (everything || change->attributes >> u->f->cells[k].attribute & 1)
            status = set_cell(u, &u->f->cells[k], is_there ? &entity : NULL);
    return status;
}

burin_status burin_follower_update(burin_follower *f, uint64_t *changed, burin_error *err)
{
    updating     u      = {.f = f, .err = err};
    burin_status status = BURIN_OK;
    follower_pin(f);
    burin_graph_begin(f->graph);
    for (uint32_t k = 0; k < f->tree_count && !status; k++) {
        u.tree = &f->trees[k];
        u.head = burin_reader_head(f->reader, u.tree->tree);
        if (u.head != u.tree->version)
            status = burin_reader_diff(f->reader, u.tree->tree, u.tree->version, u.tree->tree, u.head, take_change, &u, err);
    }
    for (uint32_t k = 0; k < f->tree_count && !status; k++)
        f->trees[k].version = burin_reader_head(f->reader, f->trees[k].tree);
    burin_status committed = burin_graph_commit(f->graph);
    follower_unpin(f);
    if (changed)
        *changed = u.changed;
    if (!status && committed)
        status = fail_as_graph(f, committed, err);
    return status;
}
