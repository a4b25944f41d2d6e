/* The memory of an entity store: blocks named by 32-bit references, and their return when no reader can see them.
 *
 * A reference is a number of a segment, of 7 bits, above the number of a unit of 8 bytes in it, of 25; so the address of a block is one
 * shift, one load and one addition away. Segments never move; each is twice as large as the one before, up to 256 MiB. A larger one,
 * for a larger block, has several numbers. Freed blocks wait in lists by size. Every block begins with the number of the commit that made it (its birth),
 * which is what retention decides by (runtime/store/retain.c). A node of the index (runtime/store/index.h) is a block that begins where a pair of cache lines does.
 * Who changes what: only the holder of the store's lock allocates or frees; readers only follow references that were
 * published to them. A block that readers may still look at goes through the limbo. */
#ifndef BURIN_STORE_MEMORY_H
#define BURIN_STORE_MEMORY_H

#include "runtime/base/memory.h"

typedef uint32_t es_ref; /* 0: nothing */

enum {
    ES_UNIT        = 8,  /* bytes */
    ES_SEGMENTS    = 128,
    ES_INSIDE      = 25, /* bits of a reference that say where in a segment */
    ES_FIRST       = 13, /* the first segment: 2^13 units, 64 KiB */
    ES_NODE        = 16, /* units */
    ES_EXACT       = 64, /* blocks of up to so many units have a list for each size, larger ones eight for each power of two */
    ES_SIZE_LISTS  = ES_EXACT + 1 + 8 * 32,
};

/* What a block is freed by. */
typedef struct es_block {
    es_ref   ref;
    uint32_t units; /* ES_IS_NODE: a node */
} es_block;
#define ES_IS_NODE UINT32_MAX

/* Blocks that one version replaced, chained: the blocks that the version before could see and this one cannot. Nobody but
 * the holder of the lock looks at it. */
typedef struct es_dead {
    es_ref   next;
    uint32_t count;
    uint32_t since; /* in the limbo: readers that pinned before this commit may still look at the blocks */
    uint32_t units; /* of this block itself */
    es_block blocks[];
} es_dead;

typedef struct es_memory {
    const burin_allocator *alloc;
    uintptr_t              base[ES_SEGMENTS]; /* address of a segment less its first reference's units */
    struct { void *p; size_t size; } segments[ES_SEGMENTS]; /* as allocated, a node larger than what is used, which begins where one may; a number that is the one before's has none */
    uint32_t               count;             /* numbers given */
    uint32_t               next, end;         /* units of the newest segment that were never used; the last may be 0: the number after all */
    es_ref                 free[ES_SIZE_LISTS], free_node;
    es_ref                 limbo_first, limbo_last;
    uint64_t               used;  /* bytes in live blocks, the limbo's included */
    uint64_t               limit; /* most bytes `used` may reach; 0: no limit */
    bool                   over_limit; /* the last failure was the limit's */
} es_memory;

/* A piece of memory that is long-lived and read at random, on large pages where that may be; NULL when memory is out. *zeroed, if not NULL: whether it is. */
void *es_take_piece(const burin_allocator *alloc, size_t size, bool *zeroed);
void  es_free_piece(const burin_allocator *alloc, void *p, size_t size);

void es_memory_init(es_memory *m, const burin_allocator *alloc, uint64_t limit);
void es_memory_deinit(es_memory *m);

static inline void *es_at(const es_memory *m, es_ref ref)
{
    return (void *)(m->base[ref >> ES_INSIDE] + (uintptr_t)ref * ES_UNIT); // NOLINT: the segment's address
}
/* The units that a block of so many bytes takes; 0 when it is too large for a store (2 GiB). */
uint32_t es_units(size_t bytes);
/* Not zeroed; 0 when memory is out or the limit is reached. units: of es_units, or ES_IS_NODE. */
es_ref es_alloc(es_memory *m, uint32_t units);
/* The birth of a block. */
static inline uint32_t *es_birth(const es_memory *m, es_ref ref) { return es_at(m, ref); }
void   es_free(es_memory *m, es_ref ref, uint32_t units);
/* Blocks that nobody may need any more once every reader has pinned commit `since` or later. Takes the chain over. */
void es_limbo_put(es_memory *m, es_ref dead, uint32_t since);
/* Free what waits for commits up to `oldest`, which is the oldest that a reader has pinned. */
void es_limbo_sweep(es_memory *m, uint32_t oldest);

#endif
