/* Running a static computed node: it reads its inputs from the slab of values and can change nothing, so the graph's arrays
 * stay where they are. */
#ifndef BURIN_REACTIVE_EVALUATE_H
#define BURIN_REACTIVE_EVALUATE_H

#include "runtime/reactive/mark.h"

/* Take the outcome of a run, which was evaluation number `run`; true when the node's value changed. */
bool rx_take(burin_graph *g, uint32_t node, uint64_t run, burin_status status, burin_value v);
/* A static node fails with the first of its inputs that has failed; BURIN_OK when none has. */
burin_status rx_failed_input(burin_graph *g, const burin_inputs *inputs);

static inline burin_status rx_run_static(burin_graph *g, uint32_t node, burin_value *out)
{
    const rx_node *n = &g->nodes[node];
    rx_frame       frame;
    burin_inputs   inputs;
    inputs.values = g->values;
    inputs.nodes  = rx_inputs_of(g, n, &inputs.count);
    if (BURIN_UNLIKELY(g->failures)) {
        burin_status status = rx_failed_input(g, &inputs);
        if (status)
            return status;
    }
    frame.outer         = g->frame;
    frame.node          = node;
    frame.is_static     = true;
    g->frame            = &frame;
    burin_status status = g->fns[n->fn](g, n->user, &inputs, out);
    g->frame            = frame.outer;
    return status;
}

static inline void rx_evaluate_static(burin_graph *g, uint32_t node)
{
    burin_value *at  = &g->values[node];
    burin_value  out = burin_none();
    uint64_t     run = ++g->evaluations;
    g->nodes[node].flags &= (uint16_t)~RX_STALE;
    burin_status status = rx_run_static(g, node, &out);
    if (BURIN_LIKELY(!status && out.kind == at->kind && rx_is_plain(out))) {
        if (out.as.i == at->as.i) {
            g->cutoffs++;
            return;
        }
        *at = out;
    } else if (!rx_take(g, node, run, status, out)) {
        g->cutoffs++;
        return;
    }
    rx_mark_readers(g, node);
}

#endif
