/* The machine: made once, run many times. Every run starts from a fresh heap and leaves nothing behind but memory kept
 * for the next one; whatever happens, the machine can be used again. */
#include "codegen/vm/machine.h"
#include "codegen/vm/unit.h"

#include "runtime/base/clock.h"
#include "runtime/base/nearest.h"

/* ---- the root of a run ---- */

static void root_init(vm *m)
{
    vm_root *root = &m->root;
    root->number        = ROOT_OF_NONE;
    root->frame.m       = m;
    root->frame.context = &root->context;
    root->context.mode  = &root->mode;
}

static void root_free(vm *m)
{
    base_free(m->st.env->alloc, m->root.registers, m->root.register_count * sizeof *m->root.registers);
}

static burin_status take_registers(vm *m, uint32_t count)
{
    burin_value *registers = base_alloc(m->st.env->alloc, count * sizeof *registers);
    if (!registers)
        return rt_fail(&m->st, BURIN_ERR_NOMEM, "out of memory");
    root_free(m);
    m->root.frame.regs     = m->root.registers = registers;
    m->root.register_count = count;
    return BURIN_OK;
}

/* Another template than in the last run. */
static __attribute__((noinline)) burin_status root_change(vm *m, const vm_template *tpl)
{
    const ir_program *program = tpl->program;
    vm_root          *root    = &m->root;
    vm_frame         *f       = &root->frame;
    root->number          = ROOT_OF_NONE;
    root->plain           = !program->units[0]->captured && !program->has_extends && !program->native;
    root->chain[0]        = tpl;
    root->context.tpl     = tpl;
    root->context.globals = tpl->globals;
    root->context.chain   = root->chain;
    root->context.chain_len = 1;
    root->context.chain_cap = VM_CHAIN_SHORT;
    f->unit      = program->units[0];
    f->program   = program;
    f->tpl       = tpl;
    f->constants = program->constants;
    f->parent    = NULL;
    f->caches    = vm_caches(m, program);
    if (!f->caches)
        return rt_fail_memory(&m->st);
    if (f->unit->registers > root->register_count && take_registers(m, f->unit->registers))
        return m->st.status;
    if (tpl->number)
        root->number = tpl->number;
    return BURIN_OK;
}

/* Inner units may read registers that the root has not set; what it extended is another matter in each run; what is printed natively is kept. */
static __attribute__((noinline)) burin_status root_renew(vm *m)
{
    vm_frame   *f = &m->root.frame;
    vm_context *c = &m->root.context;
    if (f->unit->registers)
        memset(f->regs, 0, f->unit->registers * sizeof *f->regs);
    f->parent    = NULL;
    c->chain     = m->root.chain;
    c->chain_len = 1;
    c->chain_cap = VM_CHAIN_SHORT;
    return f->program->native ? rt_list_new(&m->st, BURIN_LIST, 8, &m->pieces) : BURIN_OK;
}

/* A run of the root begins; its template's variables are there. */
static inline burin_status root_begin(vm *m, const vm_template *tpl)
{
    vm_frame   *f = &m->root.frame;
    vm_context *c = &m->root.context;
    if (BURIN_UNLIKELY(m->root.number != tpl->number) && root_change(m, tpl))
        return m->st.status;
    f->out    = m->out;
    f->pc     = 0;
    c->vars   = NULL;
    c->hidden = NULL;
    m->root.mode.autoescape = f->program->autoescape;
    return BURIN_LIKELY(m->root.plain) ? BURIN_OK : root_renew(m);
}

/* Run it. */
static inline burin_status root_run(vm *m)
{
    vm_frame *f         = &m->root.frame;
    m->frame            = f;
    m->st.depth         = 1;
    m->st.autoescape    = m->root.mode.autoescape;
    burin_status status = vm_run_unit(f);
    m->st.autoescape    = false;
    m->frame            = NULL;
    if (BURIN_UNLIKELY(!m->root.plain) && f->parent && !status)
        status = vm_run_roots(m, f->parent, &m->root.context, &f->result);
    m->st.depth = 0;
    return status;
}

/* ---- machines ---- */

vm *vm_new(const rt_env *env, const burin_allocator *alloc, const vm_host *host)
{
    vm *m = base_alloc(alloc, sizeof *m);
    if (!m)
        return NULL;
    memset(m, 0, sizeof *m);
    heap_init(&m->st.heap, alloc, 0);
    m->st.env           = env;
    m->st.message       = buf_make(alloc);
    m->st.vm            = m;
    m->st.find_variable = vm_find_variable;
    m->host             = *host;
    m->contexts         = arena_make(alloc);
    root_init(m);
    vm_set_limits(m, &(vm_limits){0});
#if defined(BURIN_COLLECT_ALWAYS)
    m->collects_always  = true;
#endif
    return m;
}

void vm_free(vm *m)
{
    if (!m)
        return;
    const burin_allocator *alloc = m->st.env->alloc;
    vm_stack_free(m);
    vm_caches_free(m);
    vm_globals_free(m);
    vm_trace_free(m);
    root_free(m);
    arena_deinit(&m->contexts);
    heap_deinit(&m->st.heap);
    buf_deinit(&m->st.message);
    base_free(alloc, m->st.ready, m->st.ready_size);
    base_free(alloc, m, sizeof *m);
}

_Static_assert(offsetof(vm, st) == 0, "vm_state says so");

void vm_set_limits(vm *m, const vm_limits *limits)
{
    rt_state      *st   = &m->st;
    const uint32_t most = st->env->depth_max; /* which the C stack has room for */
    m->limits           = *limits;
    st->heap.limit      = limits->memory;
    st->depth_max       = limits->depth && limits->depth < most ? limits->depth : most;
    st->steps_max       = limits->steps;
    st->time_ns_max     = limits->time_ns;
    st->deadline_ns     = 0;
    m->steps_given      = limits->steps ? limits->steps : UINT64_MAX;
    m->steps_begin      = m->steps_given - (m->steps_given == UINT64_MAX ? 0 : VM_TICKS);
    m->looks            = m->host.sample || limits->time_ns || m->steps_given <= VM_TICKS;
    st->steps_left      = m->steps_given;
}

void vm_begin_looking(vm *m)
{
    rt_state *st   = &m->st;
    st->steps_left = m->steps_given;
    st->tick       = st->tick_from = 1;
    if (m->limits.time_ns)
        st->deadline_ns = monotonic_ns() + m->limits.time_ns;
    if (m->host.sample)
        vm_profile_begin(m);
}

static inline void begin(vm *m, rt_out *out, burin_error *err)
{
    vm_begin(m, out, err);
    heap_reset(&m->st.heap);
}

/* What a run is given is in the machine before anything else happens, so that nothing has to be kept for later. */
static inline burin_status begin_root(vm *m, const vm_template *tpl, burin_value vars, rt_out *out, burin_error *err)
{
    m->root.context.base = vars;
    begin(m, out, err);
    return root_begin(m, tpl);
}

static inline burin_status run_root(vm *m, const vm_template *tpl, burin_value vars, rt_out *out, burin_error *err)
{
    burin_status status = begin_root(m, tpl, vars, out, err);
    return BURIN_UNLIKELY(status) ? status : root_run(m);
}

burin_status vm_end_slow(vm *m, burin_status status)
{
    if (m->host.sample)
        vm_profile_end(m);
    if (m->captures && m->out) { /* a failure: what they have captured is nowhere */
        m->out->next  = m->out->data + m->held_from;
        m->out->flush = m->held_flush;
    }
    m->captures = 0;
    if (!status && m->bad_piece) {
        status = vm_bad_piece(m);
        vm_locate_at(m, m->bad_place);
    }
    if (status)
        vm_report(m);
    m->err = NULL;
    m->out = NULL;
    return status;
}

/* Of a native template: the text of its value. */
static __attribute__((noinline)) burin_status write_pieces(vm *m)
{
    burin_value  value;
    burin_status status = vm_native_concat(m, 0, &value);
    return status ? status : rt_write_str(&m->st, m->out, value);
}

burin_status vm_render(vm *m, const vm_template *tpl, burin_value vars, rt_out *out, burin_error *err)
{
    burin_status status = run_root(m, tpl, vars, out, err);
    if (BURIN_UNLIKELY(!m->root.plain) && !status && m->root.frame.program->native)
        status = write_pieces(m);
    return vm_end(m, status);
}

burin_status vm_render_value(vm *m, const vm_template *tpl, burin_value vars, burin_value *out, burin_error *err)
{
    rt_out text;
    rt_out_init(&text, &m->st, 0);
    burin_status status = run_root(m, tpl, vars, &text, err);
    if (!status && tpl->program->native)
        status = vm_native_concat(m, 0, out);
    else if (!status)
        status = rt_out_take(&text, 0, out);
    status = vm_end(m, status);
    rt_out_deinit(&text);
    return status;
}

/* The blocks of a template are known once it and those it extends have run: what that prints is dropped. */
static burin_status run_for_blocks(vm *m, const vm_template *tpl)
{
    burin_value dropped;
    if (!tpl->program->has_extends)
        return BURIN_OK;
    size_t       from   = vm_capture(m);
    burin_status status = root_run(m);
    return status ? status : vm_captured(m, false, from, false, &dropped);
}

/* The host asks for a part that the template does not have. */
static burin_status fail_absent(vm *m, burin_status status, const char *what, burin_text name)
{
    const char *of = m->root.context.tpl->name;
    return rt_fail(&m->st, status, "the template%s%s%s has no %s '%.*s'", of ? " '" : "", of ? of : "", of ? "'" : "", what, (int)name.len, name.data);
}

static void near_blocks(const vm_context *context, burin_text name, nearest *near)
{
    bool may = nearest_start(near, name);
    for (uint32_t n = 0; may && n < context->chain_len; n++) {
        const ir_program *program = context->chain[n]->program;
        for (uint32_t k = 0; k < program->block_count; k++)
            nearest_consider(near, program->units[program->blocks[k]]->name);
    }
}

static void near_macros(const ir_program *program, burin_text name, nearest *near)
{
    bool may = nearest_start(near, name);
    for (uint32_t n = 0; may && n < program->macro_count; n++)
        nearest_consider(near, program->macros[n].name);
}

burin_status vm_render_block(vm *m, const vm_template *tpl, burin_text block, burin_value vars, rt_out *out, burin_error *err)
{
    nearest      near   = nearest_nothing;
    burin_status status = begin_root(m, tpl, vars, out, err);
    if (!status)
        status = run_for_blocks(m, tpl);
    if (!status && vm_block_is_there(&m->root.context, block)) {
        status = vm_block_print(m, &m->root.context, block, 0);
    } else if (!status) {
        near_blocks(&m->root.context, block, &near);
        status = fail_absent(m, BURIN_ERR_KEY, "block", block);
    }
    status = vm_end(m, status);
    nearest_suggest(&near, err);
    return status;
}

burin_status vm_render_macro(vm *m, const vm_template *tpl, burin_text macro, const burin_value *args, size_t count, burin_value vars, rt_out *out,
                             burin_error *err)
{
    burin_value  dropped, callee;
    rt_arguments arguments = {.positional = args, .count = (uint32_t)count};
    nearest      near      = nearest_nothing;
    burin_status status = begin_root(m, tpl, vars, out, err);
    size_t       from   = vm_capture(m);
    if (!status)
        status = root_run(m);
    if (!status)
        status = vm_captured(m, false, from, false, &dropped);
    if (!status) {
        callee = vm_resolve(m, &m->root.context, macro, rt_text_hash(macro));
        if (vm_macro_of(callee)) {
            status = vm_macro_print(m, vm_macro_of(callee), &arguments);
        } else {
            near_macros(tpl->program, macro, &near);
            status = fail_absent(m, BURIN_ERR_ATTRIBUTE, "macro", macro);
        }
    }
    status = vm_end(m, status);
    nearest_suggest(&near, err);
    return status;
}

burin_status vm_write_str(vm *m, burin_value value, rt_out *out, burin_error *err)
{
    begin(m, out, err);
    return vm_end(m, rt_write_str(&m->st, out, value));
}

burin_status vm_eval(vm *m, const vm_template *expr, burin_value vars, burin_value *out, burin_error *err)
{
    rt_out text;
    rt_out_init(&text, &m->st, 0);
    m->root.frame.result = rt_missing();
    burin_status status  = run_root(m, expr, vars, &text, err);
    *out                 = m->root.frame.result;
    status = vm_end(m, status);
    rt_out_deinit(&text);
    return status;
}

void vm_used(const vm *m, vm_limits *used)
{
    uint64_t left = m->st.steps_left == UINT64_MAX ? UINT64_MAX : m->st.steps_left + m->st.tick;
    *used         = (vm_limits){.steps = m->steps_given - left, .memory = m->st.heap.held};
}
