/* Stores that are kept in a PostgreSQL database, of a server that this test starts: what was done is there again, and lost connections and
 * a crashed server lose nothing that was acknowledged, and keep nothing twice. */
#include "burin/burin.h"
#include "tests/support/server.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static server postgres;

typedef struct world {
    char         where[sizeof postgres.uri + 32];
    burin_store *store;
    burin_entity root;
} world;

static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}};

static burin_store *open_store(const world *w, const burin_open_options *options)
{
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(w->where, options, &err);
    if (!store)
        fail_msg("%s", err.message);
    return store;
}

static burin_status set(burin_store *store, burin_entity e, int64_t n, bool defer)
{
    burin_txn *t = burin_txn_begin(store, NULL);
    assert_int_equal(burin_txn_set(t, e, 0, burin_int(n), NULL), BURIN_OK);
    return burin_txn_commit(t, &(burin_commit_options){.defer = defer}, NULL, NULL);
}

static int64_t get(burin_store *store, burin_entity e)
{
    burin_reader *reader = burin_reader_new(store);
    burin_value   value;
    burin_reader_pin(reader);
    burin_status status = burin_reader_get(reader, e, 0, NULL, &value, NULL);
    burin_reader_free(reader);
    return status ? -(int64_t)status : value.as.i;
}

static uint32_t newest(burin_store *store, uint32_t tree)
{
    burin_reader *reader = burin_reader_new(store);
    burin_reader_pin(reader);
    uint32_t version = burin_reader_head(reader, tree);
    burin_reader_free(reader);
    return version;
}

static void reopen(world *w)
{
    burin_store_free(w->store);
    w->store = open_store(w, NULL);
}

/* A store of the test's own: a schema of its own. */
static int setup(void **state)
{
    static world w;
    burin_type   type;
    assert_true(server_execute(&postgres, "DROP SCHEMA IF EXISTS mine CASCADE; CREATE SCHEMA mine"));
    snprintf(w.where, sizeof w.where, "%s&options=-csearch_path%%3Dmine", postgres.uri);
    w.store = open_store(&w, &(burin_open_options){.create = true});
    assert_int_equal(burin_store_define(w.store, "Thing", attributes, 1, &type, NULL), BURIN_OK);
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
    return 0;
}

static void what_was_committed_is_there_again(void **state)
{
    world      *w = *state;
    uint32_t    fork;
    const char *note = "a note with \0 in it";
    for (int n = 2; n <= 40; n++)
        assert_int_equal(set(w->store, w->root, n, false), BURIN_OK);
    assert_int_equal(burin_store_fork(w->store, 1, 10, &fork, NULL), BURIN_OK);
    assert_int_equal(set(w->store, (burin_entity){w->root.id, fork, 0}, -1000, false), BURIN_OK);
    assert_int_equal(burin_store_keep(w->store, 1, 5, NULL), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 0}), 40);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 7}), 7);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, fork, 1}), 10);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, fork, 0}), -1000);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_set(t, w->root, 0, burin_int(41), NULL);
    assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.note = {note, 19}}, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 2}, NULL), BURIN_OK);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 41);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 39}), -BURIN_ERR_GONE);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 5}), 5);
    assert_int_equal(burin_store_release(w->store, 1, 5, NULL), BURIN_OK);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 5}), -BURIN_ERR_GONE);
    burin_reader      *reader = burin_reader_new(w->store);
    burin_version_info info;
    burin_reader_pin(reader);
    assert_int_equal(burin_reader_version(reader, 1, 41, &info, NULL), BURIN_OK);
    assert_int_equal(info.note.len, 19);
    assert_memory_equal(info.note.data, note, 19);
    burin_reader_free(reader);
}

static void many_deferred_commits_go_as_one_batch(void **state)
{
    world *w = *state;
    for (int n = 0; n < 20000; n++)
        assert_int_equal(set(w->store, w->root, n, true), BURIN_OK);
    assert_int_equal(burin_store_sync(w->store, NULL), BURIN_OK);
    world other = *w; /* a second look, while the first is open */
    other.store = open_store(w, &(burin_open_options){.read_only = true});
    assert_int_equal(get(other.store, w->root), 19999);
    assert_int_equal(newest(other.store, 1), 20000); /* the first one changed nothing */
    assert_int_equal(set(other.store, w->root, 5, false), BURIN_ERR_USAGE);
    burin_store_free(other.store);
}

static void a_second_writer_is_found_and_does_no_harm(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, NULL);
    assert_int_equal(set(w->store, w->root, 1, false), BURIN_OK);
    assert_int_equal(set(other, w->root, 2, false), BURIN_ERR_CONFLICT);
    assert_int_equal(set(other, w->root, 3, false), BURIN_ERR_OS); /* it no longer knows what is there */
    burin_store_free(other);
    other = open_store(w, NULL);
    burin_type type;
    assert_int_equal(burin_store_define(w->store, "Other", NULL, 0, &type, NULL), BURIN_OK); /* a change of no tree counts, too */
    assert_int_equal(set(other, w->root, 4, false), BURIN_ERR_CONFLICT);
    burin_store_free(other);
    assert_int_equal(set(w->store, w->root, 5, false), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 5);
    assert_int_equal(newest(w->store, 1), 3);
}

/* ---- while the server fails ---- */

enum { COMMITS = 300 };
typedef struct committer {
    const world *world;
    atomic_int   done; /* acknowledged */
    atomic_bool  ended;
} committer;

static void *commit_numbers(void *user)
{
    committer *c = user;
    for (int n = 1; n <= COMMITS && set(c->world->store, c->world->root, n, false) == BURIN_OK; n++)
        atomic_store(&c->done, n);
    atomic_store(&c->ended, true);
    return NULL;
}

static void lost_connections_lose_nothing_and_keep_nothing_twice(void **state)
{
    world    *w = *state;
    committer c = {w, 0, false};
    pthread_t thread;
    int       cuts = 0;
    assert_int_equal(pthread_create(&thread, NULL, commit_numbers, &c), 0);
    while (!atomic_load(&c.ended)) {
        int before = atomic_load(&c.done);
        while (!atomic_load(&c.ended) && atomic_load(&c.done) < before + 3 + cuts % 7)
            usleep(100);
        cuts += server_cut(&postgres);
    }
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&c.done), COMMITS);
    assert_true(cuts > 3);
    print_message("%d connections cut\n", cuts);
    reopen(w);
    assert_int_equal(get(w->store, w->root), COMMITS);
    assert_int_equal(newest(w->store, 1), COMMITS + 1);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void a_crashed_server_loses_nothing_that_was_acknowledged(void **state)
{
    world    *w = *state;
    committer c = {w, 0, false};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, commit_numbers, &c), 0);
    for (int n = 0; n < 3 && !atomic_load(&c.ended); n++) {
        usleep(30000);
        server_crash(&postgres);
        assert_true(server_start(&postgres));
    }
    pthread_join(thread, NULL);
    int done = atomic_load(&c.done);
    assert_true(done > 0);
    reopen(w);
    int64_t now = get(w->store, w->root);
    if (now != done && now != done + 1)
        fail_msg("%d were acknowledged, %lld are kept", done, (long long)now);
    assert_int_equal(newest(w->store, 1), now + 1);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void what_is_no_store_is_refused(void **state)
{
    const world *w   = *state;
    burin_error  err = BURIN_ERROR_INIT;
    static const struct {
        const char  *sql;
        burin_status status;
    } rows[] = {
        {"UPDATE mine.burin_version SET sum = sum + 1", BURIN_ERR_DATA},
        {"UPDATE mine.burin_store SET format = 2", BURIN_ERR_DATA},
        {"DELETE FROM mine.burin_store", BURIN_ERR_DATA},
        {"DROP SCHEMA mine CASCADE", BURIN_ERR_OS},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        assert_true(server_execute(&postgres, rows[n].sql));
        assert_null(burin_store_open(w->where, NULL, &err));
        assert_int_equal(err.status, rows[n].status);
    }
    assert_null(burin_store_open("postgresql:///x?host=/nonexistent", NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_OS);
    assert_null(burin_store_open("postgresql://?no=such", NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_OS);
    burin_error_clear(&err);
}

static int end_server(void **state)
{
    (void)state;
    server_remove(&postgres);
    return 0;
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(what_was_committed_is_there_again), ROW(many_deferred_commits_go_as_one_batch), ROW(a_second_writer_is_found_and_does_no_harm),
        ROW(lost_connections_lose_nothing_and_keep_nothing_twice), ROW(a_crashed_server_loses_nothing_that_was_acknowledged),
        ROW(what_is_no_store_is_refused),
    };
    const char *why = server_make(&postgres);
    if (why) {
        puts(why);
        return strncmp(why, "skipped", 7) ? 1 : 77;
    }
    return cmocka_run_group_tests(tests, NULL, end_server);
}
