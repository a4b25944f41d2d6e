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

/* What is asked of parts of a kind. */
enum {
    PRINTS = 1, /* a value */
    SETS   = 2, /* register `to` */
    JUMPS  = 4,
    LEAVES = 8,  /* does not go on to the next part */
    READS  = 16, /* an attribute, which may be of the object that was read last */
    ASKS   = 32, /* for an attribute's text, likewise */
};
static const uint8_t traits[] = {
    [PART_REGISTER] = PRINTS, [PART_REGISTER_E] = PRINTS, [PART_REGISTER_SUM] = PRINTS, [PART_REGISTER_SAFE] = PRINTS | SETS,
    [PART_ATTR] = PRINTS | READS, [PART_ATTR_E] = PRINTS | READS, [PART_ATTR_SUM] = PRINTS | READS, [PART_ATTR_SAFE] = PRINTS | READS | SETS,
    [PART_SAME] = PRINTS, [PART_SAME_E] = PRINTS, [PART_SAME_SUM] = PRINTS, [PART_SAME_SAFE] = PRINTS | SETS,
    [PART_COUNTER] = PRINTS | SETS,
    [PART_FETCH ... PART_ITER] = SETS,
    [PART_JUMP] = JUMPS | LEAVES, [PART_IF ... PART_ATTR_NOT] = JUMPS, [PART_COMPARE_K] = JUMPS | SETS, [PART_IS] = JUMPS | ASKS, [PART_SAME_IS] = JUMPS,
    [PART_NEXT] = JUMPS | SETS, [PART_EXIT] = LEAVES, [PART_TEXT_LONG] = 0,
};
static inline bool is(const ir_part *part, uint8_t trait) { return traits[part->kind] & trait; }

/* How a part may be come to: from parts before it only; from behind it too; it is where a run begins. */
enum { FROM_BEFORE, FROM_BEHIND, FROM_OUTSIDE };

static uint8_t start_of(const ir_part *part)
{
    if (!part->text_len)
        return part->kind;
    return part->text_len <= 16 ? PART_TEXT_16 : part->text_len <= 32 ? PART_TEXT_32 : PART_TEXT_LONG;
}

/* The next part, to be filled in and then ended. */
static inline ir_part *part_begin(run_finder *s, unsigned kind)
{
    ir_part *part = &s->parts[s->count];
    *part         = (ir_part){.kind = (uint8_t)kind};
    return part;
}

/* Is the part before this one a text alone, which becomes this part's? */
static inline bool follows_text(const run_finder *s, const ir_part *part)
{
    return s->count && part[-1].kind == PART_NONE && !part->text_len && part->kind != PART_SUM && part[-1].in_sum == part->in_sum && !s->target[s->pc];
}

static ir_part *part_end(run_finder *s, ir_part *part, uint32_t insns)
{
    const uint32_t room = (part->text_len + BLOCK - 1) / BLOCK * BLOCK + (is(part, PRINTS) ? RT_SHORT : 0);
    part->in_sum        = s->sum != NO_SUM;
    part->insn          = part->in_sum ? s->sum : s->pc;
    part->cache         = part->site * IR_CACHE_SIZE;
    part->reg *= (uint32_t)sizeof(burin_value);
    part->to *= (uint32_t)sizeof(burin_value);
    s->room += room;
    if (follows_text(s, part)) {
        part->text     = part[-1].text;
        part->text_len = part[-1].text_len;
        part->insn     = part->kind == PART_EXIT ? part->insn : part[-1].insn;
        part[-1]       = *part;
        part--;
        s->count--;
        s->rooms[s->count] += room;
    } else {
        s->begins[s->count]  = s->pc;
        s->ways_in[s->count] = s->target[s->pc] == LOOP_HEAD ? FROM_BEHIND : FROM_BEFORE;
        s->rooms[s->count]   = room;
        if (!part->text)
            part->text = s->p->constants[0].as.s; /* the empty text */
    }
    part->start = start_of(part);
    s->count++;
    s->pc += insns;
    return part;
}

/* `jump` is the last of the `insns` instructions. */
static void jump_end(run_finder *s, ir_part *part, const ir_insn *jump, uint32_t insns)
{
    part_end(s, part, insns);
    s->goals[s->count - 1] = jump->d;
}

static inline void set_text(const run_finder *s, ir_part *part, uint32_t k)
{
    part->text     = s->p->constants[k].as.s;
    part->text_len = s->p->constants[k].len;
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
/* loop.index, printed or not; loop.first, loop.last */
static bool add_of_loop(run_finder *s, const ir_insn *i)
{
    const ir_insn *print  = ahead(s, 1);
    const bool     counts = i->c == LOOP_index || i->c == LOOP_index0, prints = counts && prints_register(print, i->a);
    if (!counts && i->c != LOOP_first && i->c != LOOP_last)
        return false;
    ir_part *part = part_begin(s, prints ? PART_COUNTER : counts ? PART_COUNT : i->c == LOOP_first ? PART_FIRST : PART_LAST);
    part->reg     = i->b;
    part->to      = i->a;
    part->site    = i->c == LOOP_index;
    if (prints)
        set_text(s, part, print->d);
    part_end(s, part, prints ? 2 : 1);
    return true;
}

/* x = y or x = y.z; or y|safe and y.z|safe, printed, which take two instructions more. */
static void add_copy(run_finder *s, const ir_insn *i)
{
    const bool     fetches = i->op == OP_ATTR;
    const ir_insn *markup = ahead(s, 1), *print = ahead(s, 2);
    const bool     is_safe = markup->op == OP_MARKUP && markup->c == 1 && markup->b == i->a && prints_register(print, markup->a) &&
                         markup->a != i->b;
    ir_part *part = part_begin(s, is_safe ? (fetches ? PART_ATTR_SAFE : PART_REGISTER_SAFE) : fetches ? PART_FETCH : PART_MOVE);
    part->reg     = i->b;
    part->to      = is_safe ? markup->a : i->a;
    part->site    = !is_safe || fetches ? i->d : 0;
    if (is_safe)
        set_text(s, part, print->d);
    part_end(s, part, is_safe ? 3 : 1);
}

static bool add_printing(run_finder *s, const ir_insn *i)
{
    ir_part *part;
    switch (i->op) {
    case OP_TEXT: part = part_begin(s, PART_NONE); break;
    case OP_OUT: part = part_begin(s, PART_REGISTER + HOW_STR); break;
    case OP_OUT_E: part = part_begin(s, PART_REGISTER + HOW_ESCAPED); break;
    case OP_OUT_ATTR: part = part_begin(s, PART_ATTR + HOW_STR); break;
    case OP_OUT_ATTR_E: part = part_begin(s, PART_ATTR + HOW_ESCAPED); break;
    case OP_LOOP_ATTR: return add_of_loop(s, i);
    case OP_MOVE: case OP_ATTR: add_copy(s, i); return true;
    default: return false;
    }
    set_text(s, part, i->d);
    if (i->op != OP_TEXT) {
        part->reg  = i->b;
        part->site = is(part, READS) ? i->c : 0;
    }
    part_end(s, part, 1);
    return true;
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
    ir_part *part  = part_begin(s, kind);
    part->constant = &s->p->constants[k];
    part->reg      = i->b;
    part->to       = i->a;
    part->site     = of;
    part_end(s, part, 1);
    return true;
}

static bool add_resolving(run_finder *s, const ir_insn *i)
{
    if (i->op != OP_RESOLVE && i->op != OP_RESOLVE_U)
        return false;
    ir_part *part = part_begin(s, PART_RESOLVE);
    part->to      = i->a;
    part->site    = i->d;
    if (i->op == OP_RESOLVE_U)
        part->constant = &s->p->constants[i->b | (uint32_t)i->c << 16];
    part_end(s, part, 1);
    return true;
}

/* A constant, and what is compared with it. */
static bool add_comparison(run_finder *s, const ir_insn *i)
{
    if (i->op != OP_LOADK)
        return false;
    const ir_insn *jump = ahead(s, 1);
    if (jump->op != OP_JUMP_COMPARE || jump->a > RT_GE || jump->c != i->a || jump->b == i->a)
        return false;
    ir_part *part  = part_begin(s, PART_COMPARE_K);
    part->constant = &s->p->constants[i->d];
    part->reg      = jump->b;
    part->to       = i->a;
    part->how      = (uint8_t)jump->a;
    jump_end(s, part, jump, 2);
    return true;
}

static bool add_decision(run_finder *s, const ir_insn *i)
{
    static const uint8_t kinds[OP_COUNT] = {
        [OP_JUMP] = PART_JUMP, [OP_JUMP_IF] = PART_IF, [OP_JUMP_NOT] = PART_NOT, [OP_JUMP_SET] = PART_SET, [OP_JUMP_ATTR_IF] = PART_ATTR_IF,
        [OP_JUMP_ATTR_NOT] = PART_ATTR_NOT, [OP_JUMP_COMPARE] = PART_COMPARE, [OP_JUMP_ATTR_EQ] = PART_IS, [OP_JUMP_ATTR_NE] = PART_IS, [OP_NEXT] = PART_NEXT,
    };
    if (!kinds[i->op] || (i->op == OP_JUMP_COMPARE && i->a > RT_GE))
        return false;
    ir_part *part = part_begin(s, kinds[i->op]);
    part->reg     = i->op == OP_NEXT ? i->a : i->b;
    part->site    = i->op == OP_NEXT ? i->d : i->c;
    if (i->op == OP_NEXT)
        part->to = i->b;
    else if (i->op == OP_JUMP_COMPARE)
        part->how = (uint8_t)i->a;
    else if (part->kind == PART_IS) {
        part->constant = &s->p->constants[i->a];
        part->how      = i->op == OP_JUMP_ATTR_EQ;
    }
    jump_end(s, part, i, 1);
    return true;
}

static bool add_of_sum(run_finder *s, const ir_insn *i)
{
    ir_part *part;
    switch (i->op) {
    case OP_SUM_TEXT:
        part = part_begin(s, PART_NONE);
        set_text(s, part, i->d);
        break;
    case OP_SUM_ADD:
        part      = part_begin(s, PART_REGISTER_SUM);
        part->reg = i->b;
        break;
    case OP_SUM_ATTR:
        part       = part_begin(s, PART_ATTR_SUM);
        part->reg  = i->b;
        part->site = i->d;
        break;
    case OP_LOADK: case OP_ITEM: return add_value(s, i);
    case OP_SUM_END:
        s->pc++;
        s->sum = NO_SUM;
        return true;
    default: return false;
    }
    part_end(s, part, 1);
    return true;
}

static void begin_sum(run_finder *s, const ir_insn *i)
{
    const bool has_text = i->op == OP_SUM_BEGIN;
    s->sum              = s->pc;
    s->sum_part         = s->count;
    ir_part *part       = part_begin(s, PART_SUM);
    if (has_text)
        set_text(s, part, i->d);
    part_end(s, part, has_text);
    if (has_text)
        return;
    part      = part_begin(s, PART_REGISTER_SUM);
    part->reg = i->b;
    part_end(s, part, 1);
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
        part_end(s, part_begin(s, PART_EXIT), 0);
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

static void put_exit(run_finder *s, uint32_t at, uint32_t insn)
{
    s->parts[at] = (ir_part){.kind = PART_EXIT, .start = PART_EXIT, .insn = insn, .text = s->p->constants[0].as.s};
}

/* Jumps to instructions become jumps to parts; for each that leaves the stretch there is a part behind it. The number of all parts. */
static uint32_t find_ways(run_finder *s)
{
    uint32_t all = s->count;
    put_exit(s, all++, s->pc);
    for (uint32_t n = 0; n < s->count; n++) {
        if (!is(&s->parts[n], JUMPS))
            continue;
        uint32_t goal = s->goals[n], to = s->count;
        bool     back = goal <= s->begins[n];
        if (back && goal >= s->from && s->parts[n].kind == PART_NEXT)
            for (to = n; to > 0 && s->begins[to - 1] >= goal;)
                to--;
        else if (!back && goal < s->pc)
            for (to = n + 1; s->begins[to] < goal;)
                to++;
        else if (goal != s->pc)
            put_exit(s, to = all++, goal);
        s->goals[n]      = to;
        s->parts[n].jump = ((int32_t)to - (int32_t)n) * (int32_t)sizeof(ir_part);
    }
    return all;
}

/* What holds before a part, however it is come to. */
typedef struct known {
    uint32_t object; /* the register of the last ATTR, or NOWHERE */
    uint32_t asked;  /* the part that is the last IS, or NOWHERE */
} known;

static known meet(known one, known other)
{
    return (known){one.object == other.object ? one.object : NOWHERE, one.asked == other.asked ? one.asked : NOWHERE};
}

static void make_same(ir_part *part, unsigned kind)
{
    part->kind  = (uint8_t)kind;
    part->start = start_of(part);
}

static known pass(run_finder *s, uint32_t n, known at)
{
    ir_part *part = &s->parts[n];
    if (is(part, READS) && part->reg == at.object)
        make_same(part, part->kind - PART_ATTR + PART_SAME);
    else if (is(part, READS))
        at.object = part->reg;
    if (is(part, ASKS)) {
        const ir_part *last = at.asked == NOWHERE ? NULL : &s->parts[at.asked];
        if (last && last->reg == part->reg && text_equal(s->p->sites[last->site].name, s->p->sites[part->site].name))
            make_same(part, PART_SAME_IS);
        else
            at.asked = n;
    }
    if (!is(part, SETS))
        return at;
    if (part->to == at.object)
        at.object = NOWHERE;
    if (at.asked != NOWHERE && part->to == s->parts[at.asked].reg)
        at.asked = NOWHERE;
    return at;
}

/* Parts that ask the object of the last one again. */
static void find_same(run_finder *s)
{
    known at[RUN_PARTS_MAX]; /* of parts that are jumped to */
    bool  jumped[RUN_PARTS_MAX], comes = false;
    known now = {NOWHERE, NOWHERE};
    memset(jumped, 0, s->count * sizeof *jumped);
    for (uint32_t n = 0; n < s->count; n++) {
        if (s->ways_in[n] != FROM_BEFORE)
            now = (known){NOWHERE, NOWHERE};
        else if (jumped[n])
            now = comes ? meet(now, at[n]) : at[n];
        else if (!comes) /* it is never come to */
            continue;
        const ir_part *part = &s->parts[n];
        if (is(part, READS | ASKS | SETS))
            now = pass(s, n, now);
        comes = !is(part, LEAVES);
        if (!is(part, JUMPS) || s->goals[n] <= n || s->goals[n] >= s->count)
            continue;
        at[s->goals[n]]     = jumped[s->goals[n]] ? meet(at[s->goals[n]], now) : now;
        jumped[s->goals[n]] = true;
    }
}

/* The most that is printed from any part on, before the row is left or a loop goes on. */
static uint32_t find_room(const run_finder *s, uint32_t all)
{
    uint32_t from[2 * RUN_PARTS_MAX], most = 0;
    memset(&from[s->count], 0, (all - s->count) * sizeof *from);
    for (uint32_t n = s->count; n-- > 0;) {
        const ir_part *part = &s->parts[n];
        uint32_t       next = is(part, LEAVES) ? 0 : from[n + 1];
        if (is(part, JUMPS) && s->goals[n] > n && from[s->goals[n]] > next)
            next = from[s->goals[n]];
        from[n] = s->rooms[n] + next;
        most    = from[n] > most ? from[n] : most;
    }
    return most + BLOCK;
}

/* ---- runs ---- */

/* Are enough values printed from part `n` on, if nothing jumps? */
static bool prints_enough(const run_finder *s, uint32_t n)
{
    uint32_t values = 0;
    for (; n < s->count && s->parts[n].kind != PART_EXIT && values < VALUES_MIN; n++)
        values += is(&s->parts[n], PRINTS);
    return values >= VALUES_MIN;
}

/* Does a loop that goes on at part `n` print something, and nothing but by parts? */
static bool loops(const run_finder *s, uint32_t n)
{
    bool prints = false;
    for (uint32_t at = n; at < s->count && s->parts[at].kind != PART_EXIT; at++) {
        prints = prints || is(&s->parts[at], PRINTS) || s->parts[at].text_len;
        if (s->parts[at].kind == PART_NEXT && s->goals[at] == n)
            return prints;
    }
    return false;
}

/* Where the row is entered: how often. */
static uint32_t find_entries(run_finder *s)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < s->count; n++) {
        const ir_part *part = &s->parts[n];
        const bool     head = s->ways_in[n] == FROM_BEHIND, begin = n == 0 || part[-1].kind == PART_EXIT;
        if ((!head && !begin) || (part->in_sum && part->kind != PART_SUM))
            continue;
        if ((head && loops(s, n)) || prints_enough(s, n)) {
            s->ways_in[n] = FROM_OUTSIDE;
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

/* The row of parts, when it is entered anywhere. */
static bool keep_parts(run_finder *s)
{
    uint32_t all = find_ways(s), count = find_entries(s);
    if (!count || s->run_count + count > RUNS_MAX)
        return true;
    find_same(s);
    uint32_t room = find_room(s, all);
    ir_part *kept = arena_alloc(&s->p->memory, all * sizeof *kept);
    if (!kept || !runs_grow(s, count))
        return false;
    memcpy(kept, s->parts, all * sizeof *kept);
    for (uint32_t n = 0; count; n++) {
        if (s->ways_in[n] != FROM_OUTSIDE)
            continue;
        ir_insn *i = &s->u->code[s->begins[n]];
        i->go      = SUPER_RUN;
        i->row     = (uint16_t)s->run_count;
        s->runs[s->run_count++] = (ir_run){&kept[n], room};
        count--;
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
