/* Environments: made, counted, configured, frozen. */
#include "engine/compiled.h"
#include "engine/environment.h"

#include "engine/jit.h"
#include "engine/template.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

_Static_assert((int)BURIN_UNDEFINED_STRICT == (int)RT_STRICT && (int)BURIN_UNDEFINED_ANSIBLE == (int)RT_ANSIBLE && (int)BURIN_UNDEFINED_DEBUG == (int)RT_DEBUG, "same order");
_Static_assert((int)BURIN_SANDBOX_IMMUTABLE == (int)RT_IMMUTABLE && (int)BURIN_SANDBOX_ON == (int)RT_SANDBOXED, "same order");

char *env_copy_text(burin_env *env, const char *text)
{
    return text ? arena_copy(&env->memory, (burin_text){text, strlen(text)}) : NULL;
}

/* ---- life ---- */

static void env_free(burin_env *env)
{
    const burin_allocator *alloc = env->alloc;

    jit_leave(env);
    cache_deinit(&env->cache);
    burin_jit_unref(env->jit);
    compiled_free(env);
    if (env->has_loader && env->loader.release)
        env->loader.release(env->loader.user);
    mo_free(env->catalogue, alloc);
    rt_env_deinit(&env->rt);
    host_state_deinit(&env->store);
    arena_deinit(&env->scratch);
    arena_deinit(&env->memory);
    base_free(alloc, env, sizeof *env);
}

/* Everything but the options; what is not made yet is zero, which env_free takes. */
static burin_status env_init(burin_env *env, const burin_allocator *alloc, burin_error *err)
{
    memset(env, 0, sizeof *env);
    env->alloc   = alloc;
    env->memory  = arena_make(alloc);
    env->scratch = arena_make(alloc);
    atomic_init(&env->refs, 1);
    atomic_init(&env->frozen, false);
    atomic_flag_clear(&env->scratch_busy);
    host_state_init(&env->store, alloc);
    if (!cache_init(&env->cache, alloc) || !rt_env_init(&env->rt, alloc))
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    return BURIN_OK;
}

burin_env *burin_env_new(const burin_options *options, burin_error *err)
{
    const burin_allocator *alloc = &base_malloc_allocator;

    if (options && options->struct_size > offsetof(burin_options, allocator) && options->allocator)
        alloc = options->allocator;
    diag_begin(err);
    burin_env *env = base_alloc(alloc, sizeof *env);
    if (!env) {
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
        return NULL;
    }
    burin_status status = env_init(env, alloc, err);
    if (!status)
        status = env_adopt_options(env, options, err);
    if (!status && ((env->syntax.ext_i18n && i18n_install_alias(env)) || (env->options.scripts && !rt_env_add_python(&env->rt))))
        status = diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    if (status) {
        env_free(env);
        return NULL;
    }
    env->cache.capacity = env->options.cache_size;
    return env;
}

burin_env *burin_env_ref(burin_env *env)
{
    atomic_fetch_add_explicit(&env->refs, 1, memory_order_relaxed);
    return env;
}

void burin_env_unref(burin_env *env)
{
    if (env && atomic_fetch_sub_explicit(&env->refs, 1, memory_order_acq_rel) == 1)
        env_free(env);
}

/* ---- what the host adds ---- */

static burin_status add_callable(burin_env *env, rt_names *where, const char *name, const char *signature, burin_function fn,
                                 void *data, unsigned flags)
{
    if (env_is_frozen(env) || !name || !signature || !fn)
        return BURIN_ERR_USAGE;
    return rt_env_add(&env->rt, where, name, signature, fn, data, flags & (BURIN_PURE | BURIN_CONTEXT | BURIN_EVAL));
}

burin_status burin_env_add_function(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags)
{
    burin_status status = add_callable(env, env->rt.globals, name, signature, fn, data, flags);
    return status || !env->rt.python ? status : add_callable(env, env->rt.python, name, signature, fn, data, flags); /* scripts see it too */
}

void env_set_plain(burin_env *env, const char *name, rt_plain plain)
{
    rt_env_set_plain(env->rt.globals, name, plain);
    if (env->rt.python)
        rt_env_set_plain(env->rt.python, name, plain);
}

burin_status burin_env_add_filter(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags)
{
    return add_callable(env, env->rt.filters, name, signature, fn, data, flags);
}

burin_status burin_env_add_test(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags)
{
    return add_callable(env, env->rt.tests, name, signature, fn, data, flags);
}

static burin_status copy_value(burin_env *env, burin_value value, burin_value *out)
{
    rt_state *st = &env->store.st;

    rt_copy_out(st, value, &st->heap, out);
    return host_state_report(st, NULL);
}

burin_status burin_env_set_global(burin_env *env, const char *name, burin_value value)
{
    burin_value  copy;
    burin_status status;

    if (env_is_frozen(env) || !name || value.kind == BURIN_MISSING)
        return BURIN_ERR_USAGE;
    status = copy_value(env, value, &copy);
    if (status)
        return status;
    burin_text text = {name, strlen(name)};
    status          = rt_env_add_value(&env->rt, env->rt.globals, text, copy);
    return status || !env->rt.python ? status : rt_env_add_value(&env->rt, env->rt.python, text, copy);
}

burin_status burin_env_set_policy(burin_env *env, const char *name, burin_value value)
{
    burin_value  copy;
    burin_status status;
    rt_state    *st = &env->store.st;

    if (env_is_frozen(env) || !name || value.kind == BURIN_MISSING)
        return BURIN_ERR_USAGE;
    status = copy_value(env, value, &copy);
    if (status)
        return status;
    if (strcmp(name, "ext.i18n.trimmed") == 0) { /* the one policy that the parser follows */
        bool is_trimmed = false;
        rt_is_true(st, copy, &is_trimmed);
        env->syntax.i18n_trimmed = is_trimmed;
    }
    if (env->rt.policies.kind == BURIN_MISSING) {
        rt_dict *policies;
        if (rt_dict_new(st, 8, &policies) == BURIN_OK)
            env->rt.policies = rt_pointer(BURIN_DICT, policies);
    }
    const char *key = env_copy_text(env, name);
    if (!key)
        return BURIN_ERR_NOMEM;
    if (env->rt.policies.kind == BURIN_DICT)
        rt_dict_put_z(st, env->rt.policies.as.p, key, copy);
    return host_state_report(st, NULL);
}

burin_status burin_env_set_finalize(burin_env *env, burin_function fn, void *data, unsigned flags)
{
    rt_function  *finalize;
    rt_signature *signature;

    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    if (!fn) {
        env->finalize = NULL;
        return BURIN_OK;
    }
    finalize = arena_alloc(&env->memory, sizeof *finalize);
    if (!finalize || !rt_signature_parse(&env->memory, "value", &signature))
        return BURIN_ERR_NOMEM;
    *finalize = (rt_function){.name = "finalize", .signature = signature, .call = fn, .data = data, .flags = flags, .self = rt_missing()};
    env->finalize = finalize;
    return BURIN_OK;
}

burin_status burin_env_set_autoescape(burin_env *env, bool (*decide)(void *user, const char *name), void *user)
{
    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    env->decide_autoescape = decide;
    env->decide_user       = user;
    return BURIN_OK;
}

burin_status burin_env_set_join_path(burin_env *env, char *(*join)(void *user, const char *name, const char *parent), void *user)
{
    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    env->join_path = join;
    env->join_user = user;
    return BURIN_OK;
}

burin_status burin_env_set_types(burin_env *env, const burin_types *types)
{
    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    env->rt.struct_types = types;
    return BURIN_OK;
}

/* ---- what compiling asks ---- */

static bool ends_with(const char *text, size_t len, const char *suffix)
{
    size_t suffix_len = strlen(suffix);

    if (len < suffix_len)
        return false;
    for (size_t i = 0; i < suffix_len; i++) {
        char c = text[len - suffix_len + i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != suffix[i])
            return false;
    }
    return true;
}

bool env_autoescape_for(const burin_env *env, const char *name)
{
    if (env->decide_autoescape)
        return env->decide_autoescape(env->decide_user, name);
    if (env->options.autoescape != BURIN_AUTOESCAPE_BY_NAME)
        return env->options.autoescape == BURIN_AUTOESCAPE_ON;
    if (!name)
        return true;
    size_t len = strlen(name);
    return ends_with(name, len, ".html") || ends_with(name, len, ".htm") || ends_with(name, len, ".xml");
}

arena env_take_scratch(burin_env *env, bool *is_shared)
{
    *is_shared = !atomic_flag_test_and_set_explicit(&env->scratch_busy, memory_order_acquire);
    return *is_shared ? env->scratch : arena_make(env->alloc);
}

void env_return_scratch(burin_env *env, arena *scratch, bool is_shared)
{
    if (!is_shared) {
        arena_deinit(scratch);
        return;
    }
    arena_reset(scratch);
    env->scratch = *scratch;
    atomic_flag_clear_explicit(&env->scratch_busy, memory_order_release);
}
