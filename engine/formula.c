/* Formulas: an expression, its program, and a machine whose variables are the slots. */
#include "burin/formula.h"

#include "codegen/vm/vm.h"
#include "engine/environment.h"
#include "engine/formula.h"
#include "engine/formula_kernel.h"
#include "engine/jit.h"
#include "engine/saved.h"
#include "parser/script.h"
#include "runtime/base/diag.h"
#include "runtime/bigint.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

struct burin_formula {
    burin_env   *env; /* counted */
    vm          *machine;
    ir_program  *program;
    vm_template  vm;
    source       src;
    arena        memory; /* the text and the names */
    rt_out       out;    /* what the expression prints, which nobody sees */
    const burin_text *names; /* of the slots, and maybe more */
    uint32_t     slot_count;
    atomic_bool  jit_seen; /* its first use has been noted (jit.c), or nothing is compiled */
    formula_kernels       kernels;
    uint32_t              kernels_after; /* evaluations by the machine, then kernels are made; UINT32_MAX: never */
    bool                  by_machine;    /* it evaluated last; else the current kernel did */
    bool                  runs;          /* the machine; a host function that it calls may call back */
    kernel_slots_function fast, fast_doubles; /* native code of the current kernel, if it gives a float, of values and of doubles; else by_values.failed ... */
    kernel_caller         by_values, by_doubles; /* ... and what takes over */
    burin_value          *boxed;        /* slots that are doubles, for the machine */
};

enum { KERNELS_AFTER = 2 };

static burin_status fail_memory(burin_error *err)
{
    return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
}

/* ---- life ---- */

static burin_status no_template(void *user, rt_state *st, burin_text name, const vm_template *parent, const vm_template **out, burin_error *err)
{
    (void)user, (void)name, (void)parent, (void)out, (void)err;
    return rt_fail(st, BURIN_ERR_TYPE, "no loader for this environment specified");
}

static bool copy_names(burin_formula *f, const char *const *names, size_t count)
{
    burin_text *copies = arena_alloc(&f->memory, (count > 0 ? count : 1) * sizeof *copies);
    f->names           = copies;
    f->slot_count      = (uint32_t)count;
    for (size_t n = 0; copies && n < count; n++) {
        size_t len = strlen(names[n]);
        copies[n]  = (burin_text){arena_copy(&f->memory, (burin_text){names[n], len}), len};
        if (!copies[n].data)
            return false;
    }
    return copies != NULL;
}

static jit_subject subject_of(burin_formula *f)
{
    return (jit_subject){.env = f->env, .program = f->program, .seen = &f->jit_seen};
}

static void charge(void *user, const vm_template *tpl, const struct ir_unit *unit, uint64_t ns)
{
    (void)tpl;
    jit_charge(subject_of(user), unit, ns);
}

typedef burin_status (*parser)(arena *a, const source *src, const script_options *options, ast_node **out, burin_error *err);

static burin_status parse_and_compile(burin_formula *f, arena *scratch, burin_text text, parser parse, burin_error *err)
{
    burin_env      *env     = f->env;
    script_options  options = env_script_options(env);
    codegen_options how     = {.env = &env->rt, .optimized = env->options.optimized};
    ast_node       *tree;
    burin_text      given = {arena_copy(&f->memory, text), text.len};

    if (!given.data || !script_normalize(&f->memory, given, &f->src.text))
        return fail_memory(err);
    burin_status status = parse(scratch, &f->src, &options, &tree, err);
    if (status)
        return status;
    return codegen_compile_script(&how, &f->src, tree, f->names, f->slot_count, scratch, env->alloc, &f->program, err);
}

/* It has its program. */
static burin_status make_machine(burin_formula *f, burin_error *err)
{
    const burin_limits *l = &f->env->options.limits;
    f->machine = vm_new(&f->env->rt, f->env->alloc,
                        &(vm_host){.user = f, .get_template = no_template, .sample = f->env->engine == BURIN_ENGINE_AUTO ? charge : NULL});
    if (!f->machine)
        return fail_memory(err);
    f->vm = (vm_template){.program = f->program, .src = &f->src};
    vm_set_limits(f->machine, &(vm_limits){l->steps, l->memory, l->output, l->time_ns, l->depth});
    rt_out_init(&f->out, vm_state(f->machine), 0);
    vm_formula_begin(f->machine, &f->vm);
    return BURIN_OK;
}

static burin_status compile(burin_formula *f, burin_text text, parser parse, burin_error *err)
{
    bool         is_shared;
    arena        scratch = env_take_scratch(f->env, &is_shared);
    burin_status status  = parse_and_compile(f, &scratch, text, parse, err);

    env_return_scratch(f->env, &scratch, is_shared);
    return status ? status : make_machine(f, err);
}

static uint32_t double_slow(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more);
static uint32_t doubles_slow(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more);

static void forget_native_code(burin_formula *f)
{
    f->fast         = double_slow;
    f->fast_doubles = doubles_slow;
}

/* Without a program. */
static burin_formula *formula_new(burin_env *env, burin_error *err)
{
    diag_begin(err);
    if (!env->options.scripts) {
        diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "the environment was made without options.scripts");
        return NULL;
    }
    burin_formula *f = base_alloc(env->alloc, sizeof *f);
    env_freeze(env);
    if (!f) {
        fail_memory(err);
        return NULL;
    }
    memset(f, 0, sizeof *f);
    f->env    = burin_env_ref(env);
    f->memory = arena_make(env->alloc);
    atomic_init(&f->jit_seen, env->engine == BURIN_ENGINE_INTERP);
    formula_kernels_init(&f->kernels, env->alloc);
    f->kernels_after = UINT32_MAX;
    f->by_machine    = true;
    f->by_values     = (kernel_caller){double_slow, f};
    f->by_doubles    = (kernel_caller){doubles_slow, f};
    forget_native_code(f);
    return f;
}

static burin_formula *compile_new(burin_env *env, burin_text text, parser parse, const char *const *names, size_t count, burin_error *err)
{
    burin_formula *f = formula_new(env, err);
    if (!f)
        return NULL;
    if (!copy_names(f, names, count))
        fail_memory(err);
    else if (!compile(f, text, parse, err))
        return f;
    burin_formula_free(f);
    return NULL;
}

burin_formula *burin_formula_compile(burin_env *env, burin_text text, const char *const *names, size_t count, burin_error *err)
{
    burin_formula *f = compile_new(env, text, parse_script_expression, names, count, err);
    if (f)
        f->kernels_after = KERNELS_AFTER;
    return f;
}

burin_formula *formula_compile_script(burin_env *env, burin_text text, const char *const *names, size_t count, burin_error *err)
{
    return compile_new(env, text, parse_script, names, count, err);
}

static burin_status load(burin_formula *f, burin_text bytes, burin_error *err)
{
    saved        from;
    burin_status status = saved_open(f->env, SAVED_FORMULA, bytes, &from, err);
    if (status)
        return status;
    f->src.text   = (burin_text){arena_copy(&f->memory, from.source), from.source.len};
    f->slot_count = from.slot_count;
    if (!f->src.text.data)
        return fail_memory(err);
    uint32_t names;
    if ((status = saved_program(f->env, &from, &f->program, err)))
        return status;
    f->names         = codegen_globals(f->program, &names); /* the slots come first */
    f->kernels_after = KERNELS_AFTER;
    return make_machine(f, err);
}

burin_formula *burin_formula_load(burin_env *env, burin_text bytes, burin_error *err)
{
    burin_formula *f = formula_new(env, err);
    if (f && load(f, bytes, err)) {
        burin_formula_free(f);
        return NULL;
    }
    return f;
}

burin_status burin_formula_save(const burin_formula *f, char **bytes, size_t *len, burin_error *err)
{
    *bytes = NULL;
    *len   = 0;
    diag_begin(err);
    return saved_write(f->env, SAVED_FORMULA, f->program, &f->src, f->slot_count, NULL, bytes, len, err);
}

void burin_formula_free(burin_formula *f)
{
    if (!f)
        return;
    burin_env *env = f->env;
    if (f->machine) {
        rt_out_deinit(&f->out);
        vm_free(f->machine);
    }
    if (f->program) {
        jit_forget(env, f->program);
        jit_tell_cold(subject_of(f));
        codegen_free(f->program);
    }
    formula_kernels_free(&f->kernels);
    arena_deinit(&f->memory);
    base_free(env->alloc, f, sizeof *f);
    burin_env_unref(env);
}

rt_state *formula_state(burin_formula *f) { return vm_state(f->machine); }
bool      formula_runs(const burin_formula *f) { return f->runs; }

void formula_without_kernels(burin_formula *f) { f->kernels_after = UINT32_MAX; }

/* ---- evaluating ---- */

/* The machine has evaluated. */
static void choose_kernel(burin_formula *f, const burin_value *slots)
{
    vm_limits used = {0};
    if (f->kernels_after > 1) {
        f->kernels_after -= f->kernels_after != UINT32_MAX;
        return;
    }
    vm_used(f->machine, &used);
    formula_kernel_choose(&f->kernels, &(formula_source){f->env, &f->src, f->names, f->slot_count}, slots, used.steps, used.memory);
}

/* Where kernels are made the program is compiled once it turns out that it runs nevertheless: there is none, or it has failed. */
static bool needs_native_program(const burin_formula *f) { return f->kernels_after == UINT32_MAX || f->kernels.count > 0; }

static burin_status eval_by_machine(burin_formula *f, const burin_value *slots, burin_value *out, burin_error *err)
{
    *out = rt_missing();
    if (f->runs)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "the formula is in the middle of another evaluation");
    f->by_machine = f->runs = true;
    forget_native_code(f);
    if (f->kernels.current)
        formula_kernel_missed(&f->kernels);
    f->out.next = f->out.data;
    if (BURIN_UNLIKELY(!atomic_load_explicit(&f->jit_seen, memory_order_acquire)) && needs_native_program(f))
        jit_first_use(subject_of(f));
    burin_status status = vm_run_formula(f->machine, slots, f->slot_count, &f->out, out, err);
    f->runs             = false;
    if (!status && rt_whole(vm_state(f->machine), out))
        return host_state_report(vm_state(f->machine), err);
    if (!status)
        choose_kernel(f, slots);
    return status;
}

/* By the current kernel; false: the machine has to. */
static inline bool eval_by_kernel(burin_formula *f, const burin_value *slots, kernel_cell *value, burin_error *err)
{
    diag_begin(err);
    if (!f->kernels.current || BURIN_UNLIKELY(!formula_kernel_run(&f->kernels, slots, value)))
        return false;
    f->by_machine = false;
    return true;
}

burin_status burin_formula_eval(burin_formula *f, const burin_value *slots, burin_value *out, burin_error *err)
{
    kernel_cell value;
    if (!eval_by_kernel(f, slots, &value, err))
        return eval_by_machine(f, slots, out, err);
    uint8_t kind = f->kernels.current->kind;
    *out         = kind == BURIN_FLOAT ? burin_float(value.f) : kind == BURIN_INT ? burin_int(value.i) : burin_bool(value.i);
    return BURIN_OK;
}

static burin_status fail_kind(burin_error *err, const char *wanted, burin_value value)
{
    return diag_fail(err, BURIN_ERR_TYPE, NULL, 0, (span){0, 0}, "the formula's value must be %s, not %s", wanted, burin_type_name(value));
}

burin_status formula_as_double(burin_value value, double *out, burin_error *err)
{
    if (value.kind == BURIN_FLOAT)
        *out = value.as.f;
    else if (value.kind == BURIN_INT || value.kind == BURIN_BOOL)
        *out = (double)value.as.i;
    else if (value.kind != BURIN_BIGINT)
        return fail_kind(err, "a number", value);
    else if (!rt_int_to_double(value, out))
        return diag_fail(err, BURIN_ERR_OVERFLOW, NULL, 0, (span){0, 0}, "int too large to convert to float");
    return BURIN_OK;
}

burin_status formula_as_int64(burin_value value, int64_t *out, burin_error *err)
{
    if (value.kind == BURIN_BIGINT)
        return diag_fail(err, BURIN_ERR_OVERFLOW, NULL, 0, (span){0, 0}, "int too large to convert to 64 bits");
    if (value.kind != BURIN_INT && value.kind != BURIN_BOOL)
        return fail_kind(err, "an int", value);
    *out = value.as.i;
    return BURIN_OK;
}

burin_status formula_as_bool(burin_formula *f, burin_value value, bool *out, burin_error *err)
{
    return rt_is_true(vm_state(f->machine), value, out) ? host_state_report(vm_state(f->machine), err) : BURIN_OK;
}

burin_status formula_as_text(burin_value value, burin_text *out, burin_error *err)
{
    if (value.kind != BURIN_STRING)
        return fail_kind(err, "a str", value);
    *out = burin_text_of(value);
    return BURIN_OK;
}

static uint32_t double_slow(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more)
{
    burin_formula *f   = caller->user;
    burin_error   *err = more;
    burin_value    value;
    kernel_cell    number;
    if (eval_by_kernel(f, slots, &number, err)) {
        kernel_slots_function native = formula_kernel_values(&f->kernels);
        result->f                    = f->kernels.current->kind == BURIN_FLOAT ? number.f : (double)number.i;
        f->fast                      = native ? native : double_slow;
        return BURIN_OK;
    }
    burin_status status = eval_by_machine(f, slots, &value, err);
    return status ? status : formula_as_double(value, &result->f, err);
}

static uint32_t doubles_slow(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more)
{
    burin_formula *f      = caller->user;
    const double  *floats = slots;
    if (formula_kernel_run_doubles(&f->kernels, floats, result)) {
        kernel_slots_function native = formula_kernel_doubles(&f->kernels, f->env);
        f->by_machine                = false;
        f->fast_doubles              = native ? native : doubles_slow;
        return BURIN_OK;
    }
    if (!f->boxed && !(f->boxed = arena_alloc(&f->memory, (f->slot_count + 1) * sizeof *f->boxed)))
        return fail_memory(more);
    for (uint32_t n = 0; n < f->slot_count; n++)
        f->boxed[n] = burin_float(floats[n]);
    return double_slow(&f->by_values, f->boxed, result, more);
}

/* An error is left from an earlier call. They are no part of the functions below, which so need no frame. */
static __attribute__((noinline, cold)) burin_status double_after_error(burin_formula *f, const burin_value *slots, double *out, burin_error *err)
{
    burin_error_clear(err);
    return burin_formula_double(f, slots, out, err);
}

static __attribute__((noinline, cold)) burin_status doubles_after_error(burin_formula *f, const double *slots, double *out, burin_error *err)
{
    burin_error_clear(err);
    return burin_formula_doubles(f, slots, out, err);
}

burin_status burin_formula_double(burin_formula *f, const burin_value *slots, double *out, burin_error *err)
{
    if (BURIN_LIKELY(err != NULL) && BURIN_UNLIKELY(err->status))
        return double_after_error(f, slots, out, err);
    return (burin_status)f->fast(&f->by_values, slots, (kernel_cell *)(void *)out, err);
}

burin_status burin_formula_doubles(burin_formula *f, const double *slots, double *out, burin_error *err)
{
    if (BURIN_LIKELY(err != NULL) && BURIN_UNLIKELY(err->status))
        return doubles_after_error(f, slots, out, err);
    return (burin_status)f->fast_doubles(&f->by_doubles, slots, (kernel_cell *)(void *)out, err);
}

burin_status burin_formula_int64(burin_formula *f, const burin_value *slots, int64_t *out, burin_error *err)
{
    burin_value  value;
    burin_status status = burin_formula_eval(f, slots, &value, err);
    return status ? status : formula_as_int64(value, out, err);
}

burin_status burin_formula_bool(burin_formula *f, const burin_value *slots, bool *out, burin_error *err)
{
    burin_value  value;
    burin_status status = burin_formula_eval(f, slots, &value, err);
    return status ? status : formula_as_bool(f, value, out, err);
}

burin_status burin_formula_text(burin_formula *f, const burin_value *slots, burin_text *out, burin_error *err)
{
    burin_value  value;
    burin_status status = burin_formula_eval(f, slots, &value, err);
    return status ? status : formula_as_text(value, out, err);
}

void burin_formula_used(const burin_formula *f, burin_limits *used)
{
    vm_limits u = {0};

    if (f->by_machine)
        vm_used(f->machine, &u);
    else
        u = (vm_limits){.steps = f->kernels.current->steps, .memory = f->kernels.current->memory};
    *used = (burin_limits){.steps = u.steps, .memory = u.memory};
}
