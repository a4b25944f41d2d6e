/* Many threads rendering while what they render is compiled, swapped in, freed and compiled again, and while the compiler process is
 * killed in the middle. Run in the tsan build this finds data races; in every build results are compared. */
#define _GNU_SOURCE
#include "burin/burin.h"

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/lack.h"

enum { THREADS = 8, SHARED = 4, ROUNDS = 30, COMPILED = 12, SECONDS_MAX = 20 };

static char       helper[512];
static atomic_int compiled;

static void note(void *user, const burin_jit_event *event)
{
    (void)user;
    compiled += event->outcome == BURIN_JIT_COMPILED;
}

typedef struct work {
    burin_env      *env;
    burin_template *shared[SHARED]; /* used by all threads */
    const char     *want[SHARED];
    atomic_int      wrong, running;
    int             compiled; /* so many must have been compiled before they end */
} work;

static const char *const sources[SHARED] = {
    "{% for n in range(400) %}{{ n * 2 }},{% endfor %}",
    "{% macro m(a, b=3) %}{{ a + b }};{% endmacro %}{% for n in range(200) %}{{ m(n) }}{% endfor %}",
    "{% block a %}{% for k, v in {'x': 1, 'y': [1, 2]}.items() %}{{ k }}={{ v }}{% endfor %}{% endblock %}",
    "{% set ns = namespace(s=0) %}{% for n in range(500) %}{% set ns.s = ns.s + n %}{% endfor %}{{ ns.s }}{{ 'a<b'|e }}",
};

static bool is_right(burin_render *r, burin_template *tpl, const char *want)
{
    burin_text text;
    return burin_render_text(r, tpl, burin_missing(), &text, NULL) == BURIN_OK && text.len == strlen(want) && memcmp(text.data, want, text.len) == 0;
}

static void *run(void *user)
{
    work         *w = user;
    burin_render *r = burin_render_new(w->env, NULL);
    time_t        start = time(NULL);
    for (int round = 0; round < ROUNDS || (compiled < w->compiled && time(NULL) < start + SECONDS_MAX); round++)
        for (int n = 0; n < SHARED; n++) {
            burin_template *own = burin_template_from_string(w->env, "own", (burin_text){sources[n], strlen(sources[n])}, NULL);
            w->wrong += !is_right(r, w->shared[n], w->want[n]) + !is_right(r, own, w->want[n]);
            burin_template_unref(own); /* perhaps while it is being compiled */
        }
    burin_render_free(r);
    w->running--;
    return NULL;
}

/* ---- the killer ---- */

static bool is_our_compiler(long pid)
{
    char path[64], name[64] = "";
    int  parent = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool is = fscanf(file, "%*d (%63[^)]) %*c %d", name, &parent) == 2 && parent == getpid() && strcmp(name, "burin-jit") == 0;
    fclose(file);
    return is;
}

static void *kill_compilers(void *user)
{
    work *w = user;
    while (w->running) {
        DIR *folder = opendir("/proc");
        for (struct dirent *entry; (entry = readdir(folder));) {
            long pid = atol(entry->d_name);
            if (pid > 0 && is_our_compiler(pid))
                kill((pid_t)pid, SIGKILL);
        }
        closedir(folder);
        nanosleep(&(struct timespec){.tv_nsec = 40000000}, NULL);
    }
    return NULL;
}

/* ---- the tests ---- */

static void expected(work *w)
{
    burin_env *env = burin_env_new(NULL, NULL);
    for (int n = 0; n < SHARED; n++)
        w->want[n] = burin_render_once(env, (burin_text){sources[n], strlen(sources[n])}, burin_missing(), NULL, NULL);
    burin_env_unref(env);
}

static void all_threads(burin_engine engine, bool eager, bool with_killer)
{
    static work       w;
    pthread_t         threads[THREADS], killer;
    burin_jit_options options = burin_jit_options_default();
    options.engine            = engine;
    options.eager             = eager;
    options.threshold_ns      = 100000;
    options.helper            = helper;
    options.event             = note;
    burin_jit *jit            = burin_jit_new(&options, NULL);
    w                         = (work){.env = burin_env_new(NULL, NULL), .running = THREADS, .compiled = access(helper, X_OK) || with_killer ? 0 : COMPILED};
    compiled                  = 0;
    assert_int_equal(burin_env_set_jit(w.env, jit), BURIN_OK);
    expected(&w);
    for (int n = 0; n < SHARED; n++)
        w.shared[n] = burin_template_from_string(w.env, "shared", (burin_text){sources[n], strlen(sources[n])}, NULL);
    for (int n = 0; n < THREADS; n++)
        assert_int_equal(pthread_create(&threads[n], NULL, run, &w), 0);
    if (with_killer)
        assert_int_equal(pthread_create(&killer, NULL, kill_compilers, &w), 0);
    for (int n = 0; n < THREADS; n++)
        pthread_join(threads[n], NULL);
    if (with_killer)
        pthread_join(killer, NULL);
    assert_int_equal(w.wrong, 0);
    assert_true(compiled >= w.compiled);
    for (int n = 0; n < SHARED; n++) {
        burin_template_unref(w.shared[n]);
        free((char *)w.want[n]);
    }
    burin_env_unref(w.env); /* with a full queue */
    burin_jit_unref(jit);
}

static void renders_are_right_while_templates_are_compiled(void **state)
{
    (void)state;
    all_threads(BURIN_ENGINE_AUTO, false, false);
    all_threads(BURIN_ENGINE_JIT, false, false);
    if (access(helper, X_OK))
        lack("native code (built without libgccjit)"); /* its absence was tested */
}

static void renders_are_right_while_the_compiler_is_killed(void **state)
{
    (void)state;
    all_threads(BURIN_ENGINE_JIT, false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_are_right_while_templates_are_compiled),
        cmocka_unit_test(renders_are_right_while_the_compiler_is_killed),
    };
    const char *build = getenv("BURIN_BUILD");
    snprintf(helper, sizeof helper, "%s/burin-jit", build ? build : ".");
    return lack_ended(cmocka_run_group_tests(tests, NULL, NULL));
}
