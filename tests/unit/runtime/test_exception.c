/* Exceptions as values: classes, instances, and errors that become instances and the other way round. */
#include "runtime/exception.h"
#include "runtime/operate.h"
#include "tests/support/values_from_text.h"

static burin_value named(const char *name)
{
    burin_value cls = rt_exception_named((burin_text){name, strlen(name)});
    assert_int_equal(cls.kind, BURIN_OBJECT);
    return cls;
}

/* name(*arguments), arguments a tuple in Python's notation. */
static burin_value instance(run *r, const char *name, const char *arguments)
{
    burin_value  args = value_of(r, arguments), out = rt_missing();
    rt_arguments given = {.positional = rt_list_of(&r->st, args)->items, .count = rt_list_of(&r->st, args)->len};
    assert_int_equal(rt_call(&r->st, named(name), &given, &out), BURIN_OK);
    return out;
}

static void instances_print_as_in_python(void **state)
{
    static const struct { const char *name, *args, *str, *repr; } rows[] = {
        {"ValueError", "()", "", "ValueError()"},
        {"ValueError", "('a b',)", "a b", "ValueError('a b')"},
        {"ValueError", "(1, 'x')", "(1, 'x')", "ValueError(1, 'x')"},
        {"KeyError", "('k',)", "'k'", "KeyError('k')"},
        {"KeyError", "(1, 2)", "(1, 2)", "KeyError(1, 2)"},
        {"IOError", "(2, 'gone')", "[Errno 2] gone", "FileNotFoundError(2, 'gone')"}, {"IOError", "(5, 'bad')", "[Errno 5] bad", "OSError(5, 'bad')"},
        {"FileNotFoundError", "(2, 'gone', 'f')", "[Errno 2] gone: 'f'", "FileNotFoundError(2, 'gone', 'f')"},
        {"UnicodeDecodeError", "('utf-8', b'a\\xff', 1, 2, 'bad')", "'utf-8' codec can't decode byte 0xff in position 1: bad",
         "UnicodeDecodeError('utf-8', b'a\\xff', 1, 2, 'bad')"},
        {"UnicodeEncodeError", "('ascii', 'a\\u20ac', 1, 2, 'bad')", "'ascii' codec can't encode character '\\u20ac' in position 1: bad",
         "UnicodeEncodeError('ascii', 'a\xe2\x82\xac', 1, 2, 'bad')"},
        {"UnicodeEncodeError", "('ascii', 'ab', 0, 2, 'bad')", "'ascii' codec can't encode characters in position 0-1: bad",
         "UnicodeEncodeError('ascii', 'ab', 0, 2, 'bad')"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value e = instance(r, rows[n].name, rows[n].args), text;
        assert_int_equal(rt_str(&r->st, e, &text), BURIN_OK);
        assert_int_equal(text.len, strlen(rows[n].str));
        assert_memory_equal(text.as.s, rows[n].str, text.len);
        assert_string_equal(run_repr(r, e), rows[n].repr);
    }
    assert_string_equal(run_repr(r, named("ValueError")), "<class 'ValueError'>");
    assert_true(run_free(r));
}

static void attributes_are_arguments_by_another_name(void **state)
{
    static const struct { const char *name, *args, *attribute, *want; } rows[] = {
        {"ValueError", "(1, 2)", "args", "(1, 2)"}, {"StopIteration", "(7,)", "value", "7"}, {"StopIteration", "()", "value", "None"},
        {"OSError", "(2, 'gone')", "errno", "2"},   {"OSError", "('gone',)", "errno", "None"}, {"PermissionError", "(1, 'no')", "strerror", "'no'"},
        {"UnicodeDecodeError", "('utf-8', b'', 1, 2, 'bad')", "reason", "'bad'"}, {"ValueError", "(1,)", "value", "missing"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value out;
        burin_text  attribute = {rows[n].attribute, strlen(rows[n].attribute)};
        assert_int_equal(rt_python_attr(&r->st, instance(r, rows[n].name, rows[n].args), attribute, &out), BURIN_OK);
        assert_string_equal(run_repr(r, out), rows[n].want);
    }
    assert_true(run_free(r));
}

static void handlers_catch_the_class_and_what_derives_from_it(void **state)
{
    static const struct { const char *raised, *caught; bool want; } rows[] = {
        {"KeyError", "KeyError", true},       {"KeyError", "LookupError", true},   {"KeyError", "Exception", true}, {"KeyError", "BaseException", true},
        {"KeyError", "IndexError", false},    {"LookupError", "KeyError", false},  {"OSError", "IOError", true},    {"TabError", "SyntaxError", true},
        {"KeyboardInterrupt", "Exception", false}, {"RecursionError", "RuntimeError", true}, {"UnboundLocalError", "NameError", true},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        bool caught;
        assert_int_equal(rt_exception_matches(&r->st, instance(r, rows[n].raised, "()"), named(rows[n].caught), &caught), BURIN_OK);
        assert_int_equal(caught, rows[n].want);
    }
    burin_value pair, nested, e = instance(r, "ValueError", "()");
    bool        caught;
    assert_int_equal(rt_tuple2(&r->st, named("KeyError"), named("ValueError"), &pair), BURIN_OK);
    assert_int_equal(rt_tuple2(&r->st, named("OSError"), pair, &nested), BURIN_OK);
    assert_int_equal(rt_exception_matches(&r->st, e, pair, &caught), BURIN_OK);
    assert_true(caught);
    assert_int_equal(rt_exception_matches(&r->st, e, nested, &caught), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "catching classes that do not inherit from BaseException is not allowed");
    assert_int_equal(rt_exception_matches(&r->st, e, burin_int(1), &caught), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "catching classes that do not inherit from BaseException is not allowed");
    assert_true(run_free(r));
}

static void errors_of_the_runtime_become_instances(void **state)
{
    run *r = run_new();
    burin_value e, out;
    (void)state;
    rt_fail(&r->st, BURIN_ERR_VALUE, "no %s", "good");
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_int_equal(r->st.status, BURIN_OK);
    assert_string_equal(run_repr(r, e), "ValueError('no good')");
    rt_key_error(&r->st, run_value(r, "(1, 'a')"));
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_string_equal(run_repr(r, e), "KeyError((1, 'a'))");
    rt_call_method(&r->st, run_value(r, "b'a\\xff'"), BURIN_TEXT("decode"), &(rt_arguments){0}, &out);
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_string_equal(run_repr(r, e), "UnicodeDecodeError('utf-8', b'a\\xff', 1, 2, 'invalid start byte')");
    assert_true(run_free(r));
}

static void limits_pass_through_every_handler(void **state)
{
    static const burin_status limits[] = {BURIN_ERR_LIMIT, BURIN_ERR_CANCELLED, BURIN_ERR_NOMEM, BURIN_ERR_RECURSION, BURIN_ERR_USAGE};
    run        *r = run_new();
    burin_value e;
    (void)state;
    for (size_t n = 0; n < sizeof limits / sizeof limits[0]; n++) {
        rt_fail(&r->st, limits[n], "enough");
        assert_false(rt_exception_pending(&r->st));
        assert_int_equal(rt_exception_take(&r->st, &e), limits[n]);
        assert_string_equal(run_error(r, limits[n]), "enough");
    }
    /* one that the script has raised itself is an exception like others */
    assert_int_equal(rt_exception_raise(&r->st, named("MemoryError"), rt_missing(), rt_missing()), BURIN_ERR_NOMEM);
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_string_equal(run_repr(r, e), "MemoryError()");
    assert_true(run_free(r));
}

static void what_was_raised_is_what_is_caught(void **state)
{
    run        *r = run_new();
    burin_value first = instance(r, "ValueError", "('a',)"), second = instance(r, "TypeError", "('b',)"), e;
    (void)state;
    assert_int_equal(rt_exception_raise(&r->st, first, second, rt_missing()), BURIN_ERR_VALUE);
    assert_int_equal(r->st.status, BURIN_ERR_VALUE);
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_true(rt_identical(e, first));
    assert_true(rt_identical(rt_exception_of(e)->cause, second));
    /* a circle of contexts is cut */
    rt_exception_raise(&r->st, second, rt_missing(), first);
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_true(rt_identical(rt_exception_of(second)->context, first));
    rt_exception_raise(&r->st, first, burin_none(), second);
    assert_int_equal(rt_exception_take(&r->st, &e), BURIN_OK);
    assert_int_equal(rt_exception_of(second)->context.kind, BURIN_MISSING);
    assert_int_equal(rt_exception_of(first)->cause.kind, BURIN_NONE);
    rt_exception_raise(&r->st, burin_int(3), rt_missing(), rt_missing());
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "exceptions must derive from BaseException");
    rt_exception_raise(&r->st, first, burin_int(3), rt_missing());
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "exception causes must derive from BaseException");
    assert_true(run_free(r));
}

static void every_name_is_a_class(void **state)
{
    size_t     n = 0;
    burin_text name;
    (void)state;
    for (; (name = rt_exception_name(n)).data; n++)
        assert_int_equal(rt_exception_named(name).kind, BURIN_OBJECT);
    assert_true(n > 60);
    assert_int_equal(rt_exception_named(BURIN_TEXT("SystemExit")).kind, BURIN_MISSING);
    assert_int_equal(rt_exception_named(BURIN_TEXT("SecurityError")).kind, BURIN_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances_print_as_in_python),
        cmocka_unit_test(attributes_are_arguments_by_another_name),
        cmocka_unit_test(handlers_catch_the_class_and_what_derives_from_it),
        cmocka_unit_test(errors_of_the_runtime_become_instances),
        cmocka_unit_test(limits_pass_through_every_handler),
        cmocka_unit_test(what_was_raised_is_what_is_caught),
        cmocka_unit_test(every_name_is_a_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
