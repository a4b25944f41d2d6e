/* map, select, reject, selectattr, rejectattr: a filter, a test or an attribute applied to every item, lazily.
 *
 * The function is looked up when the first item is asked for, and where its signature allows (no keyword arguments, none
 * gathered) its arguments are bound once: then an item costs one call. Other calls are bound for every item. */
#include "runtime/builtins/support.h"

enum { BOUND_MAX = 8 };

typedef struct application { /* a filter or test with the arguments after the item */
    const rt_function *function; /* NULL: none of this name */
    burin_value        name;
    burin_value        rest; /* TUPLE: the name stands at `name_at`, arguments after it */
    burin_value        named; /* DICT */
    uint32_t           name_at;
    bool               bound;
    uint32_t           bound_count;
    burin_value        arguments[BOUND_MAX]; /* bound ones; 0 is the item's place */
} application;

typedef struct applying {
    builtin_lazy lazy;
    bool         by_attribute; /* look an attribute up first */
    bool         is_map, wanted; /* select: wanted is the truth of the items to give */
    bool         has_function;
    builtin_path path;
    application  apply;
} applying;

/* Bind the arguments once, if the signature is simple enough. */
static void bind(rt_state *st, application *apply)
{
    const rt_function  *f     = apply->function;
    const rt_signature *sig   = f->signature;
    const rt_list      *rest  = rt_list_of(st, apply->rest);
    uint32_t            given = rest->len - apply->name_at - 1;

    if (f->self.kind != BURIN_MISSING || sig->rest || sig->named || sig->count > BOUND_MAX || given + 1 > sig->count ||
        rt_dict_of(st, apply->named)->len)
        return;
    for (uint32_t n = 1; n < sig->count; n++) {
        if (n > given && sig->parameters[n].required)
            return;
        apply->arguments[n] = n <= given ? rest->items[apply->name_at + n] : sig->parameters[n].fallback;
    }
    apply->bound       = true;
    apply->bound_count = sig->count;
}

/* Find the function: apply->rest, named and name_at are set. A name that is no text is reported when it is called. */
static void prepare_application(rt_state *st, application *apply, const rt_names *names)
{
    apply->name = rt_list_of(st, apply->rest)->items[apply->name_at];
    if (rt_is_text(apply->name))
        apply->function = rt_names_function(names, rt_text_of(apply->name));
    if (apply->function)
        bind(st, apply);
}

/* The call with everything that binding can be asked for. */
static burin_status call_unbound(rt_state *st, application *apply, burin_value item, bool is_filter, burin_value *out)
{
    const rt_list *rest   = rt_list_of(st, apply->rest);
    rt_arguments   args   = {.positional = rest->items + apply->name_at + 1, .count = rest->len - apply->name_at - 1};
    burin_status   status = builtin_spread(st, apply->named, &args);
    bool           truth  = false;

    if (status)
        return status;
    if (!apply->function) { /* says that there is none */
        if (is_filter)
            return rt_call_filter(st, apply->name, item, &args, out);
        status = rt_call_test(st, apply->name, item, &args, &truth);
        *out   = burin_bool(truth);
        return status;
    }
    return rt_call_bound(st, apply->function, item, &args, out);
}

static inline burin_status apply_to(rt_state *st, application *apply, burin_value item, bool is_filter, burin_value *out)
{
    if (BURIN_UNLIKELY(!apply->bound))
        return call_unbound(st, apply, item, is_filter, out);
    burin_value args[BOUND_MAX]; /* a copy: functions may use their arguments' places */
    memcpy(args, apply->arguments, apply->bound_count * sizeof *args);
    args[0]           = item;
    burin_call   call = {.st = st, .function = apply->function, .args = args, .count = apply->bound_count, .autoescape = st->autoescape};
    burin_status status = apply->function->call(&call, out);
    return rt_call_done(st, status);
}

/* ---- map ---- */

/* map(attribute=..., default=...) */
static burin_status prepare_attribute(rt_state *st, applying *self, const rt_dict *named)
{
    burin_value  attribute, fallback, key, text;
    uint32_t     at     = 0;
    burin_status status = rt_dict_get(st, named, RT_STRING("attribute"), &attribute);

    if (!status)
        status = rt_dict_get(st, named, RT_STRING("default"), &fallback);
    while (!status && rt_dict_next(named, &at, &key, NULL)) {
        if (text_is(rt_text_of(key), "attribute") || text_is(rt_text_of(key), "default"))
            continue;
        status = rt_repr(st, key, &text);
        if (!status)
            status = rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "Unexpected keyword argument %.*s", (int)text.len, text.as.s);
    }
    self->by_attribute = true;
    return status ? status : builtin_path_init(st, attribute, fallback, &self->path);
}

static burin_status prepare_map(rt_state *st, applying *self)
{
    const rt_list *rest  = rt_list_of(st, self->apply.rest);
    const rt_dict *named = rt_dict_of(st, self->apply.named);
    burin_value    attribute;

    if (rest->len == 0) {
        burin_status status = rt_dict_get(st, named, RT_STRING("attribute"), &attribute);
        if (status)
            return status;
        if (attribute.kind == BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "map requires a filter argument");
        return prepare_attribute(st, self, named);
    }
    self->has_function = true;
    prepare_application(st, &self->apply, st->env->filters);
    return BURIN_OK;
}

/* ---- select and its kin ---- */

static burin_status prepare_select(rt_state *st, applying *self)
{
    const rt_list *rest   = rt_list_of(st, self->apply.rest);
    burin_status   status = BURIN_OK;

    if (self->by_attribute) {
        if (rest->len == 0)
            return rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "Missing parameter for attribute name");
        status              = builtin_path_init(st, rest->items[0], rt_missing(), &self->path);
        self->apply.name_at = 1;
    }
    if (status || rest->len <= self->apply.name_at)
        return status;
    self->has_function = true;
    prepare_application(st, &self->apply, st->env->tests);
    return BURIN_OK;
}

/* `if value:`, then the arguments, then iter(value). Anything false gives no items. */
static burin_status open_source(rt_state *st, applying *self)
{
    const char  *before = st->heap.next;
    bool         truth;
    burin_status status = rt_is_true(st, self->lazy.source, &truth);

    self->lazy.open = true;
    if (status)
        return status;
    if (!truth) {
        self->lazy.finished = true;
        return BURIN_OK;
    }
    status = self->is_map ? prepare_map(st, self) : prepare_select(st, self);
    if (!status)
        status = builtin_lazy_open(st, &self->lazy);
    builtin_keep(st, before);
    return status;
}

static burin_status map_step(rt_state *st, builtin_lazy *lazy, burin_value *out)
{
    applying    *self = (applying *)lazy;
    burin_value  item;
    burin_status status = lazy->open ? BURIN_OK : open_source(st, self);

    if (status || lazy->finished)
        return status;
    status = builtin_next(st, &lazy->it, &item);
    if (status || item.kind == BURIN_MISSING)
        return status;
    return self->has_function ? apply_to(st, &self->apply, item, true, out) : builtin_path_get(st, &self->path, item, out);
}

static burin_status select_step(rt_state *st, builtin_lazy *lazy, burin_value *out)
{
    applying    *self = (applying *)lazy;
    burin_value  item, asked;
    bool         truth;
    burin_status status = lazy->open ? BURIN_OK : open_source(st, self);

    while (!status && !lazy->finished) {
        status = builtin_next(st, &lazy->it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        asked = item;
        if (self->by_attribute)
            status = builtin_path_get(st, &self->path, item, &asked);
        if (!status && self->has_function)
            status = apply_to(st, &self->apply, asked, false, &asked);
        if (!status)
            status = rt_is_true(st, asked, &truth);
        if (status || truth != self->wanted)
            continue;
        *out = item;
        break;
    }
    return status;
}

static burin_status start(burin_call *call, bool is_map, bool by_attribute, bool wanted, burin_value *out)
{
    builtin_lazy *lazy;
    burin_status  status = builtin_lazy_new(call->st, sizeof(applying), call->args[0], is_map ? map_step : select_step, &lazy);

    if (status)
        return status;
    applying *self     = (applying *)lazy;
    self->is_map       = is_map;
    self->by_attribute = by_attribute;
    self->wanted       = wanted;
    self->apply.rest   = call->args[1];
    self->apply.named  = call->args[2];
    return builtin_lazy_value(call->st, lazy, out);
}

burin_status filter_map(burin_call *call, burin_value *out) { return start(call, true, false, true, out); }
burin_status filter_select(burin_call *call, burin_value *out) { return start(call, false, false, true, out); }
burin_status filter_reject(burin_call *call, burin_value *out) { return start(call, false, false, false, out); }
burin_status filter_selectattr(burin_call *call, burin_value *out) { return start(call, false, true, true, out); }
burin_status filter_rejectattr(burin_call *call, burin_value *out) { return start(call, false, true, false, out); }
