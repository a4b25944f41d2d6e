/* Tokens inside tags: words, names, numbers, strings, brackets, lines. */
#include "lexer/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* The tokens of a template as lexer_print writes them, without the lines' numbers where `lines` is false, joined by ";". */
static const char *tokens_of(const char *text, size_t len, const syntax *options, bool lines)
{
    static char out[4096];
    source      src  = {{text, len}, NULL};
    buf         dump = buf_make(&base_malloc_allocator);
    size_t      used = 0;

    lexer_print(&src, options, &dump);
    for (size_t i = 0; i < dump.len && used < sizeof out - 1; i++) {
        bool line_start = i == 0 || dump.data[i - 1] == '\n';
        if (!lines && line_start) {
            while (dump.data[i] != ' ')
                i++;
            continue;
        }
        out[used++] = dump.data[i] == '\n' ? ';' : dump.data[i];
    }
    out[used] = 0;
    buf_deinit(&dump);
    return out;
}

static const char *tokens(const char *text) { return tokens_of(text, strlen(text), &syntax_default, false); }
static const char *lines(const char *text) { return tokens_of(text, strlen(text), &syntax_default, true); }

typedef struct row {
    const char *text, *want;
} row;

#define CHECK(rows, apply) \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) \
        assert_string_equal(apply(rows[i].text), rows[i].want)

/* The lexer's rules and the table must not drift apart. */
static void every_word_of_the_table_is_recognised(void **state)
{
    (void)state;
    for (int word = WORD_NONE + 1; word < WORD_COUNT; word++) {
        char    text[32];
        arena   a = arena_make(&base_malloc_allocator);
        lexer   lx;
        token   t;
        source  src = {{text, (size_t)snprintf(text, sizeof text, "%s", token_word_text(word))}, NULL};
        lexer_init_expression(&lx, &a, &src, &syntax_default);
        lexer_next(&lx, &t);
        assert_int_equal(t.kind, TOKEN_NAME);
        assert_string_equal(token_word_text(t.word), text);
        arena_deinit(&a);
    }
}

static void longer_and_other_names_are_no_words(void **state)
{
    static const char *const texts[] = {"iff", "_if", "If", "endforx", "in1", "isé", "TRUE"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        arena  a = arena_make(&base_malloc_allocator);
        lexer  lx;
        token  t;
        source src = {{texts[i], strlen(texts[i])}, NULL};
        lexer_init_expression(&lx, &a, &src, &syntax_default);
        lexer_next(&lx, &t);
        assert_int_equal(t.kind, TOKEN_NAME);
        assert_int_equal(t.word, WORD_NONE);
        assert_int_equal(t.end, strlen(texts[i]));
        arena_deinit(&a);
    }
}

static void operators_take_the_longest(void **state)
{
    static const row rows[] = {
        {"{{ a**b//c }}", "VARIABLE_BEGIN {{;NAME a;POW **;NAME b;FLOORDIV //;NAME c;VARIABLE_END }};EOF;"},
        {"{{ a>=b!=c==d }}", "VARIABLE_BEGIN {{;NAME a;GTEQ >=;NAME b;NE !=;NAME c;EQ ==;NAME d;VARIABLE_END }};EOF;"},
        {"{{ ***}}", "VARIABLE_BEGIN {{;POW **;MUL *;VARIABLE_END }};EOF;"},
    };
    (void)state;
    CHECK(rows, tokens);
}

static void numbers_are_cut_as_by_jinja(void **state)
{
    static const row rows[] = {
        {"{{ 1.5 1e5 1_0.5_0e-1_0 }}", "VARIABLE_BEGIN {{;FLOAT 1.5;FLOAT 1e5;FLOAT 1_0.5_0e-1_0;VARIABLE_END }};EOF;"},
        {"{{ 1. .5 1e }}", "VARIABLE_BEGIN {{;INTEGER 1;DOT .;DOT .;INTEGER 5;INTEGER 1;NAME e;VARIABLE_END }};EOF;"},
        {"{{ a.0.1 }}", "VARIABLE_BEGIN {{;NAME a;DOT .;INTEGER 0;DOT .;INTEGER 1;VARIABLE_END }};EOF;"},
        {"{{ 00 007 1__0 }}", "VARIABLE_BEGIN {{;INTEGER 00;INTEGER 00;INTEGER 7;INTEGER 1;NAME __0;VARIABLE_END }};EOF;"},
        {"{{ 0x_fF 0b12 0o8 }}", "VARIABLE_BEGIN {{;INTEGER 0x_fF;INTEGER 0b1;INTEGER 2;INTEGER 0;NAME o8;VARIABLE_END }};EOF;"},
        {"{{ 1\xd9\xa2 }}", "VARIABLE_BEGIN {{;INTEGER 1\xd9\xa2;VARIABLE_END }};EOF;"},
    };
    (void)state;
    CHECK(rows, tokens);
}

static token first_token(arena *a, const char *text, const syntax *options, lexer *lx)
{
    source src = {{text, strlen(text)}, NULL};
    token  t;
    lexer_init_expression(lx, a, &src, options);
    lexer_next(lx, &t);
    return t;
}

static void numbers_have_their_values(void **state)
{
    static const struct {
        const char *text;
        int64_t     want;
    } rows[] = {
        {"0", 0}, {"1_000", 1000}, {"0x_fF", 255}, {"0o17", 15}, {"0B101", 5}, {"9223372036854775807", INT64_MAX}, {"1\xd9\xa2", 12}, {"00_0", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena a = arena_make(&base_malloc_allocator);
        lexer lx;
        token t = first_token(&a, rows[i].text, &syntax_default, &lx);
        assert_int_equal(t.value.kind, BURIN_INT);
        assert_int_equal(t.value.as.i, rows[i].want);
        arena_deinit(&a);
    }
}

static void large_integers_keep_their_digits(void **state)
{
    arena a = arena_make(&base_malloc_allocator);
    lexer lx;
    token t = first_token(&a, "9_223_372_036_854_775_808", &syntax_default, &lx);
    (void)state;
    assert_int_equal(t.value.kind, BURIN_BIGINT);
    assert_int_equal(t.value.len, 19);
    assert_memory_equal(t.value.as.s, "9223372036854775808", 19);
    arena_deinit(&a);
}

static void integers_of_over_4300_digits_are_refused_as_by_python(void **state)
{
    char  text[4400] = {0};
    arena a          = arena_make(&base_malloc_allocator);
    lexer lx;
    (void)state;
    memset(text, '9', 4300);
    assert_int_equal(first_token(&a, text, &syntax_default, &lx).kind, TOKEN_INTEGER);
    text[4300] = '9';
    assert_int_equal(first_token(&a, text, &syntax_default, &lx).kind, TOKEN_ERROR);
    assert_int_equal(lx.failure.status, BURIN_ERR_VALUE);
    text[1] = 'x', text[0] = '0';
    assert_int_equal(first_token(&a, text, &syntax_default, &lx).kind, TOKEN_INTEGER);
    arena_deinit(&a);
}

static void names_follow_unicode(void **state)
{
    static const row rows[] = {
        {"{{ été_1 }}", "VARIABLE_BEGIN {{;NAME été_1;VARIABLE_END }};EOF;"},
        {"{{ 变量 }}", "VARIABLE_BEGIN {{;NAME 变量;VARIABLE_END }};EOF;"},
        {"{{ a\xcc\x81 }}", "VARIABLE_BEGIN {{;NAME a\xcc\x81;VARIABLE_END }};EOF;"},
        {"{{ a² }}", "VARIABLE_BEGIN {{;ERROR TemplateSyntaxError: Invalid character in identifier;"},
        {"{{ a€ }}", "VARIABLE_BEGIN {{;NAME a;ERROR TemplateSyntaxError: unexpected char '€' at 4;"},
        {"é{{ $ }}", "DATA é;VARIABLE_BEGIN {{;ERROR TemplateSyntaxError: unexpected char '$' at 4;"},
        {"{{ \x01 }}", "VARIABLE_BEGIN {{;ERROR TemplateSyntaxError: unexpected char '\\x01' at 3;"},
        {"{{ 'a }}", "VARIABLE_BEGIN {{;ERROR TemplateSyntaxError: unexpected char \"'\" at 3;"},
    };
    (void)state;
    CHECK(rows, tokens);
}

static void keyword_names_are_normalised_as_by_python(void **state)
{
    static const row rows[] = {{"abc", "abc"}, {"ﬁle", "file"}, {"µ", "μ"}, {"é", "é"}, {"e\xcc\x81", "é"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena      a = arena_make(&base_malloc_allocator);
        burin_text out;
        assert_true(lexer_normalize_name(&a, (burin_text){rows[i].text, strlen(rows[i].text)}, &out));
        assert_int_equal(out.len, strlen(rows[i].want));
        assert_memory_equal(out.data, rows[i].want, out.len);
        arena_deinit(&a);
    }
}

/* The text of a literal, or the message of its error. */
static const char *string_value(const char *literal, const char *newline_sequence)
{
    static char out[300];
    arena  a       = arena_make(&base_malloc_allocator);
    syntax options = syntax_default;
    lexer  lx;
    options.newline_sequence = (burin_text){newline_sequence, strlen(newline_sequence)};
    token t = first_token(&a, literal, &options, &lx);
    if (t.kind == TOKEN_ERROR)
        snprintf(out, sizeof out, "error: %s", lx.failure.message);
    else
        snprintf(out, sizeof out, "%.*s", (int)t.value.len, t.value.as.s);
    arena_deinit(&a);
    return out;
}

static void strings_have_pythons_escapes(void **state)
{
    static const row rows[] = {
        {"'plain'", "plain"},
        {"'a\\'b'", "a'b"},
        {"'\\a\\b\\f\\n\\r\\t\\v\\\\\\\"'", "\a\b\f\n\r\t\v\\\""},
        {"'\\x41\\101\\u00e9\\U0001f600'", "AAé😀"},
        {"'\\N{SNOWMAN}\\N{latin small letter a}\\N{LF}'", "☃a\n"},
        {"'\\N{CJK UNIFIED IDEOGRAPH-4E00}\\N{HANGUL SYLLABLE GANJ}'", "一갅"},
        {"'a\\\nb'", "ab"},
        {"'\\q\\8'", "\\q\\8"},
        {"'\\é'", "\\xe9"},
        {"'\\€'", "\\u20ac"},
        {"'\\777'", "ǿ"},
        {"'\\ud800'", "\xed\xa0\x80"},
        {"'\\x4'", "error: truncated \\xXX escape"},
        {"'\\u12'", "error: truncated \\uXXXX escape"},
        {"'\\U0011'", "error: truncated \\UXXXXXXXX escape"},
        {"'\\U00110000'", "error: illegal Unicode character"},
        {"'\\N{nope}'", "error: unknown Unicode character name"},
        {"'\\N{}'", "error: malformed \\N character escape"},
        {"'\\Na'", "error: malformed \\N character escape"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(string_value(rows[i].text, "\n"), rows[i].want);
}

static void newlines_in_strings_become_the_newline_sequence(void **state)
{
    (void)state;
    assert_string_equal(string_value("'a\nb'", "\r\n"), "a\r\nb");
    assert_string_equal(string_value("'a\\nb'", "\r\n"), "a\nb");
    assert_string_equal(string_value("'a\\\nb'", "\r\n"), "a\\\r\nb");
}

static void an_open_bracket_hides_the_end_of_the_tag(void **state)
{
    static const row rows[] = {
        {"{{ {a:{}}}}", "VARIABLE_BEGIN {{;LBRACE {;NAME a;COLON :;LBRACE {;RBRACE };RBRACE };VARIABLE_END }};EOF;"},
        {"{{ (] }}", "VARIABLE_BEGIN {{;LPAREN (;ERROR TemplateSyntaxError: unexpected ']', expected ')';"},
        {"{{ ) }}", "VARIABLE_BEGIN {{;ERROR TemplateSyntaxError: unexpected ')';"},
        {"{{ ( }}", "VARIABLE_BEGIN {{;LPAREN (;ERROR TemplateSyntaxError: unexpected '}', expected ')';"},
    };
    (void)state;
    CHECK(rows, tokens);
}

static void lines_are_those_where_tokens_begin(void **state)
{
    static const row rows[] = {
        {"a\n\n{{\nx\n}}\n", "1 DATA a\\n\\n;3 VARIABLE_BEGIN {{;4 NAME x;5 VARIABLE_END }};5 DATA \\n;5 EOF;"},
        {"a\n \n{{- 'b\nc' -}}\n\n d", "1 DATA a;3 VARIABLE_BEGIN {{-;3 STRING 'b\\nc';4 VARIABLE_END -}}\\n\\n ;6 DATA d;6 EOF;"},
        {"{#\n\n#}{{ x }}", "3 VARIABLE_BEGIN {{;3 NAME x;3 VARIABLE_END }};3 EOF;"},
        {"{%\nraw\n%}{{\n{% endraw %}x", "3 DATA {{\\n;4 DATA x;4 EOF;"},
    };
    (void)state;
    CHECK(rows, lines);
}

static void bytes_that_are_nul_are_no_end(void **state)
{
    (void)state;
    assert_string_equal(tokens_of("a\0b{{\0", 6, &syntax_default, false), "DATA a");
    assert_non_null(strstr(tokens_of("{{ a\0 }}", 8, &syntax_default, false), "unexpected char '\\x00' at 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_the_table_is_recognised),
        cmocka_unit_test(longer_and_other_names_are_no_words),
        cmocka_unit_test(operators_take_the_longest),
        cmocka_unit_test(numbers_are_cut_as_by_jinja),
        cmocka_unit_test(numbers_have_their_values),
        cmocka_unit_test(large_integers_keep_their_digits),
        cmocka_unit_test(integers_of_over_4300_digits_are_refused_as_by_python),
        cmocka_unit_test(names_follow_unicode),
        cmocka_unit_test(keyword_names_are_normalised_as_by_python),
        cmocka_unit_test(strings_have_pythons_escapes),
        cmocka_unit_test(newlines_in_strings_become_the_newline_sequence),
        cmocka_unit_test(an_open_bracket_hides_the_end_of_the_tag),
        cmocka_unit_test(lines_are_those_where_tokens_begin),
        cmocka_unit_test(bytes_that_are_nul_are_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
