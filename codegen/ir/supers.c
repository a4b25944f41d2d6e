/* Finding superinstructions (supers.def): the last thing that is done to a program. Runs are found by runs.c. */
#include "codegen/ir/runs.h"
#include "runtime/operate.h"

#include <assert.h>

/* ---- fused ---- */

enum { FUSED_MAX = 5 };
typedef struct pattern {
    uint16_t go;
    uint8_t  len, ops[FUSED_MAX];
    uint8_t  how; /* of the last, a comparison; ANY_WAY */
} pattern;
enum { ANY_WAY = UINT8_MAX };
_Static_assert(OP_COUNT <= UINT8_MAX, "they fit a pattern");

static const pattern patterns[] = { /* those that begin alike are neighbours, longer ones first */
#define SUPER(NAME, meaning)
#define FUSED2(NAME, A, a, B, b) {SUPER_##NAME, 2, {OP_##A, OP_##B}, ANY_WAY},
#define FUSED3(NAME, A, a, B, b, C, c) {SUPER_##NAME, 3, {OP_##A, OP_##B, OP_##C}, ANY_WAY},
#define FUSED5(NAME, A, a, B, b, C, c, D, d, E, e) {SUPER_##NAME, 5, {OP_##A, OP_##B, OP_##C, OP_##D, OP_##E}, ANY_WAY},
#define COMPARE(NAME, HOW) {SUPER_##NAME, 1, {OP_JUMP_COMPARE}, RT_##HOW},
#define FUSED_COMPARE(NAME, A, a, HOW) {SUPER_##NAME, 2, {OP_##A, OP_JUMP_COMPARE}, RT_##HOW},
#include "codegen/ir/supers.def"
};

static bool matches(const run_finder *s, const pattern *p, uint32_t pc)
{
    if (pc + p->len > s->u->code_len)
        return false;
    for (uint32_t n = 1; n < p->len; n++)
        if (s->u->code[pc + n].op != p->ops[n] || s->target[pc + n])
            return false;
    return p->how == ANY_WAY || s->u->code[pc + p->len - 1].a == p->how;
}

enum {
#define SUPER(NAME, meaning)
#define FUSED2(NAME, ...) PATTERN_##NAME,
#define FUSED3(NAME, ...) PATTERN_##NAME,
#define FUSED5(NAME, ...) PATTERN_##NAME,
#define COMPARE(NAME, ...) PATTERN_##NAME,
#define FUSED_COMPARE(NAME, ...) PATTERN_##NAME,
#include "codegen/ir/supers.def"
    PATTERN_COUNT
};
_Static_assert(PATTERN_COUNT == sizeof patterns / sizeof patterns[0] && PATTERN_COUNT < UINT8_MAX, "one a row");

/* The number, from 1, of the last pattern that begins with each instruction: of several rows for one, C takes the last. Most have none. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const uint8_t last_of[OP_COUNT] = {
#define SUPER(NAME, meaning)
#define FUSED2(NAME, A, ...) [OP_##A] = PATTERN_##NAME + 1,
#define FUSED3(NAME, A, ...) [OP_##A] = PATTERN_##NAME + 1,
#define FUSED5(NAME, A, ...) [OP_##A] = PATTERN_##NAME + 1,
#define COMPARE(NAME, HOW) [OP_JUMP_COMPARE] = PATTERN_##NAME + 1,
#define FUSED_COMPARE(NAME, A, ...) [OP_##A] = PATTERN_##NAME + 1,
#include "codegen/ir/supers.def"
};

/* May the instruction be the second of a pattern? */
static const bool is_second[OP_COUNT] = {
#define SUPER(NAME, meaning)
#define FUSED2(NAME, A, a, B, ...) [OP_##B] = true,
#define FUSED3(NAME, A, a, B, ...) [OP_##B] = true,
#define FUSED5(NAME, A, a, B, ...) [OP_##B] = true,
#define COMPARE(NAME, HOW)
#define FUSED_COMPARE(NAME, A, a, HOW) [OP_JUMP_COMPARE] = true,
#include "codegen/ir/supers.def"
};
#pragma GCC diagnostic pop

/* Are those that begin alike neighbours? */
static inline bool are_grouped(void)
{
    bool grouped = true;
    for (uint32_t n = 0; n + 1 < PATTERN_COUNT; n++)
        grouped &= patterns[n].ops[0] == patterns[n + 1].ops[0] || last_of[patterns[n].ops[0]] == n + 1;
    return grouped;
}

static bool may_match(const run_finder *s, uint32_t pc)
{
    const uint32_t last = last_of[s->u->code[pc].op];
    return last && (patterns[last - 1].len == 1 || (pc + 1 < s->u->code_len && is_second[s->u->code[pc + 1].op]));
}

/* How many instructions from pc on are one now. */
static uint32_t find_fused(const run_finder *s, uint32_t pc)
{
    const ir_op    op    = s->u->code[pc].op;
    const pattern *found = NULL;
    if (!may_match(s, pc))
        return 1;
    for (uint32_t n = last_of[op]; n > 0 && patterns[n - 1].ops[0] == op; n--)
        if (matches(s, &patterns[n - 1], pc))
            found = &patterns[n - 1];
    if (!found)
        return 1;
    s->u->code[pc].go = found->go;
    return found->len;
}

/* ---- questions for an attribute's text ---- */

static bool asks_text(const ir_insn *i) { return i->op == OP_JUMP_ATTR_EQ || i->op == OP_JUMP_ATTR_NE; }

/* Mostly they ask for what the one before (NULL: none) asks for, or for something new. */
static void ask_text(const run_finder *s, ir_insn *i, const ir_insn *last)
{
    i->go  = SUPER_ATTR_IS;
    i->row = last && last->b == i->b && text_equal(s->p->sites[last->c].name, s->p->sites[i->c].name) ? last->row : last ? (uint16_t)(last->row + 1) : 0;
}

/* ---- units ---- */

/* Where jumps go, and what an instruction is by itself: a question for an attribute's text, or a call by position. */
static void find_targets(run_finder *s)
{
    const ir_insn *asked = NULL;
    memset(s->target, NO_TARGET, s->u->code_len * sizeof *s->target);
    for (uint32_t pc = 0; pc < s->u->code_len; pc++) {
        ir_insn *i = &s->u->code[pc];
        i->go      = i->op;
        i->row     = 0;
        if (ir_op_operands(i->op)[3] == 'j')
            s->target[i->d] = i->d <= pc || s->target[i->d] == LOOP_HEAD ? LOOP_HEAD : JUMPED_TO;
        if (asks_text(i)) {
            ask_text(s, i, asked);
            asked = i;
        } else if (i->op == OP_INVOKE && s->p->calls[i->d].plain) {
            i->go  = SUPER_ENTER;
            i->row = s->p->calls[i->d].positional;
        }
    }
    for (uint32_t n = 0; n < s->u->handler_count; n++)
        s->target[s->u->handlers[n].target] = LOOP_HEAD; /* it is come to from anywhere */
}

static bool search_unit(run_finder *s, const ir_unit *u)
{
    s->u      = u;
    s->target = arena_alloc(s->scratch, (u->code_len + 1) * sizeof *s->target);
    if (!s->target)
        return false;
    find_targets(s);
    for (uint32_t pc = 0; pc < u->code_len;)
        pc += find_fused(s, pc);
    return s->p->is_script || ir_find_runs(s);
}

bool ir_find_supers(ir_program *program, arena *scratch)
{
    run_finder s;
    assert(are_grouped());
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
