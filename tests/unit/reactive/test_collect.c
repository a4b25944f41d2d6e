/* Operators that emit lists or make nodes, and members in order and by key. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct bench {
    burin_graph *g;
    burin_node   a, b;
    int          calls;
} bench;

static int open_bench(void **state)
{
    static bench b;
    b = (bench){.g = burin_graph_new(NULL)};
    burin_graph_cell(b.g, burin_int(0), &b.a);
    burin_graph_cell(b.g, burin_int(0), &b.b);
    *state = &b;
    return 0;
}
static int close_bench(void **state)
{
    burin_graph_free(((bench *)*state)->g);
    return 0;
}

static void assert_shows(bench *b, burin_node node, const char *want)
{
    burin_value  v;
    size_t       len;
    burin_status status = burin_graph_get(b->g, node, &v);
    char        *text   = status ? NULL : burin_repr(v, &len);
    assert_string_equal(status ? burin_status_class(status) : text, want);
    free(text);
}
static void set(bench *b, burin_node cell, int64_t v) { assert_int_equal(burin_graph_set(b->g, cell, burin_int(v)), BURIN_OK); }
static uint64_t nodes_of(const bench *b)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(b->g, &c);
    return c.nodes;
}

static void lists_hold_copies_of_texts(void **state)
{
    bench     *b = *state;
    burin_node last;
    char       text[] = "one";
    burin_graph_set(b->g, b->a, burin_string_borrow(text, 3));
    assert_int_equal(burin_op_replay(b->g, b->a, 2, &last), BURIN_OK);
    memcpy(text, "two", 3);
    burin_graph_set(b->g, b->a, burin_markup_borrow(text, 3));
    memset(text, 'x', 3);
    assert_shows(b, last, "['one', Markup('two')]");
}

static void values_are_forgotten_when_they_are_too_old(void **state)
{
    bench       *b     = *state;
    burin_clock *clock = burin_clock_new(b->g, 100);
    burin_node   all, two;
    assert_int_equal(burin_op_replay_time(clock, b->a, 0, 10, &all), BURIN_OK);
    assert_int_equal(burin_op_replay_time(clock, b->a, 2, 10, &two), BURIN_OK);
    burin_clock_advance(clock, 105);
    set(b, b->a, 1), set(b, b->a, 2);
    assert_shows(b, all, "[0, 1, 2]");
    assert_shows(b, two, "[1, 2]");
    assert_int_equal(burin_clock_next(clock), 111);
    burin_clock_advance(clock, 110);
    assert_shows(b, all, "[0, 1, 2]"); /* as old as is allowed */
    burin_clock_advance(clock, 111);
    assert_shows(b, all, "[1, 2]");
    burin_clock_advance(clock, 1000);
    assert_shows(b, all, "[]");
    assert_shows(b, two, "[]");
    assert_int_equal(burin_clock_next(clock), UINT64_MAX);
    set(b, b->a, 3);
    assert_shows(b, two, "[3]");
    burin_clock_advance(clock, UINT64_MAX - 5);
    assert_shows(b, two, "[]");
    set(b, b->a, 4); /* never too old */
    assert_shows(b, two, "[4]");
    assert_int_equal(burin_clock_next(clock), UINT64_MAX);
    burin_graph_dispose(b->g, all), burin_graph_dispose(b->g, two);
    burin_clock_free(clock);
}

static void windows_may_begin_more_often_or_more_rarely_than_they_are_long(void **state)
{
    bench     *b = *state;
    burin_node often, rarely, wrong;
    assert_int_equal(burin_op_window_count(b->g, b->a, 3, 2, &often), BURIN_OK);
    assert_int_equal(burin_op_window_count(b->g, b->a, 2, 3, &rarely), BURIN_OK);
    assert_int_equal(burin_op_window_count(b->g, b->a, 2, 0, &wrong), BURIN_ERR_USAGE);
    static const char *const shown[][2] = {{"[0, 1]", "[0, 1]"}, {"[2]", "[0, 1]"}, {"[2, 3]", "[3]"}, {"[4]", "[3, 4]"}, {"[4, 5]", "[3, 4]"}};
    for (int k = 0; k < 5; k++) {
        set(b, b->a, k + 1);
        assert_shows(b, often, shown[k][0]);
        assert_shows(b, rarely, shown[k][1]);
    }
}

static void zip_says_when_too_much_waits_and_goes_on(void **state)
{
    bench     *b = *state;
    burin_node rows;
    assert_int_equal(burin_op_zip(b->g, (burin_node[]){b->a, b->b}, 2, 2, &rows), BURIN_OK);
    assert_shows(b, rows, "[0, 0]");
    set(b, b->a, 1), set(b, b->a, 2);
    assert_shows(b, rows, "[0, 0]");
    set(b, b->a, 3); /* the third that waits */
    assert_shows(b, rows, "LimitError");
    set(b, b->b, 5);
    assert_shows(b, rows, "[1, 5]");
    set(b, b->b, 6);
    assert_shows(b, rows, "[2, 6]");
    assert_int_equal(burin_op_zip(b->g, NULL, 0, 2, &rows), BURIN_ERR_USAGE);
}

static void zip_takes_in_all_sources_of_a_batch(void **state)
{
    bench     *b = *state;
    burin_node rows, three;
    burin_graph_cell(b->g, burin_int(0), &three);
    assert_int_equal(burin_op_zip(b->g, (burin_node[]){b->a, b->b, three}, 3, 2, &rows), BURIN_OK);
    set(b, b->a, 1), set(b, b->a, 2);
    burin_graph_begin(b->g); /* what comes with a row takes the place of what goes into it */
    set(b, b->a, 3), set(b, b->b, 1), set(b, three, 1);
    burin_graph_commit(b->g);
    assert_shows(b, rows, "[1, 1, 1]");
    burin_graph_begin(b->g); /* one too much; what the others have is not lost */
    set(b, b->a, 4), set(b, b->b, 2);
    burin_graph_commit(b->g);
    assert_shows(b, rows, "LimitError");
    set(b, b->b, 3);
    set(b, three, 2);
    assert_shows(b, rows, "[2, 2, 2]");
    set(b, three, 3);
    assert_shows(b, rows, "[3, 3, 3]");
}

static void a_list_lives_as_long_as_somebody_has_it(void **state)
{
    bench     *b = *state;
    burin_node twos, pairs, late;
    assert_int_equal(burin_op_buffer_count(b->g, b->a, 2, 1, &twos), BURIN_OK);
    assert_int_equal(burin_op_buffer_count(b->g, twos, 2, 2, &pairs), BURIN_OK); /* lists of lists, the first of which is none */
    set(b, b->a, 1), set(b, b->a, 2), set(b, b->a, 3);
    assert_shows(b, pairs, "[[1, 2], [2, 3]]");
    assert_int_equal(burin_op_sample(b->g, pairs, b->b, &late), BURIN_OK);
    set(b, b->b, 1);
    for (int k = 4; k < 100; k++)
        set(b, b->a, k);
    assert_shows(b, late, "[[1, 2], [2, 3]]");
    burin_graph_dispose(b->g, pairs);
    burin_graph_dispose(b->g, twos);
}

static burin_status times_ten(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)g, (void)user;
    *out = burin_int(burin_input(in, 0)->as.i * 10);
    return BURIN_OK;
}
static burin_status make_inner(burin_graph *g, void *user, burin_value v, burin_node *out)
{
    bench     *b = user;
    burin_node cell;
    b->calls++;
    if (v.as.i == 13)
        return burin_graph_fail(g, BURIN_ERR_VALUE, "unlucky");
    if (v.as.i == 14)
        return *out = b->b, BURIN_OK;
    burin_status status = burin_graph_cell(g, v, &cell);
    return status ? status : burin_graph_computed(g, times_ten, NULL, BURIN_NODE_STATIC, &cell, 1, out);
}

static void flat_map_makes_inner_nodes_and_lets_them_go(void **state)
{
    bench     *b = *state;
    burin_node out;
    assert_int_equal(burin_op_flat_map(b->g, b->a, make_inner, b, 2, &out), BURIN_OK);
    assert_shows(b, out, "0");
    set(b, b->a, 1);
    assert_shows(b, out, "10");
    uint64_t two = nodes_of(b);
    for (int k = 2; k < 12; k++)
        set(b, b->a, k);
    assert_shows(b, out, "110");
    assert_int_equal(nodes_of(b), two);
    set(b, b->a, 13); /* fails: it emits nothing */
    assert_shows(b, out, "110");
    set(b, b->a, 14);
    set(b, b->b, 7);
    assert_shows(b, out, "7");
    burin_graph_dispose(b->g, out);
    assert_int_equal(nodes_of(b), 2);
    set(b, b->a, 1), set(b, b->b, 1);
    assert_int_equal(b->calls, 14);
    assert_int_equal(burin_op_flat_map(b->g, b->a, make_inner, b, 0, &out), BURIN_ERR_USAGE);
}

typedef struct suicide {
    burin_node out;
} suicide;
static burin_status end_itself(burin_graph *g, void *user, burin_value v, burin_node *out)
{
    *out = (burin_node){0, 0};
    return v.as.i == 1 ? burin_graph_dispose(g, ((suicide *)user)->out) : BURIN_OK;
}
static void flat_map_may_be_disposed_of_by_its_own_function(void **state)
{
    bench  *b = *state;
    suicide s;
    assert_int_equal(burin_op_flat_map(b->g, b->a, end_itself, &s, 3, &s.out), BURIN_OK);
    set(b, b->a, 2);
    set(b, b->a, 1);
    set(b, b->a, 3);
    assert_int_equal(nodes_of(b), 2);
}

static burin_status make_flat_map(burin_graph *g, void *user, burin_value v, burin_node *out)
{
    (void)v;
    return burin_op_flat_map(g, ((bench *)user)->b, make_inner, user, 2, out);
}
static void a_scope_ends_flat_maps_inside_flat_maps(void **state)
{
    bench     *b = *state;
    burin_node scope, before, out;
    burin_graph_scope(b->g, &scope);
    burin_graph_enter(b->g, scope, &before);
    assert_int_equal(burin_op_flat_map(b->g, b->a, make_flat_map, b, 2, &out), BURIN_OK);
    burin_graph_leave(b->g, before);
    set(b, b->b, 4);
    assert_shows(b, out, "40");
    set(b, b->a, 1), set(b, b->a, 2), set(b, b->b, 5);
    assert_shows(b, out, "50");
    assert_int_equal(burin_graph_dispose(b->g, scope), BURIN_OK);
    assert_int_equal(nodes_of(b), 2);
}

static burin_status third_time(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    bench *b = user;
    *out     = *burin_input(in, 0);
    return ++b->calls % 3 ? burin_graph_fail(g, BURIN_ERR_VALUE, "not this time") : BURIN_OK;
}
static void retry_tries_so_often(void **state)
{
    bench     *b = *state;
    burin_node three, two;
    assert_int_equal(burin_op_retry(b->g, third_time, b, BURIN_NODE_STATIC, &b->a, 1, 3, &three), BURIN_OK);
    assert_shows(b, three, "0");
    assert_int_equal(b->calls, 3);
    assert_int_equal(burin_op_retry(b->g, third_time, b, BURIN_NODE_STATIC, &b->a, 1, 2, &two), BURIN_OK);
    assert_shows(b, two, "ValueError");
    assert_int_equal(b->calls, 5);
    assert_int_equal(burin_op_retry(b->g, third_time, b, BURIN_NODE_STATIC, &b->a, 1, 0, &two), BURIN_ERR_USAGE);
}

/* ---- members in order, and by key, against recomputing ---- */

enum { MEMBERS = 200, STEPS = 4000 };

typedef struct row {
    int64_t  value;
    uint32_t member;
    bool     is_in;
} row;

static int by_value(const void *a, const void *b)
{
    const row *x = *(row *const *)a, *y = *(row *const *)b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

static void assert_in_order(bench *b, burin_sorted *s, burin_node out, burin_node *cells, row *rows)
{
    row        *order[MEMBERS];
    size_t      count = 0;
    burin_value list;
    for (size_t k = 0; k < MEMBERS; k++)
        if (rows[k].is_in)
            order[count++] = &rows[k];
    qsort(order, count, sizeof *order, by_value);
    assert_int_equal(burin_sorted_count(s), count);
    assert_int_equal(burin_graph_get(b->g, out, &list), BURIN_OK);
    assert_int_equal(burin_length(list), count < 10 ? count : 10);
    for (size_t k = 0; k < burin_length(list); k++)
        assert_int_equal(burin_at(list, k).as.i, order[k]->value);
    burin_node node;
    size_t     rank = (size_t)rand() % MEMBERS;
    assert_int_equal(burin_sorted_at(s, rank, &node), rank < count ? BURIN_OK : BURIN_ERR_INDEX);
    assert_int_equal(node.index, rank < count ? cells[order[rank] - rows].index : 0);
}

static void members_are_in_order_whatever_comes_and_goes(void **state)
{
    bench        *b = *state;
    burin_node    cells[MEMBERS], out;
    row           rows[MEMBERS] = {{0}};
    burin_sorted *s = burin_sorted_new(b->g, 10, false, &out);
    srand(1);
    for (size_t k = 0; k < MEMBERS; k++)
        burin_graph_cell(b->g, burin_int(0), &cells[k]);
    for (int step = 0; step < STEPS; step++) {
        row *r = &rows[rand() % MEMBERS];
        if (rand() % 3 == 0) {
            assert_int_equal(r->is_in ? burin_sorted_remove(s, r->member) : burin_sorted_add(s, cells[r - rows], &r->member), BURIN_OK);
            r->is_in = !r->is_in;
        } else {
            r->value = rand() % 50;
            set(b, cells[r - rows], r->value);
        }
        assert_in_order(b, s, out, cells, rows);
    }
    assert_int_equal(burin_sorted_remove(s, MEMBERS), BURIN_ERR_USAGE);
    burin_sorted_free(s);
}

static void texts_come_after_numbers_and_the_rest_is_left_out(void **state)
{
    bench        *b = *state;
    burin_node    out, cell;
    uint32_t      member;
    burin_value   values[] = {burin_string_borrow("b", 1), burin_float(2.5), burin_none(), burin_string_borrow("", 0), burin_float(0.0 / 0.0), burin_int(3), burin_bool(true)};
    burin_sorted *s        = burin_sorted_new(b->g, 0, true, &out);
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        burin_graph_cell(b->g, values[k], &cell);
        assert_int_equal(burin_sorted_add(s, cell, &member), BURIN_OK);
    }
    assert_shows(b, out, "['b', '', nan, 3, 2.5, 1]");
    burin_sorted_free(s);
}

/* 2 ** 53 + 1 is no float. */
static void ints_and_floats_are_compared_exactly(void **state)
{
    bench           *b = *state;
    burin_node       ordered, most, cell;
    uint32_t         member;
    burin_value      values[] = {burin_int((INT64_C(1) << 53) + 1), burin_float(0x1p53), burin_int(INT64_C(1) << 53), burin_float(1.0 / 0.0), burin_float(-1.0 / 0.0)};
    burin_sorted    *s        = burin_sorted_new(b->g, 0, false, &ordered);
    burin_aggregate *max      = burin_aggregate_new(b->g, BURIN_MAX, &most);
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        burin_graph_cell(b->g, values[k], &cell);
        assert_int_equal(burin_sorted_add(s, cell, &member), BURIN_OK);
        if (k < 3)
            assert_int_equal(burin_aggregate_add(max, cell, &member), BURIN_OK);
    }
    assert_shows(b, ordered, "[-inf, 9007199254740992.0, 9007199254740992, 9007199254740993, inf]");
    assert_shows(b, most, "9007199254740993");
    burin_sorted_free(s);
    burin_aggregate_free(max);
}

static void no_scope_ends_a_member_or_a_group(void **state)
{
    bench           *b = *state;
    burin_node       scope, before, keys, sum, total, inner;
    uint32_t         member, first, second;
    burin_groups    *s = burin_groups_new(b->g, BURIN_SUM, &keys);
    burin_aggregate *a = burin_aggregate_new(b->g, BURIN_SUM, &total);
    assert_int_equal(burin_groups_add(s, b->a, b->b, &member), BURIN_OK);
    assert_int_equal(burin_graph_scope(b->g, &scope), BURIN_OK);
    assert_int_equal(burin_graph_enter(b->g, scope, &before), BURIN_OK);
    set(b, b->a, 7); /* a group is made, and a member goes there, while the scope is open */
    assert_int_equal(burin_aggregate_add(a, b->b, &first), BURIN_OK);
    assert_int_equal(burin_graph_cell(b->g, burin_int(1000), &inner), BURIN_OK);
    assert_int_equal(burin_aggregate_add(a, inner, &second), BURIN_OK);
    assert_int_equal(burin_graph_leave(b->g, before), BURIN_OK);
    assert_shows(b, total, "1000");
    assert_int_equal(burin_graph_dispose(b->g, scope), BURIN_OK);
    assert_shows(b, total, "0"); /* of what the scope owned nothing is left */
    set(b, b->b, 5);
    assert_shows(b, total, "5");
    assert_int_equal(burin_groups_get(s, burin_int(7), &sum), BURIN_OK);
    assert_shows(b, sum, "5");
    assert_int_equal(burin_aggregate_remove(a, first), BURIN_OK);
    assert_int_equal(burin_aggregate_remove(a, second), BURIN_OK);
    assert_shows(b, total, "0");
    burin_aggregate_free(a);
    burin_groups_free(s);
}

static void an_empty_container_does_not_count(void **state)
{
    bench           *b = *state;
    burin_node       list, count;
    uint32_t         member;
    burin_heap      *heap = burin_heap_new(NULL);
    burin_value      full = burin_list(heap, 1);
    burin_aggregate *a    = burin_aggregate_new(b->g, BURIN_COUNT, &count);
    burin_list_append(heap, full, burin_none());
    assert_int_equal(burin_graph_cell(b->g, burin_list(heap, 0), &list), BURIN_OK);
    assert_int_equal(burin_aggregate_add(a, list, &member), BURIN_OK);
    assert_shows(b, count, "0");
    assert_int_equal(burin_graph_set(b->g, list, full), BURIN_OK);
    assert_shows(b, count, "1");
    burin_aggregate_free(a);
    burin_graph_dispose(b->g, list);
    burin_heap_free(heap);
}

static void members_are_summed_by_key_whatever_comes_and_goes(void **state)
{
    bench        *b = *state;
    burin_node    keys[MEMBERS], values[MEMBERS], list, sums[6];
    row           rows[MEMBERS] = {{0}};
    int64_t       key_of[MEMBERS] = {0};
    burin_groups *s = burin_groups_new(b->g, BURIN_SUM, &list);
    srand(2);
    for (size_t k = 0; k < MEMBERS; k++) {
        burin_graph_cell(b->g, burin_int(0), &keys[k]);
        burin_graph_cell(b->g, burin_int(0), &values[k]);
    }
    for (int k = 0; k < 6; k++)
        assert_int_equal(burin_groups_get(s, burin_int(k), &sums[k]), BURIN_OK);
    for (int step = 0; step < STEPS; step++) {
        row *r = &rows[rand() % MEMBERS];
        switch (rand() % 3) {
        case 0:
            assert_int_equal(r->is_in ? burin_groups_remove(s, r->member) : burin_groups_add(s, keys[r - rows], values[r - rows], &r->member), BURIN_OK);
            r->is_in = !r->is_in;
            break;
        case 1: set(b, keys[r - rows], key_of[r - rows] = rand() % 6); break;
        default: set(b, values[r - rows], r->value = rand() % 50); break;
        }
        int64_t     want[6] = {0};
        size_t      members[6] = {0}, alive = 0;
        burin_value sum, shown;
        for (size_t k = 0; k < MEMBERS; k++)
            if (rows[k].is_in)
                want[key_of[k]] += rows[k].value, members[key_of[k]]++;
        for (int k = 0; k < 6; k++) {
            assert_int_equal(burin_graph_get(b->g, sums[k], &sum), BURIN_OK);
            assert_int_equal(sum.as.i, want[k]);
            alive += members[k] != 0;
        }
        assert_int_equal(burin_graph_get(b->g, list, &shown), BURIN_OK);
        assert_int_equal(burin_length(shown), alive);
    }
    burin_groups_free(s);
}

static void keys_are_told_apart_by_kind(void **state)
{
    bench        *b = *state;
    burin_node    list, one, other, key;
    uint32_t      member;
    burin_groups *s = burin_groups_new(b->g, BURIN_COUNT, &list);
    assert_int_equal(burin_groups_get(s, burin_int(1), &one), BURIN_OK);
    assert_int_equal(burin_groups_get(s, burin_float(1), &other), BURIN_OK);
    assert_int_not_equal(one.index, other.index);
    assert_int_equal(burin_groups_get(s, burin_string_borrow("1", 1), &other), BURIN_OK);
    burin_graph_cell(b->g, burin_string_borrow("1", 1), &key);
    burin_graph_set(b->g, b->b, burin_int(5));
    assert_int_equal(burin_groups_add(s, key, b->b, &member), BURIN_OK);
    assert_shows(b, other, "1");
    assert_shows(b, one, "0");
    assert_shows(b, list, "['1']");
    burin_groups_free(s);
}

static uint64_t evaluations_of(const bench *b)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(b->g, &c);
    return c.evaluations;
}

/* Sums, orders and groups of so many members: the computations that one change runs. */
static uint64_t one_change(bench *b, uint32_t count)
{
    burin_node       total, ordered, keys, key, cell = {0, 0};
    uint32_t         member;
    burin_aggregate *a = burin_aggregate_new(b->g, BURIN_SUM, &total);
    burin_sorted    *s = burin_sorted_new(b->g, 3, false, &ordered);
    burin_groups    *g = burin_groups_new(b->g, BURIN_MAX, &keys);
    burin_graph_begin(b->g);
    for (uint32_t k = 0; k < count; k++) {
        burin_graph_cell(b->g, burin_int(k + 1), &cell);
        burin_graph_cell(b->g, burin_int(k % 10), &key);
        assert_int_equal(burin_aggregate_add(a, cell, &member), BURIN_OK);
        assert_int_equal(burin_sorted_add(s, cell, &member), BURIN_OK);
        assert_int_equal(burin_groups_add(g, key, cell, &member), BURIN_OK);
    }
    assert_int_equal(burin_graph_commit(b->g), BURIN_OK);
    uint64_t before = evaluations_of(b), ran;
    set(b, cell, 0); /* the last becomes the least */
    ran = evaluations_of(b) - before;
    assert_shows(b, ordered, "[0, 1, 2]");
    burin_value v;
    assert_int_equal(burin_graph_get(b->g, total, &v), BURIN_OK);
    assert_int_equal(v.as.i, (int64_t)count * (count - 1) / 2);
    burin_groups_free(g);
    burin_sorted_free(s);
    burin_aggregate_free(a);
    return ran;
}

static void what_a_change_runs_does_not_depend_on_how_many_members_there_are(void **state)
{
    uint64_t few = one_change(*state, 1000);
    assert_in_range(few, 3, 10);
    assert_int_equal(one_change(*state, 10 * 1000), few);
    assert_int_equal(one_change(*state, 100 * 1000), few);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_hold_copies_of_texts), TEST(values_are_forgotten_when_they_are_too_old),
        TEST(windows_may_begin_more_often_or_more_rarely_than_they_are_long), TEST(zip_says_when_too_much_waits_and_goes_on),
        TEST(zip_takes_in_all_sources_of_a_batch), TEST(no_scope_ends_a_member_or_a_group), TEST(an_empty_container_does_not_count),
        TEST(a_list_lives_as_long_as_somebody_has_it),
        TEST(flat_map_makes_inner_nodes_and_lets_them_go), TEST(flat_map_may_be_disposed_of_by_its_own_function), TEST(a_scope_ends_flat_maps_inside_flat_maps),
        TEST(retry_tries_so_often), TEST(members_are_in_order_whatever_comes_and_goes), TEST(texts_come_after_numbers_and_the_rest_is_left_out),
        TEST(ints_and_floats_are_compared_exactly), TEST(what_a_change_runs_does_not_depend_on_how_many_members_there_are),
        TEST(members_are_summed_by_key_whatever_comes_and_goes), TEST(keys_are_told_apart_by_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
