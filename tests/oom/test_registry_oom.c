/* Memory runs out at every allocation of a registry's life: first the 1st fails, then the 2nd, and so on until all goes through. What
 * fails says so and changes nothing, and all memory is given back. */
#include "tests/oom/failing.h"

enum { NAME, SPEED };

static burin_status born(burin_invocation *call, const burin_item *args, burin_item *out) /* (name: text, c: config Agent) */
{
    burin_txn   *t   = burin_invocation_txn(call);
    burin_error *err = burin_invocation_error(call);
    burin_value  speed;
    burin_entity e;
    (void)out;
    burin_status status = burin_txn_get(t, args[1].entity, SPEED, NULL, &speed, err);
    for (int n = 0; n < 12 && !status; n++) {
        status = burin_txn_create(t, 1, &e, err);
        if (status == BURIN_OK)
            status = burin_txn_set(t, e, NAME, args[0].value, err);
        if (status == BURIN_OK)
            status = burin_give(call, BURIN_TEXT("key"), burin_item_entity(e));
    }
    return status;
}

static burin_status hear(void *user, const burin_event *events, size_t count)
{
    (void)events;
    *(size_t *)user += count;
    return BURIN_OK;
}

/* A step that went wrong: it must have been for want of memory. */
static bool lacks(burin_status status)
{
    if (status == BURIN_OK)
        return false;
    assert_int_equal(status, BURIN_ERR_NOMEM);
    assert_true(oom.failed);
    return true;
}

typedef struct life {
    burin_store          *store;
    burin_registry       *registry;
    burin_events         *events;
    burin_heap           *heap;
    size_t                heard;
    const burin_callable *born;
} life;

static burin_status prepare(life *l, const burin_callable **f)
{
    static const burin_attribute agent[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"speed", BURIN_INT_ATTRIBUTE, false, NULL}};
    burin_type                   type;
    l->store  = burin_store_new(&(burin_store_options){.allocator = &failing}, NULL);
    l->events = burin_events_new(&(burin_events_options){.allocator = &failing, .history = 8}, NULL);
    l->heap   = burin_heap_new(&failing);
    if (l->store)
        l->registry = burin_registry_new(&(burin_registry_options){.allocator = &failing, .store = l->store, .events = l->events, .records_max = 4}, NULL);
    if (!l->registry || !l->events || !l->heap)
        return BURIN_ERR_NOMEM;
    burin_status status = burin_store_define(l->store, "Agent", agent, 2, &type, NULL);
    if (status == BURIN_OK)
        status = burin_events_subscribe(l->events, &(burin_subscription){.pattern = "*", .handler = hear, .user = &l->heard, .batch = 3}, NULL, NULL);
    return status ? status : burin_register(l->registry, &(burin_declaration){.name = "born", .signature = "name: text, c: config Agent -> {Agent}", .doc = "twelve",
                                                                             .body = born, .effect = BURIN_EFFECT_CREATES}, f, NULL);
}

static uint64_t commits(const life *l)
{
    burin_store_stats stats;
    burin_store_stats_of(l->store, &stats);
    return stats.commits;
}

static burin_status call_named(life *l, const burin_callable *f, burin_entity *config)
{
    const burin_text names[]  = {BURIN_TEXT("name"), BURIN_TEXT("speed")};
    const burin_item values[] = {burin_item_value(burin_string_borrow("eve", 3)), burin_item_value(burin_int(3))};
    burin_result     result;
    uint64_t         before = commits(l);
    burin_status     status = burin_invoke_named(f, names, values, 2, &(burin_invoke_options){.heap = l->heap}, &result, NULL);
    assert_int_equal(commits(l), before + (status == BURIN_OK));
    assert_int_equal(result.count, status ? 0 : 12);
    *config = result.one.item.entity;
    burin_result_clear(l->registry, &result);
    return status;
}

static burin_status live(life *l)
{
    const burin_callable *half = NULL;
    burin_entity          agent;
    burin_result          result;
    char                  address[BURIN_ADDRESS_SIZE + 8];
    burin_status          status = prepare(l, &l->born);
    if (status == BURIN_OK)
        status = call_named(l, l->born, &agent);
    if (status)
        return status;
    size_t len = burin_address_write((burin_entity){agent.id, 0, 0}, address);
    memcpy(address + len, ".name", 6);
    const char *name  = "c";
    burin_item  value = burin_item_entity((burin_entity){agent.id, 0, 0});
    status            = burin_register_partial(l->registry, "half", l->born, &name, &value, 1, &half, NULL);
    if (status)
        return status;
    burin_item       arg     = burin_item_value(burin_string_borrow(address, len + 5));
    burin_batch_call calls[] = {{.callable = half, .args = &arg, .count = 1, .err = BURIN_ERROR_INIT}, {.callable = half, .args = &arg, .count = 1, .err = BURIN_ERROR_INIT}};
    uint64_t         before  = commits(l);
    status                   = burin_invoke_batch(calls, 2, &(burin_invoke_options){.heap = l->heap}, NULL, NULL);
    assert_true(commits(l) - before <= (status == BURIN_OK));
    for (size_t n = 0; n < 2; n++) {
        if (status == BURIN_OK)
            status = calls[n].status;
        burin_error_clear(&calls[n].err);
        burin_result_clear(l->registry, &calls[n].result);
    }
    if (status)
        return status;
    status = burin_invoke(half, &arg, 1, &(burin_invoke_options){.heap = l->heap}, &result, NULL);
    burin_result_clear(l->registry, &result);
    burin_events_flush(l->events);
    return status;
}

/* With memory again what was registered does what it did, one commit a call, and is heard of; what failed was not half registered. */
static void goes_on(life *l)
{
    burin_entity agent;
    size_t       heard = l->heard;
    if (!l->born)
        return;
    assert_int_equal(call_named(l, l->born, &agent), BURIN_OK);
    burin_events_flush(l->events);
    assert_true(l->heard > heard);
    assert_ptr_equal(burin_registry_find(l->registry, BURIN_TEXT("born"), 0), l->born);
    const char           *name  = "name";
    burin_item            value = burin_item_value(burin_string_borrow("ann", 3));
    const burin_callable *half;
    burin_result          result;
    burin_item            speed = burin_item_entity((burin_entity){agent.id, 0, 0});
    assert_int_equal(burin_register_partial(l->registry, "half", l->born, &name, &value, 1, &half, NULL), BURIN_OK);
    assert_int_equal(burin_invoke(half, &speed, 1, &(burin_invoke_options){.heap = l->heap}, &result, NULL), BURIN_OK);
    assert_int_equal(result.count, 12);
    burin_result_clear(l->registry, &result);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        long n = 0;
        do {
            life l       = {0};
            oom.for_ever = for_ever;
            oom.failed   = false;
            oom.fail_at  = ++n;
            bool lacking = lacks(live(&l));
            oom.fail_at  = 0;
            assert_true(!lacking || oom.failed);
            goes_on(&l);
            burin_registry_free(l.registry);
            burin_events_free(l.events);
            burin_heap_free(l.heap);
            burin_store_free(l.store);
            assert_int_equal(oom.blocks, 0);
        } while (oom.failed);
        assert_true(n > 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
