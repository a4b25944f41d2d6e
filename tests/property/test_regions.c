/* Fused formulas against formulas by themselves: the same random formulas in two graphs, in one of which they are fused. After every random batch all values, failures
 * and the numbers of computations must be the same. BURIN_STEPS and BURIN_SEED choose another run; a failure prints the seed. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 4, FORMULAS_MAX = 26 - CELLS, SIDES = 2 };

typedef struct side {
    burin_graph *g;
    burin_live  *live;
    burin_node   nodes[26];
} side;
typedef struct pair {
    burin_env *env;
    side       sides[SIDES]; /* the second is fused */
    unsigned   count;
    uint64_t   random, seed;
} pair;

static unsigned roll(pair *p, unsigned below)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % below;
}

/* `@` becomes a name bound so far. */
static const char *const forms[] = {"@ + @", "@ * 2", "@ % 3", "@ > @", "@ if @ else @", "@ // @", "str(@) + '!'", "len([x for x in range(@ % 4)]) + @",
                                    "(@ + 1) % 5 # a remark", "max(@, @)", "[@, @]", "-@", "(lambda x: x + 1)(@)", "not @", "(x := @) + x", "@ and @"};

static burin_status take(burin_graph *g, void *user, const burin_inputs *in, burin_value *out) { return (void)g, (void)user, (void)in, (void)out, BURIN_OK; }

static void add_formula(pair *p)
{
    const char *form = forms[roll(p, sizeof forms / sizeof *forms)];
    char        text[100], name[2] = {(char)('a' + p->count), '\0'};
    size_t      len = 0;
    bool        watched = roll(p, 3) == 0;
    for (; *form; form++)
        text[len++] = *form == '@' ? (char)('a' + roll(p, p->count)) : *form;
    for (unsigned k = 0; k < SIDES; k++) {
        side       *s   = &p->sides[k];
        burin_error err = BURIN_ERROR_INIT;
        burin_node  effect;
        if (burin_live_formula(s->live, (burin_text){text, len}, &s->nodes[p->count], &err))
            fail_msg("seed %llu: %.*s: %s", (unsigned long long)p->seed, (int)len, text, err.message);
        burin_live_bind(s->live, name, s->nodes[p->count]);
        if (watched)
            burin_graph_effect(s->g, take, NULL, BURIN_NODE_STATIC, &s->nodes[p->count], 1, &effect);
    }
    p->count++;
}

static uint64_t evaluations(const side *s)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(s->g, &c);
    return c.evaluations;
}
static char *shown(const side *s, unsigned k)
{
    burin_value v;
    if (burin_graph_get(s->g, s->nodes[k], &v))
        return strdup(burin_graph_message(s->g));
    return burin_repr(v, NULL);
}

static void compare(pair *p, bool read_all)
{
    assert_int_equal(evaluations(&p->sides[0]), evaluations(&p->sides[1]));
    for (unsigned k = 0; k < p->count && read_all; k++) {
        char *one = shown(&p->sides[0], k), *other = shown(&p->sides[1], k);
        if (strcmp(one, other) != 0)
            fail_msg("seed %llu: formula %c: %s by itself, %s in a region", (unsigned long long)p->seed, 'a' + k, one, other);
        free(one);
        free(other);
    }
    if (evaluations(&p->sides[0]) != evaluations(&p->sides[1]))
        fail_msg("seed %llu: other computations were run", (unsigned long long)p->seed);
}

static uint32_t run_pair(pair *p, unsigned long long *steps)
{
    uint32_t all = 0, fused;
    for (unsigned k = 0; k < CELLS; k++)
        for (unsigned n = 0; n < SIDES; n++) {
            burin_graph_cell(p->sides[n].g, burin_int((int64_t)k), &p->sides[n].nodes[k]);
            burin_live_bind(p->sides[n].live, (char[]){(char)('a' + k), '\0'}, p->sides[n].nodes[k]);
        }
    p->count = CELLS;
    for (unsigned k = 0; k < FORMULAS_MAX; k++) {
        add_formula(p);
        if (k == FORMULAS_MAX / 2 || k == FORMULAS_MAX - 1) {
            assert_int_equal(burin_live_fuse(p->sides[1].live, &fused, NULL), BURIN_OK);
            all += fused;
        }
    }
    for (int n = 0; n < 30 && *steps; n++, --*steps) {
        unsigned   cell  = roll(p, CELLS);
        burin_value value = roll(p, 8) ? burin_int(roll(p, 6)) : burin_string_borrow("text", roll(p, 5));
        for (unsigned k = 0; k < SIDES; k++)
            assert_int_equal(burin_graph_set(p->sides[k].g, p->sides[k].nodes[cell], value), BURIN_OK);
        compare(p, roll(p, 3) == 0);
    }
    return all;
}

static void fused_formulas_are_as_formulas_by_themselves(void **unused)
{
    const char        *steps_text = getenv("BURIN_STEPS"), *seed_text = getenv("BURIN_SEED");
    unsigned long long steps = steps_text ? strtoull(steps_text, NULL, 10) : 6000, seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    uint64_t           fused = 0, made = 0;
    (void)unused;
    for (; steps; seed++) {
        pair         *p = calloc(1, sizeof *p);
        burin_options options = burin_options_default();
        options.scripts       = true;
        p->seed = p->random = seed;
        p->env              = burin_env_new(&options, NULL);
        for (unsigned k = 0; k < SIDES; k++) {
            p->sides[k].g    = burin_graph_new(NULL);
            p->sides[k].live = burin_live_new(p->sides[k].g, p->env, NULL);
        }
        fused += run_pair(p, &steps);
        made += FORMULAS_MAX;
        for (unsigned k = 0; k < SIDES; k++) {
            burin_live_free(p->sides[k].live);
            burin_graph_free(p->sides[k].g);
        }
        burin_env_unref(p->env);
        free(p);
    }
    assert_true(fused > made / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fused_formulas_are_as_formulas_by_themselves)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
