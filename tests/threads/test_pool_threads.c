/* Calls on worker threads: nothing lost (behaviour 82), cancelled, timed out, left behind. To be run under ThreadSanitizer too. */
#include "tests/unit/registry/world.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static burin_status faster(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent, by: int, note: text = '') */
{
    burin_txn   *t = burin_invocation_txn(call);
    burin_value  speed;
    burin_status status = burin_txn_get(t, args[0].entity, SPEED, NULL, &speed, burin_invocation_error(call));
    *out                = args[0];
    return status ? status : burin_txn_set(t, args[0].entity, SPEED, burin_int(speed.as.i + args[1].value.as.i), burin_invocation_error(call));
}

static burin_status echo(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    *out = args[0];
    return BURIN_OK;
}

typedef struct gate { /* a function that waits until it is let go, or cancelled */
    atomic_int entered, open;
} gate;
static burin_status hold(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent) */
{
    gate *g = burin_invocation_data(call);
    *out    = args[0];
    atomic_fetch_add(&g->entered, 1);
    while (!atomic_load(&g->open) && !burin_invocation_cancelled(call))
        sched_yield();
    return burin_txn_set(burin_invocation_txn(call), args[0].entity, SPEED, burin_int(-1), burin_invocation_error(call));
}

static burin_pool *new_pool(uint32_t threads, uint32_t queue_max)
{
    burin_pool *p = burin_pool_new(&(burin_pool_options){.threads = threads, .queue_max = queue_max}, NULL);
    assert_non_null(p);
    return p;
}

static burin_future *start(burin_pool *p, const burin_callable *f, const burin_item *args, size_t count, uint32_t retries)
{
    burin_future *future = NULL;
    assert_int_equal(burin_pool_start(p, f, args, count, &(burin_start_options){.retries = retries}, &future, NULL), BURIN_OK);
    return future;
}

/* Many calls of (a: Agent, by: int) on one agent: those that conflict for good say so, the others all count. */
static void call_many(world *w, const burin_callable *f)
{
    enum { CALLS = 400 };
    burin_pool   *p = new_pool(4, 0);
    burin_future *futures[CALLS];
    burin_item    args[] = {burin_item_entity(w->agents[0]), item_int(1)};
    int           done = 0;
    args[0].entity.version = 0;
    for (int n = 0; n < CALLS; n++)
        futures[n] = start(p, f, args, 2, n % 4 ? 100000 : 0);
    for (int n = 0; n < CALLS; n++) {
        const burin_result *result;
        burin_status        status = burin_future_wait(futures[n], -1, &result, NULL);
        assert_true(burin_future_done(futures[n]));
        assert_true(status == BURIN_OK || (n % 4 == 0 && status == BURIN_ERR_CONFLICT));
        assert_true(status || result->one.semantic == BURIN_SEMANTIC_MUTATION);
        done += status == BURIN_OK;
        burin_future_free(futures[n]);
    }
    burin_pool_free(p);
    burin_reader_pin(w->reader);
    assert_int_equal(speed_of(w, w->agents[0]), 1 + done);
    assert_int_equal(head(w), 1 + done);
}

/* 82 */
static void calls_at_the_same_time_lose_nothing(void **state)
{
    call_many(*state, declare(*state, (burin_declaration){.name = "faster", .signature = "a: Agent, by: int -> Agent", .body = faster, .effect = BURIN_EFFECT_MUTATES}));
}

/* 82: each thread has an interpreter of its own. */
static void functions_of_scripts_run_on_several_threads(void **state)
{
    static const char     source[] = "def faster(a, by):\n    a.speed += by\n    return a\n";
    world                *w       = *state;
    burin_options         options = burin_options_default();
    const burin_callable *f;
    options.scripts = true;
    burin_env *env  = burin_env_new(&options, NULL);
    assert_int_equal(burin_register_script(w->registry, env, &(burin_declaration){.name = "faster", .signature = "a: Agent, by: int -> Agent", .effect = BURIN_EFFECT_MUTATES},
                                           (burin_text){source, sizeof source - 1}, &f, NULL), BURIN_OK);
    burin_env_unref(env);
    call_many(w, f);
}

static void arguments_and_results_are_the_futures_own(void **state)
{
    world                *w = *state;
    burin_pool           *p = new_pool(2, 0);
    const burin_callable *f = declare(w, (burin_declaration){.name = "echo", .signature = "x: data -> data", .body = echo});
    char                  text[] = "hello";
    burin_heap           *heap   = burin_heap_new(NULL);
    burin_value           list   = burin_list(heap, 1);
    const burin_result   *result;
    burin_list_append(heap, list, burin_string_borrow(text, 5));
    burin_future *a = start(p, f, (burin_item[]){burin_item_value(list)}, 1, 0), *b = start(p, f, (burin_item[]){item_text(text)}, 1, 0);
    burin_heap_free(heap);
    memset(text, 'x', 5);
    assert_int_equal(burin_future_wait(b, -1, &result, NULL), BURIN_OK);
    assert_memory_equal(result->one.item.value.as.s, "hello", 5);
    assert_int_equal(burin_future_wait(a, -1, &result, NULL), BURIN_OK);
    burin_pool_free(p);
    assert_memory_equal(burin_at(result->one.item.value, 0).as.s, "hello", 5); /* it outlives the pool */
    burin_future_free(a);
    burin_future_free(b);
}

typedef struct race { /* somebody is faster the first three times */
    int     runs;
    int64_t theirs; /* the speed that he set last */
} race;
static burin_status outrun(burin_invocation *call, const burin_item *args, burin_item *out) /* (a: Agent) */
{
    race      *r   = burin_invocation_data(call);
    burin_txn *own = burin_invocation_txn(call);
    *out           = args[0];
    if (++r->runs <= 3) {
        burin_txn *theirs = burin_txn_begin(burin_registry_store(burin_callable_registry(burin_invocation_callable(call))), NULL);
        burin_txn_set(theirs, args[0].entity, SPEED, burin_int(++r->theirs), NULL);
        burin_txn_commit(theirs, NULL, NULL, NULL);
    }
    return burin_txn_set(own, args[0].entity, SPEED, burin_int(7), burin_invocation_error(call));
}

static void a_call_that_conflicts_is_run_again_as_often_as_was_said(void **state)
{
    static const struct { uint32_t retries; burin_status want; int runs; } rows[] = {{0, BURIN_ERR_CONFLICT, 1}, {2, BURIN_ERR_CONFLICT, 3}, {3, BURIN_OK, 4}, {9, BURIN_OK, 4}};
    world                *w    = *state;
    race                  r    = {.theirs = 100};
    burin_pool           *p    = new_pool(1, 0);
    const burin_callable *f    = declare(w, (burin_declaration){.name = "outrun", .signature = "a: Agent -> Agent", .body = outrun, .data = &r, .effect = BURIN_EFFECT_MUTATES});
    burin_item            arg  = burin_item_entity((burin_entity){w->agents[0].id, 0, 0});
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        r.runs          = 0;
        burin_future *a = start(p, f, &arg, 1, rows[n].retries);
        assert_int_equal(burin_future_wait(a, -1, NULL, NULL), rows[n].want);
        assert_int_equal(r.runs, rows[n].runs);
        burin_reader_pin(w->reader);
        assert_int_equal(speed_of(w, w->agents[0]), rows[n].want ? r.theirs : 7);
        burin_future_free(a);
    }
    burin_pool_free(p);
}

static void what_is_cancelled_changes_nothing(void **state)
{
    world                *w = *state;
    gate                  g = {0};
    burin_pool           *p = new_pool(1, 2);
    const burin_callable *f = declare(w, (burin_declaration){.name = "hold", .signature = "a: Agent -> Agent", .body = hold, .data = &g, .effect = BURIN_EFFECT_MUTATES});
    burin_item            arg = burin_item_entity(w->agents[0]);
    burin_error           err = BURIN_ERROR_INIT;
    burin_future         *runs = start(p, f, &arg, 1, 0), *none;
    while (!atomic_load(&g.entered))
        sched_yield();
    burin_future *waits = start(p, f, &arg, 1, 0), *last = start(p, f, &arg, 1, 0);
    assert_int_equal(burin_pool_start(p, f, &arg, 1, NULL, &none, NULL), BURIN_ERR_LIMIT);
    assert_int_equal(burin_future_wait(runs, 1000000, NULL, NULL), BURIN_ERR_TIMEOUT);
    assert_false(burin_future_done(waits));
    burin_future_cancel(waits);
    assert_int_equal(burin_future_wait(waits, 0, NULL, &err), BURIN_ERR_CANCELLED); /* at once, whatever runs, and makes room */
    assert_string_equal(err.message, "hold() was cancelled");
    burin_future *in_its_place = start(p, f, &arg, 1, 0);
    burin_future_cancel(in_its_place);
    burin_future_cancel(in_its_place);
    burin_future_free(in_its_place);
    burin_future_cancel(runs);
    assert_int_equal(burin_future_wait(runs, -1, NULL, &err), BURIN_ERR_CANCELLED);
    assert_string_equal(err.message, "hold() was cancelled");
    while (atomic_load(&g.entered) < 2)
        sched_yield();
    atomic_store(&g.open, 1);
    assert_int_equal(burin_future_wait(last, -1, NULL, NULL), BURIN_OK);
    assert_int_equal(atomic_load(&g.entered), 2); /* what waited never ran */
    burin_future_cancel(last);
    assert_int_equal(burin_future_wait(last, 0, NULL, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    assert_int_equal(head(w), 2);
    burin_future_free(runs);
    burin_future_free(waits);
    burin_future_free(last);
    burin_error_clear(&err);
    burin_pool_free(p);
}

static void a_pool_that_ends_cancels_what_waits_and_finishes_what_runs(void **state)
{
    world                *w = *state;
    gate                  g = {.open = 1};
    burin_pool           *p = new_pool(2, 0);
    const burin_callable *f = declare(w, (burin_declaration){.name = "hold", .signature = "a: Agent -> Agent", .body = hold, .data = &g, .effect = BURIN_EFFECT_MUTATES});
    burin_item            arg = burin_item_entity(w->agents[0]);
    burin_future         *futures[50];
    int                   ran = 0;
    for (int n = 0; n < 50; n++)
        futures[n] = start(p, f, &arg, 1, 0);
    for (int n = 25; n < 50; n++)
        burin_future_free(futures[n]); /* goes on, unwatched */
    burin_pool_free(p);
    for (int n = 0; n < 25; n++) {
        burin_status status = burin_future_wait(futures[n], 0, NULL, NULL);
        assert_true(status == BURIN_OK || status == BURIN_ERR_CANCELLED || status == BURIN_ERR_CONFLICT);
        ran += status != BURIN_ERR_CANCELLED;
        burin_future_free(futures[n]);
    }
    assert_true(ran <= atomic_load(&g.entered));
}

typedef struct relay { /* a function that starts another call in its own pool, while that ends, and waits for it */
    burin_pool           *pool;
    const burin_callable *next;
    atomic_int            entered;
    burin_status          got;
} relay;
static burin_status pass_on(burin_invocation *call, const burin_item *args, burin_item *out) /* (x: data) */
{
    relay        *r = burin_invocation_data(call);
    burin_future *future;
    *out = args[0];
    atomic_store(&r->entered, 1);
    do { /* until the pool does end */
        r->got = burin_pool_start(r->pool, r->next, args, 1, NULL, &future, NULL);
        if (r->got == BURIN_OK)
            burin_future_free(future);
        sched_yield();
    } while (r->got == BURIN_OK || r->got == BURIN_ERR_LIMIT);
    return BURIN_OK;
}

static void a_pool_that_ends_takes_no_more_calls(void **state)
{
    world                *w = *state;
    relay                 r = {.pool = new_pool(1, 8), .next = declare(w, (burin_declaration){.name = "echo", .signature = "x: data -> data", .body = echo})};
    const burin_callable *f = declare(w, (burin_declaration){.name = "pass_on", .signature = "x: data -> data", .body = pass_on, .data = &r});
    burin_item            arg = item_int(1);
    burin_future         *future = start(r.pool, f, &arg, 1, 0);
    while (!atomic_load(&r.entered))
        sched_yield();
    burin_pool_free(r.pool);
    assert_int_equal(burin_future_wait(future, 0, NULL, NULL), BURIN_OK); /* what ran was finished */
    assert_int_equal(r.got, BURIN_ERR_CANCELLED);
    burin_future_free(future);
}

typedef struct crowd { /* several tell and flush at the same time; the handler is never in two places */
    burin_events *events;
    uint32_t      type;
    atomic_int    inside, handed;
    atomic_bool   two;
} crowd;
static burin_status take(void *user, const burin_event *events, size_t count)
{
    crowd *c = user;
    (void)events;
    if (atomic_fetch_add(&c->inside, 1))
        atomic_store(&c->two, true);
    sched_yield();
    atomic_fetch_add(&c->handed, (int)count);
    atomic_fetch_sub(&c->inside, 1);
    return BURIN_OK;
}
enum { TOLD = 500 };
static void *tell_and_flush(void *user)
{
    crowd *c = user;
    for (int n = 0; n < TOLD; n++) {
        burin_events_one(c->events, (burin_event_span){0, 0}, &(burin_event){.type = c->type});
        burin_events_flush(c->events);
    }
    return NULL;
}

/* 86, 87 */
static void handlers_run_one_at_a_time_also_when_batches_are_flushed(void **state)
{
    crowd     c = {.events = burin_events_new(NULL, NULL)};
    pthread_t threads[3];
    (void)state;
    assert_int_equal(burin_events_type(c.events, "told", &c.type, NULL), BURIN_OK);
    assert_int_equal(burin_events_subscribe(c.events, &(burin_subscription){.pattern = "told", .handler = take, .user = &c, .batch = 4}, NULL, NULL), BURIN_OK);
    for (int n = 0; n < 3; n++)
        assert_int_equal(pthread_create(&threads[n], NULL, tell_and_flush, &c), 0);
    for (int n = 0; n < 3; n++)
        pthread_join(threads[n], NULL);
    assert_false(atomic_load(&c.two));
    assert_int_equal(atomic_load(&c.handed), 3 * TOLD);
    burin_events_free(c.events);
}

static void pools_have_limits(void **state)
{
    world *w = *state;
    assert_null(burin_pool_new(&(burin_pool_options){.threads = BURIN_POOL_THREADS_MAX + 1}, &w->err));
    assert_int_equal(w->err.status, BURIN_ERR_LIMIT);
    burin_pool           *p = new_pool(0, 0);
    const burin_callable *f = declare(w, (burin_declaration){.name = "echo", .signature = "x: data -> data", .body = echo});
    burin_future         *none;
    burin_item            args[BURIN_PARAMETERS_MAX + 1];
    for (size_t n = 0; n <= BURIN_PARAMETERS_MAX; n++)
        args[n] = item_int(1);
    assert_int_equal(burin_pool_start(p, f, args, BURIN_PARAMETERS_MAX + 1, NULL, &none, NULL), BURIN_ERR_TYPE);
    args[0] = burin_item_value(burin_iterator(w->heap, burin_list(w->heap, 0)));
    assert_int_equal(burin_pool_start(p, f, args, 1, NULL, &none, NULL), BURIN_ERR_TYPE);
    args[0] = item_text("\xff");
    assert_int_equal(burin_pool_start(p, f, args, 1, NULL, &none, NULL), BURIN_ERR_UNICODE);
    burin_future *wrong = start(p, f, args, 0, 0);
    assert_int_equal(burin_future_wait(wrong, -1, NULL, NULL), BURIN_ERR_TYPE);
    burin_future_free(wrong);
    burin_pool_free(p);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(calls_at_the_same_time_lose_nothing),
        TEST(functions_of_scripts_run_on_several_threads),
        TEST(arguments_and_results_are_the_futures_own),
        TEST(a_call_that_conflicts_is_run_again_as_often_as_was_said),
        TEST(what_is_cancelled_changes_nothing),
        TEST(a_pool_that_ends_cancels_what_waits_and_finishes_what_runs),
        TEST(a_pool_that_ends_takes_no_more_calls),
        TEST(handlers_run_one_at_a_time_also_when_batches_are_flushed),
        TEST(pools_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
