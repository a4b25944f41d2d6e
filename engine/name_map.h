/* A map from names to pointers: loaders, the template cache and message catalogues look things up in it.
 * Open addressing with linear probing; removal shifts back, so there are no tombstones. Names are borrowed and must stay
 * alive and unchanged while they are in the map. Not locked: whoever shares a map locks around it. */
#ifndef BURIN_ENGINE_NAME_MAP_H
#define BURIN_ENGINE_NAME_MAP_H

#include "runtime/base/text.h"

typedef struct name_slot {
    burin_text name;
    void      *value; /* NULL: the slot is free */
    uint32_t   hash;
} name_slot;

typedef struct name_map {
    const burin_allocator *alloc;
    name_slot             *slots;
    size_t                 size; /* of slots: 0 or a power of two */
    size_t                 count;
} name_map;

static inline name_map name_map_make(const burin_allocator *alloc) { return (name_map){.alloc = alloc}; }
void  name_map_deinit(name_map *map);
/* NULL when there is none. */
void *name_map_get(const name_map *map, burin_text name);
/* Add or replace; `value` is not NULL. False when memory is out: the map is as it was. */
bool  name_map_put(name_map *map, burin_text name, void *value);
void  name_map_remove(name_map *map, burin_text name);
/* Forget all names, keep the room. */
void  name_map_clear(name_map *map);

#endif
