/* Expressions over columns: the formula for rows that are evaluated alone, and a program of loops for each use, made when it is first used.
 *
 * A block is BLOCK_ROWS rows. Loops read packed columns of floats and ints where they are; others are gathered into a block first. Native code
 * that needs no blocks, for all of its columns and its result lie packed, has LONG_ROWS at a time. */
#include "engine/columns.h"

#include "engine/environment.h"
#include "engine/formula.h"
#include "engine/jit_kernel.h"
#include "parser/script.h"
#include "runtime/base/clock.h"

#include <stdio.h>

enum { LONG_ROWS = 8 * BLOCK_ROWS };

typedef struct column_program {
    block_program *loops; /* NULL: there are none */
    bool           tried;
    jit_kernel    *native; /* one loop for all of them; NULL: there is none, nor will be */
    uint32_t       steps;
} column_program;

typedef struct column_state {
    burin_column_type type;
    bool              read;     /* the formula names it */
    void             *gathered; /* BLOCK_ROWS values */
} column_state;

struct burin_columns {
    burin_env      *env; /* counted */
    burin_formula  *formula;
    arena           memory; /* the tree, the programs and their blocks */
    source          src;
    ast_node       *tree;
    kernel_name    *names;
    column_state   *states;
    burin_value    *slots;
    uint8_t        *nulls;
    uint32_t        count;
    burin_columns_options options;
    column_program  programs[USE_COUNT];
    size_t          failed_row;
    uint64_t        deadline_ns; /* of the call, CLOCK_MONOTONIC; 0: none */
    uint64_t        steps_left;  /* of the call; UINT64_MAX: no limit */
    size_t          short_until; /* of the call: up to this row there are bad ones, so that it goes on in blocks */
};

static burin_status fail_memory(burin_error *err)
{
    return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
}

size_t column_value_size(burin_column_type type)
{
    switch (type) {
    case BURIN_COLUMN_DOUBLE: return sizeof(double);
    case BURIN_COLUMN_INT64: return sizeof(int64_t);
    case BURIN_COLUMN_BOOL: return 1;
    case BURIN_COLUMN_TEXT: return sizeof(burin_text);
    case BURIN_COLUMN_BITS:
    case BURIN_COLUMN_TEXT32: break;
    }
    return 0;
}

/* ---- life ---- */

static bool has_loops(burin_column_type type, vec_type *of)
{
    *of = type == BURIN_COLUMN_DOUBLE ? VEC_FLOAT : type == BURIN_COLUMN_INT64 ? VEC_INT : VEC_BOOL;
    return type <= BURIN_COLUMN_BITS;
}

static bool make_states(burin_columns *c, const burin_column_name *names, size_t count)
{
    size_t room = count ? count : 1;
    c->count    = (uint32_t)count;
    c->names    = arena_zalloc(&c->memory, room * sizeof *c->names);
    c->states   = arena_zalloc(&c->memory, room * sizeof *c->states);
    c->slots    = arena_zalloc(&c->memory, room * sizeof *c->slots);
    c->nulls    = arena_alloc(&c->memory, BLOCK_ROWS);
    if (!c->names || !c->states || !c->slots || !c->nulls)
        return false;
    for (size_t n = 0; n < count; n++) {
        size_t len          = strlen(names[n].name);
        c->names[n].name    = (burin_text){arena_copy(&c->memory, (burin_text){names[n].name, len}), len};
        c->names[n].known   = has_loops(names[n].type, &c->names[n].type);
        c->names[n].cell    = (uint32_t)n;
        c->states[n].type   = names[n].type;
        if (!c->names[n].name.data)
            return false;
    }
    return true;
}

static burin_status check_types(const burin_column_name *names, size_t count, burin_error *err)
{
    for (size_t n = 0; n < count; n++)
        if ((unsigned)names[n].type > BURIN_COLUMN_TEXT32)
            return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "column '%s' is of no type", names[n].name);
    return BURIN_OK;
}

static burin_status make_formula(burin_columns *c, burin_text text, burin_error *err)
{
    const char **names = arena_alloc(&c->memory, (c->count ? c->count : 1) * sizeof *names);
    if (!names)
        return fail_memory(err);
    for (uint32_t n = 0; n < c->count; n++)
        names[n] = c->names[n].name.data;
    c->formula = burin_formula_compile(c->env, text, names, c->count, err);
    if (c->formula)
        formula_without_kernels(c->formula);
    return c->formula ? BURIN_OK : BURIN_ERR_USAGE;
}

static burin_status parse(burin_columns *c, burin_text text, burin_error *err)
{
    script_options options = env_script_options(c->env);
    burin_text     given   = {arena_copy(&c->memory, text), text.len};
    if (!given.data || !script_normalize(&c->memory, given, &c->src.text))
        return fail_memory(err);
    return parse_script_expression(&c->memory, &c->src, &options, &c->tree, err);
}

static int note_names(ast_node *node, void *user)
{
    burin_columns *c = user;
    if (node->kind == AST_Name)
        for (uint32_t n = 0; n < c->count; n++)
            if (c->names[n].name.len == ast_as(Name, node)->name.len && !memcmp(c->names[n].name.data, ast_as(Name, node)->name.data, c->names[n].name.len))
                c->states[n].read = true;
    return ast_each_child(node, note_names, user);
}

burin_columns *burin_columns_compile(burin_env *env, burin_text text, const burin_column_name *names, size_t count,
                                     const burin_columns_options *options, burin_error *err)
{
    burin_columns *c = base_alloc(env->alloc, sizeof *c);
    diag_begin(err);
    if (!c) {
        fail_memory(err);
        return NULL;
    }
    memset(c, 0, sizeof *c);
    c->env        = burin_env_ref(env);
    c->memory     = arena_make(env->alloc);
    c->failed_row = SIZE_MAX;
    if (options)
        c->options = *options;
    if (!make_states(c, names, count))
        fail_memory(err);
    else if (!check_types(names, count, err) && !make_formula(c, text, err) && !parse(c, text, err)) {
        note_names(c->tree, c);
        return c;
    }
    burin_columns_free(c);
    return NULL;
}

void burin_columns_free(burin_columns *c)
{
    if (!c)
        return;
    burin_env *env = c->env;
    burin_formula_free(c->formula);
    for (int use = 0; use < USE_COUNT; use++)
        jit_kernel_free(c->programs[use].native);
    arena_deinit(&c->memory);
    base_free(env->alloc, c, sizeof *c);
    burin_env_unref(env);
}

bool           columns_fast_math(const burin_columns *c) { return c->options.fast_math; }
burin_formula *columns_formula(burin_columns *c) { return c->formula; }
size_t         burin_columns_failed_row(const burin_columns *c) { return c->failed_row; }

/* ---- programs ---- */

/* The columns are the first cells; the value has its own behind them. */
static block_program *make_program(burin_columns *c, column_use use, bool *possible)
{
    kernel_wish  wish  = {use == USE_AS_FLOAT, use == USE_AS_TRUTH};
    kernel      *k     = kernel_new(&c->memory, c->count + 1);
    vec_type     type;
    kernel_added added = k ? kernel_add(k, &c->env->rt, c->tree, c->names, c->count, wish, c->count, &type) : KERNEL_NO_MEMORY;
    *possible          = added != KERNEL_NOT_POSSIBLE;
    block_program *loops = added ? NULL : block_compile(&c->memory, k, c->options.fast_math, possible);
    if (loops && loops->own) {
        c->programs[use].native = jit_kernel_of_rows(c->env, k, c->options.fast_math);
        c->programs[use].steps  = k->step_count;
    }
    return loops;
}

static burin_status find_program(burin_columns *c, column_use use, column_program **out, burin_error *err)
{
    column_program *program = &c->programs[use];
    bool            possible = true;
    if (!program->tried) {
        program->loops = make_program(c, use, &possible);
        if (!program->loops && possible)
            return fail_memory(err);
        program->tried = true;
    }
    *out = program;
    return BURIN_OK;
}

bool burin_columns_in_blocks(burin_columns *c, burin_column_type result)
{
    column_use     use = result == BURIN_COLUMN_DOUBLE ? USE_AS_FLOAT : result == BURIN_COLUMN_BOOL ? USE_AS_TRUTH : USE_AS_IS;
    column_program *program;
    return !find_program(c, use, &program, NULL) && program->loops;
}

/* ---- steps: one a row, and what a row that is evaluated alone takes beyond that ---- */

static burin_status fail_steps(burin_columns *c, burin_error *err)
{
    rt_state *st = formula_state(c->formula);
    st->steps_max = c->env->options.limits.steps;
    rt_fail_steps(st);
    return host_state_report(st, err);
}

/* As many rows as there are steps left for; a failure is that of the first. */
static burin_status charge_rows(burin_columns *c, size_t first, size_t *rows, burin_error *err)
{
    if (c->steps_left == 0)
        return columns_failed(c, first, fail_steps(c, err), err);
    if (*rows > c->steps_left)
        *rows = (size_t)c->steps_left;
    c->steps_left -= c->steps_left == UINT64_MAX ? 0 : *rows;
    return BURIN_OK;
}

/* The formula has evaluated a row, which has been charged already. */
static burin_status charge_row(burin_columns *c, burin_error *err)
{
    burin_limits used;
    burin_formula_used(c->formula, &used);
    if (used.steps <= 1 || c->steps_left == UINT64_MAX)
        return BURIN_OK;
    if (used.steps - 1 > c->steps_left)
        return fail_steps(c, err);
    c->steps_left -= used.steps - 1;
    return BURIN_OK;
}

/* ---- one row ---- */

static bool bit_at(const uint8_t *bits, size_t at) { return bits[at >> 3] >> (at & 7) & 1; }

/* By its bytes: structs of rows may be packed. */
static const void *value_at(const burin_column *column, size_t row)
{
    ptrdiff_t stride = column->stride ? column->stride : (ptrdiff_t)column_value_size(column->type);
    return (const char *)column->data + (ptrdiff_t)(column->offset + row) * stride;
}

static burin_value slot_value(const burin_column *column, size_t row)
{
    double     f;
    int64_t    i;
    burin_text text;
    switch (column->type) {
    case BURIN_COLUMN_DOUBLE: memcpy(&f, value_at(column, row), sizeof f); return burin_float(f);
    case BURIN_COLUMN_INT64: memcpy(&i, value_at(column, row), sizeof i); return burin_int(i);
    case BURIN_COLUMN_BOOL: return burin_bool(*(const uint8_t *)value_at(column, row) != 0);
    case BURIN_COLUMN_BITS: return burin_bool(bit_at(column->data, column->offset + row));
    case BURIN_COLUMN_TEXT: memcpy(&text, value_at(column, row), sizeof text); return burin_string_borrow(text.data, text.len);
    case BURIN_COLUMN_TEXT32: break;
    }
    const int32_t *offsets = (const int32_t *)column->data + column->offset + row;
    return burin_string_borrow(column->bytes + offsets[0], (size_t)(offsets[1] - offsets[0]));
}

burin_status columns_row(burin_columns *c, const burin_column *in, size_t row, burin_value *out, burin_error *err)
{
    for (uint32_t n = 0; n < c->count; n++) {
        if (!c->states[n].read)
            continue;
        bool null   = in[n].validity && !bit_at(in[n].validity, in[n].offset + row);
        c->slots[n] = null ? burin_none() : slot_value(&in[n], row);
    }
    burin_status status = columns_interrupted(c, err);
    if (!status)
        status = burin_formula_eval(c->formula, c->slots, out, err);
    return status ? status : charge_row(c, err);
}

burin_status columns_failed(burin_columns *c, size_t row, burin_status status, burin_error *err)
{
    char label[32];
    snprintf(label, sizeof label, "row %zu", row);
    c->failed_row = row;
    if (err && err->status)
        diag_add_frame(err, NULL, 0, label);
    return status;
}

/* ---- blocks ---- */

static void gather(void *restrict to, const burin_column *column, size_t first, size_t n)
{
    if (column->type == BURIN_COLUMN_BITS) {
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)to)[i] = bit_at(column->data, column->offset + first + i);
        return;
    }
    ptrdiff_t   stride = column->stride ? column->stride : (ptrdiff_t)column_value_size(column->type);
    const char *from   = value_at(column, first);
    if (column->type == BURIN_COLUMN_BOOL)
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)to)[i] = from[(ptrdiff_t)i * stride] != 0;
    else
        for (size_t i = 0; i < n; i++)
            memcpy((char *)to + i * sizeof(double), from + (ptrdiff_t)i * stride, sizeof(double));
}

static bool is_packed(const burin_column *column)
{
    return (column->type == BURIN_COLUMN_DOUBLE || column->type == BURIN_COLUMN_INT64) && (!column->stride || column->stride == sizeof(double));
}

/* Where the loops find the column's rows; NULL when memory is out. */
static void *rows_of(burin_columns *c, column_state *state, const burin_column *column, size_t first, size_t n)
{
    if (is_packed(column))
        return (void *)(uintptr_t)value_at(column, first);
    if (!state->gathered)
        state->gathered = arena_alloc(&c->memory, BLOCK_ROWS * sizeof(double));
    if (state->gathered)
        gather(state->gathered, column, first, n);
    return state->gathered;
}

/* Which rows lack a value that the formula names; NULL for none. */
static const uint8_t *find_nulls(burin_columns *c, const burin_column *in, size_t first, size_t n)
{
    bool any = false;
    for (uint32_t k = 0; k < c->count; k++) {
        if (!c->states[k].read || !in[k].validity)
            continue;
        if (!any)
            memset(c->nulls, 0, n);
        any = true;
        for (size_t i = 0; i < n; i++)
            c->nulls[i] |= !bit_at(in[k].validity, in[k].offset + first + i);
    }
    return any && memchr(c->nulls, 1, n) ? c->nulls : NULL;
}

/* Can the loops write there at once? Not over what they, or a row that is evaluated alone, may still read. */
static bool is_apart(const burin_columns *c, const burin_column *in, const column_block *block, const void *at)
{
    const uintptr_t to = (uintptr_t)at, size = block->count * sizeof(double);
    for (uint32_t n = 0; n < c->count; n++) {
        if (!c->states[n].read)
            continue;
        const uintptr_t from = is_packed(&in[n]) ? (uintptr_t)value_at(&in[n], block->first) : 0;
        if (!from || (to < from + size && from < to + size))
            return false;
    }
    return true;
}

/* Is it a place for the result? Steps before the last use it too, for numbers, so it must have the size and alignment of those. */
static bool is_place(const burin_columns *c, const block_program *p, const burin_column *in, column_room room, const column_block *block)
{
    return room.at && room.type == p->type && room.type != VEC_BOOL && (uintptr_t)room.at % sizeof(double) == 0 && !block->nulls &&
           is_apart(c, in, block, room.at);
}

/* All rows at once, natively; false: there is no such code, or one of the rows is bad. */
static bool run_native(const column_program *program, size_t n)
{
    enum { ROWS_OF_A_STEP = 8 }; /* in the time that one value takes alone */
    const block_program *p    = program->loops;
    kernel_function      code = {jit_kernel_code(program->native)};
    if (!code.address) {
        jit_kernel_charge(program->native, program->steps * n / ROWS_OF_A_STEP);
        return false;
    }
    return code.of_rows((const void *const *)p->places, p->places[p->result], (int64_t)n) == 0;
}

static burin_status run_loops(burin_columns *c, const column_program *program, const burin_column *in, column_room room, column_block *block,
                              burin_error *err)
{
    block_program *p = program->loops;
    if (p->own)
        p->places[p->result] = is_place(c, p, in, room, block) ? room.at : p->own;
    for (uint32_t n = 0; n < c->count; n++) {
        if (!c->states[n].read)
            continue;
        p->places[n] = rows_of(c, &c->states[n], &in[n], block->first, block->count);
        if (!p->places[n])
            return fail_memory(err);
    }
    block->bad    = !run_native(program, block->count) && block_run(p, block->count) ? p->bad : NULL;
    block->type   = p->type;
    block->values = p->places[p->result];
    return BURIN_OK;
}

/* More rows than a block has, natively, straight into `room`. Not where rows may lack values. */
static bool run_long(burin_columns *c, const column_program *program, const burin_column *in, column_room room, column_block *block)
{
    block_program *p = program->loops;
    if (!p || !p->own || block->first < c->short_until || !jit_kernel_code(program->native) || !is_place(c, p, in, room, block))
        return false;
    for (uint32_t n = 0; n < c->count; n++) {
        if (!c->states[n].read)
            continue;
        if (in[n].validity)
            return false;
        p->places[n] = (void *)(uintptr_t)value_at(&in[n], block->first);
    }
    p->places[p->result] = room.at;
    c->short_until       = block->first + block->count;
    block->type          = p->type;
    block->values        = room.at;
    return run_native(program, block->count);
}

/* As many rows as run_long has, if it can do with all of them; there are more than a block's. */
static bool try_long(burin_columns *c, const column_program *program, const burin_column *in, size_t first, size_t rows, column_room room, column_block *block)
{
    rows   = rows < LONG_ROWS ? rows : LONG_ROWS;
    *block = (column_block){first, rows, NULL, VEC_FLOAT, NULL, NULL};
    if (rows > c->steps_left || !run_long(c, program, in, room, block))
        return false;
    c->steps_left -= c->steps_left == UINT64_MAX ? 0 : rows;
    return true;
}

burin_status columns_block(burin_columns *c, const burin_column *in, size_t first, size_t to, column_use use, column_room room, column_block *block,
                           burin_error *err)
{
    column_program *p;
    size_t          rows   = to - first < BLOCK_ROWS ? to - first : BLOCK_ROWS;
    burin_status    status = columns_interrupted(c, err);
    if (status || (status = find_program(c, use, &p, err)))
        return status;
    if (to - first > BLOCK_ROWS && try_long(c, p, in, first, to - first, room, block))
        return BURIN_OK;
    if ((status = charge_rows(c, first, &rows, err)))
        return status;
    *block       = (column_block){first, rows, NULL, VEC_FLOAT, NULL, NULL};
    block->nulls = find_nulls(c, in, first, block->count);
    if (p->loops && (status = run_loops(c, p, in, room, block, err)))
        return status;
    if (!block->nulls || !c->options.nulls_as_none)
        return BURIN_OK;
    for (size_t i = 0; block->bad && i < block->count; i++)
        c->nulls[i] |= block->bad[i];
    block->bad   = block->nulls;
    block->nulls = NULL;
    return BURIN_OK;
}

burin_status columns_value(burin_columns *c, const burin_column *in, const column_block *block, size_t i, burin_value *out, burin_error *err)
{
    *out = burin_missing();
    if (column_is_null(block, i))
        return BURIN_OK;
    if (!column_is_bad(block, i)) {
        *out = block->type == VEC_FLOAT ? burin_float(((const double *)block->values)[i])
               : block->type == VEC_INT ? burin_int(((const int64_t *)block->values)[i])
                                        : burin_bool(((const uint8_t *)block->values)[i]);
        return BURIN_OK;
    }
    burin_status status = columns_row(c, in, block->first + i, out, err);
    if (status)
        return columns_failed(c, block->first + i, status, err);
    if (out->kind == BURIN_NONE)
        *out = burin_missing();
    return BURIN_OK;
}

void burin_columns_set_cancel(burin_columns *c, const volatile int *cancel) { formula_state(c->formula)->cancel = cancel; }

/* The machine's own deadline is that of the last row that was evaluated alone. */
burin_status columns_interrupted(burin_columns *c, burin_error *err)
{
    rt_state *st    = formula_state(c->formula);
    st->deadline_ns = c->deadline_ns;
    st->time_ns_max = c->env->options.limits.time_ns;
    return rt_check_interrupts(st) ? host_state_report(st, err) : BURIN_OK;
}

burin_status columns_begin(burin_columns *c, const burin_column *in, size_t from, size_t to, burin_error *err)
{
    diag_begin(err);
    if (formula_runs(c->formula))
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "the formula is in the middle of another call");
    c->failed_row  = SIZE_MAX;
    c->short_until = 0;
    c->deadline_ns = c->env->options.limits.time_ns ? monotonic_ns() + c->env->options.limits.time_ns : 0;
    c->steps_left  = c->env->options.limits.steps ? c->env->options.limits.steps : UINT64_MAX;
    if (from > to)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "rows from %zu to %zu are none", from, to);
    for (uint32_t n = 0; n < c->count; n++) {
        if (in[n].type != c->states[n].type)
            return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "column '%s' has another type than it was compiled for", c->names[n].name.data);
        if (!in[n].data && c->states[n].read && from < to)
            return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "column '%s' has no data", c->names[n].name.data);
    }
    return BURIN_OK;
}
