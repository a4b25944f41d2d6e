/* The floor: a graph engine written by hand for these workloads alone. Integers only, nothing checked, no failures, no dynamic
 * nodes, nothing disposed of; what is read is laid out once, when the graph is complete. It shows what the general engine
 * costs beside the least that schedules, compares and calls. */
#ifndef BURIN_BENCH_REACTIVE_FLOOR_H
#define BURIN_BENCH_REACTIVE_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct floor_shape floor_shape;
struct floor_shape {
    const char *name;      /* of the workload */
    unsigned    width, layers;
    void (*build)(const floor_shape *shape);
    bool (*iterate)(const floor_shape *shape);
};
extern const floor_shape floor_shapes[];
extern const unsigned    floor_shape_count;

#endif
