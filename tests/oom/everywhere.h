/* Every allocation fails once: a scenario is run again and again, first the 1st allocation fails, then the
 * 2nd, and so on until it gets through; once with only that allocation failing, once with all after it too. Whatever
 * happens it must end in BURIN_ERR_NOMEM (or, where the failure touched nothing that matters, in the right result), with
 * nothing leaked (the allocator counts blocks, LeakSanitizer watches the rest) and the process alive.
 *
 * Failures come from the host's allocator in every build, and from malloc itself where no sanitizer owns it: so a program includes this once. */
#ifndef BURIN_TESTS_OOM_EVERYWHERE_H
#define BURIN_TESTS_OOM_EVERYWHERE_H

#include "burin/burin.h"
#include "runtime/base/toolchain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- allocations that fail on demand ---- */

static struct {
    long fail_at; /* count down to the failing allocation; 0: none fails */
    bool for_ever;
    bool failed;  /* one has */
    long blocks;   /* alive, of the host's allocator */
    bool in_malloc; /* which of the two is failing */
    bool counting;  /* a scenario is running */
    long malloced;  /* alive, made by malloc while counting */
} oom;

static bool refuse(void)
{
    if (oom.fail_at == 0)
        return false;
    if (oom.fail_at > 1) {
        oom.fail_at--;
        return false;
    }
    oom.failed = true;
    if (!oom.for_ever)
        oom.fail_at = 0;
    return true;
}

static void *resize_or_fail(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user;
    if (new_size == 0) {
        oom.blocks--;
        free(block);
        return NULL;
    }
    if (!oom.in_malloc && refuse())
        return NULL;
    void *resized = realloc(block, new_size);
    if (resized && !block) {
        oom.blocks++;
        memset(resized, 0xa5, new_size); /* nobody may count on zeros */
    } else if (resized && new_size > old_size) {
        memset((char *)resized + old_size, 0xa5, new_size - old_size);
    }
    return resized;
}

static const burin_allocator failing = {resize_or_fail, NULL};

#if !BURIN_SANITIZED
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void  __libc_free(void *block);

static void *counted(void *block)
{
    oom.malloced += oom.counting && block;
    return block;
}
void *malloc(size_t size) { return oom.in_malloc && refuse() ? NULL : counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return oom.in_malloc && refuse() ? NULL : counted(__libc_calloc(count, size)); }
void *realloc(void *block, size_t size)
{
    if (oom.in_malloc && refuse())
        return NULL;
    return block ? __libc_realloc(block, size) : counted(__libc_malloc(size));
}
void free(void *block)
{
    oom.malloced -= oom.counting && block;
    __libc_free(block);
}
#endif

static inline burin_text text_z(const char *z) { return (burin_text){z, strlen(z)}; }

static inline burin_status expect_text(burin_text got, const char *want)
{
    if (got.len != strlen(want) || memcmp(got.data, want, got.len) != 0) {
        oom.fail_at  = 0;
        oom.counting = false;
        print_error("got '%.*s', want '%s'\n", (int)got.len, got.data, want);
        return BURIN_ERR_PY_ASSERTION;
    }
    return BURIN_OK;
}

/* ---- the driver ---- */

static inline void fail_everywhere(burin_status (*scenario)(void), bool in_malloc)
{
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (long n = 1;; n++) {
            oom.failed        = false;
            oom.for_ever      = for_ever;
            oom.in_malloc     = in_malloc;
            oom.fail_at       = n;
            oom.malloced      = 0;
            oom.counting      = true;
            burin_status status = scenario();
            oom.counting      = false;
            oom.fail_at       = 0;
            oom.in_malloc     = false;
            if (oom.blocks != 0 || oom.malloced != 0)
                fail_msg("allocation %ld: leaked %ld blocks of the host's, %ld of malloc's", n, oom.blocks, oom.malloced);
            if (!oom.failed) {
                assert_int_equal(status, BURIN_OK);
                break;
            }
            if (status != BURIN_OK && status != BURIN_ERR_NOMEM)
                fail_msg("allocation %ld: %s", n, burin_status_class(status));
            assert_true(n < 1000000);
        }
}

#define SCENARIO(name) \
    static void name##_survive_failing_allocations(void **state) \
    { \
        (void)state; \
        fail_everywhere(name, false); \
        if (!BURIN_SANITIZED) \
            fail_everywhere(name, true); \
    }

#endif
