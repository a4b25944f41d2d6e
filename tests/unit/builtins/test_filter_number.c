/* Filters on numbers: rows are literals and what Jinja2 gives. */
#include "tests/unit/builtins/apply.h"

static void abs_takes_numbers_only(void **state)
{
    static const call_row rows[] = {
        {"abs", {"-5"}, "5"}, {"abs", {"-2.5"}, "2.5"}, {"abs", {"True"}, "1"}, {"abs", {"-0.0"}, "0.0"},
        {"abs", {"-9223372036854775808"}, "9223372036854775808"},
        {"abs", {"-123456789012345678901234567890"}, "123456789012345678901234567890"},
        {"abs", {"'a'"}, "TypeError: bad operand type for abs(): 'str'"},
        {"abs", {"undefined"}, "TypeError: bad operand type for abs(): 'Undefined'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void int_reads_text_as_python_does(void **state)
{
    static const call_row rows[] = {
        {"int", {"'42'"}, "42"}, {"int", {"' -7 '"}, "-7"}, {"int", {"'42.9'"}, "42"}, {"int", {"'1e3'"}, "1000"},
        {"int", {"'1_000'"}, "1000"}, {"int", {"'１２'"}, "12"}, {"int", {"'ff'", "0", "16"}, "255"},
        {"int", {"'0x1f'", "base=16"}, "31"}, {"int", {"'0x1f'", "base=0"}, "31"}, {"int", {"'0b11'", "7", "2"}, "3"},
        {"int", {"'z'", "base=36"}, "35"}, {"int", {"'123456789012345678901234567890'"}, "123456789012345678901234567890"},
        {"int", {"b'12'"}, "12"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void int_gives_the_default_for_what_is_no_number(void **state)
{
    static const call_row rows[] = {
        {"int", {"'abc'"}, "0"}, {"int", {"'abc'", "7"}, "7"}, {"int", {"None", "'x'"}, "'x'"}, {"int", {"[]"}, "0"},
        {"int", {"''"}, "0"}, {"int", {"nan"}, "0"}, {"int", {"'5'", "3", "1"}, "5"}, {"int", {"'5'", "3", "'x'"}, "5"},
        {"int", {"1e999"}, "OverflowError: cannot convert float infinity to integer"},
        {"int", {"'inf'"}, "OverflowError: cannot convert float infinity to integer"},
        {"int", {"undefined"}, "UndefinedError: 'x' is undefined"}, {"int", {"2.9"}, "2"}, {"int", {"-2.9"}, "-2"},
        {"int", {"True"}, "1"}, {"int", {"1e20"}, "100000000000000000000"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void float_reads_text_as_python_does(void **state)
{
    static const call_row rows[] = {
        {"float", {"'4.25'"}, "4.25"}, {"float", {"' 1_0.5 '"}, "10.5"}, {"float", {"'-inf'"}, "-inf"},
        {"float", {"'Infinity'"}, "inf"}, {"float", {"'nan'"}, "nan"}, {"float", {"'１.５'"}, "1.5"}, {"float", {"'1e400'"}, "inf"},
        {"float", {"'.5'"}, "0.5"}, {"float", {"'5.'"}, "5.0"}, {"float", {"'1__0'"}, "0.0"}, {"float", {"'_1'"}, "0.0"},
        {"float", {"'x'"}, "0.0"}, {"float", {"'x'", "'d'"}, "'d'"}, {"float", {"None"}, "0.0"}, {"float", {"7"}, "7.0"},
        {"float", {"True"}, "1.0"}, {"float", {"undefined"}, "UndefinedError: 'x' is undefined"}, {"float", {"b'2.5'"}, "2.5"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void round_goes_to_even_on_ties_and_keeps_the_type(void **state)
{
    static const call_row rows[] = {
        {"round", {"2.5"}, "2.0"}, {"round", {"3.5"}, "4.0"}, {"round", {"-2.5"}, "-2.0"}, {"round", {"42.55", "1"}, "42.5"},
        {"round", {"2.675", "2"}, "2.67"}, {"round", {"1.005", "2"}, "1.0"}, {"round", {"0.5"}, "0.0"}, {"round", {"-0.4"}, "-0.0"},
        {"round", {"5"}, "5"}, {"round", {"15", "-1"}, "20"}, {"round", {"25", "-1"}, "20"}, {"round", {"-15", "-1"}, "-20"},
        {"round", {"1234567890123456789012345", "-5"}, "1234567890123456789000000"}, {"round", {"1250.0", "-2"}, "1200.0"},
        {"round", {"99999.0", "-5"}, "100000.0"}, {"round", {"1e300", "2"}, "1e+300"},
        {"round", {"4503599627370497.5"}, "4503599627370498.0"}, {"round", {"1.5e-30", "30"}, "1e-30"},
        {"round", {"1.7e308", "-308"}, "OverflowError: rounded value too large to represent"}, {"round", {"2.5", "None"}, "2"},
        {"round", {"True"}, "1"}, {"round", {"1e999"}, "inf"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void round_to_a_side_gives_floats(void **state)
{
    static const call_row rows[] = {
        {"round", {"2.1", "0", "'ceil'"}, "3.0"}, {"round", {"2.9", "0", "'floor'"}, "2.0"},
        {"round", {"42.551", "2", "'ceil'"}, "42.56"}, {"round", {"-2.5", "method='floor'"}, "-3.0"},
        {"round", {"7", "0", "'ceil'"}, "7.0"}, {"round", {"17", "-1", "'floor'"}, "10.0"},
        {"round", {"1e999", "0", "'ceil'"}, "OverflowError: cannot convert float infinity to integer"},
        {"round", {"'a'", "0", "'ceil'"}, "TypeError: must be real number, not str"},
        {"round", {"None", "0", "'ceil'"}, "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void round_refuses_what_it_does_not_know(void **state)
{
    static const call_row rows[] = {
        {"round", {"'a'"}, "TypeError: type str doesn't define __round__ method"},
        {"round", {"1.5", "'x'"}, "TypeError: 'str' object cannot be interpreted as an integer"},
        {"round", {"1.5", "0", "'up'"}, "FilterArgumentError: method must be common, ceil or floor"},
        {"round", {"1.5", "0", "[]"}, "TypeError: unhashable type: 'list'"},
        {"round", {"1.5", "0", "{'up'}"}, "FilterArgumentError: method must be common, ceil or floor"},
        {"round", {"undefined"}, "TypeError: type Undefined doesn't define __round__ method"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

static void filesizeformat_counts_in_thousands_or_1024(void **state)
{
    static const call_row rows[] = {
        {"filesizeformat", {"1"}, "'1 Byte'"}, {"filesizeformat", {"0"}, "'0 Bytes'"}, {"filesizeformat", {"999"}, "'999 Bytes'"},
        {"filesizeformat", {"1000"}, "'1.0 kB'"}, {"filesizeformat", {"999999"}, "'1000.0 kB'"},
        {"filesizeformat", {"1234567"}, "'1.2 MB'"}, {"filesizeformat", {"1e27"}, "'1000.0 YB'"},
        {"filesizeformat", {"1e30"}, "'1000000.0 YB'"}, {"filesizeformat", {"1024", "True"}, "'1.0 KiB'"},
        {"filesizeformat", {"1023", "True"}, "'1023 Bytes'"}, {"filesizeformat", {"5000000", "binary=True"}, "'4.8 MiB'"},
        {"filesizeformat", {"'2000'"}, "'2.0 kB'"}, {"filesizeformat", {"-5"}, "'-5 Bytes'"}, {"filesizeformat", {"1e999"}, "'inf YB'"},
        {"filesizeformat", {"'abc'"}, "ValueError: could not convert string to float: 'abc'"},
        {"filesizeformat", {"None"}, "TypeError: float() argument must be a string or a real number, not 'NoneType'"},
        {"filesizeformat", {"undefined"}, "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK_FILTERS(rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(abs_takes_numbers_only),
        cmocka_unit_test(int_reads_text_as_python_does),
        cmocka_unit_test(int_gives_the_default_for_what_is_no_number),
        cmocka_unit_test(float_reads_text_as_python_does),
        cmocka_unit_test(round_goes_to_even_on_ties_and_keeps_the_type),
        cmocka_unit_test(round_to_a_side_gives_floats),
        cmocka_unit_test(round_refuses_what_it_does_not_know),
        cmocka_unit_test(filesizeformat_counts_in_thousands_or_1024),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
