/* A world for tests of stores: a map of two nodes with two agents each, and what differs between versions of it. */
#ifndef BURIN_TESTS_UNIT_STORE_AGENTS_H
#define BURIN_TESTS_UNIT_STORE_AGENTS_H

#include "tests/unit/store/seen.h"

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_type    map, node, agent;
    burin_entity  root, nodes[2], agents[4]; /* agents 0 and 1 are in node 0, 2 and 3 in node 1 */
} world;
enum { NODES, WIDTH, HERO, TAGS };  /* of a map */
enum { AGENTS, NAMED, LABEL };      /* of a node */
enum { NAME, SPEED, DATA, FRIEND }; /* of an agent */

static inline burin_txn *begin(world *w)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    assert_non_null(t);
    return t;
}

static inline burin_commit_result commit(world *w, burin_txn *t) { return commit_seen(t, NULL, w->reader); }

static inline int setup(void **state)
{
    static const burin_attribute agent[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"speed", BURIN_INT_ATTRIBUTE, false, NULL},
                                            {"data", BURIN_DATA_ATTRIBUTE, true, NULL}, {"friend", BURIN_REF_ATTRIBUTE, true, "Agent"}};
    static const burin_attribute node[]  = {{"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, "Agent"}, {"named", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL},
                                            {"label", BURIN_TEXT_ATTRIBUTE, true, NULL}};
    static const burin_attribute map[]   = {{"nodes", BURIN_CHILD_LIST_ATTRIBUTE, false, "Node"}, {"width", BURIN_INT_ATTRIBUTE, false, NULL},
                                            {"hero", BURIN_CHILD_ATTRIBUTE, true, NULL}, {"tags", BURIN_CHILD_SET_ATTRIBUTE, false, NULL}};
    static world w;
    open_seen(&w.store, &w.reader);
    burin_store_define(w.store, "Agent", agent, 4, &w.agent, NULL);
    burin_store_define(w.store, "Node", node, 3, &w.node, NULL);
    burin_store_define(w.store, "Map", map, 4, &w.map, NULL);
    burin_txn *t = begin(&w);
    burin_txn_create(t, w.map, &w.root, NULL);
    for (int n = 0; n < 2; n++) {
        burin_txn_create(t, w.node, &w.nodes[n], NULL);
        burin_txn_attach(t, w.nodes[n], w.root, NODES, BURIN_END, no_key, NULL);
        for (int a = 2 * n; a < 2 * n + 2; a++) {
            static const char *const names[] = {"ann", "bob", "cyd", "dan"};
            burin_txn_create(t, w.agent, &w.agents[a], NULL);
            burin_txn_set(t, w.agents[a], NAME, text_value(names[a]), NULL);
            burin_txn_attach(t, w.agents[a], w.nodes[n], AGENTS, BURIN_END, no_key, NULL);
        }
    }
    assert_int_equal(burin_txn_promote(t, w.root, NULL), BURIN_OK);
    assert_int_equal(commit(&w, t).states, 7);
    *state = &w;
    return 0;
}

static inline int teardown(void **state)
{
    world *w = *state;
    return close_seen(w->store, w->reader);
}

/* ---- what a version changed ---- */

typedef struct found {
    burin_change changes[16];
    size_t       count;
} found;

static inline burin_status collect(void *user, const burin_change *change)
{
    found *f               = user;
    f->changes[f->count++] = *change;
    return BURIN_OK;
}

static const burin_change *change_of(const found *f, burin_entity e)
{
    for (size_t n = 0; n < f->count; n++) {
        if (f->changes[n].id == e.id)
            return &f->changes[n];
    }
    return NULL;
}

static inline found diff(world *w, uint32_t tree, uint32_t old, uint32_t new_)
{
    found f = {.count = 0};
    assert_int_equal(burin_reader_diff(w->reader, tree, old, tree, new_, collect, &f, NULL), BURIN_OK);
    return f;
}

static inline void expect(const found *f, burin_entity e, burin_change_kind what, uint64_t attributes)
{
    const burin_change *change = change_of(f, e);
    assert_non_null(change);
    assert_int_equal(change->what, what);
    assert_int_equal(change->attributes, attributes);
}

static inline uint32_t head(world *w) { return burin_reader_head(w->reader, 1); }

static inline burin_value get(world *w, burin_entity e, int attribute)
{
    burin_value v = burin_missing();
    assert_int_equal(burin_reader_get(w->reader, e, attribute, NULL, &v, NULL), BURIN_OK);
    return v;
}

static inline burin_entity_info info_of(world *w, burin_entity e)
{
    burin_entity_info info;
    assert_int_equal(burin_reader_info(w->reader, e, &info, NULL), BURIN_OK);
    return info;
}

#endif
