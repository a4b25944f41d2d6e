/* Environments: options, what the host adds, freezing, the template cache. */
#include "engine_test.h"

/* ---- options ---- */

static void options_that_contradict_are_refused(void **state)
{
    static const struct {
        const char *block, *variable, *comment, *newline, *message;
    } rows[] = {
        {"{%", "{%", "{#", "\n", "block, variable and comment start strings must be different"},
        {"{%", "{{", "{{", "\n", "block, variable and comment start strings must be different"},
        {"{%", "{{", "{#", "\n\n", "newline_sequence set to unknown line ending string."},
        {"", "{{", "{#", "\n", "block_start must not be empty"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_options options   = burin_options_default();
        burin_error   err       = BURIN_ERROR_INIT;
        options.block_start     = rows[i].block;
        options.variable_start  = rows[i].variable;
        options.comment_start   = rows[i].comment;
        options.newline_sequence = rows[i].newline;
        assert_null(burin_env_new(&options, &err));
        assert_int_equal(err.status, BURIN_ERR_USAGE);
        assert_string_equal(err.message, rows[i].message);
        burin_error_clear(&err);
    }
}

static void options_are_copied(void **state)
{
    char          start[]  = "<%", end[] = "%>";
    burin_options options  = burin_options_default();
    options.variable_start = start;
    options.variable_end   = end;
    burin_env *env         = burin_env_new(&options, NULL);
    (void)state;
    memset(start, 'x', 2);
    memset(end, 'x', 2);
    assert_renders(env, "<% 1 + 1 %>", "{}", "2");
    burin_env_unref(env);
}

static void an_older_caller_may_know_fewer_options(void **state)
{
    burin_options options = burin_options_default();
    options.trim_blocks   = true;
    options.struct_size   = offsetof(burin_options, optimized);
    memset((char *)&options + options.struct_size, 0xff, sizeof options - options.struct_size);
    burin_env *env = burin_env_new(&options, NULL);
    (void)state;
    assert_non_null(env);
    assert_renders(env, "{% if 1 %}\nx{% endif %}", "{}", "x");
    burin_env_unref(env);
    options.struct_size = 0;
    assert_null(burin_env_new(&options, NULL));
}

static void each_option_does_what_it_says(void **state)
{
#define WITH(change) \
    options = burin_options_default(); \
    options.change; \
    env = burin_env_new(&options, NULL);
#define GIVES(source, want) assert_renders(env, source, "{\"x\": \"<\"}", want); burin_env_unref(env);
    burin_options options;
    burin_env    *env;
    (void)state;
    WITH(lstrip_blocks = true) GIVES("  {% if 1 %}a{% endif %}", "a")
    WITH(keep_trailing_newline = true) GIVES("a\n", "a\n")
    WITH(newline_sequence = "\r\n") GIVES("a\nb", "a\r\nb")
    WITH(line_statement_prefix = "#") GIVES("# if 1\na\n# endif", "a\n")
    WITH(line_comment_prefix = "##") GIVES("a ## b", "a")
    WITH(autoescape = BURIN_AUTOESCAPE_ON) GIVES("{{ x }}", "&lt;")
    WITH(autoescape = BURIN_AUTOESCAPE_BY_NAME) GIVES("{{ x }}", "&lt;")
    WITH(undefined = BURIN_UNDEFINED_STRICT) GIVES("{{ nothing }}", "!'nothing' is undefined")
    WITH(undefined = BURIN_UNDEFINED_DEBUG) GIVES("{{ nothing }}", "{{ nothing }}")
    WITH(undefined = BURIN_UNDEFINED_CHAINABLE) GIVES("[{{ nothing.at.all }}]", "[]")
    WITH(extensions = BURIN_EXT_DO) GIVES("{% do [] %}a", "a")
    WITH(extensions = BURIN_EXT_LOOPCONTROLS) GIVES("{% for i in [1, 2] %}{{ i }}{% break %}{% endfor %}", "1")
    WITH(extensions = BURIN_EXT_GENERATION) GIVES("{% generation %}a{% endgeneration %}", "a")
    WITH(sandbox = BURIN_SANDBOX_ON) GIVES("{{ x.__class__.__mro__ }}", "!access to attribute '__class__' of 'str' object is unsafe.")
    WITH(optimized = false) GIVES("{{ 1 + 1 }}", "2")
    WITH(limits.output = 3) GIVES("abcd", "!the output limit of 3 bytes was reached")
    WITH(limits.source = 3) GIVES("abcd", "!the template's source is too large")
}

static void escaping_by_name_looks_at_the_end_of_the_name(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {{"a.html", "&lt;"}, {"a.HTM", "&lt;"}, {"a.xml", "&lt;"}, {"a.txt", "<"}, {"html", "<"}, {"a.html.j2", "<"}};
    burin_options options = burin_options_default();
    (void)state;
    options.autoescape = BURIN_AUTOESCAPE_BY_NAME;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_env      *env    = burin_env_new(&options, NULL);
        burin_template *tpl    = burin_template_from_string(env, rows[i].name, BURIN_TEXT("{{ '<' }}"), NULL);
        burin_render   *render = burin_render_new(env, NULL);
        burin_text      out;
        assert_int_equal(burin_render_text(render, tpl, burin_missing(), &out, NULL), BURIN_OK);
        assert_text(out, rows[i].want);
        burin_render_free(render);
        burin_template_unref(tpl);
        burin_env_unref(env);
    }
}

static bool escape_secrets(void *user, const char *name) { return strcmp(name ? name : "string", user) == 0; }

static void the_host_may_decide_about_escaping(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    set_templates(env, "secret", "{{ '<' }}", "plain", "{{ '<' }}", NULL);
    burin_env_set_autoescape(env, escape_secrets, "secret");
    assert_renders(env, "{% include 'secret' %}{% include 'plain' %}{{ '<' }}", "{}", "&lt;<<");
    burin_env_unref(env);
}

/* ---- what the host adds ---- */

static burin_status shout(burin_call *call, burin_value *out)
{
    burin_text text = burin_text_of(burin_arg(call, 0));
    char       loud[32];
    int        len = snprintf(loud, sizeof loud, "%.*s%s", (int)text.len, text.data, (const char *)burin_call_data(call));
    *out           = burin_string(burin_call_heap(call), loud, (size_t)len);
    return BURIN_OK;
}

static burin_status is_long(burin_call *call, burin_value *out)
{
    int64_t least;
    if (!burin_as_int(burin_arg(call, 1), &least))
        return burin_raise(call, BURIN_ERR_TYPE, "least must be a number");
    *out = burin_bool((int64_t)burin_length(burin_arg(call, 0)) >= least);
    return BURIN_OK;
}

static burin_status show_language(burin_call *call, burin_value *out)
{
    *out = burin_call_variable(call, "language");
    if (out->kind == BURIN_MISSING)
        *out = burin_string(burin_call_heap(call), "none", 4);
    return BURIN_OK;
}

static void functions_filters_and_tests_can_be_added(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    assert_int_equal(burin_env_add_filter(env, "shout", "text", shout, "!", BURIN_PURE), BURIN_OK);
    assert_int_equal(burin_env_add_function(env, "ask", "text", shout, "?", 0), BURIN_OK);
    assert_int_equal(burin_env_add_test(env, "long", "text, least=3", is_long, NULL, BURIN_PURE), BURIN_OK);
    assert_int_equal(burin_env_add_function(env, "language_now", "", show_language, NULL, BURIN_CONTEXT), BURIN_OK);
    assert_renders(env, "{{ 'a'|shout }}{{ ask('b') }}", "{}", "a!b?");
    assert_renders(env, "{{ x|shout }}", "{\"x\": \"c\"}", "c!");
    assert_renders(env, "{{ 'ab' is long }} {{ 'abc' is long }} {{ 'ab' is long(2) }}", "{}", "False True True");
    assert_renders(env, "{{ 'ab' is long('x') }}", "{}", "!least must be a number");
    assert_renders(env, "{{ language_now() }}{% set language = 'de' %}{{ language_now() }}", "{}", "nonede");
    assert_renders(env, "{{ ask() }}", "{}", "!ask() missing 1 required positional argument: 'text'");
    burin_env_unref(env);
}

static void a_malformed_signature_is_refused(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    static const char *const rows[] = {"a b", "a,,b", "1a", "a=x", "a='", "a, a", "a, *, a", "a=1, b", "a=1, /, b", "/", "a, /, b, /", "*, a, /", "*", "*a, *b", "**k, a", "**k, *a"};
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_int_equal(burin_env_add_filter(env, "f", rows[n], shout, NULL, 0), BURIN_ERR_USAGE);
    static const char *const good[] = {"", "a", "a,", "a, b=1", "a, /, b=none, *, c, d='x'", "a=1, *rest, b, **named", "*, a=1, b"};
    for (size_t n = 0; n < sizeof good / sizeof good[0]; n++)
        assert_int_equal(burin_env_add_filter(env, "f", good[n], shout, NULL, 0), BURIN_OK);
    burin_env_unref(env);
}

static void globals_are_copied_and_shadowed_by_variables(void **state)
{
    burin_env  *env  = burin_env_new(NULL, NULL);
    burin_heap *heap = burin_heap_new(NULL);
    (void)state;
    burin_env_set_global(env, "site", data_of(heap, "{\"name\": \"Burin\", \"tags\": [1, 2]}"));
    burin_heap_free(heap);
    assert_renders(env, "{{ site.name }} {{ site.tags }}", "{}", "Burin [1, 2]");
    assert_renders(env, "{{ site }}", "{\"site\": 1}", "1");
    /* a template that changes a global changes it for itself only */
    assert_renders(env, "{% set _ = site.tags.append(3) %}{{ site.tags }}", "{}", "[1, 2, 3]");
    assert_renders(env, "{{ site.tags }}", "{}", "[1, 2]");
    burin_env_unref(env);
}

static void policies_reach_the_filters(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    burin_env_set_policy(env, "truncate.leeway", burin_int(0));
    assert_renders(env, "{{ 'abcdefgh'|truncate(7) }}", "{}", "abcd...");
    burin_env_unref(env);
    env = burin_env_new(NULL, NULL);
    assert_renders(env, "{{ 'abcdefgh'|truncate(7) }}", "{}", "abcdefgh");
    burin_env_unref(env);
}

static burin_status blank_none(burin_call *call, burin_value *out)
{
    *out = burin_arg(call, 0);
    if (out->kind == BURIN_NONE)
        *out = burin_string_borrow("-", 1);
    return BURIN_OK;
}

static void finalize_sees_every_printed_value(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    burin_env_set_finalize(env, blank_none, NULL, BURIN_PURE);
    assert_renders(env, "{{ none }}{{ x }}{{ 1 }}text", "{\"x\": null}", "--1text");
    burin_env_unref(env);
}

static char *join_beside(void *user, const char *name, const char *parent)
{
    const char *slash = parent ? strrchr(parent, '/') : NULL;
    char       *joined = malloc(strlen(name) + (parent ? strlen(parent) : 0) + 1);
    (void)user;
    if (joined)
        sprintf(joined, "%.*s%s", slash ? (int)(slash + 1 - parent) : 0, slash ? parent : "", name);
    return joined;
}

static void join_path_says_what_a_name_means(void **state)
{
    burin_env      *env = burin_env_new(NULL, NULL);
    burin_render   *render;
    burin_text      out;
    (void)state;
    set_templates(env, "mail/main", "{% include 'part' %}", "mail/part", "mail", "part", "top", NULL);
    burin_env_set_join_path(env, join_beside, NULL);
    burin_template *tpl = burin_template_get(env, "mail/main", NULL);
    render              = burin_render_new(env, NULL);
    assert_int_equal(burin_render_text(render, tpl, burin_missing(), &out, NULL), BURIN_OK);
    assert_text(out, "mail");
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_env_unref(env);
}

static void an_environment_in_use_is_frozen(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    burin_template_unref(burin_template_from_string(env, NULL, BURIN_TEXT("x"), NULL));
    assert_int_equal(burin_env_add_filter(env, "f", "a", shout, NULL, 0), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_add_test(env, "f", "a", shout, NULL, 0), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_add_function(env, "f", "a", shout, NULL, 0), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_global(env, "x", burin_none()), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_policy(env, "x", burin_none()), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_finalize(env, NULL, NULL, 0), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_autoescape(env, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_join_path(env, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_translations(env, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_set_loader(env, &(burin_loader){sizeof(burin_loader)}), BURIN_ERR_USAGE);
    assert_int_equal(burin_env_preset(env, "hf-chat", NULL), BURIN_ERR_USAGE);
    burin_env_unref(env);
}

/* ---- life and cache ---- */

static void templates_keep_their_environment_alive(void **state)
{
    burin_env *env = burin_env_new(NULL, NULL);
    (void)state;
    set_templates(env, "a", "A", NULL);
    burin_template *tpl   = burin_template_get(env, "a", NULL);
    burin_template *again = burin_template_ref(tpl);
    burin_render   *render = burin_render_new(env, NULL);
    burin_text      out;
    burin_env_unref(env);
    burin_template_unref(tpl);
    assert_int_equal(burin_render_text(render, again, burin_missing(), &out, NULL), BURIN_OK);
    assert_text(out, "A");
    burin_render_free(render);
    assert_string_equal(burin_template_name(again), "a");
    burin_template_unref(again);
}

/* A loader that counts: the text is the number of the load, a template is current while `version` stays. */
typedef struct counter {
    int      loads, released;
    uint64_t version;
} counter;

static burin_status count_load(void *user, const char *name, char **source, size_t *len, uint64_t *version, char **filename)
{
    counter *c = user;
    (void)filename;
    if (name[0] == '-')
        return BURIN_ERR_NOT_FOUND;
    *source  = malloc(16);
    *len     = (size_t)sprintf(*source, "%s%d", name, ++c->loads);
    *version = c->version;
    return BURIN_OK;
}
static bool count_is_current(void *user, const char *name, uint64_t version)
{
    (void)name;
    return version == ((counter *)user)->version;
}
static void count_released(void *user) { ((counter *)user)->released++; }

static burin_env *counting_env(counter *c, int cache_size, bool auto_reload)
{
    burin_options options = burin_options_default();
    burin_loader  loader  = {sizeof loader, count_load, count_is_current, NULL, count_released, c};
    options.cache_size    = cache_size;
    options.auto_reload   = auto_reload;
    burin_env *env        = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_set_loader(env, &loader), BURIN_OK);
    return env;
}

static void expect_get(burin_env *env, const char *name, const char *want)
{
    char            source[64];
    burin_template *tpl = burin_template_get(env, name, NULL);
    assert_non_null(tpl);
    burin_template_unref(tpl);
    snprintf(source, sizeof source, "{%% include '%s' %%}", name);
    assert_renders(env, source, "{}", want);
}

static void the_cache_keeps_what_was_used_last(void **state)
{
    counter    c   = {0};
    burin_env *env = counting_env(&c, 2, true);
    (void)state;
    expect_get(env, "a", "a1");
    expect_get(env, "b", "b2");
    expect_get(env, "a", "a1");
    expect_get(env, "c", "c3"); /* b was used least recently */
    expect_get(env, "a", "a1");
    expect_get(env, "b", "b4");
    expect_get(env, "c", "c5");
    burin_env_unref(env);
    assert_int_equal(c.released, 1);
}

static void the_cache_may_be_off_or_endless(void **state)
{
    counter    off = {0}, all = {0};
    burin_env *env_off = counting_env(&off, 0, true), *env_all = counting_env(&all, -1, true);
    char       name[16];
    (void)state;
    expect_get(env_off, "a", "a2"); /* once for get, once for include */
    for (int round = 0; round < 2; round++)
        for (int n = 0; n < 1000; n++) {
            sprintf(name, "n%d", n);
            burin_template_unref(burin_template_get(env_all, name, NULL));
        }
    assert_int_equal(all.loads, 1000);
    burin_env_unref(env_off);
    burin_env_unref(env_all);
}

static void stale_templates_are_loaded_again_if_auto_reload(void **state)
{
    counter    on = {0}, off = {0};
    burin_env *env_on = counting_env(&on, 400, true), *env_off = counting_env(&off, 400, false);
    (void)state;
    burin_template *old = burin_template_get(env_on, "a", NULL);
    on.version = off.version = 1;
    expect_get(env_on, "a", "a2");
    expect_get(env_off, "a", "a1");
    off.version = 2;
    expect_get(env_off, "a", "a1");
    burin_render *render = burin_render_new(env_on, NULL); /* the replaced one still works */
    burin_text    out;
    assert_int_equal(burin_render_text(render, old, burin_missing(), &out, NULL), BURIN_OK);
    assert_text(out, "a1");
    burin_render_free(render);
    burin_template_unref(old);
    burin_env_unref(env_on);
    burin_env_unref(env_off);
}

static void one_render_sees_one_version(void **state)
{
    counter    c   = {0};
    burin_env *env = counting_env(&c, 0, true);
    (void)state;
    assert_renders(env, "{% for i in range(3) %}{% include 'a' %} {% endfor %}", "{}", "a1 a1 a1 ");
    burin_env_unref(env);
}

static void expect_again(burin_render *render, burin_template *tpl, const char *want)
{
    burin_text out;
    assert_int_equal(burin_render_text(render, tpl, burin_missing(), &out, NULL), BURIN_OK);
    assert_text(out, want);
}

/* A render that is used again keeps what it has loaded: only as long as loading would give the same. */
static void a_used_render_loads_what_a_new_one_would(void **state)
{
    static const char source[] = "{% set n %}a{% endset %}{% include 'a' %} {% include n %} {% include ['-', 'a'] %}";
    static const struct {
        int         cache_size;
        bool        auto_reload;
        const char *first, *changed, *crowded;
    } rows[] = {
        {400, true, "a1 a1 a1", "a2 a2 a2", "a2 a2 a2"},
        {400, false, "a1 a1 a1", "a1 a1 a1", "a1 a1 a1"},
        {1, false, "a1 a1 a1", "a1 a1 a1", "a3 a3 a3"}, /* b took its place */
        {0, false, "a1 a1 a1", "a2 a2 a2", "a4 a4 a4"}, /* each time anew */
    };
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        counter         c      = {0};
        burin_env      *env    = counting_env(&c, rows[n].cache_size, rows[n].auto_reload);
        burin_template *tpl    = burin_template_from_string(env, NULL, text_z(source), NULL);
        burin_render   *render = burin_render_new(env, NULL);
        expect_again(render, tpl, rows[n].first);
        if (rows[n].cache_size)
            expect_again(render, tpl, rows[n].first);
        c.version = 1;
        expect_again(render, tpl, rows[n].changed);
        burin_template_unref(burin_template_get(env, "b", NULL));
        expect_again(render, tpl, rows[n].crowded);
        burin_render_free(render);
        burin_template_unref(tpl);
        burin_env_unref(env);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_that_contradict_are_refused),
        cmocka_unit_test(options_are_copied),
        cmocka_unit_test(an_older_caller_may_know_fewer_options),
        cmocka_unit_test(each_option_does_what_it_says),
        cmocka_unit_test(escaping_by_name_looks_at_the_end_of_the_name),
        cmocka_unit_test(the_host_may_decide_about_escaping),
        cmocka_unit_test(functions_filters_and_tests_can_be_added),
        cmocka_unit_test(a_malformed_signature_is_refused),
        cmocka_unit_test(globals_are_copied_and_shadowed_by_variables),
        cmocka_unit_test(policies_reach_the_filters),
        cmocka_unit_test(finalize_sees_every_printed_value),
        cmocka_unit_test(join_path_says_what_a_name_means),
        cmocka_unit_test(an_environment_in_use_is_frozen),
        cmocka_unit_test(templates_keep_their_environment_alive),
        cmocka_unit_test(the_cache_keeps_what_was_used_last),
        cmocka_unit_test(the_cache_may_be_off_or_endless),
        cmocka_unit_test(stale_templates_are_loaded_again_if_auto_reload),
        cmocka_unit_test(one_render_sees_one_version),
        cmocka_unit_test(a_used_render_loads_what_a_new_one_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
