/* Many threads at one environment: the same templates, the same data, the cache being reloaded under them.
 * Run in the tsan build this finds data races; in every build it compares what each thread got with what one alone gets. */
#include "burin/burin.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { THREADS = 8, ROUNDS = 60, FILES = 12 };

static burin_text text_z(const char *z) { return (burin_text){z, strlen(z)}; }

/* ---- one template, one set of data ---- */

static const char page[] =
    "{% extends 'base' %}{% from 'macros' import row %}{% set counts = namespace(n=0) %}"
    "{% block body %}{% for user in users if user.active %}{{ row(user, loop) }}"
    "{% set _ = user.tags.append('seen') %}{{ user.tags|join(',') }}{% endfor %}"
    "{{ users|map(attribute='name')|map('upper')|list }}{{ total ** 20 }}{{ greet(name='<x>') }}{{ _('hello') }}{% include 'part' %}"
    "{{ users|groupby('active')|length }}{{ '%05.2f'|format(1.5) }}{{ {'b': 1, 'a': [1, 2]}|tojson }}{% endblock %}";

static burin_status greet(burin_call *call, burin_value *out)
{
    burin_text name = burin_text_of(burin_arg(call, 0));
    char       text[64];
    int        len = snprintf(text, sizeof text, "hi %.*s from %s", (int)name.len, name.data, (const char *)burin_call_data(call));
    *out           = burin_string(burin_call_heap(call), text, (size_t)len);
    return BURIN_OK;
}

static burin_env *make_env(void)
{
    static const char *const names[]   = {"base", "macros", "part", "page"};
    static const char *const sources[] = {
        "<{% block title %}{{ title|default('no title') }}{% endblock %}>{% block body %}{% endblock %}</{{ self.title() }}>",
        "{% macro row(user, loop) %}{{ loop.index }}/{{ loop.length }} {{ user.name|e }}{% if not loop.last %}, {% endif %}{% endmacro %}",
        "[{{ users|length }}{{ missing }}]", page};
    burin_text    texts[4];
    burin_loader  loader;
    burin_options options = burin_options_default();

    for (int n = 0; n < 4; n++)
        texts[n] = text_z(sources[n]);
    options.extensions = BURIN_EXT_I18N;
    options.autoescape = BURIN_AUTOESCAPE_ON;
    burin_env *env     = burin_env_new(&options, NULL);
    assert_non_null(env);
    assert_int_equal(burin_loader_memory(&loader, names, texts, 4), BURIN_OK);
    burin_env_set_loader(env, &loader);
    burin_env_add_function(env, "greet", "name", greet, "the host", 0);
    burin_env_set_translations(env, NULL, NULL);
    return env;
}

typedef struct job {
    burin_env      *env;
    burin_template *tpl;
    burin_expr     *expr;
    burin_value     vars;
    const char     *want;
    int             failures;
} job;

static void *render_many(void *arg)
{
    job          *j      = arg;
    burin_render *render = burin_render_new(j->env, NULL);
    burin_heap   *heap   = burin_heap_new(NULL);
    for (int round = 0; round < ROUNDS && render; round++) {
        burin_text  out;
        burin_value v;
        burin_error err = BURIN_ERROR_INIT;
        if (burin_render_text(render, j->tpl, j->vars, &out, &err) || out.len != strlen(j->want) || memcmp(out.data, j->want, out.len) != 0)
            j->failures++;
        if (burin_expr_eval(render, j->expr, j->vars, true, heap, &v, &err) || burin_length(v) != 3)
            j->failures++;
        burin_error_clear(&err);
        burin_heap_clear(heap);
    }
    burin_heap_free(heap);
    burin_render_free(render);
    return NULL;
}

static void run_jobs(void *(*work)(void *), job *jobs)
{
    pthread_t threads[THREADS];
    for (int n = 0; n < THREADS; n++)
        assert_int_equal(pthread_create(&threads[n], NULL, work, &jobs[n]), 0);
    for (int n = 0; n < THREADS; n++)
        pthread_join(threads[n], NULL);
    for (int n = 0; n < THREADS; n++)
        assert_int_equal(jobs[n].failures, 0);
}

static void threads_render_one_template_with_one_set_of_data(void **state)
{
    burin_env      *env  = make_env();
    burin_heap     *data = burin_heap_new(NULL);
    burin_template *tpl  = burin_template_get(env, "page", NULL);
    burin_expr     *expr = burin_expr_compile(env, BURIN_TEXT("users|map(attribute='name')|sort|list"), NULL);
    burin_render   *render = burin_render_new(env, NULL);
    burin_error     err  = BURIN_ERROR_INIT;
    burin_value     vars;
    burin_text      out;
    job             jobs[THREADS];
    (void)state;
    assert_int_equal(burin_json_read(data, BURIN_TEXT("{\"users\": [{\"name\": \"A<\", \"active\": true, \"tags\": [\"x\"]}, {\"name\": \"B\", \"active\": false, \"tags\": []},"
                                                      "{\"name\": \"C\", \"active\": true, \"tags\": [\"y\", \"z\"]}], \"total\": 12345}"),
                                     false, &vars, NULL),
                     BURIN_OK);
    if (burin_render_text(render, tpl, vars, &out, &err))
        fail_msg("%s", err.message);
    char *want = strndup(out.data, out.len);
    for (int n = 0; n < THREADS; n++)
        jobs[n] = (job){env, tpl, expr, vars, want, 0};
    run_jobs(render_many, jobs);
    free(want);
    burin_render_free(render);
    burin_expr_free(expr);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_heap_free(data);
}

/* ---- the cache: small, and its templates go stale all the time ---- */

static atomic_uint_fast64_t clock_now;

static burin_status stamp_load(void *user, const char *name, char **source, size_t *len, uint64_t *version, char **filename)
{
    (void)user;
    (void)filename;
    *version = atomic_load(&clock_now);
    *source  = malloc(64);
    if (!*source)
        return BURIN_ERR_NOMEM;
    *len = (size_t)snprintf(*source, 64, "%s{%% for i in range(3) %%}{{ i }}{%% endfor %%}", name);
    return BURIN_OK;
}

static bool stamp_is_current(void *user, const char *name, uint64_t version)
{
    (void)user;
    (void)name;
    return version == atomic_load(&clock_now);
}

static void *get_many(void *arg)
{
    job          *j      = arg;
    burin_render *render = burin_render_new(j->env, NULL);
    for (int round = 0; round < ROUNDS * FILES; round++) {
        char            name[16], want[32];
        burin_text      out;
        burin_template *tpl;
        snprintf(name, sizeof name, "f%d", (round * 7 + (int)(j->failures)) % FILES);
        snprintf(want, sizeof want, "%s012", name);
        if (round % 5 == 0)
            atomic_fetch_add(&clock_now, 1);
        tpl = burin_template_get(j->env, name, NULL);
        if (!tpl || burin_render_text(render, tpl, burin_missing(), &out, NULL) || out.len != strlen(want) || memcmp(out.data, want, out.len) != 0)
            j->failures++;
        burin_template_unref(tpl);
    }
    burin_render_free(render);
    burin_env_unref(j->env);
    return NULL;
}

static void threads_share_a_cache_that_changes_under_them(void **state)
{
    burin_options options = burin_options_default();
    burin_loader  loader  = {sizeof loader, stamp_load, stamp_is_current, NULL, NULL, NULL}, choice;
    job           jobs[THREADS];
    (void)state;
    options.cache_size = FILES / 2;
    burin_env *env     = burin_env_new(&options, NULL);
    assert_int_equal(burin_loader_choice(&choice, &loader, 1), BURIN_OK);
    burin_env_set_loader(env, &choice);
    for (int n = 0; n < THREADS; n++)
        jobs[n] = (job){.env = burin_env_ref(env)};
    burin_env_unref(env); /* the last thread to finish frees it */
    run_jobs(get_many, jobs);
}

/* ---- references from everywhere ---- */

static void *ref_many(void *arg)
{
    job *j = arg;
    for (int round = 0; round < ROUNDS * 50; round++)
        burin_template_unref(burin_template_ref(j->tpl));
    burin_template_unref(j->tpl);
    return NULL;
}

static void the_last_reference_frees(void **state)
{
    burin_env      *env = make_env();
    burin_template *tpl = burin_template_from_string(env, NULL, BURIN_TEXT("x"), NULL);
    job             jobs[THREADS];
    (void)state;
    for (int n = 0; n < THREADS; n++)
        jobs[n] = (job){.env = env, .tpl = burin_template_ref(tpl)};
    burin_template_unref(tpl);
    burin_env_unref(env);
    run_jobs(ref_many, jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_render_one_template_with_one_set_of_data),
        cmocka_unit_test(threads_share_a_cache_that_changes_under_them),
        cmocka_unit_test(the_last_reference_frees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
