/* Records of calls: a ring. A slot keeps its room for the next record, so that in the long run none is allocated. */
#include "runtime/registry/registry.h"

bool rg_records_init(burin_registry *r, uint32_t count)
{
    r->records     = base_alloc(&r->alloc, count * sizeof *r->records);
    r->records_max = r->records ? count : 0;
    if (r->records)
        memset(r->records, 0, count * sizeof *r->records);
    return r->records != NULL;
}

void rg_records_deinit(burin_registry *r)
{
    for (uint32_t n = 0; n < r->records_max; n++) {
        base_free(&r->alloc, r->records[n].message, r->records[n].message_size);
        base_free(&r->alloc, r->records[n].links, r->records[n].links_cap * sizeof(burin_linked));
    }
    base_free(&r->alloc, r->records, r->records_max * sizeof *r->records);
}

static void copy_message(burin_registry *r, rg_record *slot, const char *message)
{
    size_t size          = message ? strlen(message) + 1 : 0;
    slot->record.message = "";
    if (size > slot->message_size) {
        char *more = r->alloc.resize(r->alloc.user, slot->message, slot->message_size, size);
        if (!more)
            return;
        slot->message      = more;
        slot->message_size = size;
    }
    if (size) {
        memcpy(slot->message, message, size);
        slot->record.message = slot->message;
    }
}

static void add_link(burin_registry *r, rg_record *slot, burin_linked link)
{
    if (slot->record.count == slot->links_cap) {
        size_t        cap  = slot->links_cap ? 2 * slot->links_cap : 4;
        burin_linked *more = r->alloc.resize(r->alloc.user, slot->links, slot->links_cap * sizeof *more, cap * sizeof *more);
        if (!more)
            return;
        slot->links     = more;
        slot->links_cap = cap;
    }
    slot->links[slot->record.count++] = link;
    slot->record.links                = slot->links;
}

void rg_remember(burin_invocation *call, burin_status status, int64_t time_ns, uint64_t took_ns, const burin_result *result)
{
    burin_registry *r = call->callable->registry;
    pthread_mutex_lock(&r->lock);
    rg_record *slot = &r->records[r->record_count++ % r->records_max];
    slot->record    = (burin_record){.execution = call->execution, .parent = call->parent ? call->parent->execution : 0, .callable = call->callable,
                                     .status = status, .time_ns = time_ns, .took_ns = took_ns, .commit = result->commit.commit};
    copy_message(r, slot, status ? call->err->message : NULL);
    for (size_t n = 0; n < call->link_count; n++)
        add_link(r, slot, call->links[n]);
    const burin_returned *given = result->items ? result->items : &result->one;
    for (size_t n = 0; n < (result->items ? result->count : 1) && !status; n++) {
        if (given[n].item.entity.id)
            add_link(r, slot, (burin_linked){BURIN_LINK_OUTPUT, given[n].semantic, given[n].item.entity});
    }
    pthread_mutex_unlock(&r->lock);
}

burin_status burin_registry_records(burin_registry *registry, burin_record_visit visit, void *user)
{
    burin_status status = BURIN_OK;
    pthread_mutex_lock(&registry->lock);
    uint64_t count = registry->record_count < registry->records_max ? registry->record_count : registry->records_max;
    for (uint64_t n = 1; n <= count && !status; n++)
        status = visit(user, &registry->records[(registry->record_count - n) % registry->records_max].record);
    pthread_mutex_unlock(&registry->lock);
    return status;
}
