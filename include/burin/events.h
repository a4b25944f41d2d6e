/* burin/events.h: what happens, told to those who asked.
 *
 * An event has a type, which is a name such as "call.commit". What takes time is told twice, when it starts and when it ends (however it
 * ends): the two are a span. Spans lie within spans. A type that nobody subscribed to costs a look at a number; no event is built.
 * Order: events are numbered as they happen, and every subscriber gets them in that order; an event that a handler causes comes after
 * the one that caused it. Handlers run on a thread that tells of an event, one at a time, without any lock held: they may do what they like, but not free the bus.
 * Any thread may use any of these functions. */
#ifndef BURIN_EVENTS_H
#define BURIN_EVENTS_H

#include "burin/error.h"
#include "burin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A bus: types, who subscribed to them, what is remembered. */
typedef struct burin_events burin_events;

enum { BURIN_EVENT_TYPES_MAX = 256, BURIN_SUBSCRIPTIONS_MAX = 63 };
typedef enum burin_event_type { /* of the registry; those of the host follow */
#define EVENT(NAME, name, meaning) BURIN_EVENT_##NAME,
#include "burin/event.def"
#undef EVENT
    BURIN_EVENT_OWN
} burin_event_type;

/* Where in its span an event stands. */
typedef enum burin_event_phase { BURIN_EVENT_ONE, BURIN_EVENT_START, BURIN_EVENT_DONE, BURIN_EVENT_FAILED } burin_event_phase;

/* A plain value. */
typedef struct burin_event {
    uint64_t          number;  /* 1, 2, 3, ... */
    uint64_t          span;    /* the number of its start; of an event that is ONE: its own */
    uint64_t          parent;  /* the span it happened in; 0: none that somebody subscribed to */
    uint64_t          root;    /* the outermost of these; its own span where there is none */
    uint32_t          type;
    burin_event_phase phase;
    burin_status      status;  /* why it FAILED */
    int64_t           time_ns; /* since 1970 */
    const char       *name;    /* what it is about: a function's name; static, or as long as the registry; may be NULL */
    burin_entity      subject; /* id 0: none */
    uint64_t          detail;  /* as event.def says; the host's own */
} burin_event;

/* Start from {0}. */
typedef struct burin_events_options {
    const burin_allocator *allocator; /* NULL: malloc; borrowed for the bus's life */
    uint32_t               history;   /* events to remember; then all are built */
} burin_events_options;
/* NULL after filling `err` (BURIN_ERR_NOMEM). */
BURIN_API burin_events *burin_events_new(const burin_events_options *options, burin_error *err);
/* Nobody may be using it. NULL is allowed. */
BURIN_API void burin_events_free(burin_events *events);

/* The number of a type, which is new if the name is. Identifiers joined by dots. BURIN_ERR_VALUE, _LIMIT, _NOMEM. */
BURIN_API burin_status burin_events_type(burin_events *events, const char *name, uint32_t *type, burin_error *err);
/* NULL where there is no such type. */
BURIN_API const char *burin_events_type_name(const burin_events *events, uint32_t type);

/* ---- subscribing ---- */

/* One event, or so many as the subscription says. What it returns but BURIN_OK is counted, and harms nobody else. */
typedef burin_status (*burin_event_handler)(void *user, const burin_event *events, size_t count);
typedef bool (*burin_event_predicate)(void *user, const burin_event *event);
/* Start from {0}. */
typedef struct burin_subscription {
    const char           *pattern;   /* of types, now and to come; `*` stands for anything, also dots. Copied */
    burin_event_predicate predicate; /* NULL: all */
    burin_event_handler   handler;
    void                 *user;
    int                   priority;  /* higher first; equal: who subscribed first */
    uint32_t              batch;     /* so many at a time; 0, 1: each at once. The rest comes with burin_events_flush */
} burin_subscription;
/* BURIN_ERR_LIMIT: too many. BURIN_ERR_USAGE: no handler or pattern. BURIN_ERR_NOMEM. */
BURIN_API burin_status burin_events_subscribe(burin_events *events, const burin_subscription *subscription, uint64_t *id, burin_error *err);
/* Its handler is not called again, but may still be running on another thread; what it has not got of a batch is dropped. BURIN_ERR_KEY. */
BURIN_API burin_status burin_events_unsubscribe(burin_events *events, uint64_t id, burin_error *err);
/* Hand out batches that are not full, behind what waits to be delivered. Where a handler is running, on another thread or because it calls this, they go out
 * after it, on its thread. */
BURIN_API void burin_events_flush(burin_events *events);

/* ---- telling ---- */

/* Whether anybody would hear of it. Wait-free. */
BURIN_API bool burin_events_wanted(const burin_events *events, uint32_t type);
/* Where an event stands: what begin gives, and what is passed on to whatever happens within. {0}: outside of everything. */
typedef struct burin_event_span {
    uint64_t span, root;
} burin_event_span;
/* Tell of type, name, subject and detail of `event`; the rest is filled in. A type that nobody wants gives `parent` back. */
BURIN_API burin_event_span burin_events_begin(burin_events *events, burin_event_span parent, const burin_event *event);
/* The end of what begin gave (nothing is told if that was its parent): FAILED unless status is BURIN_OK. */
BURIN_API void burin_events_end(burin_events *events, burin_event_span parent, burin_event_span own, const burin_event *event, burin_status status);
BURIN_API void burin_events_one(burin_events *events, burin_event_span parent, const burin_event *event);

/* ---- work in parts ---- */

/* A span whose parts are done by several, on any threads: it ends when all of them have said so, FAILED if one has failed, or when time is up. */
typedef struct burin_event_group burin_event_group;
/* Tell its start. parts: how many will call burin_event_group_done. NULL after filling `err` (BURIN_ERR_NOMEM). */
BURIN_API burin_event_group *burin_event_group_begin(burin_events *events, burin_event_span parent, const burin_event *event, uint32_t parts, burin_error *err);
/* What the parts' own events stand within. */
BURIN_API burin_event_span burin_event_group_span(const burin_event_group *group);
/* One part has ended so; its last use of the group. */
BURIN_API void burin_event_group_done(burin_event_group *group, burin_status status);
/* Wait for all parts, or timeout_ns nanoseconds (0: without end), then tell its end. The caller's last use of the group; parts that are late may still say
 * that they are done. Returns the status of the part that failed first; BURIN_ERR_TIMEOUT when time was up. */
BURIN_API burin_status burin_event_group_end(burin_event_group *group, uint64_t timeout_ns);

/* ---- as values ---- */

/* An event as a dict of numbers and texts, which burin_json_write can write; types and statuses by their names. MISSING when memory is out. */
BURIN_API burin_value burin_event_to_value(const burin_events *events, const burin_event *event, burin_heap *heap);
/* The event that such a dict is; a type that the bus does not know becomes one of its types. Its name lives in the heap. BURIN_ERR_VALUE: it is none; _LIMIT, _NOMEM. */
BURIN_API burin_status burin_event_from_value(burin_events *events, burin_value value, burin_heap *heap, burin_event *event, burin_error *err);

/* ---- looking back ---- */

/* Start from {0}: everything. */
typedef struct burin_event_filter {
    const char *pattern; /* NULL: all types */
    uint64_t    after;   /* numbers above this */
    uint64_t    span, parent, root; /* 0: any */
} burin_event_filter;
/* What is remembered and matches, oldest first, as long as `visit` returns BURIN_OK; what it returns otherwise is returned. It must not use the bus. */
typedef burin_status (*burin_event_visit)(void *user, const burin_event *event);
BURIN_API burin_status burin_events_history(burin_events *events, const burin_event_filter *filter, burin_event_visit visit, void *user);

typedef struct burin_events_stats {
    uint64_t built;     /* events */
    uint64_t handled;   /* calls of handlers */
    uint64_t failed;    /* of these */
    uint64_t dropped;   /* events for which there was no memory */
    uint32_t subscriptions;
} burin_events_stats;
BURIN_API void burin_events_stats_of(burin_events *events, burin_events_stats *out);

#ifdef __cplusplus
}
#endif
#endif
