/* Members by key: an aggregate for every key there has been, found through a hash table. */
#include "burin/operators.h"
#include "runtime/reactive/box.h"
#include "runtime/reactive/members.h"

enum { NO_GROUP = UINT32_MAX };

typedef struct group {
    burin_value      key; /* the graph's own copy */
    burin_aggregate *aggregate;
    burin_node       out;
    uint32_t         members;
} group;

typedef struct member {
    rx_member     base;
    burin_groups *of;
    burin_node    key, value;
    uint32_t      group, in_group; /* in_group: its number in the group's aggregate */
} member;

struct burin_groups {
    burin_graph         *graph;
    burin_aggregate_kind kind;
    rx_listing           keys;
    group               *groups;
    uint32_t            *table; /* by hash, a group + 1; a power of two */
    uint32_t             group_count, group_room, table_room;
    rx_members           members;
};

/* ---- keys ---- */

static bool is_key(burin_value v) { return rx_is_plain(v) || v.kind == BURIN_STRING || v.kind == BURIN_BYTES; }

/* FNV-1a; keys are the host's. */
static uint64_t hash_of(burin_value v)
{
    bool                 is_plain = rx_is_plain(v);
    const unsigned char *at       = is_plain ? (const unsigned char *)&v.as.i : (const unsigned char *)v.as.s;
    uint64_t             hash     = 14695981039346656037u ^ v.kind;
    for (size_t k = 0; k < (is_plain ? sizeof v.as.i : v.len); k++)
        hash = (hash ^ at[k]) * 1099511628211u;
    return hash ^ hash >> 32;
}

/* The place of a key in the table, or the free one where it belongs. */
static uint32_t place_of(const burin_groups *s, burin_value key)
{
    uint32_t at = (uint32_t)hash_of(key) & (s->table_room - 1);
    while (s->table[at] && !rx_value_same(s->groups[s->table[at] - 1].key, key))
        at = (at + 1) & (s->table_room - 1);
    return at;
}

static bool widen_table(burin_groups *s)
{
    burin_graph *g   = s->graph;
    uint32_t     old = s->table_room, room = old ? 2 * old : 16, *table;
    if (2 * (s->group_count + 1) <= old)
        return true;
    if (!(table = base_alloc(g->alloc, room * sizeof *table)))
        return false;
    memset(table, 0, room * sizeof *table);
    base_free(g->alloc, s->table, old * sizeof *table);
    g->memory += (room - old) * sizeof *table;
    s->table      = table;
    s->table_room = room;
    for (uint32_t k = 0; k < s->group_count; k++)
        s->table[place_of(s, s->groups[k].key)] = k + 1;
    return true;
}

/* The group of a key, made if there is none yet; NO_GROUP when memory is out. */
static uint32_t group_of(burin_groups *s, burin_value key)
{
    burin_graph *g = s->graph;
    group        made = {0};
    if (!widen_table(s) || !rx_grow(g, &s->groups, &s->group_room, s->group_count + 1, sizeof *s->groups))
        return NO_GROUP;
    uint32_t at = place_of(s, key);
    if (s->table[at])
        return s->table[at] - 1;
    burin_node open = rx_close_scope(g);
    made.aggregate  = burin_aggregate_new(g, s->kind, &made.out);
    rx_reopen(g, open);
    if (!made.aggregate)
        return NO_GROUP;
    if (rx_value_copy(g, key, &made.key)) {
        burin_aggregate_free(made.aggregate);
        burin_graph_dispose(g, made.out);
        return NO_GROUP;
    }
    s->groups[s->group_count] = made;
    s->table[at]              = ++s->group_count;
    return s->group_count - 1;
}

burin_status burin_groups_get(burin_groups *s, burin_value key, burin_node *out)
{
    burin_status status = rx_may_change(s->graph);
    uint32_t     number = status || !is_key(key) ? NO_GROUP : group_of(s, key);
    *out                = (burin_node){0, 0};
    if (status)
        return status;
    if (number == NO_GROUP)
        return is_key(key) ? burin_graph_fail(s->graph, BURIN_ERR_NOMEM, "out of memory") : burin_graph_fail(s->graph, BURIN_ERR_USAGE, "that is no key");
    *out = s->groups[number].out;
    return BURIN_OK;
}

/* ---- members ---- */

static burin_status leave(burin_groups *s, member *m)
{
    if (m->group == NO_GROUP)
        return BURIN_OK;
    group       *from   = &s->groups[m->group];
    burin_status status = from->members == 1 ? rx_listing_note(s->graph, &s->keys) : BURIN_OK;
    if (!status)
        status = burin_aggregate_remove(from->aggregate, m->in_group);
    if (status)
        return status;
    from->members--;
    m->group = NO_GROUP;
    return BURIN_OK;
}

static burin_status join(burin_groups *s, member *m, burin_value key)
{
    uint32_t number = is_key(key) ? group_of(s, key) : NO_GROUP;
    if (number == NO_GROUP)
        return is_key(key) ? burin_graph_fail(s->graph, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
    group       *to     = &s->groups[number];
    burin_status status = burin_aggregate_add(to->aggregate, m->value, &m->in_group);
    if (status)
        return status;
    m->group = number;
    return to->members++ ? BURIN_OK : rx_listing_note(s->graph, &s->keys);
}

/* Its effect reads the key only; the aggregate reads the value. */
static burin_status follow(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    member      *m = user;
    burin_value  key;
    (void)in, (void)out;
    if (burin_graph_get(g, m->key, &key))
        key = burin_missing();
    burin_status status = leave(m->of, m);
    return status ? status : join(m->of, m, key);
}

static burin_status list_keys(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_groups *s = user;
    uint32_t      count = 0;
    (void)in, (void)out;
    if (!rx_grow(g, &s->keys.items, &s->keys.room, s->group_count, sizeof *s->keys.items))
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    for (uint32_t k = 0; k < s->group_count; k++)
        if (s->groups[k].members)
            s->keys.items[count++] = s->groups[k].key;
    return rx_box_set(g, s->keys.out, s->keys.items, count);
}

burin_groups *burin_groups_new(burin_graph *g, burin_aggregate_kind kind, burin_node *keys)
{
    burin_groups *s = base_alloc(g->alloc, sizeof *s);
    *keys           = (burin_node){0, 0};
    if (!s)
        return NULL;
    *s = (burin_groups){.graph = g, .kind = kind};
    if (rx_listing_open(g, &s->keys, list_keys, s)) {
        base_free(g->alloc, s, sizeof *s);
        return NULL;
    }
    *keys = s->keys.out;
    return s;
}

burin_status burin_groups_add(burin_groups *s, burin_node key, burin_node value, uint32_t *place)
{
    member      *m;
    burin_status status = rx_member_take(s->graph, &s->members, sizeof *m, (burin_node[]){key, value}, 2, &m);
    if (status)
        return status;
    m->of    = s;
    m->key   = key;
    m->value = value;
    m->group = NO_GROUP;
    *place   = m->base.place;
    return rx_member_follow(s->graph, &s->members, &m->base, follow);
}

burin_status burin_groups_remove(burin_groups *s, uint32_t place)
{
    rx_member   *m;
    burin_status status = rx_member_check(s->graph, &s->members, place);
    if (status)
        return status;
    burin_graph_begin(s->graph);
    status = leave(s, (member *)s->members.at[place]);
    if (!status)
        status = rx_member_end(s->graph, &s->members, place, &m);
    burin_status committed = burin_graph_commit(s->graph);
    return status ? status : committed;
}

void burin_groups_free(burin_groups *s)
{
    if (!s)
        return;
    burin_graph *g = s->graph;
    rx_listing_free(g, &s->keys);
    rx_members_free(g, &s->members);
    for (uint32_t k = 0; k < s->group_count; k++) {
        burin_aggregate_free(s->groups[k].aggregate);
        rx_value_free(g, s->groups[k].key);
    }
    g->memory -= s->group_room * sizeof *s->groups + s->table_room * sizeof *s->table;
    base_free(g->alloc, s->groups, s->group_room * sizeof *s->groups);
    base_free(g->alloc, s->table, s->table_room * sizeof *s->table);
    base_free(g->alloc, s, sizeof *s);
}
