/* Scripts: where errors are placed, what is refused, what is bounded. Trees and messages are compared with Python's in
 * tests/differential/test_script_syntax.py. */
#include "parse_text.h"
#include "parser/script.h"

#include <stdlib.h>

typedef struct outcome {
    burin_status status;
    char         text[200]; /* "Class line:column: message" */
} outcome;

static outcome parse(const char *text, size_t len, const script_options *options, bool expression)
{
    arena       a    = arena_make(&base_malloc_allocator);
    burin_error err  = BURIN_ERROR_INIT;
    source      src  = {.name = NULL};
    ast_node   *tree = NULL;
    outcome     out  = {BURIN_OK, "fits"};

    assert_true(script_normalize(&a, (burin_text){text, len}, &src.text));
    out.status = expression ? parse_script_expression(&a, &src, options, &tree, &err) : parse_script(&a, &src, options, &tree, &err);
    if (out.status)
        snprintf(out.text, sizeof out.text, "%s %u:%u: %s", burin_status_class(out.status), err.line, err.column, err.message);
    burin_error_clear(&err);
    arena_deinit(&a);
    return out;
}

static const char *said(const char *text)
{
    static outcome last;
    last = parse(text, strlen(text), &(script_options){.imports = false}, false);
    return last.text;
}

static void errors_point_at_the_part_that_is_wrong(void **state)
{
    static const struct {
        const char *script, *want;
    } rows[] = {
        {"x = 1\ny = = 2\n", "SyntaxError 2:5: invalid syntax"},
        {"if x:\n    y\n  z\n", "IndentationError 3:3: unindent does not match any outer indentation level"},
        {"if x:\r\ny\r\n", "IndentationError 2:1: expected an indented block after 'if' statement on line 1"},
        {"f(a,\n  b=1, c)\n", "SyntaxError 2:8: positional argument follows keyword argument"},
        {"\xc3\xa9 = '\xc3\xa9' + $", "SyntaxError 1:11: invalid syntax"},
        {"x = (1,\n\n  2\n", "SyntaxError 1:5: '(' was never closed"},
        {"a = f'{\n1 +}'", "SyntaxError 1:5: unterminated string literal (detected at line 1)"},
        {"def f():\n  return 1\nreturn 2", "SyntaxError 3:1: 'return' outside function"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(said(rows[i].script), rows[i].want);
}

static void what_scripts_do_not_have_is_refused_where_it_stands(void **state)
{
    static const struct {
        const char *script, *want;
    } rows[] = {
        {"x = 1\nclass A: pass", "NotImplementedError 2:1: ClassDef not supported"},
        {"async def f(): pass", "NotImplementedError 1:1: AsyncFunctionDef not supported"},
        {"def f(): x = yield 1", "NotImplementedError 1:14: Yield not supported"},
        {"with a: pass", "NotImplementedError 1:1: With not supported"},
        {"@d\ndef f(): pass", "NotImplementedError 1:1: Decorator not supported"},
        {"a @= b", "NotImplementedError 1:3: MatMult not supported"},
        {"match x:\n  case 1: pass", "NotImplementedError 1:7: Match not supported"},
        {"try: pass\nexcept* A: pass", "NotImplementedError 2:7: TryStar not supported"},
        {"x = 1; import os", "NotImplementedError 1:8: Import not supported"},
        {"from a.b import c as d", "NotImplementedError 1:1: ImportFrom not supported"},
        {"().__class__", "NotImplementedError 1:4: name '__class__' not supported"},
        {"f(__x__=1)", "NotImplementedError 1:3: name '__x__' not supported"},
        {"\xef\xac\x81 = 1", "NotImplementedError 1:1: name '\xef\xac\x81' not supported"},
        {"f'{a.__b__}'", "NotImplementedError 1:6: name '__b__' not supported"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(said(rows[i].script), rows[i].want);
    assert_string_equal(said("__a = a__ = _ = __ = ____ = match = case = 1"), "fits");
}

static char *repeated(const char *open, const char *middle, const char *close, unsigned count)
{
    char *text = malloc(count * (strlen(open) + strlen(close)) + strlen(middle) + 1);
    char *end  = text;
    for (unsigned i = 0; i < count; i++)
        end = stpcpy(end, open);
    end = stpcpy(end, middle);
    for (unsigned i = 0; i < count; i++)
        end = stpcpy(end, close);
    return text;
}

static void nesting_is_bounded_in_every_direction(void **state)
{
    static const struct {
        const char *open, *middle, *close;
        unsigned    fits; /* a depth that is accepted under a limit of 200; 10 000 is not accepted at all */
    } rows[] = {
        {"(", "a", ")", 150},      {"[", "a", "]", 150},  {"f(", "a", ")", 150},         {"{1:", "2", "}", 90},  {"a[", "b", "]", 150},
        {"not ", "a", "", 190},    {"-", "a", "", 190},   {"a+", "a", "", 190},          {"a**", "a", "", 190},  {"a.", "a", "", 190},
        {"lambda:", "a", "", 190}, {"a if a else ", "a", "", 190}, {"a or ", "a", "", 190}, {"a=", "a", "", 10000},
        {"a<", "a", "", 10000},    {"a,", "a", "", 10000}, {"a;", "a", "", 10000},
    };
    script_options few = {.nesting_max = 200}, many = {.nesting_max = 0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *fits = repeated(rows[i].open, rows[i].middle, rows[i].close, rows[i].fits);
        char *deep = repeated(rows[i].open, rows[i].middle, rows[i].close, 10000);
        if (parse(fits, strlen(fits), &few, false).status != BURIN_OK)
            fail_msg("%s: %u are refused: %s", rows[i].open, rows[i].fits, parse(fits, strlen(fits), &few, false).text);
        if (rows[i].fits < 10000 && parse(deep, strlen(deep), &many, false).status == BURIN_OK)
            fail_msg("%s: 10 000 are accepted", rows[i].open);
        free(fits);
        free(deep);
    }
}

static void expressions_stand_alone(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"  a + b\n\n", "fits"}, {"a, b", "fits"}, {"lambda: (x := 1)", "fits"}, {"a = 1", "SyntaxError 1:3: invalid syntax"},
        {"a; b", "SyntaxError 1:2: invalid syntax"}, {"", "SyntaxError 1:1: invalid syntax"}, {"pass", "SyntaxError 1:1: invalid syntax"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(parse(rows[i].text, strlen(rows[i].text), &(script_options){0}, true).text, rows[i].want);
}

static void sources_that_are_no_text_are_refused(void **state)
{
    script_options options = {.source_max = 8};
    (void)state;
    assert_int_equal(parse("x = 12345", 9, &options, false).status, BURIN_ERR_LIMIT);
    assert_int_equal(parse("'\xff'", 3, &options, false).status, BURIN_ERR_UNICODE_DECODE);
    assert_int_equal(parse("x\0y", 3, &options, false).status, BURIN_ERR_PYTHON_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_point_at_the_part_that_is_wrong),
        cmocka_unit_test(what_scripts_do_not_have_is_refused_where_it_stands),
        cmocka_unit_test(nesting_is_bounded_in_every_direction),
        cmocka_unit_test(expressions_stand_alone),
        cmocka_unit_test(sources_that_are_no_text_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
