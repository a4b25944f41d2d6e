/* The entity store's figures: `bench_store [--quick]` writes one JSON object.
 *
 *   move    take an agent, found by name, out of one node of a grid, append it to another, commit; at six sizes. After every
 *           operation: 4 states written, no more; at the end: agents conserved, and the first version still what it was.
 *   call    the same through the registry: a function registered as (map: GridMap, source: int, name: text, target: int) -> GridMap, called
 *           with the map that the call before gave back, so that its version is checked; arguments, result and record included.
 *   pure    a call of a pure function of two ints, from C.
 *   commit  one attribute of one entity set and committed, at 111, 10^4 and 10^6 entities; bytes kept a commit.
 *   get     an attribute of a random entity, in the newest and in a random old version, which are drawn before; diff of neighbours; a pin.
 *   list    a child of a list of many taken out and a new one put in at random places, committed; bytes kept a commit.
 *   floor   the same move by hand: arrays of pointers, the agent's record, both lists and the root copied, nothing checked,
 *           nothing freed.
 *           store_floor.h is that of commits and gets.
 * Time is the thread's CPU time; figures are medians of batches. */
#include "bench/c/harness.h"
#include "bench/c/store_floor.h"

#include <burin/burin.h>

#include <sys/mman.h>

enum { NODES, WIDTH, HEIGHT };
enum { X, Y, AGENTS };
enum { NAME, SPEED };

static const burin_text no_key = {NULL, 0};

static void ok(burin_status status, const char *what)
{
    if (status)
        die(what, burin_status_class(status));
}

static uint64_t random_state = 42;
static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 11) % below);
}

static double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare_doubles);
    return times[count / 2];
}

/* ---- the world ---- */

typedef struct world {
    burin_store  *store;
    burin_reader *reader;
    burin_entity  map;
    uint32_t      nodes, agents; /* agents a node */
} world;

static void define(burin_store *s, burin_type *agent, burin_type *node, burin_type *map)
{
    static const burin_attribute agents[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"speed", BURIN_INT_ATTRIBUTE, false, NULL}};
    static const burin_attribute nodes[]  = {
        {"x", BURIN_INT_ATTRIBUTE, false, NULL}, {"y", BURIN_INT_ATTRIBUTE, false, NULL}, {"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, "Agent"}};
    static const burin_attribute maps[] = {
        {"nodes", BURIN_CHILD_LIST_ATTRIBUTE, false, "Node"}, {"width", BURIN_INT_ATTRIBUTE, false, NULL}, {"height", BURIN_INT_ATTRIBUTE, false, NULL}};
    ok(burin_store_define(s, "Agent", agents, 2, agent, NULL), "define");
    ok(burin_store_define(s, "Node", nodes, 3, node, NULL), "define");
    ok(burin_store_define(s, "GridMap", maps, 3, map, NULL), "define");
}

static world build(uint32_t nodes, uint32_t agents, uint32_t width)
{
    world        w = {.store = burin_store_new(NULL, NULL), .nodes = nodes, .agents = agents};
    burin_type   agent, node, map;
    burin_entity n, a;
    char         name[40];
    define(w.store, &agent, &node, &map);
    w.reader     = burin_reader_new(w.store);
    burin_txn *t = burin_txn_begin(w.store, NULL);
    burin_txn_create(t, map, &w.map, NULL);
    burin_txn_set(t, w.map, WIDTH, burin_int(width), NULL);
    burin_txn_set(t, w.map, HEIGHT, burin_int(nodes / width + 1), NULL);
    for (uint32_t i = 0; i < nodes; i++) {
        burin_txn_create(t, node, &n, NULL);
        burin_txn_set(t, n, X, burin_int(i % width), NULL);
        burin_txn_set(t, n, Y, burin_int(i / width), NULL);
        ok(burin_txn_attach(t, n, w.map, NODES, BURIN_END, no_key, NULL), "attach");
        for (uint32_t j = 0; j < agents; j++) {
            int len = snprintf(name, sizeof name, "agent_%u_%u", i, j);
            burin_txn_create(t, agent, &a, NULL);
            burin_txn_set(t, a, NAME, burin_string_borrow(name, (size_t)len), NULL);
            burin_txn_set(t, a, SPEED, burin_int(1 + draw(10)), NULL);
            ok(burin_txn_attach(t, a, n, AGENTS, BURIN_END, no_key, NULL), "attach");
        }
    }
    ok(burin_txn_promote(t, w.map, NULL), "promote");
    ok(burin_txn_commit(t, NULL, NULL, NULL), "commit");
    burin_reader_pin(w.reader);
    ok(burin_reader_find(w.reader, &w.map, NULL), "find");
    w.map.version = 0;
    burin_reader_unpin(w.reader);
    return w;
}

static void drop(world *w)
{
    burin_reader_free(w->reader);
    burin_store_free(w->store);
}

/* A sum over the names of a version's agents that any loss, doubling or change would alter; and how many there are. */
static uint64_t fingerprint(world *w, uint32_t version, uint32_t *count)
{
    burin_children nodes, agents;
    uint64_t       sum = 0;
    *count             = 0;
    ok(burin_reader_children(w->reader, (burin_entity){w->map.id, 1, version}, NODES, &nodes, NULL), "nodes");
    for (size_t n = 0; n < nodes.count; n++) {
        ok(burin_reader_children(w->reader, (burin_entity){burin_children_id(&nodes, n), 1, version}, AGENTS, &agents, NULL), "agents");
        for (size_t a = 0; a < agents.count; a++) {
            burin_value name;
            uint64_t    hash = 14695981039346656037u;
            ok(burin_reader_get(w->reader, (burin_entity){burin_children_id(&agents, a), 1, version}, NAME, NULL, &name, NULL), "name");
            for (uint32_t c = 0; c < name.len; c++)
                hash = (hash ^ (unsigned char)name.as.s[c]) * 1099511628211u;
            sum += hash;
            ++*count;
        }
    }
    return sum;
}

/* ---- move_agent_global ---- */

static burin_status move_agent(burin_txn *t, burin_entity map, size_t source, burin_text name, size_t target)
{
    burin_children nodes, agents;
    burin_value    found;
    burin_status   status = burin_txn_children(t, map, NODES, &nodes, NULL);
    if (status || source >= nodes.count || target >= nodes.count)
        return status ? status : BURIN_ERR_INDEX;
    burin_entity from = {burin_children_id(&nodes, source), map.tree, 0}, to = {burin_children_id(&nodes, target), map.tree, 0};
    status = burin_txn_children(t, from, AGENTS, &agents, NULL);
    for (size_t n = 0; n < agents.count && !status; n++) {
        burin_entity agent = {burin_children_id(&agents, n), map.tree, 0};
        status             = burin_txn_get(t, agent, NAME, NULL, &found, NULL);
        if (status || found.len != name.len || memcmp(found.as.s, name.data, name.len) != 0)
            continue;
        status = burin_txn_detach(t, agent, NULL);
        return status ? status : burin_txn_attach(t, agent, to, AGENTS, BURIN_END, no_key, NULL);
    }
    return BURIN_ERR_KEY;
}

typedef struct move {
    uint32_t source, target;
    char     name[40];
    uint32_t len;
} move;

/* The next random move that is one: another node, and somebody to move. */
static move choose(world *w)
{
    move m = {0};
    for (;;) {
        burin_children nodes, agents;
        burin_value    name;
        m.source = draw(w->nodes);
        m.target = draw(w->nodes);
        burin_reader_children(w->reader, w->map, NODES, &nodes, NULL);
        burin_reader_children(w->reader, (burin_entity){burin_children_id(&nodes, m.source), 0, 0}, AGENTS, &agents, NULL);
        if (m.source == m.target || agents.count == 0)
            continue;
        burin_reader_get(w->reader, (burin_entity){burin_children_id(&agents, draw((uint32_t)agents.count)), 0, 0}, NAME, NULL, &name, NULL);
        memcpy(m.name, name.as.s, name.len);
        m.len = name.len;
        return m;
    }
}

/* One operation, as the host does it: begin, look up, change, commit. Its CPU time in ns, less the clock's own. */
static double timed_move(world *w, const move *m, burin_commit_result *result)
{
    uint64_t     start  = cpu_ns();
    burin_txn   *t      = burin_txn_begin(w->store, NULL);
    burin_status status = move_agent(t, w->map, m->source, (burin_text){m->name, m->len}, m->target);
    ok(status, "move");
    ok(burin_txn_commit(t, NULL, result, NULL), "commit");
    return (double)(cpu_ns() - start);
}

static burin_status move_called(burin_invocation *call, const burin_item *args, burin_item *out)
{
    *out = args[0];
    return move_agent(burin_invocation_txn(call), args[0].entity, (size_t)args[1].value.as.i, burin_text_of(args[2].value), (size_t)args[3].value.as.i);
}

/* The same by a call; `map` is what the last one gave. */
static double timed_call(const burin_callable *f, burin_item *map, const move *m, burin_commit_result *result)
{
    burin_result given;
    uint64_t     start  = cpu_ns();
    burin_item   args[] = {*map, burin_item_value(burin_int(m->source)), burin_item_value(burin_string_borrow(m->name, m->len)),
                           burin_item_value(burin_int(m->target))};
    ok(burin_invoke(f, args, 4, NULL, &given, NULL), "call");
    *map    = given.one.item;
    *result = given.commit;
    return (double)(cpu_ns() - start);
}

static burin_status add(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    out->value = burin_int(args[0].value.as.i + args[1].value.as.i);
    return BURIN_OK;
}

static double clock_cost(void)
{
    uint64_t least = UINT64_MAX;
    for (int n = 0; n < 1000; n++) {
        uint64_t start = cpu_ns(), took = cpu_ns() - start;
        least          = took < least ? took : least;
    }
    return (double)least;
}

/* ---- the floor ---- */

typedef struct floor_agent { char name[32]; int64_t speed; void *owner; } floor_agent;
typedef struct floor_node { int64_t x, y; uint32_t count; floor_agent *agents[]; } floor_node;
typedef struct floor_map { uint32_t count; floor_node *nodes[]; } floor_map;

static floor_map *floor_build(uint32_t nodes, uint32_t agents)
{
    floor_map *map = floor_alloc(sizeof *map + nodes * sizeof(void *));
    map->count     = nodes;
    for (uint32_t n = 0; n < nodes; n++) {
        map->nodes[n]        = floor_alloc(sizeof(floor_node) + agents * sizeof(void *));
        map->nodes[n]->count = agents;
        for (uint32_t a = 0; a < agents; a++) {
            floor_agent *agent = map->nodes[n]->agents[a] = floor_alloc(sizeof *agent);
            snprintf(agent->name, sizeof agent->name, "agent_%u_%u", n, a);
        }
    }
    return map;
}

static floor_map *floor_move(const floor_map *map, const move *m)
{
    const floor_node *from = map->nodes[m->source], *to = map->nodes[m->target];
    uint32_t          at   = 0;
    while (at < from->count && (strncmp(from->agents[at]->name, m->name, m->len) != 0 || from->agents[at]->name[m->len]))
        at++;
    if (at == from->count)
        die("floor", "no such agent");
    floor_map   *made  = floor_alloc(sizeof *made + map->count * sizeof(void *));
    floor_node  *a     = floor_alloc(sizeof *a + (from->count - 1) * sizeof(void *)), *b = floor_alloc(sizeof *b + (to->count + 1) * sizeof(void *));
    floor_agent *agent = floor_alloc(sizeof *agent);
    memcpy(made, map, sizeof *made + map->count * sizeof(void *));
    *a     = *from;
    *b     = *to;
    *agent = *from->agents[at];
    a->count--;
    b->count++;
    memcpy(a->agents, from->agents, at * sizeof(void *));
    memcpy(a->agents + at, from->agents + at + 1, (from->count - at - 1) * sizeof(void *));
    memcpy(b->agents, to->agents, to->count * sizeof(void *));
    b->agents[to->count]   = agent;
    made->nodes[m->source] = a;
    made->nodes[m->target] = b;
    return made;
}

/* ---- the rows ---- */

static void bench_move(uint32_t nodes, uint32_t agents, uint32_t width, int count, bool last)
{
    world    w     = build(nodes, agents, width);
    double  *times = calloc((size_t)count, sizeof *times), *floors = calloc((size_t)count, sizeof *floors), *calls = calloc((size_t)count, sizeof *calls),
            clock  = clock_cost();
    burin_registry       *registry = burin_registry_new(&(burin_registry_options){.store = w.store}, NULL);
    const burin_callable *f;
    ok(burin_register(registry, &(burin_declaration){.name = "move_agent", .signature = "map: GridMap, source: int, name: text, target: int -> GridMap",
                                                     .body = move_called, .effect = BURIN_EFFECT_MUTATES}, &f, NULL), "register");
    burin_item given = burin_item_entity(w.map);
    uint32_t before, after, states = 0;
    burin_reader_pin(w.reader);
    uint64_t   start = fingerprint(&w, 1, &before);
    floor_map *map   = floor_build(nodes, agents);
    for (int n = 0; n < count; n++) {
        burin_commit_result result, called;
        burin_reader_pin(w.reader);
        move m         = choose(&w);
        times[n]       = timed_move(&w, &m, &result) - clock;
        uint64_t began = cpu_ns();
        map            = floor_move(map, &m);
        floors[n]      = (double)(cpu_ns() - began) - clock;
        burin_reader_pin(w.reader);
        m                    = choose(&w);
        given.entity.version = burin_reader_head(w.reader, 1);
        calls[n]             = timed_call(f, &given, &m, &called) - clock;
        map                  = floor_move(map, &m);
        states               = result.states > called.states ? result.states : called.states;
        if (result.states != 4 || called.states != 4 || given.entity.version != 1 + 2 * (uint32_t)(n + 1))
            die("a move wrote more than the agent, two nodes and the map", NULL);
    }
    burin_reader_pin(w.reader);
    if (fingerprint(&w, 0, &after) != start || after != before || before != nodes * agents)
        die("agents were lost", NULL);
    if (fingerprint(&w, 1, &after) != start || after != before)
        die("an old version has changed", NULL);
    burin_version_info info;
    ok(burin_reader_version(w.reader, 1, 1 + 2 * (uint32_t)count, &info, NULL), "version");
    if (info.entities != 1 + nodes + nodes * agents)
        die("entities were lost", NULL);
    double all = median(times, (size_t)count);
    printf("    {\"entities\": %u, \"operations\": %d, \"ns\": %.0f, \"p90_ns\": %.0f, \"call_ns\": %.0f, \"floor_ns\": %.0f, \"states\": %u}%s\n", info.entities, count, all,
           times[count * 9 / 10], median(calls, (size_t)count), median(floors, (size_t)count), states, last ? "" : ",");
    free(times);
    free(floors);
    free(calls);
    burin_registry_free(registry);
    drop(&w);
}

static double per_commit(world *w, const uint32_t *ids, uint32_t count, int commits)
{
    uint64_t start = cpu_ns();
    for (int n = 0; n < commits; n++) {
        burin_txn *t = burin_txn_begin(w->store, NULL);
        burin_txn_set(t, (burin_entity){ids[draw(count)], 0, 0}, SPEED, burin_int(1000 + n + (int64_t)draw(1 << 20)), NULL);
        ok(burin_txn_commit(t, NULL, NULL, NULL), "commit");
    }
    return (double)(cpu_ns() - start) / commits;
}

/* What a batch looks at, drawn before the clock starts: looking for random numbers in a large table of them is the host's work, and as slow as what is measured. */
typedef struct drawn {
    burin_entity *entities;
    uint32_t     *numbers, *versions; /* for the floors */
} drawn;

static void draw_entities(drawn *d, const uint32_t *ids, uint32_t count, uint32_t versions, int gets)
{
    for (int n = 0; n < gets; n++)
        d->entities[n] = (burin_entity){ids[draw(count)], 1, versions ? 1 + draw(versions) : 0};
}

static void draw_numbers(drawn *d, uint32_t count, uint32_t versions, int gets)
{
    for (int n = 0; n < gets; n++) {
        d->numbers[n]  = draw(count);
        d->versions[n] = draw(versions);
    }
}

static double per_get(world *w, const drawn *d, int gets)
{
    burin_value v;
    int64_t     sum   = 0;
    uint64_t    start = cpu_ns();
    for (int n = 0; n < gets; n++) {
        ok(burin_reader_get(w->reader, d->entities[n], SPEED, NULL, &v, NULL), "get");
        sum += v.as.i;
    }
    keep(&sum);
    return (double)(cpu_ns() - start) / gets;
}

static burin_status count_change(void *user, const burin_change *change)
{
    *(uint64_t *)user += change->what;
    return BURIN_OK;
}

static double per_diff(world *w, uint32_t versions, int diffs)
{
    uint64_t sum = 0, start = cpu_ns();
    for (int n = 0; n < diffs; n++) {
        uint32_t version = 1 + draw(versions - 1);
        ok(burin_reader_diff(w->reader, 1, version, 1, version + 1, count_change, &sum, NULL), "diff");
    }
    keep(&sum);
    return (double)(cpu_ns() - start) / diffs;
}

static double per_pin(world *w, int pins)
{
    uint64_t start = cpu_ns();
    for (int n = 0; n < pins; n++) {
        burin_reader_pin(w->reader);
        burin_reader_unpin(w->reader);
    }
    return (double)(cpu_ns() - start) / pins;
}

/* The ids of all agents. */
static uint32_t *agent_ids(world *w)
{
    uint32_t      *ids = calloc((size_t)w->nodes * w->agents, sizeof *ids), at = 0;
    burin_children nodes, agents;
    burin_reader_children(w->reader, w->map, NODES, &nodes, NULL);
    for (size_t n = 0; n < nodes.count; n++) {
        burin_reader_children(w->reader, (burin_entity){burin_children_id(&nodes, n), 0, 0}, AGENTS, &agents, NULL);
        for (size_t a = 0; a < agents.count; a++)
            ids[at++] = burin_children_id(&agents, a);
    }
    return ids;
}

static void bench_size(uint32_t nodes, uint32_t agents, bool quick, bool last)
{
    enum { BATCHES = 15 };
    world             w = build(nodes, agents, 10);
    burin_store_stats before, after;
    int               n = quick ? 200 : 2000, gets = 10 * n;
    drawn             d = {calloc((size_t)gets, sizeof *d.entities), calloc((size_t)gets, sizeof *d.numbers), calloc((size_t)gets, sizeof *d.versions)};
    double            floor_c[BATCHES], floor_g[BATCHES], floor_o[BATCHES], two[BATCHES];
    double            commit[BATCHES], get[BATCHES], old[BATCHES], diff[BATCHES], pin[BATCHES];
    burin_reader_pin(w.reader);
    uint32_t *ids = agent_ids(&w), count = nodes * agents;
    burin_reader_unpin(w.reader);
    floor_store floor = floor_make(1 + nodes + count, (uint32_t)((BATCHES + 1) * n));
    floor_table table = floor_table_make(1 + nodes + count, draw);
    per_commit(&w, ids, count, n); /* warm */
    floor_commit(&floor, n, draw);
    burin_store_stats_of(w.store, &before);
    for (int b = 0; b < BATCHES; b++) {
        commit[b]  = per_commit(&w, ids, count, n);
        floor_c[b] = floor_commit(&floor, n, draw);
    }
    double first = commit[0], final = commit[BATCHES - 1];
    burin_store_stats_of(w.store, &after);
    for (int b = 0; b < BATCHES; b++) {
        pin[b] = per_pin(&w, gets);
        burin_reader_pin(w.reader);
        uint32_t versions = burin_reader_head(w.reader, 1);
        draw_entities(&d, ids, count, 0, gets);
        get[b] = per_get(&w, &d, gets);
        draw_entities(&d, ids, count, versions, gets);
        old[b]  = per_get(&w, &d, gets);
        diff[b] = per_diff(&w, versions, gets);
        draw_numbers(&d, floor.count, floor.versions, gets);
        floor_g[b] = floor_get(&floor, d.numbers, NULL, gets);
        draw_numbers(&d, floor.count, floor.versions, gets);
        floor_o[b] = floor_get(&floor, d.numbers, d.versions, gets);
        draw_numbers(&d, floor.count, floor.versions, gets);
        two[b] = floor_two_loads(&table, d.numbers, gets);
        burin_reader_unpin(w.reader);
    }
    printf("    {\"entities\": %u, \"commit_ns\": %.0f, \"first_batch_ns\": %.0f, \"last_batch_ns\": %.0f, \"bytes\": %.0f, \"get_ns\": %.1f, "
           "\"old_get_ns\": %.1f, \"diff_ns\": %.1f, \"pin_ns\": %.1f, \"floor_commit_ns\": %.0f, \"floor_get_ns\": %.1f, \"floor_old_get_ns\": %.1f, \"two_loads_ns\": %.1f}%s\n",
           1 + nodes + count, median(commit, BATCHES), first, final, (double)(after.bytes - before.bytes) / ((double)BATCHES * n), median(get, BATCHES),
           median(old, BATCHES), median(diff, BATCHES), median(pin, BATCHES), median(floor_c, BATCHES), median(floor_g, BATCHES), median(floor_o, BATCHES),
           median(two, BATCHES), last ? "" : ",");
    free(floor.roots);
    free(d.entities);
    free(d.numbers);
    free(d.versions);
    free(ids);
    drop(&w);
}

/* One transaction: take the child at a random place out, put a new one in at another. */
static void replace_child(burin_store *s, burin_entity hub)
{
    burin_txn     *t = burin_txn_begin(s, NULL);
    burin_children held;
    burin_entity   made;
    ok(burin_txn_children(t, hub, NODES, &held, NULL), "children");
    ok(burin_txn_detach(t, (burin_entity){burin_children_id(&held, draw((uint32_t)held.count)), 0, 0}, NULL), "detach");
    burin_txn_create(t, 1, &made, NULL);
    ok(burin_txn_attach(t, made, hub, NODES, draw((uint32_t)held.count), no_key, NULL), "attach");
    ok(burin_txn_commit(t, NULL, NULL, NULL), "commit");
}

/* The floor: the whole list copied, one left out, one put in. */
static double floor_replace(uint32_t *from, uint32_t *to, uint32_t count)
{
    uint32_t out = draw(count), in = draw(count);
    uint64_t start = cpu_ns();
    memcpy(to, from, out * sizeof *to);
    memcpy(to + out, from + out + 1, (count - out - 1) * sizeof *to);
    memmove(to + in + 1, to + in, (count - in - 1) * sizeof *to);
    to[in] = out;
    keep(to);
    return (double)(cpu_ns() - start);
}

static void bench_list(uint32_t children, bool quick, bool last)
{
    static const burin_attribute hubs[] = {{"nodes", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}};
    int          count = quick ? 50 : 2000;
    burin_store *s     = burin_store_new(NULL, NULL);
    burin_type   type;
    burin_entity hub, made;
    double      *times = calloc((size_t)count, sizeof *times), *floors = calloc((size_t)count, sizeof *floors), clock = clock_cost();
    uint32_t    *ids = calloc(children, sizeof *ids), *copy = calloc(children, sizeof *copy);
    ok(burin_store_define(s, "Hub", hubs, 1, &type, NULL), "define");
    burin_txn *t = burin_txn_begin(s, NULL);
    burin_txn_create(t, type, &hub, NULL);
    for (uint32_t n = 0; n < children; n++) {
        burin_txn_create(t, type, &made, NULL);
        ok(burin_txn_attach(t, made, hub, NODES, BURIN_END, no_key, NULL), "attach");
    }
    ok(burin_txn_promote(t, hub, NULL), "promote");
    ok(burin_txn_commit(t, NULL, NULL, NULL), "commit");
    burin_store_stats before, after;
    burin_store_stats_of(s, &before);
    for (int n = 0; n < count; n++) {
        uint64_t start = cpu_ns();
        replace_child(s, hub);
        times[n]  = (double)(cpu_ns() - start) - clock;
        floors[n] = floor_replace(ids, copy, children) - clock;
    }
    burin_store_stats_of(s, &after);
    printf("    {\"children\": %u, \"ns\": %.0f, \"floor_ns\": %.0f, \"bytes\": %.0f, \"floor_bytes\": %.0f}%s\n", children, median(times, (size_t)count),
           median(floors, (size_t)count), (double)(after.bytes - before.bytes) / count, children * (double)sizeof *ids, last ? "" : ",");
    free(ids);
    free(copy);
    free(times);
    free(floors);
    burin_store_free(s);
}

static double bench_pure(bool quick)
{
    enum { BATCHES = 15 };
    burin_registry       *registry = burin_registry_new(NULL, NULL);
    const burin_callable *f;
    burin_result          result;
    double                times[BATCHES];
    int                   count = quick ? 20000 : 200000;
    int64_t               sum   = 0;
    ok(burin_register(registry, &(burin_declaration){.name = "add", .signature = "a: int, b: int -> int", .body = add, .pure = true}, &f, NULL), "register");
    for (int b = 0; b < BATCHES; b++) {
        uint64_t start = cpu_ns();
        for (int n = 0; n < count; n++) {
            burin_item args[] = {burin_item_value(burin_int(n)), burin_item_value(burin_int(b))};
            ok(burin_invoke(f, args, 2, NULL, &result, NULL), "add");
            sum += result.one.item.value.as.i;
        }
        times[b] = (double)(cpu_ns() - start) / count;
    }
    keep(&sum);
    burin_registry_free(registry);
    return median(times, BATCHES);
}

/* Touch memory and give it back. What a virtual machine was never given costs its first user many times as much as what was only freed, whoever allocates it. */
static void warm_memory(size_t size)
{
    enum { PAGE = 4096 };
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        die("memory", "out of memory");
    madvise(p, size, MADV_HUGEPAGE);
    for (size_t n = 0; n < size; n += PAGE)
        p[n] = 1;
    munmap(p, size);
}

int main(int argc, char **argv)
{
    static const struct { uint32_t nodes, agents, width; } sizes[] = {{10, 10, 10}, {20, 20, 10}, {50, 20, 10}, {50, 50, 10}, {100, 50, 10}, {200, 100, 20}};
    bool   quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    int    count = quick ? 100 : 10000;
    size_t rows  = sizeof sizes / sizeof sizes[0];
    if (!quick)
        warm_memory((size_t)2 << 30);
    floor_memory((size_t)1 << 30);
    printf("{\n  \"move\": [\n");
    for (size_t n = 0; n < rows; n++)
        bench_move(sizes[n].nodes, sizes[n].agents, sizes[n].width, count, n + 1 == rows);
    printf("  ],\n  \"one\": [\n");
    bench_size(10, 10, quick, false);
    bench_size(100, 99, quick, false);
    bench_size(1000, 999, quick, true);
    printf("  ],\n  \"list\": [\n");
    bench_list(50, quick, false);
    bench_list(1000, quick, false);
    bench_list(100000, quick, true);
    printf("  ],\n  \"pure\": [{\"ns\": %.1f}]\n}\n", bench_pure(quick));
    return 0;
}
