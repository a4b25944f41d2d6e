/* Scripts and registered functions as nodes of a reactive graph. */
#include "live_desk.h"
#include "tests/support/budget.h"

static burin_registry *registry;

static int open_desk(void **state)
{
    static desk   d;
    burin_options options = burin_options_default();
    options.scripts       = true;
    registry              = burin_registry_new(&(burin_registry_options){0}, NULL);
    desk_open(&d, &options, NULL, "@1");
    *state = &d;
    return 0;
}
static int close_desk(void **state)
{
    desk_close(*state);
    burin_registry_free(registry);
    return 0;
}

static burin_node script(desk *d, const char *text, const char *expression)
{
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_live_script(d->live, (burin_text){text, strlen(text)}, (burin_text){expression, strlen(expression)}, &node, &err))
        fail_msg("%s: %s", expression, err.message);
    return node;
}

/* ---- scripts ---- */

static void a_script_function_follows_its_arguments_and_what_it_reads(void **state)
{
    desk      *d   = *state;
    burin_node tax = script(d, "def tax(n, rate=10):\n    for k in range(3):\n        n += rate * k\n    return n * b\n", "tax(a)");
    desk_expect(d, tax, "62");
    burin_graph_set(d->g, d->a, burin_int(2));
    desk_expect(d, tax, "64");
    burin_graph_set(d->g, d->b, burin_int(1)); /* read inside the function */
    desk_expect(d, tax, "32");
    uint64_t before = desk_evaluations(d);
    burin_graph_set(d->g, d->c, burin_string_borrow("x", 1)); /* not read */
    desk_expect(d, tax, "32");
    assert_int_equal(desk_evaluations(d), before);
}

static void a_script_may_be_empty_and_its_own_names_hide_bound_ones(void **state)
{
    desk *d = *state;
    desk_expect(d, script(d, "", "a if a > b else [c, {a: b}]"), "['@1', {1: 2}]");
    burin_node own = script(d, "a = 5\n", "a + b");
    desk_expect(d, own, "7");
    uint64_t before = desk_evaluations(d);
    burin_graph_set(d->g, d->a, burin_int(9));
    desk_expect(d, own, "7");
    assert_int_equal(desk_evaluations(d), before);
}

static void an_exception_is_the_nodes_and_passes(void **state)
{
    desk      *d = *state;
    burin_node n = script(d, "def f(x):\n    return 10 // (x - 1)\n", "f(a)");
    desk_expect(d, n, "ZeroDivisionError");
    burin_graph_set(d->g, d->a, burin_int(3));
    desk_expect(d, n, "5");
}

static void assert_fails(desk *d, burin_node node, const char *message)
{
    burin_value v;
    assert_int_not_equal(burin_graph_get(d->g, node, &v), BURIN_OK);
    assert_string_equal(burin_graph_message(d->g), message);
}

static void a_failure_is_told_with_its_line_in_the_script_or_the_expression(void **state)
{
    desk *d = *state;
    assert_fails(d, script(d, "x = 1\r\ny = 2\ndef f(n):\n    return 1 // (n - 1)", "f(a)"), "integer division or modulo by zero (line 4)");
    assert_fails(d, script(d, "x = 1\r\ny = 0\rz = 3", "a // y"), "integer division or modulo by zero (line 1)");
    assert_fails(d, script(d, "x = 1\n\n# the end", "[a,\n a // (b - 2)] # comment"), "integer division or modulo by zero (line 2)");
    assert_fails(d, script(d, "", "a // (b - 2)"), "integer division or modulo by zero (line 1)");
}

static void a_run_leaves_nothing_behind(void **state)
{
    desk      *d    = *state;
    burin_node once = script(d, "try:\n    count = count + 1\nexcept NameError:\n    count = 1\nseen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)\n", "(f(a), count)");
    for (int k = 0; k < 3; k++) {
        desk_expect(d, once, "(1, 1)");
        burin_graph_set(d->g, d->a, burin_int(k + 7));
    }
}

static void a_container_that_is_read_stays_as_it_is(void **state)
{
    desk       *d    = *state;
    burin_heap *heap = burin_heap_new(NULL);
    burin_value list = burin_list(heap, 1);
    burin_list_append(heap, list, burin_int(5));
    burin_graph_set(d->g, d->c, list);
    burin_node longer = script(d, "c.append(a)\nc.sort()\n", "c"), same = script(d, "", "c");
    desk_expect(d, longer, "[1, 5]");
    burin_graph_set(d->g, d->a, burin_int(9));
    desk_expect(d, longer, "[5, 9]");
    desk_expect(d, same, "[5]");
    assert_int_equal(burin_length(list), 1);
    burin_graph_set(d->g, d->c, burin_none());
    burin_heap_free(heap);
}

static void scripts_read_records(void **state)
{
    desk       *d        = *state;
    const char *fields[] = {"price", "amount"};
    assert_int_equal(burin_live_bind_record(d->live, "item", fields, (burin_node[]){d->a, d->b}, 2), BURIN_OK);
    burin_node total = script(d, "def total(i):\n    return i.price * i.amount\n", "[total(item), b]");
    desk_expect(d, total, "[2, 2]");
    burin_graph_set(d->g, d->a, burin_int(21));
    desk_expect(d, total, "[42, 2]");
}

static void runs_do_not_grow_without_end(void **state)
{
    desk      *d = *state;
    burin_node n = script(d, "def f(x):\n    return len([str(k) * 50 for k in range(x % 100 + 500)])\n", "f(a)");
    for (int k = 0; k < 3000; k++) {
        burin_value v;
        burin_graph_set(d->g, d->a, burin_int(k));
        assert_int_equal(burin_graph_get(d->g, n, &v), BURIN_OK);
        assert_int_equal(v.as.i, k % 100 + 500);
    }
}

static void what_does_not_compile_is_said(void **state)
{
    desk       *d = *state;
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    assert_int_equal(burin_live_script(d->live, BURIN_TEXT("def f(:\n"), BURIN_TEXT("f(a)"), &node, &err), BURIN_ERR_PYTHON_SYNTAX);
    assert_int_equal(node.index, 0);
    burin_error_clear(&err);
    assert_int_equal(burin_live_script(d->live, BURIN_TEXT(""), BURIN_TEXT("a +"), &node, &err), BURIN_ERR_PYTHON_SYNTAX);
    burin_error_clear(&err);
}

/* ---- formulas and regions ---- */

static burin_node formula(desk *d, const char *text, const char *name)
{
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_live_formula(d->live, (burin_text){text, strlen(text)}, &node, &err))
        fail_msg("%s: %s", text, err.message);
    if (name)
        burin_live_bind(d->live, name, node);
    return node;
}

static void a_formula_follows_and_its_equal_container_stops_the_change(void **state)
{
    desk      *d    = *state;
    burin_node list = formula(d, "[a % 2, str(b)]", "list"), size = formula(d, "sum(list[:1]) + len(list)", NULL);
    desk_expect(d, list, "[1, '2']");
    desk_expect(d, size, "3");
    uint64_t before = desk_evaluations(d);
    burin_graph_set(d->g, d->a, burin_int(3));
    desk_expect(d, size, "3");
    assert_int_equal(desk_evaluations(d), before + 1); /* the list is another one, but equal */
    burin_graph_set(d->g, d->a, burin_int(4));
    desk_expect(d, size, "2");
}

static void formulas_read_records(void **state)
{
    desk              *d       = *state;
    static const char *fields[] = {"x", "y"};
    burin_live_bind_record(d->live, "point", fields, (burin_node[]){d->a, d->b}, 2);
    burin_node n = formula(d, "point.x * 10 + point.y", NULL);
    desk_expect(d, n, "12");
    burin_graph_set(d->g, d->b, burin_int(7));
    desk_expect(d, n, "17");
}

static void what_is_fused_is_said(void **state)
{
    desk    *d = *state;
    uint32_t fused;
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    assert_int_equal(fused, 0);
    burin_node sum = formula(d, "a + b", "sum"), twice = formula(d, "sum * 2", "twice");
    formula(d, "str(a)", "text"); /* no number */
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    assert_int_equal(fused, 0); /* two are too few */
    burin_node last = formula(d, "twice - 1 # not a comment for what follows", "last"), own = formula(d, "(a := last) + a", NULL);
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    assert_int_equal(fused, 3);
    for (int k = 0; k < 5; k++) {
        burin_graph_set(d->g, d->a, burin_int(k));
        desk_expect(d, last, (const char *[]){"3", "5", "7", "9", "11"}[k]);
        desk_expect(d, own, (const char *[]){"6", "10", "14", "18", "22"}[k]);
    }
    burin_graph_set(d->g, d->a, burin_string_borrow("x", 1));
    desk_expect(d, last, "TypeError");
    burin_graph_set(d->g, d->a, burin_int(1));
    desk_expect(d, last, "5");
    assert_int_equal(burin_graph_dispose(d->g, sum), BURIN_OK);
    desk_expect(d, twice, "UsageError");
    burin_live_bind(d->live, "sum", d->b); /* the name means something else from now on */
    burin_node more = formula(d, "sum + twice", "more"), most = formula(d, "more + sum", NULL);
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    assert_int_equal(fused, 0);
    desk_expect(d, more, "UsageError");
    desk_expect(d, most, "UsageError");
}

/* Two stay; what the others took does not. */
static void what_is_disposed_of_is_freed(void **state)
{
    desk          *d         = *state;
    budget         memory    = {.left = BUDGET_NONE};
    size_t         early     = 0;
    burin_options  options   = burin_options_default();
    burin_node     kept[2]   = {{0, 0}, {0, 0}};
    burin_allocator allocator = budget_allocator(&memory);
    options.scripts          = true;
    options.allocator        = &allocator;
    burin_env  *env          = burin_env_new(&options, NULL);
    burin_live *live         = burin_live_new(d->g, env, NULL);
    burin_live_bind(live, "a", d->a);
    for (int k = 0; k < 5000; k++) {
        burin_node node;
        assert_int_equal(burin_live_formula(live, BURIN_TEXT("[a, a + 1]"), &node, NULL), BURIN_OK);
        desk_expect(d, node, "[1, 2]");
        if (k == 7 || k == 4000)
            kept[k == 7] = node;
        else
            assert_int_equal(burin_graph_dispose(d->g, node), BURIN_OK);
        if (k == 500)
            early = memory.held;
    }
    assert_true(memory.held < 2 * early);
    for (int k = 0; k < 2; k++)
        desk_expect(d, kept[k], "[1, 2]");
    burin_live_free(live);
    burin_env_unref(env);
    assert_int_equal(memory.held, 0);
}

static burin_status do_nothing(burin_graph *g, void *user, const burin_inputs *in, burin_value *out) { return (void)g, (void)user, (void)in, (void)out, BURIN_OK; }

/* Formulas in a row, of which the second tells whether all run in each batch; how many go into a region again after many. */
enum { ROW = 24 };
static uint32_t fused_again(desk *d, const char *second, const char *want)
{
    uint32_t   fused;
    burin_node effect, last;
    char       text[32], name[32];
    formula(d, "a + 1", "first");
    formula(d, second, "row1");
    for (int k = 2; k < ROW; k++) {
        snprintf(text, sizeof text, "row%d + 1", k - 1);
        snprintf(name, sizeof name, "row%d", k);
        last = formula(d, text, name);
    }
    assert_int_equal(burin_graph_effect(d->g, do_nothing, NULL, BURIN_NODE_STATIC, &last, 1, &effect), BURIN_OK);
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    assert_int_equal(fused, ROW);
    for (int k = 2; k < 2002; k++)
        assert_int_equal(burin_graph_set(d->g, d->a, burin_int(k)), BURIN_OK);
    desk_expect(d, last, want);
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    return fused;
}
static void a_region_of_which_little_runs_is_dissolved(void **state) { assert_int_equal(fused_again(*state, "first * 0", "22"), ROW); }
static void a_region_that_runs_stays(void **state) { assert_int_equal(fused_again(*state, "first * 2", "4026"), 0); }

static burin_status keep_text(void *user, const char *data, size_t len)
{
    strncat(user, data, len);
    return BURIN_OK;
}

/* Values that only the region's formulas read are shown, and read by who comes later. */
static void what_is_inside_a_region_can_be_seen(void **state)
{
    desk      *d          = *state;
    char       text[4000] = "";
    uint32_t   fused;
    burin_node inner = formula(d, "a + 1", "inner"), middle = formula(d, "inner * 2", "middle"), outer = formula(d, "middle - 3", NULL), effect, late;
    assert_int_equal(burin_graph_effect(d->g, do_nothing, NULL, BURIN_NODE_STATIC, &outer, 1, &effect), BURIN_OK);
    assert_int_equal(burin_live_fuse(d->live, &fused, NULL), BURIN_OK);
    assert_int_equal(fused, 3);
    burin_graph_set(d->g, d->a, burin_int(100));
    assert_int_equal(burin_graph_dump(d->g, BURIN_GRAPH_JSON, keep_text, text), BURIN_OK);
    assert_non_null(strstr(text, "\"value\": \"202\""));
    burin_graph_set(d->g, d->a, burin_int(200));
    desk_expect(d, inner, "201");
    burin_graph_set(d->g, d->a, burin_int(300));
    late = formula(d, "middle + 0.5", NULL);
    desk_expect(d, late, "602.5");
    burin_graph_set(d->g, d->a, burin_int(400));
    assert_int_equal(burin_graph_dispose(d->g, effect), BURIN_OK); /* nobody needs them any more */
    desk_expect(d, middle, "802");
    burin_graph_set(d->g, d->a, burin_int(500));
    desk_expect(d, late, "1002.5");
}

/* ---- registered functions ---- */

static burin_status add_all(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    *out = burin_item_value(burin_int(args[0].value.as.i + 10 * args[1].value.as.i));
    return BURIN_OK;
}
static burin_status both(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)out;
    burin_status status = burin_give(call, (burin_text){NULL, 0}, args[0]);
    return status ? status : burin_give(call, (burin_text){NULL, 0}, args[1]);
}
static const burin_callable *declare(const char *name, const char *signature, burin_body body, bool pure)
{
    const burin_callable *made;
    burin_error           err = BURIN_ERROR_INIT;
    burin_declaration     declaration = {.name = name, .signature = signature, .body = body, .pure = pure};
    if (burin_register(registry, &declaration, &made, &err))
        fail_msg("%s", err.message);
    return made;
}

static void a_call_follows_its_arguments(void **state)
{
    desk                 *d    = *state;
    const burin_callable *add  = declare("add", "x: int, y: int = 7 -> int", add_all, true);
    const burin_callable *pair = declare("pair", "x: int, y: text -> (int, text)", both, true);
    burin_node            sum, rest, two;
    assert_int_equal(burin_live_call(d->live, add, (const char *[]){"a", "b"}, 2, &sum, NULL), BURIN_OK);
    assert_int_equal(burin_live_call(d->live, add, (const char *[]){"a"}, 1, &rest, NULL), BURIN_OK);
    assert_int_equal(burin_live_call(d->live, pair, (const char *[]){"a", "c"}, 2, &two, NULL), BURIN_OK);
    desk_expect(d, sum, "21");
    desk_expect(d, rest, "71");
    desk_expect(d, two, "[1, '@1']"); /* a text is a text, also if it looks like an address */
    burin_graph_set(d->g, d->b, burin_int(5));
    desk_expect(d, sum, "51");
    burin_graph_set(d->g, d->b, burin_string_borrow("five", 4));
    desk_expect(d, sum, "TypeError");
    burin_live_bind(d->live, "sum", sum);
    burin_node more;
    assert_int_equal(burin_live_expr(d->live, BURIN_TEXT("sum + 1"), &more, NULL), BURIN_OK);
    burin_graph_set(d->g, d->b, burin_int(1));
    desk_expect(d, more, "12");
}

static void what_is_no_node_is_refused(void **state)
{
    desk                 *d      = *state;
    const burin_callable *impure = declare("impure", "x: int, y: int -> int", add_all, false);
    const burin_callable *add    = declare("add", "x: int, y: int -> int", add_all, true);
    burin_node            node;
    assert_int_equal(burin_live_call(d->live, impure, (const char *[]){"a", "b"}, 2, &node, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_live_call(d->live, add, (const char *[]){"a", "nobody"}, 2, &node, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_live_call(d->live, add, (const char *[]){"a", "b", "c"}, 3, &node, NULL), BURIN_ERR_USAGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_script_function_follows_its_arguments_and_what_it_reads), TEST(a_script_may_be_empty_and_its_own_names_hide_bound_ones),
        TEST(an_exception_is_the_nodes_and_passes), TEST(runs_do_not_grow_without_end), TEST(what_does_not_compile_is_said),
        TEST(a_failure_is_told_with_its_line_in_the_script_or_the_expression), TEST(a_run_leaves_nothing_behind),
        TEST(a_container_that_is_read_stays_as_it_is), TEST(scripts_read_records),
        TEST(a_formula_follows_and_its_equal_container_stops_the_change), TEST(formulas_read_records), TEST(what_is_fused_is_said),
        TEST(what_is_disposed_of_is_freed), TEST(a_region_of_which_little_runs_is_dissolved), TEST(a_region_that_runs_stays), TEST(what_is_inside_a_region_can_be_seen),
        TEST(a_call_follows_its_arguments), TEST(what_is_no_node_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
