/* Arguments to parameters: defaults, addresses, types, versions. */
#include "runtime/registry/registry.h"

enum { NESTING_MAX = 100 };

burin_status rg_link(burin_invocation *call, burin_link link, burin_semantic semantic, burin_entity entity)
{
    if (call->link_count == call->link_cap) {
        burin_linked *more = arena_alloc(&call->scratch, 2 * call->link_cap * sizeof *more);
        if (!more)
            return rg_no_memory(call->err);
        memcpy(more, call->links, call->link_count * sizeof *more);
        call->links = more;
        call->link_cap *= 2;
    }
    call->links[call->link_count++] = (burin_linked){link, semantic, entity};
    return BURIN_OK;
}

burin_status rg_need_txn(burin_invocation *call)
{
    if (call->txn)
        return BURIN_OK;
    if (!call->callable->registry->store)
        return es_fail(call->err, BURIN_ERR_USAGE, "%s(): the registry has no store", call->callable->info.name);
    call->txn      = burin_txn_begin(call->callable->registry->store, call->err);
    call->owns_txn = call->ends_txn = call->txn != NULL;
    return call->txn ? BURIN_OK : call->err->status;
}

/* ---- addresses ---- */

static bool is_address(burin_value value)
{
    return value.kind == BURIN_STRING && value.len > 1 && value.as.s[0] == '@' && burin_is_address(burin_text_of(value));
}

/* What an address stands for. The entity it goes through is linked as a source. */
static burin_status resolve(burin_invocation *call, burin_value address, burin_item *out)
{
    burin_addressed found;
    burin_status    status = rg_need_txn(call);
    if (status == BURIN_OK)
        status = burin_txn_resolve(call->txn, burin_text_of(address), call->options->heap, &found, call->err);
    if (status)
        return status;
    if (found.what == BURIN_ADDRESSED_CHILDREN)
        return es_fail(call->err, BURIN_ERR_TYPE, "%.*s names several entities", (int)address.len, address.as.s);
    if (found.what == BURIN_ADDRESSED_ENTITY) {
        *out = burin_item_entity(found.entity);
        return BURIN_OK;
    }
    *out = burin_item_value(found.value);
    return rg_link(call, BURIN_LINK_SOURCE, BURIN_SEMANTIC_VALUE, found.holder);
}

/* Whether there is an address anywhere in a value. Deeper than NESTING_MAX counts as one, to be refused by whoever replaces it. */
static bool holds_address(burin_value v, int depth)
{
    burin_value key, item;
    if (v.kind == BURIN_STRING)
        return is_address(v);
    if (depth == NESTING_MAX)
        return true;
    if (v.kind == BURIN_LIST || v.kind == BURIN_TUPLE) {
        for (size_t n = 0; n < burin_length(v); n++) {
            if (holds_address(burin_at(v, n), depth + 1))
                return true;
        }
    }
    for (size_t at = 0; v.kind == BURIN_DICT && burin_next(v, &at, &key, &item);) {
        if (holds_address(item, depth + 1))
            return true;
    }
    return false;
}

static burin_status replace(burin_invocation *call, burin_value v, int depth, burin_value *out);

static burin_status replace_items(burin_invocation *call, burin_value v, int depth, burin_value *out)
{
    burin_heap  *heap   = call->options->heap;
    burin_value  list   = burin_list(heap, burin_length(v)), item;
    burin_status status = list.kind == BURIN_MISSING ? rg_no_memory(call->err) : BURIN_OK;
    for (size_t n = 0; n < burin_length(v) && !status; n++) {
        status = replace(call, burin_at(v, n), depth, &item);
        if (status == BURIN_OK && burin_list_append(heap, list, item))
            status = rg_no_memory(call->err);
    }
    *out = list;
    if (status || v.kind == BURIN_LIST)
        return status;
    const rt_list *items = list.as.p;
    *out                 = burin_tuple(heap, items->items, items->len);
    return out->kind == BURIN_MISSING ? rg_no_memory(call->err) : BURIN_OK;
}

/* A copy of the value in which addresses are what they name. */
static burin_status replace(burin_invocation *call, burin_value v, int depth, burin_value *out)
{
    burin_heap  *heap   = call->options->heap;
    burin_status status = BURIN_OK;
    burin_value  key, item;
    *out                = v;
    if (!heap)
        return es_fail(call->err, BURIN_ERR_USAGE, "%s(): a heap is needed for the addresses in an argument", call->callable->info.name);
    if (depth == NESTING_MAX)
        return es_fail(call->err, BURIN_ERR_RECURSION, "%s(): an argument is nested too deep", call->callable->info.name);
    if (is_address(v)) {
        burin_item found;
        status = resolve(call, v, &found);
        if (status == BURIN_OK && found.entity.id)
            return es_fail(call->err, BURIN_ERR_TYPE, "%.*s is an entity, which a container cannot hold", (int)v.len, v.as.s);
        *out = found.value;
        return status;
    }
    if (v.kind == BURIN_LIST || v.kind == BURIN_TUPLE)
        return replace_items(call, v, depth + 1, out);
    if (v.kind != BURIN_DICT)
        return BURIN_OK;
    *out = burin_dict(heap, burin_length(v));
    if (out->kind == BURIN_MISSING)
        return rg_no_memory(call->err);
    for (size_t at = 0; !status && burin_next(v, &at, &key, &item);) {
        status = replace(call, item, depth + 1, &item);
        if (status == BURIN_OK && burin_dict_set(heap, *out, key, item))
            status = rg_no_memory(call->err);
    }
    return status;
}

static burin_status borrow(burin_invocation *call, burin_item *item)
{
    if (item->literal)
        return BURIN_OK;
    if (is_address(item->value))
        return resolve(call, item->value, item);
    burin_kind kind = item->value.kind;
    if ((kind == BURIN_LIST || kind == BURIN_TUPLE || kind == BURIN_DICT) && holds_address(item->value, 0))
        return replace(call, item->value, 0, &item->value);
    return BURIN_OK;
}

/* ---- versions ---- */

/* An entity that was given with a version, and is not what it was then: nobody is to write over what he has not seen. */
static burin_status check_version(burin_invocation *call, const burin_parameter *p, burin_entity given, const es_view *view)
{
    const es_record *then;
    burin_txn       *t = call->txn;
    if (!view->draft && view->touch && t->touches[view->touch - 1].version == given.version &&
        (!given.tree || t->touches[view->touch - 1].tree == given.tree)) /* the very version that it looks at */
        return BURIN_OK;
    burin_status status = es_find(t->store, t->snapshot, &given, &then, call->err);
    if (status)
        return status;
    const es_record *now = view->draft ? es_record_at(t->store, view->draft->base) : view->record;
    if (now == then)
        return BURIN_OK;
    return es_fail(call->err, BURIN_ERR_CONFLICT, "%s() argument '%s': entity %u has changed since version %u", call->callable->info.name, p->name, given.id,
                   given.version);
}

bool rg_sees_past(const burin_invocation *call, const rg_arguments *given)
{
    const burin_txn *t = call->txn;
    for (size_t n = 0; n < given->count; n++) {
        burin_entity     entity = given->args[n].entity;
        const es_record *then;
        es_view          now;
        if (entity.id && entity.version && !es_txn_draft(t, entity.id) && es_find(t->store, t->snapshot, &entity, &then, NULL) == BURIN_OK &&
            (es_txn_view(call->txn, (burin_entity){entity.id, entity.tree, 0}, &now, NULL) || now.record != then))
            return true;
    }
    return false;
}

burin_entity rg_based(const burin_invocation *call, burin_entity entity)
{
    const burin_txn *t = call->txn;
    entity.version     = 0;
    for (uint32_t n = 0; n < t->touch_count && entity.tree; n++) {
        if (t->touches[n].tree == entity.tree)
            entity.version = t->touches[n].version;
    }
    return entity;
}

/* ---- binding ---- */

/* A value, or an address, which becomes what it stands for. */
static burin_status bind_value(burin_invocation *call, size_t n, burin_item *item)
{
    const burin_callable *f = call->callable;
    if (item->entity.id || BURIN_LIKELY((f->accepts[n] >> item->value.kind) & 1 && !is_address(item->value)))
        return BURIN_OK;
    burin_status status = borrow(call, item);
    return status || item->entity.id ? status : rg_check(call, &f->parameters[n].typing, item, "argument", f->parameters[n].name);
}

/* What only reads, in a transaction of its own, sees each tree as it was in the newest version that an argument names. */
static burin_status look_back(burin_invocation *call, const burin_item *items)
{
    const burin_callable *f      = call->callable;
    burin_status          status = BURIN_OK;
    if (f->info.effect != BURIN_EFFECT_READS || (call->txn && !call->owns_txn))
        return BURIN_OK;
    for (size_t n = 0; n < f->count && !status; n++) {
        if (!items[n].entity.id)
            continue;
        status = rg_need_txn(call);
        if (status == BURIN_OK)
            status = es_txn_look_at(call->txn, items[n].entity, call->err);
    }
    return status;
}

static burin_status bind_entity(burin_invocation *call, size_t n, burin_item *item)
{
    const burin_callable  *f = call->callable;
    const burin_parameter *p = &f->parameters[n];
    es_view                view;
    burin_entity           given  = item->entity;
    burin_status           status = rg_need_txn(call);
    if (status == BURIN_OK)
        status = rg_check_entity(call, &p->typing, item, "argument", p->name, &view);
    if (status == BURIN_OK && given.version)
        status = check_version(call, p, given, &view);
    if (status)
        return status;
    return rg_link(call, (f->configs >> n) & 1 ? BURIN_LINK_CONFIG : BURIN_LINK_INPUT, BURIN_SEMANTIC_UNCHANGED, rg_based(call, item->entity));
}

/* ---- what is missing, what is too much ---- */

static bool is_optional(const burin_parameter *p) { return p->fallback.entity.id || p->fallback.value.kind != BURIN_MISSING; }
static bool is_given(const burin_item *args, size_t count, size_t n) { return n < count && (args[n].entity.id || args[n].value.kind != BURIN_MISSING); }

void rg_too_many(const burin_callable_info *info, size_t given, char out[ARITY_SIZE])
{
    unsigned required = 0;
    for (size_t n = 0; n < info->parameter_count; n++)
        required += !is_optional(&info->parameters[n]);
    arity_too_many(out, required, (unsigned)info->parameter_count, (unsigned)given, 0);
}

static burin_status fail_missing(const burin_invocation *call, const burin_item *args, size_t count)
{
    const burin_callable_info *info    = &call->callable->info;
    buf                        list    = buf_make(&call->callable->registry->alloc);
    unsigned                   missing = 0, listed = 0;
    char                       what[ARITY_SIZE];
    for (size_t n = 0; n < info->parameter_count; n++)
        missing += !is_optional(&info->parameters[n]) && !is_given(args, count, n);
    for (size_t n = 0; n < info->parameter_count; n++) {
        if (!is_optional(&info->parameters[n]) && !is_given(args, count, n))
            buf_printf(&list, "%s'%s'", arity_joint(listed++, missing), info->parameters[n].name);
    }
    arity_missing(what, missing, "positional");
    burin_status status = list.failed ? rg_no_memory(call->err)
                                      : es_fail(call->err, BURIN_ERR_TYPE, "%s() %s%.*s", info->name, what, (int)list.len, list.data);
    buf_deinit(&list);
    return status;
}

burin_status rg_bind(burin_invocation *call, const burin_item *args, size_t count, burin_item *out)
{
    const burin_callable *f     = call->callable;
    size_t                given = 0;
    if (count > f->info.parameter_count) {
        char takes[ARITY_SIZE];
        rg_too_many(&f->info, count, takes);
        return es_fail(call->err, BURIN_ERR_TYPE, "%s() %s", f->info.name, takes);
    }
    for (size_t n = 0; n < f->count; n++) {
        const burin_parameter *p   = &f->parameters[n];
        const burin_item      *arg = (f->bound >> n) & 1 || given >= count ? NULL : &args[given++];
        if (arg && (arg->entity.id || arg->value.kind != BURIN_MISSING))
            out[n] = *arg;
        else if (is_optional(p))
            out[n] = p->fallback;
        else
            return fail_missing(call, args, count);
        bool         is_default = !arg && !((f->bound >> n) & 1); /* checked when the signature was read */
        burin_status status     = is_default ? BURIN_OK : bind_value(call, n, &out[n]);
        if (status)
            return status;
    }
    burin_status status = look_back(call, out);
    for (size_t n = 0; n < f->count && !status; n++) {
        if (out[n].entity.id)
            status = bind_entity(call, n, &out[n]);
    }
    return status;
}
