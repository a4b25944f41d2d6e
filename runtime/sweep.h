/* Sweeping a heap: what was not marked is free again, where it lies.
 *
 * Nothing moves. A map has a bit for each 8 bytes of every chunk; whoever knows what is in use (runtime/collect.h) marks it. What lies between marks
 * becomes blocks, which are allocated from as others are; chunks without any mark go back to the allocator, beyond what the heap will need
 * again. Like the mark regions of Immix (Blackburn and McKinley, 2008), with parts of any length for lines.
 * What was marked stays until the next sweep: marks that loops hold (heap_mark) are only of use when they were made after it. */
#ifndef BURIN_RUNTIME_SWEEP_H
#define BURIN_RUNTIME_SWEEP_H

#include "runtime/heap.h"

typedef struct heap_range { /* a chunk */
    const char *start, *end;
    uint64_t   *bits;
} heap_range;

typedef struct heap_map {
    heap_range *ranges; /* by address */
    size_t      count, last; /* last: the one that was found last */
    size_t      size; /* of all of it in bytes */
} heap_map;

/* A map without marks. False when memory is out. */
bool heap_map_init(const burin_heap *h, heap_map *map);
void heap_map_deinit(const burin_heap *h, heap_map *map);

/* The chunk that `p` lies in; NULL: it is not of the heap. */
static inline const heap_range *heap_map_find(heap_map *map, const void *p)
{
    const char *at = p;
    size_t      low = 0, high = map->count;
    if (BURIN_LIKELY(map->count && at >= map->ranges[map->last].start && at < map->ranges[map->last].end))
        return &map->ranges[map->last];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at < map->ranges[middle].start)
            high = middle;
        else if (at >= map->ranges[middle].end)
            low = middle + 1;
        else
            return &map->ranges[map->last = middle];
    }
    return NULL;
}
/* Mark `size` bytes, at least one. True when they are the heap's and their beginning had not been marked. */
bool heap_map_mark(heap_map *map, const void *p, size_t size);

/* Free what is not marked, which objects with a release function are. No mark (heap_mark) may be held. */
void heap_sweep(burin_heap *h, const heap_map *map);
/* It cannot be swept now: later, when it has grown as much again. */
void heap_put_off(burin_heap *h);

#endif
