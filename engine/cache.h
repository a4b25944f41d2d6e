/* The templates an environment keeps: least recently used ones go first. Like jinja2.utils.LRUCache.
 *
 * The lock is held for a look-up or a change only, never while a template is loaded, compiled or rendered. A template
 * that leaves the cache lives on as long as somebody uses it.
 * Always true: a template is in the map exactly when it is in the list; count <= capacity unless capacity is negative. */
#ifndef BURIN_ENGINE_CACHE_H
#define BURIN_ENGINE_CACHE_H

#include "burin/template.h"
#include "engine/name_map.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct template_cache {
    pthread_mutex_t lock;
    name_map        map; /* name -> burin_template; the names are the templates' own */
    burin_template *newest, *oldest;
    atomic_ullong   losses; /* how often a template has been replaced or dropped: until the next time, what was found is what would be found */
    int             capacity; /* 0: keep none, negative: keep all */
} template_cache;

/* Keeps none until `capacity` is set. False when the system has no lock to give. */
bool cache_init(template_cache *cache, const burin_allocator *alloc);
void cache_deinit(template_cache *cache);
/* The template of that name, with one reference for the caller, or NULL. */
burin_template *cache_get(template_cache *cache, burin_text name);
/* Keep `tpl` under its name, replacing another one. Takes a reference of its own. A full or failing cache just keeps less. */
void cache_put(template_cache *cache, burin_template *tpl);

#endif
