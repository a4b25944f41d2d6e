/* What happens when a fast path does not apply, and runs of output, which are fast as long as there is room.
 *
 * Slow paths are many and rarely taken, so each only notes which instructions it is of and goes to the one place that calls their
 * bodies and then, by a switch, back to where the lowering would have ended. Notes are in memory whose address the runtime is given: of locals
 * the compiler would make values that meet in the shared place, and set them in front of the guards of a loop.
 *
 * Instructions that print and follow one another, with what decides between them, are a run: there is one check of room, for all of them, in
 * front. Without the room they are interpreted. Behind a slow path in the middle the room for the rest is asked for again. */
#include "jit/unit.h"

static void note_slow(func *f, native_slow note)
{
    int64_t halves[2];
    _Static_assert(sizeof note == sizeof halves, "two stores");
    memcpy(halves, &note, sizeof note);
    store(f, T_L, address_of_value(f, f->slow_note), 0, num(f, T_L, halves[0]));
    store(f, T_L, address_of_value(f, f->slow_note), sizeof *halves, num(f, T_L, halves[1]));
}

static expr noted(func *f, field which) { return load_field(f, which, address_of_value(f, f->slow_note)); }

static expr has_room(func *f, expr bytes)
{
    expr until = binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, reinterpret(f, T_L, get(f->to)), bytes);
    return expect(f, compare(f, GCC_JIT_COMPARISON_LE, until, reinterpret(f, T_L, load_field(f, FIELD_rt_out_end, output(f)))), true);
}

block slow_path(func *f, uint32_t pc, block done) { return slow_path_of_many(f, pc, 1, done); }

block slow_path_of_many(func *f, uint32_t pc, uint32_t count, block done)
{
    native_slow note = {.pc = pc, .next = pc + count};
    if (pc < f->run_end) {
        note.room  = (uint16_t)f->rest[pc + count - 1];
        note.until = f->run_end;
    }
    f->slow_sites[pc] = (slow_site){new_block(f), done, note, NO_SHAPE};
    return f->slow_sites[pc].begin;
}

/* ---- runs ---- */

/* May the instruction be part of a run that begins at `from`? It may jump forwards, and be jumped to from within the run. */
static bool belongs_to_run(const func *f, uint32_t from, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    return (pc == from || (int64_t)from <= f->since[pc]) && lowering_of(f, pc) && i->op != OP_PRINT_EACH &&
           (op_forms[i->op] == FORM_PLAIN || (op_forms[i->op] == FORM_JUMPING && i->d > pc));
}

/* Where the run that begins at `from` ends: behind something that is printed, and where all jumps in it lead at most. There is room for all
 * ways through it at once. */
static uint32_t end_of_run(const func *f, uint32_t from)
{
    enum { RUN_ROOM_MAX = 4096 };
    _Static_assert(RUN_ROOM_MAX <= UINT16_MAX, "native_slow.room");
    uint32_t until = from, farthest = from;
    uint64_t room  = 0;
    bool     prints = false; /* behind `until` */
    for (uint32_t pc = from; pc < f->unit->code_len && belongs_to_run(f, from, pc) && room + room_of(f, pc) <= RUN_ROOM_MAX; pc++) {
        room += room_of(f, pc);
        prints |= room_of(f, pc) > 0;
        if (op_forms[f->unit->code[pc].op] == FORM_JUMPING && f->unit->code[pc].d > farthest)
            farthest = f->unit->code[pc].d;
        if (prints && farthest <= pc + 1) {
            until  = pc + 1;
            prints = false;
        }
    }
    return until;
}

void begin_run(func *f, uint32_t from)
{
    uint32_t until = end_of_run(f, from);
    uint64_t room  = 0;
    if (until == from)
        return;
    f->run_end         = until;
    f->ends_run[until] = true;
    for (uint32_t pc = until; pc-- > from; room += room_of(f, pc))
        f->rest[pc] = room;
    if (!f->at[until])
        f->at[until] = new_block(f);
    block no_room = new_block(f), enough = new_block(f);
    branch(f, has_room(f, num(f, T_L, (int64_t)room)), enough, no_room);
    f->block = no_room;
    note_slow(f, (native_slow){.pc = from, .until = until});
    go(f, f->slow_rest);
    f->block = enough;
}

/* ---- the shared paths ---- */

bool make_cases(func *f, cases *c)
{
    *c = (cases){.items = arena_alloc(f->e->memory, (f->unit->code_len + 1) * sizeof *c->items)};
    return c->items != NULL;
}

void add_case(func *f, cases *c, uint32_t number, block to)
{
    expr n = num(f, T_U, number);
    if (!c->first)
        c->first = to;
    else
        c->items[c->count++] = gcc_jit_context_new_case(f->e->g, n, n, to);
}

void end_with_cases(func *f, const cases *c, expr number)
{
    if (!c->first)
        go(f, f->fail);
    else if (!c->count)
        go(f, c->first);
    else
        gcc_jit_block_end_with_switch(f->block, f->where, number, c->first, c->count, c->items);
    f->block = NULL;
}

/* What is known of a dict's shape may have changed. */
static void look_at_shape_again(func *f)
{
    block some = new_block(f), is_dict = new_block(f), other = new_block(f), ready = new_block(f);
    place reg  = as_local(f, T_L, cast(f, T_L, noted(f, FIELD_native_slow_shape)));
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, get(reg), num(f, T_L, NATIVE_NO_SHAPE)), some, other);
    f->block   = some;
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(reg), num(f, T_L, sizeof(burin_value)));
    place at   = as_local(f, T_PTR, add_bytes(f, gcc_jit_param_as_rvalue(f->regs), bytes));
    expr kind  = load_field(f, FIELD_burin_value_kind, get(at));
    expr  shadows = load_field(f, FIELD_vm_shadows, machine(f));
    branch(f, both(f, compare(f, GCC_JIT_COMPARISON_EQ, kind, num(f, T_B, BURIN_DICT)), compare(f, GCC_JIT_COMPARISON_EQ, shadows, num(f, T_U, 0))), is_dict,
           other);
    f->block   = is_dict;
    place dict = as_local(f, T_PTR, load(f, T_PTR, get(at), (int64_t)field_offset(FIELD_burin_value_as)));
    set(f, f->shape_keys, load_field(f, FIELD_rt_keys_serial, load_field(f, FIELD_rt_dict_keys, get(dict))));
    set(f, f->shape_values, load_field(f, FIELD_rt_dict_values, get(dict)));
    go(f, ready);
    f->block = other;
    set(f, f->shape_keys, num(f, T_L, RT_NO_SERIAL));
    begin(f, ready);
}

static void call_slow(func *f)
{
    expr arguments[] = {gcc_jit_param_as_rvalue(f->frame), gcc_jit_param_as_rvalue(f->regs), address_of_value(f, f->slow_note)};
    spill(f);
    set(f, f->status, call_api(f, API_slow, 3, arguments));
    reload(f);
}

static void write_sites(func *f, cases *resume, cases *taken)
{
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++) {
        const slow_site *s = &f->slow_sites[pc];
        const ir_insn   *i = &f->unit->code[pc];
        if (!s->begin)
            continue;
        native_slow note = s->note;
        note.shape       = s->shape < NATIVE_NO_SHAPE ? (uint16_t)s->shape : NATIVE_NO_SHAPE;
        f->block         = s->begin;
        note_slow(f, note);
        go(f, f->slow);
        add_case(f, resume, pc, s->done);
        if (op_forms[i->op] == FORM_JUMPING)
            add_case(f, taken, pc, f->at[i->d]);
    }
}

static void write_slow(func *f, const cases *resume, const cases *taken)
{
    block jumped = new_block(f), ended = new_block(f), back = new_block(f), no_room = new_block(f);
    f->block     = f->slow;
    call_slow(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, 0)), ended, jumped);
    f->block = jumped;
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, NATIVE_TAKEN)), f->fail);
    end_with_cases(f, taken, noted(f, FIELD_native_slow_pc));
    f->block = ended;
    look_at_shape_again(f);
    branch(f, has_room(f, cast(f, T_L, noted(f, FIELD_native_slow_room))), back, no_room);
    f->block = back;
    end_with_cases(f, resume, noted(f, FIELD_native_slow_pc));
    f->block = no_room;
    store_field(f, FIELD_native_slow_pc, address_of_value(f, f->slow_note), noted(f, FIELD_native_slow_next));
    go(f, f->slow_rest);
}

/* The interpreter takes what is left of a run to its end: there may be jumps in it. */
static void write_rest(func *f, const cases *ends)
{
    f->block         = f->slow_rest;
    place pc         = as_local(f, T_U, noted(f, FIELD_native_slow_pc));
    expr arguments[] = {gcc_jit_param_as_rvalue(f->frame), get(pc), get(pc), noted(f, FIELD_native_slow_until)};
    spill(f);
    set(f, f->status, call_api(f, API_run, 4, arguments));
    reload(f);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, NATIVE_TAKEN)), f->fail);
    set(f, f->shape_keys, num(f, T_L, RT_NO_SERIAL));
    end_with_cases(f, ends, noted(f, FIELD_native_slow_until));
}

bool write_slow_paths(func *f)
{
    cases resume, taken, ends;
    if (!make_cases(f, &resume) || !make_cases(f, &taken) || !make_cases(f, &ends))
        return false;
    for (uint32_t pc = 0; pc < f->unit->code_len; pc++)
        if (f->ends_run[pc])
            add_case(f, &ends, pc, f->at[pc]);
    write_sites(f, &resume, &taken);
    write_slow(f, &resume, &taken);
    write_rest(f, &ends);
    return true;
}
