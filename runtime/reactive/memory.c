/* Memory of a graph: slabs that grow by half, and small pieces of bytes by powers of two, which are kept when freed, so a
 * graph whose texts come and go in the same sizes allocates nothing. */
#include "runtime/reactive/graph.h"


bool rx_grow(burin_graph *g, void *array, uint32_t *cap, uint32_t want, size_t size)
{
    void *old;
    if (want <= *cap)
        return true;
    uint64_t room = (uint64_t)*cap + *cap / 2;
    if (room < want)
        room = want;
    if (room < 16)
        room = 16;
    if (room > UINT32_MAX / 2)
        return false;
    memcpy(&old, array, sizeof old);
    char *grown = g->alloc->resize(g->alloc->user, old, *cap * size, room * size);
    if (!grown)
        return false;
    memset(grown + *cap * size, 0, (room - *cap) * size);
    g->has_grown = true;
    memcpy(array, &grown, sizeof grown);
    g->memory += (room - *cap) * size;
    *cap = (uint32_t)room;
    return true;
}

static void shrink(burin_graph *g, void *array, uint32_t *cap, uint32_t to, size_t size)
{
    void *old, *less = NULL;
    memcpy(&old, array, sizeof old);
    if (*cap <= to || (to && !(less = g->alloc->resize(g->alloc->user, old, *cap * size, to * size))))
        return;
    if (!to)
        base_free(g->alloc, old, *cap * size);
    memcpy(array, &less, sizeof less);
    g->memory -= (*cap - to) * size;
    *cap = to;
}

void rx_trim(burin_graph *g)
{
    if (g->edges == 0) { /* all links are free */
        g->link_count = 1;
        g->free_links = 0;
    }
    shrink(g, &g->nodes, &g->node_cap, g->count + 1, sizeof *g->nodes);
    shrink(g, &g->values, &g->value_cap, g->count, sizeof *g->values);
    shrink(g, &g->turns, &g->turn_cap, g->count, sizeof *g->turns);
    shrink(g, &g->stack.at, &g->stack.cap, g->count, sizeof *g->stack.at);
    shrink(g, &g->stamps, &g->stamp_cap, g->stamps ? g->count : 0, sizeof *g->stamps);
    shrink(g, &g->links, &g->link_cap, g->link_count, sizeof *g->links);
    shrink(g, &g->inputs.at, &g->inputs.cap, g->inputs.len, sizeof *g->inputs.at);
    shrink(g, &g->pending.at, &g->pending.cap, g->pending.len, sizeof *g->pending.at);
    g->has_grown = false;
    g->worked    = rx_work(g);
}

bool rx_push(burin_graph *g, rx_vector *v, uint32_t n)
{
    if (v->len == v->cap && !rx_grow(g, &v->at, &v->cap, v->len + 1, sizeof *v->at))
        return false;
    v->at[v->len++] = n;
    return true;
}

static unsigned class_of(size_t size)
{
    return size <= RX_SMALLEST ? 0 : (unsigned)(64 - __builtin_clzll((unsigned long long)(size - 1) / RX_SMALLEST));
}

void *rx_bytes(burin_graph *g, size_t size)
{
    unsigned class = class_of(size);
    if (class >= RX_SIZE_CLASSES)
        return NULL;
    void *p = g->spare[class];
    if (p) {
        memcpy(&g->spare[class], p, sizeof p);
        return p;
    }
    p = base_alloc(g->alloc, (size_t)RX_SMALLEST << class);
    if (p)
        g->memory += (size_t)RX_SMALLEST << class;
    return p;
}

bool rx_bytes_fit_other(size_t size, size_t other) { return class_of(size) == class_of(other); }

void rx_bytes_free(burin_graph *g, void *p, size_t size)
{
    unsigned class = class_of(size);
    memcpy(p, &g->spare[class], sizeof p);
    g->spare[class] = p;
}
