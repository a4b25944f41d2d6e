/* What is left of the text between tags: whitespace control, comments, raw sections, line statements, delimiters. */
#include "lexer/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* The template after normalisation as its tokens' values in brackets: "[a]<tag>[b]"; an error is its message. */
static const char *pieces(const char *text, const syntax *options)
{
    static char out[1024];
    arena       a    = arena_make(&base_malloc_allocator);
    size_t      used = 0;
    burin_text  normal;
    lexer       lx;
    token       t;

    assert_int_equal(syntax_normalize(options, &a, (burin_text){text, strlen(text)}, &normal), BURIN_OK);
    source src = {normal, NULL};
    lexer_init(&lx, &a, &src, options);
    out[0] = 0;
    for (lexer_next(&lx, &t); t.kind != TOKEN_EOF && t.kind != TOKEN_ERROR; lexer_next(&lx, &t)) {
        const char *format = t.kind == TOKEN_DATA ? "[%.*s]" : "%.*s ";
        if (t.kind == TOKEN_DATA || t.kind == TOKEN_NAME)
            used += (size_t)snprintf(out + used, sizeof out - used, format, (int)t.value.len, t.value.as.s);
        else if (t.kind == TOKEN_VARIABLE_BEGIN || t.kind == TOKEN_BLOCK_BEGIN)
            used += (size_t)snprintf(out + used, sizeof out - used, "<");
        else if (t.kind == TOKEN_VARIABLE_END || t.kind == TOKEN_BLOCK_END)
            used += (size_t)snprintf(out + used, sizeof out - used, ">");
    }
    if (t.kind == TOKEN_ERROR)
        snprintf(out + used, sizeof out - used, "!%s", lx.failure.message);
    arena_deinit(&a);
    return out;
}

typedef struct row {
    const char *text, *want;
} row;

static void check(const row *rows, size_t count, const syntax *options)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(pieces(rows[i].text, options), rows[i].want);
}
#define CHECK(rows, options) check(rows, sizeof rows / sizeof rows[0], options)

static void line_ends_are_unified_and_one_is_dropped(void **state)
{
    static const row rows[] = {{"a\n", "[a]"}, {"a\n\n", "[a\n]"}, {"a\r\nb\rc\r\n", "[a\nb\nc]"}, {"\n", ""}, {"", ""}};
    static const row kept[] = {{"a\n", "[a\r\n]"}, {"a\rb", "[a\r\nb]"}};
    syntax options = syntax_default;
    (void)state;
    CHECK(rows, &options);
    options.keep_trailing_newline = true;
    options.newline_sequence      = (burin_text){"\r\n", 2};
    CHECK(kept, &options);
}

static void a_minus_takes_all_space(void **state)
{
    static const row rows[] = {
        {"a \n {{- x -}} \n b", "[a]<x >[b]"},
        {"a \u2028{%- x -%}\u3000 b", "[a]<x >[b]"},
        {"a {#- c -#} b", "[a][b]"},
        {"a {%- raw -%} {{ x }} {%- endraw -%} b", "[a][{{ x }}][b]"},
        {"a {{-1}}", "[a]<>"},
    };
    (void)state;
    CHECK(rows, &syntax_default);
}

static void trim_blocks_takes_one_newline_after_blocks_and_comments(void **state)
{
    static const row rows[] = {
        {"{% x %}\n\na", "<x >[\na]"}, {"{{ x }}\na", "<x >[\na]"}, {"{# c #}\na", "[a]"}, {"{% x +%}\na", "<x >[\na]"},
        {"{% raw %}\na{% endraw %}\nb", "[\na][b]"}, {"{# c +#}\na", "[\na]"},
    };
    syntax options = syntax_default;
    (void)state;
    options.trim_blocks = true;
    CHECK(rows, &options);
}

static void lstrip_blocks_takes_blanks_that_begin_a_line(void **state)
{
    static const row rows[] = {
        {"  {% x %}", "<x >"},         {"a\n  {% x %}", "[a\n]<x >"}, {"  {{ x }}", "[  ]<x >"}, {"a  {% x %}", "[a  ]<x >"},
        {"  {%+ x %}", "[  ]<x >"},    {"{{ x }}  {% y %}", "<x >[  ]<y >"},
        {"{% x %}\n  {% y %}", "<x >[\n]<y >"}, {"  {# c #}a", "[a]"}, {"  {% raw %} a\n  {% endraw %}", "[ a\n]"},
    };
    syntax options = syntax_default;
    (void)state;
    options.lstrip_blocks = true;
    CHECK(rows, &options);
}

static void comments_and_raw_sections_that_are_not_closed_are_errors(void **state)
{
    static const row rows[] = {
        {"{# a", "!Missing end of comment tag"}, {"{% raw %}a", "!Missing end of raw directive"},
        {"{#", ""}, {"{% raw %}", ""}, /* nothing left to be read: no error in Jinja2 */
        {"{% raw %}{% endraw x %}", "!Missing end of raw directive"}, {"{% rawx %}", "<rawx >"}, {"{#-#}a", "[a]"},
    };
    (void)state;
    CHECK(rows, &syntax_default);
}

static void line_statements_begin_and_end_with_lines(void **state)
{
    static const row rows[] = {
        {"# x\na", "<x >[a]"}, {"  \t# x\na", "<x >[a]"}, {"a # x", "[a # x]"}, {"a\n# x\n\n  \nb", "[a\n]<x >[b]"},
        {"# x (\n)\na", "<x >[a]"}, {"# x\n  b", "<x >[  b]"}, {"#- x\na", "<x >[a]"}, {"a \n#- x", "[a]<x >"},
    };
    syntax options = syntax_default;
    (void)state;
    options.line_statement_prefix = (burin_text){"#", 1};
    CHECK(rows, &options);
}

static void line_comments_reach_to_the_newline(void **state)
{
    static const row rows[] = {
        {"a ## b\nc", "[a][\nc]"}, {"## b\nc", "[\nc]"}, {"a## b", "[a]"}, {"  ## b", ""}, {"a\n  ## b\nc", "[a\n][\nc]"},
        {"{{ x }} ## b\nc", "<x >[\nc]"},
    };
    syntax options = syntax_default;
    (void)state;
    options.line_comment_prefix = (burin_text){"##", 2};
    CHECK(rows, &options);
}

static void the_longest_opening_mark_wins(void **state)
{
    static const row rows[] = {{"a<% x %><%= y %><%# c %>b", "[a]<x ><y >[b]"}, {"<%# c %><% raw %>{{<% endraw %>", "[{{]"}};
    syntax options = syntax_default;
    (void)state;
    options.block_start    = (burin_text){"<%", 2};
    options.variable_start = (burin_text){"<%=", 3};
    options.comment_start  = (burin_text){"<%#", 3};
    options.block_end = options.variable_end = options.comment_end = (burin_text){"%>", 2};
    CHECK(rows, &options);
}

static void marks_may_differ_in_their_first_byte(void **state)
{
    static const row rows[] = {{"a${ x }b<!-- y -->c/* d */e", "[a]<x >[b]<y >[c][e]"}, {"$ { < ! /", "[$ { < ! /]"}};
    syntax options = syntax_default;
    (void)state;
    options.block_start    = (burin_text){"<!--", 4};
    options.block_end      = (burin_text){"-->", 3};
    options.variable_start = (burin_text){"${", 2};
    options.variable_end   = (burin_text){"}", 1};
    options.comment_start  = (burin_text){"/*", 2};
    options.comment_end    = (burin_text){"*/", 2};
    CHECK(rows, &options);
}

static void invalid_utf8_is_refused(void **state)
{
    arena      a = arena_make(&base_malloc_allocator);
    burin_text out;
    (void)state;
    assert_int_equal(syntax_normalize(&syntax_default, &a, (burin_text){"a\xff", 2}, &out), BURIN_ERR_UNICODE_DECODE);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends_are_unified_and_one_is_dropped),
        cmocka_unit_test(a_minus_takes_all_space),
        cmocka_unit_test(trim_blocks_takes_one_newline_after_blocks_and_comments),
        cmocka_unit_test(lstrip_blocks_takes_blanks_that_begin_a_line),
        cmocka_unit_test(comments_and_raw_sections_that_are_not_closed_are_errors),
        cmocka_unit_test(line_statements_begin_and_end_with_lines),
        cmocka_unit_test(line_comments_reach_to_the_newline),
        cmocka_unit_test(the_longest_opening_mark_wins),
        cmocka_unit_test(marks_may_differ_in_their_first_byte),
        cmocka_unit_test(invalid_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
