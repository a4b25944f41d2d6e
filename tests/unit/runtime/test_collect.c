/* Collecting: what can be reached from the roots stays, whatever it is; all else is free, cycles too. */
#include "runtime/collect.h"

#include "runtime/attribute.h"
#include "runtime/exception.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/view.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct roots {
    burin_value values[4];
} roots;

static void reach_roots(rt_collector *c, void *user) { rt_reach_values(c, ((roots *)user)->values, 4); }

static void make_garbage(run *r)
{
    for (int n = 0; n < 3000; n++)
        run_value(r, "['garbage', {'a': (1, 2), 'b': 3.5}]");
}

static void collect(run *r, roots *of)
{
    assert_true(rt_collect(&r->st, reach_roots, of));
    make_garbage(r);
}

static void what_is_reached_stays_as_it_is(void **state)
{
    static const char *const rows[] = {
        "[1, 'text', [2.5, (None, True)], {'k': ['v']}]", "{'a': 1, 2: 'b', (3, 4): {'deep': [[['er']]]}}", "{1, 'two', (3,)}", "b'bytes'",
        "123456789012345678901234567890", "(1+2j)", "'caf\xc3\xa9'", "[[], (), {}, '']",
    };
    run *r = run_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        roots of   = {{run_value(r, rows[i])}};
        char *want = strdup(run_repr(r, of.values[0]));
        for (int round = 0; round < 3; round++) {
            collect(r, &of);
            assert_string_equal(run_repr(r, of.values[0]), want);
        }
        free(want);
    }
    assert_true(r->st.heap.held < 8 << 20);
    assert_true(run_free(r));
}

/* Objects of the runtime tell what they hold. */
static void objects_keep_what_they_hold(void **state)
{
    run         *r = run_new();
    rt_state    *st = &r->st;
    roots        of;
    burin_value  dict = run_value(r, "{'a': [1, 2], 'b': 3}"), text = run_value(r, "'hello'"), item;
    rt_iter      it;
    (void)state;
    assert_int_equal(rt_view_new(st, dict, RT_VIEW_ITEMS, &of.values[0]), BURIN_OK);
    assert_int_equal(rt_iterator_new(st, run_value(r, "[['x'], 'y']"), &of.values[1]), BURIN_OK);
    assert_int_equal(rt_exception_new(st, rt_exception_type(BURIN_ERR_VALUE), &text, 1, &of.values[2]), BURIN_OK);
    assert_int_equal(rt_slice_new(st, run_value(r, "12345678901234567890123"), rt_missing(), text, &of.values[3]), BURIN_OK);
    for (int round = 0; round < 3; round++)
        collect(r, &of);
    assert_string_equal(run_repr(r, of.values[0]), "dict_items([('a', [1, 2]), ('b', 3)])");
    assert_int_equal(rt_iter_init(st, of.values[1], &it), BURIN_OK);
    assert_int_equal(rt_iter_next(st, &it, &item), BURIN_OK);
    assert_string_equal(run_repr(r, item), "['x']");
    assert_string_equal(run_repr(r, of.values[2]), "ValueError('hello')");
    assert_string_equal(run_repr(r, of.values[3]), "slice(12345678901234567890123, None, 'hello')");
    assert_true(run_free(r));
}

static void what_is_not_reached_is_free_cycles_too(void **state)
{
    run  *r  = run_new();
    roots of = {{burin_none()}};
    (void)state;
    collect(r, &of);
    size_t held = r->st.heap.held;
    for (int round = 0; round < 50; round++) {
        for (int n = 0; n < 1000; n++) {
            rt_list *list = NULL;
            assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 2, &list), BURIN_OK);
            list->len      = 1;
            list->items[0] = rt_list_value(list);
        }
        collect(r, &of);
    }
    assert_true(r->st.heap.held <= 2 * held);
    assert_true(run_free(r));
}

/* As deep as memory goes. */
static void depth_takes_none_of_the_stack(void **state)
{
    enum { DEPTH = 1000000 };
    run        *r = run_new();
    roots       of = {{burin_none()}};
    burin_value v  = burin_int(5);
    int         depth = 0;
    (void)state;
    for (int n = 0; n < DEPTH; n++) {
        rt_list *list = NULL;
        assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
        list->len      = 1;
        list->items[0] = v;
        v              = rt_list_value(list);
    }
    of.values[0] = v;
    collect(r, &of);
    for (v = of.values[0]; v.kind == BURIN_LIST; v = ((const rt_list *)v.as.p)->items[0])
        depth++;
    assert_int_equal(depth, DEPTH);
    assert_true(run_free(r));
}

static int         released;
static void        note_release(void *self) { released += *(int *)self; }
static burin_class resource_class = {.struct_size = sizeof(burin_class), .name = "Resource", .release = note_release};

static void objects_with_a_release_function_stay_until_the_reset(void **state)
{
    static int one = 1;
    run       *r   = run_new();
    roots      of  = {{burin_none()}};
    (void)state;
    released = 0;
    burin_object(&r->st.heap, &resource_class, &one);
    for (int round = 0; round < 3; round++)
        collect(r, &of);
    assert_int_equal(released, 0);
    heap_reset(&r->st.heap);
    assert_int_equal(released, 1);
    assert_true(run_free(r));
}

/* What is behind such an object nobody knows. */
static void an_object_in_the_heap_that_tells_nothing_is_no_garbage(void **state)
{
    static const burin_class silent = {.struct_size = sizeof(burin_class), .name = "Silent"};
    run  *r  = run_new();
    roots of = {{burin_object(&r->st.heap, &silent, heap_alloc(&r->st.heap, 8))}};
    (void)state;
    assert_false(rt_collect(&r->st, reach_roots, &of));
    of.values[0] = burin_object(&r->st.heap, &silent, &of);
    assert_true(rt_collect(&r->st, reach_roots, &of));
    assert_true(run_free(r));
}

/* Each allocation that it makes is refused once: it is put off, and nothing is lost. */
static void without_memory_it_is_put_off(void **state)
{
    run        *r    = run_new();
    roots       of   = {{run_value(r, "[[[1], [2]], 'text']")}};
    bool        done = false;
    uint64_t    refused = 0;
    (void)state;
    make_garbage(r);
    while (!done) {
        r->fail_at = r->allocations + ++refused;
        done       = rt_collect(&r->st, reach_roots, &of);
        r->fail_at = 0;
        make_garbage(r);
        assert_string_equal(run_repr(r, of.values[0]), "[[[1], [2]], 'text']");
    }
    assert_true(refused > 2);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_reached_stays_as_it_is),
        cmocka_unit_test(objects_keep_what_they_hold),
        cmocka_unit_test(what_is_not_reached_is_free_cycles_too),
        cmocka_unit_test(depth_takes_none_of_the_stack),
        cmocka_unit_test(objects_with_a_release_function_stay_until_the_reset),
        cmocka_unit_test(an_object_in_the_heap_that_tells_nothing_is_no_garbage),
        cmocka_unit_test(without_memory_it_is_put_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
