/* Entities and functions of a registry in templates: what is granted works as in C, and nothing else is there. */
#include "tests/unit/registry/world.h"

typedef struct page {
    world     *w;
    burin_env *env;
    burin_error err;
    world       *other; /* whose map the page sees as `other`; NULL: nobody's */
} page;

static burin_status speed_up(burin_invocation *call, const burin_item *args, burin_item *out) /* (agent: Agent, by: int = 1) */
{
    burin_txn   *t = burin_invocation_txn(call);
    burin_value  speed;
    burin_status status = burin_txn_get(t, args[0].entity, SPEED, NULL, &speed, burin_invocation_error(call));
    *out                = args[0];
    return status ? status : burin_txn_set(t, args[0].entity, SPEED, burin_int(speed.as.i + args[1].value.as.i), burin_invocation_error(call));
}

static burin_status both(burin_invocation *call, const burin_item *args, burin_item *out)
{
    burin_status status = burin_give(call, BURIN_TEXT("first"), args[0]);
    (void)out;
    return status ? status : burin_give(call, BURIN_TEXT("second"), args[1]);
}

static burin_status add(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    out->value = burin_int(args[0].value.as.i + args[1].value.as.i);
    return BURIN_OK;
}

static void open_page(page *p, void **state, bool sandboxed)
{
    burin_options options = burin_options_default();
    options.sandbox       = sandboxed ? BURIN_SANDBOX_ON : BURIN_SANDBOX_OFF;
    *p                    = (page){.w = *state, .env = burin_env_new(&options, NULL), .err = BURIN_ERROR_INIT};
    assert_non_null(p->env);
    const burin_callable *f[] = {
        declare(p->w, (burin_declaration){.name = "agents.speed_up", .signature = "agent: Agent, by: int = 1 -> Agent", .body = speed_up, .effect = BURIN_EFFECT_MUTATES}),
        declare(p->w, (burin_declaration){.name = "pair", .signature = "a: entity | int, b: entity | int -> (entity | int, entity | int)", .body = both, .effect = BURIN_EFFECT_READS}),
        declare(p->w, (burin_declaration){.name = "named", .signature = "a: entity | int, b: entity | int -> {entity | int}", .body = both, .effect = BURIN_EFFECT_READS}),
        declare(p->w, (burin_declaration){.name = "add", .signature = "a: int, b: int -> int", .body = add, .pure = true}),
    };
    declare(p->w, (burin_declaration){.name = "secret", .signature = "a: int, b: int -> int", .body = add});
    for (size_t n = 0; n < sizeof f / sizeof *f; n++)
        assert_int_equal(burin_env_grant(p->env, f[n], NULL), BURIN_OK);
    assert_int_equal(burin_env_grant_versions(p->env), BURIN_OK);
}

static void close_page(page *p)
{
    burin_env_unref(p->env);
    burin_error_clear(&p->err);
}

/* What a template with `map` gives, or its error; malloc'ed. */
static char *render(page *p, const char *source)
{
    burin_value  vars = burin_dict(p->w->heap, 1);
    size_t       len;
    char        *text = NULL;
    burin_reader_pin(p->w->reader);
    burin_error_clear(&p->err);
    burin_dict_set_z(p->w->heap, vars, "map", burin_entity_value(p->w->heap, p->w->reader, p->w->map, NULL));
    if (p->other)
        burin_dict_set_z(p->w->heap, vars, "other", burin_entity_value(p->w->heap, p->other->reader, p->other->map, NULL));
    text = burin_render_once(p->env, (burin_text){source, strlen(source)}, vars, &len, &p->err);
    if (!text)
        text = strdup(p->err.message);
    return text;
}

/* %u in `want` is the map's number. */
static void renders(page *p, const char *source, const char *want)
{
    char  wanted[300];
    char *text = render(p, source);
    snprintf(wanted, sizeof wanted, want, p->w->map.id, p->w->map.id); // NOLINT: from the tests
    assert_string_equal(text, wanted);
    free(text);
}

static void entities_are_objects(void **state)
{
    static const struct { const char *source, *want; } rows[] = {
        {"{{ map.nodes[1].agents[0].name }}", "cyd"},
        {"{% for n in map.nodes %}{{ n.agents|map(attribute='name')|join(',') }};{% endfor %}", "ann,bob;cyd,dan;"},
        {"{{ map.nodes|length }} {{ map.type }} {{ map.version }} {{ map.owner is none }}", "2 Map 1 True"},
        {"{{ map }}", "<Map @%u~1:1>"},
        {"{{ map.address }}", "@%u~1:1"},
        {"{{ map.nodes[0].owner == map }} {{ map == map.nodes[0] }} {{ map == 3 }}", "True False False"},
        {"{{ map.nodes[0].agents[0].data is none }}", "True"},
        {"{{ map.ghost is defined }} {{ map.width }}", "False 0"},
        {"{{ {map: 1}[map] }}", "1"},
    };
    for (int sandboxed = 0; sandboxed < 2; sandboxed++) {
        page p;
        open_page(&p, state, sandboxed);
        for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
            renders(&p, rows[n].source, rows[n].want);
        close_page(&p);
    }
}

static void granted_functions_are_called_by_position_and_by_name(void **state)
{
    static const struct { const char *source, *want; } rows[] = {
        {"{{ add(2, 3) }} {{ add(b=1, a=9) }}", "5 10"},
        {"{{ add(2) }}", "add() missing 1 required positional argument: 'b'"},
        {"{{ add(2, 3, 4) }}", "add() takes 2 positional arguments but 3 were given"},
        {"{{ add(2, c=4) }}", "add() got an unexpected keyword argument 'c'"},
        {"{{ add(2, a=4) }}", "add() got multiple values for argument 'a'"},
        {"{{ add(2, 'x') }}", "add() argument 'b' must be int, not str"},
        {"{% set x, y = pair(map, 4) %}{{ x.type }} {{ y }}", "Map 4"},
        {"{% set r = named(a=map.nodes[0], b=map) %}{{ r.first.type }} {{ r.second.type }}", "Node Map"},
        {"{{ secret(1, 2) }}", "'secret' is undefined"},
    };
    page p;
    open_page(&p, state, true);
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        renders(&p, rows[n].source, rows[n].want);
    close_page(&p);
}

/* 8: equal is what is of one state, by whichever version it was reached. */
static void a_call_gives_the_new_version_and_the_old_one_stays(void **state)
{
    page p;
    open_page(&p, state, true);
    renders(&p, "{% set ann = map.nodes[0].agents[0] %}{% set now = speed_up(ann, by=10) %}{{ ann.speed }} {{ now.speed }} {{ now.version }} {{ ann == now }}",
            "1 11 2 False");
    renders(&p, "{{ at(map, 1).nodes[1].agents[0] == map.nodes[1].agents[0] }} {{ at(map, 1) == map }} {{ map.nodes[1].agents[0] == map.nodes[1].agents[1] }}", "True False False");
    renders(&p, "{% set ann = map.nodes[0].agents[0] %}{{ speed_up(speed_up(ann)).speed }}", "13");
    char *text = render(&p, "{% set ann = map.nodes[0].agents[0] %}{{ speed_up(ann).speed }}{{ speed_up(ann) }}"); /* the second would write over the first */
    assert_non_null(strstr(text, "has changed since version 4"));
    free(text);
    close_page(&p);
}

static void versions_can_be_looked_at(void **state)
{
    page p;
    open_page(&p, state, true);
    renders(&p, "{% set a = map.nodes[1].agents[1] %}{{ speed_up('@' ~ a.id).speed }}{{ speed_up('@' ~ a.id).speed }}", "56");
    renders(&p, "{% for a in history(map.nodes[1].agents[1]) %}{{ a.version }}:{{ a.speed }} {% endfor %}", "3:6 2:5 1:4 ");
    renders(&p, "{{ at(map, 1).nodes[1].agents[1].speed }} {{ map.nodes[1].agents[1].speed }}", "4 6");
    renders(&p, "{% for c in diff(at(map, 1), map) %}{{ c.entity.type }} {{ c.what }} {{ c.attributes|join }};{% endfor %}", "Map touched ;Node touched ;Agent modified speed;");
    renders(&p, "{{ diff(map, map) }}{{ history(map)|length }}", "[]3");
    renders(&p, "{{ at(map, 9) }}", "tree 1 has no version 9");
    renders(&p, "{{ at(map, 0) }}", "there is no version 0");
    renders(&p, "{{ history(3) }}", "history() needs an entity, not int");
    close_page(&p);
}

static void entities_of_another_store_are_refused(void **state)
{
    page  p;
    void *other;
    open_page(&p, state, true);
    world_open(&other);
    p.other = other;
    renders(&p, "{{ speed_up(other.nodes[0].agents[0]) }}", "agents.speed_up() got an entity of another store");
    renders(&p, "{{ speed_up(agent=other.nodes[0].agents[0]).speed }}", "agents.speed_up() got an entity of another store");
    renders(&p, "{{ diff(map, other) }}", "diff() needs two entities of one store");
    renders(&p, "{{ other.nodes[0].agents[0] == map.nodes[0].agents[0] }}", "False");
    world_close(&other);
    close_page(&p);
}

/* ---- scripts ---- */

static burin_env *script_env(burin_options *options)
{
    *options         = burin_options_default();
    options->scripts = true;
    options->sandbox = BURIN_SANDBOX_ON;
    return burin_env_new(options, NULL);
}

static const burin_callable *script(world *w, burin_env *env, burin_declaration d, const char *source)
{
    const burin_callable *f = NULL;
    if (burin_register_script(w->registry, env, &d, (burin_text){source, strlen(source)}, &f, &w->err))
        fail_msg("%s: %s", d.name, w->err.message);
    return f;
}

static void scripts_look_at_entities_and_versions(void **state)
{
    world        *w = *state;
    burin_options options;
    burin_env    *env = script_env(&options), *bare = script_env(&options);
    const burin_callable *f = declare(w, (burin_declaration){.name = "agents.speed_up", .signature = "agent: Agent, by: int = 1 -> Agent", .body = speed_up,
                                                             .effect = BURIN_EFFECT_MUTATES});
    assert_int_equal(burin_env_grant(env, f, NULL), BURIN_OK);
    assert_int_equal(burin_env_grant_versions(env), BURIN_OK);
    static const char text[] = "log = []\n"
                               "now = map\n"
                               "for n in range(3):\n"
                               "    cyd = speed_up(now.nodes[1].agents[0], by=10)\n"
                               "    now = cyd.owner.owner\n"
                               "for was in history(cyd):\n"
                               "    log.append((was.version, was.speed))\n"
                               "old = at(now, 2)\n"
                               "changes = [(c['entity'].type, c['what'], c['attributes']) for c in diff(old, now)]\n"
                               "str(log) + str(old.nodes[1].agents[0].speed) + str(changes)";
    burin_value value;
    for (int n = 0; n < 2; n++) {
        burin_interpreter *in = burin_interpreter_new(n ? bare : env, NULL);
        assert_int_equal(burin_interpreter_set(in, "map", burin_entity_value(w->heap, w->reader, w->map, NULL)), BURIN_OK);
        burin_error_clear(&w->err);
        burin_status status = burin_interpreter_run(in, (burin_text){text, sizeof text - 1}, NULL, &value, &w->err);
        if (n) {
            assert_int_equal(status, BURIN_ERR_NAME); /* what was not granted is not there */
            assert_string_equal(w->err.message, "name 'speed_up' is not defined");
            assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("history(map)"), &value, &w->err), BURIN_ERR_NAME);
            assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("create('Agent')"), &value, &w->err), BURIN_ERR_NAME);
        } else {
            assert_string_equal(w->err.message ? w->err.message : "", "");
            burin_value want = text_value("[(4, 33), (3, 23), (2, 13), (1, 3)]13[('Map', 'touched', []), ('Node', 'touched', []), ('Agent', 'modified', ['speed'])]");
            assert_int_equal(value.len, want.len);
            assert_memory_equal(value.as.s, want.as.s, want.len);
        }
        burin_interpreter_free(in);
    }
    burin_env_unref(env);
    burin_env_unref(bare);
}

static const char hiring[] = "seen = []\n"
                             "def hire(node, name, speed):\n"
                             "    agent = create('Agent', name=name, speed=speed)\n"
                             "    attach(agent, node, 'agents', 0)\n"
                             "    assert node.agents[0] == agent and agent.owner == node and agent.type == 'Agent'\n"
                             "    node.owner.width += 1\n"
                             "    return agent\n"
                             "def fire(agent):\n"
                             "    return promote(agent)\n"
                             "def swap(a, b):\n"
                             "    a.speed, b.speed = b.speed, a.speed\n"
                             "    return [b, a]\n"
                             "def rush(agent):\n"
                             "    a = speed_up(agent, by=100)\n"
                             "    a.speed += 1\n"
                             "    return speed_up(a).speed\n"
                             "def rise(agent):\n"
                             "    agent.speed = 1000\n"
                             "    raise ValueError('no: ' + agent.name)\n"
                             "def peek(agent):\n"
                             "    agent.speed = 7\n"
                             "def stash(agent):\n"
                             "    seen.append(agent)\n"
                             "    return seen[0].speed\n"
                             "def census(map):\n"
                             "    return {a.name: len(history(a)) for n in map.nodes for a in n.agents}\n"
                             "def area(a, b=2):\n"
                             "    return a * b\n"
                             "def words(text):\n"
                             "    return text.split()\n";

static burin_env *hiring_env(world *w)
{
    burin_options options;
    burin_env    *env = script_env(&options);
    const burin_callable *f = declare(w, (burin_declaration){.name = "agents.speed_up", .signature = "agent: Agent, by: int = 1 -> Agent", .body = speed_up,
                                                             .effect = BURIN_EFFECT_MUTATES});
    assert_int_equal(burin_env_grant(env, f, NULL), BURIN_OK);
    assert_int_equal(burin_env_grant_versions(env), BURIN_OK);
    assert_int_equal(burin_env_grant_changes(env), BURIN_OK);
    return env;
}

static void functions_of_scripts_work_in_a_transaction(void **state)
{
    world     *w   = *state;
    burin_env *env = hiring_env(w);
    const burin_callable *hire = script(w, env, (burin_declaration){.name = "staff.hire", .signature = "node: Node, name: text, speed: float | int = 5 -> Agent",
                                                                    .effect = BURIN_EFFECT_CREATES}, hiring);
    burin_result *r = CALL(w, hire, BURIN_OK, burin_item_entity(w->nodes[0]), item_text("eve"));
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_CREATION);
    assert_int_equal(r->commit.trees, 1);
    assert_int_equal(head(w), 2);
    assert_int_equal(speed_of(w, r->one.item.entity), 5);
    burin_entity          eve  = r->one.item.entity;
    const burin_callable *fire = script(w, env, (burin_declaration){.name = "fire", .signature = "agent: Agent -> Agent", .effect = BURIN_EFFECT_DETACHES}, hiring);
    r = CALL(w, fire, BURIN_OK, burin_item_entity(eve));
    assert_int_equal(r->one.semantic, BURIN_SEMANTIC_DETACHMENT);
    const burin_callable *swap = script(w, env, (burin_declaration){.name = "swap", .signature = "a: Agent, b: Agent -> (Agent, Agent)", .effect = BURIN_EFFECT_MUTATES}, hiring);
    r = CALL(w, swap, BURIN_OK, burin_item_entity(w->agents[0]), burin_item_entity(w->agents[3]));
    assert_int_equal(r->count, 2);
    assert_int_equal(r->items[0].item.entity.id, w->agents[3].id);
    assert_int_equal(speed_of(w, w->agents[0]), 4);
    const burin_callable *rush = script(w, env, (burin_declaration){.name = "rush", .signature = "agent: Agent -> int", .effect = BURIN_EFFECT_CHANGES}, hiring);
    uint32_t before = head(w);
    r = CALL(w, rush, BURIN_OK, burin_item_entity(w->agents[0]));
    assert_int_equal(r->one.item.value.as.i, 106); /* C called from the script, in one transaction */
    assert_int_equal(head(w), before + 1);
    const burin_callable *census = script(w, env, (burin_declaration){.name = "census", .signature = "map: Map -> {int}", .effect = BURIN_EFFECT_READS}, hiring);
    r = CALL(w, census, BURIN_OK, burin_item_entity(w->map));
    assert_int_equal(r->count, 4);
    assert_int_equal(r->items[0].item.value.as.i, 3);
    assert_memory_equal(r->items[0].key.data, "ann", 3);
    burin_env_unref(env);
}

static void what_functions_of_scripts_may_not_do(void **state)
{
    world     *w   = *state;
    burin_env *env = hiring_env(w);
    const burin_callable *rise  = script(w, env, (burin_declaration){.name = "rise", .signature = "agent: Agent -> none", .effect = BURIN_EFFECT_MUTATES}, hiring);
    const burin_callable *peek  = script(w, env, (burin_declaration){.name = "peek", .signature = "agent: Agent -> none", .effect = BURIN_EFFECT_READS}, hiring);
    const burin_callable *stash = script(w, env, (burin_declaration){.name = "stash", .signature = "agent: Agent -> int", .effect = BURIN_EFFECT_READS}, hiring);
    CALL(w, rise, BURIN_ERR_VALUE, burin_item_entity(w->agents[0]));
    assert_says(w, "no: ann");
    CALL(w, peek, BURIN_ERR_USAGE, burin_item_entity(w->agents[0]));
    assert_int_equal(speed_of(w, w->agents[0]), 1);
    assert_int_equal(head(w), 1);
    CALL(w, stash, BURIN_OK, burin_item_entity(w->agents[0]));
    CALL(w, stash, BURIN_ERR_USAGE, burin_item_entity(w->agents[0]));
    assert_says(w, "entity %u belongs to a call that has ended");
    CALL(w, stash, BURIN_ERR_TYPE, item_int(3));
    static const struct { burin_declaration d; const char *source; burin_status want; } rows[] = {
        {{.name = "f", .signature = "-> int"}, "def f(:", BURIN_ERR_PYTHON_SYNTAX},
        {{.name = "f", .signature = "-> int"}, "def g(): return 1", BURIN_ERR_VALUE},
        {{.name = "f", .signature = "-> int"}, "1 / 0", BURIN_ERR_ZERO_DIVISION},
        {{.name = "f", .signature = "a: Ghost -> int"}, "def f(a): return 1", BURIN_ERR_KEY},
        {{.name = "f", .signature = "-> int", .body = both}, "def f(): return 1", BURIN_ERR_USAGE},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_error_clear(&w->err);
        assert_int_equal(burin_register_script(w->registry, env, &rows[n].d, (burin_text){rows[n].source, strlen(rows[n].source)}, NULL, &w->err), rows[n].want);
        assert_null(burin_registry_find(w->registry, BURIN_TEXT("f"), 0));
    }
    burin_env_unref(env);
}

static void functions_of_scripts_have_types_defaults_and_limits(void **state)
{
    world        *w = *state;
    burin_options options;
    burin_env    *env = script_env(&options);
    burin_env_unref(env);
    options.limits.steps  = 100000;
    options.limits.memory = 1 << 20;
    env                  = burin_env_new(&options, NULL);
    const burin_callable *area  = script(w, env, (burin_declaration){.name = "area", .signature = "a: int, b: int = 3 -> int", .pure = true}, hiring);
    const burin_callable *words = script(w, env, (burin_declaration){.name = "words", .signature = "text: text -> data"}, hiring);
    const burin_callable *spin  = script(w, env, (burin_declaration){.name = "spin", .signature = "-> none"}, "def spin():\n    while True:\n        pass\n");
    assert_int_equal(CALL(w, area, BURIN_OK, item_int(5), item_int(6))->one.item.value.as.i, 30);
    assert_int_equal(CALL(w, area, BURIN_OK, item_int(5))->one.item.value.as.i, 15);
    CALL(w, area, BURIN_ERR_TYPE, item_text("x"));
    burin_value given = CALL(w, words, BURIN_OK, item_text("one two"))->one.item.value;
    assert_int_equal(burin_length(given), 2);
    CALL(w, words, BURIN_OK, item_text("three")); /* what was given stays */
    assert_memory_equal(burin_at(given, 1).as.s, "two", 3);
    burin_error_clear(&w->err);
    burin_result_clear(w->registry, &w->result);
    assert_int_equal(burin_invoke(spin, NULL, 0, NULL, &w->result, &w->err), BURIN_ERR_LIMIT);
    int stop = 1;
    burin_error_clear(&w->err);
    assert_int_equal(burin_invoke(spin, NULL, 0, &(burin_invoke_options){.cancel = &stop}, &w->result, &w->err), BURIN_ERR_CANCELLED);
    for (int n = 0; n < 20000; n++) { /* what calls leave behind is cleared away */
        burin_error_clear(&w->err);
        assert_int_equal(burin_invoke(words, &(burin_item){text_value("a b c d e f g h i j"), {0, 0, 0}, 0}, 1, &(burin_invoke_options){.heap = w->heap}, &w->result, &w->err),
                         BURIN_OK);
        burin_heap_clear(w->heap);
    }
    burin_env_unref(env);
}

static void templates_and_scripts_call_functions_of_scripts(void **state)
{
    world     *w   = *state;
    burin_env *env = hiring_env(w);
    page       p   = {.w = w, .err = BURIN_ERROR_INIT};
    const burin_callable *hire = script(w, env, (burin_declaration){.name = "staff.hire", .signature = "node: Node, name: text, speed: int = 5 -> Agent",
                                                                    .effect = BURIN_EFFECT_CREATES}, hiring);
    burin_options         options = burin_options_default();
    options.scripts               = true;
    p.env                         = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_grant(p.env, hire, NULL), BURIN_OK);
    assert_int_equal(burin_env_grant_changes(p.env), BURIN_OK);
    renders(&p, "{% set eve = hire(map.nodes[0], name='eve') %}{{ eve.name }} {{ eve.owner.agents[0] == eve }} {{ eve.version }} {{ eve.owner.owner.width }}", "eve True 2 1");
    renders(&p, "{{ create('Agent') }}", "there is no transaction: functions that are registered to work on entities have one, and scripts that are given one");
    const burin_callable *team = script(w, p.env, (burin_declaration){.name = "team", .signature = "node: Node -> [Agent]", .effect = BURIN_EFFECT_CHANGES},
                                        "def team(node):\n    return [hire(node, n) for n in ('fay', 'gus')]\n");
    uint32_t before = head(w);
    assert_int_equal(CALL(w, team, BURIN_OK, burin_item_entity(w->nodes[1]))->count, 2); /* a script's function from another script's */
    assert_int_equal(head(w), before + 1);
    close_page(&p);
    burin_env_unref(env);
}

/* ---- whole scripts in a transaction ---- */

static void runs(world *w, burin_interpreter *in, const char *text, burin_status status, const char *message)
{
    burin_error_clear(&w->err);
    assert_int_equal(burin_interpreter_run(in, (burin_text){text, strlen(text)}, NULL, NULL, &w->err), status);
    assert_string_equal(w->err.message ? w->err.message : "", message);
}

static burin_txn *begin_work(world *w, burin_interpreter *in)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_interpreter_set_txn(in, t);
    assert_int_equal(burin_interpreter_set_entity(in, "map", w->map, NULL), BURIN_OK);
    return t;
}

static void scripts_work_in_a_transaction_they_are_given(void **state)
{
    world             *w   = *state;
    burin_env         *env = hiring_env(w);
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    assert_int_equal(burin_interpreter_set_entity(in, "map", w->map, &w->err), BURIN_ERR_USAGE);
    assert_string_equal(w->err.message, "entity 16: there is no transaction");
    burin_txn *t = begin_work(w, in);
    burin_error_clear(&w->err);
    assert_int_equal(burin_interpreter_set_entity(in, "none", (burin_entity){9999, 0, 0}, &w->err), BURIN_ERR_KEY);
    runs(w, in, "ann = map.nodes[0].agents[0]\n"
                "ann.speed = 40\n"
                "assert speed_up(ann, by=2) == ann and ann.speed == 42\n" /* a function in C, in the same transaction */
                "eve = create('Agent', name='eve')\n"
                "attach(eve, entity('@%d.nodes[1]' % map.id), 'agents')\n"
                "assert entity(eve.id) == eve and roots() == [map] and len(history(ann)) == 1\n", BURIN_OK, "");
    assert_int_equal(speed_of(w, w->agents[0]), 1); /* nobody else sees it yet */
    runs(w, in, "old = entity('@%d~1' % ann.id)\n"
                "assert old.speed == 1 and old.version == 1 and entity('@%d~1.nodes[0].agents[0]' % map.id).speed == 1\n", BURIN_OK, "");
    runs(w, in, "old.speed = 3", BURIN_ERR_ATTRIBUTE, "'Entity' object attribute 'speed' is read-only");
    runs(w, in, "twin = copy(ann)\nbefore = len(roots())\npromote(twin)\n"
                "assert before == 1 and roots() == [map, twin]\n"
                "attach(twin, map.nodes[1], 'agents')\n"
                "assert roots() == [map]\n", BURIN_OK, "");
    runs(w, in, "try:\n    create('Agent', nam='x')\nexcept AttributeError:\n    pass\n" /* what was not made is not missed */
                "draft = create('Agent', name='fay')\nassert discard(draft) == draft\n", BURIN_OK, "");
    runs(w, in, "ann.nam = 'x'", BURIN_ERR_ATTRIBUTE, "'Agent' has no attribute 'nam'");
    runs(w, in, "entity('@16.width')", BURIN_ERR_TYPE, "@16.width names no entity");
    runs(w, in, "entity(99)", BURIN_ERR_KEY, "there is no entity 99");
    runs(w, in, "create('Agent\\0x')", BURIN_ERR_KEY, "there is no entity type 'Agent'");
    runs(w, in, "create('A' * 130)", BURIN_ERR_KEY,
         "there is no entity type 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'");
    runs(w, in, "entity(None)", BURIN_ERR_TYPE, "entity() needs an address or the number of an entity, not NoneType");
    burin_interpreter_set_txn(in, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 2);
    assert_int_equal(speed_of(w, w->agents[0]), 42);
    runs(w, in, "map.width", BURIN_ERR_USAGE, "entity 16 belongs to a transaction that has ended");
    runs(w, in, "roots()", BURIN_ERR_USAGE, "there is no transaction: functions that are registered to work on entities have one, and scripts that are given one");
    t = begin_work(w, in);
    runs(w, in, "ann", BURIN_OK, "");
    static const char *const uses[] = {"ann.speed = 1", "speed_up(ann)", "speed_up(ann, by=2)", "history(ann)", "diff(map, ann)", "attach(ann, map.nodes[0], 'agents')"};
    for (size_t n = 0; n < sizeof uses / sizeof *uses; n++)
        runs(w, in, uses[n], BURIN_ERR_USAGE, "entity 18 belongs to a transaction that has ended");
    runs(w, in, "map.width = 7\nassert map.width == 7\n", BURIN_OK, "");
    burin_interpreter_set_txn(in, NULL);
    burin_txn_abort(t);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 2);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(entities_are_objects),
        TEST(granted_functions_are_called_by_position_and_by_name),
        TEST(a_call_gives_the_new_version_and_the_old_one_stays),
        TEST(versions_can_be_looked_at),
        TEST(entities_of_another_store_are_refused),
        TEST(scripts_look_at_entities_and_versions),
        TEST(functions_of_scripts_work_in_a_transaction),
        TEST(what_functions_of_scripts_may_not_do),
        TEST(functions_of_scripts_have_types_defaults_and_limits),
        TEST(templates_and_scripts_call_functions_of_scripts),
        TEST(scripts_work_in_a_transaction_they_are_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
