/* Superinstructions: which are found, and that a render with them is a render without: text, error and steps. */
#include "codegen/ir/ir.h"
#include "codegen/vm/vm.h"
#include "parser/parser.h"
#include "runtime/base/diag.h"
#include "runtime/builtins/builtins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct fixture {
    rt_env      env;
    arena       memory;
    ir_program *program;
    source      src;
    vm         *machine;
} fixture;

static burin_status no_template(void *user, rt_state *st, burin_text name, const vm_template *parent, const vm_template **out, burin_error *err)
{
    (void)user, (void)parent, (void)out, (void)err;
    return rt_fail(st, BURIN_ERR_NOT_FOUND, "%.*s", (int)name.len, name.data);
}

static int set_up(void **state)
{
    fixture      *f    = calloc(1, sizeof *f);
    const vm_host host = {.get_template = no_template};
    assert_non_null(f);
    assert_true(rt_env_init(&f->env, &base_malloc_allocator));
    f->env.depth_max = 400;
    f->memory        = arena_make(&base_malloc_allocator);
    f->machine       = vm_new(&f->env, &base_malloc_allocator, &host);
    assert_non_null(f->machine);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    vm_free(f->machine);
    codegen_free(f->program);
    arena_deinit(&f->memory);
    rt_env_deinit(&f->env);
    free(f);
    return 0;
}

static void compile(fixture *f, const char *text, bool autoescape)
{
    codegen_options options = {.env = &f->env, .optimized = true, .autoescape = autoescape};
    ast_node       *tree    = NULL;
    syntax          rules   = syntax_default;
    rules.nesting_max       = 200;
    codegen_free(f->program);
    f->program = NULL;
    f->src     = (source){.text = {text, strlen(text)}};
    assert_int_equal(parse_template(&f->memory, &f->src, &rules, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile(&options, &f->src, tree, false, &f->memory, &base_malloc_allocator, &f->program, NULL), BURIN_OK);
}

/* ---- what is found ---- */

static uint32_t count_of(const fixture *f, unsigned go)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < f->program->unit_count; n++)
        for (uint32_t pc = 0; pc < f->program->units[n]->code_len; pc++)
            count += f->program->units[n]->code[pc].go == go;
    return count;
}

static void expect_parts(const fixture *f, uint32_t run, const uint8_t *kinds, size_t count)
{
    assert_true(run < f->program->run_count);
    for (size_t n = 0; n < count; n++)
        if (f->program->runs[run].first[n].kind != kinds[n])
            fail_msg("part %zu is %u, not %u", n, f->program->runs[run].first[n].kind, kinds[n]);
}
#define EXPECT_PARTS(f, run, ...) expect_parts(f, run, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void runs_are_found(void **state)
{
    fixture *f = *state;
    compile(f, "<p>{{ a }}, {{ b }}, {{ c }}</p>", true);
    assert_int_equal(count_of(f, SUPER_RUN), 1);
    assert_int_equal(f->program->run_count, 1);
    EXPECT_PARTS(f, 0, PART_RESOLVE, PART_RESOLVE, PART_RESOLVE, PART_REGISTER_E, PART_REGISTER_E, PART_REGISTER_E, PART_EXIT);
    compile(f, "{{ a.b|safe }}{{ c|safe }}{{ d }}", true);
    EXPECT_PARTS(f, 0, PART_RESOLVE, PART_RESOLVE, PART_RESOLVE, PART_ATTR_SAFE, PART_REGISTER_SAFE, PART_REGISTER_E, PART_EXIT);
    compile(f, "{% for a in b %}{{ a.c }}, {{ a.d }};{% endfor %}", true);
    assert_int_equal(count_of(f, SUPER_RUN), 1);
    EXPECT_PARTS(f, 0, PART_ATTR_E, PART_SAME_E, PART_NONE, PART_NEXT, PART_EXIT);
    compile(f, "{{ a.b }}{{ a.c }}{{ d.b }}{{ a.b }}", true);
    EXPECT_PARTS(f, 0, PART_RESOLVE, PART_RESOLVE, PART_ATTR_E, PART_SAME_E, PART_ATTR_E, PART_ATTR_E);
    compile(f, "{{ a }}{{ b }}", true); /* two values are not worth it */
    assert_int_equal(count_of(f, SUPER_RUN), 0);
    compile(f, "{{ a }}{{ b }}{{ f() }}{{ c }}{{ d }}", true); /* nor on either side of what no part stands for */
    assert_int_equal(count_of(f, SUPER_RUN), 0);
    compile(f, "{{ a }}{{ f() }}{{ b }}{{ c }}{{ d }}", true);
    assert_int_equal(count_of(f, SUPER_RUN), 1);
    EXPECT_PARTS(f, 0, PART_REGISTER_E, PART_REGISTER_E, PART_REGISTER_E, PART_EXIT);
    compile(f, "{{ '<' + a.b + '>' + c + '<' + d }}", false); /* a sum is whole */
    assert_int_equal(count_of(f, SUPER_RUN), 1);
    EXPECT_PARTS(f, 0, PART_RESOLVE, PART_RESOLVE, PART_RESOLVE, PART_SUM, PART_ATTR_SUM);
    compile(f, "{{ '<' + a.b + a.c + a.d + f() }}", false); /* ... or left alone */
    assert_int_equal(count_of(f, SUPER_RUN), 0);
}

static void runs_decide(void **state)
{
    fixture *f = *state;
    compile(f, "{{ a }}{% if b %}{{ c }}{% else %}{{ d }}{% endif %}{{ e }}", false);
    assert_int_equal(count_of(f, SUPER_RUN), 1);
    EXPECT_PARTS(f, 0, PART_RESOLVE, PART_RESOLVE, PART_RESOLVE, PART_RESOLVE, PART_RESOLVE, PART_REGISTER, PART_NOT, PART_REGISTER, PART_JUMP,
                 PART_REGISTER, PART_REGISTER, PART_EXIT);
    assert_int_equal(f->program->runs[0].first[6].jump, 3 * (int)sizeof(ir_part));
    assert_int_equal(f->program->runs[0].first[8].jump, 2 * (int)sizeof(ir_part));
    compile(f, "{% for x in xs %}{{ x.a }}{% if x.b < 5 %}-{% endif %}{{ x.c }}{% endfor %}", false);
    EXPECT_PARTS(f, 0, PART_ATTR, PART_FETCH, PART_COMPARE_K, PART_NONE, PART_SAME, PART_NEXT);
    compile(f, "{% for x in xs %}{{ x.d }}{{ x.e }}{{ x.f }}{% if x.a == 'b' %}1{% elif x.a == 'c' %}{{ x.b|upper }}{% endif %}{{ x.c }}{% endfor %}", false);
    EXPECT_PARTS(f, 1, PART_ATTR, PART_SAME, PART_SAME, PART_IS, PART_JUMP, PART_SAME_IS, PART_FETCH, PART_EXIT, PART_SAME, PART_NEXT);
    assert_int_equal(f->program->runs[1].first[9].jump, -9 * (int)sizeof(ir_part));
    compile(f, "{% for x in xs %}{{ x.a }}{% if x.b %}{{ x.c }}{% endif %}{{ x.d }}{% endfor %}", false); /* known on both ways */
    assert_int_equal(count_of(f, SUPER_RUN), 2); /* the head of the loop is the beginning of another one */
    EXPECT_PARTS(f, 1, PART_ATTR, PART_ATTR_NOT, PART_SAME, PART_SAME, PART_NEXT);
    compile(f, "{% for x in xs %}{% if x.b %}{{ x.c }}{% endif %}{{ x.d }}{% endfor %}", false); /* known on one way only */
    EXPECT_PARTS(f, 0, PART_ATTR_NOT, PART_ATTR, PART_ATTR, PART_NEXT);
}

static void fused_rows_are_found(void **state)
{
    fixture *f = *state;
    compile(f, "{% for x in xs %}-{% if loop.index % 2 == 0 %}a{% endif %}{% if loop.first %}b{% endif %}{% endfor %}", true);
    assert_int_equal(count_of(f, SUPER_EVERY), 1);
    assert_int_equal(count_of(f, SUPER_LOOP_NOT), 1);
    compile(f, "{% if a.b == 'c' %}1{% elif a.b == 'd' or a.b == 'e' %}2{% elif a.c == 'd' %}3{% endif %}", true);
    assert_int_equal(count_of(f, SUPER_ATTR_IS), 4);
    assert_int_equal(f->program->units[0]->code[1].row, 0);
}

/* ---- what they do ---- */

static const char *const templates[] = {
    "{% for x in xs %}<i a='{{ x.a }}'>{{ x.b }}, {{ x.c.d }}{{ x.a }}</i>\n{% endfor %}",
    "{% for x in xs %}<{{ x.a }}>{{ x.b }}{% endfor %}{% for x in ys %}{{ x }},{{ x }} {% endfor %}{% for x in a %}{{ x }}{{ x.a }}{% endfor %}",
    "{% for x in xs %}{{ loop.index }}: {{ x.b|safe }}{{ x|safe }} {{ loop.index0 }}{{ x.c.d.e }}.{% endfor %}",
    "{% for x in xs %}{{ '<' + x.a + '|' + x.b + '>' + '!' }}{{ x.a + ' ' + x.a }} and {{ x.b }}{{ x.a }}{% endfor %}",
    "{% for x in xs %}{% if loop.index % 2 == 0 %}even{% elif loop.index0 == 0 %}first{% else %}odd{% endif %} {{ x.a }}, {{ x.b }}{% endfor %}",
    "{% for x in xs %}{% if x.a < 2 %}small {{ x.a }}{% endif %}{% if x.c is defined %}c{% endif %}{% if x.c is not defined %}-{% endif %}\n{% endfor %}",
    "{% for x in xs %}{% if loop.first %}[{% endif %}{{ x.a }}{{ x.b }}{% if not loop.last %}, {% else %}]{% endif %}{% endfor %}{{ xs[0] }}{{ xs[1].a }}",
    "{% for x in xs %}{% if x.a == 'x' %}X{% elif x.a != 'y' and x.b == 'w' %}Y{% elif x.a == '1' or x.a == 'z' %}Z{% elif x.a != '<&>' %}-{% endif %}{% endfor %}",
    "{% set n = namespace(t='') %}{% for x in xs %}{% set y = x.a|safe %}{{ y }}{{ y }}{% set n.t = n.t ~ y %}{% endfor %}{{ n.t }} {{ nothing }}.",
    "{% for x in xs %}{{ x.a }}{% if x.c %}{{ x.b }}{% elif not x.b %}-{% elif loop.last and a %}{{ a }}{% endif %}{{ x.b }}{{ x.nothing }}{{ x.a }}{% endfor %}",
    "{% for x in xs %}<{% for y in xs %}{{ x.a }}{{ y.a }}{% if y.b is defined and x.b != y.b %}{{ y.b ~ x }}{% endif %}{{ x.b }};{% endfor %}>\n{% endfor %}{{ a }}{{ b }}",
    "{% for x in xs %}{{ loop.index0 - 1 }}{{ xs[loop.index0 - 1].a }}{% if xs[loop.index0 + 1].a == x.a or x.b < 5 %}!{% endif %}{{ 'a' + xs[0].a + x.b }}{% endfor %}",
    "{% macro m(a, b='x', c=3) %}<{{ a }}|{{ b }}|{{ c }}>{% endmacro %}{{ a }}{{ b }}{{ xs }}{{ m() }}{{ m(1, b) }}{{ m(xs, c=a) }}{{ a is defined }}{{ not b }}{{ b }}",
    "{{ xs }}{{ a }}a text of more than thirty-two bytes, of more than sixty-four bytes even, and of more than a hundred and twenty-eight bytes "
    "in the end, which it is only now{{ b }}{{ a.b }}a text of more than thirty-two bytes{{ a }}{{ b }}",
};

static const char *const data[] = {
    "{}",
    "{\"xs\": []}",
    "{\"xs\": [{\"a\": \"1\", \"b\": \"two\", \"c\": {\"d\": \"three\"}}, {\"a\": \"<&>\", \"b\": \"\", \"c\": {\"d\": {\"e\": 5}}}], \"a\": 1, \"b\": 2.5}",
    "{\"xs\": [{\"a\": 1, \"b\": -100000, \"c\": {\"d\": 0.1}}, {\"a\": 12345678901234567890, \"b\": null, \"c\": {\"d\": true}}, {\"a\": [1], \"b\": {\"x\": \"'\"}, \"c\": []}]}",
    "{\"xs\": [{\"b\": \"other order\", \"a\": \"x\", \"c\": 1}, {\"a\": \"y\"}, {}, {\"a\": \"z\", \"b\": \"w\", \"c\": {}}], \"a\": {\"b\": \"\\\"\"}}",
    "{\"xs\": [{\"a\": \"thirty-three characters of a text..\", \"b\": \"thirty-three characters < of a text\", \"c\": {\"d\": 1}}], \"b\": \"&\"}",
    "{\"xs\": \"text\", \"a\": \"b\", \"b\": [1, \"two\"]}",
    "{\"xs\": [1, \"<b>\", null, [2]]}",
};

typedef struct outcome {
    burin_status status;
    uint64_t     steps;
    size_t       len;
    char         text[8192], message[256];
} outcome;

static void render(fixture *f, const char *json, const vm_limits *limits, outcome *out)
{
    rt_state     st  = {.env = &f->env, .steps_left = UINT64_MAX, .message = buf_make(&base_malloc_allocator)};
    burin_error  err = BURIN_ERROR_INIT;
    rt_out       to;
    burin_value  vars;
    vm_limits    used;
    vm_template  tpl = {.program = f->program, .src = &f->src, .globals = f->env.globals};
    heap_init(&st.heap, &base_malloc_allocator, 0);
    st.heap.borrowed = true;
    assert_int_equal(rt_json_read(&st, (burin_text){json, strlen(json)}, false, NULL, &vars, &err), BURIN_OK);
    rt_out_init(&to, vm_state(f->machine), 16); /* room is short at first */
    to.limit    = (size_t)limits->output;
    to.end      = to.limit && to.limit < to.cap ? to.data + to.limit : to.end;
    vm_set_limits(f->machine, limits);
    out->status = vm_render(f->machine, &tpl, vars, &to, &err);
    out->len    = (size_t)(to.next - to.data);
    assert_true(out->len <= sizeof out->text);
    memcpy(out->text, to.data, out->len);
    snprintf(out->message, sizeof out->message, "%u: %s", err.line, err.message ? err.message : "");
    vm_used(f->machine, &used);
    out->steps = used.steps;
    rt_out_deinit(&to);
    burin_error_clear(&err);
    heap_deinit(&st.heap);
    buf_deinit(&st.message);
}

static void forget_supers(fixture *f)
{
    for (uint32_t n = 0; n < f->program->unit_count; n++)
        for (uint32_t pc = 0; pc < f->program->units[n]->code_len; pc++)
            f->program->units[n]->code[pc].go = f->program->units[n]->code[pc].op;
}

static void nothing_changes(void **state)
{
    static outcome with[2][sizeof data / sizeof data[0]], without;
    static const vm_limits limits[] = {{.steps = 100000}, {.steps = 3}, {.steps = 100000, .output = 60}};
    fixture *f = *state;
    for (size_t t = 0; t < 2 * (sizeof templates / sizeof templates[0]); t++)
        for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++) {
            compile(f, templates[t / 2], t % 2);
            for (size_t d = 0; d < sizeof data / sizeof data[0]; d++)
                for (int again = 0; again < 2; again++) /* caches know nothing the first time */
                    render(f, data[d], &limits[l], &with[again][d]);
            forget_supers(f);
            for (size_t d = 0; d < sizeof data / sizeof data[0]; d++) {
                render(f, data[d], &limits[l], &without);
                for (int again = 0; again < 2; again++) {
                    assert_int_equal(with[again][d].status, without.status);
                    assert_int_equal(with[again][d].steps, without.steps);
                    assert_string_equal(with[again][d].message, without.message);
                    assert_int_equal(with[again][d].len, without.len);
                    assert_memory_equal(with[again][d].text, without.text, without.len);
                }
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_decide, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fused_rows_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_changes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
