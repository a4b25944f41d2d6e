/* Following ends: cells go with the last that wanted them, at any time, and leave nothing. */
#include "tests/support/budget.h"

#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SPEED, NOTES, AGENTS, COUNT = 100 };
static const burin_text no_key = {NULL, 0};

typedef struct world {
    budget                memory; /* of the graph, and so of the follower */
    burin_allocator       allocator;
    burin_store          *store;
    burin_graph          *graph;
    burin_follower       *follower;
    burin_child_follower *children;
    burin_entity          root, agents[COUNT];
    burin_node            cell, other;
    burin_value           seen;
    int                   runs, failed;
} world;

static int open_world(void **state)
{
    static const burin_attribute attributes[] = {{"speed", BURIN_INT_ATTRIBUTE, false, NULL}, {"notes", BURIN_DATA_ATTRIBUTE, true, NULL},
                                                 {"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    burin_type type;
    world     *w = calloc(1, sizeof *w);
    w->memory.left = BUDGET_NONE;
    w->allocator   = budget_allocator(&w->memory);
    w->store       = burin_store_new(NULL, NULL);
    burin_store_define(w->store, "Agent", attributes, 3, &type, NULL);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_create(t, type, &w->root, NULL);
    burin_txn_promote(t, w->root, NULL);
    for (int k = 0; k < COUNT; k++) {
        burin_txn_create(t, type, &w->agents[k], NULL);
        burin_txn_set(t, w->agents[k], SPEED, burin_int(k), NULL);
        burin_txn_attach(t, w->agents[k], w->root, AGENTS, BURIN_END, no_key, NULL);
    }
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    w->graph    = burin_graph_new(&w->allocator);
    w->follower = burin_follower_new(w->graph, w->store, NULL);
    *state      = w;
    return 0;
}
static int close_world(void **state)
{
    world *w = *state;
    burin_follower_free(w->follower);
    burin_graph_free(w->graph);
    burin_store_free(w->store);
    assert_int_equal(w->memory.held, 0);
    free(w);
    return 0;
}

static void set(world *w, int agent, int attribute, burin_value value)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    assert_int_equal(burin_txn_set(t, w->agents[agent], attribute, value, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
}
/* A list that is another one each time. */
static void set_notes(world *w, int agent, int value)
{
    burin_heap *heap = burin_heap_new(NULL);
    burin_value list = burin_list(heap, 1);
    burin_list_append(heap, list, burin_int(value));
    set(w, agent, NOTES, list);
    burin_heap_free(heap);
}
static burin_node follow(world *w, int agent, int attribute)
{
    burin_node node;
    assert_int_equal(burin_follow(w->follower, w->agents[agent], attribute, &node, NULL), BURIN_OK);
    return node;
}
static burin_node address(world *w, const char *path)
{
    char       text[80];
    burin_node node;
    snprintf(text, sizeof text, "@%u%s", w->root.id, path);
    assert_int_equal(burin_follow_address(w->follower, (burin_text){text, strlen(text)}, &node, NULL), BURIN_OK);
    return node;
}
static uint64_t update(world *w)
{
    uint64_t changed;
    assert_int_equal(burin_follower_update(w->follower, &changed, NULL), BURIN_OK);
    return changed;
}
static void unfollow(world *w, burin_node node) { assert_int_equal(burin_unfollow(w->follower, node, NULL), BURIN_OK); }
static burin_status state_of(world *w, burin_node node)
{
    burin_value v;
    return burin_graph_get(w->graph, node, &v);
}
static uint64_t nodes(const world *w)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(w->graph, &c);
    return c.nodes;
}

static burin_status note(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world       *w      = user;
    burin_status status = burin_graph_get(g, w->cell, &w->seen);
    (void)in, (void)out;
    w->runs++;
    w->failed += status != BURIN_OK;
    return BURIN_OK;
}

static void a_cell_goes_with_the_last_that_wanted_it(void **state)
{
    world     *w      = *state;
    burin_node effect, again;
    w->cell = follow(w, 3, SPEED);
    again   = follow(w, 3, SPEED);
    assert_int_equal(again.index, w->cell.index);
    burin_graph_effect(w->graph, note, w, BURIN_NODE_DYNAMIC, NULL, 0, &effect);
    unfollow(w, w->cell);
    set(w, 3, SPEED, burin_int(30));
    assert_int_equal(update(w), 1);
    assert_int_equal(w->seen.as.i, 30);
    unfollow(w, w->cell);
    assert_int_equal(w->failed, 1); /* who reads it is told */
    set(w, 3, SPEED, burin_int(31));
    assert_int_equal(update(w), 0);
    assert_int_equal(w->runs, 3);
    burin_error err = BURIN_ERROR_INIT;
    assert_int_equal(burin_unfollow(w->follower, w->cell, &err), BURIN_ERR_KEY);
    assert_non_null(err.message);
    burin_error_clear(&err);
    assert_int_equal(burin_unfollow(w->follower, effect, NULL), BURIN_ERR_KEY);
    assert_int_equal(burin_unfollow(w->follower, (burin_node){0, 0}, NULL), BURIN_ERR_KEY);
    again = follow(w, 3, SPEED); /* followed anew it is another cell, of now */
    burin_value v;
    assert_int_equal(burin_graph_get(w->graph, again, &v), BURIN_OK);
    assert_int_equal(v.as.i, 31);
}

/* Of one entity some attributes go and others stay, in any order. */
static void the_others_of_an_entity_go_on(void **state)
{
    world *w = *state;
    for (int gone = SPEED; gone <= AGENTS; gone++) {
        burin_node cells[3];
        for (int k = SPEED; k <= AGENTS; k++)
            cells[k] = follow(w, 7, k);
        unfollow(w, cells[gone]);
        set(w, 7, SPEED, burin_int(100 + gone));
        set_notes(w, 7, gone);
        assert_int_equal(update(w), gone == AGENTS ? 2 : 1);
        for (int k = SPEED; k <= AGENTS; k++) {
            assert_int_equal(state_of(w, cells[k]), k == gone ? BURIN_ERR_USAGE : BURIN_OK);
            if (k != gone)
                unfollow(w, cells[k]);
        }
        set(w, 7, SPEED, burin_int(0));
        assert_int_equal(update(w), 0);
    }
}

/* An address lets go of what it no longer leads through, and of all when it ends, but not of what others follow, too. */
static void addresses_end_with_what_they_follow(void **state)
{
    world     *w      = *state;
    uint64_t   before = nodes(w);
    burin_node speed  = address(w, ".agents[1].speed");
    uint64_t   held   = nodes(w);
    for (int n = 0; n < 10; n++) { /* another agent is the second each time */
        burin_txn *t = burin_txn_begin(w->store, NULL);
        burin_txn_detach(t, w->agents[n], NULL);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
        update(w);
        burin_value v;
        assert_int_equal(burin_graph_get(w->graph, speed, &v), BURIN_OK);
        assert_int_equal(v.as.i, n + 2);
        assert_int_equal(nodes(w), held);
    }
    burin_node own = follow(w, 11, SPEED);
    assert_int_equal(nodes(w), held); /* it is followed already */
    unfollow(w, speed);
    assert_int_equal(state_of(w, speed), BURIN_ERR_USAGE);
    assert_int_equal(state_of(w, own), BURIN_OK);
    assert_int_equal(nodes(w), before + 1);
    unfollow(w, own);
    assert_int_equal(nodes(w), before);
}

/* In an effect that reads it, while another of the same batch still looks at the container. */
static burin_status end_cell(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world *w = user;
    (void)g, (void)in, (void)out;
    if (w->runs++)
        unfollow(w, w->cell);
    return BURIN_OK;
}
static burin_status look(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world *w = user;
    (void)g, (void)out;
    w->seen = burin_at(*burin_input(in, 0), 0);
    w->failed += burin_length(*burin_input(in, 0)) != 1;
    return BURIN_OK;
}
static burin_status pass(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)g, (void)user;
    *out = *burin_input(in, 0);
    return BURIN_OK;
}
static void it_may_end_in_an_effect_that_reads_it(void **state)
{
    world     *w = *state;
    burin_node effect, node;
    set_notes(w, 4, 1);
    for (int by_address = 0; by_address < 2; by_address++) {
        w->cell = by_address ? address(w, ".agents[4].notes") : follow(w, 4, NOTES);
        w->runs = w->failed = 0;
        burin_graph_computed(w->graph, pass, NULL, BURIN_NODE_STATIC, &w->cell, 1, &node);
        burin_graph_effect(w->graph, end_cell, w, BURIN_NODE_STATIC, &w->cell, 1, &effect);
        burin_graph_effect(w->graph, look, w, BURIN_NODE_STATIC, &node, 1, &effect);
        set_notes(w, 4, 2 + by_address);
        update(w);
        assert_int_equal(w->runs, 2);
        assert_int_equal(w->failed, 0);
        assert_int_equal(w->seen.as.i, 2 + by_address);
        assert_int_equal(state_of(w, node), BURIN_ERR_USAGE);
        assert_int_equal(burin_unfollow(w->follower, w->cell, NULL), BURIN_ERR_KEY);
    }
}

/* The whole follower, in an effect and in an event of its own update. */
static burin_status end_all(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world *w = user;
    (void)g, (void)in, (void)out;
    if (w->runs++ == 1)
        burin_follower_free(w->follower);
    return BURIN_OK;
}
static burin_status end_on_add(void *user, burin_entity child, uint32_t *member)
{
    world *w = user;
    (void)child, (void)member;
    if (++w->runs == COUNT + 1)
        burin_follower_free(w->follower);
    return BURIN_OK;
}
static burin_status nothing(void *user, burin_entity child, uint32_t member) { return (void)user, (void)child, (void)member, BURIN_OK; }
static void a_follower_may_end_in_what_it_runs(void **state)
{
    world     *w = *state;
    burin_node effect;
    w->cell = follow(w, 4, NOTES);
    address(w, ".agents[5].speed");
    burin_graph_effect(w->graph, end_all, w, BURIN_NODE_STATIC, &w->cell, 1, &effect);
    set_notes(w, 4, 2);
    assert_int_equal(burin_follower_update(w->follower, NULL, NULL), BURIN_OK);
    assert_int_equal(state_of(w, w->cell), BURIN_ERR_USAGE);
    burin_graph_dispose(w->graph, effect);
    const burin_child_events events = {end_on_add, nothing, w};
    w->follower                     = burin_follower_new(w->graph, w->store, NULL);
    w->runs                         = 0;
    assert_non_null(burin_follow_children(w->follower, w->root, AGENTS, &events, NULL));
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (int k = 0; k < 2; k++) {
        burin_entity more;
        burin_txn_copy(t, w->agents[k], &more, NULL);
        burin_txn_attach(t, more, w->root, AGENTS, BURIN_END, no_key, NULL);
    }
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_follower_update(w->follower, NULL, NULL), BURIN_OK);
    assert_int_equal(w->runs, COUNT + 1); /* the second is not told of */
    w->follower     = burin_follower_new(w->graph, w->store, NULL);
    w->runs         = COUNT; /* the first that is added ends it */
    burin_error err = BURIN_ERROR_INIT;
    assert_null(burin_follow_children(w->follower, w->root, AGENTS, &events, &err));
    assert_int_equal(err.status, BURIN_ERR_CANCELLED);
    burin_error_clear(&err);
    w->follower = NULL;
}

/* However often. */
static void what_comes_and_goes_takes_no_more_and_more(void **state)
{
    world *w    = *state;
    size_t held = 0;
    for (int n = 0; n < 20000; n++) {
        burin_node a = follow(w, n % COUNT, NOTES), b = follow(w, n * 7 % COUNT, SPEED), c = n % 10 ? (burin_node){0, 0} : address(w, ".agents[9].speed");
        if (n % 50 == 0)
            set_notes(w, n % COUNT, n), update(w);
        unfollow(w, a);
        if (c.index)
            unfollow(w, c);
        unfollow(w, b);
        if (n == 2000)
            held = w->memory.held;
    }
    assert_true(w->memory.held <= held);
    assert_int_equal(nodes(w), 1); /* its scope */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cell_goes_with_the_last_that_wanted_it), TEST(the_others_of_an_entity_go_on), TEST(addresses_end_with_what_they_follow),
        TEST(it_may_end_in_an_effect_that_reads_it), TEST(a_follower_may_end_in_what_it_runs), TEST(what_comes_and_goes_takes_no_more_and_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
