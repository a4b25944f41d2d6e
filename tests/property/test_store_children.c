/* Large lists, dicts and sets of children against plain arrays.
 *
 * A hub of some thousand children in three attributes is changed at random, in transactions of a few and of some hundred changes, with savepoints that are gone
 * back to, moved between two trees, committed, carried over what others have committed, kept in a file (where Burin was built with SQLite), opened again,
 * compacted, and followed by a second store. After each commit it must be what the arrays say, in an old version too; now and then in several.
 *
 *   test_property_store_children [COMMITS [SEED]]       default: 300 commits, seed 1; 10 ms a commit, however many */
#include "burin/burin.h"
#include "runtime/store/log.h"
#include "runtime/store/txn.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { LIST, DICT, SET, HUB, KINDS = 3, MOST = 4000, COPIES = 8 };

typedef struct item {
    uint32_t id, key;
} item;
typedef struct hub_state { /* of the hub */
    item     items[KINDS][MOST];
    uint32_t counts[KINDS];
    uint32_t tree, version; /* where it stood; 0: no copy */
    bool     kept;          /* that version, by burin_store_keep */
} hub_state;

typedef struct world {
    char          where[FOLDER_SIZE + 8];
    burin_store  *store, *follower;
    burin_reader *reader;
    burin_entity  hub, tops[2];
    uint64_t      random;
    uint32_t      keys, gone; /* gone: a key that was there just now; 0: none */
    uint32_t      born[4 * MOST], births; /* in the running transaction */
    hub_state     now, saved, copies[COPIES];
} world;

static unsigned long commits = 300;
static uint64_t      seed    = 1;

static uint32_t draw(world *w, uint32_t below)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)((w->random >> 11) % below);
}

static size_t key_of(uint32_t key, char out[96])
{
    return (size_t)snprintf(out, 96, "%.*s%u", (int)(key % 70), "a key that is now and then long, so that leaves of a dict differ in size by far", key);
}

/* ---- comparing ---- */

static void compare(world *w, burin_reader *reader, const hub_state *s, burin_entity hub)
{
    for (int kind = 0; kind < KINDS; kind++) {
        burin_children held, jumping;
        assert_int_equal(burin_reader_children(reader, hub, kind, &held, NULL), BURIN_OK);
        assert_int_equal(held.count, s->counts[kind]);
        jumping = held;
        for (size_t n = 0; n < held.count; n++) {
            size_t far = draw(w, s->counts[kind]);
            char   key[96];
            size_t len = key_of(s->items[kind][n].key, key);
            assert_int_equal(burin_children_id(&held, n), s->items[kind][n].id);
            assert_int_equal(burin_children_id(&jumping, far), s->items[kind][far].id);
            burin_text found = burin_children_key(&held, n);
            assert_int_equal(found.len, kind == DICT ? len : 0);
            if (kind == DICT)
                assert_memory_equal(found.data, key, len);
        }
        assert_int_equal(burin_children_id(&held, held.count), 0);
    }
}

/* In a store: what is now, and one of the copies, or every one. */
static void compare_copies(world *w, burin_store *store, bool all)
{
    int one = (int)draw(w, COPIES);
    burin_reader *reader = burin_reader_new(store);
    burin_reader_pin(reader);
    compare(w, reader, &w->now, w->hub);
    for (int n = 0; n < COPIES; n++) {
        if (w->copies[n].version && (all || n == one))
            compare(w, reader, &w->copies[n], (burin_entity){w->hub.id, w->copies[n].tree, w->copies[n].version});
    }
    burin_reader_free(reader);
}

/* ---- changes ---- */

static void remove_item(hub_state *s, int kind, uint32_t at)
{
    s->counts[kind]--;
    memmove(&s->items[kind][at], &s->items[kind][at + 1], (s->counts[kind] - at) * sizeof(item));
}

static void attach(world *w, burin_txn *t, int kind, uint32_t at, uint32_t id)
{
    hub_state *s   = &w->now;
    uint32_t count = s->counts[kind];
    char     key[96];
    item     made = {id, kind == DICT ? w->gone ? w->gone : ++w->keys : 0};
    size_t   len;
    if (kind == DICT && count && draw(w, 3) == 0) { /* no key twice */
        len = key_of(s->items[kind][draw(w, count)].key, key);
        assert_int_equal(burin_txn_attach(t, (burin_entity){id, 0, 0}, w->hub, kind, BURIN_END, (burin_text){key, len}, NULL), BURIN_ERR_VALUE);
    }
    w->gone = kind == DICT ? 0 : w->gone;
    len     = key_of(made.key, key);
    assert_int_equal(burin_txn_attach(t, (burin_entity){id, 0, 0}, w->hub, kind, at == count ? BURIN_END : at, (burin_text){key, len}, NULL), BURIN_OK);
    if (kind == DICT)
        at = count;
    for (at = kind == SET ? count : at; kind == SET && at > 0 && s->items[kind][at - 1].id > id;)
        at--;
    memmove(&s->items[kind][at + 1], &s->items[kind][at], (count - at) * sizeof(item));
    s->items[kind][at] = made;
    s->counts[kind]++;
}

static uint32_t place(world *w, uint32_t count)
{
    static uint32_t last;
    uint32_t        how = draw(w, 4);
    last                = how == 0 ? count : how == 1 ? draw(w, count + 1) : last + (how == 2); /* at the end, anywhere, near the last one */
    return last = last < count ? last : count;
}

static void change(world *w, burin_txn *t, bool shrink)
{
    int          kind  = (int)draw(w, KINDS);
    uint32_t     count = w->now.counts[kind], at = place(w, count);
    burin_entity made;
    if (count == 0 || (draw(w, 10) < (shrink ? 2 : 6) && count < MOST / 2)) {
        assert_int_equal(burin_txn_create(t, 2, &made, NULL), BURIN_OK);
        attach(w, t, kind, at, made.id);
        w->born[w->births++] = made.id;
        return;
    }
    at          = at < count ? at : count - 1;
    uint32_t id = w->now.items[kind][at].id;
    assert_int_equal(burin_txn_detach(t, (burin_entity){id, 0, 0}, NULL), BURIN_OK);
    if (kind == DICT)
        w->gone = w->now.items[kind][at].key;
    remove_item(&w->now, kind, at);
    bool is_new = false; /* which must be somewhere when it is committed */
    for (uint32_t n = 0; n < w->births; n++)
        is_new |= w->born[n] == id;
    if (is_new || draw(w, 3) == 0) { /* to where it was, or elsewhere */
        int other = draw(w, 2) ? kind : (int)draw(w, KINDS);
        attach(w, t, other, other == kind && draw(w, 2) ? at : draw(w, w->now.counts[other] + 1), id);
    }
}

static void change_many(world *w, burin_txn *t, uint32_t count, bool shrink)
{
    for (uint32_t n = 0; n < count; n++) {
        if (draw(w, 8) || n + 1 == count) {
            change(w, t, shrink);
            continue;
        }
        es_savepoint point = es_txn_save(t);
        w->saved           = w->now;
        for (uint32_t k = 0; k < 1 + n % 5; k++)
            change(w, t, shrink);
        if (draw(w, 2)) {
            es_txn_back(t, point);
            w->gone = 0;
            w->now = w->saved;
        } else {
            es_txn_keep(t, point);
        }
    }
}

/* The hub goes to the other tree, with all there is in it. */
static void move_hub(world *w, burin_txn *t)
{
    burin_entity owner;
    assert_int_equal(burin_txn_owner(t, w->hub, &owner, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_txn_detach(t, w->hub, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, w->hub, w->tops[owner.id == w->tops[0].id], HUB, 0, (burin_text){NULL, 0}, NULL), BURIN_OK);
}

/* What a transaction holds while it is changed is what it will commit. */
static void compare_within(world *w, burin_txn *t)
{
    for (int kind = 0; kind < KINDS; kind++) {
        burin_children held;
        assert_int_equal(burin_txn_children(t, w->hub, kind, &held, NULL), BURIN_OK);
        assert_int_equal(held.count, w->now.counts[kind]);
        for (size_t n = 0; n < held.count; n++)
            assert_int_equal(burin_children_id(&held, n), w->now.items[kind][n].id);
    }
}

/* While a transaction is under way others change the lists, and change them back: it is carried over, to other blocks of the same content. */
static void disturb(world *w)
{
    for (int kind = 0; kind < KINDS; kind++) {
        uint32_t     count = w->now.counts[kind];
        char         key[96];
        burin_entity last;
        if (count == 0)
            continue;
        last         = (burin_entity){w->now.items[kind][count - 1].id, 0, 0};
        burin_txn *t = burin_txn_begin(w->store, NULL);
        assert_int_equal(burin_txn_detach(t, last, NULL), BURIN_OK);
        burin_entity made;
        assert_int_equal(burin_txn_create(t, 2, &made, NULL), BURIN_OK);
        assert_int_equal(burin_txn_attach(t, made, last, HUB, 0, (burin_text){NULL, 0}, NULL), BURIN_OK);
        assert_int_equal(burin_txn_attach(t, last, w->tops[1], LIST, BURIN_END, (burin_text){NULL, 0}, NULL), BURIN_OK);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
        t = burin_txn_begin(w->store, NULL);
        assert_int_equal(burin_txn_detach(t, made, NULL), BURIN_OK);
        assert_int_equal(burin_txn_detach(t, last, NULL), BURIN_OK);
        size_t len = key_of(w->now.items[kind][count - 1].key, key);
        assert_int_equal(burin_txn_attach(t, last, w->hub, kind, BURIN_END, (burin_text){key, len}, NULL), BURIN_OK);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    }
}

static void reopen(world *w, bool follow)
{
    burin_error err = BURIN_ERROR_INIT;
    burin_reader_free(w->reader);
    burin_store_free(w->store);
    burin_store_free(w->follower);
    w->follower = NULL;
    w->store    = w->where[0] ? burin_store_open(w->where, &(burin_open_options){.durability = BURIN_DURABILITY_NORMAL, .create = true}, &err) : burin_store_new(NULL, &err);
    if (!w->store)
        fail_msg("%s", err.message);
    if (follow && w->where[0])
        w->follower = burin_store_open(w->where, &(burin_open_options){.read_only = true}, NULL);
    w->reader = burin_reader_new(w->store);
}

/* A copy is not looked at any more. Were what it kept not let go of, the store would grow with every round, and so would what looks through all of it. */
static void forget(world *w, hub_state *copy)
{
    if (copy->kept)
        assert_int_equal(burin_store_release(w->store, copy->tree, copy->version, NULL), BURIN_OK);
    copy->kept    = false;
    copy->version = 0;
}

static void remember(world *w)
{
    burin_reader_pin(w->reader);
    burin_entity at = {w->hub.id, 0, 0};
    assert_int_equal(burin_reader_find(w->reader, &at, NULL), BURIN_OK);
    hub_state *copy = &w->copies[draw(w, COPIES)];
    forget(w, copy);
    *copy         = w->now;
    copy->tree    = at.tree;
    copy->version = at.version;
    burin_reader_unpin(w->reader);
}

static void begin(world *w)
{
    static const burin_attribute hub[] = {{"list", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}, {"dict", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL},
                                          {"set", BURIN_CHILD_SET_ATTRIBUTE, false, NULL}, {"hub", BURIN_CHILD_ATTRIBUTE, false, NULL}};
    burin_type type;
    reopen(w, false);
    for (int n = 0; n < 2; n++)
        assert_int_equal(burin_store_define(w->store, n ? "Leaf" : "Hub", hub, 4, &type, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (int n = 0; n < 2; n++) {
        burin_txn_create(t, 1, &w->tops[n], NULL);
        burin_txn_promote(t, w->tops[n], NULL);
    }
    burin_txn_create(t, 1, &w->hub, NULL);
    burin_txn_attach(t, w->hub, w->tops[0], HUB, 0, (burin_text){NULL, 0}, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
}

static void one_commit(world *w, unsigned long n)
{
    burin_txn          *t       = burin_txn_begin(w->store, NULL);
    bool                shrink  = n / 60 % 2, disturbed = n > 40 && draw(w, 30) == 0;
    burin_commit_result result;
    w->births                   = 0;
    if (disturbed)
        disturb(w);
    change_many(w, t, draw(w, 8) == 0 ? 400 : draw(w, 6) + 1, shrink);
    if (!disturbed && draw(w, 25) == 0)
        move_hub(w, t);
    compare_within(w, t);
    burin_error err = BURIN_ERROR_INIT;
    if (burin_txn_commit(t, &(burin_commit_options){.mode = BURIN_CONFLICT_REBASE}, &result, &err))
        fail_msg("%s", err.message);
    assert_true(!disturbed || result.rebased);
    remember(w);
    compare_copies(w, w->store, false);
    if (w->follower) {
        assert_int_equal(burin_store_refresh(w->follower, NULL, NULL), BURIN_OK);
        compare_copies(w, w->follower, false);
    }
}

static void run(world *w)
{
    begin(w);
    for (unsigned long n = 1; n <= commits; n++) {
        one_commit(w, n);
        if (n % 37 == 0) {
            assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
            for (uint32_t tree = 1; n % 2 && tree <= 2; tree++) { /* versions between are gone: what is kept differs in more */
                for (int c = 0; c < COPIES; c++) {
                    hub_state *copy = &w->copies[c];
                    bool       stays = copy->version && copy->tree == tree && draw(w, 2);
                    if (stays && !copy->kept)
                        assert_int_equal(burin_store_keep(w->store, tree, copy->version, NULL), BURIN_OK);
                    copy->kept |= stays;
                    if (copy->tree == tree && !stays)
                        forget(w, copy);
                }
                assert_int_equal(burin_store_retain(w->store, tree, &(burin_retention){.last = 1}, NULL), BURIN_OK);
                if (w->where[0])
                    assert_int_equal(burin_store_compact(w->store, NULL), BURIN_OK);
                assert_int_equal(burin_store_retain(w->store, tree, &(burin_retention){0}, NULL), BURIN_OK);
            }
            if (w->where[0])
                reopen(w, n % 3 == 0);
            assert_int_equal(burin_store_verify(w->store, NULL), BURIN_OK);
            compare_copies(w, w->store, true);
        }
    }
    burin_reader_free(w->reader);
    burin_store_free(w->follower);
    burin_store_free(w->store);
}

static void lists_in_memory(void **state)
{
    world *w  = calloc(1, sizeof *w);
    w->random = seed * 0x9E3779B97F4A7C15u + 1;
    (void)state;
    run(w);
    free(w);
}

static void lists_in_a_file(void **state)
{
    char   folder[FOLDER_SIZE];
    world *w  = calloc(1, sizeof *w);
    w->random = seed * 0x9E3779B97F4A7C15u + 2;
    (void)state;
    assert_true(folder_make(folder));
    snprintf(w->where, sizeof w->where, "%s/store", folder);
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(w->where, &(burin_open_options){.create = true}, &err);
    bool         built = err.status != BURIN_ERR_NOT_IMPLEMENTED;
    burin_store_free(store);
    burin_error_clear(&err);
    if (built)
        run(w);
    else
        puts("built without SQLite: lists in a file were not tried");
    folder_remove(folder);
    free(w);
}

/* ---- what a change costs ---- */

/* A child more, and one less, of 100000: memory and what is kept grow by the path, not by the list. */
static void a_change_of_a_large_list_costs_little(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        world *w  = calloc(1, sizeof *w);
        begin(w);
        burin_txn   *t = burin_txn_begin(w->store, NULL);
        burin_entity made;
        char         key[16];
        for (int n = 0; n < 100000; n++) {
            burin_txn_create(t, 2, &made, NULL);
            assert_int_equal(burin_txn_attach(t, made, w->hub, kind, BURIN_END, (burin_text){key, (size_t)snprintf(key, sizeof key, "%d", n)}, NULL), BURIN_OK);
        }
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
        enum { TIMES = 20 };
        uint64_t bytes = 0;
        for (uint32_t n = 0; n < TIMES; n++) {
            burin_store_stats before, after;
            burin_commit_result result;
            burin_children      held;
            burin_store_stats_of(w->store, &before);
            t = burin_txn_begin(w->store, NULL);
            burin_txn_children(t, w->hub, kind, &held, NULL);
            burin_txn_create(t, 2, &made, NULL);
            assert_int_equal(burin_txn_detach(t, (burin_entity){burin_children_id(&held, 37 + 111 * n), 0, 0}, NULL), BURIN_OK);
            assert_int_equal(burin_txn_attach(t, made, w->hub, kind, 4000 - n, (burin_text){"new", 3 - n % 2}, NULL), kind == DICT && n > 1 ? BURIN_ERR_VALUE : BURIN_OK);
            if (kind == DICT && n > 1)
                burin_txn_attach(t, made, w->hub, LIST, BURIN_END, (burin_text){NULL, 0}, NULL);
            assert_int_equal(burin_txn_commit(t, NULL, &result, NULL), BURIN_OK);
            burin_store_stats_of(w->store, &after);
            bytes += after.bytes - before.bytes;
            const es_tree *tree = es_tree_at(w->store, 1);
            es_kept        kept = {.tree = 1, .version = result.version, .last = result.version - 1, .adjacent = true,
                                   .entry = es_version_entry(w->store, tree, result.version), .before = es_version_entry(w->store, tree, result.version - 1)};
            buf packed = buf_make(&w->store->alloc);
            es_pack_version(w->store, &kept, &packed);
            assert_in_range(packed.len, 1, 96);
            buf_deinit(&packed);
        }
        assert_in_range(bytes, TIMES, TIMES * 2048); /* kept: paths to two children of the list, and to two entities of the tree */
        burin_reader_free(w->reader);
        burin_store_free(w->store);
        free(w);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_in_memory), cmocka_unit_test(lists_in_a_file), cmocka_unit_test(a_change_of_a_large_list_costs_little)};
    commits                         = argc > 1 ? strtoul(argv[1], NULL, 10) : commits;
    seed                            = argc > 2 ? strtoull(argv[2], NULL, 10) : seed;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
