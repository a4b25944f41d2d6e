/* Templates held in memory. Like jinja2.DictLoader.
 *
 * One malloc'ed block holds the struct, the rows and all texts; `index` borrows the names from it. Nothing changes after
 * it is made, so every template is always current. */
#include "engine/loader.h"

#include <stdlib.h>

typedef struct memory_row {
    const char *name;
    burin_text  source;
} memory_row;

typedef struct memory_loader {
    name_map   index; /* name -> memory_row */
    size_t     count;
    memory_row rows[];
} memory_loader;

static burin_status memory_load(void *user, const char *name, char **text, size_t *len, uint64_t *version, char **filename)
{
    memory_loader *loader = user;
    memory_row    *row    = name_map_get(&loader->index, (burin_text){name, strlen(name)});

    if (!row)
        return BURIN_ERR_NOT_FOUND;
    *text = malloc(row->source.len + 1);
    if (!*text)
        return BURIN_ERR_NOMEM;
    if (row->source.len)
        memcpy(*text, row->source.data, row->source.len);
    (*text)[row->source.len] = '\0';
    *len                     = row->source.len;
    *version                 = 0;
    *filename                = NULL;
    return BURIN_OK;
}

static burin_status memory_list(void *user, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    memory_loader *loader = user;
    burin_status   status = BURIN_OK;

    for (size_t n = 0; n < loader->count && !status; n++)
        status = emit(sink, loader->rows[n].name);
    return status;
}

static void memory_release(void *user)
{
    memory_loader *loader = user;

    name_map_deinit(&loader->index);
    free(loader);
}

burin_status burin_loader_memory(burin_loader *out, const char *const *names, const burin_text *sources, size_t count)
{
    size_t bytes = sizeof(memory_loader) + count * sizeof(memory_row);

    for (size_t n = 0; n < count; n++)
        bytes += strlen(names[n]) + 1 + sources[n].len;
    memory_loader *loader = malloc(bytes);
    if (!loader)
        return BURIN_ERR_NOMEM;
    loader->index = name_map_make(&base_malloc_allocator);
    loader->count = count;
    char *text    = (char *)&loader->rows[count];
    for (size_t n = 0; n < count; n++) {
        size_t      name_size = strlen(names[n]) + 1;
        memory_row *row       = &loader->rows[n];
        row->name             = memcpy(text, names[n], name_size);
        text += name_size;
        row->source = (burin_text){text, sources[n].len};
        if (sources[n].len)
            memcpy(text, sources[n].data, sources[n].len);
        text += sources[n].len;
        if (!name_map_put(&loader->index, (burin_text){row->name, name_size - 1}, row)) {
            memory_release(loader);
            return BURIN_ERR_NOMEM;
        }
    }
    *out = (burin_loader){sizeof *out, memory_load, NULL, memory_list, memory_release, loader};
    return BURIN_OK;
}
