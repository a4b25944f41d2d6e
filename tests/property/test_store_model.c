/* The entity store against a model that copies everything.
 *
 * Random operations, committed in random portions by one writer, are done to the store and to a plain array of entities;
 * the model keeps a whole copy of the array for every version. After each commit the head must equal the model, now and
 * then every kept version must equal its copy, and the difference of two versions must be what comparing their copies
 * says. Retention, kept versions and pinned readers come and go meanwhile, and now and then the store is exported, and
 * imported into another one, which takes its place.
 *
 *   test_property_store_model [OPERATIONS [SEED]]       default: 20000 operations, seed 1 */
#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { ENTITIES = 60, CHILDREN = 24, VERSIONS = 24, TREES = 8 };
enum { VALUE, TEXT, LIST, DICT, SET, ONE }; /* attributes of the one type */

typedef struct model_entity {
    uint32_t id;              /* 0: none */
    uint32_t tree;            /* where it is; 0: nowhere */
    uint32_t owner;           /* id */
    int      field;
    int64_t  value;
    char     text[12];
    uint32_t lists[4][CHILDREN]; /* LIST .. ONE */
    char     keys[CHILDREN][8];
    uint32_t counts[4];
} model_entity;

typedef struct model {
    model_entity e[ENTITIES];
} model;

typedef struct copy { /* of one tree at one version */
    uint32_t version; /* 0: none */
    model    m;
} copy;

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_type    type;
    uint64_t      random;
    model         now, before; /* `before`: as it was when the transaction began */
    uint32_t      heads[TREES + 1], trees;
    copy          copies[TREES + 1][VERSIONS]; /* version v at v % VERSIONS: what retention keeps */
} world;

static unsigned long operations = 20000;
static uint64_t      seed       = 1;

static uint32_t draw(world *w, uint32_t below)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)((w->random >> 11) % below);
}

/* ---- the model ---- */

static model_entity *find(model *m, uint32_t id)
{
    for (int n = 0; n < ENTITIES && id; n++) {
        if (m->e[n].id == id)
            return &m->e[n];
    }
    return NULL;
}

static void unlink_model(model *m, model_entity *e)
{
    model_entity *owner = find(m, e->owner);
    if (owner) {
        uint32_t *ids = owner->lists[e->field - LIST], at = 0;
        while (ids[at] != e->id)
            at++;
        uint32_t left = --owner->counts[e->field - LIST] - at;
        memmove(&ids[at], &ids[at + 1], left * sizeof *ids);
        if (e->field == DICT)
            memmove(owner->keys[at], owner->keys[at + 1], left * sizeof owner->keys[0]);
    }
    e->owner = 0;
    e->field = 0;
}

static void set_tree(model *m, model_entity *e, uint32_t tree)
{
    e->tree = tree;
    for (int n = 0; n < ENTITIES; n++) {
        if (m->e[n].id && m->e[n].owner == e->id)
            set_tree(m, &m->e[n], tree);
    }
}

static bool is_above(model *m, const model_entity *a, const model_entity *b)
{
    for (; b; b = find(m, b->owner)) {
        if (a == b)
            return true;
    }
    return false;
}

/* ---- comparing ---- */

static void compare_entity(world *w, uint32_t tree, uint32_t version, const model_entity *e)
{
    burin_entity      at = {e->id, tree, version};
    burin_entity_info info;
    burin_value       v;
    assert_int_equal(burin_reader_info(w->reader, at, &info, NULL), BURIN_OK);
    assert_int_equal(info.owner, e->owner);
    if (e->owner)
        assert_int_equal(info.field, e->field);
    assert_int_equal(burin_reader_get(w->reader, at, VALUE, NULL, &v, NULL), BURIN_OK);
    assert_int_equal(v.as.i, e->value);
    assert_int_equal(burin_reader_get(w->reader, at, TEXT, NULL, &v, NULL), BURIN_OK);
    assert_int_equal(v.len, strlen(e->text));
    assert_memory_equal(v.as.s, e->text, v.len);
    for (int field = LIST; field <= ONE; field++) {
        burin_children children;
        assert_int_equal(burin_reader_children(w->reader, at, field, &children, NULL), BURIN_OK);
        assert_int_equal(children.count, e->counts[field - LIST]);
        for (size_t n = 0; n < children.count; n++) {
            assert_int_equal(burin_children_id(&children, n), e->lists[field - LIST][n]);
            if (field == DICT) {
                burin_text key = burin_children_key(&children, n);
                assert_int_equal(key.len, strlen(e->keys[n]));
                assert_memory_equal(key.data, e->keys[n], key.len);
            }
        }
    }
}

static void compare_version(world *w, uint32_t tree, uint32_t version, const model *m)
{
    burin_version_info info;
    uint32_t           entities = 0;
    assert_int_equal(burin_reader_version(w->reader, tree, version, &info, NULL), BURIN_OK);
    for (int n = 0; n < ENTITIES; n++) {
        if (!m->e[n].id)
            continue;
        if (m->e[n].tree == tree) {
            compare_entity(w, tree, version, &m->e[n]);
            entities++;
        } else {
            burin_entity absent = {m->e[n].id, tree, version};
            assert_int_equal(burin_reader_find(w->reader, &absent, NULL), BURIN_ERR_KEY);
        }
    }
    assert_int_equal(info.entities, entities);
}

static bool same_content(const model_entity *a, const model_entity *b)
{
    bool same = a->value == b->value && strcmp(a->text, b->text) == 0 && a->owner == b->owner && a->field == b->field;
    for (int l = 0; l < 4; l++) {
        same = same && a->counts[l] == b->counts[l] && memcmp(a->lists[l], b->lists[l], a->counts[l] * sizeof(uint32_t)) == 0;
    }
    for (uint32_t n = 0; same && n < a->counts[DICT - LIST]; n++)
        same = strcmp(a->keys[n], b->keys[n]) == 0;
    return same;
}

typedef struct seen {
    world   *w;
    uint32_t tree;
    model   *old, *new_;
    uint32_t reported;
    bool     named[ENTITIES];
} seen;

static burin_status check_change(void *user, const burin_change *c)
{
    seen         *s = user;
    model_entity *a = find(s->old, c->id), *b = find(s->new_, c->id);
    bool          in_a = a && a->tree == s->tree, in_b = b && b->tree == s->tree;
    switch (c->what) {
    case BURIN_ADDED: assert_true(!in_a && in_b); break;
    case BURIN_REMOVED: assert_true(in_a && !in_b); break;
    case BURIN_MOVED: assert_true(in_a && in_b && (a->owner != b->owner || a->field != b->field)); break;
    case BURIN_MODIFIED: assert_true(in_a && in_b && !same_content(a, b) && a->owner == b->owner && a->field == b->field); break;
    default: assert_true(in_a && in_b && same_content(a, b)); return BURIN_OK;
    }
    s->reported++;
    return BURIN_OK;
}

static void compare_difference(world *w, uint32_t tree, copy *old, copy *new_)
{
    seen     s = {w, tree, &old->m, &new_->m, 0, {false}};
    uint32_t expected = 0;
    assert_int_equal(burin_reader_diff(w->reader, tree, old->version, tree, new_->version, check_change, &s, NULL), BURIN_OK);
    for (int n = 0; n < ENTITIES; n++) {
        const model_entity *a = &old->m.e[n];
        model_entity       *b = a->id ? find(&new_->m, a->id) : NULL;
        bool                in_b = b && b->tree == tree;
        if (a->id && a->tree == tree)
            expected += !in_b || !same_content(a, b);
    }
    for (int n = 0; n < ENTITIES; n++) {
        const model_entity *b = &new_->m.e[n];
        model_entity       *a = b->id ? find(&old->m, b->id) : NULL;
        expected += b->id && b->tree == tree && !(a && a->tree == tree);
    }
    assert_int_equal(s.reported, expected);
}

/* ---- operations ---- */

static burin_entity handle(const model_entity *e) { return (burin_entity){e->id, 0, 0}; }

static model_entity *any(world *w)
{
    model_entity *e = &w->now.e[draw(w, ENTITIES)];
    return e->id ? e : NULL;
}

static void create(world *w, burin_txn *t)
{
    burin_entity  made;
    model_entity *e = &w->now.e[draw(w, ENTITIES)];
    if (e->id)
        return;
    assert_int_equal(burin_txn_create(t, w->type, &made, NULL), BURIN_OK);
    memset(e, 0, sizeof *e);
    e->id = made.id;
}

static void set(world *w, burin_txn *t, model_entity *e)
{
    if (draw(w, 2)) {
        e->value = draw(w, 3);
        assert_int_equal(burin_txn_set(t, handle(e), VALUE, burin_int(e->value), NULL), BURIN_OK);
    } else {
        snprintf(e->text, sizeof e->text, "%.*s", (int)draw(w, 10), "abcdefghij");
        assert_int_equal(burin_txn_set(t, handle(e), TEXT, burin_string_borrow(e->text, strlen(e->text)), NULL), BURIN_OK);
    }
}

static void attach(world *w, burin_txn *t, model_entity *e, model_entity *owner)
{
    int      field = LIST + (int)draw(w, 4);
    uint32_t count = owner->counts[field - LIST], at = draw(w, count + 1), *ids = owner->lists[field - LIST];
    char     key[8];
    bool     wrong = e->owner || is_above(&w->now, e, owner) || (field == ONE && count);
    if (count == CHILDREN)
        return;
    snprintf(key, sizeof key, "k%u", draw(w, 30));
    for (uint32_t n = 0; field == DICT && n < count; n++)
        wrong |= strcmp(owner->keys[n], key) == 0;
    burin_status status = burin_txn_attach(t, handle(e), handle(owner), field, at, (burin_text){key, strlen(key)}, NULL);
    assert_int_equal(status, wrong ? BURIN_ERR_VALUE : BURIN_OK);
    if (wrong)
        return;
    if (field == DICT || field == ONE)
        at = count;
    for (at = field == SET ? count : at; field == SET && at > 0 && ids[at - 1] > e->id;)
        at--;
    memmove(&ids[at + 1], &ids[at], (count - at) * sizeof *ids);
    ids[at] = e->id;
    if (field == DICT)
        strcpy(owner->keys[at], key);
    owner->counts[field - LIST]++;
    e->owner = owner->id;
    e->field = field;
    set_tree(&w->now, e, owner->tree);
}

static bool is_root(const model_entity *e) { return e->tree && !e->owner; }

/* Detach, or take out and found a tree (numbers above TREES stand for trees that have none yet). */
static void take_out(world *w, burin_txn *t, model_entity *e, uint32_t *founded)
{
    if (!e->owner)
        return;
    bool found = draw(w, 4) == 0 && w->trees + *founded < TREES;
    assert_int_equal(found ? burin_txn_promote(t, handle(e), NULL) : burin_txn_detach(t, handle(e), NULL), BURIN_OK);
    unlink_model(&w->now, e);
    set_tree(&w->now, e, found ? TREES + 1 + (*founded)++ : 0);
}

static void operate(world *w, burin_txn *t, uint32_t *founded)
{
    model_entity *a = any(w), *b = any(w);
    uint32_t      kind = draw(w, 10);
    if (!a)
        create(w, t);
    else if (kind < 4)
        set(w, t, a);
    else if (kind < 6)
        take_out(w, t, a, founded);
    else if (b && !(is_root(a) && draw(w, 8)))
        attach(w, t, a, b);
}

/* ---- commits ---- */

/* Promote or attach the new entities that are nowhere; false when no place can be found for one, which a commit must refuse. */
static bool settle(world *w, burin_txn *t, uint32_t *founded)
{
    for (int n = 0; n < ENTITIES; n++) {
        model_entity *e = &w->now.e[n];
        if (!e->id || e->tree || e->owner || find(&w->before, e->id))
            continue;
        if (w->trees + *founded < TREES) {
            assert_int_equal(burin_txn_promote(t, handle(e), NULL), BURIN_OK);
            set_tree(&w->now, e, TREES + 1 + (*founded)++);
        } else {
            for (int r = 0; r < ENTITIES && !e->owner; r++) {
                model_entity *root = &w->now.e[r];
                if (root->id && root->tree && root->counts[0] < CHILDREN) {
                    assert_int_equal(burin_txn_attach(t, handle(e), handle(root), LIST, 0, (burin_text){"", 0}, NULL), BURIN_OK);
                    memmove(&root->lists[0][1], &root->lists[0][0], root->counts[0]++ * sizeof(uint32_t));
                    root->lists[0][0] = e->id;
                    e->owner          = root->id;
                    e->field          = LIST;
                    set_tree(&w->now, e, root->tree);
                }
            }
            if (!e->owner)
                return false;
        }
    }
    return true;
}

static void forget_removed(world *w)
{
    for (int n = 0; n < ENTITIES; n++) {
        if (w->now.e[n].id && !w->now.e[n].tree)
            w->now.e[n].id = 0;
    }
}

static void number_trees(world *w)
{
    for (int n = 0; n < ENTITIES; n++) {
        model_entity *e = &w->now.e[n];
        if (e->id && is_root(e) && e->tree > TREES) {
            burin_entity at = handle(e);
            assert_int_equal(burin_reader_find(w->reader, &at, NULL), BURIN_OK);
            set_tree(&w->now, e, at.tree);
        }
    }
}

static void commit(world *w, burin_txn *t)
{
    burin_commit_result result;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_txn_commit(t, NULL, &result, &err))
        fail_msg("%s", err.message);
    forget_removed(w);
    burin_reader_pin(w->reader);
    number_trees(w);
    w->trees = burin_reader_trees(w->reader);
    assert_true(w->trees <= TREES);
    for (uint32_t tree = 1; tree <= w->trees; tree++) {
        uint32_t head = burin_reader_head(w->reader, tree);
        copy    *c    = &w->copies[tree][head % VERSIONS];
        assert_true(head == w->heads[tree] || head == w->heads[tree] + 1);
        if (head != w->heads[tree]) {
            w->heads[tree] = head;
            c->version     = head;
            c->m           = w->now;
            burin_store_retain(w->store, tree, &(burin_retention){.last = VERSIONS - draw(w, 4)}, NULL);
        }
        compare_version(w, tree, head, &w->now);
    }
}

static void check_history(world *w)
{
    uint32_t tree = 1 + draw(w, w->trees), head = w->heads[tree];
    copy    *last = NULL;
    for (uint32_t back = VERSIONS - 4; back-- > 0;) {
        if (head <= back)
            continue;
        copy *c = &w->copies[tree][(head - back) % VERSIONS];
        compare_version(w, tree, c->version, &c->m);
        if (last) {
            compare_difference(w, tree, last, c);
            compare_difference(w, tree, c, &w->copies[tree][head % VERSIONS]);
            compare_difference(w, tree, &w->copies[tree][head % VERSIONS], last);
        }
        last = c;
    }
}

/* Go on with what the store's JSON makes of an empty store. */
static void exchange(world *w)
{
    burin_error  err = BURIN_ERROR_INIT;
    burin_store *store = burin_store_new(NULL, NULL);
    char        *json, *again;
    size_t       len, again_len;
    assert_int_equal(burin_store_export(w->reader, &json, &len, NULL), BURIN_OK);
    if (burin_store_import(store, (burin_text){json, len}, &err))
        fail_msg("%s", err.message);
    burin_reader_free(w->reader);
    burin_store_free(w->store);
    w->store  = store;
    w->reader = burin_reader_new(store);
    burin_reader_pin(w->reader);
    assert_int_equal(burin_store_export(w->reader, &again, &again_len, NULL), BURIN_OK);
    assert_int_equal(again_len, len);
    assert_memory_equal(again, json, len);
    free(json);
    free(again);
}

/* 17 */
static void the_store_does_what_the_model_does(void **state)
{
    static const burin_attribute attributes[] = {
        {"value", BURIN_INT_ATTRIBUTE, false, NULL},      {"text", BURIN_TEXT_ATTRIBUTE, false, NULL},     {"list", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL},
        {"dict", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL}, {"set", BURIN_CHILD_SET_ATTRIBUTE, false, NULL}, {"one", BURIN_CHILD_ATTRIBUTE, false, NULL}};
    world *w = calloc(1, sizeof *w);
    (void)state;
    assert_non_null(w);
    w->store  = burin_store_new(NULL, NULL);
    w->reader = burin_reader_new(w->store);
    w->random = seed * 0x9E3779B97F4A7C15u + 1;
    assert_int_equal(burin_store_define(w->store, "Thing", attributes, 6, &w->type, NULL), BURIN_OK);
    for (unsigned long done = 0; done < operations;) {
        burin_txn *t       = burin_txn_begin(w->store, NULL);
        uint32_t   founded = 0, portion = 1 + draw(w, 12);
        w->before          = w->now;
        for (uint32_t n = 0; n < portion; n++, done++)
            operate(w, t, &founded);
        if (!settle(w, t, &founded)) {
            assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_ERR_USAGE);
            w->now = w->before;
        } else if (draw(w, 10) == 0) {
            burin_txn_abort(t);
            w->now = w->before;
        } else {
            commit(w, t);
        }
        if (w->trees && draw(w, 50) == 0)
            exchange(w);
        if (w->trees && draw(w, 40) == 0)
            check_history(w);
    }
    burin_reader_free(w->reader);
    burin_store_free(w->store);
    free(w);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_store_does_what_the_model_does)};
    if (argc > 1)
        operations = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
