/* Building values on the host's side: the constructors and builders of burin/value.h.
 *
 * They work on any heap: one the host made (then what they make is marked RT_BORROWED, so that no render changes it), or
 * a running render's, from inside a host function. A builder changes a container in place without asking for a private
 * copy: the contract says the container was made in this heap. In a render's heap whatever was grown must survive the
 * iteration it was grown in, hence the heap_escape. */
#include "engine/host_state.h"
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"

/* Outside a render a failure has no place to stay: the status says it all. */
static burin_status settle(burin_heap *heap, burin_status status)
{
    if (heap->borrowed)
        rt_clear_error(rt_state_of(heap));
    else
        heap_escape(heap);
    return status;
}

static burin_value settle_value(burin_heap *heap, burin_status status, burin_value value)
{
    if (status == BURIN_OK)
        return value;
    rt_clear_error(rt_state_of(heap));
    return rt_missing();
}

burin_value burin_string(burin_heap *heap, const char *data, size_t len)
{
    burin_value value = rt_missing();

    if (len > UINT32_MAX || text_valid_prefix(data, len) != len)
        return value;
    burin_status status = rt_string_copy(rt_state_of(heap), data, len, &value);
    if (status == BURIN_OK && rt_is_clean(data, len))
        value.flags |= BURIN_CLEAN;
    return settle_value(heap, status, value);
}

burin_value burin_bytes(burin_heap *heap, const void *data, size_t len)
{
    burin_value value = rt_missing();

    if (len > UINT32_MAX)
        return value;
    char *copy = heap_alloc(heap, len ? len : 1);
    if (!copy)
        return value;
    if (len)
        memcpy(copy, data, len);
    value      = rt_pointer(BURIN_BYTES, copy);
    value.len  = (uint32_t)len;
    return value;
}

burin_value burin_integer(burin_heap *heap, const char *decimal, size_t len)
{
    burin_value  value  = rt_missing();
    burin_status status = rt_int_from_text(rt_state_of(heap), (burin_text){decimal, len}, 10, &value);

    return settle_value(heap, status, value);
}

burin_value burin_complex(burin_heap *heap, double real, double imaginary)
{
    burin_value value = rt_missing();

    return settle_value(heap, rt_complex_new(rt_state_of(heap), real, imaginary, &value), value);
}

burin_value burin_list(burin_heap *heap, size_t capacity)
{
    rt_list     *list   = NULL;
    burin_status status = capacity > UINT32_MAX ? BURIN_ERR_NOMEM : rt_list_new(rt_state_of(heap), BURIN_LIST, (uint32_t)capacity, &list);

    return settle_value(heap, status, rt_list_value(list));
}

burin_value burin_tuple(burin_heap *heap, const burin_value *items, size_t count)
{
    rt_list     *list   = NULL;
    rt_state    *st     = rt_state_of(heap);
    burin_status status = count > UINT32_MAX ? BURIN_ERR_NOMEM : rt_list_new(st, BURIN_TUPLE, (uint32_t)count, &list);

    for (size_t n = 0; n < count && !status; n++)
        status = rt_list_push(st, list, items[n]);
    return settle_value(heap, status, rt_tuple_value(list));
}

burin_value burin_dict(burin_heap *heap, size_t capacity)
{
    rt_dict     *dict   = NULL;
    burin_status status = capacity > UINT32_MAX ? BURIN_ERR_NOMEM : rt_dict_new(rt_state_of(heap), (uint32_t)capacity, &dict);

    return settle_value(heap, status, rt_pointer(BURIN_DICT, dict));
}

burin_value burin_set(burin_heap *heap, size_t capacity)
{
    rt_dict     *set    = NULL;
    burin_status status = capacity > UINT32_MAX ? BURIN_ERR_NOMEM : rt_set_new(rt_state_of(heap), (uint32_t)capacity, &set);

    return settle_value(heap, status, rt_pointer(BURIN_SET, set));
}

/* How many steps lead from start to before stop; the subtraction is done unsigned because it may not fit in int64. */
static int64_t range_length(int64_t start, int64_t stop, int64_t step)
{
    uint64_t distance, stride;

    if (step > 0 ? start >= stop : start <= stop)
        return 0;
    distance = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    stride   = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    distance = (distance - 1) / stride + 1;
    return distance > INT64_MAX ? INT64_MAX : (int64_t)distance;
}

burin_value burin_range(burin_heap *heap, int64_t start, int64_t stop, int64_t step)
{
    rt_range *range = step ? heap_alloc(heap, sizeof *range) : NULL;

    if (!range)
        return rt_missing();
    *range = (rt_range){start, stop, step, range_length(start, stop, step)};
    return rt_pointer(BURIN_RANGE, range);
}

burin_value burin_iterator(burin_heap *heap, burin_value over)
{
    burin_value  value  = rt_missing();
    burin_status status = rt_iterator_new(rt_state_of(heap), over, &value);

    return settle_value(heap, status, value);
}

burin_value burin_undefined(burin_heap *heap, const char *name)
{
    rt_state    *st    = rt_state_of(heap);
    burin_value  value = rt_missing(), text = rt_missing();
    burin_status status = BURIN_OK;

    if (name && text_valid_prefix(name, strlen(name)) != strlen(name))
        return value;
    if (name)
        status = rt_string_copy(st, name, strlen(name), &text);
    if (status == BURIN_OK)
        status = rt_undefined_new(st, rt_missing(), text, &value);
    return settle_value(heap, status, value);
}

burin_status burin_list_append(burin_heap *heap, burin_value list, burin_value item)
{
    if (list.kind != BURIN_LIST)
        return BURIN_ERR_TYPE;
    return settle(heap, rt_list_push(rt_state_of(heap), list.as.p, item));
}

burin_status burin_dict_set(burin_heap *heap, burin_value dict, burin_value key, burin_value value)
{
    if (dict.kind != BURIN_DICT)
        return BURIN_ERR_TYPE;
    return settle(heap, rt_dict_put(rt_state_of(heap), dict.as.p, key, value));
}

burin_status burin_dict_set_z(burin_heap *heap, burin_value dict, const char *key, burin_value value)
{
    size_t len = strlen(key);

    if (text_valid_prefix(key, len) != len)
        return BURIN_ERR_UNICODE;
    burin_value copy = burin_string(heap, key, len);
    return copy.kind == BURIN_MISSING ? BURIN_ERR_NOMEM : burin_dict_set(heap, dict, copy, value);
}

burin_status burin_set_add(burin_heap *heap, burin_value set, burin_value item)
{
    if (set.kind != BURIN_SET)
        return BURIN_ERR_TYPE;
    return settle(heap, rt_dict_put(rt_state_of(heap), set.as.p, item, rt_missing()));
}
