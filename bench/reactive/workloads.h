/* The workloads of the js-reactivity-benchmark (milomg), as graphs of Burin: Kairo's, cellx and the dynamic graphs of
 * Reactively. Each says how many computations a glitch-free, lazy engine with cutoff has to run. */
#ifndef BURIN_BENCH_REACTIVE_WORKLOADS_H
#define BURIN_BENCH_REACTIVE_WORKLOADS_H

#include <burin/reactive.h>

typedef struct workload workload;
struct workload {
    const char  *name;
    bool         is_dynamic; /* computations find their inputs when they run */
    uint64_t     fewest;     /* computations of one iteration, effects included; of all iterations for the graphs of Reactively */
    uint32_t     iterations; /* of the graphs of Reactively; else 0 */
    double       sum;        /* their result */
    burin_graph *(*build)(const workload *w, void **state);
    bool (*iterate)(burin_graph *g, void *state); /* one iteration (all of them where `iterations` is given); false: a wrong result */
    unsigned width, layers, sources;
    double   is_static, read;
};

extern const workload workloads[];
extern const size_t   workload_count;

void workload_free(burin_graph *g, void *state);
uint64_t workload_evaluations(const burin_graph *g);

#endif
