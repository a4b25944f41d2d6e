/* burin/store.h: the versioned entity store.
 *
 * Entities have a type with typed attributes, and own other entities through attributes: they form trees, each entity
 * owned by one place at most. Every commit makes a new version of each tree it changes; versions never change. A version
 * costs what changed (the path from it to the root), not what the tree holds.
 *
 *   store     types and trees; shared by all threads.
 *   reader    one thread's view: pins the store as it is now, then reads without locks.
 *   txn       a private overlay over the store as it was when it began; commit makes it visible at once, in all trees.
 *
 * Names of things. An entity has a number (`id`), the same in every version and every tree it is moved to. A tree has a
 * number, its versions are 1, 2, 3, ... A state of an entity is named by its number and the version of the tree that wrote
 * it. What an entity is at any kept version of its tree is found in constant time. A store lives in
 * memory; burin/durable.h opens those that outlive their process.
 *
 * Errors: BURIN_ERR_USAGE (a misuse), _TYPE (an attribute cannot hold that), _VALUE (would share, or close a circle),
 * _UNICODE (text that is not UTF-8), _KEY, _INDEX (no such key, entity, tree or version), _ATTRIBUTE, _GONE (a version no longer kept), _CONFLICT, _NOMEM,
 * _LIMIT (the store's memory limit). After an error everything is as before the call (but see
 * burin/durable.h for BURIN_ERR_OS). */
#ifndef BURIN_STORE_H
#define BURIN_STORE_H

#include "burin/error.h"
#include "burin/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A store; a thread's reader of it; a transaction on it. */
typedef struct burin_store  burin_store;
typedef struct burin_reader burin_reader;
typedef struct burin_txn    burin_txn;

/* An entity, as it is at a version of a tree. A plain value: it may be kept, copied and compared (field by field), and either stays valid or
 * fails with BURIN_ERR_GONE or BURIN_ERR_KEY. Aligned so that compilers put it together in registers to pass it: put together in memory from parts of 4
 * bytes and read in parts of 8 it stalls every call. */
typedef struct BURIN_ALIGNED(8) burin_entity {
    uint32_t id;      /* 0: no entity */
    uint32_t tree;    /* 0: the tree it lives in */
    uint32_t version; /* 0: the newest that the reader sees */
} burin_entity;

/* ---- types ---- */

typedef enum burin_attribute_kind { /* the rows of burin/attribute.def */
#define ATTRIBUTE(NAME, name, meaning) BURIN_##NAME##_ATTRIBUTE,
#include "burin/attribute.def"
#undef ATTRIBUTE
    BURIN_ATTRIBUTE_KIND_COUNT
} burin_attribute_kind;

/* An attribute, as it is declared. Unset it is null where `optional`, else false, 0, "", none, or without children. */
typedef struct burin_attribute {
    const char          *name;
    burin_attribute_kind kind;
    bool                 optional;    /* BOOL to DATA, REF: may be null */
    const char          *entity_type; /* REF and children: the only type allowed; NULL: any */
} burin_attribute;

/* A type's number in its store, from 1. */
typedef uint32_t burin_type;

enum { BURIN_TYPES_MAX = 1024, BURIN_ATTRIBUTES_MAX = 64 };

/* Start from {0}. */
typedef struct burin_store_options {
    const burin_allocator *allocator;    /* NULL: malloc; borrowed for the store's life */
    uint64_t               memory_limit; /* bytes of entities and versions; 0: none */
} burin_store_options;

/* An empty store. options: copied; NULL: defaults. Returns NULL after filling `err` (BURIN_ERR_NOMEM). */
BURIN_API burin_store *burin_store_new(const burin_store_options *options, burin_error *err);
/* No reader, transaction or other thread may be using it. NULL is allowed. */
BURIN_API void burin_store_free(burin_store *store);

/* Declare a type. Names are copied; they must be identifiers. Any thread; a type once declared never changes.
 * Errors: BURIN_ERR_VALUE (a name that is taken or no identifier), BURIN_ERR_LIMIT (too many), BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_store_define(burin_store *store, const char *name, const burin_attribute *attributes, size_t count,
                                          burin_type *type, burin_error *err);
/* 0 where there is no such type. */
BURIN_API burin_type burin_store_find_type(const burin_store *store, const char *name);
/* Types are numbered from 1 to this. */
BURIN_API burin_type burin_store_type_count(const burin_store *store);
/* NULL for a number that is no type's; owned by the store. */
BURIN_API const char *burin_type_name_of(const burin_store *store, burin_type type);
BURIN_API const burin_attribute *burin_type_attributes(const burin_store *store, burin_type type, size_t *count);
/* The attribute's position, which the functions below take; -1 where there is none. */
BURIN_API int burin_type_find_attribute(const burin_store *store, burin_type type, burin_text name);

/* ---- readers ---- */

/* For one thread at a time. Holds nothing back while it is not pinned. NULL when memory is out. */
BURIN_API burin_reader *burin_reader_new(burin_store *store);
/* Unpins it too. NULL is allowed. */
BURIN_API void burin_reader_free(burin_reader *reader);
BURIN_API burin_store *burin_reader_store(const burin_reader *reader);
/* See the store as it is now, in all trees at one moment, until unpinned; pinning again moves on. Wait-free. Long pins keep memory of
 * dropped versions from being reused; to keep a version for long, see burin_store_keep. */
BURIN_API void burin_reader_pin(burin_reader *reader);
BURIN_API void burin_reader_unpin(burin_reader *reader);

/* All functions of readers need a pinned one (BURIN_ERR_USAGE). What they hand out by pointer is borrowed until it is unpinned. */

/* Trees are numbered from 1 to this. */
BURIN_API uint32_t burin_reader_trees(const burin_reader *reader);
/* The newest version of a tree; 0: no such tree yet. */
BURIN_API uint32_t burin_reader_head(const burin_reader *reader, uint32_t tree);
/* Fill in tree and version where they are 0, and see that the entity is there. */
BURIN_API burin_status burin_reader_find(const burin_reader *reader, burin_entity *entity, burin_error *err);

/* What a version of an entity is. */
typedef struct burin_entity_info {
    burin_entity entity;      /* tree and version filled in */
    burin_type   type;
    uint32_t     written;     /* the version of the tree that wrote this state: with the id it names the state */
    uint32_t     predecessor; /* the state before it in this tree; 0: there is none, or it is no longer kept */
    uint32_t     owner;       /* 0: it is the root */
    int          field;       /* the attribute of the owner that holds it */
} burin_entity_info;
BURIN_API burin_status burin_reader_info(const burin_reader *reader, burin_entity entity, burin_entity_info *info, burin_error *err);

/* A plain attribute (BOOL to DATA), or a REF as the INT of its id (none when null). Text is borrowed. heap: where DATA is made; may be
 * NULL for other kinds. Attributes that hold children are BURIN_ERR_TYPE: see burin_reader_children. */
BURIN_API burin_status burin_reader_get(const burin_reader *reader, burin_entity entity, int attribute, burin_heap *heap, burin_value *out,
                                        burin_error *err);
/* The children that an attribute holds, in order: a cursor over them, which is borrowed as a whole. Of many it shows a part at a time, so that going through
 * all costs a step each, wherever it begins. */
typedef struct burin_children {
    size_t          count;
    /* what burin_children_id looks at: the ids from `first` on, so many as `run` */
    size_t          first, run;
    const uint32_t *ids;
    /* for the functions below */
    const burin_text *texts;
    const void       *keys, *own, *memory;
    uint32_t          list, near;
    size_t            near_first, near_count;
    bool              keyed;
} burin_children;
BURIN_API burin_status burin_reader_children(const burin_reader *reader, burin_entity entity, int attribute, burin_children *out, burin_error *err);
/* For burin_children_id: move to child n, and give its id. */
BURIN_API uint32_t burin_children_seek(burin_children *children, size_t n);
/* The id of child n; 0 from `count` on. */
static inline uint32_t burin_children_id(burin_children *children, size_t n)
{
    return n - children->first < children->run ? children->ids[n - children->first] : burin_children_seek(children, n);
}
/* The key of child n of a CHILD_DICT; empty for other kinds. */
BURIN_API burin_text burin_children_key(burin_children *children, size_t n);

/* Where an attribute's value was borrowed from (burin_txn_borrow): source->id is 0 when it was set otherwise. */
BURIN_API burin_status burin_reader_origin(const burin_reader *reader, burin_entity entity, int attribute, burin_entity *source, int *source_attribute,
                                           burin_error *err);

/* A version of a tree. */
typedef struct burin_version_info {
    uint32_t   tree, version;
    uint32_t   parent_tree, parent_version; /* what it was made from; 0, 0: nothing */
    uint32_t   root;                        /* 0: nothing is left in the tree */
    uint32_t   entities;
    uint32_t   changed;                     /* entities in its change list */
    uint64_t   commit;                      /* the store's count of commits; the same for all trees of one commit */
    int64_t    time_ns;                     /* since 1970 */
    burin_text note;                        /* of burin_commit_options; borrowed */
} burin_version_info;
BURIN_API burin_status burin_reader_version(const burin_reader *reader, uint32_t tree, uint32_t version, burin_version_info *info, burin_error *err);
/* Call `visit` for every kept version of a tree, newest first; its result other than BURIN_OK ends the walk and is returned. */
typedef burin_status (*burin_version_visit)(void *user, const burin_version_info *info);
BURIN_API burin_status burin_reader_versions(const burin_reader *reader, uint32_t tree, burin_version_visit visit, void *user, burin_error *err);
/* The same for every kept state of one entity in its tree (entity.version and older), newest first. */
typedef burin_status (*burin_state_visit)(void *user, const burin_entity_info *info);
BURIN_API burin_status burin_reader_history(const burin_reader *reader, burin_entity entity, burin_state_visit visit, void *user, burin_error *err);
/* The same for every entity of one version of a tree (0: the newest), by id; type: only those of that type; 0: of any. Costs what the tree holds. */
BURIN_API burin_status burin_reader_entities(const burin_reader *reader, uint32_t tree, uint32_t version, burin_type type, burin_state_visit visit, void *user,
                                             burin_error *err);

/* ---- differences ---- */

typedef enum burin_change_kind {
    BURIN_ADDED,
    BURIN_REMOVED,
    BURIN_MOVED,    /* another owner, or another attribute of it; `attributes` may be set too */
    BURIN_MODIFIED, /* `attributes` differ */
    BURIN_TOUCHED,  /* only something below it differs */
} burin_change_kind;
typedef struct burin_change {
    uint32_t          id;
    burin_change_kind what;
    uint64_t          attributes; /* bit n: attribute n differs */
} burin_change;
typedef burin_status (*burin_change_visit)(void *user, const burin_change *change);
/* What leads from one version to another, of one tree or of two that share history (forks), each entity once, by id. Costs what
 * differs, not what the trees hold. */
BURIN_API burin_status burin_reader_diff(const burin_reader *reader, uint32_t old_tree, uint32_t old_version, uint32_t new_tree, uint32_t new_version,
                                         burin_change_visit visit, void *user, burin_error *err);

/* ---- transactions ---- */

/* A transaction sees the store as it is now, and its own changes. For one thread at a time; ends with commit or abort. Memory
 * of an ended one serves the next. NULL when memory is out. */
BURIN_API burin_txn *burin_txn_begin(burin_store *store, burin_error *err);
BURIN_API void       burin_txn_abort(burin_txn *txn);

/* From here on remember which entities are read (by this transaction's functions): a commit that is carried over (BURIN_CONFLICT_REBASE)
 * then conflicts also where one of them has changed meanwhile, so that what was decided upon still holds. Without it only entities that are
 * changed are looked at. BURIN_ERR_NOMEM makes the commit fail, not the reading. */
BURIN_API void burin_txn_watch_reads(burin_txn *txn);

/* In the functions below an entity's `tree` matters only where it is in several (forks); its `version` is not looked at. */

/* A new entity; it must be attached, promoted or discarded before the commit. */
BURIN_API burin_status burin_txn_create(burin_txn *txn, burin_type type, burin_entity *out, burin_error *err);
/* The type of an entity; 0 where there is none. */
BURIN_API burin_type burin_txn_type(burin_txn *txn, burin_entity entity);
/* Like burin_reader_get and burin_reader_children; borrowed until the attribute is changed or the transaction ends. */
BURIN_API burin_status burin_txn_get(burin_txn *txn, burin_entity entity, int attribute, burin_heap *heap, burin_value *out, burin_error *err);
BURIN_API burin_status burin_txn_children(burin_txn *txn, burin_entity entity, int attribute, burin_children *out, burin_error *err);
/* The owner of an entity: its id is 0 for a root or an entity that is nowhere. field: may be NULL. */
BURIN_API burin_status burin_txn_owner(burin_txn *txn, burin_entity entity, burin_entity *owner, int *field, burin_error *err);
/* Set a plain attribute or a REF (INT of an id, or none). The value is copied. Setting what it holds already changes nothing: equal
 * means of the same kind with the same bits (1, 1.0 and true differ, -0.0 and 0.0 too, nan is nan). */
BURIN_API burin_status burin_txn_set(burin_txn *txn, burin_entity entity, int attribute, burin_value value, burin_error *err);
/* The same with the value of another entity's attribute (`lent`), remembering where it came from: see burin_reader_origin. */
BURIN_API burin_status burin_txn_borrow(burin_txn *txn, burin_entity entity, int attribute, burin_entity lender, int lent, burin_error *err);
/* Put a new, detached or root entity under an owner. index: where in a CHILD_LIST, BURIN_END for its end. key: in a CHILD_DICT; copied.
 * A root brings its whole tree along, which ends. Errors: BURIN_ERR_VALUE (it has an owner, is the owner or above it, the CHILD place or key is taken),
 * BURIN_ERR_TYPE (of another type than declared, an attribute without children), BURIN_ERR_INDEX. */
#define BURIN_END ((size_t)-1)
BURIN_API burin_status burin_txn_attach(burin_txn *txn, burin_entity child, burin_entity owner, int attribute, size_t index, burin_text key,
                                        burin_error *err);
/* Take an entity, with all below it, from its owner; unless it is attached or promoted again the commit removes it. Of a root: removes
 * the tree's content. */
BURIN_API burin_status burin_txn_detach(burin_txn *txn, burin_entity entity, burin_error *err);
/* Do without an entity and all below it: it is detached, if it is anywhere, and a new one is forgotten by the commit. Until then it is there, and may be attached
 * or promoted after all. */
BURIN_API burin_status burin_txn_discard(burin_txn *txn, burin_entity entity, burin_error *err);
/* Make a new or detached entity, or a child (which is detached first), the root of a new tree, whose number the commit gives.
 * BURIN_ERR_VALUE for a root. */
BURIN_API burin_status burin_txn_promote(burin_txn *txn, burin_entity entity, burin_error *err);
/* Copy an entity and all below it: new entities with equal attributes, nowhere yet. */
BURIN_API burin_status burin_txn_copy(burin_txn *txn, burin_entity entity, burin_entity *out, burin_error *err);

typedef enum burin_conflict_mode {
    BURIN_CONFLICT_FAIL,   /* BURIN_ERR_CONFLICT where a tree that is changed has a newer head than the transaction saw */
    BURIN_CONFLICT_REBASE, /* carry the changes over where the entities changed (and those read: burin_txn_watch_reads) are not the same; else
                              BURIN_ERR_CONFLICT */
} burin_conflict_mode;

/* Start from {0}. */
typedef struct burin_commit_options {
    burin_conflict_mode mode;
    burin_text          note;    /* copied into each new version: who, why */
    int64_t             time_ns; /* 0: now */
    bool                force;   /* make a new state of every entity that was set, even if it is equal to what it was */
    bool                defer;   /* of a store that is kept (burin/durable.h): do not wait until it is; burin_store_sync does, and so does
                                    each commit without `defer` for those before it */
} burin_commit_options;

/* What a commit did. */
typedef struct burin_commit_result {
    uint64_t commit;   /* the store's count of commits; 0: nothing had changed, nothing was made */
    uint32_t trees;    /* that have a new version */
    uint32_t states;   /* of entities that were written, owners up to the roots included */
    uint32_t tree, version; /* of the tree changed first */
    bool     rebased;
} burin_commit_result;
/* Make the changes visible, all at once, or nothing. Ends the transaction, whatever comes of it. options, result: may be NULL.
 * Errors: BURIN_ERR_CONFLICT, BURIN_ERR_USAGE (a new entity is neither attached, promoted nor discarded), BURIN_ERR_NOMEM, BURIN_ERR_LIMIT. */
BURIN_API burin_status burin_txn_commit(burin_txn *txn, const burin_commit_options *options, burin_commit_result *result, burin_error *err);

/* ---- history: branches, what is kept ---- */

/* A new tree that begins as a version of another, sharing all of it; its version 1 is that version. The entities keep their numbers,
 * which then name them in both: burin_entity.tree tells which. The version forked from is kept as long as the store. */
BURIN_API burin_status burin_store_fork(burin_store *store, uint32_t tree, uint32_t version, uint32_t *out, burin_error *err);

/* Which versions of a tree are kept besides its head and those kept by burin_store_keep. Applied at each commit, and now.
 * Start from {0}: all. */
typedef struct burin_retention {
    uint32_t last;          /* the newest so many; 0: not by count */
    int64_t  since_time_ns; /* those committed at or after it; 0: not by time */
} burin_retention;
BURIN_API burin_status burin_store_retain(burin_store *store, uint32_t tree, const burin_retention *retention, burin_error *err);
/* Keep a version whatever the retention says, until released as often. Any thread. BURIN_ERR_GONE, BURIN_ERR_KEY. */
BURIN_API burin_status burin_store_keep(burin_store *store, uint32_t tree, uint32_t version, burin_error *err);
BURIN_API burin_status burin_store_release(burin_store *store, uint32_t tree, uint32_t version, burin_error *err);

/* What a store holds. */
typedef struct burin_store_stats {
    uint64_t commits, conflicts, rebases;
    uint64_t entities;      /* ids given out */
    uint64_t trees, versions; /* kept */
    uint64_t bytes;         /* in states and versions, what waits for readers included */
} burin_store_stats;
BURIN_API void burin_store_stats_of(burin_store *store, burin_store_stats *out);

#ifdef __cplusplus
}
#endif
#endif
