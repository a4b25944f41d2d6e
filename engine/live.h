/* What ropes share with live expressions: names, and the means to run. */
#ifndef BURIN_ENGINE_LIVE_H
#define BURIN_ENGINE_LIVE_H

#include "burin/live.h"
#include "burin/watch.h"
#include "engine/name_list.h"
#include "engine/name_map.h"
#include "engine/template.h"

/* What a name stands for. It lives as long as it is bound, or a node reads it. */
typedef struct live_name {
    char       *name; /* this block, behind it */
    uint32_t    len, hash; /* of the name */
    burin_node  node; /* {0, 0}: a record */
    burin_value record;
    burin_heap *object; /* the record's */
    uint32_t    holders;
    size_t      size;
} live_name;

/* What one computation needs while it runs; those that a dynamic one pulls have others. */
typedef struct live_run {
    burin_render *render;
    burin_heap   *variables, *result;
} live_run;

/* The bound names that a node reads. */
typedef struct live_reads {
    live_name **names; /* held; `room` of them */
    uint32_t    count, room;
    bool        is_dynamic; /* one is a record */
} live_reads;

enum { LIVE_TITLE_MAX = 60 }; /* bytes of source in a node's name */
/* Computations a graph runs inside one another at most, and one more. */
enum { LIVE_RUNS_MAX = 64 };

struct burin_live {
    burin_graph *graph;
    burin_env   *env;
    burin_node   scope;
    name_map     names;    /* name -> live_name, the newest of each */
    burin_heap  *scratch;  /* of what ropes print by themselves */
    struct live_node *nodes; /* newest first */
    size_t       node_count, sweep_at; /* sweep_at: when so many, those that are gone are freed */
    struct live_formula *formulas; /* newest first; they belong to their nodes */
    live_run     runs[LIVE_RUNS_MAX];
    uint32_t     running;
};

/* The nodes of the fields of a record, and how many. */
size_t     live_record_count(const live_name *name);
burin_node live_record_node(const live_name *name, size_t field);

/* The names of `wanted` that are bound; all names when wanted is NULL. False when memory is out. */
bool live_reads_find(burin_live *live, const name_list *wanted, live_reads *reads);
void live_reads_deinit(burin_live *live, live_reads *reads);
/* Does code call a function, filter or test that may look at any variable (BURIN_CONTEXT; translations)? */
bool live_reads_context(burin_live *live, ast_node *tree);

/* What a node's value comes from. `evaluate` makes it in run->result; a failure is in `err`. `release` frees `what`. */
typedef struct live_source {
    burin_status (*evaluate)(void *what, live_run *run, burin_value variables, burin_value *out, burin_error *err);
    void (*release)(void *what);
    void      *what;
    burin_text title; /* borrowed for the call */
    /* May be NULL. The value straight from a static node's inputs, which are in the order of its reads. A plain value or a text is the
     * node's; of a container, which may be the source's, evaluate makes a copy next. */
    burin_status (*direct)(void *what, const burin_inputs *inputs, burin_value *out, burin_error *err);
} live_source;
/* A computed node over the bound names among `wanted`. `what` is the node's, or released at once when it fails, with `err` filled in. */
burin_status live_node_make(burin_live *live, const live_source *from, const name_list *wanted, burin_node *out, burin_error *err);

/* Begin a run: its means, and the variables with the values of what is read. live_run_end follows in any case. */
burin_status live_run_begin(burin_live *live, const live_reads *reads, const burin_inputs *inputs, live_run **run, burin_value *variables);
void         live_run_end(burin_live *live);
/* A failure becomes the graph's, with its line; clears `err`. */
burin_status live_fail(burin_live *live, burin_error *err);

/* Make a computed node in the live's scope. */
burin_status live_make(burin_live *live, burin_compute fn, void *user, const live_reads *reads, burin_node *out);
/* Name a node after the beginning of its source, between two short texts. */
burin_status live_entitle(burin_live *live, burin_node node, const char *before, burin_text title, const char *after);

#endif
