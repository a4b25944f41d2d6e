/* What holds for every kernel, looked for in one that comes from elsewhere. */
#include "codegen/kernel/kernel.h"

enum { CELLS_MAX = 1 << 24 };

typedef struct checker {
    const kernel *k;
    uint32_t      at;      /* step */
    uint32_t      first;   /* step of the part: values of others are not there when this one runs alone */
    uint32_t     *made_at; /* of each value: its step, KERNEL_NONE before */
} checker;

/* A choice, or an AND or OR, may look into a way that begins where it stands, if the way's condition is its own. */
static bool looks_into(const kernel *k, const kernel_step *s, uint32_t way, uint32_t operand)
{
    const kernel_way *w = &k->ways[way];
    if (!kernel_way_leads_to(k, w->outer, s->way))
        return false;
    switch (s->op) {
    case VEC_B_SELECT:
    case VEC_I_SELECT:
    case VEC_F_SELECT: return s->z == w->test && operand == (w->negated ? 1 : 0);
    case VEC_B_AND: return s->x == w->test && operand == 1 && !w->negated;
    case VEC_B_OR: return s->x == w->test && operand == 1 && w->negated;
    default: return false;
    }
}

static bool may_read(const checker *c, const kernel_step *s, uint32_t place, uint32_t operand, uint8_t type)
{
    const kernel *k = c->k;
    if (place >= k->place_count || k->places[place].type != type || !k->places[place].typed)
        return false;
    if (k->places[place].kind != PLACE_VALUE)
        return true;
    if (c->made_at[place] == KERNEL_NONE || c->made_at[place] < c->first)
        return false;
    uint32_t way = k->steps[c->made_at[place]].way;
    return kernel_way_leads_to(k, way, s->way) || looks_into(k, s, way, operand);
}

static bool check_operator(const checker *c, const kernel_step *s)
{
    const vec_info *info = &vec_ops[s->op];
    if (!may_read(c, s, s->x, 0, info->x))
        return false;
    if (info->operands > 1 ? !may_read(c, s, s->y, 1, info->y) : s->y != KERNEL_NONE)
        return false;
    if (info->operands > 2 ? !may_read(c, s, s->z, 2, info->z) : s->z != KERNEL_NONE)
        return false;
    if (s->out >= c->k->place_count || c->k->places[s->out].kind != PLACE_VALUE || c->k->places[s->out].type != info->result ||
        c->made_at[s->out] != KERNEL_NONE)
        return false;
    c->made_at[s->out] = c->at;
    return true;
}

/* It begins here, and ends within the way around it. */
static bool check_way(const checker *c, const kernel_step *s, uint32_t part_end)
{
    const kernel *k = c->k;
    if (s->x == 0 || s->x >= k->way_count)
        return false;
    const kernel_way *w = &k->ways[s->x];
    return w->outer == s->way && w->outer < s->x && w->end > c->at + 1 && w->end < (s->way ? k->ways[s->way].end + 1 : part_end) &&
           may_read(c, s, w->test, 3, VEC_BOOL);
}

/* The way that the next step lies in. */
static uint32_t way_at(const checker *c, uint32_t way)
{
    while (way && c->k->ways[way].end <= c->at)
        way = c->k->ways[way].outer;
    return way;
}

static bool check_give(const checker *c, const kernel_step *s)
{
    return s->way == 0 && s->y < c->k->cell_count && s->x < c->k->place_count && may_read(c, s, s->x, 3, c->k->places[s->y].type);
}

static const char *check_steps(checker *c)
{
    const kernel *k    = c->k;
    uint32_t      part = 0, way = 0, ways = 0;
    for (; c->at < k->step_count; c->at++) {
        const kernel_step *s = &k->steps[c->at];
        way                  = way_at(c, way);
        if (part == k->part_count || s->way != way)
            return "a step lies on another way than it says";
        if (s->op >= STEP_OP_COUNT || (s->op == STEP_GIVE) != (c->at + 1 == k->parts[part].end))
            return "a step is of no kind";
        if (s->op < VEC_OP_COUNT ? !check_operator(c, s) : s->op == STEP_GIVE ? !check_give(c, s) : s->x != ++ways || !check_way(c, s, k->parts[part].end))
            return "a step has an operand that it may not have";
        if (s->op == STEP_WAY)
            way = s->x;
        if (s->op == STEP_GIVE) {
            part++;
            c->first = c->at + 1;
        }
    }
    return part != k->part_count || ways + 1 != k->way_count ? "a part has no end" : NULL;
}

const char *kernel_check(const kernel *k)
{
    checker c = {.k = k};
    if (!k->part_count || !k->way_count || k->cell_count > k->place_count || k->cell_count > CELLS_MAX)
        return "a kernel has nothing in it";
    c.made_at = arena_alloc(k->memory, k->place_count * sizeof *c.made_at);
    if (!c.made_at)
        return "out of memory";
    for (uint32_t n = 0; n < k->place_count; n++) {
        const kernel_place *p = &k->places[n];
        c.made_at[n]          = KERNEL_NONE;
        if (p->kind > PLACE_VALUE || (p->kind == PLACE_CELL) != (n < k->cell_count) || p->type > VEC_FLOAT)
            return "a place is of no kind";
        if (p->type == VEC_BOOL && p->constant.i & ~INT64_C(1))
            return "a bool is neither 0 nor 1";
    }
    return check_steps(&c);
}
