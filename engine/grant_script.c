/* Functions of scripts, registered as those in C are. A function has as many interpreters as calls of it run at once; each has run the script,
 * and is begun anew when what its calls have left behind grows. */
#include "burin/grant.h"
#include "engine/environment.h"
#include "engine/grant.h"
#include "engine/interpreter.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/registry/registry.h"

#include <pthread.h>
#include <stdio.h>

enum { LEFT_MAX = 1 << 20 /* bytes that a session may grow by */ };
static const char arguments[] = "__burin_arguments"; /* the variable that they are handed over in */

typedef struct session {
    burin_interpreter *in;
    uint64_t           begun; /* bytes it held when it had run the script */
    struct session    *next;  /* of the idle ones */
} session;

typedef struct script_function {
    burin_env      *env; /* counted */
    pthread_mutex_t lock;
    session        *idle;
    char           *source, *call; /* call: the expression that calls it */
    size_t          source_len, call_size;
    char            name[64]; /* of the source, for messages */
} script_function;

/* ---- sessions ---- */

static void end_session(const script_function *f, session *s)
{
    if (!s)
        return;
    burin_interpreter_free(s->in);
    base_free(f->env->alloc, s, sizeof *s);
}

static uint64_t held(const session *s)
{
    burin_limits used;
    burin_interpreter_used(s->in, &used);
    return used.memory;
}

/* Run the script, which defines the function. */
static burin_status begin_session(const script_function *f, session *s, burin_error *err)
{
    burin_interpreter_reset(s->in);
    burin_status status = burin_interpreter_run(s->in, (burin_text){f->source, f->source_len}, f->name, NULL, err);
    s->begun            = held(s);
    return status;
}

static burin_status new_session(const script_function *f, session **out, burin_error *err)
{
    burin_status status;
    session     *s = base_alloc(f->env->alloc, sizeof *s);
    *out           = NULL;
    if (!s)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    *s     = (session){.in = burin_interpreter_new(f->env, err)};
    status = s->in ? begin_session(f, s, err) : err && err->status ? err->status : BURIN_ERR_NOMEM;
    if (status == BURIN_OK)
        *out = s;
    else
        end_session(f, s);
    return status;
}

static burin_status take_session(script_function *f, session **out, burin_error *err)
{
    pthread_mutex_lock(&f->lock);
    *out = f->idle;
    if (*out)
        f->idle = (*out)->next;
    pthread_mutex_unlock(&f->lock);
    return *out ? BURIN_OK : new_session(f, out, err);
}

static void return_session(script_function *f, session *s)
{
    uint64_t limit = f->env->options.limits.memory; /* of which a call is to have the half at least; what was held stays so when a session is begun anew */
    if ((limit && held(s) > limit / 2) || (held(s) > s->begun + LEFT_MAX && begin_session(f, s, NULL))) {
        end_session(f, s);
        return;
    }
    pthread_mutex_lock(&f->lock);
    s->next = f->idle;
    f->idle = s;
    pthread_mutex_unlock(&f->lock);
}

/* ---- calls ---- */

static burin_status set_arguments(burin_invocation *call, session *s, const burin_item *args)
{
    rt_state    *st = interpreter_state(s->in);
    burin_value  values[BURIN_PARAMETERS_MAX];
    size_t       count  = call->callable->count;
    burin_status status = BURIN_OK;
    for (size_t n = 0; n < count && !status; n++)
        status = args[n].entity.id ? live_value(st, args[n].entity, &values[n]) : interpreter_take(s->in, args[n].value, &values[n]);
    burin_value tuple = status ? burin_missing() : burin_tuple(&st->heap, values, count);
    if (status == BURIN_OK)
        status = tuple.kind == BURIN_MISSING ? BURIN_ERR_NOMEM : interpreter_put(s->in, arguments, tuple);
    return status ? burin_invocation_fail(call, status, "%s(): its arguments could not be handed over", call->callable->info.name) : BURIN_OK;
}

static const volatile int *cancel_of(const burin_invocation *call)
{
    while (call && !call->options->cancel)
        call = call->parent;
    return call ? call->options->cancel : NULL;
}

/* What the script gave, as an item; what lies in memory is copied to the caller's. */
static burin_status item_of(burin_invocation *call, session *s, burin_value value, burin_item *out)
{
    const uint32_t immediate = 1u << BURIN_NONE | 1u << BURIN_BOOL | 1u << BURIN_INT | 1u << BURIN_FLOAT;
    const char    *name      = burin_callable_info_of(burin_invocation_callable(call))->name;
    burin_heap    *heap      = burin_invocation_heap(call);
    *out                     = burin_item_value(value);
    if (burin_value_entity(value, &out->entity)) {
        out->value = burin_missing();
        return BURIN_OK;
    }
    if ((immediate >> value.kind) & 1)
        return BURIN_OK;
    if (!heap)
        return burin_invocation_fail(call, BURIN_ERR_USAGE, "%s(): a heap is needed for its result", name);
    if (rt_copy_out(interpreter_state(s->in), value, heap, &out->value) == BURIN_OK)
        return BURIN_OK;
    return host_state_report(interpreter_state(s->in), burin_invocation_error(call));
}

static burin_status give_one(burin_invocation *call, session *s, burin_text key, burin_value value)
{
    burin_item   item;
    burin_status status = item_of(call, s, value, &item);
    return status ? status : burin_give(call, key, item);
}

static burin_status give_results(burin_invocation *call, session *s, burin_value result, burin_item *out)
{
    const burin_callable_info *info   = burin_callable_info_of(burin_invocation_callable(call));
    burin_status               status = BURIN_OK;
    burin_value                key, value;
    if (info->returns <= BURIN_RETURNS_ONE)
        return item_of(call, s, result, out);
    if (info->returns == BURIN_RETURNS_DICT ? result.kind != BURIN_DICT : result.kind != BURIN_LIST && result.kind != BURIN_TUPLE)
        return burin_invocation_fail(call, BURIN_ERR_TYPE, "%s() must give a %s, not %s", info->name, info->returns == BURIN_RETURNS_DICT ? "dict" : "list or tuple",
                                     burin_type_name(result));
    for (size_t at = 0; result.kind == BURIN_DICT && !status && burin_next(result, &at, &key, &value);)
        status = key.kind == BURIN_STRING ? give_one(call, s, burin_text_of(key), value)
                                          : burin_invocation_fail(call, BURIN_ERR_TYPE, "%s() must give a dict with texts as keys", info->name);
    for (size_t n = 0; result.kind != BURIN_DICT && n < burin_length(result) && !status; n++)
        status = give_one(call, s, (burin_text){NULL, 0}, burin_at(result, n));
    return status;
}

static burin_status run_script_function(burin_invocation *call, const burin_item *args, burin_item *out)
{
    script_function *f = burin_invocation_data(call);
    session         *s;
    burin_value      result;
    burin_status     status = take_session(f, &s, burin_invocation_error(call));
    if (status)
        return status;
    rt_state *st   = interpreter_state(s->in);
    st->invocation = call;
    burin_interpreter_set_cancel(s->in, cancel_of(call));
    status = set_arguments(call, s, args);
    if (status == BURIN_OK)
        status = burin_interpreter_eval(s->in, (burin_text){f->call, strlen(f->call)}, &result, burin_invocation_error(call));
    if (status == BURIN_OK)
        status = give_results(call, s, result, out);
    st->invocation = NULL;
    burin_interpreter_set_cancel(s->in, NULL);
    return_session(f, s);
    return status;
}

/* ---- registering ---- */

static void release(void *data)
{
    script_function *f = data;
    burin_env       *env = f->env;
    for (session *s = f->idle, *next; s; s = next) {
        next = s->next;
        end_session(f, s);
    }
    pthread_mutex_destroy(&f->lock);
    base_free(env->alloc, f->source, f->source_len + 1);
    base_free(env->alloc, f->call, f->call_size);
    base_free(env->alloc, f, sizeof *f);
    burin_env_unref(env);
}

static script_function *new_function(burin_env *env, const char *name, burin_text text)
{
    script_function *f = base_alloc(env->alloc, sizeof *f);
    if (!f)
        return NULL;
    memset(f, 0, sizeof *f);
    f->env        = burin_env_ref(env);
    f->source_len = text.len;
    f->source     = base_alloc(env->alloc, text.len + 1);
    f->call_size  = strlen(name) + sizeof arguments + 3;
    f->call       = base_alloc(env->alloc, f->call_size);
    pthread_mutex_init(&f->lock, NULL);
    snprintf(f->name, sizeof f->name, "<%s>", name);
    if (!f->source || !f->call) {
        release(f);
        return NULL;
    }
    if (text.len)
        memcpy(f->source, text.data, text.len);
    snprintf(f->call, f->call_size, "%s(*%s)", name, arguments);
    return f;
}

/* See that the script runs and defines the function. */
static burin_status try_script(script_function *f, const char *name, burin_error *err)
{
    session     *s;
    burin_status status = new_session(f, &s, err);
    if (status)
        return status;
    burin_value value = burin_interpreter_get(s->in, name);
    f->idle           = s;
    return value.kind == BURIN_FUNCTION || value.kind == BURIN_OBJECT
               ? BURIN_OK
               : diag_fail(err, BURIN_ERR_VALUE, NULL, 0, (span){0, 0}, "the script defines no function '%s'", name);
}

burin_status burin_register_script(burin_registry *registry, burin_env *env, const burin_declaration *declaration, burin_text text, const burin_callable **out,
                                   burin_error *err)
{
    burin_declaration     d    = *declaration;
    const char           *dot  = d.name ? strrchr(d.name, '.') : NULL, *name = dot ? dot + 1 : d.name;
    const burin_callable *made = NULL;
    if (!name || d.body || d.plain || d.data || d.release)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "a function of a script has a name, and no code or data in C");
    script_function *f = new_function(env, name, text);
    if (!f)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    d.body              = run_script_function;
    d.data              = f;
    d.release           = release;
    burin_status status = try_script(f, name, err);
    if (status == BURIN_OK)
        status = burin_register(registry, &d, &made, err);
    if (status) {
        release(f);
        return status;
    }
    if (out)
        *out = made;
    return BURIN_OK;
}
