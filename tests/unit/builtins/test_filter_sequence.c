/* Filters on sequences: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void default_replaces_undefined_and_on_demand_false(void **state)
{
    static const call_row rows[] = {
        {"default", {"undefined", "1"}, "1"}, {"d", {"strict", "1"}, "1"}, {"default", {"None", "1"}, "None"},
        {"default", {"''", "1"}, "''"}, {"default", {"''", "1", "True"}, "1"},
        {"default", {"0", "default_value='x'", "boolean=1"}, "'x'"}, {"default", {"5", "1", "True"}, "5"},
        {"default", {"undefined"}, "''"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void first_and_last_take_one_item_or_give_undefined(void **state)
{
    static const call_row rows[] = {
        {"first", {"[1, 2]"}, "1"}, {"first", {"'ab'"}, "'a'"}, {"first", {"M'ab'"}, "'a'"}, {"first", {"{'k': 1}"}, "'k'"},
        {"first", {"[]"}, "No first item, sequence was empty."}, {"first", {"5"}, "TypeError: 'int' object is not iterable"},
        {"first", {"undefined"}, "No first item, sequence was empty."}, {"last", {"[1, 2]"}, "2"}, {"last", {"'aé'"}, "'é'"},
        {"last", {"M'ab'"}, "Markup('b')"}, {"last", {"{'a': 1, 'k': 2}"}, "'k'"},
        {"last", {"()"}, "No last item, sequence was empty."}, {"last", {"{1, 2}"}, "TypeError: 'set' object is not reversible"},
        {"last", {"5"}, "TypeError: 'int' object is not reversible"}, {"last", {"undefined"}, "No last item, sequence was empty."},
        {"last", {"strict"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void length_counts_characters_and_items(void **state)
{
    static const call_row rows[] = {
        {"length", {"'aé日'"}, "3"}, {"count", {"[1, 2]"}, "2"}, {"length", {"{}"}, "0"}, {"length", {"undefined"}, "0"},
        {"length", {"5"}, "TypeError: object of type 'int' has no len()"},
        {"length", {"None"}, "TypeError: object of type 'NoneType' has no len()"},
        {"length", {"strict"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void list_makes_a_list_of_anything_iterable(void **state)
{
    static const call_row rows[] = {
        {"list", {"'aé'"}, "['a', 'é']"}, {"list", {"M'<'"}, "['<']"}, {"list", {"{'a': 1}"}, "['a']"}, {"list", {"(1,)"}, "[1]"},
        {"list", {"undefined"}, "[]"}, {"list", {"5"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void join_without_autoescape_is_plain(void **state)
{
    static const call_row rows[] = {
        {"join", {"[1, 'a', None]"}, "'1aNone'"}, {"join", {"[1, 2]", "', '"}, "'1, 2'"},
        {"join", {"{'a': 1, 'b': 2}", "'-'"}, "'a-b'"}, {"join", {"'abc'", "'|'"}, "'a|b|c'"}, {"join", {"[1, 2]", "0"}, "'102'"},
        {"join", {"[1, 2]", "undefined"}, "'12'"}, {"join", {"[1, 2]", "M'&'"}, "'1&2'"},
        {"join", {"[{'n': 1}, {'n': 2}]", "','", "'n'"}, "'1,2'"}, {"join", {"[{'n': {'m': 1}}]", "attribute='n.m'"}, "'1'"},
        {"join", {"[[1, 2], [3, 4]]", "','", "attribute=1"}, "'2,4'"}, {"join", {"[{}]", "attribute='x'"}, "''"},
        {"join", {"[]"}, "''"}, {"join", {"undefined"}, "''"}, {"join", {"5"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void join_with_autoescape_is_markup_as_soon_as_one_part_is(void **state)
{
    static const call_row rows[] = {
        {"join", {"['<', 1]", "'>'"}, "'<>1'"}, {"join", {"['<', 1]", "M'>'"}, "Markup('&lt;>1')"}, {"join", {"['<', 'a']"}, "'<a'"},
        {"join", {"'a<'", "M'|'"}, "Markup('a|&lt;')"}, {"join", {"[]", "M'|'"}, "Markup('')"},
    };
    (void)state;
    CHECK_FILTERS_ESCAPING(rows);
}

static void sum_adds_as_python_does(void **state)
{
    static const call_row rows[] = {
        {"sum", {"[1, 2, 3]"}, "6"}, {"sum", {"[1, 2.5]"}, "3.5"}, {"sum", {"[]"}, "0"}, {"sum", {"[1]", "start=10"}, "11"},
        {"sum", {"[{'a': 1}, {'a': 2}]", "'a'"}, "3"}, {"sum", {"[9223372036854775807, 1]"}, "9223372036854775808"},
        {"sum", {"[[1], [2]]", "start=[]"}, "[1, 2]"},
        {"sum", {"[[1], 2]", "start=[]"}, "TypeError: can only concatenate list (not \"int\") to list"},
        {"sum", {"[(1,), (2,)]", "start=()"}, "(1, 2)"},
        {"sum", {"['a']"}, "TypeError: unsupported operand type(s) for +: 'int' and 'str'"},
        {"sum", {"[]", "start=''"}, "TypeError: sum() can't sum strings [use ''.join(seq) instead]"},
        {"sum", {"[]", "start=b''"}, "TypeError: sum() can't sum bytes [use b''.join(seq) instead]"},
        {"sum", {"5"}, "TypeError: 'int' object is not iterable"}, {"sum", {"undefined"}, "0"},
        {"sum", {"[{}]", "'a'"}, "UndefinedError: 'dict object' has no attribute 'a'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void reverse_turns_text_and_walks_the_rest_backwards(void **state)
{
    static const call_row rows[] = {
        {"reverse", {"'aé日'"}, "'日éa'"}, {"reverse", {"M'<b'"}, "Markup('b<')"}, {"reverse", {"[1, 2, 3]"}, "[3, 2, 1]"},
        {"reverse", {"(1, 2)"}, "[2, 1]"}, {"reverse", {"{'a': 1, 'b': 2}"}, "['b', 'a']"}, {"reverse", {"{1}"}, "[1]"},
        {"reverse", {"b'ab'"}, "[98, 97]"}, {"reverse", {"undefined"}, "[]"},
        {"reverse", {"5"}, "FilterArgumentError: argument must be iterable"},
        {"reverse", {"None"}, "FilterArgumentError: argument must be iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void random_of_nothing_is_undefined(void **state)
{
    static const call_row rows[] = {
        {"random", {"[]"}, "No random item, sequence was empty."}, {"random", {"[7]"}, "7"},
        {"random", {"''"}, "No random item, sequence was empty."}, {"random", {"'aa'"}, "'a'"},
        {"random", {"undefined"}, "No random item, sequence was empty."},
        {"random", {"5"}, "TypeError: object of type 'int' has no len()"},
        {"random", {"{1}"}, "TypeError: 'set' object is not subscriptable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void attr_never_looks_at_items(void **state)
{
    static const call_row rows[] = {
        {"attr", {"{'a': 1}", "'a'"}, "'dict object' has no attribute 'a'"}, {"attr", {"5", "'real'"}, "5"},
        {"attr", {"5", "'x'"}, "'int object' has no attribute 'x'"},
        {"attr", {"5", "5"}, "TypeError: attribute name must be string, not 'int'"},
        {"attr", {"undefined", "'a'"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void batch_fills_the_last_list(void **state)
{
    static const call_row rows[] = {
        {"batch", {"[1, 2, 3, 4, 5]", "2"}, "[[1, 2], [3, 4], [5]]"}, {"batch", {"[1, 2, 3]", "2", "'x'"}, "[[1, 2], [3, 'x']]"},
        {"batch", {"[1, 2]", "2", "'x'"}, "[[1, 2]]"}, {"batch", {"[1, 2]", "0"}, "[[], [1, 2]]"},
        {"batch", {"'abc'", "2"}, "[['a', 'b'], ['c']]"}, {"batch", {"[]", "2", "0"}, "[]"},
        {"batch", {"[1, 2, 3]", "2.0"}, "[[1, 2], [3]]"}, {"batch", {"[1]", "'x'"}, "[[1]]"},
        {"batch", {"[1]", "'x'", "0"}, "TypeError: '<' not supported between instances of 'int' and 'str'"},
        {"batch", {"[1]", "-1", "0"}, "[[1]]"}, {"batch", {"5", "2"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void slice_gives_the_first_lists_the_rest(void **state)
{
    static const call_row rows[] = {
        {"slice", {"[1, 2, 3, 4, 5, 6, 7]", "3"}, "[[1, 2, 3], [4, 5], [6, 7]]"},
        {"slice", {"[1, 2, 3, 4, 5, 6, 7]", "3", "'x'"}, "[[1, 2, 3], [4, 5, 'x'], [6, 7, 'x']]"},
        {"slice", {"[1, 2]", "2", "'x'"}, "[[1, 'x'], [2, 'x']]"}, {"slice", {"[1]", "3"}, "[[1], [], []]"},
        {"slice", {"[]", "2"}, "[[], []]"}, {"slice", {"[1]", "-1"}, "[]"},
        {"slice", {"[1]", "0"}, "ZeroDivisionError: integer division or modulo by zero"},
        {"slice", {"[1]", "'x'"}, "TypeError: unsupported operand type(s) for //: 'int' and 'str'"},
        {"slice", {"[1]", "2.0"}, "TypeError: 'float' object cannot be interpreted as an integer"},
        {"slice", {"5", "2"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void items_takes_mappings_and_undefined(void **state)
{
    static const call_row rows[] = {
        {"items", {"{'a': 1, 2: None}"}, "[('a', 1), (2, None)]"}, {"items", {"undefined"}, "[]"}, {"items", {"strict"}, "[]"},
        {"items", {"[1]"}, "TypeError: Can only get item pairs from a mapping."},
        {"items", {"None"}, "TypeError: Can only get item pairs from a mapping."},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void unique_keeps_the_first_of_equals(void **state)
{
    static const call_row rows[] = {
        {"unique", {"['a', 'A', 'b', 'a']"}, "['a', 'b']"}, {"unique", {"['a', 'A', 'b', 'a']", "True"}, "['a', 'A', 'b']"},
        {"unique", {"[1, 1.0, True, 2]"}, "[1, 2]"},
        {"unique", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "attribute='n'"}, "[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}]"},
        {"unique", {"[[]]"}, "TypeError: unhashable type: 'list'"}, {"unique", {"5"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_replaces_undefined_and_on_demand_false),
        cmocka_unit_test(first_and_last_take_one_item_or_give_undefined),
        cmocka_unit_test(length_counts_characters_and_items),
        cmocka_unit_test(list_makes_a_list_of_anything_iterable),
        cmocka_unit_test(join_without_autoescape_is_plain),
        cmocka_unit_test(join_with_autoescape_is_markup_as_soon_as_one_part_is),
        cmocka_unit_test(sum_adds_as_python_does),
        cmocka_unit_test(reverse_turns_text_and_walks_the_rest_backwards),
        cmocka_unit_test(random_of_nothing_is_undefined),
        cmocka_unit_test(attr_never_looks_at_items),
        cmocka_unit_test(batch_fills_the_last_list),
        cmocka_unit_test(slice_gives_the_first_lists_the_rest),
        cmocka_unit_test(items_takes_mappings_and_undefined),
        cmocka_unit_test(unique_keeps_the_first_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
