#include "bench/reactive/floor.h"

#include <string.h>

enum { NODES = 25000, EDGES = 100000, HEIGHTS = 3000 };

typedef int64_t (*floor_fn)(const int64_t *values, const uint32_t *inputs, uint32_t count, int64_t n);
typedef struct floor_node {
    floor_fn fn;
    int64_t  n;
    uint32_t inputs, count, readers, next;
    uint16_t height;
    bool     queued, is_effect;
} floor_node;

static floor_node nodes[NODES + 1];
static int64_t    values[NODES];
static uint32_t   inputs[EDGES], readers[EDGES], buckets[HEIGHTS], effects[NODES];
static uint32_t   node_count, input_count, effect_count, highest;
static int64_t    seen[NODES], seen_count;

/* ---- making ---- */

static uint32_t make(floor_fn fn, int64_t n, const uint32_t *on, uint32_t count)
{
    floor_node *node = &nodes[node_count];
    *node            = (floor_node){.fn = fn, .n = n, .inputs = input_count, .count = count};
    for (uint32_t k = 0; k < count; k++) {
        inputs[input_count++] = on[k];
        if (nodes[on[k]].height >= node->height)
            node->height = nodes[on[k]].height + 1;
    }
    if (node->height > highest)
        highest = node->height;
    return node_count++;
}
static int64_t see(const int64_t *v, const uint32_t *in, uint32_t count, int64_t n)
{
    (void)count;
    seen[n] = v[in[0]];
    seen_count++;
    return 0;
}
static void effect(uint32_t on, int64_t n)
{
    uint32_t node         = make(see, n, &on, 1);
    nodes[node].is_effect = true;
}
static uint32_t cell(int64_t value)
{
    uint32_t node = make(0, 0, 0, 0);
    values[node]  = value;
    return node;
}

/* Node 0 is nobody. */
static void begin(void)
{
    node_count = 1;
    input_count = highest = 0;
}

/* Lay out who reads whom, and run everything once. */
static void finish(void)
{
    uint32_t sum = 0;
    for (uint32_t k = 0; k < input_count; k++)
        nodes[inputs[k]].readers++;
    for (uint32_t k = 0; k < node_count; k++)
        nodes[k].readers = sum += nodes[k].readers;
    nodes[node_count].readers = sum;
    for (uint32_t node = node_count; node-- > 1;)
        for (uint32_t k = nodes[node].count; k-- > 0;)
            readers[--nodes[inputs[nodes[node].inputs + k]].readers] = node;
    for (uint32_t k = 1; k < node_count; k++)
        if (nodes[k].fn)
            values[k] = nodes[k].fn(values, &inputs[nodes[k].inputs], nodes[k].count, nodes[k].n);
}

/* ---- running ---- */

static inline void changed(uint32_t node)
{
    for (uint32_t k = nodes[node].readers; k < nodes[node + 1].readers; k++) {
        floor_node *reader = &nodes[readers[k]];
        if (reader->queued)
            continue;
        reader->queued = true;
        if (reader->is_effect) {
            effects[effect_count++] = readers[k];
            continue;
        }
        reader->next            = buckets[reader->height];
        buckets[reader->height] = readers[k];
    }
}

static void run(void)
{
    for (uint32_t height = 1; height <= highest; height++)
        while (buckets[height]) {
            uint32_t    at   = buckets[height];
            floor_node *node = &nodes[at];
            buckets[height]  = node->next;
            node->queued     = false;
            int64_t value    = node->fn(values, &inputs[node->inputs], node->count, node->n);
            if (value == values[at])
                continue;
            values[at] = value;
            changed(at);
        }
    for (uint32_t k = 0; k < effect_count; k++) {
        floor_node *node = &nodes[effects[k]];
        node->queued     = false;
        node->fn(values, &inputs[node->inputs], node->count, node->n);
    }
    effect_count = 0;
}

static void set(uint32_t at, int64_t value)
{
    if (value == values[at])
        return;
    values[at] = value;
    changed(at);
}
static void write_one(uint32_t at, int64_t value)
{
    set(at, value);
    run();
}

/* ---- the shapes ---- */

#define COMPUTE(name) static int64_t name(const int64_t *v, const uint32_t *in, uint32_t count, int64_t n)
COMPUTE(plus) { return (void)count, v[in[0]] + n; }
COMPUTE(zero) { return (void)v, (void)in, (void)count, (void)n, 0; }
COMPUTE(difference) { return (void)count, (void)n, v[in[0]] - v[in[1]]; }
COMPUTE(sum)
{
    int64_t total = n;
    for (uint32_t k = 0; k < count; k++)
        total += v[in[k]];
    return total;
}
COMPUTE(thirty)
{
    int64_t total = 0;
    (void)count, (void)n;
    for (int k = 0; k < 30; k++)
        total += v[in[0]];
    return total;
}

static uint32_t over(floor_fn fn, int64_t n, uint32_t on) { return make(fn, n, &on, 1); }
static uint32_t head;

static void avoidable(const floor_shape *shape)
{
    (void)shape;
    head = cell(0);
    effect(over(plus, 3, over(plus, 2, over(plus, 1, over(zero, 0, over(plus, 0, head))))), 0);
}
static bool avoidable_iterate(const floor_shape *shape)
{
    (void)shape;
    bool ok = true;
    write_one(head, 1);
    for (int64_t i = 0; i < 1000; i++) {
        write_one(head, i);
        ok &= seen[0] == 6;
    }
    return ok;
}

/* `width` chains of `layers` each. */
static void chains(const floor_shape *shape)
{
    head = cell(0);
    for (unsigned k = 0; k < shape->width; k++) {
        uint32_t last = head;
        for (unsigned layer = 0; layer < shape->layers; layer++)
            last = over(plus, 1, last);
        effect(last, k);
    }
}
static bool chains_iterate(const floor_shape *shape)
{
    bool ok = true;
    write_one(head, 1);
    for (int64_t i = 0; i < 50; i++) {
        write_one(head, i);
        ok &= seen[shape->width - 1] == i + shape->layers;
    }
    return ok;
}
static int64_t next_head;
static bool fan_iterate(const floor_shape *shape)
{
    write_one(head, ++next_head);
    return seen[shape->width - 1] == next_head + shape->layers;
}

static void diamond(const floor_shape *shape)
{
    uint32_t arms[5];
    (void)shape;
    head = cell(0);
    for (int k = 0; k < 5; k++)
        arms[k] = over(plus, 1, head);
    effect(make(sum, 0, arms, 5), 0);
}
static bool diamond_iterate(const floor_shape *shape)
{
    bool ok = true;
    (void)shape;
    write_one(head, 1);
    for (int64_t i = 0; i < 500; i++) {
        write_one(head, i);
        ok &= seen[0] == 5 * (i + 1);
    }
    return ok;
}

static void repeated(const floor_shape *shape)
{
    (void)shape;
    head = cell(0);
    effect(over(thirty, 0, head), 0);
}
static void triangle(const floor_shape *shape)
{
    uint32_t list[10], last = head = cell(0);
    (void)shape;
    for (int k = 0; k < 10; k++) {
        list[k] = last;
        if (k < 9)
            last = over(plus, 1, last);
    }
    effect(make(sum, 0, list, 10), 0);
}
/* What is seen is `layers` + `width` times the head. */
static bool hundred_iterate(const floor_shape *shape)
{
    bool ok = true;
    write_one(head, 1);
    for (int64_t i = 0; i < 100; i++) {
        write_one(head, i);
        ok &= seen[0] == ((int64_t)shape->layers + shape->width * i);
    }
    return ok;
}

static uint32_t starts[4], ends[4];
static bool     is_back;
static void cellx(const floor_shape *shape)
{
    uint32_t p[4];
    for (int k = 0; k < 4; k++)
        p[k] = starts[k] = cell(k + 1);
    for (unsigned layer = 0; layer < shape->layers; layer++) {
        uint32_t second[2] = {p[0], p[2]}, third[2] = {p[1], p[3]};
        uint32_t next[4] = {over(plus, 0, p[1]), make(difference, 0, second, 2), make(sum, 0, third, 2), over(plus, 0, p[2])};
        for (unsigned k = 0; k < 4; k++)
            effect(next[k], 4 * layer + k);
        memcpy(p, next, sizeof p);
    }
    memcpy(ends, p, sizeof ends);
    is_back = false;
}
static bool cellx_iterate(const floor_shape *shape)
{
    static const int64_t want[2][4] = {{-2, -4, 2, 3}, {-3, -6, -2, 2}};
    bool ok = true;
    (void)shape;
    for (int k = 0; k < 4; k++)
        set(starts[k], is_back ? k + 1 : 4 - k);
    run();
    for (int k = 0; k < 4; k++)
        ok &= values[ends[k]] == want[is_back][k];
    is_back = !is_back;
    return ok;
}

#define SHAPE(name) static void name##_build(const floor_shape *shape) { begin(); name(shape); finish(); }
SHAPE(avoidable)
SHAPE(chains)
SHAPE(diamond)
SHAPE(repeated)
SHAPE(triangle)
SHAPE(cellx)

const floor_shape floor_shapes[] = {
    {"avoidable", 1, 5, avoidable_build, avoidable_iterate}, {"broad", 50, 2, chains_build, chains_iterate},
    {"deep", 1, 50, chains_build, chains_iterate}, {"diamond", 5, 1, diamond_build, diamond_iterate},
    {"repeated", 30, 0, repeated_build, hundred_iterate}, {"triangle", 10, 45, triangle_build, hundred_iterate},
    {"1 to 1", 1, 1, chains_build, fan_iterate}, {"1 to 1000", 1000, 1, chains_build, fan_iterate},
    {"chain of 1000", 1, 1000, chains_build, fan_iterate},
    {"cellx1000", 4, 1000, cellx_build, cellx_iterate}, {"cellx2500", 4, 2500, cellx_build, cellx_iterate},
};
const unsigned floor_shape_count = sizeof floor_shapes / sizeof floor_shapes[0];
