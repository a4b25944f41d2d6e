/* cellx: layers of four cells each; and one node that many read. */
#include "bench/reactive/parts.h"

static COMPUTE(difference)
{
    (void)g, (void)user;
    *out = burin_int(burin_input(in, 0)->as.i - burin_input(in, 1)->as.i);
    return BURIN_OK;
}
burin_graph *cellx(const workload *w, void **out)
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
bool cellx_iterate(burin_graph *g, void *state_of)
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

/* ---- fan: one write to many ---- */

burin_graph *fan(const workload *w, void **out)
{
    burin_graph *g = begin(w, out);
    state       *s = *out;
    s->head        = cell(g, 0);
    for (unsigned k = 0; k < w->width; k++) {
        burin_node last = s->head;
        for (unsigned layer = 0; layer < w->layers; layer++)
            last = over(g, plus, N(1), &last, 1);
        s->nodes[k] = last;
        effect(g, look, NULL, last);
    }
    return g;
}
bool fan_iterate(burin_graph *g, void *state_of)
{
    state      *s = state_of;
    burin_value v;
    int64_t     n = (int64_t)++s->seen_count;
    return write_head(g, s, n) && !burin_graph_get(g, s->nodes[s->of->width - 1], &v) && v.as.i == n + s->of->layers;
}
