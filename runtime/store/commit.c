/* Commit: from drafts to new versions, all trees at once.
 *
 *   1. head     each tree's head is what the transaction is based on, or the drafts are carried over to it
 *   2. place    which tree each draft goes to; what is below an entity that moves or goes becomes a draft too
 *   3. write    drafts that differ from their base become records; what left a tree is taken from its index
 *   4. path     owners of what was written get new records up to the root
 *   5. versions entries with change lists, lists of replaced blocks, new trees
 *   6. publish  cannot fail: heads, homes, then the store's commit number
 *
 * Until step 6 everything made is invisible and on the writer's list, from which a failure frees it. */
#include "runtime/base/diag.h"
#include "runtime/store/commit.h"
#include "runtime/store/log.h"

/* ---- 1. head ---- */

static burin_status conflict(burin_txn *t, uint32_t id, const es_touch *touch, burin_error *err)
{
    t->store->conflicts++;
    if (id)
        return es_fail(err, BURIN_ERR_CONFLICT, "entity %u has changed since version %u of tree %u", id, touch->version, touch->tree);
    return es_fail(err, BURIN_ERR_CONFLICT, "tree %u has changed since version %u", touch->tree, touch->version);
}

/* Carry a draft over to what its entity is in the tree's head; false: somebody else changed it. */
static bool carry(burin_txn *t, es_draft *d, es_index head)
{
    const burin_store *s   = t->store;
    es_ref             ref = es_index_get(&s->memory, head, d->id);
    if (ref == d->base)
        return true;
    const es_record *now = es_record_at(s, ref), *then = es_record_at(s, d->base);
    if (!now || es_compare(s, then, now).what != BURIN_TOUCHED)
        return false;
    d->base = ref;
    const es_type *type = es_type_at(s, d->type);
    for (uint32_t n = 0; n < type->count; n++) { /* equal, but perhaps other blocks */
        if (((type->blocks & ~d->own) >> n) & 1)
            d->cells[n] = now->cells[n];
        else if (((type->blocks & type->children) >> n) & 1 && then->cells[n] != now->cells[n])
            ((es_children *)(uintptr_t)d->cells[n])->anew = true; // NOLINT: an own cell is a pointer
    }
    return true;
}

/* After a rebase an entity that was moved may stand below itself: the other side moved what it was put under. */
static bool closes_circle(const burin_txn *t, es_draft *d)
{
    es_view view, above;
    es_view_draft(t, d, &view);
    for (uint32_t left = UINT32_MAX; left > 0; left--) {
        if (!es_txn_owner(t, &view, &above))
            return false;
        if (above.id == d->id)
            return true;
        view = above;
    }
    return true;
}

/* The entity, of those read in a tree, that is no longer what it was; 0: none. */
static uint32_t stale_read(const burin_txn *t, uint32_t touch, es_index then, es_index now)
{
    const burin_store *s = t->store;
    for (uint32_t n = 0; n < t->read_count; n++) {
        uint32_t id = t->reads[n].id;
        es_ref   a = es_index_get(&s->memory, then, id), b = es_index_get(&s->memory, now, id);
        if (t->reads[n].touch == touch && a != b && (!b || es_compare(s, es_record_at(s, a), es_record_at(s, b)).what != BURIN_TOUCHED))
            return id;
    }
    return 0;
}

static burin_status rebase(burin_txn *t, uint32_t number, const es_version *head, uint32_t version, burin_error *err)
{
    es_touch *touch = &t->touches[number - 1];
    uint32_t  stale = stale_read(t, number, touch->begun, head->index);
    if (stale)
        return conflict(t, stale, touch, err);
    for (uint32_t n = 0; n < t->draft_count; n++) {
        es_draft *d = t->drafts[n];
        if (d->touch == number && !carry(t, d, head->index))
            return conflict(t, d->id, touch, err);
    }
    touch->rebased  = true;
    touch->base     = head->index;
    touch->seen     = head->index.seq;
    touch->version  = version;
    touch->root     = head->root;
    touch->entities = head->entities;
    for (uint32_t n = 0; n < t->draft_count; n++) {
        es_draft *d = t->drafts[n];
        if (d->touch == number && d->owner != es_record_at(t->store, d->base)->owner && closes_circle(t, d))
            return conflict(t, d->id, touch, err);
    }
    return BURIN_OK;
}

static burin_status meet_heads(burin_txn *t, burin_conflict_mode mode, burin_commit_result *result, burin_error *err)
{
    if (t->reads_failed)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    for (uint32_t n = 1; n <= t->touch_count; n++) {
        es_touch   *touch = &t->touches[n - 1];
        es_version *entry;
        bool        drafted = false;
        uint32_t    head    = es_head_at(t->store, es_tree_at(t->store, touch->tree), UINT32_MAX, &entry);
        for (uint32_t d = 0; head != touch->version && d < t->draft_count; d++)
            drafted |= t->drafts[d]->touch == n;
        uint32_t stale = head != touch->version && !touch->is_past && !drafted && t->draft_count ? stale_read(t, n, touch->begun, entry->index) : 0;
        if (stale)
            return conflict(t, stale, touch, err);
        if (!drafted)
            continue;
        if (mode == BURIN_CONFLICT_FAIL)
            return conflict(t, 0, touch, err);
        burin_status status = rebase(t, n, entry, head, err);
        if (status)
            return status;
        result->rebased = true;
    }
    return BURIN_OK;
}

/* ---- 2. place ---- */

/* Everything directly below a draft becomes a draft. */
static burin_status open_children(burin_txn *t, const es_draft *d, burin_error *err)
{
    es_view      view, child;
    es_draft    *opened;
    burin_status status = BURIN_OK;
    es_txn_relative(t, d->touch, d->id, &view);
    for (int n = 0; (uint32_t)n < view.type->count && !status; n++) {
        burin_children children;
        if (!((view.type->children >> n) & 1))
            continue;
        status = es_view_children(t->store, &view, n, &children, err);
        for (size_t c = 0; c < children.count && !status; c++) {
            if (!es_txn_relative(t, d->touch, burin_children_id(&children, c), &child) || child.draft)
                continue;
            const es_touch *touch = &t->touches[child.touch - 1];
            if (touch->rebased && es_record_at(t->store, es_index_get(&t->store->memory, touch->begun, child.id)) != child.record)
                return conflict(t, child.id, touch, err);
            status = es_txn_open_view(t, &child, &opened, err);
        }
    }
    return status;
}

/* The root or loose entity above a draft, or the first on the way whose place is known. *between: there are drafts before it. NULL: a root without a draft, of the tree *touch. */
static es_draft *top_draft(const burin_txn *t, es_draft *d, uint32_t *touch, bool *between)
{
    es_view   view, above;
    es_draft *top = d;
    es_view_draft(t, d, &view);
    *between = false;
    while (!(top && top->flags & ES_PLACED) && es_txn_owner(t, &view, &above)) {
        *between |= top && top != d;
        view = above;
        top  = view.draft;
    }
    *touch = view.touch;
    return top;
}

/* What lies between a draft that is placed and the top goes there, too: so that a deep tree is not walked up again for each. */
static void place_between(const burin_txn *t, es_draft *d, const es_draft *top)
{
    es_view view, above;
    es_view_draft(t, d, &view);
    while (es_txn_owner(t, &view, &above) && (!above.draft || above.draft != top)) {
        if (above.draft) {
            above.draft->place = d->place;
            above.draft->flags |= ES_PLACED;
        }
        view = above;
    }
}

static burin_status find_place(burin_txn *t, es_draft *d, burin_error *err)
{
    uint32_t  touch;
    bool      between;
    es_draft *top = top_draft(t, d, &touch, &between);
    if (!top || (top->flags & (ES_ROOT | ES_PROMOTED | ES_PLACED)) == ES_ROOT) {
        d->place = touch;
    } else if (top->flags & ES_PLACED) {
        d->place = top->place;
    } else if (top->flags & ES_PROMOTED) {
        if (!top->place) {
            top->place = es_txn_found(t);
            if (!top->place)
                return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        }
        d->place = top->place;
    } else if (!top->touch && !(top->flags & ES_PARTIAL)) {
        return es_fail(err, BURIN_ERR_USAGE, "entity %u was created, but neither attached, promoted nor discarded", top->id);
    }
    d->flags |= ES_PLACED;
    if (between)
        place_between(t, d, top);
    return BURIN_OK;
}

static burin_status place(burin_txn *t, es_draft *d, burin_error *err)
{
    burin_status status = d->flags & ES_PLACED ? BURIN_OK : find_place(t, d, err);
    if (status == BURIN_OK && d->touch && d->place != d->touch) {
        d->flags |= ES_FOREIGN;
        return open_children(t, d, err);
    }
    return status;
}

/* ---- 3. write ---- */

bool es_touch_note(const burin_store *s, es_touch *touch, es_change change)
{
    if (touch->change_count == touch->change_cap) {
        uint32_t   cap     = touch->change_cap ? 2 * touch->change_cap : 32;
        es_change *changes = s->alloc.resize(s->alloc.user, touch->changes, touch->change_cap * sizeof *changes, cap * sizeof *changes);
        if (!changes)
            return false;
        touch->changes    = changes;
        touch->change_cap = cap;
    }
    touch->changes[touch->change_count++] = change;
    touch->changed                        = true;
    return true;
}

static void note_change(burin_txn *t, es_touch *touch, es_change change)
{
    if (!es_touch_note(t->store, touch, change))
        t->writer.failed = true;
}

static es_writer *write_to(burin_txn *t, es_touch *touch)
{
    t->writer.dead   = &touch->dead;
    t->writer.shared = touch->fork_seq;
    return &t->writer;
}

void es_retire_cell(es_writer *w, burin_attribute_kind kind, uint64_t cell)
{
    if (es_is_owning(kind))
        es_retire_list(w, (es_ref)cell, kind == BURIN_CHILD_DICT_ATTRIBUTE);
    else if (cell)
        es_retire(w, (es_ref)cell, es_bytes_size(es_at(w->m, (es_ref)cell)));
}

void es_retire_record(es_writer *w, const burin_store *s, es_ref ref)
{
    const es_record *r    = es_record_at(s, ref);
    const es_type   *type = es_type_at(s, r->type);
    for (uint32_t n = 0; n < type->count; n++) {
        if ((type->blocks >> n) & 1)
            es_retire_cell(w, type->attributes[n].kind, r->cells[n]);
    }
    if (r->origins)
        es_retire(w, r->origins, es_origins_size(es_at(&s->memory, r->origins)));
    es_retire(w, ref, es_record_size(type));
}

static void leave(burin_txn *t, const es_draft *d)
{
    es_touch  *touch = &t->touches[d->touch - 1];
    es_writer *w     = write_to(t, touch);
    es_index_put(w, &touch->index, d->id, 0);
    es_retire_record(w, t->store, d->base);
    note_change(t, touch, (es_change){d->id, BURIN_REMOVED, 0});
    touch->entities--;
    if (touch->root == d->id)
        touch->root = 0;
}

static burin_status enter(burin_txn *t, es_draft *d, burin_error *err)
{
    es_touch  *touch = &t->touches[d->place - 1];
    es_writer *w     = write_to(t, touch);
    if (d->touch && es_index_get(&t->store->memory, touch->index, d->id))
        return es_fail(err, BURIN_ERR_VALUE, "entity %u is in tree %u already, from which the other was forked", d->id, touch->tree);
    if (d->owner == 0)
        touch->root = touch->index.top = d->id;
    es_encode(t, w, d, touch->version + 1, UINT64_MAX);
    note_change(t, touch, (es_change){d->id, BURIN_ADDED, 0});
    touch->entities++;
    return BURIN_OK;
}

static void stay(burin_txn *t, es_draft *d, bool force)
{
    es_touch        *touch  = &t->touches[d->place - 1];
    es_writer       *w      = write_to(t, touch);
    const es_record *base   = es_record_at(t->store, d->base);
    es_change        change = {d->id, BURIN_TOUCHED, es_draft_differs(t, d)};
    if (d->owner != base->owner || d->field != base->field)
        change.what = BURIN_MOVED;
    else if (change.attributes)
        change.what = BURIN_MODIFIED;
    else if (!force || !(d->flags & ES_SET))
        return;
    es_encode(t, w, d, touch->version + 1, change.attributes);
    note_change(t, touch, change);
}

static burin_status write_drafts(burin_txn *t, bool force, burin_error *err)
{
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < t->draft_count; n++) { /* leaving first, so that nothing that enters meets what leaves */
        if (t->drafts[n]->flags & ES_FOREIGN)
            leave(t, t->drafts[n]);
    }
    for (uint32_t n = 0; n < t->draft_count && !status; n++) {
        es_draft *d = t->drafts[n];
        if (!d->place)
            continue;
        if (d->touch && !(d->flags & ES_FOREIGN))
            stay(t, d, force);
        else
            status = enter(t, d, err);
    }
    return status;
}

/* ---- 4. path ---- */

/* New records for the owners above a written draft, until one that has one. */
static void bump_owners(burin_txn *t, const es_draft *d)
{
    const burin_store *s     = t->store;
    es_touch          *touch = &t->touches[d->place - 1];
    es_writer         *w     = write_to(t, touch);
    for (uint32_t id = d->owner; id && !w->failed;) {
        es_ref           ref  = es_index_get(&s->memory, touch->index, id), copy;
        const es_record *old  = es_record_at(s, ref);
        size_t           size = es_record_size(es_type_at(s, old->type));
        if (old->birth == w->seq)
            return;
        es_record *made = es_make(w, size, &copy);
        if (!made)
            return;
        memcpy(&made->type, &old->type, size - offsetof(es_record, type));
        made->version = touch->version + 1;
        es_retire(w, ref, size);
        es_index_put(w, &touch->index, id, copy);
        note_change(t, touch, (es_change){id, BURIN_TOUCHED, 0});
        id = made->owner;
    }
}

/* ---- all of it ---- */

/* New trees get their numbers. */
static burin_status number_trees(burin_txn *t, burin_error *err)
{
    burin_status status  = BURIN_OK;
    uint32_t     founded = 0;
    for (uint32_t n = 0; n < t->touch_count && !status; n++) {
        es_touch *touch = &t->touches[n];
        touch->number   = touch->tree;
        if (!touch->tree)
            status = es_log_tree_number(t->store, ++founded, &touch->number, err);
    }
    return status;
}

/* Steps 2 to 5. */
static burin_status prepare(burin_txn *t, const burin_commit_options *options, burin_error *err)
{
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < t->draft_count && !status; n++) /* the list may grow on the way */
        status = place(t, t->drafts[n], err);
    for (uint32_t n = 0; n < t->touch_count; n++)
        t->touches[n].index = t->touches[n].base;
    if (status == BURIN_OK)
        status = write_drafts(t, options->force, err);
    for (uint32_t n = 0; n < t->draft_count && !status; n++) {
        if (t->drafts[n]->flags & ES_WRITTEN)
            bump_owners(t, t->drafts[n]);
    }
    if (status == BURIN_OK)
        status = number_trees(t, err);
    if (status == BURIN_OK)
        es_commit_versions(t, options);
    if (status == BURIN_OK && t->writer.failed)
        status = es_fail_memory(t->store, err);
    return status;
}

static void fill_result(const burin_txn *t, burin_commit_result *result)
{
    for (uint32_t n = 0; n < t->touch_count; n++) {
        const es_touch *touch = &t->touches[n];
        if (!touch->changed)
            continue;
        result->commit = t->writer.seq - 1;
        if (result->trees++ == 0) {
            result->tree    = touch->tree;
            result->version = touch->version + 1;
        }
        for (uint32_t c = 0; c < touch->change_count; c++)
            result->states += touch->changes[c].what != BURIN_REMOVED;
    }
}

/* What the new versions are, for where they are kept; nothing is visible yet. */
static burin_status log_versions(burin_txn *t, uint64_t *logged, burin_error *err)
{
    burin_store *s    = t->store;
    bool         good = true;
    for (uint32_t n = 0; n < t->touch_count && s->log && good; n++) {
        const es_touch *touch = &t->touches[n];
        es_kept         kept  = {.tree = touch->number, .version = touch->version + 1, .last = touch->version, .adjacent = true, .entry = touch->next.entry,
                                 .before = touch->tree ? es_version_entry(s, es_tree_at(s, touch->tree), touch->version) : NULL};
        if (touch->changed)
            good = (touch->tree || es_log_tree(s, touch->number, es_tree_at(s, touch->number))) && es_log_version(s, &kept);
    }
    return es_log_done(s, good, logged, err);
}

burin_status es_commit(burin_txn *t, const burin_commit_options *options, burin_commit_result *result, uint64_t *logged, burin_error *err)
{
    burin_store *s   = t->store;
    uint32_t     seq = atomic_load_explicit(&s->seq, memory_order_relaxed) + 1;
    *result          = (burin_commit_result){0};
    *logged          = 0;
    if (seq == UINT32_MAX)
        return es_fail(err, BURIN_ERR_LIMIT, "the store has made all the commits it can count");
    t->writer            = (es_writer){.m = &s->memory, .seq = seq, .made = {t->writer.made.items, 0, t->writer.made.cap},
                                       .noted = {t->writer.noted.items, 0, t->writer.noted.cap}, .dropped = {t->writer.dropped.items, 0, t->writer.dropped.cap}};
    bool         changed = false;
    burin_status status  = diag_check_text(err, options->note);
    if (status == BURIN_OK)
        status = es_log_ready(s, err);
    if (status == BURIN_OK)
        status = meet_heads(t, options->mode, result, err);
    if (status == BURIN_OK)
        status = prepare(t, options, err);
    for (uint32_t n = 0; n < t->touch_count && !status; n++)
        changed |= t->touches[n].changed;
    if (changed)
        status = log_versions(t, logged, err);
    if (status || !changed) {
        es_undo(&t->writer);
        return status;
    }
    es_commit_publish(t);
    s->rebases += result->rebased;
    fill_result(t, result);
    return BURIN_OK;
}
