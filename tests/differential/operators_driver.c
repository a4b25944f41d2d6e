/* Operators for test_operators.py: a line is a command, and every command is answered by the values that the watched node has
 * taken since, as a JSON list on one line.
 *
 *   new                    another graph, with the cells 0, 1 and 2, which hold 0, and a clock at 0
 *   op NAME NODE... NUMBER...
 *   watch NODE
 *   set NODE VALUE ...     one batch
 *   advance NS */
#include <burin/burin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 32, WORDS_MAX = 16, TAKEN_MAX = 64 * 1024 };

typedef struct driver {
    burin_graph *g;
    burin_clock *clock;
    burin_node   nodes[NODES_MAX], inner; /* inner: what flat_map adds to */
    size_t       count;
    char         taken[TAKEN_MAX];
    size_t       len;
    long         chance; /* of retry */
    burin_sorted *sorted;
    burin_groups *groups;
} driver;

/* ---- what the operators are given; test_operators.py has the same ---- */

static bool is_even(void *user, burin_value v) { return (void)user, v.kind == BURIN_INT && v.as.i % 2 == 0; }

static burin_status add(burin_graph *g, void *user, burin_value so_far, burin_value v, burin_value *out)
{
    (void)g, (void)user;
    *out = v.kind == BURIN_INT ? burin_int(so_far.as.i + v.as.i) : so_far;
    return BURIN_OK;
}
static burin_status map(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_value v = *burin_input(in, 0);
    (void)g, (void)user;
    *out = v.kind == BURIN_INT ? burin_int(v.as.i * 3 % 7) : burin_none();
    return BURIN_OK;
}
static burin_status combine(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_value a = *burin_input(in, 0), b = *burin_input(in, 1);
    (void)g, (void)user;
    *out = a.kind == BURIN_INT && b.kind == BURIN_INT ? burin_int(10 * a.as.i + b.as.i) : burin_none();
    return BURIN_OK;
}
static burin_status project(burin_graph *g, void *user, burin_value v, burin_node *out)
{
    driver      *d = user;
    burin_node   cell;
    burin_status status;
    *out = (burin_node){0, 0};
    if (v.kind != BURIN_INT)
        return BURIN_OK;
    if ((status = burin_graph_cell(g, v, &cell)))
        return status;
    return burin_graph_computed(g, combine, NULL, BURIN_NODE_STATIC, (burin_node[]){cell, d->inner}, 2, out);
}
static burin_status fail_now_and_then(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    (void)user;
    *out = *burin_input(in, 0);
    return out->kind == BURIN_INT && out->as.i % 3 == 0 ? burin_graph_fail(g, BURIN_ERR_VALUE, "no multiple of 3") : BURIN_OK;
}
/* Fails two times of three. */
static burin_status by_chance(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    driver *d = user;
    *out      = *burin_input(in, 0);
    return d->chance++ % 3 ? burin_graph_fail(g, BURIN_ERR_VALUE, "not this time") : BURIN_OK;
}

/* ---- commands ---- */

static burin_status take(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    driver *d = user;
    char   *text;
    size_t  len;
    (void)g, (void)out;
    burin_status status = burin_json_write(*burin_input(in, 0), -1, &text, &len, NULL);
    if (status || d->len + len + 8 > sizeof d->taken)
        return status ? status : BURIN_ERR_LIMIT;
    d->len += (size_t)sprintf(d->taken + d->len, "%s%.*s", d->len ? "," : "", (int)len, text);
    free(text);
    return BURIN_OK;
}

static void begin(driver *d)
{
    burin_sorted_free(d->sorted);
    burin_groups_free(d->groups);
    burin_clock_free(d->clock);
    burin_graph_free(d->g);
    *d       = (driver){.g = burin_graph_new(NULL)};
    d->clock = burin_clock_new(d->g, 0);
    for (; d->count < 3; d->count++)
        burin_graph_cell(d->g, burin_int(0), &d->nodes[d->count]);
}

static burin_status sort(driver *d, const burin_node *nodes, long limit, burin_node *out)
{
    burin_status status = BURIN_OK;
    uint32_t     member;
    d->sorted = burin_sorted_new(d->g, (uint64_t)limit, false, out);
    for (int k = 0; k < 3 && !status; k++)
        status = d->sorted ? burin_sorted_add(d->sorted, nodes[k], &member) : BURIN_ERR_NOMEM;
    return status;
}
/* The sum of the group 2, of two members whose keys are the first two nodes and whose value is the third. */
static burin_status group(driver *d, const burin_node *nodes, burin_node *out)
{
    burin_status status = BURIN_OK;
    burin_node   keys;
    uint32_t     member;
    d->groups = burin_groups_new(d->g, BURIN_SUM, &keys);
    for (int k = 0; k < 2 && !status; k++)
        status = d->groups ? burin_groups_add(d->groups, nodes[k], nodes[2], &member) : BURIN_ERR_NOMEM;
    return status ? status : burin_groups_get(d->groups, burin_int(2), out);
}

static burin_status catching(burin_graph *g, const burin_node *source, int64_t instead, burin_node *out)
{
    burin_node   may_fail;
    burin_status status = burin_graph_computed(g, fail_now_and_then, NULL, BURIN_NODE_STATIC, source, 1, &may_fail);
    return status ? status : burin_op_catch(g, may_fail, burin_int(instead), out);
}

static burin_status make(driver *d, char **words, burin_node *out)
{
    const char  *name = words[0];
    long         n[4] = {0};
    burin_node   at[4] = {{0, 0}};
    burin_graph *g    = d->g;
    for (int k = 0; k < 4 && words[1 + k]; k++) {
        n[k]  = atol(words[1 + k]);
        at[k] = n[k] >= 0 && (size_t)n[k] < d->count ? d->nodes[n[k]] : (burin_node){0, 0};
    }
#define OP(op, call)             \
    if (strcmp(name, op) == 0) \
        return call;
    OP("map", burin_graph_computed(g, map, NULL, BURIN_NODE_STATIC, at, 1, out))
    OP("combine_latest", burin_graph_computed(g, combine, NULL, BURIN_NODE_STATIC, at, 2, out))
    OP("filter", burin_op_filter(g, at[0], is_even, NULL, out))
    OP("scan", burin_op_scan(g, at[0], add, NULL, burin_int(0), out))
    OP("merge", burin_op_merge(g, at, 2, out))
    OP("start_with", burin_op_start_with(g, at[0], burin_int(n[1]), out))
    OP("sample", burin_op_sample(g, at[0], at[1], out))
    OP("take", burin_op_take(g, at[0], (uint64_t)n[1], out))
    OP("skip", burin_op_skip(g, at[0], (uint64_t)n[1], out))
    OP("take_until", burin_op_take_until(g, at[0], at[1], out))
    OP("switch_latest", burin_op_switch(g, at[0], &at[1], 2, out))
    OP("zip", burin_op_zip(g, at, 2, 1000, out))
    OP("with_latest_from", burin_op_with_latest_from(g, at[0], &at[1], 1, out))
    OP("buffer_with_count", burin_op_buffer_count(g, at[0], (uint64_t)n[1], (uint64_t)n[2], out))
    OP("buffer", burin_op_buffer(g, at[0], at[1], out))
    OP("window_with_count", burin_op_window_count(g, at[0], (uint64_t)n[1], (uint64_t)n[2], out))
    OP("window", burin_op_window(g, at[0], at[1], out))
    OP("replay", burin_op_replay(g, at[0], (uint64_t)n[1], out))
    OP("replay_time", burin_op_replay_time(d->clock, at[0], (uint64_t)n[1], (uint64_t)n[2], out))
    OP("debounce", burin_op_debounce(d->clock, at[0], (uint64_t)n[1], out))
    OP("throttle_first", burin_op_throttle(d->clock, at[0], (uint64_t)n[1], out))
    OP("sample_every", burin_op_sample_every(d->clock, at[0], (uint64_t)n[1], out))
    OP("interval", burin_op_interval(d->clock, (uint64_t)n[0], out))
    OP("catch", catching(g, at, n[1], out))
    OP("retry", burin_op_retry(g, by_chance, d, BURIN_NODE_STATIC, at, 1, 3, out))
    OP("flat_map", (d->inner = at[1], burin_op_flat_map(g, at[0], project, d, (uint32_t)n[2], out)))
    OP("sort", sort(d, at, n[3], out))
    OP("group_by", group(d, at, out))
#undef OP
    return BURIN_ERR_USAGE;
}

static burin_status set(driver *d, char **words)
{
    burin_graph_begin(d->g);
    for (; words[0] && words[1]; words += 2)
        burin_graph_set(d->g, d->nodes[atol(words[0])], burin_int(atol(words[1])));
    return burin_graph_commit(d->g);
}

static burin_status run(driver *d, char **words)
{
    burin_node effect;
    if (strcmp(words[0], "new") == 0)
        return begin(d), BURIN_OK;
    if (strcmp(words[0], "op") == 0 && words[1] && d->count < NODES_MAX)
        return make(d, words + 1, &d->nodes[d->count++]);
    if (strcmp(words[0], "watch") == 0 && words[1])
        return burin_graph_effect(d->g, take, d, BURIN_NODE_STATIC, &d->nodes[atol(words[1])], 1, &effect);
    if (strcmp(words[0], "set") == 0)
        return set(d, words + 1);
    if (strcmp(words[0], "advance") == 0 && words[1])
        return burin_clock_advance(d->clock, (uint64_t)atol(words[1]));
    return BURIN_ERR_USAGE;
}

int main(void)
{
    static driver d;
    char          line[4096];
    while (fgets(line, sizeof line, stdin)) {
        char  *words[WORDS_MAX + 1] = {NULL};
        size_t count = 0;
        for (char *at = strtok(line, " \n"); at && count < WORDS_MAX; at = strtok(NULL, " \n"))
            words[count++] = at;
        d.len               = 0;
        burin_status status = count ? run(&d, words) : BURIN_ERR_USAGE;
        if (status)
            printf("[\"%s\"]\n", burin_status_class(status));
        else
            printf("[%.*s]\n", (int)d.len, d.taken);
        fflush(stdout);
    }
    burin_sorted_free(d.sorted);
    burin_groups_free(d.groups);
    burin_clock_free(d.clock);
    burin_graph_free(d.g);
    return 0;
}
