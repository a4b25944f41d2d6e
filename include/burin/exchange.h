/* burin/exchange.h: stores and trees as JSON, and as pictures.
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
 * BURIN_ERR_LIMIT; the store may then hold a part, and is good only for burin_store_free. */
BURIN_API burin_status burin_store_import(burin_store *store, burin_text json, burin_error *err);
/* A version of a tree; 0: its newest. out: malloc'ed, NUL-terminated. */
BURIN_API burin_status burin_tree_export(const burin_reader *reader, uint32_t tree, uint32_t version, char **out, size_t *len, burin_error *err);
/* New entities like those of the JSON, to be attached or promoted by their root. References within the tree go to the new entities; others must
 * name entities of the store. Types that the store lacks are declared, others must be the same.
 * Errors: BURIN_ERR_DATA, and those of the functions of transactions; then nothing is left in the transaction. */
BURIN_API burin_status burin_tree_import(burin_txn *txn, burin_text json, burin_entity *root, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
