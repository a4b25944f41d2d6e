/* Loaders as the engine uses them. The kinds are in loader_*.c; each is a burin_loader like one the host writes. */
#ifndef BURIN_ENGINE_LOADER_H
#define BURIN_ENGINE_LOADER_H

#include "engine/environment.h"

/* What a loader gave: malloc'ed, released with loaded_release. */
typedef struct loaded {
    char    *source;
    size_t   len;
    char    *filename; /* NULL: none */
    uint64_t version;
} loaded;

void loaded_release(loaded *it);
/* The text of template `name`. BURIN_ERR_NOT_FOUND, which leaves `err` as it is (a template may be content with that);
 * BURIN_ERR_TYPE without a loader and compiled templates, or the loader's failure, told in `err`. */
burin_status loader_load(const burin_env *env, const char *name, loaded *out, burin_error *err);
/* The names that the loader can give and those of sets of compiled templates, as they come, until emit fails (which is returned).
 * BURIN_ERR_TYPE when there are neither. */
burin_status loader_list(const burin_env *env, burin_status (*emit)(void *sink, const char *name), void *sink);
/* Copy a loader given by the host, which may know fewer fields. */
bool loader_adopt(burin_loader *to, const burin_loader *from);

#endif
