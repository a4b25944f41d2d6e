/* Translations: what the extension and a catalogue bring; the expected texts are Jinja2 3.1.2's. */
#include "engine_test.h"

/* "hello" in French, upper-cased where LANGUAGE says so, the context before the message, else unchanged. */
static burin_status translate(burin_call *call, void *user, burin_text context, burin_text singular, burin_text plural, int64_t n, burin_text *out)
{
    static const char *const catalogue[][2] = {
        {"hello", "bonjour"}, {"hi %(name)s", "salut %(name)s"}, {"<b>%(x)s</b>", "<i>%(x)s</i>"}, {"100%", "cent%"}, {"m", "in context"},
    };
    (void)plural;
    (void)n;
    if (user && burin_call_variable(call, "LANGUAGE").kind == BURIN_STRING) {
        *out = burin_text_of(burin_call_variable(call, "LANGUAGE"));
        return BURIN_OK;
    }
    for (size_t i = 0; i < sizeof catalogue / sizeof catalogue[0]; i++)
        if (singular.len == strlen(catalogue[i][0]) && memcmp(singular.data, catalogue[i][0], singular.len) == 0 && (i < 4 || context.len))
            *out = text_z(catalogue[i][1]);
    return BURIN_OK;
}

static burin_env *make_env(bool newstyle, bool autoescape, burin_translate with, void *user)
{
    burin_options options    = burin_options_default();
    options.extensions       = BURIN_EXT_I18N;
    options.newstyle_gettext = newstyle;
    options.autoescape       = autoescape ? BURIN_AUTOESCAPE_ON : BURIN_AUTOESCAPE_OFF;
    burin_env *env           = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_set_translations(env, with, user), BURIN_OK);
    return env;
}

static void the_extension_alone_brings_no_catalogue(void **state)
{
    burin_options options = burin_options_default();
    (void)state;
    options.extensions = BURIN_EXT_I18N;
    burin_env *env     = burin_env_new(&options, NULL);
    assert_renders(env, "{{ _('x') }}", "{}", "!'gettext' is undefined");
    assert_renders(env, "{% trans %}x{% endtrans %}", "{}", "!'gettext' is undefined");
    burin_env_unref(env);
}

static void old_style_gives_the_plain_text(void **state)
{
    static const struct {
        const char *source, *plain, *escaped;
    } rows[] = {
        {"{{ _('hello') }}", "bonjour", "bonjour"},
        {"{{ gettext('hi %(name)s') % {'name': 'x'} }}", "salut x", "salut x"},
        {"{{ ngettext('%(num)s a', '%(num)s as', 2) }}", "%(num)s as", "%(num)s as"},
        {"{{ ngettext('a', 'b', 1.0) }}{{ ngettext('a', 'b', true) }}{{ ngettext('a', 'b', 'x') }}", "aab", "aab"},
        {"{{ pgettext('c', 'm') }}{{ pgettext('c', 'other') }}", "in contextother", "in contextother"},
        {"{{ npgettext('c', 'x', 'y', 2) }}", "y", "y"},
        {"{{ gettext(5) }}", "5", "5"},
        {"{% trans %}hello{% endtrans %}", "bonjour", "bonjour"},
        {"{% trans name='<' %}hi {{ name }}{% endtrans %}", "salut <", "salut &lt;"},
        {"{% trans n=2 %}{{ n }} x{% pluralize %}{{ n }} xs{% endtrans %}", "2 xs", "2 xs"},
        {"{% trans 'c' %}m{% endtrans %}", "in context", "in context"},
    };
    burin_env *plain = make_env(false, false, translate, NULL), *escaped = make_env(false, true, translate, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_renders(plain, rows[i].source, "{}", rows[i].plain);
        assert_renders(escaped, rows[i].source, "{}", rows[i].escaped);
    }
    assert_renders(plain, "{{ gettext('x', name='y') }}", "{}", "!gettext() got an unexpected keyword argument 'name'");
    burin_env_unref(plain);
    burin_env_unref(escaped);
}

static void new_style_formats_and_escapes(void **state)
{
    static const struct {
        const char *source, *plain, *escaped;
    } rows[] = {
        {"{{ gettext('hi %(name)s', name='<x>') }}", "salut <x>", "salut &lt;x&gt;"},
        {"{{ _('<b>%(x)s</b>', x='<') }}", "<i><</i>", "<i>&lt;</i>"},
        {"{{ ngettext('%(num)s a', '%(num)s as', 2) }}", "2 as", "2 as"},
        {"{{ ngettext('%(num)s a', '%(num)s as', 2, num=7) }}", "7 as", "7 as"},
        {"{{ pgettext('ctx', '%(context)s') }}", "ctx", "ctx"},
        {"{{ gettext('100%') }}", "!incomplete format", "!incomplete format"},
        {"{{ gettext('hi %(name)s') }}", "!'name'", "!'name'"},
        {"{{ gettext(5) }}", "!unsupported operand type(s) for %: 'int' and 'dict'", "5"},
        {"{% trans name='<' %}hi {{ name }}{% endtrans %}", "salut <", "salut &lt;"},
        {"{% trans n=2 %}{{ n }} x{% pluralize %}{{ n }} xs{% endtrans %}", "2 xs", "2 xs"},
    };
    burin_env *plain = make_env(true, false, translate, NULL), *escaped = make_env(true, true, translate, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_renders(plain, rows[i].source, "{}", rows[i].plain);
        assert_renders(escaped, rows[i].source, "{}", rows[i].escaped);
    }
    burin_env_unref(plain);
    burin_env_unref(escaped);
}

static void without_translator_messages_stay(void **state)
{
    burin_env *env = make_env(false, false, NULL, NULL);
    (void)state;
    assert_renders(env, "{{ _('hello') }} {{ ngettext('a', 'b', 1) }}{{ ngettext('a', 'b', 2) }}", "{}", "hello ab");
    burin_env_unref(env);
}

static void a_translator_sees_the_templates_variables(void **state)
{
    burin_env *env = make_env(false, false, translate, "use LANGUAGE");
    (void)state;
    assert_renders(env, "{{ _('hello') }}", "{\"LANGUAGE\": \"de\"}", "de");
    assert_renders(env, "{% set LANGUAGE = 'fr' %}{{ _('hello') }}", "{\"LANGUAGE\": \"de\"}", "fr");
    burin_env_unref(env);
}

static void the_trimmed_policy_reaches_the_parser(void **state)
{
    burin_env *env = make_env(false, false, NULL, NULL);
    (void)state;
    burin_env_set_policy(env, "ext.i18n.trimmed", burin_bool(true));
    assert_renders(env, "{% trans %}\n  a\n  b\n{% endtrans %}", "{}", "a b");
    burin_env_unref(env);
}

/* One message, "hello" -> "bonjour", and a plural, little-endian. */
static const unsigned char mo[] =
    "\xde\x12\x04\x95\0\0\0\0\2\0\0\0\x1c\0\0\0\x2c\0\0\0\0\0\0\0\0\0\0\0"
    "\5\0\0\0\x3c\0\0\0\x09\0\0\0\x42\0\0\0"
    "\7\0\0\0\x4c\0\0\0\x0c\0\0\0\x54\0\0\0"
    "hello\0"
    "%d x\0%d X\0"
    "bonjour\0"
    "%d un\0%d des";

static void catalogues_are_read_from_mo_files(void **state)
{
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;
    (void)state;
    options.extensions = BURIN_EXT_I18N;
    burin_env *env     = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_load_mo(env, mo, sizeof mo - 1, &err), BURIN_OK);
    assert_int_equal(burin_env_load_mo(env, "x", 1, &err), BURIN_ERR_DATA);
    assert_string_equal(err.message, "Bad magic number");
    burin_error_clear(&err);
    assert_renders(env, "{{ _('hello') }} {{ _('bye') }}", "{}", "bonjour bye");
    assert_renders(env, "{{ ngettext('%d x', '%d X', 1) }}|{{ ngettext('%d x', '%d X', 3) }}", "{}", "%d un|%d des");
    assert_renders(env, "{{ ngettext('%d x', '%d X', 1.0) }}|{{ ngettext('%d x', '%d X', 0.5) }}|{{ ngettext('a', 'b', 1.2) }}", "{}", "%d un|%d des|b");
    assert_renders(env, "{{ ngettext('a', 'b', 'x') }}", "{}", "!Plural value must be an integer, got str");
    assert_renders(env, "{{ ngettext('a', 'b', 1e400) }}", "{}", "!cannot convert float infinity to integer");
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_extension_alone_brings_no_catalogue),
        cmocka_unit_test(old_style_gives_the_plain_text),
        cmocka_unit_test(new_style_formats_and_escapes),
        cmocka_unit_test(without_translator_messages_stay),
        cmocka_unit_test(a_translator_sees_the_templates_variables),
        cmocka_unit_test(the_trimmed_policy_reaches_the_parser),
        cmocka_unit_test(catalogues_are_read_from_mo_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
