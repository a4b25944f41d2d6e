/* Rendering through the public API: every way out, every limit, and that a render can be used again whatever happened. */
#include "engine_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

typedef struct bench {
    burin_env    *env;
    burin_render *render;
    burin_heap   *heap;
} bench;

static int make_bench(void **state)
{
    bench *b = calloc(1, sizeof *b);
    b->env   = burin_env_new(NULL, NULL);
    set_templates(b->env, "base", "<{% block body %}base{% endblock %}>", "child", "{% extends 'base' %}{% block body %}{{ x }}{{ super() }}{% endblock %}",
                  "macros", "{% set v = 'top' %}{% macro field(name, kind='text') %}{{ name }}:{{ kind }}:{{ v }}{% endmacro %}", "loop", "{% include 'loop' %}", "one_block", "{% block content %}{% endblock %}", NULL);
    b->render = burin_render_new(b->env, NULL);
    b->heap   = burin_heap_new(NULL);
    *state    = b;
    return b->env && b->render && b->heap ? 0 : -1;
}

static int free_bench(void **state)
{
    bench *b = *state;
    burin_render_free(b->render);
    burin_heap_free(b->heap);
    burin_env_unref(b->env);
    free(b);
    return 0;
}

static burin_template *compile(const bench *b, const char *source)
{
    burin_error     err = BURIN_ERROR_INIT;
    burin_template *tpl = burin_template_from_string(b->env, NULL, text_z(source), &err);
    if (!tpl)
        fail_msg("%s: %s", source, err.message);
    return tpl;
}

static void hello_world(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "Hello {{ name }}!");
    burin_text      out;
    assert_int_equal(burin_render_text(b->render, tpl, data_of(b->heap, "{\"name\": \"World\"}"), &out, NULL), BURIN_OK);
    assert_text(out, "Hello World!");
    burin_template_unref(tpl);
}

static void a_render_is_used_again_and_again(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "{% for i in range(n) %}{{ i }},{% endfor %}");
    burin_text      out;
    static const char *const rows[][2] = {{"{\"n\": 3}", "0,1,2,"}, {"{\"n\": 0}", ""}, {"{\"n\": 5}", "0,1,2,3,4,"}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(burin_render_text(b->render, tpl, data_of(b->heap, rows[i][0]), &out, NULL), BURIN_OK);
        assert_text(out, rows[i][1]);
    }
    burin_template_unref(tpl);
}

/* What is kept of the last template must not be taken for the next one's, also when that lies where the last one lay. */
static void a_render_changes_from_template_to_template(void **state)
{
    bench      *b    = *state;
    burin_value vars = data_of(b->heap, "{\"x\": 7, \"l\": [1, 2]}");
    burin_text  out;
    static const struct { const char *source, *want; } rows[] = {
        {"a{{ x }}", "a7"}, {"b{{ x }}", "b7"}, {"{% set v = x %}{% macro m() %}{{ v }}{{ w }}{% endmacro %}{{ m() }}{% set w = 1 %}{{ m() }}", "771"},
        {"{% extends 'base' %}{% block body %}{{ super() }}{{ x }}{% endblock %}", "<base7>"}, {"{% if v is defined %}!{% endif %}{{ x }}", "7"},
        {"{% autoescape true %}{{ '<' }}{% endautoescape %}{{ '<' }}", "&lt;<"}, {"{{ x.y.z }}", NULL}, {"{% extends 'base' %}{% block body %}{{ 1 // 0 }}{% endblock %}", NULL},
        {"{% for i in l %}{{ loop.index }}{{ i }}{{ x }}{% endfor %}", "117227"},
    };
    for (size_t n = 0; n < 3 * sizeof rows / sizeof rows[0]; n++) {
        const char     *source = rows[n % (sizeof rows / sizeof rows[0])].source, *want = rows[n % (sizeof rows / sizeof rows[0])].want;
        burin_template *tpl    = compile(b, source);
        for (int twice = 0; twice < 2; twice++) {
            assert_int_equal(burin_render_text(b->render, tpl, vars, &out, NULL) == BURIN_OK, want != NULL);
            assert_text(out, want ? want : "");
        }
        burin_template_unref(tpl);
    }
}

static void templates_extend_include_and_import(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = burin_template_get(b->env, "child", NULL);
    burin_text      out;
    assert_int_equal(burin_render_text(b->render, tpl, data_of(b->heap, "{\"x\": 1}"), &out, NULL), BURIN_OK);
    assert_text(out, "<1base>");
    burin_template_unref(tpl);
    assert_renders(b->env, "{% from 'macros' import field %}{{ field('a') }}", "{}", "a:text:top");
    assert_renders(b->env, "{% include ['nothing', 'base'] %}", "{}", "<base>");
    assert_renders(b->env, "{% include 'nothing' ignore missing %}.", "{}", ".");
    assert_renders(b->env, "{% include 'nothing' %}", "{}", "!nothing");
    assert_renders(b->env, "{% include ['x', 'y'] %}", "{}", "!none of the templates given were found: x, y");
}

/* A call keeps what the names of its arguments meant to the macro that it called last. */
static void one_place_calls_several_macros(void **state)
{
    static const struct { const char *macros, *call, *want; } rows[] = {
        {"{% macro a(x, y=2, z=3) %}a{{ x }}{{ y }}{{ z }} {% endmacro %}{% macro b(z, y='-', x=0) %}b{{ x }}{{ y }}{{ z }} {% endmacro %}",
         "{% for m in [a, a, b, a, b, b] %}{{ m(7, y=8) }}{% endfor %}", "a783 a783 b087 a783 b087 b087 "},
        {"{% macro a(x, y) %}a{{ x }}{{ y }}{{ kwargs }} {% endmacro %}{% macro b(y) %}b{{ y }}{{ varargs }} {% endmacro %}",
         "{% for m in [a, b, a, b] %}{{ m(y=8) }}{% endfor %}", "a8{} b8() a8{} b8() "},
        {"{% macro a(z, y) %}a{{ y }}{{ z }} {% endmacro %}{% macro b(y, z) %}b{{ y }}{{ z }}{{ caller is defined }} {% endmacro %}",
         "{% for m in [a, b, a] %}{{ m(y=1, z=2) }}{% endfor %}", "a12 b12False a12 "},
        {"{% macro a(y) %}a{{ y }}{{ caller() }} {% endmacro %}{% macro b(y) %}b{{ y }}{{ caller(n=1) }} {% endmacro %}",
         "{% for m in [a, b, a] %}{% call(n=0) m(y=m.name) %}{{ n }}{% endcall %}{% endfor %}", "aa0 bb1 aa0 "},
        {"{% macro a(y, z) %}{{ y }}{{ z }} {% endmacro %}{% macro b(z) %}{{ z }}{% endmacro %}", "{% for m in [a, a, b] %}{{ m(z=2, y=1) }}{% endfor %}",
         "!macro 'b' takes no keyword argument 'y'"},
        {"{% macro a(y, z) %}{{ y }}{{ z }} {% endmacro %}", "{% for n in [1, 2] %}{{ a(y=n, caller=3) }}{% endfor %}",
         "!macro 'a' was invoked with two values for the special caller argument. This is most likely a bug."},
    };
    bench *b = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        char source[1000];
        snprintf(source, sizeof source, "%s%s", rows[n].macros, rows[n].call);
        assert_renders(b->env, source, "{}", rows[n].want);
    }
}

static void without_a_loader_nothing_is_included(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    assert_renders(env, "{% include 'a' %}", "{}", "!no loader for this environment specified");
    assert_null(burin_template_get(env, "a", NULL));
    burin_env_unref(env);
}

static void the_callers_data_is_not_changed(void **state)
{
    bench          *b    = *state;
    burin_template *tpl  = compile(b, "{% set _ = x.append(4) %}{{ x }}");
    burin_value     vars = data_of(b->heap, "{\"x\": [1, 2]}");
    burin_text      out;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(burin_render_text(b->render, tpl, vars, &out, NULL), BURIN_OK);
        assert_text(out, "[1, 2, 4]");
    }
    assert_int_equal(burin_length(burin_get(vars, "x")), 2);
    burin_template_unref(tpl);
}

/* ---- ways out ---- */

typedef struct pieces {
    char         text[200000];
    size_t       len;
    unsigned     count;
    burin_status answer; /* what write says once `after` bytes have come */
    size_t       after;
} pieces;

static burin_status take_piece(void *user, const char *data, size_t len)
{
    pieces *p = user;
    p->count++;
    if (p->len + len > sizeof p->text)
        return BURIN_ERR_LIMIT;
    memcpy(p->text + p->len, data, len);
    p->len += len;
    return p->answer && p->len >= p->after ? p->answer : BURIN_OK;
}

static const char long_page[] = "{% for i in range(20000) %}{{ i }} {% endfor %}";

static void a_sink_gets_the_text_in_pieces(void **state)
{
    bench          *b    = *state;
    burin_template *tpl  = compile(b, long_page);
    pieces         *p    = calloc(1, sizeof *p);
    burin_sink      sink = {take_piece, p};
    burin_text      whole;
    assert_int_equal(burin_render_to(b->render, tpl, burin_missing(), &sink, NULL), BURIN_OK);
    assert_true(p->count > 3);
    assert_int_equal(burin_render_text(b->render, tpl, burin_missing(), &whole, NULL), BURIN_OK);
    assert_int_equal(p->len, whole.len);
    assert_memory_equal(p->text, whole.data, whole.len);
    burin_template_unref(tpl);
    free(p);
}

static void captured_text_reaches_the_sink_once(void **state)
{
    static const char *const rows[] = {
        "{% set x %}{% for i in range(9000) %}{{ i }}{% endfor %}{% endset %}{{ x }}{{ x|length }}",
        "{% filter upper %}{% for i in range(9000) %}a{{ i }}{% endfor %}{% endfilter %}",
        "{% macro m() %}{% for i in range(9000) %}{{ i }}{% endfor %}{% endmacro %}{{ m() }}.{{ m()|length }}",
        "{{ range(9000)|list|tojson }}{% set x %}{{ range(9000)|list|tojson }}{% endset %}{{ x|length }}",
    };
    bench *b = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_template *tpl  = compile(b, rows[i]);
        pieces         *p    = calloc(1, sizeof *p);
        burin_sink      sink = {take_piece, p};
        burin_text      whole;
        assert_int_equal(burin_render_to(b->render, tpl, burin_missing(), &sink, NULL), BURIN_OK);
        assert_int_equal(burin_render_text(b->render, tpl, burin_missing(), &whole, NULL), BURIN_OK);
        assert_int_equal(p->len, whole.len);
        assert_memory_equal(p->text, whole.data, whole.len);
        burin_template_unref(tpl);
        free(p);
    }
}

static void a_sink_that_refuses_stops_the_render(void **state)
{
    bench          *b    = *state;
    burin_template *tpl  = compile(b, long_page);
    pieces         *p    = calloc(1, sizeof *p);
    burin_sink      sink = {take_piece, p};
    burin_error     err  = BURIN_ERROR_INIT;
    p->answer            = BURIN_ERR_OS;
    p->after             = 1;
    assert_int_equal(burin_render_to(b->render, tpl, burin_missing(), &sink, &err), BURIN_ERR_OS);
    assert_int_equal(err.status, BURIN_ERR_OS);
    assert_string_equal(err.message, "the sink refused the text");
    assert_int_equal(p->count, 1);
    burin_error_clear(&err);
    burin_template_unref(tpl);
    free(p);
}

static void what_was_written_before_a_failure_stays(void **state)
{
    bench          *b    = *state;
    burin_template *tpl  = compile(b, "be{{ y }}{{ 1 // x }}after");
    pieces         *p    = calloc(1, sizeof *p);
    burin_sink      sink = {take_piece, p};
    burin_text      out  = text_z("?");
    burin_value     vars = data_of(b->heap, "{\"x\": 0, \"y\": \"fore\"}");
    assert_int_equal(burin_render_to(b->render, tpl, vars, &sink, NULL), BURIN_ERR_ZERO_DIVISION);
    assert_text((burin_text){p->text, p->len}, "before");
    assert_int_equal(burin_render_text(b->render, tpl, vars, &out, NULL), BURIN_ERR_ZERO_DIVISION);
    assert_int_equal(out.len, 0);
    burin_template_unref(tpl);
    free(p);
}

/* Filters may print their result themselves. */
static void a_filter_that_fails_has_printed_nothing(void **state)
{
    static const struct { const char *source, *want; } rows[] = {
        {"a{{ x|tojson }}b", "a{\"k\": [1, \"\\u003c\"]}b"},
        {"a{{ [range(20000)|list, joiner]|tojson }}b", "a"}, /* more than a sink is given at once */
        {"{% set c %}c{{ x|tojson }}{% endset %}{{ c|upper }}", "C{\"K\": [1, \"\\U003C\"]}"},
        {"{% autoescape true %}{{ x|tojson }}{{ '<'|upper }}{{ '<'|safe|upper }}{% endautoescape %}{{ '<'|upper }}", "{\"k\": [1, \"\\u003c\"]}&lt;<<"},
    };
    bench *b = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_template *tpl  = compile(b, rows[n].source);
        pieces         *p    = calloc(1, sizeof *p);
        burin_sink      sink = {take_piece, p};
        burin_render_to(b->render, tpl, data_of(b->heap, "{\"x\": {\"k\": [1, \"<\"]}}"), &sink, NULL);
        assert_text(((burin_text){p->text, p->len}), rows[n].want);
        burin_template_unref(tpl);
        free(p);
    }
}

/* As far as a generate() stream of Jinja2 would have come. */
static void what_a_failure_has_captured_is_nowhere(void **state)
{
    static const struct { const char *source, *want; } rows[] = {
        {"a{{ x }}{% set c %}b{{ 1 // 0 }}{% endset %}", "aX"},
        {"a{{ x }}{% set c %}b{% set d %}c{% endset %}{{ nope.x }}{% endset %}", "aX"},
        {"a{{ x }}{% set c %}{{ range(20000)|list|tojson }}{{ nope.x }}{% endset %}", "aX"}, /* more than a sink is given at once */
        {"a{{ x }}{% filter upper %}b{{ nope.x }}{% endfilter %}", "aX"},
        {"a{{ x }}{% set c %}b{% endset %}c{{ c }}{{ nope.x }}", "aXcb"},
        {"{% macro m() %}b{{ nope.x }}{% endmacro %}a{{ x }}{{ m()|upper }}", "aX"},
        {"a{{ x }}{{ 'b' ~ x ~ nope.x }}", "aX"}, {"a{{ x }}{{ 'b' + x + nope.x }}", "aX"},
    };
    bench *b = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_template *tpl  = compile(b, rows[n].source);
        pieces         *p    = calloc(1, sizeof *p);
        burin_sink      sink = {take_piece, p};
        assert_int_not_equal(burin_render_to(b->render, tpl, data_of(b->heap, "{\"x\": \"X\"}"), &sink, NULL), BURIN_OK);
        assert_text(((burin_text){p->text, p->len}), rows[n].want);
        burin_template_unref(tpl);
        free(p);
    }
}

static void a_fixed_buffer_is_filled_like_snprintf(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "abcdef");
    char            buffer[8];
    size_t          len;
    static const struct {
        size_t      size;
        const char *want;
    } rows[] = {{8, "abcdef"}, {7, "abcdef"}, {6, "abcde"}, {1, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(burin_render_buffer(b->render, tpl, burin_missing(), buffer, rows[i].size, &len, NULL), BURIN_OK);
        assert_string_equal(buffer, rows[i].want);
        assert_int_equal(len, 6);
    }
    assert_int_equal(burin_render_buffer(b->render, tpl, burin_missing(), NULL, 0, &len, NULL), BURIN_OK);
    assert_int_equal(len, 6);
    burin_template_unref(tpl);
}

static void descriptors_and_files_get_the_whole_text(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, long_page);
    FILE           *file = tmpfile();
    burin_text      whole;
    char           *read_back = malloc(200000);
    for (int way = 0; way < 2; way++) {
        rewind(file);
        if (way == 0)
            assert_int_equal(burin_render_fd(b->render, tpl, burin_missing(), fileno(file), NULL), BURIN_OK);
        else
            assert_int_equal(burin_render_file(b->render, tpl, burin_missing(), file, NULL), BURIN_OK);
        rewind(file);
        size_t len = fread(read_back, 1, 200000, file);
        assert_int_equal(burin_render_text(b->render, tpl, burin_missing(), &whole, NULL), BURIN_OK);
        assert_int_equal(len, whole.len);
        assert_memory_equal(read_back, whole.data, len);
    }
    fclose(file);
    free(read_back);
    burin_template_unref(tpl);
}

static void *drain(void *fd)
{
    char bytes[512];
    while (read(*(int *)fd, bytes, sizeof bytes) > 0)
        ;
    return NULL;
}

static void a_full_pipe_is_waited_for(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "{% for i in range(60000) %}{{ i }} {% endfor %}");
    int             ends[2];
    pthread_t       reader;
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    pthread_create(&reader, NULL, drain, &ends[0]);
    assert_int_equal(burin_render_fd(b->render, tpl, burin_missing(), ends[1], NULL), BURIN_OK);
    close(ends[1]);
    pthread_join(reader, NULL);
    close(ends[0]);
    burin_error err = BURIN_ERROR_INIT;
    assert_int_equal(burin_render_fd(b->render, tpl, burin_missing(), -1, &err), BURIN_ERR_OS);
    assert_string_equal(err.message, "[Errno 9] Bad file descriptor");
    burin_error_clear(&err);
    burin_template_unref(tpl);
}

static void one_call_does_it_for_the_impatient(void **state)
{
    bench      *b = *state;
    size_t      len;
    char       *text = burin_render_once(b->env, BURIN_TEXT("{{ x }}!"), data_of(b->heap, "{\"x\": 7}"), &len, NULL);
    burin_error err  = BURIN_ERROR_INIT;
    assert_string_equal(text, "7!");
    assert_int_equal(len, 2);
    free(text);
    assert_null(burin_render_once(b->env, BURIN_TEXT("{{"), burin_missing(), NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_SYNTAX);
    burin_error_clear(&err);
}

/* The globals dict and range are Python's types, with methods that no instance is needed for (oracle: Jinja2 3.1.2). */
static void types_are_values(void **state)
{
    static const char *const rows[][2] = {
        {"{{ dict }} {{ {}.__class__ == dict }} {{ dict == range }}", "<class 'dict'> True False"},
        {"{{ dict.fromkeys(['a'], 1) }} {{ dict.keys({'b': 1})|list }}", "{'a': 1} ['b']"},
        {"{{ ''.__class__.upper('x') }} {{ ''.__class__(5) ~ [].__class__('ab') }}", "X 5['a', 'b']"},
        {"{{ dict['a'] }} {{ dict.b }} {{ dict[dict, 1] }} {{ dict[:2] }}", "dict['a'] dict['b'] dict[dict, 1] dict[slice(None, 2, None)]"},
        {"{{ dict['a'](x=1) }} {{ dict['a'].fromkeys('x') }} {{ dict['a'] == dict['a'] }}", "{'x': 1} {'x': None} True"},
        {"{{ range.a }}|{{ range['a'] }}|{{ dict.a.b }}|{{ lipsum.a }}", "|||"},
        {"{{ dict['__mro__'] }}", "dict['__mro__']"},
        {"{{ dict.__mro__ }}", ""}, /* not as Jinja2: there is no way from types to other types */
    };
    const bench *b = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        char *text = burin_render_once(b->env, text_z(rows[n][0]), burin_missing(), NULL, NULL);
        assert_non_null(text);
        assert_string_equal(text, rows[n][1]);
        free(text);
    }
}

static void a_block_is_rendered_alone(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "outside{% block a %}{{ x }}{% endblock %}{% block c %}{% endblock %}");
    burin_text      out;
    assert_int_equal(burin_render_block(b->render, tpl, "a", data_of(b->heap, "{\"x\": 1}"), &out, NULL), BURIN_OK);
    assert_text(out, "1");
    assert_int_not_equal(burin_render_block(b->render, tpl, "nothing", burin_missing(), &out, NULL), BURIN_OK);
    burin_template_unref(tpl);
}

/* What Template.blocks[...] raises as KeyError and getattr(Template.module, ...) as AttributeError, but not without words. */
static void a_part_that_is_not_there_is_named(void **state)
{
    static const struct {
        const char *name, *source, *part, *block_message, *block_near, *macro_message, *macro_near;
    } rows[] = {
        {NULL, "{% block title %}{% endblock %}{% macro input() %}{% endmacro %}", "titel", "the template has no block 'titel'", "did you mean 'title'?", "the template has no macro 'titel'", NULL},
        {"page", "{% extends 'one_block' %}{% macro input() %}{% endmacro %}", "inputt", "the template 'page' has no block 'inputt'", NULL, "the template 'page' has no macro 'inputt'", "did you mean 'input'?"},
        {"page", "{% extends 'one_block' %}{% block more %}{% endblock %}", "contents", "the template 'page' has no block 'contents'", "did you mean 'content'?", "the template 'page' has no macro 'contents'", NULL},
        {"page", "{% set x %}{% endset %}", "x", "the template 'page' has no block 'x'", NULL, "the template 'page' has no macro 'x'", NULL},
    };
    bench      *b   = *state;
    burin_error err = BURIN_ERROR_INIT;
    burin_text  out;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_template *tpl = burin_template_from_string(b->env, rows[n].name, text_z(rows[n].source), NULL);
        assert_int_equal(burin_render_block(b->render, tpl, rows[n].part, burin_missing(), &out, &err), BURIN_ERR_KEY);
        assert_string_equal(err.message, rows[n].block_message);
        assert_true(rows[n].block_near ? err.suggestion && strcmp(err.suggestion, rows[n].block_near) == 0 : !err.suggestion);
        assert_int_equal(burin_render_macro(b->render, tpl, rows[n].part, NULL, 0, burin_missing(), &out, &err), BURIN_ERR_ATTRIBUTE);
        assert_string_equal(err.message, rows[n].macro_message);
        assert_true(rows[n].macro_near ? err.suggestion && strcmp(err.suggestion, rows[n].macro_near) == 0 : !err.suggestion);
        burin_template_unref(tpl);
    }
    burin_error_clear(&err);
}

static void a_macro_is_called_with_arguments(void **state)
{
    bench          *b      = *state;
    burin_template *tpl    = burin_template_get(b->env, "macros", NULL);
    burin_value     args[] = {burin_string(b->heap, "a", 1), burin_int(5), burin_int(6)};
    burin_text      out;
    burin_error     err = BURIN_ERROR_INIT;
    assert_int_equal(burin_render_macro(b->render, tpl, "field", args, 1, burin_missing(), &out, NULL), BURIN_OK);
    assert_text(out, "a:text:top");
    assert_int_equal(burin_render_macro(b->render, tpl, "field", args, 2, burin_missing(), &out, NULL), BURIN_OK);
    assert_text(out, "a:5:top");
    assert_int_equal(burin_render_macro(b->render, tpl, "field", args, 3, burin_missing(), &out, &err), BURIN_ERR_TYPE);
    assert_string_equal(err.message, "macro 'field' takes not more than 2 argument(s)");
    burin_error_clear(&err);
    assert_int_not_equal(burin_render_macro(b->render, tpl, "nothing", args, 0, burin_missing(), &out, NULL), BURIN_OK);
    burin_template_unref(tpl);
}

/* ---- native ---- */

static void native_environments_give_values(void **state)
{
    static const struct {
        const char *source, *repr;
    } rows[] = {
        {"{{ x }}", "[1, 2]"}, {"{{ 1 }}{{ 2 }}", "12"}, {"text", "'text'"}, {"", "None"}, {"{{ '1' }}", "1"}, {"[{{ 1 }}, 2]", "[1, 2]"}, {"{{ x[0] }}", "1"},
    };
    bench        *b       = *state;
    burin_options options = burin_options_default();
    options.native        = true;
    burin_env    *env     = burin_env_new(&options, NULL);
    burin_render *render  = burin_render_new(env, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_template *tpl = burin_template_from_string(env, NULL, text_z(rows[i].source), NULL);
        burin_value     v;
        assert_int_equal(burin_render_value(render, tpl, data_of(b->heap, "{\"x\": [1, 2]}"), b->heap, &v, NULL), BURIN_OK);
        char *repr = burin_repr(v, NULL);
        assert_string_equal(repr, rows[i].repr);
        free(repr);
        burin_template_unref(tpl);
    }
    burin_render_free(render);
    assert_renders(env, "{{ x }}", "{\"x\": [1]}", "[1]");
    burin_env_unref(env);
}

static void the_value_of_an_ordinary_template_is_its_text(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "a{{ 1 }}");
    burin_value     v;
    assert_int_equal(burin_render_value(b->render, tpl, burin_missing(), b->heap, &v, NULL), BURIN_OK);
    assert_int_equal(v.kind, BURIN_STRING);
    assert_text(burin_text_of(v), "a1");
    burin_template_unref(tpl);
}

/* ---- limits ---- */

static void a_limit_stops_the_render_and_leaves_it_usable(void **state)
{
    static const struct {
        burin_limits limits;
        const char  *source;
        burin_status status;
    } rows[] = {
        {{.steps = 1000}, "{% for i in range(100000) %}{% endfor %}", BURIN_ERR_LIMIT},
        {{.memory = 100000}, "{% set n = 1000000 %}{% set x = [1] * n %}", BURIN_ERR_LIMIT},
        {{.memory = 100000}, "{% set n = 1000000 %}{{ 'x' * n }}", BURIN_ERR_LIMIT},
        {{.output = 1000}, "{% for i in range(1000) %}abc{% endfor %}", BURIN_ERR_LIMIT},
        {{.time_ns = 20000000}, "{% for i in range(1000000000) %}{% endfor %}", BURIN_ERR_LIMIT},
        {{.depth = 50}, "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", BURIN_ERR_RECURSION},
        {{.depth = 50}, "{% include 'loop' %}", BURIN_ERR_RECURSION},
    };
    bench          *b  = *state;
    burin_template *ok = compile(b, "ok");
    burin_text      out;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_template *tpl = compile(b, rows[i].source);
        burin_error     err = BURIN_ERROR_INIT;
        burin_render_set_limits(b->render, &rows[i].limits);
        burin_status status = burin_render_text(b->render, tpl, burin_missing(), &out, &err);
        if (status != rows[i].status)
            fail_msg("%s: %s: %s", rows[i].source, burin_status_class(status), err.message ? err.message : "");
        burin_error_clear(&err);
        assert_int_equal(burin_render_text(b->render, ok, burin_missing(), &out, NULL), BURIN_OK);
        assert_text(out, "ok");
        burin_template_unref(tpl);
    }
    burin_template_unref(ok);
}

static void limits_default_to_the_environments(void **state)
{
    burin_options options = burin_options_default();
    (void)state;
    options.limits.steps = 100;
    burin_env      *env    = burin_env_new(&options, NULL);
    burin_render   *render = burin_render_new(env, NULL);
    burin_template *tpl    = burin_template_from_string(env, NULL, BURIN_TEXT("{% for i in range(1000) %}{% endfor %}x"), NULL);
    burin_text      out;
    assert_int_equal(burin_render_text(render, tpl, burin_missing(), &out, NULL), BURIN_ERR_LIMIT);
    burin_render_set_limits(render, &(burin_limits){0});
    assert_int_equal(burin_render_text(render, tpl, burin_missing(), &out, NULL), BURIN_OK);
    burin_render_set_limits(render, NULL);
    assert_int_equal(burin_render_text(render, tpl, burin_missing(), &out, NULL), BURIN_ERR_LIMIT);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_env_unref(env);
}

static void use_is_counted(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "{% for i in range(1000) %}{{ i }}{% endfor %}");
    burin_text      out;
    burin_limits    used;
    assert_int_equal(burin_render_text(b->render, tpl, burin_missing(), &out, NULL), BURIN_OK);
    burin_render_used(b->render, &used);
    assert_true(used.steps >= 1000);
    assert_int_equal(used.output, out.len);
    burin_template_unref(tpl);
}

static volatile int cancelled;

static void *cancel_soon(void *unused)
{
    (void)unused;
    usleep(20000);
    __atomic_store_n(&cancelled, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void another_thread_can_cancel(void **state)
{
    bench          *b   = *state;
    burin_template *tpl = compile(b, "{% for i in range(10000000000) %}{% endfor %}");
    burin_text      out;
    pthread_t       thread;
    cancelled = 0;
    burin_render_set_cancel(b->render, &cancelled);
    pthread_create(&thread, NULL, cancel_soon, NULL);
    assert_int_equal(burin_render_text(b->render, tpl, burin_missing(), &out, NULL), BURIN_ERR_CANCELLED);
    pthread_join(thread, NULL);
    burin_template_unref(tpl);
}

/* ---- misuse ---- */

static void what_does_not_belong_together_is_refused(void **state)
{
    bench          *b     = *state;
    burin_env      *other = burin_env_new(NULL, NULL);
    burin_template *tpl   = burin_template_from_string(other, NULL, BURIN_TEXT("x"), NULL);
    burin_template *own   = compile(b, "x");
    burin_text      out;
    assert_int_equal(burin_render_text(b->render, tpl, burin_missing(), &out, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_render_text(b->render, own, burin_int(1), &out, NULL), BURIN_ERR_USAGE);
    burin_template_unref(tpl);
    burin_template_unref(own);
    burin_env_unref(other);
}

static void random_numbers_repeat_with_a_seed(void **state)
{
    burin_options options = burin_options_default();
    char          first[200], second[200];
    (void)state;
    for (int seeded = 0; seeded < 2; seeded++) {
        options.random_seed    = seeded ? 42 : 0;
        burin_env      *env    = burin_env_new(&options, NULL);
        burin_render   *render = burin_render_new(env, NULL);
        burin_template *tpl    = burin_template_from_string(env, NULL, BURIN_TEXT("{% for i in range(20) %}{{ range(1000)|list|random }} {% endfor %}"), NULL);
        size_t          len;
        assert_int_equal(burin_render_buffer(render, tpl, burin_missing(), first, sizeof first, &len, NULL), BURIN_OK);
        assert_int_equal(burin_render_buffer(render, tpl, burin_missing(), second, sizeof second, &len, NULL), BURIN_OK);
        assert_int_equal(strcmp(first, second) == 0, seeded);
        burin_template_unref(tpl);
        burin_render_free(render);
        burin_env_unref(env);
    }
}

/* A function of the host that renders: with the render that called it, or with one of its own. */
typedef struct nested {
    burin_render   *render;
    burin_template *tpl;
    burin_status    status;
} nested;

static burin_status render_inside(burin_call *call, burin_value *out)
{
    nested    *n = burin_call_data(call);
    burin_text text;
    n->status = burin_render_text(n->render, n->tpl, burin_missing(), &text, NULL);
    *out      = burin_string(burin_call_heap(call), text.data, text.len);
    return BURIN_OK;
}

static void a_function_may_render_but_not_with_the_render_that_calls_it(void **state)
{
    nested          n   = {0};
    burin_env      *env = burin_env_new(NULL, NULL);
    burin_text      text;
    (void)state;
    assert_int_equal(burin_env_add_function(env, "inside", "", render_inside, &n, 0), BURIN_OK);
    burin_template *outer = burin_template_from_string(env, NULL, BURIN_TEXT("<{{ inside() }}>"), NULL);
    burin_render   *one = burin_render_new(env, NULL), *two = burin_render_new(env, NULL);
    n.tpl    = burin_template_from_string(env, NULL, BURIN_TEXT("in"), NULL);
    n.render = one;
    assert_int_equal(burin_render_text(one, outer, burin_missing(), &text, NULL), BURIN_OK);
    assert_int_equal(n.status, BURIN_ERR_USAGE);
    assert_true(text.len == 2 && !memcmp(text.data, "<>", 2));
    n.render = two;
    assert_int_equal(burin_render_text(one, outer, burin_missing(), &text, NULL), BURIN_OK);
    assert_int_equal(n.status, BURIN_OK);
    assert_true(text.len == 4 && !memcmp(text.data, "<in>", 4));
    burin_template_unref(n.tpl);
    burin_template_unref(outer);
    burin_render_free(one);
    burin_render_free(two);
    burin_env_unref(env);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, make_bench, free_bench)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(hello_world),
        WITH_BENCH(a_render_is_used_again_and_again),
        WITH_BENCH(a_render_changes_from_template_to_template),
        WITH_BENCH(templates_extend_include_and_import),
        WITH_BENCH(one_place_calls_several_macros),
        cmocka_unit_test(without_a_loader_nothing_is_included),
        WITH_BENCH(the_callers_data_is_not_changed),
        WITH_BENCH(a_sink_gets_the_text_in_pieces),
        WITH_BENCH(captured_text_reaches_the_sink_once),
        WITH_BENCH(a_sink_that_refuses_stops_the_render),
        WITH_BENCH(what_was_written_before_a_failure_stays),
        WITH_BENCH(a_filter_that_fails_has_printed_nothing),
        WITH_BENCH(what_a_failure_has_captured_is_nowhere), WITH_BENCH(a_fixed_buffer_is_filled_like_snprintf),
        WITH_BENCH(descriptors_and_files_get_the_whole_text),
        WITH_BENCH(a_full_pipe_is_waited_for),
        WITH_BENCH(one_call_does_it_for_the_impatient),
        WITH_BENCH(types_are_values), WITH_BENCH(a_block_is_rendered_alone), WITH_BENCH(a_part_that_is_not_there_is_named),
        WITH_BENCH(a_macro_is_called_with_arguments),
        WITH_BENCH(native_environments_give_values),
        WITH_BENCH(the_value_of_an_ordinary_template_is_its_text),
        WITH_BENCH(a_limit_stops_the_render_and_leaves_it_usable),
        cmocka_unit_test(limits_default_to_the_environments),
        WITH_BENCH(use_is_counted),
        WITH_BENCH(another_thread_can_cancel),
        WITH_BENCH(what_does_not_belong_together_is_refused),
        cmocka_unit_test(random_numbers_repeat_with_a_seed),
        cmocka_unit_test(a_function_may_render_but_not_with_the_render_that_calls_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
