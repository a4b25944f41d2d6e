/* burin/watch.h: to see what a reactive graph does: why a node ran, how often and how long; pictures, metrics, traces.
 *
 * A graph that is not watched keeps none of this and pays one test a change and one a computation. Names come from
 * burin_graph_name; a node without one is called by its number. */
#ifndef BURIN_WATCH_H
#define BURIN_WATCH_H

#include "burin/reactive.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is looked for. Set struct_size to sizeof(burin_watch); what is 0 is not done. */
typedef struct burin_watch {
    size_t struct_size;
    bool   times; /* take the clock around every computation and batch */
    /* A trace of computations and batches in Chrome's format (chrome://tracing, Perfetto), as one JSON array: complete once the
     * watch has ended. Takes times too. Called from the graph's thread; a failure ends the trace. */
    burin_status (*trace)(void *user, const char *data, size_t len);
    /* Something a person may want to know: a computation failed, effects did not come to rest. Must not call the graph. */
    void (*log)(void *user, burin_node node, burin_status status, burin_text message);
    void *user; /* of both */
} burin_watch;

/* Watch a graph, or with NULL watch it no longer; not from inside a computation (BURIN_ERR_USAGE). `watch` is copied. It costs 40
 * bytes a node. Causes, runs and times begin anew. BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_graph_watch(burin_graph *graph, const burin_watch *watch);

/* What is known of a node. Texts are the graph's, until it changes. */
typedef struct burin_node_info {
    size_t      struct_size;             /* in: sizeof *info */
    burin_text  kind;                    /* "cell", "computed", "effect", "scope" */
    burin_text  name;                    /* empty: it has none */
    bool        is_static, needed, stale, failed;
    uint32_t    height;                  /* above what it reads; 0 for cells; of an effect, its place in their order */
    uint64_t    runs, changes, ns;       /* while watched: computations, changes of value, time spent in it (0 without `times`) */
    uint64_t    batch;                   /* while watched: in which its value changed last; 0: not yet. Batches count from 1 */
} burin_node_info;
BURIN_API burin_status burin_graph_describe(burin_graph *graph, burin_node node, burin_node_info *info);
/* Every node that lives, in the order of numbers; what one reads, in the order it reads them. emit's failure ends it and is returned. */
BURIN_API burin_status burin_graph_nodes(burin_graph *graph, burin_status (*emit)(void *sink, burin_node node), void *sink);
BURIN_API burin_status burin_graph_reads(burin_graph *graph, burin_node node, burin_status (*emit)(void *sink, burin_node read), void *sink);

/* Why a node ran last, or is stale: itself, then what it read that had changed, and so on, down to the cell that was set. A chain that
 * ends in another node says that this one ran because it was new, or was first read. A node that has been disposed of ends the chain, with the
 * name it had; no other call takes that. BURIN_ERR_USAGE when the graph is not watched. */
BURIN_API burin_status burin_why(burin_graph *graph, burin_node node, burin_status (*emit)(void *sink, burin_node node), void *sink);

typedef enum burin_graph_format {
    BURIN_GRAPH_DOT,     /* Graphviz: ranks by height; what is hot is darker, what failed is red */
    BURIN_GRAPH_MERMAID, /* a flowchart */
    BURIN_GRAPH_JSON,    /* {"counters": {}, "nodes": [{"id", "kind", "name", "height", "value", "reads", "runs", "changes", "ns", "why", ...}]} */
} burin_graph_format;

/* Write the graph as it stands: nothing is computed for it. write's failure ends it and is returned; BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_graph_dump(burin_graph *graph, burin_graph_format format, burin_status (*write)(void *user, const char *data, size_t len), void *user);
/* Counters in Prometheus's text format; with `times`, also a histogram of batches. */
BURIN_API burin_status burin_graph_metrics(burin_graph *graph, burin_status (*write)(void *user, const char *data, size_t len), void *user);

#ifdef __cplusplus
}
#endif
#endif
