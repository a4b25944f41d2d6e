/* Formulas inside the engine. */
#ifndef BURIN_ENGINE_FORMULA_H
#define BURIN_ENGINE_FORMULA_H

#include "burin/formula.h"
#include "runtime/state.h"

/* burin_formula_compile of a script: every evaluation begins with nothing but its slots set, and gives the value of the script's last
 * statement when that is an expression, else none. */
burin_formula *formula_compile_script(burin_env *env, burin_text text, const char *const *names, size_t count, burin_error *err);

/* The state of its machine. */
rt_state *formula_state(burin_formula *f);
/* Is it being evaluated, so that it is a function it calls that asks? */
bool      formula_runs(const burin_formula *f);
/* Let the machine evaluate always: for who has kernels of its own. */
void      formula_without_kernels(burin_formula *f);

/* A formula's value as one kind: what the typed functions of burin/formula.h do after evaluating. */
burin_status formula_as_double(burin_value value, double *out, burin_error *err);
burin_status formula_as_int64(burin_value value, int64_t *out, burin_error *err);
burin_status formula_as_bool(burin_formula *f, burin_value value, bool *out, burin_error *err);
burin_status formula_as_text(burin_value value, burin_text *out, burin_error *err);

#endif
