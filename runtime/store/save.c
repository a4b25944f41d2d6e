/* Savepoints of a transaction.
 *
 * A draft that changes after a savepoint is first copied to a list, once for each savepoint; going back copies what is on the list back,
 * newest first, and forgets drafts that were opened since. What was only read stays. The copies die with the transaction's arena.
 * Always true: a draft with save >= t->save has its state at that savepoint on the list, or was not there then. */
#include "runtime/store/txn.h"

typedef struct es_saved {
    struct es_saved *next;
    es_draft        *draft, *copy;
} es_saved;

es_savepoint es_txn_save(burin_txn *t)
{
    es_savepoint point = {t->save, t->draft_count, t->saved};
    t->save            = ++t->saves;
    return point;
}

void es_txn_keep(burin_txn *t, es_savepoint point) { t->save = point.outer; }

static size_t draft_size(const burin_txn *t, const es_draft *d) { return sizeof *d + es_type_at(t->store, d->type)->count * sizeof *d->cells; }

/* Origins, and what says where a list of children begins, are changed in place, so the copy has its own; of the list itself no twig that is older than the
 * savepoint is. */
static bool copy_parts(burin_txn *t, es_draft *copy)
{
    const es_type *type = es_type_at(t->store, copy->type);
    for (uint32_t n = 0; n < type->count; n++) {
        if (!((copy->own >> n) & 1) || !es_is_owning(type->attributes[n].kind) || type->attributes[n].kind == BURIN_CHILD_ATTRIBUTE)
            continue;
        const es_children *list = (const es_children *)(uintptr_t)copy->cells[n]; // NOLINT: an own cell is a pointer
        es_children       *made = arena_alloc(&t->arena, sizeof *made);
        if (!made)
            return false;
        *made          = *list;
        made->keys     = NULL; /* which change in place, too */
        copy->cells[n] = (uintptr_t)made;
    }
    for (es_borrowed **at = &copy->borrowed; *at; at = &(*at)->next) {
        es_borrowed *made = arena_alloc(&t->arena, sizeof *made);
        if (!made)
            return false;
        *made = **at;
        *at   = made;
    }
    return true;
}

bool es_txn_remember(burin_txn *t, es_draft *d)
{
    size_t    size  = draft_size(t, d);
    es_saved *saved = arena_alloc(&t->arena, sizeof *saved);
    es_draft *copy  = arena_alloc(&t->arena, size);
    if (!saved || !copy)
        return false;
    memcpy(copy, d, size);
    if (!copy_parts(t, copy))
        return false;
    *saved   = (es_saved){t->saved, d, copy};
    t->saved = saved;
    d->save  = t->saves;
    return true;
}

es_since es_txn_since(const burin_txn *t, const es_savepoint *point) { return (es_since){point->drafts, t->saved, point->saved}; }

const es_draft *es_txn_next_changed(const burin_txn *t, es_since *since)
{
    if (since->draft < t->draft_count)
        return t->drafts[since->draft++];
    if (since->saved == since->last)
        return NULL;
    const es_draft *d = since->saved->draft;
    since->saved      = since->saved->next;
    return d;
}

void es_txn_back(burin_txn *t, es_savepoint point)
{
    for (; t->saved != point.saved; t->saved = t->saved->next)
        memcpy(t->saved->draft, t->saved->copy, draft_size(t, t->saved->copy));
    if (t->draft_count != point.drafts) {
        memset(t->table, 0, (t->mask + (size_t)1) * sizeof *t->table);
        t->draft_count = point.drafts;
        t->bloom       = 0;
        for (uint32_t n = 0; n < t->draft_count; n++) {
            uint32_t at = t->drafts[n]->id * 0x9E3779B1u >> 7;
            while (t->table[at & t->mask])
                at++;
            t->table[at & t->mask] = t->drafts[n];
            t->bloom |= (uint64_t)1 << (t->drafts[n]->id & 63);
        }
    }
    t->save = point.outer;
}
