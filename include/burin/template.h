/* burin/template.h: compiling and rendering. Like jinja2.Template and Environment.compile_expression. */
#ifndef BURIN_TEMPLATE_H
#define BURIN_TEMPLATE_H

#include "burin/environment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A compiled template: immutable, reference-counted, shared by any number of threads. Holds its environment. */
typedef struct burin_template burin_template;
/* A compiled expression: immutable, one owner, evaluated by any number of threads. Holds its environment. */
typedef struct burin_expr burin_expr;

/* Through the loader and the cache (Environment.get_template): the cached template if it is current, else a new one.
 * Returns a reference to be given back with burin_template_unref, or NULL after filling `err`: BURIN_ERR_NOT_FOUND,
 * BURIN_ERR_SYNTAX, BURIN_ERR_ASSERTION, BURIN_ERR_TYPE (no loader), what the loader answered, BURIN_ERR_LIMIT, BURIN_ERR_NOMEM.
 * Any thread; the cache's lock is held for the look-up only. */
BURIN_API burin_template *burin_template_get(burin_env *env, const char *name, burin_error *err);
/* From text (Environment.from_string), not cached. `name` (may be NULL) is for messages, autoescape and join_path; both are
 * copied. The text must be UTF-8 (else BURIN_ERR_UNICODE_DECODE). */
BURIN_API burin_template *burin_template_from_string(burin_env *env, const char *name, burin_text source, burin_error *err);
/* One more and one fewer owner; any thread. NULL is allowed in unref. A template in use outlives its place in the cache. */
BURIN_API burin_template *burin_template_ref(burin_template *tpl);
BURIN_API void            burin_template_unref(burin_template *tpl);
/* Borrowed from the template; NULL when it has none. */
BURIN_API const char     *burin_template_name(const burin_template *tpl);

/* jinja2.meta.find_undeclared_variables: the names the template looks up in its variables or globals and that nothing in it
 * sets, builtin and added globals left out; sorted, each once. emit's failure ends it and is returned. */
BURIN_API burin_status burin_template_undeclared(burin_template *tpl, burin_status (*emit)(void *sink, const char *name), void *sink);
/* jinja2.meta.find_referenced_templates: what it extends, includes and imports, in order; NULL for a name that is only known
 * when it runs. */
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
    /* Take `len` bytes; anything but BURIN_OK stops the render with that status (after BURIN_ERR_OS errno tells the reason). Called with chunks of up to a few 10 KB,
     * in order, from the thread that renders. */
    burin_status (*write)(void *user, const char *data, size_t len);
    void *user;
} burin_sink;

/* A render that can be used again and again: it keeps its buffers, so a warm render allocates nothing.
 * Belongs to one thread at a time, and is not for functions that it is calling: that, and a template of another environment than the one
 * it holds, is BURIN_ERR_USAGE. */
typedef struct burin_render burin_render;

/* NULL after filling `err` (BURIN_ERR_NOMEM). */
BURIN_API burin_render *burin_render_new(burin_env *env, burin_error *err);
BURIN_API void          burin_render_free(burin_render *render); /* NULL is allowed */
/* Limits for renders from now on, copied; NULL: the environment's again, which are also the first ones. */
BURIN_API void burin_render_set_limits(burin_render *render, const burin_limits *limits);
/* Stop with BURIN_ERR_CANCELLED soon after *cancel becomes non-zero (it may be set by another thread or a signal handler, as a
 * relaxed atomic store: that is how it is read);
 * borrowed for all renders from now on; NULL: none. */
BURIN_API void burin_render_set_cancel(burin_render *render, const volatile int *cancel);

/* All renders below take
 *   vars  the variables: a DICT, or burin_missing() for none (else BURIN_ERR_USAGE); borrowed until the call returns, never
 *         changed: a template that changes a list changes a copy of its own;
 *   err   filled in on failure, may be NULL, replaced if it holds an earlier error;
 * and return what the template came to: any status of burin/status.def but those of loading. */

/* The text is the render's own: valid until its next use. On failure *out is empty. Like Template.render. */
BURIN_API burin_status burin_render_text(burin_render *render, burin_template *tpl, burin_value vars, burin_text *out, burin_error *err);
/* The same, handed to a sink piece by piece; what was written before a failure stays written, but not what a block of {% set %} or a filter was
 * to get. Like Template.generate. */
BURIN_API burin_status burin_render_to(burin_render *render, burin_template *tpl, burin_value vars, const burin_sink *sink, burin_error *err);
/* Into a fixed buffer, like snprintf: always NUL-terminated if size > 0, what does not fit is left out, *len (may be NULL) is
 * the length of the whole text in bytes without the NUL; 0 after a failure. A cut may fall inside a code point. */
BURIN_API burin_status burin_render_buffer(burin_render *render, burin_template *tpl, burin_value vars, char *buffer, size_t size, size_t *len, burin_error *err);
/* To a file descriptor (a full non-blocking one is waited for), or to a FILE * given as void * so that <stdio.h> is not
 * needed. BURIN_ERR_OS when writing fails. */
BURIN_API burin_status burin_render_fd(burin_render *render, burin_template *tpl, burin_value vars, int fd, burin_error *err);
BURIN_API burin_status burin_render_file(burin_render *render, burin_template *tpl, burin_value vars, void *file, burin_error *err);
/* Native environments: the value instead of text, deep-copied into `heap` (NativeTemplate.render). Elsewhere the text as STRING. */
BURIN_API burin_status burin_render_value(burin_render *render, burin_template *tpl, burin_value vars, burin_heap *heap, burin_value *out, burin_error *err);
/* One block, as the most derived template has it (Template.blocks); *out as in burin_render_text. BURIN_ERR_KEY when neither it nor one that
 * it extends has a block of that name; the error names the nearest. */
BURIN_API burin_status burin_render_block(burin_render *render, burin_template *tpl, const char *block, burin_value vars, burin_text *out, burin_error *err);
/* One macro of the template's top level, called with positional arguments (Template.module); *out as in burin_render_text.
 * BURIN_ERR_ATTRIBUTE when there is none of that name; the error names the nearest. */
BURIN_API burin_status burin_render_macro(burin_render *render, burin_template *tpl, const char *macro, const burin_value *args, size_t count, burin_value vars, burin_text *out, burin_error *err);
/* What {{ value }} prints, without escaping: str() of any value, within the render's limits; *out as in burin_render_text. */
BURIN_API burin_status burin_render_str(burin_render *render, burin_value value, burin_text *out, burin_error *err);
/* What the last render used: steps, memory and output are filled in, the rest is 0. */
BURIN_API void burin_render_used(const burin_render *render, burin_limits *used);

/* One call for the impatient: compile, render, forget. A malloc'ed, NUL-terminated text (free it with free), NULL on failure;
 * `len` may be NULL. */
BURIN_API char *burin_render_once(burin_env *env, burin_text source, burin_value vars, size_t *len, burin_error *err);

/* An expression (Environment.compile_expression): no bare tuple, nothing after it. NULL after filling `err`. */
BURIN_API burin_expr  *burin_expr_compile(burin_env *env, burin_text source, burin_error *err);
/* A template that gives a value: that of its expression when it is one {{ }} and nothing else, blanks included ("{{ hp * 2 }}" gives
 * the integer 200), and otherwise the text that it renders ("hp: {{ hp }}"); comments count as nothing. What a text looks like
 * never makes it another type, as it does in native environments. The expression's value is neither escaped nor finalized, a text
 * is both. Evaluated and freed as an expression. NULL after filling `err`, as burin_template_from_string does. */
BURIN_API burin_expr  *burin_expr_compile_dynamic(burin_env *env, burin_text source, burin_error *err);
/* Is it such a template that always gives a text? */
BURIN_API bool         burin_expr_is_text(const burin_expr *expr);
BURIN_API void         burin_expr_free(burin_expr *expr); /* NULL is allowed */
/* Its value, deep-copied into `heap`, MISSING on failure; an undefined result is none when undefined_to_none. vars as above. */
BURIN_API burin_status burin_expr_eval(burin_render *render, burin_expr *expr, burin_value vars, bool undefined_to_none, burin_heap *heap, burin_value *out, burin_error *err);

/* What a stage makes of a source, for `burin dump`: kind is "tokens", "ast" or "ir" of a template, "asm" or "c" for its native code with the
 * template's lines between (BURIN_ERR_RUNTIME without burin-jit), or the same of a script in the subset of Python: "script-ast", "script-ir",
 * "script-asm", "script-c" (but for the first options.scripts is needed); a malloc'ed text, NULL after filling `err`. The form is for reading, not for programs, and may change. */
BURIN_API char *burin_template_dump(burin_env *env, const char *name, burin_text source, const char *kind, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
