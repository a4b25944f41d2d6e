/* Every allocation of a run over the values fails once, and every later one with it: nothing may leak, crash, or report
 * anything but MemoryError; afterwards the state works again. */
#include "runtime/attribute.h"
#include "runtime/iterate.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TRY(call) \
    do { \
        burin_status status_ = (call); \
        if (status_) \
            return status_; \
    } while (0)

static burin_status release_nothing(burin_call *call, burin_value *out)
{
    *out = burin_arg(call, 0);
    return BURIN_OK;
}

/* Something of everything: strings, lists, dicts, shapes, copies on write, objects, calls, lookups, errors. */
static burin_status scenario(run *r, run *host)
{
    rt_state   *st = &r->st;
    burin_value text, v, out;
    rt_list    *list;
    rt_dict    *dict, *set, *copy;
    rt_shapes   shapes = {0};
    rt_keys    *keys;

    TRY(rt_list_new(st, BURIN_LIST, 0, &list));
    TRY(rt_dict_new(st, 0, &dict));
    TRY(rt_set_new(st, 4, &set));
    for (int i = 0; i < 3000; i++) {
        char name[8] = "key";
        name[3]      = (char)('a' + i % 26);
        name[4]      = (char)('a' + i / 26 % 26);
        name[5]      = (char)('a' + i / 676);
        TRY(rt_string_copy(st, name, 6, &text));
        TRY(rt_list_push(st, list, text));
        TRY(rt_dict_put(st, dict, text, burin_int(i)));
        TRY(rt_dict_put(st, set, burin_int(i), rt_missing()));
    }
    TRY(rt_shapes_keys(st, &shapes, list->items, 20, &keys));
    TRY(rt_dict_from_keys(st, keys, list->items, &copy));
    TRY(rt_dict_put_z(st, copy, "other", burin_none()));
    TRY(rt_dict_copy(st, dict, &copy));

    burin_value borrowed = run_value(host, "[1, 2, 3]");
    TRY(rt_list_edit(st, borrowed, &list));
    TRY(rt_list_push(st, list, text));

    burin_value  three[] = {burin_int(1), burin_int(2), burin_int(3)};
    rt_arguments args    = {.positional = three, .count = 3};
    TRY(rt_env_add(&r->env, r->env.globals, "f", "a, *rest, **named", release_nothing, NULL, 0));
    TRY(rt_call(st, *rt_names_value(r->env.globals, BURIN_TEXT("f")), &args, &out));
    TRY(rt_get_attr(st, rt_list_value(list), BURIN_TEXT("append"), &out));
    TRY(rt_get_attr(st, rt_pointer(BURIN_DICT, dict), BURIN_TEXT("nothing"), &v));
    TRY(rt_get_slice(st, rt_list_value(list), burin_none(), burin_none(), burin_int(-1), &out));
    TRY(rt_iterator_new(st, rt_list_value(list), &out));
    TRY(rt_to_list(st, out, &list));
    if (rt_undefined_fail(st, v) != BURIN_ERR_UNDEFINED)
        return st->status;
    rt_clear_error(st);
    return BURIN_OK;
}

static void every_failed_allocation_is_reported_and_nothing_leaks(void **state)
{
    run     *host = run_new();
    uint64_t tried = 0;
    (void)state;
    host->st.heap.borrowed = true;
    for (bool done = false; !done; tried++) {
        run *r = run_new_failing(tried + 1);
        if (!r)
            continue; /* the environment itself */
        burin_status status = scenario(r, host);
        done                = r->allocations <= tried;
        if (done) {
            assert_int_equal(status, BURIN_OK);
        } else {
            if (status != BURIN_OK) /* a block larger than needed may be refused at no loss */
                assert_int_equal(status, BURIN_ERR_NOMEM);
            r->fail_at = 0;
            rt_clear_error(&r->st);
            heap_reset(&r->st.heap);
            assert_int_equal(scenario(r, host), BURIN_OK);
        }
        assert_true(run_free(r));
    }
    assert_true(tried > 20);
    assert_true(run_free(host));
}

static void every_memory_limit_is_kept(void **state)
{
    run *host = run_new();
    (void)state;
    host->st.heap.borrowed = true;
    size_t limit = 1;
    for (bool done = false; !done; limit += limit / 7 + 1000) {
        run *r              = run_new();
        r->st.heap.limit    = limit;
        burin_status status = scenario(r, host);
        done                = status == BURIN_OK;
        assert_true(done || status == BURIN_ERR_LIMIT);
        assert_true(r->st.heap.held <= limit);
        assert_true(run_free(r));
    }
    assert_true(limit > 200000);
    assert_true(run_free(host));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_reported_and_nothing_leaks),
        cmocka_unit_test(every_memory_limit_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
