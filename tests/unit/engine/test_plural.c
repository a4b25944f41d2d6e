/* engine/plural: the rules of real catalogues, and what is no rule. */
#include "engine/plural.h"
#include "runtime/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char polish[] = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2";

static int64_t form_of(burin_heap *heap, const char *text, burin_value n)
{
    plural_rule rule;
    int64_t     form = -2;

    assert_true(plural_parse((burin_text){text, strlen(text)}, &rule));
    assert_int_equal(plural_evaluate(&rule, rt_state_of(heap), n, &form), BURIN_OK);
    return form;
}

static void rules_give_the_form_that_gettext_gives(void **state)
{
    static const char russian[] = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)";
    static const char arabic[]  = "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5";
    static const struct {
        const char *rule;
        int64_t     n, form;
    } rows[] = {
        {"0", 7, 0},         {"n != 1", 1, 0},    {"n != 1", 0, 1},   {"n>1", 1, 0},     {"n>1", 2, 1},
        {polish, 1, 0},      {polish, 2, 1},      {polish, 5, 2},     {polish, 12, 2},   {polish, 22, 1},
        {russian, 21, 0},    {russian, 11, 2},    {russian, 103, 1},  {arabic, 0, 0},    {arabic, 2, 2},
        {arabic, 103, 3},    {arabic, 111, 4},    {arabic, 100, 5},   {"!n", 0, 1},      {"!(n==0)", 0, 0},
        {"7-2-1", 0, 4},     {"2+3*4", 0, 14},    {"n/2", 7, 3},      {"n||3", 0, 3},    {"n&&0", 7, 0},
        {"1<2==1", 0, 1},    {"0||1&&0", 0, 0},   {"n%10", -1, 9},    {"n/2", -3, -2},   {"1?2:3?4:5", 0, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(form_of(*state, rows[i].rule, burin_int(rows[i].n)), rows[i].form);
}

/* round() of a count only says that it is a number: the rule sees the count itself. */
static void a_count_is_any_number(void **state)
{
    burin_heap *heap = *state;

    assert_int_equal(form_of(heap, "n != 1", burin_float(1.0)), 0);
    assert_int_equal(form_of(heap, "n != 1", burin_float(1.5)), 1);
    assert_int_equal(form_of(heap, polish, burin_float(0.5)), 2);
    assert_int_equal(form_of(heap, polish, burin_float(2.5)), 1);
    assert_int_equal(form_of(heap, "n", burin_float(2.7)), 2);
    assert_int_equal(form_of(heap, "n%10", burin_integer(heap, "100000000000000000003", 21)), 3);
    assert_int_equal(form_of(heap, "n", burin_integer(heap, "100000000000000000003", 21)), -1);
    assert_int_equal(form_of(heap, "n+1", burin_bool(true)), 2);
}

static void division_by_zero_fails(void **state)
{
    static const char *const rows[] = {"n/0", "n%0"};
    plural_rule              rule;
    int64_t                  form;

    for (size_t i = 0; i < 2; i++) {
        assert_true(plural_parse((burin_text){rows[i], 3}, &rule));
        assert_int_equal(plural_evaluate(&rule, rt_state_of(*state), burin_int(7), &form), BURIN_ERR_ZERO_DIVISION);
    }
}

static void malformed_rules_are_refused(void **state)
{
    static const char *const rows[] = {"", "n !", "m", "n ==", "(n", "n)", "n ? 1", "n ? 1 :", "1 2", "99999999999999999999", "n;", "n=1"};
    char                     deep[200];
    plural_rule              rule;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_false(plural_parse((burin_text){rows[i], strlen(rows[i])}, &rule));
    memset(deep, '(', sizeof deep);
    assert_false(plural_parse((burin_text){deep, sizeof deep}, &rule));
    memset(deep, '!', sizeof deep);
    assert_false(plural_parse((burin_text){deep, sizeof deep}, &rule));
}

static int make_heap(void **state) { return (*state = burin_heap_new(NULL)) ? 0 : -1; }

static int free_heap(void **state)
{
    burin_heap_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_give_the_form_that_gettext_gives),
        cmocka_unit_test(a_count_is_any_number),
        cmocka_unit_test(division_by_zero_fails),
        cmocka_unit_test(malformed_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, make_heap, free_heap);
}
