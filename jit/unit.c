/* Control flow of a unit: a block for each instruction that is jumped to, one exit for failures.
 *
 * Where it is hot (hot.c) an instruction is written by its own lowering, if it has one, else as a call of its body.
 *
 * The output's cursor is in the local `to` while generated code runs; before every call of code that may print it
 * goes back to memory, and is read again behind it.
 *
 * Runs of output and slow paths are in slow.c. */
#include "jit/typed.h"

#include <stdio.h>

const uint8_t op_forms[] = {
#define OP(NAME, name, operands, meaning) FORM_PLAIN,
#define JUMPING(NAME, name, operands, meaning) FORM_JUMPING,
#define LEAVING(NAME, name, operands, meaning) FORM_LEAVING,
#include "codegen/ir/ops.def"
#undef OP
};

/* ---- the cursor ---- */

expr machine(func *f) { return f->m ? get(f->m) : load_field(f, FIELD_vm_frame_m, gcc_jit_param_as_rvalue(f->frame)); }
expr output(func *f) { return load_field(f, FIELD_vm_frame_out, gcc_jit_param_as_rvalue(f->frame)); }

void spill(func *f) { store_field(f, FIELD_rt_out_next, output(f), get(f->to)); }
void reload(func *f) { set(f, f->to, load_field(f, FIELD_rt_out_next, output(f))); }

/* ---- by body ---- */

void lower_by_body(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    if (op_forms[i->op] == FORM_LEAVING) {
        spill(f);
        give(f, call_body(f, pc));
        return;
    }
    spill(f);
    set(f, f->status, call_body(f, pc));
    reload(f);
    f->shape_reg = NO_SHAPE;
    if (op_forms[i->op] == FORM_JUMPING) {
        block not_taken = new_block(f);
        branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, NATIVE_TAKEN)), f->at[i->d], not_taken);
        f->block = not_taken;
    }
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, 0)), f->fail);
}

/* ---- which lowering ---- */

static void lower_jump(func *f, uint32_t pc) { go(f, f->at[f->unit->code[pc].d]); }

lowering lowering_of(const func *f, uint32_t pc)
{
    ir_op op = f->unit->code[pc].op;
    if (op == OP_JUMP)
        return lower_jump;
    if (!f->hot[pc])
        return NULL;
    static const lowering *const tables[] = {output_lowerings, sum_lowerings, value_lowerings, arithmetic_lowerings, jump_lowerings, loop_lowerings, script_lowerings};
    for (size_t n = 0; n < sizeof tables / sizeof tables[0]; n++)
        if (tables[n][op])
            return tables[n][op];
    return NULL;
}

/* Does the instruction end up as a call of its body? (Inside a run every one has its lowering.) */
static bool is_by_body(const func *f, uint32_t pc)
{
    return op_forms[f->unit->code[pc].op] == FORM_PLAIN && !lowering_of(f, pc);
}

static bool is_resolve(const func *f, uint32_t pc) { return f->unit->code[pc].op == OP_RESOLVE || f->unit->code[pc].op == OP_RESOLVE_U; }

/* The names that a unit begins with are one call, which neither fails nor prints. */
static void lower_resolves(func *f, uint32_t from)
{
    while (f->next < f->unit->code_len && !f->at[f->next] && is_resolve(f, f->next))
        f->next++;
    expr arguments[] = {gcc_jit_param_as_rvalue(f->frame), gcc_jit_param_as_rvalue(f->regs), num(f, T_U, from), num(f, T_U, f->next)};
    gcc_jit_block_add_eval(f->block, f->where, call_api(f, API_resolve, 4, arguments));
}

/* Bodies one after another are one call. */
static void lower_row(func *f, uint32_t from)
{
    uint32_t until = from + 1;
    while (until < f->unit->code_len && !f->at[until] && is_by_body(f, until) && !is_resolve(f, until))
        until++;
    if (until == from + 1) {
        lower_by_body(f, from);
        return;
    }
    expr arguments[] = {gcc_jit_param_as_rvalue(f->frame), gcc_jit_param_as_rvalue(f->regs), num(f, T_U, from), num(f, T_U, until)};
    spill(f);
    set(f, f->status, call_api(f, API_row, 4, arguments));
    reload(f);
    f->shape_reg = NO_SHAPE;
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, 0)), f->fail);
    f->next = until;
}

/* ---- the function ---- */

static bool make_tables(func *f)
{
    arena   *memory = f->e->memory;
    uint32_t count  = f->unit->code_len + 1, registers = f->unit->registers + 1;
    f->at           = arena_zalloc(memory, count * sizeof *f->at);
    f->target       = arena_zalloc(memory, count * sizeof *f->target);
    f->since        = arena_alloc(memory, count * sizeof *f->since);
    f->hot          = arena_zalloc(memory, count * sizeof *f->hot);
    f->rest         = arena_zalloc(memory, count * sizeof *f->rest);
    f->known        = arena_zalloc(memory, registers * sizeof *f->known);
    f->kinds        = arena_zalloc(memory, registers * sizeof *f->kinds);
    f->known_since  = arena_zalloc(memory, registers * sizeof *f->known_since);
    f->slow_sites   = arena_zalloc(memory, count * sizeof *f->slow_sites);
    f->ends_run     = arena_zalloc(memory, count * sizeof *f->ends_run);
    f->low          = arena_zalloc(memory, count * sizeof *f->low);
    f->high         = arena_zalloc(memory, count * sizeof *f->high);
    f->after_cold   = arena_zalloc(memory, count * sizeof *f->after_cold);
    f->usual        = arena_zalloc(memory, count * sizeof *f->usual);
    f->in_loop      = arena_zalloc(memory, count * sizeof *f->in_loop);
    return f->usual && f->in_loop && f->low && f->high && f->after_cold && f->at && f->target && f->since && f->hot && f->rest && f->known && f->kinds && f->known_since && f->slow_sites && f->ends_run;
}

/* One step is counted for entering the unit. */
static void count_entry(func *f)
{
    block slow = new_block(f), ready = new_block(f);
    expr  frame = gcc_jit_param_as_rvalue(f->frame);
    expr  arguments[] = {frame, f->unit->kind == UNIT_GENERATOR ? load_field(f, FIELD_vm_frame_pc, frame) : num(f, T_U, 0)};
    place left        = as_local(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, load_field(f, FIELD_vm_tick, machine(f)), num(f, T_U, 1)));
    store_field(f, FIELD_vm_tick, machine(f), get(left));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, get(left), num(f, T_U, 0)), true), ready, slow);
    f->block = slow;
    set(f, f->status, call_api(f, API_tick, 2, arguments));
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, 0)), ready, f->fail);
    f->block = ready;
}

static void prologue(func *f)
{
    static const struct {
        size_t      at;
        type        t;
        const char *name;
    } locals[] = {
        {offsetof(func, to), T_PTR, "to"},         {offsetof(func, status), T_I, "status"},
        {offsetof(func, caches), T_PTR, "caches"}, {offsetof(func, constants), T_PTR, "constants"},
        {offsetof(func, slow_note), T_VALUE, "slow"},
        {offsetof(func, shape_keys), T_L, "keys"}, {offsetof(func, shape_values), T_PTR, "values"},
    };
    expr frame = gcc_jit_param_as_rvalue(f->frame);
    for (size_t n = 0; n < sizeof locals / sizeof locals[0]; n++)
        *(place *)(void *)((char *)f + locals[n].at) = local(f, locals[n].t, locals[n].name);
    f->fail      = new_block(f);
    f->slow      = new_block(f);
    f->slow_rest = new_block(f);
    if (f->e->request->program->is_script)
        f->m = as_local(f, T_PTR, machine(f));
    set(f, f->caches, load_field(f, FIELD_vm_frame_caches, frame));
    set(f, f->constants, load_field(f, FIELD_vm_frame_constants, frame));
    if (may_begin_midway(f)) {
        block beginning = new_block(f);
        f->midway       = new_block(f);
        branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_frame_pc, frame), num(f, T_U, 0)), true), beginning, f->midway);
        f->block = beginning;
    }
    count_entry(f);
    reload(f);
}

static gcc_jit_location *place_of(func *f, uint32_t pc)
{
    const ir_place *p = f->e->file ? ir_place_of(f->unit, pc) : NULL;
    return p ? gcc_jit_context_new_location(f->e->g, f->e->file, (int)p->line, 0) : NULL;
}

/* What is known of a register: a constant (1 + its number), a kind. Variables of a script's root are the session's: whatever is called
 * may set them. */
static void note(func *f, uint32_t reg, uint32_t constant, burin_kind kind)
{
    const ir_program *p = f->e->request->program;
    if (p->is_script && f->unit->kind == UNIT_ROOT && reg >= p->root_temps)
        constant = 0, kind = BURIN_KIND_COUNT;
    f->known[reg]       = constant;
    f->kinds[reg]       = (uint8_t)kind;
    f->known_since[reg] = f->epoch;
    if (f->shape_reg == reg)
        f->shape_reg = NO_SHAPE;
}

static bool is_counter(loop_attribute which) { return which == LOOP_index || which == LOOP_index0; }

/* What an instruction gives, where that is known: whether by its lowering or its body. */
static burin_kind kind_given(const func *f, const ir_insn *i)
{
    const burin_value *c;
    switch (i->op) {
    case OP_LOOP_ATTR: return is_counter(i->c) ? BURIN_INT : i->c == LOOP_first || i->c == LOOP_last ? BURIN_BOOL : BURIN_KIND_COUNT;
    case OP_NOT: case OP_COMPARE: case OP_TEST: case OP_TEST_DEFINED: return BURIN_BOOL;
    case OP_MOVE: return known_kind(f, i->b);
    case OP_MOD: case OP_FLOORDIV:
        c = known(f, i->c);
        return known_kind(f, i->b) == BURIN_INT && c && c->kind == BURIN_INT && c->as.i > 0 ? BURIN_INT : BURIN_KIND_COUNT;
    default: return BURIN_KIND_COUNT;
    }
}

/* The registers that an instruction has written hold something else now. */
static void note_written(func *f, const ir_insn *i)
{
    const char *operands = ir_op_operands(i->op);
    uint32_t    count    = ir_written(i);
    burin_kind  kind     = kind_given(f, i);
    if (operands[1] == 'w' || operands[0] == 'w')
        for (uint32_t n = 0; n < count; n++)
            note(f, (operands[1] == 'w' ? i->b : i->a) + n, 0, BURIN_KIND_COUNT);
    if (operands[0] == 'x')
        note(f, i->a, 0, BURIN_KIND_COUNT);
    if (i->op == OP_LOADK)
        note(f, i->a, i->d + 1, (burin_kind)f->e->request->program->constants[i->d].kind);
    if (kind != BURIN_KIND_COUNT)
        note(f, i->a, 0, kind);
}

/* Code that people read says what line each instruction is of. */
static void say_line(func *f, uint32_t pc)
{
    char            line[32];
    const ir_place *p = f->e->file && f->e->request->output == WIRE_C ? ir_place_of(f->unit, pc) : NULL;
    if (!p)
        return;
    snprintf(line, sizeof line, "line %u", p->line);
    gcc_jit_block_add_comment(f->block, f->where, line);
}

/* Write the instruction at f->next, and those that go with it. */
static void write_instruction(func *f)
{
    uint32_t pc = f->next++;
    f->where    = place_of(f, pc);
    if (f->at[pc]) {
        begin(f, f->at[pc]);
        if (f->target[pc]) { /* behind a run the registers hold what they were given, on either way, and write_rest forgets the shape */
            f->epoch++;
            f->shape_reg = NO_SHAPE;
        }
        typed_loop_entry(f, pc);
    }
    if (!f->block)
        return; /* never reached */
    say_line(f, pc);
    if (!f->hot[pc] && !is_resolve(f, pc)) {
        run_cold(f, pc);
        return;
    }
    lowering lower = lowering_of(f, pc);
    if (lower && pc >= f->run_end && room_of(f, pc))
        begin_run(f, pc);
    if (lower && (pc < f->run_end || !room_of(f, pc)))
        lower(f, pc);
    else if (is_resolve(f, pc))
        lower_resolves(f, pc);
    else if (is_by_body(f, pc))
        lower_row(f, pc);
    else
        lower_by_body(f, pc);
    for (uint32_t n = pc; n < f->next; n++)
        note_written(f, &f->unit->code[n]);
    f->slow_sites[pc].shape = f->shape_reg;
}

bool lower_unit(emitter *e, const ir_unit *unit)
{
    char name[WIRE_PREFIX_MAX + 16];
    func f = {.e = e, .unit = unit, .epoch = 1, .shape_reg = NO_SHAPE};
    snprintf(name, sizeof name, "%.*s%u", (int)e->request->prefix.len, e->request->prefix.data, unit->index);
    f.where = place_of(&f, 0);
    f.frame = gcc_jit_context_new_param(e->g, f.where, e->types[T_PTR], "frame");
    f.regs  = gcc_jit_context_new_param(e->g, f.where, e->types[T_PTR], "regs");
    f.api   = gcc_jit_context_new_param(e->g, f.where, e->types[T_PTR], "api");
    gcc_jit_param *parameters[] = {f.frame, f.regs, f.api};
    f.fn    = gcc_jit_context_new_function(e->g, f.where, GCC_JIT_FUNCTION_EXPORTED, e->types[T_I], name, 3, parameters, 0);
    if (!make_tables(&f))
        return false;
    f.block = new_block(&f);
    prologue(&f);
    if (!find_hot(&f) || !write_beginning(&f))
        return false;
    while (f.next < unit->code_len)
        write_instruction(&f);
    return write_slow_paths(&f) && write_cold_path(&f) && typed_loops_end(&f) && write_failure(&f);
}
