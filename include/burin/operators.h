/* burin/operators.h: nodes that remember, named after RxPY's operators, and aggregates over many nodes.
 *
 * An operator is a node that runs once in every batch in which what it reads has changed, whether anybody needs it or not: an
 * event is a change, and several sets in one batch are one event. Setting what a cell holds already is none, so every stream is
 * distinct_until_changed; and every node may have any number of readers, so every stream is shared. `map`, `combine_latest` and
 * `do` are burin_graph_computed and burin_graph_effect; `reduce` is what burin_op_scan has in the end; `pairwise` is
 * burin_op_buffer_count(2, 1). What has not emitted yet holds none. A failure of the source is the
 * operator's, until the next event, unless `catch` stands between; if it emits nothing then, it holds none.
 *
 * Operators keep copies of plain values and texts, and the lists that operators emit stay as long as the graph has them; other containers are
 * borrowed, as in all nodes. Every list is a new one, which no other equals. Operators die with their scope, or by burin_graph_dispose.
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
/* Gives the node that belongs to a value: one there is, or one it makes; {0, 0}: none. It runs in an effect. */
typedef burin_status (*burin_project)(burin_graph *graph, void *user, burin_value value, burin_node *out);

/* All give *out, {0, 0} on failure: BURIN_ERR_USAGE (a source that is none; inside a computed node; a count, step, limit, number of tries or
 * period of 0, but for take, skip, replay_time, debounce and throttle; zip without sources), BURIN_ERR_NOMEM. */

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
/* [first value of every source], then [second value of every source], and so on. BURIN_ERR_LIMIT, for the event, when more than
 * `waiting_max` values of one source wait for the others: the last of them is lost. BURIN_ERR_NOMEM: a value is lost if its source changes again. */
BURIN_API burin_status burin_op_zip(burin_graph *graph, const burin_node *sources, size_t count, uint64_t waiting_max, burin_node *out);
/* [the source's value, the others' values] when the source changes. */
BURIN_API burin_status burin_op_with_latest_from(burin_graph *graph, burin_node source, const burin_node *others, size_t count, burin_node *out);
/* `instead` where the source fails. */
BURIN_API burin_status burin_op_catch(burin_graph *graph, burin_node source, burin_value instead, burin_node *out);
/* The value of sources[the value of `which`]; none where that is no such number. Reads only that one (switch_latest). */
BURIN_API burin_status burin_op_switch(burin_graph *graph, burin_node which, const burin_node *sources, size_t count, burin_node *out);

/* The values of each node that `project` gives for a value of the source, as long as it is among the newest `limit` of them; of several that
 * change in one batch the newest's. What `project` makes dies when it is no longer. 1: switch_latest, of computations made anew.
 * Runs in effects, so that what follows from it is a batch of its own. Where the source, `project` or a node that it gave fails nothing is emitted;
 * burin_graph_watch can tell of it. */
BURIN_API burin_status burin_op_flat_map(burin_graph *graph, burin_node source, burin_project project, void *user, uint32_t limit, burin_node *out);
/* burin_graph_computed with a function that may fail by chance: it is called up to `tries` times until it does not. */
BURIN_API burin_status burin_op_retry(burin_graph *graph, burin_compute fn, void *user, unsigned flags, const burin_node *inputs, size_t count, uint64_t tries, burin_node *out);

/* ---- several values of one source ---- */

/* The last `count` values, as a list, after the first `count` and then after every `step` more (buffer_with_count). */
BURIN_API burin_status burin_op_buffer_count(burin_graph *graph, burin_node source, uint64_t count, uint64_t step, burin_node *out);
/* The values since `boundary` changed last, when it changes; an empty list if there are none. Of one batch the source comes first.
 * With burin_op_interval this is buffer_with_time. */
BURIN_API burin_status burin_op_buffer(burin_graph *graph, burin_node source, burin_node boundary, burin_node *out);
/* The same while they come: a list of the values of the present window, after each of them, and an empty one when a boundary begins a
 * window. With a count a window begins with the first value and with every `step`-th after it, and is full after `count`; until the next one
 * begins there is no list. Of windows that overlap the newest is shown. Each list costs its length. */
BURIN_API burin_status burin_op_window_count(burin_graph *graph, burin_node source, uint64_t count, uint64_t step, burin_node *out);
BURIN_API burin_status burin_op_window(burin_graph *graph, burin_node source, burin_node boundary, burin_node *out);
/* The last `count` values, or as many as there are: what a late reader has missed. */
BURIN_API burin_status burin_op_replay(burin_graph *graph, burin_node source, uint64_t count, burin_node *out);

/* ---- time ---- */

/* A clock of the host's, and who waits for it. */
typedef struct burin_clock burin_clock;
/* Borrows the graph; freed before it, after the operators that use it have been disposed of. NULL when memory is out. */
BURIN_API burin_clock *burin_clock_new(burin_graph *graph, uint64_t now_ns);
BURIN_API void         burin_clock_free(burin_clock *clock); /* NULL is allowed */
/* Move on to `now_ns` (never back): whoever's time has come by then runs, in a batch for each moment. After a failure (BURIN_ERR_NOMEM, what a
 * batch came to) the clock stands at the moment it came to, and moving it again goes on from there. */
BURIN_API burin_status burin_clock_advance(burin_clock *clock, uint64_t now_ns);
/* When somebody waits next; UINT64_MAX: nobody does. */
BURIN_API uint64_t burin_clock_next(const burin_clock *clock);

/* The source's value once it has not changed for `ns`. */
BURIN_API burin_status burin_op_debounce(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out);
/* A change, and then none for `ns` (throttle_first). */
BURIN_API burin_status burin_op_throttle(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out);
/* The source's value every `ns`. */
BURIN_API burin_status burin_op_sample_every(burin_clock *clock, burin_node source, uint64_t ns, burin_node *out);

/* The last `count` values (0: all) that are no older than `ns`: what a late reader has missed. The list is made again when one of them
 * has become too old, so the clock is to be moved. */
BURIN_API burin_status burin_op_replay_time(burin_clock *clock, burin_node source, uint64_t count, uint64_t ns, burin_node *out);

/* 0, 1, 2... : one every `ns`, the first in `ns` from now. */
BURIN_API burin_status burin_op_interval(burin_clock *clock, uint64_t ns, burin_node *out);

/* ---- aggregates ---- */

/* Over any number of nodes that come and go: what changes costs its number times the logarithm of all, however many there are. */
typedef struct burin_aggregate burin_aggregate;
typedef enum burin_aggregate_kind {
    BURIN_SUM,   /* of integers an integer, a float when it does not fit or one is a float; members without a number, or with an int beyond 64 bits, count as 0 */
    BURIN_COUNT, /* of members that are true: not none, false, 0 or empty */
    BURIN_MIN,   /* of numbers; none when there is none */
    BURIN_MAX,
} burin_aggregate_kind;
/* *out is a cell, set in the batch that changes members, once their effects have run. The graph is borrowed; free it before. */
BURIN_API burin_aggregate *burin_aggregate_new(burin_graph *graph, burin_aggregate_kind kind, burin_node *out);
BURIN_API void             burin_aggregate_free(burin_aggregate *aggregate); /* the cell stays; NULL is allowed */
/* *member is for remove: no scope ends a member; one whose node has been disposed of fails. A member that fails counts as none. */
BURIN_API burin_status burin_aggregate_add(burin_aggregate *aggregate, burin_node node, uint32_t *member);
BURIN_API burin_status burin_aggregate_remove(burin_aggregate *aggregate, uint32_t member);

/* Any number of nodes in order: numbers, nan last, then texts, byte by byte; equal ones in the order of their member numbers. Members that are
 * something else, or fail, are left out. A change costs the logarithm of all and, if it is among the first `limit`, that many. */
typedef struct burin_sorted burin_sorted;
/* *out is a cell: a list of the first `limit` values (0: of all), set once in a batch that changes it. The graph is borrowed; free it before. */
BURIN_API burin_sorted *burin_sorted_new(burin_graph *graph, uint64_t limit, bool is_descending, burin_node *out);
BURIN_API void          burin_sorted_free(burin_sorted *sorted); /* the cell stays; NULL is allowed */
BURIN_API burin_status  burin_sorted_add(burin_sorted *sorted, burin_node node, uint32_t *member);
BURIN_API burin_status  burin_sorted_remove(burin_sorted *sorted, uint32_t member);
BURIN_API uint64_t      burin_sorted_count(const burin_sorted *sorted);
/* The node of a rank, from 0; BURIN_ERR_INDEX. */
BURIN_API burin_status  burin_sorted_at(burin_sorted *sorted, uint64_t rank, burin_node *node);

/* An aggregate for every value of a key (group_by). Members move when their key changes. A group stays, empty or not. */
typedef struct burin_groups burin_groups;
/* *keys is a cell: a list of the keys with members, in the order in which groups were made. The graph is borrowed; free it before. */
BURIN_API burin_groups *burin_groups_new(burin_graph *graph, burin_aggregate_kind kind, burin_node *keys);
BURIN_API void          burin_groups_free(burin_groups *groups); /* the cells stay; NULL is allowed */
/* Keys are plain values and texts; the same by kind and value, so 1 is not 1.0. A member whose key is something else, or fails, is in no group. */
BURIN_API burin_status  burin_groups_add(burin_groups *groups, burin_node key, burin_node value, uint32_t *member);
BURIN_API burin_status  burin_groups_remove(burin_groups *groups, uint32_t member);
/* The cell of a group's aggregate; a group without members is made for a key there is none for. */
BURIN_API burin_status  burin_groups_get(burin_groups *groups, burin_value key, burin_node *out);

#ifdef __cplusplus
}
#endif
#endif
