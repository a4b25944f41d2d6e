/* Filters between text and markup: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void escape_is_done_once_and_forceescape_always(void **state)
{
    static const call_row rows[] = {
        {"escape", {"'<&>\"\\''"}, "Markup('&lt;&amp;&gt;&#34;&#39;')"}, {"e", {"M'<'"}, "Markup('<')"}, {"e", {"5"}, "Markup('5')"},
        {"e", {"None"}, "Markup('None')"}, {"e", {"['<']"}, "Markup('[&#39;&lt;&#39;]')"},
        {"forceescape", {"M'&lt;'"}, "Markup('&amp;lt;')"}, {"forceescape", {"'<'"}, "Markup('&lt;')"},
        {"forceescape", {"7"}, "Markup('7')"}, {"e", {"undefined"}, "Markup('')"},
        {"e", {"strict"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void safe_marks_the_text_of_any_value(void **state)
{
    static const call_row rows[] = {
        {"safe", {"'<'"}, "Markup('<')"}, {"safe", {"M'<'"}, "Markup('<')"}, {"safe", {"5"}, "Markup('5')"},
        {"safe", {"['<']"}, "Markup(\"['<']\")"}, {"safe", {"undefined"}, "Markup('')"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void striptags_drops_tags_and_comments_and_resolves_references(void **state)
{
    static const call_row rows[] = {
        {"striptags", {"'<b>a</b>  <!-- <x> -->\\n b'"}, "'a b'"},
        {"striptags", {"'&lt;b&gt; &amp;amp; &copy &#65;&#x42; &notit; &unknown;'"}, "'<b> &amp; © AB ¬it; &unknown;'"},
        {"striptags", {"M'<i>x</i>'"}, "'x'"}, {"striptags", {"'a < b'"}, "'a < b'"}, {"striptags", {"5"}, "'5'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void xmlattr_escapes_and_skips_none_and_undefined(void **state)
{
    static const call_row rows[] = {
        {"xmlattr", {"{'a': '<', 'b': None, 'c': 1}"}, "' a=\"&lt;\" c=\"1\"'"}, {"xmlattr", {"{'a': 1}", "False"}, "'a=\"1\"'"},
        {"xmlattr", {"{}"}, "''"}, {"xmlattr", {"{'a b': 1}"}, "ValueError: Invalid character in attribute name: 'a b'"},
        {"xmlattr", {"{'a=': 1}"}, "ValueError: Invalid character in attribute name: 'a='"},
        {"xmlattr", {"{'a\\t': 1}"}, "ValueError: Invalid character in attribute name: 'a\\t'"},
        {"xmlattr", {"{'é': 'x'}"}, "' é=\"x\"'"},
        {"xmlattr", {"{1: 2}"}, "TypeError: expected string or bytes-like object, got 'int'"},
        {"xmlattr", {"[1]"}, "AttributeError: 'list' object has no attribute 'items'"},
        {"xmlattr", {"undefined"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void xmlattr_is_markup_under_autoescape(void **state)
{
    static const call_row rows[] = {
        {"xmlattr", {"{'a': '\"'}"}, "Markup(' a=\"&#34;\"')"}, {"xmlattr", {"{}"}, "Markup('')"},
    };
    (void)state;
    CHECK_FILTERS_ESCAPING(rows);
}

static void tojson_is_safe_in_html(void **state)
{
    static const call_row rows[] = {
        {"tojson", {"{'b': 1, 'a': [None, True, 1.5]}"}, "Markup('{\"a\": [null, true, 1.5], \"b\": 1}')"},
        {"tojson", {"\"<a href='&'>\""}, "Markup('\"\\\\u003ca href=\\\\u0027\\\\u0026\\\\u0027\\\\u003e\"')"},
        {"tojson", {"'é\\u2028\\U0001f600'"}, "Markup('\"\\\\u00e9\\\\u2028\\\\ud83d\\\\ude00\"')"},
        {"tojson", {"[1, {'a': 2}]", "2"}, "Markup('[\\n  1,\\n  {\\n    \"a\": 2\\n  }\\n]')"},
        {"tojson", {"[1]", "'<'"}, "Markup('[\\n\\\\u003c1\\n]')"}, {"tojson", {"[]", "1"}, "Markup('[]')"},
        {"tojson", {"nan"}, "Markup('NaN')"}, {"tojson", {"'x'", "1.5"}, "Markup('\"x\"')"},
        {"tojson", {"[1]", "1.5"}, "TypeError: can't multiply sequence by non-int of type 'float'"},
        {"tojson", {"{1: 2, 'a': 3}"}, "TypeError: '<' not supported between instances of 'str' and 'int'"},
        {"tojson", {"undefined"}, "TypeError: Object of type Undefined is not JSON serializable"},
        {"tojson", {"{(1,): 2}"}, "TypeError: keys must be str, int, float, bool or None, not tuple"},
        {"tojson", {"M'<'"}, "Markup('\"\\\\u003c\"')"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void urlencode_quotes_text_and_makes_query_strings(void **state)
{
    static const call_row rows[] = {
        {"urlencode", {"'a b/c?d=ü&~.-_'"}, "'a%20b/c%3Fd%3D%C3%BC%26~.-_'"},
        {"urlencode", {"{'a b': 'c/d', 'e': 1}"}, "'a+b=c%2Fd&e=1'"}, {"urlencode", {"[('x', 1), ('y', 'z&')]"}, "'x=1&y=z%26'"},
        {"urlencode", {"5"}, "'5'"}, {"urlencode", {"None"}, "'None'"}, {"urlencode", {"M'<'"}, "'%3C'"},
        {"urlencode", {"[5]"}, "TypeError: cannot unpack non-iterable int object"},
        {"urlencode", {"[[5]]"}, "ValueError: not enough values to unpack (expected 2, got 1)"},
        {"urlencode", {"[(1, 2, 3)]"}, "ValueError: too many values to unpack (expected 2)"}, {"urlencode", {"['ab']"}, "'a=b'"},
        {"urlencode", {"undefined"}, "''"}, {"urlencode", {"{}"}, "''"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void pprint_is_that_of_python(void **state)
{
    static const call_row rows[] = {
        {"pprint", {"{'b': 1, 'a': [1, 2]}"}, "\"{'a': [1, 2], 'b': 1}\""}, {"pprint", {"'a'"}, "\"'a'\""},
        {"pprint", {"['item number 0', 'item number 1', 'item number 2', 'item number 3', 'item number 4', 'item number 5']"}, "\"['item number 0',\\n 'item number 1',\\n 'item number 2',\\n 'item number 3',\\n 'item number 4',\\n 'item number 5']\""},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_is_done_once_and_forceescape_always),
        cmocka_unit_test(safe_marks_the_text_of_any_value),
        cmocka_unit_test(striptags_drops_tags_and_comments_and_resolves_references),
        cmocka_unit_test(xmlattr_escapes_and_skips_none_and_undefined),
        cmocka_unit_test(xmlattr_is_markup_under_autoescape),
        cmocka_unit_test(tojson_is_safe_in_html),
        cmocka_unit_test(urlencode_quotes_text_and_makes_query_strings),
        cmocka_unit_test(pprint_is_that_of_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
