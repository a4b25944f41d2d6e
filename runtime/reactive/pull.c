/* Bringing one node up to date, for a reader: verify what may have changed, lowest first, run only what did.
 *
 * The walk keeps its own stack (g->waiting): the node on top waits for the first stale thing it reads. Running a dynamic
 * computation may pull again; when that is nested too deep, all of it is undone up to the outermost pull, which runs the
 * deepest node first and then begins again. */
#include "runtime/reactive/graph.h"

static bool push(burin_graph *g, uint32_t node)
{
    return rx_push(g, &g->waiting, node) && (rx_push(g, &g->positions, 0) || (g->waiting.len--, false));
}
static void pop(burin_graph *g) { g->waiting.len--, g->positions.len--; }

static bool is_stale(const burin_graph *g, uint32_t node)
{
    const rx_node *n = &g->nodes[node];
    return rx_kind(n) == RX_COMPUTED && n->flags & RX_STALE;
}

/* The next thing the node on top reads that is stale, 0 when there is none; *position goes on. A computation that runs right
 * now cannot be waited for: the node above it has to run, and see for itself whether it still reads it. */
static uint32_t next_stale(burin_graph *g, uint32_t node, uint32_t *position)
{
    rx_node *n = &g->nodes[node];
    if (n->flags & RX_STATIC) {
        uint32_t        count;
        const uint32_t *inputs = rx_inputs_of(g, n, &count);
        while (*position < count) {
            uint32_t read = inputs[(*position)++];
            if (is_stale(g, read))
                return read;
        }
        return 0;
    }
    uint32_t link = *position ? g->links[*position].next_read : n->inputs;
    for (; link && !(n->flags & RX_DIRTY); link = g->links[link].next_read) {
        uint32_t read = g->links[link].node;
        *position     = link;
        if (g->nodes[read].flags & RX_RUNNING)
            n->flags |= RX_DIRTY;
        else if (is_stale(g, read))
            return read;
    }
    return 0;
}

static void fail(burin_graph *g, uint32_t node, burin_status status, burin_text message)
{
    g->nodes[node].flags &= (uint16_t)~RX_STALE;
    if (rx_failure_set(g, node, status, message))
        rx_mark_changed(g, node);
}
static void fail_for_memory(burin_graph *g, uint32_t node) { fail(g, node, BURIN_ERR_NOMEM, BURIN_TEXT("out of memory")); }

static inline bool run(burin_graph *g, uint32_t node)
{
    g->nested++;
    bool done = rx_evaluate(g, node);
    g->nested--;
    return done;
}

/* What ran read something too deep: if this is the outermost pull, that comes first. False when everything must be undone up to
 * an outer pull. */
static bool run_deepest(burin_graph *g, bool outermost)
{
    if (!g->too_deep || !outermost)
        return false;
    uint32_t deepest = g->restart;
    g->restart       = 0;
    g->too_deep      = false;
    g->restarts++;
    if (g->waiting.len > 2 * g->count + 64) /* more than there are nodes: they wait for each other */
        fail(g, deepest, BURIN_ERR_RECURSION, BURIN_TEXT("a cycle of computations that read each other"));
    else if (!push(g, deepest))
        fail_for_memory(g, deepest);
    return true;
}

bool rx_pull(burin_graph *g, uint32_t node)
{
    uint32_t base      = g->waiting.len, start = 0;
    bool     outermost = g->nested == 0, may_run = g->nodes[node].flags & RX_DIRTY && !next_stale(g, node, &start);
    if (may_run && run(g, node)) /* mostly it need not wait for anything */
        return true;
    if (!push(g, node)) {
        fail_for_memory(g, node);
        return !may_run;
    }
    if (may_run && !run_deepest(g, outermost)) {
        pop(g);
        return false;
    }
    while (g->waiting.len > base) {
        uint32_t at = g->waiting.at[g->waiting.len - 1];
        rx_node *n  = &g->nodes[at];
        if (!is_stale(g, at)) {
            pop(g);
            continue;
        }
        uint32_t read = next_stale(g, at, &g->positions.at[g->positions.len - 1]);
        if (read) {
            if (!push(g, read))
                fail_for_memory(g, read);
        } else if (!(n->flags & RX_DIRTY)) {
            n->flags &= (uint16_t)~RX_CHECK;
        } else if (!run(g, at) && !run_deepest(g, outermost)) {
            while (g->waiting.len > base)
                pop(g);
            return false;
        }
    }
    return true;
}
