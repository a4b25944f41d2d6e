/* Versions: making their entries, publishing them all at once, and forking. See commit.c. */
#include "runtime/base/clock.h"
#include "runtime/store/commit.h"
#include "runtime/store/log.h"

#include <stdlib.h>

enum { DIRECTORY_MIN = 4 };

/* ---- room for a version ---- */

static size_t directory_size(uint32_t cap) { return sizeof(es_directory) + cap * sizeof(es_chunk_place); }

/* A directory of what is there in the old one, with room for as much again. */
static es_directory *copy_directory(es_writer *w, const es_directory *old, es_ref *ref)
{
    uint32_t count = old ? atomic_load_explicit(&old->count, memory_order_relaxed) : 0, there = 0;
    for (uint32_t n = 0; n < count; n++)
        there += atomic_load_explicit(&old->chunks[n].chunk, memory_order_relaxed) != 0;
    uint32_t      cap  = there < DIRECTORY_MIN / 2 ? DIRECTORY_MIN : 2 * there;
    es_directory *made = es_make(w, directory_size(cap), ref);
    if (!made)
        return NULL;
    made->cap = cap;
    there     = 0;
    for (uint32_t n = 0; n < count; n++) {
        es_ref chunk = atomic_load_explicit(&old->chunks[n].chunk, memory_order_relaxed);
        if (chunk)
            made->chunks[there++] = (es_chunk_place){old->chunks[n].number, chunk};
    }
    atomic_init(&made->count, there);
    return made;
}

/* See to it that one more chunk has a place in the directory: the old one, or a larger copy. */
static bool reach_directory(burin_store *s, es_writer *w, const es_tree *tree, es_place *place)
{
    es_ref              ref = atomic_load_explicit(&tree->directory, memory_order_relaxed);
    const es_directory *old = ref ? es_at(&s->memory, ref) : NULL;
    if (old && atomic_load_explicit(&old->count, memory_order_relaxed) < old->cap)
        return true;
    if (!copy_directory(w, old, &place->directory))
        return false;
    es_retire(w, ref, old ? directory_size(old->cap) : 0);
    return true;
}

/* Under the lock, of the newest directory: readers see the chunk when it is counted. */
static void add_chunk(es_directory *dir, uint32_t number, es_ref chunk)
{
    uint32_t count     = atomic_load_explicit(&dir->count, memory_order_relaxed);
    dir->chunks[count] = (es_chunk_place){number, chunk};
    atomic_store_explicit(&dir->count, count + 1, memory_order_release);
}

bool es_place_version(burin_store *s, es_writer *w, es_tree *tree, uint32_t version, es_place *place)
{
    uint32_t  head  = atomic_load_explicit(&tree->head, memory_order_relaxed), at = (version - 1) % ES_CHUNK;
    bool      fits  = head && (head - 1) / ES_CHUNK == (version - 1) / ES_CHUNK;
    es_chunk *chunk = NULL;
    *place          = (es_place){0};
    if (fits)
        chunk = es_chunk_of(es_version_entry(s, tree, head), head);
    else if (reach_directory(s, w, tree, place))
        chunk = es_make(w, sizeof *chunk, &place->chunk);
    if (!chunk)
        return false;
    if (place->chunk)
        memset((char *)chunk + sizeof(uint32_t), 0, sizeof *chunk - sizeof(uint32_t));
    place->entry = &chunk->versions[at];
    memset(place->entry, 0, sizeof *place->entry);
    return true;
}

/* Versions between the head and a new one were not kept: where their chunks are there, for others, they are dropped from the beginning. */
static void skip_versions(const burin_store *s, const es_tree *tree, uint32_t head, uint32_t version, uint32_t seq)
{
    for (uint32_t at = version; (at = es_version_below(s, tree, at)) > head;) {
        es_version *entry = es_version_entry(s, tree, at);
        entry->index.seq  = seq;
        atomic_store_explicit(&entry->state, ES_DROPPED, memory_order_relaxed);
        es_chunk_of(entry, at)->dropped++;
    }
}

void es_publish_version(burin_store *s, es_tree *tree, uint32_t version, const es_place *place)
{
    uint32_t head = atomic_load_explicit(&tree->head, memory_order_relaxed);
    if (place->directory)
        atomic_store_explicit(&tree->directory, place->directory, memory_order_release);
    if (place->chunk)
        add_chunk(es_directory_of(s, tree), (version - 1) / ES_CHUNK, place->chunk);
    if (version > head + 1)
        skip_versions(s, tree, head, version, place->entry->index.seq);
    if (head)
        es_version_entry(s, tree, head)->after = version;
    else
        tree->oldest = version;
    place->entry->before = head;
    tree->kept++;
    atomic_store_explicit(&place->entry->state, ES_KEPT, memory_order_relaxed);
    atomic_store_explicit(&tree->head, version, memory_order_release);
}

/* ---- a commit's versions ---- */

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const es_change *)a)->id, y = ((const es_change *)b)->id;
    return (x > y) - (x < y);
}

static void sort_changes(es_change *items, uint32_t count)
{
    if (count > 32) {
        qsort(items, count, sizeof *items, by_id);
        return;
    }
    for (uint32_t n = 1; n < count; n++) {
        es_change item = items[n];
        uint32_t  at   = n;
        for (; at > 0 && items[at - 1].id > item.id; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static es_ref write_changes(es_writer *w, es_touch *touch)
{
    es_ref      ref;
    es_changes *block = es_make(w, sizeof *block + touch->change_count * sizeof(es_change), &ref);
    if (!block)
        return 0;
    sort_changes(touch->changes, touch->change_count);
    block->count = touch->change_count;
    if (touch->change_count)
        memcpy(block->items, touch->changes, touch->change_count * sizeof(es_change));
    return ref;
}

static es_ref write_dead(es_writer *w, const es_blocks *dead)
{
    es_ref   ref;
    size_t   size  = sizeof(es_dead) + dead->len * sizeof(es_block);
    es_dead *block = dead->len ? es_make(w, size, &ref) : NULL;
    if (!block)
        return 0;
    *block = (es_dead){.count = dead->len, .units = es_units(size)};
    memcpy(block->blocks, dead->items, dead->len * sizeof(es_block));
    return ref;
}

static es_ref write_note(es_writer *w, burin_text note)
{
    es_ref    ref;
    es_bytes *block = note.len ? es_make(w, sizeof *block + note.len, &ref) : NULL;
    if (!block)
        return 0;
    block->len = (uint32_t)note.len;
    memcpy(block->data, note.data, note.len);
    return ref;
}

void es_fill_version(es_writer *w, es_touch *touch, es_version *entry, int64_t time_ns, burin_text note)
{
    entry->index     = touch->index;
    entry->index.seq = w->seq;
    entry->root      = touch->root;
    entry->entities  = touch->entities;
    entry->time_ns   = time_ns;
    entry->note      = write_note(w, note);
    entry->changes   = write_changes(w, touch);
    entry->dead      = write_dead(w, &touch->dead);
}

/* The tree a touch stands for; a new one stays invisible. NULL when memory is out. */
static es_tree *tree_of(burin_txn *t, const es_touch *touch)
{
    burin_store *s = t->store;
    if (!touch->tree && !es_table_reach_all(&s->trees, &s->memory, touch->number))
        return NULL;
    es_tree *tree = es_tree_at(s, touch->number);
    if (!touch->tree)
        memset(tree, 0, sizeof *tree);
    return tree;
}

void es_commit_versions(burin_txn *t, const burin_commit_options *options)
{
    es_writer *w       = &t->writer;
    int64_t    time_ns = 0;
    for (uint32_t n = 0; n < t->touch_count && !w->failed; n++) {
        es_touch *touch = &t->touches[n];
        if (!touch->changed)
            continue;
        if (time_ns == 0)
            time_ns = options->time_ns ? options->time_ns : (int64_t)clock_ns(CLOCK_REALTIME);
        w->dead       = &touch->dead;
        w->shared     = touch->fork_seq;
        es_tree *tree = tree_of(t, touch);
        w->failed |= !tree || touch->version == UINT32_MAX || !es_place_version(t->store, w, tree, touch->version + 1, &touch->next);
        if (w->failed)
            return;
        es_fill_version(w, touch, touch->next.entry, time_ns, options->note);
    }
}

void es_publish_left(burin_store *s, const es_touch *touch)
{
    for (uint32_t n = 0; n < touch->change_count; n++) {
        _Atomic es_home *home = es_home_at(s, touch->changes[n].id);
        es_home          now  = atomic_load_explicit(home, memory_order_relaxed);
        if (touch->changes[n].what == BURIN_REMOVED && now.tree == touch->number)
            atomic_store_explicit(home, ((es_home){touch->number, 0}), memory_order_release);
    }
}

/* An entity lives where it first was, until that tree no longer has it. */
void es_publish_homes(burin_store *s, const es_touch *touch)
{
    for (uint32_t n = 0; n < touch->change_count; n++) {
        uint32_t         id   = touch->changes[n].id;
        _Atomic es_home *home = es_home_at(s, id);
        es_home          now  = atomic_load_explicit(home, memory_order_relaxed);
        if (touch->changes[n].what == BURIN_REMOVED)
            continue;
        if (now.tree == touch->number || (touch->changes[n].what == BURIN_ADDED && now.record == 0))
            atomic_store_explicit(home, ((es_home){touch->number, es_index_get(&s->memory, touch->index, id)}), memory_order_release);
    }
}

void es_commit_publish(burin_txn *t)
{
    burin_store *s     = t->store;
    uint32_t     trees = s->tree_count;
    for (uint32_t n = 0; n < t->touch_count; n++) {
        es_touch *touch = &t->touches[n];
        if (!touch->changed)
            continue;
        es_publish_version(s, es_tree_at(s, touch->number), touch->version + 1, &touch->next);
        trees       = touch->number > trees ? touch->number : trees;
        touch->tree = touch->number;
        es_publish_left(s, touch);
    }
    for (uint32_t n = 0; n < t->touch_count; n++) {
        if (t->touches[n].changed)
            es_publish_homes(s, &t->touches[n]);
    }
    atomic_store_explicit(&s->tree_count, trees, memory_order_release);
    atomic_store(&s->seq, t->writer.seq);
    for (uint32_t n = 0; n < t->writer.dropped.len; n++)
        es_free(&s->memory, t->writer.dropped.items[n].ref, t->writer.dropped.items[n].units);
    for (uint32_t n = 0; n < t->touch_count; n++) {
        if (t->touches[n].changed)
            es_retain(s, es_tree_at(s, t->touches[n].number));
    }
}

/* ---- forks ---- */

/* The fork for where it is kept; nothing is visible yet. */
static burin_status log_fork(burin_store *s, uint32_t number, const es_tree *fork, es_version *entry, uint64_t *logged, burin_error *err)
{
    es_kept kept = {.tree = number, .version = 1, .adjacent = true, .entry = entry};
    return es_log_done(s, es_log_tree(s, number, fork) && es_log_version(s, &kept), logged, err);
}

es_ref es_make_fork(es_writer *w, const es_version *from)
{
    es_ref   ref;
    es_fork *fork = es_make(w, sizeof *fork, &ref);
    if (!fork)
        return 0;
    fork->seq  = from->index.seq;
    fork->from = from->index.fork;
    return ref;
}

/* The new tree with its one version, under the lock. */
static burin_status fork_tree(burin_store *s, uint32_t tree, uint32_t version, es_version *from, uint32_t number, uint64_t *logged, burin_error *err)
{
    uint32_t  seq    = atomic_load_explicit(&s->seq, memory_order_relaxed) + 1;
    es_blocks none   = {0};
    es_writer w      = {.m = &s->memory, .seq = seq, .dead = &none};
    es_place  place;
    bool      made = seq < UINT32_MAX && es_table_reach_all(&s->trees, &s->memory, number);
    es_tree  *fork = made ? es_tree_at(s, number) : NULL;
    if (made) {
        *fork = (es_tree){.parent_tree = tree, .parent_version = version, .fork_seq = from->index.seq};
        made  = es_place_version(s, &w, fork, 1, &place);
    }
    es_ref link = made ? es_make_fork(&w, from) : 0;
    made        = link != 0;
    if (made) {
        place.entry->index      = from->index;
        place.entry->index.seq  = seq;
        place.entry->index.fork = link;
        place.entry->root       = from->root;
        place.entry->entities   = from->entities;
        place.entry->time_ns    = (int64_t)clock_ns(CLOCK_REALTIME);
    }
    burin_status status = made ? log_fork(s, number, fork, place.entry, logged, err) : es_fail_memory(s, err);
    if (status) {
        es_undo(&w);
    } else {
        from->pins++;
        es_publish_version(s, fork, 1, &place);
        if (number > s->tree_count)
            atomic_store_explicit(&s->tree_count, number, memory_order_release);
        atomic_store(&s->seq, seq);
    }
    es_blocks_deinit(&w.made, &s->alloc);
    return status;
}

burin_status burin_store_fork(burin_store *store, uint32_t tree, uint32_t version, uint32_t *out, burin_error *err)
{
    es_version *entry;
    uint64_t    logged = 0;
    pthread_mutex_lock(&store->lock);
    burin_status status = es_log_ready(store, err);
    if (status == BURIN_OK)
        status = es_find_version(store, UINT32_MAX, tree, &version, &entry, err);
    if (status == BURIN_OK)
        status = es_log_tree_number(store, 1, out, err);
    if (status == BURIN_OK)
        status = fork_tree(store, tree, version, entry, *out, &logged, err);
    pthread_mutex_unlock(&store->lock);
    return es_log_end(store, status, logged, err);
}
