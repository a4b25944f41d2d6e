/* Generators: a frame in the heap, run from one YIELD to the next whenever an item is asked for. */
#include "codegen/vm/script.h"
#include "codegen/vm/unit.h"
#include "runtime/told.h"

typedef struct generator {
    vm_frame    frame;
    bool        started, running, finished;
    burin_value regs[];
} generator;

/* A StopIteration that leaves a generator would end whoever asks for its items. */
static burin_status no_stop(vm *m, burin_status status)
{
    if (status != BURIN_ERR_STOP_ITERATION)
        return status;
    vm_forget_error(m);
    return rt_fail(&m->st, BURIN_ERR_GENERATOR, "generator raised StopIteration");
}

static burin_status resume(vm *m, generator *g, burin_value *out)
{
    const bool   told   = rt_told_of(&m->st, g);
    burin_status status = rt_enter(&m->st);
    if (status)
        return status;
    g->running       = true;
    g->frame.parked  = false;
    g->frame.out     = m->out;
    g->frame.globals = m->globals.values;
    g->frame.caller  = m->frame;
    m->frame         = &g->frame;
    m->pinned += !told;
    status = vm_run_unit(&g->frame);
    m->pinned -= !told;
    m->frame         = g->frame.caller;
    g->running       = false;
    g->finished      = status || !g->frame.parked;
    rt_leave(&m->st);
    if (!status && g->frame.parked)
        *out = g->frame.result;
    heap_escape(&m->st.heap);
    return no_stop(m, status);
}

static burin_status generator_next(burin_call *call, void *self, burin_value *out)
{
    generator *g = self;
    *out         = rt_missing();
    if (g->running)
        return rt_fail(call->st, BURIN_ERR_VALUE, "generator already executing");
    return g->finished ? BURIN_OK : resume(vm_of(call->st), g, out);
}

static burin_status generator_repr(burin_call *call, void *self, burin_value *out)
{
    static const char text[] = "<generator object <genexpr>>";
    (void)self;
    return rt_string_copy(call->st, text, sizeof text - 1, out);
}

/* Where it stands, or where in it others run now. */
static void generator_reach(rt_collector *c, void *self)
{
    const generator *g = self;
    if (rt_reach_bytes(c, g, sizeof *g + g->frame.unit->registers * sizeof(burin_value)) && !g->finished)
        vm_reach_frame(c, &g->frame);
}

static const rt_class generator_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "generator", .next = generator_next, .repr = generator_repr},
    .reach = generator_reach,
};

burin_status vm_generator_make(vm *m, const vm_function *fn, const burin_value *over, burin_value *out)
{
    const ir_unit *unit = fn->unit;
    generator     *g    = heap_alloc(&m->st.heap, sizeof *g + unit->registers * sizeof(burin_value));
    if (!g)
        return rt_fail_memory(&m->st);
    memset(g, 0, sizeof *g + unit->registers * sizeof(burin_value));
    g->frame = (vm_frame){.m = m, .unit = unit, .program = fn->program, .tpl = fn->tpl, .regs = g->regs, .constants = fn->program->constants,
                          .out = m->out, .context = fn->context, .caches = fn->caches, .globals = m->globals.values};
    for (uint32_t n = unit->parameters; n < unit->variables; n++)
        g->regs[n] = rt_missing();
    g->regs[0] = over[0];
    const burin_value *cells = fn->defaults;
    for (uint32_t n = 0; n < fn->row->cells; n++)
        g->regs[fn->row->first_cell + n] = cells[n];
    return rt_object_new(&m->st, &generator_class.base, g, out);
}
