/* Live nodes that are formulas, and regions of them.
 *
 * A region is a program that evaluates many formulas at one go, each kept under the name it is bound to, so that those after it read it
 * there. It is no node: the formulas stay nodes, with their own edges and cutoffs. When one of them has to run that many others
 * follow, the region's program runs and leaves every result with what it was computed from. A formula whose inputs, when its turn
 * comes, are what its result was computed from takes that; any other evaluates itself. So a region changes neither values nor numbers of runs. */
#include "engine/live_program.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/reactive/graph.h"
#include "runtime/state.h"

#include <stdlib.h>
#include <string.h>

enum {
    REGION_MAX   = 200, /* formulas in a region */
    REGION_MIN   = 3,
    REGION_INPUTS_MAX = 400,
    FOLLOW_SHARE = 4,   /* the program runs for a formula that at least one in so many of the region follow */
};

typedef struct live_formula live_formula;
typedef struct live_region  live_region;

struct live_formula {
    live_program   program;  /* its names: the bound ones among those that are read */
    live_formula  *older;
    burin_live    *live;
    name_list      free;     /* the others that it reads */
    burin_node    *reads;    /* what the names were bound to; {0, 0}: a record */
    burin_node     node;
    burin_text     source;   /* this block, behind it */
    size_t         size;
    live_region   *region;   /* NULL: none */
    uint32_t       place;    /* in its region */
    bool           leads;    /* the program is run for it */
    uint32_t      *origins;  /* of each slot: a member of the region, or the member count + the number of an input */
};

struct live_region {
    live_region   *older;
    burin_formula *program;
    live_formula **members; /* in the order of making; REGION_MAX */
    const char   **names;   /* of members: as which the others read them; NULL: they do not. REGION_MAX */
    burin_node    *inputs;  /* REGION_INPUTS_MAX, and what they are called */
    const char   **input_names;
    burin_value   *from;    /* of the members, then of the inputs: results, and what they were computed from */
    uint32_t       count, input_count;
    bool           is_filled;
};

static const span nowhere = {0, 0};

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }
static bool         is_same(burin_value a, burin_value b) { return a.kind == b.kind && a.as.i == b.as.i; }

/* ---- running ---- */

/* Fill the region from what its inputs hold now; false when one is not plain, or not up to date, or the program fails. */
static bool run_region(live_region *r, burin_graph *g)
{
    burin_value *inputs = r->from + r->count, result;
    r->is_filled        = false;
    for (uint32_t k = 0; k < r->input_count; k++) {
        uint32_t node = r->inputs[k].index;
        inputs[k]     = g->values[node];
        if (g->nodes[node].flags & (RX_STALE | RX_ERROR) || g->nodes[node].generation != r->inputs[k].generation || !rx_is_plain(inputs[k]))
            return false;
    }
    if (burin_formula_eval(r->program, inputs, &result, NULL))
        return false;
    for (uint32_t k = 0; k < r->count; k++) {
        burin_value v = burin_at(result, k);
        r->from[k]    = rx_is_plain(v) ? v : burin_missing();
    }
    return r->is_filled = true;
}

/* Is the region's result computed from what the formula's inputs are? */
static inline bool is_valid(const live_formula *f, const burin_inputs *inputs)
{
    const live_region *r = f->region;
    if (!r->is_filled || r->from[f->place].kind == BURIN_MISSING)
        return false;
    for (uint32_t k = 0; k < inputs->count; k++)
        if (!is_same(*burin_input(inputs, k), r->from[f->origins[k]]))
            return false;
    return true;
}

static bool ready(void *what, const burin_inputs *inputs, burin_value *out)
{
    live_formula *f = what;
    if (!f->region || !(is_valid(f, inputs) || (f->leads && run_region(f->region, f->live->graph) && is_valid(f, inputs))))
        return false;
    rt_copy_words(out, &f->region->from[f->place]);
    return true;
}

/* ---- making ---- */

static void release(void *what)
{
    live_formula  *f  = what;
    live_formula **at = &f->live->formulas;
    while (*at && *at != f)
        at = &(*at)->older;
    if (*at) {
        *at = f->older;
        f->live->formula_count--;
    }
    base_free(f->live->env->alloc, f->program.slots, f->program.names.count * sizeof *f->program.slots);
    base_free(f->live->env->alloc, f->origins, f->program.names.count * sizeof *f->origins);
    base_free(f->live->env->alloc, f->reads, f->program.names.count * sizeof *f->reads);
    live_program_deinit(&f->program);
    name_list_deinit(&f->free);
    base_free(f->live->env->alloc, f, f->size);
}

static burin_status take_name(void *user, burin_text name, unsigned uses)
{
    live_formula *f = user;
    (void)uses;
    char        *copy   = strndup(name.data, name.len);
    burin_status status = copy ? name_list_add(name_map_get(&f->live->names, name) ? &f->program.names : &f->free, copy) : BURIN_ERR_NOMEM;
    free(copy);
    return status;
}

static burin_status prepare(live_formula *f, burin_error *err)
{
    const burin_allocator *alloc  = f->live->env->alloc;
    burin_status           status = burin_script_names(f->live->env, f->source, true, take_name, f, err);
    if (status)
        return status;
    f->program.formula = burin_formula_compile(f->live->env, f->source, (const char *const *)f->program.names.names, f->program.names.count, err);
    if (!f->program.formula)
        return err ? err->status : BURIN_ERR_PYTHON_SYNTAX;
    f->program.slots   = base_alloc(alloc, f->program.names.count * sizeof *f->program.slots);
    f->origins = base_alloc(alloc, f->program.names.count * sizeof *f->origins);
    f->reads   = base_alloc(alloc, f->program.names.count * sizeof *f->reads);
    if (f->program.names.count && !(f->program.slots && f->origins && f->reads))
        return no_memory(err);
    for (size_t k = 0; k < f->program.names.count; k++) {
        const live_name *name = name_map_get(&f->live->names, (burin_text){f->program.names.names[k], strlen(f->program.names.names[k])});
        f->reads[k]           = name->node;
    }
    return BURIN_OK;
}

burin_status burin_live_formula(burin_live *live, burin_text text, burin_node *out, burin_error *err)
{
    size_t        size = sizeof(live_formula) + text.len;
    live_formula *f    = base_alloc(live->env->alloc, size);
    *out               = (burin_node){0, 0};
    if (!f)
        return no_memory(err);
    *f = (live_formula){.live = live, .source = {(char *)(f + 1), text.len}, .size = size};
    if (text.len)
        memcpy(f + 1, text.data, text.len);
    burin_status status = prepare(f, err);
    if (status) {
        release(f);
        return status;
    }
    f->older       = live->formulas;
    live->formulas = f;
    live->formula_count++;
    live_source made = {live_program_evaluate, release, f, text, live_program_direct, ready};
    status           = live_node_make(live, &made, &f->program.names, out, err);
    if (!status)
        f->node = *out;
    return status;
}

/* ---- fusing ---- */

void live_regions_free(burin_live *live)
{
    const burin_allocator *alloc = live->env->alloc;
    while (live->regions) {
        live_region *r = live->regions;
        live->regions  = r->older;
        burin_formula_free(r->program);
        base_free(alloc, r->members, REGION_MAX * sizeof *r->members);
        base_free(alloc, r->names, REGION_MAX * sizeof *r->names);
        base_free(alloc, r->inputs, REGION_INPUTS_MAX * sizeof *r->inputs);
        base_free(alloc, r->input_names, REGION_INPUTS_MAX * sizeof *r->input_names);
        base_free(alloc, r->from, (REGION_MAX + REGION_INPUTS_MAX) * sizeof *r->from);
        base_free(alloc, r, sizeof *r);
    }
}

static live_region *region_new(burin_live *live)
{
    const burin_allocator *alloc = live->env->alloc;
    live_region           *r     = base_alloc(alloc, sizeof *r);
    if (!r)
        return NULL;
    *r             = (live_region){.older = live->regions};
    live->regions  = r;
    r->members     = base_alloc(alloc, REGION_MAX * sizeof *r->members);
    r->names       = base_alloc(alloc, REGION_MAX * sizeof *r->names);
    r->inputs      = base_alloc(alloc, REGION_INPUTS_MAX * sizeof *r->inputs);
    r->input_names = base_alloc(alloc, REGION_INPUTS_MAX * sizeof *r->input_names);
    r->from        = base_alloc(alloc, (REGION_MAX + REGION_INPUTS_MAX) * sizeof *r->from);
    return r->members && r->names && r->inputs && r->input_names && r->from ? r : NULL;
}

static bool is_node(burin_node a, burin_node b) { return a.index == b.index && a.generation == b.generation; }

static uint32_t member_of(const live_region *r, burin_node node)
{
    uint32_t k = 0;
    while (k < r->count && !is_node(r->members[k]->node, node))
        k++;
    return k;
}
/* What a name stands for in a region; {0, 0}: nothing yet. */
static burin_node meaning_of(const live_region *r, const char *name)
{
    for (uint32_t k = 0; k < r->count; k++)
        if (r->names[k] && strcmp(r->names[k], name) == 0)
            return r->members[k]->node;
    for (uint32_t k = 0; k < r->input_count; k++)
        if (strcmp(r->input_names[k], name) == 0)
            return r->inputs[k];
    return (burin_node){0, 0};
}

/* May it join? Every name must mean one thing there, and every member have one name. */
static bool fits(const live_region *r, const live_formula *f)
{
    if (r->count == REGION_MAX || r->input_count + f->program.names.count > REGION_INPUTS_MAX)
        return false;
    for (size_t k = 0; k < f->program.names.count; k++) {
        burin_node meaning = meaning_of(r, f->program.names.names[k]);
        uint32_t   member  = member_of(r, f->reads[k]);
        if ((meaning.index && !is_node(meaning, f->reads[k])) || (member < r->count && r->names[member] && strcmp(r->names[member], f->program.names.names[k]) != 0))
            return false;
        for (uint32_t m = 0; m < r->count; m++) /* for others it may be no bound name */
            for (size_t n = 0; n < r->members[m]->free.count; n++)
                if (strcmp(r->members[m]->free.names[n], f->program.names.names[k]) == 0)
                    return false;
    }
    for (size_t k = 0; k < f->free.count; k++)
        if (meaning_of(r, f->free.names[k]).index)
            return false;
    return true;
}

static void join(live_region *r, live_formula *f)
{
    for (size_t k = 0; k < f->program.names.count; k++) {
        uint32_t member = member_of(r, f->reads[k]);
        if (member < r->count) {
            r->names[member] = f->program.names.names[k];
        } else if (!meaning_of(r, f->program.names.names[k]).index) {
            r->inputs[r->input_count]        = f->reads[k];
            r->input_names[r->input_count++] = f->program.names.names[k];
        }
    }
    f->region              = r;
    r->names[r->count]     = NULL;
    r->members[r->count++] = f;
}

static bool sets_names(burin_text text)
{
    for (size_t k = 0; k + 1 < text.len; k++)
        if (text.data[k] == ':' && text.data[k + 1] == '=')
            return true;
    return false;
}

/* A formula that can be fused: it reads no record, and sets no name itself. */
static bool is_fusable(const live_formula *f)
{
    for (size_t k = 0; k < f->program.names.count; k++)
        if (!f->reads[k].index)
            return false;
    return f->node.index && !f->region && f->program.names.count && !sets_names(f->source);
}

/* Put a formula into the region of one that it reads; two that are in none begin one. */
static burin_status place(burin_live *live, live_formula *f, live_formula *const *by_node, burin_error *err)
{
    for (size_t k = 0; k < f->program.names.count && !f->region; k++) {
        live_formula *read = by_node[f->reads[k].index];
        if (!read || !is_node(read->node, f->reads[k]))
            continue;
        if (!read->region) {
            live_region *r = region_new(live);
            if (!r)
                return no_memory(err);
            join(r, read);
        }
        if (!read->region->program && fits(read->region, f))
            join(read->region, f);
    }
    return BURIN_OK;
}

/* What each member reads, and how many follow it. */
static void connect(live_region *r)
{
    uint64_t above[REGION_MAX][(REGION_MAX + 63) / 64] = {{0}};
    for (uint32_t m = r->count; m-- > 0;) {
        live_formula *f = r->members[m];
        uint32_t      followers = 0;
        for (size_t k = 0; k < sizeof above[0] / sizeof above[0][0]; k++)
            followers += (uint32_t)__builtin_popcountll(above[m][k]);
        f->region = r;
        f->place  = m;
        f->leads  = followers >= 2 && followers * FOLLOW_SHARE >= r->count;
        for (size_t k = 0; k < f->program.names.count; k++) {
            uint32_t read = member_of(r, f->reads[k]);
            if (read < r->count) {
                above[read][m / 64] |= (uint64_t)1 << m % 64;
                for (size_t word = 0; word < sizeof above[0] / sizeof above[0][0]; word++)
                    above[read][word] |= above[m][word];
                f->origins[k] = read;
                continue;
            }
            uint32_t input = 0;
            while (!is_node(r->inputs[input], f->reads[k]))
                input++;
            f->origins[k] = r->count + input;
        }
    }
}

/* The program: a tuple of all formulas, each kept under its name. */
static burin_status compile(burin_live *live, live_region *r, burin_error *err)
{
    buf text = buf_make(live->env->alloc);
    buf_append_z(&text, "(");
    for (uint32_t k = 0; k < r->count; k++) {
        buf_append_z(&text, "(");
        if (r->names[k]) {
            buf_append_z(&text, r->names[k]);
            buf_append_z(&text, " := ");
        }
        buf_append_z(&text, "(\n");
        buf_append(&text, r->members[k]->source.data, r->members[k]->source.len);
        buf_append_z(&text, "\n)),\n");
    }
    buf_append_z(&text, ")");
    if (!text.failed)
        r->program = burin_formula_compile(live->env, buf_text(&text), r->input_names, r->input_count, err);
    burin_status status = text.failed ? no_memory(err) : r->program ? BURIN_OK : err ? err->status : BURIN_ERR_PYTHON_SYNTAX;
    buf_deinit(&text);
    return status;
}

/* Formulas go into regions in the order of making, so that what one reads is there before it. */
static burin_status divide(burin_live *live, burin_error *err)
{
    const burin_allocator *alloc  = live->env->alloc;
    uint32_t               count  = 0, total = live->formula_count, nodes = live->graph->count;
    live_formula         **all    = base_alloc(alloc, total * sizeof *all), **by_node = base_alloc(alloc, nodes * sizeof *by_node);
    burin_status           status = all && by_node ? BURIN_OK : no_memory(err);
    if (!status)
        memset(by_node, 0, nodes * sizeof *by_node);
    for (live_formula *f = live->formulas; f && !status; f = f->older)
        all[total - ++count] = f;
    for (uint32_t k = 0; k < count && !status; k++)
        if (is_fusable(all[k])) {
            status                      = place(live, all[k], by_node, err);
            by_node[all[k]->node.index] = all[k];
        }
    base_free(alloc, all, total * sizeof *all);
    base_free(alloc, by_node, nodes * sizeof *by_node);
    return status;
}

burin_status burin_live_fuse(burin_live *live, uint32_t *fused, burin_error *err)
{
    const live_region *before = live->regions;
    burin_status       status = live->formula_count ? divide(live, err) : BURIN_OK;
    *fused                    = 0;
    for (live_region *r = live->regions; r != before; r = r->older) {
        if (!status && r->count >= REGION_MIN && !(status = compile(live, r, err))) {
            connect(r);
            *fused += r->count;
        }
        for (uint32_t k = 0; k < r->count && !r->program; k++)
            r->members[k]->region = NULL;
    }
    return status;
}
