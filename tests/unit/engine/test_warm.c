/* A warm render allocates nothing: neither from the host's allocator nor, where no sanitizer owns it, from malloc. */
#include "engine_test.h"
#include "runtime/base/toolchain.h"

static unsigned long allocations;

static void *counting_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    allocations++;
    if (new_size)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

static const burin_allocator counting = {counting_resize, NULL};

#if !BURIN_SANITIZED
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}
void *realloc(void *block, size_t size)
{
    allocations++;
    return __libc_realloc(block, size);
}
#endif

static void warm_renders_allocate_nothing(void **state)
{
    static const char *const rows[] = {
        "Hello {{ name }}!",
        "{% for u in users %}{{ loop.index }} {{ u.name|upper|e }} {{ u.n * 1000000007 ** 3 }}{% else %}none{% endfor %}",
        "{% include 'part' %}{% include ['no', 'part'] %}{% import 'lib' as lib %}{{ lib.m(name) }}{% from 'lib' import m %}{{ m('x', y=2) }}",
        "{% extends 'base' %}{% block a %}{% set x %}{{ name }}{% endset %}{{ x }}{{ super() }}{% endblock %}",
        "{{ users|map(attribute='name')|sort|join(', ') }}{{ users|groupby('n')|length }}{{ {'a': [1, 2.5]}|tojson }}{{ '%s %5.2f'|format(name, 1.5) }}",
        "{% set ns = namespace(n=0) %}{% for i in range(2000) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}{% set _ = users.append(1) %}{{ users|length }}",
        "{% include 'missing' ignore missing %}{{ nothing }}{{ nothing is defined }}{{ _('message') }}{{ name.split('o')[0] }}",
    };
    burin_options options = burin_options_default();
    (void)state;
    options.allocator  = &counting;
    options.extensions = BURIN_EXT_I18N;
    burin_env  *env    = burin_env_new(&options, NULL);
    burin_heap *heap   = burin_heap_new(&counting);
    set_templates(env, "part", "[{{ name }}]", "lib", "{% macro m(x, y=1) %}{{ x }}{{ y }}{% endmacro %}", "base", "<{% block a %}base{% endblock %}>", NULL);
    assert_int_equal(burin_env_set_translations(env, NULL, NULL), BURIN_OK);
    burin_value   vars   = data_of(heap, "{\"name\": \"World\", \"users\": [{\"name\": \"a\", \"n\": 1}, {\"name\": \"b<\", \"n\": 2}]}");
    burin_render *render = burin_render_new(env, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_template *tpl = burin_template_from_string(env, NULL, text_z(rows[i]), NULL);
        burin_text      out;
        for (int round = 0; round < 8; round++) {
            if (round == 3)
                allocations = 0;
            if (burin_render_text(render, tpl, vars, &out, NULL))
                fail_msg("%s failed", rows[i]);
        }
        if (allocations)
            fail_msg("%s: %lu allocations in 5 renders", rows[i], allocations);
        burin_template_unref(tpl);
    }
    burin_render_free(render);
    burin_heap_free(heap);
    burin_env_unref(env);
}

static void warm_expressions_allocate_only_their_results(void **state)
{
    burin_env    *env    = burin_env_new(NULL, NULL);
    burin_render *render = burin_render_new(env, NULL);
    burin_heap   *heap   = burin_heap_new(&counting);
    burin_expr   *expr   = burin_expr_compile(env, BURIN_TEXT("[1, 'text' ~ 2, {'k': 2 ** 80}]"), NULL);
    burin_value   v;
    (void)state;
    for (int round = 0; round < 8; round++) {
        if (round == 3)
            allocations = 0;
        burin_heap_clear(heap);
        assert_int_equal(burin_expr_eval(render, expr, burin_missing(), true, heap, &v, NULL), BURIN_OK);
    }
    assert_int_equal(allocations, 0);
    burin_expr_free(expr);
    burin_heap_free(heap);
    burin_render_free(render);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warm_renders_allocate_nothing),
        cmocka_unit_test(warm_expressions_allocate_only_their_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
