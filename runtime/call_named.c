/* Filters and tests called by name from other filters (map, select, ...): Environment.call_filter and call_test. */
#include "runtime/attribute.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/operate.h"

static burin_status fail_unknown(rt_state *st, const char *what, burin_value name)
{
    uint32_t     hash;
    burin_value  quoted;
    burin_status status = rt_hash(st, name, &hash); /* the lookup itself raises for a list, or a strict undefined */
    if (status || (status = rt_repr(st, name, &quoted)))
        return status;
    if (name.kind != BURIN_UNDEFINED)
        return rt_fail(st, BURIN_ERR_RUNTIME, "No %s named %.*s.", what, (int)quoted.len, quoted.as.s);
    buf why = buf_make(st->heap.alloc);
    rt_undefined_fail(st, name);
    buf_append(&why, rt_message(st).data, rt_message(st).len);
    rt_clear_error(st);
    status = rt_fail(st, BURIN_ERR_RUNTIME, "No %s named %.*s. (%.*s; did you forget to quote the callable name?)", what, (int)quoted.len,
                     quoted.as.s, (int)why.len, why.data);
    buf_deinit(&why);
    return status;
}

static burin_status call_named(rt_state *st, const rt_names *names, const char *what, burin_value name, burin_value value,
                               const rt_arguments *more, burin_value *out)
{
    static const rt_arguments nothing = {0};
    const rt_function        *f       = name.kind == BURIN_STRING ? rt_names_function(names, rt_text_of(name)) : NULL;
    if (!f)
        return fail_unknown(st, what, name);
    burin_status status = rt_enter(st);
    if (status)
        return status;
    status = rt_call_bound(st, f, value, more ? more : &nothing, out);
    rt_leave(st);
    return status;
}

burin_status rt_call_filter(rt_state *st, burin_value name, burin_value value, const rt_arguments *more, burin_value *out)
{
    return call_named(st, st->env->filters, "filter", name, value, more, out);
}

burin_status rt_call_test(rt_state *st, burin_value name, burin_value value, const rt_arguments *more, bool *out)
{
    burin_value  result;
    burin_status status = call_named(st, st->env->tests, "test", name, value, more, &result);
    return status ? status : rt_is_true(st, result, out);
}
