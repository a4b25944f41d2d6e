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
    if (!g->stamps || g->nodes[node].flags & RX_OPERATOR)
        return false; /* there are no dynamic nodes; an operator runs in every batch that reaches it */
    RX_FOR_READERS(g, node, reader) {
        const rx_node *n = &g->nodes[reader];
        if (rx_kind(n) != RX_EFFECT && !(rx_kind(n) == RX_COMPUTED && n->needed))
            continue;
        if (n->flags & RX_STATIC || !(n->flags & RX_DIRTY))
            return false;
    }
    return true;
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
static inline bool is_ordinary(const burin_graph *g, uint32_t node, uint32_t height)
{
    enum { WHAT = RX_COMPUTED | RX_STATIC | RX_NEEDED | RX_DIRTY };
    const rx_node *n = &g->nodes[node];
    return (n->flags & (RX_KIND | WHAT)) == WHAT && n->height == height && !(g->stamps && may_wait(g, node));
}

/* The only reader of a node, if that is a computed node that is to run now; else 0. A watched graph goes by the queue. */
static inline uint32_t only_reader(const burin_graph *g, uint32_t node)
{
    const rx_node *n    = &g->nodes[node];
    uint32_t       rows = n[1].readers - n->readers, reader;
    if (BURIN_UNLIKELY(g->watch))
        return 0;
    if (rows == 1 && !n->first_link)
        reader = g->readers[n->readers];
    else if (rows == 0 && n->first_link && !g->links[n->first_link].next_reader)
        reader = g->links[n->first_link].reader;
    else
        return 0;
    unsigned flags = g->nodes[reader].flags & (RX_KIND | RX_NEEDED | RX_QUEUED | RX_RUNNING);
    return flags == (RX_COMPUTED | RX_NEEDED) && !(g->stamps && may_wait(g, reader)) ? reader : 0;
}

/* Run a dynamic node of the pass; true when its value changed. */
static inline bool run_dynamic(burin_graph *g, uint32_t node)
{
    bool changed;
    g->in_pass = true;
    if (BURIN_UNLIKELY(!rx_evaluate_dynamic(g, node, &changed))) {
        g->restarts++;
        g->restart = 0;
        rx_queue(g, node);
    }
    g->in_pass = false;
    return changed;
}

/* A node has changed while nothing is queued: go on along a chain of only readers, past the queue. Who reads its end is queued. */
static inline void follow(burin_graph *g, rx_frame *frame, uint32_t node)
{
    for (uint32_t above; !g->queued && (above = only_reader(g, node)); node = above) {
        rx_node *n       = &g->nodes[above];
        bool     changed = false;
        n->flags &= (uint16_t)~RX_STALE;
        if (BURIN_LIKELY(n->flags & RX_STATIC)) {
            changed = rx_evaluate_static(g, frame, above);
        } else {
            g->frame = frame->outer;
            changed  = run_dynamic(g, above);
            g->frame = frame;
        }
        if (!changed)
            return;
    }
    rx_mark_readers(g, node);
}

void rx_follow(burin_graph *g, uint32_t cell)
{
    rx_frame frame = {.outer = g->frame, .is_static = true};
    g->frame       = &frame;
    follow(g, &frame, cell);
    g->frame = frame.outer;
}

/* Run the ordinary nodes that come first in a bucket, at one go: they queue only what is higher. False when the first is not
 * ordinary. */
static bool run_ordinary(burin_graph *g, uint32_t height)
{
    uint32_t last = g->buckets[height], node = g->nodes[last].next;
    rx_frame frame = {.outer = g->frame, .is_static = true};
    if (!is_ordinary(g, node, height))
        return false;
    g->buckets[height] = 0;
    g->frame           = &frame;
    for (bool is_last = false; !is_last;) {
        rx_node *n    = &g->nodes[node];
        uint32_t next = n->next;
        if (BURIN_UNLIKELY(!is_ordinary(g, node, height))) {
            g->nodes[last].next = node;
            g->buckets[height]  = last;
            break;
        }
        is_last = node == last;
        g->queued--;
        n->flags &= (uint16_t) ~(RX_QUEUED | RX_STALE);
        if (rx_evaluate_static(g, &frame, node)) {
            if (is_last && !g->queued)
                follow(g, &frame, node);
            else
                rx_mark_readers(g, node);
        }
        node = next;
    }
    g->frame = frame.outer;
    return true;
}

/* Take the first node out of a bucket: one that is dynamic or gone, need not run, or runs later. */
static void run_first(burin_graph *g, uint32_t height)
{
    uint32_t node = rx_dequeue(g->nodes, &g->buckets[height]);
    rx_node *n    = &g->nodes[node];
    g->queued--;
    n->flags &= (uint16_t)~RX_QUEUED;
    if (rx_kind(n) == RX_GONE) {
        rx_put_away(g, node);
    } else if (n->height != height) { /* raised since it was queued */
        rx_queue(g, node);
    } else if (!n->needed || (n->flags & RX_DIRTY && may_wait(g, node))) {
        rx_mark_above(g, node);
    } else if (!(n->flags & RX_DIRTY)) {
        n->flags &= (uint16_t)~RX_CHECK; /* what it reads has been brought up to date: had that changed, it would be DIRTY */
    } else {
        rx_frame frame = {.outer = g->frame, .is_static = true};
        n->flags &= (uint16_t)~RX_STALE;
        if (!run_dynamic(g, node))
            return;
        g->frame = &frame;
        follow(g, &frame, node);
        g->frame = frame.outer;
    }
}

void rx_settle(burin_graph *g)
{
    if (g->change_count)
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
