/* Transactions: a private overlay over pinned versions of trees.
 *
 * An entity that is changed gets a draft: a copy of its state whose cells may point to memory of the transaction. All of
 * it lives in the transaction's arena and goes at its end. The store is not written before the commit (commit.c).
 * Always true: an entity whose owner is not the one it had is a draft, and so is that owner. No number has two drafts. */
#ifndef BURIN_STORE_TXN_H
#define BURIN_STORE_TXN_H

#include "runtime/store/children.h"

enum { ES_ID_BLOCK = 16 }; /* ids are given to transactions in so many at a time, so that what is made together lies together */

/* What cells of a draft point to where the `own` bit says so; lists of children: es_children. */
typedef struct es_text { /* TEXT, DATA */
    uint32_t    len;
    const char *data;
} es_text;

typedef struct es_read { /* an entity that was read */
    uint32_t id, touch;
} es_read;

typedef struct es_borrowed { /* where a set value came from */
    struct es_borrowed *next;
    es_origin           origin;
} es_borrowed;

enum { /* es_draft.flags */
    ES_ROOT     = 1,  /* it is the root of a tree, or of the tree it will found */
    ES_PROMOTED = 2,  /* that tree is new */
    ES_FOREIGN  = 4,  /* set by the commit: it goes to another tree than it came from */
    ES_WRITTEN  = 8,  /* set by the commit: it has a new record */
    ES_SET      = 16, /* something was set, if only to what it was */
    ES_PARTIAL  = 32, /* new, and nowhere: a copy that is not whole, or discarded: nobody misses it */
    ES_PLACED   = 64, /* set by the commit: `place` is */
    ES_ATTACHED = 128, /* its owner is what the draft of that number is of: also where its old tree has such an entity, from before a fork */
};

typedef struct es_draft {
    uint32_t     id;
    uint32_t     owner; /* 0: a root, or nowhere */
    uint16_t     type, field;
    uint32_t     flags;
    uint32_t     touch; /* the tree it comes from: number in es_txn.touches + 1; 0: it is new */
    uint32_t     place; /* set by the commit: the tree it goes to, likewise; 0: it is removed */
    es_ref       base;  /* its record there; 0: it is new */
    uint64_t     nulls;
    uint64_t     own;   /* cells that point to memory of the transaction */
    es_borrowed *borrowed;
    uint32_t     save;  /* the savepoint since which it is known what it was; see save.c */
    uint64_t     cells[];
} es_draft;

/* Where a new version's entry is, and what was made to hold it. */
typedef struct es_place {
    es_version *entry;
    es_ref      directory, chunk; /* 0: the old one serves */
} es_place;

/* A tree the transaction has looked at. */
typedef struct es_touch {
    uint32_t  tree;    /* 0: founded by this transaction */
    uint32_t  version; /* what it is based on */
    uint32_t  seen;    /* the newest commit whose records that version may hold */
    bool      is_past; /* it is not the newest that the transaction could see: es_txn_look_at */
    es_index  base;
    uint32_t  root, entities;
    /* the commit's */
    bool       rebased, changed;
    es_index   begun;  /* the base before it was rebased */
    es_index   index;  /* the new version's */
    uint32_t   fork_seq;
    es_blocks  dead;
    es_change *changes;
    uint32_t   change_count, change_cap;
    uint32_t   number; /* of the tree, new or not */
    es_place   next;   /* the new version, to be published */
} es_touch;

struct burin_txn {
    burin_store *store;
    es_slot     *slot;
    uint32_t     snapshot;
    bool         read_only;  /* what would change an entity fails */
    bool         watch_reads, reads_failed; /* `reads` is written; memory for it was out */
    es_read     *reads;
    uint32_t     read_count, read_cap;
    uint32_t     next_id, end_id;
    arena        arena;
    es_draft   **drafts; /* in the order they were opened */
    uint32_t     draft_count, draft_cap;
    es_draft   **table;  /* by id, open addressing */
    uint32_t     mask;   /* its size - 1; 0: no table yet */
    uint64_t     bloom;  /* bit id & 63 of every draft: most look-ups end here */
    es_touch    *touches;
    uint32_t     touch_count, touch_cap;
    es_writer    writer;
    uint32_t     save, saves; /* the savepoint one would go back to, 0: none; how many there have been */
    struct es_saved *saved;   /* drafts as they were, newest first */
    burin_txn   *next_idle;
};

/* ---- savepoints (save.c) ---- */

typedef struct es_savepoint {
    uint32_t         outer, drafts;
    struct es_saved *saved;
} es_savepoint;
/* From here on the transaction can go back to what it is now: until es_txn_keep or es_txn_back, within each other. */
es_savepoint es_txn_save(burin_txn *t);
void es_txn_keep(burin_txn *t, es_savepoint point);
void es_txn_back(burin_txn *t, es_savepoint point);
/* The drafts that have been opened or changed since a savepoint, each at least once; NULL at the end. */
typedef struct es_since {
    uint32_t         draft;
    struct es_saved *saved, *last;
} es_since;
es_since        es_txn_since(const burin_txn *t, const es_savepoint *point);
const es_draft *es_txn_next_changed(const burin_txn *t, es_since *since);
/* Remember a draft that is about to change; false when memory is out. */
bool es_txn_remember(burin_txn *t, es_draft *d);

/* An entity as the transaction sees it. */
typedef struct es_view {
    const es_type  *type;
    uint32_t        id, owner;
    uint16_t        type_number, field;
    uint32_t        touch; /* as in es_draft */
    uint64_t        nulls, own;
    const uint64_t *cells;
    es_draft       *draft; /* NULL: it is a record */
    const es_record *record; /* NULL: it is a draft */
} es_view;

static inline es_draft *es_txn_draft(const burin_txn *t, uint32_t id)
{
    if (!((t->bloom >> (id & 63)) & 1))
        return NULL;
    for (uint32_t at = id * 0x9E3779B1u >> 7;; at++) {
        es_draft *draft = t->table[at & t->mask];
        if (!draft || draft->id == id)
            return draft;
    }
}

/* The record of an entity in the base of a touch; 0: none. */
static inline es_ref es_txn_ref(const burin_txn *t, const es_touch *touch, uint32_t id)
{
    es_ref current = touch->tree ? es_current(t->store, touch->seen, id, touch->tree) : 0;
    return current ? current : es_index_get(&t->store->memory, touch->base, id);
}

static inline void es_view_record(const burin_store *s, uint32_t touch, const es_record *r, es_view *view)
{
    *view = (es_view){es_type_at(s, r->type), r->id, r->owner, r->type, r->field, touch, r->nulls, 0, r->cells, NULL, r};
}
/* Look at the tree of an entity as it was in the entity's version, unless it is looked at in a newer one already: what only reads may do so, before it looks at
 * anything there. BURIN_ERR_KEY, _GONE, _NOMEM. */
burin_status es_txn_look_at(burin_txn *t, burin_entity entity, burin_error *err);
/* An entity was read, in the tree of a touch. */
void es_txn_note_read(burin_txn *t, uint32_t id, uint32_t touch);
burin_status es_txn_view(burin_txn *t, burin_entity entity, es_view *view, burin_error *err);
/* The owner, child or other relative of what a view or draft with this `touch` shows. False: it is not there. */
bool es_txn_relative(const burin_txn *t, uint32_t touch, uint32_t id, es_view *view);
/* Who owns what a view shows. False: nobody. */
bool es_txn_owner(const burin_txn *t, const es_view *of, es_view *owner);
/* A view of a draft. */
void es_view_draft(const burin_txn *t, es_draft *d, es_view *view);
/* A draft of the entity; the same each time. */
burin_status es_txn_open(burin_txn *t, burin_entity entity, es_draft **draft, burin_error *err);
burin_status es_txn_open_view(burin_txn *t, const es_view *view, es_draft **draft, burin_error *err);
/* Whether an entity is `owner`, or above it. */
bool es_txn_is_above(const burin_txn *t, const es_draft *d, es_draft *owner);
/* A plain attribute of a view, as burin_txn_get. */
burin_status es_view_get(const burin_store *s, const es_view *view, int attribute, burin_heap *heap, burin_value *out, burin_error *err);
burin_status es_view_children(const burin_store *s, const es_view *view, int attribute, burin_children *out, burin_error *err);

static inline burin_txn *es_txn_next_idle(const burin_txn *t) { return t->next_idle; }
/* Where a commit left an entity. */
typedef struct es_settled {
    burin_entity entity;  /* in: id, and tree where it has one; out: tree and version too, 0 where it is no more */
    bool         changed; /* it has a new state */
} es_settled;
/* burin_txn_commit, which also tells where entities are then. */
burin_status es_txn_commit(burin_txn *t, const burin_commit_options *options, burin_commit_result *result, es_settled *settled, size_t count,
                           burin_error *err);

void es_touch_deinit(es_touch *touch, const burin_allocator *alloc);
void es_txn_free(burin_txn *t);
/* Forget everything and let others begin it; under the lock. */
void es_txn_end(burin_txn *t);
/* One more tree, to be founded. */
uint32_t es_txn_found(burin_txn *t);

void es_type_free(burin_store *s, es_type *type);

/* Make new states of what the drafts change, in all trees, and publish them. *logged: what to wait for until they are
 * kept; 0: nothing. Under the lock. */
burin_status es_commit(burin_txn *t, const burin_commit_options *options, burin_commit_result *result, uint64_t *logged, burin_error *err);

#endif
