/* Attributes, items and methods: Jinja's environment.getattr / getitem, and the methods of Python's types. */
#ifndef BURIN_RUNTIME_ATTRIBUTE_H
#define BURIN_RUNTIME_ATTRIBUTE_H

#include "runtime/call.h"

/* `v.name`: the attribute, else v["name"], else an undefined value. Only a host's failure is an error (undefined `v`
 * raises as its class says). Sandboxed environments give an undefined that raises SecurityError when used. */
burin_status rt_get_attr(rt_state *st, burin_value v, burin_text name, burin_value *out);
/* `v[key]`: the item, else (str key) the attribute, else an undefined value. `key` may be a slice object. */
burin_status rt_get_item(rt_state *st, burin_value v, burin_value key, burin_value *out);
/* `v[a:b:c]`, parts MISSING or NONE where absent: plain Python subscript, errors are errors. */
burin_status rt_get_slice(rt_state *st, burin_value v, burin_value start, burin_value stop, burin_value step, burin_value *out);
/* A slice object: as a key of rt_get_item, where `v[a:b:c]` is evaluated as environment.getitem (constant folding). */
burin_status rt_slice_new(rt_state *st, burin_value start, burin_value stop, burin_value step, burin_value *out);
/* The parts of a slice object; false when `key` is none. */
bool rt_slice_parts(burin_value key, burin_value *start, burin_value *stop, burin_value *step);
/* Python's getattr(v, name) alone: MISSING when there is no such attribute (the `attr` filter, str.format). */
burin_status rt_python_attr(rt_state *st, burin_value v, burin_text name, burin_value *out);
/* Python's v[key] alone: KeyError, IndexError, TypeError. */
burin_status rt_python_item(rt_state *st, burin_value v, burin_value key, burin_value *out);

/* KeyError whose message is repr(key), as str(KeyError(key)) prints. Always fails. */
burin_status rt_key_error(rt_state *st, burin_value key);

/* The method `name` of a kind of value (str, list, dict, ...), NULL when it has none. Argument 0 is the object. */
const rt_function *rt_method_find(rt_state *st, burin_value v, burin_text name);
/* The same with the name's rt_text_hash at hand. */
const rt_function *rt_method_find_hashed(rt_state *st, burin_value v, burin_text name, uint32_t name_hash);
/* The method that instances of a type of types.def have, with the type's values as argument 0; NULL when there is none. */
const rt_function *rt_method_of_type(rt_state *st, int type_number, burin_text name);
/* The names of a value's methods, or of those that a type's values have, one a call, from *at = 0 on; false behind the last. */
bool rt_method_next(rt_state *st, burin_value v, uint32_t *at, burin_text *name);
/* The kind whose methods they are (or RT_METHODS_...); BURIN_MISSING when the type has none. */
uint8_t rt_kind_of_type(int type_number);
/* `v.name(args)`: like rt_get_attr then rt_call, without making a bound method. */
burin_status rt_call_method(rt_state *st, burin_value v, burin_text name, const rt_arguments *args, burin_value *out);

/* ---- undefined values ---- */

/* A new undefined of the environment's class. `name` a key or MISSING, `object` MISSING for a plain variable. */
burin_status rt_undefined_new(rt_state *st, burin_value object, burin_value name, burin_value *out);
/* With a hint as message; `cls` for the few places where Jinja always makes the base class. */
burin_status rt_undefined_hint(rt_state *st, rt_undefined_class cls, burin_value *out, const char *format, ...) BURIN_PRINTF(4, 5);
/* What the sandbox gives for an attribute it refuses: use of it is a SecurityError. */
burin_status rt_undefined_unsafe(rt_state *st, burin_value object, burin_text name, burin_value *out);
/* Raise the error its use means: UndefinedError "'x' is undefined", ... */
burin_status rt_undefined_fail(rt_state *st, burin_value undefined);

#endif
