/* Members in order: a skip list whose links know how many members they pass (Pugh, "A skip list cookbook", 1990), so that a member's rank and
 * the member of a rank are found in the logarithm of their number. */
#include "burin/operators.h"
#include "runtime/reactive/box.h"

enum { LEVELS_MAX = 24 };

typedef struct link {
    uint32_t to, width; /* a place + 1, 0 is the end; members passed, the one it leads to included */
} link;

typedef struct member {
    burin_sorted *of;
    burin_node    node, effect;
    burin_value   value; /* the graph's own copy; none: in no place of the order */
    uint32_t      place, next_free, levels;
    bool          is_free;
    link          next[];
} member;

struct burin_sorted {
    burin_graph *graph;
    burin_node   out, changes, writer; /* changes: a cell that counts; writer: the effect that then makes the list */
    int64_t      change_count;
    uint64_t     limit, random;
    bool         is_descending;
    member     **members;
    uint32_t     count, room, first_free, ordered; /* first_free: a place + 1 */
    link         head[LEVELS_MAX];
    burin_value *list; /* room for making it */
    uint32_t     list_room;
};

/* ---- the order ---- */

static bool   is_number(burin_value v) { return v.kind == BURIN_INT || v.kind == BURIN_FLOAT; }
static double as_double(burin_value v) { return v.kind == BURIN_FLOAT ? v.as.f : (double)v.as.i; }

/* Numbers, nan last of them, then texts; 0 for equal ones. */
static int compare_values(burin_value a, burin_value b)
{
    if (is_number(a) != is_number(b))
        return is_number(a) ? -1 : 1;
    if (is_number(a)) {
        double x = as_double(a), y = as_double(b);
        if (a.kind == BURIN_INT && b.kind == BURIN_INT)
            return (a.as.i > b.as.i) - (a.as.i < b.as.i);
        return x != x || y != y ? (x != x) - (y != y) : (x > y) - (x < y);
    }
    size_t len   = a.len < b.len ? a.len : b.len;
    int    order = len ? memcmp(a.as.s, b.as.s, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Equal ones in the order of their places. */
static bool is_before(const burin_sorted *s, const member *a, const member *b)
{
    int order = compare_values(a->value, b->value);
    if (order)
        return (order < 0) != s->is_descending;
    return a->place < b->place;
}

/* ---- the skip list ---- */

static link *links_of(burin_sorted *s, uint32_t at) { return at ? s->members[at - 1]->next : s->head; }

/* For every level the last link from before where `m` is, or belongs, and how many members are before that; gives m's rank. */
static uint32_t find(burin_sorted *s, const member *m, uint32_t from[LEVELS_MAX], uint32_t ranks[LEVELS_MAX])
{
    uint32_t at = 0, rank = 0;
    for (uint32_t level = LEVELS_MAX; level-- > 0;) {
        for (link *l = &links_of(s, at)[level]; l->to && is_before(s, s->members[l->to - 1], m); l = &links_of(s, at)[level]) {
            rank += l->width;
            at = l->to;
        }
        from[level]  = at;
        ranks[level] = rank;
    }
    return rank;
}

static uint32_t put_in(burin_sorted *s, member *m)
{
    uint32_t from[LEVELS_MAX], ranks[LEVELS_MAX], rank = find(s, m, from, ranks);
    for (uint32_t level = 0; level < LEVELS_MAX; level++) {
        link *l = &links_of(s, from[level])[level];
        if (level >= m->levels) {
            l->width++;
            continue;
        }
        uint32_t before = rank - ranks[level] + 1; /* of what the link passed, and the new one */
        m->next[level]  = (link){l->to, l->width + 1 - before};
        *l              = (link){m->place + 1, before};
    }
    s->ordered++;
    return rank;
}

static uint32_t take_out(burin_sorted *s, member *m)
{
    uint32_t from[LEVELS_MAX], ranks[LEVELS_MAX], rank = find(s, m, from, ranks);
    for (uint32_t level = 0; level < LEVELS_MAX; level++) {
        link *l = &links_of(s, from[level])[level];
        if (level < m->levels)
            *l = (link){m->next[level].to, l->width + m->next[level].width - 1};
        else
            l->width--;
    }
    s->ordered--;
    return rank;
}

burin_status burin_sorted_at(burin_sorted *s, uint64_t rank, burin_node *node)
{
    uint32_t at = 0;
    uint64_t passed = 0;
    *node = (burin_node){0, 0};
    if (rank >= s->ordered)
        return burin_graph_fail(s->graph, BURIN_ERR_INDEX, "there are only %u members in order", s->ordered);
    for (uint32_t level = LEVELS_MAX; level-- > 0;)
        for (link *l = &links_of(s, at)[level]; l->to && passed + l->width <= rank + 1; l = &links_of(s, at)[level]) {
            passed += l->width;
            at = l->to;
        }
    *node = s->members[at - 1]->node;
    return BURIN_OK;
}

uint64_t burin_sorted_count(const burin_sorted *s) { return s->ordered; }

/* ---- following ---- */

static burin_value key_of(burin_value v)
{
    if (v.kind == BURIN_BOOL)
        return burin_int(v.as.i);
    return is_number(v) || v.kind == BURIN_STRING || v.kind == BURIN_BYTES ? v : burin_none();
}

/* Give a member another value; *lowest becomes the lowest rank at which something has changed. */
static burin_status move_to(burin_sorted *s, member *m, burin_value v, uint32_t *lowest)
{
    burin_value  own;
    burin_status status = rx_value_copy(s->graph, key_of(v), &own);
    uint32_t     rank;
    if (status)
        return status;
    if (m->value.kind != BURIN_NONE) {
        rank    = take_out(s, m);
        *lowest = rank < *lowest ? rank : *lowest;
    }
    rx_value_free(s->graph, m->value);
    m->value = own;
    if (own.kind != BURIN_NONE) {
        rank    = put_in(s, m);
        *lowest = rank < *lowest ? rank : *lowest;
    }
    return BURIN_OK;
}

/* The list is made once a batch, whatever has changed, unless that is beyond its end. */
static burin_status note(burin_sorted *s, uint32_t lowest)
{
    return lowest < s->limit ? burin_graph_set(s->graph, s->changes, burin_int(++s->change_count)) : BURIN_OK;
}

static burin_status follow(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    member      *m = user;
    burin_value  v;
    uint32_t     lowest = UINT32_MAX;
    (void)in, (void)out;
    if (burin_graph_get(g, m->node, &v))
        v = burin_none();
    burin_status status = rx_value_same(key_of(v), m->value) ? BURIN_OK : move_to(m->of, m, v, &lowest);
    return status ? status : note(m->of, lowest);
}

static burin_status write_list(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_sorted *s = user;
    uint32_t      at = s->head[0].to, count = 0;
    (void)in, (void)out;
    if (!rx_grow(g, &s->list, &s->list_room, s->limit < s->ordered ? (uint32_t)s->limit : s->ordered, sizeof *s->list))
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    for (; at && count < s->limit; at = s->members[at - 1]->next[0].to)
        s->list[count++] = s->members[at - 1]->value;
    return rx_box_set(g, s->out, s->list, count);
}

/* ---- members ---- */

burin_sorted *burin_sorted_new(burin_graph *g, uint64_t limit, bool is_descending, burin_node *out)
{
    burin_sorted *s = base_alloc(g->alloc, sizeof *s);
    *out            = (burin_node){0, 0};
    if (!s)
        return NULL;
    *s = (burin_sorted){.graph = g, .limit = limit ? limit : UINT64_MAX, .is_descending = is_descending, .random = 1};
    burin_status status = burin_graph_cell(g, burin_none(), &s->out);
    if (!status)
        status = burin_graph_cell(g, burin_int(0), &s->changes);
    if (!status)
        status = burin_graph_effect(g, write_list, s, BURIN_NODE_STATIC, &s->changes, 1, &s->writer);
    if (!status) {
        *out = s->out;
        return s;
    }
    burin_graph_dispose(g, s->out);
    burin_sorted_free(s);
    return NULL;
}

/* One of two members has one level, one of four two, and so on. */
static uint32_t draw_levels(burin_sorted *s)
{
    s->random         = s->random * 6364136223846793005u + 1442695040888963407u;
    uint32_t upper = (uint32_t)(s->random >> 32) | 1u << (LEVELS_MAX - 1);
    return 1 + (uint32_t)__builtin_ctz(upper);
}

static member *member_new(burin_sorted *s)
{
    if (s->first_free) {
        member *m     = s->members[s->first_free - 1];
        s->first_free = m->next_free;
        return m;
    }
    uint32_t levels = draw_levels(s);
    if (!rx_grow(s->graph, &s->members, &s->room, s->count + 1, sizeof *s->members))
        return NULL;
    member *m = base_alloc(s->graph->alloc, sizeof *m + levels * sizeof *m->next);
    if (!m)
        return NULL;
    *m                     = (member){.of = s, .place = s->count, .levels = levels, .is_free = true, .value = burin_none()};
    s->members[s->count++] = m;
    return m;
}
static void give_back(burin_sorted *s, member *m)
{
    m->is_free    = true;
    m->next_free  = s->first_free;
    s->first_free = m->place + 1;
}

burin_status burin_sorted_add(burin_sorted *s, burin_node node, uint32_t *place)
{
    burin_graph *g = s->graph;
    if (!rx_node_of(g, node, 1 << RX_CELL | 1 << RX_COMPUTED))
        return BURIN_ERR_USAGE;
    member *m = member_new(s);
    if (!m)
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    m->node             = node;
    m->is_free          = false;
    burin_status status = burin_graph_effect(g, follow, m, BURIN_NODE_DYNAMIC, NULL, 0, &m->effect);
    if (!m->effect.index)
        give_back(s, m);
    *place = m->place;
    return status;
}

burin_status burin_sorted_remove(burin_sorted *s, uint32_t place)
{
    uint32_t lowest = UINT32_MAX;
    if (place >= s->count || s->members[place]->is_free)
        return burin_graph_fail(s->graph, BURIN_ERR_USAGE, "there is no such member");
    burin_status status = burin_graph_dispose(s->graph, s->members[place]->effect);
    if (!status)
        status = move_to(s, s->members[place], burin_none(), &lowest);
    if (status)
        return status;
    give_back(s, s->members[place]);
    return note(s, lowest);
}

void burin_sorted_free(burin_sorted *s)
{
    if (!s)
        return;
    burin_graph *g = s->graph;
    burin_graph_dispose(g, s->writer);
    burin_graph_dispose(g, s->changes);
    for (uint32_t k = 0; k < s->count; k++) {
        member *m = s->members[k];
        if (!m->is_free)
            burin_graph_dispose(g, m->effect);
        rx_value_free(g, m->value);
        base_free(g->alloc, m, sizeof *m + m->levels * sizeof *m->next);
    }
    g->memory -= s->room * sizeof *s->members + s->list_room * sizeof *s->list;
    base_free(g->alloc, s->members, s->room * sizeof *s->members);
    base_free(g->alloc, s->list, s->list_room * sizeof *s->list);
    base_free(g->alloc, s, sizeof *s);
}
