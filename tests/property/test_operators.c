/* Operators against a model that goes through all nodes in the order of making, batch by batch.
 *
 * Graphs are random: cells, static and dynamic computed nodes, some of which fail, and operators over any of them, so that one change
 * reaches an operator on several ways. After every batch all values must be the model's; operators must have run once in every batch in which something they
 * read has changed, since they count and remember. BURIN_STEPS and BURIN_SEED choose another run; a failure prints the seed. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 4, NODES = 24, WAITING = 4096, TEXT = 96 };
typedef enum op {
    CELL, MAP, SUM, CHOICE, FILTER, SCAN, MERGE, SAMPLE, TAKE, SKIP, TAKE_UNTIL, START_WITH, CATCH, BUFFER_COUNT, BUFFER, WINDOW_COUNT, WINDOW, REPLAY, ZIP, LATEST, OPS
} op;
static const char *const names[]  = {"cell", "map", "sum", "choice", "filter", "scan", "merge", "sample", "take", "skip", "take_until", "start_with", "catch",
                                     "buffer_count", "buffer", "window_count", "window", "replay", "zip", "with_latest_from"};
static const int         inputs[] = {0, 1, 2, 3, 1, 1, 2, 2, 1, 1, 2, 1, 1, 1, 2, 1, 2, 1, 2, 2};

/* A value as text; a list has a number of its own, since no other is the same. "!": a failure. */
typedef struct shown {
    char     text[TEXT];
    unsigned list;
} shown;

typedef struct item {
    struct model *m;
    op            what;
    unsigned      in[3];
    int           a, b; /* numbers that it takes */
    burin_node    node;
    shown         value, last[3], *line[2];
    unsigned      len[2], count;
    bool          changed, done;
    int64_t       sum;
} item;

typedef struct model {
    burin_graph *g;
    item         items[NODES];
    unsigned     count, lists;
    uint64_t     random, seed;
} model;

static unsigned roll(model *m, unsigned below)
{
    m->random = m->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(m->random >> 33) % below;
}

/* ---- what nodes compute, in both ---- */

static int64_t mapped(int64_t v) { return v * 3 % 5; }
static bool    is_even(void *user, burin_value v) { return (void)user, v.kind == BURIN_INT && v.as.i % 2 == 0; }

static burin_status compute_map(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_value v = *burin_input(in, 0);
    (void)user;
    if (v.kind == BURIN_INT && v.as.i == 4)
        return burin_graph_fail(g, BURIN_ERR_VALUE, "four");
    *out = v.kind == BURIN_INT ? burin_int(mapped(v.as.i)) : burin_none();
    return BURIN_OK;
}
static burin_status compute_sum(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_value a = *burin_input(in, 0), b = *burin_input(in, 1);
    (void)g, (void)user;
    *out = burin_int(((a.kind == BURIN_INT ? a.as.i : 7) + (b.kind == BURIN_INT ? b.as.i : 7)) % 6);
    return BURIN_OK;
}
static burin_status compute_choice(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    item        *it = user;
    burin_value  which;
    (void)in;
    burin_status status = burin_graph_get(g, it->m->items[it->in[0]].node, &which);
    bool         second = which.kind == BURIN_INT && which.as.i % 2;
    return status ? status : burin_graph_get(g, it->m->items[it->in[1 + second]].node, out);
}
static burin_status add(burin_graph *g, void *user, burin_value so_far, burin_value v, burin_value *out)
{
    (void)g, (void)user;
    *out = burin_int((so_far.as.i + (v.kind == BURIN_INT ? v.as.i : 1)) % 100);
    return BURIN_OK;
}

/* ---- the model ---- */

static bool  same(shown a, shown b) { return a.list == b.list && strcmp(a.text, b.text) == 0; }
static shown number(int64_t v)
{
    shown s = {.list = 0};
    snprintf(s.text, sizeof s.text, "%lld", (long long)v);
    return s;
}
static shown none(void) { return (shown){.text = "None"}; }
static bool  is_number(shown s) { return !s.list && (s.text[0] == '-' || (s.text[0] >= '0' && s.text[0] <= '9')); }
static bool  is_failure(shown s) { return s.text[0] == '!'; }

static shown list_of(model *m, const shown *values, unsigned count)
{
    shown  s   = {.list = ++m->lists};
    size_t len = 0;
    for (unsigned k = 0; k < count && len < TEXT; k++)
        len += (size_t)snprintf(s.text + len, TEXT - len, "%s%s", k ? ", " : "[", values[k].text);
    if (len < TEXT)
        snprintf(s.text + len, TEXT - len, count ? "]" : "[]");
    return s;
}
static void push(item *it, int line, shown v)
{
    assert_true(it->len[line] < WAITING);
    it->line[line][it->len[line]++] = v;
}
static void shift(item *it, int line, unsigned count)
{
    it->len[line] -= count;
    memmove(it->line[line], it->line[line] + count, it->len[line] * sizeof(shown));
}
/* Has an input changed since the last run that got so far as to ask? */
static bool changed(item *it, int k, shown now)
{
    bool differs = !same(it->last[k], now);
    it->last[k]  = now;
    return differs;
}

static shown run(model *m, item *it, const shown *in)
{
    shown hold = is_failure(it->value) ? none() : it->value;
    bool  one, two;
    switch (it->what) {
    case MAP: return !is_number(in[0]) ? none() : atoi(in[0].text) == 4 ? (shown){.text = "!"} : number(mapped(atoi(in[0].text)));
    case SUM: return number(((is_number(in[0]) ? atoi(in[0].text) : 7) + (is_number(in[1]) ? atoi(in[1].text) : 7)) % 6);
    case CHOICE: return is_failure(in[0]) ? in[0] : in[1 + (is_number(in[0]) && atoi(in[0].text) % 2)];
    case CATCH: return is_failure(in[0]) ? number(it->a) : in[0];
    case FILTER: return is_number(in[0]) && atoi(in[0].text) % 2 == 0 ? in[0] : hold;
    case SCAN: return number(it->sum = (it->sum + (is_number(in[0]) ? atoi(in[0].text) : 1)) % 100);
    case MERGE:
        one = changed(it, 0, in[0]), two = changed(it, 1, in[1]);
        return two ? in[1] : one ? in[0] : hold;
    case SAMPLE: return changed(it, 1, in[1]) && it->count++ ? in[0] : hold;
    case TAKE: return it->count < (unsigned)it->a ? it->count++, in[0] : hold;
    case SKIP: return it->count < (unsigned)it->a ? it->count++, hold : in[0];
    case TAKE_UNTIL:
        it->done |= changed(it, 1, in[1]) && it->count;
        it->count = 1;
        return it->done ? hold : in[0];
    case START_WITH: return it->count++ ? in[0] : number(it->a);
    case BUFFER_COUNT:
        push(it, 0, in[0]);
        it->count++;
        if (it->len[0] > (unsigned)it->a)
            shift(it, 0, 1);
        return it->count >= (unsigned)it->a && (it->count - (unsigned)it->a) % (unsigned)it->b == 0 ? list_of(m, it->line[0], it->len[0]) : hold;
    case WINDOW_COUNT:
        if (it->count++ % (unsigned)it->b == 0)
            it->len[0] = 0;
        if (it->len[0] == (unsigned)it->a)
            return hold;
        push(it, 0, in[0]);
        return list_of(m, it->line[0], it->len[0]);
    case REPLAY:
        push(it, 0, in[0]);
        if (it->len[0] > (unsigned)it->a)
            shift(it, 0, 1);
        return list_of(m, it->line[0], it->len[0]);
    case BUFFER:
    case WINDOW:
        one = changed(it, 0, in[0]), two = changed(it, 1, in[1]);
        if (one)
            push(it, 0, in[0]);
        two &= it->count++ != 0;
        if (two && it->what == WINDOW)
            it->len[0] = 0;
        if (two || (one && it->what == WINDOW))
            hold = list_of(m, it->line[0], it->len[0]);
        if (two)
            it->len[0] = 0;
        return hold;
    case ZIP:
        for (int k = 0; k < 2; k++)
            if (changed(it, k, in[k]))
                push(it, k, in[k]);
        if (!it->len[0] || !it->len[1])
            return hold;
        hold = list_of(m, (shown[]){it->line[0][0], it->line[1][0]}, 2);
        shift(it, 0, 1), shift(it, 1, 1);
        return hold;
    case LATEST: return changed(it, 0, in[0]) ? list_of(m, in, 2) : hold;
    default: return hold;
    }
}

/* A batch has reached the node, or it is new. */
static void follow(model *m, item *it, bool is_new)
{
    shown in[3], value;
    bool  reached = is_new, failed = false;
    for (int k = 0; k < inputs[it->what]; k++) {
        in[k] = m->items[it->in[k]].value;
        reached |= m->items[it->in[k]].changed;
        failed |= is_failure(in[k]);
    }
    it->changed = false;
    if (!reached)
        return;
    value       = failed && it->what != CHOICE && it->what != CATCH ? (shown){.text = "!"} : run(m, it, in);
    it->changed = !same(it->value, value);
    it->value   = value;
}

/* ---- nodes ---- */

static burin_status make_node(model *m, item *it)
{
    burin_node in[3] = {{0, 0}};
    for (int k = 0; k < inputs[it->what]; k++)
        in[k] = m->items[it->in[k]].node;
    burin_graph *g = m->g;
    burin_node  *out = &it->node;
    uint64_t     a = (uint64_t)it->a, b = (uint64_t)it->b;
    switch (it->what) {
    case MAP: return burin_graph_computed(g, compute_map, NULL, BURIN_NODE_STATIC, in, 1, out);
    case SUM: return burin_graph_computed(g, compute_sum, NULL, BURIN_NODE_STATIC, in, 2, out);
    case CHOICE: return burin_graph_computed(g, compute_choice, it, BURIN_NODE_DYNAMIC, NULL, 0, out);
    case FILTER: return burin_op_filter(g, in[0], is_even, NULL, out);
    case SCAN: return burin_op_scan(g, in[0], add, NULL, burin_int(0), out);
    case MERGE: return burin_op_merge(g, in, 2, out);
    case SAMPLE: return burin_op_sample(g, in[0], in[1], out);
    case TAKE: return burin_op_take(g, in[0], a, out);
    case SKIP: return burin_op_skip(g, in[0], a, out);
    case TAKE_UNTIL: return burin_op_take_until(g, in[0], in[1], out);
    case START_WITH: return burin_op_start_with(g, in[0], burin_int(it->a), out);
    case CATCH: return burin_op_catch(g, in[0], burin_int(it->a), out);
    case BUFFER_COUNT: return burin_op_buffer_count(g, in[0], a, b, out);
    case BUFFER: return burin_op_buffer(g, in[0], in[1], out);
    case WINDOW_COUNT: return burin_op_window_count(g, in[0], a, b, out);
    case WINDOW: return burin_op_window(g, in[0], in[1], out);
    case REPLAY: return burin_op_replay(g, in[0], a, out);
    case ZIP: return burin_op_zip(g, in, 2, WAITING, out);
    case LATEST: return burin_op_with_latest_from(g, in[0], &in[1], 1, out);
    default: return burin_graph_cell(g, burin_int(0), out);
    }
}

static void make(model *m)
{
    item *it = &m->items[m->count];
    *it      = (item){.m = m, .what = m->count < CELLS ? CELL : (op)(1 + roll(m, OPS - 1)), .a = 1 + (int)roll(m, 4), .b = 1 + (int)roll(m, 4), .value = none()};
    for (int k = 0; k < 3; k++) {
        it->in[k]   = m->count ? roll(m, m->count) : 0;
        it->last[k] = (shown){.text = ""};
    }
    for (int k = 0; k < 2; k++)
        it->line[k] = malloc(WAITING * sizeof(shown));
    assert_int_equal(make_node(m, it), BURIN_OK);
    if (it->what == CELL)
        it->value = number(0);
    else
        follow(m, it, true);
    m->count++;
}

static void check(model *m, unsigned long long step)
{
    for (unsigned k = 0; k < m->count; k++) {
        item        *it = &m->items[k];
        burin_value  v;
        burin_status status = burin_graph_get(m->g, it->node, &v);
        char        *text   = status ? strdup("!") : burin_repr(v, NULL);
        if (strncmp(text, it->value.text, TEXT - 1) != 0)
            fail_msg("seed %llu, step %llu: node %u, %s of %u, %u, %u, with %d and %d: %s, not %s", (unsigned long long)m->seed, step, k, names[it->what], it->in[0],
                     it->in[1], it->in[2], it->a, it->b, text, it->value.text);
        free(text);
    }
}

static void batch(model *m)
{
    burin_graph_begin(m->g);
    for (unsigned k = 0; k < CELLS; k++) {
        item *it    = &m->items[k];
        it->changed = false;
        if (roll(m, 3))
            continue;
        shown value = number(roll(m, 6));
        assert_int_equal(burin_graph_set(m->g, it->node, burin_int(atoi(value.text))), BURIN_OK);
        it->changed = !same(it->value, value);
        it->value   = value;
    }
    assert_int_equal(burin_graph_commit(m->g), BURIN_OK);
    for (unsigned k = CELLS; k < m->count; k++)
        follow(m, &m->items[k], false);
}

static void operators_agree_with_the_model(void **unused)
{
    const char        *steps_text = getenv("BURIN_STEPS"), *seed_text = getenv("BURIN_SEED");
    unsigned long long steps = steps_text ? strtoull(steps_text, NULL, 10) : 20000, seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    (void)unused;
    for (; steps; seed++) {
        model *m = calloc(1, sizeof *m);
        m->seed = m->random = seed;
        m->g    = burin_graph_new(NULL);
        while (m->count < CELLS + 4)
            make(m);
        for (int n = 0; n < 100 && steps; n++, steps--) {
            batch(m);
            check(m, (unsigned long long)n);
            for (unsigned k = 0; k < m->count; k++)
                m->items[k].changed = false;
            if (m->count < NODES && roll(m, 4) == 0)
                make(m);
        }
        burin_graph_free(m->g);
        for (unsigned k = 0; k < m->count; k++)
            free(m->items[k].line[0]), free(m->items[k].line[1]);
        free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operators_agree_with_the_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
