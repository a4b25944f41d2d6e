/* What a render remembers of places in templates and of strings is a help and never the truth: other data, other shapes and
 * other templates at the same addresses give their own text; and lists of any items print like loops over them. */
#include "engine_test.h"

static burin_env *autoescaping(void)
{
    burin_options options = burin_options_default();
    options.autoescape    = BURIN_AUTOESCAPE_ON;
    return burin_env_new(&options, NULL);
}

/* One render, fresh data of another shape each time, at addresses that come again. */
static void other_shapes_in_the_same_render_give_their_own_values(void **state)
{
    static const struct { const char *json, *want; } rows[] = {
        {"{\"x\": 1, \"xs\": [{\"a\": 1, \"b\": 2}, {\"a\": 3, \"b\": 4}]}", "1:1,2;3,4;"},
        {"{\"xs\": [{\"b\": 2, \"a\": 1}, {\"c\": 0, \"a\": 3, \"b\": 4}], \"x\": 5}", "5:1,2;3,4;"},
        {"{\"xs\": [{\"a\": 1}, {\"b\": 4}, {}]}", ":1,;,4;,;"},
        {"{\"y\": 0, \"x\": 7, \"xs\": [{\"z\": 9, \"a\": 8}]}", "7:8,;"},
        {"{\"x\": 1, \"xs\": []}", "1:"},
    };
    burin_env      *env    = burin_env_new(NULL, NULL);
    burin_render   *render = burin_render_new(env, NULL);
    burin_template *tpl    = burin_template_from_string(env, NULL, text_z("{{ x }}:{% for r in xs %}{{ r.a }},{{ r.b }};{% endfor %}"), NULL);
    (void)state;
    for (unsigned n = 0; n < 40; n++) {
        unsigned    row  = n * 7 % (sizeof rows / sizeof rows[0]);
        burin_heap *heap = burin_heap_new(NULL);
        burin_text  out;
        assert_int_equal(burin_render_text(render, tpl, data_of(heap, rows[row].json), &out, NULL), BURIN_OK);
        assert_text(out, rows[row].want);
        burin_heap_free(heap);
    }
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_env_unref(env);
}

/* That variables lack a name is remembered, too: only as long as they do, and for these alone. */
static void a_name_comes_and_goes(void **state)
{
    burin_env      *env    = burin_env_new(NULL, NULL);
    burin_render   *render = burin_render_new(env, NULL);
    burin_template *tpl    = burin_template_from_string(env, NULL, text_z("{{ a }}{{ x }}{{ range is callable }}{{ b }}"), NULL);
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_value     less   = data_of(heap, "{\"a\": 1, \"b\": 2}"), more = data_of(heap, "{\"a\": 3, \"x\": 4, \"b\": 5}");
    static const char *const names[] = {"x", "range"};
    (void)state;
    for (unsigned n = 0; n < 12; n++) {
        static const char *const wants[] = {"1True2", "16True2", "16False2"};
        const bool               is_more = n % 2;
        burin_text               out;
        assert_int_equal(burin_render_text(render, tpl, is_more ? more : less, &out, NULL), BURIN_OK);
        assert_text(out, is_more ? "34True5" : wants[n / 4]);
        if (n % 4 == 3 && n / 4 < 2)
            assert_int_equal(burin_dict_set_z(heap, less, names[n / 4], burin_int(6)), BURIN_OK);
    }
    burin_heap_free(heap);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_env_unref(env);
}

/* Dicts read while rendering are dropped with their keys, and the next ones come to lie where they lay. */
static void dicts_made_in_a_loop_are_told_apart(void **state)
{
    static const struct { const char *source, *want; } rows[] = {
        {"{% for s in xs %}{% set d = s|from_json %}{{ d.a }},{% endfor %}", "1,4,5,7,,"},
        {"{% for s in xs %}{{ (s|from_json).a is defined }},{% endfor %}", "True,True,True,True,False,"},
        {"{% for v in xs|map('from_json')|map(attribute='a') %}{{ v }},{% endfor %}", "1,4,5,7,,"},
    };
    burin_options options = burin_options_default();
    (void)state;
    assert_true(burin_options_preset(&options, "ansible"));
    options.undefined = BURIN_UNDEFINED_DEFAULT;
    burin_env *env = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_preset(env, "ansible", NULL), BURIN_OK);
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_renders(env, rows[n].source,
                       "{\"xs\": [\"{\\\"a\\\":1,\\\"b\\\":2}\", \"{\\\"b\\\":3,\\\"a\\\":4}\", \"{\\\"a\\\":5,\\\"c\\\":1}\","
                       " \"{\\\"c\\\":6,\\\"a\\\":7}\", \"{\\\"c\\\":6,\\\"b\\\":7}\"]}", rows[n].want);
    burin_env_unref(env);
}

/* So many that what is remembered of them is dropped on the way. */
static void templates_come_and_go_in_one_render(void **state)
{
    burin_env    *env    = burin_env_new(NULL, NULL);
    burin_render *render = burin_render_new(env, NULL);
    burin_heap   *heap   = burin_heap_new(NULL);
    burin_value   data   = data_of(heap, "{\"a\": {\"p\": 1, \"q\": 2}, \"b\": {\"q\": 3, \"p\": 4}}");
    (void)state;
    for (unsigned n = 0; n < 5000; n++) {
        static const struct { const char *source, *want; } rows[] = {
            {"{{ a.p }}{{ b.p }}{{ a.q }}{{ b.q }}", "1423"}, {"{{ b.q }}{{ a.q }}{{ b.p }}{{ a.p }}", "3241"}, {"{{ a.none }}{{ b.p }}", "4"}};
        burin_text      out;
        burin_template *tpl = burin_template_from_string(env, NULL, text_z(rows[n % 3].source), NULL);
        assert_int_equal(burin_render_text(render, tpl, data, &out, NULL), BURIN_OK);
        assert_text(out, rows[n % 3].want);
        burin_template_unref(tpl);
    }
    burin_render_free(render);
    burin_heap_free(heap);
    burin_env_unref(env);
}

/* Strings known to need no escaping lose that mark as soon as another text is made of them. */
static void what_is_made_of_clean_strings_is_escaped(void **state)
{
    static const struct { const char *source, *want; } rows[] = {
        {"{{ s }}", "clean"},
        {"{{ s.replace('e', '<') }}", "cl&lt;an"},
        {"{{ s ~ '<' }}{{ '<' ~ s }}", "clean&lt;&lt;clean"},
        {"{{ s + d }}", "clean&lt;b&gt;"},
        {"{{ [s, d]|join('&') }}", "clean&amp;&lt;b&gt;"},
        {"{{ d.join([s, s]) }}", "clean&lt;b&gt;clean"},
        {"{{ s.center(7, '<') }}{{ s.ljust(6, '>') }}", "&lt;clean&lt;clean&gt;"},
        {"{{ '%s<' % s }}{{ '{}>'.format(s) }}", "clean&lt;clean&gt;"},
        {"{{ s|replace('c', '\"') }}", "&#34;lean"},
        {"{{ s[1:4] }}{{ s|reverse }}{{ s * 2 }}{{ s|upper }}", "leanaelccleancleanCLEAN"},
        {"{{ d[:2] }}{{ d[0] }}", "&lt;b&lt;"},
        {"{% for c in d %}{{ c }}{% endfor %}", "&lt;b&gt;"},
        {"{{ s|indent(1, true) }}{{ d|trim('<') }}", " cleanb&gt;"},
        {"{{ s|list }}", "[&#39;c&#39;, &#39;l&#39;, &#39;e&#39;, &#39;a&#39;, &#39;n&#39;]"},
        {"{% set t %}{{ s }}<{% endset %}{{ t }}", "clean<"},
        {"{{ s|e }}{{ s|safe }}{{ s|forceescape }}", "cleancleanclean"},
    };
    burin_env *env = autoescaping();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_renders(env, rows[n].source, "{\"s\": \"clean\", \"d\": \"<b>\"}", rows[n].want);
    burin_env_unref(env);
}

static void the_mark_is_set_where_strings_come_in(void **state)
{
    static const struct { const char *text; bool clean; } rows[] = {
        {"", true}, {"plain", true}, {"a<", false}, {"it's", false}, {"exactly sixteen.", true}, {"exactly sixteen>", false},
        {"longer than sixteen bytes", true}, {"longer than sixteen bytes & more", false}, {"\"quoted\"", false}, {"caf\xc3\xa9 #%+,;=?@", true},
    };
    burin_heap *heap = burin_heap_new(NULL);
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value made = burin_string(heap, rows[n].text, strlen(rows[n].text));
        burin_value list = burin_list(heap, 0), dict = burin_dict(heap, 0);
        burin_list_append(heap, list, burin_string_borrow(rows[n].text, strlen(rows[n].text)));
        burin_dict_set_z(heap, dict, "k", burin_string_borrow(rows[n].text, strlen(rows[n].text)));
        burin_list_append(heap, list, dict);
        assert_int_equal(burin_optimize(heap, list), BURIN_OK);
        assert_int_equal((made.flags & BURIN_CLEAN) != 0, rows[n].clean);
        assert_int_equal((burin_at(list, 0).flags & BURIN_CLEAN) != 0, rows[n].clean);
        assert_int_equal((burin_get(dict, "k").flags & BURIN_CLEAN) != 0, rows[n].clean);
    }
    assert_true(data_of(heap, "\"a b\"").flags & BURIN_CLEAN);
    assert_false(data_of(heap, "\"a\\u003cb\"").flags & BURIN_CLEAN);
    burin_heap_free(heap);
}

/* The loop in one instruction (`before` and `after` short or long) gives what the loop with `loop` gives. */
static void items_print_alike_one_by_one_and_in_a_run(void **state)
{
    static const char *const lists[] = {
        "[]", "[1]", "[0, 9, 10, 99, 100, 999, 1000, 9999, 10000, -1, 123456789012]",
        "[\"\", \"a\", \"<\", \"thirty-two bytes of text, exactly.\", \"thirty-three bytes of text, and on\", 5, \"x\"]",
        "[1, 2.5, null, true, \"s\", [1, \"<\"], {\"a\": 1}, 7, 8]",
        "{\"a\": 1, \"b\": \"two\", \"c\": 3}",
    };
    static const char *const frames[][2] = {{"", ""}, {"<td>", "</td>"}, {"[", "]"}, {"eight by", "te texts"}, {"a text that is longer", " than a run takes"}};
    burin_env *env = autoescaping();
    (void)state;
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++)
        for (size_t n = 0; n < sizeof frames / sizeof frames[0]; n++) {
            char source[400], json[300];
            const char *over = lists[l][0] == '{' ? "xs.values()" : "xs";
            snprintf(json, sizeof json, "{\"xs\": %s}", lists[l]);
            snprintf(source, sizeof source,
                     "{%% set a %%}{%% for x in %s %%}%s{{ x }}%s{%% endfor %%}{%% endset %%}"
                     "{%% set b %%}{%% for x in %s %%}%s{{ [x, loop.index][0] }}%s{%% endfor %%}{%% endset %%}{{ a == b }}",
                     over, frames[n][0], frames[n][1], over, frames[n][0], frames[n][1]);
            assert_renders(env, source, json, "True");
        }
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_shapes_in_the_same_render_give_their_own_values),
        cmocka_unit_test(a_name_comes_and_goes),
        cmocka_unit_test(dicts_made_in_a_loop_are_told_apart),
        cmocka_unit_test(templates_come_and_go_in_one_render),
        cmocka_unit_test(what_is_made_of_clean_strings_is_escaped),
        cmocka_unit_test(the_mark_is_set_where_strings_come_in),
        cmocka_unit_test(items_print_alike_one_by_one_and_in_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
