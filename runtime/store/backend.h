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
    uint32_t      before;           /* VERSION: the tree's version that it comes after; 0: none */
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

/* A row that a backend has read: its columns, from 0, as numbers and as texts. */
typedef struct es_row {
    int64_t (*number)(void *row, int column);
    burin_text (*text)(void *row, int column);
    void *row;
} es_row;
/* A row as an entry; its columns are
 *   TYPE      number, packed
 *   TREE      tree, parent_tree, parent_version, last, since_time_ns
 *   VERSION   tree, version, keeps, last_id, commits, time_ns, note, states, sum
 * False: its numbers cannot be so. */
bool es_row_entry(const es_row *row, es_entry_kind kind, es_entry *entry);

/* Where entries go when a backend is read. */
typedef burin_status (*es_entry_sink)(void *user, const es_entry *entry, burin_error *err);

typedef struct es_backend_ops {
    /* NULL after filling err. */
    es_backend *(*open)(const char *where, const burin_open_options *options, burin_error *err);
    void (*close)(es_backend *backend);
    /* Give everything it keeps, as types, then trees with their retention, then versions, each kind in its order. */
    burin_status (*read)(es_backend *backend, es_entry_sink sink, void *user, burin_error *err);
    /* Keep entries, all or none; when it returns they are kept as durably as was asked for. anew: instead of all there are.
     * BURIN_ERR_CONFLICT: somebody else has written. */
    burin_status (*write)(es_backend *backend, const buf *entries, bool anew, burin_error *err);
} es_backend_ops;

#ifdef BURIN_SQLITE
extern const es_backend_ops es_sqlite;
#endif
#ifdef BURIN_POSTGRES
extern const es_backend_ops es_postgres;
#endif

#endif
