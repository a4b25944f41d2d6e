/* Numbers to text and back: written as Python's repr writes them, read correctly rounded. */
#include "runtime/base/power.h"
#include "runtime/base/text.h"

#include <gmp.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t random_bits(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545F4914F6CDD1Du;
}

static double random_double(void)
{
    double f;
    do {
        uint64_t bits = random_bits();
        memcpy(&f, &bits, 8);
    } while (!isfinite(f));
    return f;
}

static void assert_repr(double f, const char *want)
{
    char text[40];
    text[text_from_double(f, text)] = '\0';
    assert_string_equal(text, want);
}

static void integers_are_written_in_decimal(void **state)
{
    static const int64_t rows[] = {0, 7, 9, 10, 42, 99, 100, 101, 999, 1000, 123456789, -1, -10, 4294967296, INT64_MAX, INT64_MIN};
    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        char    ours[24], theirs[24];
        size_t  row = i - 20000;
        int64_t n   = i < 20000 ? (int64_t)i - 5000 : row < sizeof rows / sizeof rows[0] ? rows[row] : (int64_t)random_bits() >> random_bits() % 64;
        ours[text_from_int(n, ours)] = '\0';
        snprintf(theirs, sizeof theirs, "%lld", (long long)n);
        assert_string_equal(ours, theirs);
    }
}

static void doubles_are_written_as_python_does(void **state)
{
    static const struct { double f; const char *want; } rows[] = {
        {0.0, "0.0"}, {-0.0, "-0.0"}, {1, "1.0"}, {0.1, "0.1"}, {-2.5, "-2.5"}, {39.26, "39.26"}, {0.1 + 0.2, "0.30000000000000004"},
        {1e15, "1000000000000000.0"}, {9007199254740991, "9007199254740991.0"}, {1e16, "1e+16"}, {1.5e16, "1.5e+16"}, {123456789012345680, "1.2345678901234568e+17"},
        {1e22, "1e+22"}, {1e23, "1e+23"}, {1e100, "1e+100"}, {0.0001, "0.0001"}, {0.00012, "0.00012"}, {1e-5, "1e-05"}, {1.25e-5, "1.25e-05"},
        {0.000001, "1e-06"}, {1e-100, "1e-100"}, {123456.789, "123456.789"}, {0.123456, "0.123456"}, {0.1234567, "0.1234567"},
        {1.0 / 3, "0.3333333333333333"}, {2.0 / 3, "0.6666666666666666"}, {100.0 / 3, "33.333333333333336"}, {4.35, "4.35"}, {4.349999999999999, "4.349999999999999"},
        {5e-324, "5e-324"}, {2.2250738585072014e-308, "2.2250738585072014e-308"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
        {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, "nan"}, {-NAN, "nan"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_repr(rows[i].f, rows[i].want);
}

/* Significant digits of a text, without sign, point, zeros at either end and exponent. */
static int significant(const char *text, char *digits)
{
    int count = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (count || *text != '0'))
            digits[count++] = *text;
    }
    while (count && digits[count - 1] == '0')
        count--;
    digits[count] = '\0';
    return count;
}

/* Ours read back, one digit less does not, and of those with as many digits they are the nearest. */
static void assert_shortest(double f)
{
    char ours[40], theirs[40], our_digits[40], their_digits[40];
    ours[text_from_double(f, ours)] = '\0';
    assert_true(strtod(ours, NULL) == f);
    int count = significant(ours, our_digits);
    snprintf(theirs, sizeof theirs, "%.*e", count ? count - 1 : 0, f);
    significant(theirs, their_digits);
    if (strtod(theirs, NULL) == f) /* not so for some powers of two, whose neighbours are not equally far away */
        assert_string_equal(our_digits, their_digits);
    if (count > 1) {
        snprintf(theirs, sizeof theirs, "%.*e", count - 2, f);
        assert_false(strtod(theirs, NULL) == f);
    }
}

static void digits_are_the_shortest_that_read_back(void **state)
{
    (void)state;
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double f = ldexp(1, exponent);
        assert_shortest(f);
        assert_shortest(nextafter(f, INFINITY));
        if (nextafter(f, 0) > 0)
            assert_shortest(nextafter(f, 0));
    }
    for (int i = 0; i < 100000; i++) {
        assert_shortest(random_double());
        assert_shortest((double)(random_bits() >> random_bits() % 60) / pow(10, (double)(random_bits() % 9)));
        assert_shortest((double)(int64_t)random_bits());
    }
}

static void amounts_with_cents_are_written_without_their_last_zero(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 1020000; n++) {
        char want[24];
        int  len  = snprintf(want, sizeof want, "%u.%02u", n / 100, n % 100);
        if (n % 10 == 0)
            want[len - 1] = '\0';
        assert_repr(n / 100.0, want);
        if (n % 1000 == 7) { /* neighbours are no amounts */
            assert_shortest(nextafter(n / 100.0, 0));
            assert_shortest(-nextafter(n / 100.0, INFINITY));
        }
    }
}

static void assert_reads(const char *text, double want)
{
    double f = 1;
    assert_true(text_to_double(text, strlen(text), &f));
    if (memcmp(&f, &want, 8) != 0)
        fail_msg("read as %.17g, not %.17g: %.100s", f, want, text);
}

static void texts_are_read_correctly_rounded(void **state)
{
    static const char *const rows[] = {
        "0", "-0", "1", "1.5", ".5", "5.", "1e3", "1E-3", "+2.5e+1", "000001", "0.000e5", "9007199254740993", "9007199254740992.99999999999999999999999999",
        "9007199254740993.00000000000000000000000001", "1e400", "-1e400", "1e-400", "2.4703282292062327e-324", "2.4703282292062328e-324",
        "1.7976931348623158e308", "1.797693134862315808e308", "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
        "6250000000000000000000000000000000000000000000000000000000000000001e-64", "123456789012345678901234567890e-320", "2.2250738585072011e-308",
        "0.500000000000000166533453693773481063544750213623046875", "3.518437208883201171875e13", "8.5e-1000000000000000000000", "1e1000000000000000000000",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_reads(rows[i], strtod(rows[i], NULL));
    char text[900];
    for (int i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "%.*e", (int)(random_bits() % 25), random_double());
        assert_reads(text, strtod(text, NULL));
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)random_bits() >> random_bits() % 64, (unsigned long long)random_bits(),
                 (int)(random_bits() % 680) - 340);
        assert_reads(text, strtod(text, NULL));
    }
}

/* The points half way between two doubles, written out in full, and their closest neighbours in decimal. */
static void halfway_points_go_to_the_even_neighbour(void **state)
{
    char text[1200];
    (void)state;
    for (int i = 0; i < 3000; i++) {
        double f = fabs(random_double());
        if (f > 1e300)
            continue;
        mpf_t a, b;
        mpf_init2(a, 4000);
        mpf_init2(b, 4000);
        mpf_set_d(a, f);
        mpf_set_d(b, nextafter(f, INFINITY));
        mpf_add(a, a, b);
        mpf_div_2exp(a, a, 1);
        int len = gmp_snprintf(text, sizeof text - 2, "%.1100Fe", a);
        mpf_clear(a);
        mpf_clear(b);
        assert_true(len > 0);
        char  *e = strchr(text, 'e');
        char   exponent[16], *last = e - 1;
        strcpy(exponent, e);
        assert_reads(text, strtod(text, NULL));
        while (*last == '0')
            last--;
        strcpy(last + 1, exponent);
        assert_reads(text, strtod(text, NULL));
        strcpy(last + 1, "000000001");
        strcat(text, exponent);
        assert_reads(text, strtod(text, NULL));
        *last -= 1;
        assert_reads(text, strtod(text, NULL));
    }
}

static void malformed_numbers_are_refused(void **state)
{
    static const char *const rows[] = {"", "e5", "1e", ".", "1.5.2", "1e+", "-", "1 ", " 1", "0x1", "inf", "nan", "1_0", "--1"};
    double f;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_false(text_to_double(rows[i], strlen(rows[i]), &f));
}

static void powers_of_ten_are_exact_to_128_bits(void **state)
{
    mpz_t exact, scale, limit;
    (void)state;
    mpz_inits(exact, scale, limit, NULL);
    mpz_ui_pow_ui(limit, 2, 128);
    for (int q = POWER_MIN; q <= POWER_MAX; q++) {
        mpz_ui_pow_ui(exact, 5, (unsigned long)abs(q));
        if (q < 0) {
            mpz_ui_pow_ui(scale, 2, 2000);
            mpz_fdiv_q(exact, scale, exact);
        } else {
            mpz_mul_2exp(exact, exact, 200);
        }
        size_t bits = mpz_sizeinbase(exact, 2);
        mpz_fdiv_q_2exp(exact, exact, bits - 128);
        power128 power = power_of_ten(q);
        mpz_fdiv_q_2exp(scale, exact, 64);
        assert_int_equal(mpz_get_ui(scale), power.high);
        assert_int_equal(mpz_get_ui(exact), power.low);
        assert_int_equal(power.exact, q >= 0 && q <= 55);
    }
    mpz_clears(exact, scale, limit, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_written_in_decimal),       cmocka_unit_test(doubles_are_written_as_python_does),
        cmocka_unit_test(digits_are_the_shortest_that_read_back), cmocka_unit_test(texts_are_read_correctly_rounded),
        cmocka_unit_test(halfway_points_go_to_the_even_neighbour), cmocka_unit_test(malformed_numbers_are_refused),
        cmocka_unit_test(powers_of_ten_are_exact_to_128_bits),    cmocka_unit_test(amounts_with_cents_are_written_without_their_last_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
