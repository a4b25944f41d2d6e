/* Hostile templates under limits: each ends in time, in bounded memory, with an error or a bounded text; and what the
 * limits promise of long loops and of many renders. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { MIB = 1 << 20 };

static burin_limits tight(void)
{
    return (burin_limits){.steps = 20u << 20, .memory = 64 * MIB, .output = 16 * MIB, .time_ns = 5000000000u, .depth = 200, .nesting = 200, .integer_bits = 1u << 20};
}

/* Render once; the class of the error, "" when there was none. */
static const char *outcome(burin_sandbox_mode sandbox, const burin_limits *limits, const char *text)
{
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;
    options.sandbox       = sandbox;
    options.limits        = *limits;
    options.extensions    = BURIN_EXT_DO | BURIN_EXT_LOOPCONTROLS;
    burin_env  *env       = burin_env_new(&options, &err);
    burin_heap *heap      = burin_heap_new(NULL);
    burin_value vars      = burin_dict(heap, 1);
    assert_int_equal(burin_dict_set_z(heap, vars, "x", burin_int(1)), BURIN_OK);
    burin_template *tpl    = burin_template_from_string(env, "hostile", (burin_text){text, strlen(text)}, &err);
    burin_render   *render = tpl ? burin_render_new(env, &err) : NULL;
    burin_text      out;
    burin_status    status = render ? burin_render_text(render, tpl, vars, &out, &err) : err.status;
    burin_status    after  = BURIN_OK;
    burin_template *small  = burin_template_from_string(env, NULL, BURIN_TEXT("{{ x + 1 }}"), NULL);
    if (render) /* a tripped limit leaves the render usable */
        after = burin_render_text(render, small, vars, &out, NULL);
    assert_int_equal(after, BURIN_OK);
    burin_error_clear(&err);
    burin_template_unref(small);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_env_unref(env);
    burin_heap_free(heap);
    return burin_status_class(status);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Too much of something: fails, whatever the class, well before any patience ends. */
static void excess_is_stopped(void **state)
{
    static const char *const rows[] = {
        "{{ 'a' * 100000000000 }}",
        "{{ 'a' * 1000000 * 1000 }}",
        "{{ [0] * 10**9 }}",
        "{{ (0,) * (10**9) }}",
        "{{ 'x'|center(9999999999) }}",
        "{{ 'x'|indent(9999999999, true) }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ '%.999999999f' % 1.5 }}",
        "{{ 'x'.ljust(10**10) }}",
        "{{ 'x'.zfill(10**10) }}",
        "{{ ('\t' * 1000).expandtabs(10**8) }}",
        "{{ ('a' * 10**5).replace('a', 'b' * 10**6) }}",
        "{{ '{:>9999999999}'.format(1) }}",
        "{{ ('x' * 10**6).translate({120: 'y' * 10**6}) }}",
        "{{ ('xy' * 10**6).join(['a'] * 10**6) }}",
        "{{ '%*d' % (9999999999, 1) }}",
        "{{ 10**9 * 'ab' * 8 }}",
        "{{ 10**9 * [none] }}",
        "{{ (['x' * 10**6] * 10**5)|join }}",
        "{{ (9 ** (9 ** 6))|string }}",
        "{{ ('<' * 10**6)|forceescape|forceescape|forceescape|forceescape|forceescape|forceescape|forceescape|forceescape }}",
        "{% set ns = namespace(t=()) %}{% for i in range(64) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ ns.t }}",
        "{% set ns = namespace(d={}) %}{% for i in range(64) %}{% set ns.d = {'a': ns.d, 'b': ns.d} %}{% endfor %}{{ ns.d|tojson }}",
        "{{ [1]|batch(9999999999, 'x')|list|length }}",
        "{{ [1]|slice(999999999)|list|length }}",
        "{{ lipsum(n=100000000) }}",
        "{{ range(10**13)|sum }}",
        "{{ range(10**13)|max }}",
        "{{ range(10**9)|map('abs')|list|length }}",
        "{{ (10 ** 10 ** 6) ** 1000 }}",
        "{% set ns = namespace(n=3) %}{% for i in range(60) %}{% set ns.n = ns.n * ns.n %}{% endfor %}{{ ns.n }}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% for i in range(10**12) %}{% endfor %}",
        "{% for i in range(10**12) %}x{% endfor %}",
        "{% set l = [1] %}{% for i in l %}{% do l.append(i) %}{% endfor %}",
        "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|string|length }}",
        "{% block b %}{{ self.b() }}{% endblock %}",
    };
    burin_limits limits = tight();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double      before = seconds();
        const char *got    = outcome(BURIN_SANDBOX_OFF, &limits, rows[i]);
        if (!*got || seconds() - before > 30) /* the deadline is 5 s; sanitizers are slow */
            fail_msg("'%s' after %.1f s: %s", got, seconds() - before, rows[i]);
    }
}

/* The sandbox shows nothing of the host: a refused attribute used is a SecurityError, a printed one is empty. */
static void the_sandbox_has_no_way_out(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        {"{{ x.__class__.__mro__ }}", "SecurityError"},
        {"{{ ''.__class__.mro()[1] }}", "SecurityError"},
        {"{{ [].append.__self__.__class__ }}", "SecurityError"},
        {"{{ '{0.__class__.__mro__}'.format(x) }}", "SecurityError"},
        {"{{ ('{0.__class__.__mro__}'|string).format(x) }}", "SecurityError"},
        {"{{ '{0[0].__class__.__mro__}'.format([1]) }}", "SecurityError"},
        {"{{ ()|attr('__cl' ~ 'ass__')|attr('__base__') }}", ""},
        {"{{ cycler.__init__.__globals__.os.popen('id').read() }}", "SecurityError"},
        {"{{ lipsum.__globals__['os'] }}", "SecurityError"},
        {"{{ range(1000000)|length }}", "OverflowError"},
        {"{% set l = [] %}{% do l.append(1) %}", "SecurityError"},
    };
    burin_limits limits = tight();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got = outcome(BURIN_SANDBOX_IMMUTABLE, &limits, rows[i].text);
        if (strcmp(got, rows[i].want))
            fail_msg("want '%s', got '%s': %s", rows[i].want, got, rows[i].text);
    }
}

static void cyclic_values_print_and_compare(void **state)
{
    burin_limits limits = tight();
    (void)state;
    assert_string_equal(outcome(BURIN_SANDBOX_OFF, &limits, "{% set x = [] %}{% do x.append(x) %}{{ x }}{{ x|string|length }}"), "");
    assert_string_equal(outcome(BURIN_SANDBOX_OFF, &limits, "{% set a = [] %}{% set b = [] %}{% do a.append(b) %}{% do b.append(a) %}{{ a == b }}"),
                        "RecursionError");
    assert_string_equal(outcome(BURIN_SANDBOX_OFF, &limits, "{% set x = [] %}{% do x.append(x) %}{{ x|tojson }}"), "ValueError");
}

/* Text made and dropped in each of ten million iterations needs no more memory than one. */
static void a_long_loop_fits_in_little_memory(void **state)
{
    burin_limits limits = {.memory = 64 * MIB, .depth = 100, .nesting = 100};
    const char  *n      = getenv("BURIN_KIND") && strcmp(getenv("BURIN_KIND"), "dev") && strcmp(getenv("BURIN_KIND"), "release") ? "100000" : "10000000";
    char         text[256];
    (void)state;
    snprintf(text, sizeof text, "{%% for i in range(%s) %%}{%% set t = 'item ' ~ i ~ ' of many' %%}{%% if t|length > 1000 %%}x{%% endif %%}{%% endfor %%}", n);
    assert_string_equal(outcome(BURIN_SANDBOX_OFF, &limits, text), "");
}

/* ---- memory over many renders ---- */

typedef struct counter {
    size_t calls, held, most;
} counter;

static void *counted_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    counter *c = user;
    if (!new_size) {
        free(block);
        c->held -= old_size;
        return NULL;
    }
    void *p = realloc(block, new_size);
    if (p) {
        c->calls++;
        c->held += new_size - old_size;
        c->most = c->held > c->most ? c->held : c->most;
    }
    return p;
}

/* The most memory held while a text of `count` times `part` (a format that takes its number) is compiled. */
static size_t memory_to_compile(const char *part, int count)
{
    counter         c         = {0};
    burin_allocator allocator = {counted_resize, &c};
    burin_options   options   = burin_options_default();
    burin_error     err       = BURIN_ERROR_INIT;
    size_t          len       = 0;
    char           *text      = malloc((size_t)count * 128);
    options.allocator         = &allocator;
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, 128, part, i);
    burin_env      *env = burin_env_new(&options, &err);
    burin_template *tpl = burin_template_from_string(env, NULL, (burin_text){text, len}, &err);
    if (!tpl)
        fail_msg("%s: %s", part, err.message);
    burin_template_unref(tpl);
    burin_env_unref(env);
    free(text);
    assert_int_equal(c.held, 0);
    return c.most;
}

static void compiling_takes_memory_in_proportion(void **state)
{
    static const char *const parts[] = {
        "{%% set a%d = 1 %%}{%% if x %%}{%% endif %%}",
        "{%% if x %%}{%% set a%d = 1 %%}{%% else %%}{%% set b = 2 %%}{%% endif %%}",
        "{%% set a%d = 1 %%}{%% include 'x' ignore missing %%}",
        "{{ a%d }}{%% for x in y %%}{{ x }}{%% endfor %%}",
        "{%% macro m%d(a) %%}{{ a }}{%% endmacro %%}",
        "{%% block b%d scoped %%}{{ x }}{%% endblock %%}{%% set c = 1 %%}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t less = memory_to_compile(parts[i], 500), more = memory_to_compile(parts[i], 2000);
        if (more > 5 * less)
            fail_msg("%s: %zu bytes, of four times as many %zu", parts[i], less, more);
    }
}

static void warm_renders_allocate_nothing(void **state)
{
    static const char text[] = "{% macro m(a) %}<{{ a|upper }}>{% endmacro %}{% for i in xs %}{{ m('v' ~ i) }}{{ loop.index * 1.5 }}{% endfor %}"
                               "{{ xs|map('string')|join(', ') }}{% set d = {'k': xs} %}{{ d.k|length }}{{ d|tojson }}";
    counter         c         = {0};
    burin_allocator allocator = {counted_resize, &c};
    burin_options   options   = burin_options_default();
    burin_error     err       = BURIN_ERROR_INIT;
    (void)state;
    options.allocator   = &allocator;
    options.autoescape  = BURIN_AUTOESCAPE_ON;
    burin_env  *env     = burin_env_new(&options, &err);
    burin_heap *heap    = burin_heap_new(NULL);
    burin_value vars = burin_dict(heap, 1), xs = burin_list(heap, 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(burin_list_append(heap, xs, burin_int(i)), BURIN_OK);
    assert_int_equal(burin_dict_set_z(heap, vars, "xs", xs), BURIN_OK);
    burin_template *tpl    = burin_template_from_string(env, NULL, (burin_text){text, sizeof text - 1}, &err);
    burin_render   *render = burin_render_new(env, &err);
    burin_text      out;
    for (int i = 0; i < 3; i++)
        assert_int_equal(burin_render_text(render, tpl, vars, &out, &err), BURIN_OK);
    counter warm = c;
    for (int i = 0; i < 100000; i++)
        if (burin_render_text(render, tpl, vars, &out, &err))
            fail_msg("%s", err.message);
    assert_int_equal(c.calls, warm.calls);
    assert_int_equal(c.held, warm.held);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_heap_free(heap);
    assert_int_equal(c.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(excess_is_stopped),
        cmocka_unit_test(the_sandbox_has_no_way_out),
        cmocka_unit_test(cyclic_values_print_and_compare),
        cmocka_unit_test(a_long_loop_fits_in_little_memory),
        cmocka_unit_test(compiling_takes_memory_in_proportion),
        cmocka_unit_test(warm_renders_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
