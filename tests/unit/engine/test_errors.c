/* Errors through the public API: where, why, how it got there, and what may have been meant. */
#include "engine_test.h"

static burin_env *make_env(void)
{
    burin_env *env = burin_env_new(NULL, NULL);
    set_templates(env, "page.html", "a\n{{ user.nmae.first }}", "layout.html", "{% block body %}{% endblock %}", "bad.html", "ok\n{% if %}", "deep.html",
                  "\n{% import 'macros.html' as m %}\n{{ m.show(0) }}", "macros.html", "{% macro show(n) %}\n{{ 1 // n }}{% endmacro %}", NULL);
    return env;
}

/* Render (by name, or the text itself) with `json`; the error must be there. */
static burin_error failure_of(burin_env *env, const char *name, const char *text, const char *json)
{
    burin_error     err    = BURIN_ERROR_INIT;
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_render   *render = burin_render_new(env, NULL);
    burin_template *tpl    = text ? burin_template_from_string(env, name, text_z(text), &err) : burin_template_get(env, name, &err);
    burin_text      out;
    if (tpl)
        assert_int_not_equal(burin_render_text(render, tpl, data_of(heap, json), &out, &err), BURIN_OK);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_heap_free(heap);
    assert_int_not_equal(err.status, BURIN_OK);
    return err;
}

static void close_names_are_suggested(void **state)
{
    static const struct {
        const char *source, *json, *suggestion;
    } rows[] = {
        {"{{ x|uper }}", "{}", "did you mean 'upper'?"},
        {"{{ x|lenght }}", "{}", "did you mean 'length'?"},
        {"{{ x is defnied }}", "{}", "did you mean 'defined'?"},
        {"{{ x|quitedifferent }}", "{}", NULL},
        {"{{ x|map('uper')|list }}", "{\"x\": [\"a\"]}", "did you mean 'upper'?"},
        {"{{ user_nmae.x }}", "{\"user_name\": {}}", "did you mean 'user_name'?"},
        {"{{ rnage(3) }}", "{}", "did you mean 'range'?"},
        {"{{ zzz.x }}", "{\"user_name\": {}}", NULL},
        {"{{ user.nmae.first }}", "{\"user\": {\"name\": 1}}", "did you mean 'name'?"},
        {"{{ 'x'.upperr() }}", "{}", "did you mean 'upper'?"},
        {"{% include 'layuot.html' %}", "{}", "did you mean 'layout.html'?"},
        {"{{ 1 // 0 }}", "{}", NULL},
    };
    burin_env *env = make_env();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, NULL, rows[i].source, rows[i].json);
        if (rows[i].suggestion) {
            if (!err.suggestion)
                fail_msg("%s: %s: no suggestion", rows[i].source, err.message);
            assert_string_equal(err.suggestion, rows[i].suggestion);
        } else {
            assert_null(err.suggestion);
        }
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

/* The caller that Python names is Jinja2's own: Context.call(), SandboxedEnvironment.call(). */
static void wrong_keywords_are_told_in_jinjas_words(void **state)
{
    static const struct {
        const char *source, *message;
    } rows[] = {
        {"{{ range(**1) }}", "argument after ** must be a mapping, not int"},
        {"{{ dict(a=1, **{'a': 2}) }}", "got multiple values for keyword argument 'a'"},
        {"{% macro m() %}{% endmacro %}{{ m(**'x') }}", "argument after ** must be a mapping, not str"},
    };
    burin_options sandboxed = burin_options_default();
    (void)state;
    sandboxed.sandbox = BURIN_SANDBOX_ON;
    burin_env *env[2] = {burin_env_new(NULL, NULL), burin_env_new(&sandboxed, NULL)};
    for (size_t n = 0; n < 2 * (sizeof rows / sizeof rows[0]); n++) {
        char        want[128];
        burin_error err = failure_of(env[n % 2], NULL, rows[n / 2].source, "{}");
        snprintf(want, sizeof want, "jinja2.%s.call() %s", n % 2 ? "sandbox.SandboxedEnvironment" : "runtime.Context", rows[n / 2].message);
        assert_int_equal(err.status, BURIN_ERR_TYPE);
        assert_string_equal(err.message, want);
        burin_error_clear(&err);
    }
    burin_env_unref(env[0]);
    burin_env_unref(env[1]);
}

static void a_template_that_is_not_found_suggests_another(void **state)
{
    burin_env  *env = make_env();
    burin_error err = failure_of(env, "layot.html", NULL, "{}");
    (void)state;
    assert_int_equal(err.status, BURIN_ERR_NOT_FOUND);
    assert_string_equal(err.message, "layot.html");
    assert_string_equal(err.suggestion, "did you mean 'layout.html'?");
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void what_the_host_added_is_suggested_too(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    burin_env_set_global(env, "settings", burin_int(1));
    burin_error err = failure_of(env, NULL, "{{ setings.x }}", "{}");
    assert_string_equal(err.suggestion, "did you mean 'settings'?");
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void errors_name_template_and_line(void **state)
{
    static const struct {
        const char  *name, *text;
        burin_status status;
        uint32_t     line;
    } rows[] = {
        {"page.html", NULL, BURIN_ERR_UNDEFINED, 2},
        {"bad.html", NULL, BURIN_ERR_SYNTAX, 2},
        {"own", "\n\n{{ 1 // 0 }}", BURIN_ERR_ZERO_DIVISION, 3},
        {"own", "\n{% foo %}", BURIN_ERR_SYNTAX, 2},
        {"own", "{{ x|nofilter }}", BURIN_ERR_ASSERTION, 1},
    };
    burin_env *env = make_env();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, rows[i].name, rows[i].text, "{\"user\": {}}");
        assert_int_equal(err.status, rows[i].status);
        assert_int_equal(err.line, rows[i].line);
        assert_string_equal(err.template_name, rows[i].name);
        assert_non_null(err.source_line);
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

static void errors_in_other_templates_show_the_way(void **state)
{
    burin_env  *env = make_env();
    burin_error err = failure_of(env, "deep.html", NULL, "{}");
    (void)state;
    assert_string_equal(err.template_name, "macros.html");
    assert_int_equal(err.line, 2);
    assert_true(err.frame_count >= 1);
    assert_string_equal(err.frames[err.frame_count - 1].template_name, "deep.html");
    assert_int_equal(err.frames[err.frame_count - 1].line, 3);
    char *text = burin_error_format(&err, false);
    assert_non_null(strstr(text, "ZeroDivisionError: integer division or modulo by zero"));
    assert_non_null(strstr(text, "macros.html:2"));
    assert_non_null(strstr(text, "deep.html:3"));
    assert_non_null(strstr(text, "{{ 1 // n }}"));
    assert_non_null(strchr(text, '^'));
    free(text);
    burin_error_clear(&err);

    err = failure_of(env, NULL, "{% include 'bad.html' %}", "{}");
    assert_int_equal(err.status, BURIN_ERR_SYNTAX);
    assert_string_equal(err.template_name, "bad.html");
    assert_int_equal(err.line, 2);
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void colours_are_optional(void **state)
{
    burin_env  *env   = make_env();
    burin_error err   = failure_of(env, NULL, "{{ 1 // 0 }}", "{}");
    char       *plain = burin_error_format(&err, false), *coloured = burin_error_format(&err, true);
    (void)state;
    assert_null(strchr(plain, '\033'));
    assert_non_null(strchr(coloured, '\033'));
    free(plain);
    free(coloured);
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void invalid_utf8_is_reported_as_python_does(void **state)
{
    static const struct {
        const char *source;
        const char *message;
        uint32_t    line, column;
        const char *before; /* what is shown of the line */
    } rows[] = {
        {"ab\xff", "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte", 1, 3, "ab"},
        {"\xc3(", "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte", 1, 1, ""},
        {"a\xe2\x82", "'utf-8' codec can't decode byte 0xe2 in position 1: unexpected end of data", 1, 2, "a"},
        {"one\n{{ \xc0\x80 }}", "'utf-8' codec can't decode byte 0xc0 in position 7: invalid start byte", 2, 4, "{{ "},
    };
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, NULL, rows[i].source, "{}");
        assert_int_equal(err.status, BURIN_ERR_UNICODE_DECODE);
        assert_string_equal(err.message, rows[i].message);
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.column, rows[i].column);
        assert_string_equal(err.source_line, rows[i].before);
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

static burin_status broken_load(void *user, const char *name, char **source, size_t *len, uint64_t *version, char **filename)
{
    (void)name;
    (void)source;
    (void)len;
    (void)version;
    (void)filename;
    return *(burin_status *)user;
}

static void a_failing_loader_is_reported(void **state)
{
    static const struct {
        burin_status status;
        const char  *message;
    } rows[] = {
        {BURIN_ERR_NOT_FOUND, "x"}, {BURIN_ERR_OS, "could not read template 'x'"}, {BURIN_ERR_DATA, "the loader failed for template 'x'"}, {BURIN_ERR_NOMEM, "out of memory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_status answer = rows[i].status;
        burin_loader loader = {sizeof loader, broken_load, NULL, NULL, NULL, &answer};
        burin_env   *env    = burin_env_new(NULL, NULL);
        burin_env_set_loader(env, &loader);
        burin_error err = failure_of(env, "x", NULL, "{}");
        assert_int_equal(err.status, answer);
        assert_string_equal(err.message, rows[i].message);
        burin_error_clear(&err);
        err = failure_of(env, NULL, "{% include 'x' %}", "{}");
        assert_int_equal(err.status, answer);
        burin_error_clear(&err);
        burin_env_unref(env);
    }
}

static void every_status_has_a_class(void **state)
{
    (void)state;
    assert_string_equal(burin_status_class(BURIN_OK), "");
    assert_string_equal(burin_status_class(BURIN_ERR_UNDEFINED), "UndefinedError");
    for (int status = 1; status < BURIN_STATUS_COUNT; status++)
        assert_true(burin_status_class((burin_status)status)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_names_are_suggested), cmocka_unit_test(wrong_keywords_are_told_in_jinjas_words),
        cmocka_unit_test(a_template_that_is_not_found_suggests_another),
        cmocka_unit_test(what_the_host_added_is_suggested_too),
        cmocka_unit_test(errors_name_template_and_line),
        cmocka_unit_test(errors_in_other_templates_show_the_way),
        cmocka_unit_test(colours_are_optional),
        cmocka_unit_test(invalid_utf8_is_reported_as_python_does),
        cmocka_unit_test(a_failing_loader_is_reported),
        cmocka_unit_test(every_status_has_a_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
