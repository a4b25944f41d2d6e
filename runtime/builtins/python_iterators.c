/* Lazy iterators: enumerate, zip, map, filter, reversed, and iter() and next().
 *
 * Each is an OBJECT whose state lies in the heap. What a step stores there (a number that has grown, items) escapes from the
 * loop that asked for it. Iterators over iterators recurse: each step enters. */
#include "runtime/builtins/python.h"
#include "runtime/builtins/reversed.h"
#include "runtime/collect.h"

static burin_status state_new(rt_state *st, size_t size, void **out)
{
    *out = heap_alloc(&st->heap, size);
    if (!*out)
        return rt_fail_memory(st);
    memset(*out, 0, size);
    return BURIN_OK;
}

/* The next item of what an iterator is over; `told`: who asks tells all that is held. */
static burin_status next_within(rt_state *st, bool told, rt_iter *it, burin_value *item)
{
    burin_status status = rt_enter(st);
    *item               = rt_missing();
    if (status)
        return status;
    rt_ask(st, told, it->over);
    status = rt_iter_next(st, it, item);
    rt_ask_none(st);
    rt_leave(st);
    return status;
}

/* ---- enumerate ---- */

typedef struct enumerator {
    rt_iter     it;
    burin_value number;
} enumerator;

static burin_status enumerate_next(burin_call *call, void *self, burin_value *out)
{
    rt_state    *st = call->st;
    enumerator  *e  = self;
    burin_value  item, number = e->number;
    const char  *before = st->heap.next;
    burin_status status = next_within(st, rt_told_of(st, self), &e->it, &item);
    *out                = item;
    if (status || item.kind == BURIN_MISSING)
        return status;
    status = rt_int_binary(st, RT_ADD, number, burin_int(1), &e->number);
    builtin_keep(st, before);
    return status ? status : rt_tuple2(st, number, item, out);
}

static void enumerate_reach(rt_collector *c, void *self)
{
    const enumerator *e = self;
    if (!rt_reach_bytes(c, e, sizeof *e))
        return;
    rt_iter_reach(c, &e->it);
    rt_reach_value(c, &e->number);
}

static const rt_holder enumerate_class = {{.struct_size = sizeof(rt_holder), .name = "enumerate", .next = enumerate_next}, enumerate_reach};

burin_status type_enumerate(burin_call *call, burin_value *out)
{
    enumerator  *e      = NULL;
    burin_status status = state_new(call->st, sizeof *e, (void **)&e);
    if (!status)
        status = python_integer(call->st, call->args[1], &e->number);
    if (!status)
        status = rt_iter_init(call->st, call->args[0], &e->it);
    return status ? status : rt_object_new(call->st, &enumerate_class.base, e, out);
}

/* ---- zip ---- */

typedef struct zipper {
    uint32_t count;
    bool     strict, finished;
    rt_iter  its[];
} zipper;

/* Iterable `at` ended: with strict=True all must. */
static burin_status zip_ended(rt_state *st, bool told, zipper *z, uint32_t at)
{
    burin_value  item;
    burin_status status = BURIN_OK;
    const char  *plural = at == 1 ? " " : "s 1-";
    z->finished         = true;
    if (!z->strict)
        return BURIN_OK;
    if (at > 0)
        return rt_fail(st, BURIN_ERR_VALUE, "zip() argument %u is shorter than argument%s%u", at + 1, plural, at);
    for (uint32_t n = 1; n < z->count && !status; n++) {
        status = next_within(st, told, &z->its[n], &item);
        if (!status && item.kind != BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_VALUE, "zip() argument %u is longer than argument%s%u", n + 1, n == 1 ? " " : "s 1-", n);
    }
    return status;
}

static burin_status zip_next(burin_call *call, void *self, burin_value *out)
{
    rt_state    *st = call->st;
    zipper      *z  = self;
    rt_list     *row;
    rt_told      held;
    burin_value  made, item;
    uint32_t     n      = 0;
    const bool   told   = rt_told_of(st, self);
    burin_status status = BURIN_OK;
    *out                = rt_missing();
    if (z->finished || z->count == 0)
        return BURIN_OK;
    if ((status = rt_list_new(st, BURIN_TUPLE, z->count, &row)))
        return status;
    made = rt_tuple_value(row);
    rt_told_begin(&held, call, &made, 1);
    while (n < z->count && !(status = next_within(st, told, &z->its[n], &item)) && item.kind != BURIN_MISSING)
        row->items[row->len++] = item, n++;
    rt_told_end(&held);
    if (!status && n < z->count)
        return zip_ended(st, told, z, n);
    if (!status)
        *out = made;
    return status;
}

static void reach_iters(rt_collector *c, const rt_iter *its, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++)
        rt_iter_reach(c, &its[n]);
}

static void zip_reach(rt_collector *c, void *self)
{
    const zipper *z = self;
    if (rt_reach_bytes(c, z, sizeof *z + z->count * sizeof *z->its))
        reach_iters(c, z->its, z->count);
}

static const rt_holder zip_class = {{.struct_size = sizeof(rt_holder), .name = "zip", .next = zip_next}, zip_reach};

burin_status type_zip(burin_call *call, burin_value *out)
{
    rt_state      *st     = call->st;
    const rt_list *over   = rt_list_of(st, call->args[1]);
    zipper        *z      = NULL;
    burin_status   status = state_new(st, sizeof *z + over->len * sizeof(rt_iter), (void **)&z);
    for (uint32_t n = 0; n < over->len && !status; n++) {
        status = rt_iter_init(st, over->items[n], &z->its[n]);
        if (status == BURIN_ERR_TYPE) {
            rt_clear_error(st);
            return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not iterable", rt_type_name(st, over->items[n]));
        }
    }
    if (!status)
        status = rt_is_true(st, call->args[0], &z->strict);
    if (status)
        return status;
    z->count = over->len;
    return rt_object_new(st, &zip_class.base, z, out);
}

/* ---- map ---- */

typedef struct mapper {
    burin_value function;
    uint32_t    count;
    rt_iter     its[];
} mapper;

static burin_status map_next(burin_call *call, void *self, burin_value *out)
{
    enum { ON_STACK = 4 };
    rt_state    *st = call->st;
    mapper      *m  = self;
    burin_value  on_stack[ON_STACK], *items = on_stack;
    burin_status status = BURIN_OK;
    const bool   told   = rt_told_of(st, self);
    *out                = rt_missing();
    if (m->count > ON_STACK && !(items = heap_alloc(&st->heap, m->count * sizeof *items)))
        return rt_fail_memory(st);
    for (uint32_t n = 0; n < m->count; n++) {
        status = next_within(st, told && m->count == 1, &m->its[n], &items[n]); /* of several, those before are held here */
        if (status || items[n].kind == BURIN_MISSING)
            return status;
    }
    rt_arguments args = {.positional = items, .count = m->count};
    if ((status = rt_enter(st)))
        return status;
    rt_ask(st, told, m->function);
    status = rt_call(st, m->function, &args, out);
    rt_ask_none(st);
    rt_leave(st);
    return status;
}

static void map_reach(rt_collector *c, void *self)
{
    const mapper *m = self;
    if (!rt_reach_bytes(c, m, sizeof *m + m->count * sizeof *m->its))
        return;
    rt_reach_value(c, &m->function);
    reach_iters(c, m->its, m->count);
}

static const rt_holder map_class = {{.struct_size = sizeof(rt_holder), .name = "map", .next = map_next}, map_reach};

burin_status type_map(burin_call *call, burin_value *out)
{
    rt_state      *st     = call->st;
    const rt_list *args   = rt_list_of(st, call->args[0]);
    mapper        *m      = NULL;
    burin_status   status = state_new(st, sizeof *m + args->len * sizeof(rt_iter), (void **)&m);
    if (!status && args->len < 2)
        return rt_fail(st, BURIN_ERR_TYPE, "map() must have at least two arguments.");
    for (uint32_t n = 1; n < args->len && !status; n++)
        status = rt_iter_init(st, args->items[n], &m->its[n - 1]);
    if (status)
        return status;
    m->function = args->items[0];
    m->count    = args->len - 1;
    return rt_object_new(st, &map_class.base, m, out);
}

/* ---- filter ---- */

typedef struct sieve {
    burin_value function; /* NONE: the items themselves are asked */
    rt_iter     it;
} sieve;

static burin_status filter_next(burin_call *call, void *self, burin_value *out)
{
    rt_state    *st = call->st;
    sieve       *s  = self;
    burin_value  answer;
    bool         pass   = false;
    const bool   told   = rt_told_of(st, self);
    rt_told      item;
    burin_status status = rt_enter(st);
    if (status)
        return status;
    *out = rt_missing();
    rt_told_begin(&item, call, out, 1);
    while (!pass) {
        rt_ask(st, told, s->it.over);
        status = rt_iter_next(st, &s->it, out);
        rt_ask_none(st);
        if (status || out->kind == BURIN_MISSING)
            break;
        rt_ask(st, told, s->function);
        status = python_apply(st, s->function, *out, &answer);
        rt_ask_none(st);
        if (!status)
            status = rt_is_true(st, answer, &pass);
        if (status)
            break;
    }
    rt_told_end(&item);
    rt_leave(st);
    return status;
}

static void filter_reach(rt_collector *c, void *self)
{
    const sieve *s = self;
    if (!rt_reach_bytes(c, s, sizeof *s))
        return;
    rt_reach_value(c, &s->function);
    rt_iter_reach(c, &s->it);
}

static const rt_holder filter_class = {{.struct_size = sizeof(rt_holder), .name = "filter", .next = filter_next}, filter_reach};

burin_status type_filter(burin_call *call, burin_value *out)
{
    sieve       *s      = NULL;
    burin_status status = state_new(call->st, sizeof *s, (void **)&s);
    if (!status)
        status = rt_iter_init(call->st, call->args[1], &s->it);
    if (status)
        return status;
    s->function = call->args[0];
    return rt_object_new(call->st, &filter_class.base, s, out);
}

/* ---- reversed, iter, next ---- */

burin_status type_reversed(burin_call *call, burin_value *out) { return reversed_new(call->st, call->args[0], out); }

typedef struct caller {
    burin_value function, sentinel;
    bool        finished;
} caller;

static burin_status caller_next(burin_call *call, void *self, burin_value *out)
{
    static const rt_arguments nothing = {0};
    rt_state                 *st = call->st;
    caller                   *c  = self;
    const bool                told = rt_told_of(st, self);
    *out                         = rt_missing();
    if (c->finished)
        return BURIN_OK;
    burin_status status = rt_enter(st);
    if (status)
        return status;
    rt_ask(st, told, c->function);
    status = rt_call(st, c->function, &nothing, out);
    rt_ask_none(st);
    if (!status && (status = rt_equal(st, *out, c->sentinel, &c->finished)) == BURIN_OK && c->finished)
        *out = rt_missing();
    rt_leave(st);
    return status;
}

static void caller_reach(rt_collector *c, void *self)
{
    const caller *of = self;
    if (!rt_reach_bytes(c, of, sizeof *of))
        return;
    rt_reach_value(c, &of->function);
    rt_reach_value(c, &of->sentinel);
}

static const rt_holder caller_class = {{.struct_size = sizeof(rt_holder), .name = "callable_iterator", .next = caller_next}, caller_reach};

burin_status python_iter(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  can;
    caller      *c = NULL;
    if (call->args[1].kind == BURIN_MISSING)
        return rt_iterator_new(st, call->args[0], out);
    python_callable(call, &can);
    if (!can.as.i)
        return rt_fail(st, BURIN_ERR_TYPE, "iter(v, w): v must be callable");
    burin_status status = state_new(st, sizeof *c, (void **)&c);
    if (status)
        return status;
    *c = (caller){call->args[0], call->args[1], false};
    return rt_object_new(st, &caller_class.base, c, out);
}

burin_status python_next(burin_call *call, burin_value *out)
{
    rt_state   *st = call->st;
    burin_value v  = call->args[0];
    rt_iter     it;
    rt_told     told;
    if (v.kind != BURIN_OBJECT || !rt_object_of(v)->cls->next)
        return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not an iterator", rt_type_name(st, v));
    burin_status status = rt_iter_init(st, v, &it);
    rt_told_begin(&told, call, NULL, 0);
    if (!status)
        status = rt_told_next(&told, &it, out);
    rt_told_end(&told);
    if (status || out->kind != BURIN_MISSING)
        return status;
    *out = call->args[1];
    return out->kind == BURIN_MISSING ? rt_fail(st, BURIN_ERR_STOP_ITERATION, "%s", "") : BURIN_OK;
}
