/* Exceptions as values: classes, instances, and the way between a pending error and an instance.
 *
 * A failure travels as a status and a message in rt_state. A script that catches takes it as an instance
 * (rt_exception_take); a script that raises reports an instance (rt_exception_raise), which then rides along in
 * st->error_value, so that catching it gives the same object back. Who does not know exceptions sees status and text.
 * Errors that tell of a limit (LIMIT, CANCELLED, NOMEM, RECURSION, USAGE) never become instances: nothing catches them.
 * The classes are runtime/exceptions.def. Instances live in the heap; __cause__ and __context__ are links for whoever
 * prints the chain, scripts do not see them. */
#ifndef BURIN_RUNTIME_EXCEPTION_H
#define BURIN_RUNTIME_EXCEPTION_H

#include "runtime/type.h"

typedef struct rt_trace { /* the head of a record of where an exception has been; what follows is its maker's */
    const struct rt_trace *inner; /* an earlier one; NULL */
    size_t                 size;  /* of the record in bytes */
} rt_trace;
typedef struct rt_exception {
    const rt_type *type;
    burin_value    args;             /* TUPLE */
    burin_value    cause, context;   /* an exception, or MISSING; NONE as cause: raised `from None` */
    burin_value    notes;            /* LIST of what add_note was given, or MISSING */
    const rt_trace *trace;           /* where it has been, for whoever raises it again */
} rt_exception;

/* The class whose failures have `status`; NULL where none is (BURIN_OK, LIMIT, CANCELLED, USAGE, errors of templates). */
const rt_type *rt_exception_type(burin_status status);
/* The class object of a type that rt_exception_type gives. */
burin_value rt_exception_class(const rt_type *type);
/* The class that scripts know as `name` ("ValueError"; "IOError" and "EnvironmentError" are OSError); MISSING when there is none. */
burin_value rt_exception_named(burin_text name);
/* The n-th name that scripts know, for tables of builtins; data NULL behind the last. */
burin_text rt_exception_name(size_t n);

extern const rt_class rt_exception_instances[BURIN_STATUS_COUNT]; /* the classes of instances, by status */
/* The instance that a value is; NULL when it is none. */
const rt_exception *rt_exception_of(burin_value v);

/* type(*args); of a number that a class derived from OSError is for, that class. */
burin_status rt_exception_new(rt_state *st, const rt_type *type, const burin_value *args, uint32_t count, burin_value *out);

/* May the pending error be caught? */
bool rt_exception_pending(const rt_state *st);
/* The pending error as an instance; it is pending no more. When it may not be caught: its status, and it stays. */
burin_status rt_exception_take(rt_state *st, burin_value *out);

/* `raise what from cause` while `handled` is being handled: reports it and returns its status.
 *
 * what     an instance, or a class, which is called without arguments; else TypeError "exceptions must derive from BaseException".
 * cause    an instance, a class, NONE, or MISSING where there is no `from`.
 * handled  the exception whose handler runs, MISSING when none does: becomes __context__ (never of itself). */
burin_status rt_exception_raise(rt_state *st, burin_value what, burin_value cause, burin_value handled);
/* Note that `handled` was being handled when `raised`, an instance, was raised by the runtime. */
void rt_exception_set_context(burin_value raised, burin_value handled);

void rt_exception_set_trace(burin_value raised, const rt_trace *trace);
void rt_trace_reach(struct rt_collector *c, const rt_trace *trace);

/* Does `except classes` catch the instance? `classes` is a class or a tuple of them; TypeError "catching
 * classes that do not inherit from BaseException is not allowed". */
burin_status rt_exception_matches(rt_state *st, burin_value instance, burin_value classes, bool *out);

#endif
