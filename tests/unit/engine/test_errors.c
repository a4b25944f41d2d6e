/* Errors through the public API: where, why, how it got there, and what may have been meant. */
#include "engine_test.h"

static burin_env *make_env(void)
{
    burin_env *env = burin_env_new(NULL, NULL);
    set_templates(env, "page.html", "a\n{{ user.nmae.first }}", "layout.html", "{% block body %}{% endblock %}", "bad.html", "ok\n{% if %}", "deep.html",
                  "\n{% import 'macros.html' as m %}\n{{ m.show(0) }}", "macros.html", "{% macro show(n) %}\n{{ 1 // n }}{% endmacro %}", NULL);
    return env;
}

/* Render (by name, or the text itself) with `json`; the error must be there. */
static burin_error failure_of(burin_env *env, const char *name, const char *text, const char *json)
{
    burin_error     err    = BURIN_ERROR_INIT;
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_render   *render = burin_render_new(env, NULL);
    burin_template *tpl    = text ? burin_template_from_string(env, name, text_z(text), &err) : burin_template_get(env, name, &err);
    burin_text      out;
    if (tpl)
        assert_int_not_equal(burin_render_text(render, tpl, data_of(heap, json), &out, &err), BURIN_OK);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_heap_free(heap);
    assert_int_not_equal(err.status, BURIN_OK);
    return err;
}

static void close_names_are_suggested(void **state)
{
    static const struct {
        const char *source, *json, *suggestion;
    } rows[] = {
        {"{{ x|uper }}", "{}", "did you mean 'upper'?"},
        {"{{ x|lenght }}", "{}", "did you mean 'length'?"},
        {"{{ x is defnied }}", "{}", "did you mean 'defined'?"},
        {"{{ x|quitedifferent }}", "{}", NULL},
        {"{{ x|map('uper')|list }}", "{\"x\": [\"a\"]}", "did you mean 'upper'?"},
        {"{{ user_nmae.x }}", "{\"user_name\": {}}", "did you mean 'user_name'?"},
        {"{{ rnage(3) }}", "{}", "did you mean 'range'?"},
        {"{{ zzz.x }}", "{\"user_name\": {}}", NULL},
        {"{{ user.nmae.first }}", "{\"user\": {\"name\": 1}}", "did you mean 'name'?"},
        {"{{ 'x'.upperr() }}", "{}", "did you mean 'upper'?"},
        {"{% include 'layuot.html' %}", "{}", "did you mean 'layout.html'?"},
        {"{{ 1 // 0 }}", "{}", NULL},
    };
    burin_env *env = make_env();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, NULL, rows[i].source, rows[i].json);
        if (rows[i].suggestion) {
            if (!err.suggestion)
                fail_msg("%s: %s: no suggestion", rows[i].source, err.message);
            assert_string_equal(err.suggestion, rows[i].suggestion);
        } else {
            assert_null(err.suggestion);
        }
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

/* The caller that Python names is Jinja2's own: Context.call(), SandboxedEnvironment.call(). */
static void wrong_keywords_are_told_in_jinjas_words(void **state)
{
    static const struct {
        const char *source, *message;
    } rows[] = {
        {"{{ range(**1) }}", "argument after ** must be a mapping, not int"},
        {"{{ dict(a=1, **{'a': 2}) }}", "got multiple values for keyword argument 'a'"},
        {"{% macro m() %}{% endmacro %}{{ m(**'x') }}", "argument after ** must be a mapping, not str"},
    };
    burin_options sandboxed = burin_options_default();
    (void)state;
    sandboxed.sandbox = BURIN_SANDBOX_ON;
    burin_env *env[2] = {burin_env_new(NULL, NULL), burin_env_new(&sandboxed, NULL)};
    for (size_t n = 0; n < 2 * (sizeof rows / sizeof rows[0]); n++) {
        char        want[128];
        burin_error err = failure_of(env[n % 2], NULL, rows[n / 2].source, "{}");
        snprintf(want, sizeof want, "jinja2.%s.call() %s", n % 2 ? "sandbox.SandboxedEnvironment" : "runtime.Context", rows[n / 2].message);
        assert_int_equal(err.status, BURIN_ERR_TYPE);
        assert_string_equal(err.message, want);
        burin_error_clear(&err);
    }
    burin_env_unref(env[0]);
    burin_env_unref(env[1]);
}

static void a_template_that_is_not_found_suggests_another(void **state)
{
    burin_env  *env = make_env();
    burin_error err = failure_of(env, "layot.html", NULL, "{}");
    (void)state;
    assert_int_equal(err.status, BURIN_ERR_NOT_FOUND);
    assert_string_equal(err.message, "layot.html");
    assert_string_equal(err.suggestion, "did you mean 'layout.html'?");
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void what_the_host_added_is_suggested_too(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    burin_env_set_global(env, "settings", burin_int(1));
    burin_error err = failure_of(env, NULL, "{{ setings.x }}", "{}");
    assert_string_equal(err.suggestion, "did you mean 'settings'?");
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void errors_name_template_and_line(void **state)
{
    static const struct {
        const char  *name, *text;
        burin_status status;
        uint32_t     line;
    } rows[] = {
        {"page.html", NULL, BURIN_ERR_UNDEFINED, 2},
        {"bad.html", NULL, BURIN_ERR_SYNTAX, 2},
        {"own", "\n\n{{ 1 // 0 }}", BURIN_ERR_ZERO_DIVISION, 3},
        {"own", "\n{% foo %}", BURIN_ERR_SYNTAX, 2},
        {"own", "{{ x|nofilter }}", BURIN_ERR_ASSERTION, 1},
    };
    burin_env *env = make_env();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, rows[i].name, rows[i].text, "{\"user\": {}}");
        assert_int_equal(err.status, rows[i].status);
        assert_int_equal(err.line, rows[i].line);
        assert_string_equal(err.template_name, rows[i].name);
        assert_non_null(err.source_line);
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

static void errors_in_other_templates_show_the_way(void **state)
{
    burin_env  *env = make_env();
    burin_error err = failure_of(env, "deep.html", NULL, "{}");
    (void)state;
    assert_string_equal(err.template_name, "macros.html");
    assert_int_equal(err.line, 2);
    assert_true(err.frame_count >= 1);
    assert_string_equal(err.frames[err.frame_count - 1].template_name, "deep.html");
    assert_int_equal(err.frames[err.frame_count - 1].line, 3);
    char *text = burin_error_format(&err, false);
    assert_non_null(strstr(text, "ZeroDivisionError: integer division or modulo by zero"));
    assert_non_null(strstr(text, "macros.html:2"));
    assert_non_null(strstr(text, "deep.html:3"));
    assert_non_null(strstr(text, "{{ 1 // n }}"));
    assert_non_null(strchr(text, '^'));
    free(text);
    burin_error_clear(&err);

    err = failure_of(env, NULL, "{% include 'bad.html' %}", "{}");
    assert_int_equal(err.status, BURIN_ERR_SYNTAX);
    assert_string_equal(err.template_name, "bad.html");
    assert_int_equal(err.line, 2);
    burin_error_clear(&err);
    burin_env_unref(env);
}

/* A loop with a test is walked by the test's function in Jinja2, whose lines begin at the test. */
static void a_tested_loop_fails_on_the_line_of_its_test(void **state)
{
    static const struct {
        const char *text;
        uint32_t    line;
    } rows[] = {
        {"{% for i in 5\n\n %}{% endfor %}", 1},
        {"{% for i in 5\n\n if i %}{% endfor %}", 3},
        {"{% for i in 5|map('upper')\n\n if i %}{% endfor %}", 3},
        {"{% for i, j in [1]\n\n if i %}{% endfor %}", 3},
        {"{% for i, j in [1]\n\n if i %}{{ loop.last }}{% endfor %}", 3},
        {"{% for i in [[1], 5]|map('sum')\n if i %}\n\n{% endfor %}", 2},
        {"{% for i in [[1], 5]|map('sum')\n if i %}\n\n{{ loop.last }}{% endfor %}", 2},
        {"{% for i in [[1], 5]|map('sum')\n %}\n\n{{ loop.last }}{% endfor %}", 4},
        {"{% for i in [1]\n\n if i recursive %}\n{{ loop(5) }}{% endfor %}", 3},
        {"{% for i in [1]\n if i %}\n{{ 5|sum }}{% endfor %}", 3},
    };
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, NULL, rows[i].text, "{}");
        assert_int_equal(err.status, BURIN_ERR_TYPE);
        if (err.line != rows[i].line)
            fail_msg("%s: line %u", rows[i].text, err.line);
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

static void colours_are_optional(void **state)
{
    burin_env  *env   = make_env();
    burin_error err   = failure_of(env, NULL, "{{ 1 // 0 }}", "{}");
    char       *plain = burin_error_format(&err, false), *coloured = burin_error_format(&err, true);
    (void)state;
    assert_null(strchr(plain, '\033'));
    assert_non_null(strchr(coloured, '\033'));
    free(plain);
    free(coloured);
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void invalid_utf8_is_reported_as_python_does(void **state)
{
    static const struct {
        const char *source;
        const char *message;
        uint32_t    line, column;
        const char *before; /* what is shown of the line */
    } rows[] = {
        {"ab\xff", "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte", 1, 3, "ab"},
        {"\xc3(", "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte", 1, 1, ""},
        {"a\xe2\x82", "'utf-8' codec can't decode byte 0xe2 in position 1: unexpected end of data", 1, 2, "a"},
        {"one\n{{ \xc0\x80 }}", "'utf-8' codec can't decode byte 0xc0 in position 7: invalid start byte", 2, 4, "{{ "},
    };
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = failure_of(env, NULL, rows[i].source, "{}");
        assert_int_equal(err.status, BURIN_ERR_UNICODE_DECODE);
        assert_string_equal(err.message, rows[i].message);
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.column, rows[i].column);
        assert_string_equal(err.source_line, rows[i].before);
        burin_error_clear(&err);
    }
    burin_env_unref(env);
}

static burin_status broken_load(void *user, const char *name, char **source, size_t *len, uint64_t *version, char **filename)
{
    (void)name;
    (void)source;
    (void)len;
    (void)version;
    (void)filename;
    return *(burin_status *)user;
}

static void a_failing_loader_is_reported(void **state)
{
    static const struct {
        burin_status status;
        const char  *message;
    } rows[] = {
        {BURIN_ERR_NOT_FOUND, "x"}, {BURIN_ERR_OS, "could not read template 'x'"}, {BURIN_ERR_DATA, "the loader failed for template 'x'"}, {BURIN_ERR_NOMEM, "out of memory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_status answer = rows[i].status;
        burin_loader loader = {sizeof loader, broken_load, NULL, NULL, NULL, &answer};
        burin_env   *env    = burin_env_new(NULL, NULL);
        burin_env_set_loader(env, &loader);
        burin_error err = failure_of(env, "x", NULL, "{}");
        assert_int_equal(err.status, answer);
        assert_string_equal(err.message, rows[i].message);
        burin_error_clear(&err);
        err = failure_of(env, NULL, "{% include 'x' %}", "{}");
        assert_int_equal(err.status, answer);
        burin_error_clear(&err);
        burin_env_unref(env);
    }
}

/* ---- an error that an earlier call has left ---- */

/* What the calls below work on. */
typedef struct desk {
    burin_env         *env;
    burin_heap        *heap;
    burin_template    *tpl;
    burin_render      *render;
    burin_expr        *expr;
    burin_formula     *formula, *name; /* "x + 1", "'a' * x" */
    burin_interpreter *in;
    burin_columns     *columns;
} desk;

typedef burin_status (*call)(desk *d, burin_error *err);

static const char *const x_is_a_slot[] = {"x"};
static const burin_value one_slot[]    = {{.kind = BURIN_INT, .as.i = 2}};
static const double      two_doubles[] = {2, 3};

static burin_column two_rows(void) { return (burin_column){.type = BURIN_COLUMN_DOUBLE, .data = two_doubles, .stride = sizeof *two_doubles}; }
static burin_status nothing_of(void *user, burin_text name, unsigned uses)
{
    (void)user, (void)name, (void)uses;
    return BURIN_OK;
}
static burin_status swallow(void *user, const char *data, size_t len)
{
    (void)user, (void)data, (void)len;
    return BURIN_OK;
}

/* A result that has to be given back: made or not. */
#define MAKES(name, type, free_it, what)                                                                                                               \
    static burin_status name(desk *d, burin_error *err)                                                                                                \
    {                                                                                                                                                  \
        type *made = what;                                                                                                                             \
        (void)d;                                                                                                                                       \
        if (!made)                                                                                                                                     \
            return BURIN_ERR_RUNTIME;                                                                                                                  \
        free_it(made);                                                                                                                                 \
        return BURIN_OK;                                                                                                                               \
    }
MAKES(env_new, burin_env, burin_env_unref, burin_env_new(NULL, err))
MAKES(template_get, burin_template, burin_template_unref, burin_template_get(d->env, "page", err))
MAKES(template_from_string, burin_template, burin_template_unref, burin_template_from_string(d->env, NULL, text_z("a"), err))
MAKES(template_dump, char, free, burin_template_dump(d->env, NULL, text_z("a"), "ast", err))
MAKES(render_new, burin_render, burin_render_free, burin_render_new(d->env, err))
MAKES(render_once, char, free, burin_render_once(d->env, text_z("a"), burin_missing(), NULL, err))
MAKES(expr_compile, burin_expr, burin_expr_free, burin_expr_compile(d->env, text_z("1"), err))
MAKES(expr_compile_dynamic, burin_expr, burin_expr_free, burin_expr_compile_dynamic(d->env, text_z("{{ 1 }}"), err))
MAKES(formula_compile, burin_formula, burin_formula_free, burin_formula_compile(d->env, text_z("1"), NULL, 0, err))
MAKES(interpreter_new, burin_interpreter, burin_interpreter_free, burin_interpreter_new(d->env, err))
MAKES(columns_compile, burin_columns, burin_columns_free,
      burin_columns_compile(d->env, text_z("x"), &(burin_column_name){"x", BURIN_COLUMN_DOUBLE}, 1, NULL, err))
#undef MAKES

static burin_status env_preset(desk *d, burin_error *err)
{
    burin_env   *env    = burin_env_new(NULL, NULL);
    burin_status status = burin_env_preset(env, "dbt", err);
    (void)d;
    burin_env_unref(env);
    return status;
}
static burin_status render_text(desk *d, burin_error *err) { return burin_render_text(d->render, d->tpl, burin_missing(), &(burin_text){0}, err); }
static burin_status render_to(desk *d, burin_error *err)
{
    return burin_render_to(d->render, d->tpl, burin_missing(), &(burin_sink){swallow, NULL}, err);
}
static burin_status render_buffer(desk *d, burin_error *err) { return burin_render_buffer(d->render, d->tpl, burin_missing(), NULL, 0, NULL, err); }
static burin_status render_value(desk *d, burin_error *err)
{
    return burin_render_value(d->render, d->tpl, burin_missing(), d->heap, &(burin_value){0}, err);
}
static burin_status render_block(desk *d, burin_error *err) { return burin_render_block(d->render, d->tpl, "b", burin_missing(), &(burin_text){0}, err); }
static burin_status render_macro(desk *d, burin_error *err)
{
    return burin_render_macro(d->render, d->tpl, "m", NULL, 0, burin_missing(), &(burin_text){0}, err);
}
static burin_status render_str(desk *d, burin_error *err) { return burin_render_str(d->render, burin_int(1), &(burin_text){0}, err); }
static burin_status expr_eval(desk *d, burin_error *err)
{
    return burin_expr_eval(d->render, d->expr, burin_missing(), false, d->heap, &(burin_value){0}, err);
}
static burin_status formula_eval(desk *d, burin_error *err) { return burin_formula_eval(d->formula, one_slot, &(burin_value){0}, err); }
static burin_status formula_double(desk *d, burin_error *err) { return burin_formula_double(d->formula, one_slot, &(double){0}, err); }
static burin_status formula_doubles(desk *d, burin_error *err) { return burin_formula_doubles(d->formula, two_doubles, &(double){0}, err); }
static burin_status formula_int64(desk *d, burin_error *err) { return burin_formula_int64(d->formula, one_slot, &(int64_t){0}, err); }
static burin_status formula_bool(desk *d, burin_error *err) { return burin_formula_bool(d->formula, one_slot, &(bool){0}, err); }
static burin_status formula_text(desk *d, burin_error *err) { return burin_formula_text(d->name, one_slot, &(burin_text){0}, err); }
static burin_status script_names(desk *d, burin_error *err) { return burin_script_names(d->env, text_z("a = b"), false, nothing_of, NULL, err); }
static burin_status interpreter_run(desk *d, burin_error *err) { return burin_interpreter_run(d->in, text_z("a = 1"), NULL, NULL, err); }
static burin_status interpreter_eval(desk *d, burin_error *err) { return burin_interpreter_eval(d->in, text_z("1"), NULL, err); }
static burin_status interpreter_set_profile(desk *d, burin_error *err) { return burin_interpreter_set_profile(d->in, NULL, err); }
static burin_status columns_filter(desk *d, burin_error *err)
{
    return burin_columns_filter(d->columns, &(burin_column[]){two_rows()}[0], 0, 2, (uint32_t[2]){0}, &(size_t){0}, err);
}
static burin_status columns_reduce(desk *d, burin_error *err)
{
    return burin_columns_reduce(d->columns, &(burin_column[]){two_rows()}[0], 0, 2, BURIN_REDUCE_SUM, &(burin_value){0}, err);
}
static burin_status columns_map(desk *d, burin_error *err)
{
    double           room[2];
    burin_column_out out = {.type = BURIN_COLUMN_DOUBLE, .data = room, .stride = sizeof *room};
    return burin_columns_map(d->columns, &(burin_column[]){two_rows()}[0], 0, 2, &out, err);
}

/* What was saved is read back with the same `err`, which has its earlier error put back. */
static void leave_an_error(burin_error *err)
{
    burin_env *env = burin_env_new(NULL, NULL);
    assert_null(burin_template_get(env, "nothing", err));
    burin_env_unref(env);
    assert_int_not_equal(err->status, BURIN_OK);
}
static burin_status formula_save_and_load(desk *d, burin_error *err)
{
    char        *bytes;
    size_t       len;
    burin_status status = burin_formula_save(d->formula, &bytes, &len, err);
    if (status || err->status)
        return status;
    leave_an_error(err);
    burin_formula *loaded = burin_formula_load(d->env, (burin_text){bytes, len}, err);
    free(bytes);
    burin_formula_free(loaded);
    return loaded ? BURIN_OK : BURIN_ERR_RUNTIME;
}
static burin_status script_save_and_run(desk *d, burin_error *err)
{
    char        *bytes;
    size_t       len;
    burin_status status = burin_script_save(d->env, text_z("b = 1"), NULL, &bytes, &len, err);
    if (status || err->status)
        return status;
    leave_an_error(err);
    status = burin_interpreter_run_saved(d->in, (burin_text){bytes, len}, NULL, err);
    free(bytes);
    return status;
}

static desk make_desk(void)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    desk d                = {.env = burin_env_new(&options, NULL), .heap = burin_heap_new(NULL)};
    set_templates(d.env, "page", "{% block b %}{% endblock %}{% macro m() %}{% endmacro %}", NULL);
    d.tpl     = burin_template_get(d.env, "page", NULL);
    d.render  = burin_render_new(d.env, NULL);
    d.expr    = burin_expr_compile(d.env, text_z("1"), NULL);
    d.formula = burin_formula_compile(d.env, text_z("x + 1"), x_is_a_slot, 1, NULL);
    d.name    = burin_formula_compile(d.env, text_z("'a' * x"), x_is_a_slot, 1, NULL);
    d.in      = burin_interpreter_new(d.env, NULL);
    d.columns = burin_columns_compile(d.env, text_z("x"), &(burin_column_name){"x", BURIN_COLUMN_DOUBLE}, 1, NULL, NULL);
    assert_true(d.tpl && d.render && d.expr && d.formula && d.name && d.in && d.columns);
    return d;
}

static void free_desk(desk *d)
{
    burin_columns_free(d->columns);
    burin_interpreter_free(d->in);
    burin_formula_free(d->name);
    burin_formula_free(d->formula);
    burin_expr_free(d->expr);
    burin_render_free(d->render);
    burin_template_unref(d->tpl);
    burin_heap_free(d->heap);
    burin_env_unref(d->env);
}

static void a_call_that_succeeds_leaves_no_error(void **state)
{
#define ROW(name) {#name, name}
    static const struct {
        const char *name;
        call        call;
    } rows[] = {
        ROW(env_new), ROW(env_preset), ROW(template_get), ROW(template_from_string), ROW(template_dump), ROW(render_new), ROW(render_once), ROW(render_text),
        ROW(render_to), ROW(render_buffer), ROW(render_value), ROW(render_block), ROW(render_macro), ROW(render_str), ROW(expr_compile),
        ROW(expr_compile_dynamic), ROW(expr_eval), ROW(formula_compile), ROW(formula_eval), ROW(formula_double), ROW(formula_doubles), ROW(formula_int64),
        ROW(formula_bool), ROW(formula_text), ROW(formula_save_and_load), ROW(script_names), ROW(interpreter_new), ROW(interpreter_run), ROW(interpreter_eval),
        ROW(interpreter_set_profile), ROW(script_save_and_run), ROW(columns_compile), ROW(columns_map), ROW(columns_filter), ROW(columns_reduce),
    };
#undef ROW
    desk d = make_desk();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = BURIN_ERROR_INIT;
        leave_an_error(&err);
        if (rows[i].call(&d, &err) || err.status || err.message)
            fail_msg("%s left %s", rows[i].name, err.message);
    }
    free_desk(&d);
}

static void every_status_has_a_class(void **state)
{
    (void)state;
    assert_string_equal(burin_status_class(BURIN_OK), "");
    assert_string_equal(burin_status_class(BURIN_ERR_UNDEFINED), "UndefinedError");
    for (int status = 1; status < BURIN_STATUS_COUNT; status++)
        assert_true(burin_status_class((burin_status)status)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_names_are_suggested), cmocka_unit_test(wrong_keywords_are_told_in_jinjas_words),
        cmocka_unit_test(a_template_that_is_not_found_suggests_another),
        cmocka_unit_test(what_the_host_added_is_suggested_too),
        cmocka_unit_test(errors_name_template_and_line),
        cmocka_unit_test(errors_in_other_templates_show_the_way),
        cmocka_unit_test(a_tested_loop_fails_on_the_line_of_its_test),
        cmocka_unit_test(colours_are_optional),
        cmocka_unit_test(invalid_utf8_is_reported_as_python_does),
        cmocka_unit_test(a_failing_loader_is_reported),
        cmocka_unit_test(a_call_that_succeeds_leaves_no_error),
        cmocka_unit_test(every_status_has_a_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
