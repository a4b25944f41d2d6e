/* Memory runs out at every allocation while a store is kept in a file or a database, meets another writer, or follows one: what fails says so, what
 * was acknowledged is kept, and all memory is given back.
 *
 *   test_oom_kept_oom [all | FIRST]     in a database, where each try takes its time, every 7th allocation fails: from FIRST (1 to 7) on, by default from one
 *                                       that is drawn and printed; all: every one does */
#include "tests/oom/failing.h"
#include "tests/support/server.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { NAME, CHILDREN };

static char   folder[FOLDER_SIZE], path[FOLDER_SIZE + 128]; /* path: a URI while the store is in the database */
static bool   shared;
static long   first = 1, step = 1;
static server postgres;

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
    return burin_store_open(path, &(burin_open_options){.store = {.allocator = &failing}, .create = create, .shared = shared, .durability = BURIN_DURABILITY_NORMAL}, NULL);
}

/* ---- one store ---- */

static void clear(void)
{
    char beside[sizeof path + 8];
    if (postgres.pid) {
        assert_true(server_execute(&postgres, "DROP SCHEMA IF EXISTS mine CASCADE; CREATE SCHEMA mine"));
        return;
    }
    unlink(path);
    snprintf(beside, sizeof beside, "%s-wal", path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    unlink(beside);
}

static void keep_one(void)
{
    uint64_t     kept    = 0;
    bool         planted = false;
    uint32_t     fork;
    burin_status status;
    clear();
    burin_store *s = open_failing(true);
    if (!s) {
        assert_true(oom.failed);
        return;
    }
    is_lack_of_memory(status = define(s));
    if (status && shared) {
        oom.fail_at = 0;
        assert_int_equal(define(s), BURIN_OK); /* nothing has come of it */
    }
    for (int n = 0; n < 3; n++) {
        status = plant(s, n ? "another" : "first");
        if (status != BURIN_ERR_USAGE) /* there is no type */
            is_lack_of_memory(status);
        kept += status == BURIN_OK;
        planted |= n == 0 && !status;
    }
    status = burin_store_fork(s, 1, 0, &fork, NULL);
    kept += status == BURIN_OK;
    if (planted) /* it is tree 1: no number was lost */
        is_lack_of_memory(burin_store_retain(s, 1, &(burin_retention){.last = 1}, NULL));
    status = burin_store_compact(s, NULL);
    is_lack_of_memory(status);
    burin_store_free(s);
    if (postgres.pid || access(path, F_OK) == 0)
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
    clear();
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

/* The number of the first tree's root at its head. */
static burin_status name_root(burin_store *s, const char *name)
{
    burin_reader      *reader = burin_reader_new(s);
    burin_version_info info   = {0};
    if (!reader)
        return BURIN_ERR_NOMEM;
    burin_reader_pin(reader);
    burin_reader_version(reader, 1, burin_reader_head(reader, 1), &info, NULL);
    burin_reader_free(reader);
    burin_txn   *t      = burin_txn_begin(s, NULL);
    burin_status status = t ? burin_txn_set(t, (burin_entity){info.root, 1, 0}, NAME, burin_string_borrow(name, strlen(name)), NULL) : BURIN_ERR_NOMEM;
    if (status == BURIN_OK)
        return burin_txn_commit(t, NULL, NULL, NULL);
    burin_txn_abort(t);
    return status;
}

/* Two that change one tree: the loser may lack the memory to take in what the other did, and does so later. */
static void meet_another(void)
{
    long saved  = oom.fail_at;
    oom.fail_at = 0;
    clear();
    burin_store *writer = burin_store_open(path, &(burin_open_options){.create = true, .durability = BURIN_DURABILITY_NORMAL}, NULL);
    assert_true(writer && define(writer) == BURIN_OK && plant(writer, "theirs") == BURIN_OK);
    burin_store *s = open_failing(false);
    assert_non_null(s);
    assert_int_equal(name_root(writer, "one"), BURIN_OK);
    oom.fail_at         = saved;
    burin_status status = name_root(s, "two");
    if (status != BURIN_ERR_CONFLICT)
        is_lack_of_memory(status);
    assert_int_not_equal(status, BURIN_OK);
    oom.fail_at = 0;
    assert_int_equal(burin_store_refresh(s, NULL, NULL), BURIN_OK);
    assert_int_equal(name_root(s, "two"), BURIN_OK);
    burin_store_free(s);
    burin_store_free(writer);
    assert_int_equal(count_trees(), 1);
    oom.fail_at = saved;
}

static bool has_files(void)
{
    clear();
    burin_store *s = burin_store_open(path, &(burin_open_options){.create = true}, NULL);
    burin_store_free(s);
    return s != NULL;
}

static void stores_that_are_kept(void **state)
{
    (void)state;
    shared = false;
    fail_allocations(keep_one, first, step, 20);
}

static void stores_that_are_shared(void **state)
{
    (void)state;
    shared = true;
    fail_allocations(keep_one, first, step, 20);
}

static void shared_stores_that_meet(void **state)
{
    (void)state;
    shared = true;
    fail_allocations(meet_another, first, step, 5);
}

static void stores_that_follow(void **state)
{
    (void)state;
    shared = false;
    fail_allocations(follow_another, first, step, 5);
}

/* Which allocations fail in a database. */
static void choose_some(const char *given)
{
    enum { SOME = 7 };
    if (given && strcmp(given, "all") == 0)
        return;
    step  = SOME;
    first = given ? strtol(given, NULL, 10) : 1 + (long)((uint64_t)time(NULL) % SOME);
    printf("every %dth allocation from number %ld on\n", SOME, first);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stores_that_are_kept), cmocka_unit_test(stores_that_are_shared), cmocka_unit_test(shared_stores_that_meet),
                                       cmocka_unit_test(stores_that_follow)};
    int  result = 0, places = 0;
    if (!folder_make(folder))
        return 1;
    snprintf(path, sizeof path, "%s/store", folder);
    if (has_files()) {
        result += cmocka_run_group_tests_name("in files", tests, NULL, NULL);
        places++;
    }
    clear();
    folder_remove(folder);
    const char *why = server_make(&postgres);
    if (!why) {
        snprintf(path, sizeof path, "%s&options=-csearch_path%%3Dmine", postgres.uri);
        choose_some(argc > 1 ? argv[1] : NULL);
        result += cmocka_run_group_tests_name("in a database", tests, NULL, NULL);
        server_remove(&postgres);
        places++;
    } else if (strncmp(why, "skipped", 7) != 0) {
        puts(why);
        return 1;
    }
    if (places < 2)
        puts("skipped: there is no SQLite, or no PostgreSQL");
    return result ? 1 : places < 2 ? 77 : 0;
}
