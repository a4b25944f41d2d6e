/* Functions that only read, called with entities of older versions. */
#include "tests/unit/registry/world.h"

static burin_status hasten(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, speed: int) */
{
    *out = args[0];
    return burin_txn_set(burin_invocation_txn(call), args[0].entity, SPEED, args[1].value, burin_invocation_error(call));
}

static burin_status both(burin_invocation *call, const burin_item *args, burin_item *out) /* (m: Map, a: Agent): the two */
{
    burin_status status = burin_give(call, no_key, args[0]);
    (void)out;
    return status ? status : burin_give(call, no_key, args[1]);
}

static burin_status first(burin_invocation *call, const burin_item *args, burin_item *out) /* (m: Map): the map, and how fast its first agent is */
{
    burin_txn     *t   = burin_invocation_txn(call);
    burin_error   *err = burin_invocation_error(call);
    burin_children nodes, agents;
    burin_value    speed;
    burin_status   status = burin_txn_children(t, args[0].entity, NODES, &nodes, err);
    if (status == BURIN_OK)
        status = burin_txn_children(t, (burin_entity){burin_children_id(&nodes, 0), args[0].entity.tree, 0}, AGENTS, &agents, err);
    if (status == BURIN_OK)
        status = burin_txn_get(t, (burin_entity){burin_children_id(&agents, 0), 0, 0}, SPEED, NULL, &speed, err);
    if (status == BURIN_OK)
        status = burin_give(call, no_key, args[0]);
    (void)out;
    return status ? status : burin_give(call, no_key, burin_item_value(speed));
}

static const burin_callable *make(world *w, const char *signature, burin_body body, burin_effect effect)
{
    return declare(w, (burin_declaration){.name = "f", .signature = signature, .body = body, .effect = effect});
}

static burin_entity at_version(burin_entity entity, uint32_t version) { return (burin_entity){entity.id, 1, version}; }

static void what_only_reads_sees_what_was(void **state)
{
    static const struct { uint32_t version, seen; int64_t speed; } rows[] = {{1, 1, 1}, {2, 2, 50}, {3, 3, 60}, {0, 3, 60}};
    world                *w    = *state;
    const burin_callable *set  = make(w, "a: Agent, speed: int -> Agent", hasten, BURIN_EFFECT_MUTATES), *look = make(w, "m: Map -> (Map, int)", first, BURIN_EFFECT_READS);
    char                  address[BURIN_ADDRESS_SIZE];
    for (int speed = 50; speed <= 60; speed += 10)
        CALL(w, set, BURIN_OK, burin_item_entity(w->agents[0]), item_int(speed));
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_entity  map = at_version(w->map, rows[n].version);
        burin_item    named = burin_item_value(burin_string_borrow(address, burin_address_write(map, address)));
        for (int by_address = 0; by_address < 2; by_address++) {
            burin_result *r = CALL(w, look, BURIN_OK, by_address ? named : burin_item_entity(map));
            assert_int_equal(r->items[0].item.entity.version, rows[n].seen);
            assert_int_equal(r->items[0].semantic, BURIN_SEMANTIC_UNCHANGED);
            assert_int_equal(r->items[1].item.value.as.i, rows[n].speed);
            assert_int_equal(r->commit.commit, 0);
        }
    }
    assert_int_equal(head(w), 3);
}

static void what_only_reads_sees_a_tree_in_one_version(void **state)
{
    world                *w    = *state;
    const burin_callable *set  = make(w, "a: Agent, speed: int -> Agent", hasten, BURIN_EFFECT_MUTATES), *pair = make(w, "m: Map, a: Agent -> (Map, Agent)", both, BURIN_EFFECT_READS);
    burin_entity          late;
    CALL(w, set, BURIN_OK, burin_item_entity(w->agents[0]), item_int(50));
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_create(t, 1, &late, NULL);
    burin_txn_attach(t, late, w->nodes[1], AGENTS, BURIN_END, no_key, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    const struct { burin_entity m, a; burin_status want; uint32_t seen; } rows[] = {
        {at_version(w->map, 2), at_version(w->agents[1], 1), BURIN_OK, 2}, /* the newest that is named */
        {at_version(w->map, 1), at_version(w->agents[1], 1), BURIN_OK, 1},
        {w->map, at_version(w->agents[1], 1), BURIN_OK, 3},
        {at_version(w->map, 1), at_version(w->agents[1], 2), BURIN_ERR_CONFLICT, 0},
        {at_version(w->map, 2), w->agents[1], BURIN_ERR_CONFLICT, 0},
        {at_version(w->map, 4), w->agents[1], BURIN_ERR_KEY, 0},
        {at_version(w->map, 2), at_version(late, 2), BURIN_ERR_KEY, 0},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_result *r = CALL(w, pair, rows[n].want, burin_item_entity(rows[n].m), burin_item_entity(rows[n].a));
        for (size_t k = 0; k < r->count; k++)
            assert_int_equal(r->items[k].item.entity.version, rows[n].seen);
    }
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 1}, NULL), BURIN_OK);
    CALL(w, pair, BURIN_ERR_GONE, burin_item_entity(at_version(w->map, 1)), burin_item_entity(at_version(w->agents[1], 1)));
}

/* In a transaction of others it sees what that has not committed; what was is the same for all. */
static void what_only_reads_sees_what_was_in_a_transaction_too(void **state)
{
    world                *w    = *state;
    const burin_callable *set  = make(w, "a: Agent, speed: int -> Agent", hasten, BURIN_EFFECT_MUTATES), *look = make(w, "m: Map -> (Map, int)", first, BURIN_EFFECT_READS);
    burin_item            with[] = {burin_item_entity(w->agents[0]), item_int(60)}, maps[] = {burin_item_entity(at_version(w->map, 1)), burin_item_entity(w->map)};
    burin_batch_call      calls[] = {{.callable = set, .args = with, .count = 2, .err = BURIN_ERROR_INIT}, {.callable = look, .args = &maps[0], .count = 1, .err = BURIN_ERROR_INIT},
                                     {.callable = look, .args = &maps[1], .count = 1, .err = BURIN_ERROR_INIT}};
    CALL(w, set, BURIN_OK, burin_item_entity(w->agents[0]), item_int(50));
    assert_int_equal(burin_invoke_batch(calls, 3, NULL, NULL, NULL), BURIN_OK);
    for (int n = 1; n < 3; n++) {
        assert_int_equal(calls[n].status, BURIN_OK);
        assert_int_equal(calls[n].result.items[0].item.entity.version, n == 1 ? 1 : 3);
        assert_int_equal(calls[n].result.items[1].item.value.as.i, n == 1 ? 1 : 60);
        burin_result_clear(w->registry, &calls[n].result);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(what_only_reads_sees_what_was),
        TEST(what_only_reads_sees_a_tree_in_one_version),
        TEST(what_only_reads_sees_what_was_in_a_transaction_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
