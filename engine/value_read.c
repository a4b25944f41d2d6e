/* Looking into values on the host's side: the readers of burin/value.h. */
#include "engine/host_state.h"
#include "runtime/operate.h"

burin_text burin_text_of(burin_value v)
{
    if (v.kind == BURIN_STRING || v.kind == BURIN_BYTES)
        return (burin_text){v.as.s, v.len};
    if (v.kind == BURIN_BYTEARRAY)
        return rt_text_of(rt_bytearray_view(v));
    return (burin_text){NULL, 0};
}

size_t burin_length(burin_value v)
{
    switch (v.kind) {
    case BURIN_STRING:
    case BURIN_BYTES:
        return v.len;
    case BURIN_BYTEARRAY:
        return rt_bytearray_of(v)->len;
    case BURIN_LIST:
    case BURIN_TUPLE:
        return ((const rt_list *)v.as.p)->len;
    case BURIN_DICT:
    case BURIN_SET:
        return ((const rt_dict *)v.as.p)->len;
    case BURIN_RANGE:
        return (size_t)((const rt_range *)v.as.p)->len;
    default:
        return 0;
    }
}

burin_value burin_at(burin_value list_or_tuple, size_t index)
{
    const rt_list *list = list_or_tuple.as.p;

    if ((list_or_tuple.kind != BURIN_LIST && list_or_tuple.kind != BURIN_TUPLE) || index >= list->len)
        return rt_missing();
    return list->items[index];
}

burin_value burin_get(burin_value dict, const char *key)
{
    burin_text name = {key, strlen(key)};

    if (dict.kind != BURIN_DICT)
        return rt_missing();
    const burin_value *found = rt_dict_find_text(dict.as.p, name, rt_text_hash(name));
    return found ? *found : rt_missing();
}

bool burin_next(burin_value dict, size_t *at, burin_value *key, burin_value *value)
{
    const rt_dict *d  = dict.as.p;
    uint32_t       on = (uint32_t)*at;
    bool           more;

    if (dict.kind != BURIN_DICT && dict.kind != BURIN_SET)
        return false;
    more = rt_dict_next(d, &on, key, dict.kind == BURIN_DICT ? value : NULL);
    *at  = on;
    if (dict.kind == BURIN_SET && value)
        *value = rt_missing();
    return more;
}

bool burin_as_int(burin_value v, int64_t *out)
{
    switch (v.kind) {
    case BURIN_BOOL:
    case BURIN_INT:
        *out = v.as.i;
        return true;
    case BURIN_FLOAT: /* 2^63 is the first double that does not fit */
        if (!(v.as.f >= -0x1p63 && v.as.f < 0x1p63) || (double)(int64_t)v.as.f != v.as.f)
            return false;
        *out = (int64_t)v.as.f;
        return true;
    default:
        return false;
    }
}

bool burin_as_double(burin_value v, double *out)
{
    host_state host;
    bool       fits;

    if (!rt_is_number(v))
        return false;
    host_state_init(&host, &base_malloc_allocator);
    fits = rt_as_double(&host.st, v, out) == BURIN_OK;
    host_state_deinit(&host);
    return fits;
}

const char *burin_type_name(burin_value v)
{
    host_state  host;
    const char *name;

    host_state_init(&host, &base_malloc_allocator);
    name = rt_type_name(&host.st, v);
    host_state_deinit(&host);
    return name;
}

bool burin_range_of(burin_value v, int64_t *start, int64_t *stop, int64_t *step)
{
    const rt_range *range = v.as.p;

    if (v.kind != BURIN_RANGE)
        return false;
    *start = range->start;
    *stop  = range->stop;
    *step  = range->step;
    return true;
}

burin_value burin_undefined_name(burin_value v)
{
    const rt_undefined *undefined = v.as.p;

    if (v.kind != BURIN_UNDEFINED || undefined->object.kind != BURIN_MISSING || undefined->name.kind != BURIN_STRING)
        return rt_missing();
    return undefined->name;
}

bool burin_complex_of(burin_value v, double *real, double *imaginary)
{
    if (v.kind != BURIN_COMPLEX)
        return false;
    *real      = rt_complex_of(v).re;
    *imaginary = rt_complex_of(v).im;
    return true;
}
