/* The heap of a render.
 *
 * Blocks form one list: those in use in allocation order up to `current`, spare ones after it. When `current` is full the
 * first spare block that is large enough moves up, else a new one is made; a new block is as large as everything held so
 * far (within bounds), so n bytes take O(log n) blocks. Releasing only moves `current` and `next` back: blocks passed on
 * the way become spare again, and a loop that allocates the same in every round soon makes no new ones.
 * Always true: `order` counts up along the list as far as `current`, so positions compare as (order, next).
 * Reset keeps blocks of at most HEAP_KEPT_MAX bytes in all. */
#include "runtime/heap.h"

#include "runtime/value.h"

enum { BLOCK_MIN = 8 * 1024, BLOCK_MAX = 4 * 1024 * 1024 }; /* bytes, header included */

struct heap_block {
    heap_block *next;
    size_t      size;  /* bytes, header included */
    uint64_t    order; /* place in the list; meaningless for spare blocks */
};

static char *block_start(heap_block *block) { return (char *)(block + 1); }

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

static char *block_end(heap_block *block) { return (char *)block + block->size; }

static void block_free(burin_heap *h, heap_block *block)
{
    h->held -= block->size;
    HEAP_UNPOISON(block_start(block), block_end(block));
    base_free(h->alloc, block, block->size);
}

void heap_deinit(burin_heap *h)
{
    release_objects(h, NULL);
    while (h->first) {
        heap_block *next = h->first->next;
        block_free(h, h->first);
        h->first = next;
    }
    heap_init(h, h->alloc, h->limit);
}

/* What lies behind `next` in `block`, and all blocks after it, is free. */
static void poison_from(heap_block *block, const char *next)
{
#if defined(HEAP_SANITIZED)
    HEAP_POISON(next, block_end(block));
    for (heap_block *spare = block->next; spare; spare = spare->next)
        HEAP_POISON(block_start(spare), block_end(spare));
#else
    (void)block;
    (void)next;
#endif
}

/* Make everything after the first block spare, or everything when there is none. */
static void rewind_to_start(burin_heap *h)
{
    h->current = h->first;
    h->next = h->start = h->end = NULL;
    if (h->first) {
        h->next = h->start = block_start(h->first);
        h->end          = block_end(h->first);
        h->first->order = 0;
        poison_from(h->first, h->next);
    }
}

static void free_above_kept(burin_heap *h)
{
    size_t kept = 0;
    for (heap_block **link = &h->first; *link;) {
        heap_block *block = *link;
        if (kept + block->size > HEAP_KEPT_MAX) {
            *link = block->next;
            block_free(h, block);
        } else {
            kept += block->size;
            link = &block->next;
        }
    }
}

void heap_reset_slow(burin_heap *h)
{
    release_objects(h, NULL);
    if (BURIN_UNLIKELY(h->held > HEAP_KEPT_MAX))
        free_above_kept(h);
    rewind_to_start(h);
    h->floor        = (heap_position){NULL, NULL, NULL};
    h->over_limit   = false;
    h->open         = NULL;
    h->shadows      = 0;
    h->shadow_table = NULL;
}

/* The first spare block with room for `size` bytes, taken out of the list; NULL when there is none. */
static heap_block *take_spare(burin_heap *h, size_t size)
{
    heap_block **link = h->current ? &h->current->next : &h->first;
    for (; *link; link = &(*link)->next) {
        heap_block *block = *link;
        if (block->size >= size) {
            *link = block->next;
            return block;
        }
    }
    return NULL;
}

static heap_block *block_new(burin_heap *h, size_t needed)
{
    size_t size = h->held < BLOCK_MIN ? BLOCK_MIN : h->held > BLOCK_MAX ? BLOCK_MAX : h->held;
    if (size < needed)
        size = needed;
    if (h->limit && (h->held >= h->limit || size > h->limit - h->held)) {
        size = h->held >= h->limit ? 0 : h->limit - h->held;
        if (size < needed) {
            h->over_limit = true;
            return NULL;
        }
    }
    heap_block *block = base_alloc(h->alloc, size);
    if (!block && size > needed) /* less will do */
        block = base_alloc(h->alloc, size = needed);
    if (!block)
        return NULL;
    block->size = size;
    h->held += size;
    return block;
}

void *heap_alloc_slow(burin_heap *h, size_t size)
{
    h->over_limit = false;
    if (size > SIZE_MAX / 4)
        return NULL;
    size_t      needed = size + sizeof(heap_block);
    heap_block *block  = take_spare(h, needed);
    if (!block)
        block = block_new(h, needed);
    if (!block)
        return NULL;
    if (h->current) {
        block->order     = h->current->order + 1;
        block->next      = h->current->next;
        h->current->next = block;
    } else {
        block->order = 0;
        block->next  = h->first;
        h->first     = block;
    }
    h->current = block;
    h->next    = block_start(block) + size;
    h->end     = block_end(block);
    HEAP_UNPOISON(block_start(block), h->next);
    HEAP_POISON(h->next, h->end);
    return block_start(block);
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
        rewind_to_start(h);
        return;
    }
    h->current = mark.block;
    h->next    = mark.next;
    h->end     = block_end(mark.block);
    poison_from(mark.block, h->next);
}
