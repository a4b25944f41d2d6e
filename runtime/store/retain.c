/* Retention: which versions are kept, and what becomes of the memory of those that are not.
 *
 * Each kept version has a list of the blocks that the kept version before it could see and it cannot. When a version goes,
 * the list of its successor says which of its blocks nobody after it needs; of these, what was made after its predecessor's
 * commit was seen by it alone, and goes; the rest stays on the list, joined by its own list, for the predecessor. So dropping a
 * version costs what it differed in. What goes waits in the limbo until no reader can see it.
 * Like ZFS's dead lists of snapshots. */
#include "runtime/store/log.h"

enum { ALONGSIDE = 2 }; /* a version's own blocks: its change list and its note */

static es_ref dead_new(burin_store *s, uint32_t count)
{
    uint32_t units = es_units(sizeof(es_dead) + count * sizeof(es_block));
    es_ref   ref   = es_alloc(&s->memory, units);
    if (ref)
        *(es_dead *)es_at(&s->memory, ref) = (es_dead){.units = units};
    return ref;
}

static void add_block(es_dead *dead, es_ref ref, size_t bytes)
{
    if (ref)
        dead->blocks[dead->count++] = (es_block){ref, es_units(bytes)};
}

static bool seen_before(const burin_store *s, const es_block *block, const es_version *before)
{
    return before && *es_birth(&s->memory, block->ref) <= before->index.seq;
}

/* Blocks on a chain that were made after `before`. */
static uint32_t count_own(const burin_store *s, es_ref chain, const es_version *before)
{
    uint32_t count = 0;
    for (; chain; chain = ((const es_dead *)es_at(&s->memory, chain))->next) {
        const es_dead *dead = es_at(&s->memory, chain);
        for (uint32_t n = 0; n < dead->count; n++)
            count += !seen_before(s, &dead->blocks[n], before);
    }
    return count;
}

/* Move them to `to`, and return what the chain is without them. */
static es_ref take_own(burin_store *s, es_ref chain, const es_version *before, es_dead *to)
{
    es_ref  kept  = chain;
    es_ref *where = &kept;
    while (*where) {
        es_dead *dead = es_at(&s->memory, *where);
        uint32_t left = 0;
        for (uint32_t n = 0; n < dead->count; n++) {
            if (seen_before(s, &dead->blocks[n], before))
                dead->blocks[left++] = dead->blocks[n];
            else
                to->blocks[to->count++] = dead->blocks[n];
        }
        dead->count = left;
        if (left) {
            where = &dead->next;
        } else {
            es_ref empty = *where;
            *where       = dead->next;
            es_free(&s->memory, empty, dead->units);
        }
    }
    return kept;
}

static es_ref join(burin_store *s, es_ref first, es_ref second)
{
    es_ref last = first;
    if (!first)
        return second;
    while (((const es_dead *)es_at(&s->memory, last))->next)
        last = ((const es_dead *)es_at(&s->memory, last))->next;
    ((es_dead *)es_at(&s->memory, last))->next = second;
    return first;
}

/* None of a chunk's versions is kept any more. */
static void queue_chunk(burin_store *s, es_tree *tree, uint32_t number)
{
    if (tree->last_dropped)
        ((es_chunk *)es_at(&s->memory, es_chunk_find(es_directory_of(s, tree), tree->last_dropped - 1)->chunk))->next_dropped = number + 1;
    else
        tree->first_dropped = number + 1;
    tree->last_dropped = number + 1;
}

/* False when memory is out: the version is still kept. */
static bool drop(burin_store *s, es_tree *tree, uint32_t version)
{
    es_version *e      = es_version_entry(s, tree, version), *after = es_version_entry(s, tree, e->after);
    es_version *before = e->before ? es_version_entry(s, tree, e->before) : NULL;
    es_chunk   *chunk  = es_chunk_of(e, version);
    uint32_t    seq    = atomic_load_explicit(&s->seq, memory_order_relaxed);
    uint32_t    own    = before ? count_own(s, after->dead, before) : 0;
    es_ref      ref    = dead_new(s, own + ALONGSIDE);
    if (!ref)
        return false;
    es_dead *gone = es_at(&s->memory, ref);
    if (before) {
        after->dead   = join(s, e->dead, take_own(s, after->dead, before, gone));
        before->after = e->after;
    } else { /* the oldest: everything on the list was its own */
        gone->next   = after->dead;
        after->dead  = 0;
        tree->oldest = e->after;
    }
    after->before = e->before;
    if (e->changes)
        add_block(gone, e->changes, sizeof(es_changes) + ((const es_changes *)es_at(&s->memory, e->changes))->count * sizeof(es_change));
    if (e->note)
        add_block(gone, e->note, sizeof(es_bytes) + ((const es_bytes *)es_at(&s->memory, e->note))->len);
    atomic_store_explicit(&e->state, ES_DROPPED, memory_order_release);
    es_limbo_put(&s->memory, ref, seq + 1); /* who has pinned this commit may have found it still there */
    tree->kept--;
    chunk->dropped_seq = seq;
    if (++chunk->dropped == ES_CHUNK)
        queue_chunk(s, tree, (version - 1) / ES_CHUNK);
    return true;
}

/* Chunks of versions of which none is kept go in two steps: out of the directory when nobody can need them to find a tree's head,
 * and to the limbo, for those who have just looked into the directory. */
static void drop_chunks(burin_store *s, es_tree *tree)
{
    uint32_t oldest = tree->first_dropped ? es_oldest_pinned(s) : 0;
    while (tree->first_dropped) {
        es_chunk_place *place = es_chunk_find(es_directory_of(s, tree), tree->first_dropped - 1);
        es_ref          ref   = atomic_load_explicit(&place->chunk, memory_order_relaxed);
        const es_chunk *chunk = es_at(&s->memory, ref);
        es_ref          gone  = chunk->dropped_seq <= oldest ? dead_new(s, 1) : 0;
        if (!gone)
            return;
        tree->first_dropped = chunk->next_dropped;
        if (!tree->first_dropped)
            tree->last_dropped = 0;
        add_block(es_at(&s->memory, gone), ref, sizeof *chunk);
        atomic_store_explicit(&place->chunk, 0, memory_order_release);
        es_limbo_put(&s->memory, gone, atomic_load_explicit(&s->seq, memory_order_relaxed) + 1);
    }
}

static bool is_wanted(const es_tree *tree, uint32_t version, const es_version *entry)
{
    const burin_retention *r    = &tree->retention;
    uint32_t               head = atomic_load_explicit(&tree->head, memory_order_relaxed);
    if (version == head || (r->last == 0 && r->since_time_ns == 0))
        return true;
    return (r->last && head - version < r->last) || (r->since_time_ns && entry->time_ns >= r->since_time_ns);
}

void es_retain(burin_store *s, es_tree *tree)
{
    for (uint32_t version = tree->oldest, next; version; version = next) {
        const es_version *entry = es_version_entry(s, tree, version);
        next                    = entry->after;
        if (is_wanted(tree, version, entry))
            break;
        if (entry->pins == 0 && !drop(s, tree, version))
            break;
    }
    drop_chunks(s, tree);
}

/* ---- the interface ---- */

burin_status burin_store_retain(burin_store *store, uint32_t tree, const burin_retention *retention, burin_error *err)
{
    es_version *entry;
    uint32_t    head   = 0;
    uint64_t    logged = 0;
    pthread_mutex_lock(&store->lock);
    burin_status status = es_log_ready(store, err);
    if (status == BURIN_OK)
        status = es_find_version(store, UINT32_MAX, tree, &head, &entry, err);
    if (status == BURIN_OK)
        status = es_log_done(store, es_log_retention(store, tree, retention), &logged, err);
    if (status == BURIN_OK) {
        es_tree *t   = es_tree_at(store, tree);
        t->retention        = *retention;
        t->retention_change = logged;
        es_retain(store, t);
        es_sweep(store);
    }
    pthread_mutex_unlock(&store->lock);
    return es_log_end(store, status, logged, err);
}

/* Keep a version once more, or once less. */
static burin_status change_keeps(burin_store *store, uint32_t tree, uint32_t version, int32_t difference, burin_error *err)
{
    es_version *entry;
    uint64_t    logged = 0;
    pthread_mutex_lock(&store->lock);
    burin_status status = es_log_ready(store, err);
    if (status == BURIN_OK)
        status = es_find_version(store, UINT32_MAX, tree, &version, &entry, err);
    if (status == BURIN_OK && difference < 0 && entry->pins == 0)
        status = es_fail(err, BURIN_ERR_USAGE, "version %u of tree %u was not kept", version, tree);
    if (status == BURIN_OK)
        status = es_log_done(store, es_log_keeps(store, tree, version, difference), &logged, err);
    if (status == BURIN_OK)
        entry->pins += (uint32_t)difference;
    if (status == BURIN_OK && entry->pins == 0) {
        es_retain(store, es_tree_at(store, tree));
        es_sweep(store);
    }
    pthread_mutex_unlock(&store->lock);
    return es_log_end(store, status, logged, err);
}

burin_status burin_store_keep(burin_store *store, uint32_t tree, uint32_t version, burin_error *err)
{
    return change_keeps(store, tree, version, 1, err);
}

burin_status burin_store_release(burin_store *store, uint32_t tree, uint32_t version, burin_error *err)
{
    return change_keeps(store, tree, version, -1, err);
}
