/* Drafts to records: comparing what a draft holds with what it began as, and writing it. */
#include "runtime/store/commit.h"

static const void *own_of(const es_draft *d, uint32_t n) { return (const void *)(uintptr_t)d->cells[n]; } // NOLINT: an own cell is a pointer

/* ---- comparing ---- */

static bool same_bytes(const es_text *own, const es_bytes *base)
{
    return own->len == (base ? base->len : 0) && (own->len == 0 || memcmp(own->data, base->data, own->len) == 0);
}

uint64_t es_draft_differs(const burin_txn *t, const es_draft *d)
{
    const burin_store *s       = t->store;
    const es_type     *type    = es_type_at(s, d->type);
    const es_record   *base    = es_record_at(s, d->base);
    uint64_t           differs = d->nulls ^ base->nulls;
    for (uint32_t n = 0; n < type->count; n++) {
        uint64_t bit  = (uint64_t)1 << n;
        bool     same = d->cells[n] == base->cells[n];
        if (d->own & bit) {
            es_ref             block = (es_ref)base->cells[n];
            const es_children *own   = own_of(d, n);
            same = type->children & bit ? es_same_children(&s->memory, own->root, es_list_part(&s->memory, block), own->keyed)
                                        : same_bytes(own_of(d, n), block ? es_at(&s->memory, block) : NULL);
        }
        differs |= same ? 0 : bit;
    }
    return differs;
}

/* ---- writing ---- */

static uint64_t write_bytes(es_writer *w, const es_text *text)
{
    es_ref    ref;
    es_bytes *block = text->len ? es_make(w, sizeof *block + text->len, &ref) : NULL;
    if (!block)
        return 0;
    block->len = text->len;
    memcpy(block->data, text->data, text->len);
    return ref;
}

/* Bytes of another tree, for this one. */
static uint64_t copy_bytes(es_writer *w, es_ref from)
{
    es_ref    ref;
    size_t    size = es_bytes_size(es_at(w->m, from));
    es_bytes *made = es_make(w, size, &ref);
    if (!made)
        return 0;
    memcpy(&made->len, &((const es_bytes *)es_at(w->m, from))->len, size - offsetof(es_bytes, len));
    return ref;
}

/* Of a list that the record had, only what was changed is written and retired. */
static uint64_t write_children(es_writer *w, const es_draft *d, uint32_t n, bool keyed, bool fresh, uint64_t base)
{
    const es_children *own = (d->own >> n) & 1 ? own_of(d, n) : NULL;
    if (!own)
        return es_copy_list(w, (es_ref)d->cells[n], keyed);
    if (!fresh && own->anew)
        es_retire_list(w, (es_ref)base, keyed);
    return es_children_write(w, own, fresh || own->anew);
}

/* Where the values of the new record came from: what was borrowed now, and what was before and is still there. */
static es_ref write_origins(es_writer *w, const es_draft *d, const es_origins *old, uint64_t differs)
{
    es_origin items[BURIN_ATTRIBUTES_MAX];
    uint32_t  count = 0;
    uint64_t  seen  = 0;
    es_ref    ref;
    for (const es_borrowed *b = d->borrowed; b; b = b->next) {
        uint64_t bit = (uint64_t)1 << b->origin.attribute;
        if (b->origin.source && (differs & bit) && !(seen & bit))
            items[count++] = b->origin;
        seen |= bit;
    }
    for (uint32_t n = 0; old && n < old->count; n++) {
        if (!((differs >> old->items[n].attribute) & 1) || (d->flags & ES_FOREIGN && !((seen >> old->items[n].attribute) & 1)))
            items[count++] = old->items[n];
    }
    es_origins *block = count ? es_make(w, sizeof *block + count * sizeof *items, &ref) : NULL;
    if (!block)
        return 0;
    block->count = count;
    memcpy(block->items, items, count * sizeof *items);
    return ref;
}

static uint64_t write_cell(es_writer *w, const es_draft *d, const es_type *type, const es_record *base, uint32_t n, uint64_t differs)
{
    uint64_t             bit   = (uint64_t)1 << n;
    bool                 fresh = !base || (d->flags & ES_FOREIGN);
    burin_attribute_kind kind  = type->attributes[n].kind;
    if (!(type->blocks & bit))
        return d->cells[n];
    if (!fresh && !(differs & bit))
        return base->cells[n];
    if (es_is_owning(kind))
        return write_children(w, d, n, kind == BURIN_CHILD_DICT_ATTRIBUTE, fresh, base ? base->cells[n] : 0);
    if (!fresh)
        es_retire_cell(w, kind, base->cells[n]);
    if (d->own & bit)
        return write_bytes(w, own_of(d, n));
    return d->cells[n] ? copy_bytes(w, (es_ref)d->cells[n]) : 0;
}

void es_encode(burin_txn *t, es_writer *w, es_draft *d, uint32_t version, uint64_t differs)
{
    const burin_store *s     = t->store;
    const es_type     *type  = es_type_at(s, d->type);
    const es_record   *base  = es_record_at(s, d->base);
    bool               stays = base && !(d->flags & ES_FOREIGN);
    size_t             size  = es_record_size(type);
    es_ref             ref;
    es_record         *r = es_make(w, size, &ref);
    if (!r)
        return;
    r->type    = d->type;
    r->field   = d->field;
    r->id      = d->id;
    r->owner   = d->owner;
    r->version = version;
    r->nulls   = d->nulls;
    for (uint32_t n = 0; n < type->count; n++)
        r->cells[n] = write_cell(w, d, type, base, n, differs);
    const es_origins *old = base && base->origins ? es_at(&s->memory, base->origins) : NULL;
    if (stays && !d->borrowed && (!old || !differs)) {
        r->origins = base->origins;
    } else {
        r->origins = write_origins(w, d, old, differs);
        if (stays && old)
            es_retire(w, base->origins, es_origins_size(old));
    }
    if (stays)
        es_retire(w, d->base, size);
    es_index_put(w, &t->touches[d->place - 1].index, d->id, ref);
    d->flags |= ES_WRITTEN;
}
