/* Watching: for every node what marked it and what changed it, how often and how long it ran; and the trace. */
#include "runtime/reactive/watch.h"
#include "runtime/base/text.h"


/* ---- the trace ---- */

static const char replacement[] = "\xef\xbf\xbd";

void rx_append_valid(buf *b, burin_text text)
{
    for (size_t at = 0; at < text.len;) {
        size_t valid = text_valid_prefix(text.data + at, text.len - at);
        buf_append(b, text.data + at, valid);
        at += valid;
        if (at++ < text.len)
            buf_append_z(b, replacement);
    }
}

void rx_append_json(buf *b, burin_text text)
{
    size_t valid = text_valid_prefix(text.data, text.len);
    buf_append_byte(b, '"');
    for (size_t k = 0; k < text.len; k++) {
        unsigned char c = (unsigned char)text.data[k];
        if (k == valid) {
            buf_append_z(b, replacement);
            valid = k + 1 + text_valid_prefix(text.data + k + 1, text.len - k - 1);
        } else if (c == '"' || c == '\\') {
            buf_append_byte(b, '\\'), buf_append_byte(b, (char)c);
        } else if (c < 32) {
            buf_printf(b, "\\u%04x", c);
        } else {
            buf_append_byte(b, (char)c);
        }
    }
    buf_append_byte(b, '"');
}

static void trace(burin_graph *g, const char *text, size_t len)
{
    rx_watch *w = g->watch;
    if (w->asked.trace && w->asked.trace(w->asked.user, text, len))
        w->asked.trace = NULL;
}

/* One event: something that took from `start` to now. */
static void trace_event(burin_graph *g, const char *category, burin_text name, uint64_t start, uint64_t ns, uint32_t because)
{
    rx_watch *w = g->watch;
    buf      *b = &w->event;
    b->len      = 0;
    buf_append_z(b, w->traced ? ",\n" : "\n");
    buf_append_z(b, "{\"name\": ");
    rx_append_json(b, name);
    start -= w->began;
    buf_printf(b, ", \"cat\": \"%s\", \"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": %llu.%03llu, \"dur\": %llu.%03llu, \"args\": {\"because\": ", category,
               (unsigned long long)(start / 1000), (unsigned long long)(start % 1000), (unsigned long long)(ns / 1000), (unsigned long long)(ns % 1000));
    rx_append_json(b, because ? rx_name_of(g, because, &w->name) : (burin_text){"", 0});
    buf_append_z(b, "}}");
    if (!b->failed) {
        w->traced++;
        trace(g, b->data, b->len);
    }
    b->failed = false;
}

/* ---- what is noted ---- */

burin_text rx_name_of(const burin_graph *g, uint32_t node, char (*room)[RX_NAME_ROOM])
{
    if (node < g->name_cap && g->names[node].data)
        return g->names[node];
    int len = snprintf(*room, sizeof *room, "node %u", node);
    return (burin_text){*room, (size_t)len};
}

bool rx_watch_reserve(burin_graph *g, uint32_t count)
{
    return rx_grow(g, &g->watch->seen, &g->watch->seen_cap, count, sizeof *g->watch->seen);
}
void rx_watch_forget(burin_graph *g, uint32_t node) { memset(&g->watch->seen[node], 0, sizeof *g->watch->seen); }

static bool is_alive(const burin_graph *g, burin_node node) { return g->nodes[node.index].generation == node.generation; }

uint32_t rx_marked_by(const burin_graph *g, uint32_t node)
{
    burin_node by = g->watch->seen[node].marked_by;
    return is_alive(g, by) ? by.index : 0;
}

void rx_note_change(burin_graph *g, uint32_t node)
{
    rx_seen *seen = g->watch->seen;
    uint32_t reader;
    seen[node].changed_by = seen[node].marked_by;
    seen[node].batch      = g->batches + !g->flushing; /* the one that goes on, counted when it ends */
    seen[node].changes++;
    RX_FOR_READERS(g, node, reader)
        if (!(g->nodes[reader].flags & (RX_DIRTY | RX_RUNNING)))
            seen[reader].marked_by = (burin_node){node, g->nodes[node].generation};
}

burin_status rx_call_watched(burin_graph *g, uint32_t node, const burin_inputs *inputs, burin_value *out)
{
    const rx_node *n = &g->nodes[node];
    burin_compute  fn = g->fns[n->fn];
    bool           times = g->watch->asked.times;
    uint64_t       start = times ? monotonic_ns() : 0;
    burin_status   status = fn(g, n->user, inputs, out);
    rx_watch      *w      = g->watch;
    rx_seen       *seen   = &w->seen[node];
    seen->runs++;
    if (!times)
        return status;
    uint64_t ns = monotonic_ns() - start;
    seen->ns += ns;
    if (w->asked.trace)
        trace_event(g, rx_kind(&g->nodes[node]) == RX_EFFECT ? "effect" : "computed", rx_name_of(g, node, &w->name_of_event), start, ns, rx_marked_by(g, node));
    return status;
}

void rx_note_batch(burin_graph *g, uint64_t start)
{
    rx_watch *w     = g->watch;
    uint64_t  ns    = monotonic_ns() - start, bound = 1000;
    unsigned  place = 0;
    for (; place < RX_BATCH_BUCKETS && ns > bound; place++)
        bound *= 10;
    w->batch_buckets[place]++;
    w->batch_ns += ns;
    if (w->asked.trace)
        trace_event(g, "batch", BURIN_TEXT("batch"), start, ns, 0);
}

void rx_log(burin_graph *g, uint32_t node, burin_status status, burin_text message)
{
    const rx_watch *w = g->watch;
    if (w && w->asked.log)
        w->asked.log(w->asked.user, node ? (burin_node){node, g->nodes[node].generation} : (burin_node){0, 0}, status, message);
}

/* ---- on and off ---- */

void rx_watch_end(burin_graph *g)
{
    rx_watch *w = g->watch;
    if (!w)
        return;
    if (w->asked.trace)
        trace(g, "\n]\n", 3);
    base_free(g->alloc, w->seen, w->seen_cap * sizeof *w->seen);
    g->memory -= sizeof *w + w->seen_cap * sizeof *w->seen;
    buf_deinit(&w->event);
    base_free(g->alloc, w, sizeof *w);
    g->watch = NULL;
    g->careful--;
}

burin_status burin_graph_watch(burin_graph *g, const burin_watch *asked)
{
    if (g->frame || g->flushing)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "a computation may not begin or end a watch");
    rx_watch_end(g);
    if (!asked)
        return BURIN_OK;
    rx_watch *w = base_alloc(g->alloc, sizeof *w);
    if (!w)
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    memset(w, 0, sizeof *w);
    memcpy(&w->asked, asked, asked->struct_size < sizeof w->asked ? asked->struct_size : sizeof w->asked);
    w->asked.times |= w->asked.trace != NULL;
    w->event = buf_make(g->alloc);
    w->began = monotonic_ns();
    g->watch = w;
    g->careful++;
    g->memory += sizeof *w;
    if (!rx_grow(g, &w->seen, &w->seen_cap, g->count + 1, sizeof *w->seen)) {
        w->asked.trace = NULL;
        rx_watch_end(g);
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    }
    trace(g, "[", 1);
    return BURIN_OK;
}

/* ---- asking ---- */

enum { ANY = 1 << RX_CELL | 1 << RX_COMPUTED | 1 << RX_EFFECT | 1 << RX_SCOPE };

burin_text rx_kind_text(const rx_node *n)
{
    static const burin_text kinds[] = {[RX_CELL] = BURIN_TEXT("cell"), [RX_COMPUTED] = BURIN_TEXT("computed"), [RX_EFFECT] = BURIN_TEXT("effect"),
                                       [RX_SCOPE] = BURIN_TEXT("scope")};
    return kinds[rx_kind(n)];
}

burin_status burin_graph_describe(burin_graph *g, burin_node node, burin_node_info *info)
{
    uint32_t index = rx_node_of(g, node, ANY);
    if (!index)
        return BURIN_ERR_USAGE;
    const rx_node  *n   = &g->nodes[index];
    burin_node_info all = {.kind = rx_kind_text(n), .is_static = n->flags & RX_STATIC, .needed = rx_is_needed(g, node.index),
                           .stale = n->flags & RX_STALE, .failed = n->flags & RX_ERROR, .height = n->height};
    if (index < g->name_cap)
        all.name = g->names[index];
    if (g->watch) {
        const rx_seen *seen = &g->watch->seen[index];
        all.runs            = seen->runs;
        all.changes         = seen->changes;
        all.ns              = seen->ns;
        all.batch           = seen->batch;
    }
    all.struct_size = info->struct_size < sizeof all ? info->struct_size : sizeof all;
    memcpy(info, &all, all.struct_size);
    return BURIN_OK;
}

burin_status burin_graph_nodes(burin_graph *g, burin_status (*emit)(void *sink, burin_node node), void *sink)
{
    burin_status status = BURIN_OK;
    for (uint32_t node = 1; node < g->count && !status; node++)
        if (ANY >> rx_kind(&g->nodes[node]) & 1)
            status = emit(sink, (burin_node){node, g->nodes[node].generation});
    return status;
}

burin_status burin_graph_reads(burin_graph *g, burin_node node, burin_status (*emit)(void *sink, burin_node read), void *sink)
{
    uint32_t     index  = rx_node_of(g, node, ANY), read;
    burin_status status = index ? BURIN_OK : BURIN_ERR_USAGE;
    for (rx_reads at = rx_reads_of(g, index); !status && rx_next_read(g, &at, &read);)
        status = emit(sink, (burin_node){read, g->nodes[read].generation});
    return status;
}

burin_status burin_why(burin_graph *g, burin_node node, burin_status (*emit)(void *sink, burin_node node), void *sink)
{
    uint32_t index = rx_node_of(g, node, ANY);
    if (!index)
        return BURIN_ERR_USAGE;
    if (!g->watch)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "the graph is not watched");
    burin_status status = emit(sink, node);
    burin_node   next   = g->watch->seen[index].marked_by;
    for (uint32_t steps = 0; next.index && !status && steps < g->count; steps++) {
        status    = emit(sink, next);
        bool ends = !is_alive(g, next) || rx_kind(&g->nodes[next.index]) == RX_CELL;
        next      = ends ? (burin_node){0, 0} : g->watch->seen[next.index].changed_by;
    }
    return status;
}
