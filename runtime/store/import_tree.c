/* A tree from JSON, into a transaction. See burin/exchange.h. */
#include "burin/exchange.h"
#include "runtime/store/plain.h"
#include "runtime/store/txn.h"

#include <stdlib.h>

typedef struct imported {
    uint32_t     id; /* in the JSON */
    burin_entity made;
    burin_value  state;
} imported;

typedef struct tree_importer {
    burin_txn   *txn;
    burin_heap  *heap;
    buf          list; /* imported, by id */
    uint32_t     attached;
    burin_error *err;
} tree_importer;

static burin_status bad(const tree_importer *x, uint32_t id, const char *what) { return es_fail(x->err, BURIN_ERR_DATA, "entity %u %s", id, what); }

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const imported *)a)->id, y = ((const imported *)b)->id;
    return (x > y) - (x < y);
}

static size_t count_of(const tree_importer *x) { return x->list.len / sizeof(imported); }
static imported *item(const tree_importer *x, size_t n) { return (imported *)(void *)x->list.data + n; }

static imported *find(const tree_importer *x, burin_value id)
{
    imported key = {.id = id.kind == BURIN_INT && id.as.i > 0 && id.as.i <= UINT32_MAX ? (uint32_t)id.as.i : 0};
    return x->list.len ? bsearch(&key, x->list.data, count_of(x), sizeof key, by_id) : NULL;
}

/* ---- entities ---- */

static burin_status create(tree_importer *x, burin_value state)
{
    imported     one  = {.state = state};
    burin_value  name = burin_get(state, "type");
    burin_type   type = 0;
    uint64_t     id;
    burin_status status;
    if (!es_plain_number(state, "id", 1, UINT32_MAX, 0, &id, x->err))
        return BURIN_ERR_DATA;
    for (burin_type n = burin_store_type_count(x->txn->store); n > 0 && name.kind == BURIN_STRING; n--) {
        if (text_is(burin_text_of(name), es_type_at(x->txn->store, n)->name))
            type = n;
    }
    one.id = (uint32_t)id;
    if (!type)
        return bad(x, one.id, "is of no known type");
    status = burin_txn_create(x->txn, type, &one.made, x->err);
    if (status)
        return status;
    es_txn_draft(x->txn, one.made.id)->flags |= ES_PARTIAL; /* until all is well nobody misses it */
    buf_append(&x->list, (const char *)&one, sizeof one);
    return x->list.failed ? es_fail(x->err, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static burin_status create_all(tree_importer *x, burin_value states)
{
    burin_status status = BURIN_OK;
    for (size_t n = 0; n < burin_length(states) && !status; n++)
        status = create(x, burin_at(states, n));
    if (status == BURIN_OK && x->list.len)
        qsort(x->list.data, count_of(x), sizeof(imported), by_id);
    for (size_t n = 1; n < count_of(x) && !status; n++) {
        if (item(x, n)->id == item(x, n - 1)->id)
            status = bad(x, item(x, n)->id, "is listed twice");
    }
    return status;
}

/* ---- attributes ---- */

static burin_status set_plain(tree_importer *x, const imported *to, int attribute, burin_attribute_kind kind, burin_value value)
{
    burin_value  plain  = value;
    burin_status status = BURIN_OK;
    double       real;
    if (kind == BURIN_REF_ATTRIBUTE && find(x, value))
        plain = burin_int(find(x, value)->made.id);
    else if (kind == BURIN_FLOAT_ATTRIBUTE && es_plain_double(value, &real))
        plain = burin_float(real);
    else if (kind == BURIN_DATA_ATTRIBUTE)
        status = es_from_plain(x->heap, value, &plain, x->err);
    return status ? status : burin_txn_set(x->txn, to->made, attribute, plain, x->err);
}

/* What the JSON calls an entity that was made. */
static uint32_t name_of(const tree_importer *x, uint32_t made)
{
    size_t n = 0;
    while (n < count_of(x) && item(x, n)->made.id != made)
        n++;
    return n < count_of(x) ? item(x, n)->id : 0;
}

/* What burin_txn_attach would refuse naming entities that the JSON's author knows by other numbers. */
static burin_status check_place(const tree_importer *x, const imported *child, const imported *owner, const burin_attribute *attribute, bool taken)
{
    const es_draft *d = es_txn_draft(x->txn, child->made.id);
    if (es_txn_is_above(x->txn, d, es_txn_draft(x->txn, owner->made.id)))
        return es_fail(x->err, BURIN_ERR_DATA, "entity %u cannot own itself (a circle through entity %u)", child->id, owner->id);
    if (d->owner)
        return es_fail(x->err, BURIN_ERR_DATA, "entity %u is shared: entity %u owns it already", child->id, name_of(x, d->owner));
    if (taken)
        return es_fail(x->err, BURIN_ERR_DATA, "attribute '%s' of entity %u has a child already", attribute->name, owner->id);
    return BURIN_OK;
}

static burin_status attach(tree_importer *x, const imported *owner, int attribute, burin_value id, burin_text key)
{
    const es_draft        *d     = es_txn_draft(x->txn, owner->made.id);
    const burin_attribute *a     = &es_type_at(x->txn->store, d->type)->attributes[attribute];
    const imported        *child = find(x, id);
    if (!child)
        return bad(x, owner->id, "has a child that is not listed");
    burin_status status = check_place(x, child, owner, a, a->kind == BURIN_CHILD_ATTRIBUTE && d->cells[attribute]);
    x->attached++;
    return status ? status : burin_txn_attach(x->txn, child->made, owner->made, attribute, BURIN_END, key, x->err);
}

static burin_status attach_all(tree_importer *x, const imported *owner, int attribute, burin_value value)
{
    const burin_text no_key = {NULL, 0};
    burin_value      key, child;
    burin_status     status = BURIN_OK;
    size_t           at     = 0;
    if (value.kind == BURIN_INT)
        return attach(x, owner, attribute, value, no_key);
    for (; value.kind == BURIN_LIST && at < burin_length(value) && !status; at++)
        status = attach(x, owner, attribute, burin_at(value, at), no_key);
    while (value.kind == BURIN_DICT && !status && burin_next(value, &at, &key, &child))
        status = attach(x, owner, attribute, child, burin_text_of(key));
    return status;
}

static burin_status fill(tree_importer *x, const imported *to)
{
    burin_type     number     = burin_txn_type(x->txn, to->made);
    const es_type *type       = es_type_at(x->txn->store, number);
    burin_value    attributes = burin_get(to->state, "attributes"), name, value;
    burin_status   status     = BURIN_OK;
    size_t         at         = 0;
    while (!status && burin_next(attributes, &at, &name, &value)) {
        int n = burin_type_find_attribute(x->txn->store, number, burin_text_of(name));
        if (n < 0)
            status = es_fail(x->err, BURIN_ERR_DATA, "'%s' has no attribute '%.*s'", type->name, (int)name.len, name.as.s);
        else if ((type->children >> n) & 1)
            status = attach_all(x, to, n, value);
        else
            status = set_plain(x, to, n, type->attributes[n].kind, value);
    }
    return status;
}

/* ---- all of it ---- */

static burin_status import_states(tree_importer *x, burin_value v, burin_entity *root)
{
    burin_status    status = create_all(x, burin_get(v, "states"));
    const imported *top    = status ? NULL : find(x, burin_get(v, "root"));
    if (status == BURIN_OK && !top)
        status = es_fail(x->err, BURIN_ERR_DATA, "the root is not listed");
    for (size_t n = 0; n < count_of(x) && !status; n++)
        status = fill(x, item(x, n));
    if (status == BURIN_OK && (x->attached + 1 != count_of(x) || es_txn_draft(x->txn, top->made.id)->owner))
        status = es_fail(x->err, BURIN_ERR_DATA, "not all entities are below the root");
    if (status)
        return status;
    es_txn_draft(x->txn, top->made.id)->flags &= ~(uint32_t)ES_PARTIAL;
    *root = top->made;
    return BURIN_OK;
}

burin_status burin_tree_import(burin_txn *txn, burin_text json, burin_entity *root, burin_error *err)
{
    tree_importer x = {.txn = txn, .heap = burin_heap_new(&txn->store->alloc), .list = buf_make(&txn->store->alloc), .err = err};
    burin_value   v, types;
    uint64_t      format;
    burin_status  status = x.heap ? burin_json_read(x.heap, json, true, &v, err) : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    *root                = (burin_entity){0};
    if (status == BURIN_OK && !es_plain_number(v, "burin_tree", 1, 1, 0, &format, err))
        status = BURIN_ERR_DATA;
    types = status ? burin_missing() : burin_get(v, "types");
    for (size_t n = 0; n < burin_length(types) && !status; n++)
        status = es_plain_define(txn->store, burin_at(types, n), false, err);
    if (status == BURIN_OK)
        status = import_states(&x, v, root);
    burin_heap_free(x.heap);
    buf_deinit(&x.list);
    return status;
}
