/* JSON both ways: rows are texts and what CPython's json module makes of them. */
#include "burin/error.h"
#include "tests/support/values_from_text.h"

/* ---- writing ---- */

static burin_status dumps(run *r, burin_value v, const rt_json_options *options, burin_value *out)
{
    rt_out text;
    rt_out_init_heap(&text, &r->st, 0);
    burin_status status = rt_write_json(&r->st, &text, v, options);
    return status ? status : rt_out_take(&text, 0, out);
}

static void check_dumps(run *r, const char *literal, rt_json_options options, const char *want)
{
    burin_value  out;
    burin_status status = dumps(r, value_of(r, literal), &options, &out);
    if (status) {
        assert_string_equal(outcome(r, status, out), want);
        return;
    }
    assert_int_equal(out.len, strlen(want));
    assert_memory_equal(out.as.s, want, out.len);
}

static void dumps_writes_as_python_does(void **state)
{
    static const struct {
        const char *v, *want;
    } rows[] = {
        {"None", "null"}, {"True", "true"}, {"1", "1"}, {"-123456789012345678901234567890", "-123456789012345678901234567890"},
        {"1.0", "1.0"}, {"1e22", "1e+22"}, {"nan", "NaN"}, {"-1e999", "-Infinity"}, {"[]", "[]"}, {"{}", "{}"}, {"(1, 'a')", "[1, \"a\"]"},
        {"'a\"\\\\/\\b\\f\\n\\r\\t\\x00\\x7f'", "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u007f\""},
        {"'é日\U0001f600'", "\"\\u00e9\\u65e5\\ud83d\\ude00\""},
        {"'0123456789abcdef0123456789é'", "\"0123456789abcdef0123456789\\u00e9\""},
        {"{'b': 1, 'a': [True, None]}", "{\"b\": 1, \"a\": [true, null]}"},
        {"{1: 'int', 1.5: 'float', None: 'none', False: 'bool'}", "{\"1\": \"int\", \"1.5\": \"float\", \"null\": \"none\", \"false\": \"bool\"}"},
        {"M'<'", "\"<\""},
        {"{1, 2}", "TypeError: Object of type set is not JSON serializable"},
        {"[b'']", "TypeError: Object of type bytes is not JSON serializable"},
        {"undefined", "TypeError: Object of type Undefined is not JSON serializable"},
        {"{(1, 2): 3}", "TypeError: keys must be str, int, float, bool or None, not tuple"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        check_dumps(r, rows[n].v, (rt_json_options){.ensure_ascii = true, .indent = burin_none()}, rows[n].want);
    assert_true(run_free(r));
}

static void options_change_the_form(void **state)
{
    run *r = run_new();
    (void)state;
    check_dumps(r, "{'b': 1, 'a': 2, 'é': 3, 'ab': 4}", (rt_json_options){.sort_keys = true, .indent = burin_none()},
                "{\"a\": 2, \"ab\": 4, \"b\": 1, \"é\": 3}");
    check_dumps(r, "{'a': [1, []], 'b': {}}", (rt_json_options){.indent = burin_int(2)}, "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}");
    check_dumps(r, "[1]", (rt_json_options){.indent = burin_int(0)}, "[\n1\n]");
    check_dumps(r, "[1]", (rt_json_options){.indent = run_text("\t")}, "[\n\t1\n]");
    check_dumps(r, "[1, {'a': 2}]", (rt_json_options){.indent = burin_none(), .item_separator = BURIN_TEXT(","), .key_separator = BURIN_TEXT(":")},
                "[1,{\"a\":2}]");
    check_dumps(r, "\"<script>&'\"", (rt_json_options){.html_safe = true, .indent = burin_none()}, "\"\\u003cscript\\u003e\\u0026\\u0027\"");
    check_dumps(r, "{1: 2, 'a': 3}", (rt_json_options){.sort_keys = true, .indent = burin_none()},
                "TypeError: '<' not supported between instances of 'str' and 'int'");
    assert_true(run_free(r));
}

/* Whatever the room, the output holds the beginning of the text, and fails if that is not all of it. */
static void no_byte_too_many_is_written(void **state)
{
    run             *r       = run_new();
    burin_value      v       = value_of(r, "{'key': 'short', 'a longer key than a block': ['a text of more than sixteen bytes', 'x', -7, 1.5], '<': {}, 'q\"': 'q\\\\n'}"), whole;
    rt_json_options  options = {.indent = burin_none()};
    (void)state;
    assert_int_equal(dumps(r, v, &options, &whole), BURIN_OK);
    for (size_t limit = 1; limit <= whole.len; limit++) {
        rt_out out;
        rt_out_init(&out, &r->st, 0);
        out.limit           = limit;
        burin_status status = rt_write_json(&r->st, &out, v, &options);
        size_t       len    = (size_t)(out.next - out.data);
        assert_int_equal(status, limit < whole.len ? BURIN_ERR_LIMIT : BURIN_OK);
        assert_true(len <= limit);
        assert_memory_equal(out.data, whole.as.s, len);
        rt_out_deinit(&out);
        rt_clear_error(&r->st);
    }
    assert_true(run_free(r));
}

static void many_keys_are_sorted_too(void **state)
{
    run        *r = run_new();
    rt_dict    *d;
    burin_value out;
    char        key[24];
    (void)state;
    assert_int_equal(rt_dict_new(&r->st, 0, &d), BURIN_OK);
    for (int n = 0; n < 1000; n++) {
        burin_value name;
        snprintf(key, sizeof key, "%04d", n * 7919 % 1000);
        assert_int_equal(rt_string_copy(&r->st, key, 4, &name) || rt_dict_put(&r->st, d, name, burin_int(0)), 0);
    }
    rt_json_options options = {.sort_keys = true, .indent = burin_none()};
    assert_int_equal(dumps(r, rt_pointer(BURIN_DICT, d), &options, &out), BURIN_OK);
    for (int n = 0; n < 1000; n++) {
        snprintf(key, sizeof key, "\"%04d\": 0", n);
        assert_memory_equal(out.as.s + 1 + n * 11, key, 9);
    }
    assert_true(run_free(r));
}

static void cycles_and_depth_are_errors(void **state)
{
    run            *r = run_new();
    rt_list        *list;
    burin_value     out, v;
    rt_json_options options = {.indent = burin_none()};
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
    rt_list_push(&r->st, list, rt_list_value(list));
    dumps(r, rt_list_value(list), &options, &out);
    assert_string_equal(run_error(r, BURIN_ERR_VALUE), "Circular reference detected");
    v = burin_int(1);
    for (int n = 0; n < 5000; n++) {
        assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
        rt_list_push(&r->st, list, v);
        v = rt_list_value(list);
    }
    dumps(r, v, &options, &out);
    run_error(r, BURIN_ERR_RECURSION);
    assert_true(run_free(r));
}

/* ---- reading ---- */

static void loads_reads_as_python_does(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"null", "None"}, {" true ", "True"}, {"-0", "0"}, {"-0.0", "-0.0"}, {"1e5", "100000.0"}, {"1E-5", "1e-05"}, {"0.1", "0.1"},
        {"123456789012345678", "123456789012345678"}, {"9223372036854775808", "9223372036854775808"}, {"-9223372036854775808", "-9223372036854775808"},
        {"123456789012345678901234567890", "123456789012345678901234567890"}, {"12345678901234567.5", "1.2345678901234568e+16"},
        {"1e999", "inf"}, {"NaN", "nan"}, {"[Infinity,-Infinity]", "[inf, -inf]"},
        {"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "'a\"\\\\/\\x08\\x0c\\n\\r\\té'"}, {"\"\\ud83d\\ude00\"", "'\U0001f600'"},
        {"\"\\ud83d!\"", "'\xef\xbf\xbd!'"}, {"\"0123456789012345678901234567890123456789\\n\"", "'0123456789012345678901234567890123456789\\n'"},
        {"[ ]", "[]"}, {"{ }", "{}"}, {"[1,[2,{\"a\":[]}]]", "[1, [2, {'a': []}]]"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "{'a': 3, 'b': 2}"}, {"\xef\xbb\xbf[1]", "[1]"},
        {"[{\"a\":1,\"b\":2},{\"a\":3},{\"a\":4,\"b\":5,\"c\":6},{\"b\":7},{}]", "[{'a': 1, 'b': 2}, {'a': 3}, {'a': 4, 'b': 5, 'c': 6}, {'b': 7}, {}]"},
        {"{\"\\u0061\":1}", "{'a': 1}"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        for (int borrow = 0; borrow < 2; borrow++) {
            burin_value  out;
            burin_status status = rt_json_read(&r->st, (burin_text){rows[n].text, strlen(rows[n].text)}, borrow, NULL, &out, NULL);
            assert_string_equal(outcome(r, status, out), rows[n].want);
        }
    assert_true(run_free(r));
}

static void errors_say_where(void **state)
{
    static const struct {
        const char *text, *message;
        unsigned    line, column;
    } rows[] = {
        {"", "Expecting value", 1, 1}, {"[1,\n 2,]", "Expecting value", 2, 4}, {"[1 2]", "Expecting ',' delimiter", 1, 4},
        {"{\"a\" 1}", "Expecting ':' delimiter", 1, 6}, {"{1:2}", "Expecting property name enclosed in double quotes", 1, 2},
        {"\"abc", "Unterminated string", 1, 1}, {"\"a\nb\"", "Invalid control character", 1, 3}, {"\"\\x\"", "Invalid \\escape", 1, 2},
        {"\"\\u12g4\"", "Invalid \\uXXXX escape", 1, 3}, {"1 2", "Extra data", 1, 3}, {"01", "Extra data", 1, 2}, {"1.", "Extra data", 1, 2},
        {"-", "Expecting value", 1, 1}, {"nul", "Expecting value", 1, 1}, {"\"\xff\"", "Invalid UTF-8 in the string", 1, 2}, {"[\"\xc3\xa9\", x]", "Expecting value", 1, 7},
    };
    run        *r   = run_new();
    burin_error err = BURIN_ERROR_INIT;
    burin_value out;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        assert_int_equal(rt_json_read(&r->st, (burin_text){rows[n].text, strlen(rows[n].text)}, false, "data.json", &out, &err), BURIN_ERR_DATA);
        assert_string_equal(err.message, rows[n].message);
        assert_int_equal(err.line, rows[n].line);
        assert_int_equal(err.column, rows[n].column);
        run_error(r, BURIN_ERR_DATA);
    }
    burin_error_clear(&err);
    assert_true(run_free(r));
}

static void nesting_is_bounded(void **state)
{
    enum { DEPTH = 100000 };
    run        *r = run_new();
    char       *text = heap_alloc(&r->st.heap, DEPTH);
    burin_value out;
    (void)state;
    memset(text, '[', DEPTH);
    rt_json_read(&r->st, (burin_text){text, DEPTH}, false, NULL, &out, NULL);
    assert_string_equal(run_error(r, BURIN_ERR_DATA), "Nested more than 1000 deep: line 1 column 1001 (char 1000)");
    assert_true(run_free(r));
}

static const rt_keys *keys_of(run *r, burin_value v) { return rt_dict_of(&r->st, v)->keys; }

static void objects_with_the_same_keys_share_them(void **state)
{
    static const char text[] = "[{\"a\":1,\"b\":{\"x\":1}},{\"a\":2,\"b\":{\"x\":2}},{\"b\":1,\"a\":2},{\"a\":3,\"b\":4}]";
    run        *r = run_new();
    burin_value out;
    (void)state;
    assert_int_equal(rt_json_read(&r->st, (burin_text){text, sizeof text - 1}, true, NULL, &out, NULL), BURIN_OK);
    const burin_value *items = rt_list_of(&r->st, out)->items;
    assert_true(keys_of(r, items[0])->shared);
    assert_ptr_equal(keys_of(r, items[0]), keys_of(r, items[1]));
    assert_ptr_equal(keys_of(r, items[0]), keys_of(r, items[3]));
    assert_ptr_not_equal(keys_of(r, items[0]), keys_of(r, items[2]));
    assert_ptr_equal(keys_of(r, rt_dict_of(&r->st, items[0])->values[1]), keys_of(r, rt_dict_of(&r->st, items[1])->values[1]));
    assert_true(run_free(r));
}

/* Objects sixteen levels apart must not confuse each other's expected keys. */
static void deep_objects_keep_their_keys(void **state)
{
    static const char open[] = "{\"k\":[", close[] = "],\"z\":1}";
    char   text[2000];
    size_t len = 0;
    run   *r = run_new();
    (void)state;
    text[len++] = '[';
    for (int copy = 0; copy < 2; copy++) {
        for (int n = 0; n < 40; n++)
            len += (size_t)sprintf(text + len, "%s", open);
        len += (size_t)sprintf(text + len, "%d", copy);
        for (int n = 0; n < 40; n++)
            len += (size_t)sprintf(text + len, "%s", close);
        text[len++] = copy ? ']' : ',';
    }
    burin_value out, v;
    assert_int_equal(rt_json_read(&r->st, (burin_text){text, len}, false, NULL, &out, NULL), BURIN_OK);
    v = rt_list_of(&r->st, out)->items[1];
    for (int n = 0; n < 40; n++) {
        const rt_dict *d = rt_dict_of(&r->st, v);
        assert_int_equal(d->len, 2);
        const burin_value *k = rt_dict_find_text(d, BURIN_TEXT("k"), rt_text_hash(BURIN_TEXT("k")));
        assert_non_null(k);
        v = rt_list_of(&r->st, *k)->items[0];
    }
    assert_int_equal(v.as.i, 1);
    assert_true(run_free(r));
}

static void borrowed_strings_point_into_the_text(void **state)
{
    static const char text[] = "[\"plain\", \"esc\\n\"]";
    run        *r = run_new();
    burin_value out;
    (void)state;
    assert_int_equal(rt_json_read(&r->st, (burin_text){text, sizeof text - 1}, true, NULL, &out, NULL), BURIN_OK);
    const burin_value *items = rt_list_of(&r->st, out)->items;
    assert_ptr_equal(items[0].as.s, text + 2);
    assert_true(items[1].as.s < text || items[1].as.s > text + sizeof text);
    assert_true(run_free(r));
}

static void every_failing_allocation_is_reported(void **state)
{
    static const char text[] = "[{\"a\":[1,2,123456789012345678901234567890],\"b\":\"x\\ny\"},{\"c\":\"zz\"}]";
    bool done = false;
    (void)state;
    for (uint64_t n = 1; !done; n++) {
        run        *r = run_new();
        burin_value out;
        r->fail_at = r->allocations + n;
        burin_status status = rt_json_read(&r->st, (burin_text){text, sizeof text - 1}, false, NULL, &out, NULL);
        done = status == BURIN_OK;
        assert_true(done || status == BURIN_ERR_NOMEM);
        assert_true(run_free(r));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dumps_writes_as_python_does),
        cmocka_unit_test(options_change_the_form),
        cmocka_unit_test(no_byte_too_many_is_written),
        cmocka_unit_test(many_keys_are_sorted_too),
        cmocka_unit_test(cycles_and_depth_are_errors),
        cmocka_unit_test(loads_reads_as_python_does),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(objects_with_the_same_keys_share_them),
        cmocka_unit_test(deep_objects_keep_their_keys),
        cmocka_unit_test(borrowed_strings_point_into_the_text),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
