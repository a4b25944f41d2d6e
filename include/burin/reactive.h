/* burin/reactive.h: values that follow what they read.
 *
 * A graph holds cells, which the host sets; computed nodes, which follow from other nodes; and effects, which act when
 * what they read has changed. After a batch of changes everything affected is brought up to date in one pass, lowest
 * first, so no node ever sees half of a batch; a node whose new value equals its old one stops the change there; and what
 * no effect needs is not computed until somebody asks.
 *
 *     burin_graph *g = burin_graph_new(NULL);
 *     burin_node   price, tax;
 *     burin_graph_cell(g, burin_float(100), &price);
 *     burin_graph_computed(g, percent, NULL, BURIN_NODE_STATIC, &price, 1, &tax);
 *     burin_graph_set(g, price, burin_float(120));
 *     burin_graph_get(g, tax, &value);
 *
 * The order is that of Jane Street's Incremental (buckets by height, one pass, necessary nodes only); nodes nobody needs
 * are marked and verified when read, as in Milo Mighdoll's Reactively; dynamic dependencies are links reused in the order
 * they are read, as in alien-signals.
 *
 * Values are all kinds but undefined and missing. The graph copies text and bytes; containers, large integers and objects are borrowed,
 * are the same value only if they are the same pointer, and must outlive their stay in the graph unchanged. Values read out of
 * the graph are borrowed until the node changes. Two values are the same if their kinds and bits are: nan is nan, 1 is not 1.0.
 *
 * A graph belongs to one thread at a time; others change it through burin_graph_post. Nothing here recurses on the C stack along the graph, however deep it is. */
#ifndef BURIN_REACTIVE_H
#define BURIN_REACTIVE_H

#include "burin/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Cells, computed nodes and effects, and who reads whom. */
typedef struct burin_graph burin_graph;

/* A node of a graph; {0, 0} is none. One that has been disposed of is recognised, and every call refuses it. */
typedef struct burin_node {
    uint32_t index, generation;
} burin_node;

/* What a computation declared with BURIN_NODE_STATIC reads: see burin_input. */
typedef struct burin_inputs {
    const burin_value *values;
    const uint32_t    *nodes;
    uint32_t           count;
} burin_inputs;

/* The value of input k < count, in the order in which the inputs were declared. Valid until the function returns or makes a node. */
static inline const burin_value *burin_input(const burin_inputs *inputs, uint32_t k) { return &inputs->values[inputs->nodes[k]]; }

/* A computation: gives its value in *out (effects need not), or a status other than BURIN_OK after burin_graph_fail. Text in *out
 * need only live until the next call into the graph. It may read nodes; only effects may make, set or dispose of nodes. A
 * computation must depend on nothing but what it reads. `inputs` is empty for nodes that are not static. */
typedef burin_status (*burin_compute)(burin_graph *graph, void *user, const burin_inputs *inputs, burin_value *out);

enum { /* flags of nodes */
    BURIN_NODE_DYNAMIC = 0, /* depends on what it read with burin_graph_get the last time it ran */
    BURIN_NODE_STATIC  = 1, /* depends on the inputs declared, whether it looks at them or not; reads no other node. Faster. */
};

/* NULL allocator: malloc; borrowed for the graph's life. NULL when memory is out. */
BURIN_API burin_graph *burin_graph_new(const burin_allocator *allocator);
/* Runs nothing. NULL is allowed; not from inside a computation. */
BURIN_API void burin_graph_free(burin_graph *graph);

/* All calls below that return a status give
 *   BURIN_ERR_USAGE   a node that is none or has been disposed of, a value that is undefined or missing, a call that
 *                     computations may not make;
 *   BURIN_ERR_UNICODE text that is not UTF-8; a computation that gives such fails so;
 *   BURIN_ERR_NOMEM   memory is out: the call has changed nothing, unless it says otherwise;
 * and burin_graph_message says more until the next call. */

/* Make a node; *out names it. Effects run at once, or at the end of the open batch.
 * `fn` and `user` are used as long as the node lives; `inputs` is copied. At most 65535 different functions in a graph. */
BURIN_API burin_status burin_graph_cell(burin_graph *graph, burin_value value, burin_node *out);
BURIN_API burin_status burin_graph_computed(burin_graph *graph, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count, burin_node *out);
BURIN_API burin_status burin_graph_effect(burin_graph *graph, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count, burin_node *out);
/* Dispose of a node. Nodes that read it see the error "a node it reads was disposed of". {0, 0} is allowed. */
BURIN_API burin_status burin_graph_dispose(burin_graph *graph, burin_node node);

/* A scope owns the nodes and scopes made while it is the open one. Opened again later it takes in more. */
BURIN_API burin_status burin_graph_scope(burin_graph *graph, burin_node *out); /* make one, inside the open one */
BURIN_API burin_status burin_graph_enter(burin_graph *graph, burin_node scope, burin_node *before); /* open it; *before was open */
BURIN_API burin_status burin_graph_leave(burin_graph *graph, burin_node before);
/* Disposing of a scope (burin_graph_dispose) disposes of what it owns, newest first. */

/* Change a cell. Outside a batch this is a batch of its own: when the call returns, everything has followed. Inside an
 * effect it takes place once the effects of this batch have run, as a batch of its own; effects that never come to rest are
 * stopped after 100 rounds with BURIN_ERR_RECURSION. */
BURIN_API burin_status burin_graph_set(burin_graph *graph, burin_node cell, burin_value value);
/* Changes between begin and the matching commit are one batch. They nest; the outermost commit brings up to date what
 * effects need, then runs the effects that read something changed, in the order they were made. Returns BURIN_ERR_RECURSION as
 * above, or BURIN_ERR_NOMEM; then nodes that could not follow hold the error, and the graph stays usable. */
BURIN_API void         burin_graph_begin(burin_graph *graph);
BURIN_API burin_status burin_graph_commit(burin_graph *graph);

/* From any thread: changes that take place together, when the graph's thread takes them. `writes` is copied, with its texts; containers
 * are borrowed. The graph's allocator is called from this thread. BURIN_ERR_NOMEM, BURIN_ERR_UNICODE: nothing was posted. The graph must be
 * alive, and be freed after the last post has returned. */
typedef struct burin_write {
    burin_node  cell;
    burin_value value;
} burin_write;
BURIN_API burin_status burin_graph_post(burin_graph *graph, const burin_write *writes, size_t count);
/* Called on the posting thread when a post arrives and none was waiting; set before other threads know the graph. NULL: none. */
BURIN_API void burin_graph_on_post(burin_graph *graph, void (*wake)(void *user), void *user);
/* On the graph's thread: what has been posted, in the order of arrival, as one batch. *taken (may be NULL): posts. Returns the first
 * failure: that of a write (the others take place), or of the batch. */
BURIN_API burin_status burin_graph_take_posts(burin_graph *graph, uint64_t *taken);

/* The value of a node, up to date (inside a batch: with the batch's changes so far). Inside a dynamic computation it becomes
 * a dependency. A node that failed gives its status and MISSING. BURIN_ERR_RECURSION for a cycle, with its path in the message.
 * A computation that gets a status other than BURIN_OK must return it, unless it handles the failure itself. */
BURIN_API burin_status burin_graph_get(burin_graph *graph, burin_node node, burin_value *out);
/* The same without becoming a dependency. */
BURIN_API burin_status burin_graph_peek(burin_graph *graph, burin_node node, burin_value *out);

/* Inside a computation: set the message and return `status`. */
BURIN_API burin_status burin_graph_fail(burin_graph *graph, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
/* Of the last call that failed; NUL-terminated, the graph's. */
BURIN_API const char *burin_graph_message(const burin_graph *graph);

/* Names are for people: messages, dumps. Copied. */
BURIN_API burin_status burin_graph_name(burin_graph *graph, burin_node node, burin_text name);

/* What happened since the graph was made. */
typedef struct burin_graph_counters {
    size_t   struct_size;  /* in: sizeof *counters */
    uint64_t evaluations;  /* computations run, effects included */
    uint64_t effects;      /* of them, effects */
    uint64_t cutoffs;      /* computations whose value stayed the same */
    uint64_t restarts;     /* computations begun again because they read a node that had not been brought up to date yet */
    uint64_t batches;
    uint64_t nodes, edges; /* now */
    uint64_t memory;       /* bytes held now */
} burin_graph_counters;
BURIN_API void burin_graph_count(const burin_graph *graph, burin_graph_counters *counters);

#ifdef __cplusplus
}
#endif
#endif
