/* The community's workloads: right results, and exactly as many computations as a glitch-free, lazy engine needs. */
#include "bench/reactive/workloads.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static burin_graph_counters counters(const burin_graph *g)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(g, &c);
    return c;
}

/* For the graphs of Reactively only computed nodes count. */
static uint64_t counted(const burin_graph *g, const workload *w)
{
    burin_graph_counters c = counters(g);
    return w->iterations ? c.evaluations - c.effects : c.evaluations;
}

static void every_workload_runs_the_fewest_computations(void **unused)
{
    (void)unused;
    for (size_t n = 0; n < workload_count; n++) {
        const workload *w = &workloads[n];
        void           *state;
        burin_graph    *g = w->build(w, &state);
        assert_true(w->iterate(g, state)); /* from where one iteration leaves the graph, the next are alike */
        uint64_t before = counted(g, w);
        if (!w->iterate(g, state))
            fail_msg("%s: a wrong result", w->name);
        if (counted(g, w) - before != w->fewest)
            fail_msg("%s: %llu computations, not %llu", w->name, (unsigned long long)(counted(g, w) - before), (unsigned long long)w->fewest);
        workload_free(g, state);
    }
}

static void a_static_node_takes_64_bytes_and_an_edge_16_but_for_room_to_grow(void **unused)
{
    (void)unused;
    for (size_t n = 0; n < workload_count; n++) {
        const workload *w = &workloads[n];
        void           *state;
        if (w->layers != 2500)
            continue;
        burin_graph         *g = w->build(w, &state);
        burin_graph_counters c = counters(g);
        assert_true(c.memory <= c.nodes * 64 * 3 / 2 + c.edges * 16); /* slabs grow by half */
        workload_free(g, state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_workload_runs_the_fewest_computations),
        cmocka_unit_test(a_static_node_takes_64_bytes_and_an_edge_16_but_for_room_to_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
