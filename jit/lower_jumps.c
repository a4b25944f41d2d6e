/* Conditions: truth of numbers and texts, comparisons of integers, texts against constant ones. */
#include "jit/unit.h"

expr is_bool_or_int(func *f, expr kind)
{
    _Static_assert(BURIN_INT == BURIN_BOOL + 1, "one comparison serves both");
    expr number = binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, cast(f, T_U, kind), num(f, T_U, BURIN_BOOL));
    return compare(f, GCC_JIT_COMPARISON_LE, number, num(f, T_U, 1));
}

static enum gcc_jit_comparison comparison_of(uint32_t how)
{
    static const enum gcc_jit_comparison of[] = {
        [RT_EQ] = GCC_JIT_COMPARISON_EQ, [RT_NE] = GCC_JIT_COMPARISON_NE, [RT_LT] = GCC_JIT_COMPARISON_LT,
        [RT_LE] = GCC_JIT_COMPARISON_LE, [RT_GT] = GCC_JIT_COMPARISON_GT, [RT_GE] = GCC_JIT_COMPARISON_GE,
    };
    return of[how];
}

/* Go to `yes` or `no`, as the truth of a register that holds a number or a text is. */
static void branch_on_truth(func *f, uint32_t reg, block yes, block no, block slow)
{
    block number = new_block(f), other = new_block(f), text = new_block(f);
    place kind   = as_local(f, T_B, register_kind(f, reg));
    branch(f, is_bool_or_int(f, get(kind)), number, other);
    f->block = number;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, register_as(f, reg), num(f, T_L, 0)), yes, no);
    f->block = other;
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_STRING)), text, slow);
    f->block = text;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, load_field(f, FIELD_burin_value_len, register_address(f, reg)), num(f, T_U, 0)), yes, no);
}

static void lower_jump_truth(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          next = new_block(f), slow = slow_path(f, pc, next), goal = f->at[i->d];
    branch_on_truth(f, i->b, i->op == OP_JUMP_IF ? goal : next, i->op == OP_JUMP_IF ? next : goal, slow);
    f->block = next;
}

static void lower_jump_set(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          next = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, register_kind(f, i->b), num(f, T_B, BURIN_MISSING)), f->at[i->d], next);
    f->block = next;
}

static void lower_jump_child(func *f, uint32_t pc)
{
    block next   = new_block(f);
    expr  parent = load_field(f, FIELD_vm_frame_parent, gcc_jit_param_as_rvalue(f->frame));
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, parent, num(f, T_PTR, 0)), f->at[f->unit->code[pc].d], next);
    f->block = next;
}

/* ---- numbers ---- */

/* Small enough that a float compared with it, or computed with it, can take it as a float. */
static bool is_exact(const burin_value *v) { return v && v->kind == BURIN_INT && v->as.i < (INT64_C(1) << 52) && v->as.i > -(INT64_C(1) << 52); }

bool compares_numbers(uint32_t how, const burin_value *b, const burin_value *c)
{
    return how <= RT_GE && (!b || b->kind == BURIN_INT || b->kind == BURIN_FLOAT) && (!c || c->kind == BURIN_INT || c->kind == BURIN_FLOAT);
}

/* The register as a float: its own, or a constant integer's. */
static expr as_float(func *f, uint32_t reg, block slow)
{
    const burin_value *v = known(f, reg);
    if (is_exact(v))
        return cast(f, T_F, num(f, T_L, v->as.i));
    require_kind(f, reg, BURIN_FLOAT, slow);
    return load(f, T_F, register_address(f, reg), (int64_t)field_offset(FIELD_burin_value_as));
}

/* Both integers, or at least one float and the other a float or a constant integer. */
void branch_on_numbers(func *f, uint32_t how, uint32_t b, uint32_t c, block yes, block no, block slow)
{
    const burin_value *vb = known(f, b), *vc = known(f, c);
    block              floats = new_block(f);
    bool               ints   = (!vb || vb->kind == BURIN_INT) && (!vc || vc->kind == BURIN_INT);
    if (ints) {
        require_kind(f, b, BURIN_INT, floats);
        require_kind(f, c, BURIN_INT, floats);
        branch(f, compare(f, comparison_of(how), register_as(f, b), register_as(f, c)), yes, no);
        f->block = floats;
    } else {
        begin(f, floats);
    }
    expr x = as_float(f, b, slow), y = as_float(f, c, slow);
    branch(f, compare(f, comparison_of(how), x, y), yes, no);
}

/* ---- texts ---- */

enum { TEXT_COMPARED = 16 };

static expr same_bytes(func *f, type t, place data, uint32_t at, const char *text, size_t size)
{
    uint64_t bytes = 0;
    memcpy(&bytes, text + at, size);
    return compare(f, GCC_JIT_COMPARISON_EQ, load(f, t, get(data), at), num(f, t, (int64_t)bytes));
}

/* Go to `same` or `different`, as the text at v is the constant one, or not; `v` is known to be text. */
static void branch_on_text(func *f, place v, const burin_value *text, block same, block different)
{
    uint32_t len  = text->len;
    block    next = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_burin_value_len, get(v)), num(f, T_U, len)), next, different);
    f->block = next;
    if (!len) {
        go(f, same);
        return;
    }
    type     t    = len >= 8 ? T_L : len >= 4 ? T_U : len >= 2 ? T_H : T_B;
    uint32_t size = len >= 8 ? 8 : len >= 4 ? 4 : len >= 2 ? 2 : 1;
    place    data = as_local(f, T_PTR, load(f, T_PTR, get(v), (int64_t)field_offset(FIELD_burin_value_as)));
    expr     equal = same_bytes(f, t, data, 0, text->as.s, size);
    if (len > size)
        equal = both(f, equal, same_bytes(f, t, data, len - size, text->as.s, size));
    branch(f, equal, same, different);
}

/* Text b == constant c, or the other way round. */
static bool lower_jump_compare_text(func *f, uint32_t pc)
{
    const ir_insn     *i = &f->unit->code[pc];
    const burin_value *b = known(f, i->b), *c = known(f, i->c), *text = c ? c : b;
    if (i->a > RT_NE || !text || text->kind != BURIN_STRING || text->len > TEXT_COMPARED || (b && c))
        return false;
    block next = new_block(f), slow = slow_path(f, pc, next), goal = f->at[i->d];
    uint32_t other = c ? i->b : i->c;
    require_kind(f, other, BURIN_STRING, slow);
    branch_on_text(f, as_local(f, T_PTR, register_address(f, other)), text, i->a == RT_EQ ? next : goal, i->a == RT_EQ ? goal : next);
    f->block = next;
    return true;
}

static void lower_jump_compare(func *f, uint32_t pc)
{
    const ir_insn     *i = &f->unit->code[pc];
    const burin_value *b = known(f, i->b), *c = known(f, i->c);
    if (lower_jump_compare_text(f, pc))
        return;
    if (!compares_numbers(i->a, b, c)) {
        lower_by_body(f, pc);
        return;
    }
    block next = new_block(f), slow = slow_path(f, pc, next);
    branch_on_numbers(f, i->a, i->b, i->c, next, f->at[i->d], slow);
    f->block = next;
}

static void lower_jump_attr(func *f, uint32_t pc)
{
    const ir_insn     *i    = &f->unit->code[pc];
    const burin_value *text = &f->e->request->program->constants[i->a];
    if (text->len > TEXT_COMPARED) {
        lower_by_body(f, pc);
        return;
    }
    block next = new_block(f), slow = slow_path(f, pc, next), goal = f->at[i->d];
    place v    = attribute_place(f, i->b, i->c, slow);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_burin_value_kind, get(v)), num(f, T_B, BURIN_STRING)), slow);
    branch_on_text(f, v, text, i->op == OP_JUMP_ATTR_EQ ? goal : next, i->op == OP_JUMP_ATTR_EQ ? next : goal);
    f->block = next;
}

const lowering jump_lowerings[OP_COUNT] = {
    [OP_JUMP_IF]      = lower_jump_truth,
    [OP_JUMP_NOT]     = lower_jump_truth,
    [OP_JUMP_SET]     = lower_jump_set,
    [OP_JUMP_CHILD]   = lower_jump_child,
    [OP_JUMP_COMPARE] = lower_jump_compare,
    [OP_JUMP_ATTR_EQ] = lower_jump_attr,
    [OP_JUMP_ATTR_NE] = lower_jump_attr,
};
