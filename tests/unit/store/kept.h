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
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WHERE_SIZE = 512, N = 0, KIDS };

typedef struct world {
    char             where[WHERE_SIZE];
    burin_durability durability;
    bool             shared;
    burin_store     *store;
    burin_entity     root;
} world;

static inline burin_store *open_store(const world *w, bool create, bool read_only)
{
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(w->where, &(burin_open_options){.durability = w->durability, .create = create, .shared = w->shared, .read_only = read_only}, &err);
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
    burin_error  err = BURIN_ERROR_INIT;
    burin_txn   *t   = burin_txn_begin(store, NULL);
    burin_entity root;
    if (burin_txn_create(t, burin_store_find_type(store, "Thing"), &root, &err))
        fail_msg("%s", err.message);
    assert_int_equal(burin_txn_promote(t, root, NULL), BURIN_OK);
    if (burin_txn_commit(t, NULL, NULL, &err))
        fail_msg("%s", err.message);
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

/* ---- several writers ---- */

static inline uint64_t refresh(burin_store *store)
{
    burin_error err = BURIN_ERROR_INIT;
    uint64_t    commits;
    if (burin_store_refresh(store, &commits, &err))
        fail_msg("%s", err.message);
    return commits;
}

static void writers_of_different_trees_do_not_meet(void **state)
{
    world       *w      = *state;
    burin_store *other  = open_store(w, false, false), *reading = open_store(w, false, true);
    burin_entity mine   = plant(w->store), theirs = plant(other), late = plant(w->store);
    assert_int_not_equal(mine.id, theirs.id);
    for (int n = 1; n <= 20; n++) {
        assert_int_equal(set(w->store, n % 2 ? mine : late, n, n % 3 == 0), BURIN_OK);
        assert_int_equal(set(other, theirs, 100 + n, n % 3 == 0), BURIN_OK);
    }
    assert_int_equal(set(w->store, w->root, 7, false), BURIN_OK);
    assert_int_equal(burin_store_sync(other, NULL), BURIN_OK);
    assert_int_equal(get(other, mine), -BURIN_ERR_KEY); /* until it asks */
    assert_int_equal(refresh(other), 2 + 20 + 1);
    assert_int_equal(refresh(other), 0);
    assert_int_equal(refresh(w->store), 21);
    assert_int_equal(refresh(reading), 2 + 20 + 1 + 21);
    burin_store *all[] = {w->store, other, reading};
    for (size_t n = 0; n < 3; n++) {
        assert_int_equal(get(all[n], mine), 19);
        assert_int_equal(get(all[n], late), 20);
        assert_int_equal(get(all[n], theirs), 120);
        assert_int_equal(get(all[n], w->root), 7);
        assert_int_equal(burin_store_verify(all[n], NULL), BURIN_OK);
    }
    assert_int_equal(set(other, w->root, 8, false), BURIN_OK); /* having seen it, everybody may go on with it */
    assert_int_equal(set(w->store, w->root, 9, false), BURIN_ERR_CONFLICT);
    burin_store_free(reading);
    burin_store_free(other);
    reopen(w);
    assert_int_equal(get(w->store, theirs), 120);
    assert_int_equal(get(w->store, (burin_entity){theirs.id, 0, 3}), 102);
    assert_int_equal(get(w->store, mine), 19);
    assert_int_equal(get(w->store, w->root), 8);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void what_others_do_comes_whole_and_in_order(void **state)
{
    world       *w      = *state;
    burin_store *other  = open_store(w, false, false);
    burin_entity second = plant(w->store), kid;
    uint32_t     fork, before;
    burin_type   type;
    assert_int_equal(refresh(other), 1);
    burin_reader *pinned = burin_reader_new(other);
    burin_reader_pin(pinned);
    before = burin_reader_head(pinned, 1);
    assert_int_equal(burin_store_define(w->store, "Later", NULL, 0, &type, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w->store, NULL); /* two trees in one commit, an entity that moves from one to the other */
    burin_txn_create(t, 1, &kid, NULL);
    burin_txn_attach(t, kid, w->root, KIDS, BURIN_END, (burin_text){NULL, 0}, NULL);
    burin_txn_set(t, second, N, burin_int(1), NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, kid, NULL);
    burin_txn_attach(t, kid, second, KIDS, BURIN_END, (burin_text){NULL, 0}, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_store_fork(w->store, 1, 2, &fork, NULL), BURIN_OK);
    assert_int_equal(set(w->store, (burin_entity){w->root.id, fork, 0}, 5, false), BURIN_OK);
    assert_int_equal(refresh(other), 4);
    assert_int_equal(burin_reader_head(pinned, 1), before); /* who is pinned sees what was */
    burin_reader_pin(pinned);
    burin_entity       at = {kid.id, 0, 0};
    burin_version_info one, two;
    assert_int_equal(burin_reader_find(pinned, &at, NULL), BURIN_OK);
    assert_int_equal(at.tree, 2);
    assert_int_equal(burin_reader_find(pinned, &(burin_entity){kid.id, 1, 2}, NULL), BURIN_OK);
    assert_int_equal(burin_reader_version(pinned, 1, 2, &one, NULL), BURIN_OK);
    assert_int_equal(burin_reader_version(pinned, 2, 2, &two, NULL), BURIN_OK);
    assert_int_equal(one.commit, two.commit);
    burin_reader_free(pinned);
    assert_int_equal(get(other, (burin_entity){w->root.id, fork, 0}), 5);
    assert_int_equal(burin_store_find_type(other, "Later"), 2);
    assert_int_equal(burin_store_verify(other, NULL), BURIN_OK);
    burin_store_free(other);
}

/* In one commit an entity moves to a tree whose version is written before that of the tree it leaves. */
static void what_moves_between_trees_lives_where_it_went(void **state)
{
    world       *w      = *state;
    burin_store *other  = open_store(w, false, true);
    burin_entity second = plant(w->store), kid;
    burin_txn   *t      = burin_txn_begin(w->store, NULL);
    burin_txn_create(t, 1, &kid, NULL);
    burin_txn_attach(t, kid, second, KIDS, BURIN_END, (burin_text){NULL, 0}, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    t = burin_txn_begin(w->store, NULL);
    burin_txn_set(t, w->root, N, burin_int(7), NULL);
    burin_txn_detach(t, kid, NULL);
    burin_txn_attach(t, kid, w->root, KIDS, BURIN_END, (burin_text){NULL, 0}, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    refresh(other);
    for (int n = 0; n < 3; n++) {
        burin_reader *reader = burin_reader_new(n == 1 ? other : w->store);
        burin_entity  named  = {kid.id, 0, 2}; /* of the tree it lives in */
        burin_reader_pin(reader);
        assert_int_equal(burin_reader_find(reader, &named, NULL), BURIN_OK);
        assert_int_equal(named.tree, 1);
        assert_int_equal(burin_reader_find(reader, &(burin_entity){kid.id, 2, 2}, NULL), BURIN_OK);
        assert_int_equal(burin_reader_find(reader, &(burin_entity){kid.id, 2, 3}, NULL), BURIN_ERR_KEY);
        burin_reader_free(reader);
        if (n == 1)
            reopen(w);
    }
    burin_store_free(other);
}

/* What is here, but not kept, is not taken for what another has made in its place. */
static void a_refresh_finds_what_another_has_overtaken(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, false);
    assert_int_equal(set(other, w->root, 2, true), BURIN_OK);
    assert_int_equal(set(w->store, w->root, 1, false), BURIN_OK);
    assert_int_equal(set(w->store, w->root, 3, false), BURIN_OK);
    assert_int_equal(burin_store_refresh(other, NULL, NULL), BURIN_ERR_CONFLICT);
    assert_int_equal(get(other, w->root), 2); /* not 3, which was made from 1 */
    assert_int_equal(burin_store_sync(other, NULL), BURIN_ERR_CONFLICT);
    assert_int_equal(set(other, w->root, 4, false), BURIN_ERR_OS);
    burin_store_free(other);
    other = open_store(w, false, false);
    assert_int_equal(get(other, w->root), 3);
    burin_store_free(other);
}

static void retention_that_another_sets_holds_here(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, false);
    for (int n = 2; n <= 10; n++)
        assert_int_equal(set(w->store, w->root, n, false), BURIN_OK);
    assert_int_equal(refresh(other), 9);
    assert_int_equal(get(other, (burin_entity){w->root.id, 1, 3}), 3);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 2}, NULL), BURIN_OK);
    assert_int_equal(refresh(other), 0); /* no commit, but heard */
    assert_int_equal(get(other, (burin_entity){w->root.id, 1, 3}), -BURIN_ERR_GONE);
    assert_int_equal(get(other, (burin_entity){w->root.id, 1, 9}), 9);
    assert_int_equal(set(w->store, w->root, 11, false), BURIN_OK);
    assert_int_equal(refresh(other), 1);
    assert_int_equal(get(other, (burin_entity){w->root.id, 1, 9}), -BURIN_ERR_GONE); /* it holds for what comes, too */
    assert_int_equal(burin_store_retain(other, 1, &(burin_retention){0}, NULL), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK); /* which is not to bring back what was set before */
    assert_int_equal(refresh(other), 0); /* what was set here last stays */
    assert_int_equal(refresh(w->store), 0);
    for (int n = 12; n <= 15; n++)
        assert_int_equal(set(w->store, w->root, n, false), BURIN_OK);
    assert_int_equal(refresh(other), 4);
    assert_int_equal(get(other, (burin_entity){w->root.id, 1, 11}), 11);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 11}), 11);
    burin_store_free(other);
}

static void compaction_drops_nothing_that_it_has_not_seen(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, false);
    burin_entity mine  = plant(other);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_ERR_CONFLICT);
    assert_int_equal(refresh(w->store), 1);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
    for (int n = 1; n <= 10; n++)
        assert_int_equal(set(other, mine, n, false), BURIN_OK); /* the other goes on: its tree's head is there */
    assert_int_equal(refresh(other), 0);
    assert_int_equal(burin_store_keep(other, 1, 1, NULL), BURIN_OK);
    assert_int_equal(refresh(w->store), 10);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_ERR_CONFLICT); /* it would forget that a version is kept */
    assert_int_equal(burin_store_release(other, 1, 1, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w->store, 2, &(burin_retention){.last = 1}, NULL), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
    burin_store *late = open_store(w, false, true);
    assert_int_equal(set(w->store, w->root, 3, false), BURIN_OK);
    assert_int_equal(refresh(late), 1);
    assert_int_equal(refresh(other), 1);
    for (int n = 11; n <= 13; n++)
        assert_int_equal(set(other, mine, n, false), BURIN_OK);
    assert_int_equal(refresh(w->store), 3);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 1}, NULL), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
    uint64_t commits;
    assert_int_equal(burin_store_refresh(late, &commits, NULL), BURIN_ERR_GONE); /* from version 11 to 14 nothing leads any more */
    burin_store_free(late);
    uint32_t fork;
    assert_int_equal(burin_store_fork(other, 1, 1, &fork, NULL), BURIN_ERR_CONFLICT); /* of a version that is kept nowhere else */
    burin_store_free(other);
    reopen(w);
    assert_int_equal(get(w->store, mine), 13);
    assert_int_equal(get(w->store, w->root), 3);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

static void who_is_pinned_sees_what_was_before_a_gap(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, true);
    assert_int_equal(set(w->store, w->root, 2, false), BURIN_OK);
    assert_int_equal(refresh(other), 1);
    burin_reader *pinned = burin_reader_new(other);
    burin_value   value;
    burin_reader_pin(pinned);
    assert_int_equal(burin_store_keep(w->store, 1, 2, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 1}, NULL), BURIN_OK);
    for (int n = 3; n <= 50; n++)
        assert_int_equal(set(w->store, w->root, n, true), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK); /* from version 2 to 50 */
    assert_int_equal(refresh(other), 1);
    assert_int_equal(burin_reader_head(pinned, 1), 2);
    assert_int_equal(burin_reader_get(pinned, w->root, N, NULL, &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, 2);
    burin_reader_pin(pinned);
    assert_int_equal(burin_reader_head(pinned, 1), 50);
    assert_int_equal(burin_reader_get(pinned, w->root, N, NULL, &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, 50);
    burin_reader_free(pinned);
    burin_store_free(other);
}

/* ---- several writers of one tree ---- */

static void the_loser_in_a_shared_store_tries_again(void **state)
{
    world     *w = *state;
    burin_type type;
    uint32_t   fork;
    w->shared = true;
    reopen(w);
    burin_store *other = open_store(w, false, false);
    assert_int_equal(set(w->store, w->root, 1, false), BURIN_OK);
    assert_int_equal(set(other, w->root, 2, false), BURIN_ERR_CONFLICT);
    assert_int_equal(get(other, w->root), 1); /* nothing of its own, and what the other did */
    assert_int_equal(newest(other, 1), 2);
    assert_int_equal(set(other, w->root, 2, true), BURIN_OK);
    assert_int_equal(refresh(w->store), 1); /* deferred or not */
    assert_int_equal(get(w->store, w->root), 2);
    assert_int_equal(burin_store_define(w->store, "Other", NULL, 0, &type, NULL), BURIN_OK);
    assert_int_equal(burin_store_define(other, "Different", NULL, 0, &type, NULL), BURIN_ERR_CONFLICT);
    assert_int_equal(burin_store_find_type(other, "Different"), 0);
    assert_int_equal(burin_store_find_type(other, "Other"), 2);
    assert_int_equal(burin_store_define(other, "Different", NULL, 0, &type, NULL), BURIN_OK);
    assert_int_equal(type, 3);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_ERR_CONFLICT); /* it has not seen the type */
    refresh(w->store);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.last = 1}, NULL), BURIN_OK);
    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
    assert_int_equal(burin_store_fork(other, 1, 1, &fork, NULL), BURIN_ERR_CONFLICT); /* nowhere else is it kept any more */
    assert_int_equal(burin_store_fork(other, 1, 3, &fork, NULL), BURIN_OK);
    assert_int_equal(set(other, w->root, 4, false), BURIN_OK);
    assert_int_equal(burin_store_verify(other, NULL), BURIN_OK);
    burin_store_free(other);
    reopen(w);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, 1, 0}), 4);
    assert_int_equal(get(w->store, (burin_entity){w->root.id, fork, 0}), 2);
    assert_int_equal(burin_store_find_type(w->store, "Different"), 3);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
}

enum { INCREMENTS = 60 };

/* Add one, so often, whatever others do meanwhile. */
static inline bool count_up(burin_store *store, burin_entity e)
{
    for (int done = 0; done < INCREMENTS;) {
        burin_value  now;
        burin_txn   *t      = burin_txn_begin(store, NULL);
        burin_status status = burin_txn_get(t, e, N, NULL, &now, NULL);
        if (!status)
            status = burin_txn_set(t, e, N, burin_int(now.as.i + 1), NULL);
        if (status) {
            burin_txn_abort(t);
            return false;
        }
        status = burin_txn_commit(t, NULL, NULL, NULL);
        if (status && status != BURIN_ERR_CONFLICT)
            return false;
        done += !status;
    }
    return true;
}

static inline void *count_in_a_thread(void *user)
{
    const world *w = user;
    return count_up(w->store, w->root) ? user : NULL;
}

/* Two threads of one process, and another process: none loses a change of another's. */
static void writers_of_one_tree_lose_nothing(void **state)
{
    world *w = *state;
    int    code;
    w->shared = true;
    burin_store_free(w->store); /* no connection of this process is the child's, too */
    pid_t child = fork();
    if (child == 0) {
        burin_store *store = burin_store_open(w->where, &(burin_open_options){.durability = w->durability, .shared = true}, NULL);
        _exit(store && count_up(store, w->root) ? 0 : 1);
    }
    w->store = open_store(w, false, false);
    pthread_t thread;
    void     *good;
    assert_int_equal(pthread_create(&thread, NULL, count_in_a_thread, w), 0);
    assert_non_null(count_in_a_thread(w));
    pthread_join(thread, &good);
    assert_non_null(good);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    refresh(w->store);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(get(w->store, w->root), 3 * INCREMENTS);
        assert_int_equal(newest(w->store, 1), 1 + 3 * INCREMENTS);
        assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
        reopen(w);
    }
}

/* A reactive graph follows what other processes commit: the store takes it in, then the follower does. */
static void a_graph_follows_what_others_do(void **state)
{
    world          *w        = *state;
    burin_store    *other    = open_store(w, false, true);
    burin_graph    *graph    = burin_graph_new(NULL);
    burin_follower *follower = burin_follower_new(graph, other, NULL);
    burin_node      node;
    burin_value     value;
    uint64_t        changed;
    assert_int_equal(burin_follow(follower, w->root, N, &node, NULL), BURIN_OK);
    assert_int_equal(burin_follower_update(follower, NULL, NULL), BURIN_OK);
    for (int n = 1; n <= 3; n++) {
        assert_int_equal(set(w->store, w->root, 10 * n, true), BURIN_OK);
        assert_int_equal(set(w->store, w->root, 10 * n + 1, false), BURIN_OK);
        assert_int_equal(burin_follower_update(follower, &changed, NULL), BURIN_OK);
        assert_int_equal(changed, 0); /* not taken in yet */
        assert_int_equal(refresh(other), 2);
        assert_int_equal(burin_follower_update(follower, &changed, NULL), BURIN_OK);
        assert_int_equal(changed, 1);
        assert_int_equal(burin_graph_get(graph, node, &value), BURIN_OK);
        assert_int_equal(value.as.i, 10 * n + 1);
    }
    burin_follower_free(follower);
    burin_graph_free(graph);
    burin_store_free(other);
}

static void who_waits_is_told(void **state)
{
    world       *w     = *state;
    burin_store *other = open_store(w, false, true);
    bool         changed;
    refresh(other);
    assert_int_equal(burin_store_wait(other, 1000000, &changed, NULL), BURIN_OK);
    for (int n = 0; n < 5; n++) {
        assert_int_equal(set(w->store, w->root, n + 1, false), BURIN_OK);
        assert_int_equal(burin_store_wait(other, 5000000000u, &changed, NULL), BURIN_OK);
        assert_true(changed);
        assert_int_equal(refresh(other), 1);
        assert_int_equal(get(other, w->root), n + 1);
    }
    assert_int_equal(burin_store_wait(other, 10000000, &changed, NULL), BURIN_OK);
    assert_false(changed);
    burin_store_free(other);
    burin_store *memory = burin_store_new(NULL, NULL);
    assert_int_equal(refresh(memory), 0);
    assert_int_equal(burin_store_wait(memory, 1, &changed, NULL), BURIN_ERR_USAGE);
    burin_store_free(memory);
}

#define KEPT_ROWS \
    ROW(what_was_committed_is_there_again), ROW(deferred_commits_are_kept_by_a_sync), ROW(read_only_is_read_only), \
    ROW(changes_of_two_trees_are_kept_together), ROW(a_second_writer_is_found_and_does_no_harm), \
    ROW(writers_of_different_trees_do_not_meet), ROW(what_others_do_comes_whole_and_in_order), \
    ROW(what_moves_between_trees_lives_where_it_went), ROW(a_refresh_finds_what_another_has_overtaken), \
    ROW(retention_that_another_sets_holds_here), ROW(compaction_drops_nothing_that_it_has_not_seen), \
    ROW(who_is_pinned_sees_what_was_before_a_gap), ROW(the_loser_in_a_shared_store_tries_again), ROW(writers_of_one_tree_lose_nothing), \
    ROW(a_graph_follows_what_others_do), ROW(who_waits_is_told)

#endif
