/* Effects: after the pass those that read something changed run, in the order they were made; what they set is the next
 * round. */
#include "runtime/reactive/evaluate.h"
#include "runtime/reactive/watch.h"
#include "runtime/reactive/wide.h"

/* Shell's sort, with gaps as Gonnet and Baeza-Yates take them: needs no memory, and is quick where little is out of order. */
static void sort(uint64_t *at, uint32_t count)
{
    for (uint32_t gap = count; gap > 1;) {
        gap = gap < 5 ? 1 : (uint32_t)((5 * (uint64_t)gap - 1) / 11);
        for (uint32_t k = gap; k < count; k++) {
            uint64_t x = at[k];
            uint32_t j = k;
            for (; j >= gap && at[j - gap] > x; j -= gap)
                at[j] = at[j - gap];
            at[j] = x;
        }
    }
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
    sort(g->order, g->effects.len);
    for (uint32_t k = 0; k < g->effects.len; k++)
        g->effects.at[k] = (uint32_t)g->order[k];
}

/* An effect is no longer queued. */
static void take_off(burin_graph *g, uint32_t node)
{
    g->nodes[node].flags &= (uint16_t) ~(RX_QUEUED | RX_STALE);
    if (rx_kind(&g->nodes[node]) == RX_GONE) {
        g->effect_count--;
        rx_put_away(g, node);
    }
}

/* An effect has run. */
__attribute__((noinline)) static void end_effect(burin_graph *g, uint32_t node, uint64_t run, burin_status status)
{
    const burin_value none = burin_none();
    take_off(g, node);
    if (rx_kind(&g->nodes[node]) == RX_EFFECT)
        rx_take(g, node, run, status, &none);
}

/* An effect that is dynamic, reads several nodes, has failed before, or need not run. */
__attribute__((noinline)) static void run_other(burin_graph *g, uint32_t node, rx_frame *frame, burin_value *out)
{
    unsigned flags = g->nodes[node].flags;
    if ((flags & (RX_KIND | RX_DIRTY)) != (RX_EFFECT | RX_DIRTY)) {
        take_off(g, node);
        return;
    }
    burin_status status;
    uint64_t     run = ++g->evaluations;
    g->effect_runs++;
    if (flags & RX_STATIC) {
        burin_inputs inputs = rx_static_inputs(g, &g->nodes[node]);
        frame->node         = node;
        status              = rx_call_with(g, &g->nodes[node], &inputs, out);
    } else {
        g->frame = frame->outer;
        status   = rx_call_dynamic(g, node, out);
        g->frame = frame;
    }
    end_effect(g, node, run, status);
}

/* What effects run in: one for all of a round. */
typedef struct running {
    rx_frame     frame; /* the graph's meanwhile */
    burin_inputs inputs;
    burin_value  out; /* of no interest */
} running;

static inline running running_of(const burin_graph *g)
{
    return (running){.frame = {.outer = g->frame, .is_static = true}, .inputs = {.count = 1}, .out = burin_none()};
}

/* Run an effect; it may change the graph as it likes, but for its values. It stays queued meanwhile, so that nothing queues it again. */
static inline void run_queued(burin_graph *g, uint32_t node, running *r)
{
    enum { WHAT = RX_EFFECT | RX_STATIC | RX_SINGLE | RX_DIRTY };
    const rx_node *n     = &g->nodes[node];
    uint16_t       flags = n->flags;
    if (BURIN_UNLIKELY((flags & (RX_KIND | WHAT | RX_ERROR)) != WHAT)) {
        run_other(g, node, &r->frame, &r->out);
        return;
    }
    uint64_t run = ++g->evaluations;
    g->effect_runs++;
    r->frame.node       = node;
    r->inputs.values    = g->values;
    r->inputs.nodes     = &n->inputs;
    burin_status status = rx_call_with(g, n, &r->inputs, &r->out);
    rx_node     *after  = &g->nodes[node];
    if (BURIN_UNLIKELY(status || after->flags != flags)) /* it may have disposed of itself */
        end_effect(g, node, run, status);
    else
        after->flags = (uint16_t)(flags & ~(RX_QUEUED | RX_STALE));
}

/* The only one of a round; it is not in the queue. */
static inline void run_only(burin_graph *g, uint32_t node)
{
    running r   = running_of(g);
    g->flushing = true;
    g->frame    = &r.frame;
    run_queued(g, node, &r);
    g->frame    = r.frame.outer;
    g->flushing = false;
}

/* Those queued now; what they queue comes in the next round. */
static void run_effects(burin_graph *g)
{
    running r = running_of(g);
    sort_effects(g);
    rx_vector spare     = g->effects_now;
    g->effects_now      = g->effects;
    g->effects          = spare;
    g->effects.len      = 0;
    g->effects_last     = 0;
    g->effects_unsorted = false;
    g->frame            = &r.frame;
    uint32_t k = 0;
    if (g->effects_now.len >= RX_WIDE_EFFECTS)
        for (; k + 2 * RX_AHEAD < g->effects_now.len; k++) {
            rx_fetch_effects(g, g->effects_now.at + k);
            run_queued(g, g->effects_now.at[k], &r);
        }
    for (; k < g->effects_now.len; k++)
        run_queued(g, g->effects_now.at[k], &r);
    g->frame = r.frame.outer;
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
        take_off(g, g->effects.at[k]);
    g->effects.len      = 0;
    g->effects_last     = 0;
    g->effects_unsorted = false;
    for (uint32_t k = 0; k < g->write_count; k++)
        rx_value_free(g, g->writes[k].value);
    g->write_count = 0;
    burin_status status = burin_graph_fail(g, BURIN_ERR_RECURSION, "effects set what effects read, and have not come to rest in %d rounds", RX_ROUNDS_MAX);
    rx_log(g, 0, status, buf_text(&g->message));
    return status;
}

static inline bool is_at_rest(const burin_graph *g) { return !(g->effects.len | g->queued | g->change_count); }

/* Settle and run effects until nothing is left to do; `round`: how often that has been done. */
__attribute__((noinline)) static burin_status run_rounds(burin_graph *g, unsigned round)
{
    burin_status status = BURIN_OK;
    uint64_t     start  = g->watch && g->watch->asked.times ? monotonic_ns() : 0;
    g->flushing         = true;
    for (; !status; round++) {
        if (g->queued | g->change_count)
            rx_settle(g);
        if (!g->effects.len)
            break;
        if (round == RX_ROUNDS_MAX) {
            status = give_up(g);
            break;
        }
        run_effects(g);
        if (g->write_count)
            status = take_writes(g);
        else if (is_at_rest(g))
            break;
    }
    g->flushing = false;
    if (BURIN_UNLIKELY(start != 0))
        rx_note_batch(g, start);
    return status;
}

/* Before a batch ends. */
static inline void begin_flush(burin_graph *g)
{
    g->batches++;
    rx_compact_sometimes(g);
    if (BURIN_UNLIKELY(g->runs > UINT32_MAX / 2) && !g->frame)
        rx_number_runs_anew(g);
}

/* Run the only effect of the first round, and what comes of it. */
static inline burin_status flush_only(burin_graph *g, uint32_t effect)
{
    run_only(g, effect);
    if (BURIN_LIKELY(is_at_rest(g) && !g->write_count))
        return BURIN_OK;
    burin_status status = g->write_count ? take_writes(g) : BURIN_OK;
    return status ? status : run_rounds(g, 1);
}

burin_status rx_flush(burin_graph *g)
{
    if (g->flushing)
        return BURIN_OK;
    begin_flush(g);
    if (is_at_rest(g))
        return BURIN_OK;
    if (g->effects.len != 1 || g->queued | g->change_count || g->watch)
        return run_rounds(g, 0);
    g->effects.len  = 0;
    g->effects_last = 0;
    return flush_only(g, g->effects.at[0]);
}

burin_status rx_flush_to(burin_graph *g, uint32_t effect)
{
    g->nodes[effect].flags |= RX_DIRTY | RX_QUEUED;
    begin_flush(g);
    return flush_only(g, effect);
}
