/* Operators that emit lists: several streams side by side, and several values of one. */
#include "runtime/reactive/box.h"
#include "runtime/reactive/operators.h"

/* ---- lines ---- */

burin_status rx_line_push(burin_graph *g, rx_line *line, burin_value v)
{
    burin_value  own;
    burin_status status = rx_value_copy(g, v, &own);
    if (status)
        return status;
    if (line->first && line->first + line->len == line->room && 2 * line->first >= line->room) {
        memmove(line->at, &line->at[line->first], line->len * sizeof *line->at);
        line->first = 0;
    }
    if (!rx_grow(g, &line->at, &line->room, line->first + line->len + 1, sizeof *line->at)) {
        rx_value_free(g, own);
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    }
    line->at[line->first + line->len++] = own;
    return BURIN_OK;
}

burin_value rx_line_shift(rx_line *line)
{
    burin_value v = line->at[line->first++];
    if (--line->len == 0)
        line->first = 0;
    return v;
}

static void unpush(burin_graph *g, rx_line *line)
{
    rx_value_free(g, line->at[line->first + --line->len]);
    if (line->len == 0)
        line->first = 0;
}

void rx_line_clear(burin_graph *g, rx_line *line)
{
    while (line->len)
        rx_value_free(g, rx_line_shift(line));
}

void rx_line_deinit(burin_graph *g, rx_line *line)
{
    rx_line_clear(g, line);
    base_free(g->alloc, line->at, line->room * sizeof *line->at);
    g->memory -= line->room * sizeof *line->at;
}

rx_operator *rx_operator_lines(burin_graph *g, rx_operator *op, uint32_t count)
{
    if (!op)
        return NULL;
    op->lines = base_alloc(g->alloc, count * sizeof *op->lines);
    if (!op->lines) {
        rx_operator_free(g, op);
        burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    memset(op->lines, 0, count * sizeof *op->lines);
    op->line_count = count;
    return op;
}

/* ---- emitting ---- */

/* A list becomes what the operator emits: it is kept until the next one. */
static burin_status emit(burin_graph *g, rx_operator *op, const burin_value *items, size_t count, burin_value *out)
{
    burin_value  list;
    burin_status status = rx_box_make(g, items, count, &list);
    if (status)
        return status;
    rx_value_free(g, op->kept);
    op->kept = list;
    *out     = list;
    return BURIN_OK;
}

burin_status rx_operator_emit_line(burin_graph *g, rx_operator *op, burin_value *out)
{
    const rx_line *line = &op->lines[0];
    return emit(g, op, line->at + line->first, line->len, out);
}

/* ---- several side by side ---- */

/* The first of every line, which leave the lines once they have been emitted: the want of memory loses none. */
static burin_status emit_row(burin_graph *g, rx_operator *op, burin_value *out)
{
    burin_value *row = base_alloc(g->alloc, op->line_count * sizeof *row);
    if (!row)
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    for (uint32_t k = 0; k < op->line_count; k++)
        row[k] = op->lines[k].at[op->lines[k].first];
    burin_status status = emit(g, op, row, op->line_count, out);
    for (uint32_t k = 0; k < op->line_count && !status; k++)
        rx_value_free(g, rx_line_shift(&op->lines[k]));
    base_free(g->alloc, row, op->line_count * sizeof *row);
    return status;
}

/* A source's value, if it is another one, into its line. Where memory is out the next run tries again, with what the value is then. */
static burin_status take_in(burin_graph *g, rx_operator *op, uint32_t k, burin_value now)
{
    bool         changed;
    burin_status status = rx_operator_changed(g, op, k, now, &changed);
    if (!status && changed)
        status = rx_line_push(g, &op->lines[k], now);
    if (status) {
        rx_value_free(g, op->last[k]);
        op->last[k] = burin_missing();
    }
    return status;
}

/* What came last into a line that is too long goes. */
static burin_status cut_lines(burin_graph *g, rx_operator *op)
{
    burin_status status = BURIN_OK;
    for (uint32_t k = 0; k < op->line_count; k++) {
        if (op->lines[k].len <= op->limit)
            continue;
        unpush(g, &op->lines[k]);
        status = burin_graph_fail(g, BURIN_ERR_LIMIT, "zip: more than %llu values of one source wait", (unsigned long long)op->limit);
    }
    return status;
}

/* A source that fails to be taken in keeps none of the others from it. */
RX_OPERATOR_FN(zip)
{
    rx_operator *op      = user;
    bool         is_full = true;
    burin_status status  = BURIN_OK;
    rx_operator_hold(g, op, out);
    for (uint32_t k = 0; k < in->count; k++) {
        burin_status taken = take_in(g, op, k, *burin_input(in, k));
        status             = status ? status : taken;
        is_full &= op->lines[k].len != 0;
    }
    if (!status && is_full)
        status = emit_row(g, op, out);
    burin_status cut = cut_lines(g, op);
    return status ? status : cut;
}
burin_status burin_op_zip(burin_graph *g, const burin_node *sources, size_t count, uint64_t waiting_max, burin_node *out)
{
    *out = (burin_node){0, 0};
    if (!count || !waiting_max)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "zip needs sources, and room for what waits");
    rx_operator *op = rx_operator_lines(g, rx_operator_new(g, sources, count), (uint32_t)count);
    if (op)
        op->limit = waiting_max;
    return RX_OPERATOR_MAKE(g, op, zip, count, out);
}

RX_OPERATOR_FN(with_latest_from)
{
    rx_operator *op = user;
    bool         changed;
    burin_status status = rx_operator_changed(g, op, 0, *burin_input(in, 0), &changed);
    rx_operator_hold(g, op, out);
    if (status || !changed)
        return status;
    for (uint32_t k = 0; k < in->count && !status; k++)
        status = rx_line_push(g, &op->lines[0], *burin_input(in, k));
    if (!status)
        status = rx_operator_emit_line(g, op, out);
    rx_line_clear(g, &op->lines[0]);
    return status;
}
burin_status burin_op_with_latest_from(burin_graph *g, burin_node source, const burin_node *others, size_t count, burin_node *out)
{
    rx_operator *op = rx_operator_lines(g, rx_operator_new(g, NULL, 1 + count), 1);
    if (op) {
        op->sources[0] = source;
        if (count)
            memcpy(&op->sources[1], others, count * sizeof *others);
    }
    return RX_OPERATOR_MAKE(g, op, with_latest_from, 1 + count, out);
}

/* ---- several values of one ---- */

/* The last `limit` values, whenever there are so many and `step` more have come. */
RX_OPERATOR_FN(buffer_count)
{
    rx_operator *op     = user;
    burin_status status = rx_line_push(g, &op->lines[0], *burin_input(in, 0));
    rx_operator_hold(g, op, out);
    if (status)
        return status;
    op->count++;
    if (op->lines[0].len > op->limit)
        rx_value_free(g, rx_line_shift(&op->lines[0]));
    bool is_full = op->count >= op->limit && (op->count - op->limit) % op->step == 0;
    return is_full ? rx_operator_emit_line(g, op, out) : BURIN_OK;
}

/* What has come since a window was opened last, as long as that is open. */
RX_OPERATOR_FN(window_count)
{
    rx_operator *op = user;
    if (op->count++ % op->step == 0)
        rx_line_clear(g, &op->lines[0]);
    rx_operator_hold(g, op, out);
    if (op->lines[0].len == op->limit)
        return BURIN_OK;
    burin_status status = rx_line_push(g, &op->lines[0], *burin_input(in, 0));
    return status ? status : rx_operator_emit_line(g, op, out);
}

RX_OPERATOR_FN(replay)
{
    rx_operator *op     = user;
    burin_status status = rx_line_push(g, &op->lines[0], *burin_input(in, 0));
    if (status)
        return status;
    if (op->lines[0].len > op->limit)
        rx_value_free(g, rx_line_shift(&op->lines[0]));
    return rx_operator_emit_line(g, op, out);
}

static burin_status make_counting(burin_graph *g, burin_node source, uint64_t count, uint64_t step, burin_compute fn, burin_node *out)
{
    *out = (burin_node){0, 0};
    if (!count || !step || count >= UINT32_MAX / 2)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "a count of none, or of too many");
    rx_operator *op = rx_operator_lines(g, rx_operator_new(g, &source, 1), 1);
    if (op)
        op->limit = count, op->step = step;
    return RX_OPERATOR_MAKE(g, op, fn, 1, out);
}
burin_status burin_op_buffer_count(burin_graph *g, burin_node source, uint64_t count, uint64_t step, burin_node *out)
{
    return make_counting(g, source, count, step, buffer_count, out);
}
burin_status burin_op_window_count(burin_graph *g, burin_node source, uint64_t count, uint64_t step, burin_node *out)
{
    return make_counting(g, source, count, step, window_count, out);
}
burin_status burin_op_replay(burin_graph *g, burin_node source, uint64_t count, burin_node *out)
{
    return make_counting(g, source, count, 1, replay, out);
}

/* A batch in which both have changed: the source's value still belongs to what the boundary ends. */
RX_OPERATOR_FN(bounded)
{
    rx_operator *op      = user;
    bool         changed = false, ended = false;
    burin_status status  = rx_operator_changed(g, op, 0, *burin_input(in, 0), &changed);
    rx_operator_hold(g, op, out);
    if (!status)
        status = rx_operator_changed(g, op, 1, *burin_input(in, 1), &ended);
    if (!status && changed)
        status = rx_line_push(g, &op->lines[0], *burin_input(in, 0));
    if (status)
        return status;
    ended &= op->count++ != 0; /* what the boundary is at first ends nothing */
    if (op->is_window && ended)
        rx_line_clear(g, &op->lines[0]);
    if (ended || (op->is_window && changed))
        status = rx_operator_emit_line(g, op, out);
    if (ended)
        rx_line_clear(g, &op->lines[0]);
    return status;
}
static burin_status make_bounded(burin_graph *g, burin_node source, burin_node boundary, bool is_window, burin_node *out)
{
    rx_operator *op = rx_operator_lines(g, rx_operator_new(g, (burin_node[]){source, boundary}, 2), 1);
    if (op)
        op->is_window = is_window;
    return RX_OPERATOR_MAKE(g, op, bounded, 2, out);
}
burin_status burin_op_buffer(burin_graph *g, burin_node source, burin_node boundary, burin_node *out) { return make_bounded(g, source, boundary, false, out); }
burin_status burin_op_window(burin_graph *g, burin_node source, burin_node boundary, burin_node *out) { return make_bounded(g, source, boundary, true, out); }
