/* Differences: of two states of an entity, and of two versions of a tree.
 *
 * A version's change list says what it differs in from the one before; any two versions are compared through their
 * indexes, where shared parts are one pointer. Both give the same. */
#include "runtime/store/children.h"

static bool same_block(const burin_store *s, burin_attribute_kind kind, es_ref a, es_ref b)
{
    if (a == b)
        return true;
    if (!a || !b)
        return false;
    if (es_is_owning(kind))
        return es_same_children(&s->memory, es_list_part(&s->memory, a), es_list_part(&s->memory, b), kind == BURIN_CHILD_DICT_ATTRIBUTE);
    const es_bytes *x = es_at(&s->memory, a), *y = es_at(&s->memory, b);
    return x->len == y->len && memcmp(x->data, y->data, x->len) == 0;
}

es_change es_compare(const burin_store *s, const es_record *old, const es_record *new_)
{
    es_change change = {.id = (old ? old : new_)->id};
    if (!old || !new_) {
        change.what = old ? BURIN_REMOVED : BURIN_ADDED;
        return change;
    }
    const es_type *type = es_type_at(s, new_->type);
    for (uint32_t n = 0; n < type->count; n++) {
        uint64_t bit  = (uint64_t)1 << n;
        bool     same = ((old->nulls ^ new_->nulls) & bit) == 0 &&
                    (old->cells[n] == new_->cells[n] ||
                     ((type->blocks & bit) && same_block(s, type->attributes[n].kind, (es_ref)old->cells[n], (es_ref)new_->cells[n])));
        if (!same)
            change.attributes |= bit;
    }
    bool moved  = old->owner != new_->owner || old->field != new_->field;
    change.what = moved ? BURIN_MOVED : change.attributes ? BURIN_MODIFIED : BURIN_TOUCHED;
    return change;
}

typedef struct walk {
    const burin_store *store;
    burin_change_visit visit;
    void              *user;
} walk;

static int visit_pair(void *user, uint32_t id, es_ref old, es_ref new_)
{
    const walk  *w      = user;
    es_change    found  = es_compare(w->store, es_record_at(w->store, old), es_record_at(w->store, new_));
    burin_change change = {id, (burin_change_kind)found.what, found.attributes};
    return (int)w->visit(w->user, &change);
}

static burin_status visit_list(const burin_store *s, es_ref list, burin_change_visit visit, void *user)
{
    const es_changes *changes = list ? es_at(&s->memory, list) : NULL;
    burin_status      status  = BURIN_OK;
    for (uint32_t n = 0; changes && n < changes->count && !status; n++) {
        burin_change change = {changes->items[n].id, (burin_change_kind)changes->items[n].what, changes->items[n].attributes};
        status              = visit(user, &change);
    }
    return status;
}

burin_status burin_reader_diff(const burin_reader *reader, uint32_t old_tree, uint32_t old_version, uint32_t new_tree, uint32_t new_version,
                               burin_change_visit visit, void *user, burin_error *err)
{
    const burin_store *s = reader->store;
    es_version        *old, *new_;
    burin_status       status = es_find_version(s, reader->snapshot, old_tree, &old_version, &old, err);
    if (status == BURIN_OK)
        status = es_find_version(s, reader->snapshot, new_tree, &new_version, &new_, err);
    if (status)
        return status;
    if (old_tree == new_tree && old_version + 1 == new_version)
        return visit_list(s, new_->changes, visit, user);
    walk w = {s, visit, user};
    return (burin_status)es_index_differ(&s->memory, old->index, new_->index, visit_pair, &w);
}
