/* Events. Numbers in names are those of the list of behaviours (85-91). */
#include "tests/unit/registry/world.h"

#include <pthread.h>
#include <unistd.h>

typedef struct log {
    burin_events *events;
    char          text[2000];
    size_t        calls;
    uint64_t      last;
    bool          ordered;
    burin_status  give; /* what the handler returns */
    burin_event   seen[64];
    size_t        count;
} log_;

static burin_status write_down(void *user, const burin_event *events, size_t count)
{
    static const char marks[] = {'.', '<', '>', '!'};
    log_ *l = user;
    l->calls++;
    for (size_t n = 0; n < count; n++) {
        size_t at = strlen(l->text);
        snprintf(l->text + at, sizeof l->text - at, "%c%s ", marks[events[n].phase], burin_events_type_name(l->events, events[n].type));
        l->ordered &= events[n].number > l->last;
        l->last = events[n].number;
        if (l->count < 64)
            l->seen[l->count++] = events[n];
    }
    return l->give;
}

static log_ new_log(burin_events *events) { return (log_){.events = events, .ordered = true}; }

static uint64_t listen(burin_events *events, log_ *l, const char *pattern, int priority)
{
    uint64_t id;
    assert_int_equal(burin_events_subscribe(events, &(burin_subscription){.pattern = pattern, .handler = write_down, .user = l, .priority = priority}, &id, NULL), BURIN_OK);
    return id;
}

static burin_status set_speed(burin_invocation *call, const burin_item *args, burin_item *out)
{
    *out = args[0];
    if (args[1].value.as.i < 0)
        return burin_invocation_fail(call, BURIN_ERR_VALUE, "too slow");
    return burin_txn_set(burin_invocation_txn(call), args[0].entity, SPEED, args[1].value, burin_invocation_error(call));
}

static burin_status nested(burin_invocation *call, const burin_item *args, burin_item *out)
{
    burin_result result;
    burin_status status = burin_invoke(burin_invocation_data(call), args, 2, &(burin_invoke_options){.parent = call}, &result, burin_invocation_error(call));
    *out                = result.one.item;
    return status;
}

/* A registry that tells of its calls. */
typedef struct scene {
    world                *w;
    burin_events         *events;
    burin_registry       *registry;
    const burin_callable *set, *nest;
} scene;

static scene open_scene(void **state, uint32_t history)
{
    scene s    = {.w = *state};
    s.events   = burin_events_new(&(burin_events_options){.history = history}, NULL);
    s.registry = burin_registry_new(&(burin_registry_options){.store = s.w->store, .events = s.events}, NULL);
    burin_register(s.registry, &(burin_declaration){.name = "set", .signature = "a: Agent, x: int -> Agent", .body = set_speed, .effect = BURIN_EFFECT_CHANGES}, &s.set, NULL);
    burin_register(s.registry, &(burin_declaration){.name = "nest", .signature = "a: Agent, x: int -> Agent", .body = nested, .effect = BURIN_EFFECT_CHANGES,
                                                    .data = (void *)s.set}, &s.nest, NULL);
    assert_non_null(s.nest);
    return s;
}

static void close_scene(scene *s)
{
    burin_registry_free(s->registry);
    burin_events_free(s->events);
}

static burin_result act(scene *s, const burin_callable *f, int64_t x)
{
    burin_result result;
    burin_invoke(f, (burin_item[]){burin_item_entity(s->w->agents[0]), item_int(x)}, 2, NULL, &result, NULL);
    return result;
}

/* 85 */
static void starts_and_ends_come_in_pairs_and_make_a_tree(void **state)
{
    scene s = open_scene(state, 0);
    log_  l = new_log(s.events);
    listen(s.events, &l, "*", 0);
    act(&s, s.nest, 9);
    assert_string_equal(l.text, "<call <call.run <call <call.run >call.run >call >call.run <call.commit >call.commit .entity.changed >call ");
    assert_true(l.ordered);
    assert_int_equal(l.seen[0].parent, 0);
    assert_int_equal(l.seen[1].parent, l.seen[0].span);
    assert_int_equal(l.seen[2].parent, l.seen[1].span);
    assert_int_equal(l.seen[10].span, l.seen[0].span);
    for (size_t n = 0; n < l.count; n++)
        assert_int_equal(l.seen[n].root, l.seen[0].span);
    assert_string_equal(l.seen[2].name, "set");
    assert_int_equal(l.seen[9].subject.id, s.w->agents[0].id);
    assert_int_equal(l.seen[9].subject.version, 2);
    close_scene(&s);
}

static burin_status same(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    *out = args[0];
    return BURIN_OK;
}

/* Where nothing is changed there is nothing to commit: alone, and in a batch. */
static void a_call_that_changes_nothing_tells_of_no_commit(void **state)
{
    static const burin_effect effects[] = {BURIN_EFFECT_READS, BURIN_EFFECT_CHANGES};
    scene s = open_scene(state, 0);
    log_  l = new_log(s.events);
    listen(s.events, &l, "*", 0);
    for (size_t n = 0; n < sizeof effects / sizeof *effects; n++) {
        const burin_callable *f;
        burin_result          result;
        burin_item            agent = burin_item_entity(s.w->agents[0]);
        burin_batch_call      one   = {.args = &agent, .count = 1, .err = BURIN_ERROR_INIT};
        burin_register(s.registry, &(burin_declaration){.name = "same", .signature = "a: Agent -> Agent", .body = same, .effect = effects[n]}, &f, NULL);
        l.text[0]    = '\0';
        one.callable = f;
        burin_invoke(f, &agent, 1, NULL, &result, NULL);
        assert_string_equal(l.text, "<call <call.run >call.run >call ");
        assert_int_equal(result.one.item.entity.version, 1);
        burin_invoke_batch(&one, 1, NULL, NULL, NULL);
        assert_string_equal(l.text, "<call <call.run >call.run >call <call <call.run >call.run >call ");
        assert_int_equal(one.result.one.item.entity.version, 1);
    }
    close_scene(&s);
}

/* (by: Agent, x: int) gives back nothing; a negative x fails. Calls "hatch" three times, the second time with an x that fails. */
static burin_status hatch(burin_invocation *call, const burin_item *args, burin_item *out)
{
    burin_txn   *t      = burin_invocation_txn(call);
    burin_status status = burin_txn_create(t, burin_txn_type(t, args[0].entity), &out->entity, burin_invocation_error(call));
    return status || args[1].value.as.i >= 0 ? status : burin_invocation_fail(call, BURIN_ERR_VALUE, "no");
}
static burin_status brood(burin_invocation *call, const burin_item *args, burin_item *out)
{
    burin_result result;
    burin_error  err  = BURIN_ERROR_INIT;
    burin_item   x[2] = {args[0], args[1]};
    for (int n = 0; n < 3; n++) {
        x[1].value.as.i = n == 1 ? -1 : n;
        burin_invoke(burin_invocation_data(call), x, 2, &(burin_invoke_options){.parent = call}, &result, &err);
        burin_error_clear(&err);
    }
    (void)out;
    return args[1].value.as.i >= 0 ? BURIN_OK : burin_invocation_fail(call, BURIN_ERR_VALUE, "no");
}

static const burin_callable *new_function(scene *s, const char *name, const char *signature, burin_body body, const burin_callable *data)
{
    const burin_callable *f = NULL;
    burin_register(s->registry, &(burin_declaration){.name = name, .signature = signature, .body = body, .effect = BURIN_EFFECT_CHANGES, .data = (void *)data}, &f, NULL);
    assert_non_null(f);
    return f;
}

/* 85: what calls within a call have made is told when it is there, and only that */
static void what_calls_within_a_call_made_is_told_once_it_is_committed(void **state)
{
    scene s = open_scene(state, 0);
    log_  l = new_log(s.events);
    const burin_callable *inner = new_function(&s, "hatch", "by: Agent, x: int -> Agent", hatch, NULL), *outer = new_function(&s, "brood", "by: Agent, x: int -> none", brood, inner);
    listen(s.events, &l, "entity.*", 0);
    act(&s, outer, 1);
    assert_string_equal(l.text, ".entity.created .entity.created ");
    for (size_t n = 0; n < 2; n++) {
        burin_entity e = l.seen[n].subject;
        assert_string_equal(l.seen[n].name, "hatch");
        burin_reader_pin(s.w->reader);
        assert_int_equal(e.version, 1);
        assert_int_equal(burin_reader_find(s.w->reader, &e, NULL), BURIN_OK);
    }
    assert_int_not_equal(l.seen[0].detail, l.seen[1].detail);
    act(&s, outer, -1);
    assert_int_equal(l.count, 2);
    burin_batch_call calls[2];
    burin_item       args[2][2];
    for (int64_t n = 0; n < 2; n++) {
        args[n][0] = burin_item_entity(s.w->agents[0]);
        args[n][1] = item_int(n ? -1 : 1);
        calls[n]   = (burin_batch_call){.callable = outer, .args = args[n], .count = 2, .err = BURIN_ERROR_INIT};
    }
    assert_int_equal(burin_invoke_batch(calls, 2, NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(l.count, 4); /* of the call that did not fail */
    burin_error_clear(&calls[1].err);
    burin_txn *t = burin_txn_begin(s.w->store, NULL);
    burin_result result;
    assert_int_equal(burin_invoke(outer, args[0], 2, &(burin_invoke_options){.txn = t}, &result, NULL), BURIN_OK);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(l.count, 4); /* the host commits: the registry does not hear of it */
    close_scene(&s);
}

/* 85: a failure ends what it began */
static void a_call_that_fails_ends_its_events(void **state)
{
    scene s = open_scene(state, 0);
    log_  l = new_log(s.events);
    listen(s.events, &l, "*", 0);
    act(&s, s.set, -1);
    assert_string_equal(l.text, "<call <call.run !call.run !call ");
    assert_int_equal(l.seen[3].status, BURIN_ERR_VALUE);
    close_scene(&s);
}

/* 88 */
static void nobody_listens_nothing_is_built(void **state)
{
    scene              s = open_scene(state, 0);
    burin_events_stats stats;
    act(&s, s.nest, 9);
    burin_events_stats_of(s.events, &stats);
    assert_int_equal(stats.built, 0);
    log_     l  = new_log(s.events);
    uint64_t id = listen(s.events, &l, "call.commit", 0);
    act(&s, s.nest, 10);
    burin_events_stats_of(s.events, &stats);
    assert_int_equal(stats.built, 2);
    assert_int_equal(burin_events_unsubscribe(s.events, id, NULL), BURIN_OK);
    act(&s, s.nest, 11);
    burin_events_stats_of(s.events, &stats);
    assert_int_equal(stats.built, 2);
    close_scene(&s);
}

/* 86 */
static void patterns_choose_types_known_and_to_come(void **state)
{
    static const struct { const char *pattern, *want; } rows[] = {
        {"*", ".a .a.b .b.a .a.b.c "}, {"a", ".a "}, {"a.*", ".a.b .a.b.c "}, {"*.a", ".b.a "}, {"*b*", ".a.b .b.a .a.b.c "}, {"a.*.c", ".a.b.c "}, {"", ""}, {"a.bc", ""},
    };
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_events *e = burin_events_new(NULL, NULL);
        log_          l = new_log(e);
        uint32_t      types[4];
        const char   *names[] = {"a", "a.b", "b.a", "a.b.c"};
        burin_events_type(e, "a", &types[0], NULL);
        listen(e, &l, rows[n].pattern, 0);
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(burin_events_type(e, names[k], &types[k], NULL), BURIN_OK);
            burin_events_one(e, (burin_event_span){0, 0}, &(burin_event){.type = types[k]});
        }
        assert_string_equal(l.text, rows[n].want);
        burin_events_free(e);
    }
}

typedef struct rank {
    char *out;
    char  mark;
} rank;
static burin_status put(void *user, const burin_event *events, size_t count)
{
    rank *r = user;
    (void)events, (void)count;
    r->out[strlen(r->out)] = r->mark;
    return r->mark == 'x' ? BURIN_ERR_VALUE : BURIN_OK;
}
static bool is_odd(void *user, const burin_event *event)
{
    (void)user;
    return event->detail % 2 == 1;
}

/* 86, 87 */
static void handlers_run_by_priority_and_one_that_fails_harms_nobody(void **state)
{
    char          out[20] = "";
    rank          ranks[] = {{out, 'c'}, {out, 'x'}, {out, 'd'}, {out, 'a'}};
    const int     priority[] = {1, 5, 1, 10};
    burin_events *e = burin_events_new(NULL, NULL);
    uint64_t      ids[4];
    uint32_t      type;
    (void)state;
    burin_events_type(e, "tick", &type, NULL);
    for (size_t n = 0; n < 4; n++)
        burin_events_subscribe(e, &(burin_subscription){.pattern = "tick", .handler = put, .user = &ranks[n], .priority = priority[n], .predicate = n == 3 ? is_odd : NULL}, &ids[n], NULL);
    burin_events_one(e, (burin_event_span){0, 0}, &(burin_event){.type = type, .detail = 1});
    burin_events_one(e, (burin_event_span){0, 0}, &(burin_event){.type = type, .detail = 2});
    assert_string_equal(out, "axcdxcd");
    burin_events_stats stats;
    burin_events_stats_of(e, &stats);
    assert_int_equal(stats.handled, 7);
    assert_int_equal(stats.failed, 2);
    assert_int_equal(burin_events_unsubscribe(e, ids[1], NULL), BURIN_OK);
    assert_int_equal(burin_events_unsubscribe(e, ids[1], NULL), BURIN_ERR_KEY);
    burin_events_one(e, (burin_event_span){0, 0}, &(burin_event){.type = type});
    assert_string_equal(out, "axcdxcdcd");
    burin_events_free(e);
}

typedef struct echo {
    burin_events *events;
    uint32_t      type;
    uint64_t      own;
    log_          log;
} echo;
static burin_status tell_again(void *user, const burin_event *events, size_t count)
{
    echo *e = user;
    (void)count;
    if (events->detail < 3)
        burin_events_one(e->events, (burin_event_span){events->span, events->root}, &(burin_event){.type = e->type, .detail = events->detail + 1});
    else
        burin_events_unsubscribe(e->events, e->own, NULL);
    return BURIN_OK;
}

/* 85: handlers that cause events do not nest */
static void what_a_handler_causes_comes_after_what_caused_it(void **state)
{
    echo e = {.events = burin_events_new(NULL, NULL)};
    (void)state;
    e.log = new_log(e.events);
    burin_events_type(e.events, "tick", &e.type, NULL);
    burin_events_subscribe(e.events, &(burin_subscription){.pattern = "tick", .handler = tell_again, .user = &e, .priority = 2}, &e.own, NULL);
    listen(e.events, &e.log, "*", 1);
    burin_events_one(e.events, (burin_event_span){0, 0}, &(burin_event){.type = e.type});
    assert_int_equal(e.log.count, 4);
    assert_true(e.log.ordered);
    assert_int_equal(e.log.seen[3].detail, 3);
    assert_int_equal(e.log.seen[3].parent, e.log.seen[2].span);
    burin_events_stats stats;
    burin_events_stats_of(e.events, &stats);
    assert_int_equal(stats.subscriptions, 1);
    burin_events_free(e.events);
}

static void batches_are_handed_out_full_or_when_flushed(void **state)
{
    burin_events *e = burin_events_new(NULL, NULL);
    log_          l = new_log(e);
    uint32_t      type;
    (void)state;
    burin_events_type(e, "t", &type, NULL);
    burin_events_subscribe(e, &(burin_subscription){.pattern = "t", .handler = write_down, .user = &l, .batch = 4}, NULL, NULL);
    for (int n = 0; n < 10; n++)
        burin_events_one(e, (burin_event_span){0, 0}, &(burin_event){.type = type});
    assert_int_equal(l.calls, 2);
    assert_int_equal(l.count, 8);
    burin_events_flush(e);
    burin_events_flush(e);
    assert_int_equal(l.calls, 3);
    assert_int_equal(l.count, 10);
    assert_true(l.ordered);
    burin_events_free(e);
}

static burin_status collect(void *user, const burin_event *event)
{
    log_ *l = user;
    return write_down(l, event, 1);
}

/* 89 */
static void history_is_a_ring_that_can_be_searched(void **state)
{
    scene s = open_scene(state, 7);
    log_  l = new_log(s.events);
    act(&s, s.set, 3);
    burin_events_history(s.events, NULL, collect, &l);
    assert_string_equal(l.text, "<call <call.run >call.run <call.commit >call.commit .entity.changed >call ");
    burin_event first = l.seen[0];
    l                 = new_log(s.events);
    burin_events_history(s.events, &(burin_event_filter){.parent = first.span}, collect, &l);
    assert_string_equal(l.text, "<call.run >call.run <call.commit >call.commit .entity.changed ");
    l = new_log(s.events);
    burin_events_history(s.events, &(burin_event_filter){.pattern = "call*", .after = 4}, collect, &l);
    assert_string_equal(l.text, ">call.commit >call ");
    act(&s, s.set, -1);
    l = new_log(s.events);
    burin_events_history(s.events, &(burin_event_filter){.root = first.root}, collect, &l);
    assert_string_equal(l.text, ">call.commit .entity.changed >call ");
    l = new_log(s.events);
    burin_events_history(s.events, NULL, collect, &l);
    assert_string_equal(l.text, "<call.commit >call.commit .entity.changed >call <call <call.run !call.run !call " + strlen("<call.commit "));
    close_scene(&s);
}

static void limits_and_misuse_are_errors(void **state)
{
    burin_events *e = burin_events_new(NULL, NULL);
    log_          l = new_log(e);
    uint32_t      type;
    char          name[20];
    (void)state;
    assert_int_equal(burin_events_subscribe(e, &(burin_subscription){.pattern = "a"}, NULL, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_events_type(e, "3", &type, NULL), BURIN_ERR_VALUE);
    for (int n = 0; n < BURIN_SUBSCRIPTIONS_MAX; n++)
        listen(e, &l, "call", 0);
    assert_int_equal(burin_events_subscribe(e, &(burin_subscription){.pattern = "a", .handler = write_down}, NULL, NULL), BURIN_ERR_LIMIT);
    for (int n = BURIN_EVENT_OWN; n < BURIN_EVENT_TYPES_MAX; n++) {
        snprintf(name, sizeof name, "t%d", n);
        assert_int_equal(burin_events_type(e, name, &type, NULL), BURIN_OK);
    }
    assert_int_equal(burin_events_type(e, "more", &type, NULL), BURIN_ERR_LIMIT);
    assert_int_equal(burin_events_type(e, "call.run", &type, NULL), BURIN_OK);
    assert_int_equal(type, BURIN_EVENT_RUN);
    burin_events_free(e);
}

/* ---- work in parts ---- */

typedef struct part {
    burin_event_group *group;
    burin_events      *events;
    uint32_t           type;
    burin_status       status;
    unsigned           delay_us;
} part;

static void *work(void *user)
{
    part *p = user;
    usleep(p->delay_us);
    burin_event_span own = burin_events_begin(p->events, burin_event_group_span(p->group), &(burin_event){.type = p->type});
    burin_events_end(p->events, burin_event_group_span(p->group), own, &(burin_event){.type = p->type}, p->status);
    burin_event_group_done(p->group, p->status);
    return NULL;
}

/* 90 */
static void a_span_of_parts_ends_after_all_of_them_or_when_time_is_up(void **state)
{
    static const struct { burin_status parts[3]; unsigned delays[3]; uint64_t timeout_ns; burin_status want; } rows[] = {
        {{BURIN_OK, BURIN_OK, BURIN_OK}, {2000, 0, 1000}, 0, BURIN_OK},
        {{BURIN_OK, BURIN_OK, BURIN_OK}, {0, 0, 0}, 60000000000u, BURIN_OK},
        {{BURIN_OK, BURIN_OK, BURIN_OK}, {0, 20000, 0}, UINT64_MAX, BURIN_OK},
        {{BURIN_OK, BURIN_ERR_KEY, BURIN_ERR_VALUE}, {0, 0, 400000}, 0, BURIN_ERR_KEY},
        {{BURIN_OK, BURIN_OK, BURIN_OK}, {0, 2000000, 0}, 500000000, BURIN_ERR_TIMEOUT},
    };
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_events *e = burin_events_new(NULL, NULL);
        log_          l = new_log(e);
        uint32_t      whole, piece;
        pthread_t     threads[3];
        part          parts[3];
        burin_events_type(e, "whole", &whole, NULL);
        burin_events_type(e, "piece", &piece, NULL);
        listen(e, &l, "*", 0);
        burin_event_group *group = burin_event_group_begin(e, (burin_event_span){0, 0}, &(burin_event){.type = whole}, 3, NULL);
        assert_non_null(group);
        for (size_t k = 0; k < 3; k++) {
            parts[k] = (part){group, e, piece, rows[n].parts[k], rows[n].delays[k]};
            assert_int_equal(pthread_create(&threads[k], NULL, work, &parts[k]), 0);
        }
        assert_int_equal(burin_event_group_end(group, rows[n].timeout_ns), rows[n].want);
        for (size_t k = 0; k < 3; k++)
            pthread_join(threads[k], NULL);
        bool   late = rows[n].want == BURIN_ERR_TIMEOUT;
        size_t end  = late ? 5 : 7; /* the late part tells of itself after the end */
        assert_int_equal(l.count, 8);
        assert_int_equal(l.seen[end].span, l.seen[0].span);
        assert_int_equal(l.seen[end].phase, rows[n].want ? BURIN_EVENT_FAILED : BURIN_EVENT_DONE);
        assert_int_equal(l.seen[end].status, rows[n].want);
        for (size_t k = 1; k < 8; k++)
            assert_int_equal(l.seen[k].parent, k == end ? 0 : l.seen[0].span);
        burin_events_free(e);
    }
    burin_events      *e     = burin_events_new(NULL, NULL);
    burin_event_group *group = burin_event_group_begin(e, (burin_event_span){0, 0}, &(burin_event){.type = BURIN_EVENT_CALL}, 0, NULL);
    assert_int_equal(burin_event_group_end(group, 0), BURIN_OK);
    burin_events_free(e);
}

/* ---- as values ---- */

static char *json_of(const burin_events *events, const burin_event *event, burin_heap *heap)
{
    char *text;
    assert_int_equal(burin_json_write(burin_event_to_value(events, event, heap), -1, &text, NULL, NULL), BURIN_OK);
    return text;
}

/* 91 */
static void events_come_back_from_json_as_they_were_and_are_counted(void **state)
{
    scene         s     = open_scene(state, 0);
    log_          l     = new_log(s.events);
    burin_events *other = burin_events_new(NULL, NULL);
    uint32_t      own;
    listen(s.events, &l, "*", 0);
    burin_events_type(s.events, "my.own", &own, NULL);
    burin_events_one(s.events, (burin_event_span){0, 0}, &(burin_event){.type = own, .detail = 1u << 31});
    act(&s, s.nest, 9);
    act(&s, s.set, -1);
    burin_events_stats stats;
    burin_events_stats_of(s.events, &stats);
    assert_int_equal(l.count, 16);
    assert_int_equal(stats.built, l.count);
    assert_int_equal(stats.handled, l.count);
    assert_int_equal(stats.dropped, 0);
    for (size_t n = 0; n < l.count; n++) {
        static const struct { const char *key; burin_value bad; } rows[] = {
            {"type", {BURIN_INT, 0, 0, 0, {.i = 1}}}, {"phase", {BURIN_INT, 0, 0, 0, {.i = 1}}}, {"status", {BURIN_NONE, 0, 0, 0, {0}}}, {"name", {BURIN_INT, 0, 0, 0, {.i = 1}}},
            {"number", {BURIN_NONE, 0, 0, 0, {0}}}, {"subject.id", {BURIN_INT, 0, 0, 0, {.i = INT64_MIN}}}, {"time_ns", {BURIN_NONE, 0, 0, 0, {0}}},
        };
        burin_event back;
        char       *text = json_of(s.events, &l.seen[n], s.w->heap), *again;
        burin_value read;
        assert_int_equal(burin_json_read(s.w->heap, (burin_text){text, strlen(text)}, false, &read, NULL), BURIN_OK);
        assert_int_equal(burin_event_from_value(other, read, s.w->heap, &back, NULL), BURIN_OK);
        again = json_of(other, &back, s.w->heap);
        assert_string_equal(again, text);
        assert_int_equal(back.number, l.seen[n].number);
        assert_int_equal(back.phase, l.seen[n].phase);
        assert_int_equal(back.subject.id, l.seen[n].subject.id);
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            burin_value kept = burin_get(read, rows[k].key);
            burin_dict_set_z(s.w->heap, read, rows[k].key, rows[k].bad);
            assert_int_equal(burin_event_from_value(other, read, s.w->heap, &back, NULL), BURIN_ERR_VALUE);
            burin_dict_set_z(s.w->heap, read, rows[k].key, kept);
        }
        free(text);
        free(again);
    }
    assert_int_equal(burin_event_from_value(other, burin_int(3), s.w->heap, &(burin_event){0}, NULL), BURIN_ERR_VALUE);
    burin_events_free(other);
    close_scene(&s);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(starts_and_ends_come_in_pairs_and_make_a_tree),
        TEST(a_call_that_changes_nothing_tells_of_no_commit),
        TEST(a_call_that_fails_ends_its_events),
        TEST(what_calls_within_a_call_made_is_told_once_it_is_committed),
        TEST(nobody_listens_nothing_is_built),
        TEST(patterns_choose_types_known_and_to_come),
        TEST(handlers_run_by_priority_and_one_that_fails_harms_nobody),
        TEST(what_a_handler_causes_comes_after_what_caused_it),
        TEST(batches_are_handed_out_full_or_when_flushed),
        TEST(history_is_a_ring_that_can_be_searched),
        TEST(limits_and_misuse_are_errors),
        TEST(a_span_of_parts_ends_after_all_of_them_or_when_time_is_up),
        TEST(events_come_back_from_json_as_they_were_and_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
