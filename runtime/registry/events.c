/* The bus of events.
 *
 * Each type has a word of bits, one a subscription (and one for the history): 0 means that nobody wants it, which is all a teller
 * looks at. An event gets its number and goes into the queue under the lock; whoever finds nobody delivering delivers until the queue is empty, so that
 * handlers see the one order, and a handler that tells of something does not nest.
 * Always true: `order` lists the slots in use, by priority; bit n of a type's word is set only for a slot in use. */
#include "runtime/registry/registry.h"

#include "burin/events.h"


enum { HISTORY_BIT = BURIN_SUBSCRIPTIONS_MAX };

typedef struct subscriber {
    burin_subscription given; /* its pattern is owned */
    uint64_t           id;    /* 0: the slot is free */
    burin_event       *batch;
    uint32_t           waiting;
} subscriber;

struct burin_events {
    burin_allocator  alloc;
    pthread_mutex_t  lock;
    _Atomic uint64_t wanted[BURIN_EVENT_TYPES_MAX];
    char            *names[BURIN_EVENT_TYPES_MAX];
    _Atomic uint32_t type_count;
    subscriber       slots[BURIN_SUBSCRIPTIONS_MAX];
    uint8_t          order[BURIN_SUBSCRIPTIONS_MAX];
    uint32_t         count;
    uint64_t         ids;
    burin_event     *queue; /* a ring */
    uint32_t         queue_cap, queue_at, queued;
    bool             delivering, flushing; /* flushing: batches are to go out, full or not, once the queue is empty */
    burin_event     *history;
    uint32_t         history_cap;
    uint64_t         remembered;
    burin_events_stats stats;
};

/* `*` stands for anything. */
static bool matches(const char *pattern, const char *name)
{
    const char *star = NULL, *from = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            from = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name    = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static char *copy_text(const burin_allocator *alloc, const char *text)
{
    size_t size = strlen(text) + 1;
    char  *copy = base_alloc(alloc, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static void free_text(const burin_allocator *alloc, char *text)
{
    if (text)
        base_free(alloc, text, strlen(text) + 1);
}

/* ---- life and types ---- */

const burin_allocator *rg_events_allocator(const burin_events *events) { return &events->alloc; }

/* Under the lock. */
static burin_status add_type(burin_events *e, const char *name, burin_error *err)
{
    uint32_t type = atomic_load_explicit(&e->type_count, memory_order_relaxed);
    if (type == BURIN_EVENT_TYPES_MAX)
        return es_fail(err, BURIN_ERR_LIMIT, "there are %d types of events already", BURIN_EVENT_TYPES_MAX);
    e->names[type] = copy_text(&e->alloc, name);
    if (!e->names[type])
        return rg_no_memory(err);
    uint64_t bits = e->history ? (uint64_t)1 << HISTORY_BIT : 0;
    for (uint32_t n = 0; n < e->count; n++) {
        if (matches(e->slots[e->order[n]].given.pattern, name))
            bits |= (uint64_t)1 << e->order[n];
    }
    atomic_store_explicit(&e->wanted[type], bits, memory_order_relaxed);
    atomic_store_explicit(&e->type_count, type + 1, memory_order_release);
    return BURIN_OK;
}

burin_events *burin_events_new(const burin_events_options *options, burin_error *err)
{
    static const char *const names[] = {
#define EVENT(NAME, name, meaning) name,
#include "burin/event.def"
#undef EVENT
    };
    burin_events_options o      = options ? *options : (burin_events_options){0};
    burin_allocator      alloc  = o.allocator ? *o.allocator : base_malloc_allocator;
    burin_events        *e      = base_alloc(&alloc, sizeof *e);
    burin_status         status = BURIN_OK;
    if (!e) {
        rg_no_memory(err);
        return NULL;
    }
    memset(e, 0, sizeof *e);
    e->alloc = alloc;
    pthread_mutex_init(&e->lock, NULL);
    if (o.history) {
        e->history     = base_alloc(&alloc, o.history * sizeof *e->history);
        e->history_cap = e->history ? o.history : 0;
        status         = e->history ? BURIN_OK : rg_no_memory(err);
    }
    for (size_t n = 0; n < BURIN_EVENT_OWN && !status; n++)
        status = add_type(e, names[n], err);
    if (status == BURIN_OK)
        return e;
    burin_events_free(e);
    return NULL;
}

void burin_events_free(burin_events *events)
{
    if (!events)
        return;
    burin_allocator alloc = events->alloc;
    for (uint32_t n = 0; n < BURIN_EVENT_TYPES_MAX; n++)
        free_text(&alloc, events->names[n]);
    for (uint32_t n = 0; n < BURIN_SUBSCRIPTIONS_MAX; n++) {
        free_text(&alloc, (char *)events->slots[n].given.pattern);
        base_free(&alloc, events->slots[n].batch, events->slots[n].given.batch * sizeof(burin_event));
    }
    base_free(&alloc, events->queue, events->queue_cap * sizeof *events->queue);
    base_free(&alloc, events->history, events->history_cap * sizeof *events->history);
    pthread_mutex_destroy(&events->lock);
    base_free(&alloc, events, sizeof *events);
}

burin_status burin_events_type(burin_events *events, const char *name, uint32_t *type, burin_error *err)
{
    burin_status status = BURIN_OK;
    if (!rg_is_name(name))
        return es_fail(err, BURIN_ERR_VALUE, "'%s' is no name for a type of events", name ? name : "");
    pthread_mutex_lock(&events->lock);
    *type = 0;
    while (*type < events->type_count && strcmp(events->names[*type], name) != 0)
        ++*type;
    if (*type == events->type_count)
        status = add_type(events, name, err);
    pthread_mutex_unlock(&events->lock);
    return status;
}

const char *burin_events_type_name(const burin_events *events, uint32_t type)
{
    return type < atomic_load_explicit(&events->type_count, memory_order_acquire) ? events->names[type] : NULL;
}

/* ---- subscribing ---- */

static burin_status fill_slot(burin_events *e, subscriber *slot, const burin_subscription *given, burin_error *err)
{
    slot->given         = *given;
    slot->waiting       = 0;
    slot->given.pattern = copy_text(&e->alloc, given->pattern);
    slot->batch         = given->batch > 1 ? base_alloc(&e->alloc, given->batch * sizeof *slot->batch) : NULL;
    if (slot->given.pattern && (slot->batch || given->batch <= 1))
        return BURIN_OK;
    free_text(&e->alloc, (char *)slot->given.pattern);
    base_free(&e->alloc, slot->batch, given->batch * sizeof *slot->batch);
    *slot = (subscriber){0};
    return rg_no_memory(err);
}

static burin_status subscribe(burin_events *e, const burin_subscription *given, uint64_t *id, burin_error *err)
{
    uint32_t slot = 0, at = 0;
    while (slot < BURIN_SUBSCRIPTIONS_MAX && e->slots[slot].id)
        slot++;
    if (slot == BURIN_SUBSCRIPTIONS_MAX)
        return es_fail(err, BURIN_ERR_LIMIT, "there are %d subscriptions already", BURIN_SUBSCRIPTIONS_MAX);
    burin_status status = fill_slot(e, &e->slots[slot], given, err);
    if (status)
        return status;
    *id = e->slots[slot].id = ++e->ids;
    while (at < e->count && e->slots[e->order[at]].given.priority >= given->priority)
        at++;
    memmove(&e->order[at + 1], &e->order[at], e->count - at);
    e->order[at] = (uint8_t)slot;
    e->count++;
    for (uint32_t type = 0; type < e->type_count; type++) {
        if (matches(given->pattern, e->names[type]))
            atomic_fetch_or(&e->wanted[type], (uint64_t)1 << slot);
    }
    return BURIN_OK;
}

burin_status burin_events_subscribe(burin_events *events, const burin_subscription *subscription, uint64_t *id, burin_error *err)
{
    uint64_t none;
    if (!subscription->handler || !subscription->pattern)
        return es_fail(err, BURIN_ERR_USAGE, "a subscription needs a handler and a pattern");
    pthread_mutex_lock(&events->lock);
    burin_status status = subscribe(events, subscription, id ? id : &none, err);
    pthread_mutex_unlock(&events->lock);
    return status;
}

burin_status burin_events_unsubscribe(burin_events *events, uint64_t id, burin_error *err)
{
    burin_status status = BURIN_ERR_KEY;
    pthread_mutex_lock(&events->lock);
    for (uint32_t at = 0; at < events->count && status; at++) {
        uint32_t    n    = events->order[at];
        subscriber *slot = &events->slots[n];
        if (slot->id != id)
            continue;
        for (uint32_t type = 0; type < events->type_count; type++)
            atomic_fetch_and(&events->wanted[type], ~((uint64_t)1 << n));
        free_text(&events->alloc, (char *)slot->given.pattern);
        base_free(&events->alloc, slot->batch, slot->given.batch * sizeof *slot->batch);
        *slot = (subscriber){0};
        events->count--;
        memmove(&events->order[at], &events->order[at + 1], events->count - at);
        status = BURIN_OK;
    }
    pthread_mutex_unlock(&events->lock);
    return status ? es_fail(err, status, "there is no subscription %llu", (unsigned long long)id) : BURIN_OK;
}

/* ---- delivering, under the lock, which is let go while a handler runs ---- */

static void hand(burin_events *e, const burin_subscription *to, const burin_event *events, size_t count)
{
    e->stats.handled++;
    pthread_mutex_unlock(&e->lock);
    burin_status status = to->handler(to->user, events, count);
    pthread_mutex_lock(&e->lock);
    e->stats.failed += status != BURIN_OK;
}

/* The events that wait in a batch go out in a copy, because the handler may end the subscription. */
static void hand_batch(burin_events *e, subscriber *slot)
{
    uint32_t           count = slot->waiting;
    burin_subscription to    = slot->given;
    burin_event       *copy  = base_alloc(&e->alloc, count * sizeof *copy);
    slot->waiting            = 0;
    if (!copy) {
        e->stats.dropped += count;
        return;
    }
    memcpy(copy, slot->batch, count * sizeof *copy);
    hand(e, &to, copy, count);
    base_free(&e->alloc, copy, count * sizeof *copy);
}

static void give(burin_events *e, subscriber *slot, const burin_event *event)
{
    uint64_t           id = slot->id;
    burin_subscription to = slot->given;
    bool               wants = true;
    if (to.predicate) {
        pthread_mutex_unlock(&e->lock);
        wants = to.predicate(to.user, event);
        pthread_mutex_lock(&e->lock);
    }
    if (!wants || slot->id != id)
        return;
    if (!slot->batch) {
        hand(e, &to, event, 1);
        return;
    }
    slot->batch[slot->waiting++] = *event;
    if (slot->waiting == to.batch)
        hand_batch(e, slot);
}

/* Those who are there now and want one of these types, in order; they may go while others are served, and later ones get later events. */
typedef struct audience {
    uint64_t ids[BURIN_SUBSCRIPTIONS_MAX];
    uint8_t  slots[BURIN_SUBSCRIPTIONS_MAX];
    uint32_t count;
} audience;

static void gather(const burin_events *e, uint64_t wanted, audience *a)
{
    a->count = 0;
    for (uint32_t n = 0; n < e->count; n++) {
        if ((wanted >> e->order[n]) & 1) {
            a->slots[a->count] = e->order[n];
            a->ids[a->count++] = e->slots[e->order[n]].id;
        }
    }
}

static void give_all(burin_events *e)
{
    audience    a;
    burin_event event = e->queue[e->queue_at];
    e->queue_at       = (e->queue_at + 1) % e->queue_cap;
    e->queued--;
    gather(e, e->wanted[event.type], &a);
    for (uint32_t n = 0; n < a.count; n++) {
        if (e->slots[a.slots[n]].id == a.ids[n])
            give(e, &e->slots[a.slots[n]], &event);
    }
}

static void flush_all(burin_events *e)
{
    audience a;
    e->flushing = false;
    gather(e, UINT64_MAX, &a);
    for (uint32_t n = 0; n < a.count; n++) {
        subscriber *slot = &e->slots[a.slots[n]];
        if (slot->id == a.ids[n] && slot->waiting)
            hand_batch(e, slot);
    }
}

static void deliver(burin_events *e)
{
    if (e->delivering)
        return;
    e->delivering = true;
    while (e->queued || e->flushing)
        (e->queued ? give_all : flush_all)(e);
    e->delivering = false;
}

void burin_events_flush(burin_events *events)
{
    pthread_mutex_lock(&events->lock);
    events->flushing = true;
    deliver(events);
    pthread_mutex_unlock(&events->lock);
}

/* ---- telling ---- */

static bool reach_queue(burin_events *e)
{
    uint32_t cap = e->queue_cap ? 2 * e->queue_cap : 16;
    if (e->queued < e->queue_cap)
        return true;
    burin_event *queue = base_alloc(&e->alloc, cap * sizeof *queue);
    if (!queue)
        return false;
    for (uint32_t n = 0; n < e->queued; n++)
        queue[n] = e->queue[(e->queue_at + n) % e->queue_cap];
    base_free(&e->alloc, e->queue, e->queue_cap * sizeof *queue);
    e->queue     = queue;
    e->queue_cap = cap;
    e->queue_at  = 0;
    return true;
}

/* The event gets its number, is remembered and delivered. own.span 0: a new one. */
static burin_event_span tell(burin_events *e, burin_event_span parent, burin_event_span own, const burin_event *given, burin_event_phase phase,
                             burin_status status)
{
    burin_event event = *given;
    pthread_mutex_lock(&e->lock);
    event.number  = ++e->stats.built;
    event.span    = own.span ? own.span : event.number;
    event.root    = own.span ? own.root : parent.span ? parent.root : event.number;
    event.parent  = parent.span;
    event.phase   = phase;
    event.status  = status;
    event.time_ns = (int64_t)clock_ns(CLOCK_REALTIME);
    if (e->history)
        e->history[e->remembered++ % e->history_cap] = event;
    if (reach_queue(e)) {
        e->queue[(e->queue_at + e->queued++) % e->queue_cap] = event;
        deliver(e);
    } else {
        e->stats.dropped++;
    }
    pthread_mutex_unlock(&e->lock);
    return (burin_event_span){event.span, event.root};
}

bool burin_events_wanted(const burin_events *events, uint32_t type)
{
    return type < BURIN_EVENT_TYPES_MAX && atomic_load_explicit(&events->wanted[type], memory_order_relaxed) != 0;
}

burin_event_span burin_events_begin(burin_events *events, burin_event_span parent, const burin_event *event)
{
    return burin_events_wanted(events, event->type) ? tell(events, parent, (burin_event_span){0, 0}, event, BURIN_EVENT_START, BURIN_OK) : parent;
}

void burin_events_end(burin_events *events, burin_event_span parent, burin_event_span own, const burin_event *event, burin_status status)
{
    if (own.span != parent.span)
        tell(events, parent, own, event, status ? BURIN_EVENT_FAILED : BURIN_EVENT_DONE, status);
}

void burin_events_one(burin_events *events, burin_event_span parent, const burin_event *event)
{
    if (burin_events_wanted(events, event->type))
        tell(events, parent, (burin_event_span){0, 0}, event, BURIN_EVENT_ONE, BURIN_OK);
}

/* ---- looking back ---- */

burin_status burin_events_history(burin_events *events, const burin_event_filter *filter, burin_event_visit visit, void *user)
{
    burin_event_filter f      = filter ? *filter : (burin_event_filter){0};
    burin_status       status = BURIN_OK;
    pthread_mutex_lock(&events->lock);
    uint64_t first = events->remembered > events->history_cap ? events->remembered - events->history_cap : 0;
    for (uint64_t n = first; n < events->remembered && !status; n++) {
        const burin_event *event = &events->history[n % events->history_cap];
        if (event->number > f.after && (!f.span || event->span == f.span) && (!f.parent || event->parent == f.parent) &&
            (!f.root || event->root == f.root) && (!f.pattern || matches(f.pattern, events->names[event->type])))
            status = visit(user, event);
    }
    pthread_mutex_unlock(&events->lock);
    return status;
}

void burin_events_stats_of(burin_events *events, burin_events_stats *out)
{
    pthread_mutex_lock(&events->lock);
    *out               = events->stats;
    out->subscriptions = events->count;
    pthread_mutex_unlock(&events->lock);
}
