/* Dicts and sets: Python's key equality, order, sharing of keys. */
#include "runtime/operate.h"
#include "runtime/value.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static unsigned random_below(unsigned bound)
{
    static uint64_t state = 99;
    state                 = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((state >> 33) % bound);
}

static burin_value big(run *r, const char *digits)
{
    burin_value v;
    assert_int_equal(rt_int_from_text(&r->st, (burin_text){digits, strlen(digits)}, 10, &v), BURIN_OK);
    return v;
}

static burin_value pair(run *r, burin_value a, burin_value b)
{
    burin_value v;
    assert_int_equal(rt_tuple2(&r->st, a, b, &v), BURIN_OK);
    return v;
}

static void equal_keys_are_one_key(void **state)
{
    run        *r = run_new();
    const struct { burin_value a, b; bool same; } rows[] = {
        {burin_int(1), burin_bool(true), true},   {burin_int(1), burin_float(1), true},     {burin_int(0), burin_float(-0.0), true},
        {burin_int(-1), burin_float(-1), true},   {burin_int(1), run_text("1"), false},     {burin_none(), burin_int(0), false},
        {run_text(""), burin_none(), false},      {burin_float(0.5), burin_int(0), false},  {burin_int(1 << 20), burin_float(1 << 20), true},
        {burin_int(INT64_MIN), burin_float(-0x1p63), true}, {big(r, "9223372036854775808"), burin_float(0x1p63), true},
        {big(r, "18446744073709551616"), burin_float(0x1p64), true}, {big(r, "1267650600228229401496703205376"), burin_float(0x1p100), true},
        {big(r, "-1267650600228229401496703205376"), burin_float(-0x1p100), true}, {big(r, "1267650600228229401496703205377"), burin_float(0x1p100), false},
        {pair(r, burin_int(1), run_text("a")), pair(r, burin_float(1), run_text("a")), true},
        {pair(r, burin_int(1), run_text("a")), pair(r, run_text("a"), burin_int(1)), false},
        {burin_float(1e300), burin_float(1e300), true}, {burin_float(0x1p-1074), burin_float(0x1p-1074), true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rt_dict    *d;
        burin_value found;
        assert_int_equal(rt_dict_new(&r->st, 0, &d), BURIN_OK);
        assert_int_equal(rt_dict_put(&r->st, d, rows[i].a, run_text("first")), BURIN_OK);
        assert_int_equal(rt_dict_get(&r->st, d, rows[i].b, &found), BURIN_OK);
        assert_int_equal(found.kind != BURIN_MISSING, rows[i].same);
        assert_int_equal(rt_dict_put(&r->st, d, rows[i].b, run_text("second")), BURIN_OK);
        assert_int_equal(d->len, rows[i].same ? 1 : 2);
        if (rows[i].same) /* the first key stays, the last value counts */
            assert_int_equal(d->keys->entries[0].value.kind, rows[i].a.kind);
    }
    assert_true(run_free(r));
}

static void unhashable_keys_are_type_errors(void **state)
{
    run     *r = run_new();
    rt_list *list;
    rt_dict *d;
    uint32_t hash;
    (void)state;
    rt_list_new(&r->st, BURIN_LIST, 0, &list);
    rt_dict_new(&r->st, 0, &d);
    assert_int_equal(rt_dict_put(&r->st, d, rt_list_value(list), burin_none()), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "unhashable type: 'list'");
    assert_int_equal(rt_hash(&r->st, pair(r, burin_int(1), rt_pointer(BURIN_DICT, d)), &hash), BURIN_ERR_TYPE);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "unhashable type: 'dict'");
    burin_value nested = burin_int(1);
    for (int depth = 0; depth < 2000; depth++)
        nested = pair(r, nested, burin_none());
    assert_int_equal(rt_hash(&r->st, nested, &hash), BURIN_ERR_RECURSION);
    run_error(r, BURIN_ERR_RECURSION);
    assert_int_equal(r->st.depth, 0);
    assert_true(run_free(r));
}

/* Random puts and removals against a plain array. */
static void a_dict_does_what_a_list_of_pairs_does(void **state)
{
    enum { KEYS = 300 };
    (void)state;
    for (int round = 0; round < 60; round++) {
        run     *r = run_new();
        rt_dict *d;
        int64_t  order[KEYS], values[KEYS];
        unsigned count = 0, range = 1 + random_below(round % 2 ? 12 : KEYS);
        rt_dict_new(&r->st, random_below(20), &d);
        for (int step = 0; step < 2000; step++) {
            char        name[16] = "key";
            unsigned    number   = random_below(range), at = 0;
            burin_value key, got;
            if (round % 3) {
                name[3] = (char)('0' + number % 10), name[4] = (char)('0' + number / 10 % 10), name[5] = (char)('0' + number / 100);
                rt_string_copy(&r->st, name, 6, &key);
            } else {
                key = burin_int(number);
            }
            while (at < count && order[at] != number)
                at++;
            switch (random_below(3)) {
            case 0:
                assert_int_equal(rt_dict_put(&r->st, d, key, burin_int(step)), BURIN_OK);
                if (at == count)
                    order[count++] = number;
                values[at] = step;
                break;
            case 1:
                assert_int_equal(rt_dict_remove(&r->st, d, key, &got), BURIN_OK);
                assert_int_equal(got.kind, at < count ? BURIN_INT : BURIN_MISSING);
                if (at < count) {
                    assert_int_equal(got.as.i, values[at]);
                    memmove(order + at, order + at + 1, (count - at - 1) * sizeof order[0]);
                    memmove(values + at, values + at + 1, (count - at - 1) * sizeof values[0]);
                    count--;
                }
                break;
            default:
                assert_int_equal(rt_dict_get(&r->st, d, key, &got), BURIN_OK);
                assert_int_equal(got.kind, at < count ? BURIN_INT : BURIN_MISSING);
                if (at < count)
                    assert_int_equal(got.as.i, values[at]);
            }
            assert_int_equal(d->len, count);
        }
        uint32_t    at = 0;
        unsigned    n  = 0;
        burin_value value;
        while (rt_dict_next(d, &at, NULL, &value))
            assert_int_equal(value.as.i, values[n++]);
        assert_int_equal(n, count);
        assert_true(run_free(r));
    }
}

static void removing_and_adding_does_not_grow_without_bound(void **state)
{
    run        *r = run_new();
    rt_dict    *d;
    burin_value gone;
    (void)state;
    rt_dict_new(&r->st, 0, &d);
    for (int i = 0; i < 100000; i++) {
        rt_dict_put(&r->st, d, burin_int(i), burin_none());
        if (i >= 20)
            rt_dict_remove(&r->st, d, burin_int(i - 20), &gone);
        assert_true(d->keys->cap <= 64);
    }
    assert_true(run_free(r));
}

static void dicts_of_the_same_keys_share_them(void **state)
{
    run        *r      = run_new();
    rt_shapes   shapes = {0};
    rt_keys    *first, *again, *other, *twice;
    rt_dict    *a, *b;
    burin_value keys[] = {run_text("name"), run_text("price"), run_text("symbol")}, swapped[] = {keys[1], keys[0], keys[2]};
    burin_value doubled[] = {keys[0], keys[1], keys[0]}, values[] = {burin_int(1), burin_int(2), burin_int(3)}, gone;
    (void)state;
    assert_int_equal(rt_shapes_keys(&r->st, &shapes, keys, 3, &first), BURIN_OK);
    assert_int_equal(rt_shapes_keys(&r->st, &shapes, swapped, 3, &other), BURIN_OK);
    assert_int_equal(rt_shapes_keys(&r->st, &shapes, keys, 3, &again), BURIN_OK);
    assert_int_equal(rt_shapes_keys(&r->st, &shapes, doubled, 3, &twice), BURIN_OK);
    assert_ptr_equal(first, again);
    assert_ptr_not_equal(first, other);
    assert_null(twice);
    burin_text price = BURIN_TEXT("price");
    assert_int_equal(rt_keys_slot(first, price, rt_text_hash(price)), 1);
    assert_int_equal(rt_keys_slot(first, BURIN_TEXT("prices"), rt_text_hash(BURIN_TEXT("prices"))), UINT32_MAX);

    assert_int_equal(rt_dict_from_keys(&r->st, first, values, &a), BURIN_OK);
    assert_int_equal(rt_dict_from_keys(&r->st, first, values, &b), BURIN_OK);
    rt_dict_put(&r->st, a, keys[1], burin_int(20)); /* another value keeps the shape */
    assert_ptr_equal(a->keys, first);
    rt_dict_put_z(&r->st, a, "more", burin_int(4)); /* another key leaves it */
    assert_ptr_not_equal(a->keys, first);
    assert_string_equal(run_repr(r, rt_pointer(BURIN_DICT, a)), "{'name': 1, 'price': 20, 'symbol': 3, 'more': 4}");
    rt_dict_remove(&r->st, b, keys[0], &gone);
    assert_int_equal(gone.as.i, 1);
    assert_string_equal(run_repr(r, rt_pointer(BURIN_DICT, b)), "{'price': 2, 'symbol': 3}");
    assert_int_equal(first->len, 3);
    assert_true(run_free(r));
}

static void many_shapes_are_kept_apart(void **state)
{
    run      *r      = run_new();
    rt_shapes shapes = {0};
    rt_keys  *made[500], *found;
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        for (unsigned n = 0; n < 500; n++) {
            burin_value keys[20];
            for (unsigned k = 0; k < 1 + n % 20; k++) {
                char name[4] = {'k', (char)('A' + k), (char)('0' + n / 20 % 10), (char)('0' + n / 200)};
                rt_string_copy(&r->st, name, 4, &keys[k]);
            }
            assert_int_equal(rt_shapes_keys(&r->st, &shapes, keys, 1 + n % 20, &found), BURIN_OK);
            if (pass == 0)
                made[n] = found;
            assert_ptr_equal(found, made[n]);
        }
    }
    assert_int_equal(shapes.count, 500);
    assert_true(run_free(r));
}

static void copies_are_independent(void **state)
{
    run     *r = run_new();
    rt_dict *d, *copy, *set, *set_copy;
    (void)state;
    rt_dict_new(&r->st, 0, &d);
    for (int i = 0; i < 30; i++)
        rt_dict_put(&r->st, d, burin_int(i), burin_int(i * i));
    rt_dict_copy(&r->st, d, &copy);
    rt_dict_put(&r->st, copy, burin_int(5), burin_none());
    rt_dict_put(&r->st, d, burin_int(99), burin_none());
    assert_int_equal(d->values[5].as.i, 25);
    assert_int_equal(copy->len, 30);
    rt_dict_clear(d);
    assert_string_equal(run_repr(r, rt_pointer(BURIN_DICT, d)), "{}");
    rt_dict_put(&r->st, d, burin_int(1), burin_int(2));
    assert_string_equal(run_repr(r, rt_pointer(BURIN_DICT, d)), "{1: 2}");
    rt_set_new(&r->st, 0, &set);
    rt_dict_put(&r->st, set, run_text("x"), rt_missing());
    rt_dict_put(&r->st, set, run_text("x"), rt_missing());
    rt_dict_copy(&r->st, set, &set_copy);
    assert_int_equal(set_copy->len, 1);
    assert_true(set_copy->flags & RT_SET);
    assert_string_equal(run_repr(r, rt_pointer(BURIN_SET, set_copy)), "{'x'}");
    assert_true(run_free(r));
}

static void small_sets_of_integers_have_cpythons_order(void **state)
{
    static const struct { int items[12], count; const char *want; } rows[] = {
        {{3, 1, 2}, 3, "{1, 2, 3}"}, {{7, 8}, 2, "{8, 7}"}, {{8, 7}, 2, "{8, 7}"}, {{-1, 5, 0}, 3, "{0, 5, -1}"},
        {{10, 20, 30, 40, 50}, 5, "{40, 10, 50, 20, 30}"}, {{100, 5, 33, 2, 64, 9}, 6, "{64, 33, 2, 100, 5, 9}"},
    };
    run *r = run_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rt_dict *set;
        rt_set_new(&r->st, 0, &set);
        for (int n = 0; n < rows[i].count; n++)
            rt_dict_put(&r->st, set, burin_int(rows[i].items[n]), rt_missing());
        assert_string_equal(run_repr(r, rt_pointer(BURIN_SET, set)), rows[i].want);
    }
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_keys_are_one_key),
        cmocka_unit_test(unhashable_keys_are_type_errors),
        cmocka_unit_test(a_dict_does_what_a_list_of_pairs_does),
        cmocka_unit_test(removing_and_adding_does_not_grow_without_bound),
        cmocka_unit_test(dicts_of_the_same_keys_share_them),
        cmocka_unit_test(many_shapes_are_kept_apart),
        cmocka_unit_test(copies_are_independent),
        cmocka_unit_test(small_sets_of_integers_have_cpythons_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
