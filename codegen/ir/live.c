/* Liveness at one place: from there on along all ways, with the registers that have not been met yet. What is read first is live, what is written
 * first is not. A place is passed again when more registers come to it. */
#include "codegen/ir/registers.h"

typedef struct search {
    const ir_program *p;
    const ir_unit    *unit;
    size_t            words;  /* of one set of registers */
    uint64_t         *came;   /* for each instruction: the registers that came to it */
    uint64_t         *now;    /* those that are open at the instruction that is looked at */
    uint8_t          *life;
    uint32_t         *waiting; /* instructions to be passed */
    bool             *waits;
    uint32_t          count;
    const ir_insn    *insn;
} search;

static bool has(const uint64_t *set, uint32_t reg) { return set[reg / 64] >> reg % 64 & 1; }
static void drop(uint64_t *set, uint32_t reg) { set[reg / 64] &= ~((uint64_t)1 << reg % 64); }

/* Those that are open now come to instruction `pc`. */
static void go_to(search *s, uint32_t pc)
{
    uint64_t *there = s->came + pc * s->words;
    bool      more  = false;
    if (pc >= s->unit->code_len)
        return;
    for (size_t n = 0; n < s->words; n++) {
        more |= (s->now[n] & ~there[n]) != 0;
        there[n] |= s->now[n];
    }
    if (more && !s->waits[pc]) {
        s->waits[pc]            = true;
        s->waiting[s->count++] = pc;
    }
}

static void meet_read(void *user, uint32_t reg)
{
    search *s = user;
    if (!has(s->now, reg))
        return;
    s->life[reg] = s->insn->op != OP_EACH_NEXT ? IR_VALUE : reg == s->insn->a ? IR_ITERATOR : IR_DEAD;
    drop(s->now, reg);
}
static void meet_write(void *user, uint32_t reg) { drop(((search *)user)->now, reg); }

/* The exception that is being handled is read by whoever raises another one; the handler that an error goes to begins with its own. */
static void meet_handlers(search *s, uint32_t pc)
{
    bool caught = false;
    for (uint32_t n = 0; n < s->unit->handler_count; n++) {
        const ir_handler *row = &s->unit->handlers[n];
        if (pc < row->start || pc >= row->end)
            continue;
        if (!row->catches && has(s->now, row->reg)) {
            s->life[row->reg] = IR_VALUE;
            drop(s->now, row->reg);
        }
        if (row->catches && !caught) {
            bool open = has(s->now, row->reg);
            drop(s->now, row->reg);
            go_to(s, row->target);
            s->now[row->reg / 64] |= (uint64_t)open << row->reg % 64;
            caught = true;
        }
    }
}

static bool is_jump(ir_op op)
{
    static const bool jumping[OP_COUNT] = {
#define OP(NAME, name, operands, meaning)
#define JUMPING(NAME, name, operands, meaning) [OP_##NAME] = true,
#include "codegen/ir/ops.def"
#undef OP
    };
    return jumping[op];
}

static bool goes_on(ir_op op) { return op != OP_JUMP && op != OP_RETURN && op != OP_END && op != OP_THROW && op != OP_RERAISE && op != OP_RAISE; }

static void pass(search *s, uint32_t pc)
{
    s->insn = &s->unit->code[pc];
    memcpy(s->now, s->came + pc * s->words, s->words * sizeof *s->now);
    ir_reads(s->p, s->unit, pc, meet_read, s);
    meet_handlers(s, pc);
    if (is_jump(s->insn->op)) { /* what it writes is written where it jumps */
        if (goes_on(s->insn->op))
            go_to(s, pc + 1);
        ir_writes(s->unit, pc, meet_write, s);
        go_to(s, s->insn->d);
        return;
    }
    ir_writes(s->unit, pc, meet_write, s);
    if (goes_on(s->insn->op))
        go_to(s, pc + 1);
}

uint8_t *ir_live(const ir_program *p, const ir_unit *unit, uint32_t pc, arena *memory)
{
    search s = {.p = p, .unit = unit, .words = (unit->registers + 63) / 64};
    s.life    = arena_zalloc(memory, unit->registers + 1);
    s.came    = arena_zalloc(memory, (unit->code_len + 1) * s.words * sizeof *s.came);
    s.now     = arena_alloc(memory, (s.words + 1) * sizeof *s.now);
    s.waiting = arena_alloc(memory, (unit->code_len + 1) * sizeof *s.waiting);
    s.waits   = arena_zalloc(memory, (unit->code_len + 1) * sizeof *s.waits);
    if (!s.life || !s.came || !s.now || !s.waiting || !s.waits)
        return NULL;
    memset(s.now, 0xFF, s.words * sizeof *s.now);
    go_to(&s, pc);
    while (s.count) {
        pc          = s.waiting[--s.count];
        s.waits[pc] = false;
        pass(&s, pc);
    }
    return s.life;
}

bool ir_begins_written(const ir_program *p, const ir_unit *unit, arena *scratch)
{
    const uint8_t *life  = ir_live(p, unit, 0, scratch);
    uint32_t       first = unit->kind == UNIT_ROOT ? 0 : unit->variables, end = unit->kind == UNIT_ROOT ? p->root_temps : unit->registers;
    for (uint32_t r = first; life && r < end; r++)
        if (life[r])
            return false;
    return true;
}
