/* Printing a value at a place of the output where there is room: short texts and small integers here, everything else by the runtime.
 *
 * A text of at most COPIED bytes is copied as COPIED bytes whatever its length; nothing is read past a page that the text ends in. Of one that may have to be
 * escaped the same bytes are looked through meanwhile. Members of structs are printed from where they lie, without a value between.
 * All of that takes time to compile, so outside loops every value is printed by the runtime. */
#include "jit/unit.h"

enum { COPIED = 32, PAGE = 4096, SMALL = 100 };

typedef struct printing {
    uint32_t pc;
    bool     escaped;
    place    at, to;     /* behind the instruction's text; what is set to the end */
    place    v;          /* the value, for `call` */
    block    call, done; /* by the runtime; printed */
} printing;

/* ---- texts ---- */

/* Copy COPIED bytes; the bits of those that HTML escapes, on the plainest processors '#' among them. */
static place copy_and_look(func *f, place to, place data)
{
    static const char plain[] = "movdqu (%2), %%xmm0\n\tmovdqu 16(%2), %%xmm1\n\tmovups %%xmm0, (%3)\n\tmovups %%xmm1, 16(%3)\n\t"
                                "movdqa %%xmm0, %%xmm2\n\tmovdqa %%xmm1, %%xmm3\n\tpor (%4), %%xmm0\n\tpor (%4), %%xmm1\n\t"
                                "por 32(%4), %%xmm2\n\tpor 32(%4), %%xmm3\n\tpcmpeqb 16(%4), %%xmm0\n\tpcmpeqb 16(%4), %%xmm1\n\t"
                                "pcmpeqb 48(%4), %%xmm2\n\tpcmpeqb 48(%4), %%xmm3\n\tpor %%xmm2, %%xmm0\n\tpor %%xmm3, %%xmm1\n\t"
                                "pmovmskb %%xmm0, %0\n\tpmovmskb %%xmm1, %1\n\tshll $16, %1\n\torl %1, %0";
    /* the low half of a byte names the one character it could be */
    static const char shuffling[] = "movdqu (%2), %%xmm0\n\tmovdqu 16(%2), %%xmm1\n\tmovups %%xmm0, (%3)\n\tmovups %%xmm1, 16(%3)\n\t"
                                    "movdqa 64(%4), %%xmm2\n\tmovdqa %%xmm2, %%xmm3\n\tpshufb %%xmm0, %%xmm2\n\tpshufb %%xmm1, %%xmm3\n\t"
                                    "pcmpeqb %%xmm0, %%xmm2\n\tpcmpeqb %%xmm1, %%xmm3\n\t"
                                    "pmovmskb %%xmm2, %0\n\tpmovmskb %%xmm3, %1\n\tshll $16, %1\n\torl %1, %0";
    const char *text = f->e->request->cpu > WIRE_CPU_BASE ? shuffling : plain;
    static const char *const clobbered[] = {"xmm0", "xmm1", "xmm2", "xmm3", "memory"};
    place                   mask = local(f, T_U, "mask"), high = local(f, T_U, "high");
    place                   bytes = as_local(f, T_PTR, load_field(f, FIELD_native_api_escaped, gcc_jit_param_as_rvalue(f->api)));
    gcc_jit_extended_asm   *code = gcc_jit_block_add_extended_asm(f->block, f->where, text);
    gcc_jit_extended_asm_set_volatile_flag(code, 1);
    gcc_jit_extended_asm_add_output_operand(code, NULL, "=&r", mask);
    gcc_jit_extended_asm_add_output_operand(code, NULL, "=&r", high);
    gcc_jit_extended_asm_add_input_operand(code, NULL, "r", get(data));
    gcc_jit_extended_asm_add_input_operand(code, NULL, "r", get(to));
    gcc_jit_extended_asm_add_input_operand(code, NULL, "r", get(bytes));
    for (size_t n = 0; n < sizeof clobbered / sizeof clobbered[0]; n++)
        gcc_jit_extended_asm_add_clobber(code, clobbered[n]);
    return mask;
}

/* Go on only when the text is no longer than COPIED, and not empty. */
static void require_short(func *f, place len, block other)
{
    expr less = binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, get(len), num(f, T_U, 1));
    require(f, compare(f, GCC_JIT_COMPARISON_LT, less, num(f, T_U, COPIED)), other);
}

/* Copy a text that is known to be short, if so many bytes can be read. */
static void copy_short(func *f, const printing *p, place data, place len, bool looked_through, block other)
{
    expr low = binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_L, reinterpret(f, T_L, get(data)), num(f, T_L, PAGE - 1));
    require(f, compare(f, GCC_JIT_COMPARISON_LE, low, num(f, T_L, PAGE - COPIED)), other);
    if (looked_through) {
        place mask = copy_and_look(f, p->at, data);
        expr  rest = binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_U, binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, num(f, T_U, 0), get(len)), num(f, T_U, COPIED - 1));
        expr  ours = binary(f, GCC_JIT_BINARY_OP_LSHIFT, T_U, get(mask), rest);
        require(f, compare(f, GCC_JIT_COMPARISON_EQ, ours, num(f, T_U, 0)), other);
    } else {
        for (int n = 0; n < COPIED; n += (int)sizeof(burin_value))
            store(f, T_VALUE, get(p->at), n, load(f, T_VALUE, get(data), n));
    }
    set(f, p->to, add_bytes(f, get(p->at), cast(f, T_L, get(len))));
    go(f, p->done);
}

static place text_data(func *f, place v) { return as_local(f, T_PTR, load(f, T_PTR, get(v), (int64_t)field_offset(FIELD_burin_value_as))); }

/* ---- numbers ---- */

/* One below SMALL: a row of text_small_numbers. */
static void print_small(func *f, const printing *p, place i, block other)
{
    require(f, compare(f, GCC_JIT_COMPARISON_LT, cast(f, T_UL, get(i)), num(f, T_UL, SMALL)), other);
    expr  numbers = load_field(f, FIELD_native_api_small_numbers, gcc_jit_param_as_rvalue(f->api));
    place row     = as_local(f, T_U, load(f, T_U, add_bytes(f, numbers, binary(f, GCC_JIT_BINARY_OP_MULT, T_L, get(i), num(f, T_L, 4))), 0));
    store(f, T_U, get(p->at), 0, get(row));
    set(f, p->to, add_bytes(f, get(p->at), cast(f, T_L, binary(f, GCC_JIT_BINARY_OP_RSHIFT, T_U, get(row), num(f, T_U, 24)))));
    go(f, p->done);
}

/* Any integer, any float. */
static void print_int(func *f, const printing *p, place i)
{
    if (f->in_loop[p->pc]) {
        block larger = new_block(f);
        print_small(f, p, i, larger);
        f->block = larger;
    }
    expr arguments[] = {get(p->at), get(i)};
    set(f, p->to, call_api(f, API_put_int, 2, arguments));
    go(f, p->done);
}

static void print_float(func *f, const printing *p, expr value)
{
    expr arguments[] = {get(p->at), value};
    set(f, p->to, call_api(f, API_put_float, 2, arguments));
    go(f, p->done);
}

/* ---- values ---- */

static void print_integer(func *f, const printing *p) { print_small(f, p, as_local(f, T_L, load_field(f, FIELD_burin_value_as, get(p->v))), p->call); }

static place text_len(func *f, place v) { return as_local(f, T_U, load_field(f, FIELD_burin_value_len, get(v))); }

/* Is the value a text that is short enough, and not changed by being escaped? Its first 8 bytes answer at once: less the kind, the flag and a
 * length of 1 they are 0 where these are looked at, but for the lowest bits of the length; another kind or a missing flag leaves a bit. */
static expr is_short_text(func *f, const printing *p)
{
    _Static_assert(offsetof(burin_value, kind) == 0 && offsetof(burin_value, flags) == 1 && offsetof(burin_value, len) == 4, "the first word of a value");
    const uint64_t flag = p->escaped ? (uint64_t)BURIN_CLEAN << 8 : 0, looked_at = UINT64_C(0xFF) | flag | ((uint64_t)(uint32_t)-COPIED << 32);
    expr           word = binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, load(f, T_L, get(p->v), 0), num(f, T_L, (int64_t)(BURIN_STRING | flag | UINT64_C(1) << 32)));
    return compare(f, GCC_JIT_COMPARISON_EQ, binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_L, word, num(f, T_L, (int64_t)looked_at)), num(f, T_L, 0));
}

static expr is_of_kind(func *f, place v, burin_kind kind)
{
    return compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_burin_value_kind, get(v)), num(f, T_B, kind));
}

static void print_any(func *f, const printing *p)
{
    if (!f->in_loop[p->pc]) {
        go(f, p->call);
        return;
    }
    block text = new_block(f), other = new_block(f), integer = new_block(f);
    branch(f, is_short_text(f, p), text, other);
    f->block = text;
    copy_short(f, p, text_data(f, p->v), text_len(f, p->v), false, p->call);
    f->block = other;
    branch(f, is_of_kind(f, p->v, BURIN_INT), integer, p->call);
    f->block = integer;
    print_integer(f, p);
}

static printing begin_printing(func *f, uint32_t pc, uint32_t k, bool escaped, block done)
{
    return (printing){pc, escaped, write_text(f, k), f->to, local(f, T_PTR, "v"), new_block(f), done};
}

static void end_printing(func *f, const printing *p, block slow)
{
    f->block          = p->call;
    expr  arguments[] = {gcc_jit_param_as_rvalue(f->frame), get(p->at), get(p->v), num(f, T_UL, (int64_t)f->rest[p->pc])};
    place after       = as_local(f, T_PTR, call_api(f, p->escaped ? API_put_escaped : API_put, 4, arguments));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(after), num(f, T_PTR, 0)), slow);
    set(f, p->to, get(after));
    begin(f, p->done);
}

void print_register(func *f, uint32_t pc, uint32_t k, uint32_t reg, bool escaped)
{
    block    done = new_block(f), slow = slow_path(f, pc, done);
    printing p    = begin_printing(f, pc, k, escaped, done);
    set(f, p.v, register_address(f, reg));
    if (known_kind(f, reg) == BURIN_INT && f->in_loop[pc])
        print_integer(f, &p);
    else
        print_any(f, &p);
    end_printing(f, &p, slow);
}

place put_text(func *f, uint32_t pc, place v, block slow)
{
    printing p = {.pc = pc, .at = f->to, .to = local(f, T_PTR, "after"), .v = v, .call = new_block(f), .done = new_block(f)};
    if (f->in_loop[pc]) {
        place len = text_len(f, v);
        require_short(f, len, p.call);
        copy_short(f, &p, text_data(f, v), len, false, p.call);
    } else {
        go(f, p.call);
    }
    end_printing(f, &p, slow);
    return p.to;
}

/* ---- members of structs ---- */

/* A text where it lies; a longer one by the runtime. */
static void print_bytes(func *f, const printing *p, text_at text, block slow)
{
    block longer = new_block(f);
    if (f->in_loop[p->pc]) {
        expr less = binary(f, GCC_JIT_BINARY_OP_MINUS, T_UL, get(text.len), num(f, T_UL, 1));
        require(f, compare(f, GCC_JIT_COMPARISON_LT, less, num(f, T_UL, COPIED)), longer);
        copy_short(f, p, text.data, as_local(f, T_U, cast(f, T_U, get(text.len))), p->escaped, longer);
        f->block = longer;
    } else {
        begin(f, longer);
    }
    expr  arguments[] = {gcc_jit_param_as_rvalue(f->frame), get(p->at), get(text.data), get(text.len), num(f, T_UL, (int64_t)f->rest[p->pc])};
    place after       = as_local(f, T_PTR, call_api(f, p->escaped ? API_put_bytes_escaped : API_put_bytes, 5, arguments));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(after), num(f, T_PTR, 0)), slow);
    set(f, p->to, get(after));
    go(f, p->done);
}

place put_bytes(func *f, uint32_t pc, text_at text, block slow)
{
    printing p = {.pc = pc, .at = f->to, .to = local(f, T_PTR, "after"), .done = new_block(f)};
    print_bytes(f, &p, text, slow);
    begin(f, p.done);
    return p.to;
}

/* Print the member here if its form allows; what is left goes on with the value in p->v. */
static void print_member(func *f, const printing *p, const wire_member *m, expr object, block slow)
{
    place at = member_address(f, m, object, slow);
    switch (m->form) {
    case BURIN_FORM_TEXT: print_bytes(f, p, member_text(f, m, at, slow), slow); return;
    case BURIN_FORM_I32: print_int(f, p, as_local(f, T_L, cast(f, T_L, load(f, T_I, get(at), 0)))); return;
    case BURIN_FORM_I64: print_int(f, p, as_local(f, T_L, load(f, T_L, get(at), 0))); return;
    case BURIN_FORM_F64: print_float(f, p, load(f, T_F, get(at), 0)); return;
    default: break;
    }
    place value = local(f, T_VALUE, "member");
    read_member_at(f, m, at, address_of_value(f, value), slow);
    if (!f->block)
        return;
    set(f, p->v, address_of_value(f, value));
    go(f, p->call);
}

void print_attribute(func *f, uint32_t pc, uint32_t k, uint32_t reg, uint32_t site, bool escaped)
{
    block              done = new_block(f), slow = slow_path(f, pc, done);
    printing           p    = begin_printing(f, pc, k, escaped, done);
    uint32_t           count;
    const wire_member *members = members_of(f, site, &count);
    place              word    = begin_attribute(f, reg, count);
    for (uint32_t n = 0; n < count; n++) {
        block other = begin_member(f, &members[n], reg, word);
        print_member(f, &p, &members[n], register_pointer(f, reg), slow);
        f->block = other;
    }
    set(f, p.v, get(item_place(f, reg, site, NULL, slow)));
    print_any(f, &p);
    end_printing(f, &p, slow);
}
