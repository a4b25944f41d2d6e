/* What the tests of live nodes share: a graph with three cells, bound as a, b and c. */
#ifndef LIVE_DESK_H
#define LIVE_DESK_H

#include "engine_test.h"

typedef struct desk {
    burin_graph *g;
    burin_env   *env;
    burin_live  *live;
    burin_node   a, b, c; /* 1, 2, and a text */
} desk;

/* loader: NULL is none. */
static inline void desk_open(desk *d, const burin_options *options, const burin_loader *loader, const char *text)
{
    d->g   = burin_graph_new(NULL);
    d->env = burin_env_new(options, NULL);
    if (loader)
        burin_env_set_loader(d->env, loader);
    d->live = burin_live_new(d->g, d->env, NULL);
    burin_graph_cell(d->g, burin_int(1), &d->a);
    burin_graph_cell(d->g, burin_int(2), &d->b);
    burin_graph_cell(d->g, burin_string_borrow(text, strlen(text)), &d->c);
    burin_live_bind(d->live, "a", d->a);
    burin_live_bind(d->live, "b", d->b);
    burin_live_bind(d->live, "c", d->c);
}
static inline void desk_close(desk *d)
{
    burin_live_free(d->live);
    burin_env_unref(d->env);
    burin_graph_free(d->g);
}

static inline uint64_t desk_evaluations(desk *d)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(d->g, &c);
    return c.evaluations;
}

/* The repr of a node's value, or the class of its failure. */
static inline void desk_expect(desk *d, burin_node node, const char *want)
{
    burin_value  v;
    burin_status status = burin_graph_get(d->g, node, &v);
    char        *text   = status ? NULL : burin_repr(v, NULL);
    assert_string_equal(status ? burin_status_class(status) : text, want);
    free(text);
}

#endif
