/* Members are allocated one by one, so that effects may point to them, and live until all are freed: a place is used again. */
#include "runtime/reactive/members.h"
#include "runtime/bigint.h"

int rx_compare_numbers(burin_value a, burin_value b)
{
    if (a.kind == b.kind)
        return a.kind == BURIN_INT ? (a.as.i > b.as.i) - (a.as.i < b.as.i) : (a.as.f > b.as.f) - (a.as.f < b.as.f);
    return a.kind == BURIN_INT ? rt_int_compare_double(a, b.as.f) : -rt_int_compare_double(b, a.as.f);
}

/* ---- members ---- */

static rx_member *member_new(burin_graph *g, rx_members *all, size_t size)
{
    rx_member *m = rx_grow(g, &all->at, &all->room, all->count + 1, sizeof(rx_member *)) ? base_alloc(g->alloc, size) : NULL;
    if (!m)
        return NULL;
    memset(m, 0, size);
    m->place              = all->count;
    m->size               = (uint32_t)size;
    all->at[all->count++] = m;
    return m;
}

burin_status rx_member_take(burin_graph *g, rx_members *all, size_t size, const burin_node *nodes, size_t count, void *out)
{
    rx_member **m = out;
    *m            = NULL;
    for (size_t k = 0; k < count; k++)
        if (!rx_node_of(g, nodes[k], 1 << RX_CELL | 1 << RX_COMPUTED))
            return BURIN_ERR_USAGE;
    if (all->first_free) {
        *m              = all->at[all->first_free - 1];
        all->first_free = (*m)->next_free;
    } else if (!(*m = member_new(g, all, size))) {
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    }
    (*m)->is_free = false;
    return BURIN_OK;
}

static void give_back(rx_members *all, rx_member *m)
{
    m->is_free      = true;
    m->next_free    = all->first_free;
    all->first_free = m->place + 1;
}

burin_node rx_close_scope(burin_graph *g)
{
    burin_node open = g->scope ? (burin_node){g->scope, g->nodes[g->scope].generation} : (burin_node){0, 0};
    g->scope        = 0;
    return open;
}
void rx_reopen(burin_graph *g, burin_node scope)
{
    if (scope.index && g->nodes[scope.index].generation == scope.generation)
        g->scope = scope.index;
}

burin_status rx_member_follow(burin_graph *g, rx_members *all, rx_member *m, burin_compute follow)
{
    burin_node   open   = rx_close_scope(g);
    burin_status status = burin_graph_effect(g, follow, m, BURIN_NODE_DYNAMIC, NULL, 0, &m->effect);
    rx_reopen(g, open);
    if (!m->effect.index)
        give_back(all, m);
    return status;
}

burin_status rx_member_check(burin_graph *g, const rx_members *all, uint32_t place)
{
    if (place >= all->count || all->at[place]->is_free)
        return burin_graph_fail(g, BURIN_ERR_USAGE, "there is no such member");
    return BURIN_OK;
}

burin_status rx_member_end(burin_graph *g, rx_members *all, uint32_t place, void *out)
{
    rx_member  **m      = out;
    burin_status status = rx_member_check(g, all, place);
    *m                  = NULL;
    if (!status)
        status = burin_graph_dispose(g, all->at[place]->effect);
    if (status)
        return status;
    *m = all->at[place];
    give_back(all, *m);
    return BURIN_OK;
}

void rx_members_free(burin_graph *g, rx_members *all)
{
    for (uint32_t k = 0; k < all->count; k++) {
        if (!all->at[k]->is_free)
            burin_graph_dispose(g, all->at[k]->effect);
        base_free(g->alloc, all->at[k], all->at[k]->size);
    }
    g->memory -= all->room * sizeof *all->at;
    base_free(g->alloc, all->at, all->room * sizeof *all->at);
}

/* ---- a list ---- */

burin_status rx_listing_open(burin_graph *g, rx_listing *list, burin_compute write, void *user)
{
    burin_status status = burin_graph_cell(g, burin_none(), &list->out);
    if (!status)
        status = burin_graph_cell(g, burin_int(0), &list->changes);
    if (!status)
        status = burin_graph_effect(g, write, user, BURIN_NODE_STATIC, &list->changes, 1, &list->writer);
    if (status) {
        burin_graph_dispose(g, list->out);
        rx_listing_free(g, list);
    }
    return status;
}

burin_status rx_listing_note(burin_graph *g, rx_listing *list) { return burin_graph_set(g, list->changes, burin_int(++list->change_count)); }

void rx_listing_free(burin_graph *g, rx_listing *list)
{
    burin_graph_dispose(g, list->writer);
    burin_graph_dispose(g, list->changes);
    g->memory -= list->room * sizeof *list->items;
    base_free(g->alloc, list->items, list->room * sizeof *list->items);
}
