/* The expressions and scripts of ./build.sh bench expr, as a program does them with Burin: the public API only.
 *
 *     bench_expr [--jit HELPER] TASK SCRIPTS WARM_MS BATCH_MS     in turns (bench/c/harness.h)
 *     bench_expr [--jit HELPER] TASK SCRIPTS                      how often a warm run calls malloc
 * SCRIPTS is bench/expr/scripts.py. Every task checks its result once. With HELPER, the path of burin-jit, everything is compiled to native
 * code before it runs. */
#include "bench/c/count_malloc.h"
#include "bench/c/harness.h"

#include <burin/burin.h>
#include <burin/formula.h>
#include <burin/interpreter.h>
#include <burin/jit.h>
#include <math.h>

/* ---- the tasks ---- */

#define E1 "((a + b) * sin(c)) / (sqrt(d) + 1)"
#define E4 "sqrt(1 - sin(2 * a) + cos(pi / b) / 3)"

static const char *const names[] = {"a", "b", "c", "d"};

typedef struct job {
    burin_env         *env;
    burin_formula     *formula;
    burin_interpreter *in;
    burin_text         text;
    const char        *expected; /* repr() of its result */
    double             x;
    burin_error        err;
} job;

static void fail(burin_error *err) { die(err->message ? err->message : "wrong result", NULL); }

static void run_formula(void *user)
{
    job *j = user;
    j->x += 0.001;
    double values[4] = {j->x, j->x + 1, j->x + 2, j->x + 3}, y;
    if (burin_formula_doubles(j->formula, values, &y, &j->err))
        fail(&j->err);
    keep(&y);
}

static void run_boxed(void *user)
{
    job *j = user;
    j->x += 0.001;
    burin_value values[4] = {burin_float(j->x), burin_float(j->x + 1), burin_float(j->x + 2), burin_float(j->x + 3)}, y;
    if (burin_formula_eval(j->formula, values, &y, &j->err))
        fail(&j->err);
    keep(&y);
}

static void run_eval(void *user)
{
    job        *j   = user;
    burin_error err = BURIN_ERROR_INIT;
    burin_value value;
    if (burin_interpreter_eval(j->in, j->text, &value, &err))
        fail(&err);
    keep(&value);
}

static void run_compile(void *user)
{
    job           *j   = user;
    burin_error    err = BURIN_ERROR_INIT;
    burin_formula *f   = burin_formula_compile(j->env, j->text, names, 4, &err);
    if (!f)
        fail(&err);
    burin_formula_free(f);
}

static void run_create(void *user)
{
    job               *j   = user;
    burin_error        err = BURIN_ERROR_INIT;
    burin_interpreter *in  = burin_interpreter_new(j->env, &err);
    if (!in)
        fail(&err);
    burin_interpreter_free(in);
}

static void prepare_formula(job *j)
{
    burin_error err = BURIN_ERROR_INIT;
    j->formula = burin_formula_compile(j->env, j->text, names, 4, &err);
    double y, c = j->text.len == sizeof E1 - 1 ? (1.5 + 2.5) * sin(3.5) / (sqrt(4.5) + 1) : sqrt(1 - sin(2 * 1.5) + cos(M_PI / 2.5) / 3);
    if (!j->formula ||
        burin_formula_double(j->formula, (burin_value[]){burin_float(1.5), burin_float(2.5), burin_float(3.5), burin_float(4.5)}, &y, &err) || y != c)
        fail(&err);
    j->x = 1;
}

static void prepare_scripts(job *j, const char *path)
{
    burin_error err = BURIN_ERROR_INIT;
    burin_value rows, value;
    size_t      len;
    char       *text = read_file(path, 0, &len);
    if (burin_interpreter_run(j->in, (burin_text){text, len}, "scripts.py", NULL, &err) ||
        burin_interpreter_run(j->in, BURIN_TEXT("rows = table(1000)\na, b, c, d = 1.5, 2.5, 3.5, 4.5"), NULL, &rows, &err) ||
        burin_interpreter_eval(j->in, j->text, &value, &err))
        fail(&err);
    free(text);
    char *repr = burin_repr(value, &len);
    if (!repr || (j->expected && strcmp(repr, j->expected) != 0))
        die("wrong result", repr);
    free(repr);
}

static void check_event(void *user, const burin_jit_event *event)
{
    (void)user;
    if (event->outcome != BURIN_JIT_COMPILED)
        die("native code", event->why);
}

static void use_native_code(burin_env *env, const char *helper)
{
    burin_error       err     = BURIN_ERROR_INIT;
    burin_jit_options options = burin_jit_options_default();
    options.engine            = BURIN_ENGINE_JIT;
    options.eager             = true;
    options.event             = check_event;
    options.helper            = helper;
    burin_jit *jit            = burin_jit_new(&options, &err);
    if (!jit || burin_env_set_jit(env, jit))
        fail(&err);
    burin_jit_unref(jit);
}

static void count_mallocs(void (*work)(void *user), void *user)
{
    warm_up(work, user, 50, 1);
    malloc_calls = 0;
    work(user);
    printf("%zu\n", malloc_calls);
}

static const struct task {
    const char *name, *text;
    void (*work)(void *user);
    const char *expected;
} tasks[] = {
    {"scalar E1", E1, run_formula, NULL},
    {"scalar E4", E4, run_formula, NULL},
    {"E1, boxed", E1, run_boxed, NULL},
    {"text, cached", E1, run_eval, NULL},
    {"loop", "loop(100000)", run_eval, "933429"},
    {"fib", "fib(20)", run_eval, "6765"},
    {"report", "len(report(rows))", run_eval, "11767"},
    {"labels", "len(labels(rows))", run_eval, "33899"},
    {"create", "", run_create, NULL},
    {"compile", E1, run_compile, NULL},
};

int main(int argc, char **argv)
{
    const char *helper = argc > 2 && strcmp(argv[1], "--jit") == 0 ? argv[2] : NULL;
    argc -= helper ? 2 : 0;
    argv += helper ? 2 : 0;
    if (argc != 3 && argc != 5)
        die("usage: bench_expr [--jit HELPER] TASK SCRIPTS [WARM_MS BATCH_MS]", NULL);
    burin_error   err     = BURIN_ERROR_INIT;
    burin_options options = burin_options_default();
    options.scripts       = true;
    for (size_t n = 0; n < sizeof tasks / sizeof *tasks; n++) {
        const struct task *t = &tasks[n];
        if (strcmp(t->name, argv[1]) != 0)
            continue;
        job j = {.env = burin_env_new(&options, &err), .text = {t->text, strlen(t->text)}, .expected = t->expected};
        if (j.env && helper)
            use_native_code(j.env, helper);
        if (!j.env || !(j.in = burin_interpreter_new(j.env, &err)))
            fail(&err);
        if (t->work == run_formula || t->work == run_boxed)
            prepare_formula(&j);
        if (t->work == run_eval)
            prepare_scripts(&j, argv[2]);
        if (argc == 5)
            take_turns(t->work, &j, argv[3], argv[4]);
        else
            count_mallocs(t->work, &j);
        burin_formula_free(j.formula);
        burin_interpreter_free(j.in);
        burin_env_unref(j.env);
        return 0;
    }
    die("there is no task", argv[1]);
}
