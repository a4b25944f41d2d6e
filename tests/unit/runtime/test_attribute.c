/* Attributes, items, slices and undefined values. */
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/operate.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* What a lookup gave: repr, "undefined", "function", or the message of its failure. */
static const char *told(run *r, burin_status status, burin_value v)
{
    if (status)
        return run_error(r, status);
    if (v.kind == BURIN_UNDEFINED)
        return "undefined";
    return v.kind == BURIN_FUNCTION ? "function" : run_repr(r, v);
}

static const char *attr(run *r, burin_value v, const char *name)
{
    burin_value  out;
    burin_status status = rt_get_attr(&r->st, v, (burin_text){name, strlen(name)}, &out);
    return told(r, status, out);
}

static const char *item(run *r, burin_value v, burin_value key)
{
    burin_value  out;
    burin_status status = rt_get_item(&r->st, v, key, &out);
    return told(r, status, out);
}

static void attributes_come_before_items(void **state)
{
    static const struct { const char *value, *name, *want; } rows[] = {
        {"{'items': 1}", "items", "function"}, {"{'count': 1}", "count", "1"}, {"{'a': 1}", "a", "1"}, {"{'a': 1}", "b", "undefined"},
        {"{'a': 1}", "upper", "undefined"}, {"[1]", "append", "function"}, {"[1]", "items", "undefined"}, {"(1,)", "index", "function"},
        {"(1,)", "append", "undefined"}, {"'x'", "upper", "function"}, {"'x'", "striptags", "undefined"}, {"b'x'", "decode", "function"},
        {"5", "bit_length", "function"}, {"True", "bit_length", "function"}, {"99999999999999999999", "bit_length", "function"},
        {"1.5", "is_integer", "function"}, {"1.5", "bit_length", "undefined"}, {"None", "x", "undefined"}, {"{1}", "union", "function"},
        {"{'__len__': 1}", "__len__", "function"}, {"{'_x': 1}", "_x", "1"}, {"'abc'", "__class__", "<class 'str'>"},
    };
    run *r = run_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(attr(r, run_value(r, rows[i].value), rows[i].name), rows[i].want);
    assert_string_equal(attr(r, burin_markup_borrow("x", 1), "striptags"), "function");
    assert_true(run_free(r));
}

static void items_come_before_attributes(void **state)
{
    static const struct { const char *value, *key, *want; } rows[] = {
        {"{'items': 1}", "'items'", "1"}, {"{'a': 1}", "'items'", "function"}, {"{1: 2}", "1.0", "2"}, {"{1: 2}", "True", "2"}, {"{1: 2}", "3", "undefined"},
        {"{1: 2}", "[1]", "undefined"}, {"[1, 2]", "0", "1"}, {"[1, 2]", "-1", "2"}, {"[1, 2]", "-3", "undefined"}, {"[1, 2]", "2", "undefined"},
        {"[1, 2]", "True", "2"}, {"[1, 2]", "1.0", "undefined"}, {"[1, 2]", "'0'", "undefined"}, {"[1, 2]", "'pop'", "function"},
        {"[1, 2]", "99999999999999999999", "undefined"}, {"(1, 2)", "1", "2"}, {"'abc'", "1", "'b'"}, {"'abc'", "-1", "'c'"}, {"'abc'", "3", "undefined"},
        {"'a\xC3\xA9\xE2\x82\xAC'", "1", "'é'"}, {"'a\xC3\xA9\xE2\x82\xAC'", "-1", "'€'"}, {"'a\xC3\xA9\xE2\x82\xAC'", "3", "undefined"}, {"'a\xC3\xA9\xE2\x82\xAC'", "-4", "undefined"},
        {"''", "0", "undefined"}, {"'abc'", "'upper'", "function"}, {"b'ab'", "0", "97"}, {"b'ab'", "-3", "undefined"}, {"5", "0", "undefined"}, {"None", "'x'", "undefined"},
        {"{(1, 2): 3}", "(1, 2)", "3"},
    };
    run *r = run_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(item(r, run_value(r, rows[i].value), run_value(r, rows[i].key)), rows[i].want);
    assert_string_equal(item(r, burin_markup_borrow("<b>", 3), burin_int(0)), "Markup('<')");
    assert_true(run_free(r));
}

static void pythons_own_subscript_raises(void **state)
{
    static const struct { const char *value, *key; burin_status status; const char *want; } rows[] = {
        {"{'a': 1}", "'b'", BURIN_ERR_KEY, "'b'"}, {"{'a': 1}", "5", BURIN_ERR_KEY, "5"}, {"{}", "[1]", BURIN_ERR_TYPE, "unhashable type: 'list'"},
        {"[1]", "1", BURIN_ERR_INDEX, "list index out of range"}, {"(1,)", "-2", BURIN_ERR_INDEX, "tuple index out of range"}, {"''", "0", BURIN_ERR_INDEX, "string index out of range"},
        {"b''", "0", BURIN_ERR_INDEX, "index out of range"}, {"[1]", "99999999999999999999", BURIN_ERR_INDEX, "cannot fit 'int' into an index-sized integer"},
        {"[1]", "'a'", BURIN_ERR_TYPE, "list indices must be integers or slices, not str"}, {"(1,)", "1.5", BURIN_ERR_TYPE, "tuple indices must be integers or slices, not float"},
        {"'a'", "None", BURIN_ERR_TYPE, "string indices must be integers, not 'NoneType'"}, {"b'a'", "'a'", BURIN_ERR_TYPE, "byte indices must be integers or slices, not str"},
        {"5", "0", BURIN_ERR_TYPE, "'int' object is not subscriptable"}, {"None", "'x'", BURIN_ERR_TYPE, "'NoneType' object is not subscriptable"},
    };
    run        *r = run_new();
    burin_value out;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(rt_python_item(&r->st, run_value(r, rows[i].value), run_value(r, rows[i].key), &out), rows[i].status);
        assert_string_equal(run_error(r, rows[i].status), rows[i].want);
    }
    assert_int_equal(rt_python_item(&r->st, run_value(r, "[1, 2]"), burin_int(-1), &out), BURIN_OK);
    assert_int_equal(out.as.i, 2);
    assert_int_equal(rt_python_attr(&r->st, run_value(r, "{'a': 1}"), BURIN_TEXT("a"), &out), BURIN_OK);
    assert_int_equal(out.kind, BURIN_MISSING);
    assert_true(run_free(r));
}

static burin_value range_value(run *r, int64_t start, int64_t stop, int64_t step, int64_t len)
{
    rt_range *range = heap_alloc(&r->st.heap, sizeof *range);
    *range          = (rt_range){start, stop, step, len};
    return rt_pointer(BURIN_RANGE, range);
}

static void slices_are_pythons(void **state)
{
    static const struct { const char *value, *parts, *want; } rows[] = {
        {"[0, 1, 2, 3, 4]", "(1, 3, None)", "[1, 2]"}, {"[0, 1, 2, 3, 4]", "(None, None, -1)", "[4, 3, 2, 1, 0]"}, {"[0, 1, 2, 3, 4]", "(None, None, 2)", "[0, 2, 4]"},
        {"[0, 1, 2, 3, 4]", "(-2, None, None)", "[3, 4]"}, {"[0, 1, 2, 3, 4]", "(None, -2, None)", "[0, 1, 2]"}, {"[0, 1, 2, 3, 4]", "(3, 1, None)", "[]"},
        {"[0, 1, 2, 3, 4]", "(3, 1, -1)", "[3, 2]"}, {"[0, 1, 2, 3, 4]", "(99, None, -2)", "[4, 2, 0]"}, {"[0, 1, 2, 3, 4]", "(-99, 99, None)", "[0, 1, 2, 3, 4]"},
        {"[0, 1, 2, 3, 4]", "(True, None, None)", "[1, 2, 3, 4]"}, {"[0, 1]", "(-99999999999999999999, 99999999999999999999, None)", "[0, 1]"},
        {"[0, 1]", "(None, None, 9223372036854775807)", "[0]"}, {"[0, 1]", "(None, None, -9223372036854775808)", "[1]"}, {"[]", "(None, None, -1)", "[]"},
        {"(1, 2, 3)", "(1, None, None)", "(2, 3)"}, {"'hello'", "(1, 3, None)", "'el'"}, {"'hello'", "(None, None, -1)", "'olleh'"}, {"'hello'", "(None, None, 2)", "'hlo'"},
        {"'a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z'", "(1, 3, None)", "'é€'"}, {"'a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z'", "(None, None, -1)", "'z😀€éa'"},
        {"'a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z'", "(None, None, 2)", "'a€z'"}, {"'a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z'", "(-2, None, None)", "'😀z'"}, {"'\xC3\xA9'", "(5, 9, None)", "''"},
        {"b'hello'", "(1, 3, None)", "b'el'"}, {"b'hello'", "(None, None, -2)", "b'olh'"},
        {"[1]", "(None, None, 0)", "slice step cannot be zero"}, {"[1]", "('a', None, None)", "slice indices must be integers or None or have an __index__ method"},
        {"5", "(1, None, None)", "'int' object is not subscriptable"}, {"{1: 2}", "(1, None, None)", "unhashable type: 'slice'"},
    };
    run        *r = run_new();
    burin_value out;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const burin_value *parts  = rt_list_of(&r->st, run_value(r, rows[i].parts))->items;
        burin_status       status = rt_get_slice(&r->st, run_value(r, rows[i].value), parts[0], parts[1], parts[2], &out);
        assert_string_equal(told(r, status, out), rows[i].want);
    }
    static const struct { int64_t start, stop, step, len; const char *parts, *want; } ranges[] = {
        {0, 10, 1, 10, "(2, 5, None)", "range(2, 5)"}, {0, 10, 1, 10, "(None, None, 3)", "range(0, 10, 3)"}, {0, 10, 1, 10, "(None, None, -1)", "range(9, -1, -1)"},
        {0, 10, 1, 10, "(5, 2, None)", "range(5, 2)"}, {0, 10, 3, 4, "(1, None, None)", "range(3, 12, 3)"}, {0, 10, 1, 10, "(8, 1, -3)", "range(8, 1, -3)"},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const burin_value *parts = rt_list_of(&r->st, run_value(r, ranges[i].parts))->items;
        burin_value        v     = range_value(r, ranges[i].start, ranges[i].stop, ranges[i].step, ranges[i].len);
        assert_string_equal(told(r, rt_get_slice(&r->st, v, parts[0], parts[1], parts[2], &out), out), ranges[i].want);
    }
    assert_int_equal(rt_get_slice(&r->st, burin_markup_borrow("<b>", 3), rt_missing(), burin_int(2), rt_missing(), &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "Markup('<b')");
    /* as a key (constant folding) a slice that does not fit gives undefined */
    burin_value key;
    assert_int_equal(rt_slice_new(&r->st, burin_int(1), rt_missing(), rt_missing(), &key), BURIN_OK);
    assert_string_equal(run_repr(r, key), "slice(1, None, None)");
    assert_string_equal(item(r, run_value(r, "[1, 2]"), key), "[2]");
    assert_string_equal(item(r, burin_int(5), key), "undefined");
    assert_string_equal(item(r, run_value(r, "{1: 2}"), key), "undefined");
    assert_true(run_free(r));
}

static burin_status some_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    (void)self;
    if (text_is(name, "broken"))
        return burin_raise(call, BURIN_ERR_VALUE, "broken");
    if (text_is(name, "a") || text_is(name, "_private"))
        *out = RT_STRING("attribute");
    return BURIN_OK;
}

static burin_status some_item(burin_call *call, void *self, burin_value key, burin_value *out)
{
    (void)self;
    if (key.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "text only");
    if (text_is(rt_text_of(key), "gone"))
        return burin_raise(call, BURIN_ERR_KEY, "gone");
    if (text_is(rt_text_of(key), "a") || text_is(rt_text_of(key), "b"))
        *out = RT_STRING("item");
    return BURIN_OK;
}

static const burin_class both = {.struct_size = sizeof(burin_class), .name = "Both", .module = "app.models", .get_attr = some_attr, .get_item = some_item};

static void host_objects_are_asked_in_the_same_order(void **state)
{
    run        *r = run_new();
    burin_value v = burin_object(&r->st.heap, &both, NULL);
    (void)state;
    assert_string_equal(attr(r, v, "a"), "'attribute'");
    assert_string_equal(attr(r, v, "b"), "'item'");
    assert_string_equal(attr(r, v, "gone"), "undefined");
    assert_string_equal(attr(r, v, "broken"), "broken");
    assert_string_equal(item(r, v, run_text("a")), "'item'");
    assert_string_equal(item(r, v, run_text("_private")), "'attribute'");
    assert_string_equal(item(r, v, burin_int(1)), "undefined");
    assert_true(run_free(r));
}

static void the_sandbox_hides_what_begins_with_an_underscore(void **state)
{
    run        *r = run_new();
    burin_value v = burin_object(&r->st.heap, &both, NULL), out, list = run_value(r, "[1]"), dict = run_value(r, "{'_x': 1, 'append': 2}");
    (void)state;
    r->env.sandbox = RT_SANDBOXED;
    assert_string_equal(attr(r, dict, "_x"), "1"); /* items are no attributes */
    assert_string_equal(attr(r, list, "append"), "function");
    assert_int_equal(rt_get_attr(&r->st, v, BURIN_TEXT("_private"), &out), BURIN_OK);
    assert_int_equal(rt_undefined_fail(&r->st, out), BURIN_ERR_SECURITY);
    assert_string_equal(run_error(r, BURIN_ERR_SECURITY), "access to attribute '_private' of 'Both' object is unsafe.");
    assert_int_equal(rt_get_item(&r->st, list, run_text("__init__"), &out), BURIN_OK);
    assert_int_equal(rt_undefined_fail(&r->st, out), BURIN_ERR_SECURITY);
    run_error(r, BURIN_ERR_SECURITY);
    r->env.sandbox = RT_IMMUTABLE;
    assert_string_equal(attr(r, list, "pop"), "function");
    assert_string_equal(attr(r, dict, "append"), "2");
    assert_int_equal(rt_get_attr(&r->st, list, BURIN_TEXT("append"), &out), BURIN_OK);
    assert_int_equal(rt_undefined_fail(&r->st, out), BURIN_ERR_SECURITY);
    assert_string_equal(run_error(r, BURIN_ERR_SECURITY), "access to attribute 'append' of 'list' object is unsafe.");
    rt_arguments none = {0};
    assert_int_equal(rt_call_method(&r->st, dict, BURIN_TEXT("update"), &none, &out), BURIN_ERR_SECURITY);
    run_error(r, BURIN_ERR_SECURITY);
    assert_true(run_free(r));
}

static void undefined_values_say_what_is_missing(void **state)
{
    run        *r = run_new();
    const struct { burin_value object, name; const char *want; } rows[] = {
        {rt_missing(), run_text("x"), "'x' is undefined"},
        {rt_missing(), run_text("it's"), "\"it's\" is undefined"},
        {run_value(r, "{}"), run_text("y"), "'dict object' has no attribute 'y'"},
        {run_value(r, "[]"), burin_int(5), "list object has no element 5"},
        {run_value(r, "{}"), run_value(r, "(1, 'a')"), "dict object has no element (1, 'a')"},
        {burin_none(), run_text("x"), "'None' has no attribute 'x'"},
        {burin_none(), burin_int(0), "None has no element 0"},
        {run_value(r, "99999999999999999999"), run_text("x"), "'int object' has no attribute 'x'"},
        {burin_markup_borrow("m", 1), run_text("x"), "'markupsafe.Markup object' has no attribute 'x'"},
        {burin_object(&r->st.heap, &both, NULL), run_text("x"), "'app.models.Both object' has no attribute 'x'"},
        {burin_object(&r->st.heap, &both, NULL), burin_int(0), "app.models.Both object has no element 0"},
    };
    burin_value v, out;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(rt_undefined_new(&r->st, rows[i].object, rows[i].name, &v), BURIN_OK);
        assert_int_equal(rt_get_attr(&r->st, v, BURIN_TEXT("more"), &out), BURIN_ERR_UNDEFINED);
        assert_string_equal(run_error(r, BURIN_ERR_UNDEFINED), rows[i].want);
    }
    assert_int_equal(rt_undefined_hint(&r->st, RT_UNDEFINED, &v, "parameter %s was not provided", "'x'"), BURIN_OK);
    assert_int_equal(rt_get_item(&r->st, v, burin_int(0), &out), BURIN_ERR_UNDEFINED);
    assert_string_equal(run_error(r, BURIN_ERR_UNDEFINED), "parameter 'x' was not provided");
    r->env.undefined = RT_CHAINABLE;
    rt_undefined_new(&r->st, rt_missing(), run_text("x"), &v);
    assert_int_equal(rt_get_attr(&r->st, v, BURIN_TEXT("more"), &out), BURIN_OK);
    assert_ptr_equal(out.as.p, v.as.p);
    assert_int_equal(rt_get_slice(&r->st, v, burin_int(1), rt_missing(), rt_missing(), &out), BURIN_OK);
    assert_ptr_equal(out.as.p, v.as.p);
    assert_string_equal(attr(r, v, "_undefined_name"), "'x'");
    assert_string_equal(attr(r, v, "__class__"), "<class 'jinja2.runtime.ChainableUndefined'>");
    assert_string_equal(attr(r, v, "__nothing__"), "undefined");
    assert_true(run_free(r));
}

static void operators_of_undefined_values_are_there_and_fail(void **state)
{
    static const char *const names[] = {"__add__", "__rpow__", "__int__", "__lt__", "__getitem__", "__div__"};
    run         *r    = run_new();
    rt_arguments none = {0};
    burin_value  v, callee, out;
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        assert_int_equal(rt_undefined_new(&r->st, rt_missing(), run_text("x"), &v), BURIN_OK);
        assert_int_equal(rt_get_attr(&r->st, v, (burin_text){names[n], strlen(names[n])}, &callee), BURIN_OK);
        assert_int_equal(callee.kind, BURIN_FUNCTION);
        assert_int_equal(rt_call(&r->st, callee, &none, &out), BURIN_ERR_UNDEFINED);
        assert_string_equal(run_error(r, BURIN_ERR_UNDEFINED), "'x' is undefined");
    }
    r->env.undefined = RT_CHAINABLE;
    assert_int_equal(rt_undefined_new(&r->st, rt_missing(), run_text("x"), &v), BURIN_OK);
    assert_int_equal(rt_get_attr(&r->st, v, BURIN_TEXT("__getitem__"), &callee), BURIN_OK);
    assert_int_equal(rt_call(&r->st, callee, &none, &out), BURIN_OK);
    assert_ptr_equal(out.as.p, v.as.p);
    assert_true(run_free(r));
}

static void special_attributes_work_as_in_python(void **state)
{
    static const struct { const char *value, *name, *argument, *want; } rows[] = {
        {"'abc'", "__len__", NULL, "3"}, {"[1, 2]", "__len__", NULL, "2"}, {"5", "__add__", "1", "6"}, {"5", "__len__", NULL, "undefined"}, {"'x'", "__add__", "'y'", "'xy'"},
        {"[1, 2]", "__contains__", "2", "True"}, {"[1, 2]", "__getitem__", "0", "1"}, {"5", "__str__", NULL, "'5'"}, {"2.5", "__int__", NULL, "2"}, {"True", "__float__", NULL, "1.0"},
        {"-3", "__abs__", NULL, "3"}, {"5", "__rsub__", "7", "2"}, {"6", "__and__", "3", "2"}, {"6", "__invert__", NULL, "-7"}, {"2.5", "__and__", "1", "undefined"},
        {"7", "__divmod__", "2", "(3, 1)"}, {"True", "__index__", NULL, "1"}, {"2.5", "__trunc__", NULL, "2"}, {"2", "__rpow__", "3", "9"}, {"1", "__lshift__", "4", "16"},
        {"1", "__lt__", "2", "True"}, {"3", "__neg__", NULL, "-3"}, {"None", "__bool__", NULL, "False"}, {"'a'", "__eq__", "'a'", "True"},
    };
    run *r = run_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_value  callee, out, argument = rows[i].argument ? run_value(r, rows[i].argument) : rt_missing();
        rt_arguments args = {.positional = &argument, .count = rows[i].argument != NULL};
        assert_int_equal(rt_get_attr(&r->st, run_value(r, rows[i].value), (burin_text){rows[i].name, strlen(rows[i].name)}, &callee), BURIN_OK);
        if (callee.kind == BURIN_UNDEFINED) {
            assert_string_equal(rows[i].want, "undefined");
            continue;
        }
        burin_status status = rt_call(&r->st, callee, &args, &out);
        assert_string_equal(told(r, status, out), rows[i].want);
    }
    burin_value a, b;
    bool        same;
    rt_get_attr(&r->st, burin_int(1), BURIN_TEXT("__class__"), &a);
    rt_get_attr(&r->st, run_value(r, "99999999999999999999"), BURIN_TEXT("__class__"), &b);
    assert_int_equal(rt_equal(&r->st, a, b, &same), BURIN_OK);
    assert_true(same);
    assert_string_equal(attr(r, a, "__name__"), "'int'");
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_come_before_items),             cmocka_unit_test(items_come_before_attributes),
        cmocka_unit_test(pythons_own_subscript_raises),             cmocka_unit_test(slices_are_pythons),
        cmocka_unit_test(host_objects_are_asked_in_the_same_order), cmocka_unit_test(the_sandbox_hides_what_begins_with_an_underscore),
        cmocka_unit_test(undefined_values_say_what_is_missing),     cmocka_unit_test(operators_of_undefined_values_are_there_and_fail),
     cmocka_unit_test(special_attributes_work_as_in_python),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
