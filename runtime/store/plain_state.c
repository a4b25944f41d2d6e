/* States of entities and types as objects, and types back. See plain.h. */
#include "runtime/store/commit.h"
#include "runtime/store/plain.h"

/* ---- states ---- */

static burin_value plain_children(burin_heap *heap, const es_type *type, burin_children *held, int attribute)
{
    bool        keyed = type->attributes[attribute].kind == BURIN_CHILD_DICT_ATTRIBUTE;
    burin_value made  = keyed ? burin_dict(heap, held->count) : burin_list(heap, held->count);
    bool        good  = made.kind != BURIN_MISSING;
    if (type->attributes[attribute].kind == BURIN_CHILD_ATTRIBUTE)
        return held->count ? burin_int(burin_children_id(held, 0)) : burin_none();
    for (size_t n = 0; good && n < held->count; n++) {
        burin_text key = burin_children_key(held, n);
        good = keyed ? burin_dict_set(heap, made, burin_string_borrow(key.data, key.len), burin_int(burin_children_id(held, n))) == BURIN_OK
                     : burin_list_append(heap, made, burin_int(burin_children_id(held, n))) == BURIN_OK;
    }
    return good ? made : burin_missing();
}

static burin_value plain_attribute(const burin_store *s, burin_heap *heap, const es_record *r, int n)
{
    const es_type *type = es_type_at(s, r->type);
    burin_children held;
    burin_value    value;
    if ((type->children >> n) & 1) {
        es_cell_children(s, type, r->cells, n, &held, NULL);
        return plain_children(heap, type, &held, n);
    }
    if (es_cell_value(s, type, r->nulls, r->cells, n, heap, &value, NULL))
        return burin_missing();
    return es_to_plain(heap, value);
}

static burin_value plain_origins(const burin_store *s, burin_heap *heap, const es_record *r)
{
    const es_origins *origins = es_at(&s->memory, r->origins);
    const es_type    *type    = es_type_at(s, r->type);
    burin_value       made    = burin_dict(heap, origins->count);
    bool              good    = made.kind != BURIN_MISSING;
    for (uint32_t n = 0; good && n < origins->count; n++) {
        const es_origin *o  = &origins->items[n];
        burin_value      at = burin_dict(heap, 4);
        good = at.kind != BURIN_MISSING && burin_dict_set_z(heap, at, "id", burin_int(o->source)) == BURIN_OK &&
               burin_dict_set_z(heap, at, "tree", burin_int(o->tree)) == BURIN_OK &&
               burin_dict_set_z(heap, at, "version", burin_int(o->version)) == BURIN_OK &&
               burin_dict_set_z(heap, at, "attribute", burin_int(o->source_attribute)) == BURIN_OK &&
               burin_dict_set_z(heap, made, type->attributes[o->attribute].name, at) == BURIN_OK;
    }
    return good ? made : burin_missing();
}

burin_value es_plain_state(const burin_store *s, burin_heap *heap, const es_record *record)
{
    const es_type *type = es_type_at(s, record->type);
    burin_value    made = burin_dict(heap, 4), attributes = burin_dict(heap, type->count);
    bool           good = made.kind != BURIN_MISSING && attributes.kind != BURIN_MISSING;
    for (int n = 0; good && (uint32_t)n < type->count; n++) {
        burin_value value = plain_attribute(s, heap, record, n);
        good = value.kind != BURIN_MISSING && burin_dict_set_z(heap, attributes, type->attributes[n].name, value) == BURIN_OK;
    }
    good = good && burin_dict_set_z(heap, made, "id", burin_int(record->id)) == BURIN_OK &&
           burin_dict_set_z(heap, made, "type", burin_string_borrow(type->name, strlen(type->name))) == BURIN_OK &&
           burin_dict_set_z(heap, made, "attributes", attributes) == BURIN_OK;
    if (good && record->origins) {
        burin_value origins = plain_origins(s, heap, record);
        good = origins.kind != BURIN_MISSING && burin_dict_set_z(heap, made, "origins", origins) == BURIN_OK;
    }
    return good ? made : burin_missing();
}

/* ---- types ---- */

burin_value es_plain_type(burin_heap *heap, const es_type *type)
{
    burin_value made = burin_dict(heap, 2), list = burin_list(heap, type->count);
    bool        good = made.kind != BURIN_MISSING && list.kind != BURIN_MISSING;
    for (uint32_t n = 0; good && n < type->count; n++) {
        const burin_attribute *a    = &type->attributes[n];
        const char            *kind = es_kind_name(a->kind), *wants = a->entity_type;
        burin_value            at   = burin_dict(heap, 4);
        good = at.kind != BURIN_MISSING && burin_dict_set_z(heap, at, "name", burin_string_borrow(a->name, strlen(a->name))) == BURIN_OK &&
               burin_dict_set_z(heap, at, "kind", burin_string_borrow(kind, strlen(kind))) == BURIN_OK &&
               (!a->optional || burin_dict_set_z(heap, at, "optional", burin_bool(true)) == BURIN_OK) &&
               (!wants || burin_dict_set_z(heap, at, "entity_type", burin_string_borrow(wants, strlen(wants))) == BURIN_OK) &&
               burin_list_append(heap, list, at) == BURIN_OK;
    }
    good = good && burin_dict_set_z(heap, made, "name", burin_string_borrow(type->name, strlen(type->name))) == BURIN_OK &&
           burin_dict_set_z(heap, made, "attributes", list) == BURIN_OK;
    return good ? made : burin_missing();
}

/* A text of an object as a name; NULL after filling err, or when it is absent and may be. */
static const char *take_name(burin_value object, const char *key, bool needed, arena *scratch, burin_status *status, burin_error *err)
{
    burin_value v = burin_get(object, key);
    if (v.kind == BURIN_MISSING && !needed)
        return NULL;
    const char *name = NULL;
    if (v.kind != BURIN_STRING || memchr(v.as.s, 0, v.len))
        *status = es_fail(err, BURIN_ERR_DATA, "\"%s\" of a type or attribute must be a text", key);
    else if (!(name = arena_copy(scratch, burin_text_of(v))))
        *status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    return name;
}

/* The kinds there are, by name. */
static burin_status no_such_kind(const char *attribute, burin_value kind, burin_error *err)
{
    static const char kinds[] = ""
#define ATTRIBUTE(NAME, name, meaning) ", '" name "'"
#include "burin/attribute.def"
#undef ATTRIBUTE
        ;
    burin_text given = kind.kind == BURIN_STRING ? burin_text_of(kind) : (burin_text){"none", 4};
    return es_fail(err, BURIN_ERR_DATA, "attribute '%s' has no known kind, but '%.*s'; there are%s", attribute, (int)given.len, given.data, kinds + 1);
}

static burin_status take_attribute(burin_value v, burin_attribute *a, arena *scratch, burin_error *err)
{
    burin_status status = v.kind == BURIN_DICT ? BURIN_OK : es_fail(err, BURIN_ERR_DATA, "an attribute must be an object");
    *a                  = (burin_attribute){.kind = BURIN_ATTRIBUTE_KIND_COUNT};
    if (status)
        return status;
    burin_value kind     = burin_get(v, "kind"), optional = burin_get(v, "optional");
    a->name              = take_name(v, "name", true, scratch, &status, err);
    a->entity_type       = take_name(v, "entity_type", false, scratch, &status, err);
    a->optional          = optional.kind == BURIN_BOOL && optional.as.i;
    for (unsigned n = 0; kind.kind == BURIN_STRING && n < BURIN_ATTRIBUTE_KIND_COUNT; n++) {
        if (text_is(burin_text_of(kind), es_kind_name((burin_attribute_kind)n)))
            a->kind = (burin_attribute_kind)n;
    }
    if (status == BURIN_OK && a->kind == BURIN_ATTRIBUTE_KIND_COUNT)
        status = no_such_kind(a->name, kind, err);
    return status;
}

static bool same_attribute(const burin_attribute *a, const burin_attribute *b)
{
    bool typed = a->entity_type && b->entity_type;
    return strcmp(a->name, b->name) == 0 && a->kind == b->kind && a->optional == b->optional &&
           (typed ? strcmp(a->entity_type, b->entity_type) == 0 : a->entity_type == b->entity_type);
}

static burin_status define(burin_store *s, const char *name, const burin_attribute *attributes, size_t count, bool is_kept, burin_error *err)
{
    burin_type number = burin_store_find_type(s, name);
    if (!number)
        return es_define(s, name, attributes, count, is_kept, &number, err);
    const es_type *there = es_type_at(s, number);
    bool           same  = there->count == count;
    for (size_t n = 0; same && n < count; n++)
        same = same_attribute(&there->attributes[n], &attributes[n]);
    return same ? BURIN_OK : es_fail(err, BURIN_ERR_VALUE, "there is another type '%s' already", name);
}

burin_status es_plain_define(burin_store *s, burin_value type, bool is_kept, burin_error *err)
{
    arena           scratch = arena_make(&s->alloc);
    burin_attribute attributes[BURIN_ATTRIBUTES_MAX];
    burin_value     list   = type.kind == BURIN_DICT ? burin_get(type, "attributes") : burin_missing();
    burin_status    status = list.kind == BURIN_LIST && burin_length(list) <= BURIN_ATTRIBUTES_MAX
                                 ? BURIN_OK
                                 : es_fail(err, BURIN_ERR_DATA, "a type must be an object with at most %d \"attributes\"", BURIN_ATTRIBUTES_MAX);
    const char *name = status ? NULL : take_name(type, "name", true, &scratch, &status, err);
    for (size_t n = 0; n < burin_length(list) && !status; n++)
        status = take_attribute(burin_at(list, n), &attributes[n], &scratch, err);
    if (status == BURIN_OK)
        status = define(s, name, attributes, burin_length(list), is_kept, err);
    arena_deinit(&scratch);
    return status;
}

/* ---- numbers ---- */

bool es_plain_number(burin_value object, const char *key, uint64_t least, uint64_t most, uint64_t otherwise, uint64_t *out, burin_error *err)
{
    burin_value v = burin_get(object, key);
    *out          = otherwise;
    if (v.kind == BURIN_MISSING && otherwise >= least)
        return true;
    *out = v.kind == BURIN_INT && v.as.i >= 0 ? (uint64_t)v.as.i : 0;
    if (v.kind == BURIN_INT && v.as.i >= 0 && *out >= least && *out <= most)
        return true;
    es_fail(err, BURIN_ERR_DATA, "\"%s\" must be a number from %llu to %llu", key, (unsigned long long)least, (unsigned long long)most);
    return false;
}
