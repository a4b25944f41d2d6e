/* Members in order: a skip list whose links know how many members they pass (Pugh, "A skip list cookbook", 1990), so that a member's rank and
 * the member of a rank are found in the logarithm of their number. */
#include "burin/operators.h"
#include "runtime/reactive/box.h"
#include "runtime/reactive/members.h"

enum { LEVELS_MAX = 24 };

typedef struct link {
    uint32_t to, width; /* a place + 1, 0 is the end; members passed, the one it leads to included */
} link;

typedef struct member {
    rx_member     base;
    burin_sorted *of;
    burin_node    node;
    burin_value   value;  /* the graph's own copy; none: in no place of the order */
    uint32_t      levels; /* 0: not drawn yet */
    link          next[];
} member;

struct burin_sorted {
    burin_graph *graph;
    rx_listing   list;
    uint64_t     limit, random;
    bool         is_descending;
    rx_members   members;
    uint32_t     ordered;
    link         head[LEVELS_MAX];
};

/* ---- the order ---- */

/* Numbers, nan last of them, then texts; 0 for equal ones. */
static int compare_values(burin_value a, burin_value b)
{
    if (rx_is_number(a) != rx_is_number(b))
        return rx_is_number(a) ? -1 : 1;
    if (rx_is_number(a)) {
        bool a_is_nan = rx_is_nan(a), b_is_nan = rx_is_nan(b);
        return a_is_nan || b_is_nan ? a_is_nan - b_is_nan : rx_compare_numbers(a, b);
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
    return a->base.place < b->base.place;
}

/* ---- the skip list ---- */

/* A member by the number in links, its place + 1; and the links after it, or after the beginning. */
static member *member_at(const burin_sorted *s, uint32_t at) { return (member *)(void *)s->members.at[at - 1]; }
static link   *links_of(burin_sorted *s, uint32_t at) { return at ? member_at(s, at)->next : s->head; }

/* For every level the last link from before where `m` is, or belongs, and how many members are before that; gives m's rank. */
static uint32_t find(burin_sorted *s, const member *m, uint32_t from[LEVELS_MAX], uint32_t ranks[LEVELS_MAX])
{
    uint32_t at = 0, rank = 0;
    for (uint32_t level = LEVELS_MAX; level-- > 0;) {
        for (link *l = &links_of(s, at)[level]; l->to && is_before(s, member_at(s, l->to), m); l = &links_of(s, at)[level]) {
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
        *l              = (link){m->base.place + 1, before};
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
    *node = member_at(s, at)->node;
    return BURIN_OK;
}

uint64_t burin_sorted_count(const burin_sorted *s) { return s->ordered; }

/* ---- following ---- */

static burin_value key_of(burin_value v)
{
    if (v.kind == BURIN_BOOL)
        return burin_int(v.as.i);
    return rx_is_number(v) || v.kind == BURIN_STRING || v.kind == BURIN_BYTES ? v : burin_none();
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

/* The list must be made, unless what has changed is beyond its end. */
static burin_status note(burin_sorted *s, uint32_t lowest) { return lowest < s->limit ? rx_listing_note(s->graph, &s->list) : BURIN_OK; }

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
    if (!rx_grow(g, &s->list.items, &s->list.room, s->limit < s->ordered ? (uint32_t)s->limit : s->ordered, sizeof *s->list.items))
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    for (; at && count < s->limit; at = member_at(s, at)->next[0].to)
        s->list.items[count++] = member_at(s, at)->value;
    return rx_box_set(g, s->list.out, s->list.items, count);
}

/* ---- members ---- */

burin_sorted *burin_sorted_new(burin_graph *g, uint64_t limit, bool is_descending, burin_node *out)
{
    burin_sorted *s = base_alloc(g->alloc, sizeof *s);
    *out            = (burin_node){0, 0};
    if (!s)
        return NULL;
    *s = (burin_sorted){.graph = g, .limit = limit ? limit : UINT64_MAX, .is_descending = is_descending, .random = 1};
    if (rx_listing_open(g, &s->list, write_list, s)) {
        base_free(g->alloc, s, sizeof *s);
        return NULL;
    }
    *out = s->list.out;
    return s;
}

/* One of two members has one level, one of four two, and so on. */
static uint32_t draw_levels(burin_sorted *s)
{
    s->random         = s->random * 6364136223846793005u + 1442695040888963407u;
    uint32_t upper = (uint32_t)(s->random >> 32) | 1u << (LEVELS_MAX - 1);
    return 1 + (uint32_t)__builtin_ctz(upper);
}

burin_status burin_sorted_add(burin_sorted *s, burin_node node, uint32_t *place)
{
    member      *m;
    uint32_t     levels = draw_levels(s);
    burin_status status = rx_member_take(s->graph, &s->members, sizeof *m + levels * sizeof *m->next, &node, 1, &m);
    if (status)
        return status;
    m->of     = s;
    m->node   = node;
    m->value  = burin_none();
    m->levels = m->levels ? m->levels : levels;
    *place    = m->base.place;
    return rx_member_follow(s->graph, &s->members, &m->base, follow);
}

burin_status burin_sorted_remove(burin_sorted *s, uint32_t place)
{
    member      *m      = NULL;
    burin_status status = rx_member_check(s->graph, &s->members, place);
    if (status)
        return status;
    m = member_at(s, place + 1);
    burin_graph_begin(s->graph);
    if (m->value.kind != BURIN_NONE && (status = note(s, take_out(s, m))))
        put_in(s, m); /* nobody can be told */
    if (!status)
        status = rx_member_end(s->graph, &s->members, place, &m);
    if (!status) {
        rx_value_free(s->graph, m->value);
        m->value = burin_none();
    }
    burin_status committed = burin_graph_commit(s->graph);
    return status ? status : committed;
}

void burin_sorted_free(burin_sorted *s)
{
    if (!s)
        return;
    burin_graph *g = s->graph;
    rx_listing_free(g, &s->list);
    for (uint32_t k = 0; k < s->members.count; k++)
        rx_value_free(g, member_at(s, k + 1)->value);
    rx_members_free(g, &s->members);
    base_free(g->alloc, s, sizeof *s);
}
