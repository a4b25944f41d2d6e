/* What the engine's other files need of an interpreter. */
#ifndef BURIN_ENGINE_INTERPRETER_H
#define BURIN_ENGINE_INTERPRETER_H

#include "burin/interpreter.h"
#include "runtime/state.h"

/* The state of its session: values made in its heap live until the next run begins, and then as long as variables lead to them. */
rt_state *interpreter_state(burin_interpreter *in);
/* Copy a value into the session, and set a variable to one of the session's: burin_interpreter_set in its two steps. */
burin_status interpreter_take(burin_interpreter *in, burin_value value, burin_value *out);
burin_status interpreter_put(burin_interpreter *in, const char *name, burin_value value);

#endif
