/* What the pass knows of a node in a bucket (propagate.c, wide.c). */
#ifndef BURIN_REACTIVE_PASS_H
#define BURIN_REACTIVE_PASS_H

#include "runtime/reactive/evaluate.h"

enum { RX_WIDE = 32 }; /* nodes queued, or cells changed, from which on it pays to fetch what their turns will look at */

/* Will everyone who needs this node run anyway, and read it then if at all? Then it need not run before. Only nodes that dynamic ones
 * read, by links, can wait so. *open: somebody who does not need it may have to be marked. */
static inline bool rx_wants_it(const rx_node *reader) { return rx_needs(reader) && (reader->flags & (RX_STATIC | RX_DIRTY)) != RX_DIRTY; }

bool rx_nobody_wants(const burin_graph *g, uint32_t node, bool *open);

static inline bool rx_may_wait(const burin_graph *g, uint32_t node, bool *open)
{
    const rx_node *n = &g->nodes[node];
    if (!n->first_link || n->flags & RX_OPERATOR)
        return false; /* an operator runs in every batch that reaches it */
    const rx_link *link  = &g->links[n->first_link];
    const rx_node *first = &g->nodes[link->reader];
    *open                = !(first->flags & RX_STALE);
    if (rx_wants_it(first))
        return false;
    return (!link->next_reader && n[1].readers == n->readers) || rx_nobody_wants(g, node, open);
}

/* A needed static computed node, DIRTY, and not raised since it was queued. */
static inline bool rx_is_ordinary(const burin_graph *g, uint32_t node, uint32_t height)
{
    bool open;
    enum { WHAT = RX_COMPUTED | RX_STATIC | RX_NEEDED | RX_DIRTY };
    const rx_node *n = &g->nodes[node];
    return (n->flags & (RX_KIND | WHAT | RX_FUSED)) == WHAT && n->height == height && !rx_may_wait(g, node, &open);
}

/* ---- wide.c ---- */

/* Change number `from` of the open batch, and those behind it, are to be taken: fetch what marking the readers of RX_WIDE of them looks at. */
void rx_fetch_changes(const burin_graph *g, uint32_t from);
/* Run the ordinary nodes that come first in a bucket, at one go. False when the first is not ordinary. */
bool rx_run_wide(burin_graph *g, uint32_t height);

#endif
