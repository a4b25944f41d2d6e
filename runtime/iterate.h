/* Iteration: the one protocol behind `for`, list(), filters and unpacking.
 *
 *     rt_iter it;
 *     status = rt_iter_init(st, value, &it);
 *     while (!status && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING) ...
 *
 * Lists are seen live (items appended meanwhile are visited); a dict whose keys change raises RuntimeError, as in CPython. */
#ifndef BURIN_RUNTIME_ITERATE_H
#define BURIN_RUNTIME_ITERATE_H

#include "runtime/call.h"

typedef struct rt_iter {
    uint8_t     kind;    /* what is walked: a burin_kind; OBJECT: an iterator with `next` */
    uint32_t    length;  /* of the dict at the start */
    burin_value over;
    uint64_t    at;      /* index, byte offset of a string, entry of a dict */
    uint32_t    version; /* of the dict at the start */
    uint32_t    pulled;  /* items asked for: native work is charged by the thousand */
} rt_iter;

/* iter(v): TypeError "'int' object is not iterable"; an undefined value iterates as empty or raises, as its class says. */
burin_status rt_iter_init(rt_state *st, burin_value v, rt_iter *it);
/* The next item, or BURIN_MISSING at the end. */
burin_status rt_iter_next(rt_state *st, rt_iter *it, burin_value *item);
/* len() if known without iterating (containers, strings, ranges); SIZE_MAX for iterators. */
size_t rt_iter_length_hint(rt_state *st, burin_value v);
/* list(v): always a new list. */
burin_status rt_to_list(rt_state *st, burin_value v, rt_list **out);
/* The same for a function that holds nothing but its arguments meanwhile: see runtime/told.h. */
burin_status rt_told_list(burin_call *call, burin_value v, rt_list **out);
/* An iterator object over `v` (Python's iter(), usable once); for filters that return iterators over a computed list. */
burin_status rt_iterator_new(rt_state *st, burin_value v, burin_value *out);

/* A lazy iterator in C: `next` gets `self` and produces items, as burin_class.next. `name` is type(x).__name__ ("generator"). */
burin_status rt_generator_new(rt_state *st, burin_status (*next)(burin_call *call, void *self, burin_value *out), void *self, burin_value *out);

/* Tell the collector what the iterator holds; of its memory somebody else does. */
void rt_iter_reach(struct rt_collector *c, const rt_iter *it);

#endif
