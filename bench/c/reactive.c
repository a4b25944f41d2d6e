/* The reactive graph's figures: `bench_reactive [--quick] [NAME...]` writes one JSON object, for each workload the CPU time of its
 * fewest computations, in ns each: the best of blocks of iterations, every one of which asserts its result. */
#include "bench/c/harness.h"
#include "bench/reactive/workloads.h"

/* ns a computation, in the best block */
static double best_of(const workload *w, double block_ms, int blocks)
{
    void        *state;
    burin_graph *g = w->build(w, &state);
    double       best = 0;
    if (!w->iterate(g, state))
        die(w->name, "a wrong result");
    uint64_t begin = cpu_ns();
    bool     ok    = w->iterate(g, state);
    double   each  = (double)(cpu_ns() - begin);
    uint64_t count = (uint64_t)(block_ms * 1e6 / each) + 1;
    for (int block = 0; block < blocks; block++) {
        begin = cpu_ns();
        for (uint64_t n = 0; n < count; n++)
            ok &= w->iterate(g, state);
        double took = (double)(cpu_ns() - begin) / (double)count / (double)w->fewest;
        best        = block == 0 || took < best ? took : best;
    }
    workload_free(g, state);
    if (!ok)
        die(w->name, "a wrong result");
    return best;
}

static bool is_wanted(const char *name, char **names, int count)
{
    for (int k = 0; k < count; k++)
        if (strcmp(name, names[k]) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    bool        quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const char *comma = "";
    printf("{");
    for (size_t n = 0; n < workload_count; n++) {
        const workload *w = &workloads[n];
        if (!is_wanted(w->name, argv + 1 + quick, argc - 1 - quick))
            continue;
        printf("%s\"%s\": %.3f", comma, w->name, best_of(w, quick ? 2 : 5, w->iterations ? 3 : 20));
        fflush(stdout);
        comma = ", ";
    }
    printf("}\n");
    return 0;
}
