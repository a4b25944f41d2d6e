/* Calls that work on entities. Numbers in names are those of the list of behaviours (addresses 56-58, calls 62-84). */
#include "tests/unit/registry/world.h"

#include <time.h>

/* ---- functions ---- */

static burin_status fast(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, speed: int) */
{
    *out = args[0];
    return burin_txn_set(burin_invocation_txn(call), args[0].entity, SPEED, args[1].value, burin_invocation_error(call));
}

static burin_status move(burin_invocation *call, const burin_item *args, burin_item *out) /* (m: Map, a: Agent, to: Node) */
{
    burin_txn   *t      = burin_invocation_txn(call);
    burin_error *err    = burin_invocation_error(call);
    burin_status status = burin_txn_detach(t, args[1].entity, err);
    *out                = args[0];
    return status ? status : burin_txn_attach(t, args[1].entity, args[2].entity, AGENTS, BURIN_END, no_key, err);
}

static burin_status born(burin_invocation *call, const burin_item *args, burin_item *out) /* (name: text) */
{
    burin_txn   *t      = burin_invocation_txn(call);
    burin_status status = burin_txn_create(t, 1, &out->entity, burin_invocation_error(call));
    return status ? status : burin_txn_set(t, out->entity, NAME, args[0].value, burin_invocation_error(call));
}

static burin_status part(burin_invocation *call, const burin_item *args, burin_item *out) /* (m: Map, a: Agent) */
{
    *out = args[1];
    return burin_txn_detach(burin_invocation_txn(call), args[1].entity, burin_invocation_error(call));
}

static burin_status same(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    *out = args[0];
    return BURIN_OK;
}

static burin_status scale(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, s: config Settings, plus: int = 0) */
{
    burin_txn   *t = burin_invocation_txn(call);
    burin_value  speed, factor;
    burin_error *err    = burin_invocation_error(call);
    burin_status status = burin_txn_get(t, args[0].entity, SPEED, NULL, &speed, err);
    if (status == BURIN_OK)
        status = burin_txn_get(t, args[1].entity, FACTOR, NULL, &factor, err);
    *out = args[0];
    return status ? status : burin_txn_set(t, args[0].entity, SPEED, burin_int(speed.as.i * factor.as.i + args[2].value.as.i), err);
}

static burin_status spoil(burin_invocation *call, const burin_item *args, burin_item *out) /* changes, then fails */
{
    (void)out;
    burin_txn_set(burin_invocation_txn(call), args[0].entity, SPEED, burin_int(-5), burin_invocation_error(call));
    return burin_invocation_fail(call, BURIN_ERR_VALUE, "agent %u is tired", args[0].entity.id);
}

static burin_status several(burin_invocation *call, const burin_item *args, burin_item *out) /* gives all its arguments */
{
    const burin_callable_info *info = burin_callable_info_of(burin_invocation_callable(call));
    (void)out;
    for (size_t n = 0; n < info->parameter_count; n++) {
        burin_status status = burin_give(call, (burin_text){info->parameters[n].name, strlen(info->parameters[n].name)}, args[n]);
        if (status)
            return status;
    }
    return BURIN_OK;
}

static burin_status both_faster(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, b: Agent, by: int) */
{
    burin_txn   *t      = burin_invocation_txn(call);
    burin_status status = BURIN_OK;
    (void)out;
    for (int n = 0; n < 2 && !status; n++) {
        burin_value speed;
        status = burin_txn_get(t, args[n].entity, SPEED, NULL, &speed, burin_invocation_error(call));
        if (status == BURIN_OK)
            status = burin_txn_set(t, args[n].entity, SPEED, burin_int(speed.as.i + args[2].value.as.i), burin_invocation_error(call));
        if (status == BURIN_OK)
            status = burin_give(call, no_key, args[n]);
    }
    return status;
}

static burin_status quietly(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, speed: int): gives nothing back */
{
    (void)out;
    return burin_txn_set(burin_invocation_txn(call), args[0].entity, SPEED, args[1].value, burin_invocation_error(call));
}

static const burin_callable *make(world *w, const char *signature, burin_body body, burin_effect effect)
{
    return declare(w, (burin_declaration){.name = "f", .signature = signature, .body = body, .effect = effect});
}

/* ---- records ---- */

typedef struct seen {
    size_t       records, links;
    burin_record last;
    burin_linked linked[16];
} seen;
static burin_status see(void *user, const burin_record *record)
{
    seen *s = user;
    if (s->records++ == 0) {
        s->last  = *record;
        s->links = record->count;
        for (size_t n = 0; n < record->count; n++)
            s->linked[n] = record->links[n];
    }
    return BURIN_OK;
}
static seen records(world *w)
{
    seen s = {0};
    burin_registry_records(w->registry, see, &s);
    return s;
}

static burin_status see_one(void *user, const burin_record *record)
{
    seen *s = user;
    if (record->execution != s->last.execution)
        return BURIN_OK;
    s->last = *record;
    return BURIN_ERR_STOP_ITERATION;
}
/* The record of an execution. */
static void seen_of(world *w, uint64_t execution, seen *s)
{
    *s = (seen){.last.execution = execution};
    assert_int_equal(burin_registry_records(w->registry, see_one, s), BURIN_ERR_STOP_ITERATION);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static const char *note_of(world *w, burin_entity e)
{
    static char        note[64];
    burin_version_info info;
    assert_int_equal(burin_reader_version(w->reader, e.tree, e.version, &info, NULL), BURIN_OK);
    memcpy(note, info.note.data, info.note.len);
    note[info.note.len] = '\0';
    return note;
}

/* ---- what becomes of results ---- */

/* 64, 79: the link to function and execution is the note of the version. */
static void a_changed_argument_is_a_mutation(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "a: Agent, speed: int -> Agent", fast, BURIN_EFFECT_MUTATES);
    int64_t               before = now_ns();
    burin_result         *r = CALL(w, f, BURIN_OK, burin_item_entity(w->agents[0]), item_int(9));
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_MUTATION);
    assert_int_equal(r->one.item.entity.id, w->agents[0].id);
    assert_int_equal(r->one.item.entity.version, 2);
    assert_int_equal(r->commit.states, 3);
    assert_int_equal(speed_of(w, w->agents[0]), 9);
    burin_value old;
    burin_reader_get(w->reader, (burin_entity){w->agents[0].id, 1, 1}, SPEED, NULL, &old, NULL);
    assert_int_equal(old.as.i, 1);
    assert_string_equal(note_of(w, r->one.item.entity), "f#1");
    burin_entity_info info;
    burin_reader_info(w->reader, r->one.item.entity, &info, NULL);
    assert_int_equal(info.predecessor, 1);
    seen s = records(w);
    assert_int_equal(s.records, 1);
    assert_int_equal(s.last.execution, 1);
    assert_int_equal(s.last.commit, r->commit.commit);
    assert_ptr_equal(s.last.callable, f);
    assert_int_equal(s.links, 2);
    assert_int_equal(s.linked[0].link, BURIN_LINK_INPUT);
    assert_int_equal(s.linked[0].entity.version, 1);
    assert_int_equal(s.linked[1].link, BURIN_LINK_OUTPUT);
    assert_int_equal(s.linked[1].entity.version, 2);
    assert_int_equal(s.linked[1].semantic, BURIN_SEMANTIC_MUTATION);
    assert_true(before - 20000000 <= s.last.time_ns && s.last.time_ns <= now_ns()); /* by a clock of milliseconds */
    assert_true(s.last.took_ns > 0);
}

/* 18: nothing changed, no version */
static void an_argument_given_back_as_it_was_is_unchanged(void **state)
{
    world *w = *state;
    assert_int_equal(CALL(w, make(w, "a: Map -> Map", same, BURIN_EFFECT_CHANGES), BURIN_OK, burin_item_entity(w->map))->one.semantic, BURIN_SEMANTIC_UNCHANGED);
    assert_int_equal(head(w), 1);
    assert_int_equal(CALL(w, make(w, "a: Agent, speed: int -> Agent", fast, BURIN_EFFECT_CHANGES), BURIN_OK, burin_item_entity(w->agents[1]), item_int(2))->commit.commit, 0);
    assert_int_equal(records(w).records, 2);
}

/* 2, 66 */
static void a_new_entity_is_a_creation_with_a_tree_of_its_own(void **state)
{
    world        *w = *state;
    burin_result *r = CALL(w, make(w, "name: text -> Agent", born, BURIN_EFFECT_CREATES), BURIN_OK, item_text("eve"));
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_CREATION);
    assert_int_equal(r->one.item.entity.tree, 2);
    assert_int_equal(r->one.item.entity.version, 1);
    assert_string_equal(note_of(w, r->one.item.entity), "f#1");
}

/* 67: the loss of the child is stored. 48: whether it is named as it is now, or as it was in a version. */
static void a_child_taken_out_is_a_detachment(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "m: Map, a: Agent -> Agent", part, BURIN_EFFECT_DETACHES);
    burin_result         *r = CALL(w, f, BURIN_OK, burin_item_entity(w->map), burin_item_entity(w->agents[3]));
    burin_children        children;
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_DETACHMENT);
    assert_int_equal(r->one.item.entity.tree, 2);
    assert_int_equal(r->commit.trees, 2);
    burin_reader_children(w->reader, (burin_entity){w->nodes[1].id, 1, 0}, AGENTS, &children, NULL);
    assert_int_equal(children.count, 1);
    r = CALL(w, f, BURIN_OK, burin_item_entity(w->map), burin_item_entity((burin_entity){w->agents[2].id, 1, 1}));
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_DETACHMENT);
    assert_int_equal(r->one.item.entity.tree, 3);
    burin_reader_children(w->reader, (burin_entity){w->nodes[1].id, 1, 0}, AGENTS, &children, NULL);
    assert_int_equal(children.count, 0);
}

static void an_effect_that_was_not_declared_is_refused(void **state)
{
    static const struct { const char *signature; burin_body body; burin_effect effect; const char *want; } rows[] = {
        {"a: Agent, x: int -> Agent", fast, BURIN_EFFECT_CREATES, "f() is declared 'creates', but its result is an entity that stays where it was"},
        {"a: Agent, x: int -> Agent", fast, BURIN_EFFECT_DETACHES, "f() is declared 'detaches', but its result is an entity that stays where it was"},
        {"a: Agent, x: int -> Agent", fast, BURIN_EFFECT_READS, "entity %u cannot be changed by what only reads"},
    };
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        CALL(w, make(w, rows[n].signature, rows[n].body, rows[n].effect), rows[n].effect == BURIN_EFFECT_READS ? BURIN_ERR_USAGE : BURIN_ERR_TYPE,
             burin_item_entity(w->agents[0]), item_int(7));
        assert_says(w, rows[n].want);
    }
    CALL(w, make(w, "x: text -> Agent", born, BURIN_EFFECT_MUTATES), BURIN_ERR_TYPE, item_text("x"));
    assert_string_equal(w->err.message, "f() is declared 'mutates', but its result is new");
    CALL(w, make(w, "x: text -> Agent", born, BURIN_EFFECT_READS), BURIN_ERR_USAGE, item_text("x"));
    assert_int_equal(head(w), 1);
}

/* 65: Python discards what is not returned; here a transaction means what it changed, and a function that means nothing is declared to read. */
static void a_change_counts_whether_or_not_it_is_given_back(void **state)
{
    world *w = *state;
    CALL(w, make(w, "a: Agent, b: Agent, speed: int -> Agent", scale, BURIN_EFFECT_READS), BURIN_ERR_USAGE, burin_item_entity(w->agents[0]),
         burin_item_entity(w->agents[1]), item_int(1));
    CALL(w, make(w, "m: Map, a: Agent, to: Node -> Map", move, BURIN_EFFECT_MUTATES), BURIN_OK, burin_item_entity(w->map), burin_item_entity(w->agents[0]),
         burin_item_entity(w->nodes[1]));
    assert_int_equal(w->result.commit.states, 4);
    assert_int_equal(w->result.one.semantic, BURIN_SEMANTIC_MUTATION);
    CALL(w, make(w, "a: Agent, speed: int -> none", quietly, BURIN_EFFECT_MUTATES), BURIN_OK, burin_item_entity(w->agents[1]), item_int(77));
    assert_int_equal(w->result.commit.states, 3);
    assert_int_equal(speed_of(w, w->agents[1]), 77);
    CALL(w, make(w, "a: Agent, speed: int -> none", quietly, BURIN_EFFECT_READS), BURIN_ERR_USAGE, burin_item_entity(w->agents[1]), item_int(78));
    assert_int_equal(speed_of(w, w->agents[1]), 77);
}

/* 68, 69 */
static void what_is_given_twice_is_one(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "m: Map, a: Agent, to: Node -> Map", move, BURIN_EFFECT_CHANGES);
    burin_children        children;
    burin_result         *r = CALL(w, f, BURIN_OK, burin_item_entity(w->map), burin_item_entity(w->agents[0]), burin_item_entity(w->nodes[1]));
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_MUTATION);
    assert_int_equal(r->one.item.entity.version, 2); /* what was done to its nodes is done to the root that was given beside them */
    assert_int_equal(r->commit.states, 4);
    assert_int_equal(head(w), 2);
    burin_reader_children(w->reader, (burin_entity){w->nodes[1].id, 1, 2}, AGENTS, &children, NULL);
    assert_int_equal(children.count, 3);
    assert_int_equal(children.ids[2], w->agents[0].id);
    r = CALL(w, make(w, "a: Agent, b: Agent, by: int -> (Agent, Agent)", both_faster, BURIN_EFFECT_CHANGES), BURIN_OK, burin_item_entity(w->agents[0]),
             burin_item_entity(w->agents[0]), item_int(10));
    assert_int_equal(speed_of(w, w->agents[0]), 1 + 10 + 10); /* the second change saw the first */
    assert_int_equal(r->items[0].item.entity.version, 3);
    assert_int_equal(r->items[1].item.entity.version, 3);
    assert_int_equal(head(w), 3);
}

/* 70 */
static void nodes_of_one_tree_without_their_root_make_one_version(void **state)
{
    world        *w = *state;
    burin_result *r = CALL(w, make(w, "a: Agent, b: Agent, by: int -> (Agent, Agent)", both_faster, BURIN_EFFECT_MUTATES), BURIN_OK, burin_item_entity(w->agents[0]),
                           burin_item_entity(w->agents[3]), item_int(10));
    assert_int_equal(r->commit.states, 5); /* two agents, two nodes, the map once */
    assert_int_equal(r->commit.trees, 1);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(r->items[n].semantic, BURIN_SEMANTIC_MUTATION);
        assert_int_equal(r->items[n].item.entity.tree, 1);
        assert_int_equal(r->items[n].item.entity.version, 2);
    }
    assert_int_equal(speed_of(w, w->agents[0]), 11);
    assert_int_equal(speed_of(w, w->agents[3]), 14);
}

/* 71, 84 */
static void a_move_from_tree_to_tree_changes_both_and_loses_nothing(void **state)
{
    world       *w = *state;
    burin_entity eve = CALL(w, make(w, "name: text -> Agent", born, BURIN_EFFECT_CREATES), BURIN_OK, item_text("eve"))->one.item.entity;
    burin_txn   *t   = burin_txn_begin(w->store, NULL);
    burin_entity node;
    burin_txn_create(t, 2, &node, NULL);
    burin_txn_promote(t, node, NULL);
    burin_txn_attach(t, eve, node, AGENTS, BURIN_END, no_key, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_result *r = CALL(w, make(w, "m: Map, a: Agent, to: Node -> Map", move, BURIN_EFFECT_CHANGES), BURIN_OK, burin_item_entity(w->map),
                           burin_item_entity(w->agents[0]), burin_item_entity(node));
    assert_int_equal(r->commit.trees, 2);
    burin_children here, there;
    burin_reader_children(w->reader, (burin_entity){w->nodes[0].id, 1, 0}, AGENTS, &here, NULL);
    burin_reader_children(w->reader, (burin_entity){node.id, 0, 0}, AGENTS, &there, NULL);
    assert_int_equal(here.count, 1);
    assert_int_equal(here.ids[0], w->agents[1].id);
    assert_int_equal(there.count, 2);
    assert_int_equal(there.ids[0], eve.id);
    assert_int_equal(there.ids[1], w->agents[0].id);
    burin_reader_children(w->reader, (burin_entity){w->nodes[0].id, 1, 1}, AGENTS, &here, NULL); /* as it was */
    assert_int_equal(here.count, 2);
}

/* Which agents there are, by their places in w->agents: bit n for each, in the newest version; one that stands in two lists fails. */
static unsigned agents_there(world *w)
{
    unsigned       there = 0;
    burin_children held;
    for (int node = 0; node < 2; node++) {
        assert_int_equal(burin_reader_children(w->reader, (burin_entity){w->nodes[node].id, 1, 0}, AGENTS, &held, NULL), BURIN_OK);
        for (size_t n = 0; n < held.count; n++) {
            unsigned bit = 0;
            for (unsigned k = 0; k < 4; k++)
                bit |= (unsigned)(burin_children_id(&held, n) == w->agents[k].id) << k;
            assert_int_equal(there & bit, 0);
            there |= bit;
        }
    }
    return there;
}

/* 84 */
static void no_agent_is_lost_or_doubled_however_often_they_move(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "m: Map, a: Agent, to: Node -> Map", move, BURIN_EFFECT_CHANGES);
    unsigned              random = 1;
    for (int n = 0; n < 500; n++) {
        random = random * 1103515245 + 12345;
        burin_entity agent = w->agents[random >> 16 & 3], to = w->nodes[random >> 20 & 1];
        CALL(w, f, BURIN_OK, burin_item_entity(w->map), burin_item_entity((burin_entity){agent.id, 0, 0}), burin_item_entity((burin_entity){to.id, 0, 0}));
        assert_int_equal(agents_there(w), 15);
    }
}

/* 75, 76 */
static void several_results_come_in_order_and_are_siblings_of_one_execution(void **state)
{
    world        *w = *state;
    burin_result *r = CALL(w, make(w, "a: Agent, b: int, c: Agent | none -> (Agent, int, Agent | none)", several, BURIN_EFFECT_CHANGES), BURIN_OK,
                           burin_item_entity(w->agents[1]), item_int(5), burin_item_value(burin_none()));
    assert_int_equal(r->count, 3);
    assert_int_equal(r->items[0].item.entity.id, w->agents[1].id);
    assert_int_equal(r->items[1].item.value.as.i, 5);
    assert_int_equal(r->items[2].item.value.kind, BURIN_NONE);
    r = CALL(w, make(w, "x: Agent, y: Agent -> {Agent}", several, BURIN_EFFECT_CHANGES), BURIN_OK, burin_item_entity(w->agents[1]), burin_item_entity(w->agents[2]));
    assert_int_equal(r->count, 2);
    assert_memory_equal(r->items[1].key.data, "y", 1);
    seen s = records(w);
    assert_int_equal(s.links, 4);
    assert_int_equal(s.linked[2].entity.id, w->agents[1].id);
    assert_int_equal(s.linked[3].entity.id, w->agents[2].id);
    assert_int_equal(call_with(w, make(w, "-> [Agent]", several, BURIN_EFFECT_CHANGES), NULL, 0, (burin_invoke_options){0}, BURIN_OK)->count, 0);
}

/* 77 */
static void results_that_are_not_as_declared_are_errors_on_every_path(void **state)
{
    static const struct { const char *signature, *want; burin_body body; } rows[] = {
        {"a: Agent -> int", "f() result must be int, not Agent", same},
        {"a: Agent -> Node | none", "f() result must be Node | none, not Agent", same},
        {"a: Agent -> none", "f() gave a result, but declares none", same},
        {"a: Agent -> (Agent, Agent)", "f() gave 1 results, but declares 2", several},
        {"a: Agent -> Agent", "f() gave several results, but declares one", several},
        {"a: Agent -> {int}", "f() result must be int, not Agent", several},
        {"a: Agent -> [text]", "f() result must be text, not Agent", several},
    };
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        CALL(w, make(w, rows[n].signature, rows[n].body, BURIN_EFFECT_CHANGES), BURIN_ERR_TYPE, burin_item_entity(w->agents[0]));
        assert_string_equal(w->err.message, rows[n].want);
        assert_int_equal(records(w).last.status, BURIN_ERR_TYPE);
    }
    static const struct { const char *signature; burin_body body; } changing[] = {{"a: Agent, x: int -> int", fast}, {"a: Agent, x: int -> Node", fast}, {"x: text -> Map", born}};
    for (size_t n = 0; n < sizeof changing / sizeof *changing; n++) { /* what they did before is taken back */
        const burin_callable *f = make(w, changing[n].signature, changing[n].body, BURIN_EFFECT_CHANGES);
        if (n < 2)
            CALL(w, f, BURIN_ERR_TYPE, burin_item_entity(w->agents[0]), item_int(99));
        else
            CALL(w, f, BURIN_ERR_TYPE, item_text("eve"));
        assert_int_equal(head(w), 1);
        assert_int_equal(burin_reader_trees(w->reader), 1);
        assert_int_equal(speed_of(w, w->agents[0]), 1);
    }
    CALL(w, declare(w, (burin_declaration){.name = "f", .signature = "a: int -> text", .body = same, .pure = true}), BURIN_ERR_TYPE, item_int(1));
    assert_string_equal(w->err.message, "f() result must be text, not int");
    CALL(w, declare(w, (burin_declaration){.name = "f", .signature = "a: int -> none", .body = several, .pure = true}), BURIN_ERR_TYPE, item_int(1));
    assert_string_equal(w->err.message, "f() gave several results, but declares one");
}

/* 78 */
static void a_function_that_fails_changes_nothing_and_leaves_a_record(void **state)
{
    world *w = *state;
    CALL(w, make(w, "a: Agent -> Agent", spoil, BURIN_EFFECT_CHANGES), BURIN_ERR_VALUE, burin_item_entity(w->agents[0]));
    assert_says(w, "agent %u is tired");
    assert_int_equal(head(w), 1);
    seen s = records(w);
    assert_int_equal(s.last.status, BURIN_ERR_VALUE);
    assert_string_equal(s.last.message, w->err.message);
    assert_int_equal(s.links, 1);
    assert_int_equal(s.linked[0].link, BURIN_LINK_INPUT);
    assert_int_equal(s.linked[0].entity.id, w->agents[0].id);
}

/* ---- configurations ---- */

/* 74 */
static void a_configuration_is_an_entity_or_made_of_values(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "a: Agent, s: config Settings, plus: int = 0 -> Agent", scale, BURIN_EFFECT_CHANGES);
    const burin_text      names[] = {BURIN_TEXT("a"), BURIN_TEXT("factor"), BURIN_TEXT("label"), BURIN_TEXT("plus")};
    burin_item            args[]  = {burin_item_entity(w->agents[1]), item_int(10), item_text("fast"), item_int(1)};
    assert_int_equal(burin_invoke_named(f, names, args, 4, &(burin_invoke_options){.heap = w->heap}, &w->result, &w->err), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(speed_of(w, w->agents[1]), 21);
    seen         s      = records(w);
    burin_entity config = s.linked[1].link == BURIN_LINK_CONFIG ? s.linked[1].entity : s.linked[0].entity;
    burin_value  label;
    assert_true(config.tree != w->map.tree && config.tree > 0); /* a tree of its own, which the call's commit made */
    assert_int_equal(config.version, 1);
    assert_int_equal(burin_reader_get(w->reader, config, LABEL, NULL, &label, NULL), BURIN_OK);
    assert_memory_equal(label.as.s, "fast", 4);
    config.tree = config.version = 0;
    CALL(w, f, BURIN_OK, burin_item_entity(w->agents[0]), burin_item_entity(config)); /* explicit; defaults left out */
    assert_int_equal(speed_of(w, w->agents[0]), 10);
    char address[64];
    snprintf(address, sizeof address, "@%u.speed", w->agents[1].id);
    args[1] = item_text(address); /* from an address, which is remembered */
    assert_int_equal(burin_invoke_named(f, names, args, 2, &(burin_invoke_options){.heap = w->heap}, &w->result, &w->err), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(speed_of(w, w->agents[1]), 21 * 21);
    s = records(w);
    for (size_t n = 0; n < s.links; n++) {
        if (s.linked[n].link == BURIN_LINK_CONFIG)
            config = s.linked[n].entity;
        else if (s.linked[n].link == BURIN_LINK_SOURCE)
            assert_true(s.linked[n].entity.id == w->agents[1].id && s.linked[n].entity.tree > 0);
    }
    assert_int_equal(config.version, 1);
    burin_entity source;
    int          attribute;
    assert_int_equal(burin_reader_origin(w->reader, config, FACTOR, &source, &attribute, NULL), BURIN_OK);
    assert_int_equal(source.id, w->agents[1].id);
}

/* 62 */
static void names_that_nothing_has_are_refused(void **state)
{
    static const struct { const char *names[3]; const char *want; } rows[] = {
        {{"a", "colour", "factor"}, "f() got an unexpected keyword argument 'colour'"},
        {{"a", "a", "factor"}, "f() got multiple values for argument 'a'"},
        {{"a", "plus", "plus"}, "f() got multiple values for argument 'plus'"},
    };
    world                *w = *state;
    const burin_callable *f = make(w, "a: Agent, s: config Settings, plus: int = 0 -> Agent", scale, BURIN_EFFECT_CHANGES);
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_text names[3];
        burin_item args[] = {burin_item_entity(w->agents[1]), item_int(10), item_int(1)};
        for (size_t k = 0; k < 3; k++)
            names[k] = (burin_text){rows[n].names[k], strlen(rows[n].names[k])};
        burin_error_clear(&w->err);
        assert_int_equal(burin_invoke_named(f, names, args, 3, NULL, &w->result, &w->err), BURIN_ERR_TYPE);
        assert_string_equal(w->err.message, rows[n].want);
    }
    assert_int_equal(head(w), 1);
}

/* 62, 81: nothing is stored but the record of the failure. */
static void wrong_arguments_of_a_function_that_changes_store_nothing(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "a: Agent, speed: int -> Agent", fast, BURIN_EFFECT_CHANGES);
    burin_txn            *t = burin_txn_begin(w->store, NULL);
    burin_entity          nowhere;
    burin_txn_create(t, 1, &nowhere, NULL); /* of a transaction that the call knows nothing of */
    const struct { burin_item args[2]; size_t count; burin_status status; } rows[] = {
        {{burin_item_entity(w->agents[0])}, 1, BURIN_ERR_TYPE},
        {{burin_item_entity(w->agents[0]), item_text("fast")}, 2, BURIN_ERR_TYPE},
        {{burin_item_entity(w->map), item_int(7)}, 2, BURIN_ERR_TYPE},
        {{item_int(7), item_int(7)}, 2, BURIN_ERR_TYPE},
        {{burin_item_entity((burin_entity){4711, 0, 0}), item_int(7)}, 2, BURIN_ERR_KEY},
        {{burin_item_entity(nowhere), item_int(7)}, 2, BURIN_ERR_KEY},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        call_with(w, f, rows[n].args, rows[n].count, (burin_invoke_options){0}, rows[n].status);
        assert_int_equal(head(w), 1);
        seen s = records(w);
        assert_int_equal(s.records, n + 1);
        assert_int_equal(s.last.status, rows[n].status);
        assert_string_equal(s.last.message, w->err.message);
    }
    burin_txn_abort(t);
}

/* ---- addresses ---- */

/* 55, 56, 57, 58, 72, 73 */
static void addresses_stand_for_what_they_name(void **state)
{
    world *w = *state;
    char   field[64], whole[64], old[64];
    const burin_callable *f = make(w, "a: Agent, speed: int -> Agent", fast, BURIN_EFFECT_MUTATES);
    snprintf(field, sizeof field, "@%u.nodes[1].agents[1].speed", w->map.id);
    snprintf(whole, sizeof whole, "@%u", w->agents[0].id);
    snprintf(old, sizeof old, "@%u~1.speed", w->agents[0].id);
    assert_int_equal(CALL(w, f, BURIN_OK, item_text(whole), item_text(field))->one.semantic, BURIN_SEMANTIC_MUTATION);
    assert_int_equal(speed_of(w, w->agents[0]), 4);
    CALL(w, f, BURIN_OK, burin_item_entity(w->agents[1]), item_text(old));
    assert_int_equal(speed_of(w, w->agents[1]), 1);
    const burin_callable *echo = declare(w, (burin_declaration){.name = "echo", .signature = "x: data -> data", .body = same});
    burin_value           list = burin_list(w->heap, 2), dict = burin_dict(w->heap, 1);
    burin_list_append(w->heap, list, text_value(field));
    burin_list_append(w->heap, list, text_value("@ home"));
    burin_dict_set_z(w->heap, dict, "k", list);
    burin_value in_tuple = text_value(field);
    burin_dict_set_z(w->heap, dict, "t", burin_tuple(w->heap, &in_tuple, 1));
    char *repr = burin_repr(CALL(w, echo, BURIN_OK, burin_item_value(dict))->one.item.value, NULL);
    assert_string_equal(repr, "{'k': [4, '@ home'], 't': (4,)}");
    free(repr);
    repr = burin_repr(CALL(w, echo, BURIN_OK, burin_item_value(burin_tuple(w->heap, &in_tuple, 1)))->one.item.value, NULL);
    assert_string_equal(repr, "(4,)");
    free(repr);
    repr = burin_repr(CALL(w, echo, BURIN_OK, burin_item_value(list))->one.item.value, NULL);
    assert_string_equal(repr, "[4, '@ home']");
    free(repr);
    seen s = records(w);
    assert_int_equal(s.links, 1);
    assert_int_equal(s.linked[0].link, BURIN_LINK_SOURCE);
    assert_int_equal(s.linked[0].entity.id, w->agents[3].id);
    burin_item literal = item_text(whole);
    literal.literal    = 1;
    assert_int_equal(CALL(w, echo, BURIN_OK, literal)->one.item.value.kind, BURIN_STRING);
    CALL(w, f, BURIN_ERR_KEY, item_text("@999"), item_int(1));
    CALL(w, f, BURIN_ERR_TYPE, item_text(field), item_int(1));
    burin_list_append(w->heap, list, text_value(whole));
    CALL(w, echo, BURIN_ERR_TYPE, burin_item_value(dict));
}

/* 80: Python versions the diverged argument first; here arguments do not diverge, but the store may have gone on. */
static void an_argument_of_an_older_version_must_be_what_it_was(void **state)
{
    world                *w   = *state;
    const burin_callable *f   = make(w, "a: Agent, speed: int -> Agent", fast, BURIN_EFFECT_MUTATES);
    burin_entity          old = {w->agents[0].id, 1, 1}, other = {w->agents[1].id, 1, 1};
    burin_entity          now = CALL(w, f, BURIN_OK, burin_item_entity(old), item_int(50))->one.item.entity;
    CALL(w, f, BURIN_ERR_CONFLICT, burin_item_entity(old), item_int(51));
    assert_says(w, "f() argument 'a': entity %u has changed since version 1");
    CALL(w, f, BURIN_OK, burin_item_entity(other), item_int(52));
    CALL(w, f, BURIN_OK, burin_item_entity(now), item_int(53));
    assert_int_equal(speed_of(w, w->agents[0]), 53);
}

/* ---- calls within calls ---- */

typedef struct nest {
    const burin_callable *inner;
    bool                  apart;
    burin_status          got;
    burin_semantic        semantic;
} nest;

static burin_status outer(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, speed: int): sets, then calls for another agent */
{
    nest                *n       = burin_invocation_data(call);
    burin_result         result;
    burin_invoke_options options = {.heap = burin_invocation_heap(call), .parent = call, .apart = n->apart};
    burin_status         status  = fast(call, args, out);
    if (status)
        return status;
    n->got      = burin_invoke(n->inner, args, burin_callable_info_of(n->inner)->parameter_count, &options, &result, NULL);
    n->semantic = result.one.semantic;
    return BURIN_OK;
}

static burin_status deeper(burin_invocation *call, const burin_item *args, burin_item *out)
{
    burin_result result;
    burin_status status = burin_invoke(burin_invocation_callable(call), args, 1, &(burin_invoke_options){.parent = call}, &result, burin_invocation_error(call));
    *out                = result.one.item;
    return status;
}

static burin_status through(burin_invocation *call, const burin_item *args, burin_item *out) /* what the inner one gives */
{
    nest        *n = burin_invocation_data(call);
    burin_result result;
    burin_status status = burin_invoke(n->inner, args, 1, &(burin_invoke_options){.parent = call}, &result, burin_invocation_error(call));
    *out                = result.one.item;
    return status;
}

typedef struct inside {
    uint64_t parent;
    size_t   count;
} inside;
static burin_status count_inner(void *user, const burin_event *event)
{
    inside *in = user;
    in->count += strcmp(event->name, "inner") == 0 && event->parent == in->parent;
    return BURIN_OK;
}

/* 83 */
static void a_call_within_a_call_shares_its_transaction(void **state)
{
    world                *w = *state;
    nest                  n = {.inner = declare(w, (burin_declaration){.name = "twice", .signature = "a: Agent, by: int -> Agent", .body = fast, .effect = BURIN_EFFECT_CHANGES})};
    const burin_callable *f = declare(w, (burin_declaration){.name = "outer", .signature = "a: Agent, speed: int -> Agent", .body = outer, .data = &n, .effect = BURIN_EFFECT_CHANGES});
    CALL(w, f, BURIN_OK, burin_item_entity(w->agents[0]), item_int(8));
    assert_int_equal(n.got, BURIN_OK);
    assert_int_equal(n.semantic, BURIN_SEMANTIC_MUTATION);
    assert_int_equal(head(w), 2);
    seen s = records(w);
    assert_int_equal(s.records, 2);
    assert_int_equal(s.last.parent, 0); /* the outer one ends last */
    assert_int_equal(s.last.execution, 1);
    assert_ptr_equal(s.last.callable, f);
    assert_int_not_equal(s.last.commit, 0);
    seen_of(w, 2, &s);
    assert_int_equal(s.last.parent, 1);
    assert_ptr_equal(s.last.callable, n.inner);
    assert_int_equal(s.last.commit, 0); /* the outer one's */
}

/* 83, 85: a pure function has no events, but what it calls stands where it stood. */
static void what_a_pure_function_calls_stands_within_the_call_around_it(void **state)
{
    burin_events   *events = burin_events_new(&(burin_events_options){.history = 16}, NULL);
    burin_registry *own    = burin_registry_new(&(burin_registry_options){.events = events}, NULL);
    nest            n      = {0};
    const burin_callable *f;
    burin_result          result;
    burin_item            arg = item_int(1);
    (void)state;
    assert_int_equal(burin_register(own, &(burin_declaration){.name = "inner", .signature = "a: int -> int", .body = same}, &n.inner, NULL), BURIN_OK);
    assert_int_equal(burin_register(own, &(burin_declaration){.name = "pure", .signature = "a: int -> int", .body = through, .data = &n, .pure = true}, &f, NULL), BURIN_OK);
    for (int round = 0; round < 2; round++) {
        burin_event_span within = round ? burin_events_begin(events, (burin_event_span){0, 0}, &(burin_event){.type = BURIN_EVENT_CALL, .name = "around"}) : (burin_event_span){0, 0};
        assert_int_equal(burin_invoke(f, &arg, 1, &(burin_invoke_options){.within = within}, &result, NULL), BURIN_OK);
        inside in = {.parent = within.span};
        burin_events_history(events, &(burin_event_filter){.pattern = "call"}, count_inner, &in);
        assert_int_equal(in.count, 2); /* its start and its end */
    }
    burin_registry_free(own);
    burin_events_free(events);
}

static burin_status hurry(burin_invocation *call, const burin_item *args, burin_item *out) /* (m: Map, a: Agent): changes the agent, gives both */
{
    burin_status status = burin_txn_set(burin_invocation_txn(call), args[1].entity, SPEED, burin_int(77), burin_invocation_error(call));
    return status ? status : several(call, args, out);
}

/* In a transaction of others a result is a mutation where this call has changed it, or something below it. */
static void a_mutation_is_this_calls_own(void **state)
{
    world                *w       = *state;
    const burin_callable *looks   = declare(w, (burin_declaration){.name = "looks", .signature = "m: Map, a: Agent, b: Agent -> (Map, Agent, Agent)", .body = several, .effect = BURIN_EFFECT_READS});
    const burin_callable *hurries = declare(w, (burin_declaration){.name = "hurries", .signature = "m: Map, a: Agent, b: Agent -> (Map, Agent, Agent)", .body = hurry, .effect = BURIN_EFFECT_CHANGES});
    burin_item            args[]  = {burin_item_entity(w->map), burin_item_entity(w->agents[0]), burin_item_entity(w->agents[1])};
    burin_txn            *t       = burin_txn_begin(w->store, NULL);
    burin_txn_set(t, w->agents[0], SPEED, burin_int(5), NULL);
    for (int n = 0; n < 4; n++) {
        burin_result result;
        bool         changes = n % 2;
        assert_int_equal(burin_invoke(changes ? hurries : looks, args, 3, &(burin_invoke_options){.txn = t, .heap = w->heap}, &result, NULL), BURIN_OK);
        assert_int_equal(result.items[0].semantic, changes ? BURIN_SEMANTIC_MUTATION : BURIN_SEMANTIC_UNCHANGED);
        assert_int_equal(result.items[1].semantic, changes ? BURIN_SEMANTIC_MUTATION : BURIN_SEMANTIC_UNCHANGED);
        assert_int_equal(result.items[2].semantic, BURIN_SEMANTIC_UNCHANGED);
        burin_result_clear(w->registry, &result);
    }
    burin_txn_abort(t);
}

/* 83: what failed inside is taken back, what the outer call did stays. */
static void a_call_that_fails_within_a_call_takes_its_changes_back(void **state)
{
    world                *w = *state;
    nest                  n = {.inner = declare(w, (burin_declaration){.name = "spoil", .signature = "a: Agent -> Agent", .body = spoil, .effect = BURIN_EFFECT_CHANGES})};
    const burin_callable *f = declare(w, (burin_declaration){.name = "outer", .signature = "a: Agent, speed: int -> Agent", .body = outer, .data = &n, .effect = BURIN_EFFECT_CHANGES});
    CALL(w, f, BURIN_OK, burin_item_entity(w->agents[0]), item_int(8));
    assert_int_equal(n.got, BURIN_ERR_VALUE);
    assert_int_equal(speed_of(w, w->agents[0]), 8);
}

/* 83: apart, it sees what was committed, and what it commits stays though the outer call cannot commit over it. */
static void a_call_apart_commits_by_itself(void **state)
{
    world                *w = *state;
    nest                  n = {.inner = declare(w, (burin_declaration){.name = "set", .signature = "a: Agent, by: int -> Agent", .body = fast, .effect = BURIN_EFFECT_CHANGES}), .apart = true};
    const burin_callable *f = declare(w, (burin_declaration){.name = "outer", .signature = "a: Agent, speed: int -> Agent", .body = outer, .data = &n, .effect = BURIN_EFFECT_CHANGES});
    CALL(w, f, BURIN_ERR_CONFLICT, burin_item_entity(w->agents[0]), item_int(8));
    assert_int_equal(n.got, BURIN_OK);
    assert_int_equal(speed_of(w, w->agents[0]), 8);
    assert_int_equal(head(w), 2);
}

static void a_call_in_a_given_transaction_is_committed_by_its_owner(void **state)
{
    world                *w     = *state;
    burin_txn            *t     = burin_txn_begin(w->store, NULL);
    burin_item            one[] = {burin_item_entity(w->agents[0]), item_int(8)};
    const burin_callable *spoiling = declare(w, (burin_declaration){.name = "spoil", .signature = "a: Agent -> Agent", .body = spoil, .effect = BURIN_EFFECT_CHANGES});
    call_with(w, make(w, "a: Agent, speed: int -> Agent", fast, BURIN_EFFECT_CHANGES), one, 2, (burin_invoke_options){.txn = t}, BURIN_OK);
    assert_int_equal(head(w), 1);
    call_with(w, spoiling, one, 1, (burin_invoke_options){.txn = t}, BURIN_ERR_VALUE);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 2);
    assert_int_equal(speed_of(w, w->agents[0]), 8);
}

/* 83 */
static void calls_are_not_nested_without_end(void **state)
{
    world *w = *state;
    CALL(w, make(w, "a: Agent -> Agent", deeper, BURIN_EFFECT_CHANGES), BURIN_ERR_RECURSION, burin_item_entity(w->agents[0]));
    assert_string_equal(w->err.message, "f(): calls are nested more than 64 deep");
    assert_int_equal(head(w), 1);
}

/* 83 */
static void pure_functions_are_not_nested_without_end(void **state)
{
    world *w = *state;
    CALL(w, declare(w, (burin_declaration){.name = "f", .signature = "a: int -> int", .body = deeper, .pure = true}), BURIN_ERR_RECURSION, item_int(1));
    assert_string_equal(w->err.message, "f(): calls are nested more than 64 deep");
}

static burin_status hear(void *user, const burin_event *events, size_t count)
{
    (void)events;
    *(size_t *)user += count;
    return BURIN_OK;
}

/* 79: whichever way its arguments took */
static void pure_functions_leave_no_record_and_no_events(void **state)
{
    burin_events   *events   = burin_events_new(NULL, NULL);
    burin_registry *registry = burin_registry_new(&(burin_registry_options){.events = events}, NULL);
    size_t          heard    = 0;
    seen            s        = {0};
    assert_int_equal(burin_events_subscribe(events, &(burin_subscription){.pattern = "*", .handler = hear, .user = &heard}, NULL, NULL), BURIN_OK);
    static const struct { burin_declaration d; burin_status want; } rows[] = {
        {{.name = "f", .signature = "a: float -> float", .body = same, .pure = true}, BURIN_OK},
        {{.name = "f", .signature = "a: int, b: int = 2 -> int", .body = same, .pure = true}, BURIN_OK},
        {{.name = "f", .signature = "a: int -> (int)", .body = several, .pure = true}, BURIN_OK},
        {{.name = "f", .signature = "a: text -> text", .body = same, .pure = true}, BURIN_ERR_TYPE},
    };
    (void)state;
    for (size_t n = 0; n <= sizeof rows / sizeof *rows; n++) {
        const burin_callable *f;
        burin_result          result;
        burin_item            arg = item_int(1);
        burin_declaration     d   = n < sizeof rows / sizeof *rows ? rows[n].d : (burin_declaration){.name = "f", .signature = "a: int -> int", .body = same};
        assert_int_equal(burin_register(registry, &d, &f, NULL), BURIN_OK);
        assert_int_equal(burin_invoke(f, &arg, 1, NULL, &result, NULL), d.pure ? rows[n].want : BURIN_OK);
        assert_int_equal(result.execution, d.pure ? 0 : 1);
        burin_result_clear(registry, &result);
    }
    burin_registry_records(registry, see, &s);
    assert_int_equal(s.records, 1); /* of the last, which is not pure */
    assert_int_equal(heard, 4);
    burin_registry_free(registry);
    burin_events_free(events);
}

static void the_newest_records_are_kept(void **state)
{
    world                *w = *state;
    const burin_callable *f = make(w, "a: Map -> Map", same, BURIN_EFFECT_READS);
    for (int n = 0; n < 40; n++)
        CALL(w, f, BURIN_OK, burin_item_entity(w->map));
    seen s = records(w);
    assert_int_equal(s.records, 16);
    assert_int_equal(s.last.execution, 40);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(a_changed_argument_is_a_mutation),
        TEST(an_argument_given_back_as_it_was_is_unchanged),
        TEST(a_new_entity_is_a_creation_with_a_tree_of_its_own),
        TEST(a_child_taken_out_is_a_detachment),
        TEST(an_effect_that_was_not_declared_is_refused),
        TEST(a_change_counts_whether_or_not_it_is_given_back),
        TEST(what_is_given_twice_is_one),
        TEST(nodes_of_one_tree_without_their_root_make_one_version),
        TEST(a_move_from_tree_to_tree_changes_both_and_loses_nothing),
        TEST(no_agent_is_lost_or_doubled_however_often_they_move),
        TEST(several_results_come_in_order_and_are_siblings_of_one_execution),
        TEST(results_that_are_not_as_declared_are_errors_on_every_path),
        TEST(a_function_that_fails_changes_nothing_and_leaves_a_record),
        TEST(a_configuration_is_an_entity_or_made_of_values),
        TEST(names_that_nothing_has_are_refused),
        TEST(wrong_arguments_of_a_function_that_changes_store_nothing),
        TEST(addresses_stand_for_what_they_name),
        TEST(an_argument_of_an_older_version_must_be_what_it_was),
        TEST(a_call_within_a_call_shares_its_transaction),
        TEST(what_a_pure_function_calls_stands_within_the_call_around_it),
        TEST(a_call_that_fails_within_a_call_takes_its_changes_back),
        TEST(a_call_apart_commits_by_itself),
        TEST(a_mutation_is_this_calls_own),
        TEST(a_call_in_a_given_transaction_is_committed_by_its_owner),
        TEST(calls_are_not_nested_without_end),
        TEST(pure_functions_are_not_nested_without_end),
        TEST(pure_functions_leave_no_record_and_no_events),
        TEST(the_newest_records_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
