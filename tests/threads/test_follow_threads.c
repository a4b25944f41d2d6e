/* A store in a file that another one writes too, used by several threads at once: one takes in what the other commits, one commits to its own tree,
 * others read. Readers see whole commits, in order; at the end both stores hold what both have done. */
#include "burin/burin.h"
#include "tests/support/folder.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { COMMITS = 300, READERS = 2 };

typedef struct world {
    burin_store *here, *there;
    burin_entity own, theirs[2]; /* a tree written here; two that each commit there writes together */
    atomic_bool  ended;          /* there */
    atomic_int   failures;
} world;

static burin_entity plant(burin_store *s)
{
    burin_entity root;
    burin_txn   *t = burin_txn_begin(s, NULL);
    assert_int_equal(burin_txn_create(t, 1, &root, NULL), BURIN_OK);
    assert_int_equal(burin_txn_promote(t, root, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    return root;
}

static burin_status set(burin_store *s, const burin_entity *roots, int count, int64_t n)
{
    burin_txn   *t      = burin_txn_begin(s, NULL);
    burin_status status = BURIN_OK;
    for (int k = 0; k < count && !status; k++)
        status = burin_txn_set(t, roots[k], 0, burin_int(n), NULL);
    if (status == BURIN_OK)
        return burin_txn_commit(t, &(burin_commit_options){.defer = n % 4 != 0}, NULL, NULL);
    burin_txn_abort(t);
    return status;
}

static int64_t get(burin_reader *reader, burin_entity e)
{
    burin_value v = burin_int(-1);
    return burin_reader_get(reader, e, 0, NULL, &v, NULL) ? -1 : v.as.i;
}

static void *write_there(void *user)
{
    world *w = user;
    for (int n = 1; n <= COMMITS; n++)
        w->failures += set(w->there, w->theirs, 2, n) != BURIN_OK;
    w->failures += burin_store_sync(w->there, NULL) != BURIN_OK;
    atomic_store(&w->ended, true);
    return NULL;
}

static void *write_here(void *user)
{
    world *w = user;
    for (int n = 1; n <= COMMITS; n++)
        w->failures += set(w->here, &w->own, 1, n) != BURIN_OK;
    w->failures += burin_store_sync(w->here, NULL) != BURIN_OK;
    return NULL;
}

static void *follow(void *user)
{
    world *w = user;
    bool   changed, last = false;
    while (!last) {
        last = atomic_load(&w->ended); /* once more after it has */
        w->failures += burin_store_wait(w->here, 2000000, &changed, NULL) != BURIN_OK;
        w->failures += burin_store_refresh(w->here, NULL, NULL) != BURIN_OK;
    }
    return NULL;
}

static void *look(void *user)
{
    world        *w      = user;
    burin_reader *reader = burin_reader_new(w->here);
    int64_t       last = 0, last_own = 0;
    while (!atomic_load(&w->ended)) {
        burin_reader_pin(reader);
        int64_t a = get(reader, w->theirs[0]), b = get(reader, w->theirs[1]), own = get(reader, w->own);
        w->failures += a != b || a < last || own < last_own;
        last     = a;
        last_own = own;
        burin_reader_unpin(reader);
    }
    burin_reader_free(reader);
    return NULL;
}

static char folder[FOLDER_SIZE], path[FOLDER_SIZE + 16];

static burin_store *open_store(void)
{
    return burin_store_open(path, &(burin_open_options){.create = true, .durability = BURIN_DURABILITY_NORMAL}, NULL);
}

static void what_others_commit_comes_in_beside_everything_else(void **state)
{
    static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}};
    world      w = {.here = open_store()};
    burin_type type;
    pthread_t  threads[3 + READERS];
    (void)state;
    assert_int_equal(burin_store_define(w.here, "Counter", attributes, 1, &type, NULL), BURIN_OK);
    w.own     = plant(w.here);
    w.there   = open_store();
    w.theirs[0] = plant(w.there);
    w.theirs[1] = plant(w.there);
    assert_int_equal(burin_store_refresh(w.here, NULL, NULL), BURIN_OK);
    void *(*const work[3 + READERS])(void *) = {write_there, write_here, follow, look, look};
    for (int n = 0; n < 3 + READERS; n++)
        assert_int_equal(pthread_create(&threads[n], NULL, work[n], &w), 0);
    for (int n = 0; n < 3 + READERS; n++)
        pthread_join(threads[n], NULL);
    assert_int_equal(w.failures, 0);
    assert_int_equal(burin_store_refresh(w.there, NULL, NULL), BURIN_OK);
    burin_store *both[] = {w.here, w.there};
    for (int n = 0; n < 2; n++) {
        burin_reader *reader = burin_reader_new(both[n]);
        burin_reader_pin(reader);
        assert_int_equal(get(reader, w.own), COMMITS);
        assert_int_equal(get(reader, w.theirs[0]), COMMITS);
        assert_int_equal(get(reader, w.theirs[1]), COMMITS);
        burin_reader_free(reader);
        assert_int_equal(burin_store_verify(both[n], NULL), BURIN_OK);
        burin_store_free(both[n]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_others_commit_comes_in_beside_everything_else)};
    if (!folder_make(folder))
        return 1;
    snprintf(path, sizeof path, "%s/store", folder);
    burin_store *made = open_store();
    if (!made) {
        puts("skipped: built without SQLite");
        folder_remove(folder);
        return 77;
    }
    burin_store_free(made);
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    return result;
}
