/* Entities in a transaction, as objects of the script that runs in it: what is set is set in the transaction, which is that of the
 * call the script runs for, or one of the host's. An object says which it is of; in another one it is refused. */
#include "engine/grant.h"
#include "engine/interpreter.h"
#include "runtime/base/diag.h"
#include "runtime/call.h"
#include "runtime/collect.h"
#include "runtime/registry/registry.h"

#include <stdio.h>

typedef struct live {
    burin_entity entity;
    uint64_t     work; /* work_of the state it was made in */
} live;

static const rt_class live_class;

/* What a state runs for, as a number: a call, or a transaction of the host's. */
static uint64_t work_of(const rt_state *st) { return st->invocation ? st->invocation->execution << 1 : st->txn_number << 1 | 1; }

burin_txn *live_txn(const rt_state *st) { return st->invocation ? burin_invocation_txn(st->invocation) : st->txn; }

burin_status live_value(rt_state *st, burin_entity entity, burin_value *out)
{
    live *self = heap_alloc(&st->heap, sizeof *self);
    if (!self)
        return BURIN_ERR_NOMEM;
    *self = (live){entity, work_of(st)};
    *out  = burin_object(&st->heap, &live_class.base, self);
    return out->kind == BURIN_MISSING ? BURIN_ERR_NOMEM : BURIN_OK;
}

bool live_entity(burin_value v, burin_entity *out)
{
    const live *self = burin_object_self(v, &live_class.base);
    if (self)
        *out = self->entity;
    return self != NULL;
}

static burin_status no_memory(burin_call *call) { return burin_raise(call, BURIN_ERR_NOMEM, "out of memory"); }
static burin_status give(burin_call *call, burin_entity entity, burin_value *out)
{
    return live_value(rt_state_of(burin_call_heap(call)), entity, out) ? no_memory(call) : BURIN_OK;
}

/* The transaction that the script runs in; NULL after raising. */
static burin_txn *txn_of(burin_call *call)
{
    burin_txn *t = live_txn(rt_state_of(burin_call_heap(call)));
    if (!t)
        burin_raise(call, BURIN_ERR_USAGE, "there is no transaction: functions that are registered to work on entities have one, and scripts that are given one");
    return t;
}

static burin_status check(burin_call *call, const live *self)
{
    if (work_of(rt_state_of(burin_call_heap(call))) == self->work)
        return BURIN_OK;
    return burin_raise(call, BURIN_ERR_USAGE, "entity %u belongs to a %s that has ended", self->entity.id, self->work & 1 ? "transaction" : "call");
}

burin_status live_check(burin_call *call, burin_value v)
{
    const live *self = burin_object_self(v, &live_class.base);
    return self ? check(call, self) : BURIN_OK;
}

static burin_txn *txn_of_live(burin_call *call, const live *self) { return check(call, self) ? NULL : txn_of(call); }

/* ---- reading ---- */

static burin_status children(burin_call *call, burin_txn *t, const live *self, int at, burin_attribute_kind kind, burin_value *out)
{
    burin_error    err  = BURIN_ERROR_INIT;
    burin_heap    *heap = burin_call_heap(call);
    burin_value    child;
    burin_children list;
    burin_status   status = burin_txn_children(t, self->entity, at, &list, &err);
    if (status)
        return grant_raise(call, status, &err);
    *out = burin_none();
    if (kind == BURIN_CHILD_ATTRIBUTE)
        return list.count ? give(call, (burin_entity){burin_children_id(&list, 0), self->entity.tree, 0}, out) : BURIN_OK;
    *out = kind == BURIN_CHILD_DICT_ATTRIBUTE ? burin_dict(heap, list.count) : burin_list(heap, list.count);
    for (size_t n = 0; n < list.count && out->kind != BURIN_MISSING && !status; n++) {
        burin_text key = burin_children_key(&list, n);
        status         = give(call, (burin_entity){burin_children_id(&list, n), self->entity.tree, 0}, &child);
        if (status == BURIN_OK)
            status = out->kind == BURIN_DICT ? burin_dict_set(heap, *out, burin_string(heap, key.data, key.len), child) : burin_list_append(heap, *out, child);
    }
    if (status || out->kind == BURIN_MISSING)
        return no_memory(call);
    if (out->kind == BURIN_LIST) { /* a tuple: nobody is to think that appending to it changes the entity */
        const rt_list *items = out->as.p;
        *out                 = burin_tuple(heap, items->items, items->len);
    }
    return out->kind == BURIN_MISSING ? no_memory(call) : BURIN_OK;
}

static burin_status plain(burin_call *call, burin_txn *t, const live *self, int at, burin_attribute_kind kind, burin_value *out)
{
    burin_error  err    = BURIN_ERROR_INIT;
    burin_heap  *heap   = burin_call_heap(call);
    burin_status status = burin_txn_get(t, self->entity, at, heap, out, &err);
    if (status)
        return grant_raise(call, status, &err);
    if (kind == BURIN_REF_ATTRIBUTE && out->kind == BURIN_INT)
        return give(call, (burin_entity){(uint32_t)out->as.i, 0, 0}, out);
    if (kind == BURIN_TEXT_ATTRIBUTE && out->kind == BURIN_STRING) /* it is lent until it is set */
        *out = burin_string(heap, out->as.s, out->len);
    return out->kind == BURIN_MISSING ? no_memory(call) : BURIN_OK;
}

static burin_status other(burin_call *call, burin_txn *t, const live *self, burin_text name, burin_value *out)
{
    burin_error  err = BURIN_ERROR_INIT;
    burin_entity owner;
    *out = burin_missing();
    if (text_is(name, "id"))
        *out = burin_int(self->entity.id);
    else if (text_is(name, "type")) {
        const char *type = burin_type_name_of(t->store, burin_txn_type(t, self->entity));
        *out             = burin_string_borrow(type ? type : "", type ? strlen(type) : 0);
    } else if (text_is(name, "owner")) {
        burin_status status = burin_txn_owner(t, self->entity, &owner, NULL, &err);
        *out                = burin_none();
        if (status)
            return grant_raise(call, status, &err);
        return owner.id ? give(call, owner, out) : BURIN_OK;
    }
    return BURIN_OK;
}

/* The attribute's declaration; NULL where the entity's type has none of that name. */
static const burin_attribute *find_attribute(burin_txn *t, const live *self, burin_text name, int *at)
{
    size_t     count;
    burin_type type = burin_txn_type(t, self->entity);
    *at             = type ? burin_type_find_attribute(t->store, type, name) : -1;
    return *at < 0 ? NULL : &burin_type_attributes(t->store, type, &count)[*at];
}

static burin_status live_get(burin_call *call, void *self, burin_text name, burin_value *out)
{
    int        at;
    burin_txn *t = txn_of_live(call, self);
    if (!t)
        return BURIN_ERR_USAGE;
    const burin_attribute *a = find_attribute(t, self, name, &at);
    if (!a)
        return other(call, t, self, name, out);
    return a->kind >= BURIN_CHILD_ATTRIBUTE ? children(call, t, self, at, a->kind, out) : plain(call, t, self, at, a->kind, out);
}

/* ---- changing ---- */

static burin_status live_set(burin_call *call, void *self, burin_text name, burin_value value)
{
    int          at;
    burin_error  err = BURIN_ERROR_INIT;
    burin_entity target;
    burin_txn   *t = txn_of_live(call, self);
    if (!t)
        return BURIN_ERR_USAGE;
    const live            *e = self;
    const burin_attribute *a = find_attribute(t, e, name, &at);
    if (!a)
        return burin_raise(call, BURIN_ERR_ATTRIBUTE, "'%s' has no attribute '%.*s'", burin_type_name_of(t->store, burin_txn_type(t, e->entity)), (int)name.len,
                           name.data);
    if (a->kind >= BURIN_CHILD_ATTRIBUTE)
        return burin_raise(call, BURIN_ERR_TYPE, "'%s' holds children: see attach() and detach()", a->name);
    if (burin_value_entity(value, &target))
        value = a->kind == BURIN_REF_ATTRIBUTE ? burin_int(target.id) : value;
    burin_status status = burin_txn_set(t, e->entity, at, value, &err);
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}

static burin_status live_repr(burin_call *call, void *self, burin_value *out)
{
    const live *e = self;
    char        text[40];
    int         len = snprintf(text, sizeof text, "<Entity @%u>", e->entity.id);
    *out            = burin_string(burin_call_heap(call), text, (size_t)len);
    return out->kind == BURIN_MISSING ? no_memory(call) : BURIN_OK;
}

static burin_status live_equal(burin_call *call, void *self, burin_value right, bool *out)
{
    const live  *e = self;
    burin_entity second;
    (void)call;
    *out = live_entity(right, &second) && second.id == e->entity.id && (second.tree == e->entity.tree || !second.tree || !e->entity.tree);
    return BURIN_OK;
}

static burin_status live_hash(burin_call *call, void *self, uint64_t *out)
{
    (void)call;
    *out = ((const live *)self)->entity.id;
    return BURIN_OK;
}

static void live_reach(rt_collector *c, void *self) { rt_reach_bytes(c, self, sizeof(live)); }

static const rt_class live_class = { /* none of the host's: it does not outlive its run */
    .base = {.struct_size = sizeof(rt_class), .name = "Entity", .module = "burin", .get_attr = live_get, .set_attr = live_set, .repr = live_repr,
             .equal = live_equal, .hash = live_hash},
    .reach = live_reach,
};

/* ---- the functions ---- */

static const live *live_arg(burin_call *call, size_t n, const char *function)
{
    const live *self = burin_object_self(burin_arg(call, n), &live_class.base);
    if (!self)
        burin_raise(call, BURIN_ERR_TYPE, "%s() needs an entity of its transaction, not %s", function, burin_type_name(burin_arg(call, n)));
    return self;
}

static burin_status create(burin_call *call, burin_value *out)
{
    burin_error  err  = BURIN_ERROR_INIT;
    burin_value  name = burin_arg(call, 0), key, value;
    burin_txn   *t    = txn_of(call);
    live         made = {{0, 0, 0}, 0};
    if (!t)
        return BURIN_ERR_USAGE;
    if (name.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "create() needs the name of a type, not %s", burin_type_name(name));
    char zero_ended[128];
    bool fits = name.len < sizeof zero_ended && !memchr(name.as.s, '\0', name.len);
    snprintf(zero_ended, sizeof zero_ended, "%.*s", (int)name.len, name.as.s);
    burin_type type = fits ? burin_store_find_type(t->store, zero_ended) : 0;
    if (!type)
        return burin_raise(call, BURIN_ERR_KEY, "there is no entity type '%.*s'", (int)name.len, name.as.s);
    burin_status status = burin_txn_create(t, type, &made.entity, &err);
    if (status)
        return grant_raise(call, status, &err);
    made.work = work_of(rt_state_of(burin_call_heap(call)));
    for (size_t at = 0; !status && burin_next(burin_arg(call, 1), &at, &key, &value);)
        status = live_set(call, &made, burin_text_of(key), value);
    if (status) /* a script that goes on does without it */
        burin_txn_discard(t, made.entity, NULL);
    return status ? status : give(call, made.entity, out);
}

static burin_status attach(burin_call *call, burin_value *out)
{
    burin_error  err   = BURIN_ERROR_INIT;
    const live  *child = live_arg(call, 0, "attach"), *owner = child ? live_arg(call, 1, "attach") : NULL;
    burin_value  name  = burin_arg(call, 2), place = burin_arg(call, 3);
    burin_txn   *t     = owner ? txn_of_live(call, child) : NULL;
    int64_t      index = -1;
    int          at;
    if (!t)
        return owner ? BURIN_ERR_USAGE : BURIN_ERR_TYPE;
    if (name.kind != BURIN_STRING || (place.kind == BURIN_INT && (!burin_as_int(place, &index) || index < 0)) ||
        (place.kind != BURIN_MISSING && place.kind != BURIN_INT && place.kind != BURIN_STRING))
        return burin_raise(call, BURIN_ERR_TYPE, "attach() needs the name of an attribute, and an index from 0 or a key");
    if (!find_attribute(t, owner, burin_text_of(name), &at))
        return burin_raise(call, BURIN_ERR_ATTRIBUTE, "'%s' has no attribute '%.*s'", burin_type_name_of(t->store, burin_txn_type(t, owner->entity)), (int)name.len,
                           name.as.s);
    *out                = burin_none();
    burin_text   key    = place.kind == BURIN_STRING ? burin_text_of(place) : (burin_text){NULL, 0};
    burin_status status = burin_txn_attach(t, child->entity, owner->entity, at, place.kind == BURIN_INT ? (size_t)index : BURIN_END, key, &err);
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}

/* detach, promote: what is done to one entity. */
typedef burin_status (*deed)(burin_txn *txn, burin_entity entity, burin_error *err);
static burin_status act(burin_call *call, const char *name, deed what, burin_value *out)
{
    burin_error err  = BURIN_ERROR_INIT;
    const live *self = live_arg(call, 0, name);
    burin_txn  *t    = self ? txn_of_live(call, self) : NULL;
    if (!t)
        return self ? BURIN_ERR_USAGE : BURIN_ERR_TYPE;
    burin_status status = what(t, self->entity, &err);
    *out                = burin_arg(call, 0);
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}
static burin_status detach(burin_call *call, burin_value *out) { return act(call, "detach", burin_txn_detach, out); }
static burin_status discard(burin_call *call, burin_value *out) { return act(call, "discard", burin_txn_discard, out); }
static burin_status promote(burin_call *call, burin_value *out) { return act(call, "promote", burin_txn_promote, out); }

static burin_status copy(burin_call *call, burin_value *out)
{
    burin_error  err  = BURIN_ERROR_INIT;
    const live  *self = live_arg(call, 0, "copy");
    burin_txn   *t    = self ? txn_of_live(call, self) : NULL;
    burin_entity made;
    if (!t)
        return self ? BURIN_ERR_USAGE : BURIN_ERR_TYPE;
    burin_status status = burin_txn_copy(t, self->entity, &made, &err);
    return status ? grant_raise(call, status, &err) : give(call, made, out);
}

/* An entity as an old version has it: nothing that could be changed. */
static burin_status old_state(burin_call *call, burin_store *store, burin_entity entity, burin_value *out)
{
    burin_error   err    = BURIN_ERROR_INIT;
    burin_reader *reader = grant_reader(call, store);
    if (!reader)
        return no_memory(call);
    burin_status status = grant_value(burin_call_heap(call), reader, entity, out, &err);
    return status ? grant_raise(call, status, &err) : BURIN_OK;
}

/* What an address, or a number, names in the transaction. */
static burin_status named(burin_call *call, burin_value *out)
{
    burin_error     err   = BURIN_ERROR_INIT;
    burin_value     given = burin_arg(call, 0);
    burin_txn      *t     = txn_of(call);
    burin_addressed found = {.what = BURIN_ADDRESSED_ENTITY};
    int64_t         id    = 0;
    if (!t)
        return BURIN_ERR_USAGE;
    if (given.kind == BURIN_STRING) {
        burin_status status = burin_txn_resolve(t, burin_text_of(given), burin_call_heap(call), &found, &err);
        if (status)
            return grant_raise(call, status, &err);
    } else if (given.kind == BURIN_INT && burin_as_int(given, &id) && id > 0 && id <= UINT32_MAX) {
        found.entity = (burin_entity){(uint32_t)id, 0, 0};
        if (!burin_txn_type(t, found.entity))
            return burin_raise(call, BURIN_ERR_KEY, "there is no entity %lld", (long long)id);
    } else {
        return burin_raise(call, BURIN_ERR_TYPE, "entity() needs an address or the number of an entity, not %s", burin_type_name(given));
    }
    if (found.what != BURIN_ADDRESSED_ENTITY)
        return burin_raise(call, BURIN_ERR_TYPE, "%.*s names no entity", (int)given.len, given.as.s);
    return found.entity.version ? old_state(call, t->store, found.entity, out) : give(call, found.entity, out);
}

static burin_status add_root(burin_call *call, burin_entity entity, burin_value list)
{
    burin_value  root;
    burin_status status = give(call, entity, &root);
    if (status == BURIN_OK && burin_list_append(burin_call_heap(call), list, root))
        status = no_memory(call);
    return status;
}

/* The trees that the transaction founds, in the order in which it came to their roots. */
static burin_status list_new_roots(burin_call *call, const burin_txn *t, burin_value list)
{
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < t->draft_count && !status; n++) {
        if (t->drafts[n]->flags & ES_PROMOTED)
            status = add_root(call, (burin_entity){t->drafts[n]->id, 0, 0}, list);
    }
    return status;
}

/* The roots of all trees that are there, but for those that the transaction has taken away. */
static burin_status list_roots(burin_call *call, burin_txn *t, const burin_reader *reader, burin_value *out)
{
    burin_error  err    = BURIN_ERROR_INIT;
    burin_status status = BURIN_OK;
    *out                = burin_list(burin_call_heap(call), burin_reader_trees(reader));
    for (uint32_t tree = 1; tree <= burin_reader_trees(reader) && !status && out->kind != BURIN_MISSING; tree++) {
        burin_version_info info = {0};
        uint32_t           head = burin_reader_head(reader, tree);
        if (head && burin_reader_version(reader, tree, head, &info, &err))
            return grant_raise(call, err.status, &err);
        burin_entity entity = {info.root, tree, 0}, owner = {0, 0, 0};
        if (info.root && burin_txn_owner(t, entity, &owner, NULL, NULL) == BURIN_OK && !owner.id)
            status = add_root(call, entity, *out);
    }
    if (out->kind == BURIN_MISSING)
        return no_memory(call);
    return status ? status : list_new_roots(call, t, *out);
}

static burin_status roots(burin_call *call, burin_value *out)
{
    burin_txn *t = txn_of(call);
    if (!t)
        return BURIN_ERR_USAGE;
    burin_reader *reader = burin_reader_new(t->store);
    if (!reader)
        return no_memory(call);
    burin_reader_pin(reader);
    burin_status status = list_roots(call, t, reader, out);
    burin_reader_free(reader);
    return status;
}

burin_status burin_env_grant_changes(burin_env *env)
{
    static const struct { const char *name, *signature; burin_function body; } rows[] = {
        {"create", "type, /, **attributes", create}, {"attach", "child, owner, attribute, at=?", attach}, {"detach", "entity", detach},
        {"discard", "entity", discard}, {"promote", "entity", promote}, {"copy", "entity", copy}, {"entity", "address", named}, {"roots", "", roots},
    };
    burin_status status = BURIN_OK;
    for (size_t n = 0; n < sizeof rows / sizeof *rows && !status; n++)
        status = burin_env_add_function(env, rows[n].name, rows[n].signature, rows[n].body, NULL, 0);
    return status;
}

/* ---- transactions of the host's ---- */

void burin_interpreter_set_txn(burin_interpreter *in, burin_txn *txn)
{
    rt_state *st = interpreter_state(in);
    st->txn      = txn;
    st->txn_number++;
}

burin_status burin_interpreter_set_entity(burin_interpreter *in, const char *name, burin_entity entity, burin_error *err)
{
    burin_value value;
    rt_state   *st = interpreter_state(in);
    if (!st->txn || !burin_txn_type(st->txn, entity))
        return diag_fail(err, st->txn ? BURIN_ERR_KEY : BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, st->txn ? "there is no entity %u" : "entity %u: there is no transaction",
                         entity.id);
    if (live_value(st, entity, &value) || interpreter_put(in, name, value))
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    return BURIN_OK;
}
