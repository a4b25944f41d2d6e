/* Renders: a machine, an output buffer and the templates of the run, used again and again.
 *
 * Always true: between runs no template is held but those in `kept`, which the next runs are likely to ask for again: they are what the cache
 * would give, as long as it has not lost any. The buffer, the machine's heap and the tables keep their memory, so a warm render makes no malloc. The output buffer is cut to nothing at the start of each run, not at its end: the text
 * handed to the caller stays until then. */
#include "engine/render.h"

#include "engine/jit.h"
#include "engine/suggest.h"
#include "runtime/base/clock.h"
#include "runtime/base/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { OUT_FIRST_SIZE = 4096, OUT_KEEP_MAX = 1 << 24 };

/* ---- the back-arrow: another template for running code ---- */

/* The name under which `name` is loaded, NUL-terminated in render->name. */
static burin_status resolve_name(burin_render *render, rt_state *st, burin_text name, const vm_template *parent)
{
    const burin_env *env = render->env;

    render->name.len    = 0;
    render->name.failed = false;
    buf_append(&render->name, name.data, name.len);
    buf_append_byte(&render->name, '\0');
    if (render->name.failed)
        return rt_fail_memory(st);
    if (!env->join_path || !parent)
        return BURIN_OK;
    char *joined = env->join_path(env->join_user, render->name.data, parent->name);
    if (!joined)
        return rt_fail_memory(st);
    render->name.len = 0;
    buf_append_z(&render->name, joined);
    buf_append_byte(&render->name, '\0');
    free(joined);
    return render->name.failed ? rt_fail_memory(st) : BURIN_OK;
}

/* Tell the run why there is no template; `why` may say more. */
static burin_status fail_load(rt_state *st, burin_status status, burin_text name, const burin_error *why)
{
    burin_value value = rt_missing();

    if (status == BURIN_ERR_NOMEM)
        return rt_fail_memory(st);
    if (status != BURIN_ERR_NOT_FOUND)
        return rt_fail(st, status, "%s", why->message ? why->message : "");
    if (rt_string_copy(st, name.data, name.len, &value))
        return st->status;
    rt_fail(st, status, "%.*s", (int)name.len, name.data);
    st->error_value = value;
    return status;
}

static burin_status load_held(burin_render *render, burin_text name, burin_template **out, burin_error *err)
{
    burin_status status;

    if (strlen(name.data) != name.len) /* a NUL inside: no loader can have it */
        return BURIN_ERR_NOT_FOUND;
    status = template_load(render->env, name.data, out, err);
    if (status == BURIN_OK && !name_map_put(&render->held, template_name_text(*out), *out)) {
        template_release(*out);
        status = BURIN_ERR_NOMEM;
    }
    return status;
}

static kept_template *kept_slot(burin_render *render, burin_text name)
{
    return &render->kept[((uintptr_t)name.data >> 3 ^ (uintptr_t)name.data >> 8) % RENDER_KEPT];
}

static void drop_kept(burin_render *render)
{
    for (unsigned n = 0; n < RENDER_KEPT; n++)
        if (render->kept[n].tpl) {
            template_release(render->kept[n].tpl);
            render->kept[n].tpl = NULL;
        }
    render->keeps = false;
}

/* The template of that name, which this run may have asked for already; NULL when none is kept, or a newer one is to be had. */
static burin_template *find_kept(burin_render *render, burin_text name)
{
    kept_template *kept = kept_slot(render, name);

    if (!kept->tpl || render->env->join_path || !text_equal(kept->name, name))
        return NULL;
    if (kept->run != render->run && !template_is_current(render->env, kept->tpl))
        return NULL;
    kept->run = render->run;
    return kept->tpl;
}

/* Likewise for a name that lies elsewhere, if this run has asked for it. */
static burin_template *find_used(const burin_render *render, burin_text name)
{
    for (unsigned n = 0; render->keeps && n < RENDER_KEPT; n++) {
        const kept_template *kept = &render->kept[n];
        if (kept->tpl && kept->run == render->run && text_equal(kept->name, name))
            return kept->tpl;
    }
    return name_map_get(&render->held, name);
}

/* Keep a template under the place of the name that was asked for, unless this run needs the one that is kept there. */
static void keep(burin_render *render, burin_text name, burin_template *tpl)
{
    kept_template *kept = kept_slot(render, name);

    if (render->env->join_path || render->env->cache.capacity == 0 || (kept->tpl && kept->run == render->run))
        return;
    if (kept->tpl)
        template_release(kept->tpl);
    template_hold(tpl);
    *kept         = (kept_template){template_name_text(tpl), tpl, render->run};
    render->keeps = true;
}

static burin_status get_template(void *user, rt_state *st, burin_text name, const vm_template *parent, const vm_template **out, burin_error *err)
{
    burin_render   *render = user;
    burin_error     why    = BURIN_ERROR_INIT;
    burin_status    status = BURIN_OK;
    burin_text      joined = name;
    burin_template *tpl    = find_kept(render, name);

    if (!tpl) {
        status = resolve_name(render, st, name, parent);
        if (status)
            return status;
        joined = (burin_text){render->name.data, render->name.len - 1};
        tpl    = find_used(render, joined);
    }
    if (!tpl) {
        status = load_held(render, joined, &tpl, &why);
        if (status == BURIN_OK)
            keep(render, name, tpl);
    }
    if (status == BURIN_OK) {
        jit_use(render->env, tpl);
        *out = &tpl->vm;
        return BURIN_OK;
    }
    status = fail_load(st, status, joined, &why);
    if (err && err->status == BURIN_OK && why.status) {
        *err = why; /* line and excerpt of what does not compile */
        why  = (burin_error)BURIN_ERROR_INIT;
    }
    burin_error_clear(&why);
    return status;
}

static void charge(void *user, const vm_template *tpl, const struct ir_unit *unit, uint64_t ns)
{
    (void)user;
    jit_charge(jit_of_template((burin_template *)(uintptr_t)tpl), unit, ns);
}

/* ---- life ---- */

static uint64_t system_seed(void)
{
    uint64_t seed = 0;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = monotonic_ns() * 0x9e3779b97f4a7c15u;
    return seed | 1;
}

burin_render *burin_render_new(burin_env *env, burin_error *err)
{
    burin_render *render = base_alloc(env->alloc, sizeof *render);

    env_freeze(env);
    diag_begin(err);
    if (!render)
        goto no_memory;
    memset(render, 0, sizeof *render);
    render->host     = (vm_host){.user = render, .has_loader = env->has_loader || env->compiled, .get_template = get_template};
    if (env->engine == BURIN_ENGINE_AUTO)
        render->host.sample = charge;
    render->held = name_map_make(env->alloc);
    render->name     = buf_make(env->alloc);
    render->seed     = env->options.random_seed;
    render->marks    = render->seed ? RENDER_SEEDED : 0;
    render->machine  = vm_new(&env->rt, env->alloc, &render->host);
    if (!render->machine) {
        base_free(env->alloc, render, sizeof *render);
        goto no_memory;
    }
    vm_state(render->machine)->random = system_seed();
    render->env = burin_env_ref(env);
    rt_out_init(&render->out, vm_state(render->machine), OUT_FIRST_SIZE);
    if (render->out.failed) {
        burin_render_free(render);
        goto no_memory;
    }
    burin_render_set_limits(render, &env->options.limits);
    return render;
no_memory:
    diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    return NULL;
}

void burin_render_free(burin_render *render)
{
    if (!render)
        return;
    burin_env *env = render->env;

    rt_out_deinit(&render->out); /* before the machine: its state is the buffer's */
    vm_free(render->machine);
    drop_kept(render);
    name_map_deinit(&render->held);
    buf_deinit(&render->name);
    base_free(env->alloc, render, sizeof *render);
    burin_env_unref(env);
}

void burin_render_set_limits(burin_render *render, const burin_limits *limits)
{
    const burin_limits *l = limits ? limits : &render->env->options.limits;

    render->limits = *l;
    render->marks |= RENDER_USED;
    /* Without a bound there is one all the same, out of reach: it makes the machine count. */
    vm_set_limits(render->machine, &(vm_limits){l->steps ? l->steps : UINT64_MAX - 1, l->memory, l->output, l->time_ns, l->depth});
}

void burin_render_set_cancel(burin_render *render, const volatile int *cancel) { vm_state(render->machine)->cancel = cancel; }

static burin_text text_written(const burin_render *render)
{
    return (burin_text){render->out.data, (size_t)(render->out.next - render->out.data)};
}

void burin_render_used(const burin_render *render, burin_limits *used)
{
    vm_limits u = {0};

    vm_used(render->machine, &u);
    *used = (burin_limits){.steps = u.steps, .memory = u.memory, .output = render->out.flushed + text_written(render).len};
}

/* ---- one run ---- */

static void renew_output(burin_render *render)
{
    rt_out *out = &render->out;

    if (out->cap > OUT_KEEP_MAX) /* one huge page must not be paid for for ever */
        rt_out_deinit(out);
    out->limit   = (size_t)render->limits.output;
    out->next    = out->data;
    out->end     = out->data + (out->limit && out->limit < out->cap ? out->limit : out->cap);
    out->failed  = false;
    out->flushed = 0;
    render->marks &= ~(unsigned)RENDER_USED;
}

static __attribute__((noinline)) burin_status claim_marked(burin_render *render, burin_error *err)
{
    if (render->marks & RENDER_RUNS)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "the render is in the middle of another one");
    if (render->marks & RENDER_SEEDED)
        vm_state(render->machine)->random = render->seed;
    if (render->marks & RENDER_USED)
        renew_output(render);
    return BURIN_OK;
}

/* Take the render for a run. */
static BURIN_INLINE burin_status claim(burin_render *render, burin_error *err)
{
    if (BURIN_UNLIKELY(render->marks) && claim_marked(render, err))
        return BURIN_ERR_USAGE;
    render->marks |= RENDER_RUNS;
    render->out.next = render->out.data;
    return BURIN_OK;
}

static __attribute__((noinline)) burin_status refuse_run(burin_error *err, const char *why)
{
    return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "%s", why);
}

static inline void begin_loads(burin_render *render)
{
    render->run++;
    if (BURIN_UNLIKELY(render->losses != atomic_load_explicit(&render->env->cache.losses, memory_order_acquire))) {
        render->losses = atomic_load_explicit(&render->env->cache.losses, memory_order_acquire);
        drop_kept(render);
    }
}

static BURIN_INLINE burin_status begin_run(burin_render *render, burin_template *tpl, burin_value vars, burin_error *err)
{
    diag_begin(err);
    if (BURIN_UNLIKELY(vars.kind != BURIN_DICT && vars.kind != BURIN_MISSING))
        return refuse_run(err, "the variables must be a dict");
    if (BURIN_UNLIKELY(tpl->env != render->env))
        return refuse_run(err, "the template belongs to another environment than the render");
    jit_use(render->env, tpl);
    if (claim(render, err))
        return BURIN_ERR_USAGE;
    begin_loads(render);
    return BURIN_OK;
}

burin_status render_begin(burin_render *render, burin_template *tpl, burin_value vars, burin_error *err)
{
    return begin_run(render, tpl, vars, err);
}

static __attribute__((noinline)) void release_held(burin_render *render)
{
    for (size_t n = 0; n < render->held.size; n++)
        if (render->held.slots[n].value)
            template_release(render->held.slots[n].value);
    name_map_clear(&render->held);
}

void render_end(burin_render *render)
{
    render->marks &= ~(unsigned)RENDER_RUNS;
    if (BURIN_UNLIKELY(render->out.cap > OUT_KEEP_MAX))
        render->marks |= RENDER_USED;
    if (BURIN_UNLIKELY(render->held.count))
        release_held(render);
}

/* The end of a failed run: no failure leaves without a message, and suggestions are made while the run's values live. */
burin_status render_fail(burin_render *render, burin_status status, burin_value vars, burin_error *err)
{
    if (status)
        render->marks |= RENDER_USED;
    if (status && err) {
        if (err->status == BURIN_OK)
            diag_fail(err, status, NULL, 0, (span){0, 0}, "%s", burin_status_class(status));
        suggest_for_run(render->env, vm_state(render->machine), vars, err);
    }
    return status;
}

/* The end of a run whose text the caller gets. */
static inline burin_status finish_text(burin_render *render, burin_status status, burin_value vars, burin_text *out, burin_error *err)
{
    if (BURIN_LIKELY(status == BURIN_OK)) {
        *out = text_written(render);
    } else {
        *out = (burin_text){NULL, 0};
        render_fail(render, status, vars, err);
    }
    render_end(render);
    return status;
}

burin_status burin_render_str(burin_render *render, burin_value value, burin_text *out, burin_error *err)
{
    *out = (burin_text){NULL, 0};
    diag_begin(err);
    if (claim(render, err))
        return BURIN_ERR_USAGE;
    return finish_text(render, vm_write_str(render->machine, value, &render->out, err), burin_missing(), out, err);
}

burin_status burin_render_text(burin_render *render, burin_template *tpl, burin_value vars, burin_text *out, burin_error *err)
{
    burin_status status = begin_run(render, tpl, vars, err);

    if (BURIN_UNLIKELY(status)) {
        *out = (burin_text){NULL, 0};
        return status;
    }
    return finish_text(render, vm_render(render->machine, &tpl->vm, vars, &render->out, err), vars, out, err);
}

burin_status burin_render_block(burin_render *render, burin_template *tpl, const char *block, burin_value vars, burin_text *out, burin_error *err)
{
    *out                = (burin_text){NULL, 0};
    burin_status status = render_begin(render, tpl, vars, err);

    if (status)
        return status;
    status = vm_render_block(render->machine, &tpl->vm, (burin_text){block, strlen(block)}, vars, &render->out, err);
    return finish_text(render, status, vars, out, err);
}

burin_status burin_render_macro(burin_render *render, burin_template *tpl, const char *macro, const burin_value *args, size_t count,
                                burin_value vars, burin_text *out, burin_error *err)
{
    *out                = (burin_text){NULL, 0};
    burin_status status = render_begin(render, tpl, vars, err);

    if (status)
        return status;
    status = vm_render_macro(render->machine, &tpl->vm, (burin_text){macro, strlen(macro)}, args, count, vars, &render->out, err);
    return finish_text(render, status, vars, out, err);
}

burin_status render_to_value(burin_render *render, burin_template *tpl, burin_value vars, burin_value *out, burin_error *err)
{
    burin_status status = vm_render(render->machine, &tpl->vm, vars, &render->out, err);
    *out                = rt_string(text_written(render).data, text_written(render).len);
    return status;
}

burin_status burin_render_value(burin_render *render, burin_template *tpl, burin_value vars, burin_heap *heap, burin_value *out, burin_error *err)
{
    rt_state    *st = vm_state(render->machine);
    burin_value  value;
    burin_status status = render_begin(render, tpl, vars, err);

    *out = rt_missing();
    if (status)
        return status;
    if (render->env->options.native)
        status = vm_render_value(render->machine, &tpl->vm, vars, &value, err);
    else
        status = render_to_value(render, tpl, vars, &value, err);
    if (status == BURIN_OK && rt_copy_out(st, value, heap, out))
        status = host_state_report(st, err);
    render_fail(render, status, vars, err);
    render_end(render);
    return status;
}

/* ---- streams ---- */

typedef struct stream {
    const burin_sink *sink;
    burin_status      status; /* what the sink answered */
    int               reason; /* errno of a BURIN_ERR_OS; 0 where it told none */
} stream;

static burin_status flush_stream(rt_out *out)
{
    stream *to  = out->sink;
    size_t  len = (size_t)(out->next - out->data);

    if (to->status == BURIN_OK && len > 0) {
        errno      = 0;
        to->status = to->sink->write(to->sink->user, out->data, len);
        to->reason = to->status == BURIN_ERR_OS ? errno : 0;
    }
    out->next = out->data;
    out->flushed += len;
    return to->status;
}

burin_status burin_render_to(burin_render *render, burin_template *tpl, burin_value vars, const burin_sink *sink, burin_error *err)
{
    stream       to     = {sink, BURIN_OK, 0};
    burin_status status = render_begin(render, tpl, vars, err);

    if (status)
        return status;
    render->marks |= RENDER_USED;
    render->out.flush = flush_stream;
    render->out.sink  = &to;
    status            = vm_render(render->machine, &tpl->vm, vars, &render->out, err);
    flush_stream(&render->out); /* after a failure too: what was written stays written */
    render->out.flush = NULL;
    render->out.sink  = NULL;
    if (to.status) { /* the sink's own word goes before what the machine made of it */
        status = to.status;
        if (err) {
            burin_error_clear(err);
            if (to.reason)
                diag_fail(err, status, &tpl->src, 0, (span){0, 0}, "[Errno %d] %s", to.reason, strerror(to.reason));
            else
                diag_fail(err, status, &tpl->src, 0, (span){0, 0}, "the sink refused the text");
        }
    }
    render_fail(render, status, vars, err);
    render_end(render);
    return status;
}

burin_status burin_render_buffer(burin_render *render, burin_template *tpl, burin_value vars, char *buffer, size_t size, size_t *len, burin_error *err)
{
    burin_text   text;
    burin_status status = burin_render_text(render, tpl, vars, &text, err);
    size_t       fits   = size == 0 ? 0 : text.len < size ? text.len : size - 1;

    if (fits)
        memcpy(buffer, text.data, fits);
    if (size)
        buffer[fits] = '\0';
    if (len)
        *len = text.len;
    return status;
}

char *burin_render_once(burin_env *env, burin_text text, burin_value vars, size_t *len, burin_error *err)
{
    burin_text      out;
    char           *copy   = NULL;
    burin_template *tpl    = burin_template_from_string(env, NULL, text, err);
    burin_render   *render = tpl ? burin_render_new(env, err) : NULL;

    if (render && burin_render_text(render, tpl, vars, &out, err) == BURIN_OK) {
        copy = malloc(out.len + 1);
        if (!copy) {
            diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
        } else {
            if (out.len)
                memcpy(copy, out.data, out.len);
            copy[out.len] = '\0';
            if (len)
                *len = out.len;
        }
    }
    burin_render_free(render);
    burin_template_unref(tpl);
    return copy;
}
