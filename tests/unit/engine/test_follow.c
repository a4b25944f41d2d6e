/* A reactive graph that follows a store. */
#include "engine/follow.h"
#include "tests/support/budget.h"

#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NAME, SPEED, NOTES, AGENTS };
static const burin_text no_key = {NULL, 0};

typedef struct world {
    burin_store    *store;
    burin_graph    *graph;
    burin_follower *follower;
    burin_type      type;
    burin_entity    root, agents[100];
    uint64_t        runs; /* of the effect */
    double          seen;
} world;

static burin_entity add_agent(burin_txn *t, world *w, int speed)
{
    burin_entity e;
    assert_int_equal(burin_txn_create(t, w->type, &e, NULL), BURIN_OK);
    assert_int_equal(burin_txn_set(t, e, SPEED, burin_int(speed), NULL), BURIN_OK);
    if (w->root.id)
        assert_int_equal(burin_txn_attach(t, e, w->root, AGENTS, BURIN_END, no_key, NULL), BURIN_OK);
    return e;
}

static int open_world(void **state)
{
    static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"speed", BURIN_INT_ATTRIBUTE, false, NULL},
                                                 {"notes", BURIN_DATA_ATTRIBUTE, true, NULL}, {"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    static world w;
    memset(&w, 0, sizeof w);
    w.store = burin_store_new(NULL, NULL);
    burin_store_define(w.store, "Agent", attributes, 4, &w.type, NULL);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    w.root       = add_agent(t, &w, 0);
    burin_txn_promote(t, w.root, NULL);
    for (int k = 0; k < 100; k++)
        w.agents[k] = add_agent(t, &w, k);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    w.root.tree = 0;
    for (int k = 0; k < 100; k++)
        w.agents[k].tree = 0;
    w.graph    = burin_graph_new(NULL);
    w.follower = burin_follower_new(w.graph, w.store, NULL);
    *state     = &w;
    return 0;
}
static int close_world(void **state)
{
    world *w = *state;
    burin_follower_free(w->follower);
    burin_graph_free(w->graph);
    burin_store_free(w->store);
    return 0;
}

static void set(world *w, int agent, int attribute, burin_value value)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    assert_int_equal(burin_txn_set(t, w->agents[agent], attribute, value, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
}
static burin_node follow(world *w, burin_entity entity, int attribute)
{
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_follow(w->follower, entity, attribute, &node, &err))
        fail_msg("%s", err.message);
    return node;
}
static uint64_t update(world *w)
{
    uint64_t changed;
    assert_int_equal(burin_follower_update(w->follower, &changed, NULL), BURIN_OK);
    return changed;
}
static void assert_holds(world *w, burin_node node, const char *want)
{
    burin_value v;
    assert_int_equal(burin_graph_get(w->graph, node, &v), BURIN_OK);
    char *text = burin_repr(v, NULL);
    assert_string_equal(text, want);
    free(text);
}

static burin_status sum(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world *w = user;
    (void)g, (void)out;
    w->seen = 0;
    for (uint32_t k = 0; k < in->count; k++)
        w->seen += (double)burin_input(in, k)->as.i;
    w->runs++;
    return BURIN_OK;
}

static void a_cell_holds_what_the_newest_version_holds(void **state)
{
    world     *w     = *state;
    burin_node speed = follow(w, w->agents[3], SPEED), name = follow(w, w->agents[3], NAME), notes = follow(w, w->agents[3], NOTES);
    assert_holds(w, speed, "3");
    assert_holds(w, name, "''");
    assert_holds(w, notes, "None");
    assert_true(follow(w, w->agents[3], SPEED).index == speed.index); /* one an attribute */
    burin_heap *heap = burin_heap_new(NULL);
    burin_value list = burin_list(heap, 2);
    burin_list_append(heap, list, burin_int(1));
    set(w, 3, SPEED, burin_int(30));
    set(w, 3, NAME, burin_string_borrow("Ada", 3));
    set(w, 3, NOTES, list);
    assert_holds(w, speed, "3"); /* until it is told */
    assert_int_equal(update(w), 3);
    assert_holds(w, speed, "30");
    assert_holds(w, name, "'Ada'");
    assert_holds(w, notes, "[1]");
    burin_list_append(heap, list, burin_int(2));
    set(w, 3, NOTES, list);
    assert_int_equal(update(w), 1);
    assert_holds(w, notes, "[1, 2]");
    burin_heap_free(heap);
}

static void all_commits_since_are_one_batch(void **state)
{
    world     *w = *state;
    burin_node inputs[2] = {follow(w, w->agents[1], SPEED), follow(w, w->agents[2], SPEED)}, effect;
    assert_int_equal(burin_graph_effect(w->graph, sum, w, BURIN_NODE_STATIC, inputs, 2, &effect), BURIN_OK);
    set(w, 1, SPEED, burin_int(10));
    set(w, 2, SPEED, burin_int(20));
    set(w, 1, SPEED, burin_int(11));
    assert_int_equal(update(w), 2);
    assert_int_equal(w->runs, 2);
    assert_true(w->seen == 31);
    assert_int_equal(update(w), 0);
    assert_int_equal(w->runs, 2);
}

static burin_status count_notes(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    world *w = user;
    (void)g, (void)out;
    w->seen = (double)burin_length(*burin_input(in, 0));
    w->runs++;
    return BURIN_OK;
}

/* Two updates, and what is seen then is the last; also of a container, which lies in one of few heaps. */
static void updates_in_a_batch_of_the_hosts_are_one(void **state)
{
    world      *w     = *state;
    burin_node  notes = follow(w, w->agents[3], NOTES), effect;
    burin_heap *heap  = burin_heap_new(NULL);
    burin_value list  = burin_list(heap, 5);
    burin_list_append(heap, list, burin_int(0));
    set(w, 3, NOTES, list);
    assert_int_equal(update(w), 1);
    assert_int_equal(burin_graph_effect(w->graph, count_notes, w, BURIN_NODE_STATIC, &notes, 1, &effect), BURIN_OK);
    for (int k = 2; k <= 6; k++) {
        burin_graph_begin(w->graph);
        for (int n = 0; n < k % 4; n++) {
            burin_list_append(heap, list, burin_int(k));
            set(w, 3, NOTES, list);
            assert_int_equal(update(w), 1);
        }
        assert_int_equal(burin_graph_commit(w->graph), BURIN_OK);
        assert_true(w->seen == (double)burin_length(list));
    }
    assert_int_equal(w->runs, 5); /* when it was made, and in four batches: one of the five has no update */
    burin_heap_free(heap);
}

typedef struct seeing {
    world      *w;
    burin_node  notes;
    int         commits;
    burin_heap *heap;
    burin_value list;
    char        seen[200];
} seeing;

static void commit_longer(seeing *s)
{
    burin_list_append(s->heap, s->list, burin_int((int64_t)burin_length(s->list)));
    set(s->w, 3, NOTES, s->list);
}

/* In its first run, takes in three commits one by one. */
static burin_status update_thrice(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    seeing *s = user;
    (void)g, (void)in, (void)out;
    for (; s->commits < 3; s->commits++) {
        commit_longer(s);
        update(s->w);
    }
    return BURIN_OK;
}
static burin_status see_notes(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    seeing *s    = user;
    char   *text = burin_repr(*burin_input(in, 0), NULL);
    (void)g, (void)out;
    strcat(strcat(s->seen, text), ";");
    free(text);
    return BURIN_OK;
}

/* What an effect takes in follows in the next round: until then the cell has what it had, and it is all there. */
static void updates_in_an_effect_leave_what_a_cell_holds(void **state)
{
    seeing     s = {.w = *state, .heap = burin_heap_new(NULL)};
    burin_node trigger, effect;
    s.list  = burin_list(s.heap, 9);
    s.notes = follow(s.w, s.w->agents[3], NOTES);
    commit_longer(&s);
    update(s.w);
    commit_longer(&s);
    update(s.w);
    s.commits = 3;
    burin_graph_cell(s.w->graph, burin_int(0), &trigger);
    assert_int_equal(burin_graph_effect(s.w->graph, update_thrice, &s, BURIN_NODE_STATIC, &trigger, 1, &effect), BURIN_OK);
    assert_int_equal(burin_graph_effect(s.w->graph, see_notes, &s, BURIN_NODE_STATIC, (burin_node[]){s.notes, trigger}, 2, &effect), BURIN_OK);
    for (int k = 0; k < 2; k++) {
        s.commits = 0;
        assert_int_equal(burin_graph_set(s.w->graph, trigger, burin_int(k + 1)), BURIN_OK);
    }
    assert_string_equal(s.seen, "[0, 1];[0, 1];[0, 1, 2, 3, 4];[0, 1, 2, 3, 4];[0, 1, 2, 3, 4, 5, 6, 7];");
    commit_longer(&s);
    update(s.w);
    assert_holds(s.w, s.notes, "[0, 1, 2, 3, 4, 5, 6, 7, 8]");
    burin_heap_free(s.heap);
}

static void a_follower_that_has_missed_versions_reads_all(void **state)
{
    world     *w        = *state;
    burin_node speed[2] = {follow(w, w->agents[3], SPEED), follow(w, w->agents[70], SPEED)}, name = follow(w, w->agents[3], NAME), late;
    set(w, 3, SPEED, burin_int(30));
    set(w, 3, NAME, burin_string_borrow("Ada", 3));
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->agents[70], NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_retention keep_last = {.last = 1};
    assert_int_equal(burin_store_retain(w->store, 1, &keep_last, NULL), BURIN_OK);
    late = follow(w, w->agents[4], SPEED); /* what was seen is gone: what is there now */
    assert_holds(w, late, "4");
    assert_int_equal(update(w), 4);
    assert_holds(w, speed[0], "30");
    assert_holds(w, speed[1], "None");
    assert_holds(w, name, "'Ada'");
    assert_holds(w, late, "4");
    keep_last.last = 2;
    assert_int_equal(burin_store_retain(w->store, 1, &keep_last, NULL), BURIN_OK);
    set(w, 4, SPEED, burin_int(40));
    assert_int_equal(update(w), 1);
    assert_holds(w, late, "40");
}

static void what_nobody_follows_changes_nothing(void **state)
{
    world     *w = *state;
    burin_node node = follow(w, w->agents[1], SPEED), effect;
    burin_graph_effect(w->graph, sum, w, BURIN_NODE_STATIC, &node, 1, &effect);
    for (int k = 2; k < 100; k++)
        set(w, k, SPEED, burin_int(k + 1000));
    set(w, 1, NAME, burin_string_borrow("x", 1));
    assert_int_equal(update(w), 0);
    assert_int_equal(w->runs, 1);
}

static void children_are_a_list_of_ids(void **state)
{
    world     *w = *state;
    burin_node agents = follow(w, w->root, AGENTS);
    burin_value v;
    burin_graph_get(w->graph, agents, &v);
    assert_int_equal(burin_length(v), 100);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->agents[0], NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(update(w), 1);
    burin_graph_get(w->graph, agents, &v);
    assert_int_equal(burin_length(v), 99);
    assert_int_equal(burin_at(v, 0).as.i, w->agents[1].id);
}

static void an_entity_that_has_gone_leaves_none(void **state)
{
    world     *w = *state;
    burin_node speed = follow(w, w->agents[5], SPEED);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->agents[5], NULL);
    burin_txn_commit(t, NULL, NULL, NULL);
    assert_int_equal(update(w), 1);
    assert_holds(w, speed, "None");
}

static void what_is_not_there_cannot_be_followed(void **state)
{
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    burin_node  node;
    assert_int_equal(burin_follow(w->follower, (burin_entity){9999, 0, 0}, SPEED, &node, &err), BURIN_ERR_KEY);
    burin_error_clear(&err);
    assert_int_not_equal(burin_follow(w->follower, w->agents[1], 17, &node, &err), BURIN_OK);
    burin_error_clear(&err);
    for (int k = 0; k < 100; k++) /* the table grows */
        assert_holds(w, follow(w, w->agents[k], SPEED), (char[]){(char)(k < 10 ? '0' + k : '0' + k / 10), (char)(k < 10 ? 0 : '0' + k % 10), 0});
}

static burin_node address(world *w, const char *format, ...)
{
    char        text[80];
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    va_list     args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (burin_follow_address(w->follower, (burin_text){text, strlen(text)}, &node, &err))
        fail_msg("%s: %s", text, err.message);
    return node;
}

static void an_address_is_followed_wherever_it_leads(void **state)
{
    char       want[40];
    world     *w      = *state;
    burin_node speed  = address(w, "@%u.agents[1].speed", w->root.id), last = address(w, "@%u.agents[-1]", w->root.id);
    burin_node agents = address(w, "@%u.agents", w->agents[5].id), note = address(w, "@%u.notes[1]", w->agents[2].id);
    assert_holds(w, speed, "1");
    assert_holds(w, agents, "[]");
    assert_holds(w, note, "None");
    snprintf(want, sizeof want, "%u", w->agents[99].id);
    assert_holds(w, last, want);
    set(w, 1, SPEED, burin_int(11));
    update(w);
    assert_holds(w, speed, "11");
    burin_txn *t = burin_txn_begin(w->store, NULL); /* the first goes: the second is now what the address names */
    assert_int_equal(burin_txn_detach(t, w->agents[0], NULL), BURIN_OK);
    assert_int_equal(burin_txn_detach(t, w->agents[99], NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    update(w);
    assert_holds(w, speed, "2");
    snprintf(want, sizeof want, "%u", w->agents[98].id);
    assert_holds(w, last, want);
    set(w, 1, SPEED, burin_int(12)); /* no longer of interest */
    set(w, 2, SPEED, burin_int(22));
    burin_heap *heap = burin_heap_new(NULL);
    burin_value list = burin_list(heap, 2);
    burin_list_append(heap, list, burin_int(1));
    burin_list_append(heap, list, burin_string(heap, "two", 3));
    set(w, 2, NOTES, list);
    update(w);
    assert_holds(w, speed, "22");
    assert_holds(w, note, "'two'");
    burin_heap_free(heap);
}

static void what_is_no_address_is_not_followed(void **state)
{
    static const struct { const char *text; burin_status want; } rows[] = {
        {"@9999.speed", BURIN_ERR_KEY}, {"@1", BURIN_ERR_USAGE}, {"speed", BURIN_ERR_VALUE}, {"@1~1.speed", BURIN_ERR_USAGE}};
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    burin_node  node;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        assert_int_equal(burin_follow_address(w->follower, (burin_text){rows[k].text, strlen(rows[k].text)}, &node, &err), rows[k].want);
        assert_int_equal(node.index, 0);
        burin_error_clear(&err);
    }
}

static void room_that_memory_is_out_for_is_closed(void **state)
{
    (void)state;
    bool opened = false;
    for (long allocations = 0; !opened; allocations++) {
        budget          memory    = {.left = allocations};
        burin_allocator allocator = budget_allocator(&memory);
        follow_room     room;
        opened = follow_room_open(&room, &allocator);
        follow_room_close(&room); /* as whoever owns it does at its end, whatever became of it */
        assert_int_equal(memory.held, 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cell_holds_what_the_newest_version_holds), TEST(all_commits_since_are_one_batch), TEST(updates_in_a_batch_of_the_hosts_are_one),
        TEST(updates_in_an_effect_leave_what_a_cell_holds), TEST(a_follower_that_has_missed_versions_reads_all),
        TEST(what_nobody_follows_changes_nothing),
        TEST(children_are_a_list_of_ids), TEST(an_entity_that_has_gone_leaves_none), TEST(what_is_not_there_cannot_be_followed),
        cmocka_unit_test(room_that_memory_is_out_for_is_closed),
        TEST(an_address_is_followed_wherever_it_leads), TEST(what_is_no_address_is_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
