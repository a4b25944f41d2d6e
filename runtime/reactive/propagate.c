/* The pass: what a batch changed, then everything needed that stands above it, lowest first, then effects. */
#include "runtime/reactive/evaluate.h"

#include <stdlib.h>

/* ---- marking ---- */

void rx_queue(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    if (n->flags & RX_QUEUED)
        return;
    n->flags |= RX_QUEUED;
    n->next               = g->buckets[n->height];
    g->buckets[n->height] = node;
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

void rx_queue_effect(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    n->flags |= RX_DIRTY;
    if (n->flags & RX_QUEUED)
        return;
    n->flags |= RX_QUEUED;
    g->effects_unsorted |= n->height < g->effects_last;
    g->effects_last                 = n->height;
    g->effects.at[g->effects.len++] = node; /* room was made with the effect */
}

void rx_mark_other(burin_graph *g, uint32_t reader)
{
    rx_node *n     = &g->nodes[reader];
    uint16_t flags = n->flags;
    if (flags & RX_RUNNING)
        return; /* it reads the new value right now */
    if (rx_kind(n) == RX_EFFECT) {
        rx_queue_effect(g, reader);
    } else if (rx_kind(n) == RX_COMPUTED) {
        n->flags |= RX_DIRTY;
        if (!(flags & RX_STALE))
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
        n->next       = g->gone_nodes;
        g->gone_nodes = node;
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

void rx_settle(burin_graph *g)
{
    enum { ORDINARY = RX_COMPUTED | RX_STATIC | RX_NEEDED | RX_DIRTY };
    rx_compact(g);
    take_changes(g);
    while (g->queued) {
        uint32_t height = g->lowest, node = g->buckets[height];
        rx_node *n      = &g->nodes[node];
        if (!node) {
            g->lowest = height + 1;
            continue;
        }
        g->buckets[height] = n->next;
        g->queued--;
        if (BURIN_LIKELY((n->flags & (RX_KIND | RX_STATIC | RX_NEEDED | RX_DIRTY)) == ORDINARY && n->height == height && !may_wait(g, node))) {
            n->flags &= (uint16_t)~RX_QUEUED;
            rx_evaluate_static(g, node);
        } else if (n->height != height && rx_kind(n) == RX_COMPUTED) { /* raised since it was queued */
            n->flags &= (uint16_t)~RX_QUEUED;
            rx_queue(g, node);
        } else {
            run_queued(g, node);
        }
    }
    g->lowest = UINT32_MAX;
}

/* ---- effects ---- */

static int by_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Effects are queued in the order of what changed; they run in the order they were made. */
static void sort_effects(burin_graph *g)
{
    if (!g->effects_unsorted)
        return;
    if (!rx_grow(g, &g->order, &g->order_cap, g->effects.len, sizeof *g->order))
        return; /* they run all the same */
    for (uint32_t k = 0; k < g->effects.len; k++)
        g->order[k] = (uint64_t)g->nodes[g->effects.at[k]].height << 32 | g->effects.at[k];
    qsort(g->order, g->effects.len, sizeof *g->order, by_order);
    for (uint32_t k = 0; k < g->effects.len; k++)
        g->effects.at[k] = (uint32_t)g->order[k];
}

/* Those queued now; what they queue comes in the next round. */
static void run_effects(burin_graph *g)
{
    rx_vector spare = g->effects_now;
    sort_effects(g);
    g->effects_now      = g->effects;
    g->effects          = spare;
    g->effects.len      = 0;
    g->effects_last     = 0;
    g->effects_unsorted = false;
    for (uint32_t k = 0; k < g->effects_now.len; k++) {
        uint32_t node = g->effects_now.at[k];
        rx_node *n    = &g->nodes[node];
        n->flags &= (uint16_t)~RX_QUEUED;
        if (rx_kind(n) == RX_GONE) {
            n->next       = g->gone_nodes;
            g->gone_nodes = node;
        } else if (n->flags & RX_DIRTY) {
            rx_evaluate(g, node);
        }
    }
}

/* What effects have set, as a batch of its own. */
static burin_status take_writes(burin_graph *g)
{
    burin_status status = BURIN_OK;
    for (uint32_t k = 0; k < g->write_count; k++) {
        rx_write *w = &g->writes[k];
        uint32_t  cell = w->cell.index;
        if (g->nodes[cell].generation != w->cell.generation || rx_kind(&g->nodes[cell]) != RX_CELL)
            rx_value_free(g, w->value); /* disposed of since */
        else if (!status)
            status = rx_cell_set(g, cell, w->value);
        else
            rx_value_free(g, w->value);
    }
    g->write_count = 0;
    return status;
}

/* Effects that never come to rest: forget what they wanted. */
static burin_status give_up(burin_graph *g)
{
    for (uint32_t k = 0; k < g->effects.len; k++)
        g->nodes[g->effects.at[k]].flags &= (uint16_t)~RX_QUEUED;
    g->effects.len      = 0;
    g->effects_last     = 0;
    g->effects_unsorted = false;
    for (uint32_t k = 0; k < g->write_count; k++)
        rx_value_free(g, g->writes[k].value);
    g->write_count = 0;
    return burin_graph_fail(g, BURIN_ERR_RECURSION, "effects set what effects read, and have not come to rest in %d rounds", RX_ROUNDS_MAX);
}

burin_status rx_flush(burin_graph *g)
{
    burin_status status = BURIN_OK;
    if (g->flushing)
        return BURIN_OK;
    g->flushing = true;
    g->batches++;
    for (unsigned round = 0; !status; round++) {
        rx_settle(g);
        if (!g->effects.len && !g->write_count)
            break;
        if (round == RX_ROUNDS_MAX) {
            status = give_up(g);
            break;
        }
        run_effects(g);
        status = take_writes(g);
    }
    g->flushing = false;
    return status;
}
