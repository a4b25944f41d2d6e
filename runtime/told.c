#include "runtime/told.h"

burin_status rt_told_next(rt_told *t, rt_iter *it, burin_value *item)
{
    rt_state *st = t->call->st;
    t->it        = it;
    rt_ask(st, t->call->direct, it->over);
    burin_status status = rt_iter_next(st, it, item);
    rt_ask_none(st);
    return status;
}

burin_status rt_told_call(const rt_told *t, burin_value callee, const burin_value *args, size_t count, burin_value *out)
{
    rt_state *st = t->call->st;
    rt_arguments arguments = {.positional = args, .count = (uint32_t)count};
    burin_status status    = rt_enter(st);
    if (status)
        return status;
    rt_ask(st, t->call->direct, callee);
    status = rt_call(st, callee, &arguments, out);
    rt_ask_none(st);
    rt_leave(st);
    return status;
}

void rt_told_reach(rt_collector *c, const rt_state *st)
{
    for (const rt_told *t = st->told; t; t = t->outer) {
        if (t->call->count) {
            rt_reach_bytes(c, t->call->args, t->call->count * sizeof *t->call->args);
            rt_reach_values(c, t->call->args, t->call->count);
        }
        rt_reach_values(c, t->held, t->count);
        if (t->it)
            rt_iter_reach(c, t->it);
    }
}
