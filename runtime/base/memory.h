/* Memory: the allocator seam, arenas that are freed all at once, and growing byte buffers.
 *
 * Nothing here aborts: a failed allocation returns NULL or false and the caller reports BURIN_ERR_NOMEM.
 * An arena is a list of blocks; an allocation bumps a pointer in the newest one. Nothing is freed alone, so error
 * paths need no clean-up beyond arena_deinit. Modelled on PostgreSQL's memory contexts. */
#ifndef BURIN_BASE_MEMORY_H
#define BURIN_BASE_MEMORY_H

#include "burin/types.h"
#include "runtime/base/toolchain.h"

#include <string.h>

/* malloc, realloc and free behind the public allocator interface. */
extern const burin_allocator base_malloc_allocator;

static inline void *base_alloc(const burin_allocator *a, size_t size) { return a->resize(a->user, NULL, 0, size); }
static inline void  base_free(const burin_allocator *a, void *p, size_t size)
{
    if (p)
        a->resize(a->user, p, size, 0);
}

/* ---- arena ---- */

typedef struct arena_block arena_block;
typedef struct arena {
    const burin_allocator *alloc;
    arena_block           *blocks; /* newest first */
    char                  *next;   /* bump pointer inside the newest block */
    char                  *end;
    size_t                 total;  /* bytes held, all blocks */
} arena;

/* An empty arena; holds no memory until the first allocation. `alloc` is borrowed for the arena's life. */
static inline arena arena_make(const burin_allocator *alloc) { return (arena){.alloc = alloc}; }
void  arena_deinit(arena *a);
/* Forget every allocation but keep the largest block for reuse. */
void  arena_reset(arena *a);
void *arena_alloc_slow(arena *a, size_t size);

/* `size` bytes aligned to 16, not zeroed; NULL when memory is out. */
static inline void *arena_alloc(arena *a, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (BURIN_LIKELY((size_t)(a->end - a->next) >= size)) {
        void *p = a->next;
        a->next += size;
        return p;
    }
    return arena_alloc_slow(a, size);
}
static inline void *arena_zalloc(arena *a, size_t size)
{
    void *p = arena_alloc(a, size);
    return p ? memset(p, 0, size) : NULL;
}
/* A copy of the text, NUL-terminated after its len bytes. */
char *arena_copy(arena *a, burin_text text);

/* ---- buffer: bytes that grow; used for everything that is built up outside a render heap ---- */

typedef struct buf {
    const burin_allocator *alloc;
    char                  *data;
    size_t                 len, cap;
    bool                   failed; /* an append found no memory; later appends do nothing */
} buf;

static inline buf buf_make(const burin_allocator *alloc) { return (buf){.alloc = alloc}; }
void buf_deinit(buf *b);
/* Room for `extra` more bytes at data+len; false when memory is out. */
bool buf_reserve(buf *b, size_t extra);
void buf_append(buf *b, const char *data, size_t len);
void buf_append_z(buf *b, const char *text);
void buf_append_byte(buf *b, char c);
void buf_printf(buf *b, const char *format, ...) BURIN_PRINTF(2, 3);
static inline burin_text buf_text(const buf *b) { return (burin_text){b->data, b->len}; }

#endif
