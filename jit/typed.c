/* Regions: what is known of registers. See typed.h. */
#include "jit/typed.h"

typedef struct marking {
    uint8_t *row;
    uint8_t  as;
} marking;
static void mark(void *user, uint32_t reg) { ((marking *)user)->row[reg] = ((marking *)user)->as; }

/* ---- liveness ---- */

/* What is read from the instruction on; true when that has changed. */
static bool live_before(const emitter *e, const ir_unit *unit, uint8_t **live, uint32_t pc)
{
    const ir_insn *i = &unit->code[pc];
    uint8_t        is[TYPED_REGISTERS_MAX] = {0};
    uint32_t       registers = unit->registers;
    bool           goes_on = i->op != OP_JUMP && i->op != OP_RETURN && i->op != OP_END && pc + 1 < unit->code_len;
    for (uint32_t r = 0; r < registers; r++)
        is[r] = (goes_on && live[pc + 1][r]) || (op_forms[i->op] == FORM_JUMPING && live[i->d][r]);
    if (op_forms[i->op] != FORM_JUMPING) /* what one of these writes stays as it is on one of the ways */
        ir_writes(unit, pc, mark, &(marking){is, false});
    ir_reads(e->request->program, unit, pc, mark, &(marking){is, true});
    for (uint32_t n = 0; n < unit->handler_count; n++)
        if (unit->handlers[n].start <= pc && pc < unit->handlers[n].end)
            for (uint32_t r = 0; r < registers; r++)
                is[r] |= live[unit->handlers[n].target][r];
    for (uint32_t r = e->request->program->root_temps; unit->kind == UNIT_ROOT && r < registers; r++)
        is[r] = true; /* the session's */
    if (memcmp(is, live[pc], registers) == 0)
        return false;
    memcpy(live[pc], is, registers);
    return true;
}

uint8_t **typed_live(emitter *e, const ir_unit *unit)
{
    uint8_t **live = unit->registers <= TYPED_REGISTERS_MAX ? arena_zalloc(e->memory, (unit->code_len + 1) * sizeof *live) : NULL;
    for (uint32_t pc = 0; live && pc <= unit->code_len; pc++)
        if (!(live[pc] = arena_zalloc(e->memory, unit->registers + 1)))
            return NULL;
    for (bool changed = live != NULL; changed;) {
        changed = false;
        for (uint32_t pc = unit->code_len; pc-- > 0;)
            changed |= live_before(e, unit, live, pc);
    }
    return live;
}

/* ---- kinds ---- */

static typed_kind kind_of_value(const burin_value *v)
{
    return v->kind == BURIN_INT ? TYPED_INT : v->kind == BURIN_BOOL ? TYPED_BOOL : v->kind == BURIN_FLOAT ? TYPED_FLOAT : TYPED_ANY;
}

const burin_value *typed_constant(const typed *t, uint32_t pc, uint32_t reg)
{
    while (pc > t->from && !t->is_target[pc]) {
        uint8_t        written[TYPED_REGISTERS_MAX] = {0};
        const ir_insn *i = &t->unit->code[--pc];
        ir_writes(t->unit, pc, mark, &(marking){written, true});
        if (written[reg])
            return i->op == OP_LOADK ? &t->e->request->program->constants[i->d] : NULL;
    }
    return NULL;
}

static bool may_be_number(const typed *t, uint32_t pc, uint32_t reg, const uint8_t *kinds)
{
    const burin_value *v = typed_constant(t, pc, reg);
    return kinds[reg] != TYPED_BOOL && (!v || v->kind == BURIN_INT || v->kind == BURIN_FLOAT);
}

bool typed_adds_text(const typed *t, uint32_t pc)
{
    const ir_insn     *i = &t->unit->code[pc];
    const burin_value *b = typed_constant(t, pc, i->b), *c = typed_constant(t, pc, i->c), *k = c ? c : b;
    return operation_of(i) == OP_ADD && k && k->kind == BURIN_STRING;
}

static bool takes_arithmetic(const typed *t, uint32_t pc, const uint8_t *kinds)
{
    const ir_insn *i = &t->unit->code[pc];
    ir_op          op = operation_of(i);
    bool           floats = kinds[i->b] == TYPED_FLOAT || kinds[i->c] == TYPED_FLOAT;
    if (typed_adds_text(t, pc))
        return kinds[i->b] == TYPED_ANY && kinds[i->c] == TYPED_ANY;
    return may_be_number(t, pc, i->b, kinds) && may_be_number(t, pc, i->c, kinds) && !(floats && (op == OP_MOD || op == OP_FLOORDIV));
}

static bool takes_comparison(const typed *t, uint32_t pc, uint32_t how, const uint8_t *kinds)
{
    const ir_insn *i = &t->unit->code[pc];
    uint8_t        b = kinds[i->b], c = kinds[i->c];
    bool           mixed = (b == TYPED_INT && c == TYPED_FLOAT) || (b == TYPED_FLOAT && c == TYPED_INT);
    return how <= RT_GE && may_be_number(t, pc, i->b, kinds) && may_be_number(t, pc, i->c, kinds) && !mixed;
}

/* May the arguments of a plain function be what it takes? An integer becomes a float. */
static bool takes_plain(const typed *t, uint32_t pc, const uint8_t *kinds)
{
    uint32_t shape = typed_plain(t, pc);
    for (uint32_t n = 0; n < rt_plain_count(shape); n++) {
        uint32_t   reg   = t->unit->code[pc].c + n;
        burin_kind takes = rt_plain_takes(shape, n);
        bool       may   = takes == BURIN_BOOL ? kinds[reg] == TYPED_BOOL || kinds[reg] == TYPED_ANY
                                               : may_be_number(t, pc, reg, kinds) && !(takes == BURIN_INT && kinds[reg] == TYPED_FLOAT);
        if (!may)
            return false;
    }
    return shape != 0;
}

bool typed_takes(const typed *t, uint32_t pc, const uint8_t *kinds)
{
    const ir_insn *i = &t->unit->code[pc];
    if (operation_of(i) != OP_COUNT)
        return takes_arithmetic(t, pc, kinds);
    switch (i->op) {
    case OP_LOADK: case OP_MOVE: case OP_JUMP: case OP_TURN: case OP_GLOBAL: case OP_GLOBAL_OR: case OP_SET_GLOBAL: case OP_CELL_GET: case OP_CELL_SET:
    case OP_BOUND:
        return true;
    case OP_CLEAR: /* where exceptions are handled, whoever raises one looks at such registers */
        return !t->unit->handler_count;
    case OP_NEG: return may_be_number(t, pc, i->b, kinds);
    case OP_NOT: case OP_JUMP_IF: case OP_JUMP_NOT: return kinds[i->b] != TYPED_FLOAT;
    case OP_COMPARE: return takes_comparison(t, pc, i->d, kinds);
    case OP_JUMP_COMPARE: return takes_comparison(t, pc, i->a, kinds);
    case OP_LOAD_ITEM: return kinds[i->b] == TYPED_ANY && may_be_number(t, pc, i->c, kinds) && kinds[i->c] != TYPED_FLOAT;
    case OP_LOAD_NAMED: return kinds[i->b] == TYPED_ANY;
    case OP_EACH_NEXT: return !t->is_function;
    case OP_FIND_METHOD: return !t->is_function && kinds[i->b] == TYPED_ANY;
    case OP_INVOKE: return typed_callee(t, pc) != NULL || takes_plain(t, pc, kinds);
    case OP_RETURN: return t->is_function;
    default: return false;
    }
}

static void put(const typed *t, uint8_t *kinds, uint32_t reg, typed_kind kind) { kinds[reg] = t->is_local[reg] ? (uint8_t)kind : TYPED_ANY; }

static void step_arithmetic(const typed *t, const ir_insn *i, uint8_t *kinds)
{
    ir_op op = operation_of(i);
    bool  floats = kinds[i->b] == TYPED_FLOAT || kinds[i->c] == TYPED_FLOAT, ints = kinds[i->b] == TYPED_INT && kinds[i->c] == TYPED_INT;
    if (op == OP_MOD || op == OP_FLOORDIV) { /* looked at */
        put(t, kinds, i->b, TYPED_INT);
        put(t, kinds, i->c, TYPED_INT);
        put(t, kinds, i->a, TYPED_INT);
    } else {
        put(t, kinds, i->a, op == OP_DIV || floats ? TYPED_FLOAT : ints ? TYPED_INT : TYPED_ANY);
    }
}

void typed_step(const typed *t, uint32_t pc, uint8_t *kinds)
{
    const ir_insn *i = &t->unit->code[pc];
    if (!typed_takes(t, pc, kinds)) {
        ir_writes(t->unit, pc, mark, &(marking){kinds, TYPED_ANY});
        return;
    }
    if (operation_of(i) != OP_COUNT) {
        step_arithmetic(t, i, kinds);
        return;
    }
    switch (i->op) {
    case OP_LOADK: put(t, kinds, i->a, kind_of_value(&t->e->request->program->constants[i->d])); break;
    case OP_MOVE: put(t, kinds, i->a, (typed_kind)kinds[i->b]); break;
    case OP_NEG: put(t, kinds, i->a, (typed_kind)kinds[i->b]); break;
    case OP_NOT: case OP_COMPARE: put(t, kinds, i->a, TYPED_BOOL); break;
    case OP_INVOKE: put(t, kinds, i->a, typed_plain(t, pc) ? typed_kind_of(rt_plain_gives(typed_plain(t, pc))) : typed_callee(t, pc)->result); break;
    case OP_EACH_NEXT: put(t, kinds, i->b, t->supposed[i->b] == TYPED_INT ? TYPED_INT : TYPED_ANY); break;
    default: ir_writes(t->unit, pc, mark, &(marking){kinds, TYPED_ANY}); break;
    }
}

/* ---- flow ---- */

static bool is_inside(const typed *t, uint32_t pc) { return pc >= t->from && pc < t->until; }

/* Join what comes along an edge into what is known at its end. True when that has changed. */
static bool join(typed *t, uint32_t pc, const uint8_t *kinds)
{
    uint32_t registers = t->unit->registers;
    bool     changed   = false;
    if (!t->kinds[pc]) {
        t->kinds[pc] = arena_zalloc(t->e->memory, registers + 1);
        if (!t->kinds[pc]) {
            t->e->failed = true;
            return false;
        }
        changed = true;
    }
    for (uint32_t r = 0; r < registers; r++) {
        uint8_t had = t->kinds[pc][r], comes = t->live[pc][r] ? kinds[r] : TYPED_NONE;
        uint8_t is  = had == TYPED_NONE ? comes : comes == TYPED_NONE || comes == had ? had : TYPED_ANY;
        changed |= is != had;
        t->kinds[pc][r] = is;
    }
    return changed;
}

static bool leaves_unit(ir_op op) { return op == OP_RETURN || op == OP_END || op == OP_YIELD; }

/* Follow the instructions until nothing changes any more. */
static void follow(typed *t)
{
    uint8_t kinds[TYPED_REGISTERS_MAX];
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t pc = t->from; pc < t->until; pc++) {
            const ir_insn *i = &t->unit->code[pc];
            if (!t->kinds[pc] || leaves_unit(i->op))
                continue;
            memcpy(kinds, t->kinds[pc], t->unit->registers);
            typed_step(t, pc, kinds);
            if (op_forms[i->op] == FORM_JUMPING && is_inside(t, i->d))
                changed |= join(t, i->d, kinds);
            if (i->op != OP_JUMP && is_inside(t, pc + 1))
                changed |= join(t, pc + 1, i->op == OP_EACH_NEXT ? t->kinds[pc] : kinds); /* behind its end nothing is written */
        }
    }
}

static void forget(typed *t, const uint8_t *entry)
{
    memset(t->kinds + t->from, 0, (t->until - t->from) * sizeof *t->kinds);
    join(t, t->from, entry);
    follow(t);
}

/* ---- what is supposed ---- */

static bool computes(ir_op op)
{
    return op == OP_NEG || op == OP_COMPARE || op == OP_JUMP_COMPARE;
}

/* Registers that are computed with are supposed to hold integers. */
static void suppose(typed *t)
{
    for (uint32_t pc = t->from; pc < t->until; pc++) {
        const ir_insn *i = &t->unit->code[pc];
        if ((operation_of(i) != OP_COUNT && !typed_adds_text(t, pc)) || computes(i->op)) {
            t->supposed[i->b] = TYPED_INT;
            if (i->op != OP_NEG)
                t->supposed[i->c] = TYPED_INT;
        }
        if (i->op == OP_LOAD_ITEM)
            t->supposed[i->c] = TYPED_INT;
        uint32_t shape = i->op == OP_INVOKE ? typed_plain(t, pc) : 0;
        for (uint32_t n = 0; n < rt_plain_count(shape); n++)
            if (rt_plain_takes(shape, n) == BURIN_INT)
                t->supposed[i->c + n] = TYPED_INT;
    }
    for (uint32_t pc = t->until; pc-- > t->from;) /* through moves, from the back */
        if (t->unit->code[pc].op == OP_MOVE && t->supposed[t->unit->code[pc].a] == TYPED_INT)
            t->supposed[t->unit->code[pc].b] = TYPED_INT;
}

/* What is known where the region is entered: from before, or supposed. */
static void entry_of(const typed *t, const uint8_t *before, uint8_t *entry)
{
    for (uint32_t r = 0; r < t->unit->registers; r++) {
        uint8_t known = before[r] == TYPED_INT || before[r] == TYPED_FLOAT || before[r] == TYPED_BOOL ? before[r] : t->supposed[r];
        entry[r]      = t->is_local[r] && known ? known : TYPED_ANY;
    }
}

/* Suppose less where the region itself does not keep to it: floats instead of integers, then anything. */
static void settle(typed *t, const uint8_t *before)
{
    uint8_t entry[TYPED_REGISTERS_MAX];
    for (uint8_t next = TYPED_FLOAT;; next = TYPED_ANY) {
        bool changed = false;
        entry_of(t, before, entry);
        forget(t, entry);
        for (uint32_t r = 0; r < t->unit->registers && !t->e->failed; r++) {
            if (entry[r] == TYPED_ANY || t->kinds[t->from][r] != TYPED_ANY || !t->is_local[r] || t->supposed[r] == TYPED_ANY)
                continue;
            t->supposed[r] = next;
            changed        = true;
        }
        if (!changed)
            return;
    }
}

/* ---- regions ---- */

/* May the instruction be written over locals at all? */
static bool is_class(const typed *t, uint32_t pc)
{
    ir_op op = t->unit->code[pc].op;
    switch (op) {
    case OP_CLEAR: return !t->unit->handler_count;
    case OP_LOADK: case OP_MOVE: case OP_JUMP: case OP_TURN: case OP_GLOBAL: case OP_GLOBAL_OR: case OP_SET_GLOBAL: case OP_CELL_GET: case OP_CELL_SET:
    case OP_BOUND: case OP_NOT: case OP_JUMP_IF: case OP_JUMP_NOT: case OP_LOAD_ITEM: case OP_LOAD_NAMED:
    case OP_FIND_METHOD: case OP_EACH_NEXT:
        return true;
    case OP_INVOKE: return typed_callee(t, pc) || typed_plain(t, pc);
    default: return operation_of(&t->unit->code[pc]) != OP_COUNT || computes(op);
    }
}

static void choose_locals(typed *t)
{
    const ir_program *p = t->e->request->program;
    uint8_t          *local = (uint8_t *)t->is_local;
    bool              pure  = true;
    for (uint32_t pc = t->from; pc < t->until; pc++) {
        bool is = t->is_function || is_class(t, pc);
        pure &= is && (t->unit->code[pc].op != OP_INVOKE || typed_plain(t, pc));
        if (is) {
            ir_reads(p, t->unit, pc, mark, &(marking){local, true});
            ir_writes(t->unit, pc, mark, &(marking){local, true});
        }
    }
    for (uint32_t pc = t->from; pc < t->until; pc++) {
        const ir_insn *i = &t->unit->code[pc];
        for (uint32_t n = 0; i->op == OP_EACH_NEXT && n < IR_ITERATOR_REGISTERS && i->a + n < t->unit->registers; n++)
            t->is_local[i->a + n] = false;
    }
    /* variables of the root are the session's: what is called may look at them, and set them */
    for (uint32_t r = p->root_temps; t->unit->kind == UNIT_ROOT && !pure && r < t->unit->registers; r++)
        t->is_local[r] = false;
}

/* All of it is what regions are for, or what their instructions need. */
static bool is_worth_it(const typed *t)
{
    bool computed = false;
    for (uint32_t pc = t->from; pc < t->until; pc++) {
        ir_op op = t->unit->code[pc].op;
        if (op == OP_YIELD)
            return false;
        if (!t->kinds[pc])
            continue;
        bool taken = typed_takes(t, pc, t->kinds[pc]);
        if (t->is_function && !taken)
            return false;
        computed |= taken && (operation_of(&t->unit->code[pc]) != OP_COUNT || computes(op) || (op == OP_INVOKE && typed_plain(t, pc)));
    }
    return computed;
}

bool typed_gives_integers(const typed *t)
{
    for (uint32_t pc = 0; pc < t->unit->code_len; pc++)
        if (t->kinds[pc] && t->unit->code[pc].op == OP_RETURN && t->kinds[pc][t->unit->code[pc].b] != TYPED_INT)
            return false;
    return true;
}

static bool make_room(typed *t)
{
    arena *memory = t->e->memory;
    size_t code = t->unit->code_len + 1, registers = t->unit->registers + 1;
    t->kinds     = arena_zalloc(memory, code * sizeof *t->kinds);
    t->supposed  = arena_zalloc(memory, registers);
    t->is_local  = arena_zalloc(memory, registers * sizeof *t->is_local);
    t->is_target = arena_zalloc(memory, code * sizeof *t->is_target);
    t->is_header = arena_zalloc(memory, code * sizeof *t->is_header);
    t->leaves    = arena_zalloc(memory, code * sizeof *t->leaves);
    t->is_callee = arena_zalloc(memory, code * sizeof *t->is_callee);
    return t->is_callee && t->kinds && t->supposed && t->is_local && t->is_target && t->is_header && t->leaves;
}

static void find_targets(typed *t)
{
    for (uint32_t pc = t->from; pc < t->until; pc++) {
        const ir_insn *i = &t->unit->code[pc];
        if (op_forms[i->op] != FORM_JUMPING || !is_inside(t, i->d))
            continue;
        t->is_target[i->d] = true;
        t->is_header[i->d] |= i->d <= pc;
    }
    t->is_target[t->from] = t->is_header[t->from] = true;
}

bool typed_whole(typed *t)
{
    uint8_t entry[TYPED_REGISTERS_MAX];
    if (t->unit->registers > TYPED_REGISTERS_MAX || !make_room(t))
        return false;
    find_targets(t);
    memset(t->is_local, true, t->unit->registers * sizeof *t->is_local);
    for (uint32_t r = t->e->request->program->root_temps; t->unit->kind == UNIT_ROOT && r < t->unit->registers; r++)
        t->is_local[r] = false;
    memset(entry, TYPED_ANY, sizeof entry);
    forget(t, entry);
    return !t->e->failed;
}

/* What is known of registers along the edges that lead into the region from outside. */
static void known_before(const typed *t, const typed *whole, uint8_t *before)
{
    uint8_t kinds[TYPED_REGISTERS_MAX];
    memset(before, TYPED_NONE, TYPED_REGISTERS_MAX);
    for (uint32_t pc = 0; pc < t->unit->code_len; pc++) {
        const ir_insn *i     = &t->unit->code[pc];
        bool           jumps = op_forms[i->op] == FORM_JUMPING && i->d == t->from;
        bool           falls = pc + 1 == t->from && i->op != OP_JUMP && !leaves_unit(i->op);
        if (is_inside(t, pc) || !whole->kinds[pc] || !(jumps || falls))
            continue;
        memcpy(kinds, whole->kinds[pc], t->unit->registers);
        if (jumps || i->op != OP_EACH_NEXT)
            typed_step(whole, pc, kinds);
        for (uint32_t r = 0; r < t->unit->registers; r++)
            before[r] = before[r] == TYPED_NONE || before[r] == kinds[r] ? kinds[r] : TYPED_ANY;
    }
}

bool typed_find(typed *t, const typed *whole)
{
    uint8_t before[TYPED_REGISTERS_MAX];
    if (t->unit->registers > TYPED_REGISTERS_MAX || t->until - t->from > TYPED_INSNS_MAX || !make_room(t))
        return false;
    find_targets(t);
    choose_locals(t);
    suppose(t);
    memset(before, TYPED_ANY, sizeof before);
    if (whole)
        known_before(t, whole, before);
    for (uint32_t r = t->unit->parameters; t->is_function && r < t->unit->registers; r++)
        t->supposed[r] = TYPED_ANY; /* missing at first */
    settle(t, before);
    return !t->e->failed && is_worth_it(t);
}
