/* Aggregates: a tournament. Members are the leaves of a complete binary tree, every node above holds what its two children come
 * to; a change goes up one path. So nothing drifts: the result is always that of the present members, combined in one order. */
#include "burin/operators.h"
#include "runtime/reactive/graph.h"

typedef struct member member;
struct member {
    burin_aggregate *of;
    burin_node       node, effect;
    uint32_t         place, next_free; /* place + 1 of the next */
    bool             is_free;
};

struct burin_aggregate {
    burin_graph         *graph;
    burin_aggregate_kind kind;
    burin_node           out;
    burin_value         *tree;    /* 1 is the top; leaves from `leaves` on */
    member             **members; /* by place */
    uint32_t             leaves, count, member_room, tree_room;
    uint32_t             first_free; /* a place + 1; 0: none */
};

/* ---- combining ---- */

static bool is_number(burin_value v) { return v.kind == BURIN_INT || v.kind == BURIN_FLOAT; }
static double as_double(burin_value v) { return v.kind == BURIN_FLOAT ? v.as.f : (double)v.as.i; }

/* What a member's value counts as; none when it does not count. */
static burin_value leaf_of(burin_aggregate_kind kind, burin_value v)
{
    if (kind == BURIN_COUNT) {
        bool is_text = v.kind == BURIN_STRING || v.kind == BURIN_BYTES;
        bool is_true = v.kind != BURIN_NONE && v.kind != BURIN_MISSING && (is_text ? v.len != 0 : v.kind == BURIN_FLOAT ? v.as.f != 0 : v.as.i != 0);
        return is_true ? burin_int(1) : burin_none();
    }
    if (v.kind == BURIN_BOOL)
        return burin_int(v.as.i);
    return is_number(v) ? v : burin_none();
}

static burin_value combine(burin_aggregate_kind kind, burin_value a, burin_value b)
{
    int64_t sum;
    if (!is_number(a) || !is_number(b))
        return is_number(a) ? a : b;
    if (kind == BURIN_MIN || kind == BURIN_MAX) {
        bool both_ints = a.kind == BURIN_INT && b.kind == BURIN_INT;
        bool is_less   = both_ints ? b.as.i < a.as.i : as_double(b) < as_double(a), is_more = both_ints ? b.as.i > a.as.i : as_double(b) > as_double(a);
        return (kind == BURIN_MIN ? is_less : is_more) ? b : a;
    }
    if (a.kind == BURIN_INT && b.kind == BURIN_INT && !__builtin_add_overflow(a.as.i, b.as.i, &sum))
        return burin_int(sum);
    return burin_float(as_double(a) + as_double(b));
}

static burin_value result(const burin_aggregate *a)
{
    burin_value top = a->leaves ? a->tree[1] : burin_none();
    return top.kind == BURIN_NONE && (a->kind == BURIN_SUM || a->kind == BURIN_COUNT) ? burin_int(0) : top;
}

static void set_leaf(burin_aggregate *a, uint32_t place, burin_value v)
{
    uint32_t at = a->leaves + place;
    a->tree[at] = leaf_of(a->kind, v);
    while ((at /= 2))
        a->tree[at] = combine(a->kind, a->tree[2 * at], a->tree[2 * at + 1]);
}

/* Twice as many leaves. */
static bool widen(burin_aggregate *a)
{
    uint32_t old = a->leaves, leaves = old ? 2 * old : 16;
    if (leaves > UINT32_MAX / 8 || !rx_grow(a->graph, &a->members, &a->member_room, leaves, sizeof *a->members) ||
        !rx_grow(a->graph, &a->tree, &a->tree_room, 2 * leaves, sizeof *a->tree))
        return false;
    memmove(&a->tree[leaves], &a->tree[old], old * sizeof *a->tree);
    for (uint32_t k = leaves + old; k < 2 * leaves; k++)
        a->tree[k] = burin_none();
    for (uint32_t k = leaves - 1; k > 0; k--)
        a->tree[k] = combine(a->kind, a->tree[2 * k], a->tree[2 * k + 1]);
    a->leaves = leaves;
    return true;
}

/* ---- members ---- */

static burin_status follow(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    member     *m = user;
    burin_value v;
    (void)in, (void)out;
    if (burin_graph_get(g, m->node, &v))
        v = burin_none();
    set_leaf(m->of, m->place, v);
    return burin_graph_set(g, m->of->out, result(m->of));
}

burin_aggregate *burin_aggregate_new(burin_graph *g, burin_aggregate_kind kind, burin_node *out)
{
    burin_aggregate *a = base_alloc(g->alloc, sizeof *a);
    *out               = (burin_node){0, 0};
    if (!a)
        return NULL;
    *a = (burin_aggregate){.graph = g, .kind = kind};
    if (burin_graph_cell(g, result(a), &a->out)) {
        base_free(g->alloc, a, sizeof *a);
        return NULL;
    }
    *out = a->out;
    return a;
}

/* A member without a node. NULL when memory is out. */
static member *take_place(burin_aggregate *a)
{
    if (a->first_free) {
        member *m     = a->members[a->first_free - 1];
        a->first_free = m->next_free;
        return m;
    }
    if (a->count == a->leaves && !widen(a))
        return NULL;
    member *m = base_alloc(a->graph->alloc, sizeof *m);
    if (!m)
        return NULL;
    *m                     = (member){.of = a, .place = a->count, .is_free = true};
    a->members[a->count++] = m;
    return m;
}
static void give_back(burin_aggregate *a, member *m)
{
    m->is_free    = true;
    m->next_free  = a->first_free;
    a->first_free = m->place + 1;
}

burin_status burin_aggregate_add(burin_aggregate *a, burin_node node, uint32_t *place)
{
    burin_graph *g = a->graph;
    if (!rx_node_of(g, node, 1 << RX_CELL | 1 << RX_COMPUTED))
        return BURIN_ERR_USAGE;
    member *m = take_place(a);
    if (!m)
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    m->node             = node;
    m->is_free          = false;
    burin_status status = burin_graph_effect(g, follow, m, BURIN_NODE_DYNAMIC, NULL, 0, &m->effect);
    if (!m->effect.index)
        give_back(a, m);
    *place = m->place;
    return status;
}

burin_status burin_aggregate_remove(burin_aggregate *a, uint32_t place)
{
    if (place >= a->count || a->members[place]->is_free)
        return burin_graph_fail(a->graph, BURIN_ERR_USAGE, "there is no such member");
    burin_status status = burin_graph_dispose(a->graph, a->members[place]->effect);
    if (status)
        return status;
    give_back(a, a->members[place]);
    set_leaf(a, place, burin_none());
    return burin_graph_set(a->graph, a->out, result(a));
}

void burin_aggregate_free(burin_aggregate *a)
{
    if (!a)
        return;
    burin_graph *g = a->graph;
    for (uint32_t k = 0; k < a->count; k++) {
        if (!a->members[k]->is_free)
            burin_graph_dispose(g, a->members[k]->effect);
        base_free(g->alloc, a->members[k], sizeof(member));
    }
    g->memory -= a->member_room * sizeof *a->members + a->tree_room * sizeof *a->tree;
    base_free(g->alloc, a->members, a->member_room * sizeof *a->members);
    base_free(g->alloc, a->tree, a->tree_room * sizeof *a->tree);
    base_free(g->alloc, a, sizeof *a);
}
