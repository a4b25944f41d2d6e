/* Sizes are known before memory is asked for, and native work is charged: what hostile scripts try, one operation each. */
#include "runtime/assign.h"
#include "runtime/exception.h"
#include "runtime/format.h"
#include "runtime/operate.h"
#include "runtime/type.h"
#include "tests/support/values_from_text.h"

enum { STEPS = 1000000, MEMORY = 16 << 20 };

static run *limited_run(void)
{
    run *r = run_new();
    assert_true(rt_env_add_python(&r->env));
    r->st.python     = true;
    r->st.steps_left = STEPS;
    r->st.heap.limit = MEMORY;
    return r;
}

/* The limit stops it, and it took no memory to find that out. */
static void must_hit_a_limit(run *r, burin_status status, const char *what)
{
    if (status != BURIN_ERR_LIMIT && status != BURIN_ERR_NOMEM)
        fail_msg("%s: %s", what, status ? burin_status_class(status) : "went through");
    assert_false(rt_exception_pending(&r->st));
    assert_true(r->held < 2 * MEMORY);
    rt_clear_error(&r->st);
    r->st.steps_left = STEPS;
}

static void every_growing_operator_knows_its_size(void **state)
{
    static const struct { rt_binary op; const char *a, *b; } rows[] = {
        {RT_MUL, "'ab'", "1000000000"},        {RT_MUL, "1000000000", "'ab'"},        {RT_MUL, "b'ab'", "100000000000"},     {RT_MUL, "[0]", "1000000000"},
        {RT_MUL, "(0,)", "1000000000"},        {RT_LSHIFT, "1", "1000000000000"},     {RT_LSHIFT, "1", "100000000000000000000"}, {RT_POW, "10", "1000000000"},
        {RT_POW, "3", "99999999999999999999"}, {RT_MOD, "'%9999999999d'", "1"},       {RT_MOD, "'%.999999999f'", "1.5"},     {RT_MOD, "'%*d'", "(9999999999, 1)"},
        {RT_MOD, "b'%9999999999d'", "1"},
    };
    run *r = limited_run();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value out;
        must_hit_a_limit(r, rt_binary_op(&r->st, rows[n].op, value_of(r, rows[n].a), value_of(r, rows[n].b), &out), rows[n].a);
    }
    burin_value list = value_of(r, "[0]"), out;
    must_hit_a_limit(r, rt_inplace_op(&r->st, RT_MUL, list, burin_int(1000000000), &out), "list *= n");
    assert_string_equal(run_repr(r, list), "[0]");
    assert_true(run_free(r));
}

/* A cap on the exponent does not help against squaring again and again: the bits of the result are what counts. */
static void squaring_again_and_again_is_stopped(void **state)
{
    run         *r      = limited_run();
    burin_value  x      = burin_int(3);
    burin_status status = BURIN_OK;
    int          n      = 0;
    (void)state;
    for (; !status && n < 60; n++)
        status = rt_binary_op(&r->st, RT_MUL, x, x, &x);
    assert_true(n < 40);
    must_hit_a_limit(r, status, "x *= x");
    assert_true(run_free(r));
}

/* One operation may be long: it looks at the host's flag before it starts. */
static void large_arithmetic_can_be_cancelled(void **state)
{
    run        *r      = limited_run();
    int         cancel = 1;
    burin_value out;
    (void)state;
    r->st.cancel = &cancel;
    assert_int_equal(rt_binary_op(&r->st, RT_POW, burin_int(3), burin_int(20), &out), BURIN_OK);
    assert_int_equal(rt_binary_op(&r->st, RT_POW, burin_int(3), burin_int(200000), &out), BURIN_ERR_CANCELLED);
    rt_clear_error(&r->st);
    assert_true(run_free(r));
}

static void every_growing_method_knows_its_size(void **state)
{
    static const struct { const char *self, *name, *args; } rows[] = {
        {"'x'", "ljust", "(10000000000,)"},    {"'x'", "center", "(10000000000,)"},     {"'x'", "zfill", "(10000000000,)"}, {"b'x'", "rjust", "(10000000000,)"},
        {"'\\t'", "expandtabs", "(1000000000,)"}, {"'{:9999999999}'", "format", "(1,)"}, {"1", "to_bytes", "(4000000000,)"},
    };
    run *r = limited_run();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        const rt_list *list = value_of(r, rows[n].args).as.p;
        rt_arguments   args = {.positional = list->items, .count = list->len};
        burin_value    out;
        must_hit_a_limit(r, rt_call_method(&r->st, value_of(r, rows[n].self), (burin_text){rows[n].name, strlen(rows[n].name)}, &args, &out), rows[n].name);
    }
    /* sizes that multiply */
    burin_value a, b, out;
    assert_int_equal(rt_binary_op(&r->st, RT_MUL, RT_STRING("a"), burin_int(100000), &a), BURIN_OK);
    assert_int_equal(rt_binary_op(&r->st, RT_MUL, RT_STRING("b"), burin_int(1000000), &b), BURIN_OK);
    burin_value  three[] = {RT_STRING("a"), b};
    rt_arguments args    = {.positional = three, .count = 2};
    must_hit_a_limit(r, rt_call_method(&r->st, a, BURIN_TEXT("replace"), &args, &out), "replace");
    assert_true(run_free(r));
}

static void numbers_at_the_edge_do_not_trap(void **state)
{
    run        *r = limited_run();
    burin_value out, least = burin_int(INT64_MIN);
    (void)state;
    assert_int_equal(rt_binary_op(&r->st, RT_FLOORDIV, least, burin_int(-1), &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "9223372036854775808");
    assert_int_equal(rt_binary_op(&r->st, RT_MOD, least, burin_int(-1), &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "0");
    assert_int_equal(rt_divmod(&r->st, least, burin_int(-1), &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "(9223372036854775808, 0)");
    assert_int_equal(rt_binary_op(&r->st, RT_RSHIFT, least, burin_int(200), &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "-1");
    assert_int_equal(rt_get_slice(&r->st, value_of(r, "[1, 2, 3]"), rt_missing(), rt_missing(), least, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "[3]");
    assert_true(run_free(r));
}

/* Residues modulo 2^61 - 1 make integers equal floats; multiples of one number must not meet in a dict because of them. */
static void hashes_of_integers_are_mixed(void **state)
{
    run          *r = limited_run();
    (void)state;
    uint32_t low = 0; /* multiples of a power of two must not share the low bits either */
    for (int n = 0; n < 1000; n++) {
        uint32_t hash;
        assert_int_equal(rt_hash(&r->st, burin_int((int64_t)n << 40), &hash), BURIN_OK);
        low += (hash & 1023) == 0;
    }
    assert_true(low < 100);
    rt_dict    *set;
    burin_value prime = burin_int(((int64_t)1 << 61) - 1), multiple = burin_int(0);
    r->st.heap.limit  = 0;
    r->st.steps_left  = UINT64_MAX;
    assert_int_equal(rt_set_new(&r->st, 8, &set), BURIN_OK);
    for (int n = 0; n < 20000; n++) { /* in CPython every one of them hashes to 0: this loop would take minutes */
        assert_int_equal(rt_dict_put(&r->st, set, multiple, rt_missing()), BURIN_OK);
        assert_int_equal(rt_binary_op(&r->st, RT_ADD, multiple, prime, &multiple), BURIN_OK);
    }
    assert_int_equal(set->len, 20000);
    /* what equals a float still hashes as it */
    burin_value big = value_of(r, "36893488147419103232");
    uint32_t    one, other;
    assert_int_equal(rt_hash(&r->st, big, &one), BURIN_OK);
    assert_int_equal(rt_hash(&r->st, burin_float(0x1p65), &other), BURIN_OK);
    assert_int_equal(one, other);
    assert_true(run_free(r));
}

/* Printing, comparing and hashing nested values is bounded, whatever the size of the C stack. */
static void deep_values_are_an_error_not_a_crash(void **state)
{
    run        *r = limited_run();
    burin_value deep = value_of(r, "()"), other = value_of(r, "()"), text;
    uint32_t    hash;
    bool        same;
    (void)state;
    r->st.heap.limit = 0;
    for (int n = 0; n < 100000; n++) {
        rt_list *one;
        assert_int_equal(rt_list_new(&r->st, BURIN_TUPLE, 1, &one), BURIN_OK);
        assert_int_equal(rt_list_push(&r->st, one, deep), BURIN_OK);
        deep = rt_tuple_value(one);
        assert_int_equal(rt_list_new(&r->st, BURIN_TUPLE, 1, &one), BURIN_OK);
        assert_int_equal(rt_list_push(&r->st, one, other), BURIN_OK);
        other = rt_tuple_value(one);
    }
    assert_int_equal(rt_repr(&r->st, deep, &text), BURIN_ERR_RECURSION);
    rt_clear_error(&r->st);
    assert_int_equal(rt_hash(&r->st, deep, &hash), BURIN_ERR_RECURSION);
    rt_clear_error(&r->st);
    assert_int_equal(rt_equal(&r->st, deep, other, &same), BURIN_ERR_RECURSION);
    rt_clear_error(&r->st);
    assert_int_equal(r->st.depth, 0);
    assert_true(run_free(r));
}

static void special_attributes_are_out_of_reach(void **state)
{
    run        *r = limited_run();
    burin_value out, one = burin_int(1);
    (void)state;
    rt_arguments args = {.positional = &one, .count = 1};
    rt_call_method(&r->st, RT_STRING("{0.__class__}"), BURIN_TEXT("format"), &args, &out);
    assert_string_equal(run_error(r, BURIN_ERR_ATTRIBUTE), "'int' object has no attribute '__class__'");
    assert_int_equal(rt_call_method(&r->st, RT_STRING("{0.real}"), BURIN_TEXT("format"), &args, &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "'1'");
    assert_true(run_free(r));
}

static void ranges_are_as_long_as_their_numbers_say(void **state)
{
    static const struct { const char *start, *stop, *step, *item, *want; bool in; } rows[] = {
        {"0", "10000000000000000000", "1", "1000000000000000000", "range(0, 10000000000000000000)", true},
        {"0", "10000000000000000000", "3", "1000000000000000000", "range(0, 10000000000000000000, 3)", false},
        {"-9223372036854775808", "9223372036854775808", "4611686018427387904", "0", "range(-9223372036854775808, 9223372036854775808, 4611686018427387904)", true},
        {"0", "-100000000000000000000", "-7", "-14", "range(0, -100000000000000000000, -7)", true},
    };
    run *r = limited_run();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value  bounds[] = {value_of(r, rows[n].start), value_of(r, rows[n].stop), value_of(r, rows[n].step)}, range;
        rt_arguments args     = {.positional = bounds, .count = 3};
        bool         in;
        assert_int_equal(rt_call(&r->st, rt_type_value(RT_TYPE_range), &args, &range), BURIN_OK);
        assert_string_equal(run_repr(r, range), rows[n].want);
        assert_int_equal(rt_compare_op(&r->st, RT_IN, value_of(r, rows[n].item), range, &in), BURIN_OK);
        assert_int_equal(in, rows[n].in);
    }
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_growing_operator_knows_its_size),
        cmocka_unit_test(squaring_again_and_again_is_stopped),
        cmocka_unit_test(large_arithmetic_can_be_cancelled),
        cmocka_unit_test(every_growing_method_knows_its_size),
        cmocka_unit_test(numbers_at_the_edge_do_not_trap),
        cmocka_unit_test(hashes_of_integers_are_mixed),
        cmocka_unit_test(deep_values_are_an_error_not_a_crash),
        cmocka_unit_test(special_attributes_are_out_of_reach),
        cmocka_unit_test(ranges_are_as_long_as_their_numbers_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
