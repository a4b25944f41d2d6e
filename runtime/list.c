/* Lists and tuples: arrays of values in the heap, growing by half.
 *
 * A list and its first items are one allocation. It grows in place while nothing else was allocated since; else the items
 * move to an array of their own. */
#include "runtime/value.h"

burin_status rt_list_new(rt_state *st, burin_kind list_or_tuple, uint32_t cap, rt_list **out)
{
    (void)list_or_tuple;
    rt_list *list = heap_alloc(&st->heap, sizeof *list + (size_t)cap * sizeof(burin_value));
    if (!list)
        return rt_fail_memory(st);
    list->flags  = st->heap.borrowed ? RT_BORROWED : 0;
    list->len    = 0;
    list->cap    = cap;
    list->fields = NULL;
    list->items  = (burin_value *)(list + 1);
    *out         = list;
    return BURIN_OK;
}

static burin_status list_grow(rt_state *st, rt_list *list)
{
    if (list->cap >= UINT32_MAX / 2)
        return rt_fail(st, BURIN_ERR_NOMEM, "a list of more than %u items", UINT32_MAX / 2);
    uint32_t     cap   = list->cap < 8 ? 8 : list->cap + list->cap / 2;
    burin_value *items = heap_resize(&st->heap, list->items, list->cap * sizeof(burin_value), cap * sizeof(burin_value));
    if (!items)
        return rt_fail_memory(st);
    list->items = items;
    list->cap   = cap;
    return BURIN_OK;
}

burin_status rt_list_push(rt_state *st, rt_list *list, burin_value item)
{
    if (BURIN_UNLIKELY(list->len == list->cap)) {
        burin_status status = list_grow(st, list);
        if (status)
            return status;
    }
    list->items[list->len++] = item;
    return BURIN_OK;
}

burin_status rt_tuple2(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    rt_list     *tuple  = NULL;
    burin_status status = rt_list_new(st, BURIN_TUPLE, 2, &tuple);
    if (status)
        return status;
    tuple->items[0] = a;
    tuple->items[1] = b;
    tuple->len      = 2;
    *out            = rt_tuple_value(tuple);
    return BURIN_OK;
}
