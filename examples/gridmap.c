/* A grid of nodes on which agents wander. The map is a versioned entity; moving an agent is a registered function, called from C and
 * from the template that draws the map, before and after. */
#include <burin/burin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES, WIDTH }; /* attributes, by position: of the map */
enum { AGENTS };       /* of a node */
enum { NAME };         /* of an agent */
enum { NODE_COUNT = 12, AGENTS_EACH = 2, MOVES = 200 };

static const burin_text no_key = {NULL, 0};

static const char page[] =
    "{% macro draw(grid) %}version {{ grid.version }}:\n"
    "{% for row in grid.nodes|batch(grid.width) %}"
    "{% for node in row %}[{{ '%2d'|format(node.agents|length) }}]{% endfor %}\n{% endfor %}{% endmacro %}"
    "{{ draw(at(grid, 1)) }}{{ draw(grid) }}"
    "on node 3: {{ grid.nodes[3].agents|map(attribute='name')|sort|join(', ') }}\n"
    "{% set who = (grid.nodes|selectattr('agents')|first).agents[0] %}"
    "{% set from = grid.nodes.index(who.owner) %}"
    "{% set now = move_agent(grid, from, who.name, target=11) %}"
    "{{ who.name }} moved from {{ from }} to 11:{% for c in diff(grid, now) %} {{ c.entity.type }} {{ c.what }};{% endfor %}\n"
    "{{ history(now)|length }} versions, {{ now.nodes|map(attribute='agents')|map('length')|sum }} agents\n";

/* move_agent(map: GridMap, source: int, name: text, target: int) -> GridMap */
static burin_status move_agent(burin_invocation *call, const burin_item *args, burin_item *out)
{
    burin_txn     *t   = burin_invocation_txn(call);
    burin_error   *err = burin_invocation_error(call);
    int64_t        source = args[1].value.as.i, target = args[3].value.as.i;
    burin_text     name = burin_text_of(args[2].value);
    burin_children nodes, agents;
    burin_status   status = burin_txn_children(t, args[0].entity, NODES, &nodes, err);

    if (status)
        return status;
    if (source < 0 || target < 0 || (size_t)source >= nodes.count || (size_t)target >= nodes.count)
        return burin_invocation_fail(call, BURIN_ERR_INDEX, "there are nodes 0 to %zu", nodes.count - 1);
    burin_entity to = {burin_children_id(&nodes, target), 0, 0};
    status          = burin_txn_children(t, (burin_entity){burin_children_id(&nodes, source), 0, 0}, AGENTS, &agents, err);
    for (size_t n = 0; n < agents.count && !status; n++) {
        burin_entity agent = {burin_children_id(&agents, n), 0, 0};
        burin_value  found;
        status = burin_txn_get(t, agent, NAME, NULL, &found, err);
        if (status || found.len != name.len || memcmp(found.as.s, name.data, name.len) != 0)
            continue;
        status = burin_txn_detach(t, agent, err);
        *out   = args[0];
        return status ? status : burin_txn_attach(t, agent, to, AGENTS, BURIN_END, no_key, err);
    }
    return status ? status : burin_invocation_fail(call, BURIN_ERR_KEY, "no agent '%.*s' on node %lld", (int)name.len, name.data, (long long)source);
}

static burin_status build(burin_store *store, burin_entity *map, burin_error *err)
{
    static const burin_attribute of_map[]   = {{"nodes", BURIN_CHILD_LIST_ATTRIBUTE, false, "Node"}, {"width", BURIN_INT_ATTRIBUTE, false, NULL}};
    static const burin_attribute of_node[]  = {{"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, "Agent"}};
    static const burin_attribute of_agent[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}};
    burin_type   map_type, node_type, agent_type;
    burin_entity node, agent;
    char         name[32];
    burin_status status = burin_store_define(store, "GridMap", of_map, 2, &map_type, err);
    if (!status)
        status = burin_store_define(store, "Node", of_node, 1, &node_type, err);
    if (!status)
        status = burin_store_define(store, "Agent", of_agent, 1, &agent_type, err);
    burin_txn *t = status ? NULL : burin_txn_begin(store, err);
    if (!t)
        return status ? status : BURIN_ERR_NOMEM;
    status = burin_txn_create(t, map_type, map, err);
    if (!status)
        status = burin_txn_set(t, *map, WIDTH, burin_int(4), err);
    for (int n = 0; n < NODE_COUNT && !status; n++) {
        status = burin_txn_create(t, node_type, &node, err);
        if (!status)
            status = burin_txn_attach(t, node, *map, NODES, BURIN_END, no_key, err);
        for (int a = 0; a < AGENTS_EACH && !status; a++) {
            int len = snprintf(name, sizeof name, "agent_%d_%d", n, a);
            status  = burin_txn_create(t, agent_type, &agent, err);
            if (!status)
                status = burin_txn_set(t, agent, NAME, burin_string_borrow(name, (size_t)len), err);
            if (!status)
                status = burin_txn_attach(t, agent, node, AGENTS, BURIN_END, no_key, err);
        }
    }
    if (!status)
        status = burin_txn_promote(t, *map, err);
    if (!status)
        return burin_txn_commit(t, NULL, NULL, err);
    burin_txn_abort(t);
    return status;
}

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 16) % below;
}

/* Agents wander: the result of a call is the map of the next one. */
static burin_status wander(const burin_callable *move, burin_reader *reader, burin_item *map, burin_error *err)
{
    uint32_t     state  = 42;
    burin_status status = BURIN_OK;
    for (int n = 0; n < MOVES && !status; n++) {
        burin_children nodes, agents;
        burin_value    name;
        burin_result   result;
        uint32_t       source = draw(&state, NODE_COUNT), target = draw(&state, NODE_COUNT);
        burin_reader_pin(reader);
        status = burin_reader_children(reader, map->entity, NODES, &nodes, err);
        if (!status)
            status = burin_reader_children(reader, (burin_entity){burin_children_id(&nodes, source), 0, 0}, AGENTS, &agents, err);
        if (status || source == target || agents.count == 0)
            continue;
        burin_entity agent = {burin_children_id(&agents, draw(&state, (uint32_t)agents.count)), 0, 0};
        status             = burin_reader_get(reader, agent, NAME, NULL, &name, err);
        burin_item args[]  = {*map, burin_item_value(burin_int(source)), burin_item_value(name), burin_item_value(burin_int(target))};
        if (!status)
            status = burin_invoke(move, args, 4, NULL, &result, err);
        if (!status)
            *map = result.one.item;
    }
    return status;
}

static burin_status show(const burin_callable *move, burin_reader *reader, burin_entity map, burin_error *err)
{
    burin_env   *env  = burin_env_new(NULL, err);
    burin_heap  *heap = burin_heap_new(NULL);
    burin_value  vars = heap ? burin_dict(heap, 1) : burin_missing();
    burin_status status = env && heap ? BURIN_OK : BURIN_ERR_NOMEM;
    if (!status)
        status = burin_env_grant(env, move, NULL);
    if (!status)
        status = burin_env_grant_versions(env);
    burin_reader_pin(reader);
    if (!status)
        status = burin_dict_set_z(heap, vars, "grid", burin_entity_value(heap, reader, map, err));
    char *text = status ? NULL : burin_render_once(env, (burin_text){page, sizeof page - 1}, vars, NULL, err);
    if (text)
        puts(text);
    free(text);
    burin_heap_free(heap);
    burin_env_unref(env);
    return text ? BURIN_OK : BURIN_ERR_TEMPLATE;
}

int main(void)
{
    burin_error           err      = BURIN_ERROR_INIT;
    burin_store          *store    = burin_store_new(NULL, &err);
    burin_reader         *reader   = store ? burin_reader_new(store) : NULL;
    burin_registry       *registry = store ? burin_registry_new(&(burin_registry_options){.store = store}, &err) : NULL;
    const burin_callable *move;
    burin_entity          map;
    burin_status          status = reader && registry ? build(store, &map, &err) : BURIN_ERR_NOMEM;
    burin_declaration     what   = {.name = "move_agent", .signature = "map: GridMap, source: int, name: text, target: int -> GridMap", .body = move_agent,
                                    .effect = BURIN_EFFECT_MUTATES, .doc = "take an agent from one node to another"};
    if (!status)
        status = burin_register(registry, &what, &move, &err);
    burin_item grid = burin_item_entity(map);
    if (!status)
        status = wander(move, reader, &grid, &err);
    if (!status)
        status = show(move, reader, grid.entity, &err);
    if (status)
        fprintf(stderr, "gridmap: %s\n", err.message ? err.message : "out of memory");
    burin_error_clear(&err);
    burin_registry_free(registry);
    burin_reader_free(reader);
    burin_store_free(store);
    return status ? 1 : 0;
}
