/* The inside of a registry.
 *
 * A callable never changes once it is registered, and lives as long as the registry, so calls need no lock to use one. Names lead to the newest
 * version through a small hash table, under the lock; so do records, a ring whose slots keep their room.
 * A call is one path (invoke.c): bind (bind.c), run, classify (outcome.c), commit, record (record.c). What differs from function
 * to function is in the callable's plan: nothing is found out by looking at values but whether each is as declared. */
#ifndef BURIN_REGISTRY_REGISTRY_H
#define BURIN_REGISTRY_REGISTRY_H

#include "burin/registry.h"
#include "runtime/base/arity.h"
#include "runtime/base/clock.h"
#include "runtime/base/diag.h"
#include "runtime/call.h"
#include "runtime/store/txn.h"

enum { RG_NAMES_MIN = 64, RG_RECORDS = 1000, RG_DEPTH = 64 };

struct burin_callable {
    burin_registry     *registry;
    burin_callable_info info;
    burin_body          body;
    void               *data;
    void              (*release)(void *data);
    rt_plain            plain; /* shape 0: it has a body of its own */
    /* the plan */
    const burin_parameter *parameters; /* all, those bound by burin_register_partial too: their values are the fallbacks */
    size_t              count;
    uint32_t            bound, configs; /* bit n: parameter n is bound, is a configuration */
    uint32_t            accepts[BURIN_PARAMETERS_MAX]; /* kinds of values (bit burin_kind) that a parameter takes as they are */
    uint32_t            widens; /* bit n: parameter n makes a float of an integer */
    uint32_t            gives;  /* of ONE result, likewise */
    bool                direct; /* values in, a value or nothing out: no transaction */
    uint32_t            slots; /* the shape by which a body can be called with slots (rt_plain_slots); 0: it cannot */
    const burin_callable *older, *next; /* the version before it; the next one registered */
};

typedef struct rg_name {
    const burin_callable *newest; /* NULL: the place is free */
    bool                  gone;   /* unregistered */
} rg_name;

typedef struct rg_record {
    burin_record  record;
    char         *message;
    size_t        message_size;
    burin_linked *links;
    size_t        links_cap;
} rg_record;

struct burin_registry {
    burin_allocator       alloc;
    burin_store          *store;
    burin_events         *events;
    pthread_mutex_t       lock;      /* names, the list of callables, arena, records */
    arena                 arena;     /* callables and their texts */
    rg_name              *names;     /* open addressing */
    uint32_t              name_count, name_size;
    const burin_callable *first, *last;
    rg_record            *records;
    uint32_t              records_max;
    uint64_t              record_count; /* written so far */
    uint32_t              depth_max;
    _Atomic uint64_t      executions;
};

/* Entities by id, open addressing, in the call's scratch memory. */
typedef struct rg_ready rg_ready;
typedef struct rg_changed {
    uint32_t *ids; /* NULL: not made yet */
    uint32_t  mask, count;
} rg_changed;

/* A call that is running. */
struct burin_invocation {
    const burin_callable       *callable;
    const burin_invoke_options *options;
    burin_invocation           *parent;
    burin_error                *err;
    burin_error                 own_err;  /* where the caller wants none */
    burin_txn                  *txn;      /* NULL: none is needed */
    bool                        owns_txn;
    bool                        ends_txn; /* it, or the batch it is of, commits before the caller sees the result */
    es_savepoint                point;    /* where the call began in a transaction that is not its own */
    rg_changed                  changed;  /* what it has changed there, and what is above that */
    buf                         own_told, *told; /* what waits to be told (tell.c): of the call; of the call or batch that commits, NULL: of nobody */
    size_t                      told_before;
    uint32_t                    depth;
    uint64_t                    execution;
    burin_event_span            within, span, running; /* where its events stand, its own, that of its code */
    burin_linked                few[8];   /* links, while they are no more */
    burin_linked               *links;    /* what the record will say */
    size_t                      link_count, link_cap;
    burin_returned             *items;    /* burin_give */
    size_t                      item_count, item_cap;
    arena                       scratch;  /* keys, links; empty as long as nothing needs it */
};

burin_status rg_no_memory(burin_error *err);
/* What a bus takes its memory from (events.c). */
const burin_allocator *rg_events_allocator(const burin_events *events);
/* Identifiers joined by dots. */
bool rg_is_name(const char *name);

/* ---- calls (invoke.c) ---- */

/* Call a pure function of values with values that its parameters take as they are, or an integer for a float: what is left of burin_invoke then. False, and nothing has
 * happened, where they are not, or it is no such function. */
bool rg_invoke_values(const burin_callable *f, const burin_value *args, size_t count, const burin_invoke_options *options, burin_value *out, burin_status *status,
                      burin_error *err);

/* The same for a function that has a shape for slots: see rt_plain_slots. */
bool rg_invoke_slots(const burin_callable *f, rt_slot *slots, const burin_invoke_options *options, burin_status *status, burin_error *err);
/* The same for one that is called outside of all calls and transactions, with nothing that could cancel it. What it is called by is kept in the state for the next
 * call of the same function. err: filled in where *status is not BURIN_OK, else not touched. */
bool rg_invoke_ready(rt_state *st, const burin_callable *f, rt_slot *slots, burin_status *status, burin_error *err);

/* One call of a batch. told: where what is to be told waits for the batch to commit; NULL: another commits. */
burin_status rg_invoke_in_batch(burin_batch_call *call, const burin_invoke_options *options, buf *told);

/* ---- telling (tell.c) ---- */

/* Tell what became of the results, once it is so for all to see. */
void rg_tell_results(const burin_callable *f, burin_event_span within, uint64_t execution, const burin_result *result);
/* What waits of calls within the call is not told of them where it is the call's own result. */
void rg_take_over(const burin_invocation *call, const burin_result *result);
/* Let what became of the results wait in call->told. */
void rg_tell_later(const burin_invocation *call, const burin_result *result);
size_t rg_waiting(const buf *told);
burin_entity rg_waiting_entity(const buf *told, size_t n);
/* Where the commit left them, in their order; then tell of them. */
void rg_settle_waiting(buf *told, const es_settled *settled);
void rg_tell_waiting(const buf *told, burin_event_span within);

/* ---- signatures (signature.c) ---- */

/* Read a signature into the callable's info and plan; texts go to the arena. */
burin_status rg_signature(const burin_store *store, arena *a, const char *text, burin_callable *callable, burin_error *err);
/* The strategy for the parameters that a caller gives. */
burin_strategy rg_strategy(const burin_parameter *parameters, size_t count);
/* What a callable does the same at each call, from its info. */
void rg_plan(burin_callable *callable);

/* ---- plain C functions (plain.c) ---- */

/* The shape of such a function with this signature; 0: there is none. */
uint32_t rg_plain_shape(const burin_callable_info *info);
/* The body that calls a plain function of the shape. */
burin_body rg_plain_body(uint32_t shape);

/* ---- arguments and results against their types (typing.c) ---- */

/* Kinds of values (bit burin_kind) that need no look and no change. */
uint32_t rg_accepts(const burin_typing *typing);
/* See that a value is of the type; an int where only a float may be becomes one. what, name: "argument", "x", for the error. */
burin_status rg_check(burin_invocation *call, const burin_typing *typing, burin_item *item, const char *what, const char *name);
/* The same of an entity, whose tree is filled in. view: out: what the transaction has of it. */
burin_status rg_check_entity(burin_invocation *call, const burin_typing *typing, burin_item *item, const char *what, const char *name, es_view *view);

/* ---- binding (bind.c; place.c: by name) ---- */

typedef struct rg_arguments {
    const burin_item *args;
    const burin_text *names; /* NULL: by position */
    size_t            count;
} rg_arguments;
/* Arguments by name to positions; a configuration given by its attributes is made. `out` has room for all parameters. */
burin_status rg_place(burin_invocation *call, const rg_arguments *given, burin_item *out);

/* More were given than there are parameters, in CPython's words for it: what follows "f() ". */
void rg_too_many(const burin_callable_info *info, size_t given, char out[ARITY_SIZE]);
/* Whether an argument of a call is an entity as it was in a version that the call's transaction does not see. */
bool rg_sees_past(const burin_invocation *call, const rg_arguments *given);
/* The same entity, with the version of its tree that the transaction is based on. */
burin_entity rg_based(const burin_invocation *call, burin_entity entity);
/* Arguments to parameters: defaults, addresses, types, versions. `out` has room for all parameters. */
burin_status rg_bind(burin_invocation *call, const burin_item *args, size_t count, burin_item *out);
/* Remember an entity that the call has to do with. */
burin_status rg_link(burin_invocation *call, burin_link link, burin_semantic semantic, burin_entity entity);
/* The transaction, begun if it was not yet. */
burin_status rg_need_txn(burin_invocation *call);

/* ---- results (outcome.c) ---- */

/* Check what the function gave against its declaration, tell what became of each, and make roots of what is nowhere. */
burin_status rg_outcome(burin_invocation *call, burin_item *one, burin_result *result);

/* ---- records (record.c) ---- */

bool rg_records_init(burin_registry *r, uint32_t count);
void rg_records_deinit(burin_registry *r);
/* Remember a call that has ended. What it cannot find memory for is left out: the message, the links. */
void rg_remember(burin_invocation *call, burin_status status, int64_t time_ns, uint64_t took_ns, const burin_result *result);

#endif
