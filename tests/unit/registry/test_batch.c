/* Many calls with one commit (behaviour 82: an error of one harms no other). */
#include "tests/unit/registry/world.h"

static burin_status add_speed(burin_invocation *call, const burin_item *args, burin_item *out) /* fails, after changing the agent, for what is odd */
{
    burin_txn   *t = burin_invocation_txn(call);
    burin_value  speed;
    burin_status status = burin_txn_get(t, args[0].entity, SPEED, NULL, &speed, burin_invocation_error(call));
    if (status == BURIN_OK)
        status = burin_txn_set(t, args[0].entity, SPEED, burin_int(speed.as.i + args[1].value.as.i), burin_invocation_error(call));
    *out = args[0];
    if (status == BURIN_OK && args[1].value.as.i % 2)
        return burin_invocation_fail(call, BURIN_ERR_VALUE, "%d is odd", (int)args[1].value.as.i);
    return status;
}

static burin_status wander(burin_invocation *call, const burin_item *args, burin_item *out) /* moves, makes, detaches; then fails if told to */
{
    burin_txn   *t = burin_invocation_txn(call);
    burin_error *err = burin_invocation_error(call);
    burin_entity child;
    burin_status status = burin_txn_detach(t, args[0].entity, err);
    if (status == BURIN_OK)
        status = burin_txn_attach(t, args[0].entity, args[1].entity, AGENTS, 0, no_key, err);
    if (status == BURIN_OK)
        status = burin_txn_create(t, 1, &child, err);
    if (status == BURIN_OK)
        status = burin_txn_attach(t, child, args[1].entity, AGENTS, BURIN_END, no_key, err);
    *out = args[0];
    return status ? status : args[2].value.as.i ? burin_invocation_fail(call, BURIN_ERR_VALUE, "lost") : BURIN_OK;
}

/* 82 */
static void each_call_has_its_own_status_and_all_have_one_commit(void **state)
{
    world                *w = *state;
    const burin_callable *f = declare(w, (burin_declaration){.name = "add", .signature = "a: Agent, by: int -> Agent", .body = add_speed, .effect = BURIN_EFFECT_CHANGES});
    burin_item            args[5][2];
    burin_batch_call      calls[5];
    const int             by[] = {10, 3, 20, 5, 40};
    for (size_t n = 0; n < 5; n++) {
        args[n][0] = burin_item_entity(w->agents[n / 3]);
        args[n][1] = item_int(by[n]);
        calls[n]   = (burin_batch_call){.callable = f, .args = args[n], .count = 2, .err = BURIN_ERROR_INIT};
    }
    burin_commit_result commit;
    assert_int_equal(burin_invoke_batch(calls, 5, NULL, &commit, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 2);
    assert_int_equal(commit.states, 4);
    assert_int_equal(speed_of(w, w->agents[0]), 1 + 10 + 20);
    assert_int_equal(speed_of(w, w->agents[1]), 2 + 40);
    for (size_t n = 0; n < 5; n++) {
        assert_int_equal(calls[n].status, by[n] % 2 ? BURIN_ERR_VALUE : BURIN_OK);
        if (by[n] % 2)
            assert_non_null(calls[n].err.message);
        else
            assert_int_equal(calls[n].result.one.item.entity.version, 2);
        burin_error_clear(&calls[n].err);
        burin_result_clear(w->registry, &calls[n].result);
    }
}

/* What is left of a batch with failures is what the batch without the failing calls would have done. */
static void a_call_taken_back_leaves_nothing(void **state)
{
    world                *w = *state;
    const burin_callable *f = declare(w, (burin_declaration){.name = "wander", .signature = "a: Agent, to: Node, fail: bool | int -> Agent", .body = wander, .effect = BURIN_EFFECT_CHANGES});
    static const struct { int agent, node, fail; } rows[] = {{0, 1, 0}, {1, 1, 1}, {2, 0, 0}, {0, 0, 1}, {3, 1, 1}, {3, 0, 0}, {2, 1, 1}};
    enum { COUNT = sizeof rows / sizeof *rows };
    burin_item       args[COUNT][3];
    burin_batch_call calls[COUNT];
    burin_children   children;
    uint32_t         places[2][8];
    for (int only_good = 0; only_good < 2; only_good++) {
        size_t count = 0;
        for (size_t n = 0; n < COUNT; n++) {
            if (only_good && rows[n].fail)
                continue;
            args[count][0] = burin_item_entity(w->agents[rows[n].agent]);
            args[count][1] = burin_item_entity(w->nodes[rows[n].node]);
            args[count][2] = item_int(rows[n].fail);
            calls[count]   = (burin_batch_call){.callable = f, .args = args[count], .count = 3, .err = BURIN_ERROR_INIT};
            count++;
        }
        burin_txn          *t = burin_txn_begin(w->store, NULL);
        burin_commit_result commit;
        assert_int_equal(burin_invoke_batch(calls, count, &(burin_invoke_options){.txn = t}, NULL, NULL), BURIN_OK);
        for (size_t n = 0; n < count; n++) {
            burin_error_clear(&calls[n].err);
            burin_result_clear(w->registry, &calls[n].result);
        }
        for (int node = 0; node < 2; node++) {
            burin_txn_children(t, w->nodes[node], AGENTS, &children, NULL);
            assert_int_equal(children.count, node == 0 ? 5 : 2);
            if (!only_good)
                for (size_t k = 0; k < children.count; k++)
                    places[node][k] = burin_children_id(&children, k);
            for (size_t n = 0; n < children.count; n++) /* new ones have other ids */
                assert_true(burin_children_id(&children, n) == places[node][n] || burin_children_id(&children, n) > w->agents[3].id);
        }
        if (!only_good) {
            burin_txn_abort(t);
            continue;
        }
        assert_int_equal(burin_txn_commit(t, NULL, &commit, NULL), BURIN_OK);
        assert_int_equal(commit.states, 3 + 3 + 3); /* moved, made, and the nodes with their map */
    }
}

static burin_status rename_agent(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, name: text): gives the name, as the transaction has it */
{
    burin_txn   *t      = burin_invocation_txn(call);
    burin_status status = burin_txn_set(t, args[0].entity, NAME, args[1].value, burin_invocation_error(call));
    return status ? status : burin_txn_get(t, args[0].entity, NAME, NULL, &out->value, burin_invocation_error(call));
}

static void texts_outlive_the_batch_or_are_refused(void **state)
{
    world                *w = *state;
    const burin_callable *f = declare(w, (burin_declaration){.name = "rename", .signature = "a: Agent, name: text -> text", .body = rename_agent, .effect = BURIN_EFFECT_MUTATES});
    burin_item            args[2] = {burin_item_entity(w->agents[0]), item_text("anna")};
    burin_batch_call      calls[2];
    for (int with_heap = 0; with_heap < 2; with_heap++) {
        for (size_t n = 0; n < 2; n++)
            calls[n] = (burin_batch_call){.callable = f, .args = args, .count = 2, .err = BURIN_ERROR_INIT};
        assert_int_equal(burin_invoke_batch(calls, 2, &(burin_invoke_options){.heap = with_heap ? w->heap : NULL}, NULL, NULL), BURIN_OK);
        for (size_t n = 0; n < 2; n++) {
            assert_int_equal(calls[n].status, with_heap ? BURIN_OK : BURIN_ERR_USAGE);
            if (with_heap)
                assert_memory_equal(calls[n].result.one.item.value.as.s, "anna", 4);
            else
                assert_string_equal(calls[n].err.message, "rename(): a heap is needed for its result");
            burin_error_clear(&calls[n].err);
            burin_result_clear(w->registry, &calls[n].result);
        }
        burin_reader_pin(w->reader);
        assert_int_equal(head(w), 1 + with_heap); /* what failed is taken back */
    }
}

typedef struct heard {
    size_t   commits, changed;
    uint64_t commit;
} heard;
static burin_status hear(void *user, const burin_event *events, size_t count)
{
    heard *h = user;
    for (size_t n = 0; n < count; n++) {
        h->commits += events[n].type == BURIN_EVENT_COMMIT;
        h->changed += events[n].type == BURIN_EVENT_CHANGED && events[n].subject.version == 2 && h->commit;
        if (events[n].type == BURIN_EVENT_COMMIT && events[n].phase == BURIN_EVENT_DONE)
            h->commit = events[n].detail;
    }
    return BURIN_OK;
}

/* 85: the commit is told once, and what became of the results behind it. */
static void a_batch_tells_of_its_commit_and_its_results(void **state)
{
    world          *w        = *state;
    heard           h        = {0};
    burin_events   *events   = burin_events_new(NULL, NULL);
    burin_registry *registry = burin_registry_new(&(burin_registry_options){.store = w->store, .events = events}, NULL);
    const burin_callable *f;
    burin_batch_call      calls[2];
    burin_item            args[2][2];
    burin_commit_result   commit;
    assert_int_equal(burin_register(registry, &(burin_declaration){.name = "add", .signature = "a: Agent, by: int -> Agent", .body = add_speed, .effect = BURIN_EFFECT_CHANGES}, &f, NULL),
                     BURIN_OK);
    assert_int_equal(burin_events_subscribe(events, &(burin_subscription){.pattern = "*", .handler = hear, .user = &h}, NULL, NULL), BURIN_OK);
    for (size_t n = 0; n < 2; n++) {
        args[n][0] = burin_item_entity(w->agents[n]);
        args[n][1] = item_int(2);
        calls[n]   = (burin_batch_call){.callable = f, .args = args[n], .count = 2, .err = BURIN_ERROR_INIT};
    }
    assert_int_equal(burin_invoke_batch(calls, 2, NULL, &commit, NULL), BURIN_OK);
    assert_int_equal(h.commits, 2); /* its start and its end */
    assert_int_equal(h.commit, commit.commit);
    assert_int_equal(h.changed, 2);
    for (size_t n = 0; n < 2; n++)
        burin_result_clear(registry, &calls[n].result);
    burin_registry_free(registry);
    burin_events_free(events);
}

static void a_batch_that_cannot_be_is_refused(void **state)
{
    world                *w     = *state;
    burin_registry       *other = burin_registry_new(NULL, NULL);
    const burin_callable *f     = declare(w, (burin_declaration){.name = "add", .signature = "a: Agent, by: int -> Agent", .body = add_speed, .effect = BURIN_EFFECT_CHANGES}), *g;
    burin_register(other, &(burin_declaration){.name = "g", .signature = "-> int", .body = add_speed}, &g, NULL);
    burin_batch_call mixed[2] = {{.callable = f}, {.callable = g}}, bare[1] = {{.callable = g}};
    assert_int_equal(burin_invoke_batch(mixed, 2, NULL, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_invoke_batch(bare, 1, NULL, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_invoke_batch(NULL, 0, NULL, NULL, NULL), BURIN_OK);
    burin_registry_free(other);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(each_call_has_its_own_status_and_all_have_one_commit),
        TEST(a_call_taken_back_leaves_nothing),
        TEST(texts_outlive_the_batch_or_are_refused),
        TEST(a_batch_tells_of_its_commit_and_its_results),
        TEST(a_batch_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
