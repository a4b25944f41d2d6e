/* Registered functions in plain C: every type that one may have, and what is refused. */
#include "tests/unit/registry/world.h"

/* One function of each type: its parameters are the digits of a number, from the left. */
typedef int64_t type_I;
typedef double  type_F;
#define DIGITS0(R) ROW(R, none, "-", (void), 0)
#define DIGITS1(R, A) ROW(R, A, #A, (type_##A a), a)
#define DIGITS2(R, A, B) ROW(R, A##B, #A #B, (type_##A a, type_##B b), 10 * a + b)
#define DIGITS3(R, A, B, C) ROW(R, A##B##C, #A #B #C, (type_##A a, type_##B b, type_##C c), 100 * a + 10 * b + c)
#define DIGITS4(R, A, B, C, D) ROW(R, A##B##C##D, #A #B #C #D, (type_##A a, type_##B b, type_##C c, type_##D d), 1000 * a + 100 * b + 10 * c + d)
#define EACH(M, ...) M(__VA_ARGS__, I) M(__VA_ARGS__, F)
#define ALL(R)                                                                                                                        \
    DIGITS0(R) EACH(DIGITS1, R) EACH(DIGITS2, R, I) EACH(DIGITS2, R, F) EACH(DIGITS3, R, I, I) EACH(DIGITS3, R, I, F)                   \
    EACH(DIGITS3, R, F, I) EACH(DIGITS3, R, F, F) EACH(DIGITS4, R, I, I, I) EACH(DIGITS4, R, I, I, F) EACH(DIGITS4, R, I, F, I)         \
    EACH(DIGITS4, R, I, F, F) EACH(DIGITS4, R, F, I, I) EACH(DIGITS4, R, F, I, F) EACH(DIGITS4, R, F, F, I) EACH(DIGITS4, R, F, F, F)
#define ROW(R, name, letters, parameters, value) static type_##R digits_##R##_##name parameters { return (type_##R)(value); }
ALL(I)
ALL(F)
#undef ROW

static const struct { const char *letters; char result; burin_plain code; } functions[] = {
#define ROW(R, name, letters, parameters, value) {letters, #R[0], (burin_plain)digits_##R##_##name},
    ALL(I) ALL(F)
#undef ROW
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* "a: int, b: float -> int"; returns how many there are. */
static size_t write_signature(const char *letters, char result, char *out, size_t size)
{
    size_t count = 0, len = 0;
    for (; letters[count] && letters[0] != '-'; count++)
        len += (size_t)snprintf(out + len, size - len, "%s%c: %s", count ? ", " : "", (char)('a' + count), letters[count] == 'I' ? "int" : "float");
    snprintf(out + len, size - len, " -> %s", result == 'I' ? "int" : "float");
    return count;
}

static void every_type_of_function_is_called_as_it_is(void **state)
{
    world *w = *state;
    assert_int_equal(FUNCTIONS, 62);
    for (size_t n = 0; n < FUNCTIONS; n++) {
        char       signature[100];
        burin_item args[4];
        int64_t    want  = 0;
        size_t     count = write_signature(functions[n].letters, functions[n].result, signature, sizeof signature);
        for (size_t k = 0; k < count; k++) {
            args[k] = burin_item_value(functions[n].letters[k] == 'I' ? burin_int((int64_t)k + 3) : burin_float((double)k + 3));
            want    = 10 * want + (int64_t)k + 3;
        }
        const burin_callable *f = declare(w, (burin_declaration){.name = "digits", .signature = signature, .plain = functions[n].code, .pure = true});
        burin_value           v = call_with(w, f, args, count, (burin_invoke_options){0}, BURIN_OK)->one.item.value;
        if (functions[n].result == 'I') {
            assert_int_equal(v.kind, BURIN_INT);
            assert_int_equal(v.as.i, want);
        } else {
            assert_int_equal(v.kind, BURIN_FLOAT);
            assert_true(v.as.f == (double)want);
        }
    }
}

static int64_t is_above(double x, int64_t or_equal) { return or_equal ? (x >= 10) * 2 : (x > 10) * 4; }

static void bools_are_integers_there_and_integers_become_floats(void **state)
{
    world                *w = *state;
    const burin_callable *f = declare(w, (burin_declaration){.name = "is_above", .signature = "x: float, or_equal: bool = false -> bool", .plain = (burin_plain)is_above, .pure = true});
    const struct { burin_value x, or_equal; bool want; } rows[] = {
        {burin_float(10), burin_bool(true), true}, {burin_int(10), burin_bool(false), false}, {burin_int(11), burin_missing(), true}, {burin_float(9), burin_bool(true), false},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_value v = CALL(w, f, BURIN_OK, burin_item_value(rows[n].x), burin_item_value(rows[n].or_equal))->one.item.value;
        assert_int_equal(v.kind, BURIN_BOOL);
        assert_int_equal(v.as.i, rows[n].want);
    }
    CALL(w, f, BURIN_ERR_TYPE, item_text("ten"));
    assert_string_equal(w->err.message, "is_above() argument 'x' must be float, not str");
    CALL(w, f, BURIN_ERR_TYPE, item_int(1), item_int(1));
    assert_string_equal(w->err.message, "is_above() argument 'or_equal' must be bool, not int");
}

static void some_of_its_arguments_can_be_set_for_good(void **state)
{
    world                *w = *state;
    const burin_callable *at_least;
    const burin_callable *f = declare(w, (burin_declaration){.name = "is_above", .signature = "x: float, or_equal: bool -> bool", .plain = (burin_plain)is_above, .pure = true});
    assert_int_equal(burin_register_partial(w->registry, "at_least", f, (const char *const[]){"or_equal"}, (burin_item[]){burin_item_value(burin_bool(true))}, 1, &at_least, NULL),
                     BURIN_OK);
    assert_int_equal(CALL(w, at_least, BURIN_OK, item_int(10))->one.item.value.as.i, true);
    assert_int_equal(CALL(w, at_least, BURIN_OK, burin_item_value(burin_float(9.5)))->one.item.value.as.i, false);
}

static burin_status body(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call, (void)args;
    out->value = burin_int(1);
    return BURIN_OK;
}

static void what_no_plain_function_can_be_is_refused(void **state)
{
    static const burin_declaration rows[] = {
        {.name = "f", .signature = "a: int -> int"},                                     /* it is not said to be pure */
        {.name = "f", .signature = "a: text -> int", .pure = true},
        {.name = "f", .signature = "a: int | float -> int", .pure = true},
        {.name = "f", .signature = "a: int | none -> int", .pure = true},
        {.name = "f", .signature = "a: data -> int", .pure = true},
        {.name = "f", .signature = "a: int -> none", .pure = true},
        {.name = "f", .signature = "a: int -> (int, int)", .pure = true},
        {.name = "f", .signature = "a: int -> int | none", .pure = true},
        {.name = "f", .signature = "a: int, b: int, c: int, d: int, e: int -> int", .pure = true},
        {.name = "f", .signature = "a: int -> int", .pure = true, .body = body},         /* two codes */
        {.name = "f", .signature = "m: Map -> int", .effect = BURIN_EFFECT_READS},
    };
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_declaration d = rows[n];
        d.plain             = functions[0].code;
        assert_int_equal(burin_register(w->registry, &d, NULL, NULL), BURIN_ERR_USAGE);
    }
    assert_null(burin_registry_find(w->registry, BURIN_TEXT("f"), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_type_of_function_is_called_as_it_is, world_open, world_close),
        cmocka_unit_test_setup_teardown(bools_are_integers_there_and_integers_become_floats, world_open, world_close),
        cmocka_unit_test_setup_teardown(some_of_its_arguments_can_be_set_for_good, world_open, world_close),
        cmocka_unit_test_setup_teardown(what_no_plain_function_can_be_is_refused, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
