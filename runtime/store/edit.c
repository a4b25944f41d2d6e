/* What a transaction can do to entities: set and borrow values, attach, detach, promote, copy.
 *
 * Each operation checks everything before it changes anything, and takes its memory from the transaction's arena first, so that
 * a failed one leaves the overlay as it was (but for drafts that equal their base, which the commit does not count). */
#include "runtime/base/diag.h"
#include "runtime/store/data.h"
#include "runtime/store/txn.h"

static void *own_cell(const es_draft *d, int attribute)
{
    return (d->own >> attribute) & 1 ? (void *)(uintptr_t)d->cells[attribute] : NULL; // NOLINT: an own cell is a pointer
}

/* ---- values ---- */

static burin_status wrong_value(const es_type *type, int attribute, burin_value value, burin_error *err)
{
    return es_fail(err, BURIN_ERR_TYPE, "attribute '%s' of '%s' is %s, not %s", type->attributes[attribute].name, type->name,
                   es_kind_name(type->attributes[attribute].kind), burin_type_name(value));
}

/* A copy of bytes in the arena, to be a cell. */
static burin_status text_cell(burin_txn *t, burin_text bytes, uint64_t *cell, burin_error *err)
{
    if (bytes.len > UINT32_MAX / 2)
        return es_fail(err, BURIN_ERR_LIMIT, "a value of %zu bytes is too large for an entity", bytes.len);
    es_text *text = arena_alloc(&t->arena, sizeof *text + bytes.len);
    if (!text)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (bytes.len)
        memcpy(text + 1, bytes.data, bytes.len);
    *text = (es_text){(uint32_t)bytes.len, (const char *)(text + 1)};
    *cell = (uintptr_t)text;
    return BURIN_OK;
}

static burin_status ref_cell(burin_txn *t, const burin_attribute *attribute, int64_t id, uint64_t *cell, burin_error *err)
{
    burin_entity named = {(uint32_t)id, 0, 0};
    es_view      view;
    if (id <= 0 || id > UINT32_MAX || es_txn_view(t, named, &view, NULL))
        return es_fail(err, BURIN_ERR_KEY, "there is no entity %lld", (long long)id);
    if (attribute->entity_type && strcmp(attribute->entity_type, view.type->name) != 0)
        return es_fail(err, BURIN_ERR_TYPE, "attribute '%s' refers to '%s', not '%s'", attribute->name, attribute->entity_type, view.type->name);
    *cell = (uint64_t)id;
    return BURIN_OK;
}

/* A value as the cell of a plain attribute. *own: it points to memory of the transaction. */
static burin_status make_cell(burin_txn *t, const es_type *type, int attribute, burin_value v, uint64_t *cell, bool *own, burin_error *err)
{
    burin_attribute_kind kind = type->attributes[attribute].kind;
    double               real = v.kind == BURIN_INT ? (double)v.as.i : v.as.f;
    *own                      = false;
    switch (kind) {
    case BURIN_BOOL_ATTRIBUTE:
    case BURIN_INT_ATTRIBUTE:
        if (v.kind != (kind == BURIN_BOOL_ATTRIBUTE ? BURIN_BOOL : BURIN_INT))
            return wrong_value(type, attribute, v, err);
        *cell = (uint64_t)v.as.i;
        return BURIN_OK;
    case BURIN_FLOAT_ATTRIBUTE:
        if (v.kind != BURIN_FLOAT && v.kind != BURIN_INT)
            return wrong_value(type, attribute, v, err);
        memcpy(cell, &real, sizeof *cell);
        return BURIN_OK;
    case BURIN_TEXT_ATTRIBUTE: {
        if (v.kind != BURIN_STRING)
            return wrong_value(type, attribute, v, err);
        burin_status status = diag_check_text(err, burin_text_of(v));
        *own                = true;
        return status ? status : text_cell(t, burin_text_of(v), cell, err);
    }
    case BURIN_DATA_ATTRIBUTE: {
        buf          bytes  = buf_make(&t->store->alloc);
        burin_status status = es_data_encode(&bytes, v, err);
        *own                = true;
        if (status == BURIN_OK)
            status = text_cell(t, buf_text(&bytes), cell, err);
        buf_deinit(&bytes);
        return status;
    }
    default:
        return v.kind == BURIN_INT ? ref_cell(t, &type->attributes[attribute], v.as.i, cell, err) : wrong_value(type, attribute, v, err);
    }
}

static burin_status set(burin_txn *t, es_draft *d, int attribute, burin_value value, burin_error *err)
{
    const es_type *type   = es_type_at(t->store, d->type);
    uint64_t       cell   = 0, bit;
    bool           own    = false;
    burin_status   status = es_attribute_is(type, attribute, false, err);
    if (status)
        return status;
    bit = (uint64_t)1 << attribute;
    if (value.kind == BURIN_NONE) {
        if (!(type->optional & bit))
            return wrong_value(type, attribute, value, err);
    } else {
        status = make_cell(t, type, attribute, value, &cell, &own, err);
        if (status)
            return status;
    }
    d->cells[attribute] = cell;
    d->own              = own ? d->own | bit : d->own & ~bit;
    d->nulls            = value.kind == BURIN_NONE ? d->nulls | bit : d->nulls & ~bit;
    d->flags |= ES_SET;
    for (es_borrowed *b = d->borrowed; b; b = b->next) { /* what it was borrowed from before is forgotten */
        if (b->origin.attribute == (uint32_t)attribute)
            b->origin.source = 0;
    }
    return BURIN_OK;
}

burin_status burin_txn_set(burin_txn *txn, burin_entity entity, int attribute, burin_value value, burin_error *err)
{
    es_draft    *d;
    burin_status status = es_txn_open(txn, entity, &d, err);
    return status ? status : set(txn, d, attribute, value, err);
}

burin_status burin_txn_borrow(burin_txn *txn, burin_entity entity, int attribute, burin_entity lender, int lent, burin_error *err)
{
    es_draft    *d;
    es_view      from;
    burin_value  value;
    burin_heap  *heap   = NULL;
    burin_status status = es_txn_open(txn, entity, &d, err);
    if (status == BURIN_OK)
        status = es_txn_view(txn, lender, &from, err);
    if (status)
        return status;
    es_borrowed *note = arena_alloc(&txn->arena, sizeof *note);
    heap              = burin_heap_new(&txn->store->alloc);
    if (!note || !heap)
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK)
        status = burin_txn_get(txn, lender, lent, heap, &value, err);
    if (status == BURIN_OK)
        status = set(txn, d, attribute, value, err);
    if (status == BURIN_OK) {
        const es_touch *touch = from.touch ? &txn->touches[from.touch - 1] : NULL;
        note->origin = (es_origin){(uint32_t)attribute, lender.id, touch ? touch->tree : 0, touch ? touch->version : 0, (uint32_t)lent};
        note->next   = d->borrowed;
        d->borrowed  = note;
    }
    burin_heap_free(heap);
    return status;
}

/* ---- children ---- */

static es_editor editor_of(burin_txn *t) { return (es_editor){&t->store->memory, &t->arena, t->save, t->saves}; }

/* The children of an attribute, to be changed; NULL when memory is out. */
static es_children *own_children(burin_txn *t, es_draft *d, int attribute, burin_error *err)
{
    es_children *own = own_cell(d, attribute);
    if (own)
        return own;
    own = arena_alloc(&t->arena, sizeof *own);
    if (!own) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    *own = (es_children){.root  = es_list_part(&t->store->memory, (es_ref)d->cells[attribute]),
                         .keyed = es_type_at(t->store, d->type)->attributes[attribute].kind == BURIN_CHILD_DICT_ATTRIBUTE};
    d->cells[attribute] = (uintptr_t)own;
    d->own |= (uint64_t)1 << attribute;
    return own;
}

/* Take `id` out of what `owner` holds. */
static burin_status unlink_child(burin_txn *t, es_draft *owner, int field, uint32_t id, burin_error *err)
{
    burin_attribute_kind kind = es_type_at(t->store, owner->type)->attributes[field].kind;
    owner->flags |= ES_SET;
    if (kind == BURIN_CHILD_ATTRIBUTE) {
        owner->cells[field] = 0;
        return BURIN_OK;
    }
    es_children *list = own_children(t, owner, field, err);
    if (!list)
        return BURIN_ERR_NOMEM;
    es_editor editor = editor_of(t);
    uint32_t  near   = list->root.count > ES_LEAF_MAX ? es_seat_of(&t->store->homes, id) : 0;
    uint32_t  at     = es_children_find(editor.m, list->root, id, kind == BURIN_CHILD_SET_ATTRIBUTE, near);
    return es_children_remove(&editor, list, at) ? BURIN_OK : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
}

static burin_status detach(burin_txn *t, es_draft *d, burin_error *err)
{
    es_view   view, above;
    es_draft *owner;
    es_view_draft(t, d, &view);
    if (es_txn_owner(t, &view, &above)) {
        burin_status status = es_txn_open_view(t, &above, &owner, err);
        if (status == BURIN_OK)
            status = unlink_child(t, owner, d->field, d->id, err);
        if (status)
            return status;
    }
    d->owner = 0;
    d->field = 0;
    d->flags = (d->flags & ~(uint32_t)(ES_ROOT | ES_PROMOTED | ES_ATTACHED)) | ES_SET;
    return BURIN_OK;
}

burin_status burin_txn_detach(burin_txn *txn, burin_entity entity, burin_error *err)
{
    es_draft    *d;
    burin_status status = es_txn_open(txn, entity, &d, err);
    if (status)
        return status;
    if (d->owner == 0 && !(d->flags & ES_ROOT))
        return es_fail(err, BURIN_ERR_VALUE, "entity %u has no owner", d->id);
    return detach(txn, d, err);
}

burin_status burin_txn_discard(burin_txn *txn, burin_entity entity, burin_error *err)
{
    es_draft    *d;
    burin_status status = es_txn_open(txn, entity, &d, err);
    if (status == BURIN_OK && (d->owner || d->flags & ES_ROOT))
        status = detach(txn, d, err);
    if (status == BURIN_OK)
        d->flags |= ES_PARTIAL;
    return status;
}

burin_status burin_txn_promote(burin_txn *txn, burin_entity entity, burin_error *err)
{
    es_draft    *d;
    burin_status status = es_txn_open(txn, entity, &d, err);
    if (status)
        return status;
    if (d->flags & ES_ROOT)
        return es_fail(err, BURIN_ERR_VALUE, "entity %u is a root already", d->id);
    if (d->owner)
        status = detach(txn, d, err);
    if (status == BURIN_OK)
        d->flags = (d->flags & ~(uint32_t)ES_PARTIAL) | ES_ROOT | ES_PROMOTED;
    return status;
}

static bool has_children(const burin_txn *t, const es_draft *d)
{
    for (uint64_t left = es_type_at(t->store, d->type)->children; left; left &= left - 1) {
        int                n   = __builtin_ctzll(left);
        const es_children *own = (es_type_at(t->store, d->type)->blocks >> n) & 1 ? own_cell(d, n) : NULL;
        if (own ? own->root.count != 0 : d->cells[n] != 0)
            return true;
    }
    return false;
}

bool es_txn_is_above(const burin_txn *t, const es_draft *d, es_draft *owner)
{
    es_view view, above;
    bool    go = has_children(t, d); /* what is built from the top down is not walked up again for each */
    es_view_draft(t, owner, &view);
    while (go && view.id != d->id && es_txn_owner(t, &view, &above))
        view = above;
    return view.id == d->id;
}

static bool has_key(burin_txn *t, const es_draft *owner, int attribute, burin_text key)
{
    es_editor    editor = editor_of(t);
    es_children *own    = own_cell(owner, attribute);
    return own ? es_children_has_key(&editor, own, key) : es_list_has_key(editor.m, es_list_part(editor.m, (es_ref)owner->cells[attribute]), key);
}

static burin_status check_place(burin_txn *t, const es_draft *owner, int attribute, size_t index, burin_text key, const burin_children *now, burin_error *err)
{
    const burin_attribute *a = &es_type_at(t->store, owner->type)->attributes[attribute];
    switch (a->kind) {
    case BURIN_CHILD_ATTRIBUTE:
        return now->count ? es_fail(err, BURIN_ERR_VALUE, "attribute '%s' of entity %u has a child already", a->name, owner->id) : BURIN_OK;
    case BURIN_CHILD_LIST_ATTRIBUTE:
        if (index != BURIN_END && index > now->count)
            return es_fail(err, BURIN_ERR_INDEX, "index %zu is beyond the %zu children in '%s'", index, now->count, a->name);
        return BURIN_OK;
    case BURIN_CHILD_DICT_ATTRIBUTE:
        if (!key.data || key.len > UINT32_MAX / 2)
            return es_fail(err, BURIN_ERR_VALUE, "a child in '%s' needs a key", a->name);
        if (diag_check_text(err, key))
            return BURIN_ERR_UNICODE;
        if (has_key(t, owner, attribute, key))
            return es_fail(err, BURIN_ERR_VALUE, "there is a child '%.*s' in '%s' already", (int)key.len, key.data, a->name);
        return BURIN_OK;
    default:
        return BURIN_OK;
    }
}

/* Why `child` cannot go there; BURIN_OK when it can. */
static burin_status check_attach(burin_txn *t, const es_draft *child, es_draft *owner, int attribute, size_t index, burin_text key, burin_error *err)
{
    es_view        view;
    burin_children now;
    const es_type *type   = es_type_at(t->store, owner->type);
    burin_status   status = es_attribute_is(type, attribute, true, err);
    if (status)
        return status;
    const char *wanted = type->attributes[attribute].entity_type, *given = es_type_at(t->store, child->type)->name;
    if (wanted && strcmp(wanted, given) != 0)
        return es_fail(err, BURIN_ERR_TYPE, "attribute '%s' of '%s' holds '%s', not '%s'", type->attributes[attribute].name, type->name, wanted, given);
    if (es_txn_is_above(t, child, owner))
        return es_fail(err, BURIN_ERR_VALUE, "entity %u cannot own itself (a circle through entity %u)", child->id, owner->id);
    if (child->owner)
        return es_fail(err, BURIN_ERR_VALUE, "entity %u is shared: entity %u owns it already", child->id, child->owner);
    es_txn_relative(t, owner->touch, owner->id, &view);
    status = es_view_children(t->store, &view, attribute, &now, err);
    return status ? status : check_place(t, owner, attribute, index, key, &now, err);
}

static burin_status link_child(burin_txn *t, es_draft *owner, int attribute, uint32_t id, size_t index, burin_text key, burin_error *err)
{
    burin_attribute_kind kind = es_type_at(t->store, owner->type)->attributes[attribute].kind;
    if (kind == BURIN_CHILD_ATTRIBUTE) {
        owner->cells[attribute] = id;
        owner->flags |= ES_SET;
        return BURIN_OK;
    }
    burin_text   copy = {kind == BURIN_CHILD_DICT_ATTRIBUTE ? arena_copy(&t->arena, key) : "", key.len};
    es_children *list = own_children(t, owner, attribute, err);
    if (!copy.data)
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (!list)
        return BURIN_ERR_NOMEM;
    es_editor editor = editor_of(t);
    uint32_t  at     = kind == BURIN_CHILD_SET_ATTRIBUTE                            ? es_children_place(editor.m, list->root, id)
                       : kind == BURIN_CHILD_LIST_ATTRIBUTE && index != BURIN_END ? (uint32_t)index
                                                                                    : list->root.count; /* a dict's new child stands at its end */
    if (!es_children_insert(&editor, list, at, id, copy))
        return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (list->root.count > ES_LEAF_MAX)
        es_seat_put(&t->store->homes, id, at);
    owner->flags |= ES_SET;
    return BURIN_OK;
}

burin_status burin_txn_attach(burin_txn *txn, burin_entity child, burin_entity owner, int attribute, size_t index, burin_text key, burin_error *err)
{
    es_draft    *d, *o;
    burin_status status = es_txn_open(txn, child, &d, err);
    if (status == BURIN_OK)
        status = es_txn_open(txn, owner, &o, err);
    if (status == BURIN_OK)
        status = check_attach(txn, d, o, attribute, index, key, err);
    if (status == BURIN_OK)
        status = link_child(txn, o, attribute, d->id, index, key, err);
    if (status)
        return status;
    d->owner = o->id;
    d->field = (uint16_t)attribute;
    d->flags = (d->flags & ~(uint32_t)(ES_ROOT | ES_PROMOTED | ES_PARTIAL)) | ES_SET | ES_ATTACHED;
    return BURIN_OK;
}

/* ---- copies ---- */

typedef struct copying { /* an entity to be copied, and where its copy goes */
    struct copying *next;
    burin_entity    from, owner;
    uint32_t        touch;
    int             field;
    burin_text      key;
} copying;

/* The plain values of `from`, and its children as more to copy, first child first. */
static burin_status copy_one(burin_txn *t, const es_view *from, es_draft *to, copying **todo, burin_error *err)
{
    copying **end = todo;
    for (int n = 0; (uint32_t)n < from->type->count; n++) {
        uint64_t       bit = (uint64_t)1 << n;
        burin_children children;
        if (!(from->type->children & bit)) {
            if ((from->type->blocks & bit) && from->cells[n] && !(from->own & bit)) {
                const es_bytes *bytes  = es_at(&t->store->memory, (es_ref)from->cells[n]);
                burin_status    status = text_cell(t, (burin_text){bytes->data, bytes->len}, &to->cells[n], err);
                if (status)
                    return status;
                to->own |= bit;
            } else {
                to->cells[n] = from->cells[n];
                to->own |= from->own & bit;
            }
            to->nulls = (to->nulls & ~bit) | (from->nulls & bit);
            continue;
        }
        burin_status status = es_view_children(t->store, from, n, &children, err);
        for (size_t c = 0; c < children.count && !status; c++) {
            copying *more = arena_alloc(&t->arena, sizeof *more);
            if (!more)
                return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
            *more = (copying){*end, {burin_children_id(&children, c), 0, 0}, {to->id, 0, 0}, from->touch, n, burin_children_key(&children, c)};
            *end  = more;
            end   = &more->next;
        }
    }
    return BURIN_OK;
}

burin_status burin_txn_copy(burin_txn *txn, burin_entity entity, burin_entity *out, burin_error *err)
{
    es_view      view;
    burin_status status = es_txn_view(txn, entity, &view, err);
    copying      first  = {NULL, entity, {0}, view.touch, 0, {NULL, 0}}, *todo = &first;
    *out                = (burin_entity){0};
    while (todo && !status) {
        copying     *now = todo;
        burin_entity made;
        es_draft    *d;
        todo = now->next;
        if (now != &first)
            es_txn_relative(txn, now->touch, now->from.id, &view);
        status = burin_txn_create(txn, view.type_number, &made, err);
        if (status == BURIN_OK)
            status = es_txn_open(txn, made, &d, err);
        if (status == BURIN_OK)
            d->flags |= ES_PARTIAL;
        if (status == BURIN_OK)
            status = copy_one(txn, &view, d, &todo, err);
        if (status == BURIN_OK && now != &first)
            status = burin_txn_attach(txn, made, now->owner, now->field, BURIN_END, now->key, err);
        if (now == &first)
            *out = made;
    }
    if (status == BURIN_OK)
        es_txn_draft(txn, out->id)->flags &= ~(uint32_t)ES_PARTIAL;
    return status;
}
