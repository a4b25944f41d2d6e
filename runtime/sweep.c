/* Sweeping: maps, and free parts as blocks. */
#include "runtime/sweep.h"

#include <stdlib.h>

enum {
    BLOCK_LEAST = 256, /* bytes of a free part that is worth a block */
    ROOMY_LEAST = 8192 /* ... that large things are to find at once */
};

/* ---- maps ---- */

static size_t bit_words(size_t size) { return (size + 511) / 512; }

static int by_address(const void *a, const void *b)
{
    const char *x = ((const heap_range *)a)->start, *y = ((const heap_range *)b)->start;
    return x < y ? -1 : x > y;
}

bool heap_map_init(const burin_heap *h, heap_map *map)
{
    size_t count = 0, words = 0;
    for (const heap_chunk *chunk = h->chunks; chunk; chunk = chunk->next, count++)
        words += bit_words(chunk->size);
    *map        = (heap_map){.size = count * sizeof(heap_range) + words * sizeof(uint64_t)};
    map->ranges = map->size ? base_alloc(h->alloc, map->size) : NULL;
    if (!map->ranges)
        return map->size == 0;
    uint64_t *bits = (uint64_t *)(void *)(map->ranges + count);
    memset(bits, 0, words * sizeof *bits);
    for (const heap_chunk *chunk = h->chunks; chunk; chunk = chunk->next) {
        map->ranges[map->count++] = (heap_range){(const char *)chunk, (const char *)chunk + chunk->size, bits};
        bits += bit_words(chunk->size);
    }
    qsort(map->ranges, count, sizeof *map->ranges, by_address);
    return true;
}

void heap_map_deinit(const burin_heap *h, heap_map *map)
{
    base_free(h->alloc, map->ranges, map->size);
    *map = (heap_map){0};
}

bool heap_map_mark(heap_map *map, const void *p, size_t size)
{
    const heap_range *range = heap_map_find(map, p);
    if (!range)
        return false;
    size_t   from = (size_t)((const char *)p - range->start) / 8, until = ((size_t)((const char *)p - range->start) + size + 7) / 8;
    uint64_t first = (uint64_t)1 << from % 64;
    bool     is_new = !(range->bits[from / 64] & first);
    while (from < until) {
        uint64_t *word  = &range->bits[from / 64];
        size_t    count = 64 - from % 64 < until - from ? 64 - from % 64 : until - from;
        uint64_t  bits  = (count == 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1) << from % 64;
        *word |= bits;
        from += count;
    }
    return is_new;
}

/* ---- sweeping ---- */

typedef struct sweeper {
    burin_heap      *h;
    const heap_range *range;
    heap_block     **end;   /* where the list of blocks goes on ... */
    heap_block     **roomy; /* ... and that of large ones */
    size_t           free; /* bytes of blocks */
} sweeper;

/* The first bit from `from` on that is `set`; `count` where there is none. */
static size_t next_bit(const uint64_t *bits, size_t from, size_t count, bool set)
{
    while (from < count) {
        uint64_t word = (set ? bits[from / 64] : ~bits[from / 64]) >> from % 64;
        if (word) {
            from += (size_t)__builtin_ctzll(word);
            return from < count ? from : count;
        }
        from += 64 - from % 64;
    }
    return count;
}

static void free_part(sweeper *s, char *start, char *end)
{
    HEAP_POISON(start, end);
    if (end - start < BLOCK_LEAST)
        return;
    heap_block *block = (heap_block *)(void *)start;
    HEAP_UNPOISON(block, block + 1);
    *block              = (heap_block){.size = (size_t)(end - start)};
    heap_block ***place = block->size < ROOMY_LEAST ? &s->end : &s->roomy;
    **place             = block;
    *place              = &block->next;
    s->free += block->size;
}

static void sweep_chunk(sweeper *s, heap_chunk *chunk)
{
    char        *start = (char *)chunk;
    const size_t count = chunk->size / 8;
    for (size_t from = next_bit(s->range->bits, offsetof(heap_chunk, whole) / 8, count, false); from < count;) {
        size_t until = next_bit(s->range->bits, from, count, true);
        free_part(s, start + 8 * from, start + 8 * until);
        from = next_bit(s->range->bits, until, count, false);
    }
}

static size_t marked(const heap_map *map)
{
    size_t bits = 0;
    for (size_t n = 0; n < map->count; n++)
        for (size_t word = 0; word < bit_words((size_t)(map->ranges[n].end - map->ranges[n].start)); word++)
            bits += (size_t)__builtin_popcountll(map->ranges[n].bits[word]);
    return 8 * bits;
}

static bool is_empty(const heap_range *range, const heap_chunk *chunk) { return next_bit(range->bits, 0, chunk->size / 8, true) == chunk->size / 8; }

void heap_sweep(burin_heap *h, const heap_map *map)
{
    heap_map find = *map;
    sweeper  s    = {.h = h, .end = &h->first, .roomy = &h->roomy};
    h->used       = marked(map);
    for (heap_chunk **link = &h->chunks; *link;) {
        heap_chunk *chunk = *link;
        s.range           = heap_map_find(&find, chunk);
        if (s.free > heap_budget(h) && is_empty(s.range, chunk)) {
            *link = chunk->next;
            heap_chunk_free(h, chunk);
            continue;
        }
        sweep_chunk(&s, chunk);
        link = &chunk->next;
    }
    *s.end     = NULL;
    *s.roomy   = NULL;
    h->swept   = true;
    h->due     = false;
    h->open    = NULL;
    heap_rewind(h);
    heap_escape(h);
}

void heap_put_off(burin_heap *h)
{
    h->due    = false;
    h->filled = 0;
}
