/* Edges: rows made anew now and then, links until then. */
#include "runtime/reactive/graph.h"

/* ---- links ---- */

static uint32_t link_new(burin_graph *g, uint32_t node, uint32_t reader)
{
    uint32_t at = g->free_links;
    if (at)
        g->free_links = g->links[at].next_read;
    else if (rx_grow(g, &g->links, &g->link_cap, g->link_count + 1, sizeof *g->links))
        at = g->link_count++;
    else
        return 0;
    uint32_t first = g->nodes[node].first_link, last = first ? g->links[first].before_reader : at;
    g->links[at]   = (rx_link){.node = node, .reader = reader, .before_reader = last};
    if (first) {
        g->links[last].next_reader    = at;
        g->links[first].before_reader = at;
    } else {
        g->nodes[node].first_link = at;
    }
    g->edges++;
    return at;
}

/* Take a link out of its node's list; whoever has it in the reader's list takes it out there. */
static void link_free(burin_graph *g, uint32_t at)
{
    rx_link  *link  = &g->links[at];
    uint32_t *first = &g->nodes[link->node].first_link;
    if (*first == at)
        *first = link->next_reader;
    else
        g->links[link->before_reader].next_reader = link->next_reader;
    if (link->next_reader)
        g->links[link->next_reader].before_reader = link->before_reader;
    else if (*first)
        g->links[*first].before_reader = link->before_reader;
    link->next_read = g->free_links;
    g->free_links   = at;
    g->edges--;
}

/* ---- static nodes ---- */

static bool reserve_inputs(burin_graph *g, size_t count)
{
    if (count > UINT32_MAX / 8)
        return false;
    uint32_t more = (uint32_t)count;
    return rx_grow(g, &g->inputs.at, &g->inputs.cap, g->inputs.len + more + 1, sizeof *g->inputs.at) &&
           rx_grow(g, &g->pending.at, &g->pending.cap, g->pending.len + more, sizeof *g->pending.at) &&
           rx_grow(g, &g->links, &g->link_cap, g->link_count + more, sizeof *g->links);
}

burin_status rx_declare(burin_graph *g, uint32_t node, const burin_node *inputs, size_t count)
{
    uint32_t height = 0;
    for (size_t k = 0; k < count; k++)
        if (g->nodes[inputs[k].index].height > height)
            height = g->nodes[inputs[k].index].height;
    if (!reserve_inputs(g, count) || !rx_grow(g, &g->buckets, &g->bucket_count, height + 2, sizeof *g->buckets))
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    rx_node *n = &g->nodes[node];
    if (rx_kind(n) == RX_COMPUTED) {
        n->height = height + 1;
        if (n->height > g->highest)
            g->highest = n->height;
    }
    if (count == 1) {
        n->flags |= RX_SINGLE;
        n->inputs = inputs[0].index;
    } else {
        n->inputs                        = g->inputs.len;
        g->inputs.at[g->inputs.len++] = (uint32_t)count;
    }
    for (size_t k = 0; k < count; k++) {
        if (g->nodes[inputs[k].index].flags & RX_FUSED)
            rx_region_unsync(g, inputs[k].index);
        if (g->nodes[inputs[k].index].flags & RX_FEEDS)
            rx_region_unfeed(g, inputs[k].index);
        if (count > 1)
            g->inputs.at[g->inputs.len++] = inputs[k].index;
        if (k == 0 || inputs[k].index != inputs[k - 1].index) /* one edge will do for one input declared again and again */
            g->pending.at[g->pending.len++] = link_new(g, inputs[k].index, node);
    }
    return BURIN_OK;
}

/* Input k was declared right before: one edge will do. */
static bool is_again(const uint32_t *inputs, uint32_t k) { return k > 0 && inputs[k] == inputs[k - 1]; }

/* Edges that a node has in rows. */
static uint32_t row_edges(const burin_graph *g, const rx_node *n)
{
    uint32_t        count, sum = 0;
    const uint32_t *inputs = rx_inputs_of(g, n, &count);
    for (uint32_t k = 0; k < count; k++)
        sum += !is_again(inputs, k);
    return sum;
}

/* ---- dynamic nodes ---- */

burin_status rx_track(burin_graph *g, rx_frame *frame, uint32_t node)
{
    burin_status status = rx_raise(g, frame->node, node);
    if (status)
        return status;
    uint32_t made = link_new(g, node, frame->node);
    if (!made)
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    if (BURIN_UNLIKELY(g->nodes[node].flags & RX_FUSED))
        rx_region_dissolve(g, node);
    if (BURIN_UNLIKELY(g->nodes[node].flags & RX_FEEDS))
        rx_region_unfeed(g, node);
    g->links[made].next_read = frame->next_link;
    if (frame->last_link)
        g->links[frame->last_link].next_read = made;
    else
        g->nodes[frame->node].inputs = made;
    g->stamps[node]  = frame->run;
    frame->last_link = made;
    return BURIN_OK;
}

static void forget_from(burin_graph *g, uint32_t node, uint32_t at)
{
    bool needs = rx_needs(&g->nodes[node]);
    while (at) {
        uint32_t next = g->links[at].next_read, read = g->links[at].node;
        link_free(g, at);
        if (needs)
            rx_release(g, read);
        at = next;
    }
}

void rx_track_end(burin_graph *g, rx_frame *frame)
{
    rx_node *reader = &g->nodes[frame->node];
    uint32_t rest   = frame->next_link;
    if (frame->last_link)
        g->links[frame->last_link].next_read = 0;
    else
        reader->inputs = 0;
    forget_from(g, frame->node, rest);
}

void rx_forget_reads(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    if (n->flags & RX_STATIC) {
        bool            needs = rx_needs(n);
        uint32_t        count;
        const uint32_t *inputs = rx_inputs_of(g, n, &count);
        for (uint32_t k = 0; needs && k < count; k++)
            rx_release(g, inputs[k]);
        g->dead_edges += row_edges(g, n);
    } else {
        uint32_t first = n->inputs;
        n->inputs      = 0;
        forget_from(g, node, first);
        for (rx_frame *frame = g->frame; frame; frame = frame->outer)
            if (frame->node == node) /* it disposes of itself while it runs */
                frame->last_link = frame->next_link = 0;
    }
}

/* ---- rows ---- */

static bool is_live_static(const rx_node *n) { return (rx_kind(n) == RX_COMPUTED || rx_kind(n) == RX_EFFECT) && n->flags & RX_STATIC; }

static uint32_t count_edges(const burin_graph *g)
{
    uint32_t sum = 0;
    for (uint32_t node = 1; node < g->count; node++)
        if (is_live_static(&g->nodes[node]))
            sum += row_edges(g, &g->nodes[node]);
    return sum;
}

/* Leave out what nodes that are gone have declared. */
static void compact_inputs(burin_graph *g)
{
    rx_vector kept = {0};
    if (!g->dead_edges || !rx_grow(g, &kept.at, &kept.cap, g->inputs.len, sizeof *kept.at))
        return;
    for (uint32_t node = 1; node < g->count; node++) {
        rx_node *n = &g->nodes[node];
        uint32_t count;
        if (!is_live_static(n) || n->flags & RX_SINGLE)
            continue;
        const uint32_t *inputs = rx_inputs_of(g, n, &count);
        memcpy(&kept.at[kept.len], inputs - 1, (count + 1) * sizeof *inputs);
        n->inputs = kept.len;
        kept.len += count + 1;
    }
    g->memory -= g->inputs.cap * sizeof *g->inputs.at;
    base_free(g->alloc, g->inputs.at, g->inputs.cap * sizeof *g->inputs.at);
    g->inputs = kept;
}

/* How many static readers each node has, then where its row ends. */
static void fill_rows(burin_graph *g, uint32_t *rows)
{
    uint32_t sum = 0, count;
    for (uint32_t node = 0; node < g->count; node++)
        g->nodes[node].readers = 0;
    for (uint32_t node = 1; node < g->count; node++) {
        if (!is_live_static(&g->nodes[node]))
            continue;
        const uint32_t *inputs = rx_inputs_of(g, &g->nodes[node], &count);
        for (uint32_t k = 0; k < count; k++)
            g->nodes[inputs[k]].readers += !is_again(inputs, k);
    }
    for (uint32_t node = 0; node < g->count; node++) {
        sum += g->nodes[node].readers;
        g->nodes[node].readers = sum;
    }
    g->nodes[g->count].readers = sum;
    for (uint32_t node = g->count - 1; node > 0; node--) { /* from the end, so that rows keep the order of making */
        if (!is_live_static(&g->nodes[node]))
            continue;
        const uint32_t *inputs = rx_inputs_of(g, &g->nodes[node], &count);
        for (uint32_t k = count; k-- > 0;)
            if (!is_again(inputs, k))
                rows[--g->nodes[inputs[k]].readers] = node;
    }
}

static void free_gone(burin_graph *g)
{
    uint32_t at = g->gone_nodes;
    g->gone_nodes = 0;
    while (at) {
        rx_node *n    = &g->nodes[at];
        uint32_t next = g->turns[at].next;
        bool     read = n->first_link || n[1].readers > n->readers;
        if (!read) {
            rx_value_drop(g, at);
            n->flags = RX_FREE;
            g->gone--;
        }
        uint32_t *list = read ? &g->gone_nodes : &g->free_nodes;
        g->turns[at].next = *list;
        *list             = at;
        at                = next;
    }
}

void rx_compact(burin_graph *g)
{
    uint32_t  edges = count_edges(g);
    uint32_t *rows  = base_alloc(g->alloc, ((size_t)edges + 1) * sizeof *rows);
    if (!rows)
        return; /* links serve as well */
    g->worked = rx_work(g);
    fill_rows(g, rows);
    if (g->readers)
        base_free(g->alloc, g->readers, ((size_t)g->reader_count + 1) * sizeof *rows);
    g->memory += ((size_t)edges - g->reader_count) * sizeof *rows;
    g->readers      = rows;
    g->reader_count = edges;
    g->rows         = g->count;
    for (uint32_t k = 0; k < g->pending.len; k++)
        link_free(g, g->pending.at[k]);
    g->pending.len = 0;
    compact_inputs(g);
    g->dead_edges = 0;
    free_gone(g);
}
