/* The inner loop of the pass: a value changes, and what needs it is queued. Nothing here moves the graph's arrays, so they
 * are read once. */
#ifndef BURIN_REACTIVE_MARK_H
#define BURIN_REACTIVE_MARK_H

#include "runtime/reactive/graph.h"

/* A reader that runs, or that is neither a needed computed node nor an effect to be queued. */
void rx_mark_other(burin_graph *g, uint32_t reader);
/* All readers of a node that has changed. */
void rx_mark_many(burin_graph *g, const rx_node *n);

/* One of the readers of a node that has changed. */
static inline void rx_mark_reader_of(burin_graph *g, uint32_t reader)
{
    rx_node *n     = &g->nodes[reader];
    unsigned state = n->flags & (RX_KIND | RX_NEEDED | RX_QUEUED | RX_RUNNING | RX_FUSED);
    if (state == RX_EFFECT) {
        rx_queue_effect(g, reader);
    } else if ((n->flags & (RX_QUEUED | RX_DIRTY)) == (RX_QUEUED | RX_DIRTY)) {
        return;
    } else if ((n->flags & (RX_FUSED | RX_NEEDED)) == (RX_FUSED | RX_NEEDED)) {
        uint32_t leader = rx_region_mark(g, reader);
        if (leader)
            rx_queue(g, leader);
    } else if (state == (RX_COMPUTED | RX_NEEDED)) {
        uint32_t height = n->height;
        n->flags |= RX_DIRTY | RX_QUEUED;
        rx_enqueue(g->turns, &g->buckets[height], reader);
        g->lowest = height < g->lowest ? height : g->lowest;
        g->queued++;
    } else {
        rx_mark_other(g, reader);
    }
}

/* A node that feeds a region marks its members at once; false: it is to be done one by one. */
static inline bool rx_feed_region(burin_graph *g, uint32_t node)
{
    uint32_t leader = rx_region_feed(g, node);
    if (leader && leader != RX_REGION_NOT)
        rx_queue(g, leader);
    return leader != RX_REGION_NOT;
}

static inline void rx_mark_readers(burin_graph *g, uint32_t node)
{
    if (BURIN_UNLIKELY(g->watch))
        rx_note_change(g, node);
    const rx_node *n = &g->nodes[node];
    if (BURIN_UNLIKELY(n->flags & RX_FEEDS) && rx_feed_region(g, node))
        return;
    if (n[1].readers - n->readers == 1 && !n->first_link)
        rx_mark_reader_of(g, g->readers[n->readers]);
    else
        rx_mark_many(g, n);
}

#endif
