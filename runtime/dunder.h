/* The special attributes of Python's objects that templates can reach: __class__, __len__, ... */
#ifndef BURIN_RUNTIME_DUNDER_H
#define BURIN_RUNTIME_DUNDER_H

#include "runtime/call.h"

/* The function behind `v.name` (flag RT_PROPERTY: its result is the attribute); NULL when there is none. */
const rt_function *rt_dunder_find(rt_state *st, burin_value v, burin_text name);

#endif
