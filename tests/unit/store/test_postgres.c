/* Stores that are kept in a PostgreSQL database, of a server that this test starts: what was done is there again, and lost connections and
 * a crashed server lose nothing that was acknowledged, and keep nothing twice. */
#include "tests/unit/store/kept.h"
#include "tests/support/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static server postgres;

/* A store of the test's own: a schema of its own. */
static int setup(void **state)
{
    static world w;
    w = (world){.durability = BURIN_DURABILITY_FULL};
    assert_true(server_execute(&postgres, "DROP SCHEMA IF EXISTS mine CASCADE; CREATE SCHEMA mine"));
    snprintf(w.where, sizeof w.where, "%s&options=-csearch_path%%3Dmine", postgres.uri);
    begin_world(&w);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    burin_store_free(w->store);
    return 0;
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
        KEPT_ROWS, ROW(lost_connections_lose_nothing_and_keep_nothing_twice), ROW(a_crashed_server_loses_nothing_that_was_acknowledged),
        ROW(what_is_no_store_is_refused),
    };
    const char *why = server_make(&postgres);
    if (why) {
        puts(why);
        return strncmp(why, "skipped", 7) ? 1 : 77;
    }
    return cmocka_run_group_tests(tests, NULL, end_server);
}
