/* Time for operators: a binary heap of who waits until when. */
#include "runtime/reactive/operators.h"

typedef struct waiter {
    uint64_t     due, order; /* of equal moments, who came first */
    rx_operator *op;
    burin_node   node, wake;
} waiter;

struct burin_clock {
    burin_graph *graph;
    uint64_t     now, orders;
    waiter      *waiters;
    uint32_t     count, room;
};

burin_clock *burin_clock_new(burin_graph *g, uint64_t now_ns)
{
    burin_clock *clock = base_alloc(g->alloc, sizeof *clock);
    if (clock)
        *clock = (burin_clock){.graph = g, .now = now_ns};
    return clock;
}

void burin_clock_free(burin_clock *clock)
{
    if (!clock)
        return;
    base_free(clock->graph->alloc, clock->waiters, clock->room * sizeof *clock->waiters);
    clock->graph->memory -= clock->room * sizeof *clock->waiters;
    base_free(clock->graph->alloc, clock, sizeof *clock);
}

uint64_t burin_clock_next(const burin_clock *clock) { return clock->count ? clock->waiters[0].due : UINT64_MAX; }

/* ---- the heap ---- */

static bool is_before(const waiter *a, const waiter *b) { return a->due < b->due || (a->due == b->due && a->order < b->order); }

static void swap(waiter *a, waiter *b)
{
    waiter c = *a;
    *a       = *b;
    *b       = c;
}

static waiter pop(burin_clock *clock)
{
    waiter first      = clock->waiters[0];
    clock->waiters[0] = clock->waiters[--clock->count];
    for (uint32_t at = 0, child; (child = 2 * at + 1) < clock->count; at = child) {
        if (child + 1 < clock->count && is_before(&clock->waiters[child + 1], &clock->waiters[child]))
            child++;
        if (!is_before(&clock->waiters[child], &clock->waiters[at]))
            break;
        swap(&clock->waiters[child], &clock->waiters[at]);
    }
    return first;
}

burin_status rx_clock_arm(burin_clock *clock, rx_operator *op, uint64_t due)
{
    if (!rx_grow(clock->graph, &clock->waiters, &clock->room, clock->count + 1, sizeof *clock->waiters))
        return burin_graph_fail(clock->graph, BURIN_ERR_NOMEM, "out of memory");
    uint32_t at        = clock->count++;
    clock->waiters[at] = (waiter){due, clock->orders++, op, op->node, op->wake};
    for (; at && is_before(&clock->waiters[at], &clock->waiters[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&clock->waiters[at], &clock->waiters[(at - 1) / 2]);
    op->is_armed = true;
    return BURIN_OK;
}

/* ---- going on ---- */

/* Is the operator still there? */
static bool is_alive(const burin_graph *g, burin_node node) { return g->nodes[node.index].generation == node.generation; }

burin_status burin_clock_advance(burin_clock *clock, uint64_t now_ns)
{
    burin_graph *g      = clock->graph;
    burin_status status = rx_may_change(g);
    while (!status && clock->count && clock->waiters[0].due <= now_ns) {
        uint64_t moment = clock->waiters[0].due;
        clock->now      = moment > clock->now ? moment : clock->now;
        burin_graph_begin(g);
        while (clock->count && clock->waiters[0].due == moment) {
            waiter w = pop(clock);
            if (!is_alive(g, w.node))
                continue;
            w.op->is_armed = false;
            burin_graph_set(g, w.wake, burin_int((int64_t)moment));
        }
        status = burin_graph_commit(g);
    }
    if (now_ns > clock->now)
        clock->now = now_ns;
    return status;
}

/* ---- operators ---- */

static burin_status make(burin_clock *clock, burin_node source, uint64_t ns, burin_compute fn, burin_node *out)
{
    burin_graph *g = clock->graph;
    rx_operator *op = rx_operator_new(g, (burin_node[]){source, source}, 2);
    *out            = (burin_node){0, 0};
    if (!op)
        return BURIN_ERR_NOMEM;
    op->clock           = clock;
    op->ns              = ns;
    burin_status status = burin_graph_cell(g, burin_int(-1), &op->wake);
    if (status) {
        rx_operator_free(g, op);
        return status;
    }
    op->sources[1]  = op->wake;
    if (!source.index)
        op->sources[0] = op->wake;
    burin_node wake = op->wake;
    status          = rx_operator_make(g, op, fn, BURIN_NODE_STATIC, op->sources, 2, out);
    if (status)
        burin_graph_dispose(g, wake);
    return status;
}

static burin_status no_period(burin_clock *clock, burin_node *out)
{
    *out = (burin_node){0, 0};
    return burin_graph_fail(clock->graph, BURIN_ERR_USAGE, "a period of no time");
}

/* Which inputs have changed. */
static burin_status changes(burin_graph *g, rx_operator *op, const burin_inputs *in, bool *source, bool *woken)
{
    burin_status status = rx_operator_changed(g, op, 0, *burin_input(in, 0), source);
    return status ? status : rx_operator_changed(g, op, 1, *burin_input(in, 1), woken);
}

RX_OPERATOR_FN(debounce)
{
    rx_operator *op = user;
    bool         source = false, woken = false;
    burin_status status = changes(g, op, in, &source, &woken);
    rx_operator_hold(g, op, out);
    if (source) {
        op->due        = op->clock->now + op->ns;
        op->is_pending = true;
    }
    if (!status && op->is_pending && !op->is_armed && op->clock->now < op->due)
        return rx_clock_arm(op->clock, op, op->due);
    if (!status && op->is_pending && op->clock->now >= op->due) {
        op->is_pending = false;
        *out           = *burin_input(in, 0);
    }
    return status;
}
burin_status burin_op_debounce(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out) { return make(clock, source, ns, debounce, out); }

RX_OPERATOR_FN(throttle)
{
    rx_operator *op = user;
    bool         source = false, woken = false;
    burin_status status = changes(g, op, in, &source, &woken);
    rx_operator_hold(g, op, out);
    if (source && op->clock->now >= op->due) {
        op->due = op->clock->now + op->ns;
        *out    = *burin_input(in, 0);
    }
    return status;
}
burin_status burin_op_throttle(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out) { return make(clock, source, ns, throttle, out); }

RX_OPERATOR_FN(sample_every)
{
    rx_operator *op = user;
    bool         source = false, woken = false;
    burin_status status = changes(g, op, in, &source, &woken);
    rx_operator_hold(g, op, out);
    if (!status && op->due && op->clock->now >= op->due) {
        op->due = 0;
        *out    = *burin_input(in, 0);
    }
    if (status || op->is_armed)
        return status;
    op->due = op->clock->now + op->ns;
    return rx_clock_arm(op->clock, op, op->due);
}
burin_status burin_op_sample_every(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out)
{
    return ns ? make(clock, source, ns, sample_every, out) : no_period(clock, out);
}

/* Its only inputs are the cell that wakes it, twice. */
RX_OPERATOR_FN(interval)
{
    rx_operator *op = user;
    (void)in;
    rx_operator_hold(g, op, out);
    if (op->due && op->clock->now >= op->due)
        *out = burin_int((int64_t)op->count++);
    if (op->is_armed)
        return BURIN_OK;
    op->due = (op->due ? op->due : op->clock->now) + op->ns;
    return rx_clock_arm(op->clock, op, op->due);
}
burin_status burin_op_interval(burin_clock *clock, uint64_t ns, burin_node *out)
{
    return ns ? make(clock, (burin_node){0, 0}, ns, interval, out) : no_period(clock, out);
}
