/* Bytearrays: bytes in the heap that grow by half, in place as long as nothing else was allocated since. */
#include "runtime/value.h"

burin_status rt_bytearray_new(rt_state *st, const char *data, size_t len, burin_value *out)
{
    rt_bytearray *array = heap_alloc(&st->heap, sizeof *array);
    if (!array)
        return rt_fail_memory(st);
    *array              = (rt_bytearray){0, 0, NULL};
    burin_status status = rt_bytearray_resize(st, array, len);
    if (status)
        return status;
    if (data && len)
        memcpy(array->data, data, len);
    *out = rt_pointer(BURIN_BYTEARRAY, array);
    return BURIN_OK;
}

burin_status rt_bytearray_resize(rt_state *st, rt_bytearray *array, size_t len)
{
    if (len > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a bytearray may have at most %u bytes", UINT32_MAX);
    if (len > array->cap) {
        size_t cap  = array->cap && len < (size_t)array->cap * 3 / 2 ? (size_t)array->cap * 3 / 2 : len;
        cap         = cap > UINT32_MAX ? UINT32_MAX : cap;
        char  *data = heap_resize(&st->heap, array->data, array->cap, cap);
        if (!data)
            return rt_fail_memory(st);
        array->data = data;
        array->cap  = (uint32_t)cap;
    }
    array->len = (uint32_t)len;
    return BURIN_OK;
}
