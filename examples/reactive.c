/* A spreadsheet of three lines: cells, what follows from them, and an effect that prints the total when it changes. */
#include <burin/burin.h>

#include <stdio.h>

static burin_status product(burin_graph *graph, void *user, const burin_inputs *in, burin_value *out)
{
    (void)graph, (void)user;
    *out = burin_int(burin_input(in, 0)->as.i * burin_input(in, 1)->as.i);
    return BURIN_OK;
}

static burin_status sum(burin_graph *graph, void *user, const burin_inputs *in, burin_value *out)
{
    int64_t total = 0;
    (void)graph, (void)user;
    for (uint32_t k = 0; k < in->count; k++)
        total += burin_input(in, k)->as.i;
    *out = burin_int(total);
    return BURIN_OK;
}

static burin_status print(burin_graph *graph, void *user, const burin_inputs *in, burin_value *out)
{
    (void)graph, (void)out;
    printf("%s %lld\n", (const char *)user, (long long)burin_input(in, 0)->as.i);
    return BURIN_OK;
}

int main(void)
{
    static const int64_t lines[3][2] = {{3, 40}, {1, 275}, {2, 120}}; /* how many, for how much */
    burin_graph *graph = burin_graph_new(NULL);
    burin_node   cells[3][2], prices[3], total, effect;
    burin_status status = graph ? BURIN_OK : BURIN_ERR_NOMEM;

    for (int n = 0; n < 3 && !status; n++) {
        for (int k = 0; k < 2 && !status; k++)
            status = burin_graph_cell(graph, burin_int(lines[n][k]), &cells[n][k]);
        if (!status)
            status = burin_graph_computed(graph, product, NULL, BURIN_NODE_STATIC, cells[n], 2, &prices[n]);
    }
    if (!status)
        status = burin_graph_computed(graph, sum, NULL, BURIN_NODE_STATIC, prices, 3, &total);
    if (!status)
        status = burin_graph_effect(graph, print, "total:", BURIN_NODE_STATIC, &total, 1, &effect);
    if (!status) {
        burin_graph_set(graph, cells[0][0], burin_int(4)); /* followed at once */

        burin_graph_begin(graph); /* together: the total stays what it is, so nothing is printed */
        burin_graph_set(graph, cells[1][1], burin_int(515));
        burin_graph_set(graph, cells[2][0], burin_int(0));
        burin_graph_commit(graph);

        burin_graph_set(graph, cells[2][0], burin_int(5));
    }
    if (status)
        fprintf(stderr, "%s\n", graph ? burin_graph_message(graph) : "out of memory");
    burin_graph_free(graph);
    return status != BURIN_OK;
}
