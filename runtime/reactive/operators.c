/* Operators without time. */
#include "runtime/reactive/operators.h"

/* ---- life ---- */

static burin_status no_memory(burin_graph *g) { return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory"); }

rx_operator *rx_operator_new(burin_graph *g, const burin_node *sources, size_t count)
{
    size_t       size = sizeof(rx_operator) + count * (sizeof(burin_node) + sizeof(burin_value)) + sizeof(burin_value);
    rx_operator *op   = count < 1u << 24 ? base_alloc(g->alloc, size) : NULL;
    if (!op) {
        no_memory(g);
        return NULL;
    }
    memset(op, 0, size);
    op->size         = size;
    op->source_count = (uint32_t)count;
    op->last         = (burin_value *)(((uintptr_t)&op->sources[count] + 15) & ~(uintptr_t)15);
    op->kept         = burin_none();
    if (sources && count)
        memcpy(op->sources, sources, count * sizeof *sources);
    return op;
}

burin_node rx_operator_free(burin_graph *g, void *user)
{
    rx_operator *op   = user;
    burin_node   wake = op->wake;
    rx_value_free(g, op->kept);
    for (uint32_t k = 0; k < op->line_count; k++)
        rx_line_deinit(g, &op->lines[k]);
    base_free(g->alloc, op->lines, op->line_count * sizeof *op->lines);
    for (uint32_t k = 0; k < op->source_count; k++)
        rx_value_free(g, op->last[k]);
    base_free(g->alloc, op, op->size);
    return wake;
}

burin_status rx_operator_make(burin_graph *g, rx_operator *op, burin_compute fn, unsigned flags, const burin_node *inputs, size_t count, burin_node *out)
{
    burin_status status = burin_graph_computed(g, fn, op, flags, inputs, count, out);
    if (status) {
        rx_operator_free(g, op);
        return status;
    }
    uint32_t node = out->index;
    op->node      = *out;
    g->nodes[node].flags |= RX_OPERATOR;
    if (g->change_count || g->queued)
        rx_settle(g);
    while (g->nodes[node].flags & RX_STALE)
        rx_pull(g, node);
    rx_need(g, node);
    return BURIN_OK;
}

void rx_operator_hold(const burin_graph *g, const rx_operator *op, burin_value *out)
{
    uint32_t node = op->node.index;
    *out          = node && !rx_failure_of(g, node) && g->values[node].kind != BURIN_MISSING ? g->values[node] : burin_none();
}

burin_status rx_operator_changed(burin_graph *g, rx_operator *op, uint32_t k, burin_value now, bool *changed)
{
    burin_value own;
    *changed = !rx_value_same(op->last[k], now);
    if (!*changed)
        return BURIN_OK;
    burin_status status = rx_value_copy(g, now, &own);
    if (status)
        return status;
    rx_value_free(g, op->last[k]);
    op->last[k] = own;
    return BURIN_OK;
}

bool rx_operator_keep(burin_graph *g, rx_operator *op, burin_value value)
{
    if (!op)
        return false;
    if (!rx_value_copy(g, value, &op->kept))
        return true;
    op->kept = burin_none();
    rx_operator_free(g, op);
    return false;
}

/* BURIN_ERR_USAGE for what no node can have as its value. */
static burin_status check_value(burin_graph *g, burin_value v, burin_node *out)
{
    *out = (burin_node){0, 0};
    return v.kind == BURIN_MISSING || v.kind == BURIN_UNDEFINED ? burin_graph_fail(g, BURIN_ERR_USAGE, "a node's value is not undefined, and not missing") : BURIN_OK;
}

/* ---- of one source: a run is an event ---- */

RX_OPERATOR_FN(filter)
{
    rx_operator *op = user;
    if (op->keep(op->user, *burin_input(in, 0)))
        *out = *burin_input(in, 0);
    else
        rx_operator_hold(g, op, out);
    return BURIN_OK;
}
burin_status burin_op_filter(burin_graph *g, burin_node source, burin_predicate keep_value, void *user, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, &source, 1);
    if (op)
        op->keep = keep_value, op->user = user;
    return RX_OPERATOR_MAKE(g, op, filter, 1, out);
}

RX_OPERATOR_FN(scan)
{
    rx_operator *op = user;
    burin_value  own;
    burin_status status = op->fold(g, op->user, op->kept, *burin_input(in, 0), out);
    if (!status)
        status = rx_value_copy(g, *out, &own);
    if (status)
        return status;
    rx_value_free(g, op->kept);
    op->kept = own;
    *out     = own;
    return BURIN_OK;
}
burin_status burin_op_scan(burin_graph *g, burin_node source, burin_fold fold, void *user, burin_value seed, burin_node *out)
{
    if (check_value(g, seed, out))
        return BURIN_ERR_USAGE;
    rx_operator *op = rx_operator_new(g, &source, 1);
    if (op)
        op->fold = fold, op->user = user;
    if (!rx_operator_keep(g, op, seed))
        op = NULL;
    return RX_OPERATOR_MAKE(g, op, scan, 1, out);
}

RX_OPERATOR_FN(take)
{
    rx_operator *op = user;
    if (op->count) {
        op->count--;
        *out = *burin_input(in, 0);
    } else {
        rx_operator_hold(g, op, out);
    }
    return BURIN_OK;
}
burin_status burin_op_take(burin_graph *g, burin_node source, uint64_t count, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, &source, 1);
    if (op)
        op->count = count;
    return RX_OPERATOR_MAKE(g, op, take, 1, out);
}

RX_OPERATOR_FN(skip)
{
    rx_operator *op = user;
    if (op->count) {
        op->count--;
        rx_operator_hold(g, op, out);
    } else {
        *out = *burin_input(in, 0);
    }
    return BURIN_OK;
}
burin_status burin_op_skip(burin_graph *g, burin_node source, uint64_t count, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, &source, 1);
    if (op)
        op->count = count;
    return RX_OPERATOR_MAKE(g, op, skip, 1, out);
}

RX_OPERATOR_FN(start_with)
{
    rx_operator *op = user;
    (void)g;
    *out = op->count++ ? *burin_input(in, 0) : op->kept;
    return BURIN_OK;
}
burin_status burin_op_start_with(burin_graph *g, burin_node source, burin_value first, burin_node *out)
{
    if (check_value(g, first, out))
        return BURIN_ERR_USAGE;
    rx_operator *op = rx_operator_new(g, &source, 1);
    if (!rx_operator_keep(g, op, first))
        op = NULL;
    return RX_OPERATOR_MAKE(g, op, start_with, 1, out);
}

/* ---- of several ---- */

RX_OPERATOR_FN(merge)
{
    rx_operator *op = user;
    rx_operator_hold(g, op, out);
    for (uint32_t k = 0; k < in->count; k++) {
        bool         changed;
        burin_status status = rx_operator_changed(g, op, k, *burin_input(in, k), &changed);
        if (status)
            return status;
        if (changed)
            *out = *burin_input(in, k);
    }
    return BURIN_OK;
}
burin_status burin_op_merge(burin_graph *g, const burin_node *sources, size_t count, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, sources, count);
    return RX_OPERATOR_MAKE(g, op, merge, count, out);
}

RX_OPERATOR_FN(sample)
{
    rx_operator *op = user;
    bool         changed;
    burin_status status = rx_operator_changed(g, op, 1, *burin_input(in, 1), &changed);
    if (status)
        return status;
    if (changed && op->count++)
        *out = *burin_input(in, 0);
    else
        rx_operator_hold(g, op, out);
    return BURIN_OK;
}
burin_status burin_op_sample(burin_graph *g, burin_node source, burin_node trigger, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, (burin_node[]){source, trigger}, 2);
    return RX_OPERATOR_MAKE(g, op, sample, 2, out);
}

RX_OPERATOR_FN(take_until)
{
    rx_operator *op = user;
    bool         changed;
    burin_status status = rx_operator_changed(g, op, 1, *burin_input(in, 1), &changed);
    if (status)
        return status;
    op->is_done |= changed && op->count;
    op->count = 1;
    if (op->is_done)
        rx_operator_hold(g, op, out);
    else
        *out = *burin_input(in, 0);
    return BURIN_OK;
}
burin_status burin_op_take_until(burin_graph *g, burin_node source, burin_node other, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, (burin_node[]){source, other}, 2);
    return RX_OPERATOR_MAKE(g, op, take_until, 2, out);
}

/* ---- that find what they read ---- */

RX_OPERATOR_FN(catch_failure)
{
    rx_operator *op = user;
    (void)in;
    burin_status status = burin_graph_get(g, op->sources[0], out);
    if (!status || status == BURIN_ERR_NOMEM || g->restart)
        return status;
    *out = op->kept;
    return BURIN_OK;
}
burin_status burin_op_catch(burin_graph *g, burin_node source, burin_value instead, burin_node *out)
{
    if (check_value(g, instead, out))
        return BURIN_ERR_USAGE;
    rx_operator *op = rx_operator_new(g, &source, 1);
    if (!rx_operator_keep(g, op, instead))
        return BURIN_ERR_NOMEM;
    return rx_operator_make(g, op, catch_failure, BURIN_NODE_DYNAMIC, NULL, 0, out);
}

/* Its sources follow the node that chooses. */
RX_OPERATOR_FN(choose)
{
    rx_operator *op = user;
    burin_value  which;
    (void)in;
    burin_status status = burin_graph_get(g, op->sources[0], &which);
    if (status)
        return status;
    *out = burin_none();
    if (which.kind != BURIN_INT || which.as.i < 0 || which.as.i >= op->source_count - 1)
        return BURIN_OK;
    return burin_graph_get(g, op->sources[1 + which.as.i], out);
}
burin_status burin_op_switch(burin_graph *g, burin_node which, const burin_node *sources, size_t count, burin_node *out)
{
    rx_operator *op = rx_operator_new(g, NULL, 1 + count);
    *out            = (burin_node){0, 0};
    if (!op)
        return BURIN_ERR_NOMEM;
    op->sources[0] = which;
    if (count)
        memcpy(&op->sources[1], sources, count * sizeof *sources);
    return rx_operator_make(g, op, choose, BURIN_NODE_DYNAMIC, NULL, 0, out);
}
