/* Graphs: what is promised of each call. */
#include "burin/reactive.h"
#include "burin/watch.h"
#include "runtime/reactive/graph.h"

#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

typedef struct seen {
    burin_graph *g;
    burin_node   a, b, c, other;
    int          runs;
    burin_value  last;
    char         text[64];
} seen;

#define COMPUTE(name) static burin_status name(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)

COMPUTE(add)
{
    (void)g, (void)user;
    *out = burin_int(burin_input(in, 0)->as.i + burin_input(in, 1)->as.i);
    return BURIN_OK;
}
COMPUTE(note)
{
    seen *s = user;
    (void)g, (void)out;
    s->runs++;
    s->last = *burin_input(in, 0);
    return BURIN_OK;
}
COMPUTE(note_dynamic)
{
    seen *s = user;
    (void)in, (void)out;
    s->runs++;
    return burin_graph_get(g, s->a, &s->last);
}
/* a if c, else b */
COMPUTE(choose)
{
    seen        *s = user;
    burin_value  v;
    burin_status status = burin_graph_get(g, s->c, &v);
    (void)in;
    s->runs++;
    return status ? status : burin_graph_get(g, v.as.i ? s->a : s->b, out);
}
COMPUTE(greet)
{
    seen *s = user;
    (void)g;
    int len = snprintf(s->text, sizeof s->text, "hello %.*s", (int)burin_input(in, 0)->len, burin_input(in, 0)->as.s);
    *out    = burin_string_borrow(s->text, (size_t)len);
    return BURIN_OK;
}
COMPUTE(refuse_odd)
{
    (void)user;
    *out = *burin_input(in, 0);
    return out->as.i & 1 ? burin_graph_fail(g, BURIN_ERR_VALUE, "%d is odd", (int)out->as.i) : BURIN_OK;
}

static burin_node cell(burin_graph *g, int64_t n)
{
    burin_node node;
    assert_int_equal(burin_graph_cell(g, burin_int(n), &node), BURIN_OK);
    return node;
}
static burin_node computed(burin_graph *g, burin_compute fn, void *user, burin_node a, burin_node b)
{
    burin_node inputs[] = {a, b}, node;
    assert_int_equal(burin_graph_computed(g, fn, user, BURIN_NODE_STATIC, inputs, b.index ? 2 : 1, &node), BURIN_OK);
    return node;
}
static burin_node dynamic(burin_graph *g, burin_compute fn, void *user)
{
    burin_node node;
    assert_int_equal(burin_graph_computed(g, fn, user, BURIN_NODE_DYNAMIC, NULL, 0, &node), BURIN_OK);
    return node;
}
static burin_node effect(burin_graph *g, burin_compute fn, void *user, burin_node on)
{
    burin_node node;
    assert_int_equal(burin_graph_effect(g, fn, user, BURIN_NODE_STATIC, &on, 1, &node), BURIN_OK);
    return node;
}
static int64_t get(burin_graph *g, burin_node node)
{
    burin_value v;
    assert_int_equal(burin_graph_get(g, node, &v), BURIN_OK);
    return v.as.i;
}
static const burin_node none = {0, 0};

static void nodes_follow_and_effects_run_once_a_batch(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {0};
    burin_node   a = cell(g, 1), b = cell(g, 2), sum = computed(g, add, NULL, a, b);
    (void)unused;
    effect(g, note, &s, sum);
    assert_int_equal(s.runs, 1);
    burin_graph_begin(g);
    burin_graph_set(g, a, burin_int(10));
    burin_graph_begin(g);
    burin_graph_set(g, b, burin_int(20));
    assert_int_equal(burin_graph_commit(g), BURIN_OK);
    assert_int_equal(s.runs, 1); /* the outer batch is open */
    assert_int_equal(get(g, sum), 30);
    assert_int_equal(burin_graph_commit(g), BURIN_OK);
    assert_int_equal(s.runs, 2);
    assert_int_equal(s.last.as.i, 30);
    burin_graph_begin(g);
    burin_graph_set(g, a, burin_int(11));
    burin_graph_set(g, a, burin_int(10)); /* as it was */
    burin_graph_commit(g);
    assert_int_equal(s.runs, 2);
    burin_graph_free(g);
}

static void what_nobody_needs_is_computed_when_read(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {.g = g};
    (void)unused;
    s.a = cell(g, 1), s.b = cell(g, 2), s.c = cell(g, 1);
    burin_node chosen = dynamic(g, choose, &s);
    assert_int_equal(s.runs, 0);
    assert_int_equal(get(g, chosen), 1);
    burin_graph_set(g, s.b, burin_int(3)); /* not read */
    assert_int_equal(get(g, chosen), 1);
    assert_int_equal(s.runs, 1);
    burin_graph_set(g, s.c, burin_int(0));
    assert_int_equal(s.runs, 1);
    assert_int_equal(get(g, chosen), 3);
    burin_graph_set(g, s.a, burin_int(9)); /* no longer read */
    assert_int_equal(get(g, chosen), 3);
    assert_int_equal(s.runs, 2);
    burin_graph_free(g);
}

static void text_is_copied_and_compared(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {0}, e = {0};
    burin_node   name;
    char         buffer[8] = "Ada";
    (void)unused;
    burin_graph_cell(g, burin_string_borrow(buffer, 3), &name);
    burin_node greeting = computed(g, greet, &s, name, none);
    effect(g, note, &e, greeting);
    strcpy(buffer, "Tim");
    burin_graph_set(g, name, burin_string_borrow("Ada", 3));
    assert_int_equal(e.runs, 1);
    burin_graph_set(g, name, burin_string_borrow(buffer, 3));
    assert_int_equal(e.runs, 2);
    burin_value v;
    assert_int_equal(burin_graph_get(g, greeting, &v), BURIN_OK);
    assert_int_equal(v.len, 9);
    assert_memory_equal(v.as.s, "hello Tim", 9);
    burin_graph_free(g);
}

COMPUTE(garble)
{
    (void)g, (void)user;
    *out = burin_string_borrow(burin_input(in, 0)->as.i ? "\xff" : "ok", burin_input(in, 0)->as.i ? 1 : 2);
    return BURIN_OK;
}

static void text_that_is_not_utf8_is_refused(void **unused)
{
    burin_graph *g     = burin_graph_new(NULL);
    burin_value  wrong = burin_string_borrow("a\xc3(", 3), v;
    burin_node   cell, refused, number, computed;
    (void)unused;
    assert_int_equal(burin_graph_cell(g, wrong, &refused), BURIN_ERR_UNICODE);
    assert_string_equal(burin_graph_message(g), "text that is not UTF-8: byte 0xc3 at 1");
    assert_int_equal(refused.index, 0);
    burin_graph_cell(g, burin_string_borrow("fine", 4), &cell);
    assert_int_equal(burin_graph_set(g, cell, wrong), BURIN_ERR_UNICODE);
    assert_int_equal(burin_graph_name(g, cell, burin_text_of(wrong)), BURIN_ERR_UNICODE);
    assert_int_equal(burin_graph_post(g, &(burin_write){cell, wrong}, 1), BURIN_ERR_UNICODE);
    uint64_t taken = 7;
    assert_int_equal(burin_graph_take_posts(g, &taken), BURIN_OK);
    assert_int_equal(taken, 0);
    burin_graph_get(g, cell, &v);
    assert_true(v.len == 4 && memcmp(v.as.s, "fine", 4) == 0);
    burin_graph_cell(g, burin_int(1), &number);
    burin_graph_computed(g, garble, NULL, BURIN_NODE_STATIC, &number, 1, &computed);
    for (int turn = 1; turn >= -1; turn--) { /* as its first value; not; and in place of another */
        burin_graph_set(g, number, burin_int(turn));
        assert_int_equal(burin_graph_get(g, computed, &v), turn ? BURIN_ERR_UNICODE : BURIN_OK);
    }
    burin_graph_free(g);
}

static void values_are_the_same_by_kind_and_bits(void **unused)
{
    static const struct { burin_value from, to; bool runs; } rows[] = {
        {{BURIN_INT, 0, 0, 0, {1}}, {BURIN_FLOAT, 0, 0, 0, {.f = 1.0}}, true},
        {{BURIN_INT, 0, 0, 0, {1}}, {BURIN_BOOL, 0, 0, 0, {1}}, true},
        {{BURIN_FLOAT, 0, 0, 0, {.f = __builtin_nan("")}}, {BURIN_FLOAT, 0, 0, 0, {.f = __builtin_nan("")}}, false},
        {{BURIN_FLOAT, 0, 0, 0, {.f = 0.0}}, {BURIN_FLOAT, 0, 0, 0, {.f = -0.0}}, true},
        {{BURIN_STRING, 0, 0, 1, {.s = "x"}}, {BURIN_BYTES, 0, 0, 1, {.s = "x"}}, true},
        {{BURIN_STRING, 0, 0, 1, {.s = "x"}}, {BURIN_STRING, BURIN_SAFE, 0, 1, {.s = "x"}}, true},
        {{BURIN_STRING, 0, 0, 1, {.s = "x"}}, {BURIN_STRING, BURIN_ASCII, 0, 1, {.s = "x"}}, false},
        {{BURIN_NONE, 0, 0, 0, {0}}, {BURIN_NONE, 0, 0, 0, {0}}, false},
    };
    (void)unused;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_graph *g = burin_graph_new(NULL);
        seen         s = {0};
        burin_node   node;
        burin_graph_cell(g, rows[n].from, &node);
        effect(g, note, &s, node);
        burin_graph_set(g, node, rows[n].to);
        assert_int_equal(s.runs, rows[n].runs ? 2 : 1);
        burin_graph_free(g);
    }
}

static void failures_are_values_of_their_nodes(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {0};
    burin_value  v;
    burin_node   a = cell(g, 2), even = computed(g, refuse_odd, NULL, a, none), sum = computed(g, add, NULL, even, a), e = effect(g, note, &s, sum);
    (void)unused;
    assert_int_equal(get(g, sum), 4);
    assert_int_equal(burin_graph_set(g, a, burin_int(3)), BURIN_OK);
    assert_int_equal(burin_graph_get(g, sum, &v), BURIN_ERR_VALUE);
    assert_string_equal(burin_graph_message(g), "3 is odd");
    assert_int_equal(v.kind, BURIN_MISSING);
    assert_int_equal(burin_graph_get(g, e, &v), BURIN_ERR_VALUE);
    assert_int_equal(s.runs, 1);
    burin_graph_set(g, a, burin_int(4));
    assert_int_equal(get(g, sum), 8);
    assert_int_equal(s.runs, 2);
    burin_graph_free(g);
}

COMPUTE(read_other)
{
    seen *s = user;
    (void)in;
    return burin_graph_get(g, s->other, out);
}
static void a_cycle_is_refused_with_its_path(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         x = {.g = g}, y = {.g = g}, z = {.g = g};
    burin_value  v;
    (void)unused;
    burin_node a = dynamic(g, read_other, &x), b = dynamic(g, read_other, &y), c = dynamic(g, read_other, &z);
    x.other = b, y.other = c, z.other = a;
    burin_graph_name(g, a, BURIN_TEXT("alpha"));
    burin_graph_name(g, b, BURIN_TEXT("beta"));
    burin_graph_name(g, c, BURIN_TEXT("gamma"));
    assert_int_equal(burin_graph_get(g, a, &v), BURIN_ERR_RECURSION);
    assert_string_equal(burin_graph_message(g), "a cycle: alpha is read by gamma is read by beta, which it reads itself");
    x.other = a;
    burin_graph_free(g);
}

/* Each runs one more node of a chain. */
typedef struct chain {
    burin_node *nodes;
    uint32_t    at;
} chain;
COMPUTE(read_previous)
{
    chain       *c = user;
    burin_status status = burin_graph_get(g, c->nodes[c->at - 1], out);
    (void)in;
    out->as.i++;
    return status;
}
static void depth_does_not_use_the_stack(void **unused)
{
    enum { DEEP = 300000 };
    (void)unused;
    for (int is_static = 0; is_static < 2; is_static++) {
        burin_graph *g     = burin_graph_new(NULL);
        burin_node  *nodes = calloc(DEEP + 1, sizeof *nodes);
        chain       *links = calloc(DEEP + 1, sizeof *links);
        seen         s     = {0};
        nodes[0] = cell(g, 0);
        for (uint32_t n = 1; n <= DEEP; n++) {
            links[n] = (chain){nodes, n};
            nodes[n] = is_static ? computed(g, add, NULL, nodes[n - 1], nodes[0]) : dynamic(g, read_previous, &links[n]);
        }
        assert_int_equal(get(g, nodes[DEEP]), is_static ? 0 : DEEP);
        burin_graph_set(g, nodes[0], burin_int(1));
        assert_int_equal(get(g, nodes[DEEP]), DEEP + 1);
        effect(g, note, &s, nodes[DEEP]);
        burin_graph_set(g, nodes[0], burin_int(2));
        assert_int_equal(s.last.as.i, is_static ? 2 * (DEEP + 1) : DEEP + 2);
        clock_t begin = clock();
        burin_graph_dispose(g, nodes[DEEP / 2]); /* a failure goes up as a value does, at the same cost a node */
        burin_value v;
        assert_int_equal(burin_graph_get(g, nodes[DEEP], &v), BURIN_ERR_USAGE);
        assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 3);
        burin_graph_free(g);
        free(nodes);
        free(links);
    }
}

/* Something in a pass begins to read a deep chain of dynamic nodes that have never run, while nodes of all heights are queued: each time it runs,
 * what it reads is found to be higher. */
static void a_deep_chain_that_is_found_late_costs_what_it_is_long(void **unused)
{
    enum { DEEP = 20000 };
    burin_graph *g     = burin_graph_new(NULL);
    burin_node  *nodes = calloc(DEEP + 1, sizeof *nodes), last;
    chain       *links = calloc(DEEP + 1, sizeof *links);
    seen         s     = {.g = g}, other = {0};
    (void)unused;
    nodes[0] = cell(g, 0);
    for (uint32_t n = 1; n <= DEEP; n++) {
        links[n] = (chain){nodes, n};
        nodes[n] = dynamic(g, read_previous, &links[n]);
    }
    s.c  = cell(g, 0);
    s.a  = nodes[DEEP];
    s.b  = cell(g, 0);
    last = s.c;
    for (uint32_t n = 1; n <= DEEP; n++)
        last = computed(g, add, NULL, last, s.c);
    effect(g, note, &other, last);
    effect(g, note, &other, dynamic(g, choose, &s));
    burin_graph_counters before = {.struct_size = sizeof before}, after = before;
    burin_graph_count(g, &before);
    assert_int_equal(burin_graph_set(g, s.c, burin_int(1)), BURIN_OK);
    burin_graph_count(g, &after);
    assert_int_equal(other.last.as.i, DEEP);
    assert_in_range(after.evaluations - before.evaluations, 2 * DEEP, 60 * DEEP);
    burin_graph_free(g);
    free(nodes);
    free(links);
}

/* Runs are numbered, and what a run has read has its number: none is taken for another when the numbers begin anew. */
static void runs_may_be_more_than_can_be_numbered(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {.g = g}, other = {0};
    (void)unused;
    s.c = cell(g, 1);
    s.a = cell(g, 10);
    s.b = cell(g, 20);
    burin_node chosen = dynamic(g, choose, &s);
    effect(g, note, &other, chosen);
    g->runs = UINT32_MAX - 1;
    burin_graph_set(g, s.a, burin_int(11));
    burin_graph_set(g, s.c, burin_int(0)); /* b, which no run has read yet */
    assert_int_equal(other.last.as.i, 20);
    burin_graph_set(g, s.b, burin_int(21));
    assert_int_equal(other.last.as.i, 21);
    burin_graph_free(g);
}

COMPUTE(count_up)
{
    seen        *s = user;
    burin_value  v;
    burin_status status = burin_graph_get(g, s->a, &v);
    (void)in, (void)out;
    s->runs++;
    return status || v.as.i >= s->last.as.i ? status : burin_graph_set(g, s->a, burin_int(v.as.i + 1));
}
static void what_effects_set_is_the_next_batch_and_comes_to_rest(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {.last = burin_int(5)};
    burin_node   e;
    (void)unused;
    s.a = cell(g, 0);
    assert_int_equal(burin_graph_effect(g, count_up, &s, BURIN_NODE_DYNAMIC, NULL, 0, &e), BURIN_OK);
    assert_int_equal(get(g, s.a), 5);
    assert_int_equal(s.runs, 6);
    s.last = burin_int(1000000);
    assert_int_equal(burin_graph_set(g, s.a, burin_int(6)), BURIN_ERR_RECURSION);
    s.last = burin_int(0);
    assert_int_equal(burin_graph_set(g, s.a, burin_int(1)), BURIN_OK); /* and goes on */
    assert_int_equal(get(g, s.a), 1);
    burin_graph_free(g);
}

static burin_node made_in_effect;
COMPUTE(make_cell)
{
    (void)user, (void)in, (void)out;
    return made_in_effect.index ? BURIN_OK : burin_graph_cell(g, burin_int(7), &made_in_effect);
}
COMPUTE(make_in_computed)
{
    burin_node node;
    (void)user, (void)in, (void)out;
    return burin_graph_cell(g, burin_int(7), &node);
}
static void computed_nodes_may_not_change_the_graph_and_effects_may(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    burin_node   e;
    burin_value  v;
    (void)unused;
    assert_int_equal(burin_graph_get(g, dynamic(g, make_in_computed, NULL), &v), BURIN_ERR_USAGE);
    made_in_effect = none;
    assert_int_equal(burin_graph_effect(g, make_cell, NULL, BURIN_NODE_STATIC, NULL, 0, &e), BURIN_OK);
    assert_int_equal(get(g, made_in_effect), 7);
    burin_graph_free(g);
}

static void disposed_nodes_are_refused_and_fail_their_readers(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    seen         s = {0};
    burin_value  v;
    burin_node   a = cell(g, 1), b = cell(g, 2), sum = computed(g, add, NULL, a, b);
    (void)unused;
    s.a = sum;
    burin_node e;
    burin_graph_effect(g, note_dynamic, &s, BURIN_NODE_DYNAMIC, NULL, 0, &e);
    assert_int_equal(burin_graph_dispose(g, b), BURIN_OK);
    assert_int_equal(burin_graph_get(g, b, &v), BURIN_ERR_USAGE);
    assert_int_equal(burin_graph_set(g, b, burin_int(1)), BURIN_ERR_USAGE);
    assert_int_equal(burin_graph_dispose(g, b), BURIN_ERR_USAGE);
    assert_int_equal(burin_graph_get(g, sum, &v), BURIN_ERR_USAGE);
    assert_string_equal(burin_graph_message(g), "a node it reads was disposed of");
    assert_int_equal(s.runs, 2);
    assert_int_equal(burin_graph_set(g, sum, burin_int(1)), BURIN_ERR_USAGE);
    assert_string_equal(burin_graph_message(g), "that cannot be done to a computed node");
    burin_graph_free(g);
}

static void a_scope_disposes_of_what_it_owns(void **unused)
{
    burin_graph         *g = burin_graph_new(NULL);
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_node           outer, inner, before, outside;
    burin_value          v;
    (void)unused;
    for (int round = 0; round < 100; round++) {
        seen s = {0};
        assert_int_equal(burin_graph_scope(g, &outer), BURIN_OK);
        burin_graph_enter(g, outer, &outside);
        burin_node a = cell(g, 1), sum = computed(g, add, NULL, a, a);
        burin_graph_scope(g, &inner);
        burin_graph_enter(g, inner, &before);
        effect(g, note, &s, sum);
        burin_graph_leave(g, before);
        burin_graph_leave(g, outside);
        burin_node kept = computed(g, add, NULL, a, a);
        burin_graph_dispose(g, inner);
        burin_graph_set(g, a, burin_int(5));
        assert_int_equal(s.runs, 1);
        assert_int_equal(burin_graph_dispose(g, outer), BURIN_OK);
        assert_int_equal(burin_graph_get(g, sum, &v), BURIN_ERR_USAGE);
        assert_int_equal(burin_graph_get(g, kept, &v), BURIN_ERR_USAGE);
        burin_graph_dispose(g, kept);
        burin_graph_count(g, &c);
        assert_int_equal(c.nodes, 0);
    }
    assert_true(c.memory < 32768); /* numbers are used again */
    burin_graph_free(g);
}

static void a_steady_batch_allocates_nothing(void **unused)
{
    run         *r = run_new();
    burin_graph *g = burin_graph_new(&r->alloc);
    seen         s = {0}, t = {0};
    burin_node   name;
    char         text[] = "name0";
    (void)unused;
    s.a = cell(g, 1), s.b = cell(g, 2), s.c = cell(g, 1);
    burin_graph_cell(g, burin_string_borrow(text, 5), &name);
    effect(g, note, &t, dynamic(g, choose, &s));
    effect(g, note, &t, computed(g, greet, &s, name, none));
    uint64_t allocations = 0;
    for (int n = 0; n < 1000; n++) {
        if (n == 20)
            allocations = r->allocations;
        text[4] = (char)('0' + n % 10);
        burin_graph_begin(g);
        burin_graph_set(g, s.a, burin_int(n));
        burin_graph_set(g, s.b, burin_int(-n));
        burin_graph_set(g, s.c, burin_int(n & 1));
        burin_graph_set(g, name, burin_string_borrow(text, 5));
        burin_graph_commit(g);
    }
    assert_int_equal(r->allocations, allocations);
    burin_graph_free(g);
    assert_true(run_free(r));
}

/* Build and use a small graph; any call may find no memory. */
static void use(burin_graph *g)
{
    seen        s = {.g = g}, t = {0};
    burin_node  made[4] = {{0, 0}}, name = none, chosen = none, scope = none, e;
    burin_value v;
    burin_graph_scope(g, &scope);
    for (int k = 0; k < 4; k++)
        burin_graph_cell(g, burin_int(k), &made[k]);
    s.a = made[0], s.b = made[1], s.c = made[2];
    burin_graph_cell(g, burin_string_borrow("a longer name", 13), &name);
    burin_graph_name(g, name, BURIN_TEXT("name"));
    burin_graph_computed(g, choose, &s, BURIN_NODE_DYNAMIC, NULL, 0, &chosen);
    burin_graph_effect(g, note, &t, BURIN_NODE_STATIC, &chosen, 1, &e);
    burin_graph_computed(g, greet, &s, BURIN_NODE_STATIC, &name, 1, &chosen);
    burin_graph_begin(g);
    for (int k = 0; k < 4; k++)
        burin_graph_set(g, made[k], burin_int(10 - k));
    burin_graph_set(g, name, burin_string_borrow("another name, longer", 20));
    burin_graph_commit(g);
    burin_graph_get(g, chosen, &v);
    burin_graph_dispose(g, made[3]);
}
static void memory_may_run_out_anywhere(void **unused)
{
    (void)unused;
    for (uint64_t fail_at = 1;; fail_at++) {
        run *r     = run_new();
        r->fail_at = r->allocations + fail_at;
        burin_graph *g = burin_graph_new(&r->alloc);
        if (g) {
            use(g);
            bool complete = r->allocations < r->fail_at;
            r->fail_at    = 0;
            use(g); /* and the graph is as good as before */
            burin_graph_free(g);
            assert_true(run_free(r));
            if (complete)
                return;
        } else {
            assert_true(run_free(r));
        }
    }
}

/* ---- many effects in one round ---- */

enum { CROWD = 3000, MORE = 200 }; /* more than what a round fetches ahead from */
typedef struct crowd crowd;
typedef struct member {
    crowd     *of;
    int        n;
    burin_node effect;
} member;
struct crowd {
    burin_node head;
    member     members[CROWD + MORE];
    int        runs, made;
};

COMPUTE(add_or_fail) /* some fail where the head is odd */
{
    const member *m = user;
    int64_t       v = burin_input(in, 0)->as.i;
    *out            = burin_int(v + m->n);
    return m->n % 1000 == 7 && v % 2 ? burin_graph_fail(g, BURIN_ERR_VALUE, "odd") : BURIN_OK;
}
COMPUTE(disturb);
static void join(burin_graph *g, crowd *c)
{
    member    *m = &c->members[c->made];
    burin_node node;
    *m           = (member){c, c->made++, {0, 0}};
    assert_int_equal(burin_graph_computed(g, add_or_fail, m, BURIN_NODE_STATIC, &c->head, 1, &node), BURIN_OK);
    assert_int_equal(burin_graph_effect(g, disturb, m, BURIN_NODE_STATIC, &node, 1, &m->effect), BURIN_OK);
}
/* In the first round after all have been made, one disposes of one that has run and of the last, one of itself, and one makes more. */
COMPUTE(disturb)
{
    const member *m = user;
    crowd        *c = m->of;
    bool          first = c->made == CROWD && burin_input(in, 0)->as.i == m->n + 1;
    (void)out;
    c->runs++;
    if (first && m->n == 10) {
        burin_graph_dispose(g, c->members[5].effect);
        burin_graph_dispose(g, c->members[CROWD - 1].effect);
    }
    if (first && m->n == 20)
        burin_graph_dispose(g, m->effect);
    while (first && m->n == 30 && c->made < CROWD + MORE)
        join(g, c);
    return BURIN_OK;
}

typedef struct living {
    burin_graph *g;
    int          count;
} living;
static burin_status count_effect(void *sink, burin_node node)
{
    living *effects = sink;
    effects->count += rx_kind(&effects->g->nodes[node.index]) == RX_EFFECT;
    return BURIN_OK;
}

static void a_round_of_thousands_of_effects_may_change_the_graph(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    crowd       *c = calloc(1, sizeof *c);
    living       effects = {g, 0};
    (void)unused;
    burin_graph_cell(g, burin_int(0), &c->head);
    while (c->made < CROWD)
        join(g, c);
    assert_int_equal(c->runs, CROWD);
    rx_compact(g); /* all edges in rows */
    c->runs = 0;
    assert_int_equal(burin_graph_set(g, c->head, burin_int(1)), BURIN_OK);
    assert_int_equal(c->runs, CROWD + MORE - 4 - 1); /* four fail, one is gone */
    c->runs = 0;
    assert_int_equal(burin_graph_set(g, c->head, burin_int(2)), BURIN_OK);
    assert_int_equal(c->runs, CROWD + MORE - 3); /* three are gone */
    assert_int_equal(burin_graph_nodes(g, count_effect, &effects), BURIN_OK);
    assert_int_equal(effects.count, CROWD + MORE - 3);
    burin_graph_free(g);
    free(c);
}

typedef struct turn {
    burin_node cell;
    uint32_t   number, *next; /* next: who is to run */
} turn;
COMPUTE(take_turn)
{
    turn *t = user;
    (void)g, (void)in, (void)out;
    assert_int_equal(t->number, *t->next);
    ++*t->next;
    return BURIN_OK;
}
static void effects_run_in_the_order_of_making_whatever_changed_first(void **state)
{
    static const uint32_t counts[] = {2, 100, 127, 128, 300, 70000};
    (void)state;
    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
        uint32_t     count = counts[n], next = 0;
        burin_graph *g     = burin_graph_new(NULL);
        turn        *turns = calloc(count, sizeof *turns);
        for (uint32_t k = 0; k < count; k++)
            burin_graph_cell(g, burin_int(0), &turns[k].cell);
        for (uint32_t k = 0; k < count; k++) {
            burin_node effect;
            turns[k].number = k;
            turns[k].next   = &next;
            assert_int_equal(burin_graph_effect(g, take_turn, &turns[k], BURIN_NODE_STATIC, &turns[k].cell, 1, &effect), BURIN_OK);
        }
        for (int round = 1; round < 4; round++) {
            next = 0;
            burin_graph_begin(g);
            for (uint32_t k = 0; k < count; k++) /* 7919 is prime: every cell once */
                burin_graph_set(g, turns[(k * 7919ull + 5) % count].cell, burin_int(round));
            assert_int_equal(burin_graph_commit(g), BURIN_OK);
            assert_int_equal(next, count);
        }
        free(turns);
        burin_graph_free(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_follow_and_effects_run_once_a_batch),
        cmocka_unit_test(what_nobody_needs_is_computed_when_read),
        cmocka_unit_test(text_is_copied_and_compared), cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(values_are_the_same_by_kind_and_bits),
        cmocka_unit_test(failures_are_values_of_their_nodes),
        cmocka_unit_test(a_cycle_is_refused_with_its_path),
        cmocka_unit_test(depth_does_not_use_the_stack), cmocka_unit_test(a_deep_chain_that_is_found_late_costs_what_it_is_long),
        cmocka_unit_test(runs_may_be_more_than_can_be_numbered),
        cmocka_unit_test(what_effects_set_is_the_next_batch_and_comes_to_rest),
        cmocka_unit_test(computed_nodes_may_not_change_the_graph_and_effects_may),
        cmocka_unit_test(disposed_nodes_are_refused_and_fail_their_readers),
        cmocka_unit_test(a_scope_disposes_of_what_it_owns),
        cmocka_unit_test(effects_run_in_the_order_of_making_whatever_changed_first),
        cmocka_unit_test(a_round_of_thousands_of_effects_may_change_the_graph),
        cmocka_unit_test(a_steady_batch_allocates_nothing),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
