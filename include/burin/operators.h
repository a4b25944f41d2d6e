/* burin/operators.h: nodes that remember, named after RxPY's operators, and aggregates over many nodes.
 *
 * An operator is a node that runs once in every batch in which what it reads has changed, whether anybody needs it or not: an
 * event is a change, and several sets in one batch are one event. Setting what a cell holds already is none, so every stream is
 * distinct_until_changed; and every node may have any number of readers, so every stream is shared. `map`, `combine_latest` and
 * `do` are burin_graph_computed and burin_graph_effect. What has not emitted yet holds none. A failure of the source is the
 * operator's, until the next event, unless `catch` stands between.
 *
 * Values that an operator keeps are plain ones and texts; containers are borrowed, as in all nodes. Operators die with their
 * scope, or by burin_graph_dispose.
 *
 * Time is what the host says it is: a burin_clock moves when it is told to. */
#ifndef BURIN_OPERATORS_H
#define BURIN_OPERATORS_H

#include "burin/reactive.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Gives *out; a status other than BURIN_OK after burin_graph_fail. Changes nothing, and depends on nothing but its arguments. */
typedef burin_status (*burin_fold)(burin_graph *graph, void *user, burin_value so_far, burin_value value, burin_value *out);
typedef bool (*burin_predicate)(void *user, burin_value value);

/* All give *out, {0, 0} on failure: BURIN_ERR_USAGE (a source that is none; inside a computed node), BURIN_ERR_NOMEM. */

/* The values that satisfy the predicate. */
BURIN_API burin_status burin_op_filter(burin_graph *graph, burin_node source, burin_predicate keep, void *user, burin_node *out);
/* fold(so far, value), beginning with fold(seed, the source's present value). `reduce` is the value this has in the end. */
BURIN_API burin_status burin_op_scan(burin_graph *graph, burin_node source, burin_fold fold, void *user, burin_value seed, burin_node *out);
/* The value of whichever source changed; of several in one batch the last in order. */
BURIN_API burin_status burin_op_merge(burin_graph *graph, const burin_node *sources, size_t count, burin_node *out);
/* Its first value `first`, then the source's changes. */
BURIN_API burin_status burin_op_start_with(burin_graph *graph, burin_node source, burin_value first, burin_node *out);
/* The source's value when `trigger` changes: with_latest_from without a function, and sample by a notifier. */
BURIN_API burin_status burin_op_sample(burin_graph *graph, burin_node source, burin_node trigger, burin_node *out);
/* The first `count` values, the present one included; or all but those. */
BURIN_API burin_status burin_op_take(burin_graph *graph, burin_node source, uint64_t count, burin_node *out);
BURIN_API burin_status burin_op_skip(burin_graph *graph, burin_node source, uint64_t count, burin_node *out);
/* The source's values until `other` changes, after which it does not. */
BURIN_API burin_status burin_op_take_until(burin_graph *graph, burin_node source, burin_node other, burin_node *out);
/* `instead` where the source fails. */
BURIN_API burin_status burin_op_catch(burin_graph *graph, burin_node source, burin_value instead, burin_node *out);
/* The value of sources[the value of `which`]; none where that is no such number. Reads only that one (switch_latest). */
BURIN_API burin_status burin_op_switch(burin_graph *graph, burin_node which, const burin_node *sources, size_t count, burin_node *out);

/* ---- time ---- */

/* A clock of the host's, and who waits for it. */
typedef struct burin_clock burin_clock;
/* Borrows the graph; freed before it, after the operators that use it have been disposed of. NULL when memory is out. */
BURIN_API burin_clock *burin_clock_new(burin_graph *graph, uint64_t now_ns);
BURIN_API void         burin_clock_free(burin_clock *clock); /* NULL is allowed */
/* Move on to `now_ns` (never back): whoever's time has come by then runs, in a batch for each moment. */
BURIN_API burin_status burin_clock_advance(burin_clock *clock, uint64_t now_ns);
/* When somebody waits next; UINT64_MAX: nobody does. */
BURIN_API uint64_t burin_clock_next(const burin_clock *clock);

/* The source's value once it has not changed for `ns`. */
BURIN_API burin_status burin_op_debounce(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out);
/* A change, and then none for `ns` (throttle_first). */
BURIN_API burin_status burin_op_throttle(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out);
/* The source's value every `ns`. */
BURIN_API burin_status burin_op_sample_every(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out);

/* ---- aggregates ---- */

/* Over any number of nodes that come and go: what changes costs its number times the logarithm of all, however many there are. */
typedef struct burin_aggregate burin_aggregate;
typedef enum burin_aggregate_kind {
    BURIN_SUM,   /* of integers an integer, a float when it does not fit or one is a float; members without a number count as 0 */
    BURIN_COUNT, /* of members that are true: not none, false, 0 or empty */
    BURIN_MIN,   /* of numbers; none when there is none */
    BURIN_MAX,
} burin_aggregate_kind;
/* *out is a cell, set in the batch that changes members, once their effects have run. The graph is borrowed; free it before. */
BURIN_API burin_aggregate *burin_aggregate_new(burin_graph *graph, burin_aggregate_kind kind, burin_node *out);
BURIN_API void             burin_aggregate_free(burin_aggregate *aggregate); /* the cell stays; NULL is allowed */
/* *member is for remove. A member that fails counts as none. */
BURIN_API burin_status burin_aggregate_add(burin_aggregate *aggregate, burin_node node, uint32_t *member);
BURIN_API burin_status burin_aggregate_remove(burin_aggregate *aggregate, uint32_t member);

#ifdef __cplusplus
}
#endif
#endif
