/* Regions: static computed nodes that the pass runs as one.
 *
 * A region has up to RX_REGION_NODES members, each behind those that it reads, and reads nodes outside, its inputs. Its members keep
 * their edges, values, cutoffs and counts; they are FUSED: who changes something that a member reads marks the member in
 * its region (`dirty`), not in the queue, and queues the region's leader, a member that no other stands below and all inputs do. When the
 * leader's turn comes, all inputs are up to date, and either
 *
 * - the program computes all values from the first marked member on, and those that differ are the members' (whole): members are
 *   counted as run whose inputs have changed, and only readers outside are marked. Values that none of those reads stay in the region until somebody
 *   asks for them; or
 * - the marked members run one by one, as without a region (walk): where few are marked, where a value is not of the kind the program is made
 *   for, where the program fails, and in a watched graph.
 *
 * An input that only needed members of one region read FEEDS it: it marks all of them at once, and tells the program its value. A batch that
 * changes nothing but such a cell (whose `user` is its rx_feed) enters the region without a queue, and runs the only effect of it without one. What
 * such a batch came to is remembered: where the same members have other values as last time, as many have run and as many were cut off.
 *
 * So a region changes no value and no count. It is dissolved, and its members are nodes like others again, when a member or an input is
 * disposed of, when a dynamic node reads a member (it could make it wait), when an input rises to the leader's height, and when its runs
 * have cost more than the members by themselves would have. */
#ifndef BURIN_REACTIVE_REGION_H
#define BURIN_REACTIVE_REGION_H

#include "runtime/reactive/differ.h"
#include "runtime/reactive/graph.h"

enum { RX_REGION_NODES = 200, RX_REGION_INPUTS = 400, RX_REGION_WORDS = (RX_REGION_NODES + 63) / 64, RX_PLACE_BITS = 9 };

/* What computes the members' values. */
typedef struct rx_program {
    /* Compute the values of member `from` and all behind it. The member that could not be computed, whose cell, like those behind it, is as it
     * was; or the number of members. */
    uint32_t (*run)(void *user, uint32_t from);
    const _Atomic(void *) *native; /* of a function of cells and `from` that does the same; NULL in it: there is none yet */
    void (*release)(void *user);
    void    *user;
    rx_bits *cells; /* the 64 bits of plain values: of member n in cell n, of input n in cell RX_REGION_NODES + n */
} rx_program;

struct rx_feed { /* of an input */
    rx_region *region;
    rx_bits   *cell;       /* of the program */
    uint64_t   places[RX_REGION_WORDS]; /* the members that read it */
    uint32_t   load, first;
    uint32_t   count;      /* members from the first on */
    bool       is_at_once; /* a region of one word, and enough of them follow the input for the program to run */
    /* ... then: which members last had other values, and what that came to. Mostly it is the same again. */
    uint64_t   changed;
    uint32_t   evaluations, cutoffs;
    int32_t    saved; /* see `gain` */
};

struct rx_region {
    rx_program program;
    uint32_t   number, leader, count, input_count;
    uint32_t   words;      /* of sets of members */
    uint32_t   load;       /* how many nodes follow what is marked, about */
    bool       is_waiting; /* the leader is queued for it, or it runs */
    int32_t    gain;       /* what runs of the region have saved, about, in ns */
    bool       is_synced;  /* what follows is right, and cells hold the values of needed members, and of cells that feed it */
    bool       is_ahead;   /* ... and those of the graph do not, but for the outputs' */
    uint64_t   needed[RX_REGION_WORDS], outputs[RX_REGION_WORDS]; /* outputs: who reads it looks at the graph's value */
    uint64_t   for_effects[RX_REGION_WORDS]; /* outputs that are read outside by one effect and nothing else */
    uint64_t   dirty[RX_REGION_WORDS], floats[RX_REGION_WORDS];
    rx_bits    was[RX_REGION_NODES];    /* the cells of needed members, before the program runs */
    uint32_t   effects[RX_REGION_NODES]; /* of outputs for effects: which */
    uint32_t   loaded_count;
    uint16_t   loaded[RX_REGION_INPUTS]; /* inputs that are no cells, or do not feed it: their values are fetched when it runs */
    rx_feed   *feeds;      /* of inputs */
    uint32_t   nodes[RX_REGION_NODES], inputs[RX_REGION_INPUTS];
    uint8_t    kinds[RX_REGION_NODES], input_kinds[RX_REGION_INPUTS];
    uint8_t    followers[RX_REGION_NODES]; /* and itself */
    uint64_t  *reads;                      /* of each member the set of members that it reads, `words` words */
};

typedef struct rx_plan {
    uint32_t   count, input_count;
    uint32_t   nodes[RX_REGION_NODES], inputs[RX_REGION_INPUTS];
    uint8_t    kinds[RX_REGION_NODES], input_kinds[RX_REGION_INPUTS]; /* the program's, burin_kind */
    rx_program program;
} rx_plan;

/* Could it be a member? */
bool rx_may_fuse(const burin_graph *g, uint32_t node);
/* Make a region of nodes that may be members, of which no input stands above one. Its program is released when it is dissolved. False when memory is out: the
 * program is the caller's still. */
bool rx_region_make(burin_graph *g, const rx_plan *plan);

#endif
