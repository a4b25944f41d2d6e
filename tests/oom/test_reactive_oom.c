/* Operators when memory runs out: every allocation fails once, and every later one with it. Nothing may leak or crash, and a graph that has
 * memory again works. */
#include "tests/support/budget.h"

#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool is_even(void *user, burin_value v) { return (void)user, v.as.i % 2 == 0; }
static burin_status make_inner(burin_graph *g, void *user, burin_value v, burin_node *out) { return (void)user, burin_graph_cell(g, v, out); }

/* Some of everything; the first failure ends it. */
static burin_status scenario(burin_graph *g, burin_sorted **sorted, burin_groups **groups, burin_clock **clock, burin_node *timed)
{
    burin_node   a, b, node, text, other;
    uint32_t     member;
    burin_status status = burin_graph_cell(g, burin_int(0), &a);
    if (!status)
        status = burin_graph_cell(g, burin_string_borrow("twenty-four bytes of text", 25), &text);
    if (!status)
        status = burin_graph_cell(g, burin_int(0), &b);
    if (!status)
        status = burin_op_zip(g, (burin_node[]){a, text}, 2, 10, &node);
    if (!status)
        status = burin_op_buffer(g, text, b, &node);
    if (!status)
        status = burin_op_buffer_count(g, node, 2, 1, &node);
    if (!status)
        status = burin_op_window_count(g, a, 3, 2, &other);
    if (!status && !(*clock = burin_clock_new(g, 0)))
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = burin_op_replay_time(*clock, text, 3, 5, timed);
    if (!status)
        status = burin_op_with_latest_from(g, a, &node, 1, &node);
    if (!status)
        status = burin_op_filter(g, a, is_even, NULL, &node);
    if (!status)
        status = burin_op_flat_map(g, node, make_inner, NULL, 2, &node);
    if (!status && !(*sorted = burin_sorted_new(g, 0, false, &node)))
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = burin_sorted_add(*sorted, text, &member);
    if (!status)
        status = burin_sorted_add(*sorted, a, &member);
    if (!status && !(*groups = burin_groups_new(g, BURIN_SUM, &node)))
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = burin_groups_add(*groups, text, a, &member);
    for (int k = 1; k < 9 && !status; k++)
        status = burin_graph_set(g, k % 3 ? a : b, burin_int(k));
    if (!status)
        status = burin_clock_advance(*clock, 9);
    return status ? status : burin_graph_set(g, text, burin_string_borrow("another text", 12));
}

static void operators_survive_the_want_of_memory(void **state)
{
    (void)state;
    burin_status status = BURIN_ERR_NOMEM;
    for (long allocations = 0; status; allocations++) {
        budget          memory    = {.left = allocations};
        burin_allocator allocator = budget_allocator(&memory);
        burin_graph    *g         = burin_graph_new(&allocator);
        burin_sorted   *sorted = NULL;
        burin_groups   *groups = NULL;
        burin_clock    *clock  = NULL;
        burin_node      timed  = {0, 0};
        status = g ? scenario(g, &sorted, &groups, &clock, &timed) : BURIN_ERR_NOMEM;
        if (status)
            assert_int_equal(status, BURIN_ERR_NOMEM);
        assert_true(allocations < 5000);
        memory.left = BUDGET_NONE;
        burin_node cell;
        if (g)
            assert_int_equal(burin_graph_cell(g, burin_int(1), &cell), BURIN_OK);
        burin_sorted_free(sorted);
        burin_groups_free(groups);
        burin_graph_dispose(g, timed);
        burin_clock_free(clock);
        burin_graph_free(g);
        assert_int_equal(memory.held, 0);
    }
}

typedef struct rows {
    char   text[400];
    size_t len;
} rows;

static burin_status note_row(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    rows       *r   = user;
    burin_value row = *burin_input(in, 0);
    (void)g, (void)out;
    for (size_t k = 0; k < burin_length(row); k++) { /* none before the first row */
        burin_text item = burin_text_of(burin_at(row, k));
        memcpy(r->text + r->len, item.data, item.len);
        r->len += item.len;
    }
    return BURIN_OK;
}

/* Both sources change once a step; in the second one memory runs out after some allocations. Taking in what the sources emit needs none
 * then: its texts fit where others have been. */
static void zip_row_by_row(rows *r, long allocations, bool *ran_out)
{
    static const char *const texts[][2] = {{"one ", "eins; "}, {"two ", "zwei; "}, {"three ", "drei; "}, {"four ", "vier; "}};
    budget          memory    = {.left = BUDGET_NONE};
    burin_allocator allocator = budget_allocator(&memory);
    burin_graph    *g         = burin_graph_new(&allocator);
    burin_node      sources[2], zipped, effect, spare;
    for (unsigned k = 0; k < 2; k++)
        assert_int_equal(burin_graph_cell(g, burin_string_borrow("", 0), &sources[k]), BURIN_OK);
    assert_int_equal(burin_op_zip(g, sources, 2, 10, &zipped), BURIN_OK);
    assert_int_equal(burin_op_buffer_count(g, zipped, 10, 10, &spare), BURIN_OK); /* it keeps the rows: each needs memory of its own */
    assert_int_equal(burin_graph_effect(g, note_row, r, BURIN_NODE_STATIC, &zipped, 1, &effect), BURIN_OK);
    for (unsigned k = 0; k < 4; k++) {
        assert_int_equal(burin_graph_cell(g, burin_string_borrow("spare", 5), &spare), BURIN_OK);
        burin_graph_dispose(g, spare);
    }
    for (unsigned step = 0; step < 4; step++) {
        burin_graph_begin(g);
        for (unsigned k = 0; k < 2; k++)
            assert_int_equal(burin_graph_set(g, sources[k], burin_string_borrow(texts[step][k], strlen(texts[step][k]))), BURIN_OK);
        memory.left = step == 1 ? allocations : BUDGET_NONE;
        burin_graph_commit(g);
        *ran_out |= memory.left == 0;
        memory.left = BUDGET_NONE;
    }
    burin_graph_set(g, sources[0], burin_string_borrow("end", 3)); /* a row that a failure has put off comes with the next event */
    burin_graph_free(g);
    assert_int_equal(memory.held, 0);
}

static void zip_loses_no_row_for_want_of_memory(void **state)
{
    static const char want[]  = "one eins; two zwei; three drei; four vier; ";
    bool              ran_out = true;
    (void)state;
    for (long allocations = 0; ran_out; allocations++) {
        rows r  = {.len = 0};
        ran_out = false;
        zip_row_by_row(&r, allocations, &ran_out);
        if (r.len != sizeof want - 1 || memcmp(r.text, want, r.len) != 0)
            fail_msg("after %ld allocations: %.*s", allocations, (int)r.len, r.text);
        assert_true(allocations < 100);
    }
}

/* A stream of one source, in the second step of which memory runs out. *event, *seen: did the source change then, and zip follow? */
static void zip_alone(rows *r, long allocations, bool *ran_out, bool *event, bool *seen)
{
    static const char *const texts[] = {"one ", "a text that is too long for the place of another; ", "one ", "end"};
    budget          memory    = {.left = BUDGET_NONE};
    burin_allocator allocator = budget_allocator(&memory);
    burin_graph    *g         = burin_graph_new(&allocator);
    burin_node      source, zipped, effect;
    burin_value     v;
    assert_int_equal(burin_graph_cell(g, burin_string_borrow("", 0), &source), BURIN_OK);
    assert_int_equal(burin_op_zip(g, &source, 1, 10, &zipped), BURIN_OK);
    assert_int_equal(burin_graph_effect(g, note_row, r, BURIN_NODE_STATIC, &zipped, 1, &effect), BURIN_OK);
    for (unsigned step = 0; step < 4; step++) {
        memory.left         = step == 1 ? allocations : BUDGET_NONE;
        burin_status status = burin_graph_set(g, source, burin_string_borrow(texts[step], strlen(texts[step])));
        *ran_out |= memory.left == 0;
        memory.left = BUDGET_NONE;
        if (step == 1) {
            *event = !status;
            *seen  = !burin_graph_get(g, zipped, &v);
        }
    }
    burin_graph_free(g);
    assert_int_equal(memory.held, 0);
}

/* What cannot be kept is lost, and said to be; what comes then is an event, also if it is what came before. */
static void zip_sees_what_comes_after_a_loss(void **state)
{
    static const char whole[] = "one a text that is too long for the place of another; one end";
    bool              ran_out = true;
    (void)state;
    for (long allocations = 0; ran_out; allocations++) {
        rows r     = {.len = 0};
        bool event = false, seen = false;
        ran_out    = false;
        zip_alone(&r, allocations, &ran_out, &event, &seen);
        const char *want = !event ? "one end" : seen ? whole : "one one end";
        bool        late = event && !seen && r.len == sizeof whole - 1 - strlen("end") && memcmp(r.text, whole, r.len) == 0;
        if (!late && (r.len != strlen(want) || memcmp(r.text, want, r.len) != 0)) /* late: it was kept, and comes with the next event */
            fail_msg("after %ld allocations: %.*s, not %s", allocations, (int)r.len, r.text, want);
        assert_true(allocations < 100);
    }
}

enum { INTERVALS = 40 };

/* Who could not be woken is woken when the clock is moved again. */
static void a_clock_goes_on_after_the_want_of_memory(void **state)
{
    burin_status status = BURIN_ERR_NOMEM;
    (void)state;
    for (long allocations = 0; status; allocations++) {
        budget          memory    = {.left = BUDGET_NONE};
        burin_allocator allocator = budget_allocator(&memory);
        burin_graph    *g         = burin_graph_new(&allocator);
        burin_clock    *clock     = burin_clock_new(g, 0);
        burin_node      ticks[INTERVALS];
        for (unsigned k = 0; k < INTERVALS; k++)
            assert_int_equal(burin_op_interval(clock, 10, &ticks[k]), BURIN_OK);
        memory.left = allocations;
        status      = burin_clock_advance(clock, 10);
        memory.left = BUDGET_NONE;
        if (status) {
            assert_int_equal(status, BURIN_ERR_NOMEM);
            assert_int_equal(burin_clock_advance(clock, 10), BURIN_OK);
        }
        assert_int_equal(burin_clock_advance(clock, 20), BURIN_OK);
        for (unsigned k = 0; k < INTERVALS; k++) {
            burin_value v;
            assert_int_equal(burin_graph_get(g, ticks[k], &v), BURIN_OK);
            assert_int_equal(v.as.i, 1);
            assert_int_equal(burin_graph_dispose(g, ticks[k]), BURIN_OK);
        }
        burin_clock_free(clock);
        burin_graph_free(g);
        assert_int_equal(memory.held, 0);
        assert_true(allocations < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operators_survive_the_want_of_memory), cmocka_unit_test(zip_loses_no_row_for_want_of_memory),
                                       cmocka_unit_test(zip_sees_what_comes_after_a_loss), cmocka_unit_test(a_clock_goes_on_after_the_want_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
