/* Memory runs out at every allocation of a store's life: first the 1st fails, then the 2nd, and so on until all goes through; once
 * only that one, once all after it too. What fails says so and changes nothing: the store is compared with what it was before the call,
 * goes on afterwards, and gives all its memory back. */
#include "tests/oom/exported.h"

#include <stdio.h>

static const burin_text      no_key  = {NULL, 0};

enum { NAME, CHILDREN, NAMED, DATA };

/* All that the store holds, types, trees and their versions, but for the ids that it has given out: what a failed step must leave alone. To be freed. */
static char *look(burin_store *s) { return exported_from(s, "\n"); }

static burin_status first_commit(burin_store *s, burin_type type, burin_entity *root)
{
    burin_entity child;
    burin_txn   *t      = burin_txn_begin(s, NULL);
    burin_status status = t ? burin_txn_create(t, type, root, NULL) : BURIN_ERR_NOMEM;
    for (int n = 0; n < 300 && !status; n++) { /* more than are one block */
        char   key[12];
        size_t len = (size_t)snprintf(key, sizeof key, "%d", n);
        status     = burin_txn_create(t, type, &child, NULL);
        if (!status)
            status = burin_txn_attach(t, child, *root, n % 2 ? CHILDREN : NAMED, BURIN_END, (burin_text){key, len}, NULL);
        if (!status)
            status = burin_txn_set(t, child, DATA, burin_string_borrow("some data", 9), NULL);
    }
    if (!status)
        status = burin_txn_set(t, *root, NAME, burin_string_borrow("root", 4), NULL);
    if (!status)
        status = burin_txn_promote(t, *root, NULL);
    if (!status)
        return burin_txn_commit(t, &(burin_commit_options){.note = BURIN_TEXT("first")}, NULL, NULL);
    burin_txn_abort(t);
    return status;
}

static burin_status second_commit(burin_store *s, burin_entity root)
{
    burin_children children;
    burin_entity   copy;
    burin_txn     *t      = burin_txn_begin(s, NULL);
    burin_status   status = t ? burin_txn_children(t, root, CHILDREN, &children, NULL) : BURIN_ERR_NOMEM;
    uint32_t       first  = status ? 0 : burin_children_id(&children, 0), second = status ? 0 : burin_children_id(&children, 1);
    if (!status)
        status = burin_txn_copy(t, (burin_entity){first, 0, 0}, &copy, NULL);
    if (!status)
        status = burin_txn_promote(t, copy, NULL);
    if (!status)
        status = burin_txn_detach(t, (burin_entity){first, 0, 0}, NULL);
    if (!status)
        status = burin_txn_attach(t, (burin_entity){first, 0, 0}, (burin_entity){second, 0, 0}, CHILDREN, 0, no_key, NULL);
    if (!status)
        status = burin_txn_borrow(t, root, NAME, (burin_entity){second, 0, 0}, NAME, NULL);
    if (!status)
        status = burin_txn_set(t, root, NAME, burin_string_borrow("another root", 12), NULL);
    if (!status)
        return burin_txn_commit(t, NULL, NULL, NULL);
    burin_txn_abort(t);
    return status;
}

/* Do a step; when it fails see that nothing has changed, and do it again with memory. */
static bool step(burin_store *s, burin_entity *root, burin_status (*run)(burin_store *, burin_type, burin_entity *), burin_type type)
{
    burin_entity seen   = *root;
    char        *before = look(s);
    burin_status status = run(s, type, root);
    if (status) {
        char *after = look(s);
        assert_int_equal(status, BURIN_ERR_NOMEM);
        assert_true(oom.failed);
        assert_string_equal(before, after);
        free(after);
        oom.fail_at = 0;
        *root       = seen;
        assert_int_equal(run(s, type, root), BURIN_OK);
    }
    free(before);
    return status == BURIN_OK;
}

static burin_status run_second(burin_store *s, burin_type type, burin_entity *root)
{
    (void)type;
    return second_commit(s, *root);
}

static burin_status run_fork(burin_store *s, burin_type type, burin_entity *root)
{
    uint32_t fork;
    (void)type;
    (void)root;
    return burin_store_fork(s, 1, 0, &fork, NULL);
}

static burin_status run_define(burin_store *s, burin_type type, burin_entity *root)
{
    static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"children", BURIN_CHILD_LIST_ATTRIBUTE, false, "Thing"},
                                                 {"named", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL}, {"data", BURIN_DATA_ATTRIBUTE, true, NULL}};
    burin_type made;
    (void)type;
    (void)root;
    return burin_store_define(s, "Thing", attributes, 4, &made, NULL);
}

static void scenario(void)
{
    burin_store *s = burin_store_new(&(burin_store_options){.allocator = &failing}, NULL);
    burin_entity root = {0, 0, 0};
    if (!s) {
        assert_true(oom.failed);
        return;
    }
    step(s, &root, run_define, 0);
    step(s, &root, first_commit, 1);
    assert_int_equal(burin_store_retain(s, 1, &(burin_retention){.last = 2}, NULL), BURIN_OK);
    for (int n = 0; n < 3; n++)
        step(s, &root, run_second, 1);
    step(s, &root, run_fork, 1);
    burin_reader *reader = burin_reader_new(s);
    burin_reader_free(reader);
    burin_store_free(s);
}

static void every_failed_allocation_is_reported_and_changes_nothing(void **state)
{
    (void)state;
    fail_every_allocation(scenario, 20);
}

static void the_memory_limit_is_met_at_every_size(void **state)
{
    (void)state;
    oom.fail_at      = 0;
    unsigned refused = 0;
    for (uint64_t limit = 64;; limit += 48) {
        burin_store *s    = burin_store_new(&(burin_store_options){.allocator = &failing, .memory_limit = limit}, NULL);
        burin_entity root = {0, 0, 0};
        burin_store_stats before, after;
        run_define(s, 0, &root);
        burin_status status = first_commit(s, 1, &root);
        burin_store_stats_of(s, &before);
        if (status == BURIN_OK)
            status = second_commit(s, root);
        burin_store_stats_of(s, &after);
        assert_true(after.bytes <= limit);
        if (status)
            assert_int_equal(after.bytes, before.bytes);
        burin_store_free(s);
        if (status == BURIN_OK)
            break;
        assert_int_equal(status, BURIN_ERR_LIMIT);
        refused++;
    }
    assert_true(refused > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_failed_allocation_is_reported_and_changes_nothing),
                                       cmocka_unit_test(the_memory_limit_is_met_at_every_size)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
