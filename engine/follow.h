/* The inside of followers, for addresses. */
#ifndef BURIN_ENGINE_FOLLOW_H
#define BURIN_ENGINE_FOLLOW_H

#include "burin/follow.h"

typedef struct follow_cell    follow_cell;
typedef struct follow_entity  follow_entity;
typedef struct follow_tree    follow_tree;
typedef struct follow_address follow_address;

/* Where the containers that a cell holds lie: the one set last in the current heap, the one before in the other. */
typedef struct follow_room {
    burin_heap *heaps[2];
    unsigned    current;
    burin_value set; /* last; text in it is not to be looked at */
} follow_room;

/* False when memory is out: then it is closed. */
bool follow_room_open(follow_room *room, const burin_allocator *alloc);
void follow_room_close(follow_room *room);
/* The heap for a value that the cell is to be set to, and that it has been. */
burin_heap *follow_room_next(const burin_graph *g, burin_node cell, follow_room *room);
void        follow_room_took(follow_room *room, const burin_heap *heap, burin_value set);

struct burin_follower {
    burin_graph           *graph;
    burin_store           *store;
    burin_reader          *reader;
    const burin_allocator *alloc;
    burin_node             scope;
    follow_tree           *trees;
    uint32_t               tree_count, tree_room;
    follow_entity         *entities;
    uint32_t               entity_count, entity_room;
    follow_cell           *cells;
    uint32_t               cell_count, cell_room;
    follow_room           *rooms; /* from 1 */
    uint32_t               room_count, room_room;
    uint32_t               pins;
    follow_address        *addresses; /* newest first */
};

/* See one state of the store; pins nest. */
void follower_pin(burin_follower *f);
void follower_unpin(burin_follower *f);
/* Free all of a chain, whose nodes go with the follower's scope. */
void follow_addresses_free(follow_address *newest);

#endif
