/* Sweeping a heap: what is marked stays where it is, all else is allocated again. */
#include "runtime/sweep.h"

#include "runtime/value.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { THINGS = 20000, SIZE = 104 };

/* Things of one size, of which each `nth` is to stay; 0: none. */
static void fill(burin_heap *h, char **things)
{
    for (int n = 0; n < THINGS; n++) {
        things[n] = heap_alloc(h, SIZE);
        assert_non_null(things[n]);
        memset(things[n], 'a' + n % 26, SIZE);
    }
}

static void sweep(burin_heap *h, char **things, int nth)
{
    heap_map map;
    assert_true(heap_map_init(h, &map));
    for (int n = 0; nth && n < THINGS; n += nth) {
        assert_true(heap_map_mark(&map, things[n], SIZE));
        assert_false(heap_map_mark(&map, things[n], SIZE)); /* it is known */
    }
    assert_false(heap_map_mark(&map, &map, sizeof map)); /* not of the heap */
    heap_sweep(h, &map);
    assert_int_equal(h->used, nth ? (THINGS + nth - 1) / nth * SIZE : 0);
    heap_map_deinit(h, &map);
}

static void assert_kept(char *const *things, int nth)
{
    for (int n = 0; n < THINGS; n += nth)
        for (int at = 0; at < SIZE; at++)
            assert_int_equal(things[n][at], 'a' + n % 26);
}

static void what_is_marked_stays_and_the_rest_is_used_again(void **state)
{
    static char *kept[THINGS], *more[THINGS];
    static const int rows[] = {2, 3, 7, 100, 5000};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run        *r = run_new();
        burin_heap *h = &r->st.heap;
        fill(h, kept);
        size_t held = h->held;
        for (int round = 0; round < 10; round++) {
            sweep(h, kept, rows[i]);
            fill(h, more);
            assert_kept(kept, rows[i]);
        }
        assert_true(h->held <= 3 * held);
        assert_true(run_free(r));
    }
}

static void chunks_without_a_mark_go_back_beyond_what_will_be_needed(void **state)
{
    static char *things[THINGS];
    run         *r = run_new();
    burin_heap  *h = &r->st.heap;
    (void)state;
    for (int n = 0; n < 10; n++)
        fill(h, things);
    assert_true(h->held > 15 << 20);
    sweep(h, things, 0);
    assert_true(h->held < 10 << 20);
    sweep(h, things, 0); /* of an empty heap */
    fill(h, things);
    heap_reset(h);
    fill(h, things);
    assert_kept(things, 1);
    assert_true(run_free(r));
}

/* The beginning of a part that is free, and what a loop releases, in a heap that was swept. */
static void release_goes_back_to_a_mark_that_was_made_after_it(void **state)
{
    static char *things[THINGS];
    run         *r = run_new();
    burin_heap  *h = &r->st.heap;
    (void)state;
    fill(h, things);
    sweep(h, things, 5);
    size_t filled = h->filled, held = h->held;
    for (int round = 0; round < 100; round++) {
        heap_position mark = heap_mark(h);
        for (int n = 0; n < 1000; n++)
            memset(heap_alloc(h, (size_t)(n % 700)), 1, (size_t)(n % 700));
        heap_release(h, mark);
        assert_int_equal(h->filled, filled);
        held = round ? held : h->held;
    }
    assert_int_equal(h->held, held);
    assert_kept(things, 5);
    assert_true(run_free(r));
}

/* Small parts come first; large things find large ones without looking at all of them. */
static void large_things_take_no_new_memory_for_what_is_free(void **state)
{
    static char *things[THINGS];
    run         *r = run_new();
    burin_heap  *h = &r->st.heap;
    (void)state;
    fill(h, things);
    for (int n = 0; n < 40; n++)
        heap_alloc(h, 100000);
    sweep(h, things, 4); /* parts of 312 bytes, and the large ones */
    size_t held = h->held;
    for (int n = 0; n < 30; n++)
        assert_non_null(heap_alloc(h, 90000));
    assert_int_equal(h->held, held);
    assert_kept(things, 4);
    assert_true(run_free(r));
}

static int  wishes;
static void wish(burin_heap *h)
{
    wishes++;
    heap_put_off(h);
}

static void a_sweep_is_due_when_enough_is_filled_or_half_of_what_the_limit_leaves(void **state)
{
    static const struct {
        size_t limit, filled, least, most;
    } rows[] = {{0, 20 << 20, 2, 5}, {0, 2 << 20, 0, 0}, {400 << 10, 300 << 10, 1, 2}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run *r = run_new();
        wishes = 0;
        r->st.heap.limit       = rows[i].limit;
        r->st.heap.wants_sweep = wish;
        for (size_t n = 0; n < rows[i].filled; n += 1000)
            assert_non_null(heap_alloc(&r->st.heap, 1000));
        assert_true((size_t)wishes >= rows[i].least && (size_t)wishes <= rows[i].most);
        assert_true(run_free(r));
    }
}

static void without_memory_for_the_map_nothing_happens(void **state)
{
    run     *r = run_new();
    heap_map map;
    (void)state;
    heap_alloc(&r->st.heap, 100);
    r->fail_at = r->allocations + 1;
    assert_false(heap_map_init(&r->st.heap, &map));
    r->fail_at = 0;
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_marked_stays_and_the_rest_is_used_again),
        cmocka_unit_test(chunks_without_a_mark_go_back_beyond_what_will_be_needed),
        cmocka_unit_test(release_goes_back_to_a_mark_that_was_made_after_it),
        cmocka_unit_test(large_things_take_no_new_memory_for_what_is_free),
        cmocka_unit_test(a_sweep_is_due_when_enough_is_filled_or_half_of_what_the_limit_leaves),
        cmocka_unit_test(without_memory_for_the_map_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
