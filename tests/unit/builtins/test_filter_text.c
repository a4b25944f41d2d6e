/* Filters on text: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void case_filters_map_the_text_of_any_value(void **state)
{
    static const call_row rows[] = {
        {"upper", {"'straße'"}, "'STRASSE'"}, {"lower", {"'ΑΣ'"}, "'ας'"}, {"capitalize", {"'ÉTÉ x'"}, "'Été x'"},
        {"upper", {"None"}, "'NONE'"}, {"lower", {"True"}, "'true'"}, {"upper", {"M'<b>'"}, "Markup('<B>')"},
        {"upper", {"undefined"}, "''"}, {"upper", {"strict"}, "UndefinedError: 'x' is undefined"}, {"upper", {"['a']"}, "\"['A']\""},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void title_starts_words_after_space_dash_and_opening_brackets(void **state)
{
    static const call_row rows[] = {
        {"title", {"\"it's a.b x_y\""}, "\"It's A.b X_y\""}, {"title", {"'foo-bar (baz) {x} [y] <z>'"}, "'Foo-Bar (Baz) {X} [Y] <Z>'"},
        {"title", {"'HELLO\\tWORLD'"}, "'Hello\\tWorld'"}, {"title", {"'ΑΣ ΑΣ'"}, "'Ασ Ασ'"}, {"title", {"'ßa ǆ'"}, "'SSa Ǆ'"},
        {"title", {"M'<b>x</b>'"}, "'<B>x</b>'"}, {"title", {"''"}, "''"}, {"title", {"None"}, "'None'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void center_puts_the_odd_space_where_python_does(void **state)
{
    static const call_row rows[] = {
        {"center", {"'ab'", "7"}, "'   ab  '"}, {"center", {"'ab'", "6"}, "'  ab  '"}, {"center", {"'a'", "4"}, "' a  '"},
        {"center", {"'abc'", "2"}, "'abc'"}, {"center", {"'é'", "3"}, "' é '"}, {"center", {"M'<'", "3"}, "Markup(' < ')"},
        {"center", {"5", "width=3"}, "' 5 '"},
        {"center", {"'a'", "'x'"}, "TypeError: 'str' object cannot be interpreted as an integer"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void trim_takes_white_space_or_the_characters_given(void **state)
{
    static const call_row rows[] = {
        {"trim", {"' \\u00a0a b\\n'"}, "'a b'"}, {"trim", {"'xxaxx'", "'x'"}, "'a'"}, {"trim", {"'éaé'", "'é'"}, "'a'"},
        {"trim", {"5"}, "'5'"}, {"trim", {"M' <b> '"}, "Markup('<b>')"},
        {"trim", {"'a'", "5"}, "TypeError: strip arg must be None or str"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void replace_without_autoescape_gives_plain_text(void **state)
{
    static const call_row rows[] = {
        {"replace", {"'aaa'", "'a'", "'b'"}, "'bbb'"}, {"replace", {"'aaa'", "'a'", "'b'", "2"}, "'bba'"},
        {"replace", {"'aaa'", "'a'", "'b'", "0"}, "'aaa'"}, {"replace", {"'ab'", "''", "'-'"}, "'-a-b-'"},
        {"replace", {"'ab'", "''", "'-'", "1"}, "'-ab'"}, {"replace", {"12321", "2", "'x'"}, "'1x3x1'"},
        {"replace", {"M'<a>'", "'<'", "'('"}, "'(a>'"}, {"replace", {"'a'", "'a'", "M'&'"}, "'&'"},
        {"replace", {"'a'", "'b'", "'c'", "'x'"}, "TypeError: 'str' object cannot be interpreted as an integer"},
        {"replace", {"undefined", "'a'", "'b'"}, "''"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void replace_with_autoescape_escapes_what_is_plain_beside_markup(void **state)
{
    static const call_row rows[] = {
        {"replace", {"'<a>'", "'a'", "'b'"}, "'<b>'"}, {"replace", {"'<a>'", "M'a'", "'<'"}, "Markup('&lt;&lt;&gt;')"},
        {"replace", {"'<a>'", "'a'", "M'<b>'"}, "Markup('&lt;<b>&gt;')"}, {"replace", {"M'<a>'", "'a'", "'<'"}, "Markup('<&lt;>')"},
        {"replace", {"M'<a>'", "'<'", "'x'"}, "Markup('<a>')"}, {"replace", {"M'&lt;'", "'<'", "'x'"}, "Markup('x')"},
        {"replace", {"5", "5", "6"}, "'6'"},
    };
    (void)state;
    CHECK_FILTERS_ESCAPING(rows);
}

static void truncate_cuts_at_a_space_and_leaves_what_is_little_longer(void **state)
{
    static const call_row rows[] = {
        {"truncate", {"'foo bar baz'", "9", "False", "'...'", "0"}, "'foo...'"},
        {"truncate", {"'foo bar baz'", "9", "True", "'...'", "0"}, "'foo ba...'"},
        {"truncate", {"'foo bar baz'", "9"}, "'foo bar baz'"}, {"truncate", {"'foo bar baz qux'", "9"}, "'foo...'"},
        {"truncate", {"'foobarbazqux'", "5", "leeway=0"}, "'fo...'"}, {"truncate", {"'日本語日本語'", "4", "True", "'…'", "0"}, "'日本語…'"},
        {"truncate", {"M'<b>abc</b>'", "5", "True", "'<'", "0"}, "Markup('<b>a&lt;')"},
        {"truncate", {"'abcdef'", "4", "True", "M'<'", "0"}, "Markup('abc<')"},
        {"truncate", {"'abc'", "2"}, "AssertionError: expected length >= 3, got 2"},
        {"truncate", {"'abc'", "3", "leeway=-1"}, "AssertionError: expected leeway >= 0, got -1"}, {"truncate", {"[1]"}, "[1]"},
        {"truncate", {"5"}, "TypeError: object of type 'int' has no len()"}, {"truncate", {"undefined"}, "'x' is undefined"},
        {"truncate", {"[1,2,3]", "1", "True", "''", "0"}, "TypeError: can only concatenate list (not \"str\") to list"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void indent_leaves_the_first_line_and_blank_ones(void **state)
{
    static const call_row rows[] = {
        {"indent", {"'a\\nb\\n\\nc'"}, "'a\\n    b\\n\\n    c'"}, {"indent", {"'a\\n\\nb'", "2", "True", "True"}, "'  a\\n  \\n  b'"},
        {"indent", {"'a\\nb'", "'> '"}, "'a\\n> b'"}, {"indent", {"'a\\r\\nb\\u2028c\\x85d\\n'", "1"}, "'a\\n b\\n c\\n d\\n'"},
        {"indent", {"'a\\r\\nb\\r\\n'", "1"}, "'a\\n b\\n'"}, {"indent", {"'\\r\\n'", "1", "True", "True"}, "' \\n '"}, {"indent", {"'a\\n\\r'", "1"}, "'a\\n'"},
        {"indent", {"'a\\r'", "1"}, "'a'"}, {"indent", {"''", "2", "True"}, "'  '"}, {"indent", {"M'<\\n>'", "1"}, "Markup('<\\n >')"},
        {"indent", {"'<\\n>'", "M'&'"}, "'<\\n&&gt;'"}, {"indent", {"'<\\n>'", "M'&'", "True"}, "Markup('&&lt;\\n&amp;&amp;gt;')"},
        {"indent", {"'a\\nb'", "-1"}, "'a\\nb'"}, {"indent", {"5"}, "TypeError: unsupported operand type(s) for +=: 'int' and 'str'"},
        {"indent", {"[1]"}, "AttributeError: 'list' object has no attribute 'splitlines'"},
        {"indent", {"(1,)"}, "TypeError: can only concatenate tuple (not \"str\") to tuple"},
        {"indent", {"undefined"}, "UndefinedError: 'x' is undefined"},
        {"indent", {"'a'", "1.5"}, "TypeError: can't multiply sequence by non-int of type 'float'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void wordcount_counts_runs_of_word_characters(void **state)
{
    static const call_row rows[] = {
        {"wordcount", {"'foo bar-baz a_b 1'"}, "5"}, {"wordcount", {"\"it's\""}, "2"}, {"wordcount", {"'日本 é'"}, "2"},
        {"wordcount", {"''"}, "0"}, {"wordcount", {"None"}, "1"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void wordwrap_breaks_as_textwrap_does(void **state)
{
    static const call_row rows[] = {
        {"wordwrap", {"'the quick brown fox'", "10"}, "'the quick\\nbrown fox'"},
        {"wordwrap", {"'goof-ball well--known --opt'", "6"}, "'goof-\\nball\\nwell--\\nknown\\n--opt'"},
        {"wordwrap", {"'a-b-c-d'", "3"}, "'a-\\nb-\\nc-d'"}, {"wordwrap", {"'abcdefgh ij'", "3"}, "'abc\\ndef\\ngh\\nij'"},
        {"wordwrap", {"'abcdefgh ij'", "3", "False"}, "'abcdefgh\\nij'"}, {"wordwrap", {"'ab  cdefgh'", "4"}, "'ab  \\ncdef\\ngh'"},
        {"wordwrap", {"'a b\\n\\nc   d'", "3", "True", "'|'"}, "'a b||c|d'"},
        {"wordwrap", {"'abc-defgh'", "5", "True", "None", "False"}, "'abc-d\\nefgh'"}, {"wordwrap", {"'日本 語'", "2"}, "'日本\\n語'"},
        {"wordwrap", {"'a\\u00a0b c'", "3"}, "'a\\xa0b\\nc'"}, {"wordwrap", {"'a b'", "2", "wrapstring=M'<br>'"}, "Markup('a<br>b')"},
        {"wordwrap", {"M'<a> b'", "3"}, "'<a>\\nb'"}, {"wordwrap", {"'a'", "0"}, "ValueError: invalid width 0 (must be > 0)"},
        {"wordwrap", {"''", "0"}, "''"},
        {"wordwrap", {"'a'", "'x'"}, "TypeError: '<=' not supported between instances of 'str' and 'int'"},
        {"wordwrap", {"5"}, "AttributeError: 'int' object has no attribute 'splitlines'"},
        {"wordwrap", {"'a'", "wrapstring=3"}, "AttributeError: 'int' object has no attribute 'join'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void format_takes_positional_or_named_arguments(void **state)
{
    static const call_row rows[] = {
        {"format", {"'%s-%d'", "'a'", "5"}, "'a-5'"}, {"format", {"'%(x)s'", "x=1"}, "'1'"},
        {"format", {"M'<%s>'", "'&'"}, "Markup('<&amp;>')"}, {"format", {"'%s'", "M'&'"}, "'&'"},
        {"format", {"'%s'", "1", "x=2"}, "FilterArgumentError: can't handle positional and keyword arguments at the same time"},
        {"format", {"'%s %s'", "1"}, "TypeError: not enough arguments for format string"},
        {"format", {"'%d'", "'a'"}, "TypeError: %d format: a real number is required, not str"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void string_keeps_markup(void **state)
{
    static const call_row rows[] = {
        {"string", {"M'<'"}, "Markup('<')"}, {"string", {"5"}, "'5'"}, {"string", {"['<', 1]"}, "\"['<', 1]\""},
        {"string", {"undefined"}, "''"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_filters_map_the_text_of_any_value),
        cmocka_unit_test(title_starts_words_after_space_dash_and_opening_brackets),
        cmocka_unit_test(center_puts_the_odd_space_where_python_does),
        cmocka_unit_test(trim_takes_white_space_or_the_characters_given),
        cmocka_unit_test(replace_without_autoescape_gives_plain_text),
        cmocka_unit_test(replace_with_autoescape_escapes_what_is_plain_beside_markup),
        cmocka_unit_test(truncate_cuts_at_a_space_and_leaves_what_is_little_longer),
        cmocka_unit_test(indent_leaves_the_first_line_and_blank_ones),
        cmocka_unit_test(wordcount_counts_runs_of_word_characters),
        cmocka_unit_test(wordwrap_breaks_as_textwrap_does),
        cmocka_unit_test(format_takes_positional_or_named_arguments),
        cmocka_unit_test(string_keeps_markup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
