/* What operators are inside: a node whose `user` the graph owns. */
#ifndef BURIN_REACTIVE_OPERATORS_H
#define BURIN_REACTIVE_OPERATORS_H

#include "burin/operators.h"
#include "runtime/reactive/graph.h"

/* The values of a stream that wait, the graph's own copies, side by side: at[first], and so on. */
typedef struct rx_line {
    burin_value *at;
    uint32_t     room, first, len;
} rx_line;
/* Put one last; BURIN_ERR_NOMEM with the message set. */
burin_status rx_line_push(burin_graph *g, rx_line *line, burin_value v);
/* Take the first out; the caller's. */
burin_value  rx_line_shift(rx_line *line);
void         rx_line_clear(burin_graph *g, rx_line *line);
void         rx_line_deinit(burin_graph *g, rx_line *line);

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
    bool           is_done, is_pending, is_window;
    uint64_t       limit, step;
    rx_line       *lines;    /* one, or as many as sources; NULL: none */
    uint32_t       line_count;
    burin_compute  compute;  /* what retry tries */
    burin_project  project;
    uint32_t       source_count;
    burin_value   *last;     /* what the inputs were in the last run: copies, to see which has changed */
    burin_node     sources[];
};

/* Make the node of an operator that has been filled in; it is run, and from now on always. On failure the operator is gone. */
burin_status rx_operator_make(burin_graph *g, rx_operator *op, burin_compute fn, unsigned flags, const burin_node *inputs, size_t count, burin_node *out);
/* NULL when memory is out, with the message set. */
rx_operator *rx_operator_new(burin_graph *g, const burin_node *sources, size_t count);
/* Give it lines; NULL when op is, or memory is out: the operator is gone. */
rx_operator *rx_operator_lines(burin_graph *g, rx_operator *op, uint32_t count);
/* A value that the operator keeps: it becomes the operator's own. False when memory is out, or op is NULL: the operator is gone. */
bool rx_operator_keep(burin_graph *g, rx_operator *op, burin_value value);
/* Has input k changed since the last run? Also remembers it. BURIN_ERR_NOMEM. */
burin_status rx_operator_changed(burin_graph *g, rx_operator *op, uint32_t k, burin_value now, bool *changed);
/* A list of what is in the first line becomes what the operator emits; it is kept until the next one. */
burin_status rx_operator_emit_line(burin_graph *g, rx_operator *op, burin_value *out);
/* Emit nothing: the value stays. */
void rx_operator_hold(const burin_graph *g, const rx_operator *op, burin_value *out);

#define RX_OPERATOR_FN(name) static burin_status name(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
/* The node of an operator of the first `count` sources; `op` may be NULL, when memory is out. */
#define RX_OPERATOR_MAKE(g, op, fn, count, out)                                                                          \
    ((op) ? rx_operator_make(g, op, fn, BURIN_NODE_STATIC, (op)->sources, count, out) : (*(out) = (burin_node){0, 0}, BURIN_ERR_NOMEM))

/* clock.c: set op->wake at `due`. */
burin_status rx_clock_arm(burin_clock *clock, rx_operator *op, uint64_t due);

#endif
