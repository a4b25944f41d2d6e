/* Regions: see region.h. */
#include "runtime/reactive/region.h"

#include "runtime/reactive/evaluate.h"

enum {
    PLACE_MASK  = (1 << RX_PLACE_BITS) - 1,
    WHOLE_SHARE = 8, /* the program runs where at least one in so many of what it would compute follows what is marked */
};

/* In ns, of additions of two ints (bench_reactive formulas, fused): a member by itself; in a region one by one; in a program; a run of a
 * region besides. And how much a region may cost in vain. */
enum { ALONE_NS = 20, WALKED_NS = 25, COMPUTED_NS = 2, WALK_NS = 20, WHOLE_NS = 50, GAIN_LIMIT_NS = 10000 };

static inline rx_region *region_of(const burin_graph *g, uint32_t node) { return g->regions[g->places[node] >> RX_PLACE_BITS]; }
static inline uint32_t   place_of(const burin_graph *g, uint32_t node) { return g->places[node] & PLACE_MASK; }

static inline bool has(const uint64_t *set, uint32_t n) { return set[n / 64] >> n % 64 & 1; }
static inline void add(uint64_t *set, uint32_t n) { set[n / 64] |= (uint64_t)1 << n % 64; }
/* The first of a set from `from` on; `end` when there is none. */
static inline uint32_t first_of(const uint64_t *set, uint32_t from, uint32_t end)
{
    while (from < end) {
        uint64_t rest = set[from / 64] >> from % 64;
        if (rest)
            return from + (uint32_t)__builtin_ctzll(rest);
        from = (from | 63) + 1;
    }
    return end;
}
static uint32_t size_of(const uint64_t *set)
{
    uint32_t size = 0;
    for (uint32_t k = 0; k < RX_REGION_WORDS; k++)
        size += set[k] ? (uint32_t)__builtin_popcountll(set[k]) : 0;
    return size;
}

/* ---- marking ---- */

static inline void mark(rx_region *r, uint32_t place)
{
    add(r->dirty, place);
    r->load += r->followers[place];
}

uint32_t rx_region_mark(burin_graph *g, uint32_t node)
{
    rx_region *r      = region_of(g, node);
    uint32_t   leader = r->is_waiting ? 0 : r->leader;
    mark(r, place_of(g, node));
    r->is_waiting = true;
    return leader;
}

void rx_region_unsync(burin_graph *g, uint32_t node) { region_of(g, node)->is_synced = false; }

bool rx_region_stands_above(const burin_graph *g, uint32_t node, uint32_t height) { return g->nodes[region_of(g, node)->leader].height > height; }

/* A member that nobody needs, and something that it reads has changed. */
static void make_stale(burin_graph *g, uint32_t node)
{
    rx_node *n     = &g->nodes[node];
    bool     is_new = !(n->flags & RX_STALE);
    n->flags |= RX_DIRTY;
    if (is_new)
        rx_mark_above(g, node);
}

/* A member was needed again while it was stale. */
static inline void absorb(burin_graph *g, rx_region *r, uint32_t place)
{
    rx_node *n = &g->nodes[r->nodes[place]];
    if (n->flags & RX_DIRTY)
        mark(r, place);
    n->flags &= (uint16_t)~RX_STALE;
}

/* ---- one by one ---- */

/* The cell follows the value. */
static inline void note(const burin_graph *g, rx_region *r, uint32_t place)
{
    burin_value v = g->values[r->nodes[place]];
    if (v.kind == r->kinds[place])
        r->program.cells[place] = (uint64_t)v.as.i;
    else
        r->is_synced = false;
}

static void walk(burin_graph *g, rx_region *r)
{
    for (uint32_t place = 0; (place = first_of(r->dirty, place, r->count)) < r->count;) {
        uint32_t node = r->nodes[place];
        r->dirty[place / 64] &= ~((uint64_t)1 << place % 64);
        if (!(g->nodes[node].flags & RX_NEEDED)) {
            make_stale(g, node);
            continue;
        }
        if (rx_evaluate_static(g, node))
            rx_mark_readers(g, node);
        note(g, r, place);
    }
}

/* ---- as a whole ---- */

static bool is_read_outside(const burin_graph *g, const rx_region *r, uint32_t node)
{
    uint32_t reader;
    RX_FOR_READERS(g, node, reader)
        if (!(g->nodes[reader].flags & RX_FUSED) || region_of(g, reader) != r)
            return true;
    return false;
}

/* False when a needed member's value is of another kind. */
static bool sync(burin_graph *g, rx_region *r)
{
    memset(r->needed, 0, sizeof r->needed);
    memset(r->outputs, 0, sizeof r->outputs);
    for (uint32_t place = 0; place < r->count; place++) {
        uint32_t node  = r->nodes[place];
        unsigned flags = g->nodes[node].flags;
        if (!(flags & RX_NEEDED))
            continue;
        if (g->values[node].kind != r->kinds[place])
            return false;
        add(r->needed, place);
        r->program.cells[place] = (uint64_t)g->values[node].as.i;
        if (flags & RX_STALE)
            absorb(g, r, place);
        if (is_read_outside(g, r, node))
            add(r->outputs, place);
    }
    return r->is_synced = true;
}

static bool load_inputs(const burin_graph *g, const rx_region *r)
{
    for (uint32_t k = 0; k < r->input_count; k++) {
        const burin_value *v = &g->values[r->inputs[k]];
        if (BURIN_UNLIKELY(v->kind != r->input_kinds[k]))
            return false;
        r->program.cells[RX_REGION_NODES + k] = (uint64_t)v->as.i;
    }
    return true;
}

/* A cell becomes a value; is it another one? */
static inline uint64_t put(burin_value *at, uint64_t cell)
{
    bool differs = (uint64_t)at->as.i != cell;
    at->as.i     = (int64_t)cell;
    return differs;
}

/* Take the values of n members, 64 at most, from `first` on. Which have another value now, as bits. Here all are needed, and none is a NaN: no
 * branches, for mostly all change, or none. */
static inline uint64_t take_all(burin_graph *g, const rx_region *r, uint32_t first, uint32_t n)
{
    enum { STRIDE = 8 };
    const uint32_t *nodes  = r->nodes + first;
    const rx_bits  *cells  = r->program.cells + first;
    burin_value    *values = g->values;
    uint64_t        changed = 0;
    uint32_t        k = 0;
    for (; k + STRIDE <= n; k += STRIDE) {
        uint64_t some = 0;
#pragma GCC unroll 8
        for (uint32_t j = 0; j < STRIDE; j++)
            some |= put(&values[nodes[k + j]], cells[k + j]) << j;
        changed |= some << k;
    }
    for (; k < n; k++)
        changed |= put(&values[nodes[k]], cells[k]) << k;
    return changed;
}

static uint64_t take_each(burin_graph *g, const rx_region *r, uint32_t first, uint32_t n)
{
    uint64_t changed = 0;
    for (uint32_t k = 0; k < n; k++) {
        burin_value *at   = &g->values[r->nodes[first + k]];
        int64_t      cell = (int64_t)r->program.cells[first + k];
        if (at->as.i == cell || !has(r->needed, first + k) || (at->kind == BURIN_FLOAT && rx_is_nan_again(at->as.i, cell)))
            continue;
        at->as.i = cell;
        changed |= (uint64_t)1 << k;
    }
    return changed;
}

static inline bool has_nan(const rx_region *r, uint32_t first, uint32_t n)
{
    const rx_bits *cells = r->program.cells + first;
    uint64_t       found = 0;
    for (uint32_t k = 0; k < n; k++)
        found |= cells[k] << 1 > UINT64_C(0x7ff) << 53;
    return found;
}

/* What the program has computed becomes the needed members'; those that it changes are put into the set. */
static inline void take_values(burin_graph *g, const rx_region *r, uint32_t from, uint64_t *changed)
{
    for (uint32_t first = from, end; first < r->count; first = end) {
        end        = (first | 63) + 1 < r->count ? (first | 63) + 1 : r->count;
        uint32_t n = end - first, word = first / 64;
        uint64_t all = (n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1) << first % 64;
        bool     simple = (r->needed[word] & all) == all && !(r->floats[word] & all && has_nan(r, first, n));
        changed[word]   = (simple ? take_all(g, r, first, n) : take_each(g, r, first, n)) << first % 64;
    }
}

/* Has something that it reads changed? */
static inline bool has_run(const rx_region *r, uint32_t place, const uint64_t *changed)
{
    if (has(r->dirty, place))
        return true;
    for (uint32_t k = r->reads_at[place]; k < r->reads_at[place + 1]; k++)
        if (has(changed, r->reads[k]))
            return true;
    return false;
}

static void take(burin_graph *g, rx_region *r, uint32_t from)
{
    uint64_t changed[RX_REGION_WORDS] = {0}, same[RX_REGION_WORDS], cutoffs = 0;
    take_values(g, r, from, changed);
    for (uint32_t k = 0; k < RX_REGION_WORDS; k++)
        same[k] = ~changed[k];
    for (uint32_t place = from; (place = first_of(same, place, r->count)) < r->count; place++) {
        if (!has_run(r, place, changed))
            continue;
        if (has(r->needed, place))
            cutoffs++;
        else
            make_stale(g, r->nodes[place]);
    }
    g->cutoffs += cutoffs;
    g->evaluations += cutoffs + size_of(changed);
    for (uint32_t k = 0; k < RX_REGION_WORDS; k++)
        changed[k] &= r->outputs[k];
    for (uint32_t place = from; (place = first_of(changed, place, r->count)) < r->count; place++)
        rx_mark_readers(g, r->nodes[place]);
    memset(r->dirty, 0, sizeof r->dirty);
}

/* False when nothing has been done. */
static bool run_whole(burin_graph *g, rx_region *r)
{
    if ((!r->is_synced && !sync(g, r)) || !load_inputs(g, r))
        return false;
    uint32_t from = first_of(r->dirty, 0, r->count), at = from;
    while ((at = r->program.run(r->program.user, at)) < r->count && !has(r->needed, at))
        at++;
    if (at < r->count) {
        r->is_synced = false;
        return false;
    }
    take(g, r, from);
    return true;
}

/* Run what is marked, from the first marked member on. */
static void run_marked(burin_graph *g, rx_region *r, uint32_t from)
{
    uint64_t before   = g->evaluations;
    bool     is_whole = !g->watch && r->load * WHOLE_SHARE >= r->count - from && run_whole(g, r);
    if (!is_whole)
        walk(g, r);
    int32_t ran  = (int32_t)(g->evaluations - before);
    int32_t cost = is_whole ? WHOLE_NS + COMPUTED_NS * (int32_t)(r->count - from) : WALK_NS + WALKED_NS * ran;
    r->gain += ALONE_NS * ran - cost;
    r->gain = r->gain < GAIN_LIMIT_NS ? r->gain : GAIN_LIMIT_NS;
}

void rx_region_run(burin_graph *g, uint32_t node)
{
    rx_node   *n = &g->nodes[node];
    rx_region *r = region_of(g, node);
    n->flags &= (uint16_t)~RX_QUEUED;
    if (BURIN_UNLIKELY(n->flags & RX_STALE)) {
        if (n->flags & RX_NEEDED)
            absorb(g, r, place_of(g, node));
        else
            rx_mark_above(g, node);
    }
    uint32_t from = first_of(r->dirty, 0, r->count);
    r->is_waiting = true;
    if (from < r->count)
        run_marked(g, r, from);
    r->is_waiting = false;
    r->load       = 0;
    if (BURIN_UNLIKELY(r->gain < -GAIN_LIMIT_NS && !g->watch))
        rx_region_dissolve(g, node);
}

/* ---- life ---- */

static void free_region(burin_graph *g, rx_region *r)
{
    base_free(g->alloc, r->reads, r->reads_room);
    base_free(g->alloc, r, sizeof *r);
}

static void end_region(burin_graph *g, rx_region *r)
{
    g->regions[r->number] = NULL;
    while (g->region_count && !g->regions[g->region_count - 1])
        g->region_count--;
    r->program.release(r->program.user);
    free_region(g, r);
}

void rx_region_dissolve(burin_graph *g, uint32_t node)
{
    rx_region *r = region_of(g, node);
    for (uint32_t place = 0; place < r->count; place++)
        g->nodes[r->nodes[place]].flags &= (uint16_t)~RX_FUSED;
    for (uint32_t place = 0; (place = first_of(r->dirty, place, r->count)) < r->count; place++) {
        g->nodes[r->nodes[place]].flags |= RX_DIRTY;
        rx_queue(g, r->nodes[place]);
    }
    end_region(g, r);
}

void rx_region_dissolve_around(burin_graph *g, uint32_t node)
{
    uint32_t reader;
    if (g->nodes[node].flags & RX_FUSED)
        rx_region_dissolve(g, node);
    RX_FOR_READERS(g, node, reader)
        if (g->nodes[reader].flags & RX_FUSED)
            rx_region_dissolve(g, reader);
}

void rx_regions_free(burin_graph *g)
{
    while (g->region_count)
        end_region(g, g->regions[g->region_count - 1]);
    base_free(g->alloc, g->regions, g->region_cap * sizeof *g->regions);
    base_free(g->alloc, g->places, g->place_cap * sizeof *g->places);
}

bool rx_may_fuse(const burin_graph *g, uint32_t node)
{
    enum { WHAT = RX_KIND | RX_STATIC | RX_OPERATOR | RX_FUSED };
    const rx_node *n = &g->nodes[node];
    if ((n->flags & WHAT) != (RX_COMPUTED | RX_STATIC))
        return false;
    for (uint32_t link = n->first_link; link; link = g->links[link].next_reader)
        if (!(g->nodes[g->links[link].reader].flags & RX_STATIC))
            return false;
    return true;
}

/* ---- making ---- */

static bool reserve(burin_graph *g, rx_region *r)
{
    uint32_t edges = 0, count;
    for (uint32_t place = 0; place < r->count; place++) {
        rx_inputs_of(g, &g->nodes[r->nodes[place]], &count);
        edges += count;
    }
    r->reads      = base_alloc(g->alloc, edges + 1);
    r->reads_room = edges + 1;
    return r->reads && rx_grow(g, &g->places, &g->place_cap, g->count, sizeof *g->places) &&
           rx_grow(g, &g->regions, &g->region_cap, g->region_count + 1, sizeof *g->regions);
}

static void enrol(burin_graph *g, rx_region *r)
{
    while (r->number < g->region_count && g->regions[r->number])
        r->number++;
    g->regions[r->number] = r;
    g->region_count += r->number == g->region_count;
    r->leader = r->nodes[0];
    for (uint32_t place = 0; place < r->count; place++) {
        uint32_t node   = r->nodes[place];
        g->places[node] = r->number << RX_PLACE_BITS | place;
        g->nodes[node].flags |= RX_FUSED;
        if (r->kinds[place] == BURIN_FLOAT)
            add(r->floats, place);
        if (g->nodes[node].height < g->nodes[r->leader].height)
            r->leader = node;
    }
}

/* What members read of one another. */
static void connect(burin_graph *g, rx_region *r)
{
    uint32_t edges = 0, count;
    for (uint32_t place = 0; place < r->count; place++) {
        const uint32_t *inputs = rx_inputs_of(g, &g->nodes[r->nodes[place]], &count);
        r->reads_at[place]     = edges;
        for (uint32_t k = 0; k < count; k++)
            if (g->nodes[inputs[k]].flags & RX_FUSED && region_of(g, inputs[k]) == r)
                r->reads[edges++] = (uint8_t)place_of(g, inputs[k]);
    }
    r->reads_at[r->count] = edges;
}

static void count_followers(rx_region *r)
{
    uint64_t above[RX_REGION_NODES][RX_REGION_WORDS] = {{0}};
    for (uint32_t place = r->count; place-- > 0;) {
        add(above[place], place);
        r->followers[place] = (uint8_t)size_of(above[place]);
        for (uint32_t k = r->reads_at[place]; k < r->reads_at[place + 1]; k++)
            for (uint32_t word = 0; word < RX_REGION_WORDS; word++)
                above[r->reads[k]][word] |= above[place][word];
    }
}

/* All members go above all inputs: then they can run at one time. */
static bool lift_members(burin_graph *g, const rx_plan *plan)
{
    uint32_t lowest = 0, read;
    for (uint32_t k = 0; k < plan->input_count; k++)
        if (g->nodes[plan->inputs[k]].height > lowest)
            lowest = g->nodes[plan->inputs[k]].height;
    for (uint32_t place = 0; place < plan->count; place++) {
        uint32_t height = lowest;
        for (rx_reads at = rx_reads_of(g, plan->nodes[place]); rx_next_read(g, &at, &read);)
            if (g->nodes[read].height > height)
                height = g->nodes[read].height;
        if (!rx_lift(g, plan->nodes[place], height + 1))
            return false;
    }
    return true;
}

bool rx_region_make(burin_graph *g, const rx_plan *plan)
{
    rx_region *r = base_alloc(g->alloc, sizeof *r);
    if (!r)
        return false;
    *r = (rx_region){.program = plan->program, .count = plan->count, .input_count = plan->input_count};
    memcpy(r->nodes, plan->nodes, sizeof r->nodes);
    memcpy(r->kinds, plan->kinds, sizeof r->kinds);
    memcpy(r->inputs, plan->inputs, sizeof r->inputs);
    memcpy(r->input_kinds, plan->input_kinds, sizeof r->input_kinds);
    if (!reserve(g, r) || !lift_members(g, plan)) {
        free_region(g, r);
        return false;
    }
    enrol(g, r);
    connect(g, r);
    count_followers(r);
    return true;
}
