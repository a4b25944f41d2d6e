/* Traces: where the pending error has been. Noted as places, which cost nothing to speak of; written out when a run fails. */
#include "codegen/vm/machine.h"

#include <stdio.h>

static bool make_room(vm *m, uint32_t count)
{
    if (count <= m->trace_cap)
        return true;
    uint32_t  cap  = count < 16 ? 16 : 2 * count;
    vm_place *room = base_alloc(m->st.env->alloc, cap * sizeof *room);
    if (!room)
        return false;
    if (m->trace_count)
        memcpy(room, m->trace, m->trace_count * sizeof *room);
    uint32_t count_before = m->trace_count;
    vm_trace_free(m);
    m->trace       = room;
    m->trace_cap   = cap;
    m->trace_count = count_before;
    return true;
}

void vm_trace_free(vm *m)
{
    base_free(m->st.env->alloc, m->trace, m->trace_cap * sizeof *m->trace);
    m->trace       = NULL;
    m->trace_count = m->trace_cap = 0;
}

void vm_locate_at(vm *m, vm_place at)
{
    if (make_room(m, m->trace_count + 1)) /* a place that memory is out for is left out */
        m->trace[m->trace_count++] = at;
}

void vm_locate(vm_frame *f)
{
    vm *m = f->m;
    if (!m->is_again)
        vm_locate_at(m, (vm_place){f->tpl, f->program, f->unit, f->pc});
    m->is_again = false;
}

void vm_forget_error(vm *m)
{
    rt_clear_error(&m->st);
    m->located     = false;
    m->is_again    = false;
    m->inner       = NULL;
    m->trace_count = 0;
    if (m->err)
        burin_error_clear(m->err);
}

const rt_trace *vm_trace_take(vm *m)
{
    if (!m->trace_count)
        return m->inner;
    size_t    size  = sizeof(vm_trace) + m->trace_count * sizeof(vm_place);
    vm_trace *trace = heap_alloc(&m->st.heap, size);
    if (!trace)
        return m->inner;
    trace->head  = (rt_trace){m->inner, size};
    trace->count = m->trace_count;
    memcpy(trace->places, m->trace, trace->count * sizeof *trace->places);
    return &trace->head;
}

void vm_trace_restore(vm *m, const rt_trace *trace)
{
    m->inner       = trace;
    m->trace_count = 0;
}

/* ---- writing ---- */

static const char *unit_label(const ir_program *program, const ir_unit *unit, char *room, size_t size)
{
    const char *word = unit->kind == UNIT_BLOCK ? "block" : "macro";
    if (unit->kind == UNIT_FUNCTION || unit->kind == UNIT_GENERATOR) {
        snprintf(room, size, "%.*s", (int)(unit->name.len < 100 ? unit->name.len : 100), unit->name.data);
        return room;
    }
    if (unit->kind == UNIT_ROOT)
        return program->is_script ? "<module>" : "top-level template code";
    if (!unit->name.len)
        return unit->kind == UNIT_MACRO ? "call block" : "loop";
    snprintf(room, size, "%s '%.*s'", word, (int)(unit->name.len < 100 ? unit->name.len : 100), unit->name.data);
    return room;
}

static void report_place(vm *m, const vm_place *at)
{
    const ir_place *place   = ir_place_of(at->unit, at->pc);
    char            room[128];
    if (!m->located)
        diag_fail_text(m->err, m->st.status, at->tpl->src, place ? place->line : 0, place ? place->where : (span){0, 0}, rt_message(&m->st));
    m->located = true;
    diag_add_frame(m->err, at->tpl->name, place ? place->line : 0, unit_label(at->program, at->unit, room, sizeof room));
}

static void report_places(vm *m, const vm_place *places, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++)
        report_place(m, &places[n]);
}

/* What was raised again has its inner places at the far end of a list. Of a very long one the middle is left out. */
static void report_inner(vm *m)
{
    enum { SHOWN = 100 };
    const vm_trace *last[SHOWN], *innermost = NULL;
    uint32_t        count = 0;
    for (const rt_trace *t = m->inner; t; innermost = (const vm_trace *)(const void *)t, t = t->inner)
        if (count < SHOWN)
            last[count++] = (const vm_trace *)(const void *)t;
    if (count && innermost != last[count - 1])
        report_places(m, innermost->places, innermost->count);
    while (count--)
        report_places(m, last[count]->places, last[count]->count);
}

void vm_report(vm *m)
{
    if (!m->err)
        return;
    report_inner(m);
    report_places(m, m->trace, m->trace_count);
    if (!m->located) /* it failed before any frame could say where */
        diag_fail_text(m->err, m->st.status, NULL, 0, (span){0, 0}, rt_message(&m->st));
    m->located = true;
}
