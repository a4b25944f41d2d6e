/* Reading a node: bring it up to date, and note who reads. */
#include "runtime/reactive/evaluate.h"
#include "runtime/value.h"

static burin_status refuse_self(burin_graph *g, uint32_t node)
{
    burin_graph_fail(g, BURIN_ERR_RECURSION, "a cycle: ");
    for (const rx_frame *f = g->frame; f; f = f->outer)
        if (f->node == node)
            break;
    rx_append_name(g, node);
    for (const rx_frame *f = g->frame; f && f->node != node; f = f->outer) {
        buf_append_z(&g->message, " is read by ");
        rx_append_name(g, f->node);
    }
    buf_append_z(&g->message, ", which it reads itself");
    return BURIN_ERR_RECURSION;
}

/* The pass has not come to everything below this node yet. */
static bool is_ahead(burin_graph *g, uint32_t node)
{
    uint32_t height = g->nodes[node].height;
    if (!g->in_pass || !g->queued)
        return false;
    while (g->lowest <= height && !g->buckets[g->lowest])
        g->lowest++;
    return g->lowest <= height;
}

static burin_status run_again(burin_graph *g, uint32_t node, bool too_deep)
{
    g->restart  = node;
    g->too_deep = too_deep;
    return burin_graph_fail(g, BURIN_ERR_CANCELLED, "what is read is not up to date yet; the computation will be run again");
}

/* Up to date for the computation that runs; a failure is the read's, not the node's. */
static burin_status bring_up(burin_graph *g, uint32_t node)
{
    if (g->restart)
        return run_again(g, g->restart, g->too_deep);
    if (g->frame && is_ahead(g, node))
        return run_again(g, node, false);
    while (rx_kind(&g->nodes[node]) == RX_COMPUTED && g->nodes[node].flags & RX_STALE) {
        if (g->nested >= RX_NESTED_MAX)
            return run_again(g, node, true);
        if (!rx_pull(g, node))
            return run_again(g, g->restart, g->too_deep);
    }
    return BURIN_OK;
}

static burin_status value_of(burin_graph *g, uint32_t node, burin_value *out)
{
    const rx_failure *failure = rx_failure_of(g, node);
    if (BURIN_UNLIKELY(failure))
        return rx_fail_with(g, failure);
    if (g->nodes[node].flags & RX_FUSED)
        rx_region_show(g, node);
    *out = g->values[node];
    return BURIN_OK;
}

static burin_status read(burin_graph *g, burin_node handle_of, burin_value *out, bool tracked)
{
    bool         new_link = false;
    burin_status status   = BURIN_OK;
    uint32_t     node     = rx_node_of(g, handle_of, 1 << RX_CELL | 1 << RX_COMPUTED | 1 << RX_EFFECT);
    rx_frame    *frame    = g->frame;
    *out                  = burin_missing();
    if (!node)
        return BURIN_ERR_USAGE;
    if (frame && frame->is_static)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "a static node reads only its declared inputs");
    if (g->nodes[node].flags & RX_RUNNING)
        return refuse_self(g, node);
    if (!frame && (g->change_count || g->queued) && !g->flushing)
        rx_settle(g);
    if (frame && !g->in_pass && g->queued && rx_kind(&g->nodes[frame->node]) == RX_EFFECT)
        rx_settle(g);
    status = bring_up(g, node);
    tracked &= frame && rx_kind(&g->nodes[frame->node]) != RX_GONE; /* an effect that has disposed of itself reads on, but depends on nothing */
    if (tracked && !(status && g->too_deep) && !rx_is_tracked(g, frame, node)) { /* also before a restart: it must come after the node */
        burin_status tracking = rx_track(g, frame, node);
        new_link              = !tracking;
        status                = status ? status : tracking;
    }
    if (new_link && rx_needs(&g->nodes[frame->node]))
        rx_need(g, node);
    return status ? status : value_of(g, node, out);
}

/* What is up to date for sure, read by the host; or by a computation again, or next as in its last run. */
static inline bool read_as_before(burin_graph *g, burin_node handle_of, burin_value *out)
{
    rx_frame *frame = g->frame;
    uint32_t  node  = handle_of.index;
    if (BURIN_UNLIKELY(node >= g->count))
        return false;
    const rx_node *n = &g->nodes[node];
    if (BURIN_UNLIKELY(n->generation != handle_of.generation || n->flags & (RX_STALE | RX_RUNNING | RX_ERROR | RX_FUSED) || n->height >= g->lowest || g->restart))
        return false;
    if (BURIN_UNLIKELY(!frame)) {
        rt_copy_words(out, &g->values[node]);
        return rx_kind(n) != RX_SCOPE && !g->change_count;
    }
    if (BURIN_UNLIKELY(frame->is_static || !rx_is_tracked(g, frame, node)))
        return false;
    rt_copy_words(out, &g->values[node]);
    return true;
}

/* A dirty node, read by a computation, that has nothing stale below it mostly runs at once. True when it has; otherwise read() finds out more. */
static inline bool pull_at_once(burin_graph *g, burin_node handle_of)
{
    uint32_t node = handle_of.index, read_node;
    if (node >= g->count || !g->frame || g->frame->is_static || g->restart || g->nested >= RX_NESTED_MAX || (g->queued && !g->in_pass))
        return false;
    const rx_node *n = &g->nodes[node];
    if ((n->flags & (RX_KIND | RX_DIRTY | RX_RUNNING)) != (RX_COMPUTED | RX_DIRTY) || n->generation != handle_of.generation || n->height >= g->lowest)
        return false;
    if (n->flags & RX_STATIC) {
        for (rx_reads at = rx_reads_of(g, node); rx_next_read(g, &at, &read_node);)
            if (g->nodes[read_node].flags & (RX_STALE | RX_RUNNING))
                return false;
    } else {
        for (uint32_t link = n->inputs; link; link = g->links[link].next_read)
            if (g->nodes[g->links[link].node].flags & (RX_STALE | RX_RUNNING))
                return false;
    }
    g->nested++;
    bool done = rx_evaluate_for(g, node, g->frame->node);
    g->nested--;
    if (!done && g->too_deep && !g->nested) { /* the outermost pull begins again */
        g->restart  = 0;
        g->too_deep = false;
        g->restarts++;
    }
    return done;
}

__attribute__((noinline)) static burin_status read_other(burin_graph *g, burin_node node, burin_value *out)
{
    if (!pull_at_once(g, node) || g->nodes[node.index].flags & RX_ERROR || !rx_is_tracked(g, g->frame, node.index))
        return read(g, node, out, true);
    rt_copy_words(out, &g->values[node.index]);
    return BURIN_OK;
}

burin_status burin_graph_get(burin_graph *g, burin_node node, burin_value *out)
{
    return BURIN_LIKELY(read_as_before(g, node, out)) ? BURIN_OK : read_other(g, node, out);
}
burin_status burin_graph_peek(burin_graph *g, burin_node node, burin_value *out) { return read(g, node, out, false); }
