/* The pass: what a batch changed, then everything needed that stands above it, lowest first. */
#include "runtime/reactive/evaluate.h"

/* ---- marking ---- */

void rx_queue(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    if (n->flags & RX_QUEUED)
        return;
    n->flags |= RX_QUEUED;
    rx_enqueue(g->nodes, &g->buckets[n->height], node);
    if (n->height < g->lowest)
        g->lowest = n->height;
    g->queued++;
}

void rx_mark_above(burin_graph *g, uint32_t node)
{
    uint32_t base = g->stack.len, reader, at = node;
    for (;;) {
        RX_FOR_READERS(g, at, reader) {
            rx_node *n = &g->nodes[reader];
            if (rx_kind(n) != RX_COMPUTED || n->needed || n->flags & RX_STALE)
                continue;
            n->flags |= RX_CHECK;
            g->stack.at[g->stack.len++] = reader;
        }
        if (g->stack.len == base)
            return;
        at = rx_pop(&g->stack);
    }
}

void rx_mark_other(burin_graph *g, uint32_t reader)
{
    rx_node *n     = &g->nodes[reader];
    uint16_t flags = n->flags;
    if (flags & RX_RUNNING)
        return; /* it reads the new value right now */
    if (rx_kind(n) == RX_EFFECT || rx_kind(n) == RX_COMPUTED) {
        n->flags |= RX_DIRTY;
        if (rx_kind(n) == RX_COMPUTED && !(flags & RX_STALE))
            rx_mark_above(g, reader);
    }
}

void rx_mark_changed(burin_graph *g, uint32_t node) { rx_mark_readers(g, node); }

/* ---- the pass ---- */

/* Will everyone who needs this node run anyway, and read it then if at all? Then it need not run before. */
static bool may_wait(const burin_graph *g, uint32_t node)
{
    uint32_t reader;
    if (!g->stamps)
        return false; /* there are no dynamic nodes */
    RX_FOR_READERS(g, node, reader) {
        const rx_node *n = &g->nodes[reader];
        if (rx_kind(n) != RX_EFFECT && !(rx_kind(n) == RX_COMPUTED && n->needed))
            continue;
        if (n->flags & RX_STATIC || !(n->flags & RX_DIRTY))
            return false;
    }
    return true;
}

static void run_queued(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    n->flags &= (uint16_t)~RX_QUEUED;
    if (rx_kind(n) == RX_GONE) {
        rx_put_away(g, node);
        return;
    }
    if (!n->needed || (n->flags & RX_DIRTY && may_wait(g, node))) {
        rx_mark_above(g, node);
        return;
    }
    n->flags &= (uint16_t)~RX_CHECK; /* what it reads has been brought up to date: had that changed, it would be DIRTY */
    if (!(n->flags & RX_DIRTY))
        return;
    g->in_pass = true;
    if (!rx_evaluate(g, node)) {
        g->restarts++;
        g->restart = 0;
        rx_queue(g, node);
    }
    g->in_pass = false;
}

static void take_changes(burin_graph *g)
{
    for (uint32_t k = 0; k < g->change_count; k++) {
        rx_change *c = &g->changes[k];
        g->nodes[c->node].flags &= (uint16_t)~RX_TOUCHED;
        if (rx_kind(&g->nodes[c->node]) == RX_CELL && !rx_value_same(c->before, g->values[c->node]))
            rx_mark_changed(g, c->node);
        rx_value_free(g, c->before);
    }
    g->change_count = 0;
}

/* A needed static computed node, DIRTY, and not raised since it was queued. */
static inline bool is_ordinary(const rx_node *n, uint32_t height)
{
    return (n->flags & (RX_KIND | RX_STATIC | RX_NEEDED | RX_DIRTY)) == (RX_COMPUTED | RX_STATIC | RX_NEEDED | RX_DIRTY) && n->height == height;
}

/* The only reader of a node, if that is a needed static computed node; else 0. */
static inline uint32_t only_reader(const burin_graph *g, const rx_node *n)
{
    uint32_t reader;
    if (!n->first_link && n[1].readers - n->readers == 1)
        reader = g->readers[n->readers];
    else if (n->first_link && n[1].readers == n->readers && !g->links[n->first_link].next_reader)
        reader = g->links[n->first_link].reader;
    else
        return 0;
    return (g->nodes[reader].flags & (RX_KIND | RX_STATIC | RX_NEEDED | RX_QUEUED)) == (RX_COMPUTED | RX_STATIC | RX_NEEDED) ? reader : 0;
}

/* Run the ordinary nodes that come first in a bucket, at one go: they queue only what is higher. And when the last of them
 * is all there was in the queue, go on from it along a chain, past the queue. False when the first is not ordinary. */
static bool run_ordinary(burin_graph *g, uint32_t height)
{
    uint32_t last = g->buckets[height], node = g->nodes[last].next, count = 0;
    rx_frame frame    = {.outer = g->frame, .is_static = true};
    bool     may_skip = g->stamps; /* there are dynamic nodes */
    g->buckets[height] = 0;
    g->frame           = &frame;
    for (bool is_last = false; !is_last;) {
        rx_node *n    = &g->nodes[node];
        uint32_t next = n->next;
        if (BURIN_UNLIKELY(!is_ordinary(n, height) || (may_skip && may_wait(g, node)))) {
            g->nodes[last].next = node;
            g->buckets[height]  = last;
            break;
        }
        is_last = node == last;
        g->queued--;
        count++;
        n->flags &= (uint16_t) ~(RX_QUEUED | RX_STALE);
        while (rx_evaluate_static(g, &frame, node)) {
            uint32_t above = is_last && !g->queued && !may_skip ? only_reader(g, &g->nodes[node]) : 0;
            if (!above) {
                rx_mark_readers(g, node);
                break;
            }
            node = above;
            g->nodes[node].flags &= (uint16_t)~RX_STALE;
        }
        node = next;
    }
    g->frame = frame.outer;
    return count;
}

static void run_first(burin_graph *g, uint32_t height)
{
    uint32_t node = rx_dequeue(g->nodes, &g->buckets[height]);
    rx_node *n    = &g->nodes[node];
    g->queued--;
    if (n->height != height && rx_kind(n) == RX_COMPUTED) { /* raised since it was queued */
        n->flags &= (uint16_t)~RX_QUEUED;
        rx_queue(g, node);
    } else {
        run_queued(g, node);
    }
}

void rx_settle(burin_graph *g)
{
    rx_compact_sometimes(g, 16);
    take_changes(g);
    while (g->queued) {
        uint32_t height = g->lowest;
        if (!g->buckets[height])
            g->lowest = height + 1;
        else if (!run_ordinary(g, height))
            run_first(g, height);
    }
    g->lowest = UINT32_MAX;
}
