/* Frames: entering units, counting steps, capturing output. */
#include "codegen/vm/machine.h"
#include "codegen/vm/unit.h"

/* ---- registers ---- */

static stack_chunk *chunk_new(vm *m, size_t count)
{
    enum { USUAL = 2048 };
    stack_chunk *chunk = m->spare;
    if (chunk && chunk->size >= count) {
        m->spare    = NULL;
        chunk->used = 0;
        return chunk;
    }
    size_t size = count > USUAL ? count : USUAL;
    chunk       = base_alloc(m->st.env->alloc, sizeof *chunk + size * sizeof(burin_value));
    if (chunk)
        *chunk = (stack_chunk){.size = size};
    return chunk;
}

static void chunk_free(vm *m, stack_chunk *chunk)
{
    base_free(m->st.env->alloc, chunk, sizeof *chunk + chunk->size * sizeof(burin_value));
}

burin_value *vm_push_registers_slow(vm *m, uint32_t count)
{
    stack_chunk *chunk = chunk_new(m, count);
    if (!chunk)
        return NULL;
    chunk->older = m->chunks;
    chunk->used  = count;
    m->chunks    = chunk;
    return chunk->registers;
}

void vm_drop_chunk(vm *m)
{
    stack_chunk *chunk = m->chunks;
    if (!chunk->older)
        return;
    m->chunks = chunk->older;
    if (m->spare)
        chunk_free(m, m->spare);
    m->spare = chunk;
}

void vm_stack_free(vm *m)
{
    while (m->chunks) {
        stack_chunk *older = m->chunks->older;
        chunk_free(m, m->chunks);
        m->chunks = older;
    }
    if (m->spare)
        chunk_free(m, m->spare);
    m->spare = NULL;
}

/* ---- entering ---- */

/* Run a frame whose registers are ready; the machine is back in the caller's frame afterwards. */
static inline burin_status run_frame(vm *m, vm_frame *f)
{
    bool was  = m->st.autoescape;
    f->caller = m->frame;
    m->frame  = f;
    m->st.autoescape    = f->context->mode->autoescape;
    burin_status status = vm_run_unit(f);
    m->st.autoescape    = was;
    m->frame            = f->caller;
    return status;
}

/* False when memory is out. */
static BURIN_INLINE bool frame_init(vm_frame *f, vm *m, const vm_call *call, burin_value *regs)
{
    f->m         = m;
    f->unit      = call->unit;
    f->program   = call->program;
    f->tpl       = call->tpl;
    f->regs      = regs;
    f->constants = call->program->constants;
    f->out       = m->out;
    f->outer     = call->outer;
    f->context   = call->context;
    f->caches    = call->caches ? call->caches : vm_caches(m, call->program);
    f->parent    = NULL;
    f->result    = rt_missing();
    f->pc        = 0;
    f->parked    = false;
    f->globals   = m->globals.values;
    return f->caches != NULL;
}

static inline void set_parameters(const vm_call *call, burin_value *regs)
{
    for (uint32_t n = 0; n < call->count; n++)
        rt_copy_words(&regs[n], &call->args[n]); /* which native code has just made */
    for (uint32_t n = call->count; n < call->unit->parameters; n++)
        regs[n] = rt_missing();
}

/* A frame that inner units may read after it has ended: in the heap. */
static __attribute__((noinline)) burin_status enter_captured(vm *m, const vm_call *call, burin_value *result, const vm_template **parent)
{
    uint32_t  count = call->unit->registers;
    vm_frame *f     = heap_alloc(&m->st.heap, sizeof *f + count * sizeof(burin_value));
    if (!f)
        return rt_fail_memory(&m->st);
    burin_value *regs = (burin_value *)(void *)(f + 1);
    memset(regs, 0, count * sizeof *regs);
    if (!frame_init(f, m, call, regs))
        return rt_fail_memory(&m->st);
    set_parameters(call, regs);
    burin_status status = run_frame(m, f);
    *result             = f->result;
    *parent             = f->parent;
    return status;
}

/* Into its callers, so that a root's call is never laid out in memory. */
static BURIN_INLINE burin_status enter_plain(vm *m, const vm_call *call, burin_value *result, const vm_template **parent)
{
    burin_value *regs = vm_push_registers(m, call->unit->registers);
    if (!regs)
        return rt_fail(&m->st, BURIN_ERR_NOMEM, "out of memory");
    vm_frame     f;
    burin_status status = frame_init(&f, m, call, regs) ? BURIN_OK : rt_fail_memory(&m->st);
    set_parameters(call, regs);
    if (!status)
        status = run_frame(m, &f);
    *result = f.result;
    *parent = f.parent;
    vm_pop_registers(m, call->unit->registers);
    return status;
}

burin_status vm_enter(vm *m, const vm_call *call, burin_value *result)
{
    const vm_template *parent = NULL;
    burin_status       status = rt_enter_fast(&m->st);
    if (status)
        return status;
    status = call->unit->captured ? enter_captured(m, call, result, &parent) : enter_plain(m, call, result, &parent);
    rt_leave(&m->st);
    return status;
}

static BURIN_INLINE vm_call call_of_macro(const vm_macro *macro, const burin_value *args, uint32_t count)
{
    return (vm_call){.unit = macro->program->units[macro->row->unit], .program = macro->program, .tpl = macro->tpl, .outer = macro->outer,
                     .context = macro->context, .caches = macro->caches, .args = args, .count = count};
}

/* Calls of macros and roots are laid out in memory only where the frame lies in the heap. */
static __attribute__((noinline)) burin_status enter_captured_macro(vm *m, const vm_macro *macro, const burin_value *args, uint32_t count)
{
    vm_call            call   = call_of_macro(macro, args, count);
    const vm_template *parent = NULL;
    burin_value        result;
    return enter_captured(m, &call, &result, &parent);
}

burin_status vm_enter_macro(vm *m, const vm_macro *macro, const burin_value *args, uint32_t count)
{
    vm_call            call   = call_of_macro(macro, args, count);
    const vm_template *parent = NULL;
    burin_value        result;
    burin_status       status = rt_enter_fast(&m->st);
    if (status)
        return status;
    status = call.unit->captured ? enter_captured_macro(m, macro, args, count) : enter_plain(m, &call, &result, &parent);
    rt_leave(&m->st);
    return status;
}

static __attribute__((noinline)) burin_status enter_captured_root(vm *m, const vm_template *tpl, vm_context *context, burin_value *result,
                                                                  const vm_template **parent)
{
    vm_call call = {.unit = tpl->program->units[0], .program = tpl->program, .tpl = tpl, .context = context};
    return enter_captured(m, &call, result, parent);
}

static BURIN_INLINE burin_status enter_root(vm *m, const vm_template *tpl, vm_context *context, burin_value *result, const vm_template **parent)
{
    vm_call call = {.unit = tpl->program->units[0], .program = tpl->program, .tpl = tpl, .context = context};
    return call.unit->captured ? enter_captured_root(m, tpl, context, result, parent) : enter_plain(m, &call, result, parent);
}

burin_status vm_run_roots(vm *m, const vm_template *tpl, vm_context *context, burin_value *result)
{
    burin_status status = BURIN_OK;
    while (tpl && !status) {
        const vm_template *parent = NULL;
        status = enter_root(m, tpl, context, result, &parent);
        tpl    = parent;
    }
    return status;
}

burin_status vm_run_root(vm *m, const vm_template *tpl, vm_context *context, burin_value *result)
{
    const uint32_t depth  = m->st.depth;
    burin_status   status = rt_enter_fast(&m->st);
    if (!status)
        status = vm_run_roots(m, tpl, context, result);
    m->st.depth = depth;
    return status;
}

/* ---- caches ---- */

static size_t program_size(uint32_t site_count) { return sizeof(vm_program) + site_count * sizeof(vm_cache); }

static vm_program **program_list(vm *m, const ir_program *program)
{
    uintptr_t address = (uintptr_t)program;
    return &m->programs[(address >> 6 ^ address >> 12) & (VM_PROGRAM_LISTS - 1)];
}

/* A machine that renders once has one program: not all lists are looked at. */
void vm_caches_free(vm *m)
{
    for (vm_program *p = m->newest, *older; p; p = older) {
        older = p->older;
        *program_list(m, p->program) = NULL;
        base_free(m->st.env->alloc, p, program_size(p->site_count));
    }
    m->newest      = NULL;
    m->sites       = 0;
    m->latest      = NULL;
    m->root.number = ROOT_OF_NONE;
}

static vm_program *program_new(vm *m, const ir_program *program)
{
    vm_program **list = program_list(m, program);
    vm_program *p = base_alloc(m->st.env->alloc, program_size(program->site_count));
    if (!p)
        return NULL;
    memset(p, 0, program_size(program->site_count));
    p->program    = program;
    p->site_count = program->site_count;
    p->serial     = program->serial;
    p->next       = *list;
    p->older      = m->newest;
    *list         = p;
    m->newest     = p;
    m->sites += program->site_count;
    return p;
}

vm_cache *vm_caches_of_sites(vm *m, const ir_program *program)
{
    vm_program *p = *program_list(m, program);
    while (p && (p->program != program || p->serial != program->serial))
        p = p->next;
    if (!p)
        p = program_new(m, program);
    if (p)
        m->latest = p;
    return p ? p->caches : NULL;
}

/* ---- counting ---- */

/* Now more, now less, so that in no loop it is always the same step. */
static uint32_t ticks_waiting(const rt_state *st)
{
    return 1 + (uint32_t)(st->steps_left * 0x9E3779B97F4A7C15u >> 40) % (2 * VM_TICKS_WAITING - 1);
}

/* The next stretch of steps is taken from the budget at once; what is left of it at the end is given back by vm_used. */
burin_status vm_tick(vm *m)
{
    rt_state *st = &m->st;
    if (st->steps_left == 0) {
        m->st.tick = 1;
        return rt_fail_steps(st);
    }
    if (BURIN_UNLIKELY(vm_is_due(m)))
        vm_collect(m);
    uint32_t most = m->host.sample ? vm_profile_tick(m) : VM_TICKS;
    if (BURIN_UNLIKELY(vm_is_due(m)) && most > VM_TICKS_WAITING) /* it could not be */
        most = m->collects_always ? 1 : ticks_waiting(st);
    m->st.tick_from  = st->steps_left < most ? (uint32_t)st->steps_left : most;
    m->st.tick      = m->st.tick_from;
    if (st->steps_left != UINT64_MAX)
        st->steps_left -= m->st.tick_from;
    return rt_check_interrupts(st);
}

/* ---- variables for functions that read the context ---- */

static bool visible_variable(const vm_frame *f, burin_text name, burin_value *out)
{
    for (uint32_t n = f->unit->visible_count; n-- > 0;) { /* inner loops come later in the table */
        const ir_visible *v = &f->unit->visible[n];
        if (v->start <= f->pc && f->pc < v->end && text_equal(v->name, name) && f->regs[v->slot].kind != BURIN_MISSING) {
            *out = f->regs[v->slot];
            return true;
        }
    }
    return false;
}

burin_value vm_find_variable(rt_state *st, burin_text name)
{
    vm         *m = vm_of(st);
    burin_value v;
    if (!m->frame)
        return rt_missing();
    if (visible_variable(m->frame, name, &v))
        return v;
    return vm_resolve(m, m->frame->context, name, rt_text_hash(name));
}

/* ---- capturing ---- */

burin_status vm_captured(vm *m, bool native, size_t from, bool markup, burin_value *out)
{
    burin_status status;
    if (native) {
        status = vm_native_concat(m, from, out);
        return status || !markup ? status : vm_markup(&m->st, *out, out);
    }
    bool bad = m->bad_piece && m->bad_frame == m->frame && m->bad_depth == m->captures;
    status   = rt_out_take(m->out, from, out);
    vm_uncapture(m);
    if (!status && bad)
        return vm_bad_piece(m);
    if (!status && markup)
        out->flags |= BURIN_SAFE;
    return status;
}
