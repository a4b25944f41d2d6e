/* Memory: the malloc allocator, arenas and byte buffers.
 *
 * An arena's blocks form a list, newest first; each is about twice the size of the one before, so n bytes take O(log n)
 * blocks. An allocation too large for the next block gets one of its own, placed behind the newest, whose remaining room
 * thus stays in use. Always true: only the newest block has room, and next <= end.
 * A buffer grows by doubling and remembers a failure, so that a chain of appends needs one check at its end. */
#include "runtime/base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void *malloc_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

const burin_allocator base_malloc_allocator = {malloc_resize, NULL};

/* ---- arena ---- */

enum { BLOCK_MIN = 4096, BLOCK_MAX = 1 << 20 }; /* bytes, header included */

struct arena_block {
    arena_block *older;
    size_t       size; /* bytes, header included */
};
_Static_assert(sizeof(arena_block) % 16 == 0, "what follows the header is aligned to 16");

static arena_block *block_new(arena *a, size_t size)
{
    arena_block *block = base_alloc(a->alloc, size);
    if (block) {
        block->size = size;
        a->total += size;
    }
    return block;
}

static void block_use(arena *a, arena_block *block)
{
    a->blocks = block;
    a->next   = (char *)(block + 1);
    a->end    = (char *)block + block->size;
}

void arena_deinit(arena *a)
{
    while (a->blocks) {
        arena_block *older = a->blocks->older;
        base_free(a->alloc, a->blocks, a->blocks->size);
        a->blocks = older;
    }
    *a = arena_make(a->alloc);
}

void arena_reset(arena *a)
{
    arena_block *largest = a->blocks;
    for (arena_block *block = a->blocks; block; block = block->older) {
        if (block->size > largest->size)
            largest = block;
    }
    for (arena_block *block = a->blocks, *older; block; block = older) {
        older = block->older;
        if (block != largest)
            base_free(a->alloc, block, block->size);
    }
    if (largest) {
        largest->older = NULL;
        a->total       = largest->size;
        block_use(a, largest);
    }
}

void *arena_alloc_slow(arena *a, size_t size)
{
    size_t usual = a->blocks ? 2 * a->blocks->size : BLOCK_MIN;
    if (usual > BLOCK_MAX)
        usual = BLOCK_MAX;
    if (size > SIZE_MAX / 2)
        return NULL;
    size_t needed = size + sizeof(arena_block);
    if (a->blocks && needed > usual / 2) { /* large: a block of its own, behind the newest */
        arena_block *block = block_new(a, needed);
        if (!block)
            return NULL;
        block->older     = a->blocks->older;
        a->blocks->older = block;
        return block + 1;
    }
    arena_block *block = block_new(a, needed > usual ? needed : usual);
    if (!block)
        return NULL;
    block->older = a->blocks;
    block_use(a, block);
    void *p = a->next;
    a->next += size;
    return p;
}

char *arena_copy(arena *a, burin_text text)
{
    char *copy = arena_alloc(a, text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* ---- buffer ---- */

void buf_deinit(buf *b)
{
    base_free(b->alloc, b->data, b->cap);
    *b = buf_make(b->alloc);
}

bool buf_reserve(buf *b, size_t extra)
{
    if (b->failed)
        return false;
    if (b->cap - b->len >= extra)
        return true;
    size_t cap = b->cap < 64 ? 64 : 2 * b->cap;
    if (extra > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    if (cap < b->len + extra)
        cap = b->len + extra;
    char *data = b->alloc->resize(b->alloc->user, b->data, b->cap, cap);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap  = cap;
    return true;
}

void buf_append(buf *b, const char *data, size_t len)
{
    if (len && buf_reserve(b, len)) {
        memcpy(b->data + b->len, data, len);
        b->len += len;
    }
}

void buf_append_z(buf *b, const char *text) { buf_append(b, text, strlen(text)); }

void buf_append_byte(buf *b, char c)
{
    if (buf_reserve(b, 1))
        b->data[b->len++] = c;
}

void buf_printf(buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    assert(len >= 0); /* no %ls here, so nothing can fail to encode */
    if (buf_reserve(b, (size_t)len + 1)) {
        vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}
