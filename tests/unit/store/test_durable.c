/* Stores that are kept in a file: what was done is there again, and what cannot be is said. */
#include "burin/burin.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct world {
    char         folder[FOLDER_SIZE], path[FOLDER_SIZE + 8];
    burin_store *store;
    burin_entity root;
} world;

static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}, {"kids", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
enum { N, KIDS };

static burin_store *open_store(const world *w, const burin_open_options *options)
{
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(w->path, options, &err);
    if (!store)
        fail_msg("%s", err.message);
    return store;
}

static burin_status set(burin_store *store, burin_entity e, int64_t n, bool defer)
{
    burin_txn   *t      = burin_txn_begin(store, NULL);
    burin_status status = burin_txn_set(t, e, N, burin_int(n), NULL);
    assert_int_equal(status, BURIN_OK);
    return burin_txn_commit(t, &(burin_commit_options){.defer = defer}, NULL, NULL);
}

static int64_t get(burin_store *store, burin_entity e)
{
    burin_reader *reader = burin_reader_new(store);
    burin_value   value;
    burin_reader_pin(reader);
    burin_status status = burin_reader_get(reader, e, N, NULL, &value, NULL);
    burin_reader_free(reader);
    return status ? -(int64_t)status : value.as.i;
}

static void reopen(world *w)
{
    burin_store_free(w->store);
    w->store = open_store(w, &(burin_open_options){.durability = BURIN_DURABILITY_NORMAL});
}

static int setup(void **state)
{
    static world w;
    burin_type   type;
    assert_true(folder_make(w.folder));
    snprintf(w.path, sizeof w.path, "%s/store", w.folder);
    w.store = open_store(&w, &(burin_open_options){.create = true, .durability = BURIN_DURABILITY_NORMAL});
    assert_int_equal(burin_store_define(w.store, "Thing", attributes, 2, &type, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    burin_txn_create(t, type, &w.root, NULL);
    burin_txn_promote(t, w.root, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    burin_store_free(w->store);
    folder_remove(w->folder);
    return 0;
}

static void what_was_committed_is_there_again(void **state)
{
    world   *w = *state;
    uint32_t fork;
    for (int n = 2; n <= 40; n++)
        assert_int_equal(set(w->store, w->root, n, false), BURIN_OK);
    assert_int_equal(burin_store_fork(w->store, 1, 10, &fork, NULL), BURIN_OK);
    assert_int_equal(set(w->store, (burin_entity){w->root.id, fork, 0}, 1000, false), BURIN_OK);
    assert_int_equal(burin_store_keep(w->store, 1, 5, NULL), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 0}), 40);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 7}), 7);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, fork, 1}), 10);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, fork, 0}), 1000);
    assert_int_equal(set(w->store, w->root, 41, false), BURIN_OK); /* and it goes on */
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 2}, NULL), BURIN_OK);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 41);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 39}), -BURIN_ERR_GONE);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 5}), 5);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 10}), 10); /* for the fork */
    assert_int_equal(burin_store_release(w->store, 1, 5, NULL), BURIN_OK);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 5}), -BURIN_ERR_GONE);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void deferred_commits_are_kept_by_the_next_that_waits(void **state)
{
    world *w = *state;
    for (int n = 0; n < 1000; n++)
        assert_int_equal(set(w->store, w->root, n, true), BURIN_OK);
    assert_int_equal(burin_store_sync(w->store, NULL), BURIN_OK);
    world other = *w; /* a second look, while the first is open */
    other.store = open_store(w, &(burin_open_options){.read_only = true});
    assert_int_equal(get(other.store, w->root), 999);
    burin_store_free(other.store);
}

static void read_only_is_read_only(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, &(burin_open_options){.read_only = true});
    burin_type   type;
    uint32_t     fork;
    assert_int_equal(set(other, w->root, 5, false), BURIN_ERR_USAGE);
    assert_int_equal(get(other, w->root), 0);
    assert_int_equal(burin_store_define(other, "X", NULL, 0, &type, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_store_fork(other, 1, 1, &fork, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_store_compact(other, NULL), BURIN_ERR_USAGE);
    burin_store_free(other);
}

static void a_second_writer_is_found_and_does_no_harm(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, &(burin_open_options){.durability = BURIN_DURABILITY_NORMAL});
    assert_int_equal(set(w->store, w->root, 1, false), BURIN_OK);
    assert_int_equal(set(other, w->root, 2, false), BURIN_ERR_CONFLICT);
    assert_int_equal(set(other, w->root, 3, false), BURIN_ERR_OS); /* it no longer knows what is there */
    burin_store_free(other);
    assert_int_equal(set(w->store, w->root, 4, false), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 4);
}

static void changes_of_two_trees_are_kept_together(void **state)
{
    world     *w = *state;
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_entity second;
    burin_txn_create(t, 1, &second, NULL);
    burin_txn_promote(t, second, NULL);
    burin_txn_set(t, w->root, N, burin_int(7), NULL);
    burin_commit_result result;
    assert_int_equal(burin_txn_commit(t, NULL, &result, NULL), BURIN_OK);
    assert_int_equal(result.trees, 2);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 7);
    assert_int_equal(get(w->store, second), 0);
    burin_reader      *reader = burin_reader_new(w->store);
    burin_version_info info;
    burin_reader_pin(reader);
    assert_int_equal(burin_reader_version(reader, 2, 1, &info, NULL), BURIN_OK);
    assert_int_equal(info.commit, result.commit);
    burin_reader_free(reader);
}

static void what_is_no_store_is_refused(void **state)
{
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    char        path[FOLDER_SIZE + 8];
    burin_store_free(w->store);
    w->store = NULL;
    snprintf(path, sizeof path, "%s/none", w->folder);
    assert_null(burin_store_open(path, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_OS);
    assert_int_equal(access(path, F_OK), -1);
    assert_null(burin_store_open(w->folder, &(burin_open_options){.create = true}, &err));
    assert_int_equal(err.status, BURIN_ERR_OS);
    FILE *file = fopen(w->path, "r+b"); /* a byte of a row's, well inside the file */
    assert_non_null(file);
    fseek(file, -2, SEEK_END);
    int byte = fgetc(file);
    fseek(file, -2, SEEK_END);
    fputc(byte ^ 1, file);
    fclose(file);
    burin_store *store = burin_store_open(w->path, NULL, &err);
    assert_true(!store && err.status == BURIN_ERR_DATA);
    file = fopen(w->path, "wb");
    fputs("this is no database, but a longer text than nothing", file);
    fclose(file);
    assert_null(burin_store_open(w->path, &(burin_open_options){.create = true}, &err));
    assert_int_equal(err.status, BURIN_ERR_DATA);
    burin_error_clear(&err);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(what_was_committed_is_there_again), ROW(deferred_commits_are_kept_by_the_next_that_waits), ROW(read_only_is_read_only),
        ROW(a_second_writer_is_found_and_does_no_harm), ROW(changes_of_two_trees_are_kept_together), ROW(what_is_no_store_is_refused),
    };
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open("/nonexistent/store", NULL, &err);
    burin_store_free(store);
    bool built = err.status != BURIN_ERR_NOT_IMPLEMENTED;
    burin_error_clear(&err);
    if (!built) {
        puts("skipped: built without SQLite");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
