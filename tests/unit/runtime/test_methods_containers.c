/* Methods of list, tuple, dict and set: each row is a call and what CPython 3.11 (with MarkupSafe 2.1) gives: repr of the result, or class and message.
 * Where the method changes its object, `after` is the object's repr afterwards. */
#include "tests/unit/runtime/method_rows.h"

static void lists_change_in_place(void **state)
{
    static const method_row rows[] = {
        {"[1]", "append", "[2]", NULL, "None", "[1, [2]]"},
        {"[1]", "extend", "(2, 3)", NULL, "None", "[1, 2, 3]"},
        {"[1]", "extend", "'ab'", NULL, "None", "[1, 'a', 'b']"},
        {"[]", "extend", "{'k': 1}", NULL, "None", "['k']"},
        {"[1, 3]", "insert", "1|2", NULL, "None", "[1, 2, 3]"},
        {"[1]", "insert", "-9|0", NULL, "None", "[0, 1]"},
        {"[1]", "insert", "99|2", NULL, "None", "[1, 2]"},
        {"[1, 2, 3]", "pop", "", NULL, "3", "[1, 2]"},
        {"[1, 2, 3]", "pop", "0", NULL, "1", "[2, 3]"},
        {"[1, 2, 3]", "pop", "-2", NULL, "2", "[1, 3]"},
        {"[1, 2, 1]", "remove", "1", NULL, "None", "[2, 1]"},
        {"[1, 2, 3]", "reverse", "", NULL, "None", "[3, 2, 1]"},
        {"[1, 2]", "clear", "", NULL, "None", "[]"},
        {"[1, 2]", "copy", "", NULL, "[1, 2]"},
        {"[]", "pop", "", NULL, "IndexError: pop from empty list"},
        {"[1]", "pop", "3", NULL, "IndexError: pop index out of range"},
        {"[1]", "remove", "5", NULL, "ValueError: list.remove(x): x not in list"},
        {"[1]", "extend", "5", NULL, "TypeError: 'int' object is not iterable"},
        {"[1]", "insert", "'x'|1", NULL, "TypeError: 'str' object cannot be interpreted as an integer"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void lists_and_tuples_find_by_equality(void **state)
{
    static const method_row rows[] = {
        {"[1, 1.0, True, '1']", "count", "1", NULL, "3"},
        {"[1, 2, 3]", "index", "2.0", NULL, "1"},
        {"[1, 2, 1]", "index", "1|1", NULL, "2"},
        {"[1, 2, 1]", "index", "1|-1", NULL, "2"},
        {"[1, 2]", "index", "2|0|1", NULL, "ValueError: 2 is not in list"},
        {"[1]", "index", "'a'", NULL, "ValueError: 'a' is not in list"},
        {"[1]", "index", "1|None", NULL, "TypeError: slice indices must be integers or have an __index__ method"},
        {"(1, 2, 1)", "count", "1", NULL, "2"},
        {"(1, 2)", "index", "2", NULL, "1"},
        {"(1,)", "index", "3", NULL, "ValueError: tuple.index(x): x not in tuple"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void sort_is_stable_and_total_only_within_types(void **state)
{
    static const method_row rows[] = {
        {"[3, 1, 2]", "sort", "", NULL, "None", "[1, 2, 3]"},
        {"[3, 1, 2]", "sort", "", "{'reverse': True}", "None", "[3, 2, 1]"},
        {"['b', 'A', 'ä']", "sort", "", NULL, "None", "['A', 'b', 'ä']"},
        {"[(1, 'b'), (0, 'z'), (1, 'a')]", "sort", "", NULL, "None", "[(0, 'z'), (1, 'a'), (1, 'b')]"},
        {"[2.5, 1, True]", "sort", "", NULL, "None", "[1, True, 2.5]"},
        {"[1, True, 1.0]", "sort", "", "{'reverse': True}", "None"},
        {"[2, 'a']", "sort", "", NULL, "TypeError: '<' not supported between instances of 'str' and 'int'"},
        {"[1]", "sort", "1", NULL, "TypeError: sort() takes no positional arguments"},
        {"[2, 1]", "sort", "", "{'foo': 1}", "TypeError: 'foo' is an invalid keyword argument for sort()"},
        {"[2, 1]", "sort", "", "{'reverse': 'x'}", "TypeError: 'str' object cannot be interpreted as an integer"},
        {"[2, 1]", "sort", "", "{'key': 1}", "TypeError: 'int' object is not callable"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void dicts_keep_their_order(void **state)
{
    static const method_row rows[] = {
        {"{'a': 1}", "get", "'a'", NULL, "1"},
        {"{'a': 1}", "get", "'b'", NULL, "None"},
        {"{'a': 1}", "get", "'b'|2", NULL, "2"},
        {"{1: 'x'}", "get", "True", NULL, "'x'"},
        {"{}", "get", "[]", NULL, "TypeError: unhashable type: 'list'"},
        {"{'a': 1, 'b': 2}", "keys", "", NULL, "dict_keys(['a', 'b'])"},
        {"{'a': 1, 'b': 2}", "values", "", NULL, "dict_values([1, 2])"},
        {"{'a': 1, 'b': 2}", "items", "", NULL, "dict_items([('a', 1), ('b', 2)])"},
        {"{'a': 1, 'b': 2}", "pop", "'a'", NULL, "1", "{'b': 2}"},
        {"{}", "pop", "'a'|5", NULL, "5"},
        {"{}", "pop", "\"a'b\"", NULL, "KeyError: \"a'b\""},
        {"{'a': 1, 'b': 2}", "popitem", "", NULL, "('b', 2)", "{'a': 1}"},
        {"{}", "popitem", "", NULL, "KeyError: 'popitem(): dictionary is empty'"},
        {"{'a': 1}", "setdefault", "'a'|2", NULL, "1"},
        {"{'a': 1}", "setdefault", "'b'|2", NULL, "2", "{'a': 1, 'b': 2}"},
        {"{'a': 1}", "setdefault", "'b'", NULL, "None", "{'a': 1, 'b': None}"},
        {"{'a': 1}", "copy", "", NULL, "{'a': 1}"},
        {"{'a': 1}", "clear", "", NULL, "None", "{}"},
        {"{}", "fromkeys", "'ab'|1", NULL, "{'a': 1, 'b': 1}"},
        {"{}", "fromkeys", "[1, 1]", NULL, "{1: None}"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void update_takes_mappings_pairs_and_names(void **state)
{
    static const method_row rows[] = {
        {"{'a': 1, 'b': 2}", "update", "{'b': 3, 'c': 4}", NULL, "None", "{'a': 1, 'b': 3, 'c': 4}"},
        {"{}", "update", "[('a', 1), ['b', 2], 'cd']", NULL, "None", "{'a': 1, 'b': 2, 'c': 'd'}"},
        {"{'a': 1}", "update", "", "{'a': 2, 'z': 3}", "None", "{'a': 2, 'z': 3}"},
        {"{'a': 1}", "update", "{'b': 2}", "{'c': 3}", "None", "{'a': 1, 'b': 2, 'c': 3}"},
        {"{}", "update", "5", NULL, "TypeError: 'int' object is not iterable"},
        {"{}", "update", "[1]", NULL, "TypeError: cannot convert dictionary update sequence element #0 to a sequence"},
        {"{}", "update", "['abc']", NULL, "ValueError: dictionary update sequence element #0 has length 3; 2 is required"},
        {"{}", "update", "[([], 1)]", NULL, "TypeError: unhashable type: 'list'"},
        {"{}", "update", "1|2", NULL, "TypeError: update expected at most 1 argument, got 2"},
        {"{}", "update", "", NULL, "None"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void sets_combine_with_any_iterable(void **state)
{
    static const method_row rows[] = {
        {"{1}", "add", "2", NULL, "None", "{1, 2}"},
        {"{1}", "add", "1.0", NULL, "None"},
        {"{1, 2}", "discard", "2", NULL, "None", "{1}"},
        {"{1}", "discard", "5", NULL, "None"},
        {"{1, 2}", "remove", "1", NULL, "None", "{2}"},
        {"{1}", "remove", "2", NULL, "KeyError: 2"},
        {"{1}", "union", "[2]|(3,)", NULL, "{1, 2, 3}"},
        {"{1, 2, 3}", "difference", "[2]", NULL, "{1, 3}"},
        {"{1, 2, 3}", "intersection", "[2, 3]|(3,)", NULL, "{3}"},
        {"{1, 2}", "symmetric_difference", "[2, 3]", NULL, "{1, 3}"},
        {"{1}", "update", "{2: 0}", NULL, "None", "{1, 2}"},
        {"{1, 2}", "intersection_update", "[2]", NULL, "None", "{2}"},
        {"{1, 2}", "difference_update", "[2]", NULL, "None", "{1}"},
        {"{1, 2}", "symmetric_difference_update", "[2, 3]", NULL, "None", "{1, 3}"},
        {"{1}", "isdisjoint", "[2]", NULL, "True"},
        {"{1}", "issubset", "[1, 2]", NULL, "True"},
        {"{1}", "issuperset", "[1, 2]", NULL, "False"},
        {"{1}", "copy", "", NULL, "{1}"},
        {"{1}", "clear", "", NULL, "None", "set()"},
        {"{1}", "pop", "", NULL, "1", "set()"},
        {"set()", "pop", "", NULL, "KeyError: 'pop from an empty set'"},
        {"{1}", "union", "5", NULL, "TypeError: 'int' object is not iterable"},
        {"{1}", "add", "[]", NULL, "TypeError: unhashable type: 'list'"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_change_in_place),
        cmocka_unit_test(lists_and_tuples_find_by_equality),
        cmocka_unit_test(sort_is_stable_and_total_only_within_types),
        cmocka_unit_test(dicts_keep_their_order),
        cmocka_unit_test(update_takes_mappings_pairs_and_names),
        cmocka_unit_test(sets_combine_with_any_iterable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
