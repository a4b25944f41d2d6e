/* Descriptions of structs as JSON, so that tools see what a program has in its tables: see burin/struct.h.
 *
 * Both directions go through values: writing builds one and writes it, reading reads one and rebuilds the tables, which then
 * are checked as a program's own are. */
#include "burin/struct.h"
#include "burin/value.h"
#include "engine/json_place.h"
#include "runtime/struct.h"

static const char *const form_names[BURIN_FORM_COUNT] = {
#define FORM(NAME, name, c_type, meaning) #name,
#include "burin/form.def"
#undef FORM
};
static const char *const shape_names[BURIN_SHAPE_COUNT] = {"one", "fixed", "counted", "filled"};

/* ---- writing ---- */

typedef struct writer {
    burin_heap *heap;
    bool        failed; /* memory ran out */
} writer;

static void set(writer *w, burin_value dict, const char *key, burin_value value)
{
    w->failed |= value.kind == BURIN_MISSING || burin_dict_set_z(w->heap, dict, key, value) != BURIN_OK;
}

static void set_text(writer *w, burin_value dict, const char *key, const char *text) { set(w, dict, key, burin_string(w->heap, text, strlen(text))); }

static burin_value names_value(writer *w, const burin_enum *names)
{
    burin_value list = burin_list(w->heap, 8);
    for (; names->name && !w->failed; names++) {
        burin_value pair[] = {burin_string(w->heap, names->name, strlen(names->name)), burin_int(names->value)};
        burin_value tuple  = pair[0].kind == BURIN_MISSING ? pair[0] : burin_tuple(w->heap, pair, 2);
        w->failed |= tuple.kind == BURIN_MISSING || burin_list_append(w->heap, list, tuple);
    }
    return list;
}

static burin_value field_value(writer *w, const burin_field *f)
{
    burin_value dict = burin_dict(w->heap, 8);
    set_text(w, dict, "name", f->name);
    set_text(w, dict, "form", form_names[f->form]);
    set_text(w, dict, "shape", shape_names[f->shape]);
    set(w, dict, "offset", burin_int(f->offset));
    set(w, dict, "size", burin_int(f->size));
    if (f->is_pointer)
        set(w, dict, "is_pointer", burin_bool(true));
    if (f->shape == BURIN_FIXED || f->shape == BURIN_FILLED)
        set(w, dict, "count", burin_int(f->count));
    if (f->shape == BURIN_COUNTED || f->shape == BURIN_FILLED) {
        set_text(w, dict, "count_form", form_names[f->count_form]);
        set(w, dict, "count_offset", burin_int(f->count_offset));
    }
    if (f->form == BURIN_FORM_TEXT) {
        set_text(w, dict, "length_form", form_names[f->length_form]);
        set(w, dict, "length_offset", burin_int(f->length_offset));
    }
    if (f->type)
        set_text(w, dict, "type", f->type);
    if (f->names)
        set(w, dict, "names", names_value(w, f->names));
    return dict;
}

static burin_value struct_value(writer *w, const burin_struct *s)
{
    burin_value dict = burin_dict(w->heap, 4), fields = burin_list(w->heap, s->field_count);
    set_text(w, dict, "name", s->name);
    set(w, dict, "size", burin_int(s->size));
    if (s->is_array)
        set(w, dict, "is_array", burin_bool(true));
    for (size_t n = 0; n < s->field_count && !w->failed; n++)
        w->failed |= burin_list_append(w->heap, fields, field_value(w, &s->fields[n])) != BURIN_OK;
    set(w, dict, "fields", fields);
    return dict;
}

burin_status burin_types_write(const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t variable_count, char **out,
                               size_t *len, burin_error *err)
{
    writer       w      = {.heap = burin_heap_new(NULL)};
    burin_status status = BURIN_ERR_NOMEM;
    w.failed = !w.heap;
    if (!w.failed) {
        burin_value all = burin_dict(w.heap, 2), list = burin_list(w.heap, struct_count), declared = burin_dict(w.heap, variable_count);
        for (size_t n = 0; n < struct_count && !w.failed; n++)
            w.failed |= burin_list_append(w.heap, list, struct_value(&w, &structs[n])) != BURIN_OK;
        for (size_t n = 0; n < variable_count && !w.failed; n++)
            set_text(&w, declared, variables[n].name, variables[n].type);
        set(&w, all, "structs", list);
        set(&w, all, "variables", declared);
        status = w.failed ? BURIN_ERR_NOMEM : burin_json_write(all, 1, out, len, err);
    }
    if (w.failed)
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    burin_heap_free(w.heap);
    return status;
}

/* ---- reading ---- */

typedef struct reader {
    arena        memory;
    source       json;
    json_step    path[5]; /* to what is read */
    size_t       depth;
    const char  *owner; /* of the struct that is read */
    burin_status status;
    burin_error *err;
} reader;

static void step_to(reader *r, size_t depth, const char *list, size_t index)
{
    r->path[depth]     = (json_step){.key = list};
    r->path[depth + 1] = (json_step){.index = index};
    r->depth           = depth + 2;
}

/* What the path leads to is wrong. */
static burin_status fail_here(reader *r, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
static burin_status fail_here(reader *r, burin_status status, const char *format, ...)
{
    va_list    args;
    uint32_t   line, column;
    span       where = json_place(r->json.text, r->path, r->depth);
    diag_locate(r->json.text, where.start, &line, &column);
    va_start(args, format);
    diag_vfail(r->err, status, &r->json, line, where, format, args);
    va_end(args);
    return status;
}

static void refuse(reader *r, const char *key, const char *what)
{
    if (r->status)
        return;
    r->path[r->depth++] = (json_step){.key = key};
    r->status           = fail_here(r, BURIN_ERR_DATA, "description of %s: '%s' %s", r->owner, key, what);
}

static void *take(reader *r, size_t count, size_t size)
{
    void *p = arena_zalloc(&r->memory, (count + 1) * size);
    if (!p && !r->status)
        r->status = diag_fail(r->err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    return p;
}

/* A text; NULL where it is missing. */
static const char *text_of(reader *r, burin_value v, const char *key, bool required)
{
    burin_text text = burin_text_of(v);
    if (v.kind != BURIN_STRING && (required || v.kind != BURIN_MISSING))
        refuse(r, key, "is no text");
    char *copy = v.kind == BURIN_STRING ? arena_copy(&r->memory, text) : NULL;
    if (v.kind == BURIN_STRING && (!copy || memchr(copy, 0, text.len)))
        refuse(r, key, "cannot be kept");
    return copy;
}

static int64_t number_of(reader *r, burin_value dict, const char *key, int64_t low, int64_t high, int64_t otherwise)
{
    int64_t     i = otherwise;
    burin_value v = burin_get(dict, key);
    if (v.kind != BURIN_MISSING && (!burin_as_int(v, &i) || i < low || i > high))
        refuse(r, key, "is no number that it may be");
    return i;
}

static uint8_t choice_of(reader *r, burin_value dict, const char *key, const char *const *words, uint8_t count)
{
    const char *word = text_of(r, burin_get(dict, key), key, false);
    uint8_t     n    = 0;
    while (word && n < count && strcmp(word, words[n]) != 0)
        n++;
    if (n == count && !r->status) {
        const char *near = burin_nearest(word, words, count);
        refuse(r, key, "is no word that it may be");
        if (near)
            diag_suggest(r->err, "did you mean '%s'?", near);
    }
    return n;
}

/* A key that says nothing is one that was meant otherwise. */
static void check_keys(reader *r, burin_value dict, const char *const *keys, size_t count)
{
    burin_value key, value;
    size_t      at = 0;
    while (!r->status && burin_next(dict, &at, &key, &value)) {
        const char *word = text_of(r, key, "keys", true);
        size_t      n    = 0;
        while (word && n < count && strcmp(word, keys[n]) != 0)
            n++;
        if (n < count || r->status)
            continue;
        const char *near = burin_nearest(word, keys, count);
        refuse(r, word, "is no key that it may have");
        if (near)
            diag_suggest(r->err, "did you mean '%s'?", near);
    }
}

static const burin_enum *names_of(reader *r, burin_value list)
{
    size_t      count = burin_length(list);
    burin_enum *names = list.kind == BURIN_LIST ? take(r, count, sizeof *names) : NULL;
    if (list.kind != BURIN_LIST && list.kind != BURIN_MISSING)
        refuse(r, "names", "is no list");
    for (size_t n = 0; names && n < count; n++) {
        burin_value pair = burin_at(list, n);
        names[n].name    = text_of(r, burin_at(pair, 0), "names", true);
        if (!burin_as_int(burin_at(pair, 1), &names[n].value))
            refuse(r, "names", "has no number");
    }
    return names;
}

static burin_field field_of(reader *r, burin_value v)
{
    static const char *const keys[] = {"name", "form", "shape", "is_pointer", "count_form", "length_form", "offset", "size", "count", "count_offset", "length_offset",
                                       "type", "names"};
    check_keys(r, v, keys, sizeof keys / sizeof keys[0]);
    burin_value is_pointer = burin_get(v, "is_pointer");
    burin_field f          = {
                 .name          = text_of(r, burin_get(v, "name"), "name", true),
                 .form          = choice_of(r, v, "form", form_names, BURIN_FORM_COUNT),
                 .shape         = choice_of(r, v, "shape", shape_names, BURIN_SHAPE_COUNT),
                 .is_pointer    = is_pointer.kind == BURIN_BOOL && is_pointer.as.i,
                 .count_form    = choice_of(r, v, "count_form", form_names, BURIN_FORM_COUNT),
                 .length_form   = choice_of(r, v, "length_form", form_names, BURIN_FORM_COUNT),
                 .offset        = (uint32_t)number_of(r, v, "offset", 0, UINT32_MAX, 0),
                 .size          = (uint32_t)number_of(r, v, "size", 0, UINT32_MAX, 0),
                 .count         = (uint32_t)number_of(r, v, "count", 0, UINT32_MAX, 0),
                 .count_offset  = (uint32_t)number_of(r, v, "count_offset", 0, UINT32_MAX, 0),
                 .length_offset = (int32_t)number_of(r, v, "length_offset", INT32_MIN, INT32_MAX, 0),
                 .type          = text_of(r, burin_get(v, "type"), "type", false),
                 .names         = names_of(r, burin_get(v, "names")),
    };
    return f;
}

static burin_struct struct_of(reader *r, burin_value v)
{
    static const char *const keys[] = {"name", "size", "is_array", "fields"};
    burin_value  list     = burin_get(v, "fields"), is_array = burin_get(v, "is_array");
    size_t       count    = list.kind == BURIN_LIST ? burin_length(list) : 0;
    burin_field *fields   = take(r, count, sizeof *fields);
    r->owner              = "a struct";
    check_keys(r, v, keys, sizeof keys / sizeof keys[0]);
    const char  *name     = text_of(r, burin_get(v, "name"), "name", true);
    r->owner              = name ? name : r->owner;
    burin_struct s        = {name, (uint32_t)number_of(r, v, "size", 0, UINT32_MAX, 0), fields, count, is_array.kind == BURIN_BOOL && is_array.as.i};
    if (list.kind != BURIN_LIST)
        refuse(r, "fields", "is no list");
    for (size_t n = 0; fields && n < count && !r->status; n++) {
        step_to(r, 2, "fields", n);
        fields[n] = field_of(r, burin_at(list, n));
    }
    return s;
}

/* The types; an error of theirs is one of what the path leads to. */
static burin_types *make_types(reader *r, const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t count, const burin_allocator *allocator)
{
    rt_types_fault fault;
    burin_error    err   = BURIN_ERROR_INIT;
    burin_types   *types = rt_types_make(structs, struct_count, variables, count, allocator, &fault, &err);

    r->depth = 0;
    if (fault.variable != SIZE_MAX)
        step_to(r, 0, "variables", fault.variable);
    if (fault.structure != SIZE_MAX)
        step_to(r, 0, "structs", fault.structure);
    if (fault.field != SIZE_MAX)
        step_to(r, 2, "fields", fault.field);
    if (err.status == BURIN_ERR_USAGE && err.message)
        fail_here(r, err.status, "%s", err.message);
    else if (!types)
        diag_fail(r->err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    burin_error_clear(&err);
    return types;
}

static burin_types *types_of_value(reader *r, burin_value all, const burin_allocator *allocator)
{
    static const char *const keys[] = {"structs", "variables"};
    burin_value     list = burin_get(all, "structs"), declared = burin_get(all, "variables"), key, type;
    size_t          struct_count = list.kind == BURIN_LIST ? burin_length(list) : 0, count = 0, at = 0;
    burin_struct   *structs      = take(r, struct_count, sizeof *structs);
    burin_variable *variables    = take(r, burin_length(declared), sizeof *variables);
    check_keys(r, all, keys, sizeof keys / sizeof keys[0]);
    if (list.kind != BURIN_LIST)
        refuse(r, "structs", "is no list");
    if (declared.kind != BURIN_DICT && declared.kind != BURIN_MISSING)
        refuse(r, "variables", "is no object");
    for (size_t n = 0; n < struct_count && !r->status; n++) {
        step_to(r, 0, "structs", n);
        structs[n] = struct_of(r, burin_at(list, n));
    }
    for (r->owner = "the file"; !r->status && burin_next(declared, &at, &key, &type); count++) {
        step_to(r, 0, "variables", count);
        variables[count] = (burin_variable){text_of(r, key, "variables", true), text_of(r, type, "variables", true)};
    }
    return r->status ? NULL : make_types(r, structs, struct_count, variables, count, allocator);
}

burin_types *burin_types_read(burin_text json, const burin_allocator *allocator, burin_error *err)
{
    reader       r     = {.memory = arena_make(&base_malloc_allocator), .json = {json, NULL}, .owner = "the file", .err = err};
    burin_heap  *heap  = burin_heap_new(NULL);
    burin_types *types = NULL;
    burin_value  all;
    if (!heap)
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    else if (burin_json_read(heap, json, true, &all, err) == BURIN_OK)
        types = types_of_value(&r, all, allocator);
    arena_deinit(&r.memory);
    burin_heap_free(heap);
    return types;
}
