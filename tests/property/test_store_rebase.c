/* Transactions side by side, on trees and their forks, against a model of what may be carried over.
 *
 * Two transactions begin, read and set numbers of random entities in random trees; the first commits, perhaps a tree is forked, then the
 * second commits: refused on any change of its trees (FAIL), or only where an entity that it sets, or that it watches and has read, was changed
 * (REBASE). The model keeps every number at every version of every tree, and all of them must stay as they were.
 *
 *   test_property_store_rebase [ROUNDS [SEED]]       default: 4000 rounds, seed 1 */
#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { ENTITIES = 12, TREES = 8, OPERATIONS = 4, VERSIONS = 8 }; /* versions of each tree that are looked at again */

typedef struct side { /* what a transaction does */
    burin_txn *txn;
    bool       watch;
    int64_t    set[TREES + 1][ENTITIES];     /* the number set; -1: none */
    bool       touched[TREES + 1][ENTITIES]; /* set or read */
    uint32_t   home[ENTITIES];               /* the tree it is set in; 0: none */
} side;

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    uint32_t      trees;
    uint32_t      heads[TREES + 1];
    int64_t       numbers[TREES + 1][VERSIONS][ENTITIES]; /* version v at v % VERSIONS */
    burin_entity  entities[ENTITIES];
    unsigned long conflicts, rebased;
} world;

static unsigned long rounds = 4000;
static uint64_t      seed   = 1;

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % below);
}

static int64_t *now(world *w, uint32_t tree) { return w->numbers[tree][w->heads[tree] % VERSIONS]; }

static void make_world(world *w)
{
    static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}, {"kids", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    burin_type type;
    w->store     = burin_store_new(NULL, NULL);
    w->reader    = burin_reader_new(w->store);
    burin_store_define(w->store, "Thing", attributes, 2, &type, NULL);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (int n = 0; n < ENTITIES; n++) {
        burin_txn_create(t, type, &w->entities[n], NULL);
        if (n)
            burin_txn_attach(t, w->entities[n], w->entities[(n - 1) / 3], 1, BURIN_END, (burin_text){NULL, 0}, NULL);
    }
    burin_txn_promote(t, w->entities[0], NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    w->trees    = 1;
    w->heads[1] = 1;
}

/* ---- the transactions ---- */

static void begin(world *w, side *s)
{
    memset(s, 0, sizeof *s);
    memset(s->set, -1, sizeof s->set);
    s->txn   = burin_txn_begin(w->store, NULL);
    s->watch = draw(2);
    if (s->watch)
        burin_txn_watch_reads(s->txn);
}

static void operate(world *w, side *s)
{
    for (uint32_t n = 1 + draw(OPERATIONS); n > 0; n--) {
        uint32_t    e    = draw(ENTITIES), tree = s->home[e] ? s->home[e] : 1 + draw(w->trees);
        burin_value value;
        burin_entity at  = {w->entities[e].id, tree, 0};
        assert_int_equal(burin_txn_get(s->txn, at, 0, NULL, &value, NULL), BURIN_OK);
        assert_int_equal(value.as.i, s->set[tree][e] >= 0 ? s->set[tree][e] : now(w, tree)[e]);
        s->touched[tree][e] = true;
        if (draw(2)) {
            s->home[e]     = tree;
            s->set[tree][e] = draw(3); /* often what it is already */
            assert_int_equal(burin_txn_set(s->txn, at, 0, burin_int(s->set[tree][e]), NULL), BURIN_OK);
        }
    }
}

/* Whether the side really changes a tree. */
static bool changes(world *w, const side *s, uint32_t tree)
{
    for (int e = 0; e < ENTITIES; e++) {
        if (s->set[tree][e] >= 0 && s->set[tree][e] != now(w, tree)[e])
            return true;
    }
    return false;
}

static void apply(world *w, const side *s)
{
    for (uint32_t tree = 1; tree <= w->trees; tree++) {
        if (!changes(w, s, tree))
            continue;
        int64_t *before = now(w, tree);
        w->heads[tree]++;
        for (int e = 0; e < ENTITIES; e++)
            now(w, tree)[e] = s->set[tree][e] >= 0 ? s->set[tree][e] : before[e];
    }
}

/* ---- what must come of them ---- */

/* Whether the second must be refused after the first has changed what it did. `was`: the numbers when both began. */
static bool must_conflict(const side *first, const side *second, const int64_t was[TREES + 1][ENTITIES], bool rebase)
{
    bool sets = false, conflict = false;
    for (int e = 0; e < ENTITIES; e++)
        sets |= second->home[e] != 0;
    for (uint32_t tree = 1; tree <= TREES && sets; tree++) {
        bool moved = false, drafted = false;
        for (int e = 0; e < ENTITIES; e++) {
            moved |= first->set[tree][e] >= 0 && first->set[tree][e] != was[tree][e];
            drafted |= second->set[tree][e] >= 0;
        }
        if (moved && drafted && !rebase)
            conflict = true;
        for (int e = 0; e < ENTITIES; e++) {
            bool changed = first->set[tree][e] >= 0 && first->set[tree][e] != was[tree][e];
            conflict |= changed && ((rebase && second->set[tree][e] >= 0) || (second->watch && second->touched[tree][e]));
        }
    }
    return conflict;
}

static void look(world *w)
{
    burin_reader_pin(w->reader);
    for (uint32_t tree = 1; tree <= w->trees; tree++) {
        assert_int_equal(burin_reader_head(w->reader, tree), w->heads[tree]);
        for (uint32_t version = w->heads[tree] > VERSIONS - 1 ? w->heads[tree] - VERSIONS + 1 : 1; version <= w->heads[tree]; version++) {
            int         e = (int)draw(ENTITIES);
            burin_value value;
            assert_int_equal(burin_reader_get(w->reader, (burin_entity){w->entities[e].id, tree, version}, 0, NULL, &value, NULL), BURIN_OK);
            assert_int_equal(value.as.i, w->numbers[tree][version % VERSIONS][e]);
        }
    }
}

static void fork_one(world *w)
{
    uint32_t from = 1 + draw(w->trees), made;
    assert_int_equal(burin_store_fork(w->store, from, w->heads[from], &made, NULL), BURIN_OK);
    assert_int_equal(made, w->trees + 1);
    w->heads[made] = 1;
    memcpy(w->numbers[made][1], now(w, from), sizeof w->numbers[made][1]);
    w->trees = made;
}

static void round_of_two(world *w)
{
    side    first, second;
    int64_t was[TREES + 1][ENTITIES] = {{0}};
    begin(w, &first);
    begin(w, &second);
    operate(w, &first);
    operate(w, &second);
    for (uint32_t tree = 1; tree <= w->trees; tree++)
        memcpy(was[tree], now(w, tree), sizeof was[tree]);
    assert_int_equal(burin_txn_commit(first.txn, NULL, NULL, NULL), BURIN_OK);
    apply(w, &first);
    if (w->trees < TREES && draw(50) == 0)
        fork_one(w);
    bool                rebase   = draw(3) > 0, conflict = must_conflict(&first, &second, was, rebase);
    burin_commit_result result;
    burin_status        status = burin_txn_commit(second.txn, &(burin_commit_options){.mode = rebase ? BURIN_CONFLICT_REBASE : BURIN_CONFLICT_FAIL}, &result, NULL);
    assert_int_equal(status, conflict ? BURIN_ERR_CONFLICT : BURIN_OK);
    w->conflicts += conflict;
    w->rebased += !conflict && result.rebased;
    if (!conflict)
        apply(w, &second);
    look(w);
}

static void what_may_be_carried_over_is_and_nothing_else(void **state)
{
    world *w = calloc(1, sizeof *w);
    (void)state;
    assert_non_null(w);
    make_world(w);
    for (unsigned long n = 0; n < rounds; n++)
        round_of_two(w);
    assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
    assert_true(rounds < 1000 || (w->conflicts > rounds / 50 && w->rebased > rounds / 50 && w->trees == TREES));
    print_message("%lu conflicts, %lu carried over, in %lu rounds\n", w->conflicts, w->rebased, rounds);
    burin_reader_free(w->reader);
    burin_store_free(w->store);
    free(w);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_may_be_carried_over_is_and_nothing_else)};
    if (argc > 1)
        rounds = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    seed = seed * 0x9E3779B97F4A7C15u + 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
