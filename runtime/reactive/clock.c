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

static void push(burin_clock *clock, waiter w)
{
    uint32_t at        = clock->count++;
    clock->waiters[at] = w;
    for (; at && is_before(&clock->waiters[at], &clock->waiters[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&clock->waiters[at], &clock->waiters[(at - 1) / 2]);
}

burin_status rx_clock_arm(burin_clock *clock, rx_operator *op, uint64_t due)
{
    if (!rx_grow(clock->graph, &clock->waiters, &clock->room, clock->count + 1, sizeof *clock->waiters))
        return burin_graph_fail(clock->graph, BURIN_ERR_NOMEM, "out of memory");
    push(clock, (waiter){due, clock->orders++, op, op->node, op->wake});
    op->is_armed = true;
    return BURIN_OK;
}

/* ---- going on ---- */

/* Is the operator still there? */
static bool is_alive(const burin_graph *g, burin_node node) { return g->nodes[node.index].generation == node.generation; }

/* Set the cells of those whose moment this is. One that cannot be set goes on waiting. */
static burin_status wake_all(burin_clock *clock, uint64_t moment)
{
    burin_status status = BURIN_OK;
    while (clock->count && clock->waiters[0].due == moment && !status) {
        waiter w = pop(clock);
        if (!is_alive(clock->graph, w.node))
            continue;
        status = burin_graph_set(clock->graph, w.wake, burin_int((int64_t)moment));
        if (status)
            push(clock, w);
        else
            w.op->is_armed = false;
    }
    return status;
}

burin_status burin_clock_advance(burin_clock *clock, uint64_t now_ns)
{
    burin_graph *g      = clock->graph;
    burin_status status = rx_may_change(g);
    while (!status && clock->count && clock->waiters[0].due <= now_ns) {
        uint64_t moment = clock->waiters[0].due;
        clock->now      = moment > clock->now ? moment : clock->now;
        burin_graph_begin(g);
        status                 = wake_all(clock, moment);
        burin_status committed = burin_graph_commit(g);
        status                 = status ? status : committed;
    }
    if (!status && now_ns > clock->now)
        clock->now = now_ns;
    return status;
}

/* ---- operators ---- */

/* An operator of a source, {0, 0}: none, and of a cell that wakes it; NULL when memory is out. */
static rx_operator *begin(burin_clock *clock, burin_node source, uint64_t ns)
{
    burin_graph *g  = clock->graph;
    rx_operator *op = rx_operator_new(g, (burin_node[]){source, source}, 2);
    if (!op)
        return NULL;
    op->clock = clock;
    op->ns    = ns;
    if (burin_graph_cell(g, burin_int(-1), &op->wake)) {
        rx_operator_free(g, op);
        return NULL;
    }
    op->sources[1] = op->wake;
    if (!source.index)
        op->sources[0] = op->wake;
    return op;
}

static burin_status finish(burin_clock *clock, rx_operator *op, burin_compute fn, burin_node *out)
{
    *out = (burin_node){0, 0};
    if (!op)
        return BURIN_ERR_NOMEM;
    burin_node   wake   = op->wake;
    burin_status status = rx_operator_make(clock->graph, op, fn, BURIN_NODE_STATIC, op->sources, 2, out);
    if (status)
        burin_graph_dispose(clock->graph, wake);
    return status;
}

static burin_status make(burin_clock *clock, burin_node source, uint64_t ns, burin_compute fn, burin_node *out)
{
    return finish(clock, begin(clock, source, ns), fn, out);
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

/* Two lines: values, and when they came. A value is there for `ns`, that moment included. */
static burin_status remember(burin_graph *g, rx_operator *op, burin_value v)
{
    rx_line     *values = &op->lines[0], *times = &op->lines[1];
    burin_status status = rx_line_push(g, times, burin_int((int64_t)op->clock->now));
    if (status)
        return status;
    status = rx_line_push(g, values, v);
    if (status)
        times->len--;
    return status;
}
static void forget_first(burin_graph *g, rx_operator *op)
{
    rx_value_free(g, rx_line_shift(&op->lines[0]));
    rx_line_shift(&op->lines[1]);
}
static uint64_t first_time(const rx_operator *op)
{
    const rx_line *times = &op->lines[1];
    return (uint64_t)times->at[times->first].as.i;
}

RX_OPERATOR_FN(replay_time)
{
    rx_operator *op      = user;
    bool         source  = false, woken = false;
    burin_status status  = changes(g, op, in, &source, &woken);
    bool         differs = source;
    rx_operator_hold(g, op, out);
    if (!status && source)
        status = remember(g, op, *burin_input(in, 0));
    if (status)
        return status;
    for (; op->lines[0].len > op->limit; forget_first(g, op))
        differs = true;
    for (; op->lines[0].len && op->clock->now - first_time(op) > op->ns; forget_first(g, op))
        differs = true;
    if (op->lines[0].len && !op->is_armed && first_time(op) < UINT64_MAX - op->ns)
        status = rx_clock_arm(op->clock, op, first_time(op) + op->ns + 1);
    return status || !differs ? status : rx_operator_emit_line(g, op, out);
}
burin_status burin_op_replay_time(burin_clock *clock, burin_node source, uint64_t count, uint64_t ns, burin_node *out)
{
    rx_operator *op   = begin(clock, source, ns);
    burin_node   wake = op ? op->wake : (burin_node){0, 0};
    if (!(op = rx_operator_lines(clock->graph, op, 2)))
        burin_graph_dispose(clock->graph, wake);
    else
        op->limit = count ? count : UINT64_MAX;
    return finish(clock, op, replay_time, out);
}

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
