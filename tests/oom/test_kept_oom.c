/* Memory runs out at every allocation while a store is kept in a file, and follows another: what fails says so, what was acknowledged is
 * in the file, and all memory is given back. */
#include "tests/oom/failing.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <unistd.h>

enum { NAME, CHILDREN };

static char folder[FOLDER_SIZE], path[FOLDER_SIZE + 16];

static burin_status define(burin_store *s)
{
    static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"children", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    burin_type type;
    return burin_store_define(s, "Thing", attributes, 2, &type, NULL);
}

/* A new tree of a root and a child. */
static burin_status plant(burin_store *s, const char *name)
{
    burin_entity root, child;
    burin_txn   *t = burin_txn_begin(s, NULL);
    if (!t)
        return BURIN_ERR_NOMEM;
    burin_status status = burin_txn_create(t, 1, &root, NULL);
    if (status == BURIN_OK)
        status = burin_txn_create(t, 1, &child, NULL);
    if (status == BURIN_OK)
        status = burin_txn_set(t, root, NAME, burin_string_borrow(name, strlen(name)), NULL);
    if (status == BURIN_OK)
        status = burin_txn_attach(t, child, root, CHILDREN, BURIN_END, (burin_text){NULL, 0}, NULL);
    if (status == BURIN_OK)
        status = burin_txn_promote(t, root, NULL);
    if (status == BURIN_OK)
        return burin_txn_commit(t, &(burin_commit_options){.note = BURIN_TEXT("planted")}, NULL, NULL);
    burin_txn_abort(t);
    return status;
}

static void is_lack_of_memory(burin_status status)
{
    if (status == BURIN_OK)
        return;
    assert_true(oom.failed);
    if (status != BURIN_ERR_NOMEM && status != BURIN_ERR_OS) /* OS: it is known no longer what is kept */
        fail_msg("a lack of memory is told as %s", burin_status_class(status));
}

/* How many commits the file holds; every version of them right. */
static uint64_t count_trees(void)
{
    long              saved = oom.fail_at;
    burin_error       err   = BURIN_ERROR_INIT;
    burin_store_stats stats;
    oom.fail_at        = 0;
    burin_store *store = burin_store_open(path, &(burin_open_options){.read_only = true}, &err);
    if (!store)
        fail_msg("%s", err.message);
    assert_int_equal(burin_store_verify(store, NULL), BURIN_OK);
    burin_store_stats_of(store, &stats);
    burin_store_free(store);
    oom.fail_at = saved;
    return stats.trees;
}

static burin_store *open_failing(bool create)
{
    return burin_store_open(path, &(burin_open_options){.store = {.allocator = &failing}, .create = create, .durability = BURIN_DURABILITY_NORMAL}, NULL);
}

/* ---- a file ---- */

static void clear_file(void)
{
    char beside[sizeof path + 8];
    unlink(path);
    snprintf(beside, sizeof beside, "%s-wal", path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    unlink(beside);
}

static void keep_in_a_file(void)
{
    uint64_t     kept = 0;
    uint32_t     fork;
    burin_status status;
    clear_file();
    burin_store *s = open_failing(true);
    if (!s) {
        assert_true(oom.failed);
        return;
    }
    is_lack_of_memory(status = define(s));
    for (int n = 0; n < 3; n++) {
        status = plant(s, n ? "another" : "first");
        if (status != BURIN_ERR_USAGE) /* there is no type */
            is_lack_of_memory(status);
        kept += status == BURIN_OK;
    }
    status = burin_store_fork(s, 1, 0, &fork, NULL);
    kept += status == BURIN_OK;
    status = burin_store_compact(s, NULL);
    is_lack_of_memory(status);
    burin_store_free(s);
    if (access(path, F_OK) == 0)
        assert_int_equal(count_trees(), kept);
    s = open_failing(false);
    if (s)
        is_lack_of_memory(burin_store_verify(s, NULL));
    else
        assert_true(oom.failed);
    burin_store_free(s);
}

/* ---- another writer ---- */

static void follow_another(void)
{
    long saved  = oom.fail_at;
    oom.fail_at = 0;
    clear_file();
    burin_store *writer = burin_store_open(path, &(burin_open_options){.create = true, .durability = BURIN_DURABILITY_NORMAL}, NULL);
    burin_store *s      = open_failing(false);
    uint64_t     commits;
    bool         changed;
    assert_true(writer && s);
    assert_int_equal(define(writer), BURIN_OK);
    for (int n = 0; n < 3; n++)
        assert_int_equal(plant(writer, "theirs"), BURIN_OK);
    oom.fail_at         = saved;
    burin_error  err    = BURIN_ERROR_INIT;
    burin_status status = burin_store_wait(s, 1000000000, &changed, NULL);
    is_lack_of_memory(status);
    status = burin_store_refresh(s, &commits, &err);
    if (status == BURIN_ERR_DATA)
        fail_msg("%s", err.message);
    burin_error_clear(&err);
    is_lack_of_memory(status);
    if (status == BURIN_OK)
        assert_int_equal(commits, 3);
    is_lack_of_memory(burin_store_verify(s, NULL));
    burin_store_free(s);
    burin_store_free(writer);
    assert_int_equal(count_trees(), 3);
}

static bool has_files(void)
{
    clear_file();
    burin_store *s = burin_store_open(path, &(burin_open_options){.create = true}, NULL);
    burin_store_free(s);
    return s != NULL;
}

static void stores_in_files(void **state)
{
    (void)state;
    fail_every_allocation(keep_in_a_file, 20);
}

static void stores_that_follow(void **state)
{
    (void)state;
    fail_every_allocation(follow_another, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stores_in_files), cmocka_unit_test(stores_that_follow)};
    if (!folder_make(folder))
        return 1;
    snprintf(path, sizeof path, "%s/store", folder);
    if (!has_files()) {
        puts("skipped: built without SQLite");
        folder_remove(folder);
        return 77;
    }
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    clear_file();
    folder_remove(folder);
    return result;
}
