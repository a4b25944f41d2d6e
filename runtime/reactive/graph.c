/* Graphs and their nodes: making, changing, reading, disposing. */
#include "runtime/reactive/graph.h"

enum { CELL = 1 << RX_CELL, COMPUTED = 1 << RX_COMPUTED, EFFECT = 1 << RX_EFFECT, SCOPE = 1 << RX_SCOPE };

/* ---- the graph ---- */

burin_graph *burin_graph_new(const burin_allocator *allocator)
{
    const burin_allocator *alloc = allocator ? allocator : &base_malloc_allocator;
    burin_graph           *g     = base_alloc(alloc, sizeof *g);
    if (!g)
        return NULL;
    memset(g, 0, sizeof *g);
    g->alloc       = alloc;
    g->memory      = sizeof *g;
    g->message     = buf_make(alloc);
    g->lowest      = UINT32_MAX;
    g->fetched     = RX_NO_FN;
    g->count       = 1; /* number 0 of nodes and links is none */
    g->link_count  = 1;
    if (rx_grow(g, &g->nodes, &g->node_cap, 2, sizeof *g->nodes) && rx_grow(g, &g->values, &g->value_cap, 1, sizeof *g->values) &&
        rx_grow(g, &g->turns, &g->turn_cap, 1, sizeof *g->turns) &&
        rx_grow(g, &g->links, &g->link_cap, 1, sizeof *g->links))
        return g;
    burin_graph_free(g);
    return NULL;
}

static void free_array(burin_graph *g, void *array, size_t count, size_t size) { base_free(g->alloc, array, count * size); }

void burin_graph_free(burin_graph *g)
{
    if (!g)
        return;
    rx_regions_free(g);
    rx_watch_end(g);
    rx_posts_drop(g);
    for (uint32_t node = 1; node < g->count; node++)
        if (rx_kind(&g->nodes[node]) != RX_FREE) {
            if (g->nodes[node].flags & RX_OPERATOR)
                rx_operator_free(g, g->nodes[node].user);
            rx_value_drop(g, node);
        }
    for (uint32_t k = 0; k < g->change_count; k++)
        rx_value_free(g, g->changes[k].before);
    rx_boxes_free(g);
    for (unsigned class = 0; class < RX_SIZE_CLASSES; class++)
        for (void *p = g->spare[class], *next; p; p = next) {
            memcpy(&next, p, sizeof next);
            base_free(g->alloc, p, (size_t)16 << class);
        }
    for (uint32_t node = 0; node < g->name_cap; node++)
        base_free(g->alloc, (char *)g->names[node].data, g->names[node].len);
    free_array(g, g->nodes, g->node_cap, sizeof *g->nodes);
    free_array(g, g->values, g->value_cap, sizeof *g->values);
    free_array(g, g->turns, g->turn_cap, sizeof *g->turns);
    free_array(g, g->fns, g->fn_cap, sizeof *g->fns);
    free_array(g, g->inputs.at, g->inputs.cap, sizeof *g->inputs.at);
    free_array(g, g->readers, g->readers ? (size_t)g->reader_count + 1 : 0, sizeof *g->readers);
    free_array(g, g->pending.at, g->pending.cap, sizeof *g->pending.at);
    free_array(g, g->links, g->link_cap, sizeof *g->links);
    free_array(g, g->buckets, g->bucket_count, sizeof *g->buckets);
    free_array(g, g->effects.at, g->effects.cap, sizeof *g->effects.at);
    free_array(g, g->effects_now.at, g->effects_now.cap, sizeof *g->effects_now.at);
    free_array(g, g->order, g->order_cap, sizeof *g->order);
    free_array(g, g->stack.at, g->stack.cap, sizeof *g->stack.at);
    free_array(g, g->waiting.at, g->waiting.cap, sizeof *g->waiting.at);
    free_array(g, g->positions.at, g->positions.cap, sizeof *g->positions.at);
    free_array(g, g->stamps, g->stamp_cap, sizeof *g->stamps);
    free_array(g, g->changes, g->change_cap, sizeof *g->changes);
    free_array(g, g->writes, g->write_cap, sizeof *g->writes);
    free_array(g, g->owned, g->owned_cap, sizeof *g->owned);
    free_array(g, g->names, g->name_cap, sizeof *g->names);
    buf_deinit(&g->message);
    base_free(g->alloc, g, sizeof *g);
}

const char *burin_graph_message(const burin_graph *g)
{
    buf *message = (buf *)&g->message;
    buf_append_byte(message, '\0');
    if (message->failed || !message->data)
        return "out of memory";
    message->len--;
    return message->data;
}

void burin_graph_count(const burin_graph *g, burin_graph_counters *out)
{
    burin_graph_counters all = {.evaluations = g->evaluations, .effects = g->effect_runs, .cutoffs = g->cutoffs, .restarts = g->restarts,
                                .batches = g->batches, .nodes = g->live, .edges = g->edges + g->reader_count - g->dead_edges, .memory = g->memory};
    all.struct_size = out->struct_size < sizeof all ? out->struct_size : sizeof all;
    memcpy(out, &all, all.struct_size);
}

/* ---- nodes ---- */

uint32_t rx_node_of(burin_graph *g, burin_node node, unsigned kinds)
{
    static const char *const names[] = {"", "cell", "computed node", "effect", "scope"};
    unsigned kind = RX_FREE;
    if (node.index && node.index < g->count && g->nodes[node.index].generation == node.generation)
        kind = rx_kind(&g->nodes[node.index]);
    if (kind == RX_FREE || kind == RX_GONE)
        burin_graph_fail(g, BURIN_ERR_USAGE, "there is no such node, or it has been disposed of");
    else if (kinds >> kind & 1)
        return node.index;
    else
        burin_graph_fail(g, BURIN_ERR_USAGE, "that cannot be done to a %s", names[kind]);
    return 0;
}

burin_status rx_may_change(burin_graph *g)
{
    if (g->frame && rx_kind(&g->nodes[g->frame->node]) != RX_EFFECT)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "a computed node may read nodes, not make, set or dispose of any");
    return BURIN_OK;
}

/* The function's number, RX_NO_FN when there are too many or memory is out. */
static uint32_t number_of(burin_graph *g, burin_compute fn)
{
    if (g->fn_recent < g->fn_count && g->fns[g->fn_recent] == fn)
        return g->fn_recent;
    for (uint32_t n = 0; n < g->fn_count; n++)
        if (g->fns[n] == fn)
            return g->fn_recent = n;
    if (g->fn_count > UINT16_MAX || !rx_grow(g, &g->fns, &g->fn_cap, g->fn_count + 1, sizeof *g->fns))
        return RX_NO_FN;
    g->fns[g->fn_count] = fn;
    return g->fn_recent = g->fn_count++;
}

void rx_fetch_by(burin_graph *g, burin_compute fn, void (*fetch)(const void *user))
{
    g->fetched = number_of(g, fn);
    g->fetch   = fetch;
}

bool rx_reserve_node(burin_graph *g, bool is_dynamic)
{
    uint32_t want = g->count + 1;
    return rx_grow(g, &g->nodes, &g->node_cap, want + 1, sizeof *g->nodes) && rx_grow(g, &g->values, &g->value_cap, want, sizeof *g->values) &&
           rx_grow(g, &g->turns, &g->turn_cap, want, sizeof *g->turns) &&
           rx_grow(g, &g->stack.at, &g->stack.cap, want, sizeof *g->stack.at) && rx_grow(g, &g->buckets, &g->bucket_count, 2, sizeof *g->buckets) &&
           (!(is_dynamic || g->stamps) || rx_grow(g, &g->stamps, &g->stamp_cap, want, sizeof *g->stamps)) &&
           (!g->owned || rx_grow(g, &g->owned, &g->owned_cap, want, sizeof *g->owned)) && (!g->watch || rx_watch_reserve(g, want));
}

/* Hang a node into the open scope, as its newest. */
static void own(burin_graph *g, uint32_t node)
{
    if (!g->scope)
        return;
    uint32_t older  = g->owned[g->scope].newest;
    g->owned[node]  = (rx_owned){.owner = g->scope, .older = older};
    if (older)
        g->owned[older].newer = node;
    g->owned[g->scope].newest = node;
}

void rx_disown(burin_graph *g, uint32_t node)
{
    if (!g->owned || !g->owned[node].owner)
        return;
    rx_owned *o = &g->owned[node];
    if (o->newer)
        g->owned[o->newer].older = o->older;
    else
        g->owned[o->owner].newest = o->older;
    if (o->older)
        g->owned[o->older].newer = o->newer;
    *o = (rx_owned){.newest = o->newest};
}

static uint32_t take_number(burin_graph *g)
{
    uint32_t node = g->free_nodes;
    if (node)
        g->free_nodes = g->turns[node].next;
    else
        node = g->count++;
    return node;
}

/* A node that nothing reads yet and that reads nothing. */
uint32_t rx_make(burin_graph *g, unsigned kind, uint16_t fn, void *user)
{
    uint32_t node = take_number(g);
    rx_node *n    = &g->nodes[node];
    uint32_t row  = node < g->rows ? n->readers : g->reader_count, generation = n->generation;
    *n            = (rx_node){.user = user, .fn = fn, .flags = (uint16_t)kind, .readers = row, .generation = generation};
    g->nodes[g->count].readers = g->reader_count; /* where the last row ends */
    g->turns[node]             = (rx_turn){0};
    g->values[node]            = burin_missing();
    g->live++;
    g->worked = rx_work(g);
    if (g->watch)
        rx_watch_forget(g, node);
    own(g, node);
    return node;
}

static burin_node handle(const burin_graph *g, uint32_t node) { return (burin_node){node, g->nodes[node].generation}; }
static burin_status no_memory(burin_graph *g) { return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory"); }

burin_status burin_graph_cell(burin_graph *g, burin_value value, burin_node *out)
{
    burin_value  own_value;
    burin_status status = rx_may_change(g);
    *out                = (burin_node){0, 0};
    if (!status)
        status = rx_value_copy(g, value, &own_value);
    if (status)
        return status;
    if (!rx_reserve_node(g, false)) {
        rx_value_free(g, own_value);
        return no_memory(g);
    }
    uint32_t node   = rx_make(g, RX_CELL, 0, NULL);
    g->values[node] = own_value;
    *out            = handle(g, node);
    return BURIN_OK;
}

/* What is declared may be read, and is brought up to date before it counts as needed. */
static burin_status check_inputs(burin_graph *g, const burin_node *inputs, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (!rx_node_of(g, inputs[k], CELL | COMPUTED))
            return BURIN_ERR_USAGE;
    return BURIN_OK;
}

static burin_status make_running(burin_graph *g, unsigned kind, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count,
                                 uint32_t *out)
{
    bool         is_static = flags & BURIN_NODE_STATIC;
    burin_status status    = rx_may_change(g);
    if (!status)
        status = check_inputs(g, inputs, count);
    if (!status && (!fn || flags & ~(unsigned)BURIN_NODE_STATIC || (count && !is_static)))
        status = burin_graph_fail(g, BURIN_ERR_USAGE, "a node needs a function, and inputs only if it is static");
    if (status)
        return status;
    rx_compact_sometimes(g);
    uint32_t number = number_of(g, fn);
    if (number == RX_NO_FN || !rx_reserve_node(g, !is_static))
        return no_memory(g);
    uint32_t node = rx_make(g, kind, (uint16_t)number, user);
    rx_node *n    = &g->nodes[node];
    n->flags |= (uint16_t)(RX_DIRTY | (is_static ? RX_STATIC : 0));
    n->height = 1;
    if (g->highest < 1)
        g->highest = 1;
    if (is_static)
        status = rx_declare(g, node, inputs, count);
    if (status) {
        rx_disown(g, node);
        n->flags            = RX_FREE;
        g->turns[node].next = g->free_nodes;
        g->free_nodes       = node;
        g->live--;
        return status;
    }
    *out = node;
    return BURIN_OK;
}

burin_status burin_graph_computed(burin_graph *g, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count, burin_node *out)
{
    uint32_t     node   = 0;
    burin_status status = make_running(g, RX_COMPUTED, fn, user, flags, inputs, count, &node);
    *out                = status ? (burin_node){0, 0} : handle(g, node);
    return status;
}

/* What a static effect reads, brought up to date and then needed. */
static void need_inputs(burin_graph *g, const burin_node *inputs, size_t count)
{
    if (g->change_count || g->queued)
        rx_settle(g);
    for (size_t k = 0; k < count; k++) {
        while (g->nodes[inputs[k].index].flags & RX_STALE && rx_kind(&g->nodes[inputs[k].index]) == RX_COMPUTED)
            rx_pull(g, inputs[k].index);
        rx_need(g, inputs[k].index);
    }
}

burin_status burin_graph_effect(burin_graph *g, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count, burin_node *out)
{
    uint32_t node = 0, room = g->effect_count + 1;
    *out          = (burin_node){0, 0};
    if (!rx_grow(g, &g->effects.at, &g->effects.cap, room, sizeof *g->effects.at) ||
        !rx_grow(g, &g->effects_now.at, &g->effects_now.cap, room, sizeof *g->effects_now.at))
        return no_memory(g);
    burin_status status = make_running(g, RX_EFFECT, fn, user, flags, inputs, count, &node);
    if (status)
        return status;
    g->effect_count       = room;
    g->nodes[node].height = ++g->effects_made;
    g->values[node]       = burin_none();
    *out                  = handle(g, node);
    need_inputs(g, inputs, count);
    if (!(g->nodes[node].flags & RX_QUEUED))
        rx_queue_effect(g, node);
    return g->batch_depth ? BURIN_OK : rx_flush(g);
}

burin_status burin_graph_name(burin_graph *g, burin_node node, burin_text name)
{
    uint32_t index = rx_node_of(g, node, CELL | COMPUTED | EFFECT | SCOPE);
    burin_status status = index ? rx_check_text(g, name) : BURIN_ERR_USAGE;
    if (status)
        return status;
    char *copy = name.len ? base_alloc(g->alloc, name.len) : NULL;
    if ((name.len && !copy) || !rx_grow(g, &g->names, &g->name_cap, index + 1, sizeof *g->names)) {
        base_free(g->alloc, copy, name.len);
        return no_memory(g);
    }
    if (copy)
        memcpy(copy, name.data, name.len);
    base_free(g->alloc, (char *)g->names[index].data, g->names[index].len);
    g->names[index] = (burin_text){copy, name.len};
    return BURIN_OK;
}

/* ---- changing ---- */

burin_status rx_cell_set_other(burin_graph *g, uint32_t cell, burin_value own_value)
{
    if (g->nodes[cell].flags & RX_TOUCHED) {
        rx_value_free(g, g->values[cell]);
        g->values[cell] = own_value;
        return BURIN_OK;
    }
    if (!rx_grow(g, &g->changes, &g->change_cap, g->change_count + 1, sizeof *g->changes)) {
        rx_value_free(g, own_value);
        return no_memory(g);
    }
    return rx_cell_set(g, cell, own_value);
}

/* A simple change in an open batch, or while others are under way, or to a value of another kind. */
__attribute__((noinline)) static burin_status set_simple(burin_graph *g, uint32_t cell, burin_value value)
{
    burin_status status = rx_cell_set(g, cell, value);
    return status || g->batch_depth || !g->change_count ? status : rx_flush(g);
}

__attribute__((noinline)) static burin_status set_other(burin_graph *g, burin_node cell, burin_value value)
{
    burin_value  own_value;
    uint32_t     index  = rx_node_of(g, cell, CELL);
    burin_status status = index ? rx_may_change(g) : BURIN_ERR_USAGE;
    if (!status)
        status = rx_value_copy(g, value, &own_value);
    if (status)
        return status;
    if (g->frame) {
        if (!rx_grow(g, &g->writes, &g->write_cap, g->write_count + 1, sizeof *g->writes)) {
            rx_value_free(g, own_value);
            return no_memory(g);
        }
        g->writes[g->write_count++] = (rx_write){cell, own_value};
        return BURIN_OK;
    }
    return set_simple(g, index, own_value);
}

__attribute__((noinline)) static burin_status follow_alone(burin_graph *g, uint32_t cell)
{
    rx_follow(g, cell);
    return rx_flush(g);
}

burin_status burin_graph_set(burin_graph *g, burin_node cell, burin_value value)
{
    if (BURIN_UNLIKELY(!rx_is_simple_change(g, cell, value)))
        return set_other(g, cell, value);
    burin_value *at = &g->values[cell.index];
    if (g->batch_depth | g->change_count | g->queued | g->flushing || at->kind != value.kind)
        return set_simple(g, cell.index, value);
    if (at->as.i == value.as.i)
        return BURIN_OK;
    *at = value;
    const rx_node *n = &g->nodes[cell.index];
    return n->flags & RX_FEEDS ? rx_region_set(g, cell.index, n->user, (uint64_t)value.as.i) : follow_alone(g, cell.index);
}

void burin_graph_begin(burin_graph *g) { g->batch_depth++; }

burin_status burin_graph_commit(burin_graph *g)
{
    if (!g->batch_depth)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "there is no open batch");
    if (--g->batch_depth || g->frame)
        return BURIN_OK;
    return rx_flush(g);
}
