/* Sessions: scripts that run one after another and share their variables, in a heap that lasts as long as the session. */
#include "codegen/vm/script.h"
#include "codegen/vm/unit.h"

static size_t globals_size(const vm_globals *g) { return ((size_t)g->before + g->cap) * sizeof(burin_value); }

void vm_globals_free(vm *m)
{
    vm_globals *g = &m->globals;
    if (g->values)
        base_free(m->st.env->alloc, g->values - g->before, globals_size(g));
    *g = (vm_globals){0};
}

/* Room for so many variables, and so many registers before them. No frame runs now. */
static inline bool globals_room(vm *m, uint32_t before, uint32_t count)
{
    vm_globals *g = &m->globals, wider = *g;
    if (before > g->before || count > g->cap || !g->values) {
        wider.before = before > g->before ? before + before / 2 + 16 : g->before;
        wider.cap    = count > g->cap || !g->cap ? count + count / 2 + 16 : g->cap; /* some even for none: an allocation of nothing is none */
        burin_value *room = base_alloc(m->st.env->alloc, globals_size(&wider));
        if (!room)
            return false;
        wider.values = room + wider.before;
        for (uint32_t n = 0; n < g->count; n++)
            wider.values[n] = g->values[n];
        vm_globals_free(m);
        *g = wider;
    }
    for (; g->count < count; g->count++)
        g->values[g->count] = rt_missing();
    return true;
}

static burin_status write_output(rt_state *st, burin_text text)
{
    rt_out *out = vm_of(st)->out;
    rt_out_write(out, text.data, text.len);
    return rt_out_status(out);
}

void vm_session_writes(vm *m) { m->st.write = write_output; }

void vm_session_procedures(vm *m, bool on) { m->procedures = on; }

void vm_session_begin(vm *m)
{
    heap_reset(&m->st.heap);
    arena_reset(&m->contexts);
    if (m->sites > VM_SITES_KEPT) /* no function refers to them any more */
        vm_caches_free(m);
    m->st.heap.wants_sweep = vm_wants_sweep;
    m->globals.count = 0;
    m->st.python     = true;
    m->st.write      = write_output;
}

burin_value *vm_session_variables(vm *m, uint32_t count) { return globals_room(m, 0, count) ? m->globals.values : NULL; }

static void frame_of(vm_frame *f, vm *m, const vm_template *tpl, vm_context *context)
{
    const ir_program *program = tpl->program;
    *f = (vm_frame){.m = m, .unit = program->units[0], .program = program, .tpl = tpl, .constants = program->constants, .context = context};
}

/* The variables are there, and the registers before them. */
static inline burin_status run_root(vm *m, vm_frame *f, vm_cache *caches)
{
    f->regs       = m->globals.values - f->program->root_temps;
    f->globals    = m->globals.values;
    f->out        = m->out;
    f->caches     = caches;
    f->pc         = 0;
    f->result     = rt_missing();
    m->frame      = f;
    m->st.depth   = 1;
    burin_status status = vm_run_unit(f);
    m->st.depth   = 0;
    m->frame      = NULL;
    return status;
}

/* One for all runs of a script: they set nothing in it. */
static vm_context *session_context(vm *m, const vm_template *tpl)
{
    typedef struct block {
        vm_context context;
        vm_mode    mode;
    } block;
    block *b = arena_zalloc(&m->contexts, sizeof *b);
    if (!b)
        return NULL;
    b->mode    = (vm_mode){tpl->program->autoescape};
    b->context = (vm_context){.tpl = tpl, .mode = &b->mode};
    return &b->context;
}

static burin_status run_in_session(vm *m, vm_template *tpl, burin_value *out)
{
    const ir_program *program = tpl->program;
    if (!tpl->session)
        tpl->session = session_context(m, tpl);
    vm_cache *caches = tpl->session ? vm_caches(m, program) : NULL;
    if (!caches)
        return rt_fail_memory(&m->st);
    if (!globals_room(m, program->root_temps, program->global_count))
        return rt_fail(&m->st, BURIN_ERR_NOMEM, "out of memory");
    vm_frame f;
    frame_of(&f, m, tpl, tpl->session);
    burin_status status = run_root(m, &f, caches);
    *out                = f.result;
    return status;
}

burin_status vm_run_script(vm *m, vm_template *script, rt_out *out, burin_value *result, burin_error *err)
{
    vm_begin(m, out, err);
    if (BURIN_UNLIKELY(vm_is_due(m)))
        vm_collect(m);
    if (BURIN_UNLIKELY(m->collects_always))
        vm_wants_sweep(&m->st.heap);
    return vm_end(m, run_in_session(m, script, result));
}

/* ---- formulas ---- */

void vm_formula_begin(vm *m, const vm_template *formula)
{
    m->formula_mode = (vm_mode){formula->program->autoescape};
    m->formula      = (vm_context){.tpl = formula, .mode = &m->formula_mode};
    frame_of(&m->formula_frame, m, formula, &m->formula);
    m->st.python    = true;
    m->st.write     = write_output;
}

burin_status vm_run_formula(vm *m, const burin_value *slots, uint32_t count, rt_out *out, burin_value *result, burin_error *err)
{
    const ir_program *program = m->formula_frame.program;
    heap_reset(&m->st.heap);
    vm_begin(m, out, err);
    vm_cache *caches = vm_caches(m, program);
    m->globals.count = m->globals.cap >= program->global_count ? count : 0; /* the others are unset */
    if (BURIN_UNLIKELY(!caches || !globals_room(m, program->root_temps, program->global_count)))
        return vm_end(m, rt_fail(&m->st, BURIN_ERR_NOMEM, "out of memory"));
    for (uint32_t n = 0; n < count; n++)
        rt_copy_words(&m->globals.values[n], &slots[n]);
    burin_status status = vm_end(m, run_root(m, &m->formula_frame, caches));
    rt_copy_words(result, &m->formula_frame.result);
    return status;
}
