/* Tests: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void kinds_of_values_are_told_apart(void **state)
{
    static const call_row rows[] = {
        {"boolean", {"True"}, "True"}, {"boolean", {"0"}, "False"}, {"boolean", {"1.5"}, "False"}, {"boolean", {"None"}, "False"},
        {"boolean", {"'a'"}, "False"}, {"boolean", {"M'a'"}, "False"}, {"boolean", {"[1]"}, "False"}, {"boolean", {"(1,)"}, "False"},
        {"boolean", {"{'a': 1}"}, "False"}, {"boolean", {"{1}"}, "False"}, {"boolean", {"b'a'"}, "False"},
        {"boolean", {"undefined"}, "False"}, {"true", {"True"}, "True"}, {"true", {"0"}, "False"}, {"true", {"1.5"}, "False"},
        {"true", {"None"}, "False"}, {"true", {"'a'"}, "False"}, {"true", {"M'a'"}, "False"}, {"true", {"[1]"}, "False"},
        {"true", {"(1,)"}, "False"}, {"true", {"{'a': 1}"}, "False"}, {"true", {"{1}"}, "False"}, {"true", {"b'a'"}, "False"},
        {"true", {"undefined"}, "False"}, {"false", {"True"}, "False"}, {"false", {"0"}, "False"}, {"false", {"1.5"}, "False"},
        {"false", {"None"}, "False"}, {"false", {"'a'"}, "False"}, {"false", {"M'a'"}, "False"}, {"false", {"[1]"}, "False"},
        {"false", {"(1,)"}, "False"}, {"false", {"{'a': 1}"}, "False"}, {"false", {"{1}"}, "False"}, {"false", {"b'a'"}, "False"},
        {"false", {"undefined"}, "False"}, {"none", {"True"}, "False"}, {"none", {"0"}, "False"}, {"none", {"1.5"}, "False"},
        {"none", {"None"}, "True"}, {"none", {"'a'"}, "False"}, {"none", {"M'a'"}, "False"}, {"none", {"[1]"}, "False"},
        {"none", {"(1,)"}, "False"}, {"none", {"{'a': 1}"}, "False"}, {"none", {"{1}"}, "False"}, {"none", {"b'a'"}, "False"},
        {"none", {"undefined"}, "False"}, {"integer", {"True"}, "False"}, {"integer", {"0"}, "True"}, {"integer", {"1.5"}, "False"},
        {"integer", {"None"}, "False"}, {"integer", {"'a'"}, "False"}, {"integer", {"M'a'"}, "False"}, {"integer", {"[1]"}, "False"},
        {"integer", {"(1,)"}, "False"}, {"integer", {"{'a': 1}"}, "False"}, {"integer", {"{1}"}, "False"},
        {"integer", {"b'a'"}, "False"}, {"integer", {"undefined"}, "False"}, {"float", {"True"}, "False"}, {"float", {"0"}, "False"},
        {"float", {"1.5"}, "True"}, {"float", {"None"}, "False"}, {"float", {"'a'"}, "False"}, {"float", {"M'a'"}, "False"},
        {"float", {"[1]"}, "False"}, {"float", {"(1,)"}, "False"}, {"float", {"{'a': 1}"}, "False"}, {"float", {"{1}"}, "False"},
        {"float", {"b'a'"}, "False"}, {"float", {"undefined"}, "False"}, {"number", {"True"}, "True"}, {"number", {"0"}, "True"},
        {"number", {"1.5"}, "True"}, {"number", {"None"}, "False"}, {"number", {"'a'"}, "False"}, {"number", {"M'a'"}, "False"},
        {"number", {"[1]"}, "False"}, {"number", {"(1,)"}, "False"}, {"number", {"{'a': 1}"}, "False"}, {"number", {"{1}"}, "False"},
        {"number", {"b'a'"}, "False"}, {"number", {"undefined"}, "False"}, {"string", {"True"}, "False"}, {"string", {"0"}, "False"},
        {"string", {"1.5"}, "False"}, {"string", {"None"}, "False"}, {"string", {"'a'"}, "True"}, {"string", {"M'a'"}, "True"},
        {"string", {"[1]"}, "False"}, {"string", {"(1,)"}, "False"}, {"string", {"{'a': 1}"}, "False"}, {"string", {"{1}"}, "False"},
        {"string", {"b'a'"}, "False"}, {"string", {"undefined"}, "False"}, {"mapping", {"True"}, "False"}, {"mapping", {"0"}, "False"},
        {"mapping", {"1.5"}, "False"}, {"mapping", {"None"}, "False"}, {"mapping", {"'a'"}, "False"}, {"mapping", {"M'a'"}, "False"},
        {"mapping", {"[1]"}, "False"}, {"mapping", {"(1,)"}, "False"}, {"mapping", {"{'a': 1}"}, "True"}, {"mapping", {"{1}"}, "False"},
        {"mapping", {"b'a'"}, "False"}, {"mapping", {"undefined"}, "False"}, {"sequence", {"True"}, "False"},
        {"sequence", {"0"}, "False"}, {"sequence", {"1.5"}, "False"}, {"sequence", {"None"}, "False"}, {"sequence", {"'a'"}, "True"},
        {"sequence", {"M'a'"}, "True"}, {"sequence", {"[1]"}, "True"}, {"sequence", {"(1,)"}, "True"},
        {"sequence", {"{'a': 1}"}, "True"}, {"sequence", {"{1}"}, "False"}, {"sequence", {"b'a'"}, "True"},
        {"sequence", {"undefined"}, "True"}, {"iterable", {"True"}, "False"}, {"iterable", {"0"}, "False"},
        {"iterable", {"1.5"}, "False"}, {"iterable", {"None"}, "False"}, {"iterable", {"'a'"}, "True"}, {"iterable", {"M'a'"}, "True"},
        {"iterable", {"[1]"}, "True"}, {"iterable", {"(1,)"}, "True"}, {"iterable", {"{'a': 1}"}, "True"},
        {"iterable", {"{1}"}, "True"}, {"iterable", {"b'a'"}, "True"}, {"iterable", {"undefined"}, "True"},
        {"callable", {"True"}, "False"}, {"callable", {"0"}, "False"}, {"callable", {"1.5"}, "False"}, {"callable", {"None"}, "False"},
        {"callable", {"'a'"}, "False"}, {"callable", {"M'a'"}, "False"}, {"callable", {"[1]"}, "False"},
        {"callable", {"(1,)"}, "False"}, {"callable", {"{'a': 1}"}, "False"}, {"callable", {"{1}"}, "False"},
        {"callable", {"b'a'"}, "False"}, {"callable", {"undefined"}, "True"}, {"escaped", {"True"}, "False"},
        {"escaped", {"0"}, "False"}, {"escaped", {"1.5"}, "False"}, {"escaped", {"None"}, "False"}, {"escaped", {"'a'"}, "False"},
        {"escaped", {"M'a'"}, "True"}, {"escaped", {"[1]"}, "False"}, {"escaped", {"(1,)"}, "False"},
        {"escaped", {"{'a': 1}"}, "False"}, {"escaped", {"{1}"}, "False"}, {"escaped", {"b'a'"}, "False"},
        {"escaped", {"undefined"}, "False"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void undefined_values_are_not_defined(void **state)
{
    static const call_row rows[] = {
        {"defined", {"undefined"}, "False"}, {"undefined", {"undefined"}, "True"}, {"defined", {"None"}, "True"},
        {"undefined", {"strict"}, "True"}, {"defined", {"strict"}, "False"},
        {"iterable", {"strict"}, "UndefinedError: 'x' is undefined"}, {"sequence", {"strict"}, "False"},
        {"callable", {"strict"}, "True"}, {"escaped", {"chainable"}, "True"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void number_tests_use_the_remainder(void **state)
{
    static const call_row rows[] = {
        {"odd", {"3"}, "True"}, {"odd", {"2"}, "False"}, {"odd", {"-3"}, "True"}, {"odd", {"1.5"}, "False"}, {"odd", {"3.0"}, "True"},
        {"even", {"-2"}, "True"}, {"even", {"True"}, "False"},
        {"even", {"'a'"}, "TypeError: not all arguments converted during string formatting"},
        {"odd", {"None"}, "TypeError: unsupported operand type(s) for %: 'NoneType' and 'int'"}, {"divisibleby", {"9", "3"}, "True"},
        {"divisibleby", {"10", "3"}, "False"}, {"divisibleby", {"-9", "3"}, "True"},
        {"divisibleby", {"9", "0"}, "ZeroDivisionError: integer modulo by zero"}, {"divisibleby", {"9", "-3"}, "True"},
        {"divisibleby", {"123456789012345678901234567890", "10"}, "True"}, {"odd", {"undefined"}, "UndefinedError: 'x' is undefined"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void case_tests_need_a_cased_character(void **state)
{
    static const call_row rows[] = {
        {"lower", {"'abc1'"}, "True"}, {"lower", {"'aBc'"}, "False"}, {"lower", {"'1'"}, "False"}, {"lower", {"'é'"}, "True"},
        {"upper", {"'ABC 1'"}, "True"}, {"upper", {"'É'"}, "True"}, {"upper", {"''"}, "False"}, {"upper", {"None"}, "False"},
        {"lower", {"True"}, "False"}, {"lower", {"'ǅ'"}, "False"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void comparisons_have_many_names(void **state)
{
    static const call_row rows[] = {
        {"==", {"1", "2"}, "False"}, {"==", {"2", "1.0"}, "False"}, {"==", {"1", "1.0"}, "True"}, {"eq", {"1", "2"}, "False"},
        {"eq", {"2", "1.0"}, "False"}, {"eq", {"1", "1.0"}, "True"}, {"equalto", {"1", "2"}, "False"},
        {"equalto", {"2", "1.0"}, "False"}, {"equalto", {"1", "1.0"}, "True"}, {"!=", {"1", "2"}, "True"}, {"!=", {"2", "1.0"}, "True"},
        {"!=", {"1", "1.0"}, "False"}, {"ne", {"1", "2"}, "True"}, {"ne", {"2", "1.0"}, "True"}, {"ne", {"1", "1.0"}, "False"},
        {"<", {"1", "2"}, "True"}, {"<", {"2", "1.0"}, "False"}, {"<", {"1", "1.0"}, "False"}, {"lt", {"1", "2"}, "True"},
        {"lt", {"2", "1.0"}, "False"}, {"lt", {"1", "1.0"}, "False"}, {"lessthan", {"1", "2"}, "True"},
        {"lessthan", {"2", "1.0"}, "False"}, {"lessthan", {"1", "1.0"}, "False"}, {"<=", {"1", "2"}, "True"},
        {"<=", {"2", "1.0"}, "False"}, {"<=", {"1", "1.0"}, "True"}, {"le", {"1", "2"}, "True"}, {"le", {"2", "1.0"}, "False"},
        {"le", {"1", "1.0"}, "True"}, {">", {"1", "2"}, "False"}, {">", {"2", "1.0"}, "True"}, {">", {"1", "1.0"}, "False"},
        {"gt", {"1", "2"}, "False"}, {"gt", {"2", "1.0"}, "True"}, {"gt", {"1", "1.0"}, "False"}, {"greaterthan", {"1", "2"}, "False"},
        {"greaterthan", {"2", "1.0"}, "True"}, {"greaterthan", {"1", "1.0"}, "False"}, {">=", {"1", "2"}, "False"},
        {">=", {"2", "1.0"}, "True"}, {">=", {"1", "1.0"}, "True"}, {"ge", {"1", "2"}, "False"}, {"ge", {"2", "1.0"}, "True"},
        {"ge", {"1", "1.0"}, "True"}, {"lt", {"1", "'a'"}, "TypeError: '<' not supported between instances of 'int' and 'str'"},
        {"eq", {"1", "'1'"}, "False"}, {"ge", {"undefined", "1"}, "UndefinedError: 'x' is undefined"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void in_asks_the_container(void **state)
{
    static const call_row rows[] = {
        {"in", {"1", "[1]"}, "True"}, {"in", {"'b'", "'abc'"}, "True"}, {"in", {"'a'", "{'a': 1}"}, "True"},
        {"in", {"1", "'abc'"}, "TypeError: 'in <string>' requires string as left operand, not int"},
        {"in", {"1", "5"}, "TypeError: argument of type 'int' is not iterable"}, {"in", {"1", "undefined"}, "False"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void sameas_is_identity(void **state)
{
    static const call_row rows[] = {
        {"sameas", {"None", "None"}, "True"}, {"sameas", {"True", "True"}, "True"}, {"sameas", {"True", "1"}, "False"},
        {"sameas", {"[]", "[]"}, "False"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void names_of_filters_and_tests_are_known(void **state)
{
    static const call_row rows[] = {
        {"filter", {"'upper'"}, "True"}, {"filter", {"'nope'"}, "False"}, {"filter", {"5"}, "False"},
        {"filter", {"[]"}, "TypeError: unhashable type: 'list'"}, {"test", {"'odd'"}, "True"}, {"test", {"'=='"}, "True"},
        {"test", {"'nope'"}, "False"}, {"test", {"{}"}, "TypeError: unhashable type: 'dict'"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.tests, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_values_are_told_apart),
        cmocka_unit_test(undefined_values_are_not_defined),
        cmocka_unit_test(number_tests_use_the_remainder),
        cmocka_unit_test(case_tests_need_a_cased_character),
        cmocka_unit_test(comparisons_have_many_names),
        cmocka_unit_test(in_asks_the_container),
        cmocka_unit_test(sameas_is_identity),
        cmocka_unit_test(names_of_filters_and_tests_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
