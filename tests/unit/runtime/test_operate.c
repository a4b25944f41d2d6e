/* Operators: each row is an expression and what CPython 3.11 (with Jinja2's Undefined and MarkupSafe) makes of it. */
#include "runtime/operate.h"
#include "tests/support/values_from_text.h"

typedef struct row {
    const char *a, *op, *b, *want;
} row;

static const char *const binary_names[] = {"+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@"};
static const char *const compare_names[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not in"};

static const char *apply(run *r, const row *each)
{
    burin_value a = value_of(r, each->a), b = value_of(r, each->b), out = burin_none();
    bool        holds = false;
    for (int op = 0; op < RT_BINARY_COUNT; op++)
        if (strcmp(each->op, binary_names[op]) == 0)
            return outcome(r, rt_binary_op(&r->st, (rt_binary)op, a, b, &out), out);
    for (int op = 0; op < RT_COMPARE_COUNT; op++)
        if (strcmp(each->op, compare_names[op]) == 0) {
            burin_status status = rt_compare_op(&r->st, (rt_compare)op, a, b, &holds);
            return outcome(r, status, burin_bool(holds));
        }
    fail_msg("no operator %s", each->op);
    return NULL;
}

static void check(const row *rows, size_t count)
{
    run *r = run_new();
    for (size_t n = 0; n < count; n++) {
        const char *got = apply(r, &rows[n]);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("%s %s %s: %s, not %s", rows[n].a, rows[n].op, rows[n].b, got, rows[n].want);
    }
    assert_true(run_free(r));
}
#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])

static void integers_grow_as_needed(void **state)
{
    static const row rows[] = {
        {"1", "+", "2", "3"},
        {"9223372036854775807", "+", "1", "9223372036854775808"},
        {"9223372036854775808", "-", "1", "9223372036854775807"},
        {"-9223372036854775808", "-", "1", "-9223372036854775809"},
        {"-9223372036854775808", "//", "-1", "9223372036854775808"},
        {"-9223372036854775808", "%", "-1", "0"},
        {"4294967296", "*", "4294967296", "18446744073709551616"},
        {"18446744073709551616", "-", "18446744073709551616", "0"},
        {"2", "**", "100", "1267650600228229401496703205376"},
        {"-3", "**", "41", "-36472996377170786403"},
        {"0", "**", "0", "1"},
        {"True", "+", "True", "2"},
        {"True", "**", "2", "1"},
        {"100000000000000000000", "//", "-7", "-14285714285714285715"},
        {"100000000000000000000", "%", "-7", "-5"},
        {"-100000000000000000000", "%", "7", "5"},
        {"-1", "//", "100000000000000000000", "-1"},
        {"-1", "%", "100000000000000000000", "99999999999999999999"},
    };
    (void)state;
    CHECK(rows);
}

static void division_rounds_down_and_the_remainder_takes_the_divisors_sign(void **state)
{
    static const row rows[] = {
        {"-7", "//", "2", "-4"}, {"7", "//", "-2", "-4"}, {"-7", "%", "2", "1"}, {"7", "%", "-2", "-1"},
        {"-7.5", "//", "2", "-4.0"}, {"7.5", "%", "-2", "-0.5"}, {"-0.0", "%", "5", "0.0"}, {"-1", "//", "0.1", "-10.0"},
        {"5.0", "%", "1e999", "5.0"}, {"-5.0", "%", "1e999", "inf"}, {"-5.0", "//", "1e999", "-1.0"},
    };
    (void)state;
    CHECK(rows);
}

static void true_division_is_correctly_rounded(void **state)
{
    static const row rows[] = {
        {"1", "/", "3", "0.3333333333333333"},
        {"9007199254740993", "/", "1", "9007199254740992.0"},
        {"9007199254740995", "/", "1", "9007199254740996.0"},
        {"100000000000000000000000000000000000000000", "/", "3", "3.3333333333333335e+40"},
        {"0", "/", "-5", "-0.0"},
        {"1", "/", "1180591620717411303424", "8.470329472543003e-22"},
    };
    (void)state;
    CHECK(rows);
}

static void numbers_fail_as_in_python(void **state)
{
    static const row rows[] = {
        {"1", "/", "0", "ZeroDivisionError: division by zero"},
        {"1", "//", "0", "ZeroDivisionError: integer division or modulo by zero"},
        {"1", "%", "0", "ZeroDivisionError: integer modulo by zero"},
        {"1.0", "/", "0", "ZeroDivisionError: float division by zero"},
        {"1.0", "//", "0", "ZeroDivisionError: float floor division by zero"},
        {"1.0", "%", "0", "ZeroDivisionError: float modulo"},
        {"0", "**", "-1", "ZeroDivisionError: 0.0 cannot be raised to a negative power"},
        {"10.0", "**", "400", "OverflowError: (34, 'Numerical result out of range')"},
        {"-8", "**", "0.5", "(1.7319121124709868e-16+2.8284271247461903j)"},
        {"2", "**", "100000000000", "LimitError: an integer may have at most 16777216 bits"},
        {"1.5", "**", "2", "2.25"},
        {"2", "**", "-2", "0.25"},
        {"(-2)", "**", "-3", "-0.125"},
    };
    (void)state;
    CHECK(rows);
}

static void operands_of_wrong_types_are_named(void **state)
{
    static const row rows[] = {
        {"1", "+", "'a'", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"},
        {"'a'", "+", "1", "TypeError: can only concatenate str (not \"int\") to str"},
        {"[1]", "+", "(1,)", "TypeError: can only concatenate list (not \"tuple\") to list"},
        {"b'a'", "+", "'a'", "TypeError: can't concat str to bytes"},
        {"'a'", "-", "1", "TypeError: unsupported operand type(s) for -: 'str' and 'int'"},
        {"None", "**", "1", "TypeError: unsupported operand type(s) for ** or pow(): 'NoneType' and 'int'"},
        {"'a'", "*", "1.5", "TypeError: can't multiply sequence by non-int of type 'float'"},
        {"[1]", "*", "'a'", "TypeError: can't multiply sequence by non-int of type 'str'"},
        {"'a'", "*", "1000000000000000000000", "OverflowError: cannot fit 'int' into an index-sized integer"},
        {"1", "<", "'a'", "TypeError: '<' not supported between instances of 'int' and 'str'"},
        {"None", ">=", "None", "TypeError: '>=' not supported between instances of 'NoneType' and 'NoneType'"},
        {"[1]", "<", "[None]", "TypeError: '<' not supported between instances of 'int' and 'NoneType'"},
        {"{}", "<", "{}", "TypeError: '<' not supported between instances of 'dict' and 'dict'"},
        {"1", "in", "'a'", "TypeError: 'in <string>' requires string as left operand, not int"},
        {"1", "in", "2", "TypeError: argument of type 'int' is not iterable"},
        {"[]", "in", "{}", "TypeError: unhashable type: 'list'"},
        {"300", "in", "b'a'", "ValueError: byte must be in range(0, 256)"},
        {"1.5", "in", "b'a'", "TypeError: a bytes-like object is required, not 'float'"},
    };
    (void)state;
    CHECK(rows);
}

static void sequences_join_and_repeat(void **state)
{
    static const row rows[] = {
        {"'a'", "+", "'b'", "'ab'"},     {"[1]", "+", "[2]", "[1, 2]"}, {"(1,)", "+", "()", "(1,)"},
        {"'ab'", "*", "3", "'ababab'"},  {"2", "*", "[1, 2]", "[1, 2, 1, 2]"}, {"'a'", "*", "-1", "''"},
        {"True", "*", "'x'", "'x'"},     {"b'a'", "+", "b'b'", "b'ab'"}, {"{1, 2}", "-", "{1}", "{2}"},
    };
    (void)state;
    CHECK(rows);
}

static void markup_escapes_what_it_meets(void **state)
{
    static const row rows[] = {
        {"M'<b>'", "+", "'<'", "Markup('<b>&lt;')"},
        {"'<'", "+", "M'<b>'", "Markup('&lt;<b>')"},
        {"M'<'", "*", "2", "Markup('<<')"},
        {"M'a'", "+", "1", "TypeError: unsupported operand type(s) for +: 'Markup' and 'int'"},
        {"M'a'", "*", "1.5", "TypeError: unsupported operand type(s) for *: 'Markup' and 'float'"},
        {"M'a'", "*", "'b'", "TypeError: can't multiply sequence by non-int of type 'Markup'"},
        {"[1]", "+", "M'a'", "TypeError: can only concatenate list (not \"Markup\") to list"},
        {"M'a'", "+", "chainable", "Markup('a')"},
        {"M'a'", "==", "'a'", "True"},
        {"M'a'", "in", "'abc'", "True"},
    };
    (void)state;
    CHECK(rows);
}

static void undefined_operands_raise_except_in_equality_and_iteration(void **state)
{
    static const row rows[] = {
        {"undefined", "+", "1", "UndefinedError: 'x' is undefined"},
        {"1", "*", "undefined", "UndefinedError: 'x' is undefined"},
        {"'a'", "+", "undefined", "UndefinedError: 'x' is undefined"},
        {"1", "<", "undefined", "UndefinedError: 'x' is undefined"},
        {"undefined", "==", "1", "False"},
        {"undefined", "==", "undefined", "True"},
        {"undefined", "==", "chainable", "False"},
        {"1", "in", "undefined", "False"},
        {"undefined", "in", "[1]", "False"},
        {"undefined", "in", "'a'", "TypeError: 'in <string>' requires string as left operand, not Undefined"},
        {"1", "==", "strict", "UndefinedError: 'x' is undefined"},
        {"1", "in", "strict", "UndefinedError: 'x' is undefined"},
        {"strict", "in", "[1]", "UndefinedError: 'x' is undefined"},
    };
    (void)state;
    CHECK(rows);
}

static void comparison_is_exact_across_types(void **state)
{
    static const row rows[] = {
        {"1", "==", "1.0", "True"}, {"True", "==", "1", "True"}, {"'1'", "==", "1", "False"}, {"[1]", "==", "(1,)", "False"},
        {"9007199254740993", "==", "9007199254740992.0", "False"},
        {"9007199254740993", ">", "9007199254740992.0", "True"},
        {"18446744073709551616", "==", "18446744073709551616.0", "True"},
        {"18446744073709551617", ">", "18446744073709551616.0", "True"},
        {"100000000000000000000000", "<", "1e999", "True"},
        {"nan", "==", "nan", "False"}, {"1", "<", "nan", "False"},
        {"[1, 2]", "<", "[1, 3]", "True"}, {"[1]", "<", "[1, 0]", "True"}, {"(1, 'a')", "<", "(2, None)", "True"},
        {"{'a': 1, 'b': 2}", "==", "{'b': 2, 'a': 1}", "True"}, {"{1}", "<", "{1, 2}", "True"}, {"{1}", "<=", "{2}", "False"},
        {"'b'", ">", "'a'", "True"}, {"'é'", ">", "'z'", "True"},
        {"1.0", "in", "[1]", "True"}, {"'b'", "in", "'abc'", "True"}, {"''", "in", "''", "True"},
        {"1", "not in", "{1: 2}", "False"}, {"{4}", "in", "{4}", "False"},
    };
    (void)state;
    CHECK(rows);
}

static void a_list_with_a_nan_equals_itself(void **state)
{
    run        *r = run_new();
    rt_list    *list;
    bool        equal = false;
    (void)state;
    assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &list), BURIN_OK);
    rt_list_push(&r->st, list, burin_float(NAN));
    assert_int_equal(rt_equal(&r->st, rt_list_value(list), rt_list_value(list), &equal), BURIN_OK);
    assert_true(equal);
    assert_true(run_free(r));
}

static void ranges_contain_by_arithmetic(void **state)
{
    static const struct {
        rt_range    range;
        const char *item;
        bool        want;
    } rows[] = {
        {{0, 10, 3, 4}, "9", true}, {{0, 10, 3, 4}, "10", false}, {{0, 10, 3, 4}, "3.0", true}, {{0, 10, 3, 4}, "3.5", false},
        {{10, 0, -4, 3}, "2", true}, {{10, 0, -4, 3}, "0", false}, {{0, 10, 3, 4}, "'3'", false}, {{0, 0, 1, 0}, "0", false},
        {{INT64_MIN, INT64_MAX, 1, INT64_MAX}, "-5", true},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        bool in;
        assert_int_equal(rt_compare_op(&r->st, RT_IN, value_of(r, rows[n].item), rt_pointer(BURIN_RANGE, &rows[n].range), &in), BURIN_OK);
        assert_int_equal(in, rows[n].want);
    }
    assert_true(run_free(r));
}

static void order_is_what_sorting_needs(void **state)
{
    static const struct {
        const char *a, *b;
        int         want;
    } rows[] = {{"1", "2", -1}, {"'b'", "'a'", 1}, {"[1, 2]", "[1, 2]", 0}, {"nan", "1", 0}, {"(1, 2)", "(1, 1)", 1}};
    run *r = run_new();
    int  order;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        assert_int_equal(rt_order(&r->st, value_of(r, rows[n].a), value_of(r, rows[n].b), &order), BURIN_OK);
        assert_int_equal(order, rows[n].want);
    }
    rt_order(&r->st, burin_int(1), value_of(r, "'a'"), &order);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "'<' not supported between instances of 'int' and 'str'");
    assert_true(run_free(r));
}

static void joining_with_tilde_is_plain_unless_autoescape_meets_markup(void **state)
{
    static const struct {
        const char *a, *b;
        bool        autoescape, fold;
        const char *want;
    } rows[] = {
        {"'a'", "1", false, false, "'a1'"},
        {"'<'", "M'<b>'", true, false, "Markup('&lt;<b>')"},
        {"M'<b>'", "['<']", true, false, "Markup('<b>[&#39;&lt;&#39;]')"},
        {"'<'", "M'<b>'", false, false, "'<<b>'"},
        {"'<'", "M'<b>'", true, true, "'<<b>'"},
        {"M'a'", "M'b'", true, false, "Markup('ab')"},
        {"undefined", "None", true, false, "'None'"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value parts[2] = {value_of(r, rows[n].a), value_of(r, rows[n].b)}, out;
        r->st.autoescape     = rows[n].autoescape;
        burin_status status  = rt_concat(&r->st, parts, 2, rows[n].fold, &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_true(run_free(r));
}

static void signs_need_numbers(void **state)
{
    static const struct {
        rt_unary    op;
        const char *a, *want;
    } rows[] = {
        {RT_NEG, "5", "-5"}, {RT_NEG, "-9223372036854775808", "9223372036854775808"}, {RT_NEG, "True", "-1"}, {RT_POS, "True", "1"},
        {RT_NEG, "0.0", "-0.0"}, {RT_NEG, "'a'", "TypeError: bad operand type for unary -: 'str'"},
        {RT_POS, "undefined", "UndefinedError: 'x' is undefined"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value  out;
        burin_status status = rt_unary_op(&r->st, rows[n].op, value_of(r, rows[n].a), &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_true(run_free(r));
}

static void nesting_without_bound_is_an_error(void **state)
{
    run        *r = run_new();
    burin_value a = burin_int(1), b = burin_int(1), item[2];
    bool        equal;
    (void)state;
    for (int n = 0; n < 5000; n++) {
        rt_list *one, *two;
        assert_int_equal(rt_list_new(&r->st, BURIN_LIST, 1, &one) || rt_list_new(&r->st, BURIN_LIST, 1, &two), 0);
        item[0] = a, item[1] = b;
        rt_list_push(&r->st, one, item[0]);
        rt_list_push(&r->st, two, item[1]);
        a = rt_list_value(one);
        b = rt_list_value(two);
    }
    rt_equal(&r->st, a, b, &equal);
    assert_string_equal(run_error(r, BURIN_ERR_RECURSION), "maximum recursion depth exceeded");
    assert_int_equal(r->st.depth, 0);
    assert_true(run_free(r));
}

static void length_counts_characters(void **state)
{
    static const struct {
        const char *v;
        size_t      want;
    } rows[] = {{"'héé'", 3}, {"b'abc'", 3}, {"[1, 2]", 2}, {"{1: 2}", 1}, {"()", 0}, {"undefined", 0}};
    run   *r = run_new();
    size_t len;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        assert_int_equal(rt_length(&r->st, value_of(r, rows[n].v), &len), BURIN_OK);
        assert_int_equal(len, rows[n].want);
    }
    rt_length(&r->st, burin_int(5), &len);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "object of type 'int' has no len()");
    assert_true(run_free(r));
}

static void types_have_pythons_names(void **state)
{
    static const struct {
        const char *v, *want;
    } rows[] = {{"None", "NoneType"}, {"True", "bool"}, {"1", "int"}, {"100000000000000000000", "int"}, {"1.5", "float"}, {"'a'", "str"},
                {"M'a'", "Markup"}, {"b''", "bytes"}, {"[]", "list"}, {"()", "tuple"}, {"{}", "dict"}, {"set()", "set"},
                {"undefined", "Undefined"}, {"strict", "StrictUndefined"}, {"chainable", "ChainableUndefined"}};
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++)
        assert_string_equal(rt_type_name(&r->st, value_of(r, rows[n].v)), rows[n].want);
    assert_true(run_free(r));
}

static void bits_are_those_of_twos_complement(void **state)
{
    static const row rows[] = {
        {"12", "&", "10", "8"},
        {"12", "|", "-3", "-3"},
        {"-12", "^", "5", "-15"},
        {"True", "&", "False", "False"},
        {"True", "|", "2", "3"},
        {"18446744073709551616", "&", "-1", "18446744073709551616"},
        {"-18446744073709551616", "|", "1", "-18446744073709551615"},
        {"-18446744073709551617", "^", "18446744073709551615", "-36893488147419103232"},
        {"-340282366920938463463374607431768211456", "&", "340282366920938463463374607431768211455", "0"},
        {"1", "<<", "0", "1"},
        {"1", "<<", "63", "9223372036854775808"},
        {"1", "<<", "64", "18446744073709551616"},
        {"-1", "<<", "63", "-9223372036854775808"},
        {"-3", "<<", "100", "-3802951800684688204490109616128"},
        {"-1", "<<", "-1", "ValueError: negative shift count"},
        {"0", "<<", "1000000000000000000000000", "0"},
        {"5", ">>", "1", "2"},
        {"-5", ">>", "1", "-3"},
        {"-5", ">>", "100000000000000000000", "-1"},
        {"-18446744073709551617", ">>", "1", "-9223372036854775809"},
        {"-18446744073709551616", ">>", "64", "-1"},
        {"36893488147419103232", ">>", "65", "1"},
        {"1.0", "&", "1", "TypeError: unsupported operand type(s) for &: 'float' and 'int'"},
        {"1", "<<", "'a'", "TypeError: unsupported operand type(s) for <<: 'int' and 'str'"},
        {"1", "@", "2", "TypeError: unsupported operand type(s) for @: 'int' and 'int'"},
    };
    (void)state;
    CHECK(rows);
}

static void complex_numbers_take_part(void **state)
{
    static const row rows[] = {
        {"1j", "*", "1j", "(-1+0j)"},
        {"(1+2j)", "+", "1", "(2+2j)"},
        {"2", "-", "1j", "(2-1j)"},
        {"(1+2j)", "/", "(3-4j)", "(-0.2+0.4j)"},
        {"1j", "/", "0", "ZeroDivisionError: complex division by zero"},
        {"2j", "**", "2", "(-4+0j)"},
        {"2j", "**", "-1", "-0.5j"},
        {"0j", "**", "-1", "ZeroDivisionError: 0.0 to a negative or complex power"},
        {"(1+1j)", "**", "(2-1j)", "(1.490014124359449+4.125744470161811j)"},
        {"(1+1j)", "**", "101", "(-1125899906842634.5-1125899906842629.5j)"},
        {"-8", "**", "0.4", "(0.7099346262092604+2.1849541115549074j)"},
        {"1j", "//", "1", "TypeError: unsupported operand type(s) for //: 'complex' and 'int'"},
        {"1j", "%", "1", "TypeError: unsupported operand type(s) for %: 'complex' and 'int'"},
        {"1j", "+", "'a'", "TypeError: unsupported operand type(s) for +: 'complex' and 'str'"},
        {"'a'", "+", "1j", "TypeError: can only concatenate str (not \"complex\") to str"},
        {"1j", "<", "1", "TypeError: '<' not supported between instances of 'complex' and 'int'"},
        {"(1+0j)", "==", "1", "True"},
        {"(1+0j)", "==", "True", "True"},
        {"1j", "==", "1j", "True"},
        {"1j", "!=", "0", "True"},
        {"1j", "*", "[1]", "TypeError: can't multiply sequence by non-int of type 'complex'"},
        {"[1]", "*", "1j", "TypeError: can't multiply sequence by non-int of type 'complex'"},
    };
    (void)state;
    CHECK(rows);
}

static void sets_and_dicts_combine(void **state)
{
    static const row rows[] = {
        {"{1, 2}", "&", "{2, 3}", "{2}"},
        {"{1, 2}", "|", "{3}", "{1, 2, 3}"},
        {"{1, 2}", "^", "{2, 3}", "{1, 3}"},
        {"{1, 2}", "-", "{2}", "{1}"},
        {"{1}", "&", "[1]", "TypeError: unsupported operand type(s) for &: 'set' and 'list'"},
        {"{'a': 1}", "|", "{'b': 2}", "{'a': 1, 'b': 2}"},
        {"{'a': 1}", "|", "[('b', 2)]", "TypeError: unsupported operand type(s) for |: 'dict' and 'list'"},
        {"{1, True}", "|", "{1.0}", "{1}"},
    };
    (void)state;
    CHECK(rows);
}

static void augmented_assignment_changes_containers_in_place(void **state)
{
    static const struct { const char *a, *op, *b, *want; bool same; } rows[] = {
        {"[1]", "+", "(2, 3)", "[1, 2, 3]", true},
        {"[1]", "+", "'ab'", "[1, 'a', 'b']", true},
        {"[1]", "*", "3", "[1, 1, 1]", true},
        {"[1]", "*", "-1", "[]", true},
        {"[1]", "+", "5", "TypeError: 'int' object is not iterable", false},
        {"[1]", "*", "'a'", "TypeError: can't multiply sequence by non-int of type 'str'", false},
        {"{1, 2}", "-", "{2}", "{1}", true},
        {"{1}", "|", "{2}", "{1, 2}", true},
        {"{1}", "&", "{2}", "set()", true},
        {"{1, 2}", "^", "{2, 3}", "{1, 3}", true},
        {"{1}", "|", "[2]", "TypeError: unsupported operand type(s) for |=: 'set' and 'list'", false},
        {"{'a': 1}", "|", "[('b', 2)]", "{'a': 1, 'b': 2}", true},
        {"{'a': 1}", "|", "5", "TypeError: 'int' object is not iterable", false},
        {"(1,)", "+", "(2,)", "(1, 2)", false},
        {"1", "+", "'a'", "TypeError: unsupported operand type(s) for +=: 'int' and 'str'", false},
        {"1", "**", "'a'", "TypeError: unsupported operand type(s) for **=: 'int' and 'str'", false},
        {"7", "//", "2", "3", false},
        {"'a'", "+", "1", "TypeError: can only concatenate str (not \"int\") to str", false},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value a = value_of(r, rows[n].a), out = burin_none();
        int         op = 0;
        while (strcmp(binary_names[op], rows[n].op) != 0)
            op++;
        burin_status status = rt_inplace_op(&r->st, (rt_binary)op, a, value_of(r, rows[n].b), &out);
        bool         same   = !status && a.kind == out.kind && a.as.p == out.as.p;
        assert_string_equal(outcome(r, status, out), rows[n].want);
        assert_int_equal(same, rows[n].same);
    }
    assert_true(run_free(r));
}

static void divmod_and_modular_power(void **state)
{
    static const struct { const char *a, *b, *m, *want; } rows[] = { /* m NULL: divmod */
        {"-7", "2", NULL, "(-4, 1)"}, {"7.5", "-2", NULL, "(-4.0, -0.5)"}, {"1", "0", NULL, "ZeroDivisionError: integer division or modulo by zero"},
        {"1", "0.0", NULL, "ZeroDivisionError: float divmod()"}, {"-100000000000000000000", "7", NULL, "(-14285714285714285715, 5)"},
        {"1j", "2", NULL, "TypeError: unsupported operand type(s) for divmod(): 'complex' and 'int'"},
        {"3", "100", "7", "4"}, {"3", "-1", "7", "5"}, {"3", "2", "-5", "-1"}, {"2", "-1", "4", "ValueError: base is not invertible for the given modulus"},
        {"2", "3", "0", "ValueError: pow() 3rd argument cannot be 0"}, {"0", "0", "1", "0"},
        {"3", "123456789012345678901234567890", "1000000007", "974471539"},
        {"2.0", "3", "5", "TypeError: pow() 3rd argument not allowed unless all arguments are integers"},
        {"'a'", "3", "5", "TypeError: unsupported operand type(s) for ** or pow(): 'str', 'int', 'int'"},
    };
    run *r = run_new();
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value  a = value_of(r, rows[n].a), b = value_of(r, rows[n].b), out = burin_none();
        burin_status status = rows[n].m ? rt_power_modulo(&r->st, a, b, value_of(r, rows[n].m), &out) : rt_divmod(&r->st, a, b, &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_those_of_twos_complement),
        cmocka_unit_test(complex_numbers_take_part),
        cmocka_unit_test(sets_and_dicts_combine),
        cmocka_unit_test(augmented_assignment_changes_containers_in_place),
        cmocka_unit_test(divmod_and_modular_power),
        cmocka_unit_test(integers_grow_as_needed),
        cmocka_unit_test(division_rounds_down_and_the_remainder_takes_the_divisors_sign),
        cmocka_unit_test(true_division_is_correctly_rounded),
        cmocka_unit_test(numbers_fail_as_in_python),
        cmocka_unit_test(operands_of_wrong_types_are_named),
        cmocka_unit_test(sequences_join_and_repeat),
        cmocka_unit_test(markup_escapes_what_it_meets),
        cmocka_unit_test(undefined_operands_raise_except_in_equality_and_iteration),
        cmocka_unit_test(comparison_is_exact_across_types),
        cmocka_unit_test(a_list_with_a_nan_equals_itself),
        cmocka_unit_test(ranges_contain_by_arithmetic),
        cmocka_unit_test(order_is_what_sorting_needs),
        cmocka_unit_test(joining_with_tilde_is_plain_unless_autoescape_meets_markup),
        cmocka_unit_test(signs_need_numbers),
        cmocka_unit_test(nesting_without_bound_is_an_error),
        cmocka_unit_test(length_counts_characters),
        cmocka_unit_test(types_have_pythons_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
