/* The compiler of native code as tests of the host's side use it: where it lies, and what it has told. */
#ifndef BURIN_TESTS_SUPPORT_COMPILER_H
#define BURIN_TESTS_SUPPORT_COMPILER_H

#include "burin/jit.h"

/* Events are told one at a time, and read when nothing is being compiled. Start from {0}. */
typedef struct compiler_log {
    int      compiled, refused, unavailable;
    uint32_t units;     /* compiled */
    char     name[64];  /* of the last event */
    char     why[256];
} compiler_log;

/* The burin-jit of the build folder that the test runs in; it may be missing. Any thread, from the second call on. */
const char *compiler_path(void);
/* lack() when it is missing. */
void compiler_need(void);
/* A compiler that takes whatever has run; `helper` is its burin-jit, `folder` its temporary folder (NULL: the usual one). */
burin_jit *compiler_make(burin_engine engine, bool eager, const char *helper, const char *folder, compiler_log *log);

#endif
