#include "tests/support/values_from_text.h"

burin_value undefined_of(run *r, rt_undefined_class cls)
{
    rt_undefined *u = heap_alloc(&r->st.heap, sizeof *u);
    assert_non_null(u);
    *u = (rt_undefined){.cls = cls, .status = BURIN_ERR_UNDEFINED, .name = RT_STRING("x"), .object = rt_missing()};
    return rt_pointer(BURIN_UNDEFINED, u);
}

burin_value value_of(run *r, const char *literal)
{
    burin_value v;
    bool        markup = literal[0] == 'M';
    if (strcmp(literal, "nan") == 0)
        return burin_float(NAN);
    if (strcmp(literal, "undefined") == 0)
        return undefined_of(r, RT_UNDEFINED);
    if (strcmp(literal, "strict") == 0)
        return undefined_of(r, RT_STRICT);
    if (strcmp(literal, "chainable") == 0)
        return undefined_of(r, RT_CHAINABLE);
    if (rt_literal_eval(&r->st, (burin_text){literal + markup, strlen(literal) - markup}, &v) || v.kind == BURIN_MISSING)
        fail_msg("no literal: %s", literal);
    if (markup)
        v.flags |= BURIN_SAFE;
    return v;
}

const char *outcome(run *r, burin_status status, burin_value v)
{
    if (!status)
        return run_repr(r, v);
    assert_int_equal(status, r->st.status);
    const char *class_name = burin_status_class(status), *message = run_error(r, status);
    size_t      room = strlen(class_name) + strlen(message) + 3;
    char       *text = heap_alloc(&r->st.heap, room);
    assert_non_null(text);
    strcpy(text, class_name);
    strcat(text, ": ");
    return strcat(text, message);
}
