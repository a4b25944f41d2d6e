/* The function of a kernel: loads of the cells, the steps as they are, what they give.
 *
 * Values are locals. A bad step leaves the function, and ways are branches. (Over rows it is otherwise: kernel_rows.c.) */
#include "jit/kernel.h"

void kernel_options(gcc_jit_context *g, const kernel_request *request)
{
    static const char *const always[] = {"-fno-math-errno", "-fno-trapping-math"};
    for (size_t n = 0; n < sizeof always / sizeof always[0]; n++)
        gcc_jit_context_add_command_line_option(g, always[n]);
    if (request->shape == KERNEL_OF_ROWS) { /* loops that were made one are to stay so */
        gcc_jit_context_add_command_line_option(g, "-fno-tree-loop-distribution");
        gcc_jit_context_add_command_line_option(g, "-fno-tree-loop-distribute-patterns");
        gcc_jit_context_add_command_line_option(g, "--param=max-completely-peel-times=3"); /* loops over one vector become that, not single rows */
    }
    if (request->fast)
        gcc_jit_context_add_command_line_option(g, "-ffp-contract=fast");
    if (request->fast && request->how.cpu == WIRE_CPU_MAX)
        gcc_jit_context_add_command_line_option(g, "-mprefer-vector-width=512"); /* as wide as the functions' vectors */
}

/* ---- operands ---- */

expr kernel_operand(kernel_writer *w, uint32_t n)
{
    const kernel_place *p = n == KERNEL_NONE ? NULL : &w->k->places[n];
    if (!p)
        return NULL;
    if (p->kind != PLACE_CONSTANT)
        return get(w->locals[n]);
    if (p->type == VEC_FLOAT)
        return gcc_jit_context_new_rvalue_from_double(w->f.e->g, w->f.e->types[T_F], p->constant.f);
    return num(&w->f, T_L, p->constant.i);
}

static void need(kernel_writer *w, uint32_t n, bool *needed)
{
    if (n != KERNEL_NONE && w->k->places[n].kind == PLACE_CELL)
        needed[n] = true;
}

/* Which cells the steps [from, until) read. */
void kernel_find_cells(kernel_writer *w, uint32_t from, uint32_t until, bool *needed)
{
    for (uint32_t n = from; n < until; n++) {
        const kernel_step *s = &w->k->steps[n];
        if (s->op == STEP_WAY) {
            need(w, w->k->ways[s->x].test, needed);
            continue;
        }
        need(w, s->x, needed);
        if (s->op != STEP_GIVE) {
            need(w, s->y, needed);
            need(w, s->z, needed);
        }
    }
}

/* What has no value on some ways is 0 there. */
static void make_locals(kernel_writer *w, uint32_t from, uint32_t until)
{
    for (uint32_t n = from; n < until; n++) {
        const kernel_step *s = &w->k->steps[n];
        if (s->out == KERNEL_NONE)
            continue;
        type t            = kernel_type(w->k->places[s->out].type);
        w->locals[s->out] = local(&w->f, t, "v");
        if (s->way)
            set(&w->f, w->locals[s->out], cast(&w->f, t, num(&w->f, T_L, 0)));
    }
}

/* ---- ways ---- */

static expr of(gcc_jit_param *p) { return gcc_jit_param_as_rvalue(p); }

/* What the caller makes of the failure. */
static expr failed_call(kernel_writer *w)
{
    emitter      *e            = w->f.e;
    gcc_jit_type *parameters[] = {e->types[T_PTR], e->types[T_PTR], e->types[T_PTR], e->types[T_PTR]};
    expr          arguments[]  = {of(w->caller), of(w->cells), of(w->to), of(w->more)};
    gcc_jit_type *function     = gcc_jit_context_new_function_ptr_type(e->g, NULL, e->types[T_U], 4, parameters, 0);
    expr          address      = gcc_jit_context_new_cast(e->g, NULL, load_field(&w->f, FIELD_kernel_caller_failed, of(w->caller)), function);
    return gcc_jit_context_new_call_through_ptr(e->g, NULL, address, 4, arguments);
}

static block failed(kernel_writer *w)
{
    func *f    = &w->f;
    block here = f->block;
    if (!w->failed) {
        f->block = w->failed = new_block(f);
        give(f, w->request->shape == KERNEL_OF_CELLS ? num(f, T_U, w->part) : failed_call(w));
        f->block = here;
    }
    return w->failed;
}

static void fail(kernel_writer *w, expr bad)
{
    func *f    = &w->f;
    block good = new_block(f);
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, bad, num(f, T_L, 0)), false), failed(w), good);
    f->block = good;
}

/* ---- steps ---- */

static void write_steps(kernel_writer *w, uint32_t from, uint32_t until);

/* The steps of a way, in a block of their own. */
static void write_way(kernel_writer *w, const kernel_way *way, uint32_t first)
{
    func *f    = &w->f;
    block taken = new_block(f), after = new_block(f);
    expr  test  = compare(f, way->negated ? GCC_JIT_COMPARISON_EQ : GCC_JIT_COMPARISON_NE, kernel_operand(w, way->test), num(f, T_L, 0));
    branch(f, test, taken, after);
    f->block = taken;
    write_steps(w, first, way->end);
    begin(f, after);
}

/* Do of the step what `what` (of EARLY_...) says. */
static void write_step(kernel_writer *w, const kernel_step *s, unsigned what)
{
    func *f = &w->f;
    expr  x = kernel_operand(w, s->x), y = kernel_operand(w, s->y), bad = NULL;
    place r = w->locals[s->out];
    bool  is_tested = what & EARLY_CHECK && kernel_can_fail(w, s);
    if (what & EARLY_STEP)
        bad = kernel_operator(f, s->op, r, x, y, kernel_operand(w, s->z));
    if (is_tested)
        fail(w, bad ? bad : kernel_is_bad(f, s->op, r, x, y));
}

static void write_steps(kernel_writer *w, uint32_t from, uint32_t until)
{
    for (uint32_t n = from; n < until; n++) {
        const kernel_step *s = &w->k->steps[n];
        if (s->op == STEP_WAY) {
            write_way(w, &w->k->ways[s->x], n + 1);
            n = w->k->ways[s->x].end - 1;
        } else if (s->op < VEC_OP_COUNT) {
            write_step(w, s, ~w->early[n]);
        }
    }
}

static void write_early_steps(kernel_writer *w, uint32_t from, uint32_t until)
{
    for (uint32_t n = from; n < until; n++)
        if (w->early[n])
            write_step(w, &w->k->steps[n], w->early[n]);
}

/* ---- functions ---- */

bool kernel_begin(kernel_writer *w, emitter *e, type result, int count, gcc_jit_param **parameters)
{
    w->f        = (func){.e = e};
    w->f.fn     = gcc_jit_context_new_function(e->g, NULL, GCC_JIT_FUNCTION_EXPORTED, e->types[result], KERNEL_SYMBOL, count, parameters, 0);
    w->f.block  = new_block(&w->f);
    w->locals   = arena_zalloc(e->memory, (w->k->place_count + 1) * sizeof *w->locals);
    w->begins   = arena_zalloc(e->memory, (w->k->part_count + 1) * sizeof *w->begins);
    return w->locals && w->begins && kernel_find_order(w);
}

gcc_jit_param *kernel_parameter(emitter *e, type t, const char *name) { return gcc_jit_context_new_param(e->g, NULL, e->types[t], name); }

static void write_part(kernel_writer *w, uint32_t from, bool *needed)
{
    func              *f    = &w->f;
    uint32_t           last = w->k->parts[w->part].end - 1;
    const kernel_step *gives = &w->k->steps[last];
    memset(needed, 0, (w->k->cell_count + 1) * sizeof *needed);
    kernel_find_cells(w, from, last + 1, needed);
    for (uint32_t n = 0; n < w->k->cell_count; n++)
        if (needed[n])
            w->locals[n] = as_local(f, kernel_type(w->k->places[n].type), load(f, kernel_type(w->k->places[n].type), of(w->cells), (int64_t)(n * sizeof(kernel_cell))));
    w->failed = NULL;
    make_locals(w, from, last);
    write_early_steps(w, from, last);
    write_steps(w, from, last);
    store(f, kernel_type(w->k->places[gives->y].type), of(w->cells), (int64_t)(gives->y * sizeof(kernel_cell)), kernel_operand(w, gives->x));
}

static bool begin_parts(kernel_writer *w)
{
    func    *f     = &w->f;
    uint32_t count = w->k->part_count;
    gcc_jit_case **cases = arena_alloc(f->e->memory, count * sizeof *cases);
    block          none  = new_block(f);
    if (!cases)
        return false;
    for (uint32_t n = 0; n < count; n++) {
        expr number  = num(f, T_U, n);
        w->begins[n] = new_block(f);
        cases[n]     = gcc_jit_context_new_case(f->e->g, number, number, w->begins[n]);
    }
    gcc_jit_block_end_with_switch(f->block, f->where, of(w->from), none, (int)count, cases);
    f->block = none;
    give(f, num(f, T_U, count));
    return true;
}

static bool lower_cells(kernel_writer *w, emitter *e)
{
    gcc_jit_param *parameters[] = {kernel_parameter(e, T_PTR, "cells"), kernel_parameter(e, T_U, "from")};
    bool          *needed       = arena_alloc(e->memory, (w->k->cell_count + 1) * sizeof *needed);
    w->cells                    = parameters[0];
    w->from                     = parameters[1];
    if (!needed || !kernel_begin(w, e, T_U, 2, parameters) || !begin_parts(w))
        return false;
    for (w->part = 0; w->part < w->k->part_count; w->part++) {
        begin(&w->f, w->begins[w->part]);
        write_part(w, w->part ? w->k->parts[w->part - 1].end : 0, needed);
    }
    give(&w->f, num(&w->f, T_U, w->k->part_count));
    return true;
}

static void load_doubles(kernel_writer *w, const bool *needed)
{
    for (uint32_t n = 0; n < w->k->cell_count; n++)
        if (needed[n])
            w->locals[n] = as_local(&w->f, T_F, load(&w->f, T_F, of(w->cells), (int64_t)(n * sizeof(double))));
}

static void load_slots(kernel_writer *w, const bool *needed)
{
    static const burin_kind kinds[] = {[VEC_BOOL] = BURIN_BOOL, [VEC_INT] = BURIN_INT, [VEC_FLOAT] = BURIN_FLOAT};
    func                   *f       = &w->f;
    for (uint32_t n = 0; n < w->k->cell_count; n++) {
        if (!needed[n])
            continue;
        uint8_t t    = w->k->places[n].type;
        int64_t slot = (int64_t)(n * sizeof(burin_value));
        expr    kind = load(f, T_B, of(w->cells), slot + (int64_t)field_offset(FIELD_burin_value_kind));
        fail(w, cast(f, T_L, compare(f, GCC_JIT_COMPARISON_NE, kind, num(f, T_B, kinds[t]))));
        w->locals[n] = as_local(f, kernel_type(t), load(f, kernel_type(t), of(w->cells), slot + (int64_t)field_offset(FIELD_burin_value_as)));
    }
}

static bool lower_values(kernel_writer *w, emitter *e)
{
    gcc_jit_param *parameters[] = {kernel_parameter(e, T_PTR, "caller"), kernel_parameter(e, T_PTR, "slots"), kernel_parameter(e, T_PTR, "result"),
                                   kernel_parameter(e, T_PTR, "more")};
    bool          *needed       = arena_zalloc(e->memory, (w->k->cell_count + 1) * sizeof *needed);
    uint32_t       last         = w->k->step_count - 1;
    w->caller                   = parameters[0];
    w->cells                    = parameters[1];
    w->to                       = parameters[2];
    w->more                     = parameters[3];
    if (!needed || !kernel_begin(w, e, T_U, 4, parameters))
        return false;
    kernel_find_cells(w, 0, last + 1, needed);
    if (w->request->shape == KERNEL_OF_DOUBLES)
        load_doubles(w, needed);
    else
        load_slots(w, needed);
    make_locals(w, 0, last);
    write_early_steps(w, 0, last);
    write_steps(w, 0, last);
    store(&w->f, kernel_type(w->k->places[w->k->cell_count - 1].type), of(w->to), 0, kernel_operand(w, w->k->steps[last].x));
    give(&w->f, num(&w->f, T_U, 0));
    return true;
}

bool lower_kernel(emitter *e, const kernel_request *request)
{
    kernel_writer w = {.k = request->kernel, .request = request};
    switch (request->shape) {
    case KERNEL_OF_CELLS: return lower_cells(&w, e);
    case KERNEL_OF_VALUES:
    case KERNEL_OF_DOUBLES: return lower_values(&w, e);
    default: return lower_rows(&w, e);
    }
}
