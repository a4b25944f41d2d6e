/* Running a node. A static computed node reads its inputs from the slab of values and can change nothing, so the graph's
 * arrays stay where they are. */
#ifndef BURIN_REACTIVE_EVALUATE_H
#define BURIN_REACTIVE_EVALUATE_H

#include "runtime/reactive/mark.h"

/* Take the outcome of a run, which was evaluation number `run`; true when the node's value changed. */
bool rx_take_other(burin_graph *g, uint32_t node, uint64_t run, burin_status status, const burin_value *v);
/* ... of one that has given a plain value of the kind that the node has. */
static inline bool rx_is_usual(const burin_value *at, burin_status status, const burin_value *v)
{
    return BURIN_LIKELY(!status && v->kind == at->kind && rx_is_plain(*v));
}
static inline bool rx_take_usual(burin_value *at, const burin_value *v)
{
    if (v->as.i == at->as.i || (v->kind == BURIN_FLOAT && BURIN_UNLIKELY(rx_is_nan_again(v->as.i, at->as.i))))
        return false;
    at->as.i = v->as.i;
    return true;
}
static inline bool rx_take(burin_graph *g, uint32_t node, uint64_t run, burin_status status, const burin_value *v)
{
    burin_value *at = &g->values[node];
    return rx_is_usual(at, status, v) ? rx_take_usual(at, v) : rx_take_other(g, node, run, status, v);
}
/* The reader of a node that nobody else reads and that reads it by a link; else a number that no node has. A watched graph wants to know of all. */
static inline uint32_t rx_only_link(const burin_graph *g, const rx_node *n)
{
    const rx_link *link = &g->links[n->first_link];
    bool           only = n->first_link && !link->next_reader && n[1].readers == n->readers && !g->watch;
    return only ? link->reader : UINT32_MAX;
}
/* rx_evaluate for a computation that runs and reads the node, so that it need not be told. */
bool rx_evaluate_for(burin_graph *g, uint32_t node, uint32_t reader);
/* A static node fails with the first of its inputs that has failed; BURIN_OK when none has. */
burin_status rx_failed_input(burin_graph *g, const burin_inputs *inputs);

/* Call a static node's function with its inputs, of which none has failed, in a graph that nobody watches. */
static inline burin_status rx_call(burin_graph *g, const rx_node *n, const burin_inputs *inputs, burin_value *out)
{
    return g->fns[n->fn](g, n->user, inputs, out);
}
/* The same of any inputs, in any graph. */
static inline burin_status rx_call_with(burin_graph *g, const rx_node *n, const burin_inputs *inputs, burin_value *out)
{
    if (BURIN_LIKELY(!g->careful))
        return rx_call(g, n, inputs, out);
    burin_status status = rx_failed_input(g, inputs);
    if (status)
        return status;
    return BURIN_LIKELY(!g->watch) ? rx_call(g, n, inputs, out) : rx_call_watched(g, (uint32_t)(n - g->nodes), inputs, out);
}
static inline burin_inputs rx_static_inputs(const burin_graph *g, const rx_node *n)
{
    burin_inputs inputs;
    inputs.values = g->values;
    inputs.nodes  = rx_inputs_of(g, n, &inputs.count);
    return inputs;
}

/* Call a dynamic node's function, in a frame of its own. */
static inline burin_status rx_call_dynamic(burin_graph *g, uint32_t node, burin_value *out)
{
    static const burin_inputs none = {NULL, NULL, 0};
    rx_node                  *n    = &g->nodes[node];
    rx_frame frame      = {.outer = g->frame, .node = node, .run = ++g->runs, .next_link = n->inputs};
    g->frame            = &frame;
    burin_status status = BURIN_LIKELY(!g->watch) ? g->fns[n->fn](g, n->user, &none, out) : rx_call_watched(g, node, &none, out);
    g->frame            = frame.outer;
    if (BURIN_UNLIKELY(frame.next_link) && rx_kind(&g->nodes[node]) != RX_GONE)
        rx_track_end(g, &frame);
    return status;
}

/* Run a static computed node, called by `call`; true when its value changed. The graph's frame is a static one, of no node. Its flags are the
 * caller's. */
typedef burin_status rx_caller(burin_graph *g, const rx_node *n, const burin_inputs *inputs, burin_value *out);
static BURIN_INLINE bool rx_evaluate_by(burin_graph *g, const rx_node *n, uint32_t node, const burin_inputs *inputs, rx_caller *call)
{
    burin_value out = burin_none();
    g->evaluations++;
    burin_status status = call(g, n, inputs, &out);
    if (rx_take(g, node, g->evaluations, status, &out)) /* a static node has run no other */
        return true;
    g->cutoffs++;
    return false;
}
static inline bool rx_evaluate_with(burin_graph *g, const rx_node *n, uint32_t node, const burin_inputs *inputs)
{
    return rx_evaluate_by(g, n, node, inputs, rx_call_with);
}
static inline bool rx_evaluate_node(burin_graph *g, const rx_node *n, uint32_t node)
{
    burin_inputs inputs = rx_static_inputs(g, n);
    return rx_evaluate_with(g, n, node, &inputs);
}
static inline bool rx_evaluate_static(burin_graph *g, uint32_t node) { return rx_evaluate_node(g, &g->nodes[node], node); }

/* Run a dynamic computed node, which changes no graph either, but moves its links, and may pull others; *changed: its value is
 * another one. False when it must be run again later: g->restart says for what. `ends`: flags that the run ends, STALE among them. */
static inline bool rx_evaluate_dynamic(burin_graph *g, uint32_t node, unsigned ends, bool *changed)
{
    burin_value out = burin_none();
    uint64_t    run = ++g->evaluations;
    g->nodes[node].flags = (uint16_t)((g->nodes[node].flags & ~ends) | RX_RUNNING);
    burin_status status = rx_call_dynamic(g, node, &out);
    rx_node     *n      = &g->nodes[node];
    n->flags &= (uint16_t)~RX_RUNNING;
    *changed = false;
    if (BURIN_UNLIKELY(g->restart)) {
        n->flags |= RX_DIRTY;
        return false;
    }
    *changed = rx_take(g, node, run, status, &out);
    g->cutoffs += !*changed;
    return true;
}

#endif
