/* burin/registry.h: functions by name, with typed parameters and results, that work on values and on the entities of a store.
 *
 *     move_agent(map: GridMap, source: int, name: text, target: int) -> GridMap
 *
 * A function is registered once; what its arguments are, how each is checked and bound, and whether it needs a transaction is its plan,
 * made then. A call binds the arguments, runs the function in a transaction over all trees it touches, looks at what the
 * transaction has become, commits it at once, and leaves one record. When anything fails, nothing is changed.
 *
 *   argument  an entity, a value, or an address (burin/address.h) of either: a text that is an address stands for what it names ("borrowed").
 *             Entities are named, not copied: given twice, or as an owner and its child, they are one.
 *   version   an entity given with a version must still be what it was then, else BURIN_ERR_CONFLICT; version 0: as it is now. A function that only reads
 *             (BURIN_EFFECT_READS) sees it as it was then, and all of its tree with it: in the newest version of the tree that an argument names.
 *   results   entities are given back with tree and version, to be the next call's arguments.
 *
 * Errors: as burin/store.h; BURIN_ERR_TYPE (arguments and results that are not as declared; its text is CPython's where it has one), BURIN_ERR_KEY (no such function),
 * BURIN_ERR_RECURSION (calls nested too deep), BURIN_ERR_CANCELLED; and whatever the functions fail with. */
#ifndef BURIN_REGISTRY_H
#define BURIN_REGISTRY_H

#include "burin/address.h"
#include "burin/events.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Functions by name; one of them, in one of its versions; a call of it that is running. */
typedef struct burin_registry   burin_registry;
typedef struct burin_callable   burin_callable;
typedef struct burin_invocation burin_invocation;

typedef enum burin_typing_kind {
#define TYPING(NAME, name, meaning) BURIN_TYPING_##NAME,
#include "burin/registry.def"
    BURIN_TYPING_COUNT
} burin_typing_kind;
typedef enum burin_strategy {
#define STRATEGY(NAME, name, meaning) BURIN_STRATEGY_##NAME,
#include "burin/registry.def"
    BURIN_STRATEGY_COUNT
} burin_strategy;
typedef enum burin_effect {
#define EFFECT(NAME, name, meaning) BURIN_EFFECT_##NAME,
#include "burin/registry.def"
    BURIN_EFFECT_COUNT
} burin_effect;
typedef enum burin_semantic {
#define SEMANTIC(NAME, name, meaning) BURIN_SEMANTIC_##NAME,
#include "burin/registry.def"
    BURIN_SEMANTIC_COUNT
} burin_semantic;
typedef enum burin_returns {
#define RETURNS(NAME, name, meaning) BURIN_RETURNS_##NAME,
#include "burin/registry.def"
    BURIN_RETURNS_COUNT
} burin_returns;
/* Their names, as registry.def has them; static text. */
BURIN_API const char *burin_strategy_name(burin_strategy strategy);
BURIN_API const char *burin_effect_name(burin_effect effect);
BURIN_API const char *burin_semantic_name(burin_semantic semantic);

/* ---- registries ---- */

/* Start from {0}. */
typedef struct burin_registry_options {
    const burin_allocator *allocator;   /* NULL: malloc; borrowed for the registry's life */
    burin_store           *store;       /* borrowed for the registry's life; NULL: functions of values only */
    burin_events          *events;      /* told of calls; borrowed for the registry's life; NULL: nobody is */
    uint32_t               records_max; /* calls that are remembered; 0: 1000 */
    uint32_t               depth_max;   /* calls within calls; 0: 64 */
} burin_registry_options;
/* Returns NULL after filling `err` (BURIN_ERR_NOMEM). */
BURIN_API burin_registry *burin_registry_new(const burin_registry_options *options, burin_error *err);
/* No call may be running. NULL is allowed. */
BURIN_API void burin_registry_free(burin_registry *registry);

/* What it was made with; NULL where there is none. */
BURIN_API burin_store *burin_registry_store(const burin_registry *registry);
BURIN_API burin_registry *burin_callable_registry(const burin_callable *callable);

/* What is passed in or given back: an entity where entity.id is not 0, else a value (BURIN_MISSING: not given). */
typedef struct burin_item {
    burin_value  value;
    burin_entity entity;
    uint32_t     literal; /* not 0: a text is not looked at for an address */
} burin_item;
static inline burin_item burin_item_value(burin_value value)
{
    burin_item item = {value, {0, 0, 0}, 0};
    return item;
}
static inline burin_item burin_item_entity(burin_entity entity)
{
    burin_item item = {burin_missing(), entity, 0};
    return item;
}

/* A function's C code. args: as many as parameters, each as declared; those left out have their defaults. Entities belong to the
 * call's transaction. out: the result, preset to none; several results go through burin_give instead. Texts and containers in results are constants, or the arguments',
 * or the transaction's, or made in burin_invocation_heap. To fail, return burin_invocation_fail(...). Runs on any thread, on several at once. */
typedef burin_status (*burin_body)(burin_invocation *call, const burin_item *args, burin_item *out);

/* A function in plain C, of numbers: int64_t for `int` and for `bool` (0 or 1), double for `float`; so
 *     "price: float, count: int -> float"    is    double total(double price, int64_t count)
 * cast to this type. It cannot fail, and sees nothing but its arguments. Native code calls it as C does, with nothing between. Runs on any thread, on several at once. */
typedef void (*burin_plain)(void);

enum { BURIN_PARAMETERS_MAX = 16, BURIN_PLAIN_PARAMETERS_MAX = 4, BURIN_ALTERNATIVES_MAX = 4 };

/* Start from {0}; texts are copied. */
typedef struct burin_declaration {
    const char  *name;      /* an identifier; dots may join several */
    /* signature := [parameter {"," parameter}] "->" result
     * parameter := NAME ":" type ["=" default]        default: a number, 'text', true, false, none
     * type      := word {"|" word}                    word: bool int float text data entity none, TYPE, `config TYPE`
     * result    := type | "(" type {"," type} ")" | "[" type "]" | "{" type "}" */
    const char  *signature;
    const char  *doc;       /* NULL: none */
    burin_body   body;
    burin_plain  plain;     /* instead of a body: at most 4 parameters, each bool, int or float, and one such result; it must be pure */
    void        *data;      /* for burin_invocation_data */
    void       (*release)(void *data); /* when the registry dies; may be NULL */
    burin_effect effect;
    bool         pure;      /* the same arguments give the same result: only with BURIN_EFFECT_NONE; such calls leave no record, and no events */
    uint32_t     cost_ns;   /* what a call is thought to take; 0: unknown */
} burin_declaration;
/* Register a function. A name that is taken gets a new version: calls by name go to it from now on, the old one stays for those who hold it.
 * out: may be NULL. On failure `data` stays the caller's. Errors: BURIN_ERR_VALUE (name, signature; with the column), _UNICODE, _KEY (a type that the store has not), _USAGE (what contradicts itself). */
BURIN_API burin_status burin_register(burin_registry *registry, const burin_declaration *declaration, const burin_callable **out, burin_error *err);
/* The same function with some arguments set for good, under another name: it has the parameters that are left. Its code is that version's.
 * Values other than texts, numbers, booleans and none are refused (BURIN_ERR_TYPE); entities are kept as they are given. */
BURIN_API burin_status burin_register_partial(burin_registry *registry, const char *name, const burin_callable *of, const char *const *names,
                                              const burin_item *values, size_t count, const burin_callable **out, burin_error *err);
/* Take a name away; those who hold the function may still call it. BURIN_ERR_KEY. */
BURIN_API burin_status burin_unregister(burin_registry *registry, const char *name, burin_error *err);

/* The newest version of a function, or one of its versions (from 1); NULL where there is none. Valid as long as the registry; any thread. */
BURIN_API const burin_callable *burin_registry_find(const burin_registry *registry, burin_text name, uint32_t version);
/* All names, in the order they were first registered; BURIN_OK goes on. What `visit` returns otherwise is returned. It must not register. */
typedef burin_status (*burin_callable_visit)(void *user, const burin_callable *callable);
BURIN_API burin_status burin_registry_list(const burin_registry *registry, burin_callable_visit visit, void *user);

/* ---- what a function is ---- */

typedef struct burin_typing {
    uint32_t   kinds;      /* bit BURIN_TYPING_x: may be that */
    bool       optional;   /* may be none */
    uint32_t   type_count; /* entity types allowed; 0: any */
    burin_type types[BURIN_ALTERNATIVES_MAX];
} burin_typing;
typedef struct burin_parameter {
    const char  *name;
    burin_typing typing;
    burin_item   fallback; /* when not given; MISSING: it must be */
} burin_parameter;
/* Owned by the registry. */
typedef struct burin_callable_info {
    const char            *name, *signature, *doc; /* signature: as declared, also of one made by burin_register_partial; doc: "" when there is none */
    uint32_t               version;
    burin_strategy         strategy;
    burin_effect           effect;
    bool                   pure;
    uint32_t               cost_ns;
    size_t                 parameter_count;
    const burin_parameter *parameters;
    burin_returns            returns;
    size_t                 result_count; /* types of results: of a tuple each, else one; 0 for none */
    const burin_typing    *results;
} burin_callable_info;
BURIN_API const burin_callable_info *burin_callable_info_of(const burin_callable *callable);

/* ---- calls ---- */

/* Start from {0}. */
typedef struct burin_invoke_options {
    burin_heap         *heap;   /* where texts and containers of results, and DATA behind addresses, are made. NULL: where one is needed the call fails with BURIN_ERR_USAGE */
    burin_invocation   *parent; /* the call this one is made from; it runs in that call's transaction, or, where that has none, in its own */
    bool                apart;  /* with a parent: in a transaction of its own, which sees nothing of the parent's and commits by itself */
    burin_txn          *txn;    /* run in this transaction, which the caller commits */
    burin_event_span    within; /* where its events stand, without a parent */
    burin_conflict_mode mode;   /* for the commit */
    const volatile int *cancel; /* not 0: the call ends with BURIN_ERR_CANCELLED and changes nothing; looked at before and after the function's code. May be NULL */
} burin_invoke_options;

typedef struct burin_returned {
    burin_item     item;
    burin_text     key; /* of a DICT */
    burin_semantic semantic;
} burin_returned;
typedef struct burin_result {
    burin_returned      one;       /* the result; of several the first */
    size_t              count;     /* of `items` */
    burin_returned     *items;     /* several results, in order; NULL for one or none. Owned: burin_result_clear */
    uint64_t            execution; /* the record; 0: none */
    burin_commit_result commit;    /* zero where nothing was changed or somebody else commits */
} burin_result;
/* Call a function. args: by position; fewer than parameters, or MISSING: the defaults. options, err: may be NULL. Filled in also when it fails
 * (`execution`). Any thread. In somebody else's transaction a failed call takes its changes back. */
BURIN_API burin_status burin_invoke(const burin_callable *callable, const burin_item *args, size_t count, const burin_invoke_options *options,
                                    burin_result *result, burin_error *err);
/* The same by name, with arguments by name. Attributes of a configuration that is not given may be named too: it is then made of them, a tree of its own. */
BURIN_API burin_status burin_invoke_named(const burin_callable *callable, const burin_text *names, const burin_item *args, size_t count,
                                          const burin_invoke_options *options, burin_result *result, burin_error *err);
/* One call of many. */
typedef struct burin_batch_call {
    const burin_callable *callable; /* all of one registry */
    const burin_item     *args;
    size_t                count;
    burin_status          status;   /* out: what became of it; err is BURIN_ERROR_INIT before and is the caller's to clear */
    burin_error           err;
    burin_result          result;   /* out: to be cleared; its commit stays zero */
} burin_batch_call;
/* Calls one after the other in one transaction, each seeing what those before it did; one that fails takes back its own changes only. Then one
 * commit with the note "batch", which is told of as "call.commit" if there is anything to commit; if that fails, nothing has happened and no results are given. options: not `parent`; may be NULL. */
BURIN_API burin_status burin_invoke_batch(burin_batch_call *calls, size_t count, const burin_invoke_options *options, burin_commit_result *commit,
                                          burin_error *err);
/* Free the items. NULL is allowed. */
BURIN_API void burin_result_clear(const burin_registry *registry, burin_result *result);

/* ---- inside a call ---- */

/* NULL in functions of BURIN_EFFECT_NONE. Not to be committed or aborted. */
BURIN_API burin_txn *burin_invocation_txn(burin_invocation *call);
/* burin_invoke_options.heap. */
BURIN_API burin_heap *burin_invocation_heap(burin_invocation *call);
BURIN_API void *burin_invocation_data(const burin_invocation *call);
BURIN_API const burin_callable *burin_invocation_callable(const burin_invocation *call);
/* For the store's functions to fill in: what it holds is what the call fails with. */
BURIN_API burin_error *burin_invocation_error(burin_invocation *call);
BURIN_API burin_status burin_invocation_fail(burin_invocation *call, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
/* Whether the call, or one that it is made from, was asked to end: for functions that take long. */
BURIN_API bool burin_invocation_cancelled(const burin_invocation *call);
/* One more of several results. key: for a DICT, copied. BURIN_ERR_NOMEM, _UNICODE. */
BURIN_API burin_status burin_give(burin_invocation *call, burin_text key, burin_item item);

/* ---- records ---- */

typedef enum burin_link { BURIN_LINK_INPUT, BURIN_LINK_CONFIG, BURIN_LINK_SOURCE, BURIN_LINK_OUTPUT } burin_link;
typedef struct burin_linked {
    burin_link     link;  /* SOURCE: an entity behind an address */
    burin_semantic semantic; /* of an OUTPUT */
    burin_entity   entity;
} burin_linked;
/* A call that has ended. The commit's note is "name#execution": so versions lead to records, and records to versions. Outputs of one record are siblings, in their order. */
typedef struct burin_record {
    uint64_t            execution, parent; /* parent 0: called from outside */
    const burin_callable *callable;
    burin_status        status;
    const char         *message;   /* "" when it went well */
    int64_t             time_ns;   /* of its beginning, since 1970 */
    uint64_t            took_ns;
    uint64_t            commit;    /* burin_commit_result.commit; 0 also where somebody else commits: then outputs, and configurations it made, have no version */
    size_t              count;
    const burin_linked *links;
} burin_record;
/* Newest first, as long as `visit` returns BURIN_OK; what it returns otherwise is returned. Borrowed until it returns; it must not call functions of the registry. */
typedef burin_status (*burin_record_visit)(void *user, const burin_record *record);
BURIN_API burin_status burin_registry_records(burin_registry *registry, burin_record_visit visit, void *user);

#ifdef __cplusplus
}
#endif
#endif
