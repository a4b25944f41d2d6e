/* pprint.pformat: what fits in 80 columns stays on its line; rows are CPython's output. */
#include "tests/support/values_from_text.h"

static const char *pformat_with(run *r, burin_value v, rt_pprint_options options)
{
    rt_out      text;
    burin_value out;
    rt_out_init_heap(&text, &r->st, 0);
    burin_status status = rt_write_pprint(&r->st, &text, v, options);
    rt_out_write(&text, "", 1);
    if (status)
        return outcome(r, status, v);
    assert_int_equal(rt_out_take(&text, 0, &out), BURIN_OK);
    return out.as.s;
}

static const char *pformat(run *r, burin_value v) { return pformat_with(r, v, (rt_pprint_options){0}); }

#define X30 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define C69 "ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define WORDS "word word word word word word word word word word word word word word "

static void values_are_broken_where_python_breaks_them(void **state)
{
    static const struct {
        const char *v, *want;
    } rows[] = {
        {"{'b': 1, 'a': [1, 2]}", "{'a': [1, 2], 'b': 1}"},
        {"{1: 2, 'a': 3, None: 4}", "{None: 4, 1: 2, 'a': 3}"},
        {"['" X30 "', '" X30 "', '" X30 "']", "['" X30 "',\n '" X30 "',\n '" X30 "']"},
        {"('" X30 "', '" X30 "', '" X30 "')", "('" X30 "',\n '" X30 "',\n '" X30 "')"},
        {"{'k': ['" X30 "', '" X30 "', 12345], 'j': '" X30 "'}", "{'j': '" X30 "',\n 'k': ['" X30 "',\n       '" X30 "',\n       12345]}"},
        {"{'a': {'b': '" C69 "'}}", "{'a': {'b': '" C69 "'}}"},
        {"'" WORDS "word word word word word '", "('" WORDS "word '\n 'word word word word ')"},
        {"['" WORDS "word word word word word ']", "['" WORDS "word '\n 'word word word word ']"},
        {"'aaaaaaaaaaaa\\n" WORDS "\\nb'", "('aaaaaaaaaaaa\\n'\n '" WORDS "\\n'\n 'b')"},
        {"b'" C69 "cccccccccccccccccc'", "(b'" C69 "ccccccc'\n b'ccccccccccc')"},
        {"{3, 1, 2}", "{1, 2, 3}"},
        {"{'" X30 "c', '" X30 "a', '" X30 "b'}", "{'" X30 "a',\n '" X30 "b',\n '" X30 "c'}"},
        {"M'" WORDS WORDS "'", "Markup('" WORDS WORDS "')"},
        {"''", "''"}, {"[]", "[]"}, {"(1,)", "(1,)"}, {"None", "None"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_string_equal(pformat(r, value_of(r, rows[n].v)), rows[n].want);
    assert_true(run_free(r));
}

#define TEN "1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000, "

static void compact_rows_hold_as_many_items_as_fit(void **state)
{
    static const struct {
        const char *v, *want;
    } rows[] = {
        {"[" TEN TEN "9]", "[1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000,\n 1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000, 9]"},
        {"(" TEN TEN "9)", "(1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000,\n 1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000, 9)"},
        {"{'key': [" TEN "100000000]}", "{'key': [1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000,\n         100000000]}"},
        {"[1, ['" X30 "', '" X30 "', '" X30 "'], 2, 3]", "[1,\n ['" X30 "', '" X30 "',\n  '" X30 "'],\n 2, 3]"},
        {"['" C69 "cccccc', 1, 2]", "['" C69 "cccccc',\n 1, 2]"},
        {"[1, 2, '" C69 "ccccccc']", "[1, 2,\n '" C69 "ccccccc']"},
        {"['" WORDS WORDS "', 1, 2]", "['" WORDS "word '\n 'word word word word word word word word word word word word word ',\n 1, 2]"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_string_equal(pformat_with(r, value_of(r, rows[n].v), (rt_pprint_options){.compact = true}), rows[n].want);
    assert_true(run_free(r));
}

static void containers_below_the_depth_are_dots(void **state)
{
    static const struct {
        const char *v;
        unsigned    depth;
        const char *want;
    } rows[] = {
        {"[1, [2], (3,), (4, 5), {6: 7}, [], (), {}]", 1, "[1, [...], (...,), (...), {...}, [], (), {}]"},
        {"{'a': {'b': {'c': {'d': 1}}}}", 3, "{'a': {'b': {'c': {...}}}}"},
        {"{'a': {'b': {'c': {'d': 1}}}}", 0, "{'a': {'b': {'c': {'d': 1}}}}"},
        {"[{1, 2}]", 1, "[{1, 2}]"},
        {"{'" X30 "': {'" X30 "': ['" X30 "']}}", 2, "{'" X30 "': {'" X30 "': [...]}}"},
        {"[['" X30 "', '" X30 "', ['" X30 "'], [1]]]", 2, "[['" X30 "',\n  '" X30 "',\n  [...],\n  [...]]]"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_string_equal(pformat_with(r, value_of(r, rows[n].v), (rt_pprint_options){.depth = rows[n].depth}), rows[n].want);
    assert_true(run_free(r));
}

static void a_cycle_is_told_as_recursion(void **state)
{
    run     *r = run_new();
    rt_list *list;
    char     want[80];
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
    rt_list_push(&r->st, list, rt_list_value(list));
    snprintf(want, sizeof want, "[<Recursion on list with id=%llu>]", (unsigned long long)(uintptr_t)list);
    assert_string_equal(pformat(r, rt_list_value(list)), want);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_broken_where_python_breaks_them),
        cmocka_unit_test(compact_rows_hold_as_many_items_as_fit),
        cmocka_unit_test(containers_below_the_depth_are_dots),
        cmocka_unit_test(a_cycle_is_told_as_recursion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
