/* Running one computation. */
#include "runtime/reactive/graph.h"

/* A static node fails with the first of its inputs that has failed. */
static const rx_failure *failed_input(const burin_graph *g, const burin_inputs *inputs)
{
    for (uint32_t k = 0; k < inputs->count; k++) {
        const rx_failure *failure = rx_failure_of(g, inputs->nodes[k]);
        if (failure)
            return failure;
    }
    return NULL;
}

static burin_text failure_text(const rx_failure *failure) { return (burin_text){failure->message, failure->len}; }

static bool take_failure(burin_graph *g, uint32_t node, burin_status status)
{
    burin_text message = buf_text(&g->message);
    if (!message.len)
        message.data = burin_status_class(status), message.len = strlen(message.data);
    return rx_failure_set(g, node, status, message);
}

/* Take the outcome of a run; true when the node's value changed. */
static inline bool take(burin_graph *g, uint32_t node, burin_status status, burin_value v)
{
    burin_value own;
    if (BURIN_UNLIKELY(status))
        return take_failure(g, node, status);
    if (BURIN_LIKELY(rx_is_plain(v)))
        return rx_plain_set(g, node, v);
    status = rx_value_copy(g, v, &own);
    return status ? take_failure(g, node, status) : rx_value_set(g, node, own);
}

static burin_status run_static(burin_graph *g, uint32_t node, burin_value *out)
{
    rx_frame     frame;
    burin_inputs inputs;
    frame.outer     = g->frame;
    frame.node      = node;
    frame.is_static = true;
    rx_node     *n = &g->nodes[node];
    inputs.values  = g->values;
    inputs.nodes   = rx_inputs_of(g, n, &inputs.count);
    if (BURIN_UNLIKELY(g->failures)) {
        const rx_failure *failure = failed_input(g, &inputs);
        if (failure) {
            g->message.len = 0;
            buf_append(&g->message, failure->message, failure_text(failure).len);
            return failure->status;
        }
    }
    g->frame            = &frame;
    burin_status status = g->fns[n->fn](g, n->user, &inputs, out);
    g->frame            = frame.outer;
    return status;
}

static burin_status run_dynamic(burin_graph *g, uint32_t node, burin_value *out)
{
    rx_frame     frame = {.outer = g->frame, .node = node, .run = ++g->runs};
    burin_inputs none  = {NULL, NULL, 0};
    rx_node     *n     = &g->nodes[node];
    g->frame            = &frame;
    burin_status status = g->fns[n->fn](g, n->user, &none, out);
    g->frame            = frame.outer;
    if (rx_kind(&g->nodes[node]) != RX_GONE)
        rx_track_end(g, &frame);
    return status;
}

bool rx_evaluate(burin_graph *g, uint32_t node)
{
    rx_node    *n   = &g->nodes[node];
    burin_value out = burin_none();
    n->flags        = (n->flags & (uint16_t)~RX_STALE) | RX_RUNNING;
    g->evaluations++;
    g->message.len      = 0;
    burin_status status = n->flags & RX_STATIC ? run_static(g, node, &out) : run_dynamic(g, node, &out);
    n                   = &g->nodes[node];
    n->flags &= (uint16_t)~RX_RUNNING;
    if (BURIN_UNLIKELY(g->restart)) {
        n->flags |= RX_DIRTY;
        return false;
    }
    if (rx_kind(n) == RX_EFFECT) {
        g->effect_runs++;
        take(g, node, status, burin_none());
    } else if (rx_kind(n) == RX_COMPUTED) {
        if (take(g, node, status, out))
            rx_mark_changed(g, node);
        else
            g->cutoffs++;
    } else if (!(n->flags & RX_QUEUED)) { /* it has disposed of itself */
        n->next       = g->gone_nodes;
        g->gone_nodes = node;
    }
    return true;
}
