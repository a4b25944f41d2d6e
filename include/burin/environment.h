/* burin/environment.h: options, loaders, filters, tests, globals; where templates come from. Like jinja2.Environment. */
#ifndef BURIN_ENVIRONMENT_H
#define BURIN_ENVIRONMENT_H

#include "burin/error.h"
#include "burin/function.h"
#include "burin/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Configured by one thread, then used by any number: the first template got or rendered freezes it, and changes after that
 * are BURIN_ERR_USAGE. Templates keep their environment alive. */
typedef struct burin_env burin_env;

typedef enum burin_undefined_mode { BURIN_UNDEFINED_DEFAULT, BURIN_UNDEFINED_CHAINABLE, BURIN_UNDEFINED_DEBUG, BURIN_UNDEFINED_STRICT } burin_undefined_mode;
typedef enum burin_sandbox_mode { BURIN_SANDBOX_OFF, BURIN_SANDBOX_ON, BURIN_SANDBOX_IMMUTABLE } burin_sandbox_mode;
typedef enum burin_autoescape_mode {
    BURIN_AUTOESCAPE_OFF,
    BURIN_AUTOESCAPE_ON,
    BURIN_AUTOESCAPE_BY_NAME, /* jinja2.select_autoescape(): on for .html .htm .xml and for strings, whatever the case */
} burin_autoescape_mode;

/* Bounds on what one render may use; 0: no bound. The defaults are those of burin/limits.def. */
typedef struct burin_limits {
    uint64_t steps;         /* basic blocks run, plus native work in units of items or 64 bytes */
    uint64_t memory;        /* bytes of the render's heap */
    uint64_t output;        /* bytes written */
    uint64_t time_ns;       /* wall clock */
    uint32_t depth;         /* calls, includes and nested values */
    uint32_t nesting;       /* of a template's tree */
    uint64_t source;        /* bytes of one template */
    uint64_t integer_bits;  /* of one integer */
} burin_limits;

enum { /* burin_options.extensions */
    BURIN_EXT_DO = 1, BURIN_EXT_LOOPCONTROLS = 2, BURIN_EXT_I18N = 4, BURIN_EXT_DEBUG = 8, BURIN_EXT_GENERATION = 16,
};

/* Start from burin_options_default(), change fields, give to burin_env_new, which copies what it keeps. Texts are NUL-terminated. */
typedef struct burin_options {
    size_t      struct_size;
    const char *block_start, *block_end, *variable_start, *variable_end, *comment_start, *comment_end;
    const char *line_statement_prefix, *line_comment_prefix; /* NULL: none */
    const char *newline_sequence;                            /* "\n", "\r\n" or "\r" */
    bool        trim_blocks, lstrip_blocks, keep_trailing_newline;
    bool        optimized;                                   /* fold constants */
    bool        native;                                      /* NativeEnvironment: values instead of text */
    bool        auto_reload;                                 /* ask the loader whether a cached template is current */
    int         cache_size;                                  /* templates kept; 0 none, -1 all; 400 as in Jinja2 */
    unsigned    extensions;                                  /* BURIN_EXT_... */
    burin_undefined_mode  undefined;
    burin_sandbox_mode    sandbox;
    burin_autoescape_mode autoescape;
    bool        newstyle_gettext;
    burin_limits          limits;
    const burin_allocator *allocator;                        /* NULL: malloc; borrowed for the environment's life */
    uint64_t    random_seed;                                 /* of `random`, `lipsum`, ...; 0: from the system at each render */
} burin_options;

BURIN_API burin_options burin_options_default(void);
/* The options a host sets: "hf-chat", "ansible", "salt", "dbt", "cookiecutter". False when there is no such preset.
 * The presets' filters and globals (raise_exception, strftime_now, to_json, ...) come with burin_env_preset. */
BURIN_API bool burin_options_preset(burin_options *options, const char *name);

/* A new environment with every builtin. NULL after filling `err` (BURIN_ERR_NOMEM, BURIN_ERR_USAGE for options that contradict). */
BURIN_API burin_env *burin_env_new(const burin_options *options, burin_error *err);
BURIN_API burin_env *burin_env_ref(burin_env *env);
BURIN_API void       burin_env_unref(burin_env *env);
/* Add the functions and filters of a preset. */
BURIN_API burin_status burin_env_preset(burin_env *env, const char *name, burin_error *err);

/* Names are copied; `signature` as in burin/function.h; `flags` BURIN_PURE, ...; `data` is handed to the function, borrowed. */
BURIN_API burin_status burin_env_add_function(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags);
BURIN_API burin_status burin_env_add_filter(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags);
BURIN_API burin_status burin_env_add_test(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags);
/* A global variable or policy; `value` is copied deeply into the environment. */
BURIN_API burin_status burin_env_set_global(burin_env *env, const char *name, burin_value value);
BURIN_API burin_status burin_env_set_policy(burin_env *env, const char *name, burin_value value);
/* finalize: a function called on every printed value. */
BURIN_API burin_status burin_env_set_finalize(burin_env *env, burin_function fn, void *data, unsigned flags);
/* autoescape decided by the template's name (NULL for strings). Called from any thread. */
BURIN_API burin_status burin_env_set_autoescape(burin_env *env, bool (*decide)(void *user, const char *name), void *user);
/* env.join_path: what name `name` means inside template `parent`. Returns a malloc'ed name, NULL for out of memory. */
BURIN_API burin_status burin_env_set_join_path(burin_env *env, char *(*join)(void *user, const char *name, const char *parent), void *user);

/* ---- translations (jinja2.ext.i18n) ---- */

/* Look one message up. `context`, `plural` may be data == NULL; `variables` finds template variables (a language, say).
 * Set *out to the text (borrowed until the render ends); leave it alone to keep the message itself. */
typedef burin_status (*burin_translate)(burin_call *call, void *user, burin_text context, burin_text singular, burin_text plural, int64_t n, burin_text *out);
BURIN_API burin_status burin_env_set_translations(burin_env *env, burin_translate translate, void *user);
/* A gettext .mo file's bytes (copied): plural forms evaluated as the file's header says. */
BURIN_API burin_status burin_env_load_mo(burin_env *env, const void *bytes, size_t len, burin_error *err);

/* ---- loaders ---- */

/* Where templates' texts come from. All callbacks may be called from any thread. */
typedef struct burin_loader {
    size_t struct_size;
    /* Set *source (malloc'ed, freed by the library) and return BURIN_OK, or BURIN_ERR_NOT_FOUND, or another failure.
     * *version is handed to is_current; *filename (malloc'ed or NULL) is for messages. */
    burin_status (*load)(void *user, const char *name, char **source, size_t *len, uint64_t *version, char **filename);
    bool (*is_current)(void *user, const char *name, uint64_t version); /* NULL: always current */
    /* Call emit for every name; NULL: cannot list. */
    burin_status (*list)(void *user, burin_status (*emit)(void *sink, const char *name), void *sink);
    void (*release)(void *user);
    void *user;
} burin_loader;

/* Takes the loader over; replaces an earlier one. */
BURIN_API burin_status burin_env_set_loader(burin_env *env, const burin_loader *loader);
/* jinja2.FileSystemLoader: names are '/'-separated; "..", empty roots' escapes and absolute names are not found. Roots are copied. */
BURIN_API burin_status burin_loader_files(burin_loader *out, const char *const *roots, size_t count, bool follow_links);
/* jinja2.DictLoader: names and sources are copied. */
BURIN_API burin_status burin_loader_memory(burin_loader *out, const char *const *names, const burin_text *sources, size_t count);
/* jinja2.ChoiceLoader: the first that has it. Takes the loaders over. */
BURIN_API burin_status burin_loader_choice(burin_loader *out, const burin_loader *loaders, size_t count);
/* jinja2.PrefixLoader: "prefix/name". Takes the loaders over; prefixes are copied. */
BURIN_API burin_status burin_loader_prefix(burin_loader *out, const char *const *prefixes, const burin_loader *loaders, size_t count, char delimiter);
/* Names the loader can give, through emit; BURIN_ERR_TYPE when it cannot list. */
BURIN_API burin_status burin_env_list_templates(burin_env *env, burin_status (*emit)(void *sink, const char *name), void *sink);

#ifdef __cplusplus
}
#endif
#endif
