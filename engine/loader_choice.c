/* Several loaders, the first that has a template gives it. Like jinja2.ChoiceLoader.
 *
 * A version means something only to the loader that gave it, so who gave which name is remembered in `givers`, behind a
 * lock (loading is rare and takes far longer). The names there are malloc'ed copies, freed with the loader. */
#include "engine/loader.h"

#include <stdlib.h>

typedef struct choice_giver {
    const burin_loader *loader;
    uint64_t            version;
    char                name[];
} choice_giver;

typedef struct choice_loader {
    pthread_mutex_t lock;
    name_map        givers; /* name -> choice_giver */
    size_t          count;
    burin_loader    loaders[];
} choice_loader;

static burin_status remember(choice_loader *choice, const char *name, const burin_loader *loader, uint64_t version)
{
    size_t       len    = strlen(name);
    burin_status status = BURIN_OK;

    pthread_mutex_lock(&choice->lock);
    choice_giver *giver = name_map_get(&choice->givers, (burin_text){name, len});
    if (!giver) {
        giver = malloc(sizeof *giver + len + 1);
        if (giver)
            memcpy(giver->name, name, len + 1);
        if (!giver || !name_map_put(&choice->givers, (burin_text){giver->name, len}, giver)) {
            free(giver);
            giver  = NULL;
            status = BURIN_ERR_NOMEM;
        }
    }
    if (giver) {
        giver->loader  = loader;
        giver->version = version;
    }
    pthread_mutex_unlock(&choice->lock);
    return status;
}

static burin_status choice_load(void *user, const char *name, char **text, size_t *len, uint64_t *version, char **filename)
{
    choice_loader *choice = user;

    for (size_t n = 0; n < choice->count; n++) {
        const burin_loader *loader = &choice->loaders[n];
        burin_status        status = loader->load(loader->user, name, text, len, version, filename);
        if (status == BURIN_ERR_NOT_FOUND)
            continue;
        return status ? status : remember(choice, name, loader, *version);
    }
    return BURIN_ERR_NOT_FOUND;
}

static bool choice_is_current(void *user, const char *name, uint64_t version)
{
    choice_loader *choice = user;
    choice_giver   found  = {0};

    pthread_mutex_lock(&choice->lock);
    const choice_giver *giver = name_map_get(&choice->givers, (burin_text){name, strlen(name)});
    if (giver)
        found = *giver;
    pthread_mutex_unlock(&choice->lock);
    if (!giver || found.version != version)
        return false;
    return !found.loader->is_current || found.loader->is_current(found.loader->user, name, version);
}

static burin_status choice_list(void *user, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    choice_loader *choice = user;
    burin_status   status = BURIN_OK;

    for (size_t n = 0; n < choice->count && !status; n++) {
        const burin_loader *loader = &choice->loaders[n];
        status                     = loader->list ? loader->list(loader->user, emit, sink) : BURIN_ERR_TYPE;
    }
    return status;
}

static void choice_release(void *user)
{
    choice_loader *choice = user;

    for (size_t n = 0; n < choice->count; n++)
        if (choice->loaders[n].release)
            choice->loaders[n].release(choice->loaders[n].user);
    for (size_t n = 0; n < choice->givers.size; n++)
        free(choice->givers.slots[n].value);
    name_map_deinit(&choice->givers);
    pthread_mutex_destroy(&choice->lock);
    free(choice);
}

burin_status burin_loader_choice(burin_loader *out, const burin_loader *loaders, size_t count)
{
    choice_loader *choice = malloc(sizeof *choice + count * sizeof *choice->loaders);

    if (!choice)
        return BURIN_ERR_NOMEM;
    choice->givers = name_map_make(&base_malloc_allocator);
    choice->count  = count;
    for (size_t n = 0; n < count; n++)
        if (!loader_adopt(&choice->loaders[n], &loaders[n])) {
            free(choice);
            return BURIN_ERR_USAGE;
        }
    if (pthread_mutex_init(&choice->lock, NULL) != 0) {
        free(choice);
        return BURIN_ERR_NOMEM;
    }
    *out = (burin_loader){sizeof *out, choice_load, choice_is_current, choice_list, choice_release, choice};
    return BURIN_OK;
}
