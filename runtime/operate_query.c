/* What a value is: type name, truth, length, identity, use as an index. */
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/builtins/support.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/struct.h"
#include "runtime/type.h"

typedef struct function_class {
    burin_status (*call)(burin_call *call, burin_value *out);
    const char    *name;
    rt_type_number type;
} function_class;

static const function_class *class_of_function(burin_value function)
{
    static const function_class classes[] = {
        {global_range, "range", RT_TYPE_range},
        {global_dict, "dict", RT_TYPE_dict},
        {global_cycler, "jinja2.utils.Cycler", RT_TYPE_NONE},
        {global_joiner, "jinja2.utils.Joiner", RT_TYPE_NONE},
        {global_namespace, "jinja2.utils.Namespace", RT_TYPE_NONE},
    };
    for (size_t n = 0; n < sizeof classes / sizeof classes[0]; n++)
        if (((const rt_function *)function.as.p)->call == classes[n].call)
            return &classes[n];
    return NULL;
}

const char *rt_function_class(burin_value function)
{
    const function_class *cls = class_of_function(function);
    return cls ? cls->name : NULL;
}

burin_value rt_function_type(burin_value function)
{
    const function_class *cls = class_of_function(function);
    return cls && cls->type ? rt_type_value(cls->type) : rt_missing();
}

const char *rt_type_name(rt_state *st, burin_value v)
{
    static const char *const names[BURIN_KIND_COUNT] = {
        [BURIN_MISSING] = "MissingType", [BURIN_NONE] = "NoneType", [BURIN_BOOL] = "bool", [BURIN_INT] = "int",
        [BURIN_FLOAT] = "float", [BURIN_BIGINT] = "int", [BURIN_STRING] = "str", [BURIN_BYTES] = "bytes", [BURIN_LIST] = "list",
        [BURIN_TUPLE] = "tuple", [BURIN_DICT] = "dict", [BURIN_SET] = "set", [BURIN_RANGE] = "range", [BURIN_COMPLEX] = "complex",
        [BURIN_BYTEARRAY] = "bytearray", [BURIN_ARRAY] = "array",
    };
    static const char *const undefined[] = {
        [RT_UNDEFINED] = "Undefined", [RT_CHAINABLE] = "ChainableUndefined", [RT_DEBUG] = "DebugUndefined", [RT_STRICT] = "StrictUndefined",
        [RT_ANSIBLE] = "AnsibleUndefined",
    };
    switch (v.kind) {
    case BURIN_STRING:
        return v.flags & BURIN_SAFE ? "Markup" : "str";
    case BURIN_TUPLE: /* the only named tuples are those of groupby */
        return ((const rt_list *)v.as.p)->fields ? "_GroupTuple" : "tuple";
    case BURIN_UNDEFINED:
        return undefined[((const rt_undefined *)v.as.p)->cls];
    case BURIN_FUNCTION:
        if (rt_function_class(v))
            return "type";
        if (((const rt_function *)v.as.p)->flags & RT_UNBOUND)
            return "method_descriptor";
        if (((const rt_function *)v.as.p)->flags & RT_METHOD)
            return "builtin_function_or_method";
        return ((const rt_function *)v.as.p)->self.kind == BURIN_MISSING ? "function" : "builtin_function_or_method";
    case BURIN_OBJECT:
        return rt_object_of(v)->cls->name;
    case BURIN_SET:
        return rt_is_frozen(v) ? "frozenset" : "set";
    case BURIN_STRUCT:
        return rt_layout_of(st, v)->name;
    default:
        return names[v.kind];
    }
}

bool rt_identical(burin_value a, burin_value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case BURIN_NONE:
    case BURIN_MISSING:
        return true;
    case BURIN_STRING:
        return a.len == b.len && a.flags == b.flags && (a.as.s == b.as.s || a.len == 0);
    case BURIN_BYTES:
        return a.len == b.len && a.as.s == b.as.s;
    case BURIN_STRUCT: /* a struct and its first member have one address */
    case BURIN_ARRAY:
        return rt_struct_word(a) == rt_struct_word(b) && a.as.p == b.as.p;
    default:
        return a.as.i == b.as.i; /* the same number, the same bits of a float, the same object */
    }
}

bool rt_is(burin_value a, burin_value b)
{
    if (rt_identical(a, b))
        return true;
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case BURIN_STRING:
        return a.len == 1 && b.len == 1 && a.flags == b.flags && a.as.s[0] == b.as.s[0];
    case BURIN_TUPLE:
        return ((const rt_list *)a.as.p)->len == 0 && ((const rt_list *)b.as.p)->len == 0;
    case BURIN_OBJECT:
        return rt_type_of_object(a) && rt_type_of_object(b) && rt_type_derives(rt_type_of_object(a), rt_type_of_object(b)) &&
               rt_type_derives(rt_type_of_object(b), rt_type_of_object(a));
    default:
        return false;
    }
}

burin_status rt_is_true(rt_state *st, burin_value v, bool *out)
{
    switch ((burin_kind)v.kind) {
    case BURIN_MISSING:
    case BURIN_NONE:
        *out = false;
        return BURIN_OK;
    case BURIN_UNDEFINED:
        *out = false;
        return rt_is_strict(v) ? rt_undefined_fail(st, v) : BURIN_OK;
    case BURIN_BOOL:
    case BURIN_INT:
        *out = v.as.i != 0;
        return BURIN_OK;
    case BURIN_FLOAT:
        *out = v.as.f != 0;
        return BURIN_OK;
    case BURIN_STRING:
    case BURIN_BYTES:
        *out = v.len != 0;
        return BURIN_OK;
    case BURIN_LIST:
    case BURIN_TUPLE:
        *out = rt_list_of(st, v)->len != 0;
        return BURIN_OK;
    case BURIN_DICT:
    case BURIN_SET:
        *out = rt_dict_of(st, v)->len != 0;
        return BURIN_OK;
    case BURIN_RANGE:
        *out = ((const rt_range *)v.as.p)->len != 0;
        return BURIN_OK;
    case BURIN_COMPLEX:
        *out = rt_complex_of(v).re != 0 || rt_complex_of(v).im != 0;
        return BURIN_OK;
    case BURIN_BYTEARRAY:
        *out = rt_bytearray_of(v)->len != 0;
        return BURIN_OK;
    case BURIN_OBJECT: {
        const rt_object_value *object = v.as.p;
        burin_call call = rt_host_call(st);
        size_t     length = 1;
        if (object->cls->truth)
            return rt_host_done(st, object->cls->truth(&call, object->self, out));
        if (object->cls->length && rt_host_done(st, object->cls->length(&call, object->self, &length)))
            return st->status;
        *out = length != 0;
        return BURIN_OK;
    }
    case BURIN_ARRAY: {
        rt_array array;
        *out = !rt_array_of(st, v, &array) && array.count != 0;
        return st->status;
    }
    default:
        *out = true;
        return BURIN_OK;
    }
}

burin_status rt_length(rt_state *st, burin_value v, size_t *out)
{
    switch ((burin_kind)v.kind) {
    case BURIN_STRING:
        *out = v.flags & BURIN_ASCII ? v.len : text_count(v.as.s, v.len);
        return BURIN_OK;
    case BURIN_BYTES:
        *out = v.len;
        return BURIN_OK;
    case BURIN_BYTEARRAY:
        *out = rt_bytearray_of(v)->len;
        return BURIN_OK;
    case BURIN_LIST:
    case BURIN_TUPLE:
        *out = rt_list_of(st, v)->len;
        return BURIN_OK;
    case BURIN_DICT:
    case BURIN_SET:
        *out = rt_dict_of(st, v)->len;
        return BURIN_OK;
    case BURIN_RANGE:
        *out = (size_t)((const rt_range *)v.as.p)->len;
        return BURIN_OK;
    case BURIN_UNDEFINED:
        *out = 0;
        return rt_is_strict(v) ? rt_undefined_fail(st, v) : BURIN_OK;
    case BURIN_OBJECT:
        if (rt_object_of(v)->cls->length) {
            burin_call call = rt_host_call(st);
            return rt_host_done(st, rt_object_of(v)->cls->length(&call, rt_object_of(v)->self, out));
        }
        break;
    case BURIN_ARRAY: {
        rt_array array;
        if (!rt_array_of(st, v, &array))
            *out = array.count;
        return st->status;
    }
    default:
        break;
    }
    return rt_fail(st, BURIN_ERR_TYPE, "object of type '%s' has no len()", rt_type_name(st, v));
}

burin_status rt_as_index(rt_state *st, burin_value v, int64_t *out)
{
    if (BURIN_LIKELY(v.kind == BURIN_INT || v.kind == BURIN_BOOL)) {
        *out = v.as.i;
        return BURIN_OK;
    }
    if (v.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "cannot fit 'int' into an index-sized integer");
    return rt_fail(st, BURIN_ERR_TYPE, "'%s' object cannot be interpreted as an integer", rt_type_name(st, v));
}
