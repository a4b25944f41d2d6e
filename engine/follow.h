/* The inside of followers, for addresses and children. */
#ifndef BURIN_ENGINE_FOLLOW_H
#define BURIN_ENGINE_FOLLOW_H

#include "burin/follow.h"

typedef struct follow_cell    follow_cell;
typedef struct follow_entity  follow_entity;
typedef struct follow_page    follow_page;
typedef struct follow_address follow_address;

/* Where the containers that a cell holds lie: the one set last in the current heap, the one before in the other. */
typedef struct follow_room {
    burin_heap *heaps[2];
    unsigned    current;
    burin_value set;     /* last; text in it is not to be looked at */
    uint32_t    next;    /* of those that are over, or free */
} follow_room;

/* False when memory is out: then it is closed. */
bool follow_room_open(follow_room *room, const burin_allocator *alloc);
void follow_room_close(follow_room *room);
/* The heap for a value that the cell is to be set to, and that it has been. */
burin_heap *follow_room_next(const burin_graph *g, burin_node cell, follow_room *room);
void        follow_room_took(follow_room *room, const burin_heap *heap, burin_value set);

/* What a cell follows: an address, or an attribute of an entity of the tree in this place. */
typedef struct follow_target {
    uint32_t        node; /* 0: none */
    uint32_t        tree, id;
    follow_address *address;
} follow_target;
typedef struct follow_index {
    follow_target *table;
    uint32_t       count, room; /* room: a power of 2, more than half of it free; or 0 */
} follow_index;

/* ---- follow_index.c ---- */

/* Room for one more; false when memory is out. */
bool                 follow_index_reserve(follow_index *index, const burin_allocator *alloc);
void                 follow_index_put(follow_index *index, follow_target target);
const follow_target *follow_index_find(const follow_index *index, uint32_t node); /* NULL: it follows nothing */
void                 follow_index_drop(follow_index *index, uint32_t node);
void                 follow_index_free(follow_index *index, const burin_allocator *alloc);

/* ---- follow.c ---- */

typedef struct follow_tree {
    uint32_t     tree, version; /* version: the one seen last */
    follow_page *pages;
    uint32_t     page_count;
} follow_tree;

struct burin_follower {
    burin_graph           *graph;
    burin_store           *store;
    burin_reader          *reader;
    const burin_allocator *alloc;
    burin_node             scope;
    follow_tree           *trees;
    uint32_t               tree_count, tree_room;
    follow_entity         *entities;
    uint32_t               entity_count, entity_room, free_entities; /* free: chained by `attributes`, from 1 */
    follow_cell           *cells;
    uint32_t               cell_count, cell_room;
    follow_room           *rooms; /* from 1 */
    uint32_t               room_count, room_room;
    uint32_t               free_rooms, over_rooms; /* over: what is in them may still be looked at until the graph is at rest */
    uint32_t               pins;
    follow_index           index;
    follow_address        *addresses; /* newest first */
    follow_address        *over;      /* ended; freed when the graph is at rest */
    burin_child_follower  *children;  /* all, newest first */
    burin_child_follower  *due;       /* of which the children are others, to be told; the one first that has been for longest */
    bool                   has_lost;  /* an address is */
    bool                   is_telling;
    bool                   is_ended; /* freed when the last pin goes */
};

/* See one state of the store; pins nest. A follower that has ended goes with the last. */
void follower_pin(burin_follower *f);
void follower_unpin(burin_follower *f);
/* The tree's place among those followed, UINT32_MAX when memory is out; and for an entity of it, who follows its children: NULL when memory is out. */
uint32_t                follow_tree_place(burin_follower *f, uint32_t tree);
burin_child_follower **follow_children_of(burin_follower *f, uint32_t place, uint32_t id);
/* Free what has ended, if nothing runs that could look at it. */
void follow_free_over(burin_follower *f);
/* Nobody follows its children any more. */
void follow_entity_left(burin_follower *f, uint32_t place, uint32_t id);
/* What the graph says of its last failure, in `err`. */
burin_status follow_fail_as_graph(burin_follower *f, burin_status status, burin_error *err);

/* Of the entity whose children are followed, these attributes (a set) are others than in `version`; 0: any may be. */
void         follow_children_note(burin_child_follower *first, uint64_t attributes, uint32_t version);
/* Tell those that are due; the trees' versions are the newest. */
burin_status follow_children_tell(burin_follower *f, burin_error *err);
void         follow_children_free(burin_follower *f);

/* End one: its nodes and what it follows. It is to be freed when the graph is at rest. */
void follow_address_end(follow_address *a);
/* Before an update, in its batch: those that had no memory. */
burin_status follow_addresses_again(burin_follower *f, burin_error *err);
/* Free all of a chain, whose nodes have gone or go with the follower's scope. */
void follow_addresses_free(follow_address *newest);

#endif
