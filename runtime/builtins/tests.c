/* The tests: `value is name(arguments)`. Each gives a BOOL. */
#include "runtime/builtins/support.h"
#include "runtime/unicode.h"
#include "runtime/view.h"

static inline burin_status answer(burin_value *out, bool truth)
{
    *out = burin_bool(truth);
    return BURIN_OK;
}

/* ---- what a value is ---- */

burin_status test_boolean(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind == BURIN_BOOL); }
burin_status test_defined(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind != BURIN_UNDEFINED); }
burin_status test_undefined(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind == BURIN_UNDEFINED); }
burin_status test_none(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind == BURIN_NONE); }
burin_status test_float(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind == BURIN_FLOAT); }
burin_status test_string(burin_call *call, burin_value *out) { return answer(out, rt_is_text(call->args[0])); }
burin_status test_number(burin_call *call, burin_value *out) { return answer(out, rt_is_number(call->args[0])); }
burin_status test_escaped(burin_call *call, burin_value *out) { return answer(out, builtin_has_html(call->args[0])); }
burin_status test_mapping(burin_call *call, burin_value *out) { return answer(out, builtin_is_mapping(call->args[0])); }

burin_status test_true(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind == BURIN_BOOL && call->args[0].as.i); }
burin_status test_false(burin_call *call, burin_value *out) { return answer(out, call->args[0].kind == BURIN_BOOL && !call->args[0].as.i); }

burin_status test_integer(burin_call *call, burin_value *out)
{
    return answer(out, call->args[0].kind == BURIN_INT || call->args[0].kind == BURIN_BIGINT);
}

/* Undefined values have __call__: it raises, but it is there. */
burin_status test_callable(burin_call *call, burin_value *out)
{
    burin_value v = call->args[0];

    if (v.kind != BURIN_OBJECT)
        return answer(out, v.kind == BURIN_FUNCTION || v.kind == BURIN_UNDEFINED);
    const rt_class *internal = rt_class_of(v);
    return answer(out, rt_object_of(v)->cls->call || (internal && internal->call_arguments));
}

burin_status test_iterable(burin_call *call, burin_value *out)
{
    burin_value v = call->args[0];

    if (v.kind == BURIN_UNDEFINED && rt_is_strict(v))
        return rt_undefined_fail(call->st, v);
    return answer(out, builtin_is_iterable(v));
}

/* len() works and there is __getitem__: strict undefined values have no length. */
burin_status test_sequence(burin_call *call, burin_value *out)
{
    burin_value v = call->args[0];

    switch (v.kind) {
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_ARRAY:
    case BURIN_RANGE: return answer(out, true);
    case BURIN_UNDEFINED: return answer(out, !rt_is_strict(v));
    case BURIN_OBJECT: return answer(out, rt_object_of(v)->cls->length && rt_object_of(v)->cls->get_item && rt_view_of(v) == RT_VIEW_NONE);
    default: return answer(out, false);
    }
}

burin_status test_sameas(burin_call *call, burin_value *out) { return answer(out, rt_identical(call->args[0], call->args[1])); }

/* Is there something of this name? Keys that cannot be hashed raise, as they do in a dict. */
static burin_status is_named(burin_call *call, const rt_names *names, burin_value *out)
{
    burin_value name = call->args[0];
    uint32_t    hash;

    if (rt_is_text(name))
        return answer(out, rt_names_function(names, rt_text_of(name)) != NULL);
    *out = burin_bool(false);
    return rt_hash(call->st, name, &hash);
}

burin_status test_filter(burin_call *call, burin_value *out) { return is_named(call, call->st->env->filters, out); }
burin_status test_test(burin_call *call, burin_value *out) { return is_named(call, call->st->env->tests, out); }

/* ---- numbers ---- */

/* value % divisor == remainder */
static burin_status leaves(burin_call *call, burin_value divisor, int64_t remainder, burin_value *out)
{
    burin_value  value = call->args[0], rest;
    bool         truth;
    burin_status status;

    if (BURIN_LIKELY(value.kind == BURIN_INT && divisor.kind == BURIN_INT && divisor.as.i > 0)) {
        int64_t left = value.as.i % divisor.as.i;
        return answer(out, (left < 0 ? left + divisor.as.i : left) == remainder);
    }
    status = rt_binary_op(call->st, RT_MOD, value, divisor, &rest);
    if (!status)
        status = rt_compare_op(call->st, RT_EQ, rest, burin_int(remainder), &truth);
    return status ? status : answer(out, truth);
}

burin_status test_odd(burin_call *call, burin_value *out) { return leaves(call, burin_int(2), 1, out); }
burin_status test_even(burin_call *call, burin_value *out) { return leaves(call, burin_int(2), 0, out); }
burin_status test_divisibleby(burin_call *call, burin_value *out) { return leaves(call, call->args[1], 0, out); }

/* ---- text ---- */

/* str.islower, str.isupper: no character of another case, and at least one of this. */
static burin_status has_case(burin_call *call, bool upper, burin_value *out)
{
    burin_value  s;
    bool         cased  = false;
    burin_status status = builtin_soft(call->st, call->args[0], &s);

    if (!status)
        status = rt_charge(call->st, s.len / 64);
    if (status)
        return status;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp = text_decode(s.as.s, s.len, &at);
        if (upper ? uni_is_lower(cp) || uni_is_title(cp) : uni_is_upper(cp) || uni_is_title(cp))
            return answer(out, false);
        cased = cased || (upper ? uni_is_upper(cp) : uni_is_lower(cp));
    }
    return answer(out, cased);
}

burin_status test_lower(burin_call *call, burin_value *out) { return has_case(call, false, out); }
burin_status test_upper(burin_call *call, burin_value *out) { return has_case(call, true, out); }

/* ---- comparison ---- */

static inline burin_status compare(burin_call *call, rt_compare op, burin_value *out)
{
    bool         truth;
    burin_status status = rt_compare_op(call->st, op, call->args[0], call->args[1], &truth);

    return status ? status : answer(out, truth);
}

burin_status test_eq(burin_call *call, burin_value *out) { return compare(call, RT_EQ, out); }
burin_status test_ne(burin_call *call, burin_value *out) { return compare(call, RT_NE, out); }
burin_status test_lt(burin_call *call, burin_value *out) { return compare(call, RT_LT, out); }
burin_status test_le(burin_call *call, burin_value *out) { return compare(call, RT_LE, out); }
burin_status test_gt(burin_call *call, burin_value *out) { return compare(call, RT_GT, out); }
burin_status test_ge(burin_call *call, burin_value *out) { return compare(call, RT_GE, out); }
burin_status test_in(burin_call *call, burin_value *out) { return compare(call, RT_IN, out); }
