/* Functions registered, found and described. Numbers in names are those of the list of behaviours (registration and strategies 61-63). */
#include "tests/unit/registry/world.h"

static burin_status answer(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call, (void)args;
    out->value = burin_int(42);
    return BURIN_OK;
}

static burin_status add(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    out->value = burin_int(args[0].value.as.i + args[1].value.as.i);
    return BURIN_OK;
}

static burin_status half(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    out->value = burin_float(args[0].value.as.f / 2);
    return BURIN_OK;
}

/* 61 */
static void signatures_without_types_are_refused_with_the_place(void **state)
{
    static const struct { const char *signature, *want; } rows[] = {
        {"x -> int", "signature 'x -> int': column 3: a parameter needs a type"},
        {"x: int", "signature 'x: int': column 7: ',' or '->' is wanted here"},
        {"", "signature '': column 1: a result is wanted: '-> type'"},
        {"x: int ->", "signature 'x: int ->': column 10: a type is wanted here"},
        {"x: Ghost -> int", "signature 'x: Ghost -> int': there is no type 'Ghost'"},
        {"x: int, x: int -> int", "signature 'x: int, x: int -> int': column 16: two parameters have this name"},
        {"x: int = 'a' -> int", "signature 'x: int = 'a' -> int': column 13: the default is not of the parameter's type"},
        {"x: text = 'a -> int", "signature 'x: text = 'a -> int': column 12: a text without its end"},
        {"x: config Settings | int -> int", "signature 'x: config Settings | int -> int': column 26: a configuration has one type and no alternatives"},
        {"-> (int, text", "signature '-> (int, text': column 14: the bracket is not closed"},
        {": int -> int", "signature ': int -> int': column 1: the name of a parameter is wanted here"},
        {"x: Map | Node | Agent | Settings | Map -> int", "signature 'x: Map | Node | Agent | Settings | Map -> int': column 39: more types of entities than may stand beside each other"},
        {"-> int int", "signature '-> int int': column 8: nothing may follow the result"},
    };
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_declaration d = {.name = "f", .signature = rows[n].signature, .body = answer, .effect = BURIN_EFFECT_CHANGES};
        burin_error_clear(&w->err);
        assert_int_not_equal(burin_register(w->registry, &d, NULL, &w->err), BURIN_OK);
        assert_string_equal(w->err.message, rows[n].want);
    }
    assert_null(burin_registry_find(w->registry, BURIN_TEXT("f"), 0));
    for (int results = 0; results < 2; results++) { /* as many as there may be, and one more */
        for (int count = BURIN_PARAMETERS_MAX; count <= BURIN_PARAMETERS_MAX + 1; count++) {
            char   text[400];
            size_t len = (size_t)snprintf(text, sizeof text, results ? "-> (" : "");
            for (int n = 0; n < count; n++)
                len += (size_t)snprintf(text + len, sizeof text - len, results ? "%sint" : "%sp%d: int", n ? ", " : "", n);
            snprintf(text + len, sizeof text - len, results ? ")" : " -> int");
            burin_declaration d = {.name = "g", .signature = text, .body = answer};
            assert_int_equal(burin_register(w->registry, &d, NULL, NULL), count == BURIN_PARAMETERS_MAX ? BURIN_OK : BURIN_ERR_VALUE);
        }
    }
}

/* 63 */
static void the_strategy_follows_from_the_signature(void **state)
{
    static const struct { const char *signature; burin_strategy want; } rows[] = {
        {"-> int", BURIN_STRATEGY_NO_INPUTS},
        {"x: int, y: text = 'a' -> int", BURIN_STRATEGY_VALUES},
        {"m: Map -> Map", BURIN_STRATEGY_ENTITY},
        {"m: Map, x: int -> Map", BURIN_STRATEGY_CONFIGURED},
        {"m: Map, s: config Settings -> Map", BURIN_STRATEGY_CONFIGURED},
        {"s: config Settings -> int", BURIN_STRATEGY_CONFIGURED},
        {"a: Node, b: Node -> (Node, Node)", BURIN_STRATEGY_ENTITIES},
        {"a: Node, b: entity, x: int -> [entity]", BURIN_STRATEGY_MIXED},
        {"a: Node, b: Agent | Node, s: config Settings -> {Agent | none}", BURIN_STRATEGY_MIXED},
    };
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        const burin_callable *f = declare(w, (burin_declaration){.name = "f", .signature = rows[n].signature, .body = answer, .effect = BURIN_EFFECT_CHANGES});
        assert_string_equal(burin_strategy_name(burin_callable_info_of(f)->strategy), burin_strategy_name(rows[n].want));
        assert_int_equal(burin_callable_info_of(f)->version, n + 1);
    }
}

static void a_function_says_what_it_is(void **state)
{
    world                     *w    = *state;
    const burin_callable      *f    = declare(w, (burin_declaration){.name = "math.add", .signature = "a: int, b: int | float = 3 -> int | none", .doc = "the sum",
                                                                     .body = add, .pure = true, .cost_ns = 5});
    const burin_callable_info *info = burin_callable_info_of(f);
    assert_string_equal(info->name, "math.add");
    assert_string_equal(info->doc, "the sum");
    assert_int_equal(info->parameter_count, 2);
    assert_string_equal(info->parameters[1].name, "b");
    assert_int_equal(info->parameters[1].typing.kinds, 1u << BURIN_TYPING_INT | 1u << BURIN_TYPING_FLOAT);
    assert_int_equal(info->parameters[1].fallback.value.as.i, 3);
    assert_int_equal(info->parameters[0].fallback.value.kind, BURIN_MISSING);
    assert_int_equal(info->returns, BURIN_RETURNS_ONE);
    assert_true(info->results[0].optional && info->pure && info->cost_ns == 5);
}

/* 61: Python replaces silently; here the old version stays with those who hold it, and by number. */
static void a_name_that_is_taken_gets_a_new_version(void **state)
{
    world                *w   = *state;
    const burin_callable *old = declare(w, (burin_declaration){.name = "f", .signature = "-> int", .body = answer});
    const burin_callable *now = declare(w, (burin_declaration){.name = "f", .signature = "a: int, b: int -> int", .body = add, .pure = true});
    assert_ptr_equal(burin_registry_find(w->registry, BURIN_TEXT("f"), 0), now);
    assert_ptr_equal(burin_registry_find(w->registry, BURIN_TEXT("f"), 1), old);
    assert_null(burin_registry_find(w->registry, BURIN_TEXT("f"), 3));
    assert_int_equal(call_with(w, old, NULL, 0, (burin_invoke_options){0}, BURIN_OK)->one.item.value.as.i, 42);
    assert_int_equal(CALL(w, now, BURIN_OK, item_int(2), item_int(5))->one.item.value.as.i, 7);
    assert_int_equal(burin_unregister(w->registry, "f", NULL), BURIN_OK);
    assert_int_equal(burin_unregister(w->registry, "f", NULL), BURIN_ERR_KEY);
    assert_null(burin_registry_find(w->registry, BURIN_TEXT("f"), 0));
    assert_ptr_equal(burin_registry_find(w->registry, BURIN_TEXT("f"), 2), now);
    assert_int_equal(burin_callable_info_of(declare(w, (burin_declaration){.name = "f", .signature = "-> int", .body = answer}))->version, 3);
}

static burin_status collect(void *user, const burin_callable *callable)
{
    strcat(user, burin_callable_info_of(callable)->name);
    strcat(user, " ");
    return BURIN_OK;
}

static void names_are_listed_in_their_order(void **state)
{
    world *w          = *state;
    char   names[4000] = "", want[4000] = "", name[16];
    for (int n = 0; n < 200; n++) {
        snprintf(name, sizeof name, "f%d", n);
        declare(w, (burin_declaration){.name = name, .signature = "-> int", .body = answer});
        strcat(strcat(want, name), " ");
    }
    declare(w, (burin_declaration){.name = "f7", .signature = "-> int", .body = answer});
    assert_int_equal(burin_registry_list(w->registry, collect, names), BURIN_OK);
    assert_string_equal(names, want);
}

static void declarations_that_contradict_themselves_are_refused(void **state)
{
    static const burin_declaration rows[] = {
        {.name = "f", .signature = "m: Map -> Map", .body = answer},
        {.name = "f", .signature = "m: Map -> Map", .body = answer, .effect = BURIN_EFFECT_READS, .pure = true},
        {.name = "f", .signature = "-> int"},
        {.name = "f", .body = answer},
        {.name = "3f", .signature = "-> int", .body = answer},
        {.name = "f.", .signature = "-> int", .body = answer},
        {.name = NULL, .signature = "-> int", .body = answer},
    };
    world *w = *state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        assert_int_equal(burin_register(w->registry, &rows[n], NULL, NULL), n < 4 ? BURIN_ERR_USAGE : BURIN_ERR_VALUE);
    burin_registry *bare = burin_registry_new(NULL, NULL);
    assert_int_equal(burin_register(bare, &(burin_declaration){.name = "f", .signature = "-> int", .body = answer, .effect = BURIN_EFFECT_CREATES}, NULL, NULL),
                     BURIN_ERR_USAGE);
    burin_registry_free(bare);
}

/* 62 */
static void wrong_arguments_are_errors_that_name_them(void **state)
{
    world                *w = *state;
    const burin_callable *f = declare(w, (burin_declaration){.name = "add", .signature = "a: int, b: int -> int", .body = add, .pure = true});
    const struct { burin_item args[3]; size_t count; const char *want; } rows[] = {
        {{item_int(1)}, 1, "add() missing 1 required positional argument: 'b'"},
        {{item_int(1), item_int(2), item_int(3)}, 3, "add() takes 2 positional arguments but 3 were given"},
        {{burin_item_value(burin_missing())}, 0, "add() missing 2 required positional arguments: 'a' and 'b'"},
        {{item_int(1), item_text("2")}, 2, "add() argument 'b' must be int, not str"},
        {{item_int(1), burin_item_value(burin_float(2))}, 2, "add() argument 'b' must be int, not float"},
        {{item_int(1), burin_item_value(burin_bool(true))}, 2, "add() argument 'b' must be int, not bool"},
        {{item_int(1), burin_item_entity(w->map)}, 2, "add() argument 'b' must be int, not Map"},
        {{burin_item_value(burin_missing()), item_int(1)}, 2, "add() missing 1 required positional argument: 'a'"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        call_with(w, f, rows[n].args, rows[n].count, (burin_invoke_options){0}, BURIN_ERR_TYPE);
        assert_string_equal(w->err.message, rows[n].want);
        assert_int_equal(head(w), 1);
    }
}

static void ints_become_floats_where_only_those_may_be(void **state)
{
    world                *w = *state;
    const burin_callable *f = declare(w, (burin_declaration){.name = "half", .signature = "x: float = 3 -> float", .body = half, .pure = true});
    assert_true(CALL(w, f, BURIN_OK, item_int(5))->one.item.value.as.f == 2.5);
    assert_true(call_with(w, f, NULL, 0, (burin_invoke_options){0}, BURIN_OK)->one.item.value.as.f == 1.5);
}

static void some_arguments_can_be_set_for_good(void **state)
{
    world                *w      = *state;
    const burin_callable *f      = declare(w, (burin_declaration){.name = "add", .signature = "a: int, b: int -> int", .body = add}), *plus = NULL;
    const char           *name   = "a", *other = "c";
    burin_item            value  = item_int(10);
    assert_int_equal(burin_register_partial(w->registry, "plus10", f, &name, &value, 1, &plus, NULL), BURIN_OK);
    assert_int_equal(burin_callable_info_of(plus)->parameter_count, 1);
    assert_string_equal(burin_callable_info_of(plus)->parameters[0].name, "b");
    assert_int_equal(CALL(w, plus, BURIN_OK, item_int(5))->one.item.value.as.i, 15);
    assert_int_equal(burin_register_partial(w->registry, "p", f, &other, &value, 1, NULL, &w->err), BURIN_ERR_TYPE);
    burin_registry *elsewhere = burin_registry_new(NULL, NULL);
    assert_int_equal(burin_register_partial(elsewhere, "p", f, &name, &value, 1, NULL, NULL), BURIN_ERR_USAGE);
    burin_registry_free(elsewhere);
    value = burin_item_value(burin_list(w->heap, 0));
    assert_int_equal(burin_register_partial(w->registry, "p", f, &name, &value, 1, NULL, NULL), BURIN_ERR_TYPE);
    assert_null(burin_registry_find(w->registry, BURIN_TEXT("p"), 0));
    value         = item_text("@1"); /* no int, though it is not looked at for an address */
    value.literal = 1;
    assert_int_equal(burin_register_partial(w->registry, "p", f, &name, &value, 1, &plus, NULL), BURIN_OK);
    CALL(w, plus, BURIN_ERR_TYPE, item_int(5));
    assert_string_equal(w->err.message, "p() argument 'a' must be int, not str");
}

static burin_status give_garbled(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)args, (void)out;
    return burin_give(call, (burin_text){"k\xff", 2}, item_int(1));
}

/* Signatures with the defaults in them, descriptions, arguments set for good, keys of results. */
static void text_that_is_not_utf8_is_refused_where_it_is_kept(void **state)
{
    world                  *w      = *state;
    const burin_declaration rows[] = {{.name = "f", .signature = "x: text = '\xff' -> int", .body = answer}, {.name = "f", .signature = "-> int", .doc = "\xc3", .body = answer}};
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        assert_int_equal(burin_register(w->registry, &rows[n], NULL, NULL), BURIN_ERR_UNICODE);
    const burin_callable *f    = declare(w, (burin_declaration){.name = "g", .signature = "x: text -> int", .body = answer});
    const char           *name = "x";
    burin_item            item = item_text("\xff");
    assert_int_equal(burin_register_partial(w->registry, "f", f, &name, &item, 1, NULL, &w->err), BURIN_ERR_UNICODE);
    assert_string_equal(w->err.message, "text that is not UTF-8: byte 0xff at 0");
    assert_null(burin_registry_find(w->registry, BURIN_TEXT("f"), 0));
    f = declare(w, (burin_declaration){.name = "h", .signature = "-> {int}", .body = give_garbled});
    call_with(w, f, NULL, 0, (burin_invoke_options){0}, BURIN_ERR_UNICODE);
    assert_string_equal(w->err.message, "text that is not UTF-8: byte 0xff at 1");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(signatures_without_types_are_refused_with_the_place),
        TEST(the_strategy_follows_from_the_signature),
        TEST(a_function_says_what_it_is),
        TEST(a_name_that_is_taken_gets_a_new_version),
        TEST(names_are_listed_in_their_order),
        TEST(text_that_is_not_utf8_is_refused_where_it_is_kept),
        TEST(declarations_that_contradict_themselves_are_refused),
        TEST(wrong_arguments_are_errors_that_name_them),
        TEST(ints_become_floats_where_only_those_may_be),
        TEST(some_arguments_can_be_set_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
