/* The machine: made once, run many times. Every run starts from a fresh heap and leaves nothing behind but memory kept
 * for the next one; whatever happens, the machine can be used again. */
#include "codegen/vm/machine.h"

#include "runtime/base/clock.h"

uint64_t vm_deadline(uint64_t from_now_ns) { return monotonic_ns() + from_now_ns; }

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
    m->st.steps_left    = m->steps_given = UINT64_MAX;
    m->host             = *host;
    m->st.depth_max     = env->depth_max;
    m->contexts         = arena_make(alloc);
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
    arena_deinit(&m->contexts);
    heap_deinit(&m->st.heap);
    buf_deinit(&m->st.message);
    base_free(alloc, m, sizeof *m);
}

_Static_assert(offsetof(vm, st) == 0, "vm_state says so");

void vm_set_limits(vm *m, const vm_limits *limits)
{
    const uint32_t most = m->st.env->depth_max; /* which the C stack has room for */
    m->limits         = *limits;
    m->st.depth_max   = limits->depth && limits->depth < most ? limits->depth : most;
    m->st.steps_max   = limits->steps;
    m->st.time_ns_max = limits->time_ns;
}

static void begin(vm *m, rt_out *out, burin_error *err)
{
    heap_reset(&m->st.heap);
    vm_begin(m, out, err);
}

burin_status vm_end_slow(vm *m, burin_status status)
{
    if (m->host.sample)
        vm_profile_end(m);
    if (m->captures && m->out)
        m->out->flush = m->held_flush;
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

/* The context of a template that is rendered itself. */
static vm_context *root_context(vm *m, const vm_template *tpl, burin_value vars)
{
    if (tpl->program->native && rt_list_new(&m->st, BURIN_LIST, 8, &m->pieces))
        return NULL;
    return vm_context_new(m, tpl, vars, tpl->globals);
}

burin_status vm_render(vm *m, const vm_template *tpl, burin_value vars, rt_out *out, burin_error *err)
{
    burin_value result;
    begin(m, out, err);
    vm_context  *context = root_context(m, tpl, vars);
    burin_status status  = context ? vm_run_root(m, tpl, context, &result) : rt_fail_memory(&m->st);
    if (!status && tpl->program->native) {
        status = vm_native_concat(m, 0, &result);
        if (!status)
            status = rt_write_str(&m->st, out, result);
    }
    return vm_end(m, status);
}

burin_status vm_render_value(vm *m, const vm_template *tpl, burin_value vars, burin_value *out, burin_error *err)
{
    burin_value result;
    rt_out      text;
    begin(m, &text, err);
    rt_out_init(&text, &m->st, 0);
    vm_context  *context = root_context(m, tpl, vars);
    burin_status status  = context ? vm_run_root(m, tpl, context, &result) : rt_fail_memory(&m->st);
    if (!status && tpl->program->native)
        status = vm_native_concat(m, 0, out);
    else if (!status)
        status = rt_out_take(&text, 0, out);
    status = vm_end(m, status);
    rt_out_deinit(&text);
    return status;
}

/* The blocks of a template are known once it and those it extends have run: what that prints is dropped. */
static burin_status run_for_blocks(vm *m, const vm_template *tpl, vm_context *context)
{
    burin_value result, dropped;
    if (!tpl->program->has_extends)
        return BURIN_OK;
    size_t       from   = vm_capture(m);
    burin_status status = vm_run_root(m, tpl, context, &result);
    return status ? status : vm_captured(m, false, from, false, &dropped);
}

burin_status vm_render_block(vm *m, const vm_template *tpl, burin_text block, burin_value vars, rt_out *out, burin_error *err)
{
    begin(m, out, err);
    vm_context  *context = root_context(m, tpl, vars);
    burin_status status  = context ? run_for_blocks(m, tpl, context) : rt_fail_memory(&m->st);
    if (!status)
        status = vm_block_print(m, context, block, 0);
    return vm_end(m, status);
}

burin_status vm_render_macro(vm *m, const vm_template *tpl, burin_text macro, const burin_value *args, size_t count, burin_value vars, rt_out *out,
                             burin_error *err)
{
    burin_value  result, dropped, callee;
    rt_arguments arguments = {.positional = args, .count = (uint32_t)count};
    begin(m, out, err);
    vm_context *context = root_context(m, tpl, vars);
    size_t      from    = vm_capture(m);
    burin_status status = context ? vm_run_root(m, tpl, context, &result) : rt_fail_memory(&m->st);
    if (!status)
        status = vm_captured(m, false, from, false, &dropped);
    if (!status) {
        callee = vm_resolve(m, context, macro, rt_text_hash(macro));
        if (vm_macro_of(callee))
            status = vm_macro_print(m, vm_macro_of(callee), &arguments);
        else
            status = rt_fail(&m->st, BURIN_ERR_ATTRIBUTE, "the template has no macro '%.*s'", (int)macro.len, macro.data);
    }
    return vm_end(m, status);
}

burin_status vm_write_str(vm *m, burin_value value, rt_out *out, burin_error *err)
{
    begin(m, out, err);
    return vm_end(m, rt_write_str(&m->st, out, value));
}

burin_status vm_eval(vm *m, const vm_template *expr, burin_value vars, burin_value *out, burin_error *err)
{
    rt_out text;
    begin(m, &text, err);
    rt_out_init(&text, &m->st, 0);
    vm_context  *context = root_context(m, expr, vars);
    burin_status status  = context ? vm_run_root(m, expr, context, out) : rt_fail_memory(&m->st);
    status = vm_end(m, status);
    rt_out_deinit(&text);
    return status;
}

void vm_used(const vm *m, vm_limits *used)
{
    uint64_t left = m->st.steps_left == UINT64_MAX ? UINT64_MAX : m->st.steps_left + m->st.tick;
    *used         = (vm_limits){.steps = m->steps_given - left, .memory = m->st.heap.held};
}
