/* burin/value.h from the host's side: building, reading, JSON, str and repr. */
#include "burin/function.h"
#include "runtime/base/text.h"
#include "runtime/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static int make_heap(void **state)
{
    *state = burin_heap_new(NULL);
    return *state ? 0 : -1;
}

static int free_heap(void **state)
{
    burin_heap_free(*state);
    return 0;
}

static burin_value json(burin_heap *heap, const char *text)
{
    burin_value v;
    assert_int_equal(burin_json_read(heap, (burin_text){text, strlen(text)}, false, &v, NULL), BURIN_OK);
    return v;
}

static void assert_repr(burin_value v, const char *want)
{
    size_t len;
    char  *text = burin_repr(v, &len);
    assert_non_null(text);
    assert_string_equal(text, want);
    assert_int_equal(len, strlen(want));
    free(text);
}

static void values_without_heap_are_what_they_say(void **state)
{
    (void)state;
    assert_repr(burin_none(), "None");
    assert_repr(burin_bool(true), "True");
    assert_repr(burin_int(INT64_MIN), "-9223372036854775808");
    assert_repr(burin_float(0.1), "0.1");
    assert_repr(burin_string_borrow("it's", 4), "\"it's\"");
    assert_repr(burin_markup_borrow("<b>", 3), "Markup('<b>')");
}

static void containers_are_built_in_order(void **state)
{
    burin_heap *h     = *state;
    burin_value list  = burin_list(h, 0), dict = burin_dict(h, 0), set = burin_set(h, 0);
    burin_value two[] = {burin_int(1), burin_string(h, "x", 1)};

    for (int n = 0; n < 20; n++)
        assert_int_equal(burin_list_append(h, list, burin_int(n)), BURIN_OK);
    assert_int_equal(burin_length(list), 20);
    assert_int_equal(burin_at(list, 19).as.i, 19);
    assert_int_equal(burin_at(list, 20).kind, BURIN_MISSING);

    for (int n = 0; n < 20; n++)
        assert_int_equal(burin_dict_set(h, dict, burin_int(n % 10), burin_int(n)), BURIN_OK);
    assert_int_equal(burin_dict_set_z(h, dict, "name", list), BURIN_OK);
    assert_int_equal(burin_length(dict), 11);
    assert_ptr_equal(burin_get(dict, "name").as.p, list.as.p);
    assert_int_equal(burin_get(dict, "none").kind, BURIN_MISSING);
    assert_int_equal(burin_dict_set(h, dict, list, burin_none()), BURIN_ERR_TYPE);

    for (int n = 0; n < 9; n++)
        assert_int_equal(burin_set_add(h, set, burin_int(n % 3)), BURIN_OK);
    assert_int_equal(burin_length(set), 3);
    assert_repr(burin_tuple(h, two, 2), "(1, 'x')");
    assert_repr(burin_tuple(h, two, 1), "(1,)");
    assert_repr(burin_tuple(h, two, 0), "()");
    assert_int_equal(burin_list_append(h, dict, burin_none()), BURIN_ERR_TYPE);
}

static void walking_gives_every_pair_once(void **state)
{
    burin_value dict = json(*state, "{\"a\": 1, \"b\": 2, \"c\": 3}"), key, value;
    burin_value set  = burin_set(*state, 0);
    size_t      at   = 0;
    char        seen[8] = "";

    while (burin_next(dict, &at, &key, &value)) {
        strncat(seen, key.as.s, key.len);
        assert_int_equal(value.as.i, (int64_t)strlen(seen));
    }
    assert_string_equal(seen, "abc");
    burin_set_add(*state, set, burin_int(7));
    at = 0;
    assert_true(burin_next(set, &at, &key, &value));
    assert_int_equal(key.as.i, 7);
    assert_int_equal(value.kind, BURIN_MISSING);
    assert_false(burin_next(set, &at, &key, &value));
    assert_false(burin_next(burin_int(1), &at, &key, &value));
}

static void ranges_count_as_python_does(void **state)
{
    static const struct {
        int64_t start, stop, step;
        size_t  len;
    } rows[] = {
        {0, 5, 1, 5}, {0, 5, 2, 3}, {5, 0, -1, 5}, {5, 0, -2, 3}, {0, 0, 1, 0}, {0, -1, 1, 0}, {0, 1, -1, 0}, {INT64_MIN, INT64_MAX, INT64_MAX, 3},
    };
    int64_t start, stop, step;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_value range = burin_range(*state, rows[i].start, rows[i].stop, rows[i].step);
        assert_int_equal(burin_length(range), rows[i].len);
        assert_true(burin_range_of(range, &start, &stop, &step));
        assert_true(start == rows[i].start && stop == rows[i].stop && step == rows[i].step);
    }
    assert_int_equal(burin_range(*state, 0, 1, 0).kind, BURIN_MISSING);
    assert_false(burin_range_of(burin_int(1), &start, &stop, &step));
}

static void numbers_fit_or_do_not(void **state)
{
    static const char big[] = "123456789012345678901234567890";
    burin_heap       *h     = *state;
    int64_t           i;
    double            f;
    const struct {
        burin_value v;
        bool        fits_int, fits_double;
    } rows[] = {
        {burin_int(-3), true, true},     {burin_bool(true), true, true},   {burin_float(2.0), true, true},   {burin_float(2.5), false, true},
        {burin_float(1e19), false, true}, {burin_float(NAN), false, true}, {burin_integer(h, big, 30), false, true}, {burin_none(), false, false},
        {burin_string(h, "1", 1), false, false},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        assert_int_equal(burin_as_int(rows[n].v, &i), rows[n].fits_int);
        assert_int_equal(burin_as_double(rows[n].v, &f), rows[n].fits_double);
    }
    assert_true(burin_as_double(burin_integer(h, big, 30), &f) && f == 123456789012345678901234567890.0);
    assert_repr(burin_integer(h, big, 30), big);
    assert_int_equal(burin_integer(h, "12x", 3).kind, BURIN_MISSING);
    assert_int_equal(burin_integer(h, "42", 2).kind, BURIN_INT);
}

static void texts_are_copied_and_must_be_utf8(void **state)
{
    char        text[] = "abc";
    burin_value v      = burin_string(*state, text, 3);
    text[0]            = 'x';
    assert_true(text_is(burin_text_of(v), "abc"));
    assert_true(v.flags & BURIN_ASCII);
    assert_false(burin_string(*state, "\xc3\xa4", 2).flags & BURIN_ASCII);
    assert_int_equal(burin_string(*state, "\xff", 1).kind, BURIN_MISSING);
    assert_int_equal(burin_undefined(*state, "\xff").kind, BURIN_MISSING);
    burin_value dict = burin_dict(*state, 1);
    assert_int_equal(burin_dict_set_z(*state, dict, "\xff", burin_int(1)), BURIN_ERR_UNICODE);
    assert_int_equal(burin_length(dict), 0);
    assert_int_equal(burin_string(*state, "", 0).kind, BURIN_STRING);
    assert_repr(burin_bytes(*state, "\xff\0", 2), "b'\\xff\\x00'");
    assert_int_equal(burin_text_of(burin_int(1)).len, 0);
}

static void types_have_pythons_names(void **state)
{
    burin_heap *h = *state;
    const struct {
        burin_value v;
        const char *name;
    } rows[] = {
        {burin_none(), "NoneType"}, {burin_bool(false), "bool"}, {burin_int(1), "int"},       {burin_float(1), "float"},
        {burin_list(h, 0), "list"}, {burin_dict(h, 0), "dict"},  {burin_set(h, 0), "set"},    {burin_range(h, 0, 1, 1), "range"},
        {burin_markup_borrow("", 0), "Markup"}, {burin_string(h, "", 0), "str"}, {burin_bytes(h, "", 0), "bytes"}, {burin_undefined(h, "x"), "Undefined"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_string_equal(burin_type_name(rows[n].v), rows[n].name);
}

static void undefined_values_know_their_name(void **state)
{
    burin_value v = burin_undefined(*state, "user");
    assert_int_equal(v.kind, BURIN_UNDEFINED);
    assert_true(text_is(burin_text_of(burin_undefined_name(v)), "user"));
    assert_int_equal(burin_undefined_name(burin_undefined(*state, NULL)).kind, BURIN_MISSING);
    assert_int_equal(burin_undefined_name(burin_none()).kind, BURIN_MISSING);
}

static void json_goes_in_and_out_unchanged(void **state)
{
    static const char *const rows[] = {
        "null", "true", "[]", "{}", "[1, -2.5, \"x\"]", "{\"b\": 1, \"a\": {\"c\": []}}", "123456789012345678901234567890", "\"\\u0007\\n\\\"\"", "\"\xc3\xa9\"", "1e+100",
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        char  *text;
        size_t len;
        assert_int_equal(burin_json_write(json(*state, rows[n]), -1, &text, &len, NULL), BURIN_OK);
        assert_string_equal(text, rows[n]);
        assert_int_equal(len, strlen(rows[n]));
        free(text);
    }
}

static void json_is_indented_as_python_indents(void **state)
{
    char *text;
    assert_int_equal(burin_json_write(json(*state, "{\"a\":[1,2],\"b\":{}}"), 2, &text, NULL, NULL), BURIN_OK);
    assert_string_equal(text, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
    free(text);
}

static void bad_json_is_reported_with_its_place(void **state)
{
    burin_error err = BURIN_ERROR_INIT;
    burin_value v;
    assert_int_equal(burin_json_read(*state, BURIN_TEXT("{\n \"a\": 1,\n x}"), false, &v, &err), BURIN_ERR_DATA);
    assert_int_equal(v.kind, BURIN_MISSING);
    assert_int_equal(err.status, BURIN_ERR_DATA);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 2);
    burin_error_clear(&err);
    assert_int_equal(burin_json_read(*state, BURIN_TEXT("[1"), false, &v, NULL), BURIN_ERR_DATA);
    v = json(*state, "[1]"); /* the heap is usable after it */
    assert_int_equal(burin_length(v), 1);
}

static void what_json_cannot_hold_is_an_error(void **state)
{
    burin_error err  = BURIN_ERROR_INIT;
    burin_value list = burin_list(*state, 1);
    char       *text;
    burin_list_append(*state, list, burin_undefined(*state, "x"));
    assert_int_equal(burin_json_write(list, -1, &text, NULL, &err), BURIN_ERR_TYPE);
    assert_string_equal(err.message, "Object of type Undefined is not JSON serializable");
    burin_error_clear(&err);
    list = burin_list(*state, 1);
    burin_list_append(*state, list, list);
    assert_int_equal(burin_json_write(list, -1, &text, NULL, &err), BURIN_ERR_VALUE);
    assert_string_equal(err.message, "Circular reference detected");
    burin_error_clear(&err);
    assert_repr(list, "[[...]]");
}

static const rt_keys *keys_of(burin_value dict) { return ((const rt_dict *)dict.as.p)->keys; }

static void optimized_dicts_with_the_same_keys_share_them(void **state)
{
    burin_heap *h    = *state;
    burin_value list = burin_list(h, 0), odd = burin_dict(h, 0);

    for (int n = 0; n < 100; n++) {
        burin_value row = burin_dict(h, 0);
        burin_dict_set_z(h, row, "id", burin_int(n));
        burin_dict_set_z(h, row, n % 2 ? "name" : "title", burin_int(-n));
        burin_list_append(h, list, row);
    }
    burin_dict_set(h, odd, burin_int(1), list);
    burin_list_append(h, list, odd);
    burin_list_append(h, list, list);
    assert_int_equal(burin_optimize(h, list), BURIN_OK);
    for (size_t n = 2; n < 100; n++) {
        assert_ptr_equal(keys_of(burin_at(list, n)), keys_of(burin_at(list, n % 2)));
        assert_int_equal(burin_get(burin_at(list, n), "id").as.i, (int64_t)n);
        assert_int_equal(burin_get(burin_at(list, n), n % 2 ? "name" : "title").as.i, -(int64_t)n);
    }
    assert_ptr_not_equal(keys_of(burin_at(list, 0)), keys_of(burin_at(list, 1)));
    assert_false(keys_of(odd)->shared);
    burin_dict_set_z(h, burin_at(list, 0), "more", burin_none()); /* takes a private copy */
    assert_int_equal(burin_length(burin_at(list, 0)), 3);
    assert_int_equal(burin_length(burin_at(list, 2)), 2);
    assert_int_equal(burin_get(burin_at(list, 2), "more").kind, BURIN_MISSING);
}

static void a_cleared_heap_can_be_used_again(void **state)
{
    for (int round = 0; round < 3; round++) {
        burin_value list = burin_list(*state, 0);
        for (int n = 0; n < 10000; n++)
            assert_int_equal(burin_list_append(*state, list, burin_string(*state, "some text", 9)), BURIN_OK);
        burin_heap_clear(*state);
    }
}

static int released;
static void count_release(void *self) { released += *(int *)self; }

static void objects_are_released_with_their_heap(void **state)
{
    static const burin_class cls = {.struct_size = sizeof cls, .name = "Thing", .release = count_release};
    burin_heap              *h   = burin_heap_new(NULL);
    int                      one = 1;
    (void)state;
    released       = 0;
    burin_value v  = burin_object(h, &cls, &one);
    assert_string_equal(burin_type_name(v), "Thing");
    assert_ptr_equal(burin_object_self(v, &cls), &one);
    burin_object(h, &cls, &one);
    burin_heap_free(h);
    assert_int_equal(released, 2);
}

int main(void)
{
#define WITH_HEAP(test) cmocka_unit_test_setup_teardown(test, make_heap, free_heap)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_without_heap_are_what_they_say),
        WITH_HEAP(containers_are_built_in_order),
        WITH_HEAP(walking_gives_every_pair_once),
        WITH_HEAP(ranges_count_as_python_does),
        WITH_HEAP(numbers_fit_or_do_not),
        WITH_HEAP(texts_are_copied_and_must_be_utf8),
        WITH_HEAP(types_have_pythons_names),
        WITH_HEAP(undefined_values_know_their_name),
        WITH_HEAP(json_goes_in_and_out_unchanged),
        WITH_HEAP(json_is_indented_as_python_indents),
        WITH_HEAP(bad_json_is_reported_with_its_place),
        WITH_HEAP(what_json_cannot_hold_is_an_error),
        WITH_HEAP(optimized_dicts_with_the_same_keys_share_them),
        WITH_HEAP(a_cleared_heap_can_be_used_again),
        cmocka_unit_test(objects_are_released_with_their_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
