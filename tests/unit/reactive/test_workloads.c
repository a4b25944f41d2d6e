/* The community's workloads: right results, and exactly as many computations as a glitch-free, lazy engine needs. */
#include "bench/reactive/workloads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Nodes that read one cell, each of them needed by nobody, read, and left alone until the graph has trimmed itself. */
static double bytes_each(unsigned flags, burin_compute fn, uint32_t count)
{
    burin_graph *g = burin_graph_new(NULL);
    burin_node   head, node;
    burin_value  v;
    assert_int_equal(burin_graph_cell(g, burin_int(0), &head), BURIN_OK);
    for (uint32_t k = 0; k < count; k++) {
        assert_int_equal(burin_graph_computed(g, fn, &head, flags, &head, flags & BURIN_NODE_STATIC ? 1 : 0, &node), BURIN_OK);
        assert_int_equal(burin_graph_get(g, node, &v), BURIN_OK);
    }
    for (uint32_t k = 1; k < count / 4; k++)
        burin_graph_set(g, head, burin_int(k));
    double each = (double)counters(g).memory / count;
    burin_graph_free(g);
    return each;
}
static burin_status read_input(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)g, (void)user;
    *out = *burin_input(in, 0);
    return BURIN_OK;
}
static burin_status read_node(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)in;
    return burin_graph_get(g, *(burin_node *)user, out);
}

static void a_node_with_one_edge_takes_64_bytes_or_96_when_it_is_dynamic(void **unused)
{
    enum { COUNT = 5000 };
    double bookkeeping = 4096.0 / COUNT;
    (void)unused;
    assert_true(bytes_each(BURIN_NODE_STATIC, read_input, COUNT) <= 64 + bookkeeping);
    assert_true(bytes_each(BURIN_NODE_DYNAMIC, read_node, COUNT) <= 96 + bookkeeping);
}

/* ---- memory is asked for while a graph grows, and no more ---- */

typedef struct counting {
    burin_allocator alloc;
    size_t          calls;
} counting;

static void *count_and_resize(void *user, void *p, size_t old_size, size_t size)
{
    (void)old_size;
    ((counting *)user)->calls++;
    if (size)
        return realloc(p, size);
    free(p);
    return NULL;
}

static burin_status text_of(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    static char text[40];
    (void)g, (void)user;
    int len = snprintf(text, sizeof text, "the number %d", (int)burin_input(in, 0)->as.i);
    *out    = burin_string_borrow(text, (size_t)len);
    return BURIN_OK;
}

static void a_steady_batch_allocates_nothing(void **unused)
{
    counting     c = {.alloc = {.user = &c, .resize = count_and_resize}};
    burin_graph *g = burin_graph_new(&c.alloc);
    burin_node   head, other, node, effect;
    (void)unused;
    burin_graph_cell(g, burin_int(0), &head);
    burin_graph_cell(g, burin_int(0), &other);
    for (int k = 0; k < 300; k++) { /* effects are queued in another order than that of making */
        burin_graph_computed(g, k % 3 ? read_input : text_of, NULL, BURIN_NODE_STATIC, k % 2 ? &head : &other, 1, &node);
        burin_graph_effect(g, read_input, NULL, BURIN_NODE_STATIC, &node, 1, &effect);
        burin_graph_effect(g, read_node, k % 5 ? &head : &other, BURIN_NODE_DYNAMIC, NULL, 0, &effect);
    }
    for (int round = 0; round < 1000; round++) {
        size_t before = c.calls;
        burin_graph_begin(g);
        burin_graph_set(g, head, burin_int(round));
        burin_graph_set(g, other, burin_int(-round));
        burin_graph_commit(g);
        burin_graph_set(g, other, burin_int(round));
        if (round >= 500)
            assert_int_equal(c.calls, before);
    }
    burin_graph_free(g);
}

static void effects_that_come_and_go_take_no_more_memory(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    burin_node   head, effect;
    uint64_t     after_some = 0;
    (void)unused;
    burin_graph_cell(g, burin_int(0), &head);
    for (int k = 0; k < 20000; k++) {
        burin_graph_effect(g, read_input, NULL, BURIN_NODE_STATIC, &head, 1, &effect);
        burin_graph_begin(g);
        burin_graph_set(g, head, burin_int(k));
        burin_graph_dispose(g, effect);
        burin_graph_commit(g);
        if (k == 1000)
            after_some = counters(g).memory;
    }
    assert_true(counters(g).memory <= 2 * after_some);
    burin_graph_free(g);
}

/* Remaking rows costs some batches' work: a graph of which much runs in a batch need not wait for many of them. */
static void a_graph_that_works_has_rows_after_a_few_batches(void **unused)
{
    enum { WIDTH = 1000, BATCHES = 12 };
    burin_graph *g = burin_graph_new(NULL);
    burin_node   head, node, effect;
    (void)unused;
    burin_graph_cell(g, burin_int(0), &head);
    for (int k = 0; k < WIDTH; k++) {
        burin_graph_computed(g, read_input, NULL, BURIN_NODE_STATIC, &head, 1, &node);
        burin_graph_effect(g, read_input, NULL, BURIN_NODE_STATIC, &node, 1, &effect);
    }
    uint64_t grown = counters(g).memory;
    for (int k = 1; k <= BATCHES; k++)
        burin_graph_set(g, head, burin_int(k));
    assert_true(counters(g).memory < grown);
    burin_graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_workload_runs_the_fewest_computations),
        cmocka_unit_test(a_node_with_one_edge_takes_64_bytes_or_96_when_it_is_dynamic),
        cmocka_unit_test(a_steady_batch_allocates_nothing),
        cmocka_unit_test(effects_that_come_and_go_take_no_more_memory),
        cmocka_unit_test(a_graph_that_works_has_rows_after_a_few_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
