/* Methods of Markup: each row is a call and what CPython 3.11 (with MarkupSafe 2.1) gives: repr of the result, or class and message.
 * Where the method changes its object, `after` is the object's repr afterwards. */
#include "tests/unit/runtime/method_rows.h"

static void wrapped_methods_escape_arguments_and_stay_markup(void **state)
{
    static const method_row rows[] = {
        {"M'<b>'", "upper", "", NULL, "Markup('<B>')"},
        {"M'a'", "center", "5|'<'", NULL, "TypeError: The fill character must be exactly one character long"},
        {"M'a<b'", "replace", "'<'|'>'", NULL, "Markup('a<b')"},
        {"M'a'", "replace", "'a'|'<'", NULL, "Markup('&lt;')"},
        {"M'a'", "replace", "'a'|M'<'", NULL, "Markup('<')"},
        {"M'<a<'", "strip", "'<'", NULL, "Markup('<a<')"},
        {"M'&lt;a'", "strip", "'<'", NULL, "Markup('a')"},
        {"M'ab'", "ljust", "4|'*'", NULL, "Markup('ab**')"},
        {"M'1'", "zfill", "3", NULL, "Markup('001')"},
        {"M'a\\tb'", "expandtabs", "2", NULL, "Markup('a b')"},
        {"M'ab'", "translate", "{97: '<'}", NULL, "Markup('<b')"},
        {"M'aB'", "swapcase", "", NULL, "Markup('Ab')"},
        {"M'a'", "rjust", "'x'", NULL, "TypeError: 'Markup' object cannot be interpreted as an integer"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void lists_and_tuples_of_markup(void **state)
{
    static const method_row rows[] = {
        {"M'a b'", "split", "", NULL, "[Markup('a'), Markup('b')]"},
        {"M'a&lt;b'", "split", "'<'", NULL, "[Markup('a&lt;b')]"},
        {"M'a,b'", "rsplit", "','|1", NULL, "[Markup('a'), Markup('b')]"},
        {"M'a\\nb'", "splitlines", "", NULL, "[Markup('a'), Markup('b')]"},
        {"M'a&lt;b'", "partition", "'<'", NULL, "(Markup('a'), Markup('&lt;'), Markup('b'))"},
        {"M'a5b'", "rpartition", "5", NULL, "(Markup('a'), Markup('5'), Markup('b'))"},
        {"M'<br>'", "join", "['<', 1]", NULL, "Markup('&lt;<br>1')"},
        {"M','", "join", "'a<'", NULL, "Markup('a,&lt;')"},
        {"M','", "join", "5", NULL, "TypeError: 'int' object is not iterable"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void other_methods_give_plain_text(void **state)
{
    static const method_row rows[] = {
        {"M'Ab'", "casefold", "", NULL, "'ab'"},
        {"M'ab'", "removeprefix", "'a'", NULL, "'b'"},
        {"M'ab'", "removesuffix", "'x'", NULL, "'ab'"},
        {"M'{a}'", "format_map", "{'a': '<'}", NULL, "'<'"},
        {"M'&lt;'", "format_map", "{}", NULL, "Markup('&lt;')"}, /* CPython gives a text without fields back as it is */
        {"M''", "format_map", "{}", NULL, "''"},
        {"M'a{{'", "format_map", "{}", NULL, "'a{'"},
        {"M'ab'", "find", "'b'", NULL, "1"},
        {"M'ab'", "encode", "", NULL, "b'ab'"},
        {"'ab'", "replace", "'a'|M'<'", NULL, "'<b'"},
        {"'a,b'", "partition", "M','", NULL, "('a', Markup(','), 'b')"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void markup_has_methods_of_its_own(void **state)
{
    static const method_row rows[] = {
        {"M'<b>'", "__html__", "", NULL, "Markup('<b>')"},
        {"M'x'", "escape", "'<&\">\\''", NULL, "Markup('&lt;&amp;&#34;&gt;&#39;')"},
        {"M'x'", "escape", "None", NULL, "Markup('None')"},
        {"M'Main &raquo;\\t<em>About</em>'", "striptags", "", NULL, "'Main » About'"},
        {"M'a<!-- <b> > -->b <i\\n>c</i>'", "striptags", "", NULL, "'ab c'"},
        {"M'a < b'", "striptags", "", NULL, "'a < b'"},
        {"M'&lt;&amp;&#39;&#x27;&eacute;&notit;&notin;&frac12'", "unescape", "", NULL, "\"<&''é¬it;∉½\""},
        {"M'&#128;&#0;&#xd800;&#1;&#x110000;&x;&'", "unescape", "", NULL, "'€���&x;&'"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void format_escapes_fields(void **state)
{
    static const method_row rows[] = {
        {"M'{}'", "format", "'<'", NULL, "Markup('&lt;')"},
        {"M'{}'", "format", "M'<'", NULL, "Markup('<')"},
        {"M'{:>5}'", "format", "'<'", NULL, "Markup('    &lt;')"},
        {"M'{:>5}'", "format", "M'<'", NULL, "ValueError: Unsupported format specification for Markup."},
        {"M'{!r}'", "format", "'<'", NULL, "Markup('&#39;&lt;&#39;')"},
        {"M'{!s}'", "format", "M'<'", NULL, "Markup('&lt;')"},
        {"M'{a[b]}'", "format", "", "{'a': {'b': '&'}}", "Markup('&amp;')"},
        {"M'{0}{}'", "format", "1", NULL, "ValueError: cannot switch from manual field specification to automatic field numbering"},
        {"M'{1}'", "format", "1", NULL, "IndexError: tuple index out of range"},
        {"M'{.real}'", "format", "1", NULL, "KeyError: ''"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void binding_errors_are_those_of_python(void **state)
{
    static const method_row rows[] = {
        {"M'a'", "join", "", NULL, "TypeError: Markup.join() missing 1 required positional argument: 'seq'"},
        {"M'a'", "join", "1|2", NULL, "TypeError: Markup.join() takes 2 positional arguments but 3 were given"},
        {"M'a'", "split", "1|2|3", NULL, "TypeError: Markup.split() takes from 1 to 3 positional arguments but 4 were given"},
        {"M'a'", "split", "", "{'x': 1}", "TypeError: Markup.split() got an unexpected keyword argument 'x'"},
        {"M'a'", "split", "'a'", "{'sep': 'b'}", "TypeError: Markup.split() got multiple values for argument 'sep'"},
        {"M'a'", "upper", "1", NULL, "TypeError: str.upper() takes no arguments (1 given)"},
        {"M'a'", "isalpha", "1", NULL, "TypeError: Markup.isalpha() takes no arguments (1 given)"},
        {"M'a'", "__html__", "1", NULL, "TypeError: Markup.__html__() takes 1 positional argument but 2 were given"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrapped_methods_escape_arguments_and_stay_markup),
        cmocka_unit_test(lists_and_tuples_of_markup),
        cmocka_unit_test(other_methods_give_plain_text),
        cmocka_unit_test(markup_has_methods_of_its_own),
        cmocka_unit_test(format_escapes_fields),
        cmocka_unit_test(binding_errors_are_those_of_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
