/* Filters that give iterators made from one sequence: batch, items, reverse, slice, unique. As in Jinja2 nothing is
 * looked at, and no error is found, before the first item is asked for (reverse alone looks at its value at once). */
#include "runtime/builtins/reversed.h"
#include "runtime/builtins/support.h"

enum { ROOM_MAX = 4096 }; /* items made room for before they are looked at */

/* ---- batch ---- */

typedef struct batching {
    builtin_lazy lazy;
    burin_value  size, fill;
    burin_value  ahead; /* the first item of the next batch; MISSING before the first and after the last */
    bool         empty_first; /* batches of 0: an empty one comes first, then all */
} batching;

/* len(batch) == linecount, for any linecount. */
static burin_status is_full(rt_state *st, uint32_t len, burin_value size, bool *full)
{
    if (BURIN_LIKELY(size.kind == BURIN_INT)) {
        *full = size.as.i == len;
        return BURIN_OK;
    }
    return rt_equal(st, burin_int(len), size, full);
}

/* batch += [fill] * (linecount - len(batch)) */
static burin_status fill_up(rt_state *st, rt_list *batch, burin_value size, burin_value fill)
{
    bool         short_of;
    burin_value  missing;
    burin_status status = rt_compare_op(st, RT_LT, burin_int(batch->len), size, &short_of);

    if (status || !short_of)
        return status;
    status = rt_binary_op(st, RT_SUB, size, burin_int(batch->len), &missing);
    if (!status && missing.kind == BURIN_FLOAT)
        return rt_fail(st, BURIN_ERR_TYPE, "can't multiply sequence by non-int of type 'float'");
    if (!status && missing.kind != BURIN_INT)
        return rt_fail_memory(st);
    for (int64_t n = 0; !status && n < missing.as.i; n++) {
        status = builtin_charge_round(st, (uint64_t)n + 1);
        if (!status)
            status = rt_list_push(st, batch, fill);
    }
    return status;
}

/* The next item, remembered: it may be the first of the next batch. */
static burin_status next_ahead(rt_state *st, batching *self, burin_value *item)
{
    const char  *before = st->heap.next;
    burin_status status = builtin_next(st, &self->lazy.it, item);

    self->ahead = *item;
    builtin_keep(st, before);
    return status;
}

static burin_status batch_step(rt_state *st, builtin_lazy *lazy, burin_value *out)
{
    batching    *self = (batching *)lazy;
    burin_value  item = self->ahead;
    bool         full   = false;
    rt_list     *batch;
    burin_status status = BURIN_OK;

    if (!lazy->open) {
        status = builtin_lazy_open(st, lazy);
        if (!status)
            status = next_ahead(st, self, &item);
        if (!status && item.kind != BURIN_MISSING)
            status = is_full(st, 0, self->size, &self->empty_first);
    }
    if (status || item.kind == BURIN_MISSING)
        return status;
    status = rt_list_new(st, BURIN_LIST, self->size.kind == BURIN_INT && (uint64_t)self->size.as.i < 64 ? (uint32_t)self->size.as.i : 8, &batch);
    if (self->empty_first) {
        self->empty_first = false;
        *out              = rt_list_value(batch);
        return status;
    }
    while (!status && item.kind != BURIN_MISSING && !full) {
        status = rt_list_push(st, batch, item);
        if (!status)
            status = next_ahead(st, self, &item);
        if (!status && item.kind != BURIN_MISSING)
            status = is_full(st, batch->len, self->size, &full);
    }
    if (!status && item.kind == BURIN_MISSING && self->fill.kind != BURIN_NONE)
        status = fill_up(st, batch, self->size, self->fill);
    *out = rt_list_value(batch);
    return status;
}

burin_status filter_batch(burin_call *call, burin_value *out)
{
    builtin_lazy *lazy;
    burin_status  status = builtin_lazy_new(call->st, sizeof(batching), call->args[0], batch_step, &lazy);

    if (status)
        return status;
    batching *self = (batching *)lazy;
    self->size     = call->args[1];
    self->fill     = call->args[2];
    return builtin_lazy_value(call->st, lazy, out);
}

/* ---- slice ---- */

typedef struct slicing {
    builtin_lazy lazy;
    burin_value  slices, fill;
    rt_list     *items;       /* the whole sequence; made with room for it, so that filling it in need not keep memory */
    int64_t      count, done; /* slices */
    uint32_t     next;        /* item */
} slicing;

static burin_status slice_open(rt_state *st, slicing *self)
{
    const char  *before = st->heap.next;
    burin_value  item, unused;
    burin_status status = builtin_lazy_open(st, &self->lazy);

    while (!status) {
        status = builtin_next(st, &self->lazy.it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        status = rt_list_push(st, self->items, item);
    }
    builtin_keep(st, before);
    if (!status && (self->slices.kind != BURIN_INT || self->slices.as.i == 0)) /* len // slices says what is wrong */
        status = rt_binary_op(st, RT_FLOORDIV, burin_int(self->items->len), self->slices, &unused);
    if (!status)
        status = rt_as_index(st, self->slices, &self->count);
    return status;
}

static burin_status slice_step(rt_state *st, builtin_lazy *lazy, burin_value *out)
{
    slicing     *self   = (slicing *)lazy;
    burin_status status = lazy->open ? BURIN_OK : slice_open(st, self);
    rt_list     *slice;

    if (status || self->done >= self->count)
        return status;
    uint32_t share = self->items->len / (uint64_t)self->count, longer = self->items->len % (uint64_t)self->count;
    uint32_t len   = share + (self->done < longer);
    bool     fill  = self->fill.kind != BURIN_NONE && self->done >= longer;
    status         = rt_list_new(st, BURIN_LIST, len + fill, &slice);
    if (status)
        return status;
    if (len)
        memcpy(slice->items, self->items->items + self->next, len * sizeof *slice->items);
    if (fill)
        slice->items[len] = self->fill;
    slice->len = len + fill;
    self->next += len;
    self->done++;
    *out = rt_list_value(slice);
    return BURIN_OK;
}

burin_status filter_slice(burin_call *call, burin_value *out)
{
    builtin_lazy *lazy;
    burin_status  status = builtin_lazy_new(call->st, sizeof(slicing), call->args[0], slice_step, &lazy);

    if (status)
        return status;
    slicing *self = (slicing *)lazy;
    size_t   hint = rt_iter_length_hint(call->st, call->args[0]);
    self->slices  = call->args[1];
    self->fill    = call->args[2];
    status        = rt_list_new(call->st, BURIN_LIST, hint < ROOM_MAX ? (uint32_t)hint : 0, &self->items);
    return status ? status : builtin_lazy_value(call->st, lazy, out);
}

/* ---- items ---- */

typedef struct pairing {
    builtin_lazy  lazy;
    builtin_pairs pairs;
} pairing;

static burin_status items_step(rt_state *st, builtin_lazy *lazy, burin_value *out)
{
    pairing     *self   = (pairing *)lazy;
    const char  *before = st->heap.next;
    burin_value  key, value;
    burin_status status = BURIN_OK;

    if (!lazy->open) {
        lazy->open = true;
        if (lazy->source.kind == BURIN_UNDEFINED)
            return BURIN_OK;
        if (!builtin_is_mapping(lazy->source))
            return rt_fail(st, BURIN_ERR_TYPE, "Can only get item pairs from a mapping.");
        status = builtin_pairs_init(st, lazy->source, &self->pairs);
        builtin_keep(st, before);
    }
    if (!status)
        status = builtin_pairs_next(st, &self->pairs, &key, &value);
    if (status || key.kind == BURIN_MISSING)
        return status;
    return rt_tuple2(st, key, value, out);
}

burin_status filter_items(burin_call *call, burin_value *out)
{
    builtin_lazy *lazy;
    burin_status  status = builtin_lazy_new(call->st, sizeof(pairing), call->args[0], items_step, &lazy);

    return status ? status : builtin_lazy_value(call->st, lazy, out);
}

/* ---- unique ---- */

typedef struct uniting {
    builtin_lazy lazy;
    burin_value  case_sensitive, attribute;
    bool         ignore_case;
    builtin_path path;
    rt_dict     *seen; /* keys only; the values are none */
} uniting;

static burin_status unique_open(rt_state *st, uniting *self)
{
    const char  *before = st->heap.next;
    bool         case_sensitive;
    burin_status status = builtin_path_init(st, self->attribute, rt_missing(), &self->path);

    if (!status)
        status = rt_is_true(st, self->case_sensitive, &case_sensitive);
    if (status)
        return status;
    self->ignore_case = !case_sensitive;
    status            = builtin_lazy_open(st, &self->lazy);
    builtin_keep(st, before);
    return status;
}

static burin_status unique_step(rt_state *st, builtin_lazy *lazy, burin_value *out)
{
    uniting     *self = (uniting *)lazy;
    burin_value  item, key, known;
    burin_status status = lazy->open ? BURIN_OK : unique_open(st, self);

    while (!status) {
        const char *before = st->heap.next;
        status             = builtin_next(st, &lazy->it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        status = builtin_path_get(st, &self->path, item, &key);
        if (!status && self->ignore_case)
            status = builtin_ignore_case(st, key, &key);
        if (!status)
            status = rt_dict_get(st, self->seen, key, &known);
        if (status || known.kind != BURIN_MISSING)
            continue;
        status = rt_dict_put(st, self->seen, key, burin_none());
        builtin_keep(st, before);
        *out = item;
        break;
    }
    return status;
}

burin_status filter_unique(burin_call *call, burin_value *out)
{
    builtin_lazy *lazy;
    burin_status  status = builtin_lazy_new(call->st, sizeof(uniting), call->args[0], unique_step, &lazy);

    if (status)
        return status;
    uniting *self        = (uniting *)lazy;
    self->case_sensitive = call->args[1];
    self->attribute      = call->args[2];
    status               = rt_dict_new(call->st, 8, &self->seen);
    return status ? status : builtin_lazy_value(call->st, lazy, out);
}

/* ---- reverse ---- */

static burin_status reverse_text(rt_state *st, burin_value s, burin_value *out)
{
    char        *to;
    uint32_t     len    = s.len;
    burin_status status = rt_charge(st, len / 64);

    if (!status)
        status = rt_string_new(st, len, &to, out);
    if (status)
        return status;
    for (size_t at = 0; at < len;) {
        size_t from = at;
        text_decode(s.as.s, len, &at);
        memcpy(to + len - at, s.as.s + from, at - from);
    }
    out->flags = s.flags;
    return BURIN_OK;
}

burin_status filter_reverse(burin_call *call, burin_value *out)
{
    rt_state    *st    = call->st;
    burin_value  value = call->args[0];
    rt_list     *list;
    burin_status status;

    if (rt_is_text(value))
        return reverse_text(st, value, out);
    if (reversed_possible(value))
        return reversed_new(st, value, out);
    status = rt_to_list(st, value, &list);
    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "argument must be iterable");
    }
    if (status)
        return status;
    for (uint32_t low = 0, high = list->len; low + 1 < high; low++) {
        burin_value item = list->items[low];
        list->items[low] = list->items[--high];
        list->items[high] = item;
    }
    *out = rt_list_value(list);
    return BURIN_OK;
}
