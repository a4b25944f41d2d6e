/* What keeps a store beyond its process: the interface, and those there are.
 *
 * A backend keeps entries in the order it got them. It knows nothing of entities: versions are bytes to it (pack.h). */
#ifndef BURIN_STORE_BACKEND_H
#define BURIN_STORE_BACKEND_H

#include "burin/durable.h"
#include "runtime/store/replay.h"

typedef struct es_backend es_backend;

typedef enum es_entry_kind { ES_ENTRY_TYPE, ES_ENTRY_TREE, ES_ENTRY_VERSION, ES_ENTRY_RETENTION, ES_ENTRY_KEEPS } es_entry_kind;

typedef struct es_entry {
    es_entry_kind kind;
    uint32_t      size;             /* bytes from this entry to the next */
    uint32_t      note_len, states_len;
    uint32_t      before;           /* VERSION: the tree's kept version that it comes after, and differs from; 0: none */
    int64_t       writer;           /* VERSION that was read: who wrote it; a writer's versions of one commit have the same number in `commit` */
    int32_t       difference;       /* KEEPS */
    union {
        es_logged_tree    tree;     /* TREE, RETENTION */
        es_logged_version version;  /* VERSION; KEEPS: its tree and version; TYPE: states are the packed type, version its number */
    } as;
} es_entry; /* then the note, the states */

/* The entry at *at of a queue, its texts set; NULL at the end. */
es_entry *es_next_entry(const buf *entries, size_t *at);

/* The check of a version's states: FNV-1a, as a number that databases can hold. */
int64_t es_sum(burin_text bytes);

/* What entries use up: numbers above all of theirs (of entities a multiple of ES_ID_BLOCK); how often their versions are kept, how many types there are. */
typedef struct es_contents {
    int64_t next_id, next_tree, keeps, types;
} es_contents;
es_contents es_contents_of(const buf *entries);

/* A row that a backend has read: its columns, from 0, as numbers and as texts. */
typedef struct es_row {
    int64_t (*number)(void *row, int column);
    burin_text (*text)(void *row, int column);
    void *row;
} es_row;
/* A row as an entry; its columns are
 *   TYPE      number, packed
 *   TREE      tree, parent_tree, parent_version, last, since_time_ns
 *   VERSION   tree, version, keeps, last_id, commits, time_ns, note, states, sum, before, writer
 * False: its numbers cannot be so. */
bool es_row_entry(const es_row *row, es_entry_kind kind, es_entry *entry);

/* Where entries go when a backend is read. */
typedef burin_status (*es_entry_sink)(void *user, const es_entry *entry, burin_error *err);

/* What `read` and `news` gave, on its way into a store. A writer counts its commits itself: here they get the store's numbers. */
typedef struct es_arrivals {
    burin_store *store;
    int64_t      writer; /* of the last version, */
    uint64_t     commit; /* its number for its commit, */
    uint64_t     given;  /* and the store's; 0: none yet */
    uint32_t     parts;  /* of it that have arrived */
    uint64_t     commits; /* so far */
    bool         live;   /* the store is in use: what it has already is passed over. Under its lock, but for types */
    uint64_t     kept;   /* live: changes of this process up to this one are in what was read */
} es_arrivals;
/* Take an entry in. What is of the last commit is seen after es_replay_commit(store, given). BURIN_ERR_DATA; BURIN_ERR_GONE: a live store lacks what it
 * differs from. */
burin_status es_arrive(es_arrivals *arrivals, const es_entry *entry, burin_error *err);

typedef enum es_reserved { ES_RESERVED_IDS, ES_RESERVED_TREES } es_reserved;

typedef struct es_backend_ops {
    /* NULL after filling err. */
    es_backend *(*open)(const char *where, const burin_open_options *options, burin_error *err);
    void (*close)(es_backend *backend);
    /* Give everything it keeps, as types, then trees with their retention, then versions: those of one commit together, each after what it differs from. */
    burin_status (*read)(es_backend *backend, es_entry_sink sink, void *user, burin_error *err);
    /* Keep entries, all or none; when it returns they are kept as durably as was asked for. anew: instead of all there are.
     * BURIN_ERR_CONFLICT: somebody else has written a version of a tree that has one here, or a type; anew: anything that was not seen, but for the
     * retention of trees that are there already, which stays. */
    burin_status (*write)(es_backend *backend, const buf *entries, bool anew, burin_error *err);
    /* Numbers for new entities, or new trees, that nobody else gets: so many from *first. Not while it writes. */
    burin_status (*reserve)(es_backend *backend, es_reserved what, uint32_t count, uint32_t *first, burin_error *err);

    /* These one at a time, but beside the others. */
    /* As `read`, but what others have written and was not seen yet; the same again until `seen`. */
    burin_status (*news)(es_backend *backend, es_entry_sink sink, void *user, burin_error *err);
    void (*seen)(es_backend *backend);
    /* Wait until somebody else may have written, at most so long. */
    burin_status (*wait)(es_backend *backend, uint64_t timeout_ns, bool *any, burin_error *err);
    /* See that what it is kept in is whole. NULL: it sees to that itself. BURIN_ERR_DATA. */
    burin_status (*check)(es_backend *backend, burin_error *err);
} es_backend_ops;

#ifdef BURIN_SQLITE
extern const es_backend_ops es_sqlite;
#endif
#ifdef BURIN_POSTGRES
extern const es_backend_ops es_postgres;
#endif

#endif
