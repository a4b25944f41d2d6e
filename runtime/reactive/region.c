/* Regions: see region.h. */
#include "runtime/reactive/region.h"

#include "runtime/reactive/evaluate.h"

enum {
    PLACE_MASK  = (1 << RX_PLACE_BITS) - 1,
    WHOLE_SHARE = 8, /* the program runs where at least one in so many of what it would compute follows what is marked */
};

/* In ns, of additions of two ints (bench_reactive formulas, fused): a member by itself; in a region one by one; in a program; a run of a
 * region besides. And how much a region may cost in vain. */
enum { ALONE_NS = 20, WALKED_NS = 25, COMPUTED_NS = 2, WALK_NS = 20, WHOLE_NS = 20, GAIN_LIMIT_NS = 10000 };

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
static inline void unite(uint64_t *set, const uint64_t *other, uint32_t words)
{
    for (uint32_t word = 0; word < words; word++)
        set[word] |= other[word];
}
static inline bool meet(const uint64_t *set, const uint64_t *other, uint32_t words)
{
    uint64_t both = 0;
    for (uint32_t word = 0; word < words; word++)
        both |= set[word] & other[word];
    return both;
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

/* The cell of an input gets its value. False: that is of another kind than the program is made for. */
static inline bool load(const burin_graph *g, rx_region *r, uint32_t input)
{
    const burin_value *v = &g->values[r->inputs[input]];
    r->program.cells[RX_REGION_NODES + input] = (uint64_t)v->as.i;
    return BURIN_LIKELY(v->kind == r->input_kinds[input]);
}

static inline void feed(rx_region *r, const rx_feed *fed)
{
    if (BURIN_LIKELY(r->words == 1))
        r->dirty[0] |= fed->places[0];
    else
        unite(r->dirty, fed->places, r->words);
    r->load += fed->load;
}

uint32_t rx_region_feed(burin_graph *g, uint32_t node)
{
    rx_region *r     = region_of(g, node);
    uint32_t   input = place_of(g, node), leader = r->is_waiting ? 0 : r->leader;
    if (!r->is_synced)
        return RX_REGION_NOT;
    if (!load(g, r, input)) {
        rx_region_unsync(g, r->leader);
        return RX_REGION_NOT;
    }
    feed(r, &r->feeds[input]);
    r->is_waiting = true;
    return leader;
}

/* ---- whose values are right ---- */

/* The graph's values become those of the region. */
static void show(burin_graph *g, rx_region *r)
{
    for (uint32_t place = 0; r->is_ahead && (place = first_of(r->needed, place, r->count)) < r->count; place++)
        g->values[r->nodes[place]].as.i = (int64_t)r->was[place];
    r->is_ahead = false;
}

void rx_region_show(burin_graph *g, uint32_t node) { show(g, region_of(g, node)); }
void rx_regions_show(burin_graph *g)
{
    for (uint32_t k = 0; k < g->region_count; k++)
        if (g->regions[k])
            show(g, g->regions[k]);
}

void rx_region_unsync(burin_graph *g, uint32_t node)
{
    rx_region *r = region_of(g, node);
    show(g, r);
    r->is_synced = false;
}

static inline void unfeed(rx_node *n)
{
    n->flags &= (uint16_t)~RX_FEEDS;
    if (rx_kind(n) == RX_CELL)
        n->user = NULL;
}

void rx_region_unfeed(burin_graph *g, uint32_t node)
{
    rx_region_unsync(g, node); /* its place is one of an input */
    unfeed(&g->nodes[node]);
}

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
        r->program.cells[place] = r->was[place] = (uint64_t)v.as.i;
    else
        r->is_synced = false;
}

static void walk(burin_graph *g, rx_region *r)
{
    rx_frame frame   = {.outer = g->frame, .is_static = true};
    bool     in_pass = g->in_pass;
    g->frame         = &frame;
    g->in_pass       = true;
    show(g, r);
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
    g->in_pass = in_pass;
    g->frame   = frame.outer;
}

/* ---- as a whole ---- */

/* What it saves to run the program over so many members, of which so many would have run, in ns. */
static inline int32_t saved_by_program(uint32_t ran, uint32_t computed) { return ALONE_NS * (int32_t)ran - WHOLE_NS - COMPUTED_NS * (int32_t)computed; }

/* Do enough members follow what is marked, that the program is to run from there on? */
static inline bool pays(const rx_region *r, uint32_t load, uint32_t from) { return load * WHOLE_SHARE >= r->count - from; }

/* Of the last word of a set. */
static inline uint64_t from_on(uint32_t place) { return ~UINT64_C(0) << place % 64; }
static inline uint64_t all_of(const rx_region *r) { return ~UINT64_C(0) >> (63 - (r->count - 1) % 64); }

/* Who reads it looks at the graph's value: is outside, or runs when it is asked for. */
static bool looks_at_graph(const burin_graph *g, const rx_region *r, uint32_t reader)
{
    unsigned flags = g->nodes[reader].flags;
    return (flags & (RX_FUSED | RX_NEEDED)) != (RX_FUSED | RX_NEEDED) || region_of(g, reader) != r;
}

static void find_readers(const burin_graph *g, rx_region *r, uint32_t place)
{
    uint32_t reader, last = 0, count = 0;
    RX_FOR_READERS(g, r->nodes[place], reader)
        if (looks_at_graph(g, r, reader)) {
            last = reader;
            count++;
        }
    if (count == 1 && rx_kind(&g->nodes[last]) == RX_EFFECT) {
        add(r->for_effects, place);
        r->effects[place] = last;
    } else if (count) {
        add(r->outputs, place);
    }
}

/* What a run from here came to. */
static inline void expect(rx_feed *fed, uint64_t changed, uint32_t evaluations, uint32_t cutoffs)
{
    fed->changed     = changed;
    fed->evaluations = evaluations;
    fed->cutoffs     = cutoffs;
    fed->saved       = saved_by_program(evaluations, fed->count);
}

/* What an input marks, if all that read it are needed members; else false. */
static bool find_fed(burin_graph *g, rx_region *r, uint32_t input)
{
    uint32_t node = r->inputs[input], reader;
    rx_feed *fed  = &r->feeds[input];
    rx_node *n    = &g->nodes[node];
    *fed          = (rx_feed){.region = r, .cell = &r->program.cells[RX_REGION_NODES + input]};
    unfeed(n);
    if (n->flags & RX_FUSED)
        return false;
    RX_FOR_READERS(g, node, reader) {
        if (looks_at_graph(g, r, reader))
            return false;
        add(fed->places, place_of(g, reader));
        fed->load += r->followers[place_of(g, reader)];
    }
    n->flags |= RX_FEEDS;
    fed->first      = first_of(fed->places, 0, r->count);
    fed->count      = r->count - fed->first;
    fed->is_at_once = r->words == 1 && pays(r, fed->load, fed->first);
    if (fed->is_at_once)
        expect(fed, from_on(fed->first) & all_of(r), fed->count, 0);
    if (rx_kind(n) == RX_CELL)
        n->user = fed;
    g->places[node] = r->number << RX_PLACE_BITS | input;
    return true;
}

/* False when the value of a needed member or of an input is of another kind. */
static bool sync(burin_graph *g, rx_region *r)
{
    memset(r->needed, 0, sizeof r->needed);
    memset(r->outputs, 0, sizeof r->outputs);
    memset(r->for_effects, 0, sizeof r->for_effects);
    for (uint32_t place = 0; place < r->count; place++) {
        uint32_t node  = r->nodes[place];
        unsigned flags = g->nodes[node].flags;
        if (!(flags & RX_NEEDED))
            continue;
        if (g->values[node].kind != r->kinds[place])
            return false;
        add(r->needed, place);
        r->program.cells[place] = r->was[place] = (uint64_t)g->values[node].as.i;
        if (flags & RX_STALE)
            absorb(g, r, place);
        find_readers(g, r, place);
    }
    r->loaded_count = 0;
    for (uint32_t input = 0; input < r->input_count; input++) {
        if (!load(g, r, input))
            return false;
        if (!find_fed(g, r, input) || rx_kind(&g->nodes[r->inputs[input]]) != RX_CELL)
            r->loaded[r->loaded_count++] = (uint16_t)input;
    }
    return r->is_synced = true;
}

static inline bool load_inputs(const burin_graph *g, rx_region *r)
{
    for (uint32_t k = 0; k < r->loaded_count; k++)
        if (!load(g, r, r->loaded[k]))
            return false;
    return true;
}

static inline uint32_t run_program(const rx_region *r, uint32_t from)
{
    union { /* as dlsym's manual does it */
        void *address;
        uint32_t (*run)(rx_bits *cells, uint32_t from);
    } native = {atomic_load_explicit(r->program.native, memory_order_acquire)};
    return BURIN_LIKELY(native.address != NULL) ? native.run(r->program.cells, from) : r->program.run(r->program.user, from);
}

/* rx_differ where some may be NaNs: all NaNs are one value, which stays. */
static uint64_t differ_but_nans(rx_bits *now, rx_bits *was, uint32_t n, uint64_t floats)
{
    uint64_t changed = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (floats >> k & 1 && rx_is_nan_again((int64_t)now[k], (int64_t)was[k]))
            now[k] = was[k];
        changed |= (uint64_t)(now[k] != was[k]) << k;
        was[k] = now[k];
    }
    return changed;
}

/* What follows is compiled twice, for sets of one word and of more: `words` is r->words, and known where it is 1. */
#define OF_WORDS static BURIN_INLINE

static inline uint32_t size_of(uint64_t set)
{
    set -= set >> 1 & 0x5555555555555555;
    set = (set & 0x3333333333333333) + (set >> 2 & 0x3333333333333333);
    return (uint32_t)(((set + (set >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56);
}

/* Which needed members of a word have other values now, from `from` on. */
static inline uint64_t find_changed(rx_region *r, uint32_t word, uint32_t from, uint32_t n)
{
    uint64_t floats = r->floats[word] >> from % 64, some;
    rx_bits *now    = r->program.cells + from;
    if (BURIN_UNLIKELY(floats && rx_has_nan(now, n)))
        some = differ_but_nans(now, r->was + from, n, floats);
    else
        some = rx_differ(now, r->was + from, n);
    return some << from % 64 & r->needed[word];
}

/* The members of a word that have not changed, though something that they read has: they are counted, or made stale if nobody needs them. */
OF_WORDS void cut_off(burin_graph *g, rx_region *r, uint32_t word, uint64_t same, const uint64_t *changed, uint32_t words)
{
    for (; same; same &= same - 1) {
        uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(same);
        if (!(has(r->dirty, place) || meet(&r->reads[place * words], changed, words)))
            continue;
        if (BURIN_LIKELY(has(r->needed, place))) {
            g->cutoffs++;
            g->evaluations++;
        } else {
            make_stale(g, r->nodes[place]);
        }
    }
}

/* Outputs for effects: give them to the graph, and queue the effects. */
static inline void tell_effects(burin_graph *g, const rx_region *r, uint32_t word, uint64_t told)
{
    uint32_t *at = g->effects.at + g->effects.len, last = g->effects_last;
    bool      unsorted = g->effects_unsorted;
    for (; told; told &= told - 1) {
        uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(told), effect = r->effects[place];
        rx_node *n                       = &g->nodes[effect];
        g->values[r->nodes[place]].as.i = (int64_t)r->was[place];
        if (n->flags & RX_QUEUED)
            continue;
        n->flags |= RX_DIRTY | RX_QUEUED;
        unsorted |= n->height < last;
        last  = n->height;
        *at++ = effect;
    }
    g->effects.len      = (uint32_t)(at - g->effects.at);
    g->effects_last     = last;
    g->effects_unsorted = unsorted;
}

/* Other outputs: give them to the graph, and mark who reads them. */
static inline void tell(burin_graph *g, const rx_region *r, uint32_t word, uint64_t told)
{
    for (; told; told &= told - 1) {
        uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(told), node = r->nodes[place];
        g->values[node].as.i = (int64_t)r->was[place];
        rx_mark_readers(g, node);
    }
}

/* Needed members from `from` on that have other values now: they are counted, and so are those that are cut off, and readers outside are told. */
OF_WORDS void take_changed(burin_graph *g, rx_region *r, uint32_t from, const uint64_t *changed, uint32_t words)
{
    uint64_t first = from_on(from);
    for (uint32_t word = from / 64; word < words; word++, first = ~UINT64_C(0)) {
        uint64_t all = first & (word + 1 < words ? ~UINT64_C(0) : all_of(r));
        g->evaluations += size_of(changed[word]);
        if (changed[word] != all)
            cut_off(g, r, word, all & ~changed[word], changed, words);
    }
    r->is_ahead = true;
    for (uint32_t word = from / 64; word < words; word++) {
        if (changed[word] & r->for_effects[word])
            tell_effects(g, r, word, changed[word] & r->for_effects[word]);
        tell(g, r, word, changed[word] & r->outputs[word]);
    }
    for (uint32_t word = 0; word < words; word++)
        r->dirty[word] = 0; /* members were marked as readers of outputs, too */
}

/* What the program has computed, from `from` on, becomes the needed members'. */
OF_WORDS void take(burin_graph *g, rx_region *r, uint32_t from, uint32_t words)
{
    uint64_t changed[RX_REGION_WORDS];
    for (uint32_t word = 0; word < words; word++) {
        uint32_t begin = word * 64 < from ? from : word * 64, end = word + 1 < words ? word * 64 + 64 : r->count;
        changed[word]  = begin < end ? find_changed(r, word, begin, end - begin) : 0;
    }
    take_changed(g, r, from, changed, words);
}

/* The members from `from` on, and what the program makes of them. False: something could not be computed, and nothing has been done. */
OF_WORDS bool compute(burin_graph *g, rx_region *r, uint32_t from, uint32_t words)
{
    uint32_t at = from;
    while (BURIN_UNLIKELY((at = run_program(r, at)) < r->count))
        if (has(r->needed, at++)) {
            show(g, r);
            r->is_synced = false;
            return false;
        }
    take(g, r, from, words);
    return true;
}

__attribute__((noinline)) static bool compute_many(burin_graph *g, rx_region *r, uint32_t from) { return compute(g, r, from, r->words); }

/* `from`: the first marked member. False when nothing has been done. */
static inline bool run_whole(burin_graph *g, rx_region *r, uint32_t from)
{
    if (BURIN_UNLIKELY(!r->is_synced)) {
        if (!sync(g, r))
            return false;
        from = first_of(r->dirty, 0, r->count);
    }
    if (!load_inputs(g, r))
        return false;
    return r->words == 1 ? compute(g, r, from, 1) : compute_many(g, r, from);
}

/* Add up what a run has saved. */
static inline void account(burin_graph *g, rx_region *r, int32_t saved)
{
    r->gain += saved;
    r->gain = r->gain < GAIN_LIMIT_NS ? r->gain : GAIN_LIMIT_NS;
    if (BURIN_UNLIKELY(r->gain < -GAIN_LIMIT_NS && !g->watch))
        rx_region_dissolve(g, r->leader);
}

/* Run what is marked, from the first marked member on. */
static inline void run_marked(burin_graph *g, rx_region *r, uint32_t from)
{
    uint64_t before   = g->evaluations;
    r->is_waiting     = true;
    bool     is_whole = !g->watch && pays(r, r->load, from) && run_whole(g, r, from);
    if (!is_whole)
        walk(g, r);
    uint32_t ran  = (uint32_t)(g->evaluations - before);
    r->load       = 0;
    r->is_waiting = false;
    account(g, r, is_whole ? saved_by_program(ran, r->count - from) : (ALONE_NS - WALKED_NS) * (int32_t)ran - WALK_NS);
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
    if (from < r->count)
        run_marked(g, r, from);
    else
        r->is_waiting = false;
}

/* ---- a batch of one cell ---- */

__attribute__((noinline)) static void set_other(burin_graph *g, rx_region *r, uint32_t cell)
{
    const rx_feed *fed = &r->feeds[place_of(g, cell)];
    if (r->is_synced && !g->watch) {
        feed(r, fed);
        run_marked(g, r, fed->first);
    } else {
        rx_follow(g, cell);
    }
}

/* Of what the program has computed other members have other values than last time, or nodes outside read some of them: as any run. */
__attribute__((noinline)) static burin_status take_part(burin_graph *g, rx_region *r, rx_feed *fed, uint64_t changed)
{
    uint64_t before = g->evaluations, cut_off_before = g->cutoffs;
    r->dirty[0]     = fed->places[0];
    r->is_waiting   = true;
    take_changed(g, r, fed->first, &changed, 1);
    r->load       = 0;
    r->is_waiting = false;
    if (r->needed[0] == all_of(r))
        expect(fed, changed, (uint32_t)(g->evaluations - before), (uint32_t)(g->cutoffs - cut_off_before));
    account(g, r, saved_by_program((uint32_t)(g->evaluations - before), fed->count));
    return rx_flush(g);
}

/* Effects alone read what has changed. */
static inline burin_status end_set(burin_graph *g, rx_region *r, int32_t saved, uint64_t told)
{
    uint32_t place  = told ? (uint32_t)__builtin_ctzll(told) : 0, effect = r->effects[place];
    bool     is_one = told && !(told & (told - 1)) && !g->effects.len && !(g->nodes[effect].flags & RX_QUEUED);
    if (is_one)
        g->values[r->nodes[place]].as.i = (int64_t)r->was[place];
    else
        tell_effects(g, r, 0, told);
    if (BURIN_UNLIKELY(r->gain + saved < GAIN_LIMIT_NS))
        account(g, r, saved); /* it may be dissolved */
    return is_one ? rx_flush_to(g, effect) : rx_flush(g);
}

/* The program runs at once, and mostly all values are others, which effects read and nobody else. */
burin_status rx_region_set(burin_graph *g, uint32_t cell, rx_feed *fed, uint64_t value)
{
    rx_region *r = fed->region;
    *fed->cell   = value;
    if (BURIN_UNLIKELY(!(r->is_synced & fed->is_at_once) || g->watch) ||
        BURIN_UNLIKELY((r->loaded_count && !load_inputs(g, r)) || run_program(r, fed->first) < r->count)) {
        set_other(g, r, cell);
        return rx_flush(g);
    }
    uint64_t changed = find_changed(r, 0, fed->first, fed->count);
    if (BURIN_UNLIKELY(changed != fed->changed || r->outputs[0] & changed))
        return take_part(g, r, fed, changed);
    g->evaluations += fed->evaluations;
    g->cutoffs += fed->cutoffs;
    r->is_ahead = true;
    return end_set(g, r, fed->saved, changed & r->for_effects[0]);
}

/* ---- life ---- */

static void free_region(burin_graph *g, rx_region *r)
{
    base_free(g->alloc, r->feeds, r->input_count * sizeof *r->feeds);
    base_free(g->alloc, r->reads, (size_t)r->count * r->words * sizeof *r->reads);
    base_free(g->alloc, r, sizeof *r);
}

static void end_region(burin_graph *g, rx_region *r)
{
    for (uint32_t k = 0; k < r->input_count; k++)
        if (g->nodes[r->inputs[k]].flags & RX_FEEDS && region_of(g, r->inputs[k]) == r)
            unfeed(&g->nodes[r->inputs[k]]);
    g->regions[r->number] = NULL;
    while (g->region_count && !g->regions[g->region_count - 1])
        g->region_count--;
    r->program.release(r->program.user);
    free_region(g, r);
}

void rx_region_dissolve(burin_graph *g, uint32_t node)
{
    rx_region *r = region_of(g, node);
    show(g, r);
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
    r->reads = base_alloc(g->alloc, (size_t)r->count * r->words * sizeof *r->reads);
    r->feeds = base_alloc(g->alloc, r->input_count * sizeof *r->feeds);
    return r->reads && r->feeds && rx_grow(g, &g->places, &g->place_cap, g->count, sizeof *g->places) &&
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
        uint32_t node = r->nodes[place];
        if (g->nodes[node].flags & RX_FEEDS)
            rx_region_unfeed(g, node); /* its place is another one */
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
    uint32_t read;
    memset(r->reads, 0, (size_t)r->count * r->words * sizeof *r->reads);
    for (uint32_t place = 0; place < r->count; place++)
        for (rx_reads at = rx_reads_of(g, r->nodes[place]); rx_next_read(g, &at, &read);)
            if (g->nodes[read].flags & RX_FUSED && region_of(g, read) == r)
                add(&r->reads[place * r->words], place_of(g, read));
}

static void count_followers(rx_region *r)
{
    uint64_t above[RX_REGION_NODES][RX_REGION_WORDS] = {{0}};
    for (uint32_t place = r->count; place-- > 0;) {
        const uint64_t *reads = &r->reads[place * r->words];
        uint32_t        count = 0;
        add(above[place], place);
        for (uint32_t word = 0; word < r->words; word++)
            count += (uint32_t)__builtin_popcountll(above[place][word]);
        r->followers[place] = (uint8_t)count;
        for (uint32_t read = 0; (read = first_of(reads, read, r->count)) < r->count; read++)
            unite(above[read], above[place], r->words);
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
    r->words = (r->count + 63) / 64;
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
