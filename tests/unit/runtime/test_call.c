/* Signatures, binding, calling. */
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void signatures_are_written_as_in_python(void **state)
{
    static const struct { const char *text; bool good; unsigned count, positional_only; bool rest, named; } rows[] = {
        {"", true, 0, 0, false, false},         {"a", true, 1, 0, false, false},
        {"a, b=1", true, 2, 0, false, false},   {"self, /", true, 1, 1, false, false},
        {"a, /, b, *rest, **named", true, 2, 1, true, true}, {"*args", true, 0, 0, true, false},
        {" a = 'x y' , b = ? ", true, 2, 0, false, false},   {"a=(), b=none, c=true, d=-1.5e3", true, 4, 0, false, false},
        {"a,", true, 1, 0, false, false},
        {"a b", false, 0, 0, false, false},     {"a=", false, 0, 0, false, false},    {"1a", false, 0, 0, false, false},
        {"a='x", false, 0, 0, false, false},    {"*", false, 0, 0, false, false},     {"*a, *b", false, 0, 0, false, false},
        {"*a, b", true, 1, 0, true, false},     {"a, *, b=1", true, 2, 0, false, false}, {"a, *", false, 0, 0, false, false}, {"**k, b", false, 0, 0, false, false},   {"a=maybe", false, 0, 0, false, false}, {"a=99999999999999999999", false, 0, 0, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena         a = arena_make(&base_malloc_allocator);
        rt_signature *sig;
        assert_int_equal(rt_signature_parse(&a, rows[i].text, &sig), rows[i].good);
        if (rows[i].good) {
            assert_int_equal(sig->count, rows[i].count);
            assert_int_equal(sig->positional_only, rows[i].positional_only);
            assert_int_equal(sig->rest, rows[i].rest);
            assert_int_equal(sig->named, rows[i].named);
        }
        arena_deinit(&a);
    }
}

static void defaults_are_literals(void **state)
{
    run          *r = run_new();
    arena         a = arena_make(&base_malloc_allocator);
    rt_signature *sig;
    static const char *const want[] = {"80", "-5", "0.5", "'text'", "''", "None", "True", "False", "()"};
    (void)state;
    assert_true(rt_signature_parse(&a, "k, a=80, b=-5, c=0.5, d='text', e='', f=none, g=true, h=false, i=(), j=?", &sig));
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_false(sig->parameters[i + 1].required);
        assert_string_equal(run_repr(r, sig->parameters[i + 1].fallback), want[i]);
    }
    assert_int_equal(sig->parameters[10].fallback.kind, BURIN_MISSING);
    assert_false(sig->parameters[10].required);
    assert_true(sig->parameters[0].required);
    arena_deinit(&a);
    assert_true(run_free(r));
}

/* Gives its arguments back as a tuple, "-" for MISSING. */
static burin_status show(burin_call *call, burin_value *out)
{
    rt_list *all;
    burin_status status = rt_list_new(call->st, BURIN_TUPLE, call->count, &all);
    for (uint32_t n = 0; n < call->count && !status; n++)
        status = rt_list_push(call->st, all, call->args[n].kind == BURIN_MISSING ? RT_STRING("-") : burin_arg(call, n));
    *out = rt_tuple_value(all);
    assert_int_equal(burin_arg(call, call->count).kind, BURIN_MISSING);
    return status;
}

static void arguments_bind_as_in_python(void **state)
{
    /* calls give the integers 1, 2, ... by position, then x, y, z = 10, 20, 30 by the names listed */
    static const struct { const char *signature; unsigned positional; const char *names; const char *want; } rows[] = {
        {"a, b", 2, "", "(1, 2)"},
        {"a, b=5", 1, "", "(1, 5)"},
        {"a, b=5", 1, "b", "(1, 10)"},
        {"a, b=5, c=6", 2, "", "(1, 2, 6)"},
        {"a=4, b=5", 0, "", "(4, 5)"},
        {"a=4, b=5", 3, "", "f() takes from 0 to 2 positional arguments but 3 were given"},
        {"a, b=?, *, c=7", 1, "", "(1, '-', 7)"},
        {"a,b,c,d,e,f,g,h,i,j,k,l=0", 11, "", "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0)"},
        {"a,b,c,d,e,f,g,h,i,j,k,l,m=0", 12, "", "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0)"},
        {"a, b", 0, "b a", "(20, 10)"},
        {"a, b=?", 1, "", "(1, '-')"},
        {"a, *rest", 3, "", "(1, (2, 3))"},
        {"a, *rest", 1, "", "(1, ())"},
        {"a, **named", 1, "x y", "(1, {'x': 10, 'y': 20})"},
        {"a, /, **named", 1, "a", "(1, {'a': 10})"},
        {"*rest, **named", 2, "q", "((1, 2), {'q': 10})"},
        {"*rest, x", 2, "x", "(10, (1, 2))"},
        {"a, *, x=7", 1, "", "(1, 7)"},
        {"", 0, "", "()"},
        {"a,b,c,d,e,f,g,h,i,j,k,l,m,n", 14, "", "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)"},
        {"a,b,c,d,e,f,g,h,i,j,k,l,m,n=0", 13, "", "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0)"},
        {"a", 0, "", "f() missing 1 required positional argument: 'a'"},
        {"a, b", 0, "", "f() missing 2 required positional arguments: 'a' and 'b'"},
        {"a, b, c, d=1", 0, "", "f() missing 3 required positional arguments: 'a', 'b', and 'c'"},
        {"a, b, c", 0, "b", "f() missing 2 required positional arguments: 'a' and 'c'"},
        {"a", 2, "", "f() takes 1 positional argument but 2 were given"},
        {"", 1, "", "f() takes 0 positional arguments but 1 was given"},
        {"a, b=1", 3, "", "f() takes from 1 to 2 positional arguments but 3 were given"},
        {"a, b", 2, "x", "f() got an unexpected keyword argument 'x'"},
        {"a, b", 2, "b", "f() got multiple values for argument 'b'"},
        {"a, /", 0, "a", "f() got some positional-only arguments passed as keyword arguments: 'a'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run        *r = run_new();
        burin_value positional[20], named[4] = {burin_int(10), burin_int(20), burin_int(30)}, result;
        burin_text  names[4];
        uint32_t    named_count = 0;
        for (unsigned n = 0; n < 20; n++)
            positional[n] = burin_int(n + 1);
        for (const char *at = rows[i].names; *at; at += *at == ' ') {
            size_t len           = strcspn(at, " ");
            names[named_count++] = (burin_text){at, len};
            at += len;
        }
        assert_int_equal(rt_env_add(&r->env, r->env.globals, "f", rows[i].signature, show, NULL, 0), BURIN_OK);
        rt_arguments args   = {positional, rows[i].positional, named_count, names, named};
        burin_status status = rt_call_function(&r->st, rt_names_function(r->env.globals, BURIN_TEXT("f")), &args, &result);
        if (rows[i].want[0] == '(') {
            assert_int_equal(status, BURIN_OK);
            assert_string_equal(run_repr(r, result), rows[i].want);
        } else {
            assert_int_equal(status, BURIN_ERR_TYPE);
            assert_string_equal(run_error(r, BURIN_ERR_TYPE), rows[i].want);
        }
        assert_true(run_free(r));
    }
}

static burin_status stop(burin_call *call, burin_value *out)
{
    (void)out;
    return burin_raise(call, BURIN_ERR_STOP_ITERATION, "%s", "");
}

static burin_status fail_silently(burin_call *call, burin_value *out)
{
    (void)call;
    (void)out;
    return BURIN_ERR_VALUE;
}

static burin_status swallow(burin_call *call, burin_value *out)
{
    burin_raise(call, BURIN_ERR_VALUE, "not so bad");
    *out = burin_bool(burin_call_autoescape(call));
    return BURIN_OK;
}

static burin_status call_first(burin_call *call, burin_value *out)
{
    burin_value argument = burin_int(5);
    assert_ptr_equal(burin_call_data(call), "data");
    assert_ptr_equal(burin_call_heap(call), &call->st->heap);
    assert_int_equal(burin_call_variable(call, "x").kind, BURIN_MISSING);
    return burin_call_value(call, burin_arg(call, 0), &argument, 1, out);
}

static burin_value function(run *r, const char *name, const char *signature, burin_function fn, void *data)
{
    assert_int_equal(rt_env_add(&r->env, r->env.globals, name, signature, fn, data, 0), BURIN_OK);
    return *rt_names_value(r->env.globals, (burin_text){name, strlen(name)});
}

static void failures_of_functions_are_told_once(void **state)
{
    run         *r    = run_new();
    rt_arguments none = {0};
    burin_value  out;
    (void)state;
    assert_int_equal(rt_call(&r->st, function(r, "f", "", fail_silently, NULL), &none, &out), BURIN_ERR_VALUE);
    assert_string_equal(run_error(r, BURIN_ERR_VALUE), "a function of the host failed");
    r->st.autoescape = true;
    assert_int_equal(rt_call(&r->st, function(r, "g", "", swallow, NULL), &none, &out), BURIN_OK);
    assert_int_equal(out.as.i, 1);
    assert_int_equal(r->st.status, BURIN_OK);
    assert_int_equal(rt_call(&r->st, function(r, "h", "", stop, NULL), &none, &out), BURIN_OK);
    assert_int_equal(out.kind, BURIN_UNDEFINED);
    assert_int_equal(rt_undefined_fail(&r->st, out), BURIN_ERR_UNDEFINED);
    assert_string_equal(run_error(r, BURIN_ERR_UNDEFINED), "value was undefined because a callable raised a StopIteration exception");
    burin_value  shown  = function(r, "show", "a, b=2", show, NULL);
    rt_arguments given  = {.positional = &shown, .count = 1};
    assert_int_equal(rt_call(&r->st, function(r, "i", "callee", call_first, (void *)"data"), &given, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "(5, 2)");
    assert_true(run_free(r));
}

static burin_status object_call(burin_call *call, void *self, burin_value *out)
{
    assert_string_equal(self, "self");
    return rt_tuple2(call->st, burin_arg(call, 0), burin_arg(call, 1), out);
}

static burin_status dangerous_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    (void)call;
    (void)self;
    *out = text_is(name, "alters_data") ? burin_bool(true) : rt_missing();
    return BURIN_OK;
}

static void any_value_may_be_called_and_most_refuse(void **state)
{
    static const burin_class callable  = {.struct_size = sizeof callable, .name = "Callable", .call = object_call};
    static const burin_class dangerous = {.struct_size = sizeof dangerous, .name = "Delete", .call = object_call, .get_attr = dangerous_attr};
    static const burin_class plain     = {.struct_size = sizeof plain, .name = "Plain"};
    run         *r     = run_new();
    burin_value  one   = burin_int(1), two = burin_int(2), out;
    burin_text   name  = BURIN_TEXT("k");
    rt_arguments args  = {&one, 1, 1, &name, &two};
    (void)state;
    assert_int_equal(rt_call(&r->st, burin_object(&r->st.heap, &callable, "self"), &args, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "((1,), {'k': 2})");
    assert_int_equal(rt_call(&r->st, burin_object(&r->st.heap, &dangerous, "self"), &args, &out), BURIN_OK);
    r->env.sandbox = RT_SANDBOXED;
    assert_int_equal(rt_call(&r->st, burin_object(&r->st.heap, &dangerous, "self"), &args, &out), BURIN_ERR_SECURITY);
    run_error(r, BURIN_ERR_SECURITY);
    assert_int_equal(rt_call(&r->st, burin_int(5), &args, &out), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "'int' object is not callable");
    assert_int_equal(rt_call(&r->st, burin_object(&r->st.heap, &plain, NULL), &args, &out), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "'Plain' object is not callable");
    assert_int_equal(rt_undefined_new(&r->st, rt_missing(), run_text("f"), &out), BURIN_OK);
    assert_int_equal(rt_call(&r->st, out, &args, &out), BURIN_ERR_UNDEFINED);
    assert_string_equal(run_error(r, BURIN_ERR_UNDEFINED), "'f' is undefined");
    assert_int_equal(r->st.depth, 0);
    assert_true(run_free(r));
}

static void names_are_found_and_replaced(void **state)
{
    run     *r = run_new();
    uint32_t at = 0, count = 0;
    burin_text name;
    (void)state;
    const rt_function *old = rt_names_function(r->env.filters, BURIN_TEXT("upper"));
    assert_non_null(old);
    assert_int_equal(rt_env_add(&r->env, r->env.filters, "upper", "x", show, NULL, 0), BURIN_OK);
    assert_ptr_equal(rt_names_function(r->env.filters, BURIN_TEXT("upper"))->call, show);
    assert_string_equal(old->name, "upper"); /* programs compiled before still hold it */
    assert_int_equal(rt_env_add(&r->env, r->env.filters, "bad", "x y", show, NULL, 0), BURIN_ERR_USAGE);
    assert_null(rt_names_function(r->env.filters, BURIN_TEXT("bad")));
    assert_int_equal(rt_env_add_value(&r->env, r->env.globals, BURIN_TEXT("answer"), burin_int(42)), BURIN_OK);
    assert_int_equal(rt_names_value(r->env.globals, BURIN_TEXT("answer"))->as.i, 42);
    assert_null(rt_names_function(r->env.globals, BURIN_TEXT("answer")));
    while (rt_names_next(r->env.filters, &at, &name))
        count += text_is(name, "upper");
    assert_int_equal(count, 1);
    assert_true(at >= 54);
    assert_true(run_free(r));
}

static void unknown_filters_are_runtime_errors(void **state)
{
    run        *r = run_new();
    burin_value out, missing;
    bool        is_true;
    rt_list    *list;
    (void)state;
    assert_int_equal(rt_call_filter(&r->st, run_text("nope"), burin_int(1), NULL, &out), BURIN_ERR_RUNTIME);
    assert_string_equal(run_error(r, BURIN_ERR_RUNTIME), "No filter named 'nope'.");
    assert_int_equal(rt_call_test(&r->st, burin_int(5), burin_int(1), NULL, &is_true), BURIN_ERR_RUNTIME);
    assert_string_equal(run_error(r, BURIN_ERR_RUNTIME), "No test named 5.");
    rt_undefined_new(&r->st, rt_missing(), run_text("upper"), &missing);
    assert_int_equal(rt_call_filter(&r->st, missing, burin_int(1), NULL, &out), BURIN_ERR_RUNTIME);
    assert_string_equal(run_error(r, BURIN_ERR_RUNTIME),
                        "No filter named Undefined. ('upper' is undefined; did you forget to quote the callable name?)");
    rt_list_new(&r->st, BURIN_LIST, 0, &list);
    assert_int_equal(rt_call_filter(&r->st, rt_list_value(list), burin_int(1), NULL, &out), BURIN_ERR_TYPE);
    run_error(r, BURIN_ERR_TYPE);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_written_as_in_python),  cmocka_unit_test(defaults_are_literals),
        cmocka_unit_test(arguments_bind_as_in_python),          cmocka_unit_test(failures_of_functions_are_told_once),
        cmocka_unit_test(any_value_may_be_called_and_most_refuse), cmocka_unit_test(names_are_found_and_replaced),
        cmocka_unit_test(unknown_filters_are_runtime_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
