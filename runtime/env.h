/* What an environment gives to the runtime: filters, tests, globals, policies, the undefined class, the sandbox.
 * Filled in and then frozen by engine/; read by any number of threads. */
#ifndef BURIN_RUNTIME_ENV_H
#define BURIN_RUNTIME_ENV_H

#include "runtime/call.h"

/* A map from names to functions or values; open addressing over text. */
typedef struct rt_names rt_names;
const rt_function *rt_names_function(const rt_names *names, burin_text name);
/* A function's value is the FUNCTION. */
const burin_value *rt_names_value(const rt_names *names, burin_text name);
/* The same with the name's hash known (rt_text_hash). */
const burin_value *rt_names_value_of(const rt_names *names, burin_text name, uint32_t hash);
/* Walk the names in the order they were added: start with *at = 0; false at the end. */
bool rt_names_next(const rt_names *names, uint32_t *at, burin_text *name);

typedef enum rt_sandbox { RT_UNSANDBOXED, RT_SANDBOXED, RT_IMMUTABLE } rt_sandbox;

struct rt_env {
    const burin_allocator *alloc;
    rt_names          *filters;
    rt_names          *tests;
    rt_names          *globals;
    rt_names          *python;  /* what scripts have without asking; NULL before rt_env_add_python */
    rt_names          *profile; /* what replaces some of it in asteval's profile */
    rt_function       *types;   /* the calls of types.def's types, by rt_type_number */
    struct method_table *methods; /* of Python's types: rt_method_find */
    rt_undefined_class undefined;
    rt_sandbox         sandbox;
    burin_text         newline; /* newline_sequence: wordwrap's default */
    uint32_t           depth_max;
    uint64_t           integer_bits_max;
    const struct burin_types *struct_types; /* the host's structs; NULL: none */
    burin_value        policies; /* DICT: "truncate.leeway", "urlize.rel", "json.dumps_kwargs", ... */
};

/* A policy's value; MISSING when there is none. */
burin_value rt_policy(const rt_env *env, const char *name);

/* Put every builtin of runtime/builtins/ (the .def tables) into the tables. False when memory is out. */
bool rt_env_init(rt_env *env, const burin_allocator *alloc);
/* Make ready for scripts: the names of python.def, types.def and exceptions.def, and the constants. False when memory is out. */
bool rt_env_add_python(rt_env *env);
void rt_env_deinit(rt_env *env);
/* Add or replace. `name` is copied; `signature` in the notation of burin/function.h. */
burin_status rt_env_add(rt_env *env, rt_names *where, const char *name, const char *signature, burin_function fn, void *data, uint32_t flags);
/* Say what native code is to call instead of a function that was added. */
void rt_env_set_plain(rt_names *where, const char *name, rt_plain plain);
burin_status rt_env_add_value(rt_env *env, rt_names *where, burin_text name, burin_value value);

/* Call a filter or test by name from another (map, select): TemplateRuntimeError "No filter named 'x' found." */
burin_status rt_call_filter(rt_state *st, burin_value name, burin_value value, const rt_arguments *more, burin_value *out);
burin_status rt_call_test(rt_state *st, burin_value name, burin_value value, const rt_arguments *more, bool *out);

#endif
