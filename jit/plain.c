/* Registered functions in plain C that are called with nothing between: see rt_plain.
 *
 * Which function a name means is known where the program has it for a constant. That is supposed, and looked at: whatever function is called, if it has the
 * shape that was supposed it is called the same way. So no address is in the code, and another version of the function, or another process, is right by itself. */
#include "jit/typed.h"

_Static_assert((int)RT_SLOTS_FAILED == (int)DIRECT_FAILED, "taken as the result of a direct call");

/* The constant function that register `reg` probably holds before instruction `pc`; NULL: who knows. */
static const burin_value *function_in(const typed *t, uint32_t pc, uint32_t reg)
{
    while (pc > t->from && !t->is_target[pc]) {
        const ir_insn *i = &t->unit->code[--pc];
        const char    *spec = ir_op_operands(i->op);
        if ((i->op == OP_LOADK || i->op == OP_GLOBAL_OR || i->op == OP_CHECK) && i->a == reg)
            return &t->e->request->program->constants[i->d];
        if ((spec[0] == 'w' && i->a <= reg && reg < i->a + ir_written(i)) || (spec[0] == 'x' && i->a == reg) || spec[1] == 'w')
            return NULL;
    }
    return NULL;
}

uint32_t typed_plain(const typed *t, uint32_t pc)
{
    const ir_program *p = t->e->request->program;
    const ir_insn    *i = &t->unit->code[pc];
    if (i->d >= p->call_count)
        return 0;
    const ir_call     *call  = &p->calls[i->d];
    const burin_value *f     = call->named || call->rest || call->expand ? NULL : function_in(t, pc, i->b);
    uint32_t           shape = f && f->kind == BURIN_FUNCTION ? f->len : 0;
    return shape && rt_plain_count(shape) == call->positional ? shape : 0;
}

/* The function in a register, if it has the shape; else the region is left. */
static place require_function(typed *t, uint32_t pc, uint32_t shape, block out)
{
    func    *f        = t->f;
    uint32_t reg      = t->unit->code[pc].b;
    place    function = local(f, T_PTR, "function");
    expr     head     = typed_half(t, reg, pc, TYPED_ANY, true), as = typed_half(t, reg, pc, TYPED_ANY, false);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, cast(f, T_B, head), num(f, T_B, BURIN_FUNCTION)), out);
    set(f, function, reinterpret(f, T_PTR, as));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_rt_function_plain_shape, get(function)), num(f, T_U, shape)), out);
    return function;
}

static type letter_of(burin_kind kind) { return kind == BURIN_FLOAT ? T_F : T_L; }

static expr call_values(func *f, place function, uint32_t shape, const expr *arguments)
{
    uint32_t      count = rt_plain_count(shape);
    gcc_jit_type *types[RT_PLAIN_PARAMETERS];
    for (uint32_t n = 0; n < count; n++)
        types[n] = f->e->types[letter_of(rt_plain_takes(shape, n))];
    gcc_jit_type *signature = gcc_jit_context_new_function_ptr_type(f->e->g, f->where, f->e->types[letter_of(rt_plain_gives(shape))], (int)count, types, 0);
    expr          code      = load_function(f, FIELD_rt_function_plain_code, get(function), signature);
    return gcc_jit_context_new_call_through_ptr(f->e->g, f->where, code, (int)count, (expr *)arguments);
}

/* Call it with its arguments in slots (rt_plain_slots), whose address this is. */
static expr call_slots(func *f, place function, uint32_t shape, const expr *arguments, block out)
{
    gcc_jit_type *row   = gcc_jit_context_new_array_type(f->e->g, f->where, f->e->types[T_L], RT_PLAIN_PARAMETERS);
    place         slots = gcc_jit_function_new_local(f->fn, f->where, row, "slots");
    expr          first = gcc_jit_lvalue_get_address(gcc_jit_context_new_array_access(f->e->g, f->where, gcc_jit_lvalue_as_rvalue(slots), num(f, T_I, 0)), f->where);
    place         at    = as_local(f, T_PTR, gcc_jit_context_new_cast(f->e->g, f->where, first, f->e->types[T_PTR]));
    gcc_jit_type *types[] = {f->e->types[T_PTR], f->e->types[T_PTR], f->e->types[T_PTR]};
    for (uint32_t n = 0; n < rt_plain_count(shape); n++)
        store(f, letter_of(rt_plain_takes(shape, n)), get(at), (int64_t)sizeof(rt_slot) * n, arguments[n]);
    gcc_jit_type *signature = gcc_jit_context_new_function_ptr_type(f->e->g, f->where, f->e->types[T_BOOL], 3, types, 0);
    expr          given[]   = {machine(f), get(function), get(at)};
    expr          code      = load_function(f, FIELD_rt_function_plain_code, get(function), signature);
    require(f, gcc_jit_context_new_call_through_ptr(f->e->g, f->where, code, 3, given), out);
    return get(at);
}

/* Call it with its arguments, as its shape says, and take what it gives. */
static void take_values(typed *t, uint32_t pc, place function, uint32_t shape, const expr *arguments)
{
    func      *f      = t->f;
    typed_kind gives  = typed_kind_of(rt_plain_gives(shape));
    place      result = as_local(f, letter_of(rt_plain_gives(shape)), call_values(f, function, shape, arguments));
    if (gives == TYPED_BOOL)
        set(f, result, cast(f, T_L, compare(f, GCC_JIT_COMPARISON_NE, get(result), num(f, T_L, 0))));
    typed_give_number(t, t->unit->code[pc].a, gives, get(result));
}

static void take_slots(typed *t, uint32_t pc, place function, uint32_t shape, const expr *arguments, block out)
{
    func *f = t->f;
    if (!t->is_function)
        store_field(f, FIELD_vm_frame_pc, gcc_jit_param_as_rvalue(f->frame), num(f, T_U, pc));
    expr  slots = call_slots(f, function, shape, arguments, out);
    place head  = as_local(f, T_L, load(f, T_L, slots, 0)), as = as_local(f, T_L, load(f, T_L, slots, sizeof(rt_slot)));
    typed_take_failure(t, pc, get(head), get(as));
    typed_give_number(t, t->unit->code[pc].a, typed_kind_of(rt_plain_gives(shape)), load(f, letter_of(rt_plain_gives(shape)), slots, sizeof(rt_slot)));
}

void write_plain_call(typed *t, uint32_t pc)
{
    func    *f        = t->f;
    uint32_t shape    = typed_plain(t, pc);
    block    out      = typed_leave(t, pc);
    place    function = require_function(t, pc, shape, out);
    expr     arguments[RT_PLAIN_PARAMETERS];
    for (uint32_t n = 0; n < rt_plain_count(shape); n++) {
        burin_kind takes = rt_plain_takes(shape, n);
        arguments[n]     = get(as_local(f, letter_of(takes), typed_number(t, t->unit->code[pc].c + n, pc, typed_kind_of(takes))));
    }
    if (shape & RT_PLAIN_SLOTS)
        take_slots(t, pc, function, shape, arguments, out);
    else
        take_values(t, pc, function, shape, arguments);
}
