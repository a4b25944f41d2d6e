#define _GNU_SOURCE /* memmem */
/* A script, run by the interpreter and as native code, and by both with garbage collected wherever that is possible: value, output, error with its
 * places, and the steps counted must be equal. It is run twice in one session, so that the second meets caches that are filled, then evaluated as a formula.
 *
 * Byte 0: level of optimisation, and how deep it may call. Byte 1: how many steps it may take. The rest is the script. BURIN_JIT is
 * the compiler process' path. */
#include <burin/burin.h>
#include <burin/formula.h>
#include <burin/interpreter.h>
#include <burin/jit.h>

#include "codegen/vm/machine.h"
#include "engine/interpreter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROUNDS = 2, LEVELS = 3, RUNS = 2 * ROUNDS };

typedef struct outcome { /* of one run */
    burin_status status;
    char        *text;   /* what was printed, and the value's repr or the error with its excerpt */
    uint64_t     steps;
} outcome;

static uint64_t dealt_with; /* requests: compiled, or refused as not worth it */

static void note(void *user, const burin_jit_event *event)
{
    (void)user;
    if (event->outcome == BURIN_JIT_UNAVAILABLE) {
        fprintf(stderr, "no compiler: %s\n", event->why);
        abort();
    }
    if (event->outcome == BURIN_JIT_REFUSED && strcmp(event->why, "nothing in it is run more than once") != 0) {
        fprintf(stderr, "refused: %s\n", event->why);
        abort();
    }
    dealt_with++;
}

static burin_jit *compiler(unsigned level)
{
    static burin_jit *of_level[LEVELS];
    if (of_level[level])
        return of_level[level];
    burin_jit_options options = burin_jit_options_default();
    options.engine            = BURIN_ENGINE_JIT;
    options.eager             = true;
    options.level             = level;
    options.helper            = getenv("BURIN_JIT");
    options.event             = note;
    if (!options.helper || !(of_level[level] = burin_jit_new(&options, NULL))) {
        fputs("BURIN_JIT does not name burin-jit\n", stderr);
        exit(1);
    }
    return of_level[level];
}

static burin_env *environment(const uint8_t *data, bool native)
{
    static const uint64_t steps[]  = {20000, 1, 2, 3, 5, 10, 50, 200, 1000, 5000};
    static const uint32_t depths[] = {60, 1, 5, 700};
    burin_options options = burin_options_default();
    options.scripts       = true;
    options.random_seed   = 1;
    options.limits = (burin_limits){.steps = steps[data[1] % (sizeof steps / sizeof steps[0])], .memory = 32u << 20, .output = 1u << 18,
                                    .depth = depths[data[0] >> 2 & 3], .nesting = 100, .integer_bits = 20000};
    burin_env *env = burin_env_new(&options, NULL);
    if (!env || (native && burin_env_set_jit(env, compiler((data[0] & 3) % LEVELS))))
        abort();
    return env;
}

/* ---- what comes of it ---- */

static char *joined(burin_text printed, const char *rest)
{
    size_t len  = strlen(rest) + 1;
    char  *text = malloc(printed.len + len);
    if (!text)
        abort();
    if (printed.len)
        memcpy(text, printed.data, printed.len);
    memcpy(text + printed.len, rest, len);
    return text;
}

static outcome outcome_of(burin_status status, burin_text printed, burin_value value, burin_error *err, uint64_t steps)
{
    size_t  len;
    char   *said   = status ? burin_error_format(err, false) : burin_repr(value, &len);
    outcome result = {status, joined(printed, said ? said : ""), steps};
    free(said);
    burin_error_clear(err);
    return result;
}

static void run(burin_env *env, burin_text text, bool collects, outcome *out)
{
    burin_error        err = BURIN_ERROR_INIT;
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    burin_limits       used;
    burin_value        value;
    if (in)
        ((vm *)interpreter_state(in))->collects_always = collects;
    for (int n = 0; in && n < ROUNDS; n++) {
        burin_status status = burin_interpreter_run(in, text, "script.py", &value, &err);
        burin_interpreter_used(in, &used);
        out[n] = outcome_of(status, burin_interpreter_output(in), value, &err, used.steps);
    }
    burin_interpreter_free(in);
}

static void evaluate(burin_env *env, burin_text text, outcome *out)
{
    static const char *const names[] = {"a", "s"};
    const burin_value        slots[] = {burin_int(7), burin_string_borrow("d\xc3\xa9j\xc3\xa0", 6)};
    burin_error              err     = BURIN_ERROR_INIT;
    burin_formula           *f       = burin_formula_compile(env, text, names, 2, &err);
    burin_limits             used;
    burin_value              value;
    burin_error_clear(&err);
    for (int n = 0; f && n < ROUNDS; n++) {
        burin_status status = burin_formula_eval(f, slots, &value, &err);
        burin_formula_used(f, &used);
        out[n] = outcome_of(status, (burin_text){NULL, 0}, value, &err, used.steps);
    }
    burin_formula_free(f);
}

static void run_in(const uint8_t *data, burin_text text, bool native, bool collects, outcome *out)
{
    burin_env *env = environment(data, native);
    memset(out, 0, RUNS * sizeof *out);
    run(env, text, collects, out);
    evaluate(env, text, out + ROUNDS);
    burin_env_unref(env);
}

static bool is_same(const outcome *a, const outcome *b)
{
    if (!a->text || !b->text)
        return a->text == b->text;
    /* an object's address differs from run to run, and the memory that is held */
    return a->status == BURIN_ERR_NOMEM || strstr(a->text, " at 0x") || strstr(a->text, "the memory limit") || strstr(b->text, "the memory limit") || (a->status == b->status && a->steps == b->steps && strcmp(a->text, b->text) == 0);
}

static void compare(const outcome *expected, const char *how, const outcome *given)
{
    for (int n = 0; n < RUNS; n++) {
        if (is_same(&expected[n], &given[n]))
            continue;
        fprintf(stderr, "interpreter: %d after %llu steps\n%s\n%s: %d after %llu steps\n%s\n", expected[n].status,
                (unsigned long long)expected[n].steps, expected[n].text, how, given[n].status, (unsigned long long)given[n].steps, given[n].text);
        abort();
    }
}

static void forget(outcome *of)
{
    for (int n = 0; n < RUNS; n++)
        free(of[n].text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    outcome expected[RUNS], given[RUNS];
    if (size < 2 || size > 4096)
        return 0;
    burin_text text   = {(const char *)data + 2, size - 2};
    uint64_t   before = dealt_with;
    run_in(data, text, false, false, expected);
    for (int way = 1; way < 4; way++) {
        static const char *const names[] = {"", "native", "interpreter that collects", "native that collects"};
        run_in(data, text, way & 1, way & 2, given);
        compare(expected, names[way], given);
        forget(given);
    }
    for (int n = 0; n < RUNS; n++) {
        if (expected[n].steps && dealt_with == before) {
            fputs("nobody was asked for native code\n", stderr);
            abort();
        }
    }
    forget(expected);
    return 0;
}
