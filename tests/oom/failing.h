/* An allocator whose nth allocation fails, for tests of what happens then; any thread may use it. */
#ifndef BURIN_TESTS_OOM_FAILING_H
#define BURIN_TESTS_OOM_FAILING_H

#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct {
    atomic_long fail_at;  /* the allocation that fails, counted from here; 0: none */
    atomic_long blocks;   /* that are not freed */
    atomic_bool for_ever; /* all after it fail too */
    atomic_bool failed;   /* one has */
} oom;

static inline bool oom_refuses(void)
{
    long left = atomic_load(&oom.fail_at);
    while (left && !atomic_compare_exchange_weak(&oom.fail_at, &left, left > 1 ? left - 1 : oom.for_ever ? 1 : 0))
        ;
    if (left != 1)
        return false;
    oom.failed = true;
    return true;
}

static void *oom_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user, (void)old_size;
    if (new_size == 0) {
        oom.blocks -= block != NULL;
        free(block);
        return NULL;
    }
    if (oom_refuses())
        return NULL;
    void *made = realloc(block, new_size);
    oom.blocks += made && !block;
    return made;
}
static const burin_allocator failing = {oom_resize, NULL};

/* Run a scenario again and again: allocation `first` fails, then the one `step` later, and so on until all goes through; once only that one, once
 * all after it too. It must give all its memory back. */
static inline void fail_allocations(void (*scenario)(void), long first, long step, long at_least)
{
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        long at = first - step;
        do {
            oom.for_ever = for_ever;
            oom.failed   = false;
            oom.blocks   = 0;
            oom.fail_at  = at += step;
            scenario();
            oom.fail_at = 0;
            assert_int_equal(oom.blocks, 0);
        } while (oom.failed);
        assert_true(at > at_least);
    }
}

static inline void fail_every_allocation(void (*scenario)(void), long at_least) { fail_allocations(scenario, 1, 1, at_least); }

#endif
