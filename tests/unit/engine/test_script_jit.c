/* Scripts and formulas as native code, seen from the host: what is compiled when, that answers stay the same, and that an interpreter or a
 * formula may go while something of it is being compiled. Needs burin-jit in the build folder; is skipped where it is missing. */
#define _GNU_SOURCE
#include "burin/burin.h"
#include "burin/formula.h"
#include "burin/interpreter.h"
#include "burin/jit.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "codegen/vm/machine.h"
#include "tests/support/compiler.h"
#include "tests/support/lack.h"

static burin_env *make_env(burin_jit *jit)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    burin_env *env        = burin_env_new(&options, NULL);
    assert_non_null(env);
    assert_int_equal(burin_env_set_jit(env, jit), BURIN_OK);
    return env;
}

static const char script[] =
    "def step(n):\n"
    "    try:\n"
    "        return 10 // n\n"
    "    except ZeroDivisionError:\n"
    "        return -1\n"
    "def all(n):\n"
    "    total = 0\n"
    "    i = 0\n"
    "    while i < n:\n"
    "        total += step(i % 4) + sum(k for k in range(3))\n"
    "        i += 1\n"
    "    return total\n";

static int64_t call(burin_interpreter *in, uint64_t *steps)
{
    burin_value  value;
    burin_limits used;
    assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("all(2000)"), &value, NULL), BURIN_OK);
    assert_int_equal(value.kind, BURIN_INT);
    burin_interpreter_used(in, &used);
    *steps = used.steps;
    return value.as.i;
}

static burin_interpreter *make_interpreter(burin_env *env)
{
    burin_interpreter *in = burin_interpreter_new(env, NULL);
    assert_non_null(in);
    assert_int_equal(burin_interpreter_run(in, (burin_text){script, sizeof script - 1}, "all.py", NULL, NULL), BURIN_OK);
    return in;
}

static int64_t interpreted(uint64_t *steps)
{
    burin_env         *env   = make_env(NULL);
    burin_interpreter *in    = make_interpreter(env);
    int64_t            value = call(in, steps);
    burin_interpreter_free(in);
    burin_env_unref(env);
    return value;
}

/* ---- what is compiled when ---- */

static void eager_scripts_are_native_before_they_run(void **state)
{
    (void)state;
    compiler_log      l = {0};
    uint64_t want_steps, steps;
    compiler_need();
    int64_t            want = interpreted(&want_steps);
    burin_jit         *jit  = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    burin_env         *env  = make_env(jit);
    burin_interpreter *in   = make_interpreter(env);
    assert_int_equal(l.compiled, 1);
    assert_int_equal(l.units, 4); /* the root, two functions, a generator */
    assert_string_equal(l.name, "all.py");
    assert_int_equal(call(in, &steps), want);
    assert_int_equal(steps, want_steps);
    burin_interpreter_free(in);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

static void functions_that_are_hot_become_native(void **state)
{
    (void)state;
    compiler_log      l = {0};
    uint64_t want_steps, steps;
    compiler_need();
    int64_t            want = interpreted(&want_steps);
    burin_jit         *jit  = compiler_make(BURIN_ENGINE_AUTO, false, compiler_path(), NULL, &l);
    burin_env         *env  = make_env(jit);
    burin_interpreter *in   = make_interpreter(env);
    for (int n = 0; n < 10; n++) { /* 14,000 steps each; every 1024th is looked at */
        assert_int_equal(call(in, &steps), want);
        assert_int_equal(steps, want_steps);
        burin_jit_wait(jit);
    }
    assert_true(l.compiled >= 1);
    assert_int_equal(l.refused, 0);
    burin_interpreter_free(in);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

/* ---- a loop that runs ---- */

static burin_status settle(burin_call *call, burin_value *out)
{
    burin_jit *jit = burin_call_data(call);
    if (jit)
        burin_jit_wait(jit);
    *out = burin_none();
    return BURIN_OK;
}

/* How many native functions run in one another; nothing where nothing may be native. */
static burin_status natives(burin_call *call, burin_value *out)
{
    *out = burin_int(burin_call_data(call) ? vm_of(call->st)->natives : 0);
    return BURIN_OK;
}

/* Each begins in the interpreter, has itself compiled, and goes on; `native` is the number of natives seen at last. */
static const char *const loops[] = {
    "settle()\ni = 0\nwhile i < 5000:\n    i = i + 1\n    native = natives()\nvalue = i",
    "def f(n):\n    settle()\n    total = 0\n    for k in range(n):\n        total += k * k % 7\n        last = natives()\n    return total, last\nvalue, native = f(5000)",
    "def f(n):\n    settle()\n    total = last = 0\n    for k in [1, 2.5, 3] * n:\n        try:\n            total += k\n            if k == 3: total.nope\n"
    "        except AttributeError as e:\n            last = natives()\n            total += 0.25\n    return total, last\nvalue, native = f(2000)",
    "settle()\nvalue = []\nfor k in range(4000):\n    if k % 3: continue\n    native = natives()\n    for j in range(2): value.append(j + k)\nelse:\n    value.append('else')",
};

static void loop_that_runs(const char *text, burin_jit *jit, char **value, uint64_t *steps, int64_t *native)
{
    burin_options options = burin_options_default();
    burin_limits  used;
    size_t        len;
    options.scripts       = true;
    burin_env *env        = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_add_function(env, "settle", "", settle, jit, 0), BURIN_OK);
    assert_int_equal(burin_env_add_function(env, "natives", "", natives, jit, 0), BURIN_OK);
    assert_int_equal(burin_env_set_jit(env, jit), BURIN_OK);
    burin_interpreter *in = burin_interpreter_new(env, NULL);
    assert_int_equal(burin_interpreter_run(in, (burin_text){text, strlen(text)}, NULL, NULL, NULL), BURIN_OK);
    burin_interpreter_used(in, &used);
    *steps  = used.steps;
    *value  = burin_repr(burin_interpreter_get(in, "value"), &len);
    *native = burin_interpreter_get(in, "native").as.i;
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static void a_loop_that_runs_goes_on_natively(void **state)
{
    (void)state;
    compiler_need();
    for (size_t n = 0; n < sizeof loops / sizeof *loops; n++) {
        compiler_log        l   = {0};
        burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, false, compiler_path(), NULL, &l);
        char      *value[2];
        uint64_t   steps[2];
        int64_t    native;
        loop_that_runs(loops[n], NULL, &value[0], &steps[0], &native);
        assert_int_equal(native, 0);
        loop_that_runs(loops[n], jit, &value[1], &steps[1], &native);
        assert_true(l.compiled >= 1);
        assert_int_equal(native, 1);
        assert_string_equal(value[0], value[1]);
        assert_int_equal(steps[0], steps[1]);
        free(value[0]);
        free(value[1]);
        burin_jit_unref(jit);
    }
}

static void formulas_are_native_too(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b"};
    compiler_log                      l = {0};
    compiler_need();
    for (int engine = BURIN_ENGINE_AUTO; engine <= BURIN_ENGINE_JIT; engine++) {
        burin_jit     *jit = compiler_make((burin_engine)engine, engine == BURIN_ENGINE_JIT, compiler_path(), NULL, &l);
        burin_env     *env = make_env(jit);
        burin_formula *f   = burin_formula_compile(env, BURIN_TEXT("sum([a * k for k in range(b)])"), names, 2, NULL);
        burin_value    value;
        assert_non_null(f);
        l.compiled = 0;
        for (int n = 0; n < 200; n++) {
            burin_value slots[] = {burin_int(n), burin_int(n % 50)};
            assert_int_equal(burin_formula_eval(f, slots, &value, NULL), BURIN_OK);
            assert_int_equal(value.as.i, n * (n % 50) * (n % 50 - 1) / 2);
            burin_jit_wait(jit);
        }
        assert_int_equal(l.compiled, 1);
        burin_formula_free(f);
        burin_env_unref(env);
        burin_jit_unref(jit);
    }
}

/* In a session with the names it was compiled for, and in others; without a compiler there. */
static void saved_native_code_gives_the_same(void **state)
{
    (void)state;
    static const char *const   names[] = {"argv", "other"};
    burin_compile_options      how     = burin_compile_options_default();
    burin_env                 *env     = make_env(NULL);
    char                      *bytes;
    size_t                     len;
    uint64_t                   steps, expected_steps;
    int64_t                    expected = interpreted(&expected_steps);
    compiler_need();
    how.helper = compiler_path();
    assert_int_equal(burin_script_compile(env, (burin_text){script, sizeof script - 1}, "all.py", names, 2, &how, &bytes, &len, NULL), BURIN_OK);
    for (int before = 0; before < 4; before++) { /* none, the same, one of them, others */
        burin_interpreter *in = burin_interpreter_new(env, NULL);
        assert_non_null(in);
        if (before == 3)
            assert_int_equal(burin_interpreter_set(in, "all", burin_int(1)), BURIN_OK);
        for (int n = 0; n < 2 && before; n++)
            if (n < 1 || before != 2)
                assert_int_equal(burin_interpreter_set(in, names[n], burin_int(1)), BURIN_OK);
        assert_int_equal(burin_interpreter_run_saved(in, (burin_text){bytes, len}, NULL, NULL), BURIN_OK);
        assert_int_equal(call(in, &steps), expected);
        assert_int_equal(steps, expected_steps);
        burin_interpreter_free(in);
    }
    free(bytes);
    burin_env_unref(env);
}

static void evaluate_numbers(burin_formula *f, burin_jit *jit)
{
    burin_value value;
    for (int n = 0; n < 20; n++) {
        burin_value slots[] = {burin_int(n), burin_int(n % 5)};
        assert_int_equal(burin_formula_eval(f, slots, &value, NULL), BURIN_OK);
        assert_int_equal(value.as.i, n % 5 == 3 ? n * 3 : n);
        burin_jit_wait(jit);
    }
}

static void of_a_formula_of_numbers_only_the_kernel_is_compiled(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b"};
    compiler_log             l = {0};
    burin_value              value;
    char                    *bytes;
    size_t                   len;
    compiler_need();
    burin_jit     *jit = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    burin_env     *env = make_env(jit);
    burin_formula *f   = burin_formula_compile(env, BURIN_TEXT("a * b if b > 1 and b in (3, 7, -1) else a"), names, 2, NULL);
    assert_non_null(f);
    l.compiled = 0;
    evaluate_numbers(f, jit);
    assert_int_equal(l.compiled, 1);
    burin_value slots[] = {burin_string_borrow("xy", 2), burin_int(3)}; /* no numbers: now the program is worth it */
    for (int n = 0; n < 3; n++) {
        assert_int_equal(burin_formula_eval(f, slots, &value, NULL), BURIN_OK);
        assert_int_equal(value.len, 6);
        burin_jit_wait(jit);
    }
    assert_int_equal(l.compiled, 2);
    assert_int_equal(burin_formula_save(f, &bytes, &len, NULL), BURIN_OK);
    burin_formula *loaded = burin_formula_load(env, (burin_text){bytes, len}, NULL);
    assert_non_null(loaded);
    evaluate_numbers(loaded, jit);
    assert_int_equal(l.compiled, 3);
    free(bytes);
    burin_formula_free(loaded);
    burin_formula_free(f);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

static void errors_have_the_same_place(void **state)
{
    (void)state;
    compiler_log         l = {0};
    burin_error err[2] = {BURIN_ERROR_INIT, BURIN_ERROR_INIT};
    char       *said[2];
    compiler_need();
    burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    for (int native = 0; native < 2; native++) {
        burin_env         *env = make_env(native ? jit : NULL);
        burin_interpreter *in  = make_interpreter(env);
        assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("def f(x):\n    return step(x)\n\n[f(k) for k in (1, 0, 'x')]"), "b.py", NULL, &err[native]),
                         BURIN_ERR_TYPE);
        said[native] = burin_error_format(&err[native], false);
        burin_error_clear(&err[native]);
        burin_interpreter_free(in);
        burin_env_unref(env);
    }
    assert_int_equal(l.compiled, 2);
    assert_string_equal(said[0], said[1]);
    free(said[0]);
    free(said[1]);
    burin_jit_unref(jit);
}

/* ---- what goes while it waits ---- */

static void an_interpreter_that_goes_takes_back_what_waits(void **state)
{
    (void)state;
    compiler_log      l = {0};
    uint64_t steps;
    compiler_need();
    burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, false, compiler_path(), NULL, &l);
    burin_env *env = make_env(jit);
    for (int n = 0; n < 8; n++) {
        burin_interpreter *in = make_interpreter(env);
        call(in, &steps);
        if (n % 2)
            burin_interpreter_reset(in);
        burin_interpreter_free(in);
    }
    burin_jit_wait(jit);
    burin_interpreter *in = make_interpreter(env); /* the tier is as it was */
    burin_jit_wait(jit);
    assert_true(l.compiled >= 1);
    assert_int_equal(l.unavailable, 0);
    burin_interpreter_free(in);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

/* The children of this process; how many. */
static int children(pid_t *pids, int most)
{
    char  path[64];
    int   count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    for (int pid; file && count < most && fscanf(file, "%d", &pid) == 1;)
        pids[count++] = (pid_t)pid;
    if (file)
        fclose(file);
    return count;
}

static void a_compiler_that_is_killed_does_no_harm(void **state)
{
    (void)state;
    enum { ROUNDS = 10 };
    compiler_log      l = {0};
    uint64_t want_steps, steps;
    int      killed = 0;
    compiler_need();
    int64_t    want = interpreted(&want_steps);
    burin_jit *jit  = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    burin_env *env  = make_env(jit);
    for (int n = 0; n < ROUNDS; n++) {
        pid_t              pids[4];
        burin_interpreter *in = make_interpreter(env);
        for (int count = children(pids, 4); count-- > 0;)
            killed += kill(pids[count], SIGKILL) == 0;
        assert_int_equal(call(in, &steps), want); /* compiles a text of its own, by a process that is just being ended */
        assert_int_equal(steps, want_steps);
        burin_interpreter_free(in);
    }
    assert_true(killed > 0 || access("/proc/self/task/self/children", R_OK));
    assert_true(l.compiled > 0);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eager_scripts_are_native_before_they_run),
        cmocka_unit_test(functions_that_are_hot_become_native),
        cmocka_unit_test(a_loop_that_runs_goes_on_natively),
        cmocka_unit_test(saved_native_code_gives_the_same),
        cmocka_unit_test(formulas_are_native_too),
        cmocka_unit_test(of_a_formula_of_numbers_only_the_kernel_is_compiled),
        cmocka_unit_test(errors_have_the_same_place),
        cmocka_unit_test(an_interpreter_that_goes_takes_back_what_waits),
        cmocka_unit_test(a_compiler_that_is_killed_does_no_harm),
    };
    return lack_ended(cmocka_run_group_tests(tests, NULL, NULL));
}
