/* What a function gave: against its declaration, and as its transaction has it. */
#include "runtime/registry/registry.h"

burin_status burin_give(burin_invocation *call, burin_text key, burin_item item)
{
    const burin_allocator *alloc = &call->callable->registry->alloc;
    if (diag_check_text(call->err, key))
        return BURIN_ERR_UNICODE;
    if (call->item_count == call->item_cap) {
        size_t          cap  = call->item_cap ? 2 * call->item_cap : 8;
        burin_returned *more = alloc->resize(alloc->user, call->items, call->item_cap * sizeof *more, cap * sizeof *more);
        if (!more)
            return rg_no_memory(call->err);
        call->items    = more;
        call->item_cap = cap;
    }
    char *copy = key.len ? base_alloc(alloc, key.len) : NULL;
    if (key.len && !copy)
        return rg_no_memory(call->err);
    if (key.len)
        memcpy(copy, key.data, key.len);
    call->items[call->item_count++] = (burin_returned){item, {copy, key.len}, BURIN_SEMANTIC_VALUE};
    return BURIN_OK;
}

/* ---- what the call has changed ----
 *
 * The entities it changed and all above them, as a set that is made once a call: each draft is followed up to the first that is in it. */

static uint32_t *place_of(const rg_changed *set, uint32_t id)
{
    uint32_t at = id * 0x9E3779B1u >> 7;
    while (set->ids[at & set->mask] && set->ids[at & set->mask] != id)
        at++;
    return &set->ids[at & set->mask];
}

static bool grow(burin_invocation *call)
{
    rg_changed *set  = &call->changed, old = *set;
    uint32_t    size = old.ids ? 2 * (old.mask + 1) : 64;
    set->ids         = arena_alloc(&call->scratch, size * sizeof *set->ids);
    if (!set->ids)
        return false;
    memset(set->ids, 0, size * sizeof *set->ids);
    set->mask = size - 1;
    for (uint32_t n = 0; old.ids && n <= old.mask; n++) {
        if (old.ids[n])
            *place_of(set, old.ids[n]) = old.ids[n];
    }
    return true;
}

/* An entity, and what is above it. False when memory is out. */
static bool add_way_up(burin_invocation *call, const es_draft *d)
{
    rg_changed *set = &call->changed;
    es_view     above;
    uint32_t    id = d->id, touch = d->touch;
    for (;;) {
        if (2 * set->count > set->mask && !grow(call))
            return false;
        uint32_t *place = place_of(set, id);
        if (*place == id)
            return true;
        *place = id;
        set->count++;
        if (!es_txn_relative(call->txn, touch, id, &above) || !above.owner)
            return true;
        id    = above.owner;
        touch = above.touch;
    }
}

/* Whether the call, which shares its caller's transaction, has changed an entity or something below it. */
static burin_status is_changed(burin_invocation *call, uint32_t id, bool *is)
{
    if (!call->changed.ids) {
        const es_draft *d;
        es_since        since = es_txn_since(call->txn, &call->point);
        bool            good  = grow(call);
        while (good && (d = es_txn_next_changed(call->txn, &since)))
            good = add_way_up(call, d);
        if (!good)
            return rg_no_memory(call->err);
    }
    *is = *place_of(&call->changed, id) == id;
    return BURIN_OK;
}

/* What became of an entity; one that is nowhere becomes a root. */
static burin_status classify(burin_invocation *call, const es_view *view, burin_returned *r)
{
    burin_status    status  = BURIN_OK;
    const es_draft *d       = view->draft;
    bool            mutated = false;
    r->semantic             = BURIN_SEMANTIC_UNCHANGED;
    if (d && !d->owner && !(d->flags & ES_ROOT))
        status = burin_txn_promote(call->txn, r->item.entity, call->err);
    if (d && !d->touch)
        r->semantic = BURIN_SEMANTIC_CREATION;
    else if (d && d->flags & ES_PROMOTED)
        r->semantic = BURIN_SEMANTIC_DETACHMENT;
    else if (!call->owns_txn && !status) /* in a transaction of its own the commit tells */
        status = is_changed(call, view->id, &mutated);
    if (mutated)
        r->semantic = BURIN_SEMANTIC_MUTATION;
    return status;
}

static burin_status check_effect(burin_invocation *call, burin_semantic semantic)
{
    burin_effect effect = call->callable->info.effect;
    bool made = semantic == BURIN_SEMANTIC_CREATION, parted = semantic == BURIN_SEMANTIC_DETACHMENT;
    if ((effect == BURIN_EFFECT_MUTATES && (made || parted)) || (effect == BURIN_EFFECT_CREATES && !made) || (effect == BURIN_EFFECT_DETACHES && !parted))
        return es_fail(call->err, BURIN_ERR_TYPE, "%s() is declared '%s', but its result is %s", call->callable->info.name, burin_effect_name(effect),
                       made ? "new" : parted ? "a child it detached" : "an entity that stays where it was");
    return BURIN_OK;
}

/* Text that may be the transaction's goes to the heap. */
static burin_status keep_text(burin_invocation *call, burin_value *v)
{
    burin_heap *heap = call->options->heap;
    if (!call->txn || (v->kind != BURIN_STRING && v->kind != BURIN_BYTES))
        return BURIN_OK;
    if (!heap)
        return call->ends_txn ? es_fail(call->err, BURIN_ERR_USAGE, "%s(): a heap is needed for its result", call->callable->info.name) : BURIN_OK;
    uint8_t flags = v->flags;
    *v            = v->kind == BURIN_STRING ? burin_string(heap, v->as.s, v->len) : burin_bytes(heap, v->as.s, v->len);
    if (v->kind == BURIN_MISSING)
        return rg_no_memory(call->err);
    v->flags |= flags;
    return BURIN_OK;
}

static burin_status settle_one(burin_invocation *call, const burin_typing *typing, burin_returned *r)
{
    es_view      view;
    burin_status status;
    if (!r->item.entity.id) {
        status = rg_check(call, typing, &r->item, "result", "");
        return status ? status : keep_text(call, &r->item.value);
    }
    status = rg_check_entity(call, typing, &r->item, "result", "", &view);
    r->item.entity.version = 0; /* until it is known */
    if (status == BURIN_OK)
        status = classify(call, &view, r);
    return status ? status : check_effect(call, r->semantic);
}

burin_status rg_outcome(burin_invocation *call, burin_item *one, burin_result *result)
{
    const burin_callable_info *info = &call->callable->info;
    bool                       many = info->returns >= BURIN_RETURNS_TUPLE;
    burin_status               status = BURIN_OK;
    if (!many && call->item_count)
        return es_fail(call->err, BURIN_ERR_TYPE, "%s() gave several results, but declares one", info->name);
    if (info->returns == BURIN_RETURNS_TUPLE && call->item_count != info->result_count)
        return es_fail(call->err, BURIN_ERR_TYPE, "%s() gave %zu results, but declares %zu", info->name, call->item_count, info->result_count);
    if (info->returns == BURIN_RETURNS_NOTHING && (one->entity.id || one->value.kind != BURIN_NONE))
        return es_fail(call->err, BURIN_ERR_TYPE, "%s() gave a result, but declares none", info->name);
    result->one = (burin_returned){*one, {NULL, 0}, BURIN_SEMANTIC_VALUE};
    if (!many)
        return info->returns == BURIN_RETURNS_ONE ? settle_one(call, &info->results[0], &result->one) : BURIN_OK;
    for (size_t n = 0; n < call->item_count && !status; n++)
        status = settle_one(call, &info->results[info->returns == BURIN_RETURNS_TUPLE ? n : 0], &call->items[n]);
    return status;
}
