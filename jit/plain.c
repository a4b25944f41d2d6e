/* Registered functions in plain C that are called with nothing between: see rt_plain.
 *
 * Which function a name means is known where the program has it for a constant. That is supposed, and looked at: whatever function is called, if it has the
 * shape that was supposed it is called the same way. So no address is in the code, and another version of the function, or another process, is right by itself. */
#include "jit/typed.h"

/* The constant function that register `reg` probably holds before instruction `pc`; NULL: who knows. */
static const burin_value *function_in(const typed *t, uint32_t pc, uint32_t reg)
{
    while (pc > t->from && !t->is_target[pc]) {
        const ir_insn *i = &t->unit->code[--pc];
        const char    *spec = ir_op_operands(i->op);
        if ((i->op == OP_LOADK || i->op == OP_GLOBAL_OR || i->op == OP_CHECK) && i->a == reg)
            return &t->e->request->program->constants[i->d];
        if ((spec[0] == 'w' && i->a <= reg && reg < i->a + registers_written(i)) || (spec[0] == 'x' && i->a == reg) || spec[1] == 'w')
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

static gcc_jit_type *type_of(const func *f, typed_kind kind) { return f->e->types[kind == TYPED_FLOAT ? T_F : T_L]; }

/* The function in a register, if it has the shape; else the region is left. */
static place require_function(typed *t, uint32_t pc, uint32_t shape)
{
    func    *f        = t->f;
    uint32_t reg      = t->unit->code[pc].b;
    place    function = local(f, T_PTR, "function");
    expr     head     = typed_half(t, reg, pc, TYPED_ANY, true), as = typed_half(t, reg, pc, TYPED_ANY, false);
    block    out      = typed_leave(t, pc);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, cast(f, T_B, head), num(f, T_B, BURIN_FUNCTION)), out);
    set(f, function, reinterpret(f, T_PTR, as));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_rt_function_plain_shape, get(function)), num(f, T_U, shape)), out);
    return function;
}

void write_plain_call(typed *t, uint32_t pc)
{
    func          *f        = t->f;
    const ir_insn *i        = &t->unit->code[pc];
    uint32_t       shape    = typed_plain(t, pc), count = rt_plain_count(shape);
    typed_kind     gives    = typed_kind_of(rt_plain_gives(shape));
    place          function = require_function(t, pc, shape);
    gcc_jit_type  *types[RT_PLAIN_PARAMETERS];
    expr           arguments[RT_PLAIN_PARAMETERS];
    for (uint32_t n = 0; n < count; n++) {
        typed_kind takes = typed_kind_of(rt_plain_takes(shape, n));
        types[n]         = type_of(f, takes);
        arguments[n]     = get(as_local(f, takes == TYPED_FLOAT ? T_F : T_L, typed_number(t, i->c + n, pc, takes)));
    }
    gcc_jit_type *signature = gcc_jit_context_new_function_ptr_type(f->e->g, f->where, type_of(f, gives), (int)count, types, 0);
    expr          code = load_function(f, FIELD_rt_function_plain_code, get(function), signature);
    expr          made = gcc_jit_context_new_call_through_ptr(f->e->g, f->where, code, (int)count, arguments);
    place         result = as_local(f, gives == TYPED_FLOAT ? T_F : T_L, made);
    if (gives == TYPED_BOOL)
        set(f, result, cast(f, T_L, compare(f, GCC_JIT_COMPARISON_NE, get(result), num(f, T_L, 0))));
    typed_give_number(t, i->a, gives, get(result));
}
