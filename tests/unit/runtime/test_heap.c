/* The heap of a render. */
#include "runtime/value.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void allocations_are_aligned_and_apart(void **state)
{
    run  *r = run_new();
    char *last = NULL;
    (void)state;
    for (size_t size = 1; size < 300000; size += 1 + size / 2) {
        char *p = heap_alloc(&r->st.heap, size);
        assert_int_equal((uintptr_t)p % 8, 0);
        memset(p, 0x5A, size);
        if (last)
            assert_int_equal(*last, 0x5A);
        last = p;
    }
    assert_true(run_free(r));
}

static void nothing_has_a_place_even_in_an_empty_heap(void **state)
{
    run *r = run_new();
    (void)state;
    assert_non_null(heap_alloc(&r->st.heap, 0));
    assert_true(run_free(r));
}

static void release_goes_back_to_the_mark(void **state)
{
    run          *r    = run_new();
    heap_position mark = heap_mark(&r->st.heap);
    (void)state;
    heap_alloc(&r->st.heap, 100);
    heap_release(&r->st.heap, mark); /* of an empty heap */
    char *first = heap_alloc(&r->st.heap, 100);
    mark        = heap_mark(&r->st.heap);
    char *inner = heap_alloc(&r->st.heap, 100);
    for (int i = 0; i < 1000; i++)
        heap_alloc(&r->st.heap, 1000);
    heap_release(&r->st.heap, mark);
    assert_ptr_equal(heap_alloc(&r->st.heap, 100), inner);
    assert_ptr_not_equal(inner, first);
    assert_true(run_free(r));
}

static void a_loop_that_releases_holds_no_more_than_one_round(void **state)
{
    run *r = run_new();
    (void)state;
    heap_alloc(&r->st.heap, 10);
    size_t held = 0;
    for (int round = 0; round < 1000; round++) {
        heap_position mark = heap_mark(&r->st.heap);
        for (int i = 1; i < 100; i++)
            memset(heap_alloc(&r->st.heap, (size_t)(i * i * 7)), 1, (size_t)(i * i * 7));
        heap_release(&r->st.heap, mark);
        if (round == 2)
            held = r->st.heap.held;
    }
    assert_int_equal(r->st.heap.held, held);
    assert_true(run_free(r));
}

static void what_escaped_is_not_released(void **state)
{
    run          *r    = run_new();
    heap_position mark = heap_mark(&r->st.heap);
    (void)state;
    char *kept = heap_alloc(&r->st.heap, 50000);
    memset(kept, 'k', 50000);
    heap_escape(&r->st.heap);
    char *lost = heap_alloc(&r->st.heap, 100);
    heap_release(&r->st.heap, mark);
    assert_ptr_equal(heap_alloc(&r->st.heap, 100), lost);
    memset(lost, 'l', 100);
    assert_int_equal(kept[49999], 'k');
    assert_true(run_free(r));
}

static void the_newest_allocation_grows_in_place(void **state)
{
    run  *r = run_new();
    char *p = heap_alloc(&r->st.heap, 10);
    (void)state;
    memcpy(p, "0123456789", 10);
    assert_ptr_equal(heap_resize(&r->st.heap, p, 10, 1000), p);
    char *after = heap_alloc(&r->st.heap, 8);
    assert_true(after >= p + 1000);
    char *moved = heap_resize(&r->st.heap, p, 1000, 2000);
    assert_ptr_not_equal(moved, p);
    assert_memory_equal(moved, "0123456789", 10);
    assert_ptr_equal(heap_resize(&r->st.heap, moved, 2000, 16), moved);
    assert_ptr_equal(heap_alloc(&r->st.heap, 8), moved + 16);
    assert_true(run_free(r));
}

static void what_is_open_is_made_longer_once(void **state)
{
    run        *r = run_new();
    burin_heap *h = &r->st.heap;
    (void)state;
    char *p = heap_alloc(h, 5), *next = h->next;
    assert_false(heap_extend(h, p + 5, 1)); /* nothing is open */
    heap_open(h, p + 5);
    assert_false(heap_extend(h, p + 3, 1)); /* a beginning of it */
    assert_true(heap_extend(h, p + 5, 2));
    assert_ptr_equal(h->next, next); /* there was room */
    assert_false(heap_extend(h, p + 5, 1)); /* what is behind is somebody's now */
    assert_true(heap_extend(h, p + 7, 10));
    assert_ptr_equal(h->next, p + 24);
    memset(p, 0x5A, 17);
    assert_false(heap_extend(h, p + 17, (size_t)(h->end - h->next) + 8)); /* no room in the block */
    heap_alloc(h, 1);
    assert_false(heap_extend(h, p + 17, 1)); /* no longer the newest */
    heap_position mark = heap_mark(h);
    char *q = heap_alloc(h, 8);
    heap_open(h, q + 8);
    heap_release(h, mark);
    assert_false(heap_extend(h, q + 8, 1)); /* gone, though something else may end there now */
    heap_alloc(h, 8);
    assert_false(heap_extend(h, q + 8, 1));
    assert_true(run_free(r));
}

static void the_limit_is_kept_and_told(void **state)
{
    run *r = run_new();
    (void)state;
    r->st.heap.limit = 100000;
    for (int i = 0; i < 90; i++)
        assert_non_null(heap_alloc(&r->st.heap, 1000));
    assert_null(heap_alloc(&r->st.heap, 50000));
    assert_true(r->st.heap.over_limit);
    assert_true(r->st.heap.held <= 100000);
    assert_int_equal(rt_fail_memory(&r->st), BURIN_ERR_LIMIT);
    assert_string_equal(run_error(r, BURIN_ERR_LIMIT), "the memory limit of 100000 bytes was reached");
    r->st.heap.limit = 0;
    assert_null(heap_alloc(&r->st.heap, SIZE_MAX - 64));
    assert_int_equal(rt_fail_memory(&r->st), BURIN_ERR_NOMEM);
    assert_true(run_free(r));
}

static void reset_keeps_blocks_for_the_next_render(void **state)
{
    run *r = run_new();
    (void)state;
    for (int i = 0; i < 200; i++)
        heap_alloc(&r->st.heap, 1000);
    heap_reset(&r->st.heap);
    uint64_t before = r->allocations;
    for (int i = 0; i < 200; i++)
        assert_non_null(heap_alloc(&r->st.heap, 1000));
    assert_int_equal(r->allocations, before);
    for (int i = 0; i < 40; i++)
        heap_alloc(&r->st.heap, 1 << 20);
    heap_reset(&r->st.heap);
    assert_true(r->st.heap.held <= 8 << 20);
    assert_true(run_free(r));
}

static int released[4];
static int released_count;
static void note_release(void *self) { released[released_count++] = *(int *)self; }

static void objects_are_released_newest_first_when_they_go(void **state)
{
    static const burin_class cls = {.struct_size = sizeof cls, .name = "Resource", .release = note_release};
    static int   ids[] = {1, 2, 3};
    run         *r     = run_new();
    (void)state;
    released_count = 0;
    burin_value object = burin_object(&r->st.heap, &cls, &ids[0]);
    assert_int_equal(object.kind, BURIN_OBJECT);
    heap_position mark = heap_mark(&r->st.heap);
    burin_object(&r->st.heap, &cls, &ids[1]);
    burin_object(&r->st.heap, &cls, &ids[2]);
    heap_release(&r->st.heap, mark);
    assert_int_equal(released_count, 2);
    assert_int_equal(released[0], 3);
    assert_int_equal(released[1], 2);
    heap_reset(&r->st.heap);
    assert_int_equal(released_count, 3);
    assert_int_equal(released[2], 1);
    assert_true(run_free(r));
    assert_int_equal(released_count, 3);
}

static void the_first_error_is_the_one_told(void **state)
{
    run *r = run_new();
    (void)state;
    assert_int_equal(rt_fail(&r->st, BURIN_ERR_TYPE, "first %d", 1), BURIN_ERR_TYPE);
    assert_int_equal(rt_fail(&r->st, BURIN_ERR_VALUE, "second"), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "first 1");
    r->env.depth_max = 2;
    assert_int_equal(rt_enter(&r->st), BURIN_OK);
    assert_int_equal(rt_enter(&r->st), BURIN_OK);
    assert_int_equal(rt_enter(&r->st), BURIN_ERR_RECURSION);
    assert_string_equal(run_error(r, BURIN_ERR_RECURSION), "maximum recursion depth exceeded");
    rt_leave(&r->st);
    rt_leave(&r->st);
    r->st.steps_left = 10;
    assert_int_equal(rt_charge(&r->st, 9), BURIN_OK);
    assert_int_equal(rt_charge(&r->st, 1), BURIN_ERR_LIMIT);
    rt_clear_error(&r->st);
    assert_int_equal(rt_charge(&r->st, 0), BURIN_ERR_LIMIT);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_and_apart),
        cmocka_unit_test(nothing_has_a_place_even_in_an_empty_heap),
        cmocka_unit_test(release_goes_back_to_the_mark),
        cmocka_unit_test(a_loop_that_releases_holds_no_more_than_one_round),
        cmocka_unit_test(what_escaped_is_not_released),
        cmocka_unit_test(the_newest_allocation_grows_in_place),
        cmocka_unit_test(what_is_open_is_made_longer_once),
        cmocka_unit_test(the_limit_is_kept_and_told),
        cmocka_unit_test(reset_keeps_blocks_for_the_next_render),
        cmocka_unit_test(objects_are_released_newest_first_when_they_go),
        cmocka_unit_test(the_first_error_is_the_one_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
