/* Threads post changes to a graph: none is lost, each is whole, and each thread's come in their order. Run under TSan too. */
#include <burin/burin.h>

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 4, POSTS = 5000 };

typedef struct office {
    burin_graph *g;
    burin_node   numbers[THREADS], texts[THREADS];
    int64_t      seen[THREADS];
    atomic_int   running, wakes;
} office;

typedef struct writer {
    office *o;
    int     number;
} writer;

static void *write_posts(void *user)
{
    writer *w = user;
    char    text[20];
    for (int k = 1; k <= POSTS; k++) {
        int         len      = snprintf(text, sizeof text, "%d", k);
        burin_write writes[] = {{w->o->numbers[w->number], burin_int(k)}, {w->o->texts[w->number], burin_string_borrow(text, (size_t)len)}};
        if (burin_graph_post(w->o->g, writes, 2))
            abort();
        memset(text, '!', sizeof text); /* it has been copied */
    }
    atomic_fetch_sub(&w->o->running, 1);
    return NULL;
}

static burin_status check(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    writer *w      = user;
    int64_t number = burin_input(in, 0)->as.i;
    char    text[20];
    int     len = snprintf(text, sizeof text, "%d", (int)number);
    (void)g, (void)out;
    assert_int_equal(burin_input(in, 1)->len, len);
    assert_memory_equal(burin_input(in, 1)->as.s, text, (size_t)len);
    assert_true(number >= w->o->seen[w->number]);
    w->o->seen[w->number] = number;
    return BURIN_OK;
}

static void wake(void *user) { atomic_fetch_add(&((office *)user)->wakes, 1); }

static void posts_of_threads_are_whole_and_in_order(void **unused)
{
    office    o = {.g = burin_graph_new(NULL), .running = THREADS};
    writer    writers[THREADS];
    pthread_t threads[THREADS];
    uint64_t  taken, all = 0;
    (void)unused;
    burin_graph_on_post(o.g, wake, &o);
    for (int k = 0; k < THREADS; k++) {
        burin_node effect;
        writers[k] = (writer){&o, k};
        burin_graph_cell(o.g, burin_int(0), &o.numbers[k]);
        burin_graph_cell(o.g, burin_string_borrow("0", 1), &o.texts[k]);
        burin_graph_effect(o.g, check, &writers[k], BURIN_NODE_STATIC, (burin_node[]){o.numbers[k], o.texts[k]}, 2, &effect);
    }
    for (int k = 0; k < THREADS; k++)
        assert_int_equal(pthread_create(&threads[k], NULL, write_posts, &writers[k]), 0);
    for (bool last = false; !last;) {
        last = atomic_load(&o.running) == 0;
        assert_int_equal(burin_graph_take_posts(o.g, &taken), BURIN_OK);
        all += taken;
        if (!taken)
            sched_yield();
    }
    for (int k = 0; k < THREADS; k++) {
        pthread_join(threads[k], NULL);
        assert_int_equal(o.seen[k], POSTS);
    }
    assert_int_equal(all, THREADS * POSTS);
    assert_true(atomic_load(&o.wakes) > 0 && atomic_load(&o.wakes) <= THREADS * POSTS);
    burin_graph_free(o.g);
}

static void what_nobody_takes_is_freed_with_the_graph_and_bad_writes_are_told(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    burin_node   cell, gone;
    burin_value  v;
    (void)unused;
    burin_graph_cell(g, burin_int(0), &cell);
    burin_graph_cell(g, burin_int(0), &gone);
    burin_graph_dispose(g, gone);
    burin_write writes[] = {{gone, burin_int(1)}, {cell, burin_int(2)}};
    assert_int_equal(burin_graph_post(g, writes, 2), BURIN_OK);
    assert_int_equal(burin_graph_take_posts(g, NULL), BURIN_ERR_USAGE);
    burin_graph_get(g, cell, &v);
    assert_int_equal(v.as.i, 2);
    assert_int_equal(burin_graph_post(g, (burin_write[]){{cell, burin_string_borrow("left", 4)}}, 1), BURIN_OK);
    burin_graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_of_threads_are_whole_and_in_order),
        cmocka_unit_test(what_nobody_takes_is_freed_with_the_graph_and_bad_writes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
