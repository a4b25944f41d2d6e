/* Statements: their trees as ast_print writes them, here without newlines: each node is `(Kind fields ...)`. */
#include "parse_text.h"

/* The printed tree on one line: deeper lines in brackets, lines of nodes (@n) left out when they are 1. */
static const char *flat(const char *text, const syntax *options)
{
    static char out[4096];
    const char *tree  = parsed(text, options, false);
    size_t      used  = 0;
    int         depth = -1;

    if (strncmp(tree, "Template", 8) != 0)
        return tree;
    while (*tree) {
        int         indent = (int)strspn(tree, " ") / 2;
        const char *line   = tree + indent * 2;
        const char *end    = strchr(line, '\n');
        for (; depth >= indent; depth--)
            out[used++] = ')';
        for (depth = indent; used > 0 && out[used - 1] != '(' && out[used - 1] != ' ';)
            out[used++] = ' ';
        out[used++] = '(';
        for (const char *p = line; p < end; p++) {
            if (strncmp(p, " @1", 3) == 0 && (p[3] == ' ' || p[3] == '\n'))
                p += 2;
            else
                out[used++] = *p;
        }
        tree = end + 1;
    }
    for (; depth >= 0; depth--)
        out[used++] = ')';
    out[used] = 0;
    return out;
}

/* What is inside "(Template (body: ...))". */
static const char *body(const char *text)
{
    static const char start[] = "(Template (body: ";
    syntax      options       = all_extensions();
    char       *tree          = (char *)flat(text, &options);
    if (strncmp(tree, start, sizeof start - 1) != 0)
        return tree;
    tree[strlen(tree) - 2] = 0;
    return tree + sizeof start - 1;
}

#define LOAD(name) "(Name name=\"" name "\" use=load)"
#define STORE(name) "(Name name=\"" name "\" use=store)"
#define PARAM(name) "(Name name=\"" name "\" use=param)"
#define TEXT(text) "(Output (nodes: (Data data=\"" text "\")))"

typedef struct row {
    const char *text, *want;
} row;

#define CHECK(rows) \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) \
        assert_string_equal(body(rows[i].text), rows[i].want)

static void neighbouring_output_is_one_node(void **state)
{
    static const row rows[] = {
        {"a{{ b }}{# c #}d", "(Output (nodes: (Data data=\"a\") " LOAD("b") " (Data data=\"d\")))"},
        {"a{% print b %}c", TEXT("a") " (Output (nodes: " LOAD("b") ")) " TEXT("c")},
        {"{% print %}", "(Output)"},
        {"\n{{ b }}", "(Output (nodes: (Data data=\"\\n\") (Name @2 name=\"b\" use=load)))"},
    };
    (void)state;
    CHECK(rows);
}

static void control(void **state)
{
    static const row rows[] = {
        {"{% if a %}b{% elif c %}d{% else %}e{% endif %}",
         "(If (test: " LOAD("a") ") (body: " TEXT("b") ") (elifs: (If (test: " LOAD("c") ") (body: " TEXT("d") "))) (orelse: " TEXT("e") "))"},
        {"{% if a: %}{% endif %}", "(If (test: " LOAD("a") "))"},
        {"{% if a, b %}{% endif %}", "(If (test: (Tuple use=load (items: " LOAD("a") " " LOAD("b") "))))"},
        {"{% if a %}{% elif\nb %}{% endif %}", "(If (test: " LOAD("a") ") (elifs: (If @2 (test: (Name @2 name=\"b\" use=load)))))"},
        {"{% for a, b in c if d recursive %}e{% else %}f{% endfor %}",
         "(For recursive=true (target: (Tuple use=store (items: " STORE("a") " " STORE("b") "))) (iter: " LOAD("c") ") (body: " TEXT("e")
         ") (orelse: " TEXT("f") ") (test: " LOAD("d") "))"},
        {"{% for a in b, recursive %}{% endfor %}",
         "(For recursive=false (target: " STORE("a") ") (iter: (Tuple use=load (items: " LOAD("b") " " LOAD("recursive") "))))"},
        {"{% break %}{% continue %}{% debug %}", "(Break) (Continue) (Debug)"},
        {"{% generation %}a{% endgeneration %}", "(Generation (body: " TEXT("a") "))"},
        {"{% do a, b %}", "(Do (value: (Tuple use=load (items: " LOAD("a") " " LOAD("b") "))))"},
    };
    (void)state;
    CHECK(rows);
}

static void assignment(void **state)
{
    static const row rows[] = {
        {"{% set a = b, c %}", "(Set (target: " STORE("a") ") (value: (Tuple use=load (items: " LOAD("b") " " LOAD("c") "))))"},
        {"{% set a, (b, c) = d %}", "(Set (target: (Tuple use=store (items: " STORE("a") " (Tuple use=store (items: " STORE("b") " " STORE("c")
                                    "))))) (value: " LOAD("d") "))"},
        {"{% set a.b = c %}", "(Set (target: (NSRef name=\"a\" attr=\"b\")) (value: " LOAD("c") "))"},
        {"{% set a %}b{% endset %}", "(SetBlock (target: " STORE("a") ") (body: " TEXT("b") "))"},
        {"{% set a|f|g(1) %}{% endset %}",
         "(SetBlock (target: " STORE("a") ") (filter: (Filter name=\"g\" (node: (Filter name=\"f\")) (args: (Const value=1)))))"},
        {"{% set not = in %}", "(Set (target: " STORE("not") ") (value: " LOAD("in") "))"},
        {"{% with %}a{% endwith %}", "(With (body: " TEXT("a") "))"},
        {"{% with a = 1, b = c if d %}{% endwith %}", "(With (targets: " PARAM("a") " " PARAM("b") ") (values: (Const value=1) (Cond (test: "
                                                      LOAD("d") ") (yes: " LOAD("c") "))))"},
    };
    (void)state;
    CHECK(rows);
}

static void blocks_and_macros(void **state)
{
    static const row rows[] = {
        {"{% block a scoped required %} {# c #}{% endblock a %}", "(Block name=\"a\" scoped=true required=true (body: " TEXT(" ") "))"},
        {"{% macro m(a, b=1) %}c{% endmacro %}",
         "(Macro name=\"m\" (args: " PARAM("a") " " PARAM("b") ") (defaults: (Const value=1)) (body: " TEXT("c") "))"},
        {"{% call m() %}a{% endcall %}", "(CallBlock (call: (Call (node: " LOAD("m") "))) (body: " TEXT("a") "))"},
        {"{% call(a, b=1) m() %}{% endcall %}",
         "(CallBlock (call: (Call (node: " LOAD("m") "))) (args: " PARAM("a") " " PARAM("b") ") (defaults: (Const value=1)))"},
        {"{% filter f|g %}a{% endfilter %}", "(FilterBlock (filter: (Filter name=\"g\" (node: (Filter name=\"f\")))) (body: " TEXT("a") "))"},
        {"{% autoescape a %}b{% endautoescape %}", "(Autoescape (value: " LOAD("a") ") (body: " TEXT("b") "))"},
    };
    (void)state;
    CHECK(rows);
}

static void other_templates(void **state)
{
    static const row rows[] = {
        {"{% extends a if b else c %}", "(Extends (name: (Cond (test: " LOAD("b") ") (yes: " LOAD("a") ") (no: " LOAD("c") "))))"},
        {"{% include a %}", "(Include with_context=true ignore_missing=false (name: " LOAD("a") "))"},
        {"{% include a ignore missing without context %}", "(Include with_context=false ignore_missing=true (name: " LOAD("a") "))"},
        {"{% import a as b with context %}", "(Import target=\"b\" with_context=true (name: " LOAD("a") "))"},
        {"{% from a import b, c as d %}", "(FromImport with_context=false (name: " LOAD("a") ") (names: (ImportName name=\"b\" alias=\"b\") "
                                          "(ImportName name=\"c\" alias=\"d\")))"},
        {"{% from a import with, context with context %}",
         "(FromImport with_context=true (name: " LOAD("a") ") (names: (ImportName name=\"with\" alias=\"with\") (ImportName name=\"context\" alias=\"context\")))"},
        {"{% from a import b, with context %}", "(FromImport with_context=true (name: " LOAD("a") ") (names: (ImportName name=\"b\" alias=\"b\")))"},
        {"{% from a import without context %}", "(FromImport with_context=false (name: " LOAD("a") "))"},
        {"{% from a import b \"with\" context %}", "(FromImport with_context=true (name: " LOAD("a") ") (names: (ImportName name=\"b\" alias=\"b\")))"},
    };
    (void)state;
    CHECK(rows);
}

static void a_tag_is_unknown_without_its_extension(void **state)
{
    static const char *const tags[] = {"do", "break", "continue", "trans", "debug", "generation"};
    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        char text[32], want[80];
        snprintf(text, sizeof text, "{%% %s %%}", tags[i]);
        snprintf(want, sizeof want, "TemplateSyntaxError 1: Encountered unknown tag '%s'.", tags[i]);
        assert_string_equal(parsed(text, &syntax_default, false), want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbouring_output_is_one_node),
        cmocka_unit_test(control),
        cmocka_unit_test(assignment),
        cmocka_unit_test(blocks_and_macros),
        cmocka_unit_test(other_templates),
        cmocka_unit_test(a_tag_is_unknown_without_its_extension),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
