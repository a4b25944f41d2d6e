/* Calls: bind, run, look at what came of it, commit, record. One path for all functions; pure ones of values have a shorter one, which
 * begins no transaction and leaves no record. */
#include "runtime/env.h"
#include "runtime/registry/registry.h"

#include <assert.h>

static const burin_invoke_options no_options;

/* A frame without what is only needed on the long way. */
static inline void begin(burin_invocation *call, const burin_callable *f, const burin_invoke_options *options, burin_error *err)
{
    call->callable   = f;
    call->options    = options ? options : &no_options;
    call->parent     = call->options->parent;
    call->within = call->running = call->parent ? call->parent->running : call->options->within; /* where a call from within it stands */
    call->txn        = NULL;
    call->told       = NULL;
    call->owns_txn   = false;
    call->ends_txn   = false;
    call->depth      = call->parent ? call->parent->depth + 1 : 1;
    call->execution  = 0;
    call->items      = NULL;
    call->item_count = call->item_cap = 0;
    call->err        = err;
    if (!err) {
        call->own_err = (burin_error)BURIN_ERROR_INIT;
        call->err     = &call->own_err;
    }
}

static burin_status check_cancelled(const burin_invocation *call)
{
    return burin_invocation_cancelled(call) ? es_fail(call->err, BURIN_ERR_CANCELLED, "%s() was cancelled", call->callable->info.name) : BURIN_OK;
}

static void drop_items(const burin_registry *r, burin_returned *items, size_t count, size_t cap)
{
    for (size_t n = 0; n < count; n++)
        base_free(&r->alloc, (char *)items[n].key.data, items[n].key.len);
    base_free(&r->alloc, items, cap * sizeof *items);
}

/* ---- pure functions of values ---- */

/* Whether a value is what its parameter takes as it is. */
static inline bool fits(const burin_callable *f, size_t n, const burin_value *v)
{
    return (f->accepts[n] >> v->kind) & 1 && !(v->kind == BURIN_STRING && v->len && v->as.s[0] == '@');
}

/* Whether all arguments are there and as declared, so that nothing is to be done to them. */
static inline bool all_fit(const burin_callable *f, const burin_item *args, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        if (args[n].entity.id || !fits(f, n, &args[n].value))
            return false;
    }
    return true;
}

/* Whether a call with so many arguments can go the short way. */
static inline bool is_direct(const burin_callable *f, size_t count, const burin_invocation *call)
{
    return f->direct && f->info.pure && count == f->count && (!call->parent || call->depth <= f->registry->depth_max) &&
           !(BURIN_UNLIKELY(call->options->cancel) && burin_invocation_cancelled(call));
}

/* A call that failed, or whose result is not as declared: it may be made so. */
static __attribute__((noinline)) burin_status direct_outcome(burin_invocation *call, burin_status status, burin_item *one)
{
    burin_result result = {0};
    call->scratch       = arena_make(&call->callable->registry->alloc);
    if (status == BURIN_OK) {
        status = rg_outcome(call, one, &result);
        *one   = result.one.item;
    }
    drop_items(call->callable->registry, call->items, call->item_count, call->item_cap);
    return status;
}

/* one: preset to none. */
static inline burin_status invoke_direct(burin_invocation *call, const burin_item *args, burin_item *one)
{
    const burin_callable *f      = call->callable;
    burin_status          status = f->body(call, args, one);
    if (BURIN_LIKELY(!status && !call->items && !one->entity.id && (f->gives >> one->value.kind) & 1))
        return BURIN_UNLIKELY(call->options->cancel) ? check_cancelled(call) : BURIN_OK;
    return direct_outcome(call, status, one);
}

bool rg_invoke_values(const burin_callable *f, const burin_value *args, size_t count, const burin_invoke_options *options, burin_value *out, burin_status *status,
                      burin_error *err)
{
    burin_invocation call;
    burin_item       items[BURIN_PARAMETERS_MAX], one = burin_item_value(burin_none());
    begin(&call, f, options, err);
    if (!is_direct(f, count, &call))
        return false;
    for (size_t n = 0; n < count; n++) {
        items[n] = burin_item_value(burin_none());
        rt_copy_words(&items[n].value, &args[n]);
        if (args[n].kind == BURIN_INT && (f->widens >> n) & 1)
            items[n].value = burin_float((double)args[n].as.i);
        else if (!fits(f, n, &args[n]))
            return false;
    }
    *status = invoke_direct(&call, items, &one);
    rt_copy_words(out, &one.value);
    return true;
}

bool rg_invoke_slots(const burin_callable *f, rt_slot *slots, const burin_invoke_options *options, burin_status *status, burin_error *err)
{
    burin_invocation call;
    burin_item       items[RT_PLAIN_PARAMETERS], one = burin_item_value(burin_none());
    begin(&call, f, options, err);
    if (!is_direct(f, f->count, &call))
        return false;
    for (uint32_t n = 0; n < f->count; n++)
        items[n] = burin_item_value((burin_value){(uint8_t)rt_plain_takes(f->slots, n), 0, 0, 0, {slots[n].i}});
    *status = invoke_direct(&call, items, &one);
    assert(*status || one.value.kind == rt_plain_gives(f->slots));
    rt_copy_words((burin_value *)(void *)slots, &one.value);
    return true;
}

/* ---- calls made ready ----
 *
 * To begin a call takes longer than most functions of numbers do. Native code calls the same one again and again: what begins it stays as it is, but for the
 * arguments. */

struct rg_ready {
    burin_invocation     call; /* callable NULL: it is to be made anew */
    burin_invoke_options options;
    burin_error          err;
    burin_item           items[RT_PLAIN_PARAMETERS], one;
    bool                 busy;
};

/* NULL: memory is out, or the function calls itself. */
static __attribute__((noinline)) rg_ready *make_ready(rt_state *st, const burin_callable *f)
{
    rg_ready *r = st->ready ? st->ready : base_alloc(st->env->alloc, sizeof *r);
    if (!r || (st->ready && r->busy))
        return NULL;
    st->ready      = r;
    st->ready_size = sizeof *r;
    r->options     = (burin_invoke_options){.heap = &st->heap};
    r->err         = (burin_error)BURIN_ERROR_INIT;
    r->busy        = false;
    begin(&r->call, f, &r->options, &r->err);
    r->one         = burin_item_value(burin_none());
    for (uint32_t n = 0; n < f->count; n++)
        r->items[n] = burin_item_value((burin_value){(uint8_t)rt_plain_takes(f->slots, n), 0, 0, 0, {0}});
    return r;
}

/* What a call left behind that nobody expects after one that went well. */
static __attribute__((noinline)) void clear_ready(rg_ready *r, burin_status status, burin_error *err)
{
    if (status)
        *err = r->err;
    else
        burin_error_clear(&r->err);
    r->call.callable = NULL;
}

bool rg_invoke_ready(rt_state *st, const burin_callable *f, rt_slot *slots, burin_status *status, burin_error *err)
{
    rg_ready *r = st->ready;
    if (BURIN_UNLIKELY(!r || r->call.callable != f || r->busy))
        r = make_ready(st, f);
    if (BURIN_UNLIKELY(!r))
        return false;
    for (uint32_t n = 0; n < f->count; n++)
        r->items[n].value.as.i = slots[n].i;
    es_put_words(&r->one.value, BURIN_NONE, 0, 0);
    r->busy = true;
    *status = invoke_direct(&r->call, r->items, &r->one);
    r->busy = false;
    rt_copy_words((burin_value *)(void *)slots, &r->one.value);
    if (BURIN_UNLIKELY(*status || r->err.status || r->call.items))
        clear_ready(r, *status, err);
    return true;
}

/* ---- all others ---- */

/* The transaction that the caller's wishes lead to; what it still is NULL, bind or run begin one if they need it. */
static burin_status join(burin_invocation *call, const rg_arguments *given)
{
    const burin_invoke_options *o = call->options;
    if (call->depth > call->callable->registry->depth_max)
        return es_fail(call->err, BURIN_ERR_RECURSION, "%s(): calls are nested more than %u deep", call->callable->info.name,
                       call->callable->registry->depth_max);
    if (o->txn && o->txn->store != call->callable->registry->store)
        return es_fail(call->err, BURIN_ERR_USAGE, "%s(): the transaction is of another store", call->callable->info.name);
    call->txn  = o->txn ? o->txn : call->parent && !o->apart && call->parent->callable->registry->store == call->callable->registry->store ? call->parent->txn : NULL;
    if (call->txn && call->callable->info.effect == BURIN_EFFECT_READS && rg_sees_past(call, given))
        call->txn = NULL; /* what was is the same for all */
    else if (call->txn && !o->txn)
        call->told = call->parent->told;
    return BURIN_OK;
}

/* ---- events ---- */

/* Of pure functions nothing is told, whichever way they went. */
static bool is_told(const burin_callable *f) { return f->registry->events && !f->info.pure; }

static burin_event_span event_begin(const burin_invocation *call, burin_event_span parent, burin_event_type type)
{
    const burin_callable *f = call->callable;
    burin_event           event = {.type = type, .name = f->info.name, .detail = call->execution};
    return is_told(f) ? burin_events_begin(f->registry->events, parent, &event) : parent;
}

static void event_end(const burin_invocation *call, burin_event_span parent, burin_event_span own, burin_event_type type, uint64_t detail,
                      burin_status status)
{
    const burin_callable *f = call->callable;
    if (is_told(f))
        burin_events_end(f->registry->events, parent, own, &(burin_event){.type = type, .name = f->info.name, .detail = detail}, status);
}

/* The result of what went well. */
static burin_status run(burin_invocation *call, const rg_arguments *given, burin_result *result)
{
    const burin_callable *f = call->callable;
    burin_item            bound[BURIN_PARAMETERS_MAX], placed[BURIN_PARAMETERS_MAX], one = burin_item_value(burin_none());
    const burin_item     *args  = given->args;
    size_t                count = given->count;
    burin_status          status = check_cancelled(call);
    if (status == BURIN_OK && given->names) {
        status = rg_place(call, given, placed);
        args   = placed;
        count  = f->info.parameter_count;
    }
    if (status == BURIN_OK)
        status = rg_bind(call, args, count, bound);
    if (status == BURIN_OK && f->info.effect != BURIN_EFFECT_NONE)
        status = rg_need_txn(call);
    if (status)
        return status;
    bool was_read_only = call->txn && call->txn->read_only;
    if (f->info.effect == BURIN_EFFECT_READS)
        call->txn->read_only = true;
    call->running = event_begin(call, call->span, BURIN_EVENT_RUN);
    status        = f->body(call, bound, &one);
    event_end(call, call->span, call->running, BURIN_EVENT_RUN, call->execution, status);
    if (call->txn)
        call->txn->read_only = was_read_only;
    if (status == BURIN_OK)
        status = check_cancelled(call);
    return status ? status : rg_outcome(call, &one, result);
}

/* "name#execution" */
static burin_text write_note(const burin_invocation *call, char *out, size_t size)
{
    size_t len = strlen(call->callable->info.name);
    len        = len < size - 22 ? len : size - 22;
    memcpy(out, call->callable->info.name, len);
    out[len++] = '#';
    return (burin_text){out, len + text_from_int((int64_t)call->execution, out + len)};
}

/* Of a transaction that has changed nothing: where the results are. */
static void leave(const burin_invocation *call, burin_result *result)
{
    burin_returned *given = call->items ? call->items : &result->one;
    for (size_t n = 0; n < (call->items ? call->item_count : 1); n++) {
        if (given[n].item.entity.id)
            given[n].item.entity = rg_based(call, given[n].item.entity);
    }
    burin_txn_abort(call->txn);
}

/* What the call has to do with and made itself: a configuration of values, which has no tree before the commit. */
static size_t count_made(const burin_invocation *call)
{
    size_t count = 0;
    for (size_t n = 0; n < call->link_count; n++)
        count += call->links[n].entity.tree == 0;
    return count;
}

static void list_made(const burin_invocation *call, es_settled *settled)
{
    for (size_t n = 0; n < call->link_count; n++) {
        if (call->links[n].entity.tree == 0)
            *settled++ = (es_settled){call->links[n].entity, false};
    }
}

static void settle_made(const burin_invocation *call, const es_settled *settled)
{
    for (size_t n = 0; n < call->link_count; n++) {
        if (call->links[n].entity.tree == 0)
            call->links[n].entity = settled++->entity;
    }
}

/* Commit, and say where the results are now. */
static burin_status commit(burin_invocation *call, burin_result *result)
{
    char                 note[128];
    burin_commit_options options = {.mode = call->options->mode, .note = write_note(call, note, sizeof note)};
    es_settled           one, *settled = &one;
    burin_returned      *given = call->items ? call->items : &result->one;
    size_t               count = call->items ? call->item_count : 1, waiting = rg_waiting(&call->own_told), all = count + waiting + count_made(call);
    if (all > 1) {
        settled = arena_alloc(&call->scratch, all * sizeof *settled);
        if (!settled) {
            burin_txn_abort(call->txn);
            return rg_no_memory(call->err);
        }
    }
    for (size_t n = 0; n < count; n++)
        settled[n] = (es_settled){given[n].item.entity, false};
    for (size_t n = 0; n < waiting; n++)
        settled[count + n] = (es_settled){rg_waiting_entity(&call->own_told, n), false};
    list_made(call, settled + count + waiting);
    burin_event_span own    = event_begin(call, call->span, BURIN_EVENT_COMMIT);
    burin_status     status = es_txn_commit(call->txn, &options, &result->commit, settled, all, call->err);
    event_end(call, call->span, own, BURIN_EVENT_COMMIT, result->commit.commit, status);
    if (status)
        return status;
    rg_settle_waiting(&call->own_told, settled + count);
    settle_made(call, settled + count + waiting);
    for (size_t n = 0; n < count; n++) {
        if (!given[n].item.entity.id)
            continue;
        given[n].item.entity = settled[n].entity;
        if (given[n].semantic == BURIN_SEMANTIC_UNCHANGED && settled[n].changed)
            given[n].semantic = BURIN_SEMANTIC_MUTATION;
    }
    return BURIN_OK;
}

/* End the transaction, if it is the call's own, or take back what a failed call did to somebody else's. */
static burin_status finish(burin_invocation *call, burin_status status, burin_result *result)
{
    if (!call->txn)
        return status;
    if (call->owns_txn && status == BURIN_OK && call->txn->draft_count)
        return commit(call, result);
    if (call->owns_txn && status == BURIN_OK)
        leave(call, result);
    else if (call->owns_txn)
        burin_txn_abort(call->txn);
    else if (status)
        es_txn_back(call->txn, call->point);
    else
        es_txn_keep(call->txn, call->point);
    if (status && call->told)
        call->told->len = call->told_before;
    return status;
}

/* The items become the caller's, cut to size so that their number tells it. */
static burin_status hand_over(burin_invocation *call)
{
    const burin_registry *r = call->callable->registry;
    if (!call->item_count) { /* there may be room that a failed burin_give had made */
        base_free(&r->alloc, call->items, call->item_cap * sizeof *call->items);
        call->items    = NULL;
        call->item_cap = 0;
        return BURIN_OK;
    }
    burin_returned *cut = r->alloc.resize(r->alloc.user, call->items, call->item_cap * sizeof *cut, call->item_count * sizeof *cut);
    if (!cut)
        return rg_no_memory(call->err);
    call->items    = cut;
    call->item_cap = call->item_count;
    return BURIN_OK;
}

static void take_items(burin_invocation *call, burin_status status, burin_result *result)
{
    if (status) {
        drop_items(call->callable->registry, call->items, call->item_count, call->item_cap);
        result->one = (burin_returned){burin_item_value(burin_missing()), {NULL, 0}, BURIN_SEMANTIC_VALUE};
        return;
    }
    result->items = call->items;
    result->count = call->item_count;
    if (call->items)
        result->one = call->items[0];
}

/* Of a call in a batch the batch tells, which has its results. */
static void tell_results(burin_invocation *call, const burin_result *result)
{
    if (call->told)
        rg_take_over(call, result);
    if (call->owns_txn) {
        rg_tell_waiting(&call->own_told, call->span);
        rg_tell_results(call->callable, call->span, call->execution, result);
    } else if (call->txn && call->parent && call->told) {
        rg_tell_later(call, result);
    }
}

static burin_status invoke(burin_invocation *call, const rg_arguments *given, burin_result *result)
{
    burin_registry *r     = call->callable->registry;
    uint64_t        start = 0;
    int64_t         time  = 0;
    call->links           = call->few;
    call->link_count      = 0;
    call->link_cap        = sizeof call->few / sizeof *call->few;
    call->scratch         = arena_make(&r->alloc);
    call->changed         = (rg_changed){0};
    call->own_told        = buf_make(&r->alloc);
    if (!call->callable->info.pure) { /* it leaves a record */
        start           = monotonic_ns();
        time            = (int64_t)clock_ns(CLOCK_REALTIME_COARSE);
        call->execution = result->execution = atomic_fetch_add_explicit(&r->executions, 1, memory_order_relaxed) + 1;
    }
    call->span          = event_begin(call, call->within, BURIN_EVENT_CALL);
    burin_status status = join(call, given);
    bool         joined = call->txn != NULL;
    if (joined)
        call->point = es_txn_save(call->txn);
    if (!joined)
        call->told = &call->own_told;
    call->told_before = call->told ? call->told->len : 0;
    if (status == BURIN_OK)
        status = run(call, given, result);
    if (status == BURIN_OK)
        status = hand_over(call);
    if (status && call->err->status == BURIN_OK)
        es_fail(call->err, status, "%s() failed", call->callable->info.name);
    status = finish(call, status, result);
    take_items(call, status, result);
    if (status == BURIN_OK)
        tell_results(call, result);
    event_end(call, call->within, call->span, BURIN_EVENT_CALL, call->execution, status);
    if (call->execution)
        rg_remember(call, status, time, monotonic_ns() - start, result);
    arena_deinit(&call->scratch);
    buf_deinit(&call->own_told);
    return status;
}

/* ---- the ways in ---- */

static inline void clear_result(burin_result *result)
{
    result->one       = (burin_returned){burin_item_value(burin_none()), {NULL, 0}, BURIN_SEMANTIC_VALUE};
    result->items     = NULL;
    result->count     = 0;
    result->execution = 0;
    result->commit    = (burin_commit_result){0};
}

burin_status rg_invoke_in_batch(burin_batch_call *one, const burin_invoke_options *options, buf *told)
{
    burin_invocation call;
    begin(&call, one->callable, options, &one->err);
    call.ends_txn = told != NULL;
    call.told     = told;
    clear_result(&one->result);
    if (is_direct(one->callable, one->count, &call) && all_fit(one->callable, one->args, one->count))
        return invoke_direct(&call, one->args, &one->result.one.item);
    return invoke(&call, &(rg_arguments){one->args, NULL, one->count}, &one->result);
}

burin_status burin_invoke(const burin_callable *callable, const burin_item *args, size_t count, const burin_invoke_options *options, burin_result *result,
                          burin_error *err)
{
    burin_invocation call;
    burin_status     status;
    begin(&call, callable, options, err);
    clear_result(result);
    if (is_direct(callable, count, &call) && all_fit(callable, args, count))
        status = invoke_direct(&call, args, &result->one.item);
    else
        status = invoke(&call, &(rg_arguments){args, NULL, count}, result);
    if (!err)
        burin_error_clear(&call.own_err);
    return status;
}

burin_status burin_invoke_named(const burin_callable *callable, const burin_text *names, const burin_item *args, size_t count,
                                const burin_invoke_options *options, burin_result *result, burin_error *err)
{
    burin_invocation call;
    begin(&call, callable, options, err);
    *result             = (burin_result){0};
    burin_status status = invoke(&call, &(rg_arguments){args, names, count}, result);
    if (!err)
        burin_error_clear(&call.own_err);
    return status;
}

void burin_result_clear(const burin_registry *registry, burin_result *result)
{
    if (!result)
        return;
    if (result->items)
        drop_items(registry, result->items, result->count, result->count);
    *result = (burin_result){0};
}

/* ---- inside a call ---- */

burin_txn *burin_invocation_txn(burin_invocation *call) { return call->callable->info.effect == BURIN_EFFECT_NONE ? NULL : call->txn; }
burin_heap *burin_invocation_heap(burin_invocation *call) { return call->options->heap; }
void *burin_invocation_data(const burin_invocation *call) { return call->callable->data; }
const burin_callable *burin_invocation_callable(const burin_invocation *call) { return call->callable; }
burin_error *burin_invocation_error(burin_invocation *call) { return call->err; }

bool burin_invocation_cancelled(const burin_invocation *call)
{
    for (; call; call = call->parent) {
        if (call->options->cancel && __atomic_load_n(call->options->cancel, __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

burin_status burin_invocation_fail(burin_invocation *call, burin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_vfail(call->err, status, NULL, 0, (span){0, 0}, format, args);
    va_end(args);
    return status;
}
