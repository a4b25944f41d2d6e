/* Finding runs: the instructions of a unit as rows of parts (ir_part), for what prints, and for what decides what is printed.
 *
 * A stretch of instructions becomes one row of parts, as long as room allows; its jumps become jumps among the parts. An instruction that no part stands for
 * is a hole: the row is left there, and what follows is reached by jumps, or entered again. A run is a place where the row is entered:
 * the beginning of the stretch, the head of a loop, what is behind a hole; each where it is worth it. Jumps from elsewhere lead to the
 * instructions, which stand where they stood. A part has the text, the register and the site of its instructions at hand. What it
 * cannot do as usual it leaves to its instructions, and what follows too, so parts are independent of one another; those of a sum stand and fall together. */
#include "codegen/ir/runs.h"

#include "runtime/operate.h"
#include "runtime/write.h"

enum { VALUES_MIN = 3, RUN_ROOM_MAX = 4096, RUNS_MAX = UINT16_MAX, BLOCK = 32 };
#define NO_SUM  UINT32_MAX
#define NOWHERE UINT32_MAX

/* ---- parts ---- */

static bool prints_value(const ir_part *part) { return part->kind > PART_NONE && part->kind < PART_SUM; }
static bool jumps(const ir_part *part) { return part->kind >= PART_JUMP && part->kind <= PART_NEXT; }
static bool sets_register(const ir_part *part)
{
    return (part->kind >= PART_FETCH && part->kind < PART_JUMP) || part->kind == PART_COUNTER || part->kind == PART_NEXT || part->kind == PART_COMPARE_K || part->kind == PART_REGISTER_SAFE ||
           part->kind == PART_ATTR_SAFE || part->kind == PART_SAME_SAFE;
}
static uint32_t room_of(const ir_part *part) { return (part->text_len + BLOCK - 1) / BLOCK * BLOCK + (prints_value(part) ? RT_SHORT : 0); }

/* The text before a part without one, which becomes that part's; NULL when there is none. */
static const ir_part *text_before(const run_finder *s, const ir_part *part)
{
    const ir_part *last = s->count ? &s->parts[s->count - 1] : NULL;
    return last && last->kind == PART_NONE && !part->text_len && part->kind != PART_SUM && last->in_sum == part->in_sum && !s->target[s->pc] ? last : NULL;
}

static void add_part(run_finder *s, ir_part part, uint32_t insns)
{
    part.in_sum = s->sum != NO_SUM;
    part.insn   = part.in_sum ? s->sum : s->pc;
    s->room += room_of(&part);
    part.cache = part.site * IR_CACHE_SIZE;
    part.reg *= (uint32_t)sizeof(burin_value);
    part.to *= (uint32_t)sizeof(burin_value);
    const ir_part *text = text_before(s, &part);
    if (text) {
        part.text     = text->text;
        part.text_len = text->text_len;
        part.insn     = part.kind == PART_EXIT ? part.insn : text->insn;
        s->count--;
    } else {
        s->begins[s->count] = s->pc;
        if (!part.text)
            part.text = s->p->constants[0].as.s; /* the empty text */
    }
    s->goals[s->count]   = NOWHERE;
    s->parts[s->count++] = part;
    s->pc += insns;
}

/* `jump` is the last of the `insns` instructions. */
static void add_jump(run_finder *s, const ir_insn *jump, ir_part part, uint32_t insns)
{
    add_part(s, part, insns);
    s->goals[s->count - 1] = jump->d;
}

static ir_part with_constant(const run_finder *s, uint32_t k, ir_part part)
{
    part.constant = &s->p->constants[k];
    return part;
}

static ir_part with_text(const run_finder *s, uint32_t k, ir_part part)
{
    part.text     = s->p->constants[k].as.s;
    part.text_len = s->p->constants[k].len;
    return part;
}

static const ir_insn *ahead(const run_finder *s, uint32_t count)
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

/* loop.index, printed or not; loop.first, loop.last */
static bool add_of_loop(run_finder *s, const ir_insn *i)
{
    const ir_insn *print   = ahead(s, 1);
    const bool     counts  = i->c == LOOP_index || i->c == LOOP_index0;
    ir_part        part    = {.reg = i->b, .to = i->a, .site = i->c == LOOP_index};
    if (counts && prints_register(print, i->a)) {
        part.kind = PART_COUNTER;
        add_part(s, with_text(s, print->d, part), 2);
        return true;
    }
    if (!counts && i->c != LOOP_first && i->c != LOOP_last)
        return false;
    part.kind = counts ? PART_COUNT : i->c == LOOP_first ? PART_FIRST : PART_LAST;
    add_part(s, part, 1);
    return true;
}

/* x|safe or x.y|safe, printed: `part` is x, which `i` puts where it is made Markup of. */
static bool add_safe(run_finder *s, const ir_insn *i, ir_part part)
{
    const ir_insn *markup = ahead(s, 1), *print = ahead(s, 2);
    if (markup->op != OP_MARKUP || markup->c != 1 || markup->b != i->a || !prints_register(print, markup->a) || markup->a == part.reg)
        return false;
    part.kind = (uint8_t)(part.kind + HOW_SAFE);
    part.to   = markup->a;
    add_part(s, with_text(s, print->d, part), 3);
    return true;
}

static void add_copy(run_finder *s, const ir_insn *i)
{
    const bool fetches = i->op == OP_ATTR;
    if (add_safe(s, i, fetches ? (ir_part){.kind = PART_ATTR, .reg = i->b, .site = i->d} : (ir_part){.kind = PART_REGISTER, .reg = i->b}))
        return;
    add_part(s, (ir_part){.kind = fetches ? PART_FETCH : PART_MOVE, .reg = i->b, .to = i->a, .site = i->d}, 1);
}

static bool add_printing(run_finder *s, const ir_insn *i)
{
    switch (i->op) {
    case OP_TEXT: add_part(s, with_text(s, i->d, (ir_part){.kind = PART_NONE}), 1); return true;
    case OP_OUT: case OP_OUT_E: add_part(s, with_text(s, i->d, (ir_part){.kind = printed(PART_REGISTER, i), .reg = i->b}), 1); return true;
    case OP_OUT_ATTR: case OP_OUT_ATTR_E:
        add_part(s, with_text(s, i->d, (ir_part){.kind = printed(PART_ATTR, i), .reg = i->b, .site = i->c}), 1);
        return true;
    case OP_LOOP_ATTR: return add_of_loop(s, i);
    case OP_MOVE: case OP_ATTR: add_copy(s, i); return true;
    default: return false;
    }
}

static bool add_value(run_finder *s, const ir_insn *i)
{
    uint32_t of = i->c; /* what `site` is */
    uint32_t k  = 0;    /* the constant */
    uint8_t  kind;
    switch (i->op) {
    case OP_LOADK: kind = PART_CONSTANT; k = i->d; break;
    case OP_CHECK: kind = PART_CHECK; k = i->d; break;
    case OP_CLEAR: kind = PART_CLEAR; break;
    case OP_TEST_DEFINED: kind = PART_DEFINED; break;
    case OP_ADD: kind = PART_ADD; break;
    case OP_SUB: kind = PART_SUB; break;
    case OP_MOD: kind = PART_MOD; break;
    case OP_ITEM: kind = PART_ITEM; break;
    case OP_ITER:
        if (i->c)
            return false;
        kind = PART_ITER;
        of   = i->d;
        break;
    default: return false;
    }
    add_part(s, with_constant(s, k, (ir_part){.kind = kind, .reg = i->b, .to = i->a, .site = of}), 1);
    return true;
}

static bool add_resolving(run_finder *s, const ir_insn *i)
{
    if (i->op != OP_RESOLVE && i->op != OP_RESOLVE_U)
        return false;
    ir_part part = {.kind = PART_RESOLVE, .to = i->a, .site = i->d};
    add_part(s, i->op == OP_RESOLVE ? part : with_constant(s, i->b | (uint32_t)i->c << 16, part), 1);
    return true;
}

/* A constant, and what is compared with it. */
static bool add_comparison(run_finder *s, const ir_insn *i)
{
    const ir_insn *jump = ahead(s, 1);
    if (i->op != OP_LOADK || jump->op != OP_JUMP_COMPARE || jump->a > RT_GE || jump->c != i->a || jump->b == i->a)
        return false;
    add_jump(s, jump, with_constant(s, i->d, (ir_part){.kind = PART_COMPARE_K, .reg = jump->b, .to = i->a, .how = (uint8_t)jump->a}), 2);
    return true;
}

static bool add_decision(run_finder *s, const ir_insn *i)
{
    ir_part part = {.reg = i->b, .site = i->c};
    switch (i->op) {
    case OP_JUMP: part.kind = PART_JUMP; break;
    case OP_JUMP_IF: part.kind = PART_IF; break;
    case OP_JUMP_NOT: part.kind = PART_NOT; break;
    case OP_JUMP_SET: part.kind = PART_SET; break;
    case OP_JUMP_ATTR_IF: part.kind = PART_ATTR_IF; break;
    case OP_JUMP_ATTR_NOT: part.kind = PART_ATTR_NOT; break;
    case OP_JUMP_COMPARE:
        if (i->a > RT_GE)
            return false;
        part.kind = PART_COMPARE;
        part.how  = (uint8_t)i->a;
        break;
    case OP_JUMP_ATTR_EQ: case OP_JUMP_ATTR_NE:
        part      = with_constant(s, i->a, part);
        part.kind = PART_IS;
        part.how  = i->op == OP_JUMP_ATTR_EQ;
        break;
    case OP_NEXT: part.kind = PART_NEXT, part.reg = i->a, part.to = i->b, part.site = i->d; break;
    default: return false;
    }
    add_jump(s, i, part, 1);
    return true;
}

static bool add_of_sum(run_finder *s, const ir_insn *i)
{
    switch (i->op) {
    case OP_SUM_TEXT: add_part(s, with_text(s, i->d, (ir_part){.kind = PART_NONE}), 1); return true;
    case OP_SUM_ADD: add_part(s, (ir_part){.kind = PART_REGISTER_SUM, .reg = i->b}, 1); return true;
    case OP_SUM_ATTR: add_part(s, (ir_part){.kind = PART_ATTR_SUM, .reg = i->b, .site = i->d}, 1); return true;
    case OP_LOADK: case OP_ITEM: return add_value(s, i);
    case OP_SUM_END:
        s->pc++;
        s->sum = NO_SUM;
        return true;
    default: return false;
    }
}

static void begin_sum(run_finder *s, const ir_insn *i)
{
    s->sum      = s->pc;
    s->sum_part = s->count;
    if (i->op == OP_SUM_BEGIN) {
        add_part(s, with_text(s, i->d, (ir_part){.kind = PART_SUM}), 1);
    } else {
        add_part(s, (ir_part){.kind = PART_SUM}, 0);
        add_part(s, (ir_part){.kind = PART_REGISTER_SUM, .reg = i->b}, 1);
    }
}

static bool has_hole(const run_finder *s) { return s->count && s->parts[s->count - 1].kind == PART_EXIT; }

/* No part stands for the instruction, or for the sum that it belongs to. What follows a hole is not come to from it. */
static void add_hole(run_finder *s)
{
    if (s->sum != NO_SUM) {
        s->count = s->sum_part;
        s->pc    = s->sum;
        s->sum   = NO_SUM;
    }
    if (!has_hole(s) || s->target[s->pc])
        add_part(s, (ir_part){.kind = PART_EXIT}, 0);
    s->pc++;
}

static void add_next(run_finder *s)
{
    const ir_insn *i = &s->u->code[s->pc];
    bool           found;
    if (s->sum != NO_SUM)
        found = !s->target[s->pc] && add_of_sum(s, i);
    else if ((found = i->op == OP_SUM_BEGIN || i->op == OP_SUM_BEGIN_VALUE))
        begin_sum(s, i);
    else
        found = add_printing(s, i) || add_comparison(s, i) || add_value(s, i) || add_resolving(s, i) || add_decision(s, i);
    if (!found)
        add_hole(s);
}

/* ---- what is known of parts ---- */

static ir_part exit_to(const run_finder *s, uint32_t insn) { return (ir_part){.kind = PART_EXIT, .insn = insn, .text = s->p->constants[0].as.s}; }

/* Jumps to instructions become jumps to parts; for each that leaves the stretch there is a part behind it. The number of all parts. */
static uint32_t find_ways(run_finder *s)
{
    uint32_t all    = s->count;
    s->parts[all++] = exit_to(s, s->pc);
    for (uint32_t n = 0; n < s->count; n++) {
        uint32_t goal = s->goals[n], to = s->count;
        bool     back = goal <= s->begins[n];
        if (!jumps(&s->parts[n]))
            continue;
        if (back && goal >= s->from && s->parts[n].kind == PART_NEXT)
            for (to = n; to > 0 && s->begins[to - 1] >= goal;)
                to--;
        else if (!back && goal < s->pc)
            for (to = n + 1; s->begins[to] < goal;)
                to++;
        else if (goal != s->pc)
            s->parts[to = all++] = exit_to(s, goal);
        s->parts[n].jump = (int32_t)to - (int32_t)n;
    }
    return all;
}

/* How a part may be come to: from parts before it only; from behind it too; it is where a run begins. */
typedef enum way_in { FROM_BEFORE, FROM_BEHIND, FROM_OUTSIDE } way_in;

/* What holds before a part, however it is come to. */
typedef struct known {
    uint32_t object; /* the register of the last ATTR, or NOWHERE */
    uint32_t asked;  /* the part that is the last IS, or NOWHERE */
} known;

static void meet(known *at, known other, bool first)
{
    if (first)
        *at = other;
    if (at->object != other.object)
        at->object = NOWHERE;
    if (at->asked != other.asked)
        at->asked = NOWHERE;
}

static known pass(run_finder *s, uint32_t n, known at)
{
    ir_part *part = &s->parts[n];
    bool     attr = part->kind >= PART_ATTR && part->kind <= PART_ATTR_SAFE;
    if (attr && part->reg == at.object)
        part->kind = (uint8_t)(part->kind - PART_ATTR + PART_SAME);
    else if (attr)
        at.object = part->reg;
    if (part->kind == PART_IS) {
        const ir_part *last = at.asked == NOWHERE ? NULL : &s->parts[at.asked];
        if (last && last->reg == part->reg && text_equal(s->p->sites[last->site].name, s->p->sites[part->site].name))
            part->kind = PART_SAME_IS;
        else
            at.asked = n;
    }
    if (!sets_register(part))
        return at;
    if (part->to == at.object)
        at.object = NOWHERE;
    if (at.asked != NOWHERE && part->to == s->parts[at.asked].reg)
        at.asked = NOWHERE;
    return at;
}

/* Parts that ask the object of the last one again. */
static void find_same(run_finder *s, const way_in *ways_in)
{
    known at[2 * RUN_PARTS_MAX];
    bool  seen[2 * RUN_PARTS_MAX];
    memset(seen, 0, (s->count + 1) * sizeof *seen);
    for (uint32_t n = 0; n < s->count; n++) {
        if (ways_in[n] != FROM_BEFORE)
            at[n] = (known){NOWHERE, NOWHERE};
        else if (!seen[n]) /* it is never come to */
            continue;
        known          behind = pass(s, n, at[n]);
        const ir_part *part   = &s->parts[n];
        if (part->kind != PART_JUMP && part->kind != PART_EXIT) {
            meet(&at[n + 1], behind, !seen[n + 1]);
            seen[n + 1] = true;
        }
        uint32_t to = n + (uint32_t)part->jump;
        if (jumps(part) && part->jump > 0 && to < s->count) {
            meet(&at[to], behind, !seen[to]);
            seen[to] = true;
        }
    }
}

/* The most that is printed from any part on, before the row is left or a loop goes on. */
static uint32_t find_room(const run_finder *s, uint32_t all)
{
    uint32_t from[2 * RUN_PARTS_MAX], most = 0;
    for (uint32_t n = all; n-- > 0;) {
        const ir_part *part = &s->parts[n];
        uint32_t       next = part->kind == PART_JUMP || part->kind == PART_EXIT ? 0 : from[n + 1];
        if (jumps(part) && part->jump > 0 && from[n + (uint32_t)part->jump] > next)
            next = from[n + (uint32_t)part->jump];
        from[n] = room_of(part) + next;
        most    = from[n] > most ? from[n] : most;
    }
    return most + BLOCK;
}

/* ---- runs ---- */

/* How many values are printed from part `n` on, if nothing jumps. */
static uint32_t values_from(const run_finder *s, uint32_t n)
{
    uint32_t values = 0;
    for (; n < s->count && s->parts[n].kind != PART_EXIT; n++)
        values += prints_value(&s->parts[n]);
    return values;
}

/* Does a loop that goes on at part `n` print something, and nothing but by parts? */
static bool loops(const run_finder *s, uint32_t n)
{
    bool prints = false;
    for (uint32_t at = n; at < s->count && s->parts[at].kind != PART_EXIT; at++) {
        prints = prints || prints_value(&s->parts[at]) || s->parts[at].text_len;
        if (s->parts[at].kind == PART_NEXT && at + (uint32_t)s->parts[at].jump == n)
            return prints;
    }
    return false;
}

/* Where the row is entered: how often. */
static uint32_t find_entries(const run_finder *s, way_in *ways_in)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < s->count; n++) {
        const ir_part *part  = &s->parts[n];
        const bool     head  = s->target[s->begins[n]] == LOOP_HEAD, begin = n == 0 || s->parts[n - 1].kind == PART_EXIT;
        const bool     whole = !part->in_sum || part->kind == PART_SUM;
        ways_in[n]           = head ? FROM_BEHIND : FROM_BEFORE;
        if (whole && ((head && loops(s, n)) || ((head || begin) && values_from(s, n) >= VALUES_MIN))) {
            ways_in[n] = FROM_OUTSIDE;
            count++;
        }
    }
    return count;
}

static bool runs_grow(run_finder *s, uint32_t more)
{
    if (s->run_count + more <= s->run_cap)
        return true;
    uint32_t wider = 2 * s->run_cap + more + 16;
    ir_run  *moved = arena_alloc(s->scratch, wider * sizeof *moved);
    if (!moved)
        return false;
    if (s->run_count)
        memcpy(moved, s->runs, s->run_count * sizeof *moved);
    s->runs    = moved;
    s->run_cap = wider;
    return true;
}

static uint8_t start_of(const ir_part *part)
{
    if (!part->text_len)
        return part->kind;
    return part->text_len <= 16 ? PART_TEXT_16 : part->text_len <= 32 ? PART_TEXT_32 : PART_TEXT_LONG;
}

/* The row of parts, when it is entered anywhere. */
static bool keep_parts(run_finder *s)
{
    way_in ways_in[RUN_PARTS_MAX];
    uint32_t all = find_ways(s), count = find_entries(s, ways_in);
    if (!count || s->run_count + count > RUNS_MAX)
        return true;
    find_same(s, ways_in);
    uint32_t room = find_room(s, all);
    ir_part *kept = arena_alloc(&s->p->memory, all * sizeof *kept);
    if (!kept || !runs_grow(s, count))
        return false;
    for (uint32_t n = 0; n < all; n++) {
        kept[n]       = s->parts[n];
        kept[n].start = start_of(&s->parts[n]);
        kept[n].jump *= (int32_t)sizeof(ir_part);
        if (n >= s->count || ways_in[n] != FROM_OUTSIDE)
            continue;
        ir_insn *i = &s->u->code[s->begins[n]];
        i->go      = SUPER_RUN;
        i->row     = (uint16_t)s->run_count;
        s->runs[s->run_count++] = (ir_run){&kept[n], room};
    }
    return true;
}

bool ir_find_runs(run_finder *s)
{
    for (s->pc = 0; s->pc < s->u->code_len;) {
        s->count = s->room = 0;
        s->from = s->pc;
        s->sum  = NO_SUM;
        while (s->pc < s->u->code_len && s->count + 2 < RUN_PARTS_MAX && (s->room < RUN_ROOM_MAX || s->sum != NO_SUM))
            add_next(s);
        if (s->sum != NO_SUM)
            add_hole(s);
        if (!keep_parts(s))
            return false;
    }
    return true;
}
