/* Spans that end when all of their parts have. A group is held by whoever ends it and by each part that has not said that it is done. */
#include "runtime/registry/registry.h"

#include <errno.h>

struct burin_event_group {
    burin_allocator  alloc;
    burin_events    *events;
    burin_event_span parent, own;
    burin_event      event;
    pthread_mutex_t  lock;
    pthread_cond_t   done;
    uint32_t         parts;  /* that are still to come */
    bool             ended;
    burin_status     status; /* of the part that failed first */
};

burin_event_group *burin_event_group_begin(burin_events *events, burin_event_span parent, const burin_event *event, uint32_t parts, burin_error *err)
{
    const burin_allocator *alloc = rg_events_allocator(events);
    burin_event_group     *g     = base_alloc(alloc, sizeof *g);
    if (!g) {
        rg_no_memory(err);
        return NULL;
    }
    *g = (burin_event_group){.alloc = *alloc, .events = events, .parent = parent, .event = *event, .parts = parts};
    pthread_mutex_init(&g->lock, NULL);
    monotonic_condition(&g->done);
    g->own = burin_events_begin(events, parent, event);
    return g;
}

burin_event_span burin_event_group_span(const burin_event_group *group) { return group->own; }

/* With its lock, which is let go: free it when nobody holds it any more. */
static void let_go(burin_event_group *g)
{
    bool last = g->ended && g->parts == 0;
    pthread_mutex_unlock(&g->lock);
    if (!last)
        return;
    burin_allocator alloc = g->alloc;
    pthread_cond_destroy(&g->done);
    pthread_mutex_destroy(&g->lock);
    base_free(&alloc, g, sizeof *g);
}

void burin_event_group_done(burin_event_group *group, burin_status status)
{
    pthread_mutex_lock(&group->lock);
    if (group->status == BURIN_OK)
        group->status = status;
    if (--group->parts == 0)
        pthread_cond_signal(&group->done);
    let_go(group);
}

burin_status burin_event_group_end(burin_event_group *group, uint64_t timeout_ns)
{
    struct timespec until = monotonic_after(timeout_ns);
    bool            late  = false;
    pthread_mutex_lock(&group->lock);
    while (group->parts && !late) {
        if (timeout_ns)
            late = pthread_cond_timedwait(&group->done, &group->lock, &until) == ETIMEDOUT && group->parts;
        else
            pthread_cond_wait(&group->done, &group->lock);
    }
    burin_status status = late && group->status == BURIN_OK ? BURIN_ERR_TIMEOUT : group->status;
    pthread_mutex_unlock(&group->lock);
    burin_events_end(group->events, group->parent, group->own, &group->event, status);
    pthread_mutex_lock(&group->lock);
    group->ended = true;
    let_go(group);
    return status;
}
