/* Many calls, one transaction, one commit. */
#include "runtime/registry/registry.h"

static size_t result_count(const burin_batch_call *call) { return call->status ? 0 : call->result.items ? call->result.count : 1; }
static burin_returned *result_at(burin_batch_call *call, size_t n) { return call->result.items ? &call->result.items[n] : &call->result.one; }

/* Commit; where there is something to commit, as an event if anybody wants it. */
static burin_status commit_told(burin_txn *t, burin_events *events, const burin_invoke_options *options, burin_commit_result *commit, es_settled *settled, size_t count,
                                burin_error *err)
{
    bool                 is_told = events && t->draft_count;
    burin_event          event = {.type = BURIN_EVENT_COMMIT, .name = "batch"};
    burin_event_span     own   = is_told ? burin_events_begin(events, options->within, &event) : options->within;
    burin_commit_options how   = {.mode = options->mode, .note = BURIN_TEXT("batch")};
    burin_status         status = es_txn_commit(t, &how, commit, settled, count, err);
    event.detail                = commit->commit;
    if (is_told)
        burin_events_end(events, options->within, own, &event, status);
    return status;
}

/* Commit, write into the results where they are now, and tell what became of them. */
static burin_status commit_all(burin_txn *t, burin_batch_call *calls, size_t count, const burin_invoke_options *options, buf *told,
                               burin_commit_result *commit, burin_error *err)
{
    arena       scratch = arena_make(&t->store->alloc);
    size_t      total = 0, at = 0, waiting = rg_waiting(told);
    for (size_t n = 0; n < count; n++)
        total += result_count(&calls[n]);
    es_settled *settled = arena_alloc(&scratch, (total + waiting + 1) * sizeof *settled);
    if (!settled) {
        burin_txn_abort(t);
        return rg_no_memory(err);
    }
    for (size_t n = 0; n < count; n++) {
        for (size_t k = 0; k < result_count(&calls[n]); k++)
            settled[at++] = (es_settled){result_at(&calls[n], k)->item.entity, false};
    }
    for (size_t n = 0; n < waiting; n++)
        settled[total + n] = (es_settled){rg_waiting_entity(told, n), false};
    burin_status status = commit_told(t, calls[0].callable->registry->events, options, commit, settled, total + waiting, err);
    at                  = 0;
    if (status == BURIN_OK) {
        rg_settle_waiting(told, settled + total);
        rg_tell_waiting(told, options->within);
    }
    for (size_t n = 0; n < count && !status; n++) {
        for (size_t k = 0; k < result_count(&calls[n]); k++, at++) {
            if (result_at(&calls[n], k)->item.entity.id && !result_at(&calls[n], k)->item.entity.version) /* else it is of what was */
                result_at(&calls[n], k)->item.entity = settled[at].entity;
        }
        if (result_count(&calls[n]))
            calls[n].result.one = *result_at(&calls[n], 0);
        if (calls[n].status == BURIN_OK)
            rg_tell_results(calls[n].callable, options->within, calls[n].result.execution, &calls[n].result);
    }
    arena_deinit(&scratch);
    return status;
}

burin_status burin_invoke_batch(burin_batch_call *calls, size_t count, const burin_invoke_options *options, burin_commit_result *commit, burin_error *err)
{
    burin_invoke_options one    = options ? *options : (burin_invoke_options){0};
    burin_commit_result  none;
    burin_status         status = BURIN_OK;
    if (!commit)
        commit = &none;
    *commit = (burin_commit_result){0};
    if (count == 0)
        return BURIN_OK;
    const burin_registry *r = calls[0].callable->registry;
    for (size_t n = 0; n < count; n++) {
        if (calls[n].callable->registry != r)
            return es_fail(err, BURIN_ERR_USAGE, "the functions of a batch are of one registry");
    }
    if (one.parent || !r->store)
        return es_fail(err, BURIN_ERR_USAGE, "a batch needs a store, and a transaction of its own or the caller's");
    one.txn = one.txn ? one.txn : burin_txn_begin(r->store, err);
    if (!one.txn)
        return BURIN_ERR_NOMEM;
    bool owns = !options || !options->txn;
    buf  told = buf_make(&r->alloc);
    for (size_t n = 0; n < count; n++)
        calls[n].status = rg_invoke_in_batch(&calls[n], &one, owns ? &told : NULL);
    if (owns)
        status = commit_all(one.txn, calls, count, &one, &told, commit, err);
    buf_deinit(&told);
    for (size_t n = 0; n < count && status; n++)
        burin_result_clear(r, &calls[n].result);
    return status;
}
