/* What Jinja2 says of templates that are not well formed: class, line, message. Every row was run through Jinja2 3.1.2. */
#include "parse_text.h"

typedef struct row {
    const char *text, *want;
} row;

static void check(const row *rows, size_t count)
{
    syntax options = all_extensions();
    for (size_t i = 0; i < count; i++)
        assert_string_equal(parsed(rows[i].text, &options, false), rows[i].want);
}
#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])
#define SYNTAX(line, message) "TemplateSyntaxError " line ": " message
#define ASSERTION(line, message) "TemplateAssertionError " line ": " message

static void an_operand_is_missing(void **state)
{
    static const row rows[] = {
        {"{{ }}", SYNTAX("1", "Expected an expression, got 'end of print statement'")},
        {"{% if %}", SYNTAX("1", "Expected an expression, got 'end of statement block'")},
        {"{% set x = %}", SYNTAX("1", "Expected an expression, got 'end of statement block'")},
        {"{% with a=1, %}", SYNTAX("1", "Expected an expression, got 'end of statement block'")},
        {"{{ a + }}", SYNTAX("1", "unexpected 'end of print statement'")},
        {"{{ a\n+\n", SYNTAX("2", "unexpected 'end of template'")},
        {"{{ 3 * (1,.5) }}", SYNTAX("1", "unexpected '.'")},
        {"{{ x[=] }}", SYNTAX("1", "unexpected '='")},
        {"{{ x[1,] }}", SYNTAX("1", "unexpected ']'")},
        {"{% set a ,= b %}", SYNTAX("1", "unexpected '='")},
        {"{% extends %}", SYNTAX("1", "unexpected 'end of statement block'")},
    };
    (void)state;
    CHECK(rows);
}

static void something_else_is_expected(void **state)
{
    static const row rows[] = {
        {"{{ a b }}", SYNTAX("1", "expected token 'end of print statement', got 'b'")},
        {"{{ a\n", SYNTAX("1", "unexpected end of template, expected 'end of print statement'.")},
        {"{% if a b %}", SYNTAX("1", "expected token 'end of statement block', got 'b'")},
        {"{% if a: b %}", SYNTAX("1", "expected token 'end of statement block', got 'b'")},
        {"{{ (a b) }}", SYNTAX("1", "expected token ')', got 'b'")},
        {"{{ [a b] }}", SYNTAX("1", "expected token ',', got 'b'")},
        {"{{ {a} }}", SYNTAX("1", "expected token ':', got '}'")},
        {"{{ {a:b c} }}", SYNTAX("1", "expected token ',', got 'c'")},
        {"{{ f(a b) }}", SYNTAX("1", "expected token ',', got 'b'")},
        {"{{ a|1 }}", SYNTAX("1", "expected token 'name', got 'integer'")},
        {"{{ a is 1 }}", SYNTAX("1", "expected token 'name', got 'integer'")},
        {"{{ a.1.x.'b' }}", SYNTAX("1", "expected name or number")},
        {"{% for a b %}", SYNTAX("1", "expected token 'in', got 'b'")},
        {"{% with a b %}", SYNTAX("1", "expected token '=', got 'b'")},
        {"{% with a=1 b %}", SYNTAX("1", "expected token ',', got 'b'")},
        {"{% print a b %}", SYNTAX("1", "expected token ',', got 'b'")},
        {"{% macro a %}", SYNTAX("1", "expected token '(', got 'end of statement block'")},
        {"{% macro 1 %}", SYNTAX("1", "expected token 'name', got 'integer'")},
        {"{% macro a(1) %}", SYNTAX("1", "expected token 'name', got 'integer'")},
        {"{% import a %}", SYNTAX("1", "expected token 'as', got 'end of statement block'")},
        {"{% from a b %}", SYNTAX("1", "expected token 'import', got 'b'")},
        {"{% from a import %}", SYNTAX("1", "expected token 'name', got 'end of statement block'")},
        {"{% set 'a'.b = 1 %}", SYNTAX("1", "expected token 'name', got 'string'")},
        {"{% block a %}{% endblock b %}", SYNTAX("1", "expected token 'end of statement block', got 'b'")},
        {"{% include a ignore %}", SYNTAX("1", "expected token 'end of statement block', got 'ignore'")},
        {"{{ x is a is b }}", SYNTAX("1", "You cannot chain multiple tests with is")},
    };
    (void)state;
    CHECK(rows);
}

static void what_cannot_be_assigned_to(void **state)
{
    static const row rows[] = {
        {"{% set true = 1 %}", SYNTAX("1", "can't assign to 'const'")},
        {"{% for a,\n1 in b %}", SYNTAX("1", "can't assign to 'tuple'")},
        {"{% set (a.b) = 1 %}", SYNTAX("1", "can't assign to 'getattr'")},
        {"{% set (a + b) = 1 %}", SYNTAX("1", "can't assign to 'add'")},
        {"{% with [] = 1 %}", SYNTAX("1", "can't assign to 'list'")},
        {"{% macro none() %}", SYNTAX("1", "can't assign to 'name'")},
        {"{% import a as\ntrue %}", SYNTAX("2", "can't assign to 'name'")},
    };
    (void)state;
    CHECK(rows);
}

static void tags_that_are_missing_or_misplaced(void **state)
{
    static const row rows[] = {
        {"a\n{% nope %}", SYNTAX("2", "Encountered unknown tag 'nope'.")},
        {"{% endif %}", SYNTAX("1", "Encountered unknown tag 'endif'.")},
        {"{% if a %}\n{% nope %}", SYNTAX("2", "Encountered unknown tag 'nope'. Jinja was looking for the following tags: 'elif' or 'else' or "
                                               "'endif'. The innermost block that needs to be closed is 'if'.")},
        {"{% if a %}{% for b in c %}{% endif %}",
         SYNTAX("1", "Encountered unknown tag 'endif'. You probably made a nesting mistake. Jinja is expecting this tag, but currently "
                     "looking for 'endfor' or 'else'. The innermost block that needs to be closed is 'for'.")},
        {"{% for a in b %}{% else %}{% else %}", SYNTAX("1", "Encountered unknown tag 'else'. Jinja was looking for the following tags: "
                                                             "'endfor'. The innermost block that needs to be closed is 'for'.")},
        {"{% if a %}\n\nx\n\n", SYNTAX("1", "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. "
                                            "The innermost block that needs to be closed is 'if'.")},
        {"{% %}", SYNTAX("1", "tag name expected")},
        {"{%", SYNTAX("1", "tag name expected")},
        {"{% 'a' %}", SYNTAX("1", "tag name expected")},
    };
    (void)state;
    CHECK(rows);
}

static void what_statements_check(void **state)
{
    static const row rows[] = {
        {"{% block a-b %}", SYNTAX("1", "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an "
                                        "underscore instead.")},
        {"{% block a required %}\n{{ b }}{% endblock\n%}", SYNTAX("3", "Required blocks can only contain comments or whitespace")},
        {"{% block a required %}{% if b %}{% endif %}{% endblock %}", "AttributeError 1: 'If' object has no attribute 'nodes'"},
        {"{% macro a(b=1, c) %}", SYNTAX("1", "non-default argument follows default argument")},
        {"{% call a %}", SYNTAX("1", "expected call")},
        {"{% call\na|f() %}", SYNTAX("1", "expected call")},
        {"{% from a import b, _c %}", ASSERTION("1", "names starting with an underline can not be imported")},
        {"{{ f(a=1,\nb) }}", SYNTAX("1", "invalid syntax for function call expression")},
    };
    (void)state;
    CHECK(rows);
}

static void the_first_error_of_the_text_wins(void **state)
{
    static const row rows[] = {
        {"{{ a b @ }}", SYNTAX("1", "expected token 'end of print statement', got 'b'")},
        {"{{ a @ b }}", SYNTAX("1", "unexpected char '@' at 5")},
        {"{{ a b }}{% raw %}x", SYNTAX("1", "expected token 'end of print statement', got 'b'")},
        {"{% from a import _b\n@ %}", SYNTAX("2", "unexpected char '@' at 20")}, /* the token after is read first */
        {"{% set 1 @ %}", SYNTAX("1", "unexpected char '@' at 9")},
        {"{% import a as true with @ %}", SYNTAX("1", "can't assign to 'name'")},
        {"{{ a not @ }}", SYNTAX("1", "unexpected char '@' at 9")},              /* `not` is looked beyond */
        {"{% set a not\n@ %}", SYNTAX("1", "expected token 'end of statement block', got 'not'")},
        {"{{ x.+\n@ }}", SYNTAX("2", "unexpected char '@' at 7")},               /* the token after the dot is moved past */
    };
    (void)state;
    CHECK(rows);
}

static void the_span_is_that_of_the_offending_token(void **state)
{
    static const char text[] = "{% if a %}\n{{ b ccc }}";
    arena       a    = arena_make(&base_malloc_allocator);
    burin_error err  = BURIN_ERROR_INIT;
    source      src  = {{text, sizeof text - 1}, "page.html"};
    ast_node   *tree = NULL;

    (void)state;
    assert_int_equal(parse_template(&a, &src, &syntax_default, &tree, &err), BURIN_ERR_SYNTAX);
    assert_int_equal(err.span_start, 16);
    assert_int_equal(err.span_end, 19);
    assert_string_equal(err.template_name, "page.html");
    burin_error_clear(&err);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operand_is_missing),
        cmocka_unit_test(something_else_is_expected),
        cmocka_unit_test(what_cannot_be_assigned_to),
        cmocka_unit_test(tags_that_are_missing_or_misplaced),
        cmocka_unit_test(what_statements_check),
        cmocka_unit_test(the_first_error_of_the_text_wins),
        cmocka_unit_test(the_span_is_that_of_the_offending_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
