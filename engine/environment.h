/* The environment as the files of engine/ share it.
 *
 * An environment is written by one thread until env_freeze, and only read after that; the exceptions are its reference
 * count, the template cache (a lock of its own) and the spare arena (an atomic hand-over).
 * Who frees: names, texts and signatures given by the host are copied into `memory`, values into `store`; both die with
 * the environment. The cache's references to templates are not counted in `refs`, or no environment would ever die: a
 * template handed to the host counts one more reference to its environment (template.c). */
#ifndef BURIN_ENGINE_ENVIRONMENT_H
#define BURIN_ENGINE_ENVIRONMENT_H

#include "burin/struct.h"
#include "burin/jit.h"
#include "burin/template.h"
#include "engine/cache.h"
#include "engine/host_state.h"
#include "lexer/syntax.h"
#include "parser/script.h"
#include "runtime/env.h"

#include <stdatomic.h>

struct mo_catalogue;

struct burin_env {
    rt_env                 rt;      /* what the runtime sees */
    const burin_allocator *alloc;
    atomic_uint            refs;
    atomic_bool            frozen;
    burin_options          options; /* its texts are in `memory` */
    syntax                 syntax;
    arena                  memory;
    host_state             store;   /* a heap for values of globals and policies */
    rt_function           *finalize; /* NULL: none */
    bool                 (*decide_autoescape)(void *user, const char *name);
    void                  *decide_user;
    char                *(*join_path)(void *user, const char *name, const char *parent);
    void                  *join_user;
    burin_translate        translate; /* NULL: the catalogue, or the messages themselves */
    void                  *translate_user;
    struct mo_catalogue   *catalogue; /* newest first; NULL: none */
    burin_loader           loader;
    bool                   has_loader;
    struct compiled_set   *compiled; /* the first added first; NULL: none */
    void                 (*tell_compiled)(void *user, const char *name, bool is_stale); /* NULL: nobody is told */
    void                  *tell_user;
    atomic_ullong          numbered; /* templates that have got a number */
    template_cache         cache;
    arena                  scratch;      /* for compiling; used by whoever gets scratch_busy */
    atomic_flag            scratch_busy;
    burin_jit             *jit;          /* NULL: none */
    burin_engine           engine;       /* its engine */
};

/* From now on the environment may be shared: changes are refused. */
static inline void env_freeze(burin_env *env)
{
    if (!atomic_load_explicit(&env->frozen, memory_order_relaxed))
        atomic_store_explicit(&env->frozen, true, memory_order_relaxed);
}
/* How scripts, and expressions of them, are parsed. */
static inline script_options env_script_options(const burin_env *env)
{
    return (script_options){.nesting_max = env->syntax.nesting_max, .source_max = env->options.limits.source};
}
/* What native code calls instead of a function that the environment has, under all of that name. */
void env_set_plain(burin_env *env, const char *name, rt_plain plain);
static inline bool env_is_frozen(const burin_env *env) { return atomic_load_explicit(&env->frozen, memory_order_relaxed); }

/* A NUL-terminated copy that lives as long as the environment; NULL when memory is out or `text` is NULL. */
char *env_copy_text(burin_env *env, const char *text);
/* What autoescape is for a template of that name (NULL: from a string). */
bool env_autoescape_for(const burin_env *env, const char *name);

/* An arena to compile in; give it back with env_return_scratch. */
arena env_take_scratch(burin_env *env, bool *is_shared);
void  env_return_scratch(burin_env *env, arena *scratch, bool is_shared);

/* options.c: the caller's options over the defaults, texts copied into env->memory, checked. */
burin_status env_adopt_options(burin_env *env, const burin_options *options, burin_error *err);

/* i18n.c: what the extension brings when the environment is made; what a catalogue's arrival installs. */
burin_status i18n_install_alias(burin_env *env);
burin_status i18n_install_functions(burin_env *env);
/* mo_file.c */
void mo_free(struct mo_catalogue *catalogue, const burin_allocator *alloc);

#endif
