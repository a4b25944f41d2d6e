/* What has been done to a store, on its way to where it is kept.
 *
 * Under the store's lock each change is put on the queue; after the lock is let go, whoever must know that it is kept waits.
 * The first who waits writes all that is queued, in one go, for everybody (group commit); meanwhile the next batch gathers. There is no
 * thread of its own. */
#ifndef BURIN_STORE_LOG_H
#define BURIN_STORE_LOG_H

#include "runtime/store/backend.h"

#include <stdatomic.h>

typedef struct es_log {
    burin_allocator        alloc;
    const es_backend_ops  *ops;
    es_backend            *backend;
    bool                   read_only;
    bool                   shared;       /* a change is written before it is done: nothing waits on the queue */
    pthread_mutex_t        lock;
    pthread_cond_t         written;
    buf                    change;       /* entries of the running change: the store's lock guards them */
    buf                    queue, batch; /* entries that wait, whole changes, and those that are being written */
    uint64_t               queued, kept; /* changes, counted from the first */
    bool                   writing;      /* the backend is in use */
    pthread_mutex_t        following;    /* held while what others have written is asked for */
    struct { uint32_t next, end, step; } ids, trees; /* numbers reserved for this process: the store's lock guards them */
    burin_error            failure;      /* of a write: nothing more is written */
    atomic_bool            is_behind;    /* shared: a write has met what another process has written */
} es_log;

es_log *es_log_new(const burin_allocator *alloc, const es_backend_ops *ops, es_backend *backend, const burin_open_options *options);
/* Writes what waits. NULL is allowed. */
void es_log_free(es_log *log);

/* ---- under the store's lock ---- */

/* The first of ES_ID_BLOCK numbers for new entities. */
burin_status es_log_ids(burin_store *s, uint32_t *first, burin_error *err);
/* A number for a new tree; the nth that is made at once. */
burin_status es_log_tree_number(burin_store *s, uint32_t nth, uint32_t *number, burin_error *err);

/* BURIN_OK when changes may be made: the store is in memory, or what keeps it works. */
burin_status es_log_ready(const burin_store *s, burin_error *err);
/* Say what the change is; false when memory is out. Without a log: true. */
bool es_log_type(burin_store *s, burin_type type);
bool es_log_tree(burin_store *s, uint32_t tree, const es_tree *t);
bool es_log_version(burin_store *s, const es_kept *kept);
bool es_log_retention(burin_store *s, uint32_t tree, const burin_retention *retention);
bool es_log_keeps(burin_store *s, uint32_t tree, uint32_t version, int32_t difference);
/* The change is complete, or, !good, memory was out: put it on the queue, whole. *number: what to wait for. Of a shared store: write it. After an
 * error it is forgotten, and must not be done: BURIN_ERR_NOMEM; shared: BURIN_ERR_CONFLICT, BURIN_ERR_OS. Without a log: BURIN_OK. */
burin_status es_log_done(burin_store *s, bool good, uint64_t *number, burin_error *err);
/* Write the change instead of everything that is kept, with what waits. */
burin_status es_log_replace(burin_store *s, burin_error *err);
/* From here on nothing is changed any more. */
void es_log_fail(burin_store *s, burin_status status, const char *why);
/* See that a version which is here is kept, or was when it was written: BURIN_ERR_CONFLICT where it waits to be, or could not be. */
burin_status es_log_expect_kept(burin_store *s, uint32_t tree, uint32_t version, burin_error *err);
/* Forget what was said. */
void es_log_undo(burin_store *s);

/* ---- without it ---- */

/* The end of a call that changes the store: see that what it did is kept. `status`: its own, which is returned if it is an error; where that came
 * from another process, what that one has done is taken in first. */
burin_status es_log_end(burin_store *s, burin_status status, uint64_t number, burin_error *err);
/* Take in what others have written, unless another thread is waiting for it or doing so. */
void es_catch_up(burin_store *s);

/* See that what is kept is whole where it is kept. A store in memory: it is. */
burin_status es_log_check(const burin_store *s, burin_error *err);

/* Changes up to this number are kept. */
uint64_t es_log_kept(es_log *log);
/* See that the entries up to this number are kept. */
burin_status es_log_wait(burin_store *s, uint64_t number, burin_error *err);
/* Do not wait, but see that the queue does not grow without bound. */
burin_status es_log_defer(burin_store *s, uint64_t number, burin_error *err);

#endif
