/* The methods that bytearray has besides those of bytes. */
#include "runtime/assign.h"
#include "runtime/base/text.h"
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

static burin_status done(burin_call *call, burin_value *out)
{
    heap_escape(&call->st->heap);
    *out = burin_none();
    return BURIN_OK;
}

/* Make room for one byte at `at` and put it there. */
static burin_status put(rt_state *st, rt_bytearray *bytes, uint32_t at, burin_value item)
{
    uint8_t      byte;
    burin_status status = rt_byte_of(st, item, &byte);
    if (!status)
        status = rt_charge(st, (bytes->len - at) / 64);
    if (!status)
        status = rt_bytearray_resize(st, bytes, (size_t)bytes->len + 1);
    if (status)
        return status;
    memmove(bytes->data + at + 1, bytes->data + at, bytes->len - 1 - at);
    bytes->data[at] = (char)byte;
    return BURIN_OK;
}

static burin_status take_out(rt_state *st, rt_bytearray *bytes, uint32_t at)
{
    memmove(bytes->data + at, bytes->data + at + 1, bytes->len - 1 - at);
    bytes->len--;
    return rt_charge(st, (bytes->len - at) / 64);
}

burin_status method_bytearray_append(burin_call *call, burin_value *out)
{
    rt_bytearray *bytes  = rt_bytearray_of(call->args[0]);
    burin_status  status = put(call->st, bytes, bytes->len, call->args[1]);
    return status ? status : done(call, out);
}

burin_status method_bytearray_insert(burin_call *call, burin_value *out)
{
    rt_bytearray *bytes = rt_bytearray_of(call->args[0]);
    int64_t       index;
    burin_status  status = method_ssize(call->st, call->args[1], &index);
    if (status)
        return status;
    if (index < 0)
        index = index + bytes->len < 0 ? 0 : index + bytes->len;
    status = put(call->st, bytes, index < bytes->len ? (uint32_t)index : bytes->len, call->args[2]);
    return status ? status : done(call, out);
}

burin_status method_bytearray_extend(burin_call *call, burin_value *out)
{
    rt_state     *st    = call->st;
    rt_bytearray *bytes = rt_bytearray_of(call->args[0]);
    burin_value   more;
    burin_status  status;
    if (rt_is_text(call->args[1])) /* its items are no integers */
        return call->args[1].len ? rt_fail(st, BURIN_ERR_TYPE, "'str' object cannot be interpreted as an integer") : done(call, out);
    status = rt_bytes_of_items(call, call->args[1], "can't extend bytearray with %s", &more);
    if (status)
        return status;
    uint32_t len = bytes->len, extra = rt_bytearray_of(more)->len;
    status       = rt_charge(st, extra / 64);
    if (!status)
        status = rt_bytearray_resize(st, bytes, (size_t)len + extra);
    if (status)
        return status;
    if (extra)
        memcpy(bytes->data + len, rt_bytearray_of(more)->data, extra);
    return done(call, out);
}

burin_status method_bytearray_pop(burin_call *call, burin_value *out)
{
    rt_bytearray *bytes = rt_bytearray_of(call->args[0]);
    int64_t       index;
    burin_status  status = method_ssize(call->st, call->args[1], &index);
    if (status)
        return status;
    if (bytes->len == 0)
        return rt_fail(call->st, BURIN_ERR_INDEX, "pop from empty bytearray");
    index += index < 0 ? bytes->len : 0;
    if (index < 0 || index >= bytes->len)
        return rt_fail(call->st, BURIN_ERR_INDEX, "pop index out of range");
    *out = burin_int((uint8_t)bytes->data[index]);
    return take_out(call->st, bytes, (uint32_t)index);
}

burin_status method_bytearray_remove(burin_call *call, burin_value *out)
{
    rt_bytearray *bytes = rt_bytearray_of(call->args[0]);
    uint8_t       byte;
    burin_status  status = rt_byte_of(call->st, call->args[1], &byte);
    if (status)
        return status;
    const char *found = bytes->len ? memchr(bytes->data, byte, bytes->len) : NULL;
    if (!found)
        return rt_fail(call->st, BURIN_ERR_VALUE, "value not found in bytearray");
    status = take_out(call->st, bytes, (uint32_t)(found - bytes->data));
    return status ? status : done(call, out);
}

burin_status method_bytearray_reverse(burin_call *call, burin_value *out)
{
    rt_bytearray *bytes  = rt_bytearray_of(call->args[0]);
    burin_status  status = rt_charge(call->st, bytes->len / 64);
    for (uint32_t low = 0, high = bytes->len; low + 1 < high; low++) {
        char byte          = bytes->data[low];
        bytes->data[low]   = bytes->data[--high];
        bytes->data[high]  = byte;
    }
    return status ? status : done(call, out);
}

burin_status method_bytearray_clear(burin_call *call, burin_value *out)
{
    rt_bytearray_of(call->args[0])->len = 0;
    return done(call, out);
}

burin_status method_bytearray_copy(burin_call *call, burin_value *out)
{
    rt_bytearray *bytes = rt_bytearray_of(call->args[0]);
    return rt_bytearray_new(call->st, bytes->data, bytes->len, out);
}

burin_status method_bytearray_fromhex(burin_call *call, burin_value *out)
{
    burin_status status = method_bytes_fromhex(call, out);
    return status ? status : rt_bytearray_new(call->st, out->as.s, out->len, out);
}

/* ---- what bytes has too ---- */

/* Results that are bytes of a bytearray are bytearrays. */
static burin_status as_bytearrays(rt_state *st, burin_value *v)
{
    burin_status status = BURIN_OK;
    if (v->kind == BURIN_BYTES)
        return rt_bytearray_new(st, v->as.s, v->len, v);
    if (v->kind == BURIN_LIST || v->kind == BURIN_TUPLE) {
        rt_list *list = v->as.p; /* made by the method */
        for (uint32_t n = 0; n < list->len && !status; n++)
            status = as_bytearrays(st, &list->items[n]);
    }
    return status;
}

burin_status rt_method_of_bytes(burin_call *call, burin_value *out)
{
    enum { ARGUMENTS_MAX = 6 };
    burin_value       args[ARGUMENTS_MAX];
    const rt_builtin *row = call->function->data;
    bool              own = call->args[0].kind == BURIN_BYTEARRAY, other = false;
    burin_call        plain = *call;
    args[0]                 = call->args[0];
    for (uint32_t n = (row->flags & RT_OF_CLASS) != 0; n < call->count; n++) {
        args[n] = call->args[n].kind == BURIN_BYTEARRAY ? rt_bytearray_view(call->args[n]) : call->args[n];
        other |= call->args[n].kind == BURIN_BYTEARRAY;
    }
    if (!other)
        return row->call(call, out);
    plain.args          = args;
    burin_status status = row->call(&plain, out);
    bool         parts  = row->call == method_bytes_partition || row->call == method_bytes_rpartition;
    if (!status && !own && parts && ((rt_list *)out->as.p)->items[1].len) /* the separator as it was given */
        ((rt_list *)out->as.p)->items[1] = call->args[1];
    return status || !own || (row->flags & RT_OF_CLASS) ? status : as_bytearrays(call->st, out);
}
