/* Ranges with a bound or a length beyond 64 bits: what range() gives where a RANGE value cannot hold the numbers. */
#ifndef BURIN_RUNTIME_BUILTINS_BIG_RANGE_H
#define BURIN_RUNTIME_BUILTINS_BIG_RANGE_H

#include "runtime/value.h"

/* range(start, stop, step) of integers of any size; ValueError "range() arg 3 must not be zero". */
burin_status big_range_new(rt_state *st, burin_value start, burin_value stop, burin_value step, burin_value *out);
/* v[::-1] of one: maybe a RANGE. */
burin_status big_range_reversed(rt_state *st, burin_value v, burin_value *out);
/* Is it one? */
bool big_range_is(burin_value v);
/* What big_range_new has made it of: start, stop, step. */
void big_range_parts(burin_value v, burin_value parts[3]);

#endif
