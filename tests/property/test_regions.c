/* Fused formulas against formulas by themselves: the same random formulas, readers and changes in graphs in one of which they are by themselves, in one fused and
 * interpreted, and, where there is a compiler (BURIN_JIT), in one fused and compiled. After every random batch all values, failures, what effects saw, in which
 * order, and the numbers of computations and cutoffs must be the same. To compile a region takes as long as hundreds of steps: so graphs with compiled
 * regions go on for CALM steps in which little but cells changes, and the compiler has a cache, for regions that are dissolved and made again.
 * BURIN_STEPS and BURIN_SEED choose another run; a failure prints the seed. */
#include "tests/support/folder.h"

#include <burin/burin.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 5, FEW = 21, MANY = 150, MANY_SHARE = 8, NAMES = CELLS + MANY, READERS = 24, SIDES = 3, NATIVE = 2, NATIVE_SHARE = 4, STEPS = 60, CALM = 2000 };

typedef struct side side;
typedef struct reader { /* an effect, or a dynamic node */
    side      *of;
    burin_node node;
    unsigned   reads;
} reader;
struct side {
    burin_env   *env;
    burin_graph *g;
    burin_live  *live;
    burin_node   nodes[NAMES];
    reader       effects[READERS], dynamic[READERS];
    uint64_t     seen; /* a hash */
};
typedef struct pair {
    side     sides[SIDES];
    unsigned side_count, formulas, count, effects, dynamic;
    bool     gone[NAMES];
    uint64_t random, seed;
} pair;

static uint64_t   all_formulas, all_fused, compiled, native_steps;
static burin_jit *jit;
static char       cache[FOLDER_SIZE];

static unsigned roll(pair *p, unsigned below)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % below;
}

#define FOR_SIDES(p, s) for (side *s = (p)->sides; s < (p)->sides + (p)->side_count; s++)

/* Letters, and then letters with a number. */
static void name_of(unsigned k, char name[16])
{
    if (k < 26)
        snprintf(name, 16, "%c", 'a' + k);
    else
        snprintf(name, 16, "%c%u", 'a' + k % 26, k / 26);
}

/* `@` becomes a name bound so far. */
static const char *const forms[] = {"@ + @", "@ * 2", "@ % 3", "@ > @", "@ if @ else @", "@ // @", "(@ + 1) % 5 # a remark", "max(@, @)", "-@", "not @",
                                    "@ and @", "@ + @ * @ - @", "@ * 0.5", "@ / @", "min(@, 3)", "@ - @", "@ + @", "@ < 2 or @", "@ * 1000003", "abs(@)",
                                    /* not of numbers alone */
                                    "str(@) + '!'", "len([x for x in range(@ % 4)]) + @", "[@, @]", "(lambda x: x + 1)(@)", "(x := @) + x"};
enum { FORMS = sizeof forms / sizeof *forms, OF_NUMBERS = FORMS - 5 };

/* ---- what reads formulas ---- */

static burin_status see(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    reader *r = user;
    (void)g, (void)out;
    char *text  = burin_repr(*burin_input(in, 0), NULL);
    r->of->seen = r->of->seen * 31 + r->reads;
    for (const char *c = text; *c; c++)
        r->of->seen = r->of->seen * 31 + (unsigned char)*c;
    free(text);
    return BURIN_OK;
}
/* Always both: where what is read depends on what has been read, it depends on the order of the pass what need not run. */
static burin_status read_two(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    const reader *r = user;
    burin_value   other;
    (void)in;
    burin_status status = burin_graph_get(g, r->of->nodes[r->reads], out), second = burin_graph_get(g, r->of->nodes[CELLS], &other);
    return status ? status : second;
}

static void add_effect(pair *p)
{
    unsigned reads = roll(p, p->count);
    if (p->effects == READERS || p->gone[reads])
        return;
    FOR_SIDES(p, s) {
        reader *r = &s->effects[p->effects];
        *r        = (reader){.of = s, .reads = reads};
        assert_int_equal(burin_graph_effect(s->g, see, r, BURIN_NODE_STATIC, &s->nodes[reads], 1, &r->node), BURIN_OK);
    }
    p->effects++;
}
static void drop_effect(pair *p)
{
    unsigned k = roll(p, p->effects + 1);
    if (k < p->effects)
        FOR_SIDES(p, s) {
            burin_graph_dispose(s->g, s->effects[k].node);
            s->effects[k].node = (burin_node){0, 0};
        }
}
static void add_dynamic(pair *p)
{
    unsigned reads = roll(p, p->count);
    if (p->dynamic == READERS)
        return;
    FOR_SIDES(p, s) {
        reader    *r = &s->dynamic[p->dynamic];
        burin_node effect;
        *r           = (reader){.of = s, .reads = reads};
        assert_int_equal(burin_graph_computed(s->g, read_two, r, BURIN_NODE_DYNAMIC, NULL, 0, &r->node), BURIN_OK);
        burin_graph_effect(s->g, see, r, BURIN_NODE_STATIC, &r->node, 1, &effect);
    }
    p->dynamic++;
}

/* ---- formulas ---- */

static void add_formula(pair *p)
{
    const char *form = forms[roll(p, roll(p, 3) ? OF_NUMBERS : FORMS)];
    char        text[200], name[16];
    size_t      len     = 0;
    bool        watched = roll(p, 3) == 0;
    for (; *form; form++) {
        snprintf(name, sizeof name, "%c", *form);
        if (*form == '@')
            name_of(roll(p, p->count), name);
        len += (size_t)snprintf(text + len, sizeof text - len, "%s", name);
    }
    name_of(p->count, name);
    FOR_SIDES(p, s) {
        burin_error err = BURIN_ERROR_INIT;
        if (burin_live_formula(s->live, (burin_text){text, len}, &s->nodes[p->count], &err))
            fail_msg("seed %llu: %.*s: %s", (unsigned long long)p->seed, (int)len, text, err.message);
        burin_live_bind(s->live, name, s->nodes[p->count]);
    }
    p->count++;
    if (watched)
        add_effect(p);
}
static void drop_formula(pair *p)
{
    unsigned k = CELLS + roll(p, p->count - CELLS);
    if (!p->gone[k])
        FOR_SIDES(p, s)
            burin_graph_dispose(s->g, s->nodes[k]);
    p->gone[k] = true;
}
static void fuse(pair *p)
{
    for (unsigned k = 1; k < p->side_count; k++) {
        uint32_t fused;
        assert_int_equal(burin_live_fuse(p->sides[k].live, &fused, NULL), BURIN_OK);
        all_fused += k == 1 ? fused : 0;
    }
}

/* ---- comparing ---- */

/* A dynamic node that meets something higher than itself runs again: how often that is depends on heights. */
static burin_graph_counters counters(const side *s)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(s->g, &c);
    c.evaluations -= c.restarts;
    return c;
}
static char *shown(const side *s, unsigned k)
{
    burin_value v;
    if (burin_graph_get(s->g, s->nodes[k], &v))
        return strdup(burin_graph_message(s->g));
    return burin_repr(v, NULL);
}

static void compare_counts(const pair *p, const side *s)
{
    burin_graph_counters a = counters(p->sides), b = counters(s);
    if (a.evaluations != b.evaluations || a.cutoffs != b.cutoffs || a.effects != b.effects || p->sides->seen != s->seen)
        fail_msg("seed %llu, side %d: %llu computations, %llu cutoffs, %llu effects by themselves, %llu, %llu, %llu in regions%s", (unsigned long long)p->seed,
                 (int)(s - p->sides), (unsigned long long)a.evaluations, (unsigned long long)a.cutoffs, (unsigned long long)a.effects,
                 (unsigned long long)b.evaluations, (unsigned long long)b.cutoffs, (unsigned long long)b.effects,
                 p->sides->seen != s->seen ? "; effects saw something else" : "");
}

static void compare(pair *p, bool read_all)
{
    for (unsigned n = 1; n < p->side_count; n++)
        compare_counts(p, &p->sides[n]);
    for (unsigned k = 0; k < p->count && read_all; k++) {
        char *one = shown(&p->sides[0], k);
        for (unsigned n = 1; n < p->side_count; n++) {
            char *other = shown(&p->sides[n], k);
            if (strcmp(one, other) != 0)
                fail_msg("seed %llu: formula %u: %s by itself, %s in a region", (unsigned long long)p->seed, k, one, other);
            free(other);
        }
        free(one);
    }
    for (unsigned n = 1; n < p->side_count && read_all; n++) /* when all have read all */
        compare_counts(p, &p->sides[n]);
}

/* ---- changing ---- */

static burin_value roll_value(pair *p, unsigned cell)
{
    static const double floats[] = {0.0, -0.0, NAN, INFINITY, 0.5, -2.5, 1e300, 3.0};
    if (roll(p, 40) == 0)
        return burin_string_borrow("text", roll(p, 5));
    if (cell == 1 || roll(p, 60) == 0)
        return burin_float(roll(p, 3) ? (double)roll(p, 9) / 2 : floats[roll(p, 8)]);
    if (cell == 2)
        return burin_bool(roll(p, 2));
    return burin_int(roll(p, 30) ? (int64_t)roll(p, 6) : INT64_MAX - (int64_t)roll(p, 2));
}

static void set_some(pair *p, unsigned sets)
{
    for (unsigned k = 0; k < sets; k++) {
        unsigned    cell  = roll(p, CELLS);
        burin_value value = roll_value(p, cell);
        FOR_SIDES(p, s)
            assert_int_equal(burin_graph_set(s->g, s->nodes[cell], value), BURIN_OK);
    }
}

static void rebuild(pair *p)
{
    if (roll(p, 30) == 0)
        drop_formula(p);
    if (roll(p, 15) == 0)
        drop_effect(p);
    if (roll(p, 10) == 0)
        add_effect(p);
    if (roll(p, 40) == 0)
        add_dynamic(p);
    if (roll(p, 12) == 0)
        fuse(p);
}

/* `calm`: the nodes stay, but that once in a while an effect comes or goes, and what is no longer in a region is fused again. */
static void change(pair *p, bool calm)
{
    if (roll(p, 2) == 0) { /* a write that is a batch of its own */
        set_some(p, 1);
        return;
    }
    FOR_SIDES(p, s)
        burin_graph_begin(s->g);
    set_some(p, roll(p, 3) ? 1 : 1 + roll(p, 4));
    if (!calm)
        rebuild(p);
    else if (roll(p, 100) == 0)
        roll(p, 2) ? add_effect(p) : drop_effect(p);
    else if (roll(p, 100) == 0)
        fuse(p);
    FOR_SIDES(p, s)
        burin_graph_commit(s->g);
}

static void run_pair(pair *p, unsigned long long *steps)
{
    for (unsigned k = 0; k < CELLS; k++)
        FOR_SIDES(p, s) {
            burin_graph_cell(s->g, k == 1 ? burin_float(1.5) : k == 2 ? burin_bool(true) : burin_int((int64_t)k), &s->nodes[k]);
            burin_live_bind(s->live, (char[]){(char)('a' + k), '\0'}, s->nodes[k]);
        }
    p->count    = CELLS;
    p->formulas = roll(p, MANY_SHARE) ? FEW : MANY;
    for (unsigned k = 0; k < p->formulas; k++) {
        add_formula(p);
        if (k == p->formulas / 2 || k == p->formulas - 1)
            fuse(p);
    }
    all_formulas += p->formulas;
    bool native = p->side_count > NATIVE;
    for (int n = 0; n < (native ? STEPS + CALM : STEPS) && *steps; n++, --*steps) {
        change(p, n >= STEPS);
        compare(p, roll(p, 3) == 0);
        native_steps += native;
    }
}

static void open_side(pair *p, unsigned k)
{
    side         *s       = &p->sides[k];
    burin_options options = burin_options_default();
    options.scripts       = true;
    options.limits.memory = 1 << 20; /* products of products of texts and ints grow beyond all bounds */
    s->env                = burin_env_new(&options, NULL);
    if (k == NATIVE)
        assert_int_equal(burin_env_set_jit(s->env, jit), BURIN_OK);
    s->g    = burin_graph_new(NULL);
    s->live = burin_live_new(s->g, s->env, NULL);
}

static void fused_formulas_are_as_formulas_by_themselves(void **unused)
{
    const char        *steps_text = getenv("BURIN_STEPS"), *seed_text = getenv("BURIN_SEED");
    unsigned long long steps = steps_text ? strtoull(steps_text, NULL, 10) : 5000, seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    (void)unused;
    for (; steps; seed++) {
        pair *p = calloc(1, sizeof *p);
        p->seed = p->random = seed;
        p->side_count       = jit && seed % NATIVE_SHARE == 0 ? SIDES : SIDES - 1;
        for (unsigned k = 0; k < p->side_count; k++)
            open_side(p, k);
        run_pair(p, &steps);
        FOR_SIDES(p, s) {
            burin_live_free(s->live);
            burin_graph_free(s->g);
            burin_env_unref(s->env);
        }
        free(p);
    }
    assert_true(all_fused > all_formulas / 4);
    assert_true(!jit || compiled > 0);
    print_message("%llu steps beside %llu compiled regions\n", (unsigned long long)native_steps, (unsigned long long)compiled);
}

static void note_compiled(void *user, const burin_jit_event *event)
{
    (void)user;
    compiled += event->outcome == BURIN_JIT_COMPILED; /* or taken from the cache */
    if (event->outcome != BURIN_JIT_COMPILED)
        fail_msg("the compiler: %s", event->why);
}
static int start_compiler(void **unused)
{
    burin_jit_options options = burin_jit_options_default();
    (void)unused;
    options.helper = getenv("BURIN_JIT");
    if (!options.helper)
        return 0;
    options.engine = BURIN_ENGINE_JIT;
    options.eager  = true;
    options.event  = note_compiled;
    options.cache  = cache;
    return !folder_make(cache) || !(jit = burin_jit_new(&options, NULL));
}
static int stop_compiler(void **unused)
{
    (void)unused;
    if (!jit)
        return 0;
    burin_jit_unref(jit);
    folder_remove(cache);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(fused_formulas_are_as_formulas_by_themselves, start_compiler, stop_compiler)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
