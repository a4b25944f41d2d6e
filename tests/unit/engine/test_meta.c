/* What a template says about itself, and what the stages make of it. */
#include "engine_test.h"

typedef struct listed {
    char text[512];
} listed;

static burin_status append_name(void *sink, const char *name)
{
    listed *l = sink;
    strcat(strcat(l->text, name ? name : "?"), " ");
    return BURIN_OK;
}

static void undeclared_names_are_those_the_caller_must_give(void **state)
{
    static const struct {
        const char *source, *names;
    } rows[] = {
        {"{{ b }}{{ a }}{{ b }}", "a b "},
        {"{% set x = 1 %}{{ x }}", ""},
        {"{% for i in items %}{{ i }}{{ loop.index }}{% endfor %}", "items "},
        {"{{ range(3) }}{{ dict }}", ""},
        {"{% macro m(a, b=c) %}{{ a }}{{ d }}{{ caller() }}{% endmacro %}{{ m(e) }}", "c d e "},
        {"{% if a %}{% set b = 1 %}{% endif %}{{ b }}", "a b "},
        {"{% import 'x' as y %}{{ y.z }}", ""},
        {"{% block q %}{{ v }}{{ self.q() }}{{ super() }}{% endblock %}", "v "},
    };
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        listed          l   = {""};
        burin_template *tpl = burin_template_from_string(env, NULL, text_z(rows[i].source), NULL);
        assert_int_equal(burin_template_undeclared(tpl, append_name, &l), BURIN_OK);
        assert_string_equal(l.text, rows[i].names);
        burin_template_unref(tpl);
    }
    burin_env_unref(env);
}

static void references_are_given_in_order(void **state)
{
    static const struct {
        const char *source, *names;
    } rows[] = {
        {"{% extends 'a' %}{% include 'b' %}{% import 'c' as c %}{% from 'd' import e %}", "a b c d "},
        {"{% include x %}", "? "},
        {"{% include ['a', 'b'] %}", "a b "},
        {"{% include ['a', x] %}", "a ? "},
        {"{% extends 'a' if x else 'b' %}", "? "},
        {"text", ""},
    };
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        listed          l   = {""};
        burin_template *tpl = burin_template_from_string(env, NULL, text_z(rows[i].source), NULL);
        assert_int_equal(burin_template_references(tpl, append_name, &l), BURIN_OK);
        assert_string_equal(l.text, rows[i].names);
        burin_template_unref(tpl);
    }
    burin_env_unref(env);
}

static burin_status stop_at_once(void *sink, const char *name)
{
    (void)sink;
    (void)name;
    return BURIN_ERR_CANCELLED;
}

static void emit_may_stop(void **state)
{
    burin_env      *env = burin_env_new(NULL, NULL);
    burin_template *tpl = burin_template_from_string(env, NULL, BURIN_TEXT("{{ a }}{% include 'b' %}"), NULL);
    (void)state;
    assert_int_equal(burin_template_undeclared(tpl, stop_at_once, NULL), BURIN_ERR_CANCELLED);
    assert_int_equal(burin_template_references(tpl, stop_at_once, NULL), BURIN_ERR_CANCELLED);
    burin_template_unref(tpl);
    burin_env_unref(env);
}

static void every_stage_can_be_dumped(void **state)
{
    static const struct {
        const char *kind, *contains;
    } rows[] = {{"tokens", "NAME x"}, {"ast", "Output"}, {"ir", "resolve"}};
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = burin_template_dump(env, "t", BURIN_TEXT("a{{ x + 1 }}"), rows[i].kind, NULL);
        assert_non_null(text);
        if (!strstr(text, rows[i].contains))
            fail_msg("%s: %s", rows[i].kind, text);
        free(text);
    }
    burin_env_unref(env);
}

static void what_cannot_be_dumped_says_why(void **state)
{
    burin_env  *env = burin_env_new(NULL, NULL);
    burin_error err = BURIN_ERROR_INIT;
    (void)state;
    assert_null(burin_template_dump(env, NULL, BURIN_TEXT("x"), "soup", &err));
    assert_int_equal(err.status, BURIN_ERR_USAGE);
    assert_null(burin_template_dump(env, NULL, BURIN_TEXT("{{ x|nofilter }}"), "ir", &err));
    assert_int_equal(err.status, BURIN_ERR_ASSERTION);
    char *tree = burin_template_dump(env, NULL, BURIN_TEXT("{{ x|nofilter }}"), "ast", NULL); /* the tree is there all the same */
    assert_non_null(tree);
    free(tree);
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void the_version_is_the_headers(void **state)
{
    char want[32];
    (void)state;
    snprintf(want, sizeof want, "%d.%d.%d", BURIN_VERSION_MAJOR, BURIN_VERSION_MINOR, BURIN_VERSION_PATCH);
    assert_string_equal(burin_version(), want);
    assert_string_equal(BURIN_VERSION, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undeclared_names_are_those_the_caller_must_give),
        cmocka_unit_test(references_are_given_in_order),
        cmocka_unit_test(emit_may_stop),
        cmocka_unit_test(every_stage_can_be_dumped),
        cmocka_unit_test(what_cannot_be_dumped_says_why),
        cmocka_unit_test(the_version_is_the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
