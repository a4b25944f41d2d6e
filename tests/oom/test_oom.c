/* Memory runs out at every possible place of rendering templates, and of values and tools around them. */
#include "tests/oom/everywhere.h"

/* ---- the scenarios: each returns the first failure, and checks the result when there is none ---- */

static burin_options failing_options(void)
{
    burin_options options = burin_options_default();
    options.allocator     = &failing;
    options.extensions    = BURIN_EXT_DO | BURIN_EXT_LOOPCONTROLS | BURIN_EXT_I18N;
    return options;
}

static burin_status set_loader(burin_env *env, const char *const *names, const char *const *sources, size_t count)
{
    burin_text   texts[8];
    burin_loader loader;
    burin_status status;

    for (size_t n = 0; n < count; n++)
        texts[n] = text_z(sources[n]);
    status = burin_loader_memory(&loader, names, texts, count);
    if (status)
        return status;
    status = burin_env_set_loader(env, &loader);
    if (status)
        loader.release(loader.user);
    return status;
}

static burin_status twice(burin_call *call, burin_value *out)
{
    burin_value args[] = {burin_arg(call, 0), burin_arg(call, 0)};
    *out               = burin_tuple(burin_call_heap(call), args, 2);
    return out->kind == BURIN_MISSING ? burin_raise(call, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

static const char data_json[] = "{\"rows\": [{\"id\": 1, \"name\": \"a<b\"}, {\"id\": 2, \"name\": \"\xc3\xa9\"}], \"big\": 123456789012345678901234567890}";

/* Set an environment up, load, render; `source` is the main template. */
static burin_status render_source(const char *source, const char *want)
{
    static const char *const names[]   = {"base", "lib", "part"};
    static const char *const sources[] = {"<{% block a %}{% endblock %}>", "{% macro m(x, y=2) %}{{ x }}{{ y }}{{ caller() if caller }}{% endmacro %}", "{{ rows|length }}"};
    burin_options   options = failing_options();
    burin_error     err     = BURIN_ERROR_INIT;
    burin_heap     *heap    = burin_heap_new(&failing);
    burin_env      *env     = burin_env_new(&options, &err);
    burin_template *tpl     = NULL;
    burin_render   *render  = NULL;
    burin_value     vars    = burin_missing();
    burin_text      out;
    burin_status    status  = heap && env ? BURIN_OK : BURIN_ERR_NOMEM;

    if (!status)
        status = set_loader(env, names, sources, 3);
    if (!status)
        status = burin_env_add_filter(env, "twice", "value", twice, NULL, BURIN_PURE);
    if (!status)
        status = burin_env_set_global(env, "site", burin_string_borrow("Burin", 5));
    if (!status)
        status = burin_env_set_policy(env, "truncate.leeway", burin_int(1));
    if (!status)
        status = burin_env_set_translations(env, NULL, NULL);
    if (!status)
        status = burin_json_read(heap, text_z(data_json), false, &vars, &err);
    if (!status && !(tpl = burin_template_from_string(env, "main", text_z(source), &err)))
        status = err.status ? err.status : BURIN_ERR_NOMEM;
    if (!status && !(render = burin_render_new(env, &err)))
        status = BURIN_ERR_NOMEM;
    for (int round = 0; round < 2 && !status; round++) { /* the second one is warm */
        status = burin_render_text(render, tpl, vars, &out, &err);
        if (!status)
            status = expect_text(out, want);
    }
    burin_error_clear(&err);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_heap_free(heap);
    return status;
}

static burin_status statements(void)
{
    return render_source("{% extends 'base' %}{% block a %}{% for r in rows %}{{ loop.index }}{{ r.name|e }}{% set x %}{{ r.id }}{% endset %}{{ x }}{% else %}-{% endfor %}"
                         "{% include 'part' %}{% filter upper %}a{% endfilter %}{% with z = 1 %}{{ z }}{% endwith %}{% endblock %}",
                         "<1a&lt;b12\xc3\xa9" "22A1>");
}
static burin_status macros(void)
{
    return render_source("{% import 'lib' as lib %}{% from 'lib' import m with context %}{{ lib.m(1) }}{{ m('a', y=[1]) }}{% call m(0) %}c{% endcall %}", "12a[1]02c");
}
static burin_status filters(void)
{
    return render_source("{{ rows|map(attribute='name')|join(',') }}{{ rows|groupby('id')|length }}{{ [3, 1, 2]|sort|list }}{{ 'x'|twice }}{{ big + 1 }}{{ big * big }}"
                         "{{ '%s-%5.1f'|format('a', 1.25) }}{{ {'k': [1, none]}|tojson }}{{ 'a b'.split() }}{{ 'text'|center(8) }}{{ site|lower|title|replace('B', 'D') }}",
                         "a<b,\xc3\xa9" "2[1, 2, 3]('x', 'x')12345678901234567890123456789115241578753238836750495351562536198787501905199875019052100a-  1.2"
                         "{\"k\": [1, null]}['a', 'b']  text  Durin");
}
static burin_status containers(void)
{
    return render_source("{% set ns = namespace(l=[], d={}) %}{% for i in range(30) %}{% do ns.l.append(i) %}{% do ns.d.update({i: i}) %}{% endfor %}"
                         "{{ ns.l|sum }}{{ ns.d|length }}{% do rows.append(1) %}{{ rows|length }}{{ rows[0]|dictsort }}{{ _('m') }}{% trans n=2 %}one{% pluralize %}{{ n }}{% endtrans %}",
                         "435303[('id', 1), ('name', 'a<b')]m2");
}

/* An error must be told, or memory must have run out while telling it. */
static burin_status errors(void)
{
    burin_options   options = failing_options();
    burin_error     err     = BURIN_ERROR_INIT;
    burin_env      *env     = burin_env_new(&options, &err);
    burin_render   *render  = env ? burin_render_new(env, &err) : NULL;
    burin_template *tpl     = NULL;
    burin_status    status  = render ? BURIN_OK : BURIN_ERR_NOMEM;
    burin_text      out;

    if (!status && !(tpl = burin_template_from_string(env, "main", BURIN_TEXT("{% macro m() %}\n{{ rnage(1) }}{% endmacro %}\n{{ m() }}"), &err)))
        status = err.status ? err.status : BURIN_ERR_NOMEM;
    if (!status) {
        status = burin_render_text(render, tpl, burin_missing(), &out, &err);
        if (status == BURIN_ERR_UNDEFINED)
            status = err.line == 2 || oom.failed ? BURIN_OK : BURIN_ERR_PY_ASSERTION;
        free(burin_error_format(&err, true));
        burin_error_clear(&err);
    }
    if (!status) {
        burin_template *bad = burin_template_from_string(env, "bad", BURIN_TEXT("{% for x in %}"), &err);
        status              = bad ? BURIN_ERR_PY_ASSERTION : err.status == BURIN_ERR_SYNTAX ? BURIN_OK : err.status;
        burin_template_unref(bad);
    }
    burin_error_clear(&err);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_env_unref(env);
    return status;
}

static burin_status expressions(void)
{
    burin_options options = failing_options();
    burin_env    *env     = burin_env_new(&options, NULL);
    burin_heap   *heap    = burin_heap_new(&failing);
    burin_render *render  = env ? burin_render_new(env, NULL) : NULL;
    burin_error   err     = BURIN_ERROR_INIT;
    burin_expr   *expr    = NULL;
    burin_value   v;
    burin_status  status = heap && render ? BURIN_OK : BURIN_ERR_NOMEM;

    if (!status && !(expr = burin_expr_compile(env, BURIN_TEXT("{'a': [1, 2 ** 70, 'x' ~ 1], 'b': (1.5, none)}"), &err)))
        status = err.status ? err.status : BURIN_ERR_NOMEM;
    if (!status)
        status = burin_expr_eval(render, expr, burin_missing(), true, heap, &v, &err);
    if (!status) {
        size_t len;
        char  *repr = burin_repr(v, &len);
        status      = repr ? expect_text((burin_text){repr, len}, "{'a': [1, 1180591620717411303424, 'x1'], 'b': (1.5, None)}") : BURIN_ERR_NOMEM;
        free(repr);
    }
    burin_error_clear(&err);
    burin_expr_free(expr);
    burin_render_free(render);
    burin_heap_free(heap);
    burin_env_unref(env);
    return status;
}

static burin_status values(void)
{
    burin_heap  *heap   = burin_heap_new(&failing);
    burin_error  err    = BURIN_ERROR_INIT;
    burin_value  v      = burin_missing();
    burin_status status = heap ? burin_json_read(heap, text_z(data_json), false, &v, &err) : BURIN_ERR_NOMEM;
    char        *text   = NULL;
    size_t       len;

    if (!status)
        status = burin_dict_set_z(heap, v, "more", burin_list(heap, 100));
    for (int n = 0; n < 200 && !status; n++)
        status = burin_list_append(heap, burin_get(v, "more"), burin_int(n));
    if (!status)
        status = burin_optimize(heap, v);
    if (!status)
        status = burin_json_write(v, -1, &text, &len, &err);
    if (!status && len < 800)
        status = BURIN_ERR_PY_ASSERTION;
    free(text);
    burin_error_clear(&err);
    burin_heap_free(heap);
    return status;
}

static burin_status ignore_name(void *sink, const char *name)
{
    (void)sink;
    (void)name;
    return BURIN_OK;
}

static burin_status insight(void)
{
    static const char *const kinds[]   = {"tokens", "ast", "ir"};
    burin_options            options   = failing_options();
    burin_env               *env       = burin_env_new(&options, NULL);
    burin_error              err       = BURIN_ERROR_INIT;
    burin_template          *tpl       = NULL;
    burin_status             status    = env ? BURIN_OK : BURIN_ERR_NOMEM;
    static const burin_text  source    = {"{% include 'a' %}{{ b.c|upper }}", 32};

    for (int n = 0; n < 3 && !status; n++) {
        char *text = burin_template_dump(env, NULL, source, kinds[n], &err);
        status     = text ? BURIN_OK : err.status ? err.status : BURIN_ERR_NOMEM;
        free(text);
    }
    if (!status && !(tpl = burin_template_from_string(env, NULL, source, &err)))
        status = err.status ? err.status : BURIN_ERR_NOMEM;
    if (!status)
        status = burin_template_undeclared(tpl, ignore_name, NULL);
    if (!status)
        status = burin_template_references(tpl, ignore_name, NULL);
    burin_error_clear(&err);
    burin_template_unref(tpl);
    burin_env_unref(env);
    return status;
}

static burin_status loaders(void)
{
    static const char *const names[]    = {"x"};
    static const char *const prefixes[] = {"p"};
    static const burin_text  sources[]  = {{"text", 4}};
    burin_options            options    = failing_options();
    burin_loader             memory, prefix, choice;
    burin_error              err    = BURIN_ERROR_INIT;
    burin_env               *env    = burin_env_new(&options, NULL);
    burin_status             status = env ? burin_loader_memory(&memory, names, sources, 1) : BURIN_ERR_NOMEM;

    if (!status && (status = burin_loader_prefix(&prefix, prefixes, &memory, 1, '/')))
        memory.release(memory.user);
    if (!status && (status = burin_loader_choice(&choice, &prefix, 1)))
        prefix.release(prefix.user);
    if (!status)
        status = burin_env_set_loader(env, &choice);
    if (!status)
        status = burin_env_list_templates(env, ignore_name, NULL);
    for (int n = 0; n < 2 && !status; n++) {
        burin_template *tpl = burin_template_get(env, "p/x", &err);
        status              = tpl ? BURIN_OK : err.status ? err.status : BURIN_ERR_NOMEM;
        burin_template_unref(tpl);
    }
    burin_error_clear(&err);
    burin_env_unref(env);
    return status;
}

typedef struct pair {
    const char *name;
    uint64_t    number;
    int         kind;
    struct pair *items;
    int         item_count;
} pair;

static burin_status structs(void)
{
    static const burin_enum   kinds[]   = {{"b", 2}, {"a", 1}, {NULL, 0}};
    static const burin_field  fields[]  = {BURIN_FIELD(pair, name), BURIN_FIELD(pair, number), BURIN_NAMED(pair, kind, kinds), BURIN_STRUCTS(pair, items, item_count, "pair")};
    static const burin_struct type      = BURIN_DESCRIBE(pair, "pair", fields);
    static const burin_variable variable = {"p", "pair"};
    pair            items[] = {{"y", 2, 1, NULL, 0}, {"x", UINT64_MAX, 2, NULL, 0}}, all = {"all", 0, 0, items, 2};
    burin_options   options = failing_options();
    burin_error     err     = BURIN_ERROR_INIT;
    burin_types    *types   = burin_types_new(&type, 1, &variable, 1, &failing, &err);
    burin_env      *env     = types ? burin_env_new(&options, &err) : NULL;
    burin_heap     *heap    = burin_heap_new(&failing);
    bool            ready   = env && heap && burin_env_set_types(env, types) == BURIN_OK;
    burin_render   *render  = ready ? burin_render_new(env, &err) : NULL;
    burin_template *tpl     = NULL;
    burin_value     vars    = render ? burin_dict(heap, 1) : burin_missing();
    burin_status    status  = render && vars.kind == BURIN_DICT ? BURIN_OK : BURIN_ERR_NOMEM;
    burin_text      out;

    if (!status)
        status = burin_dict_set_z(heap, vars, "p", burin_struct_value(types, "pair", &all));
    if (!status && !(tpl = burin_template_from_string(env, NULL, BURIN_TEXT("{{ p.items|sort(attribute='name')|map(attribute='number')|join('+') }} {{ p.items[0] }} {{ p.items[1]|tojson }}{{ p.items[1:]|length }}"), &err)))
        status = err.status ? err.status : BURIN_ERR_NOMEM;
    if (!status)
        status = burin_render_text(render, tpl, vars, &out, &err);
    if (!status)
        status = expect_text(out, "18446744073709551615+2 pair(name='y', number=2, kind='a', items=[]) {\"items\": [], \"kind\": \"b\", \"name\": \"x\", \"number\": 18446744073709551615}1");
    burin_error_clear(&err);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_heap_free(heap);
    burin_env_unref(env);
    burin_types_free(types);
    return status;
}

SCENARIO(statements)
SCENARIO(macros)
SCENARIO(filters)
SCENARIO(containers)
SCENARIO(errors)
SCENARIO(expressions)
SCENARIO(values)
SCENARIO(insight)
SCENARIO(loaders)
SCENARIO(structs)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_survive_failing_allocations),  cmocka_unit_test(macros_survive_failing_allocations),
        cmocka_unit_test(filters_survive_failing_allocations),     cmocka_unit_test(containers_survive_failing_allocations),
        cmocka_unit_test(errors_survive_failing_allocations),      cmocka_unit_test(expressions_survive_failing_allocations),
        cmocka_unit_test(values_survive_failing_allocations),      cmocka_unit_test(insight_survive_failing_allocations),
        cmocka_unit_test(loaders_survive_failing_allocations),     cmocka_unit_test(structs_survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
