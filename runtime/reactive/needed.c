/* Walks along the graph that must not fail: who is needed, and how high nodes stand. They go over g->stack, which has room
 * for every node, and put a node there once at a time. */
#include "runtime/reactive/graph.h"

static inline void push(burin_graph *g, uint32_t node) { g->stack.at[g->stack.len++] = node; }

static inline void need_one(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    bool     is_new = g->turns[node].needed++ == 0;
    if (rx_kind(n) != RX_COMPUTED)
        return;
    if (BURIN_UNLIKELY(n->flags & RX_FUSED))
        rx_region_unsync(g, node);
    if (n->flags & RX_STALE) /* also one that was needed and waits for its readers to run: this one may not run */
        rx_queue(g, node);
    if (is_new) {
        n->flags |= RX_NEEDED;
        push(g, node);
    }
}

void rx_need(burin_graph *g, uint32_t node)
{
    uint32_t base = g->stack.len;
    need_one(g, node);
    while (g->stack.len > base) {
        uint32_t read;
        for (rx_reads at = rx_reads_of(g, rx_pop(&g->stack)); rx_next_read(g, &at, &read);)
            need_one(g, read);
    }
}

static inline void release_one(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    if (BURIN_UNLIKELY(n->flags & RX_FUSED))
        rx_region_unsync(g, node);
    if (--g->turns[node].needed == 0 && rx_kind(n) == RX_COMPUTED) {
        n->flags &= (uint16_t)~RX_NEEDED;
        push(g, node);
    }
}

void rx_release(burin_graph *g, uint32_t node)
{
    uint32_t base = g->stack.len;
    release_one(g, node);
    while (g->stack.len > base) {
        uint32_t read;
        for (rx_reads at = rx_reads_of(g, rx_pop(&g->stack)); rx_next_read(g, &at, &read);)
            release_one(g, read);
    }
}

/* ---- heights ---- */

/* Is `top` reached from `node` by going from what is read to its readers? With `from`, each node met gets the one before it. */
static bool reaches(burin_graph *g, uint32_t node, uint32_t top, uint32_t *from)
{
    uint32_t base = g->stack.len, reader, seen = ++g->runs, highest = g->nodes[top].height;
    bool     found = false;
    push(g, node);
    while (g->stack.len > base && !found) {
        uint32_t at = rx_pop(&g->stack);
        RX_FOR_READERS(g, at, reader) {
            const rx_node *n = &g->nodes[reader];
            if (rx_kind(n) != RX_COMPUTED || n->height > highest || g->stamps[reader] == seen)
                continue;
            g->stamps[reader] = seen;
            if (from)
                from[reader] = at;
            found = found || reader == top;
            push(g, reader);
        }
    }
    g->stack.len = base;
    return found;
}

void rx_number_runs_anew(burin_graph *g)
{
    if (g->stamps)
        memset(g->stamps, 0, g->stamp_cap * sizeof *g->stamps);
    g->runs = 0;
}

void rx_append_name(burin_graph *g, uint32_t node)
{
    if (node < g->name_cap && g->names[node].data)
        buf_append(&g->message, g->names[node].data, g->names[node].len);
    else
        buf_printf(&g->message, "node %u", node);
}

/* "a cycle: a reads b reads a", from the node that closes it. */
static burin_status refuse_cycle(burin_graph *g, uint32_t node, uint32_t below)
{
    uint32_t *from = base_alloc(g->alloc, g->count * sizeof *from);
    burin_graph_fail(g, BURIN_ERR_RECURSION, "a cycle");
    if (from && reaches(g, node, below, from)) {
        buf_append_z(&g->message, ": ");
        rx_append_name(g, node);
        for (uint32_t at = below, steps = 0; steps < 20; at = from[at], steps++) {
            buf_append_z(&g->message, " reads ");
            rx_append_name(g, at);
            if (at == node)
                break;
        }
    }
    base_free(g->alloc, from, g->count * sizeof *from);
    return BURIN_ERR_RECURSION;
}

/* Is the reader of a node at this height to be lifted? Regions must stand above all that they read. */
static bool is_too_low(burin_graph *g, uint32_t reader, uint32_t height)
{
    const rx_node *n = &g->nodes[reader];
    if (rx_kind(n) != RX_COMPUTED)
        return false;
    if (BURIN_UNLIKELY(n->flags & RX_FUSED && !rx_region_stands_above(g, reader, height)))
        rx_region_dissolve(g, reader);
    return n->height <= height;
}

bool rx_lift(burin_graph *g, uint32_t node, uint32_t height)
{
    uint32_t base = g->stack.len, reader;
    if (g->nodes[node].height >= height)
        return true;
    if (!rx_grow(g, &g->buckets, &g->bucket_count, g->highest + (height - g->nodes[node].height) + 1, sizeof *g->buckets))
        return false;
    if (g->nodes[node].flags & RX_FUSED)
        rx_region_dissolve(g, node);
    g->nodes[node].height = height;
    push(g, node);
    while (g->stack.len > base) {
        uint32_t at = rx_pop(&g->stack), low = g->nodes[at].height;
        g->nodes[at].flags &= (uint16_t)~RX_ON_STACK;
        if (low > g->highest)
            g->highest = low;
        RX_FOR_READERS(g, at, reader) {
            rx_node *n = &g->nodes[reader];
            if (!is_too_low(g, reader, low))
                continue;
            n->height = low + 1;
            if (!(n->flags & RX_ON_STACK)) {
                n->flags |= RX_ON_STACK;
                push(g, reader);
            }
        }
    }
    return true;
}

burin_status rx_raise(burin_graph *g, uint32_t node, uint32_t below)
{
    uint32_t low = g->nodes[below].height;
    if (rx_kind(&g->nodes[node]) == RX_EFFECT || g->nodes[node].height > low)
        return BURIN_OK;
    if (node == below || reaches(g, node, below, NULL))
        return refuse_cycle(g, node, below);
    return rx_lift(g, node, low + 1) ? BURIN_OK : burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
}
