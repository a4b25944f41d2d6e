/* Calling the functions of a host's class (burin_class) from the runtime. */
#ifndef BURIN_RUNTIME_HOST_H
#define BURIN_RUNTIME_HOST_H

#include "runtime/call.h"

static inline const rt_object_value *rt_object_of(burin_value v) { return v.as.p; }

/* The call that a class's function is given: it has no arguments. */
static inline burin_call rt_host_call(rt_state *st) { return (burin_call){.st = st, .autoescape = st->autoescape}; }

/* A host may return a failure without reporting it: give it a message. */
static inline burin_status rt_host_done(rt_state *st, burin_status status)
{
    if (BURIN_UNLIKELY(status != BURIN_OK && st->status == BURIN_OK))
        return rt_fail(st, status, "%s", "a function of the host failed");
    return status;
}

#endif
