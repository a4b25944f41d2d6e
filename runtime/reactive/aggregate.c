/* Aggregates: a tournament. Members are the leaves of a complete binary tree, every node above holds what its two children come
 * to; a change goes up one path. So nothing drifts: the result is always that of the present members, combined in one order. */
#include "burin/operators.h"
#include "runtime/reactive/members.h"

typedef struct member {
    rx_member        base;
    burin_aggregate *of;
    burin_node       node;
} member;

struct burin_aggregate {
    burin_graph         *graph;
    burin_aggregate_kind kind;
    burin_node           out;
    burin_value         *tree; /* 1 is the top; leaves, one for every place, from `leaves` on */
    uint32_t             leaves, tree_room;
    rx_members           members;
};

/* ---- combining ---- */

static bool is_true(burin_value v)
{
    switch ((burin_kind)v.kind) {
    case BURIN_MISSING:
    case BURIN_UNDEFINED:
    case BURIN_NONE: return false;
    case BURIN_BOOL:
    case BURIN_INT: return v.as.i != 0;
    case BURIN_FLOAT: return v.as.f != 0;
    case BURIN_STRING:
    case BURIN_BYTES: return v.len != 0;
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET: return burin_length(v) != 0;
    default: return true;
    }
}

/* What a member's value counts as; none when it does not count. */
static burin_value leaf_of(burin_aggregate_kind kind, burin_value v)
{
    if (kind == BURIN_COUNT)
        return is_true(v) ? burin_int(1) : burin_none();
    if (v.kind == BURIN_BOOL)
        return burin_int(v.as.i);
    return rx_is_number(v) ? v : burin_none();
}

static burin_value combine(burin_aggregate_kind kind, burin_value a, burin_value b)
{
    int64_t sum;
    if (!rx_is_number(a) || !rx_is_number(b))
        return rx_is_number(a) ? a : b;
    if (kind == BURIN_MIN || kind == BURIN_MAX) {
        int sign = rx_is_nan(a) || rx_is_nan(b) ? 0 : rx_compare_numbers(b, a);
        return (kind == BURIN_MIN ? sign < 0 : sign > 0) ? b : a;
    }
    if (a.kind == BURIN_INT && b.kind == BURIN_INT && !__builtin_add_overflow(a.as.i, b.as.i, &sum))
        return burin_int(sum);
    return burin_float(rx_as_double(a) + rx_as_double(b));
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
    if (leaves > UINT32_MAX / 8 || !rx_grow(a->graph, &a->tree, &a->tree_room, 2 * leaves, sizeof *a->tree))
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
    set_leaf(m->of, m->base.place, v);
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

burin_status burin_aggregate_add(burin_aggregate *a, burin_node node, uint32_t *place)
{
    member *m;
    if (a->members.count == a->leaves && !a->members.first_free && !widen(a))
        return burin_graph_fail(a->graph, BURIN_ERR_NOMEM, "out of memory");
    burin_status status = rx_member_take(a->graph, &a->members, sizeof *m, &node, 1, &m);
    if (status)
        return status;
    m->of   = a;
    m->node = node;
    *place  = m->base.place;
    return rx_member_follow(a->graph, &a->members, &m->base, follow);
}

burin_status burin_aggregate_remove(burin_aggregate *a, uint32_t place)
{
    member      *m;
    burin_value  leaf   = place < a->members.count ? a->tree[a->leaves + place] : burin_none();
    burin_status status = rx_member_check(a->graph, &a->members, place);
    if (status)
        return status;
    burin_graph_begin(a->graph);
    set_leaf(a, place, burin_none());
    status = burin_graph_set(a->graph, a->out, result(a));
    if (status)
        set_leaf(a, place, leaf);
    else
        status = rx_member_end(a->graph, &a->members, place, &m);
    burin_status committed = burin_graph_commit(a->graph);
    return status ? status : committed;
}

void burin_aggregate_free(burin_aggregate *a)
{
    if (!a)
        return;
    burin_graph *g = a->graph;
    rx_members_free(g, &a->members);
    g->memory -= a->tree_room * sizeof *a->tree;
    base_free(g->alloc, a->tree, a->tree_room * sizeof *a->tree);
    base_free(g->alloc, a, sizeof *a);
}
