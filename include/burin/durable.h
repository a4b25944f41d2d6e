/* burin/durable.h: stores that outlive their process.
 *
 * A store opened here is in memory as any other, and is read as fast. What changes it is also written to where it is kept, before the
 * call that changed it returns: commits, types, forks, retention, kept versions. Threads that wait at the same time share one write
 * (group commit). A commit that has returned BURIN_OK is never lost, and no commit is ever half there; how much that holds against is
 * the durability. When a write fails, the call says so (BURIN_ERR_OS): what it did is in memory (of a `shared` store: not), whether it is kept is
 * unknown until the store is opened again, and from then on the store refuses changes.
 * Where it is kept: a file (SQLite: one file, beside it only its journal while it is open), if Burin was built with libsqlite3; or a
 * PostgreSQL database (14 or later, as libpq is), "postgresql://user@host/name", if it was built with libpq. The store is the tables
 * burin_* of the connection's first schema ("...?options=-csearch_path%3Dmine" chooses one). When its connection is lost, a write finds out
 * over a new one whether it is kept, and is done if not; it fails when there is none within a few seconds.
 *
 * Several processes, or several burin_store of one, may change a store at the same time, each its own trees. Each sees what the others have committed
 * when it asks (burin_store_refresh). Of two that commit to one tree without having seen each other's version, or define a type, the second gets
 * BURIN_ERR_CONFLICT: what it did is not kept, and its store refuses changes until it is opened again. Stores that were opened as `shared` may change
 * the same trees: there the second, too, gets BURIN_ERR_CONFLICT, but nothing was done, what the other has done has been taken in, and the transaction
 * may be made again. Entities and trees have numbers of their own in all of them; numbers of trees may have gaps. Commits are counted by each for itself. */
#ifndef BURIN_DURABLE_H
#define BURIN_DURABLE_H

#include "burin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum burin_durability {
    BURIN_DURABILITY_FULL,   /* commits survive a power cut: each write is synced */
    BURIN_DURABILITY_NORMAL, /* they survive a killed process; of a power cut (PostgreSQL: a crash of the server) the last ones may not, the others stay whole */
} burin_durability;

/* Start from {0}. */
typedef struct burin_open_options {
    burin_store_options store;
    burin_durability    durability;
    bool                create;    /* make it where it is not there */
    bool                shared;    /* other processes change the same trees: see above. Every change is written before it is seen, one after the other; threads
                                      share no writes, and `defer` is not looked at */
    bool                read_only; /* see it as it is now; changes are refused with BURIN_ERR_USAGE. Beside a process that changes it */
} burin_open_options;

/* Open a store that is kept at `where`, a path or a URI. options: copied; NULL: defaults.
 * Returns NULL after filling `err`: BURIN_ERR_NOT_IMPLEMENTED (built without what keeps it), BURIN_ERR_OS (not there, not to be read or
 * written), BURIN_ERR_DATA (no store, a damaged one, or one of a later Burin), BURIN_ERR_NOMEM, BURIN_ERR_LIMIT. A file of an earlier Burin is
 * brought up to date, which `read_only` does not do: BURIN_ERR_DATA. */
BURIN_API burin_store *burin_store_open(const char *where, const burin_open_options *options, burin_error *err);
/* See that everything done so far is kept; needed after commits with `defer` only. A store in memory: does nothing. BURIN_ERR_OS. */
BURIN_API burin_status burin_store_sync(burin_store *store, burin_error *err);
/* Take in what other processes have committed since the store was opened or last did so: as if they had been committed here now, each of their commits
 * at once; readers that are pinned do not see it. The retention that others have set for trees holds here from then on, too. commits: how many there were; may be NULL. Any thread, also of a store that is read only. A store in
 * memory: there are none. Errors: BURIN_ERR_OS; BURIN_ERR_CONFLICT (another process has made a version in place of one that is here, but not kept yet);
 * BURIN_ERR_GONE (what leads from what is here to what is there was compacted away),
 * BURIN_ERR_DATA, BURIN_ERR_NOMEM, BURIN_ERR_LIMIT: the store is to be opened again. */
BURIN_API burin_status burin_store_refresh(burin_store *store, uint64_t *commits, burin_error *err);
/* Wait, at most timeout_ns nanoseconds, until another process may have committed: *changed. It may be told too often, and for PostgreSQL, which is told
 * by NOTIFY, too seldom: refresh also when time was up. One thread at a time waits or refreshes. BURIN_ERR_OS; BURIN_ERR_USAGE: a store in memory. */
BURIN_API burin_status burin_store_wait(burin_store *store, uint64_t timeout_ns, bool *changed, burin_error *err);
/* Write anew what is kept of the store, without the versions that its retention has dropped; the file shrinks. All or nothing.
 * BURIN_ERR_USAGE: a store in memory. BURIN_ERR_CONFLICT: another process has committed something that this one has not taken in, or keeps a version. */
BURIN_API burin_status burin_store_compact(burin_store *store, burin_error *err);
/* See that every kept version is what it should be, going through all of it, and a file by SQLite's integrity_check: rows that a cut or a wrong byte
 * hides are not missed otherwise. BURIN_ERR_DATA says what is not; BURIN_ERR_OS. */
BURIN_API burin_status burin_store_verify(burin_store *store, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
