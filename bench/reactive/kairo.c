/* Kairo's graphs. */
#include "bench/reactive/parts.h"

static COMPUTE(zero)
{
    (void)g, (void)user, (void)in;
    *out = burin_int(0);
    return BURIN_OK;
}
static COMPUTE(busy_plus)
{
    volatile int busy = 0;
    for (int k = 0; k < 100; k++)
        busy++;
    return plus(g, user, in, out);
}

burin_graph *avoidable(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    s->head        = cell(g, 0);
    burin_node c1 = over(g, same, NULL, &s->head, 1), c2 = over(g, zero, NULL, &c1, 1), c3 = over(g, busy_plus, N(1), &c2, 1);
    burin_node c4 = over(g, plus, N(2), &c3, 1), c5 = over(g, plus, N(3), &c4, 1);
    s->nodes[0]   = c5;
    effect(g, see, items_of(s, 1), c5);
    return g;
}
bool avoidable_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1) && s->seen[0] == 6;
    for (int64_t i = 0; i < 1000; i++)
        ok &= write_head(g, s, i) && s->seen[0] == 6;
    return ok;
}

burin_graph *broad(const workload *w, void **out)
{
    burin_graph *g     = begin(w, out);
    state       *s     = *out;
    item        *items = items_of(s, 50);
    s->head            = cell(g, 0);
    for (int i = 0; i < 50; i++) {
        effect(g, see, &items[i], added(g, s, 1, added(g, s, i, s->head)));
    }
    return g;
}
bool broad_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 50; i++)
        ok &= write_head(g, s, i) && s->seen[49] == (double)(i + 50);
    return ok && s->seen_count == 2500;
}

burin_graph *deep(const workload *w, void **out)
{
    burin_graph *g    = begin(w, out);
    state       *s    = *out;
    burin_node   last = s->head = cell(g, 0);
    for (int i = 0; i < 50; i++)
        last = added(g, s, 1, last);
    effect(g, see, items_of(s, 1), last);
    return g;
}
bool deep_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 50; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(i + 50);
    return ok && s->seen_count == 50;
}

static COMPUTE(sum_found)
{
    state       *s      = user;
    int64_t      total  = 0;
    burin_status status = BURIN_OK;
    burin_value  v;
    (void)in;
    for (int k = 0; k < 5 && !status; k++) {
        status = burin_graph_get(g, s->nodes[k], &v);
        total += v.as.i;
    }
    *out = burin_int(total);
    return status;
}
burin_graph *diamond(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   total;
    s->head = cell(g, 0);
    for (int i = 0; i < 5; i++)
        s->nodes[i] = added(g, s, 1, s->head);
    if (w->is_dynamic)
        burin_graph_computed(g, sum_found, s, BURIN_NODE_DYNAMIC, NULL, 0, &total);
    else
        total = over(g, sum, NULL, s->nodes, 5);
    effect(g, see, items_of(s, 1), total);
    return g;
}
bool diamond_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 500; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)((i + 1) * 5);
    return ok && s->seen_count == 500;
}

/* The mux's value is always a new object of all heads: two host objects that take turns. */
typedef struct object {
    int64_t at[100];
} object;
typedef struct mux_state {
    state  s; /* first: what workload_free frees */
    object turns[2];
    int    turn;
} mux_state;

static COMPUTE(mux_of)
{
    mux_state *m = user;
    object    *o = &m->turns[m->turn ^= 1];
    (void)g;
    for (uint32_t k = 0; k < in->count; k++)
        o->at[k] = burin_input(in, k)->as.i;
    *out      = burin_none();
    out->kind = BURIN_OBJECT;
    out->as.p = o;
    return BURIN_OK;
}
static COMPUTE(pick)
{
    (void)g;
    *out = burin_int(((const object *)burin_input(in, 0)->as.p)->at[(intptr_t)user]);
    return BURIN_OK;
}
burin_graph *mux(const workload *w, void **out)
{
    burin_graph *g = burin_graph_new(NULL);
    mux_state   *m = calloc(1, sizeof *m);
    state       *s = &m->s;
    *out           = m;
    s->of          = w;
    item *items    = items_of(s, 100);
    for (int i = 0; i < 100; i++)
        s->heads[i] = cell(g, 0);
    burin_node all = over(g, mux_of, m, s->heads, 100);
    for (int i = 0; i < 100; i++) {
        burin_node picked = over(g, pick, N(i), &all, 1);
        effect(g, see, &items[i], over(g, plus, N(1), &picked, 1));
    }
    return g;
}
bool mux_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = true;
    for (int64_t i = 0; i < 10; i++)
        ok &= !burin_graph_set(g, s->heads[i], burin_int(i)) && s->seen[i] == (double)(i + 1);
    for (int64_t i = 0; i < 10; i++)
        ok &= !burin_graph_set(g, s->heads[i], burin_int(i * 2)) && s->seen[i] == (double)(i * 2 + 1);
    return ok;
}

static COMPUTE(repeat_read)
{
    (void)g, (void)user;
    int64_t total = 0;
    for (int k = 0; k < 30; k++)
        total += burin_input(in, 0)->as.i;
    *out = burin_int(total);
    return BURIN_OK;
}
static COMPUTE(repeat_get)
{
    state       *s = user;
    int64_t      total = 0;
    burin_value  v;
    burin_status status = BURIN_OK;
    (void)in;
    for (int k = 0; k < 30 && !status; k++) {
        status = burin_graph_get(g, s->head, &v);
        total += v.as.i;
    }
    *out = burin_int(total);
    return status;
}
burin_graph *repeated(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   c = {0, 0};
    s->head        = cell(g, 0);
    if (w->is_dynamic)
        burin_graph_computed(g, repeat_get, s, BURIN_NODE_DYNAMIC, NULL, 0, &c);
    else
        c = over(g, repeat_read, NULL, &s->head, 1);
    effect(g, see, items_of(s, 1), c);
    return g;
}
bool repeated_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 100; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(i * 30);
    return ok && (s->seen_count == 100);
}

burin_graph *triangle(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   list[10], last = s->head = cell(g, 0);
    for (int i = 0; i < 10; i++) { /* the tenth is read by nobody */
        list[i] = last;
        last    = over(g, plus, N(1), &last, 1);
    }
    effect(g, see, items_of(s, 1), over(g, sum, NULL, list, 10));
    return g;
}
bool triangle_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 100; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(45 + 10 * i);
    return ok && s->seen_count == 100;
}

static COMPUTE(twice)
{
    (void)g, (void)user;
    *out = burin_int(2 * burin_input(in, 0)->as.i);
    return BURIN_OK;
}
static COMPUTE(minus)
{
    (void)g, (void)user;
    *out = burin_int(-burin_input(in, 0)->as.i);
    return BURIN_OK;
}
static COMPUTE(either)
{
    state       *s = user;
    int64_t      total = 0;
    burin_value  v;
    burin_status status = BURIN_OK;
    (void)in;
    for (int k = 0; k < 20 && !status; k++) {
        status = burin_graph_get(g, s->head, &v);
        if (!status)
            status = burin_graph_get(g, v.as.i & 1 ? s->nodes[0] : s->nodes[1], &v);
        total += v.as.i;
    }
    *out = burin_int(total);
    return status;
}
burin_graph *unstable(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   c;
    s->head     = cell(g, 0);
    s->nodes[0] = over(g, twice, NULL, &s->head, 1);
    s->nodes[1] = over(g, minus, NULL, &s->head, 1);
    burin_graph_computed(g, either, s, BURIN_NODE_DYNAMIC, NULL, 0, &c);
    effect(g, see, items_of(s, 1), c);
    return g;
}
bool unstable_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1) && s->seen[0] == 40;
    s->seen_count = 0;
    for (int64_t i = 0; i < 100; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(i & 1 ? 40 * i : -20 * i);
    return ok && s->seen_count == 100;
}
