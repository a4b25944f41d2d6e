/* Finding superinstructions (supers.def): the last thing that is done to a program.
 *
 * A run is a row of instructions of which only the first is jumped to, and all of which print or fetch attributes for printing. It becomes a row
 * of parts, with the text, the register and the site of each at hand. A part that cannot be done as a run does it is left to its instructions, and
 * what follows too, so parts are independent of one another; those of a sum stand and fall together. */
#include "codegen/ir/ir.h"

#include "runtime/write.h"

enum { VALUES_MIN = 3, PARTS_MAX = 64, RUN_ROOM_MAX = 8192, RUNS_MAX = UINT16_MAX, BLOCK = 32 };

typedef struct finder {
    ir_program    *p;
    const ir_unit *u;
    bool          *target; /* of jumps: one for each instruction of the unit */
    arena         *scratch;
    ir_run       **runs;
    uint32_t       run_count, run_cap;
    uint32_t       count;    /* of parts */
    uint32_t       room;
    uint32_t       from, pc; /* the run's first instruction; the next to be looked at */
    uint32_t       sum;      /* the instruction that the running sum began with; NO_SUM */
    ir_part        parts[PARTS_MAX];
} finder;
#define NO_SUM UINT32_MAX

/* ---- parts ---- */

static void add_part(finder *s, ir_part part, uint32_t insns)
{
    bool prints = part.kind != PART_NONE && part.kind != PART_FETCH && part.kind != PART_SUM && part.kind != PART_NEXT;
    part.in_sum = s->sum != NO_SUM;
    part.insn   = (part.in_sum ? s->sum : s->pc) - s->from;
    s->room += (part.text_len + BLOCK - 1) / BLOCK * BLOCK + (prints ? RT_SHORT : 0);
    s->pc += insns;
    if (!part.text)
        part.text = s->p->constants[0].as.s; /* the empty text */
    s->parts[s->count++] = part;
}

static ir_part with_text(const finder *s, uint32_t k, ir_part part)
{
    part.text     = s->p->constants[k].as.s;
    part.text_len = s->p->constants[k].len;
    return part;
}

static const ir_insn *ahead(const finder *s, uint32_t count)
{
    static const ir_insn none = {.op = OP_END};
    for (uint32_t n = 1; n <= count; n++)
        if (s->pc + n >= s->u->code_len || s->target[s->pc + n])
            return &none;
    return &s->u->code[s->pc + count];
}

static bool prints_register(const ir_insn *i, uint16_t reg) { return (i->op == OP_OUT || i->op == OP_OUT_E) && i->b == reg; }
/* PART_REGISTER or PART_ATTR as the instruction prints it. */
static uint8_t printed(ir_part_kind kind, const ir_insn *i) { return (uint8_t)(kind + (i->op == OP_OUT_E || i->op == OP_OUT_ATTR_E ? HOW_ESCAPED : HOW_STR)); }

/* loop.index, printed */
static bool add_counter(finder *s, const ir_insn *i)
{
    const ir_insn *print = ahead(s, 1);
    if ((i->c != LOOP_index && i->c != LOOP_index0) || !prints_register(print, i->a))
        return false;
    add_part(s, with_text(s, print->d, (ir_part){.kind = PART_COUNTER, .reg = i->b, .to = i->a, .site = i->c == LOOP_index}), 2);
    return true;
}

/* x|safe or x.y|safe, printed: `part` is x, which `i` puts where it is made Markup of. */
static bool add_safe(finder *s, const ir_insn *i, ir_part part)
{
    const ir_insn *markup = ahead(s, 1), *print = ahead(s, 2);
    if (markup->op != OP_MARKUP || markup->c != 1 || markup->b != i->a || !prints_register(print, markup->a) || markup->a == part.reg)
        return false;
    part.kind = (uint8_t)(part.kind + HOW_SAFE);
    part.to   = markup->a;
    add_part(s, with_text(s, print->d, part), 3);
    return true;
}

static bool add_attribute(finder *s, const ir_insn *i)
{
    ir_part part = {.kind = PART_ATTR, .reg = i->b, .site = i->d};
    if (add_safe(s, i, part))
        return true;
    part.kind = PART_FETCH;
    part.to   = i->a;
    add_part(s, part, 1);
    return true;
}

static bool add_simple(finder *s, const ir_insn *i)
{
    switch (i->op) {
    case OP_TEXT: add_part(s, with_text(s, i->d, (ir_part){.kind = PART_NONE}), 1); return true;
    case OP_OUT: case OP_OUT_E: add_part(s, with_text(s, i->d, (ir_part){.kind = printed(PART_REGISTER, i), .reg = i->b}), 1); return true;
    case OP_OUT_ATTR: case OP_OUT_ATTR_E:
        add_part(s, with_text(s, i->d, (ir_part){.kind = printed(PART_ATTR, i), .reg = i->b, .site = i->c}), 1);
        return true;
    case OP_LOOP_ATTR: return add_counter(s, i);
    case OP_MOVE: return add_safe(s, i, (ir_part){.kind = PART_REGISTER, .reg = i->b});
    case OP_ATTR: return add_attribute(s, i);
    default: return false;
    }
}

static bool add_of_sum(finder *s, const ir_insn *i)
{
    switch (i->op) {
    case OP_SUM_TEXT: add_part(s, with_text(s, i->d, (ir_part){.kind = PART_NONE}), 1); return true;
    case OP_SUM_ADD: add_part(s, (ir_part){.kind = PART_REGISTER_SUM, .reg = i->b}, 1); return true;
    case OP_SUM_ATTR: add_part(s, (ir_part){.kind = PART_ATTR_SUM, .reg = i->b, .site = i->d}, 1); return true;
    case OP_SUM_END:
        s->pc++;
        s->sum = NO_SUM;
        return true;
    default: return false;
    }
}

static bool begin_sum(finder *s, const ir_insn *i)
{
    s->sum = s->pc;
    if (i->op == OP_SUM_BEGIN) {
        add_part(s, with_text(s, i->d, (ir_part){.kind = PART_SUM}), 1);
        return true;
    }
    add_part(s, (ir_part){.kind = PART_SUM}, 0);
    add_part(s, (ir_part){.kind = PART_REGISTER_SUM, .reg = i->b}, 1);
    return true;
}

static bool add_next(finder *s)
{
    const ir_insn *i = &s->u->code[s->pc];
    if (s->sum != NO_SUM)
        return add_of_sum(s, i);
    if (i->op == OP_SUM_BEGIN || i->op == OP_SUM_BEGIN_VALUE)
        return begin_sum(s, i);
    return add_simple(s, i);
}

/* ---- runs ---- */

/* A text before a part without one becomes that part's. */
static void join_texts(finder *s)
{
    uint32_t kept = 0;
    for (uint32_t n = 0; n < s->count; n++) {
        const ir_part *before = kept ? &s->parts[kept - 1] : NULL;
        ir_part        part   = s->parts[n];
        if (before && before->kind == PART_NONE && !part.text_len && part.kind != PART_SUM && part.kind != PART_NEXT && before->in_sum == part.in_sum) {
            part.text     = before->text;
            part.text_len = before->text_len;
            part.insn     = before->insn;
            kept--;
        }
        s->parts[kept++] = part;
    }
    s->count = kept;
}

/* Parts that ask the object of the last one again. */
static void find_same(finder *s)
{
    uint32_t object = UINT32_MAX; /* the register of the last ATTR */
    for (uint32_t n = 0; n < s->count; n++) {
        ir_part *part = &s->parts[n];
        bool     attr = part->kind >= PART_ATTR && part->kind <= PART_ATTR_SAFE;
        if (attr && part->reg == object)
            part->kind = (uint8_t)(part->kind - PART_ATTR + PART_SAME);
        else if (attr)
            object = part->reg;
        if ((part->kind == PART_FETCH || part->kind == PART_COUNTER || part->kind == PART_REGISTER_SAFE || part->kind == PART_ATTR_SAFE || part->kind == PART_SAME_SAFE) &&
            part->to == object)
            object = UINT32_MAX;
    }
}

static bool runs_grow(finder *s)
{
    if (s->run_count < s->run_cap)
        return true;
    uint32_t wider = s->run_cap ? 2 * s->run_cap : 16;
    ir_run **moved = arena_alloc(s->scratch, wider * sizeof *moved);
    if (!moved)
        return false;
    if (s->run_count)
        memcpy(moved, s->runs, s->run_count * sizeof *moved);
    s->runs    = moved;
    s->run_cap = wider;
    return true;
}

static bool keep_run(finder *s)
{
    join_texts(s);
    find_same(s);
    ir_run *run = arena_alloc(&s->p->memory, sizeof *run + (s->count + 1) * sizeof *run->parts);
    if (!run || !runs_grow(s))
        return false;
    run->room  = s->room + BLOCK;
    run->insns = s->pc - s->from;
    memcpy(run->parts, s->parts, s->count * sizeof *run->parts);
    run->parts[s->count]    = (ir_part){.text = s->p->constants[0].as.s, .kind = PART_END};
    s->u->code[s->from].go  = SUPER_RUN;
    s->u->code[s->from].row = (uint16_t)s->run_count;
    s->runs[s->run_count++] = run;
    return true;
}

static uint32_t count_values(const finder *s)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < s->count; n++)
        count += s->parts[n].kind != PART_NONE && s->parts[n].kind != PART_SUM;
    return count;
}

/* When all that a loop does is the run, it is a part of it. */
static bool add_loop(finder *s)
{
    const ir_insn *i = s->pc < s->u->code_len ? &s->u->code[s->pc] : NULL;
    if (!i || i->op != OP_NEXT || i->d != s->from)
        return false;
    add_part(s, (ir_part){.kind = PART_NEXT, .reg = i->a, .to = i->b}, 1);
    return true;
}

/* The run that begins with instruction `from`, if it is one; s->pc is behind it. */
static bool find_run(finder *s, uint32_t from)
{
    uint32_t count = 0, room = 0, behind = from; /* of what is whole: no sum is in the middle */
    s->count = s->room = 0;
    s->from = s->pc = from;
    s->sum          = NO_SUM;
    while (s->pc < s->u->code_len && (s->pc == from || !s->target[s->pc]) && s->count + 2 < PARTS_MAX && add_next(s) && s->room < RUN_ROOM_MAX)
        if (s->sum == NO_SUM) {
            count  = s->count;
            room   = s->room;
            behind = s->pc;
        }
    while (count && s->parts[count - 1].kind == PART_FETCH) { /* of what is not printed here */
        count--;
        behind--;
    }
    s->count = count;
    s->room  = room;
    s->pc    = behind;
    return !count || (!add_loop(s) && count_values(s) < VALUES_MIN) || s->run_count == RUNS_MAX || keep_run(s);
}

/* ---- fused ---- */

enum { FUSED_MAX = 5 };
typedef struct pattern {
    uint16_t go;
    uint8_t  len, ops[FUSED_MAX];
} pattern;
_Static_assert(OP_COUNT <= UINT8_MAX, "they fit a pattern");

static const pattern patterns[] = { /* longer ones of those that begin alike come first */
#define SUPER(NAME, meaning)
#define FUSED2(NAME, A, a, B, b) {SUPER_##NAME, 2, {OP_##A, OP_##B}},
#define FUSED3(NAME, A, a, B, b, C, c) {SUPER_##NAME, 3, {OP_##A, OP_##B, OP_##C}},
#define FUSED5(NAME, A, a, B, b, C, c, D, d, E, e) {SUPER_##NAME, 5, {OP_##A, OP_##B, OP_##C, OP_##D, OP_##E}},
#include "codegen/ir/supers.def"
};

static bool matches(const finder *s, const pattern *p, uint32_t pc)
{
    if (s->u->code[pc].op != p->ops[0] || pc + p->len > s->u->code_len)
        return false;
    for (uint32_t n = 1; n < p->len; n++)
        if (s->u->code[pc + n].op != p->ops[n] || s->target[pc + n])
            return false;
    return true;
}

/* How many instructions from pc on are one now. */
static uint32_t find_fused(const finder *s, uint32_t pc)
{
    for (size_t n = 0; n < sizeof patterns / sizeof patterns[0]; n++)
        if (matches(s, &patterns[n], pc)) {
            s->u->code[pc].go = patterns[n].go;
            return patterns[n].len;
        }
    return 1;
}

/* ---- questions for an attribute's text ---- */

static bool asks_text(const ir_insn *i) { return i->op == OP_JUMP_ATTR_EQ || i->op == OP_JUMP_ATTR_NE; }

static void find_questions(const finder *s)
{
    const ir_insn *last = NULL; /* mostly they ask for what the one before asks for, or for something new */
    for (uint32_t pc = 0; pc < s->u->code_len; pc++) {
        ir_insn *i = &s->u->code[pc];
        if (!asks_text(i))
            continue;
        i->go  = SUPER_ATTR_IS;
        i->row = last && last->b == i->b && text_equal(s->p->sites[last->c].name, s->p->sites[i->c].name) ? last->row : last ? (uint16_t)(last->row + 1) : 0;
        last   = i;
    }
}

/* ---- units ---- */

static void find_targets(finder *s)
{
    memset(s->target, 0, s->u->code_len * sizeof *s->target);
    for (uint32_t pc = 0; pc < s->u->code_len; pc++) {
        ir_insn *i = &s->u->code[pc];
        i->go      = i->op;
        i->row     = 0;
        if (ir_op_operands(i->op)[3] == 'j')
            s->target[i->d] = true;
    }
    for (uint32_t n = 0; n < s->u->handler_count; n++)
        s->target[s->u->handlers[n].target] = true;
}

static bool search_unit(finder *s, const ir_unit *u)
{
    s->u      = u;
    s->target = arena_alloc(s->scratch, (u->code_len + 1) * sizeof *s->target);
    if (!s->target)
        return false;
    find_targets(s);
    find_questions(s);
    for (uint32_t pc = 0, run; pc < u->code_len; pc = run) {
        if (!find_run(s, pc))
            return false;
        run = s->u->code[pc].go == SUPER_RUN ? s->pc : pc + find_fused(s, pc);
    }
    return true;
}

bool ir_find_supers(ir_program *program, arena *scratch)
{
    finder s;
    s.p       = program;
    s.scratch = scratch;
    s.runs    = NULL;
    s.run_count = s.run_cap = 0;
    for (uint32_t n = 0; n < program->unit_count; n++)
        if (!search_unit(&s, program->units[n]))
            return false;
    program->runs      = arena_alloc(&program->memory, (s.run_count + 1) * sizeof *program->runs);
    program->run_count = s.run_count;
    if (program->runs && s.run_count)
        memcpy(program->runs, s.runs, s.run_count * sizeof *program->runs);
    return program->runs != NULL;
}
