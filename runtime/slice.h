/* Slices as numbers: which items start:stop:step picks from so many. */
#ifndef BURIN_RUNTIME_SLICE_H
#define BURIN_RUNTIME_SLICE_H

#include "runtime/value.h"

typedef struct rt_slice { /* what a slice object holds; MISSING or NONE where a part is absent */
    burin_value start, stop, step;
} rt_slice;

typedef struct rt_picked { /* items start, start + step, ... : `count` of them, all inside the sequence */
    int64_t start, stop, step; /* stop: the clamped end, which may lie beyond the last item */
    int64_t count;
} rt_picked;

/* (start, stop, step), as slices compare. */
burin_status rt_slice_tuple(rt_state *st, const rt_slice *slice, burin_value *out);
/* TypeError "slice indices must be integers or None or have an __index__ method", ValueError "slice step cannot be zero". */
burin_status rt_slice_bounds(rt_state *st, const rt_slice *slice, int64_t len, rt_picked *out);
/* The same, charged for the work that so many items will be. */
burin_status rt_slice_pick(rt_state *st, const rt_slice *slice, int64_t len, rt_picked *out);

#endif
