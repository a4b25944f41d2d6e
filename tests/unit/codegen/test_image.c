/* Images: what is read back is the program that was written, and what is cut off or of another build is refused. */
#include "codegen/image/image.h"
#include "codegen/ir/ir.h"
#include "parser/parser.h"
#include "parser/script.h"
#include "runtime/builtins/builtins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const templates[] = {
    "",
    "text only, longer than thirty-two bytes for the copying of blocks",
    "{% for row in rows %}<tr>{% for c in row.values() %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}",
    "{% macro m(a, b=1) %}{{ a ~ b }}{{ caller() }}{{ varargs }}{{ kwargs }}{% endmacro %}{% call(q) m(1, c=2) %}{{ 2.5 }}{% endcall %}",
    "{% block b scoped required %}{% endblock %}{% set q = 1 %}{% for i in x %}{% block c scoped %}{{ i }}{{ q }}{% endblock %}{% endfor %}",
    "{% for i in tree if i.a recursive %}{{ loop.index }}{{ loop(i.c) if i.c }}{% endfor %}{% include ['x', 'y'] ignore missing %}",
    "{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ [1, 2.5, 'a', none, true, (1, (2,)), {'k': [1]}, 10**40, range(3)] }}{{ x[1:2] }}",
    "{% extends 'base' %}{% from 'm' import f as g, h with context %}{{ x|join(', ')|upper }}{{ x is divisibleby 3 }}{{ nothing.at.all }}",
    "{{ super() }}{{ self.b() }}{{ f(1, *a, k=2, **b) }}{{ x.y(1, z=2) }}{{ 'a & b'|e }}",
};

typedef struct fixture {
    rt_env          env;
    arena           memory;
    codegen_options options;
    buf             first, again, text, text_again;
    ir_program     *program;
    char            room[200];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(rt_env_init(&f->env, &base_malloc_allocator));
    f->env.depth_max = 400;
    f->memory        = arena_make(&base_malloc_allocator);
    f->options       = (codegen_options){.env = &f->env, .optimized = true};
    f->first = f->again = f->text = f->text_again = buf_make(&base_malloc_allocator);
    *state           = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    buf_deinit(&f->first);
    buf_deinit(&f->again);
    buf_deinit(&f->text);
    buf_deinit(&f->text_again);
    arena_deinit(&f->memory);
    codegen_free(f->program);
    rt_env_deinit(&f->env);
    free(f);
    return 0;
}

/* f->first: the image of a template. */
static void write_template(fixture *f, const char *text)
{
    source    src   = {.text = {text, strlen(text)}};
    ast_node *tree  = NULL;
    syntax    rules = syntax_default;
    rules.nesting_max = 200;
    codegen_free(f->program);
    f->program = NULL;
    assert_int_equal(parse_template(&f->memory, &src, &rules, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile(&f->options, &src, tree, false, &f->memory, &base_malloc_allocator, &f->program, NULL), BURIN_OK);
    f->first.len = 0;
    assert_null(image_write(f->program, &f->first));
}

static const char *read_image(fixture *f, burin_text image, ir_program **out)
{
    return image_read(image, &f->options, &base_malloc_allocator, out, f->room, sizeof f->room);
}

static void what_is_read_is_what_was_written(void **state)
{
    fixture *f = *state;
    for (size_t n = 0; n < sizeof templates / sizeof templates[0]; n++) {
        ir_program *read;
        write_template(f, templates[n]);
        assert_null(read_image(f, buf_text(&f->first), &read));
        f->again.len = f->text.len = f->text_again.len = 0;
        assert_null(image_write(read, &f->again));
        assert_int_equal(f->first.len, f->again.len);
        assert_memory_equal(f->first.data, f->again.data, f->first.len);
        ir_print(f->program, &f->text);
        ir_print(read, &f->text_again);
        assert_int_equal(f->text.len, f->text_again.len);
        assert_memory_equal(f->text.data, f->text_again.data, f->text.len);
        codegen_free(read);
    }
}

/* What the text of a program does not show. */
static void calls_of_scripts_keep_how_they_are_made(void **state)
{
    fixture       *f       = *state;
    const char    *text    = "a.m(f(1))\na.m()\na.m(*x)\nf(1, k=2)\nf(**y)\n";
    source         src     = {.text = {text, strlen(text)}};
    script_options options = {.nesting_max = 200};
    ast_node      *tree;
    ir_program    *read;
    uint32_t       plain = 0;
    assert_int_equal(parse_script(&f->memory, &src, &options, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile_script(&f->options, &src, tree, NULL, 0, &f->memory, &base_malloc_allocator, &f->program, NULL), BURIN_OK);
    assert_null(image_write(f->program, &f->first));
    assert_null(read_image(f, buf_text(&f->first), &read));
    assert_int_equal(read->call_count, f->program->call_count);
    for (uint32_t n = 0; n < read->call_count; n++) {
        const ir_call *a = &f->program->calls[n], *b = &read->calls[n];
        assert_true(a->positional == b->positional && a->named == b->named && a->rest == b->rest && a->expand == b->expand && a->plain == b->plain);
        plain += a->plain;
    }
    assert_true(plain >= 3);
    codegen_free(read);
}

static void what_is_cut_off_is_refused(void **state)
{
    fixture *f = *state;
    write_template(f, templates[6]);
    for (size_t len = 0; len < f->first.len; len++) {
        ir_program *read;
        char       *cut = malloc(len + 1); /* of its own, so that reading past the end is seen */
        assert_non_null(cut);
        memcpy(cut, f->first.data, len);
        assert_non_null(read_image(f, (burin_text){cut, len}, &read));
        assert_null(read);
        free(cut);
    }
}

static void other_builds_and_options_are_refused(void **state)
{
    fixture    *f = *state;
    ir_program *read;
    write_template(f, templates[2]);
    f->first.data[10] ^= 1;
    assert_string_equal(read_image(f, buf_text(&f->first), &read), "the image is of another build");
    f->first.data[10] ^= 1;
    f->options.autoescape = true;
    assert_string_equal(read_image(f, buf_text(&f->first), &read), "the image was made with other options");
}

static burin_status shout(burin_call *call, burin_value *out)
{
    *out = burin_arg(call, 0);
    return BURIN_OK;
}

static void filters_are_bound_by_name(void **state)
{
    fixture    *f = *state;
    ir_program *read;
    rt_env      other;
    assert_int_equal(rt_env_add(&f->env, f->env.filters, "shout", "value", shout, NULL, 0), BURIN_OK);
    write_template(f, "{{ x|shout }}");
    assert_true(rt_env_init(&other, &base_malloc_allocator));
    other.depth_max = 400;
    f->options.env  = &other;
    assert_string_equal(read_image(f, buf_text(&f->first), &read), "the environment has no filter named shout");
    assert_int_equal(rt_env_add(&other, other.filters, "shout", "value", shout, NULL, 0), BURIN_OK);
    assert_null(read_image(f, buf_text(&f->first), &read));
    codegen_free(read);
    rt_env_deinit(&other);
}

static void finalize_is_the_environments(void **state)
{
    fixture     *f        = *state;
    rt_function  finalize = {.name = "finalize", .call = shout, .self = rt_missing()}, other = finalize;
    ir_program  *read;
    f->options.finalize = &finalize;
    write_template(f, "{{ x }}{{ x.y|upper }}");
    f->options.finalize = &other;
    assert_null(read_image(f, buf_text(&f->first), &read));
    assert_int_equal(read->call_count, f->program->call_count);
    for (uint32_t n = 0; n < read->call_count; n++)
        assert_ptr_equal(read->calls[n].function, f->program->calls[n].function == &finalize ? &other : f->program->calls[n].function);
    codegen_free(read);
    f->options.finalize = NULL;
    assert_string_equal(read_image(f, buf_text(&f->first), &read), "the image was made with other options");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_read_is_what_was_written, set_up, tear_down),
cmocka_unit_test_setup_teardown(calls_of_scripts_keep_how_they_are_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_cut_off_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_builds_and_options_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(filters_are_bound_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finalize_is_the_environments, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
