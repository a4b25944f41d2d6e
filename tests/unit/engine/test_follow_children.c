/* Children that come and go, and aggregates over them. */
#include <burin/burin.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SPEED, AGENTS, BY_NAME, CHIEF, ALL = 300 };
static const burin_text no_key = {NULL, 0};

typedef struct world {
    burin_store          *store;
    burin_graph          *graph;
    burin_follower       *follower;
    burin_child_follower *children;
    burin_aggregate      *sum;
    burin_node            total;
    burin_type            type;
    burin_entity          root, agents[ALL];
    int                   speed[ALL];
    bool                  is_in[ALL], touched[ALL]; /* touched: by the open transaction */
    int                   added, removed, fails_after; /* fails_after: how many may be added */
    bool                  ends; /* the next event ends it */
    uint64_t              random;
} world;

static void commit(burin_txn *t)
{
    burin_error err = BURIN_ERROR_INIT;
    if (burin_txn_commit(t, NULL, NULL, &err))
        fail_msg("%s", err.message);
}

static int open_world(void **state)
{
    static const burin_attribute attributes[] = {{"speed", BURIN_INT_ATTRIBUTE, false, NULL}, {"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL},
                                                 {"by_name", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL}, {"chief", BURIN_CHILD_ATTRIBUTE, true, NULL}};
    world *w = calloc(1, sizeof *w);
    w->store = burin_store_new(NULL, NULL);
    burin_store_define(w->store, "Agent", attributes, 4, &w->type, NULL);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    assert_int_equal(burin_txn_create(t, w->type, &w->root, NULL), BURIN_OK);
    burin_txn_promote(t, w->root, NULL);
    commit(t);
    w->root.tree   = 0;
    w->graph       = burin_graph_new(NULL);
    w->follower    = burin_follower_new(w->graph, w->store, NULL);
    w->sum         = burin_aggregate_new(w->graph, BURIN_SUM, &w->total);
    w->fails_after = INT_MAX;
    w->random      = 7;
    *state         = w;
    return 0;
}
static int close_world(void **state)
{
    world *w = *state;
    burin_aggregate_free(w->sum);
    burin_follower_free(w->follower);
    burin_graph_free(w->graph);
    burin_store_free(w->store);
    free(w);
    return 0;
}

/* ---- the follower ---- */

static void end_if_asked(world *w)
{
    if (w->ends)
        burin_child_follower_free(w->children);
    w->ends = false;
}

static burin_status add_speed(void *user, burin_entity child, uint32_t *member)
{
    world     *w = user;
    burin_node speed;
    if (w->added >= w->fails_after)
        return burin_graph_fail(w->graph, BURIN_ERR_VALUE, "no more");
    w->added++;
    end_if_asked(w);
    assert_int_equal(burin_follow(w->follower, child, SPEED, &speed, NULL), BURIN_OK);
    return burin_aggregate_add(w->sum, speed, member);
}
static burin_status remove_speed(void *user, burin_entity child, uint32_t member)
{
    world *w = user;
    (void)child;
    w->removed++;
    end_if_asked(w);
    return burin_aggregate_remove(w->sum, member);
}
static burin_child_events speeds(world *w) { return (burin_child_events){add_speed, remove_speed, w}; }

static void follow(world *w, int attribute)
{
    burin_error              err = BURIN_ERROR_INIT;
    const burin_child_events events = speeds(w);
    w->children = burin_follow_children(w->follower, w->root, attribute, &events, &err);
    if (!w->children)
        fail_msg("%s", err.message);
}

static void update(world *w) { assert_int_equal(burin_follower_update(w->follower, NULL, NULL), BURIN_OK); }

static int64_t total(world *w)
{
    burin_value v;
    assert_int_equal(burin_graph_get(w->graph, w->total, &v), BURIN_OK);
    assert_int_equal(v.kind, BURIN_INT);
    return v.as.i;
}
static int64_t expected(const world *w)
{
    int64_t sum = 0;
    for (int k = 0; k < ALL; k++)
        sum += w->is_in[k] ? w->speed[k] : 0;
    return sum;
}

/* ---- the store ---- */

static unsigned roll(world *w, unsigned n)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(w->random >> 33) % n;
}

/* Attach a new agent, or detach it, so that it is no more. */
static void toggle(world *w, burin_txn *t, int k, int attribute)
{
    char       name[12];
    burin_text key = {name, (size_t)snprintf(name, sizeof name, "%d", k)};
    if (w->is_in[k]) {
        assert_int_equal(burin_txn_detach(t, w->agents[k], NULL), BURIN_OK);
    } else {
        assert_int_equal(burin_txn_create(t, w->type, &w->agents[k], NULL), BURIN_OK);
        w->agents[k].tree = 0;
        w->speed[k]       = 0;
        assert_int_equal(burin_txn_attach(t, w->agents[k], w->root, attribute, BURIN_END, attribute == BY_NAME ? key : no_key, NULL), BURIN_OK);
    }
    w->is_in[k] = !w->is_in[k];
}
static void set_speed(world *w, burin_txn *t, int k, int speed)
{
    if (!w->is_in[k])
        return;
    w->speed[k] = speed;
    assert_int_equal(burin_txn_set(t, w->agents[k], SPEED, burin_int(speed), NULL), BURIN_OK);
}
static void fill(world *w, int attribute, int count)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (int k = 0; k < count; k++) {
        toggle(w, t, k, attribute);
        set_speed(w, t, k, k);
    }
    commit(t);
}

/* ---- tests ---- */

static void what_is_attached_is_added_and_what_is_detached_removed(void **state)
{
    static const struct { int attribute, count; } rows[] = {{AGENTS, ALL}, {BY_NAME, ALL}, {AGENTS, 5}, {CHIEF, 1}};
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        world *w;
        int    count = rows[row].count, attribute = rows[row].attribute;
        open_world((void **)&w);
        fill(w, attribute, count);
        follow(w, attribute);
        assert_int_equal(w->added, count);
        assert_int_equal(total(w), expected(w));
        burin_txn *t = burin_txn_begin(w->store, NULL);
        toggle(w, t, 0, attribute);
        if (count > 1)
            toggle(w, t, count - 1, attribute);
        commit(t);
        assert_int_equal(w->removed, 0); /* until it is told */
        update(w);
        assert_int_equal(w->removed, count > 1 ? 2 : 1);
        assert_int_equal(total(w), expected(w));
        t = burin_txn_begin(w->store, NULL);
        toggle(w, t, 0, attribute);
        set_speed(w, t, 0, 1000);
        commit(t);
        update(w);
        assert_int_equal(w->added, count + 1);
        assert_int_equal(total(w), expected(w));
        close_world((void **)&w);
    }
    (void)state;
}

static void who_only_moves_within_the_list_is_not_told_of(void **state)
{
    world *w = *state;
    fill(w, AGENTS, ALL);
    follow(w, AGENTS);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->agents[290], NULL);
    burin_txn_attach(t, w->agents[290], w->root, AGENTS, 3, no_key, NULL);
    set_speed(w, t, 290, 7);
    commit(t);
    update(w);
    assert_int_equal(w->added, ALL);
    assert_int_equal(w->removed, 0);
    assert_int_equal(total(w), expected(w));
}

static void an_entity_that_has_gone_has_no_children(void **state)
{
    world *w = *state;
    fill(w, AGENTS, 5);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->agents[1], NULL);
    assert_int_equal(burin_txn_attach(t, w->agents[1], w->agents[0], AGENTS, BURIN_END, no_key, NULL), BURIN_OK);
    commit(t);
    burin_child_events    events   = speeds(w);
    burin_child_follower *children = burin_follow_children(w->follower, w->agents[0], AGENTS, &events, NULL);
    assert_non_null(children);
    assert_int_equal(total(w), 1);
    t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->agents[0], NULL);
    commit(t);
    update(w);
    assert_int_equal(total(w), 0);
    assert_int_equal(w->removed, 1);
}

/* Several commits to an update, of which some are no longer kept when it comes. */
static void sums_are_those_of_the_present_children_whatever_happens(void **state)
{
    world *w = *state;
    fill(w, AGENTS, ALL / 2);
    follow(w, AGENTS);
    for (int round = 0; round < 300; round++) {
        for (unsigned commits = roll(w, 4); commits > 0; commits--) {
            burin_txn *t = burin_txn_begin(w->store, NULL);
            memset(w->touched, 0, sizeof w->touched);
            for (unsigned changes = 1 + roll(w, 5); changes > 0; changes--) {
                int k = (int)roll(w, ALL);
                if (!w->touched[k] && roll(w, 2)) /* who is created and detached in one would have to be discarded */
                    toggle(w, t, k, AGENTS);
                else
                    set_speed(w, t, k, (int)roll(w, 100));
                w->touched[k] = true;
            }
            commit(t);
        }
        burin_retention keep = {.last = 1 + roll(w, 3)};
        if (roll(w, 4) == 0)
            assert_int_equal(burin_store_retain(w->store, 1, &keep, NULL), BURIN_OK);
        if (roll(w, 10) == 0)
            w->fails_after = w->added + (int)roll(w, 3);
        burin_status status = burin_follower_update(w->follower, NULL, NULL);
        w->fails_after      = INT_MAX;
        if (status)
            continue; /* what is left comes with the next */
        if (total(w) != expected(w))
            fail_msg("round %d: %lld, not %lld", round, (long long)total(w), (long long)expected(w));
    }
    int in = 0;
    for (int k = 0; k < ALL; k++)
        in += w->is_in[k];
    assert_int_equal(w->added - w->removed, in);
}

static void a_follower_that_comes_late_sees_what_others_of_its_tree_have_seen(void **state)
{
    world     *w = *state;
    burin_node speed;
    fill(w, AGENTS, 5);
    assert_int_equal(burin_follow(w->follower, w->agents[0], SPEED, &speed, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    toggle(w, t, 4, AGENTS);
    toggle(w, t, 5, AGENTS);
    set_speed(w, t, 5, 100);
    commit(t);
    follow(w, AGENTS); /* what they hold comes with the update */
    assert_int_equal(w->added, 5);
    assert_int_equal(total(w), 0 + 1 + 2 + 3);
    t = burin_txn_begin(w->store, NULL);
    toggle(w, t, 5, AGENTS);
    toggle(w, t, 6, AGENTS);
    set_speed(w, t, 6, 1000);
    commit(t);
    update(w);
    assert_int_equal(total(w), expected(w));
    assert_int_equal(w->added - w->removed, 5);
}

static void what_adding_fails_with_is_returned_and_leaves_nothing(void **state)
{
    world             *w      = *state;
    burin_error        err    = BURIN_ERROR_INIT;
    burin_child_events events = speeds(w);
    fill(w, AGENTS, 5);
    w->fails_after = 3;
    assert_null(burin_follow_children(w->follower, w->root, AGENTS, &events, &err));
    assert_string_equal(err.message, "no more");
    assert_int_equal(w->removed, 3);
    assert_int_equal(total(w), 0);
    burin_error_clear(&err);
    update(w);
    w->fails_after = INT_MAX;
    follow(w, AGENTS);
    assert_int_equal(total(w), expected(w));
    w->fails_after = w->added;
    burin_txn *t   = burin_txn_begin(w->store, NULL);
    toggle(w, t, 2, AGENTS);
    toggle(w, t, 9, AGENTS);
    set_speed(w, t, 9, 9);
    commit(t);
    assert_int_equal(burin_follower_update(w->follower, NULL, &err), BURIN_ERR_VALUE);
    assert_string_equal(err.message, "no more");
    burin_error_clear(&err);
    w->fails_after = INT_MAX;
    update(w); /* nothing new was committed */
    assert_int_equal(total(w), expected(w));
}

static void it_may_end_at_any_time(void **state)
{
    world     *w = *state;
    burin_txn *t;
    fill(w, AGENTS, 5);
    follow(w, AGENTS);
    burin_child_follower *first = w->children;
    follow(w, AGENTS);
    burin_child_follower_free(first);
    t = burin_txn_begin(w->store, NULL);
    toggle(w, t, 0, AGENTS);
    toggle(w, t, 1, AGENTS);
    commit(t);
    w->ends = true; /* within the first event */
    update(w);
    assert_int_equal(w->removed, 1);
    t = burin_txn_begin(w->store, NULL);
    toggle(w, t, 2, AGENTS);
    commit(t);
    update(w);
    assert_int_equal(w->removed, 1);
    burin_child_follower_free(NULL);
}

static burin_status try_in_node(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world             *w      = user;
    burin_child_events events = speeds(w);
    (void)g, (void)in, (void)out;
    return burin_follow_children(w->follower, w->root, AGENTS, &events, NULL) ? BURIN_OK : BURIN_ERR_USAGE;
}

static void what_cannot_be_followed_is_said(void **state)
{
    world             *w      = *state;
    burin_child_events events = speeds(w);
    burin_error        err    = BURIN_ERROR_INIT;
    burin_entity       nobody = {.id = 99};
    burin_node         node;
    burin_value        v;
    assert_null(burin_follow_children(w->follower, nobody, AGENTS, &events, &err));
    assert_int_equal(err.status, BURIN_ERR_KEY);
    burin_error_clear(&err);
    assert_null(burin_follow_children(w->follower, w->root, SPEED, &events, &err));
    assert_non_null(err.message);
    burin_error_clear(&err);
    burin_graph_computed(w->graph, try_in_node, w, BURIN_NODE_DYNAMIC, NULL, 0, &node);
    assert_int_equal(burin_graph_get(w->graph, node, &v), BURIN_ERR_USAGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_attached_is_added_and_what_is_detached_removed),
        TEST(who_only_moves_within_the_list_is_not_told_of), TEST(an_entity_that_has_gone_has_no_children),
        TEST(sums_are_those_of_the_present_children_whatever_happens), TEST(a_follower_that_comes_late_sees_what_others_of_its_tree_have_seen),
        TEST(what_adding_fails_with_is_returned_and_leaves_nothing), TEST(it_may_end_at_any_time), TEST(what_cannot_be_followed_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
