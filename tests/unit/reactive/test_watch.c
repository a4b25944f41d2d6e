/* Looking at a graph: why nodes ran, how often, pictures, metrics, traces, logs. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct text {
    char   at[20000];
    size_t len;
} text;

static burin_status append(void *user, const char *data, size_t len)
{
    text *t = user;
    assert_true(t->len + len < sizeof t->at);
    memcpy(t->at + t->len, data, len);
    t->len += len;
    t->at[t->len] = '\0';
    return BURIN_OK;
}

static burin_status sum(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    int64_t total = 0;
    (void)g, (void)user;
    for (uint32_t k = 0; k < in->count; k++)
        total += burin_input(in, k)->as.i;
    *out = burin_int(total);
    return total == 13 ? burin_graph_fail(g, BURIN_ERR_VALUE, "thirteen \"is\" unlucky") : BURIN_OK;
}
static burin_status either(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_node *nodes = user; /* a condition and two to choose from */
    burin_value v;
    (void)in;
    burin_status status = burin_graph_get(g, nodes[0], &v);
    return status ? status : burin_graph_get(g, nodes[v.as.i ? 1 : 2], out);
}

enum { PRICE, AMOUNT, TAX, TOTAL, PICK, SHOWN, COUNT };
static const char *const names[COUNT] = {"price", "amount", "tax \"7%\"", "total", "pick", "shown"};

typedef struct shop {
    burin_graph *g;
    burin_node   nodes[COUNT], choice[3];
} shop;

static shop open_shop(const burin_watch *watch)
{
    shop s = {.g = burin_graph_new(NULL)};
    assert_int_equal(burin_graph_watch(s.g, watch), BURIN_OK);
    for (int k = PRICE; k <= AMOUNT; k++)
        burin_graph_cell(s.g, burin_int(k + 1), &s.nodes[k]);
    burin_graph_computed(s.g, sum, NULL, BURIN_NODE_STATIC, &s.nodes[PRICE], 1, &s.nodes[TAX]);
    burin_graph_computed(s.g, sum, NULL, BURIN_NODE_STATIC, (burin_node[]){s.nodes[TAX], s.nodes[AMOUNT]}, 2, &s.nodes[TOTAL]);
    return s;
}
/* Its dynamic node and effect need nodes that stay where they are. */
static void complete(shop *s)
{
    memcpy(s->choice, (burin_node[]){s->nodes[AMOUNT], s->nodes[TOTAL], s->nodes[PRICE]}, sizeof s->choice);
    burin_graph_computed(s->g, either, s->choice, BURIN_NODE_DYNAMIC, NULL, 0, &s->nodes[PICK]);
    burin_graph_effect(s->g, sum, NULL, BURIN_NODE_STATIC, &s->nodes[PICK], 1, &s->nodes[SHOWN]);
    for (int k = 0; k < COUNT; k++)
        assert_int_equal(burin_graph_name(s->g, s->nodes[k], (burin_text){names[k], strlen(names[k])}), BURIN_OK);
}

static burin_status emit_name(void *sink, burin_node node)
{
    text *t = sink;
    append(t, t->len ? " " : "", t->len ? 1 : 0);
    char number[12];
    return append(t, number, (size_t)snprintf(number, sizeof number, "%u", node.index - 1));
}
static void assert_why(shop *s, int node, const char *want)
{
    text t = {.len = 0};
    assert_int_equal(burin_why(s->g, s->nodes[node], emit_name, &t), BURIN_OK);
    assert_string_equal(t.len ? t.at : "", want);
}

static void why_leads_from_a_node_to_the_cell_that_was_set(void **unused)
{
    shop s = open_shop(&(burin_watch){.struct_size = sizeof(burin_watch)});
    (void)unused;
    complete(&s);
    assert_why(&s, SHOWN, "5"); /* it was new */
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(5));
    assert_why(&s, SHOWN, "5 4 3 2 0");
    burin_graph_set(s.g, s.nodes[AMOUNT], burin_int(9));
    assert_why(&s, TOTAL, "3 1");
    burin_graph_set(s.g, s.nodes[AMOUNT], burin_int(0)); /* pick reads the price now */
    assert_why(&s, SHOWN, "5 4 1");
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(6));
    assert_why(&s, SHOWN, "5 4 0");
    burin_graph_free(s.g);
}

static burin_status keep_handle(void *sink, burin_node node)
{
    burin_node **next = sink;
    *(*next)++        = node;
    return BURIN_OK;
}

/* Reads a cell in its first run only. */
static burin_status read_once(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    burin_node  *cell   = user;
    burin_status status = cell->index ? burin_graph_get(g, *cell, out) : BURIN_OK;
    (void)in;
    *cell = (burin_node){0, 0};
    return status;
}

/* ... and no node that was given its number since is taken for it. */
static void why_ends_at_a_node_that_has_been_disposed_of(void **unused)
{
    burin_graph *g = burin_graph_new(NULL);
    burin_node   chain[4], *end = chain, gone, cell, other, once, above;
    text         json = {.len = 0};
    (void)unused;
    burin_graph_watch(g, &(burin_watch){.struct_size = sizeof(burin_watch)});
    burin_graph_cell(g, burin_bool(false), &gone);
    cell = gone;
    burin_graph_computed(g, read_once, &cell, BURIN_NODE_DYNAMIC, NULL, 0, &once);
    burin_graph_effect(g, sum, NULL, BURIN_NODE_STATIC, &once, 1, &above);
    burin_graph_set(g, gone, burin_bool(true));
    burin_graph_dispose(g, gone); /* nothing reads it any more */
    burin_graph_cell(g, burin_int(1), &other);
    assert_int_equal(other.index, gone.index);
    assert_int_equal(burin_why(g, above, keep_handle, &end), BURIN_OK);
    assert_int_equal(end - chain, 3);
    assert_memory_equal(&chain[1], &once, sizeof once);
    assert_memory_equal(&chain[2], &gone, sizeof gone);
    assert_int_equal(burin_graph_dump(g, BURIN_GRAPH_JSON, append, &json), BURIN_OK);
    assert_null(strstr(json.at, "\"why\": 1,"));
    burin_graph_free(g);
}

static void a_graph_that_is_not_watched_does_not_know_why(void **unused)
{
    shop s = open_shop(NULL);
    text t = {.len = 0};
    (void)unused;
    assert_int_equal(burin_why(s.g, s.nodes[TOTAL], emit_name, &t), BURIN_ERR_USAGE);
    assert_string_equal(burin_graph_message(s.g), "the graph is not watched");
    burin_graph_free(s.g);
}

static void a_node_tells_how_often_it_ran_and_changed(void **unused)
{
    shop            s    = open_shop(&(burin_watch){.struct_size = sizeof(burin_watch), .times = true});
    burin_node_info info = {.struct_size = sizeof info};
    (void)unused;
    complete(&s);
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(5));
    burin_graph_begin(s.g);
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(6));
    burin_graph_set(s.g, s.nodes[AMOUNT], burin_int(1));
    burin_graph_commit(s.g); /* the total stays 7 */
    assert_int_equal(burin_graph_describe(s.g, s.nodes[TOTAL], &info), BURIN_OK);
    assert_int_equal(info.runs, 3);
    assert_int_equal(info.changes, 2);
    assert_int_equal(info.height, 2);
    assert_true(info.ns > 0 && info.needed && info.is_static && !info.stale && !info.failed);
    assert_memory_equal(info.name.data, "total", info.name.len);
    assert_int_equal(burin_graph_describe(s.g, s.nodes[PRICE], &info), BURIN_OK);
    assert_int_equal(info.changes, 2);
    assert_int_equal(info.runs, 0);
    burin_graph_free(s.g);
}

static void pictures_show_nodes_edges_values_and_failures(void **unused)
{
    static const struct {
        burin_graph_format format;
        const char        *want[8];
    } rows[] = {
        {BURIN_GRAPH_DOT, {"digraph burin {", "n1 [label=\"price\\n11\", shape=\"box\"", "label=\"tax \\\"7%\\\"\\n11\"", "n1 -> n3;", "n2 -> n5 [style=dashed];", "color=red", "ValueError"}},
        {BURIN_GRAPH_MERMAID, {"flowchart LR", "n1[\"price<br>11\"]", "n3(\"tax #quot;7%#quot;<br>11\")", "  n1 --> n3\n", "  n2 -.-> n5\n", "n6[/\"shown", ":::failed"}},
        {BURIN_GRAPH_JSON, {"{\"counters\": {\"evaluations\": ", "\"name\": \"tax \\\"7%\\\"\", \"value\": \"11\"", "\"reads\": [3, 2]}", "\"error\": \"thirteen \\\"is\\\" unlucky\"", "\"why\": 3", "\"height\": 2"}},
    };
    shop s = open_shop(&(burin_watch){.struct_size = sizeof(burin_watch)});
    (void)unused;
    complete(&s);
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(11));
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        text t = {.len = 0};
        assert_int_equal(burin_graph_dump(s.g, rows[k].format, append, &t), BURIN_OK);
        for (size_t n = 0; rows[k].want[n]; n++)
            if (!strstr(t.at, rows[k].want[n]))
                fail_msg("no %s in\n%s", rows[k].want[n], t.at);
    }
    burin_graph_free(s.g);
}

/* A picture's reader sees the text as it is: what means something to Graphviz or Mermaid is escaped. */
static void labels_show_any_text(void **unused)
{
    static const struct { const char *name, *dot, *mermaid, *json; } rows[] = {
        {"a&lt;b", "a&amp;lt;b", "a#amp;lt;b", "a&lt;b"},
        {"<b>x</b>", "<b>x</b>", "#lt;b#gt;x#lt;/b#gt;", "<b>x</b>"},
        {"`x` #35; $$y$$", "`x` #35; $$y$$", "#96;x#96; #35;35; $#8203;$#8203;y$#8203;$#8203;", "`x` #35; $$y$$"},
        {"C:\\new", "C:\\\\new", "C:#92;#8203;new", "C:\\\\new"},
        {"a\nb\x01", "a b ", "a b ", "a\\u000ab\\u0001"},
        {"\xc3\xa9", "\xc3\xa9", "\xc3\xa9", "\xc3\xa9"},
    };
    (void)unused;
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        const char *wants[] = {[BURIN_GRAPH_DOT] = rows[k].dot, [BURIN_GRAPH_MERMAID] = rows[k].mermaid, [BURIN_GRAPH_JSON] = rows[k].json};
        for (int format = BURIN_GRAPH_DOT; format <= BURIN_GRAPH_JSON; format++) {
            burin_graph *g = burin_graph_new(NULL);
            burin_node   node;
            text         t = {.len = 0};
            char         want[80];
            assert_int_equal(burin_graph_cell(g, burin_string_borrow(rows[k].name, strlen(rows[k].name)), &node), BURIN_OK);
            assert_int_equal(burin_graph_name(g, node, (burin_text){rows[k].name, strlen(rows[k].name)}), BURIN_OK);
            assert_int_equal(burin_graph_dump(g, (burin_graph_format)format, append, &t), BURIN_OK);
            snprintf(want, sizeof want, format == BURIN_GRAPH_DOT ? "\"%s\\n" : format == BURIN_GRAPH_MERMAID ? "\"%s<br>" : "\"name\": \"%s\"", wants[format]);
            if (!strstr(t.at, want))
                fail_msg("no %s in\n%s", want, t.at);
            snprintf(want, sizeof want, format == BURIN_GRAPH_JSON ? "\"value\": \"%s\"" : format == BURIN_GRAPH_DOT ? "\\n%s\"" : "<br>%s\"", wants[format]);
            if (!strstr(t.at, want))
                fail_msg("no %s in\n%s", want, t.at);
            burin_graph_free(g);
        }
    }
}

/* Containers show how they begin. */
static void labels_show_what_containers_hold(void **unused)
{
    burin_heap  *heap = burin_heap_new(NULL);
    burin_graph *g    = burin_graph_new(NULL);
    burin_value  list = burin_list(heap, 3), dict = burin_dict(heap, 1), deep = burin_list(heap, 1), row = burin_list(heap, 100), next;
    burin_node   node;
    text         t = {.len = 0};
    (void)unused;
    burin_list_append(heap, list, burin_int(1));
    burin_list_append(heap, list, burin_string_borrow("two", 3));
    burin_list_append(heap, list, burin_none());
    burin_dict_set_z(heap, dict, "key", list);
    for (int k = 0; k < 5; k++, deep = next) {
        next = burin_list(heap, 1);
        burin_list_append(heap, next, deep);
    }
    for (int k = 0; k < 100; k++)
        burin_list_append(heap, row, burin_int(k));
    const burin_value values[] = {list, dict, deep, row};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        assert_int_equal(burin_graph_cell(g, values[k], &node), BURIN_OK);
    assert_int_equal(burin_graph_dump(g, BURIN_GRAPH_JSON, append, &t), BURIN_OK);
    static const char *const wants[] = {"\"[1, two, none]\"", "\"{key: [1, two, none]}\"", "\"[[[list]]]\"", "\"[0, 1, 2, ", "11, 12, \xe2\x80\xa6]\""};
    for (size_t k = 0; k < sizeof wants / sizeof *wants; k++)
        if (!strstr(t.at, wants[k]))
            fail_msg("no %s in\n%s", wants[k], t.at);
    burin_graph_free(g);
    burin_heap_free(heap);
}

static void metrics_and_traces_are_complete(void **unused)
{
    text  trace = {.len = 0}, metrics = {.len = 0};
    shop  s     = open_shop(&(burin_watch){.struct_size = sizeof(burin_watch), .trace = append, .user = &trace});
    (void)unused;
    complete(&s);
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(5));
    assert_int_equal(burin_graph_metrics(s.g, append, &metrics), BURIN_OK);
    assert_non_null(strstr(metrics.at, "# TYPE burin_evaluations_total counter\nburin_evaluations_total 8\n"));
    assert_non_null(strstr(metrics.at, "burin_nodes{kind=\"computed\"} 3\n"));
    assert_non_null(strstr(metrics.at, "burin_batch_seconds_bucket{le=\"+Inf\"} 2\n"));
    assert_int_equal(burin_graph_watch(s.g, NULL), BURIN_OK);
    assert_non_null(strstr(trace.at, "{\"name\": \"total\", \"cat\": \"computed\", \"ph\": \"X\""));
    assert_non_null(strstr(trace.at, "\"args\": {\"because\": \"price\"}}"));
    burin_heap *heap = burin_heap_new(NULL);
    burin_value events;
    assert_int_equal(burin_json_read(heap, (burin_text){trace.at, trace.len}, true, &events, NULL), BURIN_OK);
    assert_int_equal(burin_length(events), 8 + 2); /* computations and batches */
    burin_heap_free(heap);
    burin_graph_free(s.g);
}

static void note(void *user, burin_node node, burin_status status, burin_text message)
{
    text *t = user;
    char  line[200];
    append(t, line, (size_t)snprintf(line, sizeof line, "%u %s %.*s;", node.index - 1, burin_status_class(status), (int)message.len, message.data));
}
static void failures_are_logged(void **unused)
{
    text log = {.len = 0};
    shop s   = open_shop(&(burin_watch){.struct_size = sizeof(burin_watch), .log = note, .user = &log});
    (void)unused;
    complete(&s);
    burin_graph_set(s.g, s.nodes[PRICE], burin_int(11));
    assert_true(strncmp(log.at, "3 ValueError thirteen \"is\" unlucky;4 ValueError", 47) == 0);
    burin_graph_free(s.g);
}

static burin_status stop(void *user, const char *data, size_t len)
{
    (void)data, (void)len;
    ++*(int *)user;
    return BURIN_ERR_OS;
}
static void a_writer_that_fails_ends_the_dump_and_its_status_is_returned(void **unused)
{
    shop s     = open_shop(NULL);
    int  calls = 0;
    (void)unused;
    assert_int_equal(burin_graph_dump(s.g, BURIN_GRAPH_JSON, stop, &calls), BURIN_ERR_OS);
    assert_int_equal(calls, 1);
    burin_graph_free(s.g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(why_leads_from_a_node_to_the_cell_that_was_set),
        cmocka_unit_test(why_ends_at_a_node_that_has_been_disposed_of),
        cmocka_unit_test(a_graph_that_is_not_watched_does_not_know_why),
        cmocka_unit_test(a_node_tells_how_often_it_ran_and_changed),
        cmocka_unit_test(pictures_show_nodes_edges_values_and_failures), cmocka_unit_test(labels_show_any_text), cmocka_unit_test(labels_show_what_containers_hold),
        cmocka_unit_test(metrics_and_traces_are_complete),
        cmocka_unit_test(failures_are_logged),
        cmocka_unit_test(a_writer_that_fails_ends_the_dump_and_its_status_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
