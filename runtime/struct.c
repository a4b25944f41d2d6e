/* Reading C structs: see struct.h. */
#include "runtime/struct.h"

#include "runtime/bigint.h"
#include "runtime/env.h"
#include "runtime/operate.h"

/* ---- layouts ---- */

const rt_layout *rt_layout_of(rt_state *st, burin_value v)
{
    static const rt_layout none  = {.name = "struct"};
    static const rt_layout empty = {.name = "array", .is_array = true, .shape = BURIN_FIXED};
    const burin_types     *types = st->env->struct_types;
    bool                   array = v.kind == BURIN_ARRAY;
    if (types && v.reserved == types->tag && v.len < types->count && types->layouts[v.len].is_array == array)
        return &types->layouts[v.len];
    return array ? &empty : &none;
}

const rt_layout *rt_layout_find(const burin_types *types, burin_text name)
{
    for (uint32_t n = 1; n < types->count; n++)
        if (!types->layouts[n].is_array && text_is(name, types->layouts[n].name))
            return &types->layouts[n];
    return NULL;
}

const rt_member *rt_member_find(const rt_layout *layout, burin_text name, uint32_t hash)
{
    for (uint32_t n = 0; n < layout->count && !layout->is_array; n++) {
        const rt_member *member = &layout->members[n];
        if (member->hash == hash && text_equal(member->name, name))
            return member;
    }
    return NULL;
}

/* ---- numbers ---- */

/* The integer of a form at an address; false: it is above INT64_MAX, and *out its bits. */
static bool read_integer(uint8_t form, const char *at, int64_t *out)
{
    switch (form) {
#define READ(NAME, type)                  \
    case BURIN_FORM_##NAME: {             \
        type i;                           \
        memcpy(&i, at, sizeof i);         \
        *out = (int64_t)i;                \
        return true;                      \
    }
        READ(I8, int8_t)
        READ(I16, int16_t)
        READ(I32, int32_t)
        READ(I64, int64_t)
        READ(U8, uint8_t)
        READ(U16, uint16_t)
        READ(U32, uint32_t)
#undef READ
    default: memcpy(out, at, sizeof *out); return *out >= 0;
    }
}

static burin_status big_unsigned(rt_state *st, uint64_t i, burin_value *out)
{
    rt_bigint   *big;
    burin_status status = rt_int_room(st, 1, &big);
    if (status)
        return status;
    big->negative = 0;
    big->count    = 1;
    big->limbs[0] = i;
    return rt_int_finish(st, big, out);
}

static burin_value name_of(const rt_number_names *names, int64_t number)
{
    uint32_t low = 0, high = names->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (names->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < names->count && names->numbers[low] == number ? names->names[low] : burin_int(number);
}

static burin_status integer(rt_state *st, const rt_item *item, const char *at, burin_value *out)
{
    int64_t i;
    if (!read_integer(item->form, at, &i))
        return big_unsigned(st, (uint64_t)i, out);
    *out = item->names ? name_of(item->names, i) : burin_int(i);
    return BURIN_OK;
}

/* A length or a count: not negative, and less than 4 GiB. */
static burin_status size_at(rt_state *st, uint8_t form, const char *at, const char *what, uint32_t *out)
{
    int64_t i;
    bool    fits = read_integer(form, at, &i);
    if (fits && i < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "%s of %lld in a struct", what, (long long)i);
    if (!fits || i > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_VALUE, "%s of %llu in a struct", what, (unsigned long long)i);
    *out = (uint32_t)i;
    return BURIN_OK;
}

/* ---- items ---- */

static burin_status text_at(rt_state *st, const rt_item *item, const char *at, burin_value *out)
{
    const char *text;
    uint32_t    len    = 0;
    burin_status status = BURIN_OK;
    memcpy(&text, at, sizeof text);
    if (!text)
        *out = burin_none();
    else if (!(status = size_at(st, item->length_form, at + item->length_offset, "a text", &len)))
        *out = rt_string(text, len);
    return status;
}

static burin_status cstring_at(rt_state *st, const char *at, burin_value *out)
{
    const char *text;
    memcpy(&text, at, sizeof text);
    if (text && strlen(text) > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_VALUE, "a text of %zu in a struct", strlen(text));
    *out = text ? rt_string(text, strlen(text)) : burin_none();
    return BURIN_OK;
}

burin_status rt_item_read(rt_state *st, const rt_item *item, const char *at, burin_value *out)
{
    uint16_t tag = st->env->struct_types->tag;
    if (item->is_pointer) {
        at = rt_pointer_at(at);
        if (!at) {
            *out = burin_none();
            return BURIN_OK;
        }
    }
    switch (item->form) {
    case BURIN_FORM_F32: {
        float f;
        memcpy(&f, at, sizeof f);
        *out = burin_float((double)f);
        return BURIN_OK;
    }
    case BURIN_FORM_F64: {
        double f;
        memcpy(&f, at, sizeof f);
        *out = burin_float(f);
        return BURIN_OK;
    }
    case BURIN_FORM_BOOL: *out = burin_bool(*at != 0); return BURIN_OK;
    case BURIN_FORM_CSTRING: return cstring_at(st, at, out);
    case BURIN_FORM_CHARS: *out = rt_string(at, strnlen(at, item->size)); return BURIN_OK;
    case BURIN_FORM_TEXT: return text_at(st, item, at, out);
    case BURIN_FORM_VALUE:
        memcpy(out, at, sizeof *out);
        if (out->kind == BURIN_MISSING)
            *out = burin_none(); /* a struct of zeros */
        return BURIN_OK;
    case BURIN_FORM_STRUCT: *out = rt_struct_value(BURIN_STRUCT, tag, item->type, at); return BURIN_OK;
    case RT_FORM_ARRAY: *out = rt_struct_value(BURIN_ARRAY, tag, item->type, at); return BURIN_OK;
    default: return integer(st, item, at, out);
    }
}

burin_status rt_struct_attr(rt_state *st, burin_value v, burin_text name, uint32_t hash, burin_value *out)
{
    const rt_member *member = rt_member_find(rt_layout_of(st, v), name, hash);
    *out                    = rt_missing();
    return member ? rt_member_read(st, member, v, out) : BURIN_OK;
}

burin_status rt_struct_to_dict(rt_state *st, burin_value v, burin_value *out)
{
    const rt_layout *layout = rt_layout_of(st, v);
    rt_dict         *dict;
    burin_value      value;
    burin_status     status = rt_dict_new(st, layout->count, &dict);
    for (uint32_t n = 0; n < layout->count && !status; n++) {
        const rt_member *member = &layout->members[n];
        status                  = rt_member_read(st, member, v, &value);
        if (!status)
            status = rt_dict_put(st, dict, rt_string(member->name.data, member->name.len), value);
    }
    *out = status ? rt_missing() : rt_pointer(BURIN_DICT, dict);
    return status;
}

/* ---- arrays ---- */

burin_status rt_array_of(rt_state *st, burin_value v, rt_array *out)
{
    const rt_layout *layout = rt_layout_of(st, v);
    const char      *at     = v.as.p;
    *out                    = (rt_array){at, layout->count, layout->stride, &layout->item};
    if (layout->shape == BURIN_FIXED)
        return BURIN_OK;
    burin_status status = size_at(st, layout->count_form, at + layout->count_offset, "an array", &out->count);
    if (status)
        return status;
    out->at = at + layout->offset;
    if (layout->shape == BURIN_FILLED)
        return out->count <= layout->count ? BURIN_OK
                                           : rt_fail(st, BURIN_ERR_VALUE, "an array of %u in a struct with room for %u", out->count, layout->count);
    out->at = rt_pointer_at(out->at);
    if (!out->at)
        out->count = 0;
    return BURIN_OK;
}

/* One loop a form: nothing is asked for each item. */
uint32_t rt_array_fast(const rt_array *array, uint32_t from, uint32_t count, burin_value *to)
{
    const char *at = array->at + (size_t)from * array->stride;
    if (array->item->names || array->item->is_pointer)
        return 0;
    switch (array->item->form) {
#define READ(NAME, type, make)                                     \
    case BURIN_FORM_##NAME:                                        \
        for (uint32_t n = 0; n < count; n++, at += array->stride) { \
            type i;                                                \
            memcpy(&i, at, sizeof i);                              \
            to[n] = make(i);                                       \
        }                                                          \
        return count;
        READ(I8, int8_t, burin_int)
        READ(I16, int16_t, burin_int)
        READ(I32, int32_t, burin_int)
        READ(I64, int64_t, burin_int)
        READ(U8, uint8_t, burin_int)
        READ(U16, uint16_t, burin_int)
        READ(U32, uint32_t, burin_int)
        READ(F32, float, burin_float)
        READ(F64, double, burin_float)
#undef READ
    default: return 0;
    }
}

burin_status rt_array_to_list(rt_state *st, burin_value v, burin_value *out)
{
    rt_array     array;
    rt_list     *list   = NULL;
    burin_status status = rt_array_of(st, v, &array);
    if (!status && !(status = rt_charge(st, array.count)))
        status = rt_list_new(st, BURIN_LIST, array.count, &list);
    for (uint32_t n = 0; !status && n < array.count; n++) {
        status = rt_array_read(st, &array, n, &list->items[n]);
        list->len += !status;
    }
    *out = status ? rt_missing() : rt_list_value(list);
    return status;
}
