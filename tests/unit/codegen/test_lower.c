/* What the tree is lowered to: the instructions that a construct must (or must not) become. */
#include "codegen/ir/ir.h"
#include "parser/parser.h"
#include "runtime/builtins/builtins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    rt_env env;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(rt_env_init(&f->env, &base_malloc_allocator));
    f->env.depth_max = 400;
    *state           = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    rt_env_deinit(&f->env);
    free(f);
    return 0;
}

/* The template's IR as text; the caller frees it. */
static char *ir_of(fixture *f, const char *text)
{
    arena           memory  = arena_make(&base_malloc_allocator);
    source          src     = {.text = {text, strlen(text)}};
    codegen_options options = {.env = &f->env, .optimized = true};
    ast_node       *tree    = NULL;
    ir_program     *program = NULL;
    buf             out     = buf_make(&base_malloc_allocator);
    syntax          rules   = syntax_default;
    rules.nesting_max       = 200;
    assert_int_equal(parse_template(&memory, &src, &rules, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile(&options, &src, tree, false, &memory, &base_malloc_allocator, &program, NULL), BURIN_OK);
    ir_print(program, &out);
    buf_append_byte(&out, '\0');
    codegen_free(program);
    arena_deinit(&memory);
    return out.data;
}

static void constants_are_joined_with_the_text_around_them(void **state)
{
    char *ir = ir_of(*state, "a{{ 1 + 1 }}b{{ 'c'|upper }}{# x #}d");
    assert_non_null(strstr(ir, "\"a2bCd\""));
    assert_null(strstr(ir, "filter"));
    free(ir);
}

static void a_context_variable_is_resolved_once(void **state)
{
    char *ir    = ir_of(*state, "{% for i in a %}{{ x }}{% for j in b %}{{ x }}{% endfor %}{% endfor %}");
    char *first = strstr(ir, " .x\n");
    assert_non_null(first);
    assert_null(strstr(first + 1, " .x\n"));
    free(ir);
}

static void text_before_a_value_is_printed_with_it(void **state)
{
    char *ir = ir_of(*state, "<td>{{ x.y }}</td>");
    assert_non_null(strstr(ir, "out_attr"));
    assert_null(strstr(ir, "text            \"<td>\""));
    free(ir);
}

static void an_item_by_a_text_is_found_as_an_attribute_is(void **state)
{
    static const struct { const char *text; bool at_site; } rows[] = {
        {"{{ x['y'] }}", true}, {"{% if x['y'] == 'z' %}a{% endif %}", true}, {"{{ x['y'] + 'z' }}", true}, {"{% set a = x['y'] %}", true},
        {"{{ x[y] }}", false},  {"{{ x[0] }}", false}, {"{{ x['items'] }}", false}, {"{{ x['_y'] }}", false},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        char *ir = ir_of(*state, rows[n].text);
        assert_int_equal(strstr(ir, " item ") == NULL, rows[n].at_site);
        free(ir);
    }
}

static void texts_that_are_added_one_after_the_other_are_printed_as_one(void **state)
{
    char *ir = ir_of(*state, "{{ x + 'a' + 'b' + y + 'c' }}");
    assert_non_null(strstr(ir, "2 \"ab\""));
    assert_non_null(strstr(ir, "1 \"c\""));
    free(ir);
}

static void only_functions_that_read_outer_variables_capture_frames(void **state)
{
    char *alone  = ir_of(*state, "{% macro m(a) %}{{ a }}{% endmacro %}");
    char *reader = ir_of(*state, "{% set v = 1 %}{% macro m(a) %}{{ v }}{% endmacro %}");
    assert_null(strstr(alone, "captured)"));
    assert_non_null(strstr(reader, "captured)"));
    free(alone);
    free(reader);
}

static void conditions_become_jumps(void **state)
{
    char *ir = ir_of(*state, "{% if a == 1 and not b or c %}x{% endif %}");
    assert_non_null(strstr(ir, "jump_compare"));
    assert_null(strstr(ir, "  not "));
    free(ir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(constants_are_joined_with_the_text_around_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_context_variable_is_resolved_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_before_a_value_is_printed_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_item_by_a_text_is_found_as_an_attribute_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_that_are_added_one_after_the_other_are_printed_as_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_functions_that_read_outer_variables_capture_frames, set_up, tear_down),
        cmocka_unit_test_setup_teardown(conditions_become_jumps, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
