/* Stores and trees as JSON, out and in again. Behaviour 92 of the list: the same ids, no difference, all kinds, all history. */
#include "tests/unit/store/seen.h"

enum { LIST, DICT, SET, ONE, TRUTH, NUMBER, REAL, WORDS, DATA, FRIEND, ATTRIBUTES };

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_heap   *heap;
    burin_type    type;
    burin_entity  root, kids[4];
} world;

static void commit(world *w, burin_txn *t, const char *note)
{
    burin_commit_options options = {.note = text(note), .time_ns = 1000};
    commit_seen(t, &options, w->reader);
}

/* Data that JSON cannot hold by itself: a tuple of bytes, a set, an infinity, and dicts with keys of other kinds and like a tag. */
static burin_value odd_data(burin_heap *heap)
{
    burin_value set = burin_set(heap, 1), by_number = burin_dict(heap, 1), like_tag = burin_dict(heap, 1);
    burin_set_add(heap, set, text_value("x"));
    burin_dict_set(heap, by_number, burin_int(1), text_value("one"));
    burin_dict_set_z(heap, like_tag, "$set", burin_none());
    burin_value items[] = {burin_bytes(heap, "\0\xff", 2), set, burin_float(-1.0 / 0.0), by_number, like_tag, burin_float(-0.0), burin_float(2),
                           burin_integer(heap, "123456789012345678901234567890", 30), burin_none(), burin_bool(true)};
    return burin_tuple(heap, items, sizeof items / sizeof *items);
}

static int setup(void **state)
{
    static const burin_attribute attributes[ATTRIBUTES] = {
        {"list", BURIN_CHILD_LIST_ATTRIBUTE, false, "Thing"}, {"dict", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL}, {"set", BURIN_CHILD_SET_ATTRIBUTE, false, NULL},
        {"one", BURIN_CHILD_ATTRIBUTE, true, NULL},           {"truth", BURIN_BOOL_ATTRIBUTE, false, NULL},      {"number", BURIN_INT_ATTRIBUTE, true, NULL},
        {"real", BURIN_FLOAT_ATTRIBUTE, false, NULL},         {"words", BURIN_TEXT_ATTRIBUTE, false, NULL},      {"data", BURIN_DATA_ATTRIBUTE, true, NULL},
        {"friend", BURIN_REF_ATTRIBUTE, true, NULL}};
    static world w;
    open_seen(&w.store, &w.reader);
    w.heap = burin_heap_new(NULL);
    assert_int_equal(burin_store_define(w.store, "Thing", attributes, ATTRIBUTES, &w.type, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    burin_txn_create(t, w.type, &w.root, NULL);
    for (int n = 0; n < 4; n++) {
        burin_txn_create(t, w.type, &w.kids[n], NULL);
        assert_int_equal(burin_txn_attach(t, w.kids[n], w.root, LIST + n, BURIN_END, n == DICT ? text("k\"\n\xc3\xa9") : no_key, NULL), BURIN_OK);
    }
    burin_txn_set(t, w.root, TRUTH, burin_bool(true), NULL);
    burin_txn_set(t, w.root, NUMBER, burin_int(INT64_MIN), NULL);
    burin_txn_set(t, w.root, REAL, burin_float(0.0 / 0.0), NULL);
    burin_txn_set(t, w.root, WORDS, text_value("\xe2\x82\xac \"\\ \x01"), NULL);
    burin_txn_set(t, w.root, DATA, odd_data(w.heap), NULL);
    burin_txn_set(t, w.root, FRIEND, burin_int(w.kids[0].id), NULL);
    burin_txn_borrow(t, w.kids[0], WORDS, w.root, WORDS, NULL);
    burin_txn_promote(t, w.root, NULL);
    commit(&w, t, "the first");
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    burin_heap_free(w->heap);
    return close_seen(w->store, w->reader);
}

static void set_number(world *w, burin_entity e, int64_t number)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    assert_int_equal(burin_txn_set(t, e, NUMBER, burin_int(number), NULL), BURIN_OK);
    commit(w, t, "");
}

/* The store that the JSON of `w` makes of an empty one; it must have the same JSON. */
static burin_store *again(world *w, burin_reader **reader)
{
    char        *json, *second;
    size_t       len, second_len;
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_new(NULL, NULL);
    assert_int_equal(burin_store_export(w->reader, &json, &len, NULL), BURIN_OK);
    if (burin_store_import(store, (burin_text){json, len}, &err))
        fail_msg("%s", err.message);
    *reader = burin_reader_new(store);
    burin_reader_pin(*reader);
    assert_int_equal(burin_store_export(*reader, &second, &second_len, NULL), BURIN_OK);
    assert_string_equal(second, json);
    free(json);
    free(second);
    return store;
}

/* 12 too */
static void b92_every_kind_comes_back_as_it_was(void **state)
{
    world        *w = *state;
    burin_reader *reader;
    burin_store  *store = again(w, &reader);
    burin_value   a, b;
    for (int n = TRUTH; n < ATTRIBUTES; n++) {
        assert_int_equal(burin_reader_get(w->reader, w->root, n, w->heap, &a, NULL), BURIN_OK);
        assert_int_equal(burin_reader_get(reader, w->root, n, w->heap, &b, NULL), BURIN_OK);
        char *x = burin_repr(a, NULL), *y = burin_repr(b, NULL);
        assert_string_equal(x, y);
        assert_int_equal(a.kind, b.kind);
        free(x);
        free(y);
    }
    burin_children held;
    burin_entity   source;
    int            attribute;
    for (int n = LIST; n <= ONE; n++) {
        assert_int_equal(burin_reader_children(reader, w->root, n, &held, NULL), BURIN_OK);
        assert_int_equal(held.count, 1);
        assert_int_equal(burin_children_id(&held, 0), w->kids[n].id);
    }
    burin_reader_children(reader, w->root, DICT, &held, NULL);
    assert_int_equal(burin_children_key(&held, 0).len, 5);
    assert_int_equal(burin_reader_origin(reader, w->kids[0], WORDS, &source, &attribute, NULL), BURIN_OK);
    assert_int_equal(source.id, w->root.id);
    assert_int_equal(attribute, WORDS);
    burin_version_info info;
    burin_reader_version(reader, 1, 1, &info, NULL);
    assert_int_equal(info.time_ns, 1000);
    assert_int_equal(info.commit, 1);
    assert_memory_equal(info.note.data, "the first", 9);
    burin_reader_free(reader);
    burin_store_free(store);
}

/* Data that is nested as deep as an entity can hold it, whatever it is nested in. */
static void b92_deep_data_comes_back(void **state)
{
    enum { DEEPEST = 100 };
    world *w = *state;
    for (int kind = 0; kind < 4; kind++) {
        burin_value value = burin_int(7);
        for (int n = 0; n < DEEPEST; n++) {
            burin_value outer = kind == 0 ? burin_list(w->heap, 1) : kind == 1 ? burin_tuple(w->heap, &value, 1) : burin_dict(w->heap, 1);
            if (kind == 0)
                burin_list_append(w->heap, outer, value);
            else if (kind > 1) /* an object of JSON, or pairs */
                burin_dict_set(w->heap, outer, kind == 2 ? text_value("key") : burin_int(n), value);
            value = outer;
        }
        burin_txn *t = burin_txn_begin(w->store, NULL);
        assert_int_equal(burin_txn_set(t, w->root, DATA, value, NULL), BURIN_OK);
        commit(w, t, "");
        burin_reader *reader;
        burin_store  *store = again(w, &reader);
        burin_reader_free(reader);
        burin_store_free(store);
    }
}

static void b92_history_comes_back_with_its_gaps_forks_and_keeps(void **state)
{
    world   *w = *state;
    uint32_t fork;
    for (int n = 0; n < 60; n++) {
        set_number(w, w->kids[n % 4], n);
        if (n == 20)
            assert_int_equal(burin_store_keep(w->store, 1, 22, NULL), BURIN_OK);
        if (n == 30)
            assert_int_equal(burin_store_fork(w->store, 1, 32, &fork, NULL), BURIN_OK);
    }
    set_number(w, (burin_entity){w->kids[1].id, fork, 0}, 1000);
    burin_store_retain(w->store, 1, &(burin_retention){.last = 3}, NULL);
    burin_reader *reader;
    burin_store  *store = again(w, &reader);
    static const struct {
        uint32_t     tree, version;
        burin_status status;
        int64_t      number; /* of kid 1, set by n = 1, 5, 9, ...: version n + 2 */
    } rows[] = {
        {1, 21, BURIN_ERR_GONE, 0}, {1, 22, BURIN_OK, 17}, {1, 32, BURIN_OK, 29}, {1, 33, BURIN_ERR_GONE, 0}, {1, 61, BURIN_OK, 57},
        {2, 1, BURIN_OK, 29},       {2, 2, BURIN_OK, 1000}, {1, 62, BURIN_ERR_KEY, 0},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_value value;
        assert_int_equal(burin_reader_get(reader, (burin_entity){w->kids[1].id, rows[n].tree, rows[n].version}, NUMBER, NULL, &value, NULL), rows[n].status);
        if (rows[n].status == BURIN_OK)
            assert_int_equal(value.as.i, rows[n].number);
    }
    assert_int_equal(burin_store_release(store, 1, 22, NULL), BURIN_OK); /* and it is kept no longer */
    burin_reader_pin(reader);
    assert_int_equal(burin_reader_find(reader, &(burin_entity){w->root.id, 1, 22}, NULL), BURIN_ERR_GONE);
    burin_reader_free(reader);
    burin_store_free(store);
}

static void b92_retention_by_time_comes_back(void **state)
{
    world *w = *state;
    set_number(w, w->kids[0], 1);
    assert_int_equal(burin_store_retain(w->store, 1, &(burin_retention){.since_time_ns = 1001}, NULL), BURIN_OK); /* commits here are at 1000 */
    burin_reader *reader;
    burin_store  *store = again(w, &reader);
    for (int n = 2; n < 4; n++) {
        burin_txn *t = burin_txn_begin(store, NULL);
        burin_txn_set(t, w->kids[0], NUMBER, burin_int(n), NULL);
        assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.time_ns = 1000}, NULL, NULL), BURIN_OK);
    }
    burin_reader_pin(reader);
    for (uint32_t version = 1; version <= 4; version++)
        assert_int_equal(burin_reader_find(reader, &(burin_entity){w->root.id, 1, version}, NULL), version < 4 ? BURIN_ERR_GONE : BURIN_OK);
    burin_reader_free(reader);
    burin_store_free(store);
}

static void ids_once_given_are_not_given_again(void **state)
{
    world     *w = *state;
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_detach(t, w->kids[3], NULL);
    commit(w, t, "");
    burin_store_retain(w->store, 1, &(burin_retention){.last = 1}, NULL);
    burin_reader *reader;
    burin_store  *store = again(w, &reader);
    burin_entity  made;
    t = burin_txn_begin(store, NULL);
    assert_int_equal(burin_txn_create(t, 1, &made, NULL), BURIN_OK);
    assert_true(made.id > w->kids[3].id);
    burin_txn_abort(t);
    burin_reader_free(reader);
    burin_store_free(store);
}

static void a_tree_becomes_new_entities(void **state)
{
    world *w = *state;
    char  *json;
    size_t len;
    assert_int_equal(burin_tree_export(w->reader, 1, 0, &json, &len, NULL), BURIN_OK);
    burin_store *stores[] = {w->store, burin_store_new(NULL, NULL)}; /* beside itself, and where the type is not known */
    for (int n = 0; n < 2; n++) {
        burin_txn     *t = burin_txn_begin(stores[n], NULL);
        burin_entity   root;
        burin_children held;
        burin_value    value;
        assert_int_equal(burin_tree_import(t, (burin_text){json, len}, &root, NULL), BURIN_OK);
        if (n == 0)
            assert_int_not_equal(root.id, w->root.id);
        assert_int_equal(burin_txn_children(t, root, LIST, &held, NULL), BURIN_OK);
        assert_int_equal(held.count, 1);
        assert_int_equal(burin_txn_get(t, root, FRIEND, NULL, &value, NULL), BURIN_OK);
        assert_int_equal(value.as.i, burin_children_id(&held, 0)); /* the reference goes to the new one */
        assert_int_equal(burin_txn_promote(t, root, NULL), BURIN_OK);
        burin_commit_result result;
        assert_int_equal(burin_txn_commit(t, NULL, &result, NULL), BURIN_OK);
        assert_int_equal(result.states, 5);
    }
    burin_store_free(stores[1]);
    free(json);
}

#define TYPE "\"types\": [{\"name\": \"T\", \"attributes\": [{\"name\": \"c\", \"kind\": \"children\"}, {\"name\": \"n\", \"kind\": \"int\"}]}],"
#define STORE(versions) "{\"burin_store\": 1, \"ids\": 40, " TYPE "\"trees\": [{\"tree\": 1}], \"versions\": [" versions "]}"
#define VERSION(v, root, states) "{\"tree\": 1, \"version\": " #v ", \"commit\": " #v ", \"root\": " #root ", \"states\": [" states "]}"
#define STATE(id, children) "{\"id\": " #id ", \"type\": \"T\", \"attributes\": {\"c\": [" children "]}}"

static void what_cannot_be_a_store_is_refused(void **state)
{
    (void)state;
    static const struct {
        burin_status status;
        const char  *json;
    } rows[] = {
        {BURIN_OK, STORE(VERSION(1, 1, STATE(1, "2") "," STATE(2, "")))},
        {BURIN_OK, STORE(VERSION(1, 1, STATE(2, "") "," STATE(1, "2")))},                                   /* in any order */
        {BURIN_OK, STORE(VERSION(1, 1, STATE(1, "")) "," VERSION(2, 1, STATE(1, "2") "," STATE(2, "")))},
        {BURIN_ERR_DATA, "[1"},
        {BURIN_ERR_DATA, "[]"},
        {BURIN_ERR_DATA, "{\"burin_store\": 2}"},
        {BURIN_ERR_DATA, STORE("")},                                                                        /* a tree without a version */
        {BURIN_ERR_DATA, STORE("1")},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, ""))},                                                         /* the root is not there */
        {BURIN_ERR_DATA, STORE(VERSION(1, 0, STATE(1, "")))},                                               /* nobody is the root */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "") "," STATE(1, "")))},                              /* twice */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "2")))},                                              /* a child that is not there */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "2, 2") "," STATE(2, "")))},                          /* held twice */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "2") "," STATE(2, "") "," STATE(3, "2")))},           /* held by two */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "") "," STATE(2, "3") "," STATE(3, "2")))},           /* a circle */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "1")))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "2") "," STATE(2, "")) "," VERSION(2, 1, STATE(1, "")))},           /* let go, but there */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "2") "," STATE(2, "")) "," VERSION(2, 1, "{\"id\": 2, \"removed\": true}"))}, /* gone, but held */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "2") "," STATE(2, "3") "," STATE(3, "")) "," VERSION(2, 1, STATE(1, "") ",{\"id\": 2, \"removed\": true}"))}, /* 3 stays */
        {BURIN_ERR_DATA, STORE(VERSION(1, 9, ""))},                                                                                 /* a root that is nowhere */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "")) "," VERSION(2, 2, STATE(2, "")))},                                       /* the old root, too */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "")) "," VERSION(2, 2, STATE(2, "1") "," STATE(1, "2")))},
        {BURIN_OK, STORE(VERSION(1, 1, STATE(1, "")) "," VERSION(2, 2, STATE(2, "1") "," STATE(1, "")))},                           /* one above it */
        {BURIN_ERR_DATA, "{\"burin_store\": 1, \"ids\": 40, \"types\": [{\"name\": \"T\", \"attributes\": [{\"name\": \"c\", \"kind\": \"children\", \"entity_type\": \"U\"}]}, "
                         "{\"name\": \"U\", \"attributes\": []}], \"trees\": [{\"tree\": 1}], \"versions\": [" VERSION(1, 1, STATE(1, "2") "," STATE(2, "")) "]}"}, /* another type */
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, STATE(1, "")) "," VERSION(1, 1, STATE(1, "")))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, "{\"id\": 1, \"touched\": true}"))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, "{\"id\": 1, \"type\": \"U\"}"))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, "{\"id\": 1, \"type\": \"T\", \"attributes\": {\"x\": 1}}"))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, "{\"id\": 1, \"type\": \"T\", \"attributes\": {\"n\": null}}"))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, "{\"id\": 1, \"type\": \"T\", \"attributes\": {\"n\": 1.5}}"))},
        {BURIN_ERR_DATA, STORE(VERSION(1, 1, "{\"id\": 99, \"type\": \"T\"}"))},                             /* never given out */
        {BURIN_OK, "{\"burin_store\": 1, \"ids\": 4000000000, \"trees\": [{\"tree\": 1}], \"versions\": [" VERSION(1, 0, "") "]}"}, /* given out, but none is there */
        {BURIN_ERR_DATA, "{\"burin_store\": 1, \"ids\": 4294967295, \"trees\": [{\"tree\": 1}], \"versions\": [" VERSION(1, 0, "") "]}"},
        {BURIN_ERR_DATA, "{\"burin_store\": 1, \"trees\": [{\"tree\": 66000}]}"},
        {BURIN_OK, "{\"burin_store\": 1, \"ids\": 1, \"trees\": [{\"tree\": 1}], \"versions\": [" VERSION(4000000000, 0, "") "]}"},
        {BURIN_ERR_DATA, "{\"burin_store\": 1, \"ids\": 1, \"trees\": [{\"tree\": 1}], \"versions\": [" VERSION(4294967295, 0, "") "]}"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_store *store = burin_store_new(&(burin_store_options){.memory_limit = 1 << 20}, NULL);
        burin_error  err   = BURIN_ERROR_INIT;
        burin_status got   = burin_store_import(store, text(rows[n].json), &err);
        if (got != rows[n].status)
            fail_msg("%s: %s (%s)", rows[n].json, burin_status_class(got), err.message);
        if (got == BURIN_OK) /* it is one now */
            assert_int_equal(burin_store_import(store, text(rows[n].json), NULL), BURIN_ERR_USAGE);
        burin_error_clear(&err);
        burin_store_free(store);
    }
}

static void numbers_that_lie_far_apart_do_not_cost_what_lies_between(void **state)
{
    (void)state;
    static const char json[] = "{\"burin_store\": 1, \"ids\": 4000000000, " TYPE "\"trees\": [{\"tree\": 1}], \"versions\": ["
                               VERSION(1, 17, STATE(17, "5000000, 3999999999") "," STATE(5000000, "") "," STATE(3999999999, "")) "]}";
    burin_store *store = burin_store_new(&(burin_store_options){.memory_limit = 8 << 20}, NULL);
    assert_int_equal(burin_store_import(store, text(json), NULL), BURIN_OK);
    burin_reader      *reader = burin_reader_new(store);
    burin_entity_info  info;
    static const uint32_t there[] = {17, 5000000, 3999999999}, absent[] = {16, 4999999, 2500000000, 3999999998};
    burin_reader_pin(reader);
    for (size_t n = 0; n < sizeof there / sizeof *there; n++) {
        assert_int_equal(burin_reader_info(reader, (burin_entity){there[n], 0, 0}, &info, NULL), BURIN_OK);
        assert_int_equal(info.owner, n ? 17 : 0);
    }
    for (size_t n = 0; n < sizeof absent / sizeof *absent; n++)
        assert_int_equal(burin_reader_find(reader, &(burin_entity){absent[n], 0, 0}, NULL), BURIN_ERR_KEY);
    burin_txn   *t = burin_txn_begin(store, NULL);
    burin_entity made;
    assert_int_equal(burin_txn_create(t, 1, &made, NULL), BURIN_OK);
    assert_true(made.id > 3999999999);
    burin_txn_promote(t, made, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_reader_free(reader);
    burin_store_free(store);
}

static burin_status count_version(void *user, const burin_version_info *info)
{
    uint32_t *last = user;
    assert_true(info->version < last[0]);
    last[0] = info->version;
    last[1]++;
    return BURIN_OK;
}

/* Nor do numbers of versions, in memory or in time: those of before a gap are found across it, and what is committed goes on after it. */
static void versions_that_lie_far_apart_do_not_cost_what_lies_between(void **state)
{
    (void)state;
    static const char json[] = STORE(VERSION(3, 1, STATE(1, "")) "," VERSION(40, 1, STATE(1, "2") "," STATE(2, "")) ","
                                     VERSION(4000000000, 1, STATE(1, "2, 3") "," STATE(3, "")));
    burin_store *store = burin_store_new(&(burin_store_options){.memory_limit = 2 << 20}, NULL);
    assert_int_equal(burin_store_import(store, text(json), NULL), BURIN_OK);
    burin_reader *reader = burin_reader_new(store), *pinned = burin_reader_new(store);
    burin_reader_pin(pinned);
    for (int64_t n = 0; n < 100; n++) { /* more chunks, in a larger directory */
        burin_txn *t = burin_txn_begin(store, NULL);
        burin_txn_set(t, (burin_entity){1, 1, 0}, 1, burin_int(n + 1), NULL);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    }
    burin_reader_pin(reader);
    assert_int_equal(burin_reader_head(reader, 1), 4000000100);
    assert_int_equal(burin_reader_head(pinned, 1), 4000000000);
    static const struct { uint32_t version; burin_status status; size_t children; } rows[] = {
        {1, BURIN_ERR_GONE, 0},  {2, BURIN_ERR_GONE, 0},          {3, BURIN_OK, 0},          {4, BURIN_ERR_GONE, 0},  {17, BURIN_ERR_GONE, 0},
        {39, BURIN_ERR_GONE, 0}, {40, BURIN_OK, 1},               {41, BURIN_ERR_GONE, 0},   {2000000000, BURIN_ERR_GONE, 0},
        {3999999999, BURIN_ERR_GONE, 0}, {4000000000, BURIN_OK, 2}, {4000000100, BURIN_OK, 2}, {4000000101, BURIN_ERR_KEY, 0}};
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_children held = {0};
        burin_status   got  = burin_reader_children(reader, (burin_entity){1, 1, rows[n].version}, 0, &held, NULL);
        assert_int_equal(got, rows[n].status);
        assert_int_equal(got ? 0 : held.count, rows[n].children);
    }
    uint32_t seen[2] = {UINT32_MAX, 0};
    assert_int_equal(burin_reader_versions(reader, 1, count_version, seen, NULL), BURIN_OK);
    assert_int_equal(seen[0], 3);
    assert_int_equal(seen[1], 103);
    burin_reader_free(pinned);
    assert_int_equal(burin_store_retain(store, 1, &(burin_retention){.last = 20}, NULL), BURIN_OK);
    burin_reader_pin(reader);
    seen[0] = UINT32_MAX, seen[1] = 0;
    assert_int_equal(burin_reader_versions(reader, 1, count_version, seen, NULL), BURIN_OK);
    assert_int_equal(seen[0], 4000000081);
    assert_int_equal(seen[1], 20);
    burin_reader_free(reader);
    burin_store_free(store);
}

#define TREE(states) "{\"burin_tree\": 1, " TYPE "\"root\": 1, \"states\": [" states "]}"

static void what_cannot_be_a_tree_is_refused_and_leaves_nothing(void **state)
{
    world *w = *state;
    static const struct { const char *json, *want; } rows[] = {
        {"{}", "\"burin_tree\" must be a number from 1 to 1"},
        {TREE(""), "the root is not listed"},
        {TREE(STATE(2, "")), "the root is not listed"},
        {TREE(STATE(1, "2")), "entity 1 has a child that is not listed"},
        {TREE(STATE(1, "") "," STATE(2, "")), "not all entities are below the root"},
        {TREE(STATE(1, "2, 2") "," STATE(2, "")), "entity 2 is shared: entity 1 owns it already"}, /* in the JSON's numbers */
        {TREE(STATE(700, "") "," STATE(1, "600") "," STATE(600, "500") "," STATE(500, "") "," STATE(400, "500")), "entity 500 is shared: entity 400 owns it already"},
        {TREE(STATE(1, "") "," STATE(2, "3") "," STATE(3, "2")), "entity 2 cannot own itself (a circle through entity 3)"},
        {TREE(STATE(1, "1")), "entity 1 cannot own itself (a circle through entity 1)"},
        {TREE(STATE(1, "2") "," STATE(2, "1")), "entity 1 cannot own itself (a circle through entity 2)"},
        {TREE("{\"id\": 1, \"type\": \"Thing\", \"attributes\": {\"one\": [700, 800]}}, " STATE(800, "") "," STATE(700, "")),
         "attribute 'one' of entity 1 has a child already"},
        {TREE("{\"id\": 1, \"type\": \"T\", \"attributes\": {\"n\": \"x\"}}"), "attribute 'n' of 'T' is int, not str"},
        {TREE("{\"id\": 1, \"type\": \"U\"}"), "entity 1 is of no known type"},
        {TREE("{\"id\": 1, \"type\": \"T\", \"attributes\": {\"x\": 1}}"), "'T' has no attribute 'x'"},
        {TREE("{\"id\": 1, \"type\": \"Thing\", \"attributes\": {\"friend\": 4711}}"), "there is no entity 4711"},
    };
    burin_txn   *t   = burin_txn_begin(w->store, NULL);
    burin_error  err = BURIN_ERROR_INIT;
    burin_entity root;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        assert_int_not_equal(burin_tree_import(t, text(rows[n].json), &root, &err), BURIN_OK);
        assert_non_null(strstr(err.message, rows[n].want));
        burin_error_clear(&err);
    }
    burin_commit_result result;
    assert_int_equal(burin_txn_commit(t, NULL, &result, NULL), BURIN_OK);
    assert_int_equal(result.commit, 0);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(b92_every_kind_comes_back_as_it_was), ROW(b92_deep_data_comes_back), ROW(b92_history_comes_back_with_its_gaps_forks_and_keeps),
        ROW(b92_retention_by_time_comes_back), ROW(ids_once_given_are_not_given_again),
        ROW(a_tree_becomes_new_entities), ROW(what_cannot_be_a_store_is_refused), ROW(numbers_that_lie_far_apart_do_not_cost_what_lies_between),
        ROW(versions_that_lie_far_apart_do_not_cost_what_lies_between), ROW(what_cannot_be_a_tree_is_refused_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
