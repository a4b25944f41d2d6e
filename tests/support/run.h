/* A run state with an environment of its own, for tests that call the runtime directly.
 *
 * Its allocator counts what is held, so that run_free can tell a leak, and can be made to fail: from allocation number
 * `fail_at` on (1 is the next one; 0 never). */
#ifndef BURIN_TESTS_SUPPORT_RUN_H
#define BURIN_TESTS_SUPPORT_RUN_H

#include "runtime/env.h"

typedef struct run {
    rt_state        st;
    rt_env          env;
    burin_allocator alloc;
    size_t          held;
    uint64_t        allocations; /* made or tried so far */
    uint64_t        fail_at;
} run;

/* NULL when memory is out, which only happens with fail_at. */
run *run_new(void);
run *run_new_failing(uint64_t fail_at);
/* Releases everything; true when nothing was left behind. */
bool run_free(run *r);

/* The message of the pending error, NUL-terminated, after checking its status; clears it. Valid until the next call. */
const char *run_error(run *r, burin_status want);
/* repr(v), NUL-terminated, in the run's heap. */
const char *run_repr(run *r, burin_value v);
burin_value run_text(const char *z);
/* The value of a Python literal. */
burin_value run_value(run *r, const char *literal);

#endif
