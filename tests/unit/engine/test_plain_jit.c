/* Registered functions in plain C, and pure ones of numbers that have bodies, called by native code: what scripts see of them is what the interpreter makes of them. Needs burin-jit in
 * the build folder; is skipped where it is missing. */
#include "burin/burin.h"
#include "burin/grant.h"
#include "burin/interpreter.h"
#include "burin/jit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/compiler.h"
#include "tests/support/lack.h"

static uint64_t calls; /* of these functions */

static int64_t sum(int64_t a, int64_t b)
{
    calls++;
    return (int64_t)((uint64_t)a + (uint64_t)b);
}
static double scaled(double x, int64_t by)
{
    calls++;
    return x * (double)by;
}
static int64_t differ(int64_t a, double b, int64_t exactly)
{
    calls++;
    return exactly ? (a != (int64_t)b) * 8 : ((double)a < b - 1 || (double)a > b + 1) * 16;
}
static int64_t one(void)
{
    calls++;
    return 1;
}
static double four(double a, int64_t b, double c, int64_t d)
{
    calls++;
    return 1000 * a + 100 * (double)b + 10 * c + (double)d;
}
static burin_status added(burin_invocation *call, const burin_item *args, burin_item *out) /* have bodies */
{
    calls++;
    int64_t a = args[0].value.as.i, b = args[1].value.as.i;
    if (a + b == 13)
        return burin_invocation_fail(call, BURIN_ERR_VALUE, "no %d, please", 13);
    out->value = a + b == 14 ? burin_string_borrow("14", 2) : a + b == 15 ? burin_integer(burin_invocation_heap(call), "99999999999999999999", 20) : burin_int(a + b);
    return BURIN_OK;
}
static burin_status shifted(burin_invocation *call, const burin_item *args, burin_item *out)
{
    calls++;
    double x = args[0].value.as.f + (args[2].value.as.i ? (double)args[1].value.as.i : 0.25);
    if (x == 13)
        return burin_invocation_fail(call, BURIN_ERR_VALUE, "no %d, please", 13);
    out->value = x == 12 ? burin_int(12) : burin_float(x);
    return BURIN_OK;
}
static burin_status is_less(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    calls++;
    out->value = args[0].value.as.i == 14 ? burin_int(1) : burin_bool(args[0].value.as.i < args[1].value.as.i);
    return BURIN_OK;
}
static burin_status careless(burin_invocation *call, const burin_item *args, burin_item *out) /* leaves behind what the next call is not to find */
{
    calls++;
    int64_t sum = args[0].value.as.i + args[1].value.as.i;
    if (sum == 12)
        burin_invocation_fail(call, BURIN_ERR_VALUE, "forgotten");
    if (sum == 13)
        burin_give(call, (burin_text){"key", 3}, args[0]);
    if (sum == 16)
        return burin_invocation_fail(call, BURIN_ERR_VALUE, "no 16");
    if (sum != 11)
        out->value = burin_int(sum);
    return BURIN_OK;
}
static burin_status text_of(burin_invocation *call, const burin_item *args, burin_item *out) /* has a body, and another type */
{
    (void)call, (void)args;
    out->value = burin_string_borrow("text", 4);
    return BURIN_OK;
}

static const burin_declaration functions[] = {
    {.name = "sum", .signature = "a: int, b: int -> int", .plain = (burin_plain)sum, .pure = true},
    {.name = "scaled", .signature = "x: float, by: int = 2 -> float", .plain = (burin_plain)scaled, .pure = true},
    {.name = "differ", .signature = "a: int, b: float, exactly: bool -> bool", .plain = (burin_plain)differ, .pure = true},
    {.name = "one", .signature = "-> int", .plain = (burin_plain)one, .pure = true},
    {.name = "four", .signature = "a: float, b: int, c: float, d: int -> float", .plain = (burin_plain)four, .pure = true},
    {.name = "added", .signature = "a: int, b: int -> int", .body = added, .pure = true},
    {.name = "shifted", .signature = "x: float, by: int, whole: bool -> float", .body = shifted, .pure = true},
    {.name = "is_less", .signature = "a: int, b: int -> bool", .body = is_less, .pure = true},
    {.name = "careless", .signature = "a: int, b: int -> int", .body = careless, .pure = true},
    {.name = "text_of", .signature = "a: int -> text", .body = text_of, .pure = true},
};

/* What a script prints, and how it ends; malloc'ed. */
static char *run(burin_jit *jit, const char *text, uint64_t *steps)
{
    burin_error     err      = BURIN_ERROR_INIT;
    burin_registry *registry = burin_registry_new(NULL, NULL);
    burin_options   options  = burin_options_default();
    options.scripts          = true;
    burin_env *env           = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_set_jit(env, jit), BURIN_OK);
    for (size_t n = 0; n < sizeof functions / sizeof *functions; n++) {
        const burin_callable *f;
        assert_int_equal(burin_register(registry, &functions[n], &f, NULL), BURIN_OK);
        assert_int_equal(burin_env_grant(env, f, NULL), BURIN_OK);
    }
    burin_interpreter *in = burin_interpreter_new(env, NULL);
    burin_value        v;
    burin_limits       used;
    burin_status       status = burin_interpreter_run(in, (burin_text){text, strlen(text)}, "test.py", &v, &err);
    char              *out    = malloc(2000);
    assert_non_null(out);
    burin_value shown = burin_missing();
    if (status == BURIN_OK)
        assert_int_equal(burin_interpreter_set(in, "shown", v), BURIN_OK);
    if (status == BURIN_OK)
        assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("repr(shown)"), &shown, NULL), BURIN_OK);
    if (status == BURIN_OK)
        snprintf(out, 2000, "%.*s", (int)shown.len, shown.as.s);
    else
        snprintf(out, 2000, "%s:%u: %s", burin_status_class(status), err.line, err.message);
    burin_interpreter_used(in, &used);
    *steps = used.steps;
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
    burin_registry_free(registry);
    return out;
}

/* Both tiers give `want`, in as many steps. How often plain functions were called by native code without the interpreter is not to be seen; that they were
 * called as often is. */
static void both_give(const char *text, const char *want)
{
    compiler_log l    = {0};
    uint64_t     steps[2], called[2];
    burin_jit   *jit  = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    calls             = 0;
    char *interpreted = run(NULL, text, &steps[0]);
    called[0]         = calls;
    calls             = 0;
    char *native      = run(jit, text, &steps[1]);
    called[1]         = calls;
    assert_string_equal(interpreted, want);
    assert_string_equal(native, want);
    assert_int_equal(steps[0], steps[1]);
    assert_int_equal(called[0], called[1]);
    assert_true(l.compiled > 0);
    free(interpreted);
    free(native);
    burin_jit_unref(jit);
}

static void results_are_those_of_the_interpreter(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = sum(s, i)\n    return s\nf(100)", "4950"},
        {"s = 0\nfor i in range(100):\n    s = sum(s, one())\ns", "100"},
        {"def f(n):\n    s = 1.0\n    for i in range(n):\n        s = scaled(s, 2) + 1\n    return s\nf(10)", "2047.0"},
        {"def f(n):\n    s = 1\n    for i in range(n):\n        s = scaled(s, 2)\n    return s\nf(5)", "32.0"}, /* first an int, then floats */
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = s + scaled(i)\n    return s\nf(5)", "20.0"}, /* its default */
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = s + scaled(i, by=3)\n    return s\nf(5)", "30.0"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        if differ(i, 2.5, i % 2 == 0):\n            s += 1\n    return s\nf(10)", "8"},
        {"def f(n):\n    s = []\n    for i in range(n):\n        s.append(differ(i, 2, True))\n    return s\nf(4)", "[True, True, False, True]"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s += four(i, 2, 0.5, i)\n    return s\nf(3)", "3618.0"},
        {"def g(a, b):\n    return sum(a, b) + a\ndef f(n):\n    s = 0\n    for i in range(n):\n        s = g(s, i) % 1000\n    return s\nf(50)", "573"},
        {"def f(n):\n    s = 9223372036854775807\n    for i in range(n):\n        s = sum(s, 1)\n    return s\nf(1)", "-9223372036854775808"},
    };
    (void)state;
    compiler_need();
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        both_give(rows[n].text, rows[n].want);
}

#define LOOP(first, added) "def f(n):\n    s = " first "\n    for i in range(n):\n        s = " added "\n    return s\nf(6)"

/* Whether they fail or give what was not promised: each call is made once. */
static void bodies_are_called_as_by_the_interpreter(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        {LOOP("0", "added(s, i)"), "TypeError:4: added() result must be int, not an int beyond 64 bits"}, /* one beyond 64 bits */
        {LOOP("1", "added(s, i)"), "16"},
        {LOOP("2", "added(s, i)"), "17"},
        {LOOP("3", "added(s, i)"), "ValueError:4: no 13, please"},
        {LOOP("4", "added(s, i)"), "TypeError:4: added() result must be int, not str"},
        {"def g(a, b):\n    return added(a, b) + 1\n" LOOP("0", "g(s, i) % 13"), "TypeError:2: added() result must be int, not str"},
        {"def g(a, b):\n    return added(a, b) + 1\n" LOOP("-2", "g(s, i)"), "19"},
        {"def g(a, b):\n    return added(a, b)\n" LOOP("3", "g(s, i)"), "ValueError:2: no 13, please"},
        {LOOP("0.5", "shifted(s, i, True)"), "15.5"},
        {LOOP("0", "shifted(s, i, i % 2 == 0)"), "6.75"},
        {LOOP("2", "shifted(s, i, True)"), "17.0"}, /* by way of 12, which is given as an int */
        {LOOP("3", "shifted(s, i, True)"), "ValueError:4: no 13, please"},
        {LOOP("0", "s + (1 if is_less(i, 3) else 10)"), "33"},
        {LOOP("0", "s + is_less(i + 9, 20)"), "TypeError:4: is_less() result must be bool, not int"},
        {"def f(n):\n    s = 3\n    for i in range(n):\n        try:\n            s = added(s, i)\n        except ValueError as e:\n            s = s + 100\n    return s\nf(8)", "127"},
    };
    (void)state;
    compiler_need();
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        both_give(rows[n].text, rows[n].want);
}

static void a_call_finds_nothing_of_the_one_before(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        {LOOP("5", "careless(s, i)"), "TypeError:4: careless() result must be int, not NoneType"}, /* not what the one before gave */
        {LOOP("2", "careless(s, i)"), "17"},
        {LOOP("3", "careless(s, i)"), "TypeError:4: careless() gave several results, but declares one"},
        {LOOP("6", "careless(s, i)"), "ValueError:4: no 16"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        try:\n            s = s + careless(i, 11)\n        except TypeError as e:\n            s = s + 1000\n    return s\nf(5)", "2041"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = added(careless(s, i), i % 2)\n    return s\nf(4)", "8"}, /* two by turns */
    };
    (void)state;
    compiler_need();
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        both_give(rows[n].text, rows[n].want);
}

static void what_does_not_fit_is_the_interpreters_error(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        {"def f(l):\n    s = 0\n    for i in l:\n        s = sum(s, i)\n    return s\nf([1, 2, 'three'])", "TypeError:4: sum() argument 'b' must be int, not str"},
        {"def f(l):\n    s = 0\n    for i in l:\n        s = sum(s, i)\n    return s\nf([1, 2, 2.5])", "TypeError:4: sum() argument 'b' must be int, not float"},
        {"def f(l):\n    s = 0\n    for i in l:\n        s = sum(s, i)\n    return s\nf([1, 2, 2 ** 70])", "TypeError:4: sum() argument 'b' must be int, not an int beyond 64 bits"},
        {"def f(l):\n    s = 0\n    for i in l:\n        s = sum(s, i)\n    return s\nf([1, True])", "TypeError:4: sum() argument 'b' must be int, not bool"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = sum(s)\n    return s\nf(3)", "TypeError:4: sum() missing 1 required positional argument: 'b'"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = differ(i, i, 1)\n    return s\nf(3)", "TypeError:4: differ() argument 'exactly' must be bool, not int"},
        {"def f(l):\n    s = 0\n    for i in l:\n        try:\n            s = sum(s, i)\n        except TypeError as e:\n            s = s + 100\n    return s\nf([1, 'x', 2])", "103"},
    };
    (void)state;
    compiler_need();
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        both_give(rows[n].text, rows[n].want);
}

static void a_name_that_comes_to_mean_something_else_is_followed(void **state)
{
    static const struct { const char *text, *want; } rows[] = {
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = sum(s, i)\n    return s\na = f(5)\ndef sum(a, b):\n    return a + 2 * b\n(a, f(5))", "(10, 20)"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = sum(s, i)\n    return s\na = f(5)\nsum = text_of\n(a, f(0))", "(10, 0)"},
        {"def f(n):\n    global sum\n    s = 0\n    for i in range(n):\n        if i == 3:\n            sum = max\n        s = sum(s, i)\n    return s\nf(6)", "5"},
        {"def f(n):\n    s = 0\n    for i in range(n):\n        s = sum(s, i)\n    return s\na = f(5)\nsum = 3\ntry:\n    f(5)\nexcept TypeError as e:\n    a = str(e)\na",
         "\"'int' object is not callable\""},
    };
    (void)state;
    compiler_need();
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        both_give(rows[n].text, rows[n].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_those_of_the_interpreter),
        cmocka_unit_test(bodies_are_called_as_by_the_interpreter),
        cmocka_unit_test(a_call_finds_nothing_of_the_one_before),
        cmocka_unit_test(what_does_not_fit_is_the_interpreters_error),
        cmocka_unit_test(a_name_that_comes_to_mean_something_else_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
