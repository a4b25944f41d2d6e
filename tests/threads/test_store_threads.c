/* One writer beside eight readers, and writers that compete. Every commit keeps the sum over all entities of all trees, so a
 * reader that sees half of a commit, or a block that was given away too early, gets another sum. */
#include "burin/burin.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { READERS = 8, WRITERS = 4, TREES = 2, LEAVES = 60, COMMITS = 3000, EACH = 100 };
enum { AMOUNT, LABEL }; /* of a leaf */

static const burin_text no_key = {NULL, 0};

typedef struct world {
    burin_store *store;
    uint32_t     ids[TREES][LEAVES], roots[TREES];
    atomic_bool  stop;
    atomic_uint  conflicts, wrong, looked;
} world;

static void make_tree(world *w, burin_txn *t, burin_type leaf, burin_type root, int n)
{
    burin_entity top, e;
    burin_txn_create(t, root, &top, NULL);
    w->roots[n] = top.id;
    for (int l = 0; l < LEAVES; l++) {
        burin_txn_create(t, leaf, &e, NULL);
        burin_txn_set(t, e, AMOUNT, burin_int(EACH), NULL);
        burin_txn_attach(t, e, top, 0, BURIN_END, no_key, NULL);
        w->ids[n][l] = e.id;
    }
    burin_txn_promote(t, top, NULL);
}

static void build(world *w)
{
    static const burin_attribute leaf_attributes[] = {{"amount", BURIN_INT_ATTRIBUTE, false, NULL}, {"label", BURIN_TEXT_ATTRIBUTE, false, NULL}};
    static const burin_attribute root_attributes[] = {{"leaves", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    burin_type                   leaf, root;
    memset(w, 0, sizeof *w);
    w->store = burin_store_new(NULL, NULL);
    burin_store_define(w->store, "Leaf", leaf_attributes, 2, &leaf, NULL);
    burin_store_define(w->store, "Root", root_attributes, 1, &root, NULL);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (int n = 0; n < TREES; n++)
        make_tree(w, t, leaf, root, n);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    for (uint32_t tree = 1; tree <= TREES; tree++)
        burin_store_retain(w->store, tree, &(burin_retention){.last = 4}, NULL);
}

/* Move an amount between two leaves, perhaps of two trees, and a leaf within its list. */
static burin_status transfer(world *w, unsigned *seed, burin_conflict_mode mode)
{
    burin_entity a = {w->ids[rand_r(seed) % TREES][rand_r(seed) % LEAVES], 0, 0}, b = {w->ids[rand_r(seed) % TREES][rand_r(seed) % LEAVES], 0, 0};
    burin_value  x, y;
    burin_txn   *t = burin_txn_begin(w->store, NULL);
    burin_txn_get(t, a, AMOUNT, NULL, &x, NULL);
    burin_txn_get(t, b, AMOUNT, NULL, &y, NULL);
    if (a.id != b.id) {
        burin_txn_set(t, a, AMOUNT, burin_int(x.as.i - 1), NULL);
        burin_txn_set(t, b, AMOUNT, burin_int(y.as.i + 1), NULL);
        burin_txn_set(t, a, LABEL, burin_string_borrow("a label that moves about", rand_r(seed) % 24), NULL);
    }
    return burin_txn_commit(t, &(burin_commit_options){.mode = mode}, NULL, NULL);
}

static int64_t sum(world *w, burin_reader *reader, bool *failed)
{
    int64_t total = 0;
    for (int n = 0; n < TREES; n++) {
        burin_children children;
        *failed |= burin_reader_children(reader, (burin_entity){w->roots[n], 0, 0}, 0, &children, NULL) != BURIN_OK;
        for (size_t c = 0; !*failed && c < children.count; c++) {
            burin_value v, label;
            *failed |= burin_reader_get(reader, (burin_entity){burin_children_id(&children, c), 0, 0}, AMOUNT, NULL, &v, NULL) != BURIN_OK;
            *failed |= burin_reader_get(reader, (burin_entity){burin_children_id(&children, c), 0, 0}, LABEL, NULL, &label, NULL) != BURIN_OK;
            *failed |= memcmp(label.as.s, "a label that moves about", label.len) != 0;
            total += v.as.i;
        }
    }
    return total;
}

static void *read_on(void *user)
{
    world        *w      = user;
    burin_reader *reader = burin_reader_new(w->store);
    while (!atomic_load(&w->stop)) {
        bool failed = false;
        burin_reader_pin(reader);
        int64_t total = sum(w, reader, &failed), again = sum(w, reader, &failed);
        if (failed || total != TREES * LEAVES * EACH || again != total)
            atomic_fetch_add(&w->wrong, 1);
        atomic_fetch_add(&w->looked, 1);
        burin_reader_unpin(reader);
    }
    burin_reader_free(reader);
    return NULL;
}

static void *write_on(void *user)
{
    world   *w    = user;
    unsigned seed = (unsigned)(uintptr_t)&seed;
    for (int n = 0; n < COMMITS / WRITERS; n++) {
        burin_status status = transfer(w, &seed, BURIN_CONFLICT_REBASE);
        if (status == BURIN_ERR_CONFLICT)
            atomic_fetch_add(&w->conflicts, 1);
        else if (status)
            atomic_fetch_add(&w->wrong, 1);
    }
    return NULL;
}

static void finish(world *w)
{
    bool          failed = false;
    burin_reader *reader = burin_reader_new(w->store);
    burin_reader_pin(reader);
    assert_int_equal(sum(w, reader, &failed), TREES * LEAVES * EACH);
    assert_false(failed);
    assert_int_equal(atomic_load(&w->wrong), 0);
    burin_reader_free(reader);
    burin_store_free(w->store);
}

static void eight_readers_beside_a_writer_see_whole_commits(void **state)
{
    world     w;
    pthread_t threads[READERS];
    unsigned  seed = 7;
    (void)state;
    build(&w);
    for (int n = 0; n < READERS; n++)
        assert_int_equal(pthread_create(&threads[n], NULL, read_on, &w), 0);
    for (int n = 0; n < COMMITS || atomic_load(&w.looked) < READERS; n++)
        assert_int_equal(transfer(&w, &seed, BURIN_CONFLICT_FAIL), BURIN_OK);
    atomic_store(&w.stop, true);
    for (int n = 0; n < READERS; n++)
        pthread_join(threads[n], NULL);
    finish(&w);
}

static void of_competing_writers_none_loses_a_change(void **state)
{
    world     w;
    pthread_t threads[WRITERS + 1];
    (void)state;
    build(&w);
    for (int n = 0; n <= WRITERS; n++)
        assert_int_equal(pthread_create(&threads[n], NULL, n ? write_on : read_on, &w), 0);
    for (int n = 1; n <= WRITERS; n++)
        pthread_join(threads[n], NULL);
    atomic_store(&w.stop, true);
    pthread_join(threads[0], NULL);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(eight_readers_beside_a_writer_see_whole_commits),
                                       cmocka_unit_test(of_competing_writers_none_loses_a_change)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
