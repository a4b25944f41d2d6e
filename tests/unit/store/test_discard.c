/* What a transaction does without: new entities that it made and discards. */
#include "tests/unit/store/seen.h"

enum { PARTS, SIZE };

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_type    type;
    burin_entity  root, parts[2];
} world;

static int setup(void **state)
{
    static const burin_attribute attributes[] = {{"parts", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}, {"size", BURIN_INT_ATTRIBUTE, false, NULL}};
    static world w;
    open_seen(&w.store, &w.reader);
    assert_int_equal(burin_store_define(w.store, "Thing", attributes, 2, &w.type, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    burin_txn_create(t, w.type, &w.root, NULL);
    for (int n = 0; n < 2; n++) {
        burin_txn_create(t, w.type, &w.parts[n], NULL);
        assert_int_equal(burin_txn_attach(t, w.parts[n], w.root, PARTS, BURIN_END, no_key, NULL), BURIN_OK);
    }
    burin_txn_promote(t, w.root, NULL);
    commit_seen(t, NULL, w.reader);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    return close_seen(w->store, w->reader);
}

static burin_status find(const world *w, burin_entity e)
{
    burin_entity now = {e.id, 0, 0};
    return burin_reader_find(w->reader, &now, NULL);
}

static void what_is_discarded_is_not_missed(void **state)
{
    world              *w = *state;
    burin_entity        e[4];
    burin_value         value;
    burin_commit_result result;
    burin_txn          *t = burin_txn_begin(w->store, NULL);
    for (int n = 0; n < 4; n++)
        assert_int_equal(burin_txn_create(t, w->type, &e[n], NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, e[1], e[0], PARTS, BURIN_END, no_key, NULL), BURIN_OK);
    assert_int_equal(burin_txn_promote(t, e[2], NULL), BURIN_OK);
    assert_int_equal(burin_txn_discard(t, e[0], NULL), BURIN_OK); /* with what is below it */
    assert_int_equal(burin_txn_discard(t, e[2], NULL), BURIN_OK); /* though it was to be a root */
    assert_int_equal(burin_txn_discard(t, e[3], NULL), BURIN_OK);
    assert_int_equal(burin_txn_get(t, e[3], SIZE, NULL, &value, NULL), BURIN_OK); /* it is there until the commit, and may come back */
    assert_int_equal(burin_txn_attach(t, e[3], w->parts[0], PARTS, BURIN_END, no_key, NULL), BURIN_OK);
    assert_int_equal(burin_txn_discard(t, w->parts[1], NULL), BURIN_OK); /* what is not new is detached */
    result = commit_seen(t, NULL, w->reader);
    assert_int_equal(result.trees, 1);
    for (int n = 0; n < 4; n++)
        assert_int_equal(find(w, e[n]), n == 3 ? BURIN_OK : BURIN_ERR_KEY);
    assert_int_equal(find(w, w->parts[1]), BURIN_ERR_KEY);
    assert_int_equal(burin_txn_discard(t = burin_txn_begin(w->store, NULL), e[0], NULL), BURIN_ERR_KEY);
    burin_txn_abort(t);
}

static void what_was_wanted_since_must_be_discarded_anew(void **state)
{
    world       *w = *state;
    burin_entity e;
    burin_txn   *t = burin_txn_begin(w->store, NULL);
    assert_int_equal(burin_txn_create(t, w->type, &e, NULL), BURIN_OK);
    assert_int_equal(burin_txn_discard(t, e, NULL), BURIN_OK);
    assert_int_equal(burin_txn_promote(t, e, NULL), BURIN_OK);
    assert_int_equal(burin_txn_detach(t, e, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_discarded_is_not_missed, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_wanted_since_must_be_discarded_anew, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
