/* Calls of registered functions from scripts: `bench_store_calls [--jit BURIN-JIT] [--quick]` writes one JSON object.
 *
 * A loop calls a pure function of two ints that is registered and granted, one with a body, one in plain C; one that is the host's, without a registry; and
 * none. What the last takes is subtracted. Interpreted, and where there is a burin-jit as native code. The floor is C, which calls the plain function through a
 * pointer. Time is the thread's CPU time; the best of batches. */
#include "bench/c/harness.h"

#include <burin/burin.h>
#include <burin/grant.h>
#include <burin/interpreter.h>
#include <burin/jit.h>

enum { ROUNDS = 100000 };

static burin_status registered(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    out->value = burin_int(args[0].value.as.i + args[1].value.as.i);
    return BURIN_OK;
}

static int64_t plain(int64_t a, int64_t b) { return a + b; }

static burin_status host(burin_call *call, burin_value *out)
{
    *out = burin_int(burin_arg(call, 0).as.i + burin_arg(call, 1).as.i);
    return BURIN_OK;
}

static void ok(burin_status status, const burin_error *err)
{
    if (status)
        die("a call", err->message ? err->message : burin_status_class(status));
}

static double per_round(burin_interpreter *in, const char *added, int batches)
{
    char        script[200];
    double      best = 0;
    burin_value sum;
    burin_error err = BURIN_ERROR_INIT;
    int         len = snprintf(script, sizeof script, "def f():\n    s = 0\n    for i in range(%d):\n        s = %s\n    return s\nf()", ROUNDS, added);
    for (int n = 0; n <= batches; n++) {
        uint64_t start = cpu_ns();
        ok(burin_interpreter_run(in, (burin_text){script, (size_t)len}, NULL, &sum, &err), &err);
        double took = (double)(cpu_ns() - start) / ROUNDS;
        if (sum.as.i != (int64_t)ROUNDS * (ROUNDS - 1) / 2)
            die("the sum is wrong", added);
        if (n == 1 || (n && took < best)) /* the first compiles */
            best = took;
    }
    return best;
}

static int64_t (*volatile pointer)(int64_t a, int64_t b) = plain;
static int64_t called(int64_t s, int64_t i) { return pointer(s, i); }
static int64_t added(int64_t s, int64_t i)
{
    __asm__ volatile("" : "+r"(s)); /* or the loop would go */
    return s + i;
}

static inline __attribute__((always_inline)) double per_turn(int64_t (*turn)(int64_t s, int64_t i), int batches)
{
    double best = 0;
    for (int n = 0; n <= batches; n++) {
        uint64_t start = cpu_ns();
        int64_t  sum   = 0;
        for (int64_t i = 0; i < ROUNDS; i++)
            sum = turn(sum, i);
        double took = (double)(cpu_ns() - start) / ROUNDS;
        if (sum != (int64_t)ROUNDS * (ROUNDS - 1) / 2)
            die("the sum is wrong", "in C");
        if (n == 0 || took < best)
            best = took;
    }
    return best;
}

static void show(const char *engine, burin_jit *jit, const burin_callable *f, const burin_callable *plain_f, int batches, const char *before)
{
    burin_error   err     = BURIN_ERROR_INIT;
    burin_options options = burin_options_default();
    options.scripts       = true;
    options.limits.steps  = 0;
    burin_env *env        = burin_env_new(&options, &err);
    if (!env)
        die("an environment", err.message);
    ok(burin_env_set_jit(env, jit), &err);
    ok(burin_env_grant(env, f, NULL), &err);
    ok(burin_env_grant(env, plain_f, NULL), &err);
    ok(burin_env_add_function(env, "host", "a, b", host, NULL, BURIN_PURE), &err);
    burin_interpreter *in = burin_interpreter_new(env, &err);
    if (!in)
        die("an interpreter", err.message);
    double none = per_round(in, "s + i", batches);
    printf("%s    {\"engine\": \"%s\", \"plain_ns\": %.1f, \"registered_ns\": %.1f, \"host_ns\": %.1f, \"floor_ns\": %.1f}", before, engine,
           per_round(in, "plain(s, i)", batches) - none, per_round(in, "registered(s, i)", batches) - none, per_round(in, "host(s, i)", batches) - none,
           per_turn(called, batches) - per_turn(added, batches));
    burin_interpreter_free(in);
    burin_env_unref(env);
}

int main(int argc, char **argv)
{
    bool                  quick = argc > 1 && strcmp(argv[argc - 1], "--quick") == 0;
    const char           *helper = argc > 2 && strcmp(argv[1], "--jit") == 0 ? argv[2] : NULL;
    burin_error           err = BURIN_ERROR_INIT;
    burin_registry       *registry = burin_registry_new(NULL, &err);
    const burin_callable *f, *plain_f;
    ok(burin_register(registry, &(burin_declaration){.name = "registered", .signature = "a: int, b: int -> int", .body = registered, .pure = true}, &f, &err), &err);
    ok(burin_register(registry, &(burin_declaration){.name = "plain", .signature = "a: int, b: int -> int", .plain = (burin_plain)plain, .pure = true}, &plain_f, &err), &err);
    printf("{\n  \"calls\": [\n");
    show("interpreted", NULL, f, plain_f, quick ? 3 : 15, "");
    if (helper) {
        burin_jit_options options = burin_jit_options_default();
        options.engine            = BURIN_ENGINE_JIT;
        options.eager             = true;
        options.helper            = helper;
        burin_jit *jit            = burin_jit_new(&options, &err);
        if (!jit)
            die("a compiler", err.message);
        show("native", jit, f, plain_f, quick ? 3 : 15, ",\n");
        burin_jit_unref(jit);
    }
    printf("\n  ]\n}\n");
    burin_registry_free(registry);
    return 0;
}
