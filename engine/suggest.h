/* "Did you mean": the nearest known name for one that is not known. Only on the way to the caller with a failure. */
#ifndef BURIN_ENGINE_SUGGEST_H
#define BURIN_ENGINE_SUGGEST_H

#include "burin/interpreter.h"
#include "engine/environment.h"

/* After a template was not found. */
void suggest_template(burin_env *env, const char *name, burin_error *err);
/* After a run failed: variables, attributes, filters and templates. `st` still holds the run's values. */
void suggest_for_run(burin_env *env, rt_state *st, burin_value vars, burin_error *err);
/* After a script failed: a name that neither it nor Python has. */
void suggest_for_script(burin_interpreter *in, burin_error *err);

#endif
