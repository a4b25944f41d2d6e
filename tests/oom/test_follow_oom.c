/* Memory runs out at every allocation while a graph follows a store, with attributes, addresses and children that come and go: a step that fails has done
 * nothing, or says what is left to do; when there is memory again, what is followed is what the store holds; and nothing leaks. */
#include "tests/oom/failing.h"

#include <stdio.h>

enum { SPEED, NOTES, AGENTS, COUNT = 6, GOES_FIRST = 3 };
static const burin_text no_key = {NULL, 0};

typedef struct world {
    burin_store     *store;
    burin_graph     *graph;
    burin_follower  *follower;
    burin_aggregate *sum;
    burin_type       type;
    burin_entity     root, agents[2 * COUNT];
    int              count;
    burin_node       total;
    bool             begun;         /* its children are followed */
    uint32_t         owed[COUNT], owes; /* members that a beginning which failed could not remove */
} world;

static void must(burin_status status) { assert_int_equal(status, BURIN_OK); }
static bool may(burin_status status)
{
    assert_true(status == BURIN_OK || (status == BURIN_ERR_NOMEM && oom.failed));
    return status == BURIN_OK;
}

/* The store's memory is another: it never fails. */
static void add_agent(world *w, burin_txn *t)
{
    burin_entity *e = &w->agents[w->count];
    must(burin_txn_create(t, w->type, e, NULL));
    must(burin_txn_set(t, *e, SPEED, burin_int(w->count++), NULL));
    must(burin_txn_attach(t, *e, w->root, AGENTS, BURIN_END, no_key, NULL));
    e->tree = 0;
}

static void plant(world *w)
{
    static const burin_attribute attributes[] = {{"speed", BURIN_INT_ATTRIBUTE, false, NULL}, {"notes", BURIN_DATA_ATTRIBUTE, true, NULL},
                                                 {"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    w->store = burin_store_new(NULL, NULL);
    must(burin_store_define(w->store, "Agent", attributes, 3, &w->type, NULL));
    burin_txn *t = burin_txn_begin(w->store, NULL);
    must(burin_txn_create(t, w->type, &w->root, NULL));
    must(burin_txn_promote(t, w->root, NULL));
    for (int k = 0; k < COUNT; k++)
        add_agent(w, t);
    must(burin_txn_commit(t, NULL, NULL, NULL));
}

static void change(world *w)
{
    burin_heap *heap = burin_heap_new(NULL);
    burin_value list = burin_list(heap, 2);
    burin_txn  *t    = burin_txn_begin(w->store, NULL);
    must(burin_list_append(heap, list, burin_int(w->count)));
    must(burin_txn_set(t, w->agents[1], NOTES, list, NULL));
    must(burin_txn_set(t, w->agents[2], SPEED, burin_int(100 + w->count), NULL));
    must(burin_txn_detach(t, w->agents[GOES_FIRST + w->count - COUNT], NULL));
    add_agent(w, t);
    must(burin_txn_commit(t, NULL, NULL, NULL));
    burin_heap_free(heap);
}

static burin_status added(void *user, burin_entity child, uint32_t *member)
{
    world       *w = user;
    burin_node   cell;
    burin_status status = burin_follow(w->follower, child, SPEED, &cell, NULL);
    if (status)
        return burin_graph_fail(w->graph, status, "out of memory");
    status = burin_aggregate_add(w->sum, cell, member);
    if (status)
        must(burin_unfollow(w->follower, cell, NULL));
    return status;
}
static burin_status removed(void *user, burin_entity child, uint32_t member)
{
    world *w = user;
    (void)child;
    burin_status status = burin_aggregate_remove(w->sum, member);
    if (status && !w->begun)
        w->owed[w->owes++] = member; /* it is not asked again */
    return status;
}

static int64_t number(world *w, burin_node node)
{
    burin_value v;
    must(burin_graph_get(w->graph, node, &v));
    assert_int_equal(v.kind, BURIN_INT);
    return v.as.i;
}

static int64_t sum_of(world *w)
{
    int64_t sum = 0;
    for (int k = 0; k < w->count; k++)
        if (k < GOES_FIRST || k >= GOES_FIRST + w->count - COUNT)
            sum += k == 2 ? 100 + w->count - 1 : k;
    return sum;
}

/* What had no memory is done again when there is some. */
static void again(bool done)
{
    oom.fail_at  = done ? (long)oom.fail_at : 0;
    oom.for_ever = done && oom.for_ever;
}

static void follow_all(world *w)
{
    const burin_child_events events = {added, removed, w};
    burin_node               notes, first, none;
    char                     text[40];
    burin_child_follower    *children;
    bool                     done;
    snprintf(text, sizeof text, "@%u.notes[0]", w->agents[1].id);
    do
        again(done = may(burin_follow(w->follower, w->agents[1], NOTES, &notes, NULL)));
    while (!done);
    do
        again(done = may(burin_follow_address(w->follower, (burin_text){text, strlen(text)}, &first, NULL)));
    while (!done);
    do {
        burin_error err = BURIN_ERROR_INIT;
        children        = burin_follow_children(w->follower, w->root, AGENTS, &events, &err);
        again(may(err.status));
        burin_error_clear(&err);
        while (w->owes)
            must(burin_aggregate_remove(w->sum, w->owed[--w->owes]));
    } while (!children);
    w->begun = true;
    for (int turn = 0; turn < 2; turn++) {
        change(w);
        do
            again(done = may(burin_follower_update(w->follower, NULL, NULL)));
        while (!done);
    }
    oom.fail_at = 0; /* effects that had no memory run when what they read changes again */
    change(w);
    must(burin_follower_update(w->follower, NULL, NULL));
    assert_int_equal(number(w, first), w->count - 1);
    assert_int_equal(number(w, w->total), sum_of(w));
    must(burin_unfollow(w->follower, first, NULL));
    must(burin_unfollow(w->follower, notes, NULL));
    assert_int_equal(burin_graph_get(w->graph, notes, &(burin_value){0}), BURIN_ERR_USAGE);
    must(burin_follow(w->follower, w->agents[1], NOTES, &none, NULL));
    burin_child_follower_free(children);
}

static void follow_a_store(void)
{
    world w = {0};
    plant(&w);
    w.graph    = burin_graph_new(&failing);
    w.follower = w.graph ? burin_follower_new(w.graph, w.store, NULL) : NULL;
    w.sum      = w.follower ? burin_aggregate_new(w.graph, BURIN_SUM, &w.total) : NULL;
    if (w.sum)
        follow_all(&w);
    else
        assert_true(oom.failed);
    burin_aggregate_free(w.sum);
    burin_follower_free(w.follower);
    burin_graph_free(w.graph);
    burin_store_free(w.store);
}

static void what_is_followed_survives_failing_allocations(void **state)
{
    (void)state;
    fail_every_allocation(follow_a_store, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_followed_survives_failing_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
