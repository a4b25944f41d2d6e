/* The reactive graph against an oracle that recomputes everything from the definitions after every batch.
 *
 * Nodes are small formulas over nodes made before them: sums with few different results (so that changes are cut off),
 * choices (a selector tells which of two to read), formulas that fail at times. Steps set cells in batches, read nodes, make
 * nodes and effects, dispose of nodes. Checked after each batch: every value; what each effect saw last; that no
 * computation ran twice for a batch (but for restarts), and that one that had run before ran again only if something it had
 * read changed since. BURIN_STEPS and BURIN_SEED choose another run; a failure prints the seed. */
#include "burin/reactive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 160, INPUTS = 4, FAILED = -1000 };
typedef enum item_kind { UNUSED, CELL, SUM, CHOICE, EFFECT } item_kind;

typedef struct model model;
typedef struct item {
    model     *m;
    item_kind  kind;
    bool       is_static, is_gone;
    burin_node node;
    unsigned   serial;         /* items are used again */
    unsigned   inputs[INPUTS], serials[INPUTS], input_count;
    int        modulo, fails_at;
    int64_t    value;          /* the oracle's; FAILED for a failure */
    int64_t    cell, seen;
    unsigned   runs, checked;  /* in this batch; of them, those that have been checked */
    bool       is_known;       /* it has been up to date with `read` */
    bool       may_run;        /* something it had read has changed since */
    unsigned   read[INPUTS], read_count; /* what it read in its last run */
    int64_t    read_values[INPUTS];
} item;

struct model {
    burin_graph *g;
    item         items[ITEMS];
    unsigned     order[ITEMS], count; /* live items, oldest first */
    uint64_t     random, seed;
    unsigned     serials;
    bool         is_checking;
};

static uint32_t roll(model *m, uint32_t below)
{
    m->random = m->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((m->random >> 33) % below);
}

/* ---- the formulas, once for the graph and once for the oracle ---- */

typedef struct reader {
    item *of;
    int64_t (*get)(struct reader *r, unsigned input);
    burin_status          status;
    const burin_inputs   *in;
} reader;

static int64_t formula(reader *r)
{
    item   *it = r->of;
    int64_t total = 0;
    if (it->kind == CHOICE) {
        int64_t selector = r->get(r, 0);
        if (selector == FAILED)
            return FAILED;
        total = r->get(r, 1 + (unsigned)(selector & 1));
    } else {
        for (unsigned k = 0; k < it->input_count; k++) {
            int64_t v = r->get(r, k);
            if (v == FAILED)
                return FAILED;
            total += v;
        }
    }
    if (total == FAILED || (total % 7 + 7) % 7 == it->fails_at)
        return FAILED;
    return it->modulo ? total % it->modulo : total;
}

static bool is_input_alive(const item *it, unsigned input)
{
    const item *read = &it->m->items[it->inputs[input]];
    return !read->is_gone && read->serial == it->serials[input];
}

static int64_t get_from_oracle(reader *r, unsigned input)
{
    return is_input_alive(r->of, input) ? r->of->m->items[r->of->inputs[input]].value : FAILED;
}

static int64_t get_from_graph(reader *r, unsigned input)
{
    item       *it = r->of;
    burin_value v;
    if (r->in)
        return burin_input(r->in, input)->as.i;
    item      *read = &it->m->items[it->inputs[input]];
    burin_node node = is_input_alive(it, input) ? read->node : (burin_node){it->inputs[input] + 1, UINT32_MAX};
    r->status       = burin_graph_get(it->m->g, node, &v);
    return r->status ? FAILED : v.as.i;
}

static void note_read(item *it, unsigned input)
{
    it->read[it->read_count]          = it->inputs[input];
    it->read_values[it->read_count++] = it->m->items[it->inputs[input]].value;
}

static burin_status compute(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    item   *it = user;
    reader  r  = {.of = it, .get = get_from_graph, .in = it->is_static ? in : NULL};
    int64_t v  = formula(&r);
    if (r.status == BURIN_ERR_CANCELLED)
        return r.status; /* to be run again: this run does not count */
    it->runs++;
    if (it->kind == EFFECT)
        it->seen = v;
    *out = burin_int(v);
    return v == FAILED ? burin_graph_fail(g, BURIN_ERR_VALUE, "failed") : BURIN_OK;
}

/* ---- making and disposing ---- */

static item *make_item(model *m, item_kind kind)
{
    unsigned at = 0;
    while (at < ITEMS && m->items[at].kind != UNUSED)
        at++;
    if (at == ITEMS)
        return NULL;
    m->items[at] = (item){.m = m, .kind = kind, .serial = ++m->serials, .fails_at = -1, .seen = 1 << 20};
    m->order[m->count++] = at;
    return &m->items[at];
}

static unsigned any_source(model *m, unsigned below)
{
    unsigned at;
    do
        at = m->order[roll(m, below)];
    while (m->items[at].kind == EFFECT);
    return at;
}

static void make_cell(model *m)
{
    item *it = make_item(m, CELL);
    if (!it)
        return;
    it->cell = it->value = (int64_t)roll(m, 10);
    assert_int_equal(burin_graph_cell(m->g, burin_int(it->cell), &it->node), BURIN_OK);
}

static void make_formula(model *m)
{
    static const item_kind kinds[] = {SUM, SUM, CHOICE, EFFECT};
    burin_node inputs[INPUTS];
    unsigned   below = m->count;
    item      *it    = make_item(m, kinds[roll(m, 4)]);
    if (!it)
        return;
    it->is_static   = it->kind != CHOICE && roll(m, 2);
    it->input_count = it->kind == CHOICE ? 3 : 1 + roll(m, INPUTS);
    it->modulo      = roll(m, 2) ? 3 : 0;
    it->fails_at    = roll(m, 6) ? -1 : (int)roll(m, 7);
    for (unsigned k = 0; k < it->input_count; k++) {
        it->inputs[k]  = any_source(m, below);
        it->serials[k] = m->items[it->inputs[k]].serial;
        inputs[k]      = m->items[it->inputs[k]].node;
    }
    unsigned flags = it->is_static ? BURIN_NODE_STATIC : BURIN_NODE_DYNAMIC, count = it->is_static ? it->input_count : 0;
    if (it->kind == EFFECT)
        assert_int_equal(burin_graph_effect(m->g, compute, it, flags, inputs, count, &it->node), BURIN_OK);
    else
        assert_int_equal(burin_graph_computed(m->g, compute, it, flags, inputs, count, &it->node), BURIN_OK);
}

static void forget(model *m, unsigned place)
{
    item *it = &m->items[m->order[place]];
    it->is_gone = true;
    it->kind    = UNUSED;
    memmove(&m->order[place], &m->order[place + 1], (--m->count - place) * sizeof *m->order);
}

/* Items of nodes that static nodes still read may not be used again: their numbers are what the oracle knows them by. */
static bool is_read_by_static(const model *m, unsigned at)
{
    for (unsigned n = 0; n < m->count; n++) {
        const item *it = &m->items[m->order[n]];
        for (unsigned k = 0; k < it->input_count; k++)
            if (it->inputs[k] == at && it->serials[k] == m->items[at].serial)
                return true;
    }
    return false;
}

static void dispose_any(model *m)
{
    unsigned place = roll(m, m->count), at = m->order[place];
    if (m->count < 12 || (m->items[at].kind == CELL && roll(m, 4)) || (is_read_by_static(m, at) && roll(m, 10)))
        return;
    burin_node node = m->items[at].node;
    bool       read = is_read_by_static(m, at);
    forget(m, place);
    if (read)
        m->items[at].kind = CELL; /* stays taken, out of the order */
    assert_int_equal(burin_graph_dispose(m->g, node), BURIN_OK);
    burin_value v;
    assert_int_equal(burin_graph_get(m->g, node, &v), BURIN_ERR_USAGE);
}

static void collect(model *m)
{
    for (unsigned at = 0; at < ITEMS; at++)
        if (m->items[at].is_gone && m->items[at].kind == CELL && !is_read_by_static(m, at))
            m->items[at].kind = UNUSED;
}

/* ---- checking ---- */

/* One failure may have become another: the oracle does not tell them apart. */
static bool was_read_changed(const item *it)
{
    for (unsigned k = 0; k < it->read_count; k++) {
        const item *read = &it->m->items[it->read[k]];
        if (read->value != it->read_values[k] || read->value == FAILED || read->is_gone)
            return true;
    }
    return false;
}

/* What the last run read, by the formula: with the oracle's values, which are those of that moment. */
static void note_reads(item *it)
{
    reader r       = {.of = it, .get = get_from_oracle};
    it->read_count = 0;
    if (it->kind == CHOICE) {
        int64_t selector = get_from_oracle(&r, 0);
        note_read(it, 0);
        if (selector != FAILED)
            note_read(it, 1 + (unsigned)(selector & 1));
        return;
    }
    for (unsigned k = 0; k < it->input_count; k++) {
        note_read(it, k);
        if (!it->is_static && get_from_oracle(&r, k) == FAILED)
            return;
    }
}

/* A static node with a failed input fails without being run. */
static bool is_failed_by_input(const item *it)
{
    reader r = {.of = (item *)it, .get = get_from_oracle};
    for (unsigned k = 0; it->is_static && k < it->input_count; k++)
        if (get_from_oracle(&r, k) == FAILED)
            return true;
    return false;
}

static void fail_item(const model *m, unsigned at, const char *what)
{
    const item *it = &m->items[at];
    printf("item %u: kind %d, %s, modulo %d, fails at %d, value %lld, seen %lld, runs %u\n", at, it->kind, it->is_static ? "static" : "dynamic",
           it->modulo, it->fails_at, (long long)it->value, (long long)it->seen, it->runs);
    for (unsigned k = 0; k < it->input_count; k++)
        printf("  input %u: item %u, kind %d, value %lld%s\n", k, it->inputs[k], m->items[it->inputs[k]].kind, (long long)m->items[it->inputs[k]].value,
               is_input_alive(it, k) ? "" : ", gone");
    for (unsigned k = 0; k < it->read_count; k++)
        printf("  last read item %u as %lld\n", it->read[k], (long long)it->read_values[k]);
    fail_msg("seed %llu: item %u: %s", (unsigned long long)m->seed, at, what);
}

static void check(model *m)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(m->g, &c);
    assert_int_equal(c.nodes, m->count);
    for (unsigned n = 0; n < m->count; n++) {
        item  *it = &m->items[m->order[n]];
        reader r  = {.of = it, .get = get_from_oracle};
        it->value = it->kind == CELL ? it->cell : formula(&r);
    }
    for (unsigned n = 0; n < m->count; n++) {
        unsigned at = m->order[n];
        item    *it = &m->items[at];
        if (it->kind == CELL)
            continue;
        if (it->runs > 1)
            fail_item(m, at, "ran more than once for a batch");
        it->may_run |= was_read_changed(it);
        if (it->runs > it->checked && it->is_known && !it->may_run)
            fail_item(m, at, "ran though nothing it had read changed");
        burin_value v;
        if (it->kind == EFFECT && (burin_graph_get(m->g, it->node, &v) != BURIN_OK) != (it->value == FAILED))
            fail_item(m, at, "an effect failed where it should not, or did not where it should");
        if (it->kind == EFFECT && it->seen != it->value && !is_failed_by_input(it))
            fail_item(m, at, "an effect saw another value");
        if (it->runs > it->checked) {
            it->checked = it->runs;
            note_reads(it);
            it->is_known = true;
            it->may_run  = false;
        }
    }
}

static void read_all(model *m)
{
    for (unsigned n = 0; n < m->count; n++) {
        unsigned    at = m->order[n];
        item       *it = &m->items[at];
        burin_value v;
        if (it->kind == EFFECT || roll(m, 3))
            continue;
        burin_status status = burin_graph_get(m->g, it->node, &v);
        if ((status ? FAILED : v.as.i) != it->value)
            fail_item(m, at, "another value");
    }
}

static void forget_runs(model *m)
{
    for (unsigned n = 0; n < m->count; n++)
        m->items[m->order[n]].runs = m->items[m->order[n]].checked = 0;
}

static void step(model *m)
{
    forget_runs(m);
    unsigned what = roll(m, 10);
    if (what == 0)
        make_formula(m);
    else if (what == 1)
        dispose_any(m);
    else if (what == 2 && roll(m, 3) == 0)
        make_cell(m);
    check(m);
    forget_runs(m);
    burin_graph_begin(m->g);
    for (unsigned writes = 1 + roll(m, 3); writes > 0; writes--) {
        item *it = &m->items[m->order[roll(m, m->count)]];
        if (it->kind != CELL)
            continue;
        it->cell = (int64_t)roll(m, 10);
        assert_int_equal(burin_graph_set(m->g, it->node, burin_int(it->cell)), BURIN_OK);
    }
    assert_int_equal(burin_graph_commit(m->g), BURIN_OK);
    check(m);
    read_all(m);
    check(m);
    collect(m);
}

static void a_graph_agrees_with_recomputing_everything(void **unused)
{
    const char *steps_text = getenv("BURIN_STEPS"), *seed_text = getenv("BURIN_SEED");
    unsigned long long steps = steps_text ? strtoull(steps_text, NULL, 10) : 100000, seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    (void)unused;
    for (; steps > 0; seed++) {
        model *m = calloc(1, sizeof *m);
        assert_non_null(m);
        m->seed = m->random = seed;
        m->g = burin_graph_new(NULL);
        for (int n = 0; n < 8; n++)
            make_cell(m);
        for (int n = 0; n < 30; n++)
            make_formula(m);
        for (int n = 0; n < 500 && steps > 0; n++, steps--)
            step(m);
        burin_graph_free(m->g);
        free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_graph_agrees_with_recomputing_everything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
