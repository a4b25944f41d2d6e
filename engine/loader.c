/* The environment's loader: set, asked for a text, asked for names. */
#include "engine/loader.h"

#include "engine/compiled.h"
#include "engine/name_list.h"
#include "runtime/base/diag.h"

#include <errno.h>
#include <stdlib.h>

bool loader_adopt(burin_loader *to, const burin_loader *from)
{
    *to = (burin_loader){0};
    if (!from || from->struct_size == 0)
        return false;
    memcpy(to, from, from->struct_size < sizeof *to ? from->struct_size : sizeof *to);
    to->struct_size = sizeof *to;
    return to->load != NULL;
}

burin_status burin_env_set_loader(burin_env *env, const burin_loader *loader)
{
    burin_loader copy;

    if (env_is_frozen(env) || !loader_adopt(&copy, loader))
        return BURIN_ERR_USAGE;
    if (env->has_loader && env->loader.release)
        env->loader.release(env->loader.user);
    env->loader     = copy;
    env->has_loader = true;
    return BURIN_OK;
}

void loaded_release(loaded *it)
{
    free(it->source);
    free(it->filename);
    *it = (loaded){0};
}

burin_status loader_load(const burin_env *env, const char *name, loaded *out, burin_error *err)
{
    static const span nowhere = {0, 0};

    *out = (loaded){0};
    if (!env->has_loader && env->compiled)
        return BURIN_ERR_NOT_FOUND;
    if (!env->has_loader)
        return diag_fail(err, BURIN_ERR_TYPE, NULL, 0, nowhere, "no loader for this environment specified");
    errno               = 0;
    burin_status status = env->loader.load(env->loader.user, name, &out->source, &out->len, &out->version, &out->filename);
    int          reason = errno;

    switch (status) {
    case BURIN_OK:
        return BURIN_OK;
    case BURIN_ERR_NOT_FOUND:
        break;
    case BURIN_ERR_OS: /* as CPython prints an OSError */
        if (reason)
            diag_fail(err, status, NULL, 0, nowhere, "[Errno %d] %s: '%s'", reason, strerror(reason), out->filename ? out->filename : name);
        else
            diag_fail(err, status, NULL, 0, nowhere, "could not read template '%s'", name);
        break;
    case BURIN_ERR_NOMEM:
        diag_fail(err, status, NULL, 0, nowhere, "out of memory");
        break;
    default:
        diag_fail(err, status, NULL, 0, nowhere, "the loader failed for template '%s'", name);
        break;
    }
    loaded_release(out);
    return status;
}

burin_status loader_list(const burin_env *env, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    burin_status status = BURIN_OK;

    if (!env->compiled && (!env->has_loader || !env->loader.list))
        return BURIN_ERR_TYPE;
    for (const compiled_set *s = env->compiled; s && !status; s = s->next)
        for (uint32_t n = 0; n < s->set->count && !status; n++)
            status = emit(sink, s->set->entries[n].name);
    return status || !env->has_loader || !env->loader.list ? status : env->loader.list(env->loader.user, emit, sink);
}

/* Sorted, each name once, whatever the loader does. */
burin_status burin_env_list_templates(burin_env *env, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    name_list    list = {0};
    burin_status status;

    env_freeze(env);
    status = loader_list(env, name_list_add, &list);
    if (status == BURIN_OK)
        status = name_list_emit(&list, emit, sink);
    name_list_deinit(&list);
    return status;
}
