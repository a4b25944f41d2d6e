#include "bench/reactive/parts.h"

item *items_of(state *s, uint32_t count)
{
    item *items = calloc(count, sizeof *items);
    for (uint32_t k = 0; items && k < count; k++)
        items[k] = (item){.s = s, .n = k};
    s->numbers = (int64_t *)(void *)items;
    return items;
}

/* ---- computations ---- */

static double number(const burin_value *v) { return v->kind == BURIN_INT ? (double)v->as.i : v->as.f; }

COMPUTE(same)
{
    (void)g, (void)user;
    *out = *burin_input(in, 0);
    return BURIN_OK;
}

COMPUTE(plus)
{
    (void)g;
    *out = burin_int(burin_input(in, 0)->as.i + (int64_t)(intptr_t)user);
    return BURIN_OK;
}

COMPUTE(sum)
{
    int64_t total = 0;
    (void)g, (void)user;
    for (uint32_t k = 0; k < in->count; k++)
        total += burin_input(in, k)->as.i;
    *out = burin_int(total);
    return BURIN_OK;
}

COMPUTE(see)
{
    item *i = user;
    (void)g, (void)out;
    i->s->seen[i->n] = number(burin_input(in, 0));
    i->s->seen_count++;
    return BURIN_OK;
}

COMPUTE(look)
{
    (void)g, (void)user, (void)in, (void)out;
    return BURIN_OK;
}

/* ---- building ---- */

burin_node cell(burin_graph *g, int64_t n)
{
    burin_node node = {0, 0};
    burin_graph_cell(g, burin_int(n), &node);
    return node;
}
burin_node over(burin_graph *g, burin_compute fn, void *user, const burin_node *inputs, size_t count)
{
    burin_node node = {0, 0};
    burin_graph_computed(g, fn, user, BURIN_NODE_STATIC, inputs, count, &node);
    return node;
}
static COMPUTE(plus_found)
{
    const adder *a = user;
    burin_value  v;
    (void)in;
    burin_status status = burin_graph_get(g, a->on, &v);
    *out                = burin_int(v.as.i + a->n);
    return status;
}
burin_node added(burin_graph *g, state *s, int64_t n, burin_node on)
{
    burin_node node = {0, 0};
    if (!s->of->is_dynamic)
        return over(g, plus, N(n), &on, 1);
    adder *a = &s->adders[s->adder_count++];
    *a       = (adder){on, n};
    burin_graph_computed(g, plus_found, a, BURIN_NODE_DYNAMIC, NULL, 0, &node);
    return node;
}
void effect(burin_graph *g, burin_compute fn, void *user, burin_node on)
{
    burin_node node;
    burin_graph_effect(g, fn, user, BURIN_NODE_STATIC, &on, 1, &node);
}

burin_graph *begin(const workload *w, void **out)
{
    state *s = calloc(1, sizeof *s);
    *out     = s;
    s->of    = w;
    return burin_graph_new(NULL);
}
bool write_head(burin_graph *g, state *s, int64_t n) { return !burin_graph_set(g, s->head, burin_int(n)); }

/* ---- the table ---- */

#define KAIRO(name, is_dynamic, fewest) {#name, is_dynamic, fewest, 0, 0, name, name##_iterate, 0, 0, 0, 0, 0}
#define FOUND(name, fewest) {#name ", dynamic", true, fewest, 0, 0, name, name##_iterate, 0, 0, 0, 0, 0}
#define FAN(name, width, layers) {name, false, width * (layers + 1ull), 0, 0, fan, fan_iterate, width, layers, 0, 0, 0}
#define CELLX(layers) {"cellx" #layers, false, 8ull * layers, 0, 0, cellx, cellx_iterate, 4, layers, 0, 0, 0}
#define GRAPH(name, width, layers, is_static, sources, read, iterations, sum, fewest) \
    {name, is_static < 1, fewest, iterations, sum, reactively, reactively_iterate, width, layers, sources, is_static, read}

const workload workloads[] = {
    KAIRO(avoidable, false, 2002), KAIRO(broad, false, 7650), KAIRO(deep, false, 2601), KAIRO(diamond, false, 3507), KAIRO(mux, false, 1854),
    KAIRO(repeated, false, 202), KAIRO(triangle, false, 1111),
    FOUND(broad, 7650), FOUND(deep, 2601), FOUND(diamond, 3507), FOUND(repeated, 202), KAIRO(unstable, true, 303),
    FAN("1 to 1", 1, 1), FAN("1 to 1000", 1000, 1), FAN("chain of 1000", 1, 1000),
    CELLX(1000), CELLX(2500),
    GRAPH("2-10x5 lazy80", 10, 5, 1, 2, .2, 600000, 19199968, 3480000),
    GRAPH("6-10x10 dyn25 lazy80", 10, 10, .75, 6, .2, 15000, 302310782860, 1155000),
    GRAPH("4-1000x12 dyn5", 1000, 12, .95, 4, 1, 7000, 29355933696000, 1463000),
    GRAPH("25-1000x5", 1000, 5, 1, 25, 1, 3000, 1171484375000, 732000),
    GRAPH("3-5x500", 5, 500, 1, 3, 1, 500, 3.0239642676898464e241, 1246500),
    GRAPH("6-100x15 dyn50", 100, 15, .5, 6, 1, 2000, 15664996402790400, 1078000),
};
const size_t workload_count = sizeof workloads / sizeof workloads[0];

void workload_free(burin_graph *g, void *state_of)
{
    state *s = state_of;
    burin_graph_free(g);
    free(s->numbers);
    free(s->kept);
    free(s);
}

uint64_t workload_evaluations(const burin_graph *g)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(g, &c);
    return c.evaluations;
}
