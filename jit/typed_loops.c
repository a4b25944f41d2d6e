/* The loops of a unit as regions: which, and how they and the unit's usual code lead to each other. A function that can be called directly is a
 * region as a whole, from which it calls itself and others directly. */
#include "jit/typed.h"

/* One region of a unit. */
struct typed_loop {
    typed       t;
    typed_loop *next;
};

/* Where the loop that begins at `pc` ends: behind the last jump back to it; 0: none begins there. */
static uint32_t end_of_loop(const ir_unit *unit, uint32_t pc)
{
    uint32_t end = 0;
    for (uint32_t n = pc; n < unit->code_len; n++)
        if (op_forms[unit->code[n].op] == FORM_JUMPING && unit->code[n].d == pc)
            end = n + 1;
    return end;
}

static uint32_t cost_of_region(const typed *t)
{
    enum { COMPUTED = 3 };
    uint32_t cost = 0;
    for (uint32_t pc = t->from; pc < t->until; pc++)
        cost += t->kinds[pc] ? operation_of(&t->unit->code[pc]) != OP_COUNT ? COMPUTED : 1 : 0;
    return cost;
}

void typed_to_registers(typed *t, expr registers)
{
    func *f = t->f;
    for (uint32_t r = 0; r < t->unit->registers; r++) {
        if (!t->is_local[r])
            continue;
        expr at = offset(f, registers, (int64_t)(r * sizeof(burin_value)));
        store(f, T_L, at, 0, get(t->head[r]));
        store_field(f, FIELD_burin_value_as, at, get(t->as[r]));
    }
}

bool typed_begin(typed *t, func *f)
{
    arena *memory = t->e->memory;
    size_t registers = t->unit->registers + 1;
    t->f    = f;
    t->now  = arena_zalloc(memory, registers);
    t->stored = arena_zalloc(memory, registers);
    t->at   = arena_zalloc(memory, (t->unit->code_len + 1) * sizeof *t->at);
    t->head = arena_zalloc(memory, registers * sizeof *t->head);
    t->as   = arena_zalloc(memory, registers * sizeof *t->as);
    t->real = arena_zalloc(memory, registers * sizeof *t->real);
    if (!t->now || !t->stored || !t->at || !t->head || !t->as || !t->real)
        return false;
    for (uint32_t r = 0; r < t->unit->registers; r++) {
        if (!t->is_local[r])
            continue;
        t->head[r] = local(f, T_L, "head");
        t->as[r]   = local(f, T_L, "as");
        t->real[r] = local(f, T_F, "real");
    }
    for (uint32_t pc = t->from; pc < t->until; pc++)
        if (t->is_target[pc] && t->kinds[pc])
            t->at[pc] = new_block(f);
    t->out    = new_block(f);
    t->failed = t->is_function ? NULL : new_block(f);
    t->out_pc = local(f, T_U, "out");
    return true;
}

/* Its code, before the unit's usual code: then it is known where that has to have places. */
static bool write_loop(func *f, typed *t)
{
    block before = f->block;
    if (!typed_begin(t, f))
        return false;
    f->block = NULL;
    typed_write(t);
    f->block = before;
    for (uint32_t pc = 0; pc < t->unit->code_len; pc++) {
        if (t->leaves[pc])
            need_place(f, pc);
        if (t->is_header[pc] && t->kinds[pc]) {
            need_place(f, pc);
            f->hot[pc] = true; /* so that a stretch leads here, and the region is entered again */
        }
    }
    return true;
}

static typed_loop *take_loop(func *f, const typed *whole, uint32_t from, uint32_t until)
{
    typed_loop *l = arena_zalloc(f->e->memory, sizeof *l);
    if (!l) {
        f->e->failed = true;
        return NULL;
    }
    l->t = (typed){.e = f->e, .unit = f->unit, .from = from, .until = until, .live = whole->live};
    if (!typed_find(&l->t, whole) || cost_of_region(&l->t) > f->e->left)
        return NULL;
    f->e->left -= cost_of_region(&l->t);
    return l;
}

bool typed_loops(func *f)
{
    typed whole = {.e = f->e, .unit = f->unit, .until = f->unit->code_len};
    bool  is_direct = is_called_directly(f->e, f->unit->index), any = is_direct;
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++)
        any |= op_forms[f->unit->code[pc].op] == FORM_JUMPING && f->unit->code[pc].d <= pc;
    if (!any || !f->e->request->program->is_script || !(whole.live = typed_live(f->e, f->unit)) || !typed_whole(&whole))
        return !f->e->failed;
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++) {
        uint32_t    end = is_direct && pc == 0 ? f->unit->code_len : end_of_loop(f->unit, pc);
        typed_loop *l   = end ? take_loop(f, &whole, pc, end) : NULL;
        if (!l)
            continue;
        l->next  = f->loops;
        f->loops = l;
        if (!write_loop(f, &l->t))
            return false;
        pc = end - 1;
    }
    return !f->e->failed;
}

void typed_enter(typed *t, uint32_t pc, block other)
{
    func          *f = t->f;
    const uint8_t *kinds = t->kinds[pc];
    for (uint32_t r = 0; r < t->unit->registers; r++)
        if (t->is_local[r] && kinds[r] != TYPED_NONE && kinds[r] != TYPED_ANY)
            require(f, compare(f, GCC_JIT_COMPARISON_EQ, register_kind(f, r), num(f, T_B, kind_of_typed((typed_kind)kinds[r]))), other);
    for (uint32_t r = 0; r < t->unit->registers; r++) {
        expr at = register_address(f, r);
        if (!t->is_local[r] || kinds[r] == TYPED_NONE)
            continue;
        if (kinds[r] == TYPED_FLOAT)
            set(f, t->real[r], load(f, T_F, at, (int64_t)field_offset(FIELD_burin_value_as)));
        else
            set(f, t->as[r], load_field(f, FIELD_burin_value_as, at));
        if (kinds[r] == TYPED_ANY)
            set(f, t->head[r], load(f, T_L, at, 0));
    }
    go(f, t->at[pc]);
}

void typed_loop_entry(func *f, uint32_t pc)
{
    for (typed_loop *l = f->loops; l; l = l->next) {
        if (pc < l->t.from || pc >= l->t.until || !l->t.is_header[pc] || !l->t.kinds[pc])
            continue;
        block usual = new_block(f);
        typed_enter(&l->t, pc, usual);
        f->block     = usual;
        f->usual[pc] = usual;
    }
}

bool typed_loops_end(func *f)
{
    for (typed_loop *l = f->loops; l; l = l->next) {
        cases goes_on;
        if (!make_cases(f, &goes_on))
            return false;
        for (uint32_t pc = 0; pc < f->unit->code_len; pc++)
            if (l->t.leaves[pc])
                add_case(f, &goes_on, pc, f->usual[pc] ? f->usual[pc] : f->at[pc]);
        f->block = l->t.out;
        typed_to_registers(&l->t, gcc_jit_param_as_rvalue(f->regs));
        end_with_cases(f, &goes_on, get(l->t.out_pc));
        f->block = l->t.failed;
        typed_to_registers(&l->t, gcc_jit_param_as_rvalue(f->regs));
        go(f, f->fail);
    }
    return true;
}
