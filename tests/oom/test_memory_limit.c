/* The memory limit is met at every possible place: a render is repeated with a limit that grows a few bytes each time,
 * so that allocation after allocation is the one refused. Each ends in BURIN_ERR_LIMIT or in the right text, and the
 * render can be used again at once. */
#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { STEP = 40, LIMIT_MAX = 1 << 20 };

static burin_text text_z(const char *z) { return (burin_text){z, strlen(z)}; }

static void every_limit_ends_in_an_error_or_the_text(void **state)
{
    static const char *const rows[] = {
        "{% for u in users %}{{ loop.index }} {{ u.name|upper|e }}{% set x %}{{ u.n }}{% endset %}{{ x }}{% endfor %}",
        "{% set ns = namespace(l=[], d={}) %}{% for i in range(200) %}{% do ns.l.append(i ~ 'x') %}{% do ns.d.update({i: [i]}) %}{% endfor %}{{ ns.l|length }}{{ ns.d }}",
        "{% macro m(a, b=2) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}{% call m(users) %}c{% endcall %}{{ m is callable }}",
        "{{ users|map(attribute='name')|sort|join(', ') }}{{ users|groupby('n')|list }}{{ {'a': [1, 2.5]}|tojson }}{{ '%s %5.2f'|format(users, 1.5) }}",
        "{{ users|tojson(indent=2) }}{{ 3 ** 200 }}{{ (3 ** 200) // 7 ** 50 }}{{ 'a,b,c'.split(',') }}{{ 'text' * 50 }}{{ users|pprint }}",
        "{% do users.append(1) %}{% do users[0].update({'z': 1}) %}{{ users }}{{ range(300)|list|reverse|batch(7)|list }}{{ range(50)|map('string')|unique|list }}",
    };
    burin_options options = burin_options_default();
    (void)state;
    options.extensions   = BURIN_EXT_DO;
    burin_env    *env    = burin_env_new(&options, NULL);
    burin_heap   *heap   = burin_heap_new(NULL);
    burin_value   vars;
    assert_int_equal(burin_json_read(heap, text_z("{\"users\": [{\"name\": \"a\", \"n\": 1}, {\"name\": \"b<\", \"n\": 2}]}"), false, &vars, NULL), BURIN_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error     err    = BURIN_ERROR_INIT;
        burin_render   *render = burin_render_new(env, NULL);
        burin_template *tpl    = burin_template_from_string(env, NULL, text_z(rows[i]), &err);
        burin_text      out;
        burin_limits    limits = {0};
        unsigned        refused = 0;
        if (!tpl || burin_render_text(render, tpl, vars, &out, &err))
            fail_msg("%s: %s", rows[i], err.message);
        char *want = strndup(out.data, out.len);
        burin_render_free(render);
        for (limits.memory = 8; limits.memory < LIMIT_MAX; limits.memory += STEP) {
            render = burin_render_new(env, NULL); /* a new one: a used one has memory already */
            burin_render_set_limits(render, &limits);
            burin_status status = burin_render_text(render, tpl, vars, &out, &err);
            if (status == BURIN_OK) {
                assert_int_equal(out.len, strlen(want));
                assert_memory_equal(out.data, want, out.len);
                burin_render_free(render);
                break;
            }
            if (status != BURIN_ERR_LIMIT)
                fail_msg("%s: %lu bytes: %s: %s", rows[i], (unsigned long)limits.memory, burin_status_class(status), err.message);
            refused++;
            burin_render_set_limits(render, &(burin_limits){0});
            assert_int_equal(burin_render_text(render, tpl, vars, &out, &err), BURIN_OK);
            assert_int_equal(out.len, strlen(want));
            burin_render_free(render);
        }
        assert_true(refused > 0 && limits.memory < LIMIT_MAX);
        burin_error_clear(&err);
        free(want);
        burin_template_unref(tpl);
    }
    burin_heap_free(heap);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_limit_ends_in_an_error_or_the_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
