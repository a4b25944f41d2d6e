/* Printing inside a run: constant texts as stores of numbers or copies of known size, values by print.c.
 * The room has been made; `to` moves on when all of an instruction has been printed, so that its body can begin anew. */
#include "jit/unit.h"

enum {
    TEXT_STORED = 8,  /* so many bytes are stored as a number ... */
    TEXT_COPIED = 64, /* ... so many copied in steps of STEP, longer ones by the runtime */
    STEP        = 16,
};

static const burin_value *constant_text(const func *f, uint32_t k) { return &f->e->request->program->constants[k]; }

static uint64_t text_room(const func *f, uint32_t k)
{
    uint64_t len = constant_text(f, k)->len;
    return len <= TEXT_COPIED ? (len + STEP - 1) / STEP * STEP : len;
}

/* The text in the object's own data, where whole steps of it can be read; NULL where it has a NUL, which ends a literal. */
static expr text_literal(func *f, const burin_value *text)
{
    char padded[TEXT_COPIED + 1] = {0};
    memset(padded, ' ', (text->len + STEP - 1) / STEP * STEP);
    memcpy(padded, text->as.s, text->len);
    if (memchr(text->as.s, 0, text->len))
        return NULL;
    return gcc_jit_context_new_cast(f->e->g, f->where, gcc_jit_context_new_string_literal(f->e->g, padded), f->e->types[T_PTR]);
}

place write_text(func *f, uint32_t k)
{
    const burin_value *text    = constant_text(f, k);
    expr               from    = load(f, T_PTR, constant_address(f, k), (int64_t)field_offset(FIELD_burin_value_as));
    expr               literal = text->len > TEXT_STORED && text->len <= TEXT_COPIED ? text_literal(f, text) : NULL;
    if (text->len <= TEXT_STORED) {
        int64_t bytes = 0;
        memcpy(&bytes, text->as.s, text->len);
        if (text->len)
            store(f, T_L, get(f->to), 0, num(f, T_L, bytes));
    } else if (text->len <= TEXT_COPIED) {
        place data = literal ? NULL : as_local(f, T_PTR, from);
        for (uint32_t at = 0; at < text->len; at += STEP)
            store(f, T_VALUE, get(f->to), at, load(f, T_VALUE, literal ? literal : get(data), at));
    } else {
        expr arguments[] = {get(f->to), from, num(f, T_UL, text->len)};
        gcc_jit_block_add_eval(f->block, f->where, call_api(f, API_copy, 3, arguments));
    }
    return text->len ? as_local(f, T_PTR, offset(f, get(f->to), text->len)) : f->to;
}

void lower_text(func *f, uint32_t pc) { set(f, f->to, get(write_text(f, f->unit->code[pc].d))); }

static void lower_out(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    print_register(f, pc, i->d, i->b, i->op == OP_OUT_E);
}

static void lower_out_attr(func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    print_attribute(f, pc, i->d, i->b, i->c, i->op == OP_OUT_ATTR_E);
}

/* ---- the table ---- */

uint64_t room_of(const func *f, uint32_t pc)
{
    const ir_insn *i = &f->unit->code[pc];
    switch (i->op) {
    case OP_TEXT: case OP_SUM_TEXT: return text_room(f, i->d);
    case OP_SUM_BEGIN: return text_room(f, i->d) + 1; /* part of a run also without text: it looks at `to` */
    case OP_SUM_END: return 1;                        /* likewise */
    case OP_SUM_BEGIN_VALUE: case OP_SUM_ADD: case OP_SUM_ATTR: return NATIVE_VALUE_ROOM;
    case OP_OUT: case OP_OUT_E: case OP_OUT_ATTR: case OP_OUT_ATTR_E: return text_room(f, i->d) + NATIVE_VALUE_ROOM;
    default: return 0;
    }
}

const lowering output_lowerings[OP_COUNT] = {
    [OP_TEXT]     = lower_text,
    [OP_OUT]      = lower_out,
    [OP_OUT_E]    = lower_out,
    [OP_OUT_ATTR] = lower_out_attr,
    [OP_OUT_ATTR_E] = lower_out_attr,
    [OP_PRINT_EACH] = lower_print_each,
};
