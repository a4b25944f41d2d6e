/* Collecting in sessions: where that may be, and what the machine's frames hold.
 *
 * It may be where limits are looked at (vm_tick) and where a run begins. There every value in use lies in a session's variables, in registers of frames or
 * in the heap, unless a function in C has called back that does not tell what it holds (runtime/told.h), or native code has called a function without a frame (codegen/jit/direct.h): then it waits.
 * Of registers only those count that will be read before they are written; the others may hold anything. */
#include "codegen/vm/machine.h"

#include "codegen/ir/registers.h"
#include "runtime/told.h"

enum { PLACES_KNOWN = 32 }; /* a power of two */

typedef struct live_place {
    const ir_unit *unit;
    uint32_t       pc;
    const uint8_t *life;
} live_place;

typedef struct collection {
    vm        *m;
    arena      memory;
    live_place known[PLACES_KNOWN]; /* what was found out in this one */
} collection;

static const uint8_t *life_at(collection *of, const vm_frame *f)
{
    live_place *place = &of->known[(f->pc ^ f->unit->index * 7u) & (PLACES_KNOWN - 1)];
    if (place->unit != f->unit || place->pc != f->pc)
        *place = (live_place){f->unit, f->pc, ir_live(f->program, f->unit, f->pc, &of->memory)};
    return place->life;
}

static void reach_registers(rt_collector *c, const vm_frame *f, const uint8_t *life)
{
    for (uint32_t r = 0; r < f->unit->registers; r++) {
        if (life[r] == IR_VALUE)
            rt_reach_value(c, &f->regs[r]);
        else if (life[r] == IR_ITERATOR)
            rt_iter_reach(c, (const rt_iter *)(const void *)&f->regs[r]);
    }
}

void vm_reach_frame(rt_collector *c, const vm_frame *f)
{
    collection    *of   = f->m->collection;
    const uint8_t *life = life_at(of, f);
    if (life)
        reach_registers(c, f, life);
    else
        rt_reach_failed(c);
}

static void reach_roots(rt_collector *c, void *user)
{
    const vm *m = user;
    rt_reach_values(c, m->globals.values, m->globals.count);
    rt_trace_reach(c, m->inner);
    rt_told_reach(c, &m->st);
    for (const vm_frame *f = m->frame; f; f = f->caller)
        vm_reach_frame(c, f);
}

void vm_collect(vm *m)
{
    if (m->pinned || m->direct)
        return;
    collection of = {.m = m, .memory = arena_make(m->st.env->alloc)};
    m->collection = &of;
    rt_collect(&m->st, reach_roots, m);
    m->collection = NULL;
    arena_deinit(&of.memory);
}

void vm_wants_sweep(burin_heap *h)
{
    rt_state *st = rt_state_of(h);
    if (st->tick <= 1)
        return;
    uint32_t back = st->tick - 1;
    st->tick -= back;
    st->tick_from -= back;
    if (st->steps_left != UINT64_MAX)
        st->steps_left += back;
}
