/* str() and escape(): what printing a value writes.
 *
 * Everything is written into a buffer; the functions that give values build in a buffer that grows in the render heap.
 * Escaping what is no string writes its text to the heap first and escapes it from there: the output may be a stream,
 * which cannot be taken back. */
#include "runtime/attribute.h"
#include "runtime/bigint.h"
#include "runtime/host.h"
#include "runtime/type.h"
#include "runtime/write.h"

void rt_write_int(rt_out *out, int64_t i)
{
    char digits[24];
    rt_out_write(out, digits, text_from_int(i, digits));
}

static void write_double(rt_out *out, double f)
{
    char digits[32];
    if (BURIN_LIKELY(out->end - out->next >= 32))
        out->next += text_from_double(f, out->next);
    else
        rt_out_write(out, digits, text_from_double(f, digits));
}

static burin_status write_bigint(rt_state *st, rt_out *out, burin_value v)
{
    burin_text digits;
    if (rt_int_digits(st, v, 10, &digits))
        return st->status;
    if (rt_int_sign(v) < 0)
        rt_out_literal(out, "-");
    rt_out_write(out, digits.data, digits.len);
    return rt_out_status(out);
}

/* jinja2.utils.object_type_repr: "None", "dict object", "module.Class object". */
static void write_type_of(rt_state *st, rt_out *out, burin_value v)
{
    const char *module = rt_type_module(v), *name = rt_type_name(st, v);
    if (v.kind == BURIN_NONE) {
        rt_out_literal(out, "None");
        return;
    }
    if (module) {
        rt_out_write(out, module, strlen(module));
        rt_out_literal(out, ".");
    }
    rt_out_write(out, name, strlen(name));
    rt_out_literal(out, " object");
}

/* jinja2.DebugUndefined.__str__. */
static burin_status write_debug_undefined(rt_state *st, rt_out *out, const rt_undefined *u)
{
    rt_out_literal(out, "{{ ");
    if (u->hint.len) {
        rt_out_literal(out, "undefined value printed: ");
        rt_out_write(out, u->hint.data, u->hint.len);
    } else if (u->object.kind == BURIN_MISSING) {
        if (rt_write_str(st, out, u->name))
            return st->status;
    } else {
        rt_out_literal(out, "no such element: ");
        write_type_of(st, out, u->object);
        rt_out_literal(out, "[");
        if (rt_write_repr(st, out, u->name))
            return st->status;
        rt_out_literal(out, "]");
    }
    rt_out_literal(out, " }}");
    return rt_out_status(out);
}

static burin_status write_undefined(rt_state *st, rt_out *out, burin_value v)
{
    const rt_undefined *u = v.as.p;
    switch (u->cls) {
    case RT_STRICT:
    case RT_ANSIBLE:
        return rt_undefined_fail(st, v);
    case RT_DEBUG:
        return write_debug_undefined(st, out, u);
    default:
        return BURIN_OK;
    }
}

/* Call the object's `str` or `html`; what it returns must be a string. */
static burin_status host_text(rt_state *st, burin_value v, burin_status (*function)(burin_call *, void *, burin_value *), const char *name, burin_value *out)
{
    burin_call call = rt_host_call(st);
    if (rt_enter(st))
        return st->status;
    burin_status status = rt_host_done(st, function(&call, rt_object_of(v)->self, out));
    rt_leave(st);
    if (!status && out->kind != BURIN_STRING)
        status = rt_fail(st, BURIN_ERR_TYPE, "%s returned non-string (type %s)", name, rt_type_name(st, *out));
    return status;
}

static burin_status write_object(rt_state *st, rt_out *out, burin_value v)
{
    const burin_class *cls = rt_object_of(v)->cls;
    burin_value text;
    if (!cls->str)
        return rt_write_repr(st, out, v);
    if (host_text(st, v, cls->str, "__str__", &text))
        return st->status;
    rt_out_write(out, text.as.s, text.len);
    return rt_out_status(out);
}

burin_status rt_write_str(rt_state *st, rt_out *out, burin_value v)
{
    switch ((burin_kind)v.kind) {
    case BURIN_STRING:
        rt_out_write_fast(out, v.as.s, v.len);
        return rt_out_status(out);
    case BURIN_INT:
        rt_write_int_fast(out, v.as.i);
        return rt_out_status(out);
    case BURIN_FLOAT:
        write_double(out, v.as.f);
        return rt_out_status(out);
    case BURIN_BOOL:
        if (v.as.i)
            rt_out_literal(out, "True");
        else
            rt_out_literal(out, "False");
        return rt_out_status(out);
    case BURIN_NONE:
        rt_out_literal(out, "None");
        return rt_out_status(out);
    case BURIN_BIGINT:
        return write_bigint(st, out, v);
    case BURIN_UNDEFINED:
        return write_undefined(st, out, v);
    case BURIN_OBJECT:
        return write_object(st, out, v);
    default:
        return rt_write_repr(st, out, v);
    }
}

burin_status rt_str(rt_state *st, burin_value v, burin_value *out)
{
    rt_out text;
    if (v.kind == BURIN_STRING) {
        *out = v;
        return BURIN_OK;
    }
    if (v.kind == BURIN_INT) {
        char         digits[32], *data;
        size_t       len    = text_from_int(v.as.i, digits);
        burin_status status = rt_string_new(st, len, &data, out);
        if (!status) {
            text_copy(data, digits, len);
            out->flags |= BURIN_ASCII;
        }
        return status;
    }
    if (v.kind == BURIN_OBJECT && rt_object_of(v)->cls->str)
        return host_text(st, v, rt_object_of(v)->cls->str, "__str__", out);
    rt_out_init_heap(&text, st, v.kind == BURIN_FLOAT ? 32 : 0);
    if (rt_write_str(st, &text, v))
        return st->status;
    return rt_out_take(&text, 0, out);
}

/* ---- escape ---- */

burin_status rt_write_escaped(rt_state *st, rt_out *out, burin_value v)
{
    burin_value text;
    switch ((burin_kind)v.kind) {
    case BURIN_STRING:
        if (v.flags & BURIN_SAFE)
            rt_out_write_fast(out, v.as.s, v.len);
        else
            rt_out_escaped_fast(out, v.as.s, v.len);
        return rt_out_status(out);
    case BURIN_INT:
    case BURIN_FLOAT:
    case BURIN_BOOL:
    case BURIN_NONE:
    case BURIN_BIGINT:
        return rt_write_str(st, out, v);
    case BURIN_OBJECT:
        if (rt_object_of(v)->cls->html) {
            if (!host_text(st, v, rt_object_of(v)->cls->html, "__html__", &text))
                rt_out_write(out, text.as.s, text.len);
            return st->status ? st->status : rt_out_status(out);
        }
        break;
    default:
        break;
    }
    if (rt_str(st, v, &text))
        return st->status;
    rt_out_escaped_fast(out, text.as.s, text.len);
    return rt_out_status(out);
}

burin_status rt_escape(rt_state *st, burin_value v, burin_value *out)
{
    rt_out text;
    if (rt_is_safe(v)) {
        *out = v;
        return BURIN_OK;
    }
    rt_out_init_heap(&text, st, v.kind == BURIN_STRING ? v.len + 64u : 0);
    if (rt_write_escaped(st, &text, v) || rt_out_take(&text, 0, out))
        return st->status;
    out->flags |= BURIN_SAFE;
    return BURIN_OK;
}
