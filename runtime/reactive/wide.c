/* The pass where it is wide. Many nodes that have not been looked at for a while lie in memory, not in the processor's caches; what each turn
 * will look at is fetched some turns before, so that the processor waits for many of them at a time. */
#include "runtime/reactive/pass.h"

enum { AHEAD = 4 };

void rx_fetch_changes(const burin_graph *g, uint32_t from)
{
    uint32_t end = g->change_count - from < RX_WIDE ? g->change_count : from + RX_WIDE;
    if (!g->reader_count || end - from < AHEAD)
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

typedef struct fetching { /* nodes of the bucket */
    uint32_t far, near;
} fetching;

static fetching fetch_begin(const burin_graph *g, uint32_t node)
{
    fetching f = {.near = node};
    for (unsigned k = 0; k < AHEAD; k++)
        f.near = g->turns[f.near].next;
    f.far = f.near;
    for (unsigned k = 0; k < AHEAD; k++)
        f.far = g->turns[f.far].next;
    return f;
}

static inline void fetch_next(const burin_graph *g, fetching *f)
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
    f->near = g->turns[f->near].next;
}

bool rx_run_wide(burin_graph *g, uint32_t height)
{
    uint32_t last = g->buckets[height], node = g->turns[last].next;
    fetching ahead = fetch_begin(g, node);
    if (!rx_is_ordinary(g, node, height))
        return false;
    g->buckets[height] = 0;
    for (bool is_last = false; !is_last;) {
        uint32_t next = g->turns[node].next;
        if (BURIN_UNLIKELY(!rx_is_ordinary(g, node, height))) {
            g->turns[last].next = node;
            g->buckets[height]  = last;
            break;
        }
        fetch_next(g, &ahead);
        is_last = node == last;
        g->queued--;
        g->nodes[node].flags &= (uint16_t) ~(RX_QUEUED | RX_STALE);
        if (rx_evaluate_static(g, node))
            rx_mark_readers(g, node);
        node = next;
    }
    return true;
}
