#include "tests/support/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/lack.h"

static void note(void *user, const burin_jit_event *event)
{
    compiler_log *l = user;
    l->compiled += event->outcome == BURIN_JIT_COMPILED;
    l->refused += event->outcome == BURIN_JIT_REFUSED;
    l->unavailable += event->outcome == BURIN_JIT_UNAVAILABLE;
    l->units += event->outcome == BURIN_JIT_COMPILED ? event->units : 0;
    snprintf(l->name, sizeof l->name, "%s", event->name ? event->name : "");
    snprintf(l->why, sizeof l->why, "%s", event->why ? event->why : "");
}

const char *compiler_path(void)
{
    static char path[512];
    const char *build = getenv("BURIN_BUILD");
    if (!path[0])
        snprintf(path, sizeof path, "%s/burin-jit", build ? build : ".");
    return path;
}

void compiler_need(void)
{
    if (access(compiler_path(), X_OK))
        lack("built without libgccjit");
}

burin_jit *compiler_make(burin_engine engine, bool eager, const char *helper, const char *folder, compiler_log *log)
{
    burin_jit_options options = burin_jit_options_default();
    options.engine            = engine;
    options.eager             = eager;
    options.threshold_ns      = 1;
    options.helper            = helper;
    options.folder            = folder;
    options.event             = note;
    options.user              = log;
    burin_jit *jit            = burin_jit_new(&options, NULL);
    assert_non_null(jit);
    return jit;
}
