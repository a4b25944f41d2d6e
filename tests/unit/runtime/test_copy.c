/* Deep copies into a heap of the host's: they outlive the render, keep their form, and share nothing with it. */
#include "runtime/operate.h"
#include "tests/support/values_from_text.h"

static burin_heap *heap_of(run *r)
{
    static burin_heap heap;
    heap_init(&heap, &r->alloc, 0);
    return &heap;
}

/* Overwrite the render's heap, so that a copy that still points there shows it. */
static void spoil(run *r)
{
    heap_reset(&r->st.heap);
    char *p = heap_alloc(&r->st.heap, 4000);
    assert_non_null(p);
    memset(p, 0x5A, 4000);
}

static void copies_outlive_the_render(void **state)
{
    static const char *const rows[] = {
        "None", "1.5", "123456789012345678901234567890", "'text'", "b'bytes'", "[1, ['a', (2, 'b')], {'k': {1, 2}}]", "{}", "()",
        "{1: 'a', (1, 2): [3], None: {'x': 'y'}}", "{'a', 'b', 'c'}", "['', b'']",
        "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8, 'i': 9, 'j': 10, 'k': 11}",
    };
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        run        *r    = run_new();
        burin_heap *heap = heap_of(r);
        burin_value out;
        assert_int_equal(rt_copy_out(&r->st, value_of(r, rows[n]), heap, &out), BURIN_OK);
        spoil(r);
        assert_string_equal(run_repr(r, out), rows[n]);
        if (out.kind == BURIN_DICT && rt_dict_of(&r->st, out)->len == 11) {
            const burin_value *k = rt_dict_find_text(rt_dict_of(&r->st, out), BURIN_TEXT("k"), rt_text_hash(BURIN_TEXT("k")));
            assert_int_equal(k->as.i, 11);
        }
        heap_deinit(heap);
        assert_true(run_free(r));
    }
}

static void shared_and_cyclic_containers_keep_their_form(void **state)
{
    run        *r    = run_new();
    burin_heap *heap = heap_of(r);
    rt_list    *outer, *inner;
    burin_value out;
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 4, &outer) || rt_list_new(&r->st, BURIN_LIST, 1, &inner), 0);
    rt_list_push(&r->st, inner, rt_list_value(outer));
    rt_list_push(&r->st, outer, rt_list_value(inner));
    rt_list_push(&r->st, outer, rt_list_value(inner));
    assert_int_equal(rt_copy_out(&r->st, rt_list_value(outer), heap, &out), BURIN_OK);
    spoil(r);
    const rt_list *copy = out.as.p;
    assert_ptr_equal(copy->items[0].as.p, copy->items[1].as.p);
    assert_ptr_equal(((const rt_list *)copy->items[0].as.p)->items[0].as.p, copy);
    assert_string_equal(run_repr(r, out), "[[[...]], [[...]]]");
    heap_deinit(heap);
    assert_true(run_free(r));
}

static void dicts_with_shared_keys_share_the_copy(void **state)
{
    static const char text[] = "[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]";
    run        *r    = run_new();
    burin_heap *heap = heap_of(r);
    burin_value v, out;
    (void)state;
    assert_int_equal(rt_json_read(&r->st, (burin_text){text, sizeof text - 1}, false, NULL, &v, NULL), BURIN_OK);
    assert_int_equal(rt_copy_out(&r->st, v, heap, &out), BURIN_OK);
    spoil(r);
    const burin_value *items = ((const rt_list *)out.as.p)->items;
    assert_ptr_equal(((const rt_dict *)items[0].as.p)->keys, ((const rt_dict *)items[1].as.p)->keys);
    assert_string_equal(run_repr(r, out), "[{'a': 1, 'b': 2}, {'a': 3, 'b': 4}]");
    heap_deinit(heap);
    assert_true(run_free(r));
}

static void undefined_values_remember_their_message(void **state)
{
    run        *r    = run_new();
    burin_heap *heap = heap_of(r);
    burin_value v    = undefined_of(r, RT_UNDEFINED), out, sum;
    (void)state;
    ((rt_undefined *)v.as.p)->object = value_of(r, "{'a': 1}");
    assert_int_equal(rt_copy_out(&r->st, v, heap, &out), BURIN_OK);
    assert_int_equal(r->st.status, BURIN_OK);
    spoil(r);
    rt_binary_op(&r->st, RT_ADD, out, burin_int(1), &sum);
    assert_string_equal(run_error(r, BURIN_ERR_UNDEFINED), "'dict object' has no attribute 'x'");
    heap_deinit(heap);
    assert_true(run_free(r));
}

static void host_objects_are_referred_to(void **state)
{
    static const burin_class cls = {sizeof cls, .name = "Thing"};
    run        *r    = run_new();
    burin_heap *heap = heap_of(r);
    burin_value v, out;
    int         self;
    (void)state;
    assert_int_equal(rt_object_new(&r->st, &cls, &self, &v), BURIN_OK);
    assert_int_equal(rt_copy_out(&r->st, v, heap, &out), BURIN_OK);
    assert_ptr_equal(((const rt_object_value *)out.as.p)->self, &self);
    assert_ptr_not_equal(out.as.p, v.as.p);
    heap_deinit(heap);
    assert_true(run_free(r));
}

static void every_failing_allocation_is_reported(void **state)
{
    bool done = false;
    (void)state;
    for (uint64_t n = 1; !done; n++) {
        run        *r    = run_new();
        burin_heap *heap = heap_of(r);
        burin_value v    = value_of(r, "{'a': [1, 'x', (2,)], 'b': {'c': 123456789012345678901234567890}}"), out;
        r->fail_at = r->allocations + n;
        burin_status status = rt_copy_out(&r->st, v, heap, &out);
        done = status == BURIN_OK;
        assert_true(done || status == BURIN_ERR_NOMEM);
        heap_deinit(heap);
        assert_true(run_free(r));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_outlive_the_render),
        cmocka_unit_test(shared_and_cyclic_containers_keep_their_form),
        cmocka_unit_test(dicts_with_shared_keys_share_the_copy),
        cmocka_unit_test(undefined_values_remember_their_message),
        cmocka_unit_test(host_objects_are_referred_to),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
