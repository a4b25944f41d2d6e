/* Expressions: jinja2.Environment.compile_expression. */
#include "engine_test.h"

static void expressions_give_values_that_outlive_the_run(void **state)
{
    static const struct {
        const char *source, *repr;
    } rows[] = {
        {"1 + 2 * 3", "7"},        {"x.a[1]", "2"},  {"x.a|map('string')|list", "['1', '2', '3']"}, {"'a' ~ 1", "'a1'"},
        {"{'k': x.a}", "{'k': [1, 2, 3]}"}, {"x.b", "None"}, {"none", "None"}, {"x is mapping", "True"}, {"2 ** 100", "1267650600228229401496703205376"},
        {"range(3)", "range(0, 3)"}, {"('a', 'b')", "('a', 'b')"}, {"range(2**64)", "range(0, 18446744073709551616)"},
        {"range(2**65, 2**64, -3)", "range(36893488147419103232, 18446744073709551616, -3)"},
    };
    burin_env    *env    = burin_env_new(NULL, NULL);
    burin_render *render = burin_render_new(env, NULL);
    burin_heap   *data   = burin_heap_new(NULL), *results = burin_heap_new(NULL);
    burin_value   vars   = data_of(data, "{\"x\": {\"a\": [1, 2, 3]}}"), got[16];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err  = BURIN_ERROR_INIT;
        burin_expr *expr = burin_expr_compile(env, text_z(rows[i].source), &err);
        if (!expr)
            fail_msg("%s: %s", rows[i].source, err.message);
        assert_int_equal(burin_expr_eval(render, expr, vars, true, results, &got[i], NULL), BURIN_OK);
        burin_expr_free(expr);
    }
    burin_render_free(render);
    burin_heap_free(data);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *repr = burin_repr(got[i], NULL);
        assert_string_equal(repr, rows[i].repr);
        free(repr);
    }
    burin_heap_free(results);
    burin_env_unref(env);
}

static void undefined_results_stay_when_asked(void **state)
{
    burin_env    *env    = burin_env_new(NULL, NULL);
    burin_render *render = burin_render_new(env, NULL);
    burin_heap   *heap   = burin_heap_new(NULL);
    burin_expr   *expr   = burin_expr_compile(env, BURIN_TEXT("nothing"), NULL);
    burin_value   v;
    (void)state;
    assert_int_equal(burin_expr_eval(render, expr, burin_missing(), false, heap, &v, NULL), BURIN_OK);
    assert_int_equal(v.kind, BURIN_UNDEFINED);
    burin_render_free(render);
    assert_text(burin_text_of(burin_undefined_name(v)), "nothing");
    burin_expr_free(expr);
    burin_heap_free(heap);
    burin_env_unref(env);
}

static void what_is_no_expression_is_a_syntax_error(void **state)
{
    static const struct {
        const char *source, *message;
    } rows[] = {
        {"1 +", "unexpected 'end of template'"},
        {"1 2", "chunk after expression"},
        {"1, 2", "chunk after expression"},
        {"x|nofilter", "No filter named 'nofilter'."},
    };
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = BURIN_ERROR_INIT;
        assert_null(burin_expr_compile(env, text_z(rows[i].source), &err));
        assert_string_equal(err.message, rows[i].message);
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

static void failures_are_reported_and_forgotten(void **state)
{
    burin_env    *env    = burin_env_new(NULL, NULL);
    burin_render *render = burin_render_new(env, NULL);
    burin_heap   *heap   = burin_heap_new(NULL);
    burin_expr   *bad = burin_expr_compile(env, BURIN_TEXT("1 // x"), NULL), *good = burin_expr_compile(env, BURIN_TEXT("x"), NULL);
    burin_error   err = BURIN_ERROR_INIT;
    burin_value   v, vars = data_of(heap, "{\"x\": 0}");
    (void)state;
    assert_int_equal(burin_expr_eval(render, bad, vars, true, heap, &v, &err), BURIN_ERR_ZERO_DIVISION);
    assert_string_equal(err.message, "integer division or modulo by zero");
    assert_int_equal(v.kind, BURIN_MISSING);
    assert_int_equal(burin_expr_eval(render, good, vars, true, heap, &v, NULL), BURIN_OK);
    assert_int_equal(v.kind, BURIN_INT);
    burin_error_clear(&err);
    burin_expr_free(bad);
    burin_expr_free(good);
    burin_render_free(render);
    burin_heap_free(heap);
    burin_env_unref(env);
}

/* repr() of what a template gives; a text that starts with "!" is the message of an error. */
static void assert_gives(burin_env *env, const char *source, const char *want, bool is_text)
{
    burin_error   err    = BURIN_ERROR_INIT;
    burin_heap   *heap   = burin_heap_new(NULL);
    burin_render *render = burin_render_new(env, NULL);
    burin_expr   *expr   = burin_expr_compile_dynamic(env, text_z(source), &err);
    burin_value   vars   = data_of(heap, "{\"hp\": 100, \"s\": \"<7>\", \"l\": [1, 2]}"), value;
    if (!expr)
        fail_msg("%s: %s", source, err.message);
    assert_int_equal(burin_expr_is_text(expr), is_text);
    if (burin_expr_eval(render, expr, vars, false, heap, &value, &err)) {
        assert_int_equal(value.kind, BURIN_MISSING);
        assert_string_equal(err.message, want + (want[0] == '!'));
        assert_int_equal(err.line, 1);
        burin_error_clear(&err);
    } else {
        char *repr = burin_repr(value, NULL);
        if (strcmp(repr, want) != 0)
            fail_msg("%s gives %s, not %s", source, repr, want);
        free(repr);
    }
    burin_expr_free(expr);
    burin_render_free(render);
    burin_heap_free(heap);
}

static void a_template_of_one_expression_gives_its_value(void **state)
{
    static const struct {
        const char *source, *want;
        bool        is_text;
    } rows[] = {
        {"{{ hp * 2 }}", "200", false}, {"{{ hp / 8 }}", "12.5", false}, {"{{ hp > 3 }}", "True", false}, {"{{ none }}", "None", false},
        {"{{ l }}", "[1, 2]", false}, {"{{ l, hp }}", "([1, 2], 100)", false}, {"{{ s }}", "'<7>'", false}, {"{{- hp -}}", "100", false},
        {"{{ hp }}\n", "100", false}, {"{# health #}{{ hp }}", "100", false}, {"{{ '5' }}", "'5'", false}, {"{{ l|sum if hp else none }}", "3", false},
        {" {{ hp }}", "' 100'", true}, {"{{ hp }}{{ hp }}", "'100100'", true}, {"hp: {{ hp }}", "'hp: 100'", true}, {"", "''", true}, {"5", "'5'", true},
        {"{{ 4 }}{{ '' }}", "'4'", true}, {"{% if hp %}{{ hp }}{% endif %}", "'100'", true}, {"{% for n in l %}{{ n }}{% endfor %}", "'12'", true},
        {"{% set a = hp %}{{ a }}", "'100'", true}, {"{{ 1 // (hp - 100) }}", "!integer division or modulo by zero", false},
        {"x{{ 1 // (hp - 100) }}", "!integer division or modulo by zero", true},
    };
    burin_options options = burin_options_default();
    (void)state;
    for (int native = 0; native < 2; native++) { /* the environment's own way to values changes nothing */
        options.native = native;
        burin_env *env = burin_env_new(&options, NULL);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            assert_gives(env, rows[i].source, rows[i].want, rows[i].is_text);
        burin_env_unref(env);
    }
}

static void a_value_is_not_escaped_and_a_text_is(void **state)
{
    burin_options options = burin_options_default();
    options.autoescape    = BURIN_AUTOESCAPE_ON;
    burin_env *env        = burin_env_new(&options, NULL);
    (void)state;
    assert_gives(env, "{{ s }}", "'<7>'", false);
    assert_gives(env, "{{ s }}.", "'&lt;7&gt;.'", true);
    burin_env_unref(env);
}

static void limits_hold_for_values_and_texts(void **state)
{
    static const struct {
        const char *source, *message;
    } rows[] = {
        {"{{ range(100000)|sum }}", "limit of 1000 steps"}, {"a{% for n in range(100000) %}{% endfor %}", "limit of 1000 steps"}, {"a{{ 'x' * 2000 }}", "output limit of 1000 bytes"},
    };
    burin_options options = burin_options_default();
    options.limits        = (burin_limits){.steps = 1000, .output = 1000};
    burin_env    *env     = burin_env_new(&options, NULL);
    burin_render *render  = burin_render_new(env, NULL);
    burin_heap   *heap    = burin_heap_new(NULL);
    burin_value   value;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err  = BURIN_ERROR_INIT;
        burin_expr *expr = burin_expr_compile_dynamic(env, text_z(rows[i].source), &err);
        assert_non_null(expr);
        assert_int_equal(burin_expr_eval(render, expr, burin_missing(), true, heap, &value, &err), BURIN_ERR_LIMIT);
        if (!strstr(err.message, rows[i].message))
            fail_msg("%s: %s", rows[i].source, err.message);
        burin_error_clear(&err);
        burin_expr_free(expr);
    }
    burin_heap_free(heap);
    burin_render_free(render);
    burin_env_unref(env);
}

static void a_value_is_written_as_it_prints_within_the_limits(void **state)
{
    burin_options options = burin_options_default();
    options.limits        = (burin_limits){.output = 20};
    burin_env    *env     = burin_env_new(&options, NULL);
    burin_render *render  = burin_render_new(env, NULL);
    burin_heap   *heap    = burin_heap_new(NULL);
    burin_error   err     = BURIN_ERROR_INIT;
    burin_value   list    = burin_list(heap, 2);
    burin_text    text;
    (void)state;
    for (int n = 0; n < 3; n++) {
        burin_list_append(heap, list, burin_string(heap, "a<b", 3));
        if (n < 2) {
            assert_int_equal(burin_render_str(render, list, &text, &err), BURIN_OK);
            assert_text(text, n ? "['a<b', 'a<b']" : "['a<b']");
        }
    }
    assert_int_equal(burin_render_str(render, list, &text, &err), BURIN_ERR_LIMIT);
    assert_string_equal(err.message, "the output limit of 20 bytes was reached");
    assert_int_equal(text.len, 0);
    assert_int_equal(burin_render_str(render, burin_string(heap, "a<b", 3), &text, &err), BURIN_OK);
    assert_text(text, "a<b");
    assert_int_equal(err.status, BURIN_OK);
    burin_heap_free(heap);
    burin_render_free(render);
    burin_env_unref(env);
}

static void a_template_that_is_wrong_is_refused_with_its_place(void **state)
{
    burin_env  *env = burin_env_new(NULL, NULL);
    burin_error err = BURIN_ERROR_INIT;
    (void)state;
    assert_null(burin_expr_compile_dynamic(env, BURIN_TEXT("a\nb {{ 1 + }}"), &err));
    assert_int_equal(err.status, BURIN_ERR_SYNTAX);
    assert_int_equal(err.line, 2);
    burin_error_clear(&err);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_give_values_that_outlive_the_run),
        cmocka_unit_test(undefined_results_stay_when_asked),
        cmocka_unit_test(what_is_no_expression_is_a_syntax_error),
        cmocka_unit_test(failures_are_reported_and_forgotten),
        cmocka_unit_test(a_template_of_one_expression_gives_its_value),
        cmocka_unit_test(a_value_is_not_escaped_and_a_text_is),
        cmocka_unit_test(limits_hold_for_values_and_texts),
        cmocka_unit_test(a_value_is_written_as_it_prints_within_the_limits),
        cmocka_unit_test(a_template_that_is_wrong_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
