/* A run state that belongs to no render: for building and reading values on the host's side.
 *
 * Every burin_heap the library hands out is the first member of an rt_state (see rt_state_of in runtime/state.h), so the
 * runtime's functions work on the host's heaps as they do on a render's. A host's heap is `borrowed`: containers made in
 * it are marked so that renders never change them. */
#ifndef BURIN_ENGINE_HOST_STATE_H
#define BURIN_ENGINE_HOST_STATE_H

#include "runtime/env.h"

typedef struct host_state {
    rt_state st; /* first: a burin_heap * is an rt_state * */
    rt_env   env;
} host_state;

/* Holds no memory until the first value is made. `alloc` is borrowed. */
void host_state_init(host_state *host, const burin_allocator *alloc);
void host_state_deinit(host_state *host);

/* Move a failure pending in `st` to `err` (may be NULL), clear it there, and return its status. */
burin_status host_state_report(rt_state *st, burin_error *err);

#endif
