/* Children that come and go, in the order of the store's change lists.
 *
 * Who follows them hangs on the entity. An update notes that an attribute is another one; when all trees have been taken in, the two lists are
 * compared along what they do not share, and those that are only in one are told. The children that have been told of stand in a hash table, so
 * that nobody is told twice, whatever failed in between; where the old list is no longer kept, it is compared with that. */
#include "engine/follow.h"
#include "runtime/base/diag.h"
#include "runtime/base/memory.h"
#include "runtime/reactive/graph.h"
#include "runtime/store/children.h"

#include <stdlib.h>
#include <string.h>

typedef struct held { /* a child that is in; id 0: none */
    uint32_t id, member;
} held;

struct burin_child_follower {
    burin_follower       *follower;
    burin_child_follower *older, *next_of_entity, *next_due;
    burin_child_events    events;
    uint32_t              tree, id; /* tree: its place among those that are followed */
    int                   attribute;
    uint32_t              since;    /* due: the version whose children are held; 0: unknown */
    bool                  is_due, is_told, is_ended; /* is_told: its events run */
    held                 *table;
    uint32_t              count, room; /* room: a power of 2, more than half of it free; or 0 */
};

static const span nowhere = {0, 0};

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

/* ---- those that are in ---- */

static uint32_t slot_of(const burin_child_follower *c, uint32_t id)
{
    uint32_t slot = id * 2654435769u >> 7 & (c->room - 1);
    while (c->table[slot].id && c->table[slot].id != id)
        slot = (slot + 1) & (c->room - 1);
    return slot;
}

static bool has(const burin_child_follower *c, uint32_t id) { return c->room && c->table[slot_of(c, id)].id; }

static bool reserve(burin_child_follower *c)
{
    const burin_allocator *alloc = c->follower->alloc;
    burin_child_follower   old   = *c;
    if (2 * (c->count + 1) <= c->room)
        return true;
    c->room  = old.room ? 2 * old.room : 16;
    c->table = c->room ? base_alloc(alloc, c->room * sizeof *c->table) : NULL;
    if (!c->table) {
        *c = old;
        return false;
    }
    memset(c->table, 0, c->room * sizeof *c->table);
    for (uint32_t slot = 0; slot < old.room; slot++)
        if (old.table[slot].id)
            c->table[slot_of(c, old.table[slot].id)] = old.table[slot];
    base_free(alloc, old.table, old.room * sizeof *old.table);
    return true;
}

static void take_out(burin_child_follower *c, uint32_t slot)
{
    c->table[slot].id = 0;
    c->count--;
    for (uint32_t at = (slot + 1) & (c->room - 1); c->table[at].id; at = (at + 1) & (c->room - 1)) { /* those behind it may belong before it */
        held moved      = c->table[at];
        c->table[at].id = 0;
        c->table[slot_of(c, moved.id)] = moved;
    }
}

/* ---- what has changed ---- */

typedef struct difference {
    buf gone, come;               /* ids, in the order of the lists */
    buf sorted_gone, sorted_come;
} difference;

static size_t          count_of(const buf *ids) { return ids->len / sizeof(uint32_t); }
static const uint32_t *ids_of(const buf *ids) { return (const uint32_t *)(const void *)ids->data; }

static void note_edit(void *user, const es_edit *edit)
{
    difference *d = user;
    for (uint32_t k = 0; k < edit->drop; k++)
        buf_append(&d->gone, (const char *)&edit->dropped[k].id, sizeof(uint32_t));
    for (uint32_t k = 0; k < edit->insert; k++)
        buf_append(&d->come, (const char *)&edit->inserted[k].id, sizeof(uint32_t));
}

static void note_all(burin_children *children, buf *out)
{
    for (size_t k = 0; k < children->count; k++) {
        uint32_t id = burin_children_id(children, k);
        buf_append(out, (const char *)&id, sizeof id);
    }
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}
static void sort_into(buf *sorted, const buf *ids)
{
    buf_append(sorted, ids->data, ids->len);
    if (sorted->len && !sorted->failed)
        qsort(sorted->data, count_of(sorted), sizeof(uint32_t), by_number);
}
static bool is_in(const buf *sorted, uint32_t id)
{
    return sorted->len && bsearch(&id, sorted->data, count_of(sorted), sizeof id, by_number);
}

/* The attribute's children in a state of the entity; none where there is no such entity. */
static burin_status children_in(const burin_child_follower *c, const es_version *entry, burin_children *out, uint64_t *cell, burin_error *err)
{
    const burin_store *s     = c->follower->store;
    const es_record   *state = es_record_at(s, es_index_get(&s->memory, entry->index, c->id));
    *out                     = (burin_children){0};
    *cell                    = 0;
    if (!state)
        return BURIN_OK;
    *cell = state->cells[c->attribute];
    return es_cell_children(s, es_type_at(s, state->type), state->cells, c->attribute, out, err);
}

static burin_status find_difference(const burin_child_follower *c, difference *d, burin_error *err)
{
    const burin_follower *f    = c->follower;
    const follow_tree    *t    = &f->trees[c->tree];
    uint32_t              head = 0, since = c->since;
    uint64_t              before, after;
    es_version           *new_, *old;
    burin_children        now, was;
    burin_status          status = es_find_version(f->store, f->reader->snapshot, t->tree, &head, &new_, err);
    if (!status)
        status = children_in(c, new_, &now, &after, err);
    if (status)
        return status;
    bool is_known = since && !es_find_version(f->store, f->reader->snapshot, t->tree, &since, &old, NULL) && !children_in(c, old, &was, &before, NULL);
    if (!is_known) {
        for (uint32_t slot = 0; slot < c->room; slot++)
            if (c->table[slot].id)
                buf_append(&d->gone, (const char *)&c->table[slot].id, sizeof(uint32_t));
        note_all(&now, &d->come);
    } else if (now.list && was.list) {
        if (!es_children_edits(f->store, (es_ref)before, (es_ref)after, old->index.seq, now.keyed, note_edit, d))
            return no_memory(err);
    } else { /* one of them is empty, or a single child */
        note_all(&was, &d->gone);
        note_all(&now, &d->come);
    }
    sort_into(&d->sorted_gone, &d->gone);
    sort_into(&d->sorted_come, &d->come);
    return d->gone.failed || d->come.failed || d->sorted_gone.failed || d->sorted_come.failed ? no_memory(err) : BURIN_OK;
}

/* ---- telling ---- */

static burin_status add(burin_child_follower *c, uint32_t id)
{
    uint32_t member = 0;
    if (!reserve(c))
        return burin_graph_fail(c->follower->graph, BURIN_ERR_NOMEM, "out of memory");
    burin_status status = c->events.added(c->events.user, (burin_entity){.id = id}, &member);
    if (status || c->is_ended)
        return status;
    c->table[slot_of(c, id)] = (held){id, member};
    c->count++;
    return BURIN_OK;
}

static burin_status remove_one(burin_child_follower *c, uint32_t id)
{
    uint32_t     slot   = slot_of(c, id);
    burin_status status = c->events.removed(c->events.user, (burin_entity){.id = id}, c->table[slot].member);
    if (!status)
        take_out(c, slot);
    return status;
}

static burin_status tell_difference(burin_child_follower *c, const difference *d)
{
    burin_status status = BURIN_OK;
    for (size_t k = 0; k < count_of(&d->gone) && !status && !c->is_ended; k++)
        if (!is_in(&d->sorted_come, ids_of(&d->gone)[k]) && has(c, ids_of(&d->gone)[k]))
            status = remove_one(c, ids_of(&d->gone)[k]);
    for (size_t k = 0; k < count_of(&d->come) && !status && !c->is_ended; k++)
        if (!has(c, ids_of(&d->come)[k]))
            status = add(c, ids_of(&d->come)[k]);
    return status;
}

static burin_status tell(burin_child_follower *c, burin_error *err)
{
    burin_follower        *f     = c->follower;
    const burin_allocator *alloc = f->alloc;
    difference             d     = {buf_make(alloc), buf_make(alloc), buf_make(alloc), buf_make(alloc)};
    burin_status           status = find_difference(c, &d, err);
    if (!status && (status = tell_difference(c, &d)))
        follow_fail_as_graph(f, status, err);
    if (status)
        c->since = 0;
    buf_deinit(&d.gone);
    buf_deinit(&d.come);
    buf_deinit(&d.sorted_gone);
    buf_deinit(&d.sorted_come);
    return status;
}

/* since: the version whose children are held; 0: unknown. */
static void note_due(burin_child_follower *c, uint32_t since)
{
    burin_child_follower **last = &c->follower->due;
    if (!c->is_due || !since)
        c->since = since;
    if (c->is_due)
        return;
    while (*last)
        last = &(*last)->next_due;
    c->is_due   = true;
    c->next_due = NULL;
    *last       = c;
}

void follow_children_note(burin_child_follower *first, uint64_t attributes, uint32_t version)
{
    for (burin_child_follower *c = first; c; c = c->next_of_entity)
        if (attributes >> c->attribute & 1)
            note_due(c, version);
}

static void free_one(burin_child_follower *c)
{
    base_free(c->follower->alloc, c->table, c->room * sizeof *c->table);
    base_free(c->follower->alloc, c, sizeof *c);
}

static void leave_due(burin_child_follower *c)
{
    burin_child_follower **at = &c->follower->due;
    while (*at != c)
        at = &(*at)->next_due;
    *at       = c->next_due;
    c->is_due = false;
}

burin_status follow_children_tell(burin_follower *f, burin_error *err)
{
    burin_status status = BURIN_OK;
    if (f->is_telling)
        return BURIN_OK; /* an event updates: whoever called it goes on */
    f->is_telling = true;
    while (f->due && !status) {
        burin_child_follower *c = f->due;
        c->is_told              = true;
        status                  = tell(c, err);
        c->is_told              = false;
        if (!status || c->is_ended)
            leave_due(c);
        if (c->is_ended)
            free_one(c);
    }
    f->is_telling = false;
    return status;
}

/* ---- life ---- */

/* Those that had been added before one could not be, or before the batch failed. */
static void remove_all(burin_child_follower *c)
{
    burin_graph_begin(c->follower->graph);
    for (uint32_t slot = 0; slot < c->room; slot++)
        if (c->table[slot].id)
            c->events.removed(c->events.user, (burin_entity){.id = c->table[slot].id}, c->table[slot].member);
    burin_graph_commit(c->follower->graph);
}

static burin_status follow_pinned(burin_follower *f, burin_entity entity, burin_child_follower *c, burin_error *err)
{
    burin_entity_info info;
    burin_children    children;
    burin_status      status = burin_reader_info(f->reader, entity, &info, err);
    if (!status)
        status = burin_reader_children(f->reader, info.entity, c->attribute, &children, err);
    if (status)
        return status;
    c->tree                   = follow_tree_place(f, info.entity.tree);
    burin_child_follower **of = c->tree == UINT32_MAX ? NULL : follow_children_of(f, c->tree, info.entity.id);
    if (!of)
        return no_memory(err);
    c->id             = info.entity.id;
    c->older          = f->children;
    f->children       = c;
    c->next_of_entity = *of;
    *of               = c;
    c->is_told        = true;
    status            = tell(c, err);
    c->is_told        = false;
    if (!status && f->trees[c->tree].version != burin_reader_head(f->reader, f->trees[c->tree].tree))
        note_due(c, 0); /* the next update takes in changes of before: their old list is not the one that was told of */
    return status;
}

burin_child_follower *burin_follow_children(burin_follower *f, burin_entity entity, int attribute, const burin_child_events *events, burin_error *err)
{
    burin_status          status = rx_may_change(f->graph) ? follow_fail_as_graph(f, BURIN_ERR_USAGE, err) : BURIN_OK;
    burin_child_follower *c      = status ? NULL : base_alloc(f->alloc, sizeof *c);
    if (!c) {
        if (!status)
            no_memory(err);
        return NULL;
    }
    *c             = (burin_child_follower){.follower = f, .events = *events, .attribute = attribute};
    entity.version = 0;
    follower_pin(f);
    burin_graph_begin(f->graph);
    status                 = follow_pinned(f, entity, c, err);
    burin_status committed = burin_graph_commit(f->graph);
    if (!status && committed)
        status = follow_fail_as_graph(f, committed, err);
    if (!status && f->is_ended)
        status = diag_fail(err, BURIN_ERR_CANCELLED, NULL, 0, nowhere, "the follower has ended");
    if (status) {
        remove_all(c);
        burin_child_follower_free(c);
    }
    follower_unpin(f);
    return status ? NULL : c;
}

void burin_child_follower_free(burin_child_follower *c)
{
    if (!c)
        return;
    burin_follower        *f  = c->follower;
    burin_child_follower **at = c->id ? follow_children_of(f, c->tree, c->id) : NULL;
    while (at && *at && *at != c)
        at = &(*at)->next_of_entity;
    if (at && *at)
        *at = c->next_of_entity;
    if (at)
        follow_entity_left(f, c->tree, c->id);
    for (at = &f->children; *at && *at != c;)
        at = &(*at)->older;
    if (*at)
        *at = c->older;
    c->is_ended = true;
    if (c->is_told)
        return; /* whoever calls its events frees it */
    if (c->is_due)
        leave_due(c);
    free_one(c);
}

void follow_children_free(burin_follower *f)
{
    while (f->children)
        burin_child_follower_free(f->children);
}
