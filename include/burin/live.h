/* burin/live.h: expressions and templates as nodes of a reactive graph (burin/reactive.h).
 *
 * Names are bound to nodes; an expression becomes a computed node whose inputs are the names it reads, known from compiling it;
 * a template becomes a rope: literal texts, and a node for every hole or block of its top level. A change renders those
 * anew that read what has changed, and says which bytes of the text are others now.
 *
 *     burin_live *live = burin_live_new(graph, env, &err);
 *     burin_live_bind(live, "price", price);
 *     burin_live_expr(live, BURIN_TEXT("price * 1.07"), &total, &err);
 *     burin_live_bind(live, "total", total);
 *     burin_rope *page = burin_rope_new(live, tpl, send_patch, socket, &err);
 *     burin_graph_set(graph, price, burin_float(20));   -- send_patch(socket, {offset, removed, added})
 *
 * All of this belongs to the graph's thread. */
#ifndef BURIN_LIVE_H
#define BURIN_LIVE_H

#include "burin/reactive.h"
#include "burin/registry.h"
#include "burin/template.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names for the expressions and templates of one environment, and the nodes made from them. */
typedef struct burin_live burin_live;
typedef struct burin_rope burin_rope;

/* `graph` is borrowed and outlives it; holds `env`. Its nodes belong to a scope of its own, inside the open one. NULL after filling
 * `err`: BURIN_ERR_NOMEM, BURIN_ERR_USAGE (inside a computed node). */
BURIN_API burin_live *burin_live_new(burin_graph *graph, burin_env *env, burin_error *err);
/* Disposes of its nodes; its ropes have been freed before. NULL is allowed. */
BURIN_API void burin_live_free(burin_live *live);

/* Bind a name (copied), or bind it to another node: for what is made from now on; nodes made before go on with what it stood for. A name that
 * is not bound is undefined.
 * BURIN_ERR_USAGE (no cell or computed node), BURIN_ERR_NOMEM; burin_graph_message says more. */
BURIN_API burin_status burin_live_bind(burin_live *live, const char *name, burin_node node);
/* Bind a name to a record: `name.field` and `name['field']` read the field's node, which is found when the expression runs, so that
 * only the fields read are depended on. Fields are copied. */
BURIN_API burin_status burin_live_bind_record(burin_live *live, const char *name, const char *const *fields, const burin_node *nodes, size_t count);

/* A computed node with the value of an expression; none where it is undefined. Its inputs are all the bound names that stand in it,
 * whichever of them a run looks at; all there are, where it calls what may look at any (functions, filters and tests with BURIN_CONTEXT, also
 * one that is the value of a bound name, or of a record's field, or in a list, tuple or dict there, at the time; translations by the host). Containers
 * it gives live as long as they are its value. It fails as the expression does.
 * Errors: those of burin_expr_compile, BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_live_expr(burin_live *live, burin_text source, burin_node *out, burin_error *err);

/* A computed node with the value of an expression of the script language (burin/formula.h); otherwise as burin_live_expr, and faster. The
 * environment has options.scripts. */
BURIN_API burin_status burin_live_formula(burin_live *live, burin_text source, burin_node *out, burin_error *err);
/* Make regions of the formulas made so far that are of floats, ints and bools: up to 200 that one program computes at one go, where many of
 * them follow a change. It is interpreted, and compiled beside the batches where the environment has a compiler (burin/jit.h). Values, failures,
 * cutoffs and numbers of computations stay what they are. *fused: formulas that have come into regions by this call.
 *
 * A program is made for the kinds of values that are there now: call this once the cells have values like those to come. Formulas that read
 * records, texts or containers, and those that dynamic nodes read, stay by themselves. A region ends when one of its formulas, or a node that
 * one reads, is disposed of, a dynamic node reads one, or its runs have taken longer than the formulas by themselves would have, mostly because few
 * of them ran; its formulas go on by themselves, and another call puts them into regions again.
 * BURIN_ERR_USAGE (inside a computed node), BURIN_ERR_NOMEM: what is not in regions runs as before. */
BURIN_API burin_status burin_live_fuse(burin_live *live, uint32_t *fused, burin_error *err);

/* A computed node with the value of an expression of the script language, after a script has run: `tax(price, 7)`, after
 * `def tax(amount, rate): ...`. Both are run, from the beginning and within the environment's limits together, whenever a bound name has
 * changed that either reads and the script does not set; nothing of an earlier run is left, and what a bound name stands for is not changed
 * in place. The script may be empty. The environment has options.scripts. Errors: those of burin_script_names. */
BURIN_API burin_status burin_live_script(burin_live *live, burin_text script, burin_text expression, burin_node *out, burin_error *err);
/* A computed node with the result of a registered function, whose arguments are bound names; a list of several results. The registry outlives
 * it. BURIN_ERR_USAGE: a name that is not bound, a function that is not pure. It fails with BURIN_ERR_TYPE where the function gives an entity. */
BURIN_API burin_status burin_live_call(burin_live *live, const burin_callable *callable, const char *const *names, size_t count, burin_node *out, burin_error *err);

/* `removed` bytes at `offset` of the text, as the patches before have left it, become `added`, which lives until the call returns. */
typedef struct burin_patch {
    size_t     offset, removed;
    burin_text added;
} burin_patch;

/* A template as a rope. Its holes, loops, conditions and blocks at the top level are nodes; what is set, defined or imported
 * there is so for each of them by itself. A template that extends another, or whose parts change what others see (namespaces,
 * `do`, methods that change their object), that uses `self`, or that tells of a name before it first sets it, is one node. Parts that include
 * or import, or call what may look at any name, depend on every name bound so far.
 *
 * tpl      of the live's environment; held.
 * patch    called in effects, in the order of the text, for every part whose text has changed; a failure becomes its effect's. It may
 *          not free the rope. NULL: nobody asks. A part that fails keeps its place and its text, and is not patched until it succeeds.
 * Returns  NULL after filling `err`: BURIN_ERR_NOMEM, BURIN_ERR_USAGE. */
BURIN_API burin_rope *burin_rope_new(burin_live *live, burin_template *tpl, burin_status (*patch)(void *user, const burin_patch *patch), void *user, burin_error *err);
BURIN_API void        burin_rope_free(burin_rope *rope); /* and its nodes; NULL is allowed */
/* The whole text, in pieces, as its patches keep it: a part that fails has the text that it had last, none if it never had one; in an open batch
 * all of it is as before the batch. In an effect it is the text that follows from the present values: patches that are still to come are made
 * first, and a failure of `patch` then ends it and is returned. All of it is written, and then the status is that of the first part that fails
 * (burin_graph_message says more); or write's, which ends it. BURIN_ERR_USAGE inside a computed node. */
BURIN_API burin_status burin_rope_write(burin_rope *rope, burin_status (*write)(void *user, const char *data, size_t len), void *user);
BURIN_API size_t       burin_rope_length(const burin_rope *rope); /* bytes, of what has been patched so far */
BURIN_API size_t       burin_rope_parts(const burin_rope *rope);  /* nodes that render */

#ifdef __cplusplus
}
#endif
#endif
