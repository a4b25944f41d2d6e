/* What tests of stores that outlive their process share: a store of one root, and what must hold wherever it is kept. */
#ifndef BURIN_TESTS_UNIT_STORE_KEPT_H
#define BURIN_TESTS_UNIT_STORE_KEPT_H

#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WHERE_SIZE = 512, N = 0, KIDS };

typedef struct world {
    char             where[WHERE_SIZE];
    burin_durability durability;
    burin_store     *store;
    burin_entity     root;
} world;

static inline burin_store *open_store(const world *w, bool create, bool read_only)
{
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(w->where, &(burin_open_options){.durability = w->durability, .create = create, .read_only = read_only}, &err);
    if (!store)
        fail_msg("%s", err.message);
    return store;
}

static inline burin_status set(burin_store *store, burin_entity e, int64_t n, bool defer)
{
    burin_txn *t = burin_txn_begin(store, NULL);
    assert_int_equal(burin_txn_set(t, e, N, burin_int(n), NULL), BURIN_OK);
    return burin_txn_commit(t, &(burin_commit_options){.defer = defer}, NULL, NULL);
}

static inline int64_t get(burin_store *store, burin_entity e)
{
    burin_reader *reader = burin_reader_new(store);
    burin_value   value;
    burin_reader_pin(reader);
    burin_status status = burin_reader_get(reader, e, N, NULL, &value, NULL);
    burin_reader_free(reader);
    return status ? -(int64_t)status : value.as.i;
}

static inline uint32_t newest(burin_store *store, uint32_t tree)
{
    burin_reader *reader = burin_reader_new(store);
    burin_reader_pin(reader);
    uint32_t version = burin_reader_head(reader, tree);
    burin_reader_free(reader);
    return version;
}

/* A new tree of one entity. */
static inline burin_entity plant(burin_store *store)
{
    burin_txn   *t = burin_txn_begin(store, NULL);
    burin_entity root;
    assert_int_equal(burin_txn_create(t, burin_store_find_type(store, "Thing"), &root, NULL), BURIN_OK);
    assert_int_equal(burin_txn_promote(t, root, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    return root;
}

static inline void reopen(world *w)
{
    burin_store_free(w->store);
    w->store = open_store(w, false, false);
}

/* Make the store at w->where, with its first tree. */
static inline void begin_world(world *w)
{
    static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}, {"kids", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    burin_type                   type;
    w->store = open_store(w, true, false);
    assert_int_equal(burin_store_define(w->store, "Thing", attributes, 2, &type, NULL), BURIN_OK);
    w->root = plant(w->store);
}

/* ---- what holds wherever a store is kept ---- */

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
    burin_txn *t = burin_txn_begin(w->store, NULL); /* and it goes on */
    burin_txn_set(t, w->root, N, burin_int(41), NULL);
    assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.note = {note, 19}}, NULL, NULL), BURIN_OK);
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
    burin_reader      *reader = burin_reader_new(w->store);
    burin_version_info info;
    burin_reader_pin(reader);
    assert_int_equal(burin_reader_version(reader, 1, 41, &info, NULL), BURIN_OK);
    assert_int_equal(info.note.len, 19);
    assert_memory_equal(info.note.data, note, 19);
    burin_reader_free(reader);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void deferred_commits_are_kept_by_a_sync(void **state)
{
    world *w = *state;
    for (int n = 0; n < 20000; n++)
        assert_int_equal(set(w->store, w->root, n, true), BURIN_OK);
    assert_int_equal(burin_store_sync(w->store, NULL), BURIN_OK);
    burin_store *other = open_store(w, false, true); /* a second look, while the first is open */
    assert_int_equal(get(other, w->root), 19999);
    assert_int_equal(newest(other, 1), 20000); /* the first one changed nothing */
    burin_store_free(other);
}

static void read_only_is_read_only(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, true);
    burin_type   type;
    uint32_t     fork;
    assert_int_equal(set(other, w->root, 5, false), BURIN_ERR_USAGE);
    assert_int_equal(get(other, w->root), 0);
    assert_int_equal(burin_store_define(other, "X", NULL, 0, &type, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_store_fork(other, 1, 1, &fork, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_store_compact(other, NULL), BURIN_ERR_USAGE);
    burin_store_free(other);
}

static void changes_of_two_trees_are_kept_together(void **state)
{
    world       *w = *state;
    burin_txn   *t = burin_txn_begin(w->store, NULL);
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

static void a_second_writer_is_found_and_does_no_harm(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, false);
    burin_type   type;
    assert_int_equal(set(w->store, w->root, 1, false), BURIN_OK);
    assert_int_equal(set(other, w->root, 2, false), BURIN_ERR_CONFLICT);
    assert_int_equal(set(other, w->root, 3, false), BURIN_ERR_OS); /* it no longer knows what is there */
    burin_store_free(other);
    other = open_store(w, false, false);
    assert_int_equal(burin_store_define(w->store, "Other", NULL, 0, &type, NULL), BURIN_OK); /* a change of no tree counts, too */
    assert_int_equal(burin_store_define(other, "Different", NULL, 0, &type, NULL), BURIN_ERR_CONFLICT);
    burin_store_free(other);
    assert_int_equal(set(w->store, w->root, 5, false), BURIN_OK);
    reopen(w);
    assert_int_equal(get(w->store, w->root), 5);
    assert_int_equal(newest(w->store, 1), 3);
    assert_int_equal(burin_store_find_type(w->store, "Different"), 0);
}

#define KEPT_ROWS \
    ROW(what_was_committed_is_there_again), ROW(deferred_commits_are_kept_by_a_sync), ROW(read_only_is_read_only), \
    ROW(changes_of_two_trees_are_kept_together), ROW(a_second_writer_is_found_and_does_no_harm)

#endif
