/* Integers beyond 64 bits: algebra that must hold at every size, conversions, and the limits. */
#include "runtime/bigint.h"
#include "tests/support/values_from_text.h"

static burin_value op(run *r, rt_binary operation, burin_value a, burin_value b)
{
    burin_value out;
    if (rt_int_binary(&r->st, operation, a, b, &out))
        fail_msg("%.*s", (int)r->st.message.len, r->st.message.data);
    return out;
}

/* 2^bits * 3 / 2 and a little, so that no limb is all zeros. */
static burin_value large(run *r, int64_t bits, int64_t little)
{
    burin_value power = op(r, RT_POW, burin_int(3), burin_int(bits * 63 / 100));
    return op(r, RT_ADD, power, burin_int(little));
}

/* Sizes on both sides of where GMP's algorithms end and ours begin (1000 limbs). */
static const int64_t sizes[] = {1, 63, 64, 65, 200, 5000, 63990, 64010, 70000, 130000, 300000};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static void a_product_divides_back(void **state)
{
    run *r = run_new();
    (void)state;
    for (int n = 0; n < SIZES; n++)
        for (int m = 0; m < SIZES; m++) {
            burin_value a = large(r, sizes[n], 12345), b = large(r, sizes[m], -54321), one = burin_int(1);
            burin_value product = op(r, RT_MUL, a, b), more = op(r, RT_ADD, product, one);
            assert_int_equal(rt_int_compare(op(r, RT_FLOORDIV, product, b), a), 0);
            assert_int_equal(rt_int_compare(op(r, RT_MOD, product, b), burin_int(0)), 0);
            if (rt_int_compare(b, one) > 0)
                assert_int_equal(rt_int_compare(op(r, RT_MOD, more, b), one), 0);
            heap_reset(&r->st.heap);
        }
    assert_true(run_free(r));
}

static void a_binomial_squared_is_its_expansion(void **state)
{
    run *r = run_new();
    (void)state;
    for (int n = 0; n < SIZES; n++) { /* (a - b)^2 = a^2 - 2ab + b^2, through borrows and signs */
        burin_value a = large(r, sizes[n], 7), b = large(r, sizes[(n + 3) % SIZES], 11);
        burin_value difference = op(r, RT_SUB, a, b), square = op(r, RT_MUL, difference, difference);
        burin_value twice = op(r, RT_MUL, burin_int(2), op(r, RT_MUL, a, b));
        burin_value expanded = op(r, RT_ADD, op(r, RT_SUB, op(r, RT_MUL, a, a), twice), op(r, RT_MUL, b, b));
        assert_int_equal(rt_int_compare(square, expanded), 0);
        heap_reset(&r->st.heap);
    }
    assert_true(run_free(r));
}

static void floor_division_and_modulo_agree(void **state)
{
    static const int signs[4][2] = {{1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
    run *r = run_new();
    (void)state;
    for (int n = 0; n < SIZES; n++)
        for (int s = 0; s < 4; s++) {
            burin_value a = op(r, RT_MUL, large(r, sizes[n] + 100, 1), burin_int(signs[s][0]));
            burin_value b = op(r, RT_MUL, large(r, sizes[n] / 2 + 2, 1), burin_int(signs[s][1]));
            burin_value quotient = op(r, RT_FLOORDIV, a, b), rest = op(r, RT_MOD, a, b);
            assert_int_equal(rt_int_compare(op(r, RT_ADD, op(r, RT_MUL, quotient, b), rest), a), 0);
            assert_true(rt_int_sign(rest) == 0 || rt_int_sign(rest) == rt_int_sign(b));
            heap_reset(&r->st.heap);
        }
    assert_true(run_free(r));
}

static void results_that_fit_64_bits_are_small_again(void **state)
{
    run *r = run_new();
    (void)state;
    burin_value above = value_of(r, "9223372036854775808"), below = value_of(r, "-9223372036854775808");
    assert_int_equal(above.kind, BURIN_BIGINT);
    assert_int_equal(below.kind, BURIN_INT);
    assert_int_equal(op(r, RT_SUB, above, burin_int(1)).kind, BURIN_INT);
    assert_int_equal(op(r, RT_SUB, burin_int(0), above).as.i, INT64_MIN);
    assert_int_equal(op(r, RT_SUB, above, above).kind, BURIN_INT);
    assert_true(run_free(r));
}

static void digits_in_every_base(void **state)
{
    static const struct {
        const char *v;
        int         base;
        const char *want;
    } rows[] = {
        {"0", 10, "0"}, {"-255", 16, "ff"}, {"255", 8, "377"}, {"5", 2, "101"},
        {"1180591620717411303424", 16, "400000000000000000"}, {"1180591620717411303424", 8, "200000000000000000000000"},
        {"-1180591620717411303424", 10, "1180591620717411303424"}, {"18446744073709551615", 2, "1111111111111111111111111111111111111111111111111111111111111111"},
    };
    run       *r = run_new();
    burin_text text;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        assert_int_equal(rt_int_digits(&r->st, value_of(r, rows[n].v), rows[n].base, &text), BURIN_OK);
        assert_int_equal(text.len, strlen(rows[n].want));
        assert_memory_equal(text.data, rows[n].want, text.len);
    }
    assert_true(run_free(r));
}

static void decimal_conversion_stops_at_4300_digits(void **state)
{
    run        *r = run_new();
    burin_text  text;
    burin_value most = op(r, RT_SUB, op(r, RT_POW, burin_int(10), burin_int(4300)), burin_int(1));
    (void)state;
    assert_int_equal(rt_int_digits(&r->st, most, 10, &text), BURIN_OK);
    assert_int_equal(text.len, 4300);
    rt_int_digits(&r->st, op(r, RT_ADD, most, burin_int(1)), 10, &text);
    assert_string_equal(run_error(r, BURIN_ERR_VALUE), "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit");
    assert_true(run_free(r));
}

static void int_of_text_follows_python(void **state)
{
    static const struct {
        const char *text;
        int         base;
        const char *want;
    } rows[] = {
        {" 12 ", 10, "12"}, {"-1_000", 10, "-1000"}, {"0x1f", 16, "31"}, {"0x_1f", 0, "31"}, {"\xd9\xa3", 10, "3"}, {"00", 0, "0"},
        {"zz", 36, "1295"}, {"-9223372036854775809", 10, "-9223372036854775809"}, {"+0b11", 2, "3"},
        {"012", 0, "ValueError: invalid literal for int() with base 0: '012'"},
        {"1__0", 10, "ValueError: invalid literal for int() with base 10: '1__0'"},
        {"", 10, "ValueError: invalid literal for int() with base 10: ''"},
        {"- 1", 10, "ValueError: invalid literal for int() with base 10: '- 1'"},
        {"1", 1, "ValueError: int() base must be >= 2 and <= 36, or 0"},
    };
    run        *r = run_new();
    burin_value out;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_status status = rt_int_from_text(&r->st, (burin_text){rows[n].text, strlen(rows[n].text)}, rows[n].base, &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_true(run_free(r));
}

static void floats_convert_both_ways(void **state)
{
    static const struct {
        double      f;
        const char *want;
    } rows[] = {
        {1e20, "100000000000000000000"}, {-1.9, "-1"}, {0x1p63, "9223372036854775808"}, {-0x1p63, "-9223372036854775808"},
        {NAN, "ValueError: cannot convert float NaN to integer"}, {INFINITY, "OverflowError: cannot convert float infinity to integer"},
    };
    run        *r = run_new();
    burin_value out;
    double      f;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_status status = rt_int_from_double(&r->st, rows[n].f, &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_true(rt_int_to_double(value_of(r, "18446744073709551617"), &f) && f == 0x1p64); /* half way and below: to even */
    assert_true(rt_int_to_double(value_of(r, "36893488147419107329"), &f) && f == 36893488147419111424.0); /* just above half */
    rt_as_double(&r->st, op(r, RT_POW, burin_int(10), burin_int(400)), &f);
    assert_string_equal(run_error(r, BURIN_ERR_OVERFLOW), "int too large to convert to float");
    assert_true(run_free(r));
}

static void the_environments_limit_of_bits_holds(void **state)
{
    run        *r = run_new();
    burin_value out;
    (void)state;
    r->env.integer_bits_max = 128;
    assert_int_equal(rt_int_binary(&r->st, RT_POW, burin_int(2), burin_int(127), &out), BURIN_OK);
    rt_int_binary(&r->st, RT_POW, burin_int(2), burin_int(128), &out);
    assert_string_equal(run_error(r, BURIN_ERR_LIMIT), "an integer may have at most 128 bits");
    rt_int_binary(&r->st, RT_MUL, value_of(r, "100000000000000000000"), value_of(r, "100000000000000000000"), &out);
    run_error(r, BURIN_ERR_LIMIT);
    assert_int_equal(rt_int_true_divide(&r->st, burin_int(3), value_of(r, "100000000000000000000000000000000000000"), &out), BURIN_OK);
    assert_string_equal(run_repr(r, out), "3e-38");
    assert_true(run_free(r));
}

static void running_out_of_memory_is_reported(void **state)
{
    run        *r = run_new();
    burin_value a = large(r, 300000, 1), out;
    (void)state;
    r->fail_at = r->allocations + 1;
    burin_status status = BURIN_OK;
    while (!status)
        status = rt_int_binary(&r->st, RT_MUL, a, a, &out);
    assert_int_equal(status, BURIN_ERR_NOMEM);
    r->fail_at = 0;
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_product_divides_back),
        cmocka_unit_test(a_binomial_squared_is_its_expansion),
        cmocka_unit_test(floor_division_and_modulo_agree),
        cmocka_unit_test(results_that_fit_64_bits_are_small_again),
        cmocka_unit_test(digits_in_every_base),
        cmocka_unit_test(decimal_conversion_stops_at_4300_digits),
        cmocka_unit_test(int_of_text_follows_python),
        cmocka_unit_test(floats_convert_both_ways),
        cmocka_unit_test(the_environments_limit_of_bits_holds),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
