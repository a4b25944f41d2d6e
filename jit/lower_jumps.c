/* Jumps: on the truth of numbers and texts, on comparisons, on attributes that are a constant text. */
#include "jit/unit.h"

expr is_bool_or_int(func *f, expr kind)
{
    _Static_assert(BURIN_INT == BURIN_BOOL + 1, "one comparison serves both");
    expr number = binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, cast(f, T_U, kind), num(f, T_U, BURIN_BOOL));
    return compare(f, GCC_JIT_COMPARISON_LE, number, num(f, T_U, 1));
}

/* Go to `yes` or `no`, as the truth of the value at v is, which is a number, a text or none. */
static void branch_on_truth(func *f, place v, block yes, block no, block slow)
{
    block number = new_block(f), other = new_block(f), text = new_block(f), rest = new_block(f);
    place kind   = as_local(f, T_B, load_field(f, FIELD_burin_value_kind, get(v)));
    branch(f, is_bool_or_int(f, get(kind)), number, other);
    f->block = number;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, load_field(f, FIELD_burin_value_as, get(v)), num(f, T_L, 0)), yes, no);
    f->block = other;
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_STRING)), text, rest);
    f->block = text;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, load_field(f, FIELD_burin_value_len, get(v)), num(f, T_U, 0)), yes, no);
    f->block = rest;
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(kind), num(f, T_B, BURIN_NONE)), no, slow);
}

static void lower_jump_truth(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    burin_kind     kind = known_kind(f, i->b);
    block          next = new_block(f), goal = f->at[i->d], yes = i->op == OP_JUMP_IF ? goal : next, no = i->op == OP_JUMP_IF ? next : goal;
    if (kind == BURIN_BOOL || kind == BURIN_INT)
        branch(f, compare(f, GCC_JIT_COMPARISON_NE, register_as(f, i->b), num(f, T_L, 0)), yes, no);
    else
        branch_on_truth(f, as_local(f, T_PTR, register_address(f, i->b)), yes, no, slow_path(f, pc, next));
    f->block = next;
}

/* Where a condition or its contrary leads, and what is compared with. */
typedef struct ways {
    block              yes, no;
    const burin_value *text;
} ways;

static bool branch_on_member_truth(func *f, void *user, const wire_member *m, place at, block slow)
{
    const ways *to = user;
    expr        is;
    switch (m->form) {
    case BURIN_FORM_BOOL: is = compare(f, GCC_JIT_COMPARISON_NE, load(f, T_B, get(at), 0), num(f, T_B, 0)); break;
    case BURIN_FORM_I32: is = compare(f, GCC_JIT_COMPARISON_NE, load(f, T_I, get(at), 0), num(f, T_I, 0)); break;
    case BURIN_FORM_I64: is = compare(f, GCC_JIT_COMPARISON_NE, load(f, T_L, get(at), 0), num(f, T_L, 0)); break;
    case BURIN_FORM_TEXT: is = compare(f, GCC_JIT_COMPARISON_NE, get(member_text(f, m, at, slow).len), num(f, T_UL, 0)); break;
    default: return false;
    }
    branch(f, is, to->yes, to->no);
    return true;
}

static void lower_jump_attr_truth(func *f, uint32_t pc)
{
    const ir_insn *i    = &f->unit->code[pc];
    block          next = new_block(f), slow = slow_path(f, pc, next), goal = f->at[i->d];
    ways           to   = {i->op == OP_JUMP_ATTR_IF ? goal : next, i->op == OP_JUMP_ATTR_IF ? next : goal, NULL};
    branch_on_truth(f, attribute_or_member(f, i->b, i->c, to.no, slow, branch_on_member_truth, &to), to.yes, to.no, slow);
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

/* ---- comparisons ---- */

static void lower_jump_compare(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    if (!compares_inline(f, i->a, i->b, i->c)) {
        lower_by_body(f, pc);
        return;
    }
    block next = new_block(f), slow = slow_path(f, pc, next);
    branch_on_comparison(f, i->a, i->b, i->c, next, f->at[i->d], slow);
    f->block = next;
}

static bool branch_on_member_text(func *f, void *user, const wire_member *m, place at, block slow)
{
    const ways *to = user;
    if (m->form != BURIN_FORM_TEXT)
        return false;
    text_at text = member_text(f, m, at, slow);
    branch_on_bytes(f, text.data, text.len, to->text, to->yes, to->no);
    return true;
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
    ways  to   = {i->op == OP_JUMP_ATTR_EQ ? goal : next, i->op == OP_JUMP_ATTR_EQ ? next : goal, text};
    place v    = attribute_or_member(f, i->b, i->c, NULL, slow, branch_on_member_text, &to);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_burin_value_kind, get(v)), num(f, T_B, BURIN_STRING)), slow);
    branch_on_text(f, v, text, to.yes, to.no);
    f->block = next;
}

const lowering jump_lowerings[OP_COUNT] = {
    [OP_JUMP_IF]      = lower_jump_truth,
    [OP_JUMP_NOT]     = lower_jump_truth,
    [OP_JUMP_ATTR_IF] = lower_jump_attr_truth,
    [OP_JUMP_ATTR_NOT] = lower_jump_attr_truth,
    [OP_JUMP_SET]     = lower_jump_set,
    [OP_JUMP_CHILD]   = lower_jump_child,
    [OP_JUMP_COMPARE] = lower_jump_compare,
    [OP_JUMP_ATTR_EQ] = lower_jump_attr,
    [OP_JUMP_ATTR_NE] = lower_jump_attr,
};
