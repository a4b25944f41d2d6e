/* The tables of builtins. Each .def file has rows NAME(name, "signature", flags, "what it does"); a filter `x` is the
 * function filter_x, a test test_x, a global global_x, a method METHOD(kind, name, ...) is method_<kind>_<name>. */
#ifndef BURIN_RUNTIME_BUILTINS_H
#define BURIN_RUNTIME_BUILTINS_H

#include "runtime/call.h"

/* Flags of method rows, besides BURIN_PURE and its kin. Rows of int serve BOOL, INT and BIGINT. */
enum {
    RT_MARKUP_ONLY = 1 << 8,  /* a method of Markup that str does not have (striptags, unescape, __html__) */
    RT_PROPERTY    = 1 << 9,  /* a data attribute (int.real, range.start): its value is what the call with self returns */
    RT_METHOD      = 1 << 10, /* set on all that CPython writes in C: binding errors are worded by rt_method_arity_fail */
    RT_PARSED      = 1 << 11, /* CPython binds it with PyArg_ParseTuple, which words its errors differently */
    RT_WRAPPED     = 1 << 12, /* markupsafe wraps it for Markup: arguments escaped, the result is Markup */
    RT_REWRITTEN   = 1 << 13, /* markupsafe has its own for Markup, a function written in Python */
    RT_MATH        = 1 << 14, /* a function of the module math, which some of its errors name */
    RT_TYPE_CALL   = 1 << 15, /* the call of a type */
    RT_CHANGES     = 1 << 16, /* changes its set: frozensets do not have it */
    RT_UNBOUND     = 1 << 18, /* a method taken from its type */
    RT_MARKS       = 1 << 19, /* a filter that only makes Markup of its value: compiled to an instruction of its own */
    RT_OF_CLASS    = 1 << 17, /* a method of the class: self is not looked at (dict.fromkeys, str.maketrans) */
};

enum { /* whose methods a row of methods.def describes: a burin_kind, or a class of objects */
    RT_METHODS_SLICE = BURIN_KIND_COUNT,
    RT_METHODS_LONGRANGE, /* ranges beyond 64 bits */
    RT_METHODS_VIEW, /* dict_keys, dict_items */
    RT_METHODS_EXCEPTION,
    RT_METHODS_NONE,
};

typedef struct rt_builtin {
    const char    *name, *signature;
    burin_function call;
    uint32_t       flags;
    uint8_t        kind; /* methods: the burin_kind they belong to, or RT_METHODS_... */
    const char    *doc;
} rt_builtin;

extern const rt_builtin rt_filters[], rt_tests[], rt_globals[], rt_methods[];
extern const size_t     rt_filters_count, rt_tests_count, rt_globals_count, rt_methods_count;
extern const rt_builtin rt_python[], rt_profile[]; /* python.def: what scripts have; what replaces it in asteval's profile */
extern const size_t     rt_python_count, rt_profile_count;
extern const rt_builtin rt_type_calls[]; /* types.def, by rt_type_number */

extern const burin_class rt_namespace_class; /* what namespace() makes */
/* An attribute of a namespace (the object's `self`). *slot: where it was in this or another one, any number; then where it is in this one. NULL:
 * there is none. */
const burin_value *rt_namespace_find(const void *ns, burin_text name, uint32_t hash, uint32_t *slot);
burin_status       rt_namespace_set(rt_state *st, void *ns, burin_text name, uint32_t hash, uint32_t *slot, burin_value value);

/* The function of bytes' methods: the row in its data does the work, on bytes in place of bytearrays; what a bytearray's method
 * gives becomes a bytearray. */
burin_status rt_method_of_bytes(burin_call *call, burin_value *out);

/* When the arguments of a call of a method or function (flag RT_METHOD) cannot be bound: reports the TypeError that CPython's
 * C functions give, which differs from that of functions written in Python. `args` without self; `self` MISSING for functions.
 * Always fails. */
burin_status rt_method_arity_fail(rt_state *st, const rt_function *method, burin_value self, const rt_arguments *args);

#endif
