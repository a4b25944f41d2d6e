/* Entities and functions of a registry in templates: what is granted works as in C, and nothing else is there. */
#include "tests/unit/registry/world.h"

typedef struct page {
    world     *w;
    burin_env *env;
    burin_error err;
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
        {"{{ add(2) }}", "add() missing required argument 'b'"},
        {"{{ add(2, 3, 4) }}", "add() takes 2 positional arguments but 3 were given"},
        {"{{ add(2, c=4) }}", "add() got an unexpected keyword argument 'c'"},
        {"{{ add(2, a=4) }}", "add() got multiple values for argument 'a'"},
        {"{{ add(2, 'x') }}", "add() argument b must be int, not str"},
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

static void a_call_gives_the_new_version_and_the_old_one_stays(void **state)
{
    page p;
    open_page(&p, state, true);
    renders(&p, "{% set ann = map.nodes[0].agents[0] %}{% set now = speed_up(ann, by=10) %}{{ ann.speed }} {{ now.speed }} {{ now.version }} {{ ann == now }}",
            "1 11 2 False");
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

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(entities_are_objects),
        TEST(granted_functions_are_called_by_position_and_by_name),
        TEST(a_call_gives_the_new_version_and_the_old_one_stays),
        TEST(versions_can_be_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
