/* The heap of a render: bump-allocated, dropped whole; that of a session, which lasts, is swept now and then (runtime/sweep.h).
 *
 * Every container, text and object a render makes lives here. There is no reference counting and no freeing of single
 * things. A loop releases what one iteration made: `heap_mark` at its start, `heap_release` at its end. What must
 * survive is protected by the floor: whoever stores a pointer into something that existed before (a list's append, a
 * namespace attribute, the state of an iterator) calls `heap_escape` afterwards, and a release never goes below it.
 * Always true: mark <= next; floor <= next. Blocks are kept when the heap is reset, so a warm render makes no malloc.
 * A text that has just been made by joining is open: another may be joined to it where it stands, and the old one is then its beginning.
 * Objects with a `release` function are chained and released when they go (release or reset). */
#ifndef BURIN_RUNTIME_HEAP_H
#define BURIN_RUNTIME_HEAP_H

#include "burin/function.h"
#include "runtime/base/memory.h"

/* In AddressSanitizer builds what is free is poisoned, so that use of something released is found at once. */
#if BURIN_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#define HEAP_POISON(start, end) ASAN_POISON_MEMORY_REGION(start, (size_t)((char *)(end) - (char *)(start)))
#define HEAP_UNPOISON(start, end) ASAN_UNPOISON_MEMORY_REGION(start, (size_t)((char *)(end) - (char *)(start)))
#else
#define HEAP_POISON(start, end) ((void)0)
#define HEAP_UNPOISON(start, end) ((void)0)
#endif

/* A stretch that is allocated from: a chunk as a whole or, in a heap that was swept, a free part of one. */
typedef struct heap_block heap_block;
struct heap_block {
    heap_block *next;
    size_t      size;  /* bytes, header included */
    uint64_t    order; /* place in the list; meaningless for spare blocks */
};
static inline char *heap_block_start(heap_block *block) { return (char *)(block + 1); }
static inline char *heap_block_end(heap_block *block) { return (char *)block + block->size; }

/* What the allocator has given. */
typedef struct heap_chunk heap_chunk;
struct heap_chunk {
    heap_chunk *next;
    size_t      size;  /* bytes, header included */
    heap_block  whole; /* its memory, when it has not been swept */
};

typedef struct heap_position { /* a place in allocation order */
    heap_block *block;
    char       *next;
    struct rt_object_value *releasable; /* newest object with a release function at that time */
} heap_position;

struct burin_heap {
    char                  *next, *end;  /* bump pointer and end inside `current` */
    char                  *start;       /* where `next` is after a reset */
    bool                   calm;        /* since that nothing but the first block has been filled: another has nothing else to do */
    heap_block            *current;
    heap_block            *first;       /* blocks in allocation order, spare ones after `current` */
    heap_block            *roomy;       /* of a swept heap: large ones that are free */
    heap_chunk            *chunks;      /* in the order they were made */
    heap_position          floor;       /* nothing below it is released before reset */
    struct rt_object_value *releasable;
    const burin_allocator *alloc;
    size_t                 held;        /* bytes in chunks */
    size_t                 filled;      /* bytes of the blocks before `current`, since the heap was swept */
    size_t                 used;        /* bytes that were marked then */
    void                 (*wants_sweep)(burin_heap *h); /* of heaps that are swept: called when it is due; NULL */
    bool                   due;         /* it is time to sweep */
    bool                   swept;       /* blocks are parts of chunks */
    size_t                 limit;       /* most bytes that may be held; 0: no limit */
    bool                   over_limit;  /* the last failed allocation was refused by `limit`, not by the allocator */
    bool                   borrowed;    /* what is made here is the host's: containers are marked RT_BORROWED */
    uint64_t               serial;      /* ... the last that keys of a dict got here; 0: none has got one */
    uint32_t               shadows;     /* containers of the host that this heap holds changed copies of */
    void                  *shadow_table;
    char                  *open;        /* end of the text that heap_extend may make longer; NULL: none */
    uint64_t               hash_seed;
};

void  heap_init(burin_heap *h, const burin_allocator *alloc, size_t limit);
void  heap_deinit(burin_heap *h);
enum { HEAP_KEPT_MAX = 8 * 1024 * 1024 }; /* bytes */
/* Forget everything; keep blocks of up to HEAP_KEPT_MAX for the next render. */
void  heap_reset_slow(burin_heap *h);
static inline void heap_reset(burin_heap *h)
{
#if !BURIN_ADDRESS_SANITIZER
    if (BURIN_LIKELY(h->calm)) {
        h->next       = h->start;
        h->floor      = (heap_position){NULL, NULL, NULL};
        h->over_limit = false;
        h->open       = NULL;
        return;
    }
#endif
    heap_reset_slow(h);
}
void *heap_alloc_slow(burin_heap *h, size_t size);
/* Bytes that are filled before it is time to sweep. */
size_t heap_budget(const burin_heap *h);
/* Give a chunk that is in no list any more back to the allocator. */
void heap_chunk_free(burin_heap *h, heap_chunk *chunk);
/* Begin at the first block; spare are all others. */
void heap_rewind(burin_heap *h);

/* Can so many bytes, a multiple of 8, be had without asking for memory? */
static inline bool heap_has_room(const burin_heap *h, size_t size) { return (size_t)(h->end - h->next) > size; }
/* `size` bytes aligned to 8, not zeroed; NULL when memory is out or the limit is reached. Of size 0 it is a place too: more room than is
 * asked for is wanted, which a heap without blocks has not. */
static inline void *heap_alloc(burin_heap *h, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (BURIN_LIKELY(heap_has_room(h, size))) {
        void *p = h->next;
        h->next += size;
        HEAP_UNPOISON(p, h->next);
        return p;
    }
    return heap_alloc_slow(h, size);
}
/* Grow in place when `p` is the newest allocation, else copy. */
void *heap_resize(burin_heap *h, void *p, size_t old_size, size_t new_size);

/* What has been made lies up to `end`, at the end of the newest allocation, and more may be put behind it. */
static inline void heap_open(burin_heap *h, char *end) { h->open = end; }
/* Room for `more` bytes behind `end`, if that is the open end and there is room; then the new end is open. */
static inline bool heap_extend(burin_heap *h, const char *end, size_t more)
{
    size_t aligned = ((uintptr_t)end + 7) & ~(uintptr_t)7, wanted = ((uintptr_t)end + more + 7) & ~(uintptr_t)7;
    if (end != h->open || aligned != (uintptr_t)h->next || (size_t)(h->end - h->next) <= wanted - aligned)
        return false;
    h->next += wanted - aligned;
    h->open += more;
    HEAP_UNPOISON(end, h->next);
    return true;
}

static inline heap_position heap_mark(const burin_heap *h) { return (heap_position){h->current, h->next, h->releasable}; }
void heap_release_slow(burin_heap *h, heap_position mark);
/* Drop what was made since `mark`, down to the floor. */
static inline void heap_release(burin_heap *h, heap_position mark)
{
    h->open = NULL;
#if !BURIN_ADDRESS_SANITIZER
    if (BURIN_LIKELY(mark.block == h->current && mark.releasable == h->releasable &&
                     (h->floor.block != mark.block || h->floor.next <= mark.next))) { /* the usual case: all in one block */
        h->next = mark.next;
        return;
    }
#endif
    heap_release_slow(h, mark);
}
/* What exists now stays until reset. */
static inline void heap_escape(burin_heap *h) { h->floor = heap_mark(h); }

#endif
