/* str(), repr(), escape(): rows are literals and CPython's text. */
#include "tests/support/values_from_text.h"

static const char *text_of(run *r, burin_status status, burin_value v)
{
    if (status)
        return outcome(r, status, v);
    char *z = heap_alloc(&r->st.heap, v.len + 1u);
    assert_non_null(z);
    memcpy(z, v.as.s, v.len);
    z[v.len] = '\0';
    return z;
}

static void str_is_what_print_shows(void **state)
{
    static const struct {
        const char *v, *want;
    } rows[] = {
        {"None", "None"}, {"True", "True"}, {"0", "0"}, {"7", "7"}, {"42", "42"}, {"100", "100"}, {"999", "999"}, {"1005", "1005"},
        {"9999", "9999"}, {"10000", "10000"}, {"-1", "-1"}, {"9223372036854775807", "9223372036854775807"},
        {"-123456789012345678901234567890", "-123456789012345678901234567890"}, {"1.0", "1.0"}, {"1e16", "1e+16"}, {"0.1", "0.1"},
        {"1e999", "inf"}, {"nan", "nan"}, {"'a\\nb'", "a\nb"}, {"M'<'", "<"}, {"b'a'", "b'a'"}, {"['a', 1]", "['a', 1]"},
        {"undefined", ""}, {"chainable", ""}, {"strict", "UndefinedError: 'x' is undefined"},
    };
    run        *r = run_new();
    burin_value out;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_status status = rt_str(&r->st, value_of(r, rows[n].v), &out);
        assert_string_equal(text_of(r, status, out), rows[n].want);
    }
    assert_true(run_free(r));
}

static void repr_reads_back(void **state)
{
    /* repr of each is its own literal */
    static const char *const rows[] = {
        "''", "'a'", "\"it's\"", "'\"'", "'\\'\"'", "'\\\\'", "'\\n\\r\\t'", "'\\x00\\x1f\\x7f'", "'é日\U0001f600'", "'\\x85\\xa0\\xad'",
        "'\\u2028\\ufeff'", "'\\U000e0001'", "b''", "b'\\x00\\xff\\'\"'", "[]", "[1, [2, 'x']]", "()", "(1,)", "(1, 2)", "{}",
        "{'a': [1], 2: None}", "set()", "{1, 2}", "[True, None, 1.5]", "[1e+16, 1e-05, inf]",
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n + 1 < sizeof rows / sizeof rows[0]; n++)
        assert_string_equal(run_repr(r, value_of(r, rows[n])), rows[n]);
    assert_string_equal(run_repr(r, value_of(r, "[1e16, 0.00001, 1e999]")), rows[sizeof rows / sizeof rows[0] - 1]);
    assert_string_equal(run_repr(r, value_of(r, "M'<\\n>'")), "Markup('<\\n>')");
    assert_string_equal(run_repr(r, value_of(r, "strict")), "Undefined");
    assert_true(run_free(r));
}

static void ranges_print_their_step_only_when_it_matters(void **state)
{
    static const rt_range plain = {0, 3, 1, 3}, stepped = {5, -5, -2, 5};
    run *r = run_new();
    (void)state;
    assert_string_equal(run_repr(r, rt_pointer(BURIN_RANGE, &plain)), "range(0, 3)");
    assert_string_equal(run_repr(r, rt_pointer(BURIN_RANGE, &stepped)), "range(5, -5, -2)");
    assert_true(run_free(r));
}

static void a_container_inside_itself_prints_dots(void **state)
{
    run     *r = run_new();
    rt_list *list, *tuple;
    rt_dict *dict;
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 4, &list) || rt_dict_new(&r->st, 4, &dict) || rt_list_new(&r->st, BURIN_TUPLE, 1, &tuple), 0);
    rt_list_push(&r->st, list, rt_list_value(list));
    rt_list_push(&r->st, list, rt_pointer(BURIN_DICT, dict));
    rt_list_push(&r->st, tuple, rt_list_value(list));
    rt_dict_put_z(&r->st, dict, "up", rt_list_value(list));
    rt_dict_put_z(&r->st, dict, "me", rt_pointer(BURIN_DICT, dict));
    assert_string_equal(run_repr(r, rt_list_value(list)), "[[...], {'up': [...], 'me': {...}}]");
    assert_string_equal(run_repr(r, rt_tuple_value(tuple)), "([[...], {'up': [...], 'me': {...}}],)");
    assert_null(r->st.repr_chain);
    assert_true(run_free(r));
}

static void depth_is_bounded(void **state)
{
    run        *r = run_new();
    burin_value v = burin_int(1), out;
    (void)state;
    for (int n = 0; n < 100000; n++) {
        rt_list *list;
        assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
        rt_list_push(&r->st, list, v);
        v = rt_list_value(list);
    }
    rt_repr(&r->st, v, &out);
    assert_string_equal(run_error(r, BURIN_ERR_RECURSION), "maximum recursion depth exceeded");
    assert_null(r->st.repr_chain);
    assert_true(run_free(r));
}

static void escape_makes_markup(void **state)
{
    static const struct {
        const char *v, *want;
    } rows[] = {
        {"'<a href=\"x\">\\'&'", "Markup('&lt;a href=&#34;x&#34;&gt;&#39;&amp;')"}, {"M'<b>'", "Markup('<b>')"}, {"5", "Markup('5')"},
        {"None", "Markup('None')"}, {"['<']", "Markup('[&#39;&lt;&#39;]')"}, {"undefined", "Markup('')"},
    };
    run        *r = run_new();
    burin_value out;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_status status = rt_escape(&r->st, value_of(r, rows[n].v), &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_true(run_free(r));
}

static void debug_undefined_shows_what_was_missing(void **state)
{
    run         *r = run_new();
    rt_undefined u = {.cls = RT_DEBUG, .status = BURIN_ERR_UNDEFINED, .name = RT_STRING("x"), .object = rt_missing()};
    burin_value  v = rt_pointer(BURIN_UNDEFINED, &u), out;
    (void)state;
    assert_int_equal(rt_str(&r->st, v, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "'{{ x }}'");
    u.object = value_of(r, "{}");
    assert_int_equal(rt_str(&r->st, v, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "\"{{ no such element: dict object['x'] }}\"");
    u.hint = BURIN_TEXT("why");
    assert_int_equal(rt_str(&r->st, v, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "'{{ undefined value printed: why }}'");
    assert_true(run_free(r));
}

/* ---- objects of a host ---- */

static burin_status greet(burin_call *call, void *self, burin_value *out)
{
    (void)call;
    *out = run_text(self);
    return BURIN_OK;
}
static burin_status wrong(burin_call *call, void *self, burin_value *out)
{
    (void)call;
    (void)self;
    *out = burin_int(1);
    return BURIN_OK;
}
static burin_status silent(burin_call *call, void *self, burin_value *out)
{
    (void)call;
    (void)self;
    (void)out;
    return BURIN_ERR_OS;
}

static void objects_speak_for_themselves(void **state)
{
    static const burin_class plain = {sizeof plain, .name = "Plain", .module = "host"}, spoken = {sizeof spoken, .name = "Spoken", .str = greet},
                             html = {sizeof html, .name = "Html", .str = greet, .html = greet},
                             bad = {sizeof bad, .name = "Bad", .str = wrong, .repr = silent};
    static const struct {
        const burin_class *cls;
        const char        *str, *repr, *escaped;
    } rows[] = {
        {&plain, "'<host.Plain object>'", "<host.Plain object>", "Markup('&lt;host.Plain object&gt;')"},
        {&spoken, "'<hi>'", "<Spoken object>", "Markup('&lt;hi&gt;')"},
        {&html, "'<hi>'", "<Html object>", "Markup('<hi>')"},
        {&bad, "TypeError: __str__ returned non-string (type int)", "OSError: a function of the host failed", "TypeError: __str__ returned non-string (type int)"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value v, out;
        assert_int_equal(rt_object_new(&r->st, rows[n].cls, "<hi>", &v), BURIN_OK);
        burin_status status = rt_str(&r->st, v, &out);
        assert_string_equal(outcome(r, status, out), rows[n].str);
        status = rt_repr(&r->st, v, &out);
        assert_string_equal(text_of(r, status, out), rows[n].repr);
        status = rt_escape(&r->st, v, &out);
        assert_string_equal(outcome(r, status, out), rows[n].escaped);
    }
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_is_what_print_shows),
        cmocka_unit_test(repr_reads_back),
        cmocka_unit_test(ranges_print_their_step_only_when_it_matters),
        cmocka_unit_test(a_container_inside_itself_prints_dots),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(escape_makes_markup),
        cmocka_unit_test(debug_undefined_shows_what_was_missing),
        cmocka_unit_test(objects_speak_for_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
