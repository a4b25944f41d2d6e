/* Addresses: the grammar, and what an address names in a reader's store and in a transaction. Numbers in names are those of the list of
 * behaviours (addresses 51-60). */
#include "tests/unit/store/seen.h"

enum { ITEMS, NAMED, BEST, BAG, LABEL, DATA, FRIEND }; /* attributes of the one type */

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_heap   *heap;
    burin_type    type;
} world;

static burin_entity entity(uint32_t id) { return (burin_entity){id, 0, 0}; }

/* Tree 1: @16 with items @17 and @18, named @19 ("a.b") and @20 ("say \"x\""), best @21, bag @22; their labels are their numbers. */
static int setup(void **state)
{
    static const burin_attribute attributes[] = {{"items", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}, {"named", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL},
                                                 {"best", BURIN_CHILD_ATTRIBUTE, true, NULL},        {"bag", BURIN_CHILD_SET_ATTRIBUTE, false, NULL},
                                                 {"label", BURIN_TEXT_ATTRIBUTE, true, NULL},        {"data", BURIN_DATA_ATTRIBUTE, true, NULL},
                                                 {"friend", BURIN_REF_ATTRIBUTE, true, NULL}};
    static world w;
    burin_value  data;
    burin_entity made;
    open_seen(&w.store, &w.reader);
    w.heap = burin_heap_new(NULL);
    assert_int_equal(burin_store_define(w.store, "Thing", attributes, 7, &w.type, NULL), BURIN_OK);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    for (uint32_t n = 0; n < 7; n++) {
        static const char *const labels[] = {"16", "17", "18", "19", "20", "21", "22"};
        burin_txn_create(t, w.type, &made, NULL);
        assert_int_equal(made.id, 16 + n);
        burin_txn_set(t, made, LABEL, text_value(labels[n]), NULL);
    }
    burin_txn_attach(t, entity(17), entity(16), ITEMS, BURIN_END, no_key, NULL);
    burin_txn_attach(t, entity(18), entity(16), ITEMS, BURIN_END, no_key, NULL);
    burin_txn_attach(t, entity(19), entity(16), NAMED, BURIN_END, text("a.b"), NULL);
    burin_txn_attach(t, entity(20), entity(16), NAMED, BURIN_END, text("say \"x\""), NULL);
    burin_txn_attach(t, entity(21), entity(16), BEST, BURIN_END, no_key, NULL);
    burin_txn_attach(t, entity(22), entity(16), BAG, BURIN_END, no_key, NULL);
    burin_txn_set(t, entity(17), FRIEND, burin_int(22), NULL);
    burin_json_read(w.heap, text("{\"rows\": [1, null, {\"x y\": true}], \"n\": 5}"), false, &data, NULL);
    burin_txn_set(t, entity(18), DATA, data, NULL);
    burin_txn_promote(t, entity(16), NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_reader_pin(w.reader);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    burin_heap_free(w->heap);
    return close_seen(w->store, w->reader);
}

/* What an address names, in a word: "@id", "children N", or the value's repr; or the name of the error. */
static const char *say(burin_status status, const burin_addressed *found)
{
    static char out[100];
    if (status)
        return burin_status_class(status);
    if (found->what == BURIN_ADDRESSED_ENTITY) {
        burin_address_write(entity(found->entity.id), out);
    } else if (found->what == BURIN_ADDRESSED_CHILDREN) {
        snprintf(out, sizeof out, "children %zu", found->children.count);
    } else {
        char *repr = burin_repr(found->value, NULL);
        snprintf(out, sizeof out, "%s", repr);
        free(repr);
    }
    return out;
}

static const struct row {
    const char *address, *want;
} rows[] = {
    {"@16", "@16"},
    {"@16~1", "@16"},
    {"@16~1:1", "@16"},
    {"@16~1:0", "@16"},
    {"@17", "@17"}, /* a child, directly */
    {"@16.label", "'16'"},
    {"@16.items", "children 2"},
    {"@16.items[0]", "@17"},
    {"@16.items[-1]", "@18"},
    {"@16.items[0].label", "'17'"},
    {"@16.named[\"a.b\"]", "@19"},
    {"@16.named['a.b'].label", "'19'"},
    {"@16.named[\"say \\\"x\\\"\"].label", "'20'"},
    {"@16.best.label", "'21'"},
    {"@16.bag", "children 1"},
    {"@16.items[0].friend", "@22"},
    {"@16.items[0].friend.label", "'22'"},
    {"@18.data.n", "5"},
    {"@18.data.rows[0]", "1"},
    {"@18.data.rows[-1][\"x y\"]", "True"},
    /* b54: null is not missing */
    {"@18.data.rows[1]", "None"},
    {"@17.best", "None"},
    {"@17.data", "None"},
    {"@18.friend", "None"},
    /* b53: each mistake has its error */
    {"16", "ValueError"},
    {"", "ValueError"},
    {"@", "ValueError"},
    {"@0", "ValueError"},
    {"@99999999999", "ValueError"},
    {"@16.", "ValueError"},
    {"@16..label", "ValueError"},
    {"@16.items[", "ValueError"},
    {"@16.items[0", "ValueError"},
    {"@16.items[x]", "ValueError"},
    {"@16.named[\"a", "ValueError"},
    {"@16.named[\"a\\", "ValueError"},
    {"@16~0", "ValueError"},
    {"@16~1:", "ValueError"},
    {"@16 .label", "ValueError"},
    {"@\xff", "UnicodeError"},
    {"@99", "KeyError"},
    {"@16~9", "KeyError"},
    {"@16~9:1", "KeyError"},
    {"@16.named.nobody", "KeyError"},
    {"@18.data.rows.x", "TypeError"},
    {"@18.data.none", "KeyError"},
    {"@16.lable", "AttributeError"},
    {"@16.items[2]", "IndexError"},
    {"@16.items[-3]", "IndexError"},
    {"@18.data.rows[3]", "IndexError"},
    {"@16.items.label", "TypeError"},
    {"@16.bag[0]", "TypeError"},
    {"@16[0]", "TypeError"},
    {"@16.label.x", "TypeError"},
    {"@17.best.label", "TypeError"},
};

static void b51_b53_b54_b55_readers_and_transactions_resolve_alike(void **state)
{
    world     *w = *state;
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_addressed found;
        assert_string_equal(say(burin_reader_resolve(w->reader, text(rows[n].address), w->heap, &found, NULL), &found), rows[n].want);
        assert_string_equal(say(burin_txn_resolve(t, text(rows[n].address), w->heap, &found, NULL), &found), rows[n].want);
    }
    burin_txn_set(t, entity(18), LABEL, text_value("new"), NULL); /* and through what the transaction has changed */
    burin_txn_detach(t, entity(17), NULL);
    burin_addressed found;
    assert_string_equal(say(burin_txn_resolve(t, text("@16.items[0].label"), w->heap, &found, NULL), &found), "'new'");
    burin_txn_abort(t);
}

static void b53_errors_say_where_and_suggest(void **state)
{
    world          *w   = *state;
    burin_error     err = BURIN_ERROR_INIT;
    burin_addressed found;
    assert_int_equal(burin_reader_resolve(w->reader, text("@16.items[0].lable"), w->heap, &found, &err), BURIN_ERR_ATTRIBUTE);
    assert_int_equal(err.column, 13);
    assert_string_equal(err.suggestion, "did you mean 'label'?");
    assert_int_equal(burin_reader_resolve(w->reader, text("@16.items[7].label"), w->heap, &found, &err), BURIN_ERR_INDEX);
    assert_int_equal(err.column, 10);
    assert_int_equal(burin_reader_resolve(w->reader, text("@16.items[x]"), w->heap, &found, &err), BURIN_ERR_VALUE);
    assert_int_equal(err.column, 11);
    burin_error_clear(&err);
}

static void b52_b57_one_rule_says_what_is_an_address(void **state)
{
    (void)state;
    static const char *const yes[] = {"@1", "@16.a[0][\"k\"].b", "@16~2", "@4294967295~1:2.x"};
    static const char *const no[]  = {"", "@", "@me", "@16 ", "@16.", "16", "@-1", "@4294967296", "@16.1", "@16.a[\"]"};
    for (size_t n = 0; n < sizeof yes / sizeof *yes; n++)
        assert_true(burin_is_address(text(yes[n])));
    for (size_t n = 0; n < sizeof no / sizeof *no; n++)
        assert_false(burin_is_address(text(no[n])));
}

static void b58_an_address_of_an_old_version_gives_the_old_value(void **state)
{
    world          *w = *state;
    burin_addressed found;
    burin_txn      *t = burin_txn_begin(w->store, NULL);
    burin_txn_set(t, entity(18), LABEL, text_value("new"), NULL);
    burin_txn_set(t, entity(22), LABEL, text_value("newer"), NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    static const struct row old[] = {
        {"@18.label", "'new'"}, {"@18~1.label", "'18'"}, {"@16~1.items[1].label", "'18'"}, {"@17~1.friend.label", "'22'"}, {"@17.friend.label", "'newer'"},
    };
    t = burin_txn_begin(w->store, NULL);
    for (size_t n = 0; n < sizeof old / sizeof *old; n++) {
        assert_string_equal(say(burin_reader_resolve(w->reader, text(old[n].address), w->heap, &found, NULL), &found), old[n].want);
        assert_string_equal(say(burin_txn_resolve(t, text(old[n].address), w->heap, &found, NULL), &found), old[n].want);
    }
    burin_txn_abort(t);
}

static void b60_of_several_addresses_all_are_found_or_the_bad_one_is_named(void **state)
{
    world          *w     = *state;
    burin_error     err   = BURIN_ERROR_INIT;
    burin_text      all[] = {text("@16"), text("@18.label"), text("@16.items"), text("@16.best.friend")};
    burin_addressed found[4], one;
    size_t          bad = 99;
    assert_int_equal(burin_reader_resolve_all(w->reader, all, 4, w->heap, found, &bad, &err), BURIN_OK);
    assert_int_equal(bad, 99);
    for (size_t n = 0; n < 4; n++) {
        char want[200];
        snprintf(want, sizeof want, "%s", say(burin_reader_resolve(w->reader, all[n], w->heap, &one, NULL), &one));
        assert_string_equal(say(BURIN_OK, &found[n]), want);
    }
    all[2] = text("@16.lable");
    assert_int_equal(burin_reader_resolve_all(w->reader, all, 4, w->heap, found, &bad, &err), BURIN_ERR_ATTRIBUTE);
    assert_int_equal(bad, 2);
    assert_memory_equal(err.message, "@16.lable: ", 11);
    assert_int_equal(burin_reader_resolve_all(w->reader, all, 0, w->heap, found, NULL, NULL), BURIN_OK);
    burin_error_clear(&err);
}

static void b59_put_changes_the_attribute_or_is_refused(void **state)
{
    world *w = *state;
    static const struct {
        const char  *address;
        burin_status status;
    } puts[] = {
        {"@16.items[0].label", BURIN_OK},      {"@16.best.friend", BURIN_OK},      {"@16", BURIN_ERR_TYPE},         {"@16.items", BURIN_ERR_TYPE},
        {"@16.items[0]", BURIN_ERR_TYPE},      {"@18.data.n", BURIN_ERR_TYPE},     {"@16~1.label", BURIN_ERR_USAGE}, {"@16.lable", BURIN_ERR_ATTRIBUTE},
        {"@16.items[0].friend", BURIN_OK},
    };
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (size_t n = 0; n < sizeof puts / sizeof *puts; n++) {
        burin_value value = strstr(puts[n].address, "friend") ? burin_int(18) : text_value("put");
        assert_int_equal(burin_txn_put(t, text(puts[n].address), value, NULL), puts[n].status);
    }
    burin_commit_result result;
    assert_int_equal(burin_txn_commit(t, NULL, &result, NULL), BURIN_OK);
    assert_int_equal(result.version, 2);
    assert_int_equal(result.states, 3); /* @17, @21 and their owner */
    burin_addressed found;
    burin_reader_pin(w->reader);
    assert_string_equal(say(burin_reader_resolve(w->reader, text("@17.label"), w->heap, &found, NULL), &found), "'put'");
    assert_string_equal(say(burin_reader_resolve(w->reader, text("@17.friend"), w->heap, &found, NULL), &found), "@18");
}

static void addresses_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const burin_entity rows_[] = {{7, 0, 0}, {7, 0, 3}, {7, 2, 3}, {7, 2, 0}, {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    for (size_t n = 0; n < sizeof rows_ / sizeof *rows_; n++) {
        char          out[BURIN_ADDRESS_SIZE];
        burin_address read;
        size_t        len = burin_address_write(rows_[n], out);
        assert_int_equal(burin_address_read((burin_text){out, len}, &read, NULL), BURIN_OK);
        assert_memory_equal(&read.entity, &rows_[n], sizeof read.entity);
        assert_int_equal(read.path.len, 0);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(b51_b53_b54_b55_readers_and_transactions_resolve_alike), ROW(b53_errors_say_where_and_suggest), ROW(b52_b57_one_rule_says_what_is_an_address),
        ROW(b58_an_address_of_an_old_version_gives_the_old_value), ROW(b59_put_changes_the_attribute_or_is_refused), ROW(b60_of_several_addresses_all_are_found_or_the_bad_one_is_named),
        ROW(addresses_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
