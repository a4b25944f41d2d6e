/* The tables of what scripts have, assembled from python.def and types.def, and what their functions share. */
#include "runtime/builtins/python.h"

const rt_builtin rt_python[] = {
#define PYTHON(name, signature, doc) {#name, signature, python_##name, RT_METHOD, 0, doc},
#define MATH(name, signature, doc) {#name, signature, math_##name, RT_METHOD | RT_MATH, 0, doc},
#define PROFILE(name, signature, doc)
#include "runtime/builtins/python.def"
#undef PROFILE
#undef MATH
#undef PYTHON
};
const size_t rt_python_count = sizeof rt_python / sizeof rt_python[0];

const rt_builtin rt_profile[] = {
#define PYTHON(name, signature, doc)
#define MATH(name, signature, doc)
#define PROFILE(name, signature, doc) {#name, signature, profile_##name, RT_METHOD, 0, doc},
#include "runtime/builtins/python.def"
#undef PROFILE
#undef MATH
#undef PYTHON
};
const size_t rt_profile_count = sizeof rt_profile / sizeof rt_profile[0];

const rt_builtin rt_type_calls[] = {
#define TYPE(name, base, signature, doc) [RT_TYPE_##name] = {#name, signature, type_##name, RT_METHOD | RT_TYPE_CALL, 0, doc},
#include "runtime/types.def"
#undef TYPE
};

void python_named(rt_state *st, burin_value named, const char *name, burin_value *argument)
{
    burin_text         text  = {name, strlen(name)};
    const burin_value *found = rt_dict_find_text(rt_dict_of(st, named), text, rt_text_hash(text));
    if (found)
        *argument = *found;
}

burin_status python_apply(rt_state *st, burin_value function, burin_value item, burin_value *out)
{
    rt_arguments args = {.positional = &item, .count = 1};
    *out              = item;
    return function.kind == BURIN_NONE ? BURIN_OK : rt_call(st, function, &args, out);
}

burin_status python_integer(rt_state *st, burin_value v, burin_value *out)
{
    if (!rt_is_int(v))
        return rt_fail(st, BURIN_ERR_TYPE, "'%s' object cannot be interpreted as an integer", rt_type_name(st, v));
    *out = v.kind == BURIN_BOOL ? burin_int(v.as.i) : v;
    return BURIN_OK;
}

burin_status python_real(rt_state *st, burin_value v, double *out)
{
    if (!rt_is_number(v))
        return rt_fail(st, BURIN_ERR_TYPE, "must be real number, not %s", rt_type_name(st, v));
    return rt_as_double(st, v, out);
}
