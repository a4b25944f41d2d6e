/* burin/follow.h: a reactive graph follows a store: cells that hold what attributes hold in the newest version.
 *
 *     burin_follower *f = burin_follower_new(graph, store, &err);
 *     burin_follow(f, agent, SPEED, &speed);             -- a cell
 *     ... commits, by any thread ...
 *     burin_follower_update(f, NULL, &err);              -- one batch: everything that reads `speed` follows
 *
 * An update takes in the change lists of all commits since the last one, at one moment for all trees, as one batch: what runs in
 * it sees one state of the store. A change of an entity nobody follows costs one bit test. What other processes commit to a store that is
 * kept (burin/durable.h) belongs to it once burin_store_refresh has taken it in: burin_store_wait, refresh, update.
 * A follower belongs to its graph's thread, and has its memory from the graph's allocator. Nobody else may set its cells, or dispose of them. */
#ifndef BURIN_FOLLOW_H
#define BURIN_FOLLOW_H

#include "burin/reactive.h"
#include "burin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Cells for attributes of a store, and how far it has followed. */
typedef struct burin_follower burin_follower;

/* Both are borrowed and outlive it. Cells lie in a scope of its own, inside the open one. NULL after filling `err`. */
BURIN_API burin_follower *burin_follower_new(burin_graph *graph, burin_store *store, burin_error *err);
/* And its cells; NULL is allowed. In what one of its own functions runs, an effect or an event, it ends when that function returns: one of
 * burin_follow_children then fails with BURIN_ERR_CANCELLED. In another effect, or an open batch: what runs in it must not look at containers that its cells held. */
BURIN_API void burin_follower_free(burin_follower *follower);

/* The cell of an attribute, made when it is first followed; entity.tree 0 is the entity's own tree, its version is not looked at. It
 * holds what burin_reader_get gives; of an attribute with children the list of their ids; none while there is no such
 * entity. Errors: those of burin_reader_get, BURIN_ERR_USAGE (inside a computation that may not), BURIN_ERR_NOMEM; in `err`. */
BURIN_API burin_status burin_follow(burin_follower *follower, burin_entity entity, int attribute, burin_node *out, burin_error *err);

/* The cell of what an address (burin/address.h) names, `@7.agents[0].speed`: the value of an attribute or a part of it, the id of an
 * entity, a list of the ids of children; none while there is no such thing. Every attribute on the way is followed, so it goes on with
 * what the address names then. It is set by an effect: what follows from it is a batch of its own, after that of the update. Errors: those of burin_address_read,
 * BURIN_ERR_KEY (no such entity), BURIN_ERR_USAGE (an address of a version, or of no attribute; inside a computation that may not). */
BURIN_API burin_status burin_follow_address(burin_follower *follower, burin_text address, burin_node *out, burin_error *err);

/* Follow no longer: the cell goes, and what reads it fails, as with burin_graph_dispose. An attribute that was followed several times has one cell, which goes with the last
 * of as many calls. What the cell held may be looked at until the effects of the batch have run. The graph's thread, outside computed nodes; also in an effect that reads the
 * cell, and in `added` and `removed` below. Needs no memory. BURIN_ERR_KEY: no cell of this follower, or one that has gone; BURIN_ERR_USAGE. */
BURIN_API burin_status burin_unfollow(burin_follower *follower, burin_node cell, burin_error *err);

/* Children that come and go: `added` for each of those that an attribute holds, in its order, and for each that it holds from now on; `removed` for
 * each that it holds no longer, before those. What `added` puts into *member is what `removed` is told, such as the number of a member
 * (burin/operators.h): so an aggregate over children costs what has changed, not how many there are.
 *
 *     added:    burin_follow(f, child, SPEED, &speed, &err);  return burin_aggregate_add(sum, speed, member);
 *     removed:  return burin_aggregate_remove(sum, member);
 *
 * They are called within burin_follow_children and, in the update's batch, when its cells have been set; they may follow, set and make what they like,
 * but not commit to the store. */
typedef struct burin_child_events {
    burin_status (*added)(void *user, burin_entity child, uint32_t *member);
    burin_status (*removed)(void *user, burin_entity child, uint32_t member);
    void *user;
} burin_child_events;
typedef struct burin_child_follower burin_child_follower;
/* `events` is copied. The entity is named as in burin_follow; once it has gone it has no children. NULL after filling `err`: the errors of
 * burin_reader_children, BURIN_ERR_USAGE (inside a computed node), BURIN_ERR_NOMEM, or that of `added` or of the batch, after which `removed` was told, once, of those that had been added. */
BURIN_API burin_child_follower *burin_follow_children(burin_follower *follower, burin_entity entity, int attribute, const burin_child_events *events, burin_error *err);
/* Ends it; nobody is told. NULL is allowed; also within its own events. What is left is freed with the follower. */
BURIN_API void burin_child_follower_free(burin_child_follower *children);

/* Take in what has been committed. Where the version seen last is no longer kept, all cells of its tree are read anew: so a retention of the
 * newest version alone costs what is followed, not what has changed; keep as many as are committed between two updates, and one more. *changed (may be
 * NULL): cells that were set. After a failure (BURIN_ERR_NOMEM, what the batch came to) the next update begins where this one did, or, after one of
 * `added` or `removed`, with that child. In an
 * effect the cells follow in the next round, as with burin_graph_set. */
BURIN_API burin_status burin_follower_update(burin_follower *follower, uint64_t *changed, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
