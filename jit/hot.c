/* Which instructions are worth their compile time, and what becomes of the others.
 *
 * Compiling takes about 0.4 ms for an instruction that is lowered, three times that for one with guards, so those are chosen that run often:
 * in loops, the innermost first, in units that are called, and in small ones; as many as the request allows. All others lie in stretches
 * between them. A stretch is not written at all: the interpreter runs it until it leads out of it, and a switch goes on from there. */
#include "jit/typed.h"

/* ---- what is hot ---- */

/* How many loops each instruction is in; 1 more where the whole unit is worth it. The largest of these. */
static uint32_t measure_depth(func *f, uint32_t *depth)
{
    const ir_unit *unit  = f->unit;
    bool           once  = unit->kind == UNIT_ROOT || unit->kind == UNIT_BLOCK;
    bool           whole = !once || f->e->request->program->is_expression || unit->code_len <= NATIVE_SMALL_UNIT;
    uint32_t       most  = whole;
    for (uint32_t pc = 0; pc < unit->code_len; pc++)
        depth[pc] = whole;
    for (uint32_t pc = 0; pc < unit->code_len; pc++) {
        const ir_insn *i = &unit->code[pc];
        for (uint32_t n = i->d; op_forms[i->op] == FORM_JUMPING && n <= pc; n++)
            if (++depth[n] > most)
                most = depth[n];
    }
    for (uint32_t pc = 0; pc < unit->code_len; pc++)
        f->in_loop[pc] = depth[pc] > whole;
    return most;
}

/* What an instruction costs to compile, as a multiple of the cheapest. */
static uint32_t cost_of(ir_op op)
{
    switch (op) {
    case OP_NEXT: case OP_NEXT_UNPACK: case OP_EACH_NEXT: case OP_PRINT_EACH:
        return 4;
    case OP_ATTR: case OP_ITEM: case OP_OUT_ATTR: case OP_OUT_ATTR_E: case OP_SUM_ATTR: case OP_JUMP_ATTR_EQ: case OP_JUMP_ATTR_NE: case OP_JUMP_ATTR_IF: case OP_JUMP_ATTR_NOT: case OP_ADD:
    case OP_SUB: case OP_MUL: case OP_DIV: case OP_FLOORDIV: case OP_MOD: case OP_COMPARE: case OP_JUMP_COMPARE: case OP_LOOP_ATTR:
    case OP_INPLACE: case OP_LOAD_ITEM:
        return 3;
    default:
        return 1;
    }
}

/* Take the instructions [from, until) if they do not cost too much. */
static void take_region(func *f, uint32_t from, uint32_t until)
{
    uint32_t added = 0;
    for (uint32_t pc = from; pc < until; pc++)
        added += f->hot[pc] ? 0 : cost_of(f->unit->code[pc].op);
    if (added > f->e->left)
        return;
    f->e->left -= added;
    memset(f->hot + from, true, (until - from) * sizeof *f->hot);
}

static void take_regions(func *f, const uint32_t *depth, uint32_t at_least)
{
    for (uint32_t from = 0, until; from < f->unit->code_len; from = until) {
        until = from + 1;
        if (depth[from] < at_least)
            continue;
        while (until < f->unit->code_len && depth[until] >= at_least)
            until++;
        take_region(f, from, until);
    }
}

static void measure_stretches(func *f)
{
    uint32_t len = f->unit->code_len;
    for (uint32_t pc = 0; pc < len; pc++)
        f->low[pc] = pc && !f->hot[pc - 1] ? f->low[pc - 1] : pc;
    for (uint32_t pc = len; pc-- > 0;)
        f->high[pc] = pc + 1 < len && !f->hot[pc + 1] ? f->high[pc + 1] : pc + 1;
}

/* ---- blocks ---- */

/* `origin`: the instruction that jumps there, if it is lowered and lies before it; else -1. */
static void jumped_to(func *f, uint32_t pc, int32_t origin, bool from_cold)
{
    if (!f->at[pc])
        f->at[pc] = new_block(f);
    f->target[pc] = true;
    f->after_cold[pc] |= from_cold;
    if (origin < f->since[pc])
        f->since[pc] = origin;
}

void need_place(func *f, uint32_t pc) { jumped_to(f, pc, -1, true); }

static void find_targets(func *f)
{
    for (uint32_t pc = 0; pc <= f->unit->code_len; pc++)
        f->since[pc] = INT32_MAX;
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++) {
        const ir_insn *i    = &f->unit->code[pc];
        bool           cold = !f->hot[pc];
        if (op_forms[i->op] == FORM_JUMPING && (!cold || i->d < f->low[pc] || i->d >= f->high[pc]))
            jumped_to(f, i->d, cold || i->d <= pc ? -1 : (int32_t)pc, cold);
        if (cold && pc + 1 == f->high[pc] && pc + 1 < f->unit->code_len)
            jumped_to(f, pc + 1, -1, true);
        if (i->op == OP_YIELD)
            jumped_to(f, pc + 1, -1, false);
        if (f->midway && behind_turn(f->unit, pc) != UINT32_MAX)
            need_place(f, behind_turn(f->unit, pc));
    }
    for (uint32_t n = 0; n < f->unit->handler_count; n++) /* a stretch finds its handlers itself */
        jumped_to(f, f->unit->handlers[n].target, -1, true);
}

bool find_hot(func *f)
{
    uint32_t *depth = arena_zalloc(f->e->memory, (f->unit->code_len + 1) * sizeof *depth);
    if (!depth)
        return false;
    if (!typed_loops(f))
        return false;
    for (uint32_t at_least = measure_depth(f, depth); at_least > 0; at_least--)
        take_regions(f, depth, at_least);
    measure_stretches(f);
    find_targets(f);
    return true;
}

/* ---- what is not ---- */

void run_cold(func *f, uint32_t pc)
{
    if (!f->cold) {
        f->cold      = new_block(f);
        f->cold_pc   = local(f, T_U, "cold");
        f->cold_low  = local(f, T_U, "low");
        f->cold_high = local(f, T_U, "high");
    }
    set(f, f->cold_pc, num(f, T_U, pc));
    set(f, f->cold_low, num(f, T_U, f->low[pc]));
    set(f, f->cold_high, num(f, T_U, f->high[pc]));
    go(f, f->cold);
}

bool write_cold_path(func *f)
{
    cases goes_on;
    if (!f->cold)
        return true;
    if (!make_cases(f, &goes_on))
        return false;
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++)
        if (f->after_cold[pc])
            add_case(f, &goes_on, pc, f->at[pc]);
    expr arguments[] = {gcc_jit_param_as_rvalue(f->frame), get(f->cold_pc), get(f->cold_low), get(f->cold_high)};
    f->block = f->cold;
    spill(f);
    set(f, f->status, call_api(f, API_run, 4, arguments));
    reload(f);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, NATIVE_TAKEN)), f->fail);
    end_with_cases(f, &goes_on, load_field(f, FIELD_vm_frame_pc, gcc_jit_param_as_rvalue(f->frame)));
    return true;
}
