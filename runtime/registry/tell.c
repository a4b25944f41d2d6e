/* Events of what became of the results of calls, told once it is so for all to see.
 *
 * A call within another shares its transaction: what its results have become waits with the call or batch that will commit it, and is told behind that commit, before
 * the results of the call itself. What a call gives back as its own result is told of it, not also of the call within it that gave it first. A call that fails takes
 * back what waits of the calls within it. In a transaction of the host's nothing waits: when that is
 * committed the registry does not hear of it. */
#include "runtime/registry/registry.h"

typedef struct telling {
    const burin_callable *callable;
    uint64_t              execution;
    burin_semantic        semantic;
    burin_entity          entity; /* id 0: nothing came of it */
} telling;

static telling *waiting_at(const buf *told, size_t n) { return (telling *)(void *)told->data + n; }

static void tell(const telling *t, burin_event_span within)
{
    static const uint32_t types[] = {[BURIN_SEMANTIC_MUTATION] = BURIN_EVENT_CHANGED, [BURIN_SEMANTIC_CREATION] = BURIN_EVENT_CREATED,
                                     [BURIN_SEMANTIC_DETACHMENT] = BURIN_EVENT_DETACHED};
    if (t->semantic >= BURIN_SEMANTIC_MUTATION && t->entity.id)
        burin_events_one(t->callable->registry->events, within,
                         &(burin_event){.type = types[t->semantic], .name = t->callable->info.name, .subject = t->entity, .detail = t->execution});
}

void rg_tell_results(const burin_callable *f, burin_event_span within, uint64_t execution, const burin_result *result)
{
    const burin_returned *given = result->items ? result->items : &result->one;
    for (size_t n = 0; f->registry->events && n < (result->items ? result->count : 1); n++)
        tell(&(telling){f, execution, given[n].semantic, given[n].item.entity}, within);
}

/* ---- what waits ---- */

static bool gives(const burin_result *result, const telling *t)
{
    const burin_returned *given = result->items ? result->items : &result->one;
    for (size_t n = 0; n < (result->items ? result->count : 1); n++) {
        if (given[n].item.entity.id == t->entity.id && given[n].semantic == t->semantic)
            return true;
    }
    return false;
}

void rg_take_over(const burin_invocation *call, const burin_result *result)
{
    size_t left = call->told_before / sizeof(telling);
    for (size_t n = left; n < rg_waiting(call->told); n++) {
        if (!gives(result, waiting_at(call->told, n)))
            *waiting_at(call->told, left++) = *waiting_at(call->told, n);
    }
    call->told->len = left * sizeof(telling);
}

void rg_tell_later(const burin_invocation *call, const burin_result *result)
{
    const burin_events   *events = call->callable->registry->events;
    const burin_returned *given  = result->items ? result->items : &result->one;
    if (!events || !(burin_events_wanted(events, BURIN_EVENT_CREATED) || burin_events_wanted(events, BURIN_EVENT_CHANGED) || burin_events_wanted(events, BURIN_EVENT_DETACHED)))
        return;
    for (size_t n = 0; n < (result->items ? result->count : 1); n++) {
        telling one = {call->callable, call->execution, given[n].semantic, given[n].item.entity};
        if (one.semantic >= BURIN_SEMANTIC_MUTATION)
            buf_append(call->told, (const char *)&one, sizeof one);
    }
    call->told->failed = false; /* what there is no memory for is left out */
}

size_t rg_waiting(const buf *told) { return told->len / sizeof(telling); }

burin_entity rg_waiting_entity(const buf *told, size_t n) { return waiting_at(told, n)->entity; }

void rg_settle_waiting(buf *told, const es_settled *settled)
{
    for (size_t n = 0; n < rg_waiting(told); n++) {
        telling *t = waiting_at(told, n);
        t->entity  = settled[n].entity.tree && (settled[n].changed || t->semantic != BURIN_SEMANTIC_MUTATION) ? settled[n].entity : (burin_entity){0, 0, 0};
    }
}

void rg_tell_waiting(const buf *told, burin_event_span within)
{
    for (size_t n = 0; n < rg_waiting(told); n++)
        tell(waiting_at(told, n), within);
}
