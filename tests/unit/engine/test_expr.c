/* Expressions: jinja2.Environment.compile_expression. */
#include "engine_test.h"

static void expressions_give_values_that_outlive_the_run(void **state)
{
    static const struct {
        const char *source, *repr;
    } rows[] = {
        {"1 + 2 * 3", "7"},        {"x.a[1]", "2"},  {"x.a|map('string')|list", "['1', '2', '3']"}, {"'a' ~ 1", "'a1'"},
        {"{'k': x.a}", "{'k': [1, 2, 3]}"}, {"x.b", "None"}, {"none", "None"}, {"x is mapping", "True"}, {"2 ** 100", "1267650600228229401496703205376"},
        {"range(3)", "range(0, 3)"}, {"('a', 'b')", "('a', 'b')"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_give_values_that_outlive_the_run),
        cmocka_unit_test(undefined_results_stay_when_asked),
        cmocka_unit_test(what_is_no_expression_is_a_syntax_error),
        cmocka_unit_test(failures_are_reported_and_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
