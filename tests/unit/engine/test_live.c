/* Expressions and templates as nodes of a reactive graph. */
#include "live_desk.h"
#include "tests/support/budget.h"

static int open_desk(void **state)
{
    static desk             d;
    static const char      *names[]   = {"part", "lib"};
    static const burin_text sources[] = {BURIN_TEXT("({{ a }}+{{ b }})"), BURIN_TEXT("{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}")};
    burin_options           options   = burin_options_default();
    burin_loader            loader;
    options.autoescape = BURIN_AUTOESCAPE_ON;
    burin_loader_memory(&loader, names, sources, 2);
    desk_open(&d, &options, &loader, "<c>");
    *state = &d;
    return 0;
}
static int close_desk(void **state)
{
    desk_close(*state);
    return 0;
}

static burin_node expression(desk *d, const char *text)
{
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_live_expr(d->live, (burin_text){text, strlen(text)}, &node, &err))
        fail_msg("%s: %s", text, err.message);
    return node;
}

/* ---- expressions ---- */

static void an_expression_follows_the_names_it_reads(void **state)
{
    static const struct { const char *text, *before, *after; } rows[] = {
        {"a + b", "3", "12"}, {"a * 2 ** 100", "1267650600228229401496703205376", "12676506002282294014967032053760"}, {"[a, [b]]", "[1, [2]]", "[10, [2]]"},
        {"{'x': a}.x if b else none", "1", "10"}, {"nobody", "None", "None"}, {"c ~ a", "'<c>1'", "'<c>10'"}, {"[a, 3]|sum", "4", "13"}, {"7", "7", "7"},
    };
    desk      *d = *state;
    burin_node nodes[sizeof rows / sizeof rows[0]];
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        nodes[k] = expression(d, rows[k].text);
        desk_expect(d, nodes[k], rows[k].before);
    }
    burin_graph_set(d->g, d->a, burin_int(10));
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
        desk_expect(d, nodes[k], rows[k].after);
}

static void what_is_not_read_does_not_run_it_and_an_equal_container_stops_the_change(void **state)
{
    desk      *d = *state;
    burin_node list = expression(d, "[a > 0, {'b': b}]"), sum;
    burin_live_bind(d->live, "list", list);
    sum = expression(d, "list|length");
    desk_expect(d, sum, "2");
    uint64_t before = desk_evaluations(d);
    burin_graph_set(d->g, d->c, burin_none());
    desk_expect(d, sum, "2");
    assert_int_equal(desk_evaluations(d), before);
    burin_graph_set(d->g, d->a, burin_int(5)); /* the list is made anew, and is the same */
    desk_expect(d, sum, "2");
    assert_int_equal(desk_evaluations(d), before + 1);
    burin_graph_set(d->g, d->b, burin_int(5));
    desk_expect(d, sum, "2");
    assert_int_equal(desk_evaluations(d), before + 3);
}

static void failures_are_the_nodes_and_pass(void **state)
{
    desk       *d = *state;
    burin_value v;
    burin_node  quotient = expression(d, "a / (b - 2)"), above;
    burin_live_bind(d->live, "quotient", quotient);
    above = expression(d, "quotient + 1");
    assert_int_equal(burin_graph_get(d->g, above, &v), BURIN_ERR_ZERO_DIVISION);
    assert_string_equal(burin_graph_message(d->g), "division by zero (line 1)");
    burin_graph_set(d->g, d->b, burin_int(3));
    desk_expect(d, above, "2.0");
}

static void what_does_not_compile_is_said(void **state)
{
    desk       *d   = *state;
    burin_error err = BURIN_ERROR_INIT;
    burin_node  node;
    assert_int_equal(burin_live_expr(d->live, BURIN_TEXT("a +"), &node, &err), BURIN_ERR_SYNTAX);
    assert_int_equal(node.index, 0);
    burin_error_clear(&err);
    assert_int_equal(burin_live_bind(d->live, "x", (burin_node){99, 0}), BURIN_ERR_USAGE);
}

static void fields_of_a_record_are_found_when_they_are_read(void **state)
{
    static const char *const fields[] = {"price", "amount"};
    desk      *d       = *state;
    burin_node nodes[] = {d->a, d->b}, chosen;
    assert_int_equal(burin_live_bind_record(d->live, "shop", fields, nodes, 2), BURIN_OK);
    chosen = expression(d, "shop.price if c == 'price' else shop['amount']");
    desk_expect(d, chosen, "2");
    uint64_t before = desk_evaluations(d);
    burin_graph_set(d->g, d->a, burin_int(100)); /* not read now */
    desk_expect(d, chosen, "2");
    assert_int_equal(desk_evaluations(d), before);
    burin_graph_set(d->g, d->c, burin_string_borrow("price", 5));
    desk_expect(d, chosen, "100");
    burin_graph_set(d->g, d->a, burin_int(7));
    desk_expect(d, chosen, "7");
    desk_expect(d, expression(d, "shop.nothing is defined"), "False");
}

static void records_pull_expressions_inside_expressions(void **state)
{
    static const char *const fields[] = {"next"};
    desk      *d    = *state;
    burin_node last = d->a;
    for (int k = 0; k < 200; k++) { /* deeper than computations may be nested */
        char name[20], text[40];
        snprintf(name, sizeof name, "r%d", k);
        snprintf(text, sizeof text, "r%d.next + 1", k);
        assert_int_equal(burin_live_bind_record(d->live, name, fields, &last, 1), BURIN_OK);
        last = expression(d, text);
    }
    desk_expect(d, last, "201");
    burin_graph_set(d->g, d->a, burin_int(1000));
    desk_expect(d, last, "1200");
}

/* ---- ropes ---- */

/* A text kept by patches alone. */
typedef struct copy {
    char   text[4000];
    size_t len;
    int    patches;
} copy;

static burin_status apply(void *user, const burin_patch *patch)
{
    copy *c = user;
    assert_true(patch->offset + patch->removed <= c->len);
    memmove(c->text + patch->offset + patch->added.len, c->text + patch->offset + patch->removed, c->len - patch->offset - patch->removed);
    memcpy(c->text + patch->offset, patch->added.data, patch->added.len);
    c->len += patch->added.len - patch->removed;
    c->text[c->len] = '\0';
    c->patches++;
    return BURIN_OK;
}
static burin_status append(void *user, const char *data, size_t len)
{
    copy *c = user;
    memcpy(c->text + c->len, data, len);
    c->len += len;
    c->text[c->len] = '\0';
    return BURIN_OK;
}

static burin_rope *rope_of(desk *d, const char *text, copy *kept)
{
    burin_error     err = BURIN_ERROR_INIT;
    burin_template *tpl = burin_template_from_string(d->env, "page", (burin_text){text, strlen(text)}, &err);
    burin_rope     *rope = tpl ? burin_rope_new(d->live, tpl, apply, kept, &err) : NULL;
    if (!rope)
        fail_msg("%s: %s", text, err.message);
    burin_template_unref(tpl);
    *kept = (copy){.len = 0};
    assert_int_equal(burin_rope_write(rope, append, kept), BURIN_OK);
    return rope;
}

/* What the template gives when it is rendered as a whole, with the graph's present values. */
static void assert_rendered(desk *d, const char *text, const copy *kept)
{
    burin_heap *heap = burin_heap_new(NULL);
    burin_value vars = burin_dict(heap, 3), v;
    burin_node  nodes[] = {d->a, d->b, d->c};
    for (int k = 0; k < 3; k++) {
        burin_graph_get(d->g, nodes[k], &v);
        burin_dict_set_z(heap, vars, (char[]){(char)('a' + k), '\0'}, v);
    }
    burin_render   *render = burin_render_new(d->env, NULL);
    burin_template *tpl    = burin_template_from_string(d->env, "page", (burin_text){text, strlen(text)}, NULL);
    burin_text      whole;
    assert_int_equal(burin_render_text(render, tpl, vars, &whole, NULL), BURIN_OK);
    assert_int_equal(whole.len, kept->len);
    assert_memory_equal(whole.data, kept->text, whole.len);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_heap_free(heap);
}

static void patches_keep_a_copy_equal_to_the_rendered_template(void **state)
{
    static const struct { const char *text; size_t parts; } rows[] = {
        {"plain", 0},
        {"{{ a }}", 1},
        {"a={{ a }}, b={{ b }}, c={{ c }}!", 3},
        {"  {%- if a > 5 %} big {%- else %} small{% endif -%}  \n{{ c|upper }}\n", 2},
        {"{% for i in range(a) %}{{ loop.index }}:{{ b }} {% endfor %}-{{ a }}", 2},
        {"{% set x = a + 1 %}{{ x }} {% set x = x * b %}{{ x }}", 2},
        {"{% macro m(v) %}<{{ v }}>{% endmacro %}{{ m(a) }}{{ m(b) }}{{ b }}", 3},
        {"{% if a %}{% set y = b %}{% endif %}{{ y }}{{ a }}", 1},
        {"{% set ns = namespace(n=a) %}{% for i in range(3) %}{% set ns.n = ns.n + b %}{% endfor %}{{ ns.n }}", 1},
        {"{% set l = [] %}{% if l.append(a) %}{% endif %}{{ l }}", 1},
        {"{% with z = a %}{{ z }}{{ b }}{% endwith %}{% block body %}{{ c }}{% endblock %}", 2},
        {"{% include 'part' %} {{ a }}", 2},
        {"{% from 'lib' import twice %}{{ twice(b) }} {{ twice(a) }}", 2},
        {"{% macro m() %}{% include 'part' %}{% endmacro %}{{ m() }}{{ m() }}", 2},
        {"{% filter upper %}{{ c }}{% endfilter %}{% raw %}{{ a }}{% endraw %}", 1},
        {"{% autoescape false %}{{ c }}{% endautoescape %}{{ c }}", 2},
        {"{{ a }}{% set y = b %}", 2},                                                  /* what may fail has a part, if it writes nothing */
        {"{{ a }}{% macro m() %}{% endmacro %}", 1},
        {"{% block x %}{{ a }}{% endblock %}{{ self.x() }}", 1},                        /* parts know their own blocks only */
        {"{% for i in [1] %}{{ c or 'none' }}{% endfor %}{% set c = b %}{{ c }}", 1},   /* c is hidden from the beginning */
        {"{% macro m() %}{{ n() }}{% endmacro %}{% macro n() %}{{ a }}{% endmacro %}{{ m() }}{{ n() }}", 2},
    };
    desk *d = *state;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        copy        kept;
        burin_rope *rope = rope_of(d, rows[k].text, &kept);
        assert_rendered(d, rows[k].text, &kept);
        if (burin_rope_parts(rope) != rows[k].parts)
            fail_msg("%s: %zu parts, not %zu", rows[k].text, burin_rope_parts(rope), rows[k].parts);
        for (int n = 1; n <= 12; n += 3) {
            burin_graph_set(d->g, d->a, burin_int(n));
            assert_rendered(d, rows[k].text, &kept);
            burin_graph_begin(d->g);
            burin_graph_set(d->g, d->b, burin_int(n * n));
            burin_graph_set(d->g, d->c, burin_string_borrow("<&>xyz", (size_t)n / 2));
            burin_graph_commit(d->g);
            assert_rendered(d, rows[k].text, &kept);
            assert_int_equal(burin_rope_length(rope), kept.len);
        }
        burin_rope_free(rope);
    }
}

/* A bound name hides what the environment has of that name. */
static void a_name_that_is_also_a_global_is_read(void **state)
{
    desk       *d = *state;
    copy        kept;
    burin_node  cell, count;
    burin_graph_cell(d->g, burin_string_borrow("abc", 3), &cell);
    burin_live_bind(d->live, "dict", cell);
    count            = expression(d, "dict|length");
    burin_rope *rope = rope_of(d, "{{ dict }}{% if dict is string %}: {{ dict|length }}{% endif %}", &kept);
    desk_expect(d, count, "3");
    assert_string_equal(kept.text, "abc: 3");
    burin_graph_set(d->g, cell, burin_string_borrow("z", 1));
    desk_expect(d, count, "1");
    assert_string_equal(kept.text, "z: 1");
    burin_rope_free(rope);
}

/* What is `c` in the context. */
static burin_status look(burin_call *call, burin_value *out)
{
    *out = burin_call_variable(call, "c");
    return BURIN_OK;
}
static burin_status pure(burin_call *call, burin_value *out)
{
    (void)call;
    *out = burin_string_borrow("pure", 4);
    return BURIN_OK;
}
static burin_status is_two(burin_call *call, burin_value *out)
{
    burin_text text = burin_text_of(burin_call_variable(call, "c"));
    *out            = burin_bool(text.len == 3 && memcmp(text.data, "two", 3) == 0);
    return BURIN_OK;
}
static burin_status translate(burin_call *call, void *user, burin_text context, burin_text singular, burin_text plural, int64_t n, burin_text *out)
{
    (void)user, (void)context, (void)singular, (void)plural, (void)n;
    *out = burin_text_of(burin_call_variable(call, "c"));
    return BURIN_OK;
}

static void what_functions_look_at_in_the_context_is_read(void **unused)
{
    static const struct { const char *text, *before, *after; } rows[] = {
        {"{{ look() }}", "one", "two"}, {"{{ a|looked }}", "one", "two"}, {"{{ [a]|map('looked')|join }}", "one", "two"}, {"{{ a is seen }}", "False", "True"},
        {"{{ gettext('a') }}", "one", "two"}, {"{% trans %}a{% endtrans %}", "one", "two"}, {"{{ _('a') }}", "one", "two"},
        {"{% macro m() %}{{ look() }}{% endmacro %}{{ m() }}", "one", "two"}, {"{{ [a]|map('string')|join }}", "1", "1"},
    };
    desk          d;
    burin_node    looked;
    burin_options options = burin_options_default();
    (void)unused;
    options.extensions = BURIN_EXT_I18N;
    desk_open(&d, &options, NULL, "one");
    burin_env_add_function(d.env, "look", "", look, NULL, BURIN_CONTEXT);
    burin_env_add_filter(d.env, "looked", "value", look, NULL, BURIN_CONTEXT);
    burin_env_add_test(d.env, "seen", "value", is_two, NULL, BURIN_CONTEXT);
    burin_env_set_translations(d.env, translate, NULL);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        copy kept;
        burin_graph_set(d.g, d.c, burin_string_borrow("one", 3));
        burin_rope *rope = rope_of(&d, rows[k].text, &kept);
        assert_string_equal(kept.text, rows[k].before);
        burin_graph_set(d.g, d.c, burin_string_borrow("two", 3));
        assert_string_equal(kept.text, rows[k].after);
        burin_rope_free(rope);
    }
    looked = expression(&d, "look() ~ a");
    desk_expect(&d, looked, "'two1'");
    burin_graph_set(d.g, d.c, burin_string_borrow("three", 5));
    desk_expect(&d, looked, "'three1'");
    desk_close(&d);
}

/* {'f': function, 'in': [[function]]}, bound to a name. */
static void bind_holding(desk *d, burin_heap *heap, const char *name, burin_value function)
{
    burin_value dict = burin_dict(heap, 2), outer = burin_list(heap, 1), inner = burin_list(heap, 1);
    burin_node  cell;
    burin_list_append(heap, inner, function);
    burin_list_append(heap, outer, inner);
    burin_dict_set_z(heap, dict, "f", function);
    burin_dict_set_z(heap, dict, "in", outer);
    assert_int_equal(burin_graph_cell(d->g, dict, &cell), BURIN_OK);
    burin_live_bind(d->live, name, cell);
}

/* The function is the value of a name, of a field of a record, in a container, or of one with no such function. */
static void what_functions_that_are_values_look_at_is_read(void **unused)
{
    static const struct { const char *text, *before, *after; uint64_t more; } rows[] = {
        {"f() ~ a", "'one1'", "'two1'", 1}, {"r.f() ~ a", "'one1'", "'two1'", 1}, {"p() ~ a", "'pure1'", "'pure1'", 0},
        {"held.f() ~ a", "'one1'", "'two1'", 1}, {"held['in'][0][0]() ~ a", "'one1'", "'two1'", 1}, {"held_pure.f() ~ a", "'pure1'", "'pure1'", 0}};
    static const char *const fields[] = {"f"};
    desk        d;
    burin_node  cell, looked;
    burin_value function, vars;
    burin_heap *heap;
    (void)unused;
    desk_open(&d, NULL, NULL, "one");
    heap = burin_heap_new(NULL);
    vars = burin_dict(heap, 0);
    burin_env_add_function(d.env, "look", "", look, NULL, BURIN_CONTEXT);
    burin_env_add_function(d.env, "pure", "", pure, NULL, BURIN_PURE);
    burin_render *render = burin_render_new(d.env, NULL);
    for (int k = 0; k < 2; k++) {
        burin_expr *expr = burin_expr_compile(d.env, k ? BURIN_TEXT("pure") : BURIN_TEXT("look"), NULL);
        assert_int_equal(burin_expr_eval(render, expr, vars, true, heap, &function, NULL), BURIN_OK);
        assert_int_equal(burin_graph_cell(d.g, function, &cell), BURIN_OK);
        burin_live_bind(d.live, k ? "p" : "f", cell);
        bind_holding(&d, heap, k ? "held_pure" : "held", function);
        if (!k)
            burin_live_bind_record(d.live, "r", fields, &cell, 1);
        burin_expr_free(expr);
    }
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        burin_graph_set(d.g, d.c, burin_string_borrow("one", 3));
        looked = expression(&d, rows[k].text);
        desk_expect(&d, looked, rows[k].before);
        burin_graph_set(d.g, d.c, burin_string_borrow("two", 3));
        uint64_t before = desk_evaluations(&d);
        desk_expect(&d, looked, rows[k].after);
        assert_int_equal(desk_evaluations(&d), before + rows[k].more);
    }
    burin_render_free(render);
    desk_close(&d);
    burin_heap_free(heap);
}

static void what_is_set_behind_the_last_part_may_fail(void **state)
{
    static const char *const rows[] = {"text{% import 'nowhere' as x %}", "{{ b }}{% set x = 6 // a %}", "{% set x, y = [a] %}text"};
    desk *d = *state;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        copy            kept = {.len = 0};
        burin_template *tpl  = burin_template_from_string(d->env, "page", (burin_text){rows[k], strlen(rows[k])}, NULL);
        burin_graph_set(d->g, d->a, burin_int(0));
        burin_rope *rope = burin_rope_new(d->live, tpl, apply, &kept, NULL);
        assert_non_null(rope);
        assert_int_not_equal(burin_rope_write(rope, append, &kept), BURIN_OK);
        burin_rope_free(rope);
        burin_template_unref(tpl);
    }
}

static void only_what_reads_a_change_renders_and_is_patched(void **state)
{
    desk       *d = *state;
    copy        kept;
    burin_rope *rope   = rope_of(d, "{{ a }} {{ b }} {{ a * 0 }} {% if c %}{{ c }}{% endif %}", &kept);
    uint64_t    before = desk_evaluations(d);
    burin_graph_set(d->g, d->a, burin_int(5)); /* {{ a * 0 }} stays the same */
    assert_int_equal(desk_evaluations(d), before + 3);
    assert_int_equal(kept.patches, 1);
    assert_string_equal(kept.text, "5 2 0 &lt;c&gt;");
    burin_rope_free(rope);
}

static void a_part_that_fails_keeps_its_place(void **state)
{
    desk       *d = *state;
    copy        kept, whole = {.len = 0};
    burin_rope *rope = rope_of(d, "x{{ 6 // b }}y{{ a }}", &kept);
    assert_string_equal(kept.text, "x3y1");
    burin_graph_set(d->g, d->b, burin_int(0));
    burin_graph_set(d->g, d->a, burin_int(8));
    assert_string_equal(kept.text, "x3y8");
    assert_int_equal(burin_rope_write(rope, append, &whole), BURIN_ERR_ZERO_DIVISION);
    assert_string_equal(whole.text, "x3y8");
    burin_graph_set(d->g, d->b, burin_int(1));
    assert_string_equal(kept.text, "x6y8");
    burin_rope_free(rope);
}

/* What is written is what patches build on, also while parts fail: from the beginning, or by what they read. */
static void a_rope_is_written_whole_while_parts_fail(void **state)
{
    desk       *d = *state;
    copy        kept = {.len = 0}, late = {.len = 0};
    burin_node  sixth;
    burin_graph_set(d->g, d->b, burin_int(0));
    assert_int_equal(burin_live_expr(d->live, BURIN_TEXT("6 // b"), &sixth, NULL), BURIN_OK);
    burin_live_bind(d->live, "sixth", sixth);
    burin_template *tpl  = burin_template_from_string(d->env, "page", BURIN_TEXT("x{{ sixth }}y{{ a }}z{{ 6 // a }}"), NULL);
    burin_rope     *rope = burin_rope_new(d->live, tpl, apply, &kept, NULL);
    burin_template_unref(tpl);
    assert_int_equal(burin_rope_write(rope, append, &kept), BURIN_ERR_ZERO_DIVISION);
    assert_string_equal(kept.text, "xy1z6");
    burin_graph_set(d->g, d->b, burin_int(2));
    assert_string_equal(kept.text, "x3y1z6");
    burin_graph_set(d->g, d->b, burin_int(0));
    burin_graph_set(d->g, d->a, burin_int(0));
    burin_graph_set(d->g, d->b, burin_float(0)); /* another message */
    assert_int_equal(burin_rope_write(rope, append, &late), BURIN_ERR_ZERO_DIVISION);
    assert_non_null(strstr(burin_graph_message(d->g), "float"));
    assert_string_equal(late.text, "x3y0z6");
    assert_string_equal(kept.text, late.text);
    assert_int_equal(burin_rope_length(rope), late.len);
    burin_graph_set(d->g, d->b, burin_int(1));
    burin_graph_set(d->g, d->a, burin_int(3));
    assert_string_equal(kept.text, "x6y3z2");
    burin_rope_free(rope);
}

static void assert_written(burin_rope *rope, burin_status want_status, const char *want)
{
    copy whole = {.len = 0};
    assert_int_equal(burin_rope_write(rope, append, &whole), want_status);
    assert_string_equal(whole.text, want);
    assert_int_equal(burin_rope_length(rope), whole.len);
}

/* Reading a node brings parts up to date in the middle of a batch; patches come at its end. */
static void a_rope_in_an_open_batch_is_as_its_patches_keep_it(void **state)
{
    desk       *d = *state;
    copy        kept;
    burin_value v;
    burin_graph_begin(d->g);
    burin_rope *rope = rope_of(d, "x{{ 6 // b }}y{{ a }}", &kept);
    assert_string_equal(kept.text, "xy");
    burin_graph_commit(d->g);
    assert_string_equal(kept.text, "x3y1");
    burin_graph_begin(d->g);
    burin_graph_set(d->g, d->b, burin_int(1));
    burin_graph_set(d->g, d->a, burin_int(1000));
    burin_graph_get(d->g, d->c, &v);
    assert_written(rope, BURIN_OK, "x3y1");
    burin_graph_set(d->g, d->b, burin_int(0));
    burin_graph_commit(d->g);
    assert_string_equal(kept.text, "x3y1000");
    assert_written(rope, BURIN_ERR_ZERO_DIVISION, "x3y1000");
    burin_graph_set(d->g, d->b, burin_int(6));
    assert_string_equal(kept.text, "x1y1000");
    assert_written(rope, BURIN_OK, "x1y1000");
    burin_rope_free(rope);
}

/* A client that comes late: it gets the text as it is, and then patches. */
typedef struct late_client {
    burin_rope  *rope;
    burin_node   cell;       /* that its effect reads */
    copy         kept, late; /* kept: of the client that was there from the beginning */
    bool         comes_in_patch, is_coming, has_come;
    burin_status status;     /* of its first text */
} late_client;

static void come(late_client *l)
{
    l->is_coming = true;
    l->status    = burin_rope_write(l->rope, append, &l->late);
    assert_int_equal(burin_rope_length(l->rope), l->late.len);
    l->has_come = true;
}
static burin_status apply_to_both(void *user, const burin_patch *patch)
{
    late_client *l = user;
    apply(&l->kept, patch);
    if (l->has_come)
        apply(&l->late, patch);
    else if (l->comes_in_patch && !l->is_coming)
        come(l);
    return BURIN_OK;
}
static burin_status come_in_effect(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    late_client *l = user;
    (void)in, (void)out;
    if (l->rope && !l->comes_in_patch && !l->has_come)
        come(l);
    return burin_graph_get(g, l->cell, out);
}

/* Whether its effect runs before all patches, or behind them, or it comes in the middle of them. */
static void what_an_effect_writes_is_what_later_patches_build_on(void **state)
{
    desk *d = *state;
    for (int when = 0; when < 3; when++) {
        late_client l = {.comes_in_patch = when == 2, .cell = d->a};
        burin_node  effect = {0, 0};
        burin_error err = BURIN_ERROR_INIT;
        burin_graph_set(d->g, d->a, burin_int(1));
        burin_graph_set(d->g, d->b, burin_int(2));
        if (when == 0)
            burin_graph_effect(d->g, come_in_effect, &l, BURIN_NODE_DYNAMIC, NULL, 0, &effect);
        burin_template *tpl = burin_template_from_string(d->env, "page", BURIN_TEXT("{{ a }},{{ 6 // b }},{{ a * a }}{% if b %}!{% endif %}"), &err);
        burin_rope *rope = burin_rope_new(d->live, tpl, apply_to_both, &l, &err);
        burin_template_unref(tpl);
        assert_int_equal(burin_rope_write(rope, append, &l.kept), BURIN_OK);
        if (when == 1)
            burin_graph_effect(d->g, come_in_effect, &l, BURIN_NODE_DYNAMIC, NULL, 0, &effect);
        l.rope = rope;
        burin_graph_begin(d->g);
        burin_graph_set(d->g, d->a, burin_int(100));
        burin_graph_set(d->g, d->b, burin_int(0));
        burin_graph_commit(d->g);
        assert_true(l.has_come);
        assert_int_equal(l.status, BURIN_ERR_ZERO_DIVISION);
        assert_string_equal(l.kept.text, "100,3,10000");
        assert_string_equal(l.late.text, l.kept.text);
        assert_int_equal(l.kept.patches, 3); /* none twice */
        burin_graph_begin(d->g);
        burin_graph_set(d->g, d->a, burin_int(7));
        burin_graph_set(d->g, d->b, burin_int(1));
        burin_graph_commit(d->g);
        assert_string_equal(l.kept.text, "7,6,49!");
        assert_string_equal(l.late.text, l.kept.text);
        assert_int_equal(l.kept.patches, 7);
        burin_graph_dispose(d->g, effect);
        burin_rope_free(rope);
    }
}

static burin_status write_rope(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    copy whole = {.len = 0};
    (void)g, (void)in, (void)out;
    return burin_rope_write(user, append, &whole);
}
static void a_computed_node_may_not_write_a_rope(void **state)
{
    desk       *d = *state;
    copy        kept;
    burin_value v;
    burin_node  node;
    burin_rope *rope = rope_of(d, "{{ a }}", &kept);
    burin_graph_computed(d->g, write_rope, rope, BURIN_NODE_DYNAMIC, NULL, 0, &node);
    assert_int_equal(burin_graph_get(d->g, node, &v), BURIN_ERR_USAGE);
    assert_string_equal(burin_graph_message(d->g), "a computed node may not write a rope");
    burin_rope_free(rope);
}

static void a_name_prints_any_value_as_the_template_does(void **state)
{
    desk       *d      = *state;
    copy        kept;
    burin_heap *heap   = burin_heap_new(NULL);
    burin_rope *rope   = rope_of(d, "<{{ c }}>{{ c }}", &kept);
    burin_value list   = burin_list(heap, 2), safe = burin_string_borrow("<b>", 3);
    burin_list_append(heap, list, burin_string_borrow("<i>", 3));
    burin_list_append(heap, list, burin_int(7));
    safe.flags |= BURIN_SAFE;
    const burin_value values[] = {burin_none(), burin_bool(true), burin_int(INT64_MIN), burin_int(99), burin_float(1e300), burin_float(-0.0), safe, list,
                                  burin_string_borrow("", 0), burin_string_borrow("a & b", 5), burin_string_borrow("\xc3\xa9", 2), burin_bytes(heap, "'\"<", 3)};
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        assert_int_equal(burin_graph_set(d->g, d->c, values[k]), BURIN_OK);
        assert_rendered(d, "<{{ c }}>{{ c }}", &kept);
    }
    burin_rope_free(rope);
    burin_graph_set(d->g, d->c, burin_none());
    burin_heap_free(heap);
}

static void a_name_longer_than_the_limit_fails_and_a_shorter_one_works_again(void **state)
{
    burin_options options = burin_options_default();
    copy          kept, whole = {.len = 0};
    desk          d;
    (void)state;
    options.limits.output = 8;
    desk_open(&d, &options, NULL, "short");
    burin_rope *rope = rope_of(&d, "{{ c }}{{ a }}", &kept);
    burin_graph_set(d.g, d.c, burin_string_borrow("longer than eight", 17));
    assert_int_equal(burin_rope_write(rope, append, &whole), BURIN_ERR_LIMIT);
    burin_graph_set(d.g, d.c, burin_string_borrow("brief", 5));
    assert_string_equal(kept.text, "brief1");
    burin_rope_free(rope);
    desk_close(&d);
}

static void a_template_of_another_environment_is_refused(void **state)
{
    desk           *d     = *state;
    burin_error     err   = BURIN_ERROR_INIT;
    burin_env      *other = burin_env_new(NULL, NULL);
    burin_template *tpl   = burin_template_from_string(other, NULL, BURIN_TEXT("x"), NULL);
    assert_null(burin_rope_new(d->live, tpl, NULL, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_USAGE);
    burin_error_clear(&err);
    burin_template_unref(tpl);
    burin_env_unref(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)
/* Names that are bound again and again, to nodes and records that formulas read; what is disposed of goes with what it read. */
static void bind_and_read(burin_live *live, burin_graph *g, unsigned times)
{
    static const char *const field = "x";
    burin_node               cell, read;
    assert_int_equal(burin_graph_cell(g, burin_int(1), &cell), BURIN_OK);
    for (unsigned k = 0; k < times; k++) {
        burin_value v;
        assert_int_equal(burin_live_bind(live, "plain", cell), BURIN_OK);
        assert_int_equal(burin_live_bind_record(live, "record", &field, &cell, 1), BURIN_OK);
        assert_int_equal(burin_live_expr(live, BURIN_TEXT("plain + record.x"), &read, NULL), BURIN_OK);
        assert_int_equal(burin_live_bind_record(live, "record", &field, &read, 1), BURIN_OK);
        assert_int_equal(burin_live_bind(live, "plain", read), BURIN_OK);
        assert_int_equal(burin_graph_set(g, cell, burin_int(k)), BURIN_OK);
        assert_int_equal(burin_graph_get(g, read, &v), BURIN_OK); /* it goes on with what the names stood for */
        assert_int_equal(v.as.i, 2 * k);
        burin_graph_dispose(g, read);
    }
    burin_graph_dispose(g, cell);
}

static void bindings_that_nothing_reads_are_freed(void **state)
{
    (void)state;
    budget          memory    = {.left = BUDGET_NONE};
    burin_allocator allocator = budget_allocator(&memory);
    burin_options   options   = burin_options_default();
    options.allocator         = &allocator;
    burin_env   *env  = burin_env_new(&options, NULL);
    burin_graph *g    = burin_graph_new(&allocator);
    burin_live  *live = burin_live_new(g, env, NULL);
    bind_and_read(live, g, 500);
    size_t held = memory.held;
    bind_and_read(live, g, 5000);
    assert_in_range(memory.held, 0, held + held / 4);
    burin_live_free(live);
    burin_graph_free(g);
    burin_env_unref(env);
    assert_int_equal(memory.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_expression_follows_the_names_it_reads),
        TEST(what_is_not_read_does_not_run_it_and_an_equal_container_stops_the_change),
        TEST(failures_are_the_nodes_and_pass),
        TEST(what_does_not_compile_is_said),
        TEST(fields_of_a_record_are_found_when_they_are_read),
        TEST(records_pull_expressions_inside_expressions),
        TEST(patches_keep_a_copy_equal_to_the_rendered_template),
        TEST(a_name_that_is_also_a_global_is_read),
        TEST(what_functions_look_at_in_the_context_is_read),
        TEST(what_functions_that_are_values_look_at_is_read),
        TEST(what_is_set_behind_the_last_part_may_fail),
        TEST(only_what_reads_a_change_renders_and_is_patched),
        TEST(a_part_that_fails_keeps_its_place),
        TEST(a_rope_is_written_whole_while_parts_fail),
        TEST(a_rope_in_an_open_batch_is_as_its_patches_keep_it),
        TEST(what_an_effect_writes_is_what_later_patches_build_on),
        TEST(a_computed_node_may_not_write_a_rope),
        TEST(a_name_prints_any_value_as_the_template_does),
        TEST(a_name_longer_than_the_limit_fails_and_a_shorter_one_works_again),
        TEST(a_template_of_another_environment_is_refused),
        TEST(bindings_that_nothing_reads_are_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
