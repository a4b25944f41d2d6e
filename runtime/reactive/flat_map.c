/* Operators that run computations of the host's anew: flat_map, whose inner nodes are made for each value, and retry. */
#include "runtime/reactive/operators.h"

/* ---- flat_map ----
 *
 * The operator is the cell it emits by; disposing of that dooms the scope that all the rest is in: an effect on the source,
 * and a scope for each inner node, with an effect that copies it to the cell. `lines[0]` has the numbers of those scopes. */

/* If the cell is gone, so is the operator. */
static bool is_alive(const burin_graph *g, burin_node node) { return g->nodes[node.index].generation == node.generation; }

static burin_value pack(burin_node node) { return burin_int((int64_t)((uint64_t)node.generation << 32 | node.index)); }
static burin_node  unpack(burin_value v) { return (burin_node){(uint32_t)v.as.i, (uint32_t)((uint64_t)v.as.i >> 32)}; }

/* An inner node that fails emits nothing. */
RX_OPERATOR_FN(copy_inner)
{
    rx_operator *op = user;
    burin_value  v;
    (void)in, (void)out;
    burin_status status = burin_graph_get(g, op->sources[0], &v);
    return status ? status : burin_graph_set(g, op->sources[1], v);
}

/* An effect that copies the inner node to the operator's cell; it is in the open scope. */
static burin_status follow_inner(burin_graph *g, burin_node node, burin_node to)
{
    burin_node   effect;
    rx_operator *copy = rx_operator_new(g, (burin_node[]){node, to}, 2);
    if (!copy)
        return BURIN_ERR_NOMEM;
    burin_status status = burin_graph_effect(g, copy_inner, copy, BURIN_NODE_DYNAMIC, NULL, 0, &effect);
    if (effect.index)
        g->nodes[effect.index].flags |= RX_OPERATOR;
    else
        rx_operator_free(g, copy);
    return status;
}

/* Make the inner node for a value, in a scope of its own. The operator may be gone afterwards. */
static burin_status begin_inner(burin_graph *g, rx_operator *op, burin_value v)
{
    burin_node   before, inner = {0, 0}, scope, emits = op->node;
    burin_status status = burin_graph_enter(g, op->wake, &before);
    if (status)
        return status;
    if (!(status = burin_graph_scope(g, &scope)) && !(status = rx_line_push(g, &op->lines[0], pack(scope)))) {
        burin_node outer;
        burin_graph_enter(g, scope, &outer);
        status = op->project(g, op->user, v, &inner);
        if (!status && is_alive(g, emits) && inner.index)
            status = follow_inner(g, inner, emits);
    }
    if (!before.index || is_alive(g, before))
        burin_graph_leave(g, before);
    return status;
}

RX_OPERATOR_FN(take_source)
{
    rx_operator *op = user;
    burin_value  v, own;
    (void)in, (void)out;
    burin_status status = burin_graph_get(g, op->sources[0], &v);
    if (!status)
        status = rx_value_copy(g, v, &own); /* the host's function may dispose of the source */
    if (status)
        return status;
    if (op->lines[0].len == op->limit)
        burin_graph_dispose(g, unpack(rx_line_shift(&op->lines[0])));
    status = begin_inner(g, op, own);
    rx_value_free(g, own);
    return status;
}

burin_status burin_op_flat_map(burin_graph *g, burin_node source, burin_project project, void *user, uint32_t limit, burin_node *out)
{
    burin_node   before, effect;
    rx_operator *op     = rx_operator_lines(g, rx_operator_new(g, &source, 1), 1);
    burin_status status = op ? BURIN_OK : BURIN_ERR_NOMEM;
    *out                = (burin_node){0, 0};
    if (status)
        return status;
    op->project = project;
    op->user    = user;
    op->limit   = limit;
    if (!limit || !rx_node_of(g, source, 1 << RX_CELL | 1 << RX_COMPUTED))
        status = limit ? BURIN_ERR_USAGE : burin_graph_fail(g, BURIN_ERR_USAGE, "flat_map with no room for inner nodes");
    if (!status)
        status = burin_graph_scope(g, &op->wake);
    if (!status && (status = burin_graph_cell(g, burin_none(), &op->node)))
        burin_graph_dispose(g, op->wake);
    if (status) {
        rx_operator_free(g, op);
        return status;
    }
    g->nodes[op->node.index].user = op;
    g->nodes[op->node.index].flags |= RX_OPERATOR;
    burin_node emits = op->node;
    burin_graph_enter(g, op->wake, &before);
    status = burin_graph_effect(g, take_source, op, BURIN_NODE_DYNAMIC, NULL, 0, &effect);
    if (!before.index || is_alive(g, before))
        burin_graph_leave(g, before);
    if (effect.index)
        *out = emits;
    else
        burin_graph_dispose(g, emits);
    return status;
}

/* ---- retry ---- */

RX_OPERATOR_FN(retry)
{
    rx_operator *op     = user;
    burin_status status = op->compute(g, op->user, in, out);
    for (uint64_t tries = 1; status && !g->restart && tries < op->limit; tries++) {
        *out   = burin_none();
        status = op->compute(g, op->user, in, out);
    }
    return status;
}
burin_status burin_op_retry(burin_graph *g, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count, uint64_t tries, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, NULL, 0);
    *out            = (burin_node){0, 0};
    if (!op)
        return BURIN_ERR_NOMEM;
    op->compute = fn;
    op->user    = user;
    op->limit   = tries;
    if (fn && tries)
        return rx_operator_make(g, op, retry, flags, inputs, count, out);
    rx_operator_free(g, op);
    return burin_graph_fail(g, BURIN_ERR_USAGE, "retry needs a function, and a number of tries");
}
