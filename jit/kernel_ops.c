/* The operators of kernels (codegen/kernel/ops.def) in libgccjit's terms. Bools are numbers, 0 or 1.
 *
 * Functions that round are called, never known to the compiler: it would evaluate those of constants by its own library, whose last bit may be
 * another. Those whose result is exact are its builtins. */
#include "jit/kernel.h"

#include <math.h>

typedef struct operation {
    func *f;
    place r;
    expr  x, y, z;
} operation;

static expr real(func *f, double value) { return gcc_jit_context_new_rvalue_from_double(f->e->g, f->e->types[T_F], value); }
static expr truth(func *f, expr condition) { return cast(f, T_L, condition); }
static expr whole(func *f, int64_t value) { return num(f, T_L, value); }

static expr sum(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_PLUS, T_L, a, b); }
static expr difference(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_MINUS, T_L, a, b); }
static expr and_(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_BITWISE_AND, T_L, a, b); }
static expr or_(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_BITWISE_OR, T_L, a, b); }
static expr xor_(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_BITWISE_XOR, T_L, a, b); }
static expr left(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_LSHIFT, T_L, a, b); }
static expr right(func *f, expr a, expr b) { return binary(f, GCC_JIT_BINARY_OP_RSHIFT, T_L, a, b); }
static expr is(func *f, enum gcc_jit_comparison how, expr a, expr b) { return truth(f, compare(f, how, a, b)); }
static expr is_negative(func *f, expr a) { return is(f, GCC_JIT_COMPARISON_LT, a, whole(f, 0)); }
static expr negative(func *f, expr a) { return gcc_jit_context_new_unary_op(f->e->g, f->where, GCC_JIT_UNARY_OP_MINUS, f->e->types[T_L], a); }

expr kernel_is_nan(func *f, expr a) { return is(f, GCC_JIT_COMPARISON_NE, a, a); }

/* The difference of an infinity or a NaN from itself is a NaN. */
expr kernel_not_finite(func *f, expr a) { return kernel_is_nan(f, get(as_local(f, T_F, binary(f, GCC_JIT_BINARY_OP_MINUS, T_F, a, a)))); }

void kernel_choice(func *f, place r, expr condition, expr yes, expr no)
{
    block taken = new_block(f), other = new_block(f), done = new_block(f);
    branch(f, condition, taken, other);
    f->block = taken;
    set(f, r, yes);
    go(f, done);
    f->block = other;
    set(f, r, no);
    begin(f, done);
}

/* ---- calls ---- */

static type type_of_letter(char letter) { return letter == 'F' ? T_F : letter == 'I' ? T_L : T_PTR; }

static expr call(func *f, const char *name, int count, expr *arguments)
{
    static const struct {
        const char *name, *result, *parameters;
    } known[] = {
#define KERNEL_CALL(name, result, parameters, what) {#name, #result, #parameters},
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
    };
    enum { PARAMETERS_MAX = 3 };
    gcc_jit_param *parameters[PARAMETERS_MAX];
    for (size_t n = 0; n < sizeof known / sizeof known[0]; n++) {
        if (strcmp(known[n].name, name) != 0)
            continue;
        for (int k = 0; k < count; k++) {
            type t        = type_of_letter(known[n].parameters[k]);
            parameters[k] = gcc_jit_context_new_param(f->e->g, NULL, t == T_PTR ? f->e->pointers[T_L] : f->e->types[t], "x");
        }
        gcc_jit_function *function = gcc_jit_context_new_function(f->e->g, NULL, GCC_JIT_FUNCTION_IMPORTED, f->e->types[type_of_letter(known[n].result[0])],
                                                                  name, count, parameters, 0);
        return gcc_jit_context_new_call(f->e->g, f->where, function, count, arguments);
    }
    return NULL;
}

static expr builtin(func *f, const char *name, int count, expr *arguments)
{
    return gcc_jit_context_new_call(f->e->g, f->where, gcc_jit_context_get_builtin_function(f->e->g, name), count, arguments);
}

/* The function of the C library that an operator is. */
static const char *function_of(vec_op op)
{
    switch ((int)op) {
    case VEC_F_SIN: return "sin";
    case VEC_F_COS: return "cos";
    case VEC_F_TAN: return "tan";
    case VEC_F_ASIN: return "asin";
    case VEC_F_ACOS: return "acos";
    case VEC_F_ATAN: return "atan";
    case VEC_F_SINH: return "sinh";
    case VEC_F_COSH: return "cosh";
    case VEC_F_TANH: return "tanh";
    case VEC_F_ASINH: return "asinh";
    case VEC_F_ACOSH: return "acosh";
    case VEC_F_ATANH: return "atanh";
    case VEC_F_EXP: return "exp";
    case VEC_F_EXP2: return "exp2";
    case VEC_F_EXPM1: return "expm1";
    case VEC_F_LOG: return "log";
    case VEC_F_LOG2: return "log2";
    case VEC_F_LOG10: return "log10";
    case VEC_F_LOG1P: return "log1p";
    case VEC_F_CBRT: return "cbrt";
    case VEC_F_POW: return "pow";
    case VEC_F_FMOD: return "fmod";
    default: return NULL;
    }
}

kernel_bad kernel_bad_of(vec_op op)
{
    switch ((int)op) {
    case VEC_F_DIV:
    case VEC_F_FLOORDIV:
    case VEC_F_MOD: return BAD_DIVISOR;
    case VEC_F_SIN:
    case VEC_F_COS:
    case VEC_F_TAN:
    case VEC_F_ASINH:
    case VEC_F_CBRT: return BAD_INFINITE;
    case VEC_F_ATAN:
    case VEC_F_TANH: return BAD_NAN;
    default: return op == VEC_F_SQRT || function_of(op) ? BAD_RESULT : BAD_BY_ITSELF;
    }
}

expr kernel_is_bad(func *f, vec_op op, place r, expr x, expr y)
{
    switch (kernel_bad_of(op)) {
    case BAD_DIVISOR: return is(f, GCC_JIT_COMPARISON_EQ, y, real(f, 0));
    case BAD_INFINITE: return kernel_not_finite(f, x);
    case BAD_NAN: return kernel_is_nan(f, x);
    default: return kernel_not_finite(f, get(r));
    }
}

bool kernel_is_call(vec_op op)
{
    return function_of(op) || op == VEC_F_FLOORDIV || op == VEC_F_MOD || op == VEC_F_ATAN2 || op == VEC_I_POW;
}

const char *kernel_fast_function(vec_op op, int lanes)
{
    static const struct {
        vec_op      op;
        const char *of_4, *of_8;
    } known[] = {
#define KERNEL_FAST(OP, of_4, of_8, what) {VEC_##OP, #of_4, #of_8},
#include "codegen/kernel/fast.def"
#undef KERNEL_FAST
    };
    for (size_t n = 0; n < sizeof known / sizeof known[0]; n++)
        if (known[n].op == op)
            return lanes == 8 ? known[n].of_8 : known[n].of_4;
    return NULL;
}

/* ---- ints ---- */

/* Divisions by 0, and the one whose quotient is 2 ** 63, divide by 1 and are bad. */
static expr divide(operation *o, bool modulo)
{
    func *f    = o->f;
    place none = as_local(f, T_L, or_(f, is(f, GCC_JIT_COMPARISON_EQ, o->y, whole(f, 0)),
                                      and_(f, is(f, GCC_JIT_COMPARISON_EQ, o->x, whole(f, INT64_MIN)), is(f, GCC_JIT_COMPARISON_EQ, o->y, whole(f, -1)))));
    place by   = as_local(f, T_L, or_(f, and_(f, o->y, difference(f, get(none), whole(f, 1))), get(none)));
    place rest = as_local(f, T_L, binary(f, GCC_JIT_BINARY_OP_MODULO, T_L, o->x, get(by)));
    if (modulo) {
        expr differs = and_(f, is(f, GCC_JIT_COMPARISON_NE, get(rest), whole(f, 0)),
                            xor_(f, is_negative(f, get(rest)), is_negative(f, get(by))));
        set(f, o->r, sum(f, get(rest), and_(f, get(by), negative(f, differs))));
    } else {
        expr differs = and_(f, is(f, GCC_JIT_COMPARISON_NE, get(rest), whole(f, 0)), xor_(f, is_negative(f, o->x), is_negative(f, get(by))));
        set(f, o->r, difference(f, binary(f, GCC_JIT_BINARY_OP_DIVIDE, T_L, o->x, get(by)), differs));
    }
    return get(none);
}

static expr multiply(operation *o)
{
    func *f           = o->f;
    expr  arguments[] = {o->x, o->y, gcc_jit_lvalue_get_address(o->r, f->where)};
    return get(as_local(f, T_L, truth(f, builtin(f, "__builtin_smull_overflow", 3, arguments))));
}

static expr power(operation *o)
{
    func *f           = o->f;
    expr  arguments[] = {o->x, o->y, gcc_jit_lvalue_get_address(o->r, f->where)};
    set(f, o->r, whole(f, 0));
    return get(as_local(f, T_L, call(f, "kernel_int_power", 3, arguments)));
}

static expr shift_left(operation *o)
{
    func *f    = o->f;
    place by   = as_local(f, T_L, and_(f, o->y, whole(f, 63)));
    set(f, o->r, left(f, o->x, get(by)));
    return or_(f, xor_(f, is(f, GCC_JIT_COMPARISON_EQ, get(by), o->y), whole(f, 1)), is(f, GCC_JIT_COMPARISON_NE, right(f, get(o->r), get(by)), o->x));
}

static expr shift_right(operation *o)
{
    func *f  = o->f;
    expr  by = and_(f, or_(f, o->y, negative(f, is(f, GCC_JIT_COMPARISON_GT, o->y, whole(f, 63)))), whole(f, 63));
    set(f, o->r, right(f, o->x, by));
    return is_negative(f, o->y);
}

static expr absolute(operation *o)
{
    func *f    = o->f;
    expr  sign = right(f, o->x, whole(f, 63));
    set(f, o->r, difference(f, xor_(f, o->x, sign), sign));
    return is(f, GCC_JIT_COMPARISON_EQ, o->x, whole(f, INT64_MIN));
}

static expr on_ints(operation *o, vec_op op)
{
    func *f = o->f;
    expr  x = o->x, y = o->y;
    switch ((int)op) {
    case VEC_I_ADD:
        set(f, o->r, sum(f, x, y));
        return is_negative(f, and_(f, xor_(f, x, get(o->r)), xor_(f, y, get(o->r))));
    case VEC_I_SUB:
        set(f, o->r, difference(f, x, y));
        return is_negative(f, and_(f, xor_(f, x, y), xor_(f, x, get(o->r))));
    case VEC_I_MUL: return multiply(o);
    case VEC_I_FLOORDIV: return divide(o, false);
    case VEC_I_MOD: return divide(o, true);
    case VEC_I_POW: return power(o);
    case VEC_I_LSHIFT: return shift_left(o);
    case VEC_I_RSHIFT: return shift_right(o);
    case VEC_I_NEG:
        set(f, o->r, negative(f, x));
        return is(f, GCC_JIT_COMPARISON_EQ, x, whole(f, INT64_MIN));
    case VEC_I_ABS: return absolute(o);
    case VEC_I_MIN: kernel_choice(f, o->r, compare(f, GCC_JIT_COMPARISON_LT, y, x), y, x); return NULL;
    case VEC_I_MAX: kernel_choice(f, o->r, compare(f, GCC_JIT_COMPARISON_GT, y, x), y, x); return NULL;
    case VEC_I_INVERT: set(f, o->r, xor_(f, x, whole(f, -1))); return NULL;
    case VEC_I_AND:
    case VEC_B_AND: set(f, o->r, and_(f, x, y)); return NULL;
    case VEC_I_OR:
    case VEC_B_OR: set(f, o->r, or_(f, x, y)); return NULL;
    case VEC_I_XOR:
    case VEC_B_XOR: set(f, o->r, xor_(f, x, y)); return NULL;
    case VEC_B_AND_NOT: set(f, o->r, and_(f, x, xor_(f, y, whole(f, 1)))); return NULL;
    default: set(f, o->r, xor_(f, x, whole(f, 1))); return NULL; /* VEC_B_NOT */
    }
}

/* ---- floats ---- */

static expr arithmetic(operation *o, enum gcc_jit_binary_op how, expr x, expr y)
{
    return binary(o->f, how, T_F, x, y);
}

static void on_floats(operation *o, vec_op op)
{
    func *f     = o->f;
    expr  xy[]  = {o->x, o->y};
    expr  x = o->x, y = o->y;
    switch ((int)op) {
    case VEC_F_ADD: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_PLUS, x, y)); break;
    case VEC_F_SUB: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_MINUS, x, y)); break;
    case VEC_F_MUL: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_MULT, x, y)); break;
    case VEC_F_DIV: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_DIVIDE, x, y)); break;
    case VEC_F_FLOORDIV: set(f, o->r, call(f, "rt_float_floor_divide", 2, xy)); break;
    case VEC_F_MOD: set(f, o->r, call(f, "rt_float_modulo", 2, xy)); break;
    case VEC_F_NEG: set(f, o->r, gcc_jit_context_new_unary_op(f->e->g, f->where, GCC_JIT_UNARY_OP_MINUS, f->e->types[T_F], x)); break;
    case VEC_F_ABS: set(f, o->r, builtin(f, "fabs", 1, xy)); break;
    case VEC_F_COPYSIGN: set(f, o->r, builtin(f, "copysign", 2, xy)); break;
    case VEC_F_ATAN2: set(f, o->r, call(f, "atan2", 2, xy)); break;
    case VEC_F_MIN: kernel_choice(f, o->r, compare(f, GCC_JIT_COMPARISON_LT, y, x), y, x); break;
    case VEC_F_MAX: kernel_choice(f, o->r, compare(f, GCC_JIT_COMPARISON_GT, y, x), y, x); break;
    case VEC_F_MUL_ADD: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_PLUS, arithmetic(o, GCC_JIT_BINARY_OP_MULT, x, y), o->z)); break;
    case VEC_F_MUL_SUB: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_MINUS, arithmetic(o, GCC_JIT_BINARY_OP_MULT, x, y), o->z)); break;
    case VEC_F_SUB_MUL: set(f, o->r, arithmetic(o, GCC_JIT_BINARY_OP_MINUS, o->z, arithmetic(o, GCC_JIT_BINARY_OP_MULT, x, y))); break;
    case VEC_F_SQRT: set(f, o->r, builtin(f, "sqrt", 1, xy)); break;
    default: set(f, o->r, call(f, function_of(op), vec_ops[op].operands, xy)); break;
    }
}

/* ---- comparisons and conversions ---- */

static expr compared(operation *o, int how)
{
    static const enum gcc_jit_comparison kinds[] = {GCC_JIT_COMPARISON_EQ, GCC_JIT_COMPARISON_NE, GCC_JIT_COMPARISON_LT,
                                                    GCC_JIT_COMPARISON_LE, GCC_JIT_COMPARISON_GT, GCC_JIT_COMPARISON_GE};
    set(o->f, o->r, is(o->f, kinds[how], o->x, o->y));
    return NULL;
}

/* floor(x) and its kin as an int */
static expr rounded(operation *o, const char *name)
{
    func *f  = o->f;
    place to = as_local(f, T_F, builtin(f, name, 1, &o->x));
    set(f, o->r, cast(f, T_L, get(to)));
    return xor_(f, and_(f, is(f, GCC_JIT_COMPARISON_GE, get(to), real(f, -0x1p63)), is(f, GCC_JIT_COMPARISON_LT, get(to), real(f, 0x1p63))), whole(f, 1));
}

static expr converted(operation *o, vec_op op)
{
    func *f = o->f;
    expr  x = o->x;
    switch ((int)op) {
    case VEC_B_TO_I: set(f, o->r, x); return NULL;
    case VEC_B_TO_F:
    case VEC_I_TO_F: set(f, o->r, cast(f, T_F, x)); return NULL;
    case VEC_I_TO_F_EXACT:
        set(f, o->r, cast(f, T_F, x));
        return or_(f, is(f, GCC_JIT_COMPARISON_GT, x, whole(f, INT64_C(1) << 53)), is(f, GCC_JIT_COMPARISON_LT, x, whole(f, -(INT64_C(1) << 53))));
    case VEC_I_TRUTH: set(f, o->r, is(f, GCC_JIT_COMPARISON_NE, x, whole(f, 0))); return NULL;
    case VEC_F_TRUTH: set(f, o->r, is(f, GCC_JIT_COMPARISON_NE, x, real(f, 0))); return NULL;
    case VEC_F_FLOOR: return rounded(o, "floor");
    case VEC_F_CEIL: return rounded(o, "ceil");
    case VEC_F_TRUNC: return rounded(o, "trunc");
    case VEC_F_ROUND: return rounded(o, "rint");
    case VEC_F_ISNAN: set(f, o->r, kernel_is_nan(f, x)); return NULL;
    case VEC_F_ISFINITE: set(f, o->r, xor_(f, kernel_not_finite(f, x), whole(f, 1))); return NULL;
    default: set(f, o->r, and_(f, kernel_not_finite(f, x), is(f, GCC_JIT_COMPARISON_EQ, x, x))); return NULL; /* VEC_F_ISINF */
    }
}

static bool is_conversion(vec_op op) { return op >= VEC_B_TO_I && op <= VEC_F_ROUND; }
static bool is_question(vec_op op) { return op == VEC_F_ISNAN || op == VEC_F_ISFINITE || op == VEC_F_ISINF; }

expr kernel_operator(func *f, vec_op op, place r, expr x, expr y, expr z)
{
    operation o = {f, r, x, y, z};
    if (op == VEC_B_SELECT || op == VEC_I_SELECT || op == VEC_F_SELECT) {
        kernel_choice(f, r, compare(f, GCC_JIT_COMPARISON_NE, z, whole(f, 0)), x, y);
        return NULL;
    }
    if (op >= VEC_F_EQ && op <= VEC_F_GE)
        return compared(&o, (int)op - VEC_F_EQ);
    if (op >= VEC_I_EQ && op <= VEC_I_GE)
        return compared(&o, (int)op - VEC_I_EQ);
    if (is_conversion(op) || is_question(op))
        return converted(&o, op);
    if (vec_ops[op].x != VEC_FLOAT)
        return on_ints(&o, op);
    on_floats(&o, op);
    return NULL;
}
