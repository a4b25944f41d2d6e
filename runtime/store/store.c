/* A store's life: making and freeing it, the slots of its readers, what it counts. See store.h. */
#include "runtime/store/store.h"
#include "runtime/base/diag.h"
#include "runtime/store/log.h"
#include "runtime/store/txn.h"

#include <stdarg.h>

burin_status es_fail(burin_error *err, burin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_vfail(err, status, NULL, 0, (span){0, 0}, format, args);
    va_end(args);
    return status;
}

burin_status es_fail_memory(const burin_store *s, burin_error *err)
{
    if (s->memory.over_limit)
        return es_fail(err, BURIN_ERR_LIMIT, "the store's memory limit of %llu bytes was reached", (unsigned long long)s->memory.limit);
    return es_fail(err, BURIN_ERR_NOMEM, "out of memory");
}

/* ---- tables ---- */

bool es_table_reach(es_table *t, es_memory *m, uint32_t n)
{
    unsigned k = 63 - (unsigned)__builtin_clzll((uint64_t)n + 16);
    if (t->segments[k - 4])
        return true;
    size_t size   = t->item << k;
    m->over_limit = m->limit && m->used + size > m->limit;
    bool  zeroed  = false;
    void *p       = m->over_limit ? NULL : es_take_piece(m->alloc, size, &zeroed);
    if (!p)
        return false;
    m->used += size;
    if (!zeroed)
        memset(p, 0, size);
    __atomic_store_n(&t->segments[k - 4], p, __ATOMIC_RELEASE);
    return true;
}

bool es_table_reach_all(es_table *t, es_memory *m, uint32_t n)
{
    bool good = true;
    for (uint64_t at = 0; at <= n && good; at = 2 * (at + 16) - 16) /* once a segment */
        good = es_table_reach(t, m, (uint32_t)at);
    return good;
}

void es_table_deinit(es_table *t, const burin_allocator *alloc)
{
    for (unsigned k = 0; k < sizeof t->segments / sizeof *t->segments; k++)
        es_free_piece(alloc, t->segments[k], t->item << (k + 4));
}

/* ---- the store ---- */

burin_store *burin_store_new(const burin_store_options *options, burin_error *err)
{
    burin_store_options given = options ? *options : (burin_store_options){0};
    burin_allocator     alloc = given.allocator ? *given.allocator : base_malloc_allocator;
    burin_store        *s     = base_alloc(&alloc, sizeof *s);

    if (!s) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    memset(s, 0, sizeof *s);
    s->alloc    = alloc;
    s->arrivals = buf_make(&s->alloc);
    pthread_mutex_init(&s->lock, NULL);
    es_memory_init(&s->memory, &s->alloc, given.memory_limit);
    s->trees.item = sizeof(es_tree);
    atomic_store(&s->seq, 1);
    atomic_store(&s->next_id, ES_ID_BLOCK);
    return s;
}

void burin_store_free(burin_store *store)
{
    if (!store)
        return;
    burin_allocator alloc = store->alloc;
    es_log_free(store->log);
    for (burin_txn *t = store->idle, *next; t; t = next) {
        next = es_txn_next_idle(t);
        es_txn_free(t);
    }
    for (es_slot *slot = store->slots, *next; slot; slot = next) {
        next = slot->next;
        base_free(&alloc, slot, sizeof *slot);
    }
    for (uint32_t n = 1; n <= store->type_count; n++)
        es_type_free(store, store->types[n]);
    es_table_deinit(&store->trees, &alloc);
    es_homes_deinit(&store->homes, &alloc);
    es_memory_deinit(&store->memory);
    buf_deinit(&store->arrivals);
    pthread_mutex_destroy(&store->lock);
    base_free(&alloc, store, sizeof *store);
}

void burin_store_stats_of(burin_store *store, burin_store_stats *out)
{
    pthread_mutex_lock(&store->lock);
    *out = (burin_store_stats){.commits   = atomic_load(&store->seq) - 1,
                               .conflicts = store->conflicts,
                               .rebases   = store->rebases,
                               .entities  = atomic_load(&store->next_id) - ES_ID_BLOCK,
                               .bytes     = store->memory.used};
    for (uint32_t tree = 1; tree <= store->tree_count; tree++) {
        out->trees += es_tree_at(store, tree)->kept != 0;
        out->versions += es_tree_at(store, tree)->kept;
    }
    pthread_mutex_unlock(&store->lock);
}

/* ---- chunks of versions ---- */

uint32_t es_chunks_up_to(const es_directory *dir, uint32_t number)
{
    uint32_t first = 0, end = atomic_load_explicit(&dir->count, memory_order_acquire);
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (dir->chunks[middle].number <= number)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

uint32_t es_version_below(const burin_store *s, const es_tree *tree, uint32_t version)
{
    const es_directory *dir    = es_directory_of(s, tree);
    uint32_t            number = (version - 1) / ES_CHUNK, at = es_chunks_up_to(dir, number);
    bool                there  = at && dir->chunks[at - 1].number == number && atomic_load_explicit(&dir->chunks[at - 1].chunk, memory_order_acquire);
    if (there && (version - 1) % ES_CHUNK)
        return version - 1;
    while (at && (dir->chunks[at - 1].number == number || !atomic_load_explicit(&dir->chunks[at - 1].chunk, memory_order_acquire)))
        at--;
    return at ? (dir->chunks[at - 1].number + 1) * ES_CHUNK : 0;
}

/* ---- slots ---- */

es_slot *es_slot_take(burin_store *s)
{
    es_slot *slot = s->slots;
    while (slot && slot->taken)
        slot = slot->next;
    if (!slot) {
        slot = base_alloc(&s->alloc, sizeof *slot);
        if (!slot)
            return NULL;
        memset(slot, 0, sizeof *slot);
        slot->next = s->slots;
        s->slots   = slot;
    }
    slot->taken = true;
    return slot;
}

uint32_t es_oldest_pinned(const burin_store *s)
{
    uint32_t oldest = UINT32_MAX;
    for (const es_slot *slot = s->slots; slot; slot = slot->next) {
        uint32_t pinned = atomic_load(&slot->pinned);
        if (pinned && pinned < oldest)
            oldest = pinned;
    }
    return oldest;
}

void es_sweep(burin_store *s)
{
    if (s->memory.limbo_first)
        es_limbo_sweep(&s->memory, es_oldest_pinned(s));
}
