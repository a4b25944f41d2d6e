/* Functions that are granted to templates: those of a registry, and those that look at other versions. */
#include "engine/environment.h"
#include "engine/grant.h"
#include "runtime/base/memory.h"
#include "runtime/call.h"
#include "runtime/registry/registry.h"

#include <stdio.h>

static burin_status no_memory(burin_call *call) { return burin_raise(call, BURIN_ERR_NOMEM, "out of memory"); }

/* ---- calls ---- */

/* The reader that results of a call are seen through: pinned after it, freed with the heap. */
static void free_reader(void *self) { burin_reader_free(self); }
static const burin_class reader_class = {.struct_size = sizeof(burin_class), .name = "Reader", .module = "burin", .release = free_reader};

burin_reader *grant_reader(burin_call *call, burin_store *store)
{
    burin_reader *reader = burin_reader_new(store);
    if (reader && burin_object(burin_call_heap(call), &reader_class, reader).kind != BURIN_MISSING) {
        burin_reader_pin(reader);
        return reader;
    }
    burin_reader_free(reader);
    return NULL;
}

/* An argument. What is an entity of another store means nothing to the function. */
static burin_status item_of(burin_call *call, const burin_callable *f, burin_value v, burin_item *out)
{
    burin_entity entity;
    *out = burin_item_value(v);
    if (!burin_value_entity(v, &entity))
        return BURIN_OK;
    if (live_check(call, v))
        return BURIN_ERR_USAGE;
    const granted     *g     = granted_of(v);
    const burin_txn   *t     = live_txn(rt_state_of(burin_call_heap(call)));
    const burin_store *store = g ? burin_reader_store(g->reader) : t ? t->store : NULL, *own = burin_registry_store(burin_callable_registry(f));
    *out                     = burin_item_entity(entity);
    if (!store || !own || store == own)
        return BURIN_OK;
    return burin_raise(call, BURIN_ERR_VALUE, "%s() got an entity of another store", burin_callable_info_of(f)->name);
}

typedef struct arguments {
    burin_text names[2 * BURIN_PARAMETERS_MAX];
    burin_item items[2 * BURIN_PARAMETERS_MAX];
    size_t     count;
} arguments;

/* What the template gave, by position and by name, all by name. */
static burin_status gather(burin_call *call, const burin_callable *f, arguments *out)
{
    const burin_callable_info *info = burin_callable_info_of(f);
    burin_value positional = burin_arg(call, 0), named = burin_arg(call, 1), key, value;
    size_t       given  = burin_length(positional);
    burin_status status = BURIN_OK;
    out->count        = 0;
    if (given > info->parameter_count) {
        char takes[ARITY_SIZE];
        rg_too_many(info, given, takes);
        return burin_raise(call, BURIN_ERR_TYPE, "%s() %s", info->name, takes);
    }
    for (; out->count < given && !status; out->count++) {
        out->names[out->count] = (burin_text){info->parameters[out->count].name, strlen(info->parameters[out->count].name)};
        status                 = item_of(call, f, burin_at(positional, out->count), &out->items[out->count]);
    }
    for (size_t at = 0; !status && burin_next(named, &at, &key, &value); out->count++) {
        if (out->count == 2 * BURIN_PARAMETERS_MAX)
            return burin_raise(call, BURIN_ERR_TYPE, "%s() got more arguments than a function may have", info->name);
        out->names[out->count] = burin_text_of(key);
        status                 = item_of(call, f, value, &out->items[out->count]);
    }
    return status;
}

/* One thing a function gave, as a value. */
static burin_status give_back(burin_call *call, burin_store *store, burin_reader **reader, burin_item item, burin_value *out)
{
    burin_error err = BURIN_ERROR_INIT;
    *out            = item.value;
    if (!item.entity.id)
        return BURIN_OK;
    rt_state        *st = rt_state_of(burin_call_heap(call));
    const burin_txn *t  = live_txn(st);
    if (t && t->store == store) /* it is of the same transaction */
        return live_value(st, item.entity, out) ? no_memory(call) : BURIN_OK;
    if (!*reader)
        *reader = grant_reader(call, store);
    if (!*reader)
        return no_memory(call);
    burin_status status = grant_value(burin_call_heap(call), *reader, item.entity, out, &err);
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}

static burin_status give_all_back(burin_call *call, const burin_callable_info *info, burin_store *store, const burin_result *result, burin_value *out)
{
    burin_reader *reader = NULL;
    burin_heap   *heap   = burin_call_heap(call);
    burin_value   one;
    if (info->returns <= BURIN_RETURNS_ONE)
        return give_back(call, store, &reader, result->one.item, out);
    *out = info->returns == BURIN_RETURNS_DICT ? burin_dict(heap, result->count) : burin_list(heap, result->count);
    if (out->kind == BURIN_MISSING)
        return no_memory(call);
    for (size_t n = 0; n < result->count; n++) {
        const burin_returned *r      = &result->items[n];
        burin_status          status = give_back(call, store, &reader, r->item, &one);
        if (status)
            return status;
        burin_value key = out->kind == BURIN_DICT ? burin_string(heap, r->key.data ? r->key.data : "", r->key.len) : burin_none();
        if (key.kind == BURIN_MISSING || (out->kind == BURIN_DICT ? burin_dict_set(heap, *out, key, one) : burin_list_append(heap, *out, one)))
            return no_memory(call);
    }
    return BURIN_OK;
}

/* A call from a script or template: in the transaction of the call or of the host that it runs in itself, if in one of the same store. */
static inline burin_invoke_options options_of(rt_state *st, const burin_callable *f)
{
    bool joins = BURIN_UNLIKELY(st->txn && !st->invocation) && st->txn->store == burin_registry_store(burin_callable_registry(f));
    return (burin_invoke_options){.heap = &st->heap, .parent = st->invocation, .txn = joins ? st->txn : NULL, .cancel = st->cancel};
}

static burin_status call_granted(burin_call *call, burin_value *out)
{
    const burin_callable      *f    = burin_call_data(call);
    const burin_callable_info *info = burin_callable_info_of(f);
    burin_error                err  = BURIN_ERROR_INIT;
    burin_result               result;
    arguments                  given;
    burin_status               status = gather(call, f, &given);
    if (status)
        return status;
    burin_invoke_options options = options_of(rt_state_of(burin_call_heap(call)), f);
    status                       = burin_invoke_named(f, given.names, given.items, given.count, &options, &result, &err);
    if (status)
        return grant_raise(call, status, &err);
    status = give_all_back(call, info, burin_registry_store(burin_callable_registry(f)), &result, out);
    burin_result_clear(burin_callable_registry(f), &result);
    burin_error_clear(&err);
    return status;
}

/* The same for a function whose parameters are the template's: what was given stands at its place already. */
static __attribute__((noinline)) burin_status call_placed(burin_call *call, const burin_callable *f, const burin_invoke_options *options, burin_value *out)
{
    burin_error  err = BURIN_ERROR_INIT;
    burin_item   items[BURIN_PARAMETERS_MAX];
    burin_result result;
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < call->count && !status; n++)
        status = item_of(call, f, burin_arg(call, n), &items[n]);
    if (status)
        return status;
    status = burin_invoke(f, items, call->count, options, &result, &err);
    if (status)
        return grant_raise(call, status, &err);
    status = give_all_back(call, burin_callable_info_of(f), burin_registry_store(burin_callable_registry(f)), &result, out);
    burin_result_clear(burin_callable_registry(f), &result);
    burin_error_clear(&err);
    return status;
}

static burin_status call_plain(burin_call *call, burin_value *out)
{
    const burin_callable *f       = burin_call_data(call);
    burin_error           err     = BURIN_ERROR_INIT;
    burin_invoke_options  options = options_of(call->st, f);
    burin_status          status;
    if (BURIN_UNLIKELY(call->st->heap.shadows))
        burin_arg(call, 0); /* has them all as the host sees them */
    if (!rg_invoke_values(f, call->args, call->count, &options, out, &status, &err))
        return call_placed(call, f, &options, out);
    if (BURIN_UNLIKELY(status))
        return grant_raise(call, status, &err);
    if (BURIN_UNLIKELY(err.status)) /* it went on after a failure */
        burin_error_clear(&err);
    return BURIN_OK;
}

/* What a call from native code came to, for which its slots have room. */
static __attribute__((noinline)) void settle_slots(rt_state *st, const rt_function *function, rt_slot *slots, burin_status status, burin_error *err)
{
    burin_call made = {.st = st, .function = function};
    status          = rt_call_done(st, status ? grant_raise(&made, status, err) : BURIN_OK);
    if (status) {
        slots[0].i = RT_SLOTS_FAILED;
        slots[1].i = status;
    }
}

static __attribute__((noinline)) bool call_slots_within(rt_state *st, const rt_function *function, rt_slot *slots)
{
    burin_error          err     = BURIN_ERROR_INIT;
    burin_invoke_options options = options_of(st, function->data);
    burin_status         status;
    if (!rg_invoke_slots(function->data, slots, &options, &status, &err))
        return false;
    if (status == BURIN_OK)
        burin_error_clear(&err);
    settle_slots(st, function, slots, status, &err);
    return true;
}

/* The same from native code. */
static bool call_slots(rt_state *st, const rt_function *function, rt_slot *slots)
{
    burin_error  err;
    burin_status status;
    if (BURIN_UNLIKELY(st->invocation || st->txn || st->cancel) || !rg_invoke_ready(st, function->data, slots, &status, &err))
        return call_slots_within(st, function, slots);
    if (BURIN_UNLIKELY(status || st->status))
        settle_slots(st, function, slots, status, &err);
    return true;
}

/* "a, b=?" for the parameters of a function; false where attributes of a configuration may be given too, or they have no room. */
static bool write_signature(const burin_callable_info *info, char *out, size_t size)
{
    size_t len = 0;
    out[0]     = '\0';
    for (size_t n = 0; n < info->parameter_count; n++) {
        const burin_parameter *p = &info->parameters[n];
        if (p->typing.kinds & 1u << BURIN_TYPING_CONFIG)
            return false;
        bool needed = p->fallback.value.kind == BURIN_MISSING && !p->fallback.entity.id;
        int  added  = snprintf(out + len, size - len, "%s%s%s", n ? ", " : "", p->name, needed ? "" : "=?");
        if (added < 0 || (len += (size_t)added) >= size)
            return false;
    }
    return true;
}

burin_status burin_env_grant(burin_env *env, const burin_callable *callable, const char *as)
{
    const burin_callable_info *info = burin_callable_info_of(callable);
    const char                *dot  = strrchr(info->name, '.');
    char                       signature[1024];
    bool                       plain = write_signature(info, signature, sizeof signature);
    const char                *name = as ? as : dot ? dot + 1 : info->name;
    burin_status status = burin_env_add_function(env, name, plain ? signature : "*args, **kwargs", plain ? call_plain : call_granted, (void *)callable,
                                                 info->pure ? BURIN_PURE : 0);
    if (status == BURIN_OK && callable->plain.shape && !callable->bound)
        env_set_plain(env, name, callable->plain);
    if (status == BURIN_OK && callable->slots)
        env_set_plain(env, name, (rt_plain){(void (*)(void))call_slots, callable->slots | RT_PLAIN_SLOTS});
    return status;
}

/* ---- versions ---- */

/* Of an entity in a transaction: as it was when the call looks. */
static const granted *committed(burin_call *call, burin_entity entity)
{
    burin_error   err    = BURIN_ERROR_INIT;
    rt_state     *st     = rt_state_of(burin_call_heap(call));
    burin_txn    *t      = live_txn(st);
    burin_reader *reader = t ? grant_reader(call, t->store) : NULL;
    burin_value   v;
    if (!reader) {
        no_memory(call);
        return NULL;
    }
    entity.version      = 0;
    burin_status status = grant_value(&st->heap, reader, entity, &v, &err);
    if (status)
        grant_raise(call, status, &err);
    return status ? NULL : granted_of(v);
}

static const granted *entity_arg(burin_call *call, size_t n, const char *function)
{
    const granted *g = granted_of(burin_arg(call, n));
    burin_entity   live;
    if (live_entity(burin_arg(call, n), &live))
        return live_check(call, burin_arg(call, n)) ? NULL : committed(call, live);
    if (!g)
        burin_raise(call, BURIN_ERR_TYPE, "%s() needs an entity, not %s", function, burin_type_name(burin_arg(call, n)));
    return g;
}

typedef struct listing { /* what a walk makes */
    burin_call    *call;
    const granted *a, *b;
    burin_value    list;
    burin_error    err;
} listing;

static burin_status add_state(void *user, const burin_entity_info *info)
{
    listing     *l = user;
    burin_value  v;
    burin_entity state  = {info->entity.id, info->entity.tree, info->written};
    burin_status status = grant_value(burin_call_heap(l->call), l->a->reader, state, &v, &l->err);
    return status ? status : burin_list_append(burin_call_heap(l->call), l->list, v);
}

/* Begin a walk's list. */
static burin_status begin(burin_call *call, listing *l)
{
    l->call = call;
    l->list = burin_list(burin_call_heap(call), 8);
    l->err  = (burin_error)BURIN_ERROR_INIT;
    return l->list.kind == BURIN_MISSING ? no_memory(call) : BURIN_OK;
}

static burin_status history(burin_call *call, burin_value *out)
{
    listing l = {.a = entity_arg(call, 0, "history")};
    if (!l.a)
        return BURIN_ERR_TYPE;
    burin_status status = begin(call, &l);
    if (status)
        return status;
    status = burin_reader_history(l.a->reader, l.a->info.entity, add_state, &l, &l.err);
    *out   = l.list;
    return status ? grant_raise(call, status, &l.err) : BURIN_OK;
}

static burin_status at(burin_call *call, burin_value *out)
{
    burin_error    err = BURIN_ERROR_INIT;
    int64_t        version;
    const granted *g = entity_arg(call, 0, "at");
    if (!g)
        return BURIN_ERR_TYPE;
    if (burin_arg(call, 1).kind != BURIN_INT || !burin_as_int(burin_arg(call, 1), &version))
        return burin_raise(call, BURIN_ERR_TYPE, "at() needs the number of a version, not %s", burin_type_name(burin_arg(call, 1)));
    if (version < 1 || version > UINT32_MAX)
        return burin_raise(call, BURIN_ERR_KEY, "there is no version %lld", (long long)version);
    burin_entity entity = {g->info.entity.id, g->info.entity.tree, (uint32_t)version};
    burin_status status = grant_value(burin_call_heap(call), g->reader, entity, out, &err);
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}

static burin_status changed_attributes(const listing *l, const granted *as, burin_type type, uint64_t bits, burin_value *out)
{
    burin_heap            *heap = burin_call_heap(l->call);
    size_t                 count;
    const burin_attribute *all    = burin_type_attributes(burin_reader_store(as->reader), type, &count);
    burin_status           status = BURIN_OK;
    *out                          = burin_list(heap, 2);
    if (out->kind == BURIN_MISSING)
        return BURIN_ERR_NOMEM;
    for (size_t n = 0; n < count && !status; n++) {
        if ((bits >> n) & 1)
            status = burin_list_append(heap, *out, burin_string_borrow(all[n].name, strlen(all[n].name)));
    }
    return status;
}

static burin_status add_change(void *user, const burin_change *change)
{
    static const char *const names[] = {"added", "removed", "moved", "modified", "touched"};
    listing                 *l       = user;
    burin_heap              *heap    = burin_call_heap(l->call);
    const granted           *as      = change->what == BURIN_REMOVED ? l->a : l->b;
    burin_value              dict    = burin_dict(heap, 4), entity, attributes;
    burin_entity             e       = {change->id, as->info.entity.tree, as->info.entity.version};
    burin_status             status  = dict.kind == BURIN_MISSING ? BURIN_ERR_NOMEM : grant_value(heap, as->reader, e, &entity, &l->err);
    if (status == BURIN_OK)
        status = changed_attributes(l, as, granted_of(entity)->info.type, change->what <= BURIN_REMOVED ? 0 : change->attributes, &attributes);
    if (status)
        return status;
    status = burin_dict_set_z(heap, dict, "id", burin_int(change->id));
    if (status == BURIN_OK)
        status = burin_dict_set_z(heap, dict, "what", burin_string_borrow(names[change->what], strlen(names[change->what])));
    if (status == BURIN_OK)
        status = burin_dict_set_z(heap, dict, "attributes", attributes);
    if (status == BURIN_OK)
        status = burin_dict_set_z(heap, dict, "entity", entity);
    return status ? status : burin_list_append(heap, l->list, dict);
}

static burin_status diff(burin_call *call, burin_value *out)
{
    listing l = {.a = entity_arg(call, 0, "diff")};
    if (l.a)
        l.b = entity_arg(call, 1, "diff");
    if (!l.b)
        return BURIN_ERR_TYPE;
    if (burin_reader_store(l.a->reader) != burin_reader_store(l.b->reader))
        return burin_raise(call, BURIN_ERR_VALUE, "diff() needs two entities of one store");
    burin_status status = begin(call, &l);
    if (status)
        return status;
    burin_entity a = l.a->info.entity, b = l.b->info.entity;
    status = burin_reader_diff(l.b->reader, a.tree, a.version, b.tree, b.version, add_change, &l, &l.err);
    *out   = l.list;
    return status ? grant_raise(call, status, &l.err) : BURIN_OK;
}

burin_status burin_env_grant_versions(burin_env *env)
{
    burin_status status = burin_env_add_function(env, "history", "entity", history, NULL, 0);
    if (status == BURIN_OK)
        status = burin_env_add_function(env, "at", "entity, version", at, NULL, 0);
    return status ? status : burin_env_add_function(env, "diff", "old, new", diff, NULL, 0);
}
