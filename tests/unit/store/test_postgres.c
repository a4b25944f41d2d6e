/* Stores that are kept in a PostgreSQL database, of a server that this test starts: what was done is there again, and lost connections and
 * a crashed server lose nothing that was acknowledged, and keep nothing twice. */
#include "tests/unit/store/kept.h"
#include "tests/support/server.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
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

static void a_store_of_the_format_before_is_brought_up_to_date(void **state)
{
    static const char expect[] = "DO $$ BEGIN IF (SELECT format FROM mine.burin_store) <> %d THEN RAISE 'another format'; END IF; END $$";
    world *w = *state;
    char   sql[sizeof expect + 16];
    assert_true(server_execute(&postgres, "UPDATE mine.burin_store SET format = 2"));
    for (int format = 2; format <= 3; format++) {
        burin_store *store = open_store(w, false, format == 2); /* who only reads changes nothing */
        assert_int_equal(get(store, w->root), 0);
        burin_store_free(store);
        snprintf(sql, sizeof sql, expect, format);
        assert_true(server_execute(&postgres, sql));
    }
    assert_true(server_execute(&postgres, "UPDATE mine.burin_store SET format = 4"));
    burin_error err = BURIN_ERROR_INIT;
    assert_null(burin_store_open(w->where, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_DATA);
    burin_error_clear(&err);
}

static void an_import_is_kept_whole_or_not_at_all(void **state)
{
    static const char bad[] = "{\"burin_store\": 1, \"types\": [{\"name\": \"T\", \"attributes\": []}], \"trees\": [{\"tree\": 1}], \"versions\": []}";
    world        *w      = *state;
    burin_reader *reader = burin_reader_new(w->store);
    char         *json;
    size_t        len;
    burin_reader_pin(reader);
    assert_int_equal(burin_store_export(reader, &json, &len, NULL), BURIN_OK);
    burin_reader_free(reader);
    burin_store_free(w->store);
    assert_true(server_execute(&postgres, "DROP SCHEMA mine CASCADE; CREATE SCHEMA mine"));
    w->store = open_store(w, true, false);
    assert_int_equal(burin_store_import(w->store, (burin_text){bad, sizeof bad - 1}, NULL), BURIN_ERR_DATA);
    reopen(w);
    assert_int_equal(burin_store_type_count(w->store), 0);
    assert_int_equal(burin_store_import(w->store, (burin_text){json, len}, NULL), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 0);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
    free(json);
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

/* ---- several writers while things fail ---- */

enum { WRITERS = 4 };
typedef struct writer {
    burin_store *store;
    burin_entity root;
    atomic_int   done;
    atomic_bool  ended;
} writer;

static void *commit_to_own(void *user)
{
    writer *w = user;
    for (int n = 1; n <= COMMITS && set(w->store, w->root, n, false) == BURIN_OK; n++)
        atomic_store(&w->done, n);
    atomic_store(&w->ended, true);
    return NULL;
}

/* What was acknowledged is there, what was not is there whole or not at all: as who opens it sees it. */
static void check_numbers(world *w, const burin_entity *roots, const int *done, size_t count)
{
    reopen(w);
    for (size_t n = 0; n < count; n++) {
        int64_t now = get(w->store, roots[n]);
        if (now != done[n] && now != done[n] + 1)
            fail_msg("writer %zu: %d were acknowledged, %lld are kept", n, done[n], (long long)now);
    }
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void a_killed_server_loses_nothing_of_several_writers(void **state)
{
    world       *w = *state;
    writer       writers[WRITERS];
    pthread_t    threads[WRITERS];
    burin_entity roots[WRITERS];
    int          done[WRITERS];
    for (int n = 0; n < WRITERS; n++) {
        writers[n].store = open_store(w, false, false);
        writers[n].root = roots[n] = plant(writers[n].store);
        atomic_init(&writers[n].done, 0);
        atomic_init(&writers[n].ended, false);
        assert_int_equal(pthread_create(&threads[n], NULL, commit_to_own, &writers[n]), 0);
    }
    for (int n = 0; n < 2; n++) {
        usleep(20000);
        assert_true(server_kill(&postgres));
    }
    for (int n = 0; n < WRITERS; n++) {
        pthread_join(threads[n], NULL);
        done[n] = atomic_load(&writers[n].done);
        assert_true(done[n] > 0);
        burin_store_free(writers[n].store);
    }
    check_numbers(w, roots, done, WRITERS);
}

/* A process of its own, which commits to two trees at once and says what was acknowledged. */
static pid_t start_client(const world *w, const burin_entity roots[2], int out)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    burin_store *store = burin_store_open(w->where, NULL, NULL);
    int          first = store ? (int)get(store, roots[0]) : 0;
    for (int n = first + 1; store; n++) {
        burin_txn *t = burin_txn_begin(store, NULL);
        if (burin_txn_set(t, roots[0], N, burin_int(n), NULL) || burin_txn_set(t, roots[1], N, burin_int(n), NULL) || burin_txn_commit(t, NULL, NULL, NULL) ||
            write(out, &n, sizeof n) != sizeof n)
            break;
    }
    _exit(1);
}

/* What a killed client has sent the server still carries out: wait until it has. */
static void wait_for_the_server(void)
{
    assert_true(server_execute(&postgres, "DO $$BEGIN FOR n IN 1..5000 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity "
                                          "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()); PERFORM pg_sleep(0.002); END LOOP; END$$"));
}

/* However slow the machine is, a client is killed at work: when it has told of two commits. */
static void wait_for_two_commits(int in)
{
    int told = 0;
    for (int n = 0; n < 20000 && !(ioctl(in, FIONREAD, &told) == 0 && told >= (int)(2 * sizeof(int))); n++)
        usleep(1000);
}

static void killed_clients_lose_nothing_and_leave_nothing_half(void **state)
{
    enum { CLIENTS = 3, CYCLES = 8 };
    world       *w = *state;
    burin_entity roots[2 * CLIENTS];
    int          done[2 * CLIENTS] = {0};
    for (int n = 0; n < 2 * CLIENTS; n++)
        roots[n] = plant(w->store);
    burin_store_free(w->store);
    w->store = NULL;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        pid_t pids[CLIENTS];
        int   pipes[CLIENTS][2];
        for (int n = 0; n < CLIENTS; n++) {
            assert_int_equal(pipe(pipes[n]), 0);
            pids[n] = start_client(w, &roots[2 * n], pipes[n][1]);
            assert_true(pids[n] > 0);
            close(pipes[n][1]);
        }
        for (int n = 0; n < CLIENTS; n++)
            wait_for_two_commits(pipes[n][0]);
        usleep(20000 + 7000 * (unsigned)cycle);
        for (int n = 0; n < CLIENTS; n++) {
            kill(pids[n], SIGKILL);
            waitpid(pids[n], NULL, 0);
            for (int number; read(pipes[n][0], &number, sizeof number) == sizeof number;)
                done[2 * n] = done[2 * n + 1] = number;
            close(pipes[n][0]);
        }
        wait_for_the_server();
        check_numbers(w, roots, done, 2 * CLIENTS);
        for (int n = 0; n < CLIENTS; n++) {
            int64_t now = get(w->store, roots[2 * n]);
            assert_int_equal(get(w->store, roots[2 * n + 1]), now); /* nothing is half there */
            done[2 * n] = done[2 * n + 1] = (int)now;
        }
        burin_store_free(w->store);
        w->store = NULL;
    }
    for (int n = 0; n < 2 * CLIENTS; n++)
        assert_true(done[n] > CYCLES);
    w->store = open_store(w, false, false);
}

static void what_is_no_store_is_refused(void **state)
{
    const world *w   = *state;
    burin_error  err = BURIN_ERROR_INIT;
    static const struct {
        const char  *sql;
        burin_status status;
        const char  *says;
    } rows[] = {
        {"UPDATE mine.burin_version SET sum = sum + 1", BURIN_ERR_DATA, "damaged"},
        {"UPDATE mine.burin_store SET format = 1", BURIN_ERR_DATA, "format is 1"},
        {"DELETE FROM mine.burin_store", BURIN_ERR_DATA, "has 0 rows"},
        {"DROP SCHEMA mine CASCADE", BURIN_ERR_OS, "there is no store in the database"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        assert_true(server_execute(&postgres, rows[n].sql));
        assert_null(burin_store_open(w->where, NULL, &err));
        assert_int_equal(err.status, rows[n].status);
        assert_non_null(strstr(err.message, rows[n].says));
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
        KEPT_ROWS, ROW(a_store_of_the_format_before_is_brought_up_to_date), ROW(an_import_is_kept_whole_or_not_at_all),
        ROW(lost_connections_lose_nothing_and_keep_nothing_twice), ROW(a_crashed_server_loses_nothing_that_was_acknowledged),
        ROW(a_killed_server_loses_nothing_of_several_writers), ROW(killed_clients_lose_nothing_and_leave_nothing_half),
        ROW(what_is_no_store_is_refused),
    };
    const char *why = server_make(&postgres);
    if (why) {
        puts(why);
        return strncmp(why, "skipped", 7) ? 1 : 77;
    }
    return cmocka_run_group_tests(tests, NULL, end_server);
}
