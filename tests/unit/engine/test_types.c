/* Templates against declared variables: members that no struct has are found when a template is compiled, and only those. */
#include "engine_test.h"

typedef struct customer { const char *name; } customer;
typedef struct item { const char *name; double price; customer *maker; } item;
typedef struct order { int64_t id; customer by; item *items; uint32_t item_count; struct order *parent; } order;

static const burin_field  customer_fields[] = {BURIN_FIELD(customer, name)};
static const burin_field  item_fields[]     = {BURIN_FIELD(item, name), BURIN_FIELD(item, price), BURIN_POINTER(item, maker, "customer")};
static const burin_field  order_fields[]    = {BURIN_FIELD(order, id), BURIN_NESTED(order, by, "customer"), BURIN_STRUCTS(order, items, item_count, "item"),
                                               BURIN_POINTER(order, parent, "order")};
static const burin_struct structs[]         = {BURIN_DESCRIBE(order, "order", order_fields), BURIN_DESCRIBE(item, "item", item_fields),
                                               BURIN_DESCRIBE(customer, "customer", customer_fields)};
static const burin_variable variables[]     = {{"o", "order"}, {"orders", "order[]"}};

typedef struct fixture {
    burin_types *types;
    burin_env   *env;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    burin_options  options = burin_options_default();
    options.extensions     = BURIN_EXT_DO | BURIN_EXT_LOOPCONTROLS;
    f.types = burin_types_new(structs, 3, variables, 2, NULL, NULL);
    f.env   = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_set_types(f.env, f.types), BURIN_OK);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    burin_env_unref(f->env);
    burin_types_free(f->types);
    return 0;
}

static void what_may_be_right_compiles(void **state)
{
    static const char *const rows[] = {
        "{{ o.id }}{{ o.by.name }}{{ o['id'] }}{{ o.parent.parent.items[0].maker.name }}{{ other.thing.more }}",
        "{% for x in orders %}{{ x.id }}{{ loop.index }}{% for i in x.items %}{{ i.maker.name }}{{ loop.previtem.x }}{% endfor %}{% endfor %}",
        "{{ o.nothing is defined }}{{ o.nothing|default('x') }}{{ o.by.no|d }}{{ o.__class__ }}{{ o['nothing'] is undefined }}",
        "{% set o = {'nothing': 1} %}{{ o.nothing }}",
        "{% if c %}{% set o = 1 %}{% endif %}{{ o.nothing }}",
        "{% for x in range(2) %}{{ o.nothing }}{% set o = d %}{% endfor %}",
        "{% macro m(o) %}{{ o.nothing }}{% endmacro %}{{ m(other) }}",
        "{% macro m() %}{{ o.nothing }}{% endmacro %}{% set o = d %}{{ m() }}",
        "{% for o in others %}{{ o.nothing }}{% endfor %}{% with o = 1 %}{{ o.nothing }}{% endwith %}",
        "{% block b %}{{ o.id }}{% endblock %}{% import 'x' as o %}{{ o.nothing }}",
        "{% for o in [1] recursive %}{{ o.nothing }}{% endfor %}{{ (o if c else d).nothing }}{{ (o or d).nothing }}",
        "{{ orders|sort(attribute='by.name,id')|map(attribute='id')|join }}{{ orders|map(attribute='nothing', default=1)|list }}",
        "{% for k, g in orders|groupby('by.name') %}{{ k.x }}{% for x in g %}{{ x.id }}{% endfor %}{% endfor %}",
        "{% macro m(x) %}{{ x.name }}{% endmacro %}{{ m(o.by) }}{{ m(o.items[0]) }}{{ m(x=d) }}{% call(o) m(d) %}{{ o.nothing }}{% endcall %}",
        "{% set x = o %}{% for i in r %}{{ x.nothing }}{% set x = i %}{% endfor %}",
        "{% macro m(x) %}{{ x.a }}{% endmacro %}{% macro m(x) %}{{ x.id }}{% endmacro %}{{ m(o) }}",
    };
    fixture *f = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_error     err = BURIN_ERROR_INIT;
        burin_template *tpl = burin_template_from_string(f->env, NULL, text_z(rows[n]), &err);
        if (!tpl)
            fail_msg("%s: %s", rows[n], err.message);
        burin_template_unref(tpl);
    }
}

static void what_no_struct_has_is_refused(void **state)
{
    static const struct {
        const char *source, *message, *suggestion;
        unsigned    line, column;
    } rows[] = {
        {"a\n {{ o.idd }}", "struct 'order' has no member 'idd'", "did you mean 'id'?", 2, 7},
        {"{{ o.by.nmae|upper }}", "struct 'customer' has no member 'nmae'", "did you mean 'name'?", 1, 9},
        {"{{ o['prent'] }}", "struct 'order' has no member 'prent'", "did you mean 'parent'?", 1, 6},
        {"{% for x in orders %}{% for i in x.items if i.prce %}{% endfor %}{% endfor %}", "struct 'item' has no member 'prce'", "did you mean 'price'?", 1, 47},
        {"{{ orders.id }}", "an array has no member 'id'", NULL, 1, 11},
        {"{% set x = o.parent %}{{ x.other }}", "struct 'order' has no member 'other'", NULL, 1, 28},
        {"{% with i = (o.items|first) %}{{ i.x }}{% endwith %}", "struct 'item' has no member 'x'", NULL, 1, 36},
        {"{% for i in o.items|sort(attribute='nam') %}{% endfor %}", "struct 'item' has no member 'nam'", "did you mean 'name'?", 1, 36},
        {"{{ orders|map(attribute='by.nane')|list }}", "struct 'customer' has no member 'nane'", "did you mean 'name'?", 1, 25},
        {"{{ o.items|selectattr('pric', 'gt', 1)|list }}", "struct 'item' has no member 'pric'", "did you mean 'price'?", 1, 23},
        {"{% for m in o.items|map(attribute='maker') %}{{ m.price }}{% endfor %}", "struct 'customer' has no member 'price'", NULL, 1, 51},
        {"{% for k, g in orders|groupby('id') %}{% for x in g %}{{ x.name }}{% endfor %}{% endfor %}", "struct 'order' has no member 'name'", NULL, 1, 60},
        {"{% for g in orders|groupby('id') %}{{ g.list[0].name }}{% endfor %}", "struct 'order' has no member 'name'", NULL, 1, 49},
        {"{% macro m(a, x) %}{{ x.price }}{% endmacro %}\n{{ m(1, o.items[0]) }}{{ m(1, x=o.by) }}", "struct 'customer' has no member 'price'", NULL, 1, 25},
        {"{% macro m() %}{{ o.zzz }}{% endmacro %}", "struct 'order' has no member 'zzz'", NULL, 1, 21},
        {"{% block b %}{% if c %}{{ 1 + f(a=[o.zzz]) }}{% endif %}{% endblock %}", "struct 'order' has no member 'zzz'", NULL, 1, 38},
        {"{{ (o if c else o.parent).zzz }}{{ orders[1:][0].id }}", "struct 'order' has no member 'zzz'", NULL, 1, 27},
        {"{{ orders[1:][0].zzz }}", "struct 'order' has no member 'zzz'", NULL, 1, 18},
        {"{{ o.nothing.more is defined }}", "struct 'order' has no member 'nothing'", NULL, 1, 6},
    };
    fixture *f = *state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_error     err = BURIN_ERROR_INIT;
        burin_template *tpl = burin_template_from_string(f->env, "page", text_z(rows[n].source), &err);
        if (tpl)
            fail_msg("compiles: %s", rows[n].source);
        assert_int_equal(err.status, BURIN_ERR_ASSERTION);
        assert_string_equal(err.message, rows[n].message);
        if (err.line != rows[n].line || err.column != rows[n].column)
            fail_msg("%s: at %u:%u", rows[n].source, err.line, err.column);
        if (rows[n].suggestion)
            assert_string_equal(err.suggestion, rows[n].suggestion);
        else
            assert_null(err.suggestion);
        assert_string_equal(err.template_name, "page");
        burin_error_clear(&err);
    }
}

static void expressions_are_checked_too(void **state)
{
    fixture    *f    = *state;
    burin_error err  = BURIN_ERROR_INIT;
    burin_expr *expr = burin_expr_compile(f->env, text_z("o.id + 1"), &err);
    assert_non_null(expr);
    burin_expr_free(expr);
    assert_null(burin_expr_compile(f->env, text_z("o.idd + 1"), &err));
    assert_string_equal(err.message, "struct 'order' has no member 'idd'");
    burin_error_clear(&err);
}

/* What is written is read as the same types: tables written again are the same text. */
static void descriptions_go_to_json_and_back(void **state)
{
    static const burin_enum   levels[] = {{"low", -1}, {"high", 7}, {NULL, 0}};
    typedef struct all { int level; const char *t; uint16_t len; int32_t *p; float f[3]; uint8_t u[4], used; customer **cs; size_t count; char c[5]; } all;
    static const burin_field  fields[] = {BURIN_NAMED(all, level, levels), BURIN_LENGTH_TEXT(all, t, len), BURIN_OPTIONAL(all, p), BURIN_FIXED_ARRAY(all, f),
                                          BURIN_FILLED_ARRAY(all, u, used), BURIN_POINTERS(all, cs, count, "customer"), BURIN_CHARS(all, c)};
    const burin_struct        both[]   = {BURIN_DESCRIBE(all, "all", fields), structs[2]};
    const burin_variable      var      = {"v", "all"};
    static customer           one      = {"n"}, *many[] = {&one};
    static int32_t            number   = 3;
    const all                 data     = {7, "text", 2, &number, {1, 2, 3}, {4, 5}, 1, many, 1, "abc"};
    burin_error               err      = BURIN_ERROR_INIT;
    char                     *json     = NULL, *page;
    size_t                    len;
    (void)state;
    assert_int_equal(burin_types_write(both, 2, &var, 1, &json, &len, &err), BURIN_OK);
    burin_types *types = burin_types_read((burin_text){json, len}, NULL, &err);
    if (!types)
        fail_msg("%s", err.message);
    burin_env  *env  = burin_env_new(NULL, NULL);
    burin_heap *heap = burin_heap_new(NULL);
    burin_value vars = burin_dict(heap, 1);
    burin_env_set_types(env, types);
    burin_dict_set_z(heap, vars, "v", burin_struct_value(types, "all", &data));
    page = burin_render_once(env, BURIN_TEXT("{{ v }}"), vars, &len, &err);
    assert_string_equal(page, "all(level='high', t='te', p=3, f=[1.0, 2.0, 3.0], u=[4], cs=[customer(name='n')], c='abc')");
    free(page);
    assert_null(burin_render_once(env, BURIN_TEXT("{{ v.levl }}"), vars, &len, &err));
    burin_error_clear(&err);
    free(json);
    burin_heap_free(heap);
    burin_env_unref(env);
    burin_types_free(types);
}

static void bad_description_files_are_refused(void **state)
{
    static const struct { const char *json, *message; } rows[] = {
        {"[]", "description of the file: 'structs' is no list"},
        {"{\"structs\": [{}]}", "description of a struct: 'name' is no text"},
        {"{\"structs\": [{\"name\": \"a\", \"fields\": []}, {\"feilds\": []}]}", "description of a struct: 'feilds' is no key that it may have"},
        {"{\"structs\": [], \"variable\": {}}", "description of the file: 'variable' is no key that it may have"},
        {"{\"structs\": [{\"name\": \"a\"}]}", "description of a: 'fields' is no list"},
        {"{\"structs\": [{\"name\": \"a\", \"fields\": [{\"name\": \"x\", \"form\": \"i31\"}]}]}", "description of a: 'form' is no word that it may be"},
        {"{\"structs\": [{\"name\": \"a\", \"fields\": [{\"name\": \"x\", \"form\": \"i32\", \"offset\": -1}]}]}", "description of a: 'offset' is no number that it may be"},
        {"{\"structs\": [{\"name\": \"a\", \"size\": 4, \"fields\": [{\"name\": \"x\", \"form\": \"i32\", \"size\": 4, \"names\": [[\"n\"]]}]}]}", "description of a: 'names' has no number"},
        {"{\"structs\": [{\"name\": \"a\", \"size\": 4, \"fields\": [{\"name\": \"x\", \"form\": \"i16\", \"size\": 4}]}]}", "struct 'a', field 'x': its size is not that of its form"},
        {"{\"structs\": [], \"variables\": {\"a\": 1}}", "description of the file: 'variables' is no text"},
        {"{\"structs\": [], \"variables\": {\"a\": \"b\"}}", "a variable is declared as what is not described: b"},
    };
    burin_error err = BURIN_ERROR_INIT;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_types *types = burin_types_read(text_z(rows[n].json), NULL, &err);
        assert_null(types);
        assert_string_equal(err.message, rows[n].message);
    }
    assert_null(burin_types_read(BURIN_TEXT("{"), NULL, &err));
    burin_error_clear(&err);
}

static void bad_descriptions_are_shown_where_they_stand(void **state)
{
#define STRUCT(fields) "{\"structs\": [\n{\"name\": \"a\", \"size\": 8, \"fields\": [" fields "]}]}"
    static const struct {
        const char *json;
        uint32_t    line, column;
        const char *bytes, *suggestion;
    } rows[] = {
        {"\xef\xbb\xbf {\"structs\": 1}", 1, 15, "1", NULL}, /* a mark is a character to columns */
        {"{\"structs\": 0, \"structs\": []\n, \"variables\": {\"x\\\"\": {\"]\": [\"}\"]}}}", 2, 24, "{\"]\": [\"}\"]}", NULL},
        {"{\"structs\": [], \"variables\": {\"x\" : \"a[]\" }}", 1, 37, "\"a[]\"", NULL},
        {STRUCT("{\"name\": \"x\", \"form\": \"i31\"}"), 2, 59, "\"i31\"", "did you mean 'i32'?"},
        {STRUCT("{\"name\": \"x\", \"form\": \"i8\", \"size\": 1, \"ofset\": 4}"), 2, 85, "4", "did you mean 'offset'?"},
        {STRUCT("{\"name\": \"x\", \"size\": 4}, {}"), 2, 63, "{}", NULL}, /* it lacks what is asked for */
        {STRUCT("{\"name\": \"x\", \"form\": \"i8\", \"size\": 1}, {\"name\": \"x\", \"form\": \"i8\", \"size\": 1}"), 2, 77, "{\"name\": \"x\", \"form\": \"i8\", \"size\": 1}", NULL},
        {"{\"structs\": [{\"name\": \"a\", \"fields\": []},\n{\"name\": \"a\",\"fields\": []}]}", 2, 1, "{\"name\": \"a\",\"fields\": []}", NULL},
    };
#undef STRUCT
    burin_error err = BURIN_ERROR_INIT;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        assert_null(burin_types_read(text_z(rows[n].json), NULL, &err));
        assert_int_equal(err.span_line, rows[n].line);
        assert_int_equal(err.column, rows[n].column);
        assert_int_equal(err.span_end - err.span_start, strlen(rows[n].bytes));
        assert_memory_equal(rows[n].json + err.span_start, rows[n].bytes, strlen(rows[n].bytes));
        assert_true(rows[n].suggestion ? err.suggestion && strcmp(err.suggestion, rows[n].suggestion) == 0 : !err.suggestion);
    }
    burin_error_clear(&err);
}

/* Each call of a macro is walked once: chains that would double at every level end. */
static void calls_of_macros_end(void **state)
{
    fixture *f = *state;
    char     source[4096], *at = source;
    for (int n = 0; n < 40; n++)
        at += sprintf(at, "{%% macro m%d(a, b) %%}{{ m%d(a, b) }}{{ m%d(b, a) }}{%% endmacro %%}", n, n + 1, n + 1);
    sprintf(at, "{%% macro m40(a, b) %%}{{ m40(a, b) }}{%% endmacro %%}{{ m0(o, o.by) }}{{ m0(m0(m0(m0(o)))) }}");
    burin_error     err = BURIN_ERROR_INIT;
    burin_template *tpl = burin_template_from_string(f->env, NULL, text_z(source), &err);
    assert_non_null(tpl);
    burin_template_unref(tpl);
}

static void a_slip_in_a_render_has_a_suggestion(void **state)
{
    fixture        *f      = *state;
    burin_error     err    = BURIN_ERROR_INIT;
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_value     vars   = burin_dict(heap, 1);
    static const customer by = {"x"};
    burin_template *tpl    = burin_template_from_string(f->env, NULL, text_z("{{ free.nmae.x }}"), &err);
    burin_render   *render = burin_render_new(f->env, NULL);
    burin_text      out;
    burin_dict_set_z(heap, vars, "free", burin_struct_value(f->types, "customer", &by));
    assert_int_equal(burin_render_text(render, tpl, vars, &out, &err), BURIN_ERR_UNDEFINED);
    assert_string_equal(err.suggestion, "did you mean 'name'?");
    burin_error_clear(&err);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_heap_free(heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_right_compiles), cmocka_unit_test(what_no_struct_has_is_refused), cmocka_unit_test(expressions_are_checked_too),
        cmocka_unit_test(calls_of_macros_end), cmocka_unit_test(descriptions_go_to_json_and_back),
        cmocka_unit_test(bad_description_files_are_refused), cmocka_unit_test(bad_descriptions_are_shown_where_they_stand),
        cmocka_unit_test(a_slip_in_a_render_has_a_suggestion),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
