/* urlize: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void addresses_with_a_scheme_or_www_become_links(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'see http://a.com/ and https://b.org/x?y=1&z=2#f'"}, "'see <a href=\"http://a.com/\" rel=\"noopener\">http://a.com/</a> and <a href=\"https://b.org/x?y=1&amp;z=2#f\" rel=\"noopener\">https://b.org/x?y=1&amp;z=2#f</a>'"},
        {"urlize", {"'www.x.de'"}, "'<a href=\"https://www.x.de\" rel=\"noopener\">www.x.de</a>'"},
        {"urlize", {"'HTTP://A.COM'"}, "'<a href=\"https://HTTP://A.COM\" rel=\"noopener\">HTTP://A.COM</a>'"},
        {"urlize", {"'http://localhost'"}, "'<a href=\"http://localhost\" rel=\"noopener\">http://localhost</a>'"},
        {"urlize", {"'http://a_b.c'"}, "'http://a_b.c'"},
        {"urlize", {"'http://a.xn--p1ai/'"}, "'<a href=\"http://a.xn--p1ai/\" rel=\"noopener\">http://a.xn--p1ai/</a>'"},
        {"urlize", {"'http://a.co:80/x'"}, "'<a href=\"http://a.co:80/x\" rel=\"noopener\">http://a.co:80/x</a>'"},
        {"urlize", {"'http://a.co:123456'"}, "'http://a.co:123456'"},
        {"urlize", {"'http://ä.de'"}, "'<a href=\"http://ä.de\" rel=\"noopener\">http://ä.de</a>'"},
        {"urlize", {"'ftp://a.com'"}, "'ftp://a.com'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void bare_hosts_need_a_known_top_level(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'example.com'"}, "'<a href=\"https://example.com\" rel=\"noopener\">example.com</a>'"},
        {"urlize", {"'foo.net/bar'"}, "'<a href=\"https://foo.net/bar\" rel=\"noopener\">foo.net/bar</a>'"},
        {"urlize", {"'a.b.info'"}, "'a.b.info'"}, {"urlize", {"'x.de'"}, "'x.de'"}, {"urlize", {"'a.com.'"}, "'a.com.'"},
        {"urlize", {"'a..com'"}, "'a..com'"}, {"urlize", {"'1.2.3.4'"}, "'1.2.3.4'"},
        {"urlize", {"'a%b.mil:8?x'"}, "'<a href=\"https://a%b.mil:8?x\" rel=\"noopener\">a%b.mil:8?x</a>'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void numeric_addresses_need_a_scheme(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'http://1.2.3.4:80/x'"}, "'<a href=\"http://1.2.3.4:80/x\" rel=\"noopener\">http://1.2.3.4:80/x</a>'"},
        {"urlize", {"'http://1.2.3.4.5'"}, "'http://1.2.3.4.5'"},
        {"urlize", {"'http://[::1]/'"}, "'<a href=\"http://[::1]/\" rel=\"noopener\">http://[::1]/</a>'"},
        {"urlize", {"'https://[1:2:3::4]:9'"}, "'<a href=\"https://[1:2:3::4]:9\" rel=\"noopener\">https://[1:2:3::4]:9</a>'"},
        {"urlize", {"'http://[::12345]'"}, "'<a href=\"http://[::12345]\" rel=\"noopener\">http://[::12345]</a>'"},
        {"urlize", {"'http://[1:2:3:4:5:6:7:8:9]'"}, "'http://[1:2:3:4:5:6:7:8:9]'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void brackets_and_punctuation_around_an_address_stay_outside(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'(http://a.com)'"}, "'(<a href=\"http://a.com\" rel=\"noopener\">http://a.com</a>)'"},
        {"urlize", {"'http://a.com/x_(y)'"}, "'<a href=\"http://a.com/x_(y)\" rel=\"noopener\">http://a.com/x_(y)</a>'"},
        {"urlize", {"'(http://a.com/x_(y))'"}, "'(<a href=\"http://a.com/x_(y)\" rel=\"noopener\">http://a.com/x_(y)</a>)'"},
        {"urlize", {"'<http://a.com>'"}, "'&lt;<a href=\"http://a.com\" rel=\"noopener\">http://a.com</a>&gt;'"},
        {"urlize", {"'http://a.com, http://b.com.'"}, "'<a href=\"http://a.com\" rel=\"noopener\">http://a.com</a>, <a href=\"http://b.com\" rel=\"noopener\">http://b.com</a>.'"},
        {"urlize", {"'((a.com))'"}, "'((a.com))'"}, {"urlize", {"'\"http://a.com\"'"}, "'&#34;http://a.com&#34;'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void mail_addresses_become_links_without_rel(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'a@b.de'"}, "'<a href=\"mailto:a@b.de\">a@b.de</a>'"},
        {"urlize", {"'mailto:x@y.org'"}, "'<a href=\"mailto:x@y.org\">x@y.org</a>'"},
        {"urlize", {"'a.b@c-d.e1'"}, "'<a href=\"mailto:a.b@c-d.e1\">a.b@c-d.e1</a>'"}, {"urlize", {"'a@b'"}, "'a@b'"},
        {"urlize", {"'@b.de'"}, "'@b.de'"}, {"urlize", {"'a@b.c-d'"}, "'a@b.c-d'"}, {"urlize", {"'x:y@z.de'"}, "'x:y@z.de'"},
        {"urlize", {"'http://u@h.com'"}, "'http://u@h.com'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void arguments_change_text_and_attributes_of_links(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'http://example.com/long'", "10"}, "'<a href=\"http://example.com/long\" rel=\"noopener\">http://exa...</a>'"},
        {"urlize", {"'http://example.com/long'", "-3"}, "'<a href=\"http://example.com/long\" rel=\"noopener\">http://example.com/l...</a>'"},
        {"urlize", {"'http://a.com'", "nofollow=True"}, "'<a href=\"http://a.com\" rel=\"nofollow noopener\">http://a.com</a>'"},
        {"urlize", {"'http://a.com'", "target='_blank'"}, "'<a href=\"http://a.com\" rel=\"noopener\" target=\"_blank\">http://a.com</a>'"},
        {"urlize", {"'http://a.com'", "rel='b a noopener'"}, "'<a href=\"http://a.com\" rel=\"a b noopener\">http://a.com</a>'"},
        {"urlize", {"'tel:12 tel: x'", "extra_schemes=['tel:']"}, "'<a href=\"tel:12\" rel=\"noopener\">tel:12</a> tel: x'"},
        {"urlize", {"'a'", "extra_schemes=['b']"}, "FilterArgumentError: 'b' is not a valid URI scheme prefix."},
        {"urlize", {"'a'", "extra_schemes=[5]"}, "TypeError: expected string or bytes-like object, got 'int'"},
        {"urlize", {"'a'", "rel=5"}, "AttributeError: 'int' object has no attribute 'split'"},
        {"urlize", {"'http://a.com'", "'x'"}, "TypeError: '>' not supported between instances of 'int' and 'str'"},
        {"urlize", {"5"}, "'5'"}, {"urlize", {"undefined"}, "''"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void text_is_escaped_and_markup_is_not(void **state)
{
    static const call_row rows[] = {
        {"urlize", {"'<a> http://a.com/?a=1&b=2'"}, "Markup('&lt;a&gt; <a href=\"http://a.com/?a=1&amp;b=2\" rel=\"noopener\">http://a.com/?a=1&amp;b=2</a>')"},
        {"urlize", {"M'<b>x</b> http://a.com'"}, "Markup('<b>x</b> <a href=\"http://a.com\" rel=\"noopener\">http://a.com</a>')"},
    };
    (void)state;
    CHECK_FILTERS_ESCAPING(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_with_a_scheme_or_www_become_links),
        cmocka_unit_test(bare_hosts_need_a_known_top_level),
        cmocka_unit_test(numeric_addresses_need_a_scheme),
        cmocka_unit_test(brackets_and_punctuation_around_an_address_stay_outside),
        cmocka_unit_test(mail_addresses_become_links_without_rel),
        cmocka_unit_test(arguments_change_text_and_attributes_of_links),
        cmocka_unit_test(text_is_escaped_and_markup_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
