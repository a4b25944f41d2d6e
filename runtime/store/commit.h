/* The parts of a commit: drafts to records (encode.c), versions and their publication (publish.c). See commit.c. */
#ifndef BURIN_STORE_COMMIT_H
#define BURIN_STORE_COMMIT_H

#include "runtime/store/txn.h"

static inline size_t es_origins_size(const es_origins *origins) { return sizeof *origins + origins->count * sizeof *origins->items; }

/* The attributes of a draft that are not what its base has. */
uint64_t es_draft_differs(const burin_txn *t, const es_draft *d);
/* Make the draft's record and put it in the index of the tree it goes to. `differs`: attributes to be written anew; the blocks of
 * others are the base record's, unless the draft is new or foreign: then everything is written. Replaced blocks are retired. */
void es_encode(burin_txn *t, es_writer *w, es_draft *d, uint32_t version, uint64_t differs);

/* The block, or blocks, that a cell refers to. */
void es_retire_cell(es_writer *w, burin_attribute_kind kind, uint64_t cell);
/* Every block of a record, and the record. */
void es_retire_record(es_writer *w, const burin_store *s, es_ref ref);
/* One more line of a tree's change list; false when memory is out. */
bool es_touch_note(const burin_store *s, es_touch *touch, es_change change);

/* Entries for the new versions of all changed trees, not yet visible. A failure is in t->writer. */
void es_commit_versions(burin_txn *t, const burin_commit_options *options);
/* Make them visible. Cannot fail. */
void es_commit_publish(burin_txn *t);
/* Room for a version of a tree: in place.entry, zeroed. What it needed to make stays out of sight until it is published. NULL
 * when memory is out. */
bool es_place_version(burin_store *s, es_writer *w, es_tree *tree, uint32_t version, es_place *place);
/* What the touch says of the new version, and its lists; a failure is in the writer. */
void es_fill_version(es_writer *w, es_touch *touch, es_version *entry, int64_t time_ns, burin_text note);
/* The link of a fork to what it comes from; 0 when memory is out. */
es_ref es_make_fork(es_writer *w, const es_version *from);
void es_publish_version(burin_store *s, es_tree *tree, uint32_t version, const es_place *place);
/* Say where the entities live that a version has changed; of several trees that are changed at once first what has left, then the rest. */
void es_publish_left(burin_store *s, const es_touch *touch);
void es_publish_homes(burin_store *s, const es_touch *touch);

#endif
