/* Collecting: from the roots through all values that are reached. What is still to be looked at stands on a stack of our own, as rows of
 * values, so depth needs no room on that of C. */
#include "runtime/collect.h"

#include "runtime/bigint.h"
#include "runtime/builtins/builtins.h"
#include "runtime/type.h"
#include "runtime/sweep.h"

typedef struct row {
    const char *at; /* a burin_value */
    size_t      count, stride;
} row;

struct rt_collector {
    rt_state *st;
    heap_map  map;
    row      *rows;
    size_t    count, cap;
    bool      failed;
};

static void reach_row(rt_collector *c, const void *at, size_t count, size_t stride)
{
    if (!count)
        return;
    if (c->count == c->cap) {
        size_t cap  = c->cap ? 2 * c->cap : 256;
        row   *rows = base_alloc(c->st->heap.alloc, cap * sizeof *rows);
        if (!rows) {
            c->failed = true;
            return;
        }
        if (c->count)
            memcpy(rows, c->rows, c->count * sizeof *rows);
        base_free(c->st->heap.alloc, c->rows, c->cap * sizeof *rows);
        c->rows = rows;
        c->cap  = cap;
    }
    c->rows[c->count++] = (row){at, count, stride};
}

bool rt_reach_bytes(rt_collector *c, const void *p, size_t size) { return size && heap_map_mark(&c->map, p, size); }
void rt_reach_values(rt_collector *c, const burin_value *values, size_t count) { reach_row(c, values, count, sizeof *values); }

/* ---- containers ---- */

static void reach_names(rt_collector *c, const char *const *names)
{
    size_t count = 0;
    while (names[count])
        count++;
    if (rt_reach_bytes(c, names, (count + 1) * sizeof *names))
        for (size_t n = 0; n < count; n++)
            rt_reach_bytes(c, names[n], strlen(names[n]) + 1);
}

static void reach_list(rt_collector *c, const rt_list *list)
{
    if (!rt_reach_bytes(c, list, sizeof *list))
        return;
    rt_reach_bytes(c, list->items, list->cap * sizeof *list->items);
    rt_reach_values(c, list->items, list->len);
    if (list->fields)
        reach_names(c, list->fields);
}

/* Deleted entries hold nothing. */
static void forget_deleted(const rt_dict *dict)
{
    for (uint32_t n = 0; n < dict->keys->len; n++) {
        rt_key *entry = &dict->keys->entries[n];
        if (entry->live)
            continue;
        entry->value = rt_missing();
        if (dict->values)
            dict->values[n] = rt_missing();
    }
}

static void reach_dict(rt_collector *c, const rt_dict *dict)
{
    if (!rt_reach_bytes(c, dict, sizeof *dict))
        return;
    const rt_keys *keys = dict->keys;
    if (dict->len != keys->len)
        forget_deleted(dict);
    if (dict->values) {
        rt_reach_bytes(c, dict->values, dict->cap * sizeof *dict->values);
        rt_reach_values(c, dict->values, keys->len);
    }
    if (!rt_reach_bytes(c, keys, sizeof *keys))
        return;
    rt_reach_bytes(c, keys->entries, keys->cap * sizeof *keys->entries);
    if (keys->index)
        rt_reach_bytes(c, keys->index, ((size_t)keys->index_mask + 1) * sizeof *keys->index);
    if (keys->len)
        reach_row(c, &keys->entries[0].value, keys->len, sizeof *keys->entries);
}

void rt_reach_container(rt_collector *c, burin_kind kind, const void *container)
{
    if (kind == BURIN_LIST || kind == BURIN_TUPLE)
        reach_list(c, container);
    else
        reach_dict(c, container);
}

/* ---- the rest ---- */

static void reach_undefined(rt_collector *c, const rt_undefined *undefined)
{
    if (!rt_reach_bytes(c, undefined, sizeof *undefined))
        return;
    rt_reach_bytes(c, undefined->hint.data, undefined->hint.len);
    rt_reach_value(c, &undefined->name);
    rt_reach_value(c, &undefined->object);
}

static void reach_function(rt_collector *c, const rt_function *function)
{
    if (!rt_reach_bytes(c, function, sizeof *function))
        return;
    rt_reach_value(c, &function->self);
    if (function->flags & RT_UNBOUND)
        rt_unbound_reach(c, function);
}

static void reach_object(rt_collector *c, const rt_object_value *object)
{
    if (!rt_reach_bytes(c, object, sizeof *object))
        return;
    rt_reach_function reach = rt_reach_of(object->cls);
    if (reach)
        reach(c, object->self);
    else if (heap_map_find(&c->map, object->self))
        c->failed = true;
}

static void reach_bytearray(rt_collector *c, const rt_bytearray *array)
{
    if (rt_reach_bytes(c, array, sizeof *array))
        rt_reach_bytes(c, array->data, array->cap);
}

static void reach(rt_collector *c, burin_value v)
{
    switch ((burin_kind)v.kind) {
    case BURIN_MISSING: /* a cell, or a method that was found, which is not of the heap */
        if (rt_reach_bytes(c, v.as.p, sizeof(burin_value)))
            rt_reach_value(c, v.as.p);
        break;
    case BURIN_UNDEFINED: reach_undefined(c, v.as.p); break;
    case BURIN_BIGINT: {
        const rt_bigint *big = v.as.p;
        rt_reach_bytes(c, big, sizeof *big + big->count * sizeof *big->limbs);
        break;
    }
    case BURIN_STRING:
    case BURIN_BYTES: rt_reach_bytes(c, v.as.s, v.len); break;
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET: rt_reach_container(c, (burin_kind)v.kind, v.as.p); break;
    case BURIN_RANGE: rt_reach_bytes(c, v.as.p, sizeof(rt_range)); break;
    case BURIN_COMPLEX: rt_reach_bytes(c, v.as.p, sizeof(rt_complex)); break;
    case BURIN_BYTEARRAY: reach_bytearray(c, v.as.p); break;
    case BURIN_FUNCTION: reach_function(c, v.as.p); break;
    case BURIN_OBJECT: reach_object(c, v.as.p); break;
    default: break; /* in the value itself, or the host's */
    }
}

/* One value of the newest row at a time: what a value leads to comes before its neighbours, and the stack is as high as values are deep. */
static void reach_all(rt_collector *c)
{
    while (c->count && !c->failed) {
        row        *top = &c->rows[c->count - 1];
        burin_value v;
        memcpy(&v, top->at, sizeof v);
        top->at += top->stride;
        if (--top->count == 0)
            c->count--;
        reach(c, v);
    }
}

void rt_reach_failed(rt_collector *c) { c->failed = true; }

/* Objects with a release function stay: what a host has lent of them may be in use where they are not. */
static void reach_releasable(rt_collector *c)
{
    for (const rt_object_value *object = c->st->heap.releasable; object; object = object->next_releasable)
        reach_object(c, object);
}

static bool collect(rt_collector *c, void (*roots)(rt_collector *c, void *user), void *user)
{
    rt_state *st = c->st;
    if (!heap_map_init(&st->heap, &c->map))
        return false;
    roots(c, user);
    rt_reach_value(c, &st->error_value);
    rt_reach_bytes(c, st->raised.data, st->raised.len);
    rt_shadows_reach(st, c);
    reach_releasable(c);
    reach_all(c);
    if (c->failed)
        return false;
    heap_sweep(&st->heap, &c->map);
    return true;
}

bool rt_collect(rt_state *st, void (*roots)(rt_collector *c, void *user), void *user)
{
    rt_collector c    = {.st = st};
    bool         done = collect(&c, roots, user);
    if (!done)
        heap_put_off(&st->heap);
    base_free(st->heap.alloc, c.rows, c.cap * sizeof *c.rows);
    heap_map_deinit(&st->heap, &c.map);
    return done;
}
