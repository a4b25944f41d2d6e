/* The layer over libgccjit. */
#include "codegen/kernel/wire.h"
#include "jit/emit.h"

#include <stdio.h>

/* ---- the tables ---- */

static const struct {
    uint32_t offset;
    char     letter;
} fields[] = {
#define FIELD(structure, name, member, letter) {offsetof(structure, member), #letter[0]},
#include "codegen/jit/layout.def"
#undef FIELD
};

static type type_of_letter(char letter)
{
    switch (letter) {
    case 'b': return T_B;
    case 'h': return T_H;
    case 'u': return T_U;
    case 'l': return T_L;
    case 'f': return T_F;
    default: return T_PTR;
    }
}

enum { API_ARGUMENTS_MAX = 6 };
typedef struct api_signature {
    const char *result, *parameters; /* as api.def has them */
    size_t      offset;              /* in native_api */
} api_signature;
static const api_signature api_signatures[] = {
#define API(name, result, parameters, meaning) {#result, #parameters, offsetof(native_api, name)},
#include "codegen/jit/api.def"
#undef API
};

/* The type that a declaration begins with; what has a star in it is a pointer. */
static type type_of_c(const char *declaration, size_t len)
{
    static const struct {
        const char *name;
        type        t;
    } names[] = {{"int32_t", T_I}, {"uint32_t", T_U}, {"int64_t", T_L}, {"uint64_t", T_UL}, {"size_t", T_UL}, {"double", T_F}, {"bool", T_BOOL}, {"void", T_VOID}};
    if (memchr(declaration, '*', len))
        return T_PTR;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        if (len >= strlen(names[n].name) && memcmp(declaration, names[n].name, strlen(names[n].name)) == 0)
            return names[n].t;
    return T_VOID;
}

static gcc_jit_type *api_type(emitter *e, const api_signature *signature)
{
    gcc_jit_type *parameters[API_ARGUMENTS_MAX];
    int           count = 0;
    const char   *at    = signature->parameters + 1; /* behind the parenthesis */
    while (count < API_ARGUMENTS_MAX) {
        size_t len = strcspn(at, ",)");
        parameters[count++] = e->types[type_of_c(at, len)];
        if (at[len] != ',')
            break;
        at += len + 1 + (at[len + 1] == ' ');
    }
    gcc_jit_type *result = e->types[type_of_c(signature->result, strlen(signature->result))];
    return gcc_jit_context_new_function_ptr_type(e->g, NULL, result, count, parameters, 0);
}

bool emitter_init(emitter *e, gcc_jit_context *g, arena *memory, const wire_request *request)
{
    *e = (emitter){.g = g, .memory = memory, .request = request, .left = request->lowered_max ? request->lowered_max : UINT32_MAX, .file = request->debug ? arena_copy(memory, request->name) : NULL};
    /* A debugger breaks at the first address of a line: what it looks at has slow paths behind the usual way, as expectations place them. */
    e->is_quick = request->level == 1 && request_is_for_templates(request) && !request->debug;
    static const enum gcc_jit_types plain[TYPE_COUNT] = {
        [T_VOID] = GCC_JIT_TYPE_VOID, [T_B] = GCC_JIT_TYPE_UINT8_T, [T_H] = GCC_JIT_TYPE_UINT16_T, [T_U] = GCC_JIT_TYPE_UINT32_T,
        [T_I] = GCC_JIT_TYPE_INT32_T, [T_L] = GCC_JIT_TYPE_LONG, [T_UL] = GCC_JIT_TYPE_UNSIGNED_LONG, [T_F] = GCC_JIT_TYPE_DOUBLE,
        [T_BOOL] = GCC_JIT_TYPE_BOOL,
    };
    for (int t = 0; t < TYPE_COUNT; t++)
        if (t != T_PTR && t != T_VALUE)
            e->types[t] = gcc_jit_context_get_type(g, plain[t]);
    gcc_jit_type *character = gcc_jit_context_get_type(g, GCC_JIT_TYPE_CHAR);
    e->types[T_PTR]         = gcc_jit_type_get_pointer(character);
    e->halves[0]            = gcc_jit_context_new_field(g, NULL, e->types[T_L], "head");
    e->halves[1]            = gcc_jit_context_new_field(g, NULL, e->types[T_L], "as");
    e->types[T_VALUE]       = gcc_jit_struct_as_type(gcc_jit_context_new_struct_type(g, NULL, "value", 2, e->halves));
    for (int t = 0; t < TYPE_COUNT; t++)
        e->pointers[t] = gcc_jit_type_get_pointer(e->types[t]);
    gcc_jit_type *three[] = {e->types[T_PTR], e->types[T_PTR], e->types[T_PTR]};
    e->op_type            = gcc_jit_context_new_function_ptr_type(g, NULL, e->types[T_I], 3, three, 0);
    for (int n = 0; n < API_COUNT; n++)
        e->api_types[n] = api_type(e, &api_signatures[n]);
    return gcc_jit_context_get_first_error(g) == NULL;
}

/* ---- numbers and locals ---- */

expr num(func *f, type t, int64_t n)
{
    if (t == T_PTR)
        return n ? gcc_jit_context_new_rvalue_from_long(f->e->g, f->e->types[T_L], n) : gcc_jit_context_null(f->e->g, f->e->types[T_PTR]);
    return gcc_jit_context_new_rvalue_from_long(f->e->g, f->e->types[t], n);
}

place local(func *f, type t, const char *name)
{
    char room[40];
    snprintf(room, sizeof room, "%s%u", name, f->e->names++);
    return gcc_jit_function_new_local(f->fn, f->where, f->e->types[t], room);
}

expr get(place p) { return gcc_jit_lvalue_as_rvalue(p); }
void set(func *f, place p, expr value) { gcc_jit_block_add_assignment(f->block, f->where, p, value); }

place as_local(func *f, type t, expr value)
{
    place p = local(f, t, "t");
    set(f, p, value);
    return p;
}

expr binary(func *f, enum gcc_jit_binary_op op, type t, expr a, expr b)
{
    return gcc_jit_context_new_binary_op(f->e->g, f->where, op, f->e->types[t], a, b);
}
expr compare(func *f, enum gcc_jit_comparison op, expr a, expr b) { return gcc_jit_context_new_comparison(f->e->g, f->where, op, a, b); }
expr both(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_LOGICAL_AND, T_BOOL, a, b); }
expr cast(func *f, type t, expr value) { return gcc_jit_context_new_cast(f->e->g, f->where, value, f->e->types[t]); }
expr reinterpret(func *f, type t, expr value) { return gcc_jit_context_new_bitcast(f->e->g, f->where, value, f->e->types[t]); }

expr expect(func *f, expr condition, bool likely)
{
    if (f->e->is_quick)
        return condition;
    gcc_jit_function *builtin = gcc_jit_context_get_builtin_function(f->e->g, "__builtin_expect");
    expr              both_[] = {cast(f, T_L, condition), num(f, T_L, likely)};
    return compare(f, GCC_JIT_COMPARISON_NE, gcc_jit_context_new_call(f->e->g, f->where, builtin, 2, both_), num(f, T_L, 0));
}

/* ---- memory ---- */

expr offset(func *f, expr pointer, int64_t bytes)
{
    if (!bytes)
        return pointer;
    return gcc_jit_lvalue_get_address(gcc_jit_context_new_array_access(f->e->g, f->where, pointer, num(f, T_L, bytes)), f->where);
}

expr add_bytes(func *f, expr pointer, expr bytes)
{
    return gcc_jit_lvalue_get_address(gcc_jit_context_new_array_access(f->e->g, f->where, pointer, bytes), f->where);
}

place at_offset(func *f, type t, expr pointer, int64_t bytes)
{
    expr typed = gcc_jit_context_new_cast(f->e->g, f->where, offset(f, pointer, bytes), f->e->pointers[t]);
    return gcc_jit_rvalue_dereference(typed, f->where);
}

expr address_of_value(func *f, place value)
{
    return gcc_jit_context_new_cast(f->e->g, f->where, gcc_jit_lvalue_get_address(value, f->where), f->e->types[T_PTR]);
}

place half_of_value(func *f, place value, int half) { return gcc_jit_lvalue_access_field(value, f->where, f->e->halves[half]); }

expr load(func *f, type t, expr pointer, int64_t bytes) { return get(at_offset(f, t, pointer, bytes)); }
void store(func *f, type t, expr pointer, int64_t bytes, expr value) { set(f, at_offset(f, t, pointer, bytes), value); }

size_t field_offset(field which) { return fields[which].offset; }

expr load_field(func *f, field which, expr pointer)
{
    if (fields[which].letter == 'a')
        return offset(f, pointer, fields[which].offset);
    return load(f, type_of_letter(fields[which].letter), pointer, fields[which].offset);
}

void store_field(func *f, field which, expr pointer, expr value)
{
    store(f, type_of_letter(fields[which].letter), pointer, fields[which].offset, value);
}

/* ---- control ---- */

block new_block(func *f)
{
    char room[24];
    snprintf(room, sizeof room, "b%u", f->e->names++);
    return gcc_jit_function_new_block(f->fn, room);
}

void go(func *f, block to)
{
    if (f->block)
        gcc_jit_block_end_with_jump(f->block, f->where, to);
    f->block = NULL;
}

void begin(func *f, block b)
{
    go(f, b);
    f->block = b;
}

void branch(func *f, expr condition, block yes, block no)
{
    gcc_jit_block_end_with_conditional(f->block, f->where, condition, yes, no);
    f->block = NULL;
}

void give(func *f, expr result)
{
    gcc_jit_block_end_with_return(f->block, f->where, result);
    f->block = NULL;
}

void give_halves(func *f, expr head, expr as)
{
    place value = local(f, T_VALUE, "value");
    set(f, half_of_value(f, value, 0), head);
    set(f, half_of_value(f, value, 1), as);
    give(f, get(value));
}

/* ---- the runtime ---- */

static expr function_at(func *f, expr at, gcc_jit_type *as)
{
    return get(gcc_jit_rvalue_dereference(gcc_jit_context_new_cast(f->e->g, f->where, at, gcc_jit_type_get_pointer(as)), f->where));
}

static expr entry(func *f, size_t bytes, gcc_jit_type *as) { return function_at(f, offset(f, gcc_jit_param_as_rvalue(f->api), (int64_t)bytes), as); }

expr load_function(func *f, field which, expr pointer, gcc_jit_type *as) { return function_at(f, offset(f, pointer, (int64_t)fields[which].offset), as); }

expr call_api(func *f, api_entry which, int count, const expr *arguments)
{
    expr copy[API_ARGUMENTS_MAX];
    for (int n = 0; n < count; n++)
        copy[n] = arguments[n];
    return gcc_jit_context_new_call_through_ptr(f->e->g, f->where, entry(f, api_signatures[which].offset, f->e->api_types[which]), count, copy);
}

expr insn_address(func *f, uint32_t pc)
{
    expr unit = load_field(f, FIELD_vm_frame_unit, gcc_jit_param_as_rvalue(f->frame));
    return offset(f, load_field(f, FIELD_ir_unit_code, unit), (int64_t)(pc * sizeof(ir_insn)));
}

expr call_body(func *f, uint32_t pc)
{
    expr   arguments[] = {gcc_jit_param_as_rvalue(f->frame), gcc_jit_param_as_rvalue(f->regs), insn_address(f, pc)};
    size_t bytes       = offsetof(native_api, ops) + f->unit->code[pc].op * sizeof(native_op);
    return gcc_jit_context_new_call_through_ptr(f->e->g, f->where, entry(f, bytes, f->e->op_type), 3, arguments);
}
