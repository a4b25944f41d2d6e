/* Running one computation. */
#include "runtime/reactive/evaluate.h"

burin_status rx_failed_input(burin_graph *g, const burin_inputs *inputs)
{
    for (uint32_t k = 0; k < inputs->count; k++) {
        const rx_failure *failure = rx_failure_of(g, inputs->nodes[k]);
        if (failure)
            return rx_fail_with(g, failure);
    }
    return BURIN_OK;
}

/* A computation that has not said why it failed, in its own run, fails with the name of its status. */
static bool take_failure(burin_graph *g, uint32_t node, uint64_t run, burin_status status)
{
    burin_text message = buf_text(&g->message);
    if (!message.len || g->message_run < run)
        message.data = burin_status_class(status), message.len = strlen(message.data);
    return rx_failure_set(g, node, status, message);
}

bool rx_take_other(burin_graph *g, uint32_t node, uint64_t run, burin_status status, burin_value v)
{
    burin_value own;
    if (!status)
        status = rx_value_copy(g, v, &own);
    return status ? take_failure(g, node, run, status) : rx_value_set(g, node, own);
}

burin_status rx_call_dynamic(burin_graph *g, uint32_t node, burin_value *out)
{
    rx_node     *n     = &g->nodes[node];
    rx_frame     frame = {.outer = g->frame, .node = node, .run = ++g->runs};
    burin_inputs none  = {NULL, NULL, 0};
    g->frame            = &frame;
    burin_status status = g->fns[n->fn](g, n->user, &none, out);
    g->frame            = frame.outer;
    if (rx_kind(&g->nodes[node]) != RX_GONE)
        rx_track_end(g, &frame);
    return status;
}

static void evaluate_static(burin_graph *g, uint32_t node)
{
    rx_frame frame = {.outer = g->frame, .is_static = true};
    g->frame       = &frame;
    bool changed   = rx_evaluate_static(g, &frame, node);
    g->frame       = frame.outer;
    if (changed)
        rx_mark_readers(g, node);
}

/* A dynamic computed node changes no graph either, but moves its links, and may pull others. */
static bool evaluate_dynamic(burin_graph *g, uint32_t node)
{
    burin_value out = burin_none();
    uint64_t    run = ++g->evaluations;
    g->nodes[node].flags |= RX_RUNNING;
    burin_status status = rx_call_dynamic(g, node, &out);
    rx_node     *n      = &g->nodes[node];
    n->flags &= (uint16_t)~RX_RUNNING;
    if (BURIN_UNLIKELY(g->restart)) {
        n->flags |= RX_DIRTY;
        return false;
    }
    if (rx_take(g, node, run, status, out))
        rx_mark_readers(g, node);
    else
        g->cutoffs++;
    return true;
}

bool rx_evaluate(burin_graph *g, uint32_t node)
{
    rx_node *n = &g->nodes[node];
    n->flags &= (uint16_t)~RX_STALE;
    if (n->flags & RX_STATIC)
        evaluate_static(g, node);
    else
        return evaluate_dynamic(g, node);
    return true;
}
