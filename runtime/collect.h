/* Collecting garbage: whoever runs a session says which values it still needs, and what cannot be reached from them is freed. Cycles are nothing
 * special. Nothing moves, so places that hold values need not be told.
 *
 * Only where every value in use lies in memory that is told of, and in no local variable of a function in C: the VM knows such places
 * (codegen/vm/collect.c).
 * Objects tell what they hold by `reach` of their class (rt_class, rt_holder). A host's objects hold nothing of the heap.
 * Objects with a release function, and all that they hold, stay until the heap is reset. */
#ifndef BURIN_RUNTIME_COLLECT_H
#define BURIN_RUNTIME_COLLECT_H

#include "runtime/value.h"

typedef struct rt_collector rt_collector;

/* Free what cannot be reached from what `roots` tells, from the pending error and from the table of changed copies. False, and nothing is freed, when
 * there is no memory for it, or an object in the heap does not tell what it holds. */
bool rt_collect(rt_state *st, void (*roots)(rt_collector *c, void *user), void *user);

/* Bytes in use; none of what is not in the heap. True when they are of the heap and were not told of before. */
bool rt_reach_bytes(rt_collector *c, const void *p, size_t size);
/* Values in use, which stay where they are while it collects; the memory that they lie in is told of by itself. */
void rt_reach_values(rt_collector *c, const burin_value *values, size_t count);
static inline void rt_reach_value(rt_collector *c, const burin_value *value) { rt_reach_values(c, value, 1); }
/* There is no memory to tell all: nothing is freed. */
void rt_reach_failed(rt_collector *c);
/* A list, tuple, dict or set that is told of by its address. */
void rt_reach_container(rt_collector *c, burin_kind kind, const void *container);
/* The table of changed copies, and they. */
void rt_shadows_reach(rt_state *st, rt_collector *c);

#endif
