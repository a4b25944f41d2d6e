/* One case of `burin batch`: its values, its host functions, its environment. docs/BATCH.md describes the format.
 *
 * Everything a case makes lives in its heap and its pool and dies with case_clear; the next case uses the same memory. */
#ifndef CLI_CASE_H
#define CLI_CASE_H

#include "burin/burin.h"
#include "cli/buffer.h"

typedef struct pool_block pool_block;

typedef struct batch_case {
    burin_heap *heap;    /* the parsed line, and the values made of it */
    pool_block *pool;    /* structures behind host objects and functions, NUL-terminated texts; newest first */
    char        message[256]; /* why the last step failed */
} batch_case;

/* `size` zeroed bytes until case_clear; NULL when memory is out. */
void *case_alloc(batch_case *c, size_t size);
/* A NUL-terminated copy of a STRING value; NULL when it is no text or memory is out. */
const char *case_text(batch_case *c, burin_value text);
void case_clear(batch_case *c);
/* Set the message, return the status. */
burin_status case_fail(batch_case *c, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);

/* ---- case_values.c ---- */

/* The value a JSON value stands for: {"$tuple": ..} and the other special forms become what they say. The result may
 * share parts with `json`. New containers are made in `heap`. */
burin_status case_decode(batch_case *c, burin_heap *heap, burin_value json, burin_value *out);
/* The entry of a dict with str keys; MISSING when there is none or `dict` is no dict. */
burin_value case_find(burin_value dict, burin_text key);

/* ---- case_host.c ---- */

/* {"$object": {..}, "str": ..}: attributes, no items. */
burin_status case_host_object(batch_case *c, burin_heap *heap, burin_value spec, burin_value *out);
/* {"$host": kind, ..}: a function. */
burin_status case_host_function(batch_case *c, burin_heap *heap, burin_value spec, burin_value *out);
/* Append the form a host object or function was made from; false when `v` is neither. */
bool case_host_form(buffer *out, burin_value v);
/* A filter "call_repr", its data its name; tests that are always true or false. */
burin_status case_filter_repr(burin_call *call, burin_value *out);
burin_status case_test_true(burin_call *call, burin_value *out);
burin_status case_test_false(burin_call *call, burin_value *out);
#define CASE_ANY_SIGNATURE "*args, **kwargs"
/* The filter "hf_tojson": plain json.dumps. */
burin_status case_filter_json(burin_call *call, burin_value *out);
#define CASE_FILTER_JSON_SIGNATURE "value, ensure_ascii=false, indent=none, separators=none, sort_keys=false"

/* ---- case_env.c ---- */

/* Templates by name, in the case's pool. */
typedef struct case_templates {
    const char **names;
    burin_text  *sources;
    size_t       count;
} case_templates;

/* Read the case's templates into *out, with one place to spare. */
burin_status case_read_templates(batch_case *c, burin_value json, case_templates *out);
/* The environment of a case, with a loader of `templates` (NULL: with none), compiled by `jit` (may be NULL), or NULL with *status and
 * the message set. */
burin_env *case_env(batch_case *c, burin_value json, const case_templates *templates, const burin_limits *limits, burin_jit *jit, burin_status *status);

/* ---- case_ahead.c ---- */

/* The same environment with the case's templates, and its source as CASE_SOURCE, out of a file that they were compiled into; those that
 * do not compile are left to the loader. */
burin_env *case_env_ahead(batch_case *c, burin_value json, const burin_limits *limits, burin_status *status);
#define CASE_SOURCE "<template>"

/* ---- case_script.c ---- */

/* Run the steps of a case of mode "script", with `variables` set at the start; appends its answer's members. */
burin_status case_script(batch_case *c, burin_env *env, burin_value json, burin_value variables, buffer *out, burin_error *err);

#endif
