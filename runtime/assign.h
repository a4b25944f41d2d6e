/* What statements do to values: v[key] = x, v[a:b] = x, v.name = x, and del of them, as CPython does and words it. */
#ifndef BURIN_RUNTIME_ASSIGN_H
#define BURIN_RUNTIME_ASSIGN_H

#include "runtime/attribute.h"

/* `key` may be a slice object. TypeError "'tuple' object does not support item assignment", IndexError "list assignment index
 * out of range", ValueError "attempt to assign sequence of size 2 to extended slice of size 3". */
burin_status rt_set_item(rt_state *st, burin_value v, burin_value key, burin_value item);
burin_status rt_del_item(rt_state *st, burin_value v, burin_value key);
/* Parts MISSING or NONE where absent. Sizes are looked at after the items were taken, which may run code that changes `v`. */
burin_status rt_set_slice(rt_state *st, burin_value v, burin_value start, burin_value stop, burin_value step, burin_value items);
burin_status rt_del_slice(rt_state *st, burin_value v, burin_value start, burin_value stop, burin_value step);
/* Only namespaces and host objects whose class has set_attr take attributes; AttributeError for the rest. None can be deleted. */
burin_status rt_set_attr(rt_state *st, burin_value v, burin_text name, burin_value value);
burin_status rt_del_attr(rt_state *st, burin_value v, burin_text name);
/* v.name as scripts read it: AttributeError "'int' object has no attribute 'x'". No name with a leading "__" is found. */
burin_status rt_load_attr(rt_state *st, burin_value v, burin_text name, burin_value *out);

/* One item of a bytearray: TypeError "'str' object cannot be interpreted as an integer", ValueError "byte must be in range(0, 256)". */
burin_status rt_byte_of(rt_state *st, burin_value v, uint8_t *out);
/* A new BYTEARRAY with the bytes of `v`, bytes-like or an iterable of integers; TypeError `message` when it is neither. */
burin_status rt_bytes_of_items(const burin_call *call, burin_value v, const char *message, burin_value *out);

#endif
