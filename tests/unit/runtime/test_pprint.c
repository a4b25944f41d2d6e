/* pprint.pformat: what fits in 80 columns stays on its line; rows are CPython's output. */
#include "tests/support/values_from_text.h"

static const char *pformat(run *r, burin_value v)
{
    rt_out      text;
    burin_value out;
    rt_out_init_heap(&text, &r->st, 0);
    burin_status status = rt_write_pprint(&r->st, &text, v);
    rt_out_write(&text, "", 1);
    if (status)
        return outcome(r, status, v);
    assert_int_equal(rt_out_take(&text, 0, &out), BURIN_OK);
    return out.as.s;
}

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
        cmocka_unit_test(a_cycle_is_told_as_recursion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
