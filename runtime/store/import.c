/* A store from JSON. See burin/exchange.h.
 *
 * Each version's states are packed as they would be on disk and replayed, so that there is one way in, which checks everything. Who
 * owns whom is not in the JSON: it follows from the children that states list. Where the store is kept nothing is written until all of it is there. */
#include "burin/exchange.h"
#include "runtime/base/diag.h"
#include "runtime/store/data.h"
#include "runtime/store/plain.h"
#include "runtime/store/log.h"

#include <stdlib.h>

typedef struct listed_state {
    uint32_t    id;
    burin_value state;
} listed_state;

typedef struct held { /* a child, and where a state says it is */
    uint32_t child, owner, field;
} held;

typedef struct importer {
    burin_store  *store;
    burin_heap   *heap;  /* the JSON's values */
    es_version   *before;
    buf           states, holds; /* listed_state by id, held by child */
    buf           packed, data;
    uint32_t      version;
    burin_error  *err;
} importer;

static burin_status bad(const importer *x, const char *format, ...) BURIN_PRINTF(2, 3);
static burin_status bad(const importer *x, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_vfail(x->err, BURIN_ERR_DATA, NULL, 0, (span){0, 0}, format, args);
    va_end(args);
    return BURIN_ERR_DATA;
}

static int by_first(const void *a, const void *b) /* both structs begin with the number they are sorted by */
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* ---- who holds whom ---- */

static burin_status hold(importer *x, uint32_t owner, uint32_t field, burin_value child)
{
    held h = {child.kind == BURIN_INT && child.as.i > 0 && child.as.i <= UINT32_MAX ? (uint32_t)child.as.i : 0, owner, field};
    if (!h.child)
        return bad(x, "a child must be the number of an entity");
    buf_append(&x->holds, (const char *)&h, sizeof h);
    return BURIN_OK;
}

static const es_type *type_of(const importer *x, burin_value state)
{
    burin_value name  = burin_get(state, "type");
    burin_type  count = burin_store_type_count(x->store);
    for (burin_type n = 1; name.kind == BURIN_STRING && n <= count; n++) {
        if (text_is(burin_text_of(name), es_type_at(x->store, n)->name))
            return es_type_at(x->store, n);
    }
    return NULL;
}

static burin_status list_children(importer *x, uint32_t id, burin_value state)
{
    const es_type *type       = type_of(x, state);
    burin_value    attributes = burin_get(state, "attributes"), key, child;
    burin_status   status     = BURIN_OK;
    for (uint32_t n = 0; type && n < type->count && !status; n++) {
        burin_value value = burin_get(attributes, type->attributes[n].name);
        size_t      at    = 0;
        if (!((type->children >> n) & 1) || value.kind == BURIN_MISSING || value.kind == BURIN_NONE)
            continue;
        if (value.kind == BURIN_INT)
            status = hold(x, id, n, value);
        for (; value.kind == BURIN_LIST && at < burin_length(value) && !status; at++)
            status = hold(x, id, n, burin_at(value, at));
        while (value.kind == BURIN_DICT && !status && burin_next(value, &at, &key, &child))
            status = hold(x, id, n, child);
    }
    return status;
}

/* ---- packing ---- */

static burin_status pack_children(importer *x, const burin_attribute *a, burin_value value)
{
    burin_attribute_kind kind  = a->kind;
    uint8_t              wants = kind == BURIN_CHILD_DICT_ATTRIBUTE ? BURIN_DICT : BURIN_LIST;
    burin_value          key, child;
    size_t               at = 0, count = burin_length(value);
    if (kind == BURIN_CHILD_ATTRIBUTE) {
        if (value.kind != BURIN_INT && value.kind != BURIN_NONE && value.kind != BURIN_MISSING)
            return bad(x, "attribute '%s' must be the number of an entity, or null", a->name);
        es_put_number(&x->packed, value.kind == BURIN_INT ? (uint64_t)value.as.i : 0);
        return BURIN_OK;
    }
    if (value.kind == BURIN_MISSING) {
        es_put_number(&x->packed, 0);
        return BURIN_OK;
    }
    if (value.kind != wants)
        return bad(x, "attribute '%s' must be %s", a->name, wants == BURIN_DICT ? "an object of entities' numbers" : "a list of entities' numbers");
    es_put_number(&x->packed, count);
    for (; wants == BURIN_LIST && at < count; at++)
        es_put_number(&x->packed, (uint64_t)burin_at(value, at).as.i);
    while (wants == BURIN_DICT && burin_next(value, &at, &key, &child)) {
        es_put_number(&x->packed, (uint64_t)child.as.i);
        es_put_text(&x->packed, burin_text_of(key));
    }
    return BURIN_OK;
}

static burin_status pack_data(importer *x, burin_value value)
{
    burin_value  plain;
    burin_status status = es_from_plain(x->heap, value, &plain, x->err);
    x->data.len         = 0;
    if (status == BURIN_OK)
        status = es_data_encode(&x->data, plain, x->err);
    if (status == BURIN_OK)
        es_put_text(&x->packed, buf_text(&x->data));
    return status == BURIN_ERR_RECURSION ? BURIN_ERR_DATA : status;
}

/* A value that is not null. */
static burin_status pack_value(importer *x, const burin_attribute *a, burin_value v)
{
    double   real;
    uint64_t bits;
    switch (a->kind) {
    case BURIN_BOOL_ATTRIBUTE:
        es_put_number(&x->packed, v.kind == BURIN_BOOL && v.as.i);
        return v.kind == BURIN_BOOL ? BURIN_OK : bad(x, "attribute '%s' must be true or false", a->name);
    case BURIN_INT_ATTRIBUTE:
        es_put_number(&x->packed, (uint64_t)v.as.i << 1 ^ (uint64_t)(v.as.i >> 63));
        return v.kind == BURIN_INT ? BURIN_OK : bad(x, "attribute '%s' must be an integer of 64 bits", a->name);
    case BURIN_FLOAT_ATTRIBUTE:
        if (!es_plain_double(v, &real))
            return bad(x, "attribute '%s' must be a number", a->name);
        memcpy(&bits, &real, sizeof bits);
        buf_append(&x->packed, (const char *)&bits, sizeof bits);
        return BURIN_OK;
    case BURIN_TEXT_ATTRIBUTE:
        es_put_text(&x->packed, burin_text_of(v));
        return v.kind == BURIN_STRING ? BURIN_OK : bad(x, "attribute '%s' must be a text", a->name);
    case BURIN_DATA_ATTRIBUTE:
        return pack_data(x, v);
    default: /* REF */
        es_put_number(&x->packed, (uint64_t)v.as.i);
        return v.kind == BURIN_INT && v.as.i > 0 ? BURIN_OK : bad(x, "attribute '%s' must be the number of an entity", a->name);
    }
}

/* What an attribute that has no value is packed as. */
static void pack_unset(importer *x, burin_attribute_kind kind)
{
    static const char zero[8];
    if (kind == BURIN_FLOAT_ATTRIBUTE)
        buf_append(&x->packed, zero, sizeof zero);
    else
        es_put_number(&x->packed, 0);
}

static burin_status pack_attributes(importer *x, const es_type *type, burin_value attributes)
{
    uint64_t     nulls  = 0;
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < type->count; n++) {
        uint8_t kind = burin_get(attributes, type->attributes[n].name).kind;
        bool    null = kind == BURIN_NONE || kind == BURIN_MISSING;
        if (kind == BURIN_NONE && !(((type->optional | type->children) >> n) & 1))
            return bad(x, "attribute '%s' of '%s' may not be null", type->attributes[n].name, type->name);
        nulls |= (uint64_t)(null && ((type->optional & ~type->children) >> n & 1)) << n;
    }
    es_put_number(&x->packed, nulls);
    for (uint32_t n = 0; n < type->count && !status; n++) {
        const burin_attribute *a     = &type->attributes[n];
        burin_value            value = burin_get(attributes, a->name);
        if ((type->children >> n) & 1)
            status = pack_children(x, a, value);
        else if (value.kind == BURIN_NONE || value.kind == BURIN_MISSING)
            pack_unset(x, a->kind);
        else
            status = pack_value(x, a, value);
    }
    return status;
}

static burin_status pack_origins(importer *x, const es_type *type, burin_value origins)
{
    static const char *const keys[] = {"id", "tree", "version", "attribute"};
    burin_value              name, at;
    size_t                   n = 0;
    es_put_number(&x->packed, burin_length(origins));
    while (origins.kind == BURIN_DICT && burin_next(origins, &n, &name, &at)) {
        uint32_t attribute = 0;
        uint64_t number;
        while (attribute < type->count && !text_is(burin_text_of(name), type->attributes[attribute].name))
            attribute++;
        if (attribute == type->count)
            return bad(x, "an origin of an attribute that '%s' does not have", type->name);
        es_put_number(&x->packed, attribute);
        for (unsigned k = 0; k < 4; k++) {
            if (!es_plain_number(at, keys[k], 0, UINT32_MAX, 0, &number, x->err))
                return BURIN_ERR_DATA;
            es_put_number(&x->packed, number);
        }
    }
    return BURIN_OK;
}

/* Where the state's entity is: as a state of this version says, else where it was. */
static void pack_place(importer *x, uint32_t id)
{
    const held      *h    = x->holds.len ? bsearch(&id, x->holds.data, x->holds.len / sizeof *h, sizeof *h, by_first) : NULL;
    const es_record *base = x->before ? es_record_at(x->store, es_index_get(&x->store->memory, x->before->index, id)) : NULL;
    es_put_number(&x->packed, h ? h->owner : base ? base->owner : 0);
    es_put_number(&x->packed, h ? h->field : base ? base->field : 0);
}

static burin_status pack_state(importer *x, const listed_state *listed)
{
    burin_value    v    = listed->state, attributes, name, unused;
    const es_type *type = type_of(x, v);
    size_t         at   = 0;
    if (!type)
        return bad(x, "entity %u is of no known type", listed->id);
    attributes = burin_get(v, "attributes");
    while (burin_next(attributes, &at, &name, &unused)) {
        if (burin_type_find_attribute(x->store, burin_store_find_type(x->store, type->name), burin_text_of(name)) < 0)
            return bad(x, "'%s' has no attribute '%.*s'", type->name, (int)name.len, name.as.s);
    }
    es_put_number(&x->packed, burin_store_find_type(x->store, type->name));
    pack_place(x, listed->id);
    burin_status status = pack_attributes(x, type, attributes);
    return status ? status : pack_origins(x, type, burin_get(v, "origins"));
}

static burin_status pack_one(importer *x, const listed_state *listed, uint32_t last)
{
    uint64_t written;
    bool     removed = burin_get(listed->state, "removed").kind == BURIN_BOOL, touched = burin_get(listed->state, "touched").kind == BURIN_BOOL;
    if (!es_plain_number(listed->state, "written", 1, x->version, x->version, &written, x->err))
        return BURIN_ERR_DATA;
    es_put_number(&x->packed, listed->id - last);
    es_put_number(&x->packed, removed ? ES_PACKED_REMOVED : touched ? ES_PACKED_TOUCHED : ES_PACKED_STATE);
    if (!removed)
        es_put_number(&x->packed, x->version - written);
    return removed || touched ? BURIN_OK : pack_state(x, listed);
}

/* ---- versions ---- */

static burin_status list_states(importer *x, burin_value states)
{
    burin_status status = states.kind == BURIN_LIST ? BURIN_OK : bad(x, "a version must have a list of \"states\"");
    x->states.len = x->holds.len = 0;
    for (size_t n = 0; n < burin_length(states) && !status; n++) {
        listed_state one = {.state = burin_at(states, n)};
        uint64_t     id;
        if (!es_plain_number(one.state, "id", 1, UINT32_MAX, 0, &id, x->err))
            return BURIN_ERR_DATA;
        one.id = (uint32_t)id;
        buf_append(&x->states, (const char *)&one, sizeof one);
        status = list_children(x, one.id, one.state);
    }
    if (x->states.failed || x->holds.failed)
        return es_fail(x->err, BURIN_ERR_NOMEM, "out of memory");
    if (x->states.len)
        qsort(x->states.data, x->states.len / sizeof(listed_state), sizeof(listed_state), by_first);
    if (x->holds.len)
        qsort(x->holds.data, x->holds.len / sizeof(held), sizeof(held), by_first);
    return status;
}

static burin_status pack_states(importer *x, burin_value v)
{
    const listed_state *states = (const listed_state *)(const void *)x->states.data;
    uint64_t            root;
    burin_status        status = BURIN_OK;
    if (!es_plain_number(v, "root", 0, UINT32_MAX, 0, &root, x->err))
        return BURIN_ERR_DATA;
    x->packed.len = 0;
    es_put_number(&x->packed, root);
    for (size_t n = 0; n < x->states.len / sizeof *states && !status; n++) {
        if (n && states[n].id == states[n - 1].id)
            return bad(x, "entity %u is listed twice in one version", states[n].id);
        status = pack_one(x, &states[n], n ? states[n - 1].id : 0);
    }
    if (status == BURIN_OK && x->packed.failed)
        status = es_fail(x->err, BURIN_ERR_NOMEM, "out of memory");
    return status;
}

static burin_status import_version(importer *x, burin_value v, uint32_t last_id)
{
    uint64_t    tree, version, keeps, commit;
    burin_value note = burin_get(v, "note"), time_ns = burin_get(v, "time_ns");
    if (!es_plain_number(v, "tree", 1, x->store->tree_count, 0, &tree, x->err) || !es_plain_number(v, "version", 1, UINT32_MAX - 1, 0, &version, x->err) ||
        !es_plain_number(v, "keeps", 0, UINT32_MAX / 2, 0, &keeps, x->err) || !es_plain_number(v, "commit", 1, UINT32_MAX - 2, 0, &commit, x->err))
        return BURIN_ERR_DATA;
    x->version          = (uint32_t)version;
    x->before           = es_replay_before(x->store, (uint32_t)tree);
    burin_status status = list_states(x, burin_get(v, "states"));
    if (status == BURIN_OK)
        status = pack_states(x, v);
    if (status)
        return status;
    es_logged_version logged = {.tree = (uint32_t)tree, .version = x->version, .keeps = (uint32_t)keeps, .last_id = last_id, .commit = commit,
                                .time_ns = time_ns.kind == BURIN_INT ? time_ns.as.i : 0, .note = burin_text_of(note), .states = buf_text(&x->packed)};
    status = es_replay_version(x->store, &logged, x->err);
    if (status == BURIN_OK)
        es_replay_commit(x->store, commit);
    return status;
}

/* A tree of so many. Its number may be larger, as others may have gone, but trees that are not there must not cost more than those that are. */
static burin_status import_tree(importer *x, burin_value v, size_t trees)
{
    enum { GONE = 1 << 16, GONE_EACH = 64 };
    uint64_t       tree, parent_tree, parent_version, last, since, most = GONE + GONE_EACH * (uint64_t)trees;
    es_logged_tree logged;
    if (!es_plain_number(v, "tree", 1, most < UINT32_MAX ? most : UINT32_MAX, 0, &tree, x->err) || !es_plain_number(v, "parent_tree", 0, UINT32_MAX, 0, &parent_tree, x->err) ||
        !es_plain_number(v, "parent_version", 0, UINT32_MAX, 0, &parent_version, x->err) || !es_plain_number(v, "last", 0, UINT32_MAX, 0, &last, x->err) ||
        !es_plain_number(v, "since_time_ns", 0, INT64_MAX, 0, &since, x->err))
        return BURIN_ERR_DATA;
    logged = (es_logged_tree){(uint32_t)tree, (uint32_t)parent_tree, (uint32_t)parent_version, {(uint32_t)last, (int64_t)since}};
    return es_replay_tree(x->store, &logged, x->err);
}

static burin_status import_versions(importer *x, burin_value v, uint32_t last_id)
{
    burin_value  trees = burin_get(v, "trees"), versions = burin_get(v, "versions");
    burin_status status = BURIN_OK;
    for (size_t n = 0; n < burin_length(trees) && !status; n++)
        status = import_tree(x, burin_at(trees, n), burin_length(trees));
    for (size_t n = 0; n < burin_length(versions) && !status; n++)
        status = import_version(x, burin_at(versions, n), last_id);
    for (uint32_t tree = 1; tree <= x->store->tree_count && !status; tree++) {
        if (es_tree_at(x->store, tree)->is_listed && atomic_load(&es_tree_at(x->store, tree)->head) == 0)
            status = bad(x, "tree %u has no version", tree);
    }
    return status;
}

static burin_status import_all(importer *x, burin_value v)
{
    burin_value  types = burin_get(v, "types");
    uint64_t     ids, format;
    burin_status status = BURIN_OK;
    if (!es_plain_number(v, "burin_store", 1, 1, 0, &format, x->err) || !es_plain_number(v, "ids", 0, UINT32_MAX, 0, &ids, x->err))
        return BURIN_ERR_DATA;
    for (size_t n = 0; n < burin_length(types) && !status; n++)
        status = es_plain_define(x->store, burin_at(types, n), true, x->err);
    pthread_mutex_lock(&x->store->lock);
    if (status == BURIN_OK)
        status = import_versions(x, v, (uint32_t)ids);
    pthread_mutex_unlock(&x->store->lock);
    return status;
}

burin_status burin_store_import(burin_store *store, burin_text json, burin_error *err)
{
    importer     x = {.store = store, .heap = burin_heap_new(&store->alloc), .states = buf_make(&store->alloc), .holds = buf_make(&store->alloc),
                      .packed = buf_make(&store->alloc), .data = buf_make(&store->alloc), .err = err};
    burin_value  v;
    burin_status status = x.heap ? BURIN_OK : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK)
        status = es_log_ready(store, err);
    if (status == BURIN_OK && (store->tree_count || store->type_count))
        status = es_fail(err, BURIN_ERR_USAGE, "a store is imported into an empty one");
    if (status == BURIN_OK)
        status = burin_json_read(x.heap, json, true, &v, err);
    if (status == BURIN_OK)
        status = import_all(&x, v);
    burin_heap_free(x.heap);
    buf_deinit(&x.states);
    buf_deinit(&x.holds);
    buf_deinit(&x.packed);
    buf_deinit(&x.data);
    if (status == BURIN_OK && store->log)
        status = burin_store_compact(store, err);
    return status;
}
