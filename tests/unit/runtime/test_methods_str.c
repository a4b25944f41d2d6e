/* Methods of str: each row is a call and what CPython 3.11 (with MarkupSafe 2.1) gives: repr of the result, or class and message.
 * Where the method changes its object, `after` is the object's repr afterwards. */
#include "tests/unit/runtime/method_rows.h"

static void split_takes_separators_or_white_space(void **state)
{
    static const method_row rows[] = {
        {"'a,b,,c'", "split", "','", NULL, "['a', 'b', '', 'c']"},
        {"'a,b,c'", "split", "','|1", NULL, "['a', 'b,c']"},
        {"''", "split", "", NULL, "[]"},
        {"''", "split", "','", NULL, "['']"},
        {"'  a  b '", "split", "", NULL, "['a', 'b']"},
        {"' a b  c '", "split", "None|1", NULL, "['a', 'b  c ']"},
        {"'a b c'", "rsplit", "None|1", NULL, "['a b', 'c']"},
        {"'a,b,c'", "rsplit", "','|1", NULL, "['a,b', 'c']"},
        {"'aXXbXXc'", "split", "'XX'", NULL, "['a', 'b', 'c']"},
        {"'a\\xa0b\\u3000c'", "split", "", NULL, "['a', 'b', 'c']"},
        {"'a\\x1fb'", "split", "", NULL, "['a', 'b']"},
        {"'a b'", "split", "", "{'maxsplit': 0}", "['a b']"},
        {"'a-b-c'", "split", "", "{'sep': '-', 'maxsplit': 1}", "['a', 'b-c']"},
        {"'a'", "split", "''", NULL, "ValueError: empty separator"},
        {"'a'", "split", "1", NULL, "TypeError: must be str or None, not int"},
        {"'a'", "split", "'a'|1.5", NULL, "TypeError: 'float' object cannot be interpreted as an integer"},
        {"'äöä'", "split", "'ö'", NULL, "['ä', 'ä']"},
        {"'ab'", "rsplit", "'b'", NULL, "['a', '']"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void splitlines_knows_every_line_end(void **state)
{
    static const method_row rows[] = {
        {"'a\\nb\\r\\nc\\rd'", "splitlines", "", NULL, "['a', 'b', 'c', 'd']"},
        {"'a\\n'", "splitlines", "True", NULL, "['a\\n']"},
        {"'a\\x0bb\\x0cc\\x1cd\\x85e\\u2028f'", "splitlines", "", NULL, "['a', 'b', 'c', 'd', 'e', 'f']"},
        {"'\\n\\n'", "splitlines", "", NULL, "['', '']"},
        {"'a\\r\\nb'", "splitlines", "", "{'keepends': True}", "['a\\r\\n', 'b']"},
        {"''", "splitlines", "", NULL, "[]"},
        {"'a'", "splitlines", "'x'", NULL, "TypeError: 'str' object cannot be interpreted as an integer"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void strip_takes_sets_of_characters(void **state)
{
    static const method_row rows[] = {
        {"'  a b\\t\\n'", "strip", "", NULL, "'a b'"},
        {"'\\u2003a\\xa0'", "strip", "", NULL, "'a'"},
        {"'xxaxx'", "strip", "'x'", NULL, "'a'"},
        {"'éaé'", "lstrip", "'é'", NULL, "'aé'"},
        {"'abcba'", "rstrip", "'ab'", NULL, "'abc'"},
        {"'a'", "strip", "'a'", NULL, "''"},
        {"' a'", "strip", "None", NULL, "'a'"},
        {"'a'", "strip", "1", NULL, "TypeError: strip arg must be None or str"},
        {"'\\x1ca\\x1f'", "strip", "", NULL, "'a'"},
        {"'яab日ß'", "strip", "'абвгдежзийклмнопрстуфхцчшщъыьэюяßb'", NULL, "'ab日'"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void find_counts_in_characters(void **state)
{
    static const method_row rows[] = {
        {"'hello'", "find", "'l'", NULL, "2"},
        {"'hello'", "rfind", "'l'", NULL, "3"},
        {"'häuser häuser'", "rfind", "'häu'", NULL, "7"},
        {"'äöü'", "find", "'ü'", NULL, "2"},
        {"'äöü'", "find", "'ö'|-2", NULL, "1"},
        {"'äöü'", "find", "'ö'|2", NULL, "-1"},
        {"'abc'", "find", "''|3", NULL, "3"},
        {"'abc'", "find", "''|4", NULL, "-1"},
        {"'abc'", "rfind", "''|0|-1", NULL, "2"},
        {"'aaa'", "count", "'a'|1", NULL, "2"},
        {"'aaaa'", "count", "'aa'", NULL, "2"},
        {"'abc'", "count", "''", NULL, "4"},
        {"'äb'", "count", "''|1", NULL, "2"},
        {"'abc'", "index", "'z'", NULL, "ValueError: substring not found"},
        {"'abc'", "rindex", "'c'|-1", NULL, "2"},
        {"'abc'", "find", "'a'|1000000000000000000000000000000", NULL, "-1"},
        {"'abc'", "find", "'b'|-1000000000000000000000000000000|1000000000000000000000000000000", NULL, "1"},
        {"'abc'", "find", "'b'|'x'", NULL, "TypeError: slice indices must be integers or None or have an __index__ method"},
        {"'abc'", "find", "1", NULL, "TypeError: must be str, not int"},
        {"'abc'", "find", "", NULL, "TypeError: find() takes at least 1 argument (0 given)"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void affixes_may_be_tuples(void **state)
{
    static const method_row rows[] = {
        {"'hello'", "startswith", "'he'", NULL, "True"},
        {"'hello'", "startswith", "('x', 'hel')", NULL, "True"},
        {"'hello'", "startswith", "'l'|2|4", NULL, "True"},
        {"'äöü'", "startswith", "'ü'|2", NULL, "True"},
        {"'hello'", "endswith", "'lo'", NULL, "True"},
        {"'hello'", "endswith", "()", NULL, "False"},
        {"'a'", "startswith", "''|1", NULL, "True"},
        {"'a'", "startswith", "''|2", NULL, "False"},
        {"'a'", "startswith", "1", NULL, "TypeError: startswith first arg must be str or a tuple of str, not int"},
        {"'a'", "endswith", "(1, 'a')", NULL, "TypeError: tuple for endswith must only contain str, not int"},
        {"'foobar'", "removeprefix", "'foo'", NULL, "'bar'"},
        {"'foobar'", "removesuffix", "'bar'", NULL, "'foo'"},
        {"'foo'", "removeprefix", "'x'", NULL, "'foo'"},
        {"'foo'", "removesuffix", "None", NULL, "TypeError: removesuffix() argument must be str, not None"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void replace_counts_and_inserts(void **state)
{
    static const method_row rows[] = {
        {"'hello'", "replace", "'l'|'LL'", NULL, "'heLLLLo'"},
        {"'hello'", "replace", "'l'|''|1", NULL, "'helo'"},
        {"'abc'", "replace", "''|'-'", NULL, "'-a-b-c-'"},
        {"'äö'", "replace", "''|'-'|2", NULL, "'-ä-ö'"},
        {"''", "replace", "''|'x'", NULL, "'x'"},
        {"''", "replace", "''|'x'|0", NULL, "''"},
        {"'aaa'", "replace", "'aa'|'b'", NULL, "'ba'"},
        {"'aa'", "replace", "'a'|'ä'", NULL, "'ää'"},
        {"'abc'", "replace", "'x'|'y'", NULL, "'abc'"},
        {"'a'", "replace", "1|'b'", NULL, "TypeError: replace() argument 1 must be str, not int"},
        {"'a'", "replace", "'a'", NULL, "TypeError: replace expected at least 2 arguments, got 1"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void padding_counts_characters(void **state)
{
    static const method_row rows[] = {
        {"'ab'", "center", "6", NULL, "'  ab  '"},
        {"'a'", "center", "4", NULL, "' a  '"},
        {"'ab'", "center", "5", NULL, "'  ab '"},
        {"'ä'", "center", "5|'é'", NULL, "'ééäéé'"},
        {"'ab'", "ljust", "4|'*'", NULL, "'ab**'"},
        {"'ab'", "rjust", "4", NULL, "'  ab'"},
        {"'abc'", "center", "2", NULL, "'abc'"},
        {"'42'", "zfill", "5", NULL, "'00042'"},
        {"'-42'", "zfill", "5", NULL, "'-0042'"},
        {"'+'", "zfill", "3", NULL, "'+00'"},
        {"'ä'", "zfill", "3", NULL, "'00ä'"},
        {"'a\\tb'", "expandtabs", "", NULL, "'a       b'"},
        {"'ab\\tc\\nd\\te'", "expandtabs", "4", NULL, "'ab  c\\nd   e'"},
        {"'ä\\tb'", "expandtabs", "2", NULL, "'ä b'"},
        {"'a\\tb'", "expandtabs", "0", NULL, "'ab'"},
        {"'a'", "center", "5|'xx'", NULL, "TypeError: The fill character must be exactly one character long"},
        {"'a'", "center", "'x'", NULL, "TypeError: 'str' object cannot be interpreted as an integer"},
        {"'a'", "center", "5|1", NULL, "TypeError: The fill character must be a unicode character, not int"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void partition_and_join(void **state)
{
    static const method_row rows[] = {
        {"'a=b=c'", "partition", "'='", NULL, "('a', '=', 'b=c')"},
        {"'a=b=c'", "rpartition", "'='", NULL, "('a=b', '=', 'c')"},
        {"'abc'", "partition", "'x'", NULL, "('abc', '', '')"},
        {"'abc'", "rpartition", "'x'", NULL, "('', '', 'abc')"},
        {"'a'", "partition", "''", NULL, "ValueError: empty separator"},
        {"'a'", "partition", "1", NULL, "TypeError: must be str, not int"},
        {"', '", "join", "['a', 'b']", NULL, "'a, b'"},
        {"''", "join", "('ä', 'b')", NULL, "'äb'"},
        {"'-'", "join", "'abc'", NULL, "'a-b-c'"},
        {"'-'", "join", "{'k': 1, 'l': 2}", NULL, "'k-l'"},
        {"'-'", "join", "[]", NULL, "''"},
        {"'-'", "join", "[1]", NULL, "TypeError: sequence item 0: expected str instance, int found"},
        {"'-'", "join", "5", NULL, "TypeError: can only join an iterable"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void questions_about_all_characters(void **state)
{
    static const method_row rows[] = {
        {"'abc'", "isalpha", "", NULL, "True"},
        {"''", "isalpha", "", NULL, "False"},
        {"'a1'", "isalnum", "", NULL, "True"},
        {"'½'", "isnumeric", "", NULL, "True"},
        {"'²'", "isdigit", "", NULL, "True"},
        {"'²'", "isdecimal", "", NULL, "False"},
        {"'٣'", "isdecimal", "", NULL, "True"},
        {"'日'", "isnumeric", "", NULL, "False"},
        {"'五'", "isnumeric", "", NULL, "True"},
        {"' \\t\\u2028'", "isspace", "", NULL, "True"},
        {"''", "isprintable", "", NULL, "True"},
        {"'a\\n'", "isprintable", "", NULL, "False"},
        {"'ß'", "islower", "", NULL, "True"},
        {"'ǅ'", "isupper", "", NULL, "False"},
        {"'ABC1'", "isupper", "", NULL, "True"},
        {"'1'", "isupper", "", NULL, "False"},
        {"'Hello World'", "istitle", "", NULL, "True"},
        {"'Hello world'", "istitle", "", NULL, "False"},
        {"'A1b'", "istitle", "", NULL, "False"},
        {"'_a1'", "isidentifier", "", NULL, "True"},
        {"'1a'", "isidentifier", "", NULL, "False"},
        {"'é'", "isascii", "", NULL, "False"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void tables_translate_characters(void **state)
{
    static const method_row rows[] = {
        {"'abc'", "translate", "{97: 'X', 98: None, 99: 100}", NULL, "'Xd'"},
        {"'äb'", "translate", "{228: 'ae'}", NULL, "'aeb'"},
        {"'ab'", "translate", "'xyz'", NULL, "'ab'"},
        {"'a'", "translate", "{97: 1.5}", NULL, "TypeError: character mapping must return integer, None or str"},
        {"'a'", "translate", "{97: -1}", NULL, "ValueError: character mapping must be in range(0x110000)"},
        {"'x'", "maketrans", "'ab'|'xy'|'c'", NULL, "{97: 120, 98: 121, 99: None}"},
        {"'x'", "maketrans", "{'a': 1, 5: None}", NULL, "{97: 1, 5: None}"},
        {"'x'", "maketrans", "1", NULL, "TypeError: if you give only one argument to maketrans it must be a dict"},
        {"'x'", "maketrans", "'a'|'xy'", NULL, "ValueError: the first two maketrans arguments must have equal length"},
        {"'x'", "maketrans", "{'ab': 1}", NULL, "ValueError: string keys in translate table must be of length 1"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void encodings_and_their_errors(void **state)
{
    static const method_row rows[] = {
        {"'aé€'", "encode", "", NULL, "b'a\\xc3\\xa9\\xe2\\x82\\xac'"},
        {"'é'", "encode", "'latin-1'", NULL, "b'\\xe9'"},
        {"'€'", "encode", "'cp1252'", NULL, "b'\\x80'"},
        {"'aé'", "encode", "'UTF-16'", NULL, "b'\\xff\\xfea\\x00\\xe9\\x00'"},
        {"'😀'", "encode", "'utf-16-be'", NULL, "b'\\xd8=\\xde\\x00'"},
        {"'aé'", "encode", "'utf_32_le'", NULL, "b'a\\x00\\x00\\x00\\xe9\\x00\\x00\\x00'"},
        {"'a'", "encode", "'utf-8-sig'", NULL, "b'\\xef\\xbb\\xbfa'"},
        {"'é€'", "encode", "'ascii'", NULL, "UnicodeEncodeError: 'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)"},
        {"'é'", "encode", "'ascii'|'ignore'", NULL, "b''"},
        {"'aé'", "encode", "'ascii'|'replace'", NULL, "b'a?'"},
        {"'é€'", "encode", "'ascii'|'xmlcharrefreplace'", NULL, "b'&#233;&#8364;'"},
        {"'é€😀'", "encode", "'ascii'|'backslashreplace'", NULL, "b'\\\\xe9\\\\u20ac\\\\U0001f600'"},
        {"'€日'", "encode", "'ascii'|'namereplace'", NULL, "b'\\\\N{EURO SIGN}\\\\N{CJK UNIFIED IDEOGRAPH-65E5}'"},
        {"'é'", "encode", "'ascii'|'x'", NULL, "LookupError: unknown error handler name 'x'"},
        {"'a'", "encode", "'foo'", NULL, "LookupError: unknown encoding: foo"},
        {"'a'", "encode", "'hex'", NULL, "LookupError: 'hex' is not a text encoding; use codecs.encode() to handle arbitrary codecs"},
        {"'a'", "encode", "1", NULL, "TypeError: encode() argument 'encoding' must be str, not int"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void binding_errors_are_worded_as_for_methods_in_c(void **state)
{
    static const method_row rows[] = {
        {"'a'", "lower", "1", NULL, "TypeError: str.lower() takes no arguments (1 given)"},
        {"'a'", "lower", "", "{'x': 1}", "TypeError: str.lower() takes no keyword arguments"},
        {"'a'", "split", "'a'|'b'|'c'", NULL, "TypeError: split() takes at most 2 arguments (3 given)"},
        {"'a'", "split", "", "{'foo': 1}", "TypeError: 'foo' is an invalid keyword argument for split()"},
        {"'a'", "split", "'a'", "{'sep': 'b'}", "TypeError: argument for split() given by name ('sep') and position (1)"},
        {"'a'", "zfill", "", NULL, "TypeError: str.zfill() takes exactly one argument (0 given)"},
        {"'a'", "center", "", NULL, "TypeError: center expected at least 1 argument, got 0"},
        {"'a'", "strip", "'a'|'b'", NULL, "TypeError: strip expected at most 1 argument, got 2"},
        {"'a'", "find", "'a'", "{'x': 1}", "TypeError: find() takes no keyword arguments"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_takes_separators_or_white_space),
        cmocka_unit_test(splitlines_knows_every_line_end),
        cmocka_unit_test(strip_takes_sets_of_characters),
        cmocka_unit_test(find_counts_in_characters),
        cmocka_unit_test(affixes_may_be_tuples),
        cmocka_unit_test(replace_counts_and_inserts),
        cmocka_unit_test(padding_counts_characters),
        cmocka_unit_test(partition_and_join),
        cmocka_unit_test(questions_about_all_characters),
        cmocka_unit_test(tables_translate_characters),
        cmocka_unit_test(encodings_and_their_errors),
        cmocka_unit_test(binding_errors_are_worded_as_for_methods_in_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
