/* The reactive graph's figures: `bench_reactive burin|floor|formulas|fused|native|latency|memory [--quick] [NAME...]` writes one JSON object.
 *
 *   burin    for each workload the CPU time of its fewest computations, in ns each: the best of blocks of iterations, every one
 *            of which asserts its result
 *   floor    the same for the engine written by hand (reactive/floor.c)
 *   formulas, fused, native
 *            the same for formulas (reactive/fused.c): by themselves, in regions, in compiled regions (by the program $BURIN_JIT)
 *   latency  of one write to 1000 nodes with an effect each: p50, p99 and the worst of many, in ns by the monotonic clock
 *   memory   bytes a computed node with one edge takes, static and dynamic, of a million */
#include "bench/c/harness.h"
#include "bench/reactive/floor.h"
#include "bench/reactive/fused.h"
#include "bench/reactive/workloads.h"

/* ---- time ---- */

typedef bool (*iterate_fn)(const void *what, burin_graph *g, void *state);
static bool iterate_burin(const void *what, burin_graph *g, void *state) { return ((const workload *)what)->iterate(g, state); }
static bool iterate_floor(const void *what, burin_graph *g, void *state)
{
    (void)g, (void)state;
    return ((const floor_shape *)what)->iterate(what);
}

static bool iterate_fused(const void *what, burin_graph *g, void *state)
{
    (void)what, (void)g;
    return fused_write(state);
}

/* ns an iteration, in the best of `blocks` blocks */
static double best_of(const char *name, iterate_fn iterate, const void *what, burin_graph *g, void *state, double block_ms, int blocks)
{
    double best = 0;
    bool   ok   = iterate(what, g, state); /* the graph is warm from here on */
    uint64_t begin = cpu_ns();
    ok &= iterate(what, g, state);
    uint64_t count = (uint64_t)(block_ms * 1e6 / (double)(cpu_ns() - begin)) + 1;
    for (int block = 0; block < blocks; block++) {
        begin = cpu_ns();
        for (uint64_t n = 0; n < count; n++)
            ok &= iterate(what, g, state);
        double took = (double)(cpu_ns() - begin) / (double)count;
        best        = block == 0 || took < best ? took : best;
    }
    if (!ok)
        die(name, "a wrong result");
    return best;
}

static void say(const char *name, double figure)
{
    static const char *comma = "";
    printf("%s\"%s\": %.3f", comma, name, figure);
    comma = ", ";
}

static bool is_wanted(const char *name, char **names, int count)
{
    for (int k = 0; k < count; k++)
        if (strcmp(name, names[k]) == 0)
            return true;
    return count == 0;
}

static void time_burin(bool quick, char **names, int count)
{
    for (size_t n = 0; n < workload_count; n++) {
        const workload *w = &workloads[n];
        void           *state;
        if (!is_wanted(w->name, names, count))
            continue;
        burin_graph *g = w->build(w, &state);
        say(w->name, best_of(w->name, iterate_burin, w, g, state, quick ? 2 : 5, w->iterations ? 2 : 20) / (double)w->fewest);
        workload_free(g, state);
    }
}

static void time_floor(bool quick, char **names, int count)
{
    for (unsigned n = 0; n < floor_shape_count; n++) {
        const floor_shape *shape = &floor_shapes[n];
        const workload    *w     = workloads;
        while (strcmp(w->name, shape->name) != 0)
            w++;
        if (!is_wanted(shape->name, names, count))
            continue;
        shape->build(shape);
        say(shape->name, best_of(shape->name, iterate_floor, shape, NULL, NULL, quick ? 2 : 5, 20) / (double)w->fewest);
    }
}

static void time_fused(fused_how how, bool quick, char **names, int count)
{
    for (unsigned n = 0; n < fused_shape_count; n++) {
        const fused_shape *shape = &fused_shapes[n];
        if (!is_wanted(shape->name, names, count))
            continue;
        fused *f = fused_new(shape, how, getenv("BURIN_JIT"));
        if (!fused_is_minimal(f))
            die(shape->name, "it does not run the fewest computations");
        say(shape->name, best_of(shape->name, iterate_fused, shape, NULL, f, quick ? 2 : 5, 20) / (double)shape->fewest);
        fused_free(f);
    }
}

/* ---- latency ---- */

static uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void latency(bool quick)
{
    const workload *w = workloads;
    size_t          writes = quick ? 2000 : 20000;
    double         *took   = calloc(writes, sizeof *took);
    void           *state;
    while (strcmp(w->name, "1 to 1000") != 0)
        w++;
    burin_graph *g = w->build(w, &state);
    for (size_t n = 0; n < writes; n++) {
        uint64_t begin = clock_ns();
        if (!w->iterate(g, state))
            die(w->name, "a wrong result");
        took[n] = (double)(clock_ns() - begin);
    }
    qsort(took, writes, sizeof *took, compare_doubles);
    say("p50", took[writes / 2]);
    say("p99", took[writes / 100 * 99]);
    say("worst", took[writes - 1]);
    workload_free(g, state);
    free(took);
}

/* ---- memory ---- */

static burin_status same(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    if (in->count) {
        *out = *burin_input(in, 0);
        return BURIN_OK;
    }
    return burin_graph_get(g, *(const burin_node *)user, out);
}

static double bytes_of(const burin_graph *g)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(g, &c);
    return (double)c.memory;
}

/* A million nodes that read one cell, all brought up to date; then batches go by that concern none of them, and the graph trims
 * itself. */
static double bytes_each(unsigned flags)
{
    enum { COUNT = 1000000 };
    burin_graph *g = burin_graph_new(NULL);
    burin_node   head, other, node;
    burin_value  v;
    burin_graph_cell(g, burin_int(1), &head);
    burin_graph_cell(g, burin_int(0), &other);
    double before = bytes_of(g);
    for (int k = 0; k < COUNT; k++)
        if (burin_graph_computed(g, same, &head, flags, &head, flags & BURIN_NODE_STATIC ? 1 : 0, &node) || burin_graph_get(g, node, &v) || v.as.i != 1)
            die("memory", burin_graph_message(g));
    for (int k = 1; k < COUNT / 4; k++)
        burin_graph_set(g, other, burin_int(k));
    double each = (bytes_of(g) - before) / COUNT;
    burin_graph_free(g);
    return each;
}

int main(int argc, char **argv)
{
    const char *what  = argc > 1 ? argv[1] : "burin";
    bool        quick = argc > 2 && strcmp(argv[2], "--quick") == 0;
    char      **names = argv + 2 + quick;
    int         count = argc > 2 + quick ? argc - 2 - quick : 0;
    printf("{");
    if (strcmp(what, "burin") == 0)
        time_burin(quick, names, count);
    else if (strcmp(what, "floor") == 0)
        time_floor(quick, names, count);
    else if (strcmp(what, "formulas") == 0)
        time_fused(FUSED_NOT, quick, names, count);
    else if (strcmp(what, "fused") == 0)
        time_fused(FUSED_INTERPRETED, quick, names, count);
    else if (strcmp(what, "native") == 0)
        time_fused(FUSED_NATIVE, quick, names, count);
    else if (strcmp(what, "latency") == 0)
        latency(quick);
    else if (strcmp(what, "memory") == 0)
        say("static", bytes_each(BURIN_NODE_STATIC)), say("dynamic", bytes_each(BURIN_NODE_DYNAMIC));
    else
        die("no such figures", what);
    printf("}\n");
    return 0;
}
