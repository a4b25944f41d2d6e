/* Native code seen from the host: what is compiled when, that results stay the same, and that nothing that goes wrong reaches a
 * render. Needs burin-jit in the build folder for what is about native code; is skipped where it is missing. */
#define _GNU_SOURCE
#include "burin/burin.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/toolchain.h"
#include "tests/support/compiler.h"
#include "tests/support/lack.h"

enum { CANNOT_MOUNT = 3 }; /* how a child says it */

/* An environment compiled by `jit`, whose owner it becomes. */
static burin_env *make_env(burin_jit *jit)
{
    burin_env *env = burin_env_new(NULL, NULL);
    assert_non_null(env);
    assert_int_equal(burin_env_set_jit(env, jit), BURIN_OK);
    return env;
}

static const char page[] = "{% macro row(n) %}[{{ n }}:{{ n * n }}]{% endmacro %}{% for n in range(40) %}{{ row(n) }}{% if n % 3 %},{% endif %}{% endfor %}"
                           "{% set sum = namespace(of=0) %}{% for n in range(3000) %}{% set sum.of = sum.of + n %}{% endfor %}{{ sum.of }}";

typedef struct result {
    char     text[4096];
    uint64_t steps;
} result;

static void render(burin_render *r, burin_template *tpl, result *out)
{
    burin_text   text;
    burin_limits used;
    assert_int_equal(burin_render_text(r, tpl, burin_missing(), &text, NULL), BURIN_OK);
    assert_true(text.len < sizeof out->text);
    memcpy(out->text, text.data, text.len);
    out->text[text.len] = '\0';
    burin_render_used(r, &used);
    out->steps = used.steps;
}

static void render_alone(burin_env *env, const char *source, result *out)
{
    burin_template *tpl = burin_template_from_string(env, "page", (burin_text){source, strlen(source)}, NULL);
    burin_render   *r   = burin_render_new(env, NULL);
    assert_non_null(tpl);
    assert_non_null(r);
    render(r, tpl, out);
    burin_render_free(r);
    burin_template_unref(tpl);
}

static void interpreted(result *out)
{
    burin_env *env = burin_env_new(NULL, NULL);
    render_alone(env, page, out);
    burin_env_unref(env);
}

static burin_status append_piece(void *user, const char *data, size_t len)
{
    strncat(user, data, len);
    return BURIN_OK;
}

/* ---- what is compiled when ---- */

static void eager_templates_are_native_before_they_run(void **state)
{
    (void)state;
    compiler_log    l = {0};
    result want, got;
    compiler_need();
    burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    burin_env *env = make_env(jit);
    interpreted(&want);
    render_alone(env, page, &got);
    assert_int_equal(l.compiled, 1);
    assert_string_equal(got.text, want.text);
    assert_int_equal(got.steps, want.steps);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

static void what_a_failure_has_captured_is_nowhere_natively(void **state)
{
    static const char source[] = "a{{ 1 }}{% for i in [2, 0] %}{{ i }}{% set c %}b{{ '<' ~ 1 // i ~ '>' }}{% endset %}{{ 'c' + c + 'd' }}{% endfor %}";
    (void)state;
    compiler_log l            = {0};
    char         written[100] = "";
    burin_sink   sink         = {append_piece, written};
    compiler_need();
    burin_jit      *jit = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    burin_env      *env = make_env(jit);
    burin_template *tpl = burin_template_from_string(env, "page", (burin_text){source, sizeof source - 1}, NULL);
    burin_render   *r   = burin_render_new(env, NULL);
    assert_int_equal(burin_render_to(r, tpl, burin_missing(), &sink, NULL), BURIN_ERR_ZERO_DIVISION);
    assert_int_equal(l.compiled, 1);
    assert_string_equal(written, "a12cb<0>d0");
    burin_render_free(r);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

static void what_is_hot_becomes_native_between_renders(void **state)
{
    (void)state;
    compiler_log    l = {0};
    result want, got;
    compiler_need();
    burin_jit      *jit = compiler_make(BURIN_ENGINE_AUTO, false, compiler_path(), NULL, &l);
    burin_env      *env = make_env(jit);
    burin_template *tpl = burin_template_from_string(env, "page", (burin_text){page, sizeof page - 1}, NULL);
    burin_render   *r   = burin_render_new(env, NULL);
    interpreted(&want);
    for (int n = 0; n < 20; n++) { /* 3000 steps each; every 1024th is looked at */
        render(r, tpl, &got);
        assert_string_equal(got.text, want.text);
        assert_int_equal(got.steps, want.steps);
        burin_jit_wait(jit);
    }
    assert_true(l.compiled >= 1);
    assert_int_equal(l.refused, 0);
    burin_render_free(r);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

static void what_stays_cold_is_told_when_it_goes(void **state)
{
    (void)state;
    compiler_log l   = {0};
    result       got;
    burin_jit   *jit = compiler_make(BURIN_ENGINE_AUTO, false, "/nowhere/burin-jit", NULL, &l);
    burin_env   *env = make_env(jit);
    burin_template *unused = burin_template_from_string(env, "unused", BURIN_TEXT("{{ 1 }}"), NULL);
    render_alone(env, "{{ 1 }}{{ 2 }}", &got);
    assert_int_equal(l.refused, 1);
    assert_string_equal(l.name, "page");
    assert_non_null(strstr(l.why, "none was interpreted for the "));
    burin_template_unref(unused);
    burin_env_unref(env);
    assert_int_equal(l.refused, 1);
    burin_jit_unref(jit);
}

static void errors_are_the_same_at_the_same_line(void **state)
{
    (void)state;
    static const char source[] = "{% for n in range(5) %}\n{{ 10 // (3 - n) }}\n{% endfor %}";
    compiler_log         l   = {0};
    burin_error err = BURIN_ERROR_INIT;
    burin_text  text;
    compiler_need();
    burin_jit      *jit = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), NULL, &l);
    burin_env      *env = make_env(jit);
    burin_template *tpl = burin_template_from_string(env, "page", (burin_text){source, sizeof source - 1}, NULL);
    burin_render   *r   = burin_render_new(env, NULL);
    assert_int_equal(burin_render_text(r, tpl, burin_missing(), &text, &err), BURIN_ERR_ZERO_DIVISION);
    assert_int_equal(err.line, 2);
    assert_int_equal(l.compiled, 1);
    burin_error_clear(&err);
    burin_render_free(r);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_jit_unref(jit);
}

/* ---- what goes wrong ---- */

static void is_interpreted_and_told_once(const char *compiler, const char *folder, const char *why)
{
    result want, got;
    interpreted(&want);
    for (int eager = 0; eager < 2; eager++) {
        compiler_log        l   = {0};
        burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, eager, compiler, folder, &l);
        burin_env *env = make_env(jit);
        for (int again = 0; again < 3; again++) {
            render_alone(env, page, &got);
            assert_string_equal(got.text, want.text);
            burin_jit_wait(jit);
        }
        assert_int_equal(l.unavailable, 1);
        assert_string_equal(l.why, why);
        assert_int_equal(l.compiled, 0);
        burin_env_unref(env);
        burin_jit_unref(jit);
    }
}

static void without_a_compiler_everything_is_interpreted_and_told_once(void **state)
{
    (void)state;
    is_interpreted_and_told_once("/nowhere/burin-jit", NULL, "/nowhere/burin-jit cannot be started: No such file or directory");
    is_interpreted_and_told_once("/etc/passwd", NULL, "/etc/passwd cannot be started: Permission denied");
    is_interpreted_and_told_once("/bin/true", NULL, "the compiler ended before it was ready");
}

static void without_a_temporary_folder_everything_is_interpreted_and_told_once(void **state)
{
    (void)state;
    compiler_need();
    is_interpreted_and_told_once(compiler_path(), "/proc/nowhere", "no temporary folder can be made");
}

/* In a child with a file system of one page of its own. */
static int render_with_a_full_folder(const char *folder)
{
    compiler_log    l = {0};
    result want, got;
    char   path[512];
    interpreted(&want);
    burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, true, compiler_path(), folder, &l);
    burin_env *env = make_env(jit);
    snprintf(path, sizeof path, "%s/filler", folder);
    render_alone(env, "{{ 1 }}", &got); /* the compiler is up, its folder made */
    FILE *file = fopen(path, "w");
    while (file && fputc('x', file) != EOF && fflush(file) == 0)
        ;
    render_alone(env, page, &got);
    burin_env_unref(env);
    burin_jit_unref(jit);
    return strcmp(got.text, want.text) ? 1 : 0;
}

/* In a child with a file system that cannot be written to. */
static int render_with_a_read_only_folder(const char *folder)
{
    is_interpreted_and_told_once(compiler_path(), folder, "no temporary folder can be made");
    return 0;
}

/* Call in a child that has a file system of its own at `folder`. */
static void with_a_file_system(unsigned long flags, int (*call)(const char *folder))
{
    int   status;
    char  folder[] = "/tmp/jit-test-XXXXXX";
    compiler_need();
    assert_non_null(mkdtemp(folder));
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("none", folder, "tmpfs", flags, "size=8k"))
            _exit(CANNOT_MOUNT);
        _exit(call(folder));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rmdir(folder);
    if (WEXITSTATUS(status) == CANNOT_MOUNT)
        lack("no file system may be mounted here");
    assert_int_equal(status, 0);
}

static void a_full_temporary_folder_does_no_harm(void **state)
{
    (void)state;
    with_a_file_system(0, render_with_a_full_folder);
}

static void a_read_only_temporary_folder_does_no_harm(void **state)
{
    (void)state;
    with_a_file_system(MS_RDONLY, render_with_a_read_only_folder);
}

static void an_environment_that_dies_takes_back_what_waits(void **state)
{
    (void)state;
    compiler_log l = {0};
    compiler_need();
    burin_jit *jit   = compiler_make(BURIN_ENGINE_JIT, false, compiler_path(), NULL, &l);
    burin_env *other = make_env(jit);
    for (int round = 0; round < 4; round++) {
        burin_env *env = make_env(jit);
        char       source[64];
        for (int n = 0; n < 20; n++) {
            result got;
            snprintf(source, sizeof source, "{{ %d }}", n);
            render_alone(env, source, &got);
        }
        burin_env_unref(env);
    }
    result got;
    render_alone(other, page, &got);
    burin_jit_wait(jit);
    assert_true(l.compiled >= 1);
    burin_env_unref(other);
    burin_jit_unref(jit);
}

#if !BURIN_THREAD_SANITIZER /* it knows no threads after a fork */
static void a_forked_child_compiles_for_itself(void **state)
{
    (void)state;
    compiler_log    l = {0};
    result want, got;
    int    status;
    compiler_need();
    burin_jit *jit = compiler_make(BURIN_ENGINE_JIT, false, compiler_path(), NULL, &l);
    burin_env *env = make_env(jit);
    interpreted(&want);
    render_alone(env, page, &got);
    burin_jit_wait(jit);
    assert_int_equal(l.compiled, 1);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        render_alone(env, page, &got);
        burin_jit_wait(jit);
        _exit(l.compiled == 2 && strcmp(got.text, want.text) == 0 ? 0 : 1);
    }
    render_alone(env, page, &got);
    burin_jit_wait(jit);
    assert_int_equal(l.compiled, 2);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    burin_env_unref(env);
    burin_jit_unref(jit);
}
#endif

/* ---- use ---- */

static void what_is_asked_wrongly_is_refused(void **state)
{
    (void)state;
    burin_error       err     = BURIN_ERROR_INIT;
    burin_jit_options options = burin_jit_options_default();
    options.level             = 4;
    assert_null(burin_jit_new(&options, &err));
    assert_int_equal(err.status, BURIN_ERR_USAGE);
    burin_error_clear(&err);
    options             = burin_jit_options_default();
    options.struct_size = 0;
    assert_null(burin_jit_new(&options, &err));
    burin_error_clear(&err);
    options         = burin_jit_options_default();
    burin_jit *jit  = burin_jit_new(&options, NULL);
    burin_env *env  = burin_env_new(NULL, NULL);
    burin_jit_wait(jit);
    result got;
    render_alone(env, "x", &got);
    assert_int_equal(burin_env_set_jit(env, jit), BURIN_ERR_USAGE);
    burin_env_unref(env);
    burin_jit_unref(jit);
    burin_jit_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eager_templates_are_native_before_they_run),
        cmocka_unit_test(what_a_failure_has_captured_is_nowhere_natively),
        cmocka_unit_test(what_is_hot_becomes_native_between_renders),
        cmocka_unit_test(what_stays_cold_is_told_when_it_goes),
        cmocka_unit_test(errors_are_the_same_at_the_same_line),
        cmocka_unit_test(without_a_compiler_everything_is_interpreted_and_told_once),
        cmocka_unit_test(without_a_temporary_folder_everything_is_interpreted_and_told_once),
        cmocka_unit_test(a_full_temporary_folder_does_no_harm),
        cmocka_unit_test(a_read_only_temporary_folder_does_no_harm),
        cmocka_unit_test(an_environment_that_dies_takes_back_what_waits),
#if !BURIN_THREAD_SANITIZER
        cmocka_unit_test(a_forked_child_compiles_for_itself),
#endif
        cmocka_unit_test(what_is_asked_wrongly_is_refused),
    };
    return lack_ended(cmocka_run_group_tests(tests, NULL, NULL));
}
