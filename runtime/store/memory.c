/* The memory of an entity store: segments, lists of free blocks, the limbo. See memory.h. */
#include "runtime/store/memory.h"

#include <assert.h>
#include <sys/mman.h>

enum { SMALL_PAGE = 4096, LARGE_PAGE = 2 << 20 };

void es_memory_init(es_memory *m, const burin_allocator *alloc, uint64_t limit)
{
    memset(m, 0, sizeof *m);
    m->alloc = alloc;
    m->limit = limit;
}

void es_memory_deinit(es_memory *m)
{
    for (unsigned k = 0; k < ES_SEGMENTS; k++) {
        if (m->segments[k].p)
            es_free_piece(m->alloc, m->segments[k].p, m->segments[k].size);
    }
    es_memory_init(m, m->alloc, m->limit);
}

/* Which list free blocks of this size stand in; rounds the size up to what that list holds. */
static unsigned size_list(uint32_t *units)
{
    if (*units <= ES_EXACT)
        return *units;
    unsigned power = 31 - (unsigned)__builtin_clz(*units - 1); /* 2^power < units <= 2^(power + 1) */
    uint32_t step  = (uint32_t)1 << (power - 3);
    uint32_t part  = (*units - 1 - ((uint32_t)1 << power)) / step; /* 0 .. 7 */
    *units         = ((uint32_t)1 << power) + (part + 1) * step;
    return ES_EXACT + 1 + 8 * power + part;
}

uint32_t es_units(size_t bytes)
{
    if (bytes > (size_t)1 << 31)
        return 0;
    uint32_t units = (uint32_t)((bytes + ES_UNIT - 1) / ES_UNIT);
    size_list(&units);
    return units;
}

static void push_free(es_memory *m, es_ref ref, uint32_t units)
{
    es_ref *list = &m->free[size_list(&units)];
    memcpy(es_at(m, ref), list, sizeof *list);
    *list = ref;
}

/* The rest of the newest segment becomes free blocks, so that nothing is lost when it is left. */
static void retire_segment(es_memory *m)
{
    while (m->next != m->end) {
        uint32_t units = m->end - m->next;
        if (units > ES_EXACT)
            units = ES_EXACT;
        push_free(m, m->next, units);
        m->next += units;
    }
}

/* ---- pieces ----
 *
 * A look-up at random in a large store otherwise waits as long for page tables as for what it looks for. What malloc would give begins anywhere, or lies on small
 * pages that were used before: a large piece is mapped instead, from the beginning of a large page on. A host's own allocator is asked for all of it. */

static bool is_mapped(const burin_allocator *alloc, size_t size) { return size >= LARGE_PAGE && alloc->resize == base_malloc_allocator.resize; }

static size_t whole_pages(size_t size) { return (size + SMALL_PAGE - 1) & ~(size_t)(SMALL_PAGE - 1); }

static void *map_aligned(size_t size)
{
    size_t size_up = whole_pages(size);
    char  *p       = mmap(NULL, size_up + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)p & (LARGE_PAGE - 1), after = LARGE_PAGE - before;
    if (before)
        munmap(p, before);
    munmap(p + before + size_up, after);
    madvise(p + before, size_up, MADV_HUGEPAGE); /* only a wish */
    return p + before;
}

void *es_take_piece(const burin_allocator *alloc, size_t size, bool *zeroed)
{
    bool mapped = is_mapped(alloc, size);
    if (zeroed)
        *zeroed = mapped;
    return mapped ? map_aligned(size) : base_alloc(alloc, size);
}

void es_free_piece(const burin_allocator *alloc, void *p, size_t size)
{
    if (p && is_mapped(alloc, size))
        munmap(p, whole_pages(size));
    else
        base_free(alloc, p, size);
}

/* A segment with room for so many units, which may take several numbers. */
static bool add_segment(es_memory *m, uint32_t units)
{
    enum { LARGEST = 1 << ES_INSIDE };
    uint32_t numbers = units / LARGEST + (units % LARGEST != 0), room = LARGEST * numbers;
    unsigned smallest = m->count < ES_INSIDE - ES_FIRST ? ES_FIRST + m->count : ES_INSIDE;
    if (m->count > ES_SEGMENTS - numbers)
        return false;
    for (uint32_t half = room / 2; half >= units && half >= (uint32_t)1 << smallest; half /= 2)
        room = half;
    enum { NODE_BYTES = ES_NODE * ES_UNIT };
    size_t size = (size_t)room * ES_UNIT + NODE_BYTES;
    void  *p    = es_take_piece(m->alloc, size, NULL);
    if (!p)
        return false;
    uintptr_t start = ((uintptr_t)p + NODE_BYTES - 1) & ~(uintptr_t)(NODE_BYTES - 1);
    retire_segment(m);
    m->segments[m->count].p    = p;
    m->segments[m->count].size = size;
    m->next                    = m->count << ES_INSIDE;
    m->end                     = m->next + room;
    for (uintptr_t base = start - (uintptr_t)m->next * ES_UNIT; numbers > 0; numbers--)
        m->base[m->count++] = base;
    m->next += m->next == 0; /* reference 0 is none */
    return true;
}

/* Units that were never used, at a multiple of `align` of them; 0 when memory is out. What is left out before them is free. */
static es_ref cut(es_memory *m, uint32_t units, uint32_t align)
{
    uint32_t gap = -m->next & (align - 1);
    if (m->end - m->next < (uint64_t)units + gap) {
        if (!add_segment(m, units + (m->count == 0 ? align : 0)))
            return 0;
        gap = -m->next & (align - 1);
    }
    for (uint32_t piece; gap > 0; gap -= piece) {
        piece = gap < ES_EXACT ? gap : ES_EXACT;
        push_free(m, m->next, piece);
        m->next += piece;
    }
    es_ref ref = m->next;
    m->next += units;
    return ref;
}

static es_ref alloc_node(es_memory *m)
{
    enum { TOGETHER = 8 }; /* so that little is left out between nodes and other blocks */
    if (!m->free_node) {
        es_ref first = cut(m, TOGETHER * ES_NODE, ES_NODE);
        if (!first)
            return 0;
        for (uint32_t n = TOGETHER; n-- > 0;) {
            memcpy(es_at(m, first + n * ES_NODE), &m->free_node, sizeof m->free_node);
            m->free_node = first + n * ES_NODE;
        }
    }
    es_ref ref = m->free_node;
    memcpy(&m->free_node, es_at(m, ref), sizeof ref);
    return ref;
}

static es_ref alloc_units(es_memory *m, uint32_t units)
{
    uint32_t rounded = units;
    es_ref  *list    = &m->free[size_list(&rounded)];
    assert(rounded == units); /* es_units has rounded it */
    es_ref ref = *list;
    if (!ref)
        return cut(m, units, 1);
    memcpy(list, es_at(m, ref), sizeof *list);
    return ref;
}

es_ref es_alloc(es_memory *m, uint32_t units)
{
    if (units == 0)
        return 0;
    uint64_t bytes = (uint64_t)(units == ES_IS_NODE ? ES_NODE : units) * ES_UNIT;
    m->over_limit  = m->limit && m->used + bytes > m->limit;
    if (m->over_limit)
        return 0;
    es_ref ref = units == ES_IS_NODE ? alloc_node(m) : alloc_units(m, units);
    m->used += ref ? bytes : 0;
    return ref;
}

void es_free(es_memory *m, es_ref ref, uint32_t units)
{
    m->used -= (uint64_t)(units == ES_IS_NODE ? ES_NODE : units) * ES_UNIT;
    if (units != ES_IS_NODE) {
        push_free(m, ref, units);
        return;
    }
    memcpy(es_at(m, ref), &m->free_node, sizeof ref);
    m->free_node = ref;
}

void es_limbo_put(es_memory *m, es_ref dead, uint32_t since)
{
    if (!dead)
        return;
    if (m->limbo_last)
        ((es_dead *)es_at(m, m->limbo_last))->next = dead;
    else
        m->limbo_first = dead;
    for (es_ref ref = dead; ref;) {
        es_dead *chunk = es_at(m, ref);
        chunk->since   = since;
        m->limbo_last  = ref;
        ref            = chunk->next;
    }
}

void es_limbo_sweep(es_memory *m, uint32_t oldest)
{
    while (m->limbo_first) {
        es_ref   ref   = m->limbo_first;
        es_dead *chunk = es_at(m, ref);
        if (chunk->since > oldest)
            return;
        m->limbo_first = chunk->next;
        if (!m->limbo_first)
            m->limbo_last = 0;
        for (uint32_t n = 0; n < chunk->count; n++)
            es_free(m, chunk->blocks[n].ref, chunk->blocks[n].units);
        es_free(m, ref, chunk->units);
    }
}
