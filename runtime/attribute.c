/* Attributes and items of values: Python's getattr and subscript, and Jinja's combination of the two.
 *
 * Looking up is separate from complaining: lookups say MISSING where there is nothing, and only those who must raise build
 * an error. In templates most failed lookups end as undefined values that nobody asks for a message. */
#include "runtime/attribute.h"

#include "runtime/base/text.h"
#include "runtime/builtins/big_range.h"
#include "runtime/builtins/builtins.h"
#include "runtime/convert.h"
#include "runtime/dunder.h"
#include "runtime/env.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/struct.h"
#include "runtime/type.h"

/* ---- attributes ---- */

static burin_status bound_method(rt_state *st, const rt_function *f, burin_value self, burin_value *out)
{
    static const rt_arguments nothing = {0};
    if (f->flags & RT_PROPERTY)
        return rt_call_bound(st, f, self, &nothing, out);
    rt_function *bound = heap_alloc(&st->heap, sizeof *bound);
    if (!bound)
        return rt_fail_memory(st);
    *bound      = *f;
    bound->self = self;
    *out        = rt_pointer(BURIN_FUNCTION, bound);
    return BURIN_OK;
}

/* The object behind a value that has its attributes and items: itself, or the type that a builtin global stands for; NULL: none. */
static const rt_object_value *object_behind(burin_value v)
{
    if (v.kind == BURIN_FUNCTION)
        v = rt_function_type(v);
    return v.kind == BURIN_OBJECT ? rt_object_of(v) : NULL;
}

/* What a host's lookup came to: failures that mean "there is none" are MISSING. */
static burin_status host_lookup_done(rt_state *st, burin_status status, burin_value *out)
{
    status = rt_call_done(st, status);
    switch (status) {
    case BURIN_ERR_ATTRIBUTE:
    case BURIN_ERR_KEY:
    case BURIN_ERR_INDEX:
    case BURIN_ERR_LOOKUP:
        rt_clear_error(st);
        *out = rt_missing();
        return BURIN_OK;
    default: return status;
    }
}

static burin_status object_attr(rt_state *st, burin_value v, burin_text name, burin_value *out)
{
    const rt_object_value *object = object_behind(v);
    *out                          = rt_missing();
    if (!object || !object->cls->get_attr)
        return BURIN_OK;
    burin_call call = rt_host_call(st);
    return host_lookup_done(st, object->cls->get_attr(&call, object->self, name, out), out);
}

/* An item of a named tuple by its name; MISSING when there is none. */
static burin_value named_item(const rt_list *tuple, burin_text name)
{
    for (uint32_t n = 0; tuple->fields && tuple->fields[n]; n++)
        if (text_is(name, tuple->fields[n]))
            return tuple->items[n];
    return rt_missing();
}

/* An attribute of any value but an undefined one. */
static burin_status find_attr(rt_state *st, burin_value v, burin_text name, uint32_t hash, burin_value *out)
{
    if (v.kind == BURIN_OBJECT || v.kind == BURIN_FUNCTION) {
        burin_status status = object_attr(st, v, name, out);
        if (status || out->kind != BURIN_MISSING)
            return status;
    } else if (v.kind == BURIN_STRUCT) {
        burin_status status = rt_struct_attr(st, v, name, hash, out);
        if (status || out->kind != BURIN_MISSING)
            return status;
    } else if (v.kind == BURIN_TUPLE) {
        *out = named_item(rt_list_of(st, v), name);
        if (out->kind != BURIN_MISSING)
            return BURIN_OK;
    }
    const rt_function *method = rt_method_find_hashed(st, v, name, hash);
    if (method)
        return bound_method(st, method, v, out);
    if (name.len > 4 && name.data[0] == '_' && name.data[1] == '_') {
        const rt_function *f = rt_dunder_find(st, v, name);
        if (f)
            return bound_method(st, f, v, out);
    }
    *out = rt_missing();
    return BURIN_OK;
}

/* jinja2.runtime.Undefined has attributes of its own; all other names fail, or give a chainable one itself. */
static burin_status find_attr_of_undefined(rt_state *st, burin_value v, burin_text name, burin_value *out)
{
    const rt_function *f = name.len && name.data[0] == '_' ? rt_dunder_find(st, v, name) : NULL;
    *out                 = rt_missing();
    if (f)
        return bound_method(st, f, v, out);
    if (rt_is_chainable(v))
        *out = v;
    else if (name.len < 2 || name.data[0] != '_' || name.data[1] != '_')
        return rt_undefined_fail(st, v);
    return BURIN_OK;
}

burin_status rt_python_attr(rt_state *st, burin_value v, burin_text name, burin_value *out)
{
    if (BURIN_UNLIKELY(v.kind == BURIN_UNDEFINED))
        return find_attr_of_undefined(st, v, name, out);
    return find_attr(st, v, name, rt_text_hash(name), out);
}

/* ---- the sandbox ---- */

static bool is_one_of(burin_text name, const char *const *names)
{
    for (; *names; names++) {
        if (text_is(name, *names))
            return true;
    }
    return false;
}

/* jinja2.sandbox.modifies_known_mutable, for the version that this engine follows: list has no clear and pop. */
static bool is_mutator(burin_value v, burin_text name)
{
    static const char *const of_list[] = {"append", "reverse", "insert", "sort", "extend", "remove", NULL};
    static const char *const of_dict[] = {"clear", "pop", "popitem", "setdefault", "update", NULL};
    static const char *const of_set[]  = {"add", "clear", "difference_update", "discard", "pop", "remove", "symmetric_difference_update",
                                          "update", NULL};
    switch (v.kind) {
    case BURIN_LIST: return is_one_of(name, of_list);
    case BURIN_DICT: return is_one_of(name, of_dict);
    case BURIN_SET: return is_one_of(name, of_set);
    default: return false;
    }
}

/* May a template touch the attribute that was found? */
static bool is_safe(rt_state *st, burin_value v, burin_text name)
{
    if (BURIN_LIKELY(st->env->sandbox == RT_UNSANDBOXED))
        return true;
    return !(name.len && name.data[0] == '_') && !(st->env->sandbox == RT_IMMUTABLE && is_mutator(v, name));
}

/* ---- items ---- */

static burin_status find_index(rt_state *st, burin_value v, int64_t at, burin_value *out)
{
    *out = rt_missing();
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE: {
        const rt_list *list = rt_list_of(st, v);
        at += at < 0 ? list->len : 0;
        if (at >= 0 && at < list->len)
            *out = list->items[at];
        return BURIN_OK;
    }
    case BURIN_STRING: {
        bool   ascii = (v.flags & BURIN_ASCII) || text_is_ascii(v.as.s, v.len);
        size_t start, len;
        if (ascii) {
            at += at < 0 ? v.len : 0;
            if (at < 0 || at >= v.len)
                return BURIN_OK;
            *out       = v; /* Markup stays Markup */
            out->as.s  = v.as.s + at;
            out->len   = 1;
            out->flags |= BURIN_ASCII;
            return BURIN_OK;
        }
        at += at < 0 ? (int64_t)text_count(v.as.s, v.len) : 0;
        if (at < 0 || at >= v.len || (start = text_offset(v.as.s, v.len, (size_t)at)) == v.len)
            return BURIN_OK;
        len       = text_offset(v.as.s + start, v.len - start, 1);
        *out      = v;
        out->as.s = v.as.s + start;
        out->len  = (uint32_t)len;
        return BURIN_OK;
    }
    case BURIN_ARRAY: {
        rt_array     array;
        burin_status status = rt_array_of(st, v, &array);
        at += at < 0 ? array.count : 0;
        return !status && at >= 0 && at < array.count ? rt_array_read(st, &array, (uint32_t)at, out) : status;
    }
    case BURIN_BYTEARRAY: v = rt_bytearray_view(v); __attribute__((fallthrough));
    case BURIN_BYTES:
        at += at < 0 ? v.len : 0;
        if (at >= 0 && at < v.len)
            *out = burin_int((unsigned char)v.as.s[at]);
        return BURIN_OK;
    default: {
        const rt_range *range = v.as.p;
        at += at < 0 ? range->len : 0;
        if (at >= 0 && at < range->len)
            *out = burin_int((int64_t)((uint64_t)range->start + (uint64_t)at * (uint64_t)range->step));
        return BURIN_OK;
    }
    }
}

static burin_status object_item(rt_state *st, burin_value v, burin_value key, burin_value *out)
{
    const rt_object_value *object = object_behind(v);
    *out                          = rt_missing();
    if (!object || !object->cls->get_item)
        return BURIN_OK;
    burin_call call = rt_host_call(st);
    return host_lookup_done(st, object->cls->get_item(&call, object->self, key, out), out);
}

/* v[key] where MISSING stands for KeyError, IndexError and the TypeErrors of keys that are no indices; an unhashable key
 * of a dict is BURIN_ERR_TYPE. Not for undefined values and slices. */
static burin_status find_item(rt_state *st, burin_value v, burin_value key, burin_value *out)
{
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
    case BURIN_RANGE:
    case BURIN_ARRAY:
        if (BURIN_LIKELY(key.kind == BURIN_INT || key.kind == BURIN_BOOL))
            return find_index(st, v, key.as.i, out);
        break;
    case BURIN_DICT: return rt_dict_get(st, rt_dict_of(st, v), key, out);
    case BURIN_FUNCTION:
    case BURIN_OBJECT: return object_item(st, v, key, out);
    default: break;
    }
    *out = rt_missing();
    return BURIN_OK;
}

/* ---- Jinja's lookups ---- */

static burin_status undefined_lookup(rt_state *st, burin_value v, burin_value *out)
{
    if (!rt_is_chainable(v))
        return rt_undefined_fail(st, v);
    *out = v;
    return BURIN_OK;
}

burin_status rt_get_attr(rt_state *st, burin_value v, burin_text name, burin_value *out)
{
    uint32_t     hash   = rt_text_hash(name);
    burin_status status = v.kind == BURIN_UNDEFINED ? find_attr_of_undefined(st, v, name, out) : find_attr(st, v, name, hash, out);
    if (status)
        return status;
    if (out->kind != BURIN_MISSING)
        return is_safe(st, v, name) ? BURIN_OK : rt_undefined_unsafe(st, v, name, out);
    if (v.kind == BURIN_DICT) {
        const burin_value *found = rt_dict_find_text(rt_dict_of(st, v), name, hash);
        if (BURIN_LIKELY(found != NULL)) {
            *out = *found;
            return BURIN_OK;
        }
    } else if (rt_type_of_object(v) && name.len > 2 && memcmp(name.data, "__", 2) == 0) {
        /* An attribute that Python's types have and ours lack (__mro__): no subscript, as every other name is. */
    } else if (v.kind == BURIN_OBJECT || v.kind == BURIN_FUNCTION) {
        status = object_item(st, v, rt_string(name.data, name.len), out);
        if (status == BURIN_ERR_TYPE) {
            rt_clear_error(st);
            *out   = rt_missing();
            status = BURIN_OK;
        }
        if (status || out->kind != BURIN_MISSING)
            return status;
    } else if (v.kind == BURIN_UNDEFINED) {
        return undefined_lookup(st, v, out);
    }
    return rt_undefined_new(st, v, rt_string(name.data, name.len), out);
}

burin_status rt_get_item(rt_state *st, burin_value v, burin_value key, burin_value *out)
{
    burin_value  start, stop, step;
    burin_status status;
    if (BURIN_LIKELY(v.kind == BURIN_DICT && key.kind == BURIN_STRING)) {
        const burin_value *found = rt_dict_find_text(rt_dict_of(st, v), rt_text_of(key), rt_text_hash(rt_text_of(key)));
        if (found) {
            *out = *found;
            return BURIN_OK;
        }
    }
    if (BURIN_UNLIKELY(v.kind == BURIN_UNDEFINED))
        return undefined_lookup(st, v, out);
    if (BURIN_UNLIKELY(key.kind == BURIN_OBJECT) && v.kind != BURIN_OBJECT && v.kind != BURIN_FUNCTION && rt_slice_parts(key, &start, &stop, &step))
        status = rt_get_slice(st, v, start, stop, step, out);
    else
        status = find_item(st, v, key, out);
    if (BURIN_UNLIKELY(status == BURIN_ERR_TYPE)) {
        rt_clear_error(st);
        *out = rt_missing();
    } else if (status || BURIN_LIKELY(out->kind != BURIN_MISSING)) {
        return status;
    }
    if (key.kind == BURIN_STRING) {
        burin_text name = rt_text_of(key);
        status          = find_attr(st, v, name, rt_text_hash(name), out);
        if (status)
            return status;
        if (out->kind != BURIN_MISSING)
            return is_safe(st, v, name) ? BURIN_OK : rt_undefined_unsafe(st, v, name, out);
    }
    return rt_undefined_new(st, v, key, out);
}

burin_status rt_call_method(rt_state *st, burin_value v, burin_text name, const rt_arguments *args, burin_value *out)
{
    burin_value  callee;
    burin_status status;
    if (BURIN_LIKELY(v.kind != BURIN_OBJECT && v.kind != BURIN_UNDEFINED)) {
        const rt_function *f = rt_method_find(st, v, name);
        if (f && !(f->flags & RT_PROPERTY)) {
            if (BURIN_LIKELY(is_safe(st, v, name)))
                return rt_call_bound(st, f, v, args, out);
            status = rt_undefined_unsafe(st, v, name, &callee);
            return status ? status : rt_undefined_fail(st, callee);
        }
    }
    status = rt_get_attr(st, v, name, &callee);
    return status ? status : rt_call(st, callee, args, out);
}

/* ---- Python's subscript ---- */

static burin_status fail_index(rt_state *st, burin_value v, burin_value key)
{
    static const char *const sequences[BURIN_KIND_COUNT] = {
        [BURIN_LIST] = "list ", [BURIN_TUPLE] = "tuple ", [BURIN_STRING] = "string ", [BURIN_BYTES] = "", [BURIN_RANGE] = "range object ",
        [BURIN_BYTEARRAY] = "bytearray ", [BURIN_ARRAY] = "array ",
    };
    const char *key_type = rt_type_name(st, key);
    if (key.kind == BURIN_BIGINT && v.kind != BURIN_RANGE)
        return rt_fail(st, BURIN_ERR_INDEX, "cannot fit 'int' into an index-sized integer");
    if (rt_is_int(key))
        return rt_fail(st, BURIN_ERR_INDEX, "%sindex out of range", sequences[v.kind]);
    if (v.kind == BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "string indices must be integers, not '%s'", key_type);
    const char *type = v.kind == BURIN_BYTES ? "byte" : rt_type_name(st, v);
    return rt_fail(st, BURIN_ERR_TYPE, "%s indices must be integers or slices, not %s", type, key_type);
}

burin_status rt_key_error(rt_state *st, burin_value key)
{
    burin_value  quoted;
    burin_status status = rt_repr(st, key, &quoted);
    if (status)
        return status;
    bool first = st->status == BURIN_OK;
    status     = rt_fail_text(st, BURIN_ERR_KEY, rt_text_of(quoted));
    if (first)
        st->error_value = key;
    return status;
}

burin_status rt_python_item(rt_state *st, burin_value v, burin_value key, burin_value *out)
{
    burin_value start, stop, step;
    if (v.kind == BURIN_UNDEFINED)
        return undefined_lookup(st, v, out);
    if (v.kind != BURIN_OBJECT && v.kind != BURIN_FUNCTION && rt_slice_parts(key, &start, &stop, &step))
        return rt_get_slice(st, v, start, stop, step, out);
    burin_status status = find_item(st, v, key, out);
    if (status || out->kind != BURIN_MISSING)
        return status;
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
    case BURIN_RANGE:
    case BURIN_ARRAY: return fail_index(st, v, key);
    case BURIN_DICT: return rt_key_error(st, key);
    case BURIN_OBJECT:
        if (rt_object_of(v)->cls->get_item)
            return rt_object_of(v)->cls->is_sequence ? rt_fail(st, BURIN_ERR_INDEX, "%sindex out of range", big_range_is(v) ? "range object " : "")
                                                     : rt_key_error(st, key);
        break;
    default: break;
    }
    return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not subscriptable", rt_type_name(st, v));
}
