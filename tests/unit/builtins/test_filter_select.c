/* map, select and their kin: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void map_applies_a_filter_with_its_arguments(void **state)
{
    static const call_row rows[] = {
        {"map", {"['a', 'b']", "'upper'"}, "['A', 'B']"}, {"map", {"['1', 'x']", "'int'", "7"}, "[1, 7]"},
        {"map", {"['1', 'x']", "'int'", "default=7"}, "[1, 7]"}, {"map", {"[[1, 2], [3]]", "'join'", "'-'"}, "['1-2', '3']"},
        {"map", {"'ab'", "'upper'"}, "['A', 'B']"}, {"map", {"[]", "'nope'"}, "[]"}, {"map", {"None", "'upper'"}, "[]"},
        {"map", {"0", "'upper'"}, "[]"}, {"map", {"undefined", "'upper'"}, "[]"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void map_looks_attributes_up(void **state)
{
    static const call_row rows[] = {
        {"map", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "attribute='n'"}, "['b', 'A', 'a']"},
        {"map", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "attribute='k.v'", "default=0"}, "[2, 1, 0]"},
        {"map", {"[[1, 2], [3]]", "attribute=0"}, "[1, 3]"}, {"map", {"[[1, 2], [3]]", "attribute='1'", "default='d'"}, "[2, 'd']"},
        {"map", {"[{'n': 1}]", "attribute='n'"}, "[1]"},
        {"map", {"[1]", "attribute='a'", "other=1"}, "FilterArgumentError: Unexpected keyword argument 'other'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void map_fails_when_the_first_item_is_asked_for(void **state)
{
    static const call_row rows[] = {
        {"map", {"[1]"}, "FilterArgumentError: map requires a filter argument"},
        {"map", {"[1]", "'nope'"}, "TemplateRuntimeError: No filter named 'nope'."},
        {"map", {"[1]", "undefined"}, "TemplateRuntimeError: No filter named Undefined. ('x' is undefined; did you forget to quote the callable name?)"},
        {"map", {"[1]", "5"}, "TemplateRuntimeError: No filter named 5."}, {"map", {"[1]", "[]"}, "TypeError: unhashable type: 'list'"},
        {"map", {"5", "'upper'"}, "TypeError: 'int' object is not iterable"},
        {"map", {"strict", "'upper'"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void select_and_reject_ask_a_test_or_the_truth(void **state)
{
    static const call_row rows[] = {
        {"select", {"[0, 1, '', 'a', None]"}, "[1, 'a']"}, {"reject", {"[0, 1, '', 'a', None]"}, "[0, '', None]"},
        {"select", {"[1, 2, 3]", "'odd'"}, "[1, 3]"}, {"reject", {"[1, 2, 3]", "'odd'"}, "[2]"},
        {"select", {"[1, 2, 3]", "'divisibleby'", "3"}, "[3]"}, {"select", {"[1, 2, 3]", "'in'", "[1, 3]"}, "[1, 3]"},
        {"select", {"[1, 5]", "'>'", "2"}, "[5]"}, {"select", {"[1]", "'nope'"}, "TemplateRuntimeError: No test named 'nope'."},
        {"select", {"[1]", "undefined"}, "TemplateRuntimeError: No test named Undefined. ('x' is undefined; did you forget to quote the callable name?)"},
        {"select", {"None", "'nope'"}, "[]"}, {"select", {"5"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void selectattr_and_rejectattr_ask_about_an_attribute(void **state)
{
    static const call_row rows[] = {
        {"selectattr", {"[{'a': 1}, {'a': 0}, {}]", "'a'"}, "[{'a': 1}]"},
        {"rejectattr", {"[{'a': 1}, {'a': 0}, {}]", "'a'"}, "[{'a': 0}, {}]"},
        {"selectattr", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'n'", "'eq'", "'A'"}, "[{'n': 'A', 'k': {'v': 1}}]"},
        {"selectattr", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'k.v'", "'defined'"}, "UndefinedError: 'dict object' has no attribute 'k'"},
        {"rejectattr", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'k.v'", "'defined'"}, "UndefinedError: 'dict object' has no attribute 'k'"},
        {"selectattr", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'k.v'", "'gt'", "1"}, "UndefinedError: 'dict object' has no attribute 'k'"},
        {"selectattr", {"[1]"}, "FilterArgumentError: Missing parameter for attribute name"}, {"selectattr", {"[]"}, "[]"},
        {"selectattr", {"[[1], [0]]", "0"}, "[[1]]"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

/* A filter's iterator over `value`, with further arguments. */
static burin_value lazy(run *r, const char *filter, burin_value value, const char *first, const char *second)
{
    burin_value  positional[3] = {value}, out = rt_missing();
    rt_arguments args          = {.positional = positional, .count = 1};
    if (first)
        positional[args.count++] = value_of(r, first);
    if (second)
        positional[args.count++] = value_of(r, second);
    assert_int_equal(rt_call_function(&r->st, rt_names_function(r->env.filters, (burin_text){filter, strlen(filter)}), &args, &out), BURIN_OK);
    return out;
}

static const char *next_of(run *r, burin_value iterator)
{
    rt_iter      it;
    burin_value  item   = rt_missing();
    burin_status status = rt_iter_init(&r->st, iterator, &it);
    if (!status)
        status = rt_iter_next(&r->st, &it, &item);
    return !status && item.kind == BURIN_MISSING ? "the end" : outcome(r, status, item);
}

static void nothing_happens_before_the_first_item(void **state)
{
    static const char *const filters[] = {"map", "select", "reject", "selectattr", "rejectattr", "batch", "slice", "unique", "items"};
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof filters / sizeof filters[0]; n++) {
        const char *argument = strcmp(filters[n], "items") == 0 ? NULL : strcmp(filters[n], "slice") == 0 ? "0" : "'x'";
        burin_value iterator = lazy(r, filters[n], burin_int(5), argument, NULL);
        assert_int_equal(r->st.status, BURIN_OK);
        assert_non_null(strstr(next_of(r, iterator), "TypeError"));
        assert_string_equal(next_of(r, iterator), "the end"); /* a failure ends it */
    }
    assert_true(run_free(r));
}

static void lists_are_seen_live_until_the_end_is_reached(void **state)
{
    run     *r = run_new();
    rt_list *list;
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 8, &list), BURIN_OK);
    assert_int_equal(rt_list_push(&r->st, list, burin_int(1)), BURIN_OK);
    burin_value map = lazy(r, "map", rt_list_value(list), "'string'", NULL), back = lazy(r, "reverse", rt_list_value(list), NULL, NULL);
    assert_int_equal(rt_list_push(&r->st, list, burin_int(2)), BURIN_OK);
    assert_string_equal(next_of(r, map), "'1'");
    assert_string_equal(next_of(r, map), "'2'");
    assert_string_equal(next_of(r, map), "the end");
    assert_int_equal(rt_list_push(&r->st, list, burin_int(3)), BURIN_OK);
    assert_string_equal(next_of(r, map), "the end");
    assert_string_equal(next_of(r, back), "1"); /* begun when there was one item */
    assert_string_equal(next_of(r, back), "the end");
    assert_true(run_free(r));
}

static void an_iterator_over_itself_is_refused(void **state)
{
    run     *r = run_new();
    rt_list *list;
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
    burin_value map = lazy(r, "map", rt_list_value(list), "'list'", NULL);
    assert_int_equal(rt_list_push(&r->st, list, map), BURIN_OK);
    assert_string_equal(next_of(r, map), "ValueError: generator already executing");
    assert_true(run_free(r));
}

static void iterators_stacked_too_deep_are_refused(void **state)
{
    run        *r     = run_new();
    burin_value stack = value_of(r, "[1]");
    (void)state;
    for (int n = 0; n < 100000; n++)
        stack = lazy(r, "select", stack, NULL, NULL);
    assert_string_equal(next_of(r, stack), "RecursionError: maximum recursion depth exceeded");
    assert_true(run_free(r));
}

/* A loop's iteration releases what it made; what the iterators remember must stay. */
static void what_iterators_remember_survives_the_iterations(void **state)
{
    static const struct {
        const char *filter, *argument, *want[4];
    } rows[] = {
        {"unique", NULL, {"'1'", "'2'", "'3'", "the end"}},
        {"batch", "2", {"['1', '2']", "['1', '3']", "['2']", "the end"}},
        {"slice", "3", {"['1', '2']", "['1', '3']", "['2']", "the end"}},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value strings  = lazy(r, "map", value_of(r, "[1, 2, 1, 3, 2]"), "'string'", NULL);
        burin_value iterator = lazy(r, rows[n].filter, strings, rows[n].argument, NULL), garbage;
        for (int item = 0; item < 4; item++) {
            heap_position mark = heap_mark(&r->st.heap);
            assert_string_equal(next_of(r, iterator), rows[n].want[item]);
            heap_release(&r->st.heap, mark);
            assert_int_equal(rt_string_copy(&r->st, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 32, &garbage), BURIN_OK);
        }
    }
    assert_true(run_free(r));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(map_applies_a_filter_with_its_arguments),
        cmocka_unit_test(map_looks_attributes_up),
        cmocka_unit_test(map_fails_when_the_first_item_is_asked_for),
        cmocka_unit_test(select_and_reject_ask_a_test_or_the_truth),
        cmocka_unit_test(selectattr_and_rejectattr_ask_about_an_attribute),
        cmocka_unit_test(nothing_happens_before_the_first_item),
        cmocka_unit_test(lists_are_seen_live_until_the_end_is_reached),
        cmocka_unit_test(an_iterator_over_itself_is_refused),
        cmocka_unit_test(iterators_stacked_too_deep_are_refused),
        cmocka_unit_test(what_iterators_remember_survives_the_iterations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
