/* Attributes that are members of the host's structs: one comparison of the value's type, then a load at a fixed offset, as rt_item_fast
 * (runtime/struct.h) reads it. What that leaves to others is left to the instruction's body. */
#include "jit/unit.h"

#include "runtime/struct.h"

const wire_member *members_of(const func *f, uint32_t site, uint32_t *count)
{
    const wire_request *request = f->e->request;
    uint32_t            first   = 0;
    while (first < request->member_count && request->members[first].site < site)
        first++;
    for (*count = 0; first + *count < request->member_count && request->members[first + *count].site == site; ++*count) {}
    return &request->members[first];
}

void set_value(func *f, expr to, expr head, expr as)
{
    store(f, T_L, to, 0, head);
    store_field(f, FIELD_burin_value_as, to, as);
}

text_at member_text(func *f, const wire_member *m, place at, block slow)
{
    text_at text = {as_local(f, T_PTR, load(f, T_PTR, get(at), 0)), as_local(f, T_UL, load(f, T_UL, get(at), m->length_offset))};
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(text.data), num(f, T_PTR, 0)), slow);
    require(f, compare(f, GCC_JIT_COMPARISON_LE, get(text.len), num(f, T_UL, UINT32_MAX)), slow);
    return text;
}

void set_text(func *f, expr to, text_at text)
{
    expr head = binary(f, GCC_JIT_BINARY_OP_BITWISE_OR, T_L, binary(f, GCC_JIT_BINARY_OP_LSHIFT, T_L, cast(f, T_L, get(text.len)), num(f, T_L, 32)),
                       num(f, T_L, BURIN_STRING));
    set_value(f, to, head, reinterpret(f, T_L, get(text.data)));
}

static text_at c_string(func *f, place at, block slow)
{
    place data = as_local(f, T_PTR, load(f, T_PTR, get(at), 0));
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(data), num(f, T_PTR, 0)), slow);
    expr    arguments[] = {get(data)};
    text_at text        = {data, as_local(f, T_UL, call_api(f, API_length, 1, arguments))};
    require(f, compare(f, GCC_JIT_COMPARISON_LE, get(text.len), num(f, T_UL, UINT32_MAX)), slow);
    return text;
}

place member_address(func *f, const wire_member *m, expr object, block slow)
{
    place at = as_local(f, T_PTR, offset(f, object, m->offset));
    if (m->is_pointer) {
        set(f, at, load(f, T_PTR, get(at), 0));
        require(f, compare(f, GCC_JIT_COMPARISON_NE, get(at), num(f, T_PTR, 0)), slow);
    }
    return at;
}

void read_member_at(func *f, const wire_member *m, place at, expr to, block slow)
{
    switch (m->form) {
    case BURIN_FORM_I32: set_value(f, to, num(f, T_L, BURIN_INT), cast(f, T_L, load(f, T_I, get(at), 0))); break;
    case BURIN_FORM_I64: set_value(f, to, num(f, T_L, BURIN_INT), load(f, T_L, get(at), 0)); break;
    case BURIN_FORM_F64: set_value(f, to, num(f, T_L, BURIN_FLOAT), load(f, T_L, get(at), 0)); break;
    case BURIN_FORM_BOOL:
        set_value(f, to, num(f, T_L, BURIN_BOOL), cast(f, T_L, compare(f, GCC_JIT_COMPARISON_NE, load(f, T_B, get(at), 0), num(f, T_B, 0))));
        break;
    case BURIN_FORM_TEXT: set_text(f, to, member_text(f, m, at, slow)); break;
    case BURIN_FORM_CSTRING: set_text(f, to, c_string(f, at, slow)); break;
    case BURIN_FORM_STRUCT: case RT_FORM_ARRAY: set_value(f, to, num(f, T_L, (int64_t)m->head), reinterpret(f, T_L, get(at))); break;
    default: go(f, slow); break;
    }
}
