/* ast.literal_eval of what a native template printed: a value, or MISSING where the text stays text. */
#include "tests/support/values_from_text.h"

static const char *evaluate(run *r, const char *text)
{
    burin_value  out;
    burin_status status = rt_literal_eval(&r->st, (burin_text){text, strlen(text)}, &out);
    return !status && out.kind == BURIN_MISSING ? NULL : outcome(r, status, out);
}

static void literals_become_values(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"1", "1"}, {"-1", "-1"}, {"- 1", "-1"}, {"+1.5", "1.5"}, {"-(1)", "-1"}, {"0x1F", "31"}, {"0o17", "15"}, {"0b1_0", "2"},
        {"1_000", "1000"}, {"00", "0"}, {"09.5", "9.5"}, {"1.", "1.0"}, {".5", "0.5"}, {"1e5", "100000.0"}, {"True", "True"}, {"None", "None"},
        {"'a'", "'a'"}, {"\"a\" 'b'", "'ab'"}, {"r'\\n'", "'\\\\n'"}, {"u'x'", "'x'"}, {"b'\\xff'", "b'\\xff'"}, {"Rb'\\x'", "b'\\\\x'"},
        {"'''a\nb'''", "'a\\nb'"}, {"'\\x41\\u00e9\\101\\N{BULLET}\\q'", "'AéA•\\\\q'"}, {"'a\\\nb'", "'ab'"},
        {"[1, [2, (3,)]]", "[1, [2, (3,)]]"}, {"[1,\n 2, # note\n]", "[1, 2]"}, {"()", "()"}, {"(1)", "1"}, {"(1,)", "(1,)"},
        {"1, 2", "(1, 2)"}, {"1,", "(1,)"}, {"{}", "{}"}, {"{'a': {1, 2}}", "{'a': {1, 2}}"}, {"{1: 2, 1.0: 3}", "{1: 3}"}, {"set()", "set()"},
        {"1j", "1j"}, {"-1+2j", "(-1+2j)"}, {"[1.5 - 2J]", "[(1.5-2j)]"}, {"1_0j", "10j"},
        {"1 ", "1"}, {"1\n", "1"}, {"\n\n1 # x\n # y\n", "1"}, {"12345678901234567890", "12345678901234567890"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        const char *got = evaluate(r, rows[n].text);
        if (!got || strcmp(got, rows[n].want) != 0)
            fail_msg("%s: %s, not %s", rows[n].text, got ? got : "no literal", rows[n].want);
    }
    assert_true(run_free(r));
}

static void all_else_stays_text(void **state)
{
    static const char *const rows[] = {
        "", " 1", "\t1", "hello", "true", "none", "1+1", "1 2", "--1", "-True", "not 1", "1 if 1 else 2", "012", "1__0", "1_", "0x", "1e", "1.2.3",
        "1j+2", "1j+2j", "1+-2j", "1jx", "...", "'a", "'a\nb'", "f'x'", "ur'x'", "'a' b'b'", "b'é'", "'\\x4'", "[1", "[1 2]", "[,]", "(,)", "{1:2, 3}", "{1, 2: 3}",
        "{**a}", "[*a]", "set(1)", "'a' % 1", "[1][0]", "1;", "1\n2", "1\n ", "1\\\n", "2024-01-01", "1.2.3.4", "10%", "$5",
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        const char *got = evaluate(r, rows[n]);
        if (got)
            fail_msg("%s: %s", rows[n], got);
    }
    assert_true(run_free(r));
}

static void unhashable_keys_are_errors_once_all_else_is_well_formed(void **state)
{
    run *r = run_new();
    (void)state;
    assert_string_equal(evaluate(r, "{[]: 1}"), "TypeError: unhashable type: 'list'");
    assert_string_equal(evaluate(r, "[{{}}]"), "TypeError: unhashable type: 'dict'");
    assert_null(evaluate(r, "{[]: 1} x"));
    assert_int_equal(r->st.status, BURIN_OK);
    assert_true(run_free(r));
}

static void brackets_nest_200_deep(void **state)
{
    run *r = run_new();
    char text[500];
    (void)state;
    for (int depth = 200; depth <= 201; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = '\0';
        const char *got = evaluate(r, text);
        assert_true(depth == 200 ? got && strcmp(got, text) == 0 : got == NULL);
    }
    assert_true(run_free(r));
}

static void integers_have_4300_digits_at_most(void **state)
{
    run  *r    = run_new();
    char *text = heap_alloc(&r->st.heap, 4302);
    (void)state;
    memset(text, '1', 4301);
    text[4301] = '\0';
    assert_null(evaluate(r, text));
    assert_int_equal(r->st.status, BURIN_OK);
    text[4300] = '\0';
    assert_non_null(evaluate(r, text));
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_become_values),
        cmocka_unit_test(all_else_stays_text),
        cmocka_unit_test(unhashable_keys_are_errors_once_all_else_is_well_formed),
        cmocka_unit_test(brackets_nest_200_deep),
        cmocka_unit_test(integers_have_4300_digits_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
