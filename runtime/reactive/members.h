/* What sums, orders and groups of members have in common: the members, each in a numbered place with an effect that follows what it
 * reads; and a list that is made once a batch, whatever has changed. */
#ifndef BURIN_REACTIVE_MEMBERS_H
#define BURIN_REACTIVE_MEMBERS_H

#include "runtime/reactive/graph.h"

typedef struct rx_member { /* what a member of any kind begins with */
    burin_node effect;
    uint32_t   place, next_free; /* next_free: a place + 1 */
    uint32_t   size;
    bool       is_free;
} rx_member;

/* From here on no scope is open: what is made is nobody's but the maker's. Gives what was open, for rx_reopen, which knows if it has gone. */
burin_node rx_close_scope(burin_graph *g);
void       rx_reopen(burin_graph *g, burin_node scope);

typedef struct rx_members {
    rx_member **at;                      /* by place */
    uint32_t    count, room, first_free; /* first_free: a place + 1; 0: none */
} rx_members;

/* A member in a place of its own: one that has gone, as it was left, or a new one of `size` bytes, zeroed. BURIN_ERR_USAGE unless values
 * can be read from all `nodes`; NULL in *m after a failure, of which the graph knows the message. */
burin_status rx_member_take(burin_graph *g, rx_members *all, size_t size, const burin_node *nodes, size_t count, void *m);
/* Make its effect, which runs at once, and which no scope owns; when it cannot be made, the place is free again. */
burin_status rx_member_follow(burin_graph *g, rx_members *all, rx_member *m, burin_compute follow);
/* BURIN_ERR_USAGE: there is no such member. */
burin_status rx_member_check(burin_graph *g, const rx_members *all, uint32_t place);
/* End one: its effect is gone and its place free; what its kind keeps in it is left. NULL in *m after a failure. */
burin_status rx_member_end(burin_graph *g, rx_members *all, uint32_t place, void *m);
void         rx_members_free(burin_graph *g, rx_members *all);

typedef struct rx_listing {
    burin_node   out, changes, writer; /* out: the cell of the list; changes: a cell that counts; writer: the effect that then makes the list */
    int64_t      change_count;
    burin_value *items;                /* room for making it */
    uint32_t     room;
} rx_listing;

/* Give `user` a list that `write` makes, with rx_box_set. On failure nothing is left. */
burin_status rx_listing_open(burin_graph *g, rx_listing *list, burin_compute write, void *user);
/* The list must be made. */
burin_status rx_listing_note(burin_graph *g, rx_listing *list);
/* The cell stays, and the list in it. */
void         rx_listing_free(burin_graph *g, rx_listing *list);

static inline bool   rx_is_number(burin_value v) { return v.kind == BURIN_INT || v.kind == BURIN_FLOAT; }
static inline double rx_as_double(burin_value v) { return v.kind == BURIN_FLOAT ? v.as.f : (double)v.as.i; }
static inline bool   rx_is_nan(burin_value v) { return v.kind == BURIN_FLOAT && v.as.f != v.as.f; }
/* The sign of a - b, exactly: rounded, ints that differ would be equal to one float, and an order with that would be none. Neither is a NaN. */
int rx_compare_numbers(burin_value a, burin_value b);

#endif
