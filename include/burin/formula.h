/* burin/formula.h: expressions of the script language, compiled once and evaluated many times.
 *
 *     const char *const names[] = {"price", "amount"};
 *     burin_formula *f = burin_formula_compile(env, BURIN_TEXT("price * amount if amount < 100 else 0"), names, 2, &err);
 *     burin_formula_double(f, (burin_value[]){burin_float(2.5), burin_int(4)}, &total, &err);
 *
 * The language is Python 3.11's expressions (burin/interpreter.h has statements); what it reads besides its slots are what
 * burin_env_add_function and burin_env_set_global have put there, and Python's builtins. */
#ifndef BURIN_FORMULA_H
#define BURIN_FORMULA_H

#include "burin/environment.h"
#include "burin/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A formula and the machine that runs it: belongs to one thread at a time. Holds its environment. A host function that it calls may evaluate
 * others, but not it: BURIN_ERR_USAGE. */
typedef struct burin_formula burin_formula;

/* Compile an expression whose variables are bound to slots.
 *
 * source  UTF-8; copied.
 * names   of the slots, copied: the n-th value of each evaluation is that of the n-th name. None may come twice.
 * Returns NULL after filling `err`: BURIN_ERR_PYTHON_SYNTAX and its kin, BURIN_ERR_NOT_IMPLEMENTED for what is not supported,
 *         BURIN_ERR_LIMIT, BURIN_ERR_RECURSION, BURIN_ERR_NOMEM, BURIN_ERR_USAGE when the environment was made without
 *         options.scripts. */
BURIN_API burin_formula *burin_formula_compile(burin_env *env, burin_text source, const char *const *names, size_t count, burin_error *err);
BURIN_API void           burin_formula_free(burin_formula *formula); /* NULL is allowed */

/* Evaluate it.
 *
 * slots    as many values as there are names, borrowed until the next evaluation; MISSING: the name is not set.
 * out      the value; it lives until the next evaluation.
 * Returns  BURIN_OK, the status of the exception that was raised, BURIN_ERR_LIMIT for the environment's limits, which count for
 *          each evaluation. `err` is filled in then, if not NULL. The formula stays usable. */
BURIN_API burin_status burin_formula_eval(burin_formula *formula, const burin_value *slots, burin_value *out, burin_error *err);

/* The same with a result of one kind. BURIN_ERR_TYPE when it is none: a double takes int, float and bool; an int64 takes int and
 * bool, BURIN_ERR_OVERFLOW beyond 64 bits; a bool takes everything, by Python's truth; a text takes str, and lives until the next evaluation. */
BURIN_API burin_status burin_formula_double(burin_formula *formula, const burin_value *slots, double *out, burin_error *err);
BURIN_API burin_status burin_formula_int64(burin_formula *formula, const burin_value *slots, int64_t *out, burin_error *err);
BURIN_API burin_status burin_formula_bool(burin_formula *formula, const burin_value *slots, bool *out, burin_error *err);
BURIN_API burin_status burin_formula_text(burin_formula *formula, const burin_value *slots, burin_text *out, burin_error *err);

/* burin_formula_double where every slot is a float: nothing is boxed on the way in either. `slots` are borrowed until the call returns. */
BURIN_API burin_status burin_formula_doubles(burin_formula *formula, const double *slots, double *out, burin_error *err);

/* What the last evaluation used: steps and memory are filled in, the rest is 0. */
BURIN_API void burin_formula_used(const burin_formula *formula, burin_limits *used);

/* ---- programs as bytes ---- */

/* The compiled formula as bytes, for burin_formula_load in this or another process: nothing is parsed there.
 *
 * *bytes   a malloc'ed block of *len bytes; free it with free. NULL after a failure.
 * Returns  BURIN_ERR_NOMEM, or BURIN_ERR_RUNTIME when a constant of it cannot be stored. */
BURIN_API burin_status burin_formula_save(const burin_formula *formula, char **bytes, size_t *len, burin_error *err);
/* NULL after filling `err`: BURIN_ERR_USAGE, with the reason, for bytes that are cut off or changed, were made by another build of the
 * library or with other options (optimized, sandbox, limits.integer_bits), or need a function that the environment lacks. Functions
 * are found by their names; globals of plain data are what they were when the formula was compiled. The slots are those that were named then.
 * What is noticed are accidents: load only bytes that you would run as code. */
BURIN_API burin_formula *burin_formula_load(burin_env *env, burin_text bytes, burin_error *err);

/* ---- names ---- */

enum { BURIN_NAME_READ = 1, BURIN_NAME_WRITTEN = 2, BURIN_NAME_CALLED = 4 };

/* What a script, or an expression of one, does with names that are not its functions' own: builtins among them.
 *
 * emit     is called for each name, in the order of the text, with what is done with it anywhere; a result other than BURIN_OK ends
 *          the walk and is returned.
 * Returns  BURIN_OK, or what compiling it would come to, with `err` filled in.
 * Like     asteval.get_ast_names. */
BURIN_API burin_status burin_script_names(burin_env *env, burin_text source, bool as_expression,
                                          burin_status (*emit)(void *user, burin_text name, unsigned uses), void *user, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
