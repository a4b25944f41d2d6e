/* From a typed expression to a part of a kernel.
 *
 * What has constants alone for operands is computed here. What was computed already, in this part and on the way that leads here, is not
 * computed again. */
#include "codegen/kernel/typed.h"

enum { PLACES_MAX = 1 << 24, LOOKED_BACK = 64 /* steps, for one that does the same */ };

typedef struct operand {
    uint32_t place;
    uint8_t  type;
    bool     one; /* a constant */
} operand;

typedef struct builder {
    kernel  *k;
    uint32_t way;
    uint32_t first; /* step of the part */
    bool     possible, failed; /* failed: memory is out, or not possible */
} builder;

static operand emit(builder *b, typed *n, typed_wish wish);

static operand give_up(builder *b, bool possible)
{
    b->failed   = true;
    b->possible = b->possible && possible;
    return (operand){0};
}

/* ---- rows that grow ---- */

static bool grow(arena *memory, void **row, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return true;
    uint32_t wider = *room ? 2 * *room : 16;
    void    *more  = arena_alloc(memory, wider * size);
    if (!more)
        return false;
    if (count)
        memcpy(more, *row, count * size);
    *row  = more;
    *room = wider;
    return true;
}

#define GROW(k, rows, row) grow((k)->memory, (void **)&(k)->rows, (k)->row##_count, &(k)->row##_room, sizeof *(k)->rows)

static bool add_place(kernel *k, kernel_place place, uint32_t *number)
{
    if (k->place_count >= PLACES_MAX || !GROW(k, places, place))
        return false;
    *number                     = k->place_count++;
    k->places[*number] = place;
    return true;
}

static bool add_step(kernel *k, kernel_step step)
{
    if (!GROW(k, steps, step))
        return false;
    k->steps[k->step_count++] = step;
    return true;
}

static bool add_way(kernel *k, kernel_way way, uint32_t *number)
{
    if (!GROW(k, ways, way))
        return false;
    *number            = k->way_count++;
    k->ways[*number] = way;
    return true;
}

/* ---- places ---- */

static operand constant_at(builder *b, uint8_t type, kernel_cell value)
{
    operand o = {.type = type, .one = true};
    return add_place(b->k, (kernel_place){PLACE_CONSTANT, type, true, value}, &o.place) ? o : give_up(b, true);
}

static operand cell_at(builder *b, const typed *n)
{
    kernel_place *place = &b->k->places[n->place];
    if (place->typed && place->type != n->type)
        return give_up(b, false);
    place->type  = n->type;
    place->typed = true;
    return (operand){n->place, n->type, false};
}

/* ---- steps ---- */

static uint32_t find_step(const builder *b, vec_op op, uint32_t x, uint32_t y, uint32_t z)
{
    const kernel *k    = b->k;
    uint32_t      from = k->step_count - b->first > LOOKED_BACK ? k->step_count - LOOKED_BACK : b->first;
    for (uint32_t n = k->step_count; n-- > from;) {
        const kernel_step *s = &k->steps[n];
        if (s->op == op && s->x == x && s->y == y && s->z == z && kernel_way_leads_to(k, s->way, b->way))
            return s->out;
    }
    return KERNEL_NONE;
}

static operand make(builder *b, vec_op op, uint32_t x, uint32_t y, uint32_t z)
{
    operand o = {find_step(b, op, x, y, z), vec_ops[op].result, false};
    if (o.place != KERNEL_NONE)
        return o;
    if (!add_place(b->k, (kernel_place){PLACE_VALUE, o.type, true, {0}}, &o.place) ||
        !add_step(b->k, (kernel_step){(uint16_t)op, o.place, x, y, z, b->way}))
        return give_up(b, true);
    return o;
}

/* op of x and y (NULL: of x alone). */
static operand apply(builder *b, vec_op op, operand x, const operand *y)
{
    const kernel_place *places = b->k->places;
    kernel_cell         result;
    if (b->failed)
        return x;
    if (!x.one || (y && !y->one))
        return make(b, op, x.place, y ? y->place : KERNEL_NONE, KERNEL_NONE);
    if (kernel_apply(op, places[x.place].constant, places[(y ? y : &x)->place].constant, (kernel_cell){0}, &result))
        return give_up(b, false);
    return constant_at(b, vec_ops[op].result, result);
}

/* yes if test else no */
static operand choose(builder *b, operand test, operand yes, operand no)
{
    static const vec_op of_type[] = {[VEC_BOOL] = VEC_B_SELECT, [VEC_INT] = VEC_I_SELECT, [VEC_FLOAT] = VEC_F_SELECT};
    return b->failed ? test : make(b, of_type[yes.type], yes.place, no.place, test.place);
}

/* ---- conversions ---- */

static operand convert(builder *b, operand o, typed_wish wish)
{
    if (b->failed || wish == AS_IS)
        return o;
    if (wish == AS_INT)
        return o.type == VEC_BOOL ? apply(b, VEC_B_TO_I, o, NULL) : o;
    if (wish == AS_TRUTH)
        return o.type == VEC_BOOL ? o : apply(b, o.type == VEC_INT ? VEC_I_TRUTH : VEC_F_TRUTH, o, NULL);
    if (o.type == VEC_FLOAT)
        return o;
    return apply(b, o.type == VEC_BOOL ? VEC_B_TO_F : wish == AS_EXACT ? VEC_I_TO_F_EXACT : VEC_I_TO_F, o, NULL);
}

/* ---- expressions ---- */

static operand emit_on(builder *b, typed *n, typed_wish wish, operand test, bool negated)
{
    kernel  *k     = b->k;
    uint32_t outer = b->way, way;
    if (b->failed || !add_way(k, (kernel_way){outer, test.place, negated, 0}, &way) ||
        !add_step(k, (kernel_step){STEP_WAY, KERNEL_NONE, way, KERNEL_NONE, KERNEL_NONE, outer}))
        return give_up(b, true);
    uint32_t begins = k->step_count;
    b->way          = way;
    operand value   = emit(b, n, wish);
    b->way          = outer;
    k->ways[way].end = k->step_count;
    if (k->step_count == begins && !b->failed) { /* there is nothing to do on it */
        k->step_count--;
        k->way_count--;
    }
    return value;
}

static bool truth_of(const builder *b, operand o)
{
    kernel_cell v = b->k->places[o.place].constant;
    return o.type == VEC_FLOAT ? v.f != 0 : v.i != 0;
}

/* How the parts of a choice must come, so that all have one type. */
static typed_wish common(const typed *n, typed_wish wish)
{
    return wish == AS_TRUTH || n->type == TYPED_MIXED ? wish : AS_IS;
}

static operand emit_cond(builder *b, typed *n, typed_wish wish)
{
    operand test = emit(b, n->test, AS_TRUTH);
    if (b->failed)
        return test;
    wish = common(n, wish);
    if (test.one)
        return emit(b, truth_of(b, test) ? n->x : n->y, wish);
    operand yes = emit_on(b, n->x, wish, test, false);
    operand no  = emit_on(b, n->y, wish, test, true);
    return choose(b, test, yes, no);
}

static operand emit_logic(builder *b, typed *n, typed_wish wish)
{
    bool is_and  = n->kind == TYPED_AND;
    wish         = common(n, wish);
    operand left = emit(b, n->x, wish);
    if (b->failed)
        return left;
    if (left.one)
        return truth_of(b, left) == is_and ? emit(b, n->y, wish) : left;
    if (left.type == VEC_BOOL) {
        operand right = emit_on(b, n->y, wish, left, !is_and);
        return apply(b, is_and ? VEC_B_AND : VEC_B_OR, left, &right);
    }
    operand test  = convert(b, left, AS_TRUTH);
    operand right = emit_on(b, n->y, wish, test, !is_and);
    return is_and ? choose(b, test, right, left) : choose(b, test, left, right);
}

static operand emit_new(builder *b, typed *n, typed_wish wish)
{
    switch ((typed_kind)n->kind) {
    case TYPED_CELL: return cell_at(b, n);
    case TYPED_CONST: return constant_at(b, n->type, n->value);
    case TYPED_AS: return emit(b, n->x, n->operands);
    case TYPED_UNARY: return apply(b, n->op, emit(b, n->x, n->operands), NULL);
    case TYPED_BINARY: {
        operand x = emit(b, n->x, n->operands), y = emit(b, n->y, n->operands);
        return apply(b, n->op, x, &y);
    }
    case TYPED_AND:
    case TYPED_OR: return emit_logic(b, n, wish);
    case TYPED_COND: return emit_cond(b, n, wish);
    }
    return give_up(b, false);
}

/* What is kept comes as it is, whatever each reader makes of it. */
static operand emit_kept(builder *b, typed *n)
{
    uint8_t type = n->type == TYPED_MIXED ? VEC_FLOAT : n->type;
    if (n->kind == TYPED_CONST || n->kind == TYPED_CELL)
        return emit_new(b, n, AS_IS);
    if (n->place == KERNEL_NONE) {
        operand o = emit_new(b, n, n->type == TYPED_MIXED ? AS_EXACT : AS_IS);
        if (o.one)
            return o;
        n->place = o.place;
    }
    return (operand){n->place, type, false};
}

static operand emit(builder *b, typed *n, typed_wish wish)
{
    if (b->failed)
        return (operand){0};
    if (n->type == TYPED_MIXED && (wish == AS_IS || wish == AS_INT))
        return give_up(b, false);
    return convert(b, n->kept ? emit_kept(b, n) : emit_new(b, n, wish), wish);
}

/* ---- kernels ---- */

kernel *kernel_new(arena *memory, uint32_t cell_count)
{
    kernel *k = arena_zalloc(memory, sizeof *k);
    if (!k || cell_count > PLACES_MAX)
        return NULL;
    k->memory      = memory;
    k->cell_count  = cell_count;
    k->place_count = cell_count;
    k->place_room  = cell_count + 16;
    k->places      = arena_zalloc(memory, k->place_room * sizeof *k->places);
    return k->places && GROW(k, ways, way) ? (k->ways[k->way_count++] = (kernel_way){0}, k) : NULL;
}

static bool give(builder *b, operand result, uint32_t cell)
{
    kernel       *k     = b->k;
    kernel_place *place = &k->places[cell];
    if (b->failed || (place->typed && place->type != result.type)) {
        give_up(b, b->failed);
        return false;
    }
    if (!add_step(k, (kernel_step){STEP_GIVE, KERNEL_NONE, result.place, cell, KERNEL_NONE, 0}) || !GROW(k, parts, part)) {
        give_up(b, true);
        return false;
    }
    place->type                 = result.type;
    place->typed                = true;
    k->parts[k->part_count++] = (kernel_part){k->step_count};
    return true;
}

kernel_added kernel_add(kernel *k, const rt_env *env, ast_node *tree, const kernel_name *names, uint32_t count, kernel_wish wish, uint32_t cell,
                        vec_type *type)
{
    bool     possible;
    builder  b     = {.k = k, .first = k->step_count, .possible = true};
    uint32_t steps = k->step_count, places = k->place_count, ways = k->way_count;
    typed   *root  = typed_make(k->memory, env, tree, names, count, &possible, &k->is_uneven);
    if (!root)
        return possible ? KERNEL_NO_MEMORY : KERNEL_NOT_POSSIBLE;
    operand result = emit(&b, root, wish.as_truth ? AS_TRUTH : wish.as_float ? AS_FLOAT : AS_IS);
    if (give(&b, result, cell)) {
        *type = result.type;
        return KERNEL_ADDED;
    }
    k->step_count  = steps;
    k->place_count = places;
    k->way_count   = ways;
    return b.possible ? KERNEL_NO_MEMORY : KERNEL_NOT_POSSIBLE;
}

bool kernel_reads(const kernel *k, uint32_t cell)
{
    for (uint32_t n = 0; n < k->step_count; n++) {
        const kernel_step *s = &k->steps[n];
        if (s->op != STEP_WAY && (s->x == cell || (s->op != STEP_GIVE && (s->y == cell || s->z == cell))))
            return true;
    }
    return false;
}
