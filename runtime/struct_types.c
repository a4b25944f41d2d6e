/* Making layouts of a host's descriptions: checked, names resolved, everything copied into one arena.
 *
 * Numbers: 0 is no type; then the structs as they were given; then for each of them the array of burin_slices; then the arrays
 * that are members, in the order of the fields. */
#include "runtime/base/diag.h"
#include "runtime/struct.h"

#include <stdlib.h>

typedef struct maker {
    arena               memory;
    const burin_struct *structs;
    uint32_t            struct_count;
    burin_types        *types;
    uint32_t            next_array;
    uint64_t            hash;
    const burin_struct *owner; /* of the field that is looked at ... */
    const burin_field  *field; /* ... NULL: none */
    rt_types_fault     *fault;
    burin_error        *err;
} maker;

static const uint8_t form_sizes[BURIN_FORM_COUNT] = {
    [BURIN_FORM_I8] = 1, [BURIN_FORM_I16] = 2, [BURIN_FORM_I32] = 4, [BURIN_FORM_I64] = 8, [BURIN_FORM_U8] = 1, [BURIN_FORM_U16] = 2,
    [BURIN_FORM_U32] = 4, [BURIN_FORM_U64] = 8, [BURIN_FORM_F32] = 4, [BURIN_FORM_F64] = 8, [BURIN_FORM_BOOL] = sizeof(bool),
    [BURIN_FORM_CSTRING] = sizeof(char *), [BURIN_FORM_VALUE] = sizeof(burin_value),
};

static bool is_integer(uint8_t form) { return form <= BURIN_FORM_U64; }

static bool fail(maker *m, const char *what, const char *name)
{
    if (m->owner)
        m->fault->structure = (size_t)(m->owner - m->structs);
    if (m->field)
        m->fault->field = (size_t)(m->field - m->owner->fields);
    if (m->field)
        diag_fail(m->err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "struct '%s', field '%s': %s%s", m->owner->name, m->field->name, what, name);
    else
        diag_fail(m->err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "%s%s", what, name);
    return false;
}

static bool fail_memory(maker *m)
{
    diag_fail(m->err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    return false;
}

static void *take(maker *m, size_t count, size_t size)
{
    size_t bytes = 0;
    void  *p     = __builtin_mul_overflow(count, size, &bytes) ? NULL : arena_zalloc(&m->memory, bytes ? bytes : 1);
    if (!p)
        fail_memory(m);
    return p;
}

static char *copy(maker *m, const char *text)
{
    char *to = arena_copy(&m->memory, (burin_text){text, strlen(text)});
    if (!to)
        fail_memory(m);
    return to;
}

static void add_hash(maker *m, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t n = 0; n < len; n++)
        m->hash = (m->hash ^ bytes[n]) * 0x100000001b3u;
}

/* ---- what a field says ---- */

static bool inside(uint64_t offset, uint64_t size, uint64_t room) { return offset <= room && size <= room - offset; }

/* The bytes that the member takes in its struct. */
static uint64_t extent(const burin_field *f)
{
    uint64_t one = f->is_pointer ? sizeof(void *) : f->size;
    return f->shape == BURIN_ONE ? one : f->shape == BURIN_COUNTED ? sizeof(void *) : one * f->count;
}

static bool check_size(maker *m, const burin_struct *nested)
{
    const burin_field *f = m->field;
    if (f->form == BURIN_FORM_STRUCT && nested->size != f->size)
        return fail(m, "its size is not that of struct ", nested->name);
    if (f->form == BURIN_FORM_TEXT && f->size != sizeof(char *) && f->size != sizeof(burin_text))
        return fail(m, "its size is not that of a text", "");
    if (form_sizes[f->form] && f->size != form_sizes[f->form])
        return fail(m, "its size is not that of its form", "");
    return f->size > 0 || fail(m, "has no size", "");
}

static bool check_text(maker *m)
{
    const burin_field *f    = m->field;
    bool               free = f->shape == BURIN_ONE && !f->is_pointer; /* the length may be anywhere in the struct */
    int64_t            at   = (free ? (int64_t)f->offset : 0) + f->length_offset;
    if (!is_integer(f->length_form))
        return fail(m, "the length of its text is no integer", "");
    if (at < 0 || !inside((uint64_t)at, form_sizes[f->length_form], free ? m->owner->size : f->size))
        return fail(m, "the length of its text is out of place", "");
    return true;
}

static bool check_field(maker *m)
{
    const burin_field *f = m->field;
    if (f->form >= BURIN_FORM_COUNT || f->shape >= BURIN_SHAPE_COUNT)
        return fail(m, "has no such form", "");
    if (f->is_pointer && (f->form == BURIN_FORM_CSTRING || f->form == BURIN_FORM_CHARS))
        return fail(m, "text of this form cannot be behind a pointer", "");
    if (f->names && !is_integer(f->form))
        return fail(m, "only integers can have names", "");
    if (!inside(f->offset, extent(f), m->owner->size))
        return fail(m, "lies outside its struct", "");
    if (f->shape != BURIN_COUNTED && f->shape != BURIN_FILLED)
        return true;
    if (!is_integer(f->count_form))
        return fail(m, "its count is no integer", "");
    return inside(f->count_offset, form_sizes[f->count_form], m->owner->size) || fail(m, "its count lies outside its struct", "");
}

/* ---- names of numbers ---- */

static int by_number(const void *a, const void *b)
{
    const burin_enum *one = *(const burin_enum *const *)a, *other = *(const burin_enum *const *)b;
    if (one->value != other->value)
        return one->value < other->value ? -1 : 1;
    return (one > other) - (one < other); /* the first of equal ones stays first */
}

static bool make_names(maker *m, const burin_enum *names, const rt_number_names **out)
{
    uint32_t count = 0;
    while (names[count].name)
        count++;
    rt_number_names   *made   = take(m, 1, sizeof *made);
    const burin_enum **sorted = take(m, count, sizeof *sorted);
    if (!made || !sorted || !(made->numbers = take(m, count, sizeof(int64_t))) || !(made->names = take(m, count, sizeof(burin_value))))
        return false;
    for (uint32_t n = 0; n < count; n++)
        sorted[n] = &names[n];
    qsort(sorted, count, sizeof *sorted, by_number);
    for (uint32_t n = 0; n < count; n++) {
        if (made->count && made->numbers[made->count - 1] == sorted[n]->value)
            continue;
        const char *name = copy(m, sorted[n]->name);
        if (!name)
            return false;
        made->numbers[made->count] = sorted[n]->value;
        made->names[made->count++] = rt_string(name, strlen(name));
        add_hash(m, name, strlen(name) + 1);
        add_hash(m, &sorted[n]->value, sizeof sorted[n]->value);
    }
    *out = made;
    return true;
}

/* ---- members ---- */

/* What templates see of a struct: itself, or the array that it stands for. */
static void see(const rt_layout *layout, rt_item *item)
{
    item->form = layout->stands_for ? RT_FORM_ARRAY : BURIN_FORM_STRUCT;
    item->type = layout->stands_for ? layout->stands_for : layout->number;
}

static bool make_item(maker *m, rt_item *item)
{
    const burin_field *f      = m->field;
    const rt_layout   *nested = NULL;
    if (!check_field(m))
        return false;
    if (f->form == BURIN_FORM_STRUCT) {
        nested = f->type ? rt_layout_find(m->types, (burin_text){f->type, strlen(f->type)}) : NULL;
        if (!nested)
            return fail(m, "there is no struct ", f->type ? f->type : "without a name");
    }
    if (!check_size(m, nested ? &m->structs[nested->number - 1] : NULL) || (f->form == BURIN_FORM_TEXT && !check_text(m)))
        return false;
    *item = (rt_item){.form = f->form, .is_pointer = f->is_pointer, .size = f->size};
    if (nested && m->structs[nested->number - 1].is_array && !nested->stands_for)
        return fail(m, "describe this array before it: ", f->type);
    if (nested)
        see(nested, item);
    if (f->form == BURIN_FORM_TEXT) {
        item->length_form   = f->length_form;
        item->length_offset = f->length_offset;
        item->is_plain_text = !f->is_pointer && f->length_form == BURIN_FORM_U64;
    }
    return !f->names || make_names(m, f->names, &item->names);
}

static bool make_array(maker *m, rt_member *member)
{
    const burin_field *f      = m->field;
    rt_layout         *layout = &m->types->layouts[m->next_array];
    *layout = (rt_layout){.name = "array", .is_array = true, .number = m->next_array++, .item = member->item, .shape = f->shape,
                          .stride = f->is_pointer ? (uint32_t)sizeof(void *) : f->size, .count = f->shape == BURIN_COUNTED ? 0 : f->count};
    member->item   = (rt_item){.form = RT_FORM_ARRAY, .type = layout->number};
    member->offset = f->offset;
    if (f->shape == BURIN_FIXED)
        return true;
    member->offset = 0;
    layout->count_form   = f->count_form;
    layout->offset       = f->offset;
    layout->count_offset = f->count_offset;
    return true;
}

static void hash_field(maker *m, const burin_field *f, const rt_member *member)
{
    const int64_t numbers[] = {f->form, f->shape, f->is_pointer, f->count_form, f->length_form, f->offset, f->size, f->count, f->count_offset,
                               f->length_offset, member->item.type};
    add_hash(m, f->name, strlen(f->name) + 1);
    add_hash(m, numbers, sizeof numbers);
}

static bool make_member(maker *m, rt_layout *layout, uint32_t number)
{
    const burin_field *f      = m->field;
    rt_member         *member = &layout->members[number];
    const char        *name   = copy(m, f->name);
    if (!name)
        return false;
    member->name   = (burin_text){name, strlen(name)};
    member->hash   = rt_text_hash(member->name);
    member->offset = f->offset;
    for (uint32_t n = 0; n < number; n++)
        if (text_equal(layout->members[n].name, member->name))
            return fail(m, "there are two", "");
    if (!make_item(m, &member->item) || (f->shape != BURIN_ONE && !make_array(m, member)))
        return false;
    hash_field(m, f, member);
    return true;
}

static bool stand_for_array(maker *m, rt_layout *layout)
{
    const rt_member *member = layout->members;
    if (layout->count != 1 || member->item.form != RT_FORM_ARRAY || member->offset != 0)
        return fail(m, "not an array alone is in struct ", layout->name);
    layout->stands_for = member->item.type;
    see(layout, &m->types->layouts[layout->slice].item);
    return true;
}

static bool make_members(maker *m, uint32_t number)
{
    rt_layout *layout = &m->types->layouts[number];
    bool       made   = true;
    m->owner = &m->structs[number - 1];
    add_hash(m, layout->name, strlen(layout->name) + 1);
    add_hash(m, &layout->size, sizeof layout->size);
    for (uint32_t n = 0; made && n < layout->count; n++) {
        m->field = &m->owner->fields[n];
        made     = make_member(m, layout, n);
    }
    m->field = NULL;
    return made && (!m->owner->is_array || stand_for_array(m, layout));
}

/* ---- structs ---- */

/* Names first, so that fields may name structs that come later. */
static bool make_struct(maker *m, uint32_t number)
{
    const burin_struct *s    = &m->structs[number - 1];
    const rt_layout    *same = rt_layout_find(m->types, (burin_text){s->name, strlen(s->name)});
    m->owner = s;
    if (s->field_count > UINT16_MAX)
        return fail(m, "too many fields in struct ", s->name);
    if (!s->name[0])
        return fail(m, "a struct without a name", "");
    if (same && same->number)
        return fail(m, "there are two structs ", s->name);
    rt_layout *layout = &m->types->layouts[number];
    rt_layout *slice  = &m->types->layouts[number + m->struct_count];
    *layout = (rt_layout){.name = copy(m, s->name), .number = number, .size = s->size, .count = (uint32_t)s->field_count, .slice = number + m->struct_count};
    *slice  = (rt_layout){.name = "array", .is_array = true, .number = layout->slice, .stride = s->size, .shape = BURIN_COUNTED, 
                          .count_form = BURIN_UNSIGNED_(sizeof(size_t)),
                          .item = {.form = BURIN_FORM_STRUCT, .size = s->size, .type = number},
                          .offset = offsetof(burin_slice, data), .count_offset = offsetof(burin_slice, count)};
    layout->members = take(m, layout->count, sizeof *layout->members);
    return layout->name && layout->members;
}

static bool count_layouts(maker *m, uint32_t *out)
{
    uint64_t count = 1 + 2 * (uint64_t)m->struct_count;
    for (uint32_t n = 0; n < m->struct_count; n++)
        for (size_t f = 0; f < m->structs[n].field_count; f++)
            count += m->structs[n].fields[f].shape != BURIN_ONE;
    *out = (uint32_t)count;
    return count <= UINT32_MAX || fail(m, "too many types", "");
}

static bool make_structs(maker *m)
{
    bool made = true;
    if (!count_layouts(m, &m->types->count) || !(m->types->layouts = take(m, m->types->count, sizeof(rt_layout))))
        return false;
    m->next_array = 1 + 2 * m->struct_count;
    for (uint32_t n = 0; n < m->types->count; n++)
        m->types->layouts[n].name = ""; /* until it has one */
    for (uint32_t n = 1; made && n <= m->struct_count; n++)
        made = make_struct(m, n);
    for (int arrays = 1; arrays >= 0; arrays--) /* structs that stand for arrays first: the others are to know */
        for (uint32_t n = 1; made && n <= m->struct_count; n++)
            made = m->structs[n - 1].is_array != arrays || make_members(m, n);
    m->types->tag = (uint16_t)(m->hash ^ m->hash >> 16 ^ m->hash >> 32 ^ m->hash >> 48);
    m->types->tag += !m->types->tag;
    return made;
}

/* ---- declared variables ---- */

static burin_value value_of(const burin_types *types, const rt_layout *layout, const void *data)
{
    return layout->stands_for ? rt_struct_value(BURIN_ARRAY, types->tag, layout->stands_for, data)
                              : rt_struct_value(BURIN_STRUCT, types->tag, layout->number, data);
}

/* "name" or "name[]". */
static bool named_type(const burin_types *types, const char *text, burin_value *out)
{
    burin_text name     = {text, strlen(text)};
    bool       is_array = name.len > 2 && memcmp(text + name.len - 2, "[]", 2) == 0;
    name.len -= is_array ? 2 : 0;
    const rt_layout *layout = rt_layout_find(types, name);
    if (layout)
        *out = is_array ? rt_struct_value(BURIN_ARRAY, types->tag, layout->slice, NULL) : value_of(types, layout, NULL);
    return layout != NULL;
}

static bool make_variables(maker *m, const burin_variable *variables, size_t count)
{
    burin_text  *names  = take(m, count, sizeof *names);
    burin_value *values = take(m, count, sizeof *values);
    if (!names || !values)
        return false;
    m->owner = NULL;
    for (size_t n = 0; n < count; n++) {
        const char *name = copy(m, variables[n].name);
        if (!name)
            return false;
        names[n]           = (burin_text){name, strlen(name)};
        m->fault->variable = n;
        if (!named_type(m->types, variables[n].type, &values[n]))
            return fail(m, "a variable is declared as what is not described: ", variables[n].type);
    }
    m->types->variables      = names;
    m->types->variable_types = values;
    m->types->variable_count = (uint32_t)count;
    return true;
}

/* ---- the interface ---- */

burin_types *rt_types_make(const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t variable_count, const burin_allocator *allocator,
                           rt_types_fault *fault, burin_error *err)
{
    maker m = {.memory = arena_make(allocator ? allocator : &base_malloc_allocator), .structs = structs, .struct_count = (uint32_t)struct_count, .hash = 0xcbf29ce484222325u,
               .fault = fault, .err = err};
    *fault     = (rt_types_fault){SIZE_MAX, SIZE_MAX, SIZE_MAX};
    bool  made = struct_count <= UINT16_MAX && variable_count <= UINT32_MAX;
    if (!made)
        fail(&m, "too many types", "");
    made = made && (m.types = take(&m, 1, sizeof *m.types)) && make_structs(&m) && make_variables(&m, variables, variable_count);
    if (!made) {
        arena_deinit(&m.memory);
        return NULL;
    }
    m.types->memory = m.memory;
    return m.types;
}

burin_types *burin_types_new(const burin_struct *structs, size_t struct_count, const burin_variable *variables, size_t variable_count, const burin_allocator *allocator,
                             burin_error *err)
{
    rt_types_fault fault;
    return rt_types_make(structs, struct_count, variables, variable_count, allocator, &fault, err);
}

void burin_types_free(burin_types *types)
{
    if (!types)
        return;
    arena memory = types->memory;
    arena_deinit(&memory);
}

burin_value burin_struct_value(const burin_types *types, const char *type, const void *data)
{
    const rt_layout *layout = rt_layout_find(types, (burin_text){type, strlen(type)});
    if (!layout)
        return rt_missing();
    return data ? value_of(types, layout, data) : burin_none();
}

burin_value burin_structs_value(const burin_types *types, const char *type, const burin_slice *slice)
{
    const rt_layout *layout = rt_layout_find(types, (burin_text){type, strlen(type)});
    if (!layout)
        return rt_missing();
    return slice ? rt_struct_value(BURIN_ARRAY, types->tag, layout->slice, slice) : burin_none();
}

const void *burin_struct_data(const burin_types *types, burin_value v, const char *type)
{
    const rt_layout *layout = rt_layout_find(types, (burin_text){type, strlen(type)});
    bool             is     = layout && v.kind == BURIN_STRUCT && v.reserved == types->tag && v.len == layout->number;
    return is ? v.as.p : NULL;
}
