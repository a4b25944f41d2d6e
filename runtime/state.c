/* The state of a run: reporting errors and bounding recursion.
 *
 * The first failure is the one that is told: while an error is pending, further reports (from callers that fail because
 * of it) change nothing and give its status. */
#include "runtime/state.h"

#include "runtime/base/clock.h"
#include "runtime/env.h"

#include <stdio.h>

burin_status rt_vfail(rt_state *st, burin_status status, const char *format, va_list args)
{
    if (st->status != BURIN_OK)
        return st->status;
    va_list again;
    va_copy(again, args);
    int len            = vsnprintf(NULL, 0, format, args);
    st->status         = status;
    st->message.len    = 0;
    st->message.failed = false;
    st->raised         = (burin_text){NULL, 0};
    if (len > 0 && buf_reserve(&st->message, (size_t)len + 1)) { /* without memory the status has to say it all */
        vsnprintf(st->message.data, (size_t)len + 1, format, again);
        st->message.len = (size_t)len;
    }
    va_end(again);
    return status;
}

burin_status rt_fail(rt_state *st, burin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    status = rt_vfail(st, status, format, args);
    va_end(args);
    return status;
}

burin_status rt_fail_text(rt_state *st, burin_status status, burin_text message)
{
    if (st->status != BURIN_OK)
        return st->status;
    st->status         = status;
    st->message.len    = 0;
    st->message.failed = false;
    st->raised         = (burin_text){NULL, 0};
    buf_append(&st->message, message.data, message.len);
    return status;
}

burin_status rt_fail_raised(rt_state *st, burin_status status, burin_text message)
{
    if (st->status != BURIN_OK)
        return st->status;
    st->status = status;
    st->raised = message;
    return status;
}

burin_status rt_fail_memory(rt_state *st)
{
    if (st->heap.over_limit)
        return rt_fail(st, BURIN_ERR_LIMIT, "the memory limit of %zu bytes was reached", st->heap.limit);
    return rt_fail(st, BURIN_ERR_NOMEM, "out of memory");
}

burin_status rt_fail_steps(rt_state *st)
{
    return rt_fail(st, BURIN_ERR_LIMIT, "the limit of %llu steps was reached", (unsigned long long)st->steps_max);
}

burin_status rt_charge_rest(rt_state *st, uint64_t steps)
{
    uint32_t ahead = rt_steps_ahead(st);
    st->tick -= ahead;
    st->tick_from -= ahead;
    st->steps_left += ahead;
    if (st->steps_left > steps) {
        st->steps_left -= steps;
        return rt_check_interrupts(st);
    }
    st->steps_left = 0;
    return rt_fail_steps(st);
}

burin_status rt_enter(rt_state *st)
{
    if (BURIN_UNLIKELY(st->depth >= (st->depth_max ? st->depth_max : st->env->depth_max)))
        return rt_fail(st, BURIN_ERR_RECURSION, "maximum recursion depth exceeded");
    st->depth++;
    return BURIN_OK;
}

static burin_status fail_late(rt_state *st)
{
    char   room[32];
    size_t len = text_from_double((double)st->time_ns_max / 1e9, room);
    if (len > 2 && memcmp(room + len - 2, ".0", 2) == 0)
        len -= 2;
    return rt_fail(st, BURIN_ERR_LIMIT, "the time limit of %.*s s was reached", (int)len, room);
}

burin_status rt_check_interrupts(rt_state *st)
{
    st->unlooked = 0;
    if (st->cancel && __atomic_load_n(st->cancel, __ATOMIC_RELAXED))
        return rt_fail(st, BURIN_ERR_CANCELLED, "cancelled by the host");
    if (st->deadline_ns && monotonic_ns() >= st->deadline_ns)
        return fail_late(st);
    return BURIN_OK;
}
