/* A graph as text: for Graphviz, Mermaid and programs; its counters for Prometheus. One buffer a node, handed on when full. */
#include "runtime/base/text.h"
#include "runtime/reactive/watch.h"

typedef struct dump {
    burin_graph *g;
    buf          out;
    burin_status (*write)(void *user, const char *data, size_t len);
    void        *user;
    burin_status status;
    uint32_t     hottest; /* runs of the node that ran most; 0 when nothing is watched */
    char         room[RX_NAME_ROOM];
} dump;

enum { CHUNK = 1 << 15, VALUE_BYTES = 40, VALUE_DEPTH = 3 };

#define MORE "\xe2\x80\xa6"

static void pass_on(dump *d, size_t at_least)
{
    if (d->out.failed && !d->status)
        d->status = BURIN_ERR_NOMEM;
    if (!d->status && d->out.len > at_least) {
        d->status  = d->write(d->user, d->out.data, d->out.len);
        d->out.len = 0;
    }
}

static burin_status run_dump(burin_graph *g, void (*body)(dump *d), burin_status (*write)(void *user, const char *data, size_t len), void *user)
{
    dump d = {.g = g, .out = buf_make(g->alloc), .write = write, .user = user};
    for (uint32_t node = 1; g->watch && node < g->count; node++)
        if (g->watch->seen[node].runs > d.hottest)
            d.hottest = g->watch->seen[node].runs;
    body(&d);
    pass_on(&d, 0);
    buf_deinit(&d.out);
    return d.status == BURIN_ERR_NOMEM ? burin_graph_fail(g, d.status, "out of memory") : d.status;
}

static bool is_drawn(const burin_graph *g, uint32_t node)
{
    unsigned kind = rx_kind(&g->nodes[node]);
    return kind == RX_CELL || kind == RX_COMPUTED || kind == RX_EFFECT;
}

/* Call ACT for every node that is drawn, then pass on what has been written. */
#define EACH_NODE(d, node, ACT)                                                    \
    for (uint32_t node = 1; node < (d)->g->count && !(d)->status; node++)          \
        if (is_drawn((d)->g, node)) {                                              \
            ACT;                                                                   \
            pass_on(d, CHUNK);                                                     \
        }

/* ---- values ---- */

/* A text, cut between code points. */
static void append_text(buf *out, burin_value v)
{
    size_t len = v.len;
    if (len > VALUE_BYTES)
        for (len = VALUE_BYTES; len && ((unsigned char)v.as.s[len] & 0xc0) == 0x80;)
            len--;
    rx_append_valid(out, (burin_text){v.as.s, len});
    if (len < v.len)
        buf_append_z(out, MORE);
}

static void append_short(buf *out, burin_value v, unsigned depth);

/* The beginning of a list, tuple or dict: what comes behind so many bytes is left out. */
static void append_items(buf *out, burin_value v, unsigned depth)
{
    const char *brackets = v.kind == BURIN_DICT ? "{}" : v.kind == BURIN_TUPLE ? "()" : "[]";
    size_t      begin = out->len, at = 0, count = burin_length(v);
    buf_append_byte(out, brackets[0]);
    for (size_t k = 0; k < count; k++) {
        burin_value key, item;
        if (k)
            buf_append_z(out, ", ");
        if (out->len - begin > VALUE_BYTES) {
            buf_append_z(out, MORE);
            break;
        }
        if (v.kind != BURIN_DICT) {
            item = burin_at(v, k);
        } else if (burin_next(v, &at, &key, &item)) {
            append_short(out, key, depth + 1);
            buf_append_z(out, ": ");
        }
        append_short(out, item, depth + 1);
    }
    buf_append_byte(out, brackets[1]);
}

/* A value for people. */
static void append_short(buf *out, burin_value v, unsigned depth)
{
    switch ((burin_kind)v.kind) {
    case BURIN_NONE: buf_append_z(out, "none"); break;
    case BURIN_BOOL: buf_append_z(out, v.as.i ? "true" : "false"); break;
    case BURIN_INT: buf_printf(out, "%lld", (long long)v.as.i); break;
    case BURIN_FLOAT: buf_append_double(out, v.as.f); break;
    case BURIN_STRING: append_text(out, v); break;
    case BURIN_MISSING: break;
    case BURIN_BYTES: buf_append_z(out, "bytes"); break;
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
        if (depth < VALUE_DEPTH)
            append_items(out, v, depth);
        else
            buf_append_z(out, burin_type_name(v));
        break;
    default: buf_append_z(out, burin_type_name(v)); break;
    }
}

static void append_value(dump *d, uint32_t node, buf *out)
{
    if (rx_failure_of(d->g, node))
        buf_append_z(out, burin_status_class(rx_failure_of(d->g, node)->status));
    else if (rx_kind(&d->g->nodes[node]) != RX_EFFECT) /* they have none to show */
        append_short(out, d->g->values[node], d->g->nodes[node].flags & RX_STALE ? VALUE_DEPTH : 0); /* a stale container may be gone */
}

typedef struct escape {
    char        c;
    const char *as;
} escape;

/* Name and value, as a label in double quotes; `line` is between them. Control characters are blanks. */
static void append_label(dump *d, uint32_t node, const escape *escapes, const char *line)
{
    buf text = buf_make(d->g->alloc);
    rx_append_valid(&text, rx_name_of(d->g, node, &d->room));
    size_t name_len = text.len;
    append_value(d, node, &text);
    buf_append_byte(&d->out, '"');
    for (size_t k = 0; k < text.len; k++) {
        const escape *e = escapes;
        char          c = (unsigned char)text.data[k] < 32 ? ' ' : text.data[k];
        if (k == name_len)
            buf_append_z(&d->out, line);
        while (e->c && e->c != c)
            e++;
        if (e->c)
            buf_append_z(&d->out, e->as);
        else
            buf_append_byte(&d->out, c);
    }
    buf_append_byte(&d->out, '"');
    d->out.failed |= text.failed;
    buf_deinit(&text);
}

static void each_read(dump *d, uint32_t node, void (*act)(dump *d, uint32_t read, uint32_t node))
{
    uint32_t read;
    for (rx_reads at = rx_reads_of(d->g, node); rx_next_read(d->g, &at, &read);)
        act(d, read, node);
}

/* ---- Graphviz ---- */

static void dot_edge(dump *d, uint32_t read, uint32_t node)
{
    buf_printf(&d->out, "  n%u -> n%u%s;\n", read, node, d->g->nodes[node].flags & RX_STATIC ? "" : " [style=dashed]");
}

/* From white to orange by how often it ran. */
static void dot_node(dump *d, uint32_t node)
{
    static const escape escapes[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'&', "&amp;"}, {0, NULL}};
    const rx_node *n      = &d->g->nodes[node];
    unsigned       heat   = d->hottest ? (unsigned)(UINT64_C(160) * d->g->watch->seen[node].runs / d->hottest) : 0;
    const char    *shape  = rx_kind(n) == RX_EFFECT ? "cds" : "box", *style = rx_kind(n) == RX_COMPUTED ? ", style=\"rounded,filled\"" : "";
    buf_printf(&d->out, "  n%u [label=", node);
    append_label(d, node, escapes, "\\n");
    buf_printf(&d->out, ", shape=\"%s\"%s, fillcolor=\"#ff%02x%02x\"", shape, style, 255 - heat / 2, 255 - heat);
    if (rx_failure_of(d->g, node))
        buf_append_z(&d->out, ", color=red");
    if (n->flags & RX_STALE)
        buf_append_z(&d->out, ", fontcolor=gray50");
    buf_append_z(&d->out, "];\n");
    each_read(d, node, dot_edge);
}

static void dot(dump *d)
{
    buf_append_z(&d->out, "digraph burin {\n  rankdir=LR;\n  node [style=filled, fontname=\"sans-serif\", fontsize=10, fillcolor=white];\n"
                          "  edge [arrowsize=0.6, color=gray40];\n");
    EACH_NODE(d, node, dot_node(d, node))
    buf_append_z(&d->out, "}\n");
}

/* ---- Mermaid ---- */

static void mermaid_edge(dump *d, uint32_t read, uint32_t node)
{
    buf_printf(&d->out, "  n%u %s n%u\n", read, d->g->nodes[node].flags & RX_STATIC ? "-->" : "-.->", node);
}

/* A label is HTML whose entities begin with #. What stands for others in it, \n and $$, is parted by a space of no width. */
static void mermaid_node(dump *d, uint32_t node)
{
    static const escape escapes[] = {{'"', "#quot;"}, {'&', "#amp;"}, {'<', "#lt;"}, {'>', "#gt;"}, {'#', "#35;"}, {'\\', "#92;#8203;"}, {'`', "#96;"},
                                     {'$', "$#8203;"}, {0, NULL}};
    static const char *const brackets[][2] = {[RX_CELL] = {"[", "]"}, [RX_COMPUTED] = {"(", ")"}, [RX_EFFECT] = {"[/", "/]"}};
    unsigned kind = rx_kind(&d->g->nodes[node]);
    buf_printf(&d->out, "  n%u%s", node, brackets[kind][0]);
    append_label(d, node, escapes, "<br>");
    buf_append_z(&d->out, brackets[kind][1]);
    buf_append_z(&d->out, rx_failure_of(d->g, node) ? ":::failed\n" : "\n");
    each_read(d, node, mermaid_edge);
}

static void mermaid(dump *d)
{
    buf_append_z(&d->out, "flowchart LR\n  classDef failed stroke:#f00\n");
    EACH_NODE(d, node, mermaid_node(d, node))
}

/* ---- JSON ---- */

static void json_read(dump *d, uint32_t read, uint32_t node)
{
    (void)node;
    buf_printf(&d->out, d->out.data[d->out.len - 1] == '[' ? "%u" : ", %u", read);
}

static void json_text(dump *d, const char *key, burin_text text)
{
    buf_printf(&d->out, ", \"%s\": ", key);
    rx_append_json(&d->out, text);
}

static void json_node(dump *d, uint32_t node, const char **comma)
{
    const burin_graph *g    = d->g;
    const rx_node     *n    = &g->nodes[node];
    buf                text = buf_make(g->alloc);
    buf_printf(&d->out, "%s\n{\"id\": %u", *comma, node);
    *comma = ",";
    json_text(d, "kind", rx_kind_text(n));
    json_text(d, "name", rx_name_of(g, node, &d->room));
    append_value(d, node, &text);
    json_text(d, "value", buf_text(&text));
    d->out.failed |= text.failed;
    buf_deinit(&text);
    if (rx_failure_of(g, node))
        json_text(d, "error", (burin_text){rx_failure_of(g, node)->message, rx_failure_of(g, node)->len});
    buf_printf(&d->out, ", \"height\": %u, \"static\": %s, \"needed\": %s, \"stale\": %s", rx_kind(n) == RX_EFFECT ? 0 : n->height,
               n->flags & RX_STATIC ? "true" : "false", rx_is_needed(g, node) ? "true" : "false", n->flags & RX_STALE ? "true" : "false");
    if (g->watch) {
        const rx_seen *seen = &g->watch->seen[node];
        buf_printf(&d->out, ", \"runs\": %u, \"changes\": %u, \"ns\": %llu, \"batch\": %llu, \"why\": %u", seen->runs, seen->changes,
                   (unsigned long long)seen->ns, (unsigned long long)seen->batch, rx_marked_by(g, node));
    }
    buf_append_z(&d->out, ", \"reads\": [");
    if (!d->out.failed)
        each_read(d, node, json_read);
    buf_append_z(&d->out, "]}");
}

static void json(dump *d)
{
    burin_graph_counters c     = {.struct_size = sizeof c};
    const char          *comma = "";
    burin_graph_count(d->g, &c);
    buf_append_z(&d->out, "{\"counters\": {");
#define COUNTER(name) buf_printf(&d->out, "%s\"" #name "\": %llu", d->out.data[d->out.len - 1] == '{' ? "" : ", ", (unsigned long long)c.name);
    if (!d->out.failed) {
        COUNTER(evaluations) COUNTER(effects) COUNTER(cutoffs) COUNTER(restarts) COUNTER(batches) COUNTER(nodes) COUNTER(edges) COUNTER(memory)
    }
#undef COUNTER
    buf_append_z(&d->out, "},\n\"nodes\": [");
    EACH_NODE(d, node, json_node(d, node, &comma))
    buf_append_z(&d->out, "\n]}\n");
}

burin_status burin_graph_dump(burin_graph *g, burin_graph_format format, burin_status (*write)(void *user, const char *data, size_t len), void *user)
{
    static void (*const bodies[])(dump *d) = {[BURIN_GRAPH_DOT] = dot, [BURIN_GRAPH_MERMAID] = mermaid, [BURIN_GRAPH_JSON] = json};
    if ((unsigned)format >= sizeof bodies / sizeof bodies[0])
        return burin_graph_fail(g, BURIN_ERR_USAGE, "there is no such format");
    rx_regions_show(g);
    return run_dump(g, bodies[format], write, user);
}

/* ---- Prometheus ---- */

static void metric(dump *d, const char *name, const char *type, const char *help, uint64_t value)
{
    buf_printf(&d->out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name, (unsigned long long)value);
}

static void kinds(dump *d)
{
    uint32_t of[RX_KIND + 1] = {0};
    for (uint32_t node = 1; node < d->g->count; node++)
        of[rx_kind(&d->g->nodes[node])]++;
    buf_append_z(&d->out, "# HELP burin_nodes Nodes alive.\n# TYPE burin_nodes gauge\n");
    buf_printf(&d->out, "burin_nodes{kind=\"cell\"} %u\nburin_nodes{kind=\"computed\"} %u\nburin_nodes{kind=\"effect\"} %u\n", of[RX_CELL], of[RX_COMPUTED], of[RX_EFFECT]);
}

static void batch_histogram(dump *d)
{
    static const char *const bounds[RX_BATCH_BUCKETS] = {"1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1"};
    const rx_watch          *w     = d->g->watch;
    uint64_t                 count = 0;
    buf_append_z(&d->out, "# HELP burin_batch_seconds Time from the end of a batch until its effects have run.\n# TYPE burin_batch_seconds histogram\n");
    for (unsigned k = 0; k < RX_BATCH_BUCKETS; k++)
        buf_printf(&d->out, "burin_batch_seconds_bucket{le=\"%s\"} %llu\n", bounds[k], (unsigned long long)(count += w->batch_buckets[k]));
    count += w->batch_buckets[RX_BATCH_BUCKETS];
    buf_printf(&d->out, "burin_batch_seconds_bucket{le=\"+Inf\"} %llu\nburin_batch_seconds_sum %llu.%09llu\nburin_batch_seconds_count %llu\n", (unsigned long long)count,
               (unsigned long long)w->batch_ns / 1000000000, (unsigned long long)w->batch_ns % 1000000000, (unsigned long long)count);
}

static void metrics(dump *d)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(d->g, &c);
    metric(d, "burin_evaluations_total", "counter", "Computations run, effects included.", c.evaluations);
    metric(d, "burin_evaluations_unchanged_total", "counter", "Computations whose value stayed the same.", c.cutoffs);
    metric(d, "burin_effects_total", "counter", "Effects run.", c.effects);
    metric(d, "burin_restarts_total", "counter", "Computations begun again because what they read was not up to date.", c.restarts);
    metric(d, "burin_batches_total", "counter", "Batches of changes.", c.batches);
    kinds(d);
    metric(d, "burin_edges", "gauge", "Edges between nodes.", c.edges);
    metric(d, "burin_graph_bytes", "gauge", "Bytes held.", c.memory);
    if (d->g->watch && d->g->watch->asked.times)
        batch_histogram(d);
}

burin_status burin_graph_metrics(burin_graph *g, burin_status (*write)(void *user, const char *data, size_t len), void *user)
{
    return run_dump(g, metrics, write, user);
}
