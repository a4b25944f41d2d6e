/* What the functions and types of scripts share: their declarations, and conversions that several of them do. */
#ifndef BURIN_RUNTIME_BUILTINS_PYTHON_H
#define BURIN_RUNTIME_BUILTINS_PYTHON_H

#include "runtime/bigint.h"
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/complex.h"
#include "runtime/type.h"

#define PYTHON(name, signature, doc) burin_status python_##name(burin_call *call, burin_value *out);
#define MATH(name, signature, doc) burin_status math_##name(burin_call *call, burin_value *out);
#define PROFILE(name, signature, doc) burin_status profile_##name(burin_call *call, burin_value *out);
#include "runtime/builtins/python.def"
#undef PROFILE
#undef MATH
#undef PYTHON
#define TYPE(name, base, signature, doc) burin_status type_##name(burin_call *call, burin_value *out);
#include "runtime/types.def"
#undef TYPE

/* key and default of max and min, key and reverse of sorted: *argument stays as it is where the name is not in `named`. */
void python_named(rt_state *st, burin_value named, const char *name, burin_value *argument);
/* function(item), item itself when the function is None. */
burin_status python_apply(rt_state *st, burin_value function, burin_value item, burin_value *out);
/* An integer: TypeError "'str' object cannot be interpreted as an integer". BOOL becomes INT. */
burin_status python_integer(rt_state *st, burin_value v, burin_value *out);
/* A float for math: TypeError "must be real number, not str", OverflowError "int too large to convert to float". */
burin_status python_real(rt_state *st, burin_value v, double *out);

#endif
