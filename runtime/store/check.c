/* Whether a version is a tree: every entity but the root is held by the one owner it names, at the place it names, and no owner is below
 * what it owns. Given that the version before is one, only what changed is looked at. See replay.h. */
#include "runtime/store/replay.h"

#include <stdlib.h>

typedef struct check {
    const burin_store *store;
    es_index           before, after;
    const es_change   *changes;
    uint32_t           count;
    uint8_t           *marks; /* one a change: CHECK_... */
    uint32_t          *sorted;
    uint32_t           sorted_cap;
    burin_error       *err;
} check;
enum { CHECK_HELD = 1, CHECK_OPEN = 2, CHECK_DONE = 4 };

static burin_status wrong(const check *c, uint32_t id, const char *what) { return es_fail(c->err, BURIN_ERR_DATA, "entity %u %s", id, what); }

static const es_record *record_in(const check *c, es_index index, uint32_t id)
{
    return es_record_at(c->store, es_index_get(&c->store->memory, index, id));
}

/* Where an entity stands among the changes; -1: it has not changed. */
static int64_t find(const check *c, uint32_t id)
{
    uint32_t low = 0, high = c->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->changes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->count && c->changes[low].id == id ? (int64_t)low : -1;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The children of an attribute, ascending; false when memory is out. */
static bool sort_children(check *c, const burin_children *children)
{
    if (children->count > c->sorted_cap) {
        const burin_allocator *alloc  = &c->store->alloc;
        uint32_t               cap    = (uint32_t)children->count + 64;
        uint32_t *items = alloc->resize(alloc->user, c->sorted, c->sorted_cap * sizeof *items, cap * sizeof *items);
        if (!items)
            return false;
        c->sorted     = items;
        c->sorted_cap = cap;
    }
    bool ascends = true;
    for (size_t n = 0; n < children->count; n++) {
        c->sorted[n] = children->ids[n];
        ascends &= n == 0 || children->ids[n - 1] < children->ids[n];
    }
    if (!ascends)
        qsort(c->sorted, children->count, sizeof *c->sorted, by_number);
    return true;
}

/* Everything that an attribute of a changed entity holds names it as its owner, once. */
static burin_status check_held(check *c, const es_record *owner, int attribute, const burin_children *held)
{
    const char *wants = es_type_at(c->store, owner->type)->attributes[attribute].entity_type;
    for (size_t n = 0; n < held->count; n++) {
        const es_record *child = record_in(c, c->after, held->ids[n]);
        int64_t          at    = find(c, held->ids[n]);
        if (!child || child->owner != owner->id || child->field != attribute)
            return wrong(c, held->ids[n], "is not where its owner says");
        if (wants && strcmp(wants, es_type_at(c->store, child->type)->name) != 0)
            return wrong(c, held->ids[n], "is of another type than its owner may hold");
        if (at >= 0)
            c->marks[at] |= CHECK_HELD;
        if (n && c->sorted[n] == c->sorted[n - 1])
            return wrong(c, c->sorted[n], "is held twice");
    }
    return BURIN_OK;
}

/* What the attribute held before and holds no more has gone elsewhere. */
static burin_status check_let_go(const check *c, const es_record *owner, int attribute, const burin_children *before, size_t now)
{
    for (size_t n = 0; n < before->count; n++) {
        const es_record *child = record_in(c, c->after, before->ids[n]);
        if (child && child->owner == owner->id && child->field == attribute &&
            !(now && bsearch(&before->ids[n], c->sorted, now, sizeof *c->sorted, by_number)))
            return wrong(c, before->ids[n], "is held by nobody");
    }
    return BURIN_OK;
}

static burin_status check_attributes(check *c, const es_change *change, const es_record *old, const es_record *now)
{
    const es_type *type   = es_type_at(c->store, now->type);
    uint64_t       which  = type->children & (old ? change->attributes : UINT64_MAX);
    burin_status   status = BURIN_OK;
    for (int n = 0; (uint32_t)n < type->count && !status; n++) {
        burin_children held, before = {0};
        if (!((which >> n) & 1))
            continue;
        es_cell_children(c->store, type, now->cells, n, &held, NULL);
        if (old)
            es_cell_children(c->store, type, old->cells, n, &before, NULL);
        if (!sort_children(c, &held))
            return es_fail(c->err, BURIN_ERR_NOMEM, "out of memory");
        status = check_held(c, now, n, &held);
        if (status == BURIN_OK)
            status = check_let_go(c, now, n, &before, held.count);
    }
    return status;
}

/* The owner that an entity has left is gone, or no longer holds it. */
static burin_status check_left(const check *c, const es_record *old)
{
    int64_t at = old->owner ? find(c, old->owner) : -1;
    if (!old->owner || (at >= 0 && (c->changes[at].what == BURIN_REMOVED || (c->changes[at].attributes >> old->field) & 1)))
        return BURIN_OK;
    return wrong(c, old->id, "has left an owner that still holds it");
}

static burin_status check_removed(const check *c, const es_record *old)
{
    const es_type *type   = es_type_at(c->store, old->type);
    burin_status   status = check_left(c, old);
    for (int n = 0; (uint32_t)n < type->count && !status; n++) {
        burin_children held = {0};
        if ((type->children >> n) & 1)
            es_cell_children(c->store, type, old->cells, n, &held, NULL);
        for (size_t k = 0; k < held.count && !status; k++) {
            if (find(c, held.ids[k]) < 0)
                status = wrong(c, held.ids[k], "is left without an owner");
        }
    }
    return status;
}

/* From a changed entity up to the root, or to one that is known to be below it. */
static burin_status check_way_up(const check *c, const es_record *from, uint32_t root)
{
    const es_record *r = from;
    for (;;) {
        int64_t at = find(c, r->id);
        if (at >= 0 && c->marks[at] & CHECK_DONE)
            break;
        if (at >= 0 && c->marks[at] & CHECK_OPEN)
            return wrong(c, r->id, "is above itself");
        if (at >= 0)
            c->marks[at] |= CHECK_OPEN;
        if (r->owner == 0) {
            if (r->id != root)
                return wrong(c, r->id, "has no owner");
            break;
        }
        const es_record *owner = record_in(c, c->after, r->owner);
        if (!owner)
            return wrong(c, r->id, "has an owner that is not there");
        r = owner;
    }
    for (r = from; r; r = r->owner ? record_in(c, c->after, r->owner) : NULL) {
        int64_t at = find(c, r->id);
        if (at >= 0 && c->marks[at] & CHECK_DONE)
            break;
        if (at >= 0)
            c->marks[at] = (uint8_t)((c->marks[at] & ~CHECK_OPEN) | CHECK_DONE);
    }
    return BURIN_OK;
}

static burin_status check_all(check *c, uint32_t root)
{
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < c->count && !status; n++) { /* who holds whom */
        const es_record *old = record_in(c, c->before, c->changes[n].id), *now = record_in(c, c->after, c->changes[n].id);
        status = now ? check_attributes(c, &c->changes[n], old, now) : check_removed(c, old);
        if (status == BURIN_OK && now && old && (now->owner != old->owner || now->field != old->field))
            status = check_left(c, old);
    }
    for (uint32_t n = 0; n < c->count && !status; n++) { /* who is held */
        const es_record *old = record_in(c, c->before, c->changes[n].id), *now = record_in(c, c->after, c->changes[n].id);
        bool             came = now && (!old || now->owner != old->owner || now->field != old->field);
        if (came && now->owner && !(c->marks[n] & CHECK_HELD))
            status = wrong(c, now->id, "is not held by the owner it names");
        if (now && !status)
            status = check_way_up(c, now, root);
    }
    return status;
}

burin_status es_check_changes(const burin_store *s, es_index before, es_index after, uint32_t root, const es_change *changes, uint32_t count,
                              burin_error *err)
{
    check        c      = {.store = s, .before = before, .after = after, .changes = changes, .count = count, .err = err};
    burin_status status = BURIN_OK;
    c.marks             = count ? base_alloc(&s->alloc, count) : NULL;
    if (count && !c.marks)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (count)
        memset(c.marks, 0, count);
    const es_record *top = root ? record_in(&c, after, root) : NULL, *beside = before.top ? record_in(&c, after, before.top) : NULL;
    if (root && (!top || top->owner))
        status = wrong(&c, root, "is not the root");
    if (status == BURIN_OK && beside && beside->owner == 0 && beside->id != root)
        status = wrong(&c, beside->id, "is a second root");
    if (status == BURIN_OK)
        status = check_all(&c, root);
    base_free(&s->alloc, c.marks, count);
    base_free(&s->alloc, c.sorted, c.sorted_cap * sizeof *c.sorted);
    return status;
}

/* ---- a whole version ---- */

typedef struct listing {
    const burin_store *store;
    es_change         *items;
    uint32_t           count, cap;
} listing;

static int list_one(void *user, uint32_t id, es_ref old, es_ref now)
{
    listing *l = user;
    (void)old;
    (void)now;
    if (l->count == l->cap) {
        const burin_allocator *alloc = &l->store->alloc;
        uint32_t               cap   = l->cap ? 2 * l->cap : 256;
        es_change *items = alloc->resize(alloc->user, l->items, l->cap * sizeof *items, (size_t)cap * sizeof *items);
        if (!items)
            return BURIN_ERR_NOMEM;
        l->items = items;
        l->cap   = cap;
    }
    l->items[l->count++] = (es_change){id, BURIN_ADDED, 0};
    return 0;
}

burin_status es_check_version(const burin_store *s, es_index index, uint32_t root, uint32_t *count, burin_error *err)
{
    listing      l      = {.store = s};
    burin_status status = BURIN_OK;
    if (es_index_differ(&s->memory, (es_index){0}, index, list_one, &l))
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK)
        status = es_check_changes(s, (es_index){0}, index, root, l.items, l.count, err);
    *count = l.count;
    base_free(&s->alloc, l.items, l.cap * sizeof *l.items);
    return status;
}
