/* Functions that are called directly: see codegen/jit/direct.h.
 *
 * One is a region of its own (typed.h) in a function of its own: parameters are the machine, the runtime's table, the function's object, how many calls may
 * still be in one another, then what it was called with: a register of known type as itself, every other as its two halves. Where a region is left
 * it makes a frame and has the interpreter go on there.
 * Only functions without handlers are called so, all of whose instructions are written over locals: nothing they do can fail, but what they leave for. */
#include "jit/typed.h"

#include <stdio.h>

/* ---- which ---- */

static bool can_be(const ir_unit *unit)
{
    return unit->kind == UNIT_FUNCTION && !unit->handler_count && unit->parameters <= DIRECT_PARAMETERS && unit->registers <= TYPED_REGISTERS_MAX;
}

static bool is_plain(const ir_call *call) { return !call->named && !call->rest && !call->expand; }

/* The instruction in front of `pc` that writes the register, if nothing jumps in between; UINT32_MAX: none. */
static uint32_t writer_of(const typed *t, uint32_t pc, uint32_t reg)
{
    while (pc > t->from && !t->is_target[pc]) {
        const ir_insn *i    = &t->unit->code[--pc];
        const char    *spec = ir_op_operands(i->op);
        if ((spec[0] == 'w' && i->a <= reg && reg < i->a + ir_written(i)) || (spec[0] == 'x' && i->a == reg) || spec[1] == 'w')
            return pc;
    }
    return UINT32_MAX;
}

/* The global that register `reg` holds before instruction `pc`; false: who knows. */
static bool global_in(const typed *t, uint32_t pc, uint32_t reg, uint32_t *global)
{
    const ir_program *p      = t->e->request->program;
    const bool        is_own = t->unit->kind == UNIT_ROOT && reg >= p->root_temps;
    uint32_t          writer = is_own ? UINT32_MAX : writer_of(t, pc, reg);
    if (!is_own && (writer == UINT32_MAX || t->unit->code[writer].op != OP_GLOBAL))
        return false;
    *global = is_own ? reg - p->root_temps : t->unit->code[writer].b;
    return true;
}

static uint32_t callee_of(const typed *t, uint32_t pc)
{
    const wire_request *request = t->e->request;
    const ir_insn      *i       = &t->unit->code[pc];
    uint32_t            global;
    if (i->d >= request->program->call_count || !is_plain(&request->program->calls[i->d]) || !global_in(t, pc, i->b, &global))
        return 0;
    return global < request->callee_count ? request->callees[global] : 0;
}

const typed *typed_callee(const typed *t, uint32_t pc)
{
    uint32_t     callee = callee_of(t, pc);
    const typed *found  = callee && is_called_directly(t->e, callee) ? t->e->direct[callee] : NULL;
    return found && t->e->request->program->calls[t->unit->code[pc].d].positional == found->unit->parameters ? found : NULL;
}

/* ---- its function ---- */

static uint8_t parameter_kind(const typed *t, uint32_t n) { return t->kinds[t->from][n]; }

static bool declare(typed *t, const char *suffix, enum gcc_jit_function_kind kind)
{
    emitter       *e = t->e;
    func          *f = arena_zalloc(e->memory, sizeof *f);
    char           name[WIRE_PREFIX_MAX + 24];
    gcc_jit_param *parameters[4 + 2 * DIRECT_PARAMETERS];
    int            count = 0;
    if (!f)
        return false;
    *f = (func){.e = e, .unit = t->unit, .epoch = 1, .shape_reg = NO_SHAPE};
    snprintf(name, sizeof name, "%.*s%u_%s", (int)e->request->prefix.len, e->request->prefix.data, t->unit->index, suffix);
    t->m   = parameters[count++] = gcc_jit_context_new_param(e->g, NULL, e->types[T_PTR], "m");
    f->api = parameters[count++] = gcc_jit_context_new_param(e->g, NULL, e->types[T_PTR], "api");
    t->me  = parameters[count++] = gcc_jit_context_new_param(e->g, NULL, e->types[T_PTR], "me");
    t->left = parameters[count++] = gcc_jit_context_new_param(e->g, NULL, e->types[T_U], "left");
    for (uint32_t n = 0; n < t->unit->parameters; n++) {
        uint8_t given = parameter_kind(t, n);
        if (given == TYPED_ANY)
            t->given[n][0] = parameters[count++] = gcc_jit_context_new_param(e->g, NULL, e->types[T_L], "head");
        if (given != TYPED_NONE)
            t->given[n][1] = parameters[count++] = gcc_jit_context_new_param(e->g, NULL, e->types[given == TYPED_FLOAT ? T_F : T_L], "as");
    }
    f->fn = gcc_jit_context_new_function(e->g, NULL, kind, e->types[T_VALUE], name, count, parameters, 0);
    t->f  = f;
    return true;
}

/* Its locals as they were given; one step is counted. */
static void write_head(typed *t)
{
    func *f = t->f;
    for (uint32_t n = 0; n < t->unit->registers; n++) {
        uint8_t kind = t->kinds[t->from][n];
        if (!t->is_local[n] || kind == TYPED_NONE)
            continue;
        if (n >= t->unit->parameters) { /* missing at first */
            set(f, t->head[n], num(f, T_L, BURIN_MISSING));
            set(f, t->as[n], num(f, T_L, 0));
            continue;
        }
        if (t->given[n][0])
            set(f, t->head[n], gcc_jit_param_as_rvalue(t->given[n][0]));
        set(f, kind == TYPED_FLOAT ? t->real[n] : t->as[n], gcc_jit_param_as_rvalue(t->given[n][1]));
    }
    memcpy(t->now, t->kinds[t->from], t->unit->registers);
    typed_count_entry(t);
    go(f, t->at[t->from]);
}

/* Where it is left: a frame after all. */
static void write_out(typed *t)
{
    func *f = t->f;
    block failed = new_block(f), made = new_block(f);
    f->block     = t->out;
    expr frame_arguments[] = {machine(f), gcc_jit_param_as_rvalue(t->me), gcc_jit_param_as_rvalue(t->left)};
    place registers        = as_local(f, T_PTR, call_api(f, API_direct_frame, 3, frame_arguments));
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, get(registers), num(f, T_PTR, 0)), made, failed);
    f->block = failed;
    expr failed_arguments[] = {machine(f), gcc_jit_param_as_rvalue(t->me), get(t->out_pc), num(f, T_I, BURIN_ERR_NOMEM)};
    give_halves(f, num(f, T_L, DIRECT_FAILED), call_api(f, API_direct_failed, 4, failed_arguments));
    f->block = made;
    typed_to_registers(t, get(registers));
    expr  arguments[] = {machine(f), get(t->out_pc)};
    place as          = as_local(f, T_L, call_api(f, API_direct_go_on, 2, arguments));
    give_halves(f, load_field(f, FIELD_vm_direct_head, machine(f)), get(as));
}

static bool write_function(typed *t)
{
    func *f  = t->f;
    f->block = new_block(f);
    f->m         = local(f, T_PTR, "m");
    f->status    = local(f, T_I, "status");
    f->constants = local(f, T_PTR, "constants");
    set(f, f->m, gcc_jit_param_as_rvalue(t->m));
    set(f, f->constants, load_field(f, FIELD_ir_program_constants, load_field(f, FIELD_vm_function_program, load_field(f, FIELD_rt_object_value_self, gcc_jit_param_as_rvalue(t->me)))));
    if (!typed_begin(t, f))
        return false;
    write_head(t);
    typed_write(t);
    write_out(t);
    return true;
}

/* ---- unrolled ---- */

static bool calls_itself(const typed *t)
{
    for (uint32_t pc = t->from; pc < t->until; pc++)
        if (t->unit->code[pc].op == OP_INVOKE && typed_callee(t, pc) == t)
            return true;
    return false;
}

/* A short function that calls itself is written once more, into its own calls, where it calls the function: of the three calls of a fib there is one left. */
static bool unroll(typed *t)
{
    enum { UNROLLED_INSNS_MAX = 24 };
    if (t->until - t->from > UNROLLED_INSNS_MAX || !calls_itself(t))
        return true;
    typed *copy = arena_alloc(t->e->memory, sizeof *copy);
    if (!copy)
        return false;
    *copy = *t;
    if (!declare(copy, "unrolled", GCC_JIT_FUNCTION_ALWAYS_INLINE) || !write_function(copy))
        return false;
    t->unrolled = copy->f->fn;
    return true;
}

/* ---- all of them ---- */

static const ir_unit *unit_of(const wire_request *request, uint32_t index)
{
    for (uint32_t n = 0; n < request->unit_count; n++)
        if (request->units[n]->index == index)
            return request->units[n];
    return NULL;
}

static typed *candidate(emitter *e, const ir_unit *unit)
{
    typed *t = arena_zalloc(e->memory, sizeof *t);
    if (!t) {
        e->failed = true;
        return NULL;
    }
    *t = (typed){.e = e, .unit = unit, .until = unit->code_len, .is_function = true, .result = TYPED_INT, .live = typed_live(e, unit)};
    return t->live ? t : NULL;
}

/* Those that turn out not to be worth it are no callees of the others, and of all it is supposed at first that they give integers: look at the others
 * again as long as one turns out to be otherwise. */
static void drop_unfit(emitter *e, uint32_t count)
{
    for (bool dropped = true; dropped && !e->failed;) {
        dropped = false;
        for (uint32_t n = 0; n < count; n++) {
            typed *t = e->direct[n];
            if (!t)
                continue;
            bool fits = typed_find(t, NULL);
            if (fits && (t->result == TYPED_ANY || typed_gives_integers(t)))
                continue;
            t->result    = TYPED_ANY;
            e->direct[n] = fits ? t : NULL;
            dropped      = true;
        }
    }
}

bool write_direct(emitter *e)
{
    const wire_request *request = e->request;
    uint32_t            count   = 0;
    for (uint32_t n = 0; n < request->callee_count; n++)
        if (request->callees[n] >= count)
            count = request->callees[n] + 1;
    e->direct       = arena_zalloc(e->memory, (count + (size_t)1) * sizeof *e->direct);
    e->direct_count = e->direct ? count : 0;
    for (uint32_t n = 0; e->direct && n < request->callee_count; n++) {
        const ir_unit *unit = request->callees[n] ? unit_of(request, request->callees[n]) : NULL;
        if (unit && can_be(unit) && !e->direct[unit->index])
            e->direct[unit->index] = candidate(e, unit);
    }
    if (!e->direct)
        return false;
    drop_unfit(e, count);
    for (uint32_t n = 0; n < count; n++)
        if (e->direct[n] && !declare(e->direct[n], "direct", GCC_JIT_FUNCTION_INTERNAL))
            return false;
    for (uint32_t n = 0; n < count; n++)
        if (e->direct[n] && (!unroll(e->direct[n]) || !write_function(e->direct[n])))
            return false;
    return !e->failed;
}

bool is_called_directly(const emitter *e, uint32_t unit) { return unit < e->direct_count && e->direct[unit]; }

/* ---- calls ---- */

const typed *callee_of_global(const typed *t, uint32_t pc)
{
    uint32_t reg = t->unit->code[pc].a;
    for (uint32_t n = pc + 1; n < t->until && !t->is_target[n]; n++) {
        const ir_insn *i = &t->unit->code[n];
        if (i->op == OP_INVOKE && i->b == reg)
            return writer_of(t, n, reg) == pc ? typed_callee(t, n) : NULL;
    }
    return NULL;
}

/* A program of its own is that of the function or the frame. */
void require_callee(typed *t, const typed *callee, expr head, expr as, block out)
{
    func *f = t->f;
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, head, num(f, T_L, BURIN_OBJECT)), out);
    place object = as_local(f, T_PTR, reinterpret(f, T_PTR, as));
    if (is_itself(t, callee)) {
        require(f, compare(f, GCC_JIT_COMPARISON_EQ, get(object), gcc_jit_param_as_rvalue(t->me)), out);
        return;
    }
    expr own = t->is_function ? load_field(f, FIELD_vm_function_program, load_field(f, FIELD_rt_object_value_self, gcc_jit_param_as_rvalue(t->me)))
                              : load_field(f, FIELD_vm_frame_program, gcc_jit_param_as_rvalue(f->frame));
    expr unit = load(f, T_PTR, load_field(f, FIELD_ir_program_units, own), (int64_t)(callee->unit->index * sizeof(ir_unit *)));
    expr cls  = load_field(f, FIELD_native_api_function_class, gcc_jit_param_as_rvalue(f->api));
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_rt_object_value_cls, get(object)), cls), out);
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_function_unit, load_field(f, FIELD_rt_object_value_self, get(object))), unit), out);
}

/* The function's object, in a register that a GLOBAL has written, or is looked at here. */
static expr callee_object(typed *t, uint32_t pc, const typed *callee)
{
    uint32_t reg = t->unit->code[pc].b, writer = writer_of(t, pc, reg);
    expr     head = typed_half(t, reg, pc, TYPED_ANY, true), as = typed_half(t, reg, pc, TYPED_ANY, false);
    if (writer == UINT32_MAX || !t->is_callee[writer])
        require_callee(t, callee, head, as, typed_leave(t, pc));
    return reinterpret(t->f, T_PTR, as);
}

void write_direct_call(typed *t, uint32_t pc)
{
    func          *f      = t->f;
    const ir_insn *i      = &t->unit->code[pc];
    const typed   *callee = typed_callee(t, pc);
    place          left = local(f, T_U, "left"), before = local(f, T_L, "before");
    expr           arguments[4 + 2 * DIRECT_PARAMETERS] = {machine(f), gcc_jit_param_as_rvalue(f->api), callee_object(t, pc, callee), NULL};
    int            count = 4;
    for (uint32_t n = 0; n < callee->unit->parameters; n++) {
        uint8_t kind = parameter_kind(callee, n);
        if (kind == TYPED_ANY)
            arguments[count++] = get(as_local(f, T_L, typed_half(t, i->c + n, pc, TYPED_ANY, true)));
        if (kind == TYPED_FLOAT)
            arguments[count++] = get(as_local(f, T_F, typed_float(t, i->c + n, pc)));
        else if (kind != TYPED_NONE)
            arguments[count++] = get(as_local(f, T_L, typed_half(t, i->c + n, pc, (typed_kind)kind, false)));
    }
    if (t->is_function) {
        set(f, left, gcc_jit_param_as_rvalue(t->left));
    } else {
        expr frame[] = {gcc_jit_param_as_rvalue(f->frame)};
        store_field(f, FIELD_vm_frame_pc, frame[0], num(f, T_U, pc));
        set(f, before, load_field(f, FIELD_vm_direct, machine(f)));
        set(f, left, call_api(f, API_direct_begin, 1, frame));
    }
    require(f, compare(f, GCC_JIT_COMPARISON_NE, get(left), num(f, T_U, 0)), typed_leave(t, pc));
    arguments[3] = binary(f, GCC_JIT_BINARY_OP_MINUS, T_U, get(left), num(f, T_U, 1));
    place result = as_local(f, T_VALUE, gcc_jit_context_new_call(f->e->g, f->where, t->unrolled && callee == t ? t->unrolled : callee->f->fn, count, arguments));
    place head   = as_local(f, T_L, get(half_of_value(f, result, 0))), as = as_local(f, T_L, get(half_of_value(f, result, 1)));
    if (!t->is_function) {
        expr end[] = {gcc_jit_param_as_rvalue(f->frame), cast(f, T_UL, get(before))};
        gcc_jit_block_add_eval(f->block, f->where, call_api(f, API_direct_end, 2, end));
    }
    typed_take_result(t, pc, callee->result, get(head), get(as));
}
