/* Interpreters: a machine whose session lasts, the names of its variables, and the scripts that it has run.
 *
 * Scripts are kept for two reasons: functions live on, and the same text is not compiled twice. A text is looked for by its
 * hash among those of the session. */
#include "engine/interpreter.h"

#include "codegen/vm/vm.h"
#include "codegen/image/image.h"
#include "engine/compiled.h"
#include "engine/environment.h"
#include "engine/jit.h"
#include "engine/saved.h"
#include "engine/script_profile.h"
#include "engine/suggest.h"
#include "parser/script.h"
#include "runtime/attribute.h"
#include "runtime/base/diag.h"
#include "runtime/base/text.h"
#include "runtime/builtins/builtins.h"
#include "runtime/convert.h"
#include "runtime/struct.h"

enum { SLOTS_FIRST = 64 };

typedef struct script script;
struct script {
    vm_template vm; /* first: running code hands this back */
    source      src; /* its text and name lie in the interpreter's memory */
    burin_text  given; /* its text, or the sum of the saved program that it came from */
    ir_program *program;
    uint32_t    hash;
    bool        as_expression, is_saved;
    atomic_bool jit_seen; /* its first use has been noted (jit.c) */
    uint32_t    profile; /* number of the one it was compiled under */
    script     *next; /* of the same slot */
};

struct burin_interpreter {
    burin_env   *env; /* counted */
    vm          *machine;
    rt_out       out;
    burin_sink   sink;
    burin_limits limits;
    arena        memory; /* texts, names, scripts: until reset */
    burin_text  *names;  /* of the session's variables, in their order */
    uint32_t     name_count, name_cap;
    script     **slots;
    uint32_t     slot_count, script_count;
    script_profile profile;
    uint32_t     profile_number; /* counts up */
    bool         runs;           /* a host function that it calls, or its sink, may call back */
};

static burin_status fail_memory(burin_error *err)
{
    return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
}

/* A host function calls back into the interpreter that calls it. */
static burin_status fail_runs(burin_error *err)
{
    return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "the interpreter is in the middle of another run");
}

/* ---- life ---- */

static burin_status no_template(void *user, rt_state *st, burin_text name, const vm_template *parent, const vm_template **out, burin_error *err)
{
    (void)user, (void)name, (void)parent, (void)out, (void)err;
    return rt_fail(st, BURIN_ERR_TYPE, "no loader for this environment specified");
}

static jit_subject subject_of(const burin_interpreter *in, script *s)
{
    return (jit_subject){.env = in->env, .program = s->program, .name = s->src.name, .seen = &s->jit_seen};
}

static void charge(void *user, const vm_template *tpl, const struct ir_unit *unit, uint64_t ns)
{
    jit_charge(subject_of(user, (script *)(uintptr_t)tpl), unit, ns);
}

burin_interpreter *burin_interpreter_new(burin_env *env, burin_error *err)
{
    diag_begin(err);
    if (!env->options.scripts) {
        diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "the environment was made without options.scripts");
        return NULL;
    }
    burin_interpreter *in = base_alloc(env->alloc, sizeof *in);
    env_freeze(env);
    if (!in) {
        fail_memory(err);
        return NULL;
    }
    memset(in, 0, sizeof *in);
    in->memory  = arena_make(env->alloc);
    in->machine = vm_new(&env->rt, env->alloc,
                         &(vm_host){.user = in, .get_template = no_template, .sample = env->engine == BURIN_ENGINE_AUTO ? charge : NULL});
    if (!in->machine) {
        base_free(env->alloc, in, sizeof *in);
        fail_memory(err);
        return NULL;
    }
    in->env = burin_env_ref(env);
    rt_out_init(&in->out, vm_state(in->machine), 0);
    vm_session_begin(in->machine);
    burin_interpreter_set_limits(in, NULL);
    return in;
}

static void forget_scripts(burin_interpreter *in)
{
    for (uint32_t n = 0; n < in->slot_count; n++)
        for (script *s = in->slots[n]; s; s = s->next) {
            jit_forget(in->env, s->program);
            jit_tell_cold(subject_of(in, s));
            codegen_free(s->program);
        }
    in->slots      = NULL;
    in->slot_count = in->script_count = 0;
    in->names      = NULL;
    in->name_count = in->name_cap = 0;
}

/* What the profile replaces. */
static burin_status set_profile_names(burin_interpreter *in)
{
    burin_status status = BURIN_OK;
    if (in->profile.without & 1u << BURIN_FEATURE_PRINT)
        vm_state(in->machine)->write = NULL;
    for (size_t n = 0; in->profile.asteval && n < rt_profile_count && !status; n++) {
        burin_text         name = {rt_profile[n].name, strlen(rt_profile[n].name)};
        const rt_function *fn   = rt_names_function(in->env->rt.profile, name);
        status                  = fn ? burin_interpreter_set(in, rt_profile[n].name, rt_pointer(BURIN_FUNCTION, fn)) : BURIN_OK;
    }
    return status;
}

burin_status burin_interpreter_set_profile(burin_interpreter *in, const burin_profile *profile, burin_error *err)
{
    static const burin_profile whole;
    script_profile             made;
    diag_begin(err);
    if (in->runs)
        return fail_runs(err);
    if (!script_profile_init(&made, in->env->alloc, profile ? profile : &whole))
        return fail_memory(err);
    script_profile_deinit(&in->profile);
    in->profile = made;
    in->profile_number++;
    vm_session_writes(in->machine);
    vm_session_procedures(in->machine, made.asteval);
    return set_profile_names(in) ? fail_memory(err) : BURIN_OK;
}

void burin_interpreter_reset(burin_interpreter *in)
{
    if (in->runs) /* its values are in use */
        return;
    forget_scripts(in);
    arena_reset(&in->memory);
    vm_session_begin(in->machine);
    (void)set_profile_names(in); /* as far as memory goes */
}

void burin_interpreter_free(burin_interpreter *in)
{
    if (!in)
        return;
    burin_env *env = in->env;
    forget_scripts(in);
    rt_out_deinit(&in->out);
    vm_free(in->machine);
    arena_deinit(&in->memory);
    script_profile_deinit(&in->profile);
    base_free(env->alloc, in, sizeof *in);
    burin_env_unref(env);
}

void burin_interpreter_set_limits(burin_interpreter *in, const burin_limits *limits)
{
    const burin_limits *l = limits ? limits : &in->env->options.limits;
    in->limits = *l;
    vm_set_limits(in->machine, &(vm_limits){l->steps ? l->steps : UINT64_MAX - 1, l->memory, l->output, l->time_ns, l->depth});
}

void burin_interpreter_set_cancel(burin_interpreter *in, const volatile int *cancel) { vm_state(in->machine)->cancel = cancel; }
void burin_interpreter_set_sink(burin_interpreter *in, const burin_sink *sink) { in->sink = sink ? *sink : (burin_sink){0}; }

rt_state *interpreter_state(burin_interpreter *in) { return vm_state(in->machine); }

/* ---- names ---- */

static uint32_t find_name(const burin_interpreter *in, burin_text name)
{
    for (uint32_t n = 0; n < in->name_count; n++)
        if (text_equal(in->names[n], name))
            return n;
    return UINT32_MAX;
}

static bool add_name(burin_interpreter *in, burin_text name)
{
    if (in->name_count == in->name_cap) {
        uint32_t    cap   = in->name_cap ? in->name_cap * 2 : 16;
        burin_text *names = arena_alloc(&in->memory, cap * sizeof *names);
        if (!names)
            return false;
        if (in->name_count)
            memcpy(names, in->names, in->name_count * sizeof *names);
        in->names    = names;
        in->name_cap = cap;
    }
    char *copy = arena_copy(&in->memory, name);
    if (!copy)
        return false;
    in->names[in->name_count++] = (burin_text){copy, name.len};
    return true;
}

/* ---- compiling ---- */

static bool grow_slots(burin_interpreter *in)
{
    uint32_t count = in->slot_count ? in->slot_count * 2 : SLOTS_FIRST;
    script **slots = arena_zalloc(&in->memory, count * sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t n = 0; n < in->slot_count; n++) {
        for (script *s = in->slots[n], *next; s; s = next) {
            next                         = s->next;
            s->next                      = slots[s->hash & (count - 1)];
            slots[s->hash & (count - 1)] = s;
        }
    }
    in->slots      = slots;
    in->slot_count = count;
    return true;
}

static bool is_named(const script *s, const char *name) { return s->src.name && name ? strcmp(s->src.name, name) == 0 : s->src.name == name; }

static script *find_script(const burin_interpreter *in, burin_text text, const char *name, bool as_expression, uint32_t hash)
{
    for (script *s = in->slot_count ? in->slots[hash & (in->slot_count - 1)] : NULL; s; s = s->next)
        if (s->hash == hash && s->as_expression == as_expression && !s->is_saved && s->profile == in->profile_number && text_equal(s->given, text) &&
            is_named(s, name))
            return s;
    return NULL;
}

/* It has its program, whose globals are the session's and new ones. */
static burin_status take_names(burin_interpreter *in, script *s, burin_error *err)
{
    uint32_t          count;
    const burin_text *names = codegen_globals(s->program, &count);
    while (in->name_count < count)
        if (!add_name(in, names[in->name_count]))
            return fail_memory(err);
    s->vm = (vm_template){.program = s->program, .name = s->src.name, .src = &s->src};
    return BURIN_OK;
}

static burin_status parse_and_compile(burin_interpreter *in, script *s, arena *scratch, burin_error *err)
{
    burin_env      *env     = in->env;
    script_options  options = env_script_options(env);
    codegen_options how     = {.env = &env->rt, .optimized = env->options.optimized};
    ast_node       *tree;
    burin_status    status;
    if (!script_normalize(&in->memory, s->given, &s->src.text))
        return fail_memory(err);
    status = (s->as_expression ? parse_script_expression : parse_script)(scratch, &s->src, &options, &tree, err);
    if (!status)
        status = script_profile_check(&in->profile, env, &s->src, tree, err);
    if (!status)
        status = codegen_compile_script(&how, &s->src, tree, in->names, in->name_count, scratch, env->alloc, &s->program, err);
    return status ? status : take_names(in, s, err);
}

static burin_status keep_script(burin_interpreter *in, script *s, burin_status status)
{
    if (!status) {
        s->next = in->slots[s->hash & (in->slot_count - 1)];
        in->slots[s->hash & (in->slot_count - 1)] = s;
        in->script_count++;
    } else if (s->program) {
        codegen_free(s->program);
    }
    return status;
}

static burin_status compile(burin_interpreter *in, script *s, burin_error *err)
{
    bool         is_shared;
    arena        scratch = env_take_scratch(in->env, &is_shared);
    burin_status status  = parse_and_compile(in, s, &scratch, err);
    env_return_scratch(in->env, &scratch, is_shared);
    return keep_script(in, s, status);
}

/* A script with room for itself among the others; NULL when memory is out. */
static script *script_new(burin_interpreter *in, burin_text given, const char *name, uint32_t hash)
{
    script *s = arena_zalloc(&in->memory, sizeof *s);
    if (!s || (in->script_count >= in->slot_count && !grow_slots(in)))
        return NULL;
    s->hash     = hash;
    s->profile  = in->profile_number;
    s->given    = (burin_text){arena_copy(&in->memory, given), given.len};
    s->src.name = name ? arena_copy(&in->memory, (burin_text){name, strlen(name)}) : NULL;
    return s->given.data && (!name || s->src.name) ? s : NULL;
}

static burin_status script_for(burin_interpreter *in, burin_text text, const char *name, bool as_expression, script **out, burin_error *err)
{
    uint32_t hash  = rt_text_hash(text);
    source   given = {.text = text, .name = name};
    *out = find_script(in, text, name, as_expression, hash);
    if (*out)
        return BURIN_OK;
    size_t most = in->profile.statement_max ? in->profile.statement_max : in->env->options.limits.source;
    if (most && text.len > most)
        return diag_fail(err, BURIN_ERR_LIMIT, &given, 0, (span){0, 0}, "the script's source is too large");
    script *s = script_new(in, text, name, hash);
    if (!s)
        return fail_memory(err);
    s->as_expression = as_expression;
    *out             = s;
    return compile(in, s, err);
}

/* ---- saved scripts ---- */

burin_status burin_script_save(burin_env *env, burin_text text, const char *name, char **bytes, size_t *len, burin_error *err)
{
    burin_compile_options options = burin_compile_options_default();
    options.interpreted           = true;
    return burin_script_compile(env, text, name, NULL, 0, &options, bytes, len, err);
}

burin_status burin_script_compile(burin_env *env, burin_text text, const char *name, const char *const *names, size_t count,
                                  const burin_compile_options *options, char **bytes, size_t *len, burin_error *err)
{
    script            *s      = NULL;
    saved_native       native = {0};
    buf                object = buf_make(env->alloc);
    burin_interpreter *in     = burin_interpreter_new(env, err);
    burin_status       status = in ? BURIN_OK : env->options.scripts ? BURIN_ERR_NOMEM : BURIN_ERR_USAGE;
    *bytes = NULL;
    *len   = 0;
    for (size_t n = 0; n < count && !status; n++)
        if (find_name(in, (burin_text){names[n], strlen(names[n])}) == UINT32_MAX && !add_name(in, (burin_text){names[n], strlen(names[n])}))
            status = fail_memory(err);
    if (!status)
        status = script_for(in, text, name, false, &s, err);
    if (!status)
        status = compile_script_natively(env, s->program, options, &object, &native, err);
    if (!status)
        status = saved_write(env, SAVED_SCRIPT, s->program, &s->src, 0, &native, bytes, len, err);
    buf_deinit(&object);
    burin_interpreter_free(in);
    return status;
}

static script *find_saved(const burin_interpreter *in, burin_text sum, uint32_t hash)
{
    for (script *s = in->slot_count ? in->slots[hash & (in->slot_count - 1)] : NULL; s; s = s->next)
        if (s->hash == hash && s->is_saved && text_equal(s->given, sum))
            return s;
    return NULL;
}

/* Has each name of the program the number in the session that it has in the program? Native code knows names by their numbers. */
static bool keeps_numbers(const burin_interpreter *in, const ir_program *program)
{
    uint32_t          count;
    const burin_text *names = codegen_globals(program, &count);
    for (uint32_t n = 0; n < count && n < in->name_count; n++)
        if (!text_equal(names[n], in->names[n]))
            return false;
    return true;
}

static burin_status load(burin_interpreter *in, script *s, const saved *from, burin_error *err)
{
    burin_status status = saved_program(in->env, from, &s->program, err);
    if (status)
        return status;
    if (keeps_numbers(in, s->program))
        saved_use_native(from, s->program);
    const char *wrong = image_join_session(s->program, in->names, in->name_count);
    if (wrong)
        return diag_fail(err, image_status(wrong, BURIN_ERR_LIMIT), &s->src, 0, (span){0, 0}, "%s", wrong);
    return take_names(in, s, err);
}

/* Is the whole language allowed? What a profile forbids cannot be seen in a program. */
static bool is_unrestricted(const script_profile *p) { return !p->without && !p->readonly_count && !p->builtins_readonly; }

static burin_status script_of_saved(burin_interpreter *in, burin_text bytes, script **out, burin_error *err)
{
    saved        from;
    burin_status status = saved_open(in->env, SAVED_SCRIPT, bytes, &from, err);
    if (status)
        return status;
    if (!is_unrestricted(&in->profile))
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "a saved script is not run under a profile that forbids something");
    burin_text     sum  = {(const char *)from.sum, sizeof from.sum};
    const uint32_t hash = rt_text_hash(sum);
    *out                = find_saved(in, sum, hash);
    if (*out)
        return BURIN_OK;
    script *s = script_new(in, sum, from.has_name ? from.name.data : NULL, hash);
    char   *text = s ? arena_copy(&in->memory, from.source) : NULL;
    if (!text)
        return fail_memory(err);
    s->src.text = (burin_text){text, from.source.len};
    s->is_saved = true;
    *out        = s;
    return keep_script(in, s, load(in, s, &from, err));
}

/* ---- running ---- */

static burin_status flush(rt_out *out)
{
    burin_interpreter *in     = out->sink;
    size_t             len    = (size_t)(out->next - out->data);
    burin_status       status = in->sink.write(in->sink.user, out->data, len);
    out->flushed += len;
    out->next = out->data;
    return status;
}

static void begin_output(burin_interpreter *in)
{
    rt_out *out  = &in->out;
    out->limit   = (size_t)in->limits.output;
    out->next    = out->data;
    if (out->data)
        out->end = out->data + (out->limit && out->limit < out->cap ? out->limit : out->cap);
    out->failed  = false;
    out->flushed = 0;
    out->flush   = in->sink.write ? flush : NULL;
    out->sink    = in;
}

/* Take the interpreter for a run. */
static burin_status claim(burin_interpreter *in, burin_value *result, burin_error *err)
{
    diag_begin(err);
    if (result)
        *result = rt_missing();
    if (in->runs)
        return fail_runs(err);
    in->runs = true;
    begin_output(in);
    return BURIN_OK;
}

/* Run `s` unless there is a `status` already. The end of what claim began. */
static burin_status run(burin_interpreter *in, script *s, burin_status status, burin_value *result, burin_error *err)
{
    burin_value value = rt_missing();
    if (!status && in->env->engine != BURIN_ENGINE_INTERP && !atomic_load_explicit(&s->jit_seen, memory_order_acquire))
        jit_first_use(subject_of(in, s));
    if (!status)
        status = vm_run_script(in->machine, &s->vm, &in->out, &value, err);
    if (status)
        suggest_for_script(in, err);
    if (in->sink.write && in->out.next > in->out.data) {
        burin_status written = flush(&in->out);
        if (written && !status)
            status = diag_fail(err, written, NULL, 0, (span){0, 0}, "the output could not be written");
    }
    if (!status && rt_whole(vm_state(in->machine), &value))
        status = host_state_report(vm_state(in->machine), err);
    if (result)
        *result = status ? rt_missing() : value;
    in->runs = false;
    return status;
}

burin_status burin_interpreter_run(burin_interpreter *in, burin_text text, const char *name, burin_value *result, burin_error *err)
{
    script      *s      = NULL;
    burin_status status = claim(in, result, err);
    if (status)
        return status;
    status = script_for(in, text, name, false, &s, err);
    return run(in, s, status, result, err);
}

burin_status burin_interpreter_run_saved(burin_interpreter *in, burin_text bytes, burin_value *result, burin_error *err)
{
    script      *s      = NULL;
    burin_status status = claim(in, result, err);
    if (status)
        return status;
    status = script_of_saved(in, bytes, &s, err);
    return run(in, s, status, result, err);
}

burin_status burin_interpreter_eval(burin_interpreter *in, burin_text text, burin_value *result, burin_error *err)
{
    script      *s      = NULL;
    burin_status status = claim(in, result, err);
    if (status)
        return status;
    status = script_for(in, text, NULL, true, &s, err);
    return run(in, s, status, result, err);
}

burin_text burin_interpreter_output(const burin_interpreter *in) { return (burin_text){in->out.data, (size_t)(in->out.next - in->out.data)}; }

void burin_interpreter_used(const burin_interpreter *in, burin_limits *used)
{
    vm_limits u = {0};
    vm_used(in->machine, &u);
    *used = (burin_limits){.steps = u.steps, .memory = u.memory, .output = in->out.flushed + burin_interpreter_output(in).len};
}

/* ---- variables ---- */

burin_status interpreter_put(burin_interpreter *in, const char *name, burin_value value)
{
    burin_text text = {name, strlen(name)};
    if (find_name(in, text) == UINT32_MAX && !add_name(in, text))
        return BURIN_ERR_NOMEM;
    burin_value *variables = vm_session_variables(in->machine, in->name_count);
    if (!variables)
        return BURIN_ERR_NOMEM;
    variables[find_name(in, text)] = value;
    return BURIN_OK;
}

burin_status interpreter_take(burin_interpreter *in, burin_value value, burin_value *out)
{
    rt_state *st   = vm_state(in->machine);
    st->heap.limit = (size_t)in->limits.memory;
    return rt_copy_out(st, value, &st->heap, out) ? host_state_report(st, NULL) : BURIN_OK;
}

burin_status burin_interpreter_set(burin_interpreter *in, const char *name, burin_value value)
{
    burin_value copy;
    if (in->runs)
        return BURIN_ERR_USAGE;
    burin_status status = interpreter_take(in, value, &copy);
    return status ? status : interpreter_put(in, name, copy);
}

burin_value burin_interpreter_get(burin_interpreter *in, const char *name)
{
    uint32_t     at        = find_name(in, (burin_text){name, strlen(name)});
    burin_value *variables = vm_session_variables(in->machine, in->name_count);
    burin_value  value     = at == UINT32_MAX || !variables ? rt_missing() : variables[at];
    rt_state    *st        = vm_state(in->machine);
    if (rt_whole(st, &value)) { /* memory is out */
        rt_clear_error(st);
        return rt_missing();
    }
    return value;
}

burin_status burin_interpreter_names(burin_interpreter *in, burin_status (*emit)(void *user, burin_text name), void *user)
{
    burin_value *variables = vm_session_variables(in->machine, in->name_count);
    burin_status status    = BURIN_OK;
    burin_text   name;
    for (uint32_t n = 0; variables && n < in->name_count && !status; n++)
        if (variables[n].kind != BURIN_MISSING)
            status = emit(user, in->names[n]);
    for (uint32_t at = 0; !status && rt_names_next(in->env->rt.python, &at, &name);)
        status = emit(user, name);
    return status;
}

/* What the name stands for: a variable, or else a builtin; MISSING: neither. */
static burin_value named(burin_interpreter *in, burin_text name)
{
    const burin_value *variables = vm_session_variables(in->machine, in->name_count), *builtin;
    uint32_t           at        = find_name(in, name);
    if (variables && at != UINT32_MAX && variables[at].kind != BURIN_MISSING)
        return variables[at];
    builtin = rt_names_value(in->env->rt.python, name);
    return builtin ? *builtin : rt_missing();
}

burin_status burin_interpreter_attributes(burin_interpreter *in, burin_text name, burin_status (*emit)(void *user, burin_text name), void *user)
{
    rt_state         *st     = vm_state(in->machine);
    const burin_value value  = named(in, name);
    const rt_layout  *layout = value.kind == BURIN_STRUCT ? rt_layout_of(st, value) : NULL;
    burin_status      status = BURIN_OK;
    burin_text        attribute;
    for (uint32_t n = 0; layout && !layout->is_array && n < layout->count && !status; n++)
        status = emit(user, layout->members[n].name);
    for (uint32_t at = 0; !status && rt_method_next(st, value, &at, &attribute);)
        status = emit(user, attribute);
    return status;
}
