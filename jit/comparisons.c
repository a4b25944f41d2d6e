/* Comparisons: integers, floats, texts with a constant one. */
#include "jit/unit.h"

static enum gcc_jit_comparison comparison_of(uint32_t how)
{
    static const enum gcc_jit_comparison of[] = {
        [RT_EQ] = GCC_JIT_COMPARISON_EQ, [RT_NE] = GCC_JIT_COMPARISON_NE, [RT_LT] = GCC_JIT_COMPARISON_LT,
        [RT_LE] = GCC_JIT_COMPARISON_LE, [RT_GT] = GCC_JIT_COMPARISON_GT, [RT_GE] = GCC_JIT_COMPARISON_GE,
    };
    return of[how];
}

/* ---- numbers ---- */

/* Small enough that a float compared with it can take it as a float. */
static bool is_exact(const burin_value *v) { return v && v->kind == BURIN_INT && v->as.i < (INT64_C(1) << 52) && v->as.i > -(INT64_C(1) << 52); }

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
static void branch_on_numbers(func *f, uint32_t how, uint32_t b, uint32_t c, block yes, block no, block slow)
{
    const burin_value *vb = known(f, b), *vc = known(f, c);
    if (known_kind(f, b) == BURIN_INT && known_kind(f, c) == BURIN_INT) {
        branch(f, compare(f, comparison_of(how), register_as(f, b), register_as(f, c)), yes, no);
        return;
    }
    block floats = new_block(f);
    bool  ints   = (!vb || vb->kind == BURIN_INT) && (!vc || vc->kind == BURIN_INT);
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

static expr same_bytes(func *f, type t, place data, uint32_t at, const char *text, size_t size)
{
    uint64_t bytes = 0;
    memcpy(&bytes, text + at, size);
    return compare(f, GCC_JIT_COMPARISON_EQ, load(f, t, get(data), at), num(f, t, (int64_t)bytes));
}

/* The bytes at `data` are as many as the constant text has. */
static void branch_on_content(func *f, place data, const burin_value *text, block same, block different)
{
    uint32_t len = text->len;
    if (!len) {
        go(f, same);
        return;
    }
    type     t    = len >= 8 ? T_L : len >= 4 ? T_U : len >= 2 ? T_H : T_B;
    uint32_t size = len >= 8 ? 8 : len >= 4 ? 4 : len >= 2 ? 2 : 1;
    expr     equal = same_bytes(f, t, data, 0, text->as.s, size);
    if (len > size)
        equal = both(f, equal, same_bytes(f, t, data, len - size, text->as.s, size));
    branch(f, equal, same, different);
}

void branch_on_text(func *f, place v, const burin_value *text, block same, block different)
{
    block next = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_burin_value_len, get(v)), num(f, T_U, text->len)), next, different);
    f->block = next;
    branch_on_content(f, as_local(f, T_PTR, load(f, T_PTR, get(v), (int64_t)field_offset(FIELD_burin_value_as))), text, same, different);
}

void branch_on_bytes(func *f, place data, place len, const burin_value *text, block same, block different)
{
    block next = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(len), num(f, T_UL, text->len)), next, different);
    f->block = next;
    branch_on_content(f, data, text, same, different);
}

/* The constant text that one of the registers is known to hold, with the other register in *other; NULL when that is not how it is. */
static const burin_value *constant_text_of(const func *f, uint32_t b, uint32_t c, uint32_t *other)
{
    const burin_value *vb = known(f, b), *vc = known(f, c), *text = vc ? vc : vb;
    *other = vc ? b : c;
    return text && !(vb && vc) && text->kind == BURIN_STRING && text->len <= TEXT_COMPARED ? text : NULL;
}

static bool may_be_number(const burin_value *v) { return !v || v->kind == BURIN_INT || v->kind == BURIN_FLOAT; }

bool compares_inline(const func *f, uint32_t how, uint32_t b, uint32_t c)
{
    uint32_t other;
    return how <= RT_GE && ((may_be_number(known(f, b)) && may_be_number(known(f, c))) || (how <= RT_NE && constant_text_of(f, b, c, &other)));
}

void branch_on_comparison(func *f, uint32_t how, uint32_t b, uint32_t c, block yes, block no, block slow)
{
    uint32_t           other;
    const burin_value *text = constant_text_of(f, b, c, &other);
    if (!text) {
        branch_on_numbers(f, how, b, c, yes, no, slow);
        return;
    }
    require_kind(f, other, BURIN_STRING, slow);
    branch_on_text(f, as_local(f, T_PTR, register_address(f, other)), text, how == RT_EQ ? yes : no, how == RT_EQ ? no : yes);
}
