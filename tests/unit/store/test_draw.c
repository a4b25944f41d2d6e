/* Trees and differences as pictures, to the letter. */
#include "tests/unit/store/seen.h"

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_entity  root, a, b;
} world;
enum { NAME, LIST, DICT, FRIEND };

/* Version 1: @16 with @17 in its list, @18 under the key `k"`, which refers to @17. Version 2: @17 renamed, @18 moved, @19 new. */
static int setup(void **state)
{
    static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"list", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL},
                                                 {"dict", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL}, {"friend", BURIN_REF_ATTRIBUTE, true, NULL}};
    static world w;
    burin_type   type;
    burin_entity c;
    open_seen(&w.store, &w.reader);
    burin_store_define(w.store, "Thing", attributes, 4, &type, NULL);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    burin_txn_create(t, type, &w.root, NULL);
    burin_txn_create(t, type, &w.a, NULL);
    burin_txn_create(t, type, &w.b, NULL);
    burin_txn_attach(t, w.a, w.root, LIST, BURIN_END, no_key, NULL);
    burin_txn_attach(t, w.b, w.root, DICT, BURIN_END, (burin_text){"k\"", 2}, NULL);
    burin_txn_set(t, w.root, NAME, burin_string_borrow("the <root>\n", 11), NULL);
    burin_txn_set(t, w.b, FRIEND, burin_int(w.a.id), NULL);
    burin_txn_promote(t, w.root, NULL);
    commit_seen(t, NULL, w.reader);
    t = burin_txn_begin(w.store, NULL);
    burin_txn_set(t, w.a, NAME, burin_string_borrow("a", 1), NULL);
    burin_txn_detach(t, w.b, NULL);
    burin_txn_attach(t, w.b, w.a, LIST, BURIN_END, no_key, NULL);
    burin_txn_create(t, type, &c, NULL);
    burin_txn_attach(t, c, w.root, LIST, 0, no_key, NULL);
    commit_seen(t, NULL, w.reader);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    return close_seen(w->store, w->reader);
}

/* 16 */
static void a_tree_is_its_entities_and_who_owns_whom(void **state)
{
    static const char *const want[] = {
        "flowchart TD\n"
        "  e16[\"Thing @16<br/>name: 'the #60;root#62;\\n'\"]\n"
        "  e17[\"Thing @17\"]\n"
        "  e18[\"Thing @18\"]\n"
        "  e16 -->|\"list[0]\"| e17\n"
        "  e16 -->|\"dict.k#34;\"| e18\n"
        "  e18 -.->|\"friend\"| e17\n",
        "digraph tree {\n"
        "  node [shape=box, style=rounded];\n"
        "  e16 [label=\"Thing @16\\nname: 'the <root>\\\\n'\"];\n"
        "  e17 [label=\"Thing @17\"];\n"
        "  e18 [label=\"Thing @18\"];\n"
        "  e16 -> e17 [label=\"list[0]\"];\n"
        "  e16 -> e18 [label=\"dict.k\\\"\"];\n"
        "  e18 -> e17 [label=\"friend\", style=dashed];\n"
        "}\n",
    };
    world *w = *state;
    for (int form = BURIN_MERMAID; form <= BURIN_DOT; form++) {
        char  *out;
        size_t len;
        assert_int_equal(burin_tree_draw(w->reader, 1, 1, (burin_picture)form, &out, &len, NULL), BURIN_OK);
        assert_string_equal(out, want[form - BURIN_MERMAID]);
        assert_int_equal(len, strlen(out));
        free(out);
    }
}

static void a_difference_is_what_changed_and_how(void **state)
{
    static const char *const want[] = {
        "flowchart TD\n"
        "  classDef added fill:#d4f4d4\n"
        "  classDef removed fill:#f4d4d4\n"
        "  classDef moved fill:#d4e4f8\n"
        "  classDef modified fill:#f8f0c8\n"
        "  classDef touched fill:#f0f0f0\n"
        "  e16[\"Thing @16\"]:::modified\n"
        "  e17[\"Thing @17<br/>name: '' \xe2\x86\x92 'a'\"]:::modified\n"
        "  e18[\"Thing @18\"]:::moved\n"
        "  e19[\"Thing @19\"]:::added\n"
        "  e16 -->|\"list[1]\"| e17\n"
        "  e16 -.-x|\"dict.k#34;\"| e18\n"
        "  e17 -->|\"list[0]\"| e18\n"
        "  e16 -->|\"list[0]\"| e19\n",
        "digraph diff {\n"
        "  node [shape=box, style=\"rounded,filled\"];\n"
        "  e16 [label=\"Thing @16\", class=\"modified\", fillcolor=\"#f8f0c8\"];\n"
        "  e17 [label=\"Thing @17\\nname: '' \xe2\x86\x92 'a'\", class=\"modified\", fillcolor=\"#f8f0c8\"];\n"
        "  e18 [label=\"Thing @18\", class=\"moved\", fillcolor=\"#d4e4f8\"];\n"
        "  e19 [label=\"Thing @19\", class=\"added\", fillcolor=\"#d4f4d4\"];\n"
        "  e16 -> e17 [label=\"list[1]\"];\n"
        "  e16 -> e18 [label=\"dict.k\\\"\", style=dotted, arrowhead=tee];\n"
        "  e17 -> e18 [label=\"list[0]\"];\n"
        "  e16 -> e19 [label=\"list[0]\"];\n"
        "}\n",
    };
    world *w = *state;
    for (int form = BURIN_MERMAID; form <= BURIN_DOT; form++) {
        char  *out;
        size_t len;
        assert_int_equal(burin_diff_draw(w->reader, 1, 1, 1, 2, (burin_picture)form, &out, &len, NULL), BURIN_OK);
        assert_string_equal(out, want[form - BURIN_MERMAID]);
        free(out);
    }
}

static void an_entity_is_an_object(void **state)
{
    world      *w    = *state;
    burin_heap *heap = burin_heap_new(NULL);
    burin_value out;
    char       *json;
    assert_int_equal(burin_reader_state(w->reader, (burin_entity){w->b.id, 1, 1}, heap, &out, NULL), BURIN_OK);
    assert_int_equal(burin_json_write(out, -1, &json, NULL, NULL), BURIN_OK);
    assert_string_equal(json, "{\"id\": 18, \"type\": \"Thing\", \"attributes\": {\"name\": \"\", \"list\": [], \"dict\": {}, \"friend\": 17}}");
    free(json);
    burin_heap_free(heap);
}

/* A format of graphs is easily taken for one of pictures. */
static void other_forms_are_refused(void **state)
{
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    char       *out;
    size_t      len;
    static const int forms[] = {BURIN_GRAPH_DOT, BURIN_GRAPH_MERMAID, BURIN_GRAPH_JSON, BURIN_DOT + 1};
    for (size_t n = 0; n < sizeof forms / sizeof *forms; n++) {
        assert_int_equal(burin_tree_draw(w->reader, 1, 1, (burin_picture)forms[n], &out, &len, &err), BURIN_ERR_USAGE);
        burin_error_clear(&err);
        assert_int_equal(burin_diff_draw(w->reader, 1, 1, 1, 2, (burin_picture)forms[n], &out, &len, NULL), BURIN_ERR_USAGE);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {ROW(a_tree_is_its_entities_and_who_owns_whom), ROW(a_difference_is_what_changed_and_how), ROW(an_entity_is_an_object), ROW(other_forms_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
