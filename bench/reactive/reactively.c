/* Reactively's graphs: rows of nodes that read some of the row above, a share of them deciding what when they run. */
#include "bench/reactive/parts.h"

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

static COMPUTE(sum_doubles)
{
    double total = 0;
    (void)g, (void)user;
    for (uint32_t k = 0; k < in->count; k++)
        total += burin_input(in, k)->as.f;
    *out = burin_float(total);
    return BURIN_OK;
}
/* Sum of the sources, but for one that the first source tells to leave out if it is odd. */
static COMPUTE(sum_but_one)
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

burin_graph *reactively(const workload *w, void **out)
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
bool reactively_iterate(burin_graph *g, void *state_of)
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
