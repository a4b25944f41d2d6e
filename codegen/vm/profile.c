/* Where time goes in the interpreter, found by looking every SAMPLE_STEPS steps, through all runs of a machine: the unit that
 * runs then is given the time since the look before. Short runs add up: what is left of a stretch at a run's end goes on
 * in the next one. Only machines whose host wants to know are looked at; that costs two readings of the clock a run. */
#include "codegen/vm/machine.h"
#include "runtime/base/clock.h"


enum { SAMPLE_STEPS = 1024 };

void vm_profile_begin(vm *m)
{
    m->profile.since_ns = monotonic_ns();
    if (!m->profile.steps_left)
        m->profile.steps_left = SAMPLE_STEPS;
}

void vm_profile_end(vm *m)
{
    uint32_t done = m->st.tick_from - m->st.tick;
    m->profile.carried_ns += monotonic_ns() - m->profile.since_ns;
    m->profile.steps_left -= done < m->profile.steps_left ? done : m->profile.steps_left - 1;
}

uint32_t vm_profile_tick(vm *m)
{
    vm_profile *p = &m->profile;
    p->steps_left -= m->st.tick_from < p->steps_left ? m->st.tick_from : p->steps_left;
    if (p->steps_left == 0) {
        uint64_t now = monotonic_ns();
        if (m->frame)
            m->host.sample(m->host.user, m->frame->tpl, m->frame->unit, p->carried_ns + now - p->since_ns);
        *p = (vm_profile){.steps_left = SAMPLE_STEPS, .since_ns = now};
    }
    return p->steps_left;
}
