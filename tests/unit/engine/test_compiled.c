/* Sets of compiled templates: which ones an environment takes. `burin compile` and what comes of it: tests/cli/test_compile.py. */
#include "engine/compiled.h"

#include "codegen/image/image.h"
#include "codegen/jit/code.h"
#include "codegen/jit/native.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static burin_compiled fitting(const burin_env *env)
{
    burin_compiled set = {.image_abi = image_abi(), .native_abi = native_abi(), .options = compiled_options(env), .cpu = code_cpu_here()};
    memcpy(set.magic, COMPILED_MAGIC, sizeof set.magic);
    return set;
}

static void sets_that_do_not_fit_are_refused_with_the_reason(void **state)
{
    (void)state;
    burin_env     *env   = burin_env_new(NULL, NULL);
    burin_compiled sound = fitting(env);
    const struct { size_t place; const char *why; } rows[] = { /* one byte of the set is another */
        {offsetof(burin_compiled, magic), "it is no set of compiled templates of this version"},
        {offsetof(burin_compiled, image_abi), "it was compiled by another build of the library: compile it again"},
        {offsetof(burin_compiled, native_abi), "it was compiled by another build of the library: compile it again"},
        {offsetof(burin_compiled, options), "it was compiled for an environment with other options"},
        {offsetof(burin_compiled, cpu) + 1, "it was compiled for processors with more instructions than this one has"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_error    err   = BURIN_ERROR_INIT;
        burin_compiled wrong = sound;
        ((char *)&wrong)[rows[n].place] ^= 1;
        assert_int_equal(burin_env_add_compiled(env, &wrong, &err), BURIN_ERR_USAGE);
        assert_non_null(strstr(err.message, rows[n].why));
        burin_error_clear(&err);
    }
    assert_int_equal(burin_env_add_compiled(env, &sound, NULL), BURIN_OK);
    burin_env_unref(env);
}

static void sets_without_native_code_fit_whatever_its_interface(void **state)
{
    (void)state;
    burin_env     *env  = burin_env_new(NULL, NULL);
    burin_compiled set  = fitting(env);
    set.native_abi      = 0;
    assert_int_equal(burin_env_add_compiled(env, &set, NULL), BURIN_OK);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_that_do_not_fit_are_refused_with_the_reason),
        cmocka_unit_test(sets_without_native_code_fit_whatever_its_interface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
