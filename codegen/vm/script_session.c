/* Sessions: scripts that run one after another and share their variables, in a heap that lasts as long as the session. */
#include "codegen/vm/script.h"

static size_t globals_size(const vm_globals *g) { return ((size_t)g->before + g->cap) * sizeof(burin_value); }

void vm_globals_free(vm *m)
{
    vm_globals *g = &m->globals;
    if (g->values)
        base_free(m->st.env->alloc, g->values - g->before, globals_size(g));
    *g = (vm_globals){0};
}

/* Room for so many variables, and so many registers before them. No frame runs now. */
static bool globals_room(vm *m, uint32_t before, uint32_t count)
{
    vm_globals *g = &m->globals, wider = *g;
    if (before > g->before || count > g->cap || !g->values) {
        wider.before = before > g->before ? before + before / 2 + 16 : g->before;
        wider.cap    = count > g->cap ? count + count / 2 + 16 : g->cap;
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

void vm_session_begin(vm *m)
{
    heap_reset(&m->st.heap);
    m->globals.count = 0;
    m->st.python     = true;
    m->st.write      = write_output;
}

burin_value *vm_session_variables(vm *m, uint32_t count) { return globals_room(m, 0, count) ? m->globals.values : NULL; }

static burin_status run_root(vm *m, const vm_template *tpl, burin_value *out)
{
    const ir_program *program = tpl->program;
    vm_context       *context = vm_context_new(m, tpl, rt_missing(), NULL);
    vm_frame          f       = {.m = m, .unit = program->units[0], .program = program, .tpl = tpl, .constants = program->constants, .out = m->out,
                                 .context = context};
    if (!context || !(f.caches = vm_caches(m, program)))
        return rt_fail_memory(&m->st);
    if (!globals_room(m, program->root_temps, program->global_count))
        return rt_fail(&m->st, BURIN_ERR_NOMEM, "out of memory");
    f.globals = m->globals.values;
    f.regs    = f.globals - program->root_temps;
    burin_status status = rt_enter(&m->st);
    if (status)
        return status;
    m->frame = &f;
    status   = vm_run_unit(&f);
    m->frame = NULL;
    rt_leave(&m->st);
    *out = f.result;
    return status;
}

burin_status vm_run_script(vm *m, const vm_template *script, rt_out *out, burin_value *result, burin_error *err)
{
    vm_begin(m, out, err);
    return vm_end(m, run_root(m, script, result));
}
