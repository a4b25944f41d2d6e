/* Type objects: what type(x), x.__class__ and the names of classes stand for.
 *
 * A type object is an OBJECT of class `type` whose self is an rt_type. Those of exceptions (and of Python's own types) are
 * static and the same in every environment; those of host classes are made when asked for. Types are the same when name
 * and module are. */
#ifndef BURIN_RUNTIME_TYPE_H
#define BURIN_RUNTIME_TYPE_H

#include "runtime/call.h"

typedef struct rt_type {
    const char           *name, *module; /* module NULL: builtins */
    const struct rt_type *base;          /* NULL: object */
    burin_status          status;        /* exceptions: what raising one is reported as; else BURIN_OK */
    uint8_t               number;        /* types of types.def: their rt_type_number; else 0 */
} rt_type;

typedef enum rt_type_number {
    RT_TYPE_NONE,
#define TYPE(name, base, signature, doc) RT_TYPE_##name,
#include "runtime/types.def"
#undef TYPE
    RT_TYPE_COUNT
} rt_type_number;
/* A row of types.def as a value: `int`, `str`, ... */
burin_value rt_type_value(rt_type_number number);
/* The row a value is an instance of; RT_TYPE_NONE for values of other types. */
rt_type_number rt_type_number_of(rt_state *st, burin_value v);

extern const rt_class rt_type_class;

/* A static type as a value, to be used where constants are made. */
#define RT_TYPE_OBJECT(type) {&rt_type_class.base, (void *)(type), NULL}

/* The type that a type object stands for; NULL for every other value. */
const rt_type *rt_type_of_object(burin_value v);
/* The type's name of a method that was taken from its type (str.upper); NULL for every other function. */
const char *rt_unbound_type(const rt_function *f);
/* A subscripted type, of the type object and what stands in the brackets. */
burin_status rt_generic_alias(rt_state *st, burin_value origin, burin_value key, burin_value *out);
/* The type object of a subscripted type; every other value itself. */
burin_value rt_generic_origin(burin_value v);
/* Tell the collector of what it holds besides its `self`. */
void rt_unbound_reach(struct rt_collector *c, const rt_function *f);
/* The value `...`. */
burin_value rt_ellipsis(void);
/* isinstance(v, types): TypeError "isinstance() arg 2 must be a type, a tuple of types, or a union". */
burin_status rt_isinstance(rt_state *st, burin_value v, burin_value types, bool *out);
/* type(v). */
burin_status rt_type_of(rt_state *st, burin_value v, burin_value *out);
/* Is `type` the same as `base`, or derived from it? NULL stands for object. */
bool rt_type_derives(const rt_type *type, const rt_type *base);
/* type(x).__module__ as printed before a type's name; NULL for builtins. */
const char *rt_type_module(burin_value v);

#endif
