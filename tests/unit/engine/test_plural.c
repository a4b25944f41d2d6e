/* engine/plural: the rules of real catalogues, and what is no rule. */
#include "engine/plural.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void rules_give_the_form_that_gettext_gives(void **state)
{
    static const char polish[]  = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2";
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
        {"7-2-1", 0, 4},     {"2+3*4", 0, 14},    {"n/2", 7, 3},      {"n%0", 7, 0},     {"n/0", 7, 0},
        {"1<2==1", 0, 1},    {"0||1&&0", 0, 0},   {"n%10", -1, 9},    {"n/2", -3, -2},   {"1?2:3?4:5", 0, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        plural_rule rule;
        assert_true(plural_parse((burin_text){rows[i].rule, strlen(rows[i].rule)}, &rule));
        assert_int_equal(plural_evaluate(&rule, rows[i].n), rows[i].form);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_give_the_form_that_gettext_gives),
        cmocka_unit_test(malformed_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
