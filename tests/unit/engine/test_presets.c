/* Presets: the options of each host and what its filters and functions give. The expected texts were taken from the
 * hosts' own code run under CPython 3.11 where it is plain Python, else from its documentation. */
#include "engine_test.h"

static burin_env *preset_env(const char *name)
{
    burin_options options = burin_options_default();
    assert_true(burin_options_preset(&options, name));
    options.random_seed = 1;
    burin_env *env      = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_preset(env, name, NULL), BURIN_OK);
    return env;
}

typedef struct row {
    const char *source, *want;
} row;

static void check(const char *preset, const char *data, const row *rows, size_t count)
{
    burin_env *env = preset_env(preset);
    for (size_t i = 0; i < count; i++)
        assert_renders(env, rows[i].source, data, rows[i].want);
    burin_env_unref(env);
}
#define CHECK(preset, data, rows) check(preset, data, rows, sizeof rows / sizeof rows[0])

static void unknown_presets_are_refused(void **state)
{
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;
    burin_env    *env     = burin_env_new(NULL, NULL);
    (void)state;
    assert_false(burin_options_preset(&options, "nobody"));
    assert_int_equal(burin_env_preset(env, "nobody", &err), BURIN_ERR_USAGE);
    assert_string_equal(err.message, "there is no preset 'nobody'");
    burin_error_clear(&err);
    burin_env_unref(env);
}

static void hf_chat(void **state)
{
    static const row rows[] = {
        {"  {% if true %}\nx\n  {% endif %}\n", "x\n"},
        {"{{ m|tojson }}", "{\"role\": \"us<r\", \"n\": [1, 2.0, null], \"e\": \"\xc3\xa9\"}"},
        {"{{ m|tojson(ensure_ascii=true, separators=(',', ':')) }}", "{\"role\":\"us<r\",\"n\":[1,2.0,null],\"e\":\"\\u00e9\"}"},
        {"{{ m.n|tojson(indent=2) }}", "[\n  1,\n  2.0,\n  null\n]"},
        {"{{ m|tojson(sort_keys=true) }}", "{\"e\": \"\xc3\xa9\", \"n\": [1, 2.0, null], \"role\": \"us<r\"}"},
        {"{{ raise_exception('no ' ~ 'roles') }}", "!no roles"},
        {"{{ strftime_now('%Y')|int > 2000 }} {{ strftime_now('%%f') }} {{ strftime_now('')|length }} {{ strftime_now('%f')|length }}", "True %f 0 6"},
        {"{{ strftime_now(1) }}", "!strftime() argument 1 must be str, not int"},
        {"{% for i in [1, 2] %}{% continue %}{% endfor %}{% generation %}x{% endgeneration %}", "x"},
        {"{{ m.n.append(1) }}", "!access to attribute 'append' of 'list' object is unsafe."},
    };
    (void)state;
    CHECK("hf-chat", "{\"m\": {\"role\": \"us<r\", \"n\": [1, 2.0, null], \"e\": \"\xc3\xa9\"}}", rows);
}

static void ansible_choices(void **state)
{
    static const row rows[] = {
        {"{{ ['yes', 'On', '1', 'TRUE', 'no', '', 1, 0, 2, true, none]|map('bool')|list }}",
         "[True, True, True, True, False, False, True, False, False, True, None]"},
        {"{{ true|ternary(1, 2) }}{{ ''|ternary(1, 2) }}{{ none|ternary(1, 2, 3) }}{{ none|ternary(1, 2) }}", "1232"},
        {"{{ d|mandatory|length }}", "2"},
        {"{{ nothing|mandatory }}", "!Mandatory variable 'nothing' not defined."},
        {"{{ nothing|mandatory('give it') }}", "!give it"},
        {"{{ d|type_debug }} {{ 1|type_debug }}", "dict int"},
        {"{{ nothing }}", "!'nothing' is undefined"},
        {"{{ 'a' is truthy }} {{ 'no' is truthy(convert_bool=true) }} {{ 0 is falsy }}", "True False True"},
        {"{{ ' YES ' is truthy(true) }} {{ 'maybe' is truthy(true) }} {{ 'f' is falsy(true) }} {{ ' ' is falsy(true) }}", "True True True False"},
        {"{{ [1, 2] is contains(1) }} {{ [1] is subset([1, 2]) }} {{ [1] is superset([1, 2]) }}", "True True False"},
    };
    (void)state;
    CHECK("ansible", "{\"d\": {\"a\": 1, \"b\": 2}}", rows);
}

static void ansible_dicts_and_lists(void **state)
{
    static const row rows[] = {
        {"{{ a|combine(b) }}", "{'x': {'q': [3], 'r': 3}, 'y': 9, 'z': 1}"},
        {"{{ a|combine(b, recursive=true) }}", "{'x': {'p': 1, 'q': [3], 'r': 3}, 'y': 9, 'z': 1}"},
        {"{{ (a|combine(b, recursive=true, list_merge='append')).x.q }}", "[1, 2, 3, 3]"},
        {"{{ (a|combine(b, recursive=true, list_merge='prepend')).x.q }}", "[3, 1, 2, 3]"},
        {"{{ (a|combine(b, recursive=true, list_merge='append_rp')).x.q }}", "[1, 2, 3]"},
        {"{{ (a|combine(b, recursive=true, list_merge='prepend_rp')).x.q }}", "[3, 1, 2]"},
        {"{{ (a|combine(b, recursive=true, list_merge='keep')).x.q }}", "[1, 2, 3]"},
        {"{{ [a, b]|combine }}", "{'x': {'q': [3], 'r': 3}, 'y': 9, 'z': 1}"},
        {"{{ a|combine(1) }}", "!|combine expects dictionaries, got int"},
        {"{{ a|combine(b, deep=true) }}", "!'recursive' and 'list_merge' are the only valid keyword arguments"},
        {"{{ [1, [2, [3, [none]]], 'null', (4,)]|flatten }} {{ [1, [2, [3]]]|flatten(levels=1) }}", "[1, 2, 3, 4] [1, 2, [3]]"},
        {"{{ [none, [1]]|flatten(skip_nulls=false) }}", "[None, 1]"},
        {"{{ {'a': 1}|dict2items }} {{ {'a': 1}|dict2items(key_name='k', value_name='v') }}", "[{'key': 'a', 'value': 1}] [{'k': 'a', 'v': 1}]"},
        {"{{ [{'key': 'a', 'value': 1}]|items2dict }}", "{'a': 1}"},
        {"{{ [1]|items2dict }}", "!'int' object is not subscriptable"},
        {"{{ [1, 2, 2, [3]]|union([2, [3], 4]) }}", "[1, 2, [3], 4]"},
        {"{{ [1, 2, 2, [3]]|intersect([2, [3], 4]) }}", "[2, [3]]"},
        {"{{ [1, 2, 2, [3]]|difference([2, 4]) }}", "[1, [3]]"},
        {"{{ [1, 2]|symmetric_difference([2, 4]) }}", "[1, 4]"},
        {"{{ [a, 1, a, 1]|unique|length }} {{ ['a', 'A']|unique }} {{ ['a', 'A']|unique(case_sensitive=true) }} {{ [a, b, a]|unique(attribute='y') == [a, b] }}", "2 ['a'] ['a', 'A'] True"},
        {"{{ [a, a]|unique(case_sensitive=false) }}", "!unhashable type: 'dict'"},
        {"{{ [1]|zip_longest([2, 3]) }} {{ [1]|zip_longest([2, 3], [], fillvalue='-') }} {{ []|zip_longest }}", "[(1, 2), (None, 3)] [(1, 2, '-'), ('-', 3, '-')] []"},
        {"{{ [1, 2]|product('ab') }} {{ [1, 2]|product(repeat=2) }} {{ [1]|product([]) }} {{ [1]|product(repeat=0) }}",
         "[(1, 'a'), (1, 'b'), (2, 'a'), (2, 'b')] [(1, 1), (1, 2), (2, 1), (2, 2)] [] [()]"},
        {"{{ [1]|product(repeat=-1) }}", "!repeat argument cannot be negative"},
        {"{{ []|product(repeat=10**18) }}", "[]"},
        {"{{ 'x'|extract(a) }} {{ 'x'|extract(a, 'p') }} {{ 'x'|extract(a, ['q', 0]) }} {{ ['y', 'z']|map('extract', a)|list }}", "{'p': 1, 'q': [1, 2, 3]} 1 1 [2, 1]"},
        {"{{ [a, b]|subelements('x.q')|map('last')|list }} {{ [a, b]|subelements(['x', 'p'], skip_missing=true) }}", "!the key 'p' should point to a list, got 1"},
        {"{{ [a, b]|subelements('x.q')|map('last')|list }} {{ {'k': b}|subelements('x.q') == [(b, 3)] }} {{ [{}, b]|subelements('x.q', true)|length }}", "[1, 2, 3, 3] True 1"},
        {"{{ [b]|subelements('v') }}", "!could not find 'v' key in iterated item {'x': {'q': [3], 'r': 3}, 'y': 9}"},
        {"{{ [b]|subelements('y.v') }}", "!the key v should point to a dictionary, got '9'"},
        {"{{ 1|subelements('y') }}", "!obj must be a list of dicts or a nested dict"},
        {"{{ [1, 2, 3]|zip(['a', 'b'])|list }}", "[(1, 'a'), (2, 'b')]"},
    };
    (void)state;
    CHECK("ansible", "{\"a\": {\"x\": {\"p\": 1, \"q\": [1, 2, 3]}, \"y\": 2, \"z\": 1}, \"b\": {\"x\": {\"q\": [3], \"r\": 3}, \"y\": 9}}", rows);
}

static void ansible_prints(void **state)
{
    static const row rows[] = {
        {"{{ none }}|{{ n }}|{{ true }}|{{ [none] }}", "||True|[None]"},
        {"{{ [1, 2]|map('string') }} {{ range(3) }} {{ d.items() }} {{ d }}", "['1', '2'] [0, 1, 2] [('a', 1)] {'a': 1}"},
        {"{{ a.b['c'][0].d|default('x') }} {{ a.b is defined }} {{ d.z.y|default('z') }} {{ a[1:] is undefined }} {{ (1 if false) }}", "x False z True "},
        {"{{ a.b.c }}", "!'a' is undefined"},
        {"{{ d.z.y }}", "!'dict object' has no attribute 'z'"},
        {"{% if a.b %}{% endif %}", "!'a' is undefined"},
        {"{{ a.b == 1 }}", "!'a' is undefined"},
        {"{% for x in a.b %}{% endfor %}", "!'a' is undefined"},
        {"{{ a.b.c() }}", "!'a' is undefined"},
        {"{{ [1, {'x': (nope,)}] }}", "!'nope' is undefined"},
    };
    (void)state;
    CHECK("ansible", "{\"n\": null, \"d\": {\"a\": 1}}", rows);
}

static void ansible_texts(void **state)
{
    static const row rows[] = {
        {"{{ d|to_json }} {{ d|to_nice_json }}", "{\"b\": [1], \"a\": \"\\u00e9\"} {\n    \"a\": \"\\u00e9\",\n    \"b\": [\n        1\n    ]\n}"},
        {"{{ ('[1, {' ~ '\"a\": null}]')|from_json }}", "[1, {'a': None}]"},
        {"{{ ''|b64encode }}{{ 'a'|b64encode }} {{ 'ab'|b64encode }} {{ 'abc'|b64encode }} {{ '\xc3\xa9'|b64encode }}", "YQ== YWI= YWJj w6k="},
        {"{{ 'YQ=='|b64decode }}{{ 'YWI='|b64decode }}{{ 'YWJj'|b64decode }}{{ 'YW\nJj'|b64decode }}{{ ''|b64decode }}", "aababcabc"},
        {"{{ 'a b'|quote }} {{ 'a'|quote }} {{ ''|quote }} {{ \"it's\"|quote }}", "'a b' a '' 'it'\"'\"'s'"},
        {"{{ '/a/b.txt'|basename }} {{ '/a/b/'|basename }}|{{ '/a/b.txt'|dirname }} {{ '/a'|dirname }} {{ 'a'|dirname }}", "b.txt |/a / "},
        {"{{ 'a.b.c'|splitext }} {{ '.bashrc'|splitext }} {{ 'd.x/f'|splitext }} {{ 'a.'|splitext }}", "('a.b', '.c') ('.bashrc', '') ('d.x/f', '') ('a', '.')"},
        {"{{ ['/a', 'b/', 'c']|path_join }} {{ ['a', '/b', '', 'c']|path_join }} {{ 'a/b'|path_join }} {{ ['a', '']|path_join }}", "/a/b/c /b/c a/b a/"},
        {"{{ ['a', 1]|path_join }}", "!expected str, bytes or os.PathLike object, not int"},
        {"{{ 'abc'|hash('sha224') }}", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {"{{ 'YQ'|b64decode }}", "!Incorrect padding"},
        {"{{ 'YWJj=='|b64decode }}{{ 'YQ==YWJj'|b64decode }}{{ 'Y=Q=='|b64decode }}", "abcaa"},
        {"{{ 'a b'|split }} {{ 'a,b,c'|split(',', 1) }}", "['a', 'b'] ['a', 'b,c']"},
        {"{{ ''|md5 }} {{ 'abc'|sha1 }} {{ 'abc'|hash('sha256') }}",
         "d41d8cd98f00b204e9800998ecf8427e a9993e364706816aba3e25717850c26c9cd0d89d ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"{{ ('a' * 55)|md5 }} {{ ('a' * 56)|sha1 }} {{ ('a' * 64)|hash('sha256') }}",
         "ef1772b6dff9a122358552954ad0df65 c2db330f6083854c99d4b5bfb6e8f29f201be699 ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {"{{ 'x'|hash('crc') }}", "!unsupported hash type"},
        {"{{ 'one\n\ntwo'|comment }}", "#\n# one\n#\n# two\n#"},
        {"{{ 'one\ntwo'|comment('cblock') }}", "/*\n *\n * one\n * two\n *\n */"},
        {"{{ 'x'|comment('xml', decoration='~ ', prefix_count=2) }}", "<!--\n~\n~\n~ x\n~\n-->"},
        {"{{ 'x # \ny|z'|comment(prefix='', postfix='###', newline='|') }}", "# x # \ny|# z|###"},
        {"{{ 'x'|comment('cobol') }}", "!'cobol'"},
        {"{{ 'x'|comment(newline='') }}", "!comment: the newline is empty"},
        {"{{ '1.10' is version('1.9', '>') }} {{ '2.0rc1' is version('2.0rc2', 'lt') }} {{ 1.5 is version('1.5') }} {{ '1.2' is version_compare('1.2.0', '<=') }}",
         "True True True True"},
        {"{{ '1.a' is version('1.1', '<') }}", "!'<' not supported between instances of 'str' and 'int'"},
        {"{{ '' is version('1') }}", "!Input version value cannot be empty"},
        {"{{ '1' is version('') }}", "!Version parameter to compare against cannot be empty"},
        {"{{ ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0']|select('version', '1.0.0-beta.11', '<', version_type='semver')|list }}",
         "['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2']"},
        {"{{ '1.2.3+a.b' is version('1.2.3+c', version_type='semantic') }} {{ '10.0.0' is version('9.9.9', '>', version_type='semver') }}", "True True"},
        {"{{ '1' is version('1.0.0', version_type='semver') }}", "!invalid semantic version '1'"},
        {"{{ '1.0.01' is version('1.0.1', version_type='semver') }}", "!invalid semantic version '1.0.01'"},
        {"{{ '1.0.0+a.' is version('1.0.1', version_type='semver') }}", "!invalid semantic version '1.0.0+a.'"},
        {"{{ '0.5a1' is version('0.5', 'lt', strict=true) }} {{ '1.0.4a3' is version('1.0.4b1', '<', version_type='strict') }} {{ '0.4' is version('0.4.0', strict=true) }}", "True True True"},
        {"{{ '1.3c4' is version('1.3', strict=true) }}", "!invalid version number '1.3c4'"},
        {"{{ '1' is version('1', strict=false, version_type='loose') }}", "!Cannot specify both 'strict' and 'version_type'"},
        {"{{ '1' is version('1', '~') }}", "!Invalid operator type. Must be one of '==', '=', 'eq', '<', 'lt', '<=', 'le', '>', 'gt', '>=', 'ge', '!=', '<>', 'ne'"},
        {"{{ [1, 0] is any }} {{ [] is any }} {{ [1, 0] is all }} {{ [] is all }} {{ [1, 'a'] is all }}", "True False False True True"},
        {"a\n", "a\n"},
    };
    (void)state;
    CHECK("ansible", "{\"d\": {\"b\": [1], \"a\": \"\xc3\xa9\"}}", rows);
}

static void salt(void **state)
{
    static const row rows[] = {
        {"{% do [] %}{{ {'b': '<', 'a': 1}|json }}\n", "{\"a\": 1, \"b\": \"<\"}\n"},
        {"{{ ['yes', 'no', 1, 0, -1, [], [0], none]|map('to_bool')|list }}", "[True, False, True, False, False, False, True, False]"},
        {"{{ raise('stop') }}", "!stop"},
        {"{{ 'a'|base64_encode }} {{ 'YQ=='|base64_decode }} {{ 'abc'|sha256|length }}", "YQ== a 64"},
        {"{{ [none, [1]]|flatten }} {{ [none]|flatten(preserve_nulls=true) }}", "[1] [None]"},
        {"{{ nothing }}", "!'nothing' is undefined"},
    };
    (void)state;
    CHECK("salt", "{}", rows);
}

static void dbt(void **state)
{
    static const row rows[] = {
        {"{{ fromjson('[1]') }} {{ fromjson('x') }} {{ fromjson('x', 5) }}", "[1] None 5"},
        {"{{ tojson({'b': 1, 'a': 2}) }} {{ tojson({'b': 1, 'a': 2}, sort_keys=true) }} {{ tojson(range(1), 'no') }}", "{\"b\": 1, \"a\": 2} {\"a\": 2, \"b\": 1} no"},
        {"{{ set([1, 1]) }} {{ set(1) }} {{ set(1, []) }}", "{1} None []"},
        {"{{ set_strict(1) }}", "!'int' object is not iterable"},
        {"{{ zip([1, 2], 'ab') }} {{ zip(1) }} {{ zip(1, default=[]) }} {{ zip_strict([1]) }}", "[(1, 'a'), (2, 'b')] None [] [(1,)]"},
        {"{{ zip_strict(1) }}", "!'int' object is not iterable"},
        {"{{ local_md5('hello') }} {{ 'true'|as_bool }}", "5d41402abc4b2a76b9719d911017c592 true"},
    };
    (void)state;
    CHECK("dbt", "{}", rows);
}

static void cookiecutter(void **state)
{
    static const row rows[] = {
        {"{{ {'b': [1], 'a': '\xc3\xa9'}|jsonify }}", "{\n    \"a\": \"\\u00e9\",\n    \"b\": [\n        1\n    ]\n}"},
        {"{{ 'It\\'s a  Test_Case, yes!'|slugify }}", "it-s-a-test-case-yes"},
        {"{{ '\xc3\x89t\xc3\xa9 \xc2\xbd \xc3\x98re &amp; Stra\xc3\x9f\x65 1,000,0 a,b it\xe2\x80\x99s \xe2\x85\xa3'|slugify }}", "ete-1-2-ore-strasse-10000-a-b-its-iv"},
        {"{{ '\xd0\x94\xd0\xb0 1'|slugify }} {{ 'c\xc2\xbd\x61'|slugify }} {{ '-a-'|slugify }}", "\xd0\xb4\xd0\xb0-1 c-1-2a a"},
        {"{{ random_ascii_string(5)|length }} {{ random_ascii_string(5).isalpha() }} {{ random_ascii_string(-1) }}.", "5 True ."},
        {"{{ uuid4()|length }} {{ uuid4()[14] }} {{ uuid4()[19] in '89ab' }} {{ uuid4() == uuid4() }}", "36 4 True False"},
    };
    (void)state;
    CHECK("cookiecutter", "{}", rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_presets_are_refused),
        cmocka_unit_test(hf_chat),
        cmocka_unit_test(ansible_choices),
        cmocka_unit_test(ansible_dicts_and_lists),
        cmocka_unit_test(ansible_prints),
        cmocka_unit_test(ansible_texts),
        cmocka_unit_test(salt),
        cmocka_unit_test(dbt),
        cmocka_unit_test(cookiecutter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
