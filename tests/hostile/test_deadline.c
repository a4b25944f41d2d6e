/* The deadline holds inside native work: values that share their parts, so that walking them never ends, and calls whose work grows with
 * the square of what they are given. Nothing but time and depth is limited here. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char shared_tuples[] = "t = (1,)\nu = (1,)\nfor i in range(60): t = (t, t); u = (u, u)\n";

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Run `before` and `text` in at most so many milliseconds; the status. It has to come within seconds, also under sanitizers. */
static burin_status run(const char *before, const char *text, unsigned milliseconds)
{
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;
    options.scripts       = true;
    burin_env         *env    = burin_env_new(&options, &err);
    burin_interpreter *in     = burin_interpreter_new(env, &err);
    burin_limits       limits = {.time_ns = milliseconds * 1000000u, .depth = 200, .nesting = 200};
    char               script[512];
    strcpy(script, before);
    strcat(script, text);
    burin_interpreter_set_limits(in, &limits);
    double       began  = seconds();
    burin_status status = burin_interpreter_run(in, (burin_text){script, strlen(script)}, NULL, NULL, &err);
    assert_true(seconds() - began < 5);
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
    return status;
}

static void shared_values_are_not_walked_for_ever(void **state)
{
    static const char *const texts[] = {"t == u", "t < u", "hash(t)", "{t: 1}", "t in [u]", "[u].count(t)", "repr(t)", "str(t)", "f'{t}'", "'%s %s' % t", "sorted([t, u])", "max(t, u)"};
    (void)state;
    for (size_t n = 0; n < sizeof texts / sizeof texts[0]; n++) {
        burin_status status = run(shared_tuples, texts[n], 50);
        if (status != BURIN_ERR_LIMIT)
            fail_msg("%s: %s", texts[n], burin_status_class(status));
    }
    assert_int_equal(run("t = (int,)\nfor i in range(60): t = (t, t)\n", "isinstance('', t)", 50), BURIN_ERR_LIMIT);
}

static void native_work_is_interrupted(void **state)
{
    (void)state;
    assert_int_equal(run("a = list(range(50000))\n", "for i in range(49999, -1, -1): a.remove(i)", 50), BURIN_ERR_LIMIT);
    assert_int_equal(run("", "sorted([(1,) * 1000 + (i,) for i in range(100)] * 1000)", 50), BURIN_ERR_LIMIT);
    assert_int_equal(run("a = [1] * 1000000\n", "for i in range(100000): a.reverse()", 50), BURIN_ERR_LIMIT);
    assert_int_equal(run("n = (1 << 16000000) - 1\nd = (1 << 8000000) - 3\n", "n // d", 50), BURIN_ERR_LIMIT);
}

/* Each step of the last one steps the one within, and so on. */
static void chains_of_iterators_are_not_followed_for_ever(void **state)
{
    static const char *const links[] = {"map(abs, g)", "filter(None, g)", "zip(g)", "zip(g, strict=True)", "enumerate(g)", "(x for x in g)"};
    char                     text[128];
    (void)state;
    for (size_t n = 0; n < sizeof links / sizeof links[0]; n++) {
        snprintf(text, sizeof text, "for i in range(300000): g = %s\nnext(g)", links[n]);
        burin_status status = run("g = iter([1])\n", text, 4000);
        if (status != BURIN_ERR_RECURSION)
            fail_msg("%s: %s", links[n], burin_status_class(status));
    }
}

/* The names of a mapping are not looked for among each other. */
static void many_keywords_are_given_in_time(void **state)
{
    (void)state;
    assert_int_equal(run("k = {str(i): i for i in range(100000)}\n", "dict(**k)\n(lambda **n: 0)(**k)", 4000), BURIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_values_are_not_walked_for_ever),
        cmocka_unit_test(native_work_is_interrupted),
        cmocka_unit_test(chains_of_iterators_are_not_followed_for_ever),
        cmocka_unit_test(many_keywords_are_given_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
