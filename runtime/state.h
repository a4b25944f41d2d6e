/* The state of one render or evaluation: its heap, its error, its limits, and the environment it runs in.
 * Belongs to one thread. Every runtime function takes it first. */
#ifndef BURIN_RUNTIME_STATE_H
#define BURIN_RUNTIME_STATE_H

#include "burin/error.h"
#include "runtime/heap.h"

#include <stdarg.h>

typedef struct rt_env   rt_env; /* runtime/env.h: filters, tests, globals, policies: what the environment gives */
typedef struct rt_state rt_state;

struct rt_state {
    burin_heap     heap;
    const rt_env  *env;
    burin_status   status;       /* of the error below; BURIN_OK while all is well */
    buf            message;      /* its message; kept between errors to save the malloc */
    burin_text     raised;       /* its message instead, in the heap: what a script has raised; data NULL: none */
    burin_value    error_value;  /* what the error carries (TemplateNotFound's name, the undefined value), or MISSING */
    bool           autoescape;   /* where execution stands now */
    uint32_t       depth;        /* nesting of calls, includes, comparisons, reprs; checked with rt_enter */
    uint32_t       depth_max;    /* of a machine: that of its limits; 0: the environment's */
    uint64_t       steps_left;   /* counted down per basic block and per unit of native work */
    uint32_t       tick;         /* iterations and calls until the limits are looked at again: all but one are taken from steps_left already */
    uint32_t       tick_from;    /* what that was */
    uint32_t       unlooked;     /* steps of native work since the last look at what is next */
    const volatile int *cancel;  /* may be NULL; non-zero: stop */
    uint64_t       deadline_ns;  /* CLOCK_MONOTONIC; 0: none */
    const void    *repr_chain;   /* the containers whose repr is being written, innermost first (runtime/repr.c) */
    uint64_t       random;       /* state of the generator for random, lipsum */
    struct rt_told *told;        /* what functions in C tell that they hold, innermost first (runtime/told.h) */
    const void    *asked;        /* by the innermost of them, and not running yet: a generator's state, a function */
    /* What the VM fills in so that runtime code can reach the running template (pass_context, macros). */
    void          *vm;
    bool           python; /* a script runs: what Jinja puts around Python is left out (a StopIteration that leaves a call stays one) */
    burin_status (*write)(rt_state *st, burin_text text); /* where print() writes; NULL: nowhere */
    void          *writer; /* of whoever set `write` */
    burin_value (*find_variable)(rt_state *st, burin_text name); /* MISSING when there is none */
    struct burin_invocation *invocation; /* the call of a registry that it runs for (burin/registry.h); NULL: none */
    struct burin_txn *txn;  /* without one: the transaction that the host has it run in (burin/grant.h); NULL: none */
    uint64_t       txn_number; /* counts those */
    struct rg_ready *ready; /* the call of a registry's function that native code made last (runtime/registry/invoke.c), of so many bytes; NULL: none */
    size_t         ready_size;
    uint64_t       steps_max, time_ns_max; /* the limits that steps_left and deadline_ns come from, for messages */
};

/* The state a heap belongs to: every burin_heap is the first member of one (a render's, or one the host builds values in). */
static inline rt_state *rt_state_of(burin_heap *heap) { return (rt_state *)(void *)heap; }

/* Report an error: sets status and message (unless one is already pending) and returns the status. */
burin_status rt_fail(rt_state *st, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
/* The same with a message that is text already. */
burin_status rt_fail_text(rt_state *st, burin_status status, burin_text message);
/* The same, where the text lies in the heap until the error has been told or forgotten: it may be large, and is not copied. */
burin_status rt_fail_raised(rt_state *st, burin_status status, burin_text message);
/* The message of the pending error. */
static inline burin_text rt_message(const rt_state *st) { return st->raised.data ? st->raised : buf_text(&st->message); }
burin_status rt_vfail(rt_state *st, burin_status status, const char *format, va_list args);
/* Out of memory, or over the memory limit: reports the right one. */
burin_status rt_fail_memory(rt_state *st);
/* Forget a pending error (for `ignore missing`, `default`, try). */
static inline void rt_clear_error(rt_state *st)
{
    st->status         = BURIN_OK;
    st->message.len    = 0;
    st->message.failed = false;
    st->raised         = (burin_text){NULL, 0};
    st->error_value    = (burin_value){BURIN_MISSING, 0, 0, 0, {0}};
}

/* "the limit of 1000 steps was reached" */
burin_status rt_fail_steps(rt_state *st);
/* rt_charge where steps_left is not enough: what is taken from it ahead for iterations and calls is taken back. So a run ends at the same
 * step whenever that was. */
burin_status rt_charge_rest(rt_state *st, uint64_t steps);
static inline uint32_t rt_steps_ahead(const rt_state *st) { return st->tick ? st->tick - 1 : 0; }

/* The deadline and the cancel flag: BURIN_ERR_LIMIT, BURIN_ERR_CANCELLED. */
burin_status rt_check_interrupts(rt_state *st);

enum { RT_UNLOOKED = 1 << 16 }; /* steps of native work between two looks at the deadline: under a millisecond or two */

/* Charge native work that grows with the data: n items or n / 64 bytes. BURIN_ERR_LIMIT when used up, and as rt_check_interrupts. */
static inline burin_status rt_charge(rt_state *st, uint64_t steps)
{
    if (BURIN_LIKELY(st->steps_left > steps)) {
        st->steps_left -= steps;
        st->unlooked += steps < RT_UNLOOKED ? (uint32_t)steps : RT_UNLOOKED;
        return BURIN_LIKELY(st->unlooked < RT_UNLOOKED) ? BURIN_OK : rt_check_interrupts(st);
    }
    return rt_charge_rest(st, steps);
}
/* Before recursing natively; pair with rt_leave. BURIN_ERR_RECURSION "maximum recursion depth exceeded". */
burin_status rt_enter(rt_state *st);
/* The same for a machine's state, inlined. */
static inline burin_status rt_enter_fast(rt_state *st)
{
    if (BURIN_UNLIKELY(st->depth >= st->depth_max))
        return rt_enter(st);
    st->depth++;
    return BURIN_OK;
}
static inline void rt_leave(rt_state *st) { st->depth--; }

#endif
