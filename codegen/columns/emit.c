/* From a kernel to a program of loops.
 *
 * A place is a column, a constant, or a block; blocks are given back when their last reader is behind them. A product that only a sum
 * reads is computed within the sum's loop. */
#include "codegen/columns/block.h"

enum {
    BLOCKS_MAX  = 128,
    LINE        = 64,                  /* of the cache */
    BLOCK_BYTES = BLOCK_ROWS * 8 + 3 * LINE, /* the rest keeps blocks from having the same low bits of address, which stores would wait for */
    PLACES_MAX  = UINT16_MAX - 1
};

/* What becomes of a place of the kernel. */
typedef struct fate {
    uint16_t place;
    uint32_t readers;
    uint32_t maker;     /* its step */
    uint32_t last;      /* the step behind which nothing needs it any more */
    uint32_t next_dead; /* another that dies behind the same step, KERNEL_NONE for none */
    bool     is_inside; /* a product that the sum computes */
} fate;

typedef struct emitter {
    arena         *a;
    const kernel  *k;
    block_program *p;
    fate          *fates;
    uint32_t      *dead; /* of each step: the first place that dies behind it */
    uint32_t       place_room, step_room;
    uint16_t       free_blocks[BLOCKS_MAX];
    uint32_t       free_count, block_count;
    bool           possible, failed; /* failed: memory is out, or not possible */
} emitter;

static uint16_t give_up(emitter *e, bool possible)
{
    e->failed   = true;
    e->possible = e->possible && possible;
    return 0;
}

/* ---- places ---- */

static uint16_t new_place(emitter *e, void *what)
{
    block_program *p = e->p;
    if (!what || p->place_count == PLACES_MAX)
        return give_up(e, what == NULL);
    if (p->place_count == e->place_room) {
        void **more = arena_alloc(e->a, 2 * e->place_room * sizeof *more);
        if (!more)
            return give_up(e, true);
        memcpy(more, p->places, p->place_count * sizeof *more);
        p->places = more;
        e->place_room *= 2;
    }
    p->places[p->place_count] = what;
    return (uint16_t)p->place_count++;
}

static uint16_t take_block(emitter *e)
{
    if (e->free_count)
        return e->free_blocks[--e->free_count];
    if (e->block_count == BLOCKS_MAX)
        return give_up(e, false);
    char *memory = arena_alloc(e->a, BLOCK_BYTES);
    e->block_count++;
    return new_place(e, memory ? memory + (-(uintptr_t)memory & (LINE - 1)) : NULL);
}

static void release(emitter *e, uint16_t block)
{
    if (!e->failed)
        e->free_blocks[e->free_count++] = block;
}

static bool is_one(const emitter *e, uint32_t place) { return e->k->places[place].kind == PLACE_CONSTANT; }

/* Where the loops find it. */
static uint16_t place_of(emitter *e, uint32_t place)
{
    fate *f = &e->fates[place];
    if (is_one(e, place) && f->place == BLOCK_NONE) {
        kernel_cell *at = arena_alloc(e->a, sizeof *at);
        if (at)
            *at = e->k->places[place].constant;
        f->place = new_place(e, at);
    }
    return f->place;
}

/* ---- steps ---- */

static void add_step(emitter *e, block_step step)
{
    block_program *p = e->p;
    if (e->failed)
        return;
    if (p->step_count == e->step_room) {
        block_step *more = arena_alloc(e->a, 2 * e->step_room * sizeof *more);
        if (!more) {
            give_up(e, true);
            return;
        }
        memcpy(more, p->steps, p->step_count * sizeof *more);
        p->steps = more;
        e->step_room *= 2;
    }
    p->steps[p->step_count++] = step;
}

static uint16_t mask_step(emitter *e, vec_op op, uint16_t x, uint16_t y)
{
    block_step step = {.op = (uint16_t)op, .out = take_block(e), .x = x, .y = y, .z = BLOCK_NONE, .asked = BLOCK_NONE};
    add_step(e, step);
    return step.out;
}

/* The rows on this way: BLOCK_NONE for all. *is_made: a block for it that the caller gives back. */
static uint16_t asked(emitter *e, uint32_t way, bool *is_made)
{
    const kernel_way *w = &e->k->ways[way];
    *is_made            = false;
    if (!way)
        return BLOCK_NONE;
    bool     above;
    uint16_t test = place_of(e, w->test), outer = asked(e, w->outer, &above);
    if (outer == BLOCK_NONE && !w->negated)
        return test;
    uint16_t mask = outer == BLOCK_NONE ? mask_step(e, VEC_B_NOT, test, BLOCK_NONE) : mask_step(e, w->negated ? VEC_B_AND_NOT : VEC_B_AND, outer, test);
    if (above)
        release(e, outer);
    *is_made = true;
    return mask;
}

/* ---- sums of products ---- */

/* Is the place a product that nothing but this sum reads? */
static bool is_own_product(const emitter *e, uint32_t place)
{
    const fate *f = &e->fates[place];
    return e->k->places[place].kind == PLACE_VALUE && f->readers == 1 && e->k->steps[f->maker].op == VEC_F_MUL;
}

static bool is_sum(const kernel_step *s) { return s->op == VEC_F_ADD || s->op == VEC_F_SUB; }

/* The product that the sum's loop computes; KERNEL_NONE for none: both would be too many. */
static uint32_t product_of(const emitter *e, const kernel_step *s)
{
    if (!is_sum(s) || is_own_product(e, s->x) == is_own_product(e, s->y))
        return KERNEL_NONE;
    return is_own_product(e, s->x) ? s->x : s->y;
}

static block_step fused(emitter *e, const kernel_step *s, uint32_t product)
{
    const kernel_step *of = &e->k->steps[e->fates[product].maker];
    uint32_t           x = of->x, y = of->y, z = product == s->x ? s->y : s->x;
    if (is_one(e, y)) {
        y = of->x;
        x = of->y;
    }
    vec_op op = s->op == VEC_F_ADD ? VEC_F_MUL_ADD : product == s->x ? VEC_F_MUL_SUB : VEC_F_SUB_MUL;
    return (block_step){.op = (uint16_t)op, .x = place_of(e, x), .y = place_of(e, y), .z = place_of(e, z), .asked = BLOCK_NONE,
                        .form = (uint8_t)((is_one(e, x) ? VEC_X_IS_ONE : 0) | (is_one(e, z) ? VEC_Z_IS_ONE : 0))};
}

static block_step plain(emitter *e, const kernel_step *s)
{
    return (block_step){.op = s->op, .x = place_of(e, s->x), .y = s->y == KERNEL_NONE ? BLOCK_NONE : place_of(e, s->y),
                        .z = s->z == KERNEL_NONE ? BLOCK_NONE : place_of(e, s->z), .asked = BLOCK_NONE,
                        .form = (uint8_t)((is_one(e, s->x) ? VEC_X_IS_ONE : 0) | (s->y != KERNEL_NONE && is_one(e, s->y) ? VEC_Y_IS_ONE : 0))};
}

static void emit_step(emitter *e, const kernel_step *s)
{
    uint32_t   product = product_of(e, s);
    block_step step    = product == KERNEL_NONE ? plain(e, s) : fused(e, s, product);
    bool       is_made = false;
    if (vec_ops[s->op].fails)
        step.asked = asked(e, s->way, &is_made);
    step.out = e->fates[s->out].place = take_block(e);
    add_step(e, step);
    if (is_made)
        release(e, step.asked);
}

/* ---- who needs what how long ---- */

static void note_reader(emitter *e, uint32_t place, uint32_t step)
{
    fate *f = place == KERNEL_NONE ? NULL : &e->fates[place];
    if (!f)
        return;
    f->readers++;
    f->last = step > f->last ? step : f->last;
}

static void note_readers(emitter *e)
{
    const kernel *k = e->k;
    for (uint32_t n = 0; n < k->step_count; n++) {
        const kernel_step *s = &k->steps[n];
        if (s->op == STEP_WAY) {
            note_reader(e, k->ways[s->x].test, k->ways[s->x].end);
            continue;
        }
        note_reader(e, s->x, n);
        if (s->op == STEP_GIVE)
            continue;
        note_reader(e, s->y, n);
        note_reader(e, s->z, n);
        e->fates[s->out].maker = n;
        e->fates[s->out].last  = n;
    }
}

/* What a product inside a sum reads lives as long as the sum. */
static void note_products(emitter *e)
{
    for (uint32_t n = 0; n < e->k->step_count; n++) {
        uint32_t product = product_of(e, &e->k->steps[n]);
        if (product == KERNEL_NONE)
            continue;
        const kernel_step *of = &e->k->steps[e->fates[product].maker];
        fate              *x = &e->fates[of->x], *y = &e->fates[of->y];
        e->fates[product].is_inside = true;
        x->last                     = n > x->last ? n : x->last;
        y->last                     = n > y->last ? n : y->last;
    }
}

static bool find_fates(emitter *e)
{
    const kernel *k = e->k;
    e->fates        = arena_zalloc(e->a, k->place_count * sizeof *e->fates);
    e->dead         = arena_alloc(e->a, (k->step_count + 1) * sizeof *e->dead);
    if (!e->fates || !e->dead)
        return false;
    for (uint32_t n = 0; n < k->place_count; n++)
        e->fates[n].place = n < k->cell_count ? (uint16_t)n : BLOCK_NONE;
    for (uint32_t n = 0; n <= k->step_count; n++)
        e->dead[n] = KERNEL_NONE;
    note_readers(e);
    note_products(e);
    for (uint32_t n = k->cell_count; n < k->place_count; n++) {
        fate *f = &e->fates[n];
        if (k->places[n].kind != PLACE_VALUE)
            continue;
        f->next_dead     = e->dead[f->last];
        e->dead[f->last] = n;
    }
    return true;
}

static void emit_steps(emitter *e)
{
    const kernel *k = e->k;
    for (uint32_t n = 0; n + 1 < k->step_count && !e->failed; n++) {
        if (k->steps[n].op != STEP_WAY && !e->fates[k->steps[n].out].is_inside)
            emit_step(e, &k->steps[n]);
        for (uint32_t dead = e->dead[n]; dead != KERNEL_NONE; dead = e->fates[dead].next_dead)
            if (!e->fates[dead].is_inside)
                release(e, e->fates[dead].place);
    }
}

block_program *block_compile(arena *a, const kernel *k, bool fast, bool *possible)
{
    uint32_t       columns = k->cell_count - 1, result = k->steps[k->step_count - 1].x;
    emitter        e       = {.a = a, .k = k, .possible = true, .step_room = 16, .place_room = 32 + k->cell_count};
    block_program *p       = arena_zalloc(a, sizeof *p);
    *possible              = columns < PLACES_MAX && !is_one(&e, result);
    if (!p || !*possible || !find_fates(&e))
        return NULL;
    p->rows        = vec_rows(fast);
    p->steps       = arena_alloc(a, e.step_room * sizeof *p->steps);
    p->places      = arena_zalloc(a, e.place_room * sizeof *p->places);
    p->bad         = arena_alloc(a, BLOCK_ROWS);
    p->place_count = columns;
    if (!p->steps || !p->places || !p->bad)
        return NULL;
    e.p = p;
    emit_steps(&e);
    p->result = e.fates[result].place;
    p->type   = k->places[result].type;
    p->own    = e.failed || result < columns ? NULL : p->places[p->result];
    *possible = e.possible;
    return e.failed ? NULL : p;
}
