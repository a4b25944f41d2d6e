/* A graph that follows a store.
 *
 * For each tree: the version seen last, and pages of 64 ids, each a bitset of the entities that are followed and their numbers. An
 * entity's cells lie side by side, by attribute. So a change costs one bit test, or no more than the cells that it sets. */
#include "engine/follow.h"

#include "runtime/base/diag.h"
#include "runtime/base/memory.h"
#include "runtime/reactive/graph.h"
#include "runtime/store/store.h"

#include <string.h>

struct follow_cell {
    burin_node node;
    uint32_t   room;    /* of containers, where the attribute may have one; 0: none */
    uint32_t   follows; /* how often it was followed, and not unfollowed */
};

struct follow_entity {
    uint64_t attributes;     /* that have cells */
    uint32_t first, reserved; /* cells of them, and of them and more */
    burin_child_follower *children; /* who follows its children */
};

enum { PAGE = 64 };

struct follow_page {
    uint64_t  bits;
    uint32_t *entities; /* PAGE numbers; NULL while there are no bits */
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
    if (--f->pins)
        return;
    burin_reader_unpin(f->reader);
    if (f->is_ended)
        burin_follower_free(f);
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

/* ---- life ---- */

static void free_pages(burin_follower *f, follow_tree *t)
{
    for (uint32_t k = 0; k < t->page_count; k++)
        base_free(f->alloc, t->pages[k].entities, PAGE * sizeof(uint32_t));
    base_free(f->alloc, t->pages, t->page_count * sizeof *t->pages);
}

burin_follower *burin_follower_new(burin_graph *graph, burin_store *store, burin_error *err)
{
    const burin_allocator *alloc = graph->alloc;
    burin_follower        *f     = base_alloc(alloc, sizeof *f);
    if (!f) {
        no_memory(err);
        return NULL;
    }
    memset(f, 0, sizeof *f);
    f->graph      = graph;
    f->store      = store;
    f->alloc      = alloc;
    f->room_count = 1;
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
    follow_children_free(f);
    if (f->pins) {
        f->is_ended = true;
        return;
    }
    burin_graph_dispose(f->graph, f->scope);
    follow_addresses_free(f->addresses);
    follow_addresses_free(f->over);
    follow_index_free(&f->index, f->alloc);
    for (uint32_t k = 1; k < f->room_count; k++)
        follow_room_close(&f->rooms[k]);
    for (uint32_t k = 0; k < f->tree_count; k++)
        free_pages(f, &f->trees[k]);
    base_free(f->alloc, f->trees, f->tree_room * sizeof *f->trees);
    base_free(f->alloc, f->entities, f->entity_room * sizeof *f->entities);
    base_free(f->alloc, f->cells, f->cell_room * sizeof *f->cells);
    base_free(f->alloc, f->rooms, f->room_room * sizeof *f->rooms);
    burin_reader_free(f->reader);
    base_free(f->alloc, f, sizeof *f);
}

/* ---- tables ---- */

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

static bool reserve_page(burin_follower *f, follow_tree *t, uint32_t id)
{
    uint32_t page = id / PAGE;
    while (page >= t->page_count)
        if (!grow(f->alloc, &t->pages, t->page_count, &t->page_count, sizeof *t->pages))
            return false;
    if (t->pages[page].entities)
        return true;
    t->pages[page].entities = base_alloc(f->alloc, PAGE * sizeof(uint32_t));
    return t->pages[page].entities;
}

/* NULL: nobody follows it. */
static inline follow_entity *entity_of(const burin_follower *f, const follow_tree *t, uint32_t id)
{
    const follow_page *page = id / PAGE < t->page_count ? &t->pages[id / PAGE] : NULL;
    return page && page->bits >> id % PAGE & 1 ? &f->entities[page->entities[id % PAGE]] : NULL;
}

/* The cell of an attribute, or where it belongs. */
static inline uint32_t place_of(const follow_entity *e, int attribute)
{
    uint64_t below = ((uint64_t)1 << attribute) - 1, before = e->attributes & below;
    return e->first + (before == below ? (uint32_t)attribute : (uint32_t)__builtin_popcountll(before)); /* mostly it has all of them */
}

/* Room for one more cell of an entity; what does not end the array goes there. */
static bool reserve_cell(burin_follower *f, follow_entity *e)
{
    uint32_t count = (uint32_t)__builtin_popcountll(e->attributes), more = 1;
    bool     is_last = e->first + e->reserved == f->cell_count;
    if (count < e->reserved)
        return true;
    if (!is_last)
        more = 2 * count + 1;
    while (f->cell_count + more > f->cell_room)
        if (!grow(f->alloc, &f->cells, f->cell_room, &f->cell_room, sizeof *f->cells))
            return false;
    if (!is_last) {
        memcpy(&f->cells[f->cell_count], &f->cells[e->first], count * sizeof *f->cells);
        e->first    = f->cell_count;
        e->reserved = 0;
    }
    e->reserved += more;
    f->cell_count += more;
    return true;
}

uint32_t follow_tree_place(burin_follower *f, uint32_t tree)
{
    const follow_tree *t = tree_of(f, tree);
    return t ? (uint32_t)(t - f->trees) : UINT32_MAX;
}

/* ---- values ---- */

static burin_status list_children(burin_heap *heap, burin_children *children, burin_value *out, burin_error *err)
{
    *out = burin_list(heap, children->count);
    for (size_t k = 0; k < children->count && out->kind != BURIN_MISSING; k++)
        if (burin_list_append(heap, *out, burin_int(burin_children_id(children, k))))
            return no_memory(err);
    return out->kind == BURIN_MISSING ? no_memory(err) : BURIN_OK;
}

/* What the attribute holds in a state of the entity, in a heap of the cell's; none where there is no such entity, NULL. */
static inline burin_status read_value(const burin_follower *f, const es_record *state, int attribute, burin_heap *heap, burin_value *out, burin_error *err)
{
    burin_children children;
    *out = burin_none();
    if (!state)
        return BURIN_OK;
    const es_type *type = es_type_at(f->store, state->type);
    if (BURIN_LIKELY(attribute >= 64 || !(type->children >> attribute & 1)))
        return es_record_value(f->store, state, attribute, heap, out, err);
    burin_status status = es_cell_children(f->store, type, state->cells, attribute, &children, err);
    return status ? status : list_children(heap, &children, out, err);
}

/* An entity as the tree was seen last; as it is now where that version is no longer kept. NULL: there is none. */
static const es_record *state_of(const burin_follower *f, const follow_tree *t, uint32_t id)
{
    es_version *entry;
    uint32_t    version = t->version, newest = 0;
    if (es_find_version(f->store, f->reader->snapshot, t->tree, &version, &entry, NULL) &&
        es_find_version(f->store, f->reader->snapshot, t->tree, &newest, &entry, NULL))
        return NULL;
    return es_record_at(f->store, es_index_get(&f->store->memory, entry->index, id));
}

burin_status follow_fail_as_graph(burin_follower *f, burin_status status, burin_error *err)
{
    return diag_fail(err, status, NULL, 0, nowhere, "%s", burin_graph_message(f->graph));
}

/* ---- following ---- */

/* Room for the containers that a cell may have; *room: its number, 0 when it can have none. */
static burin_status open_room(burin_follower *f, burin_type type, int attribute, uint32_t *room, burin_error *err)
{
    size_t                 count;
    const burin_attribute *all = burin_type_attributes(f->store, type, &count);
    *room                      = 0;
    if (all[attribute].kind < BURIN_DATA_ATTRIBUTE || all[attribute].kind == BURIN_REF_ATTRIBUTE)
        return BURIN_OK;
    if (!f->free_rooms && !grow(f->alloc, &f->rooms, f->room_count, &f->room_room, sizeof *f->rooms))
        return no_memory(err);
    uint32_t next = f->free_rooms ? f->free_rooms : f->room_count, next_free = f->rooms[next].next;
    if (!follow_room_open(&f->rooms[next], f->alloc)) {
        f->rooms[next].next = next_free;
        return no_memory(err);
    }
    if (f->free_rooms)
        f->free_rooms = next_free;
    else
        f->room_count++;
    *room = next;
    return BURIN_OK;
}

/* The cell's containers stay until the graph is at rest. */
static void leave_room(burin_follower *f, uint32_t room)
{
    if (!room)
        return;
    f->rooms[room].next = f->over_rooms;
    f->over_rooms       = room;
}

static burin_status make_cell(burin_follower *f, const es_record *state, int attribute, follow_cell *cell, burin_error *err)
{
    burin_node   before;
    burin_value  value;
    follow_room *room   = cell->room ? &f->rooms[cell->room] : NULL;
    burin_heap  *heap   = room ? room->heaps[room->current] : NULL;
    burin_status status = read_value(f, state, attribute, heap, &value, err);
    if (status)
        return status;
    status = burin_graph_enter(f->graph, f->scope, &before);
    if (!status) {
        status = burin_graph_cell(f->graph, value, &cell->node);
        burin_graph_leave(f->graph, before);
    }
    if (status)
        return follow_fail_as_graph(f, status, err);
    if (room)
        follow_room_took(room, heap, value);
    return BURIN_OK;
}

void follow_free_over(burin_follower *f)
{
    if (f->graph->frame || f->graph->batch_depth || f->graph->flushing)
        return;
    follow_addresses_free(f->over);
    f->over = NULL;
    for (uint32_t room; (room = f->over_rooms);) {
        f->over_rooms = f->rooms[room].next;
        follow_room_close(&f->rooms[room]);
        f->rooms[room].next = f->free_rooms;
        f->free_rooms       = room;
    }
}

/* There is room in every table. */
static void enter(burin_follower *f, follow_tree *t, uint32_t id, int attribute, follow_cell cell)
{
    follow_entity *e     = entity_of(f, t, id);
    uint32_t       place = place_of(e, attribute), behind = e->first + (uint32_t)__builtin_popcountll(e->attributes) - place;
    memmove(&f->cells[place + 1], &f->cells[place], behind * sizeof *f->cells);
    f->cells[place] = cell;
    e->attributes |= (uint64_t)1 << attribute;
}

/* The entity, which nobody may follow yet. NULL: memory is out. */
static follow_entity *reserve_entity(burin_follower *f, follow_tree *t, uint32_t id)
{
    follow_entity *e = entity_of(f, t, id);
    if (e)
        return e;
    if (!reserve_page(f, t, id) || (!f->free_entities && !grow(f->alloc, &f->entities, f->entity_count, &f->entity_room, sizeof *f->entities)))
        return NULL;
    uint32_t     number           = f->free_entities ? f->free_entities - 1 : f->entity_count++;
    follow_page *page             = &t->pages[id / PAGE];
    page->entities[id % PAGE]    = number;
    page->bits |= (uint64_t)1 << id % PAGE;
    e = &f->entities[number];
    if (f->free_entities)
        f->free_entities = (uint32_t)e->attributes;
    else
        *e = (follow_entity){0};
    e->attributes = 0; /* the room for its cells goes on to the next */
    return e;
}

/* Nothing of it is followed any more: so much of it is free for another. */
static void leave_entity(burin_follower *f, follow_tree *t, uint32_t id)
{
    follow_entity *e = entity_of(f, t, id);
    if (!e || e->attributes || e->children)
        return;
    t->pages[id / PAGE].bits &= ~((uint64_t)1 << id % PAGE);
    e->attributes    = f->free_entities;
    f->free_entities = (uint32_t)(e - f->entities) + 1;
}

void follow_entity_left(burin_follower *f, uint32_t place, uint32_t id) { leave_entity(f, &f->trees[place], id); }

burin_child_follower **follow_children_of(burin_follower *f, uint32_t place, uint32_t id)
{
    follow_entity *e = reserve_entity(f, &f->trees[place], id);
    return e ? &e->children : NULL;
}

static burin_status follow_pinned(burin_follower *f, burin_entity entity, int attribute, burin_node *out, burin_error *err)
{
    burin_entity_info info;
    follow_cell       cell;
    burin_status      status = burin_reader_info(f->reader, entity, &info, err);
    if (!status && (unsigned)attribute >= es_type_at(f->store, info.type)->count)
        status = es_no_attribute(es_type_at(f->store, info.type), attribute, err);
    if (status)
        return status;
    follow_tree   *t = tree_of(f, info.entity.tree);
    follow_entity *e = t ? reserve_entity(f, t, info.entity.id) : NULL;
    if (e && e->attributes >> attribute & 1) {
        follow_cell *there = &f->cells[place_of(e, attribute)];
        there->follows++;
        *out = there->node;
        return BURIN_OK;
    }
    if (e && reserve_cell(f, e) && follow_index_reserve(&f->index, f->alloc))
        status = open_room(f, info.type, attribute, &cell.room, err);
    else
        status = no_memory(err);
    if (!status && (status = make_cell(f, state_of(f, t, info.entity.id), attribute, &cell, err)))
        leave_room(f, cell.room);
    if (status) {
        if (e)
            leave_entity(f, t, info.entity.id);
        return status;
    }
    cell.follows = 1;
    enter(f, t, info.entity.id, attribute, cell);
    follow_index_put(&f->index, (follow_target){cell.node.index, (uint32_t)(t - f->trees), info.entity.id, NULL});
    *out = cell.node;
    return BURIN_OK;
}

burin_status burin_follow(burin_follower *f, burin_entity entity, int attribute, burin_node *out, burin_error *err)
{
    *out           = (burin_node){0, 0};
    entity.version = 0;
    follow_free_over(f);
    follower_pin(f);
    burin_status status = follow_pinned(f, entity, attribute, out, err);
    follower_unpin(f);
    return status;
}

/* ---- following no more ---- */

/* One follow fewer; the last takes the cell out of the entity's, and disposes of it. */
static void leave_cell(burin_follower *f, const follow_target *target)
{
    follow_tree   *t     = &f->trees[target->tree];
    follow_entity *e     = entity_of(f, t, target->id);
    follow_cell   *cells = &f->cells[e->first];
    uint32_t       count = (uint32_t)__builtin_popcountll(e->attributes), at = 0, id = target->id;
    uint64_t       left  = e->attributes;
    for (; cells[at].node.index != target->node; at++)
        left &= left - 1;
    if (--cells[at].follows)
        return;
    follow_cell gone = cells[at];
    memmove(&cells[at], &cells[at + 1], (count - at - 1) * sizeof *cells);
    e->attributes &= ~(left & -left);
    follow_index_drop(&f->index, gone.node.index);
    leave_entity(f, t, id);
    leave_room(f, gone.room);
    burin_graph_dispose(f->graph, gone.node);
}

burin_status burin_unfollow(burin_follower *f, burin_node node, burin_error *err)
{
    const follow_target *target = follow_index_find(&f->index, node.index);
    burin_status         status = rx_may_change(f->graph);
    if (status)
        return follow_fail_as_graph(f, status, err);
    if (!target || f->graph->nodes[node.index].generation != node.generation)
        return diag_fail(err, BURIN_ERR_KEY, NULL, 0, nowhere, "no cell of this follower, or one that has ended");
    follower_pin(f); /* what reads the cell runs, and may end the follower */
    if (target->address)
        follow_address_end(target->address);
    else
        leave_cell(f, target);
    follow_free_over(f);
    follower_unpin(f);
    return BURIN_OK;
}

/* ---- updates ---- */

enum { WAITING = 16, FETCH_AHEAD = 4 };

typedef struct waiting { /* a cell that is to be set */
    const es_record *state;
    uint32_t         cell;
    int              attribute;
} waiting;

typedef struct updating {
    burin_follower *f;
    follow_tree    *tree;
    es_index        index; /* of its newest version */
    waiting         ring[WAITING];
    uint32_t        added, taken; /* of the ring: cells wait while what setting them looks at is fetched */
    uint64_t        changed;
    burin_error    *err;
} updating;

static burin_status set_in_room(updating *u, const follow_cell *cell, const es_record *state, int attribute)
{
    burin_value  value;
    follow_room *room   = &u->f->rooms[cell->room];
    burin_heap  *heap   = follow_room_next(u->f->graph, cell->node, room);
    burin_status status = read_value(u->f, state, attribute, heap, &value, u->err);
    if (status)
        return status;
    status = burin_graph_set(u->f->graph, cell->node, value);
    if (status)
        return follow_fail_as_graph(u->f, status, u->err);
    follow_room_took(room, heap, value);
    return BURIN_OK;
}

/* What the attribute of an entity holds now becomes the cell's. */
static inline burin_status set_cell(updating *u, const follow_cell *cell, const es_record *state, int attribute)
{
    burin_value  value;
    burin_graph *g = u->f->graph;
    u->changed++;
    if (cell->room)
        return set_in_room(u, cell, state, attribute);
    burin_status status = read_value(u->f, state, attribute, NULL, &value, u->err);
    if (status)
        return status;
    status = rx_is_simple_change(g, cell->node, value) ? rx_cell_set(g, cell->node.index, value) : burin_graph_set(g, cell->node, value);
    return BURIN_LIKELY(!status) ? BURIN_OK : follow_fail_as_graph(u->f, status, u->err);
}

static inline burin_status take_waiting(updating *u)
{
    const waiting *w = &u->ring[u->taken++ % WAITING];
    return set_cell(u, &u->f->cells[w->cell], w->state, w->attribute);
}

/* One more; and the one that has waited longest is set. */
static inline burin_status add_waiting(updating *u, waiting added)
{
    const burin_graph *g = u->f->graph;
    __builtin_prefetch(&u->f->cells[added.cell]);
    if (added.state)
        __builtin_prefetch(&added.state->cells[added.attribute]);
    u->ring[u->added++ % WAITING] = added;
    if (u->added - u->taken > FETCH_AHEAD) {
        const follow_cell *near = &u->f->cells[u->ring[(u->added - FETCH_AHEAD) % WAITING].cell];
        __builtin_prefetch(&g->nodes[near->node.index]);
        __builtin_prefetch(&g->values[near->node.index]);
    }
    return u->added - u->taken > 2 * FETCH_AHEAD ? take_waiting(u) : BURIN_OK;
}

/* Some attributes of an entity, which has cells for them. */
static burin_status set_cells(updating *u, const follow_entity *e, uint32_t id, uint64_t attributes)
{
    burin_status     status = BURIN_OK;
    const es_record *state  = es_record_at(u->f->store, es_index_get(&u->f->store->memory, u->index, id));
    for (; attributes && !status; attributes &= attributes - 1) {
        int attribute = __builtin_ctzll(attributes);
        status        = add_waiting(u, (waiting){state, place_of(e, attribute), attribute});
    }
    return status;
}

static burin_status take_change(void *user, const burin_change *change)
{
    updating            *u = user;
    const follow_entity *e = entity_of(u->f, u->tree, change->id);
    if (!e)
        return BURIN_OK;
    bool     everything = change->what == BURIN_ADDED || change->what == BURIN_REMOVED;
    uint64_t changed = everything ? UINT64_MAX : change->attributes, attributes = e->attributes & changed;
    if (BURIN_UNLIKELY(e->children != NULL))
        follow_children_note(e->children, changed, u->tree->version);
    return attributes ? set_cells(u, e, change->id, attributes) : BURIN_OK;
}

/* Versions between are no longer kept: whatever is followed in the tree is read. */
static burin_status take_all(updating *u)
{
    burin_status status = BURIN_OK;
    for (uint32_t page = 0; page < u->tree->page_count; page++)
        for (uint64_t bits = u->tree->pages[page].bits; bits && !status; bits &= bits - 1) {
            uint32_t             id = page * PAGE + (uint32_t)__builtin_ctzll(bits);
            const follow_entity *e  = entity_of(u->f, u->tree, id);
            follow_children_note(e->children, UINT64_MAX, 0);
            status                  = set_cells(u, e, id, e->attributes);
        }
    return status;
}

static burin_status update_tree(updating *u)
{
    burin_follower *f    = u->f;
    follow_tree    *t    = u->tree;
    uint32_t        head = 0;
    es_version     *entry;
    burin_status    status = es_find_version(f->store, f->reader->snapshot, t->tree, &head, &entry, u->err);
    if (status || head == t->version)
        return status;
    u->index = entry->index;
    status   = burin_reader_diff(f->reader, t->tree, t->version, t->tree, head, take_change, u, NULL);
    if (status == BURIN_ERR_GONE)
        status = take_all(u);
    while (!status && u->taken < u->added)
        status = take_waiting(u);
    return status;
}

burin_status burin_follower_update(burin_follower *f, uint64_t *changed, burin_error *err)
{
    updating     u      = {.f = f, .err = err};
    burin_status status = BURIN_OK;
    follow_free_over(f);
    follower_pin(f);
    burin_graph_begin(f->graph);
    if (f->has_lost)
        status = follow_addresses_again(f, err);
    for (uint32_t k = 0; k < f->tree_count && !status; k++) {
        u.tree = &f->trees[k];
        status = update_tree(&u);
    }
    for (uint32_t k = 0; k < f->tree_count && !status; k++)
        f->trees[k].version = burin_reader_head(f->reader, f->trees[k].tree);
    if (!status)
        status = follow_children_tell(f, err);
    burin_status committed = burin_graph_commit(f->graph);
    if (changed)
        *changed = u.changed;
    if (!status && committed)
        status = follow_fail_as_graph(f, committed, err);
    follower_unpin(f);
    return status;
}
