/* burin/interpreter.h: scripts in a subset of Python 3.11, run one after another with variables that stay.
 *
 *     burin_options options = burin_options_default();
 *     options.scripts = true;
 *     burin_env *env = burin_env_new(&options, &err);
 *     burin_interpreter *in = burin_interpreter_new(env, &err);
 *     burin_interpreter_run(in, BURIN_TEXT("def twice(n): return 2 * n"), NULL, NULL, &err);
 *     burin_interpreter_eval(in, BURIN_TEXT("twice(21)"), &value, &err);
 */
#ifndef BURIN_INTERPRETER_H
#define BURIN_INTERPRETER_H

#include "burin/compiled.h"
#include "burin/template.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A session: its variables, functions, and what can be reached from them, live until it is reset or freed; so does every script it
 * has run. Other values, as results of runs, live until the next run begins: what can no longer be reached is freed then or while it runs.
 * Belongs to one thread at a time. Holds its environment.
 * While it runs a host function or its sink may read it (get, names, output, used) and have others run; what would run it or change it is
 * refused with BURIN_ERR_USAGE. */
typedef struct burin_interpreter burin_interpreter;

/* NULL after filling `err`: BURIN_ERR_NOMEM, BURIN_ERR_USAGE when the environment was made without options.scripts. */
BURIN_API burin_interpreter *burin_interpreter_new(burin_env *env, burin_error *err);
BURIN_API void               burin_interpreter_free(burin_interpreter *in); /* NULL is allowed */
/* Forget all variables and values; nothing, while it runs. */
BURIN_API void burin_interpreter_reset(burin_interpreter *in);
/* Limits for runs from now on, copied; NULL: the environment's again, which are also the first ones. Steps, time and output are
 * counted for each run, memory for the whole session, where garbage is collected before it stops a run. What stops a run cannot be caught by the script. */
BURIN_API void burin_interpreter_set_limits(burin_interpreter *in, const burin_limits *limits);
/* As burin_render_set_cancel. */
BURIN_API void burin_interpreter_set_cancel(burin_interpreter *in, const volatile int *cancel);
/* What scripts print goes there from now on; NULL: it is kept for burin_interpreter_output. Copied; `user` is borrowed. */
BURIN_API void burin_interpreter_set_sink(burin_interpreter *in, const burin_sink *sink);

/* Run a script.
 *
 * source   UTF-8, any line ends; copied. The same text again is not compiled again.
 * name     of the file, for messages; copied; NULL: it has none.
 * result   the value of its last statement when that is an expression, else none; the session's, until the next run. May be NULL.
 * err      filled in on failure, if not NULL: status, message, line, column, excerpt, and the chain of calls.
 * Returns what the script came to: BURIN_ERR_PYTHON_SYNTAX and its kin, BURIN_ERR_NOT_IMPLEMENTED for what is not supported, the
 * status of an exception that nothing caught, BURIN_ERR_LIMIT. The interpreter stays usable; assignments made before stay. */
BURIN_API burin_status burin_interpreter_run(burin_interpreter *in, burin_text source, const char *name, burin_value *result, burin_error *err);
/* The same for a single expression. */
BURIN_API burin_status burin_interpreter_eval(burin_interpreter *in, burin_text source, burin_value *result, burin_error *err);

/* A script compiled, as bytes, for burin_interpreter_run_saved in this or another process: nothing is parsed there.
 *
 * source, name  as for burin_interpreter_run; both are kept in the bytes, errors quote them.
 * *bytes   a malloc'ed block of *len bytes; free it with free. NULL after a failure.
 * Returns  what compiling it comes to, BURIN_ERR_RUNTIME when a constant of it cannot be stored. */
BURIN_API burin_status burin_script_save(burin_env *env, burin_text source, const char *name, char **bytes, size_t *len, burin_error *err);
/* The same with native code of all of it, for processors of options->cpu, by burin-jit, as burin_compile (burin/compiled.h) has it of templates. It is
 * used in a session whose first names are `names` and then the script's own, as far as there are any: give the variables that the
 * host sets before it runs the script, in their order. Elsewhere the script runs as one of burin_script_save.
 *
 * options  NULL: the defaults; `interpreted`: no native code; `symbol` is not used
 * Errors   also BURIN_ERR_RUNTIME with a sentence when burin-jit fails. */
BURIN_API burin_status burin_script_compile(burin_env *env, burin_text source, const char *name, const char *const *names, size_t count,
                                            const burin_compile_options *options, char **bytes, size_t *len, burin_error *err);
/* Do the bytes begin as those of burin_script_save and burin_formula_save do? No text of a script does. */
BURIN_API bool burin_is_saved(burin_text bytes);
/* Run it in a session, whose names it uses, as burin_interpreter_run does with its text. The bytes are borrowed for the call; the same ones
 * again are not loaded again. BURIN_ERR_USAGE, with the reason, for bytes that are cut off or changed, were made by another build of the
 * library or with other options (optimized, sandbox, limits.integer_bits), or need a function that the environment lacks; and under
 * a profile that forbids something. What is noticed are accidents: run only bytes that you would run as code. */
BURIN_API burin_status burin_interpreter_run_saved(burin_interpreter *in, burin_text bytes, burin_value *result, burin_error *err);

/* What the last run printed, when there is no sink; valid until the next run. */
BURIN_API burin_text burin_interpreter_output(const burin_interpreter *in);
/* What the last run used: steps, memory and output are filled in, the rest is 0. */
BURIN_API void burin_interpreter_used(const burin_interpreter *in, burin_limits *used);

/* ---- profiles: less than the whole language, for programs that let others write scripts ---- */

typedef enum burin_feature {
/* A value for each row of burin/feature.def. */
#define FEATURE(NAME, name, node, what) BURIN_FEATURE_##NAME,
#include "burin/feature.def"
#undef FEATURE
    BURIN_FEATURE_COUNT
} burin_feature;

typedef struct burin_profile {
    uint32_t           without;           /* of 1 << BURIN_FEATURE_...: scripts that use them are refused, BURIN_ERR_NOT_IMPLEMENTED */
    const char *const *readonly;          /* names that scripts may not assign, define or delete, BURIN_ERR_NAME; ended by NULL, or NULL */
    bool               builtins_readonly; /* nor any builtin */
    size_t             statement_max;     /* bytes of one source, BURIN_ERR_LIMIT; 0: as the environment says */
    bool               asteval;           /* as in asteval type(x) is the name of the type, pow is that of math, and functions print as procedures
                                           * do: signature, then the text that the body begins with */
} burin_profile;

/* What asteval.Interpreter() has: all features, sources of at most 50,000 bytes. */
BURIN_API burin_profile burin_profile_asteval(void);
/* The feature with that name; BURIN_FEATURE_COUNT when there is none. */
BURIN_API burin_feature burin_feature_named(const char *name);
/* For scripts from now on; copied. NULL: the whole language again. What a profile forbids is found when a script is compiled: nothing of it
 * has run then. BURIN_ERR_NOMEM. Like asteval's options no_..., config, readonly_symbols, builtins_readonly, max_statement_length. */
BURIN_API burin_status burin_interpreter_set_profile(burin_interpreter *in, const burin_profile *profile, burin_error *err);

/* Set a variable. The value is copied into the session: lists and dicts are changed there, not in the caller's.
 * BURIN_ERR_NOMEM, BURIN_ERR_LIMIT. */
BURIN_API burin_status burin_interpreter_set(burin_interpreter *in, const char *name, burin_value value);
/* A variable; MISSING when it is not set. The session's, until the next run. */
BURIN_API burin_value burin_interpreter_get(burin_interpreter *in, const char *name);

/* The names that scripts can use now: variables that are set, then builtins. `emit` is called for each, with a text that lives until the next
 * script; a result other than BURIN_OK ends the walk and is returned. */
BURIN_API burin_status burin_interpreter_names(burin_interpreter *in, burin_status (*emit)(void *user, burin_text name), void *user);

/* The same for the attributes that the value of a name, a variable or a builtin, has by its type: methods, members of a struct. What only asking an object
 * would tell is not among them; no script and no function of the host runs. */
BURIN_API burin_status burin_interpreter_attributes(burin_interpreter *in, burin_text name, burin_status (*emit)(void *user, burin_text name), void *user);

#ifdef __cplusplus
}
#endif
#endif
