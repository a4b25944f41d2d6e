/* Operators: what each emits for a row of events; time; aggregates; and their end. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct bench {
    burin_graph *g;
    burin_clock *clock;
    burin_node   a, b;
} bench;

static int open_bench(void **state)
{
    static bench b;
    b.g     = burin_graph_new(NULL);
    b.clock = burin_clock_new(b.g, 0);
    burin_graph_cell(b.g, burin_int(0), &b.a);
    burin_graph_cell(b.g, burin_int(0), &b.b);
    *state = &b;
    return 0;
}
static int close_bench(void **state)
{
    bench *b = *state;
    burin_clock_free(b->clock);
    burin_graph_free(b->g);
    return 0;
}

static const char *shown(bench *b, burin_node node)
{
    static char text[40];
    burin_value v;
    burin_status status = burin_graph_get(b->g, node, &v);
    if (status)
        return burin_status_class(status);
    if (v.kind == BURIN_STRING)
        snprintf(text, sizeof text, "%.*s", (int)v.len, v.as.s);
    else if (v.kind == BURIN_FLOAT)
        snprintf(text, sizeof text, "%g", v.as.f);
    else if (v.kind == BURIN_INT)
        snprintf(text, sizeof text, "%lld", (long long)v.as.i);
    else
        snprintf(text, sizeof text, "%s", v.kind == BURIN_NONE ? "-" : "?");
    return text;
}

/* Events: "a3" sets a, "b1" sets b, "a1b2" both in one batch, "t5" moves the clock to 5. What the node shows after each, and at first. */
static void assert_emits(bench *b, burin_node node, const char *events, const char *want)
{
    char got[400];
    int  len = snprintf(got, sizeof got, "%s", shown(b, node));
    for (const char *at = events; *at;) {
        burin_graph_begin(b->g);
        uint64_t time = 0;
        for (; *at && *at != ' '; at++) {
            char *end;
            long  number = strtol(at + 1, &end, 10);
            if (*at == 't')
                time = (uint64_t)number;
            else
                burin_graph_set(b->g, *at == 'a' ? b->a : b->b, burin_int(number));
            at = end - 1;
        }
        assert_int_equal(burin_graph_commit(b->g), BURIN_OK);
        if (time)
            assert_int_equal(burin_clock_advance(b->clock, time), BURIN_OK);
        while (*at == ' ')
            at++;
        len += snprintf(got + len, sizeof got - (size_t)len, " %s", shown(b, node));
    }
    assert_string_equal(got, want);
}

static bool is_even(void *user, burin_value v)
{
    (void)user;
    return v.as.i % 2 == 0;
}
static burin_status add(burin_graph *g, void *user, burin_value so_far, burin_value v, burin_value *out)
{
    (void)user;
    *out = burin_int(so_far.as.i + v.as.i);
    return v.as.i == 13 ? burin_graph_fail(g, BURIN_ERR_VALUE, "unlucky") : BURIN_OK;
}
static burin_status join(burin_graph *g, void *user, burin_value so_far, burin_value v, burin_value *out)
{
    static char text[100];
    (void)g, (void)user;
    int len = snprintf(text, sizeof text, "%.*s%lld", (int)so_far.len, so_far.as.s, (long long)v.as.i);
    *out    = burin_string_borrow(text, (size_t)len);
    return BURIN_OK;
}

#define WITH(call)                                                \
    burin_node node;                                              \
    bench     *b = *state;                                        \
    assert_int_equal((call), BURIN_OK)

static void filter_lets_through_what_satisfies(void **state)
{
    WITH(burin_op_filter(b->g, b->a, is_even, NULL, &node));
    assert_emits(b, node, "a1 a2 a3 a5 a4", "0 0 2 2 2 4");
}
static void a_filter_that_has_let_nothing_through_holds_none(void **state)
{
    bench     *b = *state;
    burin_node node;
    burin_graph_set(b->g, b->a, burin_int(1));
    assert_int_equal(burin_op_filter(b->g, b->a, is_even, NULL, &node), BURIN_OK);
    assert_emits(b, node, "a3 a2", "- - 2");
}
static void scan_folds_and_a_failure_lasts_until_the_next_event(void **state)
{
    WITH(burin_op_scan(b->g, b->a, add, NULL, burin_int(100), &node));
    assert_emits(b, node, "a1 a2 a2 a13 a3", "100 101 103 103 ValueError 106");
}
static void scan_of_text_keeps_its_own(void **state)
{
    WITH(burin_op_scan(b->g, b->a, join, NULL, burin_string_borrow(">", 1), &node));
    assert_emits(b, node, "a1 a2 a1", ">0 >01 >012 >0121");
}
static void operators_run_whether_they_are_read_or_not(void **state)
{
    WITH(burin_op_scan(b->g, b->a, add, NULL, burin_int(0), &node));
    for (int k = 1; k <= 10; k++)
        burin_graph_set(b->g, b->a, burin_int(k));
    assert_string_equal(shown(b, node), "55");
}
static void merge_gives_what_changed_last_in_order(void **state)
{
    WITH(burin_op_merge(b->g, (burin_node[]){b->a, b->b}, 2, &node));
    assert_emits(b, node, "a1 b2 a3 a4b5 a6", "0 1 2 3 5 6");
}
static void start_with_comes_first(void **state)
{
    WITH(burin_op_start_with(b->g, b->a, burin_string_borrow("go", 2), &node));
    assert_emits(b, node, "a1 a2", "go 1 2");
}
static void sample_gives_the_value_at_a_trigger(void **state)
{
    WITH(burin_op_sample(b->g, b->a, b->b, &node));
    assert_emits(b, node, "a1 a2 b1 a3 a4b2", "- - - 2 2 4");
}
static void take_and_skip_count(void **state)
{
    WITH(burin_op_take(b->g, b->a, 3, &node));
    assert_emits(b, node, "a1 a2 a3 a4", "0 1 2 2 2");
    burin_graph_set(b->g, b->a, burin_int(0));
    assert_int_equal(burin_op_skip(b->g, b->a, 2, &node), BURIN_OK);
    assert_emits(b, node, "a1 a2 a3", "- - 2 3");
}
static void take_until_ends(void **state)
{
    WITH(burin_op_take_until(b->g, b->a, b->b, &node));
    assert_emits(b, node, "a1 b0 a2 b1 a3 b2", "0 1 1 2 2 2 2");
}
static burin_status fails_at_two(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)user;
    *out = *burin_input(in, 0);
    return out->as.i == 2 ? burin_graph_fail(g, BURIN_ERR_VALUE, "two") : BURIN_OK;
}
static void catch_puts_a_value_where_the_source_fails(void **state)
{
    bench     *b = *state;
    burin_node failing, node;
    burin_graph_computed(b->g, fails_at_two, NULL, BURIN_NODE_STATIC, &b->a, 1, &failing);
    assert_int_equal(burin_op_catch(b->g, failing, burin_string_borrow("oops", 4), &node), BURIN_OK);
    assert_emits(b, node, "a1 a2 a3", "0 1 oops 3");
}
static void switch_reads_only_what_is_chosen(void **state)
{
    bench     *b = *state;
    burin_node which, node;
    burin_graph_cell(b->g, burin_int(0), &which);
    assert_int_equal(burin_op_switch(b->g, which, (burin_node[]){b->a, b->b}, 2, &node), BURIN_OK);
    assert_emits(b, node, "a1 b7", "0 1 1");
    burin_graph_set(b->g, which, burin_int(1));
    assert_emits(b, node, "a2 b8", "7 7 8");
    burin_graph_set(b->g, which, burin_int(2));
    assert_emits(b, node, "a3", "- -");
}

/* ---- time ---- */

static void debounce_waits_for_quiet(void **state)
{
    WITH(burin_op_debounce(b->clock, b->a, 10, &node));
    assert_emits(b, node, "t10 a1 t15 a2 t20 t24 t25 a3 t100", "- 0 0 0 0 0 0 2 2 3");
}
static void throttle_lets_one_through_and_then_none_for_a_while(void **state)
{
    WITH(burin_op_throttle(b->clock, b->a, 10, &node));
    assert_emits(b, node, "a1 t9 a2 t10 a3 a4 t25 a5", "0 0 0 0 0 3 3 3 5");
}
static void sample_every_goes_by_the_clock(void **state)
{
    WITH(burin_op_sample_every(b->clock, b->a, 10, &node));
    assert_int_equal(burin_clock_next(b->clock), 10);
    assert_emits(b, node, "a1 t9 t10 a2 t19 t20 a3 t55", "- - - 1 1 1 2 2 3");
    assert_int_equal(burin_clock_next(b->clock), 60);
}
static void an_operator_that_is_disposed_of_is_not_woken(void **state)
{
    WITH(burin_op_sample_every(b->clock, b->a, 10, &node));
    burin_graph_counters before = {.struct_size = sizeof before}, after = before;
    burin_graph_count(b->g, &before);
    assert_int_equal(burin_graph_dispose(b->g, node), BURIN_OK);
    burin_graph_count(b->g, &after);
    assert_int_equal(after.nodes, before.nodes - 2); /* and what wakes it */
    assert_int_equal(burin_clock_advance(b->clock, 100), BURIN_OK);
    assert_int_equal(burin_clock_next(b->clock), UINT64_MAX);
}
static void a_scope_ends_its_operators(void **state)
{
    bench     *b = *state;
    burin_node scope, before, node;
    burin_graph_scope(b->g, &scope);
    burin_graph_enter(b->g, scope, &before);
    for (int k = 0; k < 100; k++) {
        burin_op_debounce(b->clock, b->a, 10, &node);
        burin_op_scan(b->g, node, add, NULL, burin_int(0), &node);
    }
    burin_graph_leave(b->g, before);
    burin_graph_set(b->g, b->a, burin_int(5));
    assert_int_equal(burin_graph_dispose(b->g, scope), BURIN_OK);
    assert_int_equal(burin_clock_advance(b->clock, 100), BURIN_OK);
    burin_graph_set(b->g, b->a, burin_int(6));
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(b->g, &c);
    assert_int_equal(c.nodes, 2);
}

/* ---- aggregates ---- */

enum { MEMBERS = 1000 };

static void an_aggregate_follows_its_members_at_the_cost_of_what_changes(void **state)
{
    static const struct { burin_aggregate_kind kind; const char *empty, *all, *changed, *less; } rows[] = {
        {BURIN_SUM, "0", "499500", "500499", "499500"}, {BURIN_COUNT, "0", "999", "1000", "999"}, {BURIN_MIN, "-", "0", "1", "1"}, {BURIN_MAX, "-", "999", "999", "998"}};
    bench     *b = *state;
    burin_node cells[MEMBERS], out;
    uint32_t   places[MEMBERS];
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        burin_aggregate *a = burin_aggregate_new(b->g, rows[row].kind, &out);
        assert_string_equal(shown(b, out), rows[row].empty);
        for (int k = 0; k < MEMBERS; k++) {
            burin_graph_cell(b->g, burin_int(k), &cells[k]);
            assert_int_equal(burin_aggregate_add(a, cells[k], &places[k]), BURIN_OK);
        }
        assert_string_equal(shown(b, out), rows[row].all);
        burin_graph_counters before = {.struct_size = sizeof before}, after = before;
        burin_graph_count(b->g, &before);
        burin_graph_set(b->g, cells[0], burin_int(999)); /* 999, 1, 2, ... 999 */
        burin_graph_count(b->g, &after);
        assert_int_equal(after.evaluations, before.evaluations + 1);
        assert_string_equal(shown(b, out), rows[row].changed);
        burin_aggregate_remove(a, places[0]);
        if (rows[row].kind == BURIN_MAX)
            burin_graph_set(b->g, cells[999], burin_none());
        assert_string_equal(shown(b, out), rows[row].less);
        assert_int_equal(burin_aggregate_remove(a, places[0]), BURIN_ERR_USAGE);
        uint32_t again;
        assert_int_equal(burin_aggregate_add(a, cells[0], &again), BURIN_OK);
        assert_int_equal(again, places[0]);
        burin_aggregate_free(a);
    }
}

static void sums_go_over_to_floats_where_integers_end(void **state)
{
    bench           *b = *state;
    burin_node       out;
    uint32_t         place;
    burin_aggregate *sum = burin_aggregate_new(b->g, BURIN_SUM, &out);
    burin_aggregate_add(sum, b->a, &place);
    burin_aggregate_add(sum, b->b, &place);
    burin_graph_set(b->g, b->a, burin_int(INT64_MAX));
    assert_string_equal(shown(b, out), "9223372036854775807");
    burin_graph_set(b->g, b->b, burin_int(1));
    assert_string_equal(shown(b, out), "9.22337e+18");
    burin_graph_set(b->g, b->a, burin_float(0.5));
    assert_string_equal(shown(b, out), "1.5");
    burin_graph_set(b->g, b->b, burin_string_borrow("no number", 9));
    assert_string_equal(shown(b, out), "0.5");
    burin_aggregate_free(sum);
}

static burin_status keep_first(burin_graph *g, void *user, burin_value so_far, burin_value value, burin_value *out)
{
    (void)g, (void)user, (void)value;
    *out = so_far;
    return BURIN_OK;
}

static void what_no_node_can_hold_is_refused(void **state)
{
    bench      *b = *state;
    burin_node  node = b->a;
    burin_value wrong[] = {burin_missing(), {.kind = BURIN_UNDEFINED}};
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(burin_op_scan(b->g, b->a, keep_first, NULL, wrong[k], &node), BURIN_ERR_USAGE);
        assert_int_equal(node.index, 0);
        assert_int_equal(burin_op_start_with(b->g, b->a, wrong[k], &node), BURIN_ERR_USAGE);
        assert_int_equal(burin_op_catch(b->g, b->a, wrong[k], &node), BURIN_ERR_USAGE);
        assert_non_null(strstr(burin_graph_message(b->g), "not undefined"));
    }
}

/* ---- edges ---- */

static void none_at_all_is_nothing(void **state)
{
    WITH(burin_op_take(b->g, b->a, 0, &node));
    assert_emits(b, node, "a1 a2", "- - -");
    burin_graph_set(b->g, b->a, burin_int(0));
    assert_int_equal(burin_op_skip(b->g, b->a, 0, &node), BURIN_OK);
    assert_emits(b, node, "a1 a2", "0 1 2");
    assert_int_equal(burin_op_merge(b->g, NULL, 0, &node), BURIN_OK);
    assert_emits(b, node, "a1 b2", "- - -");
    assert_int_equal(burin_op_switch(b->g, b->a, NULL, 0, &node), BURIN_OK);
    assert_emits(b, node, "a0 a1", "- - -");
    burin_value list;
    assert_int_equal(burin_op_with_latest_from(b->g, b->a, NULL, 0, &node), BURIN_OK);
    assert_int_equal(burin_graph_get(b->g, node, &list), BURIN_OK);
    assert_int_equal(burin_length(list), 1);
}
static void no_time_puts_nothing_off(void **state)
{
    WITH(burin_op_debounce(b->clock, b->a, 0, &node));
    assert_emits(b, node, "a1 a2 t5 a3", "0 1 2 2 3");
    assert_int_equal(burin_op_throttle(b->clock, b->a, 0, &node), BURIN_OK);
    assert_emits(b, node, "a1 a2 t9 a3", "3 1 2 2 3");
    assert_int_equal(burin_clock_next(b->clock), UINT64_MAX);
}
static void counts_and_periods_of_none_are_refused(void **state)
{
    bench             *b      = *state;
    burin_node         none   = b->a, *node = &none;
    const burin_status made[] = {burin_op_buffer_count(b->g, b->a, 0, 1, node), burin_op_buffer_count(b->g, b->a, 1, 0, node),
                                 burin_op_window_count(b->g, b->a, 0, 1, node), burin_op_replay(b->g, b->a, 0, node),
                                 burin_op_zip(b->g, NULL, 0, 1, node), burin_op_zip(b->g, &b->a, 1, 0, node),
                                 burin_op_sample_every(b->clock, b->a, 0, node), burin_op_interval(b->clock, 0, node),
                                 burin_op_retry(b->g, fails_at_two, NULL, BURIN_NODE_STATIC, &b->a, 1, 0, node),
                                 burin_op_flat_map(b->g, b->a, NULL, NULL, 0, node)};
    for (size_t k = 0; k < sizeof made / sizeof made[0]; k++)
        assert_int_equal(made[k], BURIN_ERR_USAGE);
    assert_int_equal(none.index, 0);
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(b->g, &c);
    assert_int_equal(c.nodes, 2);
}

static burin_status two_inputs(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)g, (void)user;
    *out = *burin_input(in, 1);
    return BURIN_OK;
}
static burin_status an_inner_cell(burin_graph *g, void *user, burin_value v, burin_node *out) { return (void)user, burin_graph_cell(g, v, out); }
enum { ALL_OPERATORS = 20 };
static burin_status make_operator(bench *b, unsigned which, burin_node *out)
{
    burin_graph *g       = b->g;
    burin_node   both[2] = {b->a, b->b};
    switch (which) {
    case 0: return burin_op_filter(g, b->a, is_even, NULL, out);
    case 1: return burin_op_scan(g, b->a, add, NULL, burin_int(0), out);
    case 2: return burin_op_merge(g, both, 2, out);
    case 3: return burin_op_start_with(g, b->a, burin_string_borrow("go", 2), out);
    case 4: return burin_op_sample(g, b->a, b->b, out);
    case 5: return burin_op_take(g, b->a, 3, out);
    case 6: return burin_op_take_until(g, b->a, b->b, out);
    case 7: return burin_op_zip(g, both, 2, 10, out);
    case 8: return burin_op_with_latest_from(g, b->a, &b->b, 1, out);
    case 9: return burin_op_catch(g, b->a, burin_int(0), out);
    case 10: return burin_op_switch(g, b->b, &b->a, 1, out);
    case 11: return burin_op_flat_map(g, b->a, an_inner_cell, NULL, 2, out);
    case 12: return burin_op_retry(g, two_inputs, NULL, BURIN_NODE_STATIC, both, 2, 2, out);
    case 13: return burin_op_buffer_count(g, b->a, 2, 1, out);
    case 14: return burin_op_window(g, b->a, b->b, out);
    case 15: return burin_op_debounce(b->clock, b->a, 10, out);
    case 16: return burin_op_throttle(b->clock, b->a, 10, out);
    case 17: return burin_op_sample_every(b->clock, b->a, 10, out);
    case 18: return burin_op_replay_time(b->clock, b->a, 0, 10, out);
    default: return burin_op_interval(b->clock, 10, out);
    }
}
/* Between two sets of one batch, with a reader; the clock still has some of them. */
static void operators_may_be_disposed_of_in_the_middle_of_a_batch(void **state)
{
    bench               *b = *state;
    burin_graph_counters c = {.struct_size = sizeof c};
    for (unsigned which = 0; which < ALL_OPERATORS; which++) {
        burin_node  op, reader;
        burin_value v;
        assert_int_equal(make_operator(b, which, &op), BURIN_OK);
        assert_int_equal(burin_graph_computed(b->g, two_inputs, NULL, BURIN_NODE_STATIC, (burin_node[]){b->a, op}, 2, &reader), BURIN_OK);
        assert_int_equal(burin_graph_get(b->g, reader, &v), BURIN_OK);
        burin_graph_begin(b->g);
        burin_graph_set(b->g, b->a, burin_int(2 * which + 1));
        burin_graph_set(b->g, b->b, burin_int(which));
        assert_int_equal(burin_graph_dispose(b->g, op), BURIN_OK);
        burin_graph_set(b->g, b->a, burin_int(2 * which + 2));
        assert_int_equal(burin_graph_commit(b->g), BURIN_OK);
        assert_int_equal(burin_graph_get(b->g, reader, &v), BURIN_ERR_USAGE);
        assert_int_equal(burin_graph_get(b->g, op, &v), BURIN_ERR_USAGE);
        burin_graph_dispose(b->g, reader);
        burin_graph_count(b->g, &c);
        assert_int_equal(c.nodes, 2);
    }
    assert_int_equal(burin_clock_advance(b->clock, 1000), BURIN_OK);
    assert_int_equal(burin_clock_next(b->clock), UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(filter_lets_through_what_satisfies), TEST(a_filter_that_has_let_nothing_through_holds_none),
        TEST(scan_folds_and_a_failure_lasts_until_the_next_event), TEST(scan_of_text_keeps_its_own), TEST(operators_run_whether_they_are_read_or_not),
        TEST(merge_gives_what_changed_last_in_order), TEST(start_with_comes_first), TEST(sample_gives_the_value_at_a_trigger), TEST(take_and_skip_count),
        TEST(take_until_ends), TEST(catch_puts_a_value_where_the_source_fails), TEST(switch_reads_only_what_is_chosen), TEST(debounce_waits_for_quiet),
        TEST(throttle_lets_one_through_and_then_none_for_a_while), TEST(sample_every_goes_by_the_clock), TEST(an_operator_that_is_disposed_of_is_not_woken),
        TEST(a_scope_ends_its_operators), TEST(an_aggregate_follows_its_members_at_the_cost_of_what_changes), TEST(sums_go_over_to_floats_where_integers_end),
        TEST(what_no_node_can_hold_is_refused), TEST(none_at_all_is_nothing), TEST(no_time_puts_nothing_off), TEST(counts_and_periods_of_none_are_refused),
        TEST(operators_may_be_disposed_of_in_the_middle_of_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
