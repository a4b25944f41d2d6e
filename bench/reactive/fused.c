#include "bench/reactive/fused.h"

#include <burin/burin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 400 };

struct fused {
    const fused_shape *shape;
    burin_jit         *jit;
    burin_env         *env;
    burin_graph       *graph;
    burin_live        *live;
    burin_node         head;
    int64_t            seen, written;
    unsigned           compiled; /* regions */
};

/* ---- formulas ---- */

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static burin_status see(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)g, (void)out;
    ((fused *)user)->seen = burin_input(in, 0)->as.i;
    return BURIN_OK;
}

/* A formula, bound to a letter with a number. */
static burin_node add(fused *f, char letter, int number, const char *text)
{
    char        name[20];
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    snprintf(name, sizeof name, "%c%d", letter, number);
    if (burin_live_formula(f->live, (burin_text){text, strlen(text)}, &node, &err) || burin_live_bind(f->live, name, node))
        give_up(text, err.message ? err.message : burin_graph_message(f->graph));
    return node;
}
/* The same of a text with a number in it. */
static burin_node add_over(fused *f, char letter, int number, const char *form, int n)
{
    char text[TEXT_MAX];
    snprintf(text, sizeof text, form, n);
    return add(f, letter, number, text);
}
static void watch(fused *f, burin_node node)
{
    burin_node effect;
    burin_graph_effect(f->graph, see, f, BURIN_NODE_STATIC, &node, 1, &effect);
}

static void build_avoidable(fused *f, int size)
{
    add(f, 'c', 1, "h");
    add(f, 'c', 2, "c1 * 0");
    add(f, 'c', 3, "c2 + 1");
    add(f, 'c', 4, "c3 + 2");
    watch(f, add(f, 'c', size, "c4 + 3"));
}
static void build_broad(fused *f, int size)
{
    for (int k = 0; k < size; k++) {
        add_over(f, 'a', k, "h + %d", k);
        watch(f, add_over(f, 'b', k, "a%d + 1", k));
    }
}
static void build_chain(fused *f, int size)
{
    burin_node last = add(f, 'c', 0, "h + 1");
    for (int k = 1; k < size; k++)
        last = add_over(f, 'c', k, "c%d + 1", k - 1);
    watch(f, last);
}
static void build_diamond(fused *f, int size)
{
    for (int k = 0; k < size; k++)
        add(f, 'a', k, "h + 1");
    watch(f, add(f, 's', 0, "a0 + a1 + a2 + a3 + a4"));
}
static void build_triangle(fused *f, int size)
{
    add(f, 'c', 1, "h + 1");
    for (int k = 2; k <= size; k++)
        add_over(f, 'c', k, "c%d + 1", k - 1);
    watch(f, add(f, 's', 0, "h + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9"));
}

/* `repeated` is one node, and so no region; `mux` has an object for a value; `unstable` is dynamic. */
const fused_shape fused_shapes[] = {
    {"avoidable", 2, 0, 6, build_avoidable, 5},      {"broad", 150, 1, 50, build_broad, 50}, {"deep", 51, 1, 50, build_chain, 50},
    {"diamond", 7, 5, 5, build_diamond, 5},          {"triangle", 11, 10, 45, build_triangle, 9},
    {"chain of 200", 201, 1, 200, build_chain, 200}, {"chain of 1000", 1001, 1, 1000, build_chain, 1000},
};
const unsigned fused_shape_count = sizeof fused_shapes / sizeof *fused_shapes;

/* ---- life ---- */

static void note_compiled(void *user, const burin_jit_event *event)
{
    fused *f = user;
    if (event->outcome != BURIN_JIT_COMPILED)
        give_up(f->shape->name, event->why ? event->why : "it is not compiled");
    f->compiled++;
}

static void open_env(fused *f, fused_how how, const char *helper)
{
    burin_options     options = burin_options_default();
    burin_jit_options jit     = burin_jit_options_default();
    options.scripts           = true;
    f->env                    = burin_env_new(&options, NULL);
    if (how != FUSED_NATIVE)
        return;
    jit.engine = BURIN_ENGINE_JIT;
    jit.eager  = true;
    jit.helper = helper;
    jit.event  = note_compiled;
    jit.user   = f;
    f->jit     = burin_jit_new(&jit, NULL);
    if (!f->jit || burin_env_set_jit(f->env, f->jit))
        give_up("the compiler", "it cannot be started");
}

fused *fused_new(const fused_shape *shape, fused_how how, const char *helper)
{
    fused   *f = calloc(1, sizeof *f);
    uint32_t count;
    f->shape = shape;
    open_env(f, how, helper);
    f->graph = burin_graph_new(NULL);
    f->live  = burin_live_new(f->graph, f->env, NULL);
    burin_graph_cell(f->graph, burin_int(0), &f->head);
    burin_live_bind(f->live, "h", f->head);
    shape->build(f, shape->size);
    if (how != FUSED_NOT && (burin_live_fuse(f->live, &count, NULL) || !count))
        give_up(shape->name, "it is not fused");
    if (how == FUSED_NATIVE && !f->compiled)
        give_up(shape->name, "it is not compiled");
    return f;
}

void fused_free(fused *f)
{
    burin_live_free(f->live);
    burin_graph_free(f->graph);
    burin_env_unref(f->env);
    if (f->jit)
        burin_jit_unref(f->jit);
    free(f);
}

bool fused_write(fused *f)
{
    f->written = f->written == 999 ? 1 : f->written + 1;
    return !burin_graph_set(f->graph, f->head, burin_int(f->written)) && f->seen == f->written * f->shape->by + f->shape->plus;
}

static uint64_t evaluations(const fused *f)
{
    burin_graph_counters c = {.struct_size = sizeof c};
    burin_graph_count(f->graph, &c);
    return c.evaluations;
}

bool fused_is_minimal(fused *f)
{
    fused_write(f);
    uint64_t before = evaluations(f);
    fused_write(f);
    return evaluations(f) - before == f->shape->fewest;
}
