/* Transactions: their life, their overlay of drafts, and reading through it. See txn.h. */
#include "runtime/store/txn.h"
#include "runtime/store/data.h"
#include "runtime/store/log.h"

/* ---- life ---- */

static burin_txn *txn_new(burin_store *s)
{
    burin_txn *t = base_alloc(&s->alloc, sizeof *t);
    if (!t)
        return NULL;
    memset(t, 0, sizeof *t);
    t->store = s;
    t->arena = arena_make(&s->alloc);
    t->slot  = es_slot_take(s);
    if (!t->slot) {
        base_free(&s->alloc, t, sizeof *t);
        return NULL;
    }
    return t;
}

burin_txn *burin_txn_begin(burin_store *store, burin_error *err)
{
    pthread_mutex_lock(&store->lock);
    burin_txn *t = store->idle;
    if (t)
        store->idle = t->next_idle;
    else
        t = txn_new(store);
    pthread_mutex_unlock(&store->lock);
    if (!t) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    t->snapshot = es_slot_pin(store, t->slot);
    return t;
}

void es_touch_deinit(es_touch *touch, const burin_allocator *alloc)
{
    es_blocks_deinit(&touch->dead, alloc);
    base_free(alloc, touch->changes, touch->change_cap * sizeof *touch->changes);
}

/* Give back what it holds, but for itself. */
static void give_back(burin_txn *t)
{
    const burin_allocator *alloc = &t->store->alloc;
    for (uint32_t n = 0; n < t->touch_cap; n++)
        es_touch_deinit(&t->touches[n], alloc);
    base_free(alloc, t->touches, t->touch_cap * sizeof *t->touches);
    base_free(alloc, t->drafts, t->draft_cap * sizeof(es_draft *));
    base_free(alloc, t->reads, t->read_cap * sizeof *t->reads);
    if (t->mask)
        base_free(alloc, t->table, (t->mask + (size_t)1) * sizeof(es_draft *));
    es_blocks_deinit(&t->writer.made, alloc);
    es_blocks_deinit(&t->writer.noted, alloc);
    es_blocks_deinit(&t->writer.dropped, alloc);
    arena_deinit(&t->arena);
    t->touches   = NULL;
    t->drafts    = NULL;
    t->reads     = NULL;
    t->touch_cap = t->draft_cap = t->read_cap = t->mask = 0;
}

void es_txn_free(burin_txn *t)
{
    give_back(t);
    base_free(&t->store->alloc, t, sizeof *t);
}

void es_txn_end(burin_txn *t)
{
    enum { MANY = 1 << 16 }; /* drafts: room for more is not what the next one needs, and small ones would miss the cache in it */
    es_slot_unpin(t->slot);
    if (t->draft_cap > MANY) {
        give_back(t);
    } else if (t->draft_count && t->draft_count < t->mask / 8) {
        for (uint32_t n = 0; n < t->draft_count; n++) { /* all of a run go, so the order of erasing does not matter */
            for (uint32_t at = t->drafts[n]->id * 0x9E3779B1u >> 7;; at++) {
                es_draft **place = &t->table[at & t->mask];
                if (*place == t->drafts[n]) {
                    *place = NULL;
                    break;
                }
            }
        }
    } else if (t->mask) {
        memset(t->table, 0, (t->mask + (size_t)1) * sizeof(es_draft *));
    }
    t->draft_count = t->touch_count = t->read_count = 0;
    t->watch_reads = t->reads_failed = false;
    t->bloom       = 0;
    t->read_only   = false;
    t->save        = t->saves = 0;
    t->saved       = NULL;
    arena_reset(&t->arena);
    t->next_idle    = t->store->idle;
    t->store->idle  = t;
}

void burin_txn_abort(burin_txn *txn)
{
    if (!txn)
        return;
    burin_store *store = txn->store;
    pthread_mutex_lock(&store->lock);
    es_txn_end(txn);
    pthread_mutex_unlock(&store->lock);
}

/* After the commit, while the overlay is still there. */
static void settle(const burin_txn *t, es_settled *one)
{
    const es_draft *d     = es_txn_draft(t, one->entity.id);
    uint32_t        place = d ? d->place : 0;
    for (uint32_t n = 0; !d && n < t->touch_count; n++) {
        if (t->touches[n].tree == one->entity.tree)
            place = n + 1;
    }
    const es_touch *touch = place ? &t->touches[place - 1] : NULL;
    one->changed          = touch && touch->changed &&
                   es_index_get(&t->store->memory, touch->base, one->entity.id) != es_index_get(&t->store->memory, touch->index, one->entity.id);
    one->entity.tree    = !touch ? 0 : touch->tree ? touch->tree : touch->number;
    one->entity.version = !touch ? 0 : touch->version + touch->changed;
}

burin_status es_txn_commit(burin_txn *t, const burin_commit_options *options, burin_commit_result *result, es_settled *settled, size_t count,
                           burin_error *err)
{
    burin_store *store = t->store;
    pthread_mutex_lock(&store->lock);
    uint64_t     logged;
    burin_status status = es_commit(t, options, result, &logged, err);
    for (size_t n = 0; n < count && !status; n++)
        settle(t, &settled[n]);
    es_txn_end(t);
    es_sweep(store);
    pthread_mutex_unlock(&store->lock);
    return !status && options->defer ? es_log_defer(store, logged, err) : es_log_end(store, status, logged, err);
}

burin_status burin_txn_commit(burin_txn *txn, const burin_commit_options *options, burin_commit_result *result, burin_error *err)
{
    burin_commit_options given = options ? *options : (burin_commit_options){0};
    burin_commit_result  none;
    return es_txn_commit(txn, &given, result ? result : &none, NULL, 0, err);
}

/* ---- trees ---- */

static bool grow_touches(burin_txn *t)
{
    const burin_allocator *alloc = &t->store->alloc;
    uint32_t               cap   = t->touch_cap ? 2 * t->touch_cap : 4;
    es_touch *touches = alloc->resize(alloc->user, t->touches, t->touch_cap * sizeof *touches, cap * sizeof *touches);
    if (!touches)
        return false;
    memset(&touches[t->touch_cap], 0, (cap - t->touch_cap) * sizeof *touches);
    t->touches   = touches;
    t->touch_cap = cap;
    return true;
}

static es_touch *add_touch(burin_txn *t)
{
    if (t->touch_count == t->touch_cap && !grow_touches(t))
        return NULL;
    es_touch *touch = &t->touches[t->touch_count++];
    es_blocks  dead    = {touch->dead.items, 0, touch->dead.cap}; /* kept for their room */
    es_change *changes = touch->changes;
    uint32_t   cap     = touch->change_cap;
    *touch             = (es_touch){.dead = dead, .changes = changes, .change_cap = cap};
    return touch;
}

uint32_t es_txn_found(burin_txn *t) { return add_touch(t) ? t->touch_count : 0; }

/* The number of a tree in t->touches, from 1; 0: it was not looked at. */
static uint32_t find_touch(const burin_txn *t, uint32_t tree)
{
    for (uint32_t n = 0; n < t->touch_count; n++) {
        if (t->touches[n].tree == tree)
            return n + 1;
    }
    return 0;
}

static void base_on(const burin_txn *t, es_touch *touch, uint32_t tree, uint32_t version, const es_version *entry)
{
    touch->tree     = tree;
    touch->version  = version;
    touch->seen     = entry->index.seq;
    touch->base     = touch->begun = entry->index;
    touch->root     = entry->root;
    touch->entities = entry->entities;
    touch->fork_seq = es_tree_at(t->store, tree)->fork_seq;
}

/* The number of a tree in t->touches, as the transaction sees it. BURIN_ERR_KEY, BURIN_ERR_NOMEM. */
static burin_status touch_tree(burin_txn *t, uint32_t tree, uint32_t *number)
{
    *number = find_touch(t, tree);
    if (*number)
        return BURIN_OK;
    uint32_t     version = 0;
    es_version  *entry;
    burin_status status = es_find_version(t->store, t->snapshot, tree, &version, &entry, NULL);
    es_touch    *touch  = status ? NULL : add_touch(t);
    if (!touch)
        return status ? status : BURIN_ERR_NOMEM;
    base_on(t, touch, tree, version, entry);
    *number = t->touch_count;
    return BURIN_OK;
}

burin_status es_txn_look_at(burin_txn *t, burin_entity entity, burin_error *err)
{
    uint32_t    tree = entity.tree ? entity.tree : es_home_of(t->store, entity.id).tree, version = entity.version, number = find_touch(t, tree);
    es_version *entry;
    if (es_txn_draft(t, entity.id))
        return BURIN_OK;
    burin_status status = tree ? es_find_version(t->store, t->snapshot, tree, &version, &entry, err) : es_fail(err, BURIN_ERR_KEY, "there is no entity %u", entity.id);
    if (status || (number && t->touches[number - 1].version >= version))
        return status;
    es_touch *touch = number ? &t->touches[number - 1] : add_touch(t);
    if (!touch)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    base_on(t, touch, tree, version, entry);
    touch->is_past = version != es_head_at(t->store, es_tree_at(t->store, tree), t->snapshot, &entry);
    return BURIN_OK;
}

/* ---- views ---- */

void es_view_draft(const burin_txn *t, es_draft *d, es_view *view)
{
    *view = (es_view){es_type_at(t->store, d->type), d->id, d->owner, d->type, d->field, d->touch, d->nulls, d->own, d->cells, d, NULL};
}

bool es_txn_relative(const burin_txn *t, uint32_t touch, uint32_t id, es_view *view)
{
    es_draft        *draft  = es_txn_draft(t, id);
    bool             ours   = draft && (draft->touch == touch || !draft->touch || !touch);
    const es_record *record = touch && !ours ? es_record_at(t->store, es_txn_ref(t, &t->touches[touch - 1], id)) : NULL;
    if (draft && !record) { /* a draft of another tree's came here, unless this tree has the entity too, from before a fork */
        es_view_draft(t, draft, view);
        return true;
    }
    if (record)
        es_view_record(t->store, touch, record, view);
    return record != NULL;
}

bool es_txn_owner(const burin_txn *t, const es_view *of, es_view *owner)
{
    if (of->owner && of->draft && of->draft->flags & ES_ATTACHED) {
        es_view_draft(t, es_txn_draft(t, of->owner), owner);
        return true;
    }
    return of->owner && es_txn_relative(t, of->touch, of->owner, owner);
}

burin_status es_txn_view(burin_txn *t, burin_entity entity, es_view *view, burin_error *err)
{
    es_draft *draft = es_txn_draft(t, entity.id);
    if (draft) {
        if (BURIN_UNLIKELY(entity.tree && draft->touch && t->touches[draft->touch - 1].tree != entity.tree))
            return es_fail(err, BURIN_ERR_USAGE, "entity %u is already changed in tree %u by this transaction", entity.id,
                           t->touches[draft->touch - 1].tree);
        es_view_draft(t, draft, view);
        return BURIN_OK;
    }
    uint32_t     touch = 0, tree = entity.tree ? entity.tree : es_home_of(t->store, entity.id).tree;
    burin_status status = tree ? touch_tree(t, tree, &touch) : BURIN_ERR_KEY;
    if (BURIN_LIKELY(touch && es_txn_relative(t, touch, entity.id, view))) {
        if (BURIN_UNLIKELY(t->watch_reads))
            es_txn_note_read(t, entity.id, touch);
        return BURIN_OK;
    }
    burin_entity found = {entity.id, entity.tree, 0};
    const es_record *record;
    if (status != BURIN_ERR_NOMEM) { /* it moved since, or is not there */
        status = es_find(t->store, t->snapshot, &found, &record, err);
        if (status)
            return status;
        status = touch_tree(t, found.tree, &touch);
    }
    if (status)
        return es_fail(err, status, "out of memory");
    if (t->touches[touch - 1].is_past) /* or it would have been seen there */
        return es_fail(err, BURIN_ERR_KEY, "entity %u is not in version %u of tree %u", entity.id, t->touches[touch - 1].version, found.tree);
    es_view_record(t->store, touch, record, view);
    if (t->watch_reads)
        es_txn_note_read(t, entity.id, touch);
    return BURIN_OK;
}

/* ---- reads ---- */

void burin_txn_watch_reads(burin_txn *txn) { txn->watch_reads = true; }

void es_txn_note_read(burin_txn *t, uint32_t id, uint32_t touch)
{
    const burin_allocator *alloc = &t->store->alloc;
    if (t->read_count && t->reads[t->read_count - 1].id == id && t->reads[t->read_count - 1].touch == touch)
        return;
    if (t->read_count == t->read_cap) {
        uint32_t cap   = t->read_cap ? 2 * t->read_cap : 64;
        es_read *reads = cap > t->read_cap ? alloc->resize(alloc->user, t->reads, t->read_cap * sizeof *reads, cap * sizeof *reads) : NULL;
        if (!reads) {
            t->reads_failed = true;
            return;
        }
        t->reads    = reads;
        t->read_cap = cap;
    }
    t->reads[t->read_count++] = (es_read){id, touch};
}

/* ---- drafts ---- */

static bool grow_table(burin_txn *t)
{
    const burin_allocator *alloc = &t->store->alloc;
    uint32_t               size  = t->mask ? 2 * (t->mask + 1) : 64;
    es_draft             **table = base_alloc(alloc, size * sizeof *table);
    es_draft             **list  = alloc->resize(alloc->user, t->drafts, t->draft_cap * sizeof *list, (size / 2) * sizeof *list);
    if (list) {
        t->drafts    = list;
        t->draft_cap = size / 2;
    }
    if (!table || !list) {
        base_free(alloc, table, size * sizeof *table);
        return false;
    }
    memset(table, 0, size * sizeof *table);
    if (t->mask)
        base_free(alloc, t->table, (t->mask + (size_t)1) * sizeof *table);
    t->table = table;
    t->mask  = size - 1;
    for (uint32_t n = 0; n < t->draft_count; n++) {
        uint32_t at = t->drafts[n]->id * 0x9E3779B1u >> 7;
        while (table[at & t->mask])
            at++;
        table[at & t->mask] = t->drafts[n];
    }
    return true;
}

/* An empty draft in the table; NULL when memory is out. */
static es_draft *add_draft(burin_txn *t, uint32_t id, const es_type *type)
{
    if ((!t->mask || t->draft_count >= t->mask / 2 || t->draft_count == t->draft_cap) && !grow_table(t))
        return NULL;
    es_draft *d = arena_alloc(&t->arena, sizeof *d + type->count * sizeof *d->cells);
    if (!d)
        return NULL;
    memset(d, 0, sizeof *d + type->count * sizeof *d->cells);
    d->id        = id;
    d->save      = t->saves;
    uint32_t at  = id * 0x9E3779B1u >> 7;
    while (t->table[at & t->mask])
        at++;
    t->table[at & t->mask]      = d;
    t->drafts[t->draft_count++] = d;
    t->bloom |= (uint64_t)1 << (id & 63);
    return d;
}

burin_status es_txn_open_view(burin_txn *t, const es_view *view, es_draft **draft, burin_error *err)
{
    if (BURIN_UNLIKELY(t->read_only))
        return es_fail(err, BURIN_ERR_USAGE, "entity %u cannot be changed by what only reads", view->id);
    *draft = view->draft;
    if (*draft)
        return BURIN_LIKELY((*draft)->save >= t->save) || es_txn_remember(t, *draft) ? BURIN_OK : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    const es_record *r = view->record;
    es_draft        *d = add_draft(t, r->id, view->type);
    if (!d)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    d->owner = r->owner;
    d->type  = r->type;
    d->field = r->field;
    d->flags = r->owner ? 0 : ES_ROOT;
    d->touch = view->touch;
    d->base  = es_txn_ref(t, &t->touches[view->touch - 1], r->id);
    d->nulls = r->nulls;
    memcpy(d->cells, r->cells, view->type->count * sizeof *d->cells);
    *draft = d;
    return BURIN_OK;
}

burin_status es_txn_open(burin_txn *t, burin_entity entity, es_draft **draft, burin_error *err)
{
    es_view      view;
    burin_status status = es_txn_view(t, entity, &view, err);
    return status ? status : es_txn_open_view(t, &view, draft, err);
}

/* Ids for this transaction to give out; under the lock, because the table of homes may grow. */
static burin_status take_ids(burin_txn *t, burin_error *err)
{
    burin_store *s = t->store;
    pthread_mutex_lock(&s->lock);
    uint32_t     first, known = atomic_load(&s->next_id);
    burin_status status = es_log_ids(s, &first, err);
    if (status)
        first = 0;
    else if (first > UINT32_MAX - 2 * ES_ID_BLOCK)
        status = es_fail(err, BURIN_ERR_LIMIT, "the store has given out all ids");
    else if (!es_homes_reach(&s->homes, &s->memory, first)) /* a block lies in one page */
        status = es_fail_memory(s, err);
    else if (first + ES_ID_BLOCK > known)
        atomic_store_explicit(&s->next_id, first + ES_ID_BLOCK, memory_order_release);
    pthread_mutex_unlock(&s->lock);
    if (status == BURIN_OK) {
        t->next_id = first;
        t->end_id  = first + ES_ID_BLOCK;
    }
    return status;
}

burin_status burin_txn_create(burin_txn *txn, burin_type type, burin_entity *out, burin_error *err)
{
    if (type == 0 || type > burin_store_type_count(txn->store))
        return es_fail(err, BURIN_ERR_USAGE, "there is no type %u", type);
    if (txn->read_only)
        return es_fail(err, BURIN_ERR_USAGE, "what only reads cannot create an entity");
    if (txn->next_id == txn->end_id) {
        burin_status status = take_ids(txn, err);
        if (status)
            return status;
    }
    const es_type *shape = es_type_at(txn->store, type);
    es_draft      *d     = add_draft(txn, txn->next_id, shape);
    if (!d)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    txn->next_id++;
    d->type  = (uint16_t)type;
    d->nulls = shape->optional;
    *out     = (burin_entity){d->id, 0, 0};
    return BURIN_OK;
}

/* ---- reading ---- */

burin_type burin_txn_type(burin_txn *txn, burin_entity entity)
{
    es_view view;
    return es_txn_view(txn, entity, &view, NULL) ? 0 : view.type_number;
}

burin_status burin_txn_owner(burin_txn *txn, burin_entity entity, burin_entity *owner, int *field, burin_error *err)
{
    es_view      view;
    burin_status status = es_txn_view(txn, entity, &view, err);
    if (status)
        return status;
    *owner = (burin_entity){view.owner, view.owner && view.touch ? txn->touches[view.touch - 1].tree : 0, 0};
    if (field)
        *field = view.field;
    return BURIN_OK;
}

/* An entity that the transaction has not changed, in the tree it looked at first; NULL: take the long way. */
static inline const es_record *unchanged(const burin_txn *t, const burin_entity *entity)
{
    const burin_store *s    = t->store;
    uint32_t           tree = entity->tree;
    if (t->watch_reads || t->touch_count == 0 || es_txn_draft(t, entity->id))
        return NULL;
    if (tree == 0)
        tree = es_home_of(s, entity->id).tree;
    return tree && tree == t->touches[0].tree ? es_record_at(s, es_txn_ref(t, &t->touches[0], entity->id)) : NULL;
}

static __attribute__((noinline)) burin_status get_elsewhere(burin_txn *txn, burin_entity entity, int attribute, burin_heap *heap, burin_value *out,
                                                            burin_error *err)
{
    es_view          view;
    const es_record *record = unchanged(txn, &entity);
    if (BURIN_LIKELY(record != NULL))
        return es_record_value(txn->store, record, attribute, heap, out, err);
    burin_status status = es_txn_view(txn, entity, &view, err);
    return BURIN_UNLIKELY(status) ? status : es_view_get(txn->store, &view, attribute, heap, out, err);
}

/* What an entity is now, where it is such an unchanged one and has not changed since the transaction began: what most reads are of. */
static inline const es_record *unchanged_now(const burin_txn *t, burin_entity entity)
{
    const _Atomic es_home *place = es_home_near(&t->store->homes, entity.id);
    if (BURIN_UNLIKELY(!place || t->watch_reads || t->touch_count == 0 || es_txn_draft(t, entity.id)))
        return NULL;
    const es_touch *touch = &t->touches[0];
    es_ref          now   = es_current_at(t->store, touch->seen, atomic_load_explicit(place, memory_order_acquire), touch->tree);
    return now && touch->tree && (entity.tree == 0 || entity.tree == touch->tree) ? es_at(&t->store->memory, now) : NULL;
}

burin_status burin_txn_get(burin_txn *txn, burin_entity entity, int attribute, burin_heap *heap, burin_value *out, burin_error *err)
{
    const es_record *record = unchanged_now(txn, entity);
    if (BURIN_LIKELY(record && es_short_value(txn->store, record, attribute, out)))
        return BURIN_OK;
    return get_elsewhere(txn, entity, attribute, heap, out, err);
}

burin_status es_view_get(const burin_store *s, const es_view *view, int attribute, burin_heap *heap, burin_value *out, burin_error *err)
{
    bool own = (unsigned)attribute < view->type->count && ((view->own & ~view->type->children) >> attribute) & 1;
    if (!own)
        return es_cell_value(s, view->type, view->nulls, view->cells, attribute, heap, out, err);
    const es_text *text = (const es_text *)(uintptr_t)view->cells[attribute]; // NOLINT: an own cell is a pointer
    if (view->type->attributes[attribute].kind == BURIN_DATA_ATTRIBUTE)
        return es_data_value(heap, (burin_text){text->data, text->len}, out, err);
    *out = burin_string_borrow(text->data, text->len);
    return BURIN_OK;
}

burin_status es_view_children(const burin_store *s, const es_view *view, int attribute, burin_children *out, burin_error *err)
{
    if ((unsigned)attribute < view->type->count && ((view->own & view->type->children) >> attribute) & 1) {
        const es_children *own = (const es_children *)(uintptr_t)view->cells[attribute]; // NOLINT: an own cell is a pointer
        es_part_children(&s->memory, own->root, own->keyed, out);
        return BURIN_OK;
    }
    return es_cell_children(s, view->type, view->cells, attribute, out, err);
}

burin_status burin_txn_children(burin_txn *txn, burin_entity entity, int attribute, burin_children *out, burin_error *err)
{
    es_view      view;
    burin_status status = es_txn_view(txn, entity, &view, err);
    return BURIN_UNLIKELY(status) ? status : es_view_children(txn->store, &view, attribute, out, err);
}
