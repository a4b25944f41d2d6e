/* Writing regions: see typed.h. What is done is what the instructions' bodies do; what they might fail at leaves the region first. */
#include "jit/typed.h"

enum { EXACT_BITS = 53 }; /* integers up to 2 to this are floats without loss */

/* A value that is being computed with. */
typedef struct operand {
    typed_kind kind;
    expr       head, as, real; /* ANY has the first two, FLOAT the last, others the second */
} operand;

static bool is_inside(const typed *t, uint32_t pc) { return pc >= t->from && pc < t->until; }

/* ---- registers ---- */

static expr bits_of(func *f, expr real) { return reinterpret(f, T_L, real); }

static operand read_register(typed *t, uint32_t r)
{
    func *f = t->f;
    if (t->is_local[r])
        return (operand){(typed_kind)t->now[r], get(t->head[r]), get(t->as[r]), get(t->real[r])};
    place head = as_local(f, T_L, load(f, T_L, register_address(f, r), 0));
    place as   = as_local(f, T_L, load_field(f, FIELD_burin_value_as, register_address(f, r)));
    return (operand){TYPED_ANY, get(head), get(as), NULL};
}

/* Both halves of it, whatever it is. */
static expr head_of(func *f, operand o) { return o.kind == TYPED_ANY ? o.head : num(f, T_L, kind_of_typed(o.kind)); }
static expr as_of(func *f, operand o) { return o.kind == TYPED_FLOAT ? bits_of(f, o.real) : o.as; }

static void write_halves(typed *t, uint32_t r, expr head, expr as)
{
    func *f = t->f;
    if (!t->is_local[r]) {
        store(f, T_L, register_address(f, r), 0, head);
        store_field(f, FIELD_burin_value_as, register_address(f, r), as);
        return;
    }
    set(f, t->head[r], head);
    set(f, t->as[r], as);
    t->now[r]    = TYPED_ANY;
    t->stored[r] = false;
}

static void write_number(typed *t, uint32_t r, typed_kind kind, expr as)
{
    if (!t->is_local[r]) {
        store_int(t->f, r, kind_of_typed(kind), as);
        return;
    }
    set(t->f, t->as[r], as);
    t->now[r]    = (uint8_t)kind;
    t->stored[r] = false;
}

static void write_float(typed *t, uint32_t r, expr real)
{
    func *f = t->f;
    if (!t->is_local[r]) {
        store(f, T_L, register_address(f, r), 0, num(f, T_L, BURIN_FLOAT));
        store(f, T_F, register_address(f, r), (int64_t)field_offset(FIELD_burin_value_as), real);
        return;
    }
    set(f, t->real[r], real);
    t->now[r]    = TYPED_FLOAT;
    t->stored[r] = false;
}

static void write_operand(typed *t, uint32_t r, operand o)
{
    if (o.kind == TYPED_ANY || o.kind == TYPED_NONE)
        write_halves(t, r, o.head, o.as);
    else if (o.kind == TYPED_FLOAT)
        write_float(t, r, o.real);
    else
        write_number(t, r, o.kind, o.as);
}

/* The locals hold the register in two halves from here on. */
static void make_any(typed *t, uint32_t r)
{
    if (t->is_local[r] && t->now[r] != TYPED_ANY && t->now[r] != TYPED_NONE)
        write_halves(t, r, head_of(t->f, read_register(t, r)), as_of(t->f, read_register(t, r)));
}

static void to_memory(typed *t, uint32_t r)
{
    func   *f = t->f;
    operand o = read_register(t, r);
    if (!t->is_local[r] || o.kind == TYPED_NONE || t->stored[r])
        return;
    t->stored[r] = true;
    store(f, T_L, register_address(f, r), 0, head_of(f, o));
    store_field(f, FIELD_burin_value_as, register_address(f, r), as_of(f, o));
}

static void flush_register(void *user, uint32_t r) { to_memory(user, r); }

static void reload_register(void *user, uint32_t r)
{
    typed *t = user;
    func  *f = t->f;
    if (!t->is_local[r])
        return;
    write_halves(t, r, load(f, T_L, register_address(f, r), 0), load_field(f, FIELD_burin_value_as, register_address(f, r)));
    t->stored[r] = true;
}

/* ---- ways aside ---- */

/* What is known of registers while a block is written that the code in between does not go through. */
typedef struct aside {
    block   before;
    uint8_t now[TYPED_REGISTERS_MAX], stored[TYPED_REGISTERS_MAX];
} aside;

static void note_aside(typed *t, aside *a, block before)
{
    a->before = before;
    memcpy(a->now, t->now, t->unit->registers);
    memcpy(a->stored, t->stored, t->unit->registers);
}

static block begin_aside(typed *t, aside *a)
{
    note_aside(t, a, t->f->block);
    return t->f->block = new_block(t->f);
}

static void end_aside(typed *t, const aside *a)
{
    memcpy(t->now, a->now, t->unit->registers);
    memcpy(t->stored, a->stored, t->unit->registers);
    t->f->block = a->before;
}

/* ---- leaving ---- */

/* All registers that somebody reads from here on as two halves. Where exceptions are handled whoever raises one may look at others, too: those stay as
 * memory has them. */
static void all_to_halves(typed *t, const uint8_t *live)
{
    for (uint32_t r = 0; r < t->unit->registers; r++) {
        if (!t->is_local[r])
            continue;
        if (live[r] && t->now[r] != TYPED_NONE)
            make_any(t, r);
        else if (t->unit->handler_count)
            reload_register(t, r);
    }
}

/* A block that leaves the region for instruction `pc`. */
static block leave_for(typed *t, uint32_t pc)
{
    aside a;
    block leaving = begin_aside(t, &a);
    all_to_halves(t, t->live[pc]);
    set(t->f, t->out_pc, num(t->f, T_U, pc));
    go(t->f, t->out);
    t->leaves[pc] = true;
    end_aside(t, &a);
    return leaving;
}

/* The same because the instruction has failed, or a call in it; the status is in f->status. */
static block leave_failed(typed *t, uint32_t pc)
{
    func   *f = t->f;
    aside   a;
    block   leaving = begin_aside(t, &a);
    uint8_t all[TYPED_REGISTERS_MAX]; /* handlers may read any of them */
    memset(all, true, sizeof all);
    if (t->is_function) {
        expr arguments[] = {machine(f), gcc_jit_param_as_rvalue(t->me), num(f, T_U, pc), get(f->status)};
        give_halves(f, num(f, T_L, DIRECT_FAILED), call_api(f, API_direct_failed, 4, arguments));
    } else {
        all_to_halves(t, all);
        go(f, t->failed);
    }
    end_aside(t, &a);
    return leaving;
}

/* Where the jump to `pc` leads: to the region's code, over what makes registers what they are there, or out of it. */
static block way_to(typed *t, uint32_t pc)
{
    if (!is_inside(t, pc))
        return leave_for(t, pc);
    aside a;
    block way = begin_aside(t, &a);
    for (uint32_t r = 0; r < t->unit->registers; r++)
        if (t->kinds[pc][r] == TYPED_ANY)
            make_any(t, r);
    go(t->f, t->at[pc]);
    end_aside(t, &a);
    return way;
}

/* ---- checks ---- */

static expr is_of(func *f, expr head, burin_kind kind) { return compare(f, GCC_JIT_COMPARISON_EQ, cast(f, T_B, head), num(f, T_B, kind)); }

/* The register holds an integer from here on, or the region is left for `pc`. */
static operand as_integer(typed *t, uint32_t r, uint32_t pc)
{
    operand o = read_register(t, r);
    if (o.kind == TYPED_ANY) {
        require(t->f, is_of(t->f, o.head, BURIN_INT), leave_for(t, pc));
        o.kind = TYPED_INT;
        if (t->is_local[r])
            t->now[r] = TYPED_INT;
    }
    return o;
}

/* The operand as a float; `out` where it is none, or, when that is asked for, an integer that is not exact as one. */
static place as_float(typed *t, operand o, bool exactly, block out)
{
    func *f = t->f;
    place x = local(f, T_F, "x");
    if (o.kind == TYPED_FLOAT) {
        set(f, x, o.real);
        return x;
    }
    block integer = new_block(f), ready = new_block(f), other = new_block(f);
    if (o.kind == TYPED_ANY)
        branch(f, is_of(f, o.head, BURIN_INT), integer, other);
    else
        go(f, integer);
    f->block = integer;
    if (exactly) {
        expr above = binary(f, GCC_JIT_BINARY_OP_PLUS, T_UL, cast(f, T_UL, o.as), num(f, T_UL, INT64_C(1) << EXACT_BITS));
        require(f, compare(f, GCC_JIT_COMPARISON_LE, above, num(f, T_UL, INT64_C(2) << EXACT_BITS)), out);
    }
    set(f, x, cast(f, T_F, o.as));
    go(f, ready);
    f->block = other;
    if (o.kind == TYPED_ANY) {
        require(f, is_of(f, o.head, BURIN_FLOAT), out);
        set(f, x, reinterpret(f, T_F, o.as));
    }
    begin(f, ready);
    return x;
}

/* ---- arithmetic ---- */

static expr overflows(typed *t, ir_op op, operand x, operand y, place result)
{
    func             *f       = t->f;
    const char       *name    = op == OP_ADD ? "__builtin_saddl_overflow" : op == OP_SUB ? "__builtin_ssubl_overflow" : "__builtin_smull_overflow";
    gcc_jit_function *checked = gcc_jit_context_get_builtin_function(f->e->g, name);
    expr              arguments[] = {x.as, y.as, gcc_jit_lvalue_get_address(result, f->where)};
    return compare(f, GCC_JIT_COMPARISON_EQ, gcc_jit_context_new_call(f->e->g, f->where, checked, 3, arguments), num(f, T_BOOL, 0));
}

/* One factor is a constant: whether the other is small enough is looked at beside the product, which so can be shifts and sums. */
static bool multiplies_by_constant(typed *t, uint32_t pc, ir_op op, operand x, operand y, block out)
{
    func              *f = t->f;
    const ir_insn     *i = &t->unit->code[pc];
    const burin_value *b = typed_constant(t, pc, i->b), *c = typed_constant(t, pc, i->c), *k = c ? c : b;
    if (op != OP_MUL || !k || k->kind != BURIN_INT || k->as.i <= 0)
        return false;
    uint64_t most   = (uint64_t)(INT64_MAX / k->as.i);
    expr     factor = c ? x.as : y.as, above = binary(f, GCC_JIT_BINARY_OP_PLUS, T_UL, cast(f, T_UL, factor), num(f, T_UL, (int64_t)most));
    require(f, compare(f, GCC_JIT_COMPARISON_LE, above, num(f, T_UL, (int64_t)(2 * most))), out);
    write_number(t, i->a, TYPED_INT, binary(f, GCC_JIT_BINARY_OP_MULT, T_L, factor, num(f, T_L, k->as.i)));
    return true;
}

static enum gcc_jit_binary_op sign_of(ir_op op)
{
    return op == OP_ADD ? GCC_JIT_BINARY_OP_PLUS : op == OP_SUB ? GCC_JIT_BINARY_OP_MINUS : op == OP_MUL ? GCC_JIT_BINARY_OP_MULT : GCC_JIT_BINARY_OP_DIVIDE;
}

static expr is_plain_text(func *f, operand o)
{
    expr kind_and_safe = binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_L, o.head, num(f, T_L, 0xFF | BURIN_SAFE << 8));
    return compare(f, GCC_JIT_COMPARISON_EQ, kind_and_safe, num(f, T_L, BURIN_STRING));
}

/* Both halves of what two texts are when they are joined. */
static void join_texts(typed *t, uint32_t pc, operand x, operand y, place head, place as)
{
    func *f           = t->f;
    expr  arguments[] = {machine(f), x.head, x.as, y.head, y.as};
    block failed      = new_block(f), done = new_block(f);
    set(f, as, call_api(f, API_join, 5, arguments));
    set(f, head, load_field(f, FIELD_vm_direct_head, machine(f)));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, get(head), num(f, T_L, DIRECT_FAILED)), true), done, failed);
    f->block = failed;
    set(f, f->status, cast(f, T_I, get(as)));
    if (!t->is_function)
        store_field(f, FIELD_vm_frame_pc, gcc_jit_param_as_rvalue(f->frame), num(f, T_U, pc));
    go(f, leave_failed(t, pc));
    f->block = done;
}

/* A text is added to a constant one, or the other way round; what else there is is left to the usual code. */
static void write_text_addition(typed *t, uint32_t pc)
{
    func          *f    = t->f;
    const ir_insn *i    = &t->unit->code[pc];
    operand        x    = read_register(t, i->b), y = read_register(t, i->c);
    place          head = local(f, T_L, "head"), as = local(f, T_L, "as");
    require(f, is_plain_text(f, typed_constant(t, pc, i->c) ? x : y), leave_for(t, pc));
    join_texts(t, pc, x, y, head, as);
    write_halves(t, i->a, get(head), get(as));
}

static expr both_integers(typed *t, operand x, operand y)
{
    func *f = t->f;
    if (x.kind == TYPED_ANY && y.kind == TYPED_ANY)
        return both(f, is_of(f, x.head, BURIN_INT), is_of(f, y.head, BURIN_INT));
    return is_of(f, x.kind == TYPED_ANY ? x.head : y.head, BURIN_INT);
}

static void write_arithmetic(typed *t, uint32_t pc, ir_op op)
{
    func          *f      = t->f;
    const ir_insn *i      = &t->unit->code[pc];
    operand        x      = read_register(t, i->b), y = read_register(t, i->c);
    place          result = local(f, T_L, "r");
    block          out    = leave_for(t, pc);
    bool           ints   = x.kind == TYPED_INT && y.kind == TYPED_INT, floats = x.kind == TYPED_FLOAT || y.kind == TYPED_FLOAT;
    if (ints) {
        if (multiplies_by_constant(t, pc, op, x, y, out))
            return;
        require(f, overflows(t, op, x, y, result), out);
        write_number(t, i->a, TYPED_INT, get(result));
        return;
    }
    if (floats) {
        place real = as_float(t, x, false, out), other = as_float(t, y, false, out);
        write_float(t, i->a, binary(f, sign_of(op), T_F, get(real), get(other)));
        return;
    }
    block integers = new_block(f), numbers = new_block(f), done = new_block(f);
    place head = local(f, T_L, "head");
    branch(f, expect(f, both_integers(t, x, y), true), integers, numbers);
    f->block = integers;
    require(f, overflows(t, op, x, y, result), out);
    set(f, head, num(f, T_L, BURIN_INT));
    go(f, done);
    f->block = numbers;
    if (op == OP_ADD && x.kind == TYPED_ANY && y.kind == TYPED_ANY) {
        block texts = new_block(f), others = new_block(f);
        branch(f, both(f, is_plain_text(f, x), is_plain_text(f, y)), texts, others);
        f->block = texts;
        join_texts(t, pc, x, y, head, result);
        go(f, done);
        f->block = others;
    }
    place real = as_float(t, x, false, out), other = as_float(t, y, false, out);
    set(f, result, bits_of(f, binary(f, sign_of(op), T_F, get(real), get(other))));
    set(f, head, num(f, T_L, BURIN_FLOAT));
    begin(f, done);
    write_halves(t, i->a, get(head), get(result));
}

static void write_division(typed *t, uint32_t pc)
{
    func          *f   = t->f;
    const ir_insn *i   = &t->unit->code[pc];
    block          out = leave_for(t, pc);
    place          x   = as_float(t, read_register(t, i->b), true, out), y = as_float(t, read_register(t, i->c), true, out);
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(y), cast(f, T_F, num(f, T_L, 0))), out);
    write_float(t, i->a, binary(f, GCC_JIT_BINARY_OP_DIVIDE, T_F, get(x), get(y)));
}

static void write_negation(typed *t, uint32_t pc)
{
    func          *f = t->f;
    const ir_insn *i = &t->unit->code[pc];
    if (t->is_local[i->b] && t->now[i->b] == TYPED_FLOAT) {
        write_float(t, i->a, gcc_jit_context_new_unary_op(f->e->g, f->where, GCC_JIT_UNARY_OP_MINUS, f->e->types[T_F], get(t->real[i->b])));
        return;
    }
    bool    was_any = !t->is_local[i->b] || t->now[i->b] == TYPED_ANY;
    operand x = as_integer(t, i->b, pc);
    require(f, compare(f, GCC_JIT_COMPARISON_NE, x.as, num(f, T_L, INT64_MIN)), leave_for(t, pc));
    expr negated = binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, num(f, T_L, 0), x.as);
    if (was_any) /* as typed_step says */
        write_halves(t, i->a, num(f, T_L, BURIN_INT), negated);
    else
        write_number(t, i->a, TYPED_INT, negated);
}

/* ---- comparisons ---- */

static enum gcc_jit_comparison comparison_of(uint32_t how)
{
    static const enum gcc_jit_comparison of[] = {
        [RT_EQ] = GCC_JIT_COMPARISON_EQ, [RT_NE] = GCC_JIT_COMPARISON_NE, [RT_LT] = GCC_JIT_COMPARISON_LT,
        [RT_LE] = GCC_JIT_COMPARISON_LE, [RT_GT] = GCC_JIT_COMPARISON_GT, [RT_GE] = GCC_JIT_COMPARISON_GE,
    };
    return of[how];
}

/* The operand as a float to be compared with one: its own, or a small integer that is constant. */
static expr float_to_compare(typed *t, uint32_t pc, uint32_t r, operand o, block out)
{
    func              *f = t->f;
    const burin_value *k = typed_constant(t, pc, r);
    if (o.kind == TYPED_FLOAT)
        return o.real;
    if (k && k->kind == BURIN_INT && k->as.i < (INT64_C(1) << 52) && k->as.i > -(INT64_C(1) << 52))
        return cast(f, T_F, num(f, T_L, k->as.i));
    if (o.kind == TYPED_ANY)
        require(f, is_of(f, o.head, BURIN_FLOAT), out);
    else
        go(f, out);
    if (!f->block)
        f->block = new_block(f); /* never reached */
    return reinterpret(f, T_F, o.as);
}

/* Go to `yes` or `no` as the comparison holds. */
static void write_comparison(typed *t, uint32_t pc, uint32_t how, block yes, block no)
{
    func          *f   = t->f;
    const ir_insn *i   = &t->unit->code[pc];
    operand        x   = read_register(t, i->b), y = read_register(t, i->c);
    block          out = leave_for(t, pc), integers = new_block(f), floats = new_block(f);
    if (x.kind == TYPED_INT && y.kind == TYPED_INT)
        go(f, integers);
    else if (x.kind == TYPED_FLOAT || y.kind == TYPED_FLOAT)
        go(f, floats);
    else
        branch(f, expect(f, both_integers(t, x, y), true), integers, floats);
    f->block = integers;
    branch(f, compare(f, comparison_of(how), x.as, y.as), yes, no);
    f->block  = floats;
    expr real = float_to_compare(t, pc, i->b, x, out), other = float_to_compare(t, pc, i->c, y, out);
    branch(f, compare(f, comparison_of(how), real, other), yes, no);
}

static void write_compare(typed *t, uint32_t pc)
{
    func *f = t->f;
    block yes = new_block(f), no = new_block(f), done = new_block(f);
    place truth = local(f, T_L, "truth");
    write_comparison(t, pc, t->unit->code[pc].d, yes, no);
    f->block = yes;
    set(f, truth, num(f, T_L, 1));
    go(f, done);
    f->block = no;
    set(f, truth, num(f, T_L, 0));
    begin(f, done);
    write_number(t, t->unit->code[pc].a, TYPED_BOOL, get(truth));
}

static void write_jump_compare(typed *t, uint32_t pc)
{
    const ir_insn *i    = &t->unit->code[pc];
    block          next = new_block(t->f);
    write_comparison(t, pc, i->a, next, way_to(t, i->d));
    t->f->block = next;
}

/* Is the value, a bool or an integer, or else the region is left, true? */
static expr truth_of(typed *t, uint32_t r, uint32_t pc)
{
    operand o = read_register(t, r);
    if (o.kind == TYPED_ANY)
        require(t->f, is_bool_or_int(t->f, cast(t->f, T_B, o.head)), leave_for(t, pc));
    return compare(t->f, GCC_JIT_COMPARISON_NE, o.as, num(t->f, T_L, 0));
}

static void write_not(typed *t, uint32_t pc)
{
    const ir_insn *i = &t->unit->code[pc];
    place          truth = as_local(t->f, T_L, cast(t->f, T_L, truth_of(t, i->b, pc)));
    write_number(t, i->a, TYPED_BOOL, binary(t->f, GCC_JIT_BINARY_OP_MINUS, T_L, num(t->f, T_L, 1), get(truth)));
}

static void write_jump_truth(typed *t, uint32_t pc)
{
    const ir_insn *i     = &t->unit->code[pc];
    expr           truth = truth_of(t, i->b, pc);
    block          next  = new_block(t->f), goal = way_to(t, i->d);
    branch(t->f, truth, i->op == OP_JUMP_IF ? goal : next, i->op == OP_JUMP_IF ? next : goal);
    t->f->block = next;
}

/* ---- by body ---- */

/* May what it calls collect garbage (codegen/vm/collect.c)? Then all that is in use has to be in registers. */
static bool may_collect(const ir_insn *i)
{
    switch (i->op) {
    case OP_INVOKE: case OP_INVOKE_METHOD: case OP_EACH_NEXT: case OP_INPLACE: case OP_EXTEND: case OP_SPREAD: case OP_SET_UPDATE:
    case OP_UNPACK: case OP_UNPACK_STAR: return true;
    case OP_COMPARE: return i->d >= RT_IN;
    case OP_JUMP_COMPARE: return i->a >= RT_IN;
    default: return false;
    }
}

static void write_by_body(typed *t, uint32_t pc)
{
    func          *f = t->f;
    const ir_insn *i = &t->unit->code[pc];
    ir_reads(f->e->request->program, t->unit, pc, flush_register, t);
    for (uint32_t r = 0; may_collect(i) && r < t->unit->registers; r++)
        if (t->live[pc][r])
            to_memory(t, r);
    spill(f);
    set(f, f->status, call_body(f, pc));
    reload(f);
    block failed = leave_failed(t, pc);
    if (op_forms[i->op] == FORM_JUMPING) {
        block not_taken = new_block(f), taken = new_block(f);
        branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, NATIVE_TAKEN)), taken, not_taken);
        f->block = taken;
        ir_writes(t->unit, pc, reload_register, t);
        go(f, way_to(t, i->d));
        f->block = not_taken;
    }
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->status), num(f, T_I, 0)), failed);
    ir_writes(t->unit, pc, reload_register, t);
}

/* ---- names and items ---- */

static expr globals_of(typed *t)
{
    func *f = t->f;
    return t->is_function ? load_field(f, FIELD_vm_globals, machine(f)) : load_field(f, FIELD_vm_frame_globals, gcc_jit_param_as_rvalue(f->frame));
}

static operand value_at(typed *t, expr address)
{
    func *f    = t->f;
    place at   = as_local(f, T_PTR, address);
    place head = as_local(f, T_L, load(f, T_L, get(at), 0)), as = as_local(f, T_L, load_field(f, FIELD_burin_value_as, get(at)));
    return (operand){TYPED_ANY, get(head), get(as), NULL};
}

static operand constant_value(typed *t, uint32_t k)
{
    func              *f = t->f;
    const burin_value *v = &f->e->request->program->constants[k];
    if (v->kind == BURIN_INT || v->kind == BURIN_BOOL)
        return (operand){v->kind == BURIN_INT ? TYPED_INT : TYPED_BOOL, NULL, num(f, T_L, v->as.i), NULL};
    if (v->kind == BURIN_FLOAT)
        return (operand){TYPED_FLOAT, NULL, NULL, gcc_jit_context_new_rvalue_from_double(f->e->g, f->e->types[T_F], v->as.f)};
    return value_at(t, constant_address(f, k));
}

static void require_set(typed *t, operand o, uint32_t pc)
{
    if (o.kind == TYPED_ANY)
        require(t->f, compare(t->f, GCC_JIT_COMPARISON_NE, cast(t->f, T_B, o.head), num(t->f, T_B, BURIN_MISSING)), leave_for(t, pc));
}

static void write_global(typed *t, uint32_t pc)
{
    const ir_insn *i = &t->unit->code[pc];
    operand        o = value_at(t, offset(t->f, globals_of(t), (int64_t)(i->b * sizeof(burin_value))));
    const typed   *callee = callee_of_global(t, pc);
    if (!callee) {
        require_set(t, o, pc);
        write_operand(t, i->a, o);
        return;
    }
    require_callee(t, callee, o.head, o.as, leave_for(t, pc));
    t->is_callee[pc] = true;
    write_halves(t, i->a, num(t->f, T_L, BURIN_OBJECT), is_itself(t, callee) ? reinterpret(t->f, T_L, gcc_jit_param_as_rvalue(t->me)) : o.as);
}

static void write_global_or(typed *t, uint32_t pc)
{
    func          *f    = t->f;
    const ir_insn *i    = &t->unit->code[pc];
    operand        o    = value_at(t, offset(f, globals_of(t), (int64_t)(i->b * sizeof(burin_value))));
    place          head = as_local(f, T_L, o.head), as = as_local(f, T_L, o.as);
    block          missing = new_block(f), done = new_block(f);
    branch(f, is_of(f, get(head), BURIN_MISSING), missing, done);
    f->block  = missing;
    operand k = constant_value(t, i->d);
    set(f, head, head_of(f, k));
    set(f, as, as_of(f, k));
    begin(f, done);
    write_halves(t, i->a, get(head), get(as));
}

static void store_at(typed *t, expr address, operand o)
{
    store(t->f, T_L, address, 0, head_of(t->f, o));
    store_field(t->f, FIELD_burin_value_as, address, as_of(t->f, o));
}

static expr cell_of(typed *t, uint32_t r) { return reinterpret(t->f, T_PTR, read_register(t, r).as); }

static void write_load_item(typed *t, uint32_t pc)
{
    func          *f      = t->f;
    const ir_insn *i      = &t->unit->code[pc];
    operand        object = read_register(t, i->b), key;
    block          out    = leave_for(t, pc);
    require(f, binary(f, GCC_JIT_BINARY_OP_LOGICAL_OR, T_BOOL, is_of(f, object.head, BURIN_LIST), is_of(f, object.head, BURIN_TUPLE)), out);
    key = as_integer(t, i->c, pc);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), out);
    place list = as_local(f, T_PTR, reinterpret(f, T_PTR, object.as)), at = as_local(f, T_L, key.as);
    write_operand(t, i->a, value_at(t, list_item(f, list, at, out)));
}

/* What belongs to the function's object or the frame. */
static expr own_field(typed *t, field of_function, field of_frame)
{
    func *f = t->f;
    return t->is_function ? load_field(f, of_function, load_field(f, FIELD_rt_object_value_self, gcc_jit_param_as_rvalue(t->me)))
                          : load_field(f, of_frame, gcc_jit_param_as_rvalue(f->frame));
}
static expr caches_of(typed *t) { return own_field(t, FIELD_vm_function_caches, FIELD_vm_frame_caches); }

static void write_load_named(typed *t, uint32_t pc)
{
    func          *f      = t->f;
    const ir_insn *i      = &t->unit->code[pc];
    operand        object = read_register(t, i->b);
    block          out    = leave_for(t, pc);
    require(f, is_of(f, object.head, BURIN_DICT), out);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), out);
    expr  arguments[] = {caches_of(t), own_field(t, FIELD_vm_function_program, FIELD_vm_frame_program), reinterpret(f, T_PTR, object.as), num(f, T_U, i->d)};
    place found       = as_local(f, T_PTR, call_api(f, API_named, 4, arguments));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(found), num(f, T_PTR, 0)), out);
    write_operand(t, i->a, value_at(t, get(found)));
}

/* The method that values of this kind have; else the body finds what there is. */
static void write_find_method(typed *t, uint32_t pc)
{
    func          *f      = t->f;
    const ir_insn *i      = &t->unit->code[pc];
    operand        object = read_register(t, i->b);
    place          kind   = as_local(f, T_L, cast(f, T_L, cast(f, T_B, object.head)));
    place          cache  = as_local(f, T_PTR, offset(f, caches_of(t), (int64_t)(i->d * sizeof(vm_cache))));
    block          known  = new_block(f), other = new_block(f), done = new_block(f), looked = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_cache_word, get(cache)), binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(kind), num(f, T_L, 1))), looked, other);
    f->block = looked;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, get(kind), num(f, T_L, BURIN_SET)), known, other); /* a set may be frozen */
    f->block = other;
    uint8_t before[TYPED_REGISTERS_MAX];
    memcpy(before, t->stored, t->unit->registers);
    write_by_body(t, pc);
    go(f, done);
    memcpy(t->stored, before, t->unit->registers);
    f->block = known;
    write_halves(t, i->a, num(f, T_L, BURIN_MISSING), reinterpret(f, T_L, load_field(f, FIELD_vm_cache_method, get(cache))));
    begin(f, done);
}

/* ---- turns ---- */

/* Count a step. Where the counter runs out limits are looked at outside of the region, by who counts the step itself: the loop's usual code or, of a function
 * that was called directly, the interpreter. */
static void count_turn(typed *t, uint32_t pc)
{
    func *f     = t->f;
    block ready = new_block(f), out = leave_for(t, pc);
    place left  = as_local(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, load_field(f, FIELD_vm_tick, machine(f)), num(f, T_U, 1)));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, get(left), num(f, T_U, 0)), true), ready, out);
    f->block = ready;
    store_field(f, FIELD_vm_tick, machine(f), get(left));
}

void typed_count_entry(typed *t)
{
    func *f     = t->f;
    block ready = new_block(f);
    place left  = as_local(f, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, load_field(f, FIELD_vm_tick, machine(f)), num(f, T_U, 1)));
    store_field(f, FIELD_vm_tick, machine(f), get(left));
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, get(left), num(f, T_U, 0)), true), ready, leave_for(t, t->from));
    f->block = ready;
}

static void move_on(func *f, expr iterator, place at)
{
    store_field(f, FIELD_rt_iter_at, iterator, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, get(at), num(f, T_L, 1)));
}

/* The next item, of a range or a list, then on to the loop's top. The end of a list, and what else there is, are left to the usual code, before anything is counted. */
static void write_each_next(typed *t, uint32_t pc)
{
    func          *f        = t->f;
    const ir_insn *i        = &t->unit->code[pc];
    expr           iterator = register_address(f, i->a);
    block          range = new_block(f), other = new_block(f), list = new_block(f), there = new_block(f), ended = new_block(f), taken = new_block(f), out = leave_for(t, pc);
    place          kind = as_local(f, T_B, load_field(f, FIELD_rt_iter_kind, iterator)), over = as_local(f, T_PTR, load_field(f, FIELD_rt_iter_over, iterator));
    place          at = as_local(f, T_L, load_field(f, FIELD_rt_iter_at, iterator)), head = local(f, T_L, "head"), as = local(f, T_L, "as");
    aside          behind; /* the end of it, where nothing is written */
    bool           ints = t->is_local[i->b] && t->supposed[i->b] == TYPED_INT;
    note_aside(t, &behind, ended);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_RANGE)), range, other);
    f->block     = other;
    expr is_list = compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_LIST)), is_tuple = compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_TUPLE));
    branch(f, binary(f, GCC_JIT_BINARY_OP_LOGICAL_OR, T_BOOL, is_list, is_tuple), list, out);
    f->block = list;
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), out);
    require(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(at)), cast(f, T_UL, load_field(f, FIELD_rt_list_len, get(over)))), out);
    expr    bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), num(f, T_L, sizeof(burin_value)));
    operand item  = value_at(t, add_bytes(f, load_field(f, FIELD_rt_list_items, get(over)), bytes));
    if (ints)
        require(f, is_of(f, item.head, BURIN_INT), out);
    set(f, head, item.head);
    set(f, as, item.as);
    count_turn(t, pc);
    go(f, taken);
    f->block = range;
    count_turn(t, pc);
    branch(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(at)), cast(f, T_UL, load_field(f, FIELD_rt_range_len, get(over)))), there, ended);
    f->block = there;
    expr moved = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(at), load_field(f, FIELD_rt_range_step, get(over)));
    set(f, head, num(f, T_L, BURIN_INT));
    set(f, as, binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, load_field(f, FIELD_rt_range_start, get(over)), moved));
    begin(f, taken);
    move_on(f, iterator, at);
    if (ints)
        write_number(t, i->b, TYPED_INT, get(as));
    else
        write_halves(t, i->b, get(head), get(as));
    go(f, way_to(t, i->d));
    end_aside(t, &behind);
}

/* ---- all of it ---- */

static void write_return(typed *t, uint32_t pc)
{
    operand o = read_register(t, t->unit->code[pc].b);
    give_halves(t->f, head_of(t->f, o), as_of(t->f, o));
}

static void write_typed_instruction(typed *t, uint32_t pc)
{
    const ir_insn *i  = &t->unit->code[pc];
    ir_op          op = operation_of(i);
    if (op == OP_MOD || op == OP_FLOORDIV) {
        typed_write_remainder(t, pc, op == OP_MOD);
        return;
    }
    if (op == OP_DIV) {
        write_division(t, pc);
        return;
    }
    if (typed_adds_text(t, pc)) {
        write_text_addition(t, pc);
        return;
    }
    if (op != OP_COUNT) {
        write_arithmetic(t, pc, op);
        return;
    }
    switch (i->op) {
    case OP_LOADK: write_operand(t, i->a, constant_value(t, i->d)); break;
    case OP_MOVE: write_operand(t, i->a, read_register(t, i->b)); break;
    case OP_CLEAR: write_halves(t, i->a, num(t->f, T_L, BURIN_MISSING), num(t->f, T_L, 0)); break;
    case OP_BOUND: require_set(t, read_register(t, i->b), pc); break;
    case OP_GLOBAL: write_global(t, pc); break;
    case OP_GLOBAL_OR: write_global_or(t, pc); break;
    case OP_SET_GLOBAL: store_at(t, offset(t->f, globals_of(t), (int64_t)(i->c * sizeof(burin_value))), read_register(t, i->b)); break;
    case OP_CELL_SET: store_at(t, cell_of(t, i->b), read_register(t, i->c)); break;
    case OP_CELL_GET: {
        operand o = value_at(t, cell_of(t, i->b));
        require_set(t, o, pc);
        write_operand(t, i->a, o);
        break;
    }
    case OP_NEG: write_negation(t, pc); break;
    case OP_NOT: write_not(t, pc); break;
    case OP_COMPARE: write_compare(t, pc); break;
    case OP_JUMP: go(t->f, way_to(t, i->d)); break;
    case OP_JUMP_COMPARE: write_jump_compare(t, pc); break;
    case OP_JUMP_IF: case OP_JUMP_NOT: write_jump_truth(t, pc); break;
    case OP_LOAD_ITEM: write_load_item(t, pc); break;
    case OP_LOAD_NAMED: write_load_named(t, pc); break;
    case OP_FIND_METHOD: write_find_method(t, pc); break;
    case OP_TURN: count_turn(t, pc); break;
    case OP_EACH_NEXT: write_each_next(t, pc); break;
    case OP_INVOKE: (typed_plain(t, pc) ? write_plain_call : write_direct_call)(t, pc); break;
    default: write_return(t, pc); break;
    }
}

static void write_one(typed *t, uint32_t pc)
{
    func *f = t->f;
    if (t->at[pc]) {
        if (f->block)
            go(f, way_to(t, pc));
        f->block = t->at[pc];
    }
    if (!f->block)
        return; /* never reached */
    memcpy(t->now, t->kinds[pc], t->unit->registers);
    if (t->at[pc]) /* come to from elsewhere, too */
        memset(t->stored, false, t->unit->registers);
    if (typed_takes(t, pc, t->now)) {
        write_typed_instruction(t, pc);
    } else if (op_forms[t->unit->code[pc].op] == FORM_LEAVING) {
        go(f, leave_for(t, pc));
    } else {
        write_by_body(t, pc);
    }
}

void typed_write(typed *t)
{
    for (uint32_t pc = t->from; pc < t->until; pc++)
        write_one(t, pc);
    if (t->f->block)
        go(t->f, leave_for(t, t->until));
}

expr typed_half(typed *t, uint32_t reg, uint32_t pc, typed_kind kind, bool first)
{
    operand o = kind == TYPED_INT ? as_integer(t, reg, pc) : read_register(t, reg);
    return first ? head_of(t->f, o) : as_of(t->f, o);
}

expr typed_float(typed *t, uint32_t reg, uint32_t pc)
{
    operand o = read_register(t, reg);
    if (o.kind == TYPED_ANY)
        require(t->f, compare(t->f, GCC_JIT_COMPARISON_EQ, cast(t->f, T_B, o.head), num(t->f, T_B, BURIN_FLOAT)), typed_leave(t, pc));
    return o.kind == TYPED_FLOAT ? o.real : reinterpret(t->f, T_F, o.as);
}

expr typed_number(typed *t, uint32_t reg, uint32_t pc, typed_kind kind)
{
    if (kind == TYPED_FLOAT)
        return get(as_float(t, read_register(t, reg), false, leave_for(t, pc)));
    if (kind == TYPED_INT)
        return as_integer(t, reg, pc).as;
    operand o = read_register(t, reg);
    if (o.kind == TYPED_ANY)
        require(t->f, is_of(t->f, o.head, BURIN_BOOL), leave_for(t, pc));
    return o.as;
}

void typed_give_number(typed *t, uint32_t reg, typed_kind kind, expr number)
{
    if (kind == TYPED_FLOAT)
        write_float(t, reg, number);
    else
        write_number(t, reg, kind, number);
}

static void take_failure(typed *t, uint32_t pc, expr as)
{
    set(t->f, t->f->status, cast(t->f, T_I, as));
    go(t->f, leave_failed(t, pc));
}

void typed_take_result(typed *t, uint32_t pc, typed_kind kind, expr head, expr as)
{
    func          *f = t->f;
    const ir_insn *i = &t->unit->code[pc];
    block          failed = new_block(f), other = new_block(f), good = kind == TYPED_INT ? new_block(f) : other;
    aside          a;
    note_aside(t, &a, good);
    if (kind == TYPED_INT) {
        block no_integer = new_block(f);
        branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_EQ, head, num(f, T_L, BURIN_INT)), true), good, no_integer);
        f->block = no_integer;
    }
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, head, num(f, T_L, DIRECT_FAILED)), true), other, failed);
    f->block = failed;
    take_failure(t, pc, as);
    f->block = other;
    write_halves(t, i->a, head, as);
    if (kind != TYPED_INT)
        return;
    go(f, leave_for(t, pc + 1));
    end_aside(t, &a);
    write_number(t, i->a, TYPED_INT, as);
}

void typed_take_failure(typed *t, uint32_t pc, expr head, expr as)
{
    func *f      = t->f;
    block failed = new_block(f), good = new_block(f);
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_NE, head, num(f, T_L, DIRECT_FAILED)), true), good, failed);
    f->block = failed;
    take_failure(t, pc, as);
    f->block = good;
}

block typed_leave(typed *t, uint32_t pc) { return leave_for(t, pc); }
