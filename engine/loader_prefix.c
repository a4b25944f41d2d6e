/* Several loaders, each under a prefix: "mail/welcome.txt". Like jinja2.PrefixLoader.
 * The struct, its loaders and the prefixes' texts are one malloc'ed block. */
#include "engine/loader.h"

#include <stdlib.h>

typedef struct prefix_row {
    burin_text   prefix; /* NUL-terminated */
    burin_loader loader;
} prefix_row;

typedef struct prefix_loader {
    char       delimiter;
    size_t     count;
    prefix_row rows[];
} prefix_loader;

/* The loader for `name` and its name there; NULL when no prefix fits. */
static const burin_loader *loader_for(const prefix_loader *loader, const char *name, const char **rest)
{
    const char *end = strchr(name, loader->delimiter);

    if (!end)
        return NULL;
    *rest = end + 1;
    for (size_t n = 0; n < loader->count; n++)
        if (text_equal(loader->rows[n].prefix, (burin_text){name, (size_t)(end - name)}))
            return &loader->rows[n].loader;
    return NULL;
}

static burin_status prefix_load(void *user, const char *name, char **text, size_t *len, uint64_t *version, char **filename)
{
    const char         *rest;
    const burin_loader *inner = loader_for(user, name, &rest);

    return inner ? inner->load(inner->user, rest, text, len, version, filename) : BURIN_ERR_NOT_FOUND;
}

static bool prefix_is_current(void *user, const char *name, uint64_t version)
{
    const char         *rest;
    const burin_loader *inner = loader_for(user, name, &rest);

    return inner && (!inner->is_current || inner->is_current(inner->user, rest, version));
}

typedef struct prefix_emit {
    burin_status (*emit)(void *sink, const char *name);
    void       *sink;
    burin_text  prefix;
    char        delimiter;
} prefix_emit;

static burin_status emit_prefixed(void *sink, const char *name)
{
    prefix_emit *to   = sink;
    buf          full = buf_make(&base_malloc_allocator);
    burin_status status;

    buf_append(&full, to->prefix.data, to->prefix.len);
    buf_append_byte(&full, to->delimiter);
    buf_append(&full, name, strlen(name) + 1);
    status = full.failed ? BURIN_ERR_NOMEM : to->emit(to->sink, full.data);
    buf_deinit(&full);
    return status;
}

static burin_status prefix_list(void *user, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    prefix_loader *loader = user;
    burin_status   status = BURIN_OK;

    for (size_t n = 0; n < loader->count && !status; n++) {
        const prefix_row *row = &loader->rows[n];
        prefix_emit       to  = {emit, sink, row->prefix, loader->delimiter};
        status                = row->loader.list ? row->loader.list(row->loader.user, emit_prefixed, &to) : BURIN_ERR_TYPE;
    }
    return status;
}

static void prefix_release(void *user)
{
    prefix_loader *loader = user;

    for (size_t n = 0; n < loader->count; n++)
        if (loader->rows[n].loader.release)
            loader->rows[n].loader.release(loader->rows[n].loader.user);
    free(loader);
}

burin_status burin_loader_prefix(burin_loader *out, const char *const *prefixes, const burin_loader *loaders, size_t count, char delimiter)
{
    size_t bytes = sizeof(prefix_loader) + count * sizeof(prefix_row);

    for (size_t n = 0; n < count; n++)
        bytes += strlen(prefixes[n]) + 1;
    prefix_loader *loader = delimiter ? malloc(bytes) : NULL;
    if (!loader)
        return delimiter ? BURIN_ERR_NOMEM : BURIN_ERR_USAGE;
    loader->delimiter = delimiter;
    loader->count     = count;
    char *text        = (char *)&loader->rows[count];
    for (size_t n = 0; n < count; n++) {
        size_t size            = strlen(prefixes[n]) + 1;
        loader->rows[n].prefix = (burin_text){memcpy(text, prefixes[n], size), size - 1};
        text += size;
        if (!loader_adopt(&loader->rows[n].loader, &loaders[n])) {
            free(loader);
            return BURIN_ERR_USAGE;
        }
    }
    *out = (burin_loader){sizeof *out, prefix_load, prefix_is_current, prefix_list, prefix_release, loader};
    return BURIN_OK;
}
