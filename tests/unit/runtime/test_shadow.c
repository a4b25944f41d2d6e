/* Lists, and copy on write of what the host owns. */
#include "runtime/value.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void lists_grow_in_order(void **state)
{
    run     *r = run_new();
    rt_list *a, *b;
    (void)state;
    rt_list_new(&r->st, BURIN_LIST, 3, &a);
    rt_list_new(&r->st, BURIN_LIST, 0, &b);
    for (int i = 0; i < 10000; i++) { /* two at once: neither is the newest allocation for long */
        assert_int_equal(rt_list_push(&r->st, a, burin_int(i)), BURIN_OK);
        assert_int_equal(rt_list_push(&r->st, b, burin_int(-i)), BURIN_OK);
    }
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(a->items[i].as.i, i);
        assert_int_equal(b->items[i].as.i, -i);
    }
    assert_true(run_free(r));
}

static void a_borrowed_container_is_copied_when_it_changes(void **state)
{
    run        *host = run_new(), *r = run_new();
    rt_list    *list, *edited, *again;
    rt_dict    *dict, *set, *changed;
    burin_value gone;
    (void)state;
    host->st.heap.borrowed = true;
    rt_list_new(&host->st, BURIN_LIST, 0, &list);
    rt_list_push(&host->st, list, burin_int(1));
    rt_dict_new(&host->st, 0, &dict);
    rt_dict_put_z(&host->st, dict, "a", burin_int(1));
    rt_set_new(&host->st, 0, &set);
    rt_dict_put(&host->st, set, burin_int(7), rt_missing());
    burin_value l = rt_list_value(list), d = rt_pointer(BURIN_DICT, dict), s = rt_pointer(BURIN_SET, set);

    heap_position mark = heap_mark(&r->st.heap);
    assert_ptr_equal(rt_list_of(&r->st, l), list);
    assert_int_equal(rt_list_edit(&r->st, l, &edited), BURIN_OK);
    assert_ptr_not_equal(edited, list);
    rt_list_push(&r->st, edited, burin_int(2));
    heap_escape(&r->st.heap);
    assert_int_equal(rt_list_edit(&r->st, l, &again), BURIN_OK);
    assert_ptr_equal(again, edited);
    assert_int_equal(rt_dict_edit(&r->st, d, &changed), BURIN_OK);
    rt_dict_remove(&r->st, changed, run_text("a"), &gone);
    assert_int_equal(rt_dict_edit(&r->st, s, &changed), BURIN_OK);
    rt_dict_put(&r->st, changed, burin_int(8), rt_missing());
    heap_escape(&r->st.heap);
    heap_release(&r->st.heap, mark); /* a loop's end does not undo the change */

    assert_string_equal(run_repr(r, l), "[1, 2]");
    assert_string_equal(run_repr(r, d), "{}");
    assert_string_equal(run_repr(r, s), "{8, 7}");
    assert_string_equal(run_repr(host, l), "[1]");
    assert_string_equal(run_repr(host, d), "{'a': 1}");
    heap_reset(&r->st.heap); /* the next render sees the host's again */
    assert_string_equal(run_repr(r, l), "[1]");
    assert_string_equal(run_repr(r, s), "{7}");
    assert_true(run_free(r));
    assert_true(run_free(host));
}

static void many_containers_may_be_changed(void **state)
{
    run     *host = run_new(), *r = run_new();
    rt_list *lists[1000], *edited;
    (void)state;
    host->st.heap.borrowed = true;
    for (int i = 0; i < 1000; i++)
        rt_list_new(&host->st, BURIN_LIST, 0, &lists[i]);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(rt_list_edit(&r->st, rt_list_value(lists[i]), &edited), BURIN_OK);
        rt_list_push(&r->st, edited, burin_int(i));
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(rt_list_of(&r->st, rt_list_value(lists[i]))->items[0].as.i, i);
    assert_true(run_free(r));
    assert_true(run_free(host));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_grow_in_order),
        cmocka_unit_test(a_borrowed_container_is_copied_when_it_changes),
        cmocka_unit_test(many_containers_may_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
