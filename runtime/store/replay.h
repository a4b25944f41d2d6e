/* Making versions of what pack.h describes: how a store is loaded, imported, and follows another. */
#ifndef BURIN_STORE_REPLAY_H
#define BURIN_STORE_REPLAY_H

#include "runtime/store/pack.h"

/* A tree as it is kept: all that is known before its first version. */
typedef struct es_logged_tree {
    uint32_t        tree, parent_tree, parent_version;
    burin_retention retention;
} es_logged_tree;

/* A version as it is kept. */
typedef struct es_logged_version {
    uint32_t   tree, version;
    uint32_t   keeps;   /* burin_store_keep less burin_store_release */
    uint32_t   last_id; /* given out by then */
    uint64_t   commit;  /* as burin_version_info.commit */
    int64_t    time_ns;
    burin_text note;
    burin_text states;  /* packed */
} es_logged_version;

/* Under the lock, in this order: every tree, before any of its versions; numbers of trees may be left out; versions by commit; those of one commit are seen when the
 * commit is (es_replay_commit). A tree's versions ascend, and may leave some out: those are no longer kept.
 * Errors: BURIN_ERR_DATA (it cannot be so), BURIN_ERR_NOMEM, BURIN_ERR_LIMIT; the version is then not there. */
/* Whether there is such a tree, or is to be. */
bool es_replay_knows(const burin_store *s, uint32_t tree);
burin_status es_replay_tree(burin_store *s, const es_logged_tree *logged, burin_error *err);
burin_status es_replay_version(burin_store *s, const es_logged_version *logged, burin_error *err);
void         es_replay_commit(burin_store *s, uint64_t commit);

/* What the next version of a tree differs from: its newest one, or what it was forked from; NULL: nothing. */
es_version *es_replay_before(const burin_store *s, uint32_t tree);

/* ---- what is kept (kept.c), under the lock ---- */

/* All versions that `snapshot` sees, by commit and tree, as es_kept; false when memory is out. *trees: how many there are. */
bool es_list_kept(const burin_store *s, uint32_t snapshot, uint32_t *trees, buf *out);

/* ---- check.c ---- */

/* See that a version which differs from another, correct one in `changes` (by id) is a tree. seen: the commit of the other. BURIN_ERR_DATA,
 * BURIN_ERR_NOMEM. */
burin_status es_check_changes(const burin_store *s, es_index before, uint32_t seen, es_index after, uint32_t root, const es_change *changes, uint32_t count,
                              burin_error *err);
/* The same of a version by what it differs in from one that is right (NULL: from nothing). *count: its entities. */
burin_status es_check_version(const burin_store *s, const es_version *before, const es_version *version, uint32_t *count, burin_error *err);

#endif
