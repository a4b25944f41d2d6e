/* Using templates that were compiled ahead of time. */
#include "engine/compiled.h"

#include "codegen/image/image.h"
#include "codegen/image/seal.h"
#include "codegen/jit/code.h"
#include "codegen/jit/native.h"
#include "runtime/base/diag.h"
#include "runtime/base/text.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

static const span nowhere = {0, 0};

/* ---- what a set is for ---- */

static uint64_t add(uint64_t hash, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t n = 0; n < len; n++)
        hash = (hash ^ bytes[n]) * 0x100000001b3u;
    return (hash ^ len) * 0x100000001b3u;
}
static uint64_t add_text(uint64_t hash, burin_text text) { return add(hash, text.data, text.len); }

uint64_t compiled_options(const burin_env *env)
{
    const syntax  *s    = &env->syntax;
    const uint32_t bits = (uint32_t)s->trim_blocks | (uint32_t)s->lstrip_blocks << 1 | (uint32_t)s->keep_trailing_newline << 2 | (uint32_t)s->i18n_newstyle << 3 |
                          (uint32_t)s->i18n_trimmed << 4 | (uint32_t)env->options.optimized << 5 | (uint32_t)env->options.native << 6 |
                          (uint32_t)(env->finalize != NULL) << 7 | (uint32_t)env->options.undefined << 8 | (uint32_t)env->options.sandbox << 16;
    const burin_text texts[] = {s->block_start, s->block_end, s->variable_start, s->variable_end, s->comment_start, s->comment_end,
                                s->line_statement_prefix, s->line_comment_prefix, s->newline_sequence};
    uint64_t hash = add(0xcbf29ce484222325u, &bits, sizeof bits);
    hash          = add(hash, &env->options.extensions, sizeof env->options.extensions);
    for (size_t n = 0; n < sizeof texts / sizeof texts[0]; n++)
        hash = add_text(hash, texts[n]);
    return hash;
}

/* Why the set cannot be used, NULL when it can. */
static const char *refusal(const burin_env *env, const burin_compiled *set)
{
    if (memcmp(set->magic, COMPILED_MAGIC, sizeof set->magic) != 0)
        return "it is no set of compiled templates of this version";
    if (set->image_abi != image_abi() || (set->native_abi && set->native_abi != native_abi()))
        return "it was compiled by another build of the library: compile it again";
    if (set->options != compiled_options(env))
        return "it was compiled for an environment with other options";
    if (set->cpu > code_cpu_here())
        return "it was compiled for processors with more instructions than this one has";
    return NULL;
}

/* ---- the environment's sets ---- */

static burin_status add_set(burin_env *env, const burin_compiled *set, void *file, const char *path, burin_error *err)
{
    const char *wrong = env_is_frozen(env) ? "the environment is in use" : refusal(env, set);
    if (wrong)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "%s: %s", path, wrong);
    compiled_set *added = arena_alloc(&env->memory, sizeof *added);
    if (!added)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
    *added              = (compiled_set){.set = set, .file = file};
    compiled_set **last = &env->compiled;
    while (*last)
        last = &(*last)->next;
    *last = added;
    return BURIN_OK;
}

burin_status burin_env_add_compiled(burin_env *env, const burin_compiled *set, burin_error *err)
{
    diag_begin(err);
    return add_set(env, set, NULL, "compiled templates", err);
}

burin_status burin_env_on_compiled(burin_env *env, void (*tell)(void *user, const char *name, bool is_stale), void *user)
{
    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    env->tell_compiled = tell;
    env->tell_user     = user;
    return BURIN_OK;
}

burin_status burin_env_add_compiled_file(burin_env *env, const char *path, burin_error *err)
{
    char here[4096];
    diag_begin(err);
    if (snprintf(here, sizeof here, "%s%s", strchr(path, '/') ? "" : "./", path) >= (int)sizeof here || access(here, R_OK))
        return diag_fail(err, BURIN_ERR_NOT_FOUND, NULL, 0, nowhere, "%s: no such file", path);
    if (!seal_holds(here))
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "%s: it was changed or cut off since it was compiled, or holds no compiled templates", path);
    void *file = dlopen(here, RTLD_NOW | RTLD_LOCAL);
    if (!file) {
        const char *why = dlerror();
        return diag_fail(err, BURIN_ERR_NOT_FOUND, NULL, 0, nowhere, "%s", why ? why : path);
    }
    const burin_compiled *set    = dlsym(file, "burin_compiled");
    burin_status          status = set ? add_set(env, set, file, path, err)
                                       : diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "%s: it holds no compiled templates", path);
    if (status)
        dlclose(file);
    return status;
}

void compiled_free(burin_env *env)
{
    for (compiled_set *s = env->compiled; s; s = s->next)
        if (s->file)
            dlclose(s->file);
    env->compiled = NULL;
}

static const compiled_entry *find_in(const burin_compiled *set, const char *name)
{
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int      order  = strcmp(set->entries[middle].name, name);
        if (order == 0)
            return &set->entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const compiled_entry *compiled_find(const burin_env *env, const char *name)
{
    for (const compiled_set *s = env->compiled; s; s = s->next) {
        const compiled_entry *entry = find_in(s->set, name);
        if (entry)
            return entry;
    }
    return NULL;
}

burin_status compiled_program(burin_template *tpl, const compiled_entry *entry, burin_error *err)
{
    char            room[200];
    codegen_options options = template_options(tpl->env, tpl->src.name, FORM_TEMPLATE);
    const char     *wrong   = image_read((burin_text){entry->image, entry->image_len}, &options, tpl->env->alloc, &tpl->program, room, sizeof room);
    if (wrong)
        return diag_fail(err, image_status(wrong, BURIN_ERR_USAGE), &tpl->src, 0, nowhere, "the compiled template cannot be used: %s", wrong);
    for (uint64_t n = 0; entry->natives && n < entry->native_count && n < tpl->program->unit_count; n++)
        atomic_store_explicit(&tpl->program->natives[n], entry->natives[n], memory_order_release);
    return BURIN_OK;
}
