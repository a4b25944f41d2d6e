/* The function of a kernel over rows.
 *
 * Everything is computed for each row, and what was bad on the way that the row came is collected: so the loop has no jumps, and the
 * compiler makes one over vectors of it.
 *
 * Where accuracy is not asked for, sin and its kin are functions of vectors, which the compiler would not find: they part the steps into
 * phases. A phase is a loop over a strip of rows that leaves in arrays what the functions and later phases need. A strip is one vector of
 * the functions: so the compiler has a vector in place of each loop and of each array. */
#include "jit/kernel.h"

#include <math.h>
#include <stdio.h>

typedef struct rows {
    kernel_writer *w;
    uint32_t      *made_in;  /* of places: the phase in which the value is there; 0 for cells and constants */
    uint32_t      *first_in, *needed_in; /* the first phase that reads it, and the last */
    bool          *is_input; /* a function of vectors reads it */
    place         *arrays;   /* of places whose value is kept from one phase to another, NULL for others */
    bool          *loaded;   /* in the phase that is being written */
    place         *pointers; /* of the columns */
    uint32_t       phases;
    int            lanes;    /* of the functions; 0: there are none */
    gcc_jit_type  *vector, *unaligned; /* the second: a pointer to one in a column */
    place          base, row, any_bad; /* where the strip begins, the row in it */
    expr           count;              /* of rows in the strip */
    place          nothing;            /* see note_not_finite */
    bool           has_nothing, is_whole; /* the second: the strip is a whole vector */
    place          nothings;           /* an array, its sums over all strips: each row's own, so that strips need not be summed up; NULL without phases */
} rows;

/* ---- phases ---- */

static const char *function_of(const rows *r, const kernel_step *s) { return r->lanes ? kernel_fast_function((vec_op)s->op, r->lanes) : NULL; }

static uint32_t later(uint32_t a, uint32_t b) { return a > b ? a : b; }
static uint32_t made_in(const rows *r, uint32_t n) { return n == KERNEL_NONE ? 0 : r->made_in[n]; }

static uint32_t way_known_in(const rows *r, uint32_t way)
{
    const kernel_way *w = &r->w->k->ways[way];
    return way ? later(made_in(r, w->test), way_known_in(r, w->outer)) : 0;
}

/* The phase in which the step's operands are there, and the way to it. */
static uint32_t phase_of(const rows *r, const kernel_step *s)
{
    return later(later(made_in(r, s->x), s->op == STEP_GIVE ? 0 : made_in(r, s->y)), later(made_in(r, s->z), way_known_in(r, s->way)));
}

static void need(const rows *r, uint32_t n, uint32_t phase)
{
    if (n == KERNEL_NONE)
        return;
    r->needed_in[n] = later(r->needed_in[n], phase);
    r->first_in[n]  = phase < r->first_in[n] ? phase : r->first_in[n];
}

static void need_way(const rows *r, uint32_t way, uint32_t phase)
{
    for (; way; way = r->w->k->ways[way].outer)
        need(r, r->w->k->ways[way].test, phase);
}

static bool is_call(const rows *r, const kernel_step *s) { return s->op < VEC_OP_COUNT && function_of(r, s) != NULL; }

/* The earliest phase of each step. */
static void make_early(rows *r)
{
    const kernel *k = r->w->k;
    for (uint32_t n = 0; n < k->step_count; n++) {
        const kernel_step *s = &k->steps[n];
        if (s->out == KERNEL_NONE)
            continue;
        r->made_in[s->out] = phase_of(r, s) + is_call(r, s);
        r->phases          = later(r->phases, r->made_in[s->out] + 1);
    }
}

/* What a step reads; where a function of vectors is bad is looked at in the phase behind it. */
static void need_operands(rows *r, const kernel_step *s, uint32_t phase)
{
    need(r, s->x, phase);
    need(r, s->z, phase);
    if (s->op != STEP_GIVE)
        need(r, s->y, phase);
    if (s->op < VEC_OP_COUNT && vec_ops[s->op].fails)
        need_way(r, s->way, phase + is_call(r, s));
}

/* The last step first: what only later phases read is made there, so that it need not be kept. */
static void make_late(rows *r)
{
    const kernel *k = r->w->k;
    for (uint32_t n = k->step_count; n-- > 0;) {
        const kernel_step *s = &k->steps[n];
        if (s->op == STEP_WAY)
            continue;
        if (s->op == STEP_GIVE) {
            need_operands(r, s, r->phases - 1);
            continue;
        }
        if (!is_call(r, s)) {
            r->made_in[s->out] = later(r->made_in[s->out], r->first_in[s->out] == UINT32_MAX ? 0 : r->first_in[s->out]);
            need_operands(r, s, r->made_in[s->out]);
            continue;
        }
        need(r, s->out, r->made_in[s->out]);
        need_operands(r, s, r->made_in[s->out] - 1);
        r->is_input[s->x] = true;
        if (s->y != KERNEL_NONE)
            r->is_input[s->y] = true;
    }
}

static place new_array(rows *r)
{
    char name[24];
    snprintf(name, sizeof name, "a%u", r->w->f.e->names++);
    return gcc_jit_function_new_local(r->w->f.fn, NULL, r->vector, name);
}

static bool find_phases(rows *r)
{
    const kernel *k      = r->w->k;
    arena        *memory = r->w->f.e->memory;
    r->made_in           = arena_zalloc(memory, k->place_count * sizeof *r->made_in);
    r->needed_in         = arena_zalloc(memory, k->place_count * sizeof *r->needed_in);
    r->first_in          = arena_alloc(memory, k->place_count * sizeof *r->first_in);
    r->is_input          = arena_zalloc(memory, k->place_count * sizeof *r->is_input);
    r->arrays            = arena_zalloc(memory, k->place_count * sizeof *r->arrays);
    r->loaded            = arena_zalloc(memory, k->place_count * sizeof *r->loaded);
    r->phases            = 1;
    if (!r->made_in || !r->needed_in || !r->first_in || !r->is_input || !r->arrays || !r->loaded)
        return false;
    for (uint32_t n = 0; n < k->place_count; n++)
        r->first_in[n] = UINT32_MAX;
    make_early(r);
    make_late(r);
    for (uint32_t n = 0; n < k->step_count; n++) {
        const kernel_step *s = &k->steps[n];
        if (s->out != KERNEL_NONE && (function_of(r, s) || r->needed_in[s->out] > r->made_in[s->out]))
            r->arrays[s->out] = new_array(r);
    }
    for (uint32_t n = 0; n < k->place_count; n++)
        if (r->is_input[n] && !r->arrays[n])
            r->arrays[n] = new_array(r);
    return true;
}

/* ---- rows ---- */

static place item(rows *r, expr pointer, type t, expr row)
{
    func *f = &r->w->f;
    return gcc_jit_context_new_array_access(f->e->g, f->where, gcc_jit_context_new_cast(f->e->g, f->where, pointer, f->e->pointers[t]), row);
}

static type type_in_column(uint8_t t) { return t == VEC_BOOL ? T_B : kernel_type(t); }
static expr row_of_all(rows *r) { return binary(&r->w->f, GCC_JIT_BINARY_OP_PLUS, T_L, get(r->base), get(r->row)); }

/* The row's number in an array of the function. */
static place row_in(rows *r, place array, type t)
{
    func *f     = &r->w->f;
    return item(r, gcc_jit_lvalue_get_address(array, f->where), t, get(r->row));
}

static place in_array(rows *r, uint32_t n) { return row_in(r, r->arrays[n], kernel_type(r->w->k->places[n].type)); }

/* Let the local of a place have the row's value. */
static void load_place(rows *r, uint32_t n)
{
    func               *f = &r->w->f;
    const kernel_place *p = n == KERNEL_NONE ? NULL : &r->w->k->places[n];
    if (!p || p->kind == PLACE_CONSTANT || r->loaded[n])
        return;
    type t       = kernel_type(p->type);
    r->loaded[n] = true;
    if (!r->w->locals[n])
        r->w->locals[n] = local(f, t, "v");
    if (p->kind == PLACE_CELL)
        set(f, r->w->locals[n], cast(f, t, get(item(r, get(r->pointers[n]), type_in_column(p->type), row_of_all(r)))));
    else
        set(f, r->w->locals[n], get(in_array(r, n)));
}

static expr came(rows *r, uint32_t way)
{
    func             *f  = &r->w->f;
    const kernel_way *at = &r->w->k->ways[way];
    load_place(r, at->test);
    expr test = kernel_operand(r->w, at->test);
    if (at->negated)
        test = binary(f, GCC_JIT_BINARY_OP_BITWISE_XOR, T_L, test, num(f, T_L, 1));
    return at->outer ? binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_L, came(r, at->outer), test) : test;
}

static void note_bad(rows *r, const kernel_step *s, expr bad)
{
    func *f = &r->w->f;
    if (!bad)
        return;
    if (s->way)
        bad = binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_L, bad, came(r, s->way));
    set(f, r->any_bad, binary(f, GCC_JIT_BINARY_OP_BITWISE_OR, T_L, get(r->any_bad), bad));
}

/* Of what is bad unless it is finite: the difference of each from itself goes into one sum for the phase, a NaN if one is bad. */
static void note_not_finite(rows *r, const kernel_step *s)
{
    func *f     = &r->w->f;
    expr  value = get(r->w->locals[s->out]);
    if (s->way) {
        note_bad(r, s, kernel_not_finite(f, value));
        return;
    }
    if (r->nothings && !r->has_nothing)
        set(f, r->nothing, get(row_in(r, r->nothings, T_F)));
    r->has_nothing = r->has_nothing || r->nothings;
    expr nothing   = binary(f, GCC_JIT_BINARY_OP_MINUS, T_F, value, value);
    set(f, r->nothing, r->has_nothing ? binary(f, GCC_JIT_BINARY_OP_PLUS, T_F, get(r->nothing), nothing) : nothing);
    r->has_nothing = true;
}

/* A function that is bad by its operand gives a NaN then. */
static void note_bad_float(rows *r, const kernel_step *s)
{
    if (kernel_bad_of(s->op) == BAD_DIVISOR)
        note_bad(r, s, kernel_is_bad(&r->w->f, s->op, NULL, NULL, kernel_operand(r->w, s->y)));
    else
        note_not_finite(r, s);
}

static void keep(rows *r, uint32_t n)
{
    if (n != KERNEL_NONE && r->arrays[n] && r->w->k->places[n].kind != PLACE_CONSTANT)
        set(&r->w->f, in_array(r, n), get(r->w->locals[n]));
}

/* Where accuracy is not asked for, x / y by a constant is q = x * (1 / y) and what is missing from it: rounded as the quotient nearly always, and
 * several times as fast. Of infinities and what overflows, where nothing can be missing, it is q; or a NaN, where both make the row bad. */
static bool is_quick(const rows *r, const kernel_step *s)
{
    const kernel_place *by = s->op == VEC_F_DIV ? &r->w->k->places[s->y] : NULL;
    return by && by->kind == PLACE_CONSTANT && r->w->request->fast && r->w->request->how.cpu >= WIRE_CPU_FMA && isnormal(1 / by->constant.f);
}

static void divide_quickly(rows *r, const kernel_step *s)
{
    func            *f   = &r->w->f;
    gcc_jit_context *g   = f->e->g;
    double           by  = r->w->k->places[s->y].constant.f;
    gcc_jit_function *fma = gcc_jit_context_get_builtin_function(g, "__builtin_fma");
    expr             x = kernel_operand(r->w, s->x), inverse = gcc_jit_context_new_rvalue_from_double(g, f->e->types[T_F], 1 / by);
    expr             minus = gcc_jit_context_new_rvalue_from_double(g, f->e->types[T_F], -by);
    place            q     = as_local(f, T_F, binary(f, GCC_JIT_BINARY_OP_MULT, T_F, x, inverse));
    place            rest  = as_local(f, T_F, gcc_jit_context_new_call(g, f->where, fma, 3, (expr[]){minus, get(q), x}));
    place            exact = as_local(f, T_F, gcc_jit_context_new_call(g, f->where, fma, 3, (expr[]){get(rest), inverse, get(q)}));
    if (r->w->nan_shows[s->out] && r->w->inf_shows[s->out])
        set(f, r->w->locals[s->out], get(exact));
    else
        kernel_choice(f, r->w->locals[s->out], compare(f, GCC_JIT_COMPARISON_EQ, get(exact), get(exact)), get(exact), get(q));
}

static void write_step(rows *r, const kernel_step *s)
{
    load_place(r, s->x);
    load_place(r, s->y);
    load_place(r, s->z);
    if (!r->w->locals[s->out])
        r->w->locals[s->out] = local(&r->w->f, kernel_type(r->w->k->places[s->out].type), "v");
    r->loaded[s->out] = true;
    if (is_quick(r, s)) {
        divide_quickly(r, s);
        keep(r, s->out);
        return;
    }
    expr bad = kernel_operator(&r->w->f, s->op, r->w->locals[s->out], kernel_operand(r->w, s->x), kernel_operand(r->w, s->y), kernel_operand(r->w, s->z));
    if (bad)
        note_bad(r, s, bad);
    else if (kernel_can_fail(r->w, s))
        note_bad_float(r, s);
    keep(r, s->out);
}

/* What a function of vectors reads: constants are in its array for each row, too; of columns only the end is. */
static void write_input(rows *r, uint32_t n)
{
    if (n == KERNEL_NONE || r->w->k->places[n].kind != PLACE_CONSTANT)
        return;
    load_place(r, n);
    set(&r->w->f, in_array(r, n), kernel_operand(r->w, n));
}

static void write_row(rows *r, uint32_t phase)
{
    const kernel *k = r->w->k;
    r->has_nothing  = false;
    memset(r->loaded, 0, k->place_count * sizeof *r->loaded);
    for (uint32_t n = 0; n < k->step_count; n++) {
        const kernel_step *s = &k->steps[n];
        if (s->op >= VEC_OP_COUNT)
            continue;
        if (!function_of(r, s)) {
            if (r->made_in[s->out] == phase)
                write_step(r, s);
            continue;
        }
        if (r->made_in[s->out] == phase + 1) {
            write_input(r, s->x);
            write_input(r, s->y);
        }
        if (r->made_in[s->out] == phase && kernel_can_fail(r->w, s)) {
            load_place(r, s->out);
            note_not_finite(r, s);
        }
    }
    if (r->has_nothing && r->nothings)
        set(&r->w->f, row_in(r, r->nothings, T_F), get(r->nothing));
    else if (r->has_nothing)
        note_bad(r, &k->steps[k->step_count - 1], kernel_is_nan(&r->w->f, get(r->nothing)));
}

static void write_result(rows *r)
{
    func         *f    = &r->w->f;
    const kernel *k    = r->w->k;
    uint32_t      from = k->steps[k->step_count - 1].x;
    uint8_t       t    = k->places[k->cell_count - 1].type;
    load_place(r, from);
    expr value = kernel_operand(r->w, from);
    set(f, item(r, gcc_jit_param_as_rvalue(r->w->to), type_in_column(t), row_of_all(r)), t == VEC_BOOL ? cast(f, T_B, value) : value);
}

/* ---- loops ---- */

static void step(func *f, place counter, int64_t by) { set(f, counter, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(counter), num(f, T_L, by))); }

/* From here on the body of a loop while the counter is below the end; the block behind it. */
static block begin_loop(func *f, place counter, expr from, expr end, block *head)
{
    block body = new_block(f), after = new_block(f);
    *head      = new_block(f);
    set(f, counter, from);
    begin(f, *head);
    branch(f, compare(f, GCC_JIT_COMPARISON_LT, get(counter), end), body, after);
    f->block = body;
    return after;
}

static void end_loop(func *f, block head, block after)
{
    go(f, head);
    f->block = after;
}

static void write_phase(rows *r, uint32_t phase)
{
    func *f = &r->w->f;
    block head, after = begin_loop(f, r->row, num(f, T_L, 0), r->count, &head);
    write_row(r, phase);
    if (phase + 1 == r->phases)
        write_result(r);
    step(f, r->row, 1);
    end_loop(f, head, after);
}

/* The vector of a place: of a column where it lies, if there are enough rows. */
static expr vector_of(rows *r, uint32_t n)
{
    func *f = &r->w->f;
    if (r->w->k->places[n].kind != PLACE_CELL || !r->is_whole)
        return get(r->arrays[n]);
    expr first = gcc_jit_lvalue_get_address(item(r, get(r->pointers[n]), T_F, get(r->base)), f->where);
    return get(gcc_jit_rvalue_dereference(gcc_jit_context_new_cast(f->e->g, f->where, first, r->unaligned), f->where));
}

/* The last rows of a column, which are no whole vector, into its array. */
static void write_end(rows *r, uint32_t n)
{
    func *f = &r->w->f;
    if (n == KERNEL_NONE || r->w->k->places[n].kind != PLACE_CELL || r->is_whole)
        return;
    block head, after = begin_loop(f, r->row, num(f, T_L, 0), r->count, &head);
    set(f, in_array(r, n), get(item(r, get(r->pointers[n]), T_F, row_of_all(r))));
    step(f, r->row, 1);
    end_loop(f, head, after);
}

/* What the function gives beyond the rows is of no use. */
static void write_call(rows *r, const kernel_step *s)
{
    func             *f = &r->w->f;
    int               count        = vec_ops[s->op].operands;
    gcc_jit_param    *parameters[] = {gcc_jit_context_new_param(f->e->g, NULL, r->vector, "x"), gcc_jit_context_new_param(f->e->g, NULL, r->vector, "y")};
    gcc_jit_function *function     = gcc_jit_context_new_function(f->e->g, NULL, GCC_JIT_FUNCTION_IMPORTED, r->vector, function_of(r, s), count, parameters, 0);
    write_end(r, s->x);
    write_end(r, s->y);
    expr arguments[] = {vector_of(r, s->x), count > 1 ? vector_of(r, s->y) : NULL};
    set(f, r->arrays[s->out], gcc_jit_context_new_call(f->e->g, f->where, function, count, arguments));
}

static void write_phases(rows *r)
{
    const kernel *k = r->w->k;
    for (uint32_t phase = 0; phase < r->phases; phase++) {
        write_phase(r, phase);
        for (uint32_t n = 0; n < k->step_count; n++)
            if (is_call(r, &k->steps[n]) && r->made_in[k->steps[n].out] == phase + 1)
                write_call(r, &k->steps[n]);
    }
}

static void begin_nothings(rows *r)
{
    func *f     = &r->w->f;
    r->nothings = gcc_jit_function_new_local(f->fn, NULL, r->vector, "nothings");
    block head, after = begin_loop(f, r->row, num(f, T_L, 0), num(f, T_L, r->lanes), &head);
    set(f, row_in(r, r->nothings, T_F), cast(f, T_F, num(f, T_L, 0)));
    step(f, r->row, 1);
    end_loop(f, head, after);
}

static void end_nothings(rows *r)
{
    func *f = &r->w->f;
    block head, after = begin_loop(f, r->row, num(f, T_L, 0), num(f, T_L, r->lanes), &head);
    place nothing = as_local(f, T_F, get(row_in(r, r->nothings, T_F)));
    set(f, r->any_bad, binary(f, GCC_JIT_BINARY_OP_BITWISE_OR, T_L, get(r->any_bad), kernel_is_nan(f, get(nothing))));
    step(f, r->row, 1);
    end_loop(f, head, after);
}

/* Strips of a vector each, and what is left; without phases all rows are one. */
static void write_strips(rows *r)
{
    func *f = &r->w->f;
    expr  n = gcc_jit_param_as_rvalue(r->w->from);
    block head, after;
    set(f, r->base, num(f, T_L, 0));
    if (r->phases > 1) {
        begin_nothings(r);
        r->is_whole = true;
        r->count    = num(f, T_L, r->lanes);
        after       = begin_loop(f, r->base, num(f, T_L, 0), binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, n, num(f, T_L, r->lanes - 1)), &head);
        write_phases(r);
        step(f, r->base, r->lanes);
        end_loop(f, head, after);
    }
    r->is_whole = false;
    r->count    = get(as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, n, get(r->base))));
    write_phases(r);
    if (r->nothings)
        end_nothings(r);
}

static bool load_pointers(rows *r)
{
    func         *f      = &r->w->f;
    const kernel *k      = r->w->k;
    bool         *needed = arena_zalloc(f->e->memory, (k->cell_count + 1) * sizeof *needed);
    r->pointers          = arena_zalloc(f->e->memory, (k->cell_count + 1) * sizeof *r->pointers);
    if (!needed || !r->pointers)
        return false;
    kernel_find_cells(r->w, 0, k->step_count, needed);
    for (uint32_t n = 0; n < k->cell_count; n++)
        if (needed[n])
            r->pointers[n] = as_local(f, T_PTR, load(f, T_PTR, gcc_jit_param_as_rvalue(r->w->cells), (int64_t)(n * sizeof(void *))));
    return true;
}

bool lower_rows(kernel_writer *w, emitter *e)
{
    gcc_jit_param *parameters[] = {kernel_parameter(e, T_PTR, "columns"), kernel_parameter(e, T_PTR, "out"), kernel_parameter(e, T_L, "n")};
    rows           r            = {.w = w, .lanes = !w->request->fast ? 0 : w->request->how.cpu == WIRE_CPU_MAX ? 8 : 4};
    w->cells                    = parameters[0];
    w->to                       = parameters[1];
    w->from                     = parameters[2];
    if (r.lanes) {
        r.vector = gcc_jit_type_get_vector(e->types[T_F], (size_t)r.lanes);
        r.unaligned = gcc_jit_type_get_pointer(gcc_jit_type_get_aligned(r.vector, sizeof(double)));
    }
    if (!kernel_begin(w, e, T_L, 3, parameters) || !load_pointers(&r) || !find_phases(&r))
        return false;
    r.base    = local(&w->f, T_L, "base");
    r.row     = local(&w->f, T_L, "row");
    r.nothing = local(&w->f, T_F, "nothing");
    r.any_bad = as_local(&w->f, T_L, num(&w->f, T_L, 0));
    write_strips(&r);
    give(&w->f, get(r.any_bad));
    return true;
}
