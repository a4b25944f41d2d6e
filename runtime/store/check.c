/* Whether a version is a tree: every entity but the root is held by the one owner it names, at the place it names, and no owner is below
 * what it owns. Given that the version before is one, only what changed is looked at. See replay.h. */
#include "runtime/store/children.h"
#include "runtime/store/replay.h"

#include <stdlib.h>

typedef struct check {
    const burin_store *store;
    es_index           before, after;
    const es_change   *changes;
    uint32_t           count;
    uint8_t           *marks; /* one a change: CHECK_... */
    uint32_t           seen;  /* blocks that are not younger are of the version before */
    buf                come, gone; /* ids that an attribute holds now and did not, and the other way round; ascending */
    burin_error       *err;
} check;
enum { CHECK_HELD = 1, CHECK_OPEN = 2, CHECK_DONE = 4, CHECK_LET_GO = 8 };

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

/* ---- who holds whom: along what has changed ---- */

static size_t count_of(const buf *ids) { return ids->len / sizeof(uint32_t); }
static uint32_t *ids_of(const buf *ids) { return (uint32_t *)(void *)ids->data; }
static bool has(const buf *ids, uint32_t id) { return ids->len && bsearch(&id, ids->data, count_of(ids), sizeof id, by_number); }

static void note_edit(void *user, const es_edit *edit)
{
    check *c = user;
    for (uint32_t n = 0; n < edit->drop; n++)
        buf_append(&c->gone, (const char *)&edit->dropped[n].id, sizeof(uint32_t));
    for (uint32_t n = 0; n < edit->insert; n++)
        buf_append(&c->come, (const char *)&edit->inserted[n].id, sizeof(uint32_t));
}

static void sort_ids(const buf *ids)
{
    bool ascends = true;
    for (size_t n = 1; n < count_of(ids) && ascends; n++)
        ascends = ids_of(ids)[n - 1] < ids_of(ids)[n];
    if (!ascends)
        qsort(ids->data, count_of(ids), sizeof(uint32_t), by_number);
}

/* What an attribute has let go of, and what it holds since; false when memory is out. */
static bool list_differences(check *c, const es_type *type, int attribute, const es_record *old, const es_record *now)
{
    burin_attribute_kind kind = type->attributes[attribute].kind;
    uint64_t             a = old ? old->cells[attribute] : 0, b = now->cells[attribute];
    c->come.len = c->gone.len = 0;
    if (kind == BURIN_CHILD_ATTRIBUTE) {
        uint32_t before = (uint32_t)a, after = (uint32_t)b;
        note_edit(c, &(es_edit){0, before != 0, after != 0, &(es_item){.id = before}, &(es_item){.id = after}});
    } else if (!es_children_edits(c->store, (es_ref)a, (es_ref)b, c->seen, kind == BURIN_CHILD_DICT_ATTRIBUTE, note_edit, c)) {
        return false;
    }
    if (c->come.failed || c->gone.failed)
        return false;
    sort_ids(&c->come);
    sort_ids(&c->gone);
    return true;
}

static bool is_held_by(const es_record *child, const es_record *owner, int attribute)
{
    return child && child->owner == owner->id && child->field == attribute;
}

/* What an attribute holds since names it as its owner, once. */
static burin_status check_come(check *c, const es_record *owner, int attribute)
{
    const char *wants = es_type_at(c->store, owner->type)->attributes[attribute].entity_type;
    for (size_t n = 0; n < count_of(&c->come); n++) {
        uint32_t         id    = ids_of(&c->come)[n];
        const es_record *child = record_in(c, c->after, id);
        int64_t          at    = find(c, id);
        if (!is_held_by(child, owner, attribute))
            return wrong(c, id, "is not where its owner says");
        if (wants && strcmp(wants, es_type_at(c->store, child->type)->name) != 0)
            return wrong(c, id, "is of another type than its owner may hold");
        if ((n && ids_of(&c->come)[n - 1] == id) || (is_held_by(record_in(c, c->before, id), owner, attribute) && !has(&c->gone, id)))
            return wrong(c, id, "is held twice");
        if (at >= 0)
            c->marks[at] |= CHECK_HELD;
    }
    return BURIN_OK;
}

/* What it held before and holds no more has gone elsewhere. */
static burin_status check_gone(const check *c, const es_record *owner, int attribute)
{
    for (size_t n = 0; n < count_of(&c->gone); n++) {
        uint32_t id = ids_of(&c->gone)[n];
        int64_t  at = find(c, id);
        if (at >= 0)
            c->marks[at] |= CHECK_LET_GO;
        if (is_held_by(record_in(c, c->after, id), owner, attribute) && !has(&c->come, id))
            return wrong(c, id, "is held by nobody");
    }
    return BURIN_OK;
}

static burin_status check_attributes(check *c, const es_change *change, const es_record *old, const es_record *now)
{
    const es_type *type   = es_type_at(c->store, now->type);
    uint64_t       which  = type->children & (old ? change->attributes : UINT64_MAX);
    burin_status   status = BURIN_OK;
    for (int n = 0; (uint32_t)n < type->count && !status; n++) {
        if (!((which >> n) & 1))
            continue;
        if (!list_differences(c, type, n, old, now))
            return es_fail(c->err, BURIN_ERR_NOMEM, "out of memory");
        status = check_come(c, now, n);
        if (status == BURIN_OK)
            status = check_gone(c, now, n);
    }
    return status;
}

/* The owner that an entity has left is gone, or has let go of it. */
static burin_status check_left(const check *c, const es_record *old, uint32_t change)
{
    int64_t at = old->owner ? find(c, old->owner) : -1;
    if (!old->owner || (at >= 0 && c->changes[at].what == BURIN_REMOVED) || c->marks[change] & CHECK_LET_GO)
        return BURIN_OK;
    return wrong(c, old->id, "has left an owner that still holds it");
}

static burin_status check_removed(const check *c, const es_record *old)
{
    const es_type *type   = es_type_at(c->store, old->type);
    burin_status   status = BURIN_OK;
    for (int n = 0; (uint32_t)n < type->count && !status; n++) {
        burin_children held = {0};
        if ((type->children >> n) & 1)
            es_cell_children(c->store, type, old->cells, n, &held, NULL);
        for (size_t k = 0; k < held.count && !status; k++) {
            if (find(c, burin_children_id(&held, k)) < 0)
                status = wrong(c, burin_children_id(&held, k), "is left without an owner");
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
    }
    for (uint32_t n = 0; n < c->count && !status; n++) { /* who is held */
        const es_record *old = record_in(c, c->before, c->changes[n].id), *now = record_in(c, c->after, c->changes[n].id);
        bool             came = now && (!old || now->owner != old->owner || now->field != old->field);
        if (old && (!now || came))
            status = check_left(c, old, n);
        if (!status && came && now->owner && !(c->marks[n] & CHECK_HELD))
            status = wrong(c, now->id, "is not held by the owner it names");
        if (now && !status)
            status = check_way_up(c, now, root);
    }
    return status;
}

burin_status es_check_changes(const burin_store *s, es_index before, uint32_t seen, es_index after, uint32_t root, const es_change *changes, uint32_t count,
                              burin_error *err)
{
    check        c      = {.store = s, .before = before, .after = after, .changes = changes, .count = count, .seen = seen, .come = buf_make(&s->alloc),
                           .gone = buf_make(&s->alloc), .err = err};
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
    buf_deinit(&c.come);
    buf_deinit(&c.gone);
    return status;
}

/* ---- against a version before ---- */

typedef struct listing {
    const burin_store *store;
    es_change         *items;
    uint32_t           count, cap;
    uint32_t           entities; /* of the version */
} listing;

static int list_one(void *user, uint32_t id, es_ref old, es_ref now)
{
    listing *l = user;
    (void)id;
    if (l->count == l->cap) {
        const burin_allocator *alloc = &l->store->alloc;
        uint32_t               cap   = l->cap ? 2 * l->cap : 256;
        es_change *items = alloc->resize(alloc->user, l->items, l->cap * sizeof *items, (size_t)cap * sizeof *items);
        if (!items)
            return BURIN_ERR_NOMEM;
        l->items = items;
        l->cap   = cap;
    }
    l->entities += (now != 0) - (uint32_t)(old != 0);
    l->items[l->count++] = es_compare(l->store, es_record_at(l->store, old), es_record_at(l->store, now));
    return 0;
}

burin_status es_check_version(const burin_store *s, const es_version *before, const es_version *version, uint32_t *count, burin_error *err)
{
    listing      l      = {.store = s, .entities = before ? before->entities : 0};
    es_index     begun  = before ? before->index : (es_index){0};
    burin_status status = BURIN_OK;
    if (es_index_differ(&s->memory, begun, version->index, list_one, &l))
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK)
        status = es_check_changes(s, begun, before ? before->index.seq : 0, version->index, version->root, l.items, l.count, err);
    *count = l.entities;
    base_free(&s->alloc, l.items, l.cap * sizeof *l.items);
    return status;
}
