/* What an address names: its steps walked through a reader's store or a transaction's overlay. */
#include "runtime/base/nearest.h"
#include "runtime/store/address.h"
#include "runtime/store/txn.h"

#include <stdarg.h>

typedef struct walk {
    const burin_store *store;
    burin_txn         *txn;      /* NULL: the store as it is at `snapshot` */
    uint32_t           snapshot;
    burin_heap        *heap;
    burin_text         text;     /* the whole address */
    const char        *at;       /* the step that is taken */
    es_view            view;     /* of out->entity */
    es_view            held;     /* of out->holder */
    burin_addressed   *out;
    burin_error       *err;
} walk;

static burin_status fail(const walk *w, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
static burin_status fail(const walk *w, burin_status status, const char *format, ...)
{
    source   src = {w->text, NULL};
    uint32_t at  = (uint32_t)(w->at - w->text.data);
    va_list  args;
    va_start(args, format);
    diag_vfail(w->err, status, &src, 1, (span){at, at}, format, args);
    va_end(args);
    return status;
}

/* The error of a function that does not know of the address, with the place added. */
static burin_status fail_as(const walk *w, burin_status status, burin_error *inner)
{
    fail(w, status, "%s", inner->message ? inner->message : burin_status_class(status));
    burin_error_clear(inner);
    return status;
}

/* ---- entities ---- */

static burin_status find(walk *w, burin_entity *entity, es_view *view, burin_error *err)
{
    const es_record *record;
    burin_status     status;
    if (w->txn) {
        status = es_txn_view(w->txn, *entity, view, err);
        if (status == BURIN_OK)
            *entity = (burin_entity){view->id, view->touch ? w->txn->touches[view->touch - 1].tree : 0, 0};
        return status;
    }
    status = es_find(w->store, w->snapshot, entity, &record, err);
    if (status == BURIN_OK)
        es_view_record(w->store, 0, record, view);
    return status;
}

static burin_status go_to(walk *w, burin_entity entity)
{
    burin_error  inner  = BURIN_ERROR_INIT;
    burin_status status = find(w, &entity, &w->view, &inner);
    if (status)
        return fail_as(w, status, &inner);
    w->out->what   = BURIN_ADDRESSED_ENTITY;
    w->out->entity = entity;
    return BURIN_OK;
}

static burin_status go_to_child(walk *w, uint32_t id)
{
    if (!w->txn)
        return go_to(w, (burin_entity){id, w->out->holder.tree, w->out->holder.version});
    if (!es_txn_relative(w->txn, w->held.touch, id, &w->view))
        return fail(w, BURIN_ERR_KEY, "there is no entity %u", id);
    w->out->what   = BURIN_ADDRESSED_ENTITY;
    w->out->entity = (burin_entity){id, w->view.touch ? w->txn->touches[w->view.touch - 1].tree : 0, 0};
    return BURIN_OK;
}

/* What a reference refers to: as it is beside its holder, else as it is now. */
static burin_status follow(walk *w, uint32_t id)
{
    burin_entity beside = {id, w->out->holder.tree, w->out->holder.version};
    if (!w->txn && find(w, &beside, &w->view, NULL) == BURIN_OK) {
        w->out->what   = BURIN_ADDRESSED_ENTITY;
        w->out->entity = beside;
        return BURIN_OK;
    }
    return go_to(w, (burin_entity){id, 0, 0});
}

/* ---- steps ---- */

static void suggest(const walk *w, burin_text name)
{
    const es_type *type = w->view.type;
    nearest        search;
    if (!w->err || !nearest_start(&search, name))
        return;
    for (uint32_t n = 0; n < type->count; n++)
        nearest_consider(&search, (burin_text){type->attributes[n].name, strlen(type->attributes[n].name)});
    nearest_suggest(&search, w->err);
}

static burin_status step_value(walk *w, burin_value value)
{
    w->out->what  = BURIN_ADDRESSED_VALUE;
    w->out->value = value;
    return BURIN_OK;
}

/* From an entity to one of its attributes. */
static burin_status step_attribute(walk *w, const es_step *step)
{
    burin_addressed *out  = w->out;
    const es_type   *type = w->view.type;
    int              n    = 0;
    if (step->kind != ES_STEP_NAME)
        return fail(w, BURIN_ERR_TYPE, "entity %u has attributes, neither places nor keys", out->entity.id);
    while ((uint32_t)n < type->count && !es_step_is(step, (burin_text){type->attributes[n].name, strlen(type->attributes[n].name)}))
        n++;
    if ((uint32_t)n == type->count) {
        fail(w, BURIN_ERR_ATTRIBUTE, "'%s' has no attribute '%.*s'", type->name, (int)step->text.len, step->text.data);
        suggest(w, step->text);
        return BURIN_ERR_ATTRIBUTE;
    }
    out->holder               = out->entity;
    out->attribute            = n;
    out->inside               = false;
    w->held                   = w->view;
    burin_attribute_kind kind = type->attributes[n].kind;
    if (es_is_owning(kind)) {
        burin_status status = es_view_children(w->store, &w->view, n, &out->children, w->err);
        out->what           = BURIN_ADDRESSED_CHILDREN;
        if (status || kind != BURIN_CHILD_ATTRIBUTE)
            return status;
        return out->children.count ? go_to_child(w, burin_children_id(&out->children, 0)) : step_value(w, burin_none());
    }
    burin_value  value;
    burin_error  inner  = BURIN_ERROR_INIT;
    burin_status status = es_view_get(w->store, &w->view, n, w->heap, &value, &inner);
    if (status)
        return fail_as(w, status, &inner);
    return kind == BURIN_REF_ATTRIBUTE && value.kind == BURIN_INT ? follow(w, (uint32_t)value.as.i) : step_value(w, value);
}

/* The place that an index names among `count`; false: it is out of range. */
static bool place_of(int64_t index, size_t count, size_t *place)
{
    int64_t n = index < 0 ? index + (int64_t)count : index;
    *place    = (size_t)n;
    return n >= 0 && n < (int64_t)count;
}

static burin_status no_place(const walk *w, const es_step *step, size_t count)
{
    return fail(w, BURIN_ERR_INDEX, "index %lld is out of the range of %zu", (long long)step->index, count);
}

static burin_status no_key(const walk *w, const es_step *step)
{
    return fail(w, BURIN_ERR_KEY, "there is no key '%.*s'", (int)step->text.len, step->text.data);
}

/* From an attribute's children to one of them. */
static burin_status step_child(walk *w, const es_step *step)
{
    const burin_attribute *a        = &w->held.type->attributes[w->out->attribute];
    burin_children        *children = &w->out->children;
    size_t                 place    = 0;
    w->out->inside                  = true;
    if (a->kind == BURIN_CHILD_LIST_ATTRIBUTE && step->kind == ES_STEP_INDEX) {
        if (!place_of(step->index, children->count, &place))
            return no_place(w, step, children->count);
    } else if (a->kind == BURIN_CHILD_DICT_ATTRIBUTE && step->kind != ES_STEP_INDEX) {
        while (place < children->count && !es_step_is(step, burin_children_key(children, place)))
            place++;
        if (place == children->count)
            return no_key(w, step);
    } else {
        return fail(w, BURIN_ERR_TYPE, "attribute '%s' (%s) is not entered so", a->name, es_kind_name(a->kind));
    }
    return go_to_child(w, burin_children_id(children, place));
}

/* From a value to one of its items. */
static burin_status step_item(walk *w, const es_step *step)
{
    burin_value value = w->out->value, key, item;
    size_t      place = 0;
    w->out->inside    = true;
    if ((value.kind == BURIN_LIST || value.kind == BURIN_TUPLE) && step->kind == ES_STEP_INDEX) {
        if (!place_of(step->index, burin_length(value), &place))
            return no_place(w, step, burin_length(value));
        return step_value(w, burin_at(value, place));
    }
    if (value.kind != BURIN_DICT)
        return fail(w, BURIN_ERR_TYPE, "a value of type '%s' is not entered so", burin_type_name(value));
    while (burin_next(value, &place, &key, &item)) {
        bool same = step->kind == ES_STEP_INDEX ? key.kind == BURIN_INT && key.as.i == step->index
                                                : key.kind == BURIN_STRING && es_step_is(step, burin_text_of(key));
        if (same)
            return step_value(w, item);
    }
    if (step->kind == ES_STEP_INDEX)
        return fail(w, BURIN_ERR_KEY, "there is no key %lld", (long long)step->index);
    return no_key(w, step);
}

static burin_status resolve(walk *w, burin_address address)
{
    es_step step;
    w->at               = w->text.data;
    burin_status status = go_to(w, address.entity);
    while (status == BURIN_OK && es_next_step(&address.path, &step)) {
        w->at = step.at;
        if (w->out->what == BURIN_ADDRESSED_ENTITY)
            status = step_attribute(w, &step);
        else if (w->out->what == BURIN_ADDRESSED_CHILDREN)
            status = step_child(w, &step);
        else
            status = step_item(w, &step);
    }
    return status;
}

burin_status burin_reader_resolve(const burin_reader *reader, burin_text address, burin_heap *heap, burin_addressed *out, burin_error *err)
{
    burin_address read;
    walk          w = {.store = reader->store, .snapshot = reader->snapshot, .heap = heap, .text = address, .out = out, .err = err};
    *out            = (burin_addressed){.attribute = -1};
    burin_status status = burin_address_read(address, &read, err);
    return status ? status : resolve(&w, read);
}

burin_status burin_reader_resolve_all(const burin_reader *reader, const burin_text *addresses, size_t count, burin_heap *heap, burin_addressed *out,
                                      size_t *bad, burin_error *err)
{
    burin_error  one    = BURIN_ERROR_INIT;
    burin_status status = BURIN_OK;
    size_t       n      = 0;
    while (n < count && !(status = burin_reader_resolve(reader, addresses[n], heap, &out[n], &one)))
        n++;
    if (status)
        es_fail(err, status, "%.*s: %s", (int)addresses[n].len, addresses[n].data, one.message ? one.message : "out of memory");
    if (status && bad)
        *bad = n;
    burin_error_clear(&one);
    return status;
}

burin_status burin_txn_resolve(burin_txn *txn, burin_text address, burin_heap *heap, burin_addressed *out, burin_error *err)
{
    burin_address read;
    walk          w = {.store = txn->store, .txn = txn, .snapshot = txn->snapshot, .heap = heap, .text = address, .out = out, .err = err};
    *out            = (burin_addressed){.attribute = -1};
    burin_status status = burin_address_read(address, &read, err);
    if (status)
        return status;
    if (read.entity.version)
        w.txn = NULL;
    return resolve(&w, read);
}

burin_status burin_txn_put(burin_txn *txn, burin_text address, burin_value value, burin_error *err)
{
    burin_address   read;
    burin_addressed found;
    burin_heap     *heap   = NULL;
    burin_status    status = burin_address_read(address, &read, err);
    if (status)
        return status;
    if (read.entity.version)
        return es_fail(err, BURIN_ERR_USAGE, "what an old version holds does not change");
    heap   = burin_heap_new(&txn->store->alloc);
    status = heap ? burin_txn_resolve(txn, address, heap, &found, err) : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK && (found.attribute < 0 || found.inside))
        status = es_fail(err, BURIN_ERR_TYPE, "'%.*s' is no attribute of an entity", (int)address.len, address.data);
    if (status == BURIN_OK)
        status = burin_txn_set(txn, found.holder, found.attribute, value, err);
    burin_heap_free(heap);
    return status;
}
