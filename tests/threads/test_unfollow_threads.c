/* A graph's thread follows, and follows no longer, while others commit: what is followed is what was committed, and at the end nothing is left. */
#include "tests/support/budget.h"

#include <burin/burin.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SPEED, TWIN, NOTES, AGENTS, COUNT = 20, WRITERS = 2, TURNS = 2000 };

typedef struct world {
    burin_store    *store;
    burin_entity    root, agents[COUNT];
    burin_graph    *graph;
    burin_follower *follower;
    burin_node      first; /* of the pair that is followed */
    int             torn, ends;
    atomic_bool     ended;
    atomic_int      failures, commits;
} world;

/* Both numbers of an agent are set together. */
static void *write_pairs(void *user)
{
    world      *w    = user;
    burin_heap *heap = burin_heap_new(NULL);
    for (int n = 1; !atomic_load(&w->ended); n++) {
        burin_value list = burin_list(heap, 1);
        burin_txn  *t    = burin_txn_begin(w->store, NULL);
        burin_list_append(heap, list, burin_int(n));
        w->failures += burin_txn_set(t, w->agents[n % COUNT], SPEED, burin_int(n), NULL) || burin_txn_set(t, w->agents[n % COUNT], TWIN, burin_int(n), NULL) ||
                       burin_txn_set(t, w->agents[n % COUNT], NOTES, list, NULL);
        burin_status status = burin_txn_commit(t, &(burin_commit_options){.mode = BURIN_CONFLICT_REBASE}, NULL, NULL);
        w->failures += status && status != BURIN_ERR_CONFLICT;
        w->commits += !status;
        burin_heap_clear(heap);
    }
    burin_heap_free(heap);
    return NULL;
}

/* Ends the cell that it reads every so often. */
static burin_status compare(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world *w = user;
    (void)g, (void)out;
    w->torn += burin_input(in, 0)->as.i != burin_input(in, 1)->as.i;
    if (++w->ends % 7 == 0)
        w->failures += burin_unfollow(w->follower, w->first, NULL) != BURIN_OK;
    return BURIN_OK;
}

static void turn(world *w, int n)
{
    burin_node cells[4], effect;
    char       text[60];
    const int  agent = n % COUNT;
    for (int k = SPEED; k <= NOTES; k++)
        assert_int_equal(burin_follow(w->follower, w->agents[agent], k, &cells[k], NULL), BURIN_OK);
    snprintf(text, sizeof text, "@%u.agents[%d].notes[0]", w->root.id, agent);
    assert_int_equal(burin_follow_address(w->follower, (burin_text){text, strlen(text)}, &cells[3], NULL), BURIN_OK);
    w->first = cells[0];
    assert_int_equal(burin_follower_update(w->follower, NULL, NULL), BURIN_OK); /* the tree as it was seen last may be older than some */
    assert_int_equal(burin_graph_effect(w->graph, compare, w, BURIN_NODE_STATIC, cells, 2, &effect), BURIN_OK);
    for (int k = 0; k < 3; k++)
        assert_int_equal(burin_follower_update(w->follower, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_graph_dispose(w->graph, effect), BURIN_OK);
    for (int k = 0; k < 4; k++) {
        burin_status status = burin_unfollow(w->follower, cells[k], NULL);
        assert_true(status == BURIN_OK || (k == 0 && status == BURIN_ERR_KEY));
    }
}

static void following_ends_while_others_commit(void **state)
{
    static const burin_attribute attributes[] = {{"speed", BURIN_INT_ATTRIBUTE, false, NULL}, {"twin", BURIN_INT_ATTRIBUTE, false, NULL},
                                                 {"notes", BURIN_DATA_ATTRIBUTE, true, NULL}, {"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    budget          memory    = {.left = BUDGET_NONE};
    burin_allocator allocator = budget_allocator(&memory);
    burin_type      type;
    pthread_t       threads[WRITERS];
    world           w = {.store = burin_store_new(NULL, NULL)};
    (void)state;
    burin_store_define(w.store, "Agent", attributes, 4, &type, NULL);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    burin_txn_create(t, type, &w.root, NULL);
    burin_txn_promote(t, w.root, NULL);
    for (int k = 0; k < COUNT; k++) {
        burin_txn_create(t, type, &w.agents[k], NULL);
        burin_txn_attach(t, w.agents[k], w.root, AGENTS, BURIN_END, (burin_text){NULL, 0}, NULL);
    }
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w.store, 1, &(burin_retention){.last = 3}, NULL), BURIN_OK); /* updates meet versions that are gone */
    w.graph    = burin_graph_new(&allocator);
    w.follower = burin_follower_new(w.graph, w.store, NULL);
    for (int k = 0; k < WRITERS; k++)
        assert_int_equal(pthread_create(&threads[k], NULL, write_pairs, &w), 0);
    for (int n = 0; n < TURNS || atomic_load(&w.commits) < TURNS; n++)
        turn(&w, n);
    atomic_store(&w.ended, true);
    for (int k = 0; k < WRITERS; k++)
        pthread_join(threads[k], NULL);
    assert_int_equal(w.failures, 0);
    assert_int_equal(w.torn, 0);
    burin_graph_counters counters = {.struct_size = sizeof counters};
    burin_graph_count(w.graph, &counters);
    assert_int_equal(counters.nodes, 1); /* the follower's scope */
    burin_follower_free(w.follower);
    burin_graph_free(w.graph);
    burin_store_free(w.store);
    assert_int_equal(memory.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(following_ends_while_others_commit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
