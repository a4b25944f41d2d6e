/* From a typed expression to a program of loops.
 *
 * A place is a column, a constant, or a block; blocks are given back when their last reader is behind them. What has constants alone
 * for operands is computed here. A product that only a sum reads, in the next step, is computed within the sum's loop. */
#include "codegen/columns/typed.h"

enum {
    BLOCKS_MAX  = 128,
    LINE        = 64,                  /* of the cache */
    BLOCK_BYTES = BLOCK_ROWS * 8 + 3 * LINE, /* the rest keeps blocks from having the same low bits of address, which stores would wait for */
    PLACES_MAX  = UINT16_MAX - 1
};

typedef struct operand {
    uint16_t place;
    uint8_t  type;
    bool     one;  /* a constant */
    bool     temp; /* a block whose only reader has this operand */
} operand;

/* The rows that come to a branch. */
typedef struct way {
    const struct way *outer;
    operand           test;
    bool              negated;
} way;

typedef struct emitter {
    arena         *a;
    block_program *p;
    const way     *way;
    uint32_t       step_room, place_room;
    uint16_t       free_blocks[BLOCKS_MAX];
    uint32_t       free_count, block_count;
    bool           possible, failed; /* failed: memory is out, or not possible */
} emitter;

static operand emit(emitter *e, typed *n, typed_wish wish);

static operand give_up(emitter *e, bool possible)
{
    e->failed   = true;
    e->possible = e->possible && possible;
    return (operand){0};
}

/* ---- places ---- */

static uint16_t new_place(emitter *e, void *what)
{
    block_program *p = e->p;
    if (!what || p->place_count == PLACES_MAX) {
        give_up(e, what == NULL);
        return 0;
    }
    if (p->place_count == e->place_room) {
        void **more = arena_alloc(e->a, 2 * e->place_room * sizeof *more);
        if (!more) {
            give_up(e, true);
            return 0;
        }
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
    if (e->block_count == BLOCKS_MAX) {
        give_up(e, false);
        return 0;
    }
    char *memory = arena_alloc(e->a, BLOCK_BYTES);
    e->block_count++;
    return new_place(e, memory ? memory + (-(uintptr_t)memory & (LINE - 1)) : NULL);
}

static void release(emitter *e, operand o)
{
    if (o.temp && !e->failed)
        e->free_blocks[e->free_count++] = o.place;
}

static operand constant_at(emitter *e, uint8_t type, const void *value)
{
    typed_value *at = arena_zalloc(e->a, sizeof *at);
    if (!at)
        return give_up(e, true);
    memcpy(at, value, sizeof *at);
    return (operand){new_place(e, at), type, .one = true};
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

static operand fold(emitter *e, vec_op op, operand x, const operand *y)
{
    typed_value result = {0};
    void      **places = e->p->places;
    if (e->p->rows[op].kernel[0](&result, places[x.place], y ? places[y->place] : NULL, NULL, 1))
        return give_up(e, false);
    return constant_at(e, e->p->rows[op].result, &result);
}

/* Is `o` the product of the last step, for nobody else? */
static bool is_last_product(const emitter *e, operand o)
{
    const block_program *p = e->p;
    return o.temp && p->step_count && p->steps[p->step_count - 1].op == VEC_F_MUL && p->steps[p->step_count - 1].out == o.place;
}

/* Make the product's step that of the whole sum: nothing has been written since into the blocks that it reads. */
static operand fuse(emitter *e, vec_op op, operand product, operand z)
{
    block_step *s = &e->p->steps[e->p->step_count - 1];
    if (s->form & VEC_Y_IS_ONE) {
        uint16_t y = s->y;
        s->y       = s->x;
        s->x       = y;
        s->form    = VEC_X_IS_ONE;
    }
    s->op = (uint16_t)op;
    s->z  = z.place;
    s->form |= z.one ? VEC_Z_IS_ONE : 0;
    release(e, z);
    return product;
}

/* x op y as a step with a product in it; false when it is none. */
static bool try_fusing(emitter *e, vec_op op, operand x, operand y, operand *out)
{
    if ((op != VEC_F_ADD && op != VEC_F_SUB) || is_last_product(e, x) == is_last_product(e, y))
        return false;
    *out = is_last_product(e, x) ? fuse(e, op == VEC_F_ADD ? VEC_F_MUL_ADD : VEC_F_MUL_SUB, x, y)
                                 : fuse(e, op == VEC_F_ADD ? VEC_F_MUL_ADD : VEC_F_SUB_MUL, y, x);
    return true;
}

static uint16_t asked(emitter *e, const way *w, operand *made);

/* op of x and y (NULL: of x alone); both are given back. */
static operand apply(emitter *e, vec_op op, operand x, const operand *y)
{
    const vec_row *row = &e->p->rows[op];
    if (e->failed)
        return x;
    if (x.one && (!y || y->one))
        return fold(e, op, x, y);
    operand    made = {0};
    if (y && try_fusing(e, op, x, *y, &made))
        return made;
    block_step step = {.op = (uint16_t)op, .x = x.place, .y = y ? y->place : BLOCK_NONE, .z = BLOCK_NONE, .asked = BLOCK_NONE};
    step.form       = (uint8_t)((x.one ? VEC_X_IS_ONE : 0) | (y && y->one ? VEC_Y_IS_ONE : 0));
    if (row->fails)
        step.asked = asked(e, e->way, &made);
    step.out = take_block(e);
    add_step(e, step);
    release(e, made);
    release(e, x);
    if (y)
        release(e, *y);
    return (operand){step.out, row->result, .temp = true};
}

static operand borrowed(operand o)
{
    o.temp = false;
    return o;
}

/* The rows on this way: BLOCK_NONE for all. *made is a block for it that the caller gives back. */
static uint16_t asked(emitter *e, const way *w, operand *made)
{
    if (!w)
        return BLOCK_NONE;
    operand  test = borrowed(w->test), above = {0};
    uint16_t outer = asked(e, w->outer, &above);
    if (outer == BLOCK_NONE) {
        *made = w->negated ? apply(e, VEC_B_NOT, test, NULL) : test;
        return made->place;
    }
    above.place = outer;
    above.type  = VEC_BOOL;
    *made       = apply(e, w->negated ? VEC_B_AND_NOT : VEC_B_AND, above, &test);
    return made->place;
}

/* yes if test else no; all are given back. */
static operand choose(emitter *e, operand test, operand yes, operand no)
{
    if (e->failed)
        return test;
    block_step step = {.x = yes.place, .y = no.place, .z = test.place, .asked = BLOCK_NONE};
    step.op         = (uint16_t)(yes.type == VEC_BOOL ? VEC_B_SELECT : yes.type == VEC_INT ? VEC_I_SELECT : VEC_F_SELECT);
    step.form       = (uint8_t)((yes.one ? VEC_X_IS_ONE : 0) | (no.one ? VEC_Y_IS_ONE : 0));
    step.out        = take_block(e);
    add_step(e, step);
    release(e, test);
    release(e, yes);
    release(e, no);
    return (operand){step.out, yes.type, .temp = true};
}

/* ---- conversions ---- */

static operand convert(emitter *e, operand o, typed_wish wish)
{
    if (e->failed || wish == AS_IS)
        return o;
    if (wish == AS_INT)
        return o.type == VEC_BOOL ? apply(e, VEC_B_TO_I, o, NULL) : o;
    if (wish == AS_TRUTH)
        return o.type == VEC_BOOL ? o : apply(e, o.type == VEC_INT ? VEC_I_TRUTH : VEC_F_TRUTH, o, NULL);
    if (o.type == VEC_FLOAT)
        return o;
    return apply(e, o.type == VEC_BOOL ? VEC_B_TO_F : wish == AS_EXACT ? VEC_I_TO_F_EXACT : VEC_I_TO_F, o, NULL);
}

/* ---- expressions ---- */

static operand emit_on(emitter *e, typed *n, typed_wish wish, operand test, bool negated)
{
    way w = {e->way, test, negated};
    e->way        = &w;
    operand value = emit(e, n, wish);
    e->way        = w.outer;
    return value;
}

static bool truth_of(const emitter *e, operand o)
{
    const typed_value *v = e->p->places[o.place];
    return o.type == VEC_BOOL ? v->b : o.type == VEC_INT ? v->i != 0 : v->f != 0;
}

/* How the parts of a choice must come, so that all have one type. */
static typed_wish common(const typed *n, typed_wish wish)
{
    return wish == AS_TRUTH || n->type == TYPED_MIXED ? wish : AS_IS;
}

static operand emit_cond(emitter *e, typed *n, typed_wish wish)
{
    operand test = emit(e, n->test, AS_TRUTH);
    if (e->failed)
        return test;
    wish = common(n, wish);
    if (test.one)
        return emit(e, truth_of(e, test) ? n->x : n->y, wish);
    operand yes = emit_on(e, n->x, wish, test, false);
    operand no  = emit_on(e, n->y, wish, test, true);
    return choose(e, test, yes, no);
}

static operand emit_logic(emitter *e, typed *n, typed_wish wish)
{
    bool is_and  = n->kind == TYPED_AND;
    wish         = common(n, wish);
    operand left = emit(e, n->x, wish);
    if (e->failed)
        return left;
    if (left.one)
        return truth_of(e, left) == is_and ? emit(e, n->y, wish) : left;
    if (left.type == VEC_BOOL) {
        operand right = emit_on(e, n->y, wish, left, !is_and);
        return apply(e, is_and ? VEC_B_AND : VEC_B_OR, left, &right);
    }
    operand test  = convert(e, borrowed(left), AS_TRUTH);
    operand right = emit_on(e, n->y, wish, test, !is_and);
    return is_and ? choose(e, test, right, left) : choose(e, test, left, right);
}

static operand emit_new(emitter *e, typed *n, typed_wish wish)
{
    switch ((typed_kind)n->kind) {
    case TYPED_COLUMN: return (operand){n->place, n->type};
    case TYPED_CONST: return constant_at(e, n->type, &n->value);
    case TYPED_AS: return emit(e, n->x, n->operands);
    case TYPED_UNARY: return apply(e, n->op, emit(e, n->x, n->operands), NULL);
    case TYPED_BINARY: {
        operand x = emit(e, n->x, n->operands), y = emit(e, n->y, n->operands);
        return apply(e, n->op, x, &y);
    }
    case TYPED_AND:
    case TYPED_OR: return emit_logic(e, n, wish);
    case TYPED_COND: return emit_cond(e, n, wish);
    }
    return give_up(e, false);
}

/* What is kept comes as it is, whatever each reader makes of it, and its block is given back to nobody. */
static operand emit_kept(emitter *e, typed *n)
{
    uint8_t type = n->type == TYPED_MIXED ? VEC_FLOAT : n->type;
    if (n->kind == TYPED_CONST)
        return constant_at(e, type, &n->value);
    if (n->place == BLOCK_NONE) {
        operand o = emit_new(e, n, n->type == TYPED_MIXED ? AS_EXACT : AS_IS);
        if (o.one)
            return o;
        n->place = o.place;
    }
    return (operand){n->place, type};
}

static operand emit(emitter *e, typed *n, typed_wish wish)
{
    if (e->failed)
        return (operand){0};
    if (n->type == TYPED_MIXED && (wish == AS_IS || wish == AS_INT))
        return give_up(e, false);
    return convert(e, n->kept ? emit_kept(e, n) : emit_new(e, n, wish), wish);
}

block_program *block_compile(arena *a, const rt_env *env, ast_node *tree, const block_name *names, uint32_t count, block_wish wish, bool *possible)
{
    emitter        e    = {.a = a, .possible = true, .step_room = 16, .place_room = 32 + count};
    block_program *p    = arena_zalloc(a, sizeof *p);
    typed         *root = typed_make(a, env, tree, names, count, possible);

    if (!p || !root || count >= PLACES_MAX)
        return NULL;
    p->rows        = vec_rows(wish.fast);
    p->steps       = arena_alloc(a, e.step_room * sizeof *p->steps);
    p->places      = arena_zalloc(a, e.place_room * sizeof *p->places);
    p->bad         = arena_alloc(a, BLOCK_ROWS);
    p->place_count = count;
    if (!p->steps || !p->places || !p->bad)
        return NULL;
    e.p            = p;
    operand result = emit(&e, root, wish.as_truth ? AS_TRUTH : wish.as_float ? AS_FLOAT : AS_IS);
    p->result      = result.place;
    p->type        = result.type;
    p->own         = e.failed || result.one || result.place < count ? NULL : p->places[result.place];
    *possible      = e.possible && !result.one;
    return e.failed || result.one ? NULL : p;
}
