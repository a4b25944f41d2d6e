/* Assignment to items, slices and attributes. */
#include "runtime/assign.h"

#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/told.h"
#include "runtime/slice.h"
#include "runtime/type.h"
#include "runtime/view.h"

/* ---- items ---- */

/* CPython asks sequences by an integer first, and words that differently. */
static burin_status fail_assignment(rt_state *st, burin_value v, burin_value key, bool deletion)
{
    bool sequence = v.kind == BURIN_STRING || v.kind == BURIN_BYTES || v.kind == BURIN_TUPLE || v.kind == BURIN_SET || v.kind == BURIN_RANGE ||
                    rt_view_of(v) != RT_VIEW_NONE || rt_type_number_of(st, v) == RT_TYPE_range;
    if (v.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, v);
    if (sequence && key.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_INDEX, "cannot fit 'int' into an index-sized integer");
    return rt_fail(st, BURIN_ERR_TYPE, "'%s' object %s support item %s", rt_type_name(st, v), deletion && sequence && rt_is_int(key) ? "doesn't" : "does not",
                   deletion ? "deletion" : "assignment");
}

/* The place an index names in `len` items. */
static burin_status place_of(rt_state *st, burin_value v, burin_value key, uint32_t len, uint32_t *out)
{
    const char *type = rt_type_name(st, v);
    if (key.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_INDEX, "cannot fit 'int' into an index-sized integer");
    if (key.kind != BURIN_INT && key.kind != BURIN_BOOL)
        return rt_fail(st, BURIN_ERR_TYPE, "%s indices must be integers or slices, not %s", type, rt_type_name(st, key));
    int64_t at = key.as.i < 0 ? key.as.i + len : key.as.i;
    if (at < 0 || at >= len)
        return rt_fail(st, BURIN_ERR_INDEX, v.kind == BURIN_LIST ? "list assignment index out of range" : "bytearray index out of range");
    *out = (uint32_t)at;
    return BURIN_OK;
}

burin_status rt_byte_of(rt_state *st, burin_value v, uint8_t *out)
{
    if (!rt_is_int(v))
        return rt_fail(st, BURIN_ERR_TYPE, "'%s' object cannot be interpreted as an integer", rt_type_name(st, v));
    if (v.kind == BURIN_BIGINT || v.as.i < 0 || v.as.i > 255)
        return rt_fail(st, BURIN_ERR_VALUE, "byte must be in range(0, 256)");
    *out = (uint8_t)v.as.i;
    return BURIN_OK;
}

static burin_status set_in_list(rt_state *st, burin_value v, burin_value key, burin_value item)
{
    rt_list     *list;
    uint32_t     at;
    burin_status status = place_of(st, v, key, rt_list_of(st, v)->len, &at);
    if (status || (status = rt_list_edit(st, v, &list)))
        return status;
    list->items[at] = item;
    heap_escape(&st->heap);
    return BURIN_OK;
}

static burin_status set_in_bytearray(rt_state *st, burin_value v, burin_value key, burin_value item)
{
    uint32_t     at;
    uint8_t      byte;
    burin_status status = key.kind == BURIN_INT || key.kind == BURIN_BOOL ? rt_byte_of(st, item, &byte) : BURIN_OK; /* the byte is looked at first */
    if (status || (status = place_of(st, v, key, rt_bytearray_of(v)->len, &at)))
        return status;
    rt_bytearray_of(v)->data[at] = (char)byte;
    return BURIN_OK;
}

burin_status rt_set_item(rt_state *st, burin_value v, burin_value key, burin_value item)
{
    burin_value  start, stop, step;
    rt_dict     *dict;
    burin_status status;
    if ((v.kind == BURIN_LIST || v.kind == BURIN_BYTEARRAY) && rt_slice_parts(key, &start, &stop, &step))
        return rt_set_slice(st, v, start, stop, step, item);
    switch (v.kind) {
    case BURIN_LIST: return set_in_list(st, v, key, item);
    case BURIN_BYTEARRAY: return set_in_bytearray(st, v, key, item);
    case BURIN_DICT:
        status = rt_dict_edit(st, v, &dict);
        if (!status)
            status = rt_dict_put(st, dict, key, item);
        heap_escape(&st->heap);
        return status;
    default: return fail_assignment(st, v, key, false);
    }
}

static void close_gap(rt_list *list, uint32_t at, uint32_t count)
{
    memmove(list->items + at, list->items + at + count, (list->len - at - count) * sizeof *list->items);
    list->len -= count;
}

static burin_status delete_index(rt_state *st, burin_value v, burin_value key)
{
    uint32_t     at, len = v.kind == BURIN_LIST ? rt_list_of(st, v)->len : rt_bytearray_of(v)->len;
    rt_list     *list;
    burin_status status = place_of(st, v, key, len, &at);
    if (!status)
        status = rt_charge(st, (len - at) / 64);
    if (status)
        return status;
    if (v.kind == BURIN_BYTEARRAY) {
        rt_bytearray *bytes = rt_bytearray_of(v);
        memmove(bytes->data + at, bytes->data + at + 1, len - at - 1);
        bytes->len--;
        return BURIN_OK;
    }
    status = rt_list_edit(st, v, &list);
    if (!status)
        close_gap(list, at, 1);
    return status;
}

burin_status rt_del_item(rt_state *st, burin_value v, burin_value key)
{
    burin_value  start, stop, step, removed;
    rt_dict     *dict;
    burin_status status;
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_BYTEARRAY:
        if (rt_slice_parts(key, &start, &stop, &step))
            return rt_del_slice(st, v, start, stop, step);
        return delete_index(st, v, key);
    case BURIN_DICT:
        status = rt_dict_edit(st, v, &dict);
        if (!status)
            status = rt_dict_remove(st, dict, key, &removed);
        return !status && removed.kind == BURIN_MISSING ? rt_key_error(st, key) : status;
    default: return fail_assignment(st, v, key, true);
    }
}

/* ---- slices ---- */

/* Replace `count` items from `at` on by others, which are no part of the list. */
static burin_status splice(rt_state *st, rt_list *list, uint32_t at, uint32_t count, const burin_value *items, uint32_t fresh)
{
    uint32_t     behind = list->len - at - count;
    burin_status status = rt_charge(st, ((uint64_t)behind + fresh) / 16);
    for (uint32_t n = count; n < fresh && !status; n++) /* room for what is more */
        status = rt_list_push(st, list, rt_missing());
    if (status)
        return status;
    memmove(list->items + at + fresh, list->items + at + count, behind * sizeof *items);
    if (fresh)
        memcpy(list->items + at, items, fresh * sizeof *items);
    if (fresh < count)
        list->len -= count - fresh;
    return BURIN_OK;
}

static burin_status set_list_slice(rt_state *st, burin_value v, const rt_slice *slice, burin_value items)
{
    rt_list     *taken, *list;
    rt_picked    before = {0}, p;
    burin_status status = rt_slice_pick(st, slice, rt_list_of(st, v)->len, &before); /* a bad slice fails first */
    if (status)
        return status;
    status = items.kind == BURIN_LIST || items.kind == BURIN_TUPLE ? BURIN_OK : rt_iterator_new(st, items, &items);
    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, before.step == 1 ? "can only assign an iterable" : "must assign iterable to extended slice");
    }
    if (!status)
        status = rt_to_list(st, items, &taken);
    if (!status)
        status = rt_slice_pick(st, slice, rt_list_of(st, v)->len, &p); /* taking the items may have changed the list */
    if (!status)
        status = rt_list_edit(st, v, &list);
    if (status)
        return status;
    if (p.step == 1) {
        status = splice(st, list, (uint32_t)p.start, (uint32_t)p.count, taken->items, taken->len);
    } else if (taken->len != (uint64_t)p.count) {
        status = rt_fail(st, BURIN_ERR_VALUE, "attempt to assign sequence of size %u to extended slice of size %lld", taken->len, (long long)p.count);
    } else {
        for (int64_t n = 0; n < p.count; n++)
            list->items[p.start + n * p.step] = taken->items[n];
    }
    heap_escape(&st->heap);
    return status;
}

burin_status rt_bytes_of_items(const burin_call *call, burin_value v, const char *message, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_told      told;
    burin_value  item, made;
    burin_status status;
    if (v.kind == BURIN_BYTES || v.kind == BURIN_BYTEARRAY)
        return rt_bytearray_new(st, rt_text_of(v.kind == BURIN_BYTES ? v : rt_bytearray_view(v)).data,
                                v.kind == BURIN_BYTES ? v.len : rt_bytearray_of(v)->len, out);
    if (rt_is_text(v) || rt_is_number(v) || (status = rt_iter_init(st, v, &it)) == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, message, rt_type_name(st, v));
    }
    if (!status)
        status = rt_bytearray_new(st, NULL, 0, &made);
    if (status)
        return status;
    rt_told_begin(&told, call, &made, 1);
    while (!(status = rt_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING) {
        rt_bytearray *bytes = rt_bytearray_of(made);
        uint8_t       byte;
        if (!(status = rt_byte_of(st, item, &byte)) && !(status = rt_bytearray_resize(st, bytes, (size_t)bytes->len + 1)))
            bytes->data[bytes->len - 1] = (char)byte;
        if (status)
            break;
    }
    rt_told_end(&told);
    *out = made;
    return status;
}

static burin_status splice_bytes(rt_state *st, rt_bytearray *bytes, uint32_t at, uint32_t count, const rt_bytearray *fresh)
{
    uint32_t     len = bytes->len, behind = len - at - count;
    size_t       size = (size_t)len - count + fresh->len;
    burin_status status = rt_charge(st, size / 64);
    if (!status && size > len)
        status = rt_bytearray_resize(st, bytes, size);
    if (status)
        return status;
    if (behind)
        memmove(bytes->data + at + fresh->len, bytes->data + at + count, behind);
    if (fresh->len)
        memcpy(bytes->data + at, fresh->data, fresh->len);
    bytes->len = (uint32_t)size;
    return BURIN_OK;
}

static burin_status set_bytearray_slice(rt_state *st, burin_value v, const rt_slice *slice, burin_value items)
{
    const burin_call nobody = {.st = st}; /* tells what the caller holds */
    burin_value      taken;
    rt_picked        p;
    rt_bytearray    *bytes  = rt_bytearray_of(v);
    burin_status     status = rt_slice_pick(st, slice, bytes->len, &p);
    if (!status && (rt_is_number(items) || rt_is_text(items) || items.kind == BURIN_COMPLEX))
        status = rt_fail(st, BURIN_ERR_TYPE, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    if (!status)
        status = rt_bytes_of_items(&nobody, items, "cannot convert '%s' object to bytearray", &taken);
    if (!status)
        status = rt_slice_pick(st, slice, bytes->len, &p);
    if (status)
        return status;
    const rt_bytearray *fresh = rt_bytearray_of(taken);
    if (p.step == 1)
        return splice_bytes(st, bytes, (uint32_t)p.start, (uint32_t)p.count, fresh);
    if (fresh->len == 0)
        return rt_del_slice(st, v, slice->start, slice->stop, slice->step);
    if (fresh->len != (uint64_t)p.count)
        return rt_fail(st, BURIN_ERR_VALUE, "attempt to assign bytes of size %u to extended slice of size %lld", fresh->len, (long long)p.count);
    for (int64_t n = 0; n < p.count; n++)
        bytes->data[p.start + n * p.step] = fresh->data[n];
    return BURIN_OK;
}

burin_status rt_set_slice(rt_state *st, burin_value v, burin_value start, burin_value stop, burin_value step, burin_value items)
{
    rt_slice     slice = {start, stop, step};
    burin_value  key;
    burin_status status;
    switch (v.kind) {
    case BURIN_LIST: return set_list_slice(st, v, &slice, items);
    case BURIN_BYTEARRAY: return set_bytearray_slice(st, v, &slice, items);
    default:
        status = rt_slice_new(st, start, stop, step, &key);
        return status ? status : rt_set_item(st, v, key, items);
    }
}

/* Keep what the slice does not pick, `size` bytes each. */
static void keep_others(char *data, size_t size, uint32_t len, rt_picked p)
{
    int64_t first = p.step > 0 ? p.start : p.start + (p.count - 1) * p.step, stride = p.step > 0 ? p.step : -p.step;
    int64_t to    = first;
    for (int64_t at = first; at < len; at++) {
        int64_t distance = at - first;
        if (distance % stride == 0 && distance / stride < p.count)
            continue;
        memmove(data + (size_t)to++ * size, data + (size_t)at * size, size);
    }
}

burin_status rt_del_slice(rt_state *st, burin_value v, burin_value start, burin_value stop, burin_value step)
{
    rt_slice     slice = {start, stop, step};
    rt_picked    p;
    rt_list     *list;
    burin_value  key;
    burin_status status;
    if (v.kind != BURIN_LIST && v.kind != BURIN_BYTEARRAY) {
        status = rt_slice_new(st, start, stop, step, &key);
        return status ? status : rt_del_item(st, v, key);
    }
    uint32_t len = v.kind == BURIN_LIST ? rt_list_of(st, v)->len : rt_bytearray_of(v)->len;
    if ((status = rt_slice_pick(st, &slice, len, &p)) || (status = rt_charge(st, len / 16)) || p.count == 0)
        return status;
    if (v.kind == BURIN_BYTEARRAY) {
        keep_others(rt_bytearray_of(v)->data, 1, len, p);
        rt_bytearray_of(v)->len = len - (uint32_t)p.count;
        return BURIN_OK;
    }
    if ((status = rt_list_edit(st, v, &list)))
        return status;
    keep_others((char *)list->items, sizeof *list->items, len, p);
    list->len = len - (uint32_t)p.count;
    return BURIN_OK;
}

/* ---- attributes ---- */

static burin_status fail_attribute(rt_state *st, burin_value v, burin_text name)
{
    const rt_type *type = rt_type_of_object(rt_generic_origin(v));
    if (v.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, v);
    if (type)
        return rt_fail(st, BURIN_ERR_ATTRIBUTE, "type object '%s' has no attribute '%.*s'", type->name, (int)name.len, name.data);
    return rt_fail(st, BURIN_ERR_ATTRIBUTE, "'%s' object has no attribute '%.*s'", rt_type_name(st, v), (int)name.len, name.data);
}

burin_status rt_load_attr(rt_state *st, burin_value v, burin_text name, burin_value *out)
{
    *out = rt_missing();
    if (name.len < 2 || name.data[0] != '_' || name.data[1] != '_') {
        burin_status status = rt_python_attr(st, v, name, out);
        if (status)
            return status;
    }
    return out->kind == BURIN_MISSING ? fail_attribute(st, v, name) : BURIN_OK;
}

static burin_status refuse_attribute(rt_state *st, burin_value v, burin_text name)
{
    burin_value there;
    if (rt_load_attr(st, v, name, &there))
        return st->status;
    return rt_fail(st, BURIN_ERR_ATTRIBUTE, "'%s' object attribute '%.*s' is read-only", rt_type_name(st, v), (int)name.len, name.data);
}

burin_status rt_set_attr(rt_state *st, burin_value v, burin_text name, burin_value value)
{
    if (v.kind != BURIN_OBJECT || !rt_object_of(v)->cls->set_attr || (name.len >= 2 && name.data[0] == '_' && name.data[1] == '_'))
        return refuse_attribute(st, v, name);
    burin_call call = rt_host_call(st);
    heap_escape(&st->heap);
    if (!rt_class_of(v) && rt_whole(st, &value))
        return st->status;
    return rt_host_done(st, rt_object_of(v)->cls->set_attr(&call, rt_object_of(v)->self, name, value));
}

burin_status rt_del_attr(rt_state *st, burin_value v, burin_text name) { return refuse_attribute(st, v, name); }
