/* The host's memory stays as it is however much is compiled: libgccjit's leaks are the compiler process's, and code that nothing uses is freed. */
#include "burin/burin.h"
#include "runtime/base/toolchain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    WARM = 100, COMPILATIONS = 1000,
    GROWTH_MAX = 512 << 10, /* a leak of 600 bytes for each compilation is more; malloc's own ways are less */
};

static void count(void *user, const burin_jit_event *event)
{
    unsigned *compiled = user;
    *compiled += event->outcome == BURIN_JIT_COMPILED;
}

/* Bytes of this process that are in memory. */
static size_t resident(void)
{
    unsigned long all, here;
    FILE         *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &all, &here), 2);
    fclose(file);
    return here * (size_t)sysconf(_SC_PAGESIZE);
}

/* One that was not compiled before. */
static void compile_and_render(burin_env *env, burin_render *r, unsigned number)
{
    char        source[96], want[96];
    burin_text  text;
    burin_error err = BURIN_ERROR_INIT;
    int         len = snprintf(source, sizeof source, "{%% for n in range(3) %%}{{ n + %u }},{%% endfor %%}", number);
    burin_template *tpl = burin_template_from_string(env, "page", (burin_text){source, (size_t)len}, &err);
    assert_non_null(tpl);
    assert_int_equal(burin_render_text(r, tpl, burin_missing(), &text, &err), BURIN_OK);
    len = snprintf(want, sizeof want, "%u,%u,%u,", number, number + 1, number + 2);
    assert_int_equal(text.len, len);
    assert_memory_equal(text.data, want, text.len);
    burin_template_unref(tpl);
}

static void a_thousand_compilations_leave_it_flat(void **state)
{
    (void)state;
    unsigned          compiled = 0;
    size_t            before   = 0;
    burin_jit_options options  = burin_jit_options_default();
    options.engine = BURIN_ENGINE_JIT;
    options.eager  = true;
    options.helper = getenv("BURIN_JIT");
    options.event  = count;
    options.user   = &compiled;
    burin_jit    *jit = burin_jit_new(&options, NULL);
    burin_env    *env = burin_env_new(NULL, NULL);
    burin_render *r;
    assert_non_null(jit);
    assert_non_null(env);
    assert_int_equal(burin_env_set_jit(env, jit), BURIN_OK);
    r = burin_render_new(env, NULL);
    assert_non_null(r);
    for (unsigned n = 0; n < WARM + COMPILATIONS; n++) {
        before = n == WARM ? resident() : before;
        compile_and_render(env, r, n);
    }
    size_t after = resident();
    print_message("%zu KB before, %zu KB after\n", before >> 10, after >> 10);
    assert_int_equal(compiled, WARM + COMPILATIONS);
#if !BURIN_ADDRESS_SANITIZER /* which keeps what was freed */
    assert_true(after < before + GROWTH_MAX);
#endif
    burin_render_free(r);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_thousand_compilations_leave_it_flat)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
