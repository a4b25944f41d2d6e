/* Live expressions: names bound to nodes, expressions as computed nodes. */
#include "engine/live.h"

#include "engine/host_state.h"
#include "runtime/base/diag.h"
#include "runtime/base/text.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/reactive/graph.h"
#include "runtime/state.h"

#include <stdlib.h>
#include <string.h>

/* A node. A container it gives is in `current`, where readers find it; the next goes elsewhere first. */
typedef struct live_node live_node;
struct live_node {
    live_node  *older;
    burin_live *live;
    burin_node  node;
    live_source source;
    live_reads  reads;
    burin_heap *current;
    burin_value value; /* the container in `current` */
};

static const span nowhere = {0, 0};

/* ---- life ---- */

burin_live *burin_live_new(burin_graph *graph, burin_env *env, burin_error *err)
{
    burin_live *live = base_alloc(env->alloc, sizeof *live);
    if (!live) {
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
        return NULL;
    }
    memset(live, 0, sizeof *live);
    live->graph         = graph;
    live->env           = burin_env_ref(env);
    live->names         = name_map_make(env->alloc);
    live->scratch       = burin_heap_new(env->alloc);
    burin_status status = live->scratch ? burin_graph_scope(graph, &live->scope) : BURIN_ERR_NOMEM;
    if (!status)
        return live;
    diag_fail(err, status, NULL, 0, nowhere, "%s", live->scratch ? burin_graph_message(graph) : "out of memory");
    burin_live_free(live);
    return NULL;
}

static void drop_name(const burin_live *live, live_name *name)
{
    if (--name->holders)
        return;
    if (name->object)
        burin_heap_free(name->object);
    base_free(live->env->alloc, name, name->size);
}

static void node_free(live_node *n)
{
    burin_live *live = n->live;
    live_reads_deinit(live, &n->reads);
    n->source.release(n->source.what);
    if (n->current)
        burin_heap_free(n->current);
    base_free(live->env->alloc, n, sizeof *n);
}

void burin_live_free(burin_live *live)
{
    if (!live)
        return;
    const burin_allocator *alloc = live->env->alloc;
    burin_graph_dispose(live->graph, live->scope);
    while (live->nodes) {
        live_node *n = live->nodes;
        live->nodes  = n->older;
        node_free(n);
    }
    for (size_t k = 0; k < LIVE_RUNS_MAX && live->runs[k].render; k++) {
        burin_render_free(live->runs[k].render);
        burin_heap_free(live->runs[k].variables);
        burin_heap_free(live->runs[k].result);
    }
    for (size_t k = 0; k < live->names.size; k++)
        if (live->names.slots[k].value)
            drop_name(live, live->names.slots[k].value);
    name_map_deinit(&live->names);
    if (live->scratch)
        burin_heap_free(live->scratch);
    burin_env *env = live->env;
    base_free(alloc, live, sizeof *live);
    burin_env_unref(env);
}

/* ---- names ---- */

static burin_status no_memory(burin_live *live) { return burin_graph_fail(live->graph, BURIN_ERR_NOMEM, "out of memory"); }

/* `object`: the heap of a record; it becomes the name's, or is freed. */
static burin_status bind(burin_live *live, const char *name, burin_node node, burin_value record, burin_heap *object)
{
    size_t     len = strlen(name), size = sizeof(live_name) + len + 1;
    live_name *n = base_alloc(live->env->alloc, size), *old = name_map_get(&live->names, (burin_text){name, len});
    if (!n) {
        if (object)
            burin_heap_free(object);
        return no_memory(live);
    }
    *n = (live_name){.name = (char *)(n + 1), .len = (uint32_t)len, .hash = rt_text_hash((burin_text){name, len}), .node = node, .record = record, .object = object, .holders = 1, .size = size};
    memcpy(n->name, name, len + 1);
    if (!name_map_put(&live->names, (burin_text){n->name, len}, n)) {
        drop_name(live, n);
        return no_memory(live);
    }
    if (old)
        drop_name(live, old);
    return BURIN_OK;
}

burin_status burin_live_bind(burin_live *live, const char *name, burin_node node)
{
    burin_node_info info   = {.struct_size = sizeof info};
    burin_status    status = burin_graph_describe(live->graph, node, &info);
    if (status)
        return status;
    if (info.kind.data[0] != 'c') /* cell, computed */
        return burin_graph_fail(live->graph, BURIN_ERR_USAGE, "a name stands for a cell or a computed node");
    return bind(live, name, node, burin_missing(), NULL);
}

/* ---- records ---- */

typedef struct record {
    burin_live *live;
    size_t      count, size;
    struct { const char *name; burin_node node; } fields[];
} record;

static burin_status read_field(burin_call *call, const record *r, burin_text name, burin_value *out)
{
    *out = burin_missing();
    for (size_t k = 0; k < r->count; k++) {
        if (strlen(r->fields[k].name) != name.len || memcmp(r->fields[k].name, name.data, name.len) != 0)
            continue;
        burin_status status = burin_graph_get(r->live->graph, r->fields[k].node, out);
        return status ? burin_raise(call, status, "%s", burin_graph_message(r->live->graph)) : BURIN_OK;
    }
    return BURIN_OK;
}
static burin_status record_attr(burin_call *call, void *self, burin_text name, burin_value *out) { return read_field(call, self, name, out); }
static burin_status record_item(burin_call *call, void *self, burin_value key, burin_value *out)
{
    return read_field(call, self, burin_text_of(key), out);
}
static void record_release(void *self)
{
    record *r = self;
    base_free(r->live->env->alloc, r, r->size);
}
static const burin_class record_class = {
    .struct_size = sizeof(burin_class), .name = "record", .get_attr = record_attr, .get_item = record_item, .release = record_release};

size_t     live_record_count(const live_name *name) { return ((const record *)rt_object_of(name->record)->self)->count; }
burin_node live_record_node(const live_name *name, size_t field) { return ((const record *)rt_object_of(name->record)->self)->fields[field].node; }

burin_status burin_live_bind_record(burin_live *live, const char *name, const char *const *fields, const burin_node *nodes, size_t count)
{
    size_t size = sizeof(record) + count * sizeof ((record *)0)->fields[0];
    for (size_t k = 0; k < count; k++)
        size += strlen(fields[k]) + 1;
    record *r = base_alloc(live->env->alloc, size);
    if (!r)
        return no_memory(live);
    char *text = (char *)&r->fields[count];
    *r         = (record){.live = live, .count = count, .size = size};
    for (size_t k = 0; k < count; k++) {
        r->fields[k].name = text;
        r->fields[k].node = nodes[k];
        text              = stpcpy(text, fields[k]) + 1;
    }
    burin_heap *heap   = burin_heap_new(live->env->alloc);
    burin_value object = heap ? burin_object(heap, &record_class, r) : burin_missing();
    if (object.kind == BURIN_MISSING) {
        record_release(r);
        if (heap)
            burin_heap_free(heap);
        return no_memory(live);
    }
    return bind(live, name, (burin_node){0, 0}, object, heap);
}

/* ---- what a node reads ---- */

static void add_read(live_reads *reads, live_name *name)
{
    name->holders++;
    reads->names[reads->count++] = name;
    reads->is_dynamic |= name->node.index == 0;
}

bool live_reads_find(burin_live *live, const name_list *wanted, live_reads *reads)
{
    size_t room = wanted ? wanted->count : live->names.count;
    *reads      = (live_reads){.room = (uint32_t)room};
    if (!room)
        return true;
    reads->names = base_alloc(live->env->alloc, room * sizeof *reads->names);
    if (!reads->names)
        return false;
    for (size_t k = 0; wanted && k < wanted->count; k++) {
        live_name *name = name_map_get(&live->names, (burin_text){wanted->names[k], strlen(wanted->names[k])});
        if (name)
            add_read(reads, name);
    }
    for (size_t k = 0; !wanted && k < live->names.size; k++)
        if (live->names.slots[k].value)
            add_read(reads, live->names.slots[k].value);
    return true;
}

void live_reads_deinit(burin_live *live, live_reads *reads)
{
    for (uint32_t k = 0; k < reads->count; k++)
        drop_name(live, reads->names[k]);
    base_free(live->env->alloc, reads->names, reads->room * sizeof *reads->names);
    *reads = (live_reads){0};
}

burin_status live_make(burin_live *live, burin_compute fn, void *user, const live_reads *reads, burin_node *out)
{
    burin_node  before, *inputs = NULL;
    unsigned    flags = reads->is_dynamic ? BURIN_NODE_DYNAMIC : BURIN_NODE_STATIC;
    size_t      count = reads->is_dynamic ? 0 : reads->count;
    if (count && !(inputs = base_alloc(live->env->alloc, count * sizeof *inputs)))
        return no_memory(live);
    for (size_t k = 0; k < count; k++)
        inputs[k] = reads->names[k]->node;
    burin_status status = burin_graph_enter(live->graph, live->scope, &before);
    if (!status) {
        status = burin_graph_computed(live->graph, fn, user, flags, inputs, count, out);
        burin_graph_leave(live->graph, before);
    }
    base_free(live->env->alloc, inputs, count * sizeof *inputs);
    return status;
}

burin_status live_entitle(burin_live *live, burin_node node, const char *before, burin_text title, const char *after)
{
    char   name[LIVE_TITLE_MAX + 8];
    size_t start = (size_t)(stpcpy(name, before) - name), len = start;
    for (size_t k = 0; k < title.len && len < LIVE_TITLE_MAX; k++) {
        bool is_blank = (unsigned char)title.data[k] <= ' ';
        if (!is_blank || (len > start && name[len - 1] != ' ')) /* blanks become one */
            name[len++] = is_blank ? ' ' : title.data[k];
    }
    len = text_valid_prefix(name, len);
    len = (size_t)(stpcpy(name + len, after) - name);
    return burin_graph_name(live->graph, node, (burin_text){name, len});
}

/* ---- running ---- */

static bool run_prepare(burin_live *live, live_run *run)
{
    if (run->render)
        return true;
    run->variables = burin_heap_new(live->env->alloc);
    run->result    = burin_heap_new(live->env->alloc);
    run->render    = run->variables && run->result ? burin_render_new(live->env, NULL) : NULL;
    if (run->render)
        return true;
    if (run->variables)
        burin_heap_free(run->variables);
    if (run->result)
        burin_heap_free(run->result);
    *run = (live_run){0};
    return false;
}

burin_status live_run_begin(burin_live *live, const live_reads *reads, const burin_inputs *inputs, live_run **out, burin_value *variables)
{
    burin_status status = BURIN_OK;
    live_run    *run    = live->running < LIVE_RUNS_MAX ? &live->runs[live->running] : NULL;
    live->running++;
    if (!run)
        return burin_graph_fail(live->graph, BURIN_ERR_RECURSION, "too many computations inside one another");
    if (!run_prepare(live, run))
        return no_memory(live);
    *out = run;
    burin_heap_clear(run->variables);
    *variables = burin_dict(run->variables, reads->count);
    if (variables->kind == BURIN_MISSING)
        return no_memory(live);
    for (uint32_t k = 0; k < reads->count && !status; k++) {
        const live_name *name = reads->names[k];
        burin_value      value;
        if (!reads->is_dynamic)
            value = *burin_input(inputs, k);
        else if (name->node.index)
            status = burin_graph_get(live->graph, name->node, &value);
        else
            value = name->record;
        if (!status && rt_dict_put_text(rt_state_of(run->variables), variables->as.p, (burin_text){name->name, name->len}, name->hash, value))
            status = no_memory(live);
    }
    return status;
}

void live_run_end(burin_live *live) { live->running--; }

burin_status live_fail(burin_live *live, burin_error *err)
{
    burin_status status = err->status;
    if (err->line)
        burin_graph_fail(live->graph, status, "%s (line %u)", err->message ? err->message : burin_status_class(status), err->line);
    else
        burin_graph_fail(live->graph, status, "%s", err->message ? err->message : burin_status_class(status));
    burin_error_clear(err);
    return status;
}

/* ---- nodes ---- */

enum { SAME_DEPTH_MAX = 32, SWEEP_MIN = 64 };

/* Nothing that can be seen tells two values apart; deeper than the bound they are taken for different ones. */
static bool is_same(rt_state *st, burin_value a, burin_value b, unsigned depth)
{
    burin_value key, other_key, value, other;
    size_t      at = 0, other_at = 0;
    bool        equal = false;
    if (a.kind != b.kind || depth == SAME_DEPTH_MAX)
        return false;
    if (rx_is_kept(a))
        return rx_value_same(a, b);
    switch ((burin_kind)a.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE:
        equal = burin_length(a) == burin_length(b);
        for (size_t k = 0; k < burin_length(a) && equal; k++)
            equal = is_same(st, burin_at(a, k), burin_at(b, k), depth + 1);
        return equal;
    case BURIN_DICT: /* order can be seen */
        equal = burin_length(a) == burin_length(b);
        while (equal && burin_next(a, &at, &key, &value))
            equal = burin_next(b, &other_at, &other_key, &other) && is_same(st, key, other_key, depth + 1) && is_same(st, value, other, depth + 1);
        return equal;
    case BURIN_BIGINT: return !rt_equal(st, a, b, &equal) && equal;
    default: return false;
    }
}

/* The graph keeps plain values and texts itself; a container stays in the heap it was made in, which becomes the node's. */
static void take_container(live_node *n, live_run *run, burin_value *out)
{
    if (n->current && is_same(rt_state_of(run->result), n->value, *out, 0)) {
        *out = n->value;
        return;
    }
    burin_heap *spare = n->current ? n->current : burin_heap_new(n->live->env->alloc);
    if (!spare) {
        *out = burin_missing();
        return;
    }
    n->current  = run->result;
    n->value    = *out;
    run->result = spare;
}

static burin_status compute(burin_graph *g, void *user, const burin_inputs *inputs, burin_value *out)
{
    live_node   *n   = user;
    burin_error  err = BURIN_ERROR_INIT;
    live_run    *run;
    burin_value  variables;
    if (n->source.direct && !n->reads.is_dynamic) {
        if (n->source.direct(n->source.what, inputs, out, &err))
            return live_fail(n->live, &err);
        if (rx_is_kept(*out))
            return BURIN_OK;
    }
    burin_status status = live_run_begin(n->live, &n->reads, inputs, &run, &variables);
    if (!status) {
        burin_heap_clear(run->result);
        if (n->source.evaluate(n->source.what, run, variables, out, &err))
            status = live_fail(n->live, &err);
    }
    live_run_end(n->live);
    if (!status && !rx_is_kept(*out))
        take_container(n, run, out);
    return !status && out->kind == BURIN_MISSING ? burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory") : status;
}

/* Hosts make nodes and dispose of them: now and then, free what is left of those. */
static void sweep(burin_live *live)
{
    if (live->node_count < live->sweep_at)
        return;
    for (live_node **at = &live->nodes; *at;) {
        live_node *n = *at;
        if (live->graph->nodes[n->node.index].generation == n->node.generation) {
            at = &n->older;
            continue;
        }
        *at = n->older;
        node_free(n);
        live->node_count--;
    }
    live->sweep_at = 2 * live->node_count + SWEEP_MIN;
}

static burin_status make_node(burin_live *live, live_node *n, const name_list *wanted)
{
    if (!live_reads_find(live, wanted, &n->reads))
        return no_memory(live);
    burin_status status = live_make(live, compute, n, &n->reads, &n->node);
    if (!status && (status = live_entitle(live, n->node, "", n->source.title, "")))
        burin_graph_dispose(live->graph, n->node);
    return status;
}

burin_status live_node_make(burin_live *live, const live_source *from, const name_list *wanted, burin_node *out, burin_error *err)
{
    live_node *n = base_alloc(live->env->alloc, sizeof *n);
    *out         = (burin_node){0, 0};
    if (!n) {
        from->release(from->what);
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
    }
    *n                  = (live_node){.live = live, .source = *from};
    burin_status status = make_node(live, n, wanted);
    if (status) {
        diag_fail(err, status, NULL, 0, nowhere, "%s", burin_graph_message(live->graph));
        node_free(n);
        return status;
    }
    sweep(live);
    n->older    = live->nodes;
    live->nodes = n;
    live->node_count++;
    *out = n->node;
    return BURIN_OK;
}

/* ---- expressions ---- */

static burin_status evaluate_expr(void *what, live_run *run, burin_value variables, burin_value *out, burin_error *err)
{
    return burin_expr_eval(run->render, what, variables, true, run->result, out, err);
}
static void release_expr(void *what) { burin_expr_free(what); }

/* The names that an expression reads; *everything: it may be any. */
static burin_status find_names(burin_live *live, const burin_expr *expr, name_list *wanted, bool *everything)
{
    codegen_options options = template_options(live->env, NULL, FORM_TEMPLATE);
    arena           scratch = arena_make(live->env->alloc);
    ast_node       *tree;
    burin_status    status  = expr_tree(&scratch, expr, &tree);
    *everything             = !status && live_reads_context(live, tree);
    if (!status)
        status = meta_undeclared(&options, &expr->program->src, tree, true, name_list_add, wanted, NULL);
    arena_deinit(&scratch);
    return status;
}

burin_status burin_live_expr(burin_live *live, burin_text text, burin_node *out, burin_error *err)
{
    name_list   wanted = {0};
    bool        everything;
    burin_expr *expr   = burin_expr_compile(live->env, text, err);
    *out               = (burin_node){0, 0};
    if (!expr)
        return err ? err->status : BURIN_ERR_SYNTAX;
    burin_status status = find_names(live, expr, &wanted, &everything);
    if (!status) {
        live_source made = {evaluate_expr, release_expr, expr, text};
        status           = live_node_make(live, &made, everything ? NULL : &wanted, out, err);
    } else {
        burin_expr_free(expr);
        diag_fail(err, status, NULL, 0, nowhere, "out of memory");
    }
    name_list_deinit(&wanted);
    return status;
}
