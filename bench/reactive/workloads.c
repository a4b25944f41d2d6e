#include "bench/reactive/workloads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 20 * 1000 };

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
} state;

typedef struct item { /* a computation's own parameters */
    state   *s;
    int64_t  n;
    uint32_t first, count;
} item;

static item *items_of(state *s, uint32_t count)
{
    item *items = calloc(count, sizeof *items);
    for (uint32_t k = 0; items && k < count; k++)
        items[k] = (item){.s = s, .n = k};
    s->numbers = (int64_t *)(void *)items;
    return items;
}

static double number(const burin_value *v) { return v->kind == BURIN_INT ? (double)v->as.i : v->as.f; }

/* ---- computations ---- */

#define COMPUTE(name) static burin_status name(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)

COMPUTE(same)
{
    (void)g, (void)user;
    *out = *burin_input(in, 0);
    return BURIN_OK;
}
COMPUTE(plus)
{
    (void)g;
    *out = burin_int(burin_input(in, 0)->as.i + (int64_t)(intptr_t)user);
    return BURIN_OK;
}
COMPUTE(zero)
{
    (void)g, (void)user, (void)in;
    *out = burin_int(0);
    return BURIN_OK;
}
COMPUTE(busy_plus)
{
    volatile int busy = 0;
    for (int k = 0; k < 100; k++)
        busy++;
    return plus(g, user, in, out);
}
COMPUTE(sum)
{
    int64_t total = 0;
    (void)g, (void)user;
    for (uint32_t k = 0; k < in->count; k++)
        total += burin_input(in, k)->as.i;
    *out = burin_int(total);
    return BURIN_OK;
}
COMPUTE(see)
{
    item *i = user;
    (void)g, (void)out;
    i->s->seen[i->n] = number(burin_input(in, 0));
    i->s->seen_count++;
    return BURIN_OK;
}

/* ---- building ---- */

static burin_node cell(burin_graph *g, int64_t n)
{
    burin_node node = {0, 0};
    burin_graph_cell(g, burin_int(n), &node);
    return node;
}
static burin_node over(burin_graph *g, burin_compute fn, void *user, const burin_node *inputs, size_t count)
{
    burin_node node = {0, 0};
    burin_graph_computed(g, fn, user, BURIN_NODE_STATIC, inputs, count, &node);
    return node;
}
static void effect(burin_graph *g, burin_compute fn, void *user, burin_node on)
{
    burin_node node;
    burin_graph_effect(g, fn, user, BURIN_NODE_STATIC, &on, 1, &node);
}
#define N(n) ((void *)(intptr_t)(n))

static burin_graph *begin(const workload *w, void **out)
{
    state *s = calloc(1, sizeof *s);
    *out     = s;
    s->of    = w;
    return burin_graph_new(NULL);
}
static bool write_head(burin_graph *g, state *s, int64_t n) { return !burin_graph_set(g, s->head, burin_int(n)); }

/* ---- Kairo ---- */

static burin_graph *avoidable(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    s->head        = cell(g, 0);
    burin_node c1 = over(g, same, NULL, &s->head, 1), c2 = over(g, zero, NULL, &c1, 1), c3 = over(g, busy_plus, N(1), &c2, 1);
    burin_node c4 = over(g, plus, N(2), &c3, 1), c5 = over(g, plus, N(3), &c4, 1);
    s->nodes[0]   = c5;
    effect(g, see, items_of(s, 1), c5);
    return g;
}
static bool avoidable_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1) && s->seen[0] == 6;
    for (int64_t i = 0; i < 1000; i++)
        ok &= write_head(g, s, i) && s->seen[0] == 6;
    return ok;
}

static burin_graph *broad(const workload *w, void **out)
{
    burin_graph *g     = begin(w, out);
    state       *s     = *out;
    item        *items = items_of(s, 50);
    s->head            = cell(g, 0);
    for (int i = 0; i < 50; i++) {
        burin_node a = over(g, plus, N(i), &s->head, 1), b = over(g, plus, N(1), &a, 1);
        effect(g, see, &items[i], b);
    }
    return g;
}
static bool broad_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 50; i++)
        ok &= write_head(g, s, i) && s->seen[49] == (double)(i + 50);
    return ok && s->seen_count == 2500;
}

static burin_graph *deep(const workload *w, void **out)
{
    burin_graph *g    = begin(w, out);
    state       *s    = *out;
    burin_node   last = s->head = cell(g, 0);
    for (int i = 0; i < 50; i++)
        last = over(g, plus, N(1), &last, 1);
    effect(g, see, items_of(s, 1), last);
    return g;
}
static bool deep_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 50; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(i + 50);
    return ok && s->seen_count == 50;
}

static burin_graph *diamond(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   arms[5];
    s->head = cell(g, 0);
    for (int i = 0; i < 5; i++)
        arms[i] = over(g, plus, N(1), &s->head, 1);
    effect(g, see, items_of(s, 1), over(g, sum, NULL, arms, 5));
    return g;
}
static bool diamond_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 500; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)((i + 1) * 5);
    return ok && s->seen_count == 500;
}

/* The mux's value is always a new object of all heads: two host objects that take turns. */
typedef struct object {
    int64_t at[100];
} object;
typedef struct mux_state {
    state  s; /* first: what workload_free frees */
    object turns[2];
    int    turn;
} mux_state;

COMPUTE(mux_of)
{
    mux_state *m = user;
    object    *o = &m->turns[m->turn ^= 1];
    (void)g;
    for (uint32_t k = 0; k < in->count; k++)
        o->at[k] = burin_input(in, k)->as.i;
    *out      = burin_none();
    out->kind = BURIN_OBJECT;
    out->as.p = o;
    return BURIN_OK;
}
COMPUTE(pick)
{
    (void)g;
    *out = burin_int(((const object *)burin_input(in, 0)->as.p)->at[(intptr_t)user]);
    return BURIN_OK;
}
static burin_graph *mux(const workload *w, void **out)
{
    burin_graph *g = burin_graph_new(NULL);
    mux_state   *m = calloc(1, sizeof *m);
    state       *s = &m->s;
    *out           = m;
    s->of          = w;
    item *items    = items_of(s, 100);
    for (int i = 0; i < 100; i++)
        s->heads[i] = cell(g, 0);
    burin_node all = over(g, mux_of, m, s->heads, 100);
    for (int i = 0; i < 100; i++) {
        burin_node picked = over(g, pick, N(i), &all, 1);
        effect(g, see, &items[i], over(g, plus, N(1), &picked, 1));
    }
    return g;
}
static bool mux_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = true;
    for (int64_t i = 0; i < 10; i++)
        ok &= !burin_graph_set(g, s->heads[i], burin_int(i)) && s->seen[i] == (double)(i + 1);
    for (int64_t i = 0; i < 10; i++)
        ok &= !burin_graph_set(g, s->heads[i], burin_int(i * 2)) && s->seen[i] == (double)(i * 2 + 1);
    return ok;
}

COMPUTE(repeat_read)
{
    (void)g, (void)user;
    int64_t total = 0;
    for (int k = 0; k < 30; k++)
        total += burin_input(in, 0)->as.i;
    *out = burin_int(total);
    return BURIN_OK;
}
COMPUTE(repeat_get)
{
    state       *s = user;
    int64_t      total = 0;
    burin_value  v;
    burin_status status = BURIN_OK;
    (void)in;
    for (int k = 0; k < 30 && !status; k++) {
        status = burin_graph_get(g, s->head, &v);
        total += v.as.i;
    }
    *out = burin_int(total);
    return status;
}
static burin_graph *repeated(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   c = {0, 0};
    s->head        = cell(g, 0);
    if (w->is_dynamic)
        burin_graph_computed(g, repeat_get, s, BURIN_NODE_DYNAMIC, NULL, 0, &c);
    else
        c = over(g, repeat_read, NULL, &s->head, 1);
    effect(g, see, items_of(s, 1), c);
    return g;
}
static bool repeated_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 100; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(i * 30);
    return ok && (s->seen_count == 100);
}

static burin_graph *triangle(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   list[10], last = s->head = cell(g, 0);
    for (int i = 0; i < 10; i++) { /* the tenth is read by nobody */
        list[i] = last;
        last    = over(g, plus, N(1), &last, 1);
    }
    effect(g, see, items_of(s, 1), over(g, sum, NULL, list, 10));
    return g;
}
static bool triangle_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1);
    s->seen_count = 0;
    for (int64_t i = 0; i < 100; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(45 + 10 * i);
    return ok && s->seen_count == 100;
}

COMPUTE(twice)
{
    (void)g, (void)user;
    *out = burin_int(2 * burin_input(in, 0)->as.i);
    return BURIN_OK;
}
COMPUTE(minus)
{
    (void)g, (void)user;
    *out = burin_int(-burin_input(in, 0)->as.i);
    return BURIN_OK;
}
COMPUTE(either)
{
    state       *s = user;
    int64_t      total = 0;
    burin_value  v;
    burin_status status = BURIN_OK;
    (void)in;
    for (int k = 0; k < 20 && !status; k++) {
        status = burin_graph_get(g, s->head, &v);
        if (!status)
            status = burin_graph_get(g, v.as.i & 1 ? s->nodes[0] : s->nodes[1], &v);
        total += v.as.i;
    }
    *out = burin_int(total);
    return status;
}
static burin_graph *unstable(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   c;
    s->head     = cell(g, 0);
    s->nodes[0] = over(g, twice, NULL, &s->head, 1);
    s->nodes[1] = over(g, minus, NULL, &s->head, 1);
    burin_graph_computed(g, either, s, BURIN_NODE_DYNAMIC, NULL, 0, &c);
    effect(g, see, items_of(s, 1), c);
    return g;
}
static bool unstable_iterate(burin_graph *g, void *state_of)
{
    state *s  = state_of;
    bool   ok = write_head(g, s, 1) && s->seen[0] == 40;
    s->seen_count = 0;
    for (int64_t i = 0; i < 100; i++)
        ok &= write_head(g, s, i) && s->seen[0] == (double)(i & 1 ? 40 * i : -20 * i);
    return ok && s->seen_count == 100;
}

/* ---- cellx ---- */

COMPUTE(difference)
{
    (void)g, (void)user;
    *out = burin_int(burin_input(in, 0)->as.i - burin_input(in, 1)->as.i);
    return BURIN_OK;
}
COMPUTE(look)
{
    (void)g, (void)user, (void)in, (void)out;
    return BURIN_OK;
}
static burin_graph *cellx(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    burin_node   p[4];
    burin_graph_begin(g);
    for (int k = 0; k < 4; k++)
        p[k] = s->heads[k] = cell(g, k + 1);
    for (unsigned layer = 0; layer < w->layers; layer++) {
        burin_node second[2] = {p[0], p[2]}, third[2] = {p[1], p[3]};
        burin_node next[4] = {over(g, same, NULL, &p[1], 1), over(g, difference, NULL, second, 2), over(g, sum, NULL, third, 2),
                              over(g, same, NULL, &p[2], 1)};
        for (int k = 0; k < 4; k++)
            effect(g, look, NULL, next[k]);
        memcpy(p, next, sizeof p);
    }
    memcpy(s->nodes, p, sizeof p);
    burin_graph_commit(g);
    return g;
}
static bool ends_are(burin_graph *g, const state *s, const int64_t want[4])
{
    burin_value v;
    bool        ok = true;
    for (int k = 0; k < 4; k++)
        ok &= !burin_graph_get(g, s->nodes[k], &v) && v.as.i == want[k];
    return ok;
}
/* The graph's ends go back and forth between the two states of the original. */
static bool cellx_iterate(burin_graph *g, void *state_of)
{
    static const int64_t ends[2][4] = {{-3, -6, -2, 2}, {-2, -4, 2, 3}};
    state *s    = state_of;
    bool   back = s->count++ & 1;
    bool   ok   = ends_are(g, s, ends[back]);
    burin_graph_begin(g);
    for (int k = 0; k < 4; k++)
        burin_graph_set(g, s->heads[k], burin_int(back ? k + 1 : 4 - k));
    ok &= !burin_graph_commit(g);
    return ends_are(g, s, ends[!back]) && ok;
}

/* ---- Reactively's graphs ---- */

typedef struct random_words {
    uint32_t a, b, c, d;
} random_words;

static uint32_t rotate(uint32_t x, int by) { return x << by | x >> (32 - by); }

/* MurmurHash3 of "seed" gives the four words of sfc32. */
static random_words random_start(void)
{
    static const char seed[] = "seed";
    uint32_t          h = 2166136261u, words[4];
    for (const char *c = seed; *c; c++) {
        h ^= rotate((uint32_t)*c * 3432918353u, 15) * 461845907u;
        h = rotate(h, 13) * 5 + 3864292196u;
    }
    h ^= 4;
    for (int k = 0; k < 4; k++) {
        h ^= h >> 16;
        h *= 2246822507u;
        h ^= h >> 13;
        h *= 3266489909u;
        h ^= h >> 16;
        words[k] = h;
    }
    return (random_words){words[0], words[1], words[2], words[3]};
}
static double random_next(random_words *r)
{
    uint32_t t = r->a + r->b;
    r->a       = r->b ^ r->b >> 9;
    r->b       = r->c + (r->c << 3);
    r->c       = rotate(r->c, 21);
    r->d++;
    t += r->d;
    r->c += t;
    return t / 4294967296.0;
}

COMPUTE(sum_doubles)
{
    double total = 0;
    (void)g, (void)user;
    for (uint32_t k = 0; k < in->count; k++)
        total += burin_input(in, k)->as.f;
    *out = burin_float(total);
    return BURIN_OK;
}
/* Sum of the sources, but for one that the first source tells to leave out if it is odd. */
COMPUTE(sum_but_one)
{
    item       *i = user;
    state      *s = i->s;
    unsigned    width = s->of->width, tail = s->of->sources - 1;
    burin_value v;
    (void)in;
    burin_status status = burin_graph_get(g, s->nodes[i->first + i->count], &v);
    if (status)
        return status;
    double   total = v.as.f, low = fmod(total, 4294967296.0);
    bool     drops = (uint32_t)(int64_t)low & 1;
    uint32_t drop  = (uint32_t)fmod(total, tail);
    for (uint32_t k = 0; k < tail; k++) {
        if (drops && k == drop)
            continue;
        status = burin_graph_get(g, s->nodes[i->first + (i->count + 1 + k) % width], &v);
        if (status)
            return status;
        total += v.as.f;
    }
    *out = burin_float(total);
    return BURIN_OK;
}

static void keep_leaves(state *s, uint32_t first)
{
    const workload *w      = s->of;
    random_words    random = random_start();
    s->kept_count          = w->width;
    s->kept                = malloc(w->width * sizeof *s->kept);
    memcpy(s->kept, &s->nodes[first], w->width * sizeof *s->kept);
    for (uint32_t left_out = (uint32_t)floor(w->width * (1 - w->read) + 0.5); left_out > 0; left_out--) {
        uint32_t at = (uint32_t)floor(random_next(&random) * s->kept_count);
        memmove(&s->kept[at], &s->kept[at + 1], (--s->kept_count - at) * sizeof *s->kept);
    }
}

static burin_graph *reactively(const workload *w, void **out)
{
    burin_graph *g     = begin(w, out);
    state       *s     = *out;
    item        *items = items_of(s, w->width * w->layers);
    random_words random = random_start();
    burin_node   made, inputs[32];
    burin_graph_begin(g);
    for (uint32_t k = 0; k < w->width; k++)
        burin_graph_cell(g, burin_float(k), &s->nodes[s->count++]);
    for (uint32_t row = 1; row < w->layers; row++)
        for (uint32_t k = 0; k < w->width; k++, s->count++) {
            uint32_t above = (row - 1) * w->width;
            items[s->count] = (item){.s = s, .first = above, .count = k};
            for (uint32_t n = 0; n < w->sources; n++)
                inputs[n] = s->nodes[above + (k + n) % w->width];
            if (random_next(&random) < w->is_static)
                s->nodes[s->count] = over(g, sum_doubles, NULL, inputs, w->sources);
            else
                burin_graph_computed(g, sum_but_one, &items[s->count], BURIN_NODE_DYNAMIC, NULL, 0, &s->nodes[s->count]);
        }
    keep_leaves(s, s->count - w->width);
    burin_graph_effect(g, look, NULL, BURIN_NODE_STATIC, s->kept, s->kept_count, &made);
    burin_graph_commit(g);
    return g;
}
static bool reactively_iterate(burin_graph *g, void *state_of)
{
    state      *s = state_of;
    burin_value v;
    double      total = 0;
    bool        ok    = true;
    for (uint32_t i = 0; i < s->of->iterations; i++) {
        uint32_t source = i % s->of->width;
        ok &= !burin_graph_set(g, s->nodes[source], burin_float((double)i + source));
        for (uint32_t k = 0; k < s->kept_count; k++)
            ok &= !burin_graph_get(g, s->kept[k], &v);
    }
    for (uint32_t k = 0; k < s->kept_count; k++)
        total += burin_graph_get(g, s->kept[k], &v) ? 0 : v.as.f;
    return ok && total == s->of->sum;
}

/* ---- the table ---- */

#define KAIRO(name, is_dynamic, fewest) {#name, is_dynamic, fewest, 0, 0, name, name##_iterate, 0, 0, 0, 0, 0}
#define CELLX(layers) {"cellx" #layers, false, 8ull * layers, 0, 0, cellx, cellx_iterate, 4, layers, 0, 0, 0}
#define GRAPH(name, width, layers, is_static, sources, read, iterations, sum, fewest) \
    {name, is_static < 1, fewest, iterations, sum, reactively, reactively_iterate, width, layers, sources, is_static, read}

const workload workloads[] = {
    KAIRO(avoidable, false, 2002), KAIRO(broad, false, 7650), KAIRO(deep, false, 2601), KAIRO(diamond, false, 3507), KAIRO(mux, false, 1854),
    KAIRO(repeated, false, 202), {"repeated, dynamic", true, 202, 0, 0, repeated, repeated_iterate, 0, 0, 0, 0, 0},
    KAIRO(triangle, false, 1111), KAIRO(unstable, true, 303),
    CELLX(1000), CELLX(2500),
    GRAPH("2-10x5 lazy80", 10, 5, 1, 2, .2, 600000, 19199968, 3480000),
    GRAPH("6-10x10 dyn25 lazy80", 10, 10, .75, 6, .2, 15000, 302310782860, 1155000),
    GRAPH("4-1000x12 dyn5", 1000, 12, .95, 4, 1, 7000, 29355933696000, 1463000),
    GRAPH("25-1000x5", 1000, 5, 1, 25, 1, 3000, 1171484375000, 732000),
    GRAPH("3-5x500", 5, 500, 1, 3, 1, 500, 3.0239642676898464e241, 1246500),
    GRAPH("6-100x15 dyn50", 100, 15, .5, 6, 1, 2000, 15664996402790400, 1078000),
};
const size_t workload_count = sizeof workloads / sizeof workloads[0];

void workload_free(burin_graph *g, void *state_of)
{
    state *s = state_of;
    burin_graph_free(g);
    free(s->numbers);
    free(s->kept);
    free(s);
}

uint64_t workload_evaluations(const burin_graph *g)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(g, &c);
    return c.evaluations;
}
