/* The tier: what is compiled, when, by whom. */
#define _GNU_SOURCE
#include "engine/jit.h"

#include "codegen/jit/callees.h"
#include "codegen/jit/client.h"
#include "codegen/jit/code.h"
#include "codegen/jit/members.h"
#include "engine/jit_cache.h"
#include "engine/jit_kernel.h"
#include "runtime/base/clock.h"
#include "runtime/base/diag.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
    COMPILE_FLOOR_NS = 8000000, /* of a request: the compiler's and the assembler's beginnings ... */
    COMPILE_COST_NS  = 450000,  /* ... per instruction that is lowered, on an idle processor; those with guards count as three ... */
    COMPILE_REST_NS  = 3000,    /* ... and per one that is left to the interpreter */
    USUAL_COST       = 2,       /* of an instruction */
    LOWERED_MAX      = 250,     /* of a request: what is compiled beside renders is ready soon */
    REQUEST_INSNS    = 4000,    /* in one request, as compile time grows faster than units */
    UNIT_INSNS_MAX   = 20000,
    THREAD_STACK     = 1 << 19,
    WHY_SIZE         = 256,
};

typedef struct job {
    jit_subject s; /* its template, if it has one, is held */
    jit_kernel *kernel; /* held; NULL: it is the subject's program that is to be compiled */
    uint64_t    since_ns;
    struct job *next;
} job;

typedef struct jit_tier jit_tier;
struct jit_tier {
    burin_jit      *jit;
    pid_t           pid;
    jit_tier       *older;   /* of the process this one was forked from */
    pthread_mutex_t lock;    /* guards the queue and what is about the thread */
    pthread_cond_t  wake, idle;
    job            *first, **last;
    jit_subject     current; /* of the job that the thread is at; env NULL: none */
    bool            stopping, has_thread;
    pthread_t       thread;
    pthread_mutex_t compiling; /* held around everything below */
    client         *client; /* interrupted from without */
    buf             request, kept;
    char            told[WHY_SIZE]; /* the last reason for there being no compiler */
};

struct burin_jit {
    const burin_allocator *alloc;
    atomic_uint            refs;
    burin_jit_options      options; /* its texts are in `memory` */
    arena                  memory;
    jit_cache              cache;
    _Atomic(jit_tier *)    tier;    /* NULL until something is to be compiled */
};

/* ---- telling ---- */

static void tell(const burin_jit *jit, burin_jit_event *event, jit_subject s)
{
    event->struct_size = sizeof *event;
    event->name        = s.name;
    if (jit->options.event)
        jit->options.event(jit->options.user, event);
}

static void tell_unavailable(jit_tier *t, jit_subject s, const char *why)
{
    if (strncmp(t->told, why, sizeof t->told - 1) == 0)
        return;
    snprintf(t->told, sizeof t->told, "%s", why);
    tell(t->jit, &(burin_jit_event){.outcome = BURIN_JIT_UNAVAILABLE, .why = t->told}, s);
}

/* ---- what is wanted ---- */

static void set_state(const ir_program *p, uint32_t unit, ir_native_state state)
{
    atomic_store_explicit(&p->heat[unit].state, (unsigned char)state, memory_order_release);
}

static bool has_state(const ir_program *p, uint32_t unit, ir_native_state state)
{
    return atomic_load_explicit(&p->heat[unit].state, memory_order_acquire) == state;
}

/* True when this call made it wanted. */
static bool want(const ir_program *p, uint32_t unit)
{
    unsigned char was = NATIVE_NOT_YET;
    return atomic_compare_exchange_strong_explicit(&p->heat[unit].state, &was, NATIVE_WANTED, memory_order_acq_rel, memory_order_relaxed);
}

static bool want_all(const ir_program *p)
{
    bool any = false;
    for (uint32_t n = 0; n < p->unit_count; n++)
        any |= want(p, n);
    return any;
}

/* Why a unit is not compiled; NULL: it may be. */
static const char *not_worth(const ir_unit *unit)
{
    bool once = (unit->kind == UNIT_ROOT || unit->kind == UNIT_BLOCK) && unit->code_len > NATIVE_SMALL_UNIT;
    if (unit->code_len > UNIT_INSNS_MAX)
        return "it is too long";
    for (uint32_t pc = 0; once && pc < unit->code_len; pc++)
        once = ir_op_operands(unit->code[pc].op)[3] != 'j' || unit->code[pc].d > pc;
    return once ? "nothing in it is run more than once" : NULL;
}

/* Take up to a request's worth of what is wanted into `units`; how many. */
static uint32_t take_wanted(burin_jit *jit, jit_subject s, ir_unit **units, uint64_t *insns)
{
    ir_program *p     = s.program;
    uint32_t    count = 0;
    *insns            = 0;
    for (uint32_t n = 0; n < p->unit_count && *insns < REQUEST_INSNS; n++) {
        if (!has_state(p, n, NATIVE_WANTED))
            continue;
        const char *why = not_worth(p->units[n]);
        if (why) {
            set_state(p, n, NATIVE_REFUSED);
            tell(jit, &(burin_jit_event){.outcome = BURIN_JIT_REFUSED, .units = 1, .instructions = p->units[n]->code_len, .why = why}, s);
            continue;
        }
        units[count++] = p->units[n];
        *insns += p->units[n]->code_len;
    }
    return count;
}

/* ---- compiling: the caller holds t->compiling and the program ---- */

/* Symbols that profilers and debuggers show carry the source's name. */
static burin_text prefix_of(const burin_jit *jit, const char *name, char room[WIRE_PREFIX_MAX])
{
    if (!jit->options.tools || !name)
        return BURIN_TEXT(NATIVE_PREFIX);
    int len = snprintf(room, WIRE_PREFIX_MAX, "burin_%.40s_u", name);
    for (int n = 0; n < len; n++) {
        char c = room[n];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            room[n] = '_';
    }
    return (burin_text){room, (size_t)len};
}

/* The answer to a request; a process that died over it gets one more chance. */
static client_status ask(jit_tier *t, client_answer *answer)
{
    client_status status = client_compile(t->client, buf_text(&t->request), answer);
    return status == CLIENT_LOST ? client_compile(t->client, buf_text(&t->request), answer) : status;
}

static unsigned tell_whom(const burin_jit *jit)
{
    unsigned tools = jit->options.tools;
    return (tools & BURIN_JIT_GDB ? CODE_FOR_DEBUGGER : 0) | (tools & BURIN_JIT_PERF ? CODE_FOR_PROFILER : 0);
}

/* Install what the cache has for a request, whose bytes are given. False: nothing that is of use. */
static bool install_kept(const burin_jit *jit, ir_program *program, const wire_request *request, burin_text bytes, buf *object, burin_jit_event *event)
{
    if (!jit_cache_get(&jit->cache, bytes, object))
        return false;
    if (code_install(program, request, wire_hash(bytes), buf_text(object), tell_whom(jit))) {
        jit_cache_remove(&jit->cache, bytes);
        return false;
    }
    event->outcome = BURIN_JIT_COMPILED;
    event->cached  = true;
    event->bytes   = object->len;
    event->why     = NULL;
    return true;
}

/* Compile one request and install it. Fills in the event; false when there is no compiler now. */
static bool compile_units(jit_tier *t, ir_program *program, const wire_request *request, burin_jit_event *event)
{
    client_answer answer;
    t->request.len    = 0;
    t->request.failed = false;
    event->outcome    = BURIN_JIT_REFUSED;
    event->why        = "out of memory";
    if (!wire_write(request, &t->request))
        return true;
    if (install_kept(t->jit, program, request, buf_text(&t->request), &t->kept, event))
        return true;
    client_status status = ask(t, &answer);
    event->why           = answer.why;
    if (status == CLIENT_UNAVAILABLE)
        return false;
    if (status)
        return true;
    event->compile_ns  = answer.cost.compile_ns;
    event->assemble_ns = answer.cost.assemble_ns;
    event->bytes       = answer.output.len;
    event->why         = code_install(program, request, wire_hash(buf_text(&t->request)), answer.output,
                                      tell_whom(t->jit));
    event->outcome     = event->why ? BURIN_JIT_REFUSED : BURIN_JIT_COMPILED;
    if (!event->why)
        event->why = jit_cache_put(&t->jit->cache, buf_text(&t->request), answer.output, answer.library);
    return true;
}

/* After a request: what its units are now. */
static void settle(const ir_program *p, const wire_request *request, ir_native_state state)
{
    for (uint32_t n = 0; n < request->unit_count; n++) {
        if (state == NATIVE_NOT_YET)
            atomic_store_explicit(&p->heat[request->units[n]->index].ns, 0, memory_order_relaxed);
        set_state(p, request->units[n]->index, state);
    }
}

/* Requests for units of one program. */
typedef struct order {
    wire_request request;
    ir_unit    **units;
    arena        members;
    char         prefix[WIRE_PREFIX_MAX];
} order;

/* False: out of memory. To be closed either way. */
static bool order_open(order *o, const burin_jit *jit, jit_subject s)
{
    ir_program *p = s.program;
    o->units      = base_alloc(jit->alloc, p->unit_count * sizeof *o->units);
    o->members    = arena_make(jit->alloc);
    o->request    = (wire_request){.abi = native_abi(), .level = jit->options.level, .lowered_max = LOWERED_MAX, .cpu = code_cpu_here(), .program = p, .units = o->units,
                                   .debug = jit->options.tools & BURIN_JIT_GDB, .prefix = prefix_of(jit, s.name, o->prefix), .name = {s.name, s.name ? strlen(s.name) : 0}};
    members_find(&o->request, s.env->rt.struct_types, &o->members);
    callees_find(&o->request, &o->members);
    return o->units;
}

static void order_close(order *o, const burin_jit *jit)
{
    arena_deinit(&o->members);
    base_free(jit->alloc, o->units, o->request.program->unit_count * sizeof *o->units);
}

/* Take a request's worth of what is wanted. False: nothing is. */
static bool order_next(order *o, burin_jit *jit, jit_subject s, burin_jit_event *event)
{
    uint64_t    insns;
    ir_program *p         = s.program;
    o->request.unit_count = take_wanted(jit, s, o->units, &insns);
    *event                = (burin_jit_event){.units = o->request.unit_count, .instructions = (uint32_t)insns};
    for (uint32_t n = 0; n < o->request.unit_count; n++)
        event->interpreted_ns += atomic_load_explicit(&p->heat[o->units[n]->index].ns, memory_order_relaxed);
    return o->request.unit_count > 0;
}

/* Compile what is wanted of a program. */
static void compile(jit_tier *t, jit_subject s, uint64_t since_ns)
{
    order           o;
    burin_jit_event event;
    ir_program     *p = s.program;
    for (bool ready = order_open(&o, t->jit, s); ready && order_next(&o, t->jit, s, &event);) {
        bool is_dealt_with = compile_units(t, p, &o.request, &event);
        settle(p, &o.request, !is_dealt_with ? NATIVE_NOT_YET : event.outcome == BURIN_JIT_COMPILED ? NATIVE_THERE : NATIVE_REFUSED);
        if (!is_dealt_with) {
            atomic_store_explicit(s.seen, false, memory_order_release);
            tell_unavailable(t, s, event.why);
            continue;
        }
        event.waited_ns = monotonic_ns() - since_ns;
        tell(t->jit, &event, s);
    }
    order_close(&o, t->jit);
}

/* Install what the cache has of a program, whose units are wanted by nobody else. Ends with the first request that it has not: then
 * those units are still wanted. */
static void compile_from_cache(burin_jit *jit, jit_subject s)
{
    order           o;
    burin_jit_event event;
    uint64_t        since_ns = monotonic_ns();
    buf             bytes = buf_make(jit->alloc), object = buf_make(jit->alloc);
    bool            ready = order_open(&o, jit, s);
    while (ready && order_next(&o, jit, s, &event)) {
        bytes.len = 0;
        if (!wire_write(&o.request, &bytes) || !install_kept(jit, s.program, &o.request, buf_text(&bytes), &object, &event))
            break;
        settle(s.program, &o.request, NATIVE_THERE);
        event.waited_ns = monotonic_ns() - since_ns;
        tell(jit, &event, s);
    }
    order_close(&o, jit);
    buf_deinit(&bytes);
    buf_deinit(&object);
}

/* ---- kernels: likewise ---- */

/* The event is filled in; false: the cache has nothing of use. */
static bool install_kept_kernel(const burin_jit *jit, jit_kernel *k, buf *object, burin_jit_event *event)
{
    if (!jit_cache_get(&jit->cache, buf_text(&k->request), object))
        return false;
    if (jit_kernel_install(k, buf_text(object))) {
        jit_cache_remove(&jit->cache, buf_text(&k->request));
        return false;
    }
    *event = (burin_jit_event){.outcome = BURIN_JIT_COMPILED, .units = 1, .instructions = k->steps, .cached = true, .bytes = object->len};
    return true;
}

/* Fill in the event; false when there is no compiler now. */
static bool compile_for_kernel(jit_tier *t, jit_kernel *k, burin_jit_event *event)
{
    client_answer answer;
    t->request.len    = 0;
    t->request.failed = false;
    *event            = (burin_jit_event){.outcome = BURIN_JIT_REFUSED, .units = 1, .instructions = k->steps, .why = "out of memory"};
    buf_append(&t->request, k->request.data, k->request.len);
    client_status status = t->request.failed ? CLIENT_REFUSED : ask(t, &answer);
    if (t->request.failed)
        return true;
    event->why = answer.why;
    if (status)
        return status != CLIENT_UNAVAILABLE;
    event->compile_ns  = answer.cost.compile_ns;
    event->assemble_ns = answer.cost.assemble_ns;
    event->bytes       = answer.output.len;
    event->why         = jit_kernel_install(k, answer.output);
    event->outcome     = event->why ? BURIN_JIT_REFUSED : BURIN_JIT_COMPILED;
    if (!event->why)
        event->why = jit_cache_put(&t->jit->cache, buf_text(&k->request), answer.output, answer.library);
    return true;
}

static void compile_kernel(jit_tier *t, jit_kernel *k, uint64_t since_ns)
{
    burin_jit_event event;
    jit_subject     s = {.env = k->env};
    if (!compile_for_kernel(t, k, &event)) {
        tell_unavailable(t, s, event.why);
        return;
    }
    event.waited_ns = monotonic_ns() - since_ns;
    tell(t->jit, &event, s);
}

/* ---- the thread ---- */

static void free_job(jit_tier *t, job *j)
{
    if (j->s.tpl)
        template_release(j->s.tpl);
    jit_kernel_free(j->kernel);
    base_free(t->jit->alloc, j, sizeof *j);
}

static job *next_job(jit_tier *t)
{
    pthread_mutex_lock(&t->lock);
    t->current = (jit_subject){0};
    client_resume(t->client); /* whoever interrupted did not want the job that is done */
    pthread_cond_broadcast(&t->idle);
    while (!t->first && !t->stopping)
        pthread_cond_wait(&t->wake, &t->lock);
    job *j = t->stopping ? NULL : t->first;
    if (j) {
        t->first = j->next;
        if (!t->first)
            t->last = &t->first;
        t->current = j->s;
    }
    pthread_mutex_unlock(&t->lock);
    return j;
}

static void *work(void *user)
{
    jit_tier *t = user;
    pthread_setname_np(pthread_self(), "burin-jit");
    for (job *j; (j = next_job(t));) {
        pthread_mutex_lock(&t->compiling);
        if (j->kernel)
            compile_kernel(t, j->kernel, j->since_ns);
        else
            compile(t, j->s, j->since_ns);
        pthread_mutex_unlock(&t->compiling);
        free_job(t, j);
    }
    return NULL;
}

/* A thread that takes no signal of the host's. The caller holds the lock. */
static bool start_thread(jit_tier *t)
{
    pthread_attr_t attributes;
    sigset_t       all, before;
    if (t->has_thread)
        return true;
    if (pthread_attr_init(&attributes))
        return false;
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    t->has_thread = pthread_create(&t->thread, &attributes, work, t) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return t->has_thread;
}

/* ---- life ---- */

static jit_tier *tier_new(burin_jit *jit, jit_tier *older)
{
    client_options options = client_options_default(native_abi());
    options.helper         = jit->options.helper;
    options.folder         = jit->options.folder;
    client   *c            = client_new(jit->alloc, &options);
    jit_tier *t            = c ? base_alloc(jit->alloc, sizeof *t) : NULL;
    if (!t) {
        client_free(c);
        return NULL;
    }
    *t      = (jit_tier){.jit = jit, .pid = getpid(), .older = older, .client = c, .request = buf_make(jit->alloc), .kept = buf_make(jit->alloc)};
    t->last = &t->first;
    pthread_mutex_init(&t->lock, NULL);
    pthread_mutex_init(&t->compiling, NULL);
    pthread_cond_init(&t->wake, NULL);
    pthread_cond_init(&t->idle, NULL);
    return t;
}

static void tier_free(jit_tier *t)
{
    buf_deinit(&t->request);
    buf_deinit(&t->kept);
    base_free(t->jit->alloc, t, sizeof *t);
}

/* The tier of this process. */
static jit_tier *tier_here(burin_jit *jit)
{
    jit_tier *t = atomic_load_explicit(&jit->tier, memory_order_acquire);
    if (t && t->pid == getpid())
        return t;
    jit_tier *made = tier_new(jit, t);
    if (!made || atomic_compare_exchange_strong_explicit(&jit->tier, &t, made, memory_order_acq_rel, memory_order_acquire))
        return made;
    client_free(made->client);
    tier_free(made);
    return t;
}

/* A tier of this process: end its thread and its compiler. */
static void tier_stop(jit_tier *t)
{
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
    if (t->has_thread) {
        client_interrupt(t->client);
        pthread_join(t->thread, NULL);
    }
    client_free(t->client);
}

/* The tier of a parent: its thread is not here, its process not ours. */
static void tier_abandon(jit_tier *t)
{
    client_abandon(t->client);
    for (job *next, *j = t->first; j; j = next) {
        next = j->next;
        base_free(t->jit->alloc, j, sizeof *j);
    }
}

static bool is_of(jit_subject s, const burin_env *env, const ir_program *program) { return s.env == env && (!program || s.program == program); }

/* Take the environment's jobs, or one program's, out of the queue; in the opposite order. The caller holds the lock. */
static job *take_out(jit_tier *t, const burin_env *env, const ir_program *program)
{
    job *gone = NULL;
    for (job **at = &t->first; *at;) {
        job *j = *at;
        if (!is_of(j->s, env, program)) {
            at = &j->next;
            continue;
        }
        *at     = j->next;
        j->next = gone;
        gone    = j;
    }
    for (t->last = &t->first; *t->last; t->last = &(*t->last)->next)
        ;
    return gone;
}

/* Call them back, also the one that is being compiled. */
static void call_back(burin_jit *jit, const burin_env *env, const ir_program *program)
{
    jit_tier *t = jit ? atomic_load_explicit(&jit->tier, memory_order_acquire) : NULL;
    if (!t || t->pid != getpid())
        return;
    pthread_mutex_lock(&t->lock);
    job *gone = take_out(t, env, program);
    while (is_of(t->current, env, program)) {
        client_interrupt(t->client);
        pthread_cond_wait(&t->idle, &t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    while (gone) {
        job *next = gone->next;
        free_job(t, gone);
        gone = next;
    }
}

void jit_forget(burin_env *env, const ir_program *program)
{
    if (env->engine != BURIN_ENGINE_INTERP)
        call_back(env->jit, env, program);
}

void jit_leave(burin_env *env) { call_back(env->jit, env, NULL); }

/* ---- from threads that render ---- */

/* Put a program, or a kernel, into the queue; false without memory or a thread. */
static bool put_in_queue(jit_subject s, jit_kernel *k)
{
    burin_jit *jit = s.env->jit;
    jit_tier  *t   = tier_here(jit);
    job       *j   = t ? base_alloc(jit->alloc, sizeof *j) : NULL;
    if (!j)
        return false;
    if (s.tpl)
        template_hold(s.tpl);
    if (k)
        jit_kernel_hold(k);
    *j = (job){.s = s, .kernel = k, .since_ns = monotonic_ns()};
    pthread_mutex_lock(&t->lock);
    bool queued = start_thread(t);
    if (queued) {
        *t->last = j;
        t->last  = &j->next;
        pthread_cond_signal(&t->wake);
    }
    pthread_mutex_unlock(&t->lock);
    if (!queued)
        free_job(t, j);
    return queued;
}

/* Without memory or a thread what is wanted of the program is forgotten. */
static void enqueue(jit_subject s)
{
    bool queued = put_in_queue(s, NULL);
    for (uint32_t n = 0; !queued && n < s.program->unit_count; n++)
        if (has_state(s.program, n, NATIVE_WANTED))
            set_state(s.program, n, NATIVE_REFUSED);
}

static uint64_t predicted_ns(uint64_t insns)
{
    uint64_t cost = insns * USUAL_COST < LOWERED_MAX ? insns * USUAL_COST : LOWERED_MAX;
    return COMPILE_FLOOR_NS + cost * COMPILE_COST_NS + insns * COMPILE_REST_NS;
}

static uint64_t all_insns(const ir_program *p)
{
    uint64_t sum = 0;
    for (uint32_t n = 0; n < p->unit_count; n++)
        sum += p->units[n]->code_len;
    return sum;
}

/* Interpreted for so long, a unit is compiled. */
static uint64_t due_ns(const burin_jit *jit, const ir_unit *unit)
{
    return jit->options.threshold_ns ? jit->options.threshold_ns : predicted_ns(unit->code_len);
}

void jit_charge(jit_subject s, const ir_unit *unit, uint64_t ns)
{
    burin_jit  *jit = s.env->jit;
    ir_program *p   = s.program;
    if (unit->index >= p->unit_count || p->units[unit->index] != unit || !has_state(p, unit->index, NATIVE_NOT_YET))
        return;
    uint64_t heat = atomic_fetch_add_explicit(&p->heat[unit->index].ns, ns, memory_order_relaxed) + ns;
    if (heat < due_ns(jit, unit))
        return;
    /* The rest of the program comes along where it adds little to what this unit costs, or where it is for other processes too. */
    bool wanted = jit_cache_is_on(&jit->cache) || predicted_ns(all_insns(p)) < 2 * predicted_ns(unit->code_len) ? want_all(p) : want(p, unit->index);
    if (wanted)
        enqueue(s);
}

void jit_tell_cold(jit_subject s)
{
    burin_jit       *jit   = s.env->jit;
    const ir_program *p    = s.program;
    burin_jit_event  event = {.outcome = BURIN_JIT_REFUSED, .units = p->unit_count};
    uint64_t         least = UINT64_MAX;
    char             why[WHY_SIZE];
    if (s.env->engine != BURIN_ENGINE_AUTO || !jit->options.event || !atomic_load_explicit(s.seen, memory_order_acquire))
        return;
    for (uint32_t n = 0; n < p->unit_count; n++) {
        if (!has_state(p, n, NATIVE_NOT_YET) || atomic_load_explicit(&p->natives[n], memory_order_relaxed))
            return;
        uint64_t due = due_ns(jit, p->units[n]);
        least        = due < least ? due : least;
        event.instructions += p->units[n]->code_len;
        event.interpreted_ns += atomic_load_explicit(&p->heat[n].ns, memory_order_relaxed);
    }
    snprintf(why, sizeof why, "none was interpreted for the %llu.%llu ms from which on compiling is worth it", (unsigned long long)least / 1000000,
             (unsigned long long)least / 100000 % 10);
    event.why = why;
    tell(jit, &event, s);
}

static void compile_now(jit_subject s)
{
    jit_tier *t = tier_here(s.env->jit);
    if (!t)
        return;
    pthread_mutex_lock(&t->compiling); /* who comes second waits until the first has compiled it */
    if (want_all(s.program))
        compile(t, s, monotonic_ns());
    pthread_mutex_unlock(&t->compiling);
}

static void want_nothing(const ir_program *p)
{
    for (uint32_t n = 0; n < p->unit_count; n++)
        if (has_state(p, n, NATIVE_WANTED))
            set_state(p, n, NATIVE_NOT_YET);
}

void jit_first_use(jit_subject s)
{
    burin_jit *jit = s.env->jit;
    if (jit->options.engine == BURIN_ENGINE_JIT && jit->options.eager) {
        compile_now(s);
        atomic_store_explicit(s.seen, true, memory_order_release);
        return;
    }
    if (atomic_exchange_explicit(s.seen, true, memory_order_acq_rel))
        return;
    if (jit->options.engine == BURIN_ENGINE_AUTO && !jit_cache_is_on(&jit->cache))
        return;
    if (!want_all(s.program))
        return;
    if (jit_cache_is_on(&jit->cache))
        compile_from_cache(jit, s);
    if (jit->options.engine == BURIN_ENGINE_AUTO)
        want_nothing(s.program);
    else
        enqueue(s);
}

/* ---- for jit_kernel.c ---- */

const burin_allocator *jit_allocator(const burin_jit *jit) { return jit->alloc; }
uint64_t               jit_threshold(const burin_jit *jit) { return jit->options.threshold_ns; }

bool jit_kernel_from_cache(burin_env *env, jit_kernel *k)
{
    burin_jit_event event;
    buf             object = buf_make(env->jit->alloc);
    bool            found  = install_kept_kernel(env->jit, k, &object, &event);
    if (found)
        tell(env->jit, &event, (jit_subject){.env = env});
    buf_deinit(&object);
    return found;
}

void jit_want_kernel(burin_env *env, jit_kernel *k)
{
    burin_jit *jit = env->jit;
    jit_tier  *t   = jit->options.engine == BURIN_ENGINE_JIT && jit->options.eager ? tier_here(jit) : NULL;
    if (!t) {
        put_in_queue((jit_subject){.env = env}, k);
        return;
    }
    pthread_mutex_lock(&t->compiling);
    compile_kernel(t, k, monotonic_ns());
    pthread_mutex_unlock(&t->compiling);
}

/* ---- for hosts ---- */

burin_jit_options burin_jit_options_default(void)
{
    return (burin_jit_options){.struct_size = sizeof(burin_jit_options), .level = 1};
}

static bool copy_option(burin_jit *jit, const char **text)
{
    if (*text)
        *text = arena_copy(&jit->memory, (burin_text){*text, strlen(*text)});
    return *text;
}

static burin_jit *fail_new(burin_status status, const char *why, burin_error *err)
{
    diag_fail(err, status, NULL, 0, (span){0, 0}, "%s", why);
    return NULL;
}

burin_jit *burin_jit_new(const burin_jit_options *options, burin_error *err)
{
    burin_jit_options chosen = burin_jit_options_default();
    if (!options || options->struct_size == 0)
        return fail_new(BURIN_ERR_USAGE, "options.struct_size is 0: start from burin_jit_options_default()", err);
    memcpy(&chosen, options, options->struct_size < sizeof chosen ? options->struct_size : sizeof chosen);
    chosen.struct_size = sizeof chosen;
    if ((unsigned)chosen.engine > BURIN_ENGINE_JIT || chosen.level > 3 || chosen.tools > (BURIN_JIT_GDB | BURIN_JIT_PERF))
        return fail_new(BURIN_ERR_USAGE, "engine, level or tools is not one of its values", err);
    const burin_allocator *alloc = chosen.allocator ? chosen.allocator : &base_malloc_allocator;
    burin_jit             *jit   = base_alloc(alloc, sizeof *jit);
    if (!jit)
        return fail_new(BURIN_ERR_NOMEM, "out of memory", err);
    *jit = (burin_jit){.alloc = alloc, .options = chosen, .memory = arena_make(alloc)};
    atomic_init(&jit->refs, 1);
    if ((chosen.helper && !copy_option(jit, &jit->options.helper)) || (chosen.folder && !copy_option(jit, &jit->options.folder)) ||
        (chosen.cache && !copy_option(jit, &jit->options.cache))) {
        burin_jit_unref(jit);
        return fail_new(BURIN_ERR_NOMEM, "out of memory", err);
    }
    jit->cache = jit_cache_open(&jit->options);
    return jit;
}

burin_jit *burin_jit_ref(burin_jit *jit)
{
    atomic_fetch_add_explicit(&jit->refs, 1, memory_order_relaxed);
    return jit;
}

void burin_jit_unref(burin_jit *jit)
{
    if (!jit || atomic_fetch_sub_explicit(&jit->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (jit_tier *older, *t = atomic_load_explicit(&jit->tier, memory_order_acquire); t; t = older) {
        older = t->older;
        if (t->pid == getpid())
            tier_stop(t);
        else
            tier_abandon(t);
        tier_free(t);
    }
    arena_deinit(&jit->memory);
    base_free(jit->alloc, jit, sizeof *jit);
}

void burin_jit_wait(burin_jit *jit)
{
    jit_tier *t = atomic_load_explicit(&jit->tier, memory_order_acquire);
    if (!t || t->pid != getpid())
        return;
    pthread_mutex_lock(&t->lock);
    while (t->first || t->current.env)
        pthread_cond_wait(&t->idle, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

burin_status burin_env_set_jit(burin_env *env, burin_jit *jit)
{
    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    burin_jit_unref(env->jit);
    env->jit    = jit ? burin_jit_ref(jit) : NULL;
    env->engine = jit ? jit->options.engine : BURIN_ENGINE_INTERP;
    return BURIN_OK;
}
