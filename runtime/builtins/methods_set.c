/* The methods of set. Others' items come from any iterable; sets are walked as they are. */
#include "runtime/attribute.h"
#include "runtime/builtins/methods.h"
#include "runtime/iterate.h"
#include "runtime/operate_sequence.h"
#include "runtime/told.h"

static burin_status done(burin_call *call, burin_value *out)
{
    heap_escape(&call->st->heap);
    *out = burin_none();
    return BURIN_OK;
}

static burin_status give(rt_dict *set, burin_value *out)
{
    *out = rt_pointer(BURIN_SET, set);
    return BURIN_OK;
}

static burin_status copy_of(rt_state *st, burin_value self, rt_dict **out)
{
    burin_status status = rt_charge(st, rt_dict_of(st, self)->len);

    if (!status)
        status = rt_dict_copy(st, rt_dict_of(st, self), out);
    if (!status && rt_is_frozen(self))
        (*out)->flags |= RT_FROZEN;
    return status;
}

static burin_status has(rt_state *st, const rt_dict *set, burin_value item, bool *out)
{
    burin_value  found;
    burin_status status = rt_dict_get(st, set, item, &found);

    *out = !status && found.kind != BURIN_MISSING;
    return status;
}

/* set(v): `v` itself when it is one. `call`, if not NULL, tells meanwhile. */
static burin_status as_set(rt_state *st, const burin_call *call, burin_value v, const rt_dict **out)
{
    rt_dict     *made;
    rt_iter      it;
    rt_told      told;
    burin_value  item, held;
    burin_status status;

    if (v.kind == BURIN_SET) {
        *out = rt_dict_of(st, v);
        return BURIN_OK;
    }
    status = rt_iter_init(st, v, &it);
    if (!status)
        status = rt_set_new(st, 8, &made);
    if (status)
        return status;
    held = rt_pointer(BURIN_SET, made);
    if (call)
        rt_told_begin(&told, call, &held, 1);
    while (!status && !(status = rt_next_for(st, call ? &told : NULL, &it, &item)) && item.kind != BURIN_MISSING) {
        status = rt_dict_put(st, made, item, rt_missing());
        if (!status)
            status = rt_charge(st, 1);
    }
    if (call)
        rt_told_end(&told);
    *out = made;
    return status;
}

/* ---- one item ---- */

burin_status method_set_add(burin_call *call, burin_value *out)
{
    rt_dict     *set;
    burin_status status = rt_dict_edit(call->st, call->args[0], &set);

    if (!status)
        status = rt_dict_put(call->st, set, call->args[1], rt_missing());
    return status ? status : done(call, out);
}

static burin_status drop(burin_call *call, bool must_exist, burin_value *out)
{
    rt_dict     *set, frozen;
    burin_value  removed, item = call->args[1];
    burin_status status = rt_dict_edit(call->st, call->args[0], &set);

    if (item.kind == BURIN_SET && !rt_is_frozen(item)) { /* an equal frozenset is meant */
        frozen = *rt_dict_of(call->st, item);
        frozen.flags |= RT_FROZEN;
        item = rt_pointer(BURIN_SET, &frozen);
    }
    if (!status)
        status = rt_dict_remove(call->st, set, item, &removed);
    if (!status && must_exist && removed.kind == BURIN_MISSING)
        status = rt_key_error(call->st, call->args[1]);
    return status ? status : done(call, out);
}

burin_status method_set_discard(burin_call *call, burin_value *out) { return drop(call, false, out); }
burin_status method_set_remove(burin_call *call, burin_value *out) { return drop(call, true, out); }

/* Any item: the oldest, or where many older ones are gone the newest, so that emptying a set is linear. */
burin_status method_set_pop(burin_call *call, burin_value *out)
{
    enum { SEARCHED_MAX = 64 };
    rt_state    *st = call->st;
    rt_dict     *set;
    burin_value  removed;
    uint32_t     at     = 0;
    burin_status status = rt_dict_edit(st, call->args[0], &set);

    if (status)
        return status;
    if (set->len == 0)
        return rt_key_error(st, RT_STRING("pop from an empty set"));
    while (at < SEARCHED_MAX && at < set->keys->len && !set->keys->entries[at].live)
        at++;
    if (at == SEARCHED_MAX)
        at = method_newest_entry(set);
    *out   = set->keys->entries[at].value;
    status = rt_dict_remove(st, set, *out, &removed);
    heap_escape(&st->heap);
    return status;
}

burin_status method_set_clear(burin_call *call, burin_value *out)
{
    rt_dict     *set;
    burin_status status = rt_dict_edit(call->st, call->args[0], &set);

    if (status)
        return status;
    rt_dict_clear(set);
    return done(call, out);
}

burin_status method_set_copy(burin_call *call, burin_value *out)
{
    if (rt_is_frozen(call->args[0])) {
        *out = call->args[0];
        return BURIN_OK;
    }
    rt_dict     *copy;
    burin_status status = copy_of(call->st, call->args[0], &copy);

    return status ? status : give(copy, out);
}

/* ---- one set with others: each works on `set`, which may be changed ---- */

typedef burin_status (*combination)(rt_state *st, rt_told *told, rt_dict *set, burin_value other);

/* Of what is no set, items that came before a failure stay, as in CPython. */
static burin_status unite(rt_state *st, rt_told *told, rt_dict *set, burin_value other)
{
    const rt_dict *more = other.kind == BURIN_SET ? rt_dict_of(st, other) : NULL;
    burin_value    item;
    rt_iter        it;
    burin_status   status = more ? BURIN_OK : rt_iter_init(st, other, &it);

    for (uint32_t at = 0; more && !status && more != set && rt_dict_next(more, &at, &item, NULL);)
        status = rt_dict_put(st, set, item, rt_missing());
    while (!more && !status && !(status = rt_next_for(st, told, &it, &item)) && item.kind != BURIN_MISSING)
        if (!(status = rt_dict_put(st, set, item, rt_missing())))
            status = rt_charge(st, 1);
    return status;
}

/* Remove the items that are in `others`, or (keep) those that are not. */
static burin_status sift(rt_state *st, rt_dict *set, const rt_dict *others, bool keep)
{
    burin_value  item, removed;
    bool         common;
    burin_status status = rt_charge(st, set->len);

    if (others == set) {
        if (!keep)
            rt_dict_clear(set);
        return status;
    }
    for (uint32_t at = 0; !status && rt_dict_next(set, &at, &item, NULL);) {
        status = has(st, others, item, &common);
        if (!status && common != keep)
            status = rt_dict_remove(st, set, item, &removed);
    }
    return status;
}

static burin_status subtract(rt_state *st, rt_told *told, rt_dict *set, burin_value other)
{
    burin_value  item, removed;
    rt_iter      it;
    burin_status status;

    if (other.kind == BURIN_SET)
        return sift(st, set, rt_dict_of(st, other), false);
    status = rt_iter_init(st, other, &it);
    while (!status && !(status = rt_next_for(st, told, &it, &item)) && item.kind != BURIN_MISSING)
        if (!(status = rt_dict_remove(st, set, item, &removed)))
            status = rt_charge(st, 1);
    return status;
}

/* The items that are in both. Of equal ones (1 and True) those of the smaller set stay, or of `other`. */
static burin_status intersect(rt_state *st, rt_told *told, rt_dict *set, burin_value other)
{
    const rt_dict *others;
    rt_dict       *both;
    burin_value    item;
    bool           common;
    burin_status   status = as_set(st, told ? told->call : NULL, other, &others);

    if (status || others == set)
        return status;
    if (other.kind == BURIN_SET && others->len > set->len)
        return sift(st, set, others, true);
    status = rt_charge(st, others->len);
    if (!status)
        status = rt_set_new(st, 8, &both);
    for (uint32_t at = 0; !status && rt_dict_next(others, &at, &item, NULL);) {
        status = has(st, set, item, &common);
        if (!status && common)
            status = rt_dict_put(st, both, item, rt_missing());
    }
    if (status)
        return status;
    both->flags   = set->flags;
    both->version = set->version + 1;
    *set          = *both;
    return BURIN_OK;
}

static burin_status differ(rt_state *st, rt_told *told, rt_dict *set, burin_value other)
{
    const rt_dict *others;
    burin_value    item, removed;
    burin_status   status = as_set(st, told ? told->call : NULL, other, &others);

    if (!status && others == set) {
        rt_dict_clear(set);
        return BURIN_OK;
    }
    for (uint32_t at = 0; !status && rt_dict_next(others, &at, &item, NULL);) {
        status = rt_dict_remove(st, set, item, &removed);
        if (!status && removed.kind == BURIN_MISSING)
            status = rt_dict_put(st, set, item, rt_missing());
    }
    return status;
}

burin_status rt_set_combine(rt_state *st, rt_told *told, rt_binary op, rt_dict *set, burin_value other)
{
    switch (op) {
    case RT_AND: return intersect(st, told, set, other);
    case RT_OR: return unite(st, told, set, other);
    case RT_XOR: return differ(st, told, set, other);
    default: return subtract(st, told, set, other);
    }
}

/* The combination with each of `others`, on a copy or in place. */
static burin_status combine_with(burin_call *call, combination with, bool in_place, const burin_value *others, uint32_t count, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *set;
    burin_value  made;
    rt_told      told;
    burin_status status = in_place ? rt_dict_edit(st, call->args[0], &set) : copy_of(st, call->args[0], &set);

    if (status)
        return status;
    made = rt_pointer(BURIN_SET, set);
    rt_told_begin(&told, call, &made, 1);
    for (uint32_t n = 0; !status && n < count; n++)
        status = with(st, &told, set, others[n]);
    rt_told_end(&told);
    if (status)
        return status;
    return in_place ? done(call, out) : give(set, out);
}

/* The others are a tuple: *others. */
static burin_status combine(burin_call *call, combination with, bool in_place, burin_value *out)
{
    const rt_list *others = rt_list_of(call->st, call->args[1]);
    return combine_with(call, with, in_place, others->items, others->len, out);
}

burin_status method_set_union(burin_call *call, burin_value *out) { return combine(call, unite, false, out); }
burin_status method_set_update(burin_call *call, burin_value *out) { return combine(call, unite, true, out); }
burin_status method_set_difference(burin_call *call, burin_value *out) { return combine(call, subtract, false, out); }
burin_status method_set_difference_update(burin_call *call, burin_value *out) { return combine(call, subtract, true, out); }
burin_status method_set_intersection(burin_call *call, burin_value *out) { return combine(call, intersect, false, out); }

/* All or nothing: the set changes when every other one has been read. */
burin_status method_set_intersection_update(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *set;
    burin_value  both;
    burin_status status = combine(call, intersect, false, &both);

    if (!status)
        status = rt_dict_edit(st, call->args[0], &set);
    if (status)
        return status;
    uint32_t version = set->version + 1, flags = set->flags;
    *set             = *(const rt_dict *)both.as.p;
    set->version     = version;
    set->flags       = flags;
    return done(call, out);
}


burin_status method_set_symmetric_difference(burin_call *call, burin_value *out) { return combine_with(call, differ, false, &call->args[1], 1, out); }
burin_status method_set_symmetric_difference_update(burin_call *call, burin_value *out) { return combine_with(call, differ, true, &call->args[1], 1, out); }

/* ---- questions ---- */

/* Is every item of `part` in `whole`? Or (none) none of them? */
static burin_status ask(rt_state *st, const rt_dict *part, const rt_dict *whole, bool none, burin_value *out)
{
    burin_value  item;
    bool         in, answer = true;
    burin_status status = rt_charge(st, part->len);

    for (uint32_t at = 0; !status && answer && rt_dict_next(part, &at, &item, NULL);) {
        status = has(st, whole, item, &in);
        answer = in != none;
    }
    *out = burin_bool(answer);
    return status;
}

burin_status method_set_isdisjoint(burin_call *call, burin_value *out)
{
    const rt_dict *other;
    burin_status   status = as_set(call->st, call, call->args[1], &other);

    return status ? status : ask(call->st, other, rt_dict_of(call->st, call->args[0]), true, out);
}

burin_status method_set_issubset(burin_call *call, burin_value *out)
{
    const rt_dict *other;
    burin_status   status = as_set(call->st, call, call->args[1], &other);

    return status ? status : ask(call->st, rt_dict_of(call->st, call->args[0]), other, false, out);
}

burin_status method_set_issuperset(burin_call *call, burin_value *out)
{
    const rt_dict *other;
    burin_status   status = as_set(call->st, call, call->args[1], &other);

    return status ? status : ask(call->st, other, rt_dict_of(call->st, call->args[0]), false, out);
}
