/* The inside of an entity store.
 *
 * Lock-free reading: whatever is published (by the release store of `seq`) is never written again, except what is atomic
 * here. A reader announces the commit it pinned in its slot before it looks at anything; the writer, holding the lock,
 * lets a replaced block go only when every announced commit is at least the one that replaced it. Versions of a tree are
 * found through a directory of chunks; a commit fills in the version entries of all trees it changes, moves their heads, and
 * publishes `seq` last: a reader takes the newest version whose commit is not younger than the one it pinned, so that it sees all
 * trees at one moment.
 * Always true: versions of a tree are numbered without gaps; commits of its versions ascend. */
#ifndef BURIN_STORE_STORE_H
#define BURIN_STORE_STORE_H

#include "burin/store.h"
#include "runtime/base/text.h"
#include "runtime/store/homes.h"
#include "runtime/store/index.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

/* ---- types ---- */

typedef struct es_type {
    char            *name;
    burin_attribute *attributes; /* names owned */
    uint32_t         count;
    uint64_t         blocks;     /* attributes whose cell refers to a block */
    uint64_t         children;   /* attributes that own entities */
    uint64_t         optional;   /* attributes that are null when unset */
    uint8_t          tags[BURIN_ATTRIBUTES_MAX]; /* what cells hold: a burin_kind; 0: children or data */
} es_type;

/* ---- blocks ---- */

typedef struct es_record { /* one state of one entity; immutable */
    uint32_t birth;
    uint16_t type;
    uint16_t field;   /* attribute of the owner that holds it */
    uint32_t id;
    uint32_t owner;   /* 0: root */
    uint32_t version; /* of the tree, that wrote it */
    es_ref   origins; /* es_list of es_origin; 0: none */
    uint64_t nulls;   /* attributes that are null */
    uint64_t cells[]; /* BOOL, INT: the number; FLOAT: its bits; REF, CHILD: id; others: es_ref of a block, 0 when empty */
} es_record;

typedef struct es_bytes { /* TEXT, DATA (encoded: data.h) */
    uint32_t birth;
    uint32_t len;
    char     data[];
} es_bytes;

/* Children: a leaf of a list of them, or all (children.h). A CHILD_DICT has after the ids their keys: offsets, one more than children, then bytes. */
enum { ES_LEAF_MAX = 32, ES_FAN_MAX = 16, ES_DEPTH_MAX = 16, ES_NARROW = 2 };
typedef struct es_list {
    uint32_t birth;
    uint16_t level; /* 0 */
    uint16_t count; /* to ES_LEAF_MAX */
    uint32_t ids[];
} es_list;
/* A branch has parts: their blocks, and after them at which number of the branch's ids each ends. Up to ES_NARROW above leaves that takes 16 bits. */
typedef struct es_branch {
    uint32_t birth;
    uint16_t level; /* 1 above leaves, to ES_DEPTH_MAX - 1 */
    uint16_t count; /* of parts, to ES_FAN_MAX */
    es_ref   refs[];
} es_branch;
_Static_assert(ES_LEAF_MAX * ES_FAN_MAX * ES_FAN_MAX <= UINT16_MAX, "ES_NARROW");

typedef struct es_origin {
    uint32_t attribute, source, tree, version, source_attribute;
} es_origin;
typedef struct es_origins {
    uint32_t  birth;
    uint32_t  count;
    es_origin items[];
} es_origins;

typedef struct es_change {
    uint32_t id;
    uint32_t what; /* burin_change_kind */
    uint64_t attributes;
} es_change;
typedef struct es_changes {
    uint32_t  birth;
    uint32_t  count;
    es_change items[]; /* by id */
} es_changes;

enum { ES_CHUNK = 16 }; /* versions in a chunk */

typedef struct es_version {
    _Atomic uint32_t state;   /* es_version_state */
    es_index         index;   /* and its commit */
    uint32_t         root, entities;
    es_ref           changes; /* es_changes */
    es_ref           dead;    /* es_dead chain: seen by the kept version before, not by this one */
    es_ref           note;    /* es_bytes or 0 */
    uint32_t         pins;
    uint32_t         before, after; /* neighbours among the kept; 0: none */
    int64_t          time_ns;
} es_version;
enum es_version_state { ES_KEPT = 1, ES_DROPPED };

typedef struct es_chunk {
    uint32_t   birth;
    uint32_t   dropped;      /* of its versions */
    uint32_t   dropped_seq;  /* the commit after which the last of them was dropped */
    uint32_t   next_dropped; /* number + 1 of the chunk that was dropped after it */
    es_version versions[ES_CHUNK];
} es_chunk;

/* The chunks of a tree, ascending. Numbers that no version has used cost nothing: a chunk is found where it is when none is left out, else by halving. */
typedef struct es_chunk_place {
    uint32_t       number; /* (version - 1) / ES_CHUNK */
    _Atomic es_ref chunk;  /* 0: it is gone */
} es_chunk_place;
typedef struct es_directory {
    uint32_t         birth;
    uint32_t         cap;
    _Atomic uint32_t count;
    es_chunk_place   chunks[];
} es_directory;

/* ---- trees ---- */

typedef struct es_tree {
    _Atomic uint32_t head;      /* newest version */
    _Atomic es_ref   directory;
    uint32_t         fork_seq;  /* blocks born up to this commit belong to the parent */
    uint32_t         parent_tree, parent_version;
    uint32_t         oldest;    /* kept version */
    uint32_t         kept;      /* number of kept versions */
    bool             is_listed; /* it was read as being there, its versions follow */
    uint32_t         first_dropped, last_dropped; /* chunks of which no version is kept, waiting to go; number + 1, 0: none */
    burin_retention  retention;
    uint64_t         retention_change; /* of the log, that set it here; 0: none did */
} es_tree;

/* A table that grows without moving: segment k holds 16 * 2^k items. */
typedef struct es_table {
    void    *segments[29];
    size_t   item; /* bytes */
} es_table;
/* Item n, of so many bytes; NULL where its segment is not there. What it holds is for the one who made it to publish. */
static inline void *es_table_find(const es_table *t, uint32_t n, size_t item)
{
    uint64_t at      = (uint64_t)n + 16;
    unsigned k       = 63 - (unsigned)__builtin_clzll(at);
    char    *segment = __atomic_load_n(&t->segments[k - 4], __ATOMIC_ACQUIRE);
    return BURIN_LIKELY(segment != NULL) ? segment + (at - ((uint64_t)1 << k)) * item : NULL;
}
/* Make item n exist, zeroed; false when memory is out or the store's limit is reached. */
bool es_table_reach(es_table *t, es_memory *m, uint32_t n);
/* The same for all items up to n. */
bool es_table_reach_all(es_table *t, es_memory *m, uint32_t n);
void es_table_deinit(es_table *t, const burin_allocator *alloc);

/* ---- the store ---- */

/* Where a reader or transaction says which commit it has pinned; 0: none. Each on a cache line of its own. */
typedef struct es_slot {
    _Atomic uint32_t pinned;
    bool             taken; /* under the lock */
    struct es_slot  *next;
    char             pad[64 - 2 * sizeof(uint32_t) - sizeof(void *)];
} es_slot;

struct burin_store {
    burin_allocator  alloc;
    pthread_mutex_t  lock;       /* commits, types, trees, slots, memory */
    _Atomic uint32_t seq;        /* the last commit, from 1: the empty store */
    _Atomic uint32_t next_id;
    _Atomic uint32_t tree_count;
    _Atomic uint32_t type_count;
    es_memory        memory;
    es_table         trees;      /* es_tree, by number */
    es_homes         homes;
    es_slot         *slots;
    burin_txn       *idle;       /* ended transactions, for the next to begin */
    uint64_t         conflicts, rebases;
    buf              arrivals;   /* replay.c: entities that a commit may have moved here before they left elsewhere, */
    uint32_t         arrivals_seq; /* and that commit */
    struct es_log   *log;        /* where changes go to be kept; NULL: the store is in memory */
    es_type         *types[BURIN_TYPES_MAX + 1];
};

/* The newest version of the tree that was looked into last, as the reader sees it. */
typedef struct es_newest {
    uint32_t tree; /* 0: none */
    es_index index;
} es_newest;

struct burin_reader {
    burin_store *store;
    es_slot     *slot;
    uint32_t     snapshot; /* the commit it sees; 0: not pinned */
    es_newest   *newest;   /* changed by looking, too: a reader is one thread's */
    es_newest    room;
};

static inline es_tree *es_tree_at(const burin_store *s, uint32_t tree) { return es_table_find(&s->trees, tree, sizeof(es_tree)); }
static inline _Atomic es_home *es_home_at(const burin_store *s, uint32_t id) { return es_homes_find(&s->homes, id); }
static inline es_home es_home_of(const burin_store *s, uint32_t id)
{
    const _Atomic es_home *home = es_home_at(s, id);
    return BURIN_LIKELY(home != NULL) ? atomic_load_explicit(home, memory_order_acquire) : (es_home){0};
}
static inline const es_record *es_record_at(const burin_store *s, es_ref ref) { return ref ? es_at(&s->memory, ref) : NULL; }
/* What an entity is in the newest version that `snapshot` sees of the tree it lives in; 0: look into the index. tree: 0: any. */
static inline es_ref es_current_at(const burin_store *s, uint32_t snapshot, es_home home, uint32_t tree)
{
    bool here = home.record && (tree == 0 || tree == home.tree) && es_record_at(s, home.record)->birth <= snapshot;
    return here ? home.record : 0;
}
static inline es_ref es_current(const burin_store *s, uint32_t snapshot, uint32_t id, uint32_t tree)
{
    return es_current_at(s, snapshot, es_home_of(s, id), tree);
}
static inline size_t es_record_size(const es_type *type) { return sizeof(es_record) + type->count * sizeof(uint64_t); }

/* What an entity is in a version that `snapshot` sees: where it has not changed since, what it is now. 0: it is not there. */
static inline es_ref es_ref_in(const burin_store *s, uint32_t snapshot, uint32_t tree, uint32_t version, const es_version *entry, uint32_t id)
{
    es_ref current = es_current(s, snapshot, id, tree);
    return current && es_record_at(s, current)->version <= version ? current : es_index_get(&s->memory, entry->index, id);
}

static inline es_directory *es_directory_of(const burin_store *s, const es_tree *tree)
{
    return es_at(&s->memory, atomic_load_explicit(&tree->directory, memory_order_acquire));
}
/* How many of its chunks have a number up to this one. */
uint32_t es_chunks_up_to(const es_directory *dir, uint32_t number);
/* Where a chunk stands; NULL when it has been left out, or went long ago. */
static inline es_chunk_place *es_chunk_find(es_directory *dir, uint32_t number)
{
    uint32_t count = atomic_load_explicit(&dir->count, memory_order_acquire), near = count ? number - dir->chunks[0].number : 0;
    if (BURIN_UNLIKELY(near >= count || dir->chunks[near].number != number))
        near = es_chunks_up_to(dir, number) - 1;
    return near < count && dir->chunks[near].number == number ? &dir->chunks[near] : NULL;
}
/* The entry of a version from 1 to head; NULL when its chunk is gone. */
static inline es_version *es_version_entry(const burin_store *s, const es_tree *tree, uint32_t version)
{
    es_chunk_place *place = es_chunk_find(es_directory_of(s, tree), (version - 1) / ES_CHUNK);
    es_ref          chunk = place ? atomic_load_explicit(&place->chunk, memory_order_acquire) : 0;
    return chunk ? &((es_chunk *)es_at(&s->memory, chunk))->versions[(version - 1) % ES_CHUNK] : NULL;
}
/* The largest number below a version's whose chunk is there; 0 when there is none. */
uint32_t es_version_below(const burin_store *s, const es_tree *tree, uint32_t version);
static inline es_chunk *es_chunk_of(es_version *entry, uint32_t version)
{
    return (es_chunk *)(void *)((char *)(entry - (version - 1) % ES_CHUNK) - offsetof(es_chunk, versions));
}
/* The newest version of a tree that commit `snapshot` can see; 0 when there was none. */
static inline uint32_t es_head_at(const burin_store *s, const es_tree *tree, uint32_t snapshot, es_version **entry)
{
    uint32_t head = atomic_load_explicit(&tree->head, memory_order_acquire);
    while (head && (!(*entry = es_version_entry(s, tree, head)) || (*entry)->index.seq > snapshot))
        head = es_version_below(s, tree, head);
    return head;
}
static inline uint32_t es_reader_trees(const burin_store *s) { return atomic_load_explicit(&s->tree_count, memory_order_acquire); }

/* ---- slots ---- */

es_slot *es_slot_take(burin_store *s); /* under the lock; NULL when memory is out */
static inline void es_slot_drop(es_slot *slot) { slot->taken = false; } /* under the lock */
/* Announce and return the commit to see. */
static inline uint32_t es_slot_pin(burin_store *s, es_slot *slot)
{
    atomic_store(&slot->pinned, atomic_load_explicit(&s->seq, memory_order_relaxed));
    return atomic_load(&s->seq);
}
static inline void es_slot_unpin(es_slot *slot) { atomic_store_explicit(&slot->pinned, 0, memory_order_release); }
/* The oldest commit that somebody has pinned; UINT32_MAX: nobody. Under the lock. */
uint32_t es_oldest_pinned(const burin_store *s);
/* Free what nobody can see any more. Under the lock. */
void es_sweep(burin_store *s);

/* ---- attributes ---- */

/* burin_store_define; is_kept: where the store is kept it is there already. */
burin_status es_define(burin_store *store, const char *name, const burin_attribute *attributes, size_t count, bool is_kept, burin_type *type, burin_error *err);

static inline bool es_is_block(burin_attribute_kind kind)
{
    return kind == BURIN_TEXT_ATTRIBUTE || kind == BURIN_DATA_ATTRIBUTE || kind == BURIN_CHILD_LIST_ATTRIBUTE ||
           kind == BURIN_CHILD_DICT_ATTRIBUTE || kind == BURIN_CHILD_SET_ATTRIBUTE;
}
static inline bool es_is_owning(burin_attribute_kind kind) { return kind >= BURIN_CHILD_ATTRIBUTE; }
static inline const es_type *es_type_at(const burin_store *s, burin_type type) { return s->types[type]; }
const char *es_kind_name(burin_attribute_kind kind);
static inline size_t es_bytes_size(const es_bytes *block) { return sizeof *block + block->len; }
/* The keys of a CHILD_DICT: its offsets, after which come the bytes. */
static inline const uint32_t *es_key_offsets(const es_list *list) { return &list->ids[list->count]; }
static inline burin_text es_key_at(const uint32_t *offsets, uint32_t count, uint32_t n)
{
    return (burin_text){(const char *)&offsets[count + 1] + offsets[n], offsets[n + 1] - offsets[n]};
}
/* A plain cell as a value; text is borrowed, DATA made in `heap`. The cells are a record's. */
burin_status es_cell_value(const burin_store *s, const es_type *type, uint64_t nulls, const uint64_t *cells, int attribute, burin_heap *heap,
                           burin_value *out, burin_error *err);
/* The same of a record. */
burin_status es_other_value(const burin_store *s, const es_record *r, int attribute, burin_heap *heap, burin_value *out, burin_error *err);
/* Write a value whose kind or length is only known now in the two words that it is read in: what is read in one and was written in parts is waited for. */
static inline void es_put_words(burin_value *out, uint8_t kind, uint32_t len, uint64_t bits)
{
    uint64_t head = (uint64_t)len << 32 | kind;
    memcpy(out, &head, sizeof head);
    memcpy((char *)out + sizeof head, &bits, sizeof bits);
}
/* A cell as the value it holds, by its tag, which is not 0. */
static inline void es_tagged_value(const burin_store *s, uint8_t tag, uint64_t cell, burin_value *out)
{
    if (tag != BURIN_STRING) {
        es_put_words(out, tag, 0, cell);
        return;
    }
    const es_bytes *bytes = cell ? es_at(&s->memory, (es_ref)cell) : NULL;
    es_put_words(out, BURIN_STRING, bytes ? bytes->len : 0, (uintptr_t)(bytes ? bytes->data : ""));
}
/* The short way of what most reads are: false where a value is null, data or none at all. */
static inline bool es_short_value(const burin_store *s, const es_record *r, int attribute, burin_value *out)
{
    uint8_t tag = (unsigned)attribute < BURIN_ATTRIBUTES_MAX ? s->types[r->type]->tags[attribute] : 0;
    if (BURIN_UNLIKELY(!tag || (r->nulls >> attribute) & 1))
        return false;
    es_tagged_value(s, tag, r->cells[attribute], out);
    return true;
}
static inline burin_status es_record_value(const burin_store *s, const es_record *r, int attribute, burin_heap *heap, burin_value *out, burin_error *err)
{
    return BURIN_LIKELY(es_short_value(s, r, attribute, out)) ? BURIN_OK : es_other_value(s, r, attribute, heap, out, err);
}
burin_status es_cell_children(const burin_store *s, const es_type *type, const uint64_t *cells, int attribute, burin_children *out, burin_error *err);
/* An attribute of the type that is not there, or does not hold what is asked for: BURIN_ERR_ATTRIBUTE, _TYPE. */
burin_status es_no_attribute(const es_type *type, int attribute, burin_error *err);
burin_status es_attribute_is(const es_type *type, int attribute, bool owning, burin_error *err);

/* ---- finding ---- */

/* The version of a tree that can be seen at `snapshot`: BURIN_ERR_KEY, BURIN_ERR_GONE. version 0: its head, which is filled in. */
burin_status es_find_version(const burin_store *s, uint32_t snapshot, uint32_t tree, uint32_t *version, es_version **entry, burin_error *err);
/* The record an entity has; fills in tree and version. */
burin_status es_find(const burin_store *s, uint32_t snapshot, burin_entity *entity, const es_record **record, burin_error *err);

/* What differs between two states of one entity. BURIN_ADDED and _REMOVED when one is NULL. */
es_change es_compare(const burin_store *s, const es_record *old, const es_record *new_);

/* ---- retention (retain.c), under the lock ---- */

/* Drop the versions that the tree's retention does not keep. Memory being out keeps some longer. */
void es_retain(burin_store *s, es_tree *tree);

burin_status es_fail(burin_error *err, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
burin_status es_fail_memory(const burin_store *s, burin_error *err);

#endif
