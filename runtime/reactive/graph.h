/* The inside of the reactive graph.
 *
 * Nodes are numbered and lie in slabs: 32 bytes that every run of a node looks at; apart from them 16 bytes of value, so that computing
 * sums of many inputs walks a dense array of values; and 8 bytes for waiting in a queue. Node 0 is nobody.
 *
 * Edges. What a static node reads is a row in `inputs` (a single input stands in the node itself). Who reads a node is a
 * row of `readers` (CSR), made anew now and then, and a list of links: edges of dynamic nodes, and of static nodes made
 * since the rows were. Rows and links may name nodes that are gone; a number is given out again only after the rows have
 * been remade.
 *
 * Needed. A node is needed while an effect, or a needed node, reads it; `needed` counts those readers. A change marks
 * the needed readers of a node DIRTY and queues them by height; one pass runs them lowest first. Readers nobody needs
 * are marked DIRTY as well, and what is above them CHECK; they wait until they are read (pull.c).
 * Always true: a node's height is above that of what it reads; a node that is not needed and not clean has no clean
 * readers; between batches every needed node is clean, but for those that failed for want of memory. */
#ifndef BURIN_REACTIVE_GRAPH_H
#define BURIN_REACTIVE_GRAPH_H

#include "burin/reactive.h"
#include "runtime/base/memory.h"

#include <stdatomic.h>

enum { /* flags: what it is */
    RX_KIND     = 7,
    RX_FREE     = 0,
    RX_CELL     = 1,
    RX_COMPUTED = 2,
    RX_EFFECT   = 3,
    RX_SCOPE    = 4,
    RX_GONE     = 5,      /* disposed of; the number is not free yet */
    RX_STATIC   = 1 << 3,
    RX_SINGLE   = 1 << 4, /* `inputs` is the only input itself */
    /* and how it stands */
    RX_DIRTY    = 1 << 5, /* something it reads has changed */
    RX_CHECK    = 1 << 6, /* something above which it stands may have changed */
    RX_QUEUED   = 1 << 7,
    RX_RUNNING  = 1 << 8,
    RX_ERROR    = 1 << 9, /* its value is an rx_failure */
    RX_TOUCHED  = 1 << 10, /* a cell changed in the open batch */
    RX_ON_STACK = 1 << 11, /* of rx_raise */
    RX_NEEDED   = 1 << 12, /* computed: its `needed` is above 0 */
    RX_OPERATOR = 1 << 13, /* `user` is an rx_operator, which dies with the node */
    RX_FUSED    = 1 << 14, /* a region's member (region.h) */
    RX_FEEDS    = 1 << 15, /* an input of a region that nobody else reads; while the region is synced */
    RX_STALE    = RX_DIRTY | RX_CHECK,
};

typedef struct rx_node {
    void    *user;
    uint16_t fn, flags;
    uint32_t readers;    /* start of its row; the next node's is the end */
    uint32_t first_link; /* of its readers that have links */
    uint32_t inputs;     /* static: start of its row, whose first element is its length. Dynamic: first link to what it reads */
    uint32_t height;     /* effects: their place in the order of making */
    uint32_t generation;
} rx_node;

typedef struct rx_turn {
    uint32_t next; /* in its bucket, the free list, or those waiting to be free */
    uint32_t needed;
} rx_turn;

typedef struct rx_link { /* reader reads node */
    uint32_t node, reader;
    uint32_t next_read;                  /* the next thing the reader reads */
    uint32_t next_reader, before_reader; /* in the node's list, oldest first; before the first is the last */
} rx_link;

/* A failure as a value: allocated by rx_bytes, `size` bytes with its message. */
typedef struct rx_failure {
    burin_status status;
    uint32_t     len;
    burin_value  last; /* the plain value or text before it, the graph's own; MISSING: there was none */
    char         message[];
} rx_failure;

typedef struct rx_vector { /* of numbers */
    uint32_t *at;
    uint32_t  len, cap;
} rx_vector;

typedef struct rx_change { /* a cell of the open batch and what it was before */
    uint32_t    node;
    burin_value before;
} rx_change;

typedef struct rx_write { /* a cell that an effect sets */
    burin_node  cell;
    burin_value value;
} rx_write;

typedef struct rx_owned { /* a node's place in its scope, and a scope's newest node */
    uint32_t owner, newer, older, newest;
} rx_owned;

typedef struct rx_frame rx_frame;
struct rx_frame { /* a computation that runs */
    rx_frame *outer;
    uint32_t  node, run; /* node: 0 while static computed nodes run, which cannot read or change anything */
    uint32_t  last_link; /* the last link to something it has read in this run */
    uint32_t  next_link; /* what the last run read next, and this one has not come to: a link, 0 when there is none */
    bool      is_static;
};

enum {
    RX_NO_FN        = UINT16_MAX + 1,
    RX_SIZE_CLASSES = 32,
    RX_NESTED_MAX   = 48,  /* computations that may run inside one another before the rest is run first */
    RX_ROUNDS_MAX   = 100, /* of effects that set what effects read */
};

typedef struct rx_box   rx_box;   /* box.h */
typedef struct rx_watch rx_watch; /* watch.h */
typedef struct rx_post  rx_post;  /* post.c */
typedef struct rx_region rx_region; /* region.h */
typedef struct rx_feed   rx_feed;

struct burin_graph {
    const burin_allocator *alloc;
    rx_node     *nodes;
    burin_value *values;
    rx_turn     *turns;
    uint32_t     count;          /* numbers given out so far, node 0 included */
    uint32_t     node_cap, value_cap, turn_cap;
    uint32_t     free_nodes, gone_nodes;
    uint32_t     live;

    burin_compute *fns;
    uint32_t       fn_count, fn_cap, fn_recent;
    uint32_t       fetched;         /* the number of the function that `fetch` is for; RX_NO_FN: there is none */
    void         (*fetch)(const void *user);

    rx_vector inputs;
    uint32_t *readers;
    uint32_t  reader_count, rows;   /* rows: nodes with a number below this have one */
    uint32_t  dead_edges, gone;     /* edges in rows of nodes that are gone; nodes waiting to be free */
    uint64_t  worked;               /* rx_work when rows were remade last, or a node was made */
    bool      has_grown;            /* since it was trimmed */
    rx_vector pending;              /* links of static nodes, to become rows */
    rx_link  *links;
    uint32_t  link_count, link_cap, free_links;
    uint64_t  edges;

    uint32_t *buckets;              /* by height, the last of a ring of queued nodes */
    uint32_t  bucket_count, queued, highest; /* highest: of any node */
    uint32_t  lowest;               /* no queued node is lower; UINT32_MAX when none is queued */
    rx_vector effects, effects_now; /* queued; those of the round that runs */
    uint64_t  effect_runs;          /* here, apart from `evaluations`: side by side they were counted in one vector, which waits for stores to either */
    uint32_t  effect_count;         /* alive or queued: what those two have room for */
    uint32_t  effects_last;         /* the place in order of the one queued last */
    bool      effects_unsorted;
    uint64_t *order;                /* room for sorting them */
    uint32_t  order_cap;
    uint32_t  effects_made;
    rx_vector stack;                /* of walks that cannot fail: has room for every node */
    rx_vector waiting, positions;   /* of pulls: nodes, and how far their inputs have been looked at */
    uint32_t *stamps;               /* the run in which a node was last read; NULL while there are no dynamic nodes */
    uint32_t  stamp_cap, runs;

    rx_change *changes;
    uint32_t   change_count, change_cap;
    rx_write  *writes;
    uint32_t   write_count, write_cap;
    uint32_t   batch_depth;
    bool       flushing;
    bool       in_pass;             /* nodes are run in the order of their heights */
    uint32_t   restart;             /* what runs must run again later: it read this node, which cannot be brought up to date now */
    bool       too_deep;            /* because computations are nested too deep, not because of its height */
    uint32_t   restarted, restarts_in_row; /* the node that was put off last, and how often no other was in between */
    uint32_t careful;               /* why a static node may not just be run: nodes whose value is a failure, and one more for a watch */

    rx_frame *frame;
    uint32_t  nested;
    rx_watch *watch;                /* NULL: nobody looks */

    rx_owned *owned;
    uint32_t  owned_cap, scope;
    burin_text *names;
    uint32_t   name_cap;

    rx_region **regions;            /* NULL: dissolved */
    uint32_t    region_count, region_cap;
    uint32_t   *places;             /* of members, and of inputs that feed one: the region and the place in it */
    uint32_t    place_cap;

    _Atomic(rx_post *) posts;       /* of other threads, newest first */
    void (*wake)(void *user);
    void  *wake_user;

    rx_box     **boxes;
    uint32_t     box_count, box_room;
    burin_heap **spare_heaps;
    uint32_t     spare_heap_count, spare_heap_room;
    uint32_t     doomed;            /* scopes whose operator has gone, by `next` */

    void    *spare[RX_SIZE_CLASSES]; /* freed bytes by class */
    buf      message;
    uint64_t message_run;           /* how many evaluations there had been when it was set */
    uint64_t evaluations, cutoffs, restarts, batches, memory;
};

static inline unsigned rx_kind(const rx_node *n) { return n->flags & RX_KIND; }
/* Does it make what it reads needed? */
static inline bool rx_needs(const rx_node *n) { return n->flags & RX_NEEDED || rx_kind(n) == RX_EFFECT; }

/* Is it an effect, or does an effect or a needed node read it? */
static inline bool rx_is_needed(const burin_graph *g, uint32_t node) { return g->turns[node].needed || rx_kind(&g->nodes[node]) == RX_EFFECT; }

/* Put a node last into its height's bucket, and take the first out of one that is not empty. Buckets are rings, so that
 * nodes run, and effects are queued, in the order in which what they read has changed: mostly that of making. */
static inline void rx_enqueue(rx_turn *turns, uint32_t *bucket, uint32_t node)
{
    uint32_t last = *bucket, first = node;
    *bucket = node;
    if (last) {
        first            = turns[last].next;
        turns[last].next = node;
    }
    turns[node].next = first;
}
static inline uint32_t rx_dequeue(rx_turn *turns, uint32_t *bucket)
{
    uint32_t first = turns[*bucket].next;
    if (first == *bucket)
        *bucket = 0;
    else
        turns[*bucket].next = turns[first].next;
    return first;
}

/* ---- memory.c ---- */

/* An array of `size`-byte elements with room for `want`; false when memory is out. New room is zeroed. */
bool rx_grow(burin_graph *g, void *array, uint32_t *cap, uint32_t want, size_t size);
bool rx_push(burin_graph *g, rx_vector *v, uint32_t n);
/* Give back the room to grow that slabs have. */
void rx_trim(burin_graph *g);
static inline uint32_t rx_pop(rx_vector *v) { return v->at[--v->len]; }
/* Bytes by size class, reused without malloc. */
enum { RX_SMALLEST = 16 }; /* class 0 */
void *rx_bytes(burin_graph *g, size_t size);
void  rx_bytes_free(burin_graph *g, void *p, size_t size);
/* Are both sizes one class? */
bool rx_bytes_fit_other(size_t size, size_t other);
static inline bool rx_bytes_fit(size_t size, size_t other)
{
    return BURIN_LIKELY(size <= RX_SMALLEST && other <= RX_SMALLEST) || rx_bytes_fit_other(size, other);
}

/* ---- box.c ---- */

/* One value more, or fewer, is this container, if it is a box; when none is left the box dies. */
void rx_box_hold(burin_graph *g, burin_value v);
void rx_box_drop(burin_graph *g, burin_value v);
/* At the graph's end, when no value is left. */
void rx_boxes_free(burin_graph *g);

/* ---- values.c ---- */

/* Nothing but its kind and 64 bits. */
static inline bool rx_is_plain(burin_value v) { return (uint8_t)(v.kind - BURIN_NONE) <= BURIN_FLOAT - BURIN_NONE; }
static inline bool rx_is_text(burin_value v) { return v.kind == BURIN_STRING || v.kind == BURIN_BYTES; }
/* A value that a graph keeps a copy of; others are borrowed. */
static inline bool rx_is_kept(burin_value v) { return rx_is_plain(v) || rx_is_text(v); }
/* Of two floats' bits: is each a NaN? Then they are the same value. */
static inline bool rx_is_nan_again(int64_t a, int64_t b)
{
    const int64_t magnitude = INT64_MAX, infinity = INT64_C(0x7ff) << 52;
    return (a & magnitude) > infinity && (b & magnitude) > infinity;
}
/* Text that the graph is to keep: BURIN_ERR_UNICODE. */
burin_status rx_check_text(burin_graph *g, burin_text text);
/* The graph's own copy. BURIN_ERR_USAGE for kinds a graph does not take. */
burin_status rx_value_copy(burin_graph *g, burin_value v, burin_value *out);
void         rx_value_free_other(burin_graph *g, burin_value v); /* not plain */
static inline void rx_value_free(burin_graph *g, burin_value v)
{
    if (BURIN_UNLIKELY(!rx_is_plain(v)))
        rx_value_free_other(g, v);
}
/* Two texts, of one kind. */
static inline bool rx_text_same(burin_value a, burin_value b)
{
    return a.len == b.len && (a.flags & BURIN_SAFE) == (b.flags & BURIN_SAFE) && memcmp(a.as.s, b.as.s, a.len) == 0;
}
static inline bool rx_value_same(burin_value a, burin_value b)
{
    if (a.kind != b.kind)
        return false;
    if (BURIN_UNLIKELY(rx_is_text(a)))
        return rx_text_same(a, b);
    return a.as.i == b.as.i || (a.kind == BURIN_FLOAT && rx_is_nan_again(a.as.i, b.as.i));
}
/* What a node has goes; afterwards it is MISSING, and no failure. */
void         rx_value_drop(burin_graph *g, uint32_t node);
/* Give a node a value of the graph's own, or a failure; true when it differs from what the node had. */
bool         rx_value_set(burin_graph *g, uint32_t node, burin_value v);
bool         rx_failure_set(burin_graph *g, uint32_t node, burin_status status, burin_text message);
static inline const rx_failure *rx_failure_of(const burin_graph *g, uint32_t node)
{
    return g->nodes[node].flags & RX_ERROR ? g->values[node].as.p : NULL;
}
/* Make a failure's message the graph's; gives its status. */
burin_status rx_fail_with(burin_graph *g, const rx_failure *failure);

/* ---- edges.c ---- */

/* Call `visit` for every reader of a node. */
#define RX_FOR_READERS(g, node, reader)                                                                                  \
    for (rx_readers rx_at = rx_readers_of(g, node); rx_next_reader(g, &rx_at, &(reader));)
typedef struct rx_readers {
    uint32_t at, end, link;
} rx_readers;
static inline rx_readers rx_readers_of(const burin_graph *g, uint32_t node)
{
    const rx_node *n = &g->nodes[node];
    return (rx_readers){n->readers, n[1].readers, n->first_link}; /* nodes made since the rows were have empty ones, at the end */
}
static inline bool rx_next_reader(const burin_graph *g, rx_readers *it, uint32_t *reader)
{
    if (it->at < it->end) {
        *reader = g->readers[it->at++];
        return true;
    }
    if (!it->link)
        return false;
    *reader  = g->links[it->link].reader;
    it->link = g->links[it->link].next_reader;
    return true;
}
/* What a node reads: the row of a static node; the links of a dynamic one. */
static inline const uint32_t *rx_inputs_of(const burin_graph *g, const rx_node *n, uint32_t *count)
{
    if (n->flags & RX_SINGLE) {
        *count = 1;
        return &n->inputs;
    }
    const uint32_t *row = &g->inputs.at[n->inputs];
    *count = row[0];
    return row + 1;
}
typedef struct rx_reads { /* a walk over what a node reads */
    const uint32_t *at, *end;
    uint32_t        link;
} rx_reads;
static inline rx_reads rx_reads_of(const burin_graph *g, uint32_t node)
{
    const rx_node *n   = &g->nodes[node];
    rx_reads       all = {NULL, NULL, 0};
    uint32_t       count;
    if (rx_kind(n) != RX_COMPUTED && rx_kind(n) != RX_EFFECT)
        return all;
    if (n->flags & RX_STATIC) {
        all.at  = rx_inputs_of(g, n, &count);
        all.end = all.at + count;
    } else {
        all.link = n->inputs;
    }
    return all;
}
static inline bool rx_next_read(const burin_graph *g, rx_reads *it, uint32_t *read)
{
    if (it->at < it->end) {
        *read = *it->at++;
        return true;
    }
    if (!it->link)
        return false;
    *read    = g->links[it->link].node;
    it->link = g->links[it->link].next_read;
    return true;
}
burin_status rx_declare(burin_graph *g, uint32_t node, const burin_node *inputs, size_t count);
/* The running computation reads a node: true when it has read it before, or its last run read it next. */
static inline bool rx_is_tracked(burin_graph *g, rx_frame *frame, uint32_t node)
{
    if (g->stamps[node] == frame->run)
        return true;
    uint32_t       next = frame->next_link;
    const rx_link *link = &g->links[next];
    if (link->node != node) /* link 0 leads to no node */
        return false;
    g->stamps[node]  = frame->run;
    frame->last_link = next;
    frame->next_link = link->next_read;
    return true;
}
/* Otherwise make a link. If the reader is needed or an effect, the caller calls rx_need once the node is up to date. */
burin_status rx_track(burin_graph *g, rx_frame *frame, uint32_t node);
/* A run has ended: forget what the last one read and this one did not. */
void rx_track_end(burin_graph *g, rx_frame *frame);
void rx_forget_reads(burin_graph *g, uint32_t node);
/* Remake the rows. */
void rx_compact(burin_graph *g);
/* How much the graph has done, about, in nodes that it has run: what remaking rows and trimming may cost is a share of it. */
static inline uint64_t rx_work(const burin_graph *g)
{
    enum { OF_BATCH = 64 };
    return g->evaluations + OF_BATCH * g->batches;
}
/* Before a batch, or before a node is made: remake them when there is much to gain; or when, since a node was made last, so much has
 * been done as makes it cheap, so that a graph that no longer grows soon has nothing but rows, and no room to grow. */
static inline void rx_compact_sometimes(burin_graph *g)
{
    enum { SHARE = 4 };
    uint32_t loose = g->pending.len + g->dead_edges;
    if (!(loose | g->gone | g->has_grown))
        return;
    bool is_steady = rx_work(g) - g->worked > SHARE * ((uint64_t)g->count + g->reader_count);
    if (BURIN_UNLIKELY((loose && is_steady) || loose > g->reader_count / 4 + 32 || g->gone > g->live / 4 + 32))
        rx_compact(g);
    if (BURIN_UNLIKELY(is_steady))
        rx_trim(g);
}

/* ---- needed.c ---- */

void rx_need(burin_graph *g, uint32_t node);
void rx_release(burin_graph *g, uint32_t node);
/* Put a node above `below`; BURIN_ERR_RECURSION with the path when they are above each other. */
burin_status rx_raise(burin_graph *g, uint32_t node, uint32_t below);
void         rx_append_name(burin_graph *g, uint32_t node);
/* No computation runs: their numbers begin anew. */
void         rx_number_runs_anew(burin_graph *g);

/* Put a node at that height, unless it stands higher; and what reads it above it. What reads it does not stand below it. False when memory is out. */
bool         rx_lift(burin_graph *g, uint32_t node, uint32_t height);

/* ---- region.c: of members of regions ---- */

/* Something that a needed member reads has changed. The member to be queued for it, which may be already; 0: none. */
uint32_t rx_region_mark(burin_graph *g, uint32_t node);
/* A member's turn has come; it is off the queue. */
void rx_region_run(burin_graph *g, uint32_t node);
/* A member's being needed, or its readers, have changed. */
void rx_region_unsync(burin_graph *g, uint32_t node);
/* Somebody else reads a node that feeds a region. */
void rx_region_unfeed(burin_graph *g, uint32_t node);
/* The graph's values are to be those of all members. */
void rx_region_show(burin_graph *g, uint32_t node);
void rx_regions_show(burin_graph *g);
/* A node that feeds a region has changed. What is to be queued for it, which may be already, 0: nothing; RX_REGION_NOT: mark its readers one by one. */
enum { RX_REGION_NOT = UINT32_MAX };
uint32_t rx_region_feed(burin_graph *g, uint32_t node);
/* A cell that feeds a region has got another value of its kind, these bits, while nothing is queued and no batch is open: that is a batch. */
burin_status rx_region_set(burin_graph *g, uint32_t cell, rx_feed *fed, uint64_t value);
bool rx_region_stands_above(const burin_graph *g, uint32_t node, uint32_t height);
void rx_region_dissolve(burin_graph *g, uint32_t node);
/* The region of a node, if it is a member, and those of its readers. */
void rx_region_dissolve_around(burin_graph *g, uint32_t node);
void rx_regions_free(burin_graph *g);

/* ---- propagate.c ---- */

void rx_queue(burin_graph *g, uint32_t node);
/* A node has changed: see mark.h. */
void rx_mark_changed(burin_graph *g, uint32_t node);
/* A node that is not needed has become stale: what is above it may be too. */
void rx_mark_above(burin_graph *g, uint32_t node);
/* A cell has changed while nothing is queued. */
void rx_follow(burin_graph *g, uint32_t cell);
/* Bring up to date what is needed; effects are left queued. */
void         rx_settle(burin_graph *g);

/* ---- effects.c ---- */

/* An effect that is not queued yet takes its turn; room was made with it. */
static inline void rx_queue_effect(burin_graph *g, uint32_t node)
{
    rx_node *n     = &g->nodes[node];
    uint32_t place = n->height;
    n->flags |= RX_DIRTY | RX_QUEUED;
    if (BURIN_UNLIKELY(place < g->effects_last))
        g->effects_unsorted = true;
    g->effects_last                 = place;
    g->effects.at[g->effects.len++] = node;
}
/* End a batch: settle, run effects, and so on until nothing is left to do. */
burin_status rx_flush(burin_graph *g);
/* The same of a batch that has changed nothing but what this effect reads; nothing is queued. */
burin_status rx_flush_to(burin_graph *g, uint32_t effect);

/* ---- evaluate.c ---- */

/* Run a computed node and take its value. False when it must be run again later: g->restart says for what. */
bool rx_evaluate(burin_graph *g, uint32_t node);

/* ---- pull.c ---- */

/* Bring one node up to date, and what it stands on. False as rx_evaluate. */
bool rx_pull(burin_graph *g, uint32_t node);

/* ---- watch.c: only of a watched graph ---- */

void         rx_note_change(burin_graph *g, uint32_t node); /* before its readers are marked */
burin_status rx_call_watched(burin_graph *g, uint32_t node, const burin_inputs *inputs, burin_value *out);
/* A row for a node that has been made; false when memory is out. */
bool         rx_watch_reserve(burin_graph *g, uint32_t count);
void         rx_watch_forget(burin_graph *g, uint32_t node);
/* Of any graph. */
void         rx_watch_end(burin_graph *g);
void         rx_log(burin_graph *g, uint32_t node, burin_status status, burin_text message);

/* ---- operators.c ---- */

/* Gives the cell that woke it, which has lost its use; {0, 0}: none. */
burin_node rx_operator_free(burin_graph *g, void *op);

/* ---- post.c ---- */

void rx_posts_drop(burin_graph *g);

/* ---- graph.c, dispose.c ---- */

void         rx_disown(burin_graph *g, uint32_t node);
/* A node that is gone is no longer queued and does not run: its number may become free. */
static inline void rx_put_away(burin_graph *g, uint32_t node)
{
    g->turns[node].next = g->gone_nodes;
    g->gone_nodes       = node;
}
/* Where many nodes are queued, `fetch` is called some turns before one that runs `fn`: it fetches what that looks at. One function a graph, the newest. */
void         rx_fetch_by(burin_graph *g, burin_compute fn, void (*fetch)(const void *user));
/* Only the host and effects may change the graph: BURIN_ERR_USAGE inside a computed node. */
burin_status rx_may_change(burin_graph *g);
/* Room for one more node and for everything that must not fail later; then make it. */
bool         rx_reserve_node(burin_graph *g, bool is_dynamic);
uint32_t     rx_make(burin_graph *g, unsigned kind, uint16_t fn, void *user);
/* Give a cell another value (the graph's own) in the open batch. On failure the value has been freed. */
burin_status rx_cell_set_other(burin_graph *g, uint32_t cell, burin_value own);
static inline burin_status rx_cell_set(burin_graph *g, uint32_t cell, burin_value own)
{
    rx_node     *n  = &g->nodes[cell];
    burin_value *at = &g->values[cell];
    if (BURIN_UNLIKELY(n->flags & RX_TOUCHED || g->change_count == g->change_cap))
        return rx_cell_set_other(g, cell, own);
    if (rx_value_same(*at, own)) {
        rx_value_free(g, own);
        return BURIN_OK;
    }
    g->changes[g->change_count++] = (rx_change){cell, *at};
    n->flags |= RX_TOUCHED;
    *at = own;
    return BURIN_OK;
}
/* A live cell's change to a value that owns nothing, by the host: the common case. */
static inline bool rx_is_simple_change(const burin_graph *g, burin_node cell, burin_value value)
{
    return !g->frame && cell.index < g->count && g->nodes[cell.index].generation == cell.generation && rx_kind(&g->nodes[cell.index]) == RX_CELL &&
           rx_is_plain(value);
}

/* The number of a live node of one of the kinds (a set of 1 << kind), 0 after refusing it. */
uint32_t rx_node_of(burin_graph *g, burin_node node, unsigned kinds);

#endif
