/* Regions of live formulas: kernels that compute many formulas at one go, for the graph to run (runtime/reactive/region.h).
 *
 * Formulas are divided from below upwards. Regions are numbered as they begin, and a formula goes into no region with a lower number than
 * that of anything it stands on, or, where a node that is in no region lies between, into a higher one: so nothing that a region reads
 * stands on it, and regions do not stand on one another in a circle. */
#include "engine/jit_kernel.h"
#include "engine/live_formula.h"
#include "parser/script.h"
#include "runtime/base/diag.h"
#include "runtime/reactive/region.h"

#include <string.h>

enum {
    REGION_MIN     = 3,
    CELLS          = RX_REGION_NODES + RX_REGION_INPUTS,
    STEPS_OF_BYTE  = 8, /* no formula takes more steps of the machine for each byte of it */
    NAMES_MAX      = 64,
};

/* What a region has for a program. */
typedef struct region_program {
    const burin_allocator *alloc;
    arena                  memory;
    kernel                *k;
    kernel_cell           *room;
    jit_kernel            *native;
    _Atomic(void *)        none; /* in place of its code, where there is no compiler */
} region_program;

/* A region that is being made. */
typedef struct draft draft;
struct draft {
    draft          *older;
    region_program *made;
    uint32_t        number;
    rx_plan         plan;
};

/* Of each node, while formulas are divided. */
typedef struct mark {
    live_formula *formula; /* that may go into a region */
    draft        *in;      /* the region it is in */
    uint32_t      least;   /* what stands on it goes into no region below this */
} mark;

typedef struct division {
    burin_live  *live;
    burin_graph *graph;
    mark        *marks; /* by node */
    uint32_t    *order; /* nodes by height */
    uint32_t     node_count;
    draft       *drafts; /* newest first */
    arena        trees;
} division;

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory"); }

/* ---- programs ---- */

static uint32_t run(void *user, uint32_t from)
{
    region_program *p = user;
    jit_kernel_charge(p->native, p->k->step_count);
    return kernel_run(p->k, p->room, from);
}

static void release(void *user)
{
    region_program *p = user;
    jit_kernel_free(p->native);
    arena_deinit(&p->memory);
    base_free(p->alloc, p, sizeof *p);
}

static region_program *program_new(burin_env *env)
{
    region_program *p = base_alloc(env->alloc, sizeof *p);
    if (!p)
        return NULL;
    *p   = (region_program){.alloc = env->alloc, .memory = arena_make(env->alloc)};
    p->k = kernel_new(&p->memory, CELLS);
    if (p->k)
        return p;
    release(p);
    return NULL;
}

/* ---- drafts ---- */

static draft *draft_new(division *d)
{
    draft *made = base_alloc(d->live->env->alloc, sizeof *made);
    if (!made)
        return NULL;
    *made      = (draft){.older = d->drafts, .made = program_new(d->live->env), .number = d->drafts ? d->drafts->number + 1 : 1};
    d->drafts  = made;
    return made->made ? made : NULL;
}

static void drafts_free(division *d)
{
    while (d->drafts) {
        draft *gone = d->drafts;
        d->drafts   = gone->older;
        if (gone->made)
            release(gone->made);
        base_free(d->live->env->alloc, gone, sizeof *gone);
    }
}

/* The number of an input, a new one if need be. */
static uint32_t input_of(draft *into, const burin_graph *g, uint32_t node)
{
    rx_plan *p = &into->plan;
    for (uint32_t k = 0; k < p->input_count; k++)
        if (p->inputs[k] == node)
            return k;
    p->inputs[p->input_count]      = node;
    p->input_kinds[p->input_count] = g->values[node].kind;
    return p->input_count++;
}

static uint32_t member_of(const draft *in, uint32_t node)
{
    uint32_t k = 0;
    while (in->plan.nodes[k] != node)
        k++;
    return k;
}

/* What the formula's names are in the region. */
static void bind_names(const division *d, draft *into, const live_formula *f, kernel_name *names)
{
    for (size_t k = 0; k < f->program.names.count; k++) {
        const char *name = f->program.names.names[k];
        uint32_t    node = f->reads[k].index;
        unsigned    kind;
        names[k].name    = (burin_text){name, strlen(name)};
        if (d->marks[node].in == into) {
            names[k].cell = member_of(into, node);
            kind          = into->plan.kinds[names[k].cell];
        } else {
            names[k].cell = RX_REGION_NODES + input_of(into, d->graph, node);
            kind          = into->plan.input_kinds[names[k].cell - RX_REGION_NODES];
        }
        names[k].known = kernel_type_of((burin_kind)kind, &names[k].type);
    }
}

static ast_node *parse(division *d, const live_formula *f)
{
    script_options options = env_script_options(d->live->env);
    source        *src     = arena_zalloc(&d->trees, sizeof *src);
    ast_node      *tree;
    if (!src)
        return NULL;
    src->text = f->source;
    return parse_script_expression(&d->trees, src, &options, &tree, NULL) ? NULL : tree;
}

static kernel_added join(division *d, draft *into, const live_formula *f)
{
    rx_plan     *p = &into->plan;
    kernel_name  names[NAMES_MAX];
    vec_type     type;
    uint32_t     inputs = p->input_count;
    arena_reset(&d->trees);
    ast_node    *tree = parse(d, f);
    if (!tree)
        return KERNEL_NO_MEMORY;
    bind_names(d, into, f, names);
    kernel_added added = kernel_add(into->made->k, &d->live->env->rt, tree, names, (uint32_t)f->program.names.count, (kernel_wish){0}, p->count, &type);
    if (added == KERNEL_ADDED) {
        p->nodes[p->count]          = f->node.index;
        p->kinds[p->count++]        = (uint8_t)kernel_kind_of(type);
        d->marks[f->node.index].in = into;
    } else {
        p->input_count = inputs; /* nobody else reads what has come with it */
    }
    return added;
}

/* ---- dividing ---- */

static bool has_room(const draft *in, const live_formula *f)
{
    return in->plan.count < RX_REGION_NODES && in->plan.input_count + f->program.names.count <= RX_REGION_INPUTS;
}

/* The region of the last thing it reads that is in one with room; else the newest; NULL: that is full. */
static draft *choose(const division *d, const live_formula *f, uint32_t least)
{
    draft *best = NULL;
    for (size_t k = 0; k < f->program.names.count; k++) {
        draft *in = d->marks[f->reads[k].index].in;
        if (in && in->number >= least && has_room(in, f))
            best = in;
    }
    if (!best && d->drafts && d->drafts->number >= least && has_room(d->drafts, f))
        best = d->drafts;
    return best;
}

/* A node, after all that it reads: which regions it and what stands on it may be in. */
static burin_status divide_node(division *d, uint32_t node, burin_error *err)
{
    mark    *m    = &d->marks[node];
    uint32_t read, least = 0;
    for (rx_reads at = rx_reads_of(d->graph, node); rx_next_read(d->graph, &at, &read);) {
        const mark *below = &d->marks[read];
        uint32_t    above = below->in ? below->in->number + 1 : below->least;
        m->least          = above > m->least ? above : m->least;
        uint32_t with     = below->in ? below->in->number : below->least;
        least             = with > least ? with : least;
    }
    if (!m->formula)
        return BURIN_OK;
    draft *into = choose(d, m->formula, least);
    if (!into && !(into = draft_new(d)))
        return no_memory(err);
    if (join(d, into, m->formula) == KERNEL_NO_MEMORY)
        return no_memory(err);
    return BURIN_OK;
}

/* A formula whose inputs are nodes, few enough, and that the limit of steps lets through whatever they are. */
static bool is_fusable(const burin_live *live, const live_formula *f)
{
    const burin_graph *g     = live->graph;
    uint64_t           steps = live->env->options.limits.steps;
    if (!f->node.index || g->nodes[f->node.index].generation != f->node.generation || !rx_may_fuse(g, f->node.index) || !f->program.names.count ||
        f->program.names.count > NAMES_MAX || (steps && steps < f->source.len * STEPS_OF_BYTE))
        return false;
    for (size_t k = 0; k < f->program.names.count; k++)
        if (!f->reads[k].index || g->nodes[f->reads[k].index].generation != f->reads[k].generation)
            return false;
    return true;
}

/* Nodes by height: counted, then put in their places. */
static bool order_nodes(division *d)
{
    const burin_graph *g      = d->graph;
    uint32_t           levels = g->highest + 2, *starts = base_alloc(g->alloc, levels * sizeof *starts);
    if (!starts)
        return false;
    memset(starts, 0, levels * sizeof *starts);
    for (uint32_t node = 1; node < d->node_count; node++)
        if (rx_kind(&g->nodes[node]) == RX_COMPUTED)
            starts[g->nodes[node].height + 1]++;
    for (uint32_t k = 1; k < levels; k++)
        starts[k] += starts[k - 1];
    d->order[0] = starts[levels - 1];
    for (uint32_t node = 1; node < d->node_count; node++)
        if (rx_kind(&g->nodes[node]) == RX_COMPUTED)
            d->order[++starts[g->nodes[node].height]] = node;
    base_free(g->alloc, starts, levels * sizeof *starts);
    return true;
}

static burin_status divide(division *d, burin_error *err)
{
    burin_status status = BURIN_OK;
    for (live_formula *f = d->live->formulas; f; f = f->older)
        if (is_fusable(d->live, f))
            d->marks[f->node.index].formula = f;
    for (uint32_t k = 1; k <= d->order[0] && !status; k++)
        status = divide_node(d, d->order[k], err);
    return status;
}

/* ---- making ---- */

static burin_status make(division *d, draft *from, burin_error *err)
{
    region_program *p = from->made;
    p->room           = arena_alloc(&p->memory, p->k->place_count * sizeof *p->room);
    if (!p->room)
        return no_memory(err);
    kernel_prepare(p->k, p->room);
    p->native          = jit_kernel_new(d->live->env, p->k, KERNEL_OF_CELLS);
    from->plan.program = (rx_program){run, p->native ? &p->native->code : &p->none, release, p, (rx_bits *)p->room};
    if (!rx_region_make(d->graph, &from->plan))
        return no_memory(err);
    from->made = NULL;
    return BURIN_OK;
}

/* From the lowest up. */
static burin_status make_all(division *d, uint32_t *fused, burin_error *err)
{
    burin_status status = BURIN_OK;
    draft       *turned = NULL;
    while (d->drafts) {
        draft *next     = d->drafts->older;
        d->drafts->older = turned;
        turned          = d->drafts;
        d->drafts       = next;
    }
    d->drafts = turned;
    for (draft *at = turned; at && !status; at = at->older)
        if (at->plan.count >= REGION_MIN && !(status = make(d, at, err)))
            *fused += at->plan.count;
    return status;
}

burin_status burin_live_fuse(burin_live *live, uint32_t *fused, burin_error *err)
{
    const burin_allocator *alloc = live->env->alloc;
    uint32_t               count = live->graph->count;
    division               d     = {.live = live, .graph = live->graph, .node_count = count, .trees = arena_make(alloc)};
    burin_status           status = rx_may_change(live->graph);
    *fused                        = 0;
    if (status)
        return diag_fail(err, status, NULL, 0, (span){0, 0}, "%s", burin_graph_message(live->graph));
    d.marks = base_alloc(alloc, count * sizeof *d.marks);
    d.order = base_alloc(alloc, (count + 1) * sizeof *d.order);
    if (d.marks && d.order && order_nodes(&d)) {
        memset(d.marks, 0, count * sizeof *d.marks);
        status = divide(&d, err);
    } else {
        status = no_memory(err);
    }
    if (!status)
        status = make_all(&d, fused, err);
    drafts_free(&d);
    arena_deinit(&d.trees);
    base_free(alloc, d.marks, count * sizeof *d.marks);
    base_free(alloc, d.order, (count + 1) * sizeof *d.order);
    return status;
}
