/* Versions of trees: what each holds, which are kept, and how readers see them. Numbers in names are those of the list of behaviours. */
#include "tests/unit/store/agents.h"

/* 9 too: who was not touched is who they were. */
static void b6_b34_b35_states_name_the_version_that_wrote_them(void **state)
{
    world            *w = *state;
    burin_entity_info info;
    burin_entity      old = {w->agents[0].id, 1, 1};
    for (int n = 1; n <= 20; n++) {
        burin_txn *t = begin(w);
        burin_txn_set(t, w->agents[0], SPEED, burin_int(n), NULL);
        commit(w, t);
    }
    for (uint32_t version = 1; version <= 21; version++) {
        old.version = version;
        assert_int_equal(get(w, old, SPEED).as.i, version - 1);
        assert_int_equal(burin_reader_info(w->reader, old, &info, NULL), BURIN_OK);
        assert_int_equal(info.written, version);
        assert_int_equal(info.predecessor, version - 1);
        assert_int_equal(burin_reader_info(w->reader, (burin_entity){w->agents[3].id, 1, version}, &info, NULL), BURIN_OK);
        assert_int_equal(info.written, 1);
        assert_int_equal(info.owner, w->nodes[1].id);
    }
}

static burin_status collect_state(void *user, const burin_entity_info *info)
{
    burin_entity_info *infos = user;
    infos[infos[0].written ? infos[1].written ? 2 : 1 : 0] = *info;
    return BURIN_OK;
}

/* 35: the states of an entity, newest first, each named by the version that wrote it. */
static void a_history_is_the_states_of_an_entity(void **state)
{
    world            *w = *state;
    burin_entity_info infos[3] = {0};
    for (int n = 1; n <= 4; n++) { /* versions 2 and 4 are the agent's */
        burin_txn *t = begin(w);
        burin_txn_set(t, w->agents[n % 2 ? 0 : 3], SPEED, burin_int(n), NULL);
        commit(w, t);
    }
    assert_int_equal(burin_reader_history(w->reader, w->agents[0], collect_state, infos, NULL), BURIN_OK);
    for (size_t n = 0; n < 3; n++) {
        static const uint32_t written[] = {4, 2, 1}, before[] = {2, 1, 0};
        assert_int_equal(infos[n].written, written[n]);
        assert_int_equal(infos[n].entity.version, written[n]);
        assert_int_equal(infos[n].predecessor, before[n]);
        assert_int_equal(infos[n].owner, w->nodes[0].id);
        assert_int_equal(get(w, infos[n].entity, SPEED).as.i, n == 2 ? 0 : written[n] - 1);
    }
}

static void forks_share_history_and_part(void **state)
{
    world   *w = *state;
    uint32_t fork;
    assert_int_equal(burin_store_fork(w->store, 1, 1, &fork, NULL), BURIN_OK);
    burin_txn *t = begin(w);
    burin_txn_set(t, (burin_entity){w->agents[0].id, fork, 0}, SPEED, burin_int(7), NULL);
    assert_int_equal(burin_txn_set(t, (burin_entity){w->agents[0].id, 1, 0}, SPEED, burin_int(7), NULL), BURIN_ERR_USAGE);
    commit(w, t);
    assert_int_equal(get(w, w->agents[0], SPEED).as.i, 0);
    assert_int_equal(get(w, (burin_entity){w->agents[0].id, fork, 0}, SPEED).as.i, 7);
    found f = {.count = 0};
    assert_int_equal(burin_reader_diff(w->reader, 1, 1, fork, 2, collect, &f, NULL), BURIN_OK);
    assert_int_equal(f.count, 3);
    expect(&f, w->agents[0], BURIN_MODIFIED, 1u << SPEED);
    burin_reader_unpin(w->reader); /* versions of the fork may go: what they share with the tree does not */
    assert_int_equal(burin_store_retain(w->store, fork, &(burin_retention){.last = 1}, NULL), BURIN_OK);
    for (int n = 0; n < 100; n++) {
        t = begin(w);
        for (int a = 0; a < 4; a++)
            burin_txn_set(t, (burin_entity){w->agents[a].id, fork, 0}, NAME, text_value(n % 2 ? "one" : "two"), NULL);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    }
    burin_reader_pin(w->reader);
    for (int a = 0; a < 4; a++) {
        assert_memory_equal(get(w, (burin_entity){w->agents[a].id, 1, 1}, NAME).as.s, &"annbobcyddan"[3 * a], 3);
        assert_int_equal(info_of(w, (burin_entity){w->agents[a].id, 1, 1}).owner, w->nodes[a / 2].id);
    }
}

/* What comes from a fork goes to where it is attached, though the fork has such an owner too; but not to a tree that has it already. */
static void what_a_fork_made_moves_to_the_tree_it_came_from(void **state)
{
    world       *w   = *state;
    burin_error  err = BURIN_ERROR_INIT;
    uint32_t     fork;
    burin_entity made;
    assert_int_equal(burin_store_fork(w->store, 1, 1, &fork, NULL), BURIN_OK);
    burin_txn *t = begin(w);
    burin_txn_create(t, w->agent, &made, NULL);
    burin_txn_attach(t, made, (burin_entity){w->nodes[0].id, fork, 0}, AGENTS, 0, no_key, NULL);
    commit(w, t);
    made.tree = fork;
    t         = begin(w);
    assert_int_equal(burin_txn_detach(t, made, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, made, (burin_entity){w->nodes[1].id, 1, 0}, AGENTS, 0, no_key, NULL), BURIN_OK);
    assert_int_equal(commit(w, t).trees, 2);
    assert_int_equal(info_of(w, (burin_entity){made.id, 1, 0}).owner, w->nodes[1].id);
    burin_children held;
    assert_int_equal(burin_reader_children(w->reader, (burin_entity){w->nodes[1].id, 1, 0}, AGENTS, &held, NULL), BURIN_OK);
    assert_int_equal(held.count, 3);
    assert_int_equal(burin_reader_children(w->reader, (burin_entity){w->nodes[1].id, fork, 0}, AGENTS, &held, NULL), BURIN_OK);
    assert_int_equal(held.count, 2);
    assert_int_equal(burin_reader_get(w->reader, (burin_entity){made.id, fork, 0}, SPEED, NULL, &(burin_value){0}, NULL), BURIN_ERR_KEY);

    burin_entity there = {w->agents[0].id, fork, 0};
    t                  = begin(w);
    assert_int_equal(burin_txn_detach(t, there, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, there, (burin_entity){w->nodes[1].id, 1, 0}, AGENTS, 0, no_key, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, &err), BURIN_ERR_VALUE);
    assert_non_null(strstr(err.message, "is in tree 1 already, from which the other was forked"));
    burin_error_clear(&err);
}

/* Trees forked from old and new versions of each other, and what 60 agents are in each version, to compare with. */
enum { AGENTS_MANY = 60, TREES_MANY = 12, VERSIONS_MANY = 60 };
typedef struct family {
    burin_entity agents[AGENTS_MANY];
    int          speeds[TREES_MANY + 1][VERSIONS_MANY + 1][AGENTS_MANY];
    uint32_t     heads[TREES_MANY + 1];
    uint32_t     trees;
} family;

static void expect_family(world *w, const family *f)
{
    for (uint32_t tree = 1; tree <= f->trees; tree++) {
        for (uint32_t version = tree == 1 ? 2 : 1; version <= f->heads[tree]; version++) {
            for (int n = 0; n < AGENTS_MANY; n++)
                assert_int_equal(get(w, (burin_entity){f->agents[n].id, tree, version}, SPEED).as.i, f->speeds[tree][version][n]);
        }
    }
}

typedef struct faster {
    const int *old, *now;
    uint32_t   first; /* the first agent's number */
    int        count;
} faster;

static burin_status count_faster(void *user, const burin_change *change)
{
    faster *f = user;
    int     n = (int)(change->id - f->first);
    if (change->what != BURIN_MODIFIED)
        return BURIN_OK;
    assert_in_range(n, 0, AGENTS_MANY - 1);
    assert_int_not_equal(f->old[n], f->now[n]);
    f->count++;
    return BURIN_OK;
}

static void expect_differences(world *w, const family *f)
{
    for (uint32_t a = 1; a <= f->trees; a++) {
        for (uint32_t b = 1; b <= f->trees; b++) {
            uint32_t of_a = f->heads[a] - a * 7 % (f->heads[a] - 1), of_b = f->heads[b] - b * 5 % (f->heads[b] - 1);
            faster   seen = {f->speeds[a][of_a], f->speeds[b][of_b], f->agents[0].id, 0};
            int      want = 0;
            for (int n = 0; n < AGENTS_MANY; n++)
                want += seen.old[n] != seen.now[n];
            assert_int_equal(burin_reader_diff(w->reader, a, of_a, b, of_b, count_faster, &seen, NULL), BURIN_OK);
            assert_int_equal(seen.count, want);
        }
    }
}

/* A commit that fails when it has written the one agent already. */
static void fail_to_set(world *w, burin_entity agent, uint32_t fork, burin_entity there_already)
{
    burin_txn   *t    = begin(w);
    burin_entity from = {there_already.id, fork, 0}, to = {w->nodes[1].id, agent.tree, 0};
    assert_int_equal(burin_txn_set(t, agent, SPEED, burin_int(-1), NULL), BURIN_OK);
    assert_int_equal(burin_txn_detach(t, from, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, from, to, AGENTS, BURIN_END, no_key, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_ERR_VALUE);
}

/* 36: a fork sees nothing that came after what it was forked from, nor does a fork of it. */
static void forks_of_forks_see_each_their_own(void **state)
{
    static family f;
    world        *w      = *state;
    uint32_t      random = 1, number;
    burin_txn    *t      = begin(w);
    f = (family){.trees = 1, .heads = {0, 2}}; /* version 1 has no such agents: it is not looked at */
    for (int n = 0; n < AGENTS_MANY; n++) {
        burin_txn_create(t, w->agent, &f.agents[n], NULL);
        burin_txn_attach(t, f.agents[n], w->nodes[0], AGENTS, BURIN_END, no_key, NULL);
    }
    assert_int_equal(f.agents[AGENTS_MANY - 1].id, f.agents[0].id + AGENTS_MANY - 1);
    commit(w, t);
    for (int step = 0; step < 600; step++) {
        random        = random * 1664525u + 1013904223u;
        uint32_t tree = 1 + (random >> 8) % f.trees, n = (random >> 16) % AGENTS_MANY, head = f.heads[tree];
        if (step % 45 == 44 && f.trees < TREES_MANY) {
            uint32_t from = tree == 1 ? 2 + (random >> 20) % (head - 1) : 1 + (random >> 20) % head;
            assert_int_equal(burin_store_fork(w->store, tree, from, &number, NULL), BURIN_OK);
            assert_int_equal(number, ++f.trees);
            memcpy(f.speeds[number][1], f.speeds[tree][from], sizeof f.speeds[number][1]);
            f.heads[number] = 1;
        } else if (head < VERSIONS_MANY) {
            if (step % 3 == 0 && tree != f.trees)
                fail_to_set(w, (burin_entity){f.agents[n].id, tree, 0}, f.trees, f.agents[(n + 1) % AGENTS_MANY]);
            t = begin(w);
            assert_int_equal(burin_txn_set(t, (burin_entity){f.agents[n].id, tree, 0}, SPEED, burin_int(step + 1), NULL), BURIN_OK);
            commit(w, t);
            memcpy(f.speeds[tree][head + 1], f.speeds[tree][head], sizeof f.speeds[tree][head]);
            f.speeds[tree][++f.heads[tree]][n] = step + 1;
        }
    }
    assert_int_equal(f.trees, TREES_MANY);
    burin_reader_pin(w->reader);
    expect_family(w, &f);
    expect_differences(w, &f);
}

/* ---- what is kept, and who still sees it ---- */

static void retention_drops_versions_and_gives_their_memory_back(void **state)
{
    world            *w = *state;
    burin_store_stats before, after;
    burin_retention   two = {.last = 2};
    assert_int_equal(burin_store_keep(w->store, 1, 1, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w->store, 1, &two, NULL), BURIN_OK);
    burin_reader_unpin(w->reader);
    for (int n = 1; n <= 2000; n++) {
        burin_txn *t = begin(w);
        burin_txn_set(t, w->agents[n % 4], SPEED, burin_int(n), NULL);
        burin_txn_set(t, w->agents[n % 3], NAME, text_value(n % 2 ? "odd" : "even, and longer"), NULL);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
        if (n == 1000)
            burin_store_stats_of(w->store, &before);
    }
    burin_store_stats_of(w->store, &after);
    assert_int_equal(after.versions, 3);
    assert_true(after.bytes <= before.bytes + 20000); /* entries of versions stay while version 1 is kept: 64 bytes each were more */
    burin_reader_pin(w->reader);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){w->agents[0].id, 1, 1990}, NULL), BURIN_ERR_GONE);
    assert_int_equal(get(w, (burin_entity){w->agents[0].id, 1, 1}, SPEED).as.i, 0);
    assert_int_equal(burin_store_release(w->store, 1, 1, NULL), BURIN_OK);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){w->agents[0].id, 1, 1}, NULL), BURIN_ERR_GONE);
    assert_int_equal(burin_store_release(w->store, 1, 1, NULL), BURIN_ERR_GONE);
}

static void retention_goes_by_time_and_by_who_keeps(void **state)
{
    world             *w = *state;
    burin_version_info info;
    assert_int_equal(burin_reader_version(w->reader, 1, 1, &info, NULL), BURIN_OK);
    int64_t begun = info.time_ns;
    for (int n = 2; n <= 6; n++) {
        burin_txn *t = begin(w);
        burin_txn_set(t, w->agents[0], SPEED, burin_int(n), NULL);
        assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.time_ns = begun + n}, NULL, NULL), BURIN_OK);
    }
    assert_int_equal(burin_store_release(w->store, 1, 3, NULL), BURIN_ERR_USAGE); /* nobody keeps it */
    for (int n = 0; n < 2; n++)
        assert_int_equal(burin_store_keep(w->store, 1, 2, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.since_time_ns = begun + 5}, NULL), BURIN_OK);
    assert_int_equal(burin_store_release(w->store, 1, 2, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    for (uint32_t version = 1; version <= 6; version++) /* 5, 6 by time, 2 for who keeps it still */
        assert_int_equal(burin_reader_version(w->reader, 1, version, &info, NULL), version >= 5 || version == 2 ? BURIN_OK : BURIN_ERR_GONE);
    assert_int_equal(burin_store_release(w->store, 1, 2, NULL), BURIN_OK);
    assert_int_equal(burin_reader_version(w->reader, 1, 2, &info, NULL), BURIN_ERR_GONE);
}

/* 40 */
static void a_pinned_reader_sees_the_store_as_it_was(void **state)
{
    world          *w    = *state;
    burin_retention last = {.last = 1};
    burin_store_retain(w->store, 1, &last, NULL);
    burin_reader_pin(w->reader);
    burin_value name = get(w, w->agents[0], NAME);
    for (int n = 0; n < 100; n++) {
        burin_txn *t = begin(w);
        burin_txn_set(t, w->agents[0], NAME, text_value(n % 2 ? "one" : "two"), NULL);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    }
    assert_int_equal(head(w), 1);
    assert_memory_equal(name.as.s, "ann", 3);
    assert_memory_equal(get(w, w->agents[0], NAME).as.s, "ann", 3);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 101);
}

/* Of a version that the reader's own commit still had, too. */
static void what_was_borrowed_of_a_dropped_version_stays_while_pinned(void **state)
{
    world          *w    = *state;
    burin_retention last = {.last = 1};
    burin_txn      *t    = begin(w);
    burin_txn_set(t, w->agents[0], NAME, text_value("bob"), NULL);
    commit(w, t); /* which pins version 2 */
    burin_value name;
    assert_int_equal(burin_reader_get(w->reader, (burin_entity){w->agents[0].id, 1, 1}, NAME, NULL, &name, NULL), BURIN_OK);
    assert_int_equal(burin_store_retain(w->store, 1, &last, NULL), BURIN_OK);
    assert_int_equal(burin_reader_get(w->reader, (burin_entity){w->agents[0].id, 1, 1}, NAME, NULL, &(burin_value){0}, NULL), BURIN_ERR_GONE);
    for (int n = 0; n < 100; n++) {
        t = begin(w);
        burin_txn_set(t, w->agents[0], NAME, text_value(n % 2 ? "one" : "two"), NULL);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    }
    assert_int_equal(name.len, 3);
    assert_memory_equal(name.as.s, "ann", 3);
}

/* Where entities live is told as of the pinned commit, also when they have moved, gone, or changed since. */
static void a_pinned_reader_finds_what_lives_elsewhere_now(void **state)
{
    world    *w = *state;
    uint32_t  fork;
    assert_int_equal(burin_store_fork(w->store, 1, 1, &fork, NULL), BURIN_OK);
    burin_entity only_there;
    burin_txn   *t = begin(w);
    burin_txn_create(t, w->agent, &only_there, NULL);
    burin_txn_attach(t, only_there, (burin_entity){w->nodes[0].id, fork, 0}, AGENTS, BURIN_END, no_key, NULL);
    commit(w, t);
    burin_reader *pinned = burin_reader_new(w->store);
    burin_reader_pin(pinned);
    t = begin(w);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(5), NULL);
    burin_txn_promote(t, only_there, NULL);
    burin_txn_promote(t, w->agents[1], NULL);
    burin_txn_detach(t, w->agents[2], NULL);
    commit(w, t);
    t = begin(w);
    burin_txn_set(t, w->agents[1], SPEED, burin_int(6), NULL);
    burin_txn_set(t, (burin_entity){w->agents[3].id, fork, 0}, SPEED, burin_int(7), NULL);
    commit(w, t);
    for (int n = 0; n < 4; n++) {
        burin_entity there = {w->agents[n].id, 0, 0};
        burin_value  speed;
        assert_int_equal(burin_reader_get(pinned, there, SPEED, NULL, &speed, NULL), BURIN_OK);
        assert_int_equal(speed.as.i, 0);
        assert_int_equal(burin_reader_find(pinned, &there, NULL), BURIN_OK);
        assert_int_equal(there.tree, 1);
        assert_int_equal(burin_reader_get(pinned, (burin_entity){w->agents[n].id, fork, 0}, SPEED, NULL, &speed, NULL), BURIN_OK);
        assert_int_equal(speed.as.i, 0);
    }
    assert_int_equal(get(w, w->agents[0], SPEED).as.i, 5);
    assert_int_equal(get(w, w->agents[1], SPEED).as.i, 6);
    assert_int_equal(burin_reader_get(w->reader, w->agents[2], SPEED, NULL, &(burin_value){0}, NULL), BURIN_ERR_KEY);
    assert_int_equal(burin_reader_get(w->reader, (burin_entity){w->agents[1].id, 1, 0}, SPEED, NULL, &(burin_value){0}, NULL), BURIN_ERR_KEY);
    assert_int_equal(get(w, w->agents[3], SPEED).as.i, 0);
    assert_int_equal(get(w, (burin_entity){w->agents[3].id, fork, 0}, SPEED).as.i, 7);
    assert_int_equal(get(w, (burin_entity){w->agents[2].id, fork, 0}, SPEED).as.i, 0);
    assert_int_equal(burin_reader_find(pinned, &only_there, NULL), BURIN_OK);
    assert_int_equal(only_there.tree, fork);
    burin_reader_free(pinned);
}

/* ---- what there is, and what it costs ---- */

typedef struct listed {
    burin_entity_info infos[16];
    size_t            count, stop; /* at so many */
} listed;

static burin_status list(void *user, const burin_entity_info *info)
{
    listed *l            = user;
    l->infos[l->count++] = *info;
    return l->count == l->stop ? BURIN_ERR_CANCELLED : BURIN_OK;
}

static void b42_entities_are_found_by_their_type_each_once(void **state)
{
    world    *w = *state;
    listed    l = {0};
    burin_txn *t = begin(w);
    burin_txn_set(t, w->agents[1], SPEED, burin_int(3), NULL);
    burin_txn_detach(t, w->agents[2], NULL);
    commit(w, t);
    assert_int_equal(burin_reader_entities(w->reader, 1, 0, w->agent, list, &l, NULL), BURIN_OK);
    assert_int_equal(l.count, 3); /* bob once, in his newest state */
    for (size_t n = 0; n < l.count; n++) {
        assert_int_equal(l.infos[n].entity.id, w->agents[n == 2 ? 3 : n].id);
        assert_int_equal(l.infos[n].entity.version, 2);
        assert_int_equal(l.infos[n].written, n == 1 ? 2 : 1);
        assert_int_equal(l.infos[n].type, w->agent);
    }
    l.count = 0;
    assert_int_equal(burin_reader_entities(w->reader, 1, 1, w->agent, list, &l, NULL), BURIN_OK);
    assert_int_equal(l.count, 4);
    l.count = 0;
    assert_int_equal(burin_reader_entities(w->reader, 1, 1, 0, list, &l, NULL), BURIN_OK);
    assert_int_equal(l.count, 7);
    l = (listed){.stop = 2};
    assert_int_equal(burin_reader_entities(w->reader, 1, 1, 0, list, &l, NULL), BURIN_ERR_CANCELLED);
    assert_int_equal(l.count, 2);
    assert_int_equal(burin_reader_entities(w->reader, 1, 9, 0, list, &l, NULL), BURIN_ERR_KEY);
}

static void b43_b44_a_commit_costs_its_path_and_always_the_same(void **state)
{
    enum { NODES_COUNT = 100, AGENTS_COUNT = 50, COMMITS = 10000 };
    world            *w = *state;
    burin_entity      map, node, last;
    burin_store_stats stats;
    uint64_t          before = 0, first = 0;
    burin_txn        *t = begin(w);
    burin_txn_create(t, w->map, &map, NULL);
    burin_txn_promote(t, map, NULL);
    for (int n = 0; n < NODES_COUNT; n++) {
        burin_txn_create(t, w->node, &node, NULL);
        burin_txn_attach(t, node, map, NODES, BURIN_END, no_key, NULL);
        for (int a = 0; a < AGENTS_COUNT; a++) {
            burin_txn_create(t, w->agent, &last, NULL);
            burin_txn_attach(t, last, node, AGENTS, BURIN_END, no_key, NULL);
        }
    }
    assert_int_equal(commit(w, t).states, 5101);
    burin_reader_unpin(w->reader);
    for (int n = 1; n <= COMMITS; n++) {
        burin_commit_result result;
        t = begin(w);
        burin_txn_set(t, last, SPEED, burin_int(n), NULL);
        assert_int_equal(burin_txn_commit(t, NULL, &result, NULL), BURIN_OK);
        assert_int_equal(result.states, 3);
        if (n % 1000)
            continue;
        burin_store_stats_of(w->store, &stats);
        if (n == 2000)
            first = stats.bytes - before;
        if (n > 2000)
            assert_in_range(stats.bytes - before, first - first / 50, first + first / 50);
        before = stats.bytes;
    }
}

static burin_status see_version(void *user, const burin_version_info *info)
{
    (void)user;
    (void)info;
    return BURIN_OK;
}

static void a_reader_that_is_not_pinned_says_so(void **state)
{
    world             *w = *state;
    burin_error        err = BURIN_ERROR_INIT;
    burin_value        value;
    burin_children     children;
    burin_entity       agent = w->agents[0];
    burin_entity_info  info;
    burin_version_info version;
    burin_reader_unpin(w->reader);
    for (int n = 0; n < 6; n++) {
        burin_status status = n == 0   ? burin_reader_get(w->reader, agent, NAME, NULL, &value, &err)
                              : n == 1 ? burin_reader_children(w->reader, w->root, NODES, &children, &err)
                              : n == 2 ? burin_reader_find(w->reader, &agent, &err)
                              : n == 3 ? burin_reader_info(w->reader, agent, &info, &err)
                              : n == 4 ? burin_reader_version(w->reader, 1, 1, &version, &err)
                                       : burin_reader_versions(w->reader, 1, see_version, NULL, &err);
        assert_int_equal(status, BURIN_ERR_USAGE);
        assert_string_equal(err.message, "the reader is not pinned");
        burin_error_clear(&err);
    }
    burin_reader_pin(w->reader);
    assert_int_equal(burin_reader_get(w->reader, agent, NAME, NULL, &value, NULL), BURIN_OK);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(b6_b34_b35_states_name_the_version_that_wrote_them),
        ROW(a_history_is_the_states_of_an_entity),
        ROW(forks_share_history_and_part), ROW(what_a_fork_made_moves_to_the_tree_it_came_from), ROW(forks_of_forks_see_each_their_own),
        ROW(retention_drops_versions_and_gives_their_memory_back),
        ROW(retention_goes_by_time_and_by_who_keeps),
        ROW(a_pinned_reader_sees_the_store_as_it_was), ROW(a_reader_that_is_not_pinned_says_so),
        ROW(what_was_borrowed_of_a_dropped_version_stays_while_pinned),
        ROW(a_pinned_reader_finds_what_lives_elsewhere_now),
        ROW(b42_entities_are_found_by_their_type_each_once),
        ROW(b43_b44_a_commit_costs_its_path_and_always_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
