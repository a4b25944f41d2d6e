/* The heap of a render.
 *
 * Blocks form one list: those in use in allocation order up to `current`, spare ones after it. When `current` is full the
 * first spare block that is large enough moves up, else a new one is made; a new block is as large as everything held so
 * far (within bounds), so n bytes take O(log n) blocks. Releasing only moves `current` and `next` back: blocks passed on
 * the way become spare again, and a loop that allocates the same in every round soon makes no new ones.
 * Always true: `order` counts up along the list as far as `current`, so positions compare as (order, next).
 * Reset keeps chunks of at most HEAP_KEPT_MAX bytes in all. */
#include "runtime/heap.h"

#include "runtime/value.h"

enum {
    BLOCK_MIN = 8 * 1024, BLOCK_MAX = 4 * 1024 * 1024, /* bytes, header included */
    LIMIT_PART  = 16, /* of a limit that a chunk takes at most, where sweeping may help against it */
    SPARES_SEEN = 64, /* spare blocks that are looked at before another chunk is made */
    BUDGET_MIN  = 4 * 1024 * 1024, /* bytes that are filled between two sweeps at least, where no limit says less */
};

void heap_init(burin_heap *h, const burin_allocator *alloc, size_t limit)
{
    memset(h, 0, sizeof *h);
    h->alloc = alloc;
    h->limit = limit;
}

/* Call the release functions of objects newer than `until`. */
static void release_objects(burin_heap *h, rt_object_value *until)
{
    while (h->releasable != until) {
        rt_object_value *object = h->releasable;
        h->releasable           = object->next_releasable;
        object->cls->release(object->self);
    }
}

void heap_chunk_free(burin_heap *h, heap_chunk *chunk)
{
    h->held -= chunk->size;
    HEAP_UNPOISON(chunk, (char *)chunk + chunk->size);
    base_free(h->alloc, chunk, chunk->size);
}

void heap_deinit(burin_heap *h)
{
    release_objects(h, NULL);
    while (h->chunks) {
        heap_chunk *next = h->chunks->next;
        heap_chunk_free(h, h->chunks);
        h->chunks = next;
    }
    heap_init(h, h->alloc, h->limit);
}

/* What lies behind `next` in `block`, and all blocks after it, is free. */
static void poison_from(heap_block *block, const char *next)
{
#if BURIN_ADDRESS_SANITIZER
    HEAP_POISON(next, heap_block_end(block));
    for (heap_block *spare = block->next; spare; spare = spare->next)
        HEAP_POISON(heap_block_start(spare), heap_block_end(spare));
#else
    (void)block;
    (void)next;
#endif
}

void heap_rewind(burin_heap *h)
{
    h->current = h->first;
    h->next = h->start = h->end = NULL;
    h->filled  = 0;
    if (h->first) {
        h->next = heap_block_start(h->first);
        h->end  = heap_block_end(h->first);
        if (!h->swept) /* else a reset has more to do */
            h->start = h->next;
        h->first->order = 0;
        poison_from(h->first, h->next);
    }
}

/* Each chunk is a block again, as far as they are kept. */
static void whole_chunks(burin_heap *h)
{
    size_t       kept = 0;
    heap_block **end  = &h->first;
    for (heap_chunk **link = &h->chunks; *link;) {
        heap_chunk *chunk = *link;
        if (kept + chunk->size > HEAP_KEPT_MAX) {
            *link = chunk->next;
            heap_chunk_free(h, chunk);
            continue;
        }
        HEAP_UNPOISON(&chunk->whole, heap_block_start(&chunk->whole));
        chunk->whole.size = chunk->size - offsetof(heap_chunk, whole);
        kept += chunk->size;
        *end = &chunk->whole;
        end  = &chunk->whole.next;
        link = &chunk->next;
    }
    *end     = NULL;
    h->roomy = NULL;
    h->swept = false;
}

void heap_reset_slow(burin_heap *h)
{
    release_objects(h, NULL);
    if (BURIN_UNLIKELY(h->held > HEAP_KEPT_MAX || h->swept))
        whole_chunks(h);
    heap_rewind(h);
    h->floor        = (heap_position){NULL, NULL, NULL};
    h->over_limit   = false;
    h->open         = NULL;
    h->shadows      = 0;
    h->shadow_table = NULL;
    h->used         = 0;
    h->due          = false;
    h->calm         = true;
}

/* The first of so many blocks of a list with room for `size` bytes, taken out of it; NULL when there is none. */
static heap_block *take(heap_block **link, size_t size, size_t seen_max)
{
    for (size_t seen = 0; *link && seen < seen_max; link = &(*link)->next, seen++) {
        heap_block *block = *link;
        if (block->size >= size) {
            *link = block->next;
            return block;
        }
    }
    return NULL;
}

/* Bytes that the next chunk is to have. */
static size_t usual_size(const burin_heap *h)
{
    size_t most = BLOCK_MAX;
    if (h->limit && h->wants_sweep && h->limit / LIMIT_PART < most)
        most = h->limit / LIMIT_PART;
    size_t size = h->held > most ? most : h->held;
    return size < BLOCK_MIN ? BLOCK_MIN : size;
}

static heap_block *block_new(burin_heap *h, size_t needed)
{
    size_t size = usual_size(h);
    needed += offsetof(heap_chunk, whole);
    if (size < needed)
        size = needed;
    if (h->limit && (h->held >= h->limit || size > h->limit - h->held)) {
        size = h->held >= h->limit ? 0 : h->limit - h->held;
        if (size < needed) {
            h->over_limit = true;
            return NULL;
        }
    }
    size              = size & ~(size_t)7;
    heap_chunk *chunk = base_alloc(h->alloc, size);
    if (!chunk && size > needed) /* less will do */
        chunk = base_alloc(h->alloc, size = needed);
    if (!chunk)
        return NULL;
    heap_chunk **last = &h->chunks;
    while (*last)
        last = &(*last)->next;
    *last = chunk;
    *chunk = (heap_chunk){.size = size, .whole = {.size = size - offsetof(heap_chunk, whole)}};
    h->held += size;
    return &chunk->whole;
}

/* Twice as much as is in use, or half of what the limit leaves. */
size_t heap_budget(const burin_heap *h)
{
    size_t budget = 2 * h->used > BUDGET_MIN ? 2 * h->used : BUDGET_MIN, left = h->limit > h->used ? h->limit - h->used : 0;
    return h->limit && left / 2 < budget ? left / 2 : budget;
}

/* A block that is free, put behind `current`. */
static heap_block *next_block(burin_heap *h, size_t needed)
{
    heap_block **link  = h->current ? &h->current->next : &h->first;
    heap_block  *block = take(link, needed, SPARES_SEEN);
    if (!block)
        block = take(&h->roomy, needed, SPARES_SEEN);
    if (!block)
        block = block_new(h, needed);
    if (!block && !(block = take(link, needed, SIZE_MAX)) && !(block = take(&h->roomy, needed, SIZE_MAX)))
        return NULL;
    block->order      = h->current ? h->current->order + 1 : 0;
    block->next       = *link;
    *link             = block;
    return block;
}

void *heap_alloc_slow(burin_heap *h, size_t size)
{
    h->over_limit = false;
    h->calm       = false;
    if (size > SIZE_MAX / 4)
        return NULL;
    heap_block *block = next_block(h, size + sizeof(heap_block));
    if (!block)
        return NULL;
    h->over_limit = false;
    if (h->current)
        h->filled += h->current->size;
    h->current = block;
    h->next    = heap_block_start(block) + size;
    h->end     = heap_block_end(block);
    HEAP_UNPOISON(heap_block_start(block), h->next);
    HEAP_POISON(h->next, h->end);
    if (BURIN_UNLIKELY(h->wants_sweep && h->filled >= heap_budget(h))) {
        h->due = true;
        h->wants_sweep(h);
    }
    return heap_block_start(block);
}

void *heap_resize(burin_heap *h, void *p, size_t old_size, size_t new_size)
{
    size_t old_held = (old_size + 7) & ~(size_t)7, new_held = (new_size + 7) & ~(size_t)7;
    if (p && (char *)p + old_held == h->next && new_held <= (size_t)(h->end - (char *)p) && new_held >= new_size) {
        h->next = (char *)p + new_held;
        HEAP_UNPOISON(p, h->next);
        HEAP_POISON(h->next, h->end);
        return p;
    }
    if (p && new_size <= old_size)
        return p;
    void *copy = heap_alloc(h, new_size);
    if (copy && old_size)
        memcpy(copy, p, old_size);
    return copy;
}

static bool is_before(heap_position a, heap_position b)
{
    if (a.block == b.block)
        return a.next < b.next;
    if (!a.block || !b.block)
        return a.block == NULL;
    return a.block->order < b.block->order;
}

void heap_release_slow(burin_heap *h, heap_position mark)
{
    if (is_before(mark, h->floor))
        mark = h->floor;
    release_objects(h, mark.releasable);
    if (!mark.block) {
        heap_rewind(h);
        return;
    }
    for (const heap_block *block = mark.block; block != h->current; block = block->next)
        h->filled -= block->size;
    h->current = mark.block;
    h->next    = mark.next;
    h->end     = heap_block_end(mark.block);
    poison_from(mark.block, h->next);
}
