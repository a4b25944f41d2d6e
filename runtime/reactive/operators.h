/* What operators are inside: a node whose `user` the graph owns. */
#ifndef BURIN_REACTIVE_OPERATORS_H
#define BURIN_REACTIVE_OPERATORS_H

#include "burin/operators.h"
#include "runtime/reactive/graph.h"

typedef struct rx_operator rx_operator;
struct rx_operator {
    size_t         size;
    burin_node     node;
    burin_value    kept;     /* the graph's own copy: what is so far, is put instead, was emitted */
    uint64_t       count;    /* of events so far, or to go */
    burin_fold     fold;
    burin_predicate keep;
    void          *user;
    burin_clock   *clock;
    burin_node     wake;     /* a cell that the clock sets to the moment */
    uint64_t       ns, due;
    bool           is_armed; /* the clock will set it */
    bool           is_done, is_pending;
    uint32_t       source_count;
    burin_value   *last;     /* what the inputs were in the last run: copies, to see which has changed */
    burin_node     sources[];
};

/* Make the node of an operator that has been filled in; it is run, and from now on always. On failure the operator is gone. */
burin_status rx_operator_make(burin_graph *g, rx_operator *op, burin_compute fn, unsigned flags, const burin_node *inputs, size_t count, burin_node *out);
/* NULL when memory is out, with the message set. */
rx_operator *rx_operator_new(burin_graph *g, const burin_node *sources, size_t count);
/* Has input k changed since the last run? Also remembers it. BURIN_ERR_NOMEM. */
burin_status rx_operator_changed(burin_graph *g, rx_operator *op, uint32_t k, burin_value now, bool *changed);
/* Emit nothing: the value stays. */
void rx_operator_hold(const burin_graph *g, const rx_operator *op, burin_value *out);

/* clock.c: set op->wake at `due`. */
burin_status rx_clock_arm(burin_clock *clock, rx_operator *op, uint64_t due);

#endif
