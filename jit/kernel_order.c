/* The order in which a kernel's steps are written, and the checks that need not be.
 *
 * A function that is called destroys nearly all registers. So what can fail without it comes before the first call: behind
 * the calls there is then nothing that could fail in most formulas, and nothing that only a failure reads has to be kept for so long.
 * Steps on ways stay where they are.
 *
 * A divisor that is never 0 is not looked at: of each value is known whether it is never negative, or never below or at 0 (a NaN is neither).
 * Nor is what shows later: where a NaN that a function gives, or the infinity of a division by 0, makes a step bad that is looked at. */
#include "jit/kernel.h"

enum { ANY_SIGN, NOT_NEGATIVE, POSITIVE };

/* ---- signs ---- */

static uint8_t sign_of(const kernel_writer *w, uint32_t n)
{
    const kernel_place *p = &w->k->places[n];
    if (p->kind != PLACE_CONSTANT || p->type != VEC_FLOAT)
        return w->signs[n];
    return p->constant.f < 0 ? ANY_SIGN : p->constant.f == 0 ? NOT_NEGATIVE : POSITIVE;
}

static uint8_t least(uint8_t a, uint8_t b) { return a < b ? a : b; }

static uint8_t sign_of_sum(uint8_t a, uint8_t b) { return a && b ? (a > b ? a : b) : ANY_SIGN; }
/* It may be too small, and then it is 0. */
static uint8_t sign_of_product(const kernel_step *s, uint8_t a, uint8_t b) { return s->x == s->y || (a && b) ? NOT_NEGATIVE : ANY_SIGN; }

static uint8_t sign_of_step(const kernel_writer *w, const kernel_step *s)
{
    uint8_t x = sign_of(w, s->x), y = s->y == KERNEL_NONE ? ANY_SIGN : sign_of(w, s->y);
    switch ((int)s->op) {
    case VEC_F_ABS:
    case VEC_F_EXP:
    case VEC_F_EXP2:
    case VEC_B_TO_F: return NOT_NEGATIVE;
    case VEC_F_COSH: return POSITIVE;
    case VEC_F_SQRT: return x == POSITIVE ? POSITIVE : NOT_NEGATIVE;
    case VEC_F_ADD: return sign_of_sum(x, y);
    case VEC_F_MUL: return sign_of_product(s, x, y);
    case VEC_F_MUL_ADD: return sign_of_sum(sign_of_product(s, x, y), sign_of(w, s->z));
    case VEC_F_MIN:
    case VEC_F_MAX:
    case VEC_F_SELECT: return least(x, y);
    default: return ANY_SIGN;
    }
}

/* ---- checks ---- */

/* The operand that says whether the step is bad; KERNEL_NONE: its result does. */
static uint32_t tested_operand(const kernel_step *s)
{
    switch (kernel_bad_of(s->op)) {
    case BAD_DIVISOR: return s->y;
    case BAD_INFINITE:
    case BAD_NAN: return s->x;
    default: return KERNEL_NONE;
    }
}

static void note(bool *which, uint32_t n, bool it_shows)
{
    if (n != KERNEL_NONE)
        which[n] = which[n] || it_shows;
}

/* Of a function that cannot do with a NaN. */
static void note_function(kernel_writer *w, const kernel_step *s)
{
    bool has_no_infinity = s->op == VEC_F_SIN || s->op == VEC_F_COS || s->op == VEC_F_TAN || s->op == VEC_F_SQRT;
    note(w->nan_shows, s->x, true);
    note(w->inf_shows, s->x, has_no_infinity);
}

/* What of the step's operands shows by it, or by what it gives. */
static void note_shows(kernel_writer *w, const kernel_step *s)
{
    bool nan = w->nan_shows[s->out], inf = w->inf_shows[s->out];
    switch ((int)s->op) {
    case VEC_F_NEG:
    case VEC_F_ABS:
        note(w->nan_shows, s->x, nan);
        note(w->inf_shows, s->x, inf);
        return;
    case VEC_F_ADD:
    case VEC_F_SUB:
    case VEC_F_MUL:
    case VEC_F_MUL_ADD:
    case VEC_F_MUL_SUB:
    case VEC_F_SUB_MUL:
    case VEC_F_DIV:
        note(w->nan_shows, s->x, nan);
        note(w->nan_shows, s->y, nan);
        note(w->nan_shows, s->z, nan);
        note(w->inf_shows, s->x, nan && inf); /* that of infinities may be a NaN */
        note(w->inf_shows, s->y, nan && inf && s->op != VEC_F_DIV);
        note(w->inf_shows, s->z, nan && inf);
        return;
    default:
        if (vec_ops[s->op].fails && vec_ops[s->op].operands == 1 && kernel_bad_of(s->op) != BAD_BY_ITSELF)
            note_function(w, s);
    }
}

/* The last step first. Values are read in their own part alone. */
static void find_shows(kernel_writer *w)
{
    for (uint32_t n = w->k->step_count; n-- > 0;) {
        const kernel_step *s = &w->k->steps[n];
        if (s->op < VEC_OP_COUNT && !s->way)
            note_shows(w, s);
    }
}

/* Whatever makes it bad. */
static bool shows_later(const kernel_writer *w, const kernel_step *s)
{
    if (s->way)
        return false;
    switch ((int)s->op) {
    case VEC_F_SIN:
    case VEC_F_COS:
    case VEC_F_TAN:
    case VEC_F_ATAN:
    case VEC_F_TANH: return w->nan_shows[s->out];
    case VEC_F_DIV: return w->nan_shows[s->out] && w->inf_shows[s->out];
    default: return false;
    }
}

/* ---- order ---- */

static bool is_late(const kernel_writer *w, uint32_t n) { return n != KERNEL_NONE && w->is_late[n]; }

static bool find_late(kernel_writer *w, uint32_t from, uint32_t until)
{
    bool has_calls = false;
    for (uint32_t n = from; n < until; n++) {
        const kernel_step *s = &w->k->steps[n];
        if (s->op >= VEC_OP_COUNT)
            continue;
        bool calls         = kernel_is_call(s->op);
        has_calls          = has_calls || calls;
        w->is_late[s->out] = s->way || calls || is_late(w, s->x) || is_late(w, s->y) || is_late(w, s->z);
    }
    return has_calls;
}

static void want(kernel_writer *w, uint32_t n)
{
    if (n != KERNEL_NONE && w->k->places[n].kind == PLACE_VALUE)
        w->is_wanted[n] = true;
}

/* What early checks need, the last step first. */
static void find_wanted(kernel_writer *w, uint32_t from, uint32_t until)
{
    for (uint32_t n = until; n-- > from;) {
        const kernel_step *s = &w->k->steps[n];
        if (s->op >= VEC_OP_COUNT || s->way)
            continue;
        uint32_t tested = tested_operand(s);
        w->early[n]     = kernel_can_fail(w, s) && !is_late(w, tested == KERNEL_NONE ? s->out : tested) ? EARLY_CHECK : 0;
        if (w->early[n])
            want(w, tested == KERNEL_NONE ? s->out : tested);
        if (!w->is_wanted[s->out])
            continue;
        w->early[n] |= EARLY_STEP;
        want(w, s->x);
        want(w, s->y);
        want(w, s->z);
    }
}

bool kernel_can_fail(const kernel_writer *w, const kernel_step *s)
{
    return vec_ops[s->op].fails && !(kernel_bad_of(s->op) == BAD_DIVISOR && sign_of(w, s->y) == POSITIVE) && !shows_later(w, s);
}

bool kernel_find_order(kernel_writer *w)
{
    const kernel *k      = w->k;
    arena        *memory = w->f.e->memory;
    w->signs             = arena_zalloc(memory, k->place_count * sizeof *w->signs);
    w->is_late           = arena_zalloc(memory, k->place_count * sizeof *w->is_late);
    w->is_wanted         = arena_zalloc(memory, k->place_count * sizeof *w->is_wanted);
    w->early             = arena_zalloc(memory, k->step_count * sizeof *w->early);
    w->nan_shows         = arena_zalloc(memory, k->place_count * sizeof *w->nan_shows);
    w->inf_shows         = arena_zalloc(memory, k->place_count * sizeof *w->inf_shows);
    if (!w->nan_shows || !w->inf_shows || !w->signs || !w->is_late || !w->is_wanted || !w->early)
        return false;
    for (uint32_t n = 0; n < k->step_count; n++)
        if (k->steps[n].op < VEC_OP_COUNT)
            w->signs[k->steps[n].out] = sign_of_step(w, &k->steps[n]);
    find_shows(w);
    for (uint32_t part = 0, from = 0; part < k->part_count; from = k->parts[part++].end)
        if (find_late(w, from, k->parts[part].end))
            find_wanted(w, from, k->parts[part].end);
    return true;
}
