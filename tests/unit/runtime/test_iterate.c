/* Iteration. */
#include "runtime/attribute.h"
#include "runtime/iterate.h"
#include "runtime/view.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static burin_value range(run *r, int64_t start, int64_t stop, int64_t step, int64_t len)
{
    rt_range *range = heap_alloc(&r->st.heap, sizeof *range);
    *range          = (rt_range){start, stop, step, len};
    return rt_pointer(BURIN_RANGE, range);
}

static const char *listed(run *r, burin_value v)
{
    rt_list *list;
    if (rt_to_list(&r->st, v, &list))
        return run_error(r, r->st.status);
    return run_repr(r, rt_list_value(list));
}

static void every_kind_gives_its_items_in_order(void **state)
{
    static const struct { const char *literal, *want; } rows[] = {
        {"[1, 'a', None]", "[1, 'a', None]"}, {"()", "[]"}, {"(1,)", "[1]"}, {"'a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z'", "['a', 'é', '€', '😀', 'z']"}, {"''", "[]"},
        {"b'ab'", "[97, 98]"}, {"{'x': 1, 2: 'y'}", "['x', 2]"}, {"{3, 1, 2}", "[1, 2, 3]"},
        {"5", "'int' object is not iterable"}, {"None", "'NoneType' object is not iterable"}, {"1.5", "'float' object is not iterable"}, {"True", "'bool' object is not iterable"},
    };
    run *r = run_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(listed(r, run_value(r, rows[i].literal)), rows[i].want);
    assert_string_equal(listed(r, range(r, 10, 0, -3, 4)), "[10, 7, 4, 1]");
    assert_string_equal(listed(r, range(r, INT64_MAX - 1, INT64_MAX, 1, 1)), "[9223372036854775806]");
    assert_true(run_free(r));
}

static void lists_are_seen_live_until_they_end(void **state)
{
    run        *r = run_new();
    burin_value v = run_value(r, "[1, 2]"), item;
    rt_list    *list;
    rt_iter     it;
    int         seen = 0;
    (void)state;
    rt_iter_init(&r->st, v, &it);
    rt_list_edit(&r->st, v, &list);
    while (!rt_iter_next(&r->st, &it, &item) && item.kind != BURIN_MISSING) {
        if (++seen < 5)
            rt_list_push(&r->st, list, item);
    }
    assert_int_equal(seen, 6);
    rt_list_push(&r->st, list, item);
    assert_int_equal(rt_iter_next(&r->st, &it, &item), BURIN_OK);
    assert_int_equal(item.kind, BURIN_MISSING);
    assert_true(run_free(r));
}

static void a_dict_must_not_change_size_meanwhile(void **state)
{
    run        *r = run_new();
    burin_value d = run_value(r, "{1: 2, 3: 4}"), s = run_value(r, "{'x'}"), item;
    rt_dict    *dict;
    rt_iter     it;
    (void)state;
    rt_iter_init(&r->st, d, &it);
    rt_iter_next(&r->st, &it, &item);
    rt_dict_edit(&r->st, d, &dict);
    rt_dict_put(&r->st, dict, burin_int(1), burin_int(9)); /* another value is no change of size */
    assert_int_equal(rt_iter_next(&r->st, &it, &item), BURIN_OK);
    rt_dict_put(&r->st, dict, burin_int(5), burin_int(6));
    assert_int_equal(rt_iter_next(&r->st, &it, &item), BURIN_ERR_GENERATOR);
    assert_string_equal(run_error(r, BURIN_ERR_GENERATOR), "dictionary changed size during iteration");
    rt_iter_init(&r->st, s, &it);
    rt_dict_edit(&r->st, s, &dict);
    rt_dict_put(&r->st, dict, burin_int(5), rt_missing());
    assert_int_equal(rt_iter_next(&r->st, &it, &item), BURIN_ERR_GENERATOR);
    assert_string_equal(run_error(r, BURIN_ERR_GENERATOR), "Set changed size during iteration");
    assert_true(run_free(r));
}

static void undefined_is_empty_unless_strict(void **state)
{
    run        *r = run_new();
    burin_value v;
    (void)state;
    rt_undefined_new(&r->st, rt_missing(), run_text("x"), &v);
    assert_string_equal(listed(r, v), "[]");
    r->env.undefined = RT_STRICT;
    rt_undefined_new(&r->st, rt_missing(), run_text("x"), &v);
    assert_string_equal(listed(r, v), "'x' is undefined");
    assert_true(run_free(r));
}

static void iterators_are_used_up(void **state)
{
    run        *r = run_new();
    burin_value it, same;
    (void)state;
    assert_int_equal(rt_iterator_new(&r->st, run_value(r, "[1, 2, 3]"), &it), BURIN_OK);
    assert_int_equal(rt_iterator_new(&r->st, it, &same), BURIN_OK);
    assert_ptr_equal(it.as.p, same.as.p);
    assert_int_equal(rt_iter_length_hint(&r->st, it), SIZE_MAX);
    assert_string_equal(listed(r, it), "[1, 2, 3]");
    assert_string_equal(listed(r, it), "[]");
    assert_int_equal(rt_iterator_new(&r->st, burin_int(1), &it), BURIN_ERR_TYPE);
    run_error(r, BURIN_ERR_TYPE);
    assert_true(run_free(r));
}

/* ---- objects of a host ---- */

static burin_status count_down(burin_call *call, void *self, burin_value *out)
{
    int *left = self;
    if (*left < 0)
        return burin_raise(call, BURIN_ERR_STOP_ITERATION, "%s", "");
    if (*left > 0)
        *out = burin_int((*left)--);
    return BURIN_OK;
}

static burin_status item_of(burin_call *call, void *self, burin_value key, burin_value *out)
{
    (void)self;
    if (key.as.i == 3)
        return burin_raise(call, BURIN_ERR_INDEX, "over");
    *out = burin_int(key.as.i * 10);
    return BURIN_OK;
}

static burin_status itself(burin_call *call, void *self, burin_value *out)
{
    (void)call;
    *out = *(burin_value *)self;
    return BURIN_OK;
}

static void host_objects_iterate_by_what_they_have(void **state)
{
    static const burin_class down     = {.struct_size = sizeof down, .name = "Down", .next = count_down};
    static const burin_class sequence = {.struct_size = sizeof sequence, .name = "Sequence", .get_item = item_of, .is_sequence = true};
    static const burin_class wrapper  = {.struct_size = sizeof wrapper, .name = "Wrapper", .iterate = itself};
    static const burin_class plain    = {.struct_size = sizeof plain, .name = "Plain", .get_item = item_of};
    run        *r    = run_new();
    int         left = 3, stopped = -1;
    burin_value list = run_value(r, "[7, 8]"), cycle;
    (void)state;
    assert_string_equal(listed(r, burin_object(&r->st.heap, &down, &left)), "[3, 2, 1]");
    assert_string_equal(listed(r, burin_object(&r->st.heap, &down, &stopped)), "[]");
    assert_string_equal(listed(r, burin_object(&r->st.heap, &sequence, NULL)), "[0, 10, 20]");
    assert_string_equal(listed(r, burin_object(&r->st.heap, &wrapper, &list)), "[7, 8]");
    assert_string_equal(listed(r, burin_object(&r->st.heap, &plain, NULL)), "'Plain' object is not iterable");
    cycle = burin_object(&r->st.heap, &wrapper, &cycle);
    assert_string_equal(listed(r, cycle), "maximum recursion depth exceeded");
    left = 2;
    assert_int_equal(rt_generator_new(&r->st, count_down, &left, &cycle), BURIN_OK);
    assert_string_equal(listed(r, cycle), "[2, 1]");
    assert_true(run_free(r));
}

static void building_a_list_is_charged(void **state)
{
    run     *r = run_new();
    rt_list *list;
    (void)state;
    r->st.steps_left = 1000;
    assert_int_equal(rt_to_list(&r->st, range(r, 0, INT64_MAX, 1, INT64_MAX), &list), BURIN_ERR_LIMIT);
    run_error(r, BURIN_ERR_LIMIT);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_gives_its_items_in_order),   cmocka_unit_test(lists_are_seen_live_until_they_end),
        cmocka_unit_test(a_dict_must_not_change_size_meanwhile), cmocka_unit_test(undefined_is_empty_unless_strict),
        cmocka_unit_test(iterators_are_used_up),                 cmocka_unit_test(host_objects_iterate_by_what_they_have),
        cmocka_unit_test(building_a_list_is_charged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
