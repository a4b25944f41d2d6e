/* The inside of followers, for addresses. */
#ifndef BURIN_ENGINE_FOLLOW_H
#define BURIN_ENGINE_FOLLOW_H

#include "burin/follow.h"

typedef struct follow_cell    follow_cell;
typedef struct follow_tree    follow_tree;
typedef struct follow_address follow_address;

struct burin_follower {
    burin_graph           *graph;
    burin_store           *store;
    burin_reader          *reader;
    const burin_allocator *alloc;
    burin_node             scope;
    follow_tree           *trees;
    uint32_t               tree_count, tree_room;
    follow_cell           *cells; /* from 1 */
    uint32_t               cell_count, cell_room;
    uint32_t               pins;
    follow_address        *addresses; /* newest first */
};

/* See one state of the store; pins nest. */
void follower_pin(burin_follower *f);
void follower_unpin(burin_follower *f);
/* Free all of a chain, whose nodes go with the follower's scope. */
void follow_addresses_free(follow_address *newest);

#endif
