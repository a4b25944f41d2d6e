/* burin/exchange.h: stores and trees as JSON, and as pictures (Mermaid, DOT).
 *
 * The JSON of a store is all of it: types, trees, every kept version with its number, commit, time and note, what each changed, what was
 * borrowed from where; read into an empty store it gives the same store. The JSON of a tree is one version of it; read into a transaction
 * it gives new entities. Entities are listed flat, with their children by id:
 *
 *   store    {"burin_store": 1, "ids": LAST, "types": [type...], "trees": [{"tree": 1}...], "versions": [version...]}
 *   tree     {"burin_tree": 1, "types": [type...], "tree": T, "version": V, "root": ID, "states": [state...]}
 *   type     {"name": "Agent", "attributes": [{"name": "speed", "kind": "int", "optional": true, "entity_type": "..."}...]}
 *   version  {"tree": T, "version": V, "commit": N, "time_ns": N, "note": "...", "keeps": N, "root": ID, "states": [state...]}
 *   state    {"id": 7, "type": "Agent", "attributes": {...}, "origins": {...}}, {"id": 8, "touched": true}, {"id": 9, "removed": true}
 *
 * Kinds are those of burin/attribute.def. JSON's own types stand for themselves; what it lacks is an object with one key: {"$bits": "7ff8..."}
 * (a double that is no number), {"$tuple": []}, {"$set": []}, {"$bytes": "00ff"}, {"$dict": [[key, value]...]}. It is valid RFC 8259. */
#ifndef BURIN_EXCHANGE_H
#define BURIN_EXCHANGE_H

#include "burin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Everything that a pinned reader sees. out: malloc'ed, NUL-terminated. BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_store_export(const burin_reader *reader, char **out, size_t *len, burin_error *err);
/* Fill an empty store. Errors: BURIN_ERR_USAGE (it is not empty), BURIN_ERR_DATA (not such JSON, or it cannot be so), BURIN_ERR_NOMEM,
 * BURIN_ERR_LIMIT; the store may then hold a part, and is good only for burin_store_free; where it is kept nothing
 * was written. A memory_limit bounds what JSON from strangers may cost. */
BURIN_API burin_status burin_store_import(burin_store *store, burin_text json, burin_error *err);
/* A version of a tree; 0: its newest. out: malloc'ed, NUL-terminated. */
BURIN_API burin_status burin_tree_export(const burin_reader *reader, uint32_t tree, uint32_t version, char **out, size_t *len, burin_error *err);
/* New entities like those of the JSON, to be attached or promoted by their root. References within the tree go to the new entities; others must
 * name entities of the store. Types that the store lacks are declared, others must be the same.
 * Errors: BURIN_ERR_DATA, and those of the functions of transactions; then nothing is left in the transaction. */
BURIN_API burin_status burin_tree_import(burin_txn *txn, burin_text json, burin_entity *root, burin_error *err);

/* An entity as the object that stands for it in JSON, with all its attributes: "type", "attributes" and so on, as `state` above. Made in the heap. */
BURIN_API burin_status burin_reader_state(const burin_reader *reader, burin_entity entity, burin_heap *heap, burin_value *out, burin_error *err);

typedef enum burin_picture { /* none is a burin_graph_format: what was meant for the one is refused by the other */
    BURIN_MERMAID = 16, /* flowchart, as Markdown shows it */
    BURIN_DOT,          /* Graphviz */
} burin_picture;
/* A version of a tree (0: its newest) as a picture: entities with their plain values, owners' arrows with attribute and place, references
 * dashed. out: malloc'ed, NUL-terminated. Errors: BURIN_ERR_KEY, _GONE, _NOMEM, _USAGE (no such form). */
BURIN_API burin_status burin_tree_draw(const burin_reader *reader, uint32_t tree, uint32_t version, burin_picture form, char **out, size_t *len,
                                       burin_error *err);
/* What burin_reader_diff finds as a picture: entities added, removed, moved (with both arrows) and modified (with both values), and those
 * above them. */
BURIN_API burin_status burin_diff_draw(const burin_reader *reader, uint32_t old_tree, uint32_t old_version, uint32_t new_tree, uint32_t new_version,
                                       burin_picture form, char **out, size_t *len, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
