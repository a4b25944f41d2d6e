/* Views of dicts: they show the dict as it is now, answer like sets where Python's do, and popitem and pop keep the index of a
 * dict or set sound. */
#include "runtime/view.h"

#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "tests/support/values_from_text.h"

static burin_value call(run *r, burin_value self, const char *name, const burin_value *args, uint32_t count)
{
    burin_value  out       = burin_none();
    rt_arguments arguments = {.positional = args, .count = count};

    if (rt_call_method(&r->st, self, (burin_text){name, strlen(name)}, &arguments, &out))
        fail_msg("%s: %s", name, run_error(r, r->st.status));
    return out;
}

static burin_value view_of(run *r, const char *dict, const char *name) { return call(r, value_of(r, dict), name, NULL, 0); }

static void views_show_later_changes(void **state)
{
    run        *r    = run_new();
    burin_value dict = value_of(r, "{'a': 1}"), items = call(r, dict, "items", NULL, 0), keys = call(r, dict, "keys", NULL, 0);
    burin_value more[] = {value_of(r, "'b'"), value_of(r, "[2]")};
    size_t      len;

    (void)state;
    call(r, dict, "setdefault", more, 2);
    assert_string_equal(run_repr(r, items), "dict_items([('a', 1), ('b', [2])])");
    assert_string_equal(run_repr(r, keys), "dict_keys(['a', 'b'])");
    assert_int_equal(rt_length(&r->st, items, &len), BURIN_OK);
    assert_int_equal(len, 2);
    assert_true(run_free(r));
}

static void views_are_walked_in_order(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {{"keys", "['a', 'b']"}, {"values", "[1, 2]"}, {"items", "[('a', 1), ('b', 2)]"}};
    run *r = run_new();

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        rt_list *list;
        assert_int_equal(rt_to_list(&r->st, view_of(r, "{'a': 1, 'b': 2}", rows[n].name), &list), BURIN_OK);
        assert_string_equal(run_repr(r, rt_list_value(list)), rows[n].want);
    }
    assert_true(run_free(r));
}

static void in_looks_for_keys_values_or_pairs(void **state)
{
    static const struct {
        const char *item, *name;
        bool        want;
    } rows[] = {
        {"'a'", "keys", true},        {"1", "keys", false},         {"1.0", "values", true},   {"'a'", "values", false},
        {"('a', 1)", "items", true},  {"('a', 2)", "items", false}, {"['a', 1]", "items", false}, {"('a',)", "items", false},
        {"'a'", "items", false},      {"nan", "values", true},
    };
    run *r = run_new();

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value dict = value_of(r, "{'a': 1}"), pair[] = {value_of(r, "'n'"), burin_float(NAN)};
        bool        in;
        call(r, dict, "setdefault", pair, 2);
        burin_value item = strcmp(rows[n].item, "nan") == 0 ? pair[1] : value_of(r, rows[n].item);
        assert_int_equal(rt_compare_op(&r->st, RT_IN, item, call(r, dict, rows[n].name, NULL, 0), &in), BURIN_OK);
        if (in != rows[n].want)
            fail_msg("%s in d.%s()", rows[n].item, rows[n].name);
    }
    assert_true(run_free(r));
}

static void keys_and_items_equal_as_sets(void **state)
{
    static const struct {
        const char *left, *left_view, *right, *right_view; /* right_view NULL: the value itself */
        bool        want;
    } rows[] = {
        {"{'a': 1, 'b': 2}", "keys", "{'b': 0, 'a': 0}", "keys", true}, {"{'a': 1}", "keys", "{'a'}", NULL, true},
        {"{'a': 1}", "keys", "['a']", NULL, false},                     {"{'a': 1}", "items", "{'a': 1.0}", "items", true},
        {"{'a': 1}", "items", "{('a', 1)}", NULL, true},                {"{'a': 1}", "values", "{'a': 1}", "values", false},
        {"{'a': 1}", "keys", "{'b': 1}", "keys", false},                {"{}", "keys", "{}", "items", true},
    };
    run *r = run_new();

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value left = view_of(r, rows[n].left, rows[n].left_view), right = value_of(r, rows[n].right);
        bool        same;
        if (rows[n].right_view)
            right = call(r, right, rows[n].right_view, NULL, 0);
        assert_int_equal(rt_compare_op(&r->st, RT_EQ, left, right, &same), BURIN_OK);
        if (same != rows[n].want)
            fail_msg("row %zu: %s.%s()", n, rows[n].left, rows[n].left_view);
    }
    assert_true(run_free(r));
}

/* A stack is all the model that is needed: popitem takes the newest. */
static void popitem_and_new_keys_may_alternate(void **state)
{
    enum { STEPS = 60000, ROOM = STEPS };
    static int64_t stack[ROOM];
    run           *r    = run_new();
    burin_value    dict = value_of(r, "{}");
    uint32_t       depth = 0, random = 1;

    (void)state;
    for (int64_t step = 0; step < STEPS; step++) {
        random = random * 1664525u + 1013904223u;
        if (depth == 0 || (random >> 16) % 100 < (step < STEPS / 2 ? 70u : 30u)) {
            burin_value pair[] = {burin_int(step), burin_int(-step)};
            call(r, dict, "setdefault", pair, 2);
            stack[depth++] = step;
        } else {
            const rt_list *pair = rt_list_of(&r->st, call(r, dict, "popitem", NULL, 0));
            assert_int_equal(pair->items[0].as.i, stack[--depth]);
            assert_int_equal(pair->items[1].as.i, -stack[depth]);
        }
        assert_int_equal(rt_dict_of(&r->st, dict)->len, depth);
    }
    for (uint32_t n = 0; n < depth; n++) {
        burin_value key = burin_int(stack[n]);
        assert_int_equal(call(r, dict, "get", &key, 1).as.i, -stack[n]);
    }
    assert_true(run_free(r));
}

static void a_set_gives_every_item_once(void **state)
{
    enum { ITEMS = 20000 };
    static bool seen[ITEMS];
    run        *r   = run_new();
    burin_value set = value_of(r, "{0}");

    (void)state;
    for (int64_t n = 1; n < ITEMS; n++) {
        burin_value item = burin_int(n);
        call(r, set, "add", &item, 1);
    }
    for (int64_t n = 0; n < ITEMS; n++) {
        int64_t item = call(r, set, "pop", NULL, 0).as.i;
        assert_false(seen[item]);
        seen[item] = true;
    }
    assert_int_equal(rt_dict_of(&r->st, set)->len, 0);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_show_later_changes),
        cmocka_unit_test(views_are_walked_in_order),
        cmocka_unit_test(in_looks_for_keys_values_or_pairs),
        cmocka_unit_test(keys_and_items_equal_as_sets),
        cmocka_unit_test(popitem_and_new_keys_may_alternate),
        cmocka_unit_test(a_set_gives_every_item_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
