/* A formula's value as one kind: what the typed functions of burin/formula.h do after evaluating. */
#ifndef BURIN_ENGINE_FORMULA_H
#define BURIN_ENGINE_FORMULA_H

#include "burin/formula.h"

burin_status formula_as_double(burin_value value, double *out, burin_error *err);
burin_status formula_as_int64(burin_value value, int64_t *out, burin_error *err);
burin_status formula_as_bool(burin_formula *f, burin_value value, bool *out, burin_error *err);
burin_status formula_as_text(burin_value value, burin_text *out, burin_error *err);

#endif
