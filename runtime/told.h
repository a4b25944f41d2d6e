/* What a function in C holds while it calls back, told to the collector.
 *
 *     rt_told told;
 *     rt_told_begin(&told, call, &total, 1);
 *     while (!(status = rt_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING) ...
 *     rt_told_end(&told);
 *
 * Where a function in C has called back, garbage has to wait, because nobody knows what it holds (codegen/vm/collect.c). One that may ask a generator for
 * many items, or run a program, tells, and then nothing has to wait: if the machine itself has called it (burin_call.direct), and what it asks or calls is the
 * generator or the script's function itself, or an iterator (map, zip ...) that passes on what it was asked. For another function in C between it waits as
 * ever. */
#ifndef BURIN_RUNTIME_TOLD_H
#define BURIN_RUNTIME_TOLD_H

#include "runtime/collect.h"
#include "runtime/host.h"
#include "runtime/iterate.h"

typedef struct rt_told {
    struct rt_told    *outer;
    const burin_call  *call; /* whose arguments are told of */
    const rt_iter     *it;   /* NULL: none */
    const burin_value *held; /* read when it collects; MISSING where nothing is held yet */
    size_t             count;
} rt_told;

static inline void rt_told_begin(rt_told *t, const burin_call *call, const burin_value *held, size_t count)
{
    *t              = (rt_told){call->st->told, call, NULL, held, count};
    call->st->told  = t;
}
/* The call of a function by an instruction, which has all that is in use in registers: for those that have none. */
static inline burin_call rt_machine_call(rt_state *st) { return (burin_call){.st = st, .direct = true}; }
static inline void rt_told_end(const rt_told *t) { t->call->st->told = t->outer; }
/* The value is called next, or asked for its next item: by one that tells all that it holds, or that holds nothing. To be undone by rt_ask_none. */
static inline void rt_ask(rt_state *st, bool told, burin_value of) { st->asked = told && of.kind == BURIN_OBJECT ? rt_object_of(of)->self : NULL; }
static inline void rt_ask_none(rt_state *st) { st->asked = NULL; }
/* rt_iter_next for a function that tells. */
burin_status rt_told_next(rt_told *t, rt_iter *it, burin_value *item);
/* The same where `t` may be NULL: nobody tells. */
static inline burin_status rt_next_for(rt_state *st, rt_told *t, rt_iter *it, burin_value *item)
{
    return t ? rt_told_next(t, it, item) : rt_iter_next(st, it, item);
}
/* burin_call_value for a function that tells. */
burin_status rt_told_call(const rt_told *t, burin_value callee, const burin_value *args, size_t count, burin_value *out);
/* A generator, an iterator over others or a function of a script begins to run: does who asked for it tell all that it holds? */
static inline bool rt_told_of(rt_state *st, const void *self)
{
    bool told = st->asked == self;
    st->asked = NULL;
    return told;
}
/* All of it. */
void rt_told_reach(rt_collector *c, const rt_state *st);

#endif
