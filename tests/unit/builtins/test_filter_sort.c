/* Filters that compare items: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void sort_ignores_case_and_keeps_equals_in_order(void **state)
{
    static const call_row rows[] = {
        {"sort", {"['b', 'A', 'a', 'B']"}, "['A', 'a', 'b', 'B']"},
        {"sort", {"['b', 'A', 'a', 'B']", "case_sensitive=True"}, "['A', 'B', 'a', 'b']"},
        {"sort", {"['b', 'A', 'a']", "True"}, "['b', 'A', 'a']"}, {"sort", {"[3, 1.5, True]"}, "[True, 1.5, 3]"},
        {"sort", {"'cAb'"}, "['A', 'b', 'c']"}, {"sort", {"{'b': 1, 'a': 2}"}, "['a', 'b']"},
        {"sort", {"[(2, 'a'), (1, 'b')]"}, "[(1, 'b'), (2, 'a')]"}, {"sort", {"undefined"}, "[]"},
        {"sort", {"5"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void sort_takes_paths_and_several_of_them(void **state)
{
    static const call_row rows[] = {
        {"sort", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "attribute='n'"}, "[{'n': 'A', 'k': {'v': 1}}, {'n': 'a'}, {'n': 'b', 'k': {'v': 2}}]"},
        {"sort", {"[{'a': 1, 'b': 2}, {'a': 1, 'b': 1}, {'a': 0}]", "attribute='a'"}, "[{'a': 0}, {'a': 1, 'b': 2}, {'a': 1, 'b': 1}]"},
        {"sort", {"[{'a': 1, 'b': 2}, {'a': 1, 'b': 1}]", "attribute='a,b'"}, "[{'a': 1, 'b': 1}, {'a': 1, 'b': 2}]"},
        {"sort", {"[[2, 'a'], [1, 'b']]", "attribute=0"}, "[[1, 'b'], [2, 'a']]"},
        {"sort", {"[{'a': [2]}, {'a': [1]}]", "attribute='a.0'"}, "[{'a': [1]}, {'a': [2]}]"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void sort_fails_where_python_does(void **state)
{
    static const call_row rows[] = {
        {"sort", {"[1, 'a']"}, "TypeError: '<' not supported between instances of 'str' and 'int'"},
        {"sort", {"['a', 1]"}, "TypeError: '<' not supported between instances of 'int' and 'str'"},
        {"sort", {"[None, None]"}, "[None, None]"},
        {"sort", {"[None, 1]"}, "TypeError: '<' not supported between instances of 'int' and 'NoneType'"},
        {"sort", {"[{}, {}]", "attribute='a'"}, "[{}, {}]"},
        {"sort", {"[{}, {'a': 1}]", "attribute='a'"}, "UndefinedError: 'dict object' has no attribute 'a'"},
        {"sort", {"[1]", "'x'"}, "TypeError: 'str' object cannot be interpreted as an integer"},
        {"sort", {"[1]", "None"}, "TypeError: 'NoneType' object cannot be interpreted as an integer"},
        {"sort", {"[1]", "attribute='²'"}, "ValueError: invalid literal for int() with base 10: '²'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void long_lists_stay_stable(void **state)
{
    static const call_row rows[] = {
        {"sort", {"[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 0, 4]"}, "[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10]"},
        {"sort", {"[(0, 0), (2, 1), (4, 2), (6, 3), (1, 4), (3, 5), (5, 6), (0, 7), (2, 8), (4, 9), (6, 10), (1, 11), (3, 12), (5, 13), (0, 14), (2, 15), (4, 16), (6, 17), (1, 18), (3, 19), (5, 20), (0, 21), (2, 22), (4, 23), (6, 24), (1, 25), (3, 26), (5, 27), (0, 28), (2, 29), (4, 30), (6, 31), (1, 32), (3, 33), (5, 34), (0, 35), (2, 36), (4, 37), (6, 38), (1, 39), (3, 40), (5, 41), (0, 42), (2, 43), (4, 44), (6, 45), (1, 46), (3, 47), (5, 48), (0, 49), (2, 50), (4, 51), (6, 52), (1, 53), (3, 54), (5, 55), (0, 56), (2, 57), (4, 58), (6, 59), (1, 60), (3, 61), (5, 62), (0, 63), (2, 64), (4, 65), (6, 66), (1, 67), (3, 68), (5, 69)]", "attribute=0"}, "[(0, 0), (0, 7), (0, 14), (0, 21), (0, 28), (0, 35), (0, 42), (0, 49), (0, 56), (0, 63), (1, 4), (1, 11), (1, 18), (1, 25), (1, 32), (1, 39), (1, 46), (1, 53), (1, 60), (1, 67), (2, 1), (2, 8), (2, 15), (2, 22), (2, 29), (2, 36), (2, 43), (2, 50), (2, 57), (2, 64), (3, 5), (3, 12), (3, 19), (3, 26), (3, 33), (3, 40), (3, 47), (3, 54), (3, 61), (3, 68), (4, 2), (4, 9), (4, 16), (4, 23), (4, 30), (4, 37), (4, 44), (4, 51), (4, 58), (4, 65), (5, 6), (5, 13), (5, 20), (5, 27), (5, 34), (5, 41), (5, 48), (5, 55), (5, 62), (5, 69), (6, 3), (6, 10), (6, 17), (6, 24), (6, 31), (6, 38), (6, 45), (6, 52), (6, 59), (6, 66)]"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void dictsort_sorts_by_key_or_value(void **state)
{
    static const call_row rows[] = {
        {"dictsort", {"{'b': 1, 'A': 3, 'c': 2}"}, "[('A', 3), ('b', 1), ('c', 2)]"},
        {"dictsort", {"{'b': 1, 'A': 3}", "True"}, "[('A', 3), ('b', 1)]"},
        {"dictsort", {"{'b': 1, 'A': 3}", "False", "'value'"}, "[('b', 1), ('A', 3)]"},
        {"dictsort", {"{'b': 1, 'A': 3}", "reverse=True"}, "[('b', 1), ('A', 3)]"},
        {"dictsort", {"{}", "by='x'"}, "FilterArgumentError: You can only sort by either \"key\" or \"value\""},
        {"dictsort", {"{1: 0, 'a': 0}"}, "TypeError: '<' not supported between instances of 'str' and 'int'"},
        {"dictsort", {"[1]"}, "AttributeError: 'list' object has no attribute 'items'"},
        {"dictsort", {"undefined"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void groupby_sorts_and_keeps_the_first_spelling(void **state)
{
    static const call_row rows[] = {
        {"groupby", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'n'"}, "[('A', [{'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]), ('b', [{'n': 'b', 'k': {'v': 2}}])]"},
        {"groupby", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'n'", "case_sensitive=True"}, "[('A', [{'n': 'A', 'k': {'v': 1}}]), ('a', [{'n': 'a'}]), ('b', [{'n': 'b', 'k': {'v': 2}}])]"},
        {"groupby", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'k.v'", "default=0"}, "[(0, [{'n': 'a'}]), (1, [{'n': 'A', 'k': {'v': 1}}]), (2, [{'n': 'b', 'k': {'v': 2}}])]"},
        {"groupby", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "'k.v'"}, "UndefinedError: 'dict object' has no attribute 'k'"},
        {"groupby", {"['bb', 'a', 'b']", "0"}, "[('a', ['a']), ('b', ['bb', 'b'])]"}, {"groupby", {"[]", "'x'"}, "[]"},
        {"groupby", {"5", "'x'"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void min_and_max_take_the_first_of_equals(void **state)
{
    static const call_row rows[] = {
        {"min", {"[3, 1, 2]"}, "1"}, {"max", {"[3, 1, 2]"}, "3"}, {"min", {"['b', 'A', 'a']"}, "'A'"},
        {"min", {"['b', 'A', 'a']", "True"}, "'A'"}, {"max", {"['a', 'B', 'b']"}, "'B'"},
        {"min", {"[{'n': 'b', 'k': {'v': 2}}, {'n': 'A', 'k': {'v': 1}}, {'n': 'a'}]", "attribute='n'"}, "{'n': 'A', 'k': {'v': 1}}"},
        {"max", {"[]"}, "No aggregated item, sequence was empty."}, {"min", {"undefined"}, "No aggregated item, sequence was empty."},
        {"min", {"[1, 'a']"}, "TypeError: '<' not supported between instances of 'str' and 'int'"},
        {"max", {"[1, 'a']"}, "TypeError: '>' not supported between instances of 'str' and 'int'"},
        {"min", {"[None, None]"}, "TypeError: '<' not supported between instances of 'NoneType' and 'NoneType'"},
        {"max", {"5"}, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sort_ignores_case_and_keeps_equals_in_order),
        cmocka_unit_test(sort_takes_paths_and_several_of_them),
        cmocka_unit_test(sort_fails_where_python_does),
        cmocka_unit_test(long_lists_stay_stable),
        cmocka_unit_test(dictsort_sorts_by_key_or_value),
        cmocka_unit_test(groupby_sorts_and_keeps_the_first_spelling),
        cmocka_unit_test(min_and_max_take_the_first_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
