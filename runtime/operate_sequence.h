/* The operators' cases for strings, lists, tuples, bytes and sets; private to runtime/operate*.c. */
#ifndef BURIN_RUNTIME_OPERATE_SEQUENCE_H
#define BURIN_RUNTIME_OPERATE_SEQUENCE_H

#include "runtime/operate.h"

burin_status rt_sequence_add(rt_state *st, burin_value a, burin_value b, burin_value *out);
burin_status rt_sequence_repeat(rt_state *st, burin_value a, burin_value b, burin_value *out);
burin_status rt_set_subtract(rt_state *st, burin_value a, burin_value b, burin_value *out);
/* "unsupported operand type(s) for +: ..."; an undefined operand raises instead, as its class says. */
burin_status rt_unsupported(rt_state *st, rt_binary op, burin_value a, burin_value b);

#endif
