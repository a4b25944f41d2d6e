/* Complex numbers, as CPython's Objects/complexobject.c computes and prints them. */
#ifndef BURIN_RUNTIME_COMPLEX_H
#define BURIN_RUNTIME_COMPLEX_H

#include "runtime/builder.h"
#include "runtime/operate.h"

/* A number of any kind as a complex one: OverflowError for integers beyond a double. False when `v` is no number (or, the
 * state tells, it overflowed). */
bool rt_to_complex(rt_state *st, burin_value v, rt_complex *out);
/* + - * / ** of two numbers; TypeError for the rest. */
burin_status rt_complex_binary(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
/* abs(z): OverflowError "absolute value too large". */
burin_status rt_complex_abs(rt_state *st, rt_complex z, double *out);
/* Is z equal to a number that is not complex? */
bool rt_complex_equal(rt_complex z, burin_value number);
/* complex(text): false when it is malformed. */
bool rt_complex_of_text(burin_text text, rt_complex *out);
/* Append repr(z). */
void rt_complex_write(builder *b, rt_complex z);

#endif
