/* Formulas: compiled once, evaluated with other slots each time; and what a script does with its names. */
#include "engine_test.h"

static burin_env *script_env(const burin_limits *limits)
{
    burin_options options = burin_options_default();

    options.scripts = true;
    if (limits)
        options.limits = *limits;
    burin_env *env = burin_env_new(&options, NULL);
    assert_non_null(env);
    return env;
}

static burin_formula *formula_of(burin_env *env, const char *text, const char *const *names, size_t count)
{
    burin_error    err = BURIN_ERROR_INIT;
    burin_formula *f   = burin_formula_compile(env, text_z(text), names, count, &err);

    if (!f)
        fail_msg("%s: %s", text, err.message);
    return f;
}

static void slots_are_the_variables(void **state)
{
    static const char *const names[] = {"a", "b", "s"};
    static const struct {
        const char *text, *repr; /* with a = 6, b = 2.5, s = 'xy' */
    } rows[] = {
        {"a + b", "8.5"}, {"a ** 2 // 5", "7"}, {"s * 2 + f'{a:03}'", "'xyxy006'"}, {"[a for a in s]", "['x', 'y']"},
        {"sum(i * a for i in range(4))", "36"}, {"(lambda n: n + a)(1)", "7"}, {"(c := a) + c", "12"}, {"{**{'k': b}}", "{'k': 2.5}"},
        {"a if b > 2 else s", "6"}, {"sqrt(a + 3)", "3.0"},
    };
    burin_env  *env     = script_env(NULL);
    burin_value slots[] = {burin_int(6), burin_float(2.5), burin_string_borrow("xy", 2)}, value;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_formula *f = formula_of(env, rows[i].text, names, 3);
        for (int again = 0; again < 3; again++) {
            assert_int_equal(burin_formula_eval(f, slots, &value, NULL), BURIN_OK);
            char *repr = burin_repr(value, NULL);
            assert_string_equal(repr, rows[i].repr);
            free(repr);
        }
        burin_formula_free(f);
    }
    burin_env_unref(env);
}

static void results_have_the_kind_that_is_asked_for(void **state)
{
    static const char *const names[] = {"x"};
    burin_env     *env = script_env(NULL);
    burin_formula *f   = formula_of(env, "x", names, 1);
    burin_value    whole = burin_int(3), half = burin_float(0.5), yes = burin_bool(true), text = burin_string_borrow("t", 1);
    double         d;
    int64_t        i;
    bool           b;
    burin_text     t;
    (void)state;
    assert_int_equal(burin_formula_double(f, &whole, &d, NULL), BURIN_OK);
    assert_true(d == 3.0);
    assert_int_equal(burin_formula_double(f, &half, &d, NULL), BURIN_OK);
    assert_true(d == 0.5);
    assert_int_equal(burin_formula_double(f, &text, &d, NULL), BURIN_ERR_TYPE);
    assert_int_equal(burin_formula_int64(f, &yes, &i, NULL), BURIN_OK);
    assert_int_equal(i, 1);
    assert_int_equal(burin_formula_int64(f, &half, &i, NULL), BURIN_ERR_TYPE);
    assert_int_equal(burin_formula_bool(f, &half, &b, NULL), BURIN_OK);
    assert_true(b);
    assert_int_equal(burin_formula_text(f, &text, &t, NULL), BURIN_OK);
    assert_text(t, "t");
    assert_int_equal(burin_formula_text(f, &whole, &t, NULL), BURIN_ERR_TYPE);
    burin_formula_free(f);
    f = formula_of(env, "x * 2 ** 70", names, 1);
    assert_int_equal(burin_formula_int64(f, &whole, &i, NULL), BURIN_ERR_OVERFLOW);
    assert_int_equal(burin_formula_double(f, &whole, &d, NULL), BURIN_OK);
    assert_true(d == 3.0 * 1180591620717411303424.0);
    burin_formula_free(f);
    burin_env_unref(env);
}

/* A formula that has evaluated often has a kernel; a new one has not. */
static void steps_are_the_same_with_and_without_a_kernel(void **state)
{
    static const char *const names[] = {"a", "b"};
    static const char *const texts[] = {
        "a in (1, 2, 3)", "a not in [1, -2.5]", "a in {0, 1, True}", "b > 1 and a in (1, 2)", "a if b in (1, 2, 3, 4, 5, 6, 7, 8) else -a",
        "b > 1 and a in (1, 2, 3, 4, 5, 6, 7, 8, 9)", "a in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)", "0 < a < b in (2, 5)", "a in (b, 2)", "a in ()",
    };
    burin_env *env = script_env(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        burin_formula *often = formula_of(env, texts[i], names, 2);
        for (int n = 0; n < 60; n++) {
            burin_value    slots[] = {burin_int(n % 12 - 2), burin_float(n / 12)}, x, y;
            burin_formula *once    = formula_of(env, texts[i], names, 2);
            burin_limits   used_x, used_y;
            assert_int_equal(burin_formula_eval(often, slots, &x, NULL), BURIN_OK);
            assert_int_equal(burin_formula_eval(once, slots, &y, NULL), BURIN_OK);
            burin_formula_used(often, &used_x);
            burin_formula_used(once, &used_y);
            if (x.kind != y.kind || x.as.i != y.as.i || used_x.steps != used_y.steps)
                fail_msg("%s, input %d: %lld in %llu steps, not %lld in %llu", texts[i], n, (long long)x.as.i, (unsigned long long)used_x.steps,
                         (long long)y.as.i, (unsigned long long)used_y.steps);
            burin_formula_free(once);
        }
        burin_formula_free(often);
    }
    burin_env_unref(env);
}

static void errors_leave_the_formula_usable(void **state)
{
    static const char *const names[] = {"x"};
    burin_limits   few  = {.steps = 1000};
    burin_env     *env  = script_env(&few);
    burin_formula *f    = formula_of(env, "sum(range(x)) if x > 5 else 10 // x", names, 1);
    burin_error    err  = BURIN_ERROR_INIT;
    burin_value    zero = burin_int(0), many = burin_int(1000000000), two = burin_int(2), unset = burin_missing(), value;
    (void)state;
    assert_int_equal(burin_formula_eval(f, &zero, &value, &err), BURIN_ERR_ZERO_DIVISION);
    assert_string_equal(err.message, "integer division or modulo by zero");
    assert_int_equal(burin_formula_eval(f, &many, &value, &err), BURIN_ERR_LIMIT);
    assert_int_equal(burin_formula_eval(f, &unset, &value, &err), BURIN_ERR_NAME);
    assert_int_equal(burin_formula_eval(f, &two, &value, &err), BURIN_OK);
    assert_int_equal(value.as.i, 5);
    burin_formula_free(f);
    assert_null(burin_formula_compile(env, BURIN_TEXT("x ="), names, 1, &err));
    assert_int_equal(err.status, BURIN_ERR_PYTHON_SYNTAX);
    burin_error_clear(&err);
    burin_env_unref(env);
}

/* What a host function calls back into, and what it got. */
typedef struct reentry {
    burin_formula *itself, *other;
    burin_status   status;
    char           message[80];
} reentry;

static burin_status evaluate_again(burin_call *call, burin_value *out)
{
    reentry    *r   = burin_call_data(call);
    burin_error err = BURIN_ERROR_INIT;
    burin_value slot = burin_int(1), value;
    r->status = burin_formula_eval(r->itself, &slot, &value, &err);
    snprintf(r->message, sizeof r->message, "%s", err.message ? err.message : "");
    burin_error_clear(&err);
    if (burin_formula_eval(r->other, &slot, &value, NULL))
        return burin_raise(call, BURIN_ERR_RUNTIME, "the other formula");
    *out = value;
    return BURIN_OK;
}

static void a_formula_is_not_evaluated_within_itself(void **state)
{
    static const char *const names[] = {"x"};
    burin_env  *env = script_env(NULL);
    reentry     r   = {0};
    burin_value slot = burin_int(5), value;
    (void)state;
    assert_int_equal(burin_env_add_function(env, "again", "", evaluate_again, &r, 0), BURIN_OK);
    r.itself = formula_of(env, "again() + x * 10", names, 1);
    r.other  = formula_of(env, "x + 1", names, 1);
    for (int turn = 0; turn < 4; turn++) {
        r.status = BURIN_OK;
        assert_int_equal(burin_formula_eval(r.itself, &slot, &value, NULL), BURIN_OK);
        assert_int_equal(value.as.i, 52);
        assert_int_equal(r.status, BURIN_ERR_USAGE);
        assert_string_equal(r.message, "the formula is in the middle of another evaluation");
    }
    burin_formula_free(r.itself);
    burin_formula_free(r.other);
    burin_env_unref(env);
}

static burin_status collect(void *user, burin_text name, unsigned uses)
{
    char *out = user;
    snprintf(out + strlen(out), 200 - strlen(out), "%.*s:%s%s%s ", (int)name.len, name.data, uses & BURIN_NAME_READ ? "r" : "",
             uses & BURIN_NAME_WRITTEN ? "w" : "", uses & BURIN_NAME_CALLED ? "c" : "");
    return BURIN_OK;
}

static void names_are_those_that_no_function_owns(void **state)
{
    static const struct {
        const char *script, *want;
    } rows[] = {
        {"a + b * f(c)", "a:r b:r f:rc c:r "},
        {"x = y\nx += z", "x:rw y:r z:r "},
        {"[i * k for i in s if i > m]", "k:r s:r m:r "},
        {"def f(p, q=d):\n    t = p + g\n    return t", "f:w d:r g:r "},
        {"def f():\n    global n\n    n = 1", "f:w n:w "},
        {"lambda v: v + w", "w:r "},
        {"for i in r: del u[i]", "i:rw r:r u:r "},
        {"try: a()\nexcept E as e: print(e)", "a:rc E:r e:rw print:rc "},
        {"[(last := i) for i in s]", "last:w s:r "},
        {"o.attr.m(1)[k]", "o:r k:r "},
        {"[p for p in items if p > lo] + sum(map(lambda r: r * h, l))", "items:r lo:r sum:rc map:rc h:r l:r "},
        {"def f(q):\n    global w\n    w = q + k\nx = f(y)\ndel v", "f:rwc w:w k:r x:w y:r v:w "},
        {"class_ = 1\ntry: pass\nexcept (A, B) as e: pass\nz = e", "class_:w A:r B:r e:rw z:w "},
    };
    burin_env *env = script_env(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char got[200] = "";
        assert_int_equal(burin_script_names(env, text_z(rows[i].script), false, collect, got, NULL), BURIN_OK);
        assert_string_equal(got, rows[i].want);
    }
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_the_variables),
        cmocka_unit_test(results_have_the_kind_that_is_asked_for),
        cmocka_unit_test(steps_are_the_same_with_and_without_a_kernel),
        cmocka_unit_test(errors_leave_the_formula_usable),
        cmocka_unit_test(a_formula_is_not_evaluated_within_itself),
        cmocka_unit_test(names_are_those_that_no_function_owns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
