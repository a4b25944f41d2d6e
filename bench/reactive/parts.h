/* What the workloads are built from. */
#ifndef BURIN_BENCH_REACTIVE_PARTS_H
#define BURIN_BENCH_REACTIVE_PARTS_H

#include "bench/reactive/workloads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 20 * 1000 };

typedef struct adder { /* a dynamic computation: a node and a number */
    burin_node on;
    int64_t    n;
} adder;

/* Everything a workload's computations need to find again. */
typedef struct state {
    burin_node       nodes[NODES_MAX], head, heads[100];
    uint32_t         count;
    double           seen[100]; /* what effects saw last */
    uint64_t         seen_count;
    const workload  *of;
    burin_node      *kept;
    uint32_t         kept_count;
    int64_t         *numbers;
    adder            adders[100];
    uint32_t         adder_count;
} state;

typedef struct item { /* a computation's own parameters */
    state   *s;
    int64_t  n;
    uint32_t first, count;
} item;

/* `count` items numbered from 0; the state's, one array of them. */
item *items_of(state *s, uint32_t count);

/* The function of a node. */
#define COMPUTE(name) burin_status name(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
COMPUTE(same);
COMPUTE(plus); /* user: the number to add */
COMPUTE(sum);
COMPUTE(see);  /* effect: item n has seen */
COMPUTE(look); /* effect: nothing */

burin_graph *begin(const workload *w, void **out);
burin_node   cell(burin_graph *g, int64_t n);
burin_node   over(burin_graph *g, burin_compute fn, void *user, const burin_node *inputs, size_t count); /* a static node */
burin_node   added(burin_graph *g, state *s, int64_t n, burin_node on); /* n + a node, found when it runs if the workload is dynamic */
void         effect(burin_graph *g, burin_compute fn, void *user, burin_node on);
bool         write_head(burin_graph *g, state *s, int64_t n);
#define N(n) ((void *)(intptr_t)(n))

/* Build and iterate, as in a workload. */
#define WORKLOAD(name) burin_graph *name(const workload *w, void **out); bool name##_iterate(burin_graph *g, void *state_of)
WORKLOAD(avoidable);
WORKLOAD(broad);
WORKLOAD(deep);
WORKLOAD(diamond);
WORKLOAD(mux);
WORKLOAD(repeated);
WORKLOAD(triangle);
WORKLOAD(unstable);
WORKLOAD(cellx);
WORKLOAD(fan);
WORKLOAD(reactively);

#endif
