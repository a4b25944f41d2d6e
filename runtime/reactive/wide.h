/* Fetching for the pass where it is wide. Many nodes that have not been looked at for a while lie in memory, not in the processor's caches; what each
 * turn will look at is fetched some turns before, so that the processor waits for many of them at a time. */
#ifndef BURIN_REACTIVE_WIDE_H
#define BURIN_REACTIVE_WIDE_H

#include "runtime/reactive/graph.h"

enum {
    RX_WIDE         = 32,   /* nodes queued, or cells changed, from which on it pays */
    RX_WIDE_EFFECTS = 2048, /* effects: the pass has just looked at much that they look at; of fewer that is still near */
    RX_AHEAD        = 4,    /* turns */
};

/* Change number `from` of the open batch, and those behind it, are to be taken: fetch what marking the readers of RX_WIDE of them looks at. */
static inline void rx_fetch_changes(const burin_graph *g, uint32_t from)
{
    uint32_t end = g->change_count - from < RX_WIDE ? g->change_count : from + RX_WIDE;
    if (!g->reader_count || end - from < RX_AHEAD)
        return;
    for (uint32_t k = from; k < end; k++)
        __builtin_prefetch(&g->readers[g->nodes[g->changes[k].node].readers]);
    for (uint32_t k = from; k < end; k++) {
        const rx_node *n = &g->nodes[g->changes[k].node];
        if (n[1].readers == n->readers)
            continue;
        uint32_t reader = g->readers[n->readers];
        __builtin_prefetch(&g->nodes[reader]);
        __builtin_prefetch(&g->turns[reader]);
    }
}

typedef struct rx_fetching { /* nodes of a bucket, so many turns ahead, and twice as many */
    uint32_t near, far;
} rx_fetching;

static inline rx_fetching rx_fetch_begin(const burin_graph *g, uint32_t node)
{
    rx_fetching f = {.near = node};
    for (unsigned k = 0; k < RX_AHEAD; k++)
        f.near = g->turns[f.near].next;
    f.far = f.near;
    for (unsigned k = 0; k < RX_AHEAD; k++)
        f.far = g->turns[f.far].next;
    return f;
}

static inline void rx_fetch_next(const burin_graph *g, rx_fetching *f)
{
    const rx_node *far = &g->nodes[f->far], *near = &g->nodes[f->near];
    __builtin_prefetch(far->user);
    __builtin_prefetch((const char *)far->user + 64);
    __builtin_prefetch(&g->values[f->far]);
    __builtin_prefetch(&g->readers[far->readers]);
    f->far = g->turns[f->far].next;
    __builtin_prefetch(g->values[f->near].as.p);
    if (near[1].readers > near->readers)
        __builtin_prefetch(&g->nodes[g->readers[near->readers]]);
    if (near->fn == g->fetched)
        g->fetch(near->user);
    f->near = g->turns[f->near].next;
}

/* Of effects that run one after the other, so many turns ahead, and twice as many. */
static inline void rx_fetch_effects(const burin_graph *g, const uint32_t *next)
{
    const rx_node *near = &g->nodes[next[RX_AHEAD]];
    __builtin_prefetch(&g->nodes[next[2 * RX_AHEAD]]);
    __builtin_prefetch(near->user);
    if (near->flags & RX_SINGLE)
        __builtin_prefetch(&g->values[near->inputs]);
}

#endif
