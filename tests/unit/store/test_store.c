/* The entity store, behaviour by behaviour. Numbers in names are those of the list of behaviours that versioned trees of
 * entities must have (identity 1-13, diff and versioning 18-44, attach and detach 45-50). */
#include "tests/unit/store/agents.h"

#include <time.h>

/* ---- versioning ---- */

static void b18_no_change_makes_no_version(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_set(t, w->agents[0], NAME, text_value("ann"), NULL);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(3), NULL);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(0), NULL);
    burin_txn_detach(t, w->agents[1], NULL);
    burin_txn_attach(t, w->agents[1], w->nodes[0], AGENTS, 1, no_key, NULL);
    assert_int_equal(commit(w, t).commit, 0);
    assert_int_equal(head(w), 1);
}

/* 37 too: a leaf's change is a version of its tree. */
static void b19_b20_a_change_makes_states_up_to_the_root(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_set(t, w->root, WIDTH, burin_int(10), NULL);
    assert_int_equal(commit(w, t).states, 1);
    t = begin(w);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(5), NULL);
    assert_int_equal(commit(w, t).states, 3);
    found f = diff(w, 1, 2, 3);
    assert_int_equal(f.count, 3);
    expect(&f, w->agents[0], BURIN_MODIFIED, 1u << SPEED);
    expect(&f, w->nodes[0], BURIN_TOUCHED, 0);
    expect(&f, w->root, BURIN_TOUCHED, 0);
    const burin_entity path[] = {w->agents[0], w->nodes[0], w->root, w->nodes[1]};
    for (size_t n = 0; n < 4; n++) {
        burin_entity_info info;
        assert_int_equal(burin_reader_info(w->reader, path[n], &info, NULL), BURIN_OK);
        assert_int_equal(info.written, n < 3 ? 3 : 1);
        assert_int_equal(info.predecessor, n < 2 ? 1 : n < 3 ? 2 : 0);
    }
}

static void b41_what_is_not_there_is_not_found(void **state)
{
    world             *w      = *state;
    const burin_entity rows[] = {{999, 0, 0}, {999, 1, 1}, {0, 0, 0}, {w->agents[0].id, 9, 0}, {w->agents[0].id, 1, 9}, {w->agents[0].id, 9, 1}};
    burin_version_info info;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_entity e = rows[n];
        assert_int_equal(burin_reader_find(w->reader, &e, NULL), BURIN_ERR_KEY);
    }
    assert_int_equal(burin_reader_head(w->reader, 9), 0);
    assert_int_equal(burin_reader_version(w->reader, 9, 1, &info, NULL), BURIN_ERR_KEY);
    assert_int_equal(burin_reader_version(w->reader, 1, 9, &info, NULL), BURIN_ERR_KEY);
}

static void b22_b23_b24_adding_and_removing_change_the_owner(void **state)
{
    world       *w = *state;
    burin_entity e;
    burin_txn   *t = begin(w);
    burin_txn_create(t, w->agent, &e, NULL);
    burin_txn_attach(t, e, w->nodes[0], AGENTS, 0, no_key, NULL);
    commit(w, t);
    found f = diff(w, 1, 1, 2);
    assert_int_equal(f.count, 3);
    expect(&f, e, BURIN_ADDED, 0);
    expect(&f, w->nodes[0], BURIN_MODIFIED, 1u << AGENTS);
    expect(&f, w->root, BURIN_TOUCHED, 0);
    burin_entity_info info;
    assert_int_equal(burin_reader_info(w->reader, (burin_entity){e.id, 1, 2}, &info, NULL), BURIN_OK);
    assert_int_equal(info.predecessor, 0); /* nothing was there before it */
    t = begin(w);
    burin_txn_detach(t, w->agents[0], NULL);
    burin_txn_detach(t, w->agents[1], NULL);
    burin_txn_detach(t, e, NULL);
    commit(w, t);
    f = diff(w, 1, 2, 3);
    expect(&f, w->agents[0], BURIN_REMOVED, 0);
    expect(&f, e, BURIN_REMOVED, 0);
    expect(&f, w->nodes[0], BURIN_MODIFIED, 1u << AGENTS);
    expect(&f, w->root, BURIN_TOUCHED, 0);
    assert_int_equal(f.count, 5);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){e.id, 0, 0}, NULL), BURIN_ERR_KEY);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){e.id, 1, 2}, NULL), BURIN_OK);
}

/* One child alone, too, whether it comes, becomes null, or another's. */
static void b24_b25_a_single_child_that_comes_and_goes_changes_the_owner(void **state)
{
    world       *w = *state;
    burin_entity heroes[2];
    for (int step = 0; step < 3; step++) {
        burin_txn *t = begin(w);
        if (step)
            burin_txn_detach(t, heroes[step - 1], NULL);
        if (step < 2) {
            burin_txn_create(t, w->agent, &heroes[step], NULL);
            assert_int_equal(burin_txn_attach(t, heroes[step], w->root, HERO, 0, no_key, NULL), BURIN_OK);
        }
        assert_int_equal(commit(w, t).states, step < 2 ? 2 : 1);
        found f = diff(w, 1, (uint32_t)step + 1, (uint32_t)step + 2);
        assert_int_equal(f.count, step == 1 ? 3 : 2);
        expect(&f, w->root, BURIN_MODIFIED, 1u << HERO);
        if (step)
            expect(&f, heroes[step - 1], BURIN_REMOVED, 0);
        if (step < 2)
            expect(&f, heroes[step], BURIN_ADDED, 0);
    }
}

static void b26_moving_changes_both_owners_and_keeps_the_entity(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_detach(t, w->agents[0], NULL);
    burin_txn_attach(t, w->agents[0], w->nodes[1], AGENTS, BURIN_END, no_key, NULL);
    assert_int_equal(commit(w, t).states, 4);
    found f = diff(w, 1, 1, 2);
    assert_int_equal(f.count, 4);
    expect(&f, w->agents[0], BURIN_MOVED, 0);
    expect(&f, w->nodes[0], BURIN_MODIFIED, 1u << AGENTS);
    expect(&f, w->nodes[1], BURIN_MODIFIED, 1u << AGENTS);
    expect(&f, w->root, BURIN_TOUCHED, 0);
}

static void b27_b28_other_fields_orders_and_keys_are_changes(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_detach(t, w->agents[0], NULL);
    burin_txn_attach(t, w->agents[0], w->nodes[0], NAMED, 0, BURIN_TEXT("k"), NULL);
    commit(w, t);
    found f = diff(w, 1, 1, 2);
    expect(&f, w->agents[0], BURIN_MOVED, 0);
    expect(&f, w->nodes[0], BURIN_MODIFIED, 1u << AGENTS | 1u << NAMED);
    assert_int_equal(f.count, 3);
    t = begin(w);
    burin_txn_detach(t, w->agents[0], NULL);
    burin_txn_attach(t, w->agents[0], w->nodes[0], NAMED, 0, BURIN_TEXT("other"), NULL);
    burin_txn_detach(t, w->agents[2], NULL);
    burin_txn_attach(t, w->agents[2], w->nodes[1], AGENTS, BURIN_END, no_key, NULL);
    commit(w, t);
    f = diff(w, 1, 2, 3);
    expect(&f, w->nodes[0], BURIN_MODIFIED, 1u << NAMED);
    expect(&f, w->nodes[1], BURIN_MODIFIED, 1u << AGENTS);
    expect(&f, w->root, BURIN_TOUCHED, 0);
    assert_int_equal(f.count, 3); /* who stands at another place, or under another key, has not changed */
    burin_children children;
    burin_reader_children(w->reader, w->nodes[0], NAMED, &children, NULL);
    assert_int_equal(children.count, 1);
    assert_memory_equal(burin_children_key(&children, 0).data, "other", 5);
}

/* 28: where a child may stand in a list */
static void a_child_stands_where_it_was_put(void **state)
{
    world         *w = *state;
    burin_error    err = BURIN_ERROR_INIT;
    burin_children held;
    burin_entity   made[3];
    static const size_t at[] = {0, 2, BURIN_END}, order[] = {0, 3, 1, 4, 2}; /* by places in `all` below */
    burin_txn     *t = begin(w);
    for (int n = 0; n < 3; n++)
        burin_txn_create(t, w->agent, &made[n], NULL);
    assert_int_equal(burin_txn_attach(t, made[0], w->nodes[0], AGENTS, 3, no_key, &err), BURIN_ERR_INDEX);
    assert_string_equal(err.message, "index 3 is beyond the 2 children in 'agents'");
    burin_error_clear(&err);
    for (int n = 0; n < 3; n++)
        assert_int_equal(burin_txn_attach(t, made[n], w->nodes[0], AGENTS, at[n], no_key, NULL), BURIN_OK);
    commit(w, t);
    const burin_entity all[] = {made[0], made[1], made[2], w->agents[0], w->agents[1]};
    assert_int_equal(burin_reader_children(w->reader, w->nodes[0], AGENTS, &held, NULL), BURIN_OK);
    assert_int_equal(held.count, 5);
    for (size_t n = 0; n < 5; n++)
        assert_int_equal(burin_children_id(&held, n), all[order[n]].id);
}

static void b29_a_child_moved_out_of_a_removed_owner_stays(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_detach(t, w->nodes[0], NULL);
    burin_txn_detach(t, w->agents[0], NULL);
    burin_txn_attach(t, w->agents[0], w->nodes[1], AGENTS, BURIN_END, no_key, NULL);
    commit(w, t);
    found f = diff(w, 1, 1, 2);
    expect(&f, w->nodes[0], BURIN_REMOVED, 0);
    expect(&f, w->agents[1], BURIN_REMOVED, 0);
    expect(&f, w->agents[0], BURIN_MOVED, 0);
    assert_memory_equal(get(w, w->agents[0], NAME).as.s, "ann", 3);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){w->agents[1].id, 0, 0}, NULL), BURIN_ERR_KEY);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){w->nodes[0].id, 0, 0}, NULL), BURIN_ERR_KEY);
}

static void b31_equal_means_the_same_kind_and_bits(void **state)
{
    world *w = *state;
    static const struct { double from; burin_value to; bool same; } rows[] = {
        {1, {BURIN_INT, 0, 0, 0, {.i = 1}}, false}, {1, {BURIN_FLOAT, 0, 0, 0, {.f = 1}}, true}, {0, {BURIN_FLOAT, 0, 0, 0, {.f = -0.0}}, false},
        {__builtin_nan(""), {BURIN_FLOAT, 0, 0, 0, {.f = __builtin_nan("")}}, true}, {1, {BURIN_BOOL, 0, 0, 0, {.i = 1}}, false},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_txn *t = begin(w);
        burin_txn_set(t, w->agents[0], DATA, burin_float(rows[n].from), NULL);
        commit(w, t);
        t = begin(w);
        burin_txn_set(t, w->agents[0], DATA, rows[n].to, NULL);
        assert_int_equal(commit(w, t).commit == 0, rows[n].same);
    }
}

static void b30_data_comes_back_as_it_was(void **state)
{
    static const char *const rows[] = {"null", "[1, 2.5, \"x\", null, true]", "{\"a\": {\"b\": [123456789012345678901234567890]}}", "\"\"", "[]"};
    world                   *w      = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_heap *heap = burin_heap_new(NULL);
        burin_value v, back;
        char       *text;
        assert_int_equal(burin_json_read(heap, (burin_text){rows[n], strlen(rows[n])}, false, &v, NULL), BURIN_OK);
        burin_txn *t = begin(w);
        assert_int_equal(burin_txn_set(t, w->agents[0], DATA, v, NULL), BURIN_OK);
        commit(w, t);
        assert_int_equal(burin_reader_get(w->reader, w->agents[0], DATA, heap, &back, NULL), BURIN_OK);
        assert_int_equal(burin_json_write(back, -1, &text, NULL, NULL), BURIN_OK);
        assert_string_equal(text, rows[n]);
        free(text);
        burin_heap_free(heap);
    }
}

/* ---- misuse ---- */

/* 49 too */
static void b11_sharing_and_circles_are_refused_and_leave_no_trace(void **state)
{
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    burin_txn  *t   = begin(w);
    const struct { burin_entity child, owner; int field; burin_status want; const char *says; } rows[] = {
        {w->agents[0], w->nodes[1], AGENTS, BURIN_ERR_VALUE, "shared"},
        {w->root, w->nodes[0], NAMED, BURIN_ERR_VALUE, "circle"},
        {w->nodes[0], w->nodes[0], NAMED, BURIN_ERR_VALUE, "circle"},
        {w->root, w->root, HERO, BURIN_ERR_VALUE, "circle"},
        {w->root, w->nodes[0], LABEL, BURIN_ERR_TYPE, "holds no children"},
        {w->root, w->nodes[0], 9, BURIN_ERR_ATTRIBUTE, "no attribute"},
        {w->nodes[0], w->nodes[1], AGENTS, BURIN_ERR_TYPE, "holds 'Agent', not 'Node'"},
        {{999, 0, 0}, w->nodes[1], AGENTS, BURIN_ERR_KEY, "no entity 999"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_error_clear(&err);
        assert_int_equal(burin_txn_attach(t, rows[n].child, rows[n].owner, rows[n].field, BURIN_END, BURIN_TEXT("k"), &err), rows[n].want);
        if (!strstr(err.message, rows[n].says))
            fail_msg("'%s' does not say '%s'", err.message, rows[n].says);
    }
    burin_error_clear(&err);
    assert_int_equal(commit(w, t).commit, 0);
}

static void attributes_hold_only_what_they_are(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    const struct { burin_entity e; int attribute; burin_value v; burin_status want; } rows[] = {
        {w->agents[0], SPEED, burin_float(1), BURIN_ERR_TYPE}, {w->agents[0], SPEED, burin_none(), BURIN_ERR_TYPE},
        {w->agents[0], NAME, burin_int(1), BURIN_ERR_TYPE},    {w->nodes[0], AGENTS, burin_int(1), BURIN_ERR_TYPE},
        {w->nodes[0], LABEL, burin_none(), BURIN_OK},          {w->agents[0], FRIEND, burin_int(w->agents[3].id), BURIN_OK},
        {w->agents[0], FRIEND, burin_int(12345), BURIN_ERR_KEY}, {w->agents[0], FRIEND, burin_int(w->root.id), BURIN_ERR_TYPE},
        {w->agents[0], -1, burin_int(1), BURIN_ERR_ATTRIBUTE},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_int_equal(burin_txn_set(t, rows[n].e, rows[n].attribute, rows[n].v, NULL), rows[n].want);
    burin_txn_abort(t);
}

/* Between versions that are no neighbours, too, where records are compared: another attribute of the same owner, and nothing in place of an empty text. */
static void b27_b28_a_wide_difference_sees_other_fields_and_nulls(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_detach(t, w->agents[0], NULL);
    assert_int_equal(burin_txn_attach(t, w->agents[0], w->nodes[0], NAMED, 0, BURIN_TEXT("ann"), NULL), BURIN_OK);
    commit(w, t);
    t = begin(w);
    assert_int_equal(burin_txn_set(t, w->nodes[1], LABEL, text_value(""), NULL), BURIN_OK);
    commit(w, t);
    found f = diff(w, 1, 1, 3);
    assert_int_equal(f.count, 4);
    expect(&f, w->agents[0], BURIN_MOVED, 0);
    expect(&f, w->nodes[0], BURIN_MODIFIED, 1u << AGENTS | 1u << NAMED);
    expect(&f, w->nodes[1], BURIN_MODIFIED, 1u << LABEL);
}

/* The only place of a CHILD, and a key. */
static void a_place_that_is_taken_is_refused(void **state)
{
    world       *w = *state;
    burin_entity e[2];
    burin_txn   *t = begin(w);
    for (int n = 0; n < 2; n++)
        burin_txn_create(t, w->agent, &e[n], NULL);
    assert_int_equal(burin_txn_attach(t, e[0], w->root, HERO, 0, no_key, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, e[1], w->root, HERO, 0, no_key, NULL), BURIN_ERR_VALUE);
    burin_txn_detach(t, e[0], NULL);
    assert_int_equal(burin_txn_attach(t, e[1], w->root, HERO, 0, no_key, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, e[0], w->nodes[0], NAMED, 0, BURIN_TEXT("key"), NULL), BURIN_OK);
    commit(w, t);
    t = begin(w);
    burin_txn_detach(t, e[1], NULL);
    assert_int_equal(burin_txn_attach(t, e[1], w->nodes[0], NAMED, 0, BURIN_TEXT("key"), NULL), BURIN_ERR_VALUE); /* it is there from before */
    assert_int_equal(burin_txn_attach(t, e[1], w->nodes[0], NAMED, 0, BURIN_TEXT("keys"), NULL), BURIN_OK);
    burin_txn_detach(t, w->agents[1], NULL);
    assert_int_equal(burin_txn_attach(t, w->agents[1], w->nodes[0], NAMED, 0, BURIN_TEXT("keys"), NULL), BURIN_ERR_VALUE);
    burin_txn_abort(t);
}

/* Of texts, what data has in it, keys and notes: nothing but UTF-8, and what was there stays. */
static void text_that_is_not_utf8_is_refused_wherever_it_is_kept(void **state)
{
    static const char *const wrong[] = {"\xff", "\xc3", "ab\x80", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"};
    world      *w    = *state;
    burin_heap *heap = burin_heap_new(NULL);
    burin_error err  = BURIN_ERROR_INIT;
    burin_value v;
    for (size_t n = 0; n < sizeof wrong / sizeof *wrong; n++) {
        burin_value  text = text_value(wrong[n]), list = burin_list(heap, 1), dict = burin_dict(heap, 1);
        burin_entity e;
        burin_txn   *t = begin(w);
        burin_list_append(heap, list, text);
        burin_dict_set(heap, dict, text, burin_int(1));
        assert_int_equal(burin_txn_set(t, w->agents[0], NAME, text, &err), BURIN_ERR_UNICODE);
        assert_int_equal(burin_txn_set(t, w->agents[0], DATA, text, &err), BURIN_ERR_UNICODE);
        assert_int_equal(burin_txn_set(t, w->agents[0], DATA, list, &err), BURIN_ERR_UNICODE);
        assert_int_equal(burin_txn_set(t, w->agents[0], DATA, dict, &err), BURIN_ERR_UNICODE);
        assert_int_equal(burin_txn_set(t, w->nodes[0], LABEL, text, &err), BURIN_ERR_UNICODE);
        assert_int_equal(burin_txn_put(t, burin_text_of(text), burin_int(1), &err), BURIN_ERR_UNICODE);
        assert_int_equal(burin_txn_create(t, w->agent, &e, NULL), BURIN_OK);
        assert_int_equal(burin_txn_attach(t, e, w->nodes[0], NAMED, 0, burin_text_of(text), &err), BURIN_ERR_UNICODE);
        burin_txn_discard(t, e, NULL);
        burin_txn_get(t, w->agents[0], NAME, NULL, &v, NULL);
        assert_true(v.len == 3 && memcmp(v.as.s, "ann", 3) == 0);
        assert_int_equal(commit(w, t).commit, 0);
        t = begin(w);
        burin_txn_set(t, w->agents[0], SPEED, burin_int(7), NULL);
        assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.note = burin_text_of(text)}, NULL, &err), BURIN_ERR_UNICODE);
        assert_int_equal(head(w), 1);
    }
    assert_string_equal(err.message, "text that is not UTF-8: byte 0xf4 at 0");
    burin_error_clear(&err);
    burin_heap_free(heap);
}

static void types_that_cannot_be_are_refused(void **state)
{
    static const struct { const char *name; burin_attribute attributes[2]; size_t count; burin_status status; const char *says; } rows[] = {
        {"3d", {{0}}, 0, BURIN_ERR_VALUE, "'3d' cannot be the name of a type"},
        {"", {{0}}, 0, BURIN_ERR_VALUE, "'' cannot be the name of a type"},
        {"Map", {{0}}, 0, BURIN_ERR_VALUE, "there is a type 'Map' already"},
        {"T", {{"a b", BURIN_INT_ATTRIBUTE, false, NULL}}, 1, BURIN_ERR_VALUE, "'a b' cannot be the name of an attribute"},
        {"T", {{"a", BURIN_ATTRIBUTE_KIND_COUNT, false, NULL}}, 1, BURIN_ERR_VALUE, "attribute 'a' is of no kind"},
        {"T", {{"a", BURIN_INT_ATTRIBUTE, false, "Map"}}, 1, BURIN_ERR_VALUE, "attribute 'a' holds no entities"},
        {"T", {{"a", BURIN_INT_ATTRIBUTE, false, NULL}, {"a", BURIN_TEXT_ATTRIBUTE, false, NULL}}, 2, BURIN_ERR_VALUE, "there are two attributes 'a'"},
    };
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    burin_type  type;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        assert_int_equal(burin_store_define(w->store, rows[n].name, rows[n].attributes, rows[n].count, &type, &err), rows[n].status);
        assert_string_equal(err.message, rows[n].says);
        burin_error_clear(&err);
    }
    assert_int_equal(burin_store_type_count(w->store), 3);
    burin_attribute many[BURIN_ATTRIBUTES_MAX + 1];
    char            names[BURIN_ATTRIBUTES_MAX + 1][16], name[16];
    for (int n = 0; n <= BURIN_ATTRIBUTES_MAX; n++) {
        snprintf(names[n], sizeof names[n], "a%d", n);
        many[n] = (burin_attribute){names[n], BURIN_INT_ATTRIBUTE, true, NULL};
    }
    assert_int_equal(burin_store_define(w->store, "T", many, BURIN_ATTRIBUTES_MAX + 1, &type, NULL), BURIN_ERR_LIMIT);
    assert_int_equal(burin_store_define(w->store, "T", many, BURIN_ATTRIBUTES_MAX, &type, NULL), BURIN_OK);
    for (int n = 5; n <= BURIN_TYPES_MAX + 1; n++) {
        snprintf(name, sizeof name, "T%d", n);
        assert_int_equal(burin_store_define(w->store, name, NULL, 0, &type, NULL), n <= BURIN_TYPES_MAX ? BURIN_OK : BURIN_ERR_LIMIT);
    }
}

/* 1 too: what is new is nowhere. */
static void b4_b5_b81_roots_and_what_is_nowhere(void **state)
{
    world       *w = *state;
    burin_entity e;
    burin_txn   *t = begin(w);
    assert_int_equal(burin_txn_promote(t, w->root, NULL), BURIN_ERR_VALUE);
    burin_txn_create(t, w->agent, &e, NULL);
    assert_int_equal(burin_txn_detach(t, e, NULL), BURIN_ERR_VALUE);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_reader_find(w->reader, &e, NULL), BURIN_ERR_KEY);
}

/* ---- trees ---- */

/* 3, 45 too */
static void b46_a_detached_child_can_found_a_tree(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    assert_int_equal(burin_txn_promote(t, w->nodes[0], NULL), BURIN_OK);
    assert_int_equal(commit(w, t).trees, 2);
    burin_entity e = {w->agents[0].id, 0, 0};
    assert_int_equal(burin_reader_find(w->reader, &e, NULL), BURIN_OK);
    assert_int_equal(e.tree, 2);
    burin_version_info info;
    burin_reader_version(w->reader, 1, 2, &info, NULL);
    assert_int_equal(info.entities, 4);
    burin_reader_version(w->reader, 2, 1, &info, NULL);
    assert_int_equal(info.entities, 3);
    assert_int_equal(info.root, w->nodes[0].id);
    assert_int_equal(get(w, (burin_entity){w->agents[0].id, 1, 1}, NAME).len, 3);
}

static void b50_a_root_brings_its_tree_along(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_promote(t, w->nodes[0], NULL);
    commit(w, t);
    t = begin(w);
    assert_int_equal(burin_txn_attach(t, w->nodes[0], w->root, NODES, 0, no_key, NULL), BURIN_OK);
    assert_int_equal(commit(w, t).trees, 2);
    burin_version_info info;
    burin_reader_version(w->reader, 2, 2, &info, NULL);
    assert_int_equal(info.entities, 0);
    assert_int_equal(info.root, 0);
    burin_reader_version(w->reader, 1, 3, &info, NULL);
    assert_int_equal(info.entities, 7);
    found f = diff(w, 1, 1, 3);
    assert_int_equal(f.count, 4); /* written anew, and equal: node 0, its agents, the root */
    expect(&f, w->nodes[0], BURIN_TOUCHED, 0);
}

static void b36_of_two_commits_from_one_base_the_second_conflicts(void **state)
{
    world     *w = *state;
    burin_txn *a = begin(w), *b = begin(w), *c = begin(w), *d = begin(w);
    burin_commit_options rebase = {.mode = BURIN_CONFLICT_REBASE};
    burin_commit_result  result;
    burin_txn_set(a, w->agents[0], SPEED, burin_int(1), NULL);
    burin_txn_set(b, w->agents[1], SPEED, burin_int(2), NULL);
    burin_txn_set(c, w->agents[0], SPEED, burin_int(3), NULL);
    burin_txn_detach(d, w->nodes[0], NULL);
    commit(w, a);
    assert_int_equal(burin_txn_commit(c, &rebase, NULL, NULL), BURIN_ERR_CONFLICT);
    assert_int_equal(burin_txn_commit(b, &rebase, &result, NULL), BURIN_OK);
    assert_true(result.rebased);
    assert_int_equal(burin_txn_commit(d, &rebase, NULL, NULL), BURIN_ERR_CONFLICT);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 3);
    assert_int_equal(get(w, w->agents[0], SPEED).as.i, 1);
    assert_int_equal(get(w, w->agents[1], SPEED).as.i, 2);
    burin_txn *e = begin(w), *f = begin(w);
    burin_txn_set(e, w->agents[0], SPEED, burin_int(8), NULL);
    burin_txn_set(f, w->agents[3], SPEED, burin_int(9), NULL);
    commit(w, e);
    assert_int_equal(burin_txn_commit(f, NULL, NULL, NULL), BURIN_ERR_CONFLICT);
}

/* 11, 36: each puts one branch below the other, no two touch the same entity, and both together would be a circle. */
static void b36_what_is_carried_over_closes_no_circle(void **state)
{
    world       *w = *state;
    burin_entity tops[2], leaves[2];
    burin_txn   *t = begin(w);
    for (int n = 0; n < 2; n++) {
        burin_txn_create(t, w->node, &tops[n], NULL);
        burin_txn_create(t, w->node, &leaves[n], NULL);
        assert_int_equal(burin_txn_attach(t, leaves[n], tops[n], NAMED, 0, BURIN_TEXT("leaf"), NULL), BURIN_OK);
        assert_int_equal(burin_txn_attach(t, tops[n], w->nodes[n], NAMED, 0, BURIN_TEXT("top"), NULL), BURIN_OK);
    }
    commit(w, t);
    burin_txn *both[] = {begin(w), begin(w)};
    for (int n = 0; n < 2; n++) {
        assert_int_equal(burin_txn_detach(both[n], tops[n], NULL), BURIN_OK);
        assert_int_equal(burin_txn_attach(both[n], tops[n], leaves[!n], NAMED, 0, BURIN_TEXT("below"), NULL), BURIN_OK);
    }
    commit(w, both[0]);
    assert_int_equal(burin_txn_commit(both[1], &(burin_commit_options){.mode = BURIN_CONFLICT_REBASE}, NULL, NULL), BURIN_ERR_CONFLICT);
    burin_reader_pin(w->reader);
    assert_int_equal(info_of(w, tops[0]).owner, leaves[1].id);
    assert_int_equal(info_of(w, tops[1]).owner, w->nodes[1].id);
}

static void a_commit_carried_over_holds_to_what_was_read(void **state)
{
    static const struct {
        bool         watch;
        int          read, meanwhile; /* agents */
        burin_status status;
    } rows[] = {{false, 1, 1, BURIN_OK}, {true, 1, 1, BURIN_ERR_CONFLICT}, {true, 1, 2, BURIN_OK}, {true, 0, 2, BURIN_OK}};
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_txn  *slow = begin(w), *quick = begin(w);
        burin_value value;
        if (rows[n].watch)
            burin_txn_watch_reads(slow);
        assert_int_equal(burin_txn_get(slow, w->agents[rows[n].read], SPEED, NULL, &value, NULL), BURIN_OK);
        burin_txn_set(slow, w->agents[0], SPEED, burin_int(100 + (int64_t)n), NULL);
        burin_txn_set(quick, w->agents[rows[n].meanwhile], SPEED, burin_int(200 + (int64_t)n), NULL);
        commit(w, quick);
        assert_int_equal(burin_txn_commit(slow, &(burin_commit_options){.mode = BURIN_CONFLICT_REBASE}, NULL, NULL), rows[n].status);
    }
}

static void b36_what_was_read_in_another_tree_holds_too(void **state)
{
    world       *w = *state;
    burin_entity second;
    burin_value  value;
    burin_txn   *t = begin(w);
    burin_txn_create(t, w->agent, &second, NULL);
    burin_txn_promote(t, second, NULL);
    commit(w, t);
    for (int read = 0; read < 2; read++) {
        burin_txn *slow = begin(w), *quick = begin(w);
        burin_txn_watch_reads(slow);
        if (read)
            burin_txn_get(slow, second, SPEED, NULL, &value, NULL);
        burin_txn_set(slow, w->agents[0], SPEED, burin_int(5 + read), NULL);
        burin_txn_set(quick, second, SPEED, burin_int(7 + read), NULL);
        commit(w, quick);
        assert_int_equal(burin_txn_commit(slow, NULL, NULL, NULL), read ? BURIN_ERR_CONFLICT : BURIN_OK);
    }
}

/* 10 */
static void borrowed_values_say_where_they_come_from(void **state)
{
    world       *w = *state;
    burin_entity source;
    int          attribute;
    burin_txn   *t = begin(w);
    assert_int_equal(burin_txn_borrow(t, w->nodes[0], LABEL, w->agents[2], NAME, NULL), BURIN_OK);
    commit(w, t);
    assert_int_equal(burin_reader_origin(w->reader, w->nodes[0], LABEL, &source, &attribute, NULL), BURIN_OK);
    assert_int_equal(source.id, w->agents[2].id);
    assert_int_equal(source.tree, 1);
    assert_int_equal(source.version, 1); /* as it was then */
    assert_int_equal(attribute, NAME);
    assert_memory_equal(get(w, w->nodes[0], LABEL).as.s, "cyd", 3);
    t = begin(w);
    burin_txn_set(t, w->nodes[0], LABEL, text_value("own"), NULL);
    burin_txn_borrow(t, w->agents[0], NAME, w->agents[3], NAME, NULL); /* and, in one transaction, what is set after it was borrowed */
    burin_txn_set(t, w->agents[0], NAME, text_value("own"), NULL);
    burin_txn_borrow(t, w->agents[0], SPEED, w->agents[3], SPEED, NULL);
    burin_txn_set(t, w->agents[3], SPEED, burin_int(4), NULL);
    burin_txn_borrow(t, w->agents[0], SPEED, w->agents[3], SPEED, NULL);
    commit(w, t);
    burin_reader_origin(w->reader, w->nodes[0], LABEL, &source, &attribute, NULL);
    assert_int_equal(source.id, 0);
    burin_reader_origin(w->reader, w->agents[0], NAME, &source, &attribute, NULL);
    assert_int_equal(source.id, 0);
    burin_reader_origin(w->reader, w->agents[0], SPEED, &source, &attribute, NULL); /* of two attributes each its own */
    assert_int_equal(source.id, w->agents[3].id);
    assert_int_equal(attribute, SPEED);
    burin_reader_origin(w->reader, w->agents[0], DATA, &source, &attribute, NULL);
    assert_int_equal(source.id, 0);
    t = begin(w);
    burin_txn_promote(t, w->agents[0], NULL); /* it takes along where its values come from */
    commit(w, t);
    burin_reader_origin(w->reader, (burin_entity){w->agents[0].id, 2, 1}, SPEED, &source, &attribute, NULL);
    assert_int_equal(source.id, w->agents[3].id);
    assert_int_equal(source.tree, 1);
}

static void a_copy_is_new_entities_with_equal_attributes(void **state)
{
    world         *w = *state;
    burin_entity   copy;
    burin_children children;
    burin_txn     *t = begin(w);
    assert_int_equal(burin_txn_copy(t, w->nodes[0], &copy, NULL), BURIN_OK);
    assert_int_equal(burin_txn_attach(t, copy, w->root, NODES, BURIN_END, no_key, NULL), BURIN_OK);
    assert_int_equal(commit(w, t).states, 4);
    burin_reader_children(w->reader, copy, AGENTS, &children, NULL);
    assert_int_equal(children.count, 2);
    assert_int_not_equal(burin_children_id(&children, 0), w->agents[0].id);
    assert_memory_equal(get(w, (burin_entity){burin_children_id(&children, 1), 0, 0}, NAME).as.s, "bob", 3);
    assert_int_equal(get(w, copy, LABEL).kind, BURIN_NONE); /* what is null, too, and what is not */
    t = begin(w);
    burin_txn_set(t, w->agents[0], FRIEND, burin_int(w->agents[3].id), NULL);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(7), NULL);
    assert_int_equal(burin_txn_copy(t, w->agents[0], &copy, NULL), BURIN_OK);
    burin_txn_promote(t, copy, NULL);
    commit(w, t);
    assert_int_equal(get(w, copy, FRIEND).as.i, w->agents[3].id);
    assert_int_equal(get(w, copy, DATA).kind, BURIN_NONE);
    assert_int_equal(get(w, copy, SPEED).as.i, 7);
}

/* ---- what the list asks besides ---- */

static void b7_a_root_that_changes_stays_a_root(void **state)
{
    world     *w = *state;
    burin_txn *t = begin(w);
    burin_txn_set(t, w->root, WIDTH, burin_int(1), NULL);
    commit(w, t);
    burin_version_info version;
    assert_int_equal(burin_reader_version(w->reader, 1, 2, &version, NULL), BURIN_OK);
    assert_int_equal(version.root, w->root.id);
    assert_int_equal(info_of(w, w->root).owner, 0);
}

static void b13_b14_b15_what_is_empty_alone_and_deep(void **state)
{
    world         *w = *state;
    burin_entity   alone;
    burin_children children;
    burin_txn     *t = begin(w);
    burin_txn_create(t, w->map, &alone, NULL);
    burin_txn_promote(t, alone, NULL);
    commit(w, t);
    for (int attribute = 0; attribute <= TAGS; attribute++) {
        if (attribute != WIDTH) {
            assert_int_equal(burin_reader_children(w->reader, alone, attribute, &children, NULL), BURIN_OK);
            assert_int_equal(children.count, 0);
        }
    }
    burin_version_info version;
    assert_int_equal(burin_reader_version(w->reader, 2, 1, &version, NULL), BURIN_OK);
    assert_int_equal(version.entities, 1);
    assert_int_equal(version.root, alone.id);
    assert_int_equal(burin_reader_version(w->reader, 1, 1, &version, NULL), BURIN_OK);
    assert_int_equal(version.entities, 7);
    assert_int_equal(info_of(w, w->agents[2]).owner, w->nodes[1].id); /* the path up from a leaf */
    assert_int_equal(info_of(w, w->nodes[1]).owner, w->root.id);
    assert_int_equal(info_of(w, w->root).owner, 0);
}

static void b21_b25_two_branches_and_a_replaced_child(void **state)
{
    world       *w = *state;
    burin_entity e;
    burin_txn   *t = begin(w);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(1), NULL);
    burin_txn_set(t, w->agents[2], SPEED, burin_int(1), NULL);
    assert_int_equal(commit(w, t).states, 5); /* the root once */
    t = begin(w);
    burin_txn_detach(t, w->agents[0], NULL);
    burin_txn_create(t, w->agent, &e, NULL);
    burin_txn_attach(t, e, w->nodes[0], AGENTS, 0, no_key, NULL);
    assert_int_equal(commit(w, t).states, 3);
    found f = diff(w, 1, 2, 3);
    assert_int_equal(f.count, 4);
    expect(&f, w->agents[0], BURIN_REMOVED, 0);
    expect(&f, e, BURIN_ADDED, 0);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){w->agents[0].id, 1, 3}, NULL), BURIN_ERR_KEY);
    assert_int_equal(burin_reader_find(w->reader, &(burin_entity){w->agents[0].id, 1, 2}, NULL), BURIN_OK);
}

/* Borrowing what an attribute holds already changes nothing, also not where it is said to come from. */
static void b10_b32_where_a_value_comes_from_is_no_content(void **state)
{
    world       *w = *state;
    burin_entity source;
    int          attribute;
    burin_txn   *t = begin(w);
    assert_int_equal(burin_txn_borrow(t, w->nodes[0], 9, w->agents[2], NAME, NULL), BURIN_ERR_ATTRIBUTE);
    assert_int_equal(burin_txn_borrow(t, w->nodes[0], LABEL, w->agents[2], 9, NULL), BURIN_ERR_ATTRIBUTE);
    burin_txn_borrow(t, w->nodes[0], LABEL, w->agents[2], NAME, NULL);
    burin_txn_set(t, w->agents[3], NAME, text_value("cyd"), NULL);
    commit(w, t);
    t = begin(w);
    burin_txn_borrow(t, w->nodes[0], LABEL, w->agents[3], NAME, NULL);
    assert_int_equal(commit(w, t).states, 0);
    burin_reader_origin(w->reader, w->nodes[0], LABEL, &source, &attribute, NULL);
    assert_int_equal(source.id, w->agents[2].id);
    assert_memory_equal(get(w, w->nodes[0], LABEL).as.s, "cyd", 3);
}

static void b33_by_force_what_is_equal_is_written_once(void **state)
{
    world              *w = *state;
    burin_commit_result result;
    burin_txn          *t = begin(w);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(0), NULL);
    assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.force = true}, &result, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(result.states, 3);
    assert_int_equal(info_of(w, w->agents[0]).written, 2);
    assert_int_equal(info_of(w, w->agents[1]).written, 1);
    t = begin(w); /* nor what was opened, but not set: an attempt that failed */
    burin_txn_set(t, w->agents[0], SPEED, burin_int(1), NULL);
    assert_int_equal(burin_txn_set(t, w->agents[1], SPEED, text_value("fast"), NULL), BURIN_ERR_TYPE);
    assert_int_equal(burin_txn_commit(t, &(burin_commit_options){.force = true}, &result, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(result.states, 3);
    assert_int_equal(info_of(w, w->agents[1]).written, 1);
}

static void b38_b39_what_the_caller_holds_is_the_callers(void **state)
{
    world      *w      = *state;
    char        name[] = "eve";
    burin_heap *heap   = burin_heap_new(NULL);
    burin_value list   = burin_list(heap, 1), first, second;
    burin_txn  *t      = begin(w);
    burin_list_append(heap, list, burin_int(1));
    burin_txn_set(t, w->agents[0], NAME, burin_string_borrow(name, 3), NULL);
    burin_txn_set(t, w->agents[0], DATA, list, NULL);
    name[0] = 'x';
    burin_list_append(heap, list, burin_int(2));
    commit(w, t);
    assert_memory_equal(get(w, w->agents[0], NAME).as.s, "eve", 3);
    assert_int_equal(burin_reader_get(w->reader, w->agents[0], DATA, heap, &first, NULL), BURIN_OK);
    assert_int_equal(burin_length(first), 1);
    burin_list_append(heap, first, burin_int(3)); /* a copy */
    assert_int_equal(burin_reader_get(w->reader, w->agents[0], DATA, heap, &second, NULL), BURIN_OK);
    assert_int_equal(burin_length(second), 1);
    burin_heap_free(heap);
}

static void b47_a_root_that_is_detached_takes_its_tree_with_it(void **state)
{
    world             *w = *state;
    burin_version_info version;
    burin_txn         *t = begin(w);
    assert_int_equal(burin_txn_detach(t, w->root, NULL), BURIN_OK);
    commit(w, t);
    assert_int_equal(burin_reader_version(w->reader, 1, 2, &version, NULL), BURIN_OK);
    assert_int_equal(version.root, 0);
    assert_int_equal(version.entities, 0);
    assert_int_equal(burin_reader_version(w->reader, 1, 1, &version, NULL), BURIN_OK);
    assert_int_equal(version.entities, 7);
}

/* So many maps, each the hero of the one before it, put together from the top down or from the bottom up, or all below one; CPU seconds. */
static double seconds_of(world *w, int count, bool deep, bool upwards)
{
    enum { COUNT_MAX = 40000 };
    static burin_entity made[COUNT_MAX];
    assert_true(count <= COUNT_MAX);
    clock_t    start = clock();
    burin_txn *t     = begin(w);
    for (int n = 0; n < count; n++)
        burin_txn_create(t, w->map, &made[n], NULL);
    for (int n = 1; n < count && deep; n++) {
        int below = upwards ? count - n : n;
        assert_int_equal(burin_txn_attach(t, made[below], made[below - 1], HERO, 0, no_key, NULL), BURIN_OK);
    }
    for (int n = 1; n < count && !deep; n++)
        assert_int_equal(burin_txn_attach(t, made[n], made[0], TAGS, 0, no_key, NULL), BURIN_OK);
    burin_txn_promote(t, made[0], NULL);
    burin_commit_result done;
    assert_int_equal(burin_txn_commit(t, NULL, &done, NULL), BURIN_OK);
    assert_int_equal(done.states, count);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* If each entity were looked up from the bottom of the tree to its top, the deep ones took a thousand times as long. */
static void a_deep_tree_costs_what_a_flat_one_does(void **state)
{
    enum { COUNT = 40000, TIMES = 50 };
    world *w    = *state;
    double flat = seconds_of(w, COUNT, false, false);
    assert_true(seconds_of(w, COUNT, true, false) < TIMES * flat);
    assert_true(seconds_of(w, COUNT, true, true) < TIMES * flat);
}

/* Behind the last child is none, also where there was one before. */
static void expect_end(burin_children *list, size_t count)
{
    assert_int_equal(list->count, count);
    for (size_t behind = 0; behind < 3; behind++) {
        size_t n = behind < 2 ? count + behind : SIZE_MAX;
        assert_int_equal(burin_children_id(list, n), 0);
        assert_int_equal(burin_children_seek(list, n), 0);
        assert_null(burin_children_key(list, n).data);
    }
    if (count)
        assert_int_not_equal(burin_children_id(list, count - 1), 0);
}

static void one_behind_the_last_child_is_none(void **state)
{
    static const size_t counts[] = {0, 1, 2, 3, 31, 32, 33, 600};
    static const int    fields[] = {AGENTS, NAMED};
    world              *w        = *state;
    burin_children      list;
    for (size_t row = 0; row < 2 * sizeof counts / sizeof counts[0]; row++) {
        size_t       count = counts[row / 2];
        int          field = fields[row % 2];
        burin_txn   *t     = begin(w);
        burin_entity node, made;
        char         key[16];
        burin_txn_create(t, w->node, &node, NULL);
        for (size_t n = 0; n <= count; n++) {
            snprintf(key, sizeof key, "key %zu", n);
            burin_txn_create(t, w->agent, &made, NULL);
            assert_int_equal(burin_txn_attach(t, made, node, field, BURIN_END, text(key), NULL), BURIN_OK);
        }
        assert_int_equal(burin_txn_discard(t, made, NULL), BURIN_OK); /* the last: it stands behind the end now */
        assert_int_equal(burin_txn_children(t, node, field, &list, NULL), BURIN_OK);
        expect_end(&list, count);
        if (field == AGENTS)
            assert_int_equal(burin_txn_attach(t, made, node, field, count + 1, no_key, NULL), BURIN_ERR_INDEX);
        assert_int_equal(burin_txn_promote(t, node, NULL), BURIN_OK);
        commit(w, t);
        assert_int_equal(burin_reader_children(w->reader, node, field, &list, NULL), BURIN_OK);
        expect_end(&list, count);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(b18_no_change_makes_no_version), ROW(b19_b20_a_change_makes_states_up_to_the_root),
        ROW(b22_b23_b24_adding_and_removing_change_the_owner),
        ROW(b24_b25_a_single_child_that_comes_and_goes_changes_the_owner),
        ROW(b41_what_is_not_there_is_not_found),
        ROW(b26_moving_changes_both_owners_and_keeps_the_entity), ROW(b27_b28_other_fields_orders_and_keys_are_changes),
        ROW(b27_b28_a_wide_difference_sees_other_fields_and_nulls), ROW(a_place_that_is_taken_is_refused),
        ROW(a_child_stands_where_it_was_put), ROW(b29_a_child_moved_out_of_a_removed_owner_stays), ROW(b31_equal_means_the_same_kind_and_bits), ROW(b30_data_comes_back_as_it_was),
        ROW(b11_sharing_and_circles_are_refused_and_leave_no_trace), ROW(attributes_hold_only_what_they_are), ROW(types_that_cannot_be_are_refused), ROW(text_that_is_not_utf8_is_refused_wherever_it_is_kept),
        ROW(b4_b5_b81_roots_and_what_is_nowhere), ROW(b46_a_detached_child_can_found_a_tree), ROW(b50_a_root_brings_its_tree_along),
        ROW(b36_of_two_commits_from_one_base_the_second_conflicts), ROW(b36_what_is_carried_over_closes_no_circle), ROW(a_commit_carried_over_holds_to_what_was_read), ROW(b36_what_was_read_in_another_tree_holds_too),
        ROW(b7_a_root_that_changes_stays_a_root), ROW(b13_b14_b15_what_is_empty_alone_and_deep), ROW(b21_b25_two_branches_and_a_replaced_child),
        ROW(b10_b32_where_a_value_comes_from_is_no_content), ROW(b33_by_force_what_is_equal_is_written_once), ROW(b38_b39_what_the_caller_holds_is_the_callers),
        ROW(b47_a_root_that_is_detached_takes_its_tree_with_it),
        ROW(borrowed_values_say_where_they_come_from), ROW(a_copy_is_new_entities_with_equal_attributes),
        ROW(a_deep_tree_costs_what_a_flat_one_does),
        ROW(one_behind_the_last_child_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
