/* {% trans %}: what the i18n extension makes of it, with its checks. Trees are written as the calls they stand for. */
#include "parse_text.h"

/* ---- the tree as the expression it stands for ---- */

static void show(buf *out, const ast_node *n);

static void show_all(buf *out, const ast_list *list)
{
    for (const ast_node *n = list->first; n; n = n->next) {
        show(out, n);
        if (n->next)
            buf_append_z(out, ", ");
    }
}

#define AS(Name) ((const ast_##Name *)n)
#define TEXT_OF(x) (int)(x).len, (x).data

static void show(buf *out, const ast_node *n)
{
    switch (n->kind) {
    case AST_Output: show_all(out, &AS(Output)->nodes); break;
    case AST_Data: buf_printf(out, "%.*s", TEXT_OF(AS(Data)->data)); break;
    case AST_Name: buf_printf(out, "%.*s", TEXT_OF(AS(Name)->name)); break;
    case AST_Const:
        if (AS(Const)->value.kind == BURIN_STRING)
            buf_printf(out, "'%.*s'", (int)AS(Const)->value.len, AS(Const)->value.as.s);
        else
            buf_printf(out, "%lld", (long long)AS(Const)->value.as.i);
        break;
    case AST_Set:
        show(out, AS(Set)->target);
        buf_append_z(out, " = ");
        show(out, AS(Set)->value);
        buf_append_z(out, "; ");
        break;
    case AST_Call:
        show(out, AS(Call)->node);
        buf_append_byte(out, '(');
        show_all(out, &AS(Call)->args);
        if (AS(Call)->args.first && AS(Call)->kwargs.first)
            buf_append_z(out, ", ");
        show_all(out, &AS(Call)->kwargs);
        buf_append_byte(out, ')');
        break;
    case AST_Keyword:
        buf_printf(out, "%.*s=", TEXT_OF(AS(Keyword)->name));
        show(out, AS(Keyword)->value);
        break;
    case AST_MarkSafeIfAutoescape:
        buf_append_z(out, "safe ");
        show(out, AS(MarkSafeIfAutoescape)->node);
        break;
    case AST_Binary:
        show(out, AS(Binary)->left);
        buf_append_z(out, " % ");
        show(out, AS(Binary)->right);
        break;
    case AST_Dict:
        buf_append_byte(out, '{');
        show_all(out, &AS(Dict)->items);
        buf_append_byte(out, '}');
        break;
    case AST_Pair:
        show(out, AS(Pair)->key);
        buf_append_z(out, ": ");
        show(out, AS(Pair)->value);
        break;
    default: buf_append_z(out, ast_kind_name(n->kind)); break;
    }
}

static const char *trans(const char *text, const syntax *options)
{
    static char out[1024];
    arena       a    = arena_make(&base_malloc_allocator);
    buf         line = buf_make(&base_malloc_allocator);
    burin_error err  = BURIN_ERROR_INIT;
    source      src  = {{text, strlen(text)}, NULL};
    ast_node   *tree = NULL;

    if (parse_template(&a, &src, options, &tree, &err))
        buf_printf(&line, "%s %u: %s", burin_status_class(err.status), err.line, err.message);
    else {
        for (const ast_node *n = ast_as(Template, tree)->body.first; n; n = n->next)
            show(&line, n);
    }
    snprintf(out, sizeof out, "%.*s", (int)line.len, line.data);
    burin_error_clear(&err);
    buf_deinit(&line);
    arena_deinit(&a);
    return out;
}

typedef struct row {
    const char *text, *want;
} row;

static void check(const row *rows, size_t count, const syntax *options)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(trans(rows[i].text, options), rows[i].want);
}
#define CHECK(rows, options) check(rows, sizeof rows / sizeof rows[0], options)

static void old_style_formats_the_message(void **state)
{
    static const row rows[] = {
        {"{% trans %}100% a{% endtrans %}", "safe gettext('100% a')"},
        {"{% trans %}100% {{ a }}{% endtrans %}", "safe gettext('100%% %(a)s') % {'a': a}"},
        {"{% trans a=1, b %}{{ c }}{% endtrans %}", "safe gettext('%(c)s') % {'a': 1, 'b': b, 'c': c}"},
        {"{% trans a=1 %}100%{% endtrans %}", "safe gettext('100%') % {'a': 1}"},
        {"{% trans 'ctx' %}a{% endtrans %}", "safe pgettext('ctx', 'a')"},
        {"{% trans n=2 %}one{% pluralize %}many {{ n }}{% endtrans %}", "safe ngettext('one', 'many %(n)s', 2) % {'n': 2}"},
        {"{% trans a, b %}x{% pluralize b %}y{% endtrans %}", "safe ngettext('x', 'y', b) % {'a': a, 'b': b}"},
        {"{% trans %}{{ a }}{% pluralize %}y{% endtrans %}", "safe ngettext('%(a)s', 'y', a) % {'a': a}"},
        {"{% trans 'c', n=1 %}x{% pluralize %}y{% endtrans %}", "TemplateSyntaxError 1: expected token 'name', got ','"},
        {"{% trans 'c' n=1 %}x{% pluralize %}y{% endtrans %}", "safe npgettext('c', 'x', 'y', 1) % {'n': 1}"},
        {"{% trans a=f(), b=g() %}x{% endtrans %}", "_trans = f(); safe gettext('x') % {'a': _trans, 'b': g()}"},
    };
    syntax options = all_extensions();
    (void)state;
    CHECK(rows, &options);
}

static void new_style_hands_the_variables_over(void **state)
{
    static const row rows[] = {
        {"{% trans %}100%{% endtrans %}", "gettext('100%%')"},
        {"{% trans a=1 %}{{ b }}{% endtrans %}", "gettext('%(b)s', a=1, b=b)"},
        {"{% trans num=3 %}x{% pluralize %}y{% endtrans %}", "ngettext('x', 'y', 3)"},
        {"{% trans num=3, a=1 %}x{% endtrans %}", "gettext('x', num=3, a=1)"},
    };
    syntax options = all_extensions();
    (void)state;
    options.i18n_newstyle = true;
    CHECK(rows, &options);
}

static void trimmed_joins_lines(void **state)
{
    static const row rows[] = {
        {"{% trans trimmed %}\n a \n  b  c\n\n{% endtrans %}", "safe gettext('a b  c')"},
        {"{% trans %}\n a \n{% endtrans %}", "safe gettext('\n a \n')"},
        {"{% trans trimmed a %} {{ a }}\n{% endtrans %}", "safe gettext('%(a)s') % {'a': a}"},
        {"{% trans trimmed=1 %} {{ trimmed }}{% endtrans %}", "safe gettext(' %(trimmed)s') % {'trimmed': 1}"},
        {"{% trans notrimmed, a %} b{% endtrans %}", "TemplateSyntaxError 1: expected token 'name', got ','"},
        {"{% trans a, trimmed, trimmed %} b{% endtrans %}", "safe gettext('b') % {'a': a, 'trimmed': trimmed}"},
    };
    static const row policy[] = {
        {"{% trans %} a{% endtrans %}", "safe gettext('a')"}, {"{% trans notrimmed %} a{% endtrans %}", "safe gettext(' a')"},
    };
    syntax options = all_extensions();
    (void)state;
    CHECK(rows, &options);
    options.i18n_trimmed = true;
    CHECK(policy, &options);
}

static void what_trans_refuses(void **state)
{
    static const row rows[] = {
        {"{% trans a, a=1 %}", "TemplateAssertionError 1: translatable variable 'a' defined twice."},
        {"{% trans %}{% pluralize b %}", "TemplateAssertionError 1: unknown variable 'b' for pluralization"},
        {"{% trans %}{% if a %}", "TemplateSyntaxError 1: control structures in translatable sections are not allowed"},
        {"{% trans a %}{% pluralize %}{% pluralize %}", "TemplateSyntaxError 1: a translatable section can have only one pluralize section"},
        {"{% trans %}{{ a.b }}", "TemplateSyntaxError 1: expected token 'end of print statement', got '.'"},
        {"{% trans %}{{ 1 }}", "TemplateSyntaxError 1: expected token 'name', got 'integer'"},
        {"\n{% trans %}\na{% pluralize %}b{% endtrans %}", "TemplateSyntaxError 2: pluralize without variables"},
        {"{% trans %}\na", "TemplateSyntaxError 1: unclosed translation block"},
        {"{% trans a b %}", "TemplateSyntaxError 1: expected token ',', got 'b'"},
        {"{% trans a: %}", "TemplateSyntaxError 1: expected token ',', got ':'"},
    };
    syntax options = all_extensions();
    (void)state;
    CHECK(rows, &options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_style_formats_the_message),
        cmocka_unit_test(new_style_hands_the_variables_over),
        cmocka_unit_test(trimmed_joins_lines),
        cmocka_unit_test(what_trans_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
