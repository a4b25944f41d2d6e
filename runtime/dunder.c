/* Special attributes: the table in dunder.def. They are ordinary functions with self as argument 0. */
#include "runtime/dunder.h"

#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/builder.h"
#include "runtime/builtins/support.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/format.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/type.h"

static burin_status dunder_class(burin_call *call, burin_value *out) { return rt_type_of(call->st, burin_arg(call, 0), out); }

/* ---- conversions ---- */

static burin_status dunder_str(burin_call *call, burin_value *out)
{
    burin_status status = rt_str(call->st, burin_arg(call, 0), out);
    out->flags &= (uint8_t)~BURIN_SAFE;
    return status;
}

static burin_status dunder_repr(burin_call *call, burin_value *out) { return rt_repr(call->st, burin_arg(call, 0), out); }

static burin_status dunder_format(burin_call *call, burin_value *out)
{
    burin_value spec = burin_arg(call, 1);
    if (spec.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "__format__() argument must be str, not %s", rt_type_name(call->st, spec));
    return rt_format_spec(call->st, burin_arg(call, 0), rt_text_of(spec), out);
}

static burin_status dunder_bool(burin_call *call, burin_value *out)
{
    bool         is_true = false;
    burin_status status  = rt_is_true(call->st, burin_arg(call, 0), &is_true);
    *out                 = burin_bool(is_true);
    return status;
}

static burin_status dunder_int(burin_call *call, burin_value *out)
{
    burin_value v = burin_arg(call, 0);
    if (v.kind == BURIN_FLOAT)
        return rt_int_from_double(call->st, v.as.f, out);
    *out = v.kind == BURIN_BOOL ? burin_int(v.as.i) : v;
    return BURIN_OK;
}

static burin_status dunder_float(burin_call *call, burin_value *out)
{
    *out = burin_float(0);
    return rt_as_double(call->st, burin_arg(call, 0), &out->as.f);
}

static burin_status dunder_html(burin_call *call, burin_value *out)
{
    return rt_escape(call->st, burin_arg(call, 0), out); /* of an object with __html__: that */
}

/* Jinja2's globals have the names of the classes they are, and lipsum that of its function. */
static burin_status dunder_name(burin_call *call, burin_value *out)
{
    const rt_function *f    = burin_arg(call, 0).as.p;
    const char        *cls  = rt_function_class(burin_arg(call, 0));
    const char        *dot  = cls ? strrchr(cls, '.') : NULL;
    const char        *name = dot ? dot + 1 : f->call == global_lipsum ? "generate_lorem_ipsum" : f->name;
    *out                    = rt_string(name, strlen(name));
    return BURIN_OK;
}

/* ---- containers ---- */

static burin_status dunder_len(burin_call *call, burin_value *out)
{
    size_t       length = 0;
    burin_status status = rt_length(call->st, burin_arg(call, 0), &length);
    *out                = burin_int((int64_t)length);
    return status;
}

static burin_status compare(burin_call *call, rt_compare op, burin_value a, burin_value b, burin_value *out)
{
    bool         result = false;
    burin_status status = rt_compare_op(call->st, op, a, b, &result);
    *out                = burin_bool(result);
    return status;
}

static burin_status dunder_contains(burin_call *call, burin_value *out)
{
    return compare(call, RT_IN, burin_arg(call, 1), burin_arg(call, 0), out);
}

static burin_status dunder_iter(burin_call *call, burin_value *out) { return rt_iterator_new(call->st, burin_arg(call, 0), out); }

static burin_status dunder_getitem(burin_call *call, burin_value *out)
{
    return rt_python_item(call->st, burin_arg(call, 0), burin_arg(call, 1), out);
}

/* ---- operators ---- */

#define BINARY(name, op, left, right) \
    static burin_status dunder_##name(burin_call *call, burin_value *out) \
    { \
        return rt_binary_op(call->st, op, burin_arg(call, left), burin_arg(call, right), out); \
    }
BINARY(add, RT_ADD, 0, 1)
BINARY(sub, RT_SUB, 0, 1)
BINARY(mul, RT_MUL, 0, 1)
BINARY(mod, RT_MOD, 0, 1)
BINARY(truediv, RT_DIV, 0, 1)
BINARY(floordiv, RT_FLOORDIV, 0, 1)
BINARY(pow, RT_POW, 0, 1)
BINARY(and, RT_AND, 0, 1)
BINARY(or, RT_OR, 0, 1)
BINARY(xor, RT_XOR, 0, 1)
BINARY(lshift, RT_LSHIFT, 0, 1)
BINARY(rshift, RT_RSHIFT, 0, 1)
BINARY(radd, RT_ADD, 1, 0)
BINARY(rsub, RT_SUB, 1, 0)
BINARY(rtruediv, RT_DIV, 1, 0)
BINARY(rfloordiv, RT_FLOORDIV, 1, 0)
BINARY(rmod, RT_MOD, 1, 0)
BINARY(rpow, RT_POW, 1, 0)
#undef BINARY

#define COMPARE(name, op) \
    static burin_status dunder_##name(burin_call *call, burin_value *out) \
    { \
        return compare(call, op, burin_arg(call, 0), burin_arg(call, 1), out); \
    }
COMPARE(eq, RT_EQ)
COMPARE(ne, RT_NE)
COMPARE(lt, RT_LT)
COMPARE(le, RT_LE)
COMPARE(gt, RT_GT)
COMPARE(ge, RT_GE)
#undef COMPARE

static burin_status dunder_neg(burin_call *call, burin_value *out) { return rt_unary_op(call->st, RT_NEG, burin_arg(call, 0), out); }
static burin_status dunder_pos(burin_call *call, burin_value *out) { return rt_unary_op(call->st, RT_POS, burin_arg(call, 0), out); }
static burin_status dunder_invert(burin_call *call, burin_value *out) { return rt_unary_op(call->st, RT_INVERT, burin_arg(call, 0), out); }
static burin_status dunder_abs(burin_call *call, burin_value *out) { return filter_abs(call, out); }
static burin_status dunder_divmod(burin_call *call, burin_value *out) { return rt_divmod(call->st, burin_arg(call, 0), burin_arg(call, 1), out); }

/* _fail_with_undefined_error, which is what all of Undefined's operators are. */
static burin_status dunder_refuse(burin_call *call, burin_value *out)
{
    (void)out;
    return rt_undefined_fail(call->st, burin_arg(call, 0));
}

static burin_status dunder_chain(burin_call *call, burin_value *out)
{
    *out = burin_arg(call, 0);
    return rt_is_chainable(*out) ? BURIN_OK : dunder_refuse(call, out);
}

static burin_status dunder_undefined_name(burin_call *call, burin_value *out)
{
    const rt_undefined *undefined = burin_arg(call, 0).as.p;
    *out                          = undefined->name.kind == BURIN_MISSING ? burin_none() : undefined->name;
    return BURIN_OK;
}

static burin_status dunder_undefined_hint(burin_call *call, burin_value *out)
{
    const rt_undefined *undefined = burin_arg(call, 0).as.p;
    *out                          = undefined->hint.len ? rt_string(undefined->hint.data, undefined->hint.len) : burin_none();
    return BURIN_OK;
}

/* What the sandbox is to refuse gives nothing to those who come past it either. */
static burin_status dunder_trap(burin_call *call, burin_value *out)
{
    (void)out;
    return burin_raise(call, BURIN_ERR_SECURITY, "access to attribute '%s' is unsafe.", call->function->name);
}

/* ---- the table ---- */

enum { /* who has it: sets of kinds */
    NONE     = 1 << BURIN_NONE,
    MISSED   = 1 << BURIN_UNDEFINED,
    INTEGERS = 1 << BURIN_BOOL | 1 << BURIN_INT | 1 << BURIN_BIGINT,
    NUMBERS  = INTEGERS | 1 << BURIN_FLOAT,
    TEXT     = 1 << BURIN_STRING | 1 << BURIN_BYTES,
    JOINED   = TEXT | 1 << BURIN_LIST | 1 << BURIN_TUPLE,
    SETS     = 1 << BURIN_SET,
    INDEXED  = JOINED | 1 << BURIN_DICT | 1 << BURIN_RANGE,
    SIZED    = INDEXED | SETS,
    CALLABLE = 1 << BURIN_FUNCTION,
    OBJECTS  = 1 << BURIN_OBJECT,
    ALL      = NONE | MISSED | NUMBERS | SIZED | CALLABLE | OBJECTS,
};

enum { PROPERTY = RT_PROPERTY, ANY = 2 }; /* instead of a number of arguments */

#define ABSENT {BURIN_MISSING, 0, 0, 0, {0}}
static const rt_parameter parameters[] = {{{"self", 4}, ABSENT, true}, {{"other", 5}, ABSENT, true}};
static const rt_signature signatures[] = { /* by the number of arguments besides self */
    {1, 1, false, false, (rt_parameter *)parameters},
    {2, 2, false, false, (rt_parameter *)parameters},
    {1, 1, true, true, (rt_parameter *)parameters},
};

static const struct dunder {
    uint32_t    kinds;
    rt_function function;
} dunders[] = {
#define DUNDER(name, kinds, arguments, implementation) \
    {kinds, {#name, &signatures[(arguments) == PROPERTY ? 0 : (arguments)], dunder_##implementation, NULL, \
             RT_METHOD | ((arguments) == PROPERTY ? RT_PROPERTY : 0), ABSENT}},
#include "runtime/dunder.def"
#undef DUNDER
};

/* Not all of a kind have what only some classes of it define. */
static bool class_has(burin_value v, const rt_function *f)
{
    if (f->call == dunder_html && v.kind == BURIN_OBJECT)
        return rt_object_of(v)->cls->html != NULL;
    if (f->call == dunder_html)
        return rt_is_chainable(v);
    if (v.kind == BURIN_UNDEFINED && strcmp(f->name, "__contains__") == 0)
        return ((const rt_undefined *)v.as.p)->cls == RT_STRICT;
    return true;
}

const rt_function *rt_dunder_find(rt_state *st, burin_value v, burin_text name)
{
    for (size_t n = 0; n < sizeof dunders / sizeof dunders[0]; n++) {
        const struct dunder *row = &dunders[n];
        if (!(row->kinds >> v.kind & 1) || !text_is(name, row->function.name))
            continue;
        if (!class_has(v, &row->function))
            return NULL;
        return row->function.call != dunder_trap || st->env->sandbox != RT_UNSANDBOXED ? &row->function : NULL;
    }
    return NULL;
}
