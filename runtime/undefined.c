/* Undefined values: making them, and the errors that using them raises (jinja2.runtime.Undefined). */
#include "runtime/attribute.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/operate.h"
#include "runtime/type.h"

#include <stdio.h>

static burin_status make(rt_state *st, rt_undefined_class cls, burin_value object, burin_value name, burin_text hint, burin_value *out)
{
    rt_undefined *undefined = heap_alloc(&st->heap, sizeof *undefined);
    if (!undefined)
        return rt_fail_memory(st);
    *undefined = (rt_undefined){cls, BURIN_ERR_UNDEFINED, hint, name, object};
    *out       = rt_pointer(BURIN_UNDEFINED, undefined);
    return BURIN_OK;
}

burin_status rt_undefined_new(rt_state *st, burin_value object, burin_value name, burin_value *out)
{
    return make(st, st->env->undefined, object, name, (burin_text){NULL, 0}, out);
}

burin_status rt_undefined_hint(rt_state *st, rt_undefined_class cls, burin_value *out, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int   len  = vsnprintf(NULL, 0, format, args);
    char *hint = len < 0 ? NULL : heap_alloc(&st->heap, (size_t)len + 1);
    if (hint)
        vsnprintf(hint, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    if (!hint)
        return rt_fail_memory(st);
    return make(st, cls, rt_missing(), rt_missing(), (burin_text){hint, (size_t)len}, out);
}

burin_status rt_undefined_unsafe(rt_state *st, burin_value object, burin_text name, burin_value *out)
{
    burin_value  quoted;
    burin_status status = rt_repr(st, rt_string(name.data, name.len), &quoted);
    if (status)
        return status;
    status = rt_undefined_hint(st, st->env->undefined, out, "access to attribute %.*s of '%s' object is unsafe.", (int)quoted.len,
                               quoted.as.s, rt_type_name(st, object));
    if (status)
        return status;
    rt_undefined *undefined = out->as.p;
    undefined->status       = BURIN_ERR_SECURITY;
    undefined->name         = rt_string(name.data, name.len);
    undefined->object       = object;
    return BURIN_OK;
}

/* jinja2.utils.object_type_repr: "dict object", "module.Class object", "None". Parts: module, dot, name, " object". */
typedef struct type_words {
    const char *module, *dot, *name, *object;
} type_words;

static type_words describe(rt_state *st, burin_value v)
{
    const char *module = rt_type_module(v);
    if (v.kind == BURIN_NONE)
        return (type_words){"", "", "None", ""};
    return (type_words){module ? module : "", module ? "." : "", rt_type_name(st, v), " object"};
}

static burin_status fail_with(rt_state *st, const rt_undefined *undefined)
{
    burin_value  name = RT_STRING("");
    burin_status status;

    if (undefined->hint.len)
        return rt_fail(st, undefined->status, "%.*s", (int)undefined->hint.len, undefined->hint.data);
    if (undefined->name.kind != BURIN_MISSING && (status = rt_repr(st, undefined->name, &name)))
        return status;
    if (undefined->object.kind == BURIN_MISSING)
        return rt_fail(st, undefined->status, "%.*s is undefined", (int)name.len, name.as.s);
    type_words words = describe(st, undefined->object);
    if (undefined->name.kind != BURIN_STRING)
        return rt_fail(st, undefined->status, "%s%s%s%s has no element %.*s", words.module, words.dot, words.name, words.object,
                       (int)name.len, name.as.s);
    return rt_fail(st, undefined->status, "'%s%s%s%s' has no attribute %.*s", words.module, words.dot, words.name, words.object,
                   (int)name.len, name.as.s);
}

burin_status rt_undefined_fail(rt_state *st, burin_value v)
{
    bool         first  = st->status == BURIN_OK;
    burin_status status = fail_with(st, v.as.p);
    if (first && status == ((const rt_undefined *)v.as.p)->status)
        st->error_value = v; /* what a suggestion ("did you mean ...") is made from */
    return status;
}
