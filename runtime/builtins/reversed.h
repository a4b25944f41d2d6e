/* Python's reversed(): for the filters `reverse` and `last`. */
#ifndef BURIN_RUNTIME_BUILTINS_REVERSED_H
#define BURIN_RUNTIME_BUILTINS_REVERSED_H

#include "runtime/iterate.h"

typedef struct reversed { /* a walk from the last item to the first */
    burin_value over;
    uint64_t    left;    /* items, entries or bytes before the place where it stands */
    uint32_t    length;  /* of a dict when the walk began */
    bool        is_forward; /* of a range of integers beyond 64 bits: `it` walks its reverse */
    rt_iter     it;
} reversed;

/* Can Python's reversed() walk it? */
bool reversed_possible(burin_value v);
/* TypeError "'set' object is not reversible"; strict undefined values raise. */
burin_status reversed_init(rt_state *st, burin_value v, reversed *walk);
/* The next item, MISSING at the end. */
burin_status reversed_next(rt_state *st, reversed *walk, burin_value *out);
/* reversed(v) as an iterator object. */
burin_status reversed_new(rt_state *st, burin_value v, burin_value *out);

#endif
