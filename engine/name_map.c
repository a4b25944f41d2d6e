#include "engine/name_map.h"

enum { FIRST_SIZE = 16 };

void name_map_deinit(name_map *map)
{
    base_free(map->alloc, map->slots, map->size * sizeof *map->slots);
    *map = name_map_make(map->alloc);
}

/* The slot of `name`, or the free one where it would go. The map is never full. */
static name_slot *find_slot(const name_map *map, burin_text name, uint32_t hash)
{
    size_t mask = map->size - 1;

    for (size_t n = hash & mask;; n = (n + 1) & mask) {
        name_slot *slot = &map->slots[n];
        if (!slot->value || (slot->hash == hash && text_equal(slot->name, name)))
            return slot;
    }
}

void *name_map_get(const name_map *map, burin_text name)
{
    if (map->count == 0)
        return NULL;
    return find_slot(map, name, text_hash(name.data, name.len, 0))->value;
}

static bool grow(name_map *map)
{
    name_map   bigger = {.alloc = map->alloc, .size = map->size ? map->size * 2 : FIRST_SIZE, .count = map->count};
    size_t     bytes  = bigger.size * sizeof *bigger.slots;

    bigger.slots = base_alloc(map->alloc, bytes);
    if (!bigger.slots)
        return false;
    memset(bigger.slots, 0, bytes);
    for (size_t n = 0; n < map->size; n++)
        if (map->slots[n].value)
            *find_slot(&bigger, map->slots[n].name, map->slots[n].hash) = map->slots[n];
    base_free(map->alloc, map->slots, map->size * sizeof *map->slots);
    *map = bigger;
    return true;
}

bool name_map_put(name_map *map, burin_text name, void *value)
{
    uint32_t hash = text_hash(name.data, name.len, 0);

    if ((map->count + 1) * 4 > map->size * 3 && !grow(map))
        return false;
    name_slot *slot = find_slot(map, name, hash);
    if (!slot->value)
        map->count++;
    *slot = (name_slot){name, value, hash};
    return true;
}

void name_map_remove(name_map *map, burin_text name)
{
    if (map->count == 0)
        return;
    size_t     mask = map->size - 1;
    name_slot *slot = find_slot(map, name, text_hash(name.data, name.len, 0));

    if (!slot->value)
        return;
    map->count--;
    /* Close the gap: a later slot of the run moves back unless its own place lies behind the gap. */
    size_t gap = (size_t)(slot - map->slots);
    for (size_t n = (gap + 1) & mask; map->slots[n].value; n = (n + 1) & mask) {
        size_t home = map->slots[n].hash & mask;
        if (((n - home) & mask) >= ((n - gap) & mask)) {
            map->slots[gap] = map->slots[n];
            gap             = n;
        }
    }
    map->slots[gap].value = NULL;
}

void name_map_clear(name_map *map)
{
    if (map->count)
        memset(map->slots, 0, map->size * sizeof *map->slots);
    map->count = 0;
}
