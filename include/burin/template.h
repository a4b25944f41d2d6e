/* burin/template.h: compiling and rendering. Like jinja2.Template and Environment.compile_expression. */
#ifndef BURIN_TEMPLATE_H
#define BURIN_TEMPLATE_H

#include "burin/environment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A compiled template: immutable, reference-counted, shared by any number of threads. */
typedef struct burin_template burin_template;
/* A compiled expression, likewise. */
typedef struct burin_expr burin_expr;

/* Through the loader and the cache. On failure NULL and `err` says why (BURIN_ERR_NOT_FOUND, BURIN_ERR_SYNTAX, ...). */
BURIN_API burin_template *burin_template_get(burin_env *env, const char *name, burin_error *err);
/* From text; `name` (may be NULL) is for messages and self-reference. `source` is copied. */
BURIN_API burin_template *burin_template_from_string(burin_env *env, const char *name, burin_text source, burin_error *err);
BURIN_API burin_template *burin_template_ref(burin_template *tpl);
BURIN_API void            burin_template_unref(burin_template *tpl);
BURIN_API const char     *burin_template_name(const burin_template *tpl); /* NULL when it has none */

/* jinja2.meta: names the template looks up that nothing sets, sorted; templates it refers to (NULL name: not known before it runs). */
BURIN_API burin_status burin_template_undeclared(burin_template *tpl, burin_status (*emit)(void *sink, const char *name), void *sink);
BURIN_API burin_status burin_template_references(burin_template *tpl, burin_status (*emit)(void *sink, const char *name), void *sink);

/* One thing a template uses, found without running it. */
typedef enum burin_use_kind { BURIN_USE_VARIABLE, BURIN_USE_FILTER, BURIN_USE_TEST, BURIN_USE_TEMPLATE } burin_use_kind;
typedef struct burin_use {
    size_t         struct_size;
    burin_use_kind kind;
    burin_text     name;     /* until emit returns; data is NULL for a template whose name is not known before it runs */
    bool           known;    /* filter, test: the environment has it. Variable, template: false */
    bool           optional; /* template: `ignore missing`, or one of several to choose from */
    uint32_t       line;     /* 1-based */
    uint32_t       column;   /* 1-based, in code points */
} burin_use;
/* Everything in the order of the source: every filter, test and template as often as it stands there, every undeclared
 * variable once, where its name first stands. */
BURIN_API burin_status burin_template_uses(burin_template *tpl, burin_status (*emit)(void *sink, const burin_use *use), void *sink);

/* Where rendered text goes. */
typedef struct burin_sink {
    /* Take `len` bytes; anything but BURIN_OK stops the render with that status. Called with chunks of up to a few 10 KB. */
    burin_status (*write)(void *user, const char *data, size_t len);
    void *user;
} burin_sink;

/* A render that can be used again and again: it keeps its buffers, so a warm render allocates nothing.
 * Belongs to one thread at a time. */
typedef struct burin_render burin_render;

BURIN_API burin_render *burin_render_new(burin_env *env, burin_error *err);
BURIN_API void          burin_render_free(burin_render *render);
/* Limits for renders from now on (default: the environment's). */
BURIN_API void burin_render_set_limits(burin_render *render, const burin_limits *limits);
/* Stop when *cancel becomes non-zero (may be set by another thread or a signal handler); NULL: none. */
BURIN_API void burin_render_set_cancel(burin_render *render, const volatile int *cancel);

/* Render with the variables of `vars` (a DICT, or MISSING for none; borrowed until the call returns).
 * The text is the render's own: valid until its next use. On failure `out` is empty and `err` says why. */
BURIN_API burin_status burin_render_text(burin_render *render, burin_template *tpl, burin_value vars, burin_text *out, burin_error *err);
/* The same, handed to a sink piece by piece; what was written before a failure stays written (jinja2.Template.generate). */
BURIN_API burin_status burin_render_to(burin_render *render, burin_template *tpl, burin_value vars, const burin_sink *sink, burin_error *err);
/* Into a fixed buffer, like snprintf: *len is the length of the whole text; what does not fit is left out. */
BURIN_API burin_status burin_render_buffer(burin_render *render, burin_template *tpl, burin_value vars, char *buffer, size_t size, size_t *len, burin_error *err);
/* To a file descriptor or a FILE * (given as void * so that <stdio.h> is not needed). */
BURIN_API burin_status burin_render_fd(burin_render *render, burin_template *tpl, burin_value vars, int fd, burin_error *err);
BURIN_API burin_status burin_render_file(burin_render *render, burin_template *tpl, burin_value vars, void *file, burin_error *err);
/* Native environments: the value instead of text; deep-copied into `heap`. */
BURIN_API burin_status burin_render_value(burin_render *render, burin_template *tpl, burin_value vars, burin_heap *heap, burin_value *out, burin_error *err);
/* One block (as if most derived), or one macro called with positional arguments. */
BURIN_API burin_status burin_render_block(burin_render *render, burin_template *tpl, const char *block, burin_value vars, burin_text *out, burin_error *err);
BURIN_API burin_status burin_render_macro(burin_render *render, burin_template *tpl, const char *macro, const burin_value *args, size_t count, burin_value vars, burin_text *out, burin_error *err);
/* What the last render used: steps, memory and output are filled in, the rest is 0. */
BURIN_API void burin_render_used(const burin_render *render, burin_limits *used);

/* One call for the impatient: a malloc'ed, NUL-terminated text (free it with free), NULL on failure. */
BURIN_API char *burin_render_once(burin_env *env, burin_text source, burin_value vars, size_t *len, burin_error *err);

/* Expressions: jinja2.Environment.compile_expression. */
BURIN_API burin_expr  *burin_expr_compile(burin_env *env, burin_text source, burin_error *err);
BURIN_API void         burin_expr_free(burin_expr *expr);
/* The value, deep-copied into `heap`; an undefined result is none when undefined_to_none. */
BURIN_API burin_status burin_expr_eval(burin_render *render, burin_expr *expr, burin_value vars, bool undefined_to_none, burin_heap *heap, burin_value *out, burin_error *err);

/* Stages, for `burin dump`: kind is "tokens", "ast" or "ir"; a malloc'ed text. */
BURIN_API char *burin_template_dump(burin_env *env, const char *name, burin_text source, const char *kind, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
