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
} rt_type;

extern const rt_class rt_type_class;

/* A static type as a value, to be used where constants are made. */
#define RT_TYPE_OBJECT(type) {&rt_type_class.base, (void *)(type), NULL}

/* The type that a type object stands for; NULL for every other value. */
const rt_type *rt_type_of_object(burin_value v);
/* type(v). */
burin_status rt_type_of(rt_state *st, burin_value v, burin_value *out);
/* Is `type` the same as `base`, or derived from it? NULL stands for object. */
bool rt_type_derives(const rt_type *type, const rt_type *base);
/* type(x).__module__ as printed before a type's name; NULL for builtins. */
const char *rt_type_module(burin_value v);

#endif
