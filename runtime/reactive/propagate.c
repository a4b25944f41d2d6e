/* The pass: what a batch changed, then everything needed that stands above it, lowest first. */
#include "runtime/reactive/evaluate.h"
#include "runtime/reactive/wide.h"

/* ---- marking ---- */

void rx_queue(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    if (n->flags & RX_QUEUED)
        return;
    n->flags |= RX_QUEUED;
    rx_enqueue(g->turns, &g->buckets[n->height], node);
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
            if (rx_kind(n) != RX_COMPUTED || n->flags & RX_NEEDED || n->flags & RX_STALE)
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

/* Nothing here moves the graph's arrays, so they are read once. */
typedef struct marking {
    rx_node  *nodes;
    rx_turn  *turns;
    uint32_t *buckets;
    uint32_t  lowest, queued;
} marking;

static inline void mark_queued(marking *m, uint32_t node)
{
    uint32_t height = m->nodes[node].height;
    rx_enqueue(m->turns, &m->buckets[height], node);
    m->lowest = height < m->lowest ? height : m->lowest;
    m->queued++;
}

/* A needed member of a region. */
static inline void mark_member(burin_graph *g, marking *m, uint32_t member)
{
    uint32_t leader = rx_region_mark(g, member);
    if (leader && !(m->nodes[leader].flags & RX_QUEUED)) {
        m->nodes[leader].flags |= RX_QUEUED;
        mark_queued(m, leader);
    }
}

static inline void mark_reader(burin_graph *g, marking *m, uint32_t reader)
{
    rx_node *n     = &m->nodes[reader];
    unsigned state = n->flags & (RX_KIND | RX_NEEDED | RX_QUEUED | RX_RUNNING | RX_FUSED);
    if (BURIN_LIKELY(state == (RX_COMPUTED | RX_NEEDED))) {
        n->flags |= RX_DIRTY | RX_QUEUED;
        mark_queued(m, reader);
    } else if (BURIN_LIKELY((n->flags & (RX_QUEUED | RX_DIRTY)) == (RX_QUEUED | RX_DIRTY))) {
        return;
    } else if (state == RX_EFFECT) {
        rx_queue_effect(g, reader);
    } else if ((n->flags & (RX_FUSED | RX_NEEDED)) == (RX_FUSED | RX_NEEDED)) {
        mark_member(g, m, reader);
    } else {
        rx_mark_other(g, reader);
    }
}

void rx_mark_many(burin_graph *g, const rx_node *n)
{
    const uint32_t *row = g->readers + n->readers, *end = g->readers + n[1].readers;
    marking m = {g->nodes, g->turns, g->buckets, g->lowest, g->queued};
    for (; row < end; row++)
        mark_reader(g, &m, *row);
    for (uint32_t link = n->first_link; link; link = g->links[link].next_reader)
        mark_reader(g, &m, g->links[link].reader);
    g->lowest = m.lowest;
    g->queued = m.queued;
}

void rx_mark_changed(burin_graph *g, uint32_t node) { rx_mark_readers(g, node); }

/* ---- the pass ---- */

/* Will everyone who needs this node run anyway, and read it then if at all? Then it need not run before. Only nodes that dynamic ones
 * read, by links, can wait so. *open: somebody who does not need it may have to be marked. */
static inline bool wants_it(const rx_node *reader) { return rx_needs(reader) && (reader->flags & (RX_STATIC | RX_DIRTY)) != RX_DIRTY; }

__attribute__((noinline)) static bool nobody_wants(const burin_graph *g, uint32_t node, bool *open)
{
    uint32_t reader;
    *open = false;
    RX_FOR_READERS(g, node, reader) {
        const rx_node *r = &g->nodes[reader];
        if (wants_it(r))
            return false;
        *open |= !(r->flags & RX_STALE);
    }
    return true;
}

static inline bool may_wait(const burin_graph *g, uint32_t node, bool *open)
{
    const rx_node *n = &g->nodes[node];
    if (!n->first_link || n->flags & RX_OPERATOR)
        return false; /* an operator runs in every batch that reaches it */
    const rx_link *link  = &g->links[n->first_link];
    const rx_node *first = &g->nodes[link->reader];
    *open                = !(first->flags & RX_STALE);
    if (wants_it(first))
        return false;
    return (!link->next_reader && n[1].readers == n->readers) || nobody_wants(g, node, open);
}

/* A needed static computed node, DIRTY, and not raised since it was queued. */
static inline bool is_ordinary(const burin_graph *g, uint32_t node, uint32_t height)
{
    bool open;
    enum { WHAT = RX_COMPUTED | RX_STATIC | RX_NEEDED | RX_DIRTY };
    const rx_node *n = &g->nodes[node];
    return (n->flags & (RX_KIND | WHAT | RX_FUSED)) == WHAT && n->height == height && !may_wait(g, node, &open);
}

static void take_changes(burin_graph *g)
{
    for (uint32_t k = 0; k < g->change_count; k++) {
        rx_change *c = &g->changes[k];
        if (k % RX_WIDE == 0)
            rx_fetch_changes(g, k);
        g->nodes[c->node].flags &= (uint16_t)~RX_TOUCHED;
        if (rx_kind(&g->nodes[c->node]) == RX_CELL && !rx_value_same(c->before, g->values[c->node]))
            rx_mark_changed(g, c->node);
        rx_value_free(g, c->before);
    }
    g->change_count = 0;
}

/* A node must run again once the pass has come to what it read. Where that has not helped many times in a row, what it pulls is found to be higher
 * each time: then it waits for everything that stands anywhere. */
__attribute__((noinline)) static void run_later(burin_graph *g, uint32_t node)
{
    enum { IN_A_ROW_MAX = 32 };
    g->restarts++;
    g->restart         = 0;
    g->restarts_in_row = node == g->restarted ? g->restarts_in_row + 1 : 1;
    g->restarted       = node;
    if (g->restarts_in_row > IN_A_ROW_MAX)
        rx_lift(g, node, g->highest + 1); /* if there is no memory for that, it goes on as it did */
    rx_queue(g, node);
}

/* Run a dynamic node of the pass; true when its value changed. */
static inline bool run_dynamic(burin_graph *g, uint32_t node)
{
    bool changed;
    if (BURIN_UNLIKELY(!rx_evaluate_dynamic(g, node, RX_QUEUED | RX_STALE, &changed)))
        run_later(g, node);
    return changed;
}

/* ---- past the queue ----
 *
 * A reader of what has changed runs at once where nothing it reads can change any more in this pass: it reads nothing else; or nothing
 * is queued, and it is the only reader, or stands one above what has changed. Not so when dynamic nodes read it, which may make it wait. */

enum {
    PLACE  = RX_KIND | RX_NEEDED | RX_QUEUED | RX_RUNNING | RX_FUSED,
    STATE  = PLACE | RX_STATIC | RX_STALE,
    READY  = RX_COMPUTED | RX_NEEDED | RX_STATIC,
    SINGLE = READY | RX_SINGLE,
};

/* The only reader of a node, if that is a computed node that is to run now; else 0. A watched graph goes by the queue. */
static inline uint32_t only_reader(burin_graph *g, uint32_t node)
{
    const rx_node *n    = &g->nodes[node];
    uint32_t       rows = n[1].readers - n->readers, reader;
    bool           open;
    if (BURIN_UNLIKELY(g->watch))
        return 0;
    if (rows == 1 && !n->first_link)
        reader = g->readers[n->readers];
    else if (rows == 0 && n->first_link && !g->links[n->first_link].next_reader)
        reader = g->links[n->first_link].reader;
    else
        return 0;
    const rx_node *r = &g->nodes[reader];
    return (r->flags & PLACE) == (RX_COMPUTED | RX_NEEDED) && !may_wait(g, reader, &open) ? reader : 0;
}

static inline bool run_static(burin_graph *g, uint32_t node)
{
    g->nodes[node].flags &= (uint16_t)~RX_STALE;
    return rx_evaluate_static(g, node);
}

/* A node has changed, and nothing that is queued or yet to run stands below what reads it: go on along a chain of only readers, of
 * any kind. Who reads its end is queued. */
__attribute__((noinline)) static void follow(burin_graph *g, uint32_t node)
{
    for (uint32_t above; !g->queued && (above = only_reader(g, node)); node = above) {
        bool is_static = g->nodes[above].flags & RX_STATIC;
        if (!(is_static ? run_static(g, above) : run_dynamic(g, above)))
            return;
    }
    rx_mark_readers(g, node);
}

static inline bool is_ready(const rx_node *n) { return (n->flags & STATE) == READY && !n->first_link; }
static inline bool is_ready_single(const rx_node *n) { return (n->flags & (STATE | RX_SINGLE)) == SINGLE && !n->first_link; }

/* A node has changed that no dynamic one reads, of a graph that nobody watches, and others that do not stand below what reads it are yet to
 * run: go on along a chain of static nodes that read nothing but the one below. */
static inline void climb(burin_graph *g, const rx_node *n, uint32_t node)
{
    for (;;) {
        if (BURIN_UNLIKELY(n[1].readers - n->readers != 1))
            break;
        uint32_t       reader = g->readers[n->readers];
        const rx_node *r      = &g->nodes[reader];
        if ((r->flags & PLACE) == RX_EFFECT) {
            rx_queue_effect(g, reader);
            return;
        }
        if (!is_ready_single(r)) {
            rx_mark_reader_of(g, reader);
            return;
        }
        if (!rx_evaluate_node(g, r, reader))
            return;
        node = reader;
        n    = r;
    }
    rx_mark_readers(g, node);
}

/* Run a node; `single` has the graph's values and the count 1, so that rows of nodes that read one other are quick. */
static inline bool run_ready(burin_graph *g, const rx_node *n, uint32_t node, burin_inputs *single)
{
    if (BURIN_UNLIKELY(!(n->flags & RX_SINGLE)))
        return rx_evaluate_node(g, n, node);
    single->nodes = &n->inputs;
    return rx_evaluate_with(g, n, node, single);
}

/* Begin with a long row of readers: run those that read nothing else, up to one that does, or the last. Gives the place of that one. */
static __attribute__((noinline)) uint32_t run_row(burin_graph *g, uint32_t at, uint32_t end)
{
    burin_inputs    single = {g->values, NULL, 1};
    const uint32_t *row    = g->readers + at, *last = g->readers + end - 1;
    const rx_node  *r;
    for (; row < last && is_ready_single(r = &g->nodes[*row]); row++) {
        single.nodes = &r->inputs;
        if (rx_evaluate_by(g, r, *row, &single, rx_call)) /* what it reads has not failed */
            climb(g, r, *row);
    }
    return (uint32_t)(row - g->readers);
}

/* Run the readers of a node that are ready, but for the last of them, and queue the rest. Gives that last one; 0: there is none. */
static inline uint32_t fan_out(burin_graph *g, uint32_t node)
{
    enum { LONG = 4 };
    const rx_node *n = &g->nodes[node], *last = NULL;
    burin_inputs   single = {g->values, NULL, 1};
    uint32_t       height = g->queued ? 0 : n->height + 1, ready = 0, at = n->readers, end = n[1].readers;
    if (end - at > LONG)
        at = run_row(g, at, end);
    for (; at < end; at++) {
        uint32_t       reader = g->readers[at];
        const rx_node *r      = &g->nodes[reader];
        bool           is_single = is_ready_single(r);
        if (BURIN_UNLIKELY(!is_single) && !(is_ready(r) && r->height == height)) {
            rx_mark_reader_of(g, reader);
            continue;
        }
        if (BURIN_UNLIKELY(!is_single) && r == last)
            continue; /* it reads the node twice */
        if (last && run_ready(g, last, ready, &single))
            climb(g, last, ready);
        ready = reader;
        last  = r;
    }
    return ready;
}

/* A node that a dynamic one reads has changed: mark its only reader, if that is what it has and something is queued. */
static inline bool mark_only_link(burin_graph *g, const rx_node *n)
{
    const rx_link *link = &g->links[n->first_link];
    if (!g->queued || link->next_reader || n[1].readers != n->readers || g->careful)
        return false;
    rx_mark_reader_of(g, link->reader);
    return true;
}

/* A node has changed, and nothing is yet to run but what is queued. */
static inline void spread(burin_graph *g, uint32_t node)
{
    for (;;) {
        const rx_node *n = &g->nodes[node];
        uint32_t       ready;
        if (BURIN_UNLIKELY(n->first_link || g->careful)) {
            if (!n->first_link || !mark_only_link(g, n))
                follow(g, node);
            return;
        }
        if (n[1].readers - n->readers == 1) {
            const rx_node *r = &g->nodes[ready = g->readers[n->readers]];
            if (!is_ready(r) || !(r->flags & RX_SINGLE || !g->queued)) {
                rx_mark_reader_of(g, ready);
                return;
            }
        } else if (!(ready = fan_out(g, node))) {
            return;
        }
        if (!rx_evaluate_static(g, ready))
            return;
        node = ready;
    }
}

void rx_follow(burin_graph *g, uint32_t cell)
{
    rx_frame frame   = {.outer = g->frame, .is_static = true};
    bool     in_pass = g->in_pass;
    g->frame         = &frame;
    g->in_pass       = true;
    spread(g, cell);
    g->in_pass = in_pass;
    g->frame   = frame.outer;
}

/* Run the ordinary nodes that come first in a bucket, at one go: they queue only what is higher. False when the first is not
 * ordinary. wide: many are queued, so that fetching what their turns look at is worth more than going on from one node to its reader. */
static BURIN_INLINE bool run_ordinary(burin_graph *g, uint32_t height, bool wide)
{
    uint32_t    last  = g->buckets[height], node = g->turns[last].next;
    rx_fetching ahead = wide ? rx_fetch_begin(g, node) : (rx_fetching){0};
    if (!is_ordinary(g, node, height))
        return false;
    g->buckets[height] = 0;
    for (bool is_last = false; !is_last;) {
        rx_node *n    = &g->nodes[node];
        uint32_t next = g->turns[node].next;
        if (BURIN_UNLIKELY(!is_ordinary(g, node, height))) {
            g->turns[last].next = node;
            g->buckets[height]  = last;
            break;
        }
        if (wide)
            rx_fetch_next(g, &ahead);
        is_last = node == last;
        g->queued--;
        n->flags &= (uint16_t) ~(RX_QUEUED | RX_STALE);
        if (rx_evaluate_node(g, n, node)) {
            if (wide)
                rx_mark_readers(g, node);
            else if (is_last)
                spread(g, node);
            else if (BURIN_UNLIKELY(n->first_link || g->careful))
                rx_mark_readers(g, node);
            else
                climb(g, n, node);
        }
        node = next;
    }
    return true;
}

static bool run_narrow(burin_graph *g, uint32_t height) { return run_ordinary(g, height, false); }
static __attribute__((noinline)) bool run_wide(burin_graph *g, uint32_t height) { return run_ordinary(g, height, true); }

/* A node of the pass that does not run now. */
__attribute__((noinline)) static void put_off(burin_graph *g, uint32_t node, uint32_t height)
{
    rx_node *n     = &g->nodes[node];
    unsigned flags = n->flags &= (uint16_t)~RX_QUEUED;
    if (BURIN_UNLIKELY((flags & RX_KIND) == RX_GONE)) {
        rx_put_away(g, node);
    } else if (BURIN_UNLIKELY(n->height != height)) { /* raised since it was queued */
        rx_queue(g, node);
    } else if (BURIN_UNLIKELY(!(flags & RX_NEEDED))) {
        rx_mark_above(g, node);
    } else {
        n->flags &= (uint16_t)~RX_CHECK; /* what it reads has been brought up to date: had that changed, it would be DIRTY */
    }
}

/* A node of the pass that is dynamic, or a region's, or need not run, or runs later. */
static inline void run_other(burin_graph *g, uint32_t node, uint32_t height)
{
    enum { WHAT = RX_COMPUTED | RX_NEEDED | RX_DIRTY };
    rx_node *n = &g->nodes[node];
    bool     open;
    if (n->flags & RX_FUSED) {
        rx_region_run(g, node);
    } else if (BURIN_UNLIKELY((n->flags & (RX_KIND | WHAT)) != WHAT || n->height != height)) {
        put_off(g, node, height);
    } else if (may_wait(g, node, &open)) {
        n->flags &= (uint16_t)~RX_QUEUED;
        if (open)
            rx_mark_above(g, node);
    } else {
        if (run_dynamic(g, node))
            spread(g, node);
    }
}

/* Those that come first in a bucket: a dynamic node may put more of them there. */
static void run_first(burin_graph *g, uint32_t height)
{
    do {
        uint32_t node = rx_dequeue(g->turns, &g->buckets[height]);
        g->queued--;
        run_other(g, node, height);
    } while (g->lowest == height && g->buckets[height] && !(g->nodes[g->turns[g->buckets[height]].next].flags & RX_STATIC));
}

void rx_settle(burin_graph *g)
{
    rx_frame frame   = {.outer = g->frame, .is_static = true};
    bool     in_pass = g->in_pass;
    if (g->change_count)
        take_changes(g);
    g->in_pass = true;
    g->frame   = &frame;
    while (g->queued) {
        uint32_t height = g->lowest;
        while (!g->buckets[height])
            height++;
        g->lowest = height;
        if (!(g->queued < RX_WIDE ? run_narrow(g, height) : run_wide(g, height)))
            run_first(g, height);
    }
    g->frame   = frame.outer;
    g->in_pass = in_pass;
    g->lowest  = UINT32_MAX;
}
