/* Nodes go: by themselves, or with the scope that owns them, newest first. */
#include "runtime/reactive/graph.h"

/* A number is free at once when nothing can name it any more; otherwise when the rows are remade. */
static void let_go(burin_graph *g, uint32_t node, bool is_named)
{
    rx_node *n = &g->nodes[node];
    g->live--;
    if (is_named || n->first_link || n[1].readers > n->readers || n->flags & (RX_QUEUED | RX_RUNNING)) {
        g->gone++;
        if (!(n->flags & (RX_QUEUED | RX_RUNNING))) /* else whoever takes it off the queue, or has run it, does this */
            rx_put_away(g, node);
        return;
    }
    rx_value_drop(g, node);
    n->flags      = RX_FREE;
    g->turns[node].next = g->free_nodes;
    g->free_nodes = node;
}

/* A scope goes once what is going now has gone: scopes inside scopes need no stack. Its owner no longer has it. */
static void doom(burin_graph *g, uint32_t scope)
{
    rx_disown(g, scope);
    g->turns[scope].next = g->doomed;
    g->doomed            = scope;
}

static void dispose_one(burin_graph *g, uint32_t node)
{
    rx_node *n        = &g->nodes[node];
    unsigned kind     = rx_kind(n);
    bool     is_named = n->flags & RX_STATIC && (n->flags & RX_SINGLE || g->inputs.at[n->inputs]);
    if (g->region_count)
        rx_region_dissolve_around(g, node);
    rx_disown(g, node);
    if (node < g->name_cap && g->names[node].data) {
        base_free(g->alloc, (char *)g->names[node].data, g->names[node].len);
        g->names[node] = (burin_text){NULL, 0};
    }
    if (kind == RX_COMPUTED || kind == RX_EFFECT)
        rx_forget_reads(g, node);
    if (kind == RX_EFFECT && !(n->flags & RX_QUEUED))
        g->effect_count--;
    n->flags = (uint16_t)((n->flags & ~(RX_KIND | RX_STALE)) | RX_GONE);
    if (kind == RX_CELL || kind == RX_COMPUTED) {
        rx_failure_set(g, node, BURIN_ERR_USAGE, BURIN_TEXT("a node it reads was disposed of"));
        rx_mark_changed(g, node);
    }
    n->generation++; /* what marked its readers is still known by its old one */
    burin_node wake = n->flags & RX_OPERATOR ? rx_operator_free(g, n->user) : (burin_node){0, 0};
    n->flags &= (uint16_t)~RX_OPERATOR;
    let_go(g, node, is_named);
    if (!wake.index || g->nodes[wake.index].generation != wake.generation)
        return;
    if (rx_kind(&g->nodes[wake.index]) == RX_SCOPE)
        doom(g, wake.index);
    else
        dispose_one(g, wake.index);
}

static void dispose_scope(burin_graph *g, uint32_t scope)
{
    uint32_t at = scope;
    while (at) {
        uint32_t newest = g->owned[at].newest;
        if (newest && rx_kind(&g->nodes[newest]) == RX_SCOPE) {
            at = newest;
        } else if (newest) {
            dispose_one(g, newest);
        } else {
            uint32_t owner = at == scope ? 0 : g->owned[at].owner;
            if (g->scope == at)
                g->scope = g->owned[at].owner;
            dispose_one(g, at);
            at = owner;
        }
    }
}

burin_status burin_graph_dispose(burin_graph *g, burin_node node)
{
    if (!node.index)
        return BURIN_OK;
    uint32_t index = rx_node_of(g, node, 1 << RX_CELL | 1 << RX_COMPUTED | 1 << RX_EFFECT | 1 << RX_SCOPE);
    if (!index)
        return BURIN_ERR_USAGE;
    burin_status status = rx_may_change(g);
    if (status)
        return status;
    if (rx_kind(&g->nodes[index]) == RX_SCOPE)
        dispose_scope(g, index);
    else
        dispose_one(g, index);
    while (g->doomed) {
        uint32_t scope = g->doomed;
        g->doomed      = g->turns[scope].next;
        dispose_scope(g, scope);
    }
    return g->batch_depth || g->frame ? BURIN_OK : rx_flush(g);
}

/* ---- scopes ---- */

burin_status burin_graph_scope(burin_graph *g, burin_node *out)
{
    burin_status status = rx_may_change(g);
    *out                = (burin_node){0, 0};
    if (status)
        return status;
    if (!rx_grow(g, &g->owned, &g->owned_cap, g->count + 1, sizeof *g->owned) || !rx_reserve_node(g, false))
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    uint32_t node = rx_make(g, RX_SCOPE, 0, NULL);
    *out          = (burin_node){node, g->nodes[node].generation};
    return BURIN_OK;
}

burin_status burin_graph_enter(burin_graph *g, burin_node scope, burin_node *before)
{
    uint32_t index = rx_node_of(g, scope, 1 << RX_SCOPE);
    if (!index)
        return BURIN_ERR_USAGE;
    *before  = g->scope ? (burin_node){g->scope, g->nodes[g->scope].generation} : (burin_node){0, 0};
    g->scope = index;
    return BURIN_OK;
}

burin_status burin_graph_leave(burin_graph *g, burin_node before)
{
    uint32_t index = before.index ? rx_node_of(g, before, 1 << RX_SCOPE) : 0;
    if (before.index && !index)
        return BURIN_ERR_USAGE;
    g->scope = index;
    return BURIN_OK;
}
