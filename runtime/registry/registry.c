/* Registries: their life, registering, finding. */
#include "runtime/registry/registry.h"

/* ---- life ---- */

burin_registry *burin_registry_new(const burin_registry_options *options, burin_error *err)
{
    burin_registry_options o     = options ? *options : (burin_registry_options){0};
    burin_allocator        alloc = o.allocator ? *o.allocator : base_malloc_allocator;
    burin_registry        *r     = base_alloc(&alloc, sizeof *r);
    if (!r) {
        rg_no_memory(err);
        return NULL;
    }
    memset(r, 0, sizeof *r);
    r->alloc     = alloc;
    r->arena     = arena_make(&r->alloc);
    r->store     = o.store;
    r->events    = o.events;
    r->depth_max = o.depth_max ? o.depth_max : RG_DEPTH;
    if (!rg_records_init(r, o.records_max ? o.records_max : RG_RECORDS)) {
        base_free(&alloc, r, sizeof *r);
        rg_no_memory(err);
        return NULL;
    }
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void burin_registry_free(burin_registry *registry)
{
    if (!registry)
        return;
    burin_allocator alloc = registry->alloc;
    for (const burin_callable *f = registry->first; f; f = f->next) {
        if (f->release)
            f->release(f->data);
    }
    rg_records_deinit(registry);
    base_free(&alloc, registry->names, registry->name_size * sizeof *registry->names);
    pthread_mutex_destroy(&registry->lock);
    arena_deinit(&registry->arena);
    base_free(&alloc, registry, sizeof *registry);
}

/* ---- names, under the lock ---- */

/* The place of a name, or the free one where it would go. The table is never full. */
static rg_name *find_name(const burin_registry *r, burin_text name)
{
    for (uint32_t at = text_hash(name.data, name.len, 0);; at++) {
        rg_name *place = &r->names[at & (r->name_size - 1)];
        if (!place->newest || text_is(name, place->newest->info.name))
            return place;
    }
}

static bool reach_names(burin_registry *r)
{
    uint32_t old_size = r->name_size;
    rg_name *old      = r->names;
    if (2 * (r->name_count + 1) <= old_size)
        return true;
    uint32_t size  = old_size ? 2 * old_size : RG_NAMES_MIN;
    rg_name *names = base_alloc(&r->alloc, size * sizeof *names);
    if (!names)
        return false;
    memset(names, 0, size * sizeof *names);
    r->names     = names;
    r->name_size = size;
    for (uint32_t n = 0; n < old_size; n++) {
        if (old[n].newest)
            *find_name(r, (burin_text){old[n].newest->info.name, strlen(old[n].newest->info.name)}) = old[n];
    }
    base_free(&r->alloc, old, old_size * sizeof *old);
    return true;
}

/* Make a callable the newest of its name. Cannot fail after reach_names. */
static void publish(burin_registry *r, burin_callable *f)
{
    rg_name *place  = find_name(r, (burin_text){f->info.name, strlen(f->info.name)});
    f->older        = place->newest;
    f->info.version = place->newest ? place->newest->info.version + 1 : 1;
    r->name_count += !place->newest;
    *place = (rg_name){f, false};
    if (r->last)
        ((burin_callable *)r->last)->next = f;
    else
        r->first = f;
    r->last = f;
}

bool rg_is_name(const char *name)
{
    bool start = true;
    if (!name)
        return false;
    for (; *name; name++) {
        bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || *name == '_';
        if (!letter && (start || !((*name >= '0' && *name <= '9') || *name == '.')))
            return false;
        start = *name == '.';
    }
    return !start;
}

/* ---- registering ---- */

static const char *keep(burin_registry *r, const char *text) { return arena_copy(&r->arena, (burin_text){text, strlen(text)}); }

static burin_callable *new_callable(burin_registry *r, const char *name, burin_error *err)
{
    burin_callable *f = NULL;
    if (!rg_is_name(name)) {
        es_fail(err, BURIN_ERR_VALUE, "'%s' is no name for a function", name ? name : "");
        return NULL;
    }
    if (reach_names(r))
        f = arena_zalloc(&r->arena, sizeof *f);
    if (f) {
        f->registry  = r;
        f->info.name = keep(r, name);
    }
    if (f && f->info.name)
        return f;
    rg_no_memory(err);
    return NULL;
}

/* What a declaration may not say. */
static burin_status check_declaration(const burin_registry *r, const burin_declaration *d, const burin_callable *f, burin_error *err)
{
    uint32_t entities = 1u << BURIN_TYPING_ENTITY | 1u << BURIN_TYPING_CONFIG, kinds = 0;
    for (size_t n = 0; n < f->info.parameter_count; n++)
        kinds |= f->info.parameters[n].typing.kinds;
    for (size_t n = 0; n < f->info.result_count; n++)
        kinds |= f->info.results[n].kinds;
    if ((kinds & entities) && d->effect == BURIN_EFFECT_NONE)
        return es_fail(err, BURIN_ERR_USAGE, "%s() has entities in its signature, but is declared to have nothing to do with them", d->name);
    if (d->effect != BURIN_EFFECT_NONE && !r->store)
        return es_fail(err, BURIN_ERR_USAGE, "%s() works on entities, but the registry has no store", d->name);
    if (d->pure && d->effect != BURIN_EFFECT_NONE)
        return es_fail(err, BURIN_ERR_USAGE, "%s() cannot be pure: it works on entities", d->name);
    return BURIN_OK;
}

/* Its code: a body, or what calls a plain function. */
static burin_status adopt_code(const burin_declaration *d, burin_callable *f, burin_error *err)
{
    f->body = d->body;
    if (!d->plain)
        return BURIN_OK;
    f->plain = (rt_plain){d->plain, rg_plain_shape(&f->info)};
    if (!f->plain.shape || !d->pure)
        return es_fail(err, BURIN_ERR_USAGE, "%s(): a plain function is pure, has at most %d parameters, each bool, int or float, and one such result", d->name,
                       BURIN_PLAIN_PARAMETERS_MAX);
    f->body = rg_plain_body(f->plain.shape);
    return BURIN_OK;
}

static burin_status declare(burin_registry *r, const burin_declaration *d, burin_callable **out, burin_error *err)
{
    if (!d->body == !d->plain || !d->signature || (unsigned)d->effect >= BURIN_EFFECT_COUNT)
        return es_fail(err, BURIN_ERR_USAGE, "a function needs code, a signature and an effect");
    burin_callable *f = new_callable(r, d->name, err);
    if (!f)
        return rg_is_name(d->name) ? BURIN_ERR_NOMEM : BURIN_ERR_VALUE;
    burin_status status = diag_check_text(err, (burin_text){d->signature, strlen(d->signature)});
    if (status == BURIN_OK && d->doc)
        status = diag_check_text(err, (burin_text){d->doc, strlen(d->doc)});
    if (status)
        return status;
    f->info.signature = keep(r, d->signature);
    f->info.doc       = keep(r, d->doc ? d->doc : "");
    f->info.effect    = d->effect;
    f->info.pure      = d->pure;
    f->info.cost_ns   = d->cost_ns;
    f->data           = d->data;
    if (!f->info.signature || !f->info.doc)
        return rg_no_memory(err);
    status = rg_signature(r->store, &r->arena, f->info.signature, f, err);
    if (status == BURIN_OK)
        status = check_declaration(r, d, f, err);
    if (status == BURIN_OK)
        status = adopt_code(d, f, err);
    if (status)
        return status;
    rg_plan(f);
    f->release = d->release;
    publish(r, f);
    *out = f;
    return BURIN_OK;
}

burin_status burin_register(burin_registry *registry, const burin_declaration *declaration, const burin_callable **out, burin_error *err)
{
    burin_callable *made = NULL;
    pthread_mutex_lock(&registry->lock);
    burin_status status = declare(registry, declaration, &made, err);
    pthread_mutex_unlock(&registry->lock);
    if (status == BURIN_OK && out)
        *out = made;
    return status;
}

/* ---- partial application ---- */

/* Set one parameter for good; the value is checked when the function is called, where its type needs the store. */
static burin_status bind(burin_registry *r, burin_callable *f, burin_parameter *all, const char *name, burin_item value, burin_error *err)
{
    const uint32_t plain = 1u << BURIN_NONE | 1u << BURIN_BOOL | 1u << BURIN_INT | 1u << BURIN_FLOAT | 1u << BURIN_STRING;
    size_t         n     = 0;
    while (n < f->count && ((f->bound >> n) & 1 || strcmp(all[n].name, name) != 0))
        n++;
    if (n == f->count)
        return es_fail(err, BURIN_ERR_TYPE, "%s() has no parameter '%s'", f->info.name, name);
    if (!value.entity.id && !((plain >> value.value.kind) & 1))
        return es_fail(err, BURIN_ERR_TYPE, "%s() argument '%s': only texts, numbers, booleans and none can be set for good", f->info.name, name);
    if (!value.entity.id && value.value.kind == BURIN_STRING) {
        if (diag_check_text(err, burin_text_of(value.value)))
            return BURIN_ERR_UNICODE;
        const char *copy = arena_copy(&r->arena, burin_text_of(value.value));
        if (!copy)
            return rg_no_memory(err);
        value.value.as.s = copy;
    }
    all[n].fallback = value;
    f->bound |= 1u << n;
    return BURIN_OK;
}

static burin_status partial(burin_registry *r, const char *name, const burin_callable *of, const char *const *names, const burin_item *values,
                            size_t count, burin_callable **out, burin_error *err)
{
    if (of->registry != r)
        return es_fail(err, BURIN_ERR_USAGE, "%s() is another registry's", of->info.name);
    burin_callable *f = new_callable(r, name, err);
    if (!f)
        return rg_is_name(name) ? BURIN_ERR_NOMEM : BURIN_ERR_VALUE;
    burin_parameter *all  = arena_alloc(&r->arena, BURIN_PARAMETERS_MAX * sizeof *all);
    burin_parameter *left = arena_alloc(&r->arena, BURIN_PARAMETERS_MAX * sizeof *left);
    if (!all || !left)
        return rg_no_memory(err);
    const char *own_name = f->info.name;
    *f                   = *of;
    f->info.name         = own_name;
    f->release           = NULL; /* the data is the other's */
    f->next              = NULL;
    f->parameters        = all;
    memcpy(all, of->parameters, of->count * sizeof *all);
    for (size_t n = 0; n < count; n++) {
        burin_status status = bind(r, f, all, names[n], values[n], err);
        if (status)
            return status;
    }
    f->info.parameters      = left;
    f->info.parameter_count = 0;
    for (size_t n = 0; n < f->count; n++) {
        if (!((f->bound >> n) & 1))
            left[f->info.parameter_count++] = all[n];
    }
    rg_plan(f);
    publish(r, f);
    *out = f;
    return BURIN_OK;
}

burin_status burin_register_partial(burin_registry *registry, const char *name, const burin_callable *of, const char *const *names,
                                    const burin_item *values, size_t count, const burin_callable **out, burin_error *err)
{
    burin_callable *made = NULL;
    pthread_mutex_lock(&registry->lock);
    burin_status status = partial(registry, name, of, names, values, count, &made, err);
    pthread_mutex_unlock(&registry->lock);
    if (status == BURIN_OK && out)
        *out = made;
    return status;
}

burin_status burin_unregister(burin_registry *registry, const char *name, burin_error *err)
{
    burin_text   text = {name, strlen(name)};
    burin_status status = BURIN_OK;
    pthread_mutex_lock(&registry->lock);
    rg_name *place = registry->name_size ? find_name(registry, text) : NULL;
    if (place && place->newest && !place->gone)
        place->gone = true;
    else
        status = es_fail(err, BURIN_ERR_KEY, "there is no function '%s'", name);
    pthread_mutex_unlock(&registry->lock);
    return status;
}

/* ---- finding ---- */

const burin_callable *burin_registry_find(const burin_registry *registry, burin_text name, uint32_t version)
{
    const burin_callable *found = NULL;
    pthread_mutex_lock((pthread_mutex_t *)&registry->lock);
    if (registry->name_size) {
        const rg_name *place = find_name(registry, name);
        found                = place->gone && !version ? NULL : place->newest;
    }
    while (found && version && found->info.version != version)
        found = found->older;
    pthread_mutex_unlock((pthread_mutex_t *)&registry->lock);
    return found;
}

burin_status burin_registry_list(const burin_registry *registry, burin_callable_visit visit, void *user)
{
    burin_status status = BURIN_OK;
    pthread_mutex_lock((pthread_mutex_t *)&registry->lock);
    for (const burin_callable *f = registry->first; f && !status; f = f->next) {
        const rg_name *place = find_name(registry, (burin_text){f->info.name, strlen(f->info.name)});
        if (f->info.version == 1 && !place->gone)
            status = visit(user, place->newest);
    }
    pthread_mutex_unlock((pthread_mutex_t *)&registry->lock);
    return status;
}

/* ---- what a function is ---- */

burin_store    *burin_registry_store(const burin_registry *registry) { return registry->store; }
burin_registry *burin_callable_registry(const burin_callable *callable) { return callable->registry; }

const burin_callable_info *burin_callable_info_of(const burin_callable *callable) { return &callable->info; }

const char *burin_strategy_name(burin_strategy strategy)
{
    static const char *const names[] = {
#define STRATEGY(NAME, name, meaning) name,
#include "burin/registry.def"
    };
    return names[strategy];
}

const char *burin_effect_name(burin_effect effect)
{
    static const char *const names[] = {
#define EFFECT(NAME, name, meaning) name,
#include "burin/registry.def"
    };
    return names[effect];
}

const char *burin_semantic_name(burin_semantic semantic)
{
    static const char *const names[] = {
#define SEMANTIC(NAME, name, meaning) name,
#include "burin/registry.def"
    };
    return names[semantic];
}
