/* Entity types: declaring and finding them, and what their attributes' cells refer to. */
#include "runtime/store/children.h"
#include "runtime/base/diag.h"
#include "runtime/store/data.h"
#include "runtime/store/log.h"
#include "runtime/store/txn.h"

static const char *const kind_names[] = {
#define ATTRIBUTE(NAME, name, meaning) name,
#include "burin/attribute.def"
#undef ATTRIBUTE
};

const char *es_kind_name(burin_attribute_kind kind) { return kind_names[kind]; }

/* ---- declaring ---- */

static bool is_identifier(const char *name)
{
    const char *p = name;
    for (; *p; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_';
        if (!letter && (p == name || *p < '0' || *p > '9'))
            return false;
    }
    return p != name;
}

static char *copy_name(const burin_store *s, const char *name)
{
    size_t size = strlen(name) + 1;
    char  *copy = base_alloc(&s->alloc, size);
    return copy ? memcpy(copy, name, size) : NULL;
}

static void free_name(const burin_store *s, const char *name)
{
    if (name)
        base_free(&s->alloc, (void *)name, strlen(name) + 1); // NOLINT: ours, const for those who look
}

void es_type_free(burin_store *s, es_type *type)
{
    for (uint32_t n = 0; type->attributes && n < type->count; n++) {
        free_name(s, type->attributes[n].name);
        free_name(s, type->attributes[n].entity_type);
    }
    base_free(&s->alloc, type->attributes, type->count * sizeof *type->attributes);
    free_name(s, type->name);
    base_free(&s->alloc, type, sizeof *type);
}

static burin_status check(const char *name, const burin_attribute *attributes, size_t count, burin_error *err)
{
    if (!is_identifier(name))
        return es_fail(err, BURIN_ERR_VALUE, "'%s' cannot be the name of a type", name);
    if (count > BURIN_ATTRIBUTES_MAX)
        return es_fail(err, BURIN_ERR_LIMIT, "a type has at most %d attributes", BURIN_ATTRIBUTES_MAX);
    for (size_t n = 0; n < count; n++) {
        const burin_attribute *a = &attributes[n];
        if (!is_identifier(a->name))
            return es_fail(err, BURIN_ERR_VALUE, "'%s' cannot be the name of an attribute", a->name);
        if ((unsigned)a->kind >= BURIN_ATTRIBUTE_KIND_COUNT)
            return es_fail(err, BURIN_ERR_VALUE, "attribute '%s' is of no kind", a->name);
        if (a->entity_type && a->kind != BURIN_REF_ATTRIBUTE && !es_is_owning(a->kind))
            return es_fail(err, BURIN_ERR_VALUE, "attribute '%s' holds no entities", a->name);
        for (size_t m = 0; m < n; m++) {
            if (strcmp(attributes[m].name, a->name) == 0)
                return es_fail(err, BURIN_ERR_VALUE, "there are two attributes '%s'", a->name);
        }
    }
    return BURIN_OK;
}

/* The kind of value that cells of an attribute hold; 0: children or data. */
static burin_kind tag_of(burin_attribute_kind kind)
{
    switch (kind) {
    case BURIN_BOOL_ATTRIBUTE:
        return BURIN_BOOL;
    case BURIN_INT_ATTRIBUTE:
    case BURIN_REF_ATTRIBUTE:
        return BURIN_INT;
    case BURIN_FLOAT_ATTRIBUTE:
        return BURIN_FLOAT;
    case BURIN_TEXT_ATTRIBUTE:
        return BURIN_STRING;
    default:
        return BURIN_MISSING;
    }
}

static es_type *copy_type(burin_store *s, const char *name, const burin_attribute *attributes, size_t count)
{
    es_type *type = base_alloc(&s->alloc, sizeof *type);
    if (!type)
        return NULL;
    *type      = (es_type){.name = copy_name(s, name), .count = (uint32_t)count};
    bool whole = type->name != NULL;
    if (count)
        type->attributes = base_alloc(&s->alloc, count * sizeof *attributes);
    whole = whole && (type->attributes || !count);
    for (size_t n = 0; n < count && type->attributes; n++) {
        burin_attribute *to   = &type->attributes[n];
        uint64_t         bit  = (uint64_t)1 << n;
        *to                   = attributes[n];
        to->name              = copy_name(s, to->name);
        to->entity_type       = to->entity_type ? copy_name(s, to->entity_type) : NULL;
        type->tags[n]         = (uint8_t)tag_of(to->kind);
        type->blocks |= es_is_block(to->kind) ? bit : 0;
        type->children |= es_is_owning(to->kind) ? bit : 0;
        type->optional |= to->optional || to->kind == BURIN_REF_ATTRIBUTE || to->kind == BURIN_DATA_ATTRIBUTE ? bit : 0;
        whole = whole && to->name && (!attributes[n].entity_type || to->entity_type);
    }
    if (whole)
        return type;
    es_type_free(s, type);
    return NULL;
}

burin_status es_define(burin_store *store, const char *name, const burin_attribute *attributes, size_t count, bool is_kept, burin_type *type, burin_error *err)
{
    burin_status status = check(name, attributes, count, err);
    if (status)
        return status;
    uint64_t logged = 0;
    pthread_mutex_lock(&store->lock);
    status = is_kept ? BURIN_OK : es_log_ready(store, err);
    if (status) {
        /* it says why */
    } else if (burin_store_find_type(store, name)) {
        status = es_fail(err, BURIN_ERR_VALUE, "there is a type '%s' already", name);
    } else if (store->type_count == BURIN_TYPES_MAX) {
        status = es_fail(err, BURIN_ERR_LIMIT, "a store has at most %d types", BURIN_TYPES_MAX);
    } else {
        es_type   *made   = copy_type(store, name, attributes, count);
        burin_type number = store->type_count + 1;
        store->types[number] = made;
        if (!made)
            status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        else if (!is_kept)
            status = es_log_done(store, es_log_type(store, number), &logged, err);
        if (status == BURIN_OK) {
            atomic_store_explicit(&store->type_count, number, memory_order_release);
            *type = number;
        } else {
            store->types[number] = NULL;
            if (made)
                es_type_free(store, made);
        }
    }
    pthread_mutex_unlock(&store->lock);
    return es_log_end(store, status, logged, err);
}

burin_status burin_store_define(burin_store *store, const char *name, const burin_attribute *attributes, size_t count, burin_type *type, burin_error *err)
{
    return es_define(store, name, attributes, count, false, type, err);
}

/* ---- finding ---- */

burin_type burin_store_find_type(const burin_store *store, const char *name)
{
    burin_type count = burin_store_type_count(store);
    for (burin_type n = 1; n <= count; n++) {
        if (strcmp(store->types[n]->name, name) == 0)
            return n;
    }
    return 0;
}

burin_type burin_store_type_count(const burin_store *store) { return atomic_load_explicit(&store->type_count, memory_order_acquire); }

static const es_type *type_or_null(const burin_store *s, burin_type type)
{
    return type == 0 || type > burin_store_type_count(s) ? NULL : s->types[type];
}

const char *burin_type_name_of(const burin_store *store, burin_type type)
{
    const es_type *found = type_or_null(store, type);
    return found ? found->name : NULL;
}

const burin_attribute *burin_type_attributes(const burin_store *store, burin_type type, size_t *count)
{
    const es_type *found = type_or_null(store, type);
    *count               = found ? found->count : 0;
    return found ? found->attributes : NULL;
}

int burin_type_find_attribute(const burin_store *store, burin_type type, burin_text name)
{
    const es_type *found = type_or_null(store, type);
    for (uint32_t n = 0; found && n < found->count; n++) {
        if (text_is(name, found->attributes[n].name))
            return (int)n;
    }
    return -1;
}

/* ---- cells ---- */

burin_status es_no_attribute(const es_type *type, int attribute, burin_error *err)
{
    return es_fail(err, BURIN_ERR_ATTRIBUTE, "'%s' has no attribute %d", type->name, attribute);
}

burin_status es_attribute_is(const es_type *type, int attribute, bool owning, burin_error *err)
{
    if ((unsigned)attribute >= type->count)
        return es_no_attribute(type, attribute, err);
    if (((type->children >> attribute) & 1) == owning)
        return BURIN_OK;
    return es_fail(err, BURIN_ERR_TYPE, owning ? "attribute '%s' of '%s' (%s) holds no children" : "attribute '%s' of '%s' (%s) is no plain value",
                   type->attributes[attribute].name, type->name, es_kind_name(type->attributes[attribute].kind));
}

burin_status es_cell_value(const burin_store *s, const es_type *type, uint64_t nulls, const uint64_t *cells, int attribute, burin_heap *heap,
                           burin_value *out, burin_error *err)
{
    if (BURIN_UNLIKELY((unsigned)attribute >= type->count || (type->children >> attribute) & 1))
        return es_attribute_is(type, attribute, false, err);
    uint64_t cell = cells[attribute];
    if ((nulls >> attribute) & 1) {
        *out = burin_none();
        return BURIN_OK;
    }
    if (type->tags[attribute]) {
        es_tagged_value(s, type->tags[attribute], cell, out);
        return BURIN_OK;
    }
    const es_bytes *bytes = cell ? es_at(&s->memory, (es_ref)cell) : NULL;
    return es_data_value(heap, bytes ? (burin_text){bytes->data, bytes->len} : (burin_text){NULL, 0}, out, err);
}

burin_status es_other_value(const burin_store *s, const es_record *r, int attribute, burin_heap *heap, burin_value *out, burin_error *err)
{
    return es_cell_value(s, s->types[r->type], r->nulls, r->cells, attribute, heap, out, err);
}

burin_status es_cell_children(const burin_store *s, const es_type *type, const uint64_t *cells, int attribute, burin_children *out, burin_error *err)
{
    if (BURIN_UNLIKELY((unsigned)attribute >= type->count || !((type->children >> attribute) & 1)))
        return es_attribute_is(type, attribute, true, err);
    burin_attribute_kind kind = type->attributes[attribute].kind;
    const uint64_t      *cell = &cells[attribute];
    if (kind == BURIN_CHILD_ATTRIBUTE) /* the low half of the cell is the id: little-endian */
        *out = (burin_children){.count = *cell != 0, .run = *cell != 0, .ids = (const uint32_t *)cell};
    else
        es_part_children(&s->memory, es_list_part(&s->memory, (es_ref)*cell), kind == BURIN_CHILD_DICT_ATTRIBUTE, out);
    return BURIN_OK;
}
