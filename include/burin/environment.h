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

/* Jinja2's four classes, and Ansible's: using an undefined value is an error, but its attributes and items are undefined too, so that
 * a.b.c|default(1) works without a. */
typedef enum burin_undefined_mode {
    BURIN_UNDEFINED_DEFAULT,
    BURIN_UNDEFINED_CHAINABLE,
    BURIN_UNDEFINED_DEBUG,
    BURIN_UNDEFINED_STRICT,
    BURIN_UNDEFINED_ANSIBLE,
} burin_undefined_mode;
typedef enum burin_sandbox_mode { BURIN_SANDBOX_OFF, BURIN_SANDBOX_ON, BURIN_SANDBOX_IMMUTABLE } burin_sandbox_mode;
typedef enum burin_autoescape_mode {
    BURIN_AUTOESCAPE_OFF,
    BURIN_AUTOESCAPE_ON,
    BURIN_AUTOESCAPE_BY_NAME, /* jinja2.select_autoescape(): on for .html .htm .xml and for strings, whatever the case */
} burin_autoescape_mode;

/* Bounds on what one render may use; 0: no bound. The defaults are those of burin/limits.def. A bound that is reached ends
 * the render with BURIN_ERR_LIMIT (depth: BURIN_ERR_RECURSION), which no template can catch; the render is usable after it. */
typedef struct burin_limits {
    uint64_t steps;         /* basic blocks run, plus native work in units of items or 64 bytes */
    uint64_t memory;        /* bytes of the render's heap; not its output */
    uint64_t output;        /* bytes written */
    uint64_t time_ns;       /* wall clock, from the render's start */
    uint32_t depth;         /* calls, includes and nested values; of one render or session at most the environment's */
    uint32_t nesting;       /* of a template's tree; of the environment only, applied when compiling */
    uint64_t source;        /* bytes of one template; likewise */
    uint64_t integer_bits;  /* of one integer; of the environment only */
} burin_limits;

enum { /* burin_options.extensions */
    BURIN_EXT_DO           = 1,  /* {% do expression %} */
    BURIN_EXT_LOOPCONTROLS = 2,  /* {% break %}, {% continue %} */
    BURIN_EXT_I18N         = 4,  /* {% trans %} and the global `_` */
    BURIN_EXT_DEBUG        = 8,  /* {% debug %} */
    BURIN_EXT_GENERATION   = 16, /* {% generation %} of chat templates: renders its body */
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
    bool        scripts;                                     /* make ready for burin_interpreter_new (some 10 microseconds more) */
} burin_options;

/* Jinja2's defaults and the limits of burin/limits.def. */
BURIN_API burin_options burin_options_default(void);
/* Change `options` to what a host of Jinja2 sets; false, and nothing changed, when there is no preset of that name.
 *
 *   "hf-chat"       trim_blocks, lstrip_blocks, sandbox immutable, loopcontrols, generation
 *   "ansible"       trim_blocks, keep_trailing_newline, undefined strict
 *   "salt"          keep_trailing_newline, undefined strict, sandbox on, do, loopcontrols
 *   "dbt"           sandbox on, do, loopcontrols
 *   "cookiecutter"  keep_trailing_newline, undefined strict
 *
 * The filters and functions that the host adds come with burin_env_preset. */
BURIN_API bool burin_options_preset(burin_options *options, const char *name);

/* A new environment with every builtin filter, test, function and method.
 *
 * options  copied; NULL: the defaults.
 * Returns  NULL after filling `err`: BURIN_ERR_NOMEM, BURIN_ERR_USAGE (options that contradict, an unknown mode).
 * Cost     some 10 microseconds: make one for each set of options, not for each template. */
BURIN_API burin_env *burin_env_new(const burin_options *options, burin_error *err);
/* One more and one fewer owner; any thread. NULL is allowed in unref. The last unref frees cache, loader and catalogue. */
BURIN_API burin_env *burin_env_ref(burin_env *env);
BURIN_API void       burin_env_unref(burin_env *env);

/* Add the functions, filters and tests of a preset: those that need nothing of the host but its arguments.
 *
 *   "hf-chat"       raise_exception(message), strftime_now(format); tojson as json.dumps, not escaped for HTML
 *   "ansible"       nothing printed for none, lists for iterators; filters bool ternary combine flatten dict2items items2dict union
 *                   intersect difference symmetric_difference zip mandatory type_debug to_json to_nice_json from_json b64encode
 *                   b64decode quote basename dirname splitext split comment md5 sha1 checksum hash; tests contains subset superset
 *                   truthy falsy any all version version_compare
 *   "salt"          raise(message); filters to_bool json load_json base64_encode base64_decode md5 sha256 quote union
 *                   intersect difference symmetric_difference flatten
 *   "dbt"           fromjson tojson set set_strict zip zip_strict local_md5; filters as_text as_bool as_number as_native
 *   "cookiecutter"  random_ascii_string(length) uuid4(); filters jsonify slugify
 *
 * Regular expressions, YAML, paths of the machine, lookups and states are the host's to add.
 * Errors   BURIN_ERR_USAGE (no such preset, or the environment is in use), BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_env_preset(burin_env *env, const char *name, burin_error *err);

/* ---- what the host adds: before the first use, else BURIN_ERR_USAGE ---- */

/* Add or replace a global function, a filter or a test (env.globals, env.filters, env.tests).
 *
 * name       copied; dots are allowed in filters and tests, as in Jinja2.
 * signature  copied; the notation of burin/function.h. BURIN_ERR_USAGE when it is malformed.
 * fn         called from any thread that renders; see burin/function.h.
 * data       borrowed for the environment's life; burin_call_data gives it back.
 * flags      BURIN_PURE, BURIN_CONTEXT, BURIN_EVAL. */
BURIN_API burin_status burin_env_add_function(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags);
BURIN_API burin_status burin_env_add_filter(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags);
BURIN_API burin_status burin_env_add_test(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags);
/* A global variable (env.globals) or policy (env.policies: "truncate.leeway", "urlize.rel", "json.dumps_kwargs",
 * "ext.i18n.trimmed", ...). `value` is copied deeply into the environment: it may come from any heap. */
BURIN_API burin_status burin_env_set_global(burin_env *env, const char *name, burin_value value);
BURIN_API burin_status burin_env_set_policy(burin_env *env, const char *name, burin_value value);
/* env.finalize: called with every printed value as argument 0, gives what is printed instead. BURIN_PURE lets constants be
 * finalized when the template is compiled. NULL: none. */
BURIN_API burin_status burin_env_set_finalize(burin_env *env, burin_function fn, void *data, unsigned flags);
/* Autoescape decided by the template's name (NULL for strings) when it is compiled. Called from any thread. NULL: by the options. */
BURIN_API burin_status burin_env_set_autoescape(burin_env *env, bool (*decide)(void *user, const char *name), void *user);
/* env.join_path: what `name` means inside template `parent` (NULL for a string). Returns a malloc'ed name that the library
 * frees, NULL for out of memory. Called from any thread. */
BURIN_API burin_status burin_env_set_join_path(burin_env *env, char *(*join)(void *user, const char *name, const char *parent), void *user);

/* ---- translations (jinja2.ext.i18n) ----
 * The extension alone brings `_`, which calls whatever `gettext` is; these two bring gettext, ngettext, pgettext, npgettext,
 * old style or new style (burin_options.newstyle_gettext: results are formatted with their keyword arguments, and safe). */

/* Look one message up. `context` and `plural` have data NULL where the call has none; n is 1 then. What is no whole number counts as 2
 * there, and what is beyond 64 bits as INT64_MAX. burin_call_variable
 * finds the template's variables (a language, say). Set *out to the text, valid UTF-8, borrowed until the render ends; leave
 * it alone to keep the message itself. Called from any thread. */
typedef burin_status (*burin_translate)(burin_call *call, void *user, burin_text context, burin_text singular, burin_text plural, int64_t n, burin_text *out);
/* NULL: the loaded .mo files, or without any the messages themselves (gettext.NullTranslations). */
BURIN_API burin_status burin_env_set_translations(burin_env *env, burin_translate translate, void *user);
/* The bytes of a gettext .mo file, copied; either byte order, in any charset that iconv knows. Plural forms are chosen as its header says.
 * A file loaded later is asked for what the earlier ones lack. BURIN_ERR_DATA when it is damaged; like gettext.GNUTranslations. */
BURIN_API burin_status burin_env_load_mo(burin_env *env, const void *bytes, size_t len, burin_error *err);

/* ---- loaders ---- */

/* Where templates' texts come from (jinja2.BaseLoader). All callbacks may be called from any thread, several at once.
 * Set struct_size to sizeof(burin_loader). */
typedef struct burin_loader {
    size_t struct_size;
    /* Set *source (malloc'ed, freed by the library), *len and *version and return BURIN_OK; or BURIN_ERR_NOT_FOUND; or another
     * failure. After BURIN_ERR_OS errno tells the reason. *filename (malloc'ed, or left NULL) is for messages. */
    burin_status (*load)(void *user, const char *name, char **source, size_t *len, uint64_t *version, char **filename);
    /* Whether what was loaded as `version` is still what load would give; NULL: always. Asked on every use if auto_reload. */
    bool (*is_current)(void *user, const char *name, uint64_t version);
    /* Call emit for every name, in any order; pass its failure on. NULL: cannot list. */
    burin_status (*list)(void *user, burin_status (*emit)(void *sink, const char *name), void *sink);
    void (*release)(void *user); /* when the environment dies or gets another loader; NULL: nothing to do */
    void *user;
} burin_loader;

/* Takes the loader over; releases an earlier one. BURIN_ERR_USAGE (and the loader stays the caller's) when the environment is
 * in use or `load` is missing. */
BURIN_API burin_status burin_env_set_loader(burin_env *env, const burin_loader *loader);

/* The library's loaders: fill in *out, to be handed to burin_env_set_loader or to another loader. BURIN_ERR_NOMEM. */

/* Files under one of `roots`, the first that has it; paths are copied. Names are cut at '/': empty and "." pieces fall away,
 * ".." is not found. Without follow_links a file outside its root is not found, however links lead there, and listing does
 * not enter linked folders. Current while place, size and modification time (ns) stay. Like jinja2.FileSystemLoader. */
BURIN_API burin_status burin_loader_files(burin_loader *out, const char *const *roots, size_t count, bool follow_links);
/* Names and sources are copied. Like jinja2.DictLoader. */
BURIN_API burin_status burin_loader_memory(burin_loader *out, const char *const *names, const burin_text *sources, size_t count);
/* The first of `loaders` that has it; takes them over on success. Like jinja2.ChoiceLoader. */
BURIN_API burin_status burin_loader_choice(burin_loader *out, const burin_loader *loaders, size_t count);
/* "prefix/name" is `name` of the loader with that prefix; takes the loaders over on success; prefixes are copied.
 * BURIN_ERR_USAGE for a NUL as delimiter. Like jinja2.PrefixLoader. */
BURIN_API burin_status burin_loader_prefix(burin_loader *out, const char *const *prefixes, const burin_loader *loaders, size_t count, char delimiter);
/* Every name that the loader can give or a set of compiled templates has, once, sorted bytewise, through emit (whose failure ends it and
 * is returned). BURIN_ERR_TYPE when there is no set and the loader cannot list. Like Environment.list_templates. */
BURIN_API burin_status burin_env_list_templates(burin_env *env, burin_status (*emit)(void *sink, const char *name), void *sink);

#ifdef __cplusplus
}
#endif
#endif
