/* The builtins of scripts: each row is a call with its arguments, and what CPython 3.11 makes of it. */
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/type.h"
#include "tests/support/values_from_text.h"

typedef struct row {
    const char *name, *args, *named, *want; /* args a tuple, named a dict */
} row;

static run *python_run(void)
{
    run *r = run_new();
    assert_true(rt_env_add_python(&r->env));
    r->st.python = true;
    return r;
}

static burin_value named(run *r, const char *name)
{
    const burin_value *v = rt_names_value(r->env.python, (burin_text){name, strlen(name)});
    if (!v)
        fail_msg("no builtin %s", name);
    return *v;
}

static burin_status call(run *r, const row *each, burin_value *out)
{
    const rt_list *args = value_of(r, each->args).as.p;
    burin_text     names[4];
    burin_value    values[4], key, value;
    rt_arguments   given = {.positional = args->items, .count = args->len, .names = names, .named = values};
    for (uint32_t at = 0; rt_dict_next(value_of(r, each->named).as.p, &at, &key, &value);) {
        names[given.named_count]    = rt_text_of(key);
        values[given.named_count++] = value;
    }
    burin_status status = rt_call(&r->st, named(r, each->name), &given, out);
    if (!status && out->kind == BURIN_OBJECT && ((const rt_object_value *)out->as.p)->cls->next) { /* iterators as lists */
        rt_list *list;
        status = rt_to_list(&r->st, *out, &list);
        *out   = rt_list_value(list);
    }
    return status;
}

static void check(const row *rows, size_t count)
{
    run *r = python_run();
    for (size_t n = 0; n < count; n++) {
        burin_value  out    = burin_none();
        burin_status status = call(r, &rows[n], &out);
        const char  *got    = outcome(r, status, out);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("%s%s %s: %s, not %s", rows[n].name, rows[n].args, rows[n].named, got, rows[n].want);
    }
    assert_true(run_free(r));
}
#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])

static void types_convert(void **state)
{
    static const row rows[] = {
        {"int", "('-1_0',)", "{}", "-10"}, {"int", "('ff', 16)", "{}", "255"}, {"int", "('0b101',)", "{'base': 0}", "5"}, {"int", "(1.9,)", "{}", "1"},
        {"int", "('x',)", "{}", "ValueError: invalid literal for int() with base 10: 'x'"}, {"int", "(b'x',)", "{}", "ValueError: invalid literal for int() with base 10: b'x'"},
        {"int", "(1, 2, 3)", "{}", "TypeError: int() takes at most 2 arguments (3 given)"}, {"float", "(' 1e3 ',)", "{}", "1000.0"},
        {"float", "('x',)", "{}", "ValueError: could not convert string to float: 'x'"}, {"complex", "('1-2j',)", "{}", "(1-2j)"}, {"complex", "(1, 2j)", "{}", "(-1+0j)"},
        {"complex", "('1 +2j',)", "{}", "ValueError: complex() arg is a malformed string"}, {"str", "(b'\\xc3\\xa9', 'utf-8')", "{}", "'é'"}, {"str", "(1.0,)", "{}", "'1.0'"},
        {"bytes", "(3,)", "{}", "b'\\x00\\x00\\x00'"}, {"bytes", "([1, 256],)", "{}", "ValueError: bytes must be in range(0, 256)"},
        {"bytearray", "('é', 'latin-1')", "{}", "bytearray(b'\\xe9')"}, {"list", "('ab',)", "{}", "['a', 'b']"}, {"tuple", "([1],)", "{}", "(1,)"},
        {"set", "([1, True],)", "{}", "{1}"}, {"frozenset", "('a',)", "{}", "frozenset({'a'})"}, {"dict", "([('a', 1)],)", "{'b': 2}", "{'a': 1, 'b': 2}"},
        {"range", "(0, 10, 3)", "{}", "range(0, 10, 3)"}, {"slice", "(1, 2)", "{}", "slice(1, 2, None)"}, {"type", "(1,)", "{}", "<class 'int'>"},
        {"type", "('X', (), {})", "{}", "TypeError: type() cannot make classes here"}, {"bool", "([],)", "{}", "False"},
        {"list", "(1, 2)", "{}", "TypeError: list expected at most 1 argument, got 2"}, {"list", "()", "{'a': 1}", "TypeError: list() takes no keyword arguments"},
    };
    (void)state;
    CHECK(rows);
}

static void iterators_are_lazy_and_end_with_the_shortest(void **state)
{
    static const row rows[] = {
        {"enumerate", "('ab', 9223372036854775807)", "{}", "[(9223372036854775807, 'a'), (9223372036854775808, 'b')]"}, {"zip", "([1, 2, 3], 'ab')", "{}", "[(1, 'a'), (2, 'b')]"},
        {"zip", "([1, 2], 'a')", "{'strict': True}", "ValueError: zip() argument 2 is shorter than argument 1"}, {"zip", "()", "{}", "[]"},
        {"filter", "(None, [0, 1, '', 'a'])", "{}", "[1, 'a']"}, {"reversed", "([1, 2],)", "{}", "[2, 1]"}, {"map", "(1,)", "{}", "TypeError: map() must have at least two arguments."},
        {"reversed", "({1},)", "{}", "TypeError: 'set' object is not reversible"}, {"iter", "(5,)", "{}", "TypeError: 'int' object is not iterable"},
        {"next", "([],)", "{}", "TypeError: 'list' object is not an iterator"},
    };
    (void)state;
    CHECK(rows);
}

static void items_are_summed_compared_and_sorted(void **state)
{
    static const row rows[] = {
        {"sum", "([1, 2.5],)", "{'start': 1}", "4.5"}, {"sum", "([[1], [2]], [])", "{}", "[1, 2]"},
        {"sum", "(['a'], '')", "{}", "TypeError: sum() can't sum strings [use ''.join(seq) instead]"}, {"max", "([1, 3, 2],)", "{}", "3"}, {"min", "(2, 1)", "{}", "1"},
        {"max", "([],)", "{}", "ValueError: max() arg is an empty sequence"}, {"max", "([],)", "{'default': 7}", "7"}, {"max", "(1, True)", "{}", "1"},
        {"sorted", "([3, 1, 2],)", "{'reverse': True}", "[3, 2, 1]"}, {"sorted", "([1, 'a'],)", "{}", "TypeError: '<' not supported between instances of 'str' and 'int'"},
        {"any", "([0, 1],)", "{}", "True"}, {"all", "([1, 0],)", "{}", "False"}, {"all", "([],)", "{}", "True"}, {"len", "('aé',)", "{}", "2"},
        {"round", "(2.5,)", "{}", "2"}, {"round", "(15, -1)", "{}", "20"}, {"round", "(25, -1)", "{}", "20"}, {"round", "(5, -10000000000)", "{}", "0"}, {"round", "(2.675, 2)", "{}", "2.67"},
        {"round", "(-18446744073709551616, -19)", "{}", "-20000000000000000000"}, {"abs", "(3+4j,)", "{}", "5.0"}, {"divmod", "(-7, 2)", "{}", "(-4, 1)"}, {"pow", "(3, -1, 7)", "{}", "5"},
        {"hash", "(-1,)", "{}", "-2"}, {"hash", "(1.5,)", "{}", "1152921504606846977"}, {"hash", "((1, 2),)", "{}", "-3550055125485641917"}, {"hash", "([],)", "{}", "TypeError: unhashable type: 'list'"},
        {"chr", "(8364,)", "{}", "'€'"}, {"chr", "(1114112,)", "{}", "ValueError: chr() arg not in range(0x110000)"}, {"ord", "('€',)", "{}", "8364"},
        {"hex", "(-255,)", "{}", "'-0xff'"}, {"bin", "(5,)", "{}", "'0b101'"}, {"oct", "(1.0,)", "{}", "TypeError: 'float' object cannot be interpreted as an integer"},
        {"ascii", "('é',)", "{}", "\"'\\\\xe9'\""}, {"format", "(3.14159, '.2f')", "{}", "'3.14'"}, {"len", "()", "{}", "TypeError: len() takes exactly one argument (0 given)"},
        {"divmod", "(1,)", "{}", "TypeError: divmod expected 2 arguments, got 1"}, {"round", "()", "{}", "TypeError: round() missing required argument 'number' (pos 1)"},
    };
    (void)state;
    CHECK(rows);
}

static void math_is_exact_and_names_its_domain(void **state)
{
    static const row rows[] = {
        {"sqrt", "(2,)", "{}", "1.4142135623730951"}, {"sqrt", "(-1,)", "{}", "ValueError: math domain error"}, {"exp", "(1000,)", "{}", "OverflowError: math range error"},
        {"log", "(8, 2)", "{}", "3.0"}, {"log", "(0,)", "{}", "ValueError: math domain error"}, {"floor", "(-1.5,)", "{}", "-2"}, {"ceil", "(1e20,)", "{}", "100000000000000000000"},
        {"gcd", "(12, 18, -8)", "{}", "2"}, {"lcm", "(4, 6)", "{}", "12"}, {"isqrt", "(1267650600228229401496703205376,)", "{}", "1125899906842624"}, {"comb", "(50, 25)", "{}", "126410606437752"},
        {"perm", "(5, 2)", "{}", "20"}, {"factorial", "(25,)", "{}", "15511210043330985984000000"}, {"factorial", "(-1,)", "{}", "ValueError: factorial() not defined for negative values"},
        {"fsum", "([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],)", "{}", "1.0"}, {"fsum", "([1e308, 1e308],)", "{}", "OverflowError: intermediate overflow in fsum"},
        {"hypot", "(3, 4)", "{}", "5.0"}, {"dist", "((1, 2), (4, 6))", "{}", "5.0"}, {"prod", "([2, 3],)", "{'start': 4}", "24"}, {"frexp", "(8.0,)", "{}", "(0.5, 4)"},
        {"ldexp", "(1.0, 5000)", "{}", "OverflowError: math range error"}, {"isclose", "(1.0, 1.0000000001)", "{}", "True"}, {"isclose", "(1, 2)", "{'abs_tol': 1}", "True"},
        {"sin", "()", "{}", "TypeError: math.sin() takes exactly one argument (0 given)"}, {"sin", "('a',)", "{}", "TypeError: must be real number, not str"},
        {"isclose", "(1, 2, 3)", "{}", "TypeError: isclose() takes exactly 2 positional arguments (3 given)"},
    };
    (void)state;
    CHECK(rows);
}

static burin_status collect(rt_state *st, burin_text text)
{
    buf_append(st->writer, text.data, text.len);
    return BURIN_OK;
}

static void print_writes_where_it_is_told(void **state)
{
    static const row rows[] = {{"print", "(1, 'a', [2])", "{}", "None"}, {"print", "(1, 2)", "{'sep': '-', 'end': ''}", "None"}, {"print", "()", "{'sep': 1}", "TypeError: sep must be None or a string, not int"}};
    run        *r   = python_run();
    buf         text = buf_make(&r->alloc);
    burin_value out;
    (void)state;
    r->st.write  = collect;
    r->st.writer = &text;
    for (size_t n = 0; n < 3; n++) {
        burin_status status = call(r, &rows[n], &out);
        assert_string_equal(outcome(r, status, out), rows[n].want);
    }
    assert_int_equal(text.len, 11);
    assert_memory_equal(text.data, "1 a [2]\n1-2", 11);
    buf_deinit(&text);
    assert_true(run_free(r));
}

static void types_are_what_values_have(void **state)
{
    run        *r = python_run();
    burin_value type, pair;
    bool        is;
    (void)state;
    assert_int_equal(rt_type_of(&r->st, burin_bool(true), &type), BURIN_OK);
    assert_true(rt_is(type, named(r, "bool")));
    assert_int_equal(rt_isinstance(&r->st, burin_bool(true), named(r, "int"), &is), BURIN_OK);
    assert_true(is);
    assert_int_equal(rt_tuple2(&r->st, named(r, "str"), named(r, "float"), &pair), BURIN_OK);
    assert_int_equal(rt_isinstance(&r->st, burin_int(1), pair, &is), BURIN_OK);
    assert_false(is);
    assert_int_equal(rt_isinstance(&r->st, named(r, "int"), named(r, "type"), &is), BURIN_OK);
    assert_true(is);
    rt_isinstance(&r->st, burin_int(1), burin_int(1), &is);
    assert_string_equal(run_error(r, BURIN_ERR_TYPE), "isinstance() arg 2 must be a type, a tuple of types, or a union");
    assert_true(run_free(r));
}

/* Native loops count as steps, and what would be too large is refused before it is made. */
static void limits_hold_in_builtins(void **state)
{
    static const row rows[] = {
        {"sum", "(@range(10000000000000),)", "{}", ""}, {"max", "(@range(10000000000000),)", "{}", ""}, {"list", "(@range(10000000000000),)", "{}", ""},
        {"factorial", "(100000000,)", "{}", ""}, {"comb", "(10000000000, 5000000000)", "{}", ""}, {"bytes", "(4000000000,)", "{}", ""},
    };
    run *r = python_run();
    (void)state;
    r->st.heap.limit = 64 << 20;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value  out, range, stop = burin_int(10000000000000);
        rt_arguments one = {.positional = &stop, .count = 1}, args = {.positional = &range, .count = 1};
        burin_status status;
        r->st.steps_left = 1000000;
        assert_int_equal(rt_call(&r->st, named(r, "range"), &one, &range), BURIN_OK);
        status = strchr(rows[n].args, '@') ? rt_call(&r->st, named(r, rows[n].name), &args, &out) : call(r, &rows[n], &out);
        if (status != BURIN_ERR_LIMIT)
            fail_msg("%s%s: %s", rows[n].name, rows[n].args, burin_status_class(status));
        rt_clear_error(&r->st);
    }
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_convert),
        cmocka_unit_test(iterators_are_lazy_and_end_with_the_shortest),
        cmocka_unit_test(items_are_summed_compared_and_sorted),
        cmocka_unit_test(math_is_exact_and_names_its_domain),
        cmocka_unit_test(print_writes_where_it_is_told),
        cmocka_unit_test(types_are_what_values_have),
        cmocka_unit_test(limits_hold_in_builtins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
