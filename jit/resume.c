/* Ways into the middle of a unit: a generator that goes on behind its YIELD, a loop that the interpreter has begun, and handlers of errors.
 *
 * A failure has noted f->pc. The runtime is asked whether somebody catches it there; then the exception is in the handler's register,
 * and the unit goes on. A unit without handlers asks nobody. */
#include "jit/unit.h"

uint32_t behind_turn(const ir_unit *unit, uint32_t pc)
{
    const ir_insn *i = &unit->code[pc];
    return i->op == OP_TURN && pc + 1 < unit->code_len ? pc + 1 : i->op == OP_EACH_NEXT && i->d ? i->d : UINT32_MAX;
}

bool may_begin_midway(const func *f)
{
    bool any = false;
    for (uint32_t pc = 0; f->unit->kind != UNIT_GENERATOR && pc < f->unit->code_len; pc++)
        any |= behind_turn(f->unit, pc) != UINT32_MAX;
    return any;
}

/* No step is counted here: the interpreter has done it. */
static bool write_midway(func *f)
{
    cases turns;
    block before = f->block, nowhere = new_block(f);
    if (!make_cases(f, &turns))
        return false;
    bool *seen = arena_zalloc(f->e->memory, (f->unit->code_len + 1) * sizeof *seen);
    if (!seen)
        return false;
    add_case(f, &turns, UINT32_MAX, nowhere);
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++) {
        uint32_t to = behind_turn(f->unit, pc);
        if (to == UINT32_MAX || seen[to])
            continue;
        seen[to] = true;
        add_case(f, &turns, to, f->at[to]);
    }
    f->block = f->midway;
    reload(f);
    end_with_cases(f, &turns, load_field(f, FIELD_vm_frame_pc, gcc_jit_param_as_rvalue(f->frame)));
    f->block = nowhere;
    give(f, num(f, T_I, NATIVE_NO_ENTRY));
    f->block = before;
    return true;
}

bool write_beginning(func *f)
{
    cases goes_on;
    block start = new_block(f);
    if (f->unit->kind != UNIT_GENERATOR) {
        begin(f, start);
        return !f->midway || write_midway(f);
    }
    if (!make_cases(f, &goes_on))
        return false;
    add_case(f, &goes_on, 0, start);
    for (uint32_t pc = 0; pc + 1 < f->unit->code_len; pc++)
        if (f->unit->code[pc].op == OP_YIELD)
            add_case(f, &goes_on, pc + 1, f->at[pc + 1]);
    end_with_cases(f, &goes_on, load_field(f, FIELD_vm_frame_pc, gcc_jit_param_as_rvalue(f->frame)));
    f->block = start;
    return true;
}

/* The places that handlers begin at, each once. */
static void add_handlers(func *f, cases *to)
{
    bool *seen = f->ends_run; /* what was noted there is written */
    memset(seen, 0, f->unit->code_len * sizeof *seen);
    for (uint32_t n = 0; n < f->unit->handler_count; n++) {
        uint32_t target = f->unit->handlers[n].target;
        if (!seen[target])
            add_case(f, to, target + 1, f->at[target]);
        seen[target] = true;
    }
}

bool write_failure(func *f)
{
    cases handlers;
    f->block = f->fail;
    if (f->unit->handler_count) {
        block out         = new_block(f), failed = new_block(f), caught = new_block(f);
        expr  arguments[] = {gcc_jit_param_as_rvalue(f->frame)};
        if (!make_cases(f, &handlers))
            return false;
        branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, 0)), out, failed); /* a stretch has left the unit */
        f->block = failed;
        place handler = as_local(f, T_U, call_api(f, API_caught, 1, arguments));
        branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(handler), num(f, T_U, 0)), out, caught);
        f->block = caught;
        reload(f);
        add_handlers(f, &handlers);
        end_with_cases(f, &handlers, get(handler));
        f->block = out;
    }
    give(f, get(f->status));
    return true;
}
